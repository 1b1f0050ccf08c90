/* What the order of elements decides: greatest places, ranks, sorted lists. */
#include "compile/front/operators.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void arg(struct operator_call *n, flow_id x) {
  bool keeps = call_int(n, "keepdims", 1) != 0;
  bool is_last = call_int(n, "select_last_index", 0) != 0;
  if (x == FLOW_NONE)
    return;
  size_t axis = call_axis(n, call_int(n, "axis", 0), flow_shape(n->f, x)->rank);
  if (!n->f->failed)
    n->out[0] = flow_argmax(n->f, x, axis, keeps, is_last);
}

static void build_arg_max(struct operator_call *n) {
  arg(n, call_input(n, 0));
}

static void build_arg_min(struct operator_call *n) {
  arg(n, flow_negated(n->f, call_input(n, 0)));
}

/* 0..length-1 along an axis, to be repeated along others. */
static flow_id places(struct flow *f, size_t length, size_t after) {
  struct lengths s = {.rank = after + 1, .at = {length}, .n = length};
  double *at = xmalloc((length + 1) * sizeof *at);
  for (size_t i = 0; i < length; i++)
    at[i] = (double)i;
  for (size_t i = 1; i <= after; i++)
    s.at[i] = 1;
  flow_id y = flow_constant(f, ONNX_INT64, &s, at);
  free(at);
  return y;
}

/* To opset 12 axes from one on are one. */
static void build_hardmax(struct operator_call *n) {
  struct flow *f = n->f;
  flow_id x = call_input(n, 0);
  if (x == FLOW_NONE)
    return;
  const struct lengths s = *flow_shape(f, x);
  size_t axis =
      call_axis(n, call_int(n, "axis", n->opset < 13 ? 1 : -1), s.rank);
  size_t after = s.rank - 1 - axis;
  if (f->failed)
    return;
  if (n->opset < 13) {
    size_t to[] = {lengths_product(&s, 0, axis),
                   lengths_product(&s, axis, s.rank)};
    x = flow_reshape_to(f, x, to, 2);
    axis = 1;
    after = 0;
  }
  flow_id y = flow_argmax(f, x, axis, true, false);
  if (y == FLOW_NONE)
    return;
  y = flow_binary(f, SCALAR_EQUAL, y,
                  places(f, flow_shape(f, x)->at[axis], after));
  n->out[0] = flow_reshape(f, flow_cast(f, flow_get(f, x)->type, y), &s);
}

/* A constant matrix of 0 and 1 along the axis. */
static void build_cum_sum(struct operator_call *n) {
  struct flow *f = n->f;
  flow_id x = call_input(n, 0);
  bool excludes = call_int(n, "exclusive", 0) != 0;
  bool is_reverse = call_int(n, "reverse", 0) != 0;
  call_input(n, 1);
  double at = call_number(n, 1, 0, "the axis");
  if (x == FLOW_NONE || f->failed)
    return;
  size_t axis =
      call_axis(n, fabs(at) < 100 ? (int64_t)at : 100, flow_shape(f, x)->rank);
  if (f->failed)
    return;
  size_t length = flow_shape(f, x)->at[axis];
  struct lengths s;
  if (!lengths_set(&s, (size_t[]){length, length}, 2)) {
    flow_error(f, "its axis has %zu elements, which are too many", length);
    return;
  }
  double *w = xcalloc(s.n + 1, sizeof *w);
  for (size_t i = 0; i < s.n; i++) {
    size_t to = i / length, from = i % length;
    w[i] = (is_reverse ? from >= to : from <= to) && !(excludes && from == to);
  }
  flow_id matrix = flow_constant(f, flow_get(f, x)->type, &s, w);
  free(w);
  x = flow_linear(f, flow_axis_last(f, x, axis), matrix);
  n->out[0] = flow_axis_back(f, x, axis);
}

/* ---- The greatest k ---- */

/* Along the last axis: how many elements come before each. One comparison of
   each pair i < j, [x_i >= x_j], says which of them does. */
flow_id operators_ranks(struct flow *f, flow_id x, bool largest) {
  const struct lengths *s = flow_shape(f, x);
  size_t n = lengths_last(s), axis = s->rank - 1, pairs = 0;
  size_t total = n ? n * (n - 1) / 2 : 0;
  if (n > 1 << 12)
    return flow_error(f, "%zu elements are too many to be compared", n);
  size_t *first = xmalloc((total + 1) * sizeof *first);
  size_t *second = xmalloc((total + 1) * sizeof *second);
  size_t *from = xmalloc((n * n + 1) * sizeof *from);
  for (size_t i = 0; i < n; i++)
    for (size_t j = i + 1; j < n; j++, pairs++) {
      first[pairs] = i;
      second[pairs] = j;
      from[j * (n - 1) + i] = pairs;             // i before j
      from[i * (n - 1) + j - 1] = total + pairs; // j before i
    }
  flow_id a = flow_take(f, x, axis, first, total);
  flow_id b = flow_take(f, x, axis, second, total);
  flow_id y = flow_binary(f, SCALAR_AT_LEAST, largest ? a : b, largest ? b : a);
  y = flow_cast(f, ONNX_INT64, y);
  flow_id other = flow_binary(f, SCALAR_SUB, flow_number(f, ONNX_INT64, 1), y);
  y = flow_concat(f, (flow_id[]){y, other}, 2, axis);
  y = flow_take(f, y, axis, from, n ? n * (n - 1) : 0);
  free(first);
  free(second);
  free(from);
  struct lengths to = *s;
  to.at[to.rank++] = n ? n - 1 : 0;
  y = flow_reshape_to(f, y, to.at, to.rank);
  return flow_sum(f, y, 1u << (to.rank - 1), false);
}

/* Output 0: values; 1: places. Each is a sum over elements of those times
   [rank == i]. */
static void take_ranks(struct operator_call *n, flow_id x, size_t axis,
                       size_t k, bool largest) {
  struct flow *f = n->f;
  x = flow_axis_last(f, x, axis);
  size_t last = flow_shape(f, x)->rank - 1, length = flow_shape(f, x)->at[last];
  if (last + 2 > FLOW_MAX_RANK) {
    flow_error(f, "it has %d dimensions; one fewer is supported",
               FLOW_MAX_RANK);
    return;
  }
  flow_id rank = flow_insert_axis(f, operators_ranks(f, x, largest), last);
  flow_id is_at = flow_binary(f, SCALAR_EQUAL, rank, places(f, k, 1));
  flow_id by = flow_cast(f, flow_get(f, x)->type, is_at);
  by = flow_binary(f, SCALAR_MUL, by, flow_insert_axis(f, x, last));
  n->out[0] = flow_axis_back(f, flow_sum(f, by, 2u << last, false), axis);
  if (n->outputs < 2)
    return;
  flow_id row = flow_insert_axis(f, places(f, length, 0), 0);
  flow_id at = flow_linear(f, flow_cast(f, ONNX_INT64, is_at), row);
  if (at != FLOW_NONE)
    n->out[1] = flow_axis_back(f, flow_drop_axis(f, at, last + 1), axis);
}

static void build_top_k(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  if (n->opset >= 10)
    call_input(n, 1);
  double k =
      n->opset < 10 ? (double)call_int(n, "k", 0) : call_number(n, 1, 0, "k");
  bool largest = call_int(n, "largest", 1) != 0;
  if (x == FLOW_NONE || n->f->failed)
    return;
  size_t rank = flow_shape(n->f, x)->rank;
  size_t axis = call_axis(n, call_int(n, "axis", -1), rank);
  if (n->f->failed)
    return;
  if (!(k >= 0 && k <= (double)flow_shape(n->f, x)->at[axis]))
    flow_error(n->f, "it takes %g of %zu elements", k,
               flow_shape(n->f, x)->at[axis]);
  else
    take_ranks(n, x, axis, (size_t)k, largest);
}

/* ---- Of constants ---- */

/* Places of those that are not 0, a row for each axis. */
static void build_non_zero(struct operator_call *n) {
  flow_id in = call_input(n, 0);
  size_t count = 0, kept = 0;
  if (in != FLOW_NONE && !flow_is_constant(n->f, in))
    flow_error(n->f, "its input must be a constant, as how many there are "
                     "would depend on it, and a circuit's lengths cannot: "
                     "weigh all by what was chosen");
  if (n->f->failed)
    return;
  const struct flow_node *x = flow_get(n->f, in);
  for (size_t i = 0; i < x->shape.n; i++)
    count += x->at[i] != 0;
  size_t rank = x->shape.rank ? x->shape.rank : 1;
  struct lengths s;
  if (!lengths_set(&s, (size_t[]){rank, count}, 2)) {
    flow_error(n->f, "its result has too many elements");
    return;
  }
  double *y = xmalloc((s.n + 1) * sizeof *y);
  for (size_t i = 0; i < x->shape.n; i++) {
    if (x->at[i] == 0)
      continue;
    size_t rest = i;
    y[kept] = 0;
    for (size_t k = x->shape.rank; k-- > 0; rest /= x->shape.at[k])
      y[k * count + kept] = (double)(rest % x->shape.at[k]);
    kept++;
  }
  n->out[0] = flow_constant(n->f, ONNX_INT64, &s, y);
  free(y);
}

struct row {
  const double *at;
  size_t n, place; // elements; which row it is
  size_t first;    // place of the first that is equal
};

static int compare_rows(const struct row *a, const struct row *b) {
  for (size_t i = 0; i < a->n; i++)
    if (a->at[i] != b->at[i])
      return a->at[i] < b->at[i] ? -1 : 1;
  return 0;
}

static int by_value(const void *a, const void *b) {
  const struct row *x = a, *y = b;
  int order = compare_rows(x, y);
  return order ? order : (x->place > y->place) - (x->place < y->place);
}

static int by_first(const void *a, const void *b) {
  const struct row *x = a, *y = b;
  int order = (x->first > y->first) - (x->first < y->first);
  return order ? order : (x->place > y->place) - (x->place < y->place);
}

/* Rows in order, equal ones beside each other. */
static struct row *sort_rows(const struct flow_node *x, size_t rows,
                             size_t columns, bool is_sorted) {
  struct row *r = xmalloc((rows + 1) * sizeof *r);
  for (size_t i = 0; i < rows; i++)
    r[i] = (struct row){x->at + i * columns, columns, i, i};
  qsort(r, rows, sizeof *r, by_value);
  for (size_t i = 1; i < rows; i++)
    if (!compare_rows(&r[i - 1], &r[i]))
      r[i].first = r[i - 1].first;
  if (!is_sorted)
    qsort(r, rows, sizeof *r, by_first);
  return r;
}

/* Rows of x along an axis, or elements; outputs are the distinct ones, where
   each is first, which of them each row is, and how often. */
static void unique(struct operator_call *n, flow_id x, size_t axis) {
  struct flow *f = n->f;
  const struct lengths *s = flow_shape(f, x);
  size_t rows = s->at[axis], columns = rows ? s->n / rows : 0, kinds = 0;
  flow_id front = flow_reshape_to(f, flow_swap(f, x, 0, axis),
                                  (size_t[]){rows, columns}, 2);
  if (front == FLOW_NONE)
    return;
  struct row *r = sort_rows(flow_get(f, front), rows, columns,
                            call_int(n, "sorted", 1) != 0);
  int64_t *lists = xcalloc(3 * rows + 1, sizeof *lists);
  int64_t *which = lists + rows, *count = which + rows;
  size_t *index = xmalloc((rows + 1) * sizeof *index);
  for (size_t i = 0; i < rows; i++) {
    if (r[i].first == r[i].place) {
      index[kinds] = r[i].place;
      lists[kinds++] = (int64_t)r[i].place;
    }
    which[r[i].place] = (int64_t)kinds - 1;
    count[kinds - 1]++;
  }
  n->out[0] = flow_take(f, x, axis, index, kinds);
  const size_t length[] = {kinds, rows, kinds};
  for (size_t i = 1; i < n->outputs && i < 4; i++)
    n->out[i] = flow_integers(f, lists + (i - 1) * rows, length[i - 1]);
  free(r);
  free(lists);
  free(index);
}

static void build_unique(struct operator_call *n) {
  const struct flow_node *c = call_constant(n, 0, true, "its input");
  if (!c)
    return;
  size_t axis = 0;
  flow_id x = n->in[0];
  if (call_has_attribute(n, "axis"))
    axis = call_axis(n, call_int(n, "axis", 0), c->shape.rank);
  else
    x = flow_reshape_to(n->f, x, &c->shape.n, 1);
  for (size_t i = 0; i < c->shape.n; i++)
    if (isnan(c->at[i]))
      flow_error(n->f, "its input has a NaN");
  if (!n->f->failed)
    unique(n, x, axis);
}

const struct operator_row operators_order[] = {
    {{"ArgMax", ""}, build_arg_max},
    {{"ArgMin", ""}, build_arg_min},
    {{"CumSum", "along a constant axis"}, build_cum_sum},
    {{"Hardmax", ""}, build_hardmax},
    {{"NonZero", "of constants"}, build_non_zero},
    {{"TopK", "constant k, of at most 4096 elements"}, build_top_k},
    {{"Unique", "of constants"}, build_unique},
    {{NULL, NULL}, NULL},
};
