/* Images of another size: a constant matrix for each axis, or where each
   element is one of x's, a move. */
#include "compile/front/operators.h"

#include <math.h>
#include <string.h>

/* Coordinates are computed in float32, as runtimes do it: what is nearest to
   one half way depends on it. */
enum coordinates {
  HALF_PIXEL,
  PYTORCH_HALF_PIXEL,
  HALF_PIXEL_SYMMETRIC,
  ALIGN_CORNERS,
  ASYMMETRIC,
  TF_HALF_PIXEL_FOR_NN,
  TF_CROP_AND_RESIZE
};
static const char *const coordinates_names[] = {
    "half_pixel",        "pytorch_half_pixel", "half_pixel_symmetric",
    "align_corners",     "asymmetric",         "tf_half_pixel_for_nn",
    "tf_crop_and_resize"};

enum nearest {
  PREFER_FLOOR,
  PREFER_CEIL,
  FLOOR,
  CEIL
};
static const char *const nearest_names[] = {
    "round_prefer_floor", "round_prefer_ceil", "floor", "ceil"};

enum mode {
  NEAREST,
  LINEAR,
  CUBIC
};
static const char *const mode_names[] = {"nearest", "linear", "cubic"};

struct resize {
  enum coordinates coordinates;
  enum nearest nearest;
  enum mode mode;
  bool excludes;
  bool by_scale; // nearest: up where an axis shrinks (opset 10)
  double cubic, outside;
};

struct resized {
  size_t from, to;
  float scale;
  float exact;      // from * scale where scales are given, of which `to` is
                    // the whole part
  float begin, end; // of the region, in tf_crop_and_resize
};

static float coordinate(const struct resize *r, const struct resized *a,
                        size_t place) {
  float x = (float)place, from = (float)a->from, to = (float)a->to;
  switch (r->coordinates) {
  case HALF_PIXEL:
    return (x + 0.5f) / a->scale - 0.5f;
  case PYTORCH_HALF_PIXEL:
    return a->to > 1 ? (x + 0.5f) / a->scale - 0.5f : 0;
  case HALF_PIXEL_SYMMETRIC:
    return from / 2 * (1 - to / (a->scale * from)) + (x + 0.5f) / a->scale -
           0.5f;
  case ALIGN_CORNERS:
    return a->to > 1 ? x * (from - 1) / (a->exact - 1) : 0;
  case ASYMMETRIC:
    return x / a->scale;
  case TF_HALF_PIXEL_FOR_NN:
    return (x + 0.5f) / a->scale;
  case TF_CROP_AND_RESIZE:
    break;
  }
  return a->to > 1 ? a->begin * (from - 1) +
                         x * (a->end - a->begin) * (from - 1) / (to - 1)
                   : 0.5f * (a->begin + a->end) * (from - 1);
}

static size_t within(const struct resized *a, double x) {
  return x <= 0 ? 0 : (size_t)fmin(x, (double)a->from - 1);
}

static size_t nearest(const struct resize *r, const struct resized *a,
                      float x) {
  enum nearest to = r->by_scale ? (a->scale < 1 ? CEIL : FLOOR) : r->nearest;
  switch (to) {
  case PREFER_FLOOR:
    return within(a, (double)ceilf(x - 0.5f));
  case PREFER_CEIL:
    return within(a, (double)floorf(x + 0.5f));
  case FLOOR:
    return within(a, (double)floorf(x));
  case CEIL:
    break;
  }
  return within(a, (double)ceilf(x));
}

/* Keys' function for a place at a distance from the coordinate. */
static double cubic(double a, double distance) {
  double d = fabs(distance);
  if (d >= 2)
    return 0;
  return d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1
                : ((d - 5) * a * d + 8 * a) * d - 4 * a;
}

/* A row of the matrix: weights of x's places around a coordinate. What is
   beyond the ends has the values there, or no weight. */
static void add_weights(const struct resize *r, const struct resized *a,
                        double x, double *row) {
  double first = floor(x), all = 0;
  if (r->mode == LINEAR)
    x = fmin(fmax(x, 0), (double)a->from - 1), first = floor(x);
  for (int k = r->mode == LINEAR ? 0 : -1; k < (r->mode == LINEAR ? 2 : 3);
       k++) {
    double at = first + k;
    double w = r->mode == LINEAR ? 1 - fabs(x - at) : cubic(r->cubic, x - at);
    if (r->mode == CUBIC && r->excludes && (at < 0 || at >= (double)a->from))
      continue;
    row[within(a, at)] += w;
    all += w;
  }
  for (size_t i = 0; r->excludes && all != 0 && i < a->from; i++)
    row[i] /= all;
}

static flow_id matrix(struct flow *f, const struct resize *r,
                      const struct resized *a) {
  struct lengths shape;
  if (!lengths_set(&shape, (size_t[]){a->to, a->from}, 2))
    return flow_error(f, "a matrix for an axis has too many elements");
  double *w = xcalloc(shape.n + 1, sizeof *w);
  for (size_t i = 0; i < a->to; i++)
    add_weights(r, a, (double)coordinate(r, a, i), w + i * a->from);
  flow_id y = flow_constant(f, ONNX_FLOAT, &shape, w);
  free(w);
  return y;
}

/* Where a coordinate is beyond x, one value is set. */
static flow_id set_outside(struct flow *f, const struct resize *r,
                           const struct resized *a, flow_id y, size_t axis) {
  if (y == FLOW_NONE)
    return y;
  struct lengths shape = {.rank = flow_shape(f, y)->rank - axis, .n = a->to};
  double *is_outside = xmalloc((a->to + 1) * sizeof *is_outside);
  for (size_t i = 0; i < shape.rank; i++)
    shape.at[i] = i ? 1 : a->to;
  for (size_t i = 0; i < a->to; i++) {
    float x = coordinate(r, a, i);
    is_outside[i] = x < 0 || x > (float)(a->from - 1);
  }
  y = flow_where(f, flow_constant(f, ONNX_BOOL, &shape, is_outside),
                 flow_number(f, flow_get(f, y)->type, r->outside), y);
  free(is_outside);
  return y;
}

static flow_id resize_axis(struct flow *f, const struct resize *r,
                           const struct resized *a, flow_id x, size_t axis) {
  bool crops = r->coordinates == TF_CROP_AND_RESIZE;
  if (x == FLOW_NONE || (a->from == a->to && a->scale == 1 && !crops))
    return x;
  if (!a->from)
    return flow_error(f, "an axis of length 0");
  if (r->mode == NEAREST) {
    size_t *index = xmalloc((a->to + 1) * sizeof *index);
    for (size_t i = 0; i < a->to; i++)
      index[i] = nearest(r, a, coordinate(r, a, i));
    x = flow_take(f, x, axis, index, a->to);
    free(index);
  } else {
    x = flow_linear(f, flow_axis_last(f, x, axis), matrix(f, r, a));
    x = flow_axis_back(f, x, axis);
  }
  return crops ? set_outside(f, r, a, x, axis) : x;
}

/* ---- Lengths: from scales, or sizes ---- */

/* A list of one number for each axis in axes[0..n); NULL without one. */
static const struct flow_node *get_list(struct operator_call *n, size_t input,
                                        size_t count, const char *what) {
  const struct flow_node *c =
      call_has(n, input) ? call_constant(n, input, true, what) : NULL;
  if (!c || !c->shape.n)
    return NULL;
  if (c->shape.n == count)
    return c;
  flow_error(n->f, "%s are %zu numbers, not %zu", what, c->shape.n, count);
  return NULL;
}

static bool by_scales(struct operator_call *n, const struct resize *r,
                      const double *scale, size_t count,
                      struct resized *const *a) {
  for (size_t i = 0; i < count; i++) {
    a[i]->scale = (float)scale[i];
    float part =
        r->coordinates == TF_CROP_AND_RESIZE ? a[i]->end - a[i]->begin : 1;
    float to = (float)a[i]->from * part * a[i]->scale;
    if (!(a[i]->scale > 0) || !(to >= 0) || to > (float)FLOW_MAX_ELEMENTS)
      return flow_error(n->f, "a scale is %g", scale[i]), false;
    a[i]->to = (size_t)floorf(to);
    a[i]->exact = to;
  }
  return true;
}

/* With one scale for all axes, if their ratio is kept. */
static bool by_sizes(struct operator_call *n, const double *size, size_t count,
                     struct resized *const *a) {
  const char *policy = call_string(n, "keep_aspect_ratio_policy");
  bool is_not_larger = !strcmp(policy, "not_larger");
  bool is_not_smaller = !strcmp(policy, "not_smaller");
  float one = is_not_larger ? INFINITY : 0;
  for (size_t i = 0; i < count; i++) {
    if (!(size[i] >= 1 && size[i] <= (double)FLOW_MAX_ELEMENTS) || !a[i]->from)
      return flow_error(n->f, "a size is %g, of %zu", size[i], a[i]->from),
             false;
    a[i]->to = (size_t)size[i];
    a[i]->scale = (float)a[i]->to / (float)a[i]->from;
    a[i]->exact = (float)a[i]->to;
    one = is_not_larger ? fminf(one, a[i]->scale) : fmaxf(one, a[i]->scale);
  }
  for (size_t i = 0; (is_not_larger || is_not_smaller) && i < count; i++) {
    double to = floor((double)one * (double)a[i]->from + 0.5);
    if (to > (double)FLOW_MAX_ELEMENTS)
      return flow_error(n->f, "its result has too many elements"), false;
    a[i]->scale = one;
    a[i]->to = (size_t)to;
    a[i]->exact = (float)a[i]->to;
  }
  return is_not_larger || is_not_smaller || !*policy ||
         !strcmp(policy, "stretch") ||
         (flow_error(n->f, "attribute 'keep_aspect_ratio_policy' is '%.40s'",
                     policy),
          false);
}

/* Which axes are listed; all without a list. */
static size_t get_axes(struct operator_call *n, size_t rank, size_t *axis) {
  const int64_t *at;
  size_t count = call_ints(n, "axes", &at);
  if (!at)
    count = rank;
  if (count > rank)
    flow_error(n->f, "%zu axes of %zu", count, rank);
  for (size_t i = 0; i < count && !n->f->failed; i++)
    axis[i] = at ? call_axis(n, at[i], rank) : i;
  return n->f->failed ? 0 : count;
}

static bool get_region(struct operator_call *n, const struct resize *r,
                       size_t count, struct resized *const *a) {
  if (r->coordinates != TF_CROP_AND_RESIZE)
    return true;
  const struct flow_node *c = get_list(n, 1, 2 * count, "the region");
  if (!c)
    return flow_error(n->f, "the region must be given"), false;
  for (size_t i = 0; i < count; i++) {
    a[i]->begin = (float)c->at[i];
    a[i]->end = (float)c->at[count + i];
    if (!isfinite(a[i]->begin) || !isfinite(a[i]->end))
      return flow_error(n->f, "the region is not finite"), false;
  }
  return true;
}

static void resize(struct operator_call *n, const struct resize *r,
                   size_t scales, size_t sizes) {
  struct resized all[FLOW_MAX_RANK], *a[FLOW_MAX_RANK];
  size_t axis[FLOW_MAX_RANK];
  flow_id x = call_input(n, 0);
  if (x == FLOW_NONE)
    return;
  struct lengths s = *flow_shape(n->f, x);
  size_t count = get_axes(n, s.rank, axis);
  for (size_t i = 0; i < count; i++) {
    all[axis[i]] = (struct resized){.from = s.at[axis[i]]};
    a[i] = &all[axis[i]];
  }
  if (n->f->failed || !get_region(n, r, count, a))
    return;
  const struct flow_node *size = get_list(n, sizes, count, "sizes");
  const struct flow_node *scale = get_list(n, scales, count, "scales");
  if (n->f->failed)
    return;
  if (!size && !scale) {
    flow_error(n->f, "neither scales nor sizes are given");
    return;
  }
  if (!(size ? by_sizes(n, size->at, count, a)
             : by_scales(n, r, scale->at, count, a)))
    return;
  for (size_t i = 0; i < count; i++)
    x = resize_axis(n->f, r, a[i], x, axis[i]);
  n->out[0] = x;
}

/* ---- Operators ---- */

/* A name among n; `other` without the attribute. */
static unsigned get_name(struct operator_call *n, const char *attribute,
                         const char *const *names, size_t count,
                         unsigned other) {
  const char *s = call_string(n, attribute);
  for (unsigned i = 0; i < count; i++)
    if (!strcmp(s, names[i]))
      return i;
  if (*s)
    flow_error(n->f, "attribute '%s' is '%.40s'", attribute, s);
  return other;
}

static bool get_mode(struct operator_call *n, struct resize *r) {
  if (!strcmp(call_string(n, "mode"), "bilinear"))
    r->mode = LINEAR;
  else
    r->mode = (enum mode)get_name(n, "mode", mode_names, 3, NEAREST);
  if (n->f->failed || call_input(n, 0) == FLOW_NONE)
    return false;
  return r->mode == NEAREST || flow_is_real(n->f, n->in[0]) ||
         (flow_error(n->f, "whole numbers in mode '%s'", mode_names[r->mode]),
          false);
}

static void build_resize(struct operator_call *n) {
  struct resize r = {.by_scale = n->opset < 11,
                     .excludes = call_int(n, "exclude_outside", 0),
                     .cubic = call_float(n, "cubic_coeff_a", -0.75),
                     .outside = call_float(n, "extrapolation_value", 0)};
  r.coordinates = (enum coordinates)get_name(
      n, "coordinate_transformation_mode", coordinates_names, 7,
      n->opset < 11 ? ASYMMETRIC : HALF_PIXEL);
  r.nearest =
      (enum nearest)get_name(n, "nearest_mode", nearest_names, 4, PREFER_FLOOR);
  if (!get_mode(n, &r))
    return;
  if (call_int(n, "antialias", 0) && r.mode != NEAREST) {
    flow_error(n->f, "attribute 'antialias' is not supported");
    return;
  }
  resize(n, &r, n->opset < 11 ? 1 : 2, n->opset < 11 ? 4 : 3);
}

/* Its scales are an attribute to opset 8. */
static void build_upsample(struct operator_call *n) {
  struct resize r = {.coordinates = ASYMMETRIC, .nearest = FLOOR};
  const float *scale;
  size_t count = call_floats(n, "scales", &scale), inputs = n->inputs;
  if (!get_mode(n, &r))
    return;
  flow_id in[2] = {n->in[0], n->inputs > 1 ? n->in[1] : FLOW_NONE};
  if (scale) {
    struct lengths shape = {.rank = 1, .at = {count}, .n = count};
    double *at = xmalloc((count + 1) * sizeof *at);
    for (size_t i = 0; i < count; i++)
      at[i] = (double)scale[i];
    in[1] = flow_constant(n->f, ONNX_FLOAT, &shape, at);
    inputs = 2;
    free(at);
  }
  struct operator_call call = *n;
  call.in = in;
  call.inputs = inputs;
  resize(&call, &r, 1, 4);
}

const struct operator_row operators_resize[] = {
    {{"Resize", "not antialias; constant sizes"}, build_resize},
    {{"Upsample", "constant scales"}, build_upsample},
    {{NULL, NULL}, NULL},
};
