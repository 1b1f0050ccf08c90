/* task.h - problems as programs, each with a reference answer

   A task is one file with one constant, and one line in list.c. Its circuit
   comes from the program that `build` writes; `answer` knows the problem from
   outside and shares nothing with it.

     const struct task *t = task_find("add");
     if (t->check && !t->check(value, &err)) ...
     t->build(&p, value);           // value[i] of t->parameters[i]
     t->answer(value, in, out);     // as run_values(), in run.h

   A parameter that is a size stays one in the program, so one program stands
   for all its values; the others choose among programs. A value below 2^62 is
   an fmpz that can be read as the integer it is. */
#ifndef TASK_H
#define TASK_H

#include "circuit/error.h"
#include "compile/program/operations.h"
#include "compile/program/program.h"

#include <flint/fmpz.h>

#define TASK_MAX_WIRES 2.5e8 // 2 GB

enum {
  TASK_MAX_PARAMETERS = 8
};

struct task_parameter {
  const char *name; // NULL after the last
  const char *about;
  long standard, least, most;
  bool is_size;
  bool is_long; // any integer from `least` on, of at most `most` bits
  const char *const *choices; // the words for 0, 1, ..., most; NULL: integers
};

struct task {
  const char *name;
  const char *about;   // one line
  const char *formula; // depth and gates, with physical outputs
  struct task_parameter parameters[TASK_MAX_PARAMETERS + 1];
  /* Whether values in their ranges suit each other; may be NULL. */
  bool (*check)(const fmpz *value, struct error *err);
  void (*build)(struct program *p, const fmpz *value);
  void (*answer)(const fmpz *value, const fmpz *in, fmpz *out);
};

extern const struct task *const tasks[];        // NULL after the last, by name
const struct task *task_find(const char *name); // or NULL
size_t task_parameters(const struct task *t);

/* In build: the size of parameter i. */
size_id task_size(struct program *p, const struct task *t, size_t i);

/* For check(): whether about so many wires may be stored. */
bool task_check_wires(double wires, struct error *err);
/* The same for m integers of n bits, each compared with all others or counted
   by its values. */
bool task_check_pairs(slong m, slong n, struct error *err);

extern const struct task task_add, task_argmax, task_compare, task_divide,
    task_exp, task_log, task_majority, task_max, task_median, task_multiply,
    task_parity, task_power, task_product, task_reciprocal, task_remainder,
    task_root, task_rule, task_sort, task_sqrt, task_square, task_sum,
    task_symmetric;

#endif
