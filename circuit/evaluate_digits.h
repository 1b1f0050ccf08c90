/* evaluate_digits.h - a sum as signed binary digits of its weights

   A weight is plus and minus powers of 2, no two in a row, so the fewest. A
   digit is one of them with the slot of the bit that it multiplies; its plane
   is the power. A negative digit is counted as the negated bit, which is
   2^plane too much, as -x = (1 - x) - 1:

     sum of w*x = sum of 2^plane * (x or 1 - x) - negative.

     digits_push(&d, plane, false, slot);
     digits_push_product(&d, weight, slot);
     digits_settle(&d);
     uint32_t low = digits_trim(&d); // the sum is 2^low times what is left */
#ifndef EVALUATE_DIGITS_H
#define EVALUATE_DIGITS_H

#include "circuit/array.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <gmp.h>

struct digit {
  uint32_t key; // 2 * plane + 1 if negative
  uint32_t slot;
};

struct digits {
  ARRAY(struct digit) all; // ascending by key once they are settled
  mpz_t most;              // the sum of all 2^plane: the most that is counted
  mpz_t negative;          // that of the negative digits
  ARRAY(struct digit) spare;
  ARRAY(size_t) counts; // of each key, to sort by
};

void digits_init(struct digits *d); // no digits
void digits_clear(struct digits *d);
void digits_empty(struct digits *d);

/* A weight of more than 2^31 bits ends the process. */
void digits_push(struct digits *d, size_t plane, bool is_negative,
                 uint32_t slot);
void digits_push_product(struct digits *d, mpz_srcptr weight, uint32_t slot);

/* After the last digit. O(digits + planes). */
void digits_settle(struct digits *d);

/* Divide all by their common power of 2, which is returned. */
uint32_t digits_trim(struct digits *d);

/* Drop digits that cannot change whether the count is at least t, which changes
   with them: while the lowest plane has no negative digit and one at most, and
   t is even, [2x + digit >= t] is [x >= t/2]. */
void digits_trim_threshold(struct digits *d, mpz_t t);

#endif
