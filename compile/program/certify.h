/* certify.h - depth and size for every value of the parameters, proved

   A walk over the program's structure, once, with parameters as variables: each
   operation says by how much it is deeper than what it reads, which does not
   depend on sizes, and how many gates it has at most; a loop multiplies by its
   rounds. So what comes out holds for all sizes, whether tried or not.

     struct certificate k;
     if (!program_certify(&k, &p, &err)) ...
     puts(k.depth); // "7*layers"
     certificate_clear(&k);

   Depth is the inner one, from number to number: gates made only to have an
   output as a bit come on top. It is an upper bound, and so are gates; small
   sizes may take less, where a number reads a single ladder or none.

   Errors   an operation for which no bound is known, by name. */
#ifndef CERTIFY_H
#define CERTIFY_H

#include "circuit/error.h"
#include "compile/program/formula.h"

struct certificate {
  char *depth; // a formula
  char *gates; // a formula; NULL: no bound was derived
  /* What |element| of every value is at most, but for constants, and so what is
     weighed; NULL: that is not known, or bits of an integer are weighed. */
  char *most;
  bool is_constant; // depth
  struct formulas formulas;
  fmpz_mpoly_t of_depth, of_gates;
};

/* With steps made in so many levels (instance.h), or NULL. */
bool program_certify(struct certificate *k, const struct program *p,
                     const unsigned char *levels, struct error *err);
void certificate_clear(struct certificate *k);

/* ---- For the files of operations ---- */

/* What is known of a value's elements, for all sizes. */
struct fact {
  bool is_constant; // of the program: it reads no ladder
  bool is_ladder;   // one ladder at most
  bool is_bounded;  // |element| <= most
  bool is_natural;  // element >= 0
  fmpz_mpoly_t most;
  fmpz_mpoly_t rungs; // of its ladder, if it is one
  slong terms;        // 0/1 ones that it is a sum of at most; 0: not known
  /* It is a constant, 0 unless has_offset, and at most so many groups of views:
     either one view alone, or bits times powers of 2 of which those less than
     2^k add up to less than 2^k. So carries into column k are at most
     groups - 1, or groups if there is an offset. */
  bool has_groups, has_offset;
  fmpz_mpoly_t groups;
  /* No view is alone, there are so many bits at most, and a group is below
     2^group_bits. */
  bool has_parts;
  fmpz_mpoly_t parts, group_bits;
  /* Greatest over these of the depth of a value carried into a loop around it,
     and what comes on top; carried 0 is depth 0. */
  ARRAY(struct reach {
    uint32_t carried;
    fmpz_mpoly_t levels;
  })
  depth;
  /* That is at index 0 along the axis of this length: at index i elements are
     deeper by slope * i. */
  size_id along;
  long slope; // at least 0; 0: there is no such axis
};

struct proof {
  const struct program *p;
  struct formulas *f;
  struct fact *fact;           // [value_id]
  fmpz_mpoly_t times;          // that the steps of this block are done
  fmpz_mpoly_t gates;          // so far
  bool has_gates;              // a bound was found for all
  const unsigned char *levels; // [step_id]; or NULL
  uint32_t carried;            // depths of values carried into loops, 1..
};

struct fact *proof_operand(struct proof *k, const struct step *s, size_t i);
struct fact *proof_result(struct proof *k, const struct step *s, size_t i);
/* Result i is deeper by `levels` than the deepest operand, and constant if all
   operands are; it is not bounded, and no ladder, until that is said. */
void proof_deeper(struct proof *k, const struct step *s, size_t i, long levels);
/* Flatten result i where its index is not that of operand j. */
void proof_keep_index(struct proof *k, const struct step *s, size_t i, size_t j,
                      struct fact *y);
/* Each element of result i takes at most so many gates. */
void proof_add_gates(struct proof *k, const struct step *s, size_t i,
                     const fmpz_mpoly_t each);
/* The same for each element of any value. */
void proof_add_gates_of(struct proof *k, value_id v, const fmpz_mpoly_t each);
void proof_add_gates_once(struct proof *k, const fmpz_mpoly_t n);
/* Result 0 is bits, `levels` deeper than its operands; of their gates nothing
   is known that is a polynomial. */
void proof_integer_bits(struct proof *k, const struct step *s, long levels);
void proof_no_gates_known(struct proof *k);
/* In how many levels s is made. */
unsigned proof_levels(const struct proof *k, const struct step *s);
/* Result 0 is a function of operand 0, element by element, with at most so many
   changes; NULL: as many as values. In several levels it takes so many gates,
   and is no ladder. Sets all but `most`. */
void proof_function(struct proof *k, const struct step *s,
                    const fmpz_mpoly_t changes);
/* Result i is one ladder, of at most so many rungs. */
void proof_ladder(struct proof *k, const struct step *s, size_t i,
                  const fmpz_mpoly_t rungs);
/* n = the gates of a product at most, 0 if one is constant: an AND for each
   pair of bits, or quarter squares; false if no bound is known. */
bool proof_product_gates(struct proof *k, fmpz_mpoly_t n, const struct fact *a,
                         const struct fact *b);
/* n = the carries into a column of x at most; false if no bound is known. */
bool proof_carries(struct proof *k, fmpz_mpoly_t n, const struct fact *x);
/* y becomes a sum of so many times what x has. */
void fact_repeat(struct proof *k, struct fact *y, const struct fact *x,
                 const fmpz_mpoly_t times);
/* 0/1 terms that x is a sum of at most; 0 if that is not known. */
slong proof_terms(const struct proof *k, const struct fact *x);
/* Bits of a number that is free; false if they are not known. */
bool proof_bits(struct proof *k, fmpz_mpoly_t n, const struct fact *x);
/* |elements of result i| <= most; said after proof_deeper(), as 0 is constant.
 */
void proof_bound(struct proof *k, const struct step *s, size_t i,
                 const fmpz_mpoly_t most);
void proof_bound_si(struct proof *k, const struct step *s, size_t i, long most);
/* The same by so many levels. */
void proof_deeper_by(struct proof *k, const struct step *s, size_t i,
                     const fmpz_mpoly_t levels);
/* Elements of result i are 0 or 1; said after proof_deeper(). */
void proof_bits_only(struct proof *k, const struct step *s, size_t i);
/* The length of the last axis of operand i, if that is no parameter; else 0. */
long proof_last_length(const struct proof *k, const struct step *s, size_t i);
/* Elements of v. */
void proof_elements(struct proof *k, fmpz_mpoly_t n, value_id v);
void fact_init(struct proof *k, struct fact *t);
void fact_clear(struct proof *k, struct fact *t);
void fact_copy(struct proof *k, struct fact *to, const struct fact *from);
/* Its depth holds at every index: what slope adds at the last one, too. */
void fact_flatten(struct proof *k, struct fact *t);
/* Its depth is known no more. */
void fact_forget_depth(struct proof *k, struct fact *t);
/* of = what holds of both, but for depth; false if that is less than before. A
   bound that would grow is given up, unless it may. */
bool fact_keep(struct proof *k, struct fact *of, const struct fact *from,
               bool may_grow);
/* to = what holds of both. */
void fact_join(struct proof *k, struct fact *to, const struct fact *from);
/* to is at least as deep as `carried` and so many levels. */
void fact_reach(struct proof *k, struct fact *to, uint32_t carried,
                const fmpz_mpoly_t levels);
void proof_block(struct proof *k, block_id b);

/* What several functions of x have at most: known for those that are monotone
   where x is bounded by a number, or they are promised to be, and for others
   where x has few values. */
struct function_bound {
  bool is_known;
  fmpz_t changes, most;
  fmpz_t least, reach; // arguments are of least..reach
  bool has_reach;
};
void function_bound_init(struct function_bound *b, const struct fact *x,
                         const struct formulas *f);
/* most > 0: |f| <= most everywhere. */
void function_bound_add(struct function_bound *b, const struct function *f,
                        long most);
void function_bound_clear(struct function_bound *b);

#endif
