/* What models of images and mixtures are made of, on every input of small
   tensors, or extreme and random ones. */
#include "compile/program/images.h"
#include "compile/program/operations.h"
#include "tests/compile/trial.h"
#include "tests/compile/written.h"
#include "tests/suite.h"

#include <stdlib.h>

#include <check.h>

/* ---- convolution ---- */

struct convolved {
  long in, out, h, w, size, stride, padding;
  bool repeats; // weights and bias have period 1 along both channels
};

static long weight_at(long o, long i, long row, long column) {
  return (7 * o + 5 * i + 3 * row + column * column) % 9 - 4;
}

/* An image with zeros around it, wide enough for every window. */
enum {
  WIDE = 16
};

static void convolve(const void *context, const long *in, long *out) {
  const struct convolved *k = context;
  long image[4][WIDE][WIDE] = {{{0}}};
  for (long i = 0; i < k->in; i++)
    for (long row = 0; row < k->h; row++)
      for (long column = 0; column < k->w; column++)
        image[i][k->padding + row][k->padding + column] = *in++;
  for (long o = 0; o < k->out; o++)
    for (long top = 0; top + k->size <= k->h + 2 * k->padding; top += k->stride)
      for (long left = 0; left + k->size <= k->w + 2 * k->padding;
           left += k->stride) {
        *out = k->repeats ? 2 : 2 - o;
        for (long i = 0; i < k->in; i++)
          for (long row = 0; row < k->size; row++)
            for (long column = 0; column < k->size; column++)
              *out += image[i][top + row][left + column] *
                      (k->repeats ? weight_at(0, 0, row, column)
                                  : weight_at(o, i, row, column));
        out++;
      }
}

static value_id add_convolution(const struct convolved *k, value_id x) {
  fmpz weight[256], bias[4];
  size_t n = 0;
  long out = k->repeats ? 1 : k->out, in = k->repeats ? 1 : k->in;
  for (long o = 0; o < out; o++) {
    bias[o] = 2 - o;
    for (long i = 0; i < in; i++)
      for (long row = 0; row < k->size; row++)
        for (long column = 0; column < k->size; column++)
          weight[n++] = weight_at(o, i, row, column);
  }
  struct kernel kernel = {.out = (size_t)out,
                          .in = (size_t)in,
                          .size = (size_t)k->size,
                          .stride = (size_t)k->stride,
                          .padding = (size_t)k->padding,
                          .at = weight};
  return program_convolution(&p, "convolution", x, si(k->out), &kernel, bias);
}

START_TEST(convolution_is_free) {
  static const struct convolved all[] = {
      {1, 1, 3, 4, 2, 1, 0, false}, {1, 2, 3, 3, 3, 1, 1, false},
      {2, 2, 2, 3, 3, 1, 1, false}, {2, 3, 2, 2, 1, 1, 0, true},
      {1, 1, 4, 3, 3, 2, 1, false}, {3, 2, 2, 2, 3, 1, 1, true},
      {1, 2, 5, 2, 2, 3, 0, false}, {1, 1, 1, 1, 5, 1, 2, false},
      {2, 4, 6, 5, 3, 2, 2, false}, {1, 1, 2, 3, 2, 1, 3, false},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    const struct convolved *k = &all[i];
    value_id x = input(cube(k->in, k->h, k->w), 1, false);
    value_id y = add_convolution(k, x);
    output(y);
    costs(y, 0, 0);
    trial_judge(&p, NULL, convolve, k);
    again();
  }
}
END_TEST

START_TEST(a_window_that_does_not_fit_is_refused) {
  static const struct convolved wide = {1, 1, 2, 5, 5, 1, 1, false};
  output(add_convolution(&wide, input(cube(1, 2, 5), 1, false)));
  ck_assert_str_eq(trial_refuse(&p, NULL),
                   "convolution: a window of 5 does not fit on 2 by 5");
  again();
  value_id x = input(cube(1, 5, 1), 1, false);
  output(program_pool(&p, "pool", x, POOL_SUM, 2, 2));
  ck_assert_str_eq(trial_refuse(&p, NULL),
                   "pool: a window of 2 does not fit on 5 by 1");
}
END_TEST

/* ---- pool ---- */

struct pooled {
  enum pool kind;
  long channels, h, w, window, stride, bits;
  bool is_ladder; // elements are clipped to -1..1, one ladder each
};

static long clipped(const struct pooled *k, long x) {
  return !k->is_ladder ? x : x < -1 ? -1 : x > 1 ? 1 : x;
}

static void pool_all(const void *context, const long *in, long *out) {
  const struct pooled *k = context;
  for (long c = 0; c < k->channels; c++)
    for (long top = 0; top + k->window <= k->h; top += k->stride)
      for (long left = 0; left + k->window <= k->w; left += k->stride) {
        long most = LONG_MIN, sum = 0;
        for (long i = 0; i < k->window; i++)
          for (long j = 0; j < k->window; j++) {
            long v = clipped(k, in[(c * k->h + top + i) * k->w + left + j]);
            most = v > most ? v : most;
            sum += v;
          }
        *out++ = k->kind == POOL_SUM ? sum : most;
      }
}

START_TEST(pools_have_the_gates_that_are_said) {
  static const struct {
    struct pooled k;
    size_t depth, gates;
  } all[] = {
      {{POOL_SUM, 2, 3, 2, 2, 1, 1, false}, 0, 0},
      {{POOL_SUM, 1, 5, 3, 2, 2, 2, false}, 0, 0},
      // 4 * 3 / 2 comparisons and a gate for each of 8 bits
      {{POOL_MAX, 1, 2, 2, 2, 2, 2, true}, 3, 4 * 2 + 6 + 8},
      {{POOL_MAX, 1, 2, 2, 2, 2, 3, false}, 2, 6 + 12},
      {{POOL_MAX, 2, 2, 3, 2, 2, 1, false}, 2, 2 * (6 + 4)},
      // 2 values above the least
      {{POOL_FLAT, 1, 2, 2, 2, 2, 3, true}, 2, 4 * 2 + 2},
      {{POOL_FLAT, 2, 3, 3, 2, 1, 2, true}, 2, 2 * (9 * 2 + 4 * 2)},
      // 7 values above the least of 4 elements, and of the greatest
      {{POOL_FLAT, 1, 2, 2, 2, 2, 3, false}, 2, 7 * 4 + 7},
      {{POOL_FLAT, 1, 2, 2, 1, 1, 2, true}, 2, 4 * 2 + 4 * 2},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    const struct pooled *k = &all[i].k;
    value_id x = input(cube(k->channels, k->h, k->w), k->bits, true);
    value_id y = k->is_ladder ? program_table(&p, "clip", x,
                                              (const long[]){-1, 0, 1}, 3, -1)
                              : x;
    y = program_pool(&p, "pool", y, k->kind, (size_t)k->window,
                     (size_t)k->stride);
    output(y);
    costs(y, all[i].depth, all[i].gates);
    trial_judge(&p, NULL, pool_all, k);
    again();
  }
}
END_TEST

/* ---- top_k ---- */

struct chosen {
  long m, k, bits;
};

/* Takes the first of the greatest, k times. */
static void choose(const void *context, const long *in, long *out) {
  const struct chosen *d = context;
  for (long i = 0; i < d->m; i++)
    out[i] = 0;
  for (long round = 0; round < d->k && round < d->m; round++) {
    long best = -1;
    for (long i = 0; i < d->m; i++)
      if (!out[i] && (best < 0 || in[i] > in[best]))
        best = i;
    out[best] = 1;
  }
}

START_TEST(top_k_takes_a_gate_for_each_pair_and_each_place) {
  static const struct chosen all[] = {{3, 1, 3}, {3, 2, 3}, {4, 2, 3},
                                      {4, 3, 2}, {6, 3, 2}, {9, 4, 3},
                                      {2, 1, 4}, {3, 3, 2}, {2, 5, 2}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    const struct chosen *d = &all[i];
    bool is_free = d->k >= d->m, is_pair = d->m == 2;
    size_t m = (size_t)d->m;
    value_id x = input(row(d->m), d->bits, true);
    value_id y = program_top_k(&p, "chosen", x, (size_t)d->k);
    output(y);
    costs(y,
          is_free   ? 0
          : is_pair ? 1
                    : 2,
          is_free   ? 0
          : is_pair ? 1
                    : m * (m - 1) / 2 + m);
    trial_judge(&p, NULL, choose, d);
    again();
  }
}
END_TEST

int main(void) {
  Suite *s = suite_create("images");
  TCase *t = tcase_create("operations");
  tcase_set_timeout(t, 0);
  tcase_add_checked_fixture(t, setup, teardown);
  tcase_add_test(t, convolution_is_free);
  tcase_add_test(t, a_window_that_does_not_fit_is_refused);
  tcase_add_test(t, pools_have_the_gates_that_are_said);
  tcase_add_test(t, top_k_takes_a_gate_for_each_pair_and_each_place);
  suite_add_tcase(s, t);
  return suite_run(s);
}
