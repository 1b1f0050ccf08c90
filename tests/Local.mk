if HAVE_CHECK
check_PROGRAMS += tests/circuit/check_circuit
TESTS += $(check_PROGRAMS)
endif
TEST_LIBS = libcircuit.a $(CHECK_LIBS) $(GMP_LIBS)

tests_circuit_check_circuit_SOURCES = tests/circuit/check_circuit.c
tests_circuit_check_circuit_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_circuit_LDADD = $(TEST_LIBS)
