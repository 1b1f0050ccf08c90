/* model.h: quantised models against plain C, as ONNX Runtime was measured to
   do it (float32, operator by operator), through run and through the circuit */
#include "tests/compile/front/subject.h"
#include "tests/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

enum {
  WIDE = 12, // most elements of a vector here
  SEEDS = 12
};

static long clamp(float x, long zero, long lo, long hi) {
  float level = rintf(x) + (float)zero; // small enough to be exact, or beyond
  return level < (float)lo ? lo : level > (float)hi ? hi : (long)level;
}

struct type {
  enum onnx_type type;
  long lo, hi;
  unsigned width;
};

static const struct type types[] = {{ONNX_UINT8, 0, 255, 8},
                                    {ONNX_INT8, -128, 127, 8},
                                    {ONNX_UINT16, 0, 65535, 16},
                                    {ONNX_INT16, -32768, 32767, 16}};

/* ---- QuantizeLinear and DequantizeLinear ---- */

static void identity(const long *x, long *y, const void *context) {
  memcpy(y, x, *(const size_t *)context * sizeof *y);
}

START_TEST(inputs_are_quantised_as_the_runtime_does_it) {
  const struct type *t = &types[_i % 4];
  const float scale = (const float[]){0.1f, 1.f / 3, 0.5f, 2e-3f}[_i / 4];
  const long zero = t->lo + (t->hi - t->lo) / 3;
  struct sketch k = {0};
  struct subject s;
  say_input(&k, "x", ONNX_FLOAT, "? 3");
  say_float(&k, "s", scale);
  say_long(&k, "z", t->type, zero);
  say_node(&k, "QuantizeLinear", "x s z", "q", "");
  say_node(&k, "DequantizeLinear", "q s z", "y", "");
  say_output(&k, "q");
  say_output(&k, "y");
  subject_init(&s, &k, NULL);
  ck_assert(s.m.is_exact && s.m.inputs.n == 1 && s.m.inputs.at[0].is_real);
  ck_assert_uint_eq(s.c.inputs.n, 3 * t->width);
  ck_assert_uint_eq(s.c.outputs.n, 6 * t->width);
  ck_assert_uint_eq(s.measure.depth, 0);
  struct dice d = {(uint64_t)_i};
  for (int i = 0; i < 5000; i++) {
    long q = dice_long(&d, t->lo - 9, t->hi + 9), halves = dice_long(&d, 0, 2);
    float x = ((float)(q - zero) + 0.5f * (float)halves) * scale;
    ck_assert_int_eq(model_level(&s.m.inputs.at[0], (double)x),
                     clamp(x / scale, zero, t->lo, t->hi));
  }
  const double inf = (double)INFINITY;
  ck_assert_int_eq(model_level(&s.m.inputs.at[0], inf), t->hi);
  ck_assert_int_eq(model_level(&s.m.inputs.at[0], -inf), t->lo);
  mpz_t q;
  mpz_init(q);
  for (long level = t->lo; level <= t->hi; level++) {
    mpz_set_si(q, level);
    ck_assert(model_real(&s.m.outputs.at[1], 2, q) ==
              (double)((float)(level - zero) * scale));
  }
  mpz_clear(q);
  ck_assert(!s.m.outputs.at[0].is_real && s.m.outputs.at[1].is_real);
  subject_clear(&s);
}
END_TEST

/* ---- QLinearMatMul ---- */

struct layer {
  const struct type *a, *b, *y;
  size_t columns, rows, scales;
  float scale_a, scale_b[WIDE], scale_y;
  long zero_a, zero_b[WIDE], zero_y, weight[WIDE * WIDE]; // (columns, rows)
};

static void draw_layer(struct layer *l, struct dice *d, size_t columns,
                       size_t rows, const struct type *a, float scale_a,
                       long zero_a, bool by_column) {
  *l = (struct layer){.a = a,
                      .b = &types[dice_long(d, 0, 1)],
                      .y = &types[dice_long(d, 0, 1)],
                      .columns = columns,
                      .rows = rows,
                      .scales = by_column ? rows : 1,
                      .scale_a = scale_a,
                      .zero_a = zero_a,
                      .scale_y = dice_float(d, 0.5f, 3)};
  l->zero_y = dice_long(d, l->y->lo, l->y->hi);
  for (size_t j = 0; j < rows; j++) {
    l->scale_b[j] = dice_float(d, 1e-3f, 0.02f);
    l->zero_b[j] = dice_long(d, l->b->lo, l->b->hi);
  }
  for (size_t i = 0; i < columns * rows; i++)
    l->weight[i] = dice_long(d, l->b->lo, l->b->hi);
}

static void say_layer(struct sketch *k, const struct layer *l, const char *x,
                      const char *y) {
  char name[8][32], dims[40], inputs[300] = "", by_column[20] = "";
  static const char *const what[] = {"",   "sa", "za", "b",
                                     "sb", "zb", "sy", "zy"};
  for (size_t i = 0; i < 8; i++) {
    snprintf(name[i], sizeof name[i], "%s%s", what[i], i ? y : x);
    strcat(strcat(inputs, name[i]), " ");
  }
  snprintf(dims, sizeof dims, "%zu %zu", l->columns, l->rows);
  if (l->scales > 1)
    snprintf(by_column, sizeof by_column, "%zu", l->rows);
  say_float(k, name[1], l->scale_a);
  say_long(k, name[2], l->a->type, l->zero_a);
  say_longs(k, name[3], l->b->type, dims, l->weight, l->columns * l->rows);
  say_floats(k, name[4], by_column, l->scale_b, l->scales);
  say_longs(k, name[5], l->b->type, by_column, l->zero_b, l->scales);
  say_float(k, name[6], l->scale_y);
  say_long(k, name[7], l->y->type, l->zero_y);
  say_node(k, "QLinearMatMul", inputs, y, "");
}

static long accumulate(const struct layer *l, const long *x, size_t j) {
  long sum = 0;
  size_t k = l->scales > 1 ? j : 0;
  for (size_t i = 0; i < l->columns; i++)
    sum += (x[i] - l->zero_a) * (l->weight[i * l->rows + j] - l->zero_b[k]);
  return sum;
}

static void answer_layer(const struct layer *l, const long *x, long *y) {
  for (size_t j = 0; j < l->rows; j++) {
    float product = l->scale_a * l->scale_b[l->scales > 1 ? j : 0];
    float multiplier = product / l->scale_y;
    float scaled = (float)accumulate(l, x, j) * multiplier;
    y[j] = clamp(scaled, l->zero_y, l->y->lo, l->y->hi);
  }
}

struct layers {
  size_t n, batch;
  struct layer at[5];
};

static void answer_layers(const long *x, long *y, const void *context) {
  const struct layers *all = context;
  for (size_t b = 0; b < all->batch; b++) {
    long v[2][WIDE];
    memcpy(v[0], x + b * all->at[0].columns,
           all->at[0].columns * sizeof v[0][0]);
    for (size_t i = 0; i < all->n; i++)
      answer_layer(&all->at[i], v[i % 2], v[!(i % 2)]);
    size_t rows = all->at[all->n - 1].rows;
    memcpy(y + b * rows, v[all->n % 2], rows * sizeof *y);
  }
}

START_TEST(a_quantised_network_of_n_layers_has_depth_n_and_the_runtimes_bits) {
  struct dice d = {(uint64_t)_i};
  struct layers all = {.n = 1 + (size_t)_i % 5, .batch = 1 + (size_t)_i % 2};
  struct sketch k = {0};
  struct subject s;
  char x[32] = "x", y[32];
  const struct type *type = &types[_i / 2 % 2];
  size_t columns = 4;
  say_input(&k, "x", type->type, all.batch == 1 ? "1 4" : "2 4");
  for (size_t i = 0; i < all.n; i++) {
    size_t rows = 2 + (size_t)dice_long(&d, 0, 3);
    struct layer *l = &all.at[i];
    draw_layer(l, &d, columns, rows, type, i ? all.at[i - 1].scale_y : 0.1f,
               i ? all.at[i - 1].zero_y : dice_long(&d, type->lo, type->hi),
               _i % 3 == 0);
    snprintf(y, sizeof y, "h%u", (unsigned)i % 1000);
    say_layer(&k, l, x, y);
    memcpy(x, y, sizeof x);
    type = l->y;
    columns = rows;
  }
  say_output(&k, x);
  subject_init(&s, &k, NULL);
  ck_assert(s.m.is_exact);
  ck_assert_uint_eq(s.measure.depth_inner, all.n);
  ck_assert_uint_eq(s.c.outputs.n, 8 * columns * all.batch);
  subject_compare(&s, answer_layers, &all, subject_rounds());
  subject_clear(&s);
}
END_TEST

/* ---- MatMulInteger and what follows, in float32 ---- */

struct integer_net {
  struct layer l; // of which scale_a, scale_y and zero_y are of no meaning
  float scale[WIDE], bias[WIDE], unit, least, most;
  long zero;
  const struct type *type;
};

static float answer_float(const struct integer_net *n, const long *x,
                          size_t j) {
  float v = (float)accumulate(&n->l, x, j);
  v = v * n->scale[j];
  v = v + n->bias[j];
  v = v < 0 ? 0 : v;
  v = v - 0.25f;
  v = v < n->least ? n->least : v;
  return v > n->most ? n->most : v;
}

static void answer_chain(const long *x, long *y, const void *context) {
  const struct integer_net *n = context;
  for (size_t j = 0; j < n->l.rows; j++) {
    y[j] = accumulate(&n->l, x, j);
    y[n->l.rows + j] = y[j];
    y[2 * n->l.rows + j] = clamp(answer_float(n, x, j) / n->unit, n->zero,
                                 n->type->lo, n->type->hi);
  }
}

static void say_integer_matmul(struct sketch *k, const struct layer *l,
                               const char *x, const char *y) {
  char dims[40];
  snprintf(dims, sizeof dims, "%zu %zu", l->columns, l->rows);
  say_longs(k, "w", l->b->type, dims, l->weight, l->columns * l->rows);
  say_long(k, "za", l->a->type, l->zero_a);
  say_longs(k, "zb", l->b->type, l->scales > 1 ? strchr(dims, ' ') + 1 : "",
            l->zero_b, l->scales);
  char inputs[100];
  snprintf(inputs, sizeof inputs, "%s w za zb", x);
  say_node(k, "MatMulInteger", inputs, y, "");
}

static void draw_integer_net(struct integer_net *n, struct dice *d,
                             bool by_column) {
  draw_layer(&n->l, d, 3, 3, &types[dice_long(d, 0, 1)], 1, 0, by_column);
  n->l.zero_a = dice_long(d, n->l.a->lo, n->l.a->hi);
  n->type = &types[dice_long(d, 0, 3)];
  n->zero = n->type->lo + dice_long(d, 0, 100);
  n->unit = dice_float(d, 0.02f, 0.9f);
  n->least = dice_float(d, -0.2f, 0.1f);
  n->most = dice_float(d, 10, 300);
  for (size_t j = 0; j < n->l.rows; j++) {
    n->scale[j] = dice_float(d, -0.01f, 0.01f);
    n->bias[j] = dice_float(d, -100, 100);
  }
}

START_TEST(chains_of_floats_are_rounded_operator_by_operator) {
  struct dice d = {(uint64_t)_i + 77};
  struct integer_net n;
  struct sketch k = {.opset = _i % 2 ? 10 : 13};
  struct subject s;
  char clip[100] = "";
  draw_integer_net(&n, &d, _i % 3 == 0);
  say_input(&k, "x", n.l.a->type, "1 3");
  say_integer_matmul(&k, &n.l, "x", "sum");
  say_node(&k, "Cast", "sum", "f", "attribute{name:'to' type:2 i:1}");
  say_floats(&k, "scale", "1 3", n.scale, 3);
  say_node(&k, "Mul", _i % 2 ? "scale f" : "f scale", "m", "");
  say_floats(&k, "bias", "3", n.bias, 3);
  say_node(&k, "Add", _i % 2 ? "m bias" : "bias m", "a", "");
  say_node(&k, "Relu", "a", "r", "");
  say_float(&k, "quarter", 0.25f);
  say_node(&k, "Sub", "r quarter", "t", "");
  say_float(&k, "lo", n.least);
  say_float(&k, "hi", n.most);
  snprintf(clip, sizeof clip,
           "attribute{name:'min' type:1 f:%.9g} attribute{name:'max' type:1 "
           "f:%.9g}",
           (double)n.least, (double)n.most);
  say_node(&k, "Clip", _i % 2 ? "t" : "t lo hi", "c", _i % 2 ? clip : "");
  say_float(&k, "unit", n.unit);
  say_long(&k, "zero", n.type->type, n.zero);
  say_node(&k, "QuantizeLinear", "c unit zero", "y", "");
  say_output(&k, "sum");
  say_output(&k, "c");
  say_output(&k, "y");
  subject_init(&s, &k, NULL);
  ck_assert(s.m.is_exact);
  ck_assert_uint_eq(s.c.output_buses.at[0].width, 32);
  subject_run(&s, answer_chain, &n, subject_rounds());
  subject_compare(&s, answer_chain, &n, subject_rounds() / 10);
  mpz_t q;
  mpz_init(q);
  for (int i = 0; i < 100; i++) {
    long x[3];
    for (int e = 0; e < 3; e++)
      x[e] = dice_long(&d, n.l.a->lo, n.l.a->hi);
    for (size_t j = 0; j < 3; j++) {
      mpz_set_si(q, accumulate(&n.l, x, j));
      ck_assert(model_real(&s.m.outputs.at[1], j, q) ==
                (double)answer_float(&n, x, j));
    }
  }
  mpz_clear(q);
  subject_clear(&s);
}
END_TEST

/* Sums beyond 2^24 are rounded when they become floats. */
static void answer_large(const long *x, long *y, const void *context) {
  (void)context;
  y[0] =
      clamp((float)(x[0] * 32767 + x[1] * 3) * 1e-7f / 0.5f, 0, -32768, 32767);
}

START_TEST(sums_beyond_2_24_are_rounded_to_floats) {
  struct sketch k = {0};
  struct subject s;
  say_input(&k, "x", ONNX_INT16, "2");
  say_longs(&k, "w", ONNX_INT16, "2 1", (long[]){32767, 3}, 2);
  say_node(&k, "MatMulInteger", "x w", "sum", "");
  say_node(&k, "Cast", "sum", "f", "attribute{name:'to' type:2 i:1}");
  say_float(&k, "scale", 1e-7f);
  say_node(&k, "Mul", "f scale", "m", "");
  say_float(&k, "unit", 0.5f);
  say_long(&k, "zero", ONNX_INT16, 0);
  say_node(&k, "QuantizeLinear", "m unit zero", "y", "");
  say_output(&k, "y");
  subject_init(&s, &k, NULL);
  ck_assert_uint_eq(s.measure.depth_inner, 1);
  subject_run(&s, answer_large, NULL, 100 * subject_rounds());
  subject_compare(&s, answer_large, NULL, 10);
  subject_clear(&s);
}
END_TEST

/* ---- Multipliers, to the last bit ---- */

/* With 16 bits, one unit in the last place of the multiplier shows. */
enum form {
  QLINEAR,
  QDQ,
  INTEGER,
  FORMS
};

struct fine {
  enum form form;
  float a, b, y;
  long weight;
};

static void answer_fine(const long *x, long *y, const void *context) {
  const struct fine *f = context;
  float product = f->a * f->b, sum = (float)(x[0] * f->weight), v;
  if (f->form == INTEGER) {
    v = sum * product;
    v = v / f->y;
  } else {
    float multiplier = product / f->y;
    v = sum * multiplier;
  }
  y[0] = clamp(v, 0, -32768, 32767);
}

static void say_fine(struct sketch *k, const struct fine *f) {
  say_input(k, "x", ONNX_INT16, "1");
  say_longs(k, "w", ONNX_INT16, "1 1", &f->weight, 1);
  say_float(k, "a", f->a);
  say_float(k, "b", f->b);
  say_float(k, "s", f->y);
  say_float(k, "ab", f->a * f->b);
  say_long(k, "z", ONNX_INT16, 0);
  if (f->form == QLINEAR) {
    say_node(k, "QLinearMatMul", "x a z w b z s z", "y", "");
    return;
  }
  if (f->form == INTEGER) {
    say_node(k, "MatMulInteger", "x w", "sum", "");
    say_node(k, "Cast", "sum", "f", "attribute{name:'to' type:2 i:1}");
    say_node(k, "Mul", "f ab", "r", "");
  } else {
    say_node(k, "DequantizeLinear", "x a z", "X", "");
    say_node(k, "DequantizeLinear", "w b z", "W", "");
    say_node(k, "MatMul", "X W", "r", "");
  }
  say_node(k, "QuantizeLinear", "r s z", "y", "");
}

/* Such that in another order the multiplier would be another. */
static void draw_fine(struct fine *f, struct dice *d) {
  float m;
  do {
    f->a = dice_float(d, 0.001f, 0.002f);
    f->b = dice_float(d, 0.003f, 0.02f);
    f->weight = dice_long(d, 300, 700);
    f->y = f->a * f->b * (float)f->weight * dice_float(d, 1.01f, 1.2f);
    m = f->a * f->b / f->y;
  } while (f->a * (f->b / f->y) == m || f->a / f->y * f->b == m ||
           f->a * f->b * (1 / f->y) == m);
}

START_TEST(multipliers_are_the_runtimes_to_the_last_bit) {
  struct dice d = {(uint64_t)_i};
  struct fine f = {.form = (enum form)(_i % FORMS)};
  draw_fine(&f, &d);
  struct sketch k = {0};
  struct subject s;
  say_fine(&k, &f);
  say_output(&k, "y");
  subject_init(&s, &k, NULL);
  subject_run(&s, answer_fine, &f, 20000);
  subject_compare(&s, answer_fine, &f, 10);
  subject_clear(&s);
}
END_TEST

/* A bias beyond 2^24 is no float, but an integer of the sum's own scale. */
static void answer_long_bias(const long *x, long *y, const void *context) {
  (void)context;
  y[0] = clamp((float)(x[0] * 100001 - 20000207), 0, -32768, 32767);
}

START_TEST(integer_biases_are_not_rounded_to_floats) {
  struct sketch k = {0};
  struct subject s;
  const float a = 0.3f, b = 0.7f;
  say_input(&k, "x", ONNX_UINT8, "1 1");
  say_longs(&k, "w", ONNX_INT32, "1 1", (long[]){100001}, 1);
  say_longs(&k, "c", ONNX_INT32, "1", (long[]){-20000207}, 1);
  say_float(&k, "a", a);
  say_float(&k, "b", b);
  say_float(&k, "ab", a * b);
  say_long(&k, "z", ONNX_INT16, 0);
  say_node(&k, "DequantizeLinear", "x a", "X", "");
  say_node(&k, "DequantizeLinear", "w b", "W", "");
  say_node(&k, "DequantizeLinear", "c ab", "C", "");
  say_node(&k, "Gemm", "X W C", "r", "");
  say_node(&k, "QuantizeLinear", "r ab z", "y", "");
  say_output(&k, "y");
  subject_init(&s, &k, NULL);
  subject_run(&s, answer_long_bias, NULL, 3000);
  subject_compare(&s, answer_long_bias, NULL, 10);
  subject_clear(&s);
}
END_TEST

/* ---- QDQ: the integer reading ---- */

struct qdq {
  struct layer l;
  long bias[WIDE];
  float float_bias[WIDE], most;
  bool is_gemm, is_transposed, has_clip;
};

static void answer_qdq(const long *x, long *y, const void *context) {
  const struct qdq *q = context;
  const struct layer *l = &q->l;
  for (size_t j = 0; j < l->rows; j++) {
    float unit = l->scale_a * l->scale_b[l->scales > 1 ? j : 0], v;
    long sum = accumulate(l, x, j);
    if (q->is_gemm) { // one requantise, with an integer bias
      v = (float)(sum + q->bias[j]) * (unit / l->scale_y);
      v = v < 0 ? 0 : v;
      if (q->has_clip && v > q->most / l->scale_y)
        v = q->most / l->scale_y;
    } else { // MatMul, then float32
      v = (float)sum * unit;
      v = v + q->float_bias[j];
      v = v < 0 ? 0 : v;
      if (q->has_clip && v > q->most)
        v = q->most;
      v = v / l->scale_y;
    }
    y[j] = clamp(v, l->zero_y, l->y->lo, l->y->hi);
  }
}

static void draw_qdq(struct qdq *q, struct dice *d, int i) {
  q->is_gemm = i % 2;
  q->is_transposed = i % 4 == 3;
  q->has_clip = i % 3;
  q->most = dice_float(d, 20, 40);
  draw_layer(&q->l, d, 4, 3, &types[i / 2 % 2], dice_float(d, 0.01f, 0.1f),
             types[i / 2 % 2].lo + 3, i % 5 < 3);
  q->l.scale_y = dice_float(d, 0.01f, 0.3f);
  for (size_t j = 0; j < q->l.rows; j++) {
    q->bias[j] = dice_long(d, -(1L << 26), 1L << 26) >> dice_long(d, 0, 20);
    q->float_bias[j] = dice_float(d, -10, 10);
  }
}

/* The matrix, dequantised, in whichever order the operator wants it. */
static void say_matrix(struct sketch *k, const struct qdq *q) {
  const struct layer *l = &q->l;
  long turned[WIDE * WIDE], zero[WIDE];
  const char *axis = q->is_transposed ? "attribute{name:'axis' type:2 i:0}"
                     : q->is_gemm     ? "attribute{name:'axis' type:2 i:-1}"
                                      : "";
  for (size_t i = 0; i < l->columns; i++)
    for (size_t j = 0; j < l->rows; j++)
      turned[j * l->columns + i] = l->weight[i * l->rows + j];
  memcpy(zero, l->zero_b, sizeof zero);
  say_longs(k, "w", l->b->type, q->is_transposed ? "3 4" : "4 3",
            q->is_transposed ? turned : l->weight, 12);
  say_floats(k, "sw", l->scales > 1 ? "3" : "", l->scale_b, l->scales);
  say_longs(k, "zw", l->b->type, l->scales > 1 ? "3" : "", zero, l->scales);
  say_node(k, "DequantizeLinear", "w sw zw", "W", axis);
}

static void say_qdq_layer(struct sketch *k, const struct qdq *q) {
  const struct layer *l = &q->l;
  float unit[WIDE];
  for (size_t j = 0; j < l->scales; j++)
    unit[j] = l->scale_a * l->scale_b[j];
  say_matrix(k, q);
  if (q->is_gemm) {
    say_longs(k, "b", ONNX_INT32, "3", q->bias, 3);
    say_floats(k, "sb", l->scales > 1 ? "3" : "", unit, l->scales);
    say_node(k, "DequantizeLinear", "b sb", "B",
             "attribute{name:'axis' type:2 i:0}");
    say_node(k, "Gemm", "X W B", "h",
             q->is_transposed ? "attribute{name:'transB' type:2 i:1}" : "");
  } else {
    say_node(k, "MatMul", "X W", "g", "");
    say_floats(k, "b", "3", q->float_bias, 3);
    say_node(k, "Add", "g b", "h", "");
  }
}

START_TEST(qdq_networks_are_read_as_integers) {
  struct dice d = {(uint64_t)_i + 1000};
  struct qdq q;
  struct sketch k = {0};
  struct subject s;
  draw_qdq(&q, &d, _i);
  const struct layer *l = &q.l;
  say_input(&k, "x", ONNX_FLOAT, "? 4");
  say_float(&k, "sx", l->scale_a);
  say_long(&k, "zx", l->a->type, l->zero_a);
  say_node(&k, "QuantizeLinear", "x sx zx", "qx", "");
  say_node(&k, "DequantizeLinear", "qx sx zx", "X", "");
  say_qdq_layer(&k, &q);
  say_node(&k, "Relu", "h", "r", "");
  say_float(&k, "six", q.most);
  if (q.has_clip)
    say_node(&k, "Clip", "r - six", "c", "");
  say_float(&k, "sy", l->scale_y);
  say_long(&k, "zy", l->y->type, l->zero_y);
  say_node(&k, "QuantizeLinear", q.has_clip ? "c sy zy" : "r sy zy", "qy", "");
  say_node(&k, "DequantizeLinear", "qy sy zy", "y", "");
  say_output(&k, "y");
  subject_init(&s, &k, NULL);
  ck_assert(s.m.is_exact);
  ck_assert_uint_le(s.measure.depth_inner, 1);
  subject_compare(&s, answer_qdq, &q, subject_rounds());
  subject_clear(&s);
}
END_TEST

/* Sums of dequantised integers are exact. long double holds them. */
struct sum {
  float scale[2], unit;
  long zero[2], zero_y;
  bool is_difference;
};

static void answer_sum(const long *x, long *y, const void *context) {
  const struct sum *s = context;
  for (size_t i = 0; i < 3; i++) {
    long double a = (long double)(x[i] - s->zero[0]) * (long double)s->scale[0],
                b = (long double)(x[3 + i] - s->zero[1]) *
                    (long double)s->scale[1];
    long double v = (s->is_difference ? a - b : a + b) / (long double)s->unit;
    long level = lrintl(v) + s->zero_y;
    y[i] = level < 0 ? 0 : level > 255 ? 255 : level;
  }
}

START_TEST(sums_of_dequantised_integers_are_exact) {
  struct dice d = {(uint64_t)_i + 2000};
  struct sum a = {
      .is_difference = _i % 2,
      .scale = {dice_float(&d, 0.01f, 0.2f), dice_float(&d, 0.01f, 0.2f)},
      .zero = {dice_long(&d, 0, 255), dice_long(&d, -128, 127)},
      .zero_y = dice_long(&d, 0, 255),
      .unit = dice_float(&d, 0.05f, 0.4f)};
  struct sketch k = {0};
  struct subject s;
  say_input(&k, "p", ONNX_UINT8, "1 3");
  say_input(&k, "q", ONNX_INT8, "1 3");
  say_float(&k, "sp", a.scale[0]);
  say_long(&k, "zp", ONNX_UINT8, a.zero[0]);
  say_node(&k, "DequantizeLinear", "p sp zp", "P", "");
  say_float(&k, "sq", a.scale[1]);
  say_long(&k, "zq", ONNX_INT8, a.zero[1]);
  say_node(&k, "DequantizeLinear", "q sq zq", "Q", "");
  say_node(&k, a.is_difference ? "Sub" : "Add", "P Q", "R", "");
  say_float(&k, "sy", a.unit);
  say_long(&k, "zy", ONNX_UINT8, a.zero_y);
  say_node(&k, "QuantizeLinear", "R sy zy", "y", "");
  say_output(&k, "y");
  subject_init(&s, &k, NULL);
  ck_assert_uint_eq(s.measure.depth_inner, 1);
  subject_compare(&s, answer_sum, &a, 10 * subject_rounds());
  subject_clear(&s);
}
END_TEST

/* ---- Sigmoid and tanh of float32 ---- */

static void answer_curve(const long *x, long *y, const void *context) {
  bool is_tanh = *(const bool *)context;
  for (int i = 0; i < 2; i++) {
    long double v = (long double)((float)(x[i] - 100) * 0.03f);
    float f = (float)(is_tanh ? tanhl(v) : 1 / (1 + expl(-v)));
    y[i] = clamp(f / 0.0037f, -7, -128, 127);
  }
}

START_TEST(sigmoid_and_tanh_are_correctly_rounded) {
  bool is_tanh = _i;
  struct sketch k = {0};
  struct subject s;
  say_input(&k, "x", ONNX_UINT8, "2");
  say_float(&k, "sx", 0.03f);
  say_long(&k, "zx", ONNX_UINT8, 100);
  say_node(&k, "DequantizeLinear", "x sx zx", "X", "");
  say_node(&k, is_tanh ? "Tanh" : "Sigmoid", "X", "Y", "");
  say_float(&k, "sy", 0.0037f);
  say_long(&k, "zy", ONNX_INT8, -7);
  say_node(&k, "QuantizeLinear", "Y sy zy", "y", "");
  say_output(&k, "y");
  subject_init(&s, &k, NULL);
  ck_assert(s.m.is_exact && s.m.notes.n == 1);
  subject_compare(&s, answer_curve, &is_tanh, 20 * subject_rounds());
  subject_clear(&s);
}
END_TEST

/* ---- Shapes ---- */

START_TEST(shapes_change_without_gates) {
  struct sketch k = {0};
  struct subject s;
  size_t n = 12;
  say_input(&k, "x", ONNX_UINT8, "1 2 6");
  say_node(&k, "Identity", "x", "a", "");
  say_node(&k, "Flatten", "a", "b", "");
  say_longs(&k, "three", ONNX_INT64, "3", (long[]){0, -1, 3}, 3);
  say_node(&k, "Reshape", "b three", "c", "");
  say_node(&k, "Flatten", "c", "d", "attribute{name:'axis' type:2 i:-1}");
  say_longs(&k, "flat", ONNX_INT64, "1", (long[]){12}, 1);
  say_node(&k, "Reshape", "d flat", "e", "");
  say_node(&k, "Cast", "e", "y", "attribute{name:'to' type:2 i:6}");
  say_output(&k, "y");
  subject_init(&s, &k, NULL);
  ck_assert_uint_eq(lengths_last(flow_shape(&s.m.flow, s.m.outputs.at[0].flow)),
                    12);
  ck_assert_uint_eq(s.c.outputs.n, 12 * 32);
  ck_assert_uint_eq(s.measure.depth_inner, 0);
  subject_compare(&s, identity, &n, subject_rounds());
  subject_clear(&s);
}
END_TEST

START_TEST(inputs_keep_their_names_and_their_order) {
  struct sketch k = {0};
  struct subject s;
  size_t n = 3;
  say_input(&k, "late real", ONNX_FLOAT, "1");
  say_input(&k, "early:0", ONNX_FLOAT, "");
  say_input(&k, "whole", ONNX_BOOL, "1");
  say_float(&k, "s", 0.5f);
  say_long(&k, "z", ONNX_UINT8, 1);
  say_node(&k, "QuantizeLinear", "early:0 s z", "p", "");
  say(&k,
      "node{op_type:'QuantizeLinear' input:'late real' input:'s' output:'q'} ");
  say_node(&k, "Identity", "whole", "r", "");
  say_output(&k, "q");
  say_output(&k, "p");
  say_output(&k, "r");
  subject_init(&s, &k, NULL);
  static const char *const names[] = {"late real", "early:0", "whole"};
  for (size_t i = 0; i < 3; i++) {
    ck_assert_str_eq(s.m.inputs.at[i].name, names[i]);
    ck_assert_str_eq(s.c.input_buses.at[i].name, names[i]);
  }
  subject_compare(&s, identity, &n, subject_rounds());
  subject_clear(&s);
}
END_TEST

/* ---- ArgMax ---- */

static size_t first_greatest(const float *x, size_t n) {
  size_t best = 0;
  for (size_t i = 1; i < n; i++)
    if (x[i] > x[best])
      best = i;
  return best;
}

enum argmax_of {
  OF_INTEGERS,
  OF_SCALED,  // dequantised
  OF_CHAIN,   // float32, with a bias for each column
  OF_SOFTMAX, // of that
  ARGMAX_OF
};

static const float argmax_bias[] = {-79.5f, -81, -79.75f, 1e6f};
static const float argmax_back = 1000080; // all end below 0

static void answer_argmax(const long *x, long *y, const void *context) {
  enum argmax_of of = *(const enum argmax_of *)context;
  for (size_t row = 0; row < 2; row++) {
    float v[4];
    for (size_t i = 0; i < 4; i++) {
      v[i] = (float)x[4 * row + i];
      if (of >= OF_CHAIN) { // 1e6 rounds some values away
        v[i] = (v[i] - 5) * 0.3f;
        v[i] = v[i] * (i == 3 ? 1e-3f : 1);
        v[i] = v[i] + argmax_bias[i];
        v[i] = v[i] - (i == 3 ? argmax_back : 0);
      }
    }
    y[row] = (long)first_greatest(v, 4);
  }
}

static void say_argmax(struct sketch *k, enum argmax_of of, bool keeps) {
  say_input(k, "x", ONNX_UINT8, "2 4");
  say_float(k, "s", 0.3f);
  say_long(k, "z", ONNX_UINT8, 5);
  say_floats(k, "factor", "4", (float[]){1, 1, 1, 1e-3f}, 4);
  say_floats(k, "bias", "4", argmax_bias, 4);
  say_floats(k, "back", "4", (float[]){0, 0, 0, argmax_back}, 4);
  if (of >= OF_SCALED)
    say_node(k, "DequantizeLinear", "x s z", "r", "");
  if (of >= OF_CHAIN) {
    say_node(k, "Mul", "r factor", "m", "");
    say_node(k, "Add", "m bias", "a", "");
    say_node(k, "Sub", "a back", "c", "");
  }
  if (of == OF_SOFTMAX)
    say_node(k, "Softmax", "c", "soft", "attribute{name:'axis' type:2 i:1}");
  say_node(k, "ArgMax", (const char *const[]){"x", "r", "c", "soft"}[of], "y",
           keeps ? "attribute{name:'axis' type:2 i:-1}"
                 : "attribute{name:'axis' type:2 i:1} "
                   "attribute{name:'keepdims' type:2 i:0}");
  say_output(k, "y");
}

START_TEST(argmax_is_the_first_of_the_greatest) {
  enum argmax_of of = (enum argmax_of)(_i / 2);
  struct sketch k = {0};
  struct subject s;
  say_argmax(&k, of, _i % 2);
  subject_init(&s, &k, NULL);
  ck_assert_uint_eq(s.c.outputs.n, 128);
  ck_assert_uint_eq(lengths_last(flow_shape(&s.m.flow, s.m.outputs.at[0].flow)),
                    _i % 2 ? 1 : 2);
  // in order, compared, the place, its bits
  ck_assert_uint_eq(s.measure.depth_inner, of < OF_CHAIN ? 3 : 4);
  ck_assert_uint_eq(s.m.notes.n, of == OF_SOFTMAX);
  subject_compare(&s, answer_argmax, &of, 4 * subject_rounds());
  subject_clear(&s);
}
END_TEST

static void answer_argmax_sums(const long *x, long *y, const void *context) {
  float v[3], scale = *(const float *)context;
  const long w[2][3] = {{3, -2, 7}, {1, 5, -3}};
  for (size_t j = 0; j < 3; j++)
    v[j] = (float)(x[0] * w[0][j] + x[1] * w[1][j]) * scale;
  y[0] = (long)first_greatest(v, 3);
}

/* A scale so small that products are rounded to few bits: ties. */
START_TEST(argmax_of_sums_has_the_ties_of_float32) {
  float scale = _i ? 0.01f : 1e-44f;
  struct sketch k = {0};
  struct subject s;
  say_input(&k, "x", ONNX_UINT8, "1 2");
  say_longs(&k, "w", ONNX_INT8, "2 3", (long[]){3, -2, 7, 1, 5, -3}, 6);
  say_node(&k, "MatMulInteger", "x w", "sum", "");
  say_node(&k, "Cast", "sum", "f", "attribute{name:'to' type:2 i:1}");
  say_float(&k, "s", scale);
  say_node(&k, "Mul", "f s", "m", "");
  say_node(&k, "ArgMax", "m", "y", "attribute{name:'axis' type:2 i:1}");
  say_output(&k, "y");
  subject_init(&s, &k, NULL);
  ck_assert_uint_eq(s.measure.depth_inner, _i ? 2 : 3);
  subject_compare(&s, answer_argmax_sums, &scale, 10 * subject_rounds());
  subject_clear(&s);
}
END_TEST

/* ---- Rows of tables ---- */

enum {
  ROWS = 5
};

/* Beyond the last row is the last. */
static void answer_rows(const long *x, long *y, const void *context) {
  const long *table = context;
  for (long i = 0; i < 3; i++)
    for (long k = 0; k < 2; k++)
      y[2 * i + k] = table[2 * (x[i] < ROWS ? x[i] : ROWS - 1) + k];
}

/* Of int64, as exported models have them; also where it is moved first. */
START_TEST(the_place_of_a_row_has_as_few_bits_as_rows) {
  static const long table[2 * ROWS] = {3, -7, 0, 12, 5, 5, -1, 2, 8, -9};
  struct sketch k = {0};
  struct subject s;
  say_input(&k, "x", ONNX_INT64, _i ? "3 1" : "3");
  say_longs(&k, "w", ONNX_INT32, "5 2", table, 2 * ROWS);
  say_node(&k, "Flatten", "x", "flat", "");
  say_node(&k, "Cast", "flat", "cast", "attribute{name:'to' type:2 i:6}");
  say_node(&k, "Gather", _i ? "w cast" : "w x", "y", "");
  say_output(&k, "y");
  subject_init(&s, &k, NULL);
  ck_assert_uint_eq(s.c.inputs.n, 3 * 3);
  ck_assert_int_eq(s.m.inputs.at[0].levels.hi, 7);
  ck_assert(s.m.inputs.at[0].range.hi == ROWS - 1);
  subject_compare(&s, answer_rows, table, 512);
  subject_clear(&s);
}
END_TEST

int main(void) {
  Suite *s = suite_create("model");
  TCase *t = tcase_create("integers");
  tcase_set_timeout(t, 120);
  tcase_add_loop_test(t, inputs_are_quantised_as_the_runtime_does_it, 0, 16);
  tcase_add_loop_test(
      t, a_quantised_network_of_n_layers_has_depth_n_and_the_runtimes_bits, 0,
      2 * SEEDS);
  tcase_add_loop_test(t, chains_of_floats_are_rounded_operator_by_operator, 0,
                      SEEDS);
  tcase_add_test(t, sums_beyond_2_24_are_rounded_to_floats);
  tcase_add_loop_test(t, multipliers_are_the_runtimes_to_the_last_bit, 0,
                      2 * FORMS);
  tcase_add_test(t, integer_biases_are_not_rounded_to_floats);
  tcase_add_loop_test(t, qdq_networks_are_read_as_integers, 0, 4 * SEEDS);
  tcase_add_loop_test(t, sums_of_dequantised_integers_are_exact, 0, SEEDS);
  tcase_add_loop_test(t, sigmoid_and_tanh_are_correctly_rounded, 0, 2);
  tcase_add_test(t, shapes_change_without_gates);
  tcase_add_test(t, inputs_keep_their_names_and_their_order);
  tcase_add_loop_test(t, argmax_is_the_first_of_the_greatest, 0, 2 * ARGMAX_OF);
  tcase_add_loop_test(t, argmax_of_sums_has_the_ties_of_float32, 0, 2);
  tcase_add_loop_test(t, the_place_of_a_row_has_as_few_bits_as_rows, 0, 2);
  suite_add_tcase(s, t);
  return suite_run(s);
}
