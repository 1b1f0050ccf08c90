/* LSTM, GRU and RNN: a cell for each step, one after the other. */
#include "compile/front/activations.h"
#include "compile/front/operators.h"

#include <math.h>
#include <string.h>

enum {
  STEPS = 8192
}; // some dozen nodes each

/* ---- What a call has ---- */

enum kind {
  RNN,
  GRU,
  LSTM
};
static const size_t gates_of[] = {1, 3, 4}, activations_of[] = {1, 2, 3};

struct recurrent {
  struct flow *f;
  enum kind kind;
  size_t gates, hidden, steps, batch, columns, directions;
  bool has_clip, is_linear_first, is_coupled, is_batch_first;
  double clip;
  flow_id x;      // [steps, batch, columns]
  size_t *length; // of each of the batch
  struct activation activation[6];
};

/* One direction: inputs' products, and what a step has. */
struct direction {
  bool is_reverse;
  const struct activation *act;
  flow_id x;       // [steps, batch, gates * hidden], offsets included
  flow_id r;       // [hidden, gates * hidden]
  flow_id offset;  // of GRU's last gate, where it stays apart
  flow_id peep[3]; // FLOW_NONE without
  flow_id h, c;    // [batch, hidden]
  double most;     // of |h|, infinite if it is not known
};

static bool read_lengths(struct operator_call *n, struct recurrent *r) {
  const struct flow_node *c = call_constant(n, 4, false, "sequence_lens");
  r->length = flow_alloc(n->f, r->batch, sizeof *r->length);
  if (n->f->failed || (c && c->shape.n != r->batch))
    return flow_error(n->f, "sequence_lens has not a number for each of %zu",
                      r->batch),
           false;
  for (size_t b = 0; b < r->batch; b++) {
    double length = c ? c->at[b] : (double)r->steps;
    if (!(length >= 0 && length <= (double)r->steps))
      return flow_error(n->f, "sequence_lens has the number %g", length), false;
    r->length[b] = (size_t)length;
  }
  return true;
}

static bool read_shape(struct operator_call *n, struct recurrent *r) {
  flow_id x = call_input(n, 0), w = call_input(n, 1), w_h = call_input(n, 2);
  if (x == FLOW_NONE || w == FLOW_NONE || w_h == FLOW_NONE)
    return false;
  const struct lengths *s = flow_shape(n->f, x), *m = flow_shape(n->f, w);
  const struct lengths *k = flow_shape(n->f, w_h);
  if (s->rank != 3 || m->rank != 3 || k->rank != 3 || !k->at[2] ||
      m->at[1] != r->gates * k->at[2] || k->at[1] != m->at[1] ||
      m->at[2] != s->at[2] || m->at[0] != r->directions ||
      k->at[0] != r->directions)
    return flow_error(n->f, "its weights do not suit its input"), false;
  r->hidden = k->at[2];
  r->x = r->is_batch_first ? flow_swap(n->f, x, 0, 1) : x;
  r->steps = flow_shape(n->f, r->x)->at[0];
  r->batch = flow_shape(n->f, r->x)->at[1];
  r->columns = s->at[2];
  if (!r->steps || r->steps > STEPS || !r->batch)
    return flow_error(n->f, "%zu steps; there may be 1 to %d", r->steps, STEPS),
           false;
  return true;
}

static bool read_call(struct operator_call *n, enum kind kind,
                      struct recurrent *r) {
  const char *direction = call_string(n, "direction");
  *r = (struct recurrent){.f = n->f, .kind = kind, .gates = gates_of[kind]};
  r->directions = strcmp(direction, "bidirectional") ? 1 : 2;
  r->is_batch_first = call_int(n, "layout", 0);
  r->has_clip = call_has_attribute(n, "clip");
  r->clip = call_float(n, "clip", 0);
  r->is_linear_first = call_int(n, "linear_before_reset", 0);
  r->is_coupled = call_int(n, "input_forget", 0);
  if (*direction && r->directions == 1 && strcmp(direction, "forward") &&
      strcmp(direction, "reverse"))
    return flow_error(n->f, "attribute 'direction' is '%.40s'", direction),
           false;
  return read_shape(n, r) && read_lengths(n, r) &&
         activations_read(n, activations_of[kind], r->directions, kind != RNN,
                          r->activation);
}

/* ---- One direction's weights ---- */

/* Row d of an input [directions, n]; zeros or nothing without it. */
static flow_id row(struct operator_call *n, size_t input, size_t d,
                   size_t directions, size_t length) {
  if (!call_has(n, input))
    return FLOW_NONE;
  if (flow_shape(n->f, n->in[input])->n != directions * length)
    return flow_error(n->f, "input %zu has not %zu elements", input,
                      directions * length);
  flow_id all =
      flow_reshape_to(n->f, n->in[input], (size_t[]){directions, length}, 2);
  return flow_drop_axis(n->f, flow_slice(n->f, all, 0, d, 1), 0);
}

/* A direction's matrix, transposed. */
static flow_id matrix(struct operator_call *n, size_t input, size_t d) {
  flow_id w = flow_drop_axis(n->f, flow_slice(n->f, n->in[input], 0, d, 1), 0);
  return flow_swap(n->f, w, 0, 1);
}

/* Offsets of both products are added to x's, but for that of GRU's last gate,
   if it is multiplied. */
static void add_offsets(struct operator_call *n, const struct recurrent *r,
                        size_t d, struct direction *to) {
  struct flow *f = n->f;
  size_t all = r->gates * r->hidden;
  flow_id b = row(n, 3, d, r->directions, 2 * all);
  to->offset = FLOW_NONE;
  if (b == FLOW_NONE)
    return;
  flow_id of_x = flow_slice(f, b, 0, 0, all),
          of_h = flow_slice(f, b, 0, all, all);
  if (r->kind == GRU && r->is_linear_first) {
    size_t first = 2 * r->hidden;
    struct lengths last = {.rank = 1, .at = {r->hidden}, .n = r->hidden};
    flow_id zeros =
        flow_broadcast(f, flow_number(f, flow_get(f, b)->type, 0), &last);
    to->offset = flow_slice(f, of_h, 0, first, r->hidden);
    of_h = flow_concat(f, (flow_id[]){flow_slice(f, of_h, 0, 0, first), zeros},
                       2, 0);
  }
  to->x =
      flow_binary(f, SCALAR_ADD, to->x, flow_binary(f, SCALAR_ADD, of_x, of_h));
}

/* [batch, hidden] of an input [directions, batch, hidden], or zeros. */
static flow_id initial(struct operator_call *n, const struct recurrent *r,
                       size_t input, size_t d) {
  struct lengths s = {.rank = 2, .at = {r->batch, r->hidden}};
  s.n = r->batch * r->hidden;
  if (!call_has(n, input))
    return flow_broadcast(n->f,
                          flow_number(n->f, flow_get(n->f, r->x)->type, 0), &s);
  flow_id h = n->in[input];
  const struct lengths *from = flow_shape(n->f, h);
  size_t axis = r->is_batch_first ? 1 : 0;
  if (from->rank != 3 || from->at[axis] != r->directions ||
      from->at[1 - axis] != r->batch || from->at[2] != r->hidden)
    return flow_error(n->f, "input %zu has not the shape of a state", input);
  return flow_drop_axis(n->f, flow_slice(n->f, h, axis, d, 1), axis);
}

/* The states of a GRU are means of the last one and of an activation, if gates
   are within [0..1], so they are never above the greatest of both. */
static double bound(const struct recurrent *r, const struct direction *d) {
  double most = 1;
  if (r->kind != GRU || !d->act[0].is_share || !d->act[1].is_bounded ||
      !flow_is_constant(r->f, d->h))
    return (double)INFINITY;
  const struct flow_node *h = flow_get(r->f, d->h);
  for (size_t i = 0; i < h->shape.n; i++)
    most = fmax(most, fabs(h->at[i]));
  return most;
}

static bool read_direction(struct operator_call *n, const struct recurrent *r,
                           size_t d, struct direction *to) {
  *to = (struct direction){.is_reverse = d == 1};
  if (r->directions == 1)
    to->is_reverse = !strcmp(call_string(n, "direction"), "reverse");
  to->act = r->activation + d * activations_of[r->kind];
  to->r = matrix(n, 2, d);
  to->x = flow_matmul(n->f, r->x, matrix(n, 1, d));
  add_offsets(n, r, d, to);
  to->h = initial(n, r, 5, d);
  to->c = r->kind == LSTM ? initial(n, r, 6, d) : FLOW_NONE;
  flow_id p =
      r->kind == LSTM ? row(n, 7, d, r->directions, 3 * r->hidden) : FLOW_NONE;
  for (size_t i = 0; i < 3; i++)
    to->peep[i] =
        p == FLOW_NONE ? p : flow_slice(n->f, p, 0, i * r->hidden, r->hidden);
  if (!n->f->failed)
    to->most = bound(r, to);
  return !n->f->failed;
}

/* ---- Steps ---- */

/* [batch, hidden] of gate i. */
static flow_id gate(const struct recurrent *r, flow_id all, size_t i) {
  return flow_slice(r->f, all, 1, i * r->hidden, r->hidden);
}

static flow_id act(const struct recurrent *r, const struct activation *a,
                   flow_id x) {
  if (r->has_clip)
    x = activation_limit(r->f, x, -r->clip, r->clip);
  return activation(r->f, a, x);
}

static flow_id add(const struct recurrent *r, flow_id a, flow_id b) {
  return flow_binary(r->f, SCALAR_ADD, a, b);
}

static flow_id mul(const struct recurrent *r, flow_id a, flow_id b) {
  return flow_binary(r->f, SCALAR_MUL, a, b);
}

static flow_id peep(const struct recurrent *r, const struct direction *d,
                    size_t i, flow_id x, flow_id c) {
  return d->peep[i] == FLOW_NONE ? x : add(r, x, mul(r, c, d->peep[i]));
}

/* Gates in the order i, o, f, c; peepholes i, o, f. */
static void step_lstm(const struct recurrent *r, const struct direction *d,
                      flow_id x, flow_id *h, flow_id *c) {
  flow_id z = add(r, x, flow_matmul(r->f, d->h, d->r));
  if (z == FLOW_NONE)
    return;
  flow_id i = act(r, &d->act[0], peep(r, d, 0, gate(r, z, 0), d->c)), keep;
  if (r->is_coupled)
    keep = flow_binary(r->f, SCALAR_SUB,
                       flow_number(r->f, flow_get(r->f, x)->type, 1), i);
  else
    keep = act(r, &d->act[0], peep(r, d, 2, gate(r, z, 2), d->c));
  flow_id more = act(r, &d->act[1], gate(r, z, 3));
  *c = add(r, mul(r, keep, d->c), mul(r, i, more));
  flow_id o = act(r, &d->act[0], peep(r, d, 1, gate(r, z, 1), *c));
  *h = mul(r, o, act(r, &d->act[2], *c));
}

/* Gates in the order z, r, h. New states are the activation and z times what
   the last state is from it. */
static void step_gru(const struct recurrent *r, const struct direction *d,
                     flow_id x, flow_id *h) {
  struct flow *f = r->f;
  flow_id w = flow_slice(f, d->r, 1, 0, 2 * r->hidden);
  flow_id last = flow_slice(f, d->r, 1, 2 * r->hidden, r->hidden);
  flow_id zr =
      add(r, flow_slice(f, x, 1, 0, 2 * r->hidden), flow_matmul(f, d->h, w));
  flow_id z = act(r, &d->act[0], gate(r, zr, 0)), more;
  flow_id reset = act(r, &d->act[0], gate(r, zr, 1));
  if (r->is_linear_first) {
    more = flow_matmul(f, d->h, last);
    more =
        mul(r, reset, d->offset == FLOW_NONE ? more : add(r, more, d->offset));
  } else
    more = flow_matmul(f, mul(r, reset, d->h), last);
  more = act(r, &d->act[1], add(r, gate(r, x, 2), more));
  *h = add(r, more, mul(r, z, flow_binary(f, SCALAR_SUB, d->h, more)));
  if (isfinite(d->most))
    *h = activation_limit(f, *h, -d->most, d->most);
}

static void step(const struct recurrent *r, const struct direction *d,
                 flow_id x, flow_id *h, flow_id *c) {
  *h = *c = FLOW_NONE;
  if (x == FLOW_NONE)
    return;
  if (r->kind == LSTM)
    step_lstm(r, d, x, h, c);
  else if (r->kind == GRU)
    step_gru(r, d, x, h);
  else
    *h = act(r, &d->act[0], add(r, x, flow_matmul(r->f, d->h, d->r)));
}

/* The time of a step of one of the batch, and the step of a time; SIZE_MAX
   beyond its length. */
static size_t turn(const struct recurrent *r, const struct direction *d,
                   size_t b, size_t i) {
  if (i >= r->length[b])
    return SIZE_MAX;
  return d->is_reverse ? r->length[b] - 1 - i : i;
}

static flow_id input_of_step(const struct recurrent *r,
                             const struct direction *d, size_t s) {
  struct lengths shape;
  size_t n = r->gates * r->hidden;
  if (!lengths_set(&shape, (size_t[]){r->batch, n}, 2))
    return flow_error(r->f, "a step has too many elements");
  uint32_t *map = xmalloc((shape.n + 1) * sizeof *map);
  for (size_t i = 0; i < shape.n; i++) {
    size_t t = turn(r, d, i / n, s);
    map[i] = (uint32_t)((t == SIZE_MAX ? 0 : t) * shape.n + i);
  }
  flow_id x = flow_move(r->f, &d->x, 1, &shape, map);
  free(map);
  return x;
}

/* A state stays where a sequence is over. */
static flow_id next(const struct recurrent *r, size_t s, flow_id was,
                    flow_id now) {
  struct lengths shape = {.rank = 2, .at = {r->batch, 1}, .n = r->batch};
  double *goes_on = xmalloc(r->batch * sizeof *goes_on);
  bool is_all = true;
  for (size_t b = 0; b < r->batch; b++) {
    goes_on[b] = s < r->length[b];
    is_all &= s < r->length[b];
  }
  if (!is_all)
    now = flow_where(r->f, flow_constant(r->f, ONNX_BOOL, &shape, goes_on), now,
                     was);
  free(goes_on);
  return now;
}

/* [steps, batch, hidden] from the states after each step; 0 where a sequence is
   over. */
static flow_id by_time(const struct recurrent *r, const struct direction *d,
                       flow_id *state) {
  struct lengths shape;
  size_t each = r->batch * r->hidden;
  if (!lengths_set(&shape, (size_t[]){r->steps, r->batch, r->hidden}, 3))
    return flow_error(r->f, "its result has too many elements");
  state[r->steps] = flow_number(r->f, flow_get(r->f, r->x)->type, 0);
  uint32_t *map = xmalloc((shape.n + 1) * sizeof *map);
  for (size_t i = 0; i < shape.n; i++) {
    size_t s = turn(r, d, i % each / r->hidden, i / each);
    map[i] = (uint32_t)(s == SIZE_MAX ? r->steps * each : s * each + i % each);
  }
  flow_id y = flow_move(r->f, state, r->steps + 1, &shape, map);
  free(map);
  return y;
}

/* A direction's outputs: of all times, and the last states in d. */
static flow_id run(const struct recurrent *r, struct direction *d) {
  flow_id *state = xmalloc((r->steps + 1) * sizeof *state), y = FLOW_NONE;
  for (size_t s = 0; s < r->steps && !r->f->failed; s++) {
    flow_id h, c;
    step(r, d, input_of_step(r, d, s), &h, &c);
    if (r->f->failed)
      break;
    d->h = state[s] = next(r, s, d->h, h);
    d->c = c == FLOW_NONE ? c : next(r, s, d->c, c);
  }
  if (!r->f->failed)
    y = by_time(r, d, state);
  free(state);
  return y;
}

/* Directions [.., batch, hidden] become one output, at a place. */
static void put(struct operator_call *n, const struct recurrent *r, size_t i,
                flow_id *part, size_t axis, size_t to) {
  if (i >= n->outputs)
    return;
  for (size_t d = 0; d < r->directions; d++)
    part[d] = flow_insert_axis(n->f, part[d], axis);
  flow_id y = flow_concat(n->f, part, r->directions, axis);
  if (to != axis && y != FLOW_NONE) {
    y = flow_swap(n->f, y, axis, axis + 1); // the batch comes before
    y = to < axis ? flow_swap(n->f, y, 0, 1) : y;
  }
  n->out[i] = y;
}

static void recurrent(struct operator_call *n, enum kind kind) {
  struct recurrent r;
  flow_id y[2], h[2], c[2];
  if (!read_call(n, kind, &r))
    return;
  for (size_t d = 0; d < r.directions; d++) {
    struct direction way;
    if (!read_direction(n, &r, d, &way))
      return;
    y[d] = run(&r, &way);
    h[d] = way.h;
    c[d] = way.c;
  }
  if (n->f->failed)
    return;
  /* [steps, directions, batch, hidden] or [batch, steps, directions, hidden];
     [directions, batch, hidden] or [batch, directions, hidden] */
  put(n, &r, 0, y, 1, r.is_batch_first ? 0 : 1);
  put(n, &r, 1, h, 0, r.is_batch_first ? 1 : 0);
  if (kind == LSTM)
    put(n, &r, 2, c, 0, r.is_batch_first ? 1 : 0);
}

static void build_lstm(struct operator_call *n) {
  recurrent(n, LSTM);
}

static void build_gru(struct operator_call *n) {
  recurrent(n, GRU);
}

static void build_rnn(struct operator_call *n) {
  recurrent(n, RNN);
}

const struct operator_row operators_recurrent[] = {
    {{"GRU", "at most 8192 steps, constant lengths of sequences"}, build_gru},
    {{"LSTM", "at most 8192 steps, constant lengths of sequences"}, build_lstm},
    {{"RNN", "at most 8192 steps, constant lengths of sequences"}, build_rnn},
    {{NULL, NULL}, NULL},
};
