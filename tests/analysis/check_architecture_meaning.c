/* Architectures against what their descriptions say (sketch.h). Where the
   sketch is too near to where a rounding turns, the input is left out. */
#include "analysis/source.h"
#include "compile/program/run.h"
#include "tests/analysis/sketch.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <flint/fmpz_vec.h>

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
    {.json = "{\"model_type\": \"deepseek_v2\", \"num_hidden_layers\": 1, "
             "\"hidden_size\": 3, \"num_attention_heads\": 1, "
             "\"q_lora_rank\": null, \"kv_lora_rank\": 2, "
             "\"qk_nope_head_dim\": 2, \"qk_rope_head_dim\": 2, "
             "\"v_head_dim\": 2, \"intermediate_size\": 4, "
             "\"moe_intermediate_size\": 3, \"n_routed_experts\": 6, "
             "\"num_experts_per_tok\": 2, \"n_shared_experts\": 0, "
             "\"topk_method\": \"group_limited_greedy\", \"n_group\": 2, "
             "\"topk_group\": 1, \"vocab_size\": 9}",
     .n = 2, .p = 8, .d = 3, .heads = 1, .kv = 1, .dh = 2, .ff = 4, .vocab = 9,
     .layers = 1, .activation = 2, .is_gated = true, .experts = 6, .top = 2,
     .groups = 2, .top_groups = 1, .eff = 3, .rank = 2, .plain = 2,
     .turned = 2},
    {.json = "{\"model_type\": \"deepseek_v2\", \"num_hidden_layers\": 1, "
             "\"hidden_size\": 4, \"num_attention_heads\": 1, "
             "\"q_lora_rank\": null, \"kv_lora_rank\": 2, "
             "\"qk_nope_head_dim\": 2, \"qk_rope_head_dim\": 2, "
             "\"v_head_dim\": 2, \"intermediate_size\": 4, "
             "\"moe_intermediate_size\": 2, \"n_routed_experts\": 6, "
             "\"num_experts_per_tok\": 3, \"n_shared_experts\": 1, "
             "\"topk_method\": \"group_limited_greedy\", \"n_group\": 3, "
             "\"topk_group\": 2, \"vocab_size\": 7}",
     .n = 3, .p = 7, .d = 4, .heads = 1, .kv = 1, .dh = 2, .ff = 4, .vocab = 7,
     .layers = 1, .activation = 2, .is_gated = true, .experts = 6, .top = 3,
     .groups = 3, .top_groups = 2, .eff = 2, .shared = 2, .rank = 2,
     .plain = 2, .turned = 2},
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
     .is_t5 = true},
    {.json = "{\"model_type\": \"mamba\", \"num_hidden_layers\": 2, "
             "\"hidden_size\": 3, \"expand\": 2, \"state_size\": 2, "
             "\"conv_kernel\": 3, \"time_step_rank\": 3, "
             "\"vocab_size\": 7}",
     .n = 4, .p = 6, .d = 3, .vocab = 7, .layers = 2, .inner = 6, .state = 2,
     .kernel = 3, .step_rank = 3, .has_kernel_bias = true},
    {.json = "{\"model_type\": \"mamba\", \"num_hidden_layers\": 1, "
             "\"hidden_size\": 4, \"expand\": 1, \"state_size\": 3, "
             "\"conv_kernel\": 2, \"time_step_rank\": 2, \"use_bias\": true, "
             "\"use_conv_bias\": false, \"vocab_size\": 9}",
     .n = 5, .p = 7, .d = 4, .vocab = 9, .layers = 1, .inner = 4, .state = 3,
     .kernel = 2, .step_rank = 2, .qkv_bias = true},
    {.json = "{\"_class_name\": \"DiTTransformer2DModel\", \"num_layers\": "
             "2, \"num_attention_heads\": 2, \"attention_head_dim\": 2, "
             "\"in_channels\": 3, \"out_channels\": 2, \"patch_size\": 1, "
             "\"sample_size\": 2, \"num_embeds_ada_norm\": 5}",
     .n = 3, .p = 6, .d = 4, .heads = 2, .kv = 2, .dh = 2, .ff = 16,
     .layers = 2, .has_mean = true, .qkv_bias = true, .channels = 3,
     .outputs = 2, .labels = 5}};
/* clang-format on */

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

/* Below 2^bits. */
static size_t draw_some(long *in, int n, int bits) {
  for (int i = 0; i < n; i++)
    in[i] = (long)(sketch_next() % (UINT64_C(1) << bits));
  return (size_t)n;
}

/* Tokens of as few bits as hold the last, and so types, and a time of 10. */
static size_t draw_inputs(const struct sketch *m, uint64_t seed, long *in) {
  size_t k = 0;
  sketch_state = seed;
  if (!m->channels) {
    k += draw_some(in, m->n, m->vocab > 8 ? 4 : 3);
    k += draw_some(in + k, m->types ? m->n : 0, 2);
    return k + draw_some(in + k, m->m, 3);
  }
  k += draw_some(in, m->n * m->channels, m->p);
  for (size_t i = 0; i < k; i++)
    in[i] -= 1L << (m->p - 1);
  k += draw_some(in + k, 1, 10);
  return k + draw_some(in + k, 1, 3);
}

static void run_sketch(const struct sketch *m, const long *in, long *out) {
  if (m->inner)
    sketch_mamba(m, in, out);
  else if (m->channels)
    sketch_denoiser(m, in, out);
  else
    sketch_run(m, in, out);
}

START_TEST(an_architecture_is_what_its_description_says) {
  const struct sketch *m = &models[_i];
  struct source s;
  struct run run;
  long x[2 * MOST], y[MOST * MOST];
  int left_out = 0, differ = 0, rounds = is_full_run() ? 3000 : 300;
  size_t outputs = (size_t)(m->channels  ? m->n * m->outputs
                            : m->is_t5   ? m->m * m->vocab
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
    run_sketch(m, x, y);
    run_values(&run, in, out);
    left_out += sketch_near;
    for (size_t i = 0; i < outputs && !sketch_near; i++)
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
