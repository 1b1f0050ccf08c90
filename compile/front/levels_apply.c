/* Functions of the integers of a tensor. */
#include "compile/front/levels.h"
#include "compile/program/operations.h"

#include <math.h>

enum {
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
  STEP_BITS = 16 // of functions, as NUMBER_MAX_TABLE
#else
  STEP_BITS = 26
#endif
};

/* The value with `last` as the length of its last axis. */
static value_id view(struct levels *l, const struct meaning *x, size_t last) {
  struct lengths s = {.rank = 2, .at = {x->shape.n / last, last}};
  s.n = x->shape.n;
  struct dims to = levels_dims(l, &s), from = program_dims(l->p, x->value);
  if (from.rank && from.at[from.rank - 1] == to.at[1])
    return x->value;
  return program_reshape(l->p, "", x->value, to);
}

/* Of a function that rises or falls from its ends. */
static void set_ends(const struct meaning *x, const struct function *f,
                     size_t i, struct meaning *y) {
  mpz_t q, end[2];
  mpz_inits(q, end[0], end[1], NULL);
  for (int k = 0; k < 2; k++) {
    fmpz_get_mpz(q, k ? x->hi + i : x->lo + i);
    f->call(end[k], q, f->context);
  }
  bool flips = mpz_cmp(end[0], end[1]) > 0;
  fmpz_set_mpz(y->lo + i, end[flips]);
  fmpz_set_mpz(y->hi + i, end[!flips]);
  mpz_clears(q, end[0], end[1], NULL);
}

static void set_clamped(fmpz_t z, double v, int64_t lo, int64_t hi) {
  if (v <= (double)lo || isnan(v))
    fmpz_set_si(z, lo);
  else if (v >= (double)hi)
    fmpz_set_si(z, hi);
  else
    fmpz_set_d(z, v);
}

/* Else from the interval of the curve, one level wider. */
static void set_interval(const struct meaning *x, size_t i, double scale,
                         double zero, int64_t lo, int64_t hi,
                         struct meaning *y) {
  struct interval s = levels_span(x, i, false);
  set_clamped(y->lo + i, floor(s.lo / scale) + zero - 1, lo, hi);
  set_clamped(y->hi + i,
              isnan(s.hi) ? (double)hi : ceil(s.hi / scale) + zero + 1, lo, hi);
}

static void find_intervals(const struct meaning *x, const struct function *f,
                           size_t n, double scale, double zero, int64_t lo,
                           int64_t hi, struct meaning *y) {
  for (size_t i = 0; i < x->shape.n; i++)
    if (f[i % n].is_monotone || fmpz_equal(x->lo + i, x->hi + i))
      set_ends(x, &f[i % n], i, y);
    else
      set_interval(x, i, scale, zero, lo, hi, y);
}

/* A function that turns is looked at everywhere. */
static bool check_values(struct levels *l, flow_id id, const struct meaning *x,
                         const struct function *f, size_t n) {
  bool is_monotone = true;
  for (size_t i = 0; i < n; i++)
    is_monotone &= f[i].is_monotone;
  return is_monotone || levels_fit(x, STEP_BITS - 4) ||
         levels_error(l, id,
                      "a function that rises and falls of integers of "
                      "more than 22 bits");
}

/* A gate for each step. */
static bool check_steps(struct levels *l, flow_id id, const struct meaning *x,
                        const struct meaning *y) {
  return levels_fit(x, STEP_BITS) || levels_fit(y, STEP_BITS) ||
         levels_error(l, id, "a function that would have more than 2^%d steps",
                      STEP_BITS);
}

/* No float32 on the way is infinite. */
static bool check_finite(struct levels *l, flow_id id,
                         const struct meaning *x) {
  bool ok = true;
  mpz_t q;
  mpz_init(q);
  for (size_t i = 0; ok && !x->curve.is_exact && i < x->shape.n; i++)
    for (int end = 0; ok && end < 2; end++) {
      fmpz_get_mpz(q, end ? x->hi + i : x->lo + i);
      ok = curve_is_finite(&x->curve, i, q);
    }
  mpz_clear(q);
  return ok ||
         levels_error(l, id, "its real numbers can pass those of float32");
}

bool levels_function(struct levels *l, flow_id id, const struct meaning *x,
                     const struct quantiser *to, struct meaning *y) {
  size_t n = x->shape.n ? curve_period(&x->curve) : 1;
  struct function *f = xmalloc(n * sizeof *f);
  int64_t least, most;
  mpz_t lo, hi;
  mpz_inits(lo, hi, NULL);
  levels_bounds(x, lo, hi);
  curve_functions(l->p, &x->curve, n, lo, hi, to, f);
  bool ok = (!to || check_finite(l, id, x)) && check_values(l, id, x, f, n);
  onnx_type_range(flow_get(l->f, id)->type, &least, &most);
  *y = levels_new(l, id, 0, to == NULL);
  y->shape = x->shape;
  if (ok && to)
    find_intervals(x, f, n, (double)to->scale, (double)to->zero, to->lo, to->hi,
                   y);
  else if (ok)
    find_intervals(x, f, n, 1, 0, least, most, y);
  ok = ok && check_steps(l, id, x, y);
  if (ok)
    y->value = levels_shaped(
        l, program_apply(l->p, levels_name(l, id), view(l, x, n), f, n),
        &x->shape);
  y->is_free = true;
  mpz_clears(lo, hi, NULL);
  free(f);
  return ok;
}

/* Half a level at most, and nothing where all are 0, or integers in levels that
   these are, too. */
static double rounding(const struct meaning *x, const struct quantiser *to) {
  double scale = (double)to->scale;
  if (!x->curve.n && scale <= 1 && 1 / scale == floor(1 / scale))
    return 0;
  for (size_t i = 0; i < x->shape.n; i++) {
    struct interval s = levels_span(x, i, false);
    if (!(s.lo == 0 && s.hi == 0))
      return 0.5;
  }
  return 0;
}

bool levels_apply(struct levels *l, flow_id x, const struct meaning *from,
                  const struct quantiser *to, struct meaning *r) {
  if (!levels_function(l, x, from, to, r))
    return false;
  r->error = levels_error_of(from) / (double)to->scale + rounding(from, to);
  return true;
}
