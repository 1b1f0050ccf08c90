/* Elements change places: all of these are maps, and none costs a gate. */
#include "compile/front/flow_parts.h"

#include <assert.h>
#include <math.h>
#include <string.h>

size_t lengths_along(const struct lengths *s, size_t axis, size_t i) {
  return i / lengths_product(s, axis + 1, s->rank) % s->at[axis];
}

/* The place in the source of element i. */
static size_t source(const struct flow_node *node, size_t i) {
  return node->map ? node->map[i] : i;
}

/* Whether the scale of each element depends on its place along an axis only;
   scale[] is then along that axis. */
static bool scales_along(const struct flow_node *node,
                         const struct flow_node *x, size_t axis, float *scale) {
  const struct dequantised *from = &x->levels_of;
  for (size_t i = 0; i < node->shape.n; i++) {
    size_t at = lengths_along(&node->shape, axis, i);
    float s =
        from->scale[lengths_along(&x->shape, from->axis, source(node, i))];
    bool is_first =
        at * lengths_product(&node->shape, axis + 1, node->shape.rank) == i;
    if (is_first)
      scale[at] = s;
    else if (scale[at] != s)
      return false;
  }
  return true;
}

/* Levels stay where one scale is of all, or where scales remain along some
   axis. */
void flow_move_levels(struct flow *f, struct flow_node *node,
                      const struct flow_node *x) {
  const struct dequantised *from = &x->levels_of;
  size_t n = node->shape.n, axis = 0;
  if (node->n != 1 || !from->level || !n)
    return;
  struct dequantised to = *from;
  if (from->scales != 1) {
    float *scale = NULL;
    for (; axis < node->shape.rank; axis++) {
      scale = flow_alloc(f, node->shape.at[axis], sizeof *scale);
      if (scales_along(node, x, axis, scale))
        break;
    }
    if (axis == node->shape.rank)
      return;
    to.scale = scale;
    to.scales = node->shape.at[axis];
    to.axis = axis;
  }
  to.level = flow_alloc(f, n, sizeof(long));
  for (size_t i = 0; i < n; i++)
    to.level[i] = from->level[source(node, i)];
  node->levels_of = to;
}

flow_id flow_move(struct flow *f, const flow_id *x, size_t n,
                  const struct lengths *shape, const uint32_t *map) {
  struct flow_node node = {.kind = FLOW_MOVE, .shape = *shape};
  for (size_t i = 0; i < n; i++)
    if (x[i] == FLOW_NONE)
      return FLOW_NONE;
  node.type = flow_get(f, x[0])->type;
  for (size_t i = 1; i < n; i++)
    if (flow_get(f, x[i])->type != node.type)
      return flow_error(f, "elements of %s and of %s do not go together",
                        onnx_type_name(node.type),
                        onnx_type_name(flow_get(f, x[i])->type));
  if (!flow_spend(f, shape->n))
    return FLOW_NONE;
  if (map) {
    uint32_t *kept = flow_alloc(f, shape->n, sizeof *kept);
    if (shape->n)
      memcpy(kept, map, shape->n * sizeof *kept);
    node.map = kept;
  }
  return flow_add(f, node, x, n);
}

flow_id flow_reshape(struct flow *f, flow_id a, const struct lengths *shape) {
  if (a == FLOW_NONE || lengths_equal(flow_shape(f, a), shape))
    return a;
  if (flow_shape(f, a)->n != shape->n)
    return flow_error(f, "%zu elements cannot become %zu", flow_shape(f, a)->n,
                      shape->n);
  return flow_move(f, &a, 1, shape, NULL);
}

flow_id flow_reshape_to(struct flow *f, flow_id a, const size_t *at,
                        size_t rank) {
  struct lengths shape;
  return lengths_set(&shape, at, rank) ? flow_reshape(f, a, &shape)
                                       : flow_error(f, "a shape is too large");
}

/* Element i of the result is at the sum of stride[k] times its place along
   axis k, plus an offset. */
static flow_id by_strides(struct flow *f, flow_id a,
                          const struct lengths *shape, const size_t *stride,
                          size_t offset) {
  uint32_t *map = xmalloc((shape->n + 1) * sizeof *map);
  for (size_t i = 0; i < shape->n; i++) {
    size_t rest = i, place = offset;
    for (size_t k = shape->rank; k-- > 0; rest /= shape->at[k])
      place += rest % shape->at[k] * stride[k];
    map[i] = (uint32_t)place;
  }
  flow_id y = flow_move(f, &a, 1, shape, map);
  free(map);
  return y;
}

flow_id flow_transpose(struct flow *f, flow_id a, const size_t *order) {
  if (a == FLOW_NONE)
    return a;
  const struct lengths *from = flow_shape(f, a);
  struct lengths to = *from;
  size_t stride[FLOW_MAX_RANK];
  bool is_same = true;
  for (size_t i = 0; i < from->rank; i++) {
    to.at[i] = from->at[order[i]];
    stride[i] = lengths_product(from, order[i] + 1, from->rank);
    is_same &= order[i] == i;
  }
  return is_same ? a : by_strides(f, a, &to, stride, 0);
}

flow_id flow_swap(struct flow *f, flow_id a, size_t i, size_t j) {
  size_t order[FLOW_MAX_RANK];
  for (size_t k = 0; k < FLOW_MAX_RANK; k++)
    order[k] = k == i ? j : k == j ? i : k;
  return flow_transpose(f, a, order);
}

flow_id flow_axis_last(struct flow *f, flow_id a, size_t axis) {
  size_t order[FLOW_MAX_RANK], n = 0;
  if (a == FLOW_NONE)
    return a;
  size_t rank = flow_shape(f, a)->rank;
  for (size_t k = 0; k < rank; k++)
    if (k != axis)
      order[n++] = k;
  order[n] = axis;
  return flow_transpose(f, a, order);
}

flow_id flow_axis_back(struct flow *f, flow_id a, size_t axis) {
  size_t order[FLOW_MAX_RANK], n = 0;
  if (a == FLOW_NONE)
    return a;
  size_t rank = flow_shape(f, a)->rank;
  for (size_t k = 0; k < rank; k++)
    order[k] = k == axis ? rank - 1 : n++;
  return flow_transpose(f, a, order);
}

flow_id flow_broadcast(struct flow *f, flow_id a, const struct lengths *shape) {
  if (a == FLOW_NONE || lengths_equal(flow_shape(f, a), shape))
    return a;
  const struct lengths *from = flow_shape(f, a);
  size_t stride[FLOW_MAX_RANK] = {0};
  if (from->rank > shape->rank)
    return flow_error(f, "a tensor of rank %zu cannot become one of rank %zu",
                      from->rank, shape->rank);
  for (size_t i = 0; i < from->rank; i++) {
    size_t k = shape->rank - from->rank + i;
    if (from->at[i] != 1 && from->at[i] != shape->at[k])
      return flow_error(f, "an axis of length %zu cannot become one of %zu",
                        from->at[i], shape->at[k]);
    stride[k] = from->at[i] == 1 ? 0 : lengths_product(from, i + 1, from->rank);
  }
  return from->n == shape->n ? flow_reshape(f, a, shape)
                             : by_strides(f, a, shape, stride, 0);
}

flow_id flow_take(struct flow *f, flow_id a, size_t axis, const size_t *index,
                  size_t n) {
  size_t at[FLOW_MAX_RANK];
  struct lengths shape;
  if (a == FLOW_NONE)
    return a;
  const struct lengths *from = flow_shape(f, a);
  memcpy(at, from->at, sizeof at);
  at[axis] = n;
  if (!lengths_set(&shape, at, from->rank))
    return flow_error(f, "its result has too many elements");
  size_t inner = lengths_product(from, axis + 1, from->rank);
  uint32_t *map = xmalloc((shape.n + 1) * sizeof *map);
  for (size_t i = 0; i < shape.n; i++) {
    size_t outer = i / (inner * n), place = index[i / inner % n];
    map[i] = (uint32_t)((outer * from->at[axis] + place) * inner + i % inner);
  }
  flow_id y = flow_move(f, &a, 1, &shape, map);
  free(map);
  return y;
}

flow_id flow_slice(struct flow *f, flow_id a, size_t axis, size_t from,
                   size_t length) {
  size_t *index = xmalloc((length + 1) * sizeof *index);
  for (size_t i = 0; i < length; i++)
    index[i] = from + i;
  flow_id y = flow_take(f, a, axis, index, length);
  free(index);
  return y;
}

/* Lengths but that of the axis are those of the first. */
static bool join(struct flow *f, const flow_id *x, size_t n, size_t axis,
                 struct lengths *shape) {
  struct lengths one = *flow_shape(f, x[0]);
  size_t length = 0;
  for (size_t i = 0; i < n; i++) {
    const struct lengths *s = flow_shape(f, x[i]);
    one.at[axis] = s->at[axis];
    if (!lengths_equal(&one, s))
      return flow_error(f, "input %zu has another shape than the others", i),
             false;
    length += s->at[axis];
  }
  one.at[axis] = length;
  return lengths_set(shape, one.at, one.rank) ||
         (flow_error(f, "its result has too many elements"), false);
}

flow_id flow_concat(struct flow *f, const flow_id *x, size_t n, size_t axis) {
  struct lengths shape;
  for (size_t i = 0; i < n; i++)
    if (x[i] == FLOW_NONE)
      return FLOW_NONE;
  if (n == 1 || !join(f, x, n, axis, &shape))
    return n == 1 ? x[0] : FLOW_NONE;
  size_t inner = lengths_product(&shape, axis + 1, shape.rank);
  size_t outer = lengths_product(&shape, 0, axis), offset = 0, begin = 0;
  uint32_t *map = xmalloc((shape.n + 1) * sizeof *map);
  for (size_t i = 0; i < n; i++) {
    size_t part = flow_shape(f, x[i])->at[axis] * inner;
    for (size_t j = 0; j < outer * part; j++)
      map[j / part * shape.at[axis] * inner + begin + j % part] =
          (uint32_t)(offset + j);
    offset += outer * part;
    begin += part;
  }
  flow_id y = flow_move(f, x, n, &shape, map);
  free(map);
  return y;
}

flow_id flow_insert_axis(struct flow *f, flow_id a, size_t axis) {
  size_t at[FLOW_MAX_RANK + 1];
  if (a == FLOW_NONE)
    return a;
  const struct lengths *s = flow_shape(f, a);
  for (size_t i = 0; i <= s->rank; i++)
    at[i] = i < axis ? s->at[i] : i == axis ? 1 : s->at[i - 1];
  return flow_reshape_to(f, a, at, s->rank + 1);
}

flow_id flow_drop_axis(struct flow *f, flow_id a, size_t axis) {
  size_t at[FLOW_MAX_RANK];
  if (a == FLOW_NONE)
    return a;
  const struct lengths *s = flow_shape(f, a);
  assert(s->at[axis] == 1);
  for (size_t i = 0; i + 1 < s->rank; i++)
    at[i] = s->at[i + (i >= axis)];
  return flow_reshape_to(f, a, at, s->rank - 1);
}

/* ---- Windows ---- */

/* The place in an image of spatial lengths `from` that an element of a window
   has; false if it is outside. */
static bool window_place(const struct flow_window *w, const size_t *from,
                         size_t place, size_t element, size_t *at) {
  size_t stride = 1;
  *at = 0;
  for (size_t k = w->rank; k-- > 0;) {
    int64_t spread = w->spread[k] ? (int64_t)w->spread[k] : 1;
    int64_t x = (int64_t)(place % w->places[k] * w->stride[k] +
                          element % w->size[k] * w->dilation[k]) -
                w->before[k];
    place /= w->places[k];
    element /= w->size[k];
    if (x < 0 || x % spread || x / spread >= (int64_t)from[k])
      return false;
    *at += (size_t)(x / spread) * stride;
    stride *= from[k];
  }
  return true;
}

/* The shape of windows, how many places there are, and elements of each. */
static bool window_shape(struct flow *f, const struct lengths *from,
                         const struct flow_window *w, struct lengths *shape,
                         size_t *places, size_t *elements) {
  size_t at[FLOW_MAX_RANK + 1], outer = from->rank - w->rank;
  struct lengths size;
  memcpy(at, from->at, outer * sizeof *at);
  memcpy(at + outer, w->places, w->rank * sizeof *at);
  if (!lengths_set(&size, w->size, w->rank) || !size.n)
    return flow_error(f, "its windows have no elements, or too many"), false;
  at[from->rank] = *elements = size.n;
  if (!lengths_set(shape, at, from->rank + 1))
    return flow_error(f, "its windows have too many elements"), false;
  *places = lengths_product(shape, outer, from->rank);
  return true;
}

/* Where the elements of one window are, `outside` for those that are not
   inside; if that is SIZE_MAX, the first that is. False if there is none. */
static bool map_window(const struct flow_window *w, const size_t *image,
                       size_t place, size_t elements, size_t image_at,
                       size_t outside, uint32_t *map) {
  size_t to, other = outside;
  for (size_t k = 0; k < elements && other == SIZE_MAX; k++)
    if (window_place(w, image, place, k, &to))
      other = image_at + to;
  for (size_t k = 0; k < elements && other != SIZE_MAX; k++)
    map[k] = (uint32_t)(window_place(w, image, place, k, &to) ? image_at + to
                                                              : other);
  return other != SIZE_MAX;
}

flow_id flow_windows(struct flow *f, flow_id x, const struct flow_window *w,
                     double fill) {
  size_t elements, places;
  struct lengths shape;
  if (x == FLOW_NONE ||
      !window_shape(f, flow_shape(f, x), w, &shape, &places, &elements))
    return FLOW_NONE;
  const struct lengths *from = flow_shape(f, x);
  size_t outer = from->rank - w->rank, windows = shape.n / elements;
  size_t area = lengths_product(from, outer, from->rank);
  bool is_whole = true, has_fill = !isnan(fill);
  uint32_t *map = xmalloc((shape.n + 1) * sizeof *map);
  for (size_t i = 0; is_whole && i < windows; i++)
    is_whole =
        map_window(w, from->at + outer, i % places, elements, i / places * area,
                   has_fill ? from->n : SIZE_MAX, map + i * elements);
  flow_id with[] = {x, has_fill ? flow_number(f, flow_get(f, x)->type, fill)
                                : FLOW_NONE};
  flow_id y = is_whole ? flow_move(f, with, has_fill ? 2 : 1, &shape, map)
                       : flow_error(f, "a window is all padding");
  free(map);
  return y;
}
