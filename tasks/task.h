/* task.h - problems as programs, each with a reference answer

   A task is one file with one constant, and one line in list.c. Its circuit
   comes from the program that `build` writes; `answer` knows the problem from
   outside and shares nothing with it.

     const struct task *t = task_find("add");
     t->build(&p, value);           // value[i] of t->parameters[i]
     t->answer(value, in, out);     // as run_values(), in run.h

   A parameter that is a size stays one in the program, so one program stands
   for all its values; the others choose among programs. */
#ifndef TASK_H
#define TASK_H

#include "compile/program/operations.h"
#include "compile/program/program.h"

#include <flint/fmpz.h>

enum {
  TASK_MAX_PARAMETERS = 8
};

struct task_parameter {
  const char *name; // NULL after the last
  const char *about;
  long standard, least, most;
  bool is_size;
};

struct task {
  const char *name;
  const char *about;   // one line
  const char *formula; // depth and gates, with physical outputs
  struct task_parameter parameters[TASK_MAX_PARAMETERS + 1];
  void (*build)(struct program *p, const long *value);
  void (*answer)(const long *value, const fmpz *in, fmpz *out);
};

extern const struct task *const tasks[];        // NULL after the last, by name
const struct task *task_find(const char *name); // or NULL
size_t task_parameters(const struct task *t);

/* In build: the size of parameter i. */
size_id task_size(struct program *p, const struct task *t, size_t i);

extern const struct task task_add, task_compare, task_majority, task_multiply,
    task_parity, task_rule;

#endif
