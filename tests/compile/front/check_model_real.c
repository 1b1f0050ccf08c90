/* model.h: models of real numbers, against arithmetic on doubles.

   Networks of random operators are written twice: as a model and as a list of
   steps that are gone through here for each input. */
#include "compile/front/flow_run.h"
#include "compile/program/run.h"
#include "tests/compile/front/subject.h"
#include "tests/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <flint/fmpz_vec.h>

enum {
  N = 3,     // elements of each vector
  STEPS = 9, // most in a network
  SEEDS = 150
};

enum kind {
  GEMM,
  MATMUL,
  ADD_ROW,
  SUB_ROW,
  ROW_SUB, // the row minus x
  MUL_ROW,
  RELU,
  CLIP,
  SIGMOID,
  TANH,
  IDENTITY,
  ADD_EARLIER, // the value before some earlier step
  SUB_EARLIER,
  KINDS
};

struct layer {
  enum kind kind;
  float row[N], matrix[N * N], lo, hi, alpha, beta;
  bool is_transposed;
  int earlier;
};

struct net {
  int n;
  unsigned bits;
  double range;
  struct layer step[STEPS];
};

/* ---- What it means ---- */

static double linear(const struct layer *s, const double *x, int j) {
  double y = s->kind == GEMM ? (double)s->beta * (double)s->row[j] : 0;
  for (int k = 0; k < N; k++)
    y += (double)s->alpha *
         (double)s->matrix[s->is_transposed ? j * N + k : k * N + j] * x[k];
  return y;
}

static double one(const struct layer *s, double x, int k) {
  double row = (double)s->row[k];
  switch (s->kind) {
  case ADD_ROW:
    return x + row;
  case SUB_ROW:
    return x - row;
  case ROW_SUB:
    return row - x;
  case MUL_ROW:
    return x * row;
  case RELU:
    return fmax(x, 0);
  case CLIP:
    return fmin(fmax(x, (double)s->lo), (double)s->hi);
  case SIGMOID:
    return 1 / (1 + exp(-x));
  case TANH:
    return tanh(x);
  default:
    return x;
  }
}

/* Value 0 is the input, value i + 1 what step i makes of value i. */
static void answer(const struct net *net, const double *x, double *y) {
  double value[STEPS + 1][N];
  memcpy(value[0], x, sizeof value[0]);
  for (int i = 0; i < net->n; i++) {
    const struct layer *s = &net->step[i];
    for (int k = 0; k < N; k++) {
      double v = value[i][k], *to = &value[i + 1][k];
      *to = s->kind <= MATMUL        ? linear(s, value[i], k)
            : s->kind == ADD_EARLIER ? v + value[s->earlier][k]
            : s->kind == SUB_EARLIER ? v - value[s->earlier][k]
                                     : one(s, v, k);
    }
  }
  memcpy(y, value[net->n], sizeof value[0]);
}

/* ---- The same as a model ---- */

static void say_row(struct sketch *k, int i, const float *row) {
  char name[16];
  snprintf(name, sizeof name, "c%d", i);
  say_floats(k, name, "3", row, N);
}

static void say_bounds(struct sketch *k, int i, const struct layer *s,
                       char *inputs, char *attributes) {
  if (k->opset < 11) {
    sprintf(attributes,
            "attribute{name:'min' type:1 f:%.9g} "
            "attribute{name:'max' type:1 f:%.9g}",
            (double)s->lo, (double)s->hi);
    return;
  }
  say(k, "initializer{name:'lo%d' data_type:1 float_data:[%.9g]} ", i,
      (double)s->lo);
  say(k, "initializer{name:'hi%d' data_type:1 float_data:[%.9g]} ", i,
      (double)s->hi);
  sprintf(inputs, "v%d lo%d hi%d", i, i, i);
}

static void say_step(struct sketch *k, const struct layer *s, int i) {
  static const char *const names[] = {
      "Gemm", "MatMul",  "Add",  "Sub",      "Sub", "Mul", "Relu",
      "Clip", "Sigmoid", "Tanh", "Identity", "Add", "Sub"};
  char inputs[60], output[16], matrix[16], attributes[300] = "";
  snprintf(inputs, sizeof inputs, "v%d", i);
  snprintf(output, sizeof output, "v%d", i + 1);
  snprintf(matrix, sizeof matrix, "w%d", i);
  say_row(k, i, s->row);
  if (s->kind <= MATMUL) {
    say_floats(k, matrix, "3 3", s->matrix, N * N);
    sprintf(inputs, s->kind == GEMM ? "v%d w%d c%d" : "v%d w%d", i, i, i);
  }
  if (s->kind == GEMM)
    sprintf(attributes,
            "attribute{name:'alpha' type:1 f:%.9g} attribute{name:'beta' "
            "type:1 f:%.9g} attribute{name:'transB' type:2 i:%d}",
            (double)s->alpha, (double)s->beta, s->is_transposed);
  if (s->kind == CLIP)
    say_bounds(k, i, s, inputs, attributes);
  if (s->kind == ROW_SUB)
    sprintf(inputs, "c%d v%d", i, i);
  else if (s->kind >= ADD_ROW && s->kind <= MUL_ROW)
    sprintf(inputs, "v%d c%d", i, i);
  if (s->kind >= ADD_EARLIER)
    sprintf(inputs, "v%d v%d", i, s->earlier);
  say_node(k, names[s->kind], inputs, output, attributes);
}

static void say_net(struct sketch *k, const struct net *net) {
  char last[16];
  snprintf(last, sizeof last, "v%d", net->n);
  say_input(k, "v0", ONNX_FLOAT, "? 3");
  for (int i = 0; i < net->n; i++)
    say_step(k, &net->step[i], i);
  say_output(k, last);
}

static void draw_step(struct layer *s, struct dice *d, int i) {
  s->kind = (enum kind)dice_long(d, 0, KINDS - 1);
  if (i == 0 && s->kind == IDENTITY)
    s->kind = GEMM; // an output of the input alone is no network
  for (int k = 0; k < N; k++)
    s->row[k] = dice_float(d, -2, 2);
  for (int k = 0; k < N * N; k++)
    s->matrix[k] = dice_float(d, -1, 1);
  s->lo = dice_float(d, -1, 0);
  s->hi = dice_float(d, 0, 1);
  s->alpha = s->kind == GEMM ? dice_float(d, -1, 2) : 1;
  s->beta = dice_float(d, -1, 2);
  s->is_transposed = s->kind == GEMM && dice_long(d, 0, 1);
  s->earlier = (int)dice_long(d, 0, i);
}

static void draw_net(struct net *net, struct dice *d) {
  *net = (struct net){.n = (int)dice_long(d, 1, STEPS),
                      .bits = (unsigned)dice_long(d, 3, 9),
                      .range = (double)dice_float(d, 0.3f, 5)};
  for (int i = 0; i < net->n; i++)
    draw_step(&net->step[i], d, i);
}

static void subject_of(struct subject *s, const struct sketch *k,
                       const struct net *net) {
  struct model_options o = {.bits = net->bits, .range = net->range};
  subject_init(s, k, &o);
}

/* ---- Networks ---- */

/* What run says of inputs x, for comparisons with the circuit. */
static void answer_run(const long *x, long *y, const void *context) {
  const struct subject *s = context;
  fmpz *in = _fmpz_vec_init(N), *out = _fmpz_vec_init(N);
  struct run run;
  run_init(&run, &s->in);
  for (int k = 0; k < N; k++)
    fmpz_set_si(in + k, x[k]);
  run_values(&run, in, out);
  for (int k = 0; k < N; k++)
    y[k] = fmpz_get_si(out + k);
  run_clear(&run);
  _fmpz_vec_clear(in, N);
  _fmpz_vec_clear(out, N);
}

/* On random and extreme inputs no output is farther from the network's than is
   announced. */
static void expect_near(const struct subject *s,
                        void real_answer(const struct net *, const double *,
                                         double *),
                        const struct net *net) {
  const struct quantiser *l = &s->m.inputs.at[0].levels;
  const struct model_port *out = &s->m.outputs.at[0];
  struct dice d = {7};
  mpz_t q;
  mpz_init(q);
  for (int round = 0; round < 10 * subject_rounds(); round++) {
    long x[N], y[N];
    double real[N], expected[N];
    for (int k = 0; k < N; k++) {
      x[k] = round % 3             ? dice_long(&d, l->lo, l->hi)
             : dice_long(&d, 0, 1) ? l->lo
                                   : l->hi;
      real[k] = (double)x[k] * (double)l->scale;
    }
    answer_run(x, y, s);
    real_answer(net, real, expected);
    for (int k = 0; k < N; k++) {
      mpz_set_si(q, y[k]);
      double got = model_real(out, (size_t)k, q);
      ck_assert_msg(fabs(got - expected[k]) <= out->error + 1e-9,
                    "output %d is %g, not %g, announced %g", k, got,
                    expected[k], out->error);
    }
  }
  mpz_clear(q);
}

START_TEST(real_networks_are_as_near_as_is_announced) {
  if (is_left_out(_i))
    return;
  struct dice d = {(uint64_t)_i + 1};
  struct net net;
  struct sketch k = {.opset = _i % 2 ? 9 : 15};
  struct subject s;
  draw_net(&net, &d);
  say_net(&k, &net);
  subject_of(&s, &k, &net);
  ck_assert(!s.m.is_exact && s.m.outputs.at[0].is_real);
  ck_assert_uint_eq(s.c.outputs.n, N * net.bits);
  expect_near(&s, answer, &net);
  subject_compare(&s, answer_run, &s, subject_rounds());
  double error = s.m.outputs.at[0].error;
  net.bits += 4;
  struct model_options o = {.bits = net.bits, .range = net.range};
  subject_again(&s, &o);
  ck_assert_double_le(s.m.outputs.at[0].error, error / 3);
  expect_near(&s, answer, &net);
  subject_clear(&s);
}
END_TEST

/* ---- A layer is rounded once ---- */

/* The least power of two with steps * scale >= most. */
static double scale_for(double most, double steps) {
  double scale = 1;
  if (most == 0)
    return 1;
  while (steps * scale < most)
    scale *= 2;
  while (steps * scale / 2 >= most)
    scale /= 2;
  return scale;
}

struct once {
  struct layer layer[2];
  double unit, scale; // of an input's and an output's level
  long lo, hi;
};

/* Weights of an output in levels of 12 bits, the bias as it is. */
static double sum_of(const struct layer *s, const double *x, int j) {
  double most = 0, y = (double)s->beta * (double)s->row[j];
  for (int k = 0; k < N * N; k++)
    if (k % N == j)
      most = fmax(most, fabs((double)s->matrix[k]));
  double unit = scale_for(most, 2047);
  for (int k = 0; k < N; k++) {
    double w = (double)s->matrix[k * N + j];
    y += (double)s->alpha * unit * rint(w / unit) * x[k];
  }
  return y;
}

static void answer_once(const long *x, long *y, const void *context) {
  const struct once *o = context;
  double real[N];
  for (int k = 0; k < N; k++)
    real[k] = (double)x[k] * o->unit;
  for (int k = 0; k < N; k++) {
    double v = one(&o->layer[1], sum_of(&o->layer[0], real, k), k) / o->scale;
    y[k] = lrint(fmin(fmax(rint(v), (double)o->lo), (double)o->hi));
  }
}

/* The level that half of an output's range is, from the curve. */
static double unit_of(const struct model_port *out) {
  mpz_t one_level;
  mpz_init_set_ui(one_level, 1);
  double unit = model_real(out, 0, one_level);
  mpz_clear(one_level);
  return unit;
}

static void answer_softmax(const struct net *net, const double *x, double *y) {
  double sum = 0;
  (void)net;
  for (int k = 0; k < N; k++)
    sum += y[k] = exp(x[k]);
  for (int k = 0; k < N; k++)
    y[k] /= sum;
}

/* Its divisor is 1 at least, and its results are 1 at most, of any inputs. */
START_TEST(softmax_needs_no_data) {
  static const double range[] = {1, 4, 30}, most[] = {0.2, 1, INFINITY};
  struct sketch k = {0};
  struct subject s;
  struct model_options o = {.bits = 8, .range = range[_i]};
  say_input(&k, "x", ONNX_FLOAT, "? 3");
  say_node(&k, "Softmax", "x", "y", "");
  say_output(&k, "y");
  subject_init(&s, &k, &o);
  ck_assert_double_le(s.m.outputs.at[0].error, most[_i]);
  expect_near(&s, answer_softmax, NULL);
  subject_compare(&s, answer_run, &s, subject_rounds());
  subject_clear(&s);
}
END_TEST

static float weight_of(int layer, int i) {
  return (float)((layer + 1) * (i * 7 + 3) % 11 - 5) / 4;
}

/* Decibels of a spectrum: a clip to 1e-10 is far below what rounding moves. */
static void answer_decibels(const struct net *net, const double *x, double *y) {
  answer(net, x, y);
  for (int k = 0; k < N; k++)
    y[k] = fmax(10 * log(fmax(y[k], (double)1e-10f)), -80);
}

/* Infinite errors times 0, and next to a constant, stay infinite. */
START_TEST(an_error_that_nothing_bounds_is_not_announced_as_none) {
  static const float ten[] = {10}, least[] = {1e-10f}, floor_at[] = {-80},
                     sparse[] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
  struct net net = {.n = 1, .bits = 8, .range = 1};
  struct sketch k = {.opset = 15};
  struct subject s;
  net.step[0] = (struct layer){.kind = MATMUL, .alpha = 1};
  for (int e = 0; e < N * N; e++)
    net.step[0].matrix[e] = 0.3f + 0.1f * (float)(e % 4);
  say_input(&k, "v0", ONNX_FLOAT, "? 3");
  say_step(&k, &net.step[0], 0);
  say_floats(&k, "least", "1", least, 1);
  say_floats(&k, "ten", "1", ten, 1);
  say_floats(&k, "floor", "1", floor_at, 1);
  say_floats(&k, "sparse", "3 3", sparse, N * N);
  say_node(&k, "Max", "v1 least", "clipped", "");
  say_node(&k, "Log", "clipped", "log", "");
  say_node(&k, "Mul", "log ten", "db", "");
  say_node(&k, "Max", "db floor", "y", "");
  say_node(&k, "MatMul", "y sparse", "z", "");
  say_output(&k, _i ? "z" : "y");
  subject_of(&s, &k, &net);
  expect_near(&s, answer_decibels, &net);
  subject_clear(&s);
}
END_TEST

/* Bits times constants, such as what indices choose, are no levels of a file:
   adding them rounds. */
START_TEST(bits_times_constants_are_rounded_as_is_announced) {
  static const float c[] = {1.1f, 2.3f};
  struct sketch k = {.opset = 11};
  struct subject s;
  mpz_t q;
  say_input(&k, "b", ONNX_BOOL, "1 2");
  say_floats(&k, "c", "2", c, 2);
  say_node(&k, "Cast", "b", "f", "attribute{name:'to' type:2 i:1}");
  say_node(&k, "Mul", "f c", "p", "");
  say_node(&k, "ReduceSum", "p", "y", "attribute{name:'axes' type:7 ints:1}");
  say_output(&k, "y");
  subject_init(&s, &k, NULL);
  const struct model_port *out = &s.m.outputs.at[0];
  ck_assert(out->error > 0 && out->error < 0.1);
  fmpz *x = _fmpz_vec_init(2), *y = _fmpz_vec_init(1);
  struct run run;
  run_init(&run, &s.in);
  mpz_init(q);
  for (int v = 0; v < 4; v++) {
    double expected = (v & 1 ? (double)c[0] : 0) + (v & 2 ? (double)c[1] : 0);
    fmpz_set_si(x, v & 1);
    fmpz_set_si(x + 1, v >> 1);
    run_values(&run, x, y);
    fmpz_get_mpz(q, y);
    ck_assert(fabs(model_real(out, 0, q) - expected) <= out->error + 1e-9);
  }
  mpz_clear(q);
  run_clear(&run);
  _fmpz_vec_clear(x, 2);
  _fmpz_vec_clear(y, 1);
  subject_clear(&s);
}
END_TEST

/* As real files have them, of channels that do nothing. */
START_TEST(rows_that_are_far_below_others_are_read) {
  static const float small[] = {0x1p-149f, 1e-38f, 1e-25f, 1e-15f};
  struct net net = {.n = 2, .bits = 8, .range = 1};
  struct sketch k = {0};
  struct subject s;
  net.step[0] = (struct layer){.kind = MATMUL, .alpha = 1};
  net.step[1] = (struct layer){.kind = TANH};
  for (int e = 0; e < N * N; e++)
    net.step[0].matrix[e] = weight_of(0, e) * (e % N == 1 ? small[_i] : 1);
  say_net(&k, &net);
  subject_of(&s, &k, &net);
  ck_assert_double_le(s.m.outputs.at[0].error, 0.05);
  expect_near(&s, answer, &net);
  subject_compare(&s, answer_run, &s, subject_rounds());
  subject_clear(&s);
}
END_TEST

enum {
  ROWS = 100
};

static void find_ranges(const struct model *m, double (*x)[N],
                        struct model_range *range) {
  struct flow_run r;
  flow_run_init(&r, &m->flow);
  for (int row = 0; row < ROWS; row++) {
    ck_assert(flow_run_values(&r, x[row]));
    for (size_t f = 0; f < m->flow.nodes.n; f++)
      for (size_t i = 0; i < m->flow.nodes.at[f]->shape.n; i++) {
        double v = r.at[f][i];
        range[f].lo = row || i ? fmin(range[f].lo, v) : v;
        range[f].hi = row || i ? fmax(range[f].hi, v) : v;
      }
  }
  flow_run_clear(&r);
}

/* Steep layers: rounding may add up to more than there is. */
START_TEST(an_error_is_no_more_than_ranges_of_data_allow) {
  struct dice d = {(uint64_t)_i + 1};
  struct net net = {.n = 8, .bits = 4, .range = 1};
  struct sketch k = {0};
  struct subject s;
  double x[ROWS][N], expected[N];
  mpz_t q;
  for (int i = 0; i < net.n; i++) {
    draw_step(&net.step[i], &d, i);
    net.step[i].kind = i % 2 ? TANH : MATMUL;
    for (int e = 0; e < N * N; e++)
      net.step[i].matrix[e] *= 4;
  }
  for (int i = 0; i < ROWS * N; i++)
    x[i / N][i % N] = (double)dice_float(&d, -1, 1);
  say_net(&k, &net);
  subject_of(&s, &k, &net);
  struct model_range *range = xcalloc(s.m.flow.nodes.n, sizeof *range);
  find_ranges(&s.m, x, range);
  struct model_options o = {.bits = 4, .range = 1, .ranges = range};
  subject_again(&s, &o);
  const struct model_port *out = &s.m.outputs.at[0];
  ck_assert_double_le(out->error, 2); // tanh is of [-1..1]
  mpz_init(q);
  for (int row = 0; row < ROWS; row++) {
    long level[N], y[N];
    for (int i = 0; i < N; i++)
      level[i] = model_level(&s.m.inputs.at[0], x[row][i]);
    answer_run(level, y, &s);
    answer(&net, x[row], expected);
    for (int i = 0; i < N; i++) {
      mpz_set_si(q, y[i]);
      ck_assert_double_le(fabs(model_real(out, (size_t)i, q) - expected[i]),
                          out->error + 1e-6);
    }
  }
  mpz_clear(q);
  free(range);
  subject_clear(&s);
}
END_TEST

START_TEST(a_layer_is_rounded_once) {
  static const enum kind kinds[] = {RELU, SIGMOID, TANH, IDENTITY, CLIP};
  struct dice d = {(uint64_t)_i + 300};
  struct net net = {.n = 2, .bits = 8, .range = 1};
  struct sketch k = {.opset = 15};
  struct subject s;
  draw_step(&net.step[0], &d, 0);
  draw_step(&net.step[1], &d, 1);
  net.step[0].kind = GEMM;
  net.step[0].alpha = dice_float(&d, 0.5f, 2);
  net.step[0].is_transposed = false;
  net.step[1].kind = kinds[_i % 5];
  say_net(&k, &net);
  subject_of(&s, &k, &net);
  bool below = net.step[1].kind != RELU && net.step[1].kind != SIGMOID;
  struct once once = {.layer = {net.step[0], net.step[1]},
                      .unit = 0x1p-6,
                      .scale = unit_of(&s.m.outputs.at[0]),
                      .lo = below ? -128 : 0,
                      .hi = below ? 127 : 255};
  ck_assert_double_eq((double)s.m.inputs.at[0].levels.scale, once.unit);
  ck_assert_uint_eq(s.measure.depth_inner, 1);
  subject_compare(&s, answer_once, &once, 5 * subject_rounds());
  subject_clear(&s);
}
END_TEST

START_TEST(a_network_of_n_layers_has_depth_n) {
  struct net net = {.n = 2 * _i, .bits = 6, .range = 1};
  struct sketch k = {0};
  struct subject s;
  for (int i = 0; i < net.n; i++) {
    struct layer *l = &net.step[i];
    *l = (struct layer){.kind = i % 2 ? RELU : GEMM, .alpha = 1, .beta = 1};
    for (int e = 0; e < N * N; e++)
      l->matrix[e] = weight_of(i, e);
  }
  say_net(&k, &net);
  subject_of(&s, &k, &net);
  ck_assert_uint_eq(s.measure.depth_inner, (size_t)_i);
  subject_compare(&s, answer_run, &s, subject_rounds());
  subject_clear(&s);
}
END_TEST

/* Two readers of a value have the same levels, made once. */
START_TEST(levels_are_made_once_for_all_readers) {
  struct net net = {.n = 4, .bits = 5, .range = 1};
  struct sketch k = {0}, twice = {0};
  struct subject s, t;
  net.step[0] = (struct layer){.kind = GEMM, .alpha = 1, .beta = 1};
  net.step[1] = (struct layer){.kind = TANH};
  net.step[2] = (struct layer){.kind = MATMUL, .alpha = 1};
  net.step[3] = (struct layer){.kind = ADD_EARLIER, .earlier = 2};
  for (int e = 0; e < N * N; e++)
    net.step[0].matrix[e] = net.step[2].matrix[e] = weight_of(0, e);
  say_net(&k, &net);
  subject_of(&s, &k, &net);
  net.step[3] = (struct layer){.kind = RELU}; // one reader only
  say_net(&twice, &net);
  subject_of(&t, &twice, &net);
  struct operation_measures a = {0}, b = {0};
  circuit_measure_operations(&s.c, &a);
  circuit_measure_operations(&t.c, &b);
  ck_assert_str_eq(a.all.at[0].name, "v2");
  ck_assert(!mpz_cmp(a.all.at[0].gates, b.all.at[0].gates));
  operation_measures_clear(&a);
  operation_measures_clear(&b);
  subject_clear(&s);
  subject_clear(&t);
}
END_TEST

/* Levels are made for the second product, of elements that have moved. */
START_TEST(gates_have_the_name_of_what_computes_and_not_of_a_move) {
  static const float w[] = {1, -0.5f, 0.25f, 0.5f, 1, -1, -0.25f, 0.75f, 1};
  struct sketch k = {0};
  struct subject s;
  struct operation_measures all = {0};
  say_input(&k, "x", ONNX_FLOAT, "1 3");
  say_floats(&k, "w", "3 3", w, 9);
  say_node(&k, "MatMul", "x w", "v", "");
  say_node(&k, "Relu", "v", "r", "");
  say_node(&k, "Flatten", "r", "f", "");
  say_node(&k, "Transpose", "f", "t",
           "attribute{name:'perm' type:7 ints:[1 0]}");
  say_node(&k, "MatMul", "w t", "y", "");
  say_output(&k, "y");
  subject_init(&s, &k, NULL);
  circuit_measure_operations(&s.c, &all);
  ck_assert_uint_eq(s.measure.depth_inner, 2);
  ck_assert_str_eq(all.all.at[0].name, "r");
  operation_measures_clear(&all);
  subject_clear(&s);
}
END_TEST

/* ---- ArgMax of real numbers ---- */

/* In levels of 4 bits; weights are whole multiples of 1/4, too. */
static void answer_argmax(const long *x, long *y, const void *context) {
  double in[N], v[N];
  for (int k = 0; k < N; k++)
    in[k] = (double)x[k] / 4;
  answer(context, in, v);
  *y = 0;
  for (long i = 1; i < N; i++)
    if (v[i] > v[*y])
      *y = i;
}

START_TEST(argmax_of_real_numbers_is_exact) {
  struct net net = {.n = 2, .bits = 4, .range = 1};
  struct sketch k = {0};
  struct subject s;
  net.step[0] = (struct layer){.kind = GEMM, .alpha = 1, .beta = 1};
  net.step[1] = (struct layer){.kind = ADD_ROW, .row = {0.25f, 0, -0.5f}};
  for (int e = 0; e < N * N; e++)
    net.step[0].matrix[e] = weight_of(0, e);
  say_input(&k, "v0", ONNX_FLOAT, "? 3");
  say_step(&k, &net.step[0], 0);
  say_step(&k, &net.step[1], 1);
  if (_i)
    say_node(&k, "Softmax", "v2", "p", "");
  say_node(&k, "ArgMax", _i ? "p" : "v2", "y",
           "attribute{name:'axis' type:2 i:1}");
  say_output(&k, "y");
  subject_of(&s, &k, &net);
  subject_compare(&s, answer_argmax, &net, 10 * subject_rounds());
  subject_clear(&s);
}
END_TEST

int main(void) {
  Suite *s = suite_create("model of real numbers");
  TCase *t = tcase_create("reals");
  tcase_set_timeout(t, 120);
  tcase_add_loop_test(t, real_networks_are_as_near_as_is_announced, 0, SEEDS);
  tcase_add_loop_test(t, softmax_needs_no_data, 0, 3);
  tcase_add_loop_test(t, an_error_that_nothing_bounds_is_not_announced_as_none,
                      0, 2);
  tcase_add_test(t, bits_times_constants_are_rounded_as_is_announced);
  tcase_add_loop_test(t, rows_that_are_far_below_others_are_read, 0, 4);
  tcase_add_loop_test(t, an_error_is_no_more_than_ranges_of_data_allow, 0, 20);
  tcase_add_loop_test(t, a_layer_is_rounded_once, 0, 40);
  tcase_add_loop_test(t, a_network_of_n_layers_has_depth_n, 1, 5);
  tcase_add_test(t, levels_are_made_once_for_all_readers);
  tcase_add_test(t, gates_have_the_name_of_what_computes_and_not_of_a_move);
  tcase_add_loop_test(t, argmax_of_real_numbers_is_exact, 0, 2);
  suite_add_tcase(s, t);
  return suite_run(s);
}
