/* check.h, one circuit against another */
#include "analysis/check.h"
#include "tests/suite.h"

#include <stdlib.h>

#include <check.h>

#include <flint/fmpz_vec.h>

/* y = [x0 + ... + x(n-1) >= t], and x. */
static void count(struct circuit *c, size_t n, long t) {
  circuit_init(c);
  for (size_t i = 0; i < n; i++)
    circuit_add_input(c);
  circuit_add_input_bus(c, "x", 1, (unsigned)n, false);
  for (size_t i = 0; i < n; i++)
    circuit_add_wire_si(c, c->inputs.at[i], 1);
  bit_id y = circuit_add_gate_si(c, t);
  circuit_add_output(c, y);
  circuit_add_output_bus(c, "y", 1, 1, false);
  for (size_t i = 0; i < n; i++)
    circuit_add_output(c, c->inputs.at[i]);
  circuit_add_output_bus(c, "z", 1, (unsigned)n, false);
}

static void compare(struct verdict *v, size_t n, long got, long expected,
                    enum evaluation how) {
  struct checking checking = {.vectors = 5000, .seed = 1, .evaluation = how};
  struct circuit c, d;
  count(&c, n, got);
  count(&d, n, expected);
  check_same(v, &c, &d, &checking);
  circuit_clear(&c);
  circuit_clear(&d);
}

START_TEST(every_vector_that_differs_is_counted_and_the_first_is_kept) {
  for (int how = EVALUATE_RUNGS; how <= EVALUATE_LADDERS; how++) {
    struct verdict v;
    compare(&v, 12, 5, 6, (enum evaluation)how); // 5 of 12 are 1
    ck_assert(v.is_exhaustive);
    ck_assert_uint_eq(v.vectors, 4096);
    ck_assert_uint_eq(v.mismatches, 792);
    ck_assert(fmpz_equal_ui(&v.input[0], 31));
    ck_assert(fmpz_equal_ui(&v.expected[0], 0));
    ck_assert(fmpz_equal_ui(&v.got[0], 1));
    ck_assert(fmpz_equal_ui(&v.expected[1], 31));
    ck_assert(fmpz_equal_ui(&v.got[1], 31));
    verdict_clear(&v);
  }
}
END_TEST

START_TEST(equal_circuits_do_not_differ) {
  for (size_t n = 1; n < 40; n += 4)
    for (int how = EVALUATE_RUNGS; how <= EVALUATE_LADDERS; how++) {
      struct verdict v;
      compare(&v, n, (long)n / 2, (long)n / 2, (enum evaluation)how);
      ck_assert_int_eq(v.is_exhaustive, n <= 24);
      ck_assert_uint_eq(v.vectors, n <= 24 ? (uint64_t)1 << n : 5000);
      ck_assert_uint_eq(v.mismatches, 0);
      verdict_clear(&v);
    }
}
END_TEST

/* All inputs 1: a random vector would not do. */
START_TEST(extreme_vectors_are_among_those_that_are_tried) {
  struct verdict v;
  compare(&v, 60, 60, 61, EVALUATE_RUNGS);
  ck_assert(!v.is_exhaustive);
  ck_assert_uint_ge(v.mismatches, 1);
  verdict_clear(&v);
}
END_TEST

int main(void) {
  Suite *s = suite_create("same");
  TCase *all = tcase_create("all");
  tcase_add_test(all,
                 every_vector_that_differs_is_counted_and_the_first_is_kept);
  tcase_add_test(all, equal_circuits_do_not_differ);
  tcase_add_test(all, extreme_vectors_are_among_those_that_are_tried);
  tcase_set_timeout(all, 60);
  suite_add_tcase(s, all);
  return suite_run(s);
}
