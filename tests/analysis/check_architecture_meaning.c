/* Architectures written out in real numbers from their descriptions
   (compile/models/block.h, block_experts.c, block_latent.c, stack_second.c),
   against their programs.

   Sums are exact in long double at these sizes. Where a rounding of what is not
   exact is too near to where it turns, the input is left out. Generic weights
   are drawn again, in the order of the steps. */
#include "analysis/source.h"
#include "compile/program/run.h"
#include "tests/suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <flint/fmpz_vec.h>

enum {
  MOST = 16 // of n, d, ff, inner
};

typedef long double real;

/* A file, and what it says. */
struct sketch {
  const char *json;
  int n, m, p; // m: targets
  int d, heads, kv, dh, ff, vocab;
  int layers, dense, second; // second: blocks of the decoder of t5
  int experts, top, eff, shared;
  int rank, q_rank, plain, turned; // dh: of values
  int activation;                  // 1 gelu, 2 silu, 3 relu
  bool has_mean, is_gated, is_last, qkv_bias, o_bias, ff_bias, sums_chosen;
  bool has_places, is_t5;
  int types;
};

/* clang-format off */
static const struct sketch models[] = {
    {.json = "{\"model_type\": \"gpt2\", \"n_layer\": 2, \"n_embd\": 4, "
             "\"n_head\": 2, \"n_inner\": 3, \"n_positions\": 5, "
             "\"vocab_size\": 7}",
     .n = 3, .p = 6, .d = 4, .heads = 2, .kv = 2, .dh = 2, .ff = 3, .vocab = 7,
     .layers = 2, .activation = 1, .has_mean = true, .qkv_bias = true,
     .o_bias = true, .ff_bias = true, .has_places = true},
    {.json = "{\"model_type\": \"qwen2\", \"num_hidden_layers\": 2, "
             "\"hidden_size\": 3, \"num_attention_heads\": 4, "
             "\"num_key_value_heads\": 2, \"head_dim\": 2, "
             "\"intermediate_size\": 5, \"vocab_size\": 9}",
     .n = 3, .p = 5, .d = 3, .heads = 4, .kv = 2, .dh = 2, .ff = 5, .vocab = 9,
     .layers = 2, .activation = 2, .is_gated = true, .qkv_bias = true},
    {.json = "{\"model_type\": \"llama\", \"num_hidden_layers\": 1, "
             "\"hidden_size\": 5, \"num_attention_heads\": 2, "
             "\"num_key_value_heads\": 1, \"head_dim\": 4, "
             "\"attention_bias\": true, \"mlp_bias\": true, "
             "\"intermediate_size\": 4, \"vocab_size\": 6}",
     .n = 4, .p = 6, .d = 5, .heads = 2, .kv = 1, .dh = 4, .ff = 4, .vocab = 6,
     .layers = 1, .activation = 2, .is_gated = true, .qkv_bias = true,
     .o_bias = true, .ff_bias = true},
    {.json = "{\"model_type\": \"bert\", \"num_hidden_layers\": 2, "
             "\"hidden_size\": 4, \"num_attention_heads\": 1, "
             "\"intermediate_size\": 5, \"max_position_embeddings\": 5, "
             "\"type_vocab_size\": 3, \"vocab_size\": 7}",
     .n = 3, .p = 6, .d = 4, .heads = 1, .kv = 1, .dh = 4, .ff = 5, .vocab = 7,
     .layers = 2, .activation = 1, .has_mean = true, .is_last = true,
     .qkv_bias = true, .o_bias = true, .ff_bias = true, .has_places = true,
     .types = 3},
    {.json = "{\"model_type\": \"mixtral\", \"num_hidden_layers\": 2, "
             "\"hidden_size\": 3, \"num_attention_heads\": 2, "
             "\"num_key_value_heads\": 1, \"head_dim\": 2, "
             "\"intermediate_size\": 4, \"vocab_size\": 7, "
             "\"num_local_experts\": 3, \"num_experts_per_tok\": 2}",
     .n = 3, .p = 7, .d = 3, .heads = 2, .kv = 1, .dh = 2, .ff = 4, .vocab = 7,
     .layers = 2, .activation = 2, .is_gated = true, .experts = 3, .top = 2,
     .eff = 4, .sums_chosen = true},
    {.json = "{\"model_type\": \"deepseek_v2\", \"num_hidden_layers\": 2, "
             "\"first_k_dense_replace\": 1, \"hidden_size\": 3, "
             "\"num_attention_heads\": 2, \"q_lora_rank\": null, "
             "\"kv_lora_rank\": 3, \"qk_nope_head_dim\": 2, "
             "\"qk_rope_head_dim\": 4, \"v_head_dim\": 2, "
             "\"intermediate_size\": 4, \"moe_intermediate_size\": 3, "
             "\"n_routed_experts\": 3, \"num_experts_per_tok\": 1, "
             "\"n_shared_experts\": 2, \"vocab_size\": 7}",
     .n = 3, .p = 8, .d = 3, .heads = 2, .kv = 2, .dh = 2, .ff = 4, .vocab = 7,
     .layers = 2, .dense = 1, .activation = 2, .is_gated = true, .experts = 3,
     .top = 1, .eff = 3, .shared = 6, .rank = 3, .plain = 2, .turned = 4},
    {.json = "{\"model_type\": \"deepseek_v2\", \"num_hidden_layers\": 1, "
             "\"hidden_size\": 3, \"num_attention_heads\": 1, "
             "\"q_lora_rank\": 4, \"kv_lora_rank\": 2, "
             "\"qk_nope_head_dim\": 4, \"qk_rope_head_dim\": 2, "
             "\"v_head_dim\": 2, \"intermediate_size\": 4, "
             "\"moe_intermediate_size\": 3, \"n_routed_experts\": 4, "
             "\"num_experts_per_tok\": 2, \"n_shared_experts\": 0, "
             "\"norm_topk_prob\": true, \"vocab_size\": 7}",
     .n = 2, .p = 7, .d = 3, .heads = 1, .kv = 1, .dh = 2, .ff = 4, .vocab = 7,
     .layers = 1, .activation = 2, .is_gated = true, .experts = 4, .top = 2,
     .eff = 3, .sums_chosen = true, .rank = 2, .q_rank = 4, .plain = 4,
     .turned = 2},
    {.json = "{\"model_type\": \"t5\", \"num_layers\": 1, "
             "\"num_decoder_layers\": 2, \"d_model\": 3, \"d_kv\": 2, "
             "\"num_heads\": 2, \"d_ff\": 4, \"vocab_size\": 6}",
     .n = 2, .m = 3, .p = 7, .d = 3, .heads = 2, .kv = 2, .dh = 2, .ff = 4,
     .vocab = 6, .layers = 1, .second = 2, .activation = 3, .is_t5 = true},
    {.json = "{\"model_type\": \"t5\", \"num_layers\": 2, "
             "\"num_decoder_layers\": 1, \"d_model\": 4, \"d_kv\": 4, "
             "\"num_heads\": 1, \"d_ff\": 3, \"vocab_size\": 5, "
             "\"feed_forward_proj\": \"gated-gelu\"}",
     .n = 3, .m = 2, .p = 6, .d = 4, .heads = 1, .kv = 1, .dh = 4, .ff = 3,
     .vocab = 5, .layers = 2, .second = 1, .activation = 1, .is_gated = true,
     .is_t5 = true}};
/* clang-format on */

/* ---- Weights ---- */

static uint64_t state;

/* The stream of compile/models/weights.c, as its source describes it. */
static uint64_t next(void) {
  uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

/* Entry (i, j) is at[i % 2][j % 2]. */
struct weights_of {
  long at[2][2], bias[2];
};

/* ceil(log2 sqrt columns) + p - 2. */
static int shift_for(int columns, int p) {
  int root = 0;
  while ((1 << 2 * root) < columns)
    root++;
  return root + p - 2;
}

static struct weights_of draw(int p, int columns, bool has_bias) {
  struct weights_of w = {.bias = {0, 0}};
  long bias = 1L << shift_for(columns, p);
  for (int i = 0; i < 4; i++) {
    long v = 1 + (long)(next() % (uint64_t)((1L << (p - 1)) - 1));
    w.at[i / 2][i % 2] = (i / 2 + i % 2) % 2 ? -v : v;
  }
  for (int i = 0; i < 2 && has_bias; i++)
    w.bias[i] = (long)(next() % (uint64_t)(2 * bias + 1)) - bias;
  return w;
}

/* Of one loop of blocks. */
struct drawn {
  struct weights_of q, k, v, o, gate, up, down;
  struct weights_of cross_q, cross_k, cross_v, cross_o;
  struct weights_of kv_a, q_a, turned, shared_turned;
  struct weights_of router, expert[3], shared[3];
};

static void draw_hidden(const struct sketch *m, struct weights_of *w, int ff) {
  w[0] = draw(m->p, m->d, m->ff_bias);
  if (m->is_gated)
    w[1] = draw(m->p, m->d, m->ff_bias);
  w[2] = draw(m->p, ff, m->ff_bias);
}

static void draw_second_half(const struct sketch *m, struct drawn *b,
                             bool is_dense) {
  if (is_dense) {
    struct weights_of w[3];
    draw_hidden(m, w, m->ff);
    b->gate = w[0], b->up = w[1], b->down = w[2];
    return;
  }
  b->router = draw(m->p, m->d, false);
  draw_hidden(m, b->expert, m->eff);
  if (m->shared)
    draw_hidden(m, b->shared, m->shared);
}

static void draw_first_half(const struct sketch *m, struct drawn *b) {
  int p = m->p, d = m->d;
  if (m->rank)
    b->kv_a = draw(p, d, false);
  if (m->q_rank)
    b->q_a = draw(p, d, false);
  b->q = draw(p, m->q_rank ? m->q_rank : d, m->qkv_bias);
  if (m->rank) {
    b->turned = draw(p, m->q_rank ? m->q_rank : d, false);
    b->shared_turned = draw(p, d, false);
  }
  b->k = draw(p, m->rank ? m->rank : d, m->qkv_bias);
  b->v = draw(p, m->rank ? m->rank : d, m->qkv_bias);
  b->o = draw(p, m->heads * m->dh, m->o_bias);
}

/* ---- Roundings ---- */

static bool near; // to where something turns

static long clip(real x, long most) {
  return x < -(real)most ? -most : x > (real)(most - 1) ? most - 1 : (long)x;
}

/* Half up. */
static real round_up(real x, bool is_exact) {
  real turn = x + 0.5L;
  if (!is_exact && fabsl(turn - rintl(turn)) < 1e-9L)
    near = true;
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

static real activation(real x, int kind) {
  return kind == 0   ? x
         : kind == 1 ? x * (1 + erfl(x / sqrtl(2))) / 2
         : kind == 2 ? x / (1 + expl(-x))
                     : (x > 0 ? x : 0);
}

/* ---- Norms, and rows of matrices on them ---- */

struct front {
  real c[MOST], unit, root;
  long y[MOST]; // c'
  int p, width, scale;
};

static struct front norm(const struct sketch *m, const real *x, int width,
                         int scale) {
  struct front f = {.p = m->p, .width = width, .scale = scale};
  real sum = 0, square = 1;
  for (int i = 0; i < width; i++)
    sum += x[i];
  f.unit = m->has_mean ? width : 1;
  for (int i = 0; i < width; i++) {
    f.c[i] = m->has_mean ? width * x[i] - sum : x[i];
    real y = 2 * f.c[i] / (f.unit * (real)(1L << scale));
    f.y[i] = clip(round_up(y, true), 1L << m->p);
    square += (real)(f.y[i] * f.y[i]);
  }
  f.root = sqrtl(square);
  return f;
}

/* Row i: rounded, scaled, activated. */
static long project(const struct front *f, const struct weights_of *w, int i,
                    int kind) {
  real u = 0, g = (real)(1L << (f->p - 3));
  int shift = shift_for(f->width, f->p), grid = f->scale + shift - f->p;
  for (int j = 0; j < f->width; j++)
    u += (real)w->at[i % 2][j % 2] * f->c[j];
  real step = (real)(1L << (grid > 0 ? grid : 0)) * f->unit;
  u = shorten(round_up(u / step, true), f->p - 1) * step;
  u /= f->unit * (real)(1L << f->scale);
  real y = sqrtl((real)f->width) * 2 * g * u / f->root + (real)w->bias[i % 2];
  long a = clip(round_up(y / (real)(1L << shift), false), 1L << (f->p - 1));
  y = activation((real)a / g, kind) * g; // then to the nearest, half to even
  if (kind && kind < 3 && fabsl(y - rintl(y)) > 0.5L - 1e-9L)
    near = true;
  return (long)rintl(y);
}

/* The norm as activations. */
static long activate(const struct front *f, int i) {
  real y = sqrtl((real)f->width) * (real)(1L << (f->p - 3)) * (real)f->y[i];
  return clip(round_up(y / f->root, false), 1L << (f->p - 1));
}

/* A row on activations. */
static real multiply(const struct weights_of *w, int i, const long *x, int n) {
  real sum = (real)w->bias[i % 2];
  for (int j = 0; j < n; j++)
    sum += (real)(w->at[i % 2][j % 2] * x[j]);
  return sum;
}

static long skipped(const struct sketch *m, real x, int scale) {
  return clip(floorl(ldexpl(x, -scale) + 0.5L), 1L << (m->p - 1));
}

/* ---- Attention ---- */

/* Score [row][key] of each head, and values; o is [row][head * dh + e]. */
struct attention {
  int rows, keys;
  bool is_causal;
  int score_dim;
  real s[4][MOST][MOST];
  long v[MOST][MOST]; // [key][head of kv * dh + e]
  long o[MOST][MOST];
};

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
      long t =
          clip(round_up(ldexpl(a->s[h][i][j], -shift), true), 1L << (pt - 1));
      real w = 4 * expl(nats * (real)(t + (1L << (pt - 1))));
      long weight = keys == 1 ? 1 : (long)rintl(w);
      above += weight * a->v[j][of_kv * m->dh + e];
      below += weight;
    }
    long twice = 2 * above + below; // rounded down over 2 below
    long y = twice / (2 * below) - (twice % (2 * below) < 0);
    a->o[i][h * m->dh + e] = clip((real)y, 1L << (m->p - 1));
  }
}

static void attend(const struct sketch *m, struct attention *a) {
  for (int h = 0; h < m->heads; h++)
    for (int i = 0; i < a->rows; i++)
      mix_row(m, a, h, i);
}

static void score(const struct sketch *m, struct attention *a,
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
      q[i][e] = project(&f[i], &b->q, e, 0);
    for (int e = 0; e < m->kv * m->dh; e++) {
      k[i][e] = project(&f[i], &b->k, e, 0);
      a->v[i][e] = project(&f[i], &b->v, e, 0);
    }
  }
  a->score_dim = m->is_t5 ? 1 : m->dh;
  score(m, a, q, k, m->dh, false);
  add_distances(m, a);
  attend(m, a);
}

/* A norm of `rank` rounded rows. */
static struct front narrow(const struct sketch *m, const struct front *f,
                           const struct weights_of *w, int rank) {
  real x[MOST];
  for (int i = 0; i < rank; i++)
    x[i] = (real)project(f, w, i, 0);
  return norm(m, x, rank, 0);
}

static void attend_latent(const struct sketch *m, struct attention *a,
                          const struct drawn *b, const struct front *f) {
  long q[MOST][MOST], k[MOST][MOST], qt[MOST][MOST], kt[MOST][MOST];
  for (int i = 0; i < a->rows; i++) {
    struct front c = narrow(m, &f[i], &b->kv_a, m->rank), of_q = f[i];
    if (m->q_rank)
      of_q = narrow(m, &f[i], &b->q_a, m->q_rank);
    for (int e = 0; e < m->heads * m->plain; e++) {
      q[i][e] = project(&of_q, &b->q, e, 0);
      k[i][e] = project(&c, &b->k, e, 0);
    }
    for (int e = 0; e < m->heads * m->turned; e++)
      qt[i][e] = project(&of_q, &b->turned, e, 0);
    for (int e = 0; e < m->turned; e++)
      kt[i][e] = project(&f[i], &b->shared_turned, e, 0);
    for (int e = 0; e < m->heads * m->dh; e++)
      a->v[i][e] = project(&c, &b->v, e, 0);
  }
  a->score_dim = m->plain + m->turned;
  score(m, a, q, k, m->plain, false);
  score(m, a, qt, kt, m->turned, true);
  attend(m, a);
}

/* Queries on norms, keys and values of z. */
static void attend_cross(const struct sketch *m, struct attention *a,
                         const struct drawn *b, const struct front *f,
                         long z[MOST][MOST]) {
  long q[MOST][MOST], k[MOST][MOST], most = 1L << (m->p - 1);
  int shift = shift_for(m->d, m->p);
  for (int i = 0; i < a->rows; i++)
    for (int e = 0; e < m->heads * m->dh; e++)
      q[i][e] = project(&f[i], &b->cross_q, e, 0);
  for (int j = 0; j < a->keys; j++)
    for (int e = 0; e < m->kv * m->dh; e++) {
      real x = multiply(&b->cross_k, e, z[j], m->d);
      k[j][e] = clip(floorl(ldexpl(x, -shift) + 0.5L), most);
      x = multiply(&b->cross_v, e, z[j], m->d);
      a->v[j][e] = clip(floorl(ldexpl(x, -shift) + 0.5L), most);
    }
  a->score_dim = 1;
  score(m, a, q, k, m->dh, false);
  attend(m, a);
}

/* ---- Second halves ---- */

static int hidden_shift(const struct sketch *m, int ff) {
  return shift_for(ff, m->p) + (m->is_gated ? m->p - 3 : 0);
}

static int scale_of(const struct sketch *m) {
  int s = shift_for(m->heads * m->dh, m->p), h = hidden_shift(m, m->ff);
  int shared = m->shared ? hidden_shift(m, m->shared) : 0;
  s = h > s ? h : s;
  return shared > s ? shared : s;
}

/* The sums of w[2] on a hidden layer of w[0], w[1]. */
static void hidden(const struct sketch *m, const struct front *f,
                   const struct weights_of *w, int ff, real *sums) {
  long h[MOST];
  for (int e = 0; e < ff; e++) {
    h[e] = project(f, &w[0], e, m->activation);
    if (m->is_gated)
      h[e] *= project(f, &w[1], e, 0);
  }
  for (int i = 0; i < m->d; i++)
    sums[i] = multiply(&w[2], i, h, ff);
}

static bool is_taken(const struct sketch *m, const long *s, int e) {
  int before = 0;
  for (int i = 0; i < m->experts; i++)
    before += s[i] > s[e] || (s[i] == s[e] && i < e);
  return before < m->top;
}

/* y += what is added to X. */
static void mixture(const struct sketch *m, const struct drawn *b,
                    const struct front *f, real *y) {
  long s[MOST], z[MOST], all = 0, most = (1L << (m->p - 1)) - 1;
  int scale = scale_of(m);
  real sums[MOST];
  hidden(m, f, b->expert, m->eff, sums); // all experts are alike
  for (int e = 0; e < m->experts; e++) {
    s[e] = project(f, &b->router, e, 0);
    real x = (real)most * expl(ldexpl((real)(s[e] - most), 3 - m->p));
    z[e] = (long)rintl(x) > 1 ? (long)rintl(x) : 1;
  }
  for (int e = 0; e < m->experts; e++)
    if (!m->sums_chosen || is_taken(m, s, e))
      all += z[e];
  for (int i = 0; i < m->d; i++) {
    real one = floorl(ldexpl(sums[i], -hidden_shift(m, m->eff)) + 0.5L), u = 0;
    for (int e = 0; e < m->experts; e++)
      if (is_taken(m, s, e))
        u += (real)(z[e] * clip(one, most + 1));
    real mean = floorl((2 * u + (real)all) / (real)(2 * all));
    y[i] += ldexpl((real)clip(mean, most + 1), scale);
  }
  if (!m->shared)
    return;
  hidden(m, f, b->shared, m->shared, sums);
  for (int i = 0; i < m->d; i++)
    y[i] += ldexpl(sums[i], scale - hidden_shift(m, m->shared));
}

/* ---- Blocks ---- */

/* Norms of all rows of x, which becomes what passes by them. */
static void begin(const struct sketch *m, real x[MOST][MOST], int rows,
                  struct front *f) {
  int scale = scale_of(m);
  for (int i = 0; i < rows; i++) {
    f[i] = norm(m, x[i], m->d, scale);
    for (int e = 0; e < m->d; e++) {
      long s = m->is_last ? activate(&f[i], e) : skipped(m, x[i][e], scale);
      x[i][e] = ldexpl((real)s, scale);
    }
  }
}

static void add_attention(const struct sketch *m, const struct attention *a,
                          const struct weights_of *o, real x[MOST][MOST]) {
  int inner = m->heads * m->dh, lift = scale_of(m) - shift_for(inner, m->p);
  for (int i = 0; i < a->rows; i++)
    for (int e = 0; e < m->d; e++)
      x[i][e] += ldexpl(multiply(o, e, a->o[i], inner), lift);
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
      x[i][e] += ldexpl(sums[e], scale_of(m) - hidden_shift(m, m->ff));
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

static void embed(const struct sketch *m, real x[MOST][MOST], int rows,
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
      x[i][e] = ldexpl((real)sum, scale_of(m));
    }
}

static long *logits(const struct sketch *m, real x[MOST][MOST], int rows,
                    long *out) {
  struct weights_of w = draw(m->p, m->d, false);
  for (int i = 0; i < rows; i++) {
    struct front f = norm(m, x[i], m->d, scale_of(m));
    for (int v = 0; v < m->vocab; v++)
      *out++ = project(&f, &w, v, 0);
  }
  return out;
}

/* What is activations, and the tanh of a matrix on the first of them. */
static long *pool(const struct sketch *m, real x[MOST][MOST], long *out) {
  const long *first = out;
  for (int i = 0; i < m->n; i++) {
    struct front f = norm(m, x[i], m->d, scale_of(m));
    for (int e = 0; e < m->d; e++)
      *out++ = activate(&f, e);
  }
  struct weights_of w = draw(m->p, m->d, true);
  long most = 1L << (m->p - 1);
  for (int e = 0; e < m->d; e++) {
    real y = ldexpl(multiply(&w, e, first, m->d), -shift_for(m->d, m->p));
    long a = clip(floorl(y + 0.5L), most);
    y = tanhl(ldexpl((real)a, 3 - m->p)) * (real)(most - 1);
    if (fabsl(y - rintl(y)) > 0.5L - 1e-9L)
      near = true;
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
    struct front f = norm(m, x[i], m->d, scale_of(m));
    for (int e = 0; e < m->d; e++)
      z[i][e] = activate(&f, e);
  }
  struct weights_of tokens = draw(m->p, 1, false);
  embed(m, y, m->m, in, &tokens, NULL, NULL);
  draw_first_half(m, &b);
  b.cross_q = draw(m->p, m->d, false);
  b.cross_k = draw(m->p, m->d, false);
  b.cross_v = draw(m->p, m->d, false);
  b.cross_o = draw(m->p, m->heads * m->dh, false);
  draw_second_half(m, &b, true);
  for (int i = 0; i < m->second; i++)
    second_block(m, &b, y, z);
  logits(m, y, m->m, out);
}

static void run_model(const struct sketch *m, const long *in, long *out) {
  real x[MOST][MOST];
  struct drawn b;
  struct weights_of places = {.bias = {0, 0}}, types = places;
  state = 1;
  near = false;
  struct weights_of tokens = draw(m->p, 1, false);
  if (m->has_places)
    places = draw(m->p, 1, false);
  if (m->types)
    types = draw(m->p, 1, false);
  embed(m, x, m->n, in, &tokens, &places, &types);
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
    logits(m, x, m->n, out);
}

/* ---- Against programs ---- */

static void open_config(struct source *s, const struct sketch *m) {
  static const struct source_options options = {.seed = 1};
  char path[] = "./meaning-XXXXXX", n[16], bits[16], targets[16];
  const char *word[] = {path, n, bits, targets};
  struct error err = {0};
  int fd = mkstemp(path);
  ck_assert_int_ge(fd, 0);
  ck_assert(write(fd, m->json, strlen(m->json)) == (ssize_t)strlen(m->json));
  close(fd);
  snprintf(n, sizeof n, "n=%d", m->n);
  snprintf(bits, sizeof bits, "bits=%d", m->p);
  snprintf(targets, sizeof targets, "targets=%d", m->m);
  source_init(s);
  bool ok = source_open(s, word, m->is_t5 ? 4 : 3, &options, &err);
  unlink(path);
  ck_assert_msg(ok, "%s: %s", m->json, err.message);
}

/* Inputs of each port are unsigned, of as few bits as hold its greatest. */
static size_t draw_inputs(const struct sketch *m, uint64_t seed, long *in) {
  size_t k = 0;
  uint64_t kept = state;
  state = seed;
  for (int i = 0; i < m->n; i++)
    in[k++] = (long)(next() % (m->vocab > 4 ? 8 : 4)) & (m->vocab > 8 ? 15 : 7);
  for (int i = 0; i < m->n && m->types; i++)
    in[k++] = (long)(next() % 4);
  for (int i = 0; i < m->m; i++)
    in[k++] = (long)(next() % 8);
  state = kept;
  return k;
}

START_TEST(an_architecture_is_what_its_description_says) {
  const struct sketch *m = &models[_i];
  struct source s;
  struct run run;
  long x[2 * MOST], y[MOST * MOST];
  int left_out = 0, differ = 0, rounds = is_full_run() ? 3000 : 300;
  size_t outputs = (size_t)(m->is_t5     ? m->m * m->vocab
                            : m->is_last ? (m->n + 1) * m->d
                                         : m->n * m->vocab);
  long first[MOST * MOST];
  fmpz *in = _fmpz_vec_init(2 * MOST), *out = _fmpz_vec_init(MOST * MOST);
  open_config(&s, m);
  run_init(&run, &s.instance);
  for (int r = 0; r < rounds; r++) {
    size_t n = draw_inputs(m, (uint64_t)r, x);
    for (size_t i = 0; i < n; i++)
      fmpz_set_si(in + i, x[i]);
    run_model(m, x, y);
    run_values(&run, in, out);
    left_out += near;
    for (size_t i = 0; i < outputs && !near; i++)
      ck_assert_msg(fmpz_get_si(out + i) == y[i],
                    "%s: round %d, place %zu: %ld, not %ld", m->json, r, i,
                    fmpz_get_si(out + i), y[i]);
    if (!r)
      memcpy(first, y, sizeof y);
    differ += memcmp(first, y, outputs * sizeof *y) != 0;
  }
  ck_assert_int_lt(left_out, rounds * 3 / 4);
  ck_assert_msg(differ, "%s: all outputs are the same", m->json);
  run_clear(&run);
  source_clear(&s);
  _fmpz_vec_clear(in, 2 * MOST);
  _fmpz_vec_clear(out, MOST * MOST);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("architecture meaning");
  TCase *t = tcase_create("architecture meaning");
  tcase_set_timeout(t, 600);
  tcase_add_loop_test(t, an_architecture_is_what_its_description_says, 0,
                      sizeof models / sizeof *models);
  suite_add_tcase(suite, t);
  return suite_run(suite);
}
