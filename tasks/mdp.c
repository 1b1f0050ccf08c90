/* Value iteration on a grid: what a walk of so many cells can gather. A sweep
   is two levels whatever the grid, but the horizon is a number of sweeps, and
   each needs the one before.

   A value is one ladder, so the greatest of a cell's and its neighbours' is one
   level of ORs; with the reward it is a sum, and a level makes it a ladder
   again. Nothing is below 0, so a wall's value is held at 0 and attracts
   nobody. */
#include "circuit/error.h"
#include "circuit/random.h"
#include "tasks/task.h"

#include <stdlib.h>

enum {
  MOVES = 5,      // stay, up, right, down, left
  WALL = 1L << 20 // more than any value
};

static void positive(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  if (mpz_sgn(x) < 0)
    mpz_set_ui(y, 0);
  else
    mpz_set(y, x);
}

static size_id less_one(struct program *p, size_id n) {
  return size_sub(&p->sizes, n, size_si(&p->sizes, 1));
}

/* x moved by one cell along an axis: of the neighbour before (by = -1) or after
   each; 0 at the edge. */
static value_id neighbour(struct program *p, value_id x, unsigned axis,
                          int by) {
  static const long nothing[] = {0};
  struct dims dims = program_dims(p, x);
  size_id one = size_si(&p->sizes, 1), zero = size_si(&p->sizes, 0);
  size_id rest = less_one(p, dims.at[axis]);
  value_id edge = program_combine(
      p, "edge", (value_id[]){program_slice(p, "edge", x, axis, zero, one)},
      nothing, 1, 0);
  value_id inside =
      program_slice(p, "neighbours", x, axis, by < 0 ? zero : one, rest);
  value_id part[] = {by < 0 ? edge : inside, by < 0 ? inside : edge};
  return program_reshape(p, "neighbours",
                         program_concat(p, "neighbours", part, 2, axis), dims);
}

/* (h, w, MOVES): the values that moves lead to. */
static value_id moves_of(struct program *p, value_id x) {
  struct dims dims = program_dims(p, x);
  value_id part[MOVES] = {x, neighbour(p, x, 0, -1), neighbour(p, x, 1, 1),
                          neighbour(p, x, 0, 1), neighbour(p, x, 1, -1)};
  dims.at[dims.rank++] = size_si(&p->sizes, 1);
  for (int i = 0; i < MOVES; i++)
    part[i] = program_reshape(p, "moves", part[i], dims);
  return program_concat(p, "moves", part, MOVES, 2);
}

static void build(struct program *p, const fmpz *value) {
  (void)value;
  const struct family *f = &task_mdp;
  static const long nothing[] = {0}, gain[] = {1, 1, -WALL};
  const struct function at_least_0 = {positive, NULL, true};
  size_id w = family_size(p, f, 0), h = family_size(p, f, 1);
  struct dims grid = matrix(h, w);
  value_id reward =
      program_input(p, "reward", grid, family_size(p, f, 2), false);
  value_id wall = program_input(p, "wall", grid, size_si(&p->sizes, 1), false);
  value_id gathered = program_combine(p, "nothing", &wall, nothing, 1, 0);
  struct composition l;
  program_begin_loop(p, &l, "sweep", &gathered, 1, 0, family_size(p, f, 3));
  value_id best = program_maximum(p, "best", moves_of(p, l.argument[0]));
  value_id sum = program_combine(p, "gathered",
                                 (value_id[]){best, reward, wall}, gain, 3, 0);
  value_id next = program_apply(p, "values", sum, &at_least_0, 1);
  program_end(p, &l, &next, 1, &gathered);
  program_output(p, "value", gathered);
  program_output_bits(p, "move",
                      program_argmax_bits(p, "move", moves_of(p, gathered)));
}

static bool check(const fmpz *value, struct error *err) {
  double cells = (double)value[0] * (double)value[1], sweeps = (double)value[3];
  double most = sweeps * (double)((1L << value[2]) - 1);
  if (most >= WALL)
    return error_set(err, 0, "sweeps=%ld: what is gathered must be below %ld",
                     value[3], (long)WALL);
  return task_check_wires(cells * sweeps * most * most / 3, err);
}

/* ---- The answer: the best walk from each cell, found from its end ---- */

struct world {
  long w, h;
  const fmpz *reward, *wall;
  long *best; // [cells left * w * h + cell], or -1
};

static bool is_open(const struct world *g, long x, long y) {
  return 0 <= x && x < g->w && 0 <= y && y < g->h && !g->wall[y * g->w + x];
}

static const int way[MOVES][2] = {{0, 0}, {0, -1}, {1, 0}, {0, 1}, {-1, 0}};

/* The most that a walk of `left` cells from an open one on gathers. */
static long walk(const struct world *g, long x, long y, long left) {
  long *best = &g->best[left * g->w * g->h + y * g->w + x];
  if (*best >= 0 || !left)
    return left ? *best : 0;
  long most = 0;
  for (int i = 0; i < MOVES; i++)
    if (is_open(g, x + way[i][0], y + way[i][1])) {
      long gathered = walk(g, x + way[i][0], y + way[i][1], left - 1);
      most = gathered > most ? gathered : most;
    }
  return *best = most + g->reward[y * g->w + x];
}

/* The first of the moves to the most. */
static long move_from(const struct world *g, const fmpz *out, long x, long y) {
  long most = out[y * g->w + x], move = 0;
  for (int i = 1; i < MOVES; i++) {
    long nx = x + way[i][0], ny = y + way[i][1];
    if (is_open(g, nx, ny) && out[ny * g->w + nx] > most) {
      most = out[ny * g->w + nx];
      move = i;
    }
  }
  return move;
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  long w = value[0], h = value[1], cells = w * h;
  size_t n = (size_t)(cells * (value[3] + 1));
  struct world g = {w, h, in, in + cells, xmalloc(n * sizeof *g.best)};
  for (size_t i = 0; i < n; i++)
    g.best[i] = -1;
  for (long i = 0; i < cells; i++)
    out[i] = g.wall[i] ? 0 : walk(&g, i % w, i / w, value[3]);
  for (long i = 0; i < cells; i++)
    out[cells + i] = move_from(&g, out, i % w, i / w);
  free(g.best);
}

/* Few rewards and some walls. */
static void draw(const fmpz *value, uint64_t *random, fmpz *in) {
  long cells = value[0] * value[1];
  uint64_t walls = random_below(random, 60);
  for (long i = 0; i < cells; i++) {
    in[i] = 0;
    in[cells + i] = random_below(random, 100) < walls;
  }
  for (long i = 0; i < 3; i++)
    in[random_below(random, (uint64_t)cells)] =
        (long)random_below(random, 1UL << value[2]);
}

const struct family task_mdp = {
    .name = "mdp",
    .about = "value iteration in a grid world: the most that a walk gathers",
    .formula = "inner depth at most 2*sweeps + 1 where values are below 1024; "
               "gates below 2*most a cell and sweep for values up to most",
    .parameters = {{"w", "cells in a row", 4, 1, 1000, .is_size = true},
                   {"h", "rows", 4, 1, 1000, .is_size = true},
                   {"bits", "of a cell's reward, gathered in each step there",
                    2, 1, 8, .is_size = true},
                   {"sweeps", "cells of a walk", 6, 1, 10000, .is_size = true}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity =
        {.class = "in NC",
         .says = "without chance, as here: paths are doubled, log2(sweeps) "
                 "times; for decisions with chance it is P-complete",
         .status = "proved",
         .source = "Papadimitriou and Tsitsiklis 1987"},
    .draw = draw,
};
