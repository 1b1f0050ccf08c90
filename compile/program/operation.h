/* operation.h - what one operation is in each reading

   Each operation has a file of its own, with its parts of the readings side by
   side, above them its depth and gates, and a function program_*() that adds a
   step of it. The readings of sizes beyond what can be made, count and certify,
   have their places here when they come.

   To add one: a file, and its functions in operations.h. */
#ifndef OPERATION_H
#define OPERATION_H

#include "compile/program/certify.h"
#include "compile/program/reading.h"

struct op {
  const char *name; // its kind in reports
  /* Either it is the same in every reading and makes no gates, */
  void (*every)(struct reading *r, const struct step *s);
  /* or each reading has its own part. Results are there, with any values. */
  void (*run)(struct reading *r, const struct step *s);
  void (*lower)(struct reading *r, const struct step *s);
  bool is_free; // lower makes no gates, so reports need not name its steps
  bool folds;   // `lower` is right for a folded instance (fold.h)
  /* In how many levels it can be made at most, for fewer gates the more: of its
     instance's choice (instance.h); NULL: one. */
  unsigned (*most_levels)(const struct step *s);
  /* What has an index along an axis reads only what has the same along axes of
     this length, but for the last axis of operands unless it is the same in
     every reading: for certify. */
  bool keeps_index;
  bool needs_ladder; // operand 0 must be free (number.h)
  bool reads_bits; // its gates have weights up to 2^n for n bits of an operand
  /* For certify: what is known of the results; NULL: nothing is. */
  void (*certify)(struct proof *k, const struct step *s);
  /* Whether lengths that depend on parameters suit each other; may be NULL. */
  bool (*check)(const struct instance *in, const struct step *s,
                struct error *err);
};

/* Result 0 and operand i of s, and its shape. */
value_id step_result(const struct reading *r, const struct step *s);
value_id step_operand(const struct reading *r, const struct step *s, size_t i);
const struct shape_of *step_shape(const struct reading *r,
                                  const struct step *s);

/* In how many levels s is made. */
unsigned step_levels(const struct reading *r, const struct step *s);

/* With an axis of length n before the others. */
struct dims dims_with_first(struct dims d, size_id n);

/* Operations whose result is integers as their bits, the lowest first, as a new
   last axis: its dims; how many bits; those of v for run; the numbers. */
struct dims dims_of_bits(struct dims dims, size_id width);
size_t step_width(const struct reading *r, const struct step *s);
void step_put_bits(const struct reading *r, const struct step *s, size_t j,
                   const fmpz_t v);
struct number *step_bits(const struct reading *r, const struct step *s,
                         size_t j);
/* For run: the bits of each element of operand 0. */
void run_bits(struct reading *r, const struct step *s);

/* Element j of a tensor of shape `big` reads this element of one of shape
   `small`, which is the same or is repeated along axes where it has length 1
   or that it does not have: the rule of numpy. */
size_t broadcast_index(const struct shape_of *big, const struct shape_of *small,
                       size_t j);
/* The dims of tensors combined by that rule. */
struct dims broadcast_dims(const struct program *p, const value_id *v,
                           size_t n);

#endif
