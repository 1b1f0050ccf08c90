#include "tasks/task.h"

/* Conway's Game of Life on a torus (Gardner 1970). A cell lives on where
   2 * neighbours + itself is 5, 6 or 7: two gates a cell and step. Patterns in
   it compute whatever circuits do, so it shows what no shortcut is known for:
   depth grows with the steps. */

enum {
  LEAST = 5, // of 2 * neighbours + cell
  MOST = 7
};

/* Cells of a row and their neighbours in it; the same along columns. */
static value_id add_threes(struct program *p, const char *name, value_id x) {
  const value_id three[] = {program_roll(p, "before", x, -1), x,
                            program_roll(p, "after", x, 1)};
  return program_combine(p, name, three, (const long[]){1, 1, 1}, 3, 0);
}

static value_id add_step(struct program *p, value_id cells) {
  static const unsigned exchange[] = {1, 0};
  static const long table[] = {0, 1, 1, 1, 0}; // of LEAST - 1 and on
  value_id nine = program_transpose(p, "columns",
                                    add_threes(p, "in a row", cells), exchange);
  nine = program_transpose(p, "rows", add_threes(p, "in nine", nine), exchange);
  value_id sum = program_combine(p, "neighbourhood", (value_id[]){nine, cells},
                                 (long[]){2, -1}, 2, 0);
  return program_table(p, "cells", sum, table, MOST - LEAST + 3, LEAST - 1);
}

/* Bit i of row j is the cell there. */
static void build(struct program *p, const fmpz *value) {
  (void)value;
  size_id w = family_size(p, &task_life, 0), h = family_size(p, &task_life, 1);
  value_id cells = program_input_bits(p, "x", vector(h), w);
  struct composition l;
  program_begin_loop(p, &l, "step", &cells, 1, 0,
                     family_size(p, &task_life, 2));
  value_id next = add_step(p, l.argument[0]);
  program_end(p, &l, &next, 1, &cells);
  program_output_bits(p, "y", cells);
}

static bool check(const fmpz *value, struct error *err) {
  return task_check_wires(
      12 * (double)value[0] * (double)value[1] * ((double)value[2] + 1), err);
}

/* r = x turned by one place among w, to the left or to the right. */
static void turn(fmpz_t r, const fmpz_t x, slong w, bool left) {
  bool around = fmpz_tstbit(x, left ? (ulong)w - 1 : 0);
  if (left) {
    fmpz_mul_2exp(r, x, 1);
    fmpz_clrbit(r, (ulong)w);
  } else {
    fmpz_fdiv_q_2exp(r, x, 1);
  }
  if (around)
    fmpz_setbit(r, left ? 0 : (ulong)w - 1);
}

/* Columns of counters, all of a row at once: counter[k] has bit k of each, and
   from 8 on it is 0 again, which is as good as 8 for who lives on. */
static void count(fmpz *counter, const fmpz_t row) {
  fmpz_t carry, next;
  fmpz_init_set(carry, row);
  fmpz_init(next);
  for (int k = 0; k < 3; k++) {
    fmpz_and(next, counter + k, carry);
    fmpz_xor(counter + k, counter + k, carry);
    fmpz_swap(carry, next);
  }
  fmpz_clear(carry);
  fmpz_clear(next);
}

/* y = x where there are 2 neighbours, and all where there are 3. */
static void survive(fmpz_t y, const fmpz *counter, const fmpz_t x) {
  fmpz_or(y, counter, x);
  fmpz_and(y, y, counter + 1);
  fmpz_t four;
  fmpz_init(four);
  fmpz_and(four, y, counter + 2);
  fmpz_xor(y, y, four);
  fmpz_clear(four);
}

static void next_row(fmpz_t y, const fmpz *x, slong j, slong w, slong h) {
  fmpz_t turned, counter[3];
  fmpz_init(turned);
  for (int k = 0; k < 3; k++)
    fmpz_init(counter[k]);
  for (slong dy = -1; dy <= 1; dy++) {
    const fmpz *row = x + (j + dy + h) % h;
    turn(turned, row, w, true);
    count(*counter, turned);
    turn(turned, row, w, false);
    count(*counter, turned);
    if (dy)
      count(*counter, row);
  }
  survive(y, *counter, x + j);
  for (int k = 0; k < 3; k++)
    fmpz_clear(counter[k]);
  fmpz_clear(turned);
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  slong w = value[0], h = value[1];
  fmpz *x = flint_calloc((size_t)h, sizeof *x);
  for (slong j = 0; j < h; j++)
    fmpz_set(x + j, in + j);
  for (slong t = 0; t < value[2]; t++) {
    for (slong j = 0; j < h; j++)
      next_row(out + j, x, j, w, h);
    for (slong j = 0; j < h; j++)
      fmpz_set(x + j, out + j);
  }
  for (slong j = 0; j < h; j++) {
    fmpz_swap(out + j, x + j);
    fmpz_clear(x + j);
  }
  flint_free(x);
}

const struct family task_life = {
    .name = "life",
    .about = "the Game of Life on a torus, after some steps",
    .formula = "inner depth = steps; w, h >= 3: 2 gates a cell and step; one "
               "more for each output",
    .parameters = {{"w", "cells in a row", 6, 1, 10000, .is_size = true},
                   {"h", "rows", 6, 1, 10000, .is_size = true},
                   {"steps", "generations", 4, 0, 1000000, .is_size = true}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity =
        {.class = "P-complete",
         .says = "for as many steps as cells, as its gliders make gates and "
                 "wires, so it has no constant depth unless TC0 = P",
         .status = "conditional",
         .source = "Berlekamp, Conway and Guy 1982"},
};
