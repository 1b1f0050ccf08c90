/* evaluate_search.h - which way to find the level of a sum

   Few thresholds are compared with one by one. Those of a neuron that is
   requantised are nearly evenly spaced, so that one product may give the level;
   whether it does is checked at every threshold, and at the sum below it, which
   is a proof as the product never falls. Else buckets are used. */
#ifndef EVALUATE_SEARCH_H
#define EVALUATE_SEARCH_H

#include "circuit/evaluate_sums.h"

/* For n thresholds within 2^30 of 0, none less than the one before.
   Buckets go to s->bases. O(n). */
struct sum_search search_make(struct sums *s, const int64_t *thresholds,
                              size_t n);

#endif
