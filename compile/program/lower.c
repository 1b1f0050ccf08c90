#include "compile/program/lower.h"
#include "circuit/prune.h"
#include "compile/arithmetic.h"
#include "compile/program/reading.h"

#include <assert.h>

/* A bus of inputs as numbers; two's complement has a top bit of -2^(w-1). */
static void lower_input(struct reading *r, size_t i) {
  const struct port *port = &r->in->program->inputs.at[i];
  size_t width = r->in->input_width[i];
  size_t n = instance_integers(r->in, port, width);
  struct number *x = reading_tensor(r, port->value)->number;
  mpz_t weight;
  mpz_init(weight);
  for (size_t j = 0; port->is_bits && j < n * width; j++) {
    reading_at(r, port->value, j);
    number_set_bit(r->c, &x[j], circuit_add_input(r->c));
  }
  for (size_t j = 0; !port->is_bits && j < n; j++) {
    reading_at(r, port->value, j);
    number_set_si(&x[j], 0);
    mpz_set_ui(weight, 1);
    for (size_t k = 0; k < width; k++) {
      if (port->is_signed && k + 1 == width)
        mpz_neg(weight, weight);
      number_push_source(r->c, &x[j], circuit_add_input(r->c), weight);
      mpz_mul_2exp(weight, weight, 1);
    }
    number_settle(r->c, &x[j]);
  }
  mpz_clear(weight);
  circuit_add_input_bus(r->c, port->name, n, (unsigned)width, port->is_signed);
}

struct output {
  const struct port *port;
  size_t same;      // an earlier output of the same value and width, or itself
  size_t first_bit; // in c->outputs
  size_t n;         // values
  unsigned width;
  bool is_signed;
  struct number *bit; // (n, width)
};

static void find_width(struct output *o, const struct number *x, size_t width) {
  mpz_t lo, hi;
  mpz_inits(lo, hi, NULL);
  for (size_t j = 0; j < o->n; j++) {
    if (j == 0 || mpz_cmp(x[j].lo, lo) < 0)
      mpz_set(lo, x[j].lo);
    if (j == 0 || mpz_cmp(x[j].hi, hi) > 0)
      mpz_set(hi, x[j].hi);
  }
  o->width = width_of_range(lo, hi, &o->is_signed);
  if (width) {
    bool sign = o->port->is_signed && mpz_sgn(lo) >= 0 && mpz_sgn(hi) > 0;
    unsigned needed = o->width + sign;
    assert(needed <= width && (o->port->is_signed || !o->is_signed));
    o->width = (unsigned)width;
    o->is_signed = o->port->is_signed;
  }
  mpz_clears(lo, hi, NULL);
}

/* The bits of an output as numbers; those of the same value are shared. */
static void lower_output(struct reading *r, size_t i, struct output *all) {
  const struct port *port = &r->in->program->outputs.at[i];
  const struct number *x = r->tensor[port->value].number;
  struct output *o = &all[i];
  size_t width = r->in->output_width[i];
  *o = (struct output){
      .port = port, .same = i, .n = instance_integers(r->in, port, width)};
  if (port->is_bits) {
    o->width = (unsigned)width;
    o->is_signed = port->is_signed;
  } else {
    find_width(o, x, width);
  }
  for (size_t k = i; k-- > 0;)
    if (all[k].port->value == port->value && all[k].width == o->width &&
        all[k].port->is_bits == port->is_bits)
      o->same = k;
  if (o->same < i)
    return;
  o->bit = numbers_new(o->n * o->width);
  circuit_begin_operation(r->c, port->name, "bits");
  for (size_t j = 0; port->is_bits && j < o->n * o->width; j++)
    number_set(&o->bit[j], &x[j]);
  for (size_t j = 0; !port->is_bits && j < o->n; j++) {
    reading_at(r, port->value, j);
    number_bits(r->c, o->bit + j * o->width, &x[j], o->width);
  }
}

static void make_physical(struct reading *r, struct output *all, size_t i) {
  struct circuit *c = r->c;
  struct output *o = &all[i];
  o->first_bit = c->outputs.n;
  for (size_t j = 0; j < o->n * o->width; j++) {
    reading_at(r, o->port->value, o->port->is_bits ? j : j / o->width);
    circuit_add_output(c, o->same < i
                              ? c->outputs.at[all[o->same].first_bit + j]
                              : number_physical(c, &o->bit[j]));
  }
  circuit_add_output_bus(c, o->port->name, o->n, o->width, o->is_signed);
  if (o->bit)
    numbers_free(o->bit, o->n * o->width);
}

void program_lower(const struct instance *in, struct circuit *c) {
  struct reading r;
  size_t outputs = in->program->outputs.n;
  struct output *output = xcalloc(outputs, sizeof *output);
  reading_init(&r, in, READING_LOWER, c);
  for (size_t i = 0; i < in->program->inputs.n; i++)
    lower_input(&r, i);
  reading_block(&r, 0);
  for (size_t i = 0; i < outputs; i++)
    lower_output(&r, i, output);
  circuit_begin_operation(c, OPERATION_OUTPUTS, "outputs");
  for (size_t i = 0; i < outputs; i++)
    make_physical(&r, output, i);
  reading_clear(&r);
  free(output);
  circuit_prune(c);
}
