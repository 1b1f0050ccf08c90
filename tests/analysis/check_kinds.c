/* Transformers of every kind, of several heads and layers, against blocks
   written out in plain integers from compile/models/block.h, which share only
   the weights with the program. */
#include "analysis/source.h"
#include "compile/models/block.h"
#include "compile/program/run.h"
#include "tests/suite.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <flint/fmpz_vec.h>

enum {
  MOST_N = 8,
  MOST_D = 16,
  MOST_FF = 40,
  MOST_LAYERS = 3,
  MOST_VOCAB = 11
};

__extension__ typedef __int128 wide;

/* ---- The reference: weights ---- */

struct kind_lengths {
  long n, layers, d, heads, kv, ff, bits, score_bits;
  long vocab; // 0: activations
  bool is_causal, has_maximum;
  bool is_exact; // the norm
  bool is_read;  // weights are inputs
  bool is_bilinear;
  bool is_root;    // the norm; or tables
  bool is_tables;  // of 1 / root
  bool is_real;    // the maximum
  bool has_tables; // in softmax
  enum block_kind kind;
};

struct layer {
  long q[MOST_D][MOST_D], k[MOST_D][MOST_D], v[MOST_D][MOST_D];
  long out[MOST_D][MOST_D], gate[MOST_FF][MOST_D], up[MOST_FF][MOST_D];
  long down[MOST_D][MOST_FF];
  long bias[6][MOST_FF]; // q, k, v, out, gate, down; or 0
};

struct reference {
  struct kind_lengths s;
  struct layer layer[MOST_LAYERS];
  long token[MOST_VOCAB][MOST_D], place[MOST_N][MOST_D];
  long head[MOST_VOCAB][MOST_D], head_bias[MOST_VOCAB]; // logits
};

static bool has_places(const struct kind_lengths *s) {
  return s->kind == BLOCK_GPT2 || s->kind == BLOCK_BERT;
}

/* ceil(log2 sqrt n) + bits - 2. */
static long shift_of(const struct kind_lengths *s, long n) {
  long root = 0;
  while (1L << 2 * root < n)
    root++;
  return root + s->bits - 2;
}

/* By their position: q and k. */
static bool turns(const struct kind_lengths *s) {
  return !s->is_exact && (s->kind == BLOCK_LLAMA || s->kind == BLOCK_GPTJ);
}

/* Into rows of `stride`; and a bias unless that is NULL. */
static void draw(struct weights *w, const struct kind_lengths *s, long *to,
                 long stride, long rows, long columns, long *bias) {
  struct matrix m = weights_matrix(w, (size_t)rows, (size_t)columns);
  for (long i = 0; i < rows; i++)
    for (long j = 0; j < columns; j++)
      to[i * stride + j] = m.at[i * columns + j];
  if (!bias || s->kind == BLOCK_LLAMA)
    return;
  const fmpz *at = weights_bias(w, &m, 1L << shift_of(s, columns));
  for (long i = 0; i < rows; i++)
    bias[i] = at[i];
}

static void draw_layer(struct weights *w, const struct kind_lengths *s,
                       struct layer *l) {
  long narrow = s->d / s->heads * s->kv;
  bool is_bare = turns(s) || s->is_bilinear;
  *l = (struct layer){0};
  draw(w, s, l->q[0], MOST_D, s->d, s->d, is_bare ? NULL : l->bias[0]);
  draw(w, s, l->k[0], MOST_D, narrow, s->d, is_bare ? NULL : l->bias[1]);
  draw(w, s, l->v[0], MOST_D, narrow, s->d, l->bias[2]);
  draw(w, s, l->out[0], MOST_D, s->d, s->d, l->bias[3]);
  draw(w, s, l->gate[0], MOST_D, s->ff, s->d, l->bias[4]);
  if (s->kind == BLOCK_LLAMA)
    draw(w, s, l->up[0], MOST_D, s->ff, s->d, NULL);
  draw(w, s, l->down[0], MOST_FF, s->d, s->ff, l->bias[5]);
}

static void reference_init(struct reference *r, const struct kind_lengths *s) {
  struct weights w;
  r->s = *s;
  memset(r->place, 0, sizeof r->place);
  memset(r->head_bias, 0, sizeof r->head_bias);
  weights_init(&w, 1, WEIGHTS_RANDOM, (unsigned)s->bits);
  if (s->vocab)
    draw(&w, s, r->token[0], MOST_D, s->vocab, s->d, NULL);
  if (s->vocab && has_places(s))
    draw(&w, s, r->place[0], MOST_D, s->n, s->d, NULL);
  for (long i = 0; i < s->layers; i++)
    draw_layer(&w, s, &r->layer[i]);
  if (s->vocab)
    draw(&w, s, r->head[0], MOST_D, s->vocab, s->d, r->head_bias);
  weights_clear(&w);
}

static long draw_input(const struct kind_lengths *s, int round);

/* Drawn as inputs. */
static fmpz *give_rows(struct reference *r, fmpz *in, int round, long *to,
                       long stride, long rows, long columns) {
  for (long i = 0; i < rows; i++)
    for (long j = 0; j < columns; j++)
      to[i * stride + j] = *in++ = draw_input(&r->s, round);
  return in;
}

/* They stand for activations. */
static fmpz *give_bias(struct reference *r, fmpz *in, int round, long *to,
                       long rows, long columns) {
  for (long i = 0; i < rows; i++) {
    *in = draw_input(&r->s, round);
    to[i] = *in++ * (1L << shift_of(&r->s, columns));
  }
  return in;
}

/* First of all layers a matrix, then their biases; `to` and `bias` are of layer
   0. */
static fmpz *give(struct reference *r, fmpz *in, int round, long *to,
                  long stride, long rows, long columns, long *bias) {
  size_t next = sizeof *r->layer / sizeof *to;
  for (size_t l = 0; l < (size_t)r->s.layers; l++)
    in = give_rows(r, in, round, to + l * next, stride, rows, columns);
  for (size_t l = 0; l < (size_t)r->s.layers && bias; l++)
    in = give_bias(r, in, round, bias + l * next, rows, columns);
  return in;
}

static fmpz *give_tokens(struct reference *r, fmpz *in, int round) {
  const struct kind_lengths *s = &r->s;
  long v = s->vocab, d = s->d;
  in = give_rows(r, in, round, r->token[0], MOST_D, v, d);
  if (has_places(s))
    in = give_rows(r, in, round, r->place[0], MOST_D, s->n, d);
  in = give_rows(r, in, round, r->head[0], MOST_D, v, d);
  if (s->kind != BLOCK_LLAMA)
    in = give_bias(r, in, round, r->head_bias, v, d);
  return in;
}

static fmpz *give_layers(struct reference *r, fmpz *in, int round) {
  const struct kind_lengths *s = &r->s;
  long narrow = s->d / s->heads * s->kv, d = s->d;
  bool biased = s->kind != BLOCK_LLAMA, turns = s->kind == BLOCK_GPTJ;
  struct layer *l = r->layer;
  long *bias[6];
  if (s->vocab)
    in = give_tokens(r, in, round);
  for (int i = 0; i < 6; i++)
    bias[i] = biased && !(turns && i < 2) ? l->bias[i] : NULL;
  in = give(r, in, round, l->q[0], MOST_D, d, d, bias[0]);
  in = give(r, in, round, l->k[0], MOST_D, narrow, d, bias[1]);
  in = give(r, in, round, l->v[0], MOST_D, narrow, d, bias[2]);
  in = give(r, in, round, l->out[0], MOST_D, d, d, bias[3]);
  in = give(r, in, round, l->gate[0], MOST_D, s->ff, d, bias[4]);
  if (s->kind == BLOCK_LLAMA)
    in = give(r, in, round, l->up[0], MOST_D, s->ff, d, NULL);
  return give(r, in, round, l->down[0], MOST_FF, d, s->ff, bias[5]);
}

/* ---- The reference: arithmetic ---- */

static wide floor_wide(wide a, wide b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static long clip(wide x, long lo, long hi) {
  return x < lo ? lo : x > hi ? hi : (long)x;
}

static long sat(const struct reference *r, wide x) {
  return clip(x, -(1L << (r->s.bits - 1)), (1L << (r->s.bits - 1)) - 1);
}

static wide nearest(wide a, wide b) { // half up
  return floor_wide(2 * a + b, 2 * b);
}

/* `bits` bits of mantissa, half away from 0. */
static wide shortened(wide z, long bits) {
  wide size = z < 0 ? -z : z, unit = 1;
  while (size / unit >> bits)
    unit *= 2;
  size = floor_wide(2 * size + unit, 2 * unit) * unit;
  return z < 0 ? -size : size;
}

struct normed_row { // with weights that are inputs, activations and 1
  wide c[MOST_D], rounded[MOST_D], v;
  wide unit, den; // of c: d or 1, and times 2^scale
};

static bool is_rounded(const struct reference *r) {
  return r->s.is_root || r->s.is_tables;
}

static long compared(const struct reference *r, wide u, wide den, wide v,
                     long b, long s);

/* The greatest t of p bits with 2^p G sqrt(d) / sqrt(v) >= t - 1/2. */
static long reciprocal_root(const struct reference *r, wide v) {
  long p = r->s.bits, t = 0;
  while (t + 1 < 1L << p && (wide)(2 * t + 1) * (2 * t + 1) * v <=
                                ((wide)r->s.d << (2 * (p - 3) + 2 * p + 2)))
    t++;
  return t;
}

/* y->c = the norm of f / 2^scale, which are activations. */
static void norm_rounded(const struct reference *r, const wide *f, long scale,
                         struct normed_row *y) {
  long d = r->s.d;
  wide sum = 0, mean, v = 1, c[MOST_D];
  for (long i = 0; i < d; i++)
    sum += f[i] >> scale;
  mean = r->s.kind == BLOCK_LLAMA ? 0 : nearest(sum, d);
  for (long i = 0; i < d; i++) {
    c[i] = (f[i] >> scale) - mean;
    v += c[i] * c[i];
  }
  for (long i = 0; i < d; i++)
    y->c[i] = r->s.is_root ? compared(r, c[i], 1, v, 0, 0)
                           : sat(r, nearest(c[i] * reciprocal_root(r, v),
                                            (wide)1 << r->s.bits));
  y->unit = y->den = y->v = 1;
}

static void norm_row(const struct reference *r, const wide *f, long scale,
                     struct normed_row *y) {
  long d = r->s.d, most = 1L << r->s.bits;
  if (is_rounded(r)) {
    norm_rounded(r, f, scale, y);
    return;
  }
  bool has_mean = r->s.kind != BLOCK_LLAMA;
  wide sum = 0;
  for (long i = 0; i < d; i++)
    sum += f[i];
  y->unit = has_mean ? d : 1;
  y->den = y->unit * ((wide)1 << scale);
  y->v = 1;
  for (long i = 0; i < d; i++) {
    y->c[i] = has_mean ? d * f[i] - sum : f[i];
    y->rounded[i] = clip(nearest(2 * y->c[i], y->den), -most, most - 1);
    wide of = r->s.is_exact ? y->c[i] : y->rounded[i];
    y->v += of * of;
  }
  for (long i = 0; i < d && r->s.is_read; i++)
    y->c[i] = compared(r, y->rounded[i], 1, y->v, 0, 0);
  if (r->s.is_read)
    y->den = 1;
}

/* The greatest a with G sqrt(d) u / (den sqrt v) + b >= 2^s (a - 1/2). */
static long compared(const struct reference *r, wide u, wide den, wide v,
                     long b, long s) {
  wide g = 1L << (r->s.bits - 3);
  long most = 1L << (r->s.bits - 1), best = -most;
  for (long a = 1 - most; a < most; a++) {
    wide t = ((wide)2 * a - 1) * ((wide)1 << s) - 2 * b;
    wide left = 4 * g * g * r->s.d * u * u, right = t * t * den * den * v;
    bool holds = u >= 0 ? t <= 0 || left >= right : t < 0 && left <= right;
    if (holds)
      best = a;
  }
  return best;
}

/* u / den times 2^shift, in units of an eighth of 2^shift / G if that is at
   least one of 2^scale. */
static long neuron(const struct reference *r, const struct normed_row *x,
                   wide u, wide den, long b) {
  long s = shift_of(&r->s, r->s.d);
  if (r->s.is_read || is_rounded(r))
    return sat(r, nearest(u + b * den, den << s));
  wide step = (den / x->unit << s) >> r->s.bits;
  step = x->unit * (step < 1 ? 1 : step);
  if (r->s.is_exact) // of c and u the same
    return compared(r, u, den / x->den, x->v, b, s);
  u = step * shortened(nearest(u, step), r->s.bits - 1);
  return compared(r, 2 * u, den, x->v, b, s); // c' counts halves
}

static wide row_times(const long *w, const wide *x, long n) {
  wide sum = 0;
  for (long j = 0; j < n; j++)
    sum += w[j] * x[j];
  return sum;
}

/* Row i of the matrix at position `at`; with one, of a head of dh. */
static long neuron_of(const struct reference *r, const struct normed_row *x,
                      const long (*w)[MOST_D], const long *bias, long i,
                      long at, bool has_position) {
  long d = r->s.d, dh = d / r->s.heads, half = dh / 2, e = i % dh;
  wide u = row_times(w[i], x->c, d), den = x->den;
  if (has_position) {
    den *= 64;
    u *= 64;
    if (e < 2 * half) {
      bool first = e < half;
      long pair = first ? e : e - half;
      double angle = (double)at * pow(10000, -(double)pair / (double)half);
      wide other = row_times(w[first ? i + half : i - half], x->c, d);
      u = u / 64 * lround(64 * cos(angle)) +
          (first ? -1 : 1) * lround(64 * sin(angle)) * other;
    }
  }
  return neuron(r, x, u, den, bias[i]);
}

static long score_shift(const struct kind_lengths *s) {
  long shift = 2 * (s->bits - 3) + 5 - s->score_bits;
  for (long k = 4; k <= s->d / s->heads; k *= 4)
    shift++;
  shift -= s->has_tables ? 2 : 0; // from -4 to 4
  return shift < 0 ? 0 : shift;
}

static long level_of(const struct reference *r, wide score) {
  long half = 1L << (r->s.score_bits - 1);
  return clip(nearest(score, (wide)1 << score_shift(&r->s)), -half, half - 1);
}

/* 4 e^(t - least t), or what e^(t - greatest t of its row) is in p bits. */
static wide weight_of(const struct reference *r, long level, long greatest) {
  const struct kind_lengths *s = &r->s;
  long double g = 1L << (s->bits - 3);
  long double step = (long double)(1L << score_shift(s)) /
                     (g * g * sqrtl((long double)(s->d / s->heads)));
  long from = s->has_maximum ? greatest : -(1L << (s->score_bits - 1));
  long double scale = s->has_maximum ? (1L << s->bits) - 1 : 4;
  return (wide)llroundl(scale * expl(step * (long double)(level - from)));
}

/* What e^(-distance) is in p bits, for a distance of scores. */
static wide real_weight(const struct reference *r, wide distance) {
  const struct kind_lengths *s = &r->s;
  long double g = 1L << (s->bits - 3);
  long double nats =
      (long double)distance / (g * g * sqrtl((long double)(s->d / s->heads)));
  return (wide)llroundl(((1L << s->bits) - 1) * expl(-nats));
}

/* ---- The reference: a block ---- */

struct rows {
  long q[MOST_N][MOST_D], k[MOST_N][MOST_D], v[MOST_N][MOST_D];
  wide of_q[MOST_N][MOST_D], of_k[MOST_N][MOST_D], of_v[MOST_N]; // bilinear: V
};

/* In units of 2^-(bits - 3), of at most 1/2; rounded down. */
static long log_of(const struct reference *r, long double x) {
  return (long)floorl(ldexpl(log2l(x), r->s.bits > 4 ? (int)r->s.bits - 3 : 1));
}

/* Of sign and logarithms: 2 log |S| - log V - log V' is at least that of
   (2b - 1)^2 2^(2st + 4s) / (4 G^4 d^2). */
static long level_of_logs(const struct reference *r, wide score, wide v,
                          wide other) {
  const struct kind_lengths *s = &r->s;
  long half = 1L << (s->score_bits - 1), level = 0;
  long up = 2 * score_shift(s) + 4 * shift_of(s, s->d);
  long double g = 1L << (s->bits - 3),
              size = (long double)(score < 0 ? -score : score);
  long below = log_of(r, 4 * g * g * g * g * (long double)(s->d * s->d));
  for (long b = 1; score && b <= half; b++) {
    long double above =
        ldexpl((long double)((2 * b - 1) * (2 * b - 1)), (int)up);
    level += 2 * log_of(r, size) - log_of(r, (long double)v) -
                 log_of(r, (long double)other) >=
             log_of(r, above) - below;
  }
  return score < 0 ? -level : level < half ? level : half - 1;
}

static wide score_of(const struct kind_lengths *s, const struct rows *a, long i,
                     long k, long head) {
  long dh = s->d / s->heads, at = head * dh,
       from = head / (s->heads / s->kv) * dh;
  wide score = 0;
  for (long x = 0; x < dh; x++)
    score += s->is_bilinear ? a->of_q[i][at + x] * a->of_k[k][from + x]
                            : (wide)a->q[i][at + x] * a->k[k][from + x];
  return score;
}

/* sum of rs(e 2^2p / sum of e / 2^p) v / 2^p, of n keys. */
static long mixed_by_tables(const struct reference *r, const wide *weight,
                            const long *v, long stride, long n) {
  wide unit = (wide)1 << r->s.bits, sum = 0, o = 0;
  for (long k = 0; k < n; k++)
    sum += weight[k];
  for (long k = 0; k < n; k++)
    o += nearest(weight[k] * nearest(unit * unit, sum), unit) * v[k * stride];
  return sat(r, nearest(o, unit));
}

static long mixed(const struct reference *r, const struct rows *a, long i,
                  long j) {
  const struct kind_lengths *s = &r->s;
  long dh = s->d / s->heads, group = s->heads / s->kv;
  long head = j / dh, e = j % dh, from = head / group * dh;
  long keys = s->is_causal ? i + 1 : s->n;
  wide above = 0, below = 0;
  wide scores[MOST_N], most = 0, weight[MOST_N];
  long level[MOST_N], greatest = LONG_MIN;
  for (long k = 0; k < keys; k++) {
    scores[k] = score_of(s, a, i, k, head);
    most = !k || scores[k] > most ? scores[k] : most;
    level[k] = s->is_bilinear
                   ? level_of_logs(r, scores[k], a->of_v[i], a->of_v[k])
                   : level_of(r, scores[k]);
    greatest = level[k] > greatest ? level[k] : greatest;
  }
  for (long k = 0; k < keys; k++) {
    wide w = s->is_real && !s->has_tables ? real_weight(r, most - scores[k])
                                          : weight_of(r, level[k], greatest);
    weight[k] = w = keys == 1 && !s->has_tables ? 1 : w;
    above += w * a->v[k][from + e];
    below += w;
  }
  if (s->has_tables)
    return mixed_by_tables(r, weight, &a->v[0][from + e], MOST_D, keys);
  return sat(r, nearest(above, below));
}

static void attend(const struct reference *r, const struct layer *l,
                   const struct normed_row *x, wide o[][MOST_D]) {
  const struct kind_lengths *s = &r->s;
  struct rows a;
  for (long i = 0; i < s->n; i++) {
    a.of_v[i] = x[i].v;
    for (long j = 0; j < s->d; j++) {
      a.q[i][j] = neuron_of(r, &x[i], l->q, l->bias[0], j, i, turns(s));
      a.of_q[i][j] = row_times(l->q[j], x[i].c, s->d);
    }
    for (long j = 0; j < s->kv * (s->d / s->heads); j++) {
      a.k[i][j] = neuron_of(r, &x[i], l->k, l->bias[1], j, i, turns(s));
      a.of_k[i][j] = row_times(l->k[j], x[i].c, s->d);
      a.v[i][j] = neuron_of(r, &x[i], l->v, l->bias[2], j, i, false);
    }
  }
  for (long i = 0; i < s->n; i++)
    for (long j = 0; j < s->d; j++)
      o[i][j] = mixed(r, &a, i, j);
}

static wide activated(const struct reference *r, long q) {
  long double g = 1L << (r->s.bits - 3), x = q / g;
  if (r->s.kind == BLOCK_LLAMA)
    return sat(r, llroundl(g * x / (1 + expl(-x))));
  return sat(r, llroundl(g * x * (1 + erfl(x / sqrtl(2))) / 2));
}

static void feed(const struct reference *r, const struct layer *l,
                 const struct normed_row *x, wide *h) {
  static const long none[MOST_FF];
  for (long i = 0; i < r->s.ff; i++) {
    h[i] = activated(r, neuron_of(r, x, l->gate, l->bias[4], i, 0, false));
    if (r->s.kind == BLOCK_LLAMA)
      h[i] *= neuron_of(r, x, l->up, none, i, 0, false);
  }
}

static long skipped(const struct reference *r, const struct normed_row *x,
                    wide f, long scale, long j) {
  if (r->s.kind == BLOCK_BERT && is_rounded(r))
    return (long)x->c[j];
  if (r->s.kind == BLOCK_BERT)
    return compared(r, r->s.is_exact ? x->c[j] : x->rounded[j], 1, x->v, 0, 0);
  return sat(r, nearest(f, (wide)1 << scale));
}

/* y[j] += 2^lift (bias + W x), of rows of `stride`. */
static void add_sums(const struct reference *r, wide *y, const long *w,
                     long stride, const long *bias, const wide *x, long n,
                     long lift) {
  for (long j = 0; j < r->s.d; j++)
    y[j] += (row_times(w + j * stride, x, n) + bias[j]) * ((wide)1 << lift);
}

static void add_skips(const struct reference *r, wide *y,
                      const struct normed_row *x, const wide *f, long scale) {
  for (long j = 0; j < r->s.d; j++)
    y[j] += (wide)skipped(r, x, f[j], scale, j) * ((wide)1 << scale);
}

static void round_all(const struct reference *r, wide *y, long scale) {
  for (long j = 0; j < r->s.d; j++)
    y[j] = sat(r, nearest(y[j], (wide)1 << scale)) * ((wide)1 << scale);
}

static void block(const struct reference *r, const struct layer *l,
                  wide f[][MOST_D], long scale) {
  const struct kind_lengths *s = &r->s;
  long a = scale - shift_of(s, s->d), b = scale - shift_of(s, s->ff);
  struct normed_row x[MOST_N];
  wide o[MOST_N][MOST_D], h[MOST_FF];
  if (s->kind == BLOCK_LLAMA)
    b -= s->bits - 3;
  for (long i = 0; i < s->n; i++)
    norm_row(r, f[i], scale, &x[i]);
  attend(r, l, x, o);
  for (long i = 0; i < s->n; i++) {
    wide y[MOST_D] = {0}, z[MOST_D] = {0};
    add_skips(r, y, &x[i], f[i], scale);
    add_sums(r, y, l->out[0], MOST_D, l->bias[3], o[i], s->d, a);
    if (s->kind == BLOCK_GPTJ) {
      memcpy(z, y, sizeof z);
    } else {
      if (is_rounded(r))
        round_all(r, y, scale);
      norm_row(r, y, scale, &x[i]);
      add_skips(r, z, &x[i], y, scale);
    }
    feed(r, l, &x[i], h);
    add_sums(r, z, l->down[0], MOST_FF, l->bias[5], h, s->ff, b);
    if (s->is_exact || is_rounded(r))
      round_all(r, z, scale);
    memcpy(f[i], z, sizeof z);
  }
}

/* Of activations to activations, or of tokens to logits. */
static void transform(const struct reference *r, const long *in, long *out) {
  const struct kind_lengths *s = &r->s;
  long d = s->d, a = shift_of(s, d), b = shift_of(s, s->ff);
  wide f[MOST_N][MOST_D];
  if (s->kind == BLOCK_LLAMA)
    b += s->bits - 3;
  long scale = a > b ? a : b;
  for (long i = 0; i < s->n; i++)
    for (long j = 0; j < d; j++) {
      long t = s->vocab && in[i] >= s->vocab ? s->vocab - 1 : in[i];
      long x = s->vocab ? r->token[t][j] + r->place[i][j] : in[i * d + j];
      f[i][j] = x * ((wide)1 << scale);
    }
  for (long i = 0; i < s->layers; i++)
    block(r, &r->layer[i], f, scale);
  for (long i = 0; i < s->n; i++) {
    struct normed_row x;
    norm_row(r, f[i], scale, &x);
    for (long j = 0; j < s->vocab; j++)
      *out++ = neuron_of(r, &x, r->head, r->head_bias, j, i, false);
    for (long j = 0; j < d && !s->vocab; j++)
      *out++ = sat(r, nearest(f[i][j], (wide)1 << scale));
  }
}

/* ---- Programs ---- */

static void open_transformer(struct source *source,
                             const struct kind_lengths *s) {
  static const char *const kinds[] = {"gpt2", "llama", "bert", "gptj"};
  char word[17][32];
  const char *words[17];
  struct error err = {0};
  struct source_options o = {.seed = 1};
  snprintf(word[0], 32, "transformer");
  snprintf(word[1], 32, "block=%s", kinds[s->kind]);
  snprintf(word[2], 32, "n=%ld", s->n);
  snprintf(word[3], 32, "layers=%ld", s->layers);
  snprintf(word[4], 32, "d=%ld", s->d);
  snprintf(word[5], 32, "heads=%ld", s->heads);
  snprintf(word[6], 32, "kv=%ld", s->kv);
  snprintf(word[7], 32, "ff=%ld", s->ff);
  snprintf(word[8], 32, "bits=%ld", s->bits);
  snprintf(word[9], 32, "pt=%ld", s->score_bits);
  snprintf(word[10], 32, "mask=%s", s->is_causal ? "causal" : "none");
  snprintf(word[12], 32, "maximum=%s",
           s->is_real       ? "yes"
           : s->has_maximum ? "thermometer"
                            : "no");
  snprintf(word[11], 32, "norm=%s",
           s->is_root     ? "root"
           : s->is_tables ? "tables"
           : s->is_exact  ? "exact"
                          : "rounded");
  snprintf(word[16], 32, "softmax=%s", s->has_tables ? "tables" : "exact");
  snprintf(word[13], 32, "scores=%s",
           s->is_bilinear ? "bilinear" : "projected");
  snprintf(word[14], 32, "weights=%s", s->is_read ? "inputs" : "random");
  snprintf(word[15], 32, "vocab=%ld", s->vocab);
  for (int i = 0; i < 17; i++)
    words[i] = word[i];
  source_init(source);
  ck_assert_msg(source_open(source, words, 17, &o, &err), "%s", err.message);
}

static uint64_t state = 1;

/* Beyond the last token, too. */
static long draw_token(const struct kind_lengths *s) {
  long codes = 2;
  while (codes < s->vocab)
    codes *= 2;
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (long)(state >> 33) % codes;
}

static long draw_input(const struct kind_lengths *s, int round) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  long most = 1L << (s->bits - 1), r = (long)(state >> 33);
  switch (round % 4) {
  case 0: // extremes
    return r % 2 ? -most : most - 1;
  case 1: // nearly the same everywhere
    return round % most + r % 2 - (round % most == most - 1);
  default:
    return r % (2 * most) - most;
  }
}

static void judge(const struct kind_lengths *s, int rounds) {
  struct reference r;
  struct source source;
  struct run run;
  size_t n = (size_t)(s->n * (s->vocab ? s->vocab : s->d));
  size_t given = (size_t)(s->vocab ? s->n : s->n * s->d);
  reference_init(&r, s);
  open_transformer(&source, s);
  slong inputs = (slong)source.instance.input_values;
  fmpz *in = _fmpz_vec_init(inputs), *out = _fmpz_vec_init((slong)n);
  run_init(&run, &source.instance);
  for (int round = 0; round < rounds; round++) {
    long x[MOST_N * MOST_D], y[MOST_N * MOST_D];
    fmpz *next = s->is_read ? give_layers(&r, in, round) : in;
    for (size_t i = 0; i < given; i++)
      x[i] = *next++ = s->vocab ? draw_token(s) : draw_input(s, round);
    ck_assert(next == in + inputs);
    transform(&r, x, y);
    run_values(&run, in, out);
    for (size_t i = 0; i < n; i++)
      ck_assert_msg(fmpz_get_si(out + i) == y[i],
                    "round %d, place %zu: %ld, not %ld", round, i,
                    fmpz_get_si(out + i), y[i]);
  }
  run_clear(&run);
  source_clear(&source);
  _fmpz_vec_clear(in, inputs);
  _fmpz_vec_clear(out, (slong)n);
}

static const long shapes[][7] = {
    // n, layers, d, heads, kv, ff, bits
    {2, 1, 2, 1, 1, 2, 3},  {3, 1, 4, 2, 1, 5, 4},  {4, 2, 6, 3, 3, 7, 4},
    {1, 1, 5, 1, 1, 4, 5},  {5, 1, 12, 2, 1, 9, 5}, {4, 3, 8, 4, 2, 11, 3},
    {3, 1, 16, 2, 2, 3, 6}, {8, 1, 8, 1, 1, 40, 4},
};

static struct kind_lengths lengths_of(const long *k, int i) {
  return (struct kind_lengths){.n = k[0],
                               .layers = k[1],
                               .d = k[2],
                               .heads = k[3],
                               .kv = k[4],
                               .ff = k[5],
                               .bits = k[6],
                               .score_bits = k[6] - i % 3 % k[6],
                               .kind = (enum block_kind)(i % 4),
                               .is_causal = i % 4 != BLOCK_BERT};
}

START_TEST(transformers_are_what_their_description_says) {
  struct kind_lengths s = lengths_of(shapes[_i / 4], _i);
  judge(&s, is_full_run() ? 1000 : 100);
  s.is_causal = !s.is_causal;
  judge(&s, is_full_run() ? 1000 : 50);
  s.is_read = true;
  judge(&s, is_full_run() ? 1000 : 50);
  s.vocab = 2 + _i * 7 % (MOST_VOCAB - 1);
  judge(&s, is_full_run() ? 1000 : 50);
  s.is_read = false;
  judge(&s, is_full_run() ? 1000 : 50);
  s.vocab = 0;
  s.has_maximum = true;
  judge(&s, is_full_run() ? 1000 : 50);
  if (s.kind == BLOCK_LLAMA)
    return;
  s.is_exact = true;
  judge(&s, is_full_run() ? 1000 : 50);
  s.has_maximum = false;
  s.is_bilinear = true;
  judge(&s, is_full_run() ? 1000 : 50);
  s.is_causal = !s.is_causal;
  judge(&s, is_full_run() ? 1000 : 50);
}
END_TEST

/* Norms through roots or tables, and means from the real maximum. */
START_TEST(rounded_transformers_are_what_their_description_says) {
  const long *k = shapes[_i / 4];
  struct kind_lengths s = lengths_of(k, _i);
  int rounds = is_full_run() ? 1000 : 50;
  s.is_real = s.has_maximum = true;
  judge(&s, rounds);
  s.has_tables = true;
  judge(&s, rounds);
  s.is_tables = true;
  judge(&s, 2 * rounds);
  s.has_tables = false;
  judge(&s, rounds);
  s.is_causal = !s.is_causal;
  s.is_root = true;
  s.is_tables = false;
  judge(&s, 2 * rounds);
  s.is_real = s.has_maximum = false;
  judge(&s, rounds);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("kinds");
  TCase *t = tcase_create("kinds");
  tcase_set_timeout(t, 0);
  tcase_add_loop_test(t, transformers_are_what_their_description_says, 0, 32);
  tcase_add_loop_test(t, rounded_transformers_are_what_their_description_says,
                      0, 32);
  suite_add_tcase(suite, t);
  return suite_run(suite);
}
