/* Functions of a number where a 0/1 number allows it, and exact ratios. */
#include "compile/arithmetic.h"

#include <assert.h>

/* ---- f(x) AND b ---- */

/* t = the first threshold that x may miss; false if it passes all. */
static bool find_open_stair(const struct staircase *s, const struct number *x,
                            size_t *i) {
  for (*i = 0; *i < s->stairs.n; ++*i)
    if (mpz_cmp(s->stairs.at[*i].threshold, x->lo) > 0)
      return true;
  return false;
}

/* gated = the stairs of s from i on, raised by B, which b = 1 adds to x. */
static void raise_stairs(struct staircase *gated, const struct staircase *s,
                         size_t i, const mpz_t big) {
  mpz_t t;
  mpz_init(t);
  for (; i < s->stairs.n; i++) {
    mpz_add(t, s->stairs.at[i].threshold, big);
    staircase_push(gated, t, s->stairs.at[i].step);
  }
  mpz_clear(t);
}

void number_staircase_and(struct circuit *c, struct number *r,
                          const struct number *x, const struct staircase *s,
                          const struct number *b) {
  struct staircase gated;
  struct number sum, both;
  mpz_t start, big;
  size_t open;
  staircase_init(&gated);
  number_init(&sum);
  number_init(&both);
  mpz_init_set(start, s->start);
  mpz_init(big);
  bool is_open = find_open_stair(s, x, &open);
  for (size_t i = 0; i < open; i++)
    mpz_add(start, start, s->stairs.at[i].step);
  if (is_open) { // [x >= t] AND b is [x + B*b >= t + B], B > max x - t
    mpz_sub(big, x->hi, s->stairs.at[open].threshold);
    mpz_add_ui(big, big, 1);
  }
  if (is_open && mpz_sgn(big) > 0) {
    raise_stairs(&gated, s, open, big);
    number_push_si(c, &both, x, 1);
    number_push(c, &both, b, big);
    number_settle(c, &both);
    number_staircase(c, &sum, &both, &gated);
  }
  number_push(c, &sum, b, start);
  number_settle(c, &sum);
  number_set(r, &sum);
  staircase_clear(&gated);
  number_clear(&sum);
  number_clear(&both);
  mpz_clears(start, big, NULL);
}

/* ---- Ratios ---- */

/* [2u - (2a - 1)z >= 0] for a = lo + 1 + i. */
static void get_half(struct chain_gate *l, size_t i, const void *lo) {
  mpz_set_ui(l->weight[0], 2);
  mpz_set_si(l->weight[1], *(const long *)lo + 1 + (long)i);
  mpz_mul_2exp(l->weight[1], l->weight[1], 1);
  mpz_ui_sub(l->weight[1], 1, l->weight[1]);
  mpz_set_ui(l->threshold, 0);
  l->step = 1;
}

/* The stairs of floor((2u + z) / 2z) for a constant z. */
static void ratio_stairs(struct staircase *s, const mpz_t z, long lo, long hi) {
  mpz_t t;
  mpz_init(t);
  mpz_set_si(s->start, lo);
  for (long a = lo + 1; a <= hi; a++) {
    mpz_set_si(t, a);
    mpz_mul_2exp(t, t, 1);
    mpz_sub_ui(t, t, 1);
    mpz_mul(t, t, z);
    mpz_cdiv_q_2exp(t, t, 1);
    staircase_push_si(s, t, 1);
  }
  mpz_clear(t);
}

void number_ratio(struct circuit *c, struct number *r, const struct number *u,
                  const struct number *z, long lo, long hi) {
  assert(lo <= hi && mpz_sgn(z->lo) > 0);
  if (number_is_constant(z) && !mpz_cmp_ui(z->constant, 1) &&
      mpz_cmp_si(u->lo, lo) >= 0 && mpz_cmp_si(u->hi, hi) <= 0) {
    number_set(r, u);
    return;
  }
  if (number_is_constant(z)) {
    struct staircase s;
    staircase_init(&s);
    ratio_stairs(&s, z->constant, lo, hi);
    number_staircase(c, r, u, &s);
    staircase_clear(&s);
    return;
  }
  number_chain(c, r,
               &(struct chain_gates){.x = {u, z},
                                     .operands = 2,
                                     .links = (size_t)(hi - lo),
                                     .start = lo,
                                     .get = get_half,
                                     .context = &lo});
}
