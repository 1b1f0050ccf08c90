/* Comparisons: with conditions, of quotients and roots, and the greatest of
   several numbers. */
#include "compile/arithmetic.h"
#include "compile/arithmetic_parts.h"

#include <assert.h>

void number_at_least_and(struct circuit *c, struct number *r,
                         const struct number *x, const mpz_t t,
                         const struct number *b) {
  struct number sum;
  mpz_t big;
  if (mpz_cmp(x->lo, t) >= 0) {
    number_set(r, b);
    return;
  }
  mpz_init(big);
  number_init(&sum);
  mpz_sub(big, x->hi, t);
  mpz_add_ui(big, big, 1);
  if (mpz_sgn(big) > 0) { // else x never reaches t
    number_push_si(c, &sum, x, 1);
    number_push(c, &sum, b, big);
    number_settle(c, &sum);
    mpz_add(big, big, t);
    number_at_least(c, &sum, &sum, big);
  }
  number_set(r, &sum);
  number_clear(&sum);
  mpz_clear(big);
}

/* sum += [v*u + w*z >= t]. */
static void push_comparison(struct circuit *c, struct number *sum,
                            const struct number *u, long v,
                            const struct number *z, const mpz_t w, long t) {
  struct number s;
  number_init(&s);
  number_push_si(c, &s, u, v);
  number_push(c, &s, z, w);
  number_settle(c, &s);
  number_at_least_si(c, &s, &s, t);
  number_push_si(c, sum, &s, 1);
  number_clear(&s);
}

/* r = how many of [v*u - w_j*z >= t_j], j = 1..m, hold for a constant z. */
static void divide_by_constant(struct circuit *c, struct number *r,
                               const struct number *u, const mpz_t z,
                               unsigned long m, bool to_nearest) {
  struct staircase s;
  mpz_t t;
  mpz_init(t);
  staircase_init(&s);
  for (unsigned long j = 1; j <= m; j++) {
    mpz_mul_ui(t, z, to_nearest ? 2 * j - 1 : j);
    if (to_nearest) {
      mpz_add_ui(t, t, j % 2);
      mpz_cdiv_q_2exp(t, t, 1);
    }
    staircase_push_si(&s, t, 1);
  }
  number_staircase(c, r, u, &s);
  staircase_clear(&s);
  mpz_clear(t);
}

void number_divide(struct circuit *c, struct number *r, const struct number *u,
                   const struct number *z, unsigned long m, bool to_nearest) {
  if (number_is_constant(z)) {
    divide_by_constant(c, r, u, z->constant, m, to_nearest);
    return;
  }
  struct number quotient;
  mpz_t w;
  mpz_init(w);
  number_init(&quotient);
  for (unsigned long j = 1; j <= m; j++) {
    mpz_set_ui(w, to_nearest ? 2 * j - 1 : j);
    mpz_neg(w, w);
    push_comparison(c, &quotient, u, to_nearest ? 2 : 1, z, w,
                    to_nearest && j % 2);
  }
  number_settle(c, &quotient);
  number_set(r, &quotient);
  number_clear(&quotient);
  mpz_clear(w);
}

/* 4g * sgn(x)x^2. */
static void signed_square(mpz_t y, const mpz_t x, const void *g) {
  mpz_abs(y, x);
  mpz_mul(y, y, x);
  mpz_mul(y, y, (mpz_srcptr)g);
  mpz_mul_2exp(y, y, 2);
}

void number_normalise(struct circuit *c, struct number *r,
                      const struct number *u, const struct number *v,
                      const mpz_t g, long lo, long hi) {
  struct number square_of_u, sum;
  mpz_t w;
  assert(u->terms.n <= 1 && lo <= hi);
  mpz_init(w);
  number_init(&square_of_u);
  number_init(&sum);
  number_apply(c, &square_of_u, u, &(struct function){signed_square, g, true});
  number_set_si(&sum, lo);
  for (long a = lo + 1; a <= hi; a++) {
    mpz_set_si(w, 2 * a - 1);
    mpz_mul(w, w, w);
    if (a > 0)
      mpz_neg(w, w);
    push_comparison(c, &sum, &square_of_u, 1, v, w, 0);
  }
  number_settle(c, &sum);
  number_set(r, &sum);
  number_clear(&square_of_u);
  number_clear(&sum);
  mpz_clear(w);
}

/* ---- The greatest of several ---- */

struct number *number_compare_all(struct circuit *c,
                                  const struct number *const *x, size_t m) {
  struct number *wins = numbers_new(m), s;
  number_init(&s);
  for (size_t i = 0; i < m; i++)
    for (size_t j = i + 1; j < m; j++) {
      number_sub(c, &s, x[j], x[i]);
      number_at_least_si(c, &s, &s, 1);
      number_push_si(c, &wins[j], &s, 1);
      number_mul_si(c, &s, &s, -1);
      number_add_si(&s, &s, 1);
      number_push_si(c, &wins[i], &s, 1);
    }
  for (size_t i = 0; i < m; i++)
    number_settle(c, &wins[i]);
  number_clear(&s);
  return wins;
}

/* r[i] = [x[i] is 1 and none before it is]; the first if none is. */
static void find_first(struct circuit *c, struct number *r,
                       const struct number *const *x, size_t m) {
  struct number sum, first;
  number_init(&sum);
  number_init(&first);
  number_set_si(&first, 1);
  number_push_si(c, &sum, x[0], -1);
  for (size_t i = 1; i < m; i++) {
    number_addmul_si(c, &sum, x[i], 1);
    number_at_least_si(c, &r[i], &sum, 1);
    number_push_si(c, &first, &r[i], -1);
    number_addmul_si(c, &sum, x[i], -2);
  }
  number_settle(c, &first);
  number_bound_si(&first, 0, 1);
  number_set(&r[0], &first);
  number_clear(&sum);
  number_clear(&first);
}

static bool are_binary(const struct number *const *x, size_t m) {
  for (size_t i = 0; i < m; i++)
    if (mpz_sgn(x[i]->lo) < 0 || mpz_cmp_ui(x[i]->hi, 1) > 0)
      return false;
  return m > 0;
}

void number_argmax(struct circuit *c, struct number *r,
                   const struct number *const *x, size_t m) {
  if (are_binary(x, m)) {
    find_first(c, r, x, m);
    return;
  }
  number_top_k(c, r, x, m, 1);
}

void number_top_k(struct circuit *c, struct number *r,
                  const struct number *const *x, size_t m, size_t k) {
  struct number *wins = number_compare_all(c, x, m);
  for (size_t i = 0; i < m; i++)
    number_at_least_si(c, &r[i], &wins[i], (long)m - (long)k);
  numbers_free(wins, m);
}

/* lo, hi = the ends of the greatest of x[0..m). */
static void range_of_greatest(mpz_t lo, mpz_t hi, const struct number *const *x,
                              size_t m) {
  mpz_set(lo, x[0]->lo);
  mpz_set(hi, x[0]->hi);
  for (size_t i = 1; i < m; i++) {
    if (mpz_cmp(x[i]->lo, lo) > 0)
      mpz_set(lo, x[i]->lo);
    if (mpz_cmp(x[i]->hi, hi) > 0)
      mpz_set(hi, x[i]->hi);
  }
}

void number_max_flat(struct circuit *c, struct number *r,
                     const struct number *const *x, size_t m) {
  struct number sum, some, reaches;
  mpz_t t, hi, one;
  mpz_inits(t, hi, NULL);
  mpz_init_set_ui(one, 1);
  number_init(&sum);
  number_init(&some);
  number_init(&reaches);
  range_of_greatest(t, hi, x, m);
  number_set_z(&sum, t);
  while (mpz_cmp(t, hi) < 0) {
    mpz_add_ui(t, t, 1);
    number_set_si(&some, 0);
    for (size_t i = 0; i < m; i++) {
      number_at_least(c, &reaches, x[i], t);
      number_push_si(c, &some, &reaches, 1);
    }
    number_settle(c, &some);
    number_push_gate(c, &sum, &some, one, 1);
  }
  number_settle(c, &sum);
  number_set(r, &sum);
  number_clear(&sum);
  number_clear(&some);
  number_clear(&reaches);
  mpz_clears(t, hi, one, NULL);
}

/* sum += [it wins] * (e - base), e an expansion: one gate for each source of
   e, and one if its constant is not the base. */
static void push_if_wins(struct circuit *c, struct number *sum,
                         const struct number *wins, size_t m,
                         const struct number *e, const mpz_t base) {
  struct integer_scratch s;
  struct number gate;
  mpz_t all, w;
  mpz_init_set_ui(all, m - 1);
  mpz_init(w);
  number_init(&gate);
  mpz_sub(w, e->constant, base);
  if (mpz_sgn(w)) {
    number_at_least(c, &gate, wins, all);
    number_push(c, sum, &gate, w);
  }
  for (size_t i = 0; i < e->terms.n; i++) {
    number_set_source(c, &gate, e->terms.at[i].source);
    number_at_least_and(c, &gate, wins, all, &gate);
    mpz_set(w, integers_get(&c->integers, e->terms.at[i].weight, &s));
    number_push(c, sum, &gate, w);
  }
  number_clear(&gate);
  mpz_clears(all, w, NULL);
}

void number_max(struct circuit *c, struct number *r,
                const struct number *const *x, size_t m) {
  struct number sum, e, *wins = number_compare_all(c, x, m);
  mpz_t lo, hi, base;
  assert(m >= 1);
  mpz_inits(lo, hi, base, NULL);
  number_init(&sum);
  number_init(&e);
  range_of_greatest(lo, hi, x, m);
  for (size_t i = 0; i < m; i++) {
    number_expand(c, &e, x[i]);
    if (i == 0) {
      mpz_set(base, e.constant);
      number_set_z(&sum, base);
    }
    push_if_wins(c, &sum, &wins[i], m, &e, base);
  }
  number_settle(c, &sum);
  number_bound(&sum, lo, hi);
  number_set(r, &sum);
  number_clear(&sum);
  number_clear(&e);
  numbers_free(wins, m);
  mpz_clears(lo, hi, base, NULL);
}
