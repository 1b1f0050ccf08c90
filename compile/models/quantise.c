#include "compile/models/quantise.h"

#include <assert.h>

#include <mpfr.h>

const char *const activation_names[] = {"none", "relu", "gelu",
                                        "silu", "tanh", "sigmoid"};

enum {
  PRECISION = 200 // bits; tables have 16
};

/* y = f(x), in real numbers. */
static void evaluate(mpfr_t y, const mpfr_t x, enum activation f) {
  mpfr_t t;
  mpfr_init2(t, PRECISION);
  switch (f) {
  case ACTIVATION_NONE:
    mpfr_set(y, x, MPFR_RNDN);
    break;
  case ACTIVATION_RELU:
    mpfr_set(y, x, MPFR_RNDN);
    if (mpfr_sgn(y) < 0)
      mpfr_set_zero(y, 1);
    break;
  case ACTIVATION_GELU: // x * (1 + erf(x / sqrt 2)) / 2
    mpfr_set_ui(t, 2, MPFR_RNDN);
    mpfr_sqrt(t, t, MPFR_RNDN);
    mpfr_div(t, x, t, MPFR_RNDN);
    mpfr_erf(t, t, MPFR_RNDN);
    mpfr_add_ui(t, t, 1, MPFR_RNDN);
    mpfr_mul(y, x, t, MPFR_RNDN);
    mpfr_div_2ui(y, y, 1, MPFR_RNDN);
    break;
  case ACTIVATION_TANH:
    mpfr_tanh(y, x, MPFR_RNDN);
    break;
  case ACTIVATION_SILU:
  case ACTIVATION_SIGMOID: // 1 / (1 + exp -x), times x or not
    mpfr_neg(t, x, MPFR_RNDN);
    mpfr_exp(t, t, MPFR_RNDN);
    mpfr_add_ui(t, t, 1, MPFR_RNDN);
    if (f == ACTIVATION_SILU)
      mpfr_div(y, x, t, MPFR_RNDN);
    else
      mpfr_ui_div(y, 1, t, MPFR_RNDN);
    break;
  }
  mpfr_clear(t);
}

/* Results of these are fractions of the greatest integer. */
static bool is_fraction(enum activation f) {
  return f == ACTIVATION_TANH || f == ACTIVATION_SIGMOID;
}

void activation_table(long *table, enum activation f, unsigned bits) {
  assert(bits >= 2 && bits <= 16);
  long least = -(1L << (bits - 1)), most = -least - 1;
  long scale = (long)bits - 3; // of the argument: 2^scale is 1
  mpfr_t x, y;
  mpfr_init2(x, PRECISION);
  mpfr_init2(y, PRECISION);
  for (long v = least; v <= most; v++) {
    mpfr_set_si_2exp(x, v, -scale, MPFR_RNDN);
    evaluate(y, x, f);
    if (is_fraction(f))
      mpfr_mul_si(y, y, most, MPFR_RNDN);
    else
      mpfr_mul_2si(y, y, scale, MPFR_RNDN);
    mpfr_rint(y, y, MPFR_RNDN);
    table[v - least] = mpfr_get_si(y, MPFR_RNDN);
  }
  mpfr_clear(x);
  mpfr_clear(y);
}

value_id model_quantise(struct program *p, const char *name, value_id x,
                        unsigned long shift, enum activation f, unsigned bits) {
  size_t n = (size_t)1 << bits;
  long *table = xmalloc(n * sizeof *table);
  activation_table(table, f, bits);
  value_id y =
      program_table_shift(p, name, x, shift, table, n, -(1L << (bits - 1)));
  free(table);
  return y;
}

unsigned long model_shift(size_t n, unsigned weight_bits) {
  unsigned long root = 0;
  while ((size_t)1 << 2 * root < n)
    root++;
  return root + weight_bits - 2;
}
