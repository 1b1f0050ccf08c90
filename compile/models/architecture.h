/* architecture.h - a model without its weights: what is where, and how large

   One record for all that compile/front/config.h reads. It is enough to count
   parameters, and to write a program with generic weights (weights.h), which
   stand for weights of which none is 0, whatever the positions they turn.

     struct architecture_size size = {.n = 1024, .bits = 8};
     if (!architecture_check(&a, &size, err))
       return false; // "n=1024: must be at most 512: ..."
     architecture_build(&p, &a, &size);

   Words and units
     width      of what passes by the blocks: "hidden_size", "d_model"
     hidden     width of the second half of a block: "intermediate_size"
     parameter  a number that training finds; tied ones count once */
#ifndef ARCHITECTURE_H
#define ARCHITECTURE_H

#include "circuit/error.h"
#include "compile/models/quantise.h"

#include <gmp.h>

enum architecture_kind {
  ARCHITECTURE_DECODER,         // blocks, each position sees earlier ones
  ARCHITECTURE_ENCODER,         // and all positions, norms last
  ARCHITECTURE_ENCODER_DECODER, // both, and the second sees the first
  ARCHITECTURE_MAMBA,           // selective state spaces
  ARCHITECTURE_DENOISER         // one step of a diffusion on patches
};

/* Lengths and flags, all of one type so that tables can say which. 0 stands for
   what there is not. */
struct architecture {
  const char *name; // its model_type
  enum architecture_kind kind;
  long layers, decoder_layers; // the latter of ENCODER_DECODER
  long width;
  long heads, kv_heads, head_dim; // of queries, of keys and values
  long hidden;
  long vocab;
  long positions;          // rows that are added by place
  long types;              // rows that are added by type of token
  long has_window, window; // keys that a position sees at most; 0: all
  long activation;         // enum activation
  long is_gated;           // the second half multiplies two matrices
  long has_mean;           // norms subtract it, and have a bias
  long has_qkv_bias, has_o_bias, has_hidden_bias;
  long is_tied; // logits are of the embedding's matrix
  long has_pooler;
  /* Mixtures of experts: those of `expert_hidden`, of which `top` are chosen,
     `shared` that all tokens read, and blocks before the first mixture. */
  long experts, top, shared, expert_hidden, dense_layers;
  /* Experts are chosen of the `top_groups` groups with the best; 0: of all. */
  long has_groups, groups, top_groups;
  long has_chosen_sum; // weights of the chosen add up to 1; else of all
  /* Latent attention: widths of what queries, and keys and values, are made of;
     of a head what is turned, what is not, and its values. */
  long q_rank, kv_rank, turned_dim, plain_dim, value_dim;
  long buckets; // of distances, with a bias each
  /* State spaces. */
  long expand, inner, state, kernel, step_rank;
  long has_projection_bias, has_kernel_bias;
  /* Diffusion: of an image, in patches; labels without the empty one. */
  long patch, sample, channels, out_channels, labels;
};

enum architecture_part {
  PART_EMBEDDING,
  PART_POSITIONS,
  PART_TYPES,
  PART_ATTENTION,
  PART_CROSS_ATTENTION,
  PART_DISTANCES,
  PART_HIDDEN,
  PART_ROUTER,
  PART_EXPERTS,
  PART_SHARED,
  PART_STATE_SPACE,
  PART_MODULATION,
  PART_CONDITION,
  PART_NORMS,
  PART_POOLER,
  PART_HEAD,
  PART_SKIPS, // sums around halves of a block, rounded; without parameters
  PARTS
};

extern const char *const architecture_parts[PARTS];

/* What a step of the program is part of, by its name, rounds of loops before
   it: "layer[3].norm 1". PARTS if it is none: the outputs' bits. */
enum architecture_part architecture_part_of(const struct architecture *a,
                                            const char *step);

/* parameters[PARTS], initialised; no product overflows. */
void architecture_parameters(const struct architecture *a, mpz_t *parameters);
/* All of them, into an initialised integer. */
void architecture_all_parameters(const struct architecture *a, mpz_t all);

struct architecture_size {
  long n;       // positions, which stay a parameter of the program
  long targets; // and those of the decoder, if that is another part
  unsigned bits;
};

/* The greatest n that there is a program for; 0: any. */
long architecture_most_positions(const struct architecture *a);

/* That there is a program of this size; else what is missing. */
bool architecture_check(const struct architecture *a,
                        const struct architecture_size *size,
                        struct error *err);
void architecture_build(struct program *p, const struct architecture *a,
                        const struct architecture_size *size);

#endif
