noinst_LIBRARIES += libtasks.a
libtasks_a_SOURCES = \
  tasks/add.c \
  tasks/argmax.c \
  tasks/compare.c \
  tasks/cvp.c \
  tasks/divide.c \
  tasks/division.c \
  tasks/division.h \
  tasks/do1.c \
  tasks/exp.c \
  tasks/fingerprint.c \
  tasks/fixed.c \
  tasks/fixed.h \
  tasks/formula.c \
  tasks/game.c \
  tasks/list.c \
  tasks/log.c \
  tasks/majority.c \
  tasks/matmul.c \
  tasks/max.c \
  tasks/mdp.c \
  tasks/median.c \
  tasks/multiply.c \
  tasks/parity.c \
  tasks/paths.c \
  tasks/power.c \
  tasks/product.c \
  tasks/reach.c \
  tasks/reciprocal.c \
  tasks/remainder.c \
  tasks/root.c \
  tasks/rule.c \
  tasks/rule_form.c \
  tasks/rule_form.h \
  tasks/sort.c \
  tasks/sqrt.c \
  tasks/square.c \
  tasks/squaring.c \
  tasks/sudoku.c \
  tasks/sum.c \
  tasks/symmetric.c \
  tasks/tag.c \
  tasks/task.h \
  tasks/word.c
  tasks/turing.c
