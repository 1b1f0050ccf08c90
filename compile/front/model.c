#include "compile/front/translate.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <flint/fmpz_vec.h>

/* ---- For translators ---- */

/* Names in a file may hold anything; a message is one line. */
static void make_line(char *text) {
  for (; *text; text++)
    if ((unsigned char)*text < ' ' || *text == 127)
      *text = '?';
}

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

bool translate_integers(struct translation *t, size_t i, bool is_needed,
                        const char *what, const struct meaning **c) {
  long lo, hi;
  unsigned width;
  if (!translate_constant(t, i, is_needed, what, c))
    return false;
  return !*c || (levels_of_type((*c)->type, &lo, &hi, &width) && width <= 32) ||
         translate_error(t, "%s must be integers, not %s", what,
                         onnx_type_name((*c)->type));
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

struct integer_list {
  fmpz *at;
  size_t n;
};

static void clear_integers(void *context) {
  struct integer_list *z = context;
  _fmpz_vec_clear(z->at, (slong)z->n);
}

fmpz *translate_integers_alloc(struct translation *t, size_t n) {
  struct integer_list *z = translate_alloc(t, 1, sizeof *z);
  *z = (struct integer_list){_fmpz_vec_init((slong)n), n};
  program_own(&t->m->program, clear_integers, z);
  return z->at;
}

void translate_note(struct translation *t, const char *format, ...) {
  char *text = xmalloc(300);
  va_list args;
  va_start(args, format);
  vsnprintf(text, 300, format, args);
  va_end(args);
  make_line(text);
  array_push(&t->m->notes, text);
}

bool old_lengths_set(struct lengths *s, const size_t *at, size_t rank) {
  if (rank > SHAPE_MAX)
    return false;
  *s = (struct lengths){.rank = rank, .n = 1};
  for (size_t i = 0; i < rank; i++) {
    s->at[i] = at[i];
    if (at[i] && s->n > MODEL_ELEMENTS / at[i])
      return false;
    s->n *= at[i];
  }
  return true;
}

size_t old_lengths_last(const struct lengths *s) {
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
    if (size <= 0)
      return error_set(t->err, 0,
                       "dimension %zu ('%s') of input '%s' has no size", i,
                       port->dims[i].name ? port->dims[i].name : "", name);
    at[i] = (size_t)size;
  }
  return old_lengths_set(s, at, port->rank) ||
         error_set(t->err, 0, "input '%s' has more than 2^24 elements", name);
}

/* Integers are the circuit's inputs as they are; what real numbers become is
   found out when they are used. */
static bool read_input(struct translation *t, const struct onnx_port *port) {
  struct meaning *x = &t->of[port->value];
  const char *name = t->g->values.at[port->value].name;
  struct model_port in = {.type = port->type,
                          .value = port->value,
                          .is_real = port->type == ONNX_FLOAT};
  unsigned width;
  if (!read_shape(t, port, &x->shape))
    return false;
  in.levels.scale = 1;
  if (!in.is_real &&
      !levels_of_type(port->type, &in.levels.lo, &in.levels.hi, &width))
    return error_set(t->err, 0, "input '%s' is of type %s", name,
                     onnx_type_name(port->type));
  in.name = xstrdup(name);
  in.n = x->shape.n;
  in.last = old_lengths_last(&x->shape);
  in.place = t->m->program.inputs.n;
  x->port = t->m->inputs.n;
  x->type = port->type;
  x->kind = in.is_real ? MEANING_INPUT : MEANING_INTEGER;
  array_push(&t->m->inputs, in);
  if (in.is_real)
    return true;
  struct program *p = &t->m->program;
  x->value = program_input(p, name, translate_dims(t, &x->shape),
                           size_si(&p->sizes, width), in.levels.lo < 0);
  interval_fill(t, x, in.levels.lo, in.levels.hi);
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
    if (!old_lengths_set(&x->shape, at, c->rank))
      return error_set(t->err, 0,
                       "constant '%s' has more than %d dimensions or 2^24 "
                       "elements",
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

static bool same_operator(const struct onnx_node *a,
                          const struct onnx_node *b) {
  return !strcmp(a->op, b->op) && !strcmp(a->domain, b->domain);
}

enum {
  KINDS = 32 // of operators that are not supported, in a message
};

/* Every operator that is not supported, each once, in one message. */
static bool check_operators(struct translation *t) {
  const struct onnx_node *missing[KINDS];
  char list[320] = "";
  size_t n = 0, kinds = 0, shown = 0;
  for (size_t i = 0; i < t->g->nodes.n && kinds < KINDS; i++) {
    const struct onnx_node *node = &t->g->nodes.at[i];
    bool is_new = !find_translator(node);
    for (size_t j = 0; is_new && j < kinds; j++)
      is_new = !same_operator(missing[j], node);
    if (is_new)
      missing[kinds++] = node;
  }
  for (; shown < kinds && n + 130 < sizeof list; shown++)
    n += (size_t)snprintf(list + n, sizeof list - n, "%s%.60s%s%.60s",
                          shown ? ", " : "", missing[shown]->domain,
                          *missing[shown]->domain ? "." : "",
                          missing[shown]->op);
  if (!kinds)
    return true;
  return error_set(t->err, 0,
                   "operator%s not supported: %s%s ('tc0 list ops' has those "
                   "that are)",
                   kinds > 1 ? "s" : "", list,
                   shown < kinds || kinds == KINDS ? " and more" : "");
}

/* What the node reads has a meaning, and one that is fit for it. */
static bool check_inputs(struct translation *t) {
  for (size_t k = 0; k < t->node->inputs; k++) {
    const struct meaning *x = translate_input(t, k);
    if (x && x->kind == MEANING_NONE)
      return translate_error(t, "input %zu is an output that is not supported",
                             k);
    if (x && x->is_softmax && strcmp(t->node->op, "ArgMax") &&
        strcmp(t->node->op, "Identity"))
      return translate_error(t, "softmax is supported only before ArgMax");
  }
  return true;
}

static bool translate_nodes(struct translation *t) {
  for (size_t i = 0; i < t->g->nodes.n; i++) {
    t->node = &t->g->nodes.at[i];
    value_id y = onnx_output(t->g, t->node, 0);
    if (y == VALUE_NONE)
      return translate_error(t, "it has no output");
    struct meaning out = {0};
    if (!check_inputs(t) || !find_translator(t->node)->translate(t, &out))
      return false;
    t->of[y] = out;
  }
  return true;
}

/* ---- Outputs ---- */

/* A circuit's buses have names of their own. */
static bool check_output(struct translation *t, const struct meaning *x,
                         const char *name) {
  const struct program *p = &t->m->program;
  if (x->is_softmax)
    return error_set(t->err, 0,
                     "output '%s' is a softmax, which is supported only before "
                     "ArgMax",
                     name);
  if (x->kind != MEANING_INTEGER && x->kind != MEANING_REAL)
    return error_set(t->err, 0,
                     "output '%s' is not computed from quantised inputs", name);
  for (size_t i = 0; i < p->outputs.n; i++)
    if (!strcmp(p->outputs.at[i].name, name))
      return error_set(t->err, 0, "output '%s' is listed twice", name);
  for (size_t i = 0; i < p->inputs.n; i++)
    if (!strcmp(p->inputs.at[i].name, name))
      return error_set(t->err, 0, "output '%s' is an input", name);
  return true;
}

/* Integers keep their type's width; so do those that stand for real numbers,
   but for those of layers quantised here. */
static bool write_output(struct translation *t, const struct onnx_port *port) {
  struct meaning *x = &t->of[port->value], y = *x;
  struct program *p = &t->m->program;
  const char *name = t->g->values.at[port->value].name;
  long lo, hi;
  unsigned width = t->o->bits;
  if (!check_output(t, x, name))
    return false;
  if (t->g->values.at[port->value].kind == VALUE_NODE) // for messages
    t->node = &t->g->nodes.at[t->g->values.at[port->value].at];
  bool is_made = x->kind == MEANING_REAL && x->chain.is_exact;
  if (is_made ? !translate_to_levels(t, x, port->value, &y)
              : x->kind == MEANING_REAL && !translate_check_finite(t, x))
    return false;
  bool is_signed = false;
  for (size_t i = 0; is_made && i < y.shape.n; i++)
    is_signed |= fmpz_sgn(y.lo + i) < 0;
  if (!is_made) {
    bool found = levels_of_type(x->type, &lo, &hi, &width);
    assert(found);
    is_signed = lo < 0;
  }
  struct model_port out = {.name = xstrdup(name),
                           .n = y.shape.n,
                           .last = old_lengths_last(&y.shape),
                           .type = port->type,
                           .value = port->value,
                           .place = p->outputs.n,
                           .is_real = x->kind == MEANING_REAL,
                           .chain = y.chain};
  array_push(&t->m->outputs, out);
  program_output_width(p, name, y.value, size_si(&p->sizes, (long)width),
                       is_signed);
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
    if (t->m->inputs.at[i].is_real && t->quantised[i].kind == MEANING_NONE)
      return error_set(t->err, 0, "input '%s' is not used",
                       t->m->inputs.at[i].name);
  for (size_t i = 0; i < g->outputs.n; i++)
    if (!write_output(t, &g->outputs.at[i]))
      return false;
  return true;
}

/* Ports in the order in which the program's inputs were made. */
static void sort_inputs(struct model *m) {
  for (size_t i = 0; i < m->inputs.n; i++)
    while (m->inputs.at[i].place != i) {
      struct model_port port = m->inputs.at[i], *to = &m->inputs.at[port.place];
      m->inputs.at[i] = *to;
      *to = port;
    }
}

static void keep_sizes(struct model *m, const struct meaning *of) {
  m->values = xcalloc(m->onnx.graph.values.n, sizeof *m->values);
  for (size_t v = 0; v < m->onnx.graph.values.n; v++)
    m->values[v] =
        (struct model_value){of[v].shape.n, old_lengths_last(&of[v].shape)};
}

static void clear_program(struct model *m) {
  for (size_t i = 0; i < m->inputs.n; i++)
    free(m->inputs.at[i].name);
  for (size_t i = 0; i < m->outputs.n; i++)
    free(m->outputs.at[i].name);
  for (size_t i = 0; i < m->notes.n; i++)
    free(m->notes.at[i]);
  free(m->values);
  m->values = NULL;
  array_clear(&m->inputs);
  array_clear(&m->outputs);
  array_clear(&m->notes);
  program_clear(&m->program);
}

bool model_translate(struct model *m, const struct model_options *o,
                     struct error *err) {
  assert(o->bits >= 2 && o->bits <= 16 && o->range > 0);
  clear_program(m);
  program_init(&m->program);
  m->is_exact = true;
  struct translation t = {.m = m, .o = o, .g = &m->onnx.graph, .err = err};
  t.of = xcalloc(t.g->values.n, sizeof *t.of);
  t.levels = xcalloc(t.g->values.n, sizeof *t.levels);
  t.quantised = xcalloc(t.g->inputs.n, sizeof *t.quantised);
  bool ok = translate(&t);
  keep_sizes(m, t.of);
  free(t.of);
  free(t.levels);
  free(t.quantised);
  if (ok)
    sort_inputs(m);
  else
    make_line(err->message);
  return ok;
}

bool model_read(struct model *m, const char *path,
                const struct model_options *o, struct error *err) {
  memset(m, 0, sizeof *m);
  program_init(&m->program);
  err->file = path;
  if (!onnx_read(&m->onnx, path, err) || !model_translate(m, o, err))
    return false;
  err->file = NULL;
  return true;
}

bool model_read_bytes(struct model *m, const uint8_t *bytes, size_t n,
                      const struct model_options *o, struct error *err) {
  memset(m, 0, sizeof *m);
  program_init(&m->program);
  return onnx_read_bytes(&m->onnx, bytes, n, err) && model_translate(m, o, err);
}

void model_clear(struct model *m) {
  clear_program(m);
  onnx_clear(&m->onnx);
}

long model_level(const struct model_port *in, double x) {
  return levels_of(&in->levels, x, false);
}

double model_real(const struct model_port *out, size_t i, const mpz_t q) {
  return chain_value(&out->chain, i % out->last, q);
}
