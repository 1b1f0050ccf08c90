#include "tests/compile/front/plain.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef double row[PLAIN_MOST * 8]; // wide enough for joined projections

/* ---- Weights ---- */

/* Norms are near 1, and logarithms of decays near 0; others within [-1/2..1/2].
 */
static float draw(struct plain_weights *w, bool is_near_1) {
  w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
  float x = (float)((w->seed >> 40) & 0xffff) / 65536 - 0.5f;
  return is_near_1 ? 1 + x / 2 : x;
}

const float *plain_tensor(struct plain_weights *w, const char *name,
                          size_t rank, const size_t *at) {
  for (size_t i = 0; i < w->n; i++)
    if (!strcmp(w->t[i].name, name))
      return w->t[i].x;
  assert(w->n < sizeof w->t / sizeof *w->t);
  struct plain_tensor *t = &w->t[w->n++];
  snprintf(t->name, sizeof t->name, "%s", name);
  t->rank = rank;
  t->n = 1;
  for (size_t i = 0; i < rank; i++)
    t->n *= t->at[i] = at[i];
  t->x = malloc(t->n * sizeof *t->x);
  bool is_near_1 = rank == 1 && strstr(name, "weight");
  for (size_t i = 0; i < t->n; i++)
    t->x[i] = draw(w, is_near_1);
  return t->x;
}

void plain_clear(struct plain_weights *w) {
  for (size_t i = 0; i < w->n; i++)
    free(w->t[i].x);
  w->n = 0;
}

struct name {
  char text[120];
};

static struct name name_of(const char *format, ...)
    __attribute__((format(printf, 1, 2)));
static struct name name_of(const char *format, ...) {
  struct name n;
  va_list args;
  va_start(args, format);
  vsnprintf(n.text, sizeof n.text, format, args);
  va_end(args);
  return n;
}

static const float *vector(struct plain_weights *w, const char *name, int n) {
  return plain_tensor(w, name, 1, (size_t[]){(size_t)n});
}

static const float *matrix(struct plain_weights *w, const char *name, int rows,
                           int columns) {
  return plain_tensor(w, name, 2, (size_t[]){(size_t)rows, (size_t)columns});
}

/* ---- Layers ---- */

double plain_silu(double x) {
  return x / (1 + exp(-x));
}

double plain_relu(double x) {
  return x > 0 ? x : 0;
}

double plain_gelu(double x) {
  return x * erfc(-x / sqrt(2)) / 2;
}

double plain_gelu_new(double x) {
  return x / (1 + exp(-2 * sqrt(2 / acos(-1)) * (x + 0.044715 * x * x * x)));
}

static void linear(struct plain_weights *w, const char *name, const double *x,
                   double *y, int rows, int columns, bool has_bias) {
  const float *m = matrix(w, name_of("%s.weight", name).text, rows, columns);
  const float *b =
      has_bias ? vector(w, name_of("%s.bias", name).text, rows) : NULL;
  double sum[PLAIN_MOST * 8];
  for (int i = 0; i < rows; i++) {
    sum[i] = b ? (double)b[i] : 0;
    for (int j = 0; j < columns; j++)
      sum[i] += (double)m[i * columns + j] * x[j];
  }
  memcpy(y, sum, (size_t)rows * sizeof *y);
}

/* The same of gpt2, whose matrices stand the other way. */
static void conv1d(struct plain_weights *w, const char *name, const double *x,
                   double *y, int rows, int columns) {
  const float *m = matrix(w, name_of("%s.weight", name).text, columns, rows);
  const float *b = vector(w, name_of("%s.bias", name).text, rows);
  for (int i = 0; i < rows; i++) {
    y[i] = (double)b[i];
    for (int j = 0; j < columns; j++)
      y[i] += (double)m[j * rows + i] * x[j];
  }
}

/* Less the mean, by the deviation; without weights. */
static void standardise(const double *x, double *y, int d, double epsilon) {
  double mean = 0, square = 0;
  for (int i = 0; i < d; i++)
    mean += x[i] / d;
  for (int i = 0; i < d; i++)
    square += (x[i] - mean) * (x[i] - mean) / d;
  for (int i = 0; i < d; i++)
    y[i] = (x[i] - mean) / sqrt(square + epsilon);
}

static void layer_norm(struct plain_weights *w, const char *name,
                       const double *x, double *y, int d, double epsilon) {
  const float *g = vector(w, name_of("%s.weight", name).text, d);
  const float *b = vector(w, name_of("%s.bias", name).text, d);
  standardise(x, y, d, epsilon);
  for (int i = 0; i < d; i++)
    y[i] = y[i] * (double)g[i] + (double)b[i];
}

static void rms_norm(struct plain_weights *w, const char *name, const double *x,
                     double *y, int d, double epsilon) {
  const float *g = vector(w, name_of("%s.weight", name).text, d);
  double square = 0;
  for (int i = 0; i < d; i++)
    square += x[i] * x[i] / d;
  for (int i = 0; i < d; i++)
    y[i] = x[i] / sqrt(square + epsilon) * (double)g[i];
}

static void gated(struct plain_weights *w, const struct plain *m,
                  const char *gate, const char *up, const char *down,
                  const double *x, double *y, int ff) {
  row g, u;
  linear(w, gate, x, g, ff, m->d, false);
  linear(w, up, x, u, ff, m->d, false);
  for (int i = 0; i < ff; i++)
    u[i] *= m->act(g[i]);
  linear(w, down, u, y, m->d, ff, false);
}

/* Shares of keys 0..n-1 that are seen, from their scores. */
static void softmax(double *s, const bool *seen, int n) {
  double sum = 0;
  for (int i = 0; i < n; i++)
    sum += seen[i] ? exp(s[i]) : 0;
  for (int i = 0; i < n; i++)
    s[i] = seen[i] ? exp(s[i]) / sum : 0;
}

/* One head's output of one query. */
static void mix(const double *q, row *k, row *v, const bool *seen,
                const double *bias, int keys, int at_k, int dk, int at_v,
                int dv, double scale, double *y) {
  double s[PLAIN_MOST];
  for (int j = 0; j < keys; j++) {
    s[j] = bias ? bias[j] : 0;
    for (int e = 0; e < dk; e++)
      s[j] += q[e] * k[j][at_k + e] * scale;
  }
  softmax(s, seen, keys);
  for (int e = 0; e < dv; e++) {
    y[e] = 0;
    for (int j = 0; j < keys; j++)
      y[e] += s[j] * v[j][at_v + e];
  }
}

/* ---- Llama and its kin ---- */

static double angle_of(const struct plain *m, int i, int dim) {
  double inverse = 1 / pow(m->theta, 2.0 * i / dim), turn = 2 * acos(-1);
  if (m->factor == 0)
    return inverse;
  if (m->last > 0) {
    double ramp = (i - m->first) / (m->last - m->first);
    ramp = ramp < 0 ? 0 : ramp > 1 ? 1 : ramp;
    return inverse / m->factor * ramp + inverse * (1 - ramp);
  }
  if (m->original == 0)
    return inverse / m->factor;
  double length = turn / inverse;
  if (length < m->original / m->high)
    return inverse;
  if (length > m->original / m->low)
    return inverse / m->factor;
  double smooth = (m->original / length - m->low) / (m->high - m->low);
  return (1 - smooth) * inverse / m->factor + smooth * inverse;
}

/* x cos + rotate_half(x) sin; angles are of float32. */
static void rotate(const struct plain *m, double *x, int place, int dim) {
  row y;
  for (int i = 0; i < dim; i++) {
    float a = (float)place * (float)angle_of(m, i % (dim / 2), dim);
    double other = i < dim / 2 ? -x[i + dim / 2] : x[i - dim / 2];
    double size = m->size > 0 ? m->size : 1;
    y[i] = x[i] * (double)(float)(cos((double)a) * size) +
           other * (double)(float)(sin((double)a) * size);
  }
  memcpy(x, y, (size_t)dim * sizeof *x);
}

/* All experts but those of the groups with the best scores, one group after the
   other, are taken out. */
static void leave_groups(const struct plain *m, const double *s, bool *out) {
  int each = m->experts / m->groups;
  for (int e = 0; e < m->experts; e++)
    out[e] = true;
  for (int t = 0; t < m->top_groups; t++) {
    int best = -1;
    for (int e = 0; e < m->experts; e++)
      if (out[e] && (best < 0 || s[e] > s[best]))
        best = e;
    for (int e = 0; e < each; e++)
      out[best / each * each + e] = false;
  }
}

/* The experts of the best scores, one after the other. */
static void mixture(struct plain_weights *w, const struct plain *m,
                    const char *block, const double *x, double *y) {
  bool is_mixtral = !m->rank, taken[PLAIN_MOST] = {false},
       out[PLAIN_MOST] = {false};
  const char *where = is_mixtral ? "block_sparse_moe" : "mlp";
  double s[PLAIN_MOST], sum = 0, chosen = 0;
  row z;
  linear(w, name_of("%s.%s.gate", block, where).text, x, s, m->experts, m->d,
         false);
  for (int e = 0; e < m->experts; e++)
    sum += exp(s[e]);
  if (m->groups)
    leave_groups(m, s, out);
  for (int t = 0; t < m->top; t++) {
    int best = -1;
    for (int e = 0; e < m->experts; e++)
      if (!taken[e] && !out[e] && (best < 0 || s[e] > s[best]))
        best = e;
    taken[best] = true;
    chosen += exp(s[best]);
  }
  memset(y, 0, (size_t)m->d * sizeof *y);
  for (int e = 0; e < m->experts; e++) {
    struct name at = name_of("%s.%s.experts.%d", block, where, e);
    gated(w, m, name_of("%s.%s", at.text, is_mixtral ? "w1" : "gate_proj").text,
          name_of("%s.%s", at.text, is_mixtral ? "w3" : "up_proj").text,
          name_of("%s.%s", at.text, is_mixtral ? "w2" : "down_proj").text, x, z,
          m->eff);
    for (int i = 0; i < m->d && taken[e]; i++)
      y[i] += z[i] * exp(s[e]) / (is_mixtral ? chosen : sum / m->scale);
  }
}

static void llama_hidden(struct plain_weights *w, const struct plain *m,
                         const char *block, int layer, const double *x,
                         double *y) {
  row z;
  if (!m->experts || layer < m->dense) {
    gated(w, m, name_of("%s.mlp.gate_proj", block).text,
          name_of("%s.mlp.up_proj", block).text,
          name_of("%s.mlp.down_proj", block).text, x, y, m->ff);
    return;
  }
  mixture(w, m, block, x, y);
  if (!m->shared)
    return;
  gated(w, m, name_of("%s.mlp.shared_experts.gate_proj", block).text,
        name_of("%s.mlp.shared_experts.up_proj", block).text,
        name_of("%s.mlp.shared_experts.down_proj", block).text, x, z,
        m->shared * m->eff);
  for (int i = 0; i < m->d; i++)
    y[i] += z[i];
}

static void llama_attention(struct plain_weights *w, const struct plain *m,
                            const char *block, int layer, row *x, row *o) {
  static row q[PLAIN_MOST], k[PLAIN_MOST], v[PLAIN_MOST];
  int dh = m->dh;
  for (int t = 0; t < m->n; t++) {
    linear(w, name_of("%s.self_attn.q_proj", block).text, x[t], q[t],
           m->heads * dh, m->d, m->has_bias);
    linear(w, name_of("%s.self_attn.k_proj", block).text, x[t], k[t],
           m->kv * dh, m->d, m->has_bias);
    linear(w, name_of("%s.self_attn.v_proj", block).text, x[t], v[t],
           m->kv * dh, m->d, m->has_bias);
    for (int h = 0; h < m->heads; h++)
      rotate(m, q[t] + h * dh, t, dh);
    for (int h = 0; h < m->kv; h++)
      rotate(m, k[t] + h * dh, t, dh);
  }
  for (int t = 0; t < m->n; t++) {
    bool seen[PLAIN_MOST];
    for (int s = 0; s < m->n; s++)
      seen[s] =
          s <= t && (!m->window || layer < m->full_layers || s > t - m->window);
    for (int h = 0; h < m->heads; h++) {
      int of = h / (m->heads / m->kv) * dh;
      mix(q[t] + h * dh, k, v, seen, NULL, m->n, of, dh, of, dh, 1 / sqrt(dh),
          o[t] + h * dh);
    }
  }
}

/* ---- Latent attention ---- */

/* Pairs of neighbours, as complex numbers. */
static void rotate_pairs(const struct plain *m, double *x, int place) {
  for (int i = 0; i < m->turned; i += 2) {
    float a = (float)place * (float)angle_of(m, i / 2, m->turned);
    double c = (double)(float)cos((double)a), s = (double)(float)sin((double)a);
    double re = x[i] * c - x[i + 1] * s;
    x[i + 1] = x[i] * s + x[i + 1] * c;
    x[i] = re;
  }
}

static void latent_queries(struct plain_weights *w, const struct plain *m,
                           const char *block, const double *x, double *q) {
  row c;
  int all = m->heads * (m->plain + m->turned);
  if (!m->q_rank) {
    linear(w, name_of("%s.self_attn.q_proj", block).text, x, q, all, m->d,
           false);
    return;
  }
  linear(w, name_of("%s.self_attn.q_a_proj", block).text, x, c, m->q_rank, m->d,
         false);
  rms_norm(w, name_of("%s.self_attn.q_a_layernorm", block).text, c, c,
           m->q_rank, 1e-6);
  linear(w, name_of("%s.self_attn.q_b_proj", block).text, c, q, all, m->q_rank,
         false);
}

static void latent_attention(struct plain_weights *w, const struct plain *m,
                             const char *block, row *x, row *o) {
  static row q[PLAIN_MOST], k[PLAIN_MOST], v[PLAIN_MOST];
  row c, b;
  int dk = m->plain + m->turned, dv = m->dh;
  for (int t = 0; t < m->n; t++) {
    latent_queries(w, m, block, x[t], q[t]);
    linear(w, name_of("%s.self_attn.kv_a_proj_with_mqa", block).text, x[t], c,
           m->rank + m->turned, m->d, false);
    rotate_pairs(m, c + m->rank, t);
    rms_norm(w, name_of("%s.self_attn.kv_a_layernorm", block).text, c, b,
             m->rank, 1e-6);
    linear(w, name_of("%s.self_attn.kv_b_proj", block).text, b, b,
           m->heads * (m->plain + dv), m->rank, false);
    for (int h = 0; h < m->heads; h++) {
      rotate_pairs(m, q[t] + h * dk + m->plain, t);
      for (int e = 0; e < dk; e++)
        k[t][h * dk + e] = e < m->plain ? b[h * (m->plain + dv) + e]
                                        : c[m->rank + e - m->plain];
      for (int e = 0; e < dv; e++)
        v[t][h * dv + e] = b[h * (m->plain + dv) + m->plain + e];
    }
  }
  for (int t = 0; t < m->n; t++) {
    bool seen[PLAIN_MOST];
    for (int s = 0; s < m->n; s++)
      seen[s] = s <= t;
    for (int h = 0; h < m->heads; h++)
      mix(q[t] + h * dk, k, v, seen, NULL, m->n, h * dk, dk, h * dv, dv,
          1 / sqrt(dk), o[t] + h * dv);
  }
}

static void decode(struct plain_weights *w, const struct plain *m,
                   const double *in, double *out) {
  static row x[PLAIN_MOST], y[PLAIN_MOST], o[PLAIN_MOST];
  const float *tokens = matrix(w, "model.embed_tokens.weight", m->vocab, m->d);
  for (int t = 0; t < m->n; t++)
    for (int i = 0; i < m->d; i++)
      x[t][i] = (double)tokens[(int)in[t] * m->d + i];
  for (int l = 0; l < m->layers; l++) {
    struct name b = name_of("model.layers.%d", l);
    for (int t = 0; t < m->n; t++)
      rms_norm(w, name_of("%s.input_layernorm", b.text).text, x[t], y[t], m->d,
               m->epsilon);
    if (m->rank)
      latent_attention(w, m, b.text, y, o);
    else
      llama_attention(w, m, b.text, l, y, o);
    for (int t = 0; t < m->n; t++) {
      row z;
      linear(w, name_of("%s.self_attn.o_proj", b.text).text, o[t], z, m->d,
             m->heads * m->dh, false);
      for (int i = 0; i < m->d; i++)
        x[t][i] += z[i];
      rms_norm(w, name_of("%s.post_attention_layernorm", b.text).text, x[t],
               y[t], m->d, m->epsilon);
      llama_hidden(w, m, b.text, l, y[t], z);
      for (int i = 0; i < m->d; i++)
        x[t][i] += z[i];
    }
  }
  for (int t = 0; t < m->n; t++) {
    rms_norm(w, "model.norm", x[t], y[t], m->d, m->epsilon);
    linear(w, m->is_tied ? "model.embed_tokens" : "lm_head", y[t],
           out + t * m->vocab, m->vocab, m->d, false);
  }
}

void plain_llama(struct plain_weights *w, const struct plain *m,
                 const double *in, double *out) {
  decode(w, m, in, out);
}

void plain_deepseek(struct plain_weights *w, const struct plain *m,
                    const double *in, double *out) {
  decode(w, m, in, out);
}

/* ---- Blocks with places as rows ---- */

static void gpt2_attention(const struct plain *m, row *qkv, row *o) {
  bool seen[PLAIN_MOST];
  for (int t = 0; t < m->n; t++) {
    for (int s = 0; s < m->n; s++)
      seen[s] = s <= t;
    for (int h = 0; h < m->heads; h++)
      mix(qkv[t] + h * m->dh, qkv, qkv, seen, NULL, m->n, m->d + h * m->dh,
          m->dh, 2 * m->d + h * m->dh, m->dh, 1 / sqrt(m->dh),
          o[t] + h * m->dh);
  }
}

/* What attention gave, and the second half, for one position. */
static void gpt2_rest(struct plain_weights *w, const struct plain *m,
                      const char *block, const double *o, double *x) {
  row z, hidden;
  conv1d(w, name_of("%s.attn.c_proj", block).text, o, z, m->d, m->d);
  for (int i = 0; i < m->d; i++)
    x[i] += z[i];
  layer_norm(w, name_of("%s.ln_2", block).text, x, z, m->d, m->epsilon);
  conv1d(w, name_of("%s.mlp.c_fc", block).text, z, hidden, m->ff, m->d);
  for (int i = 0; i < m->ff; i++)
    hidden[i] = m->act(hidden[i]);
  conv1d(w, name_of("%s.mlp.c_proj", block).text, hidden, z, m->d, m->ff);
  for (int i = 0; i < m->d; i++)
    x[i] += z[i];
}

void plain_gpt2(struct plain_weights *w, const struct plain *m,
                const double *in, double *out) {
  static row x[PLAIN_MOST], y[PLAIN_MOST], o[PLAIN_MOST];
  row z;
  const float *wte = matrix(w, "transformer.wte.weight", m->vocab, m->d);
  const float *wpe = matrix(w, "transformer.wpe.weight", m->positions, m->d);
  for (int t = 0; t < m->n; t++)
    for (int i = 0; i < m->d; i++)
      x[t][i] = (double)wte[(int)in[t] * m->d + i] + (double)wpe[t * m->d + i];
  for (int l = 0; l < m->layers; l++) {
    struct name b = name_of("transformer.h.%d", l);
    for (int t = 0; t < m->n; t++) {
      layer_norm(w, name_of("%s.ln_1", b.text).text, x[t], z, m->d, m->epsilon);
      conv1d(w, name_of("%s.attn.c_attn", b.text).text, z, y[t], 3 * m->d,
             m->d);
    }
    gpt2_attention(m, y, o);
    for (int t = 0; t < m->n; t++)
      gpt2_rest(w, m, b.text, o[t], x[t]);
  }
  for (int t = 0; t < m->n; t++) {
    layer_norm(w, "transformer.ln_f", x[t], z, m->d, m->epsilon);
    linear(w, m->is_tied ? "transformer.wte" : "lm_head", z, out + t * m->vocab,
           m->vocab, m->d, false);
  }
}

static void bert_attention(struct plain_weights *w, const struct plain *m,
                           const char *block, row *x, row *o) {
  static row q[PLAIN_MOST], k[PLAIN_MOST], v[PLAIN_MOST];
  bool seen[PLAIN_MOST];
  for (int t = 0; t < m->n; t++) {
    seen[t] = true;
    linear(w, name_of("%s.attention.self.query", block).text, x[t], q[t], m->d,
           m->d, true);
    linear(w, name_of("%s.attention.self.key", block).text, x[t], k[t], m->d,
           m->d, true);
    linear(w, name_of("%s.attention.self.value", block).text, x[t], v[t], m->d,
           m->d, true);
  }
  for (int t = 0; t < m->n; t++)
    for (int h = 0; h < m->heads; h++)
      mix(q[t] + h * m->dh, k, v, seen, NULL, m->n, h * m->dh, m->dh, h * m->dh,
          m->dh, 1 / sqrt(m->dh), o[t] + h * m->dh);
}

static void bert_rest(struct plain_weights *w, const struct plain *m,
                      const char *block, const double *o, double *x) {
  row z, hidden;
  linear(w, name_of("%s.attention.output.dense", block).text, o, z, m->d, m->d,
         true);
  for (int i = 0; i < m->d; i++)
    z[i] += x[i];
  layer_norm(w, name_of("%s.attention.output.LayerNorm", block).text, z, x,
             m->d, m->epsilon);
  linear(w, name_of("%s.intermediate.dense", block).text, x, hidden, m->ff,
         m->d, true);
  for (int i = 0; i < m->ff; i++)
    hidden[i] = m->act(hidden[i]);
  linear(w, name_of("%s.output.dense", block).text, hidden, z, m->d, m->ff,
         true);
  for (int i = 0; i < m->d; i++)
    z[i] += x[i];
  layer_norm(w, name_of("%s.output.LayerNorm", block).text, z, x, m->d,
             m->epsilon);
}

void plain_bert(struct plain_weights *w, const struct plain *m,
                const double *in, double *out) {
  static row x[PLAIN_MOST], o[PLAIN_MOST];
  const float *words =
      matrix(w, "bert.embeddings.word_embeddings.weight", m->vocab, m->d);
  const float *places = matrix(w, "bert.embeddings.position_embeddings.weight",
                               m->positions, m->d);
  const float *types =
      matrix(w, "bert.embeddings.token_type_embeddings.weight", m->types, m->d);
  for (int t = 0; t < m->n; t++) {
    for (int i = 0; i < m->d; i++)
      x[t][i] = (double)words[(int)in[t] * m->d + i] +
                (double)places[t * m->d + i] +
                (double)types[(int)in[m->n + t] * m->d + i];
    layer_norm(w, "bert.embeddings.LayerNorm", x[t], x[t], m->d, m->epsilon);
  }
  for (int l = 0; l < m->layers; l++) {
    struct name b = name_of("bert.encoder.layer.%d", l);
    bert_attention(w, m, b.text, x, o);
    for (int t = 0; t < m->n; t++)
      bert_rest(w, m, b.text, o[t], x[t]);
  }
  for (int t = 0; t < m->n; t++)
    memcpy(out + t * m->d, x[t], (size_t)m->d * sizeof *out);
  double *pooled = out + m->n * m->d;
  linear(w, "bert.pooler.dense", x[0], pooled, m->d, m->d, true);
  for (int i = 0; i < m->d; i++)
    pooled[i] = tanh(pooled[i]);
}

/* ---- T5 ---- */

/* As in the paper's code, of memory - query. */
static int t5_bucket(const struct plain *m, int relative, bool is_decoder) {
  int buckets = m->buckets, bucket = 0;
  if (!is_decoder) {
    buckets /= 2;
    if (relative > 0)
      bucket = buckets;
    relative = abs(relative);
  } else {
    relative = relative < 0 ? -relative : 0;
  }
  int exact = buckets / 2;
  if (relative < exact)
    return bucket + relative;
  int large =
      exact + (int)(log((double)relative / exact) /
                        log((double)m->distance / exact) * (buckets - exact) +
                    1e-9);
  return bucket + (large < buckets ? large : buckets - 1);
}

/* Heads of one position, with the biases of distances, or NULL. */
static void t5_mix(const struct plain *m, const float *distances, int t,
                   const double *q, row *k, row *v, int n, bool is_decoder,
                   bool is_causal, double *o) {
  bool seen[PLAIN_MOST];
  double bias[PLAIN_MOST] = {0};
  for (int h = 0; h < m->heads; h++) {
    for (int s = 0; s < n; s++) {
      int bucket = distances ? t5_bucket(m, s - t, is_decoder) : 0;
      seen[s] = !is_causal || s <= t;
      if (distances)
        bias[s] = (double)distances[bucket * m->heads + h];
    }
    mix(q + h * m->dh, k, v, seen, bias, n, h * m->dh, m->dh, h * m->dh, m->dh,
        1, o + h * m->dh);
  }
}

/* On itself, or on keys, which are another stack's. */
static void t5_attention(struct plain_weights *w, const struct plain *m,
                         const char *stack, int layer, row *x, int n, row *keys,
                         int n_keys, bool is_decoder) {
  static row q[PLAIN_MOST], k[PLAIN_MOST], v[PLAIN_MOST], y[PLAIN_MOST];
  int all = m->heads * m->dh;
  struct name at = name_of("%s.block.%d.layer.%d", stack, layer, keys != NULL);
  struct name part =
      name_of("%s.%sAttention", at.text, keys ? "EncDec" : "Self");
  struct name table = name_of(
      "%s.block.0.layer.0.SelfAttention.relative_attention_bias.weight", stack);
  const float *distances =
      keys ? NULL : matrix(w, table.text, m->buckets, m->heads);
  for (int t = 0; t < n; t++) {
    rms_norm(w, name_of("%s.layer_norm", at.text).text, x[t], y[t], m->d,
             m->epsilon);
    linear(w, name_of("%s.q", part.text).text, y[t], q[t], all, m->d, false);
  }
  for (int s = 0; s < n_keys; s++) {
    const double *from = keys ? keys[s] : y[s];
    linear(w, name_of("%s.k", part.text).text, from, k[s], all, m->d, false);
    linear(w, name_of("%s.v", part.text).text, from, v[s], all, m->d, false);
  }
  for (int t = 0; t < n; t++) {
    row o, z;
    t5_mix(m, distances, t, q[t], k, v, n_keys, is_decoder, is_decoder && !keys,
           o);
    linear(w, name_of("%s.o", part.text).text, o, z, m->d, all, false);
    for (int i = 0; i < m->d; i++)
      x[t][i] += z[i];
  }
}

static void t5_hidden(struct plain_weights *w, const struct plain *m,
                      const char *stack, int layer, int part, double *x) {
  struct name at =
      name_of("%s.block.%d.layer.%d.DenseReluDense", stack, layer, part);
  row y, z;
  rms_norm(w,
           name_of("%s.block.%d.layer.%d.layer_norm", stack, layer, part).text,
           x, y, m->d, m->epsilon);
  if (m->is_gated) {
    gated(w, m, name_of("%s.wi_0", at.text).text,
          name_of("%s.wi_1", at.text).text, name_of("%s.wo", at.text).text, y,
          z, m->ff);
  } else {
    linear(w, name_of("%s.wi", at.text).text, y, z, m->ff, m->d, false);
    for (int i = 0; i < m->ff; i++)
      z[i] = m->act(z[i]);
    linear(w, name_of("%s.wo", at.text).text, z, z, m->d, m->ff, false);
  }
  for (int i = 0; i < m->d; i++)
    x[i] += z[i];
}

static void t5_embed(struct plain_weights *w, const struct plain *m,
                     const double *in, int n, row *x) {
  const float *shared = matrix(w, "shared.weight", m->vocab, m->d);
  for (int t = 0; t < n; t++)
    for (int i = 0; i < m->d; i++)
      x[t][i] = (double)shared[(int)in[t] * m->d + i];
}

void plain_t5(struct plain_weights *w, const struct plain *m, const double *in,
              double *out) {
  static row x[PLAIN_MOST], y[PLAIN_MOST];
  t5_embed(w, m, in, m->n, x);
  for (int l = 0; l < m->layers; l++) {
    t5_attention(w, m, "encoder", l, x, m->n, NULL, m->n, false);
    for (int t = 0; t < m->n; t++)
      t5_hidden(w, m, "encoder", l, 1, x[t]);
  }
  for (int t = 0; t < m->n; t++)
    rms_norm(w, "encoder.final_layer_norm", x[t], x[t], m->d, m->epsilon);
  t5_embed(w, m, in + m->n, m->targets, y);
  for (int l = 0; l < m->second; l++) {
    t5_attention(w, m, "decoder", l, y, m->targets, NULL, m->targets, true);
    t5_attention(w, m, "decoder", l, y, m->targets, x, m->n, true);
    for (int t = 0; t < m->targets; t++)
      t5_hidden(w, m, "decoder", l, 2, y[t]);
  }
  for (int t = 0; t < m->targets; t++) {
    row z;
    rms_norm(w, "decoder.final_layer_norm", y[t], z, m->d, m->epsilon);
    for (int i = 0; i < m->d && m->is_tied && !m->is_unscaled; i++)
      z[i] /= sqrt(m->d);
    linear(w, m->is_tied ? "shared" : "lm_head", z, out + t * m->vocab,
           m->vocab, m->d, false);
  }
}

/* ---- Mamba ---- */

/* One position after the other, with a state that is kept. */
static void mamba_scan(struct plain_weights *w, const struct plain *m,
                       const char *at, row *u, row *y) {
  double h[PLAIN_MOST][PLAIN_MOST] = {{0}};
  const float *a = matrix(w, name_of("%s.A_log", at).text, m->inner, m->state);
  const float *skip = vector(w, name_of("%s.D", at).text, m->inner);
  for (int t = 0; t < m->n; t++) {
    row p, dt;
    linear(w, name_of("%s.x_proj", at).text, u[t], p,
           m->step_rank + 2 * m->state, m->inner, false);
    linear(w, name_of("%s.dt_proj", at).text, p, dt, m->inner, m->step_rank,
           true);
    for (int c = 0; c < m->inner; c++) {
      double d = log1p(exp(dt[c]));
      y[t][c] = (double)skip[c] * u[t][c];
      for (int s = 0; s < m->state; s++) {
        h[c][s] = exp(-exp((double)a[c * m->state + s]) * d) * h[c][s] +
                  d * p[m->step_rank + s] * u[t][c];
        y[t][c] += h[c][s] * p[m->step_rank + m->state + s];
      }
    }
  }
}

static void mamba_mixer(struct plain_weights *w, const struct plain *m,
                        const char *at, row *x) {
  static row z[PLAIN_MOST], u[PLAIN_MOST], y[PLAIN_MOST];
  const float *k =
      plain_tensor(w, name_of("%s.conv1d.weight", at).text, 3,
                   (size_t[]){(size_t)m->inner, 1, (size_t)m->kernel});
  const float *b = vector(w, name_of("%s.conv1d.bias", at).text, m->inner);
  for (int t = 0; t < m->n; t++)
    linear(w, name_of("%s.in_proj", at).text, x[t], z[t], 2 * m->inner, m->d,
           m->has_bias);
  for (int t = 0; t < m->n; t++)
    for (int c = 0; c < m->inner; c++) {
      double sum = (double)b[c];
      for (int j = 0; j < m->kernel; j++)
        if (t - j >= 0)
          sum += (double)k[c * m->kernel + m->kernel - 1 - j] * z[t - j][c];
      u[t][c] = plain_silu(sum);
    }
  mamba_scan(w, m, at, u, y);
  for (int t = 0; t < m->n; t++) {
    for (int c = 0; c < m->inner; c++)
      y[t][c] *= plain_silu(z[t][m->inner + c]);
    linear(w, name_of("%s.out_proj", at).text, y[t], x[t], m->d, m->inner,
           m->has_bias);
  }
}

void plain_mamba(struct plain_weights *w, const struct plain *m,
                 const double *in, double *out) {
  static row x[PLAIN_MOST], y[PLAIN_MOST];
  const float *e = matrix(w, "backbone.embeddings.weight", m->vocab, m->d);
  for (int t = 0; t < m->n; t++)
    for (int i = 0; i < m->d; i++)
      x[t][i] = (double)e[(int)in[t] * m->d + i];
  for (int l = 0; l < m->layers; l++) {
    struct name b = name_of("backbone.layers.%d", l);
    for (int t = 0; t < m->n; t++)
      rms_norm(w, name_of("%s.norm", b.text).text, x[t], y[t], m->d,
               m->epsilon);
    mamba_mixer(w, m, name_of("%s.mixer", b.text).text, y);
    for (int t = 0; t < m->n; t++)
      for (int i = 0; i < m->d; i++)
        x[t][i] += y[t][i];
  }
  for (int t = 0; t < m->n; t++) {
    rms_norm(w, "backbone.norm_f", x[t], y[t], m->d, m->epsilon);
    linear(w, m->is_tied ? "backbone.embeddings" : "lm_head", y[t],
           out + t * m->vocab, m->vocab, m->d, false);
  }
}

/* ---- DiT ---- */

static void dit_condition(struct plain_weights *w, const struct plain *m,
                          int layer, double time, int label, double *y) {
  struct name at = name_of("transformer_blocks.%d.norm1.emb", layer);
  const float *labels = matrix(
      w, name_of("%s.class_embedder.embedding_table.weight", at.text).text,
      m->labels + 1, m->d);
  row waves, z;
  for (int i = 0; i < 128; i++) {
    double f = exp(-log(10000) * i / 127);
    waves[i] = cos(time * f);
    waves[128 + i] = sin(time * f);
  }
  linear(w, name_of("%s.timestep_embedder.linear_1", at.text).text, waves, z,
         m->d, 256, true);
  for (int i = 0; i < m->d; i++)
    z[i] = plain_silu(z[i]);
  linear(w, name_of("%s.timestep_embedder.linear_2", at.text).text, z, y, m->d,
         m->d, true);
  for (int i = 0; i < m->d; i++)
    y[i] = plain_silu(y[i] + (double)labels[label * m->d + i]);
}

static void dit_patches(struct plain_weights *w, const struct plain *m,
                        const double *in, row *x) {
  size_t p = (size_t)m->patch;
  const float *k =
      plain_tensor(w, "pos_embed.proj.weight", 4,
                   (size_t[]){(size_t)m->d, (size_t)m->channels, p, p});
  const float *b = vector(w, "pos_embed.proj.bias", m->d);
  int size = m->side * m->patch, quarter = m->d / 4;
  for (int t = 0; t < m->side * m->side; t++)
    for (int i = 0; i < m->d; i++) {
      int top = t / m->side * m->patch, left = t % m->side * m->patch;
      int place = i < m->d / 2 ? t % m->side : t / m->side;
      double a = place / pow(10000, (double)(i % quarter) / quarter);
      x[t][i] = (double)b[i] + (i / quarter % 2 ? cos(a) : sin(a));
      for (int c = 0; c < m->channels; c++)
        for (int r = 0; r < m->patch; r++)
          for (int s = 0; s < m->patch; s++)
            x[t][i] +=
                (double)
                    k[((i * m->channels + c) * m->patch + r) * m->patch + s] *
                in[(c * size + top + r) * size + left + s];
    }
}

static void dit_change(const double *x, const double *shift,
                       const double *scale, double *y, int d, double epsilon) {
  standardise(x, y, d, epsilon);
  for (int i = 0; i < d; i++)
    y[i] = y[i] * (1 + scale[i]) + shift[i];
}

static void dit_block(struct plain_weights *w, const struct plain *m, int layer,
                      const double *condition, row *x) {
  static row q[PLAIN_MOST], k[PLAIN_MOST], v[PLAIN_MOST];
  struct name at = name_of("transformer_blocks.%d", layer);
  int n = m->side * m->side, d = m->d;
  bool seen[PLAIN_MOST];
  row c, y, o;
  linear(w, name_of("%s.norm1.linear", at.text).text, condition, c, 6 * d, d,
         true);
  for (int t = 0; t < n; t++) {
    seen[t] = true;
    dit_change(x[t], c, c + d, y, d, 1e-6);
    linear(w, name_of("%s.attn1.to_q", at.text).text, y, q[t], d, d, true);
    linear(w, name_of("%s.attn1.to_k", at.text).text, y, k[t], d, d, true);
    linear(w, name_of("%s.attn1.to_v", at.text).text, y, v[t], d, d, true);
  }
  for (int t = 0; t < n; t++) {
    for (int h = 0; h < m->heads; h++)
      mix(q[t] + h * m->dh, k, v, seen, NULL, n, h * m->dh, m->dh, h * m->dh,
          m->dh, 1 / sqrt(m->dh), o + h * m->dh);
    linear(w, name_of("%s.attn1.to_out.0", at.text).text, o, y, d, d, true);
    for (int i = 0; i < d; i++)
      x[t][i] += c[2 * d + i] * y[i];
    dit_change(x[t], c + 3 * d, c + 4 * d, y, d, m->epsilon);
    linear(w, name_of("%s.ff.net.0.proj", at.text).text, y, o, 4 * d, d, true);
    for (int i = 0; i < 4 * d; i++)
      o[i] = m->act(o[i]);
    linear(w, name_of("%s.ff.net.2", at.text).text, o, y, d, 4 * d, true);
    for (int i = 0; i < d; i++)
      x[t][i] += c[5 * d + i] * y[i];
  }
}

void plain_dit(struct plain_weights *w, const struct plain *m, const double *in,
               double *out) {
  static row x[PLAIN_MOST];
  int n = m->side * m->side, size = m->side * m->patch;
  int values = m->channels * size * size, d = m->d, p = m->patch;
  double time = in[values];
  int label = (int)in[values + 1];
  row s, first, c, y, z;
  dit_patches(w, m, in, x);
  for (int l = 0; l < m->layers; l++) {
    dit_condition(w, m, l, time, label, l ? s : first);
    dit_block(w, m, l, l ? s : first, x);
  }
  linear(w, "proj_out_1", first, c, 2 * d, d, true);
  for (int t = 0; t < n; t++) {
    dit_change(x[t], c, c + d, y, d, 1e-6);
    linear(w, "proj_out_2", y, z, p * p * m->out_channels, d, true);
    for (int r = 0; r < p; r++)
      for (int q = 0; q < p; q++)
        for (int o = 0; o < m->out_channels; o++)
          out[(o * size + t / m->side * p + r) * size + t % m->side * p + q] =
              z[(r * p + q) * m->out_channels + o];
  }
}
