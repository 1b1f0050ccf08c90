#include "tasks/task.h"

/* An AND for each pair of bits, as those with themselves are the bits, the
   carries of all columns, the bits of the result. Bit 0 is x_0 and bit 1 is 0.
 */
static void build(struct program *p, const fmpz *value) {
  (void)value;
  size_id n = family_size(p, &task_square, 0);
  value_id x = program_input(p, "x", scalar(), n, false);
  program_output(p, "y", program_multiply(p, "square", x, x));
}

static bool check(const fmpz *value, struct error *err) {
  double n = (double)value[0];
  return task_check_wires(n * n * n / 2, err);
}

/* From the highest bit on: (2h + b)^2 = 4h^2 + b(4h + 1). */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz_t high;
  fmpz_init(high);
  fmpz_zero(out);
  for (long i = value[0]; i-- > 0;) {
    int bit = fmpz_tstbit(in, (ulong)i);
    fmpz_mul_2exp(out, out, 2);
    if (bit) {
      fmpz_addmul_ui(out, high, 4);
      fmpz_add_ui(out, out, 1);
    }
    fmpz_mul_2exp(high, high, 1);
    fmpz_add_ui(high, high, (ulong)bit);
  }
  fmpz_clear(high);
}

const struct family task_square = {
    .name = "square",
    .about = "y = x^2",
    .formula = "n >= 2: depth 3, n^2 + n - 3 gates; n = 1: none",
    .parameters = {{"n", "bits of x", 8, 1, 4096, .is_size = true}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity = {.class = "in TC0",
                   .says = "not in depth 2 with polynomial weights and size",
                   .status = "proved",
                   .source = "Siu and Roychowdhury 1994; Wegener 1993"},
};
