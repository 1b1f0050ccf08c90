/* images.h - the steps that models of images and mixtures are written in,
   beside those of operations.h

   As there: each adds one step and returns its value, has a file of its own,
   and depth and gates above its code. An image is a tensor [channels, h, w].

     struct kernel k = {.out = 1, .in = 1, .size = 3, .stride = 1, .padding = 1,
                        .at = weight};
     value_id y = program_convolution(p, "sums", x, channels, &k, NULL);
     y = program_pool(p, "pool", y, POOL_MAX, 2, 2); */
#ifndef IMAGES_H
#define IMAGES_H

#include "compile/program/program.h"

#include <flint/fmpz.h>

/* Weights of one output channel, one input channel and one place of the window
   are at[((o % out * in + i % in) * size + row) * size + column]. */
struct kernel {
  size_t out, in, size; // at least 1
  size_t stride;        // at least 1
  size_t padding;       // rows and columns of zeros on each side
  const fmpz *at;
};
/* x [i, h, w] to [channels, (h + 2 padding - size) / stride + 1, the same of
   w]: bias[o % out] + sum over i, row and column of weight * x; bias may be
   NULL. */
value_id program_convolution(struct program *p, const char *name, value_id x,
                             size_id channels, const struct kernel *k,
                             const fmpz *bias);

/* Of each window x window elements, `stride` apart, without padding. */
enum pool {
  POOL_MAX,  // their greatest, in two levels and with few gates
  POOL_FLAT, // the same in one level, with a gate for each value
  POOL_SUM   // their sum; for the mean, a next table divides it
};
value_id program_pool(struct program *p, const char *name, value_id x,
                      enum pool kind, size_t window, size_t stride);

/* 1 for the k greatest along the last axis, the first among equals, else 0. */
value_id program_top_k(struct program *p, const char *name, value_id x,
                       size_t k);

#endif
