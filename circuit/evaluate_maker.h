/* evaluate_maker.h - the steps of evaluate_ladders.c while they are made

   What a sum reads becomes terms: a constant, a bit (0 or 1), a view, or the
   integer that several input bits of a bus spell where a sum weights them as
   one. Each but the constant is an item. Its value is made by the ladder it
   comes from, or from input bits just before its first reader, and its memory
   is given on after its last. */
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
  struct sum_value value;
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
  ARRAY(uint32_t) unused[4]; // places, by size of value
  size_t total;              // words
  /* The ladder at work: terms, without the constant. */
  bool is_second; // first all last readers are found
  ladder_id ladder;
  ARRAY(struct wide_term) terms;
  mpz_t constant, bound;
  /* Wires that were joined, by number from the ladder's first. */
  ARRAY(bool) joined;
  uint32_t
      *wire_of_input; // wire that reads it, plus 1; 0: none; MAKER_NONE: many
  uint32_t *output_of_bit, *next_output; // chains that end in MAKER_NONE
};

/* evaluate_terms.c: the integers of input buses; those of several buses belong
   to the first that spells one. */
void maker_find_elements(struct maker *m);
/* The terms and the constant of ladder l. */
void maker_read(struct maker *m, ladder_id l);
/* Divides its weights by their common power of 2, which is returned, and finds
   the bound of every sum of terms. */
mp_bitcnt_t maker_trim(struct maker *m);
void maker_clear_terms(struct maker *m);

/* evaluate_values.c: memory for the value of an item, until it is released. */
void maker_make_value(struct maker *m, struct item *x);
void maker_release_value(struct maker *m, struct item *x);
uint32_t maker_take_words(struct maker *m, size_t words);

/* evaluate_ladders.c: the lowest n limbs; returns the first's number. */
size_t maker_push_limbs(struct sums *s, mpz_srcptr z, size_t n);

/* evaluate_levels.c: the rungs whose thresholds are in the terms' reach... */
void maker_find_rungs(struct maker *m, ladder_id l, mp_bitcnt_t low,
                      struct rung_list *r);
/* ... how the step finds its level... */
void maker_push_thresholds(struct maker *m, struct sum_step *step,
                           const struct rung_list *r);
/* ... and what it makes of it: values and outputs. */
void maker_push_results(struct maker *m, ladder_id l, struct sum_step *step,
                        const struct rung_list *r);

#endif
