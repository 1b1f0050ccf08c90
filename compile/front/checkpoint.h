/* checkpoint.h - a model's own weights: safetensors beside a config.json, as a
   flow

     struct checkpoint k;
     if (!checkpoint_open(&k, "model/", err) ||
         !checkpoint_build(&k, &flow, 16, 0))
       return false; // "'model.norm.weight' is missing"
     ... k.inputs.at[i].flow, k.outputs.at[i].flow ...
     checkpoint_clear(&k); // the flow stays

   A path names a folder, or the file in it that has the weights or their index
   (safetensors.h). Names and shapes of tensors are those that the library
   `transformers` saves, of DiT `diffusers`, and so is what is computed, in real
   numbers: from tokens to logits, of bert to states and what its pooler makes,
   of DiT from an image, a time in [0..999] and a label to an image. Each tensor
   is used, or known to be a buffer or another head.

   Recurrences of state spaces are written in closed form, with products of
   decays as powers of e, so that no depth grows with positions.

   Words and units
     n        positions; 0: 16, or as many as the config says if they are fewer
     targets  positions of t5's decoder; the same

   Errors     name the tensor, with its shape and the one it should have.
   Ownership  names of ports last as long as the program; of nodes, the flow. */
#ifndef CHECKPOINT_H
#define CHECKPOINT_H

#include "compile/front/config_numbers.h"
#include "compile/front/flow.h"
#include "compile/front/safetensors.h"

struct checkpoint_port {
  const char *name;
  flow_id flow;
  long most; // of an input of integers, which are from 0; else 0
};

struct checkpoint {
  struct architecture a;
  struct config_numbers numbers;
  struct safetensors weights;
  ARRAY(struct checkpoint_port) inputs, outputs; // once it is built
  /* While it is built. */
  struct flow *f;
  size_t n, targets;
  const char *prefix; // of all names but those of heads: "model."
  char block[80];     // and after that: "layers.3."
  bool *is_used;      // [tensor]
};

/* To be cleared in any case. */
bool checkpoint_open(struct checkpoint *k, const char *path, struct error *err);
/* From a config and bytes, which must stay where they are. */
bool checkpoint_read(struct checkpoint *k, const struct json *config,
                     const uint8_t *bytes, size_t n, struct error *err);
/* False with f->err. */
bool checkpoint_build(struct checkpoint *k, struct flow *f, long n,
                      long targets);
void checkpoint_clear(struct checkpoint *k);

#endif
