/* Sequences of tensors: how many there are is always known, so nothing of them
   is left but the tensors. */
#include "compile/front/operators.h"

#include <string.h>

/* Input i, its tensors and how many. NULL with an error if it is a tensor. */
static const flow_id *call_sequence(struct operator_call *n, size_t i,
                                    size_t *count) {
  flow_id x = call_input(n, i);
  if (x != FLOW_NONE && !flow_is_sequence(n->f, x))
    flow_error(n->f, "input %zu is a tensor, not a sequence", i);
  if (n->f->failed)
    return NULL;
  *count = flow_get(n->f, x)->n;
  flow_id *at = flow_alloc(n->f, *count, sizeof *at);
  for (size_t k = 0; k < *count; k++)
    at[k] = flow_operand(n->f, x, k);
  return at;
}

/* Input i is a constant place of [0..end), which may count from the end;
   without it, `other`. */
static size_t call_place(struct operator_call *n, size_t i, size_t count,
                         size_t end, size_t other) {
  double at = call_number(n, i, (double)other, "the position");
  if (at < 0)
    at += (double)count;
  if (!n->f->failed && !(at >= 0 && at < (double)end))
    flow_error(n->f, "position %g is not one of a sequence of %zu",
               call_number(n, i, 0, ""), count);
  return n->f->failed ? 0 : (size_t)at;
}

static void build_empty(struct operator_call *n) {
  n->out[0] = flow_sequence(n->f, NULL, 0);
}

static void build_construct(struct operator_call *n) {
  for (size_t i = 0; i < n->inputs; i++)
    call_input(n, i);
  if (!n->f->failed)
    n->out[0] = flow_sequence(n->f, n->in, n->inputs);
}

static void build_insert(struct operator_call *n) {
  size_t count = 0;
  const flow_id *x = call_sequence(n, 0, &count);
  flow_id y = call_input(n, 1);
  size_t at = call_place(n, 2, count, count + 1, count);
  if (n->f->failed)
    return;
  if (flow_is_sequence(n->f, y)) {
    flow_error(n->f, "a sequence in a sequence is not supported");
    return;
  }
  flow_id *all = xmalloc((count + 1) * sizeof *all);
  for (size_t i = 0; i <= count; i++)
    all[i] = i < at ? x[i] : i == at ? y : x[i - 1];
  n->out[0] = flow_sequence(n->f, all, count + 1);
  free(all);
}

static void build_erase(struct operator_call *n) {
  size_t count = 0;
  const flow_id *x = call_sequence(n, 0, &count);
  size_t at = call_place(n, 1, count, count, count ? count - 1 : 0);
  if (n->f->failed)
    return;
  flow_id *all = xmalloc(count * sizeof *all);
  for (size_t i = 0; i + 1 < count; i++)
    all[i] = x[i + (i >= at)];
  n->out[0] = flow_sequence(n->f, all, count - 1);
  free(all);
}

static void build_at(struct operator_call *n) {
  size_t count = 0;
  const flow_id *x = call_sequence(n, 0, &count);
  call_input(n, 1);
  size_t at = call_place(n, 1, count, count, 0);
  if (!n->f->failed)
    n->out[0] = x[at];
}

static void build_length(struct operator_call *n) {
  size_t count = 0;
  if (call_sequence(n, 0, &count))
    n->out[0] = flow_number(n->f, ONNX_INT64, (double)count);
}

/* ---- Of one tensor, and to one ---- */

/* One length for all parts, of which the last may be shorter, or theirs; 1
   without either. */
static size_t next_part(struct operator_call *n, const struct flow_node *split,
                        size_t i, size_t rest) {
  double length = !split               ? 1
                  : !split->shape.rank ? split->at[0]
                  : i < split->shape.n ? split->at[i]
                                       : -1;
  if (split && !split->shape.rank && length > (double)rest)
    length = (double)rest;
  if (!(length >= 0 && length <= (double)rest) ||
      (length == 0 && !(split && split->shape.rank)))
    flow_error(n->f, "its parts are not those of its axis");
  return n->f->failed ? 0 : (size_t)length;
}

static void build_split(struct operator_call *n) {
  struct flow *f = n->f;
  ARRAY(flow_id) parts = {0};
  flow_id x = call_input(n, 0);
  const struct flow_node *split = call_constant(n, 1, false, "the lengths");
  if (f->failed)
    return;
  size_t axis = call_axis(n, call_int(n, "axis", 0), flow_shape(f, x)->rank);
  if (f->failed)
    return;
  size_t length = flow_shape(f, x)->at[axis], from = 0;
  bool keeps = split || call_int(n, "keepdims", 1) != 0;
  while (!f->failed && (from < length || (split && split->shape.rank &&
                                          parts.n < split->shape.n))) {
    size_t part = next_part(n, split, parts.n, length - from);
    flow_id y = f->failed ? FLOW_NONE : flow_slice(f, x, axis, from, part);
    array_push(&parts, keeps || f->failed ? y : flow_drop_axis(f, y, axis));
    from += part;
  }
  if (!f->failed)
    n->out[0] = flow_sequence(f, parts.at, parts.n);
  array_clear(&parts);
}

static void build_concat(struct operator_call *n) {
  struct flow *f = n->f;
  size_t count = 0;
  const flow_id *x = call_sequence(n, 0, &count);
  bool is_new = call_int(n, "new_axis", 0) != 0;
  if (!f->failed && !count)
    flow_error(f, "the sequence is empty");
  if (f->failed)
    return;
  size_t rank = flow_shape(f, x[0])->rank;
  size_t axis = call_axis(n, call_int(n, "axis", 0), rank + is_new);
  flow_id *all = xmalloc(count * sizeof *all);
  for (size_t i = 0; i < count && !f->failed; i++) {
    if (flow_shape(f, x[i])->rank != rank)
      flow_error(f, "its tensors are of several ranks");
    else
      all[i] = is_new ? flow_insert_axis(f, x[i], axis) : x[i];
  }
  if (!f->failed)
    n->out[0] = flow_concat(f, all, count, axis);
  free(all);
}

const struct operator_row operators_sequences[] = {
    {{"ConcatFromSequence", ""}, build_concat},
    {{"SequenceAt", "constant position"}, build_at},
    {{"SequenceConstruct", ""}, build_construct},
    {{"SequenceEmpty", ""}, build_empty},
    {{"SequenceErase", "constant position"}, build_erase},
    {{"SequenceInsert", "constant position"}, build_insert},
    {{"SequenceLength", ""}, build_length},
    {{"SplitToSequence", "constant lengths"}, build_split},
    {{NULL, NULL}, NULL},
};
