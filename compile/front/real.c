#include "compile/front/real.h"

#include <assert.h>
#include <math.h>
#include <string.h>

struct place {
  struct real_run *r;
  const struct onnx_graph *g;
  const struct onnx_node *node;
  value_id y;
};

static value_id input_of(const struct place *p, size_t i) {
  return onnx_input(p->g, p->node, i);
}

/* Element i of input k, repeated along the last axis where it is shorter. */
static double get(const struct place *p, size_t k, size_t i) {
  value_id v = input_of(p, k);
  size_t n = p->r->m->values[v].n;
  return p->r->at[v][n == 1 ? 0 : i % n];
}

static size_t count(const struct place *p) {
  return p->r->m->values[p->y].n;
}

static double *result(const struct place *p) {
  return p->r->at[p->y];
}

/* ---- Element by element ---- */

static double add(double a, double b) {
  return a + b;
}

static double sub(double a, double b) {
  return a - b;
}

static double mul(double a, double b) {
  return a * b;
}

static double relu(double a) {
  return a > 0 ? a : 0;
}

static double sigmoid(double a) {
  return 1 / (1 + exp(-a));
}

static double same(double a) {
  return a;
}

static const struct {
  const char *op;
  double (*one)(double);
  double (*two)(double, double);
} functions[] = {
    {"Add", NULL, add},       {"Sub", NULL, sub},   {"Mul", NULL, mul},
    {"Relu", relu, NULL},     {"Tanh", tanh, NULL}, {"Sigmoid", sigmoid, NULL},
    {"Identity", same, NULL}, {"Cast", same, NULL}, {"Flatten", same, NULL},
    {"Reshape", same, NULL},
};

static void clip(const struct place *p) {
  float lo = -INFINITY, hi = INFINITY;
  struct error err = {0};
  onnx_get_float(p->g, p->node, "min", &lo, &err);
  onnx_get_float(p->g, p->node, "max", &hi, &err);
  double least = (double)lo, most = (double)hi;
  if (input_of(p, 1) != VALUE_NONE)
    least = get(p, 1, 0);
  if (input_of(p, 2) != VALUE_NONE)
    most = get(p, 2, 0);
  for (size_t i = 0; i < count(p); i++)
    result(p)[i] = fmin(fmax(get(p, 0, i), least), most);
}

/* ---- Along the last axis ---- */

static void gemm(const struct place *p) {
  float alpha = 1, beta = 1;
  int64_t transposed = 0;
  struct error err = {0};
  onnx_get_float(p->g, p->node, "alpha", &alpha, &err);
  onnx_get_float(p->g, p->node, "beta", &beta, &err);
  onnx_get_int(p->g, p->node, "transB", &transposed, &err);
  size_t rows = p->r->m->values[p->y].last;
  size_t columns = p->r->m->values[input_of(p, 0)].last;
  bool has_bias = input_of(p, 2) != VALUE_NONE;
  for (size_t j = 0; j < count(p); j++) {
    size_t row = j % rows, first = j / rows * columns;
    double sum = 0;
    for (size_t i = 0; i < columns; i++)
      sum += get(p, 0, first + i) *
             get(p, 1, transposed ? row * columns + i : i * rows + row);
    result(p)[j] =
        (double)alpha * sum + (has_bias ? (double)beta * get(p, 2, row) : 0);
  }
}

static void argmax(const struct place *p) {
  size_t m = p->r->m->values[input_of(p, 0)].last;
  for (size_t j = 0; j < count(p); j++) {
    size_t best = 0;
    for (size_t i = 1; i < m; i++)
      if (get(p, 0, j * m + i) > get(p, 0, j * m + best))
        best = i;
    result(p)[j] = (double)best;
  }
}

static void softmax(const struct place *p) {
  size_t m = p->r->m->values[p->y].last;
  for (size_t from = 0; from + m <= count(p); from += m) {
    double most = -INFINITY, sum = 0;
    for (size_t i = 0; i < m; i++)
      most = fmax(most, get(p, 0, from + i));
    for (size_t i = 0; i < m; i++)
      sum += result(p)[from + i] = exp(get(p, 0, from + i) - most);
    for (size_t i = 0; i < m; i++)
      result(p)[from + i] /= sum;
  }
}

static const struct {
  const char *op;
  void (*run)(const struct place *p);
} others[] = {{"Clip", clip},
              {"Gemm", gemm},
              {"MatMul", gemm},
              {"ArgMax", argmax},
              {"Softmax", softmax}};

static bool do_node(const struct place *p, bool is_trial) {
  for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
    if (strcmp(functions[k].op, p->node->op))
      continue;
    for (size_t i = 0; !is_trial && i < count(p); i++)
      result(p)[i] = functions[k].one
                         ? functions[k].one(get(p, 0, i))
                         : functions[k].two(get(p, 0, i), get(p, 1, i));
    return true;
  }
  for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
    if (strcmp(others[k].op, p->node->op))
      continue;
    if (!is_trial)
      others[k].run(p);
    return true;
  }
  return false;
}

/* False if a node is not known; in a trial that is all that is found out. */
static bool do_nodes(struct real_run *r, bool is_trial) {
  const struct onnx_graph *g = &r->m->onnx.graph;
  for (size_t i = 0; i < g->nodes.n; i++) {
    const struct onnx_node *node = &g->nodes.at[i];
    struct place p = {r, g, node, onnx_output(g, node, 0)};
    if (!do_node(&p, is_trial))
      return false;
  }
  return true;
}

bool real_run_init(struct real_run *r, const struct model *m) {
  const struct onnx_graph *g = &m->onnx.graph;
  *r = (struct real_run){.m = m};
  r->at = xcalloc(g->values.n, sizeof *r->at);
  for (size_t v = 0; v < g->values.n; v++) {
    const struct onnx_tensor *c = onnx_constant(g, (value_id)v);
    r->at[v] = xcalloc(m->values[v].n, sizeof **r->at);
    for (size_t i = 0; c && i < c->n; i++)
      r->at[v][i] = onnx_double(c, i);
  }
  return do_nodes(r, true);
}

void real_run_clear(struct real_run *r) {
  for (size_t v = 0; v < r->m->onnx.graph.values.n; v++)
    free(r->at[v]);
  free(r->at);
}

void real_run_values(struct real_run *r, const double *in) {
  for (size_t i = 0; i < r->m->inputs.n; i++) {
    const struct model_port *port = &r->m->inputs.at[i];
    memcpy(r->at[port->value], in, port->n * sizeof *in);
    in += port->n;
  }
  bool ok = do_nodes(r, false);
  assert(ok);
}
