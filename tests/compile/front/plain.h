/* plain.h - models of Hugging Face written out in real numbers, position by
   position, as their own code has them; and weights for them

   Weights are drawn when they are first asked for, by their name and shape, so
   that a checkpoint with just those that a model reads can be written. */
#ifndef PLAIN_H
#define PLAIN_H

#include <stdbool.h>
#include <stddef.h>

enum {
  PLAIN_MOST = 64 // of any length
};

struct plain_tensor {
  char name[120];
  size_t rank, at[4], n;
  float *x;
};

struct plain_weights {
  struct plain_tensor t[400];
  size_t n;
  unsigned long seed;
};

/* What a config.json says. Lengths are named as its keys are, in short. */
struct plain {
  const char *json;
  void (*run)(struct plain_weights *w, const struct plain *m, const double *in,
              double *out);
  int n, targets;
  int d, heads, kv, dh, ff, vocab, layers, second;
  int window, full_layers; // layers below the latter see all
  bool has_bias, is_tied, is_gated;
  bool is_unscaled; // logits, though they are tied
  double epsilon, theta;
  /* Of angles: slower by the factor, which is 0 where none are; those of
     llama3, or of yarn between pairs first and last. */
  double factor, low, high, original, first, last, size;
  double (*act)(double);
  int experts, top, eff, shared, dense;
  int groups, top_groups; // of experts; 0: none
  double scale;           // of experts
  int q_rank, rank, plain, turned;
  int buckets, distance;
  int positions, types;
  int inner, state, kernel, step_rank;
  int patch, side, channels, out_channels, labels; // side: of patches
  int inputs, outputs;                             // values of all of them
};

/* Room for the tensor of this shape, drawn at the first call. */
const float *plain_tensor(struct plain_weights *w, const char *name,
                          size_t rank, const size_t *at);
void plain_clear(struct plain_weights *w);

double plain_silu(double x);
double plain_relu(double x);
double plain_gelu(double x);     // itself
double plain_gelu_new(double x); // by tanh

/* in and out: ports one after the other. */
void plain_llama(struct plain_weights *w, const struct plain *m,
                 const double *in, double *out); // mistral, mixtral, qwen2
void plain_gpt2(struct plain_weights *w, const struct plain *m,
                const double *in, double *out);
void plain_bert(struct plain_weights *w, const struct plain *m,
                const double *in, double *out);
void plain_t5(struct plain_weights *w, const struct plain *m, const double *in,
              double *out);
void plain_mamba(struct plain_weights *w, const struct plain *m,
                 const double *in, double *out);
void plain_deepseek(struct plain_weights *w, const struct plain *m,
                    const double *in, double *out);
void plain_dit(struct plain_weights *w, const struct plain *m, const double *in,
               double *out);

#endif
