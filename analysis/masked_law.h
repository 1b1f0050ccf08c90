/* masked_law.h - how likely each word of a masked diffusion is, exactly

   Partial words are few: each is a legal word with some cells masked, or there
   is no legal word that it could become. How likely each is follows from how
   likely those of the round before were. All are multiples of 2^-bits. */
#ifndef MASKED_LAW_H
#define MASKED_LAW_H

#include "compile/models/masked.h"

#include <stdio.h>

#include <gmp.h>

struct masked_law {
  size_t n;
  fmpz *count; // [words]; what is missing to 2^bits is no legal word
  unsigned long bits;
};

void masked_law_init(struct masked_law *l, const struct masked *m);
void masked_law_clear(struct masked_law *l);
/* The share of legal words; the total variation distance to all of them being
   as likely. */
void masked_law_legal(mpq_t share, const struct masked_law *l);
void masked_law_distance(mpq_t tv, const struct masked_law *l);

#endif
