/* Models and their functions: what a file is all in all. */
#include "compile/front/onnx.h"
#include "compile/front/onnx_read.h"
#include "compile/front/slurp.h"

#include <stdio.h>

static bool read_opset(struct onnx_reader *r, struct onnx_opsets *to,
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
static bool read_opsets(struct onnx_reader *r, struct onnx_opsets *to,
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

static bool check_version(struct onnx_reader *r) {
  int64_t ir = r->m->ir_version;
  return (ir >= ONNX_MIN_IR && ir <= ONNX_MAX_IR) ||
         error_set(r->err, 0, "IR version %lld is not supported, only %d to %d",
                   (long long)ir, ONNX_MIN_IR, ONNX_MAX_IR);
}

static bool check_undefined(struct onnx_reader *r) {
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

static bool check_names(struct onnx_reader *r, const Onnx__FunctionProto *p) {
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

static bool read_formal_inputs(struct onnx_reader *r, struct onnx_graph *g,
                               const Onnx__FunctionProto *p) {
  for (size_t i = 0; i < p->n_input; i++) {
    struct onnx_port port = {0};
    if (!*p->input[i])
      return error_set(r->err, 0, "input %zu has no name", i);
    if (!onnx_define(r, g, p->input[i], VALUE_INPUT, i, &port.value))
      return false;
    array_push(&g->inputs, port);
  }
  return true;
}

static bool read_formal_outputs(struct onnx_reader *r, struct onnx_graph *g,
                                const Onnx__FunctionProto *p) {
  if (!p->n_output)
    return error_set(r->err, 0, "it has no outputs");
  for (size_t i = 0; i < p->n_output; i++) {
    if (!*p->output[i])
      return error_set(r->err, 0, "output %zu has no name", i);
    struct onnx_port port = {.value = onnx_resolve(r, g, p->output[i])};
    array_push(&g->outputs, port);
  }
  return true;
}

/* A function's nodes are those of a graph. */
static bool read_function(struct onnx_reader *r, struct onnx_function *f,
                          const Onnx__FunctionProto *p) {
  r->function = p;
  bool ok = check_names(r, p) &&
            read_opsets(r, &f->opsets, p->opset_import, p->n_opset_import) &&
            read_formal_inputs(r, &f->graph, p) &&
            onnx_read_nodes(r, &f->graph, p->node, p->n_node) &&
            read_formal_outputs(r, &f->graph, p) &&
            onnx_sort(&f->graph, r->err) && check_undefined(r);
  r->function = NULL;
  if (ok)
    return true;
  struct error inner = *r->err;
  return error_set(r->err, 0, "function '%s': %s", show(f->name).text,
                   inner.message);
}

static bool name_function(struct onnx_reader *r, struct onnx_function *f,
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

static bool read_functions(struct onnx_reader *r, const Onnx__ModelProto *p) {
  struct onnx_model *m = r->m;
  m->n_functions = p->n_functions;
  m->functions = xcalloc(p->n_functions, sizeof *m->functions);
  for (size_t i = 0; i < p->n_functions; i++)
    if (!name_function(r, &m->functions[i], p->functions[i], i) ||
        !read_function(r, &m->functions[i], p->functions[i]))
      return false;
  return true;
}

static bool read_model(struct onnx_reader *r, const Onnx__ModelProto *p) {
  r->m->ir_version = p->ir_version;
  if (!p->graph)
    return error_set(r->err, 0, "there is no graph in it; is it a model?");
  return check_version(r) && read_functions(r, p) &&
         read_opsets(r, &r->m->opsets, p->opset_import, p->n_opset_import) &&
         onnx_read_graph(r, &r->m->graph, p->graph) && check_undefined(r);
}

/* What Git leaves in the place of a large file. */
static bool check_pointer(const uint8_t *bytes, size_t n, struct error *err) {
  static const char begin[] = "version https://git-lfs";
  return n < sizeof begin || memcmp(bytes, begin, sizeof begin - 1) != 0 ||
         error_set(err, 0,
                   "this is a pointer of Git LFS, not the file: 'git lfs pull' "
                   "fetches it");
}

static bool read_bytes(struct onnx_model *m, const uint8_t *bytes, size_t n,
                       const char *path, struct error *err) {
  struct onnx_reader r = {.m = m, .path = path, .err = err};
  *m = (struct onnx_model){0};
  if (!check_pointer(bytes, n, err))
    return false;
  m->owner = onnx_unpack(&onnx__model_proto__descriptor, bytes, n, err);
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
  onnx_release(m->owner);
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
  struct onnx_reader r = {.err = err};
  *t = (struct onnx_tensor){.name = ""};
  Onnx__TensorProto *p = (Onnx__TensorProto *)onnx_unpack(
      &onnx__tensor_proto__descriptor, bytes, n, err);
  bool ok = p && onnx_read_tensor(&r, p, text_of(p->name), t);
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
  onnx_release(t->owner);
  *t = (struct onnx_tensor){.name = ""};
}
