#include "tests/compile/operands.h"
#include "circuit/values.h"

#include <stdlib.h>

#include <check.h>

void operands_init(struct operands *o, const unsigned *width, size_t n) {
  *o = (struct operands){.n = n};
  circuit_init(&o->c);
  o->x = numbers_new(n);
  o->width = xcalloc(n, sizeof *o->width);
  o->at = xcalloc(n, sizeof *o->at);
  mpz_t weight;
  mpz_init(weight);
  for (size_t i = 0; i < n; i++) {
    mpz_init(o->at[i]);
    o->width[i] = width[i];
    o->bits += width[i];
    for (unsigned k = 0; k < width[i]; k++) {
      mpz_set_ui(weight, 0);
      mpz_setbit(weight, k);
      number_push_source(&o->c, &o->x[i], circuit_add_input(&o->c), weight);
    }
    number_settle(&o->c, &o->x[i]);
  }
  mpz_clear(weight);
  o->input = xcalloc(o->bits, sizeof *o->input);
}

void operands_clear(struct operands *o) {
  circuit_clear(&o->c);
  numbers_free(o->x, o->n);
  for (size_t i = 0; i < o->n; i++)
    mpz_clear(o->at[i]);
  free(o->at);
  free(o->width);
  free(o->input);
  free(o->value);
}

static void evaluate(struct operands *o) {
  size_t bit = 0;
  for (size_t i = 0; i < o->n; i++)
    for (unsigned k = 0; k < o->width[i]; k++)
      o->input[bit++] = mpz_tstbit(o->at[i], k);
  free(o->value);
  o->value = xcalloc(o->c.bits.n, sizeof *o->value);
  circuit_values(&o->c, o->input, o->value);
}

void operands_set(struct operands *o, uint64_t v) {
  for (size_t i = 0; i < o->n; i++) {
    mpz_set_ui(o->at[i], v & ((UINT64_C(1) << o->width[i]) - 1));
    v >>= o->width[i];
  }
  evaluate(o);
}

void operands_draw(struct operands *o, gmp_randstate_t random) {
  for (size_t i = o->n; i-- > 0;) { // the last first: divisors before dividends
    unsigned long kind = gmp_urandomm_ui(random, 4);
    mpz_urandomb(o->at[i], random, o->width[i]);
    if (kind == 1) {
      mpz_set_ui(o->at[i], 0);
      mpz_setbit(o->at[i], gmp_urandomm_ui(random, o->width[i] + 1));
    } else if (kind == 2 && i + 1 < o->n) {
      mpz_tdiv_q_2exp(o->at[i], o->at[i],
                      gmp_urandomm_ui(random, o->width[i] + 1));
      mpz_mul(o->at[i], o->at[i], o->at[i + 1]);
    } else if (kind == 3) {
      mpz_rrandomb(o->at[i], random, o->width[i]);
    }
    mpz_add_ui(o->at[i], o->at[i], kind % 3 ? gmp_urandomm_ui(random, 3) : 1);
    if (mpz_sgn(o->at[i]))
      mpz_sub_ui(o->at[i], o->at[i], 1);
    mpz_tdiv_r_2exp(o->at[i], o->at[i], o->width[i]);
  }
  evaluate(o);
}

void operands_value(mpz_t y, const struct operands *o, const struct number *x) {
  struct integer_scratch s;
  mpz_t t;
  mpz_init(t);
  mpz_set(y, x->constant);
  for (size_t i = 0; i < x->terms.n; i++) {
    circuit_source_value(t, &o->c, x->terms.at[i].source, o->value);
    mpz_addmul(y, t, integers_get(&o->c.integers, x->terms.at[i].weight, &s));
  }
  mpz_clear(t);
}

void operands_bits(mpz_t y, const struct operands *o, const struct number *bit,
                   size_t n) {
  mpz_t t;
  mpz_init(t);
  mpz_set_ui(y, 0);
  for (size_t i = 0; i < n; i++) {
    operands_value(t, o, &bit[i]);
    ck_assert(!mpz_cmp_ui(t, 0) || !mpz_cmp_ui(t, 1));
    if (mpz_sgn(t))
      mpz_setbit(y, i);
  }
  mpz_clear(t);
}
