/* What an operator asks for in its attributes. In a function one may refer to
   those of the node that calls it, which may refer in turn. */
#include "compile/front/operators.h"

#include <string.h>

static const char *const types[] = {
    [ATTRIBUTE_OTHER] = "of an unusual type",
    [ATTRIBUTE_FLOAT] = "a float",
    [ATTRIBUTE_INT] = "an int",
    [ATTRIBUTE_STRING] = "a string",
    [ATTRIBUTE_TENSOR] = "a tensor",
    [ATTRIBUTE_GRAPH] = "a graph",
    [ATTRIBUTE_FLOATS] = "a list of floats",
    [ATTRIBUTE_INTS] = "a list of ints",
    [ATTRIBUTE_STRINGS] = "a list of strings",
};

const struct onnx_attribute *call_attribute(const struct operator_call *n,
                                            const char *name) {
  const struct onnx_attribute *a =
      onnx_attribute(n->scope->graph, n->node, name);
  while (a && a->refers) {
    n = n->scope->caller;
    a = onnx_attribute(n->scope->graph, n->node, a->refers);
  }
  return a;
}

/* NULL if there is none, or with an error if it is of another type. */
static const struct onnx_attribute *
get(struct operator_call *n, const char *name, enum onnx_attribute_type type) {
  const struct onnx_attribute *a = call_attribute(n, name);
  if (!a || a->type == type)
    return a;
  flow_error(n->f, "attribute '%s' is %s, not %s", name, types[a->type],
             types[type]);
  return NULL;
}

bool call_has_attribute(const struct operator_call *n, const char *name) {
  return call_attribute(n, name);
}

int64_t call_int(struct operator_call *n, const char *name, int64_t other) {
  const struct onnx_attribute *a = get(n, name, ATTRIBUTE_INT);
  return a ? a->i : other;
}

double call_float(struct operator_call *n, const char *name, double other) {
  const struct onnx_attribute *a = get(n, name, ATTRIBUTE_FLOAT);
  return a ? (double)a->f : other;
}

const char *call_string(struct operator_call *n, const char *name) {
  const struct onnx_attribute *a = get(n, name, ATTRIBUTE_STRING);
  if (!a)
    return "";
  char *kept = flow_alloc(n->f, a->s.n + 1, 1);
  memcpy(kept, a->s.at, a->s.n);
  return kept;
}

size_t call_ints(struct operator_call *n, const char *name,
                 const int64_t **at) {
  const struct onnx_attribute *a = get(n, name, ATTRIBUTE_INTS);
  *at = a ? a->ints : NULL;
  return a ? a->n : 0;
}

size_t call_floats(struct operator_call *n, const char *name,
                   const float **at) {
  const struct onnx_attribute *a = get(n, name, ATTRIBUTE_FLOATS);
  *at = a ? a->floats : NULL;
  return a ? a->n : 0;
}

const struct onnx_graph *call_graph(struct operator_call *n, const char *name) {
  const struct onnx_attribute *a = call_attribute(n, name);
  if (a && a->type == ATTRIBUTE_GRAPH)
    return a->graph;
  flow_error(n->f, "its graph '%s' is missing", name);
  return NULL;
}
