/* Models of blocks, each an attention and a hidden layer: decoders, and bert,
   whose norms come last. How a family calls its tensors is a row of a table;
   what it has of them is the architecture's. */
#include "compile/front/checkpoint_parts.h"

#include <math.h>
#include <string.h>

struct names {
  const char *type; // NULL: any other
  const char *prefix, *tokens, *places, *types;
  const char *block;         // "layers."
  const char *qkv;           // of one matrix; else NULL
  const char *q, *k, *v, *o; // of attention
  const char *norm[2];
  struct checkpoint_hidden hidden;
  const char *last; // norm
  const char *router, *experts;
  struct checkpoint_hidden of_expert;
};

/* clang-format off */
#define LLAMA                                                            \
  .prefix = "model.", .tokens = "embed_tokens.weight",                   \
  .block = "layers.", .q = "self_attn.q_proj",                       \
  .k = "self_attn.k_proj", .v = "self_attn.v_proj",                      \
  .o = "self_attn.o_proj",                                               \
  .norm = {"input_layernorm", "post_attention_layernorm"},               \
  .hidden = {"mlp.gate_proj", "mlp.up_proj", "mlp.down_proj"},           \
  .last = "norm"

static const struct names names[] = {
    {.type = "gpt2", .prefix = "transformer.", .tokens = "wte.weight",
     .places = "wpe.weight", .block = "h.", .qkv = "attn.c_attn",
     .o = "attn.c_proj", .norm = {"ln_1", "ln_2"},
     .hidden = {NULL, "mlp.c_fc", "mlp.c_proj"}, .last = "ln_f"},
    {.type = "bert", .prefix = "bert.",
     .tokens = "embeddings.word_embeddings.weight",
     .places = "embeddings.position_embeddings.weight",
     .types = "embeddings.token_type_embeddings.weight",
     .block = "encoder.layer.", .q = "attention.self.query",
     .k = "attention.self.key", .v = "attention.self.value",
     .o = "attention.output.dense",
     .norm = {"attention.output.LayerNorm", "output.LayerNorm"},
     .hidden = {NULL, "intermediate.dense", "output.dense"},
     .last = "embeddings.LayerNorm"},
    {.type = "mixtral", LLAMA, .router = "block_sparse_moe.gate",
     .experts = "block_sparse_moe.experts.", .of_expert = {"w1", "w3", "w2"}},
    {.type = NULL, LLAMA, .router = "mlp.gate", .experts = "mlp.experts.",
     .of_expert = {"gate_proj", "up_proj", "down_proj"}}};
/* clang-format on */

static const struct names *find_names(const struct checkpoint *k) {
  const struct names *n = names;
  while (n->type && strcmp(n->type, k->a.name))
    n++;
  return n;
}

/* ---- Halves ---- */

static void project(struct checkpoint *k, const struct names *n, flow_id x,
                    struct checkpoint_attention *a) {
  size_t width = (size_t)k->a.width, dim = (size_t)k->a.head_dim;
  size_t all = a->heads * dim, few = a->kv_heads * dim;
  bool has_bias = k->a.has_qkv_bias;
  if (n->qkv) {
    x = checkpoint_linear(k, x, n->qkv, 3 * width, width, has_bias);
    a->q = checkpoint_columns(k, x, 0, width);
    a->k = checkpoint_columns(k, x, width, width);
    a->v = checkpoint_columns(k, x, 2 * width, width);
    return;
  }
  a->q = checkpoint_linear(k, x, n->q, all, width, has_bias);
  a->k = checkpoint_linear(k, x, n->k, few, width, has_bias);
  a->v = checkpoint_linear(k, x, n->v, few, width, has_bias);
}

static flow_id attend(struct checkpoint *k, const struct names *n, flow_id x,
                      size_t block) {
  size_t heads = (size_t)k->a.heads, dim = (size_t)k->a.head_dim;
  bool is_windowed =
      k->a.window && k->numbers.slides && k->numbers.slides[block];
  struct checkpoint_attention a = {
      .heads = heads,
      .kv_heads = (size_t)k->a.kv_heads,
      .scale = 1 / sqrt((double)dim),
      .is_causal = k->a.kind == ARCHITECTURE_DECODER,
      .window = is_windowed ? (size_t)k->a.window : 0,
      .bias = FLOW_NONE};
  flow_id y;
  if (k->a.kv_rank) {
    dim = (size_t)k->a.value_dim;
    y = checkpoint_latent(k, x);
  } else {
    project(k, n, x, &a);
    if (!k->a.positions) {
      a.q = checkpoint_turn(k, a.q, a.heads);
      a.k = checkpoint_turn(k, a.k, a.kv_heads);
    }
    y = checkpoint_attend(k, &a);
  }
  return checkpoint_linear(k, y, n->o, (size_t)k->a.width, heads * dim,
                           k->a.has_o_bias);
}

static flow_id second(struct checkpoint *k, const struct names *n, flow_id x,
                      size_t block) {
  static const struct checkpoint_hidden shared = {
      "mlp.shared_experts.gate_proj", "mlp.shared_experts.up_proj",
      "mlp.shared_experts.down_proj"};
  size_t width = (size_t)k->a.width;
  if (!k->a.experts || block < (size_t)k->a.dense_layers)
    return checkpoint_hidden(k, x, &n->hidden, width, (size_t)k->a.hidden);
  flow_id y = checkpoint_experts(k, x, n->router, n->experts, &n->of_expert);
  if (!k->a.shared)
    return y;
  return checkpoint_add(
      k, y,
      checkpoint_hidden(k, x, &shared, width,
                        (size_t)(k->a.shared * k->a.expert_hidden)));
}

static flow_id norm(struct checkpoint *k, flow_id x, const char *name) {
  return checkpoint_norm(k, x, name, (size_t)k->a.width, k->numbers.epsilon);
}

static flow_id add_block(struct checkpoint *k, const struct names *n, flow_id x,
                         size_t i) {
  if (k->a.kind == ARCHITECTURE_ENCODER) {
    x = norm(k, checkpoint_add(k, x, attend(k, n, x, i)), n->norm[0]);
    return norm(k, checkpoint_add(k, x, second(k, n, x, i)), n->norm[1]);
  }
  x = checkpoint_add(k, x, attend(k, n, norm(k, x, n->norm[0]), i));
  return checkpoint_add(k, x, second(k, n, norm(k, x, n->norm[1]), i));
}

/* ---- Ends ---- */

static flow_id embed(struct checkpoint *k, const struct names *n,
                     flow_id tokens) {
  size_t width = (size_t)k->a.width, places = (size_t)k->a.positions;
  flow_id id = checkpoint_tokens(k, "input_ids", k->n, k->a.vocab - 1);
  flow_id x = flow_look_up(k->f, id, tokens);
  if (n->types) {
    id = checkpoint_tokens(k, "token_type_ids", k->n, k->a.types - 1);
    flow_id w = checkpoint_matrix(k, n->types, (size_t)k->a.types, width);
    x = checkpoint_add(k, x, flow_look_up(k->f, id, w));
  }
  if (n->places) {
    flow_id w = checkpoint_matrix(k, n->places, places, width);
    x = checkpoint_add(k, x, flow_slice(k->f, w, 0, 0, k->n));
  }
  return k->a.kind == ARCHITECTURE_ENCODER ? norm(k, x, n->last) : x;
}

/* tanh of a matrix on the first position. */
static void add_pooler(struct checkpoint *k, flow_id x) {
  size_t width = (size_t)k->a.width;
  checkpoint_section(k, "pooler.");
  flow_id first = flow_slice(k->f, x, 0, 0, 1);
  flow_id y = checkpoint_linear(k, first, "dense", width, width, true);
  y = flow_unary(k->f, SCALAR_TANH, y);
  checkpoint_output(k, "last_hidden_state", x);
  checkpoint_output(k, "pooler_output", flow_reshape_to(k->f, y, &width, 1));
}

static void add_logits(struct checkpoint *k, flow_id x, flow_id tokens) {
  size_t vocab = (size_t)k->a.vocab, width = (size_t)k->a.width;
  k->prefix = "";
  checkpoint_section(k, "lm_head.");
  if (k->a.is_tied)
    checkpoint_same(k, "weight", tokens);
  else
    tokens = checkpoint_matrix(k, "weight", vocab, width);
  checkpoint_output(k, "logits", flow_linear(k->f, x, tokens));
}

void checkpoint_blocks(struct checkpoint *k) {
  const struct names *n = find_names(k);
  checkpoint_prefix(k, n->prefix, n->tokens);
  flow_id tokens =
      checkpoint_matrix(k, n->tokens, (size_t)k->a.vocab, (size_t)k->a.width);
  flow_id x = embed(k, n, tokens);
  for (size_t i = 0; i < (size_t)k->a.layers && !k->f->failed; i++) {
    checkpoint_block(k, n->block, i);
    x = add_block(k, n, x, i);
  }
  checkpoint_section(k, "");
  if (k->a.has_pooler) {
    add_pooler(k, x);
    return;
  }
  add_logits(k, norm(k, x, n->last), tokens);
}
