#include "compile/models/quantiles.h"
#include "circuit/array.h"

#include <math.h>

/* Near enough for Newton's method: bisection in doubles. */
static double start_of(double p) {
  double lo = 0, hi = 10;
  for (int i = 0; i < 60; i++) {
    double middle = (lo + hi) / 2;
    if (erfc(-middle / sqrt(2)) / 2 < p)
      lo = middle;
    else
      hi = middle;
  }
  return lo;
}

/* x -= (Pr[z <= x] - p) / density(x): twice as many digits each time. */
static void improve(mpfr_t x, mpfr_srcptr p) {
  mpfr_t f, density, root;
  mpfr_inits2(QUANTILES_PRECISION, f, density, root, (mpfr_ptr)0);
  mpfr_sqrt_ui(root, 2, MPFR_RNDN);
  mpfr_div(f, x, root, MPFR_RNDN);
  mpfr_neg(f, f, MPFR_RNDN);
  mpfr_erfc(f, f, MPFR_RNDN);
  mpfr_div_2ui(f, f, 1, MPFR_RNDN);
  mpfr_sub(f, f, p, MPFR_RNDN);
  mpfr_sqr(density, x, MPFR_RNDN);
  mpfr_div_2ui(density, density, 1, MPFR_RNDN);
  mpfr_exp(density, density, MPFR_RNDN); // one over it, but for a factor
  mpfr_mul(f, f, density, MPFR_RNDN);
  mpfr_const_pi(density, MPFR_RNDN);
  mpfr_sqrt(density, density, MPFR_RNDN);
  mpfr_mul(density, density, root, MPFR_RNDN);
  mpfr_mul(f, f, density, MPFR_RNDN);
  mpfr_sub(x, x, f, MPFR_RNDN);
  mpfr_clears(f, density, root, (mpfr_ptr)0);
}

void quantiles_init(struct quantiles *q, unsigned bits) {
  size_t half = (size_t)1 << (bits - 1);
  mpfr_t p;
  mpfr_init2(p, QUANTILES_PRECISION);
  *q = (struct quantiles){bits, xmalloc(half * sizeof *q->upper)};
  for (size_t k = 0; k < half; k++) {
    mpfr_init2(q->upper[k], QUANTILES_PRECISION);
    mpfr_set_ui(p, 2 * (half + k) + 1, MPFR_RNDN);
    mpfr_div_2ui(p, p, bits + 1, MPFR_RNDN);
    mpfr_set_d(q->upper[k], start_of(mpfr_get_d(p, MPFR_RNDN)), MPFR_RNDN);
    for (int i = 0; i < 3; i++) // 45 bits at first
      improve(q->upper[k], p);
  }
  mpfr_clear(p);
}

void quantiles_clear(struct quantiles *q) {
  for (size_t k = 0; k < (size_t)1 << (q->bits - 1); k++)
    mpfr_clear(q->upper[k]);
  free(q->upper);
}

long quantiles_round(const struct quantiles *q, size_t i, mpfr_srcptr scale) {
  size_t half = (size_t)1 << (q->bits - 1);
  mpfr_t y;
  mpfr_init2(y, QUANTILES_PRECISION);
  mpfr_mul(y, q->upper[i < half ? half - 1 - i : i - half], scale, MPFR_RNDN);
  long nearest = mpfr_get_si(y, MPFR_RNDN);
  mpfr_clear(y);
  return i < half ? -nearest : nearest;
}
