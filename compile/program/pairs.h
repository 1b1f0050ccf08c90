/* pairs.h - for operations on pairs of positions, a row and a key

   In a folded instance an index stands for several positions (fold.h), so a row
   and its key may be two of one class, whose numbers are the same: what the key
   has is read from another copy. */
#ifndef PAIRS_H
#define PAIRS_H

#include "compile/program/attention.h"
#include "compile/program/reading.h"

/* Whether the row reads the key, where `rows` is the length of both axes. */
bool pairs_is_read(const struct reading *r, enum pairs pairs, size_id rows,
                   size_t row, size_t key);
/* sum += weight * x, which is an element of v at the key, as the row has others
   of its own; the first axis of v is positions. As number_push(). */
void pairs_push_key(struct reading *r, enum pairs pairs, struct number *sum,
                    const struct number *x, const mpz_t weight, value_id v,
                    size_t row, size_t key);

#endif
