/* basis_parts.h - what conversions to another basis share

   A literal is a bit of the new circuit or its complement, in one integer. Each
   bit of the old circuit becomes a literal. A sum of the old circuit becomes

     offset + factor * (sum of weight * literal)

   with positive weights without a common divisor, and a gate that compares it
   with t becomes [sum of weight * literal >= ceil((t - offset) / factor)]. */
#ifndef BASIS_PARTS_H
#define BASIS_PARTS_H

#include "circuit/basis.h"

typedef uint32_t literal; // 2 * bit, or 2 * bit + 1 for its complement

#define LITERAL_FALSE ((literal)0)
#define LITERAL_TRUE ((literal)1) // the complement of BIT_ZERO; BIT_ONE is none

static inline literal literal_of(bit_id b) {
  return b == BIT_ONE ? LITERAL_TRUE : (literal)b << 1;
}
static inline literal literal_not(literal l) {
  return l ^ 1;
}
static inline bool literal_is_negated(literal l) {
  return l & 1;
}
static inline bool literal_is_constant(literal l) {
  return l <= LITERAL_TRUE;
}
/* What it is the bit or the complement of; a constant is the bit. */
static inline bit_id literal_bit(literal l) {
  return l == LITERAL_TRUE ? BIT_ONE : (bit_id)(l >> 1);
}

struct term {
  bit_id bit;      // of the old circuit, until the sum is settled
  literal literal; // no constant when it is settled
  mpz_t weight;    // then positive
};

struct literal_sum {
  ARRAY(struct term) terms;
  size_t ready; // terms[0..ready) have an initialised weight
  mpz_t offset, factor;
  mpz_t total; // of the weights
  mpz_t least; // of the weights; of no meaning without terms
};

/* A circuit on its way. */
struct conversion {
  const struct circuit *from;
  struct circuit *to;
  literal *of;     // [old bit]: what it became, or will
  uint32_t *place; // [old bit]: its term, or NO_TERM
  struct literal_sum sum;
  size_t operations; // begun
  mpz_t z;           // scratch
};

void conversion_init(struct conversion *v, struct circuit *to,
                     const struct circuit *from);
void conversion_clear(struct conversion *v);

/* Begin the operations before old ladder l. An input is made: true. */
bool conversion_begin(struct conversion *v, ladder_id l);
/* v->sum becomes that of old ladder l, whose sources have their literals: its
   terms first, one for each bit; then those of weight 0 and of constants go,
   and the others are as above. O(wires, views as those they stand for). */
void conversion_add_up(struct conversion *v, ladder_id l);
void conversion_settle(struct conversion *v);
/* In between: one more. */
void conversion_add_term(struct conversion *v, literal l, const mpz_t weight);
/* The threshold of old gate b for the literals; true if the gate is constant:
   then it is *constant. */
bool conversion_threshold(struct conversion *v, bit_id b, mpz_t threshold,
                          literal *constant);
/* Outputs, buses and names, when all ladders are there. The literals of outputs
   are constants or no complements. */
void conversion_finish(struct conversion *v);

#endif
