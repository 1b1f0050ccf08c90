/* sketch.h - random programs, and what they mean in plain arithmetic

   A sketch is a plain description: values with lengths and ranges, steps by
   number, blocks. While it is drawn a program is written from it; and it is
   evaluated with nested loops over indices in longs, which knows nothing of
   the program.

     struct sketch s;
     sketch_init(&s, seed);
     trial_judge(&s.p, s.parameter, sketch_values, &s);
     sketch_clear(&s);

   Ranges are kept small by clamping, so that tables and products stay cheap. */
#ifndef SKETCH_H
#define SKETCH_H

#include "compile/program/operations.h"

#include <stdint.h>

enum {
  SKETCH_RANK = 4,
  SKETCH_OPERANDS = 4,
  SKETCH_NUMBERS = 40,
  SKETCH_LENGTHS = 64
};

enum sketch_kind {
  SKETCH_RESHAPE,
  SKETCH_TRANSPOSE,
  SKETCH_ROLL,
  SKETCH_SLICE,
  SKETCH_CONCAT,
  SKETCH_CONSTANT,
  SKETCH_COMBINE,
  SKETCH_ADD,
  SKETCH_SUB,
  SKETCH_SUM,
  SKETCH_LINEAR,
  SKETCH_PACK,
  SKETCH_BITS,
  SKETCH_AT_LEAST,
  SKETCH_APPLY,
  SKETCH_TABLE,
  SKETCH_MULTIPLY,
  SKETCH_ARGMAX,
  SKETCH_MAP,
  SKETCH_LOOP,
  SKETCH_TREE,
  SKETCH_KINDS
};

/* Functions of apply steps: f[0] says which, the others are its constants. */
enum {
  SKETCH_CLAMP,     // to f[1]..f[2]
  SKETCH_HALVE,     // -floor(x / f[3])
  SKETCH_SQUARE,    // of x - f[1]
  SKETCH_REMAINDER, // of x by f[3], never negative
  SKETCH_INSIDE,    // is x in f[1]..f[2]?
  SKETCH_FUNCTIONS
};
long sketch_function(const long *f, long x);

struct sketch_value {
  unsigned rank;
  size_t at[SKETCH_RANK];
  long lo, hi; // it stays within, whatever the inputs
  size_t block;
  value_id id; // in the program
};

struct sketch_step {
  enum sketch_kind kind;
  size_t x[SKETCH_OPERANDS], n; // operands
  size_t y[SKETCH_OPERANDS], m; // results
  unsigned axis;
  size_t rounds, carried, body;
  bool has_bias;
  long number[SKETCH_NUMBERS]; // weights, tables, ..., by kind
  size_t numbers;
};

struct sketch_block {
  ARRAY(struct sketch_step) steps;
  ARRAY(size_t) arguments, results; // values
  size_t parent;
};

struct sketch {
  struct program p;
  long parameter[1];
  ARRAY(struct sketch_value) values;
  ARRAY(struct sketch_block) blocks; // [0] is the sketch itself
  size_t open, depth;
  ARRAY(size_t) inputs, outputs; // values
  size_id n;                     // the program's parameter
  size_id length[SKETCH_LENGTHS];
  bool has_length[SKETCH_LENGTHS];
  uint64_t seed;
};

void sketch_init(struct sketch *s, uint64_t seed);
void sketch_clear(struct sketch *s);

/* out = outputs on these inputs; for trial_judge(). */
void sketch_values(const void *sketch, const long *in, long *out);

/* How often each kind of step is in it, blocks included. */
void sketch_count(const struct sketch *s, size_t count[SKETCH_KINDS]);

#endif
