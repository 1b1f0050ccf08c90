/* integers.h - exact integers of any size, each in 32 bits

   An integer_id stands for an integer. Those of at most 31 bits are their own
   id; longer ones are kept once in a table and the id is their place in it.
   So equal integers of one table have equal ids, a weight costs 4 bytes
   however long it is, and nothing has to be freed one by one.

     struct integers t = {0};
     integer_id w = integers_add(&t, z);
     long v;
     if (integers_get_si(&t, w, &v)) ...
     integers_clear(&t);

   Errors   more than 2^31 different long integers end the process. */
#ifndef INTEGERS_H
#define INTEGERS_H

#include "circuit/array.h"
#include "circuit/hash.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <gmp.h> // after stdio.h, or it does not declare gmp_fprintf()

typedef uint32_t integer_id;

#define INTEGER_LONG UINT32_C(0x80000000) // set in the ids of long integers
#define INTEGER_SMALL_MAX 0x3fffffffL     // small ones are of [-MAX-1..MAX]

struct integers {
  ARRAY(mp_limb_t) limbs;
  ARRAY(struct long_integer {
    size_t first; // [0..limbs.n)
    long size;    // limbs; negative for a negative integer, as in GMP
  })
  longs;
  struct hash find;
};

void integers_clear(struct integers *t);

integer_id integers_add(struct integers *t, const mpz_t value);
integer_id integers_add_si(struct integers *t, long value);

/* Drop all long integers but those that are live, which keep their order:
   long integer i of before gets the id renamed[i]. O(limbs). */
void integers_keep(struct integers *t, const bool *live, integer_id *renamed);

/* Every id of a small integer is valid in every table. */
static inline bool integer_is_small(integer_id id) {
  return !(id & INTEGER_LONG);
}
static inline long integer_small(integer_id id) {
  return (long)(int32_t)(id << 1) >> 1; // the sign is bit 30
}

struct integer_scratch {
  mpz_t value;
  mp_limb_t limb;
};

/* A read-only view of the integer: not to be cleared or assigned; lasts until
   the next integers_add*(). `scratch` holds a small one. */
static inline mpz_srcptr integers_get(const struct integers *t, integer_id id,
                                      struct integer_scratch *scratch) {
  const mp_limb_t *limbs = &scratch->limb;
  long size;
  if (integer_is_small(id)) {
    long v = integer_small(id);
    scratch->limb = v < 0 ? -(mp_limb_t)v : (mp_limb_t)v;
    size = (v > 0) - (v < 0);
  } else {
    limbs = t->limbs.at + t->longs.at[id & ~INTEGER_LONG].first;
    size = t->longs.at[id & ~INTEGER_LONG].size;
  }
  // As mpz_roinit_n(), which is a call of the library's.
  const mpz_t value = MPZ_ROINIT_N((mp_limb_t *)(uintptr_t)limbs, (int)size);
  *scratch->value = *value;
  return scratch->value;
}
/* True, and *value set, iff the integer fits a long. */
bool integers_get_si(const struct integers *t, integer_id id, long *value);
/* As mpz_cmp: negative, 0 or positive. */
int integers_compare(const struct integers *t, integer_id a, integer_id b);
/* -1, 0 or 1. */
int integers_sign(const struct integers *t, integer_id id);

#endif
