#include "compile/number.h"
#include "circuit/error.h"
#include "circuit/folding.h"
#include "compile/number_parts.h"

#include <assert.h>
#include <string.h>

void number_init(struct number *x) {
  memset(&x->terms, 0, sizeof x->terms);
  mpz_inits(x->constant, x->lo, x->hi, NULL);
  x->is_chain = false;
}

void number_clear(struct number *x) {
  array_clear(&x->terms);
  mpz_clears(x->constant, x->lo, x->hi, NULL);
}

struct number *numbers_new(size_t n) {
  struct number *x = xcalloc(n, sizeof *x);
  for (size_t i = 0; i < n; i++)
    number_init(&x[i]);
  return x;
}

void numbers_free(struct number *x, size_t n) {
  for (size_t i = 0; i < n; i++)
    number_clear(&x[i]);
  free(x);
}
void number_swap(struct number *a, struct number *b) {
  struct number t = *a;
  *a = *b;
  *b = t;
}

void number_set(struct number *r, const struct number *x) {
  if (r == x)
    return;
  r->terms.n = 0;
  array_reserve(&r->terms, x->terms.n);
  if (x->terms.n)
    memcpy(r->terms.at, x->terms.at, x->terms.n * sizeof *x->terms.at);
  r->terms.n = x->terms.n;
  r->is_chain = x->is_chain;
  mpz_set(r->constant, x->constant);
  mpz_set(r->lo, x->lo);
  mpz_set(r->hi, x->hi);
}

void number_set_z(struct number *r, const mpz_t value) {
  r->terms.n = 0;
  r->is_chain = false;
  mpz_set(r->constant, value);
  mpz_set(r->lo, value);
  mpz_set(r->hi, value);
}

void number_set_si(struct number *r, long value) {
  mpz_t z;
  mpz_init_set_si(z, value);
  number_set_z(r, z);
  mpz_clear(z);
}

void number_set_bit(struct circuit *c, struct number *r, bit_id b) {
  number_set_si(r, b == BIT_ONE);
  mpz_t one;
  mpz_init_set_ui(one, 1);
  if (b > BIT_ONE)
    number_push_source(c, r, b, one);
  mpz_clear(one);
}

/* ---- Linear forms ---- */

void number_linear(struct circuit *c, struct number *r,
                   const struct number *const *x, const mpz_t *weight, size_t n,
                   mpz_srcptr constant) {
  struct number sum;
  number_init(&sum);
  if (constant)
    number_set_z(&sum, constant);
  for (size_t i = 0; i < n; i++)
    number_push(c, &sum, x[i], weight[i]);
  number_settle(c, &sum);
  number_swap(r, &sum);
  number_clear(&sum);
}

/* r = v * a + w * b. */
static void combine(struct circuit *c, struct number *r, long v,
                    const struct number *a, long w, const struct number *b) {
  struct number sum;
  number_init(&sum);
  number_push_si(c, &sum, a, v);
  number_push_si(c, &sum, b, w);
  number_settle(c, &sum);
  number_swap(r, &sum);
  number_clear(&sum);
}

void number_add(struct circuit *c, struct number *r, const struct number *a,
                const struct number *b) {
  combine(c, r, 1, a, 1, b);
}

void number_sub(struct circuit *c, struct number *r, const struct number *a,
                const struct number *b) {
  combine(c, r, 1, a, -1, b);
}

void number_addmul_si(struct circuit *c, struct number *r,
                      const struct number *a, long weight) {
  combine(c, r, 1, r, weight, a);
}

void number_mul_si(struct circuit *c, struct number *r, const struct number *a,
                   long weight) {
  combine(c, r, weight, a, 0, a);
}

void number_mul_2exp(struct circuit *c, struct number *r,
                     const struct number *a, unsigned long bits) {
  mpz_t w[1];
  mpz_init_set_ui(w[0], 1);
  mpz_mul_2exp(w[0], w[0], bits);
  number_linear(c, r, &a, (const mpz_t *)w, 1, NULL);
  mpz_clear(w[0]);
}

void number_add_z(struct number *r, const struct number *a, mpz_srcptr z) {
  number_set(r, a);
  mpz_add(r->constant, r->constant, z);
  mpz_add(r->lo, r->lo, z);
  mpz_add(r->hi, r->hi, z);
}

void number_add_si(struct number *r, const struct number *a, long constant) {
  mpz_t z;
  mpz_init_set_si(z, constant);
  number_add_z(r, a, z);
  mpz_clear(z);
}

/* ---- Ranges ---- */

void number_bound(struct number *r, const mpz_t lo, const mpz_t hi) {
  if (number_is_constant(r))
    return;
  if (mpz_cmp(r->lo, lo) < 0)
    mpz_set(r->lo, lo);
  if (mpz_cmp(r->hi, hi) > 0)
    mpz_set(r->hi, hi);
  int order = mpz_cmp(r->lo, r->hi);
  assert(order <= 0);
  if (order == 0)
    number_set_z(r, r->lo);
}

void number_bound_si(struct number *r, long lo, long hi) {
  mpz_t l, h;
  mpz_init_set_si(l, lo);
  mpz_init_set_si(h, hi);
  number_bound(r, l, h);
  mpz_clears(l, h, NULL);
}

bool number_is_constant(const struct number *x) {
  return !x->terms.n;
}

bool number_is_one_copy(const struct circuit *c, uint32_t span) {
  return !span || !mpz_cmp_ui(c->folding->spans.at[span].most, 1);
}

bool number_is_ladder(const struct circuit *c, const struct number *x) {
  return x->terms.n == 1 && number_is_one_copy(c, x->terms.at[0].span) &&
         !folding_is_chain(c, x->terms.at[0].source);
}

bool number_is_free(const struct circuit *c, const struct number *x) {
  for (size_t i = 0; x->is_chain && i < x->terms.n; i++)
    if (!number_is_one_copy(c, x->terms.at[i].span))
      return false;
  return x->is_chain || number_is_ladder(c, x);
}

void number_refuse_spans(const struct circuit *c, const struct number *x) {
  for (size_t i = 0; i < x->terms.n; i++)
    if (!number_is_one_copy(c, x->terms.at[i].span))
      die("this cannot be counted without making it: try --method made");
}

bool number_is_bit(const struct circuit *c, const struct number *x, bit_id *b) {
  long w;
  if (number_is_constant(x)) {
    *b = mpz_sgn(x->constant) ? BIT_ONE : BIT_ZERO;
    return !mpz_cmp_ui(x->constant, 0) || !mpz_cmp_ui(x->constant, 1);
  }
  if (!number_is_ladder(c, x) || mpz_sgn(x->constant) ||
      x->terms.at[0].source & SOURCE_VIEW)
    return false;
  *b = x->terms.at[0].source;
  return integers_get_si(&c->integers, x->terms.at[0].weight, &w) && w == 1;
}

unsigned width_of_range(const mpz_t lo, const mpz_t hi, bool *is_signed) {
  *is_signed = mpz_sgn(lo) < 0;
  unsigned high = mpz_sgn(hi) > 0 ? (unsigned)mpz_sizeinbase(hi, 2) : 0;
  if (!*is_signed)
    return high ? high : 1;
  mpz_t below; // -lo - 1 has the bits of lo
  mpz_init(below);
  mpz_com(below, lo);
  unsigned low = mpz_sgn(below) ? (unsigned)mpz_sizeinbase(below, 2) : 0;
  mpz_clear(below);
  return 1 + (low > high ? low : high);
}

unsigned number_width(const struct number *x) {
  bool is_signed;
  return width_of_range(x->lo, x->hi, &is_signed);
}
