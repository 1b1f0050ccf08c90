if HAVE_CHECK
check_PROGRAMS += tests/analysis/check_networks
endif
ANALYSIS_LIBS = libanalysis.a libtasks.a $(FRONT_LIBS)
tests_analysis_check_networks_SOURCES = tests/analysis/check_networks.c
tests_analysis_check_networks_CPPFLAGS = $(AM_CPPFLAGS) \
  -DEXAMPLES='"$(abs_top_srcdir)/examples"'
tests_analysis_check_networks_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_networks_LDADD = $(ANALYSIS_LIBS)
