/* evaluate_sums.h - what a block goes through ladder by ladder

   A value is an integer for each of the 512 lanes of a block, in as many bytes
   as its range needs. A step turns input bits into values, adds its terms up,
   finds each lane's level, and from the level makes values and output bits. */
#ifndef EVALUATE_SUMS_H
#define EVALUATE_SUMS_H

#include "circuit/array.h"
#include "circuit/evaluate_parts.h"

#include <gmp.h>

enum {
  SUM_WORDS = 8, // of lanes
  SUM_LANES = 64 * SUM_WORDS
};

/* A value's bytes, 1 << size of them a lane, begin at word `place`. */
struct sum_value {
  uint32_t place;
  uint32_t size; // [0..3]
};

/* Inputs [first..first + width) of the circuit as an integer. */
struct sum_expand {
  uint32_t first, width; // 1..62
  bool is_signed;
  struct sum_value to;
};

struct sum_term {
  struct sum_value from;
  int64_t weight; // of a wide sum: a number of `wide`
};

struct sum_table {
  size_t first; // in `tables`: an entry for each level
  struct sum_value to;
};

/* Output o is [level >= rung]. */
struct sum_output {
  uint32_t rung, output;
};

enum sum_kind {
  SUM_32,
  SUM_64,
  SUM_WIDE
}; // bits of its terms and partial sums

/* Where to look for the level of a sum x: thresholds [base[i]..base[i] + most)
   are the only ones that can lie in bucket i, which holds the sums from
   lo + (i << shift) on. */
struct sum_search {
  int64_t lo, hi; // sums beyond count as these
  size_t base;    // in `bases`
  unsigned shift;
  unsigned most; // thresholds in a bucket
};

struct sum_step {
  enum sum_kind kind;
  size_t expands, terms, tables, outputs; // where its own end in the arrays
  size_t thresholds;                      // likewise, of limbs if it is wide
  struct sum_search search;
  uint32_t limbs;   // of a wide sum
  uint32_t rungs;   // thresholds
  size_t start;     // of a wide sum: limbs, so that it is never negative
  uint32_t runs[4]; // terms of each size, which are in this order
};

struct sum_wide {
  size_t first; // in `limbs`
  uint32_t n;
  bool is_negative;
};

/* An output that is an input, SUM_ZERO or SUM_ONE. */
struct sum_copy {
  uint32_t output, input;
};

#define SUM_ZERO UINT32_MAX
#define SUM_ONE (UINT32_MAX - 1)

struct sums {
  struct evaluator e;
  ARRAY(struct sum_step) steps;
  ARRAY(struct sum_expand) expands;
  ARRAY(struct sum_term) terms;
  ARRAY(struct sum_table) tables;
  ARRAY(struct sum_output) outputs;
  ARRAY(int64_t) entries;    // of tables
  ARRAY(int64_t) thresholds; // ascending; then INT64_MAX, which is no rung
  ARRAY(uint32_t) bases;
  ARRAY(struct sum_wide) wide;
  ARRAY(mp_limb_t) limbs;
  ARRAY(struct sum_copy) copies;
  size_t sum_place, level_place; // words
};

void sums_run(const struct evaluator *e, uint64_t *memory);

#endif
