/* How many rounds loops have, where an input says it. */
#include "compile/front/onnx.h"

#include <string.h>

/* Nodes come after what they read. Of a body what it reads around it is marked
   there; the shape of a value does not depend on its elements. */
static void mark_needed(const struct onnx_graph *g, bool *is_needed) {
  for (size_t i = g->nodes.n; i-- > 0;) {
    const struct onnx_node *node = &g->nodes.at[i];
    bool is_read = false;
    for (size_t k = 0; k < node->outputs; k++) {
      value_id y = onnx_output(g, node, k);
      is_read |= y != VALUE_NONE && is_needed[y];
    }
    if (!is_read || !strcmp(node->op, "Shape") || !strcmp(node->op, "Size"))
      continue;
    for (size_t k = 0; k < node->inputs; k++)
      if (onnx_input(g, node, k) != VALUE_NONE)
        is_needed[onnx_input(g, node, k)] = true;
  }
}

static void mark_condition(const struct onnx_graph *body, bool *is_needed) {
  bool *inner = xcalloc(body->values.n + 1, sizeof *inner);
  if (body->outputs.n)
    inner[body->outputs.at[0].value] = true;
  mark_needed(body, inner);
  for (size_t v = 0; v < body->values.n; v++)
    if (inner[v] && body->values.at[v].kind == VALUE_OUTER)
      is_needed[body->values.at[v].at] = true;
  free(inner);
}

static void mark_loop(const struct onnx_graph *g, const struct onnx_node *node,
                      bool *is_needed) {
  for (size_t k = 0; k < 2 && k < node->inputs; k++)
    if (onnx_input(g, node, k) != VALUE_NONE)
      is_needed[onnx_input(g, node, k)] = true;
  for (size_t k = 0; k < node->attributes; k++) {
    const struct onnx_attribute *a =
        &g->attributes.at[node->first_attribute + k];
    if (a->type == ATTRIBUTE_GRAPH && node->inputs > 1 &&
        onnx_input(g, node, 1) != VALUE_NONE)
      mark_condition(a->graph, is_needed);
  }
}

static bool is_one_integer(const struct onnx_port *port) {
  bool is_one = onnx_type_is_integer(port->type) && port->has_shape;
  for (size_t k = 0; is_one && k < port->rank; k++)
    is_one = port->dims[k].size == 1;
  return is_one;
}

void onnx_rounds(const struct onnx_graph *g, bool *decides) {
  bool *is_needed = xcalloc(g->values.n + 1, sizeof *is_needed);
  for (size_t i = 0; i < g->nodes.n; i++)
    if (!strcmp(g->nodes.at[i].op, "Loop") && !*g->nodes.at[i].domain)
      mark_loop(g, &g->nodes.at[i], is_needed);
  mark_needed(g, is_needed);
  for (size_t i = 0; i < g->inputs.n; i++)
    decides[i] =
        is_needed[g->inputs.at[i].value] && is_one_integer(&g->inputs.at[i]);
  free(is_needed);
}
