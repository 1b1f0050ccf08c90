/* Square roots: one ladder of squares, or two digits. */
#include "compile/arithmetic.h"
#include "compile/arithmetic_parts.h"
#include "compile/division.h"

#include <assert.h>

static void floor_root(mpz_t y, const mpz_t x, const void *w) {
  mpz_sqrt(y, x);
  mpz_fdiv_q_2exp(y, y, *(const unsigned long *)w);
}

/* (q * 2^w + b)^2. */
struct shifted {
  unsigned long w, b;
};

static void shifted_square(mpz_t y, const mpz_t q, const void *context) {
  const struct shifted *k = context;
  mpz_mul_2exp(y, q, k->w);
  mpz_add_ui(y, y, k->b);
  mpz_mul(y, y, y);
}

/* r[0..w) = the low bits of the root whose upper bits are q: how many b have
   x >= (q * 2^w + b)^2. */
static void low_digit(struct circuit *c, struct number *r,
                      const struct number *x, const struct number *q,
                      unsigned long w) {
  struct number square;
  number_init(&square);
  for (unsigned i = 0; i < w; i++)
    number_set_si(&r[i], 0);
  for (unsigned long b = 1; b < 1UL << w; b++) {
    struct shifted k = {w, b};
    number_apply(c, &square, q, &(struct function){shifted_square, &k, true});
    number_sub(c, &square, x, &square);
    number_at_least_si(c, &square, &square, 0);
    number_push_count(c, r, (unsigned)w, 1, b, &square);
  }
  number_settle_bits(c, r, w);
  number_clear(&square);
}

void number_root(struct circuit *c, struct number *r, unsigned n,
                 const struct number *x, bool in_two) {
  unsigned bits = (n + 1) / 2;
  unsigned long w = in_two ? bits / 2 : 0;
  struct number q;
  assert(mpz_sgn(x->lo) >= 0);
  number_init(&q);
  number_apply(c, &q, x, &(struct function){floor_root, &w, true});
  if (bits > w)
    number_bits(c, r + w, &q, bits - (unsigned)w);
  if (w)
    low_digit(c, r, x, &q, w);
  number_clear(&q);
}
