/* evaluate.h - values of a circuit's outputs for many vectors of inputs

   Two ways to the same values. Rung by rung works on any circuit: every gate
   that an output reads is a sum of single bits, 512 to 2048 vectors at once,
   one bit of a machine word for each. Ladder by ladder finds each sum as an
   integer, then its level, and looks the views up: the way to evaluate
   quantised networks. They share no arithmetic, so one checks the other.

     struct evaluator *e = evaluator_new(&c, EVALUATE_RUNGS);
     struct evaluator_block *b = evaluator_block_new(e);
     size_t words = evaluator_words(e);
     b->in[3 * words] = 5;         // input 3 is 1 in vectors 0 and 2
     evaluator_block_run(e, b);
     bool y = b->out[0] >> 2 & 1;  // output 0 of vector 2
     evaluator_block_free(b);
     evaluator_free(e);

   Words and units
     vector   a value for each input of the circuit.
     block    64 * words vectors, at least 512. Vector v of the block is bit
              v % 64 of the words in[i * words + v / 64], where i counts
              c.inputs, and out[o * words + v / 64], where o counts c.outputs.
     lanes    the words that one bit has in a block.

   Ownership  An evaluator keeps nothing of the circuit, which may change or
              go afterwards.
   Errors     None. Memory beyond the machine's ends the process.
   Threads    An evaluator is read-only: any number of threads may use it, each
              with a block of its own. */
#ifndef EVALUATE_H
#define EVALUATE_H

#include "circuit/circuit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum evaluation {
  EVALUATE_RUNGS,
  EVALUATE_LADDERS
};

struct evaluator;

struct evaluator_block {
  uint64_t *in;        // the caller writes these; evaluating keeps them
  const uint64_t *out; // valid from one run to the next
};

/* O(wires) for weights of a few bits, views counted as the wires they stand
   for where it goes rung by rung. Only what outputs read is evaluated. */
struct evaluator *evaluator_new(const struct circuit *c, enum evaluation how);
void evaluator_free(struct evaluator *e);
size_t evaluator_words(const struct evaluator *e); // a multiple of 8

/* With all inputs 0. */
struct evaluator_block *evaluator_block_new(const struct evaluator *e);
void evaluator_block_free(struct evaluator_block *b);
void evaluator_block_run(const struct evaluator *e, struct evaluator_block *b);
size_t evaluator_block_bytes(const struct evaluator *e);

/* What to do with vectors [first..first + count) of a run, where `first` is a
   multiple of 64 * words and count is less than that only at the end. Lanes
   from `count` on may hold anything.

   fill writes all lanes of the inputs. What it writes may depend on the
   vectors' numbers and on `context`, which it only reads.
   take reads the results. Several threads take different blocks at once, in any
   order, unless is_ordered: then one after the other in ascending order. It
   returns false to end the run. */
struct evaluator_job {
  void (*fill)(const void *context, uint64_t first, size_t count, size_t words,
               uint64_t *in);
  bool (*take)(void *context, uint64_t first, size_t count, size_t words,
               const uint64_t *in, const uint64_t *out);
  void *context;
  bool is_ordered;
};

/* Evaluate vectors [0..n) on this many threads; 0: as many as OpenMP gives.
   Returns n, or the first vector of the first block for which take returned
   false: the same at any number of threads, as every block before that one was
   taken. Later blocks may or may not have been, unless is_ordered: then none
   was. */
uint64_t evaluator_run(const struct evaluator *e, uint64_t n, int threads,
                       const struct evaluator_job *job);

#endif
