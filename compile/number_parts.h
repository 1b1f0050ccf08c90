/* number_parts.h - between the files of number.h */
#ifndef NUMBER_PARTS_H
#define NUMBER_PARTS_H

#include "compile/number.h"

void number_swap(struct number *a, struct number *b);

/* n integers, 0, for number_steps(). */
mpz_t *steps_new(size_t n);
void steps_free(mpz_t *steps, size_t n);

#endif
