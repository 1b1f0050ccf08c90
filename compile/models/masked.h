/* masked.h - the arithmetic of masked diffusion with exact marginals

   The data are some words of `cells` values each, all as likely: the legal
   ones. All cells are masked at first; in each of `steps` rounds some are
   unmasked, each by itself: its value is drawn from what is expected of it,
   given the values of all cells that were unmasked in rounds before.

   Of N words that agree with those, n_v have value v in a cell. With `random`
   bits, which are the integer u, its value is the number of v < values - 1 with

     (2 u + 1) N >= 2^(random + 1) (n_0 + ... + n_v)

   which a value that no such word has is never. Where N is 0 the word is not
   legal any more, whatever comes. Draws of a round do not know of each other.
 */
#ifndef MASKED_H
#define MASKED_H

#include "circuit/array.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <flint/fmpz.h>

enum {
  MASKED_MOST_CELLS = 16,
  MASKED_MOST_VALUES = 5
};

enum masked_parameter {
  MASKED_STEPS,
  MASKED_DATA,
  MASKED_N,
  MASKED_ORDER,
  MASKED_RANDOM,
  MASKED_TABLE
};

enum masked_data {
  MASKED_SUDOKU,       // 4x4
  MASKED_PERMUTATIONS, // of n
  MASKED_PARITY,       // words of n bits of which an even number is 1
  MASKED_WORDS         // of n bits: w is one if bit w of a table is 1
};

/* CONFIDENT: those of which the likeliest value is likeliest, by n_v; the first
   of equals. */
enum masked_order {
  MASKED_ROWS, // by place
  MASKED_FAR,  // the first, the last, the second, the last but one
  MASKED_CONFIDENT
};

struct masked {
  size_t words, cells, values;
  unsigned random;
  size_t steps;
  ARRAY(uint8_t) letters; // [words][cells]
  bool is_confident;
  size_t order[MASKED_MOST_CELLS]; // else cells as they are unmasked
};

/* Of model_masked's parameters, checked. */
void masked_init(struct masked *m, const fmpz *value);
void masked_clear(struct masked *m);
size_t masked_cells(const fmpz *value);

/* Round r unmasks the cells order[i], or as many, for i from masked_first(m, r)
   to that of r + 1. */
size_t masked_first(const struct masked *m, size_t round);
/* The value of a cell, of count[values] words that are left. */
size_t masked_draw(const struct masked *m, const size_t *count, size_t u);

#endif
