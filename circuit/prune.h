/* prune.h - drop what no output reads

   Afterwards every gate is read by an output through some path, and a view has
   a step for each rung that is left. Values of outputs stay as they are, and
   so do inputs, the order of what is left, names and buses. Operations without
   gates go too. In place: O(wires + steps of views), and about a byte a gate
   and 4 a ladder of memory for the time.

     circuit_prune(&c); */
#ifndef PRUNE_H
#define PRUNE_H

#include "circuit/circuit.h"

void circuit_prune(struct circuit *c);

#endif
