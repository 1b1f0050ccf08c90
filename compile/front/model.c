#include "compile/front/model.h"
#include "circuit/scan.h"
#include "compile/front/levels.h"
#include "compile/front/operators.h"
#include "compile/program/operations.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Names in a file may hold anything; a message is one line. */
static void make_line(char *text) {
  for (; *text; text++)
    if ((unsigned char)*text < ' ' || *text == 127)
      *text = '?';
}

#define SHOWN(name) show_text(name, strlen(name)).text

/* ---- Inputs ---- */

/* Its own name, or that of its place, such as x[1], as it may have none. */
static bool is_dimension(const char *name, const char *input,
                         const struct onnx_dim *d, size_t i) {
  char place[32];
  size_t n = strlen(input);
  snprintf(place, sizeof place, "[%zu]", i);
  return (d->name && !strcmp(name, d->name)) ||
         (!strncmp(name, input, n) && !strcmp(name + n, place));
}

static const char *input_name(const struct onnx_graph *g, size_t i) {
  return g->values.at[g->inputs.at[i].value].name;
}

/* A batch is the first of some input: so it is one in others, too. */
static bool is_batch(const struct onnx_graph *g, const struct onnx_dim *d) {
  for (size_t i = 0; d->name && i < g->inputs.n; i++) {
    const struct onnx_port *port = &g->inputs.at[i];
    if (port->has_shape && port->rank && port->dims[0].size < 0 &&
        port->dims[0].name && !strcmp(port->dims[0].name, d->name))
      return true;
  }
  return false;
}

/* A dimension that the file leaves open. */
static int64_t find_dimension(const struct model_options *o,
                              const struct onnx_graph *g, const char *input,
                              const struct onnx_dim *d, size_t i) {
  for (size_t k = 0; k < o->n_dimensions; k++)
    if (is_dimension(o->dimensions[k].name, input, d, i))
      return o->dimensions[k].value;
  return i == 0 || is_batch(g, d) ? 1 : o->length;
}

static bool has_no_size(const char *input, const struct onnx_dim *d, size_t i,
                        struct error *err) {
  if (d->size == 0)
    return error_set(err, 0, "dimension %zu of input '%s' is 0", i,
                     SHOWN(input));
  if (d->name)
    return error_set(err, 0,
                     "dimension %zu ('%s') of input '%s' has no size: give "
                     "one with --dim %s=VALUE, or n=VALUE",
                     i, d->name, SHOWN(input), d->name);
  return error_set(err, 0,
                   "dimension %zu of input '%s' has no size: give one with "
                   "--dim '%s[%zu]=VALUE', or n=VALUE",
                   i, SHOWN(input), SHOWN(input), i);
}

static bool read_shape(const struct model_options *o,
                       const struct onnx_graph *g, size_t input,
                       struct lengths *s, struct error *err) {
  size_t at[FLOW_MAX_RANK];
  const struct onnx_port *port = &g->inputs.at[input];
  const char *name = input_name(g, input);
  if (!port->has_shape || port->rank > FLOW_MAX_RANK)
    return error_set(err, 0,
                     "input '%s' must have a shape of at most %d "
                     "dimensions",
                     SHOWN(name), FLOW_MAX_RANK);
  for (size_t i = 0; i < port->rank; i++) {
    const struct onnx_dim *d = &port->dims[i];
    int64_t size = d->size < 0 ? find_dimension(o, g, name, d, i) : d->size;
    if (size <= 0)
      return has_no_size(name, d, i, err);
    at[i] = (size_t)size;
  }
  return (lengths_set(s, at, port->rank) && s->n <= FLOW_MAX_VARYING) ||
         error_set(err, 0, "input '%s' has more than 2^23 elements",
                   SHOWN(name));
}

static const struct model_bound *find_bound(const struct model_options *o,
                                            const char *name) {
  for (size_t k = 0; k < o->n_bound; k++)
    if (!strcmp(o->bound[k].name, name))
      return &o->bound[k];
  return NULL;
}

/* The type and the lengths that the file says. */
static bool check_bound(const struct onnx_port *port,
                        const struct model_bound *b, struct error *err) {
  const struct onnx_tensor *t = b->tensor;
  if (t->type != port->type)
    return error_set(err, 0, "input '%s' is of %s; its tensor is of %s",
                     SHOWN(b->name), onnx_type_name(port->type),
                     onnx_type_name(t->type));
  bool fits = !port->has_shape || port->rank == t->rank;
  for (size_t i = 0; fits && port->has_shape && i < t->rank; i++)
    fits = port->dims[i].size < 0 || port->dims[i].size == t->dims[i];
  return fits || error_set(err, 0,
                           "input '%s' has another shape than its "
                           "tensor",
                           SHOWN(b->name));
}

/* ---- Rounds of loops ---- */

/* An input that is not bound and decides about them is one constant. */
static bool bind_steps(struct model *m, const struct model_options *o, size_t i,
                       struct scope *scope, struct error *err) {
  const struct onnx_port *port = &m->onnx.graph.inputs.at[i];
  struct lengths one = {.rank = port->rank, .n = 1};
  double steps = (double)o->steps;
  long lo, hi;
  for (size_t k = 0; k < port->rank && k < FLOW_MAX_RANK; k++)
    one.at[k] = 1;
  onnx_type_range(port->type, &lo, &hi);
  if (port->rank > FLOW_MAX_RANK || o->steps > hi)
    return error_set(err, 0, "input '%s' cannot be %ld",
                     SHOWN(input_name(&m->onnx.graph, i)), o->steps);
  scope->value[port->value] = flow_constant(&m->flow, port->type, &one, &steps);
  return !m->flow.failed;
}

/* *at is the input that steps= gives, or SIZE_MAX. */
static bool find_steps_input(const struct onnx_graph *g,
                             const struct model_options *o, size_t *at,
                             struct error *err) {
  bool *decides = xcalloc(g->inputs.n + 1, sizeof *decides), ok = true;
  onnx_rounds(g, decides);
  *at = SIZE_MAX;
  for (size_t i = 0; ok && i < g->inputs.n; i++) {
    const char *name = input_name(g, i);
    if (!decides[i] || find_bound(o, name))
      continue;
    if (!o->steps)
      ok = error_set(err, 0,
                     "how many rounds a loop has depends on input '%s': give "
                     "it with steps=VALUE, or bind it",
                     SHOWN(name));
    else if (*at != SIZE_MAX)
      ok = error_set(err, 0,
                     "how many rounds loops have depends on inputs '%s' and "
                     "'%s': bind all but one",
                     SHOWN(input_name(g, *at)), SHOWN(name));
    *at = i;
  }
  free(decides);
  if (ok && o->steps && *at == SIZE_MAX)
    ok = error_set(err, 0,
                   "steps=: no loop has as many rounds as an input says");
  return ok;
}

static bool read_input(struct model *m, const struct model_options *o, size_t i,
                       struct scope *scope, struct error *err) {
  const struct onnx_port *port = &m->onnx.graph.inputs.at[i];
  const char *name = m->onnx.graph.values.at[port->value].name;
  const struct model_bound *bound = find_bound(o, name);
  struct lengths shape;
  struct model_port in = {.type = port->type,
                          .file = i,
                          .levels = {.scale = 1},
                          .is_real = port->type == ONNX_FLOAT};
  if (bound && !check_bound(port, bound, err))
    return false;
  if (bound) {
    scope->value[port->value] = operators_tensor(&m->flow, bound->tensor);
    return !m->flow.failed;
  }
  if (!in.is_real && !onnx_type_is_integer(port->type))
    return error_set(err, 0,
                     "input '%s' is of type %s; inputs that are not bound must "
                     "be float, bool or integers",
                     SHOWN(name), onnx_type_name(port->type));
  if (!read_shape(o, &m->onnx.graph, i, &shape, err))
    return false;
  if (!in.is_real)
    onnx_type_range(port->type, &in.levels.lo, &in.levels.hi);
  in.name = xstrdup(name);
  in.n = shape.n;
  m->flow.name = name;
  in.flow = flow_input(&m->flow, port->type, &shape, m->inputs.n);
  scope->value[port->value] = in.flow;
  array_push(&m->inputs, in);
  return true;
}

static bool has_dimension(const struct onnx_graph *g, const char *name) {
  for (size_t i = 0; i < g->inputs.n; i++) {
    const struct onnx_port *port = &g->inputs.at[i];
    for (size_t k = 0; port->has_shape && k < port->rank; k++)
      if (port->dims[k].size < 0 &&
          is_dimension(name, input_name(g, i), &port->dims[k], k))
        return true;
  }
  return false;
}

static bool has_input(const struct onnx_graph *g, const char *name) {
  value_id v = onnx_find(g, name);
  for (size_t i = 0; v != VALUE_NONE && i < g->inputs.n; i++)
    if (g->inputs.at[i].value == v)
      return true;
  return false;
}

/* What options name is there. */
static bool check_names(const struct onnx_graph *g,
                        const struct model_options *o, struct error *err) {
  for (size_t k = 0; k < o->n_dimensions; k++)
    if (!has_dimension(g, o->dimensions[k].name))
      return error_set(err, 0, "no input leaves open a dimension '%s'",
                       SHOWN(o->dimensions[k].name));
  for (size_t k = 0; k < o->n_bound; k++)
    if (!has_input(g, o->bound[k].name))
      return error_set(err, 0, "there is no input '%s' to bind",
                       SHOWN(o->bound[k].name));
  return true;
}

/* ---- The flow ---- */

static bool build_flow(struct model *m, const struct model_options *o,
                       struct scope *scope, struct error *err) {
  const struct onnx_graph *g = &m->onnx.graph;
  size_t steps;
  m->steps = o->steps;
  if (!check_names(g, o, err) || !find_steps_input(g, o, &steps, err))
    return false;
  for (size_t i = 0; i < g->inputs.n; i++)
    if (!(i == steps ? bind_steps(m, o, i, scope, err)
                     : read_input(m, o, i, scope, err)))
      return false;
  if (!operators_build(&m->flow, &m->onnx, scope))
    return false;
  for (size_t i = 0; i < g->outputs.n; i++) {
    value_id v = g->outputs.at[i].value;
    flow_id y = scope->value[v];
    struct model_port out = {.name = xstrdup(g->values.at[v].name),
                             .flow = y,
                             .file = i,
                             .n = flow_shape(&m->flow, y)->n,
                             .type = flow_get(&m->flow, y)->type,
                             .is_real = flow_is_real(&m->flow, y)};
    array_push(&m->outputs, out);
  }
  return true;
}

static bool make_flow(struct model *m, const struct model_options *o,
                      struct error *err) {
  size_t n = m->onnx.graph.values.n;
  struct scope scope = {.graph = &m->onnx.graph};
  flow_init(&m->flow, err);
  m->values = scope.value = xmalloc((n + 1) * sizeof *scope.value);
  for (size_t v = 0; v < n; v++)
    scope.value[v] = FLOW_NONE;
  bool ok = operators_check(&m->onnx, err) && build_flow(m, o, &scope, err);
  if (!ok)
    make_line(err->message);
  return ok;
}

/* ---- Outputs ---- */

/* A circuit's buses have names of their own. */
static bool check_output(struct levels *l, const struct model_port *out) {
  const struct program *p = l->p;
  for (size_t i = 0; i < p->outputs.n; i++)
    if (!strcmp(p->outputs.at[i].name, out->name))
      return error_set(l->err, 0, "output '%s' is listed twice", out->name);
  for (size_t i = 0; i < p->inputs.n; i++)
    if (!strcmp(p->inputs.at[i].name, out->name))
      return error_set(l->err, 0, "output '%s' is an input", out->name);
  return true;
}

static bool constant_output(struct levels *l, flow_id y, struct meaning *m) {
  const struct flow_node *c = flow_get(l->f, y);
  struct model_range r = {0, 0};
  struct quantiser to = {.scale = 1};
  double error;
  for (size_t i = 0; i < c->shape.n; i++) {
    if (!isfinite(c->at[i]))
      return levels_error(l, y, "an output that is not finite");
    r.lo = fmin(r.lo, c->at[i]);
    r.hi = fmax(r.hi, c->at[i]);
  }
  if (flow_is_real(l->f, y) && !levels_of_range(l, y, r, &to))
    return false;
  const fmpz *at = levels_constant(l, c, (double)to.scale, &error);
  *m = levels_new(l, y, 0, flow_is_real(l->f, y));
  m->value = program_constant(l->p, levels_name(l, y),
                              levels_dims(l, &c->shape), at, c->shape.n);
  double scale = (double)to.scale;
  m->error = error / scale;
  for (size_t i = 0; i < c->shape.n; i++) {
    fmpz_set(m->lo + i, at + i);
    fmpz_set(m->hi + i, at + i);
  }
  if (flow_is_real(l->f, y))
    levels_scaled(l, m, scale);
  return true;
}

static bool output_integers(struct levels *l, flow_id y, struct meaning *m) {
  if (flow_is_constant(l->f, y))
    return constant_output(l, y, m);
  if (!flow_is_real(l->f, y))
    return levels_as_integers(l, y, m);
  *m = *levels_get(l, y);
  if (!m->curve.is_exact)
    return true;
  return (l->o->has_whole_outputs && curve_is_linear(&m->curve)) ||
         levels_to_levels(l, y, m);
}

static bool is_signed(const struct meaning *m) {
  bool below = false;
  for (size_t i = 0; i < m->shape.n; i++)
    below |= fmpz_sgn(m->lo + i) < 0;
  return below;
}

/* Integers keep their type's width; so do those that stand for real numbers,
   but for those of layers quantised here. */
static bool write_output(struct levels *l, struct model_port *out) {
  struct meaning m;
  if (!check_output(l, out) || !output_integers(l, out->flow, &m))
    return false;
  enum onnx_type type = out->is_real ? m.base : out->type;
  bool is_made = out->is_real && m.curve.is_exact;
  out->curve = m.curve;
  out->error = out->is_real ? levels_error_of(&m) : m.error;
  if (!out->is_real || !levels_range(&m, &out->range))
    out->range = (struct model_range){0, 0};
  out->place = l->p->outputs.n;
  if (onnx_type_is_integer(type))
    program_output_width(l->p, out->name, m.value,
                         size_si(&l->p->sizes, (long)onnx_type_width(type)),
                         onnx_type_is_signed(type));
  else if (is_made && !l->o->has_whole_outputs &&
           !flow_is_constant(l->f, out->flow))
    program_output_width(l->p, out->name, m.value,
                         size_si(&l->p->sizes, (long)l->o->bits),
                         is_signed(&m));
  else
    program_output(l->p, out->name, m.value);
  return true;
}

/* ---- The program ---- */

static bool translate(struct levels *l) {
  struct model *m = l->m;
  if (!levels_of_flow(l))
    return false;
  for (size_t i = 0; i < m->outputs.n; i++)
    if (!write_output(l, &m->outputs.at[i]))
      return false;
  return true;
}

/* ---- Steps of real numbers ---- */

static bool makes_steps(const struct flow *f, flow_id x) {
  const struct flow_node *node = flow_get(f, x);
  bool of_reals = node->n && flow_is_real(f, flow_operand(f, x, 0));
  switch (node->kind) {
  case FLOW_SCALAR:
    return of_reals && scalar_jumps(node->scalar);
  case FLOW_CAST:
    return of_reals && !flow_is_real(f, x);
  case FLOW_ARGMAX:
  case FLOW_QUANTISE:
    return of_reals;
  default:
    return false;
  }
}

/* Operands are before what reads them. */
static void find_steps(struct model *m) {
  const struct flow *f = &m->flow;
  flow_id *of = xmalloc((f->nodes.n + 1) * sizeof *of);
  for (flow_id x = 0; x < f->nodes.n; x++) {
    bool varies = !flow_is_constant(f, x);
    of[x] = varies && makes_steps(f, x) ? x : FLOW_NONE;
    for (size_t i = 0; varies && i < flow_get(f, x)->n; i++)
      if (of[x] == FLOW_NONE)
        of[x] = of[flow_operand(f, x, i)];
  }
  for (size_t i = 0; i < m->outputs.n; i++) {
    struct model_port *out = &m->outputs.at[i];
    if (of[out->flow] != FLOW_NONE)
      out->stepped = flow_get(f, of[out->flow]);
  }
  free(of);
}

static void clear_notes(struct model *m) {
  for (size_t i = 0; i < m->notes.n; i++)
    free(m->notes.at[i]);
  array_clear(&m->notes);
}

bool model_translate(struct model *m, const struct model_options *o,
                     struct error *err) {
  assert(o->bits >= 2 && o->bits <= 16 && o->range > 0);
  program_clear(&m->program);
  clear_notes(m);
  program_init(&m->program);
  m->is_exact = true;
  m->bits = o->bits;
  struct levels l = {
      .f = &m->flow, .m = m, .p = &m->program, .o = o, .err = err};
  bool ok = translate(&l);
  if (ok)
    find_steps(m);
  free(l.of);
  free(l.kept);
  if (!ok)
    make_line(err->message);
  return ok;
}

void model_init(struct model *m, struct error *err) {
  memset(m, 0, sizeof *m);
  program_init(&m->program);
  flow_init(&m->flow, err);
}

bool model_load(struct model *m, const char *path,
                const struct model_options *o, struct error *err) {
  model_init(m, err);
  err->file = path;
  return onnx_read(&m->onnx, path, err) && make_flow(m, o, err);
}

bool model_read(struct model *m, const char *path,
                const struct model_options *o, struct error *err) {
  if (!model_load(m, path, o, err) || !model_translate(m, o, err))
    return false;
  err->file = NULL;
  return true;
}

bool model_read_bytes(struct model *m, const uint8_t *bytes, size_t n,
                      const struct model_options *o, struct error *err) {
  model_init(m, err);
  return onnx_read_bytes(&m->onnx, bytes, n, err) && make_flow(m, o, err) &&
         model_translate(m, o, err);
}

void model_clear(struct model *m) {
  for (size_t i = 0; i < m->inputs.n; i++)
    free(m->inputs.at[i].name);
  for (size_t i = 0; i < m->outputs.n; i++)
    free(m->outputs.at[i].name);
  array_clear(&m->inputs);
  array_clear(&m->outputs);
  clear_notes(m);
  free(m->values);
  program_clear(&m->program);
  flow_clear(&m->flow);
  onnx_clear(&m->onnx);
}

long model_level(const struct model_port *in, double x) {
  return quantise(&in->levels, (float)x);
}

double model_real(const struct model_port *out, size_t i, const mpz_t q) {
  return curve_value(&out->curve, i, q);
}

size_t model_operators(const struct model_operator **list) {
  static struct model_operator all[400];
  const struct operator_row **rows;
  size_t n = operators_all(&rows);
  for (size_t i = 0; i < n; i++)
    all[i] =
        (struct model_operator){rows[i]->public.name, rows[i]->public.limits};
  *list = all;
  return n;
}
