/* compile/program: what programs mean, in both readings */
#include "compile/program/lower.h"
#include "compile/program/reading.h"
#include "tests/circuit/plan.h"
#include "tests/compile/sketch.h"
#include "tests/compile/trial.h"
#include "tests/compile/written.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

/* ---- Random programs ---- */

enum {
  EACH = 10 // a round takes half a millisecond
};

START_TEST(random_programs_mean_what_plain_loops_say) {
  for (int round = _i; round < EACH * rounds(); round += ROUNDS) {
    struct sketch s;
    sketch_init(&s, (uint64_t)round);
    trial_judge(&s.p, s.parameter, sketch_values, &s);
    sketch_clear(&s);
  }
}
END_TEST

START_TEST(every_kind_of_step_is_drawn_often) {
  size_t count[SKETCH_KINDS] = {0};
  for (uint64_t seed = 0; seed < ROUNDS; seed++) {
    struct sketch s;
    sketch_init(&s, seed);
    sketch_count(&s, count);
    sketch_clear(&s);
  }
  for (int k = 0; k < SKETCH_KINDS; k++)
    ck_assert_msg(count[k] >= 20, "kind %d: %zu", k, count[k]);
}
END_TEST

/* ---- Trees ---- */

struct tree {
  size_t n;
  bool is_and;
};

static long combine(bool is_and, long left, long right) {
  return is_and ? left && right : 3 * left - right;
}

/* Level by level; one without a partner waits. */
static void tree_value(const void *context, const long *in, long *out) {
  const struct tree *t = context;
  long level[8];
  memcpy(level, in, t->n * sizeof *level);
  for (size_t n = t->n; n > 1; n = (n + 1) / 2)
    for (size_t i = 0; i < n; i += 2)
      level[i / 2] =
          i + 1 < n ? combine(t->is_and, level[i], level[i + 1]) : level[i];
  out[0] = level[0];
}

static value_id tree_of(value_id x, const struct tree *k) {
  struct composition t;
  value_id y;
  program_begin_tree(&p, &t, "tree", &x, 1, si((long)k->n));
  if (k->is_and)
    y = program_at_least(&p, "both",
                         program_add(&p, "sum", t.argument[0], t.argument[1]),
                         si(2));
  else
    y = program_combine(&p, "f", t.argument, (long[]){3, -1}, 2, 0);
  program_end(&p, &t, &y, 1, &y);
  return y;
}

START_TEST(a_tree_keeps_the_order_and_is_as_deep_as_its_levels) {
  for (size_t n = 1; n <= 8; n++)
    for (int is_and = 0; is_and < 2; is_and++) {
      struct tree t = {n, is_and};
      size_t levels = 0;
      while ((size_t)1 << levels < n)
        levels++;
      value_id y = tree_of(input(row((long)n), 1, false), &t);
      output(y);
      costs(y, is_and ? levels : 0, is_and ? n - 1 : 0);
      trial_judge(&p, NULL, tree_value, &t);
      again();
    }
}
END_TEST

/* Two operands, matrices: slices are rows. */
static void tree_of_two(const void *n, const long *in, long *out) {
  long rows = *(const long *)n, a[4][2], b[4][2];
  memcpy(a, in, (size_t)rows * sizeof *a);
  memcpy(b, in + 2 * rows, (size_t)rows * sizeof *b);
  for (; rows > 1; rows = (rows + 1) / 2)
    for (long i = 0; i < rows; i += 2)
      for (int k = 0; k < 2; k++) {
        bool alone = i + 1 == rows;
        long l = a[i][k], r = alone ? 0 : a[i + 1][k], lb = b[i][k];
        a[i / 2][k] = alone ? l : 2 * l - r + lb;
        b[i / 2][k] = alone ? lb : l + 3 * b[i + 1][k];
      }
  memcpy(out, a[0], sizeof a[0]);
  memcpy(out + 2, b[0], sizeof b[0]);
}

START_TEST(a_tree_may_combine_several_tensors) {
  for (long n = 1; n <= 3; n++) {
    value_id x[] = {input(matrix(si(n), si(2)), 1, false),
                    input(matrix(si(n), si(2)), 1, true)};
    struct composition t;
    program_begin_tree(&p, &t, "tree", x, 2, si(n));
    const value_id *a = t.argument; // left of both, then right of both
    value_id y[] = {program_combine(&p, "f", (value_id[]){a[0], a[2], a[1]},
                                    (long[]){2, -1, 1}, 3, 0),
                    program_combine(&p, "g", (value_id[]){a[0], a[3]},
                                    (long[]){1, 3}, 2, 0)};
    program_end(&p, &t, y, 2, y);
    output(y[0]);
    output(y[1]);
    trial_judge(&p, NULL, tree_of_two, &n);
    again();
  }
}
END_TEST

/* ---- Loops and maps ---- */

/* (a, b) swapped so often; what a was in each round. */
static void swapped(const void *rounds, const long *in, long *out) {
  long n = *(const long *)rounds;
  out[0] = in[n % 2];
  out[1] = in[1 - n % 2];
  for (long i = 0; i < n; i++)
    out[2 + i] = in[i % 2];
}

START_TEST(a_loop_may_return_its_arguments_swapped_and_do_no_rounds) {
  for (long n = 0; n <= 3; n++) {
    value_id x[] = {input(scalar(), 3, false), input(scalar(), 3, true)}, y[3];
    struct composition l;
    program_begin_loop(&p, &l, "swap", x, 2, 0, si(n));
    value_id result[] = {l.argument[1], l.argument[0], l.argument[0]};
    program_end(&p, &l, result, 3, y);
    for (int i = 0; i < 3; i++)
      output(y[i]);
    judge(swapped, &n, 0, 0);
    again();
  }
}
END_TEST

/* From both ends: sums so far of x, with the loop's own start; then x again. */
static void sums_so_far(const void *context, const long *in, long *out) {
  (void)context;
  long sum = in[0];
  for (int i = 0; i < 3; i++)
    out[1 + i] = sum += in[1 + i];
  out[0] = sum;
  for (int i = 0; i < 4; i++)
    out[4 + i] = in[i];
}

START_TEST(a_loop_takes_slices_and_stacks_results) {
  value_id x[] = {input(scalar(), 3, true), input(row(3), 2, false)}, y[2];
  struct composition l;
  program_begin_loop(&p, &l, "scan", x, 1, 1, si(3));
  value_id sum = program_add(&p, "add", l.argument[0], l.argument[1]);
  program_end(&p, &l, (value_id[]){sum, sum}, 2, y);
  output(y[0]);
  output(y[1]);
  output(x[0]); // read when the loop is over
  output(x[1]);
  trial_judge(&p, NULL, sums_so_far, NULL);
}
END_TEST

/* Clamped to 0..3 in every round, so each costs a ladder of 3 rungs. */
static void climb(const void *rounds, const long *in, long *out) {
  long v = in[0] < 0 ? 0 : in[0];
  out[0] = in[0];
  for (long i = 0; i < *(const long *)rounds; i++) {
    out[0] = v = out[0] + in[1];
    out[0] = v < 0 ? 0 : v > 3 ? 3 : v;
  }
}

START_TEST(a_loop_is_as_deep_as_its_block_for_each_round) {
  for (long n = 0; n <= 4; n++) {
    value_id x = input(scalar(), 2, false), by = input(scalar(), 2, true), y;
    struct composition l;
    program_begin_loop(&p, &l, "climb", &x, 1, 0, si(n));
    value_id sum = program_add(&p, "add", l.argument[0], by);
    y = program_table(&p, "clamp", sum, (long[]){0, 1, 2, 3}, 4, 0);
    program_end(&p, &l, &y, 1, &y);
    output(y);
    costs(y, (size_t)n, (size_t)(3 * n));
    trial_judge(&p, NULL, climb, &n);
    again();
  }
}
END_TEST

/* Inside: outer of row i, inner of column j, own of the block between. */
static void seen_from_within(const void *context, const long *in, long *out) {
  (void)context;
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 3; j++) {
      long first = in[2 * i + (j + 1) % 2] + in[4];
      out[3 * i + j] = first - in[5 + j] >= 1 ? in[4] : 2;
    }
}

/* A map over rows of x around a loop over w; both read z, which nothing reads
   after them, and the loop also reads what the map's block made. */
START_TEST(blocks_read_values_of_the_blocks_around_them) {
  value_id x = input(matrix(si(2), si(2)), 1, false),
           z = input(scalar(), 2, true), w = input(row(3), 2, false), y[2];
  value_id far = program_combine(&p, "far", &z, (long[]){1}, 1, -2);
  struct composition m, l;
  program_begin_map(&p, &m, "map", &x, 1, si(2));
  value_id near = program_add(&p, "near", m.argument[0], z);
  program_begin_loop(&p, &l, "loop", (value_id[]){near, w}, 1, 1, si(3));
  value_id turned = program_roll(&p, "turn", l.argument[0], 1);
  value_id first = program_slice(&p, "first", turned, 0, si(0), si(1));
  value_id more = program_at_least(
      &p, "more", program_sub(&p, "less", first, l.argument[1]), si(1));
  value_id result =
      program_combine(&p, "result",
                      (value_id[]){program_multiply(
                          &p, "if", program_sum(&p, "bit", more), far)},
                      (long[]){1}, 1, 2);
  program_end(&p, &l, (value_id[]){turned, result}, 2, y);
  program_end(&p, &m, &y[1], 1, &y[1]);
  output(y[1]);
  trial_judge(&p, NULL, seen_from_within, NULL);
}
END_TEST

static void thrice(const void *context, const long *in, long *out) {
  (void)context;
  for (int i = 0; i < 6; i++)
    out[i] = i % 2 ? in[0] : in[0] * in[0];
}

/* A result that the block did not make, and one that is the same each time. */
START_TEST(a_map_may_return_what_was_made_outside_of_it) {
  value_id x = input(scalar(), 3, true), y[2];
  value_id z = program_apply(&p, "square", x, &squares, 1);
  struct composition m;
  program_begin_map(&p, &m, "map", NULL, 0, si(3));
  program_end(&p, &m, (value_id[]){z, x}, 2, y);
  value_id both[] = {program_reshape(&p, "a", y[0], matrix(si(3), si(1))),
                     program_reshape(&p, "b", y[1], matrix(si(3), si(1)))};
  output(program_concat(&p, "both", both, 2, 1));
  trial_judge(&p, NULL, thrice, NULL);
}
END_TEST

/* ---- Names ---- */

START_TEST(operations_are_named_by_the_steps_around_them_and_rounds) {
  static const char *const names[] = {"start",
                                      "loop[0].map[0].f",
                                      "loop[0].map[1].f",
                                      "loop[0].g",
                                      "loop[1].map[0].f",
                                      "loop[1].map[1].f",
                                      "loop[1].g",
                                      "y",
                                      OPERATION_OUTPUTS};
  static const char *const kinds[] = {"at_least", "at_least", "at_least",
                                      "at_least", "at_least", "at_least",
                                      "at_least", "bits",     "outputs"};
  value_id x = input(row(2), 2, false), y;
  struct composition l, m;
  x = program_combine(&p, "x", &x, (long[]){3}, 1, 0);
  x = program_combine(&p, "more",
                      (value_id[]){x, program_at_least(&p, "start", x, si(4))},
                      (long[]){1, 1}, 2, 0);
  program_begin_loop(&p, &l, "loop", &x, 1, 0, si(2));
  program_begin_map(&p, &m, "map", l.argument, 1, si(2));
  y = program_at_least(&p, "f", m.argument[0], si(1));
  program_end(&p, &m, &y, 1, &y);
  y = program_combine(&p, "sum", (value_id[]){y, program_roll(&p, "r", y, 1)},
                      (long[]){1, 2}, 2, 0);
  y = program_combine(&p, "sum",
                      (value_id[]){y, program_at_least(&p, "g", y, si(2))},
                      (long[]){1, 1}, 2, 0);
  program_end(&p, &l, &y, 1, &y);
  output(program_at_least(&p, "last", y, si(-100)));
  output(program_combine(&p, "not", &y, (long[]){-1}, 1, 4));
  struct instance in;
  struct circuit c;
  ck_assert(instance_init(&in, &p, NULL, &(struct error){0}));
  circuit_init(&c);
  program_lower(&in, &c);
  size_t n = sizeof names / sizeof *names;
  for (size_t i = 0; i < c.operations.n && i < n; i++) {
    ck_assert_str_eq(c.operations.at[i].name, names[i]);
    ck_assert_str_eq(c.operations.at[i].kind, kinds[i]);
  }
  ck_assert_uint_eq(c.operations.n, n);
  circuit_clear(&c);
  instance_clear(&in);
}
END_TEST

/* ---- Numbers that nothing reads any more ---- */

static size_t held(const struct reading *r) {
  size_t n = 0;
  for (size_t v = 0; v < p.values.n; v++)
    n += r->tensor[v].number != NULL;
  return n;
}

/* The loop's block reads x and y, which are of no use when it is over; so are
   the steps of its block. What is left is z and its output. */
START_TEST(numbers_are_freed_after_their_last_reader) {
  value_id x = input(row(2), 2, false), z = input(row(2), 2, false), y;
  value_id far = program_at_least(&p, "far", x, si(1));
  program_at_least(&p, "unread", x, si(2));
  struct composition l, m;
  program_begin_map(&p, &m, "map", NULL, 0, si(3));
  program_begin_loop(&p, &l, "loop", &z, 1, 0, si(2));
  y = program_add(&p, "sum", program_sub(&p, "difference", l.argument[0], x),
                  far);
  program_end(&p, &l, &y, 1, &y);
  program_end(&p, &m, &y, 1, &y);
  y = program_combine(&p, "twice", &y, (long[]){2}, 1, 0);
  y = program_combine(&p, "thrice", &y, (long[]){3}, 1, 0);
  output(y);
  output(z);
  struct instance in;
  struct circuit c;
  struct reading r;
  ck_assert(instance_init(&in, &p, NULL, &(struct error){0}));
  circuit_init(&c);
  reading_init(&r, &in, READING_LOWER, &c);
  reading_tensor(&r, x);
  reading_tensor(&r, z);
  reading_block(&r, 0);
  ck_assert_uint_eq(held(&r), 2);
  ck_assert_ptr_nonnull(r.tensor[y].number);
  ck_assert_ptr_nonnull(r.tensor[z].number);
  reading_clear(&r);
  circuit_clear(&c);
  instance_clear(&in);
}
END_TEST

int main(void) {
  Suite *s = suite_create("program");
  TCase *all = tcase_create("all");
  const TTest *const tests[] = {
      a_tree_keeps_the_order_and_is_as_deep_as_its_levels,
      a_tree_may_combine_several_tensors,
      a_loop_may_return_its_arguments_swapped_and_do_no_rounds,
      a_loop_takes_slices_and_stacks_results,
      a_loop_is_as_deep_as_its_block_for_each_round,
      blocks_read_values_of_the_blocks_around_them,
      a_map_may_return_what_was_made_outside_of_it,
      operations_are_named_by_the_steps_around_them_and_rounds,
      numbers_are_freed_after_their_last_reader};
  tcase_add_checked_fixture(all, setup, teardown);
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
    tcase_add_test(all, tests[i]);
  tcase_set_timeout(all, 60);
  suite_add_tcase(s, all);
  TCase *random = tcase_create("random");
  tcase_add_test(random, every_kind_of_step_is_drawn_often);
  tcase_add_loop_test(random, random_programs_mean_what_plain_loops_say, 0,
                      ROUNDS);
  tcase_set_timeout(random, 120);
  suite_add_tcase(s, random);
  return suite_run(s);
}
