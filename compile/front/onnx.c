/* From a protocol buffer to the structure of onnx.h. Nothing else includes
   protobuf-c or what it generates. */
#include "compile/front/onnx.h"
#include "circuit/scan.h"
#include "compile/front/onnx.pb-c.h"
#include "compile/front/onnx_build.h"
#include "compile/front/slurp.h"
#include "compile/front/wire.h"

#include <stdio.h>
#include <string.h>

/* ---- Unpacking ---- */

static enum wire_kind kind_of(ProtobufCType type) {
  switch (type) {
  case PROTOBUF_C_TYPE_FLOAT:
  case PROTOBUF_C_TYPE_FIXED32:
  case PROTOBUF_C_TYPE_SFIXED32:
    return WIRE_FIXED32;
  case PROTOBUF_C_TYPE_DOUBLE:
  case PROTOBUF_C_TYPE_FIXED64:
  case PROTOBUF_C_TYPE_SFIXED64:
    return WIRE_FIXED64;
  case PROTOBUF_C_TYPE_STRING:
    return WIRE_STRING;
  case PROTOBUF_C_TYPE_BYTES:
    return WIRE_BYTES;
  case PROTOBUF_C_TYPE_MESSAGE:
    return WIRE_MESSAGE;
  default:
    return WIRE_VARINT;
  }
}

static struct wire_field find_field(const void *message, uint32_t number) {
  const ProtobufCMessageDescriptor *d = message;
  const ProtobufCFieldDescriptor *f =
      protobuf_c_message_descriptor_get_field(d, number);
  if (!f)
    return (struct wire_field){.kind = WIRE_UNKNOWN};
  return (struct wire_field){.kind = kind_of(f->type),
                             .is_repeated =
                                 f->label == PROTOBUF_C_LABEL_REPEATED,
                             .name = f->name,
                             .place = (unsigned)(f - d->fields),
                             .message = f->descriptor};
}

enum {
  MALLOC_OVERHEAD = 16
};

struct budget {
  size_t left;
};

static size_t most_memory(size_t n) {
  return ONNX_MEMORY + 16 * n;
}

/* With what malloc() keeps beside n bytes. */
static void *take(void *context, size_t n) {
  struct budget *b = context;
  if (n > b->left || b->left - n < MALLOC_OVERHEAD)
    return NULL;
  b->left -= n + MALLOC_OVERHEAD;
  return xmalloc(n);
}

static void give_back(void *context, void *p) {
  (void)context;
  free(p);
}

/* The message must be released. A few bytes can ask for a hundred times as
   many; what is asked for is limited, not only what is in use at a time. */
static ProtobufCMessage *unpack(const ProtobufCMessageDescriptor *d,
                                const uint8_t *bytes, size_t n,
                                struct error *err) {
  static const struct wire_schema schema = {find_field};
  struct budget b = {most_memory(n)};
  ProtobufCAllocator allocator = {take, give_back, &b};
  if (n > ONNX_MAX_BYTES) {
    error_set(err, 0, "the file has more than %zu bytes", ONNX_MAX_BYTES);
    return NULL;
  }
  if (!wire_check(bytes, n, &schema, d, err))
    return NULL;
  ProtobufCMessage *m = protobuf_c_message_unpack(d, &allocator, n, bytes);
  if (!m)
    error_set(err, 0, "unpacking its %zu bytes takes more than %zu others", n,
              most_memory(n));
  return m;
}

static void release(void *message) {
  if (message)
    protobuf_c_message_free_unpacked(message, NULL);
}

static const char *text_of(const char *text) {
  return text ? text : "";
}

static struct shown show(const char *name) {
  return show_text(name, strlen(name));
}

/* ---- Tensors ---- */

struct reader {
  struct onnx_model *m;
  const char *path;                    // NULL if there are no files beside it
  ARRAY(const char *) undefined;       // names that are used, each once
  const struct onnx_opsets *from;      // of the graph that is read
  const Onnx__FunctionProto *function; // that it is in; or NULL
  struct error *err;
};

static bool read_type(const Onnx__TensorProto *p, struct onnx_tensor *t,
                      struct error *err) {
  const char *name = onnx_type_name(p->data_type);
  if (!name)
    return error_set(err, 0, "the elements of %s are of the unknown type %d",
                     onnx_show_tensor(t->name).text, (int)p->data_type);
  t->type = (enum onnx_type)p->data_type;
  if (t->type == ONNX_UNDEFINED)
    return error_set(err, 0, "%s does not say of what type its elements are",
                     onnx_show_tensor(t->name).text);
  return onnx_type_size(t->type) ||
         error_set(err, 0,
                   "the elements of %s are of type %s, which is not supported",
                   onnx_show_tensor(t->name).text, name);
}

/* Also where one is 0 the others must be of a reasonable size. */
static bool read_dims(const Onnx__TensorProto *p, struct onnx_tensor *t,
                      struct error *err) {
  uint64_t product = 1;
  if (p->n_dims > ONNX_MAX_RANK)
    return error_set(err, 0, "%s has %zu dimensions; at most %d are supported",
                     onnx_show_tensor(t->name).text, p->n_dims, ONNX_MAX_RANK);
  t->rank = p->n_dims;
  t->dims = p->dims;
  t->n = 1;
  for (size_t i = 0; i < t->rank; i++) {
    if (t->dims[i] < 0)
      return error_set(err, 0, "dimension %zu of %s is %lld", i,
                       onnx_show_tensor(t->name).text, (long long)t->dims[i]);
    uint64_t size = (uint64_t)t->dims[i];
    if (size > (UINT64_C(1) << 56) / product)
      return error_set(err, 0, "the dimensions of %s multiply to over 2^56",
                       onnx_show_tensor(t->name).text);
    product *= size ? size : 1;
    t->n *= (size_t)size;
  }
  return true;
}

static const void *typed_data(const Onnx__TensorProto *p,
                              enum onnx_storage storage, size_t *n) {
  switch (storage) {
  case STORED_FLOAT:
    *n = p->n_float_data;
    return p->float_data;
  case STORED_DOUBLE:
    *n = p->n_double_data;
    return p->double_data;
  case STORED_INT32:
    *n = p->n_int32_data;
    return p->int32_data;
  case STORED_INT64:
    *n = p->n_int64_data;
    return p->int64_data;
  default:
    *n = p->n_uint64_data;
    return p->uint64_data;
  }
}

/* "3x4", "" for a scalar */
static void show_dims(const struct onnx_tensor *t, char *to, size_t room) {
  size_t n = 0;
  *to = 0;
  for (size_t i = 0; i < t->rank && n < room; i++)
    n += (size_t)snprintf(to + n, room - n, "%s%lld", i ? "x" : "",
                          (long long)t->dims[i]);
}

static bool fail_length(const struct onnx_tensor *t, size_t has, size_t needs,
                        const char *unit, struct error *err) {
  char dims[100];
  show_dims(t, dims, sizeof dims);
  if (!has)
    return error_set(err, 0, "%s has the shape [%s], but no data",
                     onnx_show_tensor(t->name).text, dims);
  return error_set(err, 0, "%s has the shape [%s] and needs %zu %s, not %zu",
                   onnx_show_tensor(t->name).text, dims, needs, unit, has);
}

static bool read_data(const Onnx__TensorProto *p, struct onnx_tensor *t,
                      struct error *err) {
  size_t typed, all = p->n_float_data + p->n_double_data + p->n_int32_data +
                      p->n_int64_data + p->n_uint64_data + p->n_string_data;
  size_t bytes = onnx_tensor_bytes(t), entries = onnx_tensor_entries(t);
  t->storage = onnx_type_storage(t->type);
  t->data = typed_data(p, t->storage, &typed);
  if (all != typed)
    return error_set(err, 0, "%s has data of another type than %s",
                     onnx_show_tensor(t->name).text, onnx_type_name(t->type));
  if (all && p->raw_data.len)
    return error_set(err, 0, "%s has its data twice, raw and otherwise",
                     onnx_show_tensor(t->name).text);
  if (!all) {
    t->storage = STORED_RAW;
    t->data = p->raw_data.data;
    return p->raw_data.len == bytes ||
           fail_length(t, p->raw_data.len, bytes, "bytes", err);
  }
  return typed == entries || fail_length(t, typed, entries, "elements", err);
}

static bool has_data(const Onnx__TensorProto *p) {
  return p->raw_data.len || p->n_float_data || p->n_double_data ||
         p->n_int32_data || p->n_int64_data || p->n_uint64_data ||
         p->n_string_data;
}

static bool read_place(const Onnx__TensorProto *p, const char *name,
                       struct onnx_place *place, struct error *err) {
  *place = (struct onnx_place){0};
  for (size_t i = 0; i < p->n_external_data; i++) {
    const char *key = text_of(p->external_data[i]->key), *ignored = NULL;
    const char **value = !strcmp(key, "location")   ? &place->file
                         : !strcmp(key, "offset")   ? &place->offset
                         : !strcmp(key, "length")   ? &place->length
                         : !strcmp(key, "checksum") ? &ignored
                                                    : NULL;
    if (!value || *value)
      return error_set(err, 0, "the place of the data of %s has '%s'%s",
                       onnx_show_tensor(name).text, show(key).text,
                       value ? " twice" : ", which is not known");
    *value = text_of(p->external_data[i]->value);
  }
  return true;
}

static bool read_external(struct reader *r, const Onnx__TensorProto *p,
                          struct onnx_tensor *t) {
  struct onnx_place place;
  if (has_data(p))
    return error_set(r->err, 0,
                     "%s has its data twice, here and in another file",
                     onnx_show_tensor(t->name).text);
  return read_place(p, t->name, &place, r->err) &&
         onnx_read_place(r->m, r->path, &place, t, r->err);
}

static bool read_tensor(struct reader *r, const Onnx__TensorProto *p,
                        const char *name, struct onnx_tensor *t) {
  *t = (struct onnx_tensor){.name = name};
  if (!read_type(p, t, r->err) || !read_dims(p, t, r->err))
    return false;
  if (p->segment)
    return error_set(r->err, 0, "%s is a segment, which is not supported",
                     onnx_show_tensor(name).text);
  bool is_external =
      p->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL ||
      p->n_external_data;
  return (is_external ? read_external(r, p, t) : read_data(p, t, r->err)) &&
         onnx_check_elements(t, r->err);
}

/* ---- Graphs ---- */

static bool read_graph(struct reader *r, struct onnx_graph *g,
                       const Onnx__GraphProto *p);

static const char *const value_kinds[] = {
    [VALUE_INPUT] = "an input",
    [VALUE_INITIALIZER] = "a constant",
    [VALUE_NODE] = "an output of a node",
};

static bool define(struct reader *r, struct onnx_graph *g, const char *name,
                   enum onnx_value_kind kind, size_t at, value_id *v) {
  value_id old = onnx_find(g, name);
  if (old != VALUE_NONE)
    return error_set(r->err, 0, "'%s' is defined twice, as %s and as %s",
                     show(name).text, value_kinds[g->values.at[old].kind],
                     value_kinds[kind]);
  *v = onnx_add_value(g, name, kind, at);
  return true;
}

/* Of this graph or one around it; where there is none, one is defined in the
   outermost graph, so that it is listed once. */
static value_id resolve(struct reader *r, struct onnx_graph *g,
                        const char *name) {
  value_id v = onnx_find(g, name);
  if (v != VALUE_NONE)
    return v;
  if (g->parent)
    return onnx_add_value(g, name, VALUE_OUTER, resolve(r, g->parent, name));
  array_push(&r->undefined, name);
  return onnx_add_value(g, name, VALUE_UNDEFINED, 0);
}

static bool add_initializer(struct reader *r, struct onnx_graph *g,
                            const struct onnx_tensor *t) {
  value_id v;
  if (!*t->name)
    return error_set(r->err, 0, "an initializer has no name");
  if (!define(r, g, t->name, VALUE_INITIALIZER, g->initializers.n, &v))
    return false;
  array_push(&g->initializers, *t);
  return true;
}

static bool read_initializers(struct reader *r, struct onnx_graph *g,
                              const Onnx__GraphProto *p) {
  if (p->n_sparse_initializer)
    return error_set(r->err, 0,
                     "the graph has sparse initializers, which are not "
                     "supported");
  for (size_t i = 0; i < p->n_initializer; i++) {
    struct onnx_tensor t;
    const Onnx__TensorProto *q = p->initializer[i];
    if (!read_tensor(r, q, text_of(q->name), &t) || !add_initializer(r, g, &t))
      return false;
  }
  return true;
}

/* ---- Inputs and outputs ---- */

static bool read_dim(struct reader *r, const char *name, size_t i,
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

static bool read_shape(struct reader *r, const char *name,
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
static bool read_port(struct reader *r, const Onnx__ValueInfoProto *p,
                      struct onnx_port *port) {
  const char *name = text_of(p->name);
  if (!p->type || p->type->value_case == ONNX__TYPE_PROTO__VALUE__NOT_SET)
    return true;
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
static bool read_inputs(struct reader *r, struct onnx_graph *g,
                        const Onnx__GraphProto *p) {
  for (size_t i = 0; i < p->n_input; i++) {
    const char *name = text_of(p->input[i]->name);
    struct onnx_port port = {.value = onnx_find(g, name)};
    if (port.value != VALUE_NONE &&
        g->values.at[port.value].kind == VALUE_INITIALIZER)
      continue;
    if (!*name)
      return error_set(r->err, 0, "input %zu of the graph has no name", i);
    if (!define(r, g, name, VALUE_INPUT, g->inputs.n, &port.value))
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

static bool read_outputs(struct reader *r, struct onnx_graph *g,
                         const Onnx__GraphProto *p) {
  if (!p->n_output)
    return error_set(r->err, 0, "a graph has no outputs");
  for (size_t i = 0; i < p->n_output; i++) {
    const char *name = text_of(p->output[i]->name);
    struct onnx_port port = {0};
    if (!*name)
      return error_set(r->err, 0, "output %zu of the graph has no name", i);
    port.value = resolve(r, g, name);
    bool ok = read_port(r, p->output[i], &port);
    array_push(&g->outputs, port);
    if (!ok)
      return false;
  }
  return true;
}

/* ---- Nodes ---- */

static const char *domain_of(const char *domain) {
  domain = text_of(domain);
  return strcmp(domain, "ai.onnx") ? domain : "";
}

static struct onnx_node node_of(const Onnx__NodeProto *p, size_t place) {
  return (struct onnx_node){.op = text_of(p->op_type),
                            .domain = domain_of(p->domain),
                            .name = text_of(p->name),
                            .place = place};
}

static struct onnx_text text_of_bytes(ProtobufCBinaryData b) {
  return (struct onnx_text){b.data ? (const char *)b.data : "", b.len};
}

static bool read_body(struct reader *r, struct onnx_graph *g,
                      const Onnx__GraphProto *p, struct onnx_attribute *a) {
  a->graph = xcalloc(1, sizeof *a->graph);
  a->graph->parent = g;
  return read_graph(r, a->graph, p);
}

static void read_strings(const Onnx__AttributeProto *p,
                         struct onnx_attribute *a) {
  a->n = p->n_strings;
  a->strings = xmalloc(a->n * sizeof *a->strings);
  for (size_t i = 0; i < a->n; i++)
    a->strings[i] = text_of_bytes(p->strings[i]);
}

static bool fail_empty(struct reader *r, const struct onnx_node *node,
                       const char *name) {
  return error_set(r->err, 0, "attribute '%s' of %s is empty", show(name).text,
                   onnx_show_node(node).text);
}

/* Where it fails, a->type says what has to be freed. */
static bool read_value(struct reader *r, struct onnx_graph *g,
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
    return read_tensor(r, p->t, text_of(p->t->name), a->tensor);
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

static bool check_reference(struct reader *r, const struct onnx_node *node,
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

static bool check_attribute(struct reader *r, const struct onnx_graph *g,
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

static bool read_attributes(struct reader *r, struct onnx_graph *g,
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
static bool read_constant_value(struct reader *r, const struct onnx_node *node,
                                Onnx__AttributeProto *p, const char *name,
                                struct onnx_tensor *t) {
  const char *kind = text_of(p->name);
  *t = (struct onnx_tensor){.name = name, .n = 1};
  bool is_int = !strncmp(kind, "value_int", 9);
  t->type = is_int ? ONNX_INT64 : ONNX_FLOAT;
  t->storage = is_int ? STORED_INT64 : STORED_FLOAT;
  if (!strcmp(kind, "value") && p->t)
    return read_tensor(r, p->t, name, t);
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

static bool read_constant(struct reader *r, struct onnx_graph *g,
                          const struct onnx_node *node,
                          const Onnx__NodeProto *p) {
  struct onnx_tensor t;
  if (p->n_input || p->n_output != 1 || p->n_attribute != 1)
    return error_set(r->err, 0,
                     "%s must have one attribute, one output and no input",
                     onnx_show_node(node).text);
  return read_constant_value(r, node, p->attribute[0], p->output[0], &t) &&
         add_initializer(r, g, &t);
}

/* So that inputs may be resolved in any order: all outputs come first. */
static bool define_outputs(struct reader *r, struct onnx_graph *g,
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
        !define(r, g, p->output[i], VALUE_NODE, g->nodes.n, &v))
      return false;
    array_push(&g->uses, v);
  }
  array_push(&g->nodes, node);
  return true;
}

static bool read_node(struct reader *r, struct onnx_graph *g,
                      struct onnx_node *node, const Onnx__NodeProto *p) {
  node->first_input = g->uses.n;
  node->inputs = p->n_input;
  for (size_t i = 0; i < p->n_input; i++) {
    value_id v = *p->input[i] ? resolve(r, g, p->input[i]) : VALUE_NONE;
    array_push(&g->uses, v);
  }
  return read_attributes(r, g, node, p);
}

static bool read_nodes(struct reader *r, struct onnx_graph *g,
                       const Onnx__GraphProto *p) {
  for (size_t i = 0; i < p->n_node; i++)
    if (!define_outputs(r, g, p->node[i], i))
      return false;
  for (size_t i = 0; i < g->nodes.n; i++)
    if (!read_node(r, g, &g->nodes.at[i], p->node[g->nodes.at[i].place]))
      return false;
  return true;
}

static bool read_graph(struct reader *r, struct onnx_graph *g,
                       const Onnx__GraphProto *p) {
  return read_initializers(r, g, p) && read_inputs(r, g, p) &&
         read_nodes(r, g, p) && read_outputs(r, g, p) && onnx_sort(g, r->err);
}

/* ---- Models ---- */

static bool read_opset(struct reader *r, struct onnx_opsets *to,
                       const Onnx__OperatorSetIdProto *p) {
  struct onnx_opset o = {domain_of(p->domain), p->version};
  if (onnx_opset(to, o.domain))
    return error_set(r->err, 0, "the operators of '%s' are imported twice",
                     show(o.domain).text);
  if (o.version < 1)
    return error_set(r->err, 0, "opset %lld of '%s' cannot be",
                     (long long)o.version, show(o.domain).text);
  array_push(to, o);
  return true;
}

/* No more domains than any model has, as all of them are compared. */
static bool read_opsets(struct reader *r, struct onnx_opsets *to,
                        Onnx__OperatorSetIdProto *const *p, size_t n) {
  if (n > 100)
    return error_set(r->err, 0, "it imports %zu opsets", n);
  for (size_t i = 0; i < n; i++)
    if (!read_opset(r, to, p[i]))
      return false;
  int64_t opset = onnx_opset(to, "");
  r->from = to;
  return !opset || (opset >= ONNX_MIN_OPSET && opset <= ONNX_MAX_OPSET) ||
         error_set(r->err, 0, "opset %lld is not supported, only %d to %d",
                   (long long)opset, ONNX_MIN_OPSET, ONNX_MAX_OPSET);
}

static bool check_version(struct reader *r) {
  int64_t ir = r->m->ir_version;
  return (ir >= ONNX_MIN_IR && ir <= ONNX_MAX_IR) ||
         error_set(r->err, 0, "IR version %lld is not supported, only %d to %d",
                   (long long)ir, ONNX_MIN_IR, ONNX_MAX_IR);
}

static bool check_undefined(struct reader *r) {
  char list[300];
  size_t n = 0, i = 0;
  if (!r->undefined.n)
    return true;
  for (; i < r->undefined.n && n + 110 < sizeof list; i++)
    n += (size_t)snprintf(list + n, sizeof list - n, "%s'%s'", i ? ", " : "",
                          show(r->undefined.at[i]).text);
  if (i < r->undefined.n)
    snprintf(list + n, sizeof list - n, " and %zu more", r->undefined.n - i);
  return error_set(r->err, 0, "used, but made by nothing: %s", list);
}

/* ---- Functions ---- */

struct called {
  const struct onnx_model *m;
  const char *domain, *name;
};

static bool same_function(const void *context, uint32_t id) {
  const struct called *c = context;
  const struct onnx_function *f = &c->m->functions[id];
  return !strcmp(f->name, c->name) && !strcmp(f->domain, c->domain);
}

const struct onnx_function *onnx_function(const struct onnx_model *m,
                                          const char *domain,
                                          const char *name) {
  struct called c = {m, domain, name};
  uint32_t id =
      hash_find(&m->find, hash_bytes(name, strlen(name)), same_function, &c);
  return id == HASH_NONE ? NULL : &m->functions[id];
}

static bool check_names(struct reader *r, const Onnx__FunctionProto *p) {
  if (p->n_attribute > ONNX_MAX_ATTRIBUTES)
    return error_set(r->err, 0, "it has %zu attributes; at most %d may be",
                     p->n_attribute, ONNX_MAX_ATTRIBUTES);
  for (size_t i = 0; i < p->n_attribute; i++)
    for (size_t k = 0; k < i; k++)
      if (!strcmp(p->attribute[i], p->attribute[k]))
        return error_set(r->err, 0, "it has attribute '%s' twice",
                         show(p->attribute[i]).text);
  return true;
}

static bool read_formal_inputs(struct reader *r, struct onnx_graph *g,
                               const Onnx__FunctionProto *p) {
  for (size_t i = 0; i < p->n_input; i++) {
    struct onnx_port port = {0};
    if (!*p->input[i])
      return error_set(r->err, 0, "input %zu has no name", i);
    if (!define(r, g, p->input[i], VALUE_INPUT, i, &port.value))
      return false;
    array_push(&g->inputs, port);
  }
  return true;
}

static bool read_formal_outputs(struct reader *r, struct onnx_graph *g,
                                const Onnx__FunctionProto *p) {
  if (!p->n_output)
    return error_set(r->err, 0, "it has no outputs");
  for (size_t i = 0; i < p->n_output; i++) {
    if (!*p->output[i])
      return error_set(r->err, 0, "output %zu has no name", i);
    struct onnx_port port = {.value = resolve(r, g, p->output[i])};
    array_push(&g->outputs, port);
  }
  return true;
}

/* A function's nodes are those of a graph. */
static bool read_function(struct reader *r, struct onnx_function *f,
                          const Onnx__FunctionProto *p) {
  const Onnx__GraphProto nodes = {.n_node = p->n_node, .node = p->node};
  r->function = p;
  bool ok = check_names(r, p) &&
            read_opsets(r, &f->opsets, p->opset_import, p->n_opset_import) &&
            read_formal_inputs(r, &f->graph, p) &&
            read_nodes(r, &f->graph, &nodes) &&
            read_formal_outputs(r, &f->graph, p) &&
            onnx_sort(&f->graph, r->err) && check_undefined(r);
  r->function = NULL;
  if (ok)
    return true;
  struct error inner = *r->err;
  return error_set(r->err, 0, "function '%s': %s", show(f->name).text,
                   inner.message);
}

static bool name_function(struct reader *r, struct onnx_function *f,
                          const Onnx__FunctionProto *p, size_t i) {
  f->name = text_of(p->name);
  f->domain = domain_of(p->domain);
  if (!*f->name)
    return error_set(r->err, 0, "function %zu has no name", i);
  if (onnx_function(r->m, f->domain, f->name))
    return error_set(r->err, 0, "function '%s' of '%s' is defined twice",
                     show(f->name).text, show(f->domain).text);
  hash_add(&r->m->find, hash_bytes(f->name, strlen(f->name)), (uint32_t)i);
  return true;
}

static bool read_functions(struct reader *r, const Onnx__ModelProto *p) {
  struct onnx_model *m = r->m;
  m->n_functions = p->n_functions;
  m->functions = xcalloc(p->n_functions, sizeof *m->functions);
  for (size_t i = 0; i < p->n_functions; i++)
    if (!name_function(r, &m->functions[i], p->functions[i], i) ||
        !read_function(r, &m->functions[i], p->functions[i]))
      return false;
  return true;
}

static bool read_model(struct reader *r, const Onnx__ModelProto *p) {
  r->m->ir_version = p->ir_version;
  if (!p->graph)
    return error_set(r->err, 0, "there is no graph in it; is it a model?");
  return check_version(r) && read_functions(r, p) &&
         read_opsets(r, &r->m->opsets, p->opset_import, p->n_opset_import) &&
         read_graph(r, &r->m->graph, p->graph) && check_undefined(r);
}

static bool read_bytes(struct onnx_model *m, const uint8_t *bytes, size_t n,
                       const char *path, struct error *err) {
  struct reader r = {.m = m, .path = path, .err = err};
  *m = (struct onnx_model){0};
  m->owner = unpack(&onnx__model_proto__descriptor, bytes, n, err);
  bool ok = m->owner && read_model(&r, m->owner);
  array_clear(&r.undefined);
  return ok;
}

bool onnx_read_bytes(struct onnx_model *m, const uint8_t *bytes, size_t n,
                     struct error *err) {
  return read_bytes(m, bytes, n, NULL, err);
}

bool onnx_read(struct onnx_model *m, const char *path, struct error *err) {
  struct slurp s = {0};
  *m = (struct onnx_model){0};
  bool ok = slurp_file(&s, path, ONNX_MAX_BYTES, err) &&
            read_bytes(m, s.at, s.n, strcmp(path, "-") ? path : NULL, err);
  array_clear(&s);
  return ok;
}

void onnx_clear(struct onnx_model *m) {
  for (size_t i = 0; i < m->n_functions; i++) {
    onnx_graph_clear(&m->functions[i].graph);
    array_clear(&m->functions[i].opsets);
  }
  free(m->functions);
  m->functions = NULL;
  m->n_functions = 0;
  hash_clear(&m->find);
  onnx_graph_clear(&m->graph);
  array_clear(&m->opsets);
  beside_clear(&m->files);
  release(m->owner);
  m->owner = NULL;
}

int64_t onnx_opset(const struct onnx_opsets *o, const char *domain) {
  for (size_t i = 0; i < o->n; i++)
    if (!strcmp(o->at[i].domain, domain))
      return o->at[i].version;
  return 0;
}

bool onnx_tensor_read_bytes(struct onnx_tensor *t, const uint8_t *bytes,
                            size_t n, struct error *err) {
  struct reader r = {.err = err};
  *t = (struct onnx_tensor){.name = ""};
  Onnx__TensorProto *p = (Onnx__TensorProto *)unpack(
      &onnx__tensor_proto__descriptor, bytes, n, err);
  bool ok = p && read_tensor(&r, p, text_of(p->name), t);
  t->owner = p;
  return ok;
}

bool onnx_tensor_read(struct onnx_tensor *t, const char *path,
                      struct error *err) {
  struct slurp s = {0};
  *t = (struct onnx_tensor){.name = ""};
  bool ok = slurp_file(&s, path, ONNX_MAX_BYTES, err) &&
            onnx_tensor_read_bytes(t, s.at, s.n, err);
  array_clear(&s);
  return ok;
}

void onnx_tensor_clear(struct onnx_tensor *t) {
  release(t->owner);
  *t = (struct onnx_tensor){.name = ""};
}
