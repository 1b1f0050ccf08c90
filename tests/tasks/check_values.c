/* Tasks about values: iterated maps, images, digits, graphs of arithmetic. Run,
   circuit and reference agree; depth and gates are those of the formulas. */
#include "circuit/measure.h"
#include "tasks/dag.h"
#include "tests/suite.h"
#include "tests/tasks/task_case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <flint/fmpz_vec.h>

static const struct task_case cases[] = {
    {"tent", {1, 0}, 2, 2, 2, 2, 0},
    {"tent", {2, 0}, 3, 3, 3, 3, 0},
    {"tent", {5, 0}, 6, 6, 6, 6, 0},
    {"tent", {64, 0}, 65, 65, 65, 65, 0},
    {"tent", {1, 1}, 2, 2, 2, 2, 0},
    {"tent", {5, 1}, 2, 17, 2, 17, 0},
    {"tent", {10, 1}, 2, 513, 2, 513, 0},
    {"tent", {1, 2}, 2, 2, 2, 2, 0},
    {"tent", {5, 2}, 2, 3, 2, 3, 3},
    {"tent", {300, 2}, 2, 3, 2, 3, 3},
    {"dag", {1, 4, 0}, 2, 8, 1, 4, 0},
    {"dag", {16, 4, 0}, 2, 56, 1, 49, 0},
    {"dag", {1, 2, 1}, 3, 8, 2, 7, 0},
    {"dag", {16, 4, 1}, 33, 499, 32, 496, 0},
    {"dag", {16, 4, 2, 1}, 8, 144, 7, 136, 0},
    {"dag", {16, 4, 3}, 5, 189, 4, 183, 0},
    {"digits", {0}, 3, 58, 2, 54, 0},
    {"pattern", {4, 3, 2, 2, 0, 6}, 1, 6, 1, 6, 0},
    {"pattern", {4, 3, 2, 3, 1, 29, 0, 1}, 2, 5, 2, 5, 0},
    {"pattern", {3, 3, 2, 2, 1, 0, 1}, 2, 20, 2, 20, 0},
    {"pattern", {3, 3, 2, 2, 1, 0, 1, 1}, 4, 27, 3, 25, 0},
    {"pattern", {8, 8, 3, 3, 1, 186}, 1, 36, 1, 36, 0},
    {"pattern", {64, 48, 3, 3, 1, 186}, 1, 2852, 1, 2852, 0},
    {"pattern", {9, 1, 9, 1, 4, 0}, 1, 1, 1, 1, 0}, // majority
    {"pattern", {8, 8, 3, 3, 1, 0, 1}, 2, 360, 2, 360, 0},
    {"pattern", {8, 8, 3, 3, 1, 186, 0, 1}, 3, 671, 2, 665, 0},
};

START_TEST(run_circuit_and_reference_agree) {
  task_case_agrees(&cases[_i]);
}
END_TEST

START_TEST(depth_and_gates_are_those_of_the_formula) {
  task_case_costs(&cases[_i]);
}
END_TEST

/* Its fixed point 2/3 and the cycle 2/5, 4/5 are above and below a half for
   ever (below x + 1/2 is rounded down from n/3, n/5); 0.3 goes to 0.6, 0.8,
   0.4, 0.8, ... */
static const struct {
  long T, numerator, denominator, half; // f^T is at least a half
} orbits[] = {
    {1, 2, 3, 1},  {7, 2, 3, 1},  {30, 2, 3, 1}, {31, 2, 3, 1}, {1, 2, 5, 1},
    {2, 2, 5, 0},  {30, 2, 5, 0}, {31, 2, 5, 1}, {1, 3, 10, 1}, {2, 3, 10, 1},
    {3, 3, 10, 0}, {4, 3, 10, 1}, {4, 1, 9, 0},
};

START_TEST(the_tent_map_has_its_known_orbits) {
  fmpz value[2] = {orbits[_i].T, _i % 3}, in[3] = {0, 0, 0}, out[1] = {0};
  struct trial t;
  if (value[1] == 1 && value[0] > 10)
    value[1] = 0;
  /* x in [k, k + 1) / 2^(T+1), so that f^T has no change there. */
  long k = orbits[_i].numerator * (1L << (orbits[_i].T + 1)) /
           orbits[_i].denominator;
  fmpz_set_si(&in[0], k / 2);
  fmpz_set_si(&in[1], k - k / 2 - (k - k / 2 == 1L << orbits[_i].T));
  fmpz_set_si(&in[2], k - fmpz_get_si(&in[0]) - fmpz_get_si(&in[1]));
  task_tent.answer(value, in, out);
  ck_assert_int_eq(fmpz_get_si(out), orbits[_i].half);
  trial_init(&t, &task_tent, value);
  run_values(&t.run, in, t.output);
  ck_assert_int_eq(fmpz_get_si(t.output), orbits[_i].half);
  trial_clear(&t);
}
END_TEST

/* By eye: a 3 x 3 cross is at row 0, column 1, and with a pixel missing at row
   3, column 4; the marks are the upper left corners. */
static const char *const crosses[] = {
    "..#.....", //  *
    ".###....", //
    "..#..#..", //
    ".....#..", //     *
    "#...###.", //
    "........", //
};

START_TEST(crosses_are_found_where_they_are) {
  const fmpz value[FAMILY_MAX_PARAMETERS] = {8, 6, 3, 3, _i, 186};
  static const long match[3][4] = {
      {1L << 1, 0, 0, 0}, {1L << 1, 0, 0, 1L << 4}, {1L << 1, 0, 0, 1L << 4}};
  fmpz in[6] = {0};
  struct trial t;
  for (size_t i = 0; i < 6; i++)
    for (size_t j = 0; j < 8; j++)
      if (crosses[i][j] == '#')
        fmpz_setbit(&in[i], j);
  trial_init(&t, &task_pattern, value);
  run_values(&t.run, in, t.output);
  task_pattern.answer(value, in, t.answer);
  for (size_t i = 0; i < 4; i++) {
    ck_assert_int_eq(fmpz_get_si(t.output + i), match[_i][i]);
    ck_assert_int_eq(fmpz_get_si(t.answer + i), match[_i][i]);
  }
  trial_clear(&t);
}
END_TEST

/* Images that it was not trained on, by the circuit. */
START_TEST(digits_are_read_as_often_as_it_says) {
  FILE *f = fopen(EXAMPLES "/digits-int8/test.csv", "r");
  const fmpz value[1] = {0};
  struct trial t;
  char line[2000];
  bool bit[320];
  int rows = 0, right = 0;
  ck_assert_ptr_nonnull(f);
  ck_assert_ptr_nonnull(fgets(line, sizeof line, f));
  trial_init(&t, &task_digits, value);
  while (fgets(line, sizeof line, f)) {
    char *at = line;
    for (int i = 0; i < 64; i++, at++) {
      long pixel = strtol(at, &at, 10);
      for (int k = 0; k < 5; k++)
        bit[5 * i + k] = pixel >> k & 1;
    }
    trial_judge(&t, &task_digits, value, bit);
    rows++;
    right += fmpz_get_si(t.output) == strtol(at, NULL, 10);
  }
  ck_assert_int_eq(rows, 360);
  ck_assert_int_eq(right, 346);
  trial_clear(&t);
  fclose(f);
}
END_TEST

/* By hand: 12 apples from each of 9 trees, 7 from each of 11 are 185; a third
   is 62, which fills 6 bottles; for 15 coins each and with 3 that they had they
   have 93, and each a half. */
START_TEST(the_story_ends_as_it_does_by_hand) {
  const fmpz value[] = {16, 4, DAG_STORY, 0}, in[] = {12, 9, 7, 11, 15, 3};
  fmpz out[1] = {0};
  struct trial t;
  task_dag.answer(value, in, out);
  ck_assert_int_eq(fmpz_get_si(out), 47); // 46.5, half up
  trial_init(&t, &task_dag, value);
  run_values(&t.run, in, t.output);
  ck_assert_int_eq(fmpz_get_si(t.output), 47);
  trial_clear(&t);
}
END_TEST

/* What a number reads: nothing, one ladder, by its node, or several. */
enum {
  NOTHING = -2,
  SEVERAL = -1
};

struct path {
  long levels, ladder;
};

static struct path joined(struct path a, struct path b) {
  a.levels = a.levels > b.levels ? a.levels : b.levels;
  if (a.ladder == NOTHING)
    a.ladder = b.ladder;
  else if (b.ladder != NOTHING && a.ladder != b.ladder)
    a.ladder = SEVERAL;
  return a;
}

/* The path that ends in a node, or a quantity. */
static struct path path_to(const struct path *of, long i) {
  return i < 0 ? of[-i - 1] : (struct path){0, SEVERAL};
}

/* Levels from inputs to the sum of all that is not read, by longest paths: a
   product is a level, a quotient one unless its dividend is a ladder. */
static size_t longest_path(const struct dag *g) {
  struct path *of = calloc((size_t)g->nodes, sizeof *of);
  struct path all = {0, NOTHING};
  for (long i = 0; i < g->nodes; i++) {
    const struct dag_node *x = &g->node[i];
    struct path a = path_to(of, x->a);
    if (x->kind != DAG_QUOTIENT)
      a = joined(a, path_to(of, x->b));
    if (x->kind == DAG_PRODUCT)
      a = (struct path){a.levels + 1, SEVERAL};
    else if (x->kind == DAG_QUOTIENT && a.ladder == SEVERAL)
      a = (struct path){a.levels + 1, i};
    of[i] = a;
    if (!g->is_read[i])
      all = joined(all, a);
  }
  free(of);
  return (size_t)all.levels + (all.ladder == SEVERAL);
}

START_TEST(a_graph_is_as_deep_as_its_longest_path) {
  const fmpz value[] = {1 + _i % 50, 2 + _i % 3, _i ? DAG_MIXED : DAG_STORY,
                        _i};
  struct trial t;
  struct measure m;
  struct dag g;
  dag_init(&g, value);
  trial_init(&t, &task_dag, value);
  measure_init(&m);
  circuit_measure(&t.c, &m);
  ck_assert_uint_eq(m.depth_inner, longest_path(&g));
  measure_clear(&m);
  trial_clear(&t);
  dag_clear(&g);
}
END_TEST

int main(void) {
  const int n = sizeof cases / sizeof *cases;
  Suite *s = suite_create("values");
  TCase *agree = tcase_create("agree"), *known = tcase_create("known");
  tcase_set_timeout(agree, 120);
  tcase_add_loop_test(agree, run_circuit_and_reference_agree, 0, n);
  tcase_add_loop_test(agree, depth_and_gates_are_those_of_the_formula, 0, n);
  tcase_add_loop_test(known, the_tent_map_has_its_known_orbits, 0,
                      sizeof orbits / sizeof *orbits);
  tcase_add_test(known, the_story_ends_as_it_does_by_hand);
  tcase_add_loop_test(agree, a_graph_is_as_deep_as_its_longest_path, 0, 150);
  tcase_add_test(known, digits_are_read_as_often_as_it_says);
  tcase_add_loop_test(known, crosses_are_found_where_they_are, 0, 3);
  suite_add_tcase(s, agree);
  suite_add_tcase(s, known);
  return suite_run(s);
}
