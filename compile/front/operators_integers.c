/* Remainders and bits of integers; numbers to levels and back. */
#include "circuit/scan.h"
#include "compile/front/operators_levels.h"

#include <math.h>
#include <string.h>

static void build_mod(struct operator_call *n) {
  bool is_c = call_int(n, "fmod", 0) != 0;
  n->out[0] = flow_binary(n->f, is_c ? SCALAR_REMAINDER : SCALAR_MOD,
                          call_input(n, 0), call_input(n, 1));
}

/* ---- Bits ---- */

/* Constant distances: powers of 2, and 0 for what leaves the type. */
static flow_id shift_constant(struct flow *f, flow_id x, flow_id by,
                              bool is_left) {
  const struct flow_node *c = flow_get(f, by);
  unsigned width = onnx_type_width(c->type);
  double *at = xmalloc((2 * c->shape.n + 1) * sizeof *at);
  for (size_t i = 0; i < c->shape.n; i++) {
    bool stays = c->at[i] >= 0 && c->at[i] < (double)width;
    at[i] = stays ? (double)(UINT64_C(1) << (unsigned)c->at[i]) : 1;
    at[c->shape.n + i] = stays;
  }
  flow_id power = flow_constant(f, c->type, &c->shape, at);
  flow_id stays = flow_constant(f, c->type, &c->shape, at + c->shape.n);
  free(at);
  x = flow_binary(f, SCALAR_MUL, x, stays);
  return flow_binary(f, is_left ? SCALAR_MUL : SCALAR_DIV, x, power);
}

static void build_bit_shift(struct operator_call *n) {
  struct flow *f = n->f;
  flow_id x = call_input(n, 0), by = call_input(n, 1);
  const char *direction = call_string(n, "direction");
  bool is_left = !strcmp(direction, "LEFT");
  if (x == FLOW_NONE || by == FLOW_NONE)
    return;
  enum onnx_type type = flow_get(f, x)->type;
  if (!is_left && strcmp(direction, "RIGHT"))
    flow_error(f, "direction '%.20s' is neither LEFT nor RIGHT", direction);
  else if (!onnx_type_is_integer(type) || onnx_type_is_signed(type) ||
           flow_get(f, by)->type != type)
    flow_error(f, "its inputs are not of one unsigned type");
  else if (flow_is_constant(f, by))
    n->out[0] = shift_constant(f, x, by, is_left);
  else
    n->out[0] =
        flow_binary(f, is_left ? SCALAR_MUL : SCALAR_DIV, x,
                    flow_binary(f, SCALAR_POW, flow_number(f, type, 2), by));
}

static enum onnx_type unsigned_type(enum onnx_type type) {
  return type == ONNX_INT8    ? ONNX_UINT8
         : type == ONNX_INT16 ? ONNX_UINT16
         : type == ONNX_INT32 ? ONNX_UINT32
                              : type;
}

static bool check_bits(struct operator_call *n, flow_id x) {
  if (x == FLOW_NONE)
    return false;
  enum onnx_type type = flow_get(n->f, x)->type;
  if (onnx_type_is_integer(type) && onnx_type_width(type) <= 32)
    return true;
  flow_error(n->f, "bits of %s are not supported", onnx_type_name(type));
  return false;
}

static flow_id bit_of(struct flow *f, flow_id x, unsigned k) {
  x = flow_with(f, SCALAR_DIV, x, (double)(UINT64_C(1) << k));
  return flow_with(f, SCALAR_MOD, x, 2);
}

/* Bit by bit: the lesser, the greater, or whether they differ. */
static void bitwise(struct operator_call *n, enum scalar op) {
  struct flow *f = n->f;
  flow_id a = call_input(n, 0), b = call_input(n, 1), y = FLOW_NONE;
  if (!check_bits(n, a) || !check_bits(n, b))
    return;
  enum onnx_type type = flow_get(f, a)->type, plain = unsigned_type(type);
  if (flow_get(f, b)->type != type) {
    flow_error(f, "its inputs are of two types");
    return;
  }
  a = flow_cast(f, plain, a);
  b = flow_cast(f, plain, b);
  for (unsigned k = 0; k < onnx_type_width(type); k++) {
    flow_id bit = flow_binary(f, op, bit_of(f, a, k), bit_of(f, b, k));
    if (op == SCALAR_EQUAL)
      bit = flow_cast(f, plain, flow_not(f, bit));
    bit = flow_with(f, SCALAR_MUL, bit, (double)(UINT64_C(1) << k));
    y = k ? flow_binary(f, SCALAR_ADD, y, bit) : bit;
  }
  n->out[0] = flow_cast(f, type, y);
}

static void build_bitwise_and(struct operator_call *n) {
  bitwise(n, SCALAR_MIN);
}

static void build_bitwise_or(struct operator_call *n) {
  bitwise(n, SCALAR_MAX);
}

static void build_bitwise_xor(struct operator_call *n) {
  bitwise(n, SCALAR_EQUAL);
}

/* What is left to all bits. */
static void build_bitwise_not(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  int64_t lo, hi;
  if (!check_bits(n, x))
    return;
  enum onnx_type type = flow_get(n->f, x)->type;
  onnx_type_range(type, &lo, &hi);
  n->out[0] = flow_binary(n->f, SCALAR_SUB,
                          flow_number(n->f, type, (double)(lo + hi)), x);
}

/* ---- Levels ---- */

bool levels_check_scale(struct operator_call *n, size_t input, double scale) {
  const struct onnx_graph *g = n->scope->graph;
  value_id v = onnx_input(g, n->node, input);
  const char *name = v == VALUE_NONE ? "" : g->values.at[v].name;
  if (isfinite(scale) && scale > 0)
    return true;
  flow_error(n->f, "scale '%s' is %g; it must be positive and finite",
             show_text(name, strlen(name)).text, scale);
  return false;
}

bool levels_quantiser(struct operator_call *n, size_t input, double scale,
                      double zero, enum onnx_type type, struct quantiser *q) {
  struct error err = {0};
  int64_t lo, hi;
  if (!onnx_type_is_integer(type) || type == ONNX_BOOL ||
      onnx_type_width(type) > 16)
    return flow_error(n->f, "levels of %s are not supported",
                      onnx_type_name(type)),
           false;
  onnx_type_range(type, &lo, &hi);
  if (!(zero >= (double)lo && zero <= (double)hi))
    return flow_error(n->f, "the zero point %g is none of %s", zero,
                      onnx_type_name(type)),
           false;
  return levels_check_scale(n, input, scale) &&
         (quantiser_init(q, "scale", (float)scale, (long)zero, (long)lo,
                         (long)hi, &err) ||
          (flow_error(n->f, "%s", err.message), false));
}

/* Scales and zero points, inputs 1 and 2: one, or one for each index of an
   axis. */
struct scales {
  const struct flow_node *scale, *zero; // zero may be NULL
  size_t n, axis;
};

static bool read_scales(struct operator_call *n, flow_id x, struct scales *s) {
  s->scale = call_constant(n, 1, true, "the scale");
  s->zero = call_constant(n, 2, false, "the zero point");
  if (call_int(n, "block_size", 0) != 0)
    flow_error(n->f, "scales of blocks are not supported");
  if (x == FLOW_NONE || n->f->failed)
    return false;
  s->n = s->scale->shape.n;
  s->axis = 0;
  if (s->n != 1)
    s->axis = call_axis(n, call_int(n, "axis", 1), flow_shape(n->f, x)->rank);
  if (s->n != 1 && !n->f->failed &&
      (s->scale->shape.rank != 1 || s->n != flow_shape(n->f, x)->at[s->axis]))
    flow_error(n->f, "it has %zu scales for an axis of length %zu", s->n,
               flow_shape(n->f, x)->at[s->axis]);
  if (s->zero && s->zero->shape.n != s->n)
    flow_error(n->f, "it has %zu scales and %zu zero points", s->n,
               s->zero->shape.n);
  return !n->f->failed && s->n > 0;
}

static void build_quantize_linear(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  struct scales s;
  if (!read_scales(n, x, &s))
    return;
  int64_t to = call_int(n, "output_dtype", 0);
  enum onnx_type type = s.zero                      ? s.zero->type
                        : to > 0 && to < ONNX_TYPES ? (enum onnx_type)to
                                                    : ONNX_UINT8;
  if (!onnx_type_size(type)) {
    flow_error(n->f, "levels of its type are not supported");
    return;
  }
  struct quantiser *q = xcalloc(s.n, sizeof *q);
  bool ok = true;
  for (size_t i = 0; ok && i < s.n; i++)
    ok = levels_quantiser(n, 1, s.scale->at[i], s.zero ? s.zero->at[i] : 0,
                          type, &q[i]);
  if (ok)
    n->out[0] = flow_quantise(n->f, flow_cast(n->f, ONNX_FLOAT, x), q, s.n,
                              s.axis, type);
  free(q);
}

/* Zero points are of the type of the levels. */
static bool check_levels(struct operator_call *n, enum onnx_type type,
                         const struct flow_node *zero) {
  if (!onnx_type_is_integer(type))
    flow_error(n->f, "levels of %s are not supported", onnx_type_name(type));
  else if (zero && zero->type != type)
    flow_error(n->f, "zero points of %s for levels of %s",
               onnx_type_name(zero->type), onnx_type_name(type));
  return !n->f->failed;
}

static void build_dequantize_linear(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  struct scales s;
  if (!read_scales(n, x, &s) ||
      !check_levels(n, flow_get(n->f, x)->type, s.zero))
    return;
  float *scale = xmalloc(s.n * sizeof *scale);
  long *zero = xcalloc(s.n, sizeof *zero);
  for (size_t i = 0; i < s.n; i++) {
    levels_check_scale(n, 1, s.scale->at[i]);
    scale[i] = (float)s.scale->at[i];
    zero[i] = s.zero ? (long)s.zero->at[i] : 0;
  }
  flow_id y = n->f->failed ? FLOW_NONE
                           : flow_dequantise(n->f, x, scale, zero, s.n, s.axis);
  n->out[0] = flow_cast(n->f, s.scale->type, y);
  free(scale);
  free(zero);
}

static flow_id to_byte(struct flow *f, flow_id x) {
  return flow_with(f, SCALAR_MIN, flow_with(f, SCALAR_MAX, x, 0), 255);
}

/* Where all elements are 0 the scale is 1. */
struct dynamic_levels levels_dynamic(struct flow *f, flow_id x) {
  struct dynamic_levels l = {FLOW_NONE, FLOW_NONE, FLOW_NONE};
  if (x == FLOW_NONE)
    return l;
  unsigned all = (1u << flow_shape(f, x)->rank) - 1;
  flow_id hi = flow_with(f, SCALAR_MAX, flow_greatest(f, x, all, false), 0);
  flow_id lo = flow_with(f, SCALAR_MIN, flow_least(f, x, all, false), 0);
  flow_id range = flow_binary(f, SCALAR_SUB, hi, lo);
  flow_id is_flat =
      flow_cast(f, ONNX_FLOAT, flow_with(f, SCALAR_EQUAL, range, 0));
  l.scale =
      flow_binary(f, SCALAR_ADD, flow_with(f, SCALAR_DIV, range, 255), is_flat);
  flow_id zero =
      flow_binary(f, SCALAR_DIV, flow_unary(f, SCALAR_NEG, lo), l.scale);
  zero = to_byte(f, flow_unary(f, SCALAR_ROUND, zero));
  flow_id y =
      flow_unary(f, SCALAR_ROUND, flow_binary(f, SCALAR_DIV, x, l.scale));
  y = to_byte(f, flow_binary(f, SCALAR_ADD, y, zero));
  l.y = flow_cast(f, ONNX_UINT8, y);
  l.zero = flow_cast(f, ONNX_UINT8, zero);
  return l;
}

static void build_dynamic_quantize_linear(struct operator_call *n) {
  struct dynamic_levels l = levels_dynamic(n->f, call_input(n, 0));
  const flow_id out[] = {l.y, l.scale, l.zero};
  for (size_t i = 0; i < n->outputs && i < 3; i++)
    n->out[i] = out[i];
}

const struct operator_row operators_integers[] = {
    {{"BitShift", "by constants, or where 2^shift is below 2^53"},
     build_bit_shift},
    {{"BitwiseAnd", "at most 32 bits"}, build_bitwise_and},
    {{"BitwiseNot", "at most 32 bits"}, build_bitwise_not},
    {{"BitwiseOr", "at most 32 bits"}, build_bitwise_or},
    {{"BitwiseXor", "at most 32 bits"}, build_bitwise_xor},
    {{"DequantizeLinear", "constant scales, of tensors and axes"},
     build_dequantize_linear},
    {{"DynamicQuantizeLinear", ""}, build_dynamic_quantize_linear},
    {{"Mod", ""}, build_mod},
    {{"QuantizeLinear", "constant scales, of tensors and axes; 8 or 16 bits"},
     build_quantize_linear},
    {{"com.microsoft.DequantizeLinear", "as DequantizeLinear"},
     build_dequantize_linear},
    {{"com.microsoft.QuantizeLinear", "as QuantizeLinear"},
     build_quantize_linear},
    {{NULL, NULL}, NULL},
};
