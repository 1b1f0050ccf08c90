/* expansion.h - 1/y as a polynomial with integer coefficients, almost

   For y of s bits let a = 2^(s-1) and z = (3a - 2y) / a, so that -1 < z <= 1,
   and U(y) = a^N T_N(z) with the Chebyshev polynomial T_N, which is at most 1
   there and large at 3, where y is 0. Then
     R(y) = (U(0) - U(y)) / y  and  D = U(0) = a^N T_N(3)
   are integers, R a polynomial in y, and y R / D = 1 - T_N(z) / T_N(3) is
   within 1 / T_N(3) of 1. N is the least for which this is below 2^-(n+2),
   about (n + 2) / 2.54, as T_N(3) is about 5.83^N / 2.

     struct expansion e;
     expansion_init(&e, n, s);
     residue = expansion_mod(&e, y % q, q);     // R(y) mod q
     expansion_clear(&e); */
#ifndef EXPANSION_H
#define EXPANSION_H

#include <stdint.h>
#include <stdio.h>

#include <gmp.h>

struct expansion {
  unsigned s, degree; // degree = N
  mpz_t *at;          // [degree]: R(y) = sum of at[i] * y^i
  mpz_t d;            // D
};

/* n >= 1, s >= 1. */
void expansion_init(struct expansion *e, unsigned n, unsigned s);
void expansion_clear(struct expansion *e);

/* R(y) mod q < 2^32, for y known mod q. */
uint32_t expansion_mod(const struct expansion *e, uint32_t y, uint32_t q);
/* No R(y) for y of s bits is more: (D + a^N) / a. */
void expansion_most(mpz_t most, const struct expansion *e);

#endif
