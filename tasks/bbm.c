#include "tasks/task.h"

#include "circuit/array.h"
#include "circuit/random.h"

/* The billiard-ball machine (Margolus 1984): blocks of 2 x 2 cells, in the next
   step those between. A ball alone in a block goes to the opposite corner; two
   in opposite corners go to the other two; all else stays. With b and c the
   neighbours of a cell a in its block and d opposite, it has a ball next unless
   -3 <= d - 3a - 2b - 2c <= 0: two gates a cell and step, of a table with 8
   places to look at. Each step may be undone, and balls that meet make AND and
   NOT: what looks like mechanics is any circuit (Fredkin and Toffoli 1982). */

/* x, of (h/2, 2, w/2, 2), with the columns of blocks exchanged, or their rows.
 */
static value_id swap_columns(struct program *p, value_id x) {
  return program_roll(p, "columns", x, 1);
}

static value_id swap_rows(struct program *p, value_id x) {
  static const unsigned exchange[] = {0, 3, 2, 1};
  x = program_transpose(p, "rows", x, exchange);
  x = program_roll(p, "rows", x, 1);
  return program_transpose(p, "rows", x, exchange);
}

/* (rows, columns) moved by one along both. */
static value_id move_both(struct program *p, value_id x, long by) {
  static const unsigned exchange[] = {1, 0};
  x = program_transpose(p, "move", program_roll(p, "move", x, by), exchange);
  return program_transpose(p, "move", program_roll(p, "move", x, by), exchange);
}

/* One step of the blocks that begin at even places. */
static value_id add_blocks(struct program *p, value_id cells) {
  static const long weight[] = {-3, -2, -2, 1};
  static const long table[] = {1, 0, 0, 0, 0, 1}; // of -4 and on
  struct dims d = program_dims(p, cells), blocks = {.rank = 4};
  size_id two = size_si(&p->sizes, 2);
  for (unsigned i = 0; i < 2; i++) {
    blocks.at[2 * i] = size_div(&p->sizes, d.at[i], two);
    blocks.at[2 * i + 1] = two;
  }
  value_id a = program_reshape(p, "blocks", cells, blocks);
  value_id b = swap_columns(p, a), c = swap_rows(p, a);
  const value_id block[] = {a, b, c, swap_columns(p, c)};
  value_id sum = program_combine(p, "block", block, weight, 4, 0);
  value_id next = program_table(p, "cells", sum, table, 6, -4);
  return program_reshape(p, "grid", next, d);
}

/* Every step moves the torus by one, so that blocks begin at even places. At
   last it is moved back. */
static void build(struct program *p, const fmpz *value) {
  (void)value;
  size_id w = family_size(p, &task_bbm, 0), h = family_size(p, &task_bbm, 1);
  size_id steps = family_size(p, &task_bbm, 2);
  value_id cells = program_input_bits(p, "x", vector(h), w);
  struct composition l;
  program_begin_loop(p, &l, "step", &cells, 1, 0, steps);
  value_id next = move_both(p, add_blocks(p, l.argument[0]), 1);
  program_end(p, &l, &next, 1, &cells);
  program_begin_loop(p, &l, "back", &cells, 1, 0, steps);
  next = move_both(p, l.argument[0], -1);
  program_end(p, &l, &next, 1, &cells);
  program_output_bits(p, "y", cells);
}

static bool check(const fmpz *value, struct error *err) {
  for (int i = 0; i < 2; i++)
    if (value[i] % 2)
      return error_set(err, 0, "%s=%ld: must be even", i ? "h" : "w", value[i]);
  return task_check_wires(
      6 * (double)value[0] * (double)value[1] * ((double)value[2] + 1), err);
}

/* ---- The answer: a picture of each block ---- */

struct grid {
  slong w, h;
  unsigned char *ball; // (h, w)
};

/* Corner k of the block that begins in row j and column i: the upper left,
   upper right, lower left, lower right one. */
static unsigned char *corner(const struct grid *g, slong j, slong i, int k) {
  return &g->ball[(j + k / 2) % g->h * g->w + (i + k % 2) % g->w];
}

static void move_block(const struct grid *g, slong j, slong i) {
  static const char *const pictures[][2] = {{"*...", "...*"}, {".*..", "..*."},
                                            {"..*.", ".*.."}, {"...*", "*..."},
                                            {"*..*", ".**."}, {".**.", "*..*"}};
  for (size_t n = 0; n < sizeof pictures / sizeof *pictures; n++) {
    bool same = true;
    for (int k = 0; k < 4; k++)
      same &= *corner(g, j, i, k) == (pictures[n][0][k] == '*');
    for (int k = 0; same && k < 4; k++)
      *corner(g, j, i, k) = pictures[n][1][k] == '*';
    if (same)
      return;
  }
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  struct grid g = {value[0], value[1], NULL};
  g.ball = xcalloc((size_t)g.w, (size_t)g.h);
  for (slong at = 0; at < g.w * g.h; at++)
    g.ball[at] = (unsigned char)fmpz_tstbit(in + at / g.w, (ulong)(at % g.w));
  for (slong t = 0; t < value[2]; t++)
    for (slong j = t % 2; j < g.h + t % 2; j += 2)
      for (slong i = t % 2; i < g.w + t % 2; i += 2)
        move_block(&g, j, i);
  for (slong j = 0; j < g.h; j++) {
    fmpz_zero(out + j);
    for (slong i = 0; i < g.w; i++)
      if (g.ball[j * g.w + i])
        fmpz_setbit(out + j, (ulong)i);
  }
  free(g.ball);
}

/* Few balls, which meet now and then. */
static void draw(const fmpz *value, uint64_t *random, fmpz *in) {
  for (slong j = 0; j < value[1]; j++) {
    fmpz_zero(in + j);
    for (slong i = 0; i < value[0]; i++)
      if (random_below(random, 8) == 0)
        fmpz_setbit(in + j, (ulong)i);
  }
}

const struct family task_bbm = {
    .name = "bbm",
    .about = "Margolus' billiard-ball machine on a torus, after some steps",
    .formula = "inner depth = steps; 2 gates a cell and step; one more for "
               "each output",
    .parameters = {{"w", "cells in a row, even", 6, 2, 10000, .is_size = true},
                   {"h", "rows, even", 6, 2, 10000, .is_size = true},
                   {"steps", "rounds", 4, 0, 1000000, .is_size = true}},
    .check = check,
    .build = build,
    .answer = answer,
    .draw = draw,
    .complexity =
        {.class = "P-complete",
         .says = "for as many steps as cells, as balls that meet make gates "
                 "and mirrors wires, so it has no constant depth unless TC0 = "
                 "P",
         .status = "conditional",
         .source = "Fredkin and Toffoli 1982, Margolus 1984"},
};
