/* division.h against GMP; gates by enumeration; and in the circuits of Chinese
   remainders how near every sum comes to its thresholds, as these have slack
   that outputs do not show. */
#include "circuit/values.h"
#include "compile/arithmetic.h"
#include "compile/division.h"
#include "compile/expansion.h"
#include "tests/compile/operands.h"
#include "tests/compile/scene.h"
#include "tests/suite.h"

#include <stdlib.h>

#include <check.h>

static void quotient_of(mpz_t q, mpz_t r, const struct operands *o,
                        unsigned n) {
  if (mpz_sgn(o->at[1])) {
    mpz_tdiv_qr(q, r, o->at[0], o->at[1]);
  } else {
    mpz_set(r, o->at[0]);
    mpz_set_ui(q, 0);
    mpz_setbit(q, n);
    mpz_sub_ui(q, q, 1);
  }
}

static void division_agrees(const struct operands *o, const struct number *r,
                            unsigned n, bool is_remainder) {
  mpz_t q, rest, got;
  mpz_inits(q, rest, got, NULL);
  quotient_of(q, rest, o, n);
  operands_bits(got, o, r, n);
  ck_assert_msg(!mpz_cmp(got, is_remainder ? rest : q), "%lu and %lu: got %lu",
                mpz_get_ui(o->at[0]), mpz_get_ui(o->at[1]), mpz_get_ui(got));
  mpz_clears(q, rest, got, NULL);
}

/* ---- Digits ---- */

static void make_digits(struct operands *o, struct number *r, unsigned n,
                        unsigned depth, bool is_remainder) {
  struct division_plan d;
  division_plan_init(&d);
  division_plan_make(&d, n, depth, is_remainder);
  (is_remainder ? number_remainder_digits
                : number_quotient_digits)(&o->c, r, &o->x[0], &o->x[1], &d);
  division_plan_clear(&d);
}

/* Of the bits as gates. */
static size_t physical_depth(struct circuit *c, const struct number *r,
                             unsigned n) {
  struct number *bit = numbers_new(n);
  for (unsigned i = 0; i < n; i++)
    number_set_bit(c, &bit[i], number_physical(c, &r[i]));
  size_t depth = number_depth(c, bit, n);
  numbers_free(bit, n);
  return depth;
}

START_TEST(digits_divide_everything) {
  bool is_remainder = _i % 2;
  unsigned n = 1 + (unsigned)_i / 2 % 6, depth = 2 + (unsigned)_i / 12;
  struct operands o;
  struct number *r = numbers_new(n);
  operands_init(&o, (unsigned[]){n, n}, 2);
  make_digits(&o, r, n, depth + is_remainder, is_remainder);
  ck_assert_uint_le(physical_depth(&o.c, r, n), depth + is_remainder);
  for (uint64_t v = 0; v < (uint64_t)1 << o.bits; v++) {
    operands_set(&o, v);
    division_agrees(&o, r, n, is_remainder);
  }
  numbers_free(r, n);
  operands_clear(&o);
}
END_TEST

START_TEST(digits_divide_long_integers) {
  bool is_remainder = _i % 2;
  const unsigned n = 14, depth = 4;
  struct operands o;
  struct number *r = numbers_new(n);
  gmp_randstate_t random;
  gmp_randinit_default(random);
  operands_init(&o, (unsigned[]){n, n}, 2);
  make_digits(&o, r, n, depth, is_remainder);
  for (int round = 0; round < (is_full_run() ? 100000 : 500); round++) {
    operands_draw(&o, random);
    division_agrees(&o, r, n, is_remainder);
  }
  numbers_free(r, n);
  operands_clear(&o);
  gmp_randclear(random);
}
END_TEST

/* Gates for the w lowest bits of n, by all ways to cut them into at most
   `levels` digits; the lowest bit alone may have a level more. */
static unsigned long fewest(unsigned n, unsigned w, unsigned levels) {
  unsigned long best = ULONG_MAX;
  if (!w)
    return 0;
  for (unsigned h = 1; h <= w; h++) {
    if (!levels && (w > 1 || h > 1))
      continue;
    unsigned rest = w - h;
    unsigned long gates = 0, after = fewest(n, rest, levels ? levels - 1 : 0);
    if (after == ULONG_MAX)
      continue;
    for (unsigned long b = 1; b < 1ul << h; b++) {
      gates++; // how often y goes
      for (unsigned j = 0; rest && b << (rest + j) < 1ul << n; j++)
        gates++; // its products
    }
    gates += h - 1; // outputs
    if (gates + after < best)
      best = gates + after;
  }
  return best;
}

START_TEST(plans_are_the_best_of_all) {
  for (unsigned n = 1; n <= 12; n++)
    for (unsigned depth = 2; depth <= n + 2; depth++) {
      struct division_plan d;
      division_plan_init(&d);
      division_plan_make(&d, n, depth, false);
      ck_assert_uint_eq(mpz_get_ui(d.gates), fewest(n, n, depth - 1));
      unsigned bits = 0;
      for (size_t i = 0; i < d.length.n; i++)
        bits += d.length.at[i];
      ck_assert_uint_eq(bits, n);
      division_plan_clear(&d);
    }
}
END_TEST

/* Inner gates: those of the plan, less the outputs. */
START_TEST(quotients_take_what_the_plan_says) {
  for (unsigned n = 2; n <= 9; n++)
    for (unsigned depth = 2; depth <= n; depth++) {
      struct operands o;
      struct division_plan d;
      struct number *r = numbers_new(n);
      operands_init(&o, (unsigned[]){n, n}, 2);
      division_plan_init(&d);
      division_plan_make(&d, n, depth, false);
      number_quotient_digits(&o.c, r, &o.x[0], &o.x[1], &d);
      ck_assert_uint_eq(number_gates(&o.c, r, n) + n - d.length.n,
                        mpz_get_ui(d.gates));
      division_plan_clear(&d);
      numbers_free(r, n);
      operands_clear(&o);
    }
}
END_TEST

/* ---- Chinese remainders ---- */

START_TEST(chinese_remainders_divide_everything) {
  bool is_remainder = _i % 2;
  unsigned n = 1 + (unsigned)_i / 2;
  struct operands o;
  struct number *r = numbers_new(n);
  operands_init(&o, (unsigned[]){n, n}, 2);
  (is_remainder ? number_remainder_poly
                : number_quotient_poly)(&o.c, r, n, &o.x[0], &o.x[1]);
  ck_assert_uint_le(number_depth(&o.c, r, n), 2u + is_remainder);
  ck_assert_uint_le(physical_depth(&o.c, r, n), 3u + is_remainder);
  for (uint64_t v = 0; v < (uint64_t)1 << o.bits; v++) {
    operands_set(&o, v);
    division_agrees(&o, r, n, is_remainder);
  }
  numbers_free(r, n);
  operands_clear(&o);
}
END_TEST

/* |y R / D - 1| < 2^-(n+2), R <= most, and R mod q is R mod q. */
START_TEST(expansions_are_reciprocals) {
  unsigned n = 1 + (unsigned)_i;
  mpz_t r, error, most;
  mpz_inits(r, error, most, NULL);
  for (unsigned s = 1; s <= 10; s++) {
    struct expansion e;
    expansion_init(&e, n, s);
    expansion_most(most, &e);
    for (unsigned long y = 1ul << (s - 1); y < 1ul << s; y++) {
      mpz_set_ui(r, 0);
      for (unsigned i = e.degree; i-- > 0;) {
        mpz_mul_ui(r, r, y);
        mpz_add(r, r, e.at[i]);
      }
      ck_assert(mpz_sgn(r) > 0 && mpz_cmp(r, most) <= 0);
      for (uint32_t q = 2; q < 90; q += 29)
        ck_assert_uint_eq(expansion_mod(&e, (uint32_t)(y % q), q),
                          mpz_fdiv_ui(r, q));
      mpz_mul_ui(error, r, y);
      mpz_sub(error, error, e.d);
      mpz_mul_2exp(error, error, n + 2);
      ck_assert(mpz_cmpabs(error, e.d) < 0);
    }
    expansion_clear(&e);
  }
  mpz_clears(r, error, most, NULL);
}
END_TEST

static size_t poly_gates(unsigned n) {
  struct operands o;
  struct number *r = numbers_new(n);
  operands_init(&o, (unsigned[]){n, n}, 2);
  number_quotient_poly(&o.c, r, n, &o.x[0], &o.x[1]);
  size_t gates = number_gates(&o.c, r, n);
  numbers_free(r, n);
  operands_clear(&o);
  return gates;
}

/* O(n^6 / log n). */
START_TEST(gates_grow_by_less_than_64_when_n_doubles) {
  for (unsigned n = 1; n <= 6; n++)
    ck_assert_uint_lt(poly_gates(2 * n), 64 * poly_gates(n));
}
END_TEST

/* (x + 1/2) / (y * 2^(i+1)) modulo 1/2, as a part of 1/2: in [0..1). */
static double place(const struct operands *o, unsigned i) {
  double whole = (mpz_get_d(o->at[0]) + 0.5) / mpz_get_d(o->at[1]);
  whole /= (double)(1ul << i);
  return whole - (double)(unsigned long)whole;
}

/* What the ladder's sum is modulo the distance of its thresholds, as a part of
   this distance. */
static double place_of_sum(const struct operands *o, ladder_id l) {
  bit_id first = o->c.ladders.at[l].first_bit;
  struct integer_scratch s, t;
  mpz_t sum, step;
  mpz_inits(sum, step, NULL);
  circuit_sum(sum, &o->c, l, o->value);
  mpz_srcptr from =
      integers_get(&o->c.integers, o->c.bits.at[first].threshold, &s);
  mpz_sub(step,
          integers_get(&o->c.integers, o->c.bits.at[first + 1].threshold, &t),
          from);
  mpz_sub(sum, sum, from);
  mpz_fdiv_r(sum, sum, step);
  double place = mpz_get_d(sum) / mpz_get_d(step);
  mpz_clears(sum, step, NULL);
  return place;
}

/* The last ladders are those of quotient bits i for y of s bits, s = 2.., i =
   0.. in turn. Where y has s bits, (x + 1/2) / y is 1/2y or more away from
   integers, at most half of which is lost by R / D, and half of what is left
   by Chinese remainders and rounding: the sum is within 1/4y + 1/8y of where it
   should be. */
START_TEST(sums_keep_their_distance_from_thresholds) {
  unsigned n = (unsigned)_i, direct = 0, ladders = 0;
  while (n >> direct && direct + 2 < n)
    direct++;
  struct operands o;
  struct number *r = numbers_new(n);
  operands_init(&o, (unsigned[]){n, n}, 2);
  number_quotient_poly(&o.c, r, n, &o.x[0], &o.x[1]);
  for (unsigned s = 2; s + direct <= n; s++)
    ladders += n - s + 1;
  for (uint64_t v = 0; v < (uint64_t)1 << o.bits; v++) {
    size_t y = v >> n;
    if (y < 2 || y >= (size_t)1 << (n - direct))
      continue;
    operands_set(&o, v);
    ladder_id l = (ladder_id)(o.c.ladders.n - ladders);
    for (unsigned s = 2; s + direct <= n; s++)
      for (unsigned i = 0; i <= n - s; i++, l++) {
        if (y >> s || !(y >> (s - 1)))
          continue;
        double unit = 1 / (double)y / (double)(1ul << i);
        double error = place_of_sum(&o, l) - place(&o, i);
        error -= error > 0.5 ? 1 : error < -0.5 ? -1 : 0;
        ck_assert_double_lt(error < 0 ? -error : error, 0.376 * unit);
      }
  }
  ck_assert_uint_gt(ladders, 0);
  numbers_free(r, n);
  operands_clear(&o);
}
END_TEST

/* ---- Constants, roots ---- */

START_TEST(constants_divide_everything) {
  const unsigned n = 8, modulus = 1 + (unsigned)_i;
  struct operands o;
  struct number *q = numbers_new(n), *r = numbers_new(n + 1);
  struct number *s = numbers_new(n + 1); // m - 1 may be longer than x
  mpz_t m, got;
  unsigned k = 1;
  while ((modulus - 1) >> k)
    k++;
  mpz_init_set_ui(m, modulus);
  mpz_init(got);
  operands_init(&o, &n, 1);
  number_quotient_constant(&o.c, q, n, &o.x[0], m);
  ck_assert_uint_le(number_depth(&o.c, q, n), 1);
  ck_assert_uint_le(number_gates(&o.c, q, n), n * n);
  number_remainder_constant(&o.c, r, k, n, &o.x[0], m);
  ck_assert_uint_le(number_depth(&o.c, r, k), 2);
  number_remainder_ladder(&o.c, s, k, &o.x[0], modulus);
  ck_assert_uint_le(number_depth(&o.c, s, k), 1);
  for (unsigned v = 0; v < 1u << n; v++) {
    operands_set(&o, v);
    operands_bits(got, &o, q, n);
    ck_assert_uint_eq(mpz_get_ui(got), v / modulus);
    operands_bits(got, &o, r, k);
    ck_assert_uint_eq(mpz_get_ui(got), v % modulus);
    operands_bits(got, &o, s, k);
    ck_assert_uint_eq(mpz_get_ui(got), v % modulus);
  }
  numbers_free(q, n);
  numbers_free(r, n + 1);
  numbers_free(s, n + 1);
  operands_clear(&o);
  mpz_clears(m, got, NULL);
}
END_TEST

START_TEST(roots_are_found) {
  for (int in_two = 0; in_two < 2; in_two++) {
    unsigned n = (unsigned)_i, bits = (n + 1) / 2, root = 0;
    struct operands o;
    struct number *r = numbers_new(bits);
    mpz_t got;
    mpz_init(got);
    operands_init(&o, &n, 1);
    number_root(&o.c, r, n, &o.x[0], in_two);
    ck_assert_uint_le(number_depth(&o.c, r, bits), 1u + (unsigned)in_two);
    for (unsigned v = 0; v < 1u << n; v++) {
      root += v == (root + 1) * (root + 1);
      operands_set(&o, v);
      operands_bits(got, &o, r, bits);
      ck_assert_uint_eq(mpz_get_ui(got), root);
    }
    if (!in_two) // one for each square but 0
      ck_assert_uint_eq(number_gates(&o.c, r, bits), n > 1 ? root : 0);
    else if (n % 4 == 0) // both digits have n/4 bits
      ck_assert_uint_eq(number_gates(&o.c, r, bits), 2 * ((1u << n / 4) - 1));
    numbers_free(r, bits);
    operands_clear(&o);
    mpz_clear(got);
  }
}
END_TEST

int main(void) {
  Suite *s = suite_create("division");
  TCase *t = tcase_create("division");
  tcase_set_timeout(t, 1200);
  tcase_add_loop_test(t, digits_divide_everything, 0, 72);
  tcase_add_loop_test(t, digits_divide_long_integers, 0, 2);
  tcase_add_test(t, plans_are_the_best_of_all);
  tcase_add_test(t, quotients_take_what_the_plan_says);
  tcase_add_loop_test(t, chinese_remainders_divide_everything, 0,
                      is_full_run() ? 14 : 10);
  tcase_add_loop_test(t, expansions_are_reciprocals, 0, 16);
  tcase_add_test(t, gates_grow_by_less_than_64_when_n_doubles);
  tcase_add_loop_test(t, sums_keep_their_distance_from_thresholds, 3,
                      is_full_run() ? 8 : 6);
  tcase_add_loop_test(t, constants_divide_everything, 0, 300);
  tcase_add_loop_test(t, roots_are_found, 1, 12);
  suite_add_tcase(s, t);
  return suite_run(s);
}
