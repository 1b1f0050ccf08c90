#include "tasks/task.h"

/* A gate for each pair of numbers, [x_i >= x_j]; for each bit of each number
   one more, [it wins AND its bit is 1]; a last one for each bit of the result
   (Alon and Bruck 1994 for the comparisons). Where there are few values, they
   are counted instead: number_sorted_bits() chooses. */
static void build(struct program *p, const fmpz *value) {
  (void)value;
  size_id m = family_size(p, &task_max, 0), n = family_size(p, &task_max, 1);
  size_id one = size_si(&p->sizes, 1);
  value_id x = program_input_bits(p, "x", vector(m), n);
  program_output_bits(
      p, "y",
      program_sorted_bits(p, "greatest", x, size_sub(&p->sizes, m, one), one));
}

static bool check(const fmpz *value, struct error *err) {
  return task_check_pairs(value[0], value[1], err);
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz_set(out, in);
  for (long i = 1; i < value[0]; i++)
    if (fmpz_cmp(in + i, out) > 0)
      fmpz_set(out, in + i);
}

const struct family task_max = {
    .name = "max",
    .about = "the greatest of m numbers",
    .formula = "m >= 2: depth 3; m(m-1)/2 + mn + n gates, or (m+1)(2^n - 1) + "
               "n - 1 if that is fewer; n = 1: depth 1, 1 gate",
    .parameters = {{"m", "numbers", 4, 1, 100000, .is_size = true},
                   {"n", "bits of each", 4, 1, 100000, .is_size = true}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity = {.class = "in AC0",
                   .says = "each pair is compared in constant depth; threshold "
                           "gates save gates",
                   .status = "proved",
                   .source = "Chandra, Stockmeyer and Vishkin 1984"},
};
