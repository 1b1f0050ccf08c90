/* Certificates: proved formulas hold of what is made, and are reached. */
#include "circuit/measure.h"
#include "compile/program/certify.h"
#include "compile/program/lower.h"
#include "compile/program/operations.h"

#include "tests/suite.h"

#include <check.h>
#include <stdlib.h>

static void clip(mpz_t y, const mpz_t x, const void *bound) {
  long b = *(const long *)bound;
  mpz_set(y, x);
  if (mpz_cmp_si(y, b) > 0)
    mpz_set_si(y, b);
  if (mpz_cmp_si(y, -b) < 0)
    mpz_set_si(y, -b);
}

static const long three = 3;
static const struct function clip_three = {clip, &three, true};

/* Depth equals what is made if `is_reached`, gates are no more. */
static void compare(const struct program *p, const struct certificate *k,
                    const long *value, bool is_reached) {
  struct instance in;
  struct error err = {0};
  struct circuit c;
  struct measure m;
  fmpz_t depth, gates, made;
  fmpz_init(depth), fmpz_init(gates), fmpz_init(made);
  ck_assert(instance_init(&in, p, value, &err));
  circuit_init(&c);
  program_lower(&in, &c);
  measure_init(&m);
  circuit_measure(&c, &m);
  ck_assert(formula_value(&k->formulas, depth, k->of_depth, value));
  ck_assert(formula_value(&k->formulas, gates, k->of_gates, value));
  if (is_reached)
    ck_assert_int_eq(fmpz_get_si(depth), (long)m.depth_inner);
  ck_assert_int_ge(fmpz_get_si(depth), (long)m.depth_inner);
  fmpz_set_mpz(made, m.gates_inner);
  ck_assert_int_ge(fmpz_cmp(gates, made), 0);
  measure_clear(&m);
  circuit_clear(&c);
  instance_clear(&in);
  fmpz_clear(depth), fmpz_clear(gates), fmpz_clear(made);
}

static void certify(struct certificate *k, const struct program *p) {
  struct error err = {0};
  ck_assert_msg(program_certify(k, p, NULL, &err), "%s", err.message);
}

/* h = clip(x_t + sum of h), over the rows of x: the last h, and all. */
static void add_recurrence(struct program *p, value_id x, size_id n, size_id d,
                           value_id h[2]) {
  struct sizes *t = &p->sizes;
  static const fmpz zeros[100] = {0};
  value_id h0 = program_constant(p, "h0", vector(d), zeros, 100);
  struct composition l;
  program_begin_loop(p, &l, "step", (value_id[]){h0, x}, 1, 1, n);
  value_id s = program_reshape(p, "s", program_sum(p, "sum", l.argument[0]),
                               vector(size_si(t, 1)));
  value_id z = program_add(p, "z", s, l.argument[1]);
  value_id y = program_apply_bounded(p, "h", z, &clip_three, 1, 3);
  program_end(p, &l, (value_id[]){y, y}, 2, h);
}

static void build_recurrence(struct program *p) {
  struct sizes *t = &p->sizes;
  size_id n = size_parameter(t, "n", 4, 1, 100);
  size_id d = size_parameter(t, "d", 2, 1, 100);
  value_id h[2];
  add_recurrence(p, program_input(p, "x", matrix(n, d), size_si(t, 2), true), n,
                 d, h);
  program_output(p, "y", h[0]);
}

START_TEST(a_recurrence_is_as_deep_as_its_rounds) {
  struct program p;
  struct certificate k;
  program_init(&p);
  build_recurrence(&p);
  certify(&k, &p);
  ck_assert_str_eq(k.depth, "n");
  ck_assert_str_eq(k.gates, "6*n*d");
  ck_assert(!k.is_constant);
  for (long n = 1; n <= 9; n++)
    for (long d = 1; d <= 3; d++)
      compare(&p, &k, (long[]){n, d}, d > 1);
  certificate_clear(&k);
  program_clear(&p);
}
END_TEST

/* Squares of clipped sums, in two loops one in the other. */
START_TEST(loops_in_loops_multiply) {
  struct program p;
  struct certificate k;
  struct composition outer, inner;
  value_id y[1], z[1];
  program_init(&p);
  struct sizes *t = &p.sizes;
  size_id n = size_parameter(t, "n", 4, 1, 100);
  size_id m = size_parameter(t, "m", 4, 1, 100);
  size_id two = size_si(t, 2);
  value_id x = program_input(&p, "x", vector(two), size_si(t, 3), true);
  program_begin_loop(&p, &outer, "outer", &x, 1, 0, n);
  program_begin_loop(&p, &inner, "inner", outer.argument, 1, 0, m);
  value_id s = program_add(
      &p, "s", inner.argument[0],
      program_reshape(&p, "r", program_sum(&p, "sum", inner.argument[0]),
                      vector(size_si(t, 1))));
  value_id c = program_apply_bounded(&p, "c", s, &clip_three, 1, 3);
  program_end(&p, &inner, &c, 1, y);
  value_id q = program_multiply(&p, "q", y[0], y[0]);
  value_id r = program_sub(&p, "w", q, program_roll(&p, "roll", q, 1));
  value_id b = program_apply_bounded(&p, "b", r, &clip_three, 1, 3);
  program_end(&p, &outer, &b, 1, z);
  program_output(&p, "y", z[0]);
  certify(&k, &p);
  ck_assert_str_eq(k.depth, "n*m+2*n");
  for (long i = 1; i <= 3; i++)
    for (long j = 1; j <= 3; j++)
      compare(&p, &k, (long[]){i, j}, false);
  certificate_clear(&k);
  program_clear(&p);
}
END_TEST

/* What is carried on comes from outside, three levels deep; a slice reads what
   was carried one level more. */
START_TEST(a_slice_is_as_deep_as_what_came_from_outside_a_round_before) {
  struct program p;
  struct certificate k;
  struct composition l;
  value_id y[2];
  program_init(&p);
  struct sizes *t = &p.sizes;
  size_id n = size_parameter(t, "n", 4, 1, 100), two = size_si(t, 2);
  value_id x = program_input(&p, "x", matrix(n, two), size_si(t, 3), true);
  value_id h = program_input(&p, "h", vector(two), size_si(t, 3), true);
  program_begin_loop(&p, &l, "step", (value_id[]){h, x}, 1, 1, n);
  value_id a = l.argument[1];
  for (int i = 0; i < 3; i++) {
    value_id s = program_add(&p, "s", a, program_roll(&p, "roll", a, 1));
    a = program_apply_bounded(&p, "a", s, &clip_three, 1, 3);
  }
  value_id b = program_add(&p, "t", l.argument[0],
                           program_roll(&p, "roll", l.argument[0], 1));
  b = program_apply_bounded(&p, "b", b, &clip_three, 1, 3);
  program_end(&p, &l, (value_id[]){a, b}, 2, y);
  program_output(&p, "h", y[0]);
  program_output(&p, "y", y[1]);
  certify(&k, &p);
  ck_assert_str_eq(k.depth, "4");
  for (long i = 1; i <= 4; i++)
    compare(&p, &k, (long[]){i}, i > 1);
  certificate_clear(&k);
  program_clear(&p);
}
END_TEST

/* One recurrence on the values of another: row by row they go side by side,
   but not where the second begins with a row that the first one ends with. */
static const struct {
  int rolls;
  const char *depth;
} paired[] = {{0, "n+1"}, {1, "2*n-1"}};

START_TEST(recurrences_row_by_row_go_side_by_side) {
  struct program p;
  struct certificate k;
  program_init(&p);
  struct sizes *t = &p.sizes;
  size_id n = size_parameter(t, "n", 4, 2, 100);
  size_id d = size_parameter(t, "d", 2, 2, 100);
  value_id x = program_input(&p, "x", matrix(n, d), size_si(t, 2), true);
  value_id h[2];
  add_recurrence(&p, x, n, d, h);
  value_id y = h[1];
  if (paired[_i].rolls) {
    y = program_transpose(&p, "y", y, (unsigned[]){1, 0});
    y = program_roll(&p, "y", y, -1);
    y = program_transpose(&p, "y", y, (unsigned[]){1, 0});
  }
  add_recurrence(&p, y, n, d, h);
  program_output(&p, "y", h[1]);
  certify(&k, &p);
  ck_assert_str_eq(k.depth, paired[_i].depth);
  for (long i = 2; i <= 9; i++)
    for (long j = 2; j <= 3; j++)
      compare(&p, &k, (long[]){i, j}, true);
  certificate_clear(&k);
  program_clear(&p);
}
END_TEST

/* The same any number of times. */
START_TEST(layers_of_recurrences_add_up) {
  struct program p;
  struct certificate k;
  struct composition l;
  value_id y[1];
  program_init(&p);
  struct sizes *t = &p.sizes;
  size_id n = size_parameter(t, "n", 4, 2, 100);
  size_id layers = size_parameter(t, "layers", 2, 1, 100), d = size_si(t, 2);
  value_id x = program_input(&p, "x", matrix(n, d), size_si(t, 2), true);
  program_begin_loop(&p, &l, "layer", &x, 1, 0, layers);
  value_id h[2];
  add_recurrence(&p, l.argument[0], n, d, h);
  program_end(&p, &l, &h[1], 1, y);
  program_output(&p, "y", y[0]);
  certify(&k, &p);
  ck_assert_str_eq(k.depth, "n+layers-1");
  for (long i = 2; i <= 9; i++)
    for (long j = 1; j <= 4; j++)
      compare(&p, &k, (long[]){i, j}, true);
  certificate_clear(&k);
  program_clear(&p);
}
END_TEST

/* Powers by hand: of 3n^2m - n^5 + n^2 + 5nk + 7m, where k = ceil(log2(n)). */
START_TEST(growth_has_the_greatest_powers_of_a_parameter) {
  static const char *const want[] = {"n^2+n*ceil(log2(n))", "m", "1"};
  struct program p;
  struct formulas f;
  fmpz_mpoly_t a;
  program_init(&p);
  struct sizes *t = &p.sizes;
  size_id n = size_parameter(t, "n", 4, 1, 100);
  size_parameter(t, "m", 2, 1, 100);
  size_parameter(t, "q", 2, 1, 100);
  size_log2(t, n);
  formulas_init(&f, &p);
  fmpz_mpoly_init(a, f.ring);
  const char *names[] = {"n", "m", "q", "k"};
  ck_assert_int_eq(
      fmpz_mpoly_set_str_pretty(a, "3*n^2*m-n^5+n^2+5*n*k+7*m", names, f.ring),
      0);
  for (size_t i = 0; i < 3; i++) {
    char *text = formula_growth(&f, a, i);
    ck_assert_str_eq(text, want[i]);
    free(text);
  }
  fmpz_mpoly_zero(a, f.ring);
  char *text = formula_growth(&f, a, 0);
  ck_assert_str_eq(text, "1");
  free(text);
  fmpz_mpoly_clear(a, f.ring);
  formulas_clear(&f);
  program_clear(&p);
}
END_TEST

/* The product of two takes a level, and clipping another; the second value goes
   along for nothing. */
START_TEST(a_tree_is_as_deep_as_its_levels) {
  struct program p;
  struct certificate k;
  struct composition c;
  program_init(&p);
  struct sizes *t = &p.sizes;
  size_id n = size_parameter(t, "n", 4, 1, 100), two = size_si(t, 2);
  value_id x = program_input(&p, "x", matrix(n, two), two, true), y[2];
  program_begin_tree(&p, &c, "tree", (value_id[]){x, x}, 2, n);
  value_id s = program_sub(
      &p, "s", program_multiply(&p, "product", c.argument[0], c.argument[2]),
      program_roll(&p, "roll", c.argument[1], 1));
  y[0] = program_apply_bounded(&p, "clip", s, &clip_three, 1, 3);
  program_end(&p, &c, (value_id[]){y[0], c.argument[3]}, 2, y);
  program_output(&p, "y", y[0]);
  program_output(&p, "last", y[1]);
  certify(&k, &p);
  ck_assert_str_eq(k.depth, "2*ceil(log2(n))+1");
  for (long i = 1; i <= 20; i++)
    compare(&p, &k, &i, false);
  certificate_clear(&k);
  program_clear(&p);
}
END_TEST

/* What a round makes is one level above what is carried on by two, and in no
   rounds is no level below. */
START_TEST(no_rounds_are_no_less_than_0_levels) {
  struct program p;
  struct certificate k;
  struct composition c;
  program_init(&p);
  struct sizes *t = &p.sizes;
  size_id n = size_parameter(t, "n", 4, 0, 100), two = size_si(t, 2);
  value_id x = program_input(&p, "x", vector(two), size_si(t, 3), true), y[2];
  program_begin_loop(&p, &c, "loop", (value_id[]){x, x}, 2, 0, n);
  value_id s = program_sub(&p, "s", c.argument[1],
                           program_roll(&p, "roll", c.argument[1], 1));
  y[0] = program_apply_bounded(&p, "first", s, &clip_three, 1, 3);
  s = program_sub(&p, "t", y[0], program_roll(&p, "roll", y[0], 1));
  y[1] = program_apply_bounded(&p, "second", s, &clip_three, 1, 3);
  program_end(&p, &c, y, 2, y);
  s = program_sub(&p, "u", y[0], program_roll(&p, "roll", y[0], 1));
  program_output(&p, "y",
                 program_apply_bounded(&p, "last", s, &clip_three, 1, 3));
  certify(&k, &p);
  ck_assert_str_eq(k.depth, "2*n+1");
  for (long i = 0; i <= 5; i++)
    compare(&p, &k, &i, false);
  certificate_clear(&k);
  program_clear(&p);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("certify");
  TCase *tests = tcase_create("certify");
  tcase_set_timeout(tests, 120);
  tcase_add_test(tests, a_recurrence_is_as_deep_as_its_rounds);
  tcase_add_test(tests, loops_in_loops_multiply);
  tcase_add_test(tests,
                 a_slice_is_as_deep_as_what_came_from_outside_a_round_before);
  tcase_add_loop_test(tests, recurrences_row_by_row_go_side_by_side, 0, 2);
  tcase_add_test(tests, layers_of_recurrences_add_up);
  tcase_add_test(tests, growth_has_the_greatest_powers_of_a_parameter);
  tcase_add_test(tests, a_tree_is_as_deep_as_its_levels);
  tcase_add_test(tests, no_rounds_are_no_less_than_0_levels);
  suite_add_tcase(suite, tests);
  return suite_run(suite);
}
