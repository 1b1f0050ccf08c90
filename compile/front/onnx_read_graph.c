/* Graphs: their constants, inputs and outputs. */
#include "compile/front/onnx_read.h"

static const char *const value_kinds[] = {
    [VALUE_INPUT] = "an input",
    [VALUE_INITIALIZER] = "a constant",
    [VALUE_NODE] = "an output of a node",
};

bool onnx_define(struct onnx_reader *r, struct onnx_graph *g, const char *name,
                 enum onnx_value_kind kind, size_t at, value_id *v) {
  value_id old = onnx_find(g, name);
  if (old != VALUE_NONE)
    return error_set(r->err, 0, "'%s' is defined twice, as %s and as %s",
                     show(name).text, value_kinds[g->values.at[old].kind],
                     value_kinds[kind]);
  *v = onnx_add_value(g, name, kind, at);
  return true;
}

value_id onnx_resolve(struct onnx_reader *r, struct onnx_graph *g,
                      const char *name) {
  value_id v = onnx_find(g, name);
  if (v != VALUE_NONE)
    return v;
  if (g->parent)
    return onnx_add_value(g, name, VALUE_OUTER,
                          onnx_resolve(r, g->parent, name));
  array_push(&r->undefined, name);
  return onnx_add_value(g, name, VALUE_UNDEFINED, 0);
}

bool onnx_add_initializer(struct onnx_reader *r, struct onnx_graph *g,
                          const struct onnx_tensor *t) {
  value_id v;
  if (!*t->name)
    return error_set(r->err, 0, "an initializer has no name");
  if (!onnx_define(r, g, t->name, VALUE_INITIALIZER, g->initializers.n, &v))
    return false;
  array_push(&g->initializers, *t);
  return true;
}

static bool read_initializers(struct onnx_reader *r, struct onnx_graph *g,
                              const Onnx__GraphProto *p) {
  if (p->n_sparse_initializer)
    return error_set(r->err, 0,
                     "the graph has sparse initializers, which are not "
                     "supported");
  for (size_t i = 0; i < p->n_initializer; i++) {
    struct onnx_tensor t;
    const Onnx__TensorProto *q = p->initializer[i];
    if (!onnx_read_tensor(r, q, text_of(q->name), &t) ||
        !onnx_add_initializer(r, g, &t))
      return false;
  }
  return true;
}

/* ---- Inputs and outputs ---- */

static bool read_dim(struct onnx_reader *r, const char *name, size_t i,
                     const Onnx__TensorShapeProto__Dimension *p,
                     struct onnx_dim *d) {
  *d = (struct onnx_dim){.size = -1};
  if (p->value_case == ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM &&
      *text_of(p->dim_param))
    d->name = p->dim_param;
  if (p->value_case != ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE)
    return true;
  d->size = p->dim_value;
  return d->size >= 0 || error_set(r->err, 0, "dimension %zu of '%s' is %lld",
                                   i, show(name).text, (long long)d->size);
}

static bool read_shape(struct onnx_reader *r, const char *name,
                       const Onnx__TensorShapeProto *p,
                       struct onnx_port *port) {
  if (p->n_dim > ONNX_MAX_RANK)
    return error_set(r->err, 0,
                     "'%s' has %zu dimensions; at most %d are supported",
                     show(name).text, p->n_dim, ONNX_MAX_RANK);
  port->has_shape = true;
  port->rank = p->n_dim;
  port->dims = xcalloc(p->n_dim, sizeof *port->dims);
  for (size_t i = 0; i < p->n_dim; i++)
    if (!read_dim(r, name, i, p->dim[i], &port->dims[i]))
      return false;
  return true;
}

/* port->dims is NULL or to be freed, also on failure. */
static bool read_port(struct onnx_reader *r, const Onnx__ValueInfoProto *p,
                      struct onnx_port *port) {
  const char *name = text_of(p->name);
  if (!p->type || p->type->value_case == ONNX__TYPE_PROTO__VALUE__NOT_SET)
    return true;
  if (p->type->value_case == ONNX__TYPE_PROTO__VALUE_SEQUENCE_TYPE)
    return true; // as if it said no type
  if (p->type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE)
    return error_set(r->err, 0, "'%s' is no tensor", show(name).text);
  const Onnx__TypeProto__Tensor *t = p->type->tensor_type;
  if (!onnx_type_name(t->elem_type))
    return error_set(r->err, 0,
                     "the elements of '%s' are of the unknown type %d",
                     show(name).text, (int)t->elem_type);
  port->type = (enum onnx_type)t->elem_type;
  return !t->shape || read_shape(r, name, t->shape, port);
}

/* An input with an initializer of its name is a constant. */
static bool read_inputs(struct onnx_reader *r, struct onnx_graph *g,
                        const Onnx__GraphProto *p) {
  for (size_t i = 0; i < p->n_input; i++) {
    const char *name = text_of(p->input[i]->name);
    struct onnx_port port = {.value = onnx_find(g, name)};
    if (port.value != VALUE_NONE &&
        g->values.at[port.value].kind == VALUE_INITIALIZER)
      continue;
    if (!*name)
      return error_set(r->err, 0, "input %zu of the graph has no name", i);
    if (!onnx_define(r, g, name, VALUE_INPUT, g->inputs.n, &port.value))
      return false;
    bool ok = read_port(r, p->input[i], &port);
    array_push(&g->inputs, port);
    if (!ok)
      return false;
    if (port.type == ONNX_UNDEFINED && !g->parent)
      return error_set(r->err, 0,
                       "input '%s' does not say of what type its elements are",
                       show(name).text);
  }
  return true;
}

static bool read_outputs(struct onnx_reader *r, struct onnx_graph *g,
                         const Onnx__GraphProto *p) {
  if (!p->n_output)
    return error_set(r->err, 0, "a graph has no outputs");
  for (size_t i = 0; i < p->n_output; i++) {
    const char *name = text_of(p->output[i]->name);
    struct onnx_port port = {0};
    if (!*name)
      return error_set(r->err, 0, "output %zu of the graph has no name", i);
    port.value = onnx_resolve(r, g, name);
    bool ok = read_port(r, p->output[i], &port);
    array_push(&g->outputs, port);
    if (!ok)
      return false;
  }
  return true;
}

bool onnx_read_graph(struct onnx_reader *r, struct onnx_graph *g,
                     const Onnx__GraphProto *p) {
  return read_initializers(r, g, p) && read_inputs(r, g, p) &&
         onnx_read_nodes(r, g, p->node, p->n_node) && read_outputs(r, g, p) &&
         onnx_sort(g, r->err);
}
