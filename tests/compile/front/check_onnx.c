/* onnx.h: models that are read, and what is wrong with others */
#include "compile/front/onnx.h"
#include "compile/front/onnx.pb-c.h"
#include "tests/compile/front/prototext.h"
#include "tests/compile/front/spoil.h"
#include "tests/compile/front/walk.h"
#include "tests/suite.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <check.h>

#define MODEL(graph) \
  "ir_version:8 opset_import{domain:'' version:13} graph{" graph "}"
#define IN(name)      \
  "input{name:'" name \
  "' type{tensor_type{elem_type:1 shape{dim{dim_value:2}}}}} "
#define INIT(name) "initializer{name:'" name "' data_type:1 float_data:[1]} "
#define TENSOR(t) MODEL("initializer{name:'w' " t "}")
#define DIMS16                               \
  "dim{}dim{}dim{}dim{}dim{}dim{}dim{}dim{}" \
  "dim{}dim{}dim{}dim{}dim{}dim{}dim{}dim{}"

static bool read_text(struct onnx_model *m, const char *text,
                      struct error *err) {
  struct proto b = prototext(&onnx__model_proto__descriptor, text);
  *err = (struct error){0};
  bool ok = onnx_read_bytes(m, b.at, b.n, err);
  free(b.at);
  return ok;
}

static void expect_model(struct onnx_model *m, const char *text) {
  struct error err;
  ck_assert_msg(read_text(m, text, &err), "%s", err.message);
  walk_model(m);
}

static void expect_error(const char *text, const char *message) {
  struct onnx_model m;
  struct error err;
  ck_assert_msg(!read_text(&m, text, &err), "accepted: %s", text);
  ck_assert_str_eq(err.message, message);
  ck_assert_uint_eq(err.line, 0);
  onnx_clear(&m);
}

/* ---- What is read ---- */

static const char everything[] =
    "ir_version:8 producer_name:'me' 77:5 78:'skipped'"
    "opset_import{version:17} opset_import{domain:'com.microsoft' version:1}"
    "training_info{initialization{}}"
    "graph{name:'g' doc_string:'...' value_info{name:'h'}"
    "  initializer{name:'w' data_type:1 dims:[2 3] float_data:[1 -2 3 4 5 6]}"
    "  initializer{name:'d' data_type:7 raw_data:'\\xfe\\xff\\xff\\xff"
    "\\xff\\xff\\xff\\xff'}"
    "  input{name:'x' type{tensor_type{elem_type:1 shape{dim{dim_param:'N'}"
    "    dim{dim_value:2} dim{}}}}}"
    "  input{name:'w' type{tensor_type{elem_type:1}}}"
    "  input{name:'s' type{tensor_type{elem_type:9}}}"
    "  node{op_type:'Gemm' name:'fc' domain:'ai.onnx' input:'x' input:'w'"
    "    input:'' output:'h' attribute{name:'alpha' type:1 f:0.5}"
    "    attribute{name:'transA' type:2 i:-1}"
    "    attribute{name:'mode' type:3 s:'a\\0b'}"
    "    attribute{name:'scales' type:6 floats:[1 2.5]}"
    "    attribute{name:'axes' type:7 ints:[3 -4 5]}"
    "    attribute{name:'words' type:8 strings:'p' strings:''}"
    "    attribute{name:'t' type:4 t{data_type:6 dims:2 int32_data:[7 8]}}"
    "    attribute{name:'odd' type:9}}"
    "  node{op_type:'Constant' output:'c' attribute{name:'value_ints' type:7"
    "    ints:[4 5]}}"
    "  node{op_type:'QGemm' domain:'com.microsoft' input:'h' input:'c'"
    "    output:'' output:'y'}"
    "  output{name:'y' type{tensor_type{elem_type:2 shape{}}}}"
    "  output{name:'d'}}";

static const struct onnx_value *value(const struct onnx_graph *g, value_id v,
                                      const char *name) {
  ck_assert_uint_lt(v, g->values.n);
  ck_assert_str_eq(g->values.at[v].name, name);
  return &g->values.at[v];
}

static void expect_value(const struct onnx_graph *g, value_id v,
                         const char *name, enum onnx_value_kind kind,
                         size_t at) {
  ck_assert_int_eq(value(g, v, name)->kind, kind);
  ck_assert_uint_eq(value(g, v, name)->at, at);
}

START_TEST(graphs_are_read_as_they_were_written) {
  struct onnx_model m;
  const struct onnx_graph *g = &m.graph;
  expect_model(&m, everything);
  ck_assert_int_eq(m.ir_version, 8);
  ck_assert_int_eq(onnx_opset(&m.opsets, ""), 17);
  ck_assert_int_eq(onnx_opset(&m.opsets, "com.microsoft"), 1);
  ck_assert_int_eq(onnx_opset(&m.opsets, "ai.onnx.ml"), 0);
  ck_assert_uint_eq(g->inputs.n, 2); // w is a constant
  ck_assert_uint_eq(g->initializers.n, 3);
  ck_assert_uint_eq(g->nodes.n, 2);
  ck_assert_uint_eq(g->outputs.n, 2);
  expect_value(g, g->inputs.at[0].value, "x", VALUE_INPUT, 0);
  expect_value(g, g->inputs.at[1].value, "s", VALUE_INPUT, 1);
  expect_value(g, g->outputs.at[0].value, "y", VALUE_NODE, 1);
  expect_value(g, g->outputs.at[1].value, "d", VALUE_INITIALIZER, 1);
  const struct onnx_node *a = &g->nodes.at[0], *b = &g->nodes.at[1];
  expect_value(g, onnx_input(g, a, 0), "x", VALUE_INPUT, 0);
  expect_value(g, onnx_input(g, a, 1), "w", VALUE_INITIALIZER, 0);
  ck_assert_uint_eq(onnx_input(g, a, 2), VALUE_NONE);
  ck_assert_uint_eq(onnx_input(g, a, 3), VALUE_NONE);
  expect_value(g, onnx_output(g, a, 0), "h", VALUE_NODE, 0);
  ck_assert_uint_eq(onnx_output(g, a, 1), VALUE_NONE);
  ck_assert_uint_eq(onnx_output(g, b, 0), VALUE_NONE);
  expect_value(g, onnx_output(g, b, 1), "y", VALUE_NODE, 1);
  ck_assert_str_eq(a->op, "Gemm");
  ck_assert_str_eq(a->domain, "");
  ck_assert_str_eq(b->domain, "com.microsoft");
  ck_assert_uint_eq(b->place, 2);
  ck_assert_str_eq(onnx_show_node(a).text, "node 0 (Gemm 'fc')");
  ck_assert_str_eq(onnx_show_node(b).text, "node 2 (QGemm)");
  ck_assert_uint_eq(onnx_find(g, "nothing"), VALUE_NONE);
  onnx_clear(&m);
}
END_TEST

START_TEST(shapes_are_read_as_they_were_written) {
  struct onnx_model m;
  const struct onnx_graph *g = &m.graph;
  expect_model(&m, everything);
  const struct onnx_port *x = &g->inputs.at[0], *s = &g->inputs.at[1];
  ck_assert_int_eq(x->type, ONNX_FLOAT);
  ck_assert_uint_eq(x->rank, 3);
  ck_assert_int_eq(x->dims[0].size, -1);
  ck_assert_str_eq(x->dims[0].name, "N");
  ck_assert_int_eq(x->dims[1].size, 2);
  ck_assert_ptr_null(x->dims[1].name);
  ck_assert_int_eq(x->dims[2].size, -1);
  ck_assert_ptr_null(x->dims[2].name);
  ck_assert(x->has_shape && !s->has_shape);
  ck_assert_int_eq(s->type, ONNX_BOOL);
  ck_assert(g->outputs.at[0].has_shape && !g->outputs.at[0].rank);
  ck_assert(!g->outputs.at[1].has_shape);
  ck_assert_int_eq(g->outputs.at[1].type, ONNX_UNDEFINED);
  const struct onnx_tensor *w = onnx_constant(g, onnx_find(g, "w"));
  ck_assert_uint_eq(w->rank, 2);
  ck_assert_int_eq(w->dims[1], 3);
  ck_assert_uint_eq(w->n, 6);
  ck_assert(onnx_float(w, 1) == -2);
  ck_assert_int_eq(onnx_int64(onnx_constant(g, onnx_find(g, "d")), 0), -2);
  ck_assert_ptr_null(onnx_constant(g, onnx_find(g, "x")));
  ck_assert_ptr_null(onnx_constant(g, VALUE_NONE));
  onnx_clear(&m);
}
END_TEST

static const struct onnx_attribute *attribute(const struct onnx_graph *g,
                                              const char *name,
                                              enum onnx_attribute_type type,
                                              size_t n) {
  const struct onnx_attribute *a = onnx_attribute(g, &g->nodes.at[0], name);
  ck_assert(a && a->type == type && a->n == n && !a->refers);
  return a;
}

START_TEST(attributes_are_read_as_they_were_written) {
  struct onnx_model m;
  expect_model(&m, everything);
  const struct onnx_graph *g = &m.graph;
  const struct onnx_node *a = &g->nodes.at[0];
  ck_assert_ptr_null(onnx_attribute(g, a, "beta"));
  ck_assert(attribute(g, "alpha", ATTRIBUTE_FLOAT, 0)->f == 0.5f);
  ck_assert(attribute(g, "transA", ATTRIBUTE_INT, 0)->i == -1);
  const struct onnx_text s = attribute(g, "mode", ATTRIBUTE_STRING, 0)->s;
  ck_assert_uint_eq(s.n, 3);
  ck_assert_mem_eq(s.at, "a\0b", 3);
  const int64_t *ints = attribute(g, "axes", ATTRIBUTE_INTS, 3)->ints;
  ck_assert(ints[0] == 3 && ints[1] == -4 && ints[2] == 5);
  const struct onnx_attribute *t = onnx_attribute(g, a, "t");
  ck_assert(t->type == ATTRIBUTE_TENSOR && onnx_int64(t->tensor, 1) == 8);
  const struct onnx_attribute *scales = onnx_attribute(g, a, "scales");
  ck_assert(scales->type == ATTRIBUTE_FLOATS && scales->n == 2);
  ck_assert(scales->floats[1] == 2.5f);
  const struct onnx_attribute *words = onnx_attribute(g, a, "words");
  ck_assert(words->n == 2 && words->strings[0].n == 1 && !words->strings[1].n);
  ck_assert_int_eq(onnx_attribute(g, a, "odd")->type, ATTRIBUTE_OTHER);
  ck_assert_ptr_null(onnx_attribute(g, &g->nodes.at[1], "axes"));
  onnx_clear(&m);
}
END_TEST

static const struct {
  const char *attribute;
  enum onnx_type type;
  size_t rank, n;
  double first;
} constants[] = {
    {"name:'value' type:4 t{data_type:3 dims:2 int32_data:[-5 6]}", ONNX_INT8,
     1, 2, -5},
    {"name:'value_int' type:2 i:-8", ONNX_INT64, 0, 1, -8},
    {"name:'value_int' type:2", ONNX_INT64, 0, 1, 0},
    {"name:'value_ints' type:7 ints:[9 8 7]", ONNX_INT64, 1, 3, 9},
    {"name:'value_ints' type:7", ONNX_INT64, 1, 0, 0},
    {"name:'value_float' type:1 f:0.25", ONNX_FLOAT, 0, 1, 0.25},
    {"name:'value_floats' type:6 floats:[-1.5 2]", ONNX_FLOAT, 1, 2, -1.5},
};

START_TEST(constant_nodes_are_initializers) {
  char text[400];
  struct onnx_model m;
  snprintf(text, sizeof text,
           MODEL("node{op_type:'Constant' output:'c' attribute{%s}} "
                 "output{name:'c'}"),
           constants[_i].attribute);
  expect_model(&m, text);
  ck_assert_uint_eq(m.graph.nodes.n, 0);
  const struct onnx_tensor *t = onnx_constant(&m.graph, 0);
  ck_assert_int_eq(t->type, constants[_i].type);
  ck_assert_uint_eq(t->rank, constants[_i].rank);
  ck_assert_uint_eq(t->n, constants[_i].n);
  ck_assert(!t->n || onnx_double(t, 0) == constants[_i].first);
  ck_assert(!t->rank || t->dims[0] == (int64_t)t->n);
  onnx_clear(&m);
}
END_TEST

/* Each twice, raw and not. */
static const struct {
  const char *text;
  size_t n;
  double value[5];
} tensors[] = {
    {"data_type:1 dims:3 float_data:[1.5 -0 3e38]", 3, {1.5, -0.0, 3e38f}},
    {"data_type:1 dims:2 raw_data:'\\0\\0\\x80\\x7f\\0\\0\\x80\\xbf'",
     2,
     {INFINITY, -1}},
    {"data_type:11 dims:2 double_data:[0.1 -1e300]", 2, {0.1, -1e300}},
    {"data_type:11 raw_data:'\\x9a\\x99\\x99\\x99\\x99\\x99\\xb9\\x3f'",
     1,
     {0.1}},
    {"data_type:2 dims:2 int32_data:[0 255]", 2, {0, 255}},
    {"data_type:2 dims:2 raw_data:'\\0\\xff'", 2, {0, 255}},
    {"data_type:3 dims:2 int32_data:[-128 127]", 2, {-128, 127}},
    {"data_type:3 dims:2 raw_data:'\\x80\\x7f'", 2, {-128, 127}},
    {"data_type:4 dims:2 int32_data:[1 65535]", 2, {1, 65535}},
    {"data_type:4 dims:2 raw_data:'\\x01\\0\\xff\\xff'", 2, {1, 65535}},
    {"data_type:5 dims:2 int32_data:[-32768 32767]", 2, {-32768, 32767}},
    {"data_type:5 dims:2 raw_data:'\\0\\x80\\xff\\x7f'", 2, {-32768, 32767}},
    {"data_type:6 dims:2 int32_data:[-2147483648 7]", 2, {-2147483648.0, 7}},
    {"data_type:6 raw_data:'\\xfe\\xff\\xff\\xff'", 1, {-2}},
    {"data_type:7 dims:[1 2] int64_data:[-9007199254740993 1]",
     2,
     {-9007199254740992.0, 1}},
    {"data_type:7 raw_data:'\\x01\\0\\0\\0\\0\\0\\0\\x80'",
     1,
     {-9223372036854775808.0}},
    {"data_type:9 dims:2 int32_data:[0 1]", 2, {0, 1}},
    {"data_type:9 dims:2 raw_data:'\\x01\\0'", 2, {1, 0}},
    {"data_type:10 dims:5 int32_data:[0x3c00 0xc000 1 0x7bff 0xfc00]",
     5,
     {1, -2, 0x1p-24, 65504, -INFINITY}},
    {"data_type:10 dims:2 raw_data:'\\xff\\x83\\x55\\x35'",
     2,
     {-0x3ffp-24, 0x555p-12}},
    {"data_type:16 dims:2 int32_data:[0x3f80 0xc049]", 2, {1, -3.140625}},
    {"data_type:16 raw_data:'\\x49\\x40'", 1, {3.140625}},
    {"data_type:22 dims:[1 5] raw_data:'\\x81\\x7f\\x9e'",
     5,
     {1, -8, -1, 7, -2}},
    {"data_type:22 dims:3 int32_data:[0x81 0xf]", 3, {1, -8, -1}},
    {"data_type:21 dims:3 raw_data:'\\x81\\x0f'", 3, {1, 8, 15}},
    {"data_type:21 dims:3 int32_data:[0xf0 7]", 3, {0, 15, 7}},
    {"data_type:21 dims:[0 3]", 0, {0}},
    {"data_type:12 dims:2 uint64_data:[0 4294967295]", 2, {0, 4294967295.0}},
    {"data_type:12 raw_data:'\\xfe\\xff\\xff\\xff'", 1, {4294967294.0}},
    {"data_type:13 uint64_data:[9223372036854775807]",
     1,
     {9223372036854775808.0}},
    {"data_type:13 raw_data:'\\x02\\0\\0\\0\\0\\0\\0\\0'", 1, {2}},
    {"data_type:1 dims:[3 0 2]", 0, {0}},
    {"data_type:1 dims:[3 0 2] raw_data:''", 0, {0}},
};

START_TEST(elements_are_exact) {
  struct onnx_tensor t;
  struct error err = {0};
  struct proto b = prototext(&onnx__tensor_proto__descriptor, tensors[_i].text);
  ck_assert_msg(onnx_tensor_read_bytes(&t, b.at, b.n, &err), "%s", err.message);
  free(b.at);
  walk_tensor(&t);
  ck_assert_uint_eq(t.n, tensors[_i].n);
  for (size_t i = 0; i < t.n; i++) {
    ck_assert(onnx_double(&t, i) == tensors[_i].value[i]);
    ck_assert(!signbit(onnx_double(&t, i)) == !signbit(tensors[_i].value[i]));
  }
  onnx_tensor_clear(&t);
}
END_TEST

START_TEST(whole_numbers_keep_64_bits) {
  struct onnx_tensor t;
  struct error err = {0};
  struct proto b = prototext(&onnx__tensor_proto__descriptor,
                             "data_type:7 dims:2 int64_data:[-9007199254740993 "
                             "9223372036854775807]");
  ck_assert(onnx_tensor_read_bytes(&t, b.at, b.n, &err));
  ck_assert_int_eq(onnx_int64(&t, 0), -9007199254740993);
  ck_assert_int_eq(onnx_int64(&t, 1), INT64_MAX);
  onnx_tensor_clear(&t);
  free(b.at);
}
END_TEST

/* y = f5(...f0(x)), the nodes written in each of 720 orders. */
START_TEST(nodes_in_any_order_are_sorted) {
  char text[2000] = "";
  bool is_used[6] = {false};
  int code = _i;
  struct onnx_model m;
  for (int left = 6; left; code /= left--) {
    int k = 0, skip = code % left;
    for (; is_used[k] || skip; k++)
      skip -= !is_used[k];
    is_used[k] = true;
    snprintf(text + strlen(text), sizeof text - strlen(text),
             "node{op_type:'Relu' input:'%d' output:'%d'}", k, k + 1);
  }
  char model[3000];
  snprintf(model, sizeof model, MODEL(IN("0") "%s output{name:'6'}"), text);
  expect_model(&m, model);
  for (unsigned i = 0; i < 6; i++) {
    char name[] = {(char)('1' + i), 0};
    expect_value(&m.graph, onnx_output(&m.graph, &m.graph.nodes.at[i], 0), name,
                 VALUE_NODE, i);
  }
  onnx_clear(&m);
}
END_TEST

START_TEST(an_order_that_is_one_is_kept) {
  struct onnx_model m;
  expect_model(&m, MODEL(IN("x") "node{op_type:'A' input:'x' output:'a'}"
                                 "node{op_type:'B' input:'x' output:'b'}"
                                 "node{op_type:'C' input:'x' output:'c'}"
                                 "node{op_type:'D' input:'c' input:'a' "
                                 "output:'d'} output{name:'d'}"));
  for (size_t i = 0; i < 4; i++)
    ck_assert_uint_eq(m.graph.nodes.at[i].place, i);
  onnx_clear(&m);
}
END_TEST

/* The If comes first in the file, its body uses what is made last, by way of
   the body in it. */
START_TEST(bodies_use_values_around_them) {
  struct onnx_model m;
  expect_model(
      &m, MODEL(IN("x") INIT("w") "node{op_type:'If' output:'y' attribute{"
                                  "name:'then_branch' type:5 g{"
                                  "  node{op_type:'Loop' output:'z' attribute{"
                                  "name:'body' type:5 g{"
                                  "    node{op_type:'Add' input:'late' "
                                  "input:'w' output:'x'} output{name:'x'}}}}"
                                  "  output{name:'z'}}}}"
                                  "node{op_type:'Relu' input:'x' "
                                  "output:'late'} output{name:'y'}"));
  const struct onnx_graph *g = &m.graph;
  ck_assert_str_eq(g->nodes.at[0].op, "Relu");
  const struct onnx_graph *then =
      onnx_attribute(g, &g->nodes.at[1], "then_branch")->graph;
  const struct onnx_graph *body =
      onnx_attribute(then, &then->nodes.at[0], "body")->graph;
  ck_assert_ptr_eq(then->parent, g);
  ck_assert_ptr_eq(body->parent, then);
  const struct onnx_node *add = &body->nodes.at[0];
  expect_value(body, onnx_input(body, add, 0), "late", VALUE_OUTER,
               onnx_find(then, "late"));
  expect_value(then, onnx_find(then, "late"), "late", VALUE_OUTER,
               onnx_find(g, "late"));
  ck_assert_ptr_eq(onnx_constant(body, onnx_input(body, add, 1)),
                   &g->initializers.at[0]);
  expect_value(body, body->outputs.at[0].value, "x", VALUE_NODE, 0);
  onnx_clear(&m);
}
END_TEST

/* ---- What is wrong ---- */

static const struct {
  const char *text, *message;
} wrong[] = {
#include "tests/compile/front/wrong_onnx.h"
};

START_TEST(what_is_wrong_is_said) {
  expect_error(wrong[_i].text, wrong[_i].message);
}
END_TEST

#define BYTES(text) text, sizeof text - 1

static const struct {
  const char *bytes;
  size_t n;
  const char *message;
} broken[] = {
    {BYTES("circuit 1\n"), "byte 0: this is no field"},
    {BYTES("version https://git-lfs.github.com/spec/v1\noid sha256:ab\n"),
     "this is a pointer of Git LFS, not the file: 'git lfs pull' fetches it"},
    {BYTES("\x08"), "byte 1: a number is cut off"},
    {BYTES("\x08\x80\x80"), "byte 1: a number is cut off"},
    {BYTES("\x08\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"),
     "byte 1: a number has more than 10 bytes"},
    {BYTES("\x08\x07\x80\x80\x80\x80\x80\x01"),
     "byte 2: a number has more than 5 bytes"},
    {BYTES("\x08\x07\xff\xff\xff\xff\x7f"), "byte 2: this is no field"},
    {BYTES("\x00\x07"), "byte 0: this is no field"},
    {BYTES("\x08\x07\x0b"), "byte 2: this is no field"},
    {BYTES("\x08\x07\x06"), "byte 2: this is no field"},
    {BYTES("\x0a\x01x"), "byte 0: 'ir_version' is of another type"},
    {BYTES("\x08\x07\x38\x05"), "byte 2: 'graph' is of another type"},
    {BYTES("\x12\x05ppp"),
     "byte 2: 'producer_name' needs 5 bytes, but the file has only 3"},
    {BYTES("\x12\x80\x80\x80\x80\x10p"),
     "byte 6: 'producer_name' needs 4294967296 bytes, but the file has only "
     "1"},
    {BYTES("\x12\x01"),
     "byte 2: 'producer_name' needs 1 byte, but the file has only 0"},
    {BYTES("\x12\x80\x80\x80\x80\x80\x01p"),
     "byte 1: a number has more than 5 bytes"},
    {BYTES("\x12\x03p\0p"), "byte 3: a NUL in the text of 'producer_name'"},
    {BYTES("\x3a\x04\x12\x09gg"),
     "byte 4: 'name' needs 9 bytes, but the message around it has only 2"},
    {BYTES("\x3a\x02\x12\x01g"),
     "byte 4: 'name' needs 1 byte, but the message around it has only 0"},
    {BYTES("\x3a\x00\x08\x07\x3a\x00"), "byte 4: 'graph' comes a second time"},
    {BYTES("\x3a\x05\x2a\x03\x22\x01\x00"),
     "byte 6: 'float_data' has 1 bytes, which is no multiple of 4"},
    {BYTES("\x3a\x07\x2a\x05\x25\x00\x00\x00\x00"), // nothing
     "IR version 0 is not supported, only 3 to 13"},
    {BYTES("\x3a\x06\x2a\x04\x25\x00\x00\x00"),
     "byte 5: 'float_data' needs 4 bytes, but the message around it has only "
     "3"},
    {BYTES("\x3a\x05\x2a\x03\x3a\x01\x80"), "byte 6: a number is cut off"},
    {BYTES("\x3a\x05\x2a\x03\x52\x01\x80"),
     "byte 6: 'double_data' has 1 bytes, which is no multiple of 8"},
    {BYTES("\x98\x06\x80"), "byte 2: a number is cut off"},
    {BYTES("\x9a\x06\x02x"),
     "byte 3: a field needs 2 bytes, but the file has only 1"},
    {BYTES("\x99\x06xxxxxxx"),
     "byte 2: a field needs 8 bytes, but the file has only 7"},
};

START_TEST(a_broken_protocol_buffer_is_refused_with_its_place) {
  struct onnx_model m;
  struct error err = {0};
  ck_assert(!onnx_read_bytes(&m, (const uint8_t *)broken[_i].bytes,
                             broken[_i].n, &err));
  ck_assert_str_eq(err.message, broken[_i].message);
  onnx_clear(&m);
}
END_TEST

/* `inner` in n graphs, one in the other: with the model around them they are
   3 n - 1 messages deep. */
static struct proto nested_graphs(const char *inner, int n) {
  struct proto b = prototext(&onnx__graph_proto__descriptor, inner);
  for (int i = 1; i < n; i++) {
    proto_wrap(&b, 6); // the graph of an attribute
    proto_wrap(&b, 5); // of a node
    proto_wrap(&b, 1); // of a graph
  }
  proto_wrap(&b, 7);
  return b;
}

static void expect_nested(const char *inner, int graphs, const char *message) {
  struct proto b = nested_graphs(inner, graphs);
  struct onnx_model m;
  struct error err = {0};
  ck_assert(!onnx_read_bytes(&m, b.at, b.n, &err));
  ck_assert_str_eq(err.message, message);
  onnx_clear(&m);
  free(b.at);
}

START_TEST(messages_are_nested_at_most_100_deep) {
  const char *ir = "IR version 0 is not supported, only 3 to 13";
  expect_nested("", 1, ir);
  expect_nested("node{attribute{}}", 33, ir); // 100 deep
  expect_nested("node{attribute{t{}}}", 33,   // at the very end
                "byte 236: messages are nested more than 100 deep");
  expect_nested("", 34, "byte 236: messages are nested more than 100 deep");
  expect_nested("", 3000, "byte 400: messages are nested more than 100 deep");
}
END_TEST

/* Bytes. */
static size_t most_memory_so_far(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return (size_t)u.ru_maxrss * 1024;
}

/* 2 bytes a node ask for 80 times as many. */
START_TEST(what_unpacking_takes_is_limited) {
  struct proto b = {0};
  struct onnx_model m;
  struct error err = {0};
  for (size_t i = 0; i < 4000000; i++) {
    array_push(&b, 0x0a);
    array_push(&b, 0);
  }
  proto_wrap(&b, 7);
  size_t before = most_memory_so_far();
  ck_assert(!onnx_read_bytes(&m, b.at, b.n, &err));
  ck_assert_uint_lt(most_memory_so_far(), before + 64 * b.n + (64 << 20));
  ck_assert_str_eq(err.message, "unpacking its 8000005 bytes takes more than "
                                "144777296 others");
  onnx_clear(&m);
  free(b.at);
}
END_TEST

START_TEST(many_attributes_are_refused) {
  struct proto node = prototext(&onnx__node_proto__descriptor, "op_type:'If'");
  struct onnx_model m;
  struct error err = {0};
  for (size_t i = 0; i < 50000; i++) {
    array_push(&node, 0x2a);
    array_push(&node, 0);
  }
  proto_wrap(&node, 1);
  proto_wrap(&node, 7);
  struct proto b = prototext(&onnx__model_proto__descriptor,
                             "ir_version:8 opset_import{version:13}");
  for (size_t i = 0; i < node.n; i++)
    array_push(&b, node.at[i]);
  ck_assert(!onnx_read_bytes(&m, b.at, b.n, &err));
  ck_assert_str_eq(err.message,
                   "node 0 (If) has 50000 attributes; at most 256 may be");
  onnx_clear(&m);
  free(node.at);
  free(b.at);
}
END_TEST

START_TEST(files_that_cannot_be_read_are_named) {
  struct onnx_model m;
  struct onnx_tensor t;
  struct error err = {0};
  ck_assert(!onnx_read(&m, "/nonexistent/a.onnx", &err));
  ck_assert_str_eq(err.file, "/nonexistent/a.onnx");
  ck_assert_str_eq(err.message, "cannot open: No such file or directory");
  onnx_clear(&m);
  ck_assert(!onnx_read(&m, "/", &err));
  ck_assert_str_eq(err.message, "cannot read: Is a directory");
  onnx_clear(&m);
  ck_assert(!onnx_tensor_read(&t, "/dev/null", &err));
  ck_assert_str_eq(err.file, "/dev/null");
  ck_assert_str_eq(err.message,
                   "the tensor does not say of what type its elements are");
  onnx_tensor_clear(&t);
}
END_TEST

START_TEST(files_are_read_whole) {
  char path[] = "/tmp/tc0-onnx-XXXXXX";
  struct onnx_model m;
  struct error err = {0};
  struct proto b = prototext(&onnx__model_proto__descriptor, everything);
  FILE *out = fdopen(mkstemp(path), "wb");
  ck_assert(fwrite(b.at, 1, b.n, out) == b.n && !fclose(out));
  ck_assert_msg(onnx_read(&m, path, &err), "%s", err.message);
  ck_assert_str_eq(err.file, path);
  walk_model(&m);
  ck_assert_uint_eq(m.graph.nodes.n, 2);
  onnx_clear(&m);
  remove(path);
  free(b.at);
}
END_TEST

/* ---- Spoilt files ---- */

START_TEST(a_spoilt_model_is_refused_or_read) {
  struct proto b = prototext(&onnx__model_proto__descriptor, everything);
  spoil_all(b.at, b.n, _i);
  free(b.at);
}
END_TEST

#define LENGTH(a) (int)(sizeof(a) / sizeof *(a))

int main(void) {
  Suite *s = suite_create("onnx");
  TCase *read = tcase_create("read"), *errors = tcase_create("errors");
  tcase_set_timeout(errors, 60);
  tcase_add_test(read, graphs_are_read_as_they_were_written);
  tcase_add_test(read, shapes_are_read_as_they_were_written);
  tcase_add_test(read, attributes_are_read_as_they_were_written);
  tcase_add_loop_test(read, constant_nodes_are_initializers, 0,
                      LENGTH(constants));
  tcase_add_loop_test(read, elements_are_exact, 0, LENGTH(tensors));
  tcase_add_test(read, whole_numbers_keep_64_bits);
  tcase_add_loop_test(read, nodes_in_any_order_are_sorted, 0, 720);
  tcase_add_test(read, an_order_that_is_one_is_kept);
  tcase_add_test(read, bodies_use_values_around_them);
  tcase_add_test(read, files_are_read_whole);
  tcase_add_loop_test(errors, what_is_wrong_is_said, 0, LENGTH(wrong));
  tcase_add_loop_test(errors,
                      a_broken_protocol_buffer_is_refused_with_its_place, 0,
                      LENGTH(broken));
  tcase_add_test(errors, messages_are_nested_at_most_100_deep);
  tcase_add_test(errors, what_unpacking_takes_is_limited);
  tcase_add_test(errors, many_attributes_are_refused);
  tcase_add_test(errors, files_that_cannot_be_read_are_named);
  tcase_add_loop_test(errors, a_spoilt_model_is_refused_or_read, 0,
                      SPOIL_LOOPS);
  suite_add_tcase(s, read);
  suite_add_tcase(s, errors);
  return suite_run(s);
}
