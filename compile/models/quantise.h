/* quantise.h - what a quantised layer ends with: rounded, clipped, activated

   The sums of a layer are divided by 2^shift, rounded to the nearest, half up,
   clipped to `bits` bits of two's complement, and put through a function: all
   of it is one table, and one level of gates.

   Words and units
     unit     activations are integers y that stand for y / 2^(bits - 3), from
              -4 to 4, as do results; those of tanh and sigmoid for
              y / (2^(bits - 1) - 1). Each is the nearest integer, half to even,
              of the function in real numbers (MPFR). */
#ifndef MODELS_QUANTISE_H
#define MODELS_QUANTISE_H

#include "compile/program/operations.h"

enum activation {
  ACTIVATION_NONE,
  ACTIVATION_RELU,
  ACTIVATION_GELU,
  ACTIVATION_SILU,
  ACTIVATION_TANH,
  ACTIVATION_SIGMOID
};

extern const char *const activation_names[]; // relu first, which is 1

/* Element j of table[0..2^bits) is the value for j - 2^(bits - 1). */
void activation_table(long *table, enum activation f, unsigned bits);
value_id model_quantise(struct program *p, const char *name, value_id x,
                        unsigned long shift, enum activation f, unsigned bits);
/* The shift after sums of n products of integers that are each as often
   positive as negative: such sums are about sqrt(n) times as large as one, and
   a quarter of the range is left above that. The second factors are below
   2^(weight_bits - 1). */
unsigned long model_shift(size_t n, unsigned weight_bits);

#endif
