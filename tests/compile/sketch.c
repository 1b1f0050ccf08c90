#include "tests/compile/sketch.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* ---- Drawing numbers, lengths and operands ---- */

static size_t draw(struct sketch *s, size_t n) {
  s->seed ^= s->seed << 13;
  s->seed ^= s->seed >> 7;
  s->seed ^= s->seed << 17;
  return (size_t)((s->seed * UINT64_C(0x2545f4914f6cdd1d) >> 33) % n);
}

static long draw_from(struct sketch *s, long lo, long hi) {
  return lo + (long)draw(s, (size_t)(hi - lo + 1));
}

/* The same expression for a length each time, constant or not. */
static size_id length(struct sketch *s, size_t n) {
  struct sizes *t = &s->p.sizes;
  assert(n < SKETCH_LENGTHS);
  if (s->has_length[n])
    return s->length[n];
  size_id r = size_si(t, (long)n);
  if (n != 1 && draw(s, 2)) { // n = parameter + (n - its value), and so on
    long by = (long)n - s->parameter[0];
    size_id three = size_si(t, 3), triple = size_mul(t, s->n, three);
    r = draw(s, 2)
            ? size_add(t, s->n, size_si(t, by))
            : size_div(t, size_add(t, triple, size_si(t, 3 * by + 1)), three);
  }
  s->has_length[n] = true;
  return s->length[n] = r;
}

static struct dims dims_of(struct sketch *s, const struct sketch_value *v) {
  struct dims d = {.rank = v->rank};
  for (unsigned i = 0; i < v->rank; i++)
    d.at[i] = length(s, v->at[i]);
  return d;
}

static const struct sketch_value *value(const struct sketch *s, size_t v) {
  return &s->values.at[v];
}

static size_id length_of(const struct sketch *s, size_t v, unsigned axis) {
  return program_dims(&s->p, value(s, v)->id).at[axis];
}

static bool is_visible(const struct sketch *s, size_t v) {
  for (size_t b = s->open;; b = s->blocks.at[b].parent) {
    if (value(s, v)->block == b)
      return true;
    if (b == 0)
      return false;
  }
}

static size_t draw_any(struct sketch *s) {
  size_t n = s->values.n, back = draw(s, 2) ? n : n < 5 ? n : 5, v;
  do
    v = n - 1 - draw(s, back);
  while (!is_visible(s, v) && (back = n));
  return v;
}

static size_t elements(const struct sketch_value *v) {
  size_t n = 1;
  for (unsigned i = 0; i < v->rank; i++)
    n *= v->at[i];
  return n;
}

/* Rather a late one, with several values. */
static size_t draw_value(struct sketch *s) {
  size_t v = draw_any(s);
  for (int tries = 0; tries < 4 && (!elements(value(s, v)) ||
                                    value(s, v)->hi - value(s, v)->lo < 2);
       tries++)
    v = draw_any(s);
  return v;
}

static size_t add_value(struct sketch *s, struct sketch_value v) {
  v.block = s->open;
  array_push(&s->values, v);
  return s->values.n - 1;
}

static void add_step(struct sketch *s, const struct sketch_step *t) {
  array_push(&s->blocks.at[s->open].steps, *t);
}

static void push_number(struct sketch_step *t, long z) {
  assert(t->numbers < SKETCH_NUMBERS);
  t->number[t->numbers++] = z;
}

/* A step with one operand and one result like it, to be changed. */
static struct sketch_step begin(enum sketch_kind kind, size_t x) {
  return (struct sketch_step){.kind = kind, .x = {x}, .n = 1, .m = 1};
}

static void finish(struct sketch *s, struct sketch_step *t,
                   struct sketch_value y, value_id id) {
  y.id = id;
  t->y[0] = add_value(s, y);
  add_step(s, t);
}

/* ---- One operation each; false if it does not suit what was drawn ---- */

static bool draw_reshape(struct sketch *s) {
  struct sketch_step t = begin(SKETCH_RESHAPE, draw_value(s));
  struct sketch_value y = *value(s, t.x[0]);
  size_t n = elements(&y), first = 1 + draw(s, n + 1);
  if (n == 1 && draw(s, 2)) {
    y.rank = 0;
  } else if (n && n % first == 0 && draw(s, 2)) {
    y.rank = 2;
    y.at[0] = first;
    y.at[1] = n / first;
  } else {
    y.rank = 1;
    y.at[0] = n;
  }
  finish(
      s, &t, y,
      program_reshape(&s->p, "reshape", value(s, t.x[0])->id, dims_of(s, &y)));
  return true;
}

static bool draw_transpose(struct sketch *s) {
  struct sketch_step t = begin(SKETCH_TRANSPOSE, draw_value(s));
  struct sketch_value x = *value(s, t.x[0]), y = x;
  unsigned order[SKETCH_RANK];
  for (unsigned i = 0; i < x.rank; i++)
    order[i] = i;
  for (unsigned i = x.rank; i > 1; i--) {
    unsigned k = (unsigned)draw(s, i), last = order[i - 1];
    order[i - 1] = order[k];
    order[k] = last;
  }
  for (unsigned i = 0; i < x.rank; i++) {
    push_number(&t, order[i]);
    y.at[i] = x.at[order[i]];
  }
  finish(s, &t, y, program_transpose(&s->p, "transpose", x.id, order));
  return true;
}

static bool draw_roll(struct sketch *s) {
  struct sketch_step t = begin(SKETCH_ROLL, draw_value(s));
  struct sketch_value y = *value(s, t.x[0]);
  if (!y.rank)
    return false;
  push_number(&t, draw_from(s, -9, 9));
  finish(s, &t, y, program_roll(&s->p, "roll", y.id, t.number[0]));
  return true;
}

static bool draw_slice(struct sketch *s) {
  struct sketch_step t = begin(SKETCH_SLICE, draw_value(s));
  struct sketch_value y = *value(s, t.x[0]);
  if (!y.rank)
    return false;
  t.axis = (unsigned)draw(s, y.rank);
  size_t from = draw(s, y.at[t.axis] + 1), n = y.at[t.axis] - from;
  if (draw(s, 2))
    n = draw(s, n + 1);
  push_number(&t, (long)from);
  y.at[t.axis] = n;
  finish(s, &t, y,
         program_slice(&s->p, "slice", y.id, t.axis, length(s, from),
                       length(s, n)));
  return true;
}

static bool is_joinable(const struct sketch_value *x,
                        const struct sketch_value *y, unsigned axis) {
  if (x->rank != y->rank)
    return false;
  for (unsigned i = 0; i < x->rank; i++)
    if (i != axis && x->at[i] != y->at[i])
      return false;
  return true;
}

static void widen(struct sketch_value *y, const struct sketch_value *x) {
  y->lo = x->lo < y->lo ? x->lo : y->lo;
  y->hi = x->hi > y->hi ? x->hi : y->hi;
}

static bool draw_concat(struct sketch *s) {
  struct sketch_step t = begin(SKETCH_CONCAT, draw_value(s));
  struct sketch_value y = *value(s, t.x[0]);
  if (!y.rank)
    return false;
  t.axis = (unsigned)draw(s, y.rank);
  value_id id[3] = {y.id};
  for (int tries = 0; tries < 8 && t.n < 3; tries++) {
    size_t v = draw_value(s);
    if (!is_joinable(value(s, v), &y, t.axis))
      continue;
    id[t.n] = value(s, v)->id;
    t.x[t.n++] = v;
    y.at[t.axis] += value(s, v)->at[t.axis];
    widen(&y, value(s, v));
  }
  if (y.at[t.axis] >= 12)
    return false;
  finish(s, &t, y, program_concat(&s->p, "concat", id, t.n, t.axis));
  return true;
}

static bool draw_constant(struct sketch *s) {
  struct sketch_step t = {.kind = SKETCH_CONSTANT, .m = 1};
  struct sketch_value y = {.rank = (unsigned)draw(s, 4)};
  fmpz at[8];
  for (unsigned i = 0; i < y.rank; i++)
    y.at[i] = i == 2 ? 1 + draw(s, 2) : draw(s, 12) ? 1 + draw(s, 2) : 0;
  for (size_t i = 0; i < elements(&y); i++) {
    push_number(&t, draw_from(s, -3, 3));
    at[i] = t.number[i];
  }
  y.lo = -3;
  y.hi = 3;
  finish(s, &t, y,
         program_constant(&s->p, "constant", dims_of(s, &y), at, t.numbers));
  return true;
}

static bool is_one(const struct sketch *s, size_id l) {
  const struct size_node *n = &s->p.sizes.nodes.at[l];
  return n->kind == SIZE_CONSTANT && n->value == 1;
}

/* y's lengths become those of y and x together, if they are so in the program
   too, where `lengths` are y's. */
static bool broadcast(struct sketch *s, struct sketch_value *y,
                      size_id *lengths, size_t x) {
  struct sketch_value r = *value(s, x), old = *y;
  size_id of[SKETCH_RANK];
  unsigned rank = r.rank > y->rank ? r.rank : y->rank;
  for (unsigned i = 1; i <= rank; i++) { // from the last axis
    bool in_x = i <= r.rank, in_y = i <= old.rank;
    size_id lx = in_x ? length_of(s, x, r.rank - i) : 0,
            ly = in_y ? lengths[old.rank - i] : 0;
    bool use_x = !in_y || (in_x && is_one(s, ly));
    if (in_x && in_y && lx != ly && !is_one(s, lx) && !is_one(s, ly))
      return false;
    of[rank - i] = use_x ? lx : ly;
    y->at[rank - i] = use_x ? r.at[r.rank - i] : old.at[old.rank - i];
  }
  y->rank = rank;
  memcpy(lengths, of, rank * sizeof *of);
  return elements(y) <= 24;
}

/* Add weight * [lo..hi] to y's range; false if it gets large. */
static bool add_range(struct sketch_value *y, long weight, long lo, long hi) {
  y->lo += weight < 0 ? weight * hi : weight * lo;
  y->hi += weight < 0 ? weight * lo : weight * hi;
  return y->hi - y->lo <= 100000;
}

static bool draw_combine(struct sketch *s) {
  struct sketch_step t = begin(SKETCH_COMBINE, draw_value(s));
  struct sketch_value y = *value(s, t.x[0]);
  size_id lengths[SKETCH_RANK];
  for (unsigned i = 0; i < y.rank; i++)
    lengths[i] = length_of(s, t.x[0], i);
  for (int tries = 0; tries < 6 && t.n < 3; tries++) {
    struct sketch_value wider = y;
    size_id of[SKETCH_RANK];
    memcpy(of, lengths, sizeof of);
    size_t v = draw_value(s);
    if (!broadcast(s, &wider, of, v))
      continue;
    memcpy(lengths, of, sizeof of);
    y = wider;
    t.x[t.n++] = v;
  }
  value_id id[3];
  long weight[3], constant = draw_from(s, -5, 5);
  y.lo = y.hi = constant;
  push_number(&t, constant);
  for (size_t i = 0; i < t.n; i++) {
    const struct sketch_value *x = value(s, t.x[i]);
    id[i] = x->id;
    weight[i] = draw_from(s, -3, 3);
    push_number(&t, weight[i]);
    if (!add_range(&y, weight[i], x->lo, x->hi))
      return false;
  }
  finish(s, &t, y,
         program_combine(&s->p, "combine", id, weight, t.n, constant));
  return true;
}

static bool draw_pair(struct sketch *s, enum sketch_kind kind,
                      struct sketch_step *t, struct sketch_value *y) {
  *t = begin(kind, draw_value(s));
  *y = *value(s, t->x[0]);
  size_id lengths[SKETCH_RANK];
  for (unsigned i = 0; i < y->rank; i++)
    lengths[i] = length_of(s, t->x[0], i);
  t->x[t->n++] = draw_value(s);
  return broadcast(s, y, lengths, t->x[1]);
}

static bool draw_add_or_sub(struct sketch *s) {
  struct sketch_step t;
  struct sketch_value y;
  bool is_sub = draw(s, 2);
  if (!draw_pair(s, is_sub ? SKETCH_SUB : SKETCH_ADD, &t, &y))
    return false;
  const struct sketch_value *a = value(s, t.x[0]), *b = value(s, t.x[1]);
  y.lo = a->lo;
  y.hi = a->hi;
  if (!add_range(&y, is_sub ? -1 : 1, b->lo, b->hi))
    return false;
  finish(s, &t, y,
         is_sub ? program_sub(&s->p, "sub", a->id, b->id)
                : program_add(&s->p, "add", a->id, b->id));
  return true;
}

static bool draw_multiply(struct sketch *s) {
  struct sketch_step t;
  struct sketch_value y;
  if (!draw_pair(s, SKETCH_MULTIPLY, &t, &y))
    return false;
  const struct sketch_value *a = value(s, t.x[0]), *b = value(s, t.x[1]);
  if (a->hi - a->lo > 40 || b->hi - b->lo > 40 || elements(&y) > 9)
    return false;
  const long ends[] = {a->lo * b->lo, a->lo * b->hi, a->hi * b->lo,
                       a->hi * b->hi};
  y.lo = y.hi = ends[0];
  for (int i = 1; i < 4; i++)
    widen(&y, &(struct sketch_value){.lo = ends[i], .hi = ends[i]});
  finish(s, &t, y, program_multiply(&s->p, "multiply", a->id, b->id));
  return true;
}

/* sum and pack: weights 1, or powers of two. */
static bool draw_sum_or_pack(struct sketch *s) {
  bool is_pack = draw(s, 2);
  struct sketch_step t =
      begin(is_pack ? SKETCH_PACK : SKETCH_SUM, draw_value(s));
  struct sketch_value x = *value(s, t.x[0]), y = x;
  if (!x.rank)
    return false;
  y.rank--;
  y.lo = y.hi = 0;
  for (size_t i = 0; i < x.at[y.rank]; i++)
    if (!add_range(&y, is_pack ? 1L << i : 1, x.lo, x.hi))
      return false;
  finish(s, &t, y,
         is_pack ? program_pack(&s->p, "pack", x.id)
                 : program_sum(&s->p, "sum", x.id));
  return true;
}

/* Numbers are the weights, row by row, then a bias for each row. */
static bool draw_linear(struct sketch *s) {
  struct sketch_step t = begin(SKETCH_LINEAR, draw_value(s));
  struct sketch_value x = *value(s, t.x[0]), y = x;
  size_t rows = draw(s, 4);
  if (!x.rank || x.at[x.rank - 1] > 8 ||
      length_of(s, t.x[0], x.rank - 1) !=
          size_si(&s->p.sizes, (long)x.at[x.rank - 1]))
    return false;
  size_t columns = x.at[x.rank - 1];
  fmpz at[SKETCH_NUMBERS];
  t.has_bias = draw(s, 2);
  for (size_t i = 0; i < rows * columns + (t.has_bias ? rows : 0); i++) {
    push_number(&t, draw_from(s, -3, 3));
    at[i] = t.number[i];
  }
  y.at[y.rank - 1] = rows;
  y.lo = -3;
  y.hi = 3;
  long most = -x.lo > x.hi ? -x.lo : x.hi;
  for (size_t j = 0; j < columns; j++)
    if (!add_range(&y, 3, -most, most))
      return false;
  finish(s, &t, y,
         program_linear(&s->p, "linear", x.id, rows, columns, at,
                        t.has_bias ? at + rows * columns : NULL));
  return true;
}

static bool draw_bits(struct sketch *s) {
  struct sketch_step t = begin(SKETCH_BITS, draw_value(s));
  struct sketch_value x = *value(s, t.x[0]), y = x;
  size_t width = draw(s, 8);
  if (x.rank > 2 || elements(&x) * width > 24)
    return false;
  y.at[y.rank++] = width;
  y.lo = 0;
  y.hi = 1;
  finish(s, &t, y, program_bits(&s->p, "bits", x.id, length(s, width)));
  return true;
}

static bool draw_at_least(struct sketch *s) {
  struct sketch_step t = begin(SKETCH_AT_LEAST, draw_value(s));
  struct sketch_value y = *value(s, t.x[0]);
  push_number(&t, draw_from(s, y.lo - 1, y.hi + 1));
  y.lo = 0;
  y.hi = 1;
  finish(s, &t, y,
         program_at_least(&s->p, "at_least", y.id,
                          size_si(&s->p.sizes, t.number[0])));
  return true;
}

/* ---- Functions ---- */

static void call(mpz_t y, const mpz_t x, const void *f) {
  mpz_set_si(y, sketch_function(f, mpz_get_si(x)));
}

/* The functions of an apply step, from its numbers: four for each. */
static struct function *functions(struct sketch *s, const struct sketch_step *t,
                                  size_t n) {
  struct function *f = program_alloc(&s->p, n, sizeof *f);
  for (size_t i = 0; i < n; i++) {
    long *context = program_alloc(&s->p, 4, sizeof *context);
    memcpy(context, t->number + 4 * i, 4 * sizeof *context);
    f[i] = (struct function){call, context,
                             context[0] == SKETCH_CLAMP ||
                                 context[0] == SKETCH_HALVE};
  }
  return f;
}

/* y's range is that of all functions together, over x's. */
static void find_range(const struct sketch_step *t, size_t n,
                       const struct sketch_value *x, struct sketch_value *y) {
  y->lo = LONG_MAX;
  y->hi = LONG_MIN;
  for (size_t i = 0; i < n; i++)
    for (long v = x->lo; v <= x->hi; v++) {
      long z = sketch_function(t->number + 4 * i, v);
      widen(y, &(struct sketch_value){.lo = z, .hi = z});
    }
}

static bool draw_apply(struct sketch *s) {
  struct sketch_step t = begin(SKETCH_APPLY, draw_value(s));
  struct sketch_value x = *value(s, t.x[0]), y = x;
  size_t n = x.rank && draw(s, 2) ? x.at[x.rank - 1] : 1;
  if (n == 0 || n > 8 || x.hi - x.lo > 200 || elements(&x) > 16)
    return false;
  for (size_t i = 0; i < n; i++) {
    long lo = draw_from(s, -4, 4);
    push_number(&t, (long)draw(s, SKETCH_FUNCTIONS));
    push_number(&t, lo);
    push_number(&t, draw_from(s, lo, 8));
    push_number(&t, draw_from(s, 2, 7));
  }
  find_range(&t, n, &x, &y);
  struct function *f = functions(s, &t, n);
  finish(s, &t, y, program_apply(&s->p, "apply", x.id, f, n));
  return true;
}

/* A value that stays in [lo..hi]. */
static size_t clamp(struct sketch *s, size_t v, long lo, long hi) {
  struct sketch_step t = begin(SKETCH_APPLY, v);
  struct sketch_value x = *value(s, v), y = x;
  if (lo <= x.lo && x.hi <= hi)
    return v;
  push_number(&t, SKETCH_CLAMP);
  push_number(&t, lo);
  push_number(&t, hi);
  push_number(&t, 0);
  y.lo = lo;
  y.hi = hi;
  struct function *f = functions(s, &t, 1);
  finish(s, &t, y, program_apply(&s->p, "clamp", x.id, f, 1));
  return t.y[0];
}

/* Numbers are the least argument, then the table. */
static bool draw_table(struct sketch *s) {
  struct sketch_step t = begin(SKETCH_TABLE, draw_value(s));
  struct sketch_value x = *value(s, t.x[0]), y = x;
  if (x.hi - x.lo > 200 || elements(&x) > 16)
    return false;
  push_number(&t, draw_from(s, -5, 5));
  y.lo = LONG_MAX;
  y.hi = LONG_MIN;
  for (size_t n = 1 + draw(s, 10); n; n--) {
    long z = draw_from(s, -4, 5);
    push_number(&t, z);
    widen(&y, &(struct sketch_value){.lo = z, .hi = z});
  }
  finish(s, &t, y,
         program_table(&s->p, "table", x.id, t.number + 1, t.numbers - 1,
                       t.number[0]));
  return true;
}

static bool draw_argmax(struct sketch *s) {
  struct sketch_step t = begin(SKETCH_ARGMAX, draw_value(s));
  struct sketch_value y = *value(s, t.x[0]);
  if (!y.rank || y.at[y.rank - 1] > 8 || elements(&y) > 16)
    return false;
  size_t m = y.at[--y.rank];
  y.lo = 0;
  y.hi = m ? (long)m - 1 : 0;
  finish(s, &t, y, program_argmax(&s->p, "argmax", value(s, t.x[0])->id));
  return true;
}

/* ---- Composition ---- */

static void draw_steps(struct sketch *s, size_t n);

static bool same_lengths(const struct sketch *s, size_t v, size_t w) {
  if (value(s, v)->rank != value(s, w)->rank)
    return false;
  for (unsigned i = 0; i < value(s, v)->rank; i++)
    if (length_of(s, v, i) != length_of(s, w, i))
      return false;
  return true;
}

static void open_block(struct sketch *s, struct sketch_step *t) {
  array_push(&s->blocks, (struct sketch_block){.parent = s->open});
  s->open = t->body = s->blocks.n - 1;
  s->depth++;
}

/* An argument like v, or like its slices. */
static size_t add_argument(struct sketch *s, size_t v, bool is_slice,
                           value_id id) {
  struct sketch_value x = *value(s, v);
  if (is_slice)
    memmove(x.at, x.at + 1, --x.rank * sizeof *x.at);
  x.id = id;
  size_t a = add_value(s, x);
  array_push(&s->blocks.at[s->open].arguments, a);
  return a;
}

static void add_result(struct sketch *s, size_t v) {
  array_push(&s->blocks.at[s->open].results, v);
}

/* Close the block; its results become values, whole or stacked. */
static void close_block(struct sketch *s, struct sketch_step *t,
                        struct composition *c, size_t whole) {
  struct sketch_block *b = &s->blocks.at[t->body];
  value_id result[SKETCH_OPERANDS], id[SKETCH_OPERANDS];
  t->m = b->results.n;
  for (size_t k = 0; k < t->m; k++)
    result[k] = value(s, b->results.at[k])->id;
  program_end(&s->p, c, result, t->m, id);
  s->open = b->parent;
  s->depth--;
  for (size_t k = 0; k < t->m; k++) {
    struct sketch_value y = *value(s, b->results.at[k]);
    if (k >= whole) {
      memmove(y.at + 1, y.at, y.rank++ * sizeof *y.at);
      y.at[0] = t->rounds;
    }
    y.id = id[k];
    t->y[k] = add_value(s, y);
  }
  add_step(s, t);
}

/* Operands with the same first length, up to `most`; at least one unless that
   is given as `rounds`. */
static bool draw_sliced(struct sketch *s, struct sketch_step *t, size_t most,
                        size_id *rounds) {
  for (int tries = 0; tries < 8 && t->n < t->carried + most; tries++) {
    size_t v = draw_value(s);
    if (!value(s, v)->rank || value(s, v)->at[0] > 6 ||
        (t->n > t->carried && length_of(s, v, 0) != *rounds))
      continue;
    *rounds = length_of(s, v, 0);
    t->rounds = value(s, v)->at[0];
    t->x[t->n++] = v;
  }
  return t->n > t->carried;
}

static void operand_ids(const struct sketch *s, const struct sketch_step *t,
                        value_id *id) {
  for (size_t k = 0; k < t->n; k++)
    id[k] = value(s, t->x[k])->id;
}

/* Results that may be anything of a rank that leaves room for one more. */
static void draw_stacked(struct sketch *s, size_t n) {
  for (int tries = 0; tries < 20 && n; tries++) {
    size_t v = draw_value(s);
    if (value(s, v)->rank >= SKETCH_RANK || elements(value(s, v)) > 8)
      continue;
    add_result(s, v);
    n--;
  }
}

static bool draw_map(struct sketch *s) {
  struct sketch_step t = {.kind = SKETCH_MAP};
  struct composition c;
  value_id id[SKETCH_OPERANDS];
  size_id rounds = 0;
  if (s->depth == 2)
    return false;
  if (draw(s, 8) == 0) { // over nothing
    t.rounds = draw(s, 3);
    rounds = length(s, t.rounds);
  } else if (!draw_sliced(s, &t, 2, &rounds)) {
    return false;
  }
  operand_ids(s, &t, id);
  program_begin_map(&s->p, &c, "map", id, t.n, rounds);
  open_block(s, &t);
  for (size_t k = 0; k < t.n; k++)
    add_argument(s, t.x[k], true, c.argument[k]);
  draw_steps(s, 1 + draw(s, 3));
  draw_stacked(s, 1 + draw(s, 2));
  close_block(s, &t, &c, 0);
  return true;
}

/* A visible value of the lengths of v, clamped to the range of v. */
static size_t draw_like(struct sketch *s, size_t v) {
  long lo = value(s, v)->lo, hi = value(s, v)->hi;
  for (int tries = 0; tries < 30; tries++) {
    size_t w = draw_value(s);
    if (same_lengths(s, w, v) && value(s, w)->hi - value(s, w)->lo <= 5000)
      return clamp(s, w, lo, hi);
  }
  return v;
}

/* What is carried has a range that holds all it may become. */
static bool draw_carried(struct sketch *s, struct sketch_step *t, size_t n) {
  for (int tries = 0; tries < 8 && t->n < n; tries++) {
    size_t v = draw_value(s);
    if (elements(value(s, v)) > 8 || value(s, v)->hi - value(s, v)->lo > 5000)
      continue;
    t->x[t->n++] = clamp(s, v, draw_from(s, -5, 0), draw_from(s, 1, 6));
  }
  return (t->carried = t->n) == n;
}

static bool draw_loop(struct sketch *s) {
  struct sketch_step t = {.kind = SKETCH_LOOP};
  struct composition c;
  value_id id[SKETCH_OPERANDS];
  if (s->depth == 2 || !draw_carried(s, &t, draw(s, 3)))
    return false;
  t.rounds = draw(s, 4);
  size_id rounds = length(s, t.rounds);
  if (draw(s, 2))
    draw_sliced(s, &t, 1 + draw(s, 2), &rounds);
  operand_ids(s, &t, id);
  program_begin_loop(&s->p, &c, "loop", id, t.carried, t.n - t.carried, rounds);
  open_block(s, &t);
  size_t argument[SKETCH_OPERANDS];
  for (size_t k = 0; k < t.n; k++)
    argument[k] = add_argument(s, t.x[k], k >= t.carried, c.argument[k]);
  draw_steps(s, 1 + draw(s, 3));
  for (size_t k = 0; k < t.carried; k++)
    add_result(s, draw_like(s, argument[k]));
  if (!t.carried || draw(s, 2))
    draw_stacked(s, 1);
  // a carried value's range is the argument's, which the results are within
  close_block(s, &t, &c, t.carried);
  for (size_t k = 0; k < t.carried; k++) {
    struct sketch_value *y = &s->values.at[t.y[k]];
    y->lo = value(s, argument[k])->lo;
    y->hi = value(s, argument[k])->hi;
  }
  return true;
}

static bool draw_tree(struct sketch *s) {
  struct sketch_step t = {.kind = SKETCH_TREE};
  struct composition c;
  value_id id[SKETCH_OPERANDS];
  size_id rounds = 0;
  if (s->depth == 2 || !draw_sliced(s, &t, 2, &rounds) || !t.rounds)
    return false;
  for (size_t k = 0; k < t.n; k++)
    if (value(s, t.x[k])->hi - value(s, t.x[k])->lo > 60)
      return false;
  operand_ids(s, &t, id);
  program_begin_tree(&s->p, &c, "tree", id, t.n, rounds);
  open_block(s, &t);
  size_t argument[2 * SKETCH_OPERANDS];
  for (size_t k = 0; k < 2 * t.n; k++)
    argument[k] = add_argument(s, t.x[k % t.n], true, c.argument[k]);
  draw_steps(s, 1 + draw(s, 3));
  for (size_t k = 0; k < t.n; k++)
    add_result(s, draw_like(s, argument[k]));
  close_block(s, &t, &c, t.n);
  for (size_t k = 0; k < t.n; k++) {
    struct sketch_value *y = &s->values.at[t.y[k]];
    y->lo = value(s, argument[k])->lo;
    y->hi = value(s, argument[k])->hi;
  }
  return true;
}

/* ---- All of it ---- */

static bool draw_step(struct sketch *s) {
  static bool (*const kinds[])(struct sketch *) = {
      draw_reshape,    draw_transpose,   draw_roll,    draw_slice,
      draw_concat,     draw_constant,    draw_combine, draw_combine,
      draw_add_or_sub, draw_sum_or_pack, draw_linear,  draw_bits,
      draw_at_least,   draw_apply,       draw_apply,   draw_table,
      draw_multiply,   draw_multiply,    draw_argmax,  draw_map,
      draw_map,        draw_loop,        draw_loop,    draw_tree,
      draw_tree};
  return kinds[draw(s, sizeof kinds / sizeof *kinds)](s);
}

static void draw_steps(struct sketch *s, size_t n) {
  for (int tries = 0; tries < 100 && n; tries++)
    n -= draw_step(s);
}

static void draw_input(struct sketch *s, const char *name, size_t bits) {
  struct sketch_value v = {.rank = (unsigned)draw(s, 4)};
  size_t width = 1 + draw(s, 4);
  for (unsigned i = 0; i < v.rank; i++)
    v.at[i] = draw(s, 20) ? 1 + draw(s, 3) : 0;
  while (elements(&v) * width > bits) { // smaller
    if (width > 2 || !v.rank)
      width--;
    else
      v.at[draw(s, v.rank)] = 1;
  }
  bool is_signed = draw(s, 2);
  v.lo = is_signed ? -(1L << (width - 1)) : 0;
  v.hi = (1L << (width - is_signed)) - 1;
  v.id =
      program_input(&s->p, name, dims_of(s, &v), length(s, width), is_signed);
  size_t x = add_value(s, v);
  array_push(&s->inputs, x);
}

/* As few bits as its range needs, or a few more. */
static void draw_output(struct sketch *s, const char *name) {
  size_t x = draw_value(s);
  struct sketch_value v = *value(s, x);
  array_push(&s->outputs, x);
  if (draw(s, 2)) {
    program_output(&s->p, name, v.id);
    return;
  }
  bool is_signed = v.lo < 0 || draw(s, 2);
  size_t width = 1;
  while (is_signed ? v.lo < -(1L << (width - 1)) || v.hi >= 1L << (width - 1)
                   : v.hi >= 1L << width)
    width++;
  width += draw(s, 3);
  program_output_width(&s->p, name, v.id, length(s, width), is_signed);
}

void sketch_init(struct sketch *s, uint64_t seed) {
  *s = (struct sketch){.seed = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15)};
  static const char *const in[] = {"a", "b", "c"}, *const out[] = {"x", "y",
                                                                   "z"};
  program_init(&s->p);
  array_push(&s->blocks, (struct sketch_block){0});
  s->parameter[0] = draw_from(s, 0, 6);
  s->n = size_parameter(&s->p.sizes, "n", 3, 0, 6);
  size_t inputs = 1 + draw(s, 3);
  for (size_t i = 0; i < inputs; i++)
    draw_input(s, in[i], 9 / inputs);
  draw_steps(s, 3 + draw(s, 15));
  for (size_t i = 0, n = 1 + draw(s, 3); i < n; i++)
    draw_output(s, out[i]);
}

void sketch_clear(struct sketch *s) {
  for (size_t b = 0; b < s->blocks.n; b++) {
    array_clear(&s->blocks.at[b].steps);
    array_clear(&s->blocks.at[b].arguments);
    array_clear(&s->blocks.at[b].results);
  }
  array_clear(&s->blocks);
  array_clear(&s->values);
  array_clear(&s->inputs);
  array_clear(&s->outputs);
  program_clear(&s->p);
}

void sketch_count(const struct sketch *s, size_t count[SKETCH_KINDS]) {
  for (size_t b = 0; b < s->blocks.n; b++)
    for (size_t i = 0; i < s->blocks.at[b].steps.n; i++)
      count[s->blocks.at[b].steps.at[i].kind]++;
}
