#include "compile/models/architecture.h"

const char *const architecture_parts[PARTS] = {
    "embedding",       "positions",      "token types",   "attention",
    "cross attention", "distances",      "hidden layers", "routers",
    "experts",         "shared experts", "state spaces",  "modulation",
    "condition",       "norms",          "pooler",        "head",
    "residual sums"};

/* ---- Products that cannot overflow ---- */

struct tally {
  mpz_t *part;
  long times; // what is added counts so often
};

/* times * a * b */
static void add(struct tally *t, enum architecture_part part, long a, long b) {
  mpz_t z;
  mpz_init_set_si(z, t->times);
  mpz_mul_si(z, z, a);
  mpz_mul_si(z, z, b);
  mpz_add(t->part[part], t->part[part], z);
  mpz_clear(z);
}

/* The same for a * b * c. */
static void add_times(struct tally *t, enum architecture_part part, long a,
                      long b, long c) {
  struct tally once = {t->part, 1};
  mpz_t z;
  mpz_init_set(z, t->part[part]);
  mpz_set_ui(t->part[part], 0);
  add(&once, part, a, b);
  mpz_mul_si(t->part[part], t->part[part], c);
  mpz_mul_si(t->part[part], t->part[part], t->times);
  mpz_add(t->part[part], t->part[part], z);
  mpz_clear(z);
}

/* A matrix, and its bias if it has one. */
static void add_matrix(struct tally *t, enum architecture_part part, long rows,
                       long columns, bool has_bias) {
  add(t, part, rows, columns);
  if (has_bias)
    add(t, part, rows, 1);
}

/* ---- Halves of blocks ---- */

static void add_norm(struct tally *t, const struct architecture *a) {
  add(t, PART_NORMS, a->has_mean ? 2 : 1, a->width);
}

/* Keys and values of a width that heads share. */
static void add_latent(struct tally *t, const struct architecture *a) {
  long of_head = a->plain_dim + a->turned_dim;
  if (a->q_rank) {
    add(t, PART_ATTENTION, a->q_rank, a->width);
    add(t, PART_NORMS, a->q_rank, 1);
  }
  add_times(t, PART_ATTENTION, a->heads, of_head,
            a->q_rank ? a->q_rank : a->width);
  add(t, PART_ATTENTION, a->kv_rank + a->turned_dim, a->width);
  add(t, PART_NORMS, a->kv_rank, 1);
  add_times(t, PART_ATTENTION, a->heads, a->plain_dim + a->value_dim,
            a->kv_rank);
  add_times(t, PART_ATTENTION, a->heads, a->value_dim, a->width);
}

static void add_attention(struct tally *t, const struct architecture *a,
                          enum architecture_part part) {
  if (a->kv_rank) {
    add_latent(t, a);
    return;
  }
  long all = a->heads * a->head_dim, few = a->kv_heads * a->head_dim;
  add_matrix(t, part, all, a->width, a->has_qkv_bias);
  add_matrix(t, part, few, a->width, a->has_qkv_bias);
  add_matrix(t, part, few, a->width, a->has_qkv_bias);
  add_matrix(t, part, a->width, all, a->has_o_bias);
}

static void add_hidden(struct tally *t, const struct architecture *a) {
  for (int i = 0; i < (a->is_gated ? 2 : 1); i++)
    add_matrix(t, PART_HIDDEN, a->hidden, a->width, a->has_hidden_bias);
  add_matrix(t, PART_HIDDEN, a->width, a->hidden, a->has_hidden_bias);
}

static void add_mixture(struct tally *t, const struct architecture *a) {
  long matrices = a->is_gated ? 3 : 2;
  add(t, PART_ROUTER, a->experts, a->width);
  add_times(t, PART_EXPERTS, a->experts * matrices, a->expert_hidden, a->width);
  add_times(t, PART_SHARED, a->shared * matrices, a->expert_hidden, a->width);
}

/* ---- Models ---- */

static void add_blocks(struct tally *t, const struct architecture *a) {
  long mixtures = a->experts ? a->layers - a->dense_layers : 0;
  t->times = a->layers;
  add_attention(t, a, PART_ATTENTION);
  add_norm(t, a);
  add_norm(t, a);
  t->times = a->layers - mixtures;
  add_hidden(t, a);
  t->times = mixtures;
  add_mixture(t, a);
  t->times = 1;
  add_norm(t, a); // of bert before the blocks
  add(t, PART_DISTANCES, a->buckets, a->heads);
}

static void add_second_blocks(struct tally *t, const struct architecture *a) {
  t->times = a->decoder_layers;
  add_attention(t, a, PART_ATTENTION);
  add_attention(t, a, PART_CROSS_ATTENTION);
  add_hidden(t, a);
  for (int i = 0; i < 3; i++)
    add_norm(t, a);
  t->times = 1;
  add_norm(t, a);
  add(t, PART_DISTANCES, a->buckets, a->heads);
}

static void add_state_spaces(struct tally *t, const struct architecture *a) {
  t->times = a->layers;
  add_norm(t, a);
  add_matrix(t, PART_STATE_SPACE, 2 * a->inner, a->width,
             a->has_projection_bias);
  add_matrix(t, PART_STATE_SPACE, a->inner, a->kernel, a->has_kernel_bias);
  add(t, PART_STATE_SPACE, a->step_rank + 2 * a->state, a->inner);
  add_matrix(t, PART_STATE_SPACE, a->inner, a->step_rank, true);
  add(t, PART_STATE_SPACE, a->inner, a->state + 1); // decay, and what skips
  add_matrix(t, PART_STATE_SPACE, a->width, a->inner, a->has_projection_bias);
  t->times = 1;
  add_norm(t, a);
}

/* As diffusers has it: each block embeds time and label by itself. */
static void add_denoiser(struct tally *t, const struct architecture *a) {
  enum {
    WAVES = 256 // of the time
  };
  long pixels = a->patch * a->patch;
  add_matrix(t, PART_EMBEDDING, a->width, pixels * a->channels, true);
  t->times = a->layers;
  add_matrix(t, PART_CONDITION, a->width, WAVES, true);
  add_matrix(t, PART_CONDITION, a->width, a->width, true);
  add(t, PART_CONDITION, a->labels + 1, a->width);
  add_matrix(t, PART_MODULATION, 6 * a->width, a->width, true);
  add_attention(t, a, PART_ATTENTION);
  add_hidden(t, a);
  t->times = 1;
  add_matrix(t, PART_MODULATION, 2 * a->width, a->width, true);
  add_matrix(t, PART_HEAD, pixels * a->out_channels, a->width, true);
}

void architecture_parameters(const struct architecture *a, mpz_t *parameters) {
  struct tally t = {parameters, 1};
  for (int i = 0; i < PARTS; i++)
    mpz_set_ui(parameters[i], 0);
  if (a->kind == ARCHITECTURE_DENOISER) {
    add_denoiser(&t, a);
    return;
  }
  add(&t, PART_EMBEDDING, a->vocab, a->width);
  add(&t, PART_POSITIONS, a->positions, a->width);
  add(&t, PART_TYPES, a->types, a->width);
  if (a->kind == ARCHITECTURE_MAMBA)
    add_state_spaces(&t, a);
  else
    add_blocks(&t, a);
  if (a->kind == ARCHITECTURE_ENCODER_DECODER)
    add_second_blocks(&t, a);
  if (a->has_pooler)
    add_matrix(&t, PART_POOLER, a->width, a->width, true);
  else if (!a->is_tied)
    add(&t, PART_HEAD, a->vocab, a->width);
}

void architecture_all_parameters(const struct architecture *a, mpz_t all) {
  mpz_t part[PARTS];
  for (int i = 0; i < PARTS; i++)
    mpz_init(part[i]);
  architecture_parameters(a, part);
  mpz_set_ui(all, 0);
  for (int i = 0; i < PARTS; i++) {
    mpz_add(all, all, part[i]);
    mpz_clear(part[i]);
  }
}
