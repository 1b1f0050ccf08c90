noinst_LIBRARIES += libcircuit.a
libcircuit_a_SOURCES = \
  circuit/array.h circuit/array.c \
  circuit/error.h circuit/error.c \
  circuit/hash.h circuit/hash.c \
  circuit/integers.h circuit/integers.c \
  circuit/circuit.h circuit/circuit.c
