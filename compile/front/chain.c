#include "compile/front/chain.h"
#include "circuit/error.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include <mpfr.h>

enum {
  PRECISION = 256
};

bool chain_append(struct program *p, struct chain *c, enum chain_kind kind,
                  const float *at, size_t n) {
  if (c->n == CHAIN_LINKS)
    return false;
  float *kept = program_alloc(p, n, sizeof *kept);
  if (n)
    memcpy(kept, at, n * sizeof *at);
  c->link[c->n++] = (struct chain_link){kind, kept, n};
  return true;
}

bool chain_is_scale(const struct chain *c, float *scale) {
  float s = 1;
  for (size_t i = 0; i < c->n; i++) {
    if (c->link[i].kind != CHAIN_MUL || c->link[i].n != 1 ||
        !(c->link[i].at[0] > 0))
      return false;
    s *= c->link[i].at[0];
  }
  *scale = s;
  return isfinite(s) && s > 0;
}

static float constant(const struct chain_link *l, size_t i) {
  return l->n ? l->at[l->n == 1 ? 0 : i] : 0;
}

/* ---- float32 ---- */

static void link_exact(const struct chain_link *l, size_t i, mpfr_t x);

/* Correctly rounded, so that circuits do not depend on the C library. */
static float curve_float(const struct chain_link *l, float x) {
  mpfr_t y;
  mpfr_init2(y, PRECISION);
  mpfr_set_flt(y, x, MPFR_RNDN);
  link_exact(l, 0, y);
  x = mpfr_get_flt(y, MPFR_RNDN);
  mpfr_clear(y);
  return x;
}

static float link_float(const struct chain_link *l, size_t i, float x) {
  float a = constant(l, i);
  switch (l->kind) {
  case CHAIN_MUL:
    return x * a;
  case CHAIN_ADD:
    return x + a;
  case CHAIN_MAX:
    return x > a ? x : a;
  case CHAIN_MIN:
    return x < a ? x : a;
  case CHAIN_SIGMOID:
  case CHAIN_TANH:
    return curve_float(l, x);
  }
  BUG("link of kind %d", l->kind);
}

static float first_float(const struct chain *c, const mpz_t q) {
  mpz_t z;
  mpz_init_set(z, q);
  if (c->zero >= 0)
    mpz_sub_ui(z, z, (unsigned long)c->zero);
  else
    mpz_add_ui(z, z, -(unsigned long)c->zero);
  float x = float_of_integer(z);
  mpz_clear(z);
  return x;
}

static float value_float(const struct chain *c, size_t i, const mpz_t q) {
  float x = first_float(c, q);
  for (size_t k = 0; k < c->n; k++)
    x = link_float(&c->link[k], i, x);
  return x;
}

bool chain_is_finite(const struct chain *c, size_t i, const mpz_t q) {
  float x = c->is_exact ? 0 : first_float(c, q);
  bool ok = isfinite(x);
  for (size_t k = 0; !c->is_exact && k < c->n; k++) {
    x = link_float(&c->link[k], i, x);
    ok &= isfinite(x);
  }
  return ok;
}

/* ---- Real numbers ---- */

static void link_exact(const struct chain_link *l, size_t i, mpfr_t x) {
  float a = constant(l, i);
  switch (l->kind) {
  case CHAIN_MUL:
    mpfr_mul_d(x, x, (double)a, MPFR_RNDN);
    return;
  case CHAIN_ADD:
    mpfr_add_d(x, x, (double)a, MPFR_RNDN);
    return;
  case CHAIN_MAX:
    if (mpfr_cmp_d(x, (double)a) < 0)
      mpfr_set_flt(x, a, MPFR_RNDN);
    return;
  case CHAIN_MIN:
    if (mpfr_cmp_d(x, (double)a) > 0)
      mpfr_set_flt(x, a, MPFR_RNDN);
    return;
  case CHAIN_SIGMOID:
    mpfr_neg(x, x, MPFR_RNDN);
    mpfr_exp(x, x, MPFR_RNDN);
    mpfr_add_ui(x, x, 1, MPFR_RNDN);
    mpfr_ui_div(x, 1, x, MPFR_RNDN);
    return;
  case CHAIN_TANH:
    mpfr_tanh(x, x, MPFR_RNDN);
    return;
  }
}

static void value_exact(const struct chain *c, size_t i, const mpz_t q,
                        mpfr_t x) {
  mpfr_set_z(x, q, MPFR_RNDN);
  mpfr_sub_si(x, x, c->zero, MPFR_RNDN);
  for (size_t k = 0; k < c->n; k++)
    link_exact(&c->link[k], i, x);
}

double chain_value(const struct chain *c, size_t i, const mpz_t q) {
  if (!c->is_exact)
    return (double)value_float(c, i, q);
  mpfr_t x;
  mpfr_init2(x, PRECISION);
  value_exact(c, i, q, x);
  double d = mpfr_get_d(x, MPFR_RNDN);
  mpfr_clear(x);
  return d;
}

/* ---- Levels ---- */

static long clamp(long q, const struct quantiser *to) {
  return q < to->lo ? to->lo : q > to->hi ? to->hi : q;
}

static long level_exact(const struct quantiser *to, mpfr_t x) {
  mpfr_div_d(x, x, (double)to->scale, MPFR_RNDN);
  if (mpfr_cmp_si(x, -2 * QUANTISE_MAX) < 0)
    return to->lo;
  if (mpfr_cmp_si(x, 2 * QUANTISE_MAX) > 0)
    return to->hi;
  mpfr_rint_roundeven(x, x, MPFR_RNDN);
  return clamp(mpfr_get_si(x, MPFR_RNDN) + to->zero, to);
}

long levels_of(const struct quantiser *to, double x, bool is_exact) {
  if (!is_exact)
    return quantise(to, (float)x);
  mpfr_t z;
  mpfr_init2(z, PRECISION);
  mpfr_set_d(z, x, MPFR_RNDN);
  long q = level_exact(to, z);
  mpfr_clear(z);
  return q;
}

/* ---- Functions ---- */

struct chained {
  struct chain chain;
  size_t place;
  struct quantiser to;
};

static void call_levels(mpz_t y, const mpz_t x, const void *context) {
  const struct chained *k = context;
  if (!k->chain.is_exact) {
    mpz_set_si(y, quantise(&k->to, value_float(&k->chain, k->place, x)));
    return;
  }
  mpfr_t value;
  mpfr_init2(value, PRECISION);
  value_exact(&k->chain, k->place, x, value);
  mpz_set_si(y, level_exact(&k->to, value));
  mpfr_clear(value);
}

/* The bits of a float32 ascend with its size; negative ones are mirrored, so
   that -0 and 0 are both 0. */
static void call_order(mpz_t y, const mpz_t x, const void *context) {
  const struct chained *k = context;
  float value = value_float(&k->chain, k->place, x);
  int32_t bits;
  memcpy(&bits, &value, sizeof bits);
  mpz_set_si(y, bits < 0 ? -(long)(bits & INT32_MAX) : (long)bits);
}

/* Neighbours of [-2^22..2^22] times a scale are at least two units in the last
   place apart, so rounding does not make them equal. */
bool chain_keeps_order(const struct chain *c, const mpz_t lo, const mpz_t hi) {
  float scale;
  if (!chain_is_scale(c, &scale))
    return false;
  if (c->is_exact)
    return true;
  const float most = 0x1p22f;
  return c->n <= 1 && fabsf(first_float(c, lo)) <= most &&
         fabsf(first_float(c, hi)) <= most && scale >= 0x1p-100f &&
         scale <= 0x1p100f;
}

static struct function make(struct program *p, const struct chain *c, size_t i,
                            const struct quantiser *to,
                            void (*call)(mpz_t, const mpz_t, const void *)) {
  struct chained *k = program_alloc(p, 1, sizeof *k);
  *k = (struct chained){.chain = *c, .place = i};
  if (to)
    k->to = *to;
  return (struct function){call, k, true};
}

struct function chain_function(struct program *p, const struct chain *c,
                               size_t i, const struct quantiser *to) {
  return make(p, c, i, to, call_levels);
}

struct function chain_order(struct program *p, const struct chain *c,
                            size_t i) {
  return make(p, c, i, NULL, call_order);
}
