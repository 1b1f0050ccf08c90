/* Flatten, Reshape, Identity, ArgMax, and Softmax before it. */
#include "compile/front/translate.h"
#include "compile/program/operations.h"

#include <string.h>

/* x in another shape of as many elements. */
static bool reshape_to(struct translation *t, const struct meaning *x,
                       const struct lengths *shape, struct meaning *out) {
  if (shape->n != x->shape.n)
    return translate_error(t, "%zu elements cannot become %zu", x->shape.n,
                           shape->n);
  for (size_t k = 0; k < x->chain.n; k++)
    if (x->chain.link[k].n > 1 &&
        old_lengths_last(shape) != old_lengths_last(&x->shape))
      return translate_error(t, "values of different scales along the last "
                                "axis cannot change shape");
  *out = *x;
  out->shape = *shape;
  if (out->constant.scales > 1) // their axis may be gone
    out->constant.level = NULL;
  if (x->kind == MEANING_INTEGER || x->kind == MEANING_REAL)
    out->value = program_reshape(&t->m->program, translate_name(t), x->value,
                                 translate_dims(t, shape));
  return true;
}

static bool need_input(struct translation *t, const struct meaning **x) {
  *x = translate_input(t, 0);
  return *x || translate_error(t, "it has no input");
}

static bool identity(struct translation *t, struct meaning *out) {
  const struct meaning *x;
  if (!need_input(t, &x))
    return false;
  *out = *x;
  return true;
}

static bool flatten(struct translation *t, struct meaning *out) {
  const struct meaning *x;
  struct lengths shape;
  int64_t axis = 1;
  if (!need_input(t, &x) || !onnx_get_int(t->g, t->node, "axis", &axis, t->err))
    return false;
  int64_t rank = (int64_t)x->shape.rank;
  axis += axis < 0 ? rank : 0;
  if (axis < 0 || axis > rank)
    return translate_error(t, "axis %lld is not one of %zu", (long long)axis,
                           x->shape.rank);
  size_t outer = 1, inner = 1;
  for (size_t i = 0; i < x->shape.rank; i++)
    *((int64_t)i < axis ? &outer : &inner) *= x->shape.at[i];
  return old_lengths_set(&shape, (size_t[]){outer, inner}, 2) &&
         reshape_to(t, x, &shape, out);
}

/* 0 keeps a length, -1 is what is left. */
static bool reshape(struct translation *t, struct meaning *out) {
  const struct meaning *x, *to;
  struct lengths shape;
  size_t at[SHAPE_MAX], known = 1, open = SHAPE_MAX;
  int64_t allow_zero = 0;
  if (!need_input(t, &x) ||
      !onnx_get_int(t->g, t->node, "allowzero", &allow_zero, t->err) ||
      !translate_constant(t, 1, true, "the shape", &to))
    return false;
  if (to->type != ONNX_INT64 || allow_zero)
    return translate_error(t, "the shape must be of int64, without allowzero");
  if (to->shape.n > SHAPE_MAX)
    return translate_error(t, "a shape of more than %d dimensions", SHAPE_MAX);
  for (size_t i = 0; i < to->shape.n; i++) {
    double length = to->constant.at[i];
    if (length < -1 || length > (double)MODEL_ELEMENTS ||
        (length == -1 && open < SHAPE_MAX))
      return translate_error(t, "length %g of the shape", length);
    if (length == -1)
      open = i;
    at[i] = length == -1                       ? 1
            : length == 0 && i < x->shape.rank ? x->shape.at[i]
                                               : (size_t)length;
    known *= at[i];
  }
  if (open < SHAPE_MAX)
    at[open] = known ? x->shape.n / known : 0;
  return (old_lengths_set(&shape, at, to->shape.n) ||
          translate_error(t, "the shape is too large")) &&
         reshape_to(t, x, &shape, out);
}

static bool along_last(struct translation *t, const struct meaning *x,
                       int64_t axis) {
  axis += axis < 0 ? (int64_t)x->shape.rank : 0;
  return axis + 1 == (int64_t)x->shape.rank ||
         translate_error(t, "only along the last axis");
}

static bool softmax(struct translation *t, struct meaning *out) {
  const struct meaning *x;
  int64_t axis = onnx_opset(&t->m->onnx, "") < 13 ? 1 : -1;
  if (!need_input(t, &x) ||
      !onnx_get_int(t->g, t->node, "axis", &axis, t->err) ||
      !along_last(t, x, axis) || !translate_as_real(t, x, out))
    return false;
  out->is_softmax = true;
  translate_note(t, "%s is left out: ArgMax of it is ArgMax of its input",
                 onnx_show_node(t->node).text);
  return true;
}

enum {
  ORDER_MAX = 1 << 22 // steps of all functions into the order of float32
};

static bool keeps_order(const struct meaning *x) {
  bool ok = true;
  mpz_t lo, hi;
  mpz_inits(lo, hi, NULL);
  for (size_t i = 0; ok && i < x->shape.n; i++) {
    fmpz_get_mpz(lo, x->lo + i);
    fmpz_get_mpz(hi, x->hi + i);
    ok = chain_keeps_order(&x->chain, lo, hi);
  }
  mpz_clears(lo, hi, NULL);
  return ok;
}

static bool check_steps(struct translation *t, const struct meaning *x) {
  fmpz_t steps;
  fmpz_init(steps);
  for (size_t i = 0; i < x->shape.n; i++) {
    fmpz_add(steps, steps, x->hi + i);
    fmpz_sub(steps, steps, x->lo + i);
  }
  bool ok = fmpz_cmp_si(steps, ORDER_MAX) <= 0;
  fmpz_clear(steps);
  return ok || translate_error(t, "its float32 inputs can have more than 2^22 "
                                  "values; quantise them first");
}

/* Integers in the order of x: its own, or levels, or the order of float32. */
static bool in_order(struct translation *t, const struct meaning *x,
                     struct meaning *r) {
  *r = *x;
  if (x->kind == MEANING_INTEGER || keeps_order(x))
    return true;
  if (x->chain.is_exact)
    return translate_to_levels(t, x, onnx_input(t->g, t->node, 0), r);
  if (!translate_check_finite(t, x) || !check_steps(t, x))
    return false;
  size_t last = old_lengths_last(&x->shape);
  struct function *f = xmalloc(last * sizeof *f);
  for (size_t i = 0; i < last; i++)
    f[i] = chain_order(&t->m->program, &x->chain, i);
  r->value =
      program_apply(&t->m->program, translate_name(t), x->value, f, last);
  free(f);
  return true;
}

static bool argmax(struct translation *t, struct meaning *out) {
  const struct meaning *given;
  struct meaning x, order;
  int64_t axis = 0, keep = 1, last = 0;
  if (!need_input(t, &given) ||
      !onnx_get_int(t->g, t->node, "axis", &axis, t->err) ||
      !onnx_get_int(t->g, t->node, "keepdims", &keep, t->err) ||
      !onnx_get_int(t->g, t->node, "select_last_index", &last, t->err))
    return false;
  x = *given;
  if (!along_last(t, &x, axis) || !x.shape.rank || !old_lengths_last(&x.shape))
    return x.shape.rank ? false : translate_error(t, "of a single number");
  if (last)
    return translate_error(t, "select_last_index is not supported");
  if (x.kind != MEANING_INTEGER && !translate_as_real(t, given, &x))
    return false;
  if (!in_order(t, &x, &order))
    return false;
  *out = (struct meaning){.kind = MEANING_INTEGER, .type = ONNX_INT64};
  old_lengths_set(&out->shape, x.shape.at, x.shape.rank - 1);
  out->value = program_argmax(&t->m->program, translate_name(t), order.value);
  if (keep) {
    out->shape = x.shape;
    out->shape.n /= old_lengths_last(&x.shape);
    out->shape.at[x.shape.rank - 1] = 1;
    out->value = program_reshape(&t->m->program, translate_name(t), out->value,
                                 translate_dims(t, &out->shape));
  }
  interval_fill(t, out, 0, (long)old_lengths_last(&x.shape) - 1);
  return true;
}

const struct translator shape_translators[] = {
    {{"ArgMax", "along the last axis, the first of equals"}, argmax},
    {{"Flatten", ""}, flatten},
    {{"Identity", ""}, identity},
    {{"Reshape", "to a constant shape"}, reshape},
    {{"Softmax", "along the last axis, before ArgMax"}, softmax},
    {{NULL, NULL}, NULL},
};
