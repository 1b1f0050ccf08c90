# All but main(), so that tests can read the commands' tables.
noinst_LIBRARIES += libtools.a
libtools_a_SOURCES = \
  tools/command.h tools/command.c tools/commands.c \
  tools/document.h tools/document.c \
  tools/eval_rows.h tools/eval_rows.c \
  tools/limits.h tools/limits.c \
  tools/measure_document.h tools/measure_document.c \
  tools/name_text.h tools/name_text.c \
  tools/open.h tools/open.c \
  tools/plot.h tools/plot.c tools/vote_plot.h tools/vote_plot.c tools/cmd_diffusion.c \
  tools/diffusion_report.h tools/diffusion_request.c tools/diffusion_text.c \
  tools/diffusion_document.c tools/diffusion_plot.c tools/cmd_budget.c \
  tools/progress.h tools/progress.c \
  tools/values_text.h tools/values_text.c \
  tools/cmd_build.c tools/cmd_check.c tools/cmd_dot.c \
  tools/cmd_eval.c tools/cmd_inspect.c tools/ledger.h tools/ledger.c \
  tools/architecture_report.h tools/architecture_report.c tools/cmd_list.c \
  tools/cmd_path.c tools/cmd_stats.c
libtools_a_SOURCES += tools/cmd_chain.c tools/cmd_vote.c tools/cmd_derandomize.c \
  tools/rational.h tools/rational.c \
  tools/growth_plot.h tools/growth_plot.c tools/growth_point.h tools/growth_point.c \
  tools/measuring.h tools/measuring.c tools/axis.h tools/axis.c \
  tools/cmd_growth.c tools/cmd_schedule.c
libtools_a_SOURCES += tools/all_bases.h tools/all_bases.c
libtools_a_SOURCES += tools/list_theorems.h tools/list_theorems.c
libtools_a_SOURCES += tools/totals.h tools/totals.c
libtools_a_SOURCES += tools/hanging.h tools/hanging.c
libtools_a_SOURCES += tools/html.h tools/html.c
libtools_a_SOURCES += tools/map_text.h tools/map_text.c tools/map_page.h tools/map_page.c tools/cmd_map.c
libtools_a_SOURCES += tools/growth_report.h tools/growth_report.c
libtools_a_SOURCES += tools/cmd_lab.c tools/lab_document.c tools/lab_page.c \
  tools/lab_plot.h tools/lab_plot.c tools/lab_report.h tools/lab_text.c
libtools_a_CFLAGS = $(AM_CFLAGS) $(JANSSON_CFLAGS)
TOOLS_LIBS = libtools.a libanalysis.a libtasks.a libcompile.a libcircuit.a \
  libonnxproto.a $(PROTOBUFC_LIBS) \
  $(CGRAPH_LIBS) $(JANSSON_LIBS) $(FLINT_LIBS) $(MPFR_LIBS) $(GMP_LIBS) -lm

bin_PROGRAMS += tc0
tc0_SOURCES = tools/main.c
tc0_LDADD = $(TOOLS_LIBS)
