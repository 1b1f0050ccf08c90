/* reading.h - a walk over an instance: what run and lower have in common

   A reading has a tensor for each value of the program and does the steps in
   order. What an element is differs: an integer for run, a number for lower.
   Operations that only move elements, and those that compose blocks, are
   written once, with reading_copy().

   Threads  each reading is used by one thread. */
#ifndef READING_H
#define READING_H

#include "compile/program/instance.h"

#include <flint/fmpz.h>

enum reading_kind {
  READING_RUN,
  READING_LOWER
};

/* Of shape instance->shape[value]; NULL while it holds nothing. */
union tensor {
  fmpz *whole;
  struct number *number;
};

struct reading {
  const struct instance *in;
  enum reading_kind kind;
  union tensor *tensor; // [value_id]
  struct circuit *c;    // that lower makes; NULL for run
  ARRAY(char) path;     // of the steps around this one, "f[3]."
};

void reading_init(struct reading *r, const struct instance *in,
                  enum reading_kind kind, struct circuit *c);
void reading_clear(struct reading *r);

/* The tensor of a value, made if it is not there. New elements are 0. */
union tensor *reading_tensor(struct reading *r, value_id v);
const struct shape_of *reading_shape(const struct reading *r, value_id v);
/* Elements [i..i + n) of v become elements [j..j + n) of w. */
void reading_copy(struct reading *r, value_id v, size_t i, value_id w, size_t j,
                  size_t n);
/* All of a tensor, of the same number of elements. */
void reading_copy_all(struct reading *r, value_id v, value_id w);

/* For lower, which may be of a folded instance (fold.h); else they do nothing.
   Ladders added from now on are those of element j of v, */
void reading_at(struct reading *r, value_id v, size_t j);
/* and besides those of index i along an axis of w. */
void reading_at_also(struct reading *r, value_id w, unsigned axis, size_t i);
/* sum += weight * x, for all copies of index i along an axis of v, of which x
   is a number; for keys in the sum of row `row`. As number_push(). */
void reading_push(struct reading *r, struct number *sum, const struct number *x,
                  const mpz_t weight, value_id v, unsigned axis, size_t i,
                  size_t row);

/* Do all steps of a block; its arguments have their elements. */
void reading_block(struct reading *r, block_id b);
/* The same as part of step s, in round i, or rounds i..last at once. */
void reading_round(struct reading *r, const struct step *s, size_t i,
                   size_t last);

#endif
