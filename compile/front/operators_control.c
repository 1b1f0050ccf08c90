/* Bodies: of constant conditions one, of loops one after the other. What a
   circuit is made of does not depend on its inputs, so each condition and trip
   count must be known. */
#include "compile/front/operators.h"

#include <string.h>

enum {
  ROUNDS = 1 << 16
}; // of a loop

/* A constant of one element. */
static bool read_condition(struct operator_call *n, flow_id x, bool *is_true) {
  struct operator_call asks = *n;
  asks.in = &x;
  asks.inputs = 1;
  call_input(&asks, 0);
  double value = call_number(&asks, 0, 0, "its condition");
  *is_true = value != 0;
  return !n->f->failed;
}

static void build_branch(struct operator_call *n, const char *name,
                         flow_id *y) {
  const struct onnx_graph *body = call_graph(n, name);
  if (!body)
    return;
  flow_id *out = xmalloc((body->outputs.n + 1) * sizeof *out);
  if (call_body(n, body, NULL, 0, out))
    for (size_t i = 0; i < n->outputs && i < body->outputs.n; i++)
      y[i] = out[i];
  free(out);
}

/* The condition's element decides about all of a and b. */
static flow_id choose(struct operator_call *n, flow_id a, flow_id b) {
  struct flow *f = n->f;
  if (f->failed || a == FLOW_NONE || b == FLOW_NONE)
    return FLOW_NONE;
  if (flow_is_sequence(f, a) || flow_is_sequence(f, b) ||
      !lengths_equal(flow_shape(f, a), flow_shape(f, b)))
    return flow_error(f, "its branches have outputs of several shapes, so the "
                         "condition must be a constant");
  return flow_where(f, flow_reshape_to(f, n->in[0], NULL, 0), a, b);
}

/* A condition that varies chooses between the outputs of both branches. */
static void build_if(struct operator_call *n) {
  struct flow *f = n->f;
  bool is_true;
  if (call_input(n, 0) == FLOW_NONE)
    return;
  if (flow_is_constant(f, n->in[0])) {
    if (read_condition(n, n->in[0], &is_true))
      build_branch(n, is_true ? "then_branch" : "else_branch", n->out);
    return;
  }
  if (flow_shape(f, n->in[0])->n != 1 ||
      flow_get(f, n->in[0])->type != ONNX_BOOL)
    flow_error(f, "its condition must be one bool");
  flow_id *other = xmalloc(n->outputs * sizeof *other);
  for (size_t i = 0; i < n->outputs; i++)
    other[i] = FLOW_NONE;
  if (!f->failed)
    build_branch(n, "then_branch", n->out);
  if (!f->failed)
    build_branch(n, "else_branch", other);
  for (size_t i = 0; i < n->outputs; i++)
    n->out[i] = choose(n, n->out[i], other[i]);
  free(other);
}

/* ---- Rounds of a body ---- */

/* A body's inputs and outputs are values that are carried to the next round,
   after `in_from` and `out_from` others. The outputs after them are lists. */
struct rounds {
  const struct onnx_graph *body;
  flow_id *in, *out;
  size_t in_from, out_from, carried, lists;
  bool has_sequences; // values that are carried may be some
  ARRAY(flow_id) all; // [round][list]
};

/* False with an error if the body has another number of inputs, or too few
   outputs. */
static bool rounds_init(struct rounds *r, struct operator_call *n,
                        size_t inputs, size_t in_from, size_t out_from,
                        size_t carried) {
  *r = (struct rounds){.body = call_graph(n, "body"),
                       .in_from = in_from,
                       .out_from = out_from,
                       .carried = carried};
  if (!r->body)
    return false;
  size_t in = r->body->inputs.n, out = r->body->outputs.n;
  if (in != inputs)
    return flow_error(n->f, "its body has %zu inputs, not %zu", in, inputs),
           false;
  if (out < out_from + carried || n->outputs > out - out_from)
    return flow_error(n->f, "its body has %zu outputs, which are too few", out),
           false;
  r->lists = out - out_from - carried;
  r->in = xmalloc((in + 1) * sizeof *r->in);
  r->out = xmalloc((out + 1) * sizeof *r->out);
  return true;
}

static void rounds_clear(struct rounds *r) {
  free(r->in);
  free(r->out);
  array_clear(&r->all);
}

static bool rounds_next(struct rounds *r, struct operator_call *n) {
  if (!call_body(n, r->body, r->in, r->body->inputs.n, r->out))
    return false;
  for (size_t i = 0; i < r->body->outputs.n; i++) {
    bool is_carried = i >= r->out_from && i < r->out_from + r->carried;
    if (flow_is_sequence(n->f, r->out[i]) && !(is_carried && r->has_sequences))
      return flow_error(n->f, "output %zu of its body is a sequence", i), false;
  }
  for (size_t i = 0; i < r->carried; i++)
    r->in[r->in_from + i] = r->out[r->out_from + i];
  for (size_t i = 0; i < r->lists; i++)
    array_push(&r->all, r->out[r->out_from + r->carried + i]);
  return true;
}

/* Without a round: as the body says what its output would be. */
static flow_id no_elements(struct flow *f, const struct onnx_port *port) {
  size_t at[ONNX_MAX_RANK + 1] = {0};
  struct lengths s;
  if (!port->has_shape || !onnx_type_size(port->type))
    return FLOW_NONE;
  for (size_t k = 0; k < port->rank; k++)
    at[k + 1] = port->dims[k].size > 0 ? (size_t)port->dims[k].size : 0;
  return lengths_set(&s, at, port->rank + 1)
             ? flow_constant(f, port->type, &s, NULL)
             : FLOW_NONE;
}

/* All rounds of a list, along a new axis, which may count from the end. */
static flow_id rounds_list(struct rounds *r, struct operator_call *n,
                           size_t list, int64_t axis, bool is_reverse) {
  size_t count = r->lists ? r->all.n / r->lists : 0;
  if (!count)
    return no_elements(n->f,
                       &r->body->outputs.at[r->out_from + r->carried + list]);
  flow_id *x = xmalloc(count * sizeof *x);
  size_t rank = flow_shape(n->f, r->all.at[list])->rank;
  size_t at = call_axis(n, axis, rank + 1);
  for (size_t i = 0; i < count; i++) {
    flow_id one = r->all.at[(is_reverse ? count - 1 - i : i) * r->lists + list];
    if (flow_shape(n->f, one)->rank != rank)
      flow_error(n->f, "its rounds have outputs of several ranks");
    x[i] = n->f->failed ? FLOW_NONE : flow_insert_axis(n->f, one, at);
  }
  flow_id y = flow_concat(n->f, x, count, at);
  free(x);
  return y;
}

/* ---- Loop ---- */

static bool is_going(struct operator_call *n, const struct rounds *r,
                     double trips, size_t round) {
  bool goes = true;
  if ((double)round >= trips)
    return false;
  if (r->in[1] != FLOW_NONE && !read_condition(n, r->in[1], &goes))
    return false;
  if (goes && round == ROUNDS)
    return flow_error(n->f, "it has more than %d rounds", ROUNDS), false;
  return goes;
}

/* Its inputs: a trip count and a condition, each of which may be left out;
   values. The body's: the round, the condition, values. */
static void build_loop(struct operator_call *n) {
  struct flow *f = n->f;
  struct rounds r;
  bool has_condition = call_has(n, 1);
  double trips = call_number(n, 0, (double)INT64_MAX, "its trip count");
  size_t carried = n->inputs > 2 ? n->inputs - 2 : 0;
  if (f->failed || !rounds_init(&r, n, 2 + carried, 2, 1, carried))
    return;
  for (size_t i = 0; i < carried; i++)
    r.in[2 + i] = call_input(n, 2 + i);
  r.has_sequences = true;
  r.in[1] = has_condition ? n->in[1] : flow_number(f, ONNX_BOOL, 1);
  for (size_t i = 0; !f->failed && is_going(n, &r, trips, i); i++) {
    r.in[0] = flow_number(f, ONNX_INT64, (double)i);
    if (rounds_next(&r, n))
      r.in[1] = has_condition ? r.out[0] : r.in[1];
  }
  for (size_t i = 0; i < n->outputs && !f->failed; i++)
    n->out[i] =
        i < carried ? r.in[2 + i] : rounds_list(&r, n, i - carried, 0, false);
  rounds_clear(&r);
}

/* ---- Scan ---- */

/* Entry i of a list of numbers in an attribute; 0 without one. */
static int64_t entry(struct operator_call *n, const char *name, size_t i,
                     size_t count) {
  const int64_t *at;
  size_t length = call_ints(n, name, &at);
  if (length && length != count)
    flow_error(n->f, "attribute '%s' has %zu entries, not %zu", name, length,
               count);
  return length == count ? at[i] : 0;
}

struct scanned {
  size_t n;          // tensors, the last inputs
  const flow_id *in; // all inputs: states, then those
  size_t states;     // before them
  const char *axes, *directions;
  size_t length; // of each along its axis
};

/* Element i along its axis of each is the body's input. */
static void next_elements(struct operator_call *n, const struct scanned *s,
                          size_t i, flow_id *in) {
  for (size_t k = 0; k < s->n; k++) {
    flow_id x = s->in[s->states + k];
    size_t axis =
        call_axis(n, entry(n, s->axes, k, s->n), flow_shape(n->f, x)->rank);
    bool is_reverse = entry(n, s->directions, k, s->n) != 0;
    if (n->f->failed)
      return;
    x = flow_slice(n->f, x, axis, is_reverse ? s->length - 1 - i : i, 1);
    in[s->states + k] = flow_drop_axis(n->f, x, axis);
  }
}

static bool read_length(struct operator_call *n, struct scanned *s) {
  for (size_t k = 0; k < s->n; k++) {
    const struct lengths *x = flow_shape(n->f, s->in[s->states + k]);
    size_t axis = call_axis(n, entry(n, s->axes, k, s->n), x->rank);
    if (n->f->failed)
      return false;
    if (k && x->at[axis] != s->length)
      return flow_error(n->f, "it scans %zu and %zu elements", s->length,
                        x->at[axis]),
             false;
    s->length = x->at[axis];
  }
  return s->length <= ROUNDS ||
         (flow_error(n->f, "it has more than %d rounds", ROUNDS), false);
}

/* Outputs are the states and the lists. */
static void scan(struct operator_call *n, struct scanned *s, flow_id *out) {
  struct rounds r;
  if (!read_length(n, s) ||
      !rounds_init(&r, n, s->states + s->n, 0, 0, s->states))
    return;
  memcpy(r.in, s->in, s->states * sizeof *r.in);
  for (size_t i = 0; i < s->length && !n->f->failed; i++) {
    next_elements(n, s, i, r.in);
    if (!n->f->failed)
      rounds_next(&r, n);
  }
  for (size_t i = 0; i < n->outputs && !n->f->failed; i++) {
    size_t list = i - s->states;
    out[i] = i < s->states
                 ? r.in[i]
                 : rounds_list(
                       &r, n, list, entry(n, "scan_output_axes", list, r.lists),
                       entry(n, "scan_output_directions", list, r.lists) != 0);
  }
  rounds_clear(&r);
}

/* All sequences have the same length. */
static bool check_sequences(struct operator_call *n, size_t length) {
  const struct flow_node *c =
      call_constant(n, 0, false, "the sequences' lengths");
  for (size_t i = 0; c && i < c->shape.n; i++)
    if (c->at[i] != (double)length)
      flow_error(n->f, "sequences of several lengths are not supported");
  return !n->f->failed;
}

/* Version 8: the first input has lengths of sequences, which may be left out;
   all others and all outputs have a batch as first axis. */
static void scan_batches(struct operator_call *n, struct scanned *s) {
  struct flow *f = n->f;
  size_t inputs = n->inputs - 1, batches = 0;
  for (size_t i = 0; i < inputs; i++) {
    const struct lengths *x = flow_shape(f, n->in[1 + i]);
    if (!x->rank || (i && x->at[0] != batches))
      flow_error(f, "its batches are not of one length");
    batches = x->rank ? x->at[0] : 0;
  }
  if (!f->failed && (!batches || batches > ROUNDS))
    flow_error(f, "a batch of %zu is not supported", batches);
  if (f->failed)
    return;
  flow_id *in = xmalloc((inputs + 1) * sizeof *in);
  flow_id *out = xmalloc(n->outputs * batches * sizeof *out);
  s->in = in;
  for (size_t b = 0; b < batches && !f->failed; b++) {
    flow_id one[1];
    for (size_t i = 0; i < inputs; i++) {
      one[0] = flow_slice(f, n->in[1 + i], 0, b, 1);
      in[i] = flow_drop_axis(f, one[0], 0);
    }
    flow_id *part = xmalloc(n->outputs * sizeof *part);
    for (size_t i = 0; i < n->outputs; i++)
      part[i] = FLOW_NONE;
    scan(n, s, part);
    for (size_t i = 0; i < n->outputs; i++)
      out[i * batches + b] =
          f->failed ? FLOW_NONE : flow_insert_axis(f, part[i], 0);
    free(part);
  }
  if (!f->failed && check_sequences(n, s->length))
    for (size_t i = 0; i < n->outputs; i++)
      n->out[i] = flow_concat(f, out + i * batches, batches, 0);
  free(in);
  free(out);
}

static void build_scan(struct operator_call *n) {
  bool has_batches = n->opset < 9;
  size_t inputs = has_batches && n->inputs ? n->inputs - 1 : n->inputs;
  int64_t count = call_int(n, "num_scan_inputs", 0);
  for (size_t i = n->inputs - inputs; i < n->inputs; i++)
    call_input(n, i);
  if (!n->f->failed && (count < 1 || count > (int64_t)inputs))
    flow_error(n->f, "it has %zu inputs, of which it scans %lld", inputs,
               (long long)count);
  if (n->f->failed)
    return;
  struct scanned s = {.n = (size_t)count,
                      .in = n->in,
                      .states = inputs - (size_t)count,
                      .axes = "scan_input_axes",
                      .directions =
                          has_batches ? "directions" : "scan_input_directions"};
  if (has_batches)
    scan_batches(n, &s);
  else
    scan(n, &s, n->out);
}

const struct operator_row operators_control[] = {
    {{"If", "of a variable condition both branches, of outputs of one shape"},
     build_if},
    {{"Loop",
      "constant trip count and condition, at most 65536 rounds; without "
      "a condition the body's does not count"},
     build_loop},
    {{"Scan", "sequences of one length"}, build_scan},
    {{NULL, NULL}, NULL},
};
