/* evaluate_maker.h - the steps of evaluate_ladders.c while they are made

   What a sum reads becomes terms: a constant, a bit (0 or 1), a view, or the
   integer that several input bits of a bus spell where a sum weights them as
   one. Each but the constant is an item. Its value is made by the ladder it
   comes from, or from input bits just before its first reader, and its memory
   is given on after its last.

   Ladders in a row that do not read each other are a group: first all that they
   read is made, then all sums, then all results. */
#ifndef EVALUATE_MAKER_H
#define EVALUATE_MAKER_H

#include "circuit/circuit.h"
#include "circuit/evaluate_sums.h"

#define MAKER_NONE UINT32_MAX

/* An integer that may be a term. */
enum origin {
  FROM_BIT,
  FROM_VIEW,
  FROM_INPUTS
};

struct item {
  enum origin origin;
  uint32_t id;    // bit, view or element
  ladder_id last; // its last reader
  bool is_made;
  int64_t lo, hi;
  uint32_t quad; // of a value that is a byte
  struct sum_value value;
};

/* Four bytes of memory a lane, given out one by one to values that are made one
   after the other, which then are often read together. */
struct quad {
  uint32_t place;
  uint32_t used, alive; // bytes given out, and of those not given back
  uint32_t row;         // in the weights of the group at work, or MAKER_NONE
};

/* Inputs that are one integer of a bus. */
struct element {
  uint32_t first, width;
  bool is_signed;
  uint32_t item; // or MAKER_NONE
};

struct wide_term {
  uint32_t item;
  mpz_t weight;
};

/* A needed rung that can go either way. */
struct rung {
  bit_id bit;
  mpz_t threshold;
};

struct rung_list {
  ARRAY(struct rung) may; // ascending
  bit_id first;           // bits before it are 1 or not needed
  bit_id end;             // and from it on 0 or not needed
};

/* The ladder at work: 2^low * terms + constant. */
struct member {
  ladder_id ladder;
  ARRAY(struct wide_term) terms;
  mpz_t constant;
  mpz_t bound; // of the size of any sum of the terms
  enum sum_kind kind;
  struct rung_list rungs;
};

struct maker {
  const struct circuit *c;
  struct sums *s;
  bool *needed;
  uint32_t *item_of_bit, *item_of_view; // or MAKER_NONE
  uint32_t *input_of_bit;               // or MAKER_NONE
  uint32_t *element_of_input;           // or MAKER_NONE
  size_t *views_of;                     // views by ladder: at ladder l those
  view_id *views;                       // of views[views_of[l]..views_of[l+1])
  ARRAY(struct item) items;
  ARRAY(struct element) elements;
  ARRAY(struct quad) quads;
  ARRAY(uint32_t) rows;      // quads that the group at work reads
  uint32_t open;             // quad that has bytes to give out, or MAKER_NONE
  ARRAY(uint32_t) unused[4]; // places, by size of value; those of quads first
  size_t total;              // words
  bool is_second;            // first all last readers are found
  struct member group[SUM_GROUP + 1]; // the last of them the ladder at work
  size_t members;
  struct member *at; // the ladder at work
  /* Wires that were joined, by number from the ladder's first. */
  ARRAY(bool) joined;
  uint32_t
      *wire_of_input; // wire that reads it, plus 1; 0: none; MAKER_NONE: many
  uint32_t *output_of_bit, *next_output; // chains that end in MAKER_NONE
};

/* evaluate_terms.c: the integers of input buses; those of several buses belong
   to the first that spells one. */
void maker_find_elements(struct maker *m);
/* The terms and the constant of ladder l, for m->at. */
void maker_read(struct maker *m, ladder_id l);
/* Divides its weights by their common power of 2, which is returned, and finds
   the bound of every sum of terms. */
mp_bitcnt_t maker_trim(const struct maker *m, struct member *x);
void member_empty(struct member *x);

/* evaluate_values.c: memory for the value of an item, until it is released. */
void maker_make_value(struct maker *m, struct item *x);
void maker_release_value(struct maker *m, struct item *x);

/* evaluate_ladders.c: the lowest n limbs; returns the first's number. */
size_t maker_push_limbs(struct sums *s, mpz_srcptr z, size_t n);

/* evaluate_levels.c: the rungs whose thresholds are in the terms' reach... */
void maker_find_rungs(struct maker *m, struct member *x, mp_bitcnt_t low);
/* ... how the step finds its level... */
void maker_push_thresholds(struct maker *m, struct sum_step *step,
                           const struct member *x);
/* ... and what it makes of it: values and outputs. */
void maker_push_results(struct maker *m, const struct member *x,
                        struct sum_step *step);

#endif
