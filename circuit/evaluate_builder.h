/* evaluate_builder.h - the program of evaluate_rungs.c while it is made

   One ladder after the other is read, as digits, and turned into steps. The
   slots of bits that it is the last to read are given back once the steps have
   read them, and may be those of its own bits. */
#ifndef EVALUATE_BUILDER_H
#define EVALUATE_BUILDER_H

#include "circuit/circuit.h"
#include "circuit/evaluate_bases.h"
#include "circuit/evaluate_code.h"
#include "circuit/evaluate_digits.h"
#include "circuit/evaluate_order.h"
#include "circuit/evaluate_planes.h"

/* A rung that is needed and can go either way. */
struct rung {
  bit_id bit;
  mpz_t threshold; // of the count of digits: [1..digits.most]
};

struct builder {
  const struct circuit *c;
  bool *needed;     // of each bit
  uint32_t *slot;   // of each bit; BUILDER_NONE before it has one
  uint32_t *output; // for each bit an output that it is, or BUILDER_NONE
  struct bases bases;
  struct order order;
  struct code code;
  struct counter counter;
  /* The ladder at work: its sum is constant + 2^low * (count - negative). */
  struct digits digits;
  mpz_t constant;
  uint32_t low;
  ARRAY(struct rung) rungs; // ascending
  ARRAY(bit_id) read;       // bits read for the last time
  slot_list bits;           // the bits of the count, by plane
  slot_list held;           // slots to give back after the ladder
};

#define BUILDER_NONE UINT32_MAX

/* evaluate_wires.c: the digits of ladder l, the constant and `low`. */
void builder_read(struct builder *b, ladder_id l);
/* Those rungs of ladder l. The others are settled: their slots are those of
   constants. */
void builder_find_rungs(struct builder *b, ladder_id l);
/* Give back what was read for the last time. */
void builder_release(struct builder *b);
/* The slot of a new bit: that of the output if it is one. */
uint32_t builder_slot(struct builder *b, bit_id bit);

/* evaluate_gate.c: the only rung. Changes its threshold. */
void builder_make_gate(struct builder *b);

/* evaluate_tables.c: none, one or several, and the bits of the sum, which are
   kept for the ladder that contains this one, if there is one. */
void builder_make_ladder(struct builder *b, ladder_id l);

#endif
