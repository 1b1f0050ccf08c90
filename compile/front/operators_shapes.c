/* Shapes: what gives elements another one, and constants that depend on one. */
#include "compile/front/operators.h"

#include <math.h>
#include <string.h>

/* ---- Elements keep their order ---- */

static void build_identity(struct operator_call *n) {
  n->out[0] = call_input(n, 0);
}

/* 0 is a length of x, unless allowzero; -1 is what is left. */
static bool read_lengths(struct operator_call *n, const struct lengths *from,
                         const int64_t *at, size_t rank, size_t *to) {
  bool keeps_zero = call_int(n, "allowzero", 0) != 0;
  size_t rest = SIZE_MAX, product = 1;
  for (size_t i = 0; i < rank; i++) {
    bool is_kept = at[i] == 0 && !keeps_zero;
    if (at[i] < -1 || (is_kept && i >= from->rank) ||
        (at[i] == -1 && rest != SIZE_MAX))
      return flow_error(n->f, "length %zu of the shape, %lld, has no meaning",
                        i, (long long)at[i]),
             false;
    if (at[i] == -1)
      rest = i;
    else
      to[i] = is_kept ? from->at[i] : (size_t)at[i];
    if (at[i] != -1 && __builtin_mul_overflow(product, to[i], &product))
      return flow_error(n->f, "the shape is too large"), false;
  }
  if (rest == SIZE_MAX)
    return true;
  if (!product || from->n % product)
    return flow_error(n->f, "%zu elements cannot be shared by %zu", from->n,
                      product),
           false;
  to[rest] = from->n / product;
  return true;
}

static void build_reshape(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  const int64_t *at;
  size_t rank, to[FLOW_MAX_RANK];
  if (x == FLOW_NONE || !call_list(n, "shape", 1, &at, &rank)) {
    flow_error(n->f, "the shape is missing");
    return;
  }
  if (rank > FLOW_MAX_RANK)
    flow_error(n->f, "a shape of %zu dimensions; at most %d are supported",
               rank, FLOW_MAX_RANK);
  else if (read_lengths(n, flow_shape(n->f, x), at, rank, to))
    n->out[0] = flow_reshape_to(n->f, x, to, rank);
}

/* The axis may be the rank itself. */
static void build_flatten(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  int64_t at = call_int(n, "axis", 1);
  if (x == FLOW_NONE)
    return;
  const struct lengths *s = flow_shape(n->f, x);
  size_t axis = at == (int64_t)s->rank ? s->rank : call_axis(n, at, s->rank);
  size_t to[] = {lengths_product(s, 0, axis),
                 lengths_product(s, axis, s->rank)};
  n->out[0] = flow_reshape_to(n->f, x, to, 2);
}

static void build_squeeze(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  size_t to[FLOW_MAX_RANK], rank = 0;
  bool is_empty;
  if (x == FLOW_NONE)
    return;
  const struct lengths *s = flow_shape(n->f, x);
  unsigned axes = call_axes(n, 1, s->rank, &is_empty);
  for (size_t i = 0; i < s->rank; i++)
    if (!(axes >> i & 1) || (is_empty && s->at[i] != 1))
      to[rank++] = s->at[i];
    else if (s->at[i] != 1)
      flow_error(n->f, "axis %zu has %zu elements, not 1", i, s->at[i]);
  if (!n->f->failed)
    n->out[0] = flow_reshape_to(n->f, x, to, rank);
}

/* Axes are those of the result. */
static void build_unsqueeze(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  const int64_t *at;
  size_t count, to[FLOW_MAX_RANK], next = 0;
  unsigned axes = 0;
  if (x == FLOW_NONE || !call_list(n, "axes", 1, &at, &count)) {
    flow_error(n->f, "the axes are missing");
    return;
  }
  const struct lengths *s = flow_shape(n->f, x);
  size_t rank = s->rank + count;
  if (count > FLOW_MAX_RANK || rank > FLOW_MAX_RANK) {
    flow_error(n->f, "its result has more than %d dimensions", FLOW_MAX_RANK);
    return;
  }
  for (size_t i = 0; i < count; i++)
    axes |= 1u << call_axis(n, at[i], rank);
  if (!n->f->failed && (size_t)__builtin_popcount(axes) != count)
    flow_error(n->f, "an axis is given twice");
  if (n->f->failed)
    return;
  for (size_t i = 0; i < rank; i++)
    to[i] = axes >> i & 1 ? 1 : s->at[next++];
  n->out[0] = flow_reshape_to(n->f, x, to, rank);
}

static void build_transpose(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  const int64_t *at;
  size_t count = call_ints(n, "perm", &at), order[FLOW_MAX_RANK];
  unsigned seen = 0;
  if (x == FLOW_NONE)
    return;
  size_t rank = flow_shape(n->f, x)->rank;
  for (size_t i = 0; i < rank; i++) {
    order[i] = count == rank ? call_axis(n, at[i], rank) : rank - 1 - i;
    seen |= 1u << order[i];
  }
  if ((count && count != rank) || seen != (1u << rank) - 1)
    flow_error(n->f, "perm is not an order of its %zu axes", rank);
  else
    n->out[0] = flow_transpose(n->f, x, order);
}

/* When a model is used nothing is dropped. */
static void build_dropout(struct operator_call *n) {
  flow_id x = n->out[0] = call_input(n, 0);
  double ratio = n->opset < 12 ? 0 : call_number(n, 1, 0.5, "the ratio");
  double trains = n->opset < 12 ? 0 : call_number(n, 2, 0, "training_mode");
  if (trains != 0 && ratio != 0) {
    flow_error(n->f, "it is in training mode, which is random");
    return;
  }
  if (n->outputs > 1 && x != FLOW_NONE)
    n->out[1] = flow_broadcast(n->f, flow_number(n->f, ONNX_BOOL, 1),
                               flow_shape(n->f, x));
}

/* Blocks of an image [n, c, h, w] to channels, or back: dimensions are split
   in six, change places, and become four. */
static void move_blocks(struct operator_call *n, bool to_depth) {
  flow_id x = call_input(n, 0);
  int64_t blocksize = call_int(n, "blocksize", 0);
  if (x == FLOW_NONE)
    return;
  const struct lengths *s = flow_shape(n->f, x);
  size_t b = (size_t)blocksize;
  bool suits = s->rank == 4 && blocksize > 0 && b <= FLOW_MAX_ELEMENTS;
  if (suits)
    suits = to_depth ? s->at[2] % b == 0 && s->at[3] % b == 0
                     : s->at[1] % (b * b) == 0;
  if (!suits) {
    flow_error(n->f, "its shape is not one of blocks of %lld",
               (long long)blocksize);
    return;
  }
  size_t c = to_depth ? s->at[1] : s->at[1] / (b * b);
  size_t h = to_depth ? s->at[2] / b : s->at[2];
  size_t w = to_depth ? s->at[3] / b : s->at[3];
  bool is_crd = !strcmp(call_string(n, "mode"), "CRD");
  size_t to_split[] = {s->at[0], c, h, b, w, b};
  size_t dcr_split[] = {s->at[0], b, b, c, h, w};
  size_t crd_split[] = {s->at[0], c, b, b, h, w};
  static const size_t to_order[] = {0, 3, 5, 1, 2, 4},
                      dcr_order[] = {0, 3, 4, 1, 5, 2},
                      crd_order[] = {0, 1, 4, 2, 5, 3};
  const size_t *split = to_depth ? to_split : is_crd ? crd_split : dcr_split;
  const size_t *order = to_depth ? to_order : is_crd ? crd_order : dcr_order;
  size_t to[] = {s->at[0], to_depth ? b * b * c : c, to_depth ? h : h * b,
                 to_depth ? w : w * b};
  x = flow_transpose(n->f, flow_reshape_to(n->f, x, split, 6), order);
  n->out[0] = flow_reshape_to(n->f, x, to, 4);
}

static void build_depth_to_space(struct operator_call *n) {
  move_blocks(n, false);
}

static void build_space_to_depth(struct operator_call *n) {
  move_blocks(n, true);
}

/* ---- Elements are repeated ---- */

/* A constant list as lengths. */
static bool read_shape(struct operator_call *n, size_t input, const char *what,
                       struct lengths *s) {
  const int64_t *at;
  size_t rank, to[FLOW_MAX_RANK];
  if (!call_list(n, what, input, &at, &rank))
    return flow_error(n->f, "the %s must be given", what), false;
  for (size_t i = 0; i < rank && i < FLOW_MAX_RANK; i++) {
    if (at[i] < 0)
      return flow_error(n->f, "the %s has a length of %lld", what,
                        (long long)at[i]),
             false;
    to[i] = (size_t)at[i];
  }
  return lengths_set(s, to, rank) ||
         (flow_error(n->f,
                     "the %s has more than %d dimensions or 2^26 elements",
                     what, FLOW_MAX_RANK),
          false);
}

/* Shapes are repeated in both directions. */
static void build_expand(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  struct lengths s, to;
  size_t at[FLOW_MAX_RANK];
  if (x == FLOW_NONE || !read_shape(n, 1, "shape", &s))
    return;
  const struct lengths *from = flow_shape(n->f, x);
  size_t rank = from->rank > s.rank ? from->rank : s.rank;
  for (size_t i = 0; i < rank; i++) {
    size_t a = i < from->rank ? from->at[from->rank - 1 - i] : 1;
    size_t b = i < s.rank ? s.at[s.rank - 1 - i] : 1;
    at[rank - 1 - i] = b == 1 ? a : b;
  }
  if (lengths_set(&to, at, rank))
    n->out[0] = flow_broadcast(n->f, x, &to);
  else
    flow_error(n->f, "its result has too many elements");
}

static void build_tile(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  struct lengths times;
  if (x == FLOW_NONE || !read_shape(n, 1, "repeats", &times))
    return;
  if (times.rank != flow_shape(n->f, x)->rank) {
    flow_error(n->f, "%zu repeats are given for %zu axes", times.rank,
               flow_shape(n->f, x)->rank);
    return;
  }
  for (size_t k = 0; k < times.rank && x != FLOW_NONE; k++) {
    size_t length = flow_shape(n->f, x)->at[k], to;
    if (__builtin_mul_overflow(length, times.at[k], &to) ||
        to > FLOW_MAX_ELEMENTS) {
      flow_error(n->f, "its result has too many elements");
      return;
    }
    size_t *index = xmalloc((to + 1) * sizeof *index);
    for (size_t i = 0; i < to; i++)
      index[i] = i % length;
    x = flow_take(n->f, x, k, index, to);
    free(index);
  }
  n->out[0] = x;
}

/* ---- Constants ---- */

static int64_t clamp(int64_t x, int64_t lo, int64_t hi) {
  return x < lo ? lo : x > hi ? hi : x;
}

static void build_shape(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  int64_t at[FLOW_MAX_RANK];
  if (x == FLOW_NONE)
    return;
  const struct lengths *s = flow_shape(n->f, x);
  int64_t rank = (int64_t)s->rank, from = call_int(n, "start", 0),
          to = call_int(n, "end", rank);
  from = clamp(from < 0 ? from + rank : from, 0, rank);
  to = clamp(to < 0 ? to + rank : to, from, rank);
  for (size_t i = 0; i < s->rank; i++)
    at[i] = (int64_t)s->at[i];
  n->out[0] = flow_integers(n->f, at + from, (size_t)(to - from));
}

static void build_size(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  if (x != FLOW_NONE)
    n->out[0] = flow_number(n->f, ONNX_INT64, (double)flow_shape(n->f, x)->n);
}

static flow_id constant_ints(struct operator_call *n) {
  const int64_t *at;
  size_t count = call_ints(n, "value_ints", &at);
  return flow_integers(n->f, at, count);
}

static flow_id constant_floats(struct operator_call *n) {
  const float *from;
  size_t count = call_floats(n, "value_floats", &from);
  struct lengths s = {.rank = 1, .at = {count}, .n = count};
  double *at = xmalloc((count + 1) * sizeof *at);
  for (size_t i = 0; i < count; i++)
    at[i] = (double)from[i];
  flow_id y = flow_constant(n->f, ONNX_FLOAT, &s, at);
  free(at);
  return y;
}

/* Only where its attribute refers is it a node: the rest is read as
   initializers. */
static void build_constant(struct operator_call *n) {
  const struct onnx_attribute *a = call_attribute(n, "value");
  if (a && a->type == ATTRIBUTE_TENSOR)
    n->out[0] = operators_tensor(n->f, a->tensor);
  else if (call_has_attribute(n, "value_int"))
    n->out[0] =
        flow_number(n->f, ONNX_INT64, (double)call_int(n, "value_int", 0));
  else if (call_has_attribute(n, "value_float"))
    n->out[0] = flow_real(n->f, call_float(n, "value_float", 0));
  else if (call_has_attribute(n, "value_ints"))
    n->out[0] = constant_ints(n);
  else if (call_has_attribute(n, "value_floats"))
    n->out[0] = constant_floats(n);
  else
    flow_error(n->f, "its value is not given, or of a kind that is not "
                     "supported");
}

static void build_constant_of_shape(struct operator_call *n) {
  const struct onnx_attribute *a = call_attribute(n, "value");
  struct lengths s;
  if (!read_shape(n, 0, "shape", &s))
    return;
  if (a && (a->type != ATTRIBUTE_TENSOR || a->tensor->n != 1)) {
    flow_error(n->f, "attribute 'value' is not a tensor of one element");
    return;
  }
  flow_id one =
      a ? flow_number(n->f, a->tensor->type, onnx_double(a->tensor, 0))
        : flow_real(n->f, 0);
  n->out[0] = flow_broadcast(n->f, one, &s);
}

/* A type of elements in an attribute. */
static enum onnx_type type_of(struct operator_call *n, const char *name,
                              enum onnx_type other) {
  int64_t type = call_int(n, name, (int64_t)other);
  if (type > 0 && type < ONNX_TYPES && onnx_type_size((enum onnx_type)type))
    return (enum onnx_type)type;
  flow_error(n->f, "its elements would be of a type that is not supported");
  return ONNX_FLOAT;
}

static void build_eye_like(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  if (x == FLOW_NONE)
    return;
  const struct lengths *s = flow_shape(n->f, x);
  enum onnx_type type = type_of(n, "dtype", flow_get(n->f, x)->type);
  int64_t k = clamp(call_int(n, "k", 0), -(INT64_C(1) << 40), INT64_C(1) << 40);
  if (s->rank != 2) {
    flow_error(n->f, "its input has %zu dimensions, not 2", s->rank);
    return;
  }
  double *at = xcalloc(s->n + 1, sizeof *at);
  for (size_t i = 0; i < s->n; i++)
    at[i] = (int64_t)(i % s->at[1]) - (int64_t)(i / s->at[1]) == k;
  n->out[0] = flow_constant(n->f, type, s, at);
  free(at);
}

static void build_range(struct operator_call *n) {
  static const char *const what[] = {"the start", "the limit", "the delta"};
  double at[3];
  for (size_t i = 0; i < 3; i++) {
    call_input(n, i);
    at[i] = call_number(n, i, 1, what[i]);
  }
  if (n->f->failed)
    return;
  enum onnx_type type = flow_get(n->f, n->in[0])->type;
  double reach = at[1] - at[0];
  if (type == ONNX_FLOAT)
    reach = (double)(float)reach;
  double count = ceil(reach / at[2]);
  if (at[2] == 0 || !(count <= (double)FLOW_MAX_ELEMENTS)) {
    flow_error(n->f, "from %g to %g by %g there are too many", at[0], at[1],
               at[2]);
    return;
  }
  struct lengths s = {.rank = 1};
  s.n = s.at[0] = count > 0 ? (size_t)count : 0;
  double *y = xmalloc((s.n + 1) * sizeof *y);
  for (size_t i = 0; i < s.n; i++)
    y[i] = at[0] + (double)i * at[2];
  n->out[0] = flow_constant(n->f, type, &s, y);
  free(y);
}

/* a - b cos(t) + c cos(2t), t a whole turn for all but the last element, or
   for all if it is periodic. */
static void window(struct operator_call *n, double a, double b, double c) {
  enum onnx_type type = type_of(n, "output_datatype", ONNX_FLOAT);
  bool is_periodic = call_int(n, "periodic", 1) != 0;
  call_input(n, 0);
  double count = call_number(n, 0, 0, "the size");
  if (!n->f->failed && !(count >= 0 && count <= (double)FLOW_MAX_ELEMENTS))
    flow_error(n->f, "a window of size %g", count);
  if (n->f->failed)
    return;
  struct lengths s = {.rank = 1};
  s.n = s.at[0] = (size_t)count;
  double *y = xmalloc((s.n + 1) * sizeof *y);
  double turn = 6.28318530717958647693 / (is_periodic ? count : count - 1);
  for (size_t i = 0; i < s.n; i++)
    y[i] = turn > 1e9
               ? 1
               : a - b * cos((double)i * turn) + c * cos(2 * (double)i * turn);
  n->out[0] = flow_cast(n->f, type, flow_constant(n->f, ONNX_FLOAT, &s, y));
  free(y);
}

static void build_hann_window(struct operator_call *n) {
  window(n, 0.5, 0.5, 0);
}

static void build_hamming_window(struct operator_call *n) {
  window(n, 25.0 / 46, 21.0 / 46, 0);
}

static void build_blackman_window(struct operator_call *n) {
  window(n, 0.42, 0.5, 0.08);
}

const struct operator_row operators_shapes[] = {
    {{"BlackmanWindow", "of constant size"}, build_blackman_window},
    {{"Constant", ""}, build_constant},
    {{"ConstantOfShape", ""}, build_constant_of_shape},
    {{"DepthToSpace", ""}, build_depth_to_space},
    {{"Dropout", "as when a model is used: nothing is dropped"}, build_dropout},
    {{"Expand", "to a constant shape"}, build_expand},
    {{"EyeLike", ""}, build_eye_like},
    {{"Flatten", ""}, build_flatten},
    {{"HammingWindow", "of constant size"}, build_hamming_window},
    {{"HannWindow", "of constant size"}, build_hann_window},
    {{"Identity", ""}, build_identity},
    {{"Range", "of constants"}, build_range},
    {{"Reshape", "to a constant shape"}, build_reshape},
    {{"Shape", ""}, build_shape},
    {{"Size", ""}, build_size},
    {{"SpaceToDepth", ""}, build_space_to_depth},
    {{"Squeeze", "of constant axes"}, build_squeeze},
    {{"Tile", "constant repeats"}, build_tile},
    {{"Transpose", ""}, build_transpose},
    {{"Unsqueeze", "of constant axes"}, build_unsqueeze},
    {{NULL, NULL}, NULL},
};
