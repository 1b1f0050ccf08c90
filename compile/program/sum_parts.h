/* sum_parts.h - between the files of sums.c and linear.c */
#ifndef SUM_PARTS_H
#define SUM_PARTS_H

#include "compile/program/operation.h"

#include <flint/fmpz.h>

/* Integers that the program owns; and the greatest |integer| of n, 0 of none.
 */
const fmpz *program_keep_integers(struct program *p, const fmpz *at, size_t n);
const fmpz *program_keep_most(struct program *p, const fmpz *at, size_t n);

/* y += a * b; y += sum of weight[i] * x[i], or without weights of x[i]. */
void sum_product(fmpz *y, const fmpz *a, const fmpz *b);
void sum_row(fmpz *y, const fmpz *weight, const fmpz *x, size_t n);

/* A number under way, and room for an mpz. */
struct sum {
  struct reading *r;
  struct number *y;
  mpz_t weight;
  size_t row; // that it is of, where terms are keys that go with rows; or 0
};

void sum_init(struct sum *sum, struct reading *r);
void sum_clear(struct sum *sum);
void sum_begin(struct sum *sum, struct number *y, const fmpz *constant);
void sum_add(struct sum *sum, const fmpz *weight, const struct number *x);
/* The same for all that element i along an axis of v stands for; the last. */
void sum_add_along(struct sum *sum, const fmpz *weight, const struct number *x,
                   value_id v, unsigned axis, size_t i);
void sum_add_copies(struct sum *sum, const fmpz *weight, const struct number *x,
                    value_id v, size_t i);
void sum_end(struct sum *sum);

/* Sums along the last axis of operand 0, with weights of at most `weight`, and
   a bias of at most `bias`, or NULL. */
void certify_row(struct proof *k, const struct step *s, const fmpz *weight,
                 const fmpz *bias);
/* The same along an axis of it, with `times` terms for each index. */
void certify_sums(struct proof *k, const struct step *s, unsigned axis,
                  size_t times, const fmpz *weight, const fmpz *bias);

#endif
