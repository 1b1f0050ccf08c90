/* crt.c: tables against exact fractions, bounds, and how far sums stay from
   what they must not reach, which outputs do not show. */
#include "compile/crt.h"
#include "tests/compile/operands.h"
#include "tests/compile/scene.h"
#include "tests/suite.h"

#include <stdlib.h>

#include <check.h>

static const uint32_t primes[] = {2,  3,  5,  7,  11, 13, 17,
                                  19, 23, 29, 31, 37, 41, 43};
enum {
  PRIMES = sizeof primes / sizeof *primes
};

/* The least distance of z from an integer. */
static void distance(mpq_t y, const mpq_t z) {
  mpq_t one;
  mpq_init(one);
  mpz_fdiv_q(mpq_numref(one), mpq_numref(z), mpq_denref(z));
  mpq_sub(y, z, one);
  mpq_set_ui(one, 1, 1);
  mpq_sub(one, one, y);
  if (mpq_cmp(one, y) < 0)
    mpq_set(y, one);
  mpq_clear(one);
}

/* z = a / 2^f. */
static void set_2exp(mpq_t z, const mpz_t a, unsigned long f) {
  mpq_set_z(z, a);
  mpq_div_2exp(z, z, f);
}

/* Draws a scale: at most `most`, a divisor d, g bits. */
static void draw_scale(struct crt *k, mpz_t most, mpz_t d, unsigned long g,
                       gmp_randstate_t random) {
  mpz_urandomb(most, random, 14);
  mpz_add_ui(most, most, 1);
  mpz_urandomb(d, random, 12);
  mpz_add_ui(d, d, 1);
  ck_assert(crt_scale(k, PRIMES, most, d, g, 3));
}

START_TEST(tables_are_exact_to_half_a_unit_and_their_sum_is_a_fraction_of_v) {
  struct crt k;
  gmp_randstate_t random;
  mpz_t most, d, v, alpha;
  mpq_t exact, sum, want, ulp;
  gmp_randinit_default(random);
  gmp_randseed_ui(random, (unsigned long)_i);
  mpz_inits(most, d, v, alpha, NULL);
  mpq_inits(exact, sum, want, ulp, NULL);
  crt_init(&k, primes);
  draw_scale(&k, most, d, 3 + (unsigned long)_i % 9, random);
  mpq_set_ui(ulp, 1, 1);
  mpq_div_2exp(ulp, ulp, k.f + 1);
  for (int round = 0; round < 20; round++) {
    mpz_urandomm(v, random, most);
    mpq_set_ui(sum, 0, 1);
    for (size_t i = 0; i < k.n; i++) {
      uint32_t q = primes[i], residue = (uint32_t)mpz_fdiv_ui(v, q);
      mpq_set_ui(exact, (unsigned long)residue * k.unit[i] % q, q);
      mpq_canonicalize(exact);
      mpq_add(sum, sum, exact);
      crt_alpha(alpha, &k, i, residue);
      ck_assert(mpz_sgn(alpha) >= 0 && mpz_sizeinbase(alpha, 2) <= k.f);
      set_2exp(want, alpha, k.f);
      mpq_sub(want, want, exact);
      distance(want, want); // 1 is 0
      ck_assert(mpq_cmp(want, ulp) <= 0);
    }
    mpz_mul(mpq_numref(want), v, k.factor); // V * R / M
    mpz_set(mpq_denref(want), k.product);
    mpq_canonicalize(want);
    mpq_sub(want, want, sum);
    distance(want, want);
    ck_assert(!mpq_sgn(want));
  }
  crt_clear(&k);
  mpz_clears(most, d, v, alpha, NULL);
  mpq_clears(exact, sum, want, ulp, NULL);
  gmp_randclear(random);
}
END_TEST

/* M > most * 2^g and no shorter prefix; tables * 2^-(f+1) <= 2^-(g+1). */
START_TEST(the_error_is_bounded) {
  struct crt k;
  gmp_randstate_t random;
  unsigned long g = 2 + (unsigned long)_i % 12;
  mpz_t most, d, bound, product;
  gmp_randinit_default(random);
  gmp_randseed_ui(random, (unsigned long)_i);
  mpz_inits(most, d, bound, product, NULL);
  crt_init(&k, primes);
  draw_scale(&k, most, d, g, random);
  mpz_mul_2exp(bound, most, g);
  mpz_set_ui(product, 1);
  for (size_t i = 0; i < k.n; i++) {
    ck_assert(mpz_cmp(product, bound) <= 0);
    mpz_mul_ui(product, product, primes[i]);
  }
  ck_assert(!mpz_cmp(product, k.product) && mpz_cmp(product, bound) > 0);
  ck_assert_uint_le(3 * k.n << (g + 1), 1ul << (k.f + 1));
  mpz_mul(bound, k.factor, d); // |R * d - M| <= d / 2
  mpz_sub(bound, bound, k.product);
  mpz_mul_2exp(bound, bound, 1);
  ck_assert(mpz_cmpabs(bound, d) <= 0);
  mpz_set_ui(bound, 1);
  mpz_mul_2exp(bound, bound, 64);
  ck_assert(!crt_scale(&k, 4, bound, d, g, 3)); // 2 * 3 * 5 * 7 is too little
  crt_clear(&k);
  mpz_clears(most, d, bound, product, NULL);
  gmp_randclear(random);
}
END_TEST

static double linear_cost(uint32_t q, void *context) {
  (*(int *)context)++;
  return q;
}

START_TEST(moduli_are_coprime_and_none_is_idle) {
  for (unsigned long bits = 1; bits < 200; bits += 7)
    for (int primes_only = 0; primes_only < 2; primes_only++) {
      int calls = 0;
      size_t n;
      mpz_t bound, product, without;
      mpz_inits(bound, product, without, NULL);
      mpz_setbit(bound, bits);
      uint32_t *q = crt_moduli(&n, bound, primes_only, linear_cost, &calls);
      ck_assert_int_gt(calls, 0);
      mpz_set_ui(product, 1);
      for (size_t i = 0; i < n; i++) {
        mpz_gcd_ui(without, product, q[i]);
        ck_assert(!mpz_cmp_ui(without, 1));
        ck_assert(!primes_only || is_prime(q[i]));
        mpz_mul_ui(product, product, q[i]);
      }
      ck_assert(mpz_cmp(product, bound) > 0);
      for (size_t i = 0; i < n; i++) {
        mpz_divexact_ui(without, product, q[i]);
        ck_assert(mpz_cmp(without, bound) <= 0);
      }
      free(q);
      mpz_clears(bound, product, without, NULL);
    }
}
END_TEST

/* ---- Sums and bits in circuits ---- */

enum {
  WIDTH = 9
};

struct known {
  struct operands o;
  struct residue residue[PRIMES];
};

static void known_init(struct known *k) {
  operands_init(&k->o, (unsigned[]){WIDTH}, 1);
  for (size_t i = 0; i < PRIMES; i++) {
    residue_init(&k->residue[i]);
    residue_make(&k->o.c, &k->residue[i], &k->o.x[0], primes[i], NULL);
  }
}

static void known_clear(struct known *k) {
  operands_clear(&k->o);
  for (size_t i = 0; i < PRIMES; i++)
    residue_clear(&k->residue[i]);
}

/* V = 5x: 5x / d modulo 1, with an error of less than 2^-g. */
START_TEST(sums_stay_near_to_what_they_stand_for) {
  struct known known;
  struct crt k;
  struct number sum;
  unsigned long g = 4 + (unsigned long)_i % 5;
  mpz_t most, d, got;
  mpq_t want, error;
  known_init(&known);
  number_init(&sum);
  mpz_init_set_ui(most, 5 * ((1 << WIDTH) - 1));
  mpz_init_set_ui(d, 1 + 13 * (unsigned long)_i);
  mpz_init(got);
  mpq_inits(want, error, NULL);
  crt_init(&k, primes);
  ck_assert(crt_scale(&k, PRIMES, most, d, g, 1));
  for (size_t i = 0; i < k.n; i++) {
    uint32_t part[64];
    for (uint32_t v = 0; v < primes[i]; v++)
      part[v] = 5 * v % primes[i];
    crt_push(&known.o.c, &sum, &k, i, &known.residue[i], part);
  }
  number_settle(&known.o.c, &sum);
  ck_assert_uint_le(number_depth(&known.o.c, &sum, 1), 1);
  for (uint64_t v = 0; v < 1 << WIDTH; v++) {
    operands_set(&known.o, v);
    operands_value(got, &known.o, &sum);
    mpz_set_ui(mpq_numref(want), 5 * v);
    mpz_set(mpq_denref(want), d);
    mpq_canonicalize(want);
    set_2exp(error, got, k.f);
    mpq_sub(error, error, want);
    distance(error, error);
    mpq_mul_2exp(error, error, g);
    ck_assert(mpq_cmp_ui(error, 1, 1) < 0);
  }
  crt_clear(&k);
  number_clear(&sum);
  known_clear(&known);
  mpz_clears(most, d, got, NULL);
  mpq_clears(want, error, NULL);
}
END_TEST

START_TEST(residues_give_the_bits) {
  struct known k;
  struct number *r = numbers_new(WIDTH);
  mpz_t most, got;
  known_init(&k);
  mpz_init_set_ui(most, (1 << WIDTH) - 1);
  mpz_init(got);
  size_t before = k.o.c.bits.n;
  if (_i) { // 3 * 11 * 31 = 2 * 511 + 1: no more than is needed
    const uint32_t three[] = {primes[1], primes[4], primes[10]};
    struct residue known[] = {k.residue[1], k.residue[4], k.residue[10]};
    crt_bits_by_rank(&k.o.c, r, WIDTH, known, three, 3, most);
  } else {
    crt_bits(&k.o.c, r, WIDTH, k.residue, primes, 8, most); // 9.7 million
  }
  ck_assert_uint_le(k.o.c.bits.n - before,
                    _i ? 3 + 4 * WIDTH : 8 * (WIDTH + 1));
  ck_assert_uint_eq(number_depth(&k.o.c, r, WIDTH), _i ? 3 : 2);
  for (uint64_t v = 0; v < 1 << WIDTH; v++) {
    operands_set(&k.o, v);
    operands_bits(got, &k.o, r, WIDTH);
    ck_assert_uint_eq(mpz_get_ui(got), v);
  }
  numbers_free(r, WIDTH);
  known_clear(&k);
  mpz_clears(most, got, NULL);
}
END_TEST

/* The rank and V/M: a sum that stays 1/4 away from what it must not reach, with
   room for half of M. */
START_TEST(the_rank_is_found_with_room_to_spare) {
  struct crt k;
  mpz_t alpha, sum;
  mpz_inits(alpha, sum, NULL);
  crt_init(&k, primes);
  crt_set_rank(&k, 4); // M = 210
  ck_assert_uint_eq(mpz_get_ui(k.product), 210);
  for (unsigned long v = 0; v < 105; v++) {
    unsigned long summands = 0;
    mpz_set_ui(sum, 1);
    mpz_mul_2exp(sum, sum, k.f - 2);
    for (size_t i = 0; i < 4; i++) {
      uint32_t q = primes[i];
      summands += v % q * k.unit[i] % q * (210 / q);
      crt_alpha(alpha, &k, i, (uint32_t)(v % q));
      mpz_add(sum, sum, alpha);
    }
    mpz_fdiv_q_2exp(sum, sum, k.f);
    ck_assert_uint_eq(summands, v + 210 * mpz_get_ui(sum));
  }
  crt_clear(&k);
  mpz_clears(alpha, sum, NULL);
}
END_TEST

int main(void) {
  int rounds = is_full_run() ? 2000 : 100;
  Suite *s = suite_create("crt");
  TCase *t = tcase_create("crt");
  tcase_set_timeout(t, 120);
  tcase_add_loop_test(
      t, tables_are_exact_to_half_a_unit_and_their_sum_is_a_fraction_of_v, 0,
      rounds);
  tcase_add_loop_test(t, the_error_is_bounded, 0, rounds);
  tcase_add_test(t, moduli_are_coprime_and_none_is_idle);
  tcase_add_loop_test(t, sums_stay_near_to_what_they_stand_for, 0, 12);
  tcase_add_loop_test(t, residues_give_the_bits, 0, 2);
  tcase_add_test(t, the_rank_is_found_with_room_to_spare);
  suite_add_tcase(s, t);
  return suite_run(s);
}
