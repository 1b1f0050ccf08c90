/* Elements by indices. Constant indices are moves. Others choose a row of a
   constant, a function of the index; or of variables, as a sum of products with
   [index == row], which are 0 but for one. */
#include "compile/front/operators.h"

#include <string.h>

/* [x == i], and [x == i - length] as indices < 0 count from the end: a new
   last axis. */
static flow_id one_hot(struct flow *f, flow_id x, size_t length) {
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
               : chosen(f, one_hot(f, x, rows), w, flow_matmul);
  }
  size_t *index = xcalloc(c->shape.n + 1, sizeof *index);
  bool ok = true;
  for (size_t i = 0; ok && i < c->shape.n; i++)
    ok = read_place(n, c, i, rows, &index[i]);
  flow_id y = ok ? flow_take(f, w, 0, index, c->shape.n) : FLOW_NONE;
  free(index);
  return y;
}

/* Two tensors that an operator reads; the second of indices. */
static bool read_both(struct operator_call *n, flow_id *x, flow_id *index) {
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
  if (!read_both(n, &x, &index))
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

/* Indices have the rank of the data, and no axis is longer but one. */
static bool check_elements(struct operator_call *n, const struct lengths *s,
                           const struct lengths *index, size_t axis) {
  bool ok = s->rank == index->rank;
  for (size_t k = 0; ok && k < s->rank; k++)
    ok = k == axis || index->at[k] <= s->at[k];
  return ok || (flow_error(n->f, "the indices' shape is not within the data's"),
                false);
}

/* Of constants, each of data shape's places, below 2^26. */
static uint32_t *element_places(struct operator_call *n,
                                const struct flow_node *c,
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
  flow_id is_chosen = one_hot(f, flow_axis_last(f, index, axis), length);
  return flow_axis_back(f, chosen(f, is_chosen, x, sum_of_products), axis);
}

static void build_gather_elements(struct operator_call *n) {
  flow_id x, index;
  if (!read_both(n, &x, &index))
    return;
  const struct lengths *s = flow_shape(n->f, x), *to = flow_shape(n->f, index);
  size_t axis = call_axis(n, call_int(n, "axis", 0), s->rank);
  if (n->f->failed || !check_elements(n, s, to, axis))
    return;
  if (!flow_is_constant(n->f, index)) {
    n->out[0] = choose_elements(n->f, x, index, axis);
    return;
  }
  uint32_t *map = element_places(n, flow_get(n->f, index), s, axis);
  if (map)
    n->out[0] = flow_move(n->f, &x, 1, to, map);
  free(map);
}

/* ---- A place for each tuple ---- */

struct tuples {
  size_t batches, count; // tuples, of each batch
  size_t size;           // of a tuple
  size_t rows, columns;  // of each batch's data
  size_t dims[FLOW_MAX_RANK];
};

/* Data [batches.., rows.., columns..], indices [batches.., count.., size]. */
static bool read_tuples(struct operator_call *n, const struct lengths *s,
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

/* Rows, of int64: the sum of indices times strides, and of a stride times a
   length where an index is < 0. [batches, count]. */
static flow_id tuple_rows(struct operator_call *n, flow_id index,
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
  if (!read_both(n, &x, &index))
    return;
  const struct lengths *s = flow_shape(f, x), *i = flow_shape(f, index);
  int64_t batch_dims = call_int(n, "batch_dims", 0);
  if (!read_tuples(n, s, i, batch_dims, &t))
    return;
  for (size_t k = 0; k + 1 < i->rank; k++)
    to[rank++] = i->at[k];
  for (size_t k = (size_t)batch_dims + t.size; k < s->rank; k++)
    to[rank++] = s->at[k];
  flow_id row = tuple_rows(n, index, &t);
  if (t.batches == 1 || flow_is_constant(f, row) || flow_is_constant(f, x)) {
    x = flow_reshape_to(f, x, (size_t[]){t.batches * t.rows, t.columns}, 2);
    x = take_rows(n, all_rows(f, row, &t), x);
  } else {
    x = flow_reshape_to(f, x, (size_t[]){t.batches, t.rows, t.columns}, 3);
    x = chosen(f, one_hot(f, row, t.rows), x, flow_matmul);
  }
  n->out[0] = flow_reshape_to(f, x, to, rank);
}

/* ---- Scatter ---- */

/* What each updated place has: its element, and its updates one after the
   other, at most `most`; filled up with what changes nothing. */
static flow_id updated(struct operator_call *n, flow_id x, flow_id updates,
                       const uint32_t *target, size_t most, bool adds,
                       double neutral) {
  struct flow *f = n->f;
  size_t size = flow_shape(f, x)->n, count = flow_shape(f, updates)->n;
  struct lengths s;
  if (!lengths_set(&s, (size_t[]){size, most + 1}, 2))
    return flow_error(f, "%zu updates of one element are too many", most);
  uint32_t *map = xmalloc((s.n + 1) * sizeof *map);
  uint32_t *seen = xcalloc(size + 1, sizeof *seen);
  for (size_t i = 0; i < s.n; i++)
    map[i] = (uint32_t)(i % (most + 1) && adds ? size + count : i / (most + 1));
  for (size_t i = 0; i < count; i++)
    map[target[i] * (most + 1) + ++seen[target[i]]] = (uint32_t)(size + i);
  flow_id from[] = {x, updates, flow_number(f, flow_get(f, x)->type, neutral)};
  x = flow_move(f, from, 3, &s, map);
  free(seen);
  free(map);
  return x;
}

static flow_id reduced(struct operator_call *n, flow_id x, flow_id updates,
                       const uint32_t *target, size_t most,
                       const char *reduction) {
  bool adds = !strcmp(reduction, "add"), times = !strcmp(reduction, "mul");
  if (!adds && !times && strcmp(reduction, "max") && strcmp(reduction, "min"))
    return flow_error(n->f, "reduction '%.20s' is not supported", reduction);
  struct flow *f = n->f;
  flow_id all =
      updated(n, x, updates, target, most, adds || times, times ? 1 : 0);
  return adds                        ? flow_sum(f, all, 2, false)
         : times                     ? flow_product(f, all, 2, false)
         : !strcmp(reduction, "max") ? flow_greatest(f, all, 2, false)
                                     : flow_least(f, all, 2, false);
}

/* Update i is of element target[i]. */
static flow_id scatter(struct operator_call *n, flow_id x, flow_id updates,
                       const uint32_t *target) {
  struct flow *f = n->f;
  const char *reduction = call_string(n, "reduction");
  size_t size = flow_shape(f, x)->n, count = flow_shape(f, updates)->n;
  bool is_none = !*reduction || !strcmp(reduction, "none");
  uint32_t *map = xmalloc((size + 1) * sizeof *map), touched = 0, most = 0;
  uint32_t *place = xcalloc(size + 1, sizeof *place); // of those updated, + 1
  uint32_t *times = xcalloc(size + 1, sizeof *times);
  uint32_t *by = xmalloc((count + 1) * sizeof *by);
  size_t *old = xmalloc((count + 1) * sizeof *old);
  for (uint32_t i = 0; i < count; i++) {
    if (!place[target[i]]) {
      old[touched] = target[i];
      place[target[i]] = ++touched;
    }
    by[i] = place[target[i]] - 1;
    if (++times[by[i]] > most)
      most = times[by[i]];
  }
  for (uint32_t i = 0; i < size; i++)
    map[i] = place[i] ? (uint32_t)size + place[i] - 1 : i;
  for (uint32_t i = 0; is_none && i < count; i++)
    map[target[i]] = (uint32_t)size + i;
  flow_id with = updates;
  if (!is_none && count) {
    with = flow_reshape_to(f, x, &size, 1);
    with = reduced(n, flow_take(f, with, 0, old, touched), updates, by, most,
                   reduction);
  }
  flow_id y = flow_move(f, (flow_id[]){x, with}, 2, flow_shape(f, x), map);
  free(map);
  free(place);
  free(times);
  free(by);
  free(old);
  return y;
}

/* Data, constant indices and updates, of the data's type. */
static const struct flow_node *read_updates(struct operator_call *n, flow_id *x,
                                            flow_id *updates) {
  flow_id index;
  *updates = call_input(n, 2);
  if (!read_both(n, x, &index) || *updates == FLOW_NONE)
    return NULL;
  if (flow_get(n->f, *x)->type != flow_get(n->f, *updates)->type) {
    flow_error(n->f, "the updates are not of the data's type");
    return NULL;
  }
  return call_constant(n, 1, true, "the indices");
}

static void build_scatter_elements(struct operator_call *n) {
  flow_id x, updates;
  const struct flow_node *c = read_updates(n, &x, &updates);
  if (!c)
    return;
  const struct lengths *s = flow_shape(n->f, x);
  size_t axis = call_axis(n, call_int(n, "axis", 0), s->rank);
  if (n->f->failed || !check_elements(n, s, &c->shape, axis))
    return;
  if (!lengths_equal(&c->shape, flow_shape(n->f, updates))) {
    flow_error(n->f, "the updates are not of the indices' shape");
    return;
  }
  uint32_t *target = element_places(n, c, s, axis);
  if (target)
    n->out[0] = scatter(n, x, updates, target);
  free(target);
}

static void build_scatter_nd(struct operator_call *n) {
  flow_id x, updates;
  struct tuples t;
  const struct flow_node *c = read_updates(n, &x, &updates);
  if (!c || !read_tuples(n, flow_shape(n->f, x), &c->shape, 0, &t))
    return;
  if (flow_shape(n->f, updates)->n != t.count * t.columns) {
    flow_error(n->f, "%zu updates for %zu elements",
               flow_shape(n->f, updates)->n, t.count * t.columns);
    return;
  }
  flow_id row = tuple_rows(n, n->in[1], &t);
  if (row == FLOW_NONE)
    return;
  const double *at = flow_get(n->f, row)->at;
  uint32_t *target = xmalloc((t.count * t.columns + 1) * sizeof *target);
  for (size_t i = 0; i < t.count * t.columns; i++)
    target[i] =
        (uint32_t)((size_t)at[i / t.columns] * t.columns + i % t.columns);
  n->out[0] = scatter(n, x, updates, target);
  free(target);
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
  x = one_hot(f, flow_cast(f, ONNX_INT64, x), (size_t)depth);
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
    {{"Scatter", "constant indices"}, build_scatter_elements},
    {{"ScatterElements", "constant indices"}, build_scatter_elements},
    {{"ScatterND", "constant indices"}, build_scatter_nd},
    {{NULL, NULL}, NULL},
};
