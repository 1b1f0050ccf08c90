/* Matrices as other makers pack them: a few bits a weight, or as attributes. */
#include "compile/front/operators.h"

#include <math.h>
#include <string.h>

/* ---- com.microsoft.MatMulNBits ---- */

struct packed {
  size_t rows, columns, bits, block, blocks; // blocks of each row
  const struct flow_node *weight, *scale, *zero;
};

/* Numbers of a few bits, the lowest of a byte first. */
static double unpack(const struct flow_node *from, size_t byte, size_t i,
                     size_t bits) {
  size_t each = 8 / bits;
  unsigned at = (unsigned)from->at[byte + i / each];
  return (double)(at >> i % each * bits & ((1u << bits) - 1));
}

/* Zero points are packed row by row, or real numbers. */
static double zero_of(const struct packed *p, size_t row, size_t block) {
  if (!p->zero)
    return (double)(1u << (p->bits - 1));
  if (p->zero->type != ONNX_UINT8)
    return p->zero->at[row * p->blocks + block];
  return unpack(p->zero, row * ((p->blocks * p->bits + 7) / 8), block, p->bits);
}

static bool read_packed(struct operator_call *n, struct packed *p) {
  int64_t rows = call_int(n, "N", 0), columns = call_int(n, "K", 0);
  int64_t bits = call_int(n, "bits", 4), block = call_int(n, "block_size", 0);
  if (rows < 1 || columns < 1 || rows > 1 << 26 || columns > 1 << 26 ||
      block < 16 || block > 1 << 20 || block % 8 ||
      (bits != 2 && bits != 4 && bits != 8))
    return flow_error(n->f,
                      "an attribute is out of range: N %lld, K %lld, "
                      "bits %lld, block_size %lld",
                      (long long)rows, (long long)columns, (long long)bits,
                      (long long)block),
           false;
  *p = (struct packed){.rows = (size_t)rows,
                       .columns = (size_t)columns,
                       .bits = (size_t)bits,
                       .block = (size_t)block};
  p->blocks = (p->columns + p->block - 1) / p->block;
  p->weight = call_constant(n, 1, true, "the weights");
  p->scale = call_constant(n, 2, true, "the scales");
  p->zero = call_constant(n, 3, false, "the zero points");
  if (call_has(n, 4))
    return flow_error(n->f, "an order of columns is not supported"), false;
  return !n->f->failed;
}

static bool check_packed(struct operator_call *n, const struct packed *p) {
  size_t all = p->rows * p->blocks;
  size_t zeros = !p->zero ? 0
                 : p->zero->type == ONNX_UINT8
                     ? p->rows * ((p->blocks * p->bits + 7) / 8)
                     : all;
  if (p->weight->type == ONNX_UINT8 &&
      p->weight->shape.n == all * p->block * p->bits / 8 &&
      p->scale->shape.n == all && (!p->zero || p->zero->shape.n == zeros))
    return true;
  return flow_error(n->f,
                    "%zu bytes of weights, %zu scales for %zu blocks of "
                    "%zu",
                    p->weight->shape.n, p->scale->shape.n, all, p->block),
         false;
}

static void build_matmul_bits(struct operator_call *n) {
  struct packed p;
  struct lengths shape;
  flow_id x = call_input(n, 0);
  if (!read_packed(n, &p) || !check_packed(n, &p))
    return;
  if (!lengths_set(&shape, (size_t[]){p.rows, p.columns}, 2)) {
    flow_error(n->f, "its matrix has too many elements");
    return;
  }
  double *w = xmalloc(shape.n * sizeof *w);
  for (size_t i = 0; i < shape.n; i++) {
    size_t row = i / p.columns, k = i % p.columns, block = k / p.block;
    size_t at = row * p.blocks + block;
    double level =
        unpack(p.weight, at * p.block * p.bits / 8, k % p.block, p.bits);
    w[i] = (level - zero_of(&p, row, block)) * p.scale->at[at];
  }
  flow_id y = flow_linear(n->f, x, flow_constant(n->f, ONNX_FLOAT, &shape, w));
  free(w);
  n->out[0] = call_has(n, 5) ? flow_binary(n->f, SCALAR_ADD, y, n->in[5]) : y;
}

/* ---- ai.onnx.ml ---- */

/* x by `coefficients` and `intercepts`: [batch, rows]. */
static flow_id linear_of_attributes(struct operator_call *n, size_t rows) {
  const float *w, *b;
  size_t weights = call_floats(n, "coefficients", &w);
  size_t offsets = call_floats(n, "intercepts", &b);
  flow_id x = flow_cast(n->f, ONNX_FLOAT, call_input(n, 0));
  if (x == FLOW_NONE)
    return x;
  if (flow_shape(n->f, x)->rank == 1)
    x = flow_insert_axis(n->f, x, 0);
  if (!rows || !weights || weights % rows || (offsets && offsets != rows))
    return flow_error(n->f, "%zu coefficients and %zu intercepts for %zu rows",
                      weights, offsets, rows);
  struct lengths s = {.rank = 2, .at = {rows, weights / rows}, .n = weights};
  struct lengths t = {.rank = 1, .at = {rows}, .n = rows};
  double *at = xcalloc(weights + rows, sizeof *at);
  for (size_t i = 0; i < weights; i++)
    at[i] = (double)w[i];
  for (size_t i = 0; i < offsets; i++)
    at[weights + i] = (double)b[i];
  flow_id y = flow_linear(n->f, x, flow_constant(n->f, ONNX_FLOAT, &s, at));
  y = flow_binary(n->f, SCALAR_ADD, y,
                  flow_constant(n->f, ONNX_FLOAT, &t, at + weights));
  free(at);
  return y;
}

static flow_id post_transform(struct operator_call *n, flow_id y) {
  const char *s = call_string(n, "post_transform");
  if (!*s || !strcmp(s, "NONE") || y == FLOW_NONE)
    return y;
  if (!strcmp(s, "LOGISTIC"))
    return flow_unary(n->f, SCALAR_SIGMOID, y);
  if (!strcmp(s, "SOFTMAX"))
    return flow_softmax(n->f, y, flow_shape(n->f, y)->rank - 1);
  return flow_error(n->f, "attribute 'post_transform' is '%.40s'", s);
}

static void build_linear_regressor(struct operator_call *n) {
  int64_t targets = call_int(n, "targets", 1);
  n->out[0] = post_transform(
      n, linear_of_attributes(n, targets < 1 ? 0 : (size_t)targets));
}

/* The label of the greatest score, the first of equals. */
static flow_id label_of(struct operator_call *n, flow_id scores,
                        const int64_t *label, size_t labels) {
  struct lengths s = {.rank = 2, .at = {labels, 1}, .n = labels};
  double *at = xmalloc((labels + 1) * sizeof *at);
  for (size_t i = 0; i < labels; i++)
    at[i] = (double)label[i];
  flow_id y = flow_argmax(n->f, scores, 1, false, false);
  y = flow_look_up(n->f, y, flow_constant(n->f, ONNX_INT64, &s, at));
  free(at);
  return y == FLOW_NONE ? y : flow_drop_axis(n->f, y, 1);
}

/* One row of two classes: the scores of the first are those of the second,
   negated. */
static void build_linear_classifier(struct operator_call *n) {
  const int64_t *label;
  const float *b;
  size_t labels = call_ints(n, "classlabels_ints", &label);
  size_t rows = call_floats(n, "intercepts", &b);
  if (!labels || (!(labels == 2 && rows == 1) && rows && rows != labels)) {
    flow_error(n->f, "%zu labels that are numbers, %zu intercepts", labels,
               rows);
    return;
  }
  flow_id y = linear_of_attributes(n, rows ? rows : labels);
  if (y == FLOW_NONE || flow_shape(n->f, y)->rank != 2)
    return;
  if (labels == 2 && rows == 1)
    y = flow_concat(n->f, (flow_id[]){flow_unary(n->f, SCALAR_NEG, y), y}, 2,
                    1);
  n->out[0] = label_of(n, y, label, labels);
  if (n->outputs > 1)
    n->out[1] = post_transform(n, y);
}

const struct operator_row operators_packed[] = {
    {{"ai.onnx.ml.LinearClassifier", "labels that are numbers"},
     build_linear_classifier},
    {{"ai.onnx.ml.LinearRegressor", ""}, build_linear_regressor},
    {{"com.microsoft.MatMulNBits", "2, 4 or 8 bits; constant weights"},
     build_matmul_bits},
    {{NULL, NULL}, NULL},
};
