/* DiT: stack_denoiser.c and wave.h. */
#include "tests/analysis/sketch.h"

#include <math.h>

enum {
  WAVES = 256
};

/* Rows of weights for all waves, the same for every second row. */
struct time_matrix {
  long at[2][WAVES], bias[2];
};

/* Half 1, half 2, and the end: matrices on s. */
struct modulation {
  struct weights_of shift, scale, gate;
};

struct drawn {
  struct time_matrix time;
  struct weights_of second, labels;
  struct modulation half[2];
  struct weights_of q, k, v, o, ff, down;
};

static long entry(int p, int i, int j) {
  long v = 1 + (long)(sketch_next() % (uint64_t)((1L << (p - 1)) - 1));
  return (i + j) % 2 ? -v : v;
}

static void draw_condition(const struct sketch *m, struct drawn *d) {
  long bias = 1L << sketch_shift(WAVES, m->p);
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < WAVES; j++)
      d->time.at[i][j] = entry(m->p, i, j);
  for (int i = 0; i < 2; i++)
    d->time.bias[i] = (long)(sketch_next() % (uint64_t)(2 * bias + 1)) - bias;
  d->second = sketch_draw(m->p, m->d, true);
  d->labels = sketch_draw(m->p, 1, false);
}

/* Whose bias is 2^(p - 3) times as large. */
static struct weights_of draw_raised(const struct sketch *m, bool has_bias) {
  struct weights_of w = sketch_draw(m->p, m->d, false);
  long bias = 1L << (sketch_shift(m->d, m->p) + m->p - 3);
  for (int i = 0; i < 2 && has_bias; i++)
    w.bias[i] = (long)(sketch_next() % (uint64_t)(2 * bias + 1)) - bias;
  return w;
}

static void draw_block(const struct sketch *m, struct drawn *d) {
  draw_condition(m, d);
  d->half[0].shift = sketch_draw(m->p, m->d, true);
  d->half[0].scale = sketch_draw(m->p, m->d, true);
  d->q = draw_raised(m, m->qkv_bias);
  d->k = draw_raised(m, m->qkv_bias);
  d->v = draw_raised(m, m->qkv_bias);
  d->o = sketch_draw(m->p, m->d, true);
  d->half[0].gate = sketch_draw(m->p, m->d, true);
  d->half[1].shift = sketch_draw(m->p, m->d, true);
  d->half[1].scale = sketch_draw(m->p, m->d, true);
  d->ff = draw_raised(m, true);
  d->down = sketch_draw(m->p, m->ff, true);
  d->half[1].gate = sketch_draw(m->p, m->d, true);
}

/* x / 2^shift, half up and clipped. */
static long reduce(const struct sketch *m, real x, int shift) {
  return sketch_clip(floorl(ldexpl(x, -shift) + 0.5L), 1L << (m->p - 1));
}

static long nearest(real y) {
  if (fabsl(y - rintl(y)) > 0.5L - 1e-9L)
    sketch_near = true;
  return (long)rintl(y);
}

static long activated(const struct sketch *m, long a, int kind) {
  real g = (real)(1L << (m->p - 3));
  return nearest(sketch_activation((real)a / g, kind) * g);
}

static long wave(const struct sketch *m, long t, int i) {
  int half = WAVES / 2;
  real x = (real)t * powl(10000, -(real)(i % half) / half);
  return nearest((real)((1L << (m->p - 1)) - 1) *
                 (i < half ? sinl(x) : cosl(x)));
}

/* s [d]. */
static void condition(const struct sketch *m, const struct drawn *d, long t,
                      long label, long *s) {
  long h[MOST];
  int shift = sketch_shift(m->d, m->p);
  for (int e = 0; e < m->d; e++) {
    real sum = (real)d->time.bias[e % 2];
    for (int j = 0; j < WAVES; j++)
      sum += (real)(d->time.at[e % 2][j] * wave(m, t, j));
    h[e] = activated(m, reduce(m, sum, sketch_shift(WAVES, m->p)), 2);
  }
  for (int e = 0; e < m->d; e++) {
    real row = (real)d->labels.at[label % 2][e % 2];
    real y = sketch_multiply(&d->second, e, h, m->d) + ldexpl(row, shift);
    s[e] = activated(m, reduce(m, y, shift), 2);
  }
}

static long modulate(const struct sketch *m, const struct weights_of *w, int e,
                     const long *s) {
  return reduce(m, sketch_multiply(w, e, s, m->d), sketch_shift(m->d, m->p));
}

/* y of a row of X, which becomes what passes by. */
static void change(const struct sketch *m, const struct modulation *k,
                   const long *s, real *x, long *y) {
  struct front f = sketch_norm(m, x, m->d, m->p - 3);
  long one = 1L << (m->p - 3);
  for (int e = 0; e < m->d; e++) {
    long z = sketch_activate(&f, e);
    y[e] = z * (one + modulate(m, &k->scale, e, s)) +
           one * modulate(m, &k->shift, e, s);
    x[e] = (real)(one * sketch_skipped(m, x[e], m->p - 3));
  }
}

static long raised(const struct sketch *m, const struct weights_of *w, int e,
                   const long *y) {
  return reduce(m, sketch_multiply(w, e, y, m->d),
                sketch_shift(m->d, m->p) + m->p - 3);
}

static void first_half(const struct sketch *m, const struct drawn *d,
                       const long *s, real x[MOST][MOST]) {
  struct attention a = {.rows = m->n, .keys = m->n, .score_dim = m->dh};
  long q[MOST][MOST], k[MOST][MOST], y[MOST];
  for (int i = 0; i < m->n; i++) {
    change(m, &d->half[0], s, x[i], y);
    for (int e = 0; e < m->d; e++) {
      q[i][e] = raised(m, &d->q, e, y);
      k[i][e] = raised(m, &d->k, e, y);
      a.v[i][e] = raised(m, &d->v, e, y);
    }
  }
  sketch_score(m, &a, q, k, m->dh, false);
  sketch_attend(m, &a);
  for (int i = 0; i < m->n; i++)
    for (int e = 0; e < m->d; e++)
      x[i][e] += (real)(modulate(m, &d->o, e, a.o[i]) *
                        modulate(m, &d->half[0].gate, e, s));
}

static void second_half(const struct sketch *m, const struct drawn *d,
                        const long *s, real *x) {
  long h[MOST], y[MOST];
  change(m, &d->half[1], s, x, y);
  for (int e = 0; e < m->ff; e++)
    h[e] = activated(m, raised(m, &d->ff, e, y), 1);
  for (int e = 0; e < m->d; e++)
    x[e] += (real)(reduce(m, sketch_multiply(&d->down, e, h, m->ff),
                          sketch_shift(m->ff, m->p)) *
                   modulate(m, &d->half[1].gate, e, s));
}

/* Rows of x become X. */
static void embed(const struct sketch *m, const long *in, real x[MOST][MOST]) {
  struct weights_of w = sketch_draw(m->p, m->channels, true);
  struct weights_of places = sketch_draw(m->p, 1, false);
  int shift = sketch_shift(m->channels, m->p);
  for (int i = 0; i < m->n; i++)
    for (int e = 0; e < m->d; e++) {
      real y = sketch_multiply(&w, e, in + i * m->channels, m->channels);
      y += ldexpl((real)places.at[0][e % 2], shift);
      x[i][e] = ldexpl((real)reduce(m, y, shift), m->p - 3);
    }
}

void sketch_denoiser(const struct sketch *m, const long *in, long *out) {
  real x[MOST][MOST];
  long s[MOST], y[MOST], t = in[m->n * m->channels];
  long label = in[m->n * m->channels + 1];
  struct drawn d;
  sketch_state = 1;
  sketch_near = false;
  label = label < m->labels ? label : m->labels;
  embed(m, in, x);
  draw_block(m, &d);
  condition(m, &d, t, label, s);
  for (int l = 0; l < m->layers; l++) {
    first_half(m, &d, s, x);
    for (int i = 0; i < m->n; i++)
      second_half(m, &d, s, x[i]);
  }
  draw_condition(m, &d);
  condition(m, &d, t, label, s);
  struct modulation last;
  last.shift = sketch_draw(m->p, m->d, true);
  last.scale = sketch_draw(m->p, m->d, true);
  struct weights_of w = draw_raised(m, true);
  for (int i = 0; i < m->n; i++) {
    change(m, &last, s, x[i], y);
    for (int e = 0; e < m->outputs; e++)
      *out++ = raised(m, &w, e, y);
  }
}
