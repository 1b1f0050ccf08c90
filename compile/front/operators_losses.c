/* Losses: of constant classes, sums of constant weights. */
#include "compile/front/operators.h"

#include <string.h>

/* What a loss is of: log probabilities [batch, classes, places ..]. */
struct loss {
  const struct flow_node *target; // [batch, places ..]
  const struct flow_node *weight; // NULL: 1 each
  int64_t ignored;
  bool ignores;
};

/* The weight of a target, 0 of one that is ignored; false if it is no class. */
static bool weight_of(const struct loss *l, size_t i, size_t classes,
                      size_t *class, double *weight) {
  double at = l->target->at[i];
  *class = 0;
  *weight = 0;
  if (l->ignores && at == (double)l->ignored)
    return true;
  if (at < 0 || at >= (double)classes)
    return false;
  *class = (size_t)at;
  *weight = l->weight ? l->weight->at[*class] : 1;
  return true;
}

static bool get_loss(struct operator_call *n, const struct lengths *s,
                     struct loss *l) {
  l->target = call_constant(n, 1, true, "the targets");
  l->weight = call_constant(n, 2, false, "the weights");
  l->ignores = call_has_attribute(n, "ignore_index");
  l->ignored = call_int(n, "ignore_index", 0);
  if (!l->target || n->f->failed)
    return false;
  if (s->rank < 2 || l->target->shape.rank != s->rank - 1 ||
      l->target->shape.at[0] != s->at[0] ||
      memcmp(l->target->shape.at + 1, s->at + 2,
             (s->rank - 2) * sizeof s->at[0]) ||
      (l->weight && l->weight->shape.n != s->at[1]))
    return flow_error(n->f, "scores, targets and weights do not suit each "
                            "other"),
           false;
  return true;
}

/* -weight * log probability at each target; `sum` is of the weights. */
static flow_id at_targets(struct operator_call *n, flow_id x,
                          const struct loss *l, double *sum) {
  const struct lengths *s = flow_shape(n->f, x), *t = &l->target->shape;
  size_t area = lengths_product(s, 2, s->rank);
  uint32_t *map = xmalloc((t->n + 1) * sizeof *map);
  double *weight = xmalloc((t->n + 1) * sizeof *weight);
  bool ok = s->n > 0;
  *sum = 0;
  for (size_t i = 0; ok && i < t->n; i++) {
    size_t class;
    ok = weight_of(l, i, s->at[1], &class, &weight[i]);
    map[i] = (uint32_t)((i / area * s->at[1] + class) * area + i % area);
    *sum += weight[i];
    weight[i] = -weight[i];
  }
  flow_id y = ok ? flow_move(n->f, &x, 1, t, map)
                 : flow_error(n->f, "a target is no class");
  if (ok)
    y = flow_binary(n->f, SCALAR_MUL, y,
                    flow_constant(n->f, ONNX_FLOAT, t, weight));
  free(map);
  free(weight);
  return y;
}

static flow_id loss(struct operator_call *n, flow_id x) {
  const char *reduction = call_string(n, "reduction");
  struct loss l;
  double sum;
  if (x == FLOW_NONE || !get_loss(n, flow_shape(n->f, x), &l))
    return FLOW_NONE;
  flow_id y = at_targets(n, x, &l, &sum);
  if (y == FLOW_NONE || !strcmp(reduction, "none"))
    return y;
  y = flow_sum(n->f, y, (1u << flow_shape(n->f, y)->rank) - 1, false);
  if (!strcmp(reduction, "sum"))
    return y;
  if (*reduction && strcmp(reduction, "mean"))
    return flow_error(n->f, "attribute 'reduction' is '%.40s'", reduction);
  return sum == 0 ? flow_error(n->f, "the weights of all targets are 0")
                  : flow_with(n->f, SCALAR_DIV, y, sum);
}

static void build_log_likelihood(struct operator_call *n) {
  n->out[0] = loss(n, call_input(n, 0));
}

static void build_cross_entropy(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  if (x == FLOW_NONE)
    return;
  if (flow_shape(n->f, x)->rank < 2) {
    flow_error(n->f, "scores of rank %zu", flow_shape(n->f, x)->rank);
    return;
  }
  x = flow_log_softmax(n->f, x, 1);
  n->out[0] = loss(n, x);
  if (n->outputs > 1)
    n->out[1] = x;
}

const struct operator_row operators_losses[] = {
    {{"NegativeLogLikelihoodLoss", "constant targets and weights"},
     build_log_likelihood},
    {{"SoftmaxCrossEntropyLoss", "constant targets and weights"},
     build_cross_entropy},
    {{NULL, NULL}, NULL},
};
