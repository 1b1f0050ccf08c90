/* law.h - how likely each result of a sampler's chain is, exactly

   A chain's state is one of few: how likely each is after a step follows from
   how likely each was before, by dynamic programming, with no circuit. All
   probabilities are multiples of 2^-bits, where `bits` random bits were drawn.

     struct law l;
     law_init(&l, &sampler, steps, class);
     law_distance(tv, &l, &sampler, d);
     law_clear(&l);

   Cost  for each step and state, the cells that the noise reaches. */
#ifndef LAW_H
#define LAW_H

#include "compile/models/sampler.h"

#include <gmp.h>

struct law {
  size_t n;    // results: states of x_0, or tokens
  fmpz *count; // [n], which add up to 2^bits
  unsigned long bits;
};

/* Of one value, or of both of a ring, where the input is of this class. */
void law_init(struct law *l, const struct sampler *s, long steps,
              unsigned class);
void law_clear(struct law *l);

/* What it should be: weight[i] of all. */
void law_target(fmpz *weight, size_t n, const struct sampler *s,
                unsigned class);

/* The total variation distance between d independent results and d of the data.
 */
void law_distance(mpq_t tv, const struct law *l, const struct sampler *s,
                  unsigned class, long d);
/* Laws of d results that have to be looked at for that. */
double law_compositions(const struct sampler *s, long d);

/* How likely the likeliest result of the data is, less the likeliest other. */
void law_margin(mpq_t margin, const struct law *l, const struct sampler *s,
                unsigned class);

#endif
