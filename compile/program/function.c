/* bits, at_least, apply, table: functions of one number, element by element.
   Free where the number reads one ladder, as number_apply(); else depth 1. */
#include "compile/arithmetic.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

/* ---- bits: number_bits() has the gates ---- */

static size_t bits_width(const struct reading *r, const struct step *s) {
  const struct shape_of *shape = step_shape(r, s);
  return shape->at[shape->rank - 1];
}

static void run_bits(struct reading *r, const struct step *s) {
  size_t width = bits_width(r, s);
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  for (size_t j = 0; j < step_shape(r, s)->n; j++)
    fmpz_set_si(y + j, fmpz_tstbit(x + j / width, j % width));
}

static void lower_bits(struct reading *r, const struct step *s) {
  size_t width = bits_width(r, s);
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  for (size_t j = 0; width && j < step_shape(r, s)->n; j += width)
    number_bits(r->c, y + j, x + j / width, (unsigned)width);
}

static const struct op bits = {
    .name = "bits", .run = run_bits, .lower = lower_bits};

value_id program_bits(struct program *p, const char *name, value_id x,
                      size_id width) {
  struct dims dims = program_dims(p, x);
  assert(dims.rank < SHAPE_MAX);
  dims.at[dims.rank++] = width;
  return program_step(p, &bits, name, &x, 1, dims, NULL);
}

/* ---- at_least: depth 1, one gate an element ---- */

static void run_at_least(struct reading *r, const struct step *s) {
  long t = instance_size(r->in, *(const size_id *)s->detail);
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  for (size_t j = 0; j < step_shape(r, s)->n; j++)
    fmpz_set_si(y + j, fmpz_cmp_si(x + j, t) >= 0);
}

static void lower_at_least(struct reading *r, const struct step *s) {
  long t = instance_size(r->in, *(const size_id *)s->detail);
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  for (size_t j = 0; j < step_shape(r, s)->n; j++)
    number_at_least_si(r->c, y + j, x + j, t);
}

static bool check_at_least(const struct instance *in, const struct step *s,
                           struct error *err) {
  long t;
  return instance_find_size(in, *(const size_id *)s->detail, LONG_MIN, &t, err);
}

static const struct op at_least = {.name = "at_least",
                                   .run = run_at_least,
                                   .lower = lower_at_least,
                                   .check = check_at_least};

value_id program_at_least(struct program *p, const char *name, value_id x,
                          size_id t) {
  size_id *detail = program_alloc(p, 1, sizeof *detail);
  *detail = t;
  return program_step(p, &at_least, name, &x, 1, program_dims(p, x), detail);
}

/* ---- apply: depth 1, one gate for each place where f changes ---- */

struct apply {
  struct function *f;
  size_t n; // 1, or the length of the last axis
};

static void run_apply(struct reading *r, const struct step *s) {
  const struct apply *d = s->detail;
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  mpz_t argument, result;
  mpz_inits(argument, result, NULL);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    const struct function *f = &d->f[j % d->n];
    fmpz_get_mpz(argument, x + j);
    f->call(result, argument, f->context);
    fmpz_set_mpz(y + j, result);
  }
  mpz_clears(argument, result, NULL);
}

static void lower_apply(struct reading *r, const struct step *s) {
  const struct apply *d = s->detail;
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  for (size_t j = 0; j < step_shape(r, s)->n; j++)
    number_apply(r->c, y + j, x + j, &d->f[j % d->n]);
}

static bool check_apply(const struct instance *in, const struct step *s,
                        struct error *err) {
  const struct apply *d = s->detail;
  const struct shape_of *x = &in->shape[program_operand(in->program, s, 0)];
  return d->n == 1 || (x->rank && x->at[x->rank - 1] == d->n) ||
         error_set(err, 0, "%s: %zu functions do not suit the last axis",
                   s->name, d->n);
}

static const struct op apply = {.name = "apply",
                                .run = run_apply,
                                .lower = lower_apply,
                                .check = check_apply};

value_id program_apply(struct program *p, const char *name, value_id x,
                       const struct function *f, size_t n) {
  struct apply *detail = program_alloc(p, 1, sizeof *detail);
  *detail = (struct apply){program_alloc(p, n, sizeof *f), n};
  memcpy(detail->f, f, n * sizeof *f);
  return program_step(p, &apply, name, &x, 1, program_dims(p, x), detail);
}

struct table {
  long least;
  size_t n;
  long at[];
};

static void call_table(mpz_t y, const mpz_t x, const void *context) {
  const struct table *t = context;
  if (t->least >= 0)
    mpz_sub_ui(y, x, (unsigned long)t->least);
  else
    mpz_add_ui(y, x, -(unsigned long)t->least);
  size_t i = mpz_sgn(y) <= 0                ? 0
             : mpz_cmp_ui(y, t->n - 1) >= 0 ? t->n - 1
                                            : mpz_get_ui(y);
  mpz_set_si(y, t->at[i]);
}

value_id program_table(struct program *p, const char *name, value_id x,
                       const long *table, size_t n, long least) {
  struct table *t = program_alloc(p, 1, sizeof *t + n * sizeof t->at[0]);
  assert(n >= 1);
  t->least = least;
  t->n = n;
  memcpy(t->at, table, n * sizeof *table);
  return program_apply(p, name, x, &(struct function){call_table, t, false}, 1);
}
