/* truth.h - a truth table as a step of a program

   The table makes the circuit: two levels for any function, and up to 2^inputs
   gates. What it means is asked of somebody else, so that a check of one
   against the other says something.

     struct truth t = {n, m, at, answer, context};
     value_id y = program_truth(p, "table", x, &t); // t lasts as long as p */
#ifndef TRUTH_H
#define TRUTH_H

#include "compile/program/program.h"

enum {
  TRUTH_INPUTS = 20 // at most
};

struct truth {
  size_t inputs, outputs;
  /* Output o where the inputs are the bits of x, the lowest first, is bit x %
     64 of at[o * truth_words() + x / 64]. */
  uint64_t *at;
  void (*answer)(const void *context, const bool *in, bool *out);
  const void *context;
};

size_t truth_words(const struct truth *t);

/* x: bits along the only axis, as many as the inputs; the result: those of the
   outputs. */
value_id program_truth(struct program *p, const char *name, value_id x,
                       const struct truth *t);

#endif
