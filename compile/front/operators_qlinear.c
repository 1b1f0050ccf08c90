/* Operators of levels: sums of integers, which are exact, and one multiplier
   to the levels of the result, as requantise() of quantise.h has it. */
#include "compile/front/operators_levels.h"

#include <string.h>

/* ---- Operands ---- */

/* Numbers that are one, or as many as an axis is long, which then has `after`
   axes of length 1 after it. */
static flow_id along(struct operator_call *n, flow_id x, size_t length,
                     size_t after) {
  size_t at[FLOW_MAX_RANK];
  if (x == FLOW_NONE)
    return x;
  size_t count = flow_shape(n->f, x)->n;
  if (count == 1)
    return flow_reshape_to(n->f, x, NULL, 0);
  if (count != length || after >= FLOW_MAX_RANK)
    return length > 1
               ? flow_error(
                     n->f,
                     "%zu scales or zero points where there must be 1 or %zu",
                     count, length)
               : flow_error(n->f,
                            "%zu scales or zero points where there must be 1",
                            count);
  for (size_t i = 0; i <= after; i++)
    at[i] = i ? 1 : length;
  return flow_reshape_to(n->f, x, at, after + 1);
}

/* Levels, or their zero points, as int32. */
static flow_id levels_of(struct operator_call *n, flow_id x, const char *what) {
  enum onnx_type type = x == FLOW_NONE ? ONNX_INT8 : flow_get(n->f, x)->type;
  if (!onnx_type_is_integer(type) || onnx_type_width(type) > 16)
    return flow_error(n->f, "%s of %s are not supported", what,
                      onnx_type_name(type));
  return flow_cast(n->f, ONNX_INT32, x);
}

/* x - zero, of int32; the zero point is an input that may be left out. */
static flow_id centred(struct operator_call *n, flow_id x, size_t zero,
                       size_t length, size_t after) {
  x = levels_of(n, x, "levels");
  if (x == FLOW_NONE || !call_has(n, zero))
    return x;
  flow_id z = levels_of(n, n->in[zero], "zero points");
  return flow_binary(n->f, SCALAR_SUB, x, along(n, z, length, after));
}

/* Lengths of the axes of rows and columns, 1 if there are none. */
static size_t rows_of(const struct flow *f, flow_id x) {
  const struct lengths *s = flow_shape(f, x);
  return s->rank > 1 ? s->at[s->rank - 2] : 1;
}

static size_t columns_of(const struct flow *f, flow_id x) {
  const struct lengths *s = flow_shape(f, x);
  return s->rank > 1 ? s->at[s->rank - 1] : 1;
}

/* ---- The result ---- */

/* The levels that inputs `scale` and the next say; of uint8 without a zero. */
static bool read_levels(struct operator_call *n, size_t scale,
                        struct quantiser *q, enum onnx_type *type) {
  call_input(n, scale);
  double s = call_number(n, scale, 1, "the result's scale");
  double zero = call_number(n, scale + 1, 0, "the result's zero point");
  if (n->f->failed)
    return false;
  *type = call_has(n, scale + 1) ? flow_get(n->f, n->in[scale + 1])->type
                                 : ONNX_UINT8;
  return levels_quantiser(n, scale, s, zero, *type, q);
}

/* x times a float32 each, rounded to levels. */
static flow_id requantised_by(struct operator_call *n, flow_id x, flow_id by,
                              const struct quantiser *q, enum onnx_type type) {
  struct quantiser unit = *q;
  unit.scale = 1;
  x = flow_cast(n->f, ONNX_FLOAT, x);
  return flow_quantise(n->f, flow_binary(n->f, SCALAR_MUL, x, by), &unit, 1, 0,
                       type);
}

/* (a * b) / y of scales in float32, in that order: inputs a and b, of which
   one may be a list. */
static flow_id multipliers(struct operator_call *n, size_t a, size_t b,
                           const struct quantiser *q) {
  const struct flow_node *x = call_constant(n, a, true, "the scale"),
                         *y = call_constant(n, b, true, "the scale");
  struct error err = {0};
  if (!x || !y)
    return FLOW_NONE;
  const struct lengths *s = x->shape.n == 1 ? &y->shape : &x->shape;
  if ((x->shape.n != 1 && y->shape.n != 1) || !s->n)
    return flow_error(n->f, "scales of rows and of columns");
  double *at = xmalloc((s->n + 1) * sizeof *at);
  bool ok = true;
  for (size_t i = 0; ok && i < s->n; i++) {
    struct requantiser r;
    ok = levels_check_scale(n, a, x->at[i % x->shape.n]) &&
         levels_check_scale(n, b, y->at[i % y->shape.n]) &&
         requantiser_init(&r, n->f->name, (float)x->at[i % x->shape.n],
                          (float)y->at[i % y->shape.n], q, &err);
    at[i] = ok ? (double)r.multiplier : 0;
  }
  flow_id m = ok ? flow_constant(n->f, ONNX_FLOAT, s, at)
                 : flow_error(n->f, "%s", err.message);
  free(at);
  return m;
}

/* ---- Matrices ---- */

/* Rows of a and columns of b may have zero points of their own. */
static flow_id multiply(struct operator_call *n, size_t a, size_t a_zero,
                        size_t b, size_t b_zero) {
  flow_id x = call_input(n, a), y = call_input(n, b);
  if (x == FLOW_NONE || y == FLOW_NONE)
    return FLOW_NONE;
  x = centred(n, x, a_zero, rows_of(n->f, x), 1);
  y = centred(n, y, b_zero, columns_of(n->f, y), 0);
  return flow_matmul(n->f, x, y);
}

static void build_mat_mul_integer(struct operator_call *n) {
  n->out[0] = multiply(n, 0, 2, 1, 3);
}

static void build_q_linear_mat_mul(struct operator_call *n) {
  struct quantiser q;
  enum onnx_type type;
  flow_id sum = multiply(n, 0, 2, 3, 5);
  if (sum == FLOW_NONE || !read_levels(n, 6, &q, &type))
    return;
  flow_id m = multipliers(n, 1, 4, &q);
  if (m == FLOW_NONE)
    return;
  bool is_rows = flow_shape(n->f, n->in[1])->n != 1;
  m = is_rows ? along(n, m, rows_of(n->f, n->in[0]), 1)
              : along(n, m, columns_of(n->f, n->in[3]), 0);
  n->out[0] = requantised_by(n, sum, m, &q, type);
}

/* A sum of levels times the scales of rows and of columns, with a bias. */
static flow_id scaled(struct operator_call *n, flow_id sum, flow_id a,
                      flow_id b, size_t bias) {
  struct flow *f = n->f;
  if (sum == FLOW_NONE)
    return sum;
  a = along(n, a, 1, 0);
  b = along(n, b, lengths_last(flow_shape(f, sum)), 0);
  flow_id y = flow_binary(f, SCALAR_MUL, flow_cast(f, ONNX_FLOAT, sum),
                          flow_binary(f, SCALAR_MUL, a, b));
  return call_has(n, bias) ? flow_binary(f, SCALAR_ADD, y, n->in[bias]) : y;
}

static void build_mat_mul_integer_to_float(struct operator_call *n) {
  n->out[0] =
      scaled(n, multiply(n, 0, 4, 1, 5), call_input(n, 2), call_input(n, 3), 6);
}

/* Inputs A, of reals, and B with its scale and zero point. */
static void build_dynamic_quantize_mat_mul(struct operator_call *n) {
  struct flow *f = n->f;
  struct dynamic_levels a = levels_dynamic(f, call_input(n, 0));
  flow_id b = call_input(n, 1);
  if (a.y == FLOW_NONE || b == FLOW_NONE)
    return;
  flow_id x = flow_binary(f, SCALAR_SUB, flow_cast(f, ONNX_INT32, a.y),
                          flow_cast(f, ONNX_INT32, a.zero));
  flow_id sum = flow_matmul(f, x, centred(n, b, 3, columns_of(f, b), 0));
  n->out[0] = scaled(n, sum, a.scale, call_input(n, 2), 4);
}

/* Inputs A, scale, zero, B, scale, zero, C of int32, scale, zero; without the
   last scale its result is of float. */
static void build_q_gemm(struct operator_call *n) {
  struct flow *f = n->f;
  flow_id a = call_input(n, 0), b = call_input(n, 3);
  float alpha = (float)call_float(n, "alpha", 1);
  if (a == FLOW_NONE || b == FLOW_NONE)
    return;
  if (flow_shape(f, a)->rank != 2 || flow_shape(f, b)->rank != 2) {
    flow_error(f, "its operands are no matrices");
    return;
  }
  a = call_int(n, "transA", 0) ? flow_swap(f, a, 0, 1) : a;
  b = call_int(n, "transB", 0) ? flow_swap(f, b, 0, 1) : b;
  size_t columns = flow_shape(f, b)->at[1];
  flow_id sum =
      flow_matmul(f, centred(n, a, 2, 1, 1), centred(n, b, 5, columns, 0));
  if (call_has(n, 6))
    sum = flow_binary(f, SCALAR_ADD, sum, n->in[6]);
  bool has_levels = call_has(n, 7);
  struct quantiser q = {.scale = 1};
  enum onnx_type type = ONNX_FLOAT;
  if (sum == FLOW_NONE || (has_levels && !read_levels(n, 7, &q, &type)))
    return;
  double scale = call_number(n, 1, 1, "the scale");
  const struct flow_node *scales = call_constant(n, 4, true, "the scale");
  if (!scales || f->failed)
    return;
  double *at = xmalloc((scales->shape.n + 1) * sizeof *at);
  for (size_t i = 0; i < scales->shape.n; i++) {
    float m = alpha * (float)scale * (float)scales->at[i];
    at[i] = (double)(has_levels ? m / q.scale : m);
  }
  flow_id m = flow_constant(f, ONNX_FLOAT, &scales->shape, at);
  free(at);
  m = along(n, m, columns, 0);
  n->out[0] =
      has_levels ? requantised_by(n, sum, m, &q, type)
                 : flow_binary(f, SCALAR_MUL, flow_cast(f, ONNX_FLOAT, sum), m);
}

/* ---- Convolutions ---- */

/* Inputs x and w, zero points that may be left out, those of w of kernels. */
static flow_id convolve_centred(struct operator_call *n, size_t w,
                                size_t x_zero, size_t w_zero) {
  flow_id x = call_input(n, 0), k = call_input(n, w);
  if (x == FLOW_NONE || k == FLOW_NONE)
    return FLOW_NONE;
  const struct lengths *s = flow_shape(n->f, k);
  if (!s->rank)
    return flow_error(n->f, "its weights are one number");
  x = centred(n, x, x_zero, 1, 0);
  return call_convolve(n, x, centred(n, k, w_zero, s->at[0], s->rank - 1));
}

static void build_conv_integer(struct operator_call *n) {
  n->out[0] = convolve_centred(n, 1, 2, 3);
}

static void build_q_linear_conv(struct operator_call *n) {
  struct quantiser q;
  enum onnx_type type;
  flow_id sum = convolve_centred(n, 3, 2, 5);
  if (sum == FLOW_NONE || !read_levels(n, 6, &q, &type))
    return;
  size_t channels = flow_shape(n->f, sum)->at[1];
  size_t after = flow_shape(n->f, sum)->rank - 2;
  if (call_has(n, 8))
    sum =
        flow_binary(n->f, SCALAR_ADD, sum, along(n, n->in[8], channels, after));
  flow_id m = along(n, multipliers(n, 1, 4, &q), channels, after);
  n->out[0] = requantised_by(n, sum, m, &q, type);
}

/* ---- Of com.microsoft ---- */

/* Input x with its scale and zero point, which are the next two. */
static flow_id real_of(struct operator_call *n, size_t x) {
  flow_id levels = call_input(n, x);
  call_input(n, x + 1);
  float scale = (float)call_number(n, x + 1, 1, "the scale");
  double zero = call_number(n, x + 2, 0, "the zero point");
  long z = zero >= -0x1p31 && zero <= 0x1p31 ? (long)zero : 0;
  levels_check_scale(n, x + 1, (double)scale);
  return n->f->failed ? FLOW_NONE
                      : flow_dequantise(n->f, levels, &scale, &z, 1, 0);
}

/* A real number to the levels of inputs `scale` and the next. */
static void to_levels(struct operator_call *n, flow_id y, size_t scale) {
  struct quantiser q;
  enum onnx_type type;
  if (y != FLOW_NONE && read_levels(n, scale, &q, &type))
    n->out[0] = flow_quantise(n->f, y, &q, 1, 0, type);
}

static void build_q_linear_add(struct operator_call *n) {
  to_levels(n, flow_binary(n->f, SCALAR_ADD, real_of(n, 0), real_of(n, 3)), 6);
}

static void build_q_linear_mul(struct operator_call *n) {
  struct quantiser q;
  enum onnx_type type;
  flow_id a = call_input(n, 0), b = call_input(n, 3);
  flow_id all = flow_binary(n->f, SCALAR_MUL, centred(n, a, 2, 1, 0),
                            centred(n, b, 5, 1, 0));
  if (all == FLOW_NONE || !read_levels(n, 6, &q, &type))
    return;
  flow_id m = along(n, multipliers(n, 1, 4, &q), 1, 0);
  n->out[0] = requantised_by(n, all, m, &q, type);
}

static void build_q_linear_sigmoid(struct operator_call *n) {
  to_levels(n, flow_unary(n->f, SCALAR_SIGMOID, real_of(n, 0)), 3);
}

static void build_q_linear_leaky_relu(struct operator_call *n) {
  double alpha = call_float(n, "alpha", 0.01);
  to_levels(n, flow_with(n->f, SCALAR_LEAKY, real_of(n, 0), alpha), 3);
}

/* Inputs: scale and zero point of the result, then three for each part. */
static void build_q_linear_concat(struct operator_call *n) {
  struct quantiser q;
  enum onnx_type type;
  size_t parts = n->inputs > 2 ? (n->inputs - 2) / 3 : 0;
  if (!parts || !read_levels(n, 0, &q, &type)) {
    flow_error(n->f, "it has nothing to put together");
    return;
  }
  flow_id *x = xmalloc(parts * sizeof *x);
  bool ok = true;
  for (size_t i = 0; i < parts; i++) {
    x[i] = flow_quantise(n->f, real_of(n, 2 + 3 * i), &q, 1, 0, type);
    ok &= x[i] != FLOW_NONE &&
          (!i || flow_shape(n->f, x[i])->rank == flow_shape(n->f, x[0])->rank);
  }
  size_t axis =
      ok ? call_axis(n, call_int(n, "axis", 0), flow_shape(n->f, x[0])->rank)
         : 0;
  if (!ok)
    flow_error(n->f, "its parts are of several ranks");
  else if (!n->f->failed)
    n->out[0] = flow_concat(n->f, x, parts, axis);
  free(x);
}

/* Images have their channels before or after the spatial axes. */
static flow_id channels_first(struct operator_call *n, flow_id x) {
  if (x == FLOW_NONE || flow_shape(n->f, x)->rank < 3)
    return flow_error(n->f, "its input is no image");
  return call_int(n, "channels_last", 0) ? flow_axis_back(n->f, x, 1) : x;
}

static flow_id channels_back(struct operator_call *n, flow_id x) {
  return call_int(n, "channels_last", 0) ? flow_axis_last(n->f, x, 1) : x;
}

/* The sum times x's scale over (y's scale times the number of elements). */
static void build_q_linear_global_average_pool(struct operator_call *n) {
  struct quantiser q;
  enum onnx_type type;
  flow_id x = channels_first(n, call_input(n, 0));
  call_input(n, 1);
  float scale = (float)call_number(n, 1, 1, "the scale");
  if (x == FLOW_NONE || !read_levels(n, 3, &q, &type))
    return;
  const struct lengths *s = flow_shape(n->f, x);
  unsigned axes = ((1u << s->rank) - 1) & ~3u;
  float m = scale / (q.scale * (float)lengths_product(s, 2, s->rank));
  flow_id sum = flow_sum(n->f, centred(n, x, 2, 1, 0), axes, true);
  sum = requantised_by(n, sum, flow_real(n->f, (double)m), &q, type);
  n->out[0] = channels_back(n, sum);
}

static void build_q_linear_average_pool(struct operator_call *n) {
  flow_id x = channels_first(n, real_of(n, 0));
  to_levels(n, channels_back(n, call_average_pool(n, x)), 3);
}

const struct operator_row operators_qlinear[] = {
    {{"ConvInteger", ""}, build_conv_integer},
    {{"MatMulInteger", ""}, build_mat_mul_integer},
    {{"QLinearConv", "constant scales"}, build_q_linear_conv},
    {{"QLinearMatMul", "constant scales, of rows or of columns"},
     build_q_linear_mat_mul},
    {{"com.microsoft.DynamicQuantizeMatMul", ""},
     build_dynamic_quantize_mat_mul},
    {{"com.microsoft.MatMulIntegerToFloat", ""},
     build_mat_mul_integer_to_float},
    {{"com.microsoft.QGemm", "constant scales"}, build_q_gemm},
    {{"com.microsoft.QLinearAdd", "the sum rounded once, ties to even levels"},
     build_q_linear_add},
    {{"com.microsoft.QLinearAveragePool", "the exact mean rounded once"},
     build_q_linear_average_pool},
    {{"com.microsoft.QLinearConcat", ""}, build_q_linear_concat},
    {{"com.microsoft.QLinearGlobalAveragePool", ""},
     build_q_linear_global_average_pool},
    {{"com.microsoft.QLinearLeakyRelu", ""}, build_q_linear_leaky_relu},
    {{"com.microsoft.QLinearMul",
      "the product rounded once, ties to even levels"},
     build_q_linear_mul},
    {{"com.microsoft.QLinearSigmoid", "the exact sigmoid rounded once"},
     build_q_linear_sigmoid},
    {{NULL, NULL}, NULL},
};
