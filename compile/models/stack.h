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
  size_id step_rank;           // of mamba
  size_id patch_in, patch_out; // values of a patch, of a denoiser
};

void stack_init(struct stack *s, struct program *p,
                const struct architecture *a,
                const struct architecture_size *size);
void stack_clear(struct stack *s);
/* W x of the model's next matrix, of x 2^lift times as large as activations,
   with a bias or not, and what that is to be divided by; and it rounded and
   activated. `height` and `width` are its lengths, `rows` the first as a size.
 */
value_id stack_matrix(struct stack *s, value_id x, size_id rows, long height,
                      long width, unsigned long lift, bool has_bias,
                      unsigned long *shift);
value_id stack_rows(struct stack *s, const char *name, value_id x, size_id rows,
                    long height, long width, unsigned long lift,
                    enum activation act, bool has_bias);
/* Blocks of selective state spaces, where all of `s` but its lengths of heads
   and mixtures is as for others. */
value_id stack_mamba(struct stack *s, const struct architecture *a, value_id x);
/* One step of a diffusion on patches, from its inputs to its outputs. */
void stack_denoiser(struct stack *s, const struct architecture *a);
/* Logits [targets, vocab] of blocks that read z [n, d], activations that the
   first ones made. */
value_id stack_second(struct stack *s, const struct architecture *a,
                      value_id z);

#endif
