/* Each lab at small sizes: it runs, all its findings hold, and its numbers are
   those of formulas from elsewhere. */
#include "analysis/labs/lab.h"
#include "tests/suite.h"

#include <math.h>

static struct lab_run small;

static struct exhibit *run_small(const char *name) {
  struct error err = {0};
  const struct lab *lab = lab_find(name);
  ck_assert_ptr_nonnull(lab);
  small = (struct lab_run){.is_quick = true, .options.seed = 1};
  ck_assert_msg(lab->run(&small, &err), "%s: %s", name, err.message);
  return &small.e;
}

/* A cell of a table, below the heads. */
static const char *cell(const struct exhibit *e, size_t table, size_t row,
                        size_t column) {
  ck_assert_uint_lt(table, e->tables.n);
  const struct exhibit_table *t = &e->tables.at[table];
  size_t at = (row + 1) * t->columns + column;
  ck_assert_uint_lt(at, t->cells.n);
  return t->cells.at[at];
}

static size_t rows(const struct exhibit *e, size_t table) {
  ck_assert_uint_lt(table, e->tables.n);
  const struct exhibit_table *t = &e->tables.at[table];
  return t->cells.n / t->columns - 1;
}

static double number(const struct exhibit *e, size_t table, size_t row,
                     size_t column) {
  char *end;
  const char *text = cell(e, table, row, column);
  double x = strtod(text, &end);
  ck_assert_msg(end != text, "'%s' is no number", text);
  return x;
}

START_TEST(every_lab_bears_out_its_claim) {
  const struct lab *lab = lab_list[_i];
  struct exhibit *e = run_small(lab->name);
  ck_assert_uint_ge(e->findings.n, 1);
  ck_assert_uint_ge(e->tables.n, 1);
  ck_assert_uint_ge(e->panels.n + e->cells.n, 1);
  for (size_t i = 0; i < e->findings.n; i++)
    ck_assert_msg(e->findings.at[i].holds, "%s: no: %s", lab->name,
                  e->findings.at[i].text);
  exhibit_clear(e);
}
END_TEST

START_TEST(names_are_sorted_and_texts_are_there) {
  for (size_t i = 0; lab_list[i]; i++) {
    const struct lab *lab = lab_list[i];
    ck_assert(!i || strcmp(lab_list[i - 1]->name, lab->name) < 0);
    ck_assert_ptr_eq(lab_find(lab->name), lab);
    ck_assert(*lab->title && *lab->claim && *lab->source && *lab->shows);
  }
  ck_assert_ptr_null(lab_find("no-such"));
}
END_TEST

/* 7, 8, 7 and 5 levels a block, and one for the first. */
START_TEST(transformers_are_flat) {
  static const double depth[] = {15, 17, 15, 11};
  struct exhibit *e = run_small("transformer-flat");
  size_t n = rows(e, 0) / 4;
  ck_assert_uint_ge(n, 5);
  for (size_t i = 0; i < 4 * n; i++)
    ck_assert_double_eq(number(e, 0, i, 2), depth[i / n]);
  exhibit_clear(e);
}
END_TEST

/* 2 n gates a step: a wide enough machine needs as many steps as the rule. */
START_TEST(speedup_ends_at_work_by_span) {
  struct exhibit *e = run_small("amdahl");
  ck_assert_str_eq(cell(e, 0, 1, 0), "Rule 110");
  ck_assert_double_eq(number(e, 0, 1, 1), 2 * 16 * 16 + 16);
  ck_assert_double_eq(number(e, 0, 1, 2), 17);
  ck_assert_double_eq_tol(number(e, 0, 1, 6), 528 / 17.0, 0.1);
  exhibit_clear(e);
}
END_TEST

/* Depth is slope * steps + above, of sources one after the other. */
static void expect_lines(const char *name, const long (*line)[2],
                         size_t sources) {
  struct exhibit *e = run_small(name);
  size_t n = rows(e, 0) / sources;
  ck_assert_uint_ge(n, 3);
  ck_assert_uint_eq(rows(e, 0), n * sources);
  for (size_t i = 0; i < n * sources; i++) {
    const long *of = line[i / n];
    double steps = number(e, 0, i, 1);
    ck_assert_double_eq(number(e, 0, i, 2),
                        (double)of[0] * steps + (double)of[1]);
  }
  exhibit_clear(e);
}

START_TEST(what_goes_step_by_step_is_a_line) {
  static const long lines[][2] = {{1, 0}, {4, 1}, {5, -2},
                                  {7, 1}, {8, 1}, {9, 0}};
  static const long spaces[][2] = {{0, 7}, {2, 3}};
  static const long balls[][2] = {{0, 1}, {0, 2}, {4, 0}};
  static const long gas[][2] = {{0, 2}, {4, 0}};
  expect_lines("rnn-cot-loop-lines", lines, 6);
  expect_lines("mamba-two-meanings", spaces, 2);
  expect_lines("one-ball-five-balls", balls, 3);
  expect_lines("macro-micro", gas, 2);
}
END_TEST

/* T + 1, 2^(T-1) + 1 and 3 gates. */
START_TEST(sawteeth_cost_width_or_depth) {
  struct exhibit *e = run_small("mlp-width-or-depth");
  size_t n = rows(e, 0) / 3;
  ck_assert_uint_eq(n, 7);
  for (size_t i = 0; i < n; i++) {
    double T = number(e, 0, i, 1);
    ck_assert_double_eq(number(e, 0, i, 3), T + 1);
    ck_assert_double_eq(number(e, 0, n + i, 3), exp2(T - 1) + 1);
    ck_assert_double_eq(number(e, 0, 2 * n + i, 3), 3);
  }
  exhibit_clear(e);
}
END_TEST

/* 288 grids; 6.7e-8, 0.0947 and 0.42 were found by another program, too. */
START_TEST(sudoku_needs_one_cell_after_the_other) {
  struct exhibit *e = run_small("sudoku-order");
  static const double legal[] = {
      6.70552e-08, 1.71661e-05, 0.00439453, 0.0947342, 1,
      6.70552e-08, 0.00293541,  0.421875,   1,         1};
  for (size_t i = 0; i < 10; i++)
    ck_assert_double_eq_tol(number(e, 0, i, 2), legal[i], 1e-5 * legal[i]);
  ck_assert_double_eq(number(e, 1, 0, 2), 1);
  ck_assert_double_eq(number(e, 1, 1, 2), 5); // as published_puzzles_are_...
  ck_assert_double_eq(number(e, 1, 2, 2), 28);
  exhibit_clear(e);
}
END_TEST

/* 2 a bit for uniform bits, and the data's own at the end. */
START_TEST(perplexity_is_that_of_the_law) {
  struct exhibit *e = run_small("masked-perplexity");
  for (size_t i = 0; i < 8; i++)
    ck_assert_double_eq_tol(number(e, 0, i, 3), exp2(i < 7 ? 1 : 7 / 8.0),
                            1e-4);
  ck_assert_double_eq_tol(number(e, 0, rows(e, 0) - 1, 3), pow(288, 1 / 16.0),
                          1e-4);
  ck_assert_double_eq_tol(number(e, 0, 13, 3), pow(4, 1), 1e-4);
  exhibit_clear(e);
}
END_TEST

/* As 'derandomize fingerprint n=4': the seeds are checked there. */
START_TEST(seeds_are_fewer_than_the_union_bound) {
  struct exhibit *e = run_small("derandomize");
  ck_assert_double_eq(number(e, 0, 0, 3), 45);
  ck_assert_double_lt(number(e, 0, 0, 4), 45);
  ck_assert_double_eq(number(e, 0, 0, 6), number(e, 0, 0, 5) + 1);
  ck_assert_str_eq(cell(e, 0, 0, 7), "0");
  exhibit_clear(e);
}
END_TEST

/* Without look-ahead a move joins the sides or nothing is seen. */
START_TEST(look_ahead_finds_what_wins) {
  struct exhibit *e = run_small("look-ahead");
  ck_assert_uint_eq(rows(e, 0), 6);
  for (size_t i = 1; i < rows(e, 0); i++)
    ck_assert_double_ge(number(e, 0, i, 3), number(e, 0, i - 1, 3));
  ck_assert_double_eq(number(e, 0, 5, 3), 1);
  ck_assert_double_eq(number(e, 0, 3, 1), 7); // plies + 2
  exhibit_clear(e);
}
END_TEST

/* Walks of more cells are never worse on average, and depth is 2 sweeps + 1. */
START_TEST(planning_gets_better_with_depth) {
  struct exhibit *e = run_small("rl-depth");
  for (size_t i = 0; i < rows(e, 0); i++) {
    ck_assert_double_le(number(e, 0, i, 2), 2 * number(e, 0, i, 1) + 1);
    if (number(e, 0, i, 1) > 1)
      ck_assert_double_gt(number(e, 0, i, 4), number(e, 0, i - 1, 4));
  }
  exhibit_clear(e);
}
END_TEST

int main(void) {
  size_t n = 0;
  while (lab_list[n])
    n++;
  Suite *s = suite_create("labs");
  TCase *all = tcase_create("all");
  tcase_set_timeout(all, 60);
  tcase_add_loop_test(all, every_lab_bears_out_its_claim, 0, (int)n);
  tcase_add_test(all, names_are_sorted_and_texts_are_there);
  suite_add_tcase(s, all);
  TCase *numbers = tcase_create("numbers");
  tcase_set_timeout(numbers, 60);
  tcase_add_test(numbers, transformers_are_flat);
  tcase_add_test(numbers, speedup_ends_at_work_by_span);
  tcase_add_test(numbers, what_goes_step_by_step_is_a_line);
  tcase_add_test(numbers, sawteeth_cost_width_or_depth);
  tcase_add_test(numbers, sudoku_needs_one_cell_after_the_other);
  tcase_add_test(numbers, perplexity_is_that_of_the_law);
  tcase_add_test(numbers, seeds_are_fewer_than_the_union_bound);
  tcase_add_test(numbers, look_ahead_finds_what_wins);
  tcase_add_test(numbers, planning_gets_better_with_depth);
  suite_add_tcase(s, numbers);
  return suite_run(s);
}
