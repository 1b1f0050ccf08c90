/* mix_max: attention whose weights fall with the distance from the greatest
   score. Depth 2: first scores t, one ladder each, and t AND each bit of v;
   then the ratio, for each value M that the maximum may have, F_a(M) = 2 U(M) -
   (2a - 1) Z(M), whose weights are those below M: [mix >= a] = sum over M of
   [F_a(M) - B #(t > M) >= 0]
                              - [F_a(M) - B #(t >= M) >= 0],
   as both gates agree where M is not the maximum: below it, B forbids both, and
   above it, no t is M or more. So no level is spent on the maximum. R - 1 gates
   a score of R values, p (R - 1) with a value of p bits, and 2R - 1 for each
   value of the result but one. */
#include "compile/program/attention.h"
#include "compile/program/operation.h"

#include <assert.h>

#include <flint/fmpz_vec.h>

struct mix_max {
  struct score_table f; // at[i] is the weight at distance i
  fmpz *at;
  long lo, hi;
  bool is_causal;
};

static void clear_mix_max(void *context) {
  struct mix_max *d = context;
  _fmpz_vec_clear(d->at, (slong)d->f.n);
}

/* Scores [.., rows, keys], values [.., keys, e], result [.., rows, e]. */
struct sizes_of {
  size_t rows, keys, values, outer; // outer rows of scores
  size_t repeat;                    // of scores in front, for one of v
};

static struct sizes_of sizes_of(const struct reading *r, const struct step *s) {
  const struct shape_of *t = reading_shape(r, step_operand(r, s, 0));
  const struct shape_of *v = reading_shape(r, step_operand(r, s, 1));
  struct sizes_of k = {.rows = t->at[t->rank - 2],
                       .keys = t->at[t->rank - 1],
                       .values = v->at[v->rank - 1]};
  k.outer = k.rows && k.keys ? t->n / k.rows / k.keys : 0;
  size_t of_v = k.keys && k.values ? v->n / k.keys / k.values : 1;
  k.repeat = of_v ? k.outer / of_v : 1;
  return k;
}

static size_t keys_of(const struct mix_max *d, const struct sizes_of *k,
                      size_t row) {
  return d->is_causal && row + 1 < k->keys ? row + 1 : k->keys;
}

/* ---- run ---- */

/* The place of a score in 0..n - 1. */
static size_t level_of(const struct score_table *f, const fmpz_t score,
                       fmpz_t room) {
  fmpz_zero(room);
  if (f->shift)
    fmpz_setbit(room, f->shift - 1);
  fmpz_add(room, room, score);
  fmpz_fdiv_q_2exp(room, room, f->shift);
  fmpz_sub_si(room, room, f->least);
  return fmpz_sgn(room) <= 0               ? 0
         : fmpz_cmp_ui(room, f->n - 1) < 0 ? fmpz_get_ui(room)
                                           : f->n - 1;
}

static void round_ratio(fmpz_t y, const fmpz_t above, fmpz_t below,
                        const struct mix_max *d) {
  fmpz_mul_2exp(y, above, 1);
  fmpz_add(y, y, below);
  fmpz_mul_2exp(below, below, 1);
  fmpz_fdiv_q(y, y, below);
  if (fmpz_cmp_si(y, d->lo) < 0)
    fmpz_set_si(y, d->lo);
  if (fmpz_cmp_si(y, d->hi) > 0)
    fmpz_set_si(y, d->hi);
}

static void run_mix_max(struct reading *r, const struct step *s) {
  const struct mix_max *d = s->detail;
  struct sizes_of k = sizes_of(r, s);
  const fmpz *score = r->tensor[step_operand(r, s, 0)].whole;
  const fmpz *v = r->tensor[step_operand(r, s, 1)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  size_t *level = xcalloc(k.keys, sizeof *level);
  fmpz_t above, below;
  fmpz_init(above);
  fmpz_init(below);
  for (size_t i = 0; i < k.outer * k.rows; i++, score += k.keys) {
    size_t n = keys_of(d, &k, i % k.rows), most = 0;
    const fmpz *of = v + i / k.rows / k.repeat * k.keys * k.values;
    for (size_t j = 0; j < n; j++) {
      level[j] = level_of(&d->f, score + j, above);
      most = level[j] > most ? level[j] : most;
    }
    for (size_t e = 0; e < k.values; e++, y++) {
      fmpz_zero(above);
      fmpz_zero(below);
      for (size_t j = 0; j < n; j++) {
        fmpz_addmul(above, d->at + most - level[j], of + j * k.values + e);
        fmpz_add(below, below, d->at + most - level[j]);
      }
      round_ratio(y, above, below, d);
    }
  }
  free(level);
  fmpz_clear(above);
  fmpz_clear(below);
}

/* ---- lower ---- */

/* A stair of 1 at the least score of each level but the lowest. */
static void make_stairs(struct staircase *s, const struct score_table *f) {
  mpz_t t, half;
  mpz_inits(t, half, NULL);
  if (f->shift)
    mpz_setbit(half, f->shift - 1);
  for (size_t i = 1; i < f->n; i++) {
    mpz_set_si(t, f->least + (long)i);
    mpz_mul_2exp(t, t, f->shift);
    mpz_sub(t, t, half);
    staircase_push_si(s, t, 1);
  }
  mpz_clears(t, half, NULL);
}

/* The weight of a level for the maximum M = most, times scale; 0 above it. */
struct weight {
  const struct mix_max *d;
  size_t most;
  size_t base; // of the level that is 0
  unsigned long scale;
};

static void call_weight(mpz_t y, const mpz_t level, const void *context) {
  const struct weight *w = context;
  size_t l = w->base + mpz_get_ui(level);
  mpz_set_ui(y, 0);
  if (l > w->most)
    return;
  fmpz_get_mpz(y, w->d->at + w->most - l);
  mpz_mul_ui(y, y, w->scale);
}

/* [level >= least]. */
static void call_reaches(mpz_t y, const mpz_t level, const void *least) {
  mpz_set_ui(y, mpz_cmp_ui(level, *(const size_t *)least) >= 0);
}

/* What a row reads: levels of its keys, and for one value their ANDs with its
   bits and the bits themselves, [keys, width]. */
struct row {
  struct reading *r;
  const struct step *s;
  size_t n, index; // keys; of the row along its axis
  unsigned width;
  bool is_signed;
  struct number *level, *gated, *bit;
  size_t *base; // [keys]: levels that a score always passes
};

static void push_key(struct row *w, struct number *sum, const struct number *x,
                     const mpz_t weight, size_t j) {
  value_id scores = step_operand(w->r, w->s, 0);
  unsigned axis = reading_shape(w->r, scores)->rank - 1;
  reading_push(w->r, sum, x, weight, scores, axis, j, w->index);
}

/* sum += for each key the function of its level. */
static void push_levels(struct row *w, struct number *sum,
                        const struct function *f) {
  struct number x;
  mpz_t one;
  mpz_init_set_ui(one, 1);
  number_init(&x);
  for (size_t j = 0; j < w->n; j++) {
    number_apply(w->r->c, &x, &w->level[j], f);
    push_key(w, sum, &x, one, j);
  }
  number_settle(w->r->c, sum);
  number_clear(&x);
  mpz_clear(one);
}

/* sum += for each key and bit the weight of the level AND the bit, times what
   the bit is: its value at level 0 where the bit is 1, and what the gated level
   adds. */
static void push_values(struct row *w, struct number *sum,
                        const struct weight *f) {
  struct number x;
  mpz_t weight, zero, start;
  struct weight of = *f;
  mpz_inits(weight, zero, start, NULL);
  number_init(&x);
  for (size_t i = 0; i < w->n * w->width; i++) {
    size_t k = i % w->width;
    of.base = w->base[i / w->width];
    mpz_set_ui(zero, 0);
    call_weight(start, zero, &of);
    mpz_set_ui(weight, 1);
    mpz_mul_2exp(weight, weight, k);
    if (w->is_signed && k + 1 == w->width)
      mpz_neg(weight, weight);
    number_apply(w->r->c, &x, &w->gated[i],
                 &(struct function){call_weight, &of, false});
    mpz_neg(zero, start); // of level 0, counted only where the bit is 1
    number_add_z(&x, &x, zero);
    number_push(w->r->c, &x, &w->bit[i], start);
    number_settle(w->r->c, &x);
    push_key(w, sum, &x, weight, i / w->width);
  }
  number_settle(w->r->c, sum);
  number_clear(&x);
  mpz_clears(weight, zero, start, NULL);
}

/* y += sign * [values - (2a - 1) weights - big * how many >= 0]. */
static void push_gate(struct row *w, struct number *y, long a, int sign,
                      const struct number *values, const struct number *weights,
                      const struct number *how_many, const mpz_t big) {
  struct number sum;
  mpz_t less;
  mpz_init(less);
  number_init(&sum);
  number_push_si(w->r->c, &sum, values, 1);
  number_push_si(w->r->c, &sum, weights, 1 - 2 * a);
  mpz_neg(less, big);
  number_push(w->r->c, &sum, how_many, less);
  number_settle(w->r->c, &sum);
  number_at_least_si(w->r->c, &sum, &sum, 0);
  number_push_si(w->r->c, y, &sum, sign);
  number_clear(&sum);
  mpz_clear(less);
}

/* More than 2 U - (2a - 1) Z can be, for any a of lo..hi. */
static void find_big(mpz_t big, const struct mix_max *d, size_t keys) {
  long most = -d->lo > d->hi ? -d->lo : d->hi;
  fmpz_t greatest;
  fmpz_init(greatest);
  for (size_t i = 0; i < d->f.n; i++)
    if (fmpz_cmp(greatest, d->at + i) < 0)
      fmpz_set(greatest, d->at + i);
  fmpz_get_mpz(big, greatest);
  mpz_mul_ui(big, big, keys);
  mpz_mul_si(big, big, 4 * most + 4);
  mpz_add_ui(big, big, 1);
  fmpz_clear(greatest);
}

/* y += what it is if the maximum is `most`: for each a, [2 U - (2a - 1) Z >= 0]
   and no level above it, less the same and no level that reaches it. */
static void push_maximum(struct row *w, struct number *y, size_t most,
                         const mpz_t big) {
  const struct mix_max *d = w->s->detail;
  struct weight twice = {d, most, 0, 2}, once = {d, most, 0, 1};
  size_t next = most + 1;
  struct number *sum = numbers_new(4);
  push_values(w, &sum[0], &twice);
  push_levels(w, &sum[1], &(struct function){call_weight, &once, false});
  push_levels(w, &sum[2], &(struct function){call_reaches, &next, true});
  push_levels(w, &sum[3], &(struct function){call_reaches, &most, true});
  for (long a = d->lo + 1; a <= d->hi; a++) {
    push_gate(w, y, a, 1, &sum[0], &sum[1], &sum[2], big);
    if (most) // no level is below 0
      push_gate(w, y, a, -1, &sum[0], &sum[1], &sum[3], big);
  }
  numbers_free(sum, 4);
}

static void lower_value(struct row *w, struct number *y, size_t keys) {
  const struct mix_max *d = w->s->detail;
  mpz_t big;
  mpz_init(big);
  find_big(big, d, keys);
  number_set_si(y, d->lo);
  for (size_t most = 0; most < d->f.n; most++)
    push_maximum(w, y, most, big);
  number_settle(w->r->c, y);
  number_bound_si(y, d->lo, d->hi);
  mpz_clear(big);
}

/* The bits of a value of each key, and each AND the key's level. */
static void gate_values(struct row *w, const struct number *score,
                        const struct number *v, size_t first, size_t values,
                        size_t e, const struct staircase *stairs) {
  value_id scores = step_operand(w->r, w->s, 0),
           of = step_operand(w->r, w->s, 1);
  unsigned axis = reading_shape(w->r, of)->rank - 1;
  for (size_t j = 0; j < w->n; j++) {
    struct staircase open = *stairs; // those that the score may miss
    w->base[j] = 0;
    while (open.stairs.n &&
           mpz_cmp(open.stairs.at[0].threshold, score[j].lo) <= 0) {
      open.stairs.at++;
      open.stairs.n--;
      w->base[j]++;
    }
    number_bits(w->r->c, w->bit + j * w->width, v + j * values + e, w->width);
    reading_at(w->r, scores, first + j);
    reading_at_also(w->r, of, axis, e);
    for (size_t k = 0; k < w->width; k++)
      number_staircase_and(w->r->c, &w->gated[j * w->width + k], score + j,
                           &open, &w->bit[j * w->width + k]);
  }
}

static void find_width(struct row *w, const struct number *v, size_t n) {
  for (size_t i = 0; i < n; i++)
    w->is_signed |= mpz_sgn(v[i].lo) < 0;
  for (size_t i = 0; i < n; i++) {
    unsigned width =
        number_width(&v[i]) + (w->is_signed && mpz_sgn(v[i].lo) >= 0);
    w->width = width > w->width ? width : w->width;
  }
}

static void lower_mix_max(struct reading *r, const struct step *s) {
  const struct mix_max *d = s->detail;
  struct sizes_of k = sizes_of(r, s);
  value_id scores = step_operand(r, s, 0), of = step_operand(r, s, 1);
  const struct number *v = r->tensor[of].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  struct row w = {.r = r, .s = s};
  struct staircase stairs;
  long keys = instance_size(r->in, program_dims(r->in->program, scores)
                                       .at[reading_shape(r, scores)->rank - 1]);
  staircase_init(&stairs);
  make_stairs(&stairs, &d->f);
  find_width(&w, v, reading_shape(r, of)->n);
  w.level = numbers_new(k.keys);
  w.gated = numbers_new(k.keys * w.width);
  w.bit = numbers_new(k.keys * w.width);
  w.base = xcalloc(k.keys, sizeof *w.base);
  for (size_t i = 0; i < k.outer * k.rows; i++) {
    const struct number *score = r->tensor[scores].number + i * k.keys;
    const struct number *values = v + i / k.rows / k.repeat * k.keys * k.values;
    w.index = i % k.rows;
    w.n = keys_of(d, &k, w.index);
    for (size_t j = 0; j < w.n; j++) {
      reading_at(r, scores, i * k.keys + j);
      number_staircase(r->c, &w.level[j], score + j, &stairs);
    }
    for (size_t e = 0; e < k.values; e++) {
      gate_values(&w, score, values, i * k.keys, k.values, e, &stairs);
      reading_at(r, step_result(r, s), i * k.values + e);
      lower_value(&w, y + i * k.values + e, (size_t)keys);
    }
  }
  numbers_free(w.level, k.keys);
  numbers_free(w.gated, k.keys * w.width);
  numbers_free(w.bit, k.keys * w.width);
  free(w.base);
  staircase_clear(&stairs);
}

static void certify_mix_max(struct proof *k, const struct step *s) {
  const struct mix_max *d = s->detail;
  struct dims t = program_dims(k->p, program_operand(k->p, s, 0));
  slong stairs = (slong)d->f.n - 1;
  fmpz_mpoly_t n, bits;
  fmpz_mpoly_init(n, k->f->ring);
  fmpz_mpoly_init(bits, k->f->ring);
  proof_deeper(k, s, 0, 2);
  bool known = proof_bits(k, bits, proof_operand(k, s, 1));
  fmpz_mpoly_add_si(bits, bits, 1, k->f->ring); // a score, for each value
  fmpz_mpoly_scalar_mul_si(bits, bits, stairs, k->f->ring);
  formula_size(k->f, n, t.at[t.rank - 1]);
  fmpz_mpoly_mul(n, n, bits, k->f->ring);
  fmpz_mpoly_add_si(n, n, (d->hi - d->lo) * (2 * stairs + 1), k->f->ring);
  if (known)
    proof_add_gates(k, s, 0, n);
  else
    proof_no_gates_known(k);
  proof_bound_si(k, s, 0, -d->lo > d->hi ? -d->lo : d->hi);
  fmpz_mpoly_clear(n, k->f->ring);
  fmpz_mpoly_clear(bits, k->f->ring);
}

static const struct op mix_max = {.name = "mix_max",
                                  .run = run_mix_max,
                                  .lower = lower_mix_max,
                                  .certify = certify_mix_max,
                                  .folds = true};

value_id program_mix_max(struct program *p, const char *name, value_id scores,
                         value_id v, const struct score_table *f, long lo,
                         long hi, bool is_causal) {
  value_id x[] = {scores, v};
  struct mix_max *d = program_alloc(p, 1, sizeof *d);
  struct dims dims = program_dims(p, scores), of = program_dims(p, v);
  assert(dims.rank >= 2 && of.rank >= 2 && lo <= hi && f->n >= 1);
  *d = (struct mix_max){.f = *f,
                        .at = _fmpz_vec_init((slong)f->n),
                        .lo = lo,
                        .hi = hi,
                        .is_causal = is_causal};
  _fmpz_vec_set(d->at, f->at, (slong)f->n);
  program_own(p, clear_mix_max, d);
  dims.at[dims.rank - 1] = of.at[of.rank - 1];
  return program_step(p, &mix_max, name, x, 2, dims, d);
}
