/* Functions of elements, types and levels. */
#include "compile/front/flow_parts.h"
#include "compile/front/levels.h"
#include "compile/program/attention.h"
#include "compile/program/operations.h"

#include <math.h>
#include <string.h>

static bool full(struct levels *l, flow_id x, bool ok) {
  return ok ||
         levels_error(l, x, "more than %d functions in a row", CURVE_STEPS);
}

static bool split_equal(struct levels *l, flow_id x);

/* ---- One tensor that varies ---- */

/* A curve that is full begins anew with levels. */
static bool make_room(struct levels *l, flow_id x, struct meaning *m) {
  if (m->curve.n + 2 <= CURVE_STEPS)
    return true;
  return flow_is_real(l->f, x) ? levels_to_levels(l, x, m)
                               : levels_as_integers(l, x, m);
}

static bool keeps_sum(enum scalar op) {
  return op == SCALAR_MAX || op == SCALAR_MIN;
}

/* A bias that was dequantised with the scales of the sums: an integer. */
static bool add_bias(struct levels *l, flow_id x, const struct meaning *m,
                     const struct flow_node *c) {
  const struct curve_step *unit = &m->curve.step[0];
  const struct dequantised *d = &c->levels_of;
  if (!m->is_sum || m->curve.n != 1 || !d->level ||
      flow_get(l->f, x)->scalar != SCALAR_ADD)
    return false;
  for (size_t i = 0; i < c->shape.n; i++) {
    size_t k = d->scales == 1 ? 0 : lengths_along(&c->shape, d->axis, i);
    if ((float)unit->at[i % unit->n] != d->scale[k])
      return false;
  }
  struct meaning r;
  fmpz *at = levels_integers(l, m->shape.n);
  for (size_t i = 0; i < m->shape.n; i++)
    fmpz_set_si(at + i, d->level[i % c->shape.n]);
  levels_combine(l, x, &m, (long[]){1}, 1, at, &r);
  r.curve = m->curve;
  r.is_sum = true;
  r.base = m->base;
  l->of[x] = r;
  return true;
}

/* In float32 the runtime's own approximation may differ in the last bit. */
static void note_rounding(struct levels *l, flow_id x,
                          const struct meaning *m) {
  const struct flow_node *node = flow_get(l->f, x);
  if (!m->curve.is_exact && flow_is_real(l->f, x) && node->node &&
      scalar_is_curved(node->scalar))
    levels_note(l,
                "%s is correctly rounded to float32; the runtime's may differ "
                "in the last bit",
                onnx_show_node(node->node).text);
}

/* f(a), or f of a and a constant. */
static bool function_of(struct levels *l, flow_id x, flow_id a,
                        const struct flow_node *constant, bool is_first) {
  const struct flow_node *node = flow_get(l->f, x);
  struct meaning m = *levels_get(l, a);
  if (!make_room(l, a, &m))
    return false;
  m.shape = node->shape;
  if (constant && add_bias(l, x, &m, constant))
    return true;
  m.is_sum &= keeps_sum(node->scalar);
  if (constant)
    curve_with(&m.curve, node->scalar, node->type,
               levels_keep(l, constant->at, constant->shape.n),
               constant->shape.n, is_first);
  else
    curve_unary(&m.curve, node->scalar, node->type);
  l->of[x] = m;
  note_rounding(l, x, &m);
  return split_equal(l, x);
}

/* ---- Two that are functions of the same integers ---- */

static bool join(struct levels *l, flow_id x, const struct meaning *a,
                 const struct meaning *b) {
  const struct flow_node *node = flow_get(l->f, x);
  struct meaning m = *a;
  if (a->value != b->value || a->curve.is_exact != b->curve.is_exact ||
      !curve_join(&m.curve, &a->curve, &b->curve, node->scalar, node->type))
    return false;
  m.is_sum = false;
  l->of[x] = m;
  return true;
}

/* ---- Others ---- */

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
                        "each other",
                        scale[0], scale[1]);
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

/* Of many integers: 1 where the difference is 0, by a table of -1, 0 and 1. */
static bool split_equal(struct levels *l, flow_id x) {
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
  return split_equal(l, x);
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

/* ---- Quotients ---- */

/* Whether all of z are above 0, 1; below it, -1. */
static int sign_of(const struct meaning *z) {
  bool is_above = true, is_below = true;
  for (size_t i = 0; i < z->shape.n; i++) {
    is_above &= fmpz_sgn(z->lo + i) > 0;
    is_below &= fmpz_sgn(z->hi + i) < 0;
  }
  return is_above - is_below;
}

/* What a builder knows of it, before its elements were moved. */
static double known_least(const struct flow *f, flow_id x) {
  while (flow_get(f, x)->kind == FLOW_MOVE && flow_get(f, x)->n == 1)
    x = flow_operand(f, x, 0);
  return flow_get(f, x)->least;
}

/* What a builder knows of the divisor, one of whose terms is at least that, so
   rounded down it is of the levels, too. Below 1 it may have been rounded to
   0. */
static void raise_least(struct meaning *z, double least) {
  for (size_t i = 0; least >= 1 && least < 0x1p62 && i < z->shape.n; i++)
    if (fmpz_cmp_si(z->lo + i, (long)floor(least)) < 0)
      fmpz_set_si(z->lo + i, (long)floor(least));
}

/* A builder or data say that it is above 0, so its levels are. */
static bool clip_divisor(struct levels *l, flow_id b, struct meaning *z,
                         double *scale) {
  struct quantiser to;
  struct model_range range;
  if (l->o->ranges && isfinite(l->o->ranges[b].lo))
    range = l->o->ranges[b];
  else if (!levels_range(levels_get(l, b), &range))
    return levels_error(l, b, "its values are not bounded: calibrate");
  range.lo = fmax(range.lo, 0);
  if (!levels_of_range(l, b, range, &to))
    return false;
  to.lo = (long)fmax(1, floor(known_least(l->f, b) / (double)to.scale));
  if (!levels_apply(l, b, levels_get(l, b), &to, z))
    return false;
  *scale = (double)to.scale;
  levels_see(l, b, *scale, z);
  return true;
}

/* As a divisor that is above 0, or below. */
static bool as_divisor(struct levels *l, flow_id x, flow_id b,
                       struct meaning *z, double *scale, int *sign) {
  if (!levels_as_number(l, b, z, scale))
    return false;
  double least = known_least(l->f, b);
  raise_least(z, least / *scale);
  *sign = sign_of(z);
  if (*sign)
    return true;
  *sign = 1;
  if (least > 0 || (l->o->ranges && l->o->ranges[b].lo > 0))
    return clip_divisor(l, b, z, scale);
  return levels_error(l, x, "its divisor can be 0: calibrate, or clip it");
}

static struct interval real_span(const struct meaning *m, double scale) {
  struct interval s = {INFINITY, -INFINITY, m->error * scale};
  for (size_t i = 0; i < m->shape.n; i++) {
    struct interval x = levels_interval(m, i);
    s.lo = fmin(s.lo, x.lo * scale);
    s.hi = fmax(s.hi, x.hi * scale);
  }
  return s;
}

static void scale_up(struct levels *l, flow_id x, struct meaning *m,
                     long factor) {
  struct meaning from = *m;
  const struct meaning *a = &from;
  if (factor != 1)
    levels_combine(l, x, &a, &factor, 1, NULL, m);
}

/* The exact ratio of integers, rounded once: program_mix() of rows of one
   key. */
static struct meaning quotient(struct levels *l, flow_id x,
                               const struct meaning *u, const struct meaning *z,
                               const struct quantiser *to) {
  size_id n = size_si(&l->p->sizes, (long)u->shape.n);
  size_id one = size_si(&l->p->sizes, 1);
  struct dims dims = {.rank = 3, .at = {n, one, one}};
  value_id up = program_reshape(l->p, "", u->value, dims);
  value_id down = program_reshape(l->p, "", z->value, dims);
  value_id y =
      program_mix_in_levels(l->p, levels_name(l, x), up, down, to->lo, to->hi);
  y = program_reshape(l->p, "", y, levels_dims(l, &u->shape));
  struct meaning r = levels_new(l, x, y, true);
  for (size_t i = 0; i < r.shape.n; i++) {
    fmpz_set_si(r.lo + i, to->lo);
    fmpz_set_si(r.hi + i, to->hi);
  }
  return r;
}

static bool divide(struct levels *l, flow_id x) {
  flow_id a = flow_operand(l->f, x, 0), b = flow_operand(l->f, x, 1);
  struct meaning u, z, r;
  double scale[2], unit, both[2];
  long factor[2];
  int sign;
  struct quantiser to;
  if (!flow_is_real(l->f, x))
    return levels_error(l, x, "integers are divided by constants only");
  if (!levels_as_number(l, a, &u, &scale[0]))
    return false;
  if (!as_divisor(l, x, b, &z, &scale[1], &sign))
    return false;
  if (sign < 0) {
    scale_up(l, x, &u, -1);
    scale_up(l, x, &z, -1);
  }
  struct interval above = real_span(&u, scale[0]),
                  below = real_span(&z, scale[1]);
  struct interval q = scalar_span(SCALAR_DIV, above, below);
  struct model_range range = {q.lo, q.hi};
  if (l->o->ranges && isfinite(l->o->ranges[x].lo))
    range = l->o->ranges[x];
  if (!levels_of_range(l, x, range, &to))
    return false;
  both[0] = scale[0], both[1] = scale[1] * (double)to.scale;
  if (!levels_common_unit(both, factor, &unit))
    return levels_error(l, x, "its scales do not fit each other");
  scale_up(l, x, &u, factor[0]);
  scale_up(l, x, &z, factor[1]);
  r = quotient(l, x, &u, &z, &to);
  unit = (double)to.scale;
  r.is_free = true;
  r.error = q.error / unit + 0.5;
  levels_scaled(l, &r, unit);
  l->of[x] = r;
  return true;
}

/* ---- Greatest of two ---- */

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
    return levels_error(l, x, "its scales do not fit each other");
  size_id n = size_si(&l->p->sizes, (long)m[0].shape.n);
  value_id side[2];
  for (int i = 0; i < 2; i++) {
    scale_up(l, x, &m[i], sign * factor[i]);
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
  scale_up(l, x, &r, sign);
  r.curve.is_exact = is_exact;
  if (flow_is_real(l->f, x))
    levels_scaled(l, &r, unit);
  l->of[x] = r;
  return true;
}

bool levels_scalar(struct levels *l, flow_id x) {
  const struct flow_node *node = flow_get(l->f, x);
  flow_id a = flow_operand(l->f, x, 0);
  if (node->n == 1)
    return function_of(l, x, a, NULL, false);
  flow_id b = flow_operand(l->f, x, 1);
  if (flow_is_constant(l->f, b))
    return function_of(l, x, a, flow_get(l->f, b), false);
  if (flow_is_constant(l->f, a))
    return function_of(l, x, b, flow_get(l->f, a), true);
  if (join(l, x, levels_get(l, a), levels_get(l, b)))
    return true;
  switch (node->scalar) {
  case SCALAR_ADD:
    return add_or_sub(l, x, 1);
  case SCALAR_SUB:
    return add_or_sub(l, x, -1);
  case SCALAR_MUL:
    return multiply(l, x);
  case SCALAR_DIV:
    return divide(l, x);
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

/* ---- Types ---- */

/* All of a type's integers are of another. */
static bool holds_type(enum onnx_type all, enum onnx_type type) {
  int64_t lo[2], hi[2];
  if (!onnx_type_is_integer(type))
    return false;
  onnx_type_range(all, &lo[0], &hi[0]);
  onnx_type_range(type, &lo[1], &hi[1]);
  return lo[0] <= lo[1] && hi[1] <= hi[0];
}

bool levels_cast(struct levels *l, flow_id x) {
  static const double zero = 0;
  flow_id a = flow_operand(l->f, x, 0);
  enum onnx_type from = flow_get(l->f, a)->type, to = flow_get(l->f, x)->type;
  struct meaning m = *levels_get(l, a);
  bool ok = true;
  if (!make_room(l, a, &m))
    return false;
  if (to == ONNX_BOOL) { // [x != 0]
    ok = curve_with(&m.curve, SCALAR_EQUAL, to, &zero, 1, false) &&
         curve_with(&m.curve, SCALAR_EQUAL, to, &zero, 1, false);
  } else if (onnx_type_is_integer(to)) {
    if (!onnx_type_is_integer(from))
      ok = curve_unary(&m.curve, SCALAR_TRUNC, from);
    if (!holds_type(to, from))
      ok = ok && curve_unary(&m.curve, SCALAR_TRUNC, to);
  } else if (onnx_type_is_integer(from) && !m.curve.n) {
    m.curve.is_exact = false; // what follows is rounded to float32
  }
  m.shape = flow_get(l->f, x)->shape;
  l->of[x] = m;
  return full(l, x, ok);
}

/* ---- Levels of the file ---- */

/* The sum of products of levels that x is, and what follows, in units of the
   new levels: as fused kernels do it, the multiplier is (s_a * s_b) / s_y in
   float32. */
static void in_units(struct levels *l, struct meaning *m, float unit) {
  for (unsigned k = 0; k < m->curve.n; k++) {
    struct curve_step *s = &m->curve.step[k];
    double *at = program_alloc(l->p, s->n + 1, sizeof *at);
    for (size_t i = 0; i < s->n; i++)
      at[i] = k && s->op == SCALAR_MUL ? s->at[i]
                                       : (double)((float)s->at[i] / unit);
    s->at = at;
  }
}

/* Scales along an axis: one constant for each element. */
static bool divide_by_scales(struct levels *l, const struct flow_node *node,
                             struct meaning *m) {
  const struct lengths *s = &node->shape;
  double *at = program_alloc(l->p, s->n, sizeof *at);
  size_t inner = lengths_product(s, node->axis + 1, s->rank);
  for (size_t i = 0; i < s->n; i++)
    at[i] = (double)node->to[i / inner % node->levels].scale;
  return curve_with(&m->curve, SCALAR_DIV, ONNX_FLOAT, at, s->n, false);
}

/* It stands for just these levels, which are found again in float32. */
static bool is_levels_of(const struct meaning *m, const struct quantiser *to,
                         enum onnx_type type) {
  const struct curve *c = &m->curve;
  unsigned steps = 1 + (to->zero != 0);
  if (m->base != type || c->is_exact || c->n != steps)
    return false;
  const struct curve_step *s = &c->step[0], *by = &c->step[steps - 1];
  return by->op == SCALAR_MUL && by->n == 1 && (float)by->at[0] == to->scale &&
         (steps == 1 ||
          (s->op == SCALAR_SUB && s->n == 1 &&
           s->operand[1] == CURVE_CONSTANT && s->at[0] == (double)to->zero));
}

bool levels_quantise(struct levels *l, flow_id x) {
  const struct flow_node *node = flow_get(l->f, x);
  flow_id a = flow_operand(l->f, x, 0);
  struct meaning m = *levels_get(l, a), r;
  struct quantiser to = node->to[0];
  for (size_t i = 1; i < node->levels; i++)
    if (node->to[i].zero != to.zero)
      return levels_error(l, x, "zero points that differ along an axis");
  if (m.is_sum && node->levels == 1) {
    in_units(l, &m, to.scale);
    to.scale = 1;
  } else if (node->levels > 1) {
    if (!divide_by_scales(l, node, &m))
      return full(l, x, false);
    to.scale = 1;
  }
  double error = levels_error_of(&m);
  if (node->levels == 1 && !m.is_sum && is_levels_of(&m, &to, node->type))
    r = m;
  else if (!levels_function(l, x, &m, &to, &r))
    return false;
  r.error = error > 0 ? ceil(error / (double)to.scale) : 0;
  r.curve = curve_identity(false);
  r.is_sum = false;
  r.base = node->type;
  r.shape = node->shape;
  l->of[x] = r;
  return true;
}
