/* trial.h - a program judged by a plain function, in both of its readings

     trial_judge(&p, (long[]){n}, expected, context);

   runs the program and its circuit on every input of at most TRIAL_BITS bits,
   else on extreme and random ones, and asserts that each gives the integers
   that `expected` makes of the same inputs. Also asserted is what holds for
   every circuit that is made: its buses are the program's ports, no gate is
   dead or can go only one way, and pruning it again changes nothing.

   Integers are in the order of run.h. The measures of the circuit stay. */
#ifndef TRIAL_H
#define TRIAL_H

#include "compile/program/operations.h"
#include "compile/program/program.h"

enum {
  TRIAL_BITS = 12
};

struct trial {
  size_t depth, gates; // inner ones
  size_t depth_physical, gates_physical;
  size_t wires;
};

struct trial trial_judge(const struct program *p, const long *parameter,
                         void (*expected)(const void *context, const long *in,
                                          long *out),
                         const void *context);

/* What instance_init() says is wrong, or NULL if nothing is. Lasts until it is
   called again. */
const char *trial_refuse(const struct program *p, const long *parameter);

#endif
