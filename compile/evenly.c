/* Evenly spaced thresholds, found a few bits at a time. */
#include "compile/arithmetic.h"

#include <assert.h>

/* The bits found in level i of `levels`, the first first. */
static unsigned share(unsigned bits, unsigned levels, unsigned i) {
  return bits / levels + (i < bits % levels);
}

unsigned long evenly_gates(unsigned bits, unsigned levels) {
  unsigned long gates = 0;
  for (unsigned i = 0; i < levels; i++)
    gates += (1UL << share(bits, levels, i)) - 1;
  return gates;
}

/* r = how many of place, 2 place, ..., n place x has reached. */
static void count_steps(struct circuit *c, struct number *r,
                        const struct number *x, const mpz_t place,
                        unsigned long n) {
  struct staircase s;
  mpz_t t;
  mpz_init(t);
  staircase_init(&s);
  for (unsigned long j = 1; j <= n; j++) {
    mpz_add(t, t, place);
    staircase_push_si(&s, t, 1);
  }
  number_staircase(c, r, x, &s);
  staircase_clear(&s);
  mpz_clear(t);
}

void number_evenly(struct circuit *c, struct number *r, const struct number *x,
                   const mpz_t first, const mpz_t unit, unsigned bits,
                   unsigned levels) {
  struct number rest, digit, sum;
  mpz_t place, w;
  assert(1 <= levels && levels <= bits);
  number_init(&rest);
  number_init(&digit);
  number_init(&sum);
  mpz_inits(place, w, NULL);
  mpz_sub(w, unit, first); // rest / unit, rounded down, is what is counted
  number_add_z(&rest, x, w);
  unsigned left = bits;
  for (unsigned i = 0; i < levels; i++) {
    unsigned b = share(bits, levels, i);
    left -= b;
    mpz_mul_2exp(place, unit, left);
    count_steps(c, &digit, &rest, place, (1UL << b) - 1);
    mpz_set_ui(w, 1);
    mpz_mul_2exp(w, w, left);
    number_push(c, &sum, &digit, w);
    mpz_neg(place, place);
    number_push(c, &rest, &digit, place);
    number_settle(c, &rest);
  }
  number_settle(c, &sum);
  number_bound_si(&sum, 0, (1L << bits) - 1);
  number_set(r, &sum);
  number_clear(&rest);
  number_clear(&digit);
  number_clear(&sum);
  mpz_clears(place, w, NULL);
}
