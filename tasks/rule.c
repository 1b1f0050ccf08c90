/* Elementary cellular automata (Wolfram 1983). The next state of a cell is a
   function of a*left + b*centre + c*right for small weights, with as few
   changes as there are: two for rule 110, as left + 2*centre + 2*right is 2, 3
   or 4 where the cell lives on. */
#include "circuit/error.h"
#include "tasks/task.h"

#include <stdlib.h>

enum {
  MOST_WEIGHT = 4,
  TABLE = 6 * MOST_WEIGHT + 1
};

struct form {
  long weight[3];    // of left, centre, right
  long least;        // value of the sum at table[0]
  size_t n;          // values
  long table[TABLE]; // next state
  int changes;       // between neighbours in the table
};

/* The table of the rule over these weights; false if two neighbourhoods of one
   sum differ. Sums that do not occur repeat the state before them. */
static bool tabulate(struct form *f, long number) {
  f->least = 0;
  long most = 0;
  for (int i = 0; i < 3; i++) {
    f->least += f->weight[i] < 0 ? f->weight[i] : 0;
    most += f->weight[i] > 0 ? f->weight[i] : 0;
  }
  f->n = (size_t)(most - f->least + 1);
  for (size_t i = 0; i < f->n; i++)
    f->table[i] = -1;
  for (int cells = 0; cells < 8; cells++) { // left is the highest bit
    long sum = -f->least;
    for (int i = 0; i < 3; i++)
      sum += cells >> (2 - i) & 1 ? f->weight[i] : 0;
    long next = number >> cells & 1;
    if (f->table[sum] == 1 - next)
      return false;
    f->table[sum] = next;
  }
  f->changes = 0;
  for (size_t i = 1; i < f->n; i++) {
    if (f->table[i] < 0)
      f->table[i] = f->table[i - 1];
    f->changes += f->table[i] != f->table[i - 1];
  }
  return true;
}

/* Fewest changes first, then least weights, then the most positive ones: a
   cell that is one rising gate is a bit as it is. */
static long cost(const struct form *f) {
  long total = 0, sum = 0;
  for (int i = 0; i < 3; i++) {
    total += labs(f->weight[i]);
    sum += f->weight[i];
  }
  return (f->changes * 64 + total) * 64 - sum;
}

static struct form find_form(long number) {
  struct form best = {.changes = -1}, f;
  for (long i = 0; i < 729; i++) {
    f.weight[0] = i % 9 - MOST_WEIGHT;
    f.weight[1] = i / 9 % 9 - MOST_WEIGHT;
    f.weight[2] = i / 81 - MOST_WEIGHT;
    if (!tabulate(&f, number))
      continue;
    if (best.changes < 0 || cost(&f) < cost(&best))
      best = f;
  }
  if (best.changes < 0)
    BUG("rule %ld has no form", number); // weights 4, 2, 1 suit every rule
  return best;
}

/* Cell i is bit i of the state; its left neighbour is bit i + 1, as the state
   is written with the highest bit first. */
static void build(struct program *p, const fmpz *value) {
  size_id n = family_size(p, &task_rule, 1),
          steps = family_size(p, &task_rule, 2);
  struct form f = find_form(value[0]);
  value_id cells = program_input_bits(p, "x", scalar(), n);
  struct composition l;
  program_begin_loop(p, &l, "step", &cells, 1, 0, steps);
  value_id centre = l.argument[0];
  value_id neighbours[] = {program_roll(p, "left", centre, 1), centre,
                           program_roll(p, "right", centre, -1)};
  value_id sum =
      program_combine(p, "neighbourhood", neighbours, f.weight, 3, 0);
  value_id next = program_table(p, "cells", sum, f.table, f.n, f.least);
  program_end(p, &l, &next, 1, &cells);
  program_output_bits(p, "y", cells);
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  long number = value[0], n = value[1], steps = value[2];
  fmpz_t state;
  fmpz_init_set(state, in);
  for (long t = 0; t < steps; t++) {
    fmpz_zero(out);
    for (long i = 0; i < n; i++) {
      int left = fmpz_tstbit(state, (ulong)((i + 1) % n));
      int centre = fmpz_tstbit(state, (ulong)i);
      int right = fmpz_tstbit(state, (ulong)((i + n - 1) % n));
      if (number >> (4 * left + 2 * centre + right) & 1)
        fmpz_setbit(out, (ulong)i);
    }
    fmpz_set(state, out);
  }
  fmpz_set(out, state);
  fmpz_clear(state);
}

const struct family task_rule = {
    .name = "rule",
    .about = "an elementary cellular automaton on a ring, after some steps",
    .formula = "inner depth = steps; at most 3 gates a cell and step, 2 for "
               "rule 110 (n >= 3)",
    .parameters = {{"number", "the rule, as numbered by Wolfram", 110, 0, 255,
                    .is_size = false},
                   {"n", "cells", 16, 1, 1000000, .is_size = true},
                   {"steps", "rounds", 8, 0, 1000000, .is_size = true}},
    .build = build,
    .answer = answer,
    .complexity =
        {.class = "P-complete",
         .says = "for number=110 and as many steps as cells, so it has no "
                 "constant depth unless TC0 = P; additive rules are in TC0",
         .status = "conditional",
         .source = "Neary and Woods 2006"},
};
