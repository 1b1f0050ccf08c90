/* badscore: the steps of a diffusion's chain whose score is not that of any
   data. Each of n values is 0 or 1, and step x' = x + s(x) has the score s(x) =
   rule(x) - x, where rule is one round of Rule 110 on a ring; the token that
   comes out is the first value. Such a chain computes what Rule 110 does, and
   never settles: the answer is another one after some more steps.

   Depth   1 a step: `steps`
   Gates   2 for each value and step that the first one depends on */
#include "compile/models/models.h"
#include "compile/program/operations.h"

enum {
  STEPS,
  N
};

/* Left + 2 (own + right), from 0 to 5. */
static value_id add_step(struct program *p, value_id own) {
  static const long rule[] = {0, 0, 1, 1, 1, 0};
  value_id left = program_roll(p, "left", own, -1);
  value_id right = program_roll(p, "right", own, 1);
  value_id sum = program_combine(p, "sum", (value_id[]){left, own, right},
                                 (long[]){1, 2, 2}, 3, 0);
  return program_table(p, "x", sum, rule, 6, 0);
}

static void build(struct program *p, const fmpz *value) {
  struct composition loop;
  value_id x =
      program_input_bits(p, "x", scalar(), family_size(p, &model_badscore, N));
  (void)value; // only sizes
  program_begin_loop(p, &loop, "step", &x, 1, 0,
                     family_size(p, &model_badscore, STEPS));
  value_id next = add_step(p, loop.argument[0]);
  program_end(p, &loop, &next, 1, &x);
  size_id one = size_si(&p->sizes, 1);
  program_output(p, "token",
                 program_slice(p, "first", x, 0, size_si(&p->sizes, 0), one));
}

const struct family model_badscore = {
    .name = "badscore",
    .about = "a diffusion whose score is wrong: each step is of Rule 110",
    .formula = "depth steps + 1, at most 2 n steps gates and one",
    .parameters = {{"steps", "of the chain", 8, 1, 4096, .is_size = true},
                   {"n", "values, on a ring", 12, 3, 100000, .is_size = true}},
    .build = build,
};
