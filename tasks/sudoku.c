/* Sudoku by singles, round after round. That a puzzle needs many rounds shows
   how a search for the most certain cell is serial: all cells of one round are
   found at once, the next ones need them.

   A candidate (cell, digit) is of four groups: of its cell, and of its digit in
   the row, the column and the box. Where it is the only one left in a group it
   is placed; what shares a group with something placed is ruled out. So with
   n digits a round is

     placed = sum over groups of [(n+1) * candidate - candidates >= n]
     next   = [candidate - placed in all its groups, others' >= 1] */
#include "circuit/random.h"
#include "tasks/task.h"

#include <stdlib.h>
#include <string.h>

enum {
  GROUPS = 4,
  MOST = 9,
  MOST_CELLS = MOST * MOST
};

static long digits_of(const fmpz *value) {
  return value[0] ? 9 : 4;
}

static long root_of(long n) {
  return n == 9 ? 3 : 2;
}

/* Member k of a group of each kind; candidate (row, column, digit) is number
   (row * n + column) * n + digit. */
static uint32_t member(long n, long kind, long a, long b, long k) {
  long side = root_of(n);
  long row = kind == 2 ? k : a, column = kind == 1 ? k : b, digit = b;
  if (kind == 0)
    digit = k;
  else if (kind == 2)
    column = a;
  else if (kind == 3) {
    row = a / side * side + k / side;
    column = a % side * side + k % side;
  }
  return (uint32_t)((row * n + column) * n + digit);
}

/* Where things are: candidates by group, and for each candidate its four
   groups, and itself in them. */
struct places {
  long n;
  size_t candidates, groups;
  uint32_t *in_group; // [group * n + k]
  uint32_t *group_of; // [candidate * GROUPS + kind]
  uint32_t *self_in;  // the same: places of in_group
};

static void places_init(struct places *q, long n) {
  size_t cells = (size_t)(n * n);
  *q = (struct places){n, cells * (size_t)n, GROUPS * cells, NULL, NULL, NULL};
  q->in_group = xmalloc(GROUPS * q->candidates * sizeof *q->in_group);
  q->group_of = xmalloc(GROUPS * q->candidates * sizeof *q->group_of);
  q->self_in = xmalloc(GROUPS * q->candidates * sizeof *q->self_in);
  for (size_t g = 0; g < q->groups; g++)
    for (long k = 0; k < n; k++) {
      size_t kind = g / cells, place = g * (size_t)n + (size_t)k;
      long rest = (long)(g % cells);
      uint32_t c = member(n, (long)kind, rest / n, rest % n, k);
      q->in_group[place] = c;
      q->group_of[c * GROUPS + kind] = (uint32_t)g;
      q->self_in[c * GROUPS + kind] = (uint32_t)place;
    }
}

static void places_clear(struct places *q) {
  free(q->in_group);
  free(q->group_of);
  free(q->self_in);
}

static struct dims pairs(struct program *p, size_t a, size_t b) {
  return matrix(size_si(&p->sizes, (long)a), size_si(&p->sizes, (long)b));
}

/* x, which has a value for each candidate, in groups: (groups, n). */
static value_id by_group(struct program *p, const struct places *q,
                         value_id x) {
  return program_pick(p, "groups", x, pairs(p, q->groups, (size_t)q->n),
                      q->in_group, GROUPS * q->candidates);
}

/* For each candidate the sum over its groups of x, which is found at `at`. */
static value_id over_groups(struct program *p, const struct places *q,
                            value_id x, const uint32_t *at) {
  return program_sum(p, "of all groups",
                     program_pick(p, "its groups", x,
                                  pairs(p, q->candidates, GROUPS), at,
                                  GROUPS * q->candidates));
}

static value_id singles(struct program *p, const struct places *q,
                        value_id candidate) {
  value_id x = by_group(p, q, candidate);
  value_id left = program_reshape(p, "left", program_sum(p, "left", x),
                                  pairs(p, q->groups, 1));
  const long weight[] = {q->n + 1, -1};
  value_id alone =
      program_combine(p, "alone", (value_id[]){x, left}, weight, 2, 0);
  return program_at_least(p, "singles", alone, size_si(&p->sizes, q->n));
}

static value_id round_of(struct program *p, const struct places *q,
                         value_id candidate) {
  value_id single = singles(p, q, candidate);
  value_id placed = over_groups(p, q, single, q->self_in);
  value_id around = over_groups(
      p, q, program_sum(p, "placed", by_group(p, q, placed)), q->group_of);
  const long weight[] = {1, -1, GROUPS}; // not ruled out by itself
  value_id next =
      program_combine(p, "not ruled out",
                      (value_id[]){candidate, around, placed}, weight, 3, 0);
  return program_at_least(p, "candidates", next, size_si(&p->sizes, 1));
}

/* A ladder for each cell: its clue, or 0. Candidates are functions of it. */
static value_id clues(struct program *p, long n, size_id width) {
  size_t cells = (size_t)(n * n);
  long clue[16] = {0};
  fmpz allows[(MOST + 1) * MOST];
  for (long d = 0; d <= n; d++) {
    clue[d] = d;
    for (long v = 0; v < n; v++)
      allows[d * n + v] = d == 0 || d == v + 1;
  }
  value_id x = program_input(p, "puzzle", vector(size_si(&p->sizes, n * n)),
                             width, false);
  value_id digit = program_table(p, "clues", x, clue, n == 9 ? 16 : 8, 0);
  struct matrix m = {(size_t)n + 1, (size_t)n, allows};
  value_id candidate = program_look_up(p, "candidates", digit, &m,
                                       (size_t)n + 1, size_si(&p->sizes, n));
  return program_reshape(p, "candidates", candidate,
                         vector(size_si(&p->sizes, (long)cells * n)));
}

/* Of a cell's candidates v = 1..n the sum of n + v: its digit if there is one
   candidate, and more than 2n if there are more. */
static value_id digits(struct program *p, long n, value_id candidate) {
  fmpz weight[MOST];
  long digit[2 * MOST + 2] = {0};
  for (long v = 1; v <= n; v++) {
    weight[v - 1] = n + v;
    digit[n + v] = v;
  }
  value_id cells = program_reshape(p, "cells", candidate,
                                   pairs(p, (size_t)(n * n), (size_t)n));
  value_id sum =
      program_linear(p, "of a cell", cells, 1, (size_t)n, weight, NULL);
  value_id flat =
      program_reshape(p, "of a cell", sum, vector(size_si(&p->sizes, n * n)));
  return program_table(p, "digits", flat, digit, (size_t)(2 * n + 2), 0);
}

/* [as many elements of x as there are are 1]. */
static value_id all(struct program *p, const char *name, value_id x, long n) {
  return program_at_least(p, name, program_sum(p, name, x),
                          size_si(&p->sizes, n));
}

/* One candidate is left in each group. */
static value_id valid(struct program *p, const struct places *q,
                      value_id candidate) {
  static const long is_one[] = {0, 1, 0};
  value_id left = program_sum(p, "left", by_group(p, q, candidate));
  value_id one = program_table(p, "one", left, is_one, 3, 0);
  return all(p, "valid", one, (long)q->groups);
}

static void build(struct program *p, const fmpz *value) {
  static const long is_known[] = {0, 1};
  long n = digits_of(value);
  size_id rounds = family_size(p, &task_sudoku, 1);
  struct places q;
  places_init(&q, n);
  size_id width = size_si(&p->sizes, n == 9 ? 4 : 3);
  value_id candidate = clues(p, n, width);
  struct composition l;
  program_begin_loop(p, &l, "round", &candidate, 1, 0, rounds);
  value_id next = round_of(p, &q, l.argument[0]);
  program_end(p, &l, &next, 1, &candidate);
  value_id digit = digits(p, n, candidate);
  value_id known = program_table(p, "known", digit, is_known, 2, 0);
  program_output_width(p, "grid", digit, width, false);
  program_output(p, "solved", all(p, "solved", known, n * n));
  program_output(p, "valid", valid(p, &q, candidate));
  places_clear(&q);
}

/* ---- The answer: sets of digits, and what is placed is crossed out ---- */

enum {
  UNITS = 3 // a cell is in a row, a column and a box
};

struct grid {
  long n, cells;
  unsigned char unit[UNITS][MOST_CELLS]; // which one a cell is in
  unsigned may[MOST_CELLS];              // bit v: digit v + 1 may be there
};

static void grid_init(struct grid *g, long n, const fmpz *in) {
  long side = root_of(n);
  *g = (struct grid){.n = n, .cells = n * n};
  for (long c = 0; c < g->cells; c++) {
    g->unit[0][c] = (unsigned char)(c / n);
    g->unit[1][c] = (unsigned char)(c % n);
    g->unit[2][c] = (unsigned char)(c / n / side * side + c % n / side);
    g->may[c] = in[c] >= 1 && in[c] <= n ? 1U << (in[c] - 1) : (1U << n) - 1;
  }
}

/* Digits that are in a cell of each unit, and in two of them or more. */
struct tally {
  unsigned once[UNITS][MOST], twice[UNITS][MOST];
};

static void count_digits(struct tally *t, const struct grid *g,
                         const unsigned *set) {
  *t = (struct tally){{{0}}, {{0}}};
  for (int k = 0; k < UNITS; k++)
    for (long c = 0; c < g->cells; c++) {
      unsigned char u = g->unit[k][c];
      t->twice[k][u] |= t->once[k][u] & set[c];
      t->once[k][u] |= set[c];
    }
}

/* What is alone in its cell or a unit is placed; it rules out others in its
   cell, and itself in peers. */
static void cross_out(struct grid *g) {
  unsigned placed[MOST_CELLS];
  struct tally may, of_placed;
  count_digits(&may, g, g->may);
  for (long c = 0; c < g->cells; c++) {
    unsigned digits = g->may[c];
    placed[c] = digits & (digits - 1) ? 0 : digits;
    for (int k = 0; k < UNITS; k++)
      placed[c] |= digits & ~may.twice[k][g->unit[k][c]];
  }
  count_digits(&of_placed, g, placed);
  for (long c = 0; c < g->cells; c++) {
    unsigned out = 0;
    if (placed[c]) // of two digits each rules out the other
      out = placed[c] & (placed[c] - 1) ? ~0U : ~placed[c];
    for (int k = 0; k < UNITS; k++) {
      unsigned char u = g->unit[k][c];
      out |= (of_placed.once[k][u] & ~placed[c]) | of_placed.twice[k][u];
    }
    g->may[c] &= ~out;
  }
}

/* Each row, column and box has each digit. */
static bool is_valid(const struct grid *g, const fmpz *digit) {
  unsigned set[MOST_CELLS], all = (1U << g->n) - 1;
  struct tally t;
  bool ok = true;
  for (long c = 0; c < g->cells; c++)
    set[c] = digit[c] ? 1U << (digit[c] - 1) : 0;
  count_digits(&t, g, set);
  for (int k = 0; k < UNITS; k++)
    for (long u = 0; u < g->n; u++)
      ok = ok && t.once[k][u] == all;
  return ok;
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  struct grid g;
  grid_init(&g, digits_of(value), in);
  long cells = g.cells;
  for (long round = 0; round < value[1]; round++)
    cross_out(&g);
  bool is_solved = true;
  for (long c = 0; c < cells; c++) {
    unsigned may = g.may[c];
    long digit = 0;
    while (may && !(may & (may - 1)) && may >> digit)
      digit++;
    out[c] = digit;
    is_solved = is_solved && digit;
  }
  out[cells] = is_solved;
  out[cells + 1] = is_valid(&g, out);
}

/* ---- Puzzles ---- */

static void swap(long *a, long *b) {
  long t = *a;
  *a = *b;
  *b = t;
}

static void shuffle(long *at, long n, uint64_t *random) {
  for (long i = 0; i < n; i++)
    at[i] = i;
  for (long i = n - 1; i > 0; i--)
    swap(at + i, at + random_below(random, (uint64_t)i + 1));
}

/* Lines that keep boxes together. */
static void shuffle_lines(long *at, long side, uint64_t *random) {
  long band[3], in_band[3];
  shuffle(band, side, random);
  for (long i = 0; i < side; i++) {
    shuffle(in_band, side, random);
    for (long j = 0; j < side; j++)
      at[i * side + j] = band[i] * side + in_band[j];
  }
}

/* A full grid with its lines and digits in other places, some cells blank and
   now and then one wrong. */
static void draw(const fmpz *value, uint64_t *random, fmpz *in) {
  long n = digits_of(value), s = root_of(n), row[MOST], column[MOST],
       name[MOST];
  shuffle_lines(row, s, random);
  shuffle_lines(column, s, random);
  shuffle(name, n, random);
  uint64_t blank = random_below(random, 100);
  for (long i = 0; i < n; i++)
    for (long j = 0; j < n; j++) {
      long r = row[i], shift = r % s * s + r / s;
      bool is_blank = random_below(random, 100) < blank;
      in[i * n + j] = is_blank ? 0 : 1 + name[(shift + column[j]) % n];
    }
  if (random_below(random, 4) == 0)
    in[random_below(random, (uint64_t)(n * n))] =
        (long)random_below(random, n == 9 ? 16 : 8);
}

static const char *const sizes[] = {"4", "9"};

const struct family task_sudoku = {
    .name = "sudoku",
    .about = "a Sudoku after rounds of singles: what has one candidate left",
    .formula = "inner depth 2*rounds + 3: one for clues, two a round, two for "
               "'valid'; at most 5n^3 gates a round of n digits",
    .parameters = {{"size", "digits, and cells in a row", 1, 0, 1,
                    .is_size = false, .choices = sizes},
                   {"rounds", "rounds", 8, 0, 1000, .is_size = true}},
    .build = build,
    .answer = answer,
    .complexity =
        {.class = "NP-complete",
         .says = "for grids of n^2 by n^2 cells to be completed; of one size "
                 "there are finitely many, so only rounds are counted here",
         .status = "proved",
         .source = "Yato and Seta 2003"},
    .draw = draw,
};
