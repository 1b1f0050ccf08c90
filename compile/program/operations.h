/* operations.h - the steps a program is written in

   Each function adds one step to the open block and returns its value. `name`
   stands in reports. Depth and gates of each are above its code, in the file
   of its name. Depth is counted from numbers to numbers (number.h): what is
   said to be free makes no gates. */
#ifndef OPERATIONS_H
#define OPERATIONS_H

#include "compile/program/program.h"

#include <flint/fmpz.h>

/* ---- Moving elements: free ---- */

value_id program_reshape(struct program *p, const char *name, value_id x,
                         struct dims dims);
/* Axis i of the result is axis order[i] of x. */
value_id program_transpose(struct program *p, const char *name, value_id x,
                           const unsigned *order);
/* Element i along the last axis is element i + by of x, around the end. */
value_id program_roll(struct program *p, const char *name, value_id x, long by);
/* [from..from + length) of an axis. */
value_id program_slice(struct program *p, const char *name, value_id x,
                       unsigned axis, size_id from, size_id length);
value_id program_concat(struct program *p, const char *name, const value_id *x,
                        size_t n, unsigned axis);
/* Element i < n is element from[i] of x. */
value_id program_pick(struct program *p, const char *name, value_id x,
                      struct dims dims, const uint32_t *from, size_t n);

/* ---- Linear: free ---- */

value_id program_constant(struct program *p, const char *name, struct dims dims,
                          const fmpz *at, size_t n);
/* 0, 1, ..., n - 1. */
value_id program_places(struct program *p, const char *name, size_id n);
/* constant + sum of weight[i] * x[i], element by element; lengths follow
   broadcast_dims() of operation.h. */
value_id program_combine(struct program *p, const char *name, const value_id *x,
                         const long *weight, size_t n, long constant);
value_id program_add(struct program *p, const char *name, value_id a,
                     value_id b);
value_id program_sub(struct program *p, const char *name, value_id a,
                     value_id b);
/* Along the last axis, which goes away. */
value_id program_sum(struct program *p, const char *name, value_id x);
/* Along the last axis, of length `columns`, which becomes `rows`: y[i] =
   bias[i] + sum over j of weight[i * columns + j] * x[j]. bias may be NULL. */
value_id program_linear(struct program *p, const char *name, value_id x,
                        size_t rows, size_t columns, const fmpz *weight,
                        const fmpz *bias);
/* The same with as many rows as a size says, and weights that repeat: entry
   (i, j) is at[(i % rows) * columns + j % columns]. So is the bias, of
   weight->rows. */
struct matrix {
  size_t rows, columns; // 0 only where there are no rows, or none to add up
  const fmpz *at;
};
value_id program_linear_matrix(struct program *p, const char *name, value_id x,
                               size_id rows, const struct matrix *weight,
                               const fmpz *bias);
/* Sum of 2^i times bit i, along the last axis. */
value_id program_pack(struct program *p, const char *name, value_id bits);

/* ---- Functions of one number ---- */

/* The `width` lowest bits, two's complement, as a new last axis. */
value_id program_bits(struct program *p, const char *name, value_id x,
                      size_id width);
/* The same for elements >= 0 that `width` holds, with weights of at most
   `weight` or so: one level and more gates for short weights. */
value_id program_bits_lookahead(struct program *p, const char *name, value_id x,
                                size_id width, size_id weight);
/* The lowest bit, in at most `levels` >= 1 levels: more levels, fewer gates. */
value_id program_parity(struct program *p, const char *name, value_id x,
                        size_id levels);
/* [x >= t], element by element. */
value_id program_at_least(struct program *p, const char *name, value_id x,
                          size_id t);
/* f[i] of element i along the last axis, or f[0] of all if n is 1. Contexts
   last as long as the program. */
value_id program_apply(struct program *p, const char *name, value_id x,
                       const struct function *f, size_t n);
/* The same where |f| <= most for all arguments, which certify relies on. */
value_id program_apply_bounded(struct program *p, const char *name, value_id x,
                               const struct function *f, size_t n, long most);
/* f of each element, where f changes by 1 at a time, always up, always down or
   in turn: about 2 sqrt(changes) gates, at depth 2. */
value_id program_apply_blocks(struct program *p, const char *name, value_id x,
                              const struct function *f);
/* f of each element, where f is 0 or 1, as a bit of the circuit: changes/2 + 1
   gates, at depth 2, but a next layer would rather have program_apply(). */
value_id program_apply_gate(struct program *p, const char *name, value_id x,
                            const struct function *f);
/* table[x - least] for x in [least..least + n); beyond, its first or last. */
value_id program_table(struct program *p, const char *name, value_id x,
                       const long *table, size_t n, long least);

/* The same for x / 2^shift, rounded to the nearest, half up. */
value_id program_table_shift(struct program *p, const char *name, value_id x,
                             unsigned long shift, const long *table, size_t n,
                             long least);

/* Row x of a matrix of n rows, which repeat those of m, as its columns do along
   `columns`: a new last axis. Of x < 0 row 0, beyond the last the last. */
value_id program_look_up(struct program *p, const char *name, value_id x,
                         const struct matrix *m, size_t n, size_id columns);
/* The same with gates of its own, which share no ladder with x. */
value_id program_table_own(struct program *p, const char *name, value_id x,
                           unsigned long shift, const long *table, size_t n,
                           long least);

/* ---- Functions of several numbers ---- */

/* a * b, element by element, as program_combine(). */
value_id program_multiply(struct program *p, const char *name, value_id a,
                          value_id b);
/* The greatest along the last axis, which is not empty and goes away. */
value_id program_maximum(struct program *p, const char *name, value_id x);
/* Of [.., m, w], the bits of m integers, or of several such, broadcast as by
   program_combine(): the bits of the least of the m sums of one integer of each
   of x[0..n). [.., w + ceil(log2 n)] of them. */
value_id program_least_bits(struct program *p, const char *name,
                            const value_id *x, size_t n);
/* The place of the greatest along the last axis, the first among equals. */
value_id program_argmax(struct program *p, const char *name, value_id x);
/* The same as 0/1 numbers along the axis, of which one is 1. */
value_id program_argmax_hot(struct program *p, const char *name, value_id x);
/* The same as ceil(log2 m) bits, but at least one, of a row of m. */
value_id program_argmax_bits(struct program *p, const char *name, value_id x);
/* Bits (m, n) are those of m integers; the result (places, n) those of the
   integers at places [from..from + places) in ascending order. */
value_id program_sorted_bits(struct program *p, const char *name, value_id bits,
                             size_id from, size_id places);

/* ---- Integers whose results come as bits ----

   Operands are not negative; results have their bits, the lowest first, as a
   new last axis. division.h and powers.h say what they take. */

/* Of x, y < 2^n, element by element: n bits of x / y or x mod y. `depth`
   counts to physical bits: digits in that depth, or 0 for polynomially many
   gates in depth 3, or 4. */
value_id program_quotient(struct program *p, const char *name, value_id x,
                          value_id y, size_id n, unsigned depth);
value_id program_remainder(struct program *p, const char *name, value_id x,
                           value_id y, size_id n, unsigned depth);
/* The same for a constant, of x < 2^n: n bits of x / m; and those of m - 1, at
   least one, of x mod m, in depth 2 or 3. */
value_id program_quotient_by(struct program *p, const char *name, value_id x,
                             size_id n, const fmpz_t m);
value_id program_remainder_by(struct program *p, const char *name, value_id x,
                              size_id n, const fmpz_t m, unsigned depth);
/* ceil(n / 2) bits of the square root of x < 2^n, in depth 2 or 3. */
value_id program_root(struct program *p, const char *name, value_id x,
                      size_id n, unsigned depth);
/* The product along the last axis, which goes away, of m integers < 2^n:
   n * m bits, in depth 4 or 5. */
value_id program_product(struct program *p, const char *name, value_id x,
                         size_id n, unsigned depth);
/* n * e bits of x^e for x < 2^n. */
enum power_method {
  POWER_MONOMIALS,
  POWER_RESIDUES,
  POWER_TABLE
};
value_id program_power(struct program *p, const char *name, value_id x,
                       size_id n, unsigned long e, enum power_method how);

/* ---- Circuits ---- */

/* The bits of c's outputs, given those of its inputs along the only axis, in
   the order in which they were added. c lasts as long as the program. */
value_id program_embed(struct program *p, const char *name, value_id x,
                       const struct circuit *c);

/* ---- Composition ----

   A block is written between begin and end. Each takes its operands' slices
   along their first axis as arguments, and so do its results become slices. */

struct composition {
  const struct op *operation;
  const char *name; // lasts until end
  const value_id *operand;
  size_t carried, sliced; // operands of each kind
  size_id rounds;
  const value_id *argument; // of the block: carried + sliced, or two for each
                            // operand of a tree; lasts until the program ends
};

/* For each index: `results` of the block become the slices of as many values,
   whose ids are put in `value`. */
void program_begin_map(struct program *p, struct composition *m,
                       const char *name, const value_id *operand, size_t n,
                       size_id rounds);
/* A value in each round made of that of the round before: `operand` has the
   first `carried` ones as they are before round 0, then `sliced` ones, of
   which round i has slice i. The block's first results are what is carried on,
   the others are slices. */
void program_begin_loop(struct program *p, struct composition *l,
                        const char *name, const value_id *operand,
                        size_t carried, size_t sliced, size_id rounds);
/* All slices of n values combined by a balanced tree: arguments are n of the
   left and n of the right; the order of slices is kept, and one that has no
   partner in a level waits for the next. ceil(log2 rounds) levels. */
void program_begin_tree(struct program *p, struct composition *t,
                        const char *name, const value_id *operand, size_t n,
                        size_id rounds);
void program_end(struct program *p, struct composition *c,
                 const value_id *result, size_t results, value_id *value);

#endif
