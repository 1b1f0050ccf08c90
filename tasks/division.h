/* division.h - what the tasks divide and remainder have in common */
#ifndef DIVISION_TASKS_H
#define DIVISION_TASKS_H

#include "tasks/task.h"

enum { // the parameters, in order
  DIVISION_N,
  DIVISION_M,
  DIVISION_METHOD,
  DIVISION_DEPTH
};
enum { // values of DIVISION_METHOD
  DIVISION_DIGITS,
  DIVISION_POLY
};
extern const char *const division_methods[];

#define DIVISION_PARAMETERS                                                  \
  {                                                                          \
    {"n", "bits of x and of y", 8, 1, 256, .is_size = true},                 \
        {.name = "m",                                                        \
         .about = "a constant to divide by instead of an input y, unless 0", \
         .most = 4096,                                                       \
         .is_long = true},                                                   \
        {.name = "method",                                                   \
         .about = "of division by y",                                        \
         .most = 1,                                                          \
         .choices = division_methods},                                       \
    {                                                                        \
      .name = "depth", .about = "of digits, or of a remainder by m; 0 is 3", \
      .most = 256                                                            \
    }                                                                        \
  }

/* Depth 3 if none was asked for. */
unsigned division_depth(const fmpz *value);

/* For answers: bit by bit, as on paper. Divided by 0 the quotient has all bits
   1 and the rest is x. */
void division_by_hand(const fmpz *value, const fmpz *in, fmpz_t quotient,
                      fmpz_t rest);

#endif
