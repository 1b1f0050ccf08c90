/* checkpoint.h: models with their own weights against what their descriptions
   say (plain.h), against the same network as ONNX, and what is wrong. */
#include "circuit/evaluate.h"
#include "compile/front/checkpoint.h"
#include "compile/front/csv.h"
#include "compile/front/flow_run.h"
#include "compile/front/model.h"
#include "compile/program/lower.h"
#include "compile/program/run.h"
#include "tests/compile/front/plain.h"
#include "tests/compile/front/subject.h"
#include "tests/suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <flint/fmpz_vec.h>

/* clang-format off */
static const struct plain models[] = {
    {.json = "{\"model_type\": \"llama\", \"num_hidden_layers\": 2, "
             "\"hidden_size\": 6, \"num_attention_heads\": 4, "
             "\"num_key_value_heads\": 2, \"head_dim\": 4, "
             "\"intermediate_size\": 5, \"vocab_size\": 9, "
             "\"rope_theta\": 50, \"rms_norm_eps\": 0.01, \"rope_scaling\": "
             "{\"rope_type\": \"llama3\", \"factor\": 4, \"low_freq_factor\": "
             "1, \"high_freq_factor\": 3, "
             "\"original_max_position_embeddings\": 40}}",
     .run = plain_llama, .n = 5, .d = 6, .heads = 4, .kv = 2, .dh = 4, .ff = 5,
     .vocab = 9, .layers = 2, .epsilon = 0.01, .theta = 50, .factor = 4,
     .low = 1, .high = 3, .original = 40, .act = plain_silu, .inputs = 5,
     .outputs = 45},
    {.json = "{\"model_type\": \"mistral\", \"num_hidden_layers\": 2, "
             "\"hidden_size\": 8, \"num_attention_heads\": 4, "
             "\"num_key_value_heads\": 1, \"intermediate_size\": 7, "
             "\"vocab_size\": 5, \"sliding_window\": 3, "
             "\"tie_word_embeddings\": true}",
     .run = plain_llama, .n = 7, .d = 8, .heads = 4, .kv = 1, .dh = 2, .ff = 7,
     .vocab = 5, .layers = 2, .window = 3, .is_tied = true, .epsilon = 1e-6,
     .theta = 1e4, .act = plain_silu, .inputs = 7, .outputs = 35},
    {.json = "{\"model_type\": \"mistral\", \"num_hidden_layers\": 1, "
             "\"hidden_size\": 4, \"num_attention_heads\": 2, "
             "\"num_key_value_heads\": null, \"intermediate_size\": 3, "
             "\"vocab_size\": 5, \"sliding_window\": null}",
     .run = plain_llama, .n = 5, .d = 4, .heads = 2, .kv = 2, .dh = 2, .ff = 3,
     .vocab = 5, .layers = 1, .epsilon = 1e-6, .theta = 1e4,
     .act = plain_silu, .inputs = 5, .outputs = 25},
    {.json = "{\"model_type\": \"qwen2\", \"num_hidden_layers\": 3, "
             "\"hidden_size\": 4, \"num_attention_heads\": 2, "
             "\"num_key_value_heads\": 2, \"intermediate_size\": 3, "
             "\"vocab_size\": 300, \"use_sliding_window\": true, "
             "\"sliding_window\": 2, \"max_window_layers\": 1, "
             "\"hidden_act\": \"gelu\"}",
     .run = plain_llama, .n = 4, .d = 4, .heads = 2, .kv = 2, .dh = 2, .ff = 3,
     .vocab = 300, .layers = 3, .window = 2, .full_layers = 1,
     .has_bias = true, .epsilon = 1e-6, .theta = 1e4, .act = plain_gelu,
     .inputs = 4, .outputs = 1200},
    {.json = "{\"model_type\": \"llama\", \"num_hidden_layers\": 1, "
             "\"hidden_size\": 3, \"num_attention_heads\": 1, "
             "\"head_dim\": 6, \"intermediate_size\": 4, "
             "\"vocab_size\": 6, \"attention_bias\": false, "
             "\"rope_parameters\": {\"rope_type\": \"linear\", "
             "\"factor\": 3, \"rope_theta\": 7}}",
     .run = plain_llama, .n = 6, .d = 3, .heads = 1, .kv = 1, .dh = 6, .ff = 4,
     .vocab = 6, .layers = 1, .epsilon = 1e-6, .theta = 7, .factor = 3,
     .act = plain_silu, .inputs = 6, .outputs = 36},
    /* Places of 16 elements, of theta 100: 16 log(64 / (2 pi turns)) / (2 log
       100) is 1.62 for 4 turns and 6.44 for 1/4; the size is 1 + log(8) / 10. */
    {.json = "{\"model_type\": \"qwen2\", \"num_hidden_layers\": 1, "
             "\"hidden_size\": 4, \"num_attention_heads\": 1, "
             "\"num_key_value_heads\": 1, \"head_dim\": 16, "
             "\"intermediate_size\": 4, \"vocab_size\": 6, "
             "\"rope_theta\": 100, \"rope_scaling\": {\"type\": \"yarn\", "
             "\"factor\": 8, \"original_max_position_embeddings\": 64, "
             "\"beta_fast\": 4, \"beta_slow\": 0.25}}",
     .run = plain_llama, .n = 6, .d = 4, .heads = 1, .kv = 1, .dh = 16, .ff = 4,
     .vocab = 6, .layers = 1, .has_bias = true, .epsilon = 1e-6, .theta = 100,
     .factor = 8, .first = 1, .last = 7, .size = 1.2079441541679836,
     .act = plain_silu, .inputs = 6, .outputs = 36},
    {.json = "{\"model_type\": \"mixtral\", \"num_hidden_layers\": 2, "
             "\"hidden_size\": 4, \"num_attention_heads\": 2, "
             "\"num_key_value_heads\": 1, \"head_dim\": 2, "
             "\"intermediate_size\": 3, \"vocab_size\": 7, "
             "\"num_local_experts\": 4, \"num_experts_per_tok\": 2}",
     .run = plain_llama, .n = 4, .d = 4, .heads = 2, .kv = 1, .dh = 2, .ff = 3,
     .vocab = 7, .layers = 2, .epsilon = 1e-5, .theta = 1e6, .act = plain_silu,
     .experts = 4, .top = 2, .eff = 3, .inputs = 4, .outputs = 28},
    {.json = "{\"model_type\": \"gpt2\", \"n_layer\": 2, \"n_embd\": 6, "
             "\"n_head\": 3, \"n_inner\": 5, \"n_positions\": 7, "
             "\"vocab_size\": 8}",
     .run = plain_gpt2, .n = 5, .d = 6, .heads = 3, .dh = 2, .ff = 5,
     .vocab = 8, .layers = 2, .positions = 7, .is_tied = true,
     .epsilon = 1e-5, .act = plain_gelu_new, .inputs = 5, .outputs = 40},
    {.json = "{\"model_type\": \"bert\", \"num_hidden_layers\": 2, "
             "\"hidden_size\": 6, \"num_attention_heads\": 2, "
             "\"intermediate_size\": 5, \"max_position_embeddings\": 5, "
             "\"type_vocab_size\": 3, \"vocab_size\": 7}",
     .run = plain_bert, .n = 4, .d = 6, .heads = 2, .dh = 3, .ff = 5,
     .vocab = 7, .layers = 2, .positions = 5, .types = 3, .epsilon = 1e-12,
     .act = plain_gelu, .inputs = 8, .outputs = 30},
    {.json = "{\"model_type\": \"t5\", \"num_layers\": 2, "
             "\"num_decoder_layers\": 2, \"d_model\": 4, \"d_kv\": 3, "
             "\"num_heads\": 2, \"d_ff\": 5, \"vocab_size\": 6, "
             "\"relative_attention_num_buckets\": 8, "
             "\"relative_attention_max_distance\": 7}",
     .run = plain_t5, .n = 9, .targets = 10, .d = 4, .heads = 2, .dh = 3,
     .ff = 5, .vocab = 6, .layers = 2, .second = 2, .is_tied = true,
     .epsilon = 1e-6, .act = plain_relu, .buckets = 8, .distance = 7,
     .inputs = 19, .outputs = 60},
    {.json = "{\"model_type\": \"t5\", \"num_layers\": 1, \"d_model\": 4, "
             "\"d_kv\": 2, \"num_heads\": 3, \"d_ff\": 5, \"vocab_size\": 6, "
             "\"feed_forward_proj\": \"gated-gelu\", "
             "\"tie_word_embeddings\": false}",
     .run = plain_t5, .n = 3, .targets = 4, .d = 4, .heads = 3, .dh = 2,
     .ff = 5, .vocab = 6, .layers = 1, .second = 1, .is_gated = true,
     .epsilon = 1e-6, .act = plain_gelu_new, .buckets = 32, .distance = 128,
     .inputs = 7, .outputs = 24},
    {.json = "{\"model_type\": \"t5\", \"num_layers\": 1, \"d_model\": 4, "
             "\"d_kv\": 2, \"num_heads\": 1, \"d_ff\": 3, \"vocab_size\": 5, "
             "\"feed_forward_proj\": \"gated-gelu\", "
             "\"dense_act_fn\": \"gelu_new\", \"is_gated_act\": true, "
             "\"scale_decoder_outputs\": false}",
     .run = plain_t5, .n = 3, .targets = 2, .d = 4, .heads = 1, .dh = 2,
     .ff = 3, .vocab = 5, .layers = 1, .second = 1, .is_tied = true,
     .is_unscaled = true, .is_gated = true, .epsilon = 1e-6,
     .act = plain_gelu_new, .buckets = 32, .distance = 128, .inputs = 5,
     .outputs = 10},
    {.json = "{\"model_type\": \"mamba\", \"num_hidden_layers\": 2, "
             "\"hidden_size\": 4, \"expand\": 2, \"state_size\": 3, "
             "\"conv_kernel\": 3, \"time_step_rank\": 2, \"vocab_size\": 7}",
     .run = plain_mamba, .n = 6, .d = 4, .vocab = 7, .layers = 2,
     .is_tied = true, .epsilon = 1e-5, .inner = 8, .state = 3, .kernel = 3,
     .step_rank = 2, .inputs = 6, .outputs = 42},
    {.json = "{\"model_type\": \"deepseek_v2\", \"num_hidden_layers\": 2, "
             "\"first_k_dense_replace\": 1, \"hidden_size\": 5, "
             "\"num_attention_heads\": 2, \"q_lora_rank\": null, "
             "\"kv_lora_rank\": 3, \"qk_nope_head_dim\": 2, "
             "\"qk_rope_head_dim\": 4, \"v_head_dim\": 3, "
             "\"intermediate_size\": 4, \"moe_intermediate_size\": 3, "
             "\"n_routed_experts\": 4, \"num_experts_per_tok\": 2, "
             "\"n_shared_experts\": 2, \"vocab_size\": 7, "
             "\"routed_scaling_factor\": 1.5, \"rms_norm_eps\": 0.001}",
     .run = plain_deepseek, .n = 4, .d = 5, .heads = 2, .dh = 3, .ff = 4,
     .vocab = 7, .layers = 2, .epsilon = 0.001, .theta = 1e4,
     .act = plain_silu, .experts = 4, .top = 2, .eff = 3, .shared = 2,
     .dense = 1, .scale = 1.5, .rank = 3, .plain = 2, .turned = 4, .inputs = 4,
     .outputs = 28},
    {.json = "{\"model_type\": \"deepseek_v2\", \"num_hidden_layers\": 1, "
             "\"hidden_size\": 4, \"num_attention_heads\": 3, "
             "\"q_lora_rank\": 5, \"kv_lora_rank\": 2, "
             "\"qk_nope_head_dim\": 3, \"qk_rope_head_dim\": 2, "
             "\"v_head_dim\": 2, \"intermediate_size\": 4, "
             "\"moe_intermediate_size\": 2, \"n_routed_experts\": 3, "
             "\"num_experts_per_tok\": 1, \"n_shared_experts\": 0, "
             "\"vocab_size\": 7}",
     .run = plain_deepseek, .n = 3, .d = 4, .heads = 3, .dh = 2, .ff = 4,
     .vocab = 7, .layers = 1, .epsilon = 1e-6, .theta = 1e4,
     .act = plain_silu, .experts = 3, .top = 1, .eff = 2, .scale = 1,
     .q_rank = 5, .rank = 2, .plain = 3, .turned = 2, .inputs = 3,
     .outputs = 21},
    {.json = "{\"model_type\": \"deepseek_v2\", \"num_hidden_layers\": 1, "
             "\"hidden_size\": 4, \"num_attention_heads\": 1, "
             "\"q_lora_rank\": null, \"kv_lora_rank\": 2, "
             "\"qk_nope_head_dim\": 1, \"qk_rope_head_dim\": 2, "
             "\"v_head_dim\": 2, \"intermediate_size\": 4, "
             "\"moe_intermediate_size\": 2, \"n_routed_experts\": 6, "
             "\"num_experts_per_tok\": 2, \"n_shared_experts\": null, "
             "\"topk_method\": \"group_limited_greedy\", \"n_group\": 3, "
             "\"topk_group\": 1, \"vocab_size\": 9}",
     .run = plain_deepseek, .n = 3, .d = 4, .heads = 1, .dh = 2, .ff = 4,
     .vocab = 9, .layers = 1, .epsilon = 1e-6, .theta = 1e4,
     .act = plain_silu, .experts = 6, .top = 2, .groups = 3, .top_groups = 1,
     .eff = 2, .scale = 1, .rank = 2, .plain = 1, .turned = 2, .inputs = 3,
     .outputs = 27},
    {.json = "{\"_class_name\": \"DiTTransformer2DModel\", \"num_layers\": 2, "
             "\"num_attention_heads\": 2, \"attention_head_dim\": 4, "
             "\"in_channels\": 3, \"out_channels\": 2, \"patch_size\": 2, "
             "\"sample_size\": 6, \"num_embeds_ada_norm\": 5}",
     .run = plain_dit, .d = 8, .heads = 2, .dh = 4, .layers = 2,
     .epsilon = 1e-5, .act = plain_gelu_new, .patch = 2, .side = 3,
     .channels = 3, .out_channels = 2, .labels = 5, .inputs = 110,
     .outputs = 72},
};
/* clang-format on */
enum {
  MODELS = sizeof models / sizeof *models
};

/* The first of a type. */
static const struct plain *model_of(const char *type) {
  char text[40];
  int i = 0;
  snprintf(text, sizeof text, "\"%s\"", type);
  while (!strstr(models[i].json, text))
    ck_assert_int_lt(++i, MODELS);
  return &models[i];
}

/* ---- Files ---- */

static char folder[40];

static void make_folder(void) {
  strcpy(folder, "/tmp/check-checkpoint-XXXXXX");
  ck_assert(mkdtemp(folder) && !chdir(folder));
}

static void remove_folder(void) {
  static const char *const files[] = {"config.json", "model.safetensors",
                                      "model.safetensors.index.json",
                                      "a.safetensors", "b.safetensors"};
  for (size_t i = 0; i < sizeof files / sizeof *files; i++)
    unlink(files[i]);
  ck_assert(!chdir("/") && !rmdir(folder));
}

static void write_text(const char *path, const char *text) {
  FILE *f = fopen(path, "w");
  ck_assert(f && fputs(text, f) >= 0 && !fclose(f));
}

/* Tensors i of [from..) with step 2, or all. */
static void write_tensors(const char *path, const struct plain_weights *w,
                          size_t from, size_t step) {
  static char header[1 << 16];
  size_t n = 1, at = 0;
  strcpy(header, "{");
  for (size_t i = from; i < w->n; i += step) {
    const struct plain_tensor *t = &w->t[i];
    n += (size_t)sprintf(header + n, "%s\"%s\":{\"dtype\":\"F32\",\"shape\":[",
                         n > 1 ? "," : "", t->name);
    for (size_t k = 0; k < t->rank; k++)
      n += (size_t)sprintf(header + n, "%s%zu", k ? "," : "", t->at[k]);
    n += (size_t)sprintf(header + n, "],\"data_offsets\":[%zu,%zu]}", at,
                         at + 4 * t->n);
    at += 4 * t->n;
    ck_assert_uint_lt(n, sizeof header - 200);
  }
  strcpy(header + n++, "}");
  FILE *f = fopen(path, "wb");
  ck_assert_ptr_nonnull(f);
  for (size_t i = 0; i < 8; i++)
    putc((int)(n >> 8 * i & 255), f);
  fwrite(header, 1, n, f);
  for (size_t i = from; i < w->n; i += step)
    fwrite(w->t[i].x, sizeof *w->t[i].x, w->t[i].n, f);
  ck_assert(!fclose(f));
}

/* ---- Inputs ---- */

static long draw(struct dice *d, long most) {
  return dice_long(d, 0, most);
}

static void draw_inputs(struct dice *d, const struct plain *m, double *in) {
  for (int i = 0; i < m->inputs; i++)
    in[i] = m->labels               ? (double)dice_float(d, -1, 1)
            : m->types && i >= m->n ? (double)draw(d, m->types - 1)
                                    : (double)draw(d, m->vocab - 1);
  if (!m->labels)
    return;
  in[m->inputs - 2] = (double)draw(d, 999);
  in[m->inputs - 1] = (double)draw(d, m->labels);
}

/* Weights are those that one run reads. */
static void draw_weights(struct plain_weights *w, const struct plain *m) {
  double in[200] = {0}, out[2000];
  *w = (struct plain_weights){.seed = 5};
  m->run(w, m, in, out);
}

static struct model_options options_of(const struct plain *m) {
  return (struct model_options){
      .bits = 5, .range = 1, .length = m->n, .targets = m->targets};
}

static void load(struct model *m, const struct plain *of, const char *path) {
  struct error err = {0};
  struct model_options o = options_of(of);
  ck_assert_msg(model_load_checkpoint(m, path, &o, &err), "%s: %s", of->json,
                err.message);
}

/* ---- In real numbers ---- */

/* Angles of float32 may be the next ones. */
static void expect_outputs(const struct model *m, const struct flow_run *r,
                           const double *out, const struct plain *of) {
  double most = of->theta != 0 ? 1e-6 : 1e-9;
  size_t n = 0;
  for (size_t i = 0; i < m->outputs.n; i++)
    for (size_t k = 0; k < m->outputs.at[i].n; k++, n++) {
      double got = r->at[m->outputs.at[i].flow][k];
      ck_assert_msg(fabs(got - out[n]) <= most * (1 + fabs(out[n])),
                    "%s: output %zu, element %zu is %g, not %g", of->json, i, k,
                    got, out[n]);
    }
}

static void expect_plain(const struct plain *of, const char *path,
                         struct plain_weights *w, int rounds) {
  struct model m;
  struct flow_run r;
  struct dice d = {1};
  double in[200], out[2000], first = 0;
  bool differ = false;
  load(&m, of, path);
  flow_run_init(&r, &m.flow);
  for (int i = 0; i < rounds; i++) {
    draw_inputs(&d, of, in);
    size_t weights = w->n;
    of->run(w, of, in, out);
    ck_assert_uint_eq(w->n, weights);
    ck_assert(flow_run_values(&r, in));
    expect_outputs(&m, &r, out, of);
    first = i ? first : out[of->outputs - 1];
    differ |= out[of->outputs - 1] != first;
  }
  ck_assert_msg(differ, "%s: all outputs are the same", of->json);
  flow_run_clear(&r);
  model_clear(&m);
}

START_TEST(a_model_is_what_its_description_says) {
  const struct plain *of = &models[_i];
  struct plain_weights w;
  draw_weights(&w, of);
  write_text("config.json", of->json);
  write_tensors("model.safetensors", &w, 0, 1);
  expect_plain(of, folder, &w, is_full_run() ? 200 : 20);
  expect_plain(of, "model.safetensors", &w, 2);
  plain_clear(&w);
}
END_TEST

START_TEST(shards_are_read_by_their_index) {
  const struct plain *of = &models[_i];
  struct plain_weights w;
  draw_weights(&w, of);
  unlink("model.safetensors");
  write_text("config.json", of->json);
  write_tensors("a.safetensors", &w, 0, 2);
  write_tensors("b.safetensors", &w, 1, 2);
  FILE *f = fopen("model.safetensors.index.json", "w");
  ck_assert_ptr_nonnull(f);
  fprintf(f, "{\"weight_map\": {");
  for (size_t i = 0; i < w.n; i++)
    fprintf(f, "%s\"%s\": \"%c.safetensors\"", i ? ", " : "", w.t[i].name,
            i % 2 ? 'b' : 'a');
  fprintf(f, "}}");
  ck_assert(!fclose(f));
  expect_plain(of, folder, &w, 2);
  expect_plain(of, "model.safetensors.index.json", &w, 2);
  unlink("model.safetensors.index.json");
  plain_clear(&w);
}
END_TEST

/* ---- What is wrong ---- */

/* One that is like that of a type, but for a tensor or its config. */
static const struct wrong {
  const char *of;
  const char *config; // NULL: that of the model
  const char *from;   // a tensor's name is another; or NULL
  const char *to;
  bool is_longer; // the tensor has another axis of 1
  long n, targets;
  const char *message;
} wrong[] = {
    // clang-format off
    {.of = "llama", .from = "model.norm.weight", .to = "model.norm.w",
     .message = "'model.norm.weight' is missing"},
    {.of = "llama", .from = "model.embed_tokens.weight", .to = "wte.weight",
     .message = "'model.embed_tokens.weight' is missing"},
    {.of = "llama", .from = "model.layers.1.mlp.up_proj.weight", .is_longer = true,
     .message = "'model.layers.1.mlp.up_proj.weight' has shape [5, 6, 1]; "
                "config.json makes it [5, 6]"},
    {.of = "mistral", .from = "model.layers.1.self_attn.k_proj.weight",
     .to = "model.layers.1.self_attn.k_proj.bias",
     .message = "'model.layers.1.self_attn.k_proj.weight' is missing"},
    {.of = "mistral", .config = "{\"model_type\": \"mistral\", "
     "\"num_hidden_layers\": 1, \"hidden_size\": 8, "
     "\"num_attention_heads\": 4, \"num_key_value_heads\": 1, "
     "\"intermediate_size\": 7, \"vocab_size\": 5, "
     "\"tie_word_embeddings\": true}",
     .message = "'model.layers.1.input_layernorm.weight' is no tensor of the "
                "mistral that config.json describes"},
    {.of = "mistral", .config = "{\"model_type\": \"mistral\", "
     "\"num_hidden_layers\": 2, \"hidden_size\": 8, "
     "\"num_attention_heads\": 4, \"num_key_value_heads\": 2, "
     "\"intermediate_size\": 7, \"vocab_size\": 5, "
     "\"tie_word_embeddings\": true}",
     .message = "'model.layers.0.self_attn.k_proj.weight' has shape [2, 8]; "
                "config.json makes it [4, 8]"},
    {.of = "gpt2", .n = 8,
     .message = "n=8: must be at most 7, as many positions as it has"},
    {.of = "gpt2", .targets = 3,
     .message = "targets=: only an encoder-decoder has them, as t5"},
    {.of = "gpt2", .config = "{\"model_type\": \"gpt3\"}",
     .message = "config.json: model_type 'gpt3' is not known; known are gpt2"},
    {.of = "llama", .config = "{\"model_type\": \"llama\",\n",
     .message = "config.json, line "},
    {.of = "llama", .config = "{\"model_type\": \"llama\", \"rope_scaling\": "
     "{\"rope_type\": \"longrope\", \"factor\": 2}}",
     .message = "config.json: rope_scaling: rope_type 'longrope' is not "
                "supported; it may be default, linear, llama3, yarn"},
    {.of = "llama", .config = "{\"model_type\": \"llama\", \"rope_scaling\": "
     "{\"rope_type\": \"llama3\", \"factor\": 2}}",
     .message = "config.json: rope_scaling: original_max_position_embeddings "
                "is missing"},
    {.of = "llama", .config = "{\"model_type\": \"llama\", \"rope_theta\": 0}",
     .message = "config.json: rope_theta=0: must be from 1.001 to 1e+15"},
    {.of = "llama", .config = "{\"model_type\": \"llama\", \"rms_norm_eps\": "
     "\"a\"}",
     .message = "config.json: rms_norm_eps: must be a number, but is text"},
    {.of = "deepseek_v2", .config = "{\"model_type\": \"deepseek_v2\", "
     "\"num_experts_per_tok\": 1, \"norm_topk_prob\": true}",
     .message = "config.json: norm_topk_prob=true: is not supported with "
                "weights, as the library does not do it"},
    {.of = "t5", .config = "{\"model_type\": \"t5\", "
     "\"relative_attention_max_distance\": 16}",
     .message = "config.json: relative_attention_max_distance=16: must be "
                "above 16, half of the buckets"},
    {.of = "DiTTransformer2DModel", .n = 9,
     .message = "n=: a DiTTransformer2DModel has as many positions as its "
                "image has patches"},
    // clang-format on
};

enum {
  WRONG = sizeof wrong / sizeof *wrong
};

/* The message begins so. */
static void expect_wrong(const char *path, const struct wrong *w,
                         const char *message) {
  struct model m;
  struct error err = {0};
  struct model_options o = {
      .bits = 5, .range = 1, .length = w->n, .targets = w->targets};
  ck_assert_msg(!model_load_checkpoint(&m, path, &o, &err), "accepted: %s",
                message);
  ck_assert_msg(!strncmp(err.message, message, strlen(message)),
                "'%s', not '%s'", err.message, message);
  ck_assert_str_eq(err.file, path);
  model_clear(&m);
}

static struct plain_tensor *find(struct plain_weights *w, const char *name) {
  size_t i = 0;
  while (strcmp(w->t[i].name, name) != 0)
    ck_assert_uint_lt(i++, w->n);
  return &w->t[i];
}

START_TEST(what_is_wrong_is_said) {
  const struct wrong *row = &wrong[_i];
  const struct plain *of = model_of(row->of);
  struct plain_weights w;
  draw_weights(&w, of);
  if (row->to)
    strcpy(find(&w, row->from)->name, row->to);
  if (row->is_longer) {
    struct plain_tensor *t = find(&w, row->from);
    t->at[t->rank++] = 1;
  }
  write_text("config.json", row->config ? row->config : of->json);
  write_tensors("model.safetensors", &w, 0, 1);
  expect_wrong(folder, row, row->message);
  expect_wrong("model.safetensors", row, row->message);
  plain_clear(&w);
}
END_TEST

START_TEST(files_that_are_not_there_are_said) {
  const struct wrong none = {0};
  struct plain_weights w;
  draw_weights(&w, model_of("llama"));
  unlink("config.json");
  write_tensors("model.safetensors", &w, 0, 1);
  expect_wrong(folder, &none,
               "config.json: cannot open: No such file or directory");
  write_text("config.json", model_of("llama")->json);
  ck_assert(!truncate("model.safetensors", 2000));
  expect_wrong("model.safetensors", &none, "");
  unlink("model.safetensors");
  expect_wrong(folder, &none, "");
  plain_clear(&w);
}
END_TEST

/* Weights that are not finite, and a head that is no copy. */
START_TEST(weights_are_looked_at) {
  const struct wrong none = {0};
  const struct plain *of = model_of("mistral");
  struct plain_weights w;
  draw_weights(&w, of);
  write_text("config.json", of->json);
  plain_tensor(&w, "lm_head.weight", 2, (size_t[]){5, 8});
  write_tensors("model.safetensors", &w, 0, 1);
  expect_wrong(folder, &none,
               "'lm_head.weight' is no copy of the tensor that it is tied to");
  memcpy(find(&w, "lm_head.weight")->x,
         find(&w, "model.embed_tokens.weight")->x, 40 * sizeof(float));
  write_tensors("model.safetensors", &w, 0, 1);
  expect_plain(of, folder, &w, 2);
  find(&w, "model.norm.weight")->x[3] = INFINITY;
  write_tensors("model.safetensors", &w, 0, 1);
  expect_wrong(folder, &none,
               "'model.norm.weight' has elements that are not finite");
  plain_clear(&w);
}
END_TEST

/* Without the prefix of the whole model, with buffers, and with old names. */
START_TEST(other_names_are_known) {
  struct plain_weights w;
  draw_weights(&w, model_of("gpt2"));
  write_text("config.json", model_of("gpt2")->json);
  plain_tensor(&w, "transformer.h.0.attn.bias", 4, (size_t[]){1, 1, 7, 7});
  for (size_t i = 0; i < w.n; i++)
    memmove(w.t[i].name, w.t[i].name + strlen("transformer."),
            strlen(w.t[i].name) - strlen("transformer.") + 1);
  write_tensors("model.safetensors", &w, 0, 1);
  struct model m;
  load(&m, model_of("gpt2"), folder);
  model_clear(&m);
  plain_clear(&w);
  draw_weights(&w, model_of("bert"));
  write_text("config.json", model_of("bert")->json);
  strcpy(find(&w, "bert.embeddings.LayerNorm.weight")->name,
         "bert.embeddings.LayerNorm.gamma");
  strcpy(find(&w, "bert.embeddings.LayerNorm.bias")->name,
         "bert.embeddings.LayerNorm.beta");
  plain_tensor(&w, "cls.predictions.bias", 1, (size_t[]){7});
  write_tensors("model.safetensors", &w, 0, 1);
  load(&m, model_of("bert"), folder);
  model_clear(&m);
  plain_clear(&w);
}
END_TEST

/* ---- As circuits ---- */

/* The least and greatest of each node on random inputs. */
static struct model_range *find_ranges(const struct model *m,
                                       const struct plain *of) {
  struct model_range *range = xcalloc(m->flow.nodes.n + 1, sizeof *range);
  struct flow_run r;
  struct dice d = {2};
  double in[200];
  flow_run_init(&r, &m->flow);
  for (int round = 0; round < 20; round++) {
    draw_inputs(&d, of, in);
    ck_assert(flow_run_values(&r, in));
    for (size_t x = 0; x < m->flow.nodes.n; x++)
      for (size_t i = 0; i < m->flow.nodes.at[x]->shape.n; i++) {
        bool is_first = !round && !i;
        range[x].lo = is_first ? r.at[x][i] : fmin(range[x].lo, r.at[x][i]);
        range[x].hi = is_first ? r.at[x][i] : fmax(range[x].hi, r.at[x][i]);
      }
  }
  flow_run_clear(&r);
  return range;
}

static void answer(const long *x, long *y, const void *context) {
  const struct subject *s = context;
  size_t inputs = s->in.input_values, outputs = s->in.output_values;
  fmpz *in = _fmpz_vec_init((slong)inputs),
       *out = _fmpz_vec_init((slong)outputs);
  struct run run;
  run_init(&run, &s->in);
  for (size_t i = 0; i < inputs; i++)
    fmpz_set_si(in + i, x[i]);
  run_values(&run, in, out);
  for (size_t i = 0; i < outputs; i++)
    y[i] = fmpz_get_si(out + i);
  run_clear(&run);
  _fmpz_vec_clear(in, (slong)inputs);
  _fmpz_vec_clear(out, (slong)outputs);
}

START_TEST(a_circuit_is_its_program) {
  if (is_left_out(_i))
    return;
  const struct plain *of = &models[_i];
  struct plain_weights w;
  struct subject s;
  struct model_options o = options_of(of);
  draw_weights(&w, of);
  write_text("config.json", of->json);
  write_tensors("model.safetensors", &w, 0, 1);
  load(&s.m, of, folder);
  o.bits = 4;
  o.ranges = find_ranges(&s.m, of);
  subject_make(&s, &o);
  subject_compare(&s, answer, &s, is_short_run() ? 2 : 10);
  subject_clear(&s);
  free((void *)(uintptr_t)o.ranges);
  plain_clear(&w);
}
END_TEST

/* ---- One that others made, where TEST_DATA is ---- */

enum {
  LLAMA_POSITIONS = 16,
  LLAMA_WORDS = 27
};

static bool find_llama(const char *name, char *path, size_t room) {
  const char *data = getenv("TEST_DATA");
  snprintf(path, room, "%s/onnx/llama_char_op17/%s", data ? data : "", name);
  return data && !access(path, R_OK);
}

static bool load_llama(struct model *m, long n) {
  static char path[1000];
  struct model_options o = {.bits = 5, .range = 1, .length = n};
  struct error err = {0};
  if (!find_llama("model.safetensors", path, sizeof path))
    return false;
  ck_assert_msg(model_load_checkpoint(m, path, &o, &err), "%s", err.message);
  return true;
}

static void open_rows(struct csv *c, char *path, size_t room) {
  static const struct csv_bus bus = {.name = "x", .values = LLAMA_POSITIONS};
  struct error err = {0};
  ck_assert(find_llama("dataset_test.csv", path, room));
  ck_assert_msg(csv_open(c, path, &bus, 1, &err), "%s", err.message);
}

static bool next_row(struct csv *c, double *in) {
  bool end;
  ck_assert(csv_next(c, &end));
  for (size_t i = 0; !end && i < LLAMA_POSITIONS; i++)
    ck_assert(csv_double(c, i, &in[i]));
  return !end;
}

START_TEST(a_llama_is_its_onnx_file) {
  char path[1000], rows[1000];
  double in[LLAMA_POSITIONS], most = 0;
  struct model m, other;
  struct flow_run r, s;
  struct csv c;
  struct error err = {0};
  size_t n = 0;
  if (!load_llama(&m, 0) || !find_llama("model.onnx", path, sizeof path))
    return;
  ck_assert(model_load(&other, path, &standard, &err));
  ck_assert_str_eq(m.inputs.at[0].name, other.inputs.at[0].name);
  ck_assert_str_eq(m.outputs.at[0].name, other.outputs.at[0].name);
  flow_run_init(&r, &m.flow);
  flow_run_init(&s, &other.flow);
  open_rows(&c, rows, sizeof rows);
  for (; next_row(&c, in); n++) {
    ck_assert(flow_run_values(&r, in) && flow_run_values(&s, in));
    for (size_t i = 0; i < LLAMA_POSITIONS * LLAMA_WORDS; i++)
      most = fmax(most, fabs(r.at[m.outputs.at[0].flow][i] -
                             s.at[other.outputs.at[0].flow][i]));
  }
  printf("llama: at most %g from its ONNX file\n", most);
  ck_assert_double_le(most, 1e-5);
  ck_assert_uint_eq(n, 300);
  csv_close(&c);
  flow_run_clear(&r);
  flow_run_clear(&s);
  model_clear(&m);
  model_clear(&other);
}
END_TEST

START_TEST(a_llama_predicts_what_is_recorded) {
  char rows[1000];
  double in[LLAMA_POSITIONS];
  struct model m;
  struct flow_run r;
  struct csv c;
  if (!load_llama(&m, 0))
    return;
  flow_run_init(&r, &m.flow);
  open_rows(&c, rows, sizeof rows);
  while (next_row(&c, in)) {
    ck_assert(flow_run_values(&r, in));
    const double *y = r.at[m.outputs.at[0].flow] +
                      (ptrdiff_t)(LLAMA_POSITIONS - 1) * LLAMA_WORDS;
    int best = 0;
    for (int i = 1; i < LLAMA_WORDS; i++)
      if (y[i] > y[best])
        best = i;
    ck_assert_int_eq(best, atoi(csv_predicted(&c)));
  }
  csv_close(&c);
  flow_run_clear(&r);
  model_clear(&m);
}
END_TEST

START_TEST(a_short_llama_is_its_circuit) {
  static const struct plain of = {.n = 3, .vocab = LLAMA_WORDS, .inputs = 3};
  struct subject s;
  struct model_options o = options_of(&of);
  if (!load_llama(&s.m, of.n))
    return;
  o.ranges = find_ranges(&s.m, &of);
  subject_make(&s, &o);
  subject_compare(&s, answer, &s, is_short_run() ? 2 : 10);
  gmp_printf("llama: depth %zu, %Zd gates\n", s.measure.depth, s.measure.gates);
  subject_clear(&s);
  free((void *)(uintptr_t)o.ranges);
}
END_TEST

int main(void) {
  Suite *s = suite_create("checkpoint");
  TCase *files = tcase_create("files"), *circuits = tcase_create("circuits"),
        *real = tcase_create("real");
  tcase_set_timeout(files, 300);
  tcase_set_timeout(circuits, 600);
  tcase_set_timeout(real, 300);
  tcase_add_unchecked_fixture(circuits, make_folder, remove_folder);
  tcase_add_unchecked_fixture(files, make_folder, remove_folder);
  tcase_add_loop_test(files, a_model_is_what_its_description_says, 0, MODELS);
  tcase_add_loop_test(files, shards_are_read_by_their_index, 0, MODELS);
  tcase_add_loop_test(files, what_is_wrong_is_said, 0, WRONG);
  tcase_add_test(files, files_that_are_not_there_are_said);
  tcase_add_test(files, weights_are_looked_at);
  tcase_add_test(files, other_names_are_known);
  tcase_add_loop_test(circuits, a_circuit_is_its_program, 0, MODELS);
  tcase_add_test(real, a_llama_is_its_onnx_file);
  tcase_add_test(real, a_llama_predicts_what_is_recorded);
  tcase_add_test(real, a_short_llama_is_its_circuit);
  suite_add_tcase(s, files);
  suite_add_tcase(s, circuits);
  suite_add_tcase(s, real);
  return suite_run(s);
}
