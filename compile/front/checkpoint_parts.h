/* checkpoint_parts.h - between the files of checkpoint.h

   States are [rows, width], without an axis for a batch of one. Functions take
   FLOW_NONE, and return it, as those of flow.h do. */
#ifndef CHECKPOINT_PARTS_H
#define CHECKPOINT_PARTS_H

#include "compile/front/checkpoint.h"

/* ---- Tensors (checkpoint.c) ---- */

/* All names from now on begin so, unless the file has this one without it. */
void checkpoint_prefix(struct checkpoint *k, const char *prefix,
                       const char *name);
/* Names of tensors from now on, and of nodes: "pooler.", "layers.3." */
void checkpoint_section(struct checkpoint *k, const char *name);
void checkpoint_block(struct checkpoint *k, const char *name, size_t i);
/* prefix, block and name. */
const struct safetensor *checkpoint_find(const struct checkpoint *k,
                                         const char *name);
/* The same as a constant; an error if it is missing, or not of this shape. */
flow_id checkpoint_tensor(struct checkpoint *k, const char *name,
                          const size_t *at, size_t rank);
flow_id checkpoint_vector(struct checkpoint *k, const char *name, size_t n);
flow_id checkpoint_matrix(struct checkpoint *k, const char *name, size_t rows,
                          size_t columns);
/* A tensor that is a copy of another constant, where the file has it. */
bool checkpoint_same(struct checkpoint *k, const char *name, flow_id w);
/* Room for a constant's elements, 0, which the caller frees; NULL with an error
   if they are too many. */
double *checkpoint_room(struct checkpoint *k, struct lengths *s,
                        const size_t *at, size_t rank);

/* ---- Inputs and outputs ---- */

/* [1, n] of integers [0..most], without the first axis. */
flow_id checkpoint_tokens(struct checkpoint *k, const char *name, size_t n,
                          long most);
flow_id checkpoint_image(struct checkpoint *k, const char *name,
                         const size_t *at, size_t rank);
/* With an axis of one in front. */
void checkpoint_output(struct checkpoint *k, const char *name, flow_id y);

/* ---- Parts of blocks (checkpoint_parts.c) ---- */

flow_id checkpoint_add(struct checkpoint *k, flow_id a, flow_id b);
flow_id checkpoint_times(struct checkpoint *k, flow_id a, flow_id b);
/* W x + b of "name.weight" and "name.bias". */
flow_id checkpoint_linear(struct checkpoint *k, flow_id x, const char *name,
                          size_t rows, size_t columns, bool has_bias);
/* x by its norm, times "name.weight", and "name.bias" if norms have means. */
flow_id checkpoint_norm(struct checkpoint *k, flow_id x, const char *name,
                        size_t width, double epsilon);
flow_id checkpoint_activation(struct checkpoint *k, flow_id x);
/* Matrices of the second half of a block. */
struct checkpoint_hidden {
  const char *gate, *up, *down; // gate: of those that have one
};
flow_id checkpoint_hidden(struct checkpoint *k, flow_id x,
                          const struct checkpoint_hidden *names, size_t width,
                          size_t hidden);
/* Experts of "experts3.", of which each row takes the best. */
flow_id checkpoint_experts(struct checkpoint *k, flow_id x, const char *router,
                           const char *experts,
                           const struct checkpoint_hidden *names);

struct checkpoint_attention {
  flow_id q, k, v; // [rows, heads * elements]
  size_t heads, kv_heads;
  double scale;
  bool is_causal;
  size_t window; // 0: all
  flow_id bias;  // of scores [heads, rows, keys]; or FLOW_NONE
};
/* [rows, heads * elements of values] */
flow_id checkpoint_attend(struct checkpoint *k,
                          const struct checkpoint_attention *a);
/* x [rows, heads * elements], each head's pairs turned by place. */
flow_id checkpoint_turn(struct checkpoint *k, flow_id x, size_t heads);
/* Columns [from..from + n). */
flow_id checkpoint_columns(struct checkpoint *k, flow_id x, size_t from,
                           size_t n);

/* ---- Architectures ---- */

void checkpoint_blocks(struct checkpoint *k); // decoders and encoders
/* o of latent attention, [rows, heads * elements of values]. */
flow_id checkpoint_latent(struct checkpoint *k, flow_id x);
void checkpoint_t5(struct checkpoint *k);
void checkpoint_mamba(struct checkpoint *k);
void checkpoint_denoiser(struct checkpoint *k);

#endif
