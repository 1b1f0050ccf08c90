#include "compile/front/operators.h"

static void build_matmul(struct operator_call *n) {
  n->out[0] = flow_matmul(n->f, call_input(n, 0), call_input(n, 1));
}
static void build_gemm(struct operator_call *n) {
  flow_id a = call_input(n, 0), b = call_input(n, 1);
  if (call_int(n, "transA", 0))
    a = flow_swap(n->f, a, 0, 1);
  if (call_int(n, "transB", 0))
    b = flow_swap(n->f, b, 0, 1);
  double alpha = call_float(n, "alpha", 1), beta = call_float(n, "beta", 1);
  if (alpha != 1)
    b = flow_with(n->f, SCALAR_MUL, b, alpha);
  flow_id y = flow_matmul(n->f, a, b);
  if (call_has(n, 2)) {
    flow_id c = n->in[2];
    if (beta != 1)
      c = flow_with(n->f, SCALAR_MUL, c, beta);
    y = flow_binary(n->f, SCALAR_ADD, y, c);
  }
  n->out[0] = y;
}
const struct operator_row operators_linear[] = {
    {{"Gemm", ""}, build_gemm},
    {{"MatMul", ""}, build_matmul},
    {{NULL, NULL}, NULL},
};
