/* evaluate_planes.h - steps that count the digits of a sum, plane by plane

   From the lowest plane up, all bits of a plane are added into the window of
   evaluate_steps.h. Carries that leave it join the digits of higher planes.
   What is left of a plane is a bit of the sum.

     struct planes p = {.top = top, .last = top};
     planes_count(&counter, &p, &digits, &bits); // inside of STEP_SUM

   The bits of a bias are in the window from the start, and cost nothing. */
#ifndef EVALUATE_PLANES_H
#define EVALUATE_PLANES_H

#include "circuit/evaluate_code.h"
#include "circuit/evaluate_digits.h"

enum {
  PLANES_CARRIES = 8 // more planes than a carry goes up at once
};

/* What is used again for every sum. Zero bytes and the code to begin with. */
struct counter {
  struct code *code;
  slot_list carries[PLANES_CARRIES]; // to plane p, at [p % PLANES_CARRIES]
  slot_list adding;                  // the bits of the plane at work
};

struct planes {
  mpz_srcptr bias;             // not negative; NULL: 0
  size_t top;                  // planes [0..top) are counted
  size_t last;                 // carries to planes beyond are known to be 0
  const struct digits *digits; // trimmed
  size_t plane;                // the one at work
  size_t digit;                // the first of this plane or later
  unsigned most;               // 0..7: what the window can hold at most
};

void counter_clear(struct counter *c);

/* With `bits`, the slot of bit p of the sum is pushed for each plane p, which
   the caller owns, unless it is held or zero. */
void planes_count(struct counter *c, struct planes *p, slot_list *bits);

/* Put the bits of plane `top`, carries and digits, into c->adding, the negated
   ones last; returns how many those are. The carries are still owned. */
size_t planes_gather(struct counter *c, struct planes *p);
void planes_give_carries(struct counter *c, const struct planes *p);

#endif
