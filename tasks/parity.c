#include "tasks/task.h"

/* The lowest bit of the number of ones: x_1 + ... + x_n - 2 C, where C counts
   the pairs, one ladder of floor(n/2) rungs (Muroga 1959, Minnick 1961). */
static void build(struct program *p, const fmpz *value) {
  (void)value;
  size_id n = task_size(p, &task_parity, 0), one = size_si(&p->sizes, 1);
  value_id x = program_input_bits(p, "x", scalar(), n);
  value_id ones = program_sum(p, "ones", x);
  value_id lowest = program_bits(p, "parity", ones, one);
  program_output_bits(p, "y", lowest);
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  long odd = 0;
  for (long i = 0; i < value[0]; i++)
    odd ^= fmpz_tstbit(in, (ulong)i);
  fmpz_set_si(out, odd);
}

const struct task task_parity = {
    .name = "parity",
    .about = "is the number of ones in x odd?",
    .formula = "n >= 2: depth 2, floor(n/2) + 1 gates",
    .parameters = {{"n", "bits of x", 8, 1, 1000000, true}},
    .build = build,
    .answer = answer,
};
