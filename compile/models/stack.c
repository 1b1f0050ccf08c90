#include "compile/models/stack.h"

enum {
  MOST_POSITIONS = 100000000,
  MOST_OF_MAMBA = 1024 // which are not folded
};

/* ---- Lengths ---- */

/* A size that is only this: a name for it in formulas. */
static size_id fixed(struct program *p, const char *name, long value) {
  return size_parameter(&p->sizes, name, value, value, value);
}

/* The same, along which weights repeat. */
static size_id repeated(struct program *p, const char *name, long value) {
  size_id s = fixed(p, name, value);
  program_exchange(p, s, WEIGHTS_PERIOD);
  return s;
}

static size_id alike(struct program *p, const char *name, long value) {
  size_id s = fixed(p, name, value);
  program_exchange(p, s, 1);
  return s;
}

/* heads * size, a row of which is a head's. */
static size_id of_heads(struct transformer *b, size_id size) {
  struct program *p = b->p;
  size_id all = size_mul(&p->sizes, b->kv, size);
  program_exchange_product(p, all, (size_id[]){b->kv, size}, 2);
  return all;
}

long architecture_most_positions(const struct architecture *a) {
  if (a->kind == ARCHITECTURE_MAMBA)
    return MOST_OF_MAMBA;
  return a->positions ? a->positions : a->window;
}

static long most_positions(const struct architecture *a) {
  long most = architecture_most_positions(a);
  return most ? most : MOST_POSITIONS;
}

static void init_positions(struct transformer *b, const struct architecture *a,
                           long n) {
  struct program *p = b->p;
  b->n = size_parameter(&p->sizes, "n", n, 1, most_positions(a));
  b->keys = size_copy(&p->sizes, b->n);
  program_exchange(p, b->n, 1);
  program_exchange_keys(p, b->keys, b->n, b->is_causal);
}

/* The blocks that read what others made have as many positions as targets. */
static void init_second(struct stack *s, long targets) {
  struct program *p = s->b.p;
  struct transformer *b = &s->second;
  *b = s->b;
  b->is_causal = true;
  b->positions = targets;
  b->n = size_parameter(&p->sizes, "targets", targets, 1, MOST_POSITIONS);
  b->keys = size_copy(&p->sizes, b->n);
  program_exchange(p, b->n, 1);
  program_exchange_keys(p, b->keys, b->n, true);
}

static void init_heads(struct transformer *b) {
  struct program *p = b->p;
  b->kv = alike(p, "kv", b->kv_heads);
  b->group = alike(p, "group", b->heads / b->kv_heads);
  if (b->latent)
    return;
  b->dh = repeated(p, "dh", b->head_dim);
  size_id few = of_heads(b, b->dh);
  b->inner = size_mul(&p->sizes, size_mul(&p->sizes, b->kv, b->group), b->dh);
  if (b->inner != few)
    program_exchange_product(p, b->inner, (size_id[]){b->kv, b->group, b->dh},
                             3);
}

static void init_latent(struct stack *s, const struct architecture *a) {
  struct transformer *b = &s->b;
  struct program *p = b->p;
  s->latent = (struct latent){.keys = a->kv_rank,
                              .queries = a->q_rank,
                              .of_plain = a->plain_dim,
                              .of_turned = a->turned_dim,
                              .of_value = a->value_dim};
  struct latent *l = &s->latent;
  l->rank = repeated(p, "rank", a->kv_rank);
  if (a->q_rank)
    l->query_rank = repeated(p, "qrank", a->q_rank);
  l->plain = repeated(p, "plain", a->plain_dim);
  l->turned = repeated(p, "turned", a->turned_dim);
  l->value = repeated(p, "value", a->value_dim);
  of_heads(b, l->plain);
  of_heads(b, l->turned);
  b->inner = of_heads(b, l->value);
}

static void init_experts(struct stack *s, const struct architecture *a) {
  struct program *p = s->b.p;
  s->experts = (struct experts){.n = a->experts,
                                .top = a->top,
                                .groups = a->groups,
                                .top_groups = a->top_groups,
                                .hidden = a->expert_hidden,
                                .shared = a->shared * a->expert_hidden,
                                .has_chosen_sum = a->has_chosen_sum};
  if (a->groups) {
    s->experts.group = fixed(p, "groups", a->groups);
    s->experts.of_group = fixed(p, "each", a->experts / a->groups);
    s->experts.experts =
        size_mul(&p->sizes, s->experts.group, s->experts.of_group);
  } else {
    s->experts.experts = fixed(p, "experts", a->experts);
  }
  s->experts.ff = repeated(p, "eff", a->expert_hidden);
  if (a->shared)
    s->experts.shared_ff = repeated(p, "sff", s->experts.shared);
}

/* ---- Fields ---- */

static void set_flags(struct transformer *b, const struct architecture *a) {
  b->kind = a->kind == ARCHITECTURE_ENCODER ? BLOCK_BERT : BLOCK_GPT2;
  b->is_causal = a->kind == ARCHITECTURE_DECODER;
  b->has_mean = a->has_mean;
  b->is_gated = a->is_gated;
  b->activation = (enum activation)a->activation;
  b->has_qkv_bias = a->has_qkv_bias;
  b->has_o_bias = a->has_o_bias;
  b->has_hidden_bias = a->has_hidden_bias;
}

static void set_values(struct transformer *b, const struct architecture *a,
                       const struct architecture_size *size) {
  b->bits = size->bits;
  b->score_bits = b->mantissa = size->bits - 1;
  b->guard = 1;
  b->positions = size->n;
  b->vocab = a->vocab;
  b->width = a->width;
  b->heads = a->heads;
  b->kv_heads = a->kv_heads;
  b->hidden = a->hidden;
  b->head_dim = a->kv_rank ? a->value_dim : a->head_dim;
  b->score_dim = a->kv_rank   ? a->plain_dim + a->turned_dim
                 : a->buckets ? 1
                              : a->head_dim;
  b->prefix = "";
  if (a->buckets) // an activation, as a product of two
    b->distance = (1L << (2 * (size->bits - 3))) + 1;
  set_flags(b, a);
}

/* The greatest of what is added to X. */
static unsigned long find_scale(const struct transformer *b,
                                const struct architecture *a) {
  struct transformer other = *b;
  unsigned long scale = transformer_scale(b);
  if (!a->experts)
    return scale;
  other.hidden = a->shared * a->expert_hidden;
  unsigned long shared = a->shared ? transformer_scale(&other) : 0;
  return shared > scale ? shared : scale;
}

static void init_blocks(struct stack *s, const struct architecture *a,
                        const struct architecture_size *size) {
  struct transformer *b = &s->b;
  b->latent = a->kv_rank ? &s->latent : NULL;
  init_positions(b, a, size->n);
  b->d = repeated(b->p, "d", a->width);
  init_heads(b);
  if (a->kv_rank)
    init_latent(s, a);
  b->ff = repeated(b->p, "ff", a->hidden);
  if (a->experts)
    init_experts(s, a);
  b->scale = find_scale(b, a);
  if (a->kind == ARCHITECTURE_ENCODER_DECODER)
    init_second(s, size->targets);
}

/* Positions are not exchanged. What comes in is as wide as the hidden layer of
   other blocks, and is multiplied as there. */
static void init_state_spaces(struct stack *s, const struct architecture *a,
                              const struct architecture_size *size) {
  struct transformer *b = &s->b;
  b->hidden = a->inner;
  b->is_gated = true;
  b->n = size_parameter(&b->p->sizes, "n", size->n, 1, MOST_OF_MAMBA);
  b->d = repeated(b->p, "d", a->width);
  b->ff = repeated(b->p, "inner", a->inner);
  s->step_rank = repeated(b->p, "rank", a->step_rank);
  b->scale = block_hidden_scale(b);
}

/* What halves make is multiplied by a gate. */
static void init_patches(struct stack *s, const struct architecture *a,
                         const struct architecture_size *size) {
  struct transformer *b = &s->b;
  init_blocks(s, a, size);
  b->scale = b->bits - 3;
  s->patch_in = repeated(b->p, "in", a->patch * a->patch * a->channels);
  s->patch_out = repeated(b->p, "out", a->patch * a->patch * a->out_channels);
}

void stack_init(struct stack *s, struct program *p,
                const struct architecture *a,
                const struct architecture_size *size) {
  struct transformer *b = &s->b;
  *s = (struct stack){.b = {.p = p, .weights = &s->weights}};
  weights_init(&s->weights, p->seed, WEIGHTS_GENERIC, size->bits);
  set_values(b, a, size);
  if (a->vocab)
    b->words = repeated(p, "vocab", a->vocab);
  if (a->kind == ARCHITECTURE_MAMBA)
    init_state_spaces(s, a, size);
  else if (a->kind == ARCHITECTURE_DENOISER)
    init_patches(s, a, size);
  else
    init_blocks(s, a, size);
}

void stack_clear(struct stack *s) {
  weights_clear(&s->weights);
}

/* ---- Matrices on activations ---- */

value_id stack_matrix(struct stack *s, value_id x, size_id rows, long height,
                      long width, unsigned long lift, bool has_bias,
                      unsigned long *shift) {
  struct matrix w = weights_matrix(&s->weights, (size_t)height, (size_t)width);
  *shift = block_shift(&s->b, width) + lift;
  return program_linear_matrix(
      s->b.p, "W x", x, rows, &w,
      has_bias ? weights_bias(&s->weights, &w, 1L << *shift) : NULL);
}

value_id stack_rows(struct stack *s, const char *name, value_id x, size_id rows,
                    long height, long width, unsigned long lift,
                    enum activation act, bool has_bias) {
  unsigned long shift;
  value_id y = stack_matrix(s, x, rows, height, width, lift, has_bias, &shift);
  return model_quantise(s->b.p, block_name(&s->b, name), y, shift, act,
                        s->b.bits);
}
