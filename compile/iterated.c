/* Products of many numbers: discrete logarithms, Chinese remainders. */
#include "circuit/error.h"
#include "compile/arithmetic.h"
#include "compile/crt.h"
#include "compile/powers.h"

#include <assert.h>
#include <stdlib.h>

static void most_product(mpz_t most, const struct number *const *x, size_t m) {
  mpz_set_ui(most, 1);
  for (size_t i = 0; i < m; i++)
    mpz_mul(most, most, x[i]->hi);
}

unsigned product_width(const struct number *const *x, size_t m) {
  mpz_t most;
  mpz_init(most);
  most_product(most, x, m);
  unsigned n = mpz_sgn(most) ? (unsigned)mpz_sizeinbase(most, 2) : 1;
  mpz_clear(most);
  return n;
}

/* ---- Primes ---- */

struct prices {
  struct circuit *c;
  const struct number *const *x;
  size_t m;
  unsigned n; // bits of the result
};

/* Gates that a prime brings with it, on all levels. */
static double price(uint32_t p, void *context) {
  const struct prices *k = context;
  double gates = (double)k->m * (p - 2) + 1 + k->n;
  for (size_t i = 0; i < k->m; i++)
    gates += (double)residue_gates(k->c, k->x[i], p);
  return gates;
}

static void itself(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_set(y, x);
}

/* y = x itself on one ladder, if that takes fewer gates than its residues
   modulo all of the primes. */
static void share_ladder(struct circuit *c, struct number *y,
                         const struct number *x, const uint32_t *prime,
                         size_t primes) {
  size_t gates = 0;
  mpz_t values;
  mpz_init(values);
  mpz_sub(values, x->hi, x->lo);
  for (size_t i = 0; i < primes && mpz_cmp_ui(values, gates) >= 0; i++)
    gates += residue_gates(c, x, prime[i]);
  if (mpz_cmp_ui(values, gates) < 0)
    number_apply_sparse(c, y, x, &(struct function){itself, NULL, true});
  else
    number_set(y, x);
  mpz_clear(values);
}

/* ---- The product modulo a prime ---- */

struct logarithm {
  uint32_t p, g;
  uint32_t zero; // stands for the logarithm of 0
  uint32_t *of;  // [p]
};

static void logarithm_init(struct logarithm *l, uint32_t p, size_t m) {
  *l = (struct logarithm){p, generator_mod(p), (uint32_t)m * (p - 2) + 1,
                          xcalloc(p, sizeof *l->of)};
  uint32_t power = 1;
  for (uint32_t i = 0; i + 1 < p; i++) {
    l->of[power] = i;
    power = (uint32_t)((uint64_t)power * l->g % p);
  }
  l->of[0] = l->zero;
}

static void take_logarithm(mpz_t y, const mpz_t x, const void *context) {
  mpz_set_ui(y, ((const struct logarithm *)context)->of[mpz_get_ui(x)]);
}

/* g^sum mod p; 0 where a factor is 0. */
static void raise(mpz_t y, const mpz_t sum, const void *context) {
  const struct logarithm *l = context;
  bool is_zero = mpz_cmp_ui(sum, l->zero) >= 0;
  mpz_set_ui(y, is_zero ? 0 : power_mod(l->g, (uint32_t)mpz_get_ui(sum), l->p));
}

/* r = the product of x[0..m) mod p, on one ladder. */
static void product_mod(struct circuit *c, struct residue *r,
                        const struct number *x, size_t m, uint32_t p) {
  struct logarithm l;
  struct number sum;
  logarithm_init(&l, p, m);
  number_init(&sum);
  for (size_t i = 0; i < m; i++) {
    residue_make(c, r, &x[i], p, NULL);
    number_apply(c, &r->value, &r->value,
                 &(struct function){take_logarithm, &l, false});
    number_push_si(c, &sum, &r->value, 1);
  }
  number_settle(c, &sum);
  number_apply_sparse(c, &r->value, &sum, &(struct function){raise, &l, false});
  r->least = 0; // there is no gate
  number_clear(&sum);
  free(l.of);
}

/* ---- Bits ---- */

/* M > most * 2^(n+1), as crt_bits() needs; or twice as much as V. */
static uint32_t *find_primes(struct prices *k, size_t *primes, mpz_t most,
                             bool by_rank) {
  mpz_t bound;
  mpz_init(bound);
  mpz_mul_2exp(bound, most, by_rank ? 1 : k->n + 1);
  uint32_t *prime = crt_moduli(primes, bound, true, price, k);
  mpz_clear(bound);
  return prime;
}

void number_product(struct circuit *c, struct number *r, unsigned n,
                    const struct number *const *x, size_t m, bool by_rank) {
  struct prices k = {c, x, m, n};
  size_t primes;
  mpz_t most;
  if (m == 1) {
    number_bits(c, r, x[0], n);
    return;
  }
  mpz_init(most);
  most_product(most, x, m);
  uint32_t *prime = find_primes(&k, &primes, most, by_rank);
  struct number *y = numbers_new(m);
  for (size_t i = 0; i < m; i++)
    share_ladder(c, &y[i], x[i], prime, primes);
  struct residue *residue = xcalloc(primes, sizeof *residue);
  for (size_t i = 0; i < primes; i++) {
    residue_init(&residue[i]);
    product_mod(c, &residue[i], y, m, prime[i]);
  }
  if (by_rank)
    crt_bits_by_rank(c, r, n, residue, prime, primes, most);
  else
    crt_bits(c, r, n, residue, prime, primes, most);
  for (size_t i = 0; i < primes; i++)
    residue_clear(&residue[i]);
  free(residue);
  numbers_free(y, m);
  free(prime);
  mpz_clear(most);
}
