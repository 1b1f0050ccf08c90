/* weights.h - where the weights of built-in models come from

   random   each entry of its own, uniform in -most..most. The same seed gives
            the same weights, on every machine. They are for one size.
   generic  a pattern of period WEIGHTS_PERIOD along rows and columns, no entry
            0: it stands for weights of any size, of which none is 0, so
            that rows are alike and one program is for all sizes.
   inputs   not here: the circuit reads them (block_inputs.c).

     struct weights w;
     weights_init(&w, p->seed, WEIGHTS_RANDOM, 8);
     struct matrix m = weights_matrix(&w, rows, columns);
     y = program_linear_matrix(p, "y", x, size, &m, weights_bias(&w, rows));
     weights_clear(&w);

   Ownership  what is returned lasts until the next call of the same function.
 */
#ifndef WEIGHTS_H
#define WEIGHTS_H

#include "compile/program/operations.h"

enum weights_kind {
  WEIGHTS_RANDOM,
  WEIGHTS_GENERIC,
  WEIGHTS_INPUTS
};

#define WEIGHTS_PERIOD 2

struct weights {
  enum weights_kind kind;
  uint64_t state;
  long most;
  fmpz *matrix, *bias;
};

/* Of `bits` >= 2 bits, two's complement without the least: most is
   2^(bits - 1) - 1. */
void weights_init(struct weights *w, uint64_t seed, enum weights_kind kind,
                  unsigned bits);
void weights_clear(struct weights *w);
/* rows and columns are not looked at if w is generic. */
struct matrix weights_matrix(struct weights *w, size_t rows, size_t columns);
/* The same where generic weights repeat only along columns, or along rows: the
   other is as long as it says. */
struct matrix weights_rows(struct weights *w, size_t rows, size_t columns);
struct matrix weights_columns(struct weights *w, size_t rows, size_t columns);
/* Of the rows of the matrix that was last made; |bias| <= most. */
const fmpz *weights_bias(struct weights *w, const struct matrix *of, long most);
/* Uniform in [0..n). */
uint64_t weights_draw(struct weights *w, uint64_t n);

#endif
