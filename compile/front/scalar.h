/* scalar.h - functions of one or two numbers, as models have them

   Each is known as a function of doubles, of float32 as a runtime computes it,
   of integers, and of real numbers to 256 bits; and by what it does to
   intervals and to errors of its operands.

     struct interval x = {.lo = -1, .hi = 1, .error = 0x1p-9};
     struct interval y = scalar_span(SCALAR_EXP, x, x);  // [1/e..e], 0.0053 */
#ifndef SCALAR_H
#define SCALAR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <mpfr.h>

#define SCALAR_PRECISION 256 // bits of real numbers

enum scalar {
  /* Of a and b. */
  SCALAR_ADD,
  SCALAR_SUB,
  SCALAR_MUL,
  SCALAR_DIV, // of integers: towards 0
  SCALAR_MAX,
  SCALAR_MIN,
  SCALAR_POW,
  SCALAR_MOD,       // has the sign of b
  SCALAR_REMAINDER, // has the sign of a
  SCALAR_AT_LEAST,  // [a >= b]
  SCALAR_GREATER,   // [a > b]
  SCALAR_EQUAL,     // [a == b]
  SCALAR_LEAKY,     // a, or a * b where a < 0
  SCALAR_ELU,       // a, or b * (e^a - 1) where a < 0
  SCALAR_PASS,      // a where a > b, else 0
  /* Of a alone. */
  SCALAR_NEG,
  SCALAR_ABS,
  SCALAR_SIGN,
  SCALAR_FLOOR,
  SCALAR_CEIL,
  SCALAR_ROUND, // half to even
  SCALAR_TRUNC, // towards 0
  SCALAR_EXP,
  SCALAR_LOG,
  SCALAR_SQRT,
  SCALAR_ERF,
  SCALAR_SIGMOID,
  SCALAR_TANH,
  SCALAR_SIN,
  SCALAR_COS,
  SCALAR_TAN,
  SCALAR_ASIN,
  SCALAR_ACOS,
  SCALAR_ATAN,
  SCALAR_SINH,
  SCALAR_COSH,
  SCALAR_ASINH,
  SCALAR_ACOSH,
  SCALAR_ATANH,
  SCALAR_SOFTPLUS, // log(1 + e^a)
  SCALAR_SOFTSIGN, // a / (1 + |a|)
  SCALARS
};

const char *scalar_name(enum scalar f); // "exp"
bool scalar_is_binary(enum scalar f);
/* Arbitrarily close arguments can have values that are not close. */
bool scalar_jumps(enum scalar f);
/* Not made of arithmetic and comparisons, so that runtimes approximate it. */
bool scalar_is_curved(enum scalar f);

/* NaN where it is not defined. */
double scalar_real(enum scalar f, double a, double b);
/* Rounded to nearest, functions that are not of arithmetic correctly. */
float scalar_float(enum scalar f, float a, float b);
/* y = f(a, b), rounded to y's precision; y may be a or b. */
void scalar_exact(enum scalar f, mpfr_t y, mpfr_srcptr a, mpfr_srcptr b);
/* Of integers; false if it is none of at most 63 bits, or not defined. */
bool scalar_whole(enum scalar f, int64_t a, int64_t b, int64_t *y);

/* Real numbers lo..hi, each known but for an error. */
struct interval {
  double lo, hi, error;
};
/* Of a point, lo = hi, also where f jumps; else errors are as if no operand
   came near a jump. What is not bounded is infinite; of no number, NaN. */
struct interval scalar_span(enum scalar f, struct interval a,
                            struct interval b);
/* In operand 0 or 1, over these: 1 if f never falls, -1 if it never rises, else
   or if it is not known 0. */
int scalar_direction(enum scalar f, unsigned operand, struct interval a,
                     struct interval b);

#endif
