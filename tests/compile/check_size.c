/* size.h */
#include "compile/program/size.h"
#include "tests/suite.h"

#include <limits.h>
#include <stdlib.h>

#include <check.h>

static struct sizes t;
static size_id n, m;

static void setup(void) {
  t = (struct sizes){0};
  n = size_parameter(&t, "n", 8, 1, 1000);
  m = size_parameter(&t, "m", 8, 1, 1000);
}

static void teardown(void) {
  sizes_clear(&t);
}

static void is(size_id s, long vn, long vm, long expected) {
  long value;
  ck_assert(size_value(&t, s, (long[]){vn, vm}, &value));
  ck_assert_int_eq(value, expected);
}

static void has_none(size_id s, long vn, long vm) {
  long value;
  ck_assert(!size_value(&t, s, (long[]){vn, vm}, &value));
}

static void reads(size_id s, const char *expected) {
  char *text = size_text(&t, s);
  ck_assert_str_eq(text, expected);
  free(text);
}

static size_id si(long value) {
  return size_si(&t, value);
}

START_TEST(sums_differences_and_products_have_their_values) {
  is(size_add(&t, n, m), 3, 4, 7);
  is(size_sub(&t, n, m), 3, 4, -1);
  is(size_mul(&t, n, m), 3, 4, 12);
  is(size_mul(&t, size_sub(&t, n, m), size_add(&t, n, si(2))), 3, 5, -10);
  is(si(LONG_MIN), 0, 0, LONG_MIN);
}
END_TEST

START_TEST(quotients_are_rounded_down) {
  size_id s = size_div(&t, n, m);
  for (long a = -20; a <= 20; a++)
    for (long b = 1; b <= 7; b++) {
      long q = -30; // the greatest q with q * b <= a
      while ((q + 1) * b <= a)
        q++;
      is(s, a, b, q);
    }
  is(s, LONG_MIN, 1, LONG_MIN);
  is(s, LONG_MIN, LONG_MAX, -2);
  is(s, LONG_MAX, LONG_MAX, 1);
}
END_TEST

START_TEST(logarithms_are_rounded_up) {
  size_id s = size_log2(&t, n);
  is(s, LONG_MIN, 0, 0);
  is(s, -1, 0, 0);
  is(s, 0, 0, 0);
  is(s, 1, 0, 0);
  for (int k = 1; k <= 62; k++) {
    is(s, 1L << k, 0, k);
    if (k > 1)
      is(s, (1L << k) - 1, 0, k);
    if (k < 62)
      is(s, (1L << k) + 1, 0, k + 1);
  }
}
END_TEST

START_TEST(values_that_do_not_fit_are_none) {
  size_id sum = size_add(&t, n, m), difference = size_sub(&t, n, m),
          product = size_mul(&t, n, m), quotient = size_div(&t, n, m);
  has_none(sum, LONG_MAX, 1);
  has_none(sum, LONG_MIN, -1);
  is(sum, LONG_MAX, 0, LONG_MAX);
  has_none(difference, LONG_MIN, 1);
  has_none(difference, 0, LONG_MIN);
  is(difference, -1, LONG_MIN, LONG_MAX);
  has_none(product, LONG_MAX / 2 + 1, 2);
  has_none(product, LONG_MIN, -1);
  is(product, LONG_MIN, 1, LONG_MIN);
  has_none(quotient, 1, 0);
  has_none(quotient, 1, -1);
  has_none(quotient, LONG_MIN, -1);
  has_none(size_log2(&t, n), (1L << 62) + 1, 0);
  has_none(size_log2(&t, n), LONG_MAX, 0);
}
END_TEST

/* Also where the sum would come back into range. */
START_TEST(what_reads_a_size_without_a_value_has_none) {
  size_id big = size_mul(&t, n, n);
  has_none(size_sub(&t, big, big), LONG_MAX, 0);
  has_none(size_mul(&t, size_si(&t, 0), big), LONG_MAX, 0);
  has_none(size_log2(&t, big), LONG_MAX, 0);
}
END_TEST

START_TEST(constants_are_folded_unless_they_have_no_value) {
  ck_assert_uint_eq(size_add(&t, si(3), si(4)), si(7));
  ck_assert_uint_eq(size_sub(&t, si(3), si(4)), si(-1));
  ck_assert_uint_eq(size_mul(&t, si(3), si(4)), si(12));
  ck_assert_uint_eq(size_div(&t, si(-7), si(2)), si(-4));
  ck_assert_uint_eq(size_log2(&t, si(9)), si(4));
  has_none(size_add(&t, si(LONG_MAX), si(1)), 0, 0);
  has_none(size_div(&t, si(1), si(0)), 0, 0);
  reads(size_div(&t, si(1), si(0)), "floor(1/0)");
}
END_TEST

START_TEST(equal_expressions_are_one) {
  size_id a = size_add(&t, n, size_mul(&t, m, n));
  size_t nodes = t.nodes.n;
  ck_assert_uint_eq(size_add(&t, n, size_mul(&t, m, n)), a);
  ck_assert_uint_eq(t.nodes.n, nodes);
  ck_assert_uint_ne(size_add(&t, m, size_mul(&t, m, n)), a);
  ck_assert_uint_ne(size_sub(&t, n, size_mul(&t, m, n)), a);
  ck_assert_uint_ne(size_mul(&t, n, m), size_div(&t, n, m));
  ck_assert_uint_ne(n, m);
}
END_TEST

START_TEST(many_constants_are_found_again) {
  enum {
    MANY = 5000
  };
  static size_id id[MANY];
  for (long i = 0; i < MANY; i++)
    id[i] = size_add(&t, n, si(i * i - 1000));
  for (long i = 0; i < MANY; i++) {
    ck_assert_uint_eq(size_add(&t, n, si(i * i - 1000)), id[i]);
    is(id[i], 7, 0, i * i - 1000 + 7);
  }
}
END_TEST

START_TEST(the_text_has_the_brackets_it_needs_and_no_more) {
  size_id one = si(1), sum = size_add(&t, n, one);
  reads(si(-3), "-3");
  reads(n, "n");
  reads(sum, "n+1");
  reads(size_mul(&t, sum, m), "(n+1)*m");
  reads(size_mul(&t, m, sum), "m*(n+1)");
  reads(size_add(&t, size_mul(&t, m, n), n), "m*n+n");
  reads(size_sub(&t, n, sum), "n-(n+1)");
  reads(size_sub(&t, sum, n), "n+1-n");
  reads(size_add(&t, n, size_sub(&t, m, n)), "n+m-n");
  reads(size_sub(&t, n, size_mul(&t, m, n)), "n-m*n");
  reads(size_div(&t, sum, m), "floor((n+1)/m)");
  reads(size_div(&t, size_mul(&t, n, n), size_mul(&t, m, n)),
        "floor(n*n/(m*n))");
  reads(size_log2(&t, sum), "ceil(log2(n+1))");
  reads(size_mul(&t, size_log2(&t, sum), sum), "ceil(log2(n+1))*(n+1)");
}
END_TEST

/* 9999 - (9998 - ( ... (0 - n))). */
START_TEST(an_expression_may_be_deep) {
  size_id s = n;
  for (long i = 0; i < 10000; i++)
    s = size_sub(&t, size_si(&t, i), s);
  is(s, 3, 0, 5000 + 3);
  char *text = size_text(&t, s);
  ck_assert_int_eq(text[0], '9');
  free(text);
}
END_TEST

int main(void) {
  Suite *s = suite_create("size");
  TCase *all = tcase_create("all");
  tcase_add_checked_fixture(all, setup, teardown);
  tcase_add_test(all, sums_differences_and_products_have_their_values);
  tcase_add_test(all, quotients_are_rounded_down);
  tcase_add_test(all, logarithms_are_rounded_up);
  tcase_add_test(all, values_that_do_not_fit_are_none);
  tcase_add_test(all, what_reads_a_size_without_a_value_has_none);
  tcase_add_test(all, constants_are_folded_unless_they_have_no_value);
  tcase_add_test(all, equal_expressions_are_one);
  tcase_add_test(all, many_constants_are_found_again);
  tcase_add_test(all, the_text_has_the_brackets_it_needs_and_no_more);
  tcase_add_test(all, an_expression_may_be_deep);
  suite_add_tcase(s, all);
  return suite_run(s);
}
