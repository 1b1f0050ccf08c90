ANALYSIS_LIBS = libanalysis.a libtasks.a $(FRONT_LIBS) $(JANSSON_LIBS)
tests_analysis_check_networks_SOURCES = tests/analysis/check_networks.c \
  tests/analysis/measures.h tests/analysis/measures.c
tests_analysis_check_networks_CPPFLAGS = $(AM_CPPFLAGS) \
  -DEXAMPLES='"$(abs_top_srcdir)/examples"'
tests_analysis_check_networks_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_networks_LDADD = $(ANALYSIS_LIBS)
if HAVE_CHECK
check_PROGRAMS += tests/analysis/check_draw
endif
tests_analysis_check_draw_SOURCES = tests/analysis/check_draw.c $(SUBJECT)
tests_analysis_check_draw_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_draw_LDADD = $(ANALYSIS_LIBS)
if HAVE_CHECK
check_PROGRAMS += tests/analysis/check_same
endif
tests_analysis_check_same_SOURCES = tests/analysis/check_same.c
tests_analysis_check_same_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_same_LDADD = $(ANALYSIS_LIBS)
if HAVE_CHECK
check_PROGRAMS += tests/analysis/check_theorems
check_PROGRAMS += tests/analysis/check_block
endif
tests_analysis_check_block_SOURCES = tests/analysis/check_block.c
tests_analysis_check_block_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_block_LDADD = $(ANALYSIS_LIBS)
tests_analysis_check_kinds_SOURCES = tests/analysis/check_kinds.c
tests_analysis_check_kinds_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_kinds_LDADD = $(ANALYSIS_LIBS)
MEASURES = tests/analysis/measures.h tests/analysis/measures.c
tests_analysis_check_models_SOURCES = tests/analysis/check_models.c $(MEASURES)
tests_analysis_check_models_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_models_LDADD = $(ANALYSIS_LIBS)
tests_analysis_check_theorems_SOURCES = tests/analysis/check_theorems.c
tests_analysis_check_theorems_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_theorems_LDADD = $(ANALYSIS_LIBS)
tests_analysis_check_architectures_SOURCES = \
  tests/analysis/check_architectures.c $(MEASURES)
tests_analysis_check_architectures_CPPFLAGS = $(AM_CPPFLAGS) \
  -DCONFIGS='"$(abs_top_srcdir)/tests/compile/front/configs"'
tests_analysis_check_architectures_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_architectures_LDADD = $(ANALYSIS_LIBS)
if HAVE_CHECK
check_PROGRAMS += tests/analysis/check_architecture_meaning
endif
tests_analysis_check_architecture_meaning_SOURCES = \
  tests/analysis/check_architecture_meaning.c tests/analysis/sketch.h \
  tests/analysis/sketch.c tests/analysis/sketch_blocks.c \
  tests/analysis/sketch_mamba.c tests/analysis/sketch_denoiser.c
tests_analysis_check_architecture_meaning_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_architecture_meaning_LDADD = $(ANALYSIS_LIBS)
if HAVE_CHECK
check_PROGRAMS += tests/analysis/check_vote tests/analysis/check_budget
endif
tests_analysis_check_budget_SOURCES = tests/analysis/check_budget.c
tests_analysis_check_budget_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_budget_LDADD = $(ANALYSIS_LIBS)
tests_analysis_check_vote_SOURCES = tests/analysis/check_vote.c
tests_analysis_check_vote_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_vote_LDADD = $(ANALYSIS_LIBS)
if HAVE_CHECK
check_PROGRAMS += tests/analysis/check_fit
check_PROGRAMS += tests/analysis/check_class
check_PROGRAMS += tests/analysis/check_depth2
endif
tests_analysis_check_depth2_SOURCES = tests/analysis/check_depth2.c
tests_analysis_check_depth2_CPPFLAGS = $(AM_CPPFLAGS) \
  -DSOURCE_TREE='"$(abs_top_srcdir)"'
tests_analysis_check_depth2_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_depth2_LDADD = $(ANALYSIS_LIBS)
tests_analysis_check_class_SOURCES = tests/analysis/check_class.c
tests_analysis_check_class_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_class_LDADD = $(ANALYSIS_LIBS)
tests_analysis_check_fit_SOURCES = tests/analysis/check_fit.c
tests_analysis_check_fit_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_fit_LDADD = $(ANALYSIS_LIBS)
if HAVE_CHECK
check_PROGRAMS += tests/analysis/check_schedule
endif
tests_analysis_check_schedule_SOURCES = tests/analysis/check_schedule.c \
  $(PLAN_SOURCES)
tests_analysis_check_schedule_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_schedule_LDADD = $(ANALYSIS_LIBS)
if HAVE_CHECK
check_PROGRAMS += tests/analysis/check_diffusion
check_PROGRAMS += tests/analysis/check_diffusion_tables
check_PROGRAMS += tests/analysis/check_diffusion_laws
check_PROGRAMS += tests/analysis/check_diffusion_words
check_PROGRAMS += tests/analysis/check_diffusion_learned
check_PROGRAMS += tests/analysis/check_diffusion_bad
endif
DIFFUSIONS = tests/analysis/diffusions.h tests/analysis/diffusions.c
tests_analysis_check_diffusion_SOURCES = \
  tests/analysis/check_diffusion.c $(DIFFUSIONS)
tests_analysis_check_diffusion_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_diffusion_LDADD = $(ANALYSIS_LIBS)
tests_analysis_check_diffusion_tables_SOURCES = \
  tests/analysis/check_diffusion_tables.c $(DIFFUSIONS)
tests_analysis_check_diffusion_tables_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_diffusion_tables_LDADD = $(ANALYSIS_LIBS)
tests_analysis_check_diffusion_laws_SOURCES = \
  tests/analysis/check_diffusion_laws.c $(DIFFUSIONS)
tests_analysis_check_diffusion_laws_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_diffusion_laws_LDADD = $(ANALYSIS_LIBS)
tests_analysis_check_diffusion_words_SOURCES = tests/analysis/check_diffusion_words.c
tests_analysis_check_diffusion_words_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_diffusion_words_LDADD = $(ANALYSIS_LIBS)
tests_analysis_check_diffusion_learned_SOURCES = tests/analysis/check_diffusion_learned.c
tests_analysis_check_diffusion_learned_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_diffusion_learned_LDADD = $(ANALYSIS_LIBS)
tests_analysis_check_diffusion_bad_SOURCES = \
  tests/analysis/check_diffusion_bad.c $(DIFFUSIONS)
tests_analysis_check_diffusion_bad_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_diffusion_bad_LDADD = $(ANALYSIS_LIBS)
if HAVE_CHECK
check_PROGRAMS += tests/analysis/check_labs
endif
tests_analysis_check_labs_SOURCES = tests/analysis/check_labs.c
tests_analysis_check_labs_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_labs_LDADD = $(ANALYSIS_LIBS)
if HAVE_CHECK
check_PROGRAMS += tests/analysis/check_map
endif
tests_analysis_check_map_SOURCES = tests/analysis/check_map.c
tests_analysis_check_map_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
tests_analysis_check_map_LDADD = $(ANALYSIS_LIBS)
