/* config.h: what Hugging Face's files say, and what is refused */
#include "compile/front/config.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

static bool read_text(struct architecture *a, const char *text,
                      struct error *err) {
  struct json *root;
  memset(err, 0, sizeof *err);
  bool ok =
      json_read_bytes(&root, (const uint8_t *)text, strlen(text), 1 << 20, err);
  ck_assert_msg(ok, "%s: %s", text, err->message);
  ok = config_read(a, root, err);
  json_free(root);
  return ok;
}

/* In digits; the caller frees it. */
static char *count(const struct architecture *a) {
  mpz_t part[PARTS], sum;
  mpz_init(sum);
  for (int i = 0; i < PARTS; i++)
    mpz_init(part[i]);
  architecture_parameters(a, part);
  for (int i = 0; i < PARTS; i++)
    mpz_add(sum, sum, part[i]);
  char *text = mpz_get_str(NULL, 10, sum);
  for (int i = 0; i < PARTS; i++)
    mpz_clear(part[i]);
  mpz_clear(sum);
  return text;
}

static void expect_count(const char *path, const char *parameters) {
  struct architecture a;
  struct error err = {0};
  ck_assert_msg(config_read_file(&a, path, &err), "%s: %s", path, err.message);
  char *text = count(&a);
  ck_assert_msg(!strcmp(text, parameters), "%s: %s", path, text);
  free(text);
}

/* What their makers publish. */
static const struct {
  const char *file, *parameters;
} published[] = {
    {"gpt2", "124439808"},           {"bert-base", "109482240"},
    {"t5-small", "60506624"},        {"smollm2-135m", "134515008"},
    {"llama-3.2-1b", "1235814400"},  {"mistral-7b", "7241732096"},
    {"mixtral-8x7b", "46702792704"}, {"qwen2.5-1.5b", "1543714304"},
    {"mamba-130m", "129135360"},     {"deepseek-v2-lite", "15706484224"},
    {"deepseek-v2", "235741434880"},
};

START_TEST(parameters_are_as_many_as_published) {
  char path[400];
  snprintf(path, sizeof path, "%s/%s.json", CONFIGS, published[_i].file);
  expect_count(path, published[_i].parameters);
}
END_TEST

static const struct {
  const char *file, *parameters;
} whole[] = {
    {"gpt2", "124439808"},
    {"bert-base-uncased", "109482240"},
    {"Llama-3.2-1B", "1235814400"},
    {"mamba-130m-hf", "129135360"},
};

START_TEST(files_of_their_makers_are_read_whole) {
  const char *data = getenv("TEST_DATA");
  char path[400];
  snprintf(path, sizeof path, "%s/configs/%s.json", data ? data : "",
           whole[_i].file);
  if (access(path, R_OK))
    printf("skipped: no %s\n", path);
  else
    expect_count(path, whole[_i].parameters);
}
END_TEST

/* What a file leaves out, and what it says by null. */
static const struct {
  const char *text, *parameters;
} standard[] = {
    {"{\"model_type\": \"gpt2\"}", "124439808"},
    {"{\"model_type\": \"gpt2\", \"n_layer\": null, \"n_inner\": 3072}",
     "124439808"},
    {"{\"model_type\": \"gpt2\", \"hidden_size\": 768}", "124439808"},
    {"{\"model_type\": \"gpt2\", \"tie_word_embeddings\": false}", "163037184"},
    {"{\"model_type\": \"bert\"}", "109482240"},
    {"{\"model_type\": \"t5\"}", "60506624"},
    {"{\"model_type\": \"mistral\"}", "7241732096"},
    {"{\"model_type\": \"mixtral\"}", "46702792704"},
    {"{\"model_type\": \"llama\"}", "6738415616"},
    {"{\"model_type\": \"mamba\", \"num_hidden_layers\": 24, "
     "\"time_step_rank\": \"auto\"}",
     "129135360"},
    {"{\"model_type\": \"llama\", \"rope_parameters\": {\"rope_type\": "
     "\"default\", \"rope_theta\": 1e4}, \"num_hidden_layers\": 2, "
     "\"layer_types\": [\"full_attention\", \"full_attention\"]}",
     "666914816"},
    {"{\"model_type\": \"llama\", \"is_llama_config\": true, "
     "\"rope_interleaved\": false, \"transformers.js_config\": {\"a\": 1}, "
     "\"hidden_act\": \"silu\", \"bos_token_id\": 1, \"rope_scaling\": null}",
     "6738415616"},
    {"{\"model_type\": \"qwen2\", \"use_mrope\": false, \"hidden_size\": 1536, "
     "\"num_hidden_layers\": 28, \"num_attention_heads\": 12, "
     "\"num_key_value_heads\": 2, \"intermediate_size\": 8960, "
     "\"max_window_layers\": 28, \"tie_word_embeddings\": true}",
     "1543714304"},
    {"{\"model_type\": \"wrapped\", \"text_config\": {\"model_type\": "
     "\"gpt2\"}, \"torch_dtype\": \"float16\"}",
     "124439808"},
    {"{\"_class_name\": \"Transformer2DModel\", \"sample_size\": 32, "
     "\"num_layers\": 28, \"attention_head_dim\": 72, \"in_channels\": 4, "
     "\"attention_bias\": true, \"patch_size\": 2, \"norm_type\": "
     "\"ada_norm_zero\", \"norm_elementwise_affine\": false, "
     "\"num_embeds_ada_norm\": 1000, \"activation_fn\": "
     "\"gelu-approximate\", \"cross_attention_dim\": null}",
     "749808016"},
    /* None is as many heads of keys as of queries, not mistral's 8: 32 layers
       have 2 matrices of 24 * 128 more rows of 4096. */
    {"{\"model_type\": \"mistral\", \"num_key_value_heads\": null}",
     "8047038464"},
    {"{\"model_type\": \"gpt2\", \"tie_word_embeddings\": null}", "163037184"},
    /* Queries of a rank of 1536, or of none; experts that all take, or none: 2
       of 3 matrices of 1407 * 4096 in 32 layers. */
    {"{\"model_type\": \"deepseek_v2\", \"num_experts_per_tok\": 6}",
     "38035591168"},
    {"{\"model_type\": \"deepseek_v2\", \"num_experts_per_tok\": 6, "
     "\"q_lora_rank\": null, \"rope_interleave\": true}",
     "38337531904"},
    {"{\"model_type\": \"deepseek_v2\", \"num_experts_per_tok\": 6, "
     "\"q_lora_rank\": null, \"n_shared_experts\": null}",
     "37231022080"},
    {"{\"model_type\": \"t5\", \"feed_forward_proj\": \"gated-gelu\", "
     "\"dense_act_fn\": \"gelu_new\", \"is_gated_act\": true, "
     "\"scale_decoder_outputs\": false, \"tie_encoder_decoder\": false, "
     "\"d_ff\": 1024, \"num_layers\": 8, \"num_heads\": 6}",
     "60511616"},
    /* As of 2019 and of 2020, with all that is not left out. */
    {"{\"model_type\": \"bert\", \"architectures\": [\"BertModel\", "
     "\"BertForPreTraining\"], \"finetuning_task\": \"mrpc\", "
     "\"is_decoder\": false, \"pruned_heads\": {}, \"torchscript\": false, "
     "\"use_bfloat16\": false, \"vocab_size\": 28996, \"pooler_fc_size\": 768}",
     "108310272"},
    {"{\"model_type\": \"gpt2\", \"n_special\": 0, "
     "\"predict_special_tokens\": true, \"output_past\": true, "
     "\"n_layer\": 24, \"n_embd\": 1024, \"n_head\": 16}",
     "354823168"},
    {"{\"model_type\": \"llama\", \"add_cross_attention\": false, "
     "\"is_encoder_decoder\": false, \"is_decoder\": false, "
     "\"cross_attention_hidden_size\": null, \"do_sample\": false, "
     "\"encoder_no_repeat_ngram_size\": 0, \"begin_suppress_tokens\": null, "
     "\"suppress_tokens\": [1], \"temperature\": 1.0, \"top_k\": 50, "
     "\"tie_encoder_decoder\": false, \"tokenizer_class\": null, "
     "\"tf_legacy_loss\": false, \"typical_p\": 1.0}",
     "6738415616"},
};

START_TEST(what_is_missing_or_null_is_as_in_transformers) {
  struct architecture a;
  struct error err;
  bool ok = read_text(&a, standard[_i].text, &err);
  ck_assert_msg(ok, "%s: %s", standard[_i].text, err.message);
  char *text = count(&a);
  ck_assert_msg(!strcmp(text, standard[_i].parameters), "%s: %s",
                standard[_i].text, text);
  free(text);
}
END_TEST

/* Mistral's window where the key is missing, none where it is null. */
START_TEST(a_window_that_is_null_is_none) {
  struct architecture a;
  struct error err;
  ck_assert(read_text(&a, "{\"model_type\": \"mistral\"}", &err));
  ck_assert_int_eq(architecture_most_positions(&a), 4096);
  ck_assert(read_text(
      &a, "{\"model_type\": \"mistral\", \"sliding_window\": null}", &err));
  ck_assert_int_eq(architecture_most_positions(&a), 0);
}
END_TEST

static const struct {
  const char *text, *message;
} wrong[] = {
    {"[]", "it has no model_type, nor a _class_name; known are gpt2, bert, "},
    {"{}", "it has no model_type"},
    {"{\"model_type\": 3}", "it has no model_type"},
    {"{\"model_type\": \"rwkv\"}", "model_type 'rwkv' is not known; known are "
                                   "gpt2, bert, t5, llama, mistral, mixtral, "
                                   "qwen2, mamba, deepseek_v2, "},
    {"{\"model_type\": \"gpt2\", \"n_heads\": 12}",
     "'n_heads' is no key that is known of model_type gpt2, and may change"},
    {"{\"model_type\": \"gpt2\", \"a\\nb\": 1}",
     "'a?b' is no key that is known of model_type gpt2"},
    {"{\"model_type\": \"gpt2\", \"n_head\": 7}",
     "n_head=7: must divide n_embd=768"},
    {"{\"model_type\": \"gpt2\", \"num_attention_heads\": 7}",
     "num_attention_heads=7: must divide n_embd=768"},
    {"{\"model_type\": \"gpt2\", \"n_embd\": 768, \"hidden_size\": 769}",
     "n_embd and hidden_size are the same, but differ"},
    {"{\"model_type\": \"gpt2\", \"n_embd\": 0}",
     "n_embd=0: must be from 1 to 1000000"},
    {"{\"model_type\": \"gpt2\", \"n_embd\": 768.0}",
     "n_embd: must be an integer, but is a real number"},
    {"{\"model_type\": \"gpt2\", \"n_layer\": 9000000000000000000}",
     "n_layer=9000000000000000000: must be from 1 to 1000"},
    {"{\"model_type\": \"gpt2\", \"tie_word_embeddings\": 1}",
     "tie_word_embeddings: must be true or false, but is an integer"},
    {"{\"model_type\": \"gpt2\", \"activation_function\": \"mish\"}",
     "activation_function: 'mish' is not supported; it may be gelu, gelu_new"},
    {"{\"model_type\": \"gpt2\", \"activation_function\": false}",
     "activation_function: must be text, but is a boolean"},
    {"{\"model_type\": \"gpt2\", \"add_cross_attention\": true}",
     "add_cross_attention=true: only false is supported"},
    {"{\"model_type\": \"gpt2\", \"scale_attn_weights\": false}",
     "scale_attn_weights=false: only true is supported"},
    {"{\"model_type\": \"llama\", \"quantization_config\": {}}",
     "quantization_config: quantised weights are not supported"},
    {"{\"model_type\": \"llama\", \"num_key_value_heads\": 5}",
     "num_key_value_heads=5: must divide num_attention_heads=32"},
    {"{\"model_type\": \"llama\", \"rope_scaling\": {\"turns\": 1}}",
     "rope_scaling: 'turns' in it is not supported"},
    {"{\"model_type\": \"llama\", \"rope_scaling\": 2}",
     "rope_scaling: must be an object, but is an integer"},
    {"{\"model_type\": \"llama\", \"layer_types\": [\"linear_attention\"]}",
     "layer_types: 'linear_attention' is not supported"},
    {"{\"model_type\": \"llama\", \"layer_types\": {\"a\": 1}}",
     "layer_types: '?' is not supported"},
    {"{\"model_type\": \"llama\", \"layer_types\": [\"full_attention\"]}",
     "layer_types has 1 entries, not 32"},
    {"{\"model_type\": \"llama\", \"num_hidden_layers\": 1, \"layer_types\": "
     "[\"sliding_attention\"]}",
     "layer_types: sliding_attention, but llama has no window"},
    {"{\"model_type\": \"mistral\", \"num_hidden_layers\": 2, "
     "\"layer_types\": [\"full_attention\", \"sliding_attention\"]}",
     "layer_types: full_attention, but all layers of mistral have the window, "
     "sliding_window=4096"},
    {"{\"model_type\": \"qwen2\", \"num_hidden_layers\": 1, "
     "\"use_sliding_window\": false, \"layer_types\": "
     "[\"sliding_attention\"]}",
     "layer_types: sliding_attention, but qwen2 has no window: "
     "use_sliding_window is false"},
    {"{\"model_type\": \"llama\", \"is_encoder_decoder\": true}",
     "is_encoder_decoder=true: only false is supported"},
    {"{\"model_type\": \"llama\", \"architectures\": "
     "[\"LlamaForSequenceClassification\"]}",
     "architectures: 'LlamaForSequenceClassification' does not end with the "
     "vocabulary"},
    {"{\"model_type\": \"llama\", \"architectures\": [\"LlamaModel\"]}",
     "architectures: 'LlamaModel' does not end with the vocabulary"},
    {"{\"model_type\": \"bert\", \"architectures\": [\"BertForMaskedLM\", 3]}",
     "architectures: '' does not end with the vocabulary"},
    {"{\"model_type\": \"bert\", \"pruned_heads\": {\"1\": [0]}}",
     "'pruned_heads' is no key that is known of model_type bert"},
    {"{\"model_type\": \"t5\", \"dense_act_fn\": \"gelu\"}",
     "dense_act_fn: 'gelu' is not that of feed_forward_proj, which is relu"},
    {"{\"model_type\": \"t5\", \"feed_forward_proj\": \"gated-gelu\", "
     "\"dense_act_fn\": \"gelu\"}",
     "dense_act_fn: 'gelu' is not that of feed_forward_proj, which is "
     "gelu_new"},
    {"{\"model_type\": \"t5\", \"feed_forward_proj\": \"gated-silu\", "
     "\"dense_act_fn\": \"silu\", \"is_gated_act\": false}",
     "is_gated_act=false: feed_forward_proj says that it is"},
    {"{\"model_type\": \"deepseek_v2\", \"num_experts_per_tok\": 6, "
     "\"rope_interleave\": false}",
     "rope_interleave=false: only true is supported"},
    {"{\"model_type\": \"mixtral\", \"num_experts_per_tok\": 9}",
     "num_experts_per_tok=9: must be at most num_local_experts=8"},
    {"{\"model_type\": \"mamba\", \"intermediate_size\": 1000}",
     "intermediate_size=1000: must be expand * hidden_size = 1536"},
    {"{\"model_type\": \"mamba\", \"time_step_rank\": \"all\"}",
     "time_step_rank: 'all' is not supported; it may be auto"},
    {"{\"model_type\": \"deepseek_v2\"}", "num_experts_per_tok is missing"},
    {"{\"model_type\": \"deepseek_v2\", \"num_experts_per_tok\": 6, "
     "\"topk_method\": \"noaux_tc\"}",
     "topk_method: 'noaux_tc' is not supported; it may be greedy, group_"},
    {"{\"model_type\": \"deepseek_v2\", \"num_experts_per_tok\": 6, "
     "\"topk_method\": \"group_limited_greedy\"}",
     "n_group is missing"},
    {"{\"model_type\": \"deepseek_v2\", \"num_experts_per_tok\": 6, "
     "\"topk_method\": \"group_limited_greedy\", \"n_group\": 8}",
     "topk_group is missing"},
    {"{\"model_type\": \"deepseek_v2\", \"num_experts_per_tok\": 6, "
     "\"topk_method\": \"group_limited_greedy\", \"n_group\": 3, "
     "\"topk_group\": 1}",
     "n_group=3: must divide n_routed_experts=64"},
    {"{\"model_type\": \"deepseek_v2\", \"num_experts_per_tok\": 6, "
     "\"topk_method\": \"group_limited_greedy\", \"n_group\": 2, "
     "\"topk_group\": 3}",
     "topk_group=3: must be at most n_group=2"},
    {"{\"model_type\": \"deepseek_v2\", \"num_experts_per_tok\": 6, "
     "\"topk_method\": \"group_limited_greedy\", \"n_group\": 32, "
     "\"topk_group\": 2}",
     "num_experts_per_tok=6: must be at most 4, those of topk_group=2"},
    {"{\"model_type\": \"deepseek_v2\", \"num_experts_per_tok\": 6, "
     "\"num_key_value_heads\": 8}",
     "num_key_value_heads=8: must be num_attention_heads=32, or null"},
    {"{\"model_type\": \"llava\", \"vision_config\": {}, \"text_config\": "
     "{\"model_type\": \"llama\"}}",
     "vision_config: only text is supported"},
    {"{\"_class_name\": \"Transformer2DModel\", \"sample_size\": 32, "
     "\"num_layers\": 28, \"attention_head_dim\": 72, \"in_channels\": 4, "
     "\"attention_bias\": true, \"patch_size\": 2, \"norm_type\": "
     "\"ada_norm_zero\", \"norm_elementwise_affine\": false, "
     "\"num_embeds_ada_norm\": 1000, \"activation_fn\": null}",
     "activation_fn is missing: a Transformer2DModel is read where it says "},
    {"{\"_class_name\": \"Transformer2DModel\", \"activation_fn\": "
     "\"gelu\"}",
     "attention_bias is missing: a Transformer2DModel is read where it says "},
    {"{\"_class_name\": \"DiTTransformer2DModel\", \"patch_size\": 3}",
     "patch_size=3: must divide sample_size=32"},
    {"{\"_class_name\": \"DiTTransformer2DModel\", \"norm_type\": "
     "\"layer_norm\"}",
     "norm_type: 'layer_norm' is not supported; it may be ada_norm_zero"},
};

START_TEST(what_is_wrong_names_key_value_and_what_may_be) {
  struct architecture a;
  struct error err;
  ck_assert_msg(!read_text(&a, wrong[_i].text, &err), "%s", wrong[_i].text);
  ck_assert_msg(
      !strncmp(err.message, wrong[_i].message, strlen(wrong[_i].message)), "%s",
      err.message);
}
END_TEST

/* The greatest values that are allowed, times each other. */
START_TEST(parameters_of_the_greatest_lengths_do_not_overflow) {
  struct architecture a;
  struct error err;
  ck_assert(
      read_text(&a,
                "{\"model_type\": \"mixtral\", \"hidden_size\": 1000000, "
                "\"num_hidden_layers\": 1000, \"intermediate_size\": 10000000, "
                "\"num_local_experts\": 1024, \"num_attention_heads\": 1, "
                "\"num_key_value_heads\": 1, \"vocab_size\": 1000000}",
                &err));
  char *text = count(&a);
  /* 1000 (1024 3 10^13 + 4 10^12 + 1024 10^6 + 2 10^6) + 2 10^12 + 10^6 */
  ck_assert_str_eq(text, "30724003026001000000");
  free(text);
}
END_TEST

int main(void) {
  Suite *s = suite_create("config");
  TCase *t = tcase_create("config");
  tcase_add_loop_test(t, parameters_are_as_many_as_published, 0,
                      sizeof published / sizeof *published);
  tcase_add_loop_test(t, files_of_their_makers_are_read_whole, 0,
                      sizeof whole / sizeof *whole);
  tcase_add_loop_test(t, what_is_missing_or_null_is_as_in_transformers, 0,
                      sizeof standard / sizeof *standard);
  tcase_add_test(t, a_window_that_is_null_is_none);
  tcase_add_loop_test(t, what_is_wrong_names_key_value_and_what_may_be, 0,
                      sizeof wrong / sizeof *wrong);
  tcase_add_test(t, parameters_of_the_greatest_lengths_do_not_overflow);
  suite_add_tcase(s, t);
  return suite_run(s);
}
