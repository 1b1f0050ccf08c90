noinst_LIBRARIES += libanalysis.a
libanalysis_a_SOURCES = \
  analysis/check.h analysis/check.c \
  analysis/data.h analysis/data.c \
  analysis/source.h analysis/source.c
libanalysis_a_SOURCES += analysis/theorems.h analysis/theorems.c
