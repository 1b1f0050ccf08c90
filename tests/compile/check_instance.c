/* instance.h: what is wrong with lengths and parameters */
#include "tests/compile/trial.h"
#include "tests/compile/written.h"
#include "tests/suite.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

/* ---- Errors ---- */

static void refused(long n, const char *message) {
  const char *got = trial_refuse(&p, &n);
  ck_assert_msg(got && !strcmp(got, message), "%s", got ? got : "accepted");
}

static size_id parameter(long least, long most) {
  return size_parameter(&p.sizes, "n", least, least, most);
}

START_TEST(parameters_out_of_range_are_refused) {
  parameter(1, 100);
  refused(0, "n=0: must be from 1 to 100");
  refused(101, "n=101: must be from 1 to 100");
  refused(LONG_MIN, "n=-9223372036854775808: must be from 1 to 100");
  ck_assert_ptr_null(trial_refuse(&p, (long[]){100}));
}
END_TEST

START_TEST(lengths_without_a_value_are_refused) {
  size_id n = parameter(LONG_MIN, LONG_MAX);
  size_id less = size_sub(&p.sizes, n, si(3));
  program_constant(&p, "constant", vector(less), NULL, 0);
  refused(2, "the size n-3 is below 0 or too large");
  refused(LONG_MIN, "the size n-3 is below 0 or too large");
  ck_assert_ptr_null(trial_refuse(&p, (long[]){3}));
  refused(LONG_MAX, "a value of more than 2^60 integers");
  input(matrix(n, n), 1, false);
  refused(1L << 30 | 1, "a value of more than 2^60 integers");
}
END_TEST

START_TEST(ports_of_no_bits_or_too_many_are_refused) {
  size_id n = parameter(-1, LONG_MAX);
  program_input(&p, "x", scalar(), n, false);
  refused(0, "the size n is below 1 or too large");
  refused((1L << 60) + 1, "more than 2^60 input bits");
  again();
  n = parameter(-1, LONG_MAX);
  program_input(&p, "x", row(2), n, false);
  refused((1L << 59) + 1, "more than 2^60 input bits");
  again();
  n = parameter(-1, 9);
  program_output_width(&p, "y", input(scalar(), 1, false), n, false);
  refused(-1, "the size n is below 0 or too large");
}
END_TEST

START_TEST(thresholds_without_a_value_are_refused) {
  size_id n = parameter(0, LONG_MAX);
  program_at_least(&p, "y", input(scalar(), 1, false),
                   size_mul(&p.sizes, n, n));
  refused(LONG_MAX, "the size n*n is below -9223372036854775808 or too large");
  ck_assert_ptr_null(trial_refuse(&p, (long[]){5}));
}
END_TEST

START_TEST(slices_beyond_the_end_are_refused) {
  size_id n = parameter(-5, 20);
  program_slice(&p, "s", input(row(5), 1, false), 0, n, si(2));
  refused(4, "s: 2 integers from place 4 on, of 5");
  refused(20, "s: 2 integers from place 20 on, of 5");
  refused(-1, "the size n is below 0 or too large");
  ck_assert_ptr_null(trial_refuse(&p, (long[]){3}));
  again();
  n = parameter(0, 20);
  program_slice(&p, "s", input(row(5), 1, false), 0, si(0), n);
  refused(6, "s: 6 integers from place 0 on, of 5");
  ck_assert_ptr_null(trial_refuse(&p, (long[]){5}));
}
END_TEST

START_TEST(lengths_that_do_not_suit_each_other_are_refused) {
  size_id n = parameter(0, 20);
  program_reshape(&p, "r", input(matrix(n, n), 1, false), row(4));
  refused(3, "r: 9 integers into a shape of 4");
  ck_assert_ptr_null(trial_refuse(&p, (long[]){2}));
  again();
  n = parameter(0, 20);
  value_id x[] = {input(matrix(si(2), n), 1, false),
                  input(matrix(si(1), si(4)), 1, false)};
  program_concat(&p, "c", x, 2, 0);
  refused(3, "c: axes of lengths 4 and 3 side by side");
  ck_assert_ptr_null(trial_refuse(&p, (long[]){4}));
  again();
  n = parameter(0, 20);
  program_apply(&p, "a", input(vector(n), 1, false),
                (struct function[]){squares, squares}, 2);
  refused(3, "a: 2 functions do not suit the last axis");
  ck_assert_ptr_null(trial_refuse(&p, (long[]){2}));
}
END_TEST

static void loop_of(value_id x, size_t carried, size_id rounds) {
  struct composition l;
  program_begin_loop(&p, &l, "l", &x, carried, 1 - carried, rounds);
  program_end(&p, &l, l.argument, 1, &x);
}

START_TEST(rounds_below_zero_or_without_slices_are_refused) {
  size_id n = parameter(-1, 20);
  loop_of(input(scalar(), 1, false), 1, n);
  refused(-1, "the size n is below 0 or too large");
  ck_assert_ptr_null(trial_refuse(&p, (long[]){0}));
  again();
  n = parameter(0, 20);
  loop_of(input(row(3), 1, false), 0, n);
  refused(4, "l: 4 rounds over 3 slices");
  ck_assert_ptr_null(trial_refuse(&p, (long[]){3}));
  again();
  n = parameter(0, 20);
  struct composition t;
  value_id x = input(vector(n), 1, false);
  program_begin_tree(&p, &t, "t", &x, 1, n);
  program_end(&p, &t, t.argument, 1, &x);
  refused(0, "the size n is below 1 or too large");
  ck_assert_ptr_null(trial_refuse(&p, (long[]){1}));
}
END_TEST

int main(void) {
  Suite *s = suite_create("instance");
  TCase *all = tcase_create("all");
  const TTest *const tests[] = {
      parameters_out_of_range_are_refused,
      lengths_without_a_value_are_refused,
      ports_of_no_bits_or_too_many_are_refused,
      thresholds_without_a_value_are_refused,
      slices_beyond_the_end_are_refused,
      lengths_that_do_not_suit_each_other_are_refused,
      rounds_below_zero_or_without_slices_are_refused};
  tcase_add_checked_fixture(all, setup, teardown);
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
    tcase_add_test(all, tests[i]);
  tcase_set_timeout(all, 60);
  suite_add_tcase(s, all);
  return suite_run(s);
}
