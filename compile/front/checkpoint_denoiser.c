/* DiT: blocks on patches of an image, whose norms are changed by a time and a
   label. What a time becomes before the label is added is a row of a constant
   matrix: one function of one integer. */
#include "compile/front/checkpoint_parts.h"
#include "compile/front/operators.h"

#include <math.h>

enum {
  WAVES = 256,
  TIMES = 1000
};
#define EPSILON 1e-6 // of norms but the second of a block

/* ---- Time and label ---- */

/* cos and then sin of each time, from one a step down to one in 10000. */
static flow_id waves(struct checkpoint *k) {
  struct lengths s;
  size_t half = WAVES / 2;
  double *at = checkpoint_room(k, &s, (size_t[]){TIMES, WAVES}, 2);
  if (!at)
    return FLOW_NONE;
  for (size_t i = 0; i < s.n; i++) {
    size_t j = i % WAVES;
    double angle = pow(1e4, -(double)(j % half) / (double)(half - 1));
    angle *= (double)(i / WAVES);
    at[i] = j < half ? cos(angle) : sin(angle);
  }
  flow_id y = flow_constant(k->f, ONNX_FLOAT, &s, at);
  free(at);
  return y;
}

static flow_id silu(struct checkpoint *k, flow_id x) {
  return checkpoint_times(k, x, flow_unary(k->f, SCALAR_SIGMOID, x));
}

/* SiLU of both together, [1, width]; each block has its own. */
static flow_id condition(struct checkpoint *k, flow_id time, flow_id label) {
  size_t width = (size_t)k->a.width;
  flow_id w = checkpoint_linear(
      k, waves(k), "norm1.emb.timestep_embedder.linear_1", width, WAVES, true);
  w = checkpoint_linear(k, silu(k, w), "norm1.emb.timestep_embedder.linear_2",
                        width, width, true);
  flow_id rows =
      checkpoint_matrix(k, "norm1.emb.class_embedder.embedding_table.weight",
                        (size_t)k->a.labels + 1, width);
  return silu(k, checkpoint_add(k, flow_look_up(k->f, time, w),
                                flow_look_up(k->f, label, rows)));
}

/* norm(x) (1 + scale) + shift, of parts of c. */
static flow_id change(struct checkpoint *k, flow_id x, double epsilon,
                      flow_id c, size_t shift, size_t scale) {
  size_t width = (size_t)k->a.width;
  if (x == FLOW_NONE)
    return x;
  x = operators_normalise(k->f, x, 2, epsilon, true);
  flow_id by = flow_with(k->f, SCALAR_ADD,
                         checkpoint_columns(k, c, scale * width, width), 1);
  return checkpoint_add(k, checkpoint_times(k, x, by),
                        checkpoint_columns(k, c, shift * width, width));
}

static flow_id add_gated(struct checkpoint *k, flow_id x, flow_id y, flow_id c,
                         size_t gate) {
  size_t width = (size_t)k->a.width;
  return checkpoint_add(
      k, x,
      checkpoint_times(k, y, checkpoint_columns(k, c, gate * width, width)));
}

/* ---- Blocks ---- */

static flow_id attend(struct checkpoint *k, flow_id x) {
  size_t width = (size_t)k->a.width;
  bool has_bias = k->a.has_qkv_bias;
  struct checkpoint_attention a = {
      .q = checkpoint_linear(k, x, "attn1.to_q", width, width, has_bias),
      .k = checkpoint_linear(k, x, "attn1.to_k", width, width, has_bias),
      .v = checkpoint_linear(k, x, "attn1.to_v", width, width, has_bias),
      .heads = (size_t)k->a.heads,
      .kv_heads = (size_t)k->a.heads,
      .scale = 1 / sqrt((double)k->a.head_dim),
      .bias = FLOW_NONE};
  return checkpoint_linear(k, checkpoint_attend(k, &a), "attn1.to_out.0", width,
                           width, true);
}

/* c: shift, scale and gate of each half. */
static flow_id add_block(struct checkpoint *k, flow_id x, flow_id condition) {
  static const struct checkpoint_hidden hidden = {NULL, "ff.net.0.proj",
                                                  "ff.net.2"};
  size_t width = (size_t)k->a.width;
  flow_id c =
      checkpoint_linear(k, condition, "norm1.linear", 6 * width, width, true);
  flow_id y = attend(k, change(k, x, EPSILON, c, 0, 1));
  x = add_gated(k, x, y, c, 2);
  y = checkpoint_hidden(k, change(k, x, k->numbers.epsilon, c, 3, 4), &hidden,
                        width, (size_t)k->a.hidden);
  return add_gated(k, x, y, c, 5);
}

/* ---- From an image to an image ---- */

/* sin and then cos of a column, and of a row: [patches, width]. */
static flow_id places(struct checkpoint *k, size_t side) {
  size_t width = (size_t)k->a.width, part = width / 4;
  struct lengths s;
  if (width % 4)
    return flow_error(k->f, "%zu is not a multiple of 4, as places need it",
                      width);
  double *at = checkpoint_room(k, &s, (size_t[]){side * side, width}, 2);
  if (!at)
    return FLOW_NONE;
  for (size_t i = 0; i < s.n; i++) {
    size_t patch = i / width, j = i % width, wave = j % part;
    size_t place = j < width / 2 ? patch % side : patch / side;
    double angle = (double)place / k->numbers.place_scale *
                   pow(1e4, -(double)wave / (double)part);
    at[i] = j / part % 2 ? cos(angle) : sin(angle);
  }
  flow_id y = flow_constant(k->f, ONNX_FLOAT, &s, at);
  free(at);
  return y;
}

static flow_id add_patches(struct checkpoint *k, flow_id x, size_t side) {
  size_t width = (size_t)k->a.width, patch = (size_t)k->a.patch;
  size_t channels = (size_t)k->a.channels;
  struct flow_window window = {.rank = 2,
                               .stride = {patch, patch},
                               .dilation = {1, 1},
                               .places = {side, side}};
  checkpoint_section(k, "pos_embed.proj.");
  flow_id w = checkpoint_tensor(k, "weight",
                                (size_t[]){width, channels, patch, patch}, 4);
  x = flow_convolve(k->f, x, w, &window, 1);
  x = flow_reshape_to(k->f, x, (size_t[]){width, side * side}, 2);
  x = flow_swap(k->f, x, 0, 1);
  x = checkpoint_add(k, x, checkpoint_vector(k, "bias", width));
  return checkpoint_add(k, x, places(k, side));
}

/* [patches, rows * columns * channels] to [channels, rows, columns]. */
static flow_id join_patches(struct checkpoint *k, flow_id x, size_t side) {
  size_t patch = (size_t)k->a.patch, channels = (size_t)k->a.out_channels;
  size_t from[] = {side, side, patch, patch, channels};
  size_t to[] = {channels, side * patch, side * patch};
  x = flow_reshape_to(k->f, x, from, 5);
  x = flow_transpose(k->f, x, (size_t[]){4, 0, 2, 1, 3});
  return flow_reshape_to(k->f, x, to, 3);
}

void checkpoint_denoiser(struct checkpoint *k) {
  size_t width = (size_t)k->a.width, patch = (size_t)k->a.patch;
  size_t sample = (size_t)k->a.sample, side = sample / patch;
  flow_id first = FLOW_NONE;
  flow_id x =
      checkpoint_image(k, "hidden_states",
                       (size_t[]){1, (size_t)k->a.channels, sample, sample}, 4);
  flow_id time = checkpoint_tokens(k, "timestep", 1, TIMES - 1);
  flow_id label = checkpoint_tokens(k, "class_labels", 1, k->a.labels);
  x = add_patches(k, x, side);
  for (size_t i = 0; i < (size_t)k->a.layers && !k->f->failed; i++) {
    checkpoint_block(k, "transformer_blocks.", i);
    flow_id c = condition(k, time, label);
    first = i ? first : c;
    x = add_block(k, x, c);
  }
  checkpoint_section(k, "");
  flow_id c = checkpoint_linear(k, first, "proj_out_1", 2 * width, width, true);
  x = checkpoint_linear(k, change(k, x, EPSILON, c, 0, 1), "proj_out_2",
                        patch * patch * (size_t)k->a.out_channels, width, true);
  checkpoint_output(k, "sample", join_patches(k, x, side));
}
