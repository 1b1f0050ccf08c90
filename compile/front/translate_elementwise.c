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

/* The type may also be an attribute, and blocks of scales are not meant. */
static bool read_type(struct translation *t, enum onnx_type *type,
                      struct quantiser *to) {
  int64_t given = 0, block = 0;
  unsigned width;
  if (!onnx_get_int(t->g, t->node, "output_dtype", &given, t->err) ||
      !onnx_get_int(t->g, t->node, "block_size", &block, t->err))
    return false;
  if (block)
    return translate_error(t, "scales by blocks are not supported");
  if (!given || translate_input(t, 2))
    return true;
  *type = (enum onnx_type)given;
  return (levels_of_type(*type, &to->lo, &to->hi, &width) && width <= 16) ||
         translate_error(t, "it makes elements of a type that is not "
                            "supported");
}

static bool quantize_linear(struct translation *t, struct meaning *out) {
  const struct meaning *x = translate_input(t, 0);
  struct quantiser to;
  enum onnx_type type;
  bool ok;
  if (!levels_of_inputs(t, 1, &to, &type) || !read_type(t, &type, &to))
    return false;
  if (x && x->kind == MEANING_INPUT) {
    ok = translate_quantise_input(t, x, &to, type, out);
  } else if (x && x->kind == MEANING_REAL && x->is_sum) {
    struct meaning y = in_units(t, x, to.scale);
    to.scale = 1;
    ok = translate_apply(t, translate_name(t), &y, &to, out);
  } else if (x && x->kind == MEANING_REAL) {
    ok = translate_apply(t, translate_name(t), x, &to, out);
  } else {
    return translate_error(t, "its input must be real and not constant");
  }
  out->type = type;
  return ok;
}

/* One scale, or one for each element along an axis of the constant x. */
static bool find_axis(struct translation *t, const struct meaning *x,
                      size_t scales, size_t *axis) {
  int64_t given = 1, rank = (int64_t)x->shape.rank;
  *axis = 0;
  if (scales == 1)
    return true;
  if (!onnx_get_int(t->g, t->node, "axis", &given, t->err))
    return false;
  given += given < 0 ? rank : 0;
  if (given < 0 || given >= rank || x->shape.at[given] != scales)
    return translate_error(t, "%zu scales do not fit its input", scales);
  *axis = (size_t)given;
  return true;
}

/* The place along an axis of element i. */
static size_t along(const struct lengths *s, size_t axis, size_t i) {
  for (size_t k = s->rank; k-- > axis + 1;)
    i /= s->at[k];
  return i % s->at[axis];
}

static bool dequantize_constant(struct translation *t, const struct meaning *x,
                                const struct meaning *scale,
                                const struct meaning *zero,
                                struct meaning *out) {
  size_t n = scale->shape.n, axis;
  if (!translate_integers(t, 0, true, "its input", &x) ||
      !find_axis(t, x, n, &axis))
    return false;
  if (zero && zero->shape.n != n)
    return translate_error(t, "there must be as many zero points as scales");
  float *s = translate_alloc(t, n, sizeof *s);
  for (size_t i = 0; i < n; i++) {
    s[i] = (float)scale->constant.at[i];
    if (!(s[i] > 0) || !isfinite(s[i]))
      return translate_error(t,
                             "scale %zu is %g; it must be positive and "
                             "finite",
                             i, (double)s[i]);
  }
  *out = (struct meaning){
      .kind = MEANING_CONSTANT, .type = ONNX_FLOAT, .shape = x->shape};
  struct constant *c = &out->constant;
  *c = (struct constant){.scale = s, .scales = n, .axis = axis};
  c->level = translate_alloc(t, x->shape.n, sizeof *c->level);
  c->at = translate_alloc(t, x->shape.n, sizeof *c->at);
  for (size_t i = 0; i < x->shape.n; i++) {
    size_t k = n == 1 ? 0 : along(&x->shape, axis, i);
    c->level[i] =
        (long)x->constant.at[i] - (zero ? (long)zero->constant.at[k] : 0);
    c->at[i] = (double)((float)c->level[i] * s[k]);
  }
  return true;
}

static bool dequantize_linear(struct translation *t, struct meaning *out) {
  const struct meaning *x = translate_input(t, 0), *scale, *zero;
  struct quantiser from = {.lo = -QUANTISE_MAX, .hi = QUANTISE_MAX};
  enum onnx_type type;
  if (!translate_constant(t, 1, true, "the scale", &scale) ||
      !translate_integers(t, 2, false, "the zero point", &zero) ||
      !read_type(t, &type, &from))
    return false;
  if (x && x->kind == MEANING_CONSTANT)
    return dequantize_constant(t, x, scale, zero, out);
  if (!x || x->kind != MEANING_INTEGER)
    return translate_error(t, "its input must be integers");
  if (scale->shape.n != 1 || (zero && zero->shape.n != 1))
    return translate_error(t, "activations must have one scale and one zero "
                              "point for the tensor");
  const char *name = t->g->values.at[onnx_input(t->g, t->node, 1)].name;
  if (!quantiser_init(&from, name, (float)scale->constant.at[0],
                      zero ? (long)zero->constant.at[0] : 0, -QUANTISE_MAX,
                      QUANTISE_MAX, t->err))
    return false;
  *out = *x;
  out->kind = MEANING_REAL;
  out->chain = (struct chain){.zero = from.zero};
  return chain_append(&t->m->program, &out->chain, CHAIN_MUL, &from.scale, 1);
}

/* ---- Casts ---- */

static bool holds(const struct meaning *x, long lo, long hi) {
  bool ok = true;
  for (size_t i = 0; ok && i < x->shape.n; i++)
    ok = fmpz_cmp_si(x->lo + i, lo) >= 0 && fmpz_cmp_si(x->hi + i, hi) <= 0;
  return ok;
}

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
  if (to == ONNX_FLOAT && (x->kind != MEANING_CONSTANT || x->type == to))
    return true;
  if (x->kind != MEANING_INTEGER ||
      !levels_of_type((enum onnx_type)to, &lo, &hi, &width) ||
      !holds(x, lo, hi))
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

/* out = the node's first input, as real numbers. */
static bool real_input(struct translation *t, struct meaning *out) {
  const struct meaning *x = translate_input(t, 0);
  return x ? translate_as_real(t, x, out)
           : translate_error(t, "it has no input");
}

/* In float32 the runtime's own approximation may differ in the last bit. */
static bool curve(struct translation *t, struct meaning *out,
                  enum chain_kind kind) {
  if (!real_input(t, out))
    return false;
  out->is_sum = false;
  if (!out->chain.is_exact)
    translate_note(t,
                   "%s is correctly rounded to float32; the runtime's may "
                   "differ in the last bit",
                   onnx_show_node(t->node).text);
  return append(t, out, kind, NULL, 0);
}

static bool sigmoid(struct translation *t, struct meaning *out) {
  return curve(t, out, CHAIN_SIGMOID);
}

static bool tanh_of(struct translation *t, struct meaning *out) {
  return curve(t, out, CHAIN_TANH);
}

static bool relu(struct translation *t, struct meaning *out) {
  float zero = 0;
  return real_input(t, out) && append(t, out, CHAIN_MAX, &zero, 1);
}

/* A bound is an attribute to opset 10, then an input; `none` if left out. */
static bool read_bound(struct translation *t, const char *name, size_t i,
                       float none, float *bound) {
  const struct meaning *c;
  *bound = none;
  if (!onnx_get_float(t->g, t->node, name, bound, t->err) ||
      !translate_constant(t, i, false, "a bound", &c))
    return false;
  if (c && c->shape.n != 1)
    return translate_error(t, "a bound must be one number");
  if (c)
    *bound = (float)c->constant.at[0];
  return (*bound == *bound && *bound != -none) ||
         translate_error(t, "its bound '%s' is %g", name, (double)*bound);
}

static bool clip(struct translation *t, struct meaning *out) {
  float least, most;
  return real_input(t, out) && read_bound(t, "min", 1, -INFINITY, &least) &&
         read_bound(t, "max", 2, INFINITY, &most) &&
         (isinf(least) || append(t, out, CHAIN_MAX, &least, 1)) &&
         (isinf(most) || append(t, out, CHAIN_MIN, &most, 1));
}

/* A constant as floats: one, or along the last axis of x. */
static bool read_row(struct translation *t, const struct meaning *c,
                     const struct meaning *x, float **at, size_t *n) {
  *n = c->shape.n;
  if (c->shape.rank > x->shape.rank ||
      (*n != 1 && (*n != old_lengths_last(&x->shape) ||
                   old_lengths_last(&c->shape) != *n)))
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

/* scale = mantissa * 2^exponent, the mantissa odd. */
static long split_scale(float scale, int *exponent) {
  long mantissa = (long)ldexpf(frexpf(scale, exponent), 24);
  for (*exponent -= 24; mantissa % 2 == 0; mantissa /= 2)
    ++*exponent;
  return mantissa;
}

/* The scales as multiples of one power of two. */
static bool common_unit(struct translation *t, const float *scale, float *unit,
                        long *multiple) {
  int e[2];
  for (int i = 0; i < 2; i++)
    multiple[i] = split_scale(scale[i], &e[i]);
  int least = e[0] < e[1] ? e[0] : e[1];
  for (int i = 0; i < 2; i++) {
    if (e[i] - least > 30)
      return translate_error(t,
                             "the scales %g and %g of its inputs do not fit "
                             "each other",
                             (double)scale[0], (double)scale[1]);
    multiple[i] *= 1L << (e[i] - least);
  }
  *unit = ldexpf(1, least);
  return true;
}

/* bound += multiple * (x - zero) */
static void add_bound(fmpz *bound, const fmpz *x, long zero, long multiple) {
  fmpz_t z;
  fmpz_init(z);
  fmpz_sub_si(z, x, zero);
  fmpz_addmul_si(bound, z, multiple);
  fmpz_clear(z);
}

/* Two real numbers that are integers times scales: their exact sum, which is an
   integer times a power of two. */
static bool add_reals(struct translation *t, const struct meaning *a,
                      const struct meaning *b, long sign, struct meaning *out) {
  struct meaning x[2], q[2];
  float scale[2], unit;
  long multiple[2], constant = 0;
  if (!translate_as_real(t, a, &x[0]) || !translate_as_real(t, b, &x[1]))
    return false;
  if (memcmp(&x[0].shape, &x[1].shape, sizeof x[0].shape))
    return translate_error(t, "both inputs must have the same shape");
  for (size_t i = 0; i < 2; i++)
    if (!translate_as_levels(t, &x[i], onnx_input(t->g, t->node, i), &q[i],
                             &scale[i]))
      return false;
  if (!common_unit(t, scale, &unit, multiple))
    return false;
  multiple[1] *= sign;
  *out = (struct meaning){.kind = MEANING_REAL, .shape = x[0].shape};
  interval_fill(t, out, 0, 0);
  for (size_t i = 0; i < 2; i++) {
    bool flips = multiple[i] < 0;
    constant -= multiple[i] * q[i].chain.zero;
    for (size_t k = 0; k < out->shape.n; k++) {
      add_bound(out->lo + k, (flips ? q[i].hi : q[i].lo) + k, q[i].chain.zero,
                multiple[i]);
      add_bound(out->hi + k, (flips ? q[i].lo : q[i].hi) + k, q[i].chain.zero,
                multiple[i]);
    }
  }
  out->value = program_combine(&t->m->program, translate_name(t),
                               (value_id[]){q[0].value, q[1].value}, multiple,
                               2, constant);
  out->chain = (struct chain){.is_exact = true};
  if (!x[0].chain.is_exact || !x[1].chain.is_exact)
    translate_note(t, "%s is exact; the runtime's sum is rounded to float32",
                   onnx_show_node(t->node).text);
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
