libcompile_a_SOURCES += \
  compile/front/csv.h compile/front/csv.c \
  compile/front/literal.h compile/front/literal.c \
  compile/front/quantise.h compile/front/quantise.c
