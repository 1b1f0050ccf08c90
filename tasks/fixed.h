/* fixed.h - functions of one fixed-point number, correctly rounded

   The input x of `bits` bits stands for x / 2^bits, in [0..1), and the output y
   for y / 2^out. Such a task tabulates its function in MPFR. Its answer is in
   integers, by exact inequalities or bounds on a series, and shares nothing
   with that but half to even.

   The circuit is one ladder with a rung for each step of the function, then a
   gate for each bit of y that is not a rung itself: depth 2.

     fixed_build(p, FIXED_EXP, value);     // value: bits, out */
#ifndef FIXED_H
#define FIXED_H

#include "tasks/task.h"

enum fixed_kind {
  FIXED_EXP,
  FIXED_LOG, // at 0 the lowest integer of as many bits as it has at x = 1
  FIXED_SQRT,
  FIXED_RECIPROCAL // at 0 all ones, in as many bits as it has at x = 1
};

/* What all these tasks have in common. */
#define FIXED_FORMULA                                                      \
  "bits >= 2: depth 2; a gate for each step of y as x grows, and one for " \
  "each bit of y but those that are 0, 1 or a step"
#define FIXED_SERIES                                                    \
  {                                                                     \
    .class = "in TC0",                                                  \
    .says = "n bits of a convergent power series with rational terms",  \
    .status = "proved", .source = "Hesse, Allender and Barrington 2002" \
  }
#define FIXED_PARAMETERS                                                      \
  {                                                                           \
    {"bits", "bits of x, all after the point", 8, 1, 20, .is_size = false}, { \
      "out", "bits of y after the point", 8, 0, 64, .is_size = false          \
    }                                                                         \
  }

void fixed_build(struct program *p, enum fixed_kind kind, const fmpz *value);

/* For answers: y = n / 2^shift, to the nearest, half to even. */
void fixed_round(fmpz_t y, const fmpz_t n, ulong shift);

/* The same of a number of which there are bounds, in units of 2^-precision, as
   near as is needed. */
typedef void fixed_bounds(fmpz_t lo, fmpz_t hi, const fmpz_t x, ulong bits,
                          ulong precision);
void fixed_round_between(fmpz_t y, const fmpz *value, const fmpz_t x,
                         fixed_bounds *bounds);

#endif
