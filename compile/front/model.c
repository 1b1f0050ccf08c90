#include "compile/front/translate.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- For translators ---- */

bool translate_error(struct translation *t, const char *format, ...) {
  char text[300];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return error_set(t->err, 0, "%s: %s", onnx_show_node(t->node).text, text);
}

struct meaning *translate_input(struct translation *t, size_t i) {
  value_id v = onnx_input(t->g, t->node, i);
  return v == VALUE_NONE ? NULL : &t->of[v];
}

bool translate_constant(struct translation *t, size_t i, bool is_needed,
                        const char *what, const struct meaning **c) {
  struct meaning *x = translate_input(t, i);
  *c = x;
  if (!x && is_needed)
    return translate_error(t, "%s is missing", what);
  if (x && x->kind != MEANING_CONSTANT)
    return translate_error(t, "%s must be a constant", what);
  return true;
}

const char *translate_name(const struct translation *t) {
  if (*t->node->name)
    return t->node->name;
  value_id y = onnx_output(t->g, t->node, 0);
  return y == VALUE_NONE ? t->node->op : t->g->values.at[y].name;
}

void *translate_alloc(struct translation *t, size_t n, size_t size) {
  return program_alloc(&t->m->program, n, size);
}

void translate_note(struct translation *t, const char *format, ...) {
  char *text = xmalloc(300);
  va_list args;
  va_start(args, format);
  vsnprintf(text, 300, format, args);
  va_end(args);
  array_push(&t->m->notes, text);
}

bool lengths_set(struct lengths *s, const size_t *at, size_t rank) {
  if (rank > SHAPE_MAX)
    return false;
  *s = (struct lengths){.rank = rank, .n = 1};
  for (size_t i = 0; i < rank; i++) {
    s->at[i] = at[i];
    if (at[i] && s->n > SIZE_MAX / 2 / at[i])
      return false;
    s->n *= at[i];
  }
  return true;
}

size_t lengths_last(const struct lengths *s) {
  return s->rank ? s->at[s->rank - 1] : 1;
}

struct dims translate_dims(struct translation *t, const struct lengths *s) {
  struct dims d = {.rank = (unsigned)s->rank};
  for (size_t i = 0; i < s->rank; i++)
    d.at[i] = size_si(&t->m->program.sizes, (long)s->at[i]);
  return d;
}

/* ---- Inputs ---- */

static bool read_shape(struct translation *t, const struct onnx_port *port,
                       struct lengths *s) {
  const char *name = t->g->values.at[port->value].name;
  size_t at[SHAPE_MAX];
  if (!port->has_shape || port->rank > SHAPE_MAX)
    return error_set(t->err, 0,
                     "input '%s' must have a shape of at most %d "
                     "dimensions",
                     name, SHAPE_MAX);
  for (size_t i = 0; i < port->rank; i++) {
    int64_t size = port->dims[i].size;
    if (size < 0)
      size = i == 0 ? 1 : t->o->dimension;
    if (size <= 0 || size > 1 << 24)
      return error_set(t->err, 0,
                       "dimension %zu ('%s') of input '%s' has no size", i,
                       port->dims[i].name ? port->dims[i].name : "", name);
    at[i] = (size_t)size;
  }
  if (!lengths_set(s, at, port->rank) || s->n > 1 << 24)
    return error_set(t->err, 0, "input '%s' is too large", name);
  return true;
}

static char *copy(const char *text) {
  size_t n = strlen(text) + 1;
  return memcpy(xmalloc(n), text, n);
}

static bool read_input(struct translation *t, const struct onnx_port *port) {
  struct meaning *x = &t->of[port->value];
  const char *name = t->g->values.at[port->value].name;
  if (x->kind == MEANING_CONSTANT) // an initializer with a default
    return true;
  if (!read_shape(t, port, &x->shape))
    return false;
  struct model_port in = {.name = copy(name),
                          .n = x->shape.n,
                          .last = lengths_last(&x->shape),
                          .type = port->type,
                          .value = port->value,
                          .is_real = port->type == ONNX_FLOAT};
  x->port = t->m->inputs.n;
  x->type = port->type;
  array_push(&t->m->inputs, in);
  if (port->type == ONNX_FLOAT) {
    x->kind = MEANING_INPUT;
    return true;
  }
  long lo, hi;
  unsigned width;
  if (!levels_of_type(port->type, &lo, &hi, &width))
    return error_set(t->err, 0, "input '%s' is of type %s", name,
                     onnx_type_name(port->type));
  x->kind = MEANING_INTEGER;
  struct program *p = &t->m->program;
  x->value = program_input(p, name, translate_dims(t, &x->shape),
                           size_si(&p->sizes, width), lo < 0);
  interval_fill(t, x, lo, hi);
  return true;
}

/* ---- Constants ---- */

static bool read_constants(struct translation *t) {
  for (size_t i = 0; i < t->g->values.n; i++) {
    const struct onnx_tensor *c = onnx_constant(t->g, (value_id)i);
    struct meaning *x = &t->of[i];
    size_t at[ONNX_MAX_RANK];
    if (!c)
      continue;
    for (size_t k = 0; k < c->rank; k++)
      at[k] = (size_t)c->dims[k];
    if (!lengths_set(&x->shape, at, c->rank))
      return error_set(t->err, 0, "constant '%s' has more than %d dimensions",
                       t->g->values.at[i].name, SHAPE_MAX);
    x->kind = MEANING_CONSTANT;
    x->type = c->type;
    x->constant.at = translate_alloc(t, c->n, sizeof(double));
    for (size_t k = 0; k < c->n; k++)
      x->constant.at[k] = onnx_double(c, k);
  }
  return true;
}

/* ---- Operators ---- */

static const struct translator *const lists[] = {
    linear_translators, elementwise_translators, shape_translators};

static const struct translator *find_translator(const struct onnx_node *node) {
  if (*node->domain)
    return NULL;
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    for (const struct translator *k = lists[i]; k->public.name; k++)
      if (!strcmp(k->public.name, node->op))
        return k;
  return NULL;
}

size_t model_operators(const struct model_operator **list) {
  static struct model_operator all[64];
  size_t n = 0;
  for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
    for (const struct translator *k = lists[i]; k->public.name; k++)
      all[n++] = k->public;
  *list = all;
  return n;
}

/* Every operator that is not supported, each once, in one message. */
static bool check_operators(struct translation *t) {
  char list[300] = "";
  size_t n = 0, kinds = 0;
  for (size_t i = 0; i < t->g->nodes.n; i++) {
    const struct onnx_node *node = &t->g->nodes.at[i];
    bool is_new = !find_translator(node);
    for (size_t j = 0; is_new && j < i; j++)
      is_new = strcmp(t->g->nodes.at[j].op, node->op) ||
               strcmp(t->g->nodes.at[j].domain, node->domain);
    if (!is_new || n >= sizeof list)
      continue;
    n += (size_t)snprintf(list + n, sizeof list - n, "%s%.60s%s%.60s",
                          kinds++ ? ", " : "", node->domain,
                          *node->domain ? "." : "", node->op);
  }
  if (!kinds)
    return true;
  return error_set(t->err, 0,
                   "operator%s not supported: %s ('tc0 list ops' has those "
                   "that are)",
                   kinds > 1 ? "s" : "", list);
}

static bool translate_nodes(struct translation *t) {
  for (size_t i = 0; i < t->g->nodes.n; i++) {
    t->node = &t->g->nodes.at[i];
    value_id y = onnx_output(t->g, t->node, 0);
    if (y == VALUE_NONE)
      return translate_error(t, "it has no output");
    for (size_t k = 0; k < t->node->inputs; k++) {
      struct meaning *x = translate_input(t, k);
      if (x && x->kind == MEANING_NONE)
        return translate_error(t,
                               "input %zu is an output that is not "
                               "supported",
                               k);
    }
    struct meaning out = {0};
    if (!find_translator(t->node)->translate(t, &out))
      return false;
    t->of[y] = out;
  }
  return true;
}

/* ---- Outputs ---- */

static bool write_output(struct translation *t, const struct onnx_port *port) {
  struct meaning *x = &t->of[port->value];
  struct program *p = &t->m->program;
  const char *name = t->g->values.at[port->value].name;
  long lo, hi;
  unsigned width;
  if (x->kind == MEANING_CONSTANT || x->kind == MEANING_INPUT ||
      x->kind == MEANING_NONE || x->is_softmax)
    return error_set(t->err, 0, "output '%s' is %s", name,
                     x->is_softmax ? "a softmax, which is supported only "
                                     "before ArgMax"
                                   : "not computed from quantised inputs");
  struct model_port out = {.name = copy(name),
                           .n = x->shape.n,
                           .last = lengths_last(&x->shape),
                           .type = port->type,
                           .value = port->value,
                           .is_real = x->kind == MEANING_REAL,
                           .chain = x->chain};
  array_push(&t->m->outputs, out);
  struct meaning integer = *x;
  if (x->kind == MEANING_REAL && x->chain.is_exact) {
    struct levels to;
    if (!translate_find_levels(t, x, port->value, &to))
      return false;
    translate_apply(t, name, x, &to, &integer);
    struct model_port *kept = &array_last(&t->m->outputs);
    kept->chain = (struct chain){.is_exact = true, .zero = to.zero};
    chain_append(p, &kept->chain, CHAIN_MUL, &to.scale, 1);
    program_output_width(p, name, integer.value, size_si(&p->sizes, t->o->bits),
                         to.lo < 0);
    return true;
  }
  bool found = levels_of_type(x->type, &lo, &hi, &width);
  assert(found);
  program_output_width(p, name, integer.value, size_si(&p->sizes, width),
                       lo < 0);
  return true;
}

static bool translate(struct translation *t) {
  const struct onnx_graph *g = t->g;
  if (!check_operators(t) || !read_constants(t))
    return false;
  for (size_t i = 0; i < g->inputs.n; i++)
    if (!read_input(t, &g->inputs.at[i]))
      return false;
  if (!translate_nodes(t))
    return false;
  for (size_t i = 0; i < t->m->inputs.n; i++)
    if (t->of[t->m->inputs.at[i].value].kind == MEANING_INPUT &&
        t->quantised[i].kind == MEANING_NONE)
      return error_set(t->err, 0, "input '%s' is not used",
                       t->m->inputs.at[i].name);
  for (size_t i = 0; i < g->outputs.n; i++)
    if (!write_output(t, &g->outputs.at[i]))
      return false;
  if (!g->outputs.n)
    return error_set(t->err, 0, "the model has no outputs");
  return true;
}

/* Ports in the order in which the program's inputs were made. */
static void sort_inputs(struct model *m) {
  for (size_t i = 0; i < m->program.inputs.n; i++)
    for (size_t j = i; j < m->inputs.n; j++)
      if (!strcmp(m->inputs.at[j].name, m->program.inputs.at[i].name)) {
        struct model_port port = m->inputs.at[i];
        m->inputs.at[i] = m->inputs.at[j];
        m->inputs.at[j] = port;
      }
}

bool model_read(struct model *m, const char *path,
                const struct model_options *o, struct error *err) {
  memset(m, 0, sizeof *m);
  program_init(&m->program);
  m->is_exact = true;
  err->file = path;
  if (!onnx_read(&m->onnx, path, err))
    return false;
  struct translation t = {.m = m, .o = o, .g = &m->onnx.graph, .err = err};
  t.of = xcalloc(t.g->values.n, sizeof *t.of);
  t.quantised = xcalloc(t.g->inputs.n, sizeof *t.quantised);
  bool ok = translate(&t);
  m->values = xcalloc(t.g->values.n, sizeof *m->values);
  for (size_t v = 0; v < t.g->values.n; v++)
    m->values[v] =
        (struct model_value){t.of[v].shape.n, lengths_last(&t.of[v].shape)};
  free(t.of);
  free(t.quantised);
  if (!ok)
    return false;
  sort_inputs(m);
  err->file = NULL;
  return true;
}

void model_clear(struct model *m) {
  for (size_t i = 0; i < m->inputs.n; i++)
    free(m->inputs.at[i].name);
  for (size_t i = 0; i < m->outputs.n; i++)
    free(m->outputs.at[i].name);
  for (size_t i = 0; i < m->notes.n; i++)
    free(m->notes.at[i]);
  free(m->values);
  array_clear(&m->inputs);
  array_clear(&m->outputs);
  array_clear(&m->notes);
  program_clear(&m->program);
  onnx_clear(&m->onnx);
}

long model_level(const struct model_port *in, double x) {
  return levels_of(&in->levels, x, false);
}

double model_real(const struct model_port *out, size_t i, const mpz_t q) {
  return chain_value(&out->chain, i % out->last, q);
}
