/* reshape, transpose, roll, slice, concat: elements change places. Depth 0,
   no gates. */
#include "compile/program/fold.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

#include <assert.h>
#include <string.h>

static void certify_move(struct proof *k, const struct step *s) {
  struct fact x, *y = proof_result(k, s, 0);
  fact_init(k, &x);
  for (size_t i = 0; i < s->operands; i++) {
    fact_copy(k, &x, proof_operand(k, s, i));
    proof_keep_index(k, s, 0, i, &x);
    if (i)
      fact_join(k, y, &x);
    else
      fact_copy(k, y, &x);
  }
  fact_clear(k, &x);
}

/* Lengths but those that are 1: as many as are returned. */
static unsigned long_axes(const struct program *p, value_id v, size_id *at) {
  struct dims d = program_dims(p, v);
  unsigned n = 0;
  for (unsigned i = 0; i < d.rank; i++) {
    const struct size_node *s = &p->sizes.nodes.at[d.at[i]];
    if (s->kind != SIZE_CONSTANT || s->value != 1)
      at[n++] = d.at[i];
  }
  return n;
}

/* Axes that are merged or cut have no index of before. */
static void certify_reshape(struct proof *k, const struct step *s) {
  size_id from[SHAPE_MAX], to[SHAPE_MAX];
  unsigned n = long_axes(k->p, program_operand(k->p, s, 0), from);
  unsigned m = long_axes(k->p, program_result(k->p, s, 0), to);
  certify_move(k, s);
  if (n != m || memcmp(from, to, n * sizeof *from))
    fact_flatten(k, proof_result(k, s, 0));
}

static void move_reshape(struct reading *r, const struct step *s) {
  reading_copy_all(r, step_result(r, s), step_operand(r, s, 0));
}

static bool check_reshape(const struct instance *in, const struct step *s,
                          struct error *err) {
  size_t from = in->shape[program_operand(in->program, s, 0)].n;
  size_t to = in->shape[program_result(in->program, s, 0)].n;
  return from == to || error_set(err, 0, "%s: %zu integers into a shape of %zu",
                                 s->name, from, to);
}

static const struct op reshape = {.name = "reshape",
                                  .every = move_reshape,
                                  .certify = certify_reshape,
                                  .keeps_index = true,
                                  .check = check_reshape,
                                  .folds = true};

value_id program_reshape(struct program *p, const char *name, value_id x,
                         struct dims dims) {
  return program_step(p, &reshape, name, &x, 1, dims, NULL);
}

static void move_transpose(struct reading *r, const struct step *s) {
  const unsigned *order = s->detail;
  value_id y = step_result(r, s), x = step_operand(r, s, 0);
  const struct shape_of *from = reading_shape(r, x), *to = reading_shape(r, y);
  size_t stride[SHAPE_MAX] = {0}; // in x, of each axis of y
  for (unsigned i = 0; i < to->rank; i++) {
    stride[i] = 1;
    for (unsigned k = order[i] + 1; k < from->rank; k++)
      stride[i] *= from->at[k];
  }
  for (size_t j = 0; j < to->n; j++) {
    size_t rest = j, index = 0;
    for (unsigned i = to->rank; i-- > 0; rest /= to->at[i])
      index += rest % to->at[i] * stride[i];
    reading_copy(r, y, j, x, index, 1);
  }
}

static const struct op transpose = {.name = "transpose",
                                    .every = move_transpose,
                                    .keeps_index = true,
                                    .certify = certify_move,
                                    .folds = true};

value_id program_transpose(struct program *p, const char *name, value_id x,
                           const unsigned *order) {
  struct dims from = program_dims(p, x), to = {.rank = from.rank};
  unsigned *detail = program_alloc(p, SHAPE_MAX, sizeof *detail);
  for (unsigned i = 0; i < from.rank; i++) {
    assert(order[i] < from.rank);
    detail[i] = order[i];
    to.at[i] = from.at[order[i]];
  }
  return program_step(p, &transpose, name, &x, 1, to, detail);
}

static void move_roll(struct reading *r, const struct step *s) {
  long by = *(const long *)s->detail;
  value_id y = step_result(r, s), x = step_operand(r, s, 0);
  const struct shape_of *shape = reading_shape(r, y);
  if (!shape->n)
    return;
  size_t n = shape->at[shape->rank - 1];
  long left = by % (long)n; // of [-n + 1..n - 1]
  size_t shift = (size_t)(left < 0 ? left + (long)n : left);
  for (size_t row = 0; row < shape->n; row += n) {
    reading_copy(r, y, row, x, row + shift, n - shift);
    reading_copy(r, y, row + n - shift, x, row, shift);
  }
}

static const struct op roll = {
    .name = "roll", .every = move_roll, .certify = certify_move};

value_id program_roll(struct program *p, const char *name, value_id x,
                      long by) {
  long *detail = program_alloc(p, 1, sizeof *detail);
  *detail = by;
  assert(program_dims(p, x).rank);
  return program_step(p, &roll, name, &x, 1, program_dims(p, x), detail);
}

/* Product of the lengths of the axes [from..to). */
static size_t product(const struct shape_of *shape, unsigned from,
                      unsigned to) {
  size_t n = 1;
  for (unsigned k = from; k < to; k++)
    n *= shape->at[k];
  return n;
}

/* An axis along which places are told apart must not be folded. */
static bool check_whole(const struct instance *in, const struct step *s,
                        unsigned axis, struct error *err) {
  const struct program *p = in->program;
  size_id length = p->values.at[program_operand(p, s, 0)].dims.at[axis];
  return !fold_axis(in, length) ||
         error_set(err, 0, "'%s' (%s) cannot be counted without making it",
                   s->name, s->operation->name);
}

struct slice {
  unsigned axis;
  size_id from;
};

static void move_slice(struct reading *r, const struct step *s) {
  const struct slice *d = s->detail;
  value_id y = step_result(r, s), x = step_operand(r, s, 0);
  const struct shape_of *to = reading_shape(r, y), *from = reading_shape(r, x);
  size_t outer = product(to, 0, d->axis),
         inner = product(to, d->axis, to->rank);
  size_t step = product(from, d->axis, from->rank);
  size_t first = (size_t)instance_size(r->in, d->from) *
                 product(from, d->axis + 1, from->rank);
  for (size_t i = 0; i < outer; i++)
    reading_copy(r, y, i * inner, x, i * step + first, inner);
}

static bool check_slice(const struct instance *in, const struct step *s,
                        struct error *err) {
  const struct slice *d = s->detail;
  size_t length = in->shape[program_operand(in->program, s, 0)].at[d->axis];
  size_t n = in->shape[program_result(in->program, s, 0)].at[d->axis];
  long from;
  if (!instance_find_size(in, d->from, 0, &from, err))
    return false;
  bool is_first = from == 0 && n == 1; // of the first class, folded or not
  if (!is_first && !check_whole(in, s, d->axis, err))
    return false;
  return (n <= length && (size_t)from <= length - n) ||
         error_set(err, 0, "%s: %zu integers from place %ld on, of %zu",
                   s->name, n, from, length);
}

static const struct op slice = {.name = "slice",
                                .folds = true,
                                .every = move_slice,
                                .keeps_index = true,
                                .certify = certify_move,
                                .check = check_slice};

value_id program_slice(struct program *p, const char *name, value_id x,
                       unsigned axis, size_id from, size_id length) {
  struct slice *detail = program_alloc(p, 1, sizeof *detail);
  struct dims dims = program_dims(p, x);
  assert(axis < dims.rank);
  *detail = (struct slice){axis, from};
  dims.at[axis] = length;
  return program_step(p, &slice, name, &x, 1, dims, detail);
}

static void move_concat(struct reading *r, const struct step *s) {
  unsigned axis = *(const unsigned *)s->detail;
  value_id y = step_result(r, s);
  const struct shape_of *to = reading_shape(r, y);
  size_t outer = product(to, 0, axis), step = product(to, axis, to->rank);
  size_t done = 0;
  for (size_t i = 0; i < s->operands; i++) {
    value_id x = step_operand(r, s, i);
    size_t inner = product(reading_shape(r, x), axis, to->rank);
    for (size_t j = 0; j < outer; j++)
      reading_copy(r, y, j * step + done, x, j * inner, inner);
    done += inner;
  }
  assert(done == step);
}

static bool check_concat(const struct instance *in, const struct step *s,
                         struct error *err) {
  unsigned axis = *(const unsigned *)s->detail;
  const struct shape_of *to = &in->shape[program_result(in->program, s, 0)];
  if (!check_whole(in, s, axis, err))
    return false;
  for (size_t i = 0; i < s->operands; i++) {
    const struct shape_of *x = &in->shape[program_operand(in->program, s, i)];
    for (unsigned k = 0; k < to->rank; k++)
      if (k != axis && x->at[k] != to->at[k])
        return error_set(err, 0, "%s: axes of lengths %zu and %zu side by side",
                         s->name, x->at[k], to->at[k]);
  }
  return true;
}

static const struct op concat = {.name = "concat",
                                 .folds = true,
                                 .every = move_concat,
                                 .keeps_index = true,
                                 .certify = certify_move,
                                 .check = check_concat};

value_id program_concat(struct program *p, const char *name, const value_id *x,
                        size_t n, unsigned axis) {
  unsigned *detail = program_alloc(p, 1, sizeof *detail);
  struct dims dims = program_dims(p, x[0]);
  assert(axis < dims.rank);
  *detail = axis;
  for (size_t i = 1; i < n; i++) {
    assert(program_dims(p, x[i]).rank == dims.rank);
    dims.at[axis] =
        size_add(&p->sizes, dims.at[axis], program_dims(p, x[i]).at[axis]);
  }
  return program_step(p, &concat, name, x, n, dims, detail);
}
