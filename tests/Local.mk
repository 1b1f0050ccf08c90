if HAVE_CHECK
check_PROGRAMS += tests/circuit/check_circuit tests/compile/check_number
check_PROGRAMS += tests/circuit/check_text tests/circuit/check_binary
check_PROGRAMS += tests/circuit/check_file
TESTS += $(check_PROGRAMS)
endif
TEST_LIBS = libcompile.a libcircuit.a $(CHECK_LIBS) $(GMP_LIBS)

tests_circuit_check_circuit_SOURCES = tests/circuit/check_circuit.c
tests_circuit_check_circuit_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_circuit_LDADD = $(TEST_LIBS)

PLAN_SOURCES = tests/circuit/plan.h tests/circuit/plan.c

tests_circuit_check_text_SOURCES = tests/circuit/check_text.c \
  tests/circuit/wrong_text.h $(PLAN_SOURCES)
tests_circuit_check_text_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_text_LDADD = $(TEST_LIBS)

tests_circuit_check_binary_SOURCES = tests/circuit/check_binary.c $(PLAN_SOURCES)
tests_circuit_check_binary_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_binary_LDADD = $(TEST_LIBS)

tests_circuit_check_file_SOURCES = tests/circuit/check_file.c
tests_circuit_check_file_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_circuit_check_file_LDADD = $(TEST_LIBS)

tests_compile_check_number_SOURCES = tests/compile/check_number.c
tests_compile_check_number_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_check_number_LDADD = $(TEST_LIBS)
