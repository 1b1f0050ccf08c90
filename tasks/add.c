#include "tasks/task.h"

/* The sum is a number already. Its bits: a carry gate into each column, then
   one gate for each bit but the last, which is the last carry (Ramos and
   Bohorquez 1999). */
static void build(struct program *p, const fmpz *value) {
  (void)value;
  size_id n = task_size(p, &task_add, 0);
  value_id x = program_input(p, "x", scalar(), n, false);
  value_id y = program_input(p, "y", scalar(), n, false);
  program_output(p, "s", program_add(p, "sum", x, y));
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  (void)value;
  fmpz_add(out, in, in + 1);
}

const struct task task_add = {
    .name = "add",
    .about = "s = x + y",
    .formula = "depth 2, 2n gates",
    .parameters = {{"n", "bits of x and of y", 8, 1, 10000, true}},
    .build = build,
    .answer = answer,
};
