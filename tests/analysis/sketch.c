#include "tests/analysis/sketch.h"

#include <math.h>

uint64_t sketch_state;

/* The stream of compile/models/weights.c, as its source describes it. */
uint64_t sketch_next(void) {
  uint64_t z = sketch_state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

/* ceil(log2 sqrt columns) + p - 2. */
int sketch_shift(int columns, int p) {
  int root = 0;
  while ((1 << 2 * root) < columns)
    root++;
  return root + p - 2;
}

struct weights_of sketch_draw(int p, int columns, bool has_bias) {
  struct weights_of w = {.bias = {0, 0}};
  long bias = 1L << sketch_shift(columns, p);
  for (int i = 0; i < 4; i++) {
    long v = 1 + (long)(sketch_next() % (uint64_t)((1L << (p - 1)) - 1));
    w.at[i / 2][i % 2] = (i / 2 + i % 2) % 2 ? -v : v;
  }
  for (int i = 0; i < 2 && has_bias; i++)
    w.bias[i] = (long)(sketch_next() % (uint64_t)(2 * bias + 1)) - bias;
  return w;
}

int sketch_hidden_shift(const struct sketch *m, int ff) {
  return sketch_shift(ff, m->p) + (m->is_gated ? m->p - 3 : 0);
}

int sketch_scale(const struct sketch *m) {
  if (m->inner)
    return sketch_shift(m->inner, m->p) + m->p - 3;
  int s = sketch_shift(m->heads * m->dh, m->p),
      h = sketch_hidden_shift(m, m->ff);
  int shared = m->shared ? sketch_hidden_shift(m, m->shared) : 0;
  s = h > s ? h : s;
  return shared > s ? shared : s;
}

bool sketch_near; // to where something turns

long sketch_clip(real x, long most) {
  return x < -(real)most ? -most : x > (real)(most - 1) ? most - 1 : (long)x;
}

/* Half up. */
real sketch_round(real x, bool is_exact) {
  real turn = x + 0.5L;
  if (!is_exact && fabsl(turn - rintl(turn)) < 1e-9L)
    sketch_near = true;
  return floorl(turn);
}

/* To m bits, half away from 0. */
static real shorten(real x, int m) {
  real step = 1;
  while (fabsl(x) / step >= (real)(1L << m))
    step *= 2;
  return x < 0 ? -floorl(-x / step + 0.5L) * step
               : floorl(x / step + 0.5L) * step;
}

real sketch_activation(real x, int kind) {
  return kind == 0   ? x
         : kind == 1 ? x * (1 + erfl(x / sqrtl(2))) / 2
         : kind == 2 ? x / (1 + expl(-x))
                     : (x > 0 ? x : 0);
}

/* ---- Norms, and rows of matrices on them ---- */

struct front sketch_norm(const struct sketch *m, const real *x, int width,
                         int scale) {
  struct front f = {.p = m->p, .width = width, .scale = scale};
  real sum = 0, square = 1;
  for (int i = 0; i < width; i++)
    sum += x[i];
  f.unit = m->has_mean ? width : 1;
  for (int i = 0; i < width; i++) {
    f.c[i] = m->has_mean ? width * x[i] - sum : x[i];
    real y = 2 * f.c[i] / (f.unit * (real)(1L << scale));
    f.y[i] = sketch_clip(sketch_round(y, true), 1L << m->p);
    square += (real)(f.y[i] * f.y[i]);
  }
  f.root = sqrtl(square);
  return f;
}

/* Row i: rounded, scaled, activated. */
long sketch_project(const struct front *f, const struct weights_of *w, int i,
                    int kind) {
  real u = 0, g = (real)(1L << (f->p - 3));
  int shift = sketch_shift(f->width, f->p), grid = f->scale + shift - f->p;
  for (int j = 0; j < f->width; j++)
    u += (real)w->at[i % 2][j % 2] * f->c[j];
  real step = (real)(1L << (grid > 0 ? grid : 0)) * f->unit;
  u = shorten(sketch_round(u / step, true), f->p - 1) * step;
  u /= f->unit * (real)(1L << f->scale);
  real y = sqrtl((real)f->width) * 2 * g * u / f->root + (real)w->bias[i % 2];
  long a = sketch_clip(sketch_round(y / (real)(1L << shift), false),
                       1L << (f->p - 1));
  y = sketch_activation((real)a / g, kind) *
      g; // then to the nearest, half to even
  if (kind && kind < 3 && fabsl(y - rintl(y)) > 0.5L - 1e-9L)
    sketch_near = true;
  return (long)rintl(y);
}

/* The norm as activations. */
long sketch_activate(const struct front *f, int i) {
  real y = sqrtl((real)f->width) * (real)(1L << (f->p - 3)) * (real)f->y[i];
  return sketch_clip(sketch_round(y / f->root, false), 1L << (f->p - 1));
}

/* A row on activations. */
real sketch_multiply(const struct weights_of *w, int i, const long *x, int n) {
  real sum = (real)w->bias[i % 2];
  for (int j = 0; j < n; j++)
    sum += (real)(w->at[i % 2][j % 2] * x[j]);
  return sum;
}

long sketch_skipped(const struct sketch *m, real x, int scale) {
  return sketch_clip(floorl(ldexpl(x, -scale) + 0.5L), 1L << (m->p - 1));
}

/* ---- Attention ---- */

static void mix_row(const struct sketch *m, struct attention *a, int h, int i) {
  int pt = m->p - 1, root = 0, of_kv = h / (m->heads / m->kv);
  int keys = a->is_causal ? i + 1 : a->keys;
  while ((1 << 2 * (root + 1)) <= a->score_dim)
    root++;
  int shift = 2 * (m->p - 3) + root + 5 - pt;
  real nats = ldexpl(1, shift - 2 * (m->p - 3)) / sqrtl((real)a->score_dim);
  for (int e = 0; e < m->dh; e++) {
    long above = 0, below = 0;
    for (int j = 0; j < keys; j++) {
      long t = sketch_clip(sketch_round(ldexpl(a->s[h][i][j], -shift), true),
                           1L << (pt - 1));
      real w = 4 * expl(nats * (real)(t + (1L << (pt - 1))));
      long weight = keys == 1 ? 1 : (long)rintl(w);
      above += weight * a->v[j][of_kv * m->dh + e];
      below += weight;
    }
    long twice = 2 * above + below; // rounded down over 2 below
    long y = twice / (2 * below) - (twice % (2 * below) < 0);
    a->o[i][h * m->dh + e] = sketch_clip((real)y, 1L << (m->p - 1));
  }
}

void sketch_attend(const struct sketch *m, struct attention *a) {
  for (int h = 0; h < m->heads; h++)
    for (int i = 0; i < a->rows; i++)
      mix_row(m, a, h, i);
}

void sketch_score(const struct sketch *m, struct attention *a,
                  long q[MOST][MOST], long k[MOST][MOST], int dim,
                  bool is_shared) {
  for (int h = 0; h < m->heads; h++)
    for (int i = 0; i < a->rows; i++)
      for (int j = 0; j < a->keys; j++)
        for (int e = 0; e < dim; e++) {
          int head = is_shared ? 0 : h / (m->heads / m->kv);
          a->s[h][i][j] += (real)(q[i][h * dim + e] * k[j][head * dim + e]);
        }
}

/* ---- Tokens ---- */

void sketch_embed(const struct sketch *m, real x[MOST][MOST], int rows,
                  const long *in, const struct weights_of *tokens,
                  const struct weights_of *places,
                  const struct weights_of *types) {
  for (int i = 0; i < rows; i++)
    for (int e = 0; e < m->d; e++) {
      long t = in[i] < m->vocab ? in[i] : m->vocab - 1;
      long sum = tokens->at[t % 2][e % 2];
      if (m->has_places)
        sum += places->at[0][e % 2];
      if (m->types) {
        long type = in[rows + i] < m->types ? in[rows + i] : m->types - 1;
        sum += types->at[type % 2][e % 2];
      }
      x[i][e] = ldexpl((real)sum, sketch_scale(m));
    }
}

long *sketch_logits(const struct sketch *m, real x[MOST][MOST], int rows,
                    long *out) {
  struct weights_of w = sketch_draw(m->p, m->d, false);
  for (int i = 0; i < rows; i++) {
    struct front f = sketch_norm(m, x[i], m->d, sketch_scale(m));
    for (int v = 0; v < m->vocab; v++)
      *out++ = sketch_project(&f, &w, v, 0);
  }
  return out;
}
