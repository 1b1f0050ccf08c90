/* The meaning of nodes in real numbers: doubles, and integers as they are. */
#include "compile/front/flow_parts.h"

#include <assert.h>
#include <math.h>

int64_t flow_wrap(enum onnx_type type, int64_t x) {
  unsigned width = onnx_type_width(type);
  if (width == 64)
    return x;
  uint64_t low = (uint64_t)x & ((UINT64_C(1) << width) - 1);
  bool is_negative = onnx_type_is_signed(type) && low >> (width - 1) & 1;
  return (int64_t)(is_negative ? low - (UINT64_C(1) << width) : low);
}

/* Of integers, in 64 bits, then those of the type; wrong beyond 2^53. */
static bool whole(const struct flow_node *node, double a, double b, double *y) {
  int64_t v;
  if (!(fabs(a) <= 0x1p53) || !(fabs(b) <= 0x1p53) ||
      !scalar_whole(node->scalar, (int64_t)a, (int64_t)b, &v))
    return false;
  *y = (double)flow_wrap(node->type, v);
  return fabs(*y) <= 0x1p53;
}

static bool compares(enum scalar op) {
  return op == SCALAR_AT_LEAST || op == SCALAR_GREATER || op == SCALAR_EQUAL;
}

static bool evaluate_scalar(const struct flow_node *node,
                            const double *const *x, const size_t *n,
                            double *y) {
  bool is_whole = onnx_type_is_integer(node->type) && !compares(node->scalar);
  bool ok = true;
  for (size_t i = 0; ok && i < node->shape.n; i++) {
    double a = x[0][i % n[0]], b = node->n > 1 ? x[1][i % n[1]] : 0;
    if (is_whole)
      ok = whole(node, a, b, &y[i]);
    else
      y[i] = scalar_real(node->scalar, a, b);
  }
  return ok;
}

/* Real numbers towards 0. Out of range: what is nearest. */
static double cast(enum onnx_type type, double x) {
  if (type == ONNX_BOOL)
    return x != 0;
  if (!onnx_type_is_integer(type) || isnan(x))
    return isnan(x) && onnx_type_is_integer(type) ? 0 : x;
  x = trunc(x);
  return fabs(x) < 0x1p63 ? (double)flow_wrap(type, (int64_t)x) : x;
}

static double *greatest(double *best, const double *row, size_t n) {
  size_t at = 0;
  for (size_t k = 1; k < n; k++)
    if (row[k] > row[at])
      at = k;
  best[0] = row[at];
  best[1] = (double)at;
  return best;
}

static void evaluate_rows(const struct flow_node *node, const double *x,
                          size_t n, double *y) {
  double best[2];
  for (size_t i = 0; i < node->shape.n; i++) {
    const double *row = x + i * n;
    double sum = 0;
    for (size_t k = 0; k < n && node->kind == FLOW_SUM; k++)
      sum += row[k];
    y[i] = node->kind == FLOW_SUM
               ? sum
               : greatest(best, row, n)[node->kind == FLOW_ARGMAX];
    if (onnx_type_is_integer(node->type))
      y[i] = (double)flow_wrap(node->type, (int64_t)y[i]);
  }
}

static void evaluate_linear(const struct flow_node *node, const double *x,
                            const double *w, size_t weights, double *y) {
  size_t rows = lengths_last(&node->shape);
  size_t columns = rows ? weights / rows : 0;
  for (size_t i = 0; i < node->shape.n; i++) {
    double sum = 0;
    for (size_t k = 0; k < columns; k++)
      sum += w[i % rows * columns + k] * x[i / rows * columns + k];
    y[i] = sum;
  }
}

static void evaluate_look_up(const struct flow_node *node, const double *x,
                             const double *w, size_t weights, double *y) {
  size_t columns = lengths_last(&node->shape);
  double rows = columns ? (double)(weights / columns) : 1;
  for (size_t i = 0; i < node->shape.n; i++) {
    double row = x[i / columns];
    row += row < 0 ? rows : 0;
    row = fmin(fmax(row, 0), rows - 1);
    y[i] = w[(size_t)row * columns + i % columns];
  }
}

static void evaluate_move(const struct flow_node *node, const double *const *x,
                          const size_t *n, double *y) {
  for (size_t i = 0; i < node->shape.n; i++) {
    size_t k = 0, place = node->map ? node->map[i] : i;
    for (; place >= n[k]; k++)
      place -= n[k];
    y[i] = x[k][place];
  }
}

static void evaluate_quantise(const struct flow_node *node, const double *x,
                              double *y) {
  for (size_t i = 0; i < node->shape.n; i++) {
    size_t k =
        node->levels == 1 ? 0 : lengths_along(&node->shape, node->axis, i);
    y[i] = isnan(x[i]) ? 0 : (double)quantise(&node->to[k], (float)x[i]);
  }
}

bool flow_evaluate(const struct flow_node *node, const double *const *x,
                   const size_t *n, double *y) {
  switch (node->kind) {
  case FLOW_MOVE:
    evaluate_move(node, x, n, y);
    return true;
  case FLOW_SCALAR:
    return evaluate_scalar(node, x, n, y);
  case FLOW_CAST:
    for (size_t i = 0; i < node->shape.n; i++)
      y[i] = cast(node->type, x[0][i]);
    return true;
  case FLOW_QUANTISE:
    evaluate_quantise(node, x[0], y);
    return true;
  case FLOW_LINEAR:
    evaluate_linear(node, x[0], x[1], n[1], y);
    return true;
  case FLOW_LOOK_UP:
    evaluate_look_up(node, x[0], x[1], n[1], y);
    return true;
  case FLOW_SUM:
  case FLOW_GREATEST:
  case FLOW_ARGMAX:
    evaluate_rows(node, x[0], node->shape.n ? n[0] / node->shape.n : 0, y);
    return true;
  case FLOW_SEQUENCE:
  case FLOW_INPUT:
  case FLOW_CONSTANT:
    break;
  }
  BUG("a node of kind %d", node->kind);
}
