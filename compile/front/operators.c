/* Graphs of nodes as calls of operators, and what an operator asks for. */
#include "compile/front/operators.h"
#include "circuit/scan.h"

#include <assert.h>
#include <math.h>
#include <string.h>

enum {
  KINDS = 32,      // of operators that are not supported, in a message
  DEPTH = 32,      // of graphs in graphs
  NODES = 1 << 22, // of a flow: loops may ask for any number
  /* What building a node takes at least, as a loop or functions that call
     functions may do it without end: some ten seconds in all. */
  NODE_STEPS = 1 << 10
};

/* ---- Tables ---- */

static const struct operator_row *const tables[] = {
    operators_attention, operators_control,    operators_convolve,
    operators_einsum,    operators_elements,   operators_gather,
    operators_integers,  operators_linear,     operators_losses,
    operators_moves,     operators_normal,     operators_order,
    operators_packed,    operators_pools,      operators_qlinear,
    operators_recurrent, operators_reductions, operators_resize,
    operators_sample,    operators_scatter,    operators_sequences,
    operators_shapes,    operators_trees};

static int by_name(const void *a, const void *b) {
  const struct operator_row *const *x = a, *const *y = b;
  return strcmp((*x)->public.name, (*y)->public.name);
}

size_t operators_all(const struct operator_row ***list) {
  static const struct operator_row *all[400];
  size_t n = 0;
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    for (const struct operator_row *k = tables[i]; k->public.name; k++) {
      assert(n < sizeof all / sizeof *all);
      all[n++] = k;
    }
  qsort(all, n, sizeof(struct operator_row *), by_name);
  *list = all;
  return n;
}

static bool is_called(const struct operator_row *k,
                      const struct onnx_node *node) {
  size_t n = strlen(node->domain);
  const char *name = k->public.name;
  if (n && (strncmp(name, node->domain, n) || name[n] != '.'))
    return false;
  return !strcmp(name + n + (n > 0), node->op);
}

static const struct operator_row *find(const struct onnx_node *node) {
  for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
    for (const struct operator_row *k = tables[i]; k->public.name; k++)
      if (is_called(k, node))
        return k;
  return NULL;
}

/* ---- What is not supported ---- */

struct missing {
  const struct onnx_model *onnx;
  bool *is_seen; // [function]
  const struct onnx_node *node[KINDS];
  size_t n;
};

static void find_missing(struct missing *m, const struct onnx_graph *g);

static void note_function(struct missing *m, const struct onnx_function *k) {
  bool *is_seen = &m->is_seen[k - m->onnx->functions];
  if (*is_seen)
    return;
  *is_seen = true;
  find_missing(m, &k->graph);
}

static void note_missing(struct missing *m, const struct onnx_graph *g,
                         const struct onnx_node *node) {
  const struct onnx_function *k =
      onnx_function(m->onnx, node->domain, node->op);
  bool is_new = !k && !find(node) && m->n < KINDS;
  for (size_t i = 0; is_new && i < m->n; i++)
    is_new = strcmp(m->node[i]->op, node->op) ||
             strcmp(m->node[i]->domain, node->domain);
  if (is_new)
    m->node[m->n++] = node;
  if (k)
    note_function(m, k);
  for (size_t i = 0; i < node->attributes; i++) {
    const struct onnx_attribute *a =
        &g->attributes.at[node->first_attribute + i];
    if (a->type == ATTRIBUTE_GRAPH)
      find_missing(m, a->graph);
  }
}

static void find_missing(struct missing *m, const struct onnx_graph *g) {
  for (size_t i = 0; i < g->nodes.n; i++)
    note_missing(m, g, &g->nodes.at[i]);
}

bool operators_check(const struct onnx_model *onnx, struct error *err) {
  struct missing m = {.onnx = onnx};
  char list[320] = "";
  size_t n = 0, shown = 0;
  m.is_seen = xcalloc(onnx->n_functions, sizeof *m.is_seen);
  find_missing(&m, &onnx->graph);
  free(m.is_seen);
  for (; shown < m.n && n + 130 < sizeof list; shown++)
    n += (size_t)snprintf(list + n, sizeof list - n, "%s%.60s%s%.60s",
                          shown ? ", " : "", m.node[shown]->domain,
                          *m.node[shown]->domain ? "." : "", m.node[shown]->op);
  if (!m.n)
    return true;
  return error_set(err, 0,
                   "operator%s not supported: %s%s ('tc0 list ops' has those "
                   "that are)",
                   m.n > 1 ? "s" : "", list,
                   shown < m.n || m.n == KINDS ? " and more" : "");
}

/* ---- Graphs ---- */

flow_id operators_tensor(struct flow *f, const struct onnx_tensor *t) {
  struct lengths shape;
  size_t at[ONNX_MAX_RANK];
  for (size_t k = 0; k < t->rank; k++)
    at[k] = (size_t)t->dims[k];
  if (!lengths_set(&shape, at, t->rank))
    return flow_error(f,
                      "constant '%s' has more than %d dimensions or 2^26 "
                      "elements",
                      show_text(t->name, strlen(t->name)).text, FLOW_MAX_RANK);
  double *x = xmalloc((t->n + 1) * sizeof *x);
  for (size_t i = 0; i < t->n; i++)
    x[i] = onnx_double(t, i);
  flow_id y = flow_constant(f, t->type, &shape, x);
  free(x);
  return y;
}

struct asked {
  const struct flow *f;
  const struct onnx_tensor *tensor;
};

static bool is_known(const void *context, uint32_t id) {
  const struct asked *a = context;
  return a->f->known.at[id].tensor == a->tensor;
}

/* Once, however often a body is built that it is in. */
static flow_id initializer(struct flow *f, const struct onnx_tensor *t) {
  struct asked a = {f, t};
  uint32_t tag = hash_bytes(&t, sizeof t);
  uint32_t id = hash_find(&f->find, tag, is_known, &a);
  if (id != HASH_NONE)
    return f->known.at[id].value;
  flow_id y = operators_tensor(f, t);
  if (y != FLOW_NONE) {
    hash_add(&f->find, tag, (uint32_t)f->known.n);
    array_push(&f->known, (struct flow_known){t, y});
  }
  return y;
}

static const struct scope *scope_of(const struct scope *s, value_id *v) {
  while (s->graph->values.at[*v].kind == VALUE_OUTER && s->outer) {
    *v = s->graph->values.at[*v].at;
    s = s->outer;
  }
  return s;
}

static flow_id find_value(struct flow *f, const struct scope *s, value_id v) {
  s = scope_of(s, &v);
  if (s->value[v] == FLOW_NONE &&
      s->graph->values.at[v].kind == VALUE_INITIALIZER)
    s->value[v] =
        initializer(f, &s->graph->initializers.at[s->graph->values.at[v].at]);
  return s->value[v];
}

/* An input of a function that its caller does not give. */
static bool is_left_out(const struct scope *s, value_id v) {
  s = scope_of(s, &v);
  return s->graph->values.at[v].kind == VALUE_INPUT;
}

/* Others have tensors only. */
static bool takes_sequences(const struct operator_row *k) {
  static const char *const names[] = {"Identity", "If", "Loop"};
  bool is_one = false;
  for (const struct operator_row *s = operators_sequences; s->public.name; s++)
    is_one |= s == k;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    is_one |= !strcmp(k->public.name, names[i]);
  return is_one;
}

static void read_inputs(struct operator_call *n, bool has_tensors,
                        flow_id *in) {
  for (size_t i = 0; i < n->inputs; i++) {
    value_id v = onnx_input(n->scope->graph, n->node, i);
    in[i] = v == VALUE_NONE ? FLOW_NONE : find_value(n->f, n->scope, v);
    if (v != VALUE_NONE && in[i] == FLOW_NONE && !is_left_out(n->scope, v))
      flow_error(n->f, "input %zu is an output that is not supported", i);
    if (has_tensors && flow_is_sequence(n->f, in[i]))
      flow_error(n->f, "input %zu is a sequence, not a tensor", i);
  }
}

static void call_function(struct operator_call *n,
                          const struct onnx_function *k);

static void build_node(struct operator_call *n, flow_id *in, flow_id *out) {
  const struct onnx_node *node = n->node;
  const struct onnx_function *called =
      onnx_function(n->onnx, node->domain, node->op);
  const struct operator_row *k = called ? NULL : find(node);
  value_id y = onnx_output(n->scope->graph, node, 0);
  n->in = in;
  n->out = out;
  n->inputs = node->inputs;
  n->outputs = node->outputs;
  n->opset = onnx_opset(n->scope->function ? &n->scope->function->opsets
                                           : &n->onnx->opsets,
                        node->domain);
  n->f->node = node;
  n->f->function = n->scope->function ? n->scope->function->name : NULL;
  n->f->name = *node->name || y == VALUE_NONE
                   ? node->name
                   : n->scope->graph->values.at[y].name;
  read_inputs(n, k && !takes_sequences(k), in);
  for (size_t i = 0; i < n->outputs; i++)
    out[i] = FLOW_NONE;
  if (n->f->failed || !flow_spend(n->f, NODE_STEPS))
    return;
  if (!k && !called)
    flow_error(n->f, "it is not supported");
  else if (!n->outputs)
    flow_error(n->f, "it has no output");
  else if (n->f->nodes.n > NODES)
    flow_error(n->f, "the model has too many steps");
  else if (called)
    call_function(n, called);
  else
    k->build(n);
  for (size_t i = 0; i < n->outputs; i++) {
    value_id v = onnx_output(n->scope->graph, node, i);
    if (v != VALUE_NONE)
      n->scope->value[v] = out[i];
  }
}

static bool build_graph(struct operator_call *n) {
  const struct onnx_graph *g = n->scope->graph;
  for (size_t i = 0; i < g->nodes.n && !n->f->failed; i++) {
    n->node = &g->nodes.at[i];
    flow_id *all =
        xmalloc((n->node->inputs + n->node->outputs + 1) * sizeof *all);
    build_node(n, all, all + n->node->inputs);
    free(all);
  }
  return !n->f->failed;
}

bool operators_build(struct flow *f, const struct onnx_model *m,
                     const struct scope *scope) {
  struct operator_call n = {.f = f, .onnx = m, .scope = scope};
  if (!build_graph(&n))
    return false;
  f->node = NULL;
  for (size_t i = 0; i < m->graph.outputs.n; i++) {
    value_id v = m->graph.outputs.at[i].value;
    const char *name = m->graph.values.at[v].name;
    if (flow_is_sequence(f, find_value(f, scope, v)))
      return flow_error(f,
                        "output '%s' is a sequence; only tensors are "
                        "supported",
                        show_text(name, strlen(name)).text),
             false;
    if (scope->value[v] == FLOW_NONE)
      return flow_error(f, "output '%s' is not supported by its operator",
                        show_text(name, strlen(name)).text),
             false;
  }
  return true;
}

/* Builds a graph whose scope has what is around it, with inputs in[0..count);
   its outputs are FLOW_NONE where they are not supported. */
static bool build_inner(struct operator_call *n, struct scope *scope,
                        const flow_id *in, size_t count, flow_id *out) {
  const struct onnx_graph *g = scope->graph;
  const struct onnx_node *node = n->f->node;
  const char *name = n->f->name, *function = n->f->function;
  struct operator_call inner = {
      .f = n->f, .onnx = n->onnx, .scope = scope, .depth = n->depth + 1};
  if (inner.depth > DEPTH)
    return flow_error(n->f, "it is too deep in others"), false;
  if (!flow_spend(n->f, g->values.n))
    return false;
  scope->value = xmalloc((g->values.n + 1) * sizeof *scope->value);
  for (size_t v = 0; v < g->values.n; v++)
    scope->value[v] = FLOW_NONE;
  for (size_t i = 0; i < count; i++)
    scope->value[g->inputs.at[i].value] = in[i];
  bool ok = build_graph(&inner);
  n->f->node = node;
  n->f->name = name;
  n->f->function = function;
  for (size_t i = 0; ok && i < g->outputs.n; i++)
    out[i] = find_value(n->f, scope, g->outputs.at[i].value);
  free(scope->value);
  return ok;
}

/* Around a body is the scope of the graph that it is written in, which is the
   caller's where a function has it by reference. */
bool call_body(struct operator_call *n, const struct onnx_graph *body,
               const flow_id *in, size_t count, flow_id *out) {
  const struct scope *s = n->scope;
  while (s->graph != body->parent)
    s = s->outer ? s->outer : s->caller->scope;
  struct scope scope = {
      .graph = body, .outer = s, .function = s->function, .caller = s->caller};
  if (body->inputs.n != count)
    return flow_error(n->f, "a body with %zu inputs is given %zu",
                      body->inputs.n, count),
           false;
  bool ok = build_inner(n, &scope, in, count, out);
  for (size_t i = 0; ok && i < body->outputs.n; i++)
    if (out[i] == FLOW_NONE)
      ok = (flow_error(n->f, "output %zu of its body is not supported", i),
            false);
  return ok;
}

static bool is_within(const struct operator_call *n,
                      const struct onnx_function *k) {
  for (; n; n = n->scope->caller)
    if (n->scope->function == k)
      return true;
  return false;
}

/* The last inputs and outputs may be left out. */
static void call_function(struct operator_call *n,
                          const struct onnx_function *k) {
  const struct onnx_graph *g = &k->graph;
  struct scope scope = {.graph = g, .function = k, .caller = n};
  if (is_within(n, k))
    flow_error(n->f, "the function calls itself");
  else if (n->inputs > g->inputs.n || n->outputs > g->outputs.n)
    flow_error(n->f,
               "the function has %zu inputs and %zu outputs, not %zu and %zu",
               g->inputs.n, g->outputs.n, n->inputs, n->outputs);
  if (n->f->failed)
    return;
  flow_id *out = xmalloc(g->outputs.n * sizeof *out);
  if (build_inner(n, &scope, n->in, n->inputs, out))
    memcpy(n->out, out, n->outputs * sizeof *out);
  free(out);
}

/* ---- What a call has ---- */

bool call_has(const struct operator_call *n, size_t i) {
  return i < n->inputs && n->in[i] != FLOW_NONE;
}

flow_id call_input(struct operator_call *n, size_t i) {
  return call_has(n, i) ? n->in[i]
                        : flow_error(n->f, "input %zu is missing", i);
}

/* The name of an input that x depends on. Operands come before what is made of
   them. */
static const char *input_behind(const struct flow *f, flow_id x) {
  bool *is_behind = xcalloc((size_t)x + 1, sizeof *is_behind);
  const char *name = "";
  is_behind[x] = true;
  for (size_t i = (size_t)x + 1; i-- > 0 && !*name;) {
    const struct flow_node *node = flow_get(f, (flow_id)i);
    for (size_t k = 0; is_behind[i] && k < node->n; k++)
      is_behind[flow_operand(f, (flow_id)i, k)] = true;
    if (is_behind[i] && node->kind == FLOW_INPUT)
      name = node->name;
  }
  free(is_behind);
  return name;
}

const struct flow_node *call_constant(struct operator_call *n, size_t i,
                                      bool is_needed, const char *what) {
  if (!call_has(n, i)) {
    if (is_needed)
      flow_error(n->f, "%s must be given", what);
    return NULL;
  }
  if (flow_is_constant(n->f, n->in[i]))
    return flow_get(n->f, n->in[i]);
  const char *name = input_behind(n->f, n->in[i]);
  flow_error(n->f, "%s must be a constant: bind input '%s'", what,
             show_text(name, strlen(name)).text);
  return NULL;
}

double call_number(struct operator_call *n, size_t i, double other,
                   const char *what) {
  const struct flow_node *c = call_constant(n, i, false, what);
  if (c && c->shape.n != 1)
    flow_error(n->f, "%s must be one number", what);
  return c && c->shape.n == 1 ? c->at[0] : other;
}

bool call_list(struct operator_call *n, const char *name, size_t input,
               const int64_t **at, size_t *length) {
  *length = call_ints(n, name, at);
  if (call_has_attribute(n, name) || !call_has(n, input))
    return call_has_attribute(n, name);
  char what[40];
  snprintf(what, sizeof what, "its %s", name);
  const struct flow_node *c = call_constant(n, input, true, what);
  if (!c)
    return false;
  if (!onnx_type_is_integer(c->type))
    return flow_error(n->f, "%s must be integers, not %s", what,
                      onnx_type_name(c->type)),
           false;
  int64_t *kept = flow_alloc(n->f, c->shape.n, sizeof *kept);
  for (size_t i = 0; i < c->shape.n; i++)
    kept[i] = c->at[i] >= 0x1p62    ? INT64_MAX / 2
              : c->at[i] <= -0x1p62 ? INT64_MIN / 2
                                    : (int64_t)c->at[i];
  *at = kept;
  *length = c->shape.n;
  return true;
}

size_t call_axis(struct operator_call *n, int64_t axis, size_t rank) {
  int64_t from = axis < 0 ? axis + (int64_t)rank : axis;
  if (from >= 0 && from < (int64_t)rank)
    return (size_t)from;
  flow_error(n->f, "axis %lld is not one of %zu", (long long)axis, rank);
  return 0;
}

unsigned call_axes(struct operator_call *n, size_t input, size_t rank,
                   bool *is_empty) {
  const int64_t *at;
  size_t length;
  unsigned axes = 0;
  *is_empty = !call_list(n, "axes", input, &at, &length) || !length;
  if (*is_empty)
    return (1u << rank) - 1;
  for (size_t i = 0; i < length; i++)
    axes |= 1u << call_axis(n, at[i], rank);
  return axes;
}
