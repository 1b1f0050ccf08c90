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
  FROM_SLICE, // a byte of a view
  FROM_INPUTS
};

struct item {
  enum origin origin;
  uint32_t id;            // bit, view or element
  ladder_id last;         // its last reader; 0: nothing reads it, or no more
  uint32_t reading, term; // the last reading of it, and as which term
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
  uint32_t item;  // or MAKER_NONE
  uint32_t bytes; // the first of the elements that are its bytes, or MAKER_NONE
};

/* A view as bytes of (value - lo) >> zeros. */
struct sliced {
  uint32_t first, n; // items
  mpz_t lo;
  mp_bitcnt_t zeros;
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
  mp_bitcnt_t low;
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
  ARRAY(struct sliced) sliced;
  uint32_t *sliced_of_view; // or MAKER_NONE
  ARRAY(struct quad) quads;
  ARRAY(uint32_t) rows;      // quads that the group at work reads
  uint32_t open;             // quad that has bytes to give out, or MAKER_NONE
  ARRAY(uint32_t) unused[3]; // places, by size of value; those of quads first
  size_t total;              // words
  bool is_second;            // first all last readers are found
  struct member group[SUM_GROUP + 1]; // the last of them the ladder at work
  size_t members;
  struct member *at;      // the ladder at work
  uint32_t reading;       // of how many ladders
  ARRAY(int64_t) entries; // of the table at work
  ARRAY(int8_t) digits;   // of the weights at work
  /* Wires that were joined, by number from the ladder's first. */
  ARRAY(bool) joined;
  uint32_t
      *wire_of_input; // wire that reads it, plus 1; 0: none; MAKER_NONE: many
  uint32_t *output_of_bit, *next_output; // chains that end in MAKER_NONE
};

/* evaluate_terms.c: the integers of input buses; those of several buses belong
   to the first that spells one. */
void maker_find_elements(struct maker *m);
/* All of ladder l but its rungs, for m->at. */
void maker_read(struct maker *m, ladder_id l);
uint32_t maker_new_item(struct maker *m, enum origin origin, uint32_t id,
                        int64_t lo, int64_t hi);
uint32_t maker_element_item(struct maker *m, uint32_t element);
/* Add weight * item to the terms of m->at. */
void maker_push_term(struct maker *m, uint32_t item, mpz_srcptr weight);
void member_empty(struct member *x);

/* evaluate_slices.c: add 2^low * weight * view to m->at, in terms that are
   bytes... */
void maker_slice_view(struct maker *m, view_id v, mpz_srcptr weight,
                      mp_bitcnt_t low);
/* ... and put such terms in the place of all that are not; these get weight 0.
 */
void maker_slice_terms(struct maker *m);

/* evaluate_values.c: memory for the value of an item, until it is released. */
void maker_make_value(struct maker *m, struct item *x);
void maker_release_value(struct maker *m, struct item *x);

/* evaluate_ladders.c: give the item, a byte, this weight [-128..127] in sum r
   of the quads at work, which end here. */
void maker_push_weight(struct maker *m, size_t r, const struct item *x,
                       int weight);
void maker_end_rows(struct maker *m);

/* evaluate_wide.c: the quads and thresholds of a wide step. */
void maker_push_wide(struct maker *m, const struct member *x,
                     struct sum_step *step);

/* evaluate_levels.c: the rungs whose thresholds are in the terms' reach... */
void maker_find_rungs(struct maker *m, struct member *x);
/* ... how a step that is not wide finds its level... */
void maker_push_thresholds(struct maker *m, struct sum_step *step,
                           const struct member *x);
/* ... and the level at which a bit becomes 1: 0 if it always is, rungs + 1 if
   it never is. */
uint32_t maker_level(const struct rung_list *r, bit_id b);

/* evaluate_results.c: what is made of a level, values and outputs. */
void maker_push_results(struct maker *m, const struct member *x,
                        struct sum_step *step);

#endif
