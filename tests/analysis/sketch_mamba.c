/* Blocks of a selective state space: stack_mamba.c and mamba.c. */
#include "tests/analysis/sketch.h"

#include <math.h>

enum {
  STATES = 4
};

struct drawn {
  struct weights_of x, gate, kernel[MOST], kernel_bias, b, c, r, step, skip,
      out;
};

static struct drawn draw(const struct sketch *m) {
  struct drawn d;
  d.x = sketch_draw(m->p, m->d, m->qkv_bias);
  d.gate = sketch_draw(m->p, m->d, m->qkv_bias);
  for (int i = 0; i < m->kernel; i++)
    d.kernel[i] = sketch_draw(m->p, 1, false);
  if (m->has_kernel_bias)
    d.kernel_bias = sketch_draw(m->p, 1, false);
  d.b = sketch_draw(m->p, m->inner, false);
  d.c = sketch_draw(m->p, m->inner, false);
  d.r = sketch_draw(m->p, m->inner, false);
  d.step = sketch_draw(m->p, m->step_rank, true);
  d.skip = sketch_draw(m->p, 1, false);
  d.out = sketch_draw(m->p, m->inner, m->qkv_bias);
  return d;
}

/* x / 2^shift, half up and clipped. */
static long reduce(const struct sketch *m, real x, int shift) {
  return sketch_clip(floorl(ldexpl(x, -shift) + 0.5L), 1L << (m->p - 1));
}

/* To the nearest, half to even. */
static long nearest(real y) {
  if (fabsl(y - rintl(y)) > 0.5L - 1e-9L)
    sketch_near = true;
  return (long)rintl(y);
}

static long silu(const struct sketch *m, long a) {
  real g = (real)(1L << (m->p - 3));
  return nearest(sketch_activation((real)a / g, 2) * g);
}

/* u of the last positions, each with a weight of its channel. */
static void convolve(const struct sketch *m, const struct drawn *d,
                     long u[MOST][MOST]) {
  long y[MOST][MOST];
  for (int i = 0; i < m->n; i++)
    for (int e = 0; e < m->inner; e++) {
      long sum = 0;
      if (m->has_kernel_bias)
        sum = d->kernel_bias.at[0][e % 2] * (1L << (m->p - 3));
      for (int k = 0; k < m->kernel; k++) {
        int from = i + k - m->kernel + 1;
        sum += from < 0 ? 0 : d->kernel[k].at[0][e % 2] * u[from][e];
      }
      y[i][e] = silu(m, reduce(m, (real)sum, sketch_shift(m->kernel, m->p)));
    }
  for (int i = 0; i < m->n; i++)
    for (int e = 0; e < m->inner; e++)
      u[i][e] = y[i][e];
}

struct space {
  long delta[MOST][MOST], v[MOST][MOST]; // [position][channel]
  long b[MOST][STATES], c[MOST][STATES];
};

static void make_space(const struct sketch *m, const struct drawn *d,
                       long u[MOST][MOST], struct space *s) {
  int shift = sketch_shift(m->inner, m->p);
  real g = (real)(1L << (m->p - 3));
  for (int i = 0; i < m->n; i++) {
    long r[MOST];
    for (int k = 0; k < m->state; k++) {
      s->b[i][k] = reduce(m, sketch_multiply(&d->b, k, u[i], m->inner), shift);
      s->c[i][k] = reduce(m, sketch_multiply(&d->c, k, u[i], m->inner), shift);
    }
    for (int k = 0; k < m->step_rank; k++)
      r[k] = reduce(m, sketch_multiply(&d->r, k, u[i], m->inner), shift);
    for (int e = 0; e < m->inner; e++) {
      real x = sketch_multiply(&d->step, e, r, m->step_rank);
      long a = reduce(m, x, sketch_shift(m->step_rank, m->p));
      s->delta[i][e] = nearest(log1pl(expl((real)a / g)) * g);
      s->v[i][e] = reduce(m, (real)(s->delta[i][e] * u[i][e]), m->p - 1);
    }
  }
}

/* State k of channel e at position i: a sum over all before, rounded once. */
static long state_at(const struct sketch *m, const struct space *s, int i,
                     int e, int k) {
  long h = 0, past = 0, one = 1L << (m->p - 1);
  for (int j = i; j >= 0; j--) {
    real rate = (real)((k + 1) * past) / (real)one;
    long z = reduce(m, (real)(s->b[j][k] * s->v[j][e]), m->p - 1);
    h += nearest((real)one * expl(-rate)) * z;
    past += s->delta[j][e];
  }
  return reduce(m, (real)h, m->p - 1);
}

static void block(const struct sketch *m, const struct drawn *d,
                  real x[MOST][MOST]) {
  long u[MOST][MOST], g[MOST][MOST];
  struct space s;
  int scale = sketch_scale(m);
  for (int i = 0; i < m->n; i++) {
    struct front f = sketch_norm(m, x[i], m->d, scale);
    for (int e = 0; e < m->inner; e++) {
      u[i][e] = sketch_project(&f, &d->x, e, 0);
      g[i][e] = sketch_project(&f, &d->gate, e, 2);
    }
  }
  convolve(m, d, u);
  make_space(m, d, u, &s);
  for (int i = 0; i < m->n; i++) {
    long y[MOST];
    for (int e = 0; e < m->inner; e++) {
      long sum = d->skip.at[0][e % 2] * u[i][e];
      for (int k = 0; k < m->state; k++)
        sum += s.c[i][k] * state_at(m, &s, i, e, k);
      y[e] = reduce(m, (real)sum, sketch_shift(m->state, m->p + 1)) * g[i][e];
    }
    for (int e = 0; e < m->d; e++)
      x[i][e] = ldexpl((real)sketch_skipped(m, x[i][e], scale), scale) +
                sketch_multiply(&d->out, e, y, m->inner);
  }
}

void sketch_mamba(const struct sketch *m, const long *in, long *out) {
  real x[MOST][MOST];
  sketch_state = 1;
  sketch_near = false;
  struct weights_of tokens = sketch_draw(m->p, 1, false);
  sketch_embed(m, x, m->n, in, &tokens, &tokens, &tokens);
  struct drawn d = draw(m);
  for (int i = 0; i < m->layers; i++)
    block(m, &d, x);
  sketch_logits(m, x, m->n, out);
}
