/* chances.h - how often a source with random inputs gives what

   All seeds are tried for all inputs, many at a time.

     struct chances k;
     if (!chances_find(&k, &source, progress, &err)) ...
     uint64_t n = chances_wrong(&k, input); // of 2^k.seeds
     chances_clear(&k);

   Words and units
     seed     the bits of all random inputs, as a number; the first one added
              to the circuit is the lowest.
     input    the same of the other inputs.
     output   the bits of all outputs.
     goal     what is right for an input: what the task says (family.h), or else
              the output that most seeds give, the least of equals.

   Errors     no random inputs, or more bits than the limits below: names them.
   Cost       2^(inputs + seeds) evaluations; memory 8 * 2^(inputs + outputs).
 */
#ifndef CHANCES_H
#define CHANCES_H

#include "analysis/source.h"

#define CHANCES_MAX_SEEDS 26  // bits of a seed
#define CHANCES_MAX_BITS 36   // of a seed and an input
#define CHANCES_MAX_COUNTS 24 // of an input and an output

struct chances {
  unsigned inputs, seeds, outputs; // bits
  bool has_goal;                   // of a task
  uint64_t *count;                 // [input << outputs | output]: seeds
  uint32_t *goal;                  // [input]
};

bool chances_find(struct chances *k, struct source *s,
                  void (*progress)(uint64_t done, uint64_t all),
                  struct error *err);
void chances_clear(struct chances *k);

uint64_t chances_wrong(const struct chances *k, uint64_t input);
/* An input that is wrong most often, the least of such. */
uint64_t chances_worst(const struct chances *k);

/* Where that is too much: how often a task errs on inputs and seeds that are
   both drawn, which is no bound for the worst input. */
struct sample {
  uint64_t draws, wrong;
  double least, most; // of the error, with 95 % confidence (Wilson 1927)
};

/* An error if no task says what is right. The same at any number of threads. */
bool sample_find(struct sample *r, struct source *s, uint64_t draws,
                 uint64_t seed, struct error *err);

/* Whether input i of the source's circuit is random, for each of them; to be
   freed. */
bool *source_random_inputs(const struct source *s, const struct circuit *c);

#endif
