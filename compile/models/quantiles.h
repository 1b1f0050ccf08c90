/* quantiles.h - numbers spread as a normal distribution's, for random bits

   Of `bits` random bits that are the integer i the quantile q with
     Pr[z <= q] = (2 i + 1) / 2^(bits + 1)
   stands for a normal z: the middle of the i-th of 2^bits equal parts. Each is
   known to QUANTILES_PRECISION bits or so (MPFR), so an integer next to a
   multiple of it is the right one. */
#ifndef QUANTILES_H
#define QUANTILES_H

#include <stddef.h>
#include <stdio.h>

#include <mpfr.h>

enum {
  QUANTILES_PRECISION = 256
};

struct quantiles {
  unsigned bits;
  mpfr_t *upper; // of i = 2^(bits - 1) + k; those below are their negatives
};

void quantiles_init(struct quantiles *q, unsigned bits); // bits >= 1
void quantiles_clear(struct quantiles *q);
/* The nearest integer to scale * quantile i. */
long quantiles_round(const struct quantiles *q, size_t i, mpfr_srcptr scale);

#endif
