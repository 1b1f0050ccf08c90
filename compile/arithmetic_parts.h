/* arithmetic_parts.h - between the files of arithmetic.h */
#ifndef ARITHMETIC_PARTS_H
#define ARITHMETIC_PARTS_H

#include "compile/number.h"

/* The same function of the same ladders. */
bool number_equal(const struct number *a, const struct number *b);
/* r = the source itself, a bit or a view. */
void number_set_source(struct circuit *c, struct number *r, source_id source);
/* r = term i of x less its least value, which is added to `least`. */
void number_take_raised(struct circuit *c, struct number *r,
                        const struct number *x, size_t i, mpz_t least);
/* y = bit k of x, where k points to an unsigned long; 0 for x = 0. */
void number_one_bit(mpz_t y, const mpz_t x, const void *k);
/* What bits are taken of: terms of x, each a table of its own, and 0/1 forms
   with weights, which stay whole; `whole` is their sum and knows its range. */
struct addends {
  const struct number *whole, *x;
  const struct number *form;
  const mpz_t *weight;
  size_t forms;
};

/* r = sum of f over the addends, each above its least value, and over the
   constant that is left; f(0) = 0. So -b, the high half of a negative number,
   is (1 - b) - 1 and has no carries of its own. */
void number_map_addends(struct circuit *c, struct number *r,
                        const struct addends *a, const struct function *f);
/* The same for x alone. */
void number_map_terms(struct circuit *c, struct number *r,
                      const struct number *x, const struct function *f);
/* y = floor(x / 2^k), k as number_one_bit(). */
void number_high_part(mpz_t y, const mpz_t x, const void *k);
/* bit[i * stride], i < n, are the bits of how many of b = 1, 2, ... hold: add
   that b does, a 0/1 number, to those that turn there. To be settled. */
void number_push_count(struct circuit *c, struct number *bit, unsigned n,
                       size_t stride, unsigned long b,
                       const struct number *holds);
/* Settle such bits, which are 0 or 1 then. */
void number_settle_bits(struct circuit *c, struct number *bit, size_t n);
/* e = x as a constant and weighted 0/1 sources, the bits(x) of arithmetic.h.
   Not settled, as a ladder may have several; its range means nothing. */
void number_expand(struct circuit *c, struct number *e, const struct number *x);
/* How many others each x[i] beats, all different: m - 1 for the first greatest.
   One gate for each pair. The caller frees m numbers. */
struct number *number_compare_all(struct circuit *c,
                                  const struct number *const *x, size_t m);

/* x >= 0 in a gate for each of its bits, one level more, if it is free, but no
   ladder. */
void number_as_bits(struct circuit *c, struct number *x);

#endif
