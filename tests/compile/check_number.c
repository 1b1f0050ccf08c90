/* number.c: linear forms, and functions of one number. */
#include "compile/summands.h"
#include "tests/compile/scene.h"
#include "tests/suite.h"

#include <stdlib.h>

#include <check.h>

static int rounds(int quick) {
  return is_full_run() ? 50 * quick : quick;
}

/* ---- Against plain arithmetic, on every input of small scenes ---- */

static void copy(mpz_t *y, const long *x, const void *context) {
  (void)context;
  for (int i = 0; i < SCENE_OPERANDS; i++)
    mpz_set_si(y[i], x[i]);
}

START_TEST(operands_have_their_values) {
  struct scene s;
  scene_init(&s, (unsigned)_i);
  scene_judge(&s, s.x, SCENE_OPERANDS, copy, NULL);
  scene_clear(&s);
}
END_TEST

static void linear(mpz_t *y, const long *x, const void *context) {
  const long *w = context;
  mpz_set_si(y[0], 7);
  for (int i = 0; i < SCENE_OPERANDS; i++)
    mpz_set_si(y[0], mpz_get_si(y[0]) + w[i] * x[i]);
  mpz_set_si(y[1], x[0] + x[1]);
  mpz_set_si(y[2], x[0] - x[1]);
  mpz_set_si(y[3], x[0] + w[0] * x[1]);
  mpz_set_si(y[4], w[1] * x[0]);
  mpz_set_si(y[5], 8 * x[2]);
  mpz_set_si(y[6], x[3] - 5);
  mpz_set_si(y[7], x[2] - x[2]);
}

START_TEST(linear_forms_agree_and_cost_nothing) {
  struct scene s;
  scene_init(&s, (unsigned)_i);
  struct number *r = numbers_new(8);
  const struct number *x[SCENE_OPERANDS];
  mpz_t weight[SCENE_OPERANDS], seven;
  long w[SCENE_OPERANDS];
  mpz_init_set_si(seven, 7);
  for (int i = 0; i < SCENE_OPERANDS; i++) {
    x[i] = &s.x[i];
    w[i] = rand() % 9 - 4;
    mpz_init_set_si(weight[i], w[i]);
  }
  size_t bits = s.c.bits.n;
  number_linear(&s.c, &r[0], x, (const mpz_t *)weight, SCENE_OPERANDS, seven);
  number_add(&s.c, &r[1], x[0], x[1]);
  number_sub(&s.c, &r[2], x[0], x[1]);
  number_set(&r[3], x[0]);
  number_addmul_si(&s.c, &r[3], x[1], w[0]);
  number_mul_si(&s.c, &r[4], x[0], w[1]);
  number_mul_2exp(&s.c, &r[5], x[2], 3);
  number_add_si(&r[6], x[3], -5);
  number_sub(&s.c, &r[7], x[2], x[2]);
  ck_assert_uint_eq(s.c.bits.n, bits);
  ck_assert(number_is_constant(&r[7]));
  scene_judge(&s, r, 8, linear, w);
  for (int i = 0; i < SCENE_OPERANDS; i++)
    mpz_clear(weight[i]);
  mpz_clear(seven);
  numbers_free(r, 8);
  scene_clear(&s);
}
END_TEST

enum {
  ROWS = 8
};

struct matrix {
  mpz_t weight[ROWS][SCENE_OPERANDS];
};

/* Weights of one word and of several; row 0 has none, row 1 one. */
static void draw_matrix(struct matrix *m) {
  static const unsigned long bits[] = {0, 0, 31, 62, 63, 64, 130};
  for (int j = 0; j < ROWS; j++)
    for (int i = 0; i < SCENE_OPERANDS; i++) {
      mpz_init_set_si(m->weight[j][i], rand() % 5 - 2);
      if (j == 0 || (j == 1 && i))
        mpz_set_ui(m->weight[j][i], 0);
      mpz_mul_2exp(m->weight[j][i], m->weight[j][i], bits[rand() % 7]);
    }
}

static void times_matrix(mpz_t *y, const long *x, const void *context) {
  const struct matrix *m = context;
  mpz_t part;
  mpz_init(part);
  for (int j = 0; j < ROWS; j++) {
    mpz_set_si(y[j], j % 2 ? 7 : 0);
    for (int i = 0; i < SCENE_OPERANDS; i++) {
      mpz_mul_si(part, m->weight[j][i], x[i]);
      mpz_add(y[j], y[j], part);
    }
  }
  mpz_clear(part);
}

START_TEST(a_matrix_of_weights_gives_its_products) {
  struct scene s;
  struct summands all;
  struct matrix m;
  scene_init(&s, (unsigned)_i);
  struct number *r = numbers_new(ROWS);
  const struct number *x[SCENE_OPERANDS];
  mpz_t seven;
  mpz_init_set_si(seven, 7);
  draw_matrix(&m);
  for (int i = 0; i < SCENE_OPERANDS; i++)
    x[i] = &s.x[i];
  size_t bits = s.c.bits.n;
  summands_init(&all, &s.c, x, SCENE_OPERANDS);
  for (int j = 0; j < ROWS; j++)
    summands_linear(&s.c, &r[j], &all, (const mpz_t *)m.weight[j],
                    j % 2 ? seven : NULL);
  summands_clear(&all);
  ck_assert_uint_eq(s.c.bits.n, bits);
  ck_assert(number_is_constant(&r[0]));
  scene_judge(&s, r, ROWS, times_matrix, &m);
  for (int j = 0; j < ROWS; j++)
    for (int i = 0; i < SCENE_OPERANDS; i++)
      mpz_clear(m.weight[j][i]);
  mpz_clear(seven);
  numbers_free(r, ROWS);
  scene_clear(&s);
}
END_TEST

/* Equal functions of the same ladders are equal numbers. */
START_TEST(equal_sums_are_equal_numbers) {
  struct scene s;
  scene_init(&s, (unsigned)_i);
  struct number a, b;
  number_init(&a);
  number_init(&b);
  number_sub(&s.c, &a, &s.x[0], &s.x[1]); // (x0 - x1) + 2 x1 + x2
  number_addmul_si(&s.c, &a, &s.x[1], 2);
  number_add(&s.c, &a, &a, &s.x[2]);
  number_add(&s.c, &b, &s.x[2], &s.x[1]); // (x2 + x1) + x0
  number_add(&s.c, &b, &b, &s.x[0]);
  ck_assert_uint_eq(a.terms.n, b.terms.n);
  ck_assert(!mpz_cmp(a.constant, b.constant));
  for (size_t i = 0; i < a.terms.n; i++) {
    ck_assert_uint_eq(a.terms.at[i].source, b.terms.at[i].source);
    ck_assert_uint_eq(a.terms.at[i].weight, b.terms.at[i].weight);
  }
  number_clear(&a);
  number_clear(&b);
  scene_clear(&s);
}
END_TEST

static const int all_tables[SCENE_TABLES] = {0, 1, 2, 3, 4, 5, 6, 7};

static void tables(mpz_t *y, const long *x, const void *context) {
  (void)context;
  for (int i = 0; i < SCENE_TABLES; i++)
    mpz_set_si(y[i], scene_table(i, x[0]));
  for (int i = 0; i < SCENE_TABLES; i++) // 3 is the busiest table
    mpz_set_si(y[SCENE_TABLES + i], scene_table(i, scene_table(3, x[0])));
}

/* Places in [lo..hi] where f changes, a gate each. */
static size_t count_changes(int table, const struct number *x) {
  size_t n = 0;
  for (long v = mpz_get_si(x->lo) + 1; v <= mpz_get_si(x->hi); v++)
    n += scene_table(table, v) != scene_table(table, v - 1);
  return n;
}

START_TEST(functions_agree_and_compose_at_no_cost) {
  struct scene s;
  scene_init(&s, (unsigned)_i);
  struct number *r = numbers_new(2 * SCENE_TABLES);
  for (int i = 0; i < SCENE_TABLES; i++) {
    struct function f = scene_function(&all_tables[i]);
    size_t bits = s.c.bits.n;
    number_apply(&s.c, &r[i], &s.x[0], &f);
    if (s.x[0].terms.n <= 1)
      ck_assert_uint_eq(s.c.bits.n, bits);
    else
      ck_assert_uint_le(s.c.bits.n - bits, count_changes(i, &s.x[0]));
    ck_assert_uint_le(r[i].terms.n, 1);
  }
  size_t bits = s.c.bits.n;
  for (int i = 0; i < SCENE_TABLES; i++) {
    struct function f = scene_function(&all_tables[i]);
    number_apply(&s.c, &r[SCENE_TABLES + i], &r[3], &f);
  }
  ck_assert_uint_eq(s.c.bits.n, bits);
  scene_judge(&s, r, 2 * SCENE_TABLES, tables, NULL);
  numbers_free(r, 2 * SCENE_TABLES);
  scene_clear(&s);
}
END_TEST

static void cube(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_pow_ui(y, x, 3);
}

static long first_stairs(long x) {
  return (x >= -1) + (x >= 1) + (x >= 3);
}

static void cubes(mpz_t *y, const long *x, const void *context) {
  (void)context;
  long sum = 0;
  for (int i = 0; i < SCENE_OPERANDS; i++)
    sum += x[i];
  long level = first_stairs(sum);
  const long argument[] = {3 * level, 2 * level - 3, 3 - 2 * level, level + 2,
                           level};
  for (int i = 0; i < 5; i++)
    mpz_set_si(y[i], argument[i] * argument[i] * argument[i]);
}

/* What is kept of a function of one table is for this weight and constant. */
START_TEST(a_function_of_one_table_depends_on_weight_and_constant) {
  struct scene s;
  struct staircase stair;
  const struct function f = {cube, NULL, true};
  mpz_t t, one;
  scene_init(&s, (unsigned)_i);
  mpz_inits(t, one, NULL);
  mpz_set_ui(one, 1);
  staircase_init(&stair);
  for (int i = 0; i < 3; i++) {
    mpz_set_si(t, 2 * i - 1);
    staircase_push(&stair, t, one);
  }
  struct number *r = numbers_new(5);
  for (int i = 0; i < SCENE_OPERANDS; i++)
    number_addmul_si(&s.c, &r[4], &s.x[i], 1);
  number_staircase(&s.c, &r[4], &r[4], &stair);
  number_mul_si(&s.c, &r[0], &r[4], 3);
  number_mul_si(&s.c, &r[1], &r[4], 2);
  number_add_si(&r[1], &r[1], -3);
  number_mul_si(&s.c, &r[2], &r[1], -1);
  number_add_si(&r[3], &r[4], 2);
  for (int i = 0; i < 5; i++)
    number_apply(&s.c, &r[i], &r[i], &f);
  scene_judge(&s, r, 5, cubes, NULL);
  numbers_free(r, 5);
  staircase_clear(&stair);
  mpz_clears(t, one, NULL);
  scene_clear(&s);
}
END_TEST

static long stair_value(const long *t, const long *step, long x) {
  long y = -2;
  for (int i = 0; i < 6; i++)
    y += x >= t[i] ? step[i] : 0;
  return y;
}

static const long stair_threshold[] = {-15, -4, 0, 1, 6, 30};
static const long stair_step[] = {3, -7, 0, 5, 1, -4};

static void stairs(mpz_t *y, const long *x, const void *context) {
  (void)context;
  for (int i = 0; i < SCENE_OPERANDS; i++) {
    mpz_set_si(y[2 * i], stair_value(stair_threshold, stair_step, x[i]));
    mpz_set_si(y[2 * i + 1], x[i] >= 3 - i);
  }
}

START_TEST(staircases_and_comparisons_agree) {
  struct scene s;
  struct staircase stair;
  mpz_t t, step;
  scene_init(&s, (unsigned)_i);
  mpz_inits(t, step, NULL);
  staircase_init(&stair);
  mpz_set_si(stair.start, -2);
  for (int i = 0; i < 6; i++) {
    mpz_set_si(t, stair_threshold[i]);
    mpz_set_si(step, stair_step[i]);
    staircase_push(&stair, t, step);
  }
  struct number *r = numbers_new(2 * SCENE_OPERANDS);
  for (int i = 0; i < SCENE_OPERANDS; i++) {
    size_t bits = s.c.bits.n;
    number_staircase(&s.c, &r[2 * i], &s.x[i], &stair);
    ck_assert_uint_le(s.c.bits.n - bits, 5);
    bits = s.c.bits.n;
    number_at_least_si(&s.c, &r[2 * i + 1], &s.x[i], 3 - i);
    ck_assert_uint_le(s.c.bits.n - bits, s.x[i].terms.n > 1);
  }
  scene_judge(&s, r, 2 * SCENE_OPERANDS, stairs, NULL);
  numbers_free(r, 2 * SCENE_OPERANDS);
  staircase_clear(&stair);
  mpz_clears(t, step, NULL);
  scene_clear(&s);
}
END_TEST

/* ---- Corners ---- */

static void make_bits(struct circuit *c, struct number *bit, size_t n) {
  for (size_t i = 0; i < n; i++)
    number_set_bit(c, &bit[i], circuit_add_input(c));
}

/* x = 6a + 10b + 1 is 1, 7, 11 or 17; in units of 2 it is y = 3a + 5b. */
static void make_even(struct circuit *c, struct number *x) {
  struct number *bit = numbers_new(2);
  make_bits(c, bit, 2);
  number_set_si(x, 1);
  number_addmul_si(c, x, &bit[0], 6);
  number_addmul_si(c, x, &bit[1], 10);
  numbers_free(bit, 2);
}

START_TEST(thresholds_are_in_units_of_the_weights) {
  static const struct {
    long lo, hi;  // promised
    size_t gates; // one for each y but the least
  } row[] = {{1, 17, 8}, {0, 12, 5}, {2, 12, 4}, {2, 17, 7}};
  struct circuit c;
  struct number x;
  struct function same = scene_function(&all_tables[0]);
  circuit_init(&c);
  number_init(&x);
  make_even(&c, &x);
  number_bound_si(&x, row[_i].lo, row[_i].hi);
  number_apply(&c, &x, &x, &same);
  ck_assert_uint_eq(number_gates(&c, &x, 1), row[_i].gates);
  ck_assert_uint_eq(number_idle_gates(&c, &x, 1), 0);
  number_clear(&x);
  circuit_clear(&c);
}
END_TEST

START_TEST(steps_that_cancel_make_no_rung) {
  struct circuit c;
  struct number x;
  struct staircase s;
  mpz_t t;
  mpz_init_set_ui(t, 8);
  circuit_init(&c);
  number_init(&x);
  staircase_init(&s);
  make_even(&c, &x);
  staircase_push_si(&s, t, 3); // x >= 8 and x >= 9 are y >= 4
  mpz_set_ui(t, 9);
  staircase_push_si(&s, t, -3);
  size_t bits = c.bits.n;
  number_staircase(&c, &x, &x, &s);
  ck_assert_uint_eq(c.bits.n, bits);
  ck_assert(number_is_constant(&x) && !mpz_sgn(x.constant));
  staircase_clear(&s);
  number_clear(&x);
  mpz_clear(t);
  circuit_clear(&c);
}
END_TEST

START_TEST(a_range_of_one_value_is_a_constant) {
  struct circuit c;
  circuit_init(&c);
  struct number *x = numbers_new(1);
  bit_id b;
  make_bits(&c, x, 1);
  number_bound_si(x, 1, 5);
  ck_assert(number_is_constant(x));
  number_bound_si(x, 7, 9); // a promise about a constant changes nothing
  ck_assert(number_is_bit(&c, x, &b) && b == BIT_ONE);
  number_check(&c, x);
  numbers_free(x, 1);
  circuit_clear(&c);
}
END_TEST

START_TEST(levels_outside_the_known_range_read_no_rung) {
  // x = 4a + 2b + c as a ladder of 7 rungs, known to be 2..4: the square
  // changes at 3 and 4 only
  struct circuit c;
  circuit_init(&c);
  struct number *x = numbers_new(4);
  make_bits(&c, x, 3);
  for (long i = 0; i < 3; i++)
    number_addmul_si(&c, &x[3], &x[i], 1L << i);
  struct function same = scene_function(&all_tables[0]);
  struct function square = scene_function(&all_tables[7]);
  number_apply(&c, &x[3], &x[3], &same);
  ck_assert_uint_eq(number_gates(&c, &x[3], 1), 7);
  number_bound_si(&x[3], 2, 4);
  number_apply(&c, &x[3], &x[3], &square);
  ck_assert_uint_eq(number_gates(&c, &x[3], 1), 2);
  ck_assert_int_eq(mpz_get_si(x[3].lo), 4);
  ck_assert_int_eq(mpz_get_si(x[3].hi), 16);
  number_check(&c, &x[3]);
  numbers_free(x, 4);
  circuit_clear(&c);
}
END_TEST

START_TEST(widths_hold_the_range_and_no_more) {
  static const struct {
    long lo, hi;
    unsigned width;
    bool is_signed;
  } row[] = {{0, 0, 1, false},   {0, 1, 1, false},   {0, 2, 2, false},
             {0, 255, 8, false}, {0, 256, 9, false}, {-1, 0, 1, true},
             {-1, 1, 2, true},   {-2, 1, 2, true},   {-3, 1, 3, true},
             {-8, 7, 4, true},   {-8, 8, 5, true},   {-9, -9, 5, true}};
  mpz_t lo, hi;
  bool is_signed;
  mpz_init_set_si(lo, row[_i].lo);
  mpz_init_set_si(hi, row[_i].hi);
  ck_assert_uint_eq(width_of_range(lo, hi, &is_signed), row[_i].width);
  ck_assert_int_eq(is_signed, row[_i].is_signed);
  mpz_clears(lo, hi, NULL);
}
END_TEST

/* Sums of numbers with weights of hundreds of bits, on random inputs. */
START_TEST(long_weights_are_exact) {
  enum {
    BITS = 60
  };
  struct circuit c;
  gmp_randstate_t random;
  mpz_t weight[BITS], sum, got, t;
  gmp_randinit_default(random);
  gmp_randseed_ui(random, (unsigned long)_i);
  mpz_inits(sum, got, t, NULL);
  circuit_init(&c);
  struct number *bit = numbers_new(BITS), x, above;
  number_init(&x);
  number_init(&above);
  make_bits(&c, bit, BITS);
  for (size_t i = 0; i < BITS; i++) {
    mpz_init(weight[i]);
    mpz_rrandomb(weight[i], random, 200);
    if (i % 3 == 0)
      mpz_neg(weight[i], weight[i]);
    number_push(&c, &x, &bit[i], weight[i]);
  }
  number_settle(&c, &x);
  number_check(&c, &x);
  mpz_mul_2exp(t, weight[1], 2);
  number_at_least(&c, &above, &x, t);
  struct naive n;
  naive_init(&n, &c);
  for (int round = 0; round < 40; round++) {
    bool input[BITS];
    mpz_set_ui(sum, 0);
    for (size_t i = 0; i < BITS; i++) {
      input[i] = round == 0   ? i % 3 == 0 // the least value
                 : round == 1 ? i % 3 != 0 // and the greatest
                              : gmp_urandomb_ui(random, 1);
      if (input[i])
        mpz_add(sum, sum, weight[i]);
    }
    bool *value = naive_values(&n, input);
    number_value(got, &c, &x, value);
    ck_assert(!mpz_cmp(got, sum));
    ck_assert(round > 1 || !mpz_cmp(got, round ? x.hi : x.lo));
    number_value(got, &c, &above, value);
    ck_assert_int_eq(mpz_get_si(got), mpz_cmp(sum, t) >= 0);
    free(value);
  }
  naive_clear(&n);
  for (size_t i = 0; i < BITS; i++)
    mpz_clear(weight[i]);
  mpz_clears(sum, got, t, NULL);
  gmp_randclear(random);
  number_clear(&x);
  number_clear(&above);
  numbers_free(bit, BITS);
  circuit_clear(&c);
}
END_TEST

int main(void) {
  Suite *s = suite_create("number");
  TCase *naive = tcase_create("naive"), *corners = tcase_create("corners");
  tcase_set_timeout(naive, 60);
  tcase_add_loop_test(naive, operands_have_their_values, 0, rounds(50));
  tcase_add_loop_test(naive, linear_forms_agree_and_cost_nothing, 0,
                      rounds(30));
  tcase_add_loop_test(naive, a_matrix_of_weights_gives_its_products, 0,
                      rounds(60));
  tcase_add_loop_test(naive, equal_sums_are_equal_numbers, 0, rounds(30));
  tcase_add_loop_test(naive, functions_agree_and_compose_at_no_cost, 0,
                      rounds(50));
  tcase_add_loop_test(naive,
                      a_function_of_one_table_depends_on_weight_and_constant, 0,
                      rounds(50));
  tcase_add_loop_test(naive, staircases_and_comparisons_agree, 0, rounds(50));
  tcase_add_loop_test(naive, long_weights_are_exact, 0, rounds(5));
  tcase_add_loop_test(corners, thresholds_are_in_units_of_the_weights, 0, 4);
  tcase_add_test(corners, steps_that_cancel_make_no_rung);
  tcase_add_test(corners, a_range_of_one_value_is_a_constant);
  tcase_add_test(corners, levels_outside_the_known_range_read_no_rung);
  tcase_add_loop_test(corners, widths_hold_the_range_and_no_more, 0, 12);
  suite_add_tcase(s, naive);
  suite_add_tcase(s, corners);
  return suite_run(s);
}
