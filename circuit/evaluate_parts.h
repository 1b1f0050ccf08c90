/* evaluate_parts.h - what the two evaluators have in common, for them only

   An evaluator is the first member of a larger struct. The memory of a block
   is one array of words: the lanes of the inputs, those of the outputs, and
   then whatever the evaluator likes. */
#ifndef EVALUATE_PARTS_H
#define EVALUATE_PARTS_H

#include "circuit/evaluate.h"

#define EVALUATE_ALIGN 64 // bytes, of memory and of every bit's lanes

struct evaluator {
  size_t words, inputs, outputs;
  size_t total;          // words of a block's memory
  unsigned vector_bytes; // of the machine's vectors, where it matters; 16, 32
                         // or 64, at most steps_widest()
  void (*start)(const struct evaluator *e, uint64_t *memory); // or NULL
  void (*run)(const struct evaluator *e, uint64_t *memory);
  void (*free)(struct evaluator *e); // may be run on a part-built one
};

struct evaluator *evaluate_rungs(const struct circuit *c);
struct evaluator *evaluate_ladders(const struct circuit *c);

/* For each bit: does an output read it, through any path? A wire of weight 0
   reads nothing, nor does a view where its step is 0. The caller frees it. */
bool *evaluate_needed(const struct circuit *c);

/* Is any rung of ladder l needed? */
bool evaluate_is_live(const struct circuit *c, const bool *needed, ladder_id l);

#endif
