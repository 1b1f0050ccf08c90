/* The defaults are those of the classes of configurations in transformers, and
   in diffusers for DiT. */
#include "compile/front/config_types.h"

#include <string.h>

enum {
  MOST_LAYERS = 1000,
  MOST_WIDTH = 1000000,
  MOST_HEADS = 10000,
  MOST_HIDDEN = 10000000,
  MOST_VOCAB = 1000000,
  MOST_POSITIONS = 100000000,
  MOST_EXPERTS = 1024,
  MOST_STATE = 64
};

#define FIELD(name) offsetof(struct architecture, name)

/* clang-format off */

static const struct config_word activations[] = {
    {"gelu", ACTIVATION_GELU}, {"gelu_new", ACTIVATION_GELU},
    {"gelu_fast", ACTIVATION_GELU}, {"gelu_python", ACTIVATION_GELU},
    {"gelu_pytorch_tanh", ACTIVATION_GELU},
    {"gelu-approximate", ACTIVATION_GELU}, {"relu", ACTIVATION_RELU},
    {"silu", ACTIVATION_SILU}, {"swish", ACTIVATION_SILU},
    {"tanh", ACTIVATION_TANH}, {"sigmoid", ACTIVATION_SIGMOID},
    {NULL, 0}};

/* t5 has both in one word: 16 stands for is_gated. */
static const struct config_word forwards[] = {
    {"relu", ACTIVATION_RELU}, {"gelu", ACTIVATION_GELU},
    {"silu", ACTIVATION_SILU}, {"gated-gelu", 16 + ACTIVATION_GELU},
    {"gated-relu", 16 + ACTIVATION_RELU},
    {"gated-silu", 16 + ACTIVATION_SILU}, {NULL, 0}};

/* What is supported in one way only. */
static const struct config_word absolute[] = {{"absolute", 0}, {NULL, 0}};
static const struct config_word softmax[] = {{"softmax", 0}, {NULL, 0}};
static const struct config_word methods[] = {
    {"greedy", 0}, {"group_limited_greedy", 1}, {NULL, 0}};
static const struct config_word automatic[] = {{"auto", 0}, {NULL, 0}};
static const struct config_word zero_norm[] = {
    {"ada_norm_zero", 0}, {NULL, 0}};

#define WHOLE(name, alias, field, standard, least, most) \
  {name, alias, FIELD(field), CONFIG_WHOLE, standard, standard, least, most, \
   NULL}
/* Null is not as if the key were missing: there is none, or it follows from
   others. */
#define OPTIONAL(name, field, standard, least, most) \
  {name, NULL, FIELD(field), CONFIG_WHOLE, standard, 0, least, most, NULL}
/* Null is false, as Python has it. */
#define FLAG(name, field, standard) \
  {name, NULL, FIELD(field), CONFIG_FLAG, standard, 0, 0, 1, NULL}
#define ONLY(name, flag) \
  {name, NULL, CONFIG_NOWHERE, CONFIG_FLAG, flag, flag, flag, flag, NULL}
#define CHOICE(name, field, standard, words) \
  {name, NULL, FIELD(field), CONFIG_WORD, standard, standard, 0, 0, words}
#define ONLY_WORD(name, words) \
  {name, NULL, CONFIG_NOWHERE, CONFIG_WORD, 0, 0, 0, 0, words}
#define END {NULL, NULL, 0, CONFIG_WHOLE, 0, 0, 0, 0, NULL}

#define VOCAB(standard) \
  WHOLE("vocab_size", NULL, vocab, standard, 2, MOST_VOCAB)
#define LAYERS(name, alias, standard) \
  WHOLE(name, alias, layers, standard, 1, MOST_LAYERS)
#define WIDTH(name, alias, standard) \
  WHOLE(name, alias, width, standard, 1, MOST_WIDTH)
#define HEADS(name, alias, standard) \
  WHOLE(name, alias, heads, standard, 1, MOST_HEADS)
#define HIDDEN(name, alias, standard) \
  WHOLE(name, alias, hidden, standard, 1, MOST_HIDDEN)
#define ONE_HALF \
  ONLY("add_cross_attention", 0), ONLY("is_encoder_decoder", 0)
#define ATTENDS_ITSELF ONE_HALF, ONLY("is_decoder", 0)

/* ---- Blocks with places as rows ---- */

static const struct config_key gpt2[] = {
    VOCAB(50257), LAYERS("n_layer", "num_hidden_layers", 12),
    WIDTH("n_embd", "hidden_size", 768),
    HEADS("n_head", "num_attention_heads", 12), HIDDEN("n_inner", NULL, 0),
    WHOLE("n_positions", "max_position_embeddings", positions, 1024, 1,
          MOST_POSITIONS),
    CHOICE("activation_function", activation, ACTIVATION_GELU, activations),
    FLAG("tie_word_embeddings", is_tied, 1), ATTENDS_ITSELF,
    ONLY("scale_attn_weights", 1),
    ONLY("scale_attn_by_inverse_layer_idx", 0), END};
static const char *const gpt2_harmless[] = {
    "n_ctx", "n_special", "predict_special_tokens", "*_pdrop", "summary_*",
    "reorder_and_upcast_attn", NULL};

static const struct config_key bert[] = {
    VOCAB(30522), LAYERS("num_hidden_layers", NULL, 12),
    WIDTH("hidden_size", NULL, 768), HEADS("num_attention_heads", NULL, 12),
    HIDDEN("intermediate_size", NULL, 3072),
    WHOLE("max_position_embeddings", NULL, positions, 512, 1, MOST_POSITIONS),
    WHOLE("type_vocab_size", NULL, types, 2, 1, 1000),
    CHOICE("hidden_act", activation, ACTIVATION_GELU, activations),
    ONLY_WORD("position_embedding_type", absolute), ATTENDS_ITSELF, END};
static const char *const bert_harmless[] = {
    "classifier_dropout", "gradient_checkpointing", "tie_word_embeddings",
    "directionality", "pooler_*", NULL}; // of another head

/* ---- Blocks that turn by place ---- */

#define LLAMA(vocab, hidden, kv) \
    VOCAB(vocab), LAYERS("num_hidden_layers", NULL, 32), \
    WIDTH("hidden_size", NULL, 4096), \
    HEADS("num_attention_heads", NULL, 32), \
    HIDDEN("intermediate_size", NULL, hidden), \
    OPTIONAL("num_key_value_heads", kv_heads, kv, 1, MOST_HEADS), \
    CHOICE("hidden_act", activation, ACTIVATION_SILU, activations), \
    FLAG("tie_word_embeddings", is_tied, 0), ONE_HALF
#define HEAD_DIM WHOLE("head_dim", NULL, head_dim, 0, 1, MOST_WIDTH)
#define WINDOW(standard) \
  OPTIONAL("sliding_window", window, standard, 1, MOST_POSITIONS)

static const struct config_key llama[] = {
    LLAMA(32000, 11008, 0), HEAD_DIM, FLAG("attention_bias", has_qkv_bias, 0),
    FLAG("mlp_bias", has_hidden_bias, 0), END};
static const struct config_key mistral[] = {
    LLAMA(32000, 14336, 8), HEAD_DIM, WINDOW(4096), END};
static const struct config_key mixtral[] = {
    LLAMA(32000, 14336, 8), HEAD_DIM, WINDOW(0),
    WHOLE("num_local_experts", NULL, experts, 8, 1, MOST_EXPERTS),
    WHOLE("num_experts_per_tok", NULL, top, 2, 1, MOST_EXPERTS), END};
static const struct config_key qwen2[] = {
    LLAMA(151936, 22016, 32), HEAD_DIM, WINDOW(4096),
    FLAG("use_sliding_window", has_window, 0), ONLY("use_mrope", 0), END};
static const struct config_key deepseek_v2[] = {
    LLAMA(32000, 11008, 0), ONLY("attention_bias", 0), ONLY("mlp_bias", 0),
    WHOLE("n_routed_experts", "num_local_experts", experts, 64, 1,
          MOST_EXPERTS),
    WHOLE("num_experts_per_tok", NULL, top, 0, 1, MOST_EXPERTS),
    OPTIONAL("n_shared_experts", shared, 2, 0, MOST_EXPERTS),
    WHOLE("moe_intermediate_size", NULL, expert_hidden, 1407, 1, MOST_HIDDEN),
    WHOLE("first_k_dense_replace", NULL, dense_layers, 0, 0, MOST_LAYERS),
    OPTIONAL("q_lora_rank", q_rank, 1536, 1, MOST_WIDTH),
    WHOLE("kv_lora_rank", NULL, kv_rank, 512, 1, MOST_WIDTH),
    WHOLE("qk_nope_head_dim", NULL, plain_dim, 128, 1, MOST_WIDTH),
    WHOLE("qk_rope_head_dim", NULL, turned_dim, 64, 1, MOST_WIDTH),
    WHOLE("v_head_dim", NULL, value_dim, 128, 1, MOST_WIDTH),
    FLAG("norm_topk_prob", has_chosen_sum, 0),
    ONLY_WORD("scoring_func", softmax), CHOICE("topk_method", has_groups, 0, methods),
    OPTIONAL("n_group", groups, 0, 1, MOST_EXPERTS),
    OPTIONAL("topk_group", top_groups, 0, 1, MOST_EXPERTS),
    ONLY("rope_interleave", 1),
    {"moe_layer_freq", NULL, CONFIG_NOWHERE, CONFIG_WHOLE, 1, 1, 1, 1, NULL},
    END};
static const char *const llama_harmless[] = {
    "max_position_embeddings", "pretraining_tp", "rope_theta",
    "rope_interleaved", "is_llama_config", "is_decoder", NULL};
static const char *const qwen2_harmless[] = {
    "max_position_embeddings", "rope_theta", "max_window_layers", "is_decoder",
    NULL};
static const char *const mixtral_harmless[] = {
    "max_position_embeddings", "rope_theta", "output_router_logits",
    "router_aux_loss_coef", "router_jitter_noise", "is_decoder", NULL};
/* Factors are weights. */
static const char *const deepseek_harmless[] = {
    "max_position_embeddings", "pretraining_tp", "rope_theta", "ep_size",
    "aux_loss_alpha", "seq_aux",
    "routed_scaling_factor", "head_dim", "output_router_logits", "is_decoder",
    NULL};

/* ---- Others ---- */

static const struct config_key t5[] = {
    VOCAB(32128), LAYERS("num_layers", "num_hidden_layers", 6),
    WHOLE("num_decoder_layers", NULL, decoder_layers, 0, 1, MOST_LAYERS),
    WIDTH("d_model", "hidden_size", 512),
    HEADS("num_heads", "num_attention_heads", 8),
    WHOLE("d_kv", "head_dim", head_dim, 64, 1, MOST_WIDTH),
    HIDDEN("d_ff", NULL, 2048),
    WHOLE("relative_attention_num_buckets", NULL, buckets, 32, 1, 100000),
    CHOICE("feed_forward_proj", activation, ACTIVATION_RELU, forwards),
    FLAG("tie_word_embeddings", is_tied, 1), ONLY("is_encoder_decoder", 1),
    ONLY("is_decoder", 0), ONLY("tie_encoder_decoder", 0),
    ONLY("add_cross_attention", 0), END};
/* config_read() compares the first two with feed_forward_proj. */
static const char *const t5_harmless[] = {
    "is_gated_act", "dense_act_fn", "scale_decoder_outputs", "relative_attention_max_distance",
    "n_positions", "dropout_rate", "classifier_dropout", "initializer_factor",
    "output_past", NULL};

static const struct config_key mamba[] = {
    VOCAB(50280), LAYERS("num_hidden_layers", "n_layer", 32),
    WIDTH("hidden_size", "d_model", 768),
    WHOLE("intermediate_size", "d_inner", inner, 0, 1, MOST_WIDTH),
    WHOLE("expand", NULL, expand, 2, 1, 100),
    WHOLE("state_size", NULL, state, 16, 1, MOST_STATE),
    WHOLE("conv_kernel", NULL, kernel, 4, 1, 100),
    {"time_step_rank", NULL, FIELD(step_rank), CONFIG_WHOLE, 0, 0, 1,
     MOST_WIDTH, automatic},
    FLAG("use_bias", has_projection_bias, 0),
    FLAG("use_conv_bias", has_kernel_bias, 1),
    CHOICE("hidden_act", activation, ACTIVATION_SILU, activations),
    FLAG("tie_word_embeddings", is_tied, 1), ONLY("rms_norm", 1), ONE_HALF,
    END};
static const char *const mamba_harmless[] = {
    "time_step_init_scheme", "time_step_min", "time_step_max",
    "time_step_floor", "time_step_scale", "rescale_prenorm_residual",
    "residual_in_fp32", "fused_add_norm", "use_mambapy",
    "use_associative_scan", "pad_vocab_size_multiple", "ssm_cfg", "is_decoder",
    NULL};

static const struct config_key dit[] = {
    LAYERS("num_layers", NULL, 28), HEADS("num_attention_heads", NULL, 16),
    WHOLE("attention_head_dim", NULL, head_dim, 72, 1, MOST_WIDTH),
    WHOLE("in_channels", NULL, channels, 4, 1, 10000),
    WHOLE("out_channels", NULL, out_channels, 0, 1, 10000),
    WHOLE("patch_size", NULL, patch, 2, 1, 1000),
    WHOLE("sample_size", NULL, sample, 32, 1, 100000),
    WHOLE("num_embeds_ada_norm", NULL, labels, 1000, 1, MOST_VOCAB),
    CHOICE("activation_fn", activation, ACTIVATION_GELU, activations),
    FLAG("attention_bias", has_qkv_bias, 1),
    ONLY_WORD("norm_type", zero_norm), ONLY("norm_elementwise_affine", 0),
    ONLY("only_cross_attention", 0), ONLY("double_self_attention", 0),
    ONLY("use_linear_projection", 0), END};
/* Those that are null there, or are of other kinds of models. */
static const char *const dit_harmless[] = {
    "_diffusers_version", "_name_or_path", "dropout", "norm_eps",
    "norm_num_groups", "upcast_attention", "attention_type", NULL};

/* clang-format on */

const struct config_type config_types[] = {
    {"gpt2",
     ARCHITECTURE_DECODER,
     {.has_mean = 1, .has_qkv_bias = 1, .has_o_bias = 1, .has_hidden_bias = 1},
     gpt2,
     gpt2_harmless},
    {"bert",
     ARCHITECTURE_ENCODER,
     {.has_mean = 1,
      .has_qkv_bias = 1,
      .has_o_bias = 1,
      .has_hidden_bias = 1,
      .has_pooler = 1},
     bert,
     bert_harmless},
    {"t5", ARCHITECTURE_ENCODER_DECODER, {.name = NULL}, t5, t5_harmless},
    {"llama", ARCHITECTURE_DECODER, {.is_gated = 1}, llama, llama_harmless},
    {"mistral", ARCHITECTURE_DECODER, {.is_gated = 1}, mistral, llama_harmless},
    {"mixtral",
     ARCHITECTURE_DECODER,
     {.is_gated = 1, .has_chosen_sum = 1},
     mixtral,
     mixtral_harmless},
    {"qwen2",
     ARCHITECTURE_DECODER,
     {.is_gated = 1, .has_qkv_bias = 1},
     qwen2,
     qwen2_harmless},
    {"mamba", ARCHITECTURE_MAMBA, {.name = NULL}, mamba, mamba_harmless},
    {"deepseek_v2",
     ARCHITECTURE_DECODER,
     {.is_gated = 1},
     deepseek_v2,
     deepseek_harmless},
    {"DiTTransformer2DModel",
     ARCHITECTURE_DENOISER,
     {.has_mean = 1, .has_o_bias = 1, .has_hidden_bias = 1},
     dit,
     dit_harmless},
    {"Transformer2DModel",
     ARCHITECTURE_DENOISER,
     {.has_mean = 1, .has_o_bias = 1, .has_hidden_bias = 1},
     dit,
     dit_harmless},
    {NULL, ARCHITECTURE_DECODER, {.name = NULL}, NULL, NULL}};

/* What is said of training, of tokens by number, of number formats, of how text
   is drawn and of how a library runs a model. */
const char *const config_harmless[] = {
    // clang-format off
    "model_type", "_class_name", "transformers_version", "torch_dtype",
    "dtype", "_name_or_path", "auto_map",
    "transformers.js_config", "use_cache", "initializer_range", "*_token_id",
    "rms_norm_eps", "layer_norm_eps", "layer_norm_epsilon", "norm_eps",
    "attention_dropout", "hidden_dropout", "*_dropout_prob",
    "task_specific_params", "id2label", "label2id", "num_labels",
    "problem_type", "finetuning_task", "output_attentions",
    "output_hidden_states", "output_past", "return_dict",
    "chunk_size_feed_forward", "gradient_checkpointing", "torchscript",
    "use_bfloat16", "tf_legacy_loss", "_attn_implementation*",
    "_experts_implementation*", "attn_implementation",
    "_flash_attn_2_enabled", "prefix", "bos_token", "eos_token",
    "tokenizer_class", "tie_encoder_decoder",
    /* Of how text is drawn, in files of before 2021 and in text_config. */
    "do_sample", "early_stopping", "max_length", "min_length", "num_beams",
    "num_beam_groups", "diversity_penalty", "length_penalty",
    "repetition_penalty", "exponential_decay_length_penalty",
    "*no_repeat_ngram_size", "bad_words_ids", "*suppress_tokens", "temperature",
    "top_k", "top_p", "typical_p", "num_return_sequences", "output_scores",
    "return_dict_in_generate", "remove_invalid_values", NULL};
// clang-format on

static bool matches(const char *pattern, const char *text) {
  size_t n = strlen(pattern), m = strlen(text);
  if (pattern[0] == '*')
    return m >= n - 1 && !strcmp(text + m - (n - 1), pattern + 1);
  if (n && pattern[n - 1] == '*')
    return !strncmp(text, pattern, n - 1);
  return !strcmp(text, pattern);
}

bool config_lists(const char *const *list, const char *text) {
  while (*list && !matches(*list, text))
    list++;
  return *list;
}
