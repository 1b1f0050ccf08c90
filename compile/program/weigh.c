/* weigh: a table of each score, times values. Depth 1. For R places where the
   table changes, R gates alone, and p*R with a value of p bits, one ladder for
   each of its bits: number_staircase_and(). Neither product nor table is made
   first. */
#include "compile/program/attention.h"
#include "compile/program/operation.h"

#include <assert.h>

#include <flint/fmpz_vec.h>

struct weigh {
  struct score_table f;
  fmpz *at;
  bool is_causal;
};

static void clear_weigh(void *context) {
  struct weigh *d = context;
  _fmpz_vec_clear(d->at, (slong)d->f.n);
}

/* What element j of the result is. */
enum weight {
  WEIGHT_NONE,
  WEIGHT_ONE,
  WEIGHT_TABLE
};

static enum weight weight_at(const struct reading *r, const struct step *s,
                             size_t j) {
  const struct weigh *d = s->detail;
  const struct shape_of *shape = step_shape(r, s);
  size_t values = shape->at[shape->rank - 1];
  size_t keys = shape->at[shape->rank - 2], rows = shape->at[shape->rank - 3];
  size_t key = j / values % keys, row = j / values / keys % rows;
  if (d->is_causal && key > row)
    return WEIGHT_NONE;
  struct dims dims = program_dims(r->in->program, step_result(r, s));
  bool has_one = instance_size(r->in, dims.at[dims.rank - 2]) == 1;
  bool is_alone = has_one || (d->is_causal && row == 0);
  return is_alone && !d->f.is_plain ? WEIGHT_ONE : WEIGHT_TABLE;
}

/* ---- run ---- */

static const fmpz *look_up(const struct score_table *f, const fmpz_t x,
                           fmpz_t room) {
  fmpz_zero(room);
  if (f->shift)
    fmpz_setbit(room, f->shift - 1);
  fmpz_add(room, room, x);
  fmpz_fdiv_q_2exp(room, room, f->shift);
  fmpz_sub_si(room, room, f->least);
  if (fmpz_sgn(room) <= 0)
    return f->at;
  return f->at +
         (fmpz_cmp_ui(room, f->n - 1) < 0 ? fmpz_get_ui(room) : f->n - 1);
}

static void run_weigh(struct reading *r, const struct step *s) {
  const struct weigh *d = s->detail;
  const struct shape_of *shape = step_shape(r, s);
  fmpz *y = r->tensor[step_result(r, s)].whole;
  fmpz_t room;
  fmpz_init(room);
  for (size_t j = 0; j < shape->n; j++) {
    value_id v = step_operand(r, s, 0);
    size_t k = broadcast_index(shape, reading_shape(r, v), j);
    enum weight w = weight_at(r, s, j);
    fmpz_set_si(y + j, w != WEIGHT_NONE);
    if (w == WEIGHT_TABLE)
      fmpz_set(y + j, look_up(&d->f, r->tensor[v].whole + k, room));
    if (s->operands == 2) {
      v = step_operand(r, s, 1);
      k = broadcast_index(shape, reading_shape(r, v), j);
      fmpz_mul(y + j, y + j, r->tensor[v].whole + k);
    }
  }
  fmpz_clear(room);
}

/* ---- lower ---- */

/* A stair at the least score of each t: t 2^shift - 2^(shift-1). */
static void make_stairs(struct staircase *s, const struct score_table *f) {
  mpz_t t, half, step, last;
  mpz_inits(t, half, step, last, NULL);
  if (f->shift)
    mpz_setbit(half, f->shift - 1);
  fmpz_get_mpz(s->start, f->at);
  mpz_set(last, s->start);
  for (size_t i = 1; i < f->n; i++) {
    mpz_set_si(t, f->least);
    mpz_add_ui(t, t, i);
    mpz_mul_2exp(t, t, f->shift);
    mpz_sub(t, t, half);
    fmpz_get_mpz(step, f->at + i);
    mpz_sub(step, step, last);
    mpz_add(last, last, step);
    staircase_push(s, t, step);
  }
  mpz_clears(t, half, step, last, NULL);
}

static void lower_weigh(struct reading *r, const struct step *s) {
  const struct weigh *d = s->detail;
  const struct shape_of *shape = step_shape(r, s);
  struct number *y = r->tensor[step_result(r, s)].number;
  struct staircase stairs;
  staircase_init(&stairs);
  make_stairs(&stairs, &d->f);
  for (size_t j = 0; j < shape->n; j++) {
    value_id x = step_operand(r, s, 0), v = step_operand(r, s, s->operands - 1);
    reading_at(r, step_result(r, s), j);
    const struct number *score =
        r->tensor[x].number + broadcast_index(shape, reading_shape(r, x), j);
    const struct number *value =
        r->tensor[v].number + broadcast_index(shape, reading_shape(r, v), j);
    enum weight w = weight_at(r, s, j);
    if (w == WEIGHT_NONE || (w == WEIGHT_ONE && s->operands == 1))
      number_set_si(y + j, w == WEIGHT_ONE);
    else if (w == WEIGHT_ONE)
      number_set(y + j, value);
    else if (s->operands == 1)
      number_staircase(r->c, y + j, score, &stairs);
    else
      number_staircase_mul(r->c, y + j, score, &stairs, value);
  }
  staircase_clear(&stairs);
}

/* A value of p bits has p ladders. */
static void certify_weigh(struct proof *k, const struct step *s) {
  const struct weigh *d = s->detail;
  slong changes = 0;
  fmpz_t most;
  fmpz_mpoly_t n, bits;
  fmpz_init(most);
  fmpz_mpoly_init(n, k->f->ring);
  fmpz_mpoly_init(bits, k->f->ring);
  for (size_t i = 0; i < d->f.n; i++) {
    changes += i && !fmpz_equal(d->at + i, d->at + i - 1);
    if (fmpz_cmpabs(most, d->at + i) < 0)
      fmpz_abs(most, d->at + i);
  }
  fmpz_mpoly_set_si(n, changes, k->f->ring);
  proof_deeper(k, s, 0, 1);
  if (s->operands == 1) {
    proof_ladder(k, s, 0, n);
    fmpz_mpoly_set_si(bits, 1, k->f->ring);
  } else if (!proof_bits(k, bits, proof_operand(k, s, 1))) {
    proof_no_gates_known(k);
  }
  fmpz_mpoly_mul(n, n, bits, k->f->ring);
  proof_add_gates(k, s, 0, n);
  fmpz_mpoly_set_fmpz(n, most, k->f->ring);
  if (s->operands == 2)
    fmpz_mpoly_mul(n, n, proof_operand(k, s, 1)->most, k->f->ring);
  if (s->operands == 1 || proof_operand(k, s, 1)->is_bounded)
    proof_bound(k, s, 0, n);
  fmpz_clear(most);
  fmpz_mpoly_clear(n, k->f->ring);
  fmpz_mpoly_clear(bits, k->f->ring);
}

static const struct op weigh = {.name = "weigh",
                                .run = run_weigh,
                                .lower = lower_weigh,
                                .certify = certify_weigh,
                                .folds = true};

value_id program_weigh(struct program *p, const char *name, value_id scores,
                       const value_id *v, const struct score_table *f,
                       bool is_causal) {
  value_id x[] = {scores, v ? *v : scores};
  struct weigh *d = program_alloc(p, 1, sizeof *d);
  size_t n = v ? 2 : 1;
  *d = (struct weigh){*f, _fmpz_vec_init((slong)f->n), is_causal};
  _fmpz_vec_set(d->at, f->at, (slong)f->n);
  d->f.at = d->at;
  program_own(p, clear_weigh, d);
  struct dims dims = broadcast_dims(p, x, n);
  assert(dims.rank >= 3 && f->n >= 1);
  return program_step(p, &weigh, name, x, n, dims, d);
}
