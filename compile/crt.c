#include "compile/crt.h"
#include "circuit/error.h"
#include "compile/arithmetic.h"
#include "compile/arithmetic_parts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

void crt_init(struct crt *k, const uint32_t *modulus) {
  *k = (struct crt){.modulus = modulus};
  mpz_inits(k->product, k->factor, NULL);
}

void crt_clear(struct crt *k) {
  mpz_clears(k->product, k->factor, NULL);
  free(k->unit);
}

static void find_units(struct crt *k) {
  mpz_t rest;
  mpz_init(rest);
  free(k->unit);
  k->unit = xcalloc(k->n, sizeof *k->unit);
  for (size_t i = 0; i < k->n; i++) {
    uint32_t q = k->modulus[i];
    mpz_divexact_ui(rest, k->product, q);
    uint32_t inverse = inverse_mod((uint32_t)mpz_fdiv_ui(rest, q), q);
    k->unit[i] = (uint32_t)(mpz_fdiv_ui(k->factor, q) * (uint64_t)inverse % q);
  }
  mpz_clear(rest);
}

/* f = g + bits of the tables in a sum. */
static void find_precision(struct crt *k, unsigned long g, size_t tables) {
  k->f = g;
  for (tables *= k->n; tables; tables >>= 1)
    k->f++;
}

void crt_set_rank(struct crt *k, size_t n) {
  k->n = n;
  mpz_set_ui(k->product, 1);
  for (size_t i = 0; i < n; i++)
    mpz_mul_ui(k->product, k->product, k->modulus[i]);
  mpz_set_ui(k->factor, 1);
  find_precision(k, 2, 1);
  find_units(k);
}

bool crt_scale(struct crt *k, size_t available, const mpz_t most, const mpz_t d,
               unsigned long g, size_t tables) {
  mpz_t bound;
  mpz_init(bound);
  mpz_mul_2exp(bound, most, g);
  mpz_set_ui(k->product, 1);
  for (k->n = 0; k->n < available && mpz_cmp(k->product, bound) <= 0; k->n++)
    mpz_mul_ui(k->product, k->product, k->modulus[k->n]);
  bool ok = mpz_cmp(k->product, bound) > 0;
  mpz_fdiv_q_2exp(bound, d, 1); // R is the integer nearest to M / d
  mpz_add(k->factor, k->product, bound);
  mpz_fdiv_q(k->factor, k->factor, d);
  mpz_clear(bound);
  find_precision(k, g, tables);
  if (ok)
    find_units(k);
  return ok;
}

void crt_alpha(mpz_t alpha, const struct crt *k, size_t i, uint32_t v) {
  uint32_t q = k->modulus[i];
  mpz_set_ui(alpha, v * (uint64_t)k->unit[i] % q);
  mpz_mul_2exp(alpha, alpha, k->f + 1);
  mpz_add_ui(alpha, alpha, q); // to the nearest: (2a + q) / 2q
  mpz_fdiv_q_ui(alpha, alpha, 2UL * q);
  mpz_fdiv_r_2exp(alpha, alpha, k->f);
}

void crt_push(struct circuit *c, struct number *sum, const struct crt *k,
              size_t i, const struct residue *r, const uint32_t *part) {
  uint32_t q = k->modulus[i];
  mpz_t *table = xmalloc(q * sizeof *table);
  struct number y;
  assert(r->modulus == q);
  number_init(&y);
  for (uint32_t v = 0; v < q; v++) {
    mpz_init(table[v]);
    crt_alpha(table[v], k, i, part ? part[v] : v);
  }
  residue_table(c, &y, r, (const mpz_t *)table);
  number_push_si(c, sum, &y, 1);
  number_clear(&y);
  for (uint32_t v = 0; v < q; v++)
    mpz_clear(table[v]);
  free(table);
}

/* ---- Bits ---- */

/* r[from..to) = these bits of V, of which there are residues: those of the sum
   for d = 2^to, where half a unit keeps V + 1/2 away from what it must not
   reach. */
static void some_bits(struct circuit *c, struct number *r,
                      const struct residue *residue, struct crt *k,
                      unsigned from, unsigned to) {
  struct number sum;
  mpz_t half;
  number_init(&sum);
  mpz_init_set_ui(half, 1);
  mpz_mul_2exp(half, half, k->f - to - 1);
  number_set_z(&sum, half);
  for (size_t i = 0; i < k->n; i++)
    crt_push(c, &sum, k, i, &residue[i], NULL);
  number_settle(c, &sum);
  number_bits_from(c, r + from, &sum, k->f - (to - from), to - from);
  number_clear(&sum);
  mpz_clear(half);
}

/* start[k] = where the run of bits begins that ends before bit k, in a cut of
   [0..n) into runs for which the carries are fewest: a run with t moduli has
   some t - 1 carries into each bit and out of the last, and low bits need few
   moduli. */
static unsigned *cut(const uint32_t *modulus, size_t available,
                     const mpz_t most, unsigned n) {
  unsigned *start = xcalloc(n + 1, sizeof *start);
  double *gates = xcalloc(n + 1, sizeof *gates);
  struct crt k;
  mpz_t d;
  mpz_init(d);
  crt_init(&k, modulus);
  for (unsigned to = 1; to <= n; to++) {
    mpz_set_ui(d, 1);
    mpz_mul_2exp(d, d, to);
    if (!crt_scale(&k, available, most, d, to + 1, 1))
      BUG("too few moduli");
    for (unsigned from = 0; from < to; from++) {
      double all = gates[from] + (double)(k.n - 1) * (to - from + 1);
      if (from == 0 || all < gates[to]) {
        gates[to] = all;
        start[to] = from;
      }
    }
  }
  crt_clear(&k);
  mpz_clear(d);
  free(gates);
  return start;
}

void crt_bits(struct circuit *c, struct number *r, unsigned n,
              const struct residue *residue, const uint32_t *modulus,
              size_t moduli, const mpz_t most) {
  unsigned *start = cut(modulus, moduli, most, n);
  struct crt k;
  mpz_t d;
  mpz_init(d);
  crt_init(&k, modulus);
  for (unsigned to = n; to > 0; to = start[to]) {
    mpz_set_ui(d, 1);
    mpz_mul_2exp(d, d, to);
    if (!crt_scale(&k, moduli, most, d, to + 1, 1))
      BUG("too few moduli");
    some_bits(c, r, residue, &k, start[to], to);
  }
  crt_clear(&k);
  mpz_clear(d);
  free(start);
}

/* sum = h_q * M/q, over all q, less rank * M; h_q = v_q * u_q mod q. */
static void push_summands(struct circuit *c, struct number *sum,
                          const struct residue *residue, const struct crt *k) {
  struct number y;
  mpz_t w;
  number_init(&y);
  mpz_init(w);
  for (size_t i = 0; i < k->n; i++) {
    uint32_t q = k->modulus[i];
    mpz_t *table = xmalloc(q * sizeof *table);
    for (uint32_t v = 0; v < q; v++)
      mpz_init_set_ui(table[v], v * (uint64_t)k->unit[i] % q);
    residue_table(c, &y, &residue[i], (const mpz_t *)table);
    mpz_divexact_ui(w, k->product, q);
    number_push(c, sum, &y, w);
    for (uint32_t v = 0; v < q; v++)
      mpz_clear(table[v]);
    free(table);
  }
  number_clear(&y);
  mpz_clear(w);
}

/* The sum for R = 1 is rank + V/M: a quarter more keeps away from integers, as
   2V < M. */
void crt_bits_by_rank(struct circuit *c, struct number *r, unsigned n,
                      const struct residue *residue, const uint32_t *modulus,
                      size_t moduli, const mpz_t most) {
  struct number sum, rank;
  struct crt k;
  mpz_t w, zero;
  mpz_inits(w, zero, NULL);
  number_init(&sum);
  number_init(&rank);
  crt_init(&k, modulus);
  crt_set_rank(&k, moduli);
  mpz_set_ui(w, 1);
  mpz_mul_2exp(w, w, k.f - 2);
  number_set_z(&sum, w);
  for (size_t i = 0; i < k.n; i++)
    crt_push(c, &sum, &k, i, &residue[i], NULL);
  number_settle(c, &sum);
  number_apply(c, &rank, &sum,
               &(struct function){number_high_part, &k.f, true});
  number_set_si(&sum, 0);
  push_summands(c, &sum, residue, &k);
  mpz_neg(w, k.product);
  number_push(c, &sum, &rank, w);
  number_settle(c, &sum);
  number_bound(&sum, zero, most);
  number_bits(c, r, &sum, n);
  crt_clear(&k);
  number_clear(&sum);
  number_clear(&rank);
  mpz_clears(w, zero, NULL);
}

/* ---- Moduli ---- */

struct candidate {
  uint32_t q;
  double price; // its cost for each bit of q
};

struct market {
  ARRAY(struct candidate) at;
  bool primes_only;
  double (*cost)(uint32_t q, void *context);
  void *context;
};

static struct candidate candidate(const struct market *m, uint32_t q) {
  return (struct candidate){q, m->cost(q, m->context) / log2(q)};
}

/* The power of p with the least price. */
static void offer(struct market *m, uint32_t p) {
  struct candidate best = candidate(m, p);
  for (uint32_t q = p; !m->primes_only && q <= 256 / p;) {
    struct candidate c = candidate(m, q *= p);
    if (c.price < best.price)
      best = c;
  }
  array_push(&m->at, best);
}

/* Primes until their product is more than the bound, and a third more: prices
   grow with q, though not evenly. */
static void offer_primes(struct market *m, const mpz_t bound) {
  mpz_t product;
  mpz_init_set_ui(product, 1);
  uint32_t end = RESIDUE_MAX;
  for (uint32_t p = 2; p < end; p++) {
    if (!is_prime(p))
      continue;
    offer(m, p);
    mpz_mul_ui(product, product, p);
    if (end == RESIDUE_MAX && mpz_cmp(product, bound) > 0)
      end = p + p / 3 + 2;
  }
  if (mpz_cmp(product, bound) <= 0)
    die("a number of more than 40,000 bits would be needed in between");
  mpz_clear(product);
}

static int by_price(const void *a, const void *b) {
  const struct candidate *x = a, *y = b;
  if (x->price != y->price)
    return x->price < y->price ? -1 : 1;
  return (x->q > y->q) - (x->q < y->q);
}

uint32_t *crt_moduli(size_t *n, const mpz_t bound, bool primes_only,
                     double (*cost)(uint32_t q, void *context), void *context) {
  struct market m = {
      .primes_only = primes_only, .cost = cost, .context = context};
  size_t taken = 0, kept = 0;
  mpz_t product, without;
  mpz_init_set_ui(product, 1);
  mpz_init(without);
  offer_primes(&m, bound);
  qsort(m.at.at, m.at.n, sizeof *m.at.at, by_price);
  while (mpz_cmp(product, bound) <= 0)
    mpz_mul_ui(product, product, m.at.at[taken++].q);
  for (size_t i = taken; i-- > 0;) { // the dearest that is not needed goes
    mpz_divexact_ui(without, product, m.at.at[i].q);
    if (mpz_cmp(without, bound) > 0) {
      mpz_set(product, without);
      m.at.at[i].q = 0;
    }
  }
  uint32_t *modulus = xmalloc((taken + 1) * sizeof *modulus);
  for (size_t i = 0; i < taken; i++)
    if (m.at.at[i].q)
      modulus[kept++] = m.at.at[i].q;
  *n = kept;
  mpz_clears(product, without, NULL);
  array_clear(&m.at);
  return modulus;
}
