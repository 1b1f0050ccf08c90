/* Sums, products, comparisons and the greater of two tensors that vary. */
#include "compile/front/levels.h"
#include "compile/program/operations.h"

#include <math.h>

/* a +- b in a common unit. */
static bool add(struct levels *l, flow_id x, flow_id a, flow_id b, long sign,
                struct meaning *r) {
  struct meaning m[2];
  const struct meaning *each[] = {&m[0], &m[1]};
  double scale[2], unit;
  long factor[2];
  if (!levels_as_number(l, a, &m[0], &scale[0]) ||
      !levels_as_number(l, b, &m[1], &scale[1]))
    return false;
  if (!levels_common_unit(scale, factor, &unit))
    return levels_error(l, x,
                        "the scales %g and %g of its inputs do not fit "
                        "each other%s",
                        scale[0], scale[1], l->o->ranges ? "" : ": calibrate");
  factor[1] *= sign;
  bool is_rounded = !m[0].curve.is_exact || !m[1].curve.is_exact;
  levels_combine(l, x, each, factor, 2, NULL, r);
  if (flow_get(l->f, x)->is_below_0)
    r->to = r->error;
  if (flow_is_real(l->f, a))
    levels_scaled(l, r, unit);
  else
    r->curve.is_exact = false;
  if (is_rounded && flow_is_real(l->f, a))
    levels_note(l, "%s is exact; the runtime's sum is rounded to float32",
                levels_name(l, x));
  return true;
}

static bool add_or_sub(struct levels *l, flow_id x, long sign) {
  struct meaning r;
  return add(l, x, flow_operand(l->f, x, 0), flow_operand(l->f, x, 1), sign,
             &r) &&
         (flow_is_real(l->f, x) || levels_wrap(l, x, &r)) &&
         (l->of[x] = r, true);
}

bool levels_split_equal(struct levels *l, flow_id x) {
  static const long table[] = {0, 1, 0};
  struct meaning m = l->of[x], d, r;
  struct curve_step *last = &m.curve.step[m.curve.n - 1];
  double scale;
  if (last->op != SCALAR_EQUAL || levels_fit(&m, 20))
    return true;
  last->op = SCALAR_SUB;
  last->type = ONNX_FLOAT;
  if (!levels_number_of(l, x, &m, &d, &scale))
    return levels_error(l, x, "it compares what is no sum of integers");
  r = levels_new(
      l, x,
      program_table(l->p, levels_name(l, x), levels_value(l, &d), table, 3, -1),
      false);
  for (size_t i = 0; i < r.shape.n; i++)
    fmpz_one(r.hi + i);
  r.is_free = true;
  l->of[x] = r;
  return true;
}

/* A comparison is a function of the difference. */
static bool compare(struct levels *l, flow_id x) {
  static const double zero = 0;
  struct meaning r;
  if (!add(l, x, flow_operand(l->f, x, 0), flow_operand(l->f, x, 1), -1, &r))
    return false;
  curve_with(&r.curve, flow_get(l->f, x)->scalar, ONNX_BOOL, &zero, 1, false);
  l->of[x] = r;
  return levels_split_equal(l, x);
}

/* Of bits: a AND b is [a + b >= 2]. */
static bool logic(struct levels *l, flow_id x) {
  double t = flow_get(l->f, x)->scalar == SCALAR_MIN ? 2 : 1;
  struct meaning r;
  if (!add(l, x, flow_operand(l->f, x, 0), flow_operand(l->f, x, 1), 1, &r))
    return false;
  curve_with(&r.curve, SCALAR_AT_LEAST, ONNX_BOOL, levels_keep(l, &t, 1), 1,
             false);
  l->of[x] = r;
  return true;
}

static bool is_bit(const struct meaning *m) {
  for (size_t i = 0; i < m->shape.n; i++)
    if (fmpz_sgn(m->lo + i) < 0 || fmpz_cmp_si(m->hi + i, 1) > 0)
      return false;
  return true;
}

/* As a factor: few levels, but next to a bit any number. */
static bool as_factor(struct levels *l, flow_id a, flow_id other,
                      struct meaning *m, double *scale) {
  return is_bit(levels_get(l, other)) && levels_get(l, other)->is_free
             ? levels_as_number(l, a, m, scale)
             : levels_as_levels(l, a, true, m, scale);
}

static void multiply_intervals(const struct meaning *a, const struct meaning *b,
                               struct meaning *r) {
  fmpz_t v;
  fmpz_init(v);
  for (size_t i = 0; i < r->shape.n; i++)
    for (int k = 0; k < 4; k++) {
      fmpz_mul(v, (k & 1 ? a->hi : a->lo) + i, (k & 2 ? b->hi : b->lo) + i);
      if (!k || fmpz_cmp(v, r->lo + i) < 0)
        fmpz_set(r->lo + i, v);
      if (!k || fmpz_cmp(v, r->hi + i) > 0)
        fmpz_set(r->hi + i, v);
    }
  fmpz_clear(v);
}

/* The error of a product of integers. */
static double product_error(const struct meaning *a, const struct meaning *b) {
  double error = 0;
  for (size_t i = 0; i < a->shape.n; i++) {
    struct interval x = levels_interval(a, i), y = levels_interval(b, i);
    error = fmax(error, scalar_span(SCALAR_MUL, x, y).error);
  }
  return error;
}

static bool multiply(struct levels *l, flow_id x) {
  flow_id a = flow_operand(l->f, x, 0), b = flow_operand(l->f, x, 1);
  struct meaning m[2], r;
  double scale[2];
  if (!as_factor(l, a, b, &m[0], &scale[0]) ||
      !as_factor(l, b, a, &m[1], &scale[1]))
    return false;
  r = levels_new(l, x, 0, flow_is_real(l->f, x));
  r.value = program_multiply(l->p, levels_name(l, x), levels_value(l, &m[0]),
                             levels_value(l, &m[1]));
  r.error = product_error(&m[0], &m[1]);
  multiply_intervals(&m[0], &m[1], &r);
  double unit = scale[0] * scale[1];
  if (!(unit > 0) || !isfinite(unit))
    return levels_error(l, x, "the scale of its products is %g", unit);
  if (flow_is_real(l->f, x))
    levels_scaled(l, &r, unit);
  else if (!levels_wrap(l, x, &r))
    return false;
  l->of[x] = r;
  return true;
}

static void greater_interval(const struct meaning *a, const struct meaning *b,
                             struct meaning *r) {
  for (size_t i = 0; i < r->shape.n; i++) {
    fmpz_set(r->lo + i, (fmpz_cmp(a->lo + i, b->lo + i) > 0 ? a : b)->lo + i);
    fmpz_set(r->hi + i, (fmpz_cmp(a->hi + i, b->hi + i) > 0 ? a : b)->hi + i);
  }
}

/* The least of two is the greatest of what is below 0, below 0. */
static bool greater_of_two(struct levels *l, flow_id x) {
  flow_id a = flow_operand(l->f, x, 0), b = flow_operand(l->f, x, 1);
  long sign = flow_get(l->f, x)->scalar == SCALAR_MAX ? 1 : -1;
  struct meaning m[2], r;
  double scale[2], unit;
  long factor[2];
  if (flow_get(l->f, x)->type == ONNX_BOOL)
    return logic(l, x);
  if (!levels_as_levels(l, a, true, &m[0], &scale[0]) ||
      !levels_as_levels(l, b, true, &m[1], &scale[1]))
    return false;
  if (!levels_common_unit(scale, factor, &unit))
    return levels_error(l, x, "its scales do not fit each other: calibrate");
  size_id n = size_si(&l->p->sizes, (long)m[0].shape.n);
  value_id side[2];
  for (int i = 0; i < 2; i++) {
    levels_times(l, x, &m[i], sign * factor[i]);
    side[i] = program_reshape(l->p, "", m[i].value,
                              matrix(n, size_si(&l->p->sizes, 1)));
  }
  value_id y = program_concat(l->p, "", side, 2, 1);
  r = levels_new(l, x, program_maximum(l->p, levels_name(l, x), y),
                 m[0].curve.is_exact);
  r.value = program_reshape(l->p, "", r.value, levels_dims(l, &r.shape));
  r.error = fmax(m[0].error, m[1].error);
  greater_interval(&m[0], &m[1], &r);
  bool is_exact = r.curve.is_exact;
  levels_times(l, x, &r, sign);
  r.curve.is_exact = is_exact;
  if (flow_is_real(l->f, x))
    levels_scaled(l, &r, unit);
  l->of[x] = r;
  return true;
}

bool levels_pair(struct levels *l, flow_id x) {
  const struct flow_node *node = flow_get(l->f, x);
  switch (node->scalar) {
  case SCALAR_ADD:
    return add_or_sub(l, x, 1);
  case SCALAR_SUB:
    return add_or_sub(l, x, -1);
  case SCALAR_MUL:
    return multiply(l, x);
  case SCALAR_DIV:
    return levels_divide(l, x);
  case SCALAR_MAX:
  case SCALAR_MIN:
    return greater_of_two(l, x);
  case SCALAR_AT_LEAST:
  case SCALAR_GREATER:
  case SCALAR_EQUAL:
    return compare(l, x);
  default:
    return levels_error(l, x, "%s of two tensors that vary is not supported",
                        scalar_name(node->scalar));
  }
}
