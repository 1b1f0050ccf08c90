#include "compile/expansion.h"
#include "circuit/array.h"

#include <stdlib.h>

/* The least N with T_N(3) > 2^(n+2). */
static unsigned find_degree(unsigned n) {
  mpz_t t, before, next;
  unsigned degree = 1;
  mpz_init_set_ui(before, 1);
  mpz_init_set_ui(t, 3);
  mpz_init(next);
  for (; mpz_sizeinbase(t, 2) <= n + 2; degree++) {
    mpz_mul_ui(next, t, 6);
    mpz_sub(next, next, before);
    mpz_swap(before, t);
    mpz_swap(t, next);
  }
  mpz_clears(t, before, next, NULL);
  return degree;
}

/* u[0..N] = the coefficients of U_N, by U_(i+1) = 2(3a - 2y) U_i - a^2 U_(i-1),
   U_0 = 1, U_1 = 3a - 2y. */
static void chebyshev(mpz_t *u, unsigned degree, unsigned s) {
  mpz_t *before = xcalloc(degree + 1, sizeof *before);
  mpz_t next;
  mpz_init(next);
  for (unsigned j = 0; j <= degree; j++)
    mpz_init(before[j]);
  mpz_set_ui(before[0], 1);
  mpz_set_ui(u[0], 3);
  mpz_mul_2exp(u[0], u[0], s - 1);
  mpz_set_si(u[1], -2);
  for (unsigned i = 1; i < degree; i++)
    for (unsigned j = i + 2; j-- > 0;) {
      mpz_mul_ui(next, u[j], 6);
      mpz_mul_2exp(next, next, s - 1);
      if (j)
        mpz_submul_ui(next, u[j - 1], 4);
      mpz_mul_2exp(before[j], before[j], 2 * (s - 1));
      mpz_sub(next, next, before[j]);
      mpz_swap(before[j], u[j]);
      mpz_swap(u[j], next);
    }
  for (unsigned j = 0; j <= degree; j++)
    mpz_clear(before[j]);
  free(before);
  mpz_clear(next);
}

void expansion_init(struct expansion *e, unsigned n, unsigned s) {
  *e = (struct expansion){.s = s, .degree = find_degree(n)};
  mpz_t *u = xcalloc(e->degree + 1, sizeof *u);
  for (unsigned j = 0; j <= e->degree; j++)
    mpz_init(u[j]);
  chebyshev(u, e->degree, s);
  mpz_init_set(e->d, u[0]);
  e->at = u;
  for (unsigned j = 0; j < e->degree; j++)
    mpz_neg(u[j], u[j + 1]);
  mpz_clear(u[e->degree]);
}

void expansion_clear(struct expansion *e) {
  for (unsigned j = 0; j < e->degree; j++)
    mpz_clear(e->at[j]);
  free(e->at);
  mpz_clear(e->d);
}

uint32_t expansion_mod(const struct expansion *e, uint32_t y, uint32_t q) {
  uint64_t sum = 0;
  for (unsigned j = e->degree; j-- > 0;)
    sum = (sum * y + mpz_fdiv_ui(e->at[j], q)) % q;
  return (uint32_t)sum;
}

void expansion_most(mpz_t most, const struct expansion *e) {
  mpz_set_ui(most, 0);
  mpz_setbit(most, e->degree * (e->s - 1));
  mpz_add(most, most, e->d);
  mpz_fdiv_q_2exp(most, most, e->s - 1);
}
