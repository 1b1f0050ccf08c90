/* bits, at_least, apply: functions of one number, element by element.
   Free where the number reads one ladder, as number_apply(); else depth 1, and
   for `apply` up to 3: number_staircase_split(). */
#include "compile/arithmetic.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

#include <assert.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* ---- bits: number_bits() has the gates ---- */

static void lower_bits(struct reading *r, const struct step *s) {
  size_t width = step_width(r, s);
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  for (size_t j = 0; width && j < step_shape(r, s)->n; j += width) {
    reading_at(r, step_result(r, s), j);
    number_bits(r->c, y + j, x + j / width, (unsigned)width);
  }
}

static void certify_bits(struct proof *k, const struct step *s) {
  const struct fact *x = proof_operand(k, s, 0);
  bool is_free = x->is_ladder || x->is_constant;
  proof_deeper(k, s, 0, is_free ? 0 : 1);
  proof_bits_only(k, s, 0);
  if (is_free) {
    proof_ladder(k, s, 0, x->rungs);
    return;
  }
  struct dims d = program_dims(k->p, program_result(k->p, s, 0));
  fmpz_mpoly_t n, width;
  fmpz_mpoly_init(n, k->f->ring);
  fmpz_mpoly_init(width, k->f->ring);
  formula_size(k->f, width, d.at[d.rank - 1]);
  bool is_known = proof_carries(k, n, x);
  fmpz_mpoly_mul(n, n, width, k->f->ring);
  if (is_known)
    proof_add_gates_of(k, program_operand(k->p, s, 0), n);
  else
    proof_no_gates_known(k);
  fmpz_mpoly_clear(n, k->f->ring);
  fmpz_mpoly_clear(width, k->f->ring);
}

static const struct op bits = {.name = "bits",
                               .run = run_bits,
                               .lower = lower_bits,
                               .certify = certify_bits,
                               .folds = true};

value_id program_bits(struct program *p, const char *name, value_id x,
                      size_id width) {
  return program_step(p, &bits, name, &x, 1,
                      dims_of_bits(program_dims(p, x), width), NULL);
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
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    reading_at(r, step_result(r, s), j);
    number_at_least_si(r->c, y + j, x + j, t);
  }
}

static bool check_at_least(const struct instance *in, const struct step *s,
                           struct error *err) {
  long t;
  return instance_find_size(in, *(const size_id *)s->detail, LONG_MIN, &t, err);
}

static void certify_at_least(struct proof *k, const struct step *s) {
  fmpz_mpoly_t one;
  fmpz_mpoly_init(one, k->f->ring);
  fmpz_mpoly_set_si(one, 1, k->f->ring);
  proof_function(k, s, one);
  proof_bits_only(k, s, 0);
  fmpz_mpoly_clear(one, k->f->ring);
}

static const struct op at_least = {.keeps_index = true,
                                   .name = "at_least",
                                   .run = run_at_least,
                                   .lower = lower_at_least,
                                   .certify = certify_at_least,
                                   .folds = true,
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
  size_t n;  // 1, or the length of the last axis
  long most; // |f| <= most; 0: nothing is known
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

#ifndef NDEBUG
static bool is_within(const struct number *y, long most) {
  return mpz_cmp_si(y->lo, -most) >= 0 && mpz_cmp_si(y->hi, most) <= 0;
}
#endif

struct element {
  size_t at, first; // the first element with its staircase
  const struct number *x;
  const struct function *f;
};

static int by_staircase(const void *a, const void *b) {
  const struct element *x = a, *y = b;
  uintptr_t f = (uintptr_t)x->f->context, g = (uintptr_t)y->f->context;
  int order = (f > g) - (f < g);
  order = order ? order : mpz_cmp(x->x->lo, y->x->lo);
  order = order ? order : mpz_cmp(x->x->hi, y->x->hi);
  return order ? order : (x->at > y->at) - (x->at < y->at);
}

static int by_first(const void *a, const void *b) {
  const struct element *x = a, *y = b;
  int order = (x->first > y->first) - (x->first < y->first);
  return order ? order : (x->at > y->at) - (x->at < y->at);
}

static bool share(const struct element *x, const struct element *y) {
  return x->f->call == y->f->call && x->f->context == y->f->context &&
         !mpz_cmp(x->x->lo, y->x->lo) && !mpz_cmp(x->x->hi, y->x->hi);
}

/* Those that share a staircase together, in an order that does not depend on
   addresses. */
static struct element *in_order(const struct apply *d, const struct number *x,
                                size_t n) {
  struct element *e = xmalloc((n + 1) * sizeof *e);
  for (size_t j = 0; j < n; j++)
    e[j] = (struct element){j, j, x + j, &d->f[j % d->n]};
  qsort(e, n, sizeof *e, by_staircase);
  for (size_t i = 1; i < n; i++)
    if (share(&e[i - 1], &e[i]))
      e[i].first = e[i - 1].first;
  qsort(e, n, sizeof *e, by_first);
  return e;
}

/* The staircase of the last elements that share one. */
struct last_staircase {
  struct staircase stairs;
  struct split_staircase split;
  const struct element *of; // NULL if there is none yet
};

static void forget(struct last_staircase *k) {
  if (!k->of)
    return;
  split_staircase_clear(&k->split);
  staircase_clear(&k->stairs);
}

static void find_staircase(struct last_staircase *k, const struct element *e,
                           unsigned levels) {
  if (k->of && k->of->first == e->first)
    return;
  forget(k);
  k->of = e;
  staircase_init(&k->stairs);
  staircase_of(&k->stairs, e->f, e->x->lo, e->x->hi);
  split_staircase_init(&k->split, &k->stairs, e->x->lo, e->x->hi, levels);
}

static void apply_one(struct circuit *c, struct number *y,
                      const struct element *e, struct last_staircase *k,
                      unsigned levels) {
  if (number_is_free(c, e->x) || number_is_constant(e->x)) {
    number_apply(c, y, e->x, e->f);
    return;
  }
  find_staircase(k, e, levels);
  number_staircase_split(c, y, e->x, &k->split);
}

static void lower_apply(struct reading *r, const struct step *s) {
  const struct apply *d = s->detail;
  size_t n = step_shape(r, s)->n;
  struct number *y = r->tensor[step_result(r, s)].number;
  struct element *e = in_order(d, r->tensor[step_operand(r, s, 0)].number, n);
  struct last_staircase last = {.of = NULL};
  for (size_t i = 0; i < n; i++) {
    size_t j = e[i].at;
    reading_at(r, step_result(r, s), j);
    apply_one(r->c, y + j, &e[i], &last, step_levels(r, s));
    assert(!d->most || is_within(y + j, d->most));
  }
  forget(&last);
  free(e);
}

static unsigned most_levels(const struct step *s) {
  (void)s;
  return 3;
}

static bool check_apply(const struct instance *in, const struct step *s,
                        struct error *err) {
  const struct apply *d = s->detail;
  const struct shape_of *x = &in->shape[program_operand(in->program, s, 0)];
  return d->n == 1 || (x->rank && x->at[x->rank - 1] == d->n) ||
         error_set(err, 0, "%s: %zu functions do not suit the last axis",
                   s->name, d->n);
}

/* Of a function: the changes it has at most, and its greatest value, if it is
   monotone and levels off, or its argument is known to be small. */
static void certify_apply(struct proof *k, const struct step *s) {
  const struct apply *d = s->detail;
  struct function_bound b;
  function_bound_init(&b, proof_operand(k, s, 0), k->f);
  for (size_t i = 0; i < d->n; i++)
    function_bound_add(&b, &d->f[i], d->most);
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  fmpz_mpoly_set_fmpz(n, b.changes, k->f->ring);
  proof_function(k, s, b.is_known ? n : NULL);
  fmpz_mpoly_set_fmpz(n, b.most, k->f->ring);
  if (b.is_known)
    proof_bound(k, s, 0, n);
  fmpz_mpoly_clear(n, k->f->ring);
  function_bound_clear(&b);
}

static const struct op apply = {.keeps_index = true,
                                .name = "apply",
                                .run = run_apply,
                                .lower = lower_apply,
                                .most_levels = most_levels,
                                .certify = certify_apply,
                                .folds = true,
                                .check = check_apply};

value_id program_apply_bounded(struct program *p, const char *name, value_id x,
                               const struct function *f, size_t n, long most) {
  struct apply *detail = program_alloc(p, 1, sizeof *detail);
  *detail = (struct apply){program_alloc(p, n, sizeof *f), n, most};
  memcpy(detail->f, f, n * sizeof *f);
  return program_step(p, &apply, name, &x, 1, program_dims(p, x), detail);
}

value_id program_apply(struct program *p, const char *name, value_id x,
                       const struct function *f, size_t n) {
  return program_apply_bounded(p, name, x, f, n, 0);
}
