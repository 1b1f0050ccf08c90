/* Blocks, with experts, latent attention and a decoder: block_experts.c,
   block_latent.c, stack_second.c. */
#include "tests/analysis/sketch.h"

#include <math.h>
#include <stddef.h>

/* Of one loop of blocks. */
struct drawn {
  struct weights_of q, k, v, o, gate, up, down;
  struct weights_of cross_q, cross_k, cross_v, cross_o;
  struct weights_of kv_a, q_a, turned, shared_turned;
  struct weights_of router, expert[3], shared[3];
};

static void draw_hidden(const struct sketch *m, struct weights_of *w, int ff) {
  w[0] = sketch_draw(m->p, m->d, m->ff_bias);
  if (m->is_gated)
    w[1] = sketch_draw(m->p, m->d, m->ff_bias);
  w[2] = sketch_draw(m->p, ff, m->ff_bias);
}

static void draw_second_half(const struct sketch *m, struct drawn *b,
                             bool is_dense) {
  if (is_dense) {
    struct weights_of w[3];
    draw_hidden(m, w, m->ff);
    b->gate = w[0], b->up = w[1], b->down = w[2];
    return;
  }
  b->router = sketch_draw(m->p, m->d, false);
  draw_hidden(m, b->expert, m->eff);
  if (m->shared)
    draw_hidden(m, b->shared, m->shared);
}

static void draw_first_half(const struct sketch *m, struct drawn *b) {
  int p = m->p, d = m->d;
  if (m->rank)
    b->kv_a = sketch_draw(p, d, false);
  if (m->q_rank)
    b->q_a = sketch_draw(p, d, false);
  b->q = sketch_draw(p, m->q_rank ? m->q_rank : d, m->qkv_bias);
  if (m->rank) {
    b->turned = sketch_draw(p, m->q_rank ? m->q_rank : d, false);
    b->shared_turned = sketch_draw(p, d, false);
  }
  b->k = sketch_draw(p, m->rank ? m->rank : d, m->qkv_bias);
  b->v = sketch_draw(p, m->rank ? m->rank : d, m->qkv_bias);
  b->o = sketch_draw(p, m->heads * m->dh, m->o_bias);
}

/* ---- Attention ---- */

/* The constant that is added for a distance: an activation of 1, and a bit. */
static void add_distances(const struct sketch *m, struct attention *a) {
  for (int h = 0; h < m->heads && m->is_t5; h++)
    for (int i = 0; i < a->rows; i++)
      for (int j = 0; j < a->keys; j++)
        a->s[h][i][j] += (real)((1L << 2 * (m->p - 3)) + 1);
}

static void attend_plain(const struct sketch *m, struct attention *a,
                         const struct drawn *b, const struct front *f) {
  long q[MOST][MOST], k[MOST][MOST];
  for (int i = 0; i < a->rows; i++) {
    for (int e = 0; e < m->heads * m->dh; e++)
      q[i][e] = sketch_project(&f[i], &b->q, e, 0);
    for (int e = 0; e < m->kv * m->dh; e++) {
      k[i][e] = sketch_project(&f[i], &b->k, e, 0);
      a->v[i][e] = sketch_project(&f[i], &b->v, e, 0);
    }
  }
  a->score_dim = m->is_t5 ? 1 : m->dh;
  sketch_score(m, a, q, k, m->dh, false);
  add_distances(m, a);
  sketch_attend(m, a);
}

/* A norm of `rank` rounded rows. */
static struct front narrow(const struct sketch *m, const struct front *f,
                           const struct weights_of *w, int rank) {
  real x[MOST];
  for (int i = 0; i < rank; i++)
    x[i] = (real)sketch_project(f, w, i, 0);
  return sketch_norm(m, x, rank, 0);
}

static void attend_latent(const struct sketch *m, struct attention *a,
                          const struct drawn *b, const struct front *f) {
  long q[MOST][MOST], k[MOST][MOST], qt[MOST][MOST], kt[MOST][MOST];
  for (int i = 0; i < a->rows; i++) {
    struct front c = narrow(m, &f[i], &b->kv_a, m->rank), of_q = f[i];
    if (m->q_rank)
      of_q = narrow(m, &f[i], &b->q_a, m->q_rank);
    for (int e = 0; e < m->heads * m->plain; e++) {
      q[i][e] = sketch_project(&of_q, &b->q, e, 0);
      k[i][e] = sketch_project(&c, &b->k, e, 0);
    }
    for (int e = 0; e < m->heads * m->turned; e++)
      qt[i][e] = sketch_project(&of_q, &b->turned, e, 0);
    for (int e = 0; e < m->turned; e++)
      kt[i][e] = sketch_project(&f[i], &b->shared_turned, e, 0);
    for (int e = 0; e < m->heads * m->dh; e++)
      a->v[i][e] = sketch_project(&c, &b->v, e, 0);
  }
  a->score_dim = m->plain + m->turned;
  sketch_score(m, a, q, k, m->plain, false);
  sketch_score(m, a, qt, kt, m->turned, true);
  sketch_attend(m, a);
}

/* Queries on norms, keys and values of z. */
static void attend_cross(const struct sketch *m, struct attention *a,
                         const struct drawn *b, const struct front *f,
                         long z[MOST][MOST]) {
  long q[MOST][MOST], k[MOST][MOST], most = 1L << (m->p - 1);
  int shift = sketch_shift(m->d, m->p);
  for (int i = 0; i < a->rows; i++)
    for (int e = 0; e < m->heads * m->dh; e++)
      q[i][e] = sketch_project(&f[i], &b->cross_q, e, 0);
  for (int j = 0; j < a->keys; j++)
    for (int e = 0; e < m->kv * m->dh; e++) {
      real x = sketch_multiply(&b->cross_k, e, z[j], m->d);
      k[j][e] = sketch_clip(floorl(ldexpl(x, -shift) + 0.5L), most);
      x = sketch_multiply(&b->cross_v, e, z[j], m->d);
      a->v[j][e] = sketch_clip(floorl(ldexpl(x, -shift) + 0.5L), most);
    }
  a->score_dim = 1;
  sketch_score(m, a, q, k, m->dh, false);
  sketch_attend(m, a);
}

/* ---- Second halves ---- */

/* The sums of w[2] on a hidden layer of w[0], w[1]. */
static void hidden(const struct sketch *m, const struct front *f,
                   const struct weights_of *w, int ff, real *sums) {
  long h[MOST];
  for (int e = 0; e < ff; e++) {
    h[e] = sketch_project(f, &w[0], e, m->activation);
    if (m->is_gated)
      h[e] *= sketch_project(f, &w[1], e, 0);
  }
  for (int i = 0; i < m->d; i++)
    sums[i] = sketch_multiply(&w[2], i, h, ff);
}

/* Whether groups whose best is better leave room for that of e. */
static bool is_in_group(const struct sketch *m, const long *s, int e) {
  long best[MOST];
  int before = 0, each = m->groups ? m->experts / m->groups : 1;
  for (int g = 0; g < m->groups; g++) {
    best[g] = s[g * each];
    for (int i = 1; i < each; i++)
      best[g] = best[g] < s[g * each + i] ? s[g * each + i] : best[g];
  }
  for (int g = 0; g < m->groups; g++)
    before +=
        best[g] > best[e / each] || (best[g] == best[e / each] && g < e / each);
  return !m->groups || before < m->top_groups;
}

static bool is_taken(const struct sketch *m, const long *s, int e) {
  int before = 0;
  for (int i = 0; i < m->experts; i++)
    before += is_in_group(m, s, i) && (s[i] > s[e] || (s[i] == s[e] && i < e));
  return is_in_group(m, s, e) && before < m->top;
}

/* y += what is added to X. */
static void mixture(const struct sketch *m, const struct drawn *b,
                    const struct front *f, real *y) {
  long s[MOST], z[MOST], all = 0, most = (1L << (m->p - 1)) - 1;
  int scale = sketch_scale(m);
  real sums[MOST];
  hidden(m, f, b->expert, m->eff, sums); // all experts are alike
  for (int e = 0; e < m->experts; e++) {
    s[e] = sketch_project(f, &b->router, e, 0);
    real x = (real)most * expl(ldexpl((real)(s[e] - most), 3 - m->p));
    z[e] = (long)rintl(x) > 1 ? (long)rintl(x) : 1;
  }
  for (int e = 0; e < m->experts; e++)
    if (!m->sums_chosen || is_taken(m, s, e))
      all += z[e];
  for (int i = 0; i < m->d; i++) {
    real one = floorl(ldexpl(sums[i], -sketch_hidden_shift(m, m->eff)) + 0.5L),
         u = 0;
    for (int e = 0; e < m->experts; e++)
      if (is_taken(m, s, e))
        u += (real)(z[e] * sketch_clip(one, most + 1));
    real mean = floorl((2 * u + (real)all) / (real)(2 * all));
    y[i] += ldexpl((real)sketch_clip(mean, most + 1), scale);
  }
  if (!m->shared)
    return;
  hidden(m, f, b->shared, m->shared, sums);
  for (int i = 0; i < m->d; i++)
    y[i] += ldexpl(sums[i], scale - sketch_hidden_shift(m, m->shared));
}

/* ---- Blocks ---- */

/* Norms of all rows of x, which becomes what passes by them. */
static void begin(const struct sketch *m, real x[MOST][MOST], int rows,
                  struct front *f) {
  int scale = sketch_scale(m);
  for (int i = 0; i < rows; i++) {
    f[i] = sketch_norm(m, x[i], m->d, scale);
    for (int e = 0; e < m->d; e++) {
      long s = m->is_last ? sketch_activate(&f[i], e)
                          : sketch_skipped(m, x[i][e], scale);
      x[i][e] = ldexpl((real)s, scale);
    }
  }
}

static void add_attention(const struct sketch *m, const struct attention *a,
                          const struct weights_of *o, real x[MOST][MOST]) {
  int inner = m->heads * m->dh,
      lift = sketch_scale(m) - sketch_shift(inner, m->p);
  for (int i = 0; i < a->rows; i++)
    for (int e = 0; e < m->d; e++)
      x[i][e] += ldexpl(sketch_multiply(o, e, a->o[i], inner), lift);
}

static void second_half(const struct sketch *m, const struct drawn *b,
                        real x[MOST][MOST], int rows, bool is_dense) {
  struct front f[MOST];
  const struct weights_of w[] = {b->gate, b->up, b->down};
  begin(m, x, rows, f);
  for (int i = 0; i < rows; i++) {
    real sums[MOST];
    if (!is_dense) {
      mixture(m, b, &f[i], x[i]);
      continue;
    }
    hidden(m, &f[i], w, m->ff, sums);
    for (int e = 0; e < m->d; e++)
      x[i][e] +=
          ldexpl(sums[e], sketch_scale(m) - sketch_hidden_shift(m, m->ff));
  }
}

static void block(const struct sketch *m, const struct drawn *b,
                  real x[MOST][MOST], bool is_dense) {
  struct front f[MOST];
  struct attention a = {.rows = m->n, .keys = m->n};
  a.is_causal = !m->is_last && !m->is_t5;
  begin(m, x, m->n, f);
  if (m->rank)
    attend_latent(m, &a, b, f);
  else
    attend_plain(m, &a, b, f);
  add_attention(m, &a, &b->o, x);
  second_half(m, b, x, m->n, is_dense);
}

static void second_block(const struct sketch *m, const struct drawn *b,
                         real x[MOST][MOST], long z[MOST][MOST]) {
  struct front f[MOST];
  struct attention a = {.rows = m->m, .keys = m->m, .is_causal = true};
  struct attention cross = {.rows = m->m, .keys = m->n};
  begin(m, x, m->m, f);
  attend_plain(m, &a, b, f);
  add_attention(m, &a, &b->o, x);
  begin(m, x, m->m, f);
  attend_cross(m, &cross, b, f, z);
  add_attention(m, &cross, &b->cross_o, x);
  second_half(m, b, x, m->m, true);
}

/* ---- Models ---- */

/* What is activations, and the tanh of a matrix on the first of them. */
static long *pool(const struct sketch *m, real x[MOST][MOST], long *out) {
  const long *first = out;
  for (int i = 0; i < m->n; i++) {
    struct front f = sketch_norm(m, x[i], m->d, sketch_scale(m));
    for (int e = 0; e < m->d; e++)
      *out++ = sketch_activate(&f, e);
  }
  struct weights_of w = sketch_draw(m->p, m->d, true);
  long most = 1L << (m->p - 1);
  for (int e = 0; e < m->d; e++) {
    real y =
        ldexpl(sketch_multiply(&w, e, first, m->d), -sketch_shift(m->d, m->p));
    long a = sketch_clip(floorl(y + 0.5L), most);
    y = tanhl(ldexpl((real)a, 3 - m->p)) * (real)(most - 1);
    if (fabsl(y - rintl(y)) > 0.5L - 1e-9L)
      sketch_near = true;
    *out++ = (long)rintl(y);
  }
  return out;
}

static void decode(const struct sketch *m, real x[MOST][MOST], const long *in,
                   long *out) {
  long z[MOST][MOST];
  real y[MOST][MOST];
  struct drawn b;
  for (int i = 0; i < m->n; i++) {
    struct front f = sketch_norm(m, x[i], m->d, sketch_scale(m));
    for (int e = 0; e < m->d; e++)
      z[i][e] = sketch_activate(&f, e);
  }
  struct weights_of tokens = sketch_draw(m->p, 1, false);
  sketch_embed(m, y, m->m, in, &tokens, NULL, NULL);
  draw_first_half(m, &b);
  b.cross_q = sketch_draw(m->p, m->d, false);
  b.cross_k = sketch_draw(m->p, m->d, false);
  b.cross_v = sketch_draw(m->p, m->d, false);
  b.cross_o = sketch_draw(m->p, m->heads * m->dh, false);
  draw_second_half(m, &b, true);
  for (int i = 0; i < m->second; i++)
    second_block(m, &b, y, z);
  sketch_logits(m, y, m->m, out);
}

void sketch_run(const struct sketch *m, const long *in, long *out) {
  real x[MOST][MOST];
  struct drawn b;
  struct weights_of places = {.bias = {0, 0}}, types = places;
  sketch_state = 1;
  sketch_near = false;
  struct weights_of tokens = sketch_draw(m->p, 1, false);
  if (m->has_places)
    places = sketch_draw(m->p, 1, false);
  if (m->types)
    types = sketch_draw(m->p, 1, false);
  sketch_embed(m, x, m->n, in, &tokens, &places, &types);
  for (int loop = m->dense ? 0 : 1; loop < 2; loop++) {
    bool is_dense = !loop || !m->experts;
    draw_first_half(m, &b);
    draw_second_half(m, &b, is_dense);
    for (int i = 0; i < (loop ? m->layers - m->dense : m->dense); i++)
      block(m, &b, x, is_dense);
  }
  if (m->is_t5)
    decode(m, x, in + m->n, out);
  else if (m->is_last)
    pool(m, x, out);
  else
    sketch_logits(m, x, m->n, out);
}
