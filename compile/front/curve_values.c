/* Values of curves, as numbers and as levels. */
#include "compile/front/curve_parts.h"
#include "compile/front/flow_parts.h"

#include <math.h>
#include <string.h>

/* ---- Steps of integers, the same in every arithmetic ---- */

/* Beyond 2^53 an integer of 64 bits is near its double, so comparisons with
   constants of less are right. */
static double step_whole(const struct curve_step *s, double a, double b) {
  int64_t y;
  bool is_small = fabs(a) <= 0x1p53 && fabs(b) <= 0x1p53;
  if (s->type == ONNX_BOOL || !is_small)
    return scalar_real(s->op, a, b);
  return scalar_whole(s->op, (int64_t)a, (int64_t)b, &y)
             ? (double)flow_wrap(s->type, y)
             : 0;
}

/* A step that makes an integer of real numbers, which are whole then. */
static bool is_whole_step(const struct curve_step *s) {
  return onnx_type_is_integer(s->type);
}

/* ---- float32 ---- */

static double operand_value(const struct curve_step *s, unsigned i,
                            const double *at, size_t place) {
  return s->operand[i] == CURVE_CONSTANT ? s->at[place % s->n]
                                         : at[s->operand[i]];
}

static void registers_float(const struct curve *c, size_t place, const mpz_t q,
                            double *at) {
  at[0] = mpz_get_d(q);
  if (mpz_sizeinbase(q, 2) > 53)
    at[0] = (double)float_of_integer(q);
  for (unsigned k = 0; k < c->n; k++) {
    const struct curve_step *s = &c->step[k];
    double a = operand_value(s, 0, at, place),
           b = operand_value(s, 1, at, place);
    at[k + 1] = is_whole_step(s)
                    ? step_whole(s, a, b)
                    : (double)scalar_float(s->op, (float)a, (float)b);
  }
}

static float value_float(const struct curve *c, size_t place, const mpz_t q) {
  double at[CURVE_STEPS + 1];
  if (!c->n)
    return float_of_integer(q);
  registers_float(c, place, q, at);
  return (float)at[c->n];
}

bool curve_is_finite(const struct curve *c, size_t place, const mpz_t q) {
  double at[CURVE_STEPS + 1];
  bool ok = true;
  if (c->is_exact)
    return true;
  registers_float(c, place, q, at);
  for (unsigned k = 0; k <= c->n; k++)
    ok &= isfinite(at[k]);
  return ok;
}

/* ---- Real numbers ---- */

static void step_exact(const struct curve_step *s, size_t place, mpfr_t *at,
                       mpfr_t y, mpfr_t constant) {
  mpfr_srcptr x[2];
  if (s->n)
    mpfr_set_d(constant, s->at[place % s->n], MPFR_RNDN);
  for (int i = 0; i < 2; i++)
    x[i] = s->operand[i] == CURVE_CONSTANT ? constant : at[s->operand[i]];
  if (is_whole_step(s))
    mpfr_set_d(
        y,
        step_whole(s, mpfr_get_d(x[0], MPFR_RNDN), mpfr_get_d(x[1], MPFR_RNDN)),
        MPFR_RNDN);
  else
    scalar_exact(s->op, y, x[0], x[1]);
}

/* A conversion of real numbers to integers is a step of its own, of a type of
   real numbers, that rounds: so a whole step has whole operands, or compares,
   which is done here before anything is rounded to a double. */
static bool compares(const struct curve_step *s) {
  return s->op == SCALAR_AT_LEAST || s->op == SCALAR_GREATER ||
         s->op == SCALAR_EQUAL;
}

static void value_exact(const struct curve *c, size_t place, const mpz_t q,
                        mpfr_t y) {
  mpfr_t at[CURVE_STEPS + 1], constant;
  mpfr_init2(constant, SCALAR_PRECISION);
  for (unsigned k = 0; k <= c->n; k++)
    mpfr_init2(at[k], SCALAR_PRECISION);
  mpfr_set_z(at[0], q, MPFR_RNDN);
  for (unsigned k = 0; k < c->n; k++) {
    struct curve_step s = c->step[k];
    if (compares(&s))
      s.type = ONNX_FLOAT;
    step_exact(&s, place, at, at[k + 1], constant);
  }
  mpfr_set(y, at[c->n], MPFR_RNDN);
  for (unsigned k = 0; k <= c->n; k++)
    mpfr_clear(at[k]);
  mpfr_clear(constant);
}

double curve_value(const struct curve *c, size_t place, const mpz_t q) {
  if (!c->is_exact)
    return (double)value_float(c, place, q);
  mpfr_t x;
  mpfr_init2(x, SCALAR_PRECISION);
  value_exact(c, place, q, x);
  double d = mpfr_get_d(x, MPFR_RNDN);
  mpfr_clear(x);
  return d;
}

/* ---- Levels ---- */

static long level_exact(const struct quantiser *to, mpfr_t x) {
  mpfr_div_d(x, x, (double)to->scale, MPFR_RNDN);
  if (mpfr_nan_p(x) || mpfr_cmp_si(x, -2 * QUANTISE_MAX) < 0)
    return to->lo;
  if (mpfr_cmp_si(x, 2 * QUANTISE_MAX) > 0)
    return to->hi;
  mpfr_rint_roundeven(x, x, MPFR_RNDN);
  long q = mpfr_get_si(x, MPFR_RNDN) + to->zero;
  return q < to->lo ? to->lo : q > to->hi ? to->hi : q;
}

/* By doubles, where their error cannot change the level. */
static bool find_level_fast(const struct curve *c, size_t place, const mpz_t q,
                            const struct quantiser *to, long *level) {
  if (mpz_sizeinbase(q, 2) > 52)
    return false;
  struct interval x = curve_span(c, place, mpz_get_d(q), mpz_get_d(q), 0);
  double scale = (double)to->scale, v = x.lo / scale;
  double error = x.error / scale + fabs(v) * 0x1p-50;
  if (!(error < 0.25) || isnan(v))
    return false;
  v = fmin(fmax(v, (double)(-2 * QUANTISE_MAX)), (double)(2 * QUANTISE_MAX));
  double nearest = rint(v);
  if (fabs(fabs(v - nearest) - 0.5) <= error)
    return false;
  long at = (long)nearest + to->zero;
  *level = at < to->lo ? to->lo : at > to->hi ? to->hi : at;
  return true;
}

static long find_level(const struct curve *c, size_t place, const mpz_t q,
                       const struct quantiser *to) {
  long level;
  if (!c->is_exact) {
    float x = value_float(c, place, q);
    return isnan(x) ? to->lo : quantise(to, x);
  }
  if (find_level_fast(c, place, q, to, &level))
    return level;
  mpfr_t value;
  mpfr_init2(value, SCALAR_PRECISION);
  value_exact(c, place, q, value);
  level = level_exact(to, value);
  mpfr_clear(value);
  return level;
}

/* ---- Functions ---- */

struct curved {
  const struct curve *curve;
  size_t place;
  struct quantiser to;
};

static void call_level(mpz_t y, const mpz_t x, const void *context) {
  const struct curved *k = context;
  mpz_set_si(y, find_level(k->curve, k->place, x, &k->to));
}

/* An integer of a type of integers. */
static void call_whole(mpz_t y, const mpz_t x, const void *context) {
  const struct curved *k = context;
  if (!k->curve->is_exact) {
    double at[CURVE_STEPS + 1];
    registers_float(k->curve, k->place, x, at);
    mpz_set_d(y, at[k->curve->n]);
    return;
  }
  struct interval v =
      curve_span(k->curve, k->place, mpz_get_d(x), mpz_get_d(x), 0);
  if (v.error == 0 && mpz_sizeinbase(x, 2) <= 53 && isfinite(v.lo))
    mpz_set_d(y, v.lo);
  else
    mpz_set_d(y, curve_value(k->curve, k->place, x));
}

/* The bits of a float32 ascend with its size; negative ones are mirrored, so
   that -0 and 0 are both 0. */
static void call_order(mpz_t y, const mpz_t x, const void *context) {
  const struct curved *k = context;
  float value = value_float(k->curve, k->place, x);
  int32_t bits;
  memcpy(&bits, &value, sizeof bits);
  mpz_set_si(y, bits < 0 ? -(long)(bits & INT32_MAX) : (long)bits);
}

static bool same_place(const struct curve *c, size_t i, size_t j) {
  for (unsigned k = 0; k < c->n; k++) {
    const struct curve_step *s = &c->step[k];
    if (s->n && s->at[i % s->n] != s->at[j % s->n])
      return false;
  }
  return true;
}

static uint64_t hash_place(const struct curve *c, size_t i) {
  uint64_t h = 1;
  for (unsigned k = 0; k < c->n; k++) {
    const struct curve_step *s = &c->step[k];
    uint64_t bits = 0;
    if (s->n)
      memcpy(&bits, &s->at[i % s->n], sizeof bits);
    h = (h ^ bits) * UINT64_C(0x9e3779b97f4a7c15);
    h ^= h >> 29;
  }
  return h;
}

/* of[i] = the first place that is the same as i. */
static void find_places(const struct curve *c, size_t n, size_t *of) {
  size_t slots = 4;
  while (slots < 2 * n)
    slots *= 2;
  size_t *slot = xcalloc(slots, sizeof *slot); // place + 1
  for (size_t i = 0; i < n; i++) {
    size_t k = (size_t)hash_place(c, i) & (slots - 1);
    while (slot[k] && !same_place(c, slot[k] - 1, i))
      k = (k + 1) & (slots - 1);
    if (!slot[k])
      slot[k] = i + 1;
    of[i] = slot[k] - 1;
  }
  free(slot);
}

static void make(struct program *p, const struct curve *c, size_t n,
                 const mpz_t lo, const mpz_t hi, const struct quantiser *to,
                 void (*call)(mpz_t, const mpz_t, const void *),
                 struct function *f) {
  size_t *of = xmalloc(n * sizeof *of);
  struct curve *kept = program_alloc(p, 1, sizeof *kept);
  *kept = *c;
  find_places(c, n, of);
  for (size_t i = 0; i < n; i++) {
    if (of[i] < i) {
      f[i] = f[of[i]];
      continue;
    }
    struct curved *k = program_alloc(p, 1, sizeof *k);
    *k = (struct curved){.curve = kept, .place = i};
    if (to)
      k->to = *to;
    f[i] = (struct function){
        call, k, curve_direction(c, i, mpz_get_d(lo), mpz_get_d(hi)) != 0};
  }
  free(of);
}

void curve_functions(struct program *p, const struct curve *c, size_t n,
                     const mpz_t lo, const mpz_t hi, const struct quantiser *to,
                     struct function *f) {
  make(p, c, n, lo, hi, to, to ? call_level : call_whole, f);
}

void curve_orders(struct program *p, const struct curve *c, size_t n,
                  const mpz_t lo, const mpz_t hi, struct function *f) {
  make(p, c, n, lo, hi, NULL, call_order, f);
}

/* Neighbours of [-2^22..2^22] times a scale are at least two units in the last
   place apart, so rounding does not make them equal. */
bool curve_keeps_order(const struct curve *c, const mpz_t lo, const mpz_t hi) {
  double scale, most = 0x1p22;
  unsigned products = 0;
  if (!curve_is_affine(c, &scale) || scale < 0)
    return false;
  for (unsigned k = 0; k < c->n; k++)
    if (!is_whole_step(&c->step[k])) {
      if (c->step[k].op == SCALAR_ADD || c->step[k].op == SCALAR_SUB)
        return false;
      products++;
    }
  return c->is_exact ||
         (products <= 1 && mpz_cmp_d(lo, -most) >= 0 &&
          mpz_cmp_d(hi, most) <= 0 && scale >= 0x1p-100 && scale <= 0x1p100);
}
