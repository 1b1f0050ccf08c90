/* weigh_logs: a table of scores that are known by their sign and by logarithms,
   times values. Depth 1. For R places where the table changes, R gates alone,
   and p*R with a value of p bits. Each compares a sum of three ladders; scores
   above 0 and those below have ladders of their own. */
#include "compile/program/operation.h"
#include "compile/program/pairs.h"
#include "compile/program/sum_parts.h"

#include <assert.h>
#include <string.h>

struct weigh_logs {
  struct log_table f; // with its own arrays
  enum pairs pairs;
};

struct place {
  size_t row, key, score, value;
  bool is_read;
};

/* What element j of the result reads: elements of scores and values, and the
   positions whose logarithms are taken away. */
static struct place place_of(const struct reading *r, const struct step *s,
                             size_t j) {
  const struct weigh_logs *d = s->detail;
  const struct shape_of *shape = step_shape(r, s);
  struct dims dims = program_dims(r->in->program, step_result(r, s));
  unsigned rank = shape->rank;
  size_t values = shape->at[rank - 1], keys = shape->at[rank - 2];
  struct place p = {
      .row = j / values / keys % shape->at[rank - 3],
      .key = j / values % keys,
      .score =
          broadcast_index(shape, reading_shape(r, step_operand(r, s, 0)), j),
      .value = broadcast_index(
          shape, reading_shape(r, step_operand(r, s, s->operands - 1)), j),
  };
  if (d->pairs == PAIRS_OWN)
    p.key = p.row;
  p.is_read = pairs_is_read(r, d->pairs, dims.at[rank - 3], p.row, p.key);
  if (s->operands < 3)
    p.value = 0;
  return p;
}

/* ---- run ---- */

static const fmpz *look_up(const struct log_table *f, const fmpz_t score,
                           const fmpz_t logs, fmpz_t room) {
  bool falls = fmpz_sgn(score) < 0;
  size_t level = 0, most = falls ? f->half : f->half - 1;
  fmpz_abs(room, score);
  fmpz_mul_2exp(room, room, 1);
  fmpz_sub(room, room, logs);
  while (!fmpz_is_zero(score) && level < most &&
         fmpz_cmp(room, f->threshold + level) >= 0)
    level++;
  return f->at + (falls ? f->half - level : f->half + level);
}

static void run_weigh_logs(struct reading *r, const struct step *s) {
  const struct weigh_logs *d = s->detail;
  const fmpz *score = r->tensor[step_operand(r, s, 0)].whole;
  const fmpz *log = r->tensor[step_operand(r, s, 1)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  fmpz_t logs, room;
  fmpz_init(logs);
  fmpz_init(room);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    struct place p = place_of(r, s, j);
    fmpz_zero(y + j);
    if (!p.is_read)
      continue;
    fmpz_add(logs, log + p.row, log + p.key);
    fmpz_set(y + j, look_up(&d->f, score + p.score, logs, room));
    if (s->operands == 3)
      fmpz_mul(y + j, y + j, r->tensor[step_operand(r, s, 2)].whole + p.value);
  }
  fmpz_clear(logs);
  fmpz_clear(room);
}

/* ---- lower ---- */

/* The table at a level, which is -half..half - 1. */
static void table_at(mpz_t y, const struct log_table *f, long level) {
  fmpz_get_mpz(y, f->at + (long)f->half + level);
}

/* A stair at t from level a - 1 to a; of several at one place, one. */
static void push_level(struct staircase *s, const struct log_table *f,
                       const mpz_t t, long a) {
  mpz_t step, before;
  mpz_inits(step, before, NULL);
  table_at(step, f, a);
  table_at(before, f, a - 1);
  mpz_sub(step, step, before);
  struct stair *last = s->stairs.n ? &array_last(&s->stairs) : NULL;
  if (last && !mpz_cmp(last->threshold, t))
    mpz_add(last->step, last->step, step);
  else
    staircase_push(s, t, step);
  mpz_clears(step, before, NULL);
}

/* With m = 2 |score| - logs: level a > 0 is reached where [m >= t_a] of a score
   above 0; a <= 0 unless [m >= t_(1-a)] of one below, [-m >= 1 - t_(1-a)]. */
static void make_stairs(struct staircase *above, struct staircase *below,
                        const struct log_table *f) {
  mpz_t t;
  mpz_init(t);
  for (long a = 1; a < (long)f->half; a++) {
    fmpz_get_mpz(t, f->threshold + a - 1);
    push_level(above, f, t, a);
  }
  table_at(below->start, f, -(long)f->half);
  for (long a = 1 - (long)f->half; a <= 0; a++) {
    fmpz_get_mpz(t, f->threshold - a);
    mpz_ui_sub(t, 1, t);
    push_level(below, f, t, a);
  }
  mpz_clear(t);
}

static void part_above(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_set(y, x);
  if (mpz_sgn(y) < 0)
    mpz_set_ui(y, 0);
}

static void part_below(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_set(y, x);
  if (mpz_sgn(y) > 0)
    mpz_set_ui(y, 0);
}

/* m = 2 part of the score -+ logs. */
static void add_logs(struct reading *r, const struct step *s, struct number *m,
                     const struct place *p, bool is_above) {
  const struct weigh_logs *d = s->detail;
  struct function f = {is_above ? part_above : part_below, NULL, true};
  value_id v = step_operand(r, s, 1);
  const struct number *log = r->tensor[v].number;
  mpz_t sign;
  mpz_init_set_si(sign, is_above ? -1 : 1);
  number_apply(r->c, m, r->tensor[step_operand(r, s, 0)].number + p->score, &f);
  number_mul_si(r->c, m, m, 2);
  number_push(r->c, m, log + p->row, sign);
  pairs_push_key(r, d->pairs, m, log + p->key, sign, v, p->row, p->key);
  number_settle(r->c, m);
  mpz_clear(sign);
}

/* r = v, each bit of it as a gate of its own. */
static void copy_bits(struct circuit *c, struct number *r,
                      const struct number *v) {
  unsigned width = number_width(v);
  bool is_signed = mpz_sgn(v->lo) < 0;
  struct number *bit = numbers_new(width), gate;
  mpz_t one;
  mpz_init_set_ui(one, 1);
  number_init(&gate);
  number_bits(c, bit, v, width);
  number_set_si(r, 0);
  for (unsigned k = 0; k < width; k++) {
    number_set_si(&gate, 0);
    number_push_gate(c, &gate, &bit[k], one, 1);
    number_push_si(c, r, &gate,
                   is_signed && k + 1 == width ? -(1L << k) : 1L << k);
  }
  number_settle(c, r);
  numbers_free(bit, width);
  number_clear(&gate);
  mpz_clear(one);
}

/* Of stairs that m passes for certain y has v itself. That is a number of the
   key's position, not of a pair: sums over keys of pairs, which are without the
   row's own, have to read a copy. */
static void replace_values(struct circuit *c, struct number *y,
                           const struct number *m, const struct staircase *s,
                           const struct number *v) {
  struct number copy;
  mpz_t passed;
  mpz_init_set(passed, s->start);
  for (size_t i = 0; i < s->stairs.n; i++)
    if (mpz_cmp(s->stairs.at[i].threshold, m->lo) <= 0)
      mpz_add(passed, passed, s->stairs.at[i].step);
  if (mpz_sgn(passed) && !number_is_constant(v)) {
    number_init(&copy);
    copy_bits(c, &copy, v);
    number_sub(c, &copy, &copy, v);
    number_push(c, y, &copy, passed);
    number_settle(c, y);
    number_clear(&copy);
  }
  mpz_clear(passed);
}

static void lower_part(struct reading *r, const struct step *s,
                       struct number *y, const struct place *p,
                       const struct staircase *stairs, bool is_above) {
  const struct weigh_logs *d = s->detail;
  struct number m;
  number_init(&m);
  add_logs(r, s, &m, p, is_above);
  if (s->operands == 3) {
    const struct number *v = r->tensor[step_operand(r, s, 2)].number + p->value;
    number_staircase_mul(r->c, y, &m, stairs, v);
    if (d->pairs != PAIRS_OWN)
      replace_values(r->c, y, &m, stairs, v);
  } else {
    number_staircase(r->c, y, &m, stairs);
  }
  number_clear(&m);
}

static void lower_weigh_logs(struct reading *r, const struct step *s) {
  const struct weigh_logs *d = s->detail;
  struct number *y = r->tensor[step_result(r, s)].number, below;
  struct staircase stairs[2];
  number_init(&below);
  for (int i = 0; i < 2; i++)
    staircase_init(&stairs[i]);
  make_stairs(&stairs[0], &stairs[1], &d->f);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    struct place p = place_of(r, s, j);
    number_set_si(y + j, 0);
    if (!p.is_read)
      continue;
    reading_at(r, step_result(r, s), j);
    lower_part(r, s, y + j, &p, &stairs[0], true);
    lower_part(r, s, &below, &p, &stairs[1], false);
    number_add(r->c, y + j, y + j, &below);
  }
  for (int i = 0; i < 2; i++)
    staircase_clear(&stairs[i]);
  number_clear(&below);
}

/* ---- certify ---- */

static void certify_weigh_logs(struct proof *k, const struct step *s) {
  const struct weigh_logs *d = s->detail;
  slong changes = 0;
  fmpz_mpoly_t n, bits;
  fmpz_mpoly_init(n, k->f->ring);
  fmpz_mpoly_init(bits, k->f->ring);
  for (size_t i = 1; i < 2 * d->f.half; i++)
    changes += !fmpz_equal(d->f.at + i, d->f.at + i - 1);
  fmpz_mpoly_set_si(n, changes, k->f->ring);
  fmpz_mpoly_set_si(bits, 1, k->f->ring);
  proof_deeper(k, s, 0, 1);
  if (s->operands == 3 && !proof_bits(k, bits, proof_operand(k, s, 2)))
    proof_no_gates_known(k);
  fmpz_mpoly_mul(n, n, bits, k->f->ring);
  proof_add_gates(k, s, 0, n);
  fmpz_mpoly_set_fmpz(n, d->f.most, k->f->ring);
  if (s->operands == 3)
    fmpz_mpoly_mul(n, n, proof_operand(k, s, 2)->most, k->f->ring);
  if (s->operands == 2 || proof_operand(k, s, 2)->is_bounded)
    proof_bound(k, s, 0, n);
  fmpz_mpoly_clear(n, k->f->ring);
  fmpz_mpoly_clear(bits, k->f->ring);
}

static const struct op weigh_logs = {.name = "weigh",
                                     .run = run_weigh_logs,
                                     .lower = lower_weigh_logs,
                                     .certify = certify_weigh_logs,
                                     .needs_ladder = true,
                                     .folds = true};

value_id program_weigh_logs(struct program *p, const char *name,
                            value_id scores, value_id logs, const value_id *v,
                            const struct log_table *f, enum pairs pairs) {
  value_id x[] = {scores, logs, v ? *v : scores};
  struct weigh_logs *d = program_alloc(p, 1, sizeof *d);
  struct dims dims = broadcast_dims(p, (value_id[]){scores, x[2]}, v ? 2 : 1);
  assert(dims.rank >= 3 && f->half >= 1 && program_dims(p, logs).rank == 2);
  d->pairs = pairs;
  d->f = (struct log_table){.half = f->half,
                            .threshold =
                                program_keep_integers(p, f->threshold, f->half),
                            .at = program_keep_integers(p, f->at, 2 * f->half),
                            .most = program_keep_most(p, f->at, 2 * f->half)};
  return program_step(p, &weigh_logs, name, x, v ? 3 : 2, dims, d);
}
