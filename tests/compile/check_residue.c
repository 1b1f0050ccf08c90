/* residue.c: what ladders hold, and how many rungs they have, against plain
   loops. */
#include "compile/arithmetic.h"
#include "compile/residue.h"
#include "tests/compile/operands.h"
#include "tests/compile/scene.h"
#include "tests/suite.h"

#include <stdlib.h>

#include <check.h>

static uint32_t gcd(uint32_t a, uint32_t b) {
  return b ? gcd(b, a % b) : a;
}

/* ---- Arithmetic modulo q ---- */

START_TEST(inverses_powers_and_generators_are_what_they_say) {
  for (uint32_t q = 2; q < 120; q++) {
    bool prime = true;
    for (uint32_t d = 2; d < q; d++)
      prime = prime && q % d;
    ck_assert_int_eq(is_prime(q), prime);
    for (uint32_t x = 1; x < q; x++) {
      uint32_t power = 1 % q;
      if (gcd(x, q) == 1)
        ck_assert_uint_eq(x * inverse_mod(x, q) % q, 1);
      for (uint32_t e = 0; e < 12; e++) {
        ck_assert_uint_eq(power_mod(x, e, q), power);
        power = power * x % q;
      }
    }
    if (!prime)
      continue;
    uint32_t g = generator_mod(q), order = 1;
    for (uint32_t y = g % q; y != 1; y = y * g % q)
      order++;
    ck_assert_uint_eq(order, q - 1);
  }
  ck_assert(!is_prime(0) && !is_prime(1) && is_prime(32749));
}
END_TEST

/* ---- Rungs ---- */

static long symmetric(long a, long q) {
  long v = a % q;
  return 2 * v > q ? v - q : v;
}

/* Different sums of subsets of the weights. */
static size_t count_sums(const long *weight, unsigned n) {
  static bool seen[1 << 16];
  size_t sums = 0;
  for (int i = 0; i < 1 << 16; i++)
    seen[i] = false;
  for (uint32_t v = 0; v < 1u << n; v++) {
    long sum = 1 << 15;
    for (unsigned k = 0; k < n; k++)
      if (v >> k & 1)
        sum += weight[k];
    sums += !seen[sum];
    seen[sum] = true;
  }
  return sums;
}

/* The rungs of the narrowest sum, for x of n bits: the least unit if several
   are as narrow. None if the sum is one bit. */
static size_t narrowest(unsigned n, uint32_t q) {
  long best = -1;
  size_t sums = 1;
  for (uint32_t a = 1; q > 2 && n > 1 && a < q; a++) {
    long width = 0, weight[16];
    for (unsigned k = 0; k < n; k++) {
      weight[k] = symmetric((long)a << k, q);
      width += labs(weight[k]);
    }
    if (gcd(a, q) == 1 && (best < 0 || width < best)) {
      best = width;
      sums = count_sums(weight, n);
    }
  }
  return sums - 1;
}

START_TEST(a_ladder_of_the_narrowest_sum_knows_the_residue) {
  uint32_t q = (uint32_t)_i;
  for (unsigned n = 1; n <= 8; n++) {
    struct operands o;
    struct residue r;
    mpz_t y;
    mpz_init(y);
    operands_init(&o, &n, 1);
    residue_init(&r);
    size_t said = residue_gates(&o.c, &o.x[0], q);
    residue_make(&o.c, &r, &o.x[0], q, NULL);
    ck_assert_uint_eq(number_gates(&o.c, &r.value, 1), narrowest(n, q));
    ck_assert_uint_eq(said, number_gates(&o.c, &r.value, 1));
    ck_assert_uint_le(r.value.terms.n, 1);
    ck_assert_uint_le(number_depth(&o.c, &r.value, 1), 1);
    for (uint64_t v = 0; v < 1u << n; v++) {
      operands_set(&o, v);
      operands_value(y, &o, &r.value);
      ck_assert_uint_eq(mpz_get_ui(y), v % q);
      ck_assert(mpz_cmp(r.value.lo, y) <= 0 && mpz_cmp(y, r.value.hi) <= 0);
    }
    residue_clear(&r);
    operands_clear(&o);
    mpz_clear(y);
  }
}
END_TEST

/* x is a table of a ladder and bits; the gate is a bit, or a form of two. */
START_TEST(a_table_of_a_residue_is_gated) {
  struct operands o;
  struct residue r;
  struct number x, gate, y;
  mpz_t got, *table = xcalloc((size_t)_i, sizeof *table), want;
  operands_init(&o, (unsigned[]){4, 4, 2}, 3);
  residue_init(&r);
  number_init(&x);
  number_init(&gate);
  number_init(&y);
  mpz_inits(got, want, NULL);
  for (int i = 0; i < _i; i++)
    mpz_init_set_si(table[i], (i * 37 + 11) % 50 - 25);
  for (int form = 0; form < 2; form++) {
    int square = 1;
    struct function f = scene_function(&square);
    number_add(&o.c, &x, &o.x[0], &o.x[1]); // both share its ladder
    number_apply(&o.c, &x, &x, &f);
    number_add_si(&x, &x, -mpz_get_si(x.lo));
    number_add(&o.c, &x, &x, &o.x[0]);
    if (form)
      number_bits(&o.c, &gate, &o.x[2], 1);
    else
      number_at_least_si(&o.c, &gate, &o.x[2], 2);
    residue_make(&o.c, &r, &x, (uint32_t)_i, &gate);
    residue_table(&o.c, &y, &r, (const mpz_t *)table);
    for (uint64_t v = 0; v < 1u << o.bits; v++) {
      operands_set(&o, v);
      operands_value(got, &o, &gate);
      bool open = mpz_sgn(got);
      operands_value(got, &o, &x);
      mpz_set_si(want,
                 open ? mpz_get_si(table[mpz_fdiv_ui(got, (unsigned long)_i)])
                      : 0);
      operands_value(got, &o, &y);
      ck_assert_int_eq(mpz_get_si(got), mpz_get_si(want));
    }
    ck_assert_uint_le(number_depth(&o.c, &r.value, 1), 2);
  }
  for (int i = 0; i < _i; i++)
    mpz_clear(table[i]);
  free(table);
  number_clear(&x);
  number_clear(&gate);
  number_clear(&y);
  residue_clear(&r);
  operands_clear(&o);
  mpz_clears(got, want, NULL);
}
END_TEST

START_TEST(a_gate_costs_no_rungs) {
  struct operands o;
  struct residue r;
  operands_init(&o, (unsigned[]){6, 1}, 2);
  residue_init(&r);
  for (uint32_t q = 3; q < 30; q++) {
    residue_make(&o.c, &r, &o.x[0], q, &o.x[1]);
    ck_assert_uint_eq(number_gates(&o.c, &r.value, 1),
                      residue_gates(&o.c, &o.x[0], q));
  }
  residue_clear(&r);
  operands_clear(&o);
}
END_TEST

static void parity_of(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_set_ui(y, mpz_odd_p(x));
}

/* 6a + 10b + 15c + 7: the parity changes 28 times from 7 to 38, but only seven
   of these sums are reached. */
START_TEST(sparse_functions_have_rungs_at_sums_that_occur) {
  struct operands o;
  struct number x, y;
  struct function f = {parity_of, NULL, false};
  const long weight[] = {6, 10, 15};
  mpz_t got, want;
  mpz_inits(got, want, NULL);
  operands_init(&o, (unsigned[]){1, 1, 1}, 3);
  number_init(&x);
  number_init(&y);
  number_set_si(&x, 7);
  for (int i = 0; i < 3; i++)
    number_addmul_si(&o.c, &x, &o.x[i], weight[i]);
  number_apply_sparse(&o.c, &y, &x, &f); // 7 13 17 22 23 28 32 38
  ck_assert_uint_eq(number_gates(&o.c, &y, 1), 3);
  for (uint64_t v = 0; v < 8; v++) {
    operands_set(&o, v);
    operands_value(want, &o, &x);
    operands_value(got, &o, &y);
    ck_assert_uint_eq(mpz_get_ui(got), mpz_odd_p(want));
  }
  number_clear(&x);
  number_clear(&y);
  operands_clear(&o);
  mpz_clears(got, want, NULL);
}
END_TEST

int main(void) {
  Suite *s = suite_create("residue");
  TCase *t = tcase_create("residue");
  tcase_set_timeout(t, 120);
  tcase_add_test(t, inverses_powers_and_generators_are_what_they_say);
  tcase_add_loop_test(t, a_ladder_of_the_narrowest_sum_knows_the_residue, 2,
                      is_full_run() ? 200 : 40);
  tcase_add_loop_test(t, a_table_of_a_residue_is_gated, 2,
                      is_full_run() ? 60 : 14);
  tcase_add_test(t, a_gate_costs_no_rungs);
  tcase_add_test(t, sparse_functions_have_rungs_at_sums_that_occur);
  suite_add_tcase(s, t);
  return suite_run(s);
}
