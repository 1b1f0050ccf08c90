/* Inputs: levels of the file's, or of the range of data. */
#include "compile/front/levels.h"
#include "compile/program/operations.h"

#include <math.h>

/* An input of `width` bits, and real numbers as these levels. */
static bool make_input(struct levels *l, flow_id x, const struct quantiser *to,
                       enum onnx_type base, unsigned width) {
  const struct flow_node *node = flow_get(l->f, x);
  struct model_port *port = &l->m->inputs.at[node->port];
  bool is_file = base != ONNX_UNDEFINED;
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

/* Integers; as few bits as it takes to choose a row, if they do. */
static bool read_integers(struct levels *l, flow_id x) {
  const struct flow_node *node = flow_get(l->f, x);
  struct model_port *port = &l->m->inputs.at[node->port];
  struct quantiser to = port->levels;
  unsigned width = onnx_type_width(node->type);
  size_t rows = flow_rows(l->f, x);
  if (rows && (uint64_t)to.hi > rows) {
    port->range = (struct model_range){0, (double)rows - 1};
    for (width = 1; (rows - 1) >> width; width++)
      ;
    to.lo = 0;
    to.hi = (1L << width) - 1;
    levels_note(l,
                "the circuit's input %s chooses one of %zu rows, from 0 on; "
                "its bits: %u",
                port->name, rows, width);
  }
  make_input(l, x, &to, node->type, width);
  if (l->o->ranges && isfinite(l->o->ranges[x].lo)) {
    port->range = l->o->ranges[x];
    l->of[x].from = port->range.lo;
    l->of[x].to = port->range.hi;
  }
  return true;
}

bool levels_read_input(struct levels *l, flow_id x) {
  const struct flow_node *node = flow_get(l->f, x);
  struct model_port *port = &l->m->inputs.at[node->port];
  struct model_range r = {-l->o->range, l->o->range};
  struct quantiser to;
  if (!port->is_real)
    return read_integers(l, x);
  const struct flow_node *by = find_quantise(l->f, x);
  if (by)
    return make_input(l, x, by->to, by->type, onnx_type_width(by->type));
  if (l->o->ranges && isfinite(l->o->ranges[x].lo))
    r = l->o->ranges[x];
  port->range = r;
  return levels_of_range(l, x, r, &to) &&
         make_input(l, x, &to, ONNX_UNDEFINED, l->o->bits);
}
