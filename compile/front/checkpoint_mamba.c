/* Mamba. Its state at t is a sum over s <= t of what comes in at s, times
     e^(A (D[s + 1] + .. + D[t])),
   so for each pair (t, s) there is a sum of steps D, by a constant matrix, and
   one function of it for each channel and state. */
#include "compile/front/checkpoint_parts.h"

#include <math.h>
#include <string.h>

/* SiLU of sums over the last positions, each channel by itself: [n, inner]. */
static flow_id convolve(struct checkpoint *k, flow_id u) {
  struct flow *f = k->f;
  size_t inner = (size_t)k->a.inner, kernel = (size_t)k->a.kernel;
  struct flow_window window = {.rank = 1,
                               .stride = {1},
                               .dilation = {1},
                               .before = {(int64_t)kernel - 1},
                               .places = {k->n}};
  flow_id w = checkpoint_tensor(k, "mixer.conv1d.weight",
                                (size_t[]){inner, 1, kernel}, 3);
  u = flow_insert_axis(f, flow_swap(f, u, 0, 1), 0);
  u = flow_convolve(f, u, w, &window, inner);
  u = flow_swap(f, flow_reshape_to(f, u, (size_t[]){inner, k->n}, 2), 0, 1);
  if (k->a.has_kernel_bias)
    u = checkpoint_add(k, u, checkpoint_vector(k, "mixer.conv1d.bias", inner));
  return checkpoint_activation(k, u);
}

/* Pairs s <= t, t by t: row p of the matrix is 1 for D[s + 1..t], or column p,
   if it is turned, in row t. */
static flow_id of_pairs(struct checkpoint *k, bool is_turned) {
  size_t n = k->n, pairs = n * (n + 1) / 2, p = 0;
  struct lengths s;
  double *at = checkpoint_room(
      k, &s, is_turned ? (size_t[]){n, pairs} : (size_t[]){pairs, n}, 2);
  if (!at)
    return FLOW_NONE;
  for (size_t t = 0; t < n; t++)
    for (size_t from = 0; from <= t; from++, p++)
      if (is_turned)
        at[t * pairs + p] = 1;
      else
        for (size_t i = from + 1; i <= t; i++)
          at[p * n + i] = 1;
  flow_id y = flow_constant(k->f, ONNX_FLOAT, &s, at);
  free(at);
  return y;
}

/* Row s of each pair, of which there are not too many. */
static flow_id at_pairs(struct checkpoint *k, flow_id x) {
  size_t n = k->n, pairs = n * (n + 1) / 2, p = 0;
  if (k->f->failed)
    return FLOW_NONE;
  size_t *index = xmalloc((pairs + 1) * sizeof *index);
  for (size_t t = 0; t < n; t++)
    for (size_t from = 0; from <= t; from++)
      index[p++] = from;
  x = flow_take(k->f, x, 0, index, pairs);
  free(index);
  return x;
}

/* e^(A D) of pairs, [pairs, inner, state]. */
static flow_id decay(struct checkpoint *k, flow_id steps) {
  struct flow *f = k->f;
  size_t inner = (size_t)k->a.inner, state = (size_t)k->a.state;
  flow_id a = checkpoint_matrix(k, "mixer.A_log", inner, state);
  a = flow_unary(f, SCALAR_NEG, flow_unary(f, SCALAR_EXP, a));
  flow_id d = flow_linear(f, flow_swap(f, steps, 0, 1), of_pairs(k, false));
  d = flow_insert_axis(f, flow_swap(f, d, 0, 1), 2);
  return flow_unary(f, SCALAR_EXP, checkpoint_times(k, d, a));
}

/* States, [n, inner, state], where `in` comes in. */
static flow_id scan(struct checkpoint *k, flow_id steps, flow_id in) {
  struct flow *f = k->f;
  flow_id h = decay(k, steps);
  h = checkpoint_times(k, h, at_pairs(k, in));
  h = flow_linear(f, flow_axis_last(f, h, 0), of_pairs(k, true));
  return flow_axis_back(f, h, 0);
}

static flow_id add_space(struct checkpoint *k, flow_id u) {
  struct flow *f = k->f;
  size_t inner = (size_t)k->a.inner, state = (size_t)k->a.state;
  size_t rank = (size_t)k->a.step_rank;
  flow_id x =
      checkpoint_linear(k, u, "mixer.x_proj", rank + 2 * state, inner, false);
  flow_id steps = checkpoint_linear(k, checkpoint_columns(k, x, 0, rank),
                                    "mixer.dt_proj", inner, rank, true);
  steps = flow_unary(f, SCALAR_SOFTPLUS, steps);
  flow_id b = flow_insert_axis(f, checkpoint_columns(k, x, rank, state), 1);
  flow_id c =
      flow_insert_axis(f, checkpoint_columns(k, x, rank + state, state), 1);
  flow_id in = flow_insert_axis(f, checkpoint_times(k, steps, u), 2);
  flow_id h = scan(k, steps, checkpoint_times(k, in, b));
  flow_id y = flow_sum(f, checkpoint_times(k, h, c), 4, false);
  return checkpoint_add(
      k, y, checkpoint_times(k, u, checkpoint_vector(k, "mixer.D", inner)));
}

static flow_id add_block(struct checkpoint *k, flow_id x) {
  size_t width = (size_t)k->a.width, inner = (size_t)k->a.inner;
  bool has_bias = k->a.has_projection_bias;
  flow_id y = checkpoint_norm(k, x, "norm", width, k->numbers.epsilon);
  y = checkpoint_linear(k, y, "mixer.in_proj", 2 * inner, width, has_bias);
  flow_id u = convolve(k, checkpoint_columns(k, y, 0, inner));
  flow_id gate =
      checkpoint_activation(k, checkpoint_columns(k, y, inner, inner));
  y = checkpoint_times(k, add_space(k, u), gate);
  y = checkpoint_linear(k, y, "mixer.out_proj", width, inner, has_bias);
  return checkpoint_add(k, x, y);
}

void checkpoint_mamba(struct checkpoint *k) {
  size_t vocab = (size_t)k->a.vocab, width = (size_t)k->a.width;
  const char *tokens = "embeddings.weight";
  checkpoint_prefix(k, "backbone.", tokens);
  flow_id w = checkpoint_matrix(k, tokens, vocab, width);
  flow_id id = checkpoint_tokens(k, "input_ids", k->n, k->a.vocab - 1);
  flow_id x = flow_look_up(k->f, id, w);
  for (size_t i = 0; i < (size_t)k->a.layers && !k->f->failed; i++) {
    checkpoint_block(k, "layers.", i);
    x = add_block(k, x);
  }
  checkpoint_section(k, "");
  x = checkpoint_norm(k, x, "norm_f", width, k->numbers.epsilon);
  k->prefix = "";
  checkpoint_section(k, "lm_head.");
  if (k->a.is_tied)
    checkpoint_same(k, "weight", w);
  else
    w = checkpoint_matrix(k, "weight", vocab, width);
  checkpoint_output(k, "logits", flow_linear(k->f, x, w));
}
