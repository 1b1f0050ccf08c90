/* Means, norms and greatest elements of windows. */
#include "compile/front/operators.h"

#include <math.h>

/* The windows that kernel_shape asks for, over x. */
static bool get_window(struct operator_call *n, flow_id x,
                       struct flow_window *w, int64_t *after) {
  const int64_t *kernel;
  size_t size[FLOW_MAX_RANK], rank = call_ints(n, "kernel_shape", &kernel);
  if (x == FLOW_NONE)
    return false;
  const struct lengths *s = flow_shape(n->f, x);
  if (!rank || s->rank != rank + 2 || s->rank >= FLOW_MAX_RANK)
    return flow_error(n->f, "windows of rank %zu on an image of rank %zu", rank,
                      s->rank),
           false;
  for (size_t k = 0; k < rank; k++)
    size[k] = kernel[k] > 0 ? (size_t)kernel[k] : 0;
  return call_window(n, s, size, w, after);
}

static unsigned last_axis(const struct flow *f, flow_id x) {
  return x == FLOW_NONE ? 0 : 1u << (flow_shape(f, x)->rank - 1);
}

static flow_id along_windows(struct flow *f, flow_id windows,
                             flow_id (*reduce)(struct flow *, flow_id, unsigned,
                                               bool)) {
  return reduce(f, windows, last_axis(f, windows), false);
}

/* ---- Greatest elements ---- */

/* Where the elements of a window are, from its first one: [elements, 1]. */
static flow_id window_offsets(struct flow *f, const struct flow_window *w,
                              const int64_t *stride) {
  struct lengths shape;
  size_t n = 1;
  for (size_t k = 0; k < w->rank; k++)
    n *= w->size[k];
  if (!lengths_set(&shape, (size_t[]){n, 1}, 2))
    return flow_error(f, "its windows have too many elements");
  double *at = xmalloc(n * sizeof *at);
  for (size_t i = 0; i < n; i++) {
    size_t rest = i;
    at[i] = 0;
    for (size_t k = w->rank; k-- > 0; rest /= w->size[k])
      at[i] += (double)(rest % w->size[k] * w->dilation[k]) * (double)stride[k];
  }
  flow_id y = flow_constant(f, ONNX_INT64, &shape, at);
  free(at);
  return y;
}

/* Where windows begin: a constant of y's shape. */
static flow_id window_begins(struct flow *f, const struct flow_window *w,
                             const struct lengths *y, size_t area,
                             const int64_t *stride) {
  double *at = xmalloc((y->n + 1) * sizeof *at);
  for (size_t i = 0; i < y->n; i++) {
    size_t rest = i;
    at[i] = 0;
    for (size_t k = w->rank; k-- > 0; rest /= w->places[k])
      at[i] += ((double)(rest % w->places[k] * w->stride[k]) -
                (double)w->before[k]) *
               (double)stride[k];
    at[i] += (double)rest * (double)area;
  }
  flow_id p = flow_constant(f, ONNX_INT64, y, at);
  free(at);
  return p;
}

/* The place in x of the greatest of each window, the first of equals. */
static flow_id places_of_greatest(struct operator_call *n, flow_id x,
                                  const struct flow_window *w) {
  struct flow *f = n->f;
  const struct lengths *s = flow_shape(f, x);
  bool is_column_major = call_int(n, "storage_order", 0);
  int64_t stride[FLOW_MAX_RANK];
  for (size_t k = 0; k < w->rank; k++)
    stride[k] = (int64_t)(is_column_major ? lengths_product(s, 2, 2 + k)
                                          : lengths_product(s, 3 + k, s->rank));
  int64_t lo = 0, hi;
  if (onnx_type_is_integer(flow_get(f, x)->type))
    onnx_type_range(flow_get(f, x)->type, &lo, &hi);
  flow_id all = flow_windows(
      f, x, w, flow_is_real(f, x) ? -(double)INFINITY : (double)lo);
  if (all == FLOW_NONE)
    return all;
  flow_id best =
      flow_argmax(f, all, flow_shape(f, all)->rank - 1, false, false);
  flow_id y = flow_look_up(f, best, window_offsets(f, w, stride));
  if (y == FLOW_NONE)
    return y;
  y = flow_drop_axis(f, y, flow_shape(f, y)->rank - 1);
  return flow_binary(f, SCALAR_ADD, y,
                     window_begins(f, w, flow_shape(f, y),
                                   lengths_product(s, 2, s->rank), stride));
}

static void build_max_pool(struct operator_call *n) {
  struct flow_window w;
  int64_t after[FLOW_MAX_RANK];
  flow_id x = call_input(n, 0);
  if (!get_window(n, x, &w, after))
    return;
  n->out[0] = along_windows(n->f, flow_windows(n->f, x, &w, (double)NAN),
                            flow_greatest);
  if (n->outputs > 1 && onnx_output(n->scope->graph, n->node, 1) != VALUE_NONE)
    n->out[1] = places_of_greatest(n, x, &w);
}

/* ---- Means ---- */

/* How many elements of the window at a place lie in [from..to) of an axis. */
static double count_axis(const struct flow_window *w, size_t k, size_t place,
                         int64_t from, int64_t to) {
  int64_t first = (int64_t)(place * w->stride[k]) - w->before[k], count = 0;
  for (size_t i = 0; i < w->size[k]; i++) {
    int64_t x = first + (int64_t)(i * w->dilation[k]);
    count += x >= from && x < to;
  }
  return (double)count;
}

/* By how many the sum of each window is divided: [places ..]. */
static flow_id window_counts(struct flow *f, const struct lengths *x,
                             const struct flow_window *w, const int64_t *after,
                             bool with_padding) {
  struct lengths shape;
  if (!lengths_set(&shape, w->places, w->rank))
    return flow_error(f, "its result has too many elements");
  double *at = xmalloc((shape.n + 1) * sizeof *at);
  for (size_t i = 0; i < shape.n; i++)
    at[i] = 1;
  for (size_t k = 0; k < w->rank; k++) {
    size_t inner = lengths_product(&shape, k + 1, shape.rank);
    int64_t from = with_padding ? -w->before[k] : 0;
    int64_t to = (int64_t)x->at[2 + k] + (with_padding ? after[k] : 0);
    double *count = xmalloc((w->places[k] + 1) * sizeof *count);
    for (size_t p = 0; p < w->places[k]; p++)
      count[p] = fmax(count_axis(w, k, p, from, to), 1);
    for (size_t i = 0; i < shape.n; i++)
      at[i] *= count[i / inner % w->places[k]];
    free(count);
  }
  flow_id y = flow_constant(f, ONNX_FLOAT, &shape, at);
  free(at);
  return y;
}

/* Of reals x; one number divides all sums where all counts are equal. */
flow_id call_average_pool(struct operator_call *n, flow_id x) {
  struct flow_window w;
  int64_t after[FLOW_MAX_RANK];
  if (!get_window(n, x, &w, after))
    return FLOW_NONE;
  flow_id sum = along_windows(n->f, flow_windows(n->f, x, &w, 0), flow_sum);
  if (sum == FLOW_NONE)
    return sum;
  flow_id by = window_counts(n->f, flow_shape(n->f, x), &w, after,
                             call_int(n, "count_include_pad", 0));
  const struct flow_node *c = by == FLOW_NONE ? NULL : flow_get(n->f, by);
  bool is_one = c && c->shape.n;
  for (size_t i = 1; is_one && i < c->shape.n; i++)
    is_one = c->at[i] == c->at[0];
  return is_one ? flow_with(n->f, SCALAR_DIV, sum, c->at[0])
                : flow_binary(n->f, SCALAR_DIV, sum, by);
}

static void build_average_pool(struct operator_call *n) {
  n->out[0] = call_average_pool(n, call_input(n, 0));
}

/* ---- Norms ---- */

static flow_id power(struct flow *f, flow_id x, double p) {
  x = flow_unary(f, SCALAR_ABS, x);
  return p == 1 ? x : flow_with(f, SCALAR_POW, x, p);
}

static flow_id root(struct flow *f, flow_id x, double p) {
  if (p == 1)
    return x;
  return p == 2 ? flow_unary(f, SCALAR_SQRT, x)
                : flow_with(f, SCALAR_POW, x, 1 / p);
}

static bool get_p(struct operator_call *n, double *p) {
  *p = (double)call_int(n, "p", 2);
  return *p >= 1 || (flow_error(n->f, "attribute 'p' is %g", *p), false);
}

static void build_lp_pool(struct operator_call *n) {
  struct flow_window w;
  int64_t after[FLOW_MAX_RANK];
  double p;
  flow_id x = call_input(n, 0);
  if (!get_window(n, x, &w, after) || !get_p(n, &p))
    return;
  flow_id all = flow_windows(n->f, power(n->f, x, p), &w, 0);
  n->out[0] = root(n->f, along_windows(n->f, all, flow_sum), p);
}

/* ---- Of a whole image ---- */

/* The axes behind the channels; 0 with an error if there are none. */
static unsigned image_axes(struct operator_call *n, flow_id x) {
  if (x == FLOW_NONE)
    return 0;
  size_t rank = flow_shape(n->f, x)->rank;
  if (rank > 2)
    return ((1u << rank) - 1) & ~3u;
  flow_error(n->f, "an image of rank %zu", rank);
  return 0;
}

static void build_global_average_pool(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  unsigned axes = image_axes(n, x);
  n->out[0] = axes ? flow_mean(n->f, x, axes, true) : FLOW_NONE;
}

static void build_global_max_pool(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  unsigned axes = image_axes(n, x);
  n->out[0] = axes ? flow_greatest(n->f, x, axes, true) : FLOW_NONE;
}

static void build_global_lp_pool(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  unsigned axes = image_axes(n, x);
  double p;
  if (axes && get_p(n, &p))
    n->out[0] = root(n->f, flow_sum(n->f, power(n->f, x, p), axes, true), p);
}

const struct operator_row operators_pools[] = {
    {{"AveragePool", ""}, build_average_pool},
    {{"GlobalAveragePool", ""}, build_global_average_pool},
    {{"GlobalLpPool", ""}, build_global_lp_pool},
    {{"GlobalMaxPool", ""}, build_global_max_pool},
    {{"LpPool", ""}, build_lp_pool},
    {{"MaxPool", "no window of padding alone"}, build_max_pool},
    {{NULL, NULL}, NULL},
};
