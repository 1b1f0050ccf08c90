/* What blocks are made of, whatever their architecture. */
#include "compile/front/checkpoint_parts.h"
#include "compile/front/operators.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct part_name {
  char text[120];
};

static struct part_name part(const char *name, const char *what) {
  struct part_name n;
  snprintf(n.text, sizeof n.text, "%s.%s", name, what);
  return n;
}

flow_id checkpoint_add(struct checkpoint *k, flow_id a, flow_id b) {
  return flow_binary(k->f, SCALAR_ADD, a, b);
}

flow_id checkpoint_times(struct checkpoint *k, flow_id a, flow_id b) {
  return flow_binary(k->f, SCALAR_MUL, a, b);
}

flow_id checkpoint_columns(struct checkpoint *k, flow_id x, size_t from,
                           size_t n) {
  return x == FLOW_NONE
             ? x
             : flow_slice(k->f, x, flow_shape(k->f, x)->rank - 1, from, n);
}

/* Matrices of gpt2 are kept transposed. */
flow_id checkpoint_linear(struct checkpoint *k, flow_id x, const char *name,
                          size_t rows, size_t columns, bool has_bias) {
  struct part_name weight = part(name, "weight");
  bool is_turned = !strcmp(k->a.name, "gpt2");
  flow_id w = is_turned ? checkpoint_matrix(k, weight.text, columns, rows)
                        : checkpoint_matrix(k, weight.text, rows, columns);
  if (is_turned)
    w = flow_swap(k->f, w, 0, 1);
  flow_id y = flow_linear(k->f, x, w);
  if (!has_bias)
    return y;
  return checkpoint_add(k, y,
                        checkpoint_vector(k, part(name, "bias").text, rows));
}

flow_id checkpoint_norm(struct checkpoint *k, flow_id x, const char *name,
                        size_t width, double epsilon) {
  bool has_mean = k->a.has_mean;
  if (x == FLOW_NONE)
    return x;
  unsigned last = 1u << (flow_shape(k->f, x)->rank - 1);
  x = operators_normalise(k->f, x, last, epsilon, has_mean);
  x = checkpoint_times(k, x,
                       checkpoint_vector(k, part(name, "weight").text, width));
  if (!has_mean)
    return x;
  return checkpoint_add(k, x,
                        checkpoint_vector(k, part(name, "bias").text, width));
}

flow_id checkpoint_activation(struct checkpoint *k, flow_id x) {
  switch ((enum activation)k->a.activation) {
  case ACTIVATION_NONE:
    return x;
  case ACTIVATION_RELU:
    return flow_with(k->f, SCALAR_MAX, x, 0);
  case ACTIVATION_GELU:
    return operators_gelu(k->f, x, k->numbers.is_by_tanh);
  case ACTIVATION_SILU:
    return checkpoint_times(k, x, flow_unary(k->f, SCALAR_SIGMOID, x));
  case ACTIVATION_TANH:
    return flow_unary(k->f, SCALAR_TANH, x);
  case ACTIVATION_SIGMOID:
    return flow_unary(k->f, SCALAR_SIGMOID, x);
  }
  return FLOW_NONE;
}

flow_id checkpoint_hidden(struct checkpoint *k, flow_id x,
                          const struct checkpoint_hidden *names, size_t width,
                          size_t hidden) {
  bool has_bias = k->a.has_hidden_bias, is_gated = k->a.is_gated;
  flow_id y = checkpoint_activation(
      k, checkpoint_linear(k, x, is_gated ? names->gate : names->up, hidden,
                           width, has_bias));
  if (is_gated)
    y = checkpoint_times(
        k, y, checkpoint_linear(k, x, names->up, hidden, width, has_bias));
  return checkpoint_linear(k, y, names->down, width, hidden, has_bias);
}

/* ---- Mixtures ---- */

/* Ranks of experts, of which there is one each: those of the groups with the
   best before all others. */
static flow_id ranks_by_group(struct checkpoint *k, flow_id scores,
                              flow_id rank) {
  struct flow *f = k->f;
  const struct lengths s = *flow_shape(f, scores);
  size_t groups = (size_t)k->a.groups, of_group = s.at[1] / groups;
  struct lengths all;
  flow_id best =
      flow_reshape_to(f, scores, (size_t[]){s.at[0], groups, of_group}, 3);
  best = flow_greatest(f, best, 4, false);
  if (best == FLOW_NONE ||
      !lengths_set(&all, (size_t[]){s.at[0], groups, of_group}, 3))
    return FLOW_NONE;
  flow_id top = flow_number(f, ONNX_INT64, (double)k->a.top_groups);
  flow_id out =
      flow_binary(f, SCALAR_AT_LEAST, operators_ranks(f, best, true), top);
  out =
      flow_with(f, SCALAR_MUL, flow_cast(f, ONNX_INT64, out), (double)s.at[1]);
  out = flow_broadcast(f, flow_insert_axis(f, out, 2), &all);
  rank = flow_binary(f, SCALAR_ADD, rank, flow_reshape(f, out, &s));
  return rank == FLOW_NONE ? rank : operators_ranks(f, rank, false);
}

/* [rows, experts]: softmax over those of the best scores, the first of equals,
   or over all of them. The best of all is among them, so that a sum of powers
   of e is 1 at least. */
static flow_id shares(struct checkpoint *k, flow_id scores) {
  struct flow *f = k->f;
  double top = (double)k->a.top;
  if (scores == FLOW_NONE)
    return scores;
  flow_id rank = operators_ranks(f, scores, true);
  if (k->a.groups)
    rank = ranks_by_group(k, scores, rank);
  flow_id chosen =
      flow_binary(f, SCALAR_GREATER, flow_number(f, ONNX_INT64, top), rank);
  chosen = flow_cast(f, ONNX_FLOAT, chosen);
  if (!k->a.has_chosen_sum)
    return flow_with(f, SCALAR_MUL,
                     checkpoint_times(k, chosen, flow_softmax(f, scores, 1)),
                     k->numbers.expert_scale);
  flow_id e = flow_unary(f, SCALAR_EXP, flow_below_greatest(f, scores, 1));
  e = checkpoint_times(k, chosen, e);
  return flow_binary(f, SCALAR_DIV, e,
                     flow_known(f, flow_sum(f, e, 2, true), 1));
}

static flow_id one_expert(struct checkpoint *k, flow_id x, const char *experts,
                          size_t i, const struct checkpoint_hidden *names) {
  struct part_name to[3];
  const char *from[] = {names->gate, names->up, names->down};
  for (int j = 0; j < 3; j++)
    snprintf(to[j].text, sizeof to[j].text, "%s%zu.%s", experts, i, from[j]);
  return checkpoint_hidden(
      k, x, &(struct checkpoint_hidden){to[0].text, to[1].text, to[2].text},
      (size_t)k->a.width, (size_t)k->a.expert_hidden);
}

flow_id checkpoint_experts(struct checkpoint *k, flow_id x, const char *router,
                           const char *experts,
                           const struct checkpoint_hidden *names) {
  size_t n = (size_t)k->a.experts, width = (size_t)k->a.width;
  flow_id sum = FLOW_NONE;
  flow_id share = shares(k, checkpoint_linear(k, x, router, n, width, false));
  for (size_t i = 0; i < n && !k->f->failed; i++) {
    flow_id y = checkpoint_times(k, one_expert(k, x, experts, i, names),
                                 checkpoint_columns(k, share, i, 1));
    sum = i ? checkpoint_add(k, sum, y) : y;
  }
  return sum;
}

/* ---- Attention ---- */

/* [rows, heads * elements] to [heads, rows, elements]. */
static flow_id split(struct checkpoint *k, flow_id x, size_t heads) {
  if (x == FLOW_NONE)
    return x;
  const struct lengths *s = flow_shape(k->f, x);
  size_t at[] = {s->at[0], heads, s->at[1] / heads};
  return flow_swap(k->f, flow_reshape_to(k->f, x, at, 3), 0, 1);
}

static flow_id join(struct checkpoint *k, flow_id x) {
  if (x == FLOW_NONE)
    return x;
  const struct lengths *s = flow_shape(k->f, x);
  size_t at[] = {s->at[1], s->at[0] * s->at[2]};
  return flow_reshape_to(k->f, flow_swap(k->f, x, 0, 1), at, 2);
}

/* Heads of keys serve as many of queries each, one after the other. */
static flow_id repeat(struct checkpoint *k, flow_id x, size_t from, size_t to) {
  if (from == to)
    return x;
  size_t *index = xmalloc(to * sizeof *index);
  for (size_t i = 0; i < to; i++)
    index[i] = i / (to / from);
  x = flow_take(k->f, x, 0, index, to);
  free(index);
  return x;
}

/* [rows, keys] of bool. */
static flow_id seen(struct checkpoint *k, const struct checkpoint_attention *a,
                    size_t rows, size_t keys) {
  struct lengths s;
  double *at = checkpoint_room(k, &s, (size_t[]){rows, keys}, 2);
  if (!at)
    return FLOW_NONE;
  for (size_t i = 0; i < s.n; i++) {
    size_t row = i / keys, key = i % keys;
    at[i] =
        !a->is_causal || (key <= row && (!a->window || row - key < a->window));
  }
  flow_id y = flow_constant(k->f, ONNX_BOOL, &s, at);
  free(at);
  return y;
}

flow_id checkpoint_attend(struct checkpoint *k,
                          const struct checkpoint_attention *a) {
  struct flow *f = k->f;
  flow_id q = split(k, a->q, a->heads);
  flow_id key = repeat(k, split(k, a->k, a->kv_heads), a->kv_heads, a->heads);
  flow_id v = repeat(k, split(k, a->v, a->kv_heads), a->kv_heads, a->heads);
  if (f->failed)
    return FLOW_NONE;
  size_t rows = flow_shape(f, q)->at[1], keys = flow_shape(f, key)->at[1];
  flow_id x = flow_matmul(f, q, flow_swap(f, key, 1, 2));
  if (a->scale != 1)
    x = flow_with(f, SCALAR_MUL, x, a->scale);
  if (a->bias != FLOW_NONE)
    x = checkpoint_add(k, x, a->bias);
  x = operators_softmax_seen(f, x, seen(k, a, rows, keys));
  return join(k, flow_matmul(f, x, v));
}

/* ---- Turned by place ---- */

/* cos or sin of the angles of places, [rows, 1, pairs]; in float32 step by
   step, as the library has them whatever the type of weights: the angles of the
   last of many places are far from others. */
static flow_id of_angles(struct checkpoint *k, double (*function)(double),
                         size_t rows, size_t pairs) {
  struct lengths s;
  double *at = checkpoint_room(k, &s, (size_t[]){rows, 1, pairs}, 3);
  if (!at)
    return FLOW_NONE;
  double *angle = xmalloc((pairs + 1) * sizeof *angle);
  config_turns_angles(&k->numbers.turns, angle, pairs);
  for (size_t i = 0; i < s.n; i++) {
    float turned = (float)(i / pairs) * (float)angle[i % pairs];
    at[i] = (double)((float)function((double)turned) *
                     (float)k->numbers.turns.size);
  }
  flow_id y = flow_constant(k->f, ONNX_FLOAT, &s, at);
  free(angle);
  free(at);
  return y;
}

/* Where element i of a head is in the first elements of all pairs, and then the
   second ones; or the other way round. */
static flow_id in_pairs(struct checkpoint *k, flow_id x, size_t n, bool back) {
  size_t *index = xmalloc((n + 1) * sizeof *index);
  for (size_t i = 0; i < n; i++)
    index[i] = back ? i / 2 + i % 2 * (n / 2) : i % (n / 2) * 2 + i / (n / 2);
  x = flow_take(k->f, x, 2, index, n);
  free(index);
  return x;
}

flow_id checkpoint_turn(struct checkpoint *k, flow_id x, size_t heads) {
  bool is_interleaved = k->numbers.turns.is_interleaved;
  if (x == FLOW_NONE)
    return x;
  struct lengths s = *flow_shape(k->f, x);
  size_t rows = s.at[0], n = s.at[1] / heads, pairs = n / 2;
  if (n % 2)
    return flow_error(k->f, "heads of %zu elements cannot be turned in pairs",
                      n);
  flow_id c = of_angles(k, cos, rows, pairs),
          d = of_angles(k, sin, rows, pairs);
  x = flow_reshape_to(k->f, x, (size_t[]){rows, heads, n}, 3);
  if (is_interleaved)
    x = in_pairs(k, x, n, false);
  flow_id a = checkpoint_columns(k, x, 0, pairs);
  flow_id b = checkpoint_columns(k, x, pairs, pairs);
  flow_id re = flow_binary(k->f, SCALAR_SUB, checkpoint_times(k, a, c),
                           checkpoint_times(k, b, d));
  flow_id im =
      checkpoint_add(k, checkpoint_times(k, b, c), checkpoint_times(k, a, d));
  x = flow_concat(k->f, (flow_id[]){re, im}, 2, 2);
  if (is_interleaved)
    x = in_pairs(k, x, n, true);
  return flow_reshape(k->f, x, &s);
}
