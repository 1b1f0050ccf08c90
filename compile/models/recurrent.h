/* recurrent.h - what models with a state have in common

   A loop over n steps, each of which reads a row of x and the state. */
#ifndef RECURRENT_H
#define RECURRENT_H

#include "compile/models/quantise.h"
#include "compile/models/weights.h"
#include "compile/program/family.h"

enum recurrent_parameter {
  RECURRENT_STEPS,
  RECURRENT_INPUTS,
  RECURRENT_STATE,
  RECURRENT_BITS,
  RECURRENT_WEIGHTS,
  RECURRENT_PARAMETERS_END
};

extern const char *const recurrent_weights[];

/* clang-format off */
#define RECURRENT_PARAMETERS                                                 \
  {"n", "steps", 4, 1, 1000000, .is_size = true},                            \
  {"d", "inputs of a step", 4, 1, 100000, .is_size = true},                  \
  {"ff", "integers of the state", 4, 1, 100000, .is_size = true},            \
  {"bits", "of weights and activations", 4, 3, 16, .is_size = false},        \
  {.name = "weights", .about = "each drawn, or a pattern for all sizes",     \
   .standard = 0, .most = 1, .choices = recurrent_weights}
/* clang-format on */

struct recurrent {
  struct program *p;
  struct weights weights;
  unsigned bits;
  long inputs, state; // what d and ff are
  size_id n, d, ff;
  value_id x;    // [n, d]
  value_id zero; // [ff], all 0
};

void recurrent_init(struct recurrent *m, struct program *p,
                    const struct family *f, const fmpz *value);
void recurrent_clear(struct recurrent *m);
/* W x + b [ff] of a row x; and U h, of a state whose scale is 2^lift below. */
value_id recurrent_input(struct recurrent *m, value_id x);
value_id recurrent_state(struct recurrent *m, value_id h);
/* The shift after their sum. */
unsigned long recurrent_shift(const struct recurrent *m);

#endif
