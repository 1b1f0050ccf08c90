/* What inspect says beside its table: totals by operator, part or kind, and
   what circuits grow with. */
#include "tests/suite.h"
#include "tests/tools/tool.h"

#include <stdio.h>

#include <check.h>
#include <gmp.h>
#include <jansson.h>

#define ROWS(table) (int)(sizeof(table) / sizeof *(table))
#define CONFIGS SOURCE_TREE "/tests/compile/front/configs/"

static json_t *inspect(const char *source) {
  static char text[1 << 22];
  char line[600];
  json_error_t e;
  snprintf(line, sizeof line, "inspect %s --json", source);
  ck_assert_msg(tool_run(line, text, sizeof text) == 0, "%s", source);
  json_t *j = json_loads(text, 0, &e);
  ck_assert_msg(j, "%s: %s", source, e.text);
  return j;
}

static const char *text_of(const json_t *j, const char *key) {
  const char *text = json_string_value(json_object_get(j, key));
  return text ? text : "null";
}

static json_t *find(const json_t *list, const char *name) {
  for (size_t i = 0; i < json_array_size(list); i++)
    if (!strcmp(text_of(json_array_get(list, i), "name"), name))
      return json_array_get(list, i);
  return NULL;
}

/* ---- Totals ---- */

static const char *const sources[] = {
    "examples/digits-int8/model.onnx",
    "examples/digits-float/model.onnx bits=4",
    "examples/xor/model.onnx",
    "examples/configs/tiny-mixtral.json n=2 bits=3",
    "transformer n=2 d=2 bits=3 layers=2",
    "multiply n=8",
    "examples/adder2.tc",
};

/* The sum over operations that are of this total. */
static void compare_sum(const json_t *j, const json_t *total, const char *key) {
  json_t *all = json_object_get(j, "operations");
  mpz_t sum, one;
  mpz_inits(sum, one, NULL);
  for (size_t i = 0; i < json_array_size(all); i++) {
    const json_t *o = json_array_get(all, i);
    if (strcmp(text_of(o, text_of(j, "totals_by")), text_of(total, "name")))
      continue;
    ck_assert_int_eq(mpz_set_str(one, text_of(o, key), 10), 0);
    mpz_add(sum, sum, one);
  }
  ck_assert_int_eq(mpz_set_str(one, text_of(total, key), 10), 0);
  ck_assert_msg(!mpz_cmp(sum, one), "%s", text_of(total, "name"));
  mpz_clears(sum, one, NULL);
}

START_TEST(totals_are_sums_over_operations) {
  json_t *j = inspect(sources[_i]), *totals = json_object_get(j, "totals");
  double shares = 0;
  ck_assert_uint_gt(json_array_size(totals), 0);
  for (size_t i = 0; i < json_array_size(totals); i++) {
    const json_t *total = json_array_get(totals, i);
    compare_sum(j, total, "gates");
    compare_sum(j, total, "wires");
    ck_assert_int_ge(json_integer_value(json_object_get(total, "number")), 1);
    shares += json_real_value(json_object_get(total, "share_approx"));
  }
  json_t *all = json_object_get(j, "operations");
  for (size_t i = 0; i < json_array_size(all); i++)
    ck_assert_ptr_nonnull(
        find(totals, text_of(json_array_get(all, i), text_of(j, "totals_by"))));
  ck_assert_double_eq_tol(shares, 1, 1e-9);
  json_decref(j);
}
END_TEST

/* As the files have them, and as their reports did before there were totals. */
static const struct {
  const char *source, *by, *name;
  int number;
  const char *gates;
} totals[] = {
    {"examples/digits-int8/model.onnx", "operator", "QLinearMatMul", 3,
     "13770"},
    {"examples/digits-int8/model.onnx", "operator", "QuantizeLinear", 1, "0"},
    {"examples/digits-int8/model.onnx", "operator", "outputs", 1, "70"},
    {"multiply n=8", "kind", "multiply", 1, "64"},
    {"transformer n=2 d=2 ff=2 bits=3 layers=2", "kind", "matmul", 2, "72"},
    {"examples/configs/tiny-mixtral.json n=2 bits=3", "part", "routers", 8,
     NULL},
    {"examples/configs/gpt2.json n=1024 bits=8", "part", "hidden layers", 24,
     "60769173504"},
    {"examples/configs/gpt2.json n=1024 bits=8", "part", "embedding", 1,
     "51462144"},
};

START_TEST(a_total_is_as_the_file_says) {
  json_t *j = inspect(totals[_i].source);
  const json_t *total = find(json_object_get(j, "totals"), totals[_i].name);
  ck_assert_str_eq(text_of(j, "totals_by"), totals[_i].by);
  ck_assert_ptr_nonnull(total);
  ck_assert_int_eq(json_integer_value(json_object_get(total, "number")),
                   totals[_i].number);
  if (totals[_i].gates)
    ck_assert_str_eq(text_of(total, "gates"), totals[_i].gates);
  json_decref(j);
}
END_TEST

/* Rounds that are counted as one are as many as if they were made. */
START_TEST(totals_of_what_is_made_and_counted_are_equal) {
  static const char line[] = "transformer n=2 d=2 ff=2 bits=3 layers=12 "
                             "weights=generic --method %s";
  char text[200];
  json_t *j[2];
  for (int i = 0; i < 2; i++) {
    snprintf(text, sizeof text, line, i ? "counted" : "made");
    j[i] = inspect(text);
  }
  ck_assert_uint_ne(json_array_size(json_object_get(j[0], "operations")),
                    json_array_size(json_object_get(j[1], "operations")));
  ck_assert(json_equal(json_object_get(j[0], "totals"),
                       json_object_get(j[1], "totals")));
  json_decref(j[0]);
  json_decref(j[1]);
}
END_TEST

/* Few wires are stored of sums of tokens, which a circuit takes a minute for.
 */
START_TEST(what_takes_long_to_make_is_counted) {
  FILE *f = fopen("wide.json", "w");
  ck_assert_ptr_nonnull(f);
  fputs("{\"model_type\": \"mamba\", \"hidden_size\": 4, \"state_size\": 2, "
        "\"conv_kernel\": 2, \"num_hidden_layers\": 1}",
        f);
  ck_assert(!fclose(f));
  json_t *j = inspect("wide.json n=2 bits=3");
  ck_assert_str_eq(text_of(j, "method"), "counted");
  json_decref(j);
}
END_TEST

static const struct {
  const char *source, *step, *part;
} parts[] = {
    {CONFIGS "gpt2.json", "layer[1].q", "attention"},
    {CONFIGS "gpt2.json", "layer[1].norm 1", "norms"},
    {CONFIGS "gpt2.json", "layer[0].skip 2", "residual sums"},
    {CONFIGS "gpt2.json", "layer[0].ff.u", "hidden layers"},
    {CONFIGS "gpt2.json", "logits.u", "head"},
    {CONFIGS "bert-base.json", "pooler", "pooler"},
    {CONFIGS "llama-3.2-1b.json", "layer[0].gate", "hidden layers"},
    {CONFIGS "mistral-7b.json", "layer[0].mix", "attention"},
    {CONFIGS "qwen2.5-1.5b.json", "layer[1].k.u", "attention"},
    {CONFIGS "smollm2-135m.json", "token", "embedding"},
    {CONFIGS "mixtral-8x7b.json", "layer[0].expert[1].gate", "experts"},
    {CONFIGS "mixtral-8x7b.json", "layer[0].top", "routers"},
    {CONFIGS "deepseek-v2.json", "layer[0].group best", "routers"},
    {CONFIGS "deepseek-v2.json", "layer[0].group scores", "routers"},
    {CONFIGS "deepseek-v2-lite.json", "layer[0].shared.up", "shared experts"},
    {CONFIGS "mamba-130m.json", "layer[0].gate", "state spaces"},
    {CONFIGS "mamba-130m.json", "layer[0].v", "state spaces"},
    {CONFIGS "t5-small.json", "decoder[0].cross.q", "cross attention"},
    {CONFIGS "t5-small.json", "decoder[0].q", "attention"},
    {CONFIGS "dit-xl-2.json", "layer[0].gate 1", "modulation"},
    {CONFIGS "dit-xl-2.json", "layer[0].condition", "condition"},
    {CONFIGS "dit-xl-2.json", "output", "head"},
};

/* Rows of one file stand together; the first of them takes all. */
static bool is_first_of_file(int i) {
  return !i || strcmp(parts[i].source, parts[i - 1].source);
}

START_TEST(every_step_of_an_architecture_is_part_of_something) {
  char line[300];
  if (!is_first_of_file(_i))
    return;
  snprintf(line, sizeof line, "%s n=2 bits=3 --method counted",
           parts[_i].source);
  json_t *j = inspect(line), *all = json_object_get(j, "operations");
  for (int i = _i; i == _i || (i < ROWS(parts) && !is_first_of_file(i)); i++) {
    const json_t *step = find(all, parts[i].step);
    ck_assert_msg(step, "%s", parts[i].step);
    ck_assert_str_eq(text_of(step, "part"), parts[i].part);
  }
  for (size_t i = 0; i < json_array_size(all); i++) {
    const json_t *o = json_array_get(all, i);
    if (strcmp(text_of(o, "name"), "outputs"))
      ck_assert_msg(strcmp(text_of(o, "part"), text_of(o, "kind")), "%s",
                    text_of(o, "name"));
  }
  json_decref(j);
}
END_TEST

/* ---- Growth ---- */

static const struct {
  const char *source, *parameter;
  int value;
  const char *depth, *gates;
} growth[] = {
    {"multiply n=8", "n", 8, "constant", "n^2"},
    {"rule n=8 steps=3", "n", 8, "constant", "n"},
    {"rule n=8 steps=3", "steps", 3, "steps", "steps"},
    {"lstm n=5", "n", 5, "n", "n"},
    {"divide n=6", "n", 6, "constant", "null"},
    {"transformer n=3 d=4 layers=2 weights=generic", "n", 3, "constant", "n^2"},
    {"transformer n=3 d=4 layers=2 weights=generic", "layers", 2, "layers",
     "layers"},
    {"examples/configs/tiny-mixtral.json n=2 bits=3", "n", 2, "constant",
     "n^2"},
};

START_TEST(growth_names_a_parameter_and_what_is_proved_of_it) {
  json_t *j = inspect(growth[_i].source), *g = json_object_get(j, "growth");
  const json_t *p =
      find(json_object_get(g, "parameters"), growth[_i].parameter);
  ck_assert(json_is_true(json_object_get(g, "family")));
  ck_assert(json_is_true(json_object_get(g, "proved")) ==
            (json_object_get(j, "certificate") != NULL));
  ck_assert_ptr_nonnull(p);
  ck_assert_int_eq(json_integer_value(json_object_get(p, "value")),
                   growth[_i].value);
  ck_assert_str_eq(text_of(p, "depth"), growth[_i].depth);
  ck_assert_str_eq(text_of(p, "gates"), growth[_i].gates);
  json_decref(j);
}
END_TEST

START_TEST(parameters_that_are_no_sizes_are_held) {
  json_t *j = inspect("transformer n=2 d=2 ff=2 bits=3");
  json_t *held = json_object_get(json_object_get(j, "growth"), "held");
  ck_assert_str_eq(text_of(held, "bits"), "3");
  ck_assert_str_eq(text_of(held, "norm"), "rounded");
  ck_assert_ptr_null(json_object_get(held, "n"));
  json_decref(j);
  j = inspect("exp bits=4 out=4");
  json_t *g = json_object_get(j, "growth");
  ck_assert(json_is_false(json_object_get(g, "family")));
  ck_assert(json_is_false(json_object_get(g, "proved")));
  ck_assert_str_ne(text_of(g, "stated"), "null");
  json_decref(j);
}
END_TEST

static const struct {
  const char *options;
  int length, bits;
} lengths[] = {{"bits=4", 1, 4}, {"bits=3 --dim N=2", 2, 3}};

START_TEST(a_file_is_one_circuit_for_its_lengths_and_bits) {
  char line[300];
  snprintf(line, sizeof line, "examples/digits-float/model.onnx %s",
           lengths[_i].options);
  json_t *j = inspect(line), *g = json_object_get(j, "growth");
  const json_t *n = find(json_object_get(g, "lengths"), "N");
  ck_assert(json_is_false(json_object_get(g, "family")));
  ck_assert_ptr_null(json_object_get(j, "certificate"));
  ck_assert_ptr_nonnull(n);
  ck_assert_int_eq(json_integer_value(json_object_get(n, "value")),
                   lengths[_i].length);
  ck_assert_int_eq(json_integer_value(json_object_get(g, "bits")),
                   lengths[_i].bits);
  json_decref(j);
}
END_TEST

int main(void) {
  Suite *s = suite_create("inspect");
  TCase *t = tcase_create("totals and growth");
  tcase_add_checked_fixture(t, tool_enter, tool_leave);
  tcase_set_timeout(t, 120);
  tcase_add_loop_test(t, totals_are_sums_over_operations, 0, ROWS(sources));
  tcase_add_loop_test(t, a_total_is_as_the_file_says, 0, ROWS(totals));
  tcase_add_test(t, totals_of_what_is_made_and_counted_are_equal);
  tcase_add_test(t, what_takes_long_to_make_is_counted);
  tcase_add_loop_test(t, every_step_of_an_architecture_is_part_of_something, 0,
                      ROWS(parts));
  tcase_add_loop_test(t, growth_names_a_parameter_and_what_is_proved_of_it, 0,
                      ROWS(growth));
  tcase_add_test(t, parameters_that_are_no_sizes_are_held);
  tcase_add_loop_test(t, a_file_is_one_circuit_for_its_lengths_and_bits, 0,
                      ROWS(lengths));
  suite_add_tcase(s, t);
  return suite_run(s);
}
