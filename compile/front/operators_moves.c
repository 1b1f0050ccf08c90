/* Parts of tensors: taken out, put together, put in another order, padded. */
#include "compile/front/operators.h"

#include <string.h>

static void build_concat(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  if (x == FLOW_NONE)
    return;
  size_t rank = flow_shape(n->f, x)->rank;
  size_t axis = call_axis(n, call_int(n, "axis", 0), rank);
  for (size_t i = 0; i < n->inputs; i++)
    if (call_input(n, i) != FLOW_NONE &&
        flow_shape(n->f, n->in[i])->rank != rank)
      flow_error(n->f, "input %zu has %zu dimensions, not %zu", i,
                 flow_shape(n->f, n->in[i])->rank, rank);
  if (!n->f->failed)
    n->out[0] = flow_concat(n->f, n->in, n->inputs, axis);
}

/* ---- Slices ---- */

struct slice {
  int64_t from, to, step;
};

/* As numpy has it: places < 0 count from the end, those beyond it are it. */
static flow_id take_slice(struct operator_call *n, flow_id x, size_t axis,
                          struct slice s) {
  int64_t length = (int64_t)flow_shape(n->f, x)->at[axis];
  int64_t lo = s.step < 0 ? -1 : 0, hi = s.step < 0 ? length - 1 : length;
  int64_t *ends[] = {&s.from, &s.to};
  for (int i = 0; i < 2; i++) {
    int64_t at = *ends[i] < 0 ? *ends[i] + length : *ends[i];
    *ends[i] = at < lo ? lo : at > hi ? hi : at;
  }
  if (s.step > length + 1 || s.step < -length - 1)
    s.step = s.step < 0 ? -length - 1 : length + 1;
  int64_t reach = s.step < 0 ? s.from - s.to : s.to - s.from;
  int64_t step = s.step < 0 ? -s.step : s.step;
  size_t count = reach > 0 ? (size_t)((reach + step - 1) / step) : 0;
  size_t *index = xmalloc((count + 1) * sizeof *index);
  for (size_t i = 0; i < count; i++)
    index[i] = (size_t)(s.from + (int64_t)i * s.step);
  x = flow_take(n->f, x, axis, index, count);
  free(index);
  return x;
}

static void build_slice(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  const int64_t *from, *to, *axes, *steps;
  size_t count, ends, axes_n, steps_n;
  unsigned seen = 0;
  if (x == FLOW_NONE || !call_list(n, "starts", 1, &from, &count) ||
      !call_list(n, "ends", 2, &to, &ends)) {
    flow_error(n->f, "the starts or the ends are missing");
    return;
  }
  bool has_axes = call_list(n, "axes", 3, &axes, &axes_n);
  bool has_steps = call_list(n, "steps", 4, &steps, &steps_n);
  size_t rank = flow_shape(n->f, x)->rank;
  if (count > rank || ends != count || (has_axes && axes_n != count) ||
      (has_steps && steps_n != count))
    flow_error(n->f, "its lists of starts, ends, axes and steps do not match");
  for (size_t i = 0; i < count && !n->f->failed; i++) {
    size_t axis = has_axes ? call_axis(n, axes[i], rank) : i;
    struct slice s = {from[i], to[i], has_steps ? steps[i] : 1};
    if (!s.step || seen >> axis & 1)
      flow_error(n->f,
                 s.step ? "axis %zu is given twice"
                        : "the step of axis %zu is 0",
                 axis);
    else
      x = take_slice(n, x, axis, s);
    seen |= 1u << axis;
  }
  if (!n->f->failed)
    n->out[0] = x;
}

/* Equal lengths, the last one shorter from opset 18 on. */
static size_t part_length(struct operator_call *n, size_t length, size_t i) {
  size_t part = (length + n->outputs - 1) / n->outputs;
  size_t begin = part * i < length ? part * i : length;
  if (length % n->outputs && n->opset < 18)
    flow_error(n->f, "%zu elements are not %zu equal parts", length,
               n->outputs);
  return part < length - begin ? part : length - begin;
}

static void build_split(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  const int64_t *at;
  size_t count, begin = 0;
  if (x == FLOW_NONE)
    return;
  size_t axis = call_axis(n, call_int(n, "axis", 0), flow_shape(n->f, x)->rank);
  bool has_list = call_list(n, "split", 1, &at, &count);
  if (n->f->failed)
    return;
  size_t length = flow_shape(n->f, x)->at[axis];
  int64_t parts = call_int(n, "num_outputs", (int64_t)n->outputs);
  if ((has_list && count != n->outputs) || parts != (int64_t)n->outputs)
    flow_error(n->f, "it has %zu outputs, not %lld", n->outputs,
               has_list ? (long long)count : (long long)parts);
  for (size_t i = 0; i < n->outputs && !n->f->failed; i++) {
    size_t part = has_list ? (size_t)at[i] : part_length(n, length, i);
    if ((has_list && at[i] < 0) || part > length - begin)
      flow_error(n->f, "its parts are not those of %zu elements", length);
    else
      n->out[i] = flow_slice(n->f, x, axis, begin, part);
    begin += part;
  }
  if (!n->f->failed && begin != length)
    flow_error(n->f, "its parts have %zu elements of %zu", begin, length);
}

/* ---- Padding ---- */

enum {
  OUTSIDE = -1
};

/* The place of index i, counted from the first element, of n. */
static int64_t pad_place(const char *mode, int64_t i, int64_t n) {
  if (i >= 0 && i < n)
    return i;
  if (!strcmp(mode, "edge"))
    return i < 0 ? 0 : n - 1;
  if (!strcmp(mode, "wrap"))
    return (i % n + n) % n;
  if (strcmp(mode, "reflect"))
    return OUTSIDE;
  int64_t period = n > 1 ? 2 * (n - 1) : 1;
  i = (i % period + period) % period;
  return i < n ? i : period - i;
}

/* What is cut off by pads < 0 is cut first. */
static flow_id pad_axis(struct operator_call *n, flow_id x, size_t axis,
                        const int64_t *pads, flow_id fill) {
  const struct lengths *from = flow_shape(n->f, x);
  const char *mode = call_string(n, "mode");
  const int64_t bound = (int64_t)FLOW_MAX_ELEMENTS;
  int64_t before = pads[0], after = pads[1], length = (int64_t)from->at[axis];
  if (before < -bound || before > bound || after < -bound || after > bound ||
      length + before + after < 0)
    return flow_error(n->f, "pads of %lld and %lld for %lld elements",
                      (long long)before, (long long)after, (long long)length);
  int64_t first = before < 0 ? -before : 0;
  int64_t kept = length - first + (after < 0 ? after : 0);
  size_t lengths[FLOW_MAX_RANK];
  struct lengths to;
  memcpy(lengths, from->at, sizeof lengths);
  lengths[axis] = (size_t)(length + before + after);
  bool is_outside = !*mode || !strcmp(mode, "constant");
  if (!lengths_set(&to, lengths, from->rank) ||
      (kept <= 0 && !is_outside && to.n))
    return flow_error(n->f, "there is nothing to pad with, or too much");
  size_t inner = lengths_product(&to, axis + 1, to.rank), place = to.at[axis];
  uint32_t *map = xmalloc((to.n + 1) * sizeof *map);
  for (size_t i = 0; i < to.n; i++) {
    int64_t at = (int64_t)(i / inner % place) - (before > 0 ? before : 0);
    at = pad_place(mode, at, kept > 0 ? kept : 0);
    map[i] = (uint32_t)(at == OUTSIDE ? from->n
                                      : (i / inner / place * (size_t)length +
                                         (size_t)(at + first)) *
                                                inner +
                                            i % inner);
  }
  x = flow_move(n->f, (flow_id[]){x, fill}, 2, &to, map);
  free(map);
  return x;
}

static bool check_mode(struct operator_call *n) {
  static const char *const modes[] = {"", "constant", "reflect", "edge",
                                      "wrap"};
  const char *mode = call_string(n, "mode");
  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
    if (!strcmp(mode, modes[i]))
      return true;
  flow_error(n->f, "mode '%.20s' is not supported", mode);
  return false;
}

/* One number, constant or not. */
static flow_id read_fill(struct operator_call *n, enum onnx_type type) {
  if (n->opset < 11)
    return flow_number(n->f, type, call_float(n, "value", 0));
  if (!call_has(n, 2))
    return flow_number(n->f, type, 0);
  if (flow_shape(n->f, n->in[2])->n != 1)
    return flow_error(n->f, "constant_value must be one number");
  return flow_cast(n->f, type, n->in[2]);
}

static void build_pad(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  const int64_t *pads, *axes;
  size_t pads_n, count;
  unsigned seen = 0;
  if (x == FLOW_NONE || !check_mode(n))
    return;
  if (!call_list(n, "pads", 1, &pads, &pads_n)) {
    flow_error(n->f, "the pads are missing");
    return;
  }
  size_t rank = flow_shape(n->f, x)->rank;
  bool has_axes = call_list(n, "axes", 3, &axes, &count);
  flow_id fill = read_fill(n, flow_get(n->f, x)->type);
  count = has_axes ? count : rank;
  if (count > rank || pads_n != 2 * count)
    flow_error(n->f, "it has %zu pads for %zu axes", pads_n, count);
  for (size_t i = 0; i < count && !n->f->failed; i++) {
    size_t axis = has_axes ? call_axis(n, axes[i], rank) : i;
    if (seen >> axis & 1)
      flow_error(n->f, "axis %zu is given twice", axis);
    else if (pads[i] || pads[count + i])
      x = pad_axis(n, x, axis, (int64_t[]){pads[i], pads[count + i]}, fill);
    seen |= 1u << axis;
  }
  if (!n->f->failed)
    n->out[0] = x;
}

/* ---- By constants ---- */

/* The first so many elements along the time axis, of each in the batch, are
   reversed. */
static void build_reverse_sequence(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  const struct flow_node *c = call_constant(n, 1, true, "the lengths");
  if (x == FLOW_NONE || !c)
    return;
  const struct lengths *s = flow_shape(n->f, x);
  size_t time = call_axis(n, call_int(n, "time_axis", 0), s->rank);
  size_t batch = call_axis(n, call_int(n, "batch_axis", 1), s->rank);
  if (n->f->failed)
    return;
  if (time == batch || c->shape.n != s->at[batch]) {
    flow_error(n->f, "%zu lengths for a batch of %zu", c->shape.n,
               s->at[batch]);
    return;
  }
  for (size_t i = 0; i < c->shape.n; i++)
    if (!(c->at[i] >= 0 && c->at[i] <= (double)s->at[time])) {
      flow_error(n->f, "a sequence of length %g", c->at[i]);
      return;
    }
  size_t stride = lengths_product(s, time + 1, s->rank);
  size_t step = lengths_product(s, batch + 1, s->rank);
  uint32_t *map = xmalloc((s->n + 1) * sizeof *map);
  for (size_t i = 0; i < s->n; i++) {
    size_t t = i / stride % s->at[time];
    size_t length = (size_t)c->at[i / step % s->at[batch]];
    size_t to = t < length ? length - 1 - t : t;
    map[i] = (uint32_t)(i - t * stride + to * stride);
  }
  n->out[0] = flow_move(n->f, &x, 1, s, map);
  free(map);
}

static void build_compress(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  const struct flow_node *c = call_constant(n, 1, true, "the condition");
  size_t axis = 0, count = 0;
  if (x == FLOW_NONE || !c)
    return;
  if (call_has_attribute(n, "axis"))
    axis = call_axis(n, call_int(n, "axis", 0), flow_shape(n->f, x)->rank);
  else
    x = flow_reshape_to(n->f, x, &flow_shape(n->f, x)->n, 1);
  if (n->f->failed)
    return;
  size_t length = flow_shape(n->f, x)->at[axis];
  size_t *index = xmalloc((length + 1) * sizeof *index);
  for (size_t i = 0; i < length && i < c->shape.n; i++)
    if (c->at[i] != 0)
      index[count++] = i;
  n->out[0] = flow_take(n->f, x, axis, index, count);
  free(index);
}

static void build_trilu(struct operator_call *n) {
  flow_id x = call_input(n, 0);
  bool is_upper = call_int(n, "upper", 1) != 0;
  double k = call_number(n, 1, 0, "k");
  if (x == FLOW_NONE || n->f->failed)
    return;
  const struct lengths *s = flow_shape(n->f, x);
  if (s->rank < 2) {
    flow_error(n->f, "its input has %zu dimensions", s->rank);
    return;
  }
  size_t columns = s->at[s->rank - 1], rows = s->at[s->rank - 2];
  uint32_t *map = xmalloc((s->n + 1) * sizeof *map);
  for (size_t i = 0; i < s->n; i++) {
    double d = (double)(i % columns) - (double)(i / columns % rows);
    map[i] = (uint32_t)((is_upper ? d >= k : d <= k) ? i : s->n);
  }
  flow_id with[] = {x, flow_number(n->f, flow_get(n->f, x)->type, 0)};
  n->out[0] = flow_move(n->f, with, 2, s, map);
  free(map);
}

const struct operator_row operators_moves[] = {
    {{"Compress", "by a constant condition"}, build_compress},
    {{"Concat", ""}, build_concat},
    {{"Pad", "constant pads"}, build_pad},
    {{"ReverseSequence", "constant lengths"}, build_reverse_sequence},
    {{"Slice", "constant starts, ends and steps"}, build_slice},
    {{"Split", "constant lengths"}, build_split},
    {{"Trilu", "constant diagonal"}, build_trilu},
    {{NULL, NULL}, NULL},
};
