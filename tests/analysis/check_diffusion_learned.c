/* A model that predicts noise: samples of its chain against such of numpy. */
#include "analysis/learned.h"
#include "analysis/source.h"
#include "tests/suite.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

/* Shares of cells by 40000 samples in numpy, of chains written there. */
static const struct {
  long steps;
  size_t cell;
  double share;
} moons[] = {{1, 5, 0.128},    {1, 35, 0.374},   {1, 30, 0.098},
             {5, 21, 0.432},   {5, 15, 0.197},   {5, 20, 0.139},
             {100, 15, 0.266}, {100, 21, 0.201}, {100, 26, 0.182}};

START_TEST(moons_are_sampled) {
  struct source s;
  struct error err = {0};
  struct learned l;
  struct learned_counts n[3];
  static const long steps[] = {1, 5, 100};
  char path[1000];
  snprintf(path, sizeof path, "%s/onnx/diffusion_moons_op17/model.onnx",
           getenv("TEST_DATA") ? getenv("TEST_DATA") : "");
  if (!getenv("TEST_DATA") || access(path, R_OK)) {
    printf("skipped: no diffusion_moons_op17\n");
    return;
  }
  source_init(&s);
  ck_assert_msg(source_open(&s, (const char *const[]){path}, 1,
                            &(struct source_options){0}, &err),
                "%s", err.message);
  ck_assert(learned_suits(&s.model));
  learned_init(&l, &s.model, 100, 8192, 1);
  for (int i = 0; i < 3; i++)
    ck_assert(learned_sample(&n[i], &l, steps[i], (uint64_t)i));
  for (size_t i = 0; i < sizeof moons / sizeof *moons; i++) {
    int k = moons[i].steps == 1 ? 0 : moons[i].steps == 5 ? 1 : 2;
    double share = (double)n[k].at[moons[i].cell] / 8192;
    ck_assert_msg(fabs(share - moons[i].share) < 0.025, "%ld steps: %g, not %g",
                  moons[i].steps, share, moons[i].share);
  }
  learned_clear(&l);
  source_clear(&s);
}
END_TEST

/* Ends of the interval by their formula, where laws are known. */
START_TEST(intervals_hold_for_what_is_known) {
  struct learned l = {.d = 2, .samples = 3600};
  struct learned_counts a = {{[3] = 3600}}, b = {{[3] = 1800, [9] = 1800}};
  struct learned_distance x = learned_compare(&l, &a, &a);
  double e = sqrt(log(40) / 3600);
  ck_assert(x.sampled == 0 && x.low == 0 && fabs(x.high - e) < 1e-12);
  x = learned_compare(&l, &a, &b);
  ck_assert(x.sampled == 0.5 && fabs(x.high - 0.5 - e) < 1e-12);
  ck_assert(fabs(x.low - (0.5 - e - 0.1)) < 1e-12); // 36 cells of 3600
}
END_TEST

int main(void) {
  Suite *s = suite_create("diffusion learned");
  TCase *t = tcase_create("diffusion learned");
  tcase_set_timeout(t, 300);
  tcase_add_test(t, moons_are_sampled);
  tcase_add_test(t, intervals_hold_for_what_is_known);
  suite_add_tcase(s, t);
  return suite_run(s);
}
