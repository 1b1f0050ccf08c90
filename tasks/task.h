/* task.h - problems as families of circuits, each with a reference answer

   A task is one file with one constant (compile/program/family.h), and one line
   in list.c. Its circuit comes from the program that `build` writes; `answer`
   knows the problem from outside and shares nothing with it. */
#ifndef TASK_H
#define TASK_H

#include "circuit/error.h"
#include "compile/program/family.h"
#include "compile/program/operations.h"
#include "compile/program/program.h"

#include <flint/fmpz.h>

#define TASK_MAX_WIRES 2.5e8 // 2 GB

extern const struct family *const tasks[]; // NULL after the last, by name
const struct family *task_find(const char *name); // or NULL

/* For check(): whether about so many wires may be stored. */
bool task_check_wires(double wires, struct error *err);
/* The same for m integers of n bits, each compared with all others or counted
   by its values. */
bool task_check_pairs(slong m, slong n, struct error *err);

extern const struct family task_add, task_argmax, task_compare, task_divide,
    task_exp, task_log, task_majority, task_max, task_median, task_multiply,
    task_parity, task_power, task_product, task_reciprocal, task_remainder,
    task_root, task_rule, task_sort, task_sqrt, task_square, task_sum,
    task_symmetric;

#endif
