/* Architectures as programs, of the blocks of block.h with norm=rounded and
   softmax=exact, and generic weights. So depth is that of block.h: 7 levels a
   block, or 8 where the second half multiplies two matrices, 1 for tokens and 2
   for the norm and logits; for every n. */
#include "compile/models/architecture.h"
#include "compile/models/block_parts.h"
#include "compile/models/embedding.h"

#include <string.h>

enum {
  MOST_POSITIONS = 100000000
};

struct stack {
  struct transformer b;
  struct weights weights;
  struct experts experts;
  struct latent latent;
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
                                .hidden = a->expert_hidden,
                                .shared = a->shared * a->expert_hidden,
                                .has_chosen_sum = a->has_chosen_sum};
  s->experts.experts = fixed(p, "experts", a->experts);
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
  b->score_dim = a->kv_rank ? a->plain_dim + a->turned_dim : a->head_dim;
  b->prefix = "";
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

static void stack_init(struct stack *s, struct program *p,
                       const struct architecture *a,
                       const struct architecture_size *size) {
  struct transformer *b = &s->b;
  *s = (struct stack){.b = {.p = p, .weights = &s->weights}};
  weights_init(&s->weights, p->seed, WEIGHTS_GENERIC, size->bits);
  set_values(b, a, size);
  b->latent = a->kv_rank ? &s->latent : NULL;
  init_positions(b, a, size->n);
  b->d = repeated(p, "d", a->width);
  init_heads(b);
  if (a->kv_rank)
    init_latent(s, a);
  b->ff = repeated(p, "ff", a->hidden);
  b->words = repeated(p, "vocab", a->vocab);
  if (a->experts)
    init_experts(s, a);
  b->scale = find_scale(b, a);
}

/* ---- What comes before the blocks ---- */

/* A row for a place, or a type: of a matrix of n rows, chosen by x [n]. */
static value_id add_row(struct stack *s, const char *name, value_id sum,
                        value_id x, size_t n) {
  struct program *p = s->b.p;
  struct matrix m = weights_matrix(&s->weights, n, (size_t)s->b.width);
  return program_add(p, "rows", sum,
                     program_look_up(p, name, x, &m, n, s->b.d));
}

/* Types of tokens, as one ladder each. */
static value_id add_types(struct stack *s, long types) {
  struct program *p = s->b.p;
  size_id width = size_si(&p->sizes, (long)embedding_bits(types));
  value_id x = program_input(p, "types", vector(s->b.n), width, false);
  long *same = xmalloc((size_t)types * sizeof *same);
  for (long i = 0; i < types; i++)
    same[i] = i;
  x = program_table(p, "type", x, same, (size_t)types, 0);
  free(same);
  return x;
}

/* X of tokens. Generic rows of places are all alike. */
static value_id embed(struct stack *s, const struct architecture *a) {
  value_id tokens, x = embedding_rows(&s->b, &tokens);
  if (a->positions) {
    value_id place =
        program_combine(s->b.p, "place", &tokens, (long[]){0}, 1, 0);
    x = add_row(s, "position", x, place, (size_t)a->positions);
  }
  if (a->types)
    x = add_row(s, "type row", x, add_types(s, a->types), (size_t)a->types);
  return embedding_raise(&s->b, x);
}

/* ---- Blocks, and what comes after them ---- */

static value_id loop_blocks(struct stack *s, const char *name, long layers,
                            value_id x) {
  struct program *p = s->b.p;
  struct composition loop;
  if (!layers)
    return x;
  program_begin_loop(p, &loop, name, &x, 1, 0, size_si(&p->sizes, layers));
  value_id y = transformer_block(&s->b, loop.argument[0]);
  program_end(p, &loop, &y, 1, &x);
  return x;
}

static value_id add_blocks(struct stack *s, const struct architecture *a,
                           value_id x) {
  if (!a->experts)
    return loop_blocks(s, "layer", a->layers, x);
  x = loop_blocks(s, "dense", a->dense_layers, x);
  s->b.experts = &s->experts;
  return loop_blocks(s, "layer", a->layers - a->dense_layers, x);
}

/* The hyperbolic tangent of a matrix on the first position. */
static value_id add_pooler(struct stack *s, value_id z) {
  struct transformer *b = &s->b;
  struct program *p = b->p;
  size_id none = size_si(&p->sizes, 0), one = size_si(&p->sizes, 1);
  unsigned long shift = block_shift(b, b->width);
  struct matrix w =
      weights_matrix(&s->weights, (size_t)b->width, (size_t)b->width);
  z = program_slice(p, "first", z, 0, none, one);
  z = program_linear_matrix(p, "W z", z, b->d, &w,
                            weights_bias(&s->weights, &w, 1L << shift));
  return model_quantise(p, "pooler", z, shift, ACTIVATION_TANH, b->bits);
}

static void add_outputs(struct stack *s, const struct architecture *a,
                        value_id x) {
  struct transformer *b = &s->b;
  struct norm m;
  if (!a->has_pooler) {
    program_output(b->p, "logits", block_logits(b, x));
    return;
  }
  block_norm(b, &m, "norm", x);
  value_id z = block_activations(b, "norm.z", &m);
  program_output(b->p, "hidden", z);
  program_output(b->p, "pooled", add_pooler(s, z));
}

void architecture_build(struct program *p, const struct architecture *a,
                        const struct architecture_size *size) {
  struct stack s;
  stack_init(&s, p, a, size);
  value_id x = add_blocks(&s, a, embed(&s, a));
  add_outputs(&s, a, x);
  weights_clear(&s.weights);
}

/* ---- What there is no program of ---- */

static bool check_even(const char *name, long value, struct error *err) {
  return value % WEIGHTS_PERIOD == 0 ||
         error_set(
             err, 0,
             "%s=%ld: heads of an odd width are not supported, as generic "
             "weights repeat by %d",
             name, value, WEIGHTS_PERIOD);
}

static bool check_heads(const struct architecture *a, struct error *err) {
  if (!a->kv_rank)
    return check_even("head_dim", a->head_dim, err);
  return check_even("qk_nope_head_dim", a->plain_dim, err) &&
         check_even("qk_rope_head_dim", a->turned_dim, err) &&
         check_even("v_head_dim", a->value_dim, err);
}

bool architecture_check(const struct architecture *a,
                        const struct architecture_size *size,
                        struct error *err) {
  if (a->kind != ARCHITECTURE_DECODER && a->kind != ARCHITECTURE_ENCODER)
    return error_set(err, 0,
                     "model_type %s: its parameters are known, but there is no "
                     "program of it yet",
                     a->name);
  if (a->experts && a->dense_layers < a->layers && a->top >= a->experts)
    return error_set(err, 0,
                     "all of %ld experts are taken: there is only a program "
                     "of fewer",
                     a->experts);
  if (size->n > most_positions(a))
    return error_set(err, 0, "n=%ld: must be at most %ld, %s", size->n,
                     most_positions(a),
                     a->positions ? "as many places as there are rows of"
                                  : "which its window of attention has");
  return check_heads(a, err);
}
