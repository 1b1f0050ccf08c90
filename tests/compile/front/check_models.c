/* Models and data that others made, where they are: in the folder that
   TEST_DATA names. Without it the tests are skipped. */
#include "compile/front/csv.h"
#include "compile/front/onnx.h"
#include "compile/front/quantise.h"
#include "compile/front/slurp.h"
#include "tests/compile/front/spoil.h"
#include "tests/compile/front/walk.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>
#include <jansson.h>

static const char *const names[] = {
    "cnn_digits_op14",         "diffusion_moons_op17", "llama_char_op17",
    "mlp_digits_qlinear_op13", "mlp_digits_relu_op17", "mlp_iris_tanh_op13",
    "rnn_mod3_op13",           "ssm_recall_op14",      "tfenc_majority_op17"};
enum {
  NAMES = sizeof names / sizeof *names
};

struct path {
  char text[1000];
};

static struct path path_of(const char *name, const char *file) {
  struct path p;
  snprintf(p.text, sizeof p.text, "%s/onnx/%s/%s", getenv("TEST_DATA"), name,
           file);
  return p;
}

static struct path path_of_set(const char *name, int set, const char *file) {
  char text[100];
  snprintf(text, sizeof text, "test_data_set_%d/%s", set, file);
  return path_of(name, text);
}

static bool is_there(struct path p) {
  return !access(p.text, R_OK);
}

static void read_model(struct onnx_model *m, const char *name) {
  struct error err = {0};
  struct path p = path_of(name, "model.onnx");
  ck_assert_msg(onnx_read(m, p.text, &err), "%s: %s", err.file, err.message);
  walk_model(m);
}

static void read_tensor(struct onnx_tensor *t, struct path p) {
  struct error err = {0};
  ck_assert_msg(onnx_tensor_read(t, p.text, &err), "%s: %s", err.file,
                err.message);
  walk_tensor(t);
}

/* ---- Against meta.json ---- */

static size_t count_op(const struct onnx_graph *g, const char *op) {
  size_t n = 0;
  for (size_t i = 0; i < g->nodes.n; i++)
    n += !strcmp(g->nodes.at[i].op, op);
  return n;
}

START_TEST(models_have_the_operators_that_are_listed) {
  struct onnx_model m;
  size_t all = 0;
  const char *op;
  json_t *n, *meta = json_load_file(path_of(names[_i], "meta.json").text, 0, 0);
  ck_assert_ptr_nonnull(meta);
  read_model(&m, names[_i]);
  ck_assert_int_eq(m.ir_version,
                   json_integer_value(json_object_get(meta, "ir_version")));
  json_t *opset = json_array_get(json_object_get(meta, "opset"), 0);
  ck_assert_int_eq(onnx_opset(&m.opsets, ""),
                   json_integer_value(json_array_get(opset, 1)));
  json_object_foreach(json_object_get(meta, "ops"), op, n) {
    size_t listed = (size_t)json_integer_value(n);
    if (strcmp(op, "Constant")) {
      ck_assert_uint_eq(count_op(&m.graph, op), listed);
      all += listed;
    }
  }
  ck_assert_uint_eq(m.graph.nodes.n, all);
  for (size_t i = 0; i < m.graph.nodes.n; i++)
    ck_assert(!i || m.graph.nodes.at[i - 1].place < m.graph.nodes.at[i].place);
  json_decref(meta);
  onnx_clear(&m);
}
END_TEST

/* ---- Tensors against the rows beside them ---- */

static void compare_row(struct csv *c, const struct onnx_tensor *t, size_t row,
                        size_t width) {
  for (size_t i = 0; i < width; i++) {
    double d;
    ck_assert(csv_double(c, i, &d));
    ck_assert(d == onnx_double(t, row * width + i));
  }
}

static void compare(const char *name, int set, const char *stem) {
  struct onnx_tensor t;
  struct csv c;
  struct error err = {0};
  char file[40];
  bool end;
  snprintf(file, sizeof file, "%s.pb", stem);
  if (!is_there(path_of_set(name, set, file)))
    return;
  read_tensor(&t, path_of_set(name, set, file));
  snprintf(file, sizeof file, "%s.csv", stem);
  struct path csv = path_of_set(name, set, file);
  size_t rows = t.rank ? (size_t)t.dims[0] : 1, width = t.n / rows;
  struct csv_bus bus = {.name = "x", .values = width};
  ck_assert_msg(csv_open(&c, csv.text, &bus, 1, &err), "%s", err.message);
  for (size_t i = 0; i < rows; i++) {
    ck_assert(csv_next(&c, &end) && !end);
    compare_row(&c, &t, i, width);
  }
  ck_assert(csv_next(&c, &end) && end);
  csv_close(&c);
  onnx_tensor_clear(&t);
}

START_TEST(tensors_are_the_rows_beside_them) {
  static const char *const stems[] = {"input_0", "input_1", "output_0",
                                      "output_1"};
  ck_assert(is_there(path_of_set(names[_i], 2, "output_0.pb")));
  for (int set = 0; set < 4; set++)
    for (int i = 0; i < 4; i++)
      compare(names[_i], set, stems[i]);
}
END_TEST

/* ---- A quantised network, node by node in plain integers ---- */

enum {
  WIDTH = 64
};

struct run {
  const struct onnx_graph *g;
  long level[32][WIDTH]; // [value]
  float real[32][WIDTH];
};

static const struct onnx_tensor *
weight(const struct run *r, const struct onnx_node *node, size_t i) {
  const struct onnx_tensor *t = onnx_constant(r->g, onnx_input(r->g, node, i));
  ck_assert_ptr_nonnull(t);
  return t;
}

static struct quantiser quantiser(const struct run *r,
                                  const struct onnx_node *node, size_t i) {
  struct quantiser q;
  struct error err;
  const struct onnx_tensor *scale = weight(r, node, i),
                           *zero = weight(r, node, i + 1);
  bool is_signed = zero->type == ONNX_INT8;
  ck_assert(quantiser_init(&q, scale->name, onnx_float(scale, 0),
                           onnx_int64(zero, 0), is_signed ? -128 : 0,
                           is_signed ? 127 : 255, &err));
  return q;
}

static void run_matmul(struct run *r, const struct onnx_node *node) {
  struct quantiser a = quantiser(r, node, 1), b = quantiser(r, node, 4),
                   y = quantiser(r, node, 6);
  struct requantiser q;
  struct error err;
  const struct onnx_tensor *w = weight(r, node, 3);
  const long *x = r->level[onnx_input(r->g, node, 0)];
  size_t n = (size_t)w->dims[1];
  ck_assert(requantiser_init(&q, "w", a.scale, b.scale, &y, &err));
  for (size_t j = 0; j < n; j++) {
    long sum = 0;
    for (size_t i = 0; i < w->n / n; i++)
      sum += (x[i] - a.zero) * (onnx_int64(w, i * n + j) - b.zero);
    mpz_t z;
    mpz_init_set_si(z, sum);
    r->level[onnx_output(r->g, node, 0)][j] = requantise(&q, z);
    mpz_clear(z);
  }
}

static void run_node(struct run *r, const struct onnx_node *node) {
  value_id x = onnx_input(r->g, node, 0), y = onnx_output(r->g, node, 0);
  if (!strcmp(node->op, "QLinearMatMul")) {
    run_matmul(r, node);
    return;
  }
  struct quantiser q = quantiser(r, node, 1);
  for (size_t i = 0; i < WIDTH; i++)
    if (!strcmp(node->op, "QuantizeLinear"))
      r->level[y][i] = quantise(&q, r->real[x][i]);
    else
      r->real[y][i] = dequantise(&q, r->level[x][i]);
}

static void run_nodes(struct run *r, const struct onnx_model *m) {
  ck_assert_uint_lt(m->graph.values.n, 32);
  for (size_t i = 0; i < m->graph.nodes.n; i++)
    run_node(r, &m->graph.nodes.at[i]);
}

static const char *const quantised = "mlp_digits_qlinear_op13";

static void run_set(struct run *r, const struct onnx_model *m, int set) {
  struct onnx_tensor x, level, real;
  read_tensor(&x, path_of_set(quantised, set, "input_0.pb"));
  read_tensor(&level, path_of_set(quantised, set, "output_0.pb"));
  read_tensor(&real, path_of_set(quantised, set, "output_1.pb"));
  size_t rows = (size_t)x.dims[0];
  for (size_t row = 0; row < rows; row++) {
    for (size_t i = 0; i < WIDTH; i++)
      r->real[m->graph.inputs.at[0].value][i] = onnx_float(&x, row * WIDTH + i);
    run_nodes(r, m);
    for (size_t i = 0; i < 10; i++) {
      ck_assert(r->level[m->graph.outputs.at[0].value][i] ==
                onnx_int64(&level, 10 * row + i));
      ck_assert(r->real[m->graph.outputs.at[1].value][i] ==
                onnx_float(&real, 10 * row + i));
    }
  }
  onnx_tensor_clear(&x);
  onnx_tensor_clear(&level);
  onnx_tensor_clear(&real);
}

START_TEST(the_quantised_network_gives_the_runtimes_bits) {
  struct onnx_model m;
  struct run r = {0};
  read_model(&m, quantised);
  r.g = &m.graph;
  for (int set = 0; set < 4; set++)
    run_set(&r, &m, set);
  onnx_clear(&m);
}
END_TEST

static long argmax(const long *x, long n) {
  long best = 0;
  for (long i = 1; i < n; i++)
    if (x[i] > x[best])
      best = i;
  return best;
}

START_TEST(the_quantised_network_predicts_what_is_recorded) {
  struct onnx_model m;
  struct run r = {0};
  struct csv c;
  struct csv_bus bus = {.name = "x", .values = WIDTH};
  struct error err = {0};
  size_t rows = 0;
  bool end;
  struct path p = path_of(quantised, "dataset_test.csv");
  read_model(&m, quantised);
  r.g = &m.graph;
  ck_assert(csv_open(&c, p.text, &bus, 1, &err));
  for (; csv_next(&c, &end) && !end; rows++) {
    for (size_t i = 0; i < WIDTH; i++) {
      double d;
      ck_assert(csv_double(&c, i, &d));
      r.real[m.graph.inputs.at[0].value][i] = (float)d;
    }
    run_nodes(&r, &m);
    ck_assert_int_eq(argmax(r.level[m.graph.outputs.at[0].value], 10),
                     atol(csv_predicted(&c)));
  }
  ck_assert_uint_eq(rows, 360);
  csv_close(&c);
  onnx_clear(&m);
}
END_TEST

START_TEST(spoilt_models_are_refused_or_read) {
  struct slurp s = {0};
  struct error err = {0};
  struct path p = path_of(names[_i % NAMES], "model.onnx");
  ck_assert(slurp_file(&s, p.text, ONNX_MAX_BYTES, &err));
  spoil_all(s.at, s.n, _i);
  array_clear(&s);
}
END_TEST

int main(void) {
  const char *data = getenv("TEST_DATA");
  if (!data || !is_there(path_of(quantised, "model.onnx"))) {
    printf("skipped: no models in '%s'\n", data ? data : "");
    return 77;
  }
  Suite *s = suite_create("models");
  TCase *files = tcase_create("files");
  tcase_set_timeout(files, 120);
  tcase_add_loop_test(files, models_have_the_operators_that_are_listed, 0,
                      NAMES);
  tcase_add_loop_test(files, tensors_are_the_rows_beside_them, 0, NAMES);
  tcase_add_test(files, the_quantised_network_gives_the_runtimes_bits);
  tcase_add_test(files, the_quantised_network_predicts_what_is_recorded);
  tcase_add_loop_test(files, spoilt_models_are_refused_or_read, 0, SPOIL_LOOPS);
  suite_add_tcase(s, files);
  return suite_run(s);
}
