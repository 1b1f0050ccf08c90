/* naive.h - slow, obvious definitions to judge circuits with

   A naive circuit is every gate written out: [sum of weight * bit >= t] over
   single bits, the views expanded into one wire for each rung with a step that
   is not 0, and nothing shared but the wires of a ladder.

     struct naive n;
     naive_init(&n, &c);
     bool *value = naive_values(&n, input);      // the caller frees it
     size_t *depth = naive_depths(&n);           // and these two
     bool *live = naive_live(&n, outputs, 2);

   A snapshot: what is added to the circuit later is not in it. */
#ifndef NAIVE_H
#define NAIVE_H

#include "circuit/circuit.h"

struct naive_wire {
  bit_id bit;
  mpz_t weight; // not 0
};

struct naive_sum {
  ARRAY(struct naive_wire) wires;
};

struct naive_gate {
  size_t sum; // [0..sums.n)
  bool is_input;
  mpz_t threshold; // 0 for an input
};

struct naive {
  ARRAY(struct naive_sum) sums;
  ARRAY(struct naive_gate) gates; // one for each bit of the circuit
};

/* The measures of measure.h for some of the gates. */
struct naive_measure {
  size_t gates, wires, fan_in, weight_bits;
  size_t depth_from, depth_to; // 0, 0 if there are none
  mpz_t weight;
};

void naive_init(struct naive *n, const struct circuit *c);
void naive_clear(struct naive *n);
bool naive_is_gate(const struct naive *n, size_t bit);

/* Values of all bits; input[i] is that of the i-th input added. */
bool *naive_values(const struct naive *n, const bool *input);
/* Gates on the longest path to each bit; 0 for inputs, constants and gates
   without wires. */
size_t *naive_depths(const struct naive *n);
/* The same, counting only the gates that are in `counted`; NULL: all. */
size_t *naive_depths_of(const struct naive *n, const bool *counted);
/* Initialises m. Bits that are in `which` but are no gates are left out. */
void naive_measure(const struct naive *n, const bool *which,
                   struct naive_measure *m);
/* Which bits the roots read, through any path, themselves included. */
bool *naive_live(const struct naive *n, const bit_id *roots, size_t count);
/* Live gates, constants left out. */
size_t naive_live_gates(const struct naive *n, const bit_id *roots,
                        size_t count);
/* Live gates that are 0, or 1, whatever the levels of the ladders they read;
   for sums that read no ladder through two wires of its own. */
size_t naive_idle_gates(const struct naive *n, const bit_id *roots,
                        size_t count);

/* The value of a source of c when its bits have these values. */
void naive_source(mpz_t y, const struct circuit *c, source_id s,
                  const bool *value);

#endif
