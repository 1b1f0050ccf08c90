/* quantise.h against exact rationals

   The reference rounds rationals to 24 bits and to integers by the definition
   and never uses floating-point arithmetic. */
#include "compile/front/quantise.h"
#include "tests/suite.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

static int rounds(int quick) {
  return is_full_run() ? 20 * quick : quick;
}

/* ---- The reference ---- */

/* To an integer, half to even. */
static void round_even(mpz_t r, const mpq_t x) {
  mpz_t twice, rest;
  mpz_inits(twice, rest, NULL);
  mpz_fdiv_qr(r, rest, mpq_numref(x), mpq_denref(x));
  mpz_mul_2exp(twice, rest, 1);
  int c = mpz_cmp(twice, mpq_denref(x));
  if (c > 0 || (c == 0 && mpz_odd_p(r)))
    mpz_add_ui(r, r, 1);
  mpz_clears(twice, rest, NULL);
}

/* The nearest multiple of 2^e, for the e that leaves 24 bits, at least -149. */
static void round_float(mpq_t x) {
  mpq_t scaled, unit;
  mpz_t r;
  mpz_init(r);
  mpq_inits(scaled, unit, NULL);
  for (long e = -149;; e++) {
    mpq_set_ui(unit, 1, 1);
    if (e < 0)
      mpq_div_2exp(unit, unit, (unsigned long)-e);
    else
      mpq_mul_2exp(unit, unit, (unsigned long)e);
    mpq_div(scaled, x, unit);
    round_even(r, scaled);
    if (mpz_sizeinbase(r, 2) <= 24 ||
        (mpz_scan1(r, 0) >= 24 && mpz_sizeinbase(r, 2) == 25))
      break;
  }
  mpq_set_z(x, r);
  mpq_mul(x, x, unit);
  mpz_clear(r);
  mpq_clears(scaled, unit, NULL);
}

/* clamp(rint(x) + zero) */
static long levels(const mpq_t x, const struct quantiser *y) {
  mpz_t r;
  mpz_init(r);
  round_even(r, x);
  mpz_add_ui(r, r, (unsigned long)(y->zero - y->lo));
  long above = mpz_sgn(r) < 0                     ? 0
               : mpz_cmp_si(r, y->hi - y->lo) > 0 ? y->hi - y->lo
                                                  : mpz_get_si(r);
  mpz_clear(r);
  return y->lo + above;
}

static long naive_quantise(const struct quantiser *y, float x) {
  mpq_t ratio, scale;
  mpq_inits(ratio, scale, NULL);
  mpq_set_d(ratio, (double)x);
  mpq_set_d(scale, (double)y->scale);
  mpq_div(ratio, ratio, scale);
  round_float(ratio);
  long level = levels(ratio, y);
  mpq_clears(ratio, scale, NULL);
  return level;
}

/* (a * b) / y, each step rounded */
static void naive_multiplier(mpq_t m, float a, float b, float y) {
  mpq_t t;
  mpq_init(t);
  mpq_set_d(m, (double)a);
  mpq_set_d(t, (double)b);
  mpq_mul(m, m, t);
  round_float(m);
  mpq_set_d(t, (double)y);
  mpq_div(m, m, t);
  round_float(m);
  mpq_clear(t);
}

static long naive_requantise(float a, float b, const struct quantiser *y,
                             const mpz_t sum) {
  mpq_t m, t;
  mpq_inits(m, t, NULL);
  naive_multiplier(m, a, b, y->scale);
  mpq_set_z(t, sum);
  round_float(t);
  mpq_mul(m, m, t);
  round_float(m);
  long level = levels(m, y);
  mpq_clears(m, t, NULL);
  return level;
}

/* ---- Random operands ---- */

static unsigned draw(unsigned n) {
  return (unsigned)rand() % n;
}

/* 24 random bits at 2^from to 2^to; short ones often, for ties. */
static float draw_float(int from, int to) {
  long bits = 0x800000 | (long)draw(0x800000);
  if (draw(2))
    bits &= ~((1L << draw(24)) - 1);
  float f = ldexpf((float)bits, from - 23 + (int)draw((unsigned)(to - from)));
  return f;
}

static struct quantiser draw_quantiser(void) {
  static const long lo[] = {0, -128, 0, -32768},
                    hi[] = {255, 127, 65535, 32767};
  struct quantiser q;
  struct error err;
  unsigned kind = draw(4);
  long zero = lo[kind] + (long)draw((unsigned)(hi[kind] - lo[kind] + 1));
  ck_assert(quantiser_init(&q, "s", draw_float(-12, 3), zero, lo[kind],
                           hi[kind], &err));
  return q;
}

START_TEST(quantising_agrees_with_rationals) {
  srand((unsigned)_i);
  for (int round = 0; round < rounds(200); round++) {
    struct quantiser q = draw_quantiser();
    float x = draw_float(-10, 16);
    if (draw(2)) // near the middle between two levels
      x = q.scale * ((float)draw(400) - 200 + 0.5f);
    ck_assert_int_eq(quantise(&q, x), naive_quantise(&q, x));
    ck_assert_int_eq(quantise(&q, -x), naive_quantise(&q, -x));
  }
}
END_TEST

static void draw_sum(mpz_t sum) {
  mpz_set_ui(sum, draw(RAND_MAX));
  mpz_mul_2exp(sum, sum, draw(40));
  mpz_add_ui(sum, sum, draw(3));
  mpz_fdiv_q_2exp(sum, sum, draw(66));
  if (draw(2))
    mpz_neg(sum, sum);
}

START_TEST(requantising_agrees_with_rationals) {
  mpz_t sum;
  mpz_init(sum);
  srand((unsigned)_i);
  for (int round = 0; round < rounds(200); round++) {
    struct quantiser y = draw_quantiser();
    struct requantiser r;
    struct error err;
    float a = draw_float(-12, 0), b = draw_float(-12, 0);
    ck_assert(requantiser_init(&r, "s", a, b, &y, &err));
    draw_sum(sum);
    ck_assert_int_eq(requantise(&r, sum), naive_requantise(a, b, &y, sum));
  }
  mpz_clear(sum);
}
END_TEST

START_TEST(multipliers_are_rounded_in_the_runtimes_order) {
  mpq_t m;
  mpq_init(m);
  srand((unsigned)_i);
  for (int round = 0; round < rounds(100); round++) {
    struct quantiser y = draw_quantiser();
    struct requantiser r;
    struct error err;
    float a = draw_float(-12, 0), b = draw_float(-12, 0);
    ck_assert(requantiser_init(&r, "s", a, b, &y, &err));
    naive_multiplier(m, a, b, y.scale);
    ck_assert(mpq_get_d(m) == (double)r.multiplier);
  }
  mpq_clear(m);
}
END_TEST

START_TEST(long_integers_are_rounded_once) {
  mpz_t z;
  mpq_t q;
  mpz_init(z);
  mpq_init(q);
  srand((unsigned)_i);
  for (int round = 0; round < rounds(100); round++) {
    mpz_set_ui(z, 0x1000000 + draw(0x1000000)); // 25 bits: every other a tie
    mpz_mul_2exp(z, z, draw(100));
    if (draw(2))
      mpz_add_ui(z, z, 1);
    if (draw(2))
      mpz_sub_ui(z, z, 1);
    if (draw(2))
      mpz_neg(z, z);
    mpq_set_z(q, z);
    round_float(q);
    ck_assert(mpq_get_d(q) == (double)float_of_integer(z));
  }
  mpz_clear(z);
  mpq_clear(q);
}
END_TEST

START_TEST(integers_beyond_floats_saturate) {
  struct quantiser y;
  struct requantiser r;
  struct error err;
  mpz_t z;
  mpz_init_set_ui(z, 1);
  ck_assert(quantiser_init(&y, "y", 1, 3, -5, 9, &err));
  ck_assert(requantiser_init(&r, "r", 1e-20f, 1e-20f, &y, &err));
  for (unsigned long bits = 128; bits < 1000000; bits *= 3) {
    mpz_set_ui(z, 1);
    mpz_mul_2exp(z, z, bits);
    ck_assert(isinf(float_of_integer(z)) && float_of_integer(z) > 0);
    ck_assert_int_eq(requantise(&r, z), 9);
    mpz_neg(z, z);
    ck_assert(isinf(float_of_integer(z)) && float_of_integer(z) < 0);
    ck_assert_int_eq(requantise(&r, z), -5);
  }
  ck_assert_int_eq(quantise(&y, INFINITY), 9);
  ck_assert_int_eq(quantise(&y, -INFINITY), -5);
  mpz_clear(z);
}
END_TEST

/* What the runtime does differs from four simpler rules on these. */
START_TEST(the_order_of_the_steps_is_the_runtimes) {
  static const struct {
    float x, scale;
    long zero, level;
  } row[] = {
      {2.5f, 1, 0, 2},      // half to even
      {3.5f, 1, 0, 4},      // half to even
      {2.5f, 1, 1, 3},      // the zero comes after rounding: not rint(3.5)
      {-0.5f, 1, 1, 1},     // not rint(0.5)
      {2.25f, 0.3f, 0, 7},  // x * (1 / s) is above 7.5
      {300, 1, 0, 255},     // saturates
      {-300, 1, 128, 0},    // saturates
      {0x1p-149f, 1, 9, 9}, // subnormal
  };
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    struct quantiser q;
    struct error err;
    ck_assert(quantiser_init(&q, "s", row[i].scale, row[i].zero, 0, 255, &err));
    ck_assert_int_eq(quantise(&q, row[i].x), naive_quantise(&q, row[i].x));
    ck_assert_msg(quantise(&q, row[i].x) == row[i].level, "row %zu: %ld", i,
                  quantise(&q, row[i].x));
  }
}
END_TEST

/* ---- As functions of numbers ---- */

static long value_at(const struct staircase *s, long x) {
  long y = mpz_get_si(s->start);
  for (size_t i = 0; i < s->stairs.n; i++)
    if (mpz_cmp_si(s->stairs.at[i].threshold, x) <= 0)
      y += mpz_get_si(s->stairs.at[i].step);
  return y;
}

START_TEST(requantising_is_a_staircase) {
  struct staircase s;
  mpz_t lo, hi, x;
  srand((unsigned)_i);
  struct quantiser y = draw_quantiser();
  struct requantiser r;
  struct error err;
  ck_assert(requantiser_init(&r, "s", 0.25f, draw_float(-8, 0), &y, &err));
  struct function f = requantiser_function(&r);
  mpz_init_set_si(lo, -2000);
  mpz_init_set_si(hi, 3000);
  mpz_init(x);
  staircase_init(&s);
  staircase_of(&s, &f, lo, hi);
  for (long i = -2000; i <= 3000; i++) {
    mpz_set_si(x, i);
    ck_assert_int_eq(value_at(&s, i), requantise(&r, x));
  }
  staircase_clear(&s);
  mpz_clears(lo, hi, x, NULL);
}
END_TEST

static float square(float x, const void *context) {
  (void)context;
  return x * x;
}

START_TEST(float_functions_between_levels) {
  static const bool is_squared[] = {false, true};
  struct quantiser from = {0.5f, 10, 0, 255}, to = {0.25f, -3, -128, 127};
  struct requantised r = {from, to, is_squared[_i] ? square : NULL, NULL,
                          false};
  struct function f = requantised_function(&r);
  mpz_t x, y;
  mpz_inits(x, y, NULL);
  ck_assert_int_eq(f.is_monotone, !is_squared[_i]);
  for (long i = 0; i < 256; i++) { // exact in floats
    long real = is_squared[_i] ? (i - 10) * (i - 10) : 2 * (i - 10);
    long level = real - 3;
    mpz_set_si(x, i);
    f.call(y, x, f.context);
    ck_assert_int_eq(mpz_get_si(y), level < -128  ? -128
                                    : level > 127 ? 127
                                                  : level);
  }
  ck_assert(dequantise(&from, 13) == 1.5f);
  mpz_clears(x, y, NULL);
}
END_TEST

/* ---- Errors ---- */

static const struct {
  float scale;
  long zero;
  const char *message;
} wrong[] = {
    {NAN, 0, "scale 'w_scale' is nan; it must be positive and finite"},
    {INFINITY, 0, "scale 'w_scale' is inf; it must be positive and finite"},
    {0, 0, "scale 'w_scale' is 0; it must be positive and finite"},
    {-0.5f, 0, "scale 'w_scale' is -0.5; it must be positive and finite"},
    {1, 256, "the zero point of scale 'w_scale', 256, is not in 0..255"},
    {1, -1, "the zero point of scale 'w_scale', -1, is not in 0..255"},
};

START_TEST(scales_that_are_none_are_refused) {
  struct quantiser q, one = {1, 0, 0, 255};
  struct requantiser r;
  struct error err = {0};
  ck_assert(!quantiser_init(&q, "w_scale", wrong[_i].scale, wrong[_i].zero, 0,
                            255, &err));
  ck_assert_str_eq(err.message, wrong[_i].message);
  if (wrong[_i].zero)
    return;
  ck_assert(!requantiser_init(&r, "w_scale", wrong[_i].scale, 1, &one, &err));
  ck_assert_str_eq(err.message, wrong[_i].message);
  ck_assert(!requantiser_init(&r, "w_scale", 1, wrong[_i].scale, &one, &err));
  ck_assert_str_eq(err.message, wrong[_i].message);
}
END_TEST

START_TEST(multipliers_beyond_floats_are_refused) {
  struct quantiser y = {0x1p-100f, 0, 0, 255}, one = {1, 0, 0, 255};
  struct requantiser r;
  struct error err = {0};
  ck_assert(!requantiser_init(&r, "w", 0x1p50f, 1, &y, &err));
  ck_assert_str_eq(err.message, "the scales 1.1259e+15 and 1 of 'w' over "
                                "7.88861e-31 make inf; it must be positive "
                                "and finite");
  ck_assert(!requantiser_init(&r, "w", 0x1p-100f, 0x1p-50f, &one, &err));
  ck_assert(requantiser_init(&r, "w", 0x1p-100f, 0x1p-49f, &one, &err));
}
END_TEST

#define LENGTH(a) (int)(sizeof(a) / sizeof *(a))

int main(void) {
  Suite *s = suite_create("quantise");
  TCase *naive = tcase_create("naive"), *errors = tcase_create("errors"),
        *corners = tcase_create("corners");
  tcase_set_timeout(naive, 120);
  tcase_add_loop_test(naive, quantising_agrees_with_rationals, 0, 10);
  tcase_add_loop_test(naive, requantising_agrees_with_rationals, 0, 10);
  tcase_add_loop_test(naive, multipliers_are_rounded_in_the_runtimes_order, 0,
                      10);
  tcase_add_loop_test(naive, long_integers_are_rounded_once, 0, 10);
  tcase_add_loop_test(naive, requantising_is_a_staircase, 0, 20);
  tcase_add_loop_test(naive, float_functions_between_levels, 0, 2);
  tcase_add_test(corners, integers_beyond_floats_saturate);
  tcase_add_test(corners, the_order_of_the_steps_is_the_runtimes);
  tcase_add_loop_test(errors, scales_that_are_none_are_refused, 0,
                      LENGTH(wrong));
  tcase_add_test(errors, multipliers_beyond_floats_are_refused);
  suite_add_tcase(s, naive);
  suite_add_tcase(s, corners);
  suite_add_tcase(s, errors);
  return suite_run(s);
}
