/* vote.h - what a majority of independent replicas does to an error

   Exact for an error that is a rational number p; k is odd.

     mpq_t p, r;
     vote_error(r, p, 5);          // of the majority of 5
     k = vote_replicas(p, bound);  // the least for r <= bound

   Hoeffding (1963): r <= exp(-2 k (1/2 - p)^2) for p < 1/2. Adleman (1978):
   where that is below 2^-n, some seeds are right for all inputs of n bits. */
#ifndef VOTE_H
#define VOTE_H

#include <gmp.h>

#define VOTE_MAX_REPLICAS 16383 // for exact errors

/* r = the sum over i > k/2 of C(k, i) p^i (1 - p)^(k - i); k <= the limit.
   O(k) operations on integers of k times the bits of p. */
void vote_error(mpq_t r, const mpq_t p, unsigned long k);
double vote_hoeffding(const mpq_t p, unsigned long k);

/* The least odd k for p < 1/2 and an error of at most `bound` > 0; 0 if that is
   more than the limit. */
unsigned long vote_replicas(const mpq_t p, const mpq_t bound);
/* The same by Hoeffding's bound; any k. */
unsigned long vote_replicas_hoeffding(const mpq_t p, const mpq_t bound);
/* The least odd k whose bound of Hoeffding is below 2^-n. */
unsigned long vote_replicas_union(const mpq_t p, unsigned n);

#endif
