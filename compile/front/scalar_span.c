/* What functions do to intervals and to errors. */
#include "compile/front/scalar.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

/* ---- Functions of one number ---- */

static double farthest(double lo, double hi) {
  return fmax(fabs(lo), fabs(hi));
}

/* 1 if f never falls, -1 if it never rises, 0 if it turns. */
static int shape(enum scalar f) {
  switch (f) {
  case SCALAR_NEG:
  case SCALAR_ACOS:
    return -1;
  case SCALAR_ABS:
  case SCALAR_SIN:
  case SCALAR_COS:
  case SCALAR_TAN:
  case SCALAR_COSH:
    return 0;
  default:
    return 1;
  }
}

/* The steepest that f is over lo..hi, where it does not jump. */
static double slope(enum scalar f, double lo, double hi) {
  double most = farthest(lo, hi);
  switch (f) {
  case SCALAR_EXP:
    return exp(hi);
  case SCALAR_LOG:
    return lo > 0 ? 1 / lo : INFINITY;
  case SCALAR_SQRT:
    return lo > 0 ? 1 / (2 * sqrt(lo)) : INFINITY;
  case SCALAR_ERF:
    return 2 / sqrt(pi);
  case SCALAR_SIGMOID:
    return 0.25;
  case SCALAR_TAN:
    return most < pi / 2 ? 1 + tan(most) * tan(most) : INFINITY;
  case SCALAR_ASIN:
  case SCALAR_ACOS:
    return most < 1 ? 1 / sqrt(1 - most * most) : INFINITY;
  case SCALAR_SINH:
    return cosh(most);
  case SCALAR_COSH:
    return sinh(most);
  case SCALAR_ACOSH:
    return lo > 1 ? 1 / sqrt(lo * lo - 1) : INFINITY;
  case SCALAR_ATANH:
    return most < 1 ? 1 / (1 - most * most) : INFINITY;
  default: // neg, abs, tanh, sin, cos, atan, asinh, softplus, softsign
    return 1;
  }
}

/* ---- Intervals ---- */

/* Each end of a with each end of b; f has no extremes inside. */
static struct interval at_corners(enum scalar f, struct interval a,
                                  struct interval b) {
  struct interval y = {INFINITY, -INFINITY, 0};
  int corners = a.lo == a.hi && b.lo == b.hi ? 1 : 4; // mostly at a point
  for (int i = 0; i < corners; i++) {
    double v = scalar_real(f, i & 1 ? a.hi : a.lo, i & 2 ? b.hi : b.lo);
    if (isnan(v)) // 0 * infinity, or 0 / 0
      return (struct interval){-INFINITY, INFINITY, INFINITY};
    y.lo = fmin(y.lo, v);
    y.hi = fmax(y.hi, v);
  }
  return y;
}

static struct interval widen(struct interval y, double lo, double hi) {
  y.lo = fmin(y.lo, lo);
  y.hi = fmax(y.hi, hi);
  return y;
}

static bool holds(struct interval x, double v) {
  return x.lo <= v && v <= x.hi;
}

/* a * eb, where no error is none whatever a is. */
static double scaled(double a, double error) {
  return error > 0 ? a * error : 0;
}

static struct interval multiply(struct interval a, struct interval b) {
  struct interval y = at_corners(SCALAR_MUL, a, b);
  y.error = scaled(farthest(a.lo, a.hi), b.error) +
            scaled(farthest(b.lo, b.hi), a.error) + a.error * b.error;
  return y;
}

static struct interval quotient(struct interval a, struct interval b) {
  double least = b.lo > 0 ? b.lo : -b.hi; // of |b|, if that is positive
  if (!(least > b.error))
    return (struct interval){-INFINITY, INFINITY, INFINITY};
  struct interval y = at_corners(SCALAR_DIV, a, b);
  y.error =
      (a.error + scaled(farthest(y.lo, y.hi), b.error)) / (least - b.error);
  return y;
}

/* Integer exponents turn at 0; others are of positive numbers. */
static struct interval raise(struct interval a, struct interval b) {
  struct interval y = at_corners(SCALAR_POW, a, b);
  double e = b.lo;
  if (b.lo != b.hi || b.error > 0) { // e^(b log a)
    double log_a = farthest(log(a.lo), log(a.hi));
    y.error = a.lo > 0 ? y.hi * (scaled(log_a, b.error) +
                                 scaled(farthest(b.lo, b.hi) / a.lo, a.error))
                       : INFINITY;
    return y;
  }
  if (holds(a, 0))
    y = e < 0 ? (struct interval){-INFINITY, INFINITY, INFINITY}
              : widen(y, e == 0, e == 0);
  struct interval slope = at_corners(
      SCALAR_POW, (struct interval){a.lo - a.error, a.hi + a.error, 0},
      (struct interval){e - 1, e - 1, 0});
  if (a.error > 0)
    y.error = e == 0 ? 0
              : e == 0.5 && a.lo >= 0
                  ? sqrt(a.error)
                  : fabs(e) * farthest(slope.lo, slope.hi) * a.error;
  return y;
}

/* Of a comparison: at a point it is known unless the error may turn it. */
static struct interval compare(enum scalar f, struct interval a,
                               struct interval b) {
  double error = a.error + b.error;
  struct interval y = {0, 1, 0};
  if (a.lo == a.hi && b.lo == b.hi) {
    y.lo = y.hi = scalar_real(f, a.lo, b.lo);
    y.error = error > 0 && fabs(a.lo - b.lo) <= error;
  }
  return y;
}

static struct interval leaky(enum scalar f, struct interval a,
                             struct interval b) {
  struct interval y = at_corners(f, a, b);
  if (holds(a, 0))
    y = widen(y, 0, 0);
  y.error = a.error * fmax(1, farthest(b.lo, b.hi));
  return y;
}

static struct interval pass(struct interval a, struct interval b) {
  struct interval y = {a.lo > b.hi ? a.lo : fmin(0, fmax(a.lo, b.lo)),
                       a.hi > b.lo ? fmax(a.hi, a.lo > b.hi ? a.hi : 0) : 0,
                       a.error};
  if (a.lo == a.hi && b.lo == b.hi && a.error + b.error > 0 &&
      fabs(a.lo - b.lo) <= a.error + b.error)
    y.error += fabs(a.lo);
  return y;
}

static struct interval remainder_of(enum scalar f, struct interval a,
                                    struct interval b) {
  double most = farthest(b.lo, b.hi);
  struct interval y = {f == SCALAR_MOD ? fmin(0, b.lo)
                       : a.lo < 0      ? -most
                                       : 0,
                       f == SCALAR_MOD ? fmax(0, b.hi)
                       : a.hi > 0      ? most
                                       : 0,
                       a.error};
  if (a.lo == a.hi && b.lo == b.hi) {
    y.lo = y.hi = scalar_real(f, a.lo, b.lo);
    y.error = a.error + b.error > 0 ? most : 0;
  }
  return y;
}

/* Where sin and cos turn, and the even functions. */
static struct interval with_turns(enum scalar f, struct interval a,
                                  struct interval y) {
  double from = f == SCALAR_SIN ? pi / 2 : 0, period = 2 * pi;
  if ((f == SCALAR_ABS || f == SCALAR_COSH) && holds(a, 0))
    return widen(y, f == SCALAR_COSH, f == SCALAR_COSH);
  if (f == SCALAR_TAN && farthest(a.lo, a.hi) >= pi / 2)
    return (struct interval){-INFINITY, INFINITY, INFINITY};
  if (f != SCALAR_SIN && f != SCALAR_COS)
    return y;
  if (ceil((a.lo - from) / period) * period + from <= a.hi)
    y = widen(y, 1, 1);
  if (ceil((a.lo - from - pi) / period) * period + from + pi <= a.hi)
    y = widen(y, -1, -1);
  return y;
}

static struct interval span_of_one(enum scalar f, struct interval a) {
  struct interval y = at_corners(f, a, a);
  if (shape(f) == 0 && a.lo < a.hi)
    y = with_turns(f, a, y);
  if (!(a.error > 0))
    return y;
  if (scalar_jumps(f)) {
    if (a.lo == a.hi)
      y.error =
          scalar_real(f, a.lo + a.error, 0) - scalar_real(f, a.lo - a.error, 0);
    return y;
  }
  y.error = slope(f, a.lo - a.error, a.hi + a.error) * a.error;
  if (shape(f) == 1) // no more than it rises at all; sigmoid: 1
    y.error = fmin(y.error, scalar_real(f, a.hi + a.error, 0) -
                                scalar_real(f, a.lo - a.error, 0));
  if (f == SCALAR_SQRT) // concave: its steepest place is the least
    y.error = fmin(y.error, sqrt(a.error));
  if (a.lo < a.hi && f == SCALAR_SQRT && a.lo >= 0)
    y.error = a.error / (sqrt(a.lo) + sqrt(a.lo + a.error));
  return y;
}

static struct interval span(enum scalar f, struct interval a,
                            struct interval b) {
  struct interval y;
  if (!scalar_is_binary(f))
    return span_of_one(f, a);
  switch (f) {
  case SCALAR_ADD:
  case SCALAR_SUB:
    y = at_corners(f, a, b);
    y.error = a.error + b.error;
    return y;
  case SCALAR_MAX:
  case SCALAR_MIN:
    y = (struct interval){scalar_real(f, a.lo, b.lo),
                          scalar_real(f, a.hi, b.hi), fmax(a.error, b.error)};
    return y;
  case SCALAR_MUL:
    return multiply(a, b);
  case SCALAR_DIV:
    return quotient(a, b);
  case SCALAR_POW:
    return raise(a, b);
  case SCALAR_LEAKY:
  case SCALAR_ELU:
    return leaky(f, a, b);
  case SCALAR_PASS:
    return pass(a, b);
  case SCALAR_MOD:
  case SCALAR_REMAINDER:
    return remainder_of(f, a, b);
  default:
    return compare(f, a, b);
  }
}

/* Infinite errors can make one that is no number: nothing is known then, and
   fmax() would drop it. */
struct interval scalar_span(enum scalar f, struct interval a,
                            struct interval b) {
  struct interval y = span(f, a, b);
  if (isnan(y.error))
    y.error = INFINITY;
  return y;
}

static int sign_of(struct interval x) {
  return x.lo >= 0 ? 1 : x.hi <= 0 ? -1 : 0;
}

static int direction_of_power(unsigned operand, struct interval a,
                              struct interval b) {
  double e = b.lo;
  if (operand == 1)
    return a.lo >= 1 ? 1 : a.lo >= 0 && a.hi <= 1 ? -1 : 0;
  if (a.lo >= 0)
    return sign_of(b);
  bool is_odd = e == floor(e) && fmod(e, 2) != 0;
  return e > 0 && is_odd ? 1 : 0;
}

int scalar_direction(enum scalar f, unsigned operand, struct interval a,
                     struct interval b) {
  switch (f) {
  case SCALAR_ADD:
  case SCALAR_MAX:
  case SCALAR_MIN:
    return 1;
  case SCALAR_SUB:
  case SCALAR_AT_LEAST:
  case SCALAR_GREATER:
    return operand ? -1 : 1;
  case SCALAR_MUL:
    return sign_of(operand ? a : b);
  case SCALAR_DIV:
    return operand == 0 ? sign_of(b) : sign_of(b) ? -sign_of(a) : 0;
  case SCALAR_POW:
    return direction_of_power(operand, a, b);
  case SCALAR_LEAKY:
  case SCALAR_ELU:
    return operand == 0 && b.lo >= 0 ? 1 : 0;
  case SCALAR_PASS:
    return operand == 0 && b.lo >= 0 ? 1 : 0;
  case SCALAR_EQUAL:
  case SCALAR_MOD:
  case SCALAR_REMAINDER:
    return 0;
  default:
    if (shape(f))
      return shape(f);
    return f == SCALAR_ABS || f == SCALAR_COSH ? sign_of(a) : 0;
  }
}
