/* arithmetic.h - functions of several numbers, and other prices for one

   Every function makes its result r from numbers (number.h) and states its
   depth, on top of the deepest operand, and its gates. Depth counts from
   number to number: a physical bit of the result is one more gate unless it
   is a single gate already. The result may also be an operand.

     number_mul(c, &product, &a, &b);            // depth 1
     number_bits(c, bit, &product, 8);           // depth 2
     circuit_add_output(c, number_physical(c, &bit[7])); // depth 3

   Words and units
     gates    for numbers of several ladders each, and no two with a ladder in
              common. Gates whose sum reads a single ladder cost nothing, and
              gates that could go only one way are not made.
     bits(x)  0/1 numbers whose weighted sum x is: for each ladder the bits of
              its table above its least value, or its rungs where those are
              fewer. An input bit is itself. */
#ifndef ARITHMETIC_H
#define ARITHMETIC_H

#include "compile/number.h"

/* r[0..n) = the n lowest bits of x, n >= 1, two's complement if x can be
   negative; each is a 0/1 number. x in one ladder: free. Else depth 1: write x
   as a constant plus tables whose least value is 0, and F_k for the sum of all
   of these mod 2^k. Bit k is
     bit k of the constant and of every table + C_k - 2 C_(k+1),
   C_k = floor(F_k / 2^k), which is one ladder with floor(max F_k / 2^k) gates
   (Siu and Roychowdhury 1994 for sums of bits), or a linear form of
   floor(x / 2^k) where that takes fewer, such as none at all. Where bit k of
   the constant and of all tables is 0, C_(k+1) = floor(C_k / 2) is free. The
   m(2^n - 1) of m numbers of n bits take sum over k = 1..n of
   m - ceil(m / 2^k) gates. Bits that x does not need are 0 or its highest one,
   free. x and r must not overlap. */
void number_bits(struct circuit *c, struct number *r, const struct number *x,
                 unsigned n);

/* r[0..n) = bits from, from + 1, ... of x >= 0. As number_bits(), and C_from,
   the carry into the lowest of them, besides. */
void number_bits_from(struct circuit *c, struct number *r,
                      const struct number *x, unsigned long from, unsigned n);

/* The same for x + sum of weight[i] * form[i], known to be in [0..most], where
   forms are 0/1 numbers of several ladders: each is one bit of its column, not
   one for each of its ladders, so that carries stay few. Bits 0..n. */
void number_bits_of_forms(struct circuit *c, struct number *r, unsigned n,
                          const struct number *x, const struct number *form,
                          const mpz_t *weight, size_t forms, const mpz_t most);

/* r[0..n) = the bits of x >= 0, which fit, with short weights. Columns are cut
   into blocks of b; each is added up together with the v columns below it,
   where 2^v is no less than any carry, with weights up to 2^(v+b-1): b is the
   greatest with which these are at most `weight`, but at least v and 1. Whether
   one more carry comes from further below is looked ahead, by a gate for each
   column and each block before. Depth 2, or 1 where all is one block. The sum
   of two numbers of n bits has v = 0 and takes n + sum of (q + [q > 0 and r >
   0]) gates, with k = qb + r for k in 0..n-1 (Vassiliadis, Cotofana and Bertels
   1996). x and r must not overlap. */
void number_bits_lookahead(struct circuit *c, struct number *r,
                           const struct number *x, unsigned n,
                           const mpz_t weight);

/* r = a * b. Depth 1. Either an AND gate for each pair of a bit of a and a bit
   of b, or quarter squares,
     a*b = floor((a+b)^2 / 4) - floor((a-b)^2 / 4),
   with at most range(a+b) + range(a-b) gates, or for a*a the square itself,
   range(a): whichever is fewer. Pairs that occur twice are made once, and those
   whose weights cancel not at all: a*a of p bits takes p(p-1)/2 ANDs. For this
   the bits of a chain (number.h) are those of two's complement. */
void number_mul(struct circuit *c, struct number *r, const struct number *a,
                const struct number *b);

/* r = [x >= t] AND b, for a 0/1 number b. Depth 1, one gate:
   [x + B*b >= t + B] with B = max x - t + 1. No gate if x >= t always. */
void number_at_least_and(struct circuit *c, struct number *r,
                         const struct number *x, const mpz_t t,
                         const struct number *b);

/* r = u / z clipped to 0..m, for z >= 1: rounded down, or to the nearest and
   half to even. Depth 1, m gates [u - j*z >= 0] or [2u - (2j-1)z >= j odd]. If
   z is constant they are one ladder. */
void number_divide(struct circuit *c, struct number *r, const struct number *u,
                   const struct number *z, unsigned long m, bool to_nearest);

/* r = sqrt(g) * u / sqrt(v), rounded to the nearest, half up, and clipped to
   lo..hi, for g >= 0, v >= 1 and u in at most one ladder. Depth 1, hi - lo
   gates: r >= a iff 4g * sgn(u)u^2 >= sgn(2a-1)(2a-1)^2 * v. */
void number_normalise(struct circuit *c, struct number *r,
                      const struct number *u, const struct number *v,
                      const mpz_t g, long lo, long hi);

/* r = b * f(x) for a staircase f and a 0/1 number b. Depth 1, a gate for each
   stair that x may pass or miss, all one ladder on x + B*b with B = max x -
   least such t + 1: [x >= t] AND b is [x + B*b >= t + B]. */
void number_staircase_and(struct circuit *c, struct number *r,
                          const struct number *x, const struct staircase *s,
                          const struct number *b);

/* r = v * f(x) for a number v that is free: the sum over its bits of two's
   complement of the above. Depth 1, as many ladders as it has bits. */
void number_staircase_mul(struct circuit *c, struct number *r,
                          const struct number *x, const struct staircase *s,
                          const struct number *v);

/* r = u / z, for z >= 1, to the nearest and half up, floor((2u + z) / 2z),
   clipped to lo..hi. Depth 1, hi - lo gates [2u - (2a - 1)z >= 0]. If z is
   constant they are one ladder; if it is 1 and u within lo..hi, r is u. */
void number_ratio(struct circuit *c, struct number *r, const struct number *u,
                  const struct number *z, long lo, long hi);

/* The same for hi - lo = 2^bits - 1, first which block of 2^floor(bits / 2)
   values it is, h, then which of those: [2(u - block hz) - (2j - 1)z >= 0],
   without lo. Depth 3, about 2 sqrt(hi - lo) gates and those of h * z; with
   `has_bits` depth 4 and `bits` gates more, and r has bits alone. z is not
   constant. */
void number_ratio_split(struct circuit *c, struct number *r,
                        const struct number *u, const struct number *z, long lo,
                        unsigned bits, bool has_bits);

/* A table of (sqrt(gain / divisor) * u / sqrt(v) + bias) / 2^shift, rounded to
   the nearest, half up, and clipped to lo..hi. The rounded one is at least a
   iff, with t = 2^shift (2a - 1) - 2 bias,
     4 gain sgn(u)u^2 >= sgn(t)t^2 divisor v,
   so all of it is comparisons of integers. */
struct normal {
  mpz_srcptr gain, divisor; // at least 1
  mpz_srcptr bias;          // NULL for 0
  unsigned long shift;
  long lo, hi;
  const long *table; // hi - lo + 1 values; NULL for the identity
};
/* Its value, for v >= 1. */
long normal_value(const struct normal *f, const mpz_t u, const mpz_t v);
/* All u >= above have one value, and so have all u <= -below, whatever v in
   1..most is; both at least 0. */
void normal_reach(mpz_t below, mpz_t above, const struct normal *f,
                  const mpz_t most);
/* r = the value, for u in at most one ladder and v >= 1. Depth 1, a gate for
   each place where the table changes. */
void number_normal(struct circuit *c, struct number *r, const struct number *u,
                   const struct number *v, const struct normal *f);
/* The same where u's square and its sign, [u >= 0], are numbers: for t > 0
   [4 gain u^2 - t^2 divisor v + B sign >= B], for t < 0
   [t^2 divisor v - 4 gain u^2 + B sign >= 0], with B > max 4 gain u^2. So u may
   read any number of ladders. */
void number_normal_square(struct circuit *c, struct number *r,
                          const struct number *square,
                          const struct number *sign, const struct number *v,
                          const struct normal *f);

/* r = the greatest of x[0..m), m >= 1. Depth 2, m(m-1)/2 + p gates for p bits
   in all operands together: a gate for each pair, [x_i >= x_j], lowest index
   first among equals; then for each operand and bit [it wins AND its bit is 1]
   (Alon and Bruck 1994 for the comparisons). One gate more for each operand
   that has another constant beside its bits than the first. */
void number_max(struct circuit *c, struct number *r,
                const struct number *const *x, size_t m);
/* r[i] = 1 iff x[i] is the greatest, the first among equals. Depth 2,
   m(m-1)/2 + m gates; depth 1 and one gate if m = 2; of m numbers that are 0 or
   1 depth 1 and m - 1 gates, [x_i > sum of those before]. */
void number_argmax(struct circuit *c, struct number *r,
                   const struct number *const *x, size_t m);
/* r[i] = 1 iff x[i] is one of the k greatest, the first among equals. Depth 2,
   m(m-1)/2 + m gates; depth 1 and one gate if m = 2; free if k >= m. */
void number_top_k(struct circuit *c, struct number *r,
                  const struct number *const *x, size_t m, size_t k);
/* r = the greatest of x[0..m), m >= 1, as a chain (number.h): for each value v
   above its least one gate, [some x_i >= v]. Depth 1 for operands of one ladder
   each; others need gates for each v first. */
void number_max_flat(struct circuit *c, struct number *r,
                     const struct number *const *x, size_t m);

/* r[j*n..j*n + n) = the bits of the element at place from + j of m numbers in
   ascending order, j in 0..places: of x_i = sum of 2^k bit[i*n + k], all 0/1
   numbers, n >= 1. Depth 2, and whichever is fewer with physical outputs:
   - m(m-1)/2 comparisons, and for each bit a gate for each place of from..from
   + places but 0 and m, [rank + m*bit >= m + place];
   - a gate for each element and each value v, [x_i >= v], for n = 1 none and
     depth 1, then for each v and place [m - place elements are >= v]; the top
     bits are among these gates. */
void number_sorted_bits(struct circuit *c, struct number *r,
                        const struct number *bit, size_t m, size_t n,
                        size_t from, size_t places);

/* A staircase of any steps in two levels or three, for what is at least lo and
   at most hi: first the blocks that are passed, then the units of the block
   that x is in, a gate for each place of one, up and down. With u units to go
   up and d to go down, and no more in a block than 2^e - 1 and 2^f - 1, about
   2 (sqrt(u) + sqrt(d)) gates; as number_staircase() if that is no fewer. The
   places are one ladder where blocks are alike, as those of what is rounded
   are; else in the third level they become bits, a gate each, so that the
   result has as few terms as it has bits. For many x: the staircase stays. */
struct block_steps {
  mpz_t *at; // from k blocks passed to k + 1
  size_t n;
};
struct split_place {
  struct block_steps shift; // of the blocks passed, added to x
  struct staircase passed;  // units, then
};
struct split_side {
  ARRAY(struct split_place) places;
  bool is_even; // one, of all places
};
struct split_staircase {
  const struct staircase *whole;
  bool is_split;             // else that is no fewer gates
  bool has_bits;             // in the third level
  struct staircase jumps;    // blocks
  struct block_steps base;   // where a block begins
  struct split_side side[2]; // down, up
  mpz_t start, lo, hi;       // its values
};
void split_staircase_init(struct split_staircase *y, const struct staircase *s,
                          const mpz_t lo, const mpz_t hi, unsigned levels);
void split_staircase_clear(struct split_staircase *y);
void number_staircase_split(struct circuit *c, struct number *r,
                            const struct number *x,
                            const struct split_staircase *s);

/* As number_staircase() for steps that are all 1, all -1, or 1 and -1 in turn,
   as those of any function that is 0 or 1. Depth 2; for s steps that can go
   either way floor(sqrt(4s + 1)) - 1 gates, about 2 sqrt(s), instead of s: the
   least g + floor(s / (g + 1)), first [x >= t_j] for the steps between blocks,
   then g for the place in the block (Siu, Roychowdhury and Kailath 1991). Depth
   1 where g is 0. */
void number_staircase_blocks(struct circuit *c, struct number *r,
                             const struct number *x, const struct staircase *s);

/* r = a staircase whose values are 0 and 1, as one bit of the circuit. Depth 2,
   and floor(s/2) + 1 gates for s steps that can go either way, so that as a
   physical bit it is cheaper than number_staircase(): [x >= t_j] with every
   other step moving t (Minnick 1961). Depth 1 and one gate if s is 1. Where x
   reads at most one ladder, as number_staircase(). */
void number_staircase_gate(struct circuit *c, struct number *r,
                           const struct number *x, const struct staircase *s);

/* r = floor(x / unit) for 0 <= x < unit * product of the radices, which are of
   digits with the lowest first. Depth `digits`, and radix[i] - 1 gates for each
   digit but the highest, which comes first and has
   max x / (unit * product of the others) (Kautz 1961 for base 2). */
void number_digits(struct circuit *c, struct number *r, const struct number *x,
                   const mpz_t unit, const unsigned long *radix,
                   unsigned digits);
/* The radices of at most `digits` >= 1 digits that take the fewest gates for
   quotients 0..most, and the fewest digits for that; returns how many. With a
   the root of `most`, rounded down, all are a or a + 1: of numbers with a given
   sum the most equal ones have the greatest product. */
unsigned digits_choose(unsigned long *radix, unsigned digits,
                       unsigned long most);
/* r = how many of first, first + unit, ..., 2^bits - 1 of them, x has reached.
   Depth `levels`, of [1..bits]; about levels * 2^(bits / levels) gates: in each
   level but the last some of the highest bits that are left are found, as by
   successive approximation. Beyond either end all are found, or none. */
void number_evenly(struct circuit *c, struct number *r, const struct number *x,
                   const mpz_t first, const mpz_t unit, unsigned bits,
                   unsigned levels);
/* Gates that this takes at most. */
unsigned long evenly_gates(unsigned bits, unsigned levels);

/* r = the lowest bit of x. Depth at most `levels` >= 1: for the sum s of the
   lowest bits of x's tables, s - 2 floor(s / 2) by the digits that were just
   chosen. 1024 bits take 512, 44, 22, 16, 10 gates in 1, 2, 3, 4, 8 levels. */
void number_parity(struct circuit *c, struct number *r, const struct number *x,
                   unsigned levels);

/* A bit of the circuit that is the 0/1 number x: the bit itself where x is
   one, else a gate [x >= 1]. Depth 0 or 1. */
bit_id number_physical(struct circuit *c, const struct number *x);

#endif
