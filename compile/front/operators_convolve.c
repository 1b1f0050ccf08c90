/* Convolutions, and the windows of what has the same attributes. */
#include "compile/front/operators.h"

#include <string.h>

enum {
  FAR = 1 << 30
}; // beyond any length, pad or stride

/* ---- Windows ---- */

/* An attribute with a number for each of `count` axes: `other` without one. */
static bool numbers(struct operator_call *n, const char *name, size_t count,
                    int64_t least, int64_t other, int64_t *to) {
  const int64_t *at;
  size_t length = call_ints(n, name, &at);
  for (size_t i = 0; i < count; i++)
    to[i] = other;
  if (!length)
    return !n->f->failed;
  if (length != count)
    return flow_error(n->f, "attribute '%s' has %zu numbers, not %zu", name,
                      length, count),
           false;
  for (size_t i = 0; i < count; i++) {
    to[i] = at[i];
    if (at[i] < least || at[i] > FAR)
      return flow_error(n->f, "attribute '%s' has the number %lld", name,
                        (long long)at[i]),
             false;
  }
  return true;
}

enum auto_pad {
  PAD_GIVEN,
  PAD_UPPER,
  PAD_LOWER,
  PAD_VALID,
  PAD_WRONG
};

static enum auto_pad get_auto_pad(struct operator_call *n) {
  static const char *const names[] = {"NOTSET", "SAME_UPPER", "SAME_LOWER",
                                      "VALID"};
  const char *s = call_string(n, "auto_pad");
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!*s || !strcmp(s, names[i]))
      return (enum auto_pad)i;
  flow_error(n->f, "attribute 'auto_pad' is '%.40s'", s);
  return PAD_WRONG;
}

/* How far behind the first element of a window the last one is, and one. */
static int64_t extent(const struct flow_window *w, size_t k) {
  return (int64_t)(w->size[k] - 1) * (int64_t)w->dilation[k] + 1;
}

/* Padding on both sides and the number of places along an axis. A window that
   would begin behind the image, by ceil_mode, is none. */
static bool set_axis(struct flow_window *w, size_t k, int64_t length,
                     enum auto_pad pad, bool is_ceil, int64_t *after) {
  int64_t stride = (int64_t)w->stride[k], size = extent(w, k);
  if (pad == PAD_UPPER || pad == PAD_LOWER) {
    int64_t places = (length + stride - 1) / stride;
    int64_t total = (places - 1) * stride + size - length;
    total = total < 0 ? 0 : total;
    w->before[k] = pad == PAD_UPPER ? total / 2 : total - total / 2;
    *after = total - w->before[k];
  }
  int64_t room = length + w->before[k] + *after - size;
  if (room < 0)
    return false;
  int64_t places = (room + (is_ceil ? stride - 1 : 0)) / stride + 1;
  if (is_ceil && (places - 1) * stride >= length + w->before[k])
    places--;
  w->places[k] = (size_t)places;
  return true;
}

bool call_window(struct operator_call *n, const struct lengths *x,
                 const size_t *size, struct flow_window *w, int64_t *after) {
  int64_t stride[FLOW_MAX_RANK], dilation[FLOW_MAX_RANK];
  int64_t pads[2 * FLOW_MAX_RANK];
  enum auto_pad pad = get_auto_pad(n);
  bool is_ceil = call_int(n, "ceil_mode", 0);
  size_t rank = x->rank - 2;
  *w = (struct flow_window){.rank = rank};
  if (pad == PAD_WRONG || !numbers(n, "strides", rank, 1, 1, stride) ||
      !numbers(n, "dilations", rank, 1, 1, dilation) ||
      !numbers(n, "pads", 2 * rank, 0, 0, pads))
    return false;
  for (size_t k = 0; k < rank; k++) {
    if (!size[k] || size[k] > FLOW_MAX_ELEMENTS)
      return flow_error(n->f, "a window has no elements, or too many"), false;
    w->size[k] = size[k];
    w->stride[k] = (size_t)stride[k];
    w->dilation[k] = (size_t)dilation[k];
    w->before[k] = pad == PAD_GIVEN ? pads[k] : 0;
    after[k] = pad == PAD_GIVEN ? pads[rank + k] : 0;
    if (!set_axis(w, k, (int64_t)x->at[2 + k], pad, is_ceil, &after[k]))
      return flow_error(n->f, "a window is larger than the image"), false;
  }
  return true;
}

/* ---- Convolutions ---- */

/* Of rank 3 at least, both the same, and kernel_shape what it is. */
static bool check_weights(struct operator_call *n, flow_id x, flow_id w) {
  int64_t kernel[FLOW_MAX_RANK];
  if (x == FLOW_NONE || w == FLOW_NONE)
    return false;
  const struct lengths *s = flow_shape(n->f, x), *m = flow_shape(n->f, w);
  if (s->rank < 3 || m->rank != s->rank || s->rank >= FLOW_MAX_RANK)
    return flow_error(n->f, "an image of rank %zu, weights of rank %zu",
                      s->rank, m->rank),
           false;
  if (!numbers(n, "kernel_shape", s->rank - 2, 1, 0, kernel))
    return false;
  for (size_t k = 0; k < s->rank - 2; k++)
    if (kernel[k] && (size_t)kernel[k] != m->at[2 + k])
      return flow_error(n->f, "attribute 'kernel_shape' is not that of the "
                              "weights"),
             false;
  return true;
}

static size_t get_groups(struct operator_call *n) {
  int64_t groups = call_int(n, "group", 1);
  return groups < 0 ? 0 : (size_t)groups;
}

flow_id call_convolve(struct operator_call *n, flow_id x, flow_id w) {
  struct flow_window window;
  int64_t after[FLOW_MAX_RANK];
  if (!check_weights(n, x, w) ||
      !call_window(n, flow_shape(n->f, x), flow_shape(n->f, w)->at + 2, &window,
                   after))
    return FLOW_NONE;
  return flow_convolve(n->f, x, w, &window, get_groups(n));
}

/* A number for each channel, axis 1 of y. */
static flow_id add_bias(struct operator_call *n, size_t input, flow_id y) {
  if (!call_has(n, input) || y == FLOW_NONE)
    return y;
  const struct lengths *b = flow_shape(n->f, n->in[input]);
  struct lengths s = *flow_shape(n->f, y);
  if (b->n != s.at[1])
    return flow_error(n->f, "%zu offsets for %zu channels", b->n, s.at[1]);
  for (size_t k = 2; k < s.rank; k++)
    s.at[k] = 1;
  return flow_binary(n->f, SCALAR_ADD, y,
                     flow_reshape_to(n->f, n->in[input], s.at + 1, s.rank - 1));
}

static void build_conv(struct operator_call *n) {
  n->out[0] =
      add_bias(n, 2, call_convolve(n, call_input(n, 0), call_input(n, 1)));
}

/* ---- Transposed: x's elements are `strides` apart, windows run back ---- */

/* [channels, rows / groups, sizes ..] to [rows, channels / groups, sizes ..],
   each axis of sizes backwards. */
static flow_id turn_weights(struct flow *f, flow_id w, size_t groups) {
  struct lengths s = *flow_shape(f, w);
  size_t area = lengths_product(&s, 2, s.rank), channels = s.at[0] / groups;
  size_t at[] = {groups, channels, s.at[1], area};
  w = flow_swap(f, flow_reshape_to(f, w, at, 4), 1, 2);
  size_t rows = s.at[1] * groups;
  s.at[0] = rows;
  s.at[1] = channels;
  w = flow_reshape_to(f, w, s.at, s.rank);
  for (size_t k = 2; k < s.rank && w != FLOW_NONE; k++) {
    size_t *index = xmalloc(s.at[k] * sizeof *index);
    for (size_t i = 0; i < s.at[k]; i++)
      index[i] = s.at[k] - 1 - i;
    w = flow_take(f, w, k, index, s.at[k]);
    free(index);
  }
  return w;
}

struct transposed {
  int64_t stride[FLOW_MAX_RANK], dilation[FLOW_MAX_RANK];
  int64_t pads[2 * FLOW_MAX_RANK], more[FLOW_MAX_RANK], shape[FLOW_MAX_RANK];
  enum auto_pad pad;
};

static bool get_transposed(struct operator_call *n, size_t rank,
                           struct transposed *t) {
  t->pad = get_auto_pad(n);
  return t->pad != PAD_WRONG && numbers(n, "strides", rank, 1, 1, t->stride) &&
         numbers(n, "dilations", rank, 1, 1, t->dilation) &&
         numbers(n, "pads", 2 * rank, 0, 0, t->pads) &&
         numbers(n, "output_padding", rank, 0, 0, t->more) &&
         numbers(n, "output_shape", rank, 0, -1, t->shape);
}

/* The padding is what the length that is asked for leaves, or the length what
   the padding leaves. */
static bool transposed_axis(const struct transposed *t, size_t rank, size_t k,
                            int64_t length, int64_t size,
                            struct flow_window *w) {
  int64_t full = t->stride[k] * (length - 1) + t->more[k] +
                 (size - 1) * t->dilation[k] + 1;
  bool is_same = t->pad == PAD_UPPER || t->pad == PAD_LOWER;
  int64_t places = t->shape[k] >= 0 ? t->shape[k] : length * t->stride[k];
  int64_t before = t->pad == PAD_GIVEN ? t->pads[k] : 0;
  int64_t after = t->pad == PAD_GIVEN ? t->pads[rank + k] : 0;
  if (t->shape[k] >= 0 || is_same) {
    int64_t total = full > places ? full - places : 0;
    before = t->pad == PAD_UPPER ? total / 2 : total - total / 2;
  } else
    places = full - before - after;
  if (places < 0 || length < 1)
    return false;
  w->size[k] = (size_t)size;
  w->stride[k] = 1;
  w->dilation[k] = (size_t)t->dilation[k];
  w->spread[k] = (size_t)t->stride[k];
  w->before[k] = (size - 1) * t->dilation[k] - before;
  w->places[k] = (size_t)places;
  return true;
}

static void build_conv_transpose(struct operator_call *n) {
  struct transposed t;
  struct flow_window window = {.rank = 0};
  flow_id x = call_input(n, 0), w = call_input(n, 1);
  size_t groups = get_groups(n);
  if (!check_weights(n, x, w))
    return;
  const struct lengths *s = flow_shape(n->f, x), *m = flow_shape(n->f, w);
  size_t rank = window.rank = s->rank - 2;
  if (!get_transposed(n, rank, &t))
    return;
  if (!groups || groups > m->at[0] || m->at[0] % groups || !m->n) {
    flow_error(n->f, "weights of %zu channels in %zu groups", m->at[0], groups);
    return;
  }
  for (size_t k = 0; k < rank; k++)
    if (!transposed_axis(&t, rank, k, (int64_t)s->at[2 + k],
                         (int64_t)m->at[2 + k], &window)) {
      flow_error(n->f, "its result has no elements");
      return;
    }
  w = turn_weights(n->f, w, groups);
  n->out[0] = add_bias(n, 2, flow_convolve(n->f, x, w, &window, groups));
}

/* ---- Col2Im: each place adds a block to the image ---- */

/* w [channels, elements of a block, sizes ..] that takes each element from
   where it is: windows run back. */
static flow_id unit_weights(struct flow *f, size_t channels,
                            const struct lengths *block) {
  struct lengths s;
  size_t at[FLOW_MAX_RANK], n = block->n;
  at[0] = channels;
  at[1] = n;
  memcpy(at + 2, block->at, block->rank * sizeof *at);
  if (!lengths_set(&s, at, block->rank + 2))
    return flow_error(f, "its blocks have too many elements");
  double *w = xcalloc(s.n + 1, sizeof *w);
  for (size_t i = 0; i < channels * n; i++)
    w[i * n + n - 1 - i % n] = 1;
  flow_id y = flow_constant(f, ONNX_FLOAT, &s, w);
  free(w);
  return y;
}

/* Sizes of the image and of blocks; how many places there are in x. */
static bool read_blocks(struct operator_call *n, struct lengths *block,
                        struct flow_window *w, struct lengths *places) {
  int64_t stride[FLOW_MAX_RANK], dilation[FLOW_MAX_RANK];
  int64_t pads[2 * FLOW_MAX_RANK];
  const struct flow_node *image =
      call_constant(n, 1, true, "the image's shape");
  const struct flow_node *size = call_constant(n, 2, true, "the block's shape");
  if (!image || !size)
    return false;
  size_t rank = w->rank = image->shape.n, at[FLOW_MAX_RANK], to[FLOW_MAX_RANK];
  if (!rank || rank + 2 > FLOW_MAX_RANK || size->shape.n != rank)
    return flow_error(n->f, "shapes of %zu and %zu lengths", rank,
                      size->shape.n),
           false;
  if (!numbers(n, "strides", rank, 1, 1, stride) ||
      !numbers(n, "dilations", rank, 1, 1, dilation) ||
      !numbers(n, "pads", 2 * rank, 0, 0, pads))
    return false;
  for (size_t k = 0; k < rank; k++) {
    if (!(image->at[k] >= 1 && image->at[k] <= FAR && size->at[k] >= 1 &&
          size->at[k] <= FAR))
      return flow_error(n->f, "a length is not positive, or too large"), false;
    int64_t extent = ((int64_t)size->at[k] - 1) * dilation[k] + 1;
    int64_t room = (int64_t)image->at[k] + pads[k] + pads[rank + k] - extent;
    if (room < 0)
      return flow_error(n->f, "a block is larger than the image"), false;
    to[k] = (size_t)(room / stride[k] + 1);
    at[k] = (size_t)size->at[k];
    w->stride[k] = 1;
    w->dilation[k] = (size_t)dilation[k];
    w->spread[k] = (size_t)stride[k];
    w->before[k] = extent - 1 - pads[k];
    w->places[k] = (size_t)image->at[k];
  }
  return (lengths_set(block, at, rank) && lengths_set(places, to, rank)) ||
         (flow_error(n->f, "its result has too many elements"), false);
}

static void build_col_to_image(struct operator_call *n) {
  struct flow_window w = {.rank = 0};
  struct lengths block, places, s;
  flow_id x = call_input(n, 0);
  if (x == FLOW_NONE || !read_blocks(n, &block, &w, &places))
    return;
  s = *flow_shape(n->f, x);
  if (s.rank != 3 || !s.at[1] || s.at[1] % block.n || s.at[2] != places.n) {
    flow_error(n->f, "%zu rows of %zu places, blocks of %zu, %zu places",
               s.rank == 3 ? s.at[1] : 0, s.rank == 3 ? s.at[2] : 0, block.n,
               places.n);
    return;
  }
  size_t channels = s.at[1] / block.n;
  memcpy(s.at + 2, places.at, places.rank * sizeof s.at[0]);
  x = flow_reshape_to(n->f, x, s.at, 2 + places.rank);
  n->out[0] = flow_convolve(n->f, x, unit_weights(n->f, channels, &block), &w,
                            channels);
}

const struct operator_row operators_convolve[] = {
    {{"Col2Im", "constant shapes"}, build_col_to_image},
    {{"Conv", ""}, build_conv},
    {{"ConvTranspose", ""}, build_conv_transpose},
    {{NULL, NULL}, NULL},
};
