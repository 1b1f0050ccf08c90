/* operands.h - unsigned integers on input bits, and what numbers made of them
   are for given inputs

     struct operands o;
     operands_init(&o, (unsigned[]){5, 5}, 2);
     number_mul(&o.c, &r, &o.x[0], &o.x[1]);
     for (uint64_t v = 0; v < (uint64_t)1 << o.bits; v++) {
       operands_set(&o, v);               // o.at[0], o.at[1]
       operands_value(y, &o, &r);
     }
     operands_clear(&o); */
#ifndef OPERANDS_H
#define OPERANDS_H

#include "compile/number.h"

struct operands {
  struct circuit c;
  struct number *x; // [n]
  size_t n;
  unsigned *width; // [n]
  unsigned bits;   // in all
  bool *input, *value;
  mpz_t *at; // [n]: the integers of the last operands_set() or _draw()
};

void operands_init(struct operands *o, const unsigned *width, size_t n);
void operands_clear(struct operands *o);

/* The lowest bits of v are those of x[0]; at most 64 in all. */
void operands_set(struct operands *o, uint64_t v);
/* Random, or extreme: a power of two, or one less or more, or a product of
   another operand, one less or more. */
void operands_draw(struct operands *o, gmp_randstate_t random);
/* The value of a number, or of n 0/1 numbers, the lowest bit first. */
void operands_value(mpz_t y, const struct operands *o, const struct number *x);
void operands_bits(mpz_t y, const struct operands *o, const struct number *bit,
                   size_t n);

#endif
