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
/* e = x as a constant and weighted 0/1 sources, the bits(x) of arithmetic.h.
   Not settled, as a ladder may have several; its range means nothing. */
void number_expand(struct circuit *c, struct number *e, const struct number *x);

#endif
