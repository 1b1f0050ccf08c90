/* Names, nodes and attributes of graphs, and the order of the nodes. */
#include "circuit/scan.h"
#include "compile/front/onnx_build.h"

#include <string.h>

/* ---- Values ---- */

struct key {
  const struct onnx_graph *graph;
  const char *name;
};

static bool same_name(const void *context, uint32_t id) {
  const struct key *k = context;
  return !strcmp(k->graph->values.at[id].name, k->name);
}

value_id onnx_find(const struct onnx_graph *g, const char *name) {
  struct key k = {g, name};
  return hash_find(&g->find, hash_bytes(name, strlen(name)), same_name, &k);
}

value_id onnx_add_value(struct onnx_graph *g, const char *name,
                        enum onnx_value_kind kind, size_t at) {
  value_id v = (value_id)g->values.n; // a file has fewer than 2^31 bytes
  array_push(&g->values, (struct onnx_value){name, kind, (uint32_t)at});
  hash_add(&g->find, hash_bytes(name, strlen(name)), v);
  return v;
}

value_id onnx_input(const struct onnx_graph *g, const struct onnx_node *node,
                    size_t i) {
  return i < node->inputs ? g->uses.at[node->first_input + i] : VALUE_NONE;
}

value_id onnx_output(const struct onnx_graph *g, const struct onnx_node *node,
                     size_t i) {
  return i < node->outputs ? g->uses.at[node->first_output + i] : VALUE_NONE;
}

const struct onnx_tensor *onnx_constant(const struct onnx_graph *g,
                                        value_id v) {
  if (v == VALUE_NONE)
    return NULL;
  while (g->values.at[v].kind == VALUE_OUTER) {
    v = g->values.at[v].at;
    g = g->parent;
  }
  const struct onnx_value *value = &g->values.at[v];
  return value->kind == VALUE_INITIALIZER ? &g->initializers.at[value->at]
                                          : NULL;
}

/* ---- Attributes ---- */

const struct onnx_attribute *onnx_attribute(const struct onnx_graph *g,
                                            const struct onnx_node *node,
                                            const char *name) {
  for (size_t i = 0; i < node->attributes; i++) {
    const struct onnx_attribute *a =
        &g->attributes.at[node->first_attribute + i];
    if (!strcmp(a->name, name))
      return a;
  }
  return NULL;
}

struct onnx_shown onnx_show_node(const struct onnx_node *node) {
  struct onnx_shown s;
  bool is_named = *node->name;
  snprintf(s.text, sizeof s.text, "node %zu (%s%s%s%s)", node->place,
           show_text(node->op, strlen(node->op)).text, is_named ? " '" : "",
           is_named ? show_text(node->name, strlen(node->name)).text : "",
           is_named ? "'" : "");
  return s;
}

/* ---- Order ---- */

struct visit {
  size_t node, next; // in needs
};

struct sort {
  struct onnx_graph *g;
  ARRAY(value_id) needs; // of all nodes
  size_t *first_need;    // [node], and their end
  enum mark {
    UNSEEN,
    OPEN, // its needs are being placed
    PLACED
  } * mark;
  ARRAY(struct visit) open;
  ARRAY(size_t) order;
};

static void need(struct sort *s, value_id v) {
  if (v != VALUE_NONE && s->g->values.at[v].kind == VALUE_NODE)
    array_push(&s->needs, v);
}

/* A node needs its inputs, and what its bodies use of this graph. */
static void list_needs(struct sort *s, const struct onnx_node *node) {
  for (size_t i = 0; i < node->inputs; i++)
    need(s, onnx_input(s->g, node, i));
  for (size_t i = 0; i < node->attributes; i++) {
    const struct onnx_attribute *a =
        &s->g->attributes.at[node->first_attribute + i];
    if (a->type != ATTRIBUTE_GRAPH)
      continue;
    for (size_t v = 0; v < a->graph->values.n; v++)
      if (a->graph->values.at[v].kind == VALUE_OUTER)
        need(s, a->graph->values.at[v].at);
  }
}

static void open_node(struct sort *s, size_t node) {
  s->mark[node] = OPEN;
  array_push(&s->open, (struct visit){node, s->first_need[node]});
}

static bool place_open(struct sort *s, struct error *err) {
  while (s->open.n) {
    struct visit *top = &array_last(&s->open);
    if (top->next == s->first_need[top->node + 1]) {
      s->mark[top->node] = PLACED;
      array_push(&s->order, top->node);
      s->open.n--;
      continue;
    }
    const struct onnx_value *v = &s->g->values.at[s->needs.at[top->next++]];
    if (s->mark[v->at] == OPEN)
      return error_set(err, 0, "a cycle: '%s' of %s is needed by %s to be made",
                       show_text(v->name, strlen(v->name)).text,
                       onnx_show_node(&s->g->nodes.at[v->at]).text,
                       onnx_show_node(&s->g->nodes.at[top->node]).text);
    if (s->mark[v->at] == UNSEEN)
      open_node(s, v->at);
  }
  return true;
}

static void use_order(struct sort *s) {
  struct onnx_graph *g = s->g;
  struct onnx_node *sorted = xmalloc(g->nodes.n * sizeof *sorted);
  for (size_t i = 0; i < g->nodes.n; i++)
    sorted[i] = g->nodes.at[s->order.at[i]];
  for (size_t i = 0; i < g->nodes.n; i++)
    for (size_t k = 0; k < sorted[i].outputs; k++) {
      value_id v = onnx_output(g, &sorted[i], k);
      if (v != VALUE_NONE)
        g->values.at[v].at = (uint32_t)i;
    }
  memcpy(g->nodes.at, sorted, g->nodes.n * sizeof *sorted);
  free(sorted);
}

bool onnx_sort(struct onnx_graph *g, struct error *err) {
  struct sort s = {.g = g};
  bool ok = true;
  s.first_need = xmalloc((g->nodes.n + 1) * sizeof *s.first_need);
  s.mark = xcalloc(g->nodes.n, sizeof *s.mark);
  for (size_t i = 0; i < g->nodes.n; i++) {
    s.first_need[i] = s.needs.n;
    list_needs(&s, &g->nodes.at[i]);
  }
  s.first_need[g->nodes.n] = s.needs.n;
  for (size_t i = 0; i < g->nodes.n && ok; i++)
    if (s.mark[i] == UNSEEN) {
      open_node(&s, i);
      ok = place_open(&s, err);
    }
  if (ok && g->nodes.n)
    use_order(&s);
  free(s.first_need);
  free(s.mark);
  array_clear(&s.needs);
  array_clear(&s.open);
  array_clear(&s.order);
  return ok;
}

/* ---- Memory ---- */

static void clear_attribute(struct onnx_attribute *a) {
  if (a->type == ATTRIBUTE_TENSOR)
    free(a->tensor);
  if (a->type == ATTRIBUTE_STRINGS)
    free(a->strings);
  if (a->type == ATTRIBUTE_GRAPH) {
    onnx_graph_clear(a->graph);
    free(a->graph);
  }
}

void onnx_graph_clear(struct onnx_graph *g) {
  for (size_t i = 0; i < g->attributes.n; i++)
    clear_attribute(&g->attributes.at[i]);
  for (size_t i = 0; i < g->inputs.n; i++)
    free(g->inputs.at[i].dims);
  for (size_t i = 0; i < g->outputs.n; i++)
    free(g->outputs.at[i].dims);
  array_clear(&g->values);
  array_clear(&g->initializers);
  array_clear(&g->inputs);
  array_clear(&g->outputs);
  array_clear(&g->nodes);
  array_clear(&g->uses);
  array_clear(&g->attributes);
  hash_clear(&g->find);
}
