/* Counts are those of the circuit that lower makes, to the last wire. */
#include "compile/program/count.h"
#include "compile/program/lower.h"
#include "compile/program/operations.h"

#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>

static void same(const char *what, const mpz_t made, const mpz_t counted) {
  if (!mpz_cmp(made, counted))
    return;
  char *m = mpz_get_str(NULL, 10, made), *k = mpz_get_str(NULL, 10, counted);
  ck_abort_msg("%s: %s are made, %s counted", what, m, k);
}

static void check_program(const struct program *p, const long *value) {
  struct count count;
  struct instance in;
  struct error err = {0};
  struct circuit c;
  struct measure m;
  ck_assert_msg(program_count(&count, p, value, NULL, &err), "%s", err.message);
  ck_assert(instance_init(&in, p, value, &err));
  circuit_init(&c);
  program_lower(&in, &c);
  measure_init(&m);
  circuit_measure(&c, &m);
  same("gates", m.gates, count.m.gates);
  same("inner gates", m.gates_inner, count.m.gates_inner);
  same("wires", m.wires, count.m.wires);
  same("shared wires", m.wires_shared, count.m.wires_shared);
  same("stored wires", m.wires_stored, count.m.wires_stored);
  same("weight", m.weight, count.m.weight);
  ck_assert_uint_eq(m.depth, count.m.depth);
  ck_assert_uint_eq(m.depth_inner, count.m.depth_inner);
  ck_assert_uint_eq(m.ladders, count.m.ladders);
  ck_assert_uint_eq(m.weight_bits, count.m.weight_bits);
  ck_assert_uint_eq(m.fan_in, count.m.fan_in);
  ck_assert_uint_eq(m.inputs, count.m.inputs);
  ck_assert_uint_eq(m.outputs, count.m.outputs);
  measure_clear(&m);
  circuit_clear(&c);
  instance_clear(&in);
  count_clear(&count);
}

static void clip(mpz_t y, const mpz_t x, const void *bound) {
  long b = *(const long *)bound;
  mpz_set(y, x);
  if (mpz_cmp_si(y, b) > 0)
    mpz_set_si(y, b);
  if (mpz_cmp_si(y, -b) < 0)
    mpz_set_si(y, -b);
}

static void square(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_mul(y, x, x);
}

/* x - mean, clipped; its squares added up, clipped, and added to x: one ladder
   read by its own place and by all. */
START_TEST(what_reads_its_own_place_and_all_others_is_counted) {
  static const long bound = 5;
  for (long n = 1; n <= 3; n++)
    for (long d = 1; d <= 7; d++)
      for (size_t period = 1; period <= 3; period++) {
        struct program p;
        program_init(&p);
        size_id rows = size_parameter(&p.sizes, "n", 1, 1, 100);
        size_id columns = size_parameter(&p.sizes, "d", 1, 1, 100);
        size_id one = size_si(&p.sizes, 1);
        program_exchange(&p, rows, 1);
        program_exchange(&p, columns, period);
        value_id x = program_input(&p, "x", matrix(rows, columns),
                                   size_si(&p.sizes, 3), true);
        value_id s = program_reshape(&p, "s", program_sum(&p, "sum", x),
                                     matrix(rows, one));
        struct function f = {clip, &bound, true}, g = {square, NULL, false};
        value_id c =
            program_combine(&p, "c", (value_id[]){x, s}, (long[]){d, -1}, 2, 1);
        value_id y = program_apply(&p, "y", c, &f, 1);
        value_id v = program_sum(&p, "v", program_apply(&p, "y2", y, &g, 1));
        value_id w = program_combine(
            &p, "w",
            (value_id[]){program_reshape(&p, "v1", v, matrix(rows, one)), c, y},
            (long[]){1, 2, -3}, 3, 0);
        program_output(&p, "z", program_apply(&p, "z", w, &f, 1));
        program_output(&p, "y", y);
        check_program(&p, (long[]){n, d});
        program_clear(&p);
      }
}
END_TEST

/* x = clip of (x + sum of squares), again and again, and something beside that
   only the first rounds' input reads. */
START_TEST(rounds_that_are_alike_are_counted_once) {
  static const long bound = 4;
  for (long n = 1; n <= 9; n++)
    for (long d = 1; d <= 3; d++) {
      struct program p;
      struct composition l;
      program_init(&p);
      size_id rounds = size_parameter(&p.sizes, "n", 1, 1, 100);
      size_id columns = size_parameter(&p.sizes, "d", 1, 1, 100);
      program_exchange(&p, columns, 2);
      struct function f = {clip, &bound, true}, g = {square, NULL, false};
      value_id y, x = program_input(&p, "x", vector(columns),
                                    size_si(&p.sizes, 3), true);
      program_begin_loop(&p, &l, "round", &x, 1, 0, rounds);
      value_id h = program_apply(&p, "h", l.argument[0], &f, 1);
      value_id s = program_sum(&p, "s", program_apply(&p, "h2", h, &g, 1));
      value_id t = program_add(
          &p, "t", l.argument[0],
          program_reshape(&p, "s1", s, vector(size_si(&p.sizes, 1))));
      value_id z = program_apply(&p, "z", t, &f, 1);
      value_id e = program_sub(&p, "e", z, h);
      program_end(&p, &l, &e, 1, &y);
      program_output(&p, "y", program_apply(&p, "last", y, &f, 1));
      check_program(&p, (long[]){n, d});
      program_clear(&p);
    }
}
END_TEST

/* Two layers of repeated weights, the second as wide as the first is long. */
START_TEST(weights_that_repeat_are_counted_by_class) {
  static const long bound = 4;
  static const fmpz a[] = {1, -2, 3, -1, 2, 2}, b[] = {2, -1, 1, 1},
                    c[] = {-1, 2};
  for (long d = 1; d <= 6; d++)
    for (long f = 1; f <= 5; f++) {
      struct program p;
      program_init(&p);
      size_id n = size_parameter(&p.sizes, "n", 1, 1, 100);
      size_id columns = size_parameter(&p.sizes, "d", 1, 1, 100);
      size_id hidden = size_parameter(&p.sizes, "f", 1, 1, 100);
      program_exchange(&p, n, 1);
      program_exchange(&p, columns, 6);
      program_exchange(&p, hidden, 2);
      struct function g = {clip, &bound, true};
      value_id x = program_input(&p, "x", matrix(n, columns),
                                 size_si(&p.sizes, 2), true);
      value_id h = program_linear_matrix(&p, "h", x, hidden,
                                         &(struct matrix){2, 3, a}, NULL);
      h = program_apply(&p, "g", h, &g, 1);
      value_id y = program_linear_matrix(&p, "y", h, columns,
                                         &(struct matrix){2, 2, b}, c);
      value_id z =
          program_combine(&p, "z", (value_id[]){x, y}, (long[]){3, 1}, 2, 0);
      program_output(&p, "z", program_apply(&p, "gz", z, &g, 1));
      check_program(&p, (long[]){2, d, f});
      program_clear(&p);
    }
}
END_TEST

int main(void) {
  Suite *suite = suite_create("count");
  TCase *tests = tcase_create("count");
  tcase_set_timeout(tests, 120);
  tcase_add_test(tests, what_reads_its_own_place_and_all_others_is_counted);
  tcase_add_test(tests, rounds_that_are_alike_are_counted_once);
  tcase_add_test(tests, weights_that_repeat_are_counted_by_class);
  suite_add_tcase(suite, tests);
  return suite_run(suite);
}
