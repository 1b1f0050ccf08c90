/* Functions of the elements of one tensor that varies, or of several that are
   functions of the same integers. */
#include "compile/front/flow_parts.h"
#include "compile/front/levels.h"

bool levels_full(struct levels *l, flow_id x, bool ok) {
  return ok ||
         levels_error(l, x, "more than %d functions in a row", CURVE_STEPS);
}

bool levels_make_room(struct levels *l, flow_id x, struct meaning *m) {
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
  if (!levels_make_room(l, a, &m))
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
  return levels_split_equal(l, x);
}

/* Of two functions of the same integers. */
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
  return join(l, x, levels_get(l, a), levels_get(l, b)) || levels_pair(l, x);
}
