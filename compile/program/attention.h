/* attention.h - the steps that transformer blocks are written in, beside those
   of operations.h

   As there: each adds one step and returns its value, has a file of its own,
   and depth and gates above its code. Operands that are to be read in one level
   have elements of one ladder each, such as these steps make.

     value_id s = program_matmul(p, "scores", q, k, true);
     value_id e = program_weigh(p, "softmax", s, NULL, &table, true);
     value_id y = program_mix(p, "mix", gated, e, -8, 7); */
#ifndef ATTENTION_H
#define ATTENTION_H

#include "compile/arithmetic.h"
#include "compile/program/program.h"

#include <flint/fmpz.h>

/* multiplier * x / divisor, rounded to the nearest integer, half up; that
   rounded to `mantissa` bits, half away from 0, unless mantissa is 0; that
   clipped to lo..hi, which have no more bits than that. */
struct rounding {
  long multiplier, divisor; // at least 1
  unsigned mantissa;
  long lo, hi; // lo <= 0 <= hi if mantissa is not 0
};
value_id program_round(struct program *p, const char *name, value_id x,
                       const struct rounding *f);
/* The least number of `mantissa` bits that is at least x >= 0. */
long rounding_ceil(unsigned mantissa, long x);

/* number_normal() of u and v, element by element, where v may repeat; with
   bias[i mod biases] for place i along the last axis of u, instead of that of
   f; biases may be 0. */
value_id program_normal(struct program *p, const char *name, value_id u,
                        value_id v, const struct normal *f, const fmpz *bias,
                        size_t biases);

/* The same for u that may read any number of ladders, with its square and its
   sign [u >= 0] as numbers: number_normal_square(). */
value_id program_normal_square(struct program *p, const char *name, value_id u,
                               value_id v, value_id square, value_id sign,
                               const struct normal *f, const fmpz *bias,
                               size_t biases);
/* [.., m] to [.., m(m + 1)/2]: the products of places (0, 0), (0, 1), (1, 1),
   (0, 2), ... */
value_id program_gram(struct program *p, const char *name, value_id x,
                      size_t m);

/* a [.., m, e] and b [.., q, e] to [.., m, q], the sums over e of a * b, with
   the axes in front of these repeated as by program_combine(). If it is causal,
   column j of row i is 0 where j > i. */
value_id program_matmul(struct program *p, const char *name, value_id a,
                        value_id b, bool is_causal);

/* at[t - least] for t = x / 2^shift, rounded to the nearest, half up, and
   clipped to least..least + n - 1. */
struct score_table {
  unsigned long shift;
  long least;
  size_t n; // at least 1
  const fmpz *at;
  bool is_plain; // a key by itself has the weight of its score
};
/* The table of scores [.., rows, keys, 1], times v [.., keys, e] unless v is
   NULL: [.., rows, keys, e or 1], with the axes in front of keys repeated as by
   program_combine(). If it is causal, key j of row i gives 0 where j > i. Where
   a row has one key, that has weight 1 whatever its score, unless the table is
   plain. */
value_id program_weigh(struct program *p, const char *name, value_id scores,
                       const value_id *v, const struct score_table *f,
                       bool is_causal);

/* u [.., keys, e] and z [.., keys, 1] to [.., e]: the sum over keys of u over
   that of z, which is at least 1, rounded to the nearest, half up, and clipped
   to lo..hi. */
value_id program_mix(struct program *p, const char *name, value_id u,
                     value_id z, long lo, long hi);
/* The same where a strategy may spend levels, if there are many values. */
value_id program_mix_in_levels(struct program *p, const char *name, value_id u,
                               value_id z, long lo, long hi);
/* The same over all keys of n parts u, z, which differ in the axis of keys. */
value_id program_mix_parts(struct program *p, const char *name,
                           const value_id (*part)[2], size_t n, long lo,
                           long hi);

/* ---- Pairs of positions ---- */

/* Which keys a row reads. `keys` is an axis as long as that of rows, as
   program_exchange_others() has it; what is not read is 0. */
enum pairs {
  PAIRS_OWN,     // itself: the axis of keys has length 1
  PAIRS_EARLIER, // those before it
  PAIRS_OTHERS   // all but itself
};
/* x [n, m] to [n, keys, forms]: y[i, j, h] = sum over a, b of weight[h][a][b]
   x[i, a] x[j, b]; numbers of x are free, or sums of input bits. */
value_id program_bilinear(struct program *p, const char *name, value_id x,
                          size_id keys, const fmpz *weight, size_t m,
                          size_t forms, enum pairs pairs);
/* at[half + t] where t is the sign of a score times the first integers b = 1,
   2, ... for which 2 |score| - its logs >= threshold[b - 1]; at most half, or
   half - 1 above 0. Thresholds rise, and none is reached by a score of 0. */
struct log_table {
  size_t half;
  const fmpz *threshold; // [half]
  const fmpz *at;        // [2 half]
  const fmpz *most;      // not for callers
};
/* The table of scores [.., rows, keys, 1], whose logs are the sum of those of
   the row and the key in `logs` [n, 1], times v [.., keys, e] unless v is NULL:
   [.., rows, keys, e or 1], as by program_weigh(). */
value_id program_weigh_logs(struct program *p, const char *name,
                            value_id scores, value_id logs, const value_id *v,
                            const struct log_table *f, enum pairs pairs);

/* Scores [.., rows, keys] and values [.., keys, e] to [.., rows, e]: weighted
   means as by weigh and mix, where a key whose level is i below the greatest of
   its row has the weight at[i]; at[0] is at least 1. */
value_id program_mix_max(struct program *p, const char *name, value_id scores,
                         value_id v, const struct score_table *f, long lo,
                         long hi, bool is_causal);

/* The greatest of scores [.., rows, keys], of one ladder each: [.., rows, 1].
   If it is causal, row i reads keys 0..i. */
value_id program_greatest(struct program *p, const char *name, value_id x,
                          bool is_causal);

/* A weight that falls, or stays, with a distance: at[i] from distance[i] on. */
struct fall {
  size_t n;                  // at least 1
  const long *distance, *at; // [n]; ascending from 0; at[0] >= 1, none negative
};
/* What scores [.., rows, keys] have as weights by their distance from the
   greatest of their row. If it is causal, key j of row i gives 0 where j > i,
   and is not compared. Scores are sums of products with `queries` [.., rows,
   e].
   */
value_id program_below(struct program *p, const char *name, value_id scores,
                       value_id queries, const struct fall *f, bool is_causal);

/* [n, e] to [n, n, e]: (i, j) is the sum of rows j + 1..i, 0 where j >= i. */
value_id program_between(struct program *p, const char *name, value_id x);

/* Element i of the first half of the last axis and its partner in the second,
   turned by position * 10000^(-2 i / n), times 2^6 and rounded to integer
   weights. Positions are along the first axis; x has at most so many, and rows
   of n = `width`. */
value_id program_rotary(struct program *p, const char *name, value_id x,
                        size_t positions, size_t width);

#endif
