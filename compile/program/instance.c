#include "compile/program/instance.h"

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
static bool find_size(const struct instance *in, size_id s, long least,
                      long *value, struct error *err) {
  const struct sizes *t = &in->program->sizes;
  if (size_value(t, s, in->parameter, value) && *value >= least)
    return true;
  char *text = size_text(t, s);
  error_set(err, 0, "the length %s is below %ld or too large", text, least);
  free(text);
  return false;
}

static bool find_shape(struct instance *in, value_id v, struct error *err) {
  const struct dims *d = &in->program->values.at[v].dims;
  struct shape_of *s = &in->shape[v];
  *s = (struct shape_of){.rank = d->rank, .n = 1};
  for (unsigned i = 0; i < d->rank; i++) {
    long length;
    if (!find_size(in, d->at[i], 0, &length, err))
      return false;
    if (length && s->n > (size_t)(INSTANCE_MAX / length))
      return error_set(err, 0, "a value of more than 2^40 integers");
    s->at[i] = (size_t)length;
    s->n *= (size_t)length;
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
  if (!find_size(in, port->width, least, &w, err))
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
      return error_set(err, 0, "more than 2^40 input bits");
    in->input_bits += n * in->input_width[i];
  }
  for (size_t i = 0; i < p->outputs.n; i++)
    if (!find_port(in, &p->outputs.at[i], 0, &in->output_width[i],
                   &in->output_values, err))
      return false;
  return true;
}

/* holder[b] is the step of block b in which we are. */
static void find_last(struct instance *in, block_id b, step_id *holder) {
  const struct program *p = in->program;
  const struct block *block = &p->blocks.at[b];
  for (size_t i = 0; i < block->steps.n; i++) {
    const struct step *s = &p->steps.at[block->steps.at[i]];
    holder[b] = block->steps.at[i];
    for (size_t j = 0; j < s->operands; j++) {
      value_id v = program_operand(p, s, j);
      in->last[v] = holder[p->values.at[v].block];
    }
    if (s->body)
      find_last(in, s->body, holder);
  }
  for (size_t i = 0; i < block->results.n; i++) {
    value_id v = block->results.at[i];
    block_id own = p->values.at[v].block;
    in->last[v] = own == b ? NO_STEP : holder[own];
  }
}

bool instance_init(struct instance *in, const struct program *p,
                   const long *value, struct error *err) {
  *in = (struct instance){.program = p};
  size_t n = p->sizes.parameters.n;
  in->parameter = xcalloc(n, sizeof *in->parameter);
  if (n)
    memcpy(in->parameter, value, n * sizeof *value);
  in->shape = xcalloc(p->values.n, sizeof *in->shape);
  in->last = xmalloc(p->values.n * sizeof *in->last);
  for (size_t i = 0; i < p->values.n; i++)
    in->last[i] = NO_STEP;
  step_id *holder = xcalloc(p->blocks.n, sizeof *holder);
  find_last(in, 0, holder);
  free(holder);
  bool ok = check_parameters(p, value, err);
  for (size_t v = 0; ok && v < p->values.n; v++)
    ok = find_shape(in, (value_id)v, err);
  return ok && find_ports(in, err);
}

void instance_clear(struct instance *in) {
  free(in->parameter);
  free(in->shape);
  free(in->last);
  free(in->input_width);
  free(in->output_width);
}

long instance_size(const struct instance *in, size_id s) {
  long value;
  if (!size_value(&in->program->sizes, s, in->parameter, &value))
    BUG("a size without a value");
  return value;
}
