/* Blocks whose input and output are activations: each norm, matrix and residual
   ends with one rounding to `bits` bits.

   Levels of gpt2: norm=root 3, the mean, c, y; norm=tables 5, the mean, c, r,
   c r, y; a level for each matrix, and attention. c is one ladder, so V and all
   functions of both are free. */
#include "compile/models/block_parts.h"

#include <assert.h>

bool block_is_rounded(const struct transformer *b) {
  return b->norm == NORM_ROOT || b->norm == NORM_TABLES;
}

/* ---- Norms ---- */

/* A table of x for x in lo..hi. */
static value_id add_table(struct transformer *b, const char *name, value_id x,
                          long lo, long hi, bool is_square) {
  size_t n = (size_t)(hi - lo + 1);
  long *at = xmalloc(n * sizeof *at);
  for (long v = lo; v <= hi; v++)
    at[v - lo] = is_square ? v * v : v;
  value_id y = program_table(b->p, name, x, at, n, lo);
  free(at);
  return y;
}

value_id block_ladders(struct transformer *b, const char *name, value_id x) {
  long most = 1L << (b->bits - 1);
  return add_table(b, name, x, -most, most - 1, false);
}

static value_id column(struct transformer *b, value_id x) {
  return program_reshape(b->p, "column", x,
                         matrix(b->n, size_si(&b->p->sizes, 1)));
}

struct centred {
  value_id c; // [n, d], one ladder each
  value_id v; // sum of c^2, + 1: [n, 1]
};

/* c = x less the mean of its row, floor((2 sum + d) / 2d), and no more than d
   numbers with this mean can be from it. */
static value_id centre(struct transformer *b, const char *name, value_id x,
                       long *lo, long *hi) {
  struct program *p = b->p;
  long d = b->width, most = 1L << (b->bits - 1), range = 2 * most - 1;
  char step[64];
  snprintf(step, sizeof step, "%s.mean", name);
  value_id sum = column(b, program_sum(p, "sum", x));
  value_id mean = program_round(
      p, block_name(b, step), sum,
      &(struct rounding){
          .multiplier = 1, .divisor = d, .lo = -most, .hi = most - 1});
  *hi = range - (2 * range + d) / (2 * d);
  *lo = -(range - (2 * range + d - 1) / (2 * d));
  snprintf(step, sizeof step, "%s.c", name);
  return add_table(b, block_name(b, step), program_sub(p, "centred", x, mean),
                   *lo, *hi, false);
}

static void centred_init(struct transformer *b, struct centred *m,
                         const char *name, value_id x) {
  struct program *p = b->p;
  long hi = (1L << (b->bits - 1)) - 1, lo = -hi - 1;
  m->c = b->has_mean ? centre(b, name, x, &lo, &hi) : x;
  value_id v = program_sum(p, "V", add_table(b, "squares", m->c, lo, hi, true));
  m->v = column(b, program_combine(p, "V + 1", &v, (long[]){1}, 1, 1));
}

/* sat(round(G sqrt(d) c / sqrt(V))) */
static value_id norm_by_root(struct transformer *b, const struct centred *m,
                             const char *name) {
  long most = 1L << (b->bits - 1);
  mpz_t gain, one;
  mpz_init_set_si(gain, b->width);
  mpz_mul_2exp(gain, gain, 2 * (b->bits - 3));
  mpz_init_set_ui(one, 1);
  value_id y = program_normal(
      b->p, block_name(b, name), m->c, m->v,
      &(struct normal){
          .gain = gain, .divisor = one, .lo = -most, .hi = most - 1},
      NULL, 0);
  mpz_clears(gain, one, NULL);
  return y;
}

struct root_table {
  long width;
  unsigned bits;
};

/* 2^p G sqrt(d) / sqrt(V), rounded, half up, and at most 2^p - 1: it is r or
   more where 2^(2p + 2) G^2 d >= (2r - 1)^2 V. */
static void call_root(mpz_t y, const mpz_t v, const void *context) {
  const struct root_table *t = context;
  mpz_set_si(y, t->width);
  mpz_mul_2exp(y, y, 2 * t->bits + 2 + 2 * (t->bits - 3));
  if (mpz_sgn(v) > 0)
    mpz_fdiv_q(y, y, v);
  mpz_sqrt(y, y);
  mpz_add_ui(y, y, 1);
  mpz_fdiv_q_2exp(y, y, 1);
  if (mpz_cmp_si(y, (1L << t->bits) - 1) > 0)
    mpz_set_si(y, (1L << t->bits) - 1);
}

/* sat(rs(c r, p)) for a table r of V. */
static value_id norm_by_tables(struct transformer *b, const struct centred *m,
                               const char *name) {
  struct program *p = b->p;
  struct root_table *t = program_alloc(p, 1, sizeof *t);
  char step[64];
  *t = (struct root_table){b->width, b->bits};
  snprintf(step, sizeof step, "%s.r", name);
  value_id r = program_apply_bounded(p, block_name(b, step), m->v,
                                     &(struct function){call_root, t, true}, 1,
                                     (1L << b->bits) - 1);
  snprintf(step, sizeof step, "%s.cr", name);
  value_id y = program_multiply(p, block_name(b, step), m->c, r);
  return model_quantise(p, block_name(b, name), y, b->bits, ACTIVATION_NONE,
                        b->bits);
}

static value_id add_norm(struct transformer *b, const char *name, value_id x) {
  struct centred m;
  centred_init(b, &m, name, x);
  return b->norm == NORM_ROOT ? norm_by_root(b, &m, name)
                              : norm_by_tables(b, &m, name);
}

/* ---- Matrices ---- */

/* W y + bias for the model's next matrix, of `height`; [n, rows]. */
static value_id multiply(struct transformer *b, value_id y, size_id rows,
                         long height, long width, bool has_bias) {
  struct matrix w = weights_matrix(b->weights, (size_t)height, (size_t)width);
  const fmpz *bias =
      has_bias ? weights_bias(b->weights, &w, 1L << block_shift(b, width))
               : NULL;
  return program_linear_matrix(b->p, "W y", y, rows, &w, bias);
}

static value_id add_rows(struct transformer *b, const char *name, value_id y,
                         size_id rows, long height, enum activation act) {
  value_id u = multiply(b, y, rows, height, b->width, block_has_bias(b));
  return model_quantise(b->p, block_name(b, name), u, block_shift(b, b->width),
                        act, b->bits);
}

/* Rounded to activations. Queries have gates of their own: in a folded circuit
   two positions of one class have the same ladder, so that what reads both, as
   scores do, must not find it in both. */
static value_id quantise(struct transformer *b, const char *name, value_id x,
                         unsigned long shift, bool is_query) {
  if (!is_query)
    return model_quantise(b->p, block_name(b, name), x, shift, ACTIVATION_NONE,
                          b->bits);
  long n = 1L << b->bits, *at = xmalloc((size_t)n * sizeof *at);
  for (long i = 0; i < n; i++)
    at[i] = i - n / 2;
  value_id y = program_table_own(b->p, block_name(b, name), x, shift, at,
                                 (size_t)n, -n / 2);
  free(at);
  return y;
}

/* q, k or v: [n, kv, group, dh] or [n, kv, dh], turned by position before they
   are rounded if that is asked. */
static value_id add_heads(struct transformer *b, const char *name, value_id y,
                          bool is_query, bool is_turned) {
  struct program *p = b->p;
  long height = is_query ? b->width : b->width / b->heads * b->kv_heads;
  size_id rows = is_query ? b->d : size_mul(&p->sizes, b->kv, b->dh);
  struct dims d = {4, {b->n, b->kv, b->group, b->dh}};
  if (!is_query)
    d = (struct dims){3, {b->n, b->kv, b->dh}};
  unsigned long shift = block_shift(b, b->width);
  bool turns = is_turned && b->is_turned;
  value_id u = multiply(b, y, turns ? size_si(&p->sizes, height) : rows, height,
                        b->width, block_has_bias(b) && !turns);
  u = program_reshape(p, "heads", u, d);
  if (turns)
    u = program_rotary(p, "turned", u, (size_t)b->positions,
                       (size_t)(b->width / b->heads));
  return quantise(b, name, u, turns ? shift + BLOCK_TURN : shift, is_query);
}

static value_id attend(struct transformer *b, value_id y) {
  value_id q = add_heads(b, "q", y, true, true);
  value_id k = add_heads(b, "k", y, false, true);
  value_id v = add_heads(b, "v", y, false, false);
  return block_attention(b, q, k, v);
}

/* The second half up to its last matrix. */
static value_id add_hidden(struct transformer *b, value_id y) {
  if (b->kind != BLOCK_LLAMA)
    return add_rows(b, "ff", y, b->ff, b->hidden, ACTIVATION_GELU);
  value_id g = add_rows(b, "gate", y, b->ff, b->hidden, ACTIVATION_SILU);
  value_id u = add_rows(b, "up", y, b->ff, b->hidden, ACTIVATION_NONE);
  return program_multiply(b->p, block_name(b, "ff"), g, u);
}

/* ---- Residuals ---- */

/* What the last matrix of a half makes, divided by 2^scale. */
struct half {
  value_id sum;
  unsigned long scale;
};

static struct half end_half(struct transformer *b, value_id x, long width,
                            unsigned long scale) {
  value_id sum = multiply(b, x, b->d, b->width, width, block_has_bias(b));
  return (struct half){sum, scale};
}

/* skip + all halves, rounded once. */
static value_id add_up(struct transformer *b, const char *name, value_id skip,
                       const struct half *h, size_t n) {
  value_id x[3] = {skip};
  long weight[3];
  unsigned long scale = 0;
  for (size_t i = 0; i < n; i++)
    scale = h[i].scale > scale ? h[i].scale : scale;
  weight[0] = 1L << scale;
  for (size_t i = 0; i < n; i++) {
    x[i + 1] = h[i].sum;
    weight[i + 1] = 1L << (scale - h[i].scale);
  }
  value_id y = program_combine(b->p, "residual", x, weight, n + 1, 0);
  return model_quantise(b->p, block_name(b, name), y, scale, ACTIVATION_NONE,
                        b->bits);
}

value_id block_rounded(struct transformer *b, value_id x) {
  assert(block_is_rounded(b));
  struct half h[2];
  value_id y = add_norm(b, "norm 1", x);
  h[0] = end_half(b, attend(b, y), b->width, block_attention_scale(b));
  if (b->kind != BLOCK_GPTJ) {
    x = add_up(b, "skip 2", b->kind == BLOCK_BERT ? y : x, h, 1);
    y = add_norm(b, "norm 2", x);
  }
  h[1] = end_half(b, add_hidden(b, y), b->hidden, block_hidden_scale(b));
  if (b->kind == BLOCK_GPTJ)
    return add_up(b, "sum", x, h, 2);
  return add_up(b, "sum", b->kind == BLOCK_BERT ? y : x, h + 1, 1);
}
