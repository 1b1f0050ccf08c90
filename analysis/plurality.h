/* plurality.h - which of several answers most of k voters give

   Each voter gives answer y with weight w[y] out of their sum, independently;
   the most frequent answer wins, the least of equals. */
#ifndef PLURALITY_H
#define PLURALITY_H

#include <stddef.h>

#include <gmp.h>

#define PLURALITY_MOST 128 // answers, and voters

/* wins[y], initialised, becomes the weight of all votes that y wins, out of
   (w[0] + ... + w[m - 1])^k. About m k^3 / 3 products of integers of k times
   the bits of w. */
void plurality(mpz_t *wins, mpz_t *w, size_t m, unsigned long k);

#endif
