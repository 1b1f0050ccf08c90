#include "tasks/task.h"

/* A gate for each pair of numbers, [x_j > x_i] for i < j; one for each place
   but 0, [it beats all others]; and one for each bit of the index, an OR of the
   places that have it, unless that is only one (Alon and Bruck 1994 for the
   comparisons). For n = 1 there are no pairs: [x_i > those before it]. */
static void build(struct program *p, const fmpz *value) {
  (void)value;
  size_id m = family_size(p, &task_argmax, 0),
          n = family_size(p, &task_argmax, 1);
  value_id x = program_input(p, "x", vector(m), n, false);
  program_output_bits(p, "i", program_argmax_bits(p, "place", x));
}

static bool check(const fmpz *value, struct error *err) {
  double m = (double)value[0], n = (double)value[1];
  return task_check_wires(m * m * n, err);
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  long place = value[0] - 1;
  for (long i = place; i-- > 0;) // an earlier one wins a tie
    if (fmpz_cmp(in + i, in + place) >= 0)
      place = i;
  fmpz_set_si(out, place);
}

const struct family task_argmax = {
    .name = "argmax",
    .about = "the index, from 0, of the greatest of m numbers, the lowest of "
             "equals",
    .formula = "m >= 3: m(m-1)/2 + m-1 gates, plus one for each bit that two "
               "of 0..m-1 have, at depth 2, or 3 with the latter; n = 1: "
               "without m(m-1)/2, 1 less deep; m = 2: depth 1, 1 gate",
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
