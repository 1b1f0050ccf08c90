#include "tasks/task.h"

/* As sort, for the one place floor((m - 1) / 2) of 0..m-1, which is the lower
   of the two in the middle if m is even: for each bit of each number two gates,
   one if m = 2, when it is the least. */
static void build(struct program *p, const fmpz *value) {
  (void)value;
  size_id m = family_size(p, &task_median, 0),
          n = family_size(p, &task_median, 1);
  struct sizes *t = &p->sizes;
  size_id one = size_si(t, 1), two = size_si(t, 2);
  size_id middle = size_div(t, size_sub(t, m, one), two);
  value_id x = program_input_bits(p, "x", vector(m), n);
  program_output_bits(p, "y", program_sorted_bits(p, "middle", x, middle, one));
}

static bool check(const fmpz *value, struct error *err) {
  return task_check_pairs(value[0], value[1], err);
}

/* The number that fewer than half are below, and at least half at most. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  long m = value[0], middle = (m - 1) / 2;
  for (long i = 0; i < m; i++) {
    long below = 0, equal = 0;
    for (long j = 0; j < m; j++) {
      below += fmpz_cmp(in + j, in + i) < 0;
      equal += fmpz_equal(in + j, in + i);
    }
    if (below <= middle && middle < below + equal)
      fmpz_set(out, in + i);
  }
}

const struct family task_median = {
    .name = "median",
    .about = "the number in the middle of m, the lower one if m is even",
    .formula = "m >= 3: depth 3; m(m-1)/2 + 2mn + n gates, or "
               "(m+1)(2^n - 1) + n - 1 if that is fewer; m = 2: mn for 2mn; "
               "n = 1: depth 1, 1 gate",
    .parameters = {{"m", "numbers", 5, 1, 100000, .is_size = true},
                   {"n", "bits of each", 4, 1, 100000, .is_size = true}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity = {.class = "TC0-complete",
                   .says = "of bits it is majority",
                   .status = "proved",
                   .source = "Chandra, Stockmeyer and Vishkin 1984"},
};
