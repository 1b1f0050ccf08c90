/* A flow's tensors as integers, node by node: what its files share. */
#include "compile/front/levels.h"
#include "circuit/scan.h"
#include "compile/front/flow_parts.h"
#include "compile/program/operations.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include <flint/fmpz_vec.h>

/* ---- Messages and memory ---- */

struct meaning *levels_get(struct levels *l, flow_id x) {
  assert(l->of[x].is_known);
  return &l->of[x];
}

/* Levels are often made where elements have moved since; no move computed
   them. */
const char *levels_name(const struct levels *l, flow_id x) {
  flow_id from = x;
  while (flow_get(l->f, from)->kind == FLOW_MOVE &&
         flow_get(l->f, from)->n == 1)
    from = flow_operand(l->f, from, 0);
  return flow_get(l->f, flow_get(l->f, from)->node ? from : x)->name;
}

bool levels_error(struct levels *l, flow_id x, const char *format, ...) {
  const struct flow_node *node = flow_get(l->f, x);
  char text[300];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (node->node)
    return error_set(l->err, 0, "%s: %s", onnx_show_node(node->node).text,
                     text);
  return *node->name ? error_set(l->err, 0, "%s: %s", node->name, text)
                     : error_set(l->err, 0, "%s", text);
}

void levels_note(struct levels *l, const char *format, ...) {
  char *text = xmalloc(300);
  va_list args;
  va_start(args, format);
  vsnprintf(text, 300, format, args);
  va_end(args);
  array_push(&l->m->notes, text);
}

struct dims levels_dims(struct levels *l, const struct lengths *s) {
  size_t last = lengths_last(s);
  size_id n = size_si(&l->p->sizes, (long)last);
  if (!s->rank)
    return scalar();
  return s->rank == 1
             ? vector(n)
             : matrix(size_si(&l->p->sizes, (long)(last ? s->n / last : 0)), n);
}

struct integer_list {
  fmpz *at;
  size_t n;
};

static void clear_integers(void *context) {
  struct integer_list *z = context;
  _fmpz_vec_clear(z->at, (slong)z->n);
}

fmpz *levels_integers(struct levels *l, size_t n) {
  struct integer_list *z = program_alloc(l->p, 1, sizeof *z);
  *z = (struct integer_list){_fmpz_vec_init((slong)n), n};
  program_own(l->p, clear_integers, z);
  return z->at;
}

struct meaning levels_new(struct levels *l, flow_id x, value_id v,
                          bool is_exact) {
  const struct lengths *shape = flow_shape(l->f, x);
  return (struct meaning){.is_known = true,
                          .value = v,
                          .shape = *shape,
                          .lo = levels_integers(l, shape->n),
                          .hi = levels_integers(l, shape->n),
                          .from = -INFINITY,
                          .to = INFINITY,
                          .curve = curve_identity(is_exact)};
}

const double *levels_keep(struct levels *l, const double *at, size_t n) {
  double *kept = program_alloc(l->p, n, sizeof *kept);
  memcpy(kept, at, n * sizeof *kept);
  return kept;
}

bool levels_scaled(struct levels *l, struct meaning *x, double scale) {
  return curve_with(&x->curve, SCALAR_MUL, ONNX_FLOAT,
                    levels_keep(l, &scale, 1), 1, false);
}

void levels_set_scale(struct levels *l, struct meaning *x, bool is_exact,
                      double scale) {
  x->curve = curve_identity(is_exact);
  if (scale != 1)
    levels_scaled(l, x, scale);
}

value_id levels_shaped(struct levels *l, value_id v,
                       const struct lengths *shape) {
  struct dims to = levels_dims(l, shape), from = program_dims(l->p, v);
  bool same =
      from.rank == to.rank && !memcmp(from.at, to.at, to.rank * sizeof *to.at);
  return same ? v : program_reshape(l->p, "", v, to);
}

value_id levels_value(struct levels *l, const struct meaning *m) {
  return levels_shaped(l, m->value, &m->shape);
}

/* Of a function that rises or falls from its ends. */

/* ---- All nodes ---- */

static bool read_kind(struct levels *l, flow_id x) {
  switch (flow_get(l->f, x)->kind) {
  case FLOW_INPUT:
    return levels_read_input(l, x);
  case FLOW_CONSTANT:
    return true;
  case FLOW_MOVE:
    return levels_move(l, x);
  case FLOW_SCALAR:
    return levels_scalar(l, x);
  case FLOW_CAST:
    return levels_cast(l, x);
  case FLOW_QUANTISE:
    return levels_quantise(l, x);
  case FLOW_LINEAR:
    return levels_linear(l, x);
  case FLOW_SUM:
    return levels_sum(l, x);
  case FLOW_GREATEST:
    return levels_greatest(l, x);
  case FLOW_ARGMAX:
    return levels_argmax(l, x);
  case FLOW_LOOK_UP:
    return levels_look_up(l, x);
  case FLOW_SEQUENCE:
    break;
  }
  BUG("a node of kind %d", flow_get(l->f, x)->kind);
}

static bool read_node(struct levels *l, flow_id x) {
  double scale;
  struct meaning *m = &l->of[x];
  if (!read_kind(l, x))
    return false;
  if (m->is_known && m->curve.n && curve_is_scale(&m->curve, &scale))
    levels_see(l, x, scale, m);
  return true;
}

/* Nodes that nothing reads have no part in the program. */
static bool *find_read(const struct flow *f, const struct model *m) {
  bool *is_read = xcalloc(f->nodes.n + 1, sizeof *is_read);
  for (size_t i = 0; i < m->outputs.n; i++)
    is_read[m->outputs.at[i].flow] = true;
  for (flow_id x = (flow_id)f->nodes.n; x-- > 0;) {
    is_read[x] |= f->nodes.at[x]->kind == FLOW_INPUT;
    for (size_t k = 0; is_read[x] && k < f->nodes.at[x]->n; k++)
      is_read[flow_operand(f, x, k)] = true;
  }
  return is_read;
}

bool levels_of_flow(struct levels *l) {
  bool ok = true, *is_read = find_read(l->f, l->m);
  l->of = xcalloc(l->f->nodes.n + 1, sizeof *l->of);
  l->kept = xcalloc(l->f->nodes.n + 1, sizeof *l->kept);
  for (flow_id x = 0; ok && x < l->f->nodes.n; x++)
    ok = !is_read[x] || read_node(l, x);
  free(is_read);
  return ok;
}
