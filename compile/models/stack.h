/* stack.h - lengths and fields of an architecture's blocks; between its files

   Blocks are those of block.h with norm=rounded and softmax=exact, and generic
   weights. */
#ifndef STACK_H
#define STACK_H

#include "compile/models/architecture.h"
#include "compile/models/block_parts.h"
#include "compile/models/mamba.h"

struct stack {
  struct transformer b;
  struct transformer second; // that reads what b made: ENCODER_DECODER
  struct weights weights;
  struct experts experts;
  struct latent latent;
  size_id step_rank; // of mamba
};

void stack_init(struct stack *s, struct program *p,
                const struct architecture *a,
                const struct architecture_size *size);
void stack_clear(struct stack *s);
/* Blocks of selective state spaces, where all of `s` but its lengths of heads
   and mixtures is as for others. */
value_id stack_mamba(struct stack *s, const struct architecture *a, value_id x);
/* Logits [targets, vocab] of blocks that read z [n, d], activations that the
   first ones made. */
value_id stack_second(struct stack *s, const struct architecture *a,
                      value_id z);

#endif
