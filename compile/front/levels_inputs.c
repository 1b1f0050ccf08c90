/* Inputs: levels of the file's, or of the range of data. */
#include "compile/front/levels.h"
#include "compile/program/operations.h"

#include <math.h>

/* An input of real numbers, as these levels. */
static bool make_input(struct levels *l, flow_id x, const struct quantiser *to,
                       enum onnx_type base) {
  const struct flow_node *node = flow_get(l->f, x);
  struct model_port *port = &l->m->inputs.at[node->port];
  bool is_file = base != ONNX_UNDEFINED;
  unsigned width = is_file ? onnx_type_width(base) : l->o->bits;
  struct meaning m = levels_new(l, x, 0, !is_file);
  port->place = l->p->inputs.n;
  port->levels = *to;
  m.value = program_input(l->p, port->name, levels_dims(l, &node->shape),
                          size_si(&l->p->sizes, (long)width), to->lo < 0);
  m.is_free = true;
  m.base = base;
  m.error = is_file || !port->is_real ? 0 : 0.5;
  for (size_t i = 0; i < node->shape.n; i++) {
    fmpz_set_si(m.lo + i, to->lo);
    fmpz_set_si(m.hi + i, to->hi);
  }
  double zero = (double)to->zero, scale = (double)to->scale;
  if (port->is_real && zero != 0)
    curve_with(&m.curve, SCALAR_SUB, ONNX_INT32, levels_keep(l, &zero, 1), 1,
               false);
  if (port->is_real)
    levels_scaled(l, &m, scale);
  l->of[x] = m;
  if (port->is_real)
    levels_note(l,
                "the circuit's input %s is the model's input quantised: "
                "round(x / %.9g) + %ld, from %ld to %ld",
                port->name, (double)to->scale, to->zero, to->lo, to->hi);
  return true;
}

/* The levels that the file quantises x to, if it does, perhaps after moving its
   elements. */
static const struct flow_node *find_quantise(const struct flow *f, flow_id x) {
  const struct flow_node *found = NULL;
  bool *is_moved = xcalloc(f->nodes.n, sizeof *is_moved); // x's elements are
  is_moved[x] = true;
  for (flow_id y = x + 1; y < f->nodes.n && !found; y++) {
    const struct flow_node *node = f->nodes.at[y];
    bool reads = node->n && is_moved[f->lists.at[node->first]];
    if (reads && node->kind == FLOW_QUANTISE && node->levels == 1)
      found = node;
    is_moved[y] = reads && node->kind == FLOW_MOVE && node->n == 1;
  }
  free(is_moved);
  return found;
}

bool levels_read_input(struct levels *l, flow_id x) {
  const struct flow_node *node = flow_get(l->f, x);
  struct model_port *port = &l->m->inputs.at[node->port];
  struct model_range r = {-l->o->range, l->o->range};
  struct quantiser to;
  if (!port->is_real) {
    make_input(l, x, &port->levels, node->type);
    if (l->o->ranges && isfinite(l->o->ranges[x].lo)) {
      port->range = l->o->ranges[x];
      l->of[x].from = port->range.lo;
      l->of[x].to = port->range.hi;
    }
    return true;
  }
  const struct flow_node *by = find_quantise(l->f, x);
  if (by)
    return make_input(l, x, by->to, by->type);
  if (l->o->ranges && isfinite(l->o->ranges[x].lo))
    r = l->o->ranges[x];
  port->range = r;
  return levels_of_range(l, x, r, &to) && make_input(l, x, &to, ONNX_UNDEFINED);
}
