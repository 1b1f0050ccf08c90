/* Scores without queries and keys: forms on pairs of what the norm reads, over
   the norms of both, compared by logarithms. */
#include "compile/models/block_parts.h"

#include <assert.h>

#include <flint/fmpz_vec.h>

enum {
  FINEST = 8 // most binary digits of a logarithm
};

/* Logarithms of base 2 are in units of 2^-digits. */
static unsigned log_digits(const struct transformer *b) {
  unsigned digits = b->bits > 4 ? b->bits - 3 : 1;
  return digits < FINEST ? digits : FINEST;
}

/* 2^digits log2 x for x >= 1, rounded down: how long x^(2^digits) is. */
static long log_of(const mpz_t x, unsigned digits) {
  mpz_t power;
  mpz_init(power);
  mpz_pow_ui(power, x, 1UL << digits);
  long y = (long)mpz_sizeinbase(power, 2) - 1;
  mpz_clear(power);
  return y;
}

/* ---- Functions of V, and of scores ---- */

struct log_of_v {
  unsigned digits;
  mpz_t least, most; // of a c that is not 0
};

static void clear_log_of_v(void *context) {
  struct log_of_v *d = context;
  mpz_clears(d->least, d->most, NULL);
}

static void call_log_of_v(mpz_t y, const mpz_t v, const void *context) {
  const struct log_of_v *d = context;
  mpz_srcptr x = mpz_cmp(v, d->least) < 0  ? d->least
                 : mpz_cmp(v, d->most) > 0 ? d->most
                                           : v;
  mpz_set_si(y, log_of(x, d->digits));
}

/* With a mean taken away V is 2^(2 scale) (d sum of x^2 - (sum of x)^2) d, + 1:
   from one x that differs from the others by 1, to one half of them least and
   the others greatest. */
static struct log_of_v *make_log_of_v(struct transformer *b) {
  struct log_of_v *d = program_alloc(b->p, 1, sizeof *d);
  unsigned long width = (unsigned long)b->width;
  d->digits = log_digits(b);
  mpz_init_set_ui(d->least, width * (width - 1));
  mpz_init_set_ui(d->most, (1UL << b->bits) - 1);
  program_own(b->p, clear_log_of_v, d);
  assert(b->has_mean);
  mpz_mul(d->most, d->most, d->most);
  mpz_mul_ui(d->most, d->most, width * width);
  mpz_mul_ui(d->most, d->most, width);
  mpz_mul_2exp(d->least, d->least, 2 * b->scale);
  mpz_mul_2exp(d->most, d->most, 2 * b->scale);
  mpz_fdiv_q_2exp(d->most, d->most, 2);
  mpz_add_ui(d->least, d->least, 1);
  mpz_add_ui(d->most, d->most, 1);
  return d;
}

struct log_of_score {
  unsigned digits;
  long least, most; // that are told apart
};

/* sgn(s) (log |s| - least + 1), from 0 to most - least + 1. */
static void call_log_of_score(mpz_t y, const mpz_t s, const void *context) {
  const struct log_of_score *d = context;
  mpz_set_ui(y, 0);
  if (!mpz_sgn(s))
    return;
  mpz_abs(y, s);
  long log = log_of(y, d->digits);
  log = log > d->most ? d->most : log;
  mpz_set_si(y, log < d->least ? 0 : log - d->least + 1);
  if (mpz_sgn(s) < 0)
    mpz_neg(y, y);
}

/* ---- Thresholds ---- */

/* threshold[b - 1] of 2 log |S| - log V - log V: level b is reached where
   G^2 d |S| / (2^(2s) sqrt(V V)) >= (2b - 1) 2^(st - 1), the square of which is
   (2b - 1)^2 2^(2st + 4s) / (4 G^4 d^2). */
static void set_thresholds(const struct transformer *b, struct log_table *f,
                           fmpz *threshold, unsigned long shift) {
  unsigned digits = log_digits(b);
  unsigned long up = 2 * shift + 4 * block_shift(b, b->width);
  mpz_t above, below;
  mpz_init(above);
  mpz_init_set_si(below, b->width);
  mpz_mul(below, below, below);
  mpz_mul_2exp(below, below, 4 * (b->bits - 3) + 2);
  for (size_t i = 0; i < f->half; i++) {
    mpz_set_ui(above, 2 * i + 1);
    mpz_mul(above, above, above);
    mpz_mul_2exp(above, above, up);
    fmpz_set_si(threshold + i, log_of(above, digits) - log_of(below, digits));
  }
  f->threshold = threshold;
  mpz_clears(above, below, NULL);
}

static long half_up(long x) { // of x / 2
  return x >= 0 ? (x + 1) / 2 : x / 2;
}

/* The logs of scores that some V can tell apart; thresholds become those for
   logs from least - 1 on. */
static struct log_of_score *clamp_scores(const struct transformer *b,
                                         const struct log_of_v *v,
                                         const struct log_table *f,
                                         fmpz *threshold) {
  struct log_of_score *d = program_alloc(b->p, 1, sizeof *d);
  d->digits = v->digits;
  d->least = half_up(fmpz_get_si(threshold) + 2 * log_of(v->least, v->digits));
  d->most = half_up(fmpz_get_si(threshold + f->half - 1) +
                    2 * log_of(v->most, v->digits));
  for (size_t i = 0; i < f->half; i++)
    fmpz_sub_si(threshold + i, threshold + i, 2 * (d->least - 1));
  return d;
}

/* ---- Scores ---- */

/* weight[head] = C^T Wq^T Wk C of the first d columns of C. */
static fmpz *draw_forms(struct exact *e) {
  struct transformer *b = e->b;
  slong d = b->width, dh = d / b->heads, narrow = dh * b->kv_heads;
  fmpz *weight = _fmpz_vec_init(b->heads * d * d);
  fmpz_mat_t wq, wk, q, k, form;
  fmpz_mat_init(wq, d, d);
  fmpz_mat_init(wk, narrow, d);
  fmpz_mat_init(q, d, fmpz_mat_ncols(e->c));
  fmpz_mat_init(k, narrow, fmpz_mat_ncols(e->c));
  fmpz_mat_init(form, d, d);
  block_draw(b, wq, d, d);
  block_draw(b, wk, narrow, d);
  fmpz_mat_mul(q, wq, e->c);
  fmpz_mat_mul(k, wk, e->c);
  for (slong h = 0; h < b->heads; h++)
    for (slong i = 0; i < d; i++)
      for (slong j = 0; j < d; j++)
        for (slong x = 0; x < dh; x++)
          fmpz_addmul(
              weight + (h * d + i) * d + j, fmpz_mat_entry(q, h * dh + x, i),
              fmpz_mat_entry(k, h * b->kv_heads / b->heads * dh + x, j));
  fmpz_mat_clear(wq);
  fmpz_mat_clear(wk);
  fmpz_mat_clear(q);
  fmpz_mat_clear(k);
  fmpz_mat_clear(form);
  return weight;
}

/* Scores of positions with themselves, [n, heads], over the products that the
   norm has made. */
static value_id add_own(struct exact *e, const fmpz *weight) {
  struct transformer *b = e->b;
  slong d = b->width, m = fmpz_mat_ncols(e->c), pairs = m * (m + 1) / 2;
  fmpz *flat = _fmpz_vec_init(b->heads * pairs);
  for (slong h = 0; h < b->heads; h++)
    for (slong i = 0; i < d; i++)
      for (slong j = 0; j < d; j++) {
        slong most = i > j ? i : j, least = i > j ? j : i;
        fmpz *to = flat + h * pairs + most * (most + 1) / 2 + least;
        fmpz_add(to, to, weight + (h * d + i) * d + j);
      }
  value_id y = program_linear(b->p, "own", e->gram, (size_t)b->heads,
                              (size_t)pairs, flat, NULL);
  _fmpz_vec_clear(flat, b->heads * pairs);
  return y;
}

/* ---- Attention ---- */

struct scored {
  struct log_table f; // without the least weight of a key
  fmpz least;
  value_id logs;           // of V: [n, 1]
  value_id own, of_others; // logs of scores: [n, heads], [n, others, heads]
  value_id v;              // [kv, n, dh]
};

/* [kv, group, n, keys, 1] of [heads, n, keys]. */
static value_id by_heads(struct transformer *b, value_id x, size_id keys) {
  size_id one = size_si(&b->p->sizes, 1);
  return program_reshape(b->p, "s", x,
                         (struct dims){5, {b->kv, b->group, b->n, keys, one}});
}

static value_id values_of_keys(struct transformer *b, const struct scored *t,
                               size_id keys) {
  size_id one = size_si(&b->p->sizes, 1);
  return program_reshape(b->p, "v", t->v,
                         (struct dims){5, {b->kv, one, one, keys, b->dh}});
}

static void weigh_own(struct transformer *b, const struct scored *t,
                      value_id part[2]) {
  struct program *p = b->p;
  size_id one = size_si(&p->sizes, 1);
  value_id s = program_transpose(p, "s", t->own, (unsigned[]){1, 0});
  value_id v = program_reshape(
      p, "v", t->v, (struct dims){5, {b->kv, one, b->n, one, b->dh}});
  s = by_heads(b, s, one);
  part[1] = program_weigh_logs(p, block_name(b, "own weights"), s, t->logs,
                               NULL, &t->f, PAIRS_OWN);
  part[0] = program_weigh_logs(p, block_name(b, "own values"), s, t->logs, &v,
                               &t->f, PAIRS_OWN);
}

static void weigh_others(struct transformer *b, const struct scored *t,
                         value_id part[2]) {
  struct program *p = b->p;
  enum pairs pairs = b->is_causal ? PAIRS_EARLIER : PAIRS_OTHERS;
  value_id v = values_of_keys(b, t, b->others);
  value_id s = program_transpose(p, "s", t->of_others, (unsigned[]){2, 0, 1});
  s = by_heads(b, s, b->others);
  part[1] = program_weigh_logs(p, block_name(b, "weights"), s, t->logs, NULL,
                               &t->f, pairs);
  part[0] = program_weigh_logs(p, block_name(b, "values"), s, t->logs, &v,
                               &t->f, pairs);
}

/* The least weight of every key, whatever its score: no gates. */
static void weigh_all(struct transformer *b, const struct scored *t,
                      value_id part[2]) {
  struct program *p = b->p;
  size_id one = size_si(&p->sizes, 1);
  struct score_table f = {.n = 1, .at = &t->least, .is_plain = true};
  value_id v = values_of_keys(b, t, b->keys);
  value_id none[] = {
      by_heads(b, program_transpose(p, "s", t->own, (unsigned[]){1, 0}), one),
      program_reshape(p, "keys", t->logs,
                      (struct dims){5, {one, one, one, b->keys, one}})};
  value_id s = program_combine(p, "no scores", none, (long[]){0, 0}, 2, 0);
  part[1] = program_weigh(p, "least weights", s, NULL, &f, b->is_causal);
  part[0] = program_weigh(p, "least values", s, &v, &f, b->is_causal);
}

/* o [n, d]. */
static value_id mix(struct transformer *b, const struct scored *t) {
  struct program *p = b->p;
  long most = 1L << (b->bits - 1);
  value_id part[3][2];
  weigh_others(b, t, part[0]);
  weigh_own(b, t, part[1]);
  weigh_all(b, t, part[2]);
  value_id o = program_mix_parts(
      p, block_name(b, "mix"), (const value_id(*)[2])part, 3, -most, most - 1);
  o = program_transpose(p, "o", o, (unsigned[]){2, 0, 1, 3});
  return program_reshape(p, "o", o, matrix(b->n, b->d));
}

static value_id add_values(struct exact *e) {
  struct transformer *b = e->b;
  value_id v = block_exact_rows(e, "v", b->width / b->heads * b->kv_heads,
                                ACTIVATION_NONE);
  v = program_reshape(b->p, "heads", v, (struct dims){3, {b->n, b->kv, b->dh}});
  return program_transpose(b->p, "v", v, (unsigned[]){1, 0, 2});
}

/* Logarithms of V and of scores. */
static void add_logs(struct exact *e, value_id in, struct scored *t,
                     const struct log_of_v *of_v,
                     const struct log_of_score *of_score) {
  struct transformer *b = e->b;
  struct program *p = b->p;
  struct function log_v = {call_log_of_v, of_v, true},
                  log_score = {call_log_of_score, of_score, true};
  fmpz *weight = draw_forms(e);
  value_id s = program_bilinear(p, block_name(b, "scores"), in, b->others,
                                weight, (size_t)b->width, (size_t)b->heads,
                                b->is_causal ? PAIRS_EARLIER : PAIRS_OTHERS);
  t->logs = program_apply(p, block_name(b, "log V"), e->v, &log_v, 1);
  t->of_others =
      program_apply(p, block_name(b, "log of scores"), s, &log_score, 1);
  t->own = program_apply(p, block_name(b, "log of own scores"),
                         add_own(e, weight), &log_score, 1);
  _fmpz_vec_clear(weight, b->heads * b->width * b->width);
}

value_id block_bilinear(struct exact *e, value_id in) {
  struct transformer *b = e->b;
  struct scored t = {.f = {.half = (size_t)1 << (b->score_bits - 1)}};
  unsigned long shift = block_score_shift(b);
  slong levels = (slong)(2 * t.f.half);
  fmpz *at = block_score_weights(b, shift);
  fmpz *threshold = _fmpz_vec_init((slong)t.f.half);
  struct log_of_v *of_v = make_log_of_v(b);
  set_thresholds(b, &t.f, threshold, shift);
  add_logs(e, in, &t, of_v, clamp_scores(b, of_v, &t.f, threshold));
  t.v = add_values(e);
  fmpz_init_set(&t.least, at);
  for (slong i = 0; i < levels; i++)
    fmpz_sub(at + i, at + i, &t.least);
  t.f.at = at;
  value_id o = mix(b, &t);
  fmpz_clear(&t.least);
  _fmpz_vec_clear(at, levels);
  _fmpz_vec_clear(threshold, (slong)t.f.half);
  return o;
}
