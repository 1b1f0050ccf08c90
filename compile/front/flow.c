#include "compile/front/flow.h"
#include "circuit/scan.h"
#include "compile/front/flow_parts.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

/* ---- Lengths ---- */

bool lengths_set(struct lengths *s, const size_t *at, size_t rank) {
  if (rank > FLOW_MAX_RANK)
    return false;
  *s = (struct lengths){.rank = rank, .n = 1};
  for (size_t i = 0; i < rank; i++) {
    s->at[i] = at[i];
    if (at[i] > FLOW_MAX_ELEMENTS ||
        (at[i] && s->n > FLOW_MAX_ELEMENTS / at[i]))
      return false;
    s->n *= at[i];
  }
  return true;
}

bool lengths_equal(const struct lengths *a, const struct lengths *b) {
  return a->rank == b->rank && !memcmp(a->at, b->at, a->rank * sizeof a->at[0]);
}

size_t lengths_last(const struct lengths *s) {
  return s->rank ? s->at[s->rank - 1] : 1;
}

size_t lengths_product(const struct lengths *s, size_t from, size_t to) {
  size_t n = 1;
  for (size_t i = from; i < to; i++)
    n *= s->at[i];
  return n;
}

/* ---- The flow ---- */

void flow_init(struct flow *f, struct error *err) {
  *f = (struct flow){.name = "", .err = err};
}

void flow_clear(struct flow *f) {
  for (size_t i = 0; i < f->owned.n; i++)
    free(f->owned.at[i]);
  array_clear(&f->owned);
  array_clear(&f->nodes);
  array_clear(&f->lists);
  array_clear(&f->known);
  hash_clear(&f->find);
}

void *flow_alloc(struct flow *f, size_t n, size_t size) {
  void *at = xcalloc(n + !n, size);
  f->bytes += n * size;
  array_push(&f->owned, at);
  return at;
}

flow_id flow_error(struct flow *f, const char *format, ...) {
  char text[300];
  va_list args;
  if (f->failed)
    return FLOW_NONE;
  f->failed = true;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (f->node && f->function)
    error_set(f->err, 0, "%s of function '%s': %s",
              onnx_show_node(f->node).text,
              show_text(f->function, strlen(f->function)).text, text);
  else if (f->node)
    error_set(f->err, 0, "%s: %s", onnx_show_node(f->node).text, text);
  else
    error_set(f->err, 0, "%s", text);
  return FLOW_NONE;
}

bool flow_spend(struct flow *f, size_t steps) {
  f->steps += steps < FLOW_MAX_STEPS ? steps : FLOW_MAX_STEPS;
  if (f->bytes <= FLOW_MAX_BYTES && f->steps <= FLOW_MAX_STEPS)
    return true;
  flow_error(f, "the model has too many elements, or takes too many steps");
  return false;
}

const struct flow_node *flow_get(const struct flow *f, flow_id x) {
  assert(x < f->nodes.n);
  return f->nodes.at[x];
}

flow_id flow_operand(const struct flow *f, flow_id x, size_t i) {
  assert(i < flow_get(f, x)->n);
  return f->lists.at[flow_get(f, x)->first + i];
}

bool flow_is_constant(const struct flow *f, flow_id x) {
  return x != FLOW_NONE && flow_get(f, x)->kind == FLOW_CONSTANT;
}

const struct lengths *flow_shape(const struct flow *f, flow_id x) {
  return &flow_get(f, x)->shape;
}

bool flow_is_real(const struct flow *f, flow_id x) {
  return !onnx_type_is_integer(flow_get(f, x)->type);
}

static flow_id push(struct flow *f, const struct flow_node *node) {
  struct flow_node *kept = flow_alloc(f, 1, sizeof *kept);
  *kept = *node;
  array_push(&f->nodes, kept);
  return (flow_id)f->nodes.n - 1;
}

/* ---- Constants are computed at once ---- */

/* Elements that are read and made. */
static size_t steps_of(const struct flow_node *node, const size_t *n) {
  size_t steps = node->shape.n;
  for (size_t i = 0; i < node->n; i++)
    steps += n[i];
  if (node->kind == FLOW_LINEAR && lengths_last(&node->shape))
    steps += node->shape.n * (n[1] / lengths_last(&node->shape));
  return steps;
}

static flow_id fold(struct flow *f, struct flow_node node, const flow_id *x) {
  const double **operand = xmalloc(node.n * sizeof *operand);
  size_t *n = xmalloc(node.n * sizeof *n);
  for (size_t i = 0; i < node.n; i++) {
    operand[i] = flow_get(f, x[i])->at;
    n[i] = flow_get(f, x[i])->shape.n;
  }
  node.at = flow_alloc(f, node.shape.n, sizeof(double));
  bool ok = flow_spend(f, steps_of(&node, n)) &&
            (flow_evaluate(&node, operand, n, node.at) ||
             (flow_error(f, "a constant of %s is not defined",
                         onnx_type_name(node.type)),
              false));
  free(operand);
  free(n);
  if (!ok)
    return FLOW_NONE;
  if (node.kind == FLOW_MOVE)
    flow_move_levels(f, &node, flow_get(f, x[0]));
  node.kind = FLOW_CONSTANT;
  node.n = 0;
  return push(f, &node);
}

/* What has no elements depends on nothing. */
static bool is_known(const struct flow *f, const struct flow_node *node,
                     const flow_id *x, size_t n) {
  bool all = true;
  for (size_t i = 0; i < n; i++)
    all &= flow_is_constant(f, x[i]) || !flow_shape(f, x[i])->n;
  return n && node->kind != FLOW_SEQUENCE && (all || !node->shape.n);
}

flow_id flow_add(struct flow *f, struct flow_node node, const flow_id *x,
                 size_t n) {
  node.name = f->name;
  node.node = f->node;
  node.n = (uint32_t)n;
  if (is_known(f, &node, x, n))
    return fold(f, node, x);
  if (node.kind != FLOW_CONSTANT && node.shape.n > FLOW_MAX_VARYING)
    return flow_error(f,
                      "a tensor of %zu elements that are not constant, of "
                      "which at most %zu are read",
                      node.shape.n, FLOW_MAX_VARYING);
  if (!flow_spend(f, 1))
    return FLOW_NONE;
  node.first = (uint32_t)f->lists.n;
  for (size_t i = 0; i < n; i++)
    array_push(&f->lists, x[i]);
  return push(f, &node);
}

/* ---- Sources ---- */

flow_id flow_input(struct flow *f, enum onnx_type type,
                   const struct lengths *shape, size_t port) {
  return flow_add(
      f,
      (struct flow_node){
          .kind = FLOW_INPUT, .type = type, .shape = *shape, .port = port},
      NULL, 0);
}

flow_id flow_constant(struct flow *f, enum onnx_type type,
                      const struct lengths *shape, const double *at) {
  double *kept = flow_alloc(f, shape->n, sizeof *kept);
  if (shape->n)
    memcpy(kept, at, shape->n * sizeof *kept);
  return flow_add(
      f,
      (struct flow_node){
          .kind = FLOW_CONSTANT, .type = type, .shape = *shape, .at = kept},
      NULL, 0);
}

bool flow_is_sequence(const struct flow *f, flow_id x) {
  return x != FLOW_NONE && flow_get(f, x)->kind == FLOW_SEQUENCE;
}

/* A loop makes one of each length: steps bound what they take together. */
flow_id flow_sequence(struct flow *f, const flow_id *x, size_t n) {
  return flow_spend(f, n << 6)
             ? flow_add(f, (struct flow_node){.kind = FLOW_SEQUENCE}, x, n)
             : FLOW_NONE;
}

flow_id flow_number(struct flow *f, enum onnx_type type, double x) {
  return flow_constant(f, type, &(struct lengths){.n = 1}, &x);
}

flow_id flow_real(struct flow *f, double x) {
  return flow_number(f, ONNX_FLOAT, x);
}

flow_id flow_integers(struct flow *f, const int64_t *at, size_t n) {
  struct lengths shape = {.rank = 1, .at = {n}, .n = n};
  double *x = xmalloc((n + 1) * sizeof *x);
  for (size_t i = 0; i < n; i++)
    x[i] = (double)at[i];
  flow_id y = flow_constant(f, ONNX_INT64, &shape, x);
  free(x);
  return y;
}

/* ---- Functions of elements ---- */

flow_id flow_unary(struct flow *f, enum scalar op, flow_id a) {
  if (a == FLOW_NONE)
    return a;
  struct flow_node node = {.kind = FLOW_SCALAR, .scalar = op};
  node.type = flow_get(f, a)->type;
  if (op >= SCALAR_EXP && !flow_is_real(f, a))
    return flow_error(f, "a function of real numbers of type %s",
                      onnx_type_name(node.type));
  node.shape = *flow_shape(f, a);
  return flow_add(f, node, &a, 1);
}

static bool broadcast(struct flow *f, flow_id a, flow_id b,
                      struct lengths *shape) {
  const struct lengths *x[] = {flow_shape(f, a), flow_shape(f, b)};
  size_t at[FLOW_MAX_RANK];
  size_t rank = x[x[1]->rank > x[0]->rank]->rank;
  for (size_t i = 0; i < rank; i++) { // from the last axis
    size_t n = i < x[0]->rank ? x[0]->at[x[0]->rank - 1 - i] : 1;
    size_t m = i < x[1]->rank ? x[1]->at[x[1]->rank - 1 - i] : 1;
    if (n != m && n != 1 && m != 1)
      return flow_error(f,
                        "shapes with axes of length %zu and %zu do not "
                        "suit each other",
                        n, m),
             false;
    at[rank - 1 - i] = n == 1 ? m : n;
  }
  return lengths_set(shape, at, rank) ||
         (flow_error(f, "its result has too many elements"), false);
}

/* Constants that repeat along the first axes are left short. */
static bool is_suffix(const struct lengths *x, const struct lengths *shape) {
  size_t skip = 0;
  while (skip < x->rank && x->at[skip] == 1)
    skip++;
  size_t rank = x->rank - skip;
  return rank <= shape->rank &&
         !memcmp(x->at + skip, shape->at + shape->rank - rank,
                 rank * sizeof x->at[0]);
}

static bool is_comparison(enum scalar op) {
  return op == SCALAR_AT_LEAST || op == SCALAR_GREATER || op == SCALAR_EQUAL;
}

bool flow_have_one_type(struct flow *f, flow_id a, flow_id b) {
  enum onnx_type x = flow_get(f, a)->type, y = flow_get(f, b)->type;
  return x == y || (flow_error(f, "its operands are of types %s and %s",
                               onnx_type_name(x), onnx_type_name(y)),
                    false);
}

flow_id flow_binary(struct flow *f, enum scalar op, flow_id a, flow_id b) {
  struct flow_node node = {.kind = FLOW_SCALAR, .scalar = op};
  flow_id x[] = {a, b};
  if (a == FLOW_NONE || b == FLOW_NONE)
    return FLOW_NONE;
  if (!flow_have_one_type(f, a, b) || !broadcast(f, a, b, &node.shape))
    return FLOW_NONE;
  for (int i = 0; i < 2; i++)
    if (!flow_is_constant(f, x[i]) ||
        !is_suffix(flow_shape(f, x[i]), &node.shape))
      x[i] = flow_broadcast(f, x[i], &node.shape);
  if (x[0] == FLOW_NONE || x[1] == FLOW_NONE)
    return FLOW_NONE;
  node.type = is_comparison(op) ? ONNX_BOOL : flow_get(f, a)->type;
  return flow_add(f, node, x, 2);
}

flow_id flow_with(struct flow *f, enum scalar op, flow_id a, double b) {
  if (a == FLOW_NONE)
    return a;
  return flow_binary(f, op, a, flow_number(f, flow_get(f, a)->type, b));
}

flow_id flow_cast(struct flow *f, enum onnx_type type, flow_id a) {
  if (a == FLOW_NONE || flow_get(f, a)->type == type)
    return a;
  struct flow_node node = {.kind = FLOW_CAST, .type = type};
  node.shape = *flow_shape(f, a);
  return flow_add(f, node, &a, 1);
}

flow_id flow_not(struct flow *f, flow_id a) {
  return flow_binary(f, SCALAR_EQUAL, a, flow_number(f, ONNX_BOOL, 0));
}

flow_id flow_known(struct flow *f, flow_id a, double least) {
  flow_id x = a;
  if (a == FLOW_NONE)
    return a;
  while (flow_get(f, x)->kind == FLOW_MOVE && !flow_get(f, x)->map)
    x = flow_operand(f, x, 0); // other shapes of a are made of it, too
  f->nodes.at[x]->least = least;
  return a;
}

/* A constant c says where each element is from; else b + c (a - b). */
flow_id flow_where(struct flow *f, flow_id c, flow_id a, flow_id b) {
  struct lengths shape;
  if (a == FLOW_NONE || b == FLOW_NONE || c == FLOW_NONE ||
      !broadcast(f, a, b, &shape))
    return FLOW_NONE;
  enum onnx_type type = flow_get(f, a)->type;
  if (!flow_is_constant(f, c)) {
    flow_id by = flow_cast(f, type, c);
    flow_id chosen = flow_binary(f, SCALAR_MUL, by, a);
    flow_id other =
        flow_binary(f, SCALAR_MUL, flow_cast(f, type, flow_not(f, c)), b);
    return flow_binary(f, SCALAR_ADD, chosen, other);
  }
  a = flow_broadcast(f, a, &shape);
  if (a == FLOW_NONE || !broadcast(f, a, c, &shape))
    return FLOW_NONE;
  flow_id x[] = {flow_broadcast(f, a, &shape), flow_broadcast(f, b, &shape)};
  c = flow_broadcast(f, c, &shape);
  if (x[0] == FLOW_NONE || x[1] == FLOW_NONE || c == FLOW_NONE)
    return FLOW_NONE;
  uint32_t *map = xmalloc((shape.n + 1) * sizeof *map);
  for (size_t i = 0; i < shape.n; i++)
    map[i] = (uint32_t)(flow_get(f, c)->at[i] != 0 ? i : shape.n + i);
  flow_id y = flow_move(f, x, 2, &shape, map);
  free(map);
  return y;
}

flow_id flow_quantise(struct flow *f, flow_id a, const struct quantiser *to,
                      size_t n, size_t axis, enum onnx_type type) {
  if (a == FLOW_NONE)
    return a;
  assert(n == 1 || flow_shape(f, a)->at[axis] == n);
  struct quantiser *kept = flow_alloc(f, n, sizeof *kept);
  memcpy(kept, to, n * sizeof *to);
  struct flow_node node = {.kind = FLOW_QUANTISE, .type = type};
  node.shape = *flow_shape(f, a);
  node.to = kept;
  node.levels = n;
  node.axis = axis;
  return flow_add(f, node, &a, 1);
}

/* Numbers along an axis of a tensor, ready to be repeated over it. */
static flow_id along_axis(struct flow *f, flow_id a, size_t axis,
                          enum onnx_type type, const double *at, size_t n) {
  struct lengths shape = {.n = n};
  if (n > 1) {
    shape.rank = flow_shape(f, a)->rank - axis;
    for (size_t i = 0; i < shape.rank; i++)
      shape.at[i] = i ? 1 : n;
  }
  return flow_constant(f, type, &shape, at);
}

static flow_id keep_levels(struct flow *f, flow_id levels, flow_id y,
                           const float *scale, size_t n, size_t axis) {
  if (!flow_is_constant(f, y) || !flow_is_constant(f, levels))
    return y;
  struct flow_node *node = f->nodes.at[y];
  float *kept = flow_alloc(f, n, sizeof *kept);
  memcpy(kept, scale, n * sizeof *kept);
  node->levels_of = (struct dequantised){
      flow_alloc(f, node->shape.n, sizeof(long)), kept, n, axis};
  for (size_t i = 0; i < node->shape.n; i++)
    node->levels_of.level[i] = (long)flow_get(f, levels)->at[i];
  return y;
}

flow_id flow_dequantise(struct flow *f, flow_id a, const float *scale,
                        const long *zero, size_t n, size_t axis) {
  if (a == FLOW_NONE)
    return a;
  double *at = xmalloc(2 * n * sizeof *at);
  for (size_t i = 0; i < n; i++) {
    at[i] = (double)zero[i];
    at[n + i] = (double)scale[i];
  }
  flow_id zeros = along_axis(f, a, axis, ONNX_INT32, at, n);
  flow_id scales = along_axis(f, a, axis, ONNX_FLOAT, at + n, n);
  free(at);
  a = flow_binary(f, SCALAR_SUB, flow_cast(f, ONNX_INT32, a), zeros);
  flow_id y = flow_binary(f, SCALAR_MUL, flow_cast(f, ONNX_FLOAT, a), scales);
  return y == FLOW_NONE ? y : keep_levels(f, a, y, scale, n, axis);
}
