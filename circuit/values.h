/* values.h - the value of every bit on one input, plainly

   The definition that faster evaluators are compared with: sums are added up
   in the order of their wires, exactly, in machine words as long as they fit.

     bool *value = xmalloc(c.bits.n * sizeof *value);
     circuit_values(&c, input, value);
     circuit_sum(sum, &c, c.bits.at[b].ladder, value); // what gate b compares

   Threads    any number may read one circuit. */
#ifndef VALUES_H
#define VALUES_H

#include "circuit/circuit.h"

#include <stdbool.h>

/* input[i] is the value of the i-th input added; `value` has room for all bits.
   O(stored wires + bits + rungs of views). */
void circuit_values(const struct circuit *c, const bool *input, bool *value);

/* What a ladder's rungs compare with their thresholds, when the bits before it
   have these values. O(wires and rungs that it reads). */
void circuit_sum(mpz_t sum, const struct circuit *c, ladder_id l,
                 const bool *value);
/* Of a bit or a view. O(rungs). */
void circuit_source_value(mpz_t r, const struct circuit *c, source_id s,
                          const bool *value);

#endif
