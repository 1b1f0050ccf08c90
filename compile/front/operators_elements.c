/* Functions of elements at the same place, and what is composed of them. */
#include "compile/front/operators.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* ---- One function ---- */

#define UNARY(name, scalar)                                 \
  static void build_##name(struct operator_call *n) {       \
    n->out[0] = flow_unary(n->f, scalar, call_input(n, 0)); \
  }
UNARY(neg, SCALAR_NEG)
UNARY(abs, SCALAR_ABS)
UNARY(sign, SCALAR_SIGN)
UNARY(floor, SCALAR_FLOOR)
UNARY(ceil, SCALAR_CEIL)
UNARY(round, SCALAR_ROUND)
UNARY(exp, SCALAR_EXP)
UNARY(log, SCALAR_LOG)
UNARY(sqrt, SCALAR_SQRT)
UNARY(erf, SCALAR_ERF)
UNARY(sigmoid, SCALAR_SIGMOID)
UNARY(tanh, SCALAR_TANH)
UNARY(sin, SCALAR_SIN)
UNARY(cos, SCALAR_COS)
UNARY(tan, SCALAR_TAN)
UNARY(asin, SCALAR_ASIN)
UNARY(acos, SCALAR_ACOS)
UNARY(atan, SCALAR_ATAN)
UNARY(sinh, SCALAR_SINH)
UNARY(cosh, SCALAR_COSH)
UNARY(asinh, SCALAR_ASINH)
UNARY(acosh, SCALAR_ACOSH)
UNARY(atanh, SCALAR_ATANH)
UNARY(softplus, SCALAR_SOFTPLUS)
UNARY(softsign, SCALAR_SOFTSIGN)

#define BINARY(name, scalar)                                                   \
  static void build_##name(struct operator_call *n) {                          \
    n->out[0] = flow_binary(n->f, scalar, call_input(n, 0), call_input(n, 1)); \
  }
BINARY(add, SCALAR_ADD)
BINARY(sub, SCALAR_SUB)
BINARY(mul, SCALAR_MUL)
BINARY(div, SCALAR_DIV)
BINARY(equal, SCALAR_EQUAL)
BINARY(greater, SCALAR_GREATER)
BINARY(greater_or_equal, SCALAR_AT_LEAST)
BINARY(prelu, SCALAR_LEAKY)

static void build_less(struct operator_call *n) {
  n->out[0] =
      flow_binary(n->f, SCALAR_GREATER, call_input(n, 1), call_input(n, 0));
}

static void build_less_or_equal(struct operator_call *n) {
  n->out[0] =
      flow_binary(n->f, SCALAR_AT_LEAST, call_input(n, 1), call_input(n, 0));
}

/* The exponent may be of another type. */
static void build_pow(struct operator_call *n) {
  flow_id a = call_input(n, 0), b = call_input(n, 1);
  if (a == FLOW_NONE || b == FLOW_NONE)
    return;
  enum onnx_type type = flow_get(n->f, a)->type;
  if (!flow_is_real(n->f, a) && flow_is_real(n->f, b)) {
    flow_id y =
        flow_binary(n->f, SCALAR_POW, flow_cast(n->f, ONNX_FLOAT, a), b);
    n->out[0] = flow_cast(n->f, type, y);
    return;
  }
  n->out[0] = flow_binary(n->f, SCALAR_POW, a, flow_cast(n->f, type, b));
}

/* Of any number of inputs. */
static void build_many(struct operator_call *n, enum scalar op) {
  n->out[0] = call_input(n, 0);
  for (size_t i = 1; i < n->inputs; i++)
    n->out[0] = flow_binary(n->f, op, n->out[0], call_input(n, i));
}

static void build_max(struct operator_call *n) {
  build_many(n, SCALAR_MAX);
}

static void build_min(struct operator_call *n) {
  build_many(n, SCALAR_MIN);
}

static void build_sum(struct operator_call *n) {
  build_many(n, SCALAR_ADD);
}

static void build_mean(struct operator_call *n) {
  build_many(n, SCALAR_ADD);
  n->out[0] = flow_with(n->f, SCALAR_DIV, n->out[0], (double)n->inputs);
}

/* ---- Logic, of 0 and 1 ---- */

static void build_and(struct operator_call *n) {
  build_many(n, SCALAR_MIN);
}

static void build_or(struct operator_call *n) {
  build_many(n, SCALAR_MAX);
}

static void build_xor(struct operator_call *n) {
  n->out[0] = flow_not(n->f, flow_binary(n->f, SCALAR_EQUAL, call_input(n, 0),
                                         call_input(n, 1)));
}

static void build_not(struct operator_call *n) {
  n->out[0] = flow_not(n->f, call_input(n, 0));
}

static void build_where(struct operator_call *n) {
  n->out[0] =
      flow_where(n->f, call_input(n, 0), call_input(n, 1), call_input(n, 2));
}

/* ---- Activations ---- */

static flow_id clip(struct flow *f, flow_id x, double lo, double hi) {
  return flow_with(f, SCALAR_MIN, flow_with(f, SCALAR_MAX, x, lo), hi);
}

static void build_relu(struct operator_call *n) {
  n->out[0] = flow_with(n->f, SCALAR_MAX, call_input(n, 0), 0);
}

static void build_leaky_relu(struct operator_call *n) {
  n->out[0] = flow_with(n->f, SCALAR_LEAKY, call_input(n, 0),
                        call_float(n, "alpha", 0.01));
}

static void build_elu(struct operator_call *n) {
  n->out[0] =
      flow_with(n->f, SCALAR_ELU, call_input(n, 0), call_float(n, "alpha", 1));
}

static void build_selu(struct operator_call *n) {
  flow_id y = flow_with(n->f, SCALAR_ELU, call_input(n, 0),
                        call_float(n, "alpha", 1.67326319217681884765625));
  n->out[0] = flow_with(n->f, SCALAR_MUL, y,
                        call_float(n, "gamma", 1.05070102214813232421875));
}

/* alpha * elu(x / alpha) is x where that is positive. */
static void build_celu(struct operator_call *n) {
  double alpha = call_float(n, "alpha", 1);
  flow_id x = flow_with(n->f, SCALAR_DIV, call_input(n, 0), alpha);
  n->out[0] =
      flow_with(n->f, SCALAR_MUL, flow_with(n->f, SCALAR_ELU, x, 1), alpha);
}

static flow_id hard_sigmoid(struct flow *f, flow_id x, double a, double b) {
  x = flow_with(f, SCALAR_MUL, x, a);
  return clip(f, flow_with(f, SCALAR_ADD, x, b), 0, 1);
}

static void build_hard_sigmoid(struct operator_call *n) {
  n->out[0] = hard_sigmoid(n->f, call_input(n, 0), call_float(n, "alpha", 0.2),
                           call_float(n, "beta", 0.5));
}

static void build_hard_swish(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  n->out[0] =
      flow_binary(n->f, SCALAR_MUL, x, hard_sigmoid(n->f, x, 1.0 / 6, 0.5));
}

static void build_mish(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  flow_id y = flow_unary(n->f, SCALAR_SOFTPLUS, x);
  n->out[0] =
      flow_binary(n->f, SCALAR_MUL, x, flow_unary(n->f, SCALAR_TANH, y));
}

/* x/2 (1 + erf(x / sqrt 2)), or with tanh(sqrt(2/pi) (x + 0.044715 x^3)). */
flow_id operators_gelu(struct flow *f, flow_id x, bool is_by_tanh) {
  flow_id inner;
  if (is_by_tanh) {
    flow_id cube = flow_with(f, SCALAR_POW, x, 3);
    inner =
        flow_binary(f, SCALAR_ADD, x, flow_with(f, SCALAR_MUL, cube, 0.044715));
    inner = flow_with(f, SCALAR_MUL, inner, 0.79788456080286535588);
    inner = flow_unary(f, SCALAR_TANH, inner);
  } else {
    inner = flow_with(f, SCALAR_MUL, x, 0.70710678118654752440);
    inner = flow_unary(f, SCALAR_ERF, inner);
  }
  inner = flow_with(f, SCALAR_ADD, inner, 1);
  return flow_binary(f, SCALAR_MUL, flow_with(f, SCALAR_MUL, x, 0.5), inner);
}

static void build_gelu(struct operator_call *n) {
  n->out[0] = operators_gelu(n->f, call_input(n, 0),
                             !strcmp(call_string(n, "approximate"), "tanh"));
}

static void build_thresholded_relu(struct operator_call *n) {
  n->out[0] =
      flow_with(n->f, SCALAR_PASS, call_input(n, 0), call_float(n, "alpha", 1));
}

static void build_reciprocal(struct operator_call *n) {
  n->out[0] =
      flow_binary(n->f, SCALAR_DIV, flow_real(n->f, 1), call_input(n, 0));
}

/* Numbers of circuits are finite, so of variables these are never true. */
static void build_is_nan(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  n->out[0] = flow_not(n->f, flow_binary(n->f, SCALAR_EQUAL, x, x));
}

static void build_is_inf(struct operator_call *n) {
  struct flow *f = n->f;
  flow_id x = call_input(n, 0), most = flow_real(f, DBL_MAX);
  if (x == FLOW_NONE)
    return;
  if (!call_int(n, "detect_positive", 1))
    x = flow_with(f, SCALAR_MIN, x, 0);
  if (!call_int(n, "detect_negative", 1))
    x = flow_with(f, SCALAR_MAX, x, 0);
  n->out[0] =
      flow_binary(f, SCALAR_GREATER, flow_unary(f, SCALAR_ABS, x), most);
}

/* Toward 0 by `bias` where |x| > lambd, else 0. */
static void build_shrink(struct operator_call *n) {
  struct flow *f = n->f;
  flow_id x = call_input(n, 0);
  double bias = call_float(n, "bias", 0), from = call_float(n, "lambd", 0.5);
  if (x == FLOW_NONE)
    return;
  enum onnx_type type = flow_get(f, x)->type;
  x = flow_cast(f, ONNX_FLOAT, x);
  flow_id size = flow_with(f, SCALAR_PASS, flow_unary(f, SCALAR_ABS, x), from);
  flow_id is_far = flow_with(f, SCALAR_GREATER, size, 0);
  size = flow_binary(
      f, SCALAR_SUB, size,
      flow_with(f, SCALAR_MUL, flow_cast(f, ONNX_FLOAT, is_far), bias));
  n->out[0] = flow_cast(
      f, type, flow_binary(f, SCALAR_MUL, size, flow_unary(f, SCALAR_SIGN, x)));
}

/* A bound is an attribute to opset 10, then an input. */
static flow_id bound(struct operator_call *n, const char *name, size_t input,
                     enum scalar op, flow_id x) {
  if (call_has_attribute(n, name))
    return flow_with(n->f, op, x, call_float(n, name, 0));
  return call_has(n, input) ? flow_binary(n->f, op, x, n->in[input]) : x;
}

static void build_clip(struct operator_call *n) {
  flow_id x = bound(n, "min", 1, SCALAR_MAX, call_input(n, 0));
  n->out[0] = bound(n, "max", 2, SCALAR_MIN, x);
}

/* `to` is a type of those with a size. */
static void build_cast(struct operator_call *n) {
  int64_t to = call_int(n, "to", 0);
  if (to <= 0 || to >= ONNX_TYPES || !onnx_type_size((enum onnx_type)to))
    flow_error(n->f, "it makes elements of a type that is not supported");
  else
    n->out[0] = flow_cast(n->f, (enum onnx_type)to, call_input(n, 0));
}

static void build_cast_like(struct operator_call *n) {
  flow_id like = call_input(n, 1);
  if (like != FLOW_NONE)
    n->out[0] = flow_cast(n->f, flow_get(n->f, like)->type, call_input(n, 0));
}

const struct operator_row operators_elements[] = {
    {{"Abs", ""}, build_abs},
    {{"Acos", ""}, build_acos},
    {{"Acosh", ""}, build_acosh},
    {{"Add", ""}, build_add},
    {{"And", ""}, build_and},
    {{"Asin", ""}, build_asin},
    {{"Asinh", ""}, build_asinh},
    {{"Atan", ""}, build_atan},
    {{"Atanh", ""}, build_atanh},
    {{"Cast", "to types of at most 64 bits"}, build_cast},
    {{"CastLike", ""}, build_cast_like},
    {{"Ceil", ""}, build_ceil},
    {{"Celu", ""}, build_celu},
    {{"Clip", ""}, build_clip},
    {{"Cos", ""}, build_cos},
    {{"Cosh", ""}, build_cosh},
    {{"Div", "by what is not 0 over its range"}, build_div},
    {{"Elu", ""}, build_elu},
    {{"Equal", ""}, build_equal},
    {{"Erf", ""}, build_erf},
    {{"Exp", ""}, build_exp},
    {{"Floor", ""}, build_floor},
    {{"Gelu", ""}, build_gelu},
    {{"Greater", ""}, build_greater},
    {{"GreaterOrEqual", ""}, build_greater_or_equal},
    {{"HardSigmoid", ""}, build_hard_sigmoid},
    {{"HardSwish", ""}, build_hard_swish},
    {{"IsInf", ""}, build_is_inf},
    {{"IsNaN", ""}, build_is_nan},
    {{"LeakyRelu", ""}, build_leaky_relu},
    {{"Less", ""}, build_less},
    {{"LessOrEqual", ""}, build_less_or_equal},
    {{"Log", ""}, build_log},
    {{"Max", ""}, build_max},
    {{"Mean", ""}, build_mean},
    {{"Min", ""}, build_min},
    {{"Mish", ""}, build_mish},
    {{"Mul", ""}, build_mul},
    {{"Neg", ""}, build_neg},
    {{"Not", ""}, build_not},
    {{"Or", ""}, build_or},
    {{"PRelu", "constant slopes"}, build_prelu},
    {{"Pow", "constant exponents, or bases"}, build_pow},
    {{"Reciprocal", ""}, build_reciprocal},
    {{"Relu", ""}, build_relu},
    {{"Round", ""}, build_round},
    {{"Selu", ""}, build_selu},
    {{"Shrink", ""}, build_shrink},
    {{"Sigmoid", ""}, build_sigmoid},
    {{"Sign", ""}, build_sign},
    {{"Sin", ""}, build_sin},
    {{"Sinh", ""}, build_sinh},
    {{"Softplus", ""}, build_softplus},
    {{"Softsign", ""}, build_softsign},
    {{"Sqrt", ""}, build_sqrt},
    {{"Sub", ""}, build_sub},
    {{"Sum", ""}, build_sum},
    {{"Tan", ""}, build_tan},
    {{"Tanh", ""}, build_tanh},
    {{"ThresholdedRelu", ""}, build_thresholded_relu},
    {{"Where", ""}, build_where},
    {{"Xor", ""}, build_xor},
    {{NULL, NULL}, NULL},
};
