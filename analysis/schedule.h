/* schedule.h - a circuit on so many processors, a gate a step on each

   Level by level: all gates of a depth before those of the next, as many at
   once as there are processors.

     struct schedule s;
     schedule_init(&s, circuit);
     size_t steps = schedule_steps(&s, 64);
     schedule_clear(&s);

   Words and units
     work      gates: steps on one processor.
     span      depth: steps on as many as there are gates.
     width     the most gates of one depth: more processors do not help.

   Brent (1974): work / P <= steps <= span + (work - span) / P. */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include "circuit/circuit.h"

struct schedule {
  size_t work, span, width;
  size_t *gates; // [span]: of depth i + 1
};

void schedule_init(struct schedule *s, const struct circuit *c);
void schedule_clear(struct schedule *s);

/* P >= 1. O(span). */
size_t schedule_steps(const struct schedule *s, size_t processors);
/* Brent's: rounded up and down to whole steps. */
size_t schedule_least(const struct schedule *s, size_t processors);
size_t schedule_most(const struct schedule *s, size_t processors);
/* Amdahl (1967), where the share span / work is one by one. */
double schedule_amdahl(const struct schedule *s, size_t processors);

#endif
