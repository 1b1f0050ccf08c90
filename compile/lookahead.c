/* Bits of a number with short weights: carries over blocks of columns, looked
   ahead. */
#include "compile/arithmetic.h"
#include "compile/arithmetic_parts.h"
#include "compile/number_parts.h"

#include <assert.h>

/* C_k is the carry into column k. A block begins at each multiple of b; L is
   where the block of column k - 1 does.

   A_L, the carry into L from the v columns below it alone, is C_L or one less,
   as 2^v is no less than any carry. With B_k, the carry into k from those v
   columns and the block up to k, and P_k, what B_k would grow by for one more
   in column L, C_k = B_k + P_k AND (C_L - A_L), C_L - A_L = (B_L - A_L) + P_L
   AND (C_L' - A_L') for the block before, ... B_L - A_L and P_L are never both
   1, so the ANDs that this comes to, each of one B_i - A_i and the P after it,
   are not either, and C_k is their sum. */
struct ahead {
  struct circuit *c;
  struct number *column;
  unsigned long n, v, b;      // columns
  struct number *over, *pass; // [i]: B_L - A_L and P_L for L = i*b
};

/* w = columns [from..to) in units of that of `from`. */
static void add_columns(struct ahead *a, struct number *w, unsigned long from,
                        unsigned long to) {
  mpz_t unit;
  mpz_init_set_ui(unit, 1);
  number_set_si(w, 0);
  for (unsigned long j = from; j < to; j++) {
    number_push(a->c, w, &a->column[j], unit);
    mpz_mul_2exp(unit, unit, 1);
  }
  number_settle(a->c, w);
  mpz_clear(unit);
}

/* The columns from 0 on are taken into account: nothing is left to look at. */
static bool is_exact(const struct ahead *a, unsigned long k) {
  return (k - 1) / a->b * a->b <= a->v;
}

/* b = floor(w / 2^e) and p = floor((w + 2^v) / 2^e) - b, one ladder. */
static void carry_and_pass(struct circuit *c, struct number *b,
                           struct number *p, const struct number *w,
                           unsigned long e, unsigned long v) {
  unsigned long one = 1, zero = 0;
  if (e == 1) { // v is 0: p is the other bit of w
    number_apply(c, b, w, &(struct function){number_high_part, &one, true});
    number_set(p, w);
    number_addmul_si(c, p, b, -2);
  } else {
    struct staircase both;
    mpz_t t, step, early;
    mpz_inits(t, step, early, NULL);
    mpz_setbit(step, e);
    mpz_setbit(early, v);
    staircase_init(&both);
    mpz_sub(t, step, early);
    while (mpz_cmp(t, w->hi) <= 0) {
      staircase_push_si(&both, t, 1);
      mpz_add(t, t, early);
      staircase_push_si(&both, t, 1);
      mpz_add(t, t, step);
      mpz_sub(t, t, early);
    }
    number_staircase(c, p, w, &both);
    number_apply(c, b, p, &(struct function){number_high_part, &one, true});
    number_apply(c, p, p, &(struct function){number_one_bit, &zero, false});
    staircase_clear(&both);
    mpz_clears(t, step, early, NULL);
  }
  number_bound_si(p, 0, 1);
}

/* b = B_k and p = P_k. */
static void look_at(struct ahead *a, struct number *b, struct number *p,
                    unsigned long k) {
  struct number w;
  number_init(&w);
  if (is_exact(a, k)) {
    add_columns(a, &w, 0, k);
    number_apply(a->c, b, &w, &(struct function){number_high_part, &k, true});
    number_set_si(p, 0);
  } else {
    unsigned long from = (k - 1) / a->b * a->b - a->v;
    add_columns(a, &w, from, k);
    carry_and_pass(a->c, b, p, &w, k - from, a->v);
  }
  number_clear(&w);
}

/* over = b - A_k for the begin k of a block, b = B_k. */
static void compare_below(struct ahead *a, struct number *over,
                          const struct number *b, unsigned long k) {
  struct number w;
  if (k <= a->v) { // both are C_k
    number_set_si(over, 0);
    return;
  }
  number_init(&w);
  add_columns(a, &w, k - a->v, k);
  number_apply(a->c, &w, &w, &(struct function){number_high_part, &a->v, true});
  number_sub(a->c, over, b, &w);
  number_bound_si(over, 0, 1);
  number_clear(&w);
}

/* carry, which holds B_k, becomes C_k: += each B_i - A_i AND the P from there
   to k, p = P_k. */
static void look_back(struct ahead *a, struct number *carry,
                      const struct number *p, unsigned long k) {
  unsigned long last = (k - 1) / a->b;
  struct number all, one;
  number_init(&all);
  number_init(&one);
  number_set(&all, p);
  for (unsigned long i = last; i >= 1; i--) {
    number_add(a->c, &one, &all, &a->over[i]);
    number_at_least_si(a->c, &one, &one, (long)(last - i) + 2);
    number_push_si(a->c, carry, &one, 1);
    if (is_exact(a, i * a->b))
      break;
    number_addmul_si(a->c, &all, &a->pass[i], 1);
  }
  number_settle(a->c, carry);
  number_clear(&all);
  number_clear(&one);
}

static void make_carry(struct ahead *a, struct number *carry, unsigned long k) {
  struct number p;
  number_init(&p);
  look_at(a, carry, &p, k);
  if (k % a->b == 0 && k < a->n) {
    compare_below(a, &a->over[k / a->b], carry, k);
    number_set(&a->pass[k / a->b], &p);
  }
  if (!is_exact(a, k))
    look_back(a, carry, &p, k);
  number_clear(&p);
}

/* The least v that 2^v is no less than the carries of these columns, and the
   longest blocks whose weights, with v columns, are at most `weight`. */
static void choose_blocks(struct ahead *a, mpz_srcptr weight) {
  unsigned long most = 0;
  for (unsigned long k = 0; k < a->n; k++)
    if (mpz_cmp_ui(a->column[k].hi, most) > 0)
      most = mpz_get_ui(a->column[k].hi);
  while (most > 1 && 1UL << a->v < most - 1)
    a->v++;
  unsigned long bits = mpz_sgn(weight) > 0 ? mpz_sizeinbase(weight, 2) : 0;
  a->b = a->v > 1 ? a->v : 1;
  if (bits > a->v + a->b)
    a->b = bits - a->v;
}

void number_bits_lookahead(struct circuit *c, struct number *r,
                           const struct number *x, unsigned n,
                           const mpz_t weight) {
  assert(mpz_sgn(x->lo) >= 0 && n >= number_width(x));
  if (number_sources(c, x) <= 1) {
    number_bits(c, r, x, n);
    return;
  }
  struct ahead a = {.c = c, .column = numbers_new(n), .n = n};
  struct number carry, next;
  number_init(&carry);
  number_init(&next);
  for (unsigned long k = 0; k < n; k++)
    number_map_terms(c, &a.column[k], x,
                     &(struct function){number_one_bit, &k, false});
  choose_blocks(&a, weight);
  a.over = numbers_new(n / a.b + 1);
  a.pass = numbers_new(n / a.b + 1);
  for (unsigned long k = 0; k < n; k++) {
    number_set_si(&next, 0);
    if (mpz_sizeinbase(x->hi, 2) > k + 1)
      make_carry(&a, &next, k + 1);
    number_add(c, &r[k], &a.column[k], &carry);
    number_addmul_si(c, &r[k], &next, -2);
    number_bound_si(&r[k], 0, 1);
    number_set(&carry, &next);
  }
  numbers_free(a.over, n / a.b + 1);
  numbers_free(a.pass, n / a.b + 1);
  numbers_free(a.column, n);
  number_clear(&carry);
  number_clear(&next);
}
