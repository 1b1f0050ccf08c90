#include "tasks/task.h"

/* The sum is a number already. Its bits: into column k a carry, the count of
   the 2^k in the sum of the columns below, of m - ceil(m/2^k) rungs; then one
   gate for each bit but those that are carries already (Siu and Roychowdhury
   1994). */
static void build(struct program *p, const fmpz *value) {
  (void)value;
  size_id m = family_size(p, &task_sum, 0), n = family_size(p, &task_sum, 1);
  value_id x = program_input(p, "x", vector(m), n, false);
  program_output(p, "s", program_sum(p, "sum", x));
}

static bool check(const fmpz *value, struct error *err) {
  double m = (double)value[0], n = (double)value[1];
  return task_check_wires(m * n * (n + 1) / 2, err);
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz_zero(out);
  for (long i = 0; i < value[0]; i++)
    fmpz_add(out, out, in + i);
}

const struct family task_sum = {
    .name = "sum",
    .about = "s = x_1 + ... + x_m",
    .formula = "m >= 2: depth 2; sum over k = 1..n of (m - ceil(m/2^k)), plus "
               "n, plus bitlength(m - ceil(m/2^n)) - 1 gates",
    .parameters = {{"m", "numbers", 4, 1, 100000, .is_size = true},
                   {"n", "bits of each", 4, 1, 100000, .is_size = true}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity = {.class = "TC0-complete",
                   .says = "of single bits it is counting",
                   .status = "proved",
                   .source = "Chandra, Stockmeyer and Vishkin 1984"},
};
