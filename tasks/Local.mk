noinst_LIBRARIES += libtasks.a
libtasks_a_SOURCES = \
  tasks/task.h tasks/list.c \
  tasks/add.c tasks/compare.c tasks/majority.c \
  tasks/multiply.c tasks/parity.c tasks/rule.c
