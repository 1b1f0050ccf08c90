/* Elements by indices. Constant indices are moves. Others choose a row of a
   constant, a function of the index; or of variables, as a sum of products with
   [index == row], which are 0 but for one. */
#include "compile/front/operators_places.h"

#include <string.h>

flow_id places_one_hot(struct flow *f, flow_id x, size_t length) {
  struct lengths s = {.rank = 1, .at = {length}, .n = length};
  if (x == FLOW_NONE)
    return x;
  enum onnx_type type = flow_get(f, x)->type;
  double *at = xmalloc((length + 1) * sizeof *at);
  for (size_t i = 0; i < length; i++)
    at[i] = (double)i;
  flow_id places = flow_constant(f, type, &s, at);
  x = flow_insert_axis(f, x, flow_shape(f, x)->rank);
  flow_id y = flow_binary(f, SCALAR_EQUAL, x, places);
  for (size_t i = 0; i < length; i++)
    at[i] = (double)i - (double)length;
  if (onnx_type_is_signed(type))
    y = flow_binary(
        f, SCALAR_MAX, y,
        flow_binary(f, SCALAR_EQUAL, x, flow_constant(f, type, &s, at)));
  free(at);
  return y;
}

/* Place i of a constant, as one of 0..length-1; false with an error. */
static bool read_place(struct operator_call *n, const struct flow_node *c,
                       size_t i, size_t length, size_t *place) {
  double at = c->at[i] < 0 ? c->at[i] + (double)length : c->at[i];
  if (!(at >= 0 && at < (double)length))
    return flow_error(n->f, "index %g is not one of %zu", c->at[i], length),
           false;
  *place = (size_t)at;
  return true;
}

/* Products of integers wrap around in narrow types, bool among them. */
static flow_id chosen(struct flow *f, flow_id is_chosen, flow_id x,
                      flow_id (*choose)(struct flow *, flow_id, flow_id)) {
  if (x == FLOW_NONE || is_chosen == FLOW_NONE)
    return FLOW_NONE;
  enum onnx_type type = flow_get(f, x)->type;
  enum onnx_type wide = type == ONNX_BOOL ? ONNX_INT32 : type;
  return flow_cast(
      f, type, choose(f, flow_cast(f, wide, is_chosen), flow_cast(f, wide, x)));
}

static flow_id sum_of_products(struct flow *f, flow_id a, flow_id b) {
  flow_id all = flow_binary(f, SCALAR_MUL, a, b);
  return all == FLOW_NONE
             ? all
             : flow_sum(f, all, 1u << (flow_shape(f, all)->rank - 1), false);
}

/* Rows x[i] of w[rows, columns]: [i, columns]. */
static flow_id take_rows(struct operator_call *n, flow_id x, flow_id w) {
  struct flow *f = n->f;
  if (x == FLOW_NONE || w == FLOW_NONE)
    return FLOW_NONE;
  size_t rows = flow_shape(f, w)->at[0];
  const struct flow_node *c = flow_get(f, x);
  if (!flow_is_constant(f, x)) {
    if (!rows)
      return flow_error(f, "it takes elements of none");
    return flow_is_constant(f, w)
               ? flow_look_up(f, x, w)
               : chosen(f, places_one_hot(f, x, rows), w, flow_matmul);
  }
  size_t *index = xcalloc(c->shape.n + 1, sizeof *index);
  bool ok = true;
  for (size_t i = 0; ok && i < c->shape.n; i++)
    ok = read_place(n, c, i, rows, &index[i]);
  flow_id y = ok ? flow_take(f, w, 0, index, c->shape.n) : FLOW_NONE;
  free(index);
  return y;
}

bool places_inputs(struct operator_call *n, flow_id *x, flow_id *index) {
  *x = call_input(n, 0);
  *index = call_input(n, 1);
  if (*x == FLOW_NONE || *index == FLOW_NONE)
    return false;
  if (flow_get(n->f, *index)->type != ONNX_INT64 &&
      flow_get(n->f, *index)->type != ONNX_INT32)
    return flow_error(n->f, "indices must be of int32 or int64"), false;
  return true;
}

static void build_gather(struct operator_call *n) {
  flow_id x, index;
  struct flow *f = n->f;
  if (!places_inputs(n, &x, &index))
    return;
  const struct lengths *s = flow_shape(f, x), *places = flow_shape(f, index);
  size_t axis = call_axis(n, call_int(n, "axis", 0), s->rank);
  size_t order[FLOW_MAX_RANK], to[2 * FLOW_MAX_RANK], rank = 0;
  if (f->failed)
    return;
  for (size_t i = 0; i < s->rank; i++)
    order[i] = i == 0 ? axis : i <= axis ? i - 1 : i;
  size_t outer = lengths_product(s, 0, axis);
  size_t inner = lengths_product(s, axis + 1, s->rank);
  x = flow_transpose(f, x, order);
  x = flow_reshape_to(f, x, (size_t[]){s->at[axis], outer * inner}, 2);
  x = take_rows(n, flow_reshape_to(f, index, &places->n, 1), x);
  x = flow_reshape_to(f, x, (size_t[]){places->n, outer, inner}, 3);
  x = flow_swap(f, x, 0, 1);
  for (size_t i = 0; i < axis; i++)
    to[rank++] = s->at[i];
  for (size_t i = 0; i < places->rank; i++)
    to[rank++] = places->at[i];
  for (size_t i = axis + 1; i < s->rank; i++)
    to[rank++] = s->at[i];
  n->out[0] = flow_reshape_to(f, x, to, rank);
}

/* ---- A place for each element ---- */

/* Where element i of indices of shape `s` is in one of shape `to`, but for the
   axis, where it is what the constant says. */
static bool element_place(struct operator_call *n, const struct flow_node *c,
                          size_t i, const struct lengths *to, size_t axis,
                          size_t *place) {
  size_t rest = i, stride = 1, at = 0;
  for (size_t k = to->rank; k-- > 0; stride *= to->at[k]) {
    size_t along = rest % c->shape.at[k];
    rest /= c->shape.at[k];
    if (k == axis && !read_place(n, c, i, to->at[k], &along))
      return false;
    at += along * stride;
  }
  *place = at;
  return true;
}

bool places_check(struct operator_call *n, const struct lengths *s,
                  const struct lengths *index, size_t axis) {
  bool ok = s->rank == index->rank;
  for (size_t k = 0; ok && k < s->rank; k++)
    ok = k == axis || index->at[k] <= s->at[k];
  return ok || (flow_error(n->f, "the indices' shape is not within the data's"),
                false);
}

uint32_t *places_of_elements(struct operator_call *n, const struct flow_node *c,
                             const struct lengths *s, size_t axis) {
  uint32_t *map = xmalloc((c->shape.n + 1) * sizeof *map);
  for (size_t i = 0; i < c->shape.n; i++) {
    size_t place;
    if (!element_place(n, c, i, s, axis, &place)) {
      free(map);
      return NULL;
    }
    map[i] = (uint32_t)place;
  }
  return map;
}

/* Variable indices: sums along the axis, which is moved to the end. */
static flow_id choose_elements(struct flow *f, flow_id x, flow_id index,
                               size_t axis) {
  const struct lengths *to = flow_shape(f, index);
  size_t length = flow_shape(f, x)->at[axis];
  for (size_t k = 0; k < to->rank; k++)
    if (k != axis && to->at[k] != flow_shape(f, x)->at[k])
      x = flow_slice(f, x, k, 0, to->at[k]);
  x = flow_axis_last(f, x, axis);
  x = flow_insert_axis(f, x, to->rank - 1);
  flow_id is_chosen = places_one_hot(f, flow_axis_last(f, index, axis), length);
  return flow_axis_back(f, chosen(f, is_chosen, x, sum_of_products), axis);
}

static void build_gather_elements(struct operator_call *n) {
  flow_id x, index;
  if (!places_inputs(n, &x, &index))
    return;
  const struct lengths *s = flow_shape(n->f, x), *to = flow_shape(n->f, index);
  size_t axis = call_axis(n, call_int(n, "axis", 0), s->rank);
  if (n->f->failed || !places_check(n, s, to, axis))
    return;
  if (!flow_is_constant(n->f, index)) {
    n->out[0] = choose_elements(n->f, x, index, axis);
    return;
  }
  uint32_t *map = places_of_elements(n, flow_get(n->f, index), s, axis);
  if (map)
    n->out[0] = flow_move(n->f, &x, 1, to, map);
  free(map);
}

/* ---- A place for each tuple ---- */

bool tuples_read(struct operator_call *n, const struct lengths *s,
                 const struct lengths *index, int64_t batch_dims,
                 struct tuples *t) {
  if (batch_dims < 0 || batch_dims >= (int64_t)s->rank ||
      batch_dims >= (int64_t)index->rank)
    return flow_error(n->f, "batch_dims is %lld", (long long)batch_dims), false;
  size_t b = (size_t)batch_dims;
  t->size = lengths_last(index);
  if (!t->size || b + t->size > s->rank)
    return flow_error(n->f, "tuples of %zu indices in %zu dimensions", t->size,
                      s->rank - b),
           false;
  for (size_t k = 0; k < b; k++)
    if (s->at[k] != index->at[k])
      return flow_error(n->f, "batches are not of one length"), false;
  t->batches = lengths_product(s, 0, b);
  t->count = lengths_product(index, b, index->rank - 1);
  t->rows = lengths_product(s, b, b + t->size);
  t->columns = lengths_product(s, b + t->size, s->rank);
  memcpy(t->dims, s->at + b, t->size * sizeof *t->dims);
  return true;
}

static bool check_tuples(struct operator_call *n, const struct flow_node *c,
                         const struct tuples *t) {
  size_t place;
  bool ok = true;
  for (size_t i = 0; ok && i < c->shape.n; i++)
    ok = read_place(n, c, i, t->dims[i % t->size], &place);
  return ok;
}

flow_id tuples_rows(struct operator_call *n, flow_id index,
                    const struct tuples *t) {
  struct flow *f = n->f;
  flow_id row = FLOW_NONE;
  size_t shape[] = {t->batches, t->count, t->size}, stride = 1;
  if (flow_is_constant(f, index) && !check_tuples(n, flow_get(f, index), t))
    return FLOW_NONE;
  index = flow_cast(f, ONNX_INT64, flow_reshape_to(f, index, shape, 3));
  for (size_t k = t->size; k-- > 0; stride *= t->dims[k]) {
    flow_id at = flow_drop_axis(f, flow_slice(f, index, 2, k, 1), 2);
    flow_id is_negative = flow_cast(
        f, ONNX_INT64,
        flow_binary(f, SCALAR_GREATER, flow_number(f, ONNX_INT64, 0), at));
    at = flow_binary(f, SCALAR_ADD, at,
                     flow_with(f, SCALAR_MUL, is_negative, (double)t->dims[k]));
    at = flow_with(f, SCALAR_MUL, at, (double)stride);
    row = row == FLOW_NONE ? at : flow_binary(f, SCALAR_ADD, row, at);
  }
  return row;
}

/* Of all batches as one. */
static flow_id all_rows(struct flow *f, flow_id row, const struct tuples *t) {
  struct lengths s = {.rank = 2, .at = {t->batches, 1}, .n = t->batches};
  double *at = xmalloc((t->batches + 1) * sizeof *at);
  for (size_t i = 0; i < t->batches; i++)
    at[i] = (double)(i * t->rows);
  row = flow_binary(f, SCALAR_ADD, row, flow_constant(f, ONNX_INT64, &s, at));
  free(at);
  return flow_reshape_to(f, row, (size_t[]){t->batches * t->count}, 1);
}

static void build_gather_nd(struct operator_call *n) {
  struct flow *f = n->f;
  flow_id x, index;
  struct tuples t;
  size_t to[2 * FLOW_MAX_RANK], rank = 0;
  if (!places_inputs(n, &x, &index))
    return;
  const struct lengths *s = flow_shape(f, x), *i = flow_shape(f, index);
  int64_t batch_dims = call_int(n, "batch_dims", 0);
  if (!tuples_read(n, s, i, batch_dims, &t))
    return;
  for (size_t k = 0; k + 1 < i->rank; k++)
    to[rank++] = i->at[k];
  for (size_t k = (size_t)batch_dims + t.size; k < s->rank; k++)
    to[rank++] = s->at[k];
  flow_id row = tuples_rows(n, index, &t);
  if (t.batches == 1 || flow_is_constant(f, row) || flow_is_constant(f, x)) {
    x = flow_reshape_to(f, x, (size_t[]){t.batches * t.rows, t.columns}, 2);
    x = take_rows(n, all_rows(f, row, &t), x);
  } else {
    x = flow_reshape_to(f, x, (size_t[]){t.batches, t.rows, t.columns}, 3);
    x = chosen(f, places_one_hot(f, row, t.rows), x, flow_matmul);
  }
  n->out[0] = flow_reshape_to(f, x, to, rank);
}

/* ---- One hot ---- */

/* values: what is off, what is on. */
static void build_one_hot(struct operator_call *n) {
  struct flow *f = n->f;
  flow_id x = call_input(n, 0), values = call_input(n, 2);
  call_input(n, 1);
  double depth = call_number(n, 1, 0, "the depth");
  if (x == FLOW_NONE || values == FLOW_NONE || f->failed)
    return;
  size_t rank = flow_shape(f, x)->rank;
  size_t axis = call_axis(n, call_int(n, "axis", -1), rank + 1);
  if (!(depth >= 1 && depth <= (double)FLOW_MAX_ELEMENTS) ||
      flow_shape(f, values)->n != 2)
    flow_error(f, "a depth of %g and %zu values", depth,
               flow_shape(f, values)->n);
  if (f->failed)
    return;
  x = places_one_hot(f, flow_cast(f, ONNX_INT64, x), (size_t)depth);
  values = flow_reshape_to(f, values, (size_t[]){2}, 1);
  x = flow_where(f, x, flow_slice(f, values, 0, 1, 1),
                 flow_slice(f, values, 0, 0, 1));
  n->out[0] = flow_axis_back(f, x, axis);
}

const struct operator_row operators_gather[] = {
    {{"Gather", "variable indices are taken to be in range"}, build_gather},
    {{"GatherElements", "as Gather"}, build_gather_elements},
    {{"GatherND", "as Gather"}, build_gather_nd},
    {{"OneHot", "constant depth"}, build_one_hot},
    {{NULL, NULL}, NULL},
};
