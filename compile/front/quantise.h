/* quantise.h - what quantised models do to integers, to the last bit

   As ONNX Runtime was measured to do it, in float32 throughout:

     quantise     x -> clamp(rint(x / scale) + zero)
     dequantise   q -> (q - zero) * scale
     requantise   a -> clamp(rint((float)a * ((s_a * s_b) / s_y)) + zero_y)

   where rint() goes to nearest, half to even; the zero is added after that
   and the result saturates at [lo..hi]. A sum `a` beyond 2^24 is rounded to
   nearest when it becomes a float.

     struct requantiser r;
     if (!requantiser_init(&r, "fc1", s_a, s_b, &y, err)) return false;
     struct function f = requantiser_function(&r); // r must outlive f
     number_apply(c, &out, &sum, &f);

   Every function here is monotone, so a ladder finds its thresholds by
   bisection.

   Floats   must be IEEE 754 in round-to-nearest mode, without fast-math;
            both are checked.
   Errors   a scale that is NaN, infinite or not positive is refused with the
            name of its tensor, and so is a zero outside of [lo..hi].
   Threads  all but _init() read only. */
#ifndef QUANTISE_H
#define QUANTISE_H

#include "circuit/error.h"
#include "compile/number.h"

#include <stdbool.h>

#define QUANTISE_MAX (1L << 16) // -MAX <= lo <= zero <= hi <= MAX

struct quantiser {
  float scale; // positive and finite
  long zero, lo, hi;
};

bool quantiser_init(struct quantiser *q, const char *name, float scale,
                    long zero, long lo, long hi, struct error *err);
/* x is a number; infinite ones saturate. */
long quantise(const struct quantiser *q, float x);
float dequantise(const struct quantiser *q, long level);

struct requantiser {
  float multiplier; // positive and finite
  long zero, lo, hi;
};

/* From sums of products of levels of scales a and b to the levels of y. */
bool requantiser_init(struct requantiser *r, const char *name, float a, float b,
                      const struct quantiser *y, struct error *err);
long requantise(const struct requantiser *r, const mpz_t sum);
struct function requantiser_function(const struct requantiser *r);

/* A float function between dequantising and quantising: level -> level. */
struct requantised {
  struct quantiser from, to;
  float (*call)(float x, const void *context); // NULL: x itself. Never NaN
  const void *context;
  bool is_monotone; // in either direction
};
struct function requantised_function(const struct requantised *r);

/* To nearest, half to even; infinite if the integer is too large. */
float float_of_integer(const mpz_t z);

#endif
