/* Operators, one at a time, in real numbers: rows of what they make and of what
   is refused. */
#include "compile/front/flow_run.h"
#include "compile/front/onnx.pb-c.h"
#include "compile/front/operators.h"
#include "tests/compile/front/prototext.h"
#include "tests/suite.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct row {
  const char *op;
  int opset;
  const char *attributes, *inputs, *outputs;
};

#define I(name, v) "attribute{name:'" name "' type:2 i:" v "} "
#define F(name, v) "attribute{name:'" name "' type:1 f:" v "} "
#define S(name, v) "attribute{name:'" name "' type:3 s:'" v "'} "
#define IS(name, v) "attribute{name:'" name "' type:7 ints:[" v "]} "
#define FS(name, v) "attribute{name:'" name "' type:6 floats:[" v "]} "
#define SS(name, v) "attribute{name:'" name "' type:8 " v "} "

#include "tests/compile/front/operator_rows.h"

/* ---- Tensors as text ---- */

enum {
  PORTS = 8,
  ELEMENTS = 400
};

struct tensor {
  bool is_out, is_constant; // is_out: left out
  enum onnx_type type;
  struct lengths shape;
  double at[ELEMENTS];
};

static enum onnx_type type_of(char c) {
  const char *at = strchr("fliub", c);
  ck_assert(c && at);
  return (const enum onnx_type[]){ONNX_FLOAT, ONNX_INT64, ONNX_INT32,
                                  ONNX_UINT8, ONNX_BOOL}[at - "fliub"];
}

/* "=f[2 1] 1 2"; returns what follows. */
static const char *read_tensor(struct tensor *t, const char *s) {
  size_t at[FLOW_MAX_RANK], rank = 0;
  char *end;
  *t = (struct tensor){.is_out = *s == '-', .is_constant = *s == '='};
  if (t->is_out)
    return s + 1;
  s += t->is_constant;
  t->type = type_of(*s++);
  ck_assert(*s == '[');
  for (s++; *s != ']'; s = end + (*end == ' '))
    at[rank++] = (size_t)strtoul(s, &end, 10);
  ck_assert(lengths_set(&t->shape, at, rank) && t->shape.n <= ELEMENTS);
  s++;
  for (size_t i = 0; i < t->shape.n; i++, s = end) {
    t->at[i] = strtod(s, &end);
    ck_assert(end != s);
  }
  return s;
}

static size_t read_tensors(struct tensor *t, const char *s) {
  size_t n = 0;
  while (*s) {
    ck_assert(n < PORTS);
    s = read_tensor(&t[n++], s);
    ck_assert(!*s || *s == ';');
    s += *s ? 2 : 0;
  }
  return n;
}

/* ---- A model of one operator ---- */

struct subject {
  struct onnx_model m;
  struct flow f;
  struct scope scope;
  struct error err;
  struct tensor in[PORTS], out[PORTS];
  size_t inputs, outputs;
  bool ok;
};

static void add(char *text, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(char *text, const char *format, ...) {
  va_list args;
  va_start(args, format);
  vsnprintf(text + strlen(text), 8000 - strlen(text), format, args);
  va_end(args);
  ck_assert_uint_lt(strlen(text), 7999);
}

static void say_model(char *text, const struct subject *s,
                      const struct row *row) {
  const char *dot = strrchr(row->op, '.');
  int domain = dot ? (int)(dot - row->op) : 0;
  add(text, "ir_version:8 opset_import{domain:'' version:%d} ", row->opset);
  if (dot)
    add(text, "opset_import{domain:'%.*s' version:1} ", domain, row->op);
  add(text, "graph{node{op_type:'%s' domain:'%.*s' ", dot ? dot + 1 : row->op,
      domain, row->op);
  for (size_t i = 0; i < s->inputs; i++)
    s->in[i].is_out ? add(text, "input:'' ") : add(text, "input:'i%zu' ", i);
  for (size_t i = 0; i < s->outputs; i++)
    s->out[i].is_out ? add(text, "output:'' ") : add(text, "output:'o%zu' ", i);
  add(text, "%s} ", row->attributes);
  for (size_t i = 0; i < s->inputs; i++)
    if (!s->in[i].is_out)
      add(text, "input{name:'i%zu' type{tensor_type{elem_type:%d}}} ", i,
          (int)s->in[i].type);
  for (size_t i = 0; i < s->outputs; i++)
    if (!s->out[i].is_out)
      add(text, "output{name:'o%zu'} ", i);
  add(text, "}");
}

static void subject_init(struct subject *s, const struct row *row,
                         bool binds_all) {
  char text[8000] = "";
  s->err = (struct error){0};
  s->inputs = read_tensors(s->in, row->inputs);
  s->outputs = read_tensors(s->out, row->outputs);
  say_model(text, s, row);
  struct proto b = prototext(&onnx__model_proto__descriptor, text);
  ck_assert_msg(onnx_read_bytes(&s->m, b.at, b.n, &s->err), "%s: %s", row->op,
                s->err.message);
  free(b.at);
  const struct onnx_graph *g = &s->m.graph;
  flow_init(&s->f, &s->err);
  s->scope = (struct scope){.graph = g};
  s->scope.value = xmalloc((g->values.n + 1) * sizeof(flow_id));
  for (size_t v = 0; v < g->values.n; v++)
    s->scope.value[v] = FLOW_NONE;
  for (size_t i = 0, port = 0; i < s->inputs; i++) {
    struct tensor *t = &s->in[i];
    t->is_constant |= binds_all && i;
    if (t->is_out)
      continue;
    s->f.name = g->values.at[g->inputs.at[port].value].name;
    s->scope.value[g->inputs.at[port].value] =
        t->is_constant ? flow_constant(&s->f, t->type, &t->shape, t->at)
                       : flow_input(&s->f, t->type, &t->shape, port);
    port++;
  }
  s->ok = operators_check(&s->m, &s->err) &&
          operators_build(&s->f, &s->m, &s->scope);
}

static void subject_clear(struct subject *s) {
  flow_clear(&s->f);
  free(s->scope.value);
  onnx_clear(&s->m);
}

/* ---- What they make ---- */

static void compare(const struct subject *s, const struct row *row) {
  double in[PORTS * ELEMENTS];
  size_t n = 0, port = 0;
  for (size_t i = 0; i < s->inputs; i++)
    for (size_t k = 0; !s->in[i].is_constant && k < s->in[i].shape.n; k++)
      in[n++] = s->in[i].at[k];
  struct flow_run r;
  flow_run_init(&r, &s->f);
  ck_assert(flow_run_values(&r, in));
  for (size_t i = 0; i < s->outputs; i++) {
    const struct tensor *t = &s->out[i];
    if (t->is_out)
      continue;
    flow_id y = s->scope.value[s->m.graph.outputs.at[port++].value];
    ck_assert_msg(lengths_equal(flow_shape(&s->f, y), &t->shape) &&
                      flow_get(&s->f, y)->type == t->type,
                  "%s: output %zu of %s", row->op, i, row->inputs);
    for (size_t k = 0; k < t->shape.n; k++)
      ck_assert_msg(fabs(r.at[y][k] - t->at[k]) <= 1e-5 * (1 + fabs(t->at[k])),
                    "%s %s %s: output %zu[%zu] is %g, not %g", row->op,
                    row->attributes, row->inputs, i, k, r.at[y][k], t->at[k]);
  }
  flow_run_clear(&r);
}

/* With all but the first input constant, and with as few as possible. */
START_TEST(operators_make_what_is_listed) {
  const struct row *row = &rows[_i / 2];
  struct subject *s = xmalloc(sizeof *s);
  subject_init(s, row, _i % 2);
  ck_assert_msg(s->ok, "%s %s: %s", row->op, row->attributes, s->err.message);
  compare(s, row);
  subject_clear(s);
  free(s);
}
END_TEST

/* ---- What is refused: the message instead of outputs ---- */

#define TREE(t, f, m)                \
  IS("nodes_treeids", "0 0 0 0")     \
  IS("nodes_nodeids", "0 1 2 3")     \
  IS("nodes_truenodeids", t " 0 0")  \
  IS("nodes_falsenodeids", f " 0 0") \
  IS("nodes_featureids", "0 0 0 0")  \
  FS("nodes_values", "0.0 0.0 0.0 0.0") SS("nodes_modes", "strings:" m)

static const struct row refused[] = {
    {"Exp", 13, "", "b[1] 1", "real numbers of type bool"},
    {"Min", 13, "", "f[1] 1; i[1] 2", "of types float and int32"},
    {"Unsqueeze", 13, "", "f[1] 1; =f[1] nan",
     "axes must be integers, not float"},
    {"Gemm", 13, "", "f[2] 1 2; f[2 2] 1 2 3 4", "rank 1 and 2, not 2"},
    {"Gemm", 13, "", "f[1 3] 1 2 3; f[2 2] 1 2 3 4", "3 elements"},
    {"Gemm", 13, "", "f[1 2] 1 2; f[2 2] 1 2 3 4; f[3] 1 2 3", "length 3"},
    {"Gemm", 13, F("alpha", "0.5"), "i[1 1] 1; i[1 1] 2", "times 0.5"},
    {"MatMul", 13, "", "f[] 1; f[1] 2", "single number"},
    {"Einsum", 13, S("equation", "ij->"), "f[2] 1 2", "rank 1"},
    {"Einsum", 13, S("equation", "i->ii"), "f[2] 1 2", "wrong result"},
    {"Einsum", 13, S("equation", "i->j"), "f[2] 1 2", "wrong result"},
    {"Einsum", 13, S("equation", "i=>i"), "f[2] 1 2", "2 letters"},
    {"Einsum", 13, S("equation", "i,i->i"), "f[2] 1 2", "wrong at"},
    {"Einsum", 13, S("equation", "i"), "f[2] 1 2; f[2] 1 2", "2 inputs"},
    {"Einsum", 13, S("equation", "ii->i"), "f[1 2] 1 2", "one letter"},
    {"Einsum", 13, S("equation", "i,i->"), "f[2] 1 2; f[3] 1 2 3", "length 3"},
    {"Conv", 13, IS("strides", "0"), "f[1 1 2] 1 2; f[1 1 1] 1", "'strides'"},
    {"Conv", 13, IS("strides", "1 1"), "f[1 1 2] 1 2; f[1 1 1] 1", "not 1"},
    {"Conv", 13, IS("dilations", "-1"), "f[1 1 2] 1 2; f[1 1 1] 1",
     "number -1"},
    {"Conv", 13, IS("pads", "-1 0"), "f[1 1 2] 1 2; f[1 1 1] 1", "'pads'"},
    {"Conv", 13, IS("pads", "99999999999 0"), "f[1 1 2] 1 2; f[1 1 1] 1",
     "'pads'"},
    {"Conv", 13, IS("pads", "999999999 0"), "f[1 1 2] 1 2; f[1 1 1] 1",
     "too many"},
    {"Conv", 13, I("group", "0"), "f[1 1 2] 1 2; f[1 1 1] 1", "0 groups"},
    {"Conv", 13, I("group", "-1"), "f[1 1 2] 1 2; f[1 1 1] 1", "groups"},
    {"Conv", 13, I("group", "2"), "f[1 2 1] 1 2; f[1 1 1] 1", "2 groups"},
    {"Conv", 13, "", "f[1 1 2] 1 2; f[1 1 3] 1 2 3", "larger than the image"},
    {"Conv", 13, "", "f[1 1 2] 1 2; f[1 1] 1", "weights of rank 2"},
    {"Conv", 13, "", "f[1 1 2] 1 2; f[1 1 1] 1; f[2] 1 2", "2 offsets"},
    {"Conv", 13, IS("kernel_shape", "2"), "f[1 1 2] 1 2; f[1 1 1] 1",
     "'kernel_shape'"},
    {"Conv", 13, S("auto_pad", "SAME"), "f[1 1 2] 1 2; f[1 1 1] 1",
     "'auto_pad' is 'SAME'"},
    {"ConvTranspose", 13, I("group", "3"), "f[1 2 1] 1 2; f[2 1 1] 1 2",
     "3 groups"},
    {"ConvTranspose", 13, IS("pads", "4 4"), "f[1 1 1] 1; f[1 1 1] 1",
     "no elements"},
    {"ConvTranspose", 13, IS("output_shape", "999999999"),
     "f[1 1 1] 1; f[1 1 1] 1", "too many"},
    {"MaxPool", 13, IS("kernel_shape", "0"), "f[1 1 2] 1 2", "no elements"},
    {"MaxPool", 13, "", "f[1 1 2] 1 2", "windows of rank 0"},
    {"MaxPool", 13, IS("kernel_shape", "1") IS("pads", "1 0"), "f[1 1 2] 1 2",
     "all padding"},
    {"LpPool", 13, IS("kernel_shape", "1") I("p", "0"), "f[1 1 2] 1 2",
     "'p' is 0"},
    {"GlobalMaxPool", 13, "", "f[1 2] 1 2", "rank 2"},
    {"Softmax", 13, I("axis", "2"), "f[1 2] 1 2", "axis 2"},
    {"Softmax", 11, I("axis", "3"), "f[1 2] 1 2", "axis 3"},
    {"ReduceSum", 11, IS("axes", "5"), "f[1 2] 1 2", "axis 5"},
    {"ReduceMax", 13, "", "f[0]", "no elements"},
    {"BatchNormalization", 14, I("training_mode", "1"),
     "f[1 1] 1; f[1] 1; f[1] 1; f[1] 1; f[1] 1", "training"},
    {"BatchNormalization", 14, "", "f[1 1] 1; f[2] 1 1; f[1] 1; f[1] 1; f[1] 1",
     "input 1"},
    {"GroupNormalization", 21, I("num_groups", "2"),
     "f[1 3] 1 2 3; f[3] 1 1 1; f[3] 1 1 1", "2 groups"},
    {"LRN", 13, I("size", "0"), "f[1 1 1] 1", "'size' 0"},
    {"Resize", 13, "", "f[1] 1; -; f[1] 2", "scales must be a constant"},
    {"Resize", 13, "", "f[1] 1; -; =f[1] 0", "a scale is 0"},
    {"Resize", 13, "", "f[1] 1; -; =f[1] 1e30", "a scale is"},
    {"Resize", 13, "", "f[1] 1; -; =f[2] 1 1", "2 numbers, not 1"},
    {"Resize", 13, "", "f[1] 1", "neither"},
    {"Resize", 13, S("mode", "best"), "f[1] 1; -; =f[1] 2", "'best'"},
    {"Resize", 18, S("mode", "linear") I("antialias", "1"),
     "f[1] 1; -; =f[1] 2", "'antialias'"},
    {"GridSample", 16, "", "f[1 1 1 1] 1; =f[1 1 1 2] nan 0", "nan"},
    {"LSTM", 14, "", "f[1 1 1] 1; f[1 3 1] 1 1 1; f[1 3 1] 1 1 1", "suit"},
    {"RNN", 14, "", "f[1 1 1] 1; f[1 1 1] 1; f[1 1 1] 1; -; =i[1] 2",
     "the number 2"},
    {"RNN", 14, SS("activations", "strings:'Best'"),
     "f[1 1 1] 1; f[1 1 1] 1; f[1 1 1] 1", "not known"},
    {"RNN", 14, SS("activations", "strings:'Tanh' strings:'Tanh'"),
     "f[1 1 1] 1; f[1 1 1] 1; f[1 1 1] 1", "list of 1"},
    {"RNN", 14, "", "f[0 1 1]; f[1 1 1] 1; f[1 1 1] 1", "0 steps"},
    {"Attention", 23, "", "f[1 1 2] 1 2; f[1 1 2] 1 2; f[1 1 2] 1 2",
     "0 heads"},
    {"Attention", 23, "", "f[1 1 1 1] 1; f[1 1 1 1] 1; f[1 1 1 1] 1; =b[1] 0",
     "sees no key"},
    {"RotaryEmbedding", 23, "",
     "f[1 1 1 2] 1 2; =f[1 1] 1; =f[1 1] 0; =l[1 1] 1", "position 1, of 1"},
    {"com.microsoft.MatMulNBits", 13,
     I("K", "16") I("N", "1") I("block_size", "16"),
     "f[1 16] 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1; =u[1 1 1] 0; =f[1] 1",
     "1 bytes of weights"},
    {"com.microsoft.MatMulNBits", 13, I("K", "-1"),
     "f[1] 1; =u[1 1 1] 0; =f[1] 1", "K -1"},
    {"Col2Im", 18, "", "f[1 1 1] 1; =l[1] 3; =l[1] 1", "3 places"},
    {"CenterCropPad", 18, "", "f[1] 1; =l[1] -1", "length of -1"},
    {"DFT", 17, I("axis", "1"), "f[2 1] 1 2", "not supported"},
    {"NegativeLogLikelihoodLoss", 13, "", "f[1 2] 1 2; =l[1] 2", "no class"},
    {"ai.onnx.ml.TreeEnsembleRegressor", 13, "", "f[1 1] 1", "lists of nodes"},
    {"ai.onnx.ml.TreeEnsembleRegressor", 13,
     TREE("1 0", "1 0",
          "'BRANCH_LEQ' strings:'BRANCH_LT' strings:'LEAF' strings:'LEAF'"),
     "f[1 1] 1", "child"},
    {"ai.onnx.ml.TreeEnsembleRegressor", 13,
     TREE("1 0", "2 3",
          "'BRANCH_LEQ' strings:'BRANCH_LT' strings:'LEAF' strings:'LEAF'"),
     "f[1 1] 1", "its own ancestor"},
};

START_TEST(what_is_wrong_is_refused) {
  const struct row *row = &refused[_i];
  struct row other = *row;
  struct subject *s = xmalloc(sizeof *s);
  other.outputs = "f[] 0";
  subject_init(s, &other, false);
  ck_assert_msg(!s->ok && strstr(s->err.message, row->outputs), "%s %s: %s",
                row->op, row->attributes, s->err.message);
  subject_clear(s);
  free(s);
}
END_TEST

/* ---- Levels of weights ---- */

/* A scale for each column stays one for each row when the matrix is turned, and
   for each channel of a group; where rows mix, levels go. */
START_TEST(levels_move_with_their_scales) {
  const double level[] = {1, 2, 3, 4, 5, 6};
  const float scale[] = {0.5f, 2, 4};
  const long zero[] = {0, 0, 0};
  struct error err = {0};
  struct flow f;
  struct lengths shape = {.rank = 2, .at = {2, 3}, .n = 6};
  flow_init(&f, &err);
  flow_id w = flow_dequantise(&f, flow_constant(&f, ONNX_INT8, &shape, level),
                              scale, zero, 3, 1);
  const struct flow_node *turned = flow_get(&f, flow_swap(&f, w, 0, 1));
  ck_assert(turned->levels_of.level && turned->levels_of.scales == 3 &&
            turned->levels_of.axis == 0);
  for (size_t i = 0; i < 6; i++)
    ck_assert(turned->at[i] == (double)turned->levels_of.level[i] *
                                   (double)turned->levels_of.scale[i / 2]);
  const struct flow_node *some = flow_get(&f, flow_slice(&f, w, 1, 1, 2));
  ck_assert(some->levels_of.level && some->levels_of.scales == 2 &&
            some->levels_of.axis == 1 && some->levels_of.scale[1] == 4);
  flow_id flat = flow_reshape_to(&f, w, (size_t[]){3, 2}, 2);
  ck_assert(!flow_get(&f, flat)->levels_of.level);
  flow_clear(&f);
}
END_TEST

int main(void) {
  Suite *s = suite_create("operators");
  TCase *c = tcase_create("rows");
  tcase_add_loop_test(c, operators_make_what_is_listed, 0,
                      2 * (int)(sizeof rows / sizeof *rows));
  tcase_add_loop_test(c, what_is_wrong_is_refused, 0,
                      (int)(sizeof refused / sizeof *refused));
  tcase_add_test(c, levels_move_with_their_scales);
  suite_add_tcase(s, c);
  return suite_run(s);
}
