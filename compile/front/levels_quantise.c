/* Types, and levels of the file. */
#include "compile/front/levels.h"

#include <math.h>

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
  if (!levels_make_room(l, a, &m))
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
  return levels_full(l, x, ok);
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
      return levels_full(l, x, false);
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
