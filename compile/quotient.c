/* Quotients in depth 3 and polynomially many gates.

   For y of s bits, R(y) / D is 1/y to within a factor of 1 + 2^-(n+2), for an
   integer D and a polynomial R (expansion.h). So V = (2x + 1) R has V / 2D less
   than 1/4y away from (x + 1/2) / y, which is at least 1/2y away from every
   integer: floor(V / 2D) = floor(x / y), and V / 2D keeps 1/4y > 2^-(s+2) away
   from integers. Bit k is read off V / (2D * 2^(k+1)) modulo 1, which is not
   closer than 2^-(s+k+3) to 0 or 1/2. V is the sum of R and of x_j times
   2^(j+1) R, each of which is known modulo small q (residue.h, crt.h).

   For y >= 2^(n-t) the quotient has t bits at most, and 2^t - 1 gates count how
   often y goes into x: fewer than 2n, as t is the bits of n, or n - 2 where
   that is less and nothing would be left. For y = 1 the quotient is x.

   A gate for a bit of the quotient can take another condition into its sum, so
   the products with the bits of y, of which the remainder is made, take no
   further level. */
#include "circuit/error.h"
#include "compile/arithmetic.h"
#include "compile/arithmetic_parts.h"
#include "compile/crt.h"
#include "compile/division.h"
#include "compile/expansion.h"

#include <assert.h>
#include <stdlib.h>

/* ---- The first level ---- */

struct quotient {
  struct circuit *c;
  const struct number *x, *y;
  struct number low;       // y mod 2^(n-t)
  unsigned n, direct;      // direct = t
  struct number *x_bit;    // [n]
  struct number *y_bit;    // [n]
  struct number *at_least; // [n + 1]: [y >= 2^s]; 0 for s = n
  uint32_t *modulus;
  size_t moduli;
  struct residue *residue; // [moduli * (n + 1)]: of `low`, then x_j AND it
  bool is_remainder;
  /* [n], bits of the quotient; or [n * n], bit i AND y_j at i * n + j. */
  struct number *result;
};

/* Gates of a modulus, as if all sums used it and half of a table's range were
   never reached: a rung for each half unit of each table. */
static double price(uint32_t q, void *context) {
  const struct quotient *k = context;
  double ladders = 0; // of the second level
  for (unsigned s = 2; s + k->direct <= k->n; s++)
    ladders += (k->n - s + 1) * (k->is_remainder ? s : 1.0);
  return ((double)residue_gates(k->c, &k->low, q) + ladders) * (k->n + 1);
}

/* V at most, for x < 2^n. */
static void most_value(mpz_t most, const struct expansion *e, unsigned n) {
  mpz_t factor;
  mpz_init(factor);
  expansion_most(most, e);
  mpz_setbit(factor, n + 1);
  mpz_sub_ui(factor, factor, 1);
  mpz_mul(most, most, factor);
  mpz_clear(factor);
}

/* Enough for the greatest s: M > V * 2^(n+3). */
static void find_moduli(struct quotient *k) {
  struct expansion e;
  unsigned s = k->n - k->direct;
  mpz_t most;
  if (s < 2)
    return;
  mpz_init(most);
  expansion_init(&e, k->n, s);
  most_value(most, &e, k->n);
  mpz_mul_2exp(most, most, k->n + 3);
  k->modulus = crt_moduli(&k->moduli, most, false, price, k);
  expansion_clear(&e);
  mpz_clear(most);
}

static void make_residues(struct quotient *k) {
  size_t each = k->n + 1;
  k->residue = xcalloc(k->moduli * each, sizeof *k->residue);
  for (size_t i = 0; i < k->moduli * each; i++) {
    residue_init(&k->residue[i]);
    residue_make(k->c, &k->residue[i], &k->low, k->modulus[i / each],
                 i % each ? &k->x_bit[i % each - 1] : NULL);
  }
}

static unsigned bits_of(unsigned n) {
  unsigned bits = 0;
  for (; n; n >>= 1)
    bits++;
  return bits;
}

static void quotient_init(struct quotient *k, struct circuit *c,
                          const struct number *x, const struct number *y,
                          unsigned n, bool is_remainder) {
  *k = (struct quotient){.c = c, .x = x, .y = y, .n = n};
  k->direct = bits_of(n);
  if (n >= 3 && k->direct > n - 2)
    k->direct = n - 2;
  k->is_remainder = is_remainder;
  k->x_bit = numbers_new(n);
  k->y_bit = numbers_new(n);
  k->at_least = numbers_new(n + 1);
  k->result = numbers_new(is_remainder ? (size_t)n * n : n);
  number_init(&k->low);
  number_bits(c, k->x_bit, x, n);
  number_bits(c, k->y_bit, y, n);
  mpz_t power;
  mpz_init_set_ui(power, 1);
  for (unsigned s = 0; s < n; s++) {
    number_at_least(c, &k->at_least[s], y, power);
    if (s < n - k->direct)
      number_push(c, &k->low, &k->y_bit[s], power);
    mpz_mul_2exp(power, power, 1);
  }
  number_settle(c, &k->low);
  mpz_clear(power);
  find_moduli(k);
  make_residues(k);
}

static void quotient_clear(struct quotient *k) {
  numbers_free(k->x_bit, k->n);
  numbers_free(k->y_bit, k->n);
  numbers_free(k->at_least, k->n + 1);
  numbers_free(k->result, k->is_remainder ? (size_t)k->n * k->n : k->n);
  number_clear(&k->low);
  for (size_t i = 0; i < k->moduli * (k->n + 1); i++)
    residue_clear(&k->residue[i]);
  free(k->residue);
  free(k->modulus);
}

/* ---- Steps of a sum, under conditions ---- */

/* When a gate may fire: all of `all` 0/1 numbers, of which this is the sum. */
struct condition {
  struct number sum;
  long all;
};

/* r = [condition] * (the steps of the staircase that x >= 0 passes), where all
   thresholds are above 0: condition's numbers weigh more than x. */
static void conditional_steps(struct circuit *c, struct number *r,
                              const struct number *x,
                              const struct condition *when,
                              const struct staircase *steps) {
  struct staircase raised;
  struct number gated;
  mpz_t big, up;
  mpz_inits(big, up, NULL);
  staircase_init(&raised);
  number_init(&gated);
  mpz_add_ui(big, x->hi, 1);
  mpz_mul_si(up, big, when->all);
  number_push_si(c, &gated, x, 1);
  number_push(c, &gated, &when->sum, big);
  number_settle(c, &gated);
  for (size_t i = 0; i < steps->stairs.n; i++) {
    mpz_add(big, steps->stairs.at[i].threshold, up);
    staircase_push(&raised, big, steps->stairs.at[i].step);
  }
  number_staircase(c, r, &gated, &raised);
  staircase_clear(&raised);
  number_clear(&gated);
  mpz_clears(big, up, NULL);
}

/* when = is_here AND y_j. */
static void and_bit(struct quotient *k, struct condition *when,
                    const struct number *is_here, unsigned j) {
  number_add(k->c, &when->sum, is_here, &k->y_bit[j]);
  when->all = 2;
}

/* Bit i of the quotient += these steps where y has s bits, or the same AND each
   bit y_j: y_(s-1) is 1 and higher ones are 0. */
static void push_bit(struct quotient *k, unsigned i, const struct number *x,
                     const struct number *is_here, unsigned s,
                     const struct staircase *steps) {
  struct condition when;
  struct number bit;
  number_init(&when.sum);
  number_init(&bit);
  for (unsigned j = k->is_remainder ? 0 : s - 1; j < s; j++) {
    number_set(&when.sum, is_here);
    when.all = 1;
    if (j < s - 1)
      and_bit(k, &when, is_here, j);
    conditional_steps(k->c, &bit, x, &when, steps);
    number_push_si(k->c, &k->result[k->is_remainder ? i * k->n + j : i], &bit,
                   1);
  }
  number_clear(&when.sum);
  number_clear(&bit);
}

/* ---- The second level ---- */

/* sum += the tables of modulus i: of R, and of x_j * 2^(j+1) R. */
static void push_modulus(const struct quotient *k, struct number *sum,
                         const struct crt *crt, size_t i,
                         const struct expansion *e) {
  uint32_t q = crt->modulus[i], *part = xmalloc(q * sizeof *part);
  for (uint32_t v = 0; v < q; v++)
    part[v] = expansion_mod(e, v, q);
  for (unsigned j = 0; j <= k->n; j++) {
    crt_push(k->c, sum, crt, i, &k->residue[i * (k->n + 1) + j], part);
    for (uint32_t v = 0; v < q; v++)
      part[v] = (uint32_t)(2 * (uint64_t)part[v] % q);
  }
  free(part);
}

/* The bit below the point of x / 2^f: one more for every half that x passes,
   one less for every whole. */
static void halves(struct staircase *s, const struct number *x,
                   unsigned long f) {
  mpz_t t, half;
  mpz_inits(t, half, NULL);
  mpz_setbit(half, f - 1);
  mpz_set(t, half);
  for (long step = 1; mpz_cmp(t, x->hi) <= 0; step = -step) {
    staircase_push_si(s, t, step);
    mpz_add(t, t, half);
  }
  mpz_clears(t, half, NULL);
}

/* The bits of the quotient for y of s bits. */
static void push_length(struct quotient *k, unsigned s) {
  struct expansion e;
  struct crt crt;
  struct number sum, is_here;
  mpz_t most, d;
  mpz_inits(most, d, NULL);
  number_init(&sum);
  number_init(&is_here);
  number_sub(k->c, &is_here, &k->at_least[s - 1], &k->at_least[s]);
  expansion_init(&e, k->n, s);
  most_value(most, &e, k->n);
  crt_init(&crt, k->modulus);
  for (unsigned i = 0; i <= k->n - s; i++) {
    struct staircase steps;
    staircase_init(&steps);
    mpz_mul_2exp(d, e.d, i + 2);
    if (!crt_scale(&crt, k->moduli, most, d, s + i + 3, k->n + 1))
      BUG("too few moduli");
    number_set_si(&sum, 0);
    for (size_t q = 0; q < crt.n; q++)
      push_modulus(k, &sum, &crt, q, &e);
    number_settle(k->c, &sum);
    halves(&steps, &sum, crt.f);
    push_bit(k, i, &sum, &is_here, s, &steps);
    staircase_clear(&steps);
  }
  crt_clear(&crt);
  expansion_clear(&e);
  number_clear(&sum);
  number_clear(&is_here);
  mpz_clears(most, d, NULL);
}

/* y = 1: the quotient is x, times y_0 the same. */
static void push_one(struct quotient *k) {
  struct number is_one, both;
  number_init(&is_one);
  number_init(&both);
  number_sub(k->c, &is_one, &k->at_least[0], &k->at_least[1]);
  for (unsigned i = 0; i < k->n; i++) {
    number_add(k->c, &both, &is_one, &k->x_bit[i]);
    number_at_least_si(k->c, &both, &both, 2);
    number_push_si(k->c, &k->result[k->is_remainder ? i * k->n : i], &both, 1);
  }
  number_clear(&is_one);
  number_clear(&both);
}

/* y = 0: all ones. */
static void push_zero(struct quotient *k) {
  struct number is_zero;
  number_init(&is_zero);
  number_mul_si(k->c, &is_zero, &k->at_least[0], -1);
  number_add_si(&is_zero, &is_zero, 1);
  for (unsigned i = 0; i < k->n; i++)
    number_push_si(k->c, &k->result[i], &is_zero, 1);
  number_clear(&is_zero);
}

/* y goes b times into x, under this condition: to the bits of how often it
   does, from `at` on, `stride` apart. */
static void push_multiple(struct quotient *k, const struct condition *when,
                          long b, struct number *at, size_t stride) {
  struct staircase step;
  struct number f, g;
  mpz_t one;
  mpz_init_set_ui(one, 1);
  staircase_init(&step);
  staircase_push_si(&step, one, 1);
  number_init(&f);
  number_init(&g);
  number_mul_si(k->c, &f, k->y, -b);
  number_add(k->c, &f, &f, k->x);
  number_add_si(&f, &f, 1);
  conditional_steps(k->c, &g, &f, when, &step);
  number_push_count(k->c, at, k->direct, stride, (unsigned long)b, &g);
  number_clear(&f);
  number_clear(&g);
  staircase_clear(&step);
  mpz_clear(one);
}

/* y >= 2^(n-t): how often it goes into x. */
static void push_greatest(struct quotient *k) {
  const struct number *is_here = &k->at_least[k->n - k->direct];
  struct condition when = {.all = 1};
  number_init(&when.sum);
  for (long b = 1; b < 1L << k->direct; b++) {
    number_set(&when.sum, is_here);
    if (!k->is_remainder)
      push_multiple(k, &when, b, k->result, 1);
    for (unsigned j = 0; k->is_remainder && bits_of((unsigned)b) + j <= k->n;
         j++) {
      and_bit(k, &when, is_here, j);
      push_multiple(k, &when, b, k->result + j, k->n);
    }
  }
  number_clear(&when.sum);
}

static void make_quotient(struct quotient *k) {
  size_t results = k->is_remainder ? (size_t)k->n * k->n : k->n;
  if (!k->is_remainder)
    push_zero(k);
  if (k->n > k->direct)
    push_one(k);
  push_greatest(k);
  for (unsigned s = 2; s + k->direct <= k->n; s++)
    push_length(k, s);
  number_settle_bits(k->c, k->result, results);
}

void number_quotient_poly(struct circuit *c, struct number *r, unsigned n,
                          const struct number *x, const struct number *y) {
  struct quotient k;
  quotient_init(&k, c, x, y, n, false);
  make_quotient(&k);
  for (unsigned i = 0; i < n; i++)
    number_set(&r[i], &k.result[i]);
  quotient_clear(&k);
}

void number_remainder_poly(struct circuit *c, struct number *r, unsigned n,
                           const struct number *x, const struct number *y) {
  struct quotient k;
  quotient_init(&k, c, x, y, n, true);
  make_quotient(&k);
  number_minus_products(c, r, x, k.result, n);
  quotient_clear(&k);
}
