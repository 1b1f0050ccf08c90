if HAVE_CHECK
check_PROGRAMS += tests/compile/front/check_csv
endif

tests_compile_front_check_csv_SOURCES = tests/compile/front/check_csv.c
tests_compile_front_check_csv_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_compile_front_check_csv_LDADD = $(TEST_LIBS)
