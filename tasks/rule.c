/* Elementary cellular automata (Wolfram 1983). The next state of a cell is a
   function of a*left + b*centre + c*right for small weights, with as few
   changes as there are: two for rule 110, as left + 2*centre + 2*right is 2, 3
   or 4 where the cell lives on. So depth grows with the steps, unless k of them
   are merged for a table that grows as 4^k, or the rule is additive: then any
   number of steps is one parity. That is what it shows: serial in general, and
   for no reason that the rule's number tells. */
#include "circuit/error.h"
#include "tasks/rule_form.h"
#include "tasks/task.h"

#include <math.h>

enum {
  NUMBER,
  CELLS,
  STEPS,
  METHOD,
  MERGE,
  STEP_BITS = 20 // of the most steps
};

/* ---- Step by step ---- */

/* `rounds` times the steps of a form. Cell i is bit i of the state; its left
   neighbour is bit i + 1, as the state is written with the highest bit first.
 */
static value_id add_rounds(struct program *p, const char *name, value_id cells,
                           const struct rule_form *f, size_id rounds) {
  struct composition l;
  value_id near[RULE_MOST_CELLS];
  program_begin_loop(p, &l, name, &cells, 1, 0, rounds);
  for (size_t i = 0; i < f->cells; i++) {
    long by = (long)i - (long)(f->cells / 2);
    near[i] = by ? program_roll(p, by < 0 ? "right" : "left", l.argument[0], by)
                 : l.argument[0];
  }
  value_id sum =
      program_combine(p, "neighbourhood", near, f->weight, f->cells, 0);
  value_id next = program_table(p, "cells", sum, f->table, f->n, f->least);
  program_end(p, &l, &next, 1, &cells);
  return cells;
}

static value_id add_merged(struct program *p, value_id cells, long number,
                           unsigned steps, size_id rounds) {
  struct rule_form f;
  rule_form_init(&f, number, steps);
  cells = add_rounds(p, "step", cells, &f, rounds);
  rule_form_clear(&f);
  return cells;
}

/* 1 if steps = r modulo k, else 0, as a quotient that is one or less: certify
   knows that these are not negative. */
static size_id is_rest(struct program *p, size_id steps, long k, long r) {
  struct sizes *t = &p->sizes;
  size_id one = size_si(t, 1), by = size_si(t, k);
  size_id off =
      size_sub(t, size_sub(t, steps, size_mul(t, by, size_div(t, steps, by))),
               size_si(t, r));
  return size_div(t, one, size_add(t, size_mul(t, off, off), one));
}

/* Rounds of k steps, then one of the steps that are left, if any are. */
static value_id build_steps(struct program *p, value_id cells, long number,
                            long k, size_id steps) {
  size_id rounds =
      k > 1 ? size_div(&p->sizes, steps, size_si(&p->sizes, k)) : steps;
  cells = add_merged(p, cells, number, (unsigned)k, rounds);
  for (long r = 1; r < k; r++)
    cells = add_merged(p, cells, number, (unsigned)r, is_rest(p, steps, k, r));
  return cells;
}

/* ---- Additive rules ---- */

/* The rule is the parity of some of right, centre, left, which are bits 0, 1, 2
   of `reads`, and of `constant`. */
struct additive {
  unsigned reads;
  int constant;
};

static bool find_additive(struct additive *a, long number) {
  a->constant = number & 1;
  a->reads = 0;
  for (unsigned i = 0; i < 3; i++)
    if ((number >> (1U << i) & 1) != a->constant)
      a->reads |= 1U << i;
  for (unsigned cells = 0; cells < 8; cells++)
    if ((number >> cells & 1) !=
        (__builtin_parity(cells & a->reads) ^ a->constant))
      return false;
  return true;
}

/* Modulo 2 the square of a polynomial p(x) is p(x^2). So 2^i steps read the
   cells 2^i to the left and right, and as many steps as 2^i of them change the
   constant to (1 + p(1)) times it. All is a sum without gates; its coefficients
   need not be reduced, as the parity at the end sees odd ones only. */
static value_id build_shortcut(struct program *p, value_id cells, long number,
                               size_id steps) {
  struct sizes *t = &p->sizes;
  struct additive a;
  find_additive(&a, number);
  for (long i = 0; i < STEP_BITS; i++) {
    size_id whole = size_div(t, steps, size_si(t, 1L << i));
    size_id pairs = size_div(t, steps, size_si(t, 2L << i));
    struct composition l;
    value_id read[3];
    long weight[3] = {1, 1, 1};
    size_t n = 0;
    program_begin_loop(
        p, &l, "power", &cells, 1, 0,
        size_sub(t, whole, size_mul(t, size_si(t, 2), pairs))); // bit i
    for (unsigned k = 0; k < 3; k++)
      if (a.reads >> k & 1)
        read[n++] =
            program_roll(p, "far", l.argument[0], ((long)k - 1) * (1L << i));
    if (!n) {
      weight[0] = 0;
      read[n++] = l.argument[0];
    }
    int constant = i && __builtin_parity(a.reads) ? 0 : a.constant;
    value_id sum = program_combine(p, "sum", read, weight, n, constant);
    program_end(p, &l, &sum, 1, &cells);
  }
  return program_parity(p, "parity", cells, size_si(t, 1));
}

static void build(struct program *p, const fmpz *value) {
  size_id n = family_size(p, &task_rule, CELLS);
  size_id steps = family_size(p, &task_rule, STEPS);
  value_id cells = program_input_bits(p, "x", scalar(), n);
  program_output_bits(
      p, "y",
      value[METHOD]
          ? build_shortcut(p, cells, value[NUMBER], steps)
          : build_steps(p, cells, value[NUMBER], value[MERGE], steps));
}

/* Cells that one is the parity of, at most. */
static double shortcut_terms(const fmpz *value) {
  struct additive a;
  find_additive(&a, value[NUMBER]);
  double reads = __builtin_popcount(a.reads);
  double span = 2 * (double)value[STEPS] + 1;
  double terms = pow(reads, __builtin_popcountl((ulong)value[STEPS]));
  terms = terms < span ? terms : span;
  return terms < (double)value[CELLS] ? terms : (double)value[CELLS];
}

static bool check(const fmpz *value, struct error *err) {
  struct additive a;
  double n = (double)value[CELLS], steps = (double)value[STEPS];
  double k = (double)value[MERGE];
  if (value[METHOD] && !find_additive(&a, value[NUMBER]))
    return error_set(err, 0,
                     "method=shortcut is for number=0, 15, 51, 60, 85, 90, "
                     "102, 105, 150, 153, 165, 170, 195, 204, 240 and 255");
  if (value[METHOD] && value[MERGE] > 1)
    return error_set(err, 0, "merge=%ld is for method=steps", value[MERGE]);
  return task_check_wires(value[METHOD]
                              ? n * shortcut_terms(value)
                              : n * ceil(steps / k) *
                                    (2 * k + 1 + (k > 1 ? exp2(2 * k + 1) : 0)),
                          err);
}

static void step(fmpz_t out, const fmpz_t state, long number, long n) {
  fmpz_zero(out);
  for (long i = 0; i < n; i++) {
    int left = fmpz_tstbit(state, (ulong)((i + 1) % n));
    int centre = fmpz_tstbit(state, (ulong)i);
    int right = fmpz_tstbit(state, (ulong)((i + n - 1) % n));
    if (number >> (4 * left + 2 * centre + right) & 1)
      fmpz_setbit(out, (ulong)i);
  }
}

/* Small rings soon repeat a state, as one that was seen after 1, 2, 4, ...
   steps shows (Brent 1980); then whole rounds are left out. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz_t state, seen;
  fmpz_init_set(state, in);
  fmpz_init_set(seen, in);
  long left = value[STEPS], age = 0, most = 1;
  while (left > 0) {
    step(out, state, value[NUMBER], value[CELLS]);
    fmpz_swap(state, out);
    left--;
    age++;
    if (fmpz_equal(state, seen))
      left %= age;
    if (age == most) {
      fmpz_set(seen, state);
      age = 0;
      most *= 2;
    }
  }
  fmpz_set(out, state);
  fmpz_clear(state);
  fmpz_clear(seen);
}

static const char *const methods[] = {"steps", "shortcut"};

const struct family task_rule = {
    .name = "rule",
    .about = "an elementary cellular automaton on a ring, after some steps",
    .formula =
        "inner depth = ceil(steps/merge); n >= 2 merge + 1: for merge=1 at "
        "most 3 gates a cell and step, 2 for rule 110; else at most "
        "2^(2 merge + 1) - 1 a cell and level (rule 110: 7, 16, 51, 142, 372 "
        "for merge = 2..6); "
        "method=shortcut: inner depth 1, floor(t/2) gates a cell for the "
        "parity "
        "of t cells; one more for each output",
    .parameters = {{"number", "the rule, as numbered by Wolfram", 110, 0, 255,
                    .is_size = false},
                   {"n", "cells", 16, 1, 1000000, .is_size = true},
                   {"steps", "rounds", 8, 0, 1000000, .is_size = true},
                   {.name = "method",
                    .about = "shortcut: any number of steps of an additive "
                             "rule as one",
                    .most = 1,
                    .choices = methods},
                   {"merge", "steps in one level", 1, 1, RULE_MOST_MERGED,
                    .is_size = false}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity =
        {.class = "P-complete",
         .says = "for number=110 and as many steps as cells, so it has no "
                 "constant depth unless TC0 = P; additive rules are in TC0",
         .status = "conditional",
         .source = "Neary and Woods 2006"},
};
