noinst_LIBRARIES += libtasks.a
libtasks_a_SOURCES = \
  tasks/task.h tasks/list.c \
  tasks/add.c tasks/compare.c tasks/majority.c \
  tasks/divide.c \
  tasks/multiply.c \
  tasks/parity.c \
  tasks/power.c \
  tasks/product.c \
  tasks/remainder.c \
  tasks/root.c \
  tasks/rule.c \
  tasks/symmetric.c \
  tasks/square.c \
  tasks/sum.c \
  tasks/argmax.c \
  tasks/max.c \
  tasks/median.c \
  tasks/sort.c \
  tasks/fixed.h \
  tasks/fixed.c \
  tasks/exp.c \
  tasks/log.c \
  tasks/reciprocal.c \
  tasks/sqrt.c
