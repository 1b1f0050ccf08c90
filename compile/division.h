/* division.h - quotients, remainders and square roots of any length

   Results are bits, r[0..n) with the lowest first, each a 0/1 number: a
   physical bit is one gate more, unless it is a gate already. Depth counts as
   in arithmetic.h. No operand is negative; n is the bits of x, and of y.
   Divided by 0 every bit of the quotient is 1, and the remainder is x.

     struct division_plan d;
     division_plan_init(&d);
     division_plan_make(&d, 16, 3, false);          // 899 gates
     number_quotient_digits(c, r, &x, &y, &d);      // depth 2, physically 3
     division_plan_clear(&d);

   Words and units
     digits   the quotient's bits from the top in groups of h_1, h_2, ... bits;
              the lowest of group i is bit w_i of the quotient */
#ifndef DIVISION_H
#define DIVISION_H

#include "compile/number.h"

struct division_plan {
  unsigned n; // bits, the sum of all lengths
  ARRAY(unsigned) length;
  mpz_t gates; // physical outputs of a quotient included
  mpz_t wires; // about
};

void division_plan_init(struct division_plan *d);
void division_plan_clear(struct division_plan *d);
/* The lengths with the fewest gates such that physical bits of the quotient,
   or of the remainder, have at most this depth: from 2, or 3, on. */
void division_plan_make(struct division_plan *d, unsigned n, unsigned depth,
                        bool is_remainder);

/* r[0..n) = floor(x / y), digit by digit. A level for each digit of h bits with
   lowest bit w: with what is left of x in `rest`,
     c_b    = [rest >= b * 2^w * y],             b = 1..2^h - 1
     g_b,j  = c_b AND y_j, in the same level,    b * 2^(w+j) < 2^n
   take the digit's multiple of y off: rest - sum of 2^(w+j) g_b,j. Bits of the
   digit are alternating sums of c_b. Gates: 2^h - 1 for each digit, the g of
   all but the last, and outputs: h - 1 for each digit, as c_b is the top bit
   for b = 2^(h-1). 2^n + n - 2 in depth 2, about 3.5 * 2^(n/2) in depth 3,
   n(n+1)/2 in depth n. */
void number_quotient_digits(struct circuit *c, struct number *r,
                            const struct number *x, const struct number *y,
                            const struct division_plan *d);
/* r[0..n) = x mod y. The same, and what is left after the last digit by
   number_bits(): a level more. */
void number_remainder_digits(struct circuit *c, struct number *r,
                             const struct number *x, const struct number *y,
                             const struct division_plan *d);

/* r[0..n) = x - sum of 2^(i+j) product[i * n + j], for products of bit i of the
   quotient and y_j, by number_bits_of_forms(). */
void number_minus_products(struct circuit *c, struct number *r,
                           const struct number *x, const struct number *product,
                           unsigned n);

/* r[0..n) = floor(x / y) in depth 2, physically 3, the record (Siu and
   Roychowdhury 1994), and polynomially many gates, O(n^6 / log n):
     1/y = R_s(y) / D_s almost, for y of s bits and a polynomial R_s
     1. y mod q, times each bit of x, for many q; and the leading bit of y
     2. for each s the bits of  (2x + 1) R_s(y) / (2 D_s)  by crt.h
   See quotient.c. */
void number_quotient_poly(struct circuit *c, struct number *r, unsigned n,
                          const struct number *x, const struct number *y);
/* r[0..n) = x mod y: each bit of the quotient also times each bit of y in the
   second level, then number_bits(): depth 3, physically 4. */
void number_remainder_poly(struct circuit *c, struct number *r, unsigned n,
                           const struct number *x, const struct number *y);

/* r[0..n) = floor(x / m) for a constant m and x < 2^n. Depth 1, physically 2:
   bits E, E + 1, ... of ceil(2^E / m) * x with E = n + bits of m; at most n
   gates and an output for each bit. All 1 for m = 0. */
void number_quotient_constant(struct circuit *c, struct number *r, unsigned n,
                              const struct number *x, const mpz_t m);
/* r[0..k) = x mod m, k the bits of m - 1. Depth 1: one residue ladder
   (residue.h), at most about n*m/4 gates. m >= 1. */
void number_remainder_ladder(struct circuit *c, struct number *r, unsigned k,
                             const struct number *x, uint32_t m);
/* The same in depth 2 for any m, O(n^2) gates: x - m * (quotient mod 2^k). */
void number_remainder_constant(struct circuit *c, struct number *r, unsigned k,
                               unsigned n, const struct number *x,
                               const mpz_t m);

/* r[0..ceil(n/2)) = floor(sqrt(x)) for x < 2^n. Depth 1, physically 2: one
   ladder [x >= b^2]; or with `in_two` depth 2, physically 3: the upper bits of
   the root, q, then [x >= (q + b)^2], where q^2 + 2qb is a table of the first
   ladder: about 2 * 2^(n/4) gates. */
void number_root(struct circuit *c, struct number *r, unsigned n,
                 const struct number *x, bool in_two);

#endif
