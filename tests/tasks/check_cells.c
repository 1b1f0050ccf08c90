/* Cellular automata, balls and a gas: run, circuit and reference agree, depth
   and gates are those of the formulas, and all know published runs. */
#include "tests/suite.h"
#include "tests/tasks/task_case.h"

#include <string.h>

#include <flint/fmpz_vec.h>

static const struct task_case cases[] = {
    // rule: number, n, steps, method, merge
    {"rule", {110, 9, 8, 0, 2}, 5, 261, 4, 252, 0},
    {"rule", {110, 9, 7, 0, 3}, 4, 315, 3, 306, 0},
    {"rule", {110, 10, 5, 0, 3}, 3, 240, 2, 230, 0},
    {"rule", {110, 11, 8, 0, 4}, 3, 1133, 2, 1122, 0},
    {"rule", {110, 12, 10, 0, 5}, 3, 3420, 2, 3408, 0},
    {"rule", {110, 13, 12, 0, 6}, 3, 9685, 2, 9672, 0},
    {"rule", {30, 9, 6, 0, 2}, 4, 144, 3, 135, 0},
    {"rule", {30, 9, 3, 0, 3}, 2, 135, 1, 126, 0},
    {"rule", {90, 9, 4, 0, 4}, 2, 27, 1, 18, 0},
    {"rule", {45, 3, 17, 0, 5}, 5, 1545, 4, 1542, 0},
    {"rule", {90, 12, 7, 1, 1}, 2, 36, 1, 24, 0},
    {"rule", {90, 40, 7, 1, 1}, 2, 200, 1, 160, 0},
    {"rule", {150, 40, 7, 1, 1}, 2, 240, 1, 200, 0},
    {"rule", {105, 11, 64, 1, 1}, 2, 22, 1, 11, 0},
    {"rule", {60, 30, 16, 1, 1}, 2, 60, 1, 30, 0},
    {"rule", {195, 12, 1000, 1, 1}, 2, 24, 1, 12, 0},
    {"rule", {102, 10, 3, 1, 1}, 2, 30, 1, 20, 0},
    {"rule", {153, 10, 6, 1, 1}, 2, 30, 1, 20, 0},
    {"rule", {165, 12, 9, 1, 1}, 2, 36, 1, 24, 0},
    {"rule", {170, 12, 999, 1, 1}, 0, 0, 0, 0, 0},
    {"rule", {85, 12, 999, 1, 1}, 1, 12, 0, 0, 0},
    {"rule", {255, 12, 3, 1, 1}, 0, 0, 0, 0, 0},
    {"rule", {255, 12, 0, 1, 1}, 0, 0, 0, 0, 0},
    {"rule", {0, 12, 3, 1, 1}, 0, 0, 0, 0, 0},
};

START_TEST(run_circuit_and_reference_agree) {
  task_case_agrees(&cases[_i]);
}
END_TEST

START_TEST(depth_and_gates_are_those_of_the_formula) {
  task_case_costs(&cases[_i]);
}
END_TEST

/* ---- rule: rows that are published, from a single cell ---- */

static const struct {
  long number;
  const char *row[9]; // the row after 0, 1, 2, ... steps
} published[] = {
    // OEIS A070950
    {30,
     {"1", "111", "11001", "1101111", "110010001", "11011110111",
      "1100100001001", "110111100111111", "11001000111000001"}},
    // OEIS A070887, with the cells to the right, which are 0
    {110,
     {"1", "110", "11100", "1101000", "111110000", "11000100000",
      "1110011000000", "110101110000000", "11111110100000000"}},
    // OEIS A070886: Pascal's triangle modulo 2, with a 0 between
    {90,
     {"1", "101", "10001", "1010101", "100000001", "10100000101",
      "1000100010001", "101010101010101", "10000000000000001"}},
    // OEIS A071036
    {150,
     {"1", "111", "10101", "1101011", "100010001", "11101110111",
      "1010001000101", "110110111011011", "10000000100000001"}},
};

/* A single cell in the middle of 2 steps + 3; the row in the middle. */
static void check_row(long number, long steps, long method, long merge,
                      const char *row) {
  fmpz value[FAMILY_MAX_PARAMETERS] = {number, 2 * steps + 3, steps, method,
                                       merge};
  struct trial t;
  fmpz_t x, y;
  fmpz_init(x);
  fmpz_init(y);
  trial_init(&t, &task_rule, value);
  fmpz_setbit(x, (ulong)steps + 1);
  trial_judge_integers(&t, &task_rule, value, x);
  fmpz_set_str(y, row, 2);
  fmpz_mul_2exp(y, y, 1);
  ck_assert_msg(fmpz_equal(y, t.answer), "rule %ld after %ld", number, steps);
  trial_clear(&t);
  fmpz_clear(x);
  fmpz_clear(y);
}

START_TEST(rules_make_the_published_rows) {
  for (long steps = 0; steps < 9; steps++) {
    const char *row = published[_i].row[steps];
    for (long merge = 1; merge <= 4; merge++)
      check_row(published[_i].number, steps, 0, merge, row);
    if (published[_i].number % 60 == 30 && published[_i].number > 30)
      check_row(published[_i].number, steps, 1, 1, row);
  }
}
END_TEST

/* OEIS A051023 */
START_TEST(rule_30_makes_the_published_column) {
  static const char column[] = "11011100110001011001001110101110";
  for (long steps = 0; steps < 32; steps += 1 + steps / 4) {
    fmpz value[FAMILY_MAX_PARAMETERS] = {30, 65, steps, 0, 1 + steps % 3};
    struct trial t;
    fmpz_t x;
    fmpz_init(x);
    trial_init(&t, &task_rule, value);
    fmpz_setbit(x, 32);
    trial_judge_integers(&t, &task_rule, value, x);
    ck_assert_int_eq(fmpz_tstbit(t.answer, 32), column[steps] - '0');
    trial_clear(&t);
    fmpz_clear(x);
  }
}
END_TEST

/* Modulo 2 (x + 1/x)^512 = x^512 + x^-512. */
START_TEST(rule_90_knows_how_to_square) {
  fmpz value[FAMILY_MAX_PARAMETERS] = {90, 1500, 512, 1, 1};
  struct trial t;
  fmpz_t x;
  fmpz_init(x);
  trial_init(&t, &task_rule, value);
  fmpz_setbit(x, 700);
  trial_judge_integers(&t, &task_rule, value, x);
  fmpz_zero(x);
  fmpz_setbit(x, 700 - 512);
  fmpz_setbit(x, 700 + 512);
  ck_assert(fmpz_equal(t.answer, x));
  trial_clear(&t);
  fmpz_clear(x);
}
END_TEST

/* A million steps as one parity, against a million steps. */
START_TEST(shortcuts_end_where_steps_do) {
  static const long numbers[] = {60, 90, 105, 150, 195};
  fmpz value[FAMILY_MAX_PARAMETERS] = {numbers[_i], 13, 1000000, 1, 1};
  struct trial t;
  fmpz_t x;
  fmpz_init_set_ui(x, 0x1a57);
  trial_init(&t, &task_rule, value);
  trial_judge_integers(&t, &task_rule, value, x);
  trial_clear(&t);
  fmpz_clear(x);
}
END_TEST

int main(void) {
  const int n = sizeof cases / sizeof *cases;
  Suite *s = suite_create("cells");
  TCase *agree = tcase_create("agree"), *known = tcase_create("known");
  tcase_set_timeout(agree, 120);
  tcase_set_timeout(known, 120);
  tcase_add_loop_test(agree, run_circuit_and_reference_agree, 0, n);
  tcase_add_loop_test(agree, depth_and_gates_are_those_of_the_formula, 0, n);
  tcase_add_loop_test(known, rules_make_the_published_rows, 0,
                      sizeof published / sizeof *published);
  tcase_add_test(known, rule_30_makes_the_published_column);
  tcase_add_test(known, rule_90_knows_how_to_square);
  tcase_add_loop_test(known, shortcuts_end_where_steps_do, 0, 5);
  suite_add_tcase(s, agree);
  suite_add_tcase(s, known);
  return suite_run(s);
}
