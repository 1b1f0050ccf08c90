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

/* Of the parameters bits and out, in this order, of all these tasks. */
#define FIXED_MOST_BITS 20
#define FIXED_MOST_OUT 64

void fixed_build(struct program *p, enum fixed_kind kind, const fmpz *value);

/* For answers: y = n / 2^shift, to the nearest, half to even. */
void fixed_round(fmpz_t y, const fmpz_t n, ulong shift);

#endif
