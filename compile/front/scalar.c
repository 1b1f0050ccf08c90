#include "compile/front/scalar.h"
#include "circuit/error.h"

#include <math.h>

/* ---- Of doubles ---- */

static double signum(double a) {
  return (a > 0) - (a < 0);
}

static double sigmoid(double a) {
  return a < 0 ? exp(a) / (1 + exp(a)) : 1 / (1 + exp(-a));
}

static double softplus(double a) {
  return a > 0 ? a + log1p(exp(-a)) : log1p(exp(a));
}

static double softsign(double a) {
  return a / (1 + fabs(a));
}

static double negate(double a) {
  return -a;
}

/* ---- Of real numbers ---- */

static int exact_sigmoid(mpfr_t y, mpfr_srcptr a, mpfr_rnd_t r) {
  mpfr_neg(y, a, r);
  mpfr_exp(y, y, r);
  mpfr_add_ui(y, y, 1, r);
  return mpfr_ui_div(y, 1, y, r);
}

/* Of a large one itself, as e^a may not fit. */
static int exact_softplus(mpfr_t y, mpfr_srcptr a, mpfr_rnd_t r) {
  if (mpfr_cmp_ui(a, 1 << 20) > 0)
    return mpfr_set(y, a, r);
  mpfr_exp(y, a, r);
  return mpfr_log1p(y, y, r);
}

static int exact_softsign(mpfr_t y, mpfr_srcptr a, mpfr_rnd_t r) {
  mpfr_t size;
  mpfr_init2(size, SCALAR_PRECISION);
  mpfr_abs(size, a, r);
  mpfr_add_ui(size, size, 1, r);
  int inexact = mpfr_div(y, a, size, r);
  mpfr_clear(size);
  return inexact;
}

static int exact_sign(mpfr_t y, mpfr_srcptr a, mpfr_rnd_t r) {
  return mpfr_set_si(y, mpfr_sgn(a), r);
}

/* ---- The table ---- */

struct one {
  const char *name;
  double (*real)(double a);
  int (*exact)(mpfr_t y, mpfr_srcptr a, mpfr_rnd_t r);
  bool jumps;
};

static int exact_floor(mpfr_t y, mpfr_srcptr a, mpfr_rnd_t r) {
  return mpfr_rint_floor(y, a, r);
}

static int exact_ceil(mpfr_t y, mpfr_srcptr a, mpfr_rnd_t r) {
  return mpfr_rint_ceil(y, a, r);
}

static int exact_round(mpfr_t y, mpfr_srcptr a, mpfr_rnd_t r) {
  return mpfr_rint_roundeven(y, a, r);
}

static int exact_trunc(mpfr_t y, mpfr_srcptr a, mpfr_rnd_t r) {
  return mpfr_rint_trunc(y, a, r);
}

/* mpfr_abs() and mpfr_neg() are macros for some compilers. */
static int exact_abs(mpfr_t y, mpfr_srcptr a, mpfr_rnd_t r) {
  return mpfr_abs(y, a, r);
}

static int exact_neg(mpfr_t y, mpfr_srcptr a, mpfr_rnd_t r) {
  return mpfr_neg(y, a, r);
}

/* clang-format off */
static const struct one ones[SCALARS] = {
    [SCALAR_NEG] = {"neg", negate, exact_neg, false},
    [SCALAR_ABS] = {"abs", fabs, exact_abs, false},
    [SCALAR_SIGN] = {"sign", signum, exact_sign, true},
    [SCALAR_FLOOR] = {"floor", floor, exact_floor, true},
    [SCALAR_CEIL] = {"ceil", ceil, exact_ceil, true},
    [SCALAR_ROUND] = {"round", rint, exact_round, true},
    [SCALAR_TRUNC] = {"trunc", trunc, exact_trunc, true},
    [SCALAR_EXP] = {"exp", exp, mpfr_exp, false},
    [SCALAR_LOG] = {"log", log, mpfr_log, false},
    [SCALAR_SQRT] = {"sqrt", sqrt, mpfr_sqrt, false},
    [SCALAR_ERF] = {"erf", erf, mpfr_erf, false},
    [SCALAR_SIGMOID] = {"sigmoid", sigmoid, exact_sigmoid, false},
    [SCALAR_TANH] = {"tanh", tanh, mpfr_tanh, false},
    [SCALAR_SIN] = {"sin", sin, mpfr_sin, false},
    [SCALAR_COS] = {"cos", cos, mpfr_cos, false},
    [SCALAR_TAN] = {"tan", tan, mpfr_tan, false},
    [SCALAR_ASIN] = {"asin", asin, mpfr_asin, false},
    [SCALAR_ACOS] = {"acos", acos, mpfr_acos, false},
    [SCALAR_ATAN] = {"atan", atan, mpfr_atan, false},
    [SCALAR_SINH] = {"sinh", sinh, mpfr_sinh, false},
    [SCALAR_COSH] = {"cosh", cosh, mpfr_cosh, false},
    [SCALAR_ASINH] = {"asinh", asinh, mpfr_asinh, false},
    [SCALAR_ACOSH] = {"acosh", acosh, mpfr_acosh, false},
    [SCALAR_ATANH] = {"atanh", atanh, mpfr_atanh, false},
    [SCALAR_SOFTPLUS] = {"softplus", softplus, exact_softplus, false},
    [SCALAR_SOFTSIGN] = {"softsign", softsign, exact_softsign, false},
};
/* clang-format on */

static const char *const binary_names[] = {
    [SCALAR_ADD] = "add",          [SCALAR_SUB] = "sub",
    [SCALAR_MUL] = "mul",          [SCALAR_DIV] = "div",
    [SCALAR_MAX] = "max",          [SCALAR_MIN] = "min",
    [SCALAR_POW] = "pow",          [SCALAR_MOD] = "mod",
    [SCALAR_REMAINDER] = "rem",    [SCALAR_AT_LEAST] = "at_least",
    [SCALAR_GREATER] = "greater",  [SCALAR_EQUAL] = "equal",
    [SCALAR_LEAKY] = "leaky_relu", [SCALAR_ELU] = "elu",
    [SCALAR_PASS] = "threshold",
};

bool scalar_is_binary(enum scalar f) {
  return f < SCALAR_NEG;
}

const char *scalar_name(enum scalar f) {
  return scalar_is_binary(f) ? binary_names[f] : ones[f].name;
}

bool scalar_jumps(enum scalar f) {
  return ones[f].jumps || f == SCALAR_AT_LEAST || f == SCALAR_GREATER ||
         f == SCALAR_EQUAL || f == SCALAR_PASS || f == SCALAR_MOD ||
         f == SCALAR_REMAINDER;
}

bool scalar_is_curved(enum scalar f) {
  return f == SCALAR_POW || f == SCALAR_ELU ||
         (f >= SCALAR_EXP && f != SCALAR_SQRT && f != SCALAR_SOFTSIGN);
}

/* ---- Values ---- */

static double modulo(double a, double b) {
  double r = fmod(a, b);
  return r != 0 && (r < 0) != (b < 0) ? r + b : r;
}

double scalar_real(enum scalar f, double a, double b) {
  switch (f) {
  case SCALAR_ADD:
    return a + b;
  case SCALAR_SUB:
    return a - b;
  case SCALAR_MUL:
    return a * b;
  case SCALAR_DIV:
    return a / b;
  case SCALAR_MAX:
    return a > b ? a : b;
  case SCALAR_MIN:
    return a < b ? a : b;
  case SCALAR_POW:
    return pow(a, b);
  case SCALAR_MOD:
    return modulo(a, b);
  case SCALAR_REMAINDER:
    return fmod(a, b);
  case SCALAR_AT_LEAST:
    return a >= b;
  case SCALAR_GREATER:
    return a > b;
  case SCALAR_EQUAL:
    return a == b;
  case SCALAR_LEAKY:
    return a < 0 ? a * b : a;
  case SCALAR_ELU:
    return a < 0 ? b * expm1(a) : a;
  case SCALAR_PASS:
    return a > b ? a : 0;
  default:
    return ones[f].real(a);
  }
}

/* Not a runtime's own approximation, so that circuits do not depend on one. */
static float rounded_float(enum scalar f, float a, float b) {
  mpfr_t x, y;
  mpfr_init2(x, SCALAR_PRECISION);
  mpfr_init2(y, SCALAR_PRECISION);
  mpfr_set_flt(x, a, MPFR_RNDN);
  mpfr_set_flt(y, b, MPFR_RNDN);
  scalar_exact(f, x, x, y);
  a = mpfr_get_flt(x, MPFR_RNDN);
  mpfr_clear(x);
  mpfr_clear(y);
  return a;
}

float scalar_float(enum scalar f, float a, float b) {
  switch (f) {
  case SCALAR_ADD:
    return a + b;
  case SCALAR_SUB:
    return a - b;
  case SCALAR_MUL:
    return a * b;
  case SCALAR_DIV:
    return a / b;
  case SCALAR_LEAKY:
    return a < 0 ? a * b : a;
  case SCALAR_SQRT:
    return sqrtf(a);
  case SCALAR_SOFTSIGN:
    return a / (1 + fabsf(a));
  default: // exact: one of the two, a whole number, or a remainder
    return scalar_is_curved(f) ? rounded_float(f, a, b)
                               : (float)scalar_real(f, (double)a, (double)b);
  }
}

/* ---- Of two real numbers ---- */

static int exact_modulo(mpfr_t y, mpfr_srcptr a, mpfr_srcptr b, mpfr_rnd_t r) {
  int sign = mpfr_sgn(b);
  mpfr_t by;
  mpfr_init2(by, SCALAR_PRECISION);
  mpfr_set(by, b, r);
  int inexact = mpfr_fmod(y, a, b, r);
  if (mpfr_sgn(y) * sign < 0)
    inexact = mpfr_add(y, y, by, r);
  mpfr_clear(by);
  return inexact;
}

static int exact_at_least(mpfr_t y, mpfr_srcptr a, mpfr_srcptr b,
                          mpfr_rnd_t r) {
  return mpfr_set_si(y, mpfr_cmp(a, b) >= 0, r);
}

static int exact_greater(mpfr_t y, mpfr_srcptr a, mpfr_srcptr b, mpfr_rnd_t r) {
  return mpfr_set_si(y, mpfr_cmp(a, b) > 0, r);
}

static int exact_equal(mpfr_t y, mpfr_srcptr a, mpfr_srcptr b, mpfr_rnd_t r) {
  return mpfr_set_si(y, mpfr_cmp(a, b) == 0, r);
}

static int exact_leaky(mpfr_t y, mpfr_srcptr a, mpfr_srcptr b, mpfr_rnd_t r) {
  return mpfr_sgn(a) < 0 ? mpfr_mul(y, a, b, r) : mpfr_set(y, a, r);
}

static int exact_elu(mpfr_t y, mpfr_srcptr a, mpfr_srcptr b, mpfr_rnd_t r) {
  mpfr_t by;
  if (mpfr_sgn(a) >= 0)
    return mpfr_set(y, a, r);
  mpfr_init2(by, SCALAR_PRECISION);
  mpfr_set(by, b, r);
  mpfr_expm1(y, a, r);
  int inexact = mpfr_mul(y, y, by, r);
  mpfr_clear(by);
  return inexact;
}

static int exact_pass(mpfr_t y, mpfr_srcptr a, mpfr_srcptr b, mpfr_rnd_t r) {
  return mpfr_cmp(a, b) > 0 ? mpfr_set(y, a, r) : mpfr_set_si(y, 0, r);
}

static int (*const exact_twos[])(mpfr_t y, mpfr_srcptr a, mpfr_srcptr b,
                                 mpfr_rnd_t r) = {
    [SCALAR_ADD] = mpfr_add,          [SCALAR_SUB] = mpfr_sub,
    [SCALAR_MUL] = mpfr_mul,          [SCALAR_DIV] = mpfr_div,
    [SCALAR_MAX] = mpfr_max,          [SCALAR_MIN] = mpfr_min,
    [SCALAR_POW] = mpfr_pow,          [SCALAR_MOD] = exact_modulo,
    [SCALAR_REMAINDER] = mpfr_fmod,   [SCALAR_AT_LEAST] = exact_at_least,
    [SCALAR_GREATER] = exact_greater, [SCALAR_EQUAL] = exact_equal,
    [SCALAR_LEAKY] = exact_leaky,     [SCALAR_ELU] = exact_elu,
    [SCALAR_PASS] = exact_pass,
};

void scalar_exact(enum scalar f, mpfr_t y, mpfr_srcptr a, mpfr_srcptr b) {
  if (scalar_is_binary(f))
    exact_twos[f](y, a, b, MPFR_RNDN);
  else
    ones[f].exact(y, a, MPFR_RNDN);
}

/* ---- Integers ---- */

static bool power(int64_t a, int64_t e, int64_t *y) {
  int64_t p = 1;
  if (e < 0) // as a real number, then towards 0
    return a == 1 || a == -1 ? (*y = e % 2 ? a : 1, true) : (*y = 0, a != 0);
  if (a == 0 || a == 1 || a == -1)
    return *y = e == 0 ? 1 : a == -1 && e % 2 == 0 ? 1 : a, true;
  for (; e > 0; e--)
    if (__builtin_mul_overflow(p, a, &p))
      return false;
  *y = p;
  return true;
}

static bool divide(enum scalar f, int64_t a, int64_t b, int64_t *y) {
  if (b == 0 || (b == -1 && a == INT64_MIN))
    return false;
  int64_t rest = a % b;
  *y = f == SCALAR_DIV                                    ? a / b
       : f == SCALAR_MOD && rest && (rest < 0) != (b < 0) ? rest + b
                                                          : rest;
  return true;
}

bool scalar_whole(enum scalar f, int64_t a, int64_t b, int64_t *y) {
  switch (f) {
  case SCALAR_ADD:
    return !__builtin_add_overflow(a, b, y);
  case SCALAR_SUB:
    return !__builtin_sub_overflow(a, b, y);
  case SCALAR_MUL:
    return !__builtin_mul_overflow(a, b, y);
  case SCALAR_DIV:
  case SCALAR_MOD:
  case SCALAR_REMAINDER:
    return divide(f, a, b, y);
  case SCALAR_MAX:
    return *y = a > b ? a : b, true;
  case SCALAR_MIN:
    return *y = a < b ? a : b, true;
  case SCALAR_POW:
    return power(a, b, y);
  case SCALAR_AT_LEAST:
    return *y = a >= b, true;
  case SCALAR_GREATER:
    return *y = a > b, true;
  case SCALAR_EQUAL:
    return *y = a == b, true;
  case SCALAR_PASS:
    return *y = a > b ? a : 0, true;
  case SCALAR_NEG:
    return !__builtin_sub_overflow((int64_t)0, a, y);
  case SCALAR_ABS:
    return a < 0 ? !__builtin_sub_overflow((int64_t)0, a, y) : (*y = a, true);
  case SCALAR_SIGN:
    return *y = (a > 0) - (a < 0), true;
  case SCALAR_FLOOR:
  case SCALAR_CEIL:
  case SCALAR_ROUND:
  case SCALAR_TRUNC:
    return *y = a, true;
  default:
    return false;
  }
}
