/* Products with constant matrices. */
#include "compile/front/levels.h"
#include "compile/program/operations.h"

#include <math.h>

struct weights {
  size_t rows, columns;
  fmpz *at, *bias;
  double *lost; // [rows * columns]: of each, in units of its own
};

static void weights_init(struct levels *l, struct weights *w,
                         const struct lengths *s) {
  w->rows = s->at[0];
  w->columns = s->at[1];
  w->at = levels_integers(l, s->n);
  w->bias = levels_integers(l, w->rows);
  w->lost = xcalloc(s->n + 1, sizeof *w->lost);
}

/* r = w x + bias, for rows of x. */
static void multiply_rows(struct levels *l, flow_id x, const struct meaning *m,
                          const struct weights *w, struct meaning *r) {
  *r = levels_new(l, x, 0, m->curve.is_exact);
  r->value = program_linear(l->p, levels_name(l, x), levels_value(l, m),
                            w->rows, w->columns, w->at, w->bias);
  for (size_t i = 0; i < r->shape.n; i++) {
    size_t row = i % w->rows, from = i / w->rows * w->columns;
    double error = 0;
    fmpz_set(r->lo + i, w->bias + row);
    fmpz_set(r->hi + i, w->bias + row);
    for (size_t k = 0; k < w->columns; k++) {
      const fmpz *by = w->at + row * w->columns + k;
      const fmpz *lo = m->lo + from + k, *hi = m->hi + from + k;
      fmpz_addmul(r->lo + i, by, fmpz_sgn(by) < 0 ? hi : lo);
      fmpz_addmul(r->hi + i, by, fmpz_sgn(by) < 0 ? lo : hi);
      struct interval seen = levels_interval(m, from + k);
      double most = fmax(fabs(seen.lo), fabs(seen.hi));
      double lost = w->lost[row * w->columns + k];
      if (!fmpz_is_zero(by)) // 0 times an infinite error is none
        error += fabs(fmpz_get_d(by)) * m->error;
      if (lost > 0)
        error += lost * (most + m->error);
    }
    r->error = fmax(r->error, error);
  }
}

/* Sums of products of levels, of a matrix that was dequantised, as fused
   kernels have them: m stands for scale * (integer - zero). */
static bool is_of_levels(const struct meaning *m, const struct flow_node *w,
                         double *scale, long *zero) {
  const struct dequantised *d = &w->levels_of;
  double factor;
  if (!d->level || m->curve.is_exact || !curve_is_affine(&m->curve, &factor) ||
      factor < 0 || m->curve.n > 2 || (d->scales != 1 && d->axis != 0))
    return false;
  *scale = factor;
  *zero = 0;
  const struct curve_step *s = &m->curve.step[0];
  if (m->curve.n == 0 || (m->curve.n == 1 && s->op == SCALAR_MUL))
    return true;
  *zero = s->n == 1 ? (long)s->at[0] : 0;
  return s->op == SCALAR_SUB && s->operand[1] == CURVE_CONSTANT && s->n == 1 &&
         onnx_type_is_integer(s->type) && m->curve.step[1].op == SCALAR_MUL;
}

static bool multiply_levels(struct levels *l, flow_id x,
                            const struct meaning *m, const struct flow_node *c,
                            double scale, long zero, struct meaning *r) {
  const struct dequantised *d = &c->levels_of;
  struct weights w;
  weights_init(l, &w, &c->shape);
  for (size_t i = 0; i < c->shape.n; i++) {
    fmpz_set_si(w.at + i, d->level[i]);
    fmpz_submul_si(w.bias + i / w.columns, w.at + i, zero);
  }
  multiply_rows(l, x, m, &w, r);
  free(w.lost);
  double *unit = program_alloc(l->p, d->scales, sizeof *unit);
  for (size_t k = 0; k < d->scales; k++) {
    unit[k] = (double)((float)scale * d->scale[k]);
    if (!isfinite(unit[k]) || !(unit[k] > 0))
      return levels_error(l, x, "the scale of its sums is %g", unit[k]);
  }
  r->is_sum = true;
  r->base = ONNX_INT32;
  r->curve = curve_identity(false);
  return curve_with(&r->curve, SCALAR_MUL, ONNX_FLOAT, unit, d->scales, false);
}

enum {
  GUARD = 4 // bits that weights have beyond those of activations: no gate
            // depends on how long a weight is
};

/* The least power of two with which levels hold a row; 0 if all of it is 0. */
static bool row_scale(struct levels *l, flow_id x, const double *row, size_t n,
                      double *scale) {
  double most = 0;
  for (size_t k = 0; k < n; k++) {
    if (!isfinite(row[k]))
      return levels_error(l, x, "its matrix has an element that is %g", row[k]);
    most = fmax(most, fabs(row[k]));
  }
  *scale =
      most > 0 ? levels_scale(most, (1L << (l->o->bits + GUARD - 1)) - 1) : 0;
  return true;
}

/* Rows far below the others, as of channels that training has left, count as
   the farthest that is kept: results have one scale for all rows, in which they
   are 0. Returns the least scale. */
static double limit_scales(double *scale, size_t rows) {
  double most = 0, least = INFINITY;
  for (size_t r = 0; r < rows; r++)
    most = fmax(most, scale[r]);
  for (size_t r = 0; r < rows; r++)
    if (scale[r] > 0) {
      scale[r] = fmax(scale[r], most * 0x1p-32);
      least = fmin(least, scale[r]);
    }
  return isfinite(least) ? least : 1;
}

/* Weights of real numbers are quantised: levels times a power of two for each
   row, in the least of these as their unit. */
static bool quantise_rows(struct levels *l, flow_id x,
                          const struct flow_node *c, struct weights *w,
                          double *unit) {
  double *scale = xcalloc(w->rows + 1, sizeof *scale);
  bool ok = true;
  for (size_t r = 0; ok && r < w->rows; r++)
    ok = row_scale(l, x, c->at + r * w->columns, w->columns, &scale[r]);
  *unit = limit_scales(scale, w->rows);
  l->m->is_exact = false;
  for (size_t i = 0; ok && i < c->shape.n; i++) {
    double s = scale[i / w->columns];
    double q = s > 0 ? c->at[i] / s : 0, by = s > 0 ? s / *unit : 1;
    fmpz_set_d(w->at + i, rint(q) * by);
    w->lost[i] = fabs(q - rint(q)) * by;
  }
  free(scale);
  return ok;
}

static bool multiply_reals(struct levels *l, flow_id x,
                           const struct flow_node *c, struct meaning *r) {
  struct meaning m;
  struct weights w;
  double scale, unit;
  if (!levels_as_levels(l, flow_operand(l->f, x, 0), false, &m, &scale))
    return false;
  weights_init(l, &w, &c->shape);
  bool ok = quantise_rows(l, x, c, &w, &unit);
  if (ok)
    multiply_rows(l, x, &m, &w, r);
  free(w.lost);
  unit *= scale;
  r->curve = curve_identity(true);
  return ok && levels_scaled(l, r, unit);
}

static bool multiply_integers(struct levels *l, flow_id x,
                              const struct flow_node *c, struct meaning *r) {
  struct meaning m;
  struct weights w;
  if (!levels_as_integers(l, flow_operand(l->f, x, 0), &m))
    return false;
  weights_init(l, &w, &c->shape);
  for (size_t i = 0; i < c->shape.n; i++)
    fmpz_set_d(w.at + i, c->at[i]);
  multiply_rows(l, x, &m, &w, r);
  free(w.lost);
  r->base = flow_get(l->f, x)->type;
  return levels_wrap(l, x, r);
}

/* The accumulator of a runtime has 32 bits. */
static bool check_accumulator(struct levels *l, flow_id x,
                              const struct meaning *r) {
  for (size_t i = 0; i < r->shape.n; i++)
    if (fmpz_cmp_si(r->lo + i, INT32_MIN) < 0 ||
        fmpz_cmp_si(r->hi + i, INT32_MAX) > 0)
      return levels_error(l, x, "its sums can pass 32 bits");
  return true;
}

bool levels_linear(struct levels *l, flow_id x) {
  const struct flow_node *c = flow_get(l->f, flow_operand(l->f, x, 1));
  const struct meaning *m = levels_get(l, flow_operand(l->f, x, 0));
  struct meaning r;
  double scale;
  long zero;
  if (!flow_is_real(l->f, x)) {
    if (!multiply_integers(l, x, c, &r))
      return false;
  } else if (is_of_levels(m, c, &scale, &zero)) {
    if (!multiply_levels(l, x, m, c, scale, zero, &r) ||
        !check_accumulator(l, x, &r))
      return false;
  } else if (!multiply_reals(l, x, c, &r)) {
    return false;
  }
  l->of[x] = r;
  return true;
}
