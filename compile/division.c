/* Quotients and remainders digit by digit, and by constants. */
#include "compile/division.h"
#include "circuit/error.h"
#include "compile/arithmetic.h"
#include "compile/arithmetic_parts.h"
#include "compile/residue.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* ---- Where to cut the quotient into digits ---- */

void division_plan_init(struct division_plan *d) {
  memset(&d->length, 0, sizeof d->length);
  d->n = 0;
  mpz_inits(d->gates, d->wires, NULL);
}

void division_plan_clear(struct division_plan *d) {
  array_clear(&d->length);
  mpz_clears(d->gates, d->wires, NULL);
}

/* The pairs b, j with 1 <= b < 2^h, 0 <= j and b * 2^(w+j) < 2^n: b of i bits
   goes with the n - w - i + 1 least j. */
static void count_products(mpz_t gates, unsigned n, unsigned h, unsigned w) {
  mpz_t all;
  mpz_init(all);
  for (unsigned i = 1; i <= h && i + w <= n; i++) { // b of i bits
    mpz_set_ui(all, 1);
    mpz_mul_2exp(all, all, i - 1);
    mpz_addmul_ui(gates, all, n - w - i + 1);
  }
  mpz_clear(all);
}

/* The fewest gates for the w lowest bits of the quotient in some levels, and
   the length of their first digit; 0 if it cannot be done. */
struct best {
  mpz_t gates;
  unsigned length;
};

struct plan {
  unsigned n, levels;
  bool is_remainder;
  struct best *best; // [w * (levels + 1) + levels left]
};

/* Gates of a digit of h bits above w others, outputs of a quotient included. A
   remainder takes products of every digit, and no bits of it. */
static void digit_gates(mpz_t gates, const struct plan *p, unsigned h,
                        unsigned w) {
  mpz_t rungs;
  mpz_set_ui(gates, 0);
  if (w || p->is_remainder)
    count_products(gates, p->n, h, w);
  if (p->is_remainder)
    return;
  mpz_init_set_ui(rungs, 1);
  mpz_mul_2exp(rungs, rungs, h);
  mpz_add(gates, gates, rungs);
  mpz_add_ui(gates, gates, h);
  mpz_sub_ui(gates, gates, 2);
  mpz_clear(rungs);
}

/* The lowest bit alone is an output as it is, so it may have a level more. */
static bool can_take(const struct plan *p, unsigned w, unsigned h,
                     unsigned left) {
  return left || (!p->is_remainder && w == 1 && h == 1);
}

/* Try a first digit of h bits, which takes these gates, for the w lowest. */
static void try_digit(struct plan *p, unsigned w, unsigned h,
                      const mpz_t digit) {
  mpz_t gates;
  mpz_init(gates);
  for (unsigned left = 0; left <= p->levels; left++) {
    struct best *best = &p->best[w * (p->levels + 1) + left];
    const struct best *rest =
        &p->best[(w - h) * (p->levels + 1) + (left ? left - 1 : 0)];
    if (!can_take(p, w, h, left) || (w > h && !rest->length))
      continue;
    mpz_add(gates, digit, rest->gates);
    if (!best->length || mpz_cmp(gates, best->gates) < 0) {
      mpz_set(best->gates, gates);
      best->length = h;
    }
  }
  mpz_clear(gates);
}

static void plan_bits(struct plan *p, unsigned w) {
  mpz_t digit;
  mpz_init(digit);
  for (unsigned h = 1; h <= w; h++) {
    digit_gates(digit, p, h, w - h);
    try_digit(p, w, h, digit);
  }
  mpz_clear(digit);
}

/* The gates of a digit read x, y and all products before. */
static void count_wires(struct division_plan *d) {
  mpz_t products, gates, all;
  mpz_inits(products, gates, all, NULL);
  unsigned w = d->n;
  mpz_set_ui(d->wires, 0);
  mpz_set_ui(all, 2UL * d->n);
  for (size_t i = 0; i < d->length.n; i++) {
    unsigned h = d->length.at[i];
    w -= h;
    mpz_set_ui(products, 0);
    count_products(products, d->n, h, w);
    mpz_set_ui(gates, 1);
    mpz_mul_2exp(gates, gates, h);
    mpz_add(gates, gates, products);
    mpz_addmul(d->wires, gates, all);
    mpz_add(all, all, products);
  }
  mpz_clears(products, gates, all, NULL);
}

void division_plan_make(struct division_plan *d, unsigned n, unsigned depth,
                        bool is_remainder) {
  struct plan p = {n, depth - 1 - is_remainder, is_remainder, NULL};
  assert(n >= 1 && depth >= 2 + (unsigned)is_remainder);
  if (p.levels > n)
    p.levels = n;
  unsigned row = p.levels + 1;
  p.best = xcalloc((n + 1) * (size_t)row, sizeof *p.best);
  for (size_t i = 0; i < (n + 1) * (size_t)row; i++)
    mpz_init(p.best[i].gates);
  for (unsigned w = 1; w <= n; w++)
    plan_bits(&p, w);
  d->n = n;
  mpz_set(d->gates, p.best[n * row + p.levels].gates);
  for (unsigned w = n, left = p.levels; w;) {
    unsigned h = p.best[w * row + left].length;
    array_push(&d->length, h);
    w -= h;
    left -= left > 0;
  }
  count_wires(d);
  for (size_t i = 0; i < (n + 1) * (size_t)row; i++)
    mpz_clear(p.best[i].gates);
  free(p.best);
}

/* ---- Digit by digit ---- */

/* A division under way: y and its bits, and what is left of x. */
struct division {
  struct circuit *c;
  const struct number *y;
  struct number *y_bit; // [n]
  unsigned n;
  struct number rest;
};

static void division_init(struct division *v, struct circuit *c,
                          const struct number *x, const struct number *y,
                          unsigned n) {
  *v = (struct division){.c = c, .y = y, .y_bit = numbers_new(n), .n = n};
  number_init(&v->rest);
  number_set(&v->rest, x);
  number_bits(c, v->y_bit, y, n);
}

static void division_clear(struct division *v) {
  numbers_free(v->y_bit, v->n);
  number_clear(&v->rest);
}

/* f = rest - b * 2^w * y. */
static void compare_multiple(const struct division *v, struct number *f,
                             unsigned long b, unsigned w) {
  mpz_t weight;
  mpz_init_set_ui(weight, b);
  mpz_mul_2exp(weight, weight, w);
  mpz_neg(weight, weight);
  number_set(f, &v->rest);
  number_push(v->c, f, v->y, weight);
  number_settle(v->c, f);
  mpz_clear(weight);
}

/* bit[0..h) = the bits of the digit, which is the number of b with
   rest >= b * 2^w * y. */
static void make_digit(const struct division *v, struct number *bit, unsigned h,
                       unsigned w) {
  struct number f;
  number_init(&f);
  for (unsigned i = 0; i < h; i++)
    number_set_si(&bit[i], 0);
  for (unsigned long b = 1; b < 1UL << h; b++) {
    compare_multiple(v, &f, b, w);
    number_at_least_si(v->c, &f, &f, 0);
    number_push_count(v->c, bit, h, 1, b, &f);
  }
  number_settle_bits(v->c, bit, h);
  number_clear(&f);
}

/* product[i * n + j] = bit w + i of the quotient AND y_j, from products made
   beside the digit: alternating sums, as its bits. */
static void make_products(const struct division *v, struct number *product,
                          unsigned h, unsigned w) {
  struct number f, g;
  mpz_t zero;
  mpz_init(zero);
  number_init(&f);
  number_init(&g);
  for (unsigned long b = 1; b < 1UL << h; b++) {
    unsigned bits = (unsigned)(8 * sizeof b) - (unsigned)__builtin_clzl(b);
    compare_multiple(v, &f, b, w);
    for (unsigned j = 0; bits + w + j <= v->n; j++) {
      number_at_least_and(v->c, &g, &f, zero, &v->y_bit[j]);
      number_push_count(v->c, product + j, h, v->n, b, &g);
    }
  }
  number_settle_bits(v->c, product, (size_t)h * v->n);
  number_clear(&f);
  number_clear(&g);
  mpz_clear(zero);
}

/* rest -= sum of 2^(w+i+j) * product[i * n + j]. */
static void take_off(struct division *v, const struct number *product,
                     unsigned h, unsigned w, const mpz_t most) {
  mpz_t zero, weight;
  mpz_inits(zero, weight, NULL);
  for (unsigned i = 0; i < h; i++)
    for (unsigned j = 0; j < v->n; j++) {
      mpz_set_si(weight, -1);
      mpz_mul_2exp(weight, weight, w + i + j);
      number_push(v->c, &v->rest, &product[i * v->n + j], weight);
    }
  number_settle(v->c, &v->rest);
  number_bound(&v->rest, zero, most);
  mpz_clears(zero, weight, NULL);
}

void number_quotient_digits(struct circuit *c, struct number *r,
                            const struct number *x, const struct number *y,
                            const struct division_plan *d) {
  struct division v;
  division_init(&v, c, x, y, d->n);
  unsigned w = d->n;
  for (size_t i = 0; i < d->length.n; i++) {
    unsigned h = d->length.at[i];
    struct number *product = numbers_new((size_t)h * d->n);
    w -= h;
    make_digit(&v, r + w, h, w);
    if (w) {
      make_products(&v, product, h, w);
      take_off(&v, product, h, w, x->hi);
    }
    numbers_free(product, (size_t)h * d->n);
  }
  division_clear(&v);
}

void number_remainder_digits(struct circuit *c, struct number *r,
                             const struct number *x, const struct number *y,
                             const struct division_plan *d) {
  size_t n = d->n;
  struct number *product = numbers_new(n * n);
  struct division v;
  division_init(&v, c, x, y, d->n);
  unsigned w = d->n;
  for (size_t i = 0; i < d->length.n; i++) {
    unsigned h = d->length.at[i];
    w -= h;
    make_products(&v, product + w * n, h, w);
    take_off(&v, product + w * n, h, w, x->hi);
  }
  number_minus_products(c, r, x, product, d->n);
  numbers_free(product, n * n);
  division_clear(&v);
}

void number_minus_products(struct circuit *c, struct number *r,
                           const struct number *x, const struct number *product,
                           unsigned n) {
  size_t all = (size_t)n * n;
  mpz_t *weight = xmalloc(all * sizeof *weight);
  for (size_t i = 0; i < all; i++) {
    mpz_init_set_si(weight[i], -1);
    mpz_mul_2exp(weight[i], weight[i], i / n + i % n);
  }
  number_bits_of_forms(c, r, n, x, product, (const mpz_t *)weight, all, x->hi);
  for (size_t i = 0; i < all; i++)
    mpz_clear(weight[i]);
  free(weight);
}

/* ---- By constants ---- */

void number_quotient_constant(struct circuit *c, struct number *r, unsigned n,
                              const struct number *x, const mpz_t m) {
  struct number y;
  mpz_t factor;
  unsigned long shift = n + mpz_sizeinbase(m, 2);
  if (!mpz_sgn(m)) {
    for (unsigned i = 0; i < n; i++)
      number_set_si(&r[i], 1);
    return;
  }
  number_init(&y);
  mpz_init_set_ui(factor, 1);
  mpz_mul_2exp(factor, factor, shift);
  mpz_cdiv_q(factor, factor, m);
  number_push(c, &y, x, factor);
  number_settle(c, &y);
  number_bits_from(c, r, &y, shift, n);
  number_clear(&y);
  mpz_clear(factor);
}

void number_remainder_ladder(struct circuit *c, struct number *r, unsigned k,
                             const struct number *x, uint32_t m) {
  struct residue y;
  residue_init(&y);
  if (m > 1)
    residue_make(c, &y, x, m, NULL);
  number_bits(c, r, &y.value, k);
  residue_clear(&y);
}

void number_remainder_constant(struct circuit *c, struct number *r, unsigned k,
                               unsigned n, const struct number *x,
                               const mpz_t m) {
  struct number *q = numbers_new(n), y;
  mpz_t w, zero;
  mpz_inits(w, zero, NULL);
  number_init(&y);
  number_quotient_constant(c, q, n, x, m);
  number_set(&y, x);
  for (unsigned i = 0; i < n; i++) {
    mpz_neg(w, m);
    mpz_mul_2exp(w, w, i);
    number_push(c, &y, &q[i], w);
  }
  number_settle(c, &y);
  mpz_sub_ui(w, m, 1);
  number_bound(&y, zero, w);
  number_bits(c, r, &y, k);
  number_clear(&y);
  numbers_free(q, n);
  mpz_clears(w, zero, NULL);
}
