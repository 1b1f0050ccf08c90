/* masked: a masked diffusion with exact marginals, as masked.h says, from
   random bits to a word; which words there are is data=.

   Depth   2 steps: words that are left agree with all cells that were unmasked,
           one AND each; a cell's value compares counts of those, for each value
           of its random bits, the next level. The first round has nothing to
           agree with, and at the end values are put together in one.
   Gates   in each round one for each word, and for each cell at most
           (values - 1) 2^random; 2^random - 1 for its random bits. */
#include "compile/models/masked.h"
#include "compile/models/models.h"
#include "compile/program/operations.h"

#include <string.h>

struct unmasking {
  struct program *p;
  struct masked m;
  value_id noise;  // [cells, 2^random]: 0/1 numbers, one of a cell is 1
  size_t unmasked; // cells so far, as in m.order
  value_id above[MASKED_MOST_CELLS]; // of each, [values - 1]: value > v
  value_id left; // [words]: they agree with all cells so far
};

static size_id constant(struct unmasking *k, size_t n) {
  return size_si(&k->p->sizes, (long)n);
}

/* ---- Words that are left ---- */

/* Row w: how many of the cells have the value of word w, which is one that is
   not above it, but is above the value before. */
static value_id count_agreeing(struct unmasking *k) {
  const struct masked *m = &k->m;
  size_t levels = m->values - 1, columns = k->unmasked * levels;
  fmpz *weight = xcalloc(m->words * columns, sizeof *weight); // small integers
  fmpz *bias = xcalloc(m->words, sizeof *bias);
  for (size_t w = 0; w < m->words; w++)
    for (size_t i = 0; i < k->unmasked; i++) {
      size_t v = m->letters.at[w * m->cells + m->order[i]];
      fmpz *row = weight + w * columns + i * levels;
      bias[w] += !v;
      if (v)
        row[v - 1]++;
      if (v < levels)
        row[v]--;
    }
  value_id above = program_concat(k->p, "cells", k->above, k->unmasked, 0);
  value_id same =
      program_linear(k->p, "agree", above, m->words, columns, weight, bias);
  free(weight);
  free(bias);
  return same;
}

static void find_left(struct unmasking *k) {
  size_t words = k->m.words;
  if (k->unmasked) {
    k->left = program_at_least(k->p, "left", count_agreeing(k),
                               constant(k, k->unmasked));
    return;
  }
  fmpz *ones = xmalloc(words * sizeof *ones); // small integers
  for (size_t w = 0; w < words; w++)
    ones[w] = 1;
  k->left =
      program_constant(k->p, "all", vector(constant(k, words)), ones, words);
  free(ones);
}

/* ---- Draws ---- */

/* Row (v, u): (2 u + 1) N - 2^(random + 1) (n_0 + ... + n_v), and `most` where
   the random bits are u; columns are the words and the values of u. */
static void fill_row(const struct masked *m, fmpz *row, size_t cell, size_t v,
                     size_t u, long most) {
  for (size_t w = 0; w < m->words; w++)
    row[w] = (long)(2 * u + 1) -
             (m->letters.at[w * m->cells + cell] <= v ? 2L << m->random : 0);
  row[m->words + u] = most;
}

static value_id draw(struct unmasking *k, size_t cell) {
  const struct masked *m = &k->m;
  struct program *p = k->p;
  size_t us = (size_t)1 << m->random, levels = m->values - 1;
  size_t rows = levels * us, columns = m->words + us;
  long most = (long)(m->words << (m->random + 1)) + 1;
  fmpz *weight = xcalloc(rows * columns, sizeof *weight); // small integers
  fmpz *bias = xmalloc(rows * sizeof *bias);
  for (size_t r = 0; r < rows; r++) {
    fill_row(m, weight + r * columns, cell, r / us, r % us, most);
    bias[r] = -most;
  }
  value_id u = program_slice(p, "random bits", k->noise, 0, constant(k, cell),
                             constant(k, 1));
  u = program_reshape(p, "random bits", u, vector(constant(k, us)));
  value_id x = program_concat(p, "counted", (value_id[]){k->left, u}, 2, 0);
  x = program_linear(p, "sums", x, rows, columns, weight, bias);
  x = program_at_least(p, "draw", x, constant(k, 0));
  x = program_reshape(p, "draw", x,
                      matrix(constant(k, levels), constant(k, us)));
  free(weight);
  free(bias);
  return program_sum(p, "above", x);
}

static void add_round(struct unmasking *k, size_t round) {
  size_t to = masked_first(&k->m, round + 1), from = k->unmasked;
  find_left(k);
  for (size_t i = from; i < to; i++)
    k->above[i] = draw(k, k->m.order[i]);
  k->unmasked = to;
}

/* ---- The program ---- */

static void add_noise(struct unmasking *k) {
  struct program *p = k->p;
  size_t us = (size_t)1 << k->m.random;
  long *same = xmalloc(us * sizeof *same);
  fmpz *at = xcalloc(us * us, sizeof *at);
  for (size_t u = 0; u < us; u++) {
    same[u] = (long)u;
    at[u * us + u] = 1;
  }
  value_id z = program_input(p, "noise", vector(constant(k, k->m.cells)),
                             constant(k, k->m.random), false);
  program_mark_random(p);
  z = program_table(p, "noise", z, same, us, 0);
  const struct matrix identity = {us, us, at};
  k->noise = program_look_up(p, "noise", z, &identity, us, constant(k, us));
  free(same);
  free(at);
}

/* One gate of a draw at most is 1, so a value is below `values`: what a table
   says, in one level more. */
static void add_output(struct unmasking *k) {
  static const long same[MASKED_MOST_VALUES] = {0, 1, 2, 3, 4};
  value_id cell[MASKED_MOST_CELLS];
  size_t cells = k->m.cells;
  for (size_t i = 0; i < cells; i++)
    cell[k->m.order[i]] =
        program_reshape(k->p, "value", program_sum(k->p, "value", k->above[i]),
                        vector(constant(k, 1)));
  value_id word = program_concat(k->p, "word", cell, cells, 0);
  word = program_table(k->p, "word", word, same, k->m.values, 0);
  program_output(k->p, "word", word);
}

static void build(struct program *p, const fmpz *value) {
  struct unmasking k = {.p = p};
  masked_init(&k.m, value);
  add_noise(&k);
  for (size_t r = 0; r < k.m.steps; r++)
    add_round(&k, r);
  add_output(&k);
  masked_clear(&k.m);
}

static bool check(const fmpz *value, struct error *err) {
  size_t cells = masked_cells(value);
  if (value[MASKED_DATA] == MASKED_PERMUTATIONS &&
      value[MASKED_N] > MASKED_MOST_VALUES)
    return error_set(err, 0, "n=%ld: must be from 2 to %d for permutations",
                     value[MASKED_N], MASKED_MOST_VALUES);
  return (size_t)value[MASKED_STEPS] <= cells ||
         error_set(err, 0, "steps=%ld: must be from 1 to %zu, the cells",
                   value[MASKED_STEPS], cells);
}

static const char *const data[] = {"sudoku", "permutations", "parity"};
static const char *const orders[] = {"rows", "far"};

const struct family model_masked = {
    .name = "masked",
    .about = "a masked diffusion with exact marginals, from masks to a word",
    .formula =
        "depth 2 steps + 1, at most 3 * 2^random gates a cell of sudoku, "
        "and 288 a step",
    .parameters = {{"steps", "rounds", 4, 1, MASKED_MOST_CELLS,
                    .is_size = false},
                   {"data",
                    "4x4 grids, permutations of n, or n bits of even parity", 0,
                    0, 2, .choices = data},
                   {"n", "cells, but for sudoku", 4, 2, 9, .is_size = false},
                   {"order", "by place, or from both ends in turn", 0, 0, 1,
                    .choices = orders},
                   {"random", "bits of a draw", 6, 1, 7, .is_size = false}},
    .check = check,
    .build = build,
};
