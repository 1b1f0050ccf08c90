/* Tensors of integers, which wrap around in their type. */
#include "compile/front/levels.h"
#include "compile/program/operations.h"

#include <math.h>

bool levels_wrap(struct levels *l, flow_id x, struct meaning *r) {
  int64_t lo, hi;
  enum onnx_type type = flow_get(l->f, x)->type;
  onnx_type_range(type, &lo, &hi);
  for (size_t i = 0; i < r->shape.n; i++)
    if (fmpz_cmp_si(r->lo + i, lo) < 0 || fmpz_cmp_si(r->hi + i, hi) > 0)
      return curve_unary(&r->curve, SCALAR_TRUNC, type) ||
             levels_error(l, x, "too many functions in a row");
  return true;
}

/* The lowest bits of integers of any size. */
static void wrap_bits(struct levels *l, flow_id x, struct meaning *r) {
  enum onnx_type type = flow_get(l->f, x)->type;
  unsigned width = onnx_type_width(type);
  int64_t lo, hi;
  fmpz *w = levels_integers(l, width);
  for (unsigned k = 0; k < width; k++)
    fmpz_one_2exp(w + k, k);
  if (onnx_type_is_signed(type))
    fmpz_neg(w + width - 1, w + width - 1);
  size_id n = size_si(&l->p->sizes, (long)width);
  value_id bits = program_bits(l->p, levels_name(l, x), r->value, n);
  value_id y = program_linear(l->p, levels_name(l, x), bits, 1, width, w, NULL);
  onnx_type_range(type, &lo, &hi);
  struct lengths shape = r->shape;
  *r = levels_new(l, x, levels_shaped(l, y, &shape), false);
  for (size_t i = 0; i < shape.n; i++) {
    fmpz_set_si(r->lo + i, lo);
    fmpz_set_si(r->hi + i, hi);
  }
}

/* factor * q + offset, both whole, then modulo 2^width: without a table. */
static bool affine_integers(struct levels *l, flow_id x,
                            const struct meaning *m, struct meaning *r) {
  struct meaning from = *m;
  double factor, error = 0;
  enum onnx_type type = flow_get(l->f, x)->type;
  while (from.curve.n) {
    const struct curve_step *s = &from.curve.step[from.curve.n - 1];
    if (s->op != SCALAR_TRUNC || s->type != type)
      break;
    from.curve.n--;
  }
  for (unsigned k = 0; k < from.curve.n; k++)
    if (!onnx_type_is_integer(from.curve.step[k].type) ||
        from.curve.step[k].op == SCALAR_DIV)
      return false;
  if (!curve_is_affine(&from.curve, &factor) || factor != rint(factor) ||
      fabs(factor) > 0x1p52)
    return false;
  long weight = (long)factor;
  fmpz *at = levels_integers(l, m->shape.n);
  for (size_t i = 0; i < m->shape.n; i++)
    levels_set_rounded(at + i, curve_offset(&from.curve, i), 1, &error);
  const struct meaning *a = &from;
  levels_combine(l, x, &a, &weight, 1, at, r);
  r->curve = curve_identity(false);
  struct meaning checked = *r;
  if (!levels_wrap(l, x, &checked))
    return false;
  if (checked.curve.n)
    wrap_bits(l, x, r);
  return true;
}

bool levels_as_integers(struct levels *l, flow_id x, struct meaning *r) {
  struct meaning *m = levels_get(l, x);
  if (!m->curve.n) {
    *r = *m;
    return true;
  }
  if (!affine_integers(l, x, m, r)) {
    double error = m->curve.is_exact ? ceil(levels_error_of(m)) : 0;
    if (!levels_function(l, x, m, NULL, r))
      return false;
    r->curve = curve_identity(false);
    r->error = error;
  }
  *m = *r; // for all who ask
  return true;
}
