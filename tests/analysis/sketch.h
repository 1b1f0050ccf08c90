/* sketch.h - architectures written out in real numbers from their descriptions
   (compile/models/block.h and the stack_*.c)

   Sums are exact in long double at these sizes. Where a rounding of what is not
   exact is too near to where it turns, sketch_near is set. Generic weights are
   drawn again, in the order of the steps. */
#ifndef SKETCH_H
#define SKETCH_H

#include <stdbool.h>
#include <stdint.h>

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
  int groups, top_groups;          // of experts; 0: none
  int rank, q_rank, plain, turned; // dh: of values
  int activation;                  // 1 gelu, 2 silu, 3 relu
  bool has_mean, is_gated, is_last, qkv_bias, o_bias, ff_bias, sums_chosen;
  bool has_places, is_t5;
  int types;
  /* Of mamba; inner is 0 of others. */
  int inner, state, kernel, step_rank;
  bool has_kernel_bias;
  /* Of DiT; channels is 0 of others. */
  int channels, outputs, labels;
};

/* Entry (i, j) is at[i % 2][j % 2]. */
struct weights_of {
  long at[2][2], bias[2];
};

struct front {
  real c[MOST], unit, root;
  long y[MOST]; // c'
  int p, width, scale;
};

/* Score [row][key] of each head, and values; o is [row][head * dh + e]. */
struct attention {
  int rows, keys;
  bool is_causal;
  int score_dim;
  real s[4][MOST][MOST];
  long v[MOST][MOST]; // [key][head of kv * dh + e]
  long o[MOST][MOST];
};

extern uint64_t sketch_state; // of the stream that weights come from
extern bool sketch_near;      // to where something turns

uint64_t sketch_next(void);
int sketch_shift(int columns, int p);
struct weights_of sketch_draw(int p, int columns, bool has_bias);
int sketch_hidden_shift(const struct sketch *m, int ff);
int sketch_scale(const struct sketch *m);
long sketch_clip(real x, long most);
real sketch_round(real x, bool is_exact);
real sketch_activation(real x, int kind);
struct front sketch_norm(const struct sketch *m, const real *x, int width,
                         int scale);
long sketch_project(const struct front *f, const struct weights_of *w, int i,
                    int kind);
long sketch_activate(const struct front *f, int i);
real sketch_multiply(const struct weights_of *w, int i, const long *x, int n);
long sketch_skipped(const struct sketch *m, real x, int scale);
void sketch_attend(const struct sketch *m, struct attention *a);
void sketch_score(const struct sketch *m, struct attention *a,
                  long q[MOST][MOST], long k[MOST][MOST], int dim,
                  bool is_shared);
void sketch_embed(const struct sketch *m, real x[MOST][MOST], int rows,
                  const long *in, const struct weights_of *tokens,
                  const struct weights_of *places,
                  const struct weights_of *types);
long *sketch_logits(const struct sketch *m, real x[MOST][MOST], int rows,
                    long *out);

/* The outputs of a model for its inputs, in the order of their ports. */
void sketch_run(const struct sketch *m, const long *in, long *out);
void sketch_mamba(const struct sketch *m, const long *in, long *out);
void sketch_denoiser(const struct sketch *m, const long *in, long *out);

#endif
