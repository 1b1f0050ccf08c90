/* model.h: what is wrong with models, to the letter; and files that are cut or
   changed, which are refused or become circuits */
#include "compile/front/onnx.pb-c.h"
#include "compile/front/slurp.h"
#include "compile/program/lower.h"
#include "tests/compile/front/prototext.h"
#include "tests/compile/front/spoil.h"
#include "tests/compile/front/subject.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#define PORT(name, type, dims)                                            \
  "input{name:'" name "' type{tensor_type{elem_type:" type " shape{" dims \
  "}}}} "
#define ROW "dim{dim_value:1} dim{dim_value:2}"
#define X PORT("x", "1", ROW)
#define X2 PORT("x2", "1", ROW)
#define X3 PORT("x3", "1", "dim{dim_value:2}")
#define XI PORT("x", "2", ROW)
#define XI2 PORT("x2", "2", ROW)
#define Y "output{name:'y'} "
#define NODE(op, rest, y) "node{op_type:'" op "' " rest " output:'" y "'} "
#define CONSTANT(name, type, dims, field, values)                         \
  "initializer{name:'" name "' data_type:" type " dims:[" dims "] " field \
  ":[" values "]} "
#define F(name, value) CONSTANT(name, "1", "", "float_data", value)
#define I8(name, value) CONSTANT(name, "3", "", "int32_data", value)
#define R2(name, values) CONSTANT(name, "1", "2", "float_data", values)
#define R3(name, values) CONSTANT(name, "1", "3", "float_data", values)
#define I8R2(name, values) CONSTANT(name, "3", "2", "int32_data", values)
#define I8R3(name, values) CONSTANT(name, "3", "3", "int32_data", values)
#define S(name, n, values) CONSTANT(name, "7", n, "int64_data", values)
#define W CONSTANT("w", "1", "2 2", "float_data", "1 2 3 4")
#define W3 CONSTANT("w", "1", "3 1", "float_data", "1 2 3")
#define WI CONSTANT("w", "3", "2 2", "int32_data", "1 2 3 4")
#define Q(x, s, y) NODE("QuantizeLinear", "input:'" x "' input:'" s "'", y)
#define DQ(x, s, y) NODE("DequantizeLinear", "input:'" x "' input:'" s "'", y)
#define QMM(inputs) NODE("QLinearMatMul", "input:'x' " inputs, "y")

static const struct {
  const char *graph, *message;
} wrong[] = {
#include "tests/compile/front/wrong_model.h"
};

static struct proto bytes_of(const char *graph) {
  char *text = xmalloc(strlen(graph) + 100);
  sprintf(text,
          "ir_version:8 opset_import{domain:'' version:13} "
          "opset_import{domain:'my' version:1} graph{%s}",
          graph);
  struct proto b = prototext(&onnx__model_proto__descriptor, text);
  free(text);
  return b;
}

START_TEST(what_is_wrong_with_a_model_is_said) {
  struct proto b = bytes_of(wrong[_i].graph);
  struct model m;
  struct error err = {0};
  ck_assert_msg(!model_read_bytes(&m, b.at, b.n, &standard, &err),
                "accepted: %s", wrong[_i].graph);
  ck_assert_str_eq(err.message, wrong[_i].message);
  model_clear(&m);
  free(b.at);
}
END_TEST

/* Each kind once, and no more of them than the message holds. */
START_TEST(a_thousand_unknown_operators_are_one_message) {
  struct sketch k = {0};
  struct model m;
  struct error err = {0};
  char op[16];
  size_t n;
  say_input(&k, "x", ONNX_FLOAT, "2");
  for (int i = 0; i < 1000; i++) {
    snprintf(op, sizeof op, "Op%d", i);
    say_node(&k, op, "x", op, "");
  }
  say_output(&k, "Op1");
  uint8_t *bytes = sketch_bytes(&k, &n);
  ck_assert(!model_read_bytes(&m, bytes, n, &standard, &err));
  static const char begin[] = "operators not supported: Op0, Op1, Op2, ",
                    end[] = " and more ('tc0 list ops' has those that are)";
  ck_assert(!strncmp(err.message, begin, strlen(begin)));
  ck_assert_str_eq(err.message + strlen(err.message) - strlen(end), end);
  model_clear(&m);
  free(bytes);
}
END_TEST

START_TEST(a_file_that_is_not_there_or_no_model_is_named) {
  struct model m;
  struct error err = {0};
  ck_assert(!model_read(&m, "/nothing/here", &standard, &err));
  ck_assert_str_eq(err.file, "/nothing/here");
  ck_assert(!strncmp(err.message, "cannot open", 11));
  model_clear(&m);
  ck_assert(!model_read(&m, "/", &standard, &err));
  ck_assert_str_eq(err.file, "/");
  model_clear(&m);
  ck_assert(!model_read(&m, "/dev/null", &standard, &err));
  ck_assert_str_eq(err.message, "there is no graph in it; is it a model?");
  model_clear(&m);
}
END_TEST

/* ---- Spoilt files ---- */

/* What is small enough becomes a circuit, whatever it means; digits only in the
   long run. */
/* One file in five of a long run, as translating takes longer than reading. */
static void lower_spoilt(const uint8_t *bytes, size_t n) {
  static int files;
  struct model m;
  struct instance in;
  struct circuit c;
  struct error err = {0};
  size_t most = subject_rounds() > 100 ? 1000 : 100;
  if (is_full_run() && ++files % 5)
    return;
  circuit_init(&c);
  if (!model_read_bytes(&m, bytes, n, &standard, &err)) {
    ck_assert(err.message[0] && !strchr(err.message, '\n'));
  } else {
    if (instance_init(&in, &m.program, NULL, &err) && in.input_bits < most)
      program_lower(&in, &c);
    instance_clear(&in);
  }
  circuit_clear(&c);
  model_clear(&m);
}

static const char *const models[] = {"xor", "digits-int8", "iris",
                                     "digits-float"};

START_TEST(spoilt_models_are_refused_or_become_circuits) {
  struct slurp s = {0};
  struct error err = {0};
  char path[500];
  snprintf(path, sizeof path, EXAMPLES "/%s/model.onnx", models[_i % 4]);
  ck_assert_msg(slurp_file(&s, path, 1 << 20, &err), "%s", err.message);
  spoil_each(s.at, s.n, _i, lower_spoilt);
  array_clear(&s);
}
END_TEST

int main(void) {
  Suite *s = suite_create("models that are wrong");
  TCase *t = tcase_create("wrong");
  tcase_set_timeout(t, 300);
  tcase_add_loop_test(t, what_is_wrong_with_a_model_is_said, 0,
                      sizeof wrong / sizeof *wrong);
  tcase_add_test(t, a_thousand_unknown_operators_are_one_message);
  tcase_add_test(t, a_file_that_is_not_there_or_no_model_is_named);
  tcase_add_loop_test(t, spoilt_models_are_refused_or_become_circuits, 0,
                      SPOIL_LOOPS);
  suite_add_tcase(s, t);
  return suite_run(s);
}
