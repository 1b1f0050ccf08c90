#include "compile/front/flow_run.h"
#include "compile/front/flow_parts.h"

#include <string.h>

void flow_run_init(struct flow_run *r, const struct flow *f) {
  *r = (struct flow_run){.f = f};
  r->at = xcalloc(f->nodes.n + 1, sizeof *r->at);
  for (size_t i = 0; i < f->nodes.n; i++) {
    const struct flow_node *x = f->nodes.at[i];
    r->at[i] = x->kind == FLOW_CONSTANT
                   ? x->at
                   : xcalloc(x->shape.n + 1, sizeof(double));
  }
}

void flow_run_clear(struct flow_run *r) {
  for (size_t i = 0; r->at && i < r->f->nodes.n; i++)
    if (r->f->nodes.at[i]->kind != FLOW_CONSTANT)
      free(r->at[i]);
  free(r->at);
}

/* Where the values of a port begin. */
static size_t offset_of(const struct flow *f, size_t port) {
  size_t n = 0;
  for (size_t i = 0; i < f->nodes.n; i++)
    if (f->nodes.at[i]->kind == FLOW_INPUT && f->nodes.at[i]->port < port)
      n += f->nodes.at[i]->shape.n;
  return n;
}

static bool evaluate(struct flow_run *r, flow_id i) {
  const struct flow_node *x = r->f->nodes.at[i];
  const double **operand = xmalloc((x->n + 1) * sizeof *operand);
  size_t *n = xmalloc((x->n + 1) * sizeof *n);
  for (size_t k = 0; k < x->n; k++) {
    operand[k] = r->at[flow_operand(r->f, i, k)];
    n[k] = flow_shape(r->f, flow_operand(r->f, i, k))->n;
  }
  bool ok = flow_evaluate(x, operand, n, r->at[i]);
  free(operand);
  free(n);
  return ok;
}

bool flow_run_values(struct flow_run *r, const double *in) {
  bool ok = true;
  for (flow_id i = 0; ok && i < r->f->nodes.n; i++) {
    const struct flow_node *x = r->f->nodes.at[i];
    if (x->kind == FLOW_INPUT && x->shape.n)
      memcpy(r->at[i], in + offset_of(r->f, x->port), x->shape.n * sizeof *in);
    else if (x->kind != FLOW_INPUT && x->kind != FLOW_CONSTANT &&
             x->kind != FLOW_SEQUENCE) // which has no elements, but may be long
      ok = evaluate(r, i);
  }
  return ok;
}
