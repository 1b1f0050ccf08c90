/* Quotients digit by digit, and parity. */
#include "compile/arithmetic.h"
#include "compile/arithmetic_parts.h"
#include "compile/number_parts.h"

#include <assert.h>

static void floor_quotient(mpz_t y, const mpz_t x, const void *unit) {
  mpz_fdiv_q(y, x, (mpz_srcptr)unit);
}

void number_digits(struct circuit *c, struct number *r, const struct number *x,
                   const mpz_t unit, const unsigned long *radix,
                   unsigned digits) {
  struct number rest, digit, sum;
  mpz_t zero, most, w, place;
  mpz_inits(zero, most, w, place, NULL);
  number_init(&rest);
  number_init(&digit);
  number_init(&sum);
  number_set(&rest, x);
  mpz_set_ui(w, 1);
  for (unsigned i = 0; i < digits; i++)
    mpz_mul_ui(w, w, radix[i]);
  for (unsigned i = digits; i-- > 0;) {
    mpz_mul(most, w, unit);
    mpz_sub_ui(most, most, 1); // what is left is below the place before
    mpz_divexact_ui(w, w, radix[i]);
    mpz_mul(place, w, unit);
    number_bound(&rest, zero, most);
    number_apply(c, &digit, &rest,
                 &(struct function){floor_quotient, place, true});
    number_push(c, &sum, &digit, w);
    mpz_neg(place, place);
    number_push(c, &rest, &digit, place);
    number_settle(c, &rest);
  }
  number_settle(c, &sum);
  number_set(r, &sum);
  number_clear(&rest);
  number_clear(&digit);
  number_clear(&sum);
  mpz_clears(zero, most, w, place, NULL);
}

/* Radices a + 1 for the first of `digits`, a for the others, as few a + 1 as
   have a product above `most`; returns the gates, and sets those radices. */
static unsigned long choose_radices(unsigned long *radix, unsigned digits,
                                    unsigned long most) {
  mpz_t root, product;
  mpz_init(root);
  mpz_init_set_ui(product, most);
  mpz_root(root, product, digits);
  unsigned long a = mpz_get_ui(root), gates = 0;
  mpz_pow_ui(product, root, digits);
  for (unsigned i = 0; i < digits; i++) {
    radix[i] = mpz_cmp_ui(product, most) <= 0 ? a + 1 : a;
    if (radix[i] > a) {
      mpz_divexact_ui(product, product, a);
      mpz_mul_ui(product, product, a + 1);
    }
    gates += radix[i] - 1;
  }
  mpz_clears(root, product, NULL);
  return gates;
}

unsigned digits_choose(unsigned long *radix, unsigned digits,
                       unsigned long most) {
  assert(digits >= 1 && most >= 1);
  unsigned long gates = choose_radices(radix, digits, most);
  unsigned n = digits;
  while (n > 1 && choose_radices(radix, n - 1, most) == gates)
    n--;
  choose_radices(radix, n, most);
  return n;
}

void number_parity(struct circuit *c, struct number *r, const struct number *x,
                   unsigned levels) {
  unsigned long lowest = 0;
  struct number sum, pairs;
  unsigned long radix[64];
  mpz_t two;
  mpz_init_set_ui(two, 2);
  number_init(&sum);
  number_init(&pairs);
  number_map_terms(c, &sum, x,
                   &(struct function){number_one_bit, &lowest, false});
  assert(mpz_fits_slong_p(sum.hi));
  unsigned long most = mpz_get_ui(sum.hi) / 2;
  if (most) {
    unsigned digits = digits_choose(radix, levels < 64 ? levels : 64, most);
    number_digits(c, &pairs, &sum, two, radix, digits);
    number_addmul_si(c, &sum, &pairs, -2);
    number_bound_si(&sum, 0, 1);
  }
  number_set(r, &sum);
  number_clear(&sum);
  number_clear(&pairs);
  mpz_clear(two);
}
