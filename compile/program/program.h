/* program.h - one program for a family of circuits

   A program is a list of steps over its parameters. A step applies an
   operation to values, which are tensors of integers, and makes new values.
   Steps that hold a block of steps compose: map does the block for each index,
   loop a number of times, tree pairwise up a balanced tree. All lengths are
   sizes (size.h), so one program stands for every n.

     struct program p;
     program_init(&p);
     size_id n = size_parameter(&p.sizes, "n", 8, 1, 1000000);
     value_id x = program_input_bits(&p, "x", scalar(), n);
     value_id ones = program_sum(&p, "ones", x);
     program_output(&p, "y", program_at_least(&p, "majority", ones, half));
     ...
     program_clear(&p);

   A program has readings: run (run.h) is its meaning in plain integers, lower
   (lower.h) makes the circuit. An operation is one file, with its part of each
   reading side by side (operation.h).

   Words and units
     value    a tensor of integers of any size, in row-major order
     block    arguments, steps in order, results. A step reads values of its
              own block, or of one around it, that were made before.
     name     of a step, for reports; steps in a loop add the round: "f[3]"

   Ownership  A program owns everything given to it but the names of
              parameters, which outlive it. What program_alloc() returns lasts
              until program_clear().
   Errors     Tensors that do not fit are a bug of whoever writes the program,
              unless their lengths depend on parameters: see instance.h. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "circuit/array.h"
#include "compile/number.h"
#include "compile/program/size.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t value_id; // [0..values.n)
typedef uint32_t block_id; // [0..blocks.n)
typedef uint32_t step_id;  // [0..steps.n)

#define SHAPE_MAX 6

/* Lengths of a tensor, outermost first; rank 0 is a single integer. */
struct dims {
  unsigned rank; // [0..SHAPE_MAX]
  size_id at[SHAPE_MAX];
};

struct value {
  struct dims dims;
  block_id block; // whose argument it is, or whose step makes it
};

struct step {
  const struct op *operation;
  char *name;
  uint32_t first_operand, operands; // in `lists`
  uint32_t first_result, results;
  const void *detail; // what the operation needs to know; its own struct
  block_id body;      // of map, loop and tree; 0 else: that is the program
};

struct block {
  ARRAY(value_id) arguments;
  ARRAY(step_id) steps;
  ARRAY(value_id) results;
  block_id parent;
};

struct port {
  char *name;
  value_id value;
  size_id width;  // bits of each integer; of outputs 0: as few as hold all
  bool is_signed; // two's complement; of no meaning for outputs of width 0
  bool is_bits;   // the value's last axis holds the bits of each integer
  bool is_random; // of inputs: bits that are drawn, not given
};

/* Axes whose indices may be exchanged without changing the program: count reads
   one index of each kind and multiplies. All axes of one length are meant. */
struct exchange {
  enum {
    EXCHANGE_PERIOD,  // indices that are equal modulo `period`
    EXCHANGE_PRODUCT, // those of the parts, the first outermost
    EXCHANGE_KEYS     // those of rows, of which these are a second axis
  } kind;
  size_id length;
  size_t period;
  size_id part[3]; // of KEYS the rows
  unsigned parts;
  bool is_causal; // index i of the rows goes with keys 0..i only
  bool is_other;  // and of KEYS: never with key i
};

struct program {
  struct sizes sizes;
  ARRAY(struct value) values;
  ARRAY(struct step) steps;
  ARRAY(struct block) blocks; // [0] is the program itself
  ARRAY(value_id) lists;
  ARRAY(struct port) inputs, outputs;
  ARRAY(struct exchange) exchanges; // at most 31
  ARRAY(void *) owned;
  ARRAY(struct function_owner {
    void (*clear)(void *);
    void *context;
  })
  owners;
  block_id open; // steps are added to this block
  uint64_t seed; // of what builders draw at random
};

void program_init(struct program *p);
void program_clear(struct program *p);
/* Zeroed memory that the program owns. */
void *program_alloc(struct program *p, size_t n, size_t size);
/* `clear(context)` is called by program_clear(), before memory is freed. */
void program_own(struct program *p, void (*clear)(void *), void *context);

/* Promises of who writes the program, which only count relies on: see above.
   Lengths are no constants. */
void program_exchange(struct program *p, size_id length, size_t period);
void program_exchange_product(struct program *p, size_id length,
                              const size_id *part, unsigned parts);
/* A number is summed over keys only where all that it reads goes with its key.
 */
void program_exchange_keys(struct program *p, size_id keys, size_id rows,
                           bool is_causal);
/* The same where no row goes with its own index: what reads pairs of rows and
   such keys knows of it (pairs.h). */
void program_exchange_others(struct program *p, size_id keys, size_id rows,
                             bool is_causal);

struct dims scalar(void);
struct dims vector(size_id n);
struct dims matrix(size_id rows, size_id columns);
struct dims program_dims(const struct program *p, value_id v);

value_id program_input(struct program *p, const char *name, struct dims dims,
                       size_id width, bool is_signed);
/* An integer of `width` bits, or dims of them, as the tensor of its bits, the
   lowest first: (dims, width). Nothing is as wide as the integer. */
value_id program_input_bits(struct program *p, const char *name,
                            struct dims dims, size_id width);
/* The same for two's complement. */
value_id program_input_bits_signed(struct program *p, const char *name,
                                   struct dims dims, size_id width);
/* The input that was added last is drawn evenly, not given: wrap.h. */
void program_mark_random(struct program *p);
/* The other way: the last axis of v holds 0/1 numbers, the bits of unsigned
   integers, or those of two's complement. */
void program_output_bits(struct program *p, const char *name, value_id v);
void program_output_bits_signed(struct program *p, const char *name,
                                value_id v);
/* Integers of as few bits as their range needs, or of `width` bits, into which
   the range fits. */
void program_output(struct program *p, const char *name, value_id v);
void program_output_width(struct program *p, const char *name, value_id v,
                          size_id width, bool is_signed);

/* For the files of operations: a step with one result, or with several, which
   are numbered one after the other. */
value_id program_step(struct program *p, const struct op *operation,
                      const char *name, const value_id *operand, size_t n,
                      struct dims result, const void *detail);
step_id program_step_many(struct program *p, const struct op *operation,
                          const char *name, const value_id *operand, size_t n,
                          const struct dims *result, size_t results,
                          const void *detail);
value_id program_operand(const struct program *p, const struct step *s,
                         size_t i);
value_id program_result(const struct program *p, const struct step *s,
                        size_t i);
/* A block inside of the open one; steps go there until it is closed. */
block_id program_open_block(struct program *p);
value_id program_argument(struct program *p, struct dims dims);
void program_close_block(struct program *p, const value_id *result, size_t n);

#endif
