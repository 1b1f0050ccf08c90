#include "tasks/task.h"

/* A gate for each pair of numbers, so that a number's rank is a sum; for each
   of its bits m - 1 gates, [rank + m*bit >= m + place] for the places 1..m-1,
   as that for place 0 is the bit itself; a last one for each bit of the result
   (Siu, Bruck, Kailath and Hofmeister 1993 for depth 3). Where there are few
   values, they are counted instead: number_sorted_bits() chooses. */
static void build(struct program *p, const fmpz *value) {
  (void)value;
  size_id m = family_size(p, &task_sort, 0), n = family_size(p, &task_sort, 1);
  value_id x = program_input_bits(p, "x", vector(m), n);
  program_output_bits(
      p, "y", program_sorted_bits(p, "order", x, size_si(&p->sizes, 0), m));
}

static bool check(const fmpz *value, struct error *err) {
  return task_check_pairs(value[0], value[1], err);
}

/* Each number goes to the place that it has among all others. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  for (long i = 0; i < value[0]; i++) {
    long place = 0;
    for (long j = 0; j < value[0]; j++) {
      int order = fmpz_cmp(in + j, in + i);
      place += order < 0 || (order == 0 && j < i);
    }
    fmpz_set(out + place, in + i);
  }
}

const struct family task_sort = {
    .name = "sort",
    .about = "m numbers in ascending order",
    .formula = "m >= 2: depth 3; m(m-1)/2 + m(m-1)n + mn gates, or "
               "2m(2^n - 1) + m(n - 1) if that is fewer; n = 1: depth 1, m "
               "gates",
    .parameters = {{"m", "numbers", 4, 1, 10000, .is_size = true},
                   {"n", "bits of each", 4, 1, 100000, .is_size = true}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity = {.class = "TC0-complete",
                   .says = "of bits it is counting",
                   .status = "proved",
                   .source = "Chandra, Stockmeyer and Vishkin 1984"},
};
