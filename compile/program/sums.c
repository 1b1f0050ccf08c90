/* constant, combine, sum, pack: sums of elements with constant weights. Depth
   0, no gates: the next gate's sum absorbs them. */
#include "compile/program/fold.h"
#include "compile/program/operations.h"
#include "compile/program/sum_parts.h"

#include <assert.h>

#include <flint/fmpz_vec.h>

static const fmpz nothing = 0, one = 1;

static const fmpz *whole(const struct reading *r, value_id v) {
  return r->tensor[v].whole;
}

static const struct number *number(const struct reading *r, value_id v) {
  return r->tensor[v].number;
}

/* ---- constant ---- */

struct constant {
  const fmpz *at;
  const fmpz *most; // the greatest |element|
};

static void run_constant(struct reading *r, const struct step *s) {
  const struct constant *d = s->detail;
  _fmpz_vec_set(r->tensor[step_result(r, s)].whole, d->at,
                (slong)step_shape(r, s)->n);
}

static void lower_constant(struct reading *r, const struct step *s) {
  const fmpz *at = ((const struct constant *)s->detail)->at;
  struct number *y = r->tensor[step_result(r, s)].number;
  struct sum sum;
  sum_init(&sum, r);
  for (size_t j = 0; j < step_shape(r, s)->n; j++)
    sum_begin(&sum, y + j, at + j);
  sum_clear(&sum);
}

/* Elements are those of instances: |element| <= ... is known where all are
   there. */
static void certify_constant(struct proof *k, const struct step *s) {
  struct fact *y = proof_result(k, s, 0);
  y->is_constant = y->is_ladder = true;
  fmpz_mpoly_zero(y->rungs, k->f->ring);
  const struct constant *d = s->detail;
  fmpz_mpoly_t most;
  fmpz_mpoly_init(most, k->f->ring);
  fmpz_mpoly_set_fmpz(most, d->most, k->f->ring);
  proof_bound(k, s, 0, most);
  fmpz_mpoly_clear(most, k->f->ring);
}

static const struct op constant_op = {.name = "constant",
                                      .certify = certify_constant,
                                      .run = run_constant,
                                      .lower = lower_constant,
                                      .is_free = true};

value_id program_constant(struct program *p, const char *name, struct dims dims,
                          const fmpz *at, size_t n) {
  struct constant *detail = program_alloc(p, 1, sizeof *detail);
  *detail = (struct constant){program_keep_integers(p, at, n),
                              program_keep_most(p, at, n)};
  return program_step(p, &constant_op, name, NULL, 0, dims, detail);
}

/* ---- combine ---- */

/* detail: the constant, then a weight for each operand */
static void run_combine(struct reading *r, const struct step *s) {
  const fmpz *weight = s->detail;
  const struct shape_of *shape = step_shape(r, s);
  fmpz *y = r->tensor[step_result(r, s)].whole;
  for (size_t j = 0; j < shape->n; j++)
    fmpz_set(y + j, weight);
  for (size_t i = 0; i < s->operands; i++) {
    value_id v = step_operand(r, s, i);
    const fmpz *x = whole(r, v), *w = weight + 1 + i;
    const struct shape_of *small = reading_shape(r, v);
    bool same = small->n == shape->n;
    for (size_t j = 0; j < shape->n; j++)
      sum_product(y + j, w, x + (same ? j : broadcast_index(shape, small, j)));
  }
}

static void lower_combine(struct reading *r, const struct step *s) {
  const fmpz *weight = s->detail;
  const struct shape_of *shape = step_shape(r, s);
  struct number *y = r->tensor[step_result(r, s)].number;
  struct sum sum;
  sum_init(&sum, r);
  for (size_t j = 0; j < shape->n; j++) {
    sum_begin(&sum, y + j, weight);
    for (size_t i = 0; i < s->operands; i++) {
      value_id v = step_operand(r, s, i);
      const struct shape_of *small = reading_shape(r, v);
      sum_add(&sum, weight + 1 + i,
              number(r, v) + broadcast_index(shape, small, j));
    }
    sum_end(&sum);
  }
  sum_clear(&sum);
}

/* y += w * x: groups of bits stay such where w is a power of 2, a view alone
   for all w. */
static void add_group(struct proof *k, struct fact *y, const struct fact *x,
                      const fmpz_t w) {
  mpz_t weight;
  fmpz_mpoly_t n;
  mpz_init(weight);
  fmpz_mpoly_init(n, k->f->ring);
  fmpz_get_mpz(weight, w);
  long times = x->is_ladder && !x->has_parts ? 1
               : mpz_sgn(weight) > 0         ? (long)mpz_popcount(weight)
                                             : 0;
  y->has_groups &= x->has_groups && times > 0;
  y->has_parts &= x->has_parts && times > 0;
  y->has_offset |= x->has_offset;
  fmpz_mpoly_scalar_mul_si(n, x->groups, times, k->f->ring);
  fmpz_mpoly_add(y->groups, y->groups, n, k->f->ring);
  fmpz_mpoly_scalar_mul_si(n, x->parts, times, k->f->ring);
  fmpz_mpoly_add(y->parts, y->parts, n, k->f->ring);
  fmpz_mpoly_add_si(n, x->group_bits, (slong)mpz_sizeinbase(weight, 2) - 1,
                    k->f->ring);
  formula_max(k->f, y->group_bits, y->group_bits, n);
  fmpz_mpoly_clear(n, k->f->ring);
  mpz_clear(weight);
}

static void add_groups(struct proof *k, const struct step *s) {
  const fmpz *weight = s->detail;
  struct fact *y = proof_result(k, s, 0);
  y->has_groups = y->has_parts = true;
  y->has_offset = !fmpz_is_zero(weight);
  fmpz_mpoly_zero(y->groups, k->f->ring);
  fmpz_mpoly_zero(y->parts, k->f->ring);
  fmpz_mpoly_zero(y->group_bits, k->f->ring);
  for (size_t i = 0; i < s->operands; i++) {
    const struct fact *x = proof_operand(k, s, i);
    if (x->is_constant)
      y->has_offset = true;
    else if (!fmpz_is_zero(weight + 1 + i))
      add_group(k, y, x, weight + 1 + i);
  }
}

/* Free; one ladder if only one operand reads one. */
static void certify_combine(struct proof *k, const struct step *s) {
  const fmpz *weight = s->detail;
  const struct fact *one_ladder = NULL;
  size_t reading = 0;
  bool is_bounded = true, is_natural = fmpz_sgn(weight) >= 0;
  fmpz_mpoly_t most, part;
  fmpz_t w;
  fmpz_init(w);
  fmpz_mpoly_init(most, k->f->ring);
  fmpz_mpoly_init(part, k->f->ring);
  fmpz_abs(w, weight);
  fmpz_mpoly_set_fmpz(most, w, k->f->ring);
  for (size_t i = 0; i < s->operands; i++) {
    const struct fact *x = proof_operand(k, s, i);
    fmpz_abs(w, weight + 1 + i);
    fmpz_mpoly_scalar_mul_fmpz(part, x->most, w, k->f->ring);
    fmpz_mpoly_add(most, most, part, k->f->ring);
    is_bounded &= x->is_bounded;
    is_natural &= x->is_natural && fmpz_sgn(weight + 1 + i) >= 0;
    reading += !x->is_constant;
    if (!x->is_constant)
      one_ladder = x->is_ladder ? x : NULL;
  }
  proof_deeper(k, s, 0, 0);
  proof_result(k, s, 0)->is_natural = is_natural;
  if (is_bounded)
    proof_bound(k, s, 0, most);
  add_groups(k, s);
  if (reading == 0)
    proof_result(k, s, 0)->is_ladder = true;
  else if (reading == 1 && one_ladder)
    proof_ladder(k, s, 0, one_ladder->rungs);
  fmpz_clear(w);
  fmpz_mpoly_clear(most, k->f->ring);
  fmpz_mpoly_clear(part, k->f->ring);
}

static const struct op combine = {.keeps_index = true,
                                  .name = "combine",
                                  .certify = certify_combine,
                                  .run = run_combine,
                                  .lower = lower_combine,
                                  .folds = true,
                                  .is_free = true};

value_id program_combine(struct program *p, const char *name, const value_id *x,
                         const long *weight, size_t n, long constant) {
  fmpz *detail = _fmpz_vec_init((slong)n + 1);
  fmpz_set_si(detail, constant);
  for (size_t i = 0; i < n; i++)
    fmpz_set_si(detail + 1 + i, weight[i]);
  const fmpz *kept = program_keep_integers(p, detail, n + 1);
  _fmpz_vec_clear(detail, (slong)n + 1);
  return program_step(p, &combine, name, x, n, broadcast_dims(p, x, n), kept);
}

value_id program_add(struct program *p, const char *name, value_id a,
                     value_id b) {
  return program_combine(p, name, (value_id[]){a, b}, (long[]){1, 1}, 2, 0);
}

value_id program_sub(struct program *p, const char *name, value_id a,
                     value_id b) {
  return program_combine(p, name, (value_id[]){a, b}, (long[]){1, -1}, 2, 0);
}

/* ---- sum and pack: along the last axis ---- */

static struct dims without_last(const struct program *p, value_id x) {
  struct dims dims = program_dims(p, x);
  assert(dims.rank);
  dims.at[--dims.rank] = 0;
  return dims;
}

static size_t last_length(const struct reading *r, value_id x) {
  const struct shape_of *shape = reading_shape(r, x);
  return shape->at[shape->rank - 1];
}

static void run_sum(struct reading *r, const struct step *s) {
  const fmpz *x = whole(r, step_operand(r, s, 0));
  fmpz *y = r->tensor[step_result(r, s)].whole;
  size_t n = last_length(r, step_operand(r, s, 0));
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    fmpz_zero(y + j);
    sum_row(y + j, NULL, x + j * n, n);
  }
}

static void lower_sum(struct reading *r, const struct step *s) {
  value_id v = step_operand(r, s, 0);
  const struct number *x = number(r, v);
  struct number *y = r->tensor[step_result(r, s)].number;
  size_t n = last_length(r, v);
  unsigned last = reading_shape(r, v)->rank - 1;
  struct sum sum;
  sum_init(&sum, r);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    sum_begin(&sum, y + j, &nothing);
    sum.row = n ? fold_row(r->in, v, last, j * n) : 0;
    for (size_t i = 0; i < n; i++)
      sum_add_copies(&sum, &one, x + j * n + i, v, i);
    sum_end(&sum);
  }
  sum_clear(&sum);
}

static void certify_sum(struct proof *k, const struct step *s) {
  bool is_natural = proof_operand(k, s, 0)->is_natural;
  struct dims d = program_dims(k->p, program_operand(k->p, s, 0));
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  formula_size(k->f, n, d.at[d.rank - 1]);
  certify_row(k, s, &one, NULL);
  proof_result(k, s, 0)->is_natural = is_natural;
  fact_repeat(k, proof_result(k, s, 0), proof_operand(k, s, 0), n);
  fmpz_mpoly_clear(n, k->f->ring);
}

static const struct op sum_of = {
    .keeps_index = true,
    .name = "sum",
    .certify = certify_sum,
    .run = run_sum,
    .lower = lower_sum,
    .is_free = true,
    .folds = true,
};

value_id program_sum(struct program *p, const char *name, value_id x) {
  return program_step(p, &sum_of, name, &x, 1, without_last(p, x), NULL);
}

/* y = sum of 2^i * x[i], the highest first: bit i of y is still 0 then, and y
   grows only once if x are bits. */
static void pack_row(fmpz *y, const fmpz *x, size_t n) {
  fmpz_t shifted;
  fmpz_init(shifted);
  fmpz_zero(y);
  for (size_t i = n; i-- > 0;)
    if (fmpz_is_one(x + i)) {
      fmpz_setbit(y, i);
    } else if (!fmpz_is_zero(x + i)) {
      fmpz_mul_2exp(shifted, x + i, i);
      fmpz_add(y, y, shifted);
    }
  fmpz_clear(shifted);
}

static void run_pack(struct reading *r, const struct step *s) {
  const fmpz *x = whole(r, step_operand(r, s, 0));
  fmpz *y = r->tensor[step_result(r, s)].whole;
  size_t n = last_length(r, step_operand(r, s, 0));
  for (size_t j = 0; j < step_shape(r, s)->n; j++)
    pack_row(y + j, x + j * n, n);
}

static void lower_pack(struct reading *r, const struct step *s) {
  const struct number *x = number(r, step_operand(r, s, 0));
  struct number *y = r->tensor[step_result(r, s)].number;
  size_t n = last_length(r, step_operand(r, s, 0));
  fmpz_t weight;
  fmpz_init(weight);
  struct sum sum;
  sum_init(&sum, r);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    sum_begin(&sum, y + j, &nothing);
    fmpz_one(weight);
    for (size_t i = 0; i < n; i++) {
      sum_add(&sum, weight, x + j * n + i);
      fmpz_mul_2exp(weight, weight, 1);
    }
    sum_end(&sum);
  }
  sum_clear(&sum);
  fmpz_clear(weight);
}

static bool is_bit(const struct proof *k, const struct fact *x) {
  return x->is_natural && x->is_bounded &&
         fmpz_mpoly_is_one(x->most, k->f->ring);
}

/* Free. Values grow with 2^n, so they have a bound only for constant n. */
static void certify_pack(struct proof *k, const struct step *s) {
  struct dims d = program_dims(k->p, program_operand(k->p, s, 0));
  const struct size_node *n = &k->p->sizes.nodes.at[d.at[d.rank - 1]];
  const struct fact *x = proof_operand(k, s, 0);
  struct fact *y = proof_result(k, s, 0);
  bool is_natural = x->is_natural;
  fmpz_mpoly_t length;
  fmpz_mpoly_init(length, k->f->ring);
  formula_size(k->f, length, d.at[d.rank - 1]);
  proof_deeper(k, s, 0, 0);
  y->is_natural = is_natural;
  fact_repeat(k, y, x, length);
  fmpz_mpoly_add(y->group_bits, y->group_bits, length, k->f->ring);
  if (x->has_parts && fmpz_mpoly_is_one(x->parts, k->f->ring) && is_bit(k, x)) {
    fmpz_mpoly_set_si(y->groups, 1, k->f->ring);
    fmpz_mpoly_set(y->group_bits, length, k->f->ring);
  }
  fmpz_mpoly_clear(length, k->f->ring);
  if (n->kind != SIZE_CONSTANT || n->value > FLINT_BITS - 3)
    return;
  slong terms = proof_terms(k, x);
  fmpz_mpoly_t most;
  fmpz_mpoly_init(most, k->f->ring);
  fmpz_mpoly_scalar_mul_si(most, x->most, (1L << n->value) - 1, k->f->ring);
  if (x->is_bounded)
    proof_bound(k, s, 0, most);
  y->terms = n->value * terms;
  if (n->value == 1 && x->is_ladder)
    proof_ladder(k, s, 0, x->rungs);
  fmpz_mpoly_clear(most, k->f->ring);
}

static const struct op pack = {.name = "pack",
                               .run = run_pack,
                               .lower = lower_pack,
                               .certify = certify_pack,
                               .is_free = true};

value_id program_pack(struct program *p, const char *name, value_id bits) {
  return program_step(p, &pack, name, &bits, 1, without_last(p, bits), NULL);
}
