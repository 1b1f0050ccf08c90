#include "compile/program/reading.h"
#include "circuit/folding.h"
#include "compile/program/fold.h"
#include "compile/program/operation.h"

#include <assert.h>
#include <string.h>

#include <flint/fmpz_vec.h>

void reading_init(struct reading *r, const struct instance *in,
                  enum reading_kind kind, struct circuit *c) {
  *r = (struct reading){.in = in, .kind = kind, .c = c};
  r->tensor = xcalloc(in->program->values.n, sizeof *r->tensor);
}

const struct shape_of *reading_shape(const struct reading *r, value_id v) {
  return &r->in->shape[v];
}

union tensor *reading_tensor(struct reading *r, value_id v) {
  union tensor *t = &r->tensor[v];
  if (t->whole)
    return t;
  size_t n = reading_shape(r, v)->n;
  if (r->kind == READING_RUN)
    t->whole = _fmpz_vec_init((slong)n);
  else
    t->number = numbers_new(n);
  return t;
}

static void drop(struct reading *r, value_id v) {
  union tensor *t = &r->tensor[v];
  if (!t->whole)
    return;
  size_t n = reading_shape(r, v)->n;
  if (r->kind == READING_RUN)
    _fmpz_vec_clear(t->whole, (slong)n);
  else
    numbers_free(t->number, n);
  t->whole = NULL;
}

void reading_clear(struct reading *r) {
  for (size_t v = 0; v < r->in->program->values.n; v++)
    drop(r, (value_id)v);
  free(r->tensor);
  array_clear(&r->path);
}

/* Small integers are one word, which need not be a call. */
static void copy_integers(fmpz *to, const fmpz *from, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (COEFF_IS_MPZ(to[i]) || COEFF_IS_MPZ(from[i]))
      fmpz_set(to + i, from + i);
    else
      to[i] = from[i];
}

void reading_copy(struct reading *r, value_id v, size_t i, value_id w, size_t j,
                  size_t n) {
  union tensor *to = &r->tensor[v], *from = &r->tensor[w];
  if (r->kind == READING_RUN)
    copy_integers(to->whole + i, from->whole + j, n);
  else
    for (size_t k = 0; k < n; k++)
      number_set(to->number + i + k, from->number + j + k);
}

void reading_copy_all(struct reading *r, value_id v, value_id w) {
  size_t n = reading_shape(r, v)->n;
  assert(reading_shape(r, w)->n == n);
  reading_tensor(r, v);
  reading_copy(r, v, 0, w, 0, n);
}

void reading_at(struct reading *r, value_id v, size_t j) {
  struct folding *f = r->c->folding;
  if (f)
    fold_element(r->in, v, j, f->copies, &f->axes);
}

void reading_at_also(struct reading *r, value_id w, unsigned axis, size_t i) {
  struct folding *f = r->c->folding;
  struct copies copies;
  if (!f)
    return;
  fold_copies(r->in, w, axis, i, SIZE_MAX, &copies);
  for (unsigned k = 0; k < 32; k++)
    if (copies.axes >> k & 1)
      mpz_mul_ui(f->copies, f->copies, copies.of[k].most);
  f->axes |= copies.axes;
}

void reading_push(struct reading *r, struct number *sum, const struct number *x,
                  const mpz_t weight, value_id v, unsigned axis, size_t i,
                  size_t row) {
  struct copies copies;
  if (!r->c->folding) {
    number_push(r->c, sum, x, weight);
    return;
  }
  fold_copies(r->in, v, axis, i, row, &copies);
  number_push_copies(r->c, sum, x, weight, &copies);
}

/* The name of a step in reports is that of the steps around it and its own. */
static void begin_operation(struct reading *r, const struct step *s) {
  size_t n = r->path.n, length = strlen(s->name) + 1;
  array_reserve(&r->path, n + length);
  memcpy(r->path.at + n, s->name, length);
  circuit_begin_operation(r->c, r->path.at, s->operation->name);
}

static void do_step(struct reading *r, step_id id) {
  const struct program *p = r->in->program;
  const struct step *s = &p->steps.at[id];
  const struct op *op = s->operation;
  for (size_t i = 0; i < s->results; i++)
    reading_tensor(r, program_result(p, s, i));
  if (op->every) {
    op->every(r, s);
  } else if (r->kind == READING_RUN) {
    op->run(r, s);
  } else {
    if (!op->is_free)
      begin_operation(r, s);
    op->lower(r, s);
  }
}

/* Numbers take memory; integers stay for the next vector. */
static void drop_dead(struct reading *r, step_id id) {
  const struct instance *in = r->in;
  if (r->kind == READING_RUN)
    return;
  for (size_t i = in->first_dead[id]; i < in->first_dead[id + 1]; i++)
    drop(r, in->dead[i]);
}

void reading_block(struct reading *r, block_id b) {
  const struct block *block = &r->in->program->blocks.at[b];
  for (size_t i = 0; i < block->steps.n; i++) {
    do_step(r, block->steps.at[i]);
    drop_dead(r, block->steps.at[i]);
  }
}

void reading_round(struct reading *r, const struct step *s, size_t i,
                   size_t last) {
  size_t n = r->path.n, length = strlen(s->name) + 64;
  if (r->kind == READING_LOWER) {
    array_reserve(&r->path, n + length);
    r->path.n += (size_t)snprintf(r->path.at + n, length,
                                  i == last ? "%s[%zu]." : "%s[%zu..%zu].",
                                  s->name, i, last);
  }
  reading_block(r, s->body);
  r->path.n = n;
}
