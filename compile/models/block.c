#include "compile/models/block_parts.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <flint/fmpz_vec.h>
#include <mpfr.h>

enum {
  WEIGHT_GUARD = 2 // the least weight of a key is 2^2
};

const char *block_name(const struct transformer *b, const char *step) {
  static char name[160];
  snprintf(name, sizeof name, "%s%s", b->prefix, step);
  return name;
}

bool block_has_bias(const struct transformer *b) {
  return b->kind != BLOCK_LLAMA;
}

static bool reads_weights(const struct transformer *b) {
  return b->weights->kind == WEIGHTS_INPUTS;
}

unsigned long block_shift(const struct transformer *b, long columns) {
  return model_shift((size_t)columns, b->bits);
}

/* ---- Norms ---- */

static value_id column(struct transformer *b, value_id x) {
  size_id one = size_si(&b->p->sizes, 1);
  return program_reshape(b->p, "column", x, matrix(b->n, one));
}

static void square(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_mul(y, x, x);
}

void block_norm(struct transformer *b, struct norm *m, const char *name,
                value_id x) {
  struct program *p = b->p;
  const struct function f = {.call = square};
  long most = 1L << (b->bits - 1 + b->guard);
  m->c = x;
  m->unit = 1;
  if (b->has_mean) {
    value_id sum = column(b, program_sum(p, "sum", x));
    m->c = program_combine(p, "centred", (value_id[]){x, sum},
                           (long[]){b->width, -1}, 2, 0);
    m->unit = b->width;
  }
  struct rounding r = {.multiplier = 1L << b->guard,
                       .divisor = m->unit << b->scale,
                       .lo = -most,
                       .hi = most - 1};
  m->y = program_round(p, name, m->c, &r);
  value_id v = program_sum(p, "V", program_apply(p, "squares", m->y, &f, 1));
  m->v = column(b, program_combine(p, "V + 1", &v, (long[]){1}, 1, 1));
}

/* A table of (sqrt(d) 2^g G 2^lift u' / sqrt(V) + bias) / 2^shift. */
struct projection {
  struct normal f;
  mpz_t gain, divisor, bias;
  long *table;
  struct rounding round;
};

static void projection_clear(struct projection *q) {
  mpz_clears(q->gain, q->divisor, q->bias, NULL);
  free(q->table);
}

static void projection_init(const struct transformer *b, struct projection *q,
                            unsigned long shift, long lift,
                            enum activation act) {
  long p = b->bits;
  q->table = xmalloc(((size_t)1 << p) * sizeof *q->table);
  activation_table(q->table, act, b->bits);
  mpz_init_set_si(q->gain, b->width);
  mpz_init_set_ui(q->divisor, 1);
  mpz_init(q->bias);
  mpz_mul_2exp(q->gain, q->gain, 2 * ((unsigned long)p - 3 + b->guard));
  if (lift >= 0)
    mpz_mul_2exp(q->gain, q->gain, 2 * (unsigned long)lift);
  else
    mpz_mul_2exp(q->divisor, q->divisor, 2 * (unsigned long)-lift);
  q->f = (struct normal){.gain = q->gain,
                         .divisor = q->divisor,
                         .shift = shift,
                         .lo = -(1L << (p - 1)),
                         .hi = (1L << (p - 1)) - 1,
                         .table = q->table};
}

/* Clip u' where no V and no bias could tell. */
static void clip_projection(const struct transformer *b, struct projection *q,
                            const fmpz *bias, size_t biases) {
  mpz_t most, below, above;
  mpz_inits(most, below, above, NULL);
  mpz_set_si(most, b->width);
  mpz_mul_2exp(most, most, 2 * (b->bits - 1 + b->guard));
  mpz_add_ui(most, most, 1);
  for (size_t i = 0; i < (biases ? biases : 1); i++) {
    if (biases)
      fmpz_get_mpz(q->bias, bias + i);
    q->f.bias = biases ? q->bias : NULL;
    normal_reach(below, above, &q->f, most);
    long lo = -rounding_ceil(q->round.mantissa, mpz_get_si(below));
    long hi = rounding_ceil(q->round.mantissa, mpz_get_si(above));
    q->round.lo = lo < q->round.lo ? lo : q->round.lo;
    q->round.hi = hi > q->round.hi ? hi : q->round.hi;
  }
  q->f.bias = NULL;
  mpz_clears(most, below, above, NULL);
}

/* u = W c, whose scale is 2^extra beside that of c, as `bits` bits; V repeats
   along what u has beyond [n]. */
static value_id add_normal(struct transformer *b, const struct norm *m,
                           const char *name, value_id u, value_id v,
                           unsigned long extra, unsigned long shift,
                           enum activation act, const fmpz *bias,
                           size_t biases) {
  struct projection q;
  char rounded[64];
  long scale = (long)(b->scale + extra);
  long step = scale + (long)shift - (long)b->bits; // an eighth of 2^shift / G
  if (step < 0)
    step = 0;
  projection_init(b, &q, shift, step - scale, act);
  q.round = (struct rounding){
      .multiplier = 1, .divisor = m->unit << step, .mantissa = b->mantissa};
  clip_projection(b, &q, bias, biases);
  snprintf(rounded, sizeof rounded, "%s.u", name);
  value_id w = program_round(b->p, block_name(b, rounded), u, &q.round);
  value_id y =
      program_normal(b->p, block_name(b, name), w, v, &q.f, bias, biases);
  projection_clear(&q);
  return y;
}

/* ---- Matrices after a norm ---- */

value_id block_rows(struct transformer *b, const struct norm *m,
                    const char *name, size_id rows, long height,
                    enum activation act, bool has_bias) {
  if (reads_weights(b))
    return block_read_rows(b, name, m->z, act);
  struct matrix w =
      weights_matrix(b->weights, (size_t)height, (size_t)b->width);
  unsigned long shift = block_shift(b, b->width);
  const fmpz *bias =
      has_bias ? weights_bias(b->weights, &w, 1L << shift) : NULL;
  value_id u = program_linear_matrix(b->p, "W c", m->c, rows, &w, NULL);
  return add_normal(b, m, name, u, m->v, 0, shift, act, bias,
                    bias ? w.rows : 0);
}

static size_t rank_of(const struct transformer *b, value_id x) {
  return program_dims(b->p, x).rank;
}

/* q, k or v: heads as axes of their own, turned by position if that is asked;
   [n, kv, group, dh] of all heads, or [n, kv, dh]. */
static value_id add_heads(struct transformer *b, const struct norm *m,
                          const char *name, bool is_query, bool is_turned) {
  struct program *p = b->p;
  long height = b->head_dim * (is_query ? b->heads : b->kv_heads);
  struct dims d = {is_query ? 4 : 3, {b->n, b->kv, b->group, b->dh}};
  struct dims one = {d.rank, {b->n}};
  if (!is_query)
    d.at[2] = b->dh, d.at[3] = 0;
  for (unsigned i = 1; i < one.rank; i++)
    one.at[i] = size_si(&p->sizes, 1);
  if (!is_turned || !b->is_turned) {
    size_id rows = is_query ? b->inner : size_mul(&p->sizes, b->kv, b->dh);
    value_id y =
        block_rows(b, m, name, rows, height, ACTIVATION_NONE, b->has_qkv_bias);
    return program_reshape(p, "heads", y, d);
  }
  if (reads_weights(b))
    return block_read_turned(b, name, m->z, d);
  struct matrix w =
      weights_matrix(b->weights, (size_t)height, (size_t)b->width);
  unsigned long shift = block_shift(b, b->width);
  value_id u = program_linear_matrix(p, "W c", m->c, size_si(&p->sizes, height),
                                     &w, NULL);
  u = program_reshape(p, "heads", u, d);
  u = program_rotary(p, "turned", u, (size_t)b->positions, (size_t)b->head_dim);
  value_id v = program_reshape(p, "V of rows", m->v, one);
  assert(rank_of(b, u) == d.rank);
  return add_normal(b, m, name, u, v, BLOCK_TURN, shift, ACTIVATION_NONE, NULL,
                    0);
}

value_id block_sums(struct transformer *b, const char *name, value_id x,
                    long columns, unsigned long lift, bool has_bias) {
  if (reads_weights(b))
    return block_read_sums(b, name, x, b->scale - lift);
  struct matrix w =
      weights_matrix(b->weights, (size_t)b->width, (size_t)columns);
  size_t n = w.rows * w.columns;
  const fmpz *bias =
      has_bias ? weights_bias(b->weights, &w, 1L << block_shift(b, columns))
               : NULL;
  fmpz *lifted = _fmpz_vec_init((slong)n), *raised = NULL;
  _fmpz_vec_scalar_mul_2exp(lifted, w.at, (slong)n, lift);
  if (bias) {
    raised = _fmpz_vec_init((slong)w.rows);
    _fmpz_vec_scalar_mul_2exp(raised, bias, (slong)w.rows, lift);
  }
  struct matrix m = {w.rows, w.columns, lifted};
  value_id y = program_linear_matrix(b->p, "W x", x, b->d, &m, raised);
  _fmpz_vec_clear(lifted, (slong)n);
  if (raised)
    _fmpz_vec_clear(raised, (slong)w.rows);
  return y;
}

/* ---- Attention ---- */

/* The scores of scaled nats that one step of t is. */
unsigned long block_score_shift(const struct transformer *b) {
  unsigned long root = 0; // 2^root is about sqrt(dh)
  while (1L << 2 * (root + 1) <= b->score_dim)
    root++;
  unsigned long s = 2 * (b->bits - 3) + root + 5;
  if (b->softmax == SOFTMAX_TABLES)
    s -= 2; // from -4 to 4
  return s > b->score_bits ? s - b->score_bits : 0;
}

/* at[i] = 2^2 e^(i step), rounded, where t = 1 is `step` nats; from the
   greatest (2^bits - 1) e^(-i step). */
fmpz *block_score_weights(const struct transformer *b, unsigned long shift) {
  size_t n = (size_t)1 << b->score_bits;
  fmpz *at = _fmpz_vec_init((slong)n);
  mpfr_t step, y;
  mpz_t z;
  mpz_init(z);
  mpfr_inits2(256, step, y, (mpfr_ptr)NULL);
  mpfr_set_ui(step, (unsigned long)b->score_dim, MPFR_RNDN);
  mpfr_sqrt(step, step, MPFR_RNDN);
  mpfr_ui_div(step, 1, step, MPFR_RNDN);
  mpfr_mul_2si(step, step, (long)shift - 2 * ((long)b->bits - 3), MPFR_RNDN);
  bool falls = b->maximum != MAXIMUM_NO;
  for (size_t i = 0; i < n; i++) {
    mpfr_mul_ui(y, step, i, MPFR_RNDN);
    if (falls)
      mpfr_neg(y, y, MPFR_RNDN);
    mpfr_exp(y, y, MPFR_RNDN);
    if (falls)
      mpfr_mul_ui(y, y, (1UL << b->bits) - 1, MPFR_RNDN);
    else
      mpfr_mul_2ui(y, y, WEIGHT_GUARD, MPFR_RNDN);
    mpfr_get_z(z, y, MPFR_RNDN);
    fmpz_set_mpz(at + i, z);
  }
  mpfr_clears(step, y, (mpfr_ptr)NULL);
  mpz_clear(z);
  return at;
}

/* o [kv, group, n, dh]: weights rise from the least score. */
static value_id mix_from_least(struct transformer *b, value_id s, value_id v,
                               const struct score_table *f) {
  struct program *p = b->p;
  size_id one = size_si(&p->sizes, 1);
  long most = 1L << (b->bits - 1);
  s = program_reshape(p, "s", s,
                      (struct dims){5, {b->kv, b->group, b->n, b->keys, one}});
  value_id z =
      program_weigh(p, block_name(b, "weights"), s, NULL, f, b->is_causal);
  value_id u =
      program_weigh(p, block_name(b, "values"), s, &v, f, b->is_causal);
  return program_mix(p, block_name(b, "mix"), u, z, -most, most - 1);
}

/* The same where they fall from the greatest. */
static value_id mix_from_maximum(struct transformer *b, value_id s, value_id v,
                                 const struct score_table *f) {
  long most = 1L << (b->bits - 1);
  return program_mix_max(b->p, block_name(b, "mix"), s, v, f, -most, most - 1,
                         b->is_causal);
}

/* The mean as b has it: o [kv, group, n, dh]. */
static value_id mix(struct transformer *b, value_id q, value_id s, value_id v) {
  struct score_table f = {.shift = block_score_shift(b),
                          .least = -(1L << (b->score_bits - 1)),
                          .n = (size_t)1 << b->score_bits};
  if (b->maximum == MAXIMUM_YES && b->softmax == SOFTMAX_EXACT)
    return block_mix_exact(b, q, s, v);
  fmpz *at = block_score_weights(b, f.shift);
  f.at = at;
  value_id o = b->softmax == SOFTMAX_TABLES ? block_mix_tables(b, s, v, &f)
               : b->maximum == MAXIMUM_NO   ? mix_from_least(b, s, v, &f)
                                            : mix_from_maximum(b, s, v, &f);
  _fmpz_vec_clear(at, (slong)f.n);
  return o;
}

value_id block_query_heads(struct transformer *b, value_id q, size_id dh) {
  return program_reshape(b->p, "heads", q,
                         (struct dims){4, {b->n, b->kv, b->group, dh}});
}

value_id block_key_heads(struct transformer *b, value_id k, size_id dh) {
  size_id rows = program_dims(b->p, k).at[0];
  return program_reshape(b->p, "heads", k, (struct dims){3, {rows, b->kv, dh}});
}

value_id block_scores(struct transformer *b, value_id q, value_id k) {
  struct program *p = b->p;
  struct dims d = program_dims(p, k);
  size_id one = size_si(&p->sizes, 1);
  q = program_transpose(p, "q", q, (unsigned[]){1, 2, 0, 3});
  k = program_transpose(p, "k", k, (unsigned[]){1, 0, 2});
  k = program_reshape(p, "k", k,
                      (struct dims){4, {d.at[1], one, b->keys, d.at[2]}});
  value_id s = program_matmul(p, block_name(b, "scores"), q, k, b->is_causal);
  return b->distance
             ? program_combine(p, "distance", &s, (long[]){1}, 1, b->distance)
             : s;
}

value_id block_mix(struct transformer *b, value_id q, value_id s, value_id v) {
  struct program *p = b->p;
  size_id one = size_si(&p->sizes, 1), dh = program_dims(p, v).at[2];
  q = program_transpose(p, "q", q, (unsigned[]){1, 2, 0, 3});
  v = program_transpose(p, "v", v, (unsigned[]){1, 0, 2});
  v = program_reshape(p, "v", v,
                      (struct dims){5, {b->kv, one, one, b->keys, dh}});
  value_id o = mix(b, q, s, v);
  o = program_transpose(p, "o", o, (unsigned[]){2, 0, 1, 3});
  return program_reshape(p, "o", o, matrix(b->n, b->inner));
}

value_id block_attention(struct transformer *b, value_id q, value_id k,
                         value_id v) {
  return block_mix(b, q, block_scores(b, q, k), v);
}

value_id block_attend(struct transformer *b, const struct norm *m) {
  value_id q = add_heads(b, m, "q", true, true);
  value_id k = add_heads(b, m, "k", false, true);
  value_id v = add_heads(b, m, "v", false, false);
  return block_attention(b, q, k, v);
}

/* ---- Halves ---- */

value_id block_round(struct transformer *b, const char *name, value_id x) {
  long most = 1L << (b->bits - 1);
  return program_round(b->p, block_name(b, name), x,
                       &(struct rounding){.multiplier = 1,
                                          .divisor = 1L << b->scale,
                                          .lo = -most,
                                          .hi = most - 1});
}

value_id block_activations(struct transformer *b, const char *name,
                           const struct norm *m) {
  struct projection q; // of c' itself
  projection_init(b, &q, 0, -(long)b->guard, ACTIVATION_NONE);
  value_id y =
      program_normal(b->p, block_name(b, name), m->y, m->v, &q.f, NULL, 0);
  projection_clear(&q);
  return y;
}

value_id block_begin_half(struct transformer *b, struct norm *m, int half,
                          value_id x) {
  char norm[32], skip[32], z[32];
  snprintf(norm, sizeof norm, "norm %d", half);
  snprintf(skip, sizeof skip, "skip %d", half);
  snprintf(z, sizeof z, "norm %d.z", half);
  block_norm(b, m, block_name(b, norm), x);
  if (b->kind == BLOCK_BERT)
    return m->z = block_activations(b, skip, m);
  if (reads_weights(b))
    m->z = block_activations(b, z, m);
  return block_round(b, skip, x);
}

value_id block_hidden(struct transformer *b, const struct norm *m) {
  bool bias = b->has_hidden_bias;
  if (!b->is_gated)
    return block_rows(b, m, "ff", b->ff, b->hidden, b->activation, bias);
  value_id g = block_rows(b, m, "gate", b->ff, b->hidden, b->activation, bias);
  value_id u = block_rows(b, m, "up", b->ff, b->hidden, ACTIVATION_NONE, bias);
  return program_multiply(b->p, block_name(b, "ff"), g, u);
}

/* Shifts after the last matrix of each half. */
unsigned long block_attention_scale(const struct transformer *b) {
  return block_shift(b, b->heads * b->head_dim);
}

unsigned long block_hidden_scale(const struct transformer *b) {
  return block_shift(b, b->hidden) + (b->is_gated ? b->bits - 3 : 0);
}

unsigned long transformer_scale(const struct transformer *b) {
  unsigned long a = block_attention_scale(b), h = block_hidden_scale(b);
  if (block_is_rounded(b))
    return 0;
  return a > h ? a : h;
}

value_id block_add_hidden(struct transformer *b, const struct norm *m) {
  if (b->experts)
    return block_experts(b, m);
  value_id h = block_hidden(b, m);
  return block_sums(b, "down", h, b->hidden, b->scale - block_hidden_scale(b),
                    b->has_hidden_bias);
}

value_id block_add_attention(struct transformer *b, value_id o) {
  return block_sums(b, "o", o, b->heads * b->head_dim,
                    b->scale - block_attention_scale(b), b->has_o_bias);
}

value_id block_add_up(struct transformer *b, value_id skip, value_id x) {
  return program_combine(b->p, "residual", (value_id[]){skip, x},
                         (long[]){1L << b->scale, 1}, 2, 0);
}

value_id transformer_block(struct transformer *b, value_id x) {
  struct norm m;
  assert(b->bits >= 3 && b->scale >= transformer_scale(b));
  if (b->norm == NORM_EXACT)
    return block_exact(b, x);
  if (block_is_rounded(b))
    return block_rounded(b, x);
  value_id skip = block_begin_half(b, &m, 1, x);
  value_id o = b->latent ? block_latent(b, &m) : block_attend(b, &m);
  value_id sum = block_add_up(b, skip, block_add_attention(b, o));
  if (b->kind != BLOCK_GPTJ)
    skip = block_begin_half(b, &m, 2, sum);
  value_id y = block_add_hidden(b, &m);
  return b->kind == BLOCK_GPTJ ? program_add(b->p, "residual", sum, y)
                               : block_add_up(b, skip, y);
}

value_id block_logits(struct transformer *b, value_id x) {
  struct norm m;
  block_norm(b, &m, "norm", x);
  if (reads_weights(b))
    m.z = block_activations(b, "norm.z", &m);
  return block_rows(b, &m, "logits", b->words, b->vocab, ACTIVATION_NONE,
                    b->has_head_bias);
}
