#include "tasks/rule_form.h"
#include "circuit/array.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Weights being tried, and room for their table. */
struct trial {
  size_t cells;
  long weight[RULE_MOST_CELLS];
  long least, total; // of the sum; of |weights|
  size_t n, changes;
  const uint8_t *next; // of the cells, the leftmost is the highest bit
  long *sum, *table;   // of each 2^cells; [-1: no such sum]
};

/* The middle cell after some steps: each leaves two cells fewer. */
static uint8_t middle_cell(long number, unsigned steps, size_t cells) {
  for (unsigned t = steps; t > 0; t--) {
    size_t after = 0;
    for (unsigned i = 0; i < 2 * t - 1; i++)
      after |= (size_t)(number >> (cells >> i & 7) & 1) << i;
    cells = after;
  }
  return (uint8_t)cells;
}

static void find_sums(struct trial *t) {
  t->least = t->total = 0;
  for (size_t i = 0; i < t->cells; i++) {
    t->least += t->weight[i] < 0 ? t->weight[i] : 0;
    t->total += labs(t->weight[i]);
  }
  t->n = (size_t)t->total + 1;
  t->sum[0] = -t->least;
  for (size_t x = 1; x < (size_t)1 << t->cells; x++)
    t->sum[x] = t->sum[x & (x - 1)] + t->weight[__builtin_ctzl(x)];
}

/* False if the cells of one sum do not agree. Sums that do not occur repeat the
   state before them. */
static bool tabulate(struct trial *t) {
  find_sums(t);
  if (t->n > (size_t)2 << t->cells)
    return false;
  for (size_t i = 0; i < t->n; i++)
    t->table[i] = -1;
  for (size_t x = 0; x < (size_t)1 << t->cells; x++) {
    if (t->table[t->sum[x]] == 1 - t->next[x])
      return false;
    t->table[t->sum[x]] = t->next[x];
  }
  t->changes = 0;
  for (size_t i = 1; i < t->n; i++) {
    if (t->table[i] < 0)
      t->table[i] = t->table[i - 1];
    t->changes += t->table[i] != t->table[i - 1];
  }
  return true;
}

/* Fewest changes first, then least weights, then the most positive ones: a
   cell that is one rising gate is a bit as it is. */
static bool is_better(const struct trial *t, const struct rule_form *best) {
  long total = (long)best->n - 1;
  if (t->changes != best->changes)
    return t->changes < best->changes;
  return t->total != total ? t->total < total : t->least > best->least;
}

static bool keep_if_better(struct trial *t, struct rule_form *best) {
  if (!tabulate(t) || (best->table && !is_better(t, best)))
    return false;
  memcpy(best->weight, t->weight, sizeof t->weight);
  best->least = t->least;
  best->n = t->n;
  best->changes = t->changes;
  free(best->table);
  best->table = xmalloc(t->n * sizeof *best->table);
  memcpy(best->table, t->table, t->n * sizeof *best->table);
  return true;
}

/* All weights of -most..most. */
static void try_all(struct trial *t, struct rule_form *best, long most) {
  for (size_t i = 0; i < t->cells; i++)
    t->weight[i] = -most;
  for (size_t i = 0; i < t->cells;) {
    if (i == 0)
      keep_if_better(t, best);
    if (t->weight[i]++ < most) {
      i = 0;
    } else {
      t->weight[i++] = -most;
    }
  }
}

/* Other weights for one cell after the other, while that helps. */
static void improve(struct trial *t, struct rule_form *best) {
  long most = t->cells < 7 ? 1L << t->cells : 64;
  bool is_better_now = true;
  while (is_better_now) {
    is_better_now = false;
    for (size_t i = 0; i < t->cells; i++) {
      memcpy(t->weight, best->weight, sizeof t->weight);
      for (t->weight[i] = -most; t->weight[i] <= most; t->weight[i]++)
        is_better_now |= keep_if_better(t, best);
    }
  }
}

/* From powers of two in both orders, of cells from left to right, and those of
   cells from the outermost to the middle one. */
static void try_powers(struct trial *t, struct rule_form *best) {
  size_t n = t->cells;
  for (int order = 0; order < 4; order++) {
    for (size_t i = 0; i < n; i++) {
      size_t outward = 2 * i < n ? 2 * i : 2 * (n - 1 - i) + 1;
      size_t place = order < 2 ? i : outward;
      t->weight[i] = 1L << (order % 2 ? place : n - 1 - place);
    }
    if (keep_if_better(t, best))
      improve(t, best);
  }
}

void rule_form_init(struct rule_form *f, long number, unsigned steps) {
  size_t cells = 2 * steps + 1, states = (size_t)1 << cells;
  uint8_t *next = xmalloc(states);
  for (size_t x = 0; x < states; x++)
    next[x] = middle_cell(number, steps, x);
  struct trial t = {.cells = cells,
                    .next = next,
                    .sum = xmalloc(states * sizeof *t.sum),
                    .table = xmalloc(2 * states * sizeof *t.table)};
  *f = (struct rule_form){.cells = cells};
  if (steps == 1)
    try_all(&t, f, 4);
  else
    try_powers(&t, f);
  free(next);
  free(t.sum);
  free(t.table);
}

void rule_form_clear(struct rule_form *f) {
  free(f->table);
}
