/* masked: a masked diffusion with exact marginals, as masked.h says, from
   random bits to a word; which words there are is data=.

   Depth   2 steps: words that are left agree with all cells that were unmasked,
           one AND each; a cell's value compares counts of those, for each value
           of its random bits, the next level. The first round has nothing to
           agree with, and at the end values are put together in one.
           order=confident: 7 steps. How likely the likeliest value of a cell is
           takes two levels, to choose among cells two more, and what is known
           of a cell after a round is one bit for each value, a level.
   Gates   in each round one for each word, and for each cell at most
           (values - 1) 2^random; 2^random - 1 for its random bits. */
#include "compile/models/masked.h"
#include "compile/models/models.h"
#include "compile/program/images.h"
#include "compile/program/operations.h"

#include <string.h>

struct unmasking {
  struct program *p;
  struct masked m;
  value_id bits;   // [cells]: random bits, as ladders
  value_id noise;  // [cells, 2^random]: 0/1 numbers, one of a cell is 1
  size_t unmasked; // cells so far, as in m.order
  value_id above[MASKED_MOST_CELLS]; // of each, [values - 1]: value > v
  value_id left; // [words]: they agree with all cells so far
};

static size_id constant(struct unmasking *k, size_t n) {
  return size_si(&k->p->sizes, (long)n);
}

/* Row i of a matrix, of n columns. */
static value_id row_of(struct unmasking *k, const char *name, value_id x,
                       size_t i, size_t n) {
  x = program_slice(k->p, name, x, 0, constant(k, i), constant(k, 1));
  return program_reshape(k->p, name, x, vector(constant(k, n)));
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
  k->left = program_at_least(k->p, "left", count_agreeing(k),
                             constant(k, k->unmasked));
}

/* ---- Draws ---- */

/* Row (v, u): (2 u + 1) N - 2^(random + 1) (n_0 + ... + n_v), and `most` where
   the random bits are u, and where the cell is chosen; columns are the words,
   the values of u, and that. */
static void fill_row(const struct masked *m, fmpz *row, size_t cell, size_t v,
                     size_t u, long most) {
  for (size_t w = 0; w < m->words; w++)
    row[w] = (long)(2 * u + 1) -
             (m->letters.at[w * m->cells + cell] <= v ? 2L << m->random : 0);
  row[m->words + u] = most;
}

/* [values - 1]: the value is above v; chosen is a list of 0/1 numbers, of which
   all must be 1. */
static value_id draw(struct unmasking *k, size_t cell, const value_id *chosen,
                     size_t n) {
  const struct masked *m = &k->m;
  struct program *p = k->p;
  size_t us = (size_t)1 << m->random, levels = m->values - 1;
  size_t rows = levels * us, columns = m->words + us + n;
  long most = (long)(m->words << (m->random + 1)) + 1;
  fmpz *weight = xcalloc(rows * columns, sizeof *weight); // small integers
  fmpz *bias = xmalloc(rows * sizeof *bias);
  for (size_t r = 0; r < rows; r++) {
    fmpz *row = weight + r * columns;
    fill_row(m, row, cell, r / us, r % us, most);
    for (size_t i = columns - n; i < columns; i++)
      row[i] = most;
    bias[r] = -most * (long)(1 + n);
  }
  value_id u = row_of(k, "random bits", k->noise, cell, us);
  value_id x[] = {k->left, u, n ? chosen[0] : 0};
  x[0] = program_concat(p, "counted", x, 2 + n, 0);
  x[0] = program_linear(p, "sums", x[0], rows, columns, weight, bias);
  x[0] = program_at_least(p, "draw", x[0], constant(k, 0));
  x[0] = program_reshape(p, "draw", x[0],
                         matrix(constant(k, levels), constant(k, us)));
  free(weight);
  free(bias);
  return program_sum(p, "above", x[0]);
}

/* The same where all words are left: a function of the random bits. */
static value_id draw_first(struct unmasking *k, size_t cell) {
  const struct masked *m = &k->m;
  size_t us = (size_t)1 << m->random, levels = m->values - 1;
  size_t count[MASKED_MOST_VALUES] = {0};
  fmpz *above = xcalloc(us * levels, sizeof *above); // small integers
  for (size_t w = 0; w < m->words; w++)
    count[m->letters.at[w * m->cells + cell]]++;
  for (size_t u = 0; u < us; u++)
    for (size_t v = 0; v < masked_draw(m, count, u); v++)
      above[u * levels + v] = 1;
  const struct matrix rows = {us, levels, above};
  value_id u = program_slice(k->p, "random bits", k->bits, 0, constant(k, cell),
                             constant(k, 1));
  u = program_look_up(k->p, "draw", program_reshape(k->p, "bits", u, scalar()),
                      &rows, us, constant(k, levels));
  free(above);
  return u;
}

static void add_round(struct unmasking *k, size_t round) {
  size_t to = masked_first(&k->m, round + 1), from = k->unmasked;
  if (from)
    find_left(k);
  for (size_t i = from; i < to; i++)
    k->above[i] =
        from ? draw(k, k->m.order[i], NULL, 0) : draw_first(k, k->m.order[i]);
  k->unmasked = to;
}

/* ---- The most confident first ---- */

static value_id zeros(struct unmasking *k, size_t n) {
  fmpz *at = xcalloc(n, sizeof *at);
  value_id z = program_constant(k->p, "masked", vector(constant(k, n)), at, n);
  free(at);
  return z;
}

/* `known` has value > v of all cells, 0 of masked ones, `unmasked` which are
   not. Row w: minus the cells that are known to have another value. */
static void find_left_of(struct unmasking *k, value_id known,
                         value_id unmasked) {
  const struct masked *m = &k->m;
  size_t levels = m->values - 1, columns = m->cells * (levels + 1);
  fmpz *weight = xcalloc(m->words * columns, sizeof *weight); // small integers
  for (size_t w = 0; w < m->words; w++)
    for (size_t i = 0; i < m->cells; i++) {
      size_t v = m->letters.at[w * m->cells + i];
      fmpz *row = weight + w * columns;
      row[m->cells * levels + i] = v ? -1 : 0;
      if (v)
        row[i * levels + v - 1] = 1;
      if (v < levels)
        row[i * levels + v] = -1;
    }
  value_id x =
      program_concat(k->p, "cells", (value_id[]){known, unmasked}, 2, 0);
  x = program_linear(k->p, "differ", x, m->words, columns, weight, NULL);
  k->left = program_at_least(k->p, "left", x, constant(k, 0));
  free(weight);
}

/* [cells]: 1 for those that this round unmasks. */
static value_id choose_cells(struct unmasking *k, value_id unmasked) {
  const struct masked *m = &k->m;
  struct program *p = k->p;
  size_t rows = m->cells * m->values;
  fmpz *weight = xcalloc(rows * m->words, sizeof *weight); // small integers
  for (size_t w = 0; w < m->words; w++)
    for (size_t i = 0; i < m->cells; i++)
      weight[(i * m->values + m->letters.at[w * m->cells + i]) * m->words + w] =
          1;
  value_id x =
      program_linear(p, "counts", k->left, rows, m->words, weight, NULL);
  free(weight);
  x = program_reshape(p, "counts", x,
                      matrix(constant(k, m->cells), constant(k, m->values)));
  x = program_maximum(p, "likeliest", x);
  x = program_combine(p, "masked ones", (value_id[]){x, unmasked},
                      (long[]){1, -(long)m->words - 1}, 2, 0);
  return program_top_k(p, "chosen", x, m->cells / m->steps);
}

static value_id draw_chosen(struct unmasking *k, value_id chosen) {
  value_id above[MASKED_MOST_CELLS];
  for (size_t i = 0; i < k->m.cells; i++) {
    value_id is_chosen = program_slice(k->p, "chosen", chosen, 0,
                                       constant(k, i), constant(k, 1));
    above[i] = draw(k, i, &is_chosen, 1);
  }
  return program_concat(k->p, "above", above, k->m.cells, 0);
}

static void add_confident_rounds(struct unmasking *k) {
  static const long bit[] = {0, 1};
  struct program *p = k->p;
  struct composition loop;
  size_t levels = k->m.values - 1;
  value_id state[] = {zeros(k, k->m.cells * levels), zeros(k, k->m.cells)};
  program_begin_loop(p, &loop, "round", state, 2, 0, constant(k, k->m.steps));
  value_id known = loop.argument[0], unmasked = loop.argument[1];
  find_left_of(k, known, unmasked);
  value_id chosen = choose_cells(k, unmasked);
  known = program_add(p, "known", known, draw_chosen(k, chosen));
  unmasked = program_add(p, "unmasked", unmasked, chosen);
  value_id next[] = {program_table(p, "known", known, bit, 2, 0),
                     program_table(p, "unmasked", unmasked, bit, 2, 0)};
  program_end(p, &loop, next, 2, state);
  known = program_reshape(p, "known", state[0],
                          matrix(constant(k, k->m.cells), constant(k, levels)));
  program_output(p, "word", program_sum(p, "word", known));
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
  k->bits = program_table(p, "noise", z, same, us, 0);
  const struct matrix identity = {us, us, at};
  k->noise =
      program_look_up(p, "noise", k->bits, &identity, us, constant(k, us));
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
  if (k.m.is_confident) {
    add_confident_rounds(&k);
  } else {
    for (size_t r = 0; r < k.m.steps; r++)
      add_round(&k, r);
    add_output(&k);
  }
  masked_clear(&k.m);
}

static bool check(const fmpz *value, struct error *err) {
  size_t cells = masked_cells(value);
  if (value[MASKED_DATA] == MASKED_PERMUTATIONS &&
      value[MASKED_N] > MASKED_MOST_VALUES)
    return error_set(err, 0, "n=%ld: must be from 2 to %d for permutations",
                     value[MASKED_N], MASKED_MOST_VALUES);
  if (value[MASKED_DATA] == MASKED_WORDS &&
      fmpz_bits(&value[MASKED_TABLE]) > 1UL << value[MASKED_N])
    return error_set(err, 0, "n=%ld: table= must have at most 2^n bits",
                     value[MASKED_N]);
  if (value[MASKED_ORDER] == MASKED_CONFIDENT &&
      cells % (size_t)value[MASKED_STEPS])
    return error_set(err, 0,
                     "steps=%ld: must divide %zu, the cells, for "
                     "order=confident",
                     value[MASKED_STEPS], cells);
  return (size_t)value[MASKED_STEPS] <= cells ||
         error_set(err, 0, "steps=%ld: must be from 1 to %zu, the cells",
                   value[MASKED_STEPS], cells);
}

static const char *const data[] = {"sudoku", "permutations", "parity", "words"};
static const char *const orders[] = {"rows", "far", "confident"};

const struct family model_masked = {
    .name = "masked",
    .about = "a masked diffusion with exact marginals, from masks to a word",
    .formula = "depth 2 steps + 1 (confident: 7 steps + 1), at most 3 * "
               "2^random gates a cell of sudoku, "
               "and 288 a step",
    .parameters =
        {{"steps", "rounds", 4, 1, MASKED_MOST_CELLS, .is_size = false},
         {"data",
          "4x4 grids, permutations of n, n bits of even parity or in a table",
          0, 0, 3, .choices = data},
         {"n", "cells, but for sudoku", 4, 2, 9, .is_size = false},
         {"order", "by place, from both ends in turn, or what is surest", 0, 0,
          2, .choices = orders},
         {"random", "bits of a draw", 6, 1, 7, .is_size = false},
         {"table", "of data=words: bit w is 1 if w is a word", 0x8001, 1, 512,
          .is_long = true}},
    .check = check,
    .build = build,
};
