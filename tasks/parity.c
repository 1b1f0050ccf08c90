#include "tasks/task.h"

/* The lowest bit of the number of ones: x_1 + ... + x_n - 2 C, where C counts
   the pairs. At depth 2, C is one ladder of floor(n/2) rungs (Muroga 1959,
   Minnick 1961). At depth r + 1, C is found digit by digit, the highest first,
   with radices R_1, ..., R_r: sum of (R_i - 1) gates, for the least sum with
   R_1 ... R_r > floor(n/2) (Kautz 1961 for r = log2 n). A last gate is the
   output. */
static void build(struct program *p, const fmpz *value) {
  (void)value;
  size_id n = family_size(p, &task_parity, 0), one = size_si(&p->sizes, 1);
  size_id depth = family_size(p, &task_parity, 1);
  value_id x = program_input_bits(p, "x", scalar(), n);
  value_id ones = program_sum(p, "ones", x);
  value_id odd =
      program_parity(p, "parity", ones, size_sub(&p->sizes, depth, one));
  program_output(p, "y", odd);
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  long odd = 0;
  for (long i = 0; i < value[0]; i++)
    odd ^= fmpz_tstbit(in, (ulong)i);
  fmpz_set_si(out, odd);
}

const struct family task_parity = {
    .name = "parity",
    .about = "is the number of ones in x odd?",
    .formula = "n >= 2: depth 2, floor(n/2) + 1 gates; depth r + 1, with the "
               "least sum of (R_i - 1) for R_1 ... R_r > floor(n/2) instead of "
               "floor(n/2)",
    .parameters = {{"n", "bits of x", 8, 1, 1000000, .is_size = true},
                   {"depth", "at most; more saves gates up to log2 n + 1", 2, 2,
                    1000000, .is_size = true}},
    .build = build,
    .answer = answer,
    .complexity = {.class = "in TC0",
                   .says = "not in AC0: constant depth without threshold gates "
                           "takes exponential size",
                   .status = "proved",
                   .source = "Hastad 1986"},
};
