/* Nodes and their attributes. A Constant is an initializer. */
#include "compile/front/onnx_read.h"

static struct onnx_node node_of(const Onnx__NodeProto *p, size_t place) {
  return (struct onnx_node){.op = text_of(p->op_type),
                            .domain = domain_of(p->domain),
                            .name = text_of(p->name),
                            .place = place};
}

static struct onnx_text text_of_bytes(ProtobufCBinaryData b) {
  return (struct onnx_text){b.data ? (const char *)b.data : "", b.len};
}

static bool read_body(struct onnx_reader *r, struct onnx_graph *g,
                      const Onnx__GraphProto *p, struct onnx_attribute *a) {
  a->graph = xcalloc(1, sizeof *a->graph);
  a->graph->parent = g;
  return onnx_read_graph(r, a->graph, p);
}

static void read_strings(const Onnx__AttributeProto *p,
                         struct onnx_attribute *a) {
  a->n = p->n_strings;
  a->strings = xmalloc(a->n * sizeof *a->strings);
  for (size_t i = 0; i < a->n; i++)
    a->strings[i] = text_of_bytes(p->strings[i]);
}

static bool fail_empty(struct onnx_reader *r, const struct onnx_node *node,
                       const char *name) {
  return error_set(r->err, 0, "attribute '%s' of %s is empty", show(name).text,
                   onnx_show_node(node).text);
}

/* Where it fails, a->type says what has to be freed. */
static bool read_value(struct onnx_reader *r, struct onnx_graph *g,
                       const struct onnx_node *node,
                       const Onnx__AttributeProto *p,
                       struct onnx_attribute *a) {
  switch (p->type) {
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT:
    a->type = ATTRIBUTE_FLOAT;
    a->f = p->f;
    return true;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT:
    a->type = ATTRIBUTE_INT;
    a->i = p->i;
    return true;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING:
    a->type = ATTRIBUTE_STRING;
    a->s = text_of_bytes(p->s);
    return true;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS:
    a->type = ATTRIBUTE_FLOATS;
    a->floats = p->floats;
    a->n = p->n_floats;
    return true;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS:
    a->type = ATTRIBUTE_INTS;
    a->ints = p->ints;
    a->n = p->n_ints;
    return true;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS:
    a->type = ATTRIBUTE_STRINGS;
    read_strings(p, a);
    return true;
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR:
    if (!p->t)
      return fail_empty(r, node, a->name);
    a->type = ATTRIBUTE_TENSOR;
    a->tensor = xmalloc(sizeof *a->tensor);
    return onnx_read_tensor(r, p->t, text_of(p->t->name), a->tensor);
  case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH:
    if (!p->g)
      return fail_empty(r, node, a->name);
    a->type = ATTRIBUTE_GRAPH;
    return read_body(r, g, p->g, a);
  default:
    return true; // ATTRIBUTE_OTHER, for who looks at it
  }
}

static bool refers(const Onnx__AttributeProto *p) {
  return p->ref_attr_name && *p->ref_attr_name;
}

static bool check_reference(struct onnx_reader *r, const struct onnx_node *node,
                            const Onnx__AttributeProto *p) {
  const Onnx__FunctionProto *f = r->function;
  if (!f)
    return error_set(r->err, 0,
                     "attribute '%s' of %s refers to '%s', but is in no "
                     "function",
                     show(text_of(p->name)).text, onnx_show_node(node).text,
                     show(p->ref_attr_name).text);
  for (size_t i = 0; i < f->n_attribute; i++)
    if (!strcmp(f->attribute[i], p->ref_attr_name))
      return true;
  return error_set(r->err, 0,
                   "attribute '%s' of %s refers to '%s', which the function "
                   "does not have",
                   show(text_of(p->name)).text, onnx_show_node(node).text,
                   show(p->ref_attr_name).text);
}

static bool check_attribute(struct onnx_reader *r, const struct onnx_graph *g,
                            const struct onnx_node *node,
                            const Onnx__AttributeProto *p) {
  const char *name = text_of(p->name);
  if (onnx_attribute(g, node, name))
    return error_set(r->err, 0, "%s has attribute '%s' twice",
                     onnx_show_node(node).text, show(name).text);
  if (refers(p))
    return check_reference(r, node, p);
  return p->type != ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__UNDEFINED ||
         error_set(r->err, 0, "attribute '%s' of %s has no type",
                   show(name).text, onnx_show_node(node).text);
}

static bool read_attributes(struct onnx_reader *r, struct onnx_graph *g,
                            struct onnx_node *node, const Onnx__NodeProto *p) {
  node->first_attribute = g->attributes.n;
  if (p->n_attribute > ONNX_MAX_ATTRIBUTES)
    return error_set(r->err, 0, "%s has %zu attributes; at most %d may be",
                     onnx_show_node(node).text, p->n_attribute,
                     ONNX_MAX_ATTRIBUTES);
  for (size_t i = 0; i < p->n_attribute; i++) {
    const Onnx__AttributeProto *q = p->attribute[i];
    struct onnx_attribute a = {.name = text_of(q->name)};
    if (!check_attribute(r, g, node, q))
      return false;
    a.refers = refers(q) ? q->ref_attr_name : NULL;
    bool ok = a.refers || read_value(r, g, node, q, &a);
    array_push(&g->attributes, a);
    node->attributes++;
    if (!ok)
      return false;
  }
  return true;
}

/* A list's length becomes its dimension in p->i, a field that a list leaves
   unused. */
static void read_list(Onnx__AttributeProto *p, struct onnx_tensor *t,
                      const void *data, size_t n) {
  p->i = (int64_t)n;
  t->rank = 1;
  t->dims = &p->i;
  t->n = n;
  t->data = data;
}

/* The tensor that a Constant's attribute stands for. */
static bool read_constant_value(struct onnx_reader *r,
                                const struct onnx_node *node,
                                Onnx__AttributeProto *p, const char *name,
                                struct onnx_tensor *t) {
  const char *kind = text_of(p->name);
  *t = (struct onnx_tensor){.name = name, .n = 1};
  bool is_int = !strncmp(kind, "value_int", 9);
  t->type = is_int ? ONNX_INT64 : ONNX_FLOAT;
  t->storage = is_int ? STORED_INT64 : STORED_FLOAT;
  if (!strcmp(kind, "value") && p->t)
    return onnx_read_tensor(r, p->t, name, t);
  if (!strcmp(kind, "value_int"))
    t->data = &p->i;
  else if (!strcmp(kind, "value_float"))
    t->data = &p->f;
  else if (!strcmp(kind, "value_ints"))
    read_list(p, t, p->ints, p->n_ints);
  else if (!strcmp(kind, "value_floats"))
    read_list(p, t, p->floats, p->n_floats);
  else
    return error_set(r->err, 0, "attribute '%s' of %s is not supported",
                     show(kind).text, onnx_show_node(node).text);
  return true;
}

static bool read_constant(struct onnx_reader *r, struct onnx_graph *g,
                          const struct onnx_node *node,
                          const Onnx__NodeProto *p) {
  struct onnx_tensor t;
  if (p->n_input || p->n_output != 1 || p->n_attribute != 1)
    return error_set(r->err, 0,
                     "%s must have one attribute, one output and no input",
                     onnx_show_node(node).text);
  return read_constant_value(r, node, p->attribute[0], p->output[0], &t) &&
         onnx_add_initializer(r, g, &t);
}

/* So that inputs may be resolved in any order: all outputs come first. */
static bool define_outputs(struct onnx_reader *r, struct onnx_graph *g,
                           const Onnx__NodeProto *p, size_t place) {
  struct onnx_node node = node_of(p, place);
  if (!*node.op)
    return error_set(r->err, 0, "node %zu has no operator", place);
  if (!*node.domain && !onnx_opset(r->from, ""))
    return error_set(r->err, 0, "%s is of an opset that is not imported",
                     onnx_show_node(&node).text);
  if (!strcmp(node.op, "Constant") && !*node.domain &&
      !(p->n_attribute && refers(p->attribute[0])))
    return read_constant(r, g, &node, p);
  node.first_output = g->uses.n;
  node.outputs = p->n_output;
  for (size_t i = 0; i < p->n_output; i++) {
    value_id v = VALUE_NONE;
    if (*p->output[i] &&
        !onnx_define(r, g, p->output[i], VALUE_NODE, g->nodes.n, &v))
      return false;
    array_push(&g->uses, v);
  }
  array_push(&g->nodes, node);
  return true;
}

static bool read_node(struct onnx_reader *r, struct onnx_graph *g,
                      struct onnx_node *node, const Onnx__NodeProto *p) {
  node->first_input = g->uses.n;
  node->inputs = p->n_input;
  for (size_t i = 0; i < p->n_input; i++) {
    value_id v = *p->input[i] ? onnx_resolve(r, g, p->input[i]) : VALUE_NONE;
    array_push(&g->uses, v);
  }
  return read_attributes(r, g, node, p);
}

bool onnx_read_nodes(struct onnx_reader *r, struct onnx_graph *g,
                     Onnx__NodeProto *const *p, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (!define_outputs(r, g, p[i], i))
      return false;
  for (size_t i = 0; i < g->nodes.n; i++)
    if (!read_node(r, g, &g->nodes.at[i], p[g->nodes.at[i].place]))
      return false;
  return true;
}
