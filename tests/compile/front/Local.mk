if HAVE_CHECK
check_PROGRAMS += tests/compile/front/check_csv tests/compile/front/check_quantise
endif

tests_compile_front_check_csv_SOURCES = tests/compile/front/check_csv.c
tests_compile_front_check_csv_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_front_check_csv_LDADD = $(TEST_LIBS)

tests_compile_front_check_quantise_SOURCES = tests/compile/front/check_quantise.c
tests_compile_front_check_quantise_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_front_check_quantise_LDADD = $(TEST_LIBS)
