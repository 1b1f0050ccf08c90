#include "tasks/task.h"

/* More than half of the bits: one gate [x_1 + ... + x_n >= floor(n/2) + 1]. */
static void build(struct program *p, const fmpz *value) {
  (void)value;
  size_id n = family_size(p, &task_majority, 0), two = size_si(&p->sizes, 2);
  size_id half = size_div(&p->sizes, n, two);
  value_id x = program_input_bits(p, "x", scalar(), n);
  value_id ones = program_sum(p, "ones", x);
  program_output(
      p, "y",
      program_at_least(p, "majority", ones,
                       size_add(&p->sizes, half, size_si(&p->sizes, 1))));
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz_t x;
  fmpz_init_set(x, in);
  fmpz_set_si(out, 2 * (long)fmpz_popcnt(x) > value[0]);
  fmpz_clear(x);
}

const struct family task_majority = {
    .name = "majority",
    .about = "are more than half of the bits of x ones?",
    .formula = "depth 1, 1 gate; n = 1: depth 0, no gate",
    .parameters = {{"n", "bits of x", 5, 1, 1000000, .is_size = true}},
    .build = build,
    .answer = answer,
    .complexity = {.class = "TC0-complete",
                   .says = "all of TC0 reduces to it in AC0; not in AC0 itself",
                   .status = "proved",
                   .source =
                       "Chandra, Stockmeyer and Vishkin 1984; Hastad 1986"},
};
