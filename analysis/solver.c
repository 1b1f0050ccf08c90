#include "analysis/solver.h"
#include "tasks/dag.h"
#include "tasks/task.h"

#include <stdlib.h>
#include <string.h>

#include <flint/fmpz_vec.h>

enum { // parameters, in the order of the tasks' tables
  WORD_GROUP,
  WORD_MODULUS,
  WORD_LETTERS,
  WORD_Z = 3, // in WORD_GROUP
  RULE_CELLS = 1,
  RULE_STEPS = 2
};

static bool check(const struct solver *v, struct error *err) {
  if (v->letters == 1 && v->steps > SOLVER_MOST_STEPS)
    return error_limit(err, "%ld steps; at most %d", v->steps,
                       SOLVER_MOST_STEPS);
  if (v->letters > 1 && v->steps > SOLVER_MOST_TOKENS)
    return error_limit(err, "%ld steps; at most %d of what reads as it goes",
                       v->steps, SOLVER_MOST_TOKENS);
  if (v->letters > 1 && v->states > SOLVER_MOST_READ)
    return error_limit(err, "%zu states; at most %d", v->states,
                       SOLVER_MOST_READ);
  return true;
}

static void make_tables(struct solver *v) {
  v->next = xmalloc(v->states * v->letters * sizeof *v->next);
  v->answer = xmalloc(v->states * sizeof *v->answer);
  for (size_t i = 0; i < v->states; i++)
    v->answer[i] = (uint32_t)i;
}

/* ---- Words: element i of a group of permutations, the first is the identity
   ---- */

struct elements {
  size_t n, points;
  fmpz (*row)[5]; // as a letter's matrix
};

static bool is_member(const struct source *s, const fmpz *rows) {
  fmpz in[10];
  memcpy(in, rows, 5 * sizeof *in);
  fmpz value[FAMILY_MAX_PARAMETERS];
  memcpy(value, s->value, sizeof value);
  value[WORD_LETTERS] = 1;
  return s->family->promise.keeps(value, in);
}

/* All matrices of points^points rows of one 1 that the task's promise keeps,
   with the identity first. */
static void elements_init(struct elements *g, const struct source *s) {
  size_t d = s->value[WORD_GROUP] == WORD_Z - 1 ? 3 : 5, all = 1;
  *g = (struct elements){1, d, xcalloc(120, sizeof *g->row)};
  for (size_t i = 0; i < d; i++, all *= d)
    g->row[0][i] = (fmpz)1 << i;
  for (size_t code = 0; code < all; code++) {
    fmpz row[5] = {0};
    for (size_t i = 0, c = code; i < d; i++, c /= d)
      row[i] = (fmpz)1 << c % d;
    if (is_member(s, row) && memcmp(row, g->row[0], sizeof row))
      memcpy(g->row[g->n++], row, sizeof row);
  }
}

static uint32_t element_find(const struct elements *g, const fmpz *row) {
  uint32_t i = 0;
  while (memcmp(g->row[i], row, g->points * sizeof *row))
    i++;
  return i;
}

static void fill_products(struct solver *v, const struct source *s,
                          fmpz *value) {
  struct elements g;
  elements_init(&g, s);
  v->states = v->letters = g.n;
  make_tables(v);
  for (size_t i = 0; i < g.n; i++)
    for (size_t j = 0; j < g.n; j++) {
      fmpz in[10], out[5] = {0};
      memcpy(in, g.row[i], g.points * sizeof *in);
      memcpy(in + g.points, g.row[j], g.points * sizeof *in);
      s->family->answer(value, in, out);
      v->next[i * g.n + j] = element_find(&g, out);
    }
  free(g.row);
}

/* A step on small integers, state and letter to state. */
static void fill_step(struct solver *v, const struct source *s,
                      const fmpz *value) {
  make_tables(v);
  for (size_t i = 0; i < v->states; i++)
    for (size_t j = 0; j < v->letters; j++) {
      fmpz in[] = {(fmpz)i, (fmpz)j}, out = 0;
      s->family->answer(value, in, &out);
      v->next[i * v->letters + j] = (uint32_t)out;
    }
}

static bool open_word(struct solver *v, const struct source *s, fmpz *value,
                      struct error *err) {
  bool is_z = value[WORD_GROUP] == WORD_Z;
  size_t m = (size_t)value[WORD_MODULUS];
  *v = (struct solver){.states = is_z ? m : 1,
                       .letters = 2,
                       .steps = (long)value[WORD_LETTERS],
                       .starts = 1};
  if (!check(v, err))
    return false;
  value[WORD_LETTERS] = 2;
  if (!is_z) {
    fill_products(v, s, value);
    return true;
  }
  while (v->letters < m)
    v->letters *= 2;
  fill_step(v, s, value);
  return true;
}

/* ---- Others ---- */

/* The answer is cell 0; the ring has no first cell, so any other is as good. */
static bool open_rule(struct solver *v, const struct source *s, fmpz *value,
                      struct error *err) {
  if (value[RULE_CELLS] > 16)
    return error_limit(err, "n=%ld: at most 16 cells, for all rows are tried",
                       (long)value[RULE_CELLS]);
  size_t rows = (size_t)1 << value[RULE_CELLS];
  *v = (struct solver){.states = rows,
                       .letters = 1,
                       .steps = (long)value[RULE_STEPS],
                       .starts = rows};
  if (!check(v, err))
    return false;
  value[RULE_STEPS] = 1;
  fill_step(v, s, value);
  for (size_t i = 0; i < rows; i++)
    v->answer[i] &= 1;
  return true;
}

static bool open_dag(struct solver *v, const struct source *s, fmpz *value,
                     struct error *err) {
  if (value[DAG_KIND] != DAG_PRODUCTS)
    return error_set(err, 0,
                     "of dag only kind=products goes one number at a time");
  size_t n = (size_t)1 << value[DAG_BITS];
  *v = (struct solver){
      .states = n, .letters = n, .steps = (long)value[DAG_N], .starts = n};
  if (!check(v, err))
    return false;
  value[DAG_N] = 1;
  fill_step(v, s, value);
  return true;
}

bool solver_init(struct solver *v, const struct source *s, struct error *err) {
  fmpz value[FAMILY_MAX_PARAMETERS]; // all small
  *v = (struct solver){0};
  memcpy(value, s->value, sizeof value);
  if (s->family == &task_word)
    return open_word(v, s, value, err);
  if (s->family == &task_rule)
    return open_rule(v, s, value, err);
  if (s->family == &task_dag)
    return open_dag(v, s, value, err);
  return error_set(err, 0,
                   "a budget is for what is solved step by step: word, rule or "
                   "dag kind=products");
}

void solver_clear(struct solver *v) {
  free(v->next);
  free(v->answer);
}
