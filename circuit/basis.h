/* basis.h - the same circuit from majority gates, or from AND and OR

     struct circuit d;
     circuit_init(&d);
     d.max_bytes = 1 << 30;
     if (!basis_and_or(&d, &c, &err))
       ...
     circuit_clear(&d);

   Inputs, outputs and buses are those of c, in number and order, and so are
   all values of outputs. Negation is a negative weight and costs nothing
   here, so neither basis has gates for it; a gate whose value follows from
   the range of its sum alone becomes a constant. Wires that read one bit are
   one wire of their weight, and views are wires on the rungs.

   majority   A literal is a bit x or its complement 1 - x. Every gate is 1
              iff more than half of its k literals are, floor(k/2) + 1 or
              more; so its weights are 1 and -1, and its threshold is that
              count less the number of wires of weight -1. A weight w is |w|
              wires, divided by what divides all weights of the sum; wires
              from constants bring the threshold to the middle. A gate for
              each gate of c, and the same depth, but for gates that are
              constant. With W the sum of weights and T the threshold, both
              after complementing and dividing, k = max(2T - 2, 2(W - T) + 1)
              wires, at most 2W - 1.

   and-or     Every gate is the AND or the OR of two literals, its weights are
              1 and -1; only an output that is the complement of an input is a
              gate of one wire. The sum of a ladder is made once: the binary
              digits of its weights (or digits 1 and -1, if those are fewer)
              put literals into columns, negative ones complemented, and full
              adders reduce each column to two, earliest first. What it has
              from the rungs of one ladder, a function of a level, is made
              binary first if that takes fewer gates. Each rung compares what
              is left of the columns with its threshold by a tree over them. A
              gate that is an AND or an OR of any number of literals is a tree
              of them. A ladder of k wires, of W as above, is O(log k + log
              log W) deep (no more than 5 log k + 2 log log W + 4 in all that
              was tried, logarithms of 2 and rounded up), with O(k log W)
              gates, and O(log W) more for each rung. Gates that would be
              equal are one gate, and those that no output reads are left out.

   Operations are those of c: a gate comes from the one whose ladder it was
   made for first, so marked gates (measure.h) stay marked, as complements of
   inputs that are outputs are. A gate of c keeps its name if a gate, or an
   input, has its value, and the first name if several do.

   Errors     `to` was initialised and is empty. If it would become larger than
              to->max_bytes, or than a circuit can, err says what it would need,
              and `to` is to be cleared. That is known for majority gates before
              the first is made.
   Threads    any number may convert one circuit. */
#ifndef BASIS_H
#define BASIS_H

#include "circuit/circuit.h"
#include "circuit/error.h"

#include <stdbool.h>

enum basis {
  BASIS_THRESHOLD, // any gate: a circuit as it is
  BASIS_MAJORITY,
  BASIS_AND_OR
};

#define BASES 3
/* "threshold", "majority" and "and-or", by enum basis. */
extern const char *const basis_names[BASES];

/* O(wires made). */
bool basis_majority(struct circuit *to, const struct circuit *from,
                    struct error *err);
/* Wires that majority gates would have; O(wires, views as those they stand
   for). */
void basis_majority_wires(mpz_t wires, const struct circuit *from);

/* O(gates made * log k). */
bool basis_and_or(struct circuit *to, const struct circuit *from,
                  struct error *err);

/* One of the two, by its basis; the threshold basis is a bug of the caller. */
bool basis_convert(struct circuit *to, const struct circuit *from,
                   enum basis basis, struct error *err);

#endif
