#include "compile/program/run.h"

#include <flint/fmpz_vec.h>

void run_init(struct run *run, const struct instance *in) {
  reading_init(&run->reading, in, READING_RUN, NULL);
}

void run_clear(struct run *run) {
  reading_clear(&run->reading);
}

void run_values(struct run *run, const fmpz *in, fmpz *out) {
  struct reading *r = &run->reading;
  const struct program *p = r->in->program;
  for (size_t i = 0; i < p->inputs.n; i++) {
    value_id v = p->inputs.at[i].value;
    slong n = (slong)reading_shape(r, v)->n;
    _fmpz_vec_set(reading_tensor(r, v)->whole, in, n);
    in += n;
  }
  reading_block(r, 0);
  for (size_t i = 0; i < p->outputs.n; i++) {
    value_id v = p->outputs.at[i].value;
    slong n = (slong)reading_shape(r, v)->n;
    _fmpz_vec_set(out, r->tensor[v].whole, n);
    out += n;
  }
}
