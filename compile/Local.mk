noinst_LIBRARIES += libcompile.a
libcompile_a_SOURCES = \
  compile/number.h compile/number.c \
  compile/arithmetic.h compile/arithmetic.c
