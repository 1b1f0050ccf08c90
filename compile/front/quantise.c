#include "compile/front/quantise.h"
#include "circuit/scan.h"

#include <assert.h>
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <string.h>

#ifdef __FAST_MATH__
#  error "quantised models need exact floats: compile without -ffast-math"
#endif
static_assert(FLT_RADIX == 2 && FLT_MANT_DIG == 24 && FLT_MAX_EXP == 128,
              "floats are not those of IEEE 754");

static bool check_scale(const char *name, float scale, struct error *err) {
  if (fegetround() != FE_TONEAREST)
    BUG("floats are not rounded to nearest");
  return (isfinite(scale) && scale > 0) ||
         error_set(err, 0, "scale '%s' is %g; it must be positive and finite",
                   show_text(name, strlen(name)).text, (double)scale);
}

bool quantiser_init(struct quantiser *q, const char *name, float scale,
                    long zero, long lo, long hi, struct error *err) {
  if (lo < -QUANTISE_MAX || lo > hi || hi > QUANTISE_MAX)
    BUG("levels from %ld to %ld", lo, hi);
  if (!check_scale(name, scale, err))
    return false;
  if (zero < lo || zero > hi)
    return error_set(err, 0,
                     "the zero point of scale '%s', %ld, is not in "
                     "%ld..%ld",
                     show_text(name, strlen(name)).text, zero, lo, hi);
  *q = (struct quantiser){scale, zero, lo, hi};
  return true;
}

/* The bounds are small integers, so they are exact as floats. */
static long saturate(float x, long zero, long lo, long hi) {
  float level = rintf(x);
  if (isnan(x))
    BUG("a NaN has no level");
  if (level <= (float)(lo - zero))
    return lo;
  if (level >= (float)(hi - zero))
    return hi;
  return (long)level + zero;
}

long quantise(const struct quantiser *q, float x) {
  float ratio = x / q->scale;
  return saturate(ratio, q->zero, q->lo, q->hi);
}

float dequantise(const struct quantiser *q, long level) {
  return (float)(level - q->zero) * q->scale;
}

bool requantiser_init(struct requantiser *r, const char *name, float a, float b,
                      const struct quantiser *y, struct error *err) {
  if (!check_scale(name, a, err) || !check_scale(name, b, err))
    return false;
  float product = a * b, multiplier = product / y->scale;
  if (!isfinite(multiplier) || multiplier <= 0)
    return error_set(err, 0,
                     "the scales %g and %g of '%s' over %g make %g; it must "
                     "be positive and finite",
                     (double)a, (double)b, show_text(name, strlen(name)).text,
                     (double)y->scale, (double)multiplier);
  *r = (struct requantiser){multiplier, y->zero, y->lo, y->hi};
  return true;
}

/* The leading 62 bits, the last of them set if any bit below is: a float of
   24 bits is rounded from these as from all. */
static float float_of_long_integer(const mpz_t z) {
  mpz_t top;
  size_t shift = mpz_sizeinbase(z, 2) - 62;
  mpz_init(top);
  mpz_tdiv_q_2exp(top, z, shift);
  long leading = mpz_get_si(top), sticky = mpz_scan1(z, 0) < shift;
  mpz_clear(top);
  leading = leading < 0 ? -(-leading | sticky) : leading | sticky;
  return scalbnf((float)leading, shift < 1000 ? (int)shift : 1000);
}

float float_of_integer(const mpz_t z) {
  return mpz_fits_slong_p(z) ? (float)mpz_get_si(z) : float_of_long_integer(z);
}

long requantise(const struct requantiser *r, const mpz_t sum) {
  float scaled = float_of_integer(sum) * r->multiplier;
  return saturate(scaled, r->zero, r->lo, r->hi);
}

static void call_requantise(mpz_t y, const mpz_t x, const void *context) {
  mpz_set_si(y, requantise(context, x));
}

struct function requantiser_function(const struct requantiser *r) {
  return (struct function){call_requantise, r, true};
}

static void call_requantised(mpz_t y, const mpz_t x, const void *context) {
  const struct requantised *r = context;
  if (!mpz_fits_slong_p(x))
    BUG("a level of more than 63 bits");
  float real = dequantise(&r->from, mpz_get_si(x));
  mpz_set_si(y, quantise(&r->to, r->call ? r->call(real, r->context) : real));
}

struct function requantised_function(const struct requantised *r) {
  return (struct function){call_requantised, r, r->is_monotone || !r->call};
}
