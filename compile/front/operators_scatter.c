/* Updates of elements at constant indices: moves; with a reduction, sums or
   greatest elements of what meets at one place. */
#include "compile/front/operators_places.h"

#include <string.h>

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

static bool is_zero(const struct flow *f, flow_id x) {
  const struct flow_node *c = flow_get(f, x);
  bool is_zero = flow_is_constant(f, x);
  for (size_t i = 0; is_zero && i < c->shape.n; i++)
    is_zero = c->at[i] == 0;
  return is_zero;
}

/* Indices that vary, such as those of TopK: each place has the sum of updates
   times [index == place], of which one is not 0, as no two are of one place
   unless they are added. The other axes are those of the data. */
static flow_id scatter_anywhere(struct operator_call *n, flow_id x,
                                flow_id index, flow_id updates, size_t axis) {
  struct flow *f = n->f;
  const struct lengths *s = flow_shape(f, x);
  enum onnx_type type = flow_get(f, x)->type;
  const char *reduction = call_string(n, "reduction");
  bool adds = !strcmp(reduction, "add");
  size_t rank = s->rank, length = s->at[axis];
  if (!adds && *reduction && strcmp(reduction, "none"))
    return flow_error(f,
                      "indices that vary with reduction '%.20s' are not "
                      "supported",
                      reduction);
  if (onnx_type_width(type) < 32 && onnx_type_is_integer(type))
    return flow_error(f, "indices that vary are not supported in %s",
                      onnx_type_name(type));
  for (size_t k = 0; k < rank; k++)
    if (k != axis && s->at[k] != flow_shape(f, index)->at[k])
      return flow_error(f,
                        "indices that vary must be as many as the data "
                        "along axis %zu",
                        k);
  flow_id hot = places_one_hot(f, flow_axis_last(f, index, axis), length);
  flow_id u = flow_insert_axis(f, flow_axis_last(f, updates, axis), rank);
  flow_id sum =
      flow_sum(f, flow_binary(f, SCALAR_MUL, flow_cast(f, type, hot), u),
               1u << (rank - 1), false);
  sum = flow_axis_back(f, sum, axis);
  if (adds)
    return flow_binary(f, SCALAR_ADD, x, sum);
  flow_id is_hit = flow_greatest(f, hot, 1u << (rank - 1), false);
  return is_zero(f, x) ? sum
                       : flow_where(f, flow_axis_back(f, is_hit, axis), sum, x);
}

/* Data, indices and updates, of the data's type. */
static const struct flow_node *read_updates(struct operator_call *n, flow_id *x,
                                            flow_id *updates) {
  flow_id index;
  *updates = call_input(n, 2);
  if (!places_inputs(n, x, &index) || *updates == FLOW_NONE)
    return NULL;
  if (flow_get(n->f, *x)->type != flow_get(n->f, *updates)->type) {
    flow_error(n->f, "the updates are not of the data's type");
    return NULL;
  }
  return flow_get(n->f, index);
}

static void build_scatter_elements(struct operator_call *n) {
  flow_id x, updates;
  const struct flow_node *c = read_updates(n, &x, &updates);
  if (!c)
    return;
  const struct lengths *s = flow_shape(n->f, x);
  size_t axis = call_axis(n, call_int(n, "axis", 0), s->rank);
  if (n->f->failed || !places_check(n, s, &c->shape, axis))
    return;
  if (!lengths_equal(&c->shape, flow_shape(n->f, updates))) {
    flow_error(n->f, "the updates are not of the indices' shape");
    return;
  }
  if (c->kind != FLOW_CONSTANT) {
    n->out[0] = scatter_anywhere(n, x, n->in[1], updates, axis);
    return;
  }
  uint32_t *target = places_of_elements(n, c, s, axis);
  if (target)
    n->out[0] = scatter(n, x, updates, target);
  free(target);
}

static void build_scatter_nd(struct operator_call *n) {
  flow_id x, updates;
  struct tuples t;
  const struct flow_node *c = read_updates(n, &x, &updates);
  if (!c || !call_constant(n, 1, true, "the indices") ||
      !tuples_read(n, flow_shape(n->f, x), &c->shape, 0, &t))
    return;
  if (flow_shape(n->f, updates)->n != t.count * t.columns) {
    flow_error(n->f, "%zu updates for %zu elements",
               flow_shape(n->f, updates)->n, t.count * t.columns);
    return;
  }
  flow_id row = tuples_rows(n, n->in[1], &t);
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

const struct operator_row operators_scatter[] = {
    {{"Scatter", "constant indices"}, build_scatter_elements},
    {{"ScatterElements", "variable indices are taken to be in range and, but "
                         "with reduction add, different"},
     build_scatter_elements},
    {{"ScatterND", "constant indices"}, build_scatter_nd},
    {{NULL, NULL}, NULL},
};
