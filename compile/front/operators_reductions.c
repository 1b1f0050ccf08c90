/* Reductions along axes. */
#include "compile/front/operators.h"

typedef flow_id reduction(struct flow *f, flow_id x, unsigned axes, bool keeps);

/* Without axes: along all, or if the model says so along none, where what is
   done to each element is done nevertheless. */
static void reduce(struct operator_call *n, reduction *along) {
  bool is_empty;
  flow_id x = call_input(n, 0);
  if (x == FLOW_NONE)
    return;
  unsigned axes = call_axes(n, 1, flow_shape(n->f, x)->rank, &is_empty);
  if (is_empty && call_int(n, "noop_with_empty_axes", 0))
    axes = 0;
  bool keeps = call_int(n, "keepdims", 1);
  if (!n->f->failed)
    n->out[0] = along(n->f, x, axes, keeps);
}

static flow_id reduce_l1(struct flow *f, flow_id x, unsigned axes, bool keeps) {
  return flow_sum(f, flow_unary(f, SCALAR_ABS, x), axes, keeps);
}

static flow_id sum_square(struct flow *f, flow_id x, unsigned axes,
                          bool keeps) {
  return flow_sum(f, flow_binary(f, SCALAR_MUL, x, x), axes, keeps);
}

/* A root of integers is rounded towards 0. */
static flow_id of_reals(struct flow *f, enum scalar op, flow_id x) {
  if (x == FLOW_NONE)
    return x;
  enum onnx_type type = flow_get(f, x)->type;
  if (flow_is_real(f, x))
    return flow_unary(f, op, x);
  return flow_cast(f, type, flow_unary(f, op, flow_cast(f, ONNX_FLOAT, x)));
}

static flow_id reduce_l2(struct flow *f, flow_id x, unsigned axes, bool keeps) {
  return of_reals(f, SCALAR_SQRT, sum_square(f, x, axes, keeps));
}

static flow_id log_sum(struct flow *f, flow_id x, unsigned axes, bool keeps) {
  return of_reals(f, SCALAR_LOG, flow_sum(f, x, axes, keeps));
}

/* The greatest is taken out first, so that no power of e is above 1. */
static flow_id log_sum_exp(struct flow *f, flow_id x, unsigned axes,
                           bool keeps) {
  if (!flow_is_real(f, x))
    return flow_error(f, "logarithms of whole numbers");
  flow_id most = flow_greatest(f, x, axes, true);
  flow_id e = flow_unary(f, SCALAR_EXP, flow_binary(f, SCALAR_SUB, x, most));
  flow_id y = flow_unary(f, SCALAR_LOG, flow_sum(f, e, axes, keeps));
  if (y == FLOW_NONE)
    return y;
  return flow_binary(f, SCALAR_ADD, y, flow_reshape(f, most, flow_shape(f, y)));
}

#define REDUCTION(name, along)                        \
  static void build_##name(struct operator_call *n) { \
    reduce(n, along);                                 \
  }
REDUCTION(l1, reduce_l1)
REDUCTION(l2, reduce_l2)
REDUCTION(log_sum, log_sum)
REDUCTION(log_sum_exp, log_sum_exp)
REDUCTION(max, flow_greatest)
REDUCTION(mean, flow_mean)
REDUCTION(min, flow_least)
REDUCTION(prod, flow_product)
REDUCTION(sum, flow_sum)
REDUCTION(sum_square, sum_square)

/* ---- Softmax ---- */

typedef flow_id along_axis(struct flow *f, flow_id x, size_t axis);

/* To opset 12, of all axes from one on as if they were one. */
static void softmax(struct operator_call *n, along_axis *build) {
  struct flow *f = n->f;
  flow_id x = call_input(n, 0);
  bool is_flat = n->opset < 13;
  if (x == FLOW_NONE)
    return;
  const struct lengths *s = flow_shape(f, x);
  int64_t to = call_int(n, "axis", is_flat ? 1 : -1);
  if (is_flat && to == (int64_t)s->rank) {
    n->out[0] = build(f, flow_insert_axis(f, x, s->rank), s->rank);
    n->out[0] = flow_reshape(f, n->out[0], s);
    return;
  }
  size_t axis = call_axis(n, to, s->rank);
  if (f->failed)
    return;
  if (!is_flat) {
    n->out[0] = build(f, x, axis);
    return;
  }
  size_t at[] = {lengths_product(s, 0, axis),
                 lengths_product(s, axis, s->rank)};
  n->out[0] = flow_reshape(f, build(f, flow_reshape_to(f, x, at, 2), 1), s);
}

static void build_softmax(struct operator_call *n) {
  softmax(n, flow_softmax);
}

static void build_log_softmax(struct operator_call *n) {
  softmax(n, flow_log_softmax);
}

const struct operator_row operators_reductions[] = {
    {{"LogSoftmax", ""}, build_log_softmax},
    {{"ReduceL1", ""}, build_l1},
    {{"ReduceL2", ""}, build_l2},
    {{"ReduceLogSum", ""}, build_log_sum},
    {{"ReduceLogSumExp", "of real numbers"}, build_log_sum_exp},
    {{"ReduceMax", ""}, build_max},
    {{"ReduceMean", ""}, build_mean},
    {{"ReduceMin", ""}, build_min},
    {{"ReduceProd", ""}, build_prod},
    {{"ReduceSum", ""}, build_sum},
    {{"ReduceSumSquare", ""}, build_sum_square},
    {{"Softmax", ""}, build_softmax},
    {{NULL, NULL}, NULL},
};
