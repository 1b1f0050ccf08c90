/* measure.h - how deep and how large a circuit is, exactly

     struct measure m;
     measure_init(&m);
     circuit_measure(&c, &m);
     gmp_printf("depth %zu, %Zd gates, %Zd wires\n", m.depth, m.gates, m.wires);
     measure_clear(&m);

   Words and units
     gates    all gates of the circuit, whether an output reads them or not.
              Inputs and constants are not gates.
     marked   a gate of an operation that is named OPERATION_OUTPUTS: it was
              made only so that an output is a bit. The inner measures leave
              marked gates out.
     depth    of a bit: the most gates on a path that ends in it; 0 for inputs,
              constants and gates without wires. All rungs of a ladder have
              the same. Of a circuit: the greatest of an output.
     wires    weights that are not 0, over all gates: a wire from a view counts
              once for each step that is not 0, and a sum once for each rung
              that compares it. Wires from one bit to one gate are not merged.
     fan-in   wires of one gate.
     weight   sum of |w| over all wires. The bits of a weight are the length of
              |w| in binary. Thresholds are not weights.

   Cost       O(stored wires + rungs + steps of shapes) for each function here,
              and 4 bytes a ladder, or 4 a bit where depths are given by bit.
   Threads    any number may measure one circuit. */
#ifndef MEASURE_H
#define MEASURE_H

#include "circuit/circuit.h"

#include <stddef.h>
#include <stdint.h>

struct measure {
  size_t inputs, outputs; // an output that repeats counts each time
  size_t depth, depth_inner;
  size_t ladders; // of gates
  mpz_t gates, gates_inner;
  mpz_t wires;
  mpz_t wires_shared; // a sum counts once, however many rungs compare it
  mpz_t wires_stored; // entries of sums, as they are kept and written
  mpz_t weight;
  size_t weight_bits; // of the longest
  size_t fan_in;      // the most
};

void measure_init(struct measure *m);
void measure_clear(struct measure *m);
void circuit_measure(const struct circuit *c, struct measure *m);

/* Depths by bit, or by ladder; the caller frees them. */
uint32_t *circuit_depths(const struct circuit *c);
uint32_t *circuit_ladder_depths(const struct circuit *c);

/* Operations of the same name and kind are one. The gates before the first
   operation, if there are any, are of name "" and kind "". */
struct operation_measure {
  const char *name, *kind;     // borrowed from the circuit
  size_t depth_from, depth_to; // least and greatest of its gates; or 0, 0
  mpz_t gates, wires;
  size_t fan_in, weight_bits;
};

struct operation_measures {
  ARRAY(struct operation_measure) all; // in the order in which they first came
  ARRAY(uint32_t)
  place; // in `all`, of each of c->operations; that of gates
         // before them is 0
};

/* Zero bytes are no operations. Gates add up to those of the circuit, wires
   likewise; an operation may have none. */
void circuit_measure_operations(const struct circuit *c,
                                struct operation_measures *m);
void operation_measures_clear(struct operation_measures *m);

struct histogram {
  ARRAY(size_t) count; // of gates, or ladders, at each place
};

struct histograms {
  struct histogram depth;       // gates of each depth
  struct histogram fan_in;      // gates by bits of their fan-in, see below
  struct histogram weight_bits; // gates by their longest weight; 0: no wires
  struct histogram rungs;       // ladders of gates by bits of their rungs
};

/* Zero bytes are no histograms. "By bits" is by powers of two: place 0 counts
   those with 0, place k those of [2^(k-1)..2^k). */
void circuit_histograms(const struct circuit *c, struct histograms *h);
void histograms_clear(struct histograms *h);

#endif
