/* Sums in a common unit: integers times a scale. */
#include "compile/front/levels.h"
#include "compile/program/operations.h"

#include <assert.h>
#include <math.h>

bool levels_common_unit(const double *scale, long *factor, double *unit) {
  double ratio = scale[0] / scale[1], x = ratio;
  double p[2] = {1, 0}, q[2] = {0, 1}; // convergents of the continued fraction
  for (int i = 0; i < 64; i++) {
    double a = floor(x), next[2] = {a * p[0] + p[1], a * q[0] + q[1]};
    p[1] = p[0], q[1] = q[0];
    p[0] = next[0], q[0] = next[1];
    if (!(p[0] < 0x1p40) || !(q[0] < 0x1p40))
      return false;
    if (fabs(p[0] / q[0] - ratio) <= ratio * 0x1p-50)
      break;
    x = 1 / (x - a);
  }
  factor[0] = (long)p[0];
  factor[1] = (long)q[0];
  *unit = scale[1] / q[0];
  return factor[0] > 0;
}

/* lo += factor * the end of a that makes it least; hi the greatest. */
static void add_interval(fmpz_t lo, fmpz_t hi, const fmpz_t a, const fmpz_t b,
                         long factor) {
  fmpz_addmul_si(lo, factor < 0 ? b : a, factor);
  fmpz_addmul_si(hi, factor < 0 ? a : b, factor);
}

void levels_combine(struct levels *l, flow_id x, const struct meaning *const *a,
                    const long *factor, size_t n, const fmpz *constant,
                    struct meaning *r) {
  value_id operand[3];
  long weight[3];
  struct lengths shape = a[0]->shape;
  *r = levels_new(l, x, 0, true);
  r->shape = shape;
  r->is_free = n == 1 && a[0]->is_free;
  assert(n <= 2 && r->shape.n == flow_shape(l->f, x)->n);
  for (size_t k = 0; k < n; k++) {
    operand[k] = levels_shaped(l, a[k]->value, &shape);
    weight[k] = factor[k];
    r->error += fabs((double)factor[k]) * a[k]->error;
    for (size_t i = 0; i < shape.n; i++)
      add_interval(r->lo + i, r->hi + i, a[k]->lo + i, a[k]->hi + i, factor[k]);
  }
  if (constant) {
    operand[n] =
        program_constant(l->p, "", levels_dims(l, &shape), constant, shape.n);
    weight[n++] = 1;
    for (size_t i = 0; i < shape.n; i++)
      add_interval(r->lo + i, r->hi + i, constant + i, constant + i, 1);
  }
  r->value = program_combine(l->p, levels_name(l, x), operand, weight, n, 0);
}

void levels_set_rounded(fmpz_t z, double x, double unit, double *error) {
  double q = x / unit;
  if (!(fabs(q) < 0x1p80)) {
    fmpz_one(z);
    fmpz_mul_2exp(z, z, 80);
    if (q < 0)
      fmpz_neg(z, z);
    return;
  }
  fmpz_set_d(z, rint(q));
  *error = fmax(*error, fabs(x - rint(q) * unit));
}

fmpz *levels_constant(struct levels *l, const struct flow_node *c, double scale,
                      double *error) {
  fmpz *at = levels_integers(l, c->shape.n);
  *error = 0;
  for (size_t i = 0; i < c->shape.n; i++)
    levels_set_rounded(at + i, c->at[i], scale, error);
  return at;
}

/* factor * q + offset as a number: a unit that divides the factor, in which the
   offsets are rounded, unless they are whole multiples of one. */
static void with_offsets(struct levels *l, flow_id x, const struct meaning *m,
                         double factor, struct meaning *r, double *scale) {
  double size = fabs(factor), error;
  fmpz *at = levels_integers(l, m->shape.n);
  long parts = 1;
  for (;; parts *= 2) {
    error = 0;
    for (size_t i = 0; i < m->shape.n; i++)
      levels_set_rounded(at + i, curve_offset(&m->curve, i),
                         size / (double)parts, &error);
    if (error == 0 || parts == 1L << 12)
      break;
  }
  long weight = factor < 0 ? -parts : parts;
  levels_combine(l, x, &m, &weight, 1, at, r);
  *scale = size / (double)parts;
  r->error += error / *scale;
}

static bool has_offsets(const struct meaning *m) {
  size_t n = curve_period(&m->curve);
  for (size_t i = 0; i < n; i++)
    if (curve_offset(&m->curve, i) != 0)
      return true;
  return false;
}

bool levels_number_of(struct levels *l, flow_id x, const struct meaning *m,
                      struct meaning *r, double *scale) {
  struct meaning from = *m;
  const struct meaning *a = &from;
  double factor;
  bool is_exact = m->curve.is_exact;
  if (!curve_is_affine(&m->curve, &factor))
    return false;
  *scale = fabs(factor);
  if (has_offsets(m))
    with_offsets(l, x, &from, factor, r, scale);
  else if (factor < 0)
    levels_combine(l, x, &a, (long[]){-1}, 1, NULL, r);
  else
    *r = from;
  levels_set_scale(l, r, is_exact, *scale);
  return true;
}

bool levels_as_number(struct levels *l, flow_id x, struct meaning *r,
                      double *scale) {
  if (!flow_is_real(l->f, x)) {
    *scale = 1;
    return levels_as_integers(l, x, r);
  }
  if (!levels_number_of(l, x, levels_get(l, x), r, scale)) {
    struct meaning levels;
    if (!levels_to_levels(l, x, &levels))
      return false;
    levels_number_of(l, x, &levels, r, scale);
  }
  levels_see(l, x, *scale, r);
  return true;
}

bool levels_as_levels(struct levels *l, flow_id x, bool is_free,
                      struct meaning *r, double *scale) {
  const struct meaning *m = levels_get(l, x);
  double factor;
  if (!flow_is_real(l->f, x))
    return levels_as_number(l, x, r, scale);
  if (curve_is_affine(&m->curve, &factor) && factor > 0 && !has_offsets(m) &&
      levels_fit(m, l->o->bits) && (m->is_free || !is_free))
    return levels_as_number(l, x, r, scale);
  return levels_to_levels(l, x, r) && curve_is_scale(&r->curve, scale);
}

void levels_times(struct levels *l, flow_id x, struct meaning *m, long factor) {
  struct meaning from = *m;
  const struct meaning *a = &from;
  if (factor != 1)
    levels_combine(l, x, &a, &factor, 1, NULL, m);
}
