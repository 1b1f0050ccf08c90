/* folding.h - circuits in which one ladder stands for all that are alike

   Where the indices of an axis may be exchanged, the ladders made for them
   differ in nothing that is counted. A folded circuit has one of them, with the
   number of its copies, and a wire says how many copies of its source the sum
   reads. It is counted (folding_measure()), never evaluated or written.

   Words and units
     axis     a bit of a mask. A ladder is made for indices along some axes.
     span     which copies of a ladder a sum reads: along the axes of the span
              all, along the others the one of its own index. Span 0 is that
              one alone. As the wires of a circuit, spans are disjoint: what is
              read in several ways is taken apart (number.h).

     chain    a ladder whose rungs have sums of their own: those of its wires,
              each times a factor that differs from rung to rung. They are
              ladders of one gate each.

     repeat   ladders [from..to) that stand for `times` rounds, each of which
              reads the one before it as these read theirs, [before..from).

     struct folding f;
     folding_init(&f);
     c.folding = &f; // of an empty circuit; then add to it

   Ownership  the circuit borrows it. */
#ifndef FOLDING_H
#define FOLDING_H

#include "circuit/measure.h"

struct span {
  uint32_t axes;
  mpz_t most; // copies in one sum: in that which reads most, or least of them
  mpz_t six;  // times their mean over all sums, which is in sixths
};

/* Of |factor|, over the rungs of a chain. */
struct factors_of_chain {
  mpz_t sum, greatest;
};

/* Of a shape that a chain is seen through: the sums of the steps that are
   negative, and positive. */
struct chain_range {
  integer_id lo, hi;
  bool is_known;
};

struct folded_wire {
  uint32_t span, factors; // places in spans and factors
};

struct folded_ladder {
  mpz_t copies;
  uint32_t axes; // the ladder is made for each index along these
  bool is_chain;
};

struct repeat {
  ladder_id before, from, to;
  size_t times; // at least 2
};

struct folding {
  ARRAY(struct span) spans;               // [0] is one copy
  ARRAY(struct factors_of_chain) factors; // [0] is 1
  ARRAY(struct folded_wire) wires;        // of the circuit
  ARRAY(struct folded_ladder) ladders;    // of the circuit
  ARRAY(struct repeat) repeats;           // one in the other, or apart; by `to`
  ARRAY(struct chain_range) ranges;       // [shape], filled as asked for
  mpz_t copies;                           // of the ladders that are added now,
  uint32_t axes;
  size_t times;     // and of these each so many, from repeats around
  size_t settle;    // rounds that are made before one may stand for others
  bool is_unsteady; // found by folding_measure(): rounds of a repeat do not
                    // deepen alike, so figures of depth are of no use
};

void folding_init(struct folding *f);
void folding_clear(struct folding *f);

/* The span with these fields. O(spans). */
uint32_t folding_span(struct folding *f, uint32_t axes, const mpz_t most,
                      const mpz_t six);

/* The view of a chain: in the circuit that this one stands for it is a wire
   from each gate whose step is not 0. */
bool folding_is_chain(const struct circuit *c, source_id source);
/* The least and greatest value of it, were its gates independent. */
void folding_range(struct circuit *c, source_id chain, integer_id *lo,
                   integer_id *hi);
/* The last ladder added is a chain. */
void folding_set_chain(struct folding *f);
/* The last wire added has these factors. */
void folding_set_factors(struct folding *f, const mpz_t sum,
                         const mpz_t greatest);

/* As circuit_measure() and circuit_measure_operations() of the circuit that
   this one stands for, but for m->inputs and outputs and operations->place. A
   fan-in beyond 2^64 ends the process. */
void folding_measure(const struct circuit *c, struct measure *m,
                     struct operation_measures *operations);

#endif
