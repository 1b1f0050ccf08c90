/* Samples of an image at constant places, parts of tensors, and Fourier's
   transform: each a constant matrix, or a move. */
#include "compile/front/operators.h"

#include <math.h>
#include <string.h>

/* ---- GridSample ---- */

enum {
  TAPS = 4
}; // along an axis, of cubic; 64 of an image of three axes

struct sampler {
  size_t taps; // 1: nearest, 2: linear, 4: cubic
  enum {
    ZEROS,
    BORDER,
    REFLECTION
  } padding;
  bool is_aligned; // -1 and 1 are the middles of the first and last element
};

static double reflect(double x, double lo, double hi) {
  double range = hi - lo, beyond = x < lo ? lo - x : x - hi;
  if (x >= lo && x <= hi)
    return x;
  if (range <= 0)
    return lo;
  double turns = floor(beyond / range), rest = beyond - turns * range;
  bool is_odd = fmod(turns, 2) != 0;
  return (x < lo) != is_odd ? lo + rest : hi - rest;
}

/* The place where an element stands for one at `at`; -1 where 0 does. */
static double tap_place(const struct sampler *s, double at, double length) {
  if (at >= 0 && at <= length - 1)
    return at;
  if (s->padding == ZEROS)
    return -1;
  if (s->padding == BORDER)
    return at < 0 ? 0 : length - 1;
  double half = s->is_aligned ? 0 : 0.5;
  return trunc(reflect(at, -half, length - 1 + half));
}

/* Keys' function with -3/4. */
static double cubic(double d) {
  d = fabs(d);
  return d <= 1 ? (1.25 * d - 2.25) * d * d + 1
                : ((-0.75 * d + 3.75) * d - 6) * d + 3;
}

/* Places and weights along an axis, of a coordinate in [-1..1]. */
static void taps_at(const struct sampler *s, double x, size_t length,
                    size_t *place, double *weight) {
  double n = (double)length, half = s->is_aligned ? 0 : 0.5;
  x = s->is_aligned ? (x + 1) / 2 * (n - 1) : ((x + 1) * n - 1) / 2;
  if (s->taps == 1)
    x = nearbyint(x);
  if (s->padding == BORDER)
    x = s->taps == TAPS ? x : fmin(fmax(x, 0), n - 1);
  else if (s->padding == REFLECTION)
    x = reflect(x, -half, n - 1 + half);
  double first = floor(x) - (s->taps == TAPS);
  for (size_t k = 0; k < s->taps; k++) {
    double at = first + (double)k, to = tap_place(s, at, n);
    weight[k] = s->taps == 1   ? 1
                : s->taps == 2 ? 1 - fabs(x - at)
                               : cubic(x - at);
    if (to < 0)
      weight[k] = 0;
    place[k] = to < 0 ? 0 : (size_t)to;
  }
}

/* Elements of an image of spatial lengths `at` for one place of the grid; its
   coordinates begin with that of the last axis. */
static void taps_of(const struct sampler *s, const double *grid,
                    const size_t *at, size_t rank, uint32_t *place,
                    double *weight) {
  size_t n = 1;
  place[0] = 0;
  weight[0] = 1;
  for (size_t k = 0; k < rank; k++) {
    size_t one[TAPS];
    double by[TAPS];
    taps_at(s, grid[rank - 1 - k], at[k], one, by);
    for (size_t i = n; i-- > 0;)
      for (size_t j = s->taps; j-- > 0;) {
        place[i * s->taps + j] = (uint32_t)(place[i] * at[k] + one[j]);
        weight[i * s->taps + j] = weight[i] * by[j];
      }
    n *= s->taps;
  }
}

static bool get_sampler(struct operator_call *n, struct sampler *s) {
  static const char *const modes[] = {"nearest", "linear", "bilinear", "cubic",
                                      "bicubic"};
  static const size_t taps[] = {1, 2, 2, TAPS, TAPS};
  const char *mode = call_string(n, "mode");
  const char *padding = call_string(n, "padding_mode");
  *s = (struct sampler){.taps = *mode ? 0 : 2};
  for (size_t i = 0; i < 5; i++)
    if (!strcmp(mode, modes[i]))
      s->taps = taps[i];
  s->is_aligned = call_int(n, "align_corners", 0);
  s->padding = !strcmp(padding, "border")       ? BORDER
               : !strcmp(padding, "reflection") ? REFLECTION
                                                : ZEROS;
  return s->taps ||
         (flow_error(n->f, "attribute 'mode' is '%.40s'", mode), false);
}

/* x [batch, channels, spatial ..], grid [batch, places .., rank]: how many
   places, and the shape of the result. */
static bool sample_shape(struct operator_call *n, const struct lengths *x,
                         const struct flow_node *grid, struct lengths *y) {
  const struct lengths *g = &grid->shape;
  size_t at[FLOW_MAX_RANK], rank = x->rank - 2;
  if (x->rank < 3 || rank > 3 || g->rank != x->rank || g->at[0] != x->at[0] ||
      g->at[rank + 1] != rank || !x->n)
    return flow_error(n->f, "a grid that does not suit its image"), false;
  at[0] = x->at[0];
  at[1] = x->at[1];
  for (size_t k = 0; k < rank; k++)
    at[2 + k] = g->at[1 + k];
  for (size_t i = 0; i < g->n; i++)
    if (!(fabs(grid->at[i]) < 1e6))
      return flow_error(n->f, "the grid has the number %g", grid->at[i]), false;
  return lengths_set(y, at, x->rank) ||
         (flow_error(n->f, "its result has too many elements"), false);
}

/* Elements of x [.., taps] and their weights. */
static flow_id sample(struct operator_call *n, flow_id x,
                      const struct sampler *s, const struct flow_node *grid,
                      const struct lengths *y) {
  const struct lengths *from = flow_shape(n->f, x);
  size_t rank = from->rank - 2, taps = 1;
  size_t area = lengths_product(from, 2, from->rank);
  size_t places = lengths_product(y, 2, y->rank);
  struct lengths all;
  for (size_t k = 0; k < rank; k++)
    taps *= s->taps;
  if (!lengths_set(&all, (size_t[]){y->at[0] * y->at[1], places, taps}, 3))
    return flow_error(n->f, "its places have too many elements");
  uint32_t *map = xmalloc((all.n + 1) * sizeof *map);
  double *weight = xmalloc((all.n + 1) * sizeof *weight);
  for (size_t i = 0; i < all.at[0] * places; i++) {
    size_t at = i / places / y->at[1] * places + i % places;
    taps_of(s, grid->at + at * rank, from->at + 2, rank, map + i * taps,
            weight + i * taps);
    for (size_t k = 0; k < taps; k++)
      map[i * taps + k] += (uint32_t)(i / places * area);
  }
  flow_id p = flow_move(n->f, &x, 1, &all, map);
  if (taps > 1 || s->padding == ZEROS)
    p = flow_binary(n->f, SCALAR_MUL, p,
                    flow_constant(n->f, ONNX_FLOAT, &all, weight));
  free(map);
  free(weight);
  return flow_reshape(n->f, flow_sum(n->f, p, 4, false), y);
}

static void build_grid_sample(struct operator_call *n) {
  struct sampler s;
  struct lengths y;
  flow_id x = call_input(n, 0);
  const struct flow_node *grid = call_constant(n, 1, true, "the grid");
  if (x != FLOW_NONE && grid && get_sampler(n, &s) &&
      sample_shape(n, flow_shape(n->f, x), grid, &y))
    n->out[0] = sample(n, x, &s, grid, &y);
}

/* ---- CenterCropPad ---- */

/* The middle of an axis, with zeros around it if it is too short. */
static flow_id middle(struct flow *f, flow_id x, size_t axis, size_t length) {
  if (x == FLOW_NONE || flow_shape(f, x)->at[axis] == length)
    return x;
  int64_t from = (int64_t)flow_shape(f, x)->at[axis], to = (int64_t)length;
  struct flow_window w = {.rank = 1,
                          .size = {1},
                          .stride = {1},
                          .dilation = {1},
                          .places = {length}};
  w.before[0] = to > from ? (to - from) / 2 : -((from - to) / 2);
  size_t rank = flow_shape(f, x)->rank;
  flow_id y = flow_windows(f, flow_axis_last(f, x, axis), &w, 0);
  return y == FLOW_NONE ? y
                        : flow_axis_back(f, flow_drop_axis(f, y, rank), axis);
}

static void build_center_crop_pad(struct operator_call *n) {
  const int64_t *axes;
  size_t count = call_ints(n, "axes", &axes);
  flow_id x = call_input(n, 0);
  const struct flow_node *shape = call_constant(n, 1, true, "the shape");
  if (x == FLOW_NONE || !shape)
    return;
  size_t rank = flow_shape(n->f, x)->rank;
  count = axes ? count : rank;
  if (shape->shape.n != count || rank >= FLOW_MAX_RANK) {
    flow_error(n->f, "%zu lengths for %zu axes", shape->shape.n, count);
    return;
  }
  for (size_t i = 0; i < count; i++) {
    double to = shape->at[i];
    size_t axis = axes ? call_axis(n, axes[i], rank) : i;
    if (!(to >= 0 && to <= (double)FLOW_MAX_ELEMENTS))
      flow_error(n->f, "a length of %g", to);
    if (n->f->failed)
      return;
    x = middle(n->f, x, axis, (size_t)to);
  }
  n->out[0] = x;
}

/* ---- DFT ---- */

struct transform {
  size_t axis, length, from, to; // from: elements there are, to: of the result
  size_t parts;                  // of an element of x: real, or complex
  bool is_inverse;
};

/* [to * 2, from * parts] */
static flow_id fourier(struct flow *f, const struct transform *t) {
  struct lengths shape;
  if (!lengths_set(&shape, (size_t[]){t->to * 2, t->from * t->parts}, 2))
    return flow_error(f, "its matrix has too many elements");
  double *w = xcalloc(shape.n + 1, sizeof *w);
  double scale = t->is_inverse ? 1 / (double)t->length : 1;
  for (size_t k = 0; k < t->to; k++)
    for (size_t i = 0; i < t->from && i < t->length; i++) {
      double turn = 6.28318530717958647692 * (double)(i * k % t->length) /
                    (double)t->length;
      double c = cos(turn) * scale;
      double s = (t->is_inverse ? sin(turn) : -sin(turn)) * scale;
      double *re = w + 2 * k * shape.at[1] + i * t->parts;
      double *im = re + shape.at[1];
      re[0] = c;
      im[0] = s;
      if (t->parts == 2)
        re[1] = -s, im[1] = c;
    }
  flow_id y = flow_constant(f, ONNX_FLOAT, &shape, w);
  free(w);
  return y;
}

/* x [.., from, parts] with the axis last but one. */
static flow_id transform(struct flow *f, flow_id x, const struct transform *t) {
  struct lengths s = *flow_shape(f, x);
  s.at[s.rank - 2] *= s.at[s.rank - 1];
  x = flow_linear(f, flow_reshape_to(f, x, s.at, s.rank - 1), fourier(f, t));
  s.at[s.rank - 2] = t->to;
  s.at[s.rank - 1] = 2;
  return flow_reshape_to(f, x, s.at, s.rank);
}

/* The axis is an attribute to opset 19, then an input. */
static bool get_transform(struct operator_call *n, const struct lengths *s,
                          struct transform *t) {
  int64_t axis = call_int(n, "axis", n->opset < 20 ? 1 : -2);
  bool is_half = call_int(n, "onesided", 0);
  const struct flow_node *length = call_constant(n, 1, false, "dft_length");
  const struct flow_node *place = call_constant(n, 2, false, "the axis");
  if (place && place->shape.n == 1 && fabs(place->at[0]) < 1e3)
    axis = (int64_t)place->at[0];
  *t = (struct transform){.is_inverse = call_int(n, "inverse", 0)};
  t->axis = call_axis(n, axis, s->rank);
  if (n->f->failed)
    return false;
  t->parts = lengths_last(s);
  t->from = s->at[t->axis];
  double to = length && length->shape.n ? length->at[0] : (double)t->from;
  if (s->rank < 2 || t->axis + 1 == s->rank || t->parts < 1 || t->parts > 2 ||
      !(to >= 1 && to <= 0x1p20) || (is_half && t->is_inverse))
    return flow_error(n->f, "an axis, a length or parts of numbers that are "
                            "not supported"),
           false;
  t->length = (size_t)to;
  t->to = is_half ? t->length / 2 + 1 : t->length;
  return true;
}

static void build_dft(struct operator_call *n) {
  struct transform t;
  flow_id x = call_input(n, 0);
  if (x == FLOW_NONE || !get_transform(n, flow_shape(n->f, x), &t))
    return;
  size_t last = flow_shape(n->f, x)->rank - 2;
  x = flow_swap(n->f, x, t.axis, last);
  n->out[0] = flow_swap(n->f, transform(n->f, x, &t), t.axis, last);
}

const struct operator_row operators_sample[] = {
    {{"CenterCropPad", "constant shapes"}, build_center_crop_pad},
    {{"DFT", "constant lengths; not the inverse of one side"}, build_dft},
    {{"GridSample", "constant grids"}, build_grid_sample},
    {{NULL, NULL}, NULL},
};
