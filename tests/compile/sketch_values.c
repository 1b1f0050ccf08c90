/* What a sketch means: every element by its indices, one after the other. */
#include "tests/compile/sketch.h"

#include <stdlib.h>
#include <string.h>

struct plain {
  const struct sketch *s;
  long **at; // [value]: its elements, the last index fastest
};

static const struct sketch_value *value(const struct plain *e, size_t v) {
  return &e->s->values.at[v];
}

static size_t elements(const struct sketch_value *v) {
  size_t n = 1;
  for (unsigned i = 0; i < v->rank; i++)
    n *= v->at[i];
  return n;
}

static long *element(const struct plain *e, size_t v, const size_t *index) {
  size_t place = 0;
  for (unsigned i = 0; i < value(e, v)->rank; i++)
    place = place * value(e, v)->at[i] + index[i];
  return &e->at[v][place];
}

/* The next index in order; false after the last. */
static bool next(const struct sketch_value *v, size_t *index) {
  for (unsigned i = v->rank; i-- > 0;) {
    if (++index[i] < v->at[i])
      return true;
    index[i] = 0;
  }
  return false;
}

static long floor_div(long x, long m) {
  return x >= 0 ? x / m : -((-x + m - 1) / m);
}

long sketch_function(const long *f, long x) {
  switch (f[0]) {
  case SKETCH_CLAMP:
    return x < f[1] ? f[1] : x > f[2] ? f[2] : x;
  case SKETCH_HALVE:
    return -floor_div(x, f[3]);
  case SKETCH_SQUARE:
    return (x - f[1]) * (x - f[1]);
  case SKETCH_REMAINDER:
    return x - floor_div(x, f[3]) * f[3];
  default:
    return f[1] <= x && x <= f[2];
  }
}

/* ---- One element of each operation ---- */

/* Element `index` of y reads this one of x by numpy's rule. */
static long repeated(const struct plain *e, size_t y, size_t x,
                     const size_t *index) {
  size_t at[SKETCH_RANK];
  unsigned rank = value(e, x)->rank, ahead = value(e, y)->rank - rank;
  for (unsigned i = 0; i < rank; i++)
    at[i] = value(e, x)->at[i] == 1 ? 0 : index[ahead + i];
  return *element(e, x, at);
}

static long joined(const struct plain *e, const struct sketch_step *t,
                   const size_t *index) {
  size_t at[SKETCH_RANK];
  memcpy(at, index, sizeof at);
  for (size_t i = 0;; i++) {
    size_t n = value(e, t->x[i])->at[t->axis];
    if (at[t->axis] < n)
      return *element(e, t->x[i], at);
    at[t->axis] -= n;
  }
}

static long moved(const struct plain *e, const struct sketch_step *t,
                  const size_t *index) {
  const struct sketch_value *x = value(e, t->x[0]);
  size_t at[SKETCH_RANK];
  memcpy(at, index, sizeof at);
  if (t->kind == SKETCH_TRANSPOSE) {
    for (unsigned i = 0; i < x->rank; i++)
      at[t->number[i]] = index[i];
  } else if (t->kind == SKETCH_ROLL) {
    long n = (long)x->at[x->rank - 1];
    long to = ((long)index[x->rank - 1] + t->number[0]) % n;
    at[x->rank - 1] = (size_t)(to < 0 ? to + n : to);
  } else {
    at[t->axis] += (size_t)t->number[0];
  }
  return *element(e, t->x[0], at);
}

/* Along the last axis of x; y has none there. */
static long gathered(const struct plain *e, const struct sketch_step *t,
                     const size_t *index) {
  const struct sketch_value *x = value(e, t->x[0]);
  size_t at[SKETCH_RANK], n = x->at[x->rank - 1], best = 0;
  long sum = 0, most = 0;
  memcpy(at, index, sizeof at);
  for (size_t i = 0; i < n; i++) {
    at[x->rank - 1] = i;
    long z = *element(e, t->x[0], at);
    sum += t->kind == SKETCH_PACK ? z * (1L << i) : z;
    if (i == 0 || z > most) {
      most = z;
      best = i;
    }
  }
  return t->kind == SKETCH_ARGMAX ? (long)best : sum;
}

static long weighed(const struct plain *e, const struct sketch_step *t,
                    const size_t *index) {
  const struct sketch_value *x = value(e, t->x[0]), *y = value(e, t->y[0]);
  size_t columns = x->at[x->rank - 1], rows = y->at[y->rank - 1];
  size_t at[SKETCH_RANK], row = index[y->rank - 1];
  memcpy(at, index, sizeof at);
  long sum = t->has_bias ? t->number[rows * columns + row] : 0;
  for (size_t i = 0; i < columns; i++) {
    at[x->rank - 1] = i;
    sum += t->number[row * columns + i] * *element(e, t->x[0], at);
  }
  return sum;
}

static long combined(const struct plain *e, const struct sketch_step *t,
                     const size_t *index) {
  long sum = t->number[0];
  for (size_t i = 0; i < t->n; i++)
    sum += t->number[1 + i] * repeated(e, t->y[0], t->x[i], index);
  return sum;
}

static long of_one(const struct plain *e, const struct sketch_step *t,
                   const size_t *index) {
  const struct sketch_value *y = value(e, t->y[0]);
  long x = *element(e, t->x[0], index); // of bits: the first indices
  if (t->kind == SKETCH_BITS) {
    long half = floor_div(x, 1L << index[y->rank - 1]);
    return half - 2 * floor_div(half, 2);
  }
  if (t->kind == SKETCH_AT_LEAST)
    return x >= t->number[0];
  if (t->kind == SKETCH_APPLY) {
    size_t n = t->numbers / 4;
    return sketch_function(t->number + 4 * (n == 1 ? 0 : index[y->rank - 1]),
                           x);
  }
  long last = (long)t->numbers - 2, i = x - t->number[0];
  return t->number[1 + (i < 0 ? 0 : i > last ? last : i)];
}

static long result(const struct plain *e, const struct sketch_step *t,
                   const size_t *index) {
  switch (t->kind) {
  case SKETCH_TRANSPOSE:
  case SKETCH_ROLL:
  case SKETCH_SLICE:
    return moved(e, t, index);
  case SKETCH_CONCAT:
    return joined(e, t, index);
  case SKETCH_COMBINE:
    return combined(e, t, index);
  case SKETCH_ADD:
    return repeated(e, t->y[0], t->x[0], index) +
           repeated(e, t->y[0], t->x[1], index);
  case SKETCH_SUB:
    return repeated(e, t->y[0], t->x[0], index) -
           repeated(e, t->y[0], t->x[1], index);
  case SKETCH_MULTIPLY:
    return repeated(e, t->y[0], t->x[0], index) *
           repeated(e, t->y[0], t->x[1], index);
  case SKETCH_SUM:
  case SKETCH_PACK:
  case SKETCH_ARGMAX:
    return gathered(e, t, index);
  case SKETCH_LINEAR:
    return weighed(e, t, index);
  default:
    return of_one(e, t, index);
  }
}

/* ---- Blocks ---- */

static void do_block(struct plain *e, size_t b);

static size_t slice(const struct plain *e, size_t v) {
  size_t n = 1;
  for (unsigned i = 1; i < value(e, v)->rank; i++)
    n *= value(e, v)->at[i];
  return n;
}

static void copy(long *to, const long *from, size_t n) {
  if (n)
    memcpy(to, from, n * sizeof *to);
}

/* The results of the block, in memory of their own. */
static void take_results(const struct plain *e, const struct sketch_block *b,
                         long **to) {
  for (size_t k = 0; k < b->results.n; k++) {
    size_t n = elements(value(e, b->results.at[k]));
    to[k] = xcalloc(n, sizeof *to[k]);
    copy(to[k], e->at[b->results.at[k]], n);
  }
}

static void do_loop(struct plain *e, const struct sketch_step *t) {
  const struct sketch_block *b = &e->s->blocks.at[t->body];
  for (size_t k = 0; k < t->carried; k++)
    copy(e->at[t->y[k]], e->at[t->x[k]], elements(value(e, t->x[k])));
  for (size_t round = 0; round < t->rounds; round++) {
    long *made[SKETCH_OPERANDS];
    for (size_t k = 0; k < t->n; k++) {
      size_t a = b->arguments.at[k], n = elements(value(e, a));
      if (k < t->carried)
        copy(e->at[a], e->at[t->y[k]], n);
      else
        copy(e->at[a], e->at[t->x[k]] + round * n, n);
    }
    do_block(e, t->body);
    take_results(e, b, made);
    for (size_t k = 0; k < t->m; k++) {
      size_t n = elements(value(e, b->results.at[k]));
      copy(e->at[t->y[k]] + (k < t->carried ? 0 : round * n), made[k], n);
      free(made[k]);
    }
  }
}

/* Slices [from..from + n) of all operands: the largest power of two that
   leaves something is the left part. */
static void fold(struct plain *e, const struct sketch_step *t, size_t from,
                 size_t n, long **out) {
  const struct sketch_block *b = &e->s->blocks.at[t->body];
  long *part[2 * SKETCH_OPERANDS];
  size_t left = 1;
  if (n == 1) {
    for (size_t k = 0; k < t->n; k++) {
      size_t size = slice(e, t->x[k]);
      out[k] = xcalloc(size, sizeof *out[k]);
      copy(out[k], e->at[t->x[k]] + from * size, size);
    }
    return;
  }
  while (2 * left < n)
    left *= 2;
  fold(e, t, from, left, part);
  fold(e, t, from + left, n - left, part + t->n);
  for (size_t k = 0; k < 2 * t->n; k++) {
    copy(e->at[b->arguments.at[k]], part[k], slice(e, t->x[k % t->n]));
    free(part[k]);
  }
  do_block(e, t->body);
  take_results(e, b, out);
}

static void do_tree(struct plain *e, const struct sketch_step *t) {
  long *out[SKETCH_OPERANDS];
  fold(e, t, 0, t->rounds, out);
  for (size_t k = 0; k < t->n; k++) {
    copy(e->at[t->y[k]], out[k], elements(value(e, t->y[k])));
    free(out[k]);
  }
}

static void do_step(struct plain *e, const struct sketch_step *t) {
  if (t->kind == SKETCH_MAP || t->kind == SKETCH_LOOP) {
    do_loop(e, t);
  } else if (t->kind == SKETCH_TREE) {
    do_tree(e, t);
  } else if (t->kind == SKETCH_CONSTANT) {
    copy(e->at[t->y[0]], t->number, t->numbers);
  } else if (t->kind == SKETCH_RESHAPE) {
    copy(e->at[t->y[0]], e->at[t->x[0]], elements(value(e, t->x[0])));
  } else if (elements(value(e, t->y[0]))) {
    size_t index[SKETCH_RANK] = {0};
    do
      *element(e, t->y[0], index) = result(e, t, index);
    while (next(value(e, t->y[0]), index));
  }
}

static void do_block(struct plain *e, size_t b) {
  for (size_t i = 0; i < e->s->blocks.at[b].steps.n; i++)
    do_step(e, &e->s->blocks.at[b].steps.at[i]);
}

void sketch_values(const void *sketch, const long *in, long *out) {
  const struct sketch *s = sketch;
  struct plain e = {s, xcalloc(s->values.n, sizeof *e.at)};
  for (size_t v = 0; v < s->values.n; v++)
    e.at[v] = xcalloc(elements(value(&e, v)), sizeof *e.at[v]);
  for (size_t i = 0; i < s->inputs.n; i++) {
    size_t n = elements(value(&e, s->inputs.at[i]));
    copy(e.at[s->inputs.at[i]], in, n);
    in += n;
  }
  do_block(&e, 0);
  for (size_t i = 0; i < s->outputs.n; i++) {
    size_t n = elements(value(&e, s->outputs.at[i]));
    copy(out, e.at[s->outputs.at[i]], n);
    out += n;
  }
  for (size_t v = 0; v < s->values.n; v++)
    free(e.at[v]);
  free(e.at);
}
