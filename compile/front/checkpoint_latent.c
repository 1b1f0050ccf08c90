/* Latent attention: keys and values of all heads are of one narrow row, and
   queries may be; of a key a part is shared by all heads, and turned. */
#include "compile/front/checkpoint_parts.h"

#include <math.h>

/* The library's constant, whatever the config says. */
#define EPSILON 1e-6

static flow_id queries(struct checkpoint *k, flow_id x, size_t of_head) {
  size_t width = (size_t)k->a.width, rank = (size_t)k->a.q_rank;
  size_t rows = (size_t)k->a.heads * of_head;
  if (!rank)
    return checkpoint_linear(k, x, "self_attn.q_proj", rows, width, false);
  x = checkpoint_linear(k, x, "self_attn.q_a_proj", rank, width, false);
  x = checkpoint_norm(k, x, "self_attn.q_a_layernorm", rank, EPSILON);
  return checkpoint_linear(k, x, "self_attn.q_b_proj", rows, rank, false);
}

/* Elements [from..from + n) of each head, [rows, heads * n]. */
static flow_id of_heads(struct checkpoint *k, flow_id x, size_t of_head,
                        size_t from, size_t n) {
  size_t heads = (size_t)k->a.heads;
  size_t at[] = {k->n, heads, of_head};
  x = checkpoint_columns(k, flow_reshape_to(k->f, x, at, 3), from, n);
  return flow_reshape_to(k->f, x, (size_t[]){k->n, heads * n}, 2);
}

/* What is turned stands behind the rest of each head. */
static flow_id with_turned(struct checkpoint *k, flow_id plain,
                           flow_id turned) {
  size_t heads = (size_t)k->a.heads, n = (size_t)k->a.plain_dim,
         m = (size_t)k->a.turned_dim;
  flow_id x[] = {flow_reshape_to(k->f, plain, (size_t[]){k->n, heads, n}, 3),
                 flow_reshape_to(k->f, turned, (size_t[]){k->n, heads, m}, 3)};
  return flow_reshape_to(k->f, flow_concat(k->f, x, 2, 2),
                         (size_t[]){k->n, heads * (n + m)}, 2);
}

/* The same for all heads. */
static flow_id for_heads(struct checkpoint *k, flow_id x) {
  size_t heads = (size_t)k->a.heads, m = (size_t)k->a.turned_dim;
  struct lengths all;
  x = flow_reshape_to(k->f, x, (size_t[]){k->n, 1, m}, 3);
  if (x == FLOW_NONE || !lengths_set(&all, (size_t[]){k->n, heads, m}, 3))
    return flow_error(k->f, "keys have too many elements");
  return flow_reshape_to(k->f, flow_broadcast(k->f, x, &all),
                         (size_t[]){k->n, heads * m}, 2);
}

flow_id checkpoint_latent(struct checkpoint *k, flow_id x) {
  size_t heads = (size_t)k->a.heads, width = (size_t)k->a.width;
  size_t rank = (size_t)k->a.kv_rank, turned = (size_t)k->a.turned_dim;
  size_t plain = (size_t)k->a.plain_dim, value = (size_t)k->a.value_dim;
  flow_id q = queries(k, x, plain + turned);
  flow_id c = checkpoint_linear(k, x, "self_attn.kv_a_proj_with_mqa",
                                rank + turned, width, false);
  flow_id shared =
      checkpoint_turn(k, checkpoint_columns(k, c, rank, turned), 1);
  c = checkpoint_norm(k, checkpoint_columns(k, c, 0, rank),
                      "self_attn.kv_a_layernorm", rank, EPSILON);
  c = checkpoint_linear(k, c, "self_attn.kv_b_proj", heads * (plain + value),
                        rank, false);
  flow_id of_q =
      checkpoint_turn(k, of_heads(k, q, plain + turned, plain, turned), heads);
  struct checkpoint_attention a = {
      .q = with_turned(k, of_heads(k, q, plain + turned, 0, plain), of_q),
      .k = with_turned(k, of_heads(k, c, plain + value, 0, plain),
                       for_heads(k, shared)),
      .v = of_heads(k, c, plain + value, plain, value),
      .heads = heads,
      .kv_heads = heads,
      .scale = 1 / sqrt((double)(plain + turned)),
      .is_causal = true,
      .bias = FLOW_NONE};
  return checkpoint_attend(k, &a);
}
