/* prune.h - drop what no output reads

   Afterwards every gate is read by an output through some path, a view has a
   step for each rung that is left, and views, long integers and operations that
   nothing uses are gone. A wire that cannot change its sum, of weight 0 or from
   a view that is 0 throughout, reads nothing and goes too. Values of outputs
   stay as they are, and so do all inputs, the order of what is left, names and
   buses. In place: O(wires + steps of views + limbs), and for the time about a
   quarter of a byte a gate, 4 bytes a ladder and 5 a view or long integer.

     circuit_prune(&c); */
#ifndef PRUNE_H
#define PRUNE_H

#include "circuit/circuit.h"

void circuit_prune(struct circuit *c);

#endif
