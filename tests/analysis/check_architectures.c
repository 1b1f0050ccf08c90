/* Architectures of config.json: circuits against programs, counts against
   circuits, proofs against both. */
#include "analysis/source.h"
#include "circuit/measure.h"
#include "compile/program/certify.h"
#include "compile/program/count.h"
#include "tests/analysis/measures.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Sources from a text ---- */

struct opened {
  struct source s;
  char path[32];
};

static bool try_config(struct opened *m, const char *json, const char *n,
                       const char *bits, struct error *err) {
  static const struct source_options options = {.seed = 1};
  const char *word[] = {m->path, n, bits, "targets=3"};
  size_t words = strstr(json, "\"t5\"") ? 4 : 3;
  strcpy(m->path, "./architecture-XXXXXX");
  int fd = mkstemp(m->path);
  ck_assert_int_ge(fd, 0);
  ck_assert(write(fd, json, strlen(json)) == (ssize_t)strlen(json));
  close(fd);
  source_init(&m->s);
  bool ok = source_open(&m->s, word, words, &options, err);
  unlink(m->path);
  return ok;
}

static void open_config(struct opened *m, const char *json, long n, long bits) {
  char of_n[32], of_bits[32];
  struct error err = {0};
  snprintf(of_n, sizeof of_n, "n=%ld", n);
  snprintf(of_bits, sizeof of_bits, "bits=%ld", bits);
  ck_assert_msg(try_config(m, json, of_n, of_bits, &err), "%s: %s", json,
                err.message);
}

/* ---- What is made ---- */

static void check_outputs(struct opened *m, const char *json) {
  measures_check_outputs(&m->s, json, is_short_run() ? 100 : 1000);
}

static void check_count(struct opened *m, const char *json) {
  struct measure made;
  measure_init(&made);
  measures_check_count(&m->s, json, &made);
  ck_assert_msg(made.outputs, "%s: no outputs", json);
  struct measures_proof p = measures_check_proof(&m->s, json, &made);
  ck_assert_msg(p.is_constant, "%s: depth is not constant", json);
  ck_assert_msg(p.has_gates, "%s: no bound on gates", json);
  measure_clear(&made);
}

/* ---- Files drawn at random ---- */

static uint64_t state;

static long draw(long from, long to) {
  state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
  return from + (long)((state >> 33) % (uint64_t)(to - from + 1));
}

static const char *const truths[] = {"false", "true"};

static void draw_gpt2(char *json, size_t n) {
  long heads = draw(1, 2);
  snprintf(json, n,
           "{\"model_type\": \"gpt2\", \"n_layer\": %ld, \"n_embd\": %ld, "
           "\"n_head\": %ld, \"n_inner\": %ld, \"n_positions\": 9, "
           "\"vocab_size\": %ld, \"activation_function\": \"%s\"}",
           draw(1, 5), heads * 2 * draw(1, 2), heads, draw(1, 5), draw(2, 9),
           draw(0, 1) ? "relu" : "gelu_new");
}

static void draw_bert(char *json, size_t n) {
  long heads = draw(1, 2);
  snprintf(json, n,
           "{\"model_type\": \"bert\", \"num_hidden_layers\": %ld, "
           "\"hidden_size\": %ld, \"num_attention_heads\": %ld, "
           "\"intermediate_size\": %ld, \"max_position_embeddings\": 9, "
           "\"type_vocab_size\": %ld, \"vocab_size\": %ld}",
           draw(1, 5), heads * 2 * draw(1, 2), heads, draw(1, 5), draw(1, 4),
           draw(2, 9));
}

/* What files of llama and its relatives begin with. */
static size_t draw_llama_keys(char *json, size_t n, const char *type) {
  long kv = draw(1, 2);
  return (size_t)snprintf(
      json, n,
      "{\"model_type\": \"%s\", \"num_hidden_layers\": %ld, "
      "\"hidden_size\": %ld, \"num_attention_heads\": %ld, "
      "\"num_key_value_heads\": %ld, \"head_dim\": %ld, "
      "\"intermediate_size\": %ld, \"vocab_size\": %ld",
      type, draw(1, 4), draw(1, 5), kv * draw(1, 2), kv, 2 * draw(1, 2),
      draw(1, 5), draw(2, 7));
}

static void draw_llama(char *json, size_t n) {
  size_t at = draw_llama_keys(json, n, "llama");
  snprintf(json + at, n - at, ", \"attention_bias\": %s, \"mlp_bias\": %s}",
           truths[draw(0, 1)], truths[draw(0, 1)]);
}

static void draw_mistral(char *json, size_t n) {
  size_t at = draw_llama_keys(json, n, "mistral");
  snprintf(json + at, n - at, ", \"sliding_window\": 6}");
}

static void draw_qwen2(char *json, size_t n) {
  size_t at = draw_llama_keys(json, n, "qwen2");
  snprintf(json + at, n - at, "}");
}

static void draw_mixtral(char *json, size_t n) {
  long experts = draw(2, 3);
  size_t at = draw_llama_keys(json, n, "mixtral");
  snprintf(json + at, n - at,
           ", \"num_local_experts\": %ld, \"num_experts_per_tok\": %ld}",
           experts, draw(1, experts - 1));
}

/* Of groups of 1 or 2. */
static void draw_groups(char *json, size_t n) {
  long groups = draw(2, 3), each = draw(1, 2), some = draw(1, groups);
  long most = some * each, all = groups * each;
  snprintf(json, n,
           "\"topk_method\": \"group_limited_greedy\", \"n_group\": %ld, "
           "\"topk_group\": %ld, \"n_routed_experts\": %ld, "
           "\"num_experts_per_tok\": %ld, ",
           groups, some, all, draw(1, most < all ? most : all - 1));
}

static void draw_deepseek_v2(char *json, size_t n) {
  long experts = draw(2, 3), layers = draw(1, 3), dense = draw(0, layers);
  char chosen[200];
  if (draw(0, 1))
    draw_groups(chosen, sizeof chosen);
  else
    snprintf(chosen, sizeof chosen,
             "\"n_routed_experts\": %ld, \"num_experts_per_tok\": %ld, ",
             experts, draw(1, experts - 1));
  snprintf(json, n,
           "{\"model_type\": \"deepseek_v2\", \"num_hidden_layers\": %ld, "
           "\"first_k_dense_replace\": %ld, \"hidden_size\": %ld, "
           "\"num_attention_heads\": %ld, \"q_lora_rank\": %s, "
           "\"kv_lora_rank\": %ld, \"qk_nope_head_dim\": %ld, "
           "\"qk_rope_head_dim\": %ld, \"v_head_dim\": %ld, "
           "\"intermediate_size\": %ld, \"moe_intermediate_size\": %ld, "
           "%s\"n_shared_experts\": %ld, \"norm_topk_prob\": %s, "
           "\"vocab_size\": %ld}",
           layers, dense, draw(1, 5), draw(1, 2), draw(0, 1) ? "null" : "3",
           draw(1, 4), 2 * draw(1, 2), 2 * draw(1, 2), 2 * draw(1, 2),
           draw(1, 4), draw(1, 4), chosen, draw(0, 2), truths[draw(0, 1)],
           draw(2, 7));
}

static void draw_t5(char *json, size_t n) {
  static const char *const forward[] = {"relu", "gated-gelu"};
  snprintf(json, n,
           "{\"model_type\": \"t5\", \"num_layers\": %ld, "
           "\"num_decoder_layers\": %ld, \"d_model\": %ld, \"d_kv\": %ld, "
           "\"num_heads\": %ld, \"d_ff\": %ld, \"vocab_size\": %ld, "
           "\"feed_forward_proj\": \"%s\"}",
           draw(1, 2), draw(1, 3), draw(1, 4), 2 * draw(1, 2), draw(1, 2),
           draw(1, 3), draw(2, 5), forward[draw(0, 1)]);
}

static void draw_mamba(char *json, size_t n) {
  snprintf(json, n,
           "{\"model_type\": \"mamba\", \"num_hidden_layers\": %ld, "
           "\"hidden_size\": %ld, \"expand\": %ld, \"state_size\": %ld, "
           "\"conv_kernel\": %ld, \"time_step_rank\": %ld, "
           "\"use_bias\": %s, \"use_conv_bias\": %s, \"vocab_size\": %ld}",
           draw(1, 9), draw(1, 3), draw(1, 2), draw(1, 2), draw(1, 4),
           draw(1, 3), truths[draw(0, 1)], truths[draw(0, 1)], draw(2, 7));
}

static void draw_dit(char *json, size_t n) {
  snprintf(json, n,
           "{\"_class_name\": \"DiTTransformer2DModel\", \"num_layers\": "
           "%ld, \"num_attention_heads\": 1, \"attention_head_dim\": 2, "
           "\"in_channels\": %ld, \"out_channels\": %ld, \"patch_size\": 1, "
           "\"sample_size\": 2, \"num_embeds_ada_norm\": %ld, "
           "\"attention_bias\": %s}",
           draw(1, 2), draw(1, 3), draw(1, 3), draw(1, 4), truths[draw(0, 1)]);
}

static void (*const drawers[])(char *json, size_t n) = {
    draw_gpt2,    draw_llama,       draw_mistral, draw_qwen2, draw_bert,
    draw_mixtral, draw_deepseek_v2, draw_t5,      draw_mamba, draw_dit};

#define DRAWERS (sizeof drawers / sizeof *drawers)

START_TEST(counts_and_proofs_are_those_of_circuits) {
  char json[1000];
  struct opened m;
  state = (uint64_t)_i;
  drawers[(size_t)_i % DRAWERS](json, sizeof json);
  open_config(&m, json, draw(1, 5), 3);
  check_count(&m, json);
  source_clear(&m.s);
}
END_TEST

START_TEST(circuits_equal_programs) {
  char json[1000];
  struct opened m;
  state = 1000 + (uint64_t)_i;
  drawers[(size_t)_i % DRAWERS](json, sizeof json);
  open_config(&m, json, draw(1, 2), 3);
  check_outputs(&m, json);
  source_clear(&m.s);
}
END_TEST

/* ---- Those that are too large to be made ---- */

static const struct {
  const char *file, *n;
  size_t depth;       // inner
  const char *proved; // of tokens a first block rounds some things for nothing
} published[] = {
    {"gpt2", "n=1024", 86, "87"},
    {"bert-base", "n=512", 88, "88"},
    {"smollm2-135m", "n=1024", 242, "243"},
    {"llama-3.2-1b", "n=1024", 130, "131"},
    {"mistral-7b", "n=1024", 258, "259"},
    {"mixtral-8x7b", "n=1024", 386, "387"},
    {"qwen2.5-1.5b", "n=1024", 226, "227"},
    {"deepseek-v2-lite", "n=1024", 376, "377"},
    {"t5-small", "n=1024", 112, "113"},
    {"dit-xl-2", "n=1024", 426, "426"},
    {"mamba-130m", "n=3", 316, "339"},
};

START_TEST(published_ones_are_counted) {
  if (is_left_out(_i))
    return;
  static const struct source_options options = {.seed = 1};
  char path[400];
  const char *word[] = {path, published[_i].n};
  struct source s;
  struct count count;
  struct certificate k;
  struct error err = {0};
  snprintf(path, sizeof path, "%s/%s.json", CONFIGS, published[_i].file);
  source_init(&s);
  ck_assert_msg(source_open(&s, word, 2, &options, &err), "%s: %s", path,
                err.message);
  ck_assert_msg(program_count(&count, s.instance.program, s.instance.parameter,
                              NULL, &err),
                "%s: %s", path, err.message);
  ck_assert_uint_eq(count.m.depth_inner, published[_i].depth);
  ck_assert_msg(program_certify(&k, s.instance.program, NULL, &err), "%s: %s",
                path, err.message);
  ck_assert(k.is_constant && k.gates);
  ck_assert_str_eq(k.depth, published[_i].proved);
  certificate_clear(&k);
  count_clear(&count);
  source_clear(&s);
}
END_TEST

/* ---- What is refused ---- */

static const struct {
  const char *json, *n, *bits, *message;
} wrong[] = {
    {"{\"model_type\": \"gpt2\"}", "n=2000", "bits=8",
     "n=2000: must be at most 1024, as many places as there are rows of"},
    {"{\"model_type\": \"mistral\"}", "n=5000", "bits=8",
     "n=5000: must be at most 4096, which its window of attention has"},
    {"{\"model_type\": \"llama\", \"head_dim\": 3}", "n=2", "bits=8",
     "head_dim=3: heads of an odd width are not supported"},
    {"{\"model_type\": \"mixtral\", \"num_experts_per_tok\": 8}", "n=2",
     "bits=8", "all of 8 experts are taken: there is only a program of fewer"},
    {"{\"model_type\": \"llama\"}", "m=2", "bits=8",
     "'config.json' has no parameter 'm=2'; it has n=, targets=, bits="},
    {"{\"model_type\": \"llama\"}", "targets=2", "bits=8",
     "targets=: only an encoder-decoder has them, as t5"},
    {"{\"model_type\": \"mamba\"}", "n=2", "bits=13",
     "bits=13: must be at most 12 of state spaces"},
    {"{\"model_type\": \"mamba\"}", "n=1025", "bits=8",
     "n=1025: must be at most 1024, as positions are counted one by one"},
    {"{\"model_type\": \"llama\"}", "n=0", "bits=8",
     "'n=0': n must be a whole number from 1 to 100000000"},
    {"{\"model_type\": \"llama\"}", "n=2", "bits=2",
     "'bits=2': bits must be a whole number from 3 to 16"},
    {"{\"model_type\": \"llama\"", "n=2", "bits=8",
     "no JSON: '}' expected near end of file"},
};

START_TEST(what_is_refused_says_why) {
  struct opened m;
  struct error err = {0};
  ck_assert(!try_config(&m, wrong[_i].json, wrong[_i].n, wrong[_i].bits, &err));
  ck_assert_msg(
      !strncmp(err.message, wrong[_i].message, strlen(wrong[_i].message)), "%s",
      err.message);
  source_clear(&m.s);
}
END_TEST

int main(void) {
  Suite *suite = suite_create("architectures");
  TCase *t = tcase_create("architectures");
  tcase_set_timeout(t, 600);
  tcase_add_loop_test(t, counts_and_proofs_are_those_of_circuits, 0,
                      (is_whole_run() ? 40 : 3) * (int)DRAWERS);
  tcase_add_loop_test(t, circuits_equal_programs, 0,
                      (is_whole_run() ? 6 : 1) * (int)DRAWERS);
  tcase_add_loop_test(t, published_ones_are_counted, 0,
                      sizeof published / sizeof *published);
  tcase_add_loop_test(t, what_is_refused_says_why, 0,
                      sizeof wrong / sizeof *wrong);
  suite_add_tcase(suite, t);
  return suite_run(suite);
}
