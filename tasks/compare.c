#include "tasks/task.h"

/* One gate with weights up to 2^(n-1): [a - b >= 0]. */
static void build(struct program *p, const fmpz *value) {
  (void)value;
  size_id n = family_size(p, &task_compare, 0);
  value_id a = program_input(p, "a", scalar(), n, false);
  value_id b = program_input(p, "b", scalar(), n, false);
  value_id less = program_sub(p, "difference", a, b);
  program_output(p, "y",
                 program_at_least(p, "compare", less, size_si(&p->sizes, 0)));
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  (void)value;
  fmpz_set_si(out, fmpz_cmp(in, in + 1) >= 0);
}

const struct family task_compare = {
    .name = "compare",
    .about = "is a at least b?",
    .formula = "depth 1, 1 gate, weights of n bits",
    .parameters = {{"n", "bits of a and of b", 8, 1, 20000, .is_size = true}},
    .build = build,
    .answer = answer,
    .complexity = {.class = "in AC0",
                   .says = "one threshold gate with weights 2^i; polynomial "
                           "weights need depth 2",
                   .status = "proved",
                   .source = "Siu and Bruck 1991"},
};
