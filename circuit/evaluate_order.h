/* evaluate_order.h - in which order ladders are evaluated

   As they are in the circuit, or by level and then by shape, so that the
   machine predicts what comes next. The latter only if it keeps no more bits
   alive than costs lanes. */
#ifndef EVALUATE_ORDER_H
#define EVALUATE_ORDER_H

#include "circuit/circuit.h"
#include "circuit/evaluate_bases.h"

struct rank {
  uint32_t level;   // 1 and up: more than that of all ladders it reads
  uint32_t shape;   // alike for sums that take the same steps
  ladder_id ladder; // that is needed, and no input
};

struct order {
  ARRAY(struct rank) ranks;
  ladder_id *last; // that reads each bit, in this order; 0: none does
};

/* `slots` are in use besides the bits. O(wires + ladders log ladders). */
void order_init(struct order *o, const struct circuit *c, const bool *needed,
                const struct bases *bases, size_t slots);
void order_clear(struct order *o);

/* Words of each slot: the most with which a block fits the second cache. More
   lanes in it are faster than fewer in the first, as there is less to decode
   for each. 8, 16 or 32. */
size_t order_words(size_t slots);

#endif
