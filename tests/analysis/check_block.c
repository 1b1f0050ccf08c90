/* One block of a transformer, written out in real numbers from its description
   (compile/models/block.h), against its program.

   Sums are exact in long double at these sizes, and roundings of what is not
   exact are taken from it: where a value is so near to where it turns that long
   double cannot tell, the input is left out. */
#include "analysis/source.h"
#include "compile/models/weights.h"
#include "compile/program/run.h"
#include "tests/suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <flint/fmpz_vec.h>

enum {
  MOST = 8 // of n, d, ff
};

typedef long double real;

struct sketch {
  int n, d, ff, p; // one head
  bool has_maximum;
  bool is_llama; // root mean square, no bias, a product in the second half
  long q[MOST][MOST], k[MOST][MOST], v[MOST][MOST], o[MOST][MOST];
  long w1[MOST][MOST], w2[MOST][MOST], w3[MOST][MOST]; // w3: up
  long bias[6][MOST];
  int scale, s_d, s_ff;
  bool near; // to where something turns
};

static uint64_t state;

/* The stream of compile/models/weights.c, as its source describes it. */
static uint64_t next(void) {
  uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static long draw(long most) {
  return (long)(next() % (uint64_t)(2 * most + 1)) - most;
}

/* Weights, then their bias. */
static void draw_matrix(const struct sketch *t, long w[MOST][MOST], int rows,
                        int columns, long *bias, int shift) {
  for (int i = 0; i < rows; i++)
    for (int j = 0; j < columns; j++)
      w[i][j] = draw((1L << (t->p - 1)) - 1);
  for (int i = 0; i < rows && !t->is_llama; i++)
    bias[i] = draw(1L << shift);
}

/* ceil(log2 sqrt columns) + p - 2. */
static int shift_for(int columns, int p) {
  int root = 0;
  while ((1 << 2 * root) < columns)
    root++;
  return root + p - 2;
}

static void sketch_init(struct sketch *t, int d, int ff, int p, bool is_llama) {
  *t = (struct sketch){.d = d, .ff = ff, .p = p, .is_llama = is_llama};
  t->s_d = shift_for(d, p);
  t->s_ff = shift_for(ff, p) + (is_llama ? p - 3 : 0);
  t->scale = t->s_d > t->s_ff ? t->s_d : t->s_ff;
  state = 1;
  draw_matrix(t, t->q, d, d, t->bias[0], t->s_d);
  draw_matrix(t, t->k, d, d, t->bias[1], t->s_d);
  draw_matrix(t, t->v, d, d, t->bias[2], t->s_d);
  draw_matrix(t, t->o, d, d, t->bias[3], t->s_d);
  draw_matrix(t, t->w1, ff, d, t->bias[4], t->s_d);
  if (is_llama)
    draw_matrix(t, t->w3, ff, d, t->bias[4], t->s_d);
  draw_matrix(t, t->w2, d, ff, t->bias[5], shift_for(ff, p));
}

static long clip(real x, long most) {
  return x < -(real)most ? -most : x > (real)(most - 1) ? most - 1 : (long)x;
}

/* Half up; `near` where x is not exact and next to a half. */
static real round_up(struct sketch *t, real x, bool is_exact) {
  real turn = x + 0.5L;
  if (!is_exact && fabsl(turn - rintl(turn)) < 1e-9L)
    t->near = true;
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

struct front {
  real c[MOST], unit, root; // root of V
};

static void norm(struct sketch *t, struct front *f, const real *x) {
  real sum = 0, square = 1;
  for (int i = 0; i < t->d; i++)
    sum += x[i];
  f->unit = t->is_llama ? 1 : t->d;
  for (int i = 0; i < t->d; i++) {
    f->c[i] = t->is_llama ? x[i] : t->d * x[i] - sum;
    real y = 2 * f->c[i] / (f->unit * (real)(1L << t->scale));
    long c = clip(round_up(t, y, true), 1L << t->p);
    square += (real)(c * c);
  }
  f->root = sqrtl(square);
}

static real activation(real x, int kind) {
  return kind == 0   ? x
         : kind == 1 ? x * (1 + erfl(x / sqrtl(2))) / 2
                     : x / (1 + expl(-x));
}

/* A row of a matrix on a norm: rounded, scaled, activated. */
static long project(struct sketch *t, const struct front *f, const long *w,
                    long bias, int kind) {
  real u = 0, g = (real)(1L << (t->p - 3));
  for (int i = 0; i < t->d; i++)
    u += (real)w[i] * f->c[i];
  int grid = t->scale + t->s_d - t->p;
  real step = (real)(1L << (grid > 0 ? grid : 0)) * f->unit;
  u = shorten(round_up(t, u / step, true), t->p - 1) * step;
  u /= f->unit * (real)(1L << t->scale);
  real y = sqrtl((real)t->d) * 2 * g * u / f->root + (real)bias;
  long a = clip(round_up(t, y / (real)(1L << t->s_d), false), 1L << (t->p - 1));
  y = activation((real)a / g, kind) * g; // then to the nearest, half to even
  if (kind && fabsl(y - rintl(y)) > 0.5L - 1e-9L)
    t->near = true;
  return (long)rintl(y);
}

static void attend(struct sketch *t, long o[MOST][MOST], long q[MOST][MOST],
                   long k[MOST][MOST], long v[MOST][MOST]) {
  int pt = t->p - 1, root = 0;
  while ((1 << 2 * (root + 1)) <= t->d)
    root++;
  int shift = 2 * (t->p - 3) + root + 5 - pt;
  real nats = ldexpl(1, shift - 2 * (t->p - 3)) / sqrtl((real)t->d);
  for (int i = 0; i < t->n; i++)
    for (int e = 0; e < t->d; e++) {
      long above = 0, below = 0, level[MOST], most = -(1L << (pt - 1));
      for (int j = 0; j <= i; j++) {
        real s = 0;
        for (int h = 0; h < t->d; h++)
          s += (real)(q[i][h] * k[j][h]);
        level[j] = clip(round_up(t, ldexpl(s, -shift), true), 1L << (pt - 1));
        most = level[j] > most ? level[j] : most;
      }
      for (int j = 0; j <= i; j++) {
        real w = 4 * expl(nats * (real)(level[j] + (1L << (pt - 1))));
        if (t->has_maximum)
          w = (real)((1L << t->p) - 1) * expl(nats * (real)(level[j] - most));
        else if (i == 0)
          w = 1;
        above += (long)rintl(w) * v[j][e];
        below += (long)rintl(w);
      }
      long twice = 2 * above + below; // rounded down over 2 below
      o[i][e] = twice / (2 * below) - (twice % (2 * below) < 0);
    }
}

/* What is skipped past a half, at scale, and a matrix on the half. */
static void add(const struct sketch *t, real *y, const real *skip,
                long w[MOST][MOST], const long *x, int columns, int shift,
                const long *bias) {
  for (int i = 0; i < t->d; i++) {
    real sum = (real)bias[i];
    for (int j = 0; j < columns; j++)
      sum += (real)(w[i][j] * x[j]);
    long s = clip(floorl(ldexpl(skip[i], -t->scale) + 0.5L), 1L << (t->p - 1));
    y[i] = ldexpl((real)s, t->scale) + ldexpl(sum, t->scale - shift);
  }
}

static void block(struct sketch *t, const long *in, long *out) {
  long q[MOST][MOST], k[MOST][MOST], v[MOST][MOST], o[MOST][MOST];
  real x[MOST][MOST];
  struct front f;
  for (int i = 0; i < t->n; i++) {
    for (int e = 0; e < t->d; e++)
      x[i][e] = ldexpl((real)in[i * t->d + e], t->scale);
    norm(t, &f, x[i]);
    for (int e = 0; e < t->d; e++) {
      q[i][e] = project(t, &f, t->q[e], t->bias[0][e], 0);
      k[i][e] = project(t, &f, t->k[e], t->bias[1][e], 0);
      v[i][e] = project(t, &f, t->v[e], t->bias[2][e], 0);
    }
  }
  attend(t, o, q, k, v);
  for (int i = 0; i < t->n; i++) {
    real y[MOST], z[MOST];
    long h[MOST];
    add(t, y, x[i], t->o, o[i], t->d, t->s_d, t->bias[3]);
    norm(t, &f, y);
    for (int e = 0; e < t->ff; e++) {
      h[e] = project(t, &f, t->w1[e], t->bias[4][e], t->is_llama ? 2 : 1);
      if (t->is_llama)
        h[e] *= project(t, &f, t->w3[e], 0, 0);
    }
    add(t, z, y, t->w2, h, t->ff, t->s_ff, t->bias[5]);
    for (int e = 0; e < t->d; e++)
      out[i * t->d + e] =
          clip(floorl(ldexpl(z[e], -t->scale) + 0.5L), 1L << (t->p - 1));
  }
}

static void open_block(struct source *s, const struct sketch *t) {
  char word[8][32] = {"transformer", "", "", "", "", "", "maximum=thermometer"};
  const char *words[8];
  struct error err = {0};
  struct source_options o = {.seed = 1};
  snprintf(word[1], 32, "n=%d", t->n);
  snprintf(word[2], 32, "d=%d", t->d);
  snprintf(word[3], 32, "ff=%d", t->ff);
  snprintf(word[4], 32, "bits=%d", t->p);
  snprintf(word[5], 32, "block=%s", t->is_llama ? "llama" : "gpt2");
  for (int i = 0; i < 7; i++)
    words[i] = word[i];
  source_init(s);
  ck_assert_msg(source_open(s, words, t->has_maximum ? 7 : 6, &o, &err), "%s",
                err.message);
}

START_TEST(a_block_is_what_its_description_says) {
  static const int shape[][4] = {
      {2, 2, 2, 3}, {3, 3, 4, 4}, {4, 4, 8, 5}, {5, 7, 6, 6}, {8, 8, 8, 8},
      {1, 2, 3, 4}, {1, 5, 8, 6}, {1, 8, 7, 8},  // one position does not turn
      {2, 2, 2, 3}, {3, 3, 4, 4}, {8, 8, 8, 8}}; // from the maximum
  struct sketch t;
  struct source s;
  struct run run;
  const int *k = shape[_i];
  sketch_init(&t, k[1], k[2], k[3], k[0] == 1);
  t.n = k[0];
  t.has_maximum = _i >= 8;
  size_t n = (size_t)(t.n * t.d);
  fmpz *in = _fmpz_vec_init((slong)n), *out = _fmpz_vec_init((slong)n);
  open_block(&s, &t);
  run_init(&run, &s.instance);
  int left_out = 0, rounds = is_full_run() ? 20000 : 1000;
  for (int r = 0; r < rounds; r++) {
    long x[MOST * MOST], y[MOST * MOST], most = 1L << (t.p - 1);
    for (size_t i = 0; i < n; i++) {
      x[i] = r % 3 ? (long)(next() % (2 * (uint64_t)most)) - most
                   : (next() % 2 ? -most : most - 1);
      fmpz_set_si(in + i, x[i]);
    }
    t.near = false;
    block(&t, x, y);
    run_values(&run, in, out);
    left_out += t.near;
    for (size_t i = 0; i < n && !t.near; i++)
      ck_assert_msg(fmpz_get_si(out + i) == y[i],
                    "round %d, place %zu: %ld, not %ld", r, i,
                    fmpz_get_si(out + i), y[i]);
  }
  ck_assert_int_lt(left_out, rounds * 3 / 4); // small ones often are exact
  run_clear(&run);
  source_clear(&s);
  _fmpz_vec_clear(in, (slong)n);
  _fmpz_vec_clear(out, (slong)n);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("block");
  TCase *t = tcase_create("block");
  tcase_set_timeout(t, 600);
  tcase_add_loop_test(t, a_block_is_what_its_description_says, 0, 11);
  suite_add_tcase(suite, t);
  return suite_run(suite);
}
