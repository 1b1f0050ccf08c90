/* Models of images and mixtures, written out in plain integers from what their
   files say. Weights are drawn again, in the order of the steps. */
#include "compile/models/models.h"
#include "compile/models/weights.h"
#include "tests/compile/trial.h"
#include "tests/compile/written.h"
#include "tests/suite.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

#include <check.h>

enum {
  SEED = 5,
  MOST = 400 // elements
};

/* A vector has h = w = 1. */
struct image {
  long c, h, w, at[MOST];
};

struct drawn {
  struct weights w;
  long bits;
};

static void drawn_init(struct drawn *m, long bits) {
  weights_init(&m->w, SEED, WEIGHTS_RANDOM, (unsigned)bits);
  m->bits = bits;
}

static struct image image_read(long c, long h, long w, const long **in) {
  struct image x = {.c = c, .h = h, .w = w};
  assert(c * h * w <= MOST);
  for (long i = 0; i < c * h * w; i++)
    x.at[i] = *(*in)++;
  return x;
}

static long floor_div(long a, long b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

/* a / b to the nearest, half up, in so many bits. */
static long divide(const struct drawn *m, long a, long b) {
  long most = (1L << (m->bits - 1)) - 1, y = floor_div(2 * a + b, 2 * b);
  return y > most ? most : y < -most - 1 ? -most - 1 : y;
}

/* What sums of n products are divided by. */
static long scale(const struct drawn *m, long n) {
  long root = 1;
  while (root * root < n)
    root *= 2;
  return root << (m->bits - 2);
}

/* 0 beyond the edges. */
static long pixel(const struct image *x, long c, long row, long column) {
  return row < 0 || column < 0 || row >= x->h || column >= x->w
             ? 0
             : x->at[(c * x->h + row) * x->w + column];
}

static struct image convolve(struct drawn *m, const struct image *x, long out,
                             long kernel, long stride) {
  long n = x->c * kernel * kernel, places = 0;
  struct matrix k = weights_matrix(&m->w, (size_t)out, (size_t)n);
  const fmpz *bias = weights_bias(&m->w, &k, scale(m, n));
  struct image y = {.c = out,
                    .h = (x->h + stride - 1) / stride,
                    .w = (x->w + stride - 1) / stride};
  for (long o = 0; o < out; o++)
    for (long row = 0; row < x->h; row += stride)
      for (long column = 0; column < x->w; column += stride) {
        const fmpz *weight = k.at + o * n;
        long sum = bias[o];
        for (long i = 0; i < x->c; i++)
          for (long a = -(kernel / 2); a <= kernel / 2; a++)
            for (long b = -(kernel / 2); b <= kernel / 2; b++)
              sum += *weight++ * pixel(x, i, row + a, column + b);
        y.at[places++] = sum;
      }
  return y;
}

static void finish(const struct drawn *m, struct image *y, long by,
                   bool is_relu) {
  for (long i = 0; i < y->c * y->h * y->w; i++) {
    y->at[i] = divide(m, y->at[i], by);
    if (is_relu && y->at[i] < 0)
      y->at[i] = 0;
  }
}

static struct image linear(struct drawn *m, const struct image *x, long out) {
  return convolve(m, x, out, 1, 1);
}

static struct image layer(struct drawn *m, const struct image *x, long out,
                          long kernel, bool is_relu) {
  struct image y = convolve(m, x, out, kernel, 1);
  finish(m, &y, scale(m, x->c * kernel * kernel), is_relu);
  return y;
}

static struct image add(const struct image *x, long weight,
                        const struct image *y) {
  struct image z = *y;
  for (long i = 0; i < x->c * x->h * x->w; i++)
    z.at[i] += weight * x->at[i];
  return z;
}

/* Sums, or the greatest, of 2 by 2 places. */
static struct image shrink(const struct image *x, bool is_max) {
  struct image y = {.c = x->c, .h = x->h / 2, .w = x->w / 2};
  for (long i = 0; i < y.c * y.h * y.w; i++) {
    long c = i / y.w / y.h, row = 2 * (i / y.w % y.h), column = 2 * (i % y.w);
    long greatest = LONG_MIN, sum = 0;
    for (long k = 0; k < 4; k++) {
      long v = pixel(x, c, row + k / 2, column + k % 2);
      greatest = v > greatest ? v : greatest;
      sum += v;
    }
    y.at[i] = is_max ? greatest : sum;
  }
  return y;
}

static struct image grow(const struct image *x) {
  struct image y = {.c = x->c, .h = 2 * x->h, .w = 2 * x->w};
  for (long i = 0; i < y.c * y.h * y.w; i++)
    y.at[i] = pixel(x, i / y.w / y.h, i / y.w % y.h / 2, i % y.w / 2);
  return y;
}

/* `more`: what elements are sums of already. */
static struct image classify(struct drawn *m, const struct image *x, long n,
                             long more) {
  struct image sums = {.c = x->c, .h = 1, .w = 1};
  long area = 1;
  for (long i = 0; i < x->c * x->h * x->w; i++)
    sums.at[i / (x->h * x->w)] += x->at[i];
  while (area < more * x->h * x->w)
    area *= 2;
  struct image y = linear(m, &sums, n);
  finish(m, &y, scale(m, x->c) * area, false);
  return y;
}

static void image_write(struct drawn *m, const struct image *y, long *out) {
  for (long i = 0; i < y->c * y->h * y->w; i++)
    out[i] = y->at[i];
  weights_clear(&m->w);
}

/* ---- Models: values of their parameters, in order ---- */

enum {
  CNN_MAX,
  CNN_FLAT,
  CNN_AVERAGE,
  CNN_NONE
};

static void cnn(const void *context, const long *in, long *out) {
  const fmpz *v = context; // h w in channels kernel layers pool classes bits
  struct drawn m;
  drawn_init(&m, v[8]);
  struct image x = image_read(v[2], v[0], v[1], &in);
  long pool = v[6], more = 1;
  for (long i = 0; i < v[5]; i++) {
    struct image y = convolve(&m, &x, v[3], v[4], 1);
    finish(&m, &y, scale(&m, x.c * v[4] * v[4]) * more, true);
    x = pool == CNN_NONE ? y : shrink(&y, pool != CNN_AVERAGE);
    more = pool == CNN_AVERAGE ? 4 : 1;
  }
  x = classify(&m, &x, v[7], more);
  image_write(&m, &x, out);
}

static void resnet(const void *context, const long *in, long *out) {
  const fmpz *v = context; // h w in channels kernel blocks classes bits
  struct drawn m;
  drawn_init(&m, v[7]);
  struct image x = image_read(v[2], v[0], v[1], &in);
  x = layer(&m, &x, v[3], v[4], true);
  for (long i = 0; i < v[5]; i++) {
    long by = scale(&m, v[3] * v[4] * v[4]);
    struct image y = layer(&m, &x, v[3], v[4], true);
    y = convolve(&m, &y, v[3], v[4], 1);
    x = add(&x, by, &y);
    finish(&m, &x, by, true);
  }
  x = classify(&m, &x, v[6], 1);
  image_write(&m, &x, out);
}

static void unet(const void *context, const long *in, long *out) {
  const fmpz *v = context; // h w in channels kernel down bits
  struct drawn m;
  drawn_init(&m, v[6]);
  long n = v[3] * v[4] * v[4], is_mean = v[5] == 0;
  struct image x = image_read(v[2], v[0], v[1], &in);
  struct image a = layer(&m, &x, v[3], v[4], true);
  struct image b = is_mean ? shrink(&a, false) : a;
  b = convolve(&m, &b, 2 * v[3], v[4], is_mean ? 1 : 2);
  finish(&m, &b, scale(&m, n) * (is_mean ? 4 : 1), true);
  b = grow(&b);
  b = convolve(&m, &b, v[2], v[4], 1);
  a = convolve(&m, &a, v[2], v[4], 1);
  x = add(&a, 1, &b);
  finish(&m, &x, scale(&m, 3 * n), false);
  image_write(&m, &x, out);
}

static void denoiser(const void *context, const long *in, long *out) {
  const fmpz *v = context; // d embed tbits ff layers step bits
  struct drawn m;
  drawn_init(&m, v[6]);
  struct image x = image_read(v[0], 1, 1, &in), e = {.c = v[1], .h = 1, .w = 1};
  long half = (v[1] + 1) / 2;
  for (long i = 0; i < v[1]; i++) {
    double at = (double)*in / pow(10000, (double)(i % half) / (double)half);
    e.at[i] = lround((double)m.w.most * (i < half ? sin(at) : cos(at)));
  }
  struct image h = linear(&m, &x, v[3]);
  e = linear(&m, &e, v[3]);
  h = add(&e, 1, &h);
  finish(&m, &h, scale(&m, v[0] + v[1]), true);
  for (long i = 1; i < v[4]; i++)
    h = layer(&m, &h, v[3], 1, true);
  h = layer(&m, &h, v[0], 1, false);
  for (long i = 0; i < x.c; i++)
    x.at[i] = divide(&m, 16 * x.at[i] - v[5] * h.at[i], 16);
  image_write(&m, &x, out);
}

/* How much expert i counts: 0 if `top` scores are greater, or as great and
   before it. */
static long weight_of(const struct drawn *m, const struct image *scores, long i,
                      long top, bool is_softmax) {
  long most = m->w.most, s = scores->at[i];
  for (long j = 0; j < scores->c; j++)
    top -= scores->at[j] > s || (scores->at[j] == s && j < i);
  double unit = ldexp(1, (int)m->bits - 3);
  long z = lround((double)most * exp((double)(s - most) / unit));
  return top <= 0 ? 0 : is_softmax && z > 1 ? z : 1;
}

static void mixture(const void *context, const long *in, long *out) {
  const fmpz *v = context; // d ff experts top mix bits
  struct drawn m;
  drawn_init(&m, v[5]);
  struct image x = image_read(v[0], 1, 1, &in);
  struct image scores = layer(&m, &x, v[2], 1, false);
  struct image sums = {.c = v[0], .h = 1, .w = 1};
  long weights = 0;
  for (long i = 0; i < v[2]; i++) {
    struct image y = layer(&m, &x, v[1], 1, true);
    y = layer(&m, &y, v[0], 1, false);
    long z = weight_of(&m, &scores, i, v[3], v[4]);
    sums = add(&y, z, &sums);
    weights += z;
  }
  finish(&m, &sums, weights, false);
  image_write(&m, &sums, out);
}

static const struct {
  const struct family *model;
  void (*expected)(const void *context, const long *in, long *out);
  fmpz value[12]; // the last two of each are relu and weights that are drawn
} all[] = {
    {&model_cnn, cnn, {4, 5, 2, 3, 3, 2, CNN_MAX, 3, 4, 0, 0}},
    {&model_cnn, cnn, {5, 4, 1, 3, 5, 2, CNN_FLAT, 2, 4, 0, 0}},
    {&model_cnn, cnn, {4, 4, 2, 4, 3, 2, CNN_AVERAGE, 3, 5, 0, 0}},
    {&model_cnn, cnn, {3, 2, 2, 3, 3, 3, CNN_NONE, 3, 4, 0, 0}},
    {&model_resnet, resnet, {3, 2, 2, 3, 3, 2, 3, 5, 0, 0}},
    {&model_resnet, resnet, {2, 4, 1, 3, 1, 3, 2, 4, 0, 0}},
    {&model_unet, unet, {4, 6, 2, 2, 3, 0, 4, 0, 0}},
    {&model_unet, unet, {6, 2, 1, 3, 3, 1, 5, 0, 0}},
    {&model_unet, unet, {2, 2, 1, 2, 1, 1, 3, 0, 0}},
    {&model_denoiser, denoiser, {3, 5, 4, 4, 2, 7, 5, 0, 0}},
    {&model_denoiser, denoiser, {6, 2, 3, 5, 1, 16, 4, 0, 0}},
    {&model_mixture, mixture, {4, 4, 5, 3, 0, 4, 0, 0}},
    {&model_mixture, mixture, {3, 5, 4, 2, 1, 5, 0, 0}},
    {&model_mixture, mixture, {3, 4, 3, 3, 1, 4, 0, 0}},
};

START_TEST(models_mean_what_they_say) {
  p.seed = SEED;
  all[_i].model->build(&p, all[_i].value);
  trial_judge(&p, NULL, all[_i].expected, all[_i].value);
}
END_TEST

START_TEST(values_that_do_not_suit_each_other_are_refused) {
  static const struct {
    const struct family *model;
    const char *message;
    fmpz value[12];
  } wrong[] = {
      {&model_cnn,
       "kernel=4: an odd number is needed, so that images keep their size",
       {8, 8, 1, 4, 4, 2, CNN_MAX, 10, 4, 0, 0}},
      {&model_cnn,
       "layers=3: pools halve h=8 and w=7 so often that nothing is left",
       {8, 7, 1, 4, 3, 3, CNN_MAX, 10, 4, 0, 0}},
      {&model_cnn,
       "bits=11: pool=flat takes at most 10",
       {8, 8, 1, 4, 3, 2, CNN_FLAT, 10, 11, 0, 0}},
      {&model_cnn,
       "1.51e+08 weights are to be drawn, more than 67108864; smaller layers, "
       "or weights=generic",
       {8, 8, 1, 4096, 3, 2, CNN_NONE, 10, 4, 0, 0}},
      {&model_resnet,
       "kernel=2: an odd number is needed, so that images keep their size",
       {8, 8, 1, 4, 2, 2, 10, 4, 0, 0}},
      {&model_unet,
       "h=8, w=5: even numbers are needed, to halve",
       {8, 5, 1, 4, 3, 0, 4, 0, 0}},
      {&model_mixture,
       "top=5: at most experts=4 can be chosen",
       {8, 16, 4, 5, 0, 4, 0, 0}},
  };
  for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
    struct error err = {0};
    ck_assert(!wrong[i].model->check(wrong[i].value, &err));
    ck_assert_str_eq(err.message, wrong[i].message);
  }
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    ck_assert(!all[i].model->check || all[i].model->check(all[i].value, NULL));
}
END_TEST

int main(void) {
  Suite *s = suite_create("models");
  TCase *t = tcase_create("meaning");
  tcase_set_timeout(t, 0);
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_loop_test(t, models_mean_what_they_say, 0,
                      sizeof all / sizeof *all);
  tcase_add_test(t, values_that_do_not_suit_each_other_are_refused);
  suite_add_tcase(s, t);
  return suite_run(s);
}
