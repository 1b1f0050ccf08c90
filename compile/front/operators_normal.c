/* Normalisations: x less its mean first, then its square, of one number; one
   function of the sum of squares, and one product. */
#include "compile/front/operators.h"

/* (v + epsilon)^-1/2 */
static flow_id inverse_root(struct flow *f, flow_id v, double epsilon) {
  return flow_with(f, SCALAR_POW, flow_with(f, SCALAR_ADD, v, epsilon), -0.5);
}

static flow_id mean_square(struct flow *f, flow_id x, unsigned axes) {
  return flow_mean(f, flow_binary(f, SCALAR_MUL, x, x), axes, true);
}

struct normal {
  flow_id y, mean, inverse; // mean: FLOW_NONE if it is not taken off
};

static struct normal normalise(struct flow *f, flow_id x, unsigned axes,
                               double epsilon, bool has_mean) {
  struct normal s = {.mean = FLOW_NONE};
  if (has_mean) {
    s.mean = flow_mean(f, x, axes, true);
    x = flow_binary(f, SCALAR_SUB, x, s.mean);
  }
  s.inverse = inverse_root(f, mean_square(f, x, axes), epsilon);
  s.y = flow_binary(f, SCALAR_MUL, x, s.inverse);
  return s;
}

flow_id operators_normalise(struct flow *f, flow_id x, unsigned axes,
                            double epsilon, bool has_mean) {
  return normalise(f, x, axes, epsilon, has_mean).y;
}

/* Axes [from..rank). */
static unsigned axes_from(size_t from, size_t rank) {
  return ((1u << rank) - 1) & ~((1u << from) - 1);
}

/* y * scale + offset, of which each may be left out (FLOW_NONE). */
static flow_id affine(struct operator_call *n, flow_id y, size_t scale,
                      size_t offset) {
  if (call_has(n, scale))
    y = flow_binary(n->f, SCALAR_MUL, y, n->in[scale]);
  return call_has(n, offset) ? flow_binary(n->f, SCALAR_ADD, y, n->in[offset])
                             : y;
}

/* A vector for axis 1 of x, ready to be repeated over the axes behind. */
static flow_id of_channels(struct operator_call *n, size_t input, flow_id x) {
  flow_id v = call_input(n, input);
  if (v == FLOW_NONE || x == FLOW_NONE)
    return FLOW_NONE;
  struct lengths s = *flow_shape(n->f, x);
  if (s.rank < 2 || flow_shape(n->f, v)->n != s.at[1])
    return flow_error(n->f, "input %zu has %zu elements, not one a channel",
                      input, flow_shape(n->f, v)->n);
  for (size_t k = 2; k < s.rank; k++)
    s.at[k] = 1;
  return flow_reshape_to(n->f, v, s.at + 1, s.rank - 1);
}

/* ---- By constants of each channel ---- */

/* x * a + (offset - mean * a), where a is scale by the deviation: one product
   and one sum of x, whose other operands are constants in a model that is
   trained. */
static void build_batch_normal(struct operator_call *n) {
  struct flow *f = n->f;
  flow_id x = call_input(n, 0);
  if (call_int(n, "training_mode", 0) ||
      (n->opset < 14 && n->outputs > 1 &&
       onnx_output(n->scope->graph, n->node, 1) != VALUE_NONE)) {
    flow_error(f, "it is in training");
    return;
  }
  if (!call_int(n, "spatial", 1)) { // to opset 8
    flow_error(f, "attribute 'spatial' is 0");
    return;
  }
  flow_id scale = of_channels(n, 1, x), offset = of_channels(n, 2, x);
  flow_id mean = of_channels(n, 3, x), variance = of_channels(n, 4, x);
  flow_id a =
      flow_binary(f, SCALAR_MUL, scale,
                  inverse_root(f, variance, call_float(n, "epsilon", 1e-5)));
  flow_id b =
      flow_binary(f, SCALAR_SUB, offset, flow_binary(f, SCALAR_MUL, mean, a));
  n->out[0] = flow_binary(f, SCALAR_ADD, flow_binary(f, SCALAR_MUL, x, a), b);
}

/* ---- By what x itself has ---- */

static void build_instance_normal(struct operator_call *n) {
  struct flow *f = n->f;
  flow_id x = call_input(n, 0);
  flow_id scale = of_channels(n, 1, x), offset = of_channels(n, 2, x);
  if (f->failed)
    return;
  struct normal s = normalise(f, x, axes_from(2, flow_shape(f, x)->rank),
                              call_float(n, "epsilon", 1e-5), true);
  n->out[0] = flow_binary(f, SCALAR_ADD, flow_binary(f, SCALAR_MUL, s.y, scale),
                          offset);
}

/* Of axes from `axis` on; with the mean taken off or not. */
static struct normal of_layer(struct operator_call *n, flow_id x, bool has_mean,
                              double epsilon) {
  struct normal none = {FLOW_NONE, FLOW_NONE, FLOW_NONE};
  if (x == FLOW_NONE)
    return none;
  size_t rank = flow_shape(n->f, x)->rank;
  size_t axis = call_axis(n, call_int(n, "axis", -1), rank);
  return n->f->failed
             ? none
             : normalise(n->f, x, axes_from(axis, rank), epsilon, has_mean);
}

static void set_output(struct operator_call *n, size_t i, flow_id y) {
  if (i < n->outputs)
    n->out[i] = y;
}

static void build_layer_normal(struct operator_call *n) {
  struct normal s =
      of_layer(n, call_input(n, 0), true, call_float(n, "epsilon", 1e-5));
  call_input(n, 1);
  n->out[0] = affine(n, s.y, 1, 2);
  set_output(n, 1, s.mean);
  set_output(n, 2, s.inverse);
}

static void build_rms_normal(struct operator_call *n) {
  struct normal s =
      of_layer(n, call_input(n, 0), false, call_float(n, "epsilon", 1e-5));
  call_input(n, 1);
  n->out[0] = affine(n, s.y, 1, 2);
  set_output(n, 1, s.inverse);
}

/* Of x + skip + bias; that sum is output 3. */
static void skip_normal(struct operator_call *n, bool has_mean) {
  struct flow *f = n->f;
  size_t scale = 2, offset = has_mean ? 3 : n->inputs;
  size_t bias = has_mean ? 4 : 3;
  flow_id x = flow_binary(f, SCALAR_ADD, call_input(n, 0), call_input(n, 1));
  if (call_has(n, bias))
    x = flow_binary(f, SCALAR_ADD, x, n->in[bias]);
  struct normal s = of_layer(n, x, has_mean, call_float(n, "epsilon", 1e-12));
  n->out[0] = affine(n, s.y, scale, offset);
  set_output(n, 1, s.mean);
  set_output(n, 2, s.inverse);
  set_output(n, 3, x);
}

static void build_skip_layer_normal(struct operator_call *n) {
  skip_normal(n, true);
}

static void build_skip_rms_normal(struct operator_call *n) {
  skip_normal(n, false);
}

/* A vector for each of `length` channels or groups, as a column. */
static flow_id column(struct operator_call *n, size_t input, size_t length) {
  flow_id v = call_input(n, input);
  if (v == FLOW_NONE || flow_shape(n->f, v)->n == length)
    return flow_reshape_to(n->f, v, (size_t[]){length, 1}, 2);
  return flow_error(n->f, "input %zu has %zu elements, not %zu", input,
                    flow_shape(n->f, v)->n, length);
}

/* Scale and offset are for groups to opset 20, then for channels. */
static void build_group_normal(struct operator_call *n) {
  struct flow *f = n->f;
  flow_id x = call_input(n, 0);
  int64_t groups = call_int(n, "num_groups", 0);
  double epsilon = call_float(n, "epsilon", 1e-5);
  if (x == FLOW_NONE)
    return;
  const struct lengths *s = flow_shape(f, x);
  if (s->rank < 2 || groups < 1 || (size_t)groups > s->at[1] ||
      s->at[1] % (size_t)groups) {
    flow_error(f, "%zu channels in %lld groups", s->rank > 1 ? s->at[1] : 0,
               (long long)groups);
    return;
  }
  size_t area = lengths_product(s, 2, s->rank), g = (size_t)groups;
  size_t parts[] = {s->at[0], g, s->at[1] / g * area};
  struct normal y =
      normalise(f, flow_reshape_to(f, x, parts, 3), 4, epsilon, true);
  size_t length = n->opset < 21 ? g : s->at[1];
  size_t rows[] = {s->at[0], length, s->at[1] / length * area};
  flow_id of_rows = flow_reshape_to(f, y.y, rows, 3);
  of_rows = flow_binary(f, SCALAR_MUL, of_rows, column(n, 1, length));
  of_rows = flow_binary(f, SCALAR_ADD, of_rows, column(n, 2, length));
  n->out[0] = flow_reshape(f, of_rows, s);
}

/* x by its norm along an axis: |x| or the root of squares; 0 stays 0. */
static void build_lp_normal(struct operator_call *n) {
  struct flow *f = n->f;
  flow_id x = call_input(n, 0), norm;
  int64_t p = call_int(n, "p", 2);
  if (x == FLOW_NONE)
    return;
  unsigned axes =
      1u << call_axis(n, call_int(n, "axis", -1), flow_shape(f, x)->rank);
  if (p != 1 && p != 2) {
    flow_error(f, "attribute 'p' is %lld, not 1 or 2", (long long)p);
    return;
  }
  if (p == 2)
    norm =
        flow_unary(f, SCALAR_SQRT,
                   flow_sum(f, flow_binary(f, SCALAR_MUL, x, x), axes, true));
  else
    norm = flow_sum(f, flow_unary(f, SCALAR_ABS, x), axes, true);
  n->out[0] = flow_binary(f, SCALAR_DIV, x, norm);
}

static void build_mean_variance_normal(struct operator_call *n) {
  static const int64_t usual[] = {0, 2, 3};
  const int64_t *at;
  size_t length = call_ints(n, "axes", &at);
  flow_id x = call_input(n, 0);
  unsigned axes = 0;
  if (x == FLOW_NONE)
    return;
  if (!call_has_attribute(n, "axes"))
    at = usual, length = 3;
  for (size_t i = 0; i < length; i++)
    axes |= 1u << call_axis(n, at[i], flow_shape(n->f, x)->rank);
  if (!n->f->failed)
    n->out[0] = normalise(n->f, x, axes, 1e-9, true).y;
}

/* x / (bias + alpha / size * sum of squares of near channels)^beta. */
static void build_lrn(struct operator_call *n) {
  struct flow *f = n->f;
  flow_id x = call_input(n, 0);
  int64_t size = call_int(n, "size", 0);
  if (x == FLOW_NONE)
    return;
  const struct lengths *s = flow_shape(f, x);
  if (s->rank < 2 || size < 1 || (size_t)size > FLOW_MAX_ELEMENTS) {
    flow_error(f, "rank %zu, attribute 'size' %lld", s->rank, (long long)size);
    return;
  }
  struct flow_window w = {.rank = 1,
                          .size = {(size_t)size},
                          .stride = {1},
                          .dilation = {1},
                          .before = {(size - 1) / 2},
                          .places = {s->at[1]}};
  flow_id squares = flow_axis_last(f, flow_binary(f, SCALAR_MUL, x, x), 1);
  flow_id sum = flow_windows(f, squares, &w, 0);
  if (sum == FLOW_NONE)
    return;
  sum = flow_sum(f, sum, 1u << s->rank, false);
  sum = flow_with(f, SCALAR_MUL, sum,
                  call_float(n, "alpha", 0.0001) / (double)size);
  sum = flow_with(f, SCALAR_ADD, sum, call_float(n, "bias", 1));
  sum = flow_with(f, SCALAR_POW, sum, -call_float(n, "beta", 0.75));
  n->out[0] = flow_binary(f, SCALAR_MUL, x, flow_axis_back(f, sum, 1));
}

/* ---- Activations with an offset, of com.microsoft, and near ones ---- */

/* Of x + bias, if there is one. */
static void gelu(struct operator_call *n, bool is_by_tanh) {
  flow_id x = call_input(n, 0);
  if (call_has(n, 1))
    x = flow_binary(n->f, SCALAR_ADD, x, n->in[1]);
  n->out[0] = operators_gelu(n->f, x, is_by_tanh);
}

static void build_bias_gelu(struct operator_call *n) {
  gelu(n, false);
}

static void build_fast_gelu(struct operator_call *n) {
  gelu(n, true);
}

/* x sigmoid(alpha x) */
static void swish(struct operator_call *n, double alpha) {
  flow_id x = call_input(n, 0), y = x;
  if (alpha != 1)
    y = flow_with(n->f, SCALAR_MUL, x, alpha);
  n->out[0] =
      flow_binary(n->f, SCALAR_MUL, x, flow_unary(n->f, SCALAR_SIGMOID, y));
}

static void build_quick_gelu(struct operator_call *n) {
  swish(n, call_float(n, "alpha", 1.702));
}

static void build_swish(struct operator_call *n) {
  swish(n, call_float(n, "alpha", 1));
}

const struct operator_row operators_normal[] = {
    {{"BatchNormalization", "not in training"}, build_batch_normal},
    {{"GroupNormalization", ""}, build_group_normal},
    {{"InstanceNormalization", ""}, build_instance_normal},
    {{"LRN", ""}, build_lrn},
    {{"LayerNormalization", ""}, build_layer_normal},
    {{"LpNormalization", "rows that are not 0"}, build_lp_normal},
    {{"MeanVarianceNormalization", ""}, build_mean_variance_normal},
    {{"RMSNormalization", ""}, build_rms_normal},
    {{"SimplifiedLayerNormalization", ""}, build_rms_normal},
    {{"Swish", ""}, build_swish},
    {{"com.microsoft.BiasGelu", ""}, build_bias_gelu},
    {{"com.microsoft.FastGelu", ""}, build_fast_gelu},
    {{"com.microsoft.QuickGelu", ""}, build_quick_gelu},
    {{"com.microsoft.SimplifiedLayerNormalization", ""}, build_rms_normal},
    {{"com.microsoft.SkipLayerNormalization", ""}, build_skip_layer_normal},
    {{"com.microsoft.SkipSimplifiedLayerNormalization", ""},
     build_skip_rms_normal},
    {{NULL, NULL}, NULL},
};
