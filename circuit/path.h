/* path.h - the longest paths to an output, and how far the rest is from them

     struct paths p = {0};
     circuit_paths(&c, 3, &p);
     for (size_t i = 0; i < p.all.n; i++)
       show(p.all.at[i].bits, p.all.at[i].n);
     paths_clear(&p);

   Words and units
     path     bits of which each reads the one before. A longest one has as many
              gates as the circuit is deep, and starts at a bit of depth 0: an
              input, a constant or a gate without wires (see measure.h).
     slack    of a bit: by how much the longest path through it to an output is
              shorter than the longest of all. Critical bits have slack 0.

   Two longest paths are different if their gates are of different ladders:
   which rung and which input they pass through does not matter, and the lowest
   is taken, an input rather than a constant. Paths come in ascending order of
   their bits, from the output back.

   Threads    any number may read one circuit. */
#ifndef PATH_H
#define PATH_H

#include "circuit/circuit.h"

#include <stddef.h>
#include <stdint.h>

struct path {
  bit_id *bits; // from the bit of depth 0 to the output
  size_t n;     // depth of the circuit + 1
};

struct paths {
  ARRAY(struct path) all;
};

/* At most `most` longest paths; none if there is no output. Zero bytes are no
   paths. O(stored wires + steps of shapes), and O(fan-in of its gates) a path
   but for the logarithm of sorting. */
void circuit_paths(const struct circuit *c, size_t most, struct paths *p);
void paths_clear(struct paths *p);

#define SLACK_NONE UINT32_MAX // none of the outputs reads the bit

/* By bit, for some of the outputs or, with c->outputs.at and c->outputs.n, all
   of them: only these and what they read count. The caller frees it.
   O(stored wires + rungs of views). */
uint32_t *circuit_slacks(const struct circuit *c, const bit_id *outputs,
                         size_t n);

#endif
