/* model.h: models of real numbers, quantised by the rules that its comments
   state, against exact arithmetic on doubles.

   Networks of random operators are written twice: as a model and as a list of
   steps that are gone through here for each input. */
#include "tests/compile/front/subject.h"
#include "tests/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

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
  bool has_ranges; // of value i: range_of(i)
  struct layer step[STEPS];
};

static struct model_range range_of(int i) {
  return (struct model_range){i % 3 ? -1.0 - i / 4.0 : 0, 1.5 + i / 8.0};
}

/* ---- What it means ---- */

struct real {
  double v[N], lo[N], hi[N]; // the value and its interval
  double unit; // of a value that is whole multiples of it; 0 otherwise
};

struct grid {
  double scale, lo, hi;
};

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

static struct grid grid_for(double lo, double hi, unsigned bits) {
  double levels = ldexp(1, (int)bits);
  struct grid g = {0, lo < 0 ? -levels / 2 : 0,
                   lo < 0 ? levels / 2 - 1 : levels - 1};
  g.scale = scale_for(fmax(fabs(lo), fabs(hi)), g.hi);
  return g;
}

static double to_grid(struct grid g, double x) {
  return g.scale * fmin(fmax(rint(x / g.scale), g.lo), g.hi);
}

static struct grid grid_of(const struct net *net, const struct real *x, int i) {
  double lo = x->lo[0], hi = x->hi[0];
  for (int k = 1; k < N; k++) {
    lo = fmin(lo, x->lo[k]);
    hi = fmax(hi, x->hi[k]);
  }
  return net->has_ranges ? grid_for(range_of(i).lo, range_of(i).hi, net->bits)
                         : grid_for(lo, hi, net->bits);
}

/* On a grid, value i of the net is x. */
static struct real quantised(const struct net *net, const struct real *x,
                             int i) {
  struct grid g = grid_of(net, x, i);
  struct real y = {.unit = g.scale};
  for (int k = 0; k < N; k++) {
    y.v[k] = to_grid(g, x->v[k]);
    y.lo[k] = to_grid(g, x->lo[k]);
    y.hi[k] = to_grid(g, x->hi[k]);
  }
  return y;
}

/* Its own multiples where they are few, else on a grid. */
static struct real few(const struct net *net, const struct real *x, int i) {
  bool is_few = x->unit > 0;
  for (int k = 0; is_few && k < N; k++)
    is_few = (x->hi[k] - x->lo[k]) / x->unit < ldexp(1, (int)net->bits);
  return is_few ? *x : quantised(net, x, i);
}

static struct real linear(const struct net *net, const struct layer *s,
                          const struct real *given, int i) {
  struct real x = few(net, given, i), y;
  double most = 0;
  for (int k = 0; k < N * N; k++)
    most = fmax(most, fabs((double)s->alpha * (double)s->matrix[k]));
  double unit = scale_for(most, ldexp(1, (int)net->bits - 1) - 1);
  y.unit = unit * x.unit;
  for (int j = 0; j < N; j++) {
    double bias = s->kind == GEMM ? (double)s->beta * (double)s->row[j] : 0;
    y.v[j] = y.lo[j] = y.hi[j] = y.unit * rint(bias / y.unit);
    for (int k = 0; k < N; k++) {
      float given_w = s->matrix[s->is_transposed ? j * N + k : k * N + j];
      double w = unit * rint((double)s->alpha * (double)given_w / unit);
      y.v[j] += w * x.v[k];
      y.lo[j] += w * (w < 0 ? x.hi[k] : x.lo[k]);
      y.hi[j] += w * (w < 0 ? x.lo[k] : x.hi[k]);
    }
  }
  return y;
}

static struct real combined(const struct net *net, const struct layer *s,
                            const struct real *a, int i, const struct real *b) {
  struct real x = few(net, a, i), y = few(net, b, s->earlier), r;
  double sign = s->kind == SUB_EARLIER ? -1 : 1;
  for (int k = 0; k < N; k++) {
    r.v[k] = x.v[k] + sign * y.v[k];
    r.lo[k] = x.lo[k] + sign * (sign < 0 ? y.hi[k] : y.lo[k]);
    r.hi[k] = x.hi[k] + sign * (sign < 0 ? y.lo[k] : y.hi[k]);
  }
  r.unit = fmin(x.unit, y.unit);
  return r;
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

static struct real elementwise(const struct layer *s, const struct real *x) {
  struct real y;
  for (int k = 0; k < N; k++) {
    double a = one(s, x->lo[k], k), b = one(s, x->hi[k], k);
    y.v[k] = one(s, x->v[k], k);
    y.lo[k] = fmin(a, b);
    y.hi[k] = fmax(a, b);
  }
  y.unit = s->kind == IDENTITY ? x->unit : 0;
  return y;
}

/* Value 0 is the input, value i + 1 what step i makes of value i. IDENTITY
   makes a new value of the same meaning. */
static void answer(const long *x, long *y, const void *context) {
  const struct net *net = context;
  struct real value[STEPS + 1];
  double lo = net->has_ranges ? range_of(0).lo : -net->range;
  double hi = net->has_ranges ? range_of(0).hi : net->range;
  struct grid g = grid_for(lo, hi, net->bits);
  value[0].unit = g.scale;
  for (int k = 0; k < N; k++) {
    value[0].v[k] = (double)x[k] * g.scale;
    value[0].lo[k] = g.lo * g.scale;
    value[0].hi[k] = g.hi * g.scale;
  }
  for (int i = 0; i < net->n; i++) {
    const struct layer *s = &net->step[i];
    const struct real *from = &value[i];
    value[i + 1] = s->kind <= MATMUL ? linear(net, s, from, i)
                   : s->kind >= ADD_EARLIER
                       ? combined(net, s, from, i, &value[s->earlier])
                       : elementwise(s, from);
  }
  g = grid_of(net, &value[net->n], net->n);
  for (int k = 0; k < N; k++)
    y[k] = lrint(to_grid(g, value[net->n].v[k]) / g.scale);
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
                      .range = (double)dice_float(d, 0.3f, 5),
                      .has_ranges = dice_long(d, 0, 1)};
  for (int i = 0; i < net->n; i++)
    draw_step(&net->step[i], d, i);
}

/* With ranges for each value: their ids are known once it was read. */
static void subject_of(struct subject *s, const struct sketch *k,
                       const struct net *net) {
  struct model_options o = {.bits = net->bits, .range = net->range};
  subject_init(s, k, &o);
  if (!net->has_ranges)
    return;
  struct model_range *ranges =
      xcalloc(s->m.onnx.graph.values.n, sizeof *ranges);
  for (int i = 0; i <= net->n; i++) {
    char name[16];
    snprintf(name, sizeof name, "v%d", i);
    ranges[onnx_find(&s->m.onnx.graph, name)] = range_of(i);
  }
  o.ranges = ranges;
  subject_again(s, &o);
  free(ranges);
}

START_TEST(real_networks_are_quantised_as_stated) {
  struct dice d = {(uint64_t)_i + 1};
  struct net net;
  struct sketch k = {.opset = _i % 2 ? 9 : 15};
  struct subject s;
  draw_net(&net, &d);
  say_net(&k, &net);
  subject_of(&s, &k, &net);
  ck_assert(!s.m.is_exact && s.m.outputs.at[0].is_real);
  ck_assert_uint_eq(s.c.outputs.n, N * net.bits);
  subject_compare(&s, answer, &net, subject_rounds());
  subject_clear(&s);
}
END_TEST

static float weight_of(int layer, int i) {
  return (float)((layer + 1) * (i * 7 + 3) % 11 - 5) / 4;
}

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
  subject_compare(&s, answer, &net, subject_rounds());
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
  subject_compare(&s, answer, &net, subject_rounds());
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

/* ---- ArgMax of real numbers ---- */

static void answer_argmax(const long *x, long *y, const void *context) {
  const struct net *net = context;
  long v[N];
  answer(x, v, net);
  *y = 0;
  for (long i = 1; i < N; i++)
    if (v[i] > v[*y])
      *y = i;
}

/* Of levels, where the last layer is not a plain multiple. */
START_TEST(argmax_of_real_numbers_is_that_of_their_levels) {
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
  tcase_add_loop_test(t, real_networks_are_quantised_as_stated, 0, SEEDS);
  tcase_add_loop_test(t, a_network_of_n_layers_has_depth_n, 1, 5);
  tcase_add_test(t, levels_are_made_once_for_all_readers);
  tcase_add_loop_test(t, argmax_of_real_numbers_is_that_of_their_levels, 0, 2);
  suite_add_tcase(s, t);
  return suite_run(s);
}
