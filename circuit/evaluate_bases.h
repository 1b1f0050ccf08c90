/* evaluate_bases.h - sums that contain earlier ones

   In a multiplier S_k = S_(k-1) + column k. Where a sum has all the wires of an
   earlier one, its base, the bits of the base are kept, and read in place of
   those wires. A sum is the base of one other at most.

     struct bases b;
     bases_init(&b, &c, needed);
     if (b.of[l])
       constant += base_read(&b, l, &digits); // a sum without its base's wires
     base_keep(&b, l, &code, low, bits, constant);
     base_release(&b, l, &code); // after the steps of l

   Ownership  The slots of kept bits are held until the base is released. */
#ifndef EVALUATE_BASES_H
#define EVALUATE_BASES_H

#include "circuit/circuit.h"
#include "circuit/evaluate_code.h"
#include "circuit/evaluate_digits.h"

struct base {
  ladder_id user; // the ladder that contains it; 0: none does
  uint32_t low;   // plane of bit 0
  mpz_t constant; // what the bits lack; initialised while they are kept
  slot_list bits;
};

struct bases {
  ladder_id *of;   // ladder whose sum is a part of this one's; 0: none
  struct base *at; // of each ladder
  bool *is_part;   // of each wire: is it one of the base's?
};

/* Finds them among ladders that are needed. O(wires). */
void bases_init(struct bases *b, const struct circuit *c, const bool *needed);
void bases_clear(struct bases *b);

/* Push the digits of the base of ladder l, if it has one, and add what they
   lack to `constant`. */
void base_read(const struct bases *b, ladder_id l, const struct code *code,
               struct digits *d, mpz_t constant);

/* Keep the bits of the sum of ladder l, bit 0 in plane `low`, if it is a base.
   They lack `constant`. */
void base_keep(struct bases *b, ladder_id l, struct code *code, uint32_t low,
               const slot_list *bits, const mpz_t constant);

/* After ladder l, give back the bits of its base. */
void base_release(struct bases *b, ladder_id l, struct code *code);

#endif
