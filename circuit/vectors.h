/* vectors.h - inputs to evaluate a circuit for

   Blocks of lanes (circuit/evaluate.h) filled as a function of the vectors'
   numbers, and of a seed, only: the same vectors at any number of threads and
   any size of block.

     struct vectors v;
     vectors_init(&v, &c, VECTORS_MIXED, seed);
     struct evaluator_job job = {vectors_fill, take, &v, false};

   where the context that fill gets is the struct vectors, or
   begins with it.

   Words and units
     exhaustive   bit i of the vector's number is input i, so 2^inputs vectors
                  are all there are; inputs from 64 on are 0.
     random       independent fair bits.
     extreme      vectors in which something is at its end: all inputs 0, or 1,
                  or one of them unlike all others; integers of buses that are
   0, 1, -1 or all ones, the greatest and least (two's complement or not),
   alternating bits, or random, in all combinations and the same on all buses.
   In runs of 64 of one sort. mixed        of each 256 vectors the first 64 are
   extreme, the rest random.

   Ownership  vectors_init copies what it needs of the circuit.
   Threads    Any number may fill from one struct vectors. */
#ifndef VECTORS_H
#define VECTORS_H

#include "circuit/circuit.h"

#include <stddef.h>
#include <stdint.h>

enum vectors_kind {
  VECTORS_EXHAUSTIVE,
  VECTORS_RANDOM,
  VECTORS_EXTREME,
  VECTORS_MIXED
};

struct vectors {
  enum vectors_kind kind;
  uint64_t seed;
  size_t inputs;
  struct vectors_place {
    uint32_t value; // which integer of a bus the input belongs to
    uint32_t bit;   // which bit of it
    uint32_t width; // of the integer
  } * places;       // of each input; one outside of buses is an integer alone
};

void vectors_init(struct vectors *v, const struct circuit *c,
                  enum vectors_kind kind, uint64_t seed);
void vectors_clear(struct vectors *v);

/* Bit `input` of the numbers [64 * number..64 * number + 64). */
uint64_t vectors_exhaustive(uint64_t number, size_t input);

/* Fill in[i * words + w] with input i of vectors [first + 64w..first + 64w +
   64), for w < words; `first` and 64 * words are multiples of 512. `context` is
   a struct vectors; `count` is ignored. The fill of a struct evaluator_job. */
void vectors_fill(const void *context, uint64_t first, size_t count,
                  size_t words, uint64_t *in);

#endif
