#include "tasks/task.h"

/* An AND for each pair of bits, the carries of all columns, the bits of the
   result; the lowest and the highest bit are single gates already (Siu and
   Roychowdhury 1994). */
static void build(struct program *p, const fmpz *value) {
  (void)value;
  size_id n = task_size(p, &task_multiply, 0);
  value_id x = program_input(p, "x", scalar(), n, false);
  value_id y = program_input(p, "y", scalar(), n, false);
  program_output(p, "p", program_multiply(p, "product", x, y));
}

/* Long multiplication: shifted copies of y added up. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz_t shifted;
  fmpz_init_set(shifted, in + 1);
  fmpz_zero(out);
  for (long i = 0; i < value[0]; i++) {
    if (fmpz_tstbit(in, (ulong)i))
      fmpz_add(out, out, shifted);
    fmpz_add(shifted, shifted, shifted);
  }
  fmpz_clear(shifted);
}

const struct task task_multiply = {
    .name = "multiply",
    .about = "p = x * y",
    .formula = "n >= 2: depth 3, 2n^2 + n - 2 gates; n = 1: depth 1, 1 gate",
    .parameters = {{"n", "bits of x and of y", 8, 1, 4096, true}},
    .build = build,
    .answer = answer,
};
