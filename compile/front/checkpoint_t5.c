/* T5: an encoder, and a decoder that reads it. Scores have a bias for each
   distance, of the first block for all, and no scale. */
#include "compile/front/checkpoint_parts.h"

#include <math.h>
#include <stdio.h>

struct half {
  char text[120];
};

/* "layer.1.EncDecAttention.q" */
static struct half half(size_t layer, const char *what, const char *name) {
  struct half h;
  snprintf(h.text, sizeof h.text, "layer.%zu.%s%s", layer, what, name);
  return h;
}

/* ---- Distances ---- */

/* In float32, as there, for it is cut off: half of the buckets are for one
   distance each, the others for ever more. */
static size_t far_bucket(size_t distance, size_t buckets, long most) {
  size_t exact = buckets / 2;
  if (distance < exact || !exact)
    return exact ? distance : 0;
  float share = logf((float)distance / (float)exact) /
                (float)log((double)most / (double)exact);
  double at = (double)exact + trunc((double)(share * (float)(buckets - exact)));
  return at < (double)buckets ? (size_t)at : buckets - 1;
}

static size_t bucket(const struct checkpoint *k, bool is_causal, size_t row,
                     size_t key) {
  size_t buckets = (size_t)k->a.buckets;
  long most = k->numbers.max_distance;
  if (is_causal)
    return far_bucket(key < row ? row - key : 0, buckets, most);
  size_t half = buckets / 2;
  return key > row ? half + far_bucket(key - row, half, most)
                   : far_bucket(row - key, half, most);
}

static flow_id add_bias(struct checkpoint *k, bool is_causal, size_t n) {
  size_t heads = (size_t)k->a.heads, buckets = (size_t)k->a.buckets;
  struct lengths s;
  flow_id w = checkpoint_matrix(
      k, "layer.0.SelfAttention.relative_attention_bias.weight", buckets,
      heads);
  double *at = checkpoint_room(k, &s, (size_t[]){heads, n, n}, 3);
  if (!at)
    return FLOW_NONE;
  for (size_t i = 0; i < s.n; i++)
    at[i] =
        flow_get(k->f, w)
            ->at[bucket(k, is_causal, i / n % n, i % n) * heads + i / n / n];
  flow_id y = flow_constant(k->f, ONNX_FLOAT, &s, at);
  free(at);
  return y;
}

/* ---- Blocks ---- */

static flow_id norm(struct checkpoint *k, flow_id x, size_t layer) {
  return checkpoint_norm(k, x, half(layer, "layer_norm", "").text,
                         (size_t)k->a.width, k->numbers.epsilon);
}

/* x + attention of its norm on keys, or on itself. */
static flow_id attend(struct checkpoint *k, flow_id x, flow_id keys,
                      size_t layer, const char *what, bool is_causal,
                      flow_id bias) {
  size_t width = (size_t)k->a.width, heads = (size_t)k->a.heads;
  size_t all = heads * (size_t)k->a.head_dim;
  flow_id y = norm(k, x, layer);
  if (keys == FLOW_NONE)
    keys = y;
  struct checkpoint_attention a = {
      .q = checkpoint_linear(k, y, half(layer, what, ".q").text, all, width,
                             false),
      .k = checkpoint_linear(k, keys, half(layer, what, ".k").text, all, width,
                             false),
      .v = checkpoint_linear(k, keys, half(layer, what, ".v").text, all, width,
                             false),
      .heads = heads,
      .kv_heads = heads,
      .scale = 1,
      .is_causal = is_causal,
      .bias = bias};
  y = checkpoint_linear(k, checkpoint_attend(k, &a),
                        half(layer, what, ".o").text, width, all, false);
  return checkpoint_add(k, x, y);
}

static flow_id add_hidden(struct checkpoint *k, flow_id x, size_t layer) {
  struct half gate = half(layer, "DenseReluDense", ".wi_0");
  struct half up =
      half(layer, "DenseReluDense", k->a.is_gated ? ".wi_1" : ".wi");
  struct half down = half(layer, "DenseReluDense", ".wo");
  return checkpoint_add(
      k, x,
      checkpoint_hidden(
          k, norm(k, x, layer),
          &(struct checkpoint_hidden){gate.text, up.text, down.text},
          (size_t)k->a.width, (size_t)k->a.hidden));
}

/* Blocks on x, which read `keys`, if there are any. */
static flow_id add_stack(struct checkpoint *k, flow_id x, flow_id keys,
                         const char *block, long layers, size_t n) {
  bool is_decoder = keys != FLOW_NONE;
  flow_id bias = FLOW_NONE;
  for (size_t i = 0; i < (size_t)layers && !k->f->failed; i++) {
    checkpoint_block(k, block, i);
    if (!i)
      bias = add_bias(k, is_decoder, n);
    x = attend(k, x, FLOW_NONE, 0, "SelfAttention", is_decoder, bias);
    if (is_decoder)
      x = attend(k, x, keys, 1, "EncDecAttention", false, FLOW_NONE);
    x = add_hidden(k, x, is_decoder ? 2 : 1);
  }
  return x;
}

static flow_id last_norm(struct checkpoint *k, flow_id x, const char *block) {
  checkpoint_section(k, block);
  return checkpoint_norm(k, x, "final_layer_norm", (size_t)k->a.width,
                         k->numbers.epsilon);
}

void checkpoint_t5(struct checkpoint *k) {
  size_t vocab = (size_t)k->a.vocab, width = (size_t)k->a.width;
  struct flow *f = k->f;
  flow_id w = checkpoint_matrix(k, "shared.weight", vocab, width);
  checkpoint_same(k, "encoder.embed_tokens.weight", w);
  checkpoint_same(k, "decoder.embed_tokens.weight", w);
  flow_id id = checkpoint_tokens(k, "input_ids", k->n, k->a.vocab - 1);
  flow_id x = add_stack(k, flow_look_up(f, id, w), FLOW_NONE, "encoder.block.",
                        k->a.layers, k->n);
  x = last_norm(k, x, "encoder.");
  id = checkpoint_tokens(k, "decoder_input_ids", k->targets, k->a.vocab - 1);
  x = f->failed ? x
                : add_stack(k, flow_look_up(f, id, w), x, "decoder.block.",
                            k->a.decoder_layers, k->targets);
  x = last_norm(k, x, "decoder.");
  checkpoint_section(k, "lm_head.");
  if (k->numbers.has_scaled_head)
    x = flow_with(f, SCALAR_MUL, x, 1 / sqrt((double)width));
  if (k->a.is_tied)
    checkpoint_same(k, "weight", w);
  else
    w = checkpoint_matrix(k, "weight", vocab, width);
  checkpoint_output(k, "logits", flow_linear(f, x, w));
}
