#include "compile/program/run.h"

#include <flint/fmpz_vec.h>

void run_init(struct run *run, const struct instance *in) {
  reading_init(&run->reading, in, READING_RUN, NULL);
}

void run_clear(struct run *run) {
  reading_clear(&run->reading);
}

/* Bits of the integers, and the other way. */
static void unpack(fmpz *bit, size_t n, size_t width, const fmpz *in) {
  for (size_t i = 0; i < n; i++)
    fmpz_set_si(bit + i, fmpz_tstbit(in + i / width, i % width));
}

/* The integers of n / width * width bits, two's complement or not. */
static void pack(fmpz *out, size_t n, size_t width, bool is_signed,
                 const fmpz *bit) {
  for (size_t i = n; i-- > 0;) {
    fmpz *x = out + i / width;
    size_t place = i % width;
    if (place + 1 == width)
      fmpz_set_si(x, is_signed && !fmpz_is_zero(bit + i) ? -1 : 0);
    if (fmpz_is_zero(bit + i))
      fmpz_clrbit(x, place);
    else
      fmpz_setbit(x, place);
  }
}

void run_values(struct run *run, const fmpz *in, fmpz *out) {
  struct reading *r = &run->reading;
  const struct program *p = r->in->program;
  for (size_t i = 0; i < p->inputs.n; i++) {
    const struct port *port = &p->inputs.at[i];
    size_t n = reading_shape(r, port->value)->n, width = r->in->input_width[i];
    fmpz *whole = reading_tensor(r, port->value)->whole;
    if (port->is_bits)
      unpack(whole, n, width, in);
    else
      _fmpz_vec_set(whole, in, (slong)n);
    in += instance_integers(r->in, port, width);
  }
  reading_block(r, 0);
  for (size_t i = 0; i < p->outputs.n; i++) {
    const struct port *port = &p->outputs.at[i];
    size_t n = reading_shape(r, port->value)->n, width = r->in->output_width[i];
    const fmpz *whole = r->tensor[port->value].whole;
    if (port->is_bits)
      pack(out, n, width, port->is_signed, whole);
    else
      _fmpz_vec_set(out, whole, (slong)n);
    out += instance_integers(r->in, port, width);
  }
}
