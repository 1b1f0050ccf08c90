/* Products of matrices. */
#include "compile/front/operators.h"

#include <math.h>

/* x times a constant number, if it is not 1. */
static flow_id times(struct operator_call *n, flow_id x, double by) {
  if (x == FLOW_NONE || by == 1)
    return x;
  if (!flow_is_real(n->f, x) && by != floor(by))
    return flow_error(n->f, "whole numbers times %g", by);
  return flow_with(n->f, SCALAR_MUL, x, by);
}

static void build_matmul(struct operator_call *n) {
  n->out[0] = flow_matmul(n->f, call_input(n, 0), call_input(n, 1));
}

/* Levels of constant weights are kept: where alpha is 1 they stay as they are,
   else the product is multiplied. */
static void build_gemm(struct operator_call *n) {
  struct flow *f = n->f;
  flow_id a = call_input(n, 0), b = call_input(n, 1);
  if (a == FLOW_NONE || b == FLOW_NONE)
    return;
  if (flow_shape(f, a)->rank != 2 || flow_shape(f, b)->rank != 2) {
    flow_error(f, "matrices of rank %zu and %zu, not 2", flow_shape(f, a)->rank,
               flow_shape(f, b)->rank);
    return;
  }
  a = call_int(n, "transA", 0) ? flow_swap(f, a, 0, 1) : a;
  b = call_int(n, "transB", 0) ? flow_swap(f, b, 0, 1) : b;
  flow_id y = times(n, flow_matmul(f, a, b), call_float(n, "alpha", 1));
  if (call_has(n, 2) && y != FLOW_NONE) {
    flow_id c = flow_broadcast(f, n->in[2], flow_shape(f, y));
    c = c == FLOW_NONE ? c : times(n, n->in[2], call_float(n, "beta", 1));
    y = flow_binary(f, SCALAR_ADD, y, c);
  }
  n->out[0] = y;
}

/* The last two axes, or one of the batch's moved there first. */
static flow_id transposed(struct operator_call *n, flow_id x, const char *last,
                          const char *batch) {
  if (x == FLOW_NONE)
    return x;
  size_t rank = flow_shape(n->f, x)->rank;
  if (rank < 2)
    return x;
  if (call_int(n, batch, 0)) {
    size_t order[FLOW_MAX_RANK];
    for (size_t k = 0; k + 2 < rank; k++)
      order[k] = k + 1;
    order[rank - 2] = 0;
    order[rank - 1] = rank - 1;
    x = flow_transpose(n->f, x, order);
  }
  return call_int(n, last, 0) ? flow_swap(n->f, x, rank - 2, rank - 1) : x;
}

static void build_fused_matmul(struct operator_call *n) {
  flow_id a = transposed(n, call_input(n, 0), "transA", "transBatchA");
  flow_id b = transposed(n, call_input(n, 1), "transB", "transBatchB");
  n->out[0] = times(n, flow_matmul(n->f, a, b), call_float(n, "alpha", 1));
}

const struct operator_row operators_linear[] = {
    {{"Gemm", ""}, build_gemm},
    {{"MatMul", ""}, build_matmul},
    {{"com.microsoft.FusedMatMul", ""}, build_fused_matmul},
    {{NULL, NULL}, NULL},
};
