/* QuantizeLinear, DequantizeLinear, Cast, Relu, Clip, Sigmoid, Tanh, and Add,
   Sub and Mul of real numbers and constants: links of chains. None costs a
   gate but quantising, which is one ladder for each element. */
#include "compile/front/quantise.h"
#include "compile/front/translate.h"
#include "compile/program/operations.h"

#include <math.h>
#include <string.h>

/* ---- Quantising ---- */

/* The sum of products of levels that x is, and what follows, in units of the
   new levels: as fused kernels do it, the multiplier is (s_a * s_b) / s_y in
   float32. */
static struct meaning in_units(struct translation *t, const struct meaning *x,
                               float unit) {
  struct meaning y = *x;
  y.chain.n = 0;
  for (size_t k = 0; k < x->chain.n; k++) {
    const struct chain_link *l = &x->chain.link[k];
    float *at = xmalloc((l->n + 1) * sizeof *at);
    for (size_t i = 0; i < l->n; i++)
      at[i] = k && l->kind == CHAIN_MUL ? l->at[i] : l->at[i] / unit;
    chain_append(&t->m->program, &y.chain, l->kind, at, l->n);
    free(at);
  }
  return y;
}

static bool quantize_linear(struct translation *t, struct meaning *out) {
  const struct meaning *x = translate_input(t, 0);
  struct levels to;
  enum onnx_type type;
  if (!levels_of_inputs(t, 1, &to, &type))
    return false;
  if (x && x->kind == MEANING_INPUT) {
    if (!translate_quantise_input(t, x, &to, type, out))
      return false;
  } else if (x && x->kind == MEANING_REAL && x->is_sum) {
    struct meaning y = in_units(t, x, to.scale);
    to.scale = 1;
    translate_apply(t, translate_name(t), &y, &to, out);
  } else if (x && x->kind == MEANING_REAL) {
    translate_apply(t, translate_name(t), x, &to, out);
  } else {
    return translate_error(t, "its input must be real and not constant");
  }
  out->type = type;
  return true;
}

/* Scales and zeros of a constant, one for the tensor or along the last axis. */
static bool dequantize_constant(struct translation *t, const struct meaning *x,
                                const struct meaning *scale,
                                const struct meaning *zero,
                                struct meaning *out) {
  size_t n = scale->shape.n, last = lengths_last(&x->shape);
  int64_t axis = 1;
  if (!onnx_get_int(t->g, t->node, "axis", &axis, t->err))
    return false;
  axis += axis < 0 ? (int64_t)x->shape.rank : 0;
  if (n != 1 && (n != last || axis + 1 != (int64_t)x->shape.rank))
    return translate_error(t, "scales must be one, or along the last axis");
  if (zero && zero->shape.n != n)
    return translate_error(t, "there must be as many zero points as scales");
  *out = *x;
  out->type = ONNX_FLOAT;
  float *s = translate_alloc(t, n, sizeof *s);
  long *z = translate_alloc(t, n, sizeof *z);
  for (size_t i = 0; i < n; i++) {
    s[i] = (float)scale->constant.at[i];
    z[i] = zero ? (long)zero->constant.at[i] : 0;
    if (!(s[i] > 0) || !isfinite(s[i]))
      return translate_error(t,
                             "scale %zu is %g; it must be positive and "
                             "finite",
                             i, (double)s[i]);
  }
  out->constant.level = translate_alloc(t, x->shape.n, sizeof(long));
  out->constant.at = translate_alloc(t, x->shape.n, sizeof(double));
  for (size_t i = 0; i < x->shape.n; i++) {
    size_t k = n == 1 ? 0 : i % last;
    out->constant.level[i] = (long)x->constant.at[i] - z[k];
    out->constant.at[i] = (double)((float)out->constant.level[i] * s[k]);
  }
  out->constant.scale = s;
  out->constant.scales = n;
  return true;
}

static bool dequantize_linear(struct translation *t, struct meaning *out) {
  const struct meaning *x = translate_input(t, 0), *scale, *zero;
  if (!translate_constant(t, 1, true, "the scale", &scale) ||
      !translate_constant(t, 2, false, "the zero point", &zero))
    return false;
  if (x && x->kind == MEANING_CONSTANT)
    return dequantize_constant(t, x, scale, zero, out);
  if (!x || x->kind != MEANING_INTEGER)
    return translate_error(t, "its input must be integers");
  struct levels from = {.lo = -QUANTISE_MAX, .hi = QUANTISE_MAX};
  struct quantiser q;
  if (scale->shape.n != 1 || (zero && zero->shape.n != 1))
    return translate_error(t, "activations must have one scale and one zero "
                              "point for the tensor");
  from.scale = (float)scale->constant.at[0];
  from.zero = zero ? (long)zero->constant.at[0] : 0;
  const char *name = t->g->values.at[onnx_input(t->g, t->node, 1)].name;
  if (!quantiser_init(&q, name, from.scale, from.zero, from.lo, from.hi,
                      t->err))
    return false;
  *out = *x;
  out->kind = MEANING_REAL;
  out->chain = (struct chain){.zero = from.zero};
  return chain_append(&t->m->program, &out->chain, CHAIN_MUL, &from.scale, 1);
}

/* ---- Casts ---- */

static bool cast(struct translation *t, struct meaning *out) {
  const struct meaning *x = translate_input(t, 0);
  int64_t to = 0;
  long lo, hi;
  unsigned width;
  if (!x || !onnx_get_int(t->g, t->node, "to", &to, t->err))
    return x ? false : translate_error(t, "it has no input");
  *out = *x;
  if (to == ONNX_FLOAT && x->kind == MEANING_INTEGER) {
    out->kind = MEANING_REAL;
    out->chain = (struct chain){0};
    return true;
  }
  if (to == ONNX_FLOAT && x->kind != MEANING_CONSTANT)
    return true;
  bool is_whole = levels_of_type((enum onnx_type)to, &lo, &hi, &width);
  for (size_t i = 0; is_whole && x->kind == MEANING_INTEGER && i < x->shape.n;
       i++)
    is_whole = x->lo[i] >= (double)lo && x->hi[i] <= (double)hi;
  if (!is_whole || x->kind != MEANING_INTEGER)
    return translate_error(t, "it must make float of integers, or integers of "
                              "a type that holds all of them");
  out->type = (enum onnx_type)to;
  return true;
}

/* ---- Links ---- */

static bool append(struct translation *t, struct meaning *x,
                   enum chain_kind kind, const float *at, size_t n) {
  return chain_append(&t->m->program, &x->chain, kind, at, n) ||
         translate_error(t, "more than %d functions in a row", CHAIN_LINKS);
}

static bool link_without(struct translation *t, struct meaning *out,
                         enum chain_kind kind) {
  const struct meaning *x = translate_input(t, 0);
  if (!x || !translate_as_real(t, x, out))
    return x ? false : translate_error(t, "it has no input");
  out->is_sum = false;
  return append(t, out, kind, NULL, 0);
}

static bool sigmoid(struct translation *t, struct meaning *out) {
  return link_without(t, out, CHAIN_SIGMOID);
}

static bool tanh_of(struct translation *t, struct meaning *out) {
  return link_without(t, out, CHAIN_TANH);
}

static bool relu(struct translation *t, struct meaning *out) {
  const struct meaning *x = translate_input(t, 0);
  float zero = 0;
  if (!x || !translate_as_real(t, x, out))
    return x ? false : translate_error(t, "it has no input");
  return append(t, out, CHAIN_MAX, &zero, 1);
}

/* Bounds are attributes to opset 10, then inputs. */
static bool clip(struct translation *t, struct meaning *out) {
  const struct meaning *x = translate_input(t, 0), *lo, *hi;
  float least = -INFINITY, most = INFINITY;
  if (!x || !translate_as_real(t, x, out))
    return x ? false : translate_error(t, "it has no input");
  if (!onnx_get_float(t->g, t->node, "min", &least, t->err) ||
      !onnx_get_float(t->g, t->node, "max", &most, t->err) ||
      !translate_constant(t, 1, false, "the least value", &lo) ||
      !translate_constant(t, 2, false, "the greatest value", &hi))
    return false;
  if (lo && lo->shape.n == 1)
    least = (float)lo->constant.at[0];
  if (hi && hi->shape.n == 1)
    most = (float)hi->constant.at[0];
  if (isnan(least) || isnan(most))
    return translate_error(t, "a bound is not a number");
  return (isinf(least) || append(t, out, CHAIN_MAX, &least, 1)) &&
         (isinf(most) || append(t, out, CHAIN_MIN, &most, 1));
}

/* A constant as floats: one, or along the last axis of x. */
static bool read_row(struct translation *t, const struct meaning *c,
                     const struct meaning *x, float **at, size_t *n) {
  *n = c->shape.n;
  if (*n != 1 &&
      (*n != lengths_last(&x->shape) || lengths_last(&c->shape) != *n))
    return translate_error(t, "the constant must have one element, or one for "
                              "each along the last axis");
  *at = translate_alloc(t, *n, sizeof **at);
  for (size_t i = 0; i < *n; i++) {
    (*at)[i] = (float)c->constant.at[i];
    if (!isfinite((*at)[i]))
      return translate_error(t, "constant %zu is not finite", i);
  }
  return true;
}

/* Two real numbers of layers quantised here: integers of one scale. */
static bool add_reals(struct translation *t, const struct meaning *a,
                      const struct meaning *b, long sign, struct meaning *out) {
  struct meaning x, y, p, q;
  float s, r;
  if (!translate_as_real(t, a, &x) || !translate_as_real(t, b, &y))
    return false;
  if (memcmp(&x.shape, &y.shape, sizeof x.shape))
    return translate_error(t, "both inputs must have the same shape");
  if (!translate_as_levels(t, &x, onnx_input(t->g, t->node, 0), &p, &s) ||
      !translate_as_levels(t, &y, onnx_input(t->g, t->node, 1), &q, &r))
    return false;
  float unit = s < r ? s : r;
  if (s / unit > 65536 || r / unit > 65536 || s / unit != rintf(s / unit) ||
      r / unit != rintf(r / unit))
    return translate_error(t,
                           "the scales %g and %g of its inputs do not fit "
                           "each other",
                           (double)s, (double)r);
  long v = lrintf(s / unit), w = sign * lrintf(r / unit);
  value_id xs[] = {p.value, q.value};
  *out = (struct meaning){.kind = MEANING_REAL, .shape = x.shape};
  out->value = program_combine(&t->m->program, translate_name(t), xs,
                               (long[]){v, w}, 2, 0);
  interval_fill(t, out, 0, 0);
  for (size_t i = 0; i < x.shape.n; i++) {
    out->lo[i] = (double)v * p.lo[i] + (double)w * (w < 0 ? q.hi[i] : q.lo[i]);
    out->hi[i] = (double)v * p.hi[i] + (double)w * (w < 0 ? q.lo[i] : q.hi[i]);
  }
  out->chain = (struct chain){.is_exact = true};
  return append(t, out, CHAIN_MUL, &unit, 1);
}

static bool two_inputs(struct translation *t, const struct meaning **a,
                       const struct meaning **b) {
  *a = translate_input(t, 0);
  *b = translate_input(t, 1);
  return (*a && *b) || translate_error(t, "it needs two inputs");
}

static bool add_or_sub(struct translation *t, long sign, struct meaning *out) {
  const struct meaning *a, *b, *c;
  float *at;
  size_t n;
  if (!two_inputs(t, &a, &b))
    return false;
  if (a->kind != MEANING_CONSTANT && b->kind != MEANING_CONSTANT)
    return add_reals(t, a, b, sign, out);
  bool is_first = a->kind == MEANING_CONSTANT;
  c = is_first ? a : b;
  if (!translate_as_real(t, is_first ? b : a, out) ||
      !read_row(t, c, out, &at, &n))
    return false;
  out->is_sum = false;
  for (size_t i = 0; i < n && !is_first && sign < 0; i++)
    at[i] = -at[i];
  float minus = -1;
  return (!is_first || sign > 0 || append(t, out, CHAIN_MUL, &minus, 1)) &&
         append(t, out, CHAIN_ADD, at, n);
}

static bool add(struct translation *t, struct meaning *out) {
  return add_or_sub(t, 1, out);
}

static bool sub(struct translation *t, struct meaning *out) {
  return add_or_sub(t, -1, out);
}

static bool mul(struct translation *t, struct meaning *out) {
  const struct meaning *a, *b;
  float *at;
  size_t n;
  if (!two_inputs(t, &a, &b))
    return false;
  if (a->kind != MEANING_CONSTANT && b->kind != MEANING_CONSTANT)
    return translate_error(t, "one input must be a constant");
  bool is_first = a->kind == MEANING_CONSTANT;
  if (!translate_as_real(t, is_first ? b : a, out) ||
      !read_row(t, is_first ? a : b, out, &at, &n))
    return false;
  out->is_sum = false;
  return append(t, out, CHAIN_MUL, at, n);
}

#define CONSTANT_ROW "one input constant: one element or one row"

const struct translator elementwise_translators[] = {
    {{"Add", "real numbers of one shape, or " CONSTANT_ROW}, add},
    {{"Cast", "integers to float or to a wider type"}, cast},
    {{"Clip", "constant bounds"}, clip},
    {{"DequantizeLinear", "one scale; constants also along the last axis"},
     dequantize_linear},
    {{"Mul", CONSTANT_ROW}, mul},
    {{"QuantizeLinear", "one scale, uint8, int8, uint16 or int16"},
     quantize_linear},
    {{"Relu", "real numbers"}, relu},
    {{"Sigmoid", "real numbers"}, sigmoid},
    {{"Sub", "real numbers of one shape, or " CONSTANT_ROW}, sub},
    {{"Tanh", "real numbers"}, tanh_of},
    {{NULL, NULL}, NULL},
};
