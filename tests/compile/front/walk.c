#include "tests/compile/front/walk.h"

#include <stdlib.h>
#include <string.h>

static size_t read; // so that reading is not optimised away

static void promise(bool holds) {
  if (!holds)
    abort();
}

void walk_tensor(const struct onnx_tensor *t) {
  size_t n = 1;
  promise(t->name && onnx_type_name(t->type) && onnx_type_size(t->type));
  promise(t->rank <= ONNX_MAX_RANK);
  for (size_t i = 0; i < t->rank; i++) {
    promise(t->dims[i] >= 0);
    n *= (size_t)t->dims[i];
  }
  promise(n == t->n);
  for (size_t i = 0; i < n; i++) {
    double d = onnx_double(t, i);
    if (onnx_type_is_integer(t->type))
      promise(d == (double)onnx_int64(t, i));
    else if (t->type != ONNX_DOUBLE)
      read += onnx_float(t, i) > 0;
    read += d > 0;
  }
}

static void walk_graph(const struct onnx_graph *g,
                       const struct onnx_graph *parent);

static void walk_strings(const struct onnx_attribute *a) {
  for (size_t i = 0; i < a->n; i++)
    for (size_t k = 0; k < a->strings[i].n; k++)
      read += (size_t)a->strings[i].at[k];
}

static void walk_attribute(const struct onnx_graph *g,
                           const struct onnx_attribute *a) {
  read += strlen(a->name) + (a->refers ? strlen(a->refers) : 0);
  promise(!a->refers || a->type == ATTRIBUTE_OTHER);
  if (a->type == ATTRIBUTE_TENSOR)
    walk_tensor(a->tensor);
  if (a->type == ATTRIBUTE_GRAPH)
    walk_graph(a->graph, g);
  if (a->type == ATTRIBUTE_STRINGS)
    walk_strings(a);
  if (a->type == ATTRIBUTE_STRING)
    for (size_t i = 0; i < a->s.n; i++)
      read += (size_t)a->s.at[i];
  for (size_t i = 0; i < a->n && a->type == ATTRIBUTE_FLOATS; i++)
    read += a->floats[i] > 0;
  for (size_t i = 0; i < a->n && a->type == ATTRIBUTE_INTS; i++)
    read += a->ints[i] > 0;
}

/* What node i uses is made before it, also where a body uses it. */
static void walk_use(const struct onnx_graph *g, value_id v, size_t i) {
  if (v == VALUE_NONE)
    return;
  promise(v < g->values.n && g->values.at[v].kind != VALUE_UNDEFINED);
  promise(g->values.at[v].kind != VALUE_NODE || g->values.at[v].at < i);
  onnx_constant(g, v);
}

static void walk_node(const struct onnx_graph *g, size_t i) {
  const struct onnx_node *node = &g->nodes.at[i];
  promise(*node->op && node->domain && strcmp(node->domain, "ai.onnx"));
  read += strlen(onnx_show_node(node).text);
  for (size_t k = 0; k < node->inputs; k++)
    walk_use(g, onnx_input(g, node, k), i);
  for (size_t k = 0; k < node->outputs; k++) {
    value_id v = onnx_output(g, node, k);
    promise(v == VALUE_NONE ||
            (g->values.at[v].kind == VALUE_NODE && g->values.at[v].at == i));
  }
  for (size_t k = 0; k < node->attributes; k++) {
    const struct onnx_attribute *a =
        &g->attributes.at[node->first_attribute + k];
    walk_attribute(g, a);
    for (size_t v = 0; a->type == ATTRIBUTE_GRAPH && v < a->graph->values.n;
         v++)
      if (a->graph->values.at[v].kind == VALUE_OUTER)
        walk_use(g, a->graph->values.at[v].at, i);
  }
}

static void walk_port(const struct onnx_graph *g, const struct onnx_port *p) {
  promise(p->value < g->values.n && onnx_type_name(p->type));
  for (size_t i = 0; i < p->rank; i++) {
    promise(p->dims[i].size >= -1);
    read += p->dims[i].name ? strlen(p->dims[i].name) : 0;
  }
}

static void walk_graph(const struct onnx_graph *g,
                       const struct onnx_graph *parent) {
  promise(g->parent == parent && g->outputs.n);
  for (size_t v = 0; v < g->values.n; v++)
    promise(onnx_find(g, g->values.at[v].name) == v);
  for (size_t i = 0; i < g->initializers.n; i++)
    walk_tensor(&g->initializers.at[i]);
  for (size_t i = 0; i < g->nodes.n; i++)
    walk_node(g, i);
  for (size_t i = 0; i < g->inputs.n; i++)
    walk_port(g, &g->inputs.at[i]);
  for (size_t i = 0; i < g->outputs.n; i++) {
    walk_port(g, &g->outputs.at[i]);
    walk_use(g, g->outputs.at[i].value, g->nodes.n);
  }
}

void walk_model(const struct onnx_model *m) {
  for (size_t i = 0; i < m->opsets.n; i++)
    promise(onnx_opset(&m->opsets, m->opsets.at[i].domain) ==
            m->opsets.at[i].version);
  for (size_t i = 0; i < m->n_functions; i++) {
    const struct onnx_function *k = &m->functions[i];
    promise(onnx_function(m, k->domain, k->name) == k);
    walk_graph(&k->graph, NULL);
  }
  walk_graph(&m->graph, NULL);
}
