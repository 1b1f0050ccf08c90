/* summands.h - many sums of the same numbers

   The terms of all numbers x[i] are put in order once; each sum with weights of
   its own is then one walk over them. So it is for matrices.

     struct summands s;
     summands_init(&s, c, x, n);
     for (size_t j = 0; j < rows; j++)
       summands_linear(c, &y[j], &s, weight[j], bias[j]);
     summands_clear(&s);

   Ownership  x, and what it points to, is borrowed until summands_clear().
   Cost       O(t log n) for t terms, then O(t) for each sum. */
#ifndef SUMMANDS_H
#define SUMMANDS_H

#include "compile/number.h"

struct summands {
  const struct number *const *x;
  size_t n;
  ARRAY(struct summand) at; // ascending by ladder
};

void summands_init(struct summands *s, const struct circuit *c,
                   const struct number *const *x, size_t n);
void summands_clear(struct summands *s);
/* r = constant + sum of weight[i] * x[i]: what number_linear() makes;
   `constant` may be NULL. r is not one of x. */
void summands_linear(struct circuit *c, struct number *r,
                     const struct summands *s, const mpz_t *weight,
                     mpz_srcptr constant);

#endif
