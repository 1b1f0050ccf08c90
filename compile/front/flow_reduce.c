/* Sums, greatest elements and matrices: along the last axis, to which others
   are moved first. */
#include "compile/front/flow_parts.h"

#include <math.h>
#include <string.h>

/* The shape without some axes, or with lengths 1 for them. */
static void reduced(const struct lengths *s, unsigned axes, bool keeps,
                    struct lengths *to) {
  size_t at[FLOW_MAX_RANK], n = 0;
  for (size_t i = 0; i < s->rank; i++)
    if (!(axes >> i & 1))
      at[n++] = s->at[i];
    else if (keeps)
      at[n++] = 1;
  lengths_set(to, at, n);
}

/* All axes of the set become the last one. */
static flow_id gather_axes(struct flow *f, flow_id a, unsigned axes) {
  const struct lengths *s = flow_shape(f, a);
  size_t order[FLOW_MAX_RANK], at[FLOW_MAX_RANK], n = 0, last = 1, rank = 0;
  for (size_t i = 0; i < s->rank; i++)
    if (!(axes >> i & 1))
      order[n++] = i, at[rank++] = s->at[i];
  for (size_t i = 0; i < s->rank; i++)
    if (axes >> i & 1)
      order[n++] = i, last *= s->at[i];
  at[rank] = last;
  if (rank == FLOW_MAX_RANK)
    return flow_insert_axis(f, a, rank);
  return flow_reshape_to(f, flow_transpose(f, a, order), at, rank + 1);
}

/* The greatest place of `count` elements fits in 53 bits. */
static flow_id reduce(struct flow *f, enum flow_kind kind, flow_id a,
                      unsigned axes, bool keeps) {
  struct flow_node node = {.kind = kind};
  struct lengths to;
  if (a == FLOW_NONE)
    return a;
  reduced(flow_shape(f, a), axes, keeps, &to);
  node.type = kind == FLOW_ARGMAX ? ONNX_INT64 : flow_get(f, a)->type;
  flow_id x = gather_axes(f, a, axes);
  if (x == FLOW_NONE)
    return x;
  const struct lengths *s = flow_shape(f, x);
  if (!lengths_last(s) && kind != FLOW_SUM)
    return flow_error(f, "it has no elements");
  lengths_set(&node.shape, s->at, s->rank - 1);
  return flow_reshape(f, flow_add(f, node, &x, 1), &to);
}

flow_id flow_sum(struct flow *f, flow_id a, unsigned axes, bool keeps) {
  return reduce(f, FLOW_SUM, a, axes, keeps);
}

flow_id flow_greatest(struct flow *f, flow_id a, unsigned axes, bool keeps) {
  return reduce(f, FLOW_GREATEST, a, axes, keeps);
}

flow_id flow_negated(struct flow *f, flow_id a) {
  if (a == FLOW_NONE)
    return a;
  enum onnx_type type = flow_get(f, a)->type;
  bool is_narrow = onnx_type_is_integer(type) && onnx_type_width(type) < 64;
  return flow_unary(f, SCALAR_NEG, is_narrow ? flow_cast(f, ONNX_INT64, a) : a);
}

flow_id flow_least(struct flow *f, flow_id a, unsigned axes, bool keeps) {
  if (a == FLOW_NONE)
    return a;
  flow_id y = flow_greatest(f, flow_negated(f, a), axes, keeps);
  return flow_cast(f, flow_get(f, a)->type, flow_unary(f, SCALAR_NEG, y));
}

flow_id flow_mean(struct flow *f, flow_id a, unsigned axes, bool keeps) {
  flow_id sum = flow_sum(f, a, axes, keeps);
  if (sum == FLOW_NONE)
    return sum;
  double n = 1;
  for (size_t i = 0; i < flow_shape(f, a)->rank; i++)
    if (axes >> i & 1)
      n *= (double)flow_shape(f, a)->at[i];
  return flow_with(f, SCALAR_DIV, sum, n);
}

/* A balanced tree of products. */
flow_id flow_product(struct flow *f, flow_id a, unsigned axes, bool keeps) {
  struct lengths to;
  if (a == FLOW_NONE)
    return a;
  reduced(flow_shape(f, a), axes, keeps, &to);
  flow_id x = gather_axes(f, a, axes);
  while (x != FLOW_NONE && lengths_last(flow_shape(f, x)) > 1) {
    size_t axis = flow_shape(f, x)->rank - 1;
    size_t n = flow_shape(f, x)->at[axis], half = n / 2;
    flow_id y = flow_binary(f, SCALAR_MUL, flow_slice(f, x, axis, 0, half),
                            flow_slice(f, x, axis, half, half));
    flow_id rest = flow_slice(f, x, axis, 2 * half, n % 2);
    x = n % 2 ? flow_concat(f, (flow_id[]){y, rest}, 2, axis) : y;
  }
  return flow_reshape(f, x, &to);
}

/* The places that y is made of are those of `soft`, which is left out. */
static flow_id note_left_out(struct flow *f, flow_id y, flow_id soft) {
  if (y == FLOW_NONE || soft == FLOW_NONE || flow_is_constant(f, y))
    return y;
  flow_id places =
      flow_get(f, y)->kind == FLOW_MOVE ? flow_operand(f, y, 0) : y;
  f->nodes.at[places]->has_order = true;
  f->nodes.at[places]->order = soft;
  return y;
}

flow_id flow_argmax(struct flow *f, flow_id a, size_t axis, bool keeps,
                    bool last_of_equals) {
  flow_id soft = FLOW_NONE;
  if (a != FLOW_NONE && flow_get(f, a)->has_order &&
      flow_get(f, a)->order_axis == axis) {
    soft = a;
    a = flow_get(f, a)->order;
  }
  if (a == FLOW_NONE || !last_of_equals)
    return note_left_out(f, reduce(f, FLOW_ARGMAX, a, 1u << axis, keeps), soft);
  size_t n = flow_shape(f, a)->at[axis];
  size_t *index = xmalloc((n + 1) * sizeof *index);
  for (size_t i = 0; i < n; i++)
    index[i] = n - 1 - i;
  flow_id y = flow_take(f, a, axis, index, n);
  free(index);
  y = reduce(f, FLOW_ARGMAX, y, 1u << axis, keeps);
  return flow_binary(f, SCALAR_SUB, flow_number(f, ONNX_INT64, (double)n - 1),
                     note_left_out(f, y, soft));
}

flow_id flow_below_greatest(struct flow *f, flow_id a, size_t axis) {
  flow_id y =
      flow_binary(f, SCALAR_SUB, a, flow_greatest(f, a, 1u << axis, true));
  if (y != FLOW_NONE && flow_get(f, y)->kind == FLOW_SCALAR)
    f->nodes.at[y]->is_below_0 = true;
  return y;
}

static flow_id with_order(struct flow *f, flow_id y, flow_id order,
                          size_t axis) {
  if (y != FLOW_NONE) {
    f->nodes.at[y]->has_order = true;
    f->nodes.at[y]->order = order;
    f->nodes.at[y]->order_axis = axis;
  }
  return y;
}

flow_id flow_softmax(struct flow *f, flow_id a, size_t axis) {
  flow_id e = flow_unary(f, SCALAR_EXP, flow_below_greatest(f, a, axis));
  flow_id sum = flow_known(f, flow_sum(f, e, 1u << axis, true), 1);
  return with_order(f, flow_binary(f, SCALAR_DIV, e, sum), a, axis);
}

flow_id flow_log_softmax(struct flow *f, flow_id a, size_t axis) {
  flow_id x = flow_below_greatest(f, a, axis);
  flow_id sum = flow_sum(f, flow_unary(f, SCALAR_EXP, x), 1u << axis, true);
  sum = flow_unary(f, SCALAR_LOG, flow_known(f, sum, 1));
  return with_order(f, flow_binary(f, SCALAR_SUB, x, sum), a, axis);
}

flow_id flow_linear(struct flow *f, flow_id x, flow_id w) {
  struct flow_node node = {.kind = FLOW_LINEAR};
  if (x == FLOW_NONE || w == FLOW_NONE || !flow_have_one_type(f, x, w))
    return FLOW_NONE;
  const struct lengths *s = flow_shape(f, x), *m = flow_shape(f, w);
  if (!s->rank || m->rank != 2 || lengths_last(s) != m->at[1])
    return flow_error(f,
                      "rows of %zu elements do not fit a matrix of %zu columns",
                      lengths_last(s), lengths_last(m));
  size_t at[FLOW_MAX_RANK];
  memcpy(at, s->at, sizeof at);
  at[s->rank - 1] = m->at[0];
  if (!lengths_set(&node.shape, at, s->rank))
    return flow_error(f, "its result has too many elements");
  node.type = flow_get(f, x)->type;
  return flow_add(f, node, (flow_id[]){x, w}, 2);
}

/* Batches are repeated by numpy's rule: a [.., m, k], b [.., k, n] become
   [.., m, n, k] each, and are multiplied element by element. */
static flow_id multiply_all(struct flow *f, flow_id a, flow_id b) {
  size_t rank_a = flow_shape(f, a)->rank, rank_b = flow_shape(f, b)->rank;
  a = flow_insert_axis(f, a, rank_a - 1); // [.., m, 1, k]
  b = flow_insert_axis(f, flow_swap(f, b, rank_b - 2, rank_b - 1),
                       rank_b - 2); // [.., 1, n, k]
  flow_id all = flow_binary(f, SCALAR_MUL, a, b);
  return all == FLOW_NONE
             ? all
             : flow_sum(f, all, 1u << (flow_shape(f, all)->rank - 1), false);
}

/* Both of rank 2 at least. */
static flow_id multiply_matrices(struct flow *f, flow_id a, flow_id b) {
  size_t rank_a = flow_shape(f, a)->rank, rank_b = flow_shape(f, b)->rank;
  if (flow_is_constant(f, b) && rank_b == 2)
    return flow_linear(f, a, flow_swap(f, b, 0, 1));
  if (flow_is_constant(f, a) && rank_a == 2) {
    flow_id y = flow_linear(f, flow_swap(f, b, rank_b - 2, rank_b - 1), a);
    return flow_swap(f, y, rank_b - 2, rank_b - 1);
  }
  return multiply_all(f, a, b);
}

flow_id flow_matmul(struct flow *f, flow_id a, flow_id b) {
  if (a == FLOW_NONE || b == FLOW_NONE)
    return FLOW_NONE;
  size_t rank_a = flow_shape(f, a)->rank, rank_b = flow_shape(f, b)->rank;
  if (!rank_a || !rank_b)
    return flow_error(f, "a product with a single number");
  if (rank_a == 1)
    a = flow_insert_axis(f, a, 0);
  if (rank_b == 1)
    b = flow_insert_axis(f, b, 1);
  const struct lengths *x = flow_shape(f, a), *y = flow_shape(f, b);
  if (x->at[x->rank - 1] != y->at[y->rank - 2])
    return flow_error(f, "rows of %zu elements do not fit columns of %zu",
                      x->at[x->rank - 1], y->at[y->rank - 2]);
  flow_id product = multiply_matrices(f, a, b);
  if (product != FLOW_NONE && rank_b == 1)
    product = flow_drop_axis(f, product, flow_shape(f, product)->rank - 1);
  if (product != FLOW_NONE && rank_a == 1)
    product = flow_drop_axis(
        f, product, flow_shape(f, product)->rank - (rank_b == 1 ? 1 : 2));
  return product;
}

flow_id flow_look_up(struct flow *f, flow_id x, flow_id w) {
  struct flow_node node = {.kind = FLOW_LOOK_UP};
  size_t at[FLOW_MAX_RANK + 1];
  if (x == FLOW_NONE || w == FLOW_NONE)
    return FLOW_NONE;
  const struct lengths *s = flow_shape(f, x), *m = flow_shape(f, w);
  memcpy(at, s->at, s->rank * sizeof *at);
  at[s->rank] = m->at[1];
  if (!m->at[0] || !lengths_set(&node.shape, at, s->rank + 1))
    return flow_error(f, "no rows, or too many elements");
  node.type = flow_get(f, w)->type;
  return flow_add(f, node, (flow_id[]){x, w}, 2);
}

static bool is_moved(const struct flow_node *x) {
  return x->n == 1 &&
         (x->kind == FLOW_MOVE ||
          (x->kind == FLOW_CAST && onnx_type_width(x->type) >= 32));
}

size_t flow_rows(const struct flow *f, flow_id x) {
  size_t rows = 0;
  for (flow_id i = x + 1; i < f->nodes.n; i++) {
    if (flow_get(f, i)->kind != FLOW_LOOK_UP)
      continue;
    flow_id from = flow_operand(f, i, 0);
    size_t n = flow_shape(f, flow_operand(f, i, 1))->at[0];
    while (from > x && is_moved(flow_get(f, from)))
      from = flow_operand(f, from, 0);
    if (from == x && (!rows || n < rows))
      rows = n;
  }
  return rows;
}
