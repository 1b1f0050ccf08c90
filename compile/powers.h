/* powers.h - products of many numbers, and powers, in constant depth

   Results are bits, r[0..n) with the lowest first, each a 0/1 number: a
   physical bit is one gate more. Depth counts as in arithmetic.h. No operand
   is negative.

     unsigned n = product_width(x, m);
     struct number *r = numbers_new(n);
     number_product(c, r, n, x, m, false);       // depth 3 */
#ifndef POWERS_H
#define POWERS_H

#include "compile/number.h"

/* Bits of the product of the greatest values. */
unsigned product_width(const struct number *const *x, size_t m);

/* r = the product of x[0..m), m >= 1, n = product_width(x, m). Depth 3, the
   record with 4 for physical bits (Siu and Roychowdhury 1994):
     1. x_i mod p for primes p: a ladder each, or one ladder for all of them
        where that takes fewer gates; its discrete logarithm is a table of it
     2. the sum of the logarithms for each p: m(p-2) + 1 gates, the last one
        says that some x_i is 0 mod p; the product mod p is a table of it
     3. bits by crt.h: for n bits of it with k primes at most k(n + 1) gates.
   With `by_rank`, depth 4 and fewer gates: half as many bits of primes, and
   bits from  sum of v_p * (M/p) - rank * M  after a level for the rank of the
   Chinese remainders, one ladder. */
void number_product(struct circuit *c, struct number *r, unsigned n,
                    const struct number *const *x, size_t m, bool by_rank);

/* r = x^e for e >= 1, n = bits of the greatest power. Depth 2: a gate for each
   set of 2..e bits of x, whose weight is what this monomial has in the power,
   and the carries of number_bits(). x^2 takes what number_mul() does. */
void number_power_monomials(struct circuit *c, struct number *r, unsigned n,
                            const struct number *x, unsigned long e);
/* The same in a polynomial number of gates for every e: x mod q by ladders, of
   which powers are tables, and bits by crt.h. Depth 2. */
void number_power_residues(struct circuit *c, struct number *r, unsigned n,
                           const struct number *x, unsigned long e);
/* The same by one ladder on x with a gate for each of its values but one, of
   which all bits are tables. Depth 1. */
void number_power_table(struct circuit *c, struct number *r, unsigned n,
                        const struct number *x, unsigned long e);

#endif
