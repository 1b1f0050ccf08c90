/* evaluate_quads.h - sums of quads times weights, and tables of bytes

   The parts of evaluate_sums.c for which machines have instructions that no
   compiler finds. All kinds give the same. */
#ifndef EVALUATE_QUADS_H
#define EVALUATE_QUADS_H

#include "circuit/evaluate_sums.h"

#include <stddef.h>
#include <stdint.h>

/* In each lane, sums[r * SUM_LANES] becomes start[r] + the sum, over n quads,
   of each of its four bytes, unsigned, times the byte of weights[SUM_GROUP * q
   + r], signed; for each r < `steps`, which is 1..SUM_GROUP. Modulo 2^32. */
typedef void quads_add(const uint64_t *memory, const uint32_t *quads,
                       const uint32_t *weights, size_t n, size_t steps,
                       const int32_t *start, int32_t *sums);

/* In each lane, *to = table[*level], of 256 entries. */
typedef void quads_look_up(uint8_t *to, const uint8_t *level,
                           const uint8_t *table);

struct quads {
  quads_add *add;
  quads_look_up *look_up;
};

/* The fastest with vectors of at most so many bytes that this machine has. */
struct quads quads_find(unsigned vector_bytes);

#endif
