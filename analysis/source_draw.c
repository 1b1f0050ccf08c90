/* Inputs of models, at random: to find ranges where there are no data, and how
   far outputs are from the model's. */
#include "analysis/source_parts.h"
#include "compile/front/flow_run.h"

#include <math.h>

static uint64_t next(uint64_t *seed) {
  *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
  return *seed >> 33;
}

/* Levels whose middle is in the range that bounds are of, if there is one. */
static struct quantiser drawn_levels(const struct model_port *in) {
  struct quantiser l = in->levels;
  double scale = (double)l.scale, zero = (double)l.zero;
  struct model_range r = in->range;
  if (r.lo >= r.hi)
    return l;
  l.lo = (long)fmax((double)l.lo, ceil(r.lo / scale + zero));
  l.hi = (long)fmin((double)l.hi, floor(r.hi / scale + zero));
  return l.lo <= l.hi ? l : in->levels;
}

void source_draw_levels(const struct model *m, uint64_t *seed, double *in) {
  for (size_t i = 0; i < m->inputs.n; i++) {
    struct quantiser l = drawn_levels(&m->inputs.at[i]);
    uint64_t span = (uint64_t)l.hi - (uint64_t)l.lo; // 2^64 - 1 of int64
    for (size_t k = 0; k < m->inputs.at[i].n; k++) {
      uint64_t drawn = next(seed);
      long q = l.lo + (long)(span < UINT32_MAX ? drawn % (span + 1) : drawn);
      *in++ = (double)(q - l.zero) * (double)l.scale;
    }
  }
}

/* Small types are drawn from all of them. */
static bool range_of(const struct model *m, const struct model_port *in,
                     double range, struct model_range *r, struct error *err) {
  const struct quantiser *l = &in->levels;
  size_t rows = in->is_real ? 0 : flow_rows(&m->flow, in->flow);
  *r = in->is_real ? (struct model_range){-range, range}
       : rows      ? (struct model_range){0, (double)rows - 1}
                   : (struct model_range){(double)l->lo, (double)l->hi};
  if (in->is_real || rows)
    return true;
  return r->hi - r->lo < 256 ||
         error_set(err, 0,
                   "--calibrate random: which integers input '%s' has is not "
                   "known: bind it, or calibrate on data",
                   in->name);
}

/* The first two rows are the ends. */
bool source_draw_row(const struct model *m, double range, size_t row,
                     uint64_t *seed, double *in, struct error *err) {
  struct model_range r;
  for (size_t i = 0; i < m->inputs.n; i++) {
    const struct model_port *port = &m->inputs.at[i];
    if (!range_of(m, port, range, &r, err))
      return false;
    for (size_t k = 0; k < port->n; k++) {
      double at = row < 2 ? (double)row : (double)next(seed) / 0x1p31;
      double x = r.lo + (r.hi - r.lo) * at;
      *in++ =
          port->is_real ? x : floor(fmin(r.lo + (r.hi - r.lo + 1) * at, r.hi));
    }
  }
  return true;
}

/* In products, nearly. */
static double steps_of(const struct flow *f) {
  double steps = 1;
  for (flow_id x = 0; x < f->nodes.n; x++) {
    const struct flow_node *node = flow_get(f, x);
    double n = (double)node->shape.n;
    if (node->kind == FLOW_LINEAR)
      n *= (double)lengths_last(flow_shape(f, flow_operand(f, x, 0)));
    else
      for (size_t i = 0; i < node->n && node->kind != FLOW_SEQUENCE; i++)
        n += (double)flow_shape(f, flow_operand(f, x, i))->n;
    steps += n + 64;
  }
  return steps;
}

size_t source_vectors(const struct source *s, size_t most) {
  double n = 0x1p28 / steps_of(&s->model.flow);
  return n > (double)most ? most : n > 10 ? (size_t)n : 10;
}
