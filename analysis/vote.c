#include "analysis/vote.h"
#include "analysis/log.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>

/* With p = a / d and b = d - a the terms are C(k, i) a^i b^(k - i), over d^k in
   the end. From i = k down Horner's rule in a needs no powers of it, but for
   the last one, which all have. */
void vote_error(mpq_t r, const mpq_t p, unsigned long k) {
  mpz_t a, b, sum, binomial, power, term;
  assert(k % 2 && k <= VOTE_MAX_REPLICAS);
  mpz_inits(a, b, sum, binomial, power, term, NULL);
  mpz_set(a, mpq_numref(p));
  mpz_sub(b, mpq_denref(p), a);
  mpz_set_ui(binomial, 1);
  mpz_set_ui(power, 1); // of b: k - i
  mpz_set_ui(sum, 0);
  for (unsigned long i = k; i > k / 2; i--) {
    mpz_mul(sum, sum, a); // Horner in a
    mpz_mul(term, binomial, power);
    mpz_add(sum, sum, term);
    mpz_mul(power, power, b);
    mpz_mul_ui(binomial, binomial, i);
    mpz_divexact_ui(binomial, binomial, k - i + 1);
  }
  mpz_pow_ui(term, a, k / 2 + 1);
  mpz_mul(mpq_numref(r), sum, term);
  mpz_pow_ui(mpq_denref(r), mpq_denref(p), k);
  mpq_canonicalize(r);
  mpz_clears(a, b, sum, binomial, power, term, NULL);
}

static double gap(const mpq_t p) {
  return 0.5 - mpq_get_d(p);
}

double vote_hoeffding(const mpq_t p, unsigned long k) {
  return exp(-2 * (double)k * gap(p) * gap(p));
}

/* The least odd k of at least x. */
static unsigned long odd_from(double x) {
  unsigned long k = x < 1 ? 1 : (unsigned long)ceil(x);
  return k + !(k % 2);
}

static bool is_enough(const mpq_t p, unsigned long k, const mpq_t bound) {
  mpq_t r;
  mpq_init(r);
  vote_error(r, p, k);
  bool enough = mpq_cmp(r, bound) <= 0;
  mpq_clear(r);
  return enough;
}

/* More replicas never err more: the bounds of a search over k = 2 m + 1. */
unsigned long vote_replicas(const mpq_t p, const mpq_t bound) {
  unsigned long from = 0, to = 0; // of m
  while (!is_enough(p, 2 * to + 1, bound)) {
    if (2 * to + 1 >= VOTE_MAX_REPLICAS)
      return 0;
    from = to + 1;
    to = to ? 2 * to + 1 : 1;
    if (2 * to + 1 > VOTE_MAX_REPLICAS)
      to = (VOTE_MAX_REPLICAS - 1) / 2;
  }
  while (from < to) {
    unsigned long middle = from + (to - from) / 2;
    if (is_enough(p, 2 * middle + 1, bound))
      to = middle;
    else
      from = middle + 1;
  }
  return 2 * to + 1;
}

unsigned long vote_replicas_hoeffding(const mpq_t p, const mpq_t bound) {
  double nats = log_z(mpq_denref(bound)) - log_z(mpq_numref(bound));
  return odd_from(nats / (2 * gap(p) * gap(p)));
}

unsigned long vote_replicas_union(const mpq_t p, unsigned n) {
  double k = (double)n * log(2) / (2 * gap(p) * gap(p));
  return odd_from(floor(k) + 1);
}
