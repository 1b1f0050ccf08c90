/* embedding.h - what goes into blocks and comes out of them: activations, or
   tokens and logits

   vocab=0   inputs are "x", activations [n, d], outputs "y", X rounded to them.
   vocab=V   inputs are "tokens" [n], of ceil(log2 V) bits; codes beyond V - 1
             are token V - 1. X is a row of a matrix of activations, [V, d],
             and for gpt2 and bert a second one for each position, [n, d], is
             added. Outputs are "logits" [n, V]: a norm as those of blocks, and
             a matrix on it as before attention, rounded to activations.

   With weights=generic all positions are alike: no row of theirs is added.
   With weights=inputs the matrices are inputs "embedding", "position", "logits"
   and "logits.bias".

   Depth before the blocks: a ladder of V - 1 gates for each token, whose
   functions X are, so one level. What a first block rounds of one position is
   free then: its first level is saved, which the proof does not see. With
   weights=inputs two levels: V gates that compare a token, and V d ANDs for
   each bit of an activation.
   Depth after them: 2, and about V 2^(bits + 1) gates a position; with
   weights=inputs 4. Rounding alone is 1. */
#ifndef EMBEDDING_H
#define EMBEDDING_H

#include "compile/models/block.h"

/* Whether a row for each position is added. */
bool embedding_has_places(const struct transformer *b);
/* Inputs that are weights beside those of blocks. */
void embedding_declare(struct transformer *b);
/* Bits of a token of so many. */
size_t embedding_bits(long vocab);
/* Inputs of this name [count], below n, as one ladder each. */
value_id embedding_ladder(struct program *p, const char *name, size_id count,
                          long n);
/* Inputs of this name, unless weights are inputs, as one ladder each, [n]; and
   their rows of activations, [n, d]. */
value_id embedding_rows(struct transformer *b, const char *name,
                        value_id *tokens);
value_id embedding_input(struct transformer *b);
void embedding_output(struct transformer *b, value_id x);
/* X of activations, and back. */
value_id embedding_raise(struct transformer *b, value_id x);

#endif
