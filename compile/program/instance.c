#include "compile/program/instance.h"
#include "compile/program/fold.h"
#include "compile/program/operation.h"

#include <string.h>

static bool check_parameters(const struct program *p, const long *value,
                             struct error *err) {
  for (size_t i = 0; i < p->sizes.parameters.n; i++) {
    const struct parameter *q = &p->sizes.parameters.at[i];
    if (value[i] < q->least || value[i] > q->most)
      return error_set(err, 0, "%s=%ld: must be from %ld to %ld", q->name,
                       value[i], q->least, q->most);
  }
  return true;
}

/* A length that cannot be said, or is negative, names its formula. */
bool instance_find_size(const struct instance *in, size_id s, long least,
                        long *value, struct error *err) {
  const struct sizes *t = &in->program->sizes;
  if (size_value(t, s, in->parameter, value) && *value >= least)
    return true;
  char *text = size_text(t, s);
  error_set(err, 0, "the size %s is below %ld or too large", text, least);
  free(text);
  return false;
}

static bool find_shape(struct instance *in, value_id v, struct error *err) {
  const struct dims *d = &in->program->values.at[v].dims;
  struct shape_of *s = &in->shape[v];
  *s = (struct shape_of){.rank = d->rank, .n = 1};
  for (unsigned i = 0; i < d->rank; i++) {
    long length;
    if (!instance_find_size(in, d->at[i], 0, &length, err))
      return false;
    if (length && s->n > (size_t)(INSTANCE_MAX / length))
      return error_set(err, 0, "a value of more than 2^60 integers");
    s->at[i] = fold_length(in, d->at[i], (size_t)length);
    s->n *= s->at[i];
  }
  return true;
}

size_t instance_integers(const struct instance *in, const struct port *port,
                         size_t width) {
  size_t n = in->shape[port->value].n;
  return port->is_bits ? n / width : n;
}

static bool find_port(struct instance *in, const struct port *port, long least,
                      size_t *width, size_t *values, struct error *err) {
  long w;
  if (!instance_find_size(in, port->width, least, &w, err))
    return false;
  *width = (size_t)w;
  if (port->is_bits && !*width)
    return error_set(err, 0, "'%s' has integers of no bits", port->name);
  *values += instance_integers(in, port, *width);
  return true;
}

static bool find_ports(struct instance *in, struct error *err) {
  const struct program *p = in->program;
  in->input_width = xcalloc(p->inputs.n, sizeof *in->input_width);
  in->output_width = xcalloc(p->outputs.n, sizeof *in->output_width);
  for (size_t i = 0; i < p->inputs.n; i++) {
    const struct port *port = &p->inputs.at[i];
    if (!find_port(in, port, 1, &in->input_width[i], &in->input_values, err))
      return false;
    size_t n = instance_integers(in, port, in->input_width[i]);
    if (n && in->input_width[i] > (size_t)INSTANCE_MAX / n)
      return error_set(err, 0, "more than 2^60 input bits");
    in->input_bits += n * in->input_width[i];
  }
  for (size_t i = 0; i < p->outputs.n; i++)
    if (!find_port(in, &p->outputs.at[i], 0, &in->output_width[i],
                   &in->output_values, err))
      return false;
  return true;
}

/* ---- When values are read for the last time ---- */

#define NO_STEP UINT32_MAX

struct readers {
  const struct program *p;
  step_id *last;   // [value]: of the value's block, the last step that reads it
  step_id *within; // [block]: the step of this block in which we are
  step_id *holder; // [block]: the step whose body it is
};

static void find_readers(struct readers *r, block_id b) {
  const struct block *block = &r->p->blocks.at[b];
  for (size_t i = 0; i < block->steps.n; i++) {
    const struct step *s = &r->p->steps.at[block->steps.at[i]];
    r->within[b] = block->steps.at[i];
    for (size_t j = 0; j < s->results; j++) // if nothing reads them
      r->last[program_result(r->p, s, j)] = r->within[b];
    for (size_t j = 0; j < s->operands; j++) {
      value_id v = program_operand(r->p, s, j);
      r->last[v] = r->within[r->p->values.at[v].block];
    }
    if (s->body) {
      r->holder[s->body] = r->within[b];
      find_readers(r, s->body);
    }
  }
  for (size_t i = 0; i < block->results.n; i++) {
    value_id v = block->results.at[i];
    block_id own = r->p->values.at[v].block;
    r->last[v] = own == b ? NO_STEP : r->within[own];
  }
}

/* Results of a block, and arguments it does not read, last as long as the step
   that it is the body of; those of the program to the end. */
static void outlive_block(struct readers *r) {
  for (size_t v = 0; v < r->p->values.n; v++) {
    block_id b = r->p->values.at[v].block;
    if (r->last[v] == NO_STEP && b)
      r->last[v] = r->holder[b];
  }
}

static void sort_by_last(struct instance *in, const step_id *last) {
  const struct program *p = in->program;
  in->first_dead = xcalloc(p->steps.n + 1, sizeof *in->first_dead);
  in->dead = xcalloc(p->values.n, sizeof *in->dead);
  for (size_t v = 0; v < p->values.n; v++)
    if (last[v] != NO_STEP)
      in->first_dead[last[v]]++;
  size_t n = 0;
  for (size_t s = 0; s <= p->steps.n; s++) // each the end of its own, first
    in->first_dead[s] = n += in->first_dead[s];
  for (size_t v = 0; v < p->values.n; v++)
    if (last[v] != NO_STEP)
      in->dead[--in->first_dead[last[v]]] = (value_id)v;
}

static void find_dead(struct instance *in) {
  const struct program *p = in->program;
  struct readers r = {
      .p = p,
      .last = xmalloc(p->values.n * sizeof *r.last),
      .within = xcalloc(p->blocks.n, sizeof *r.within),
      .holder = xcalloc(p->blocks.n, sizeof *r.holder),
  };
  for (size_t v = 0; v < p->values.n; v++)
    r.last[v] = NO_STEP;
  find_readers(&r, 0);
  outlive_block(&r);
  sort_by_last(in, r.last);
  free(r.last);
  free(r.within);
  free(r.holder);
}

/* ---- All of it ---- */

static bool check_steps(const struct instance *in, struct error *err) {
  const struct program *p = in->program;
  for (size_t i = 0; i < p->steps.n; i++) {
    const struct step *s = &p->steps.at[i];
    if (s->operation->check && !s->operation->check(in, s, err))
      return false;
  }
  return true;
}

static bool init(struct instance *in, const struct program *p,
                 const long *value, const size_t *split, size_t splits,
                 bool is_folded, struct error *err) {
  *in = (struct instance){.program = p};
  size_t n = p->sizes.parameters.n;
  in->parameter = xcalloc(n, sizeof *in->parameter);
  if (n)
    memcpy(in->parameter, value, n * sizeof *value);
  in->shape = xcalloc(p->values.n, sizeof *in->shape);
  find_dead(in);
  bool ok = check_parameters(p, value, err) &&
            (!is_folded || fold_init(in, split, splits, err));
  for (size_t v = 0; ok && v < p->values.n; v++)
    ok = find_shape(in, (value_id)v, err);
  return ok && find_ports(in, err) && check_steps(in, err);
}

bool instance_init(struct instance *in, const struct program *p,
                   const long *value, struct error *err) {
  return init(in, p, value, NULL, 0, false, err);
}

bool instance_init_folded(struct instance *in, const struct program *p,
                          const long *value, const size_t *split, size_t splits,
                          struct error *err) {
  return init(in, p, value, split, splits, true, err);
}

void instance_clear(struct instance *in) {
  fold_free(in->fold);
  free(in->parameter);
  free(in->shape);
  free(in->first_dead);
  free(in->dead);
  free(in->input_width);
  free(in->output_width);
}

long instance_size(const struct instance *in, size_id s) {
  long value;
  if (!size_value(&in->program->sizes, s, in->parameter, &value))
    BUG("a size without a value");
  return value;
}
