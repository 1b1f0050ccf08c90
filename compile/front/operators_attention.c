/* Attention and rotated embeddings. Keys that are masked out have no part in
   a softmax at all, so that no infinite number is needed. */
#include "compile/front/operators.h"

#include <math.h>
#include <string.h>

#define MASKED (-1e30) // what is below, models add to mask a key out

struct attention {
  struct flow *f;
  flow_id q, k, v; // [batch, heads, places, elements]
  size_t batch, heads, queries, keys;
  size_t past; // keys that were there before
};

/* [batch, places, heads * elements] to [batch, heads, places, elements]. */
static flow_id split_heads(struct operator_call *n, flow_id x, int64_t heads) {
  if (x == FLOW_NONE || flow_shape(n->f, x)->rank == 4)
    return x;
  const struct lengths *s = flow_shape(n->f, x);
  if (s->rank != 3 || heads < 1 || heads > (int64_t)s->at[2] ||
      s->at[2] % (size_t)heads)
    return flow_error(n->f, "rank %zu, last axis %zu, %lld heads", s->rank,
                      lengths_last(s), (long long)heads);
  size_t at[] = {s->at[0], s->at[1], (size_t)heads, s->at[2] / (size_t)heads};
  return flow_swap(n->f, flow_reshape_to(n->f, x, at, 4), 1, 2);
}

static flow_id join_heads(struct flow *f, flow_id x) {
  if (x == FLOW_NONE)
    return x;
  const struct lengths *s = flow_shape(f, x);
  size_t at[] = {s->at[0], s->at[2], s->at[1] * s->at[3]};
  return flow_reshape_to(f, flow_swap(f, x, 1, 2), at, 3);
}

/* Each head of keys and values serves some heads of queries that follow each
   other. */
static flow_id repeat_heads(struct flow *f, flow_id x, size_t heads) {
  if (x == FLOW_NONE)
    return x;
  size_t from = flow_shape(f, x)->at[1];
  if (!from || heads % from)
    return flow_error(f, "%zu heads of queries, %zu of keys", heads, from);
  if (from == heads)
    return x;
  size_t *index = xmalloc(heads * sizeof *index);
  for (size_t i = 0; i < heads; i++)
    index[i] = i / (heads / from);
  x = flow_take(f, x, 1, index, heads);
  free(index);
  return x;
}

static flow_id after_past(struct operator_call *n, size_t input, flow_id x) {
  if (!call_has(n, input) || x == FLOW_NONE)
    return x;
  if (flow_shape(n->f, n->in[input])->rank != 4)
    return flow_error(n->f, "input %zu is not of rank 4", input);
  return flow_concat(n->f, (flow_id[]){n->in[input], x}, 2, 2);
}

static bool read_attention(struct operator_call *n, struct attention *a) {
  int64_t of_q = call_int(n, "q_num_heads", 0);
  int64_t of_kv = call_int(n, "kv_num_heads", 0);
  *a = (struct attention){.f = n->f};
  a->q = split_heads(n, call_input(n, 0), of_q);
  a->k = after_past(n, 4, split_heads(n, call_input(n, 1), of_kv));
  a->v = after_past(n, 5, split_heads(n, call_input(n, 2), of_kv));
  if (n->f->failed)
    return false;
  if (call_has(n, 4))
    a->past = flow_shape(n->f, n->in[4])->at[2];
  const struct lengths *q = flow_shape(n->f, a->q);
  const struct lengths *k = flow_shape(n->f, a->k);
  const struct lengths *v = flow_shape(n->f, a->v);
  if (q->rank != 4 || k->rank != 4 || v->rank != 4 || q->at[3] != k->at[3] ||
      k->at[2] != v->at[2] || k->at[1] != v->at[1] || k->at[0] != q->at[0] ||
      v->at[0] != q->at[0] || !k->at[2] || !q->at[3])
    return flow_error(n->f, "queries, keys and values do not suit each other"),
           false;
  a->batch = q->at[0];
  a->heads = q->at[1];
  a->queries = q->at[2];
  a->keys = k->at[2];
  return true;
}

/* ---- Masks ---- */

/* Which keys a query sees by its place, and that of the last key there is:
   [batch, 1, queries, keys] of bool. */
static flow_id seen_by_place(struct operator_call *n, const struct attention *a,
                             size_t mask_keys) {
  const struct flow_node *count = call_constant(n, 6, false, "lengths of keys");
  bool is_causal = call_int(n, "is_causal", 0);
  struct lengths s;
  if (n->f->failed || (count && count->shape.n != a->batch) ||
      !lengths_set(&s, (size_t[]){count ? a->batch : 1, 1, a->queries, a->keys},
                   4))
    return flow_error(n->f, "lengths of keys do not suit the batch");
  double *at = xmalloc((s.n + 1) * sizeof *at);
  for (size_t i = 0; i < s.n; i++) {
    size_t key = i % a->keys, query = i / a->keys % a->queries;
    double keys = count ? count->at[i / a->keys / a->queries] : 0;
    double offset =
        count && !call_has(n, 4) ? keys - (double)a->queries : (double)a->past;
    at[i] = key < mask_keys && (!count || (double)key < keys) &&
            (!is_causal || (double)key <= (double)query + offset);
  }
  flow_id y = flow_constant(n->f, ONNX_BOOL, &s, at);
  free(at);
  return y;
}

/* A mask with fewer keys than there are: more, of 0. */
static flow_id widen(struct attention *a, flow_id mask, bool repeats) {
  struct lengths more, s = *flow_shape(a->f, mask);
  size_t last = s.rank - 1, have = s.at[last];
  if (have == a->keys || repeats)
    return mask;
  s.at[last] = a->keys - have;
  if (!lengths_set(&more, s.at, s.rank))
    return flow_error(a->f, "a mask has too many elements");
  flow_id zeros = flow_broadcast(
      a->f, flow_number(a->f, flow_get(a->f, mask)->type, 0), &more);
  return flow_concat(a->f, (flow_id[]){mask, zeros}, 2, last);
}

/* What is added to scores (FLOW_NONE: nothing), and which keys are seen. */
static flow_id read_mask(struct operator_call *n, struct attention *a,
                         flow_id *seen) {
  struct flow *f = n->f;
  bool has_mask = call_has(n, 3);
  size_t keys = has_mask ? lengths_last(flow_shape(f, n->in[3])) : 1;
  if (has_mask && (!flow_shape(f, n->in[3])->rank || keys > a->keys))
    return flow_error(f, "a mask for %zu keys, of %zu", keys, a->keys);
  /* One for all keys; from opset 24 on, for the first. */
  bool repeats = keys == 1 && n->opset < 24;
  *seen = seen_by_place(n, a, has_mask && !repeats ? keys : a->keys);
  if (!has_mask)
    return FLOW_NONE;
  flow_id mask = widen(a, n->in[3], repeats);
  if (mask == FLOW_NONE || *seen == FLOW_NONE)
    return FLOW_NONE;
  if (flow_get(f, mask)->type == ONNX_BOOL) {
    *seen = flow_binary(f, SCALAR_MIN, *seen, mask);
    return FLOW_NONE;
  }
  if (!flow_is_constant(f, mask))
    return mask;
  flow_id is_seen = flow_with(f, SCALAR_GREATER, mask, MASKED);
  *seen = flow_binary(f, SCALAR_MIN, *seen, is_seen);
  return flow_where(f, is_seen, mask,
                    flow_number(f, flow_get(f, mask)->type, 0));
}

/* ---- Softmax over what is seen ---- */

/* Scores that are not seen, by a constant, become the first of their row that
   is, so that they do not count for the greatest. */
static flow_id hide(struct flow *f, flow_id x, const struct flow_node *seen) {
  const struct lengths *s = flow_shape(f, x);
  size_t keys = lengths_last(s);
  uint32_t *map = xmalloc((s->n + 1) * sizeof *map);
  bool ok = true;
  for (size_t i = 0; ok && i < s->n; i += keys) {
    size_t first = 0;
    while (first < keys && seen->at[i + first] == 0)
      first++;
    ok = first < keys;
    for (size_t k = 0; k < keys; k++)
      map[i + k] = (uint32_t)(i + (seen->at[i + k] != 0 ? k : first));
  }
  flow_id y = ok ? flow_move(f, &x, 1, s, map)
                 : flow_error(f, "a query that sees no key");
  free(map);
  return y;
}

static bool is_all_seen(const struct flow_node *seen) {
  for (size_t i = 0; i < seen->shape.n; i++)
    if (seen->at[i] == 0)
      return false;
  return true;
}

flow_id operators_softmax_seen(struct flow *f, flow_id x, flow_id seen) {
  if (x == FLOW_NONE || seen == FLOW_NONE)
    return FLOW_NONE;
  size_t last = flow_shape(f, x)->rank - 1;
  bool is_constant = flow_is_constant(f, seen);
  if (is_constant && is_all_seen(flow_get(f, seen)))
    return flow_softmax(f, x, last);
  seen = flow_broadcast(f, seen, flow_shape(f, x));
  if (is_constant && seen != FLOW_NONE)
    x = hide(f, x, flow_get(f, seen));
  if (x == FLOW_NONE || seen == FLOW_NONE)
    return FLOW_NONE;
  flow_id e = flow_unary(f, SCALAR_EXP, flow_below_greatest(f, x, last));
  if (e == FLOW_NONE)
    return e;
  e = flow_where(f, seen, e, flow_number(f, flow_get(f, e)->type, 0));
  flow_id sum = flow_sum(f, e, 1u << last, true);
  if (is_constant) // the greatest is one that is seen
    sum = flow_known(f, sum, 1);
  return flow_binary(f, SCALAR_DIV, e, sum);
}

static flow_id capped(struct operator_call *n, flow_id x) {
  double cap = call_float(n, "softcap", 0);
  if (!(cap > 0))
    return x;
  x = flow_unary(n->f, SCALAR_TANH, flow_with(n->f, SCALAR_DIV, x, cap));
  return flow_with(n->f, SCALAR_MUL, x, cap);
}

static void build_attention(struct operator_call *n) {
  struct attention a;
  struct flow *f = n->f;
  flow_id seen = FLOW_NONE;
  if (!read_attention(n, &a))
    return;
  double scale = call_float(n, "scale",
                            1 / sqrt((double)lengths_last(flow_shape(f, a.q))));
  flow_id k = repeat_heads(f, a.k, a.heads), v = repeat_heads(f, a.v, a.heads);
  flow_id mask = read_mask(n, &a, &seen);
  if (f->failed)
    return;
  flow_id x = flow_matmul(f, a.q, flow_swap(f, k, 2, 3));
  x = capped(n, flow_with(f, SCALAR_MUL, x, scale));
  if (mask != FLOW_NONE)
    x = flow_binary(f, SCALAR_ADD, x, mask);
  flow_id y = flow_matmul(f, operators_softmax_seen(f, x, seen), v);
  n->out[0] = flow_shape(f, n->in[0])->rank == 3 ? join_heads(f, y) : y;
  if (n->outputs > 1)
    n->out[1] = a.k;
  if (n->outputs > 2)
    n->out[2] = a.v;
}

/* ---- Rotated embeddings ---- */

/* Angles' functions at positions: [batch or 1, 1, places, pairs]. */
static flow_id of_positions(struct operator_call *n, size_t input) {
  struct flow *f = n->f;
  flow_id x = call_input(n, input);
  if (x == FLOW_NONE)
    return x;
  if (call_has(n, 3)) {
    flow_id at = n->in[3];
    if (!flow_is_constant(f, x) || flow_shape(f, x)->rank != 2)
      return flow_error(f, "a table of angles must be a constant of rank 2");
    double rows = (double)flow_shape(f, x)->at[0];
    const struct flow_node *c = flow_get(f, at);
    for (size_t i = 0; c->kind == FLOW_CONSTANT && i < c->shape.n; i++)
      if (!(c->at[i] >= 0 && c->at[i] < rows))
        return flow_error(f, "position %g, of %g", c->at[i], rows);
    x = flow_look_up(f, at, x);
  }
  if (x != FLOW_NONE && flow_shape(f, x)->rank != 3)
    return flow_error(f, "angles of rank %zu", flow_shape(f, x)->rank);
  return flow_insert_axis(f, x, 1);
}

/* Half of the first `n` elements: the first or second of each pair. */
static flow_id half(struct flow *f, flow_id x, size_t n, bool is_second,
                    bool is_interleaved) {
  size_t pairs = n / 2, *index = xmalloc((pairs + 1) * sizeof *index);
  for (size_t i = 0; i < pairs; i++)
    index[i] = is_interleaved ? 2 * i + is_second : i + is_second * pairs;
  flow_id y = flow_take(f, x, 3, index, pairs);
  free(index);
  return y;
}

/* Halves, one after the other, become pairs again; then what is not turned. */
static flow_id join_halves(struct flow *f, flow_id a, flow_id b, flow_id x,
                           size_t n, bool is_interleaved) {
  size_t length = flow_shape(f, x)->at[3], pairs = n / 2;
  flow_id rest = flow_slice(f, x, 3, n, length - n);
  flow_id all = flow_concat(f, (flow_id[]){a, b, rest}, 3, 3);
  if (!is_interleaved || all == FLOW_NONE)
    return all;
  size_t *index = xmalloc((length + 1) * sizeof *index);
  for (size_t i = 0; i < length; i++)
    index[i] = i < n ? i / 2 + i % 2 * pairs : i;
  all = flow_take(f, all, 3, index, length);
  free(index);
  return all;
}

static flow_id mul(struct flow *f, flow_id a, flow_id b) {
  return flow_binary(f, SCALAR_MUL, a, b);
}

static void build_rotary(struct operator_call *n) {
  struct flow *f = n->f;
  flow_id x = split_heads(n, call_input(n, 0), call_int(n, "num_heads", 0));
  flow_id c = of_positions(n, 1), s = of_positions(n, 2);
  bool is_interleaved = call_int(n, "interleaved", 0);
  int64_t dim = call_int(n, "rotary_embedding_dim", 0);
  if (f->failed)
    return;
  size_t length = flow_shape(f, x)->at[3];
  size_t turned = dim ? (size_t)dim : length;
  if (dim < 0 || turned > length || turned % 2 ||
      lengths_last(flow_shape(f, c)) != turned / 2 ||
      lengths_last(flow_shape(f, s)) != turned / 2) {
    flow_error(f, "%zu of %zu elements by %zu angles", turned, length,
               lengths_last(flow_shape(f, c)));
    return;
  }
  flow_id a = half(f, x, turned, false, is_interleaved);
  flow_id b = half(f, x, turned, true, is_interleaved);
  flow_id re = flow_binary(f, SCALAR_SUB, mul(f, c, a), mul(f, s, b));
  flow_id im = flow_binary(f, SCALAR_ADD, mul(f, s, a), mul(f, c, b));
  flow_id y = join_halves(f, re, im, x, turned, is_interleaved);
  n->out[0] = flow_shape(f, n->in[0])->rank == 3 ? join_heads(f, y) : y;
}

const struct operator_row operators_attention[] = {
    {{"Attention", "without its fourth output"}, build_attention},
    {{"RotaryEmbedding", "constant angles, where there are positions"},
     build_rotary},
    {{NULL, NULL}, NULL},
};
