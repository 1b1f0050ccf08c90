/* What follows from distances of a diffusion: steps that are enough, depth,
   growth and the verdict. */
#include "circuit/measure.h"
#include "tests/analysis/diffusions.h"
#include "tests/suite.h"

#include <math.h>
#include <stdio.h>

/* c d (log T)^3 / T: figures of theory, and on both sides of its answer. */
START_TEST(bounds_are_the_least_steps) {
  static const double d[] = {1, 1, 8, 2}, epsilon[] = {0.1, 0.05, 0.1, 0.3};
  ck_assert(diffusion_bound(1, 1, 0.1) == 6910);
  ck_assert(diffusion_bound(1, 1, 0.05) == 19182);
  ck_assert(diffusion_bound(1, 8, 0.1) == 130831);
  ck_assert(diffusion_bound(0.01, 1, 0.1) == 1);
  for (int i = 0; i < 4; i++) {
    double t = diffusion_bound(1, d[i], epsilon[i]);
    ck_assert(d[i] * pow(log(t), 3) / t <= epsilon[i]);
    ck_assert(d[i] * pow(log(t - 1), 3) / (t - 1) > epsilon[i]);
  }
}
END_TEST

/* The first steps from which on the distance stays within each epsilon, found
   from the points; the depth of each chain; and that sizes change no depth. */
static void check_found(const struct diffusion *k, size_t levels) {
  static const double epsilon[] = {0.1, 0.05, 0.01};
  for (size_t i = 0; i < k->points.n; i++) {
    const struct diffusion_point *p = &k->points.at[i];
    ck_assert_uint_eq(p->size.depth_inner, levels * (size_t)p->steps);
    ck_assert(mpq_cmp(k->floor, p->tv) <= 0);
  }
  for (size_t e = 0; e < 3; e++) {
    long t_star = 0;
    for (size_t i = k->points.n; i-- > 0;) {
      if (mpq_get_d(k->points.at[i].tv) > epsilon[e])
        break;
      t_star = k->points.at[i].steps;
    }
    if (t_star)
      ck_assert_int_eq(k->targets.at[e].t_star, t_star);
    ck_assert(t_star || !k->targets.at[e].t_star ||
              k->targets.at[e].above_again);
  }
}

static const struct {
  const char *line, *size;
  long steps;
  size_t levels;
  long t_star[3];
  const char *fails; // the first premise that does; NULL: none
  bool applies;
} found[] = {
    {"sampler bits=6", NULL, 24, 1, {4, 5, 7}, NULL, false},
    {"sampler n=8 prior=ramp output=token bits=8 guard=8 random=8",
     NULL,
     40,
     2,
     {1, 2, 19},
     NULL,
     true},
    {"sampler bits=7 points=5 prior=ramp guard=8",
     NULL,
     40,
     1,
     {15, 25, 0},
     NULL,
     false},
    {"sampler bits=4", NULL, 24, 1, {12, 0, 0}, NULL, false},
    {"sampler bits=3", NULL, 24, 1, {0, 0, 0}, "rounding bounded", false},
    {"sampler bits=6", "d", 24, 1, {4, 5, 7}, "dimension fixed", false},
};

START_TEST(steps_that_are_enough_are_found) {
  struct diffusion k;
  find_diffusion(&k, found[_i].line, 1, found[_i].steps, found[_i].size);
  check_found(&k, found[_i].levels);
  for (int e = 0; e < 3; e++)
    ck_assert_msg(k.targets.at[e].t_star == found[_i].t_star[e], "%s: T* = %ld",
                  found[_i].line, k.targets.at[e].t_star);
  ck_assert_int_eq(k.applies, found[_i].applies);
  const char *fails = NULL;
  for (int i = PREMISES - 1; i >= 0; i--)
    if (k.premise[i].holds == PREMISE_NO)
      fails = k.premise[i].name;
  ck_assert_msg(!fails == !found[_i].fails, "%s: %s", found[_i].line,
                fails ? fails : "nothing fails");
  if (fails)
    ck_assert_str_eq(fails, found[_i].fails);
  diffusion_clear(&k);
}
END_TEST

/* Rounding in every step leaves a floor: the least distance of 64 steps or
   fewer; to there it falls about as 1/T. */
static const struct {
  const char *line;
  long best;
  double slope;
  long t_star[3];
} floors[] = {
    {"sampler bits=4 guard=0 n=8 prior=ramp output=token", 8, 1.04, {1, 3, 8}},
    {"sampler bits=4 guard=0 points=4", 13, 0.87, {0, 0, 0}},
    {"sampler bits=5 guard=0 points=3", 18, 1.39, {0, 0, 0}},
    {"sampler data=ring points=3 bits=4 random=4 start=4",
     35,
     1.34,
     {6, 10, 0}},
};

START_TEST(distances_fall_to_a_floor) {
  struct diffusion k;
  if (is_left_out(_i))
    return;
  find_diffusion(&k, floors[_i].line, 1, 64, NULL);
  ck_assert_uint_eq(k.points.n, 64);
  ck_assert(!k.is_falling && k.has_slope);
  size_t best = 0;
  for (size_t i = 1; i < 64; i++)
    if (mpq_cmp(k.points.at[i].tv, k.points.at[best].tv) < 0)
      best = i;
  ck_assert_int_eq(k.best, (long)best + 1);
  ck_assert_int_eq(k.best, floors[_i].best);
  ck_assert(mpq_equal(k.floor, k.points.at[best].tv));
  ck_assert_double_eq_tol(k.slope, floors[_i].slope, 0.01);
  for (int e = 0; e < 3; e++)
    ck_assert_int_eq(k.targets.at[e].t_star, floors[_i].t_star[e]);
  diffusion_clear(&k);
}
END_TEST

/* Depth is flat in n where the backbone is; not where it loops; T* grows with d
   where that is the size. */
START_TEST(growth_is_what_the_verdict_says) {
  struct diffusion k;
  find_diffusion(&k, "sampler n=4 prior=ramp output=token", 1, 6, NULL);
  ck_assert_uint_eq(k.growth.n, 5);
  for (size_t i = 0; i < 5; i++)
    ck_assert_uint_eq(k.growth.at[i].size.depth_inner,
                      2 * (size_t)k.growth.at[i].steps);
  diffusion_clear(&k);
  find_diffusion(&k, "sampler n=4 prior=ramp input=rule110", 1, 6, NULL);
  ck_assert_str_eq(k.premise[1].name, "backbone of constant depth");
  ck_assert(k.premise[1].holds == PREMISE_NO && !k.applies);
  for (size_t i = 1; i < 5; i++)
    ck_assert_uint_eq(k.growth.at[i].size.depth_inner -
                          k.growth.at[i - 1].size.depth_inner,
                      (size_t)(k.growth.at[i].n - k.growth.at[i - 1].n));
  diffusion_clear(&k);
  find_diffusion(&k, "sampler", 1, 24, "d");
  for (size_t i = 1; i < k.growth.n; i++)
    ck_assert_int_ge(k.growth.at[i].t_star, k.growth.at[i - 1].t_star);
  ck_assert_int_gt(array_last(&k.growth).t_star, k.growth.at[0].t_star);
  diffusion_clear(&k);
}
END_TEST

/* A coarse lattice comes near and drifts away again; a finer one, or bits that
   are kept until a step is rounded, come nearer. */
static double distance_at(const char *line, long steps) {
  struct opened o;
  struct law l;
  mpq_t tv;
  mpq_init(tv);
  open_sampler(&o, line, steps);
  law_init(&l, &o.sampler, steps, 0);
  law_distance(tv, &l, &o.sampler, 0, 1);
  double distance = mpq_get_d(tv);
  law_clear(&l);
  close_sampler(&o);
  mpq_clear(tv);
  return distance;
}

START_TEST(rounding_in_every_step_adds_up) {
  double coarse = distance_at("bits=4", 32);
  ck_assert(coarse > 0.05 && coarse < 0.15);
  ck_assert(distance_at("bits=4", 256) > 1.5 * coarse);
  ck_assert(distance_at("bits=6", 32) < 0.001);
  ck_assert(distance_at("bits=8", 32) < 0.00001);
  const char *few = "bits=6 points=3 prior=ramp guard=0";
  const char *many = "bits=6 points=3 prior=ramp guard=8";
  ck_assert(distance_at(few, 128) > 0.15);
  ck_assert(distance_at(many, 128) < 0.01);
}
END_TEST

/* Above the floor it is 1 / T, but for logarithms: from 32 to 128 steps a
   quarter, or nearly. */
START_TEST(the_distance_falls_as_1_by_steps) {
  const char *line = "bits=8 guard=10 random=8 prior=ramp";
  double at[] = {distance_at(line, 32), distance_at(line, 64),
                 distance_at(line, 128)};
  for (int i = 0; i < 2; i++)
    ck_assert(at[i] / at[i + 1] > 1.5 && at[i] / at[i + 1] < 2.5);
}
END_TEST

static size_t inner_depth(const char *line) {
  const char *word[32];
  char all[256];
  size_t n = 0;
  struct source s;
  struct measure m;
  struct error err = {0};
  snprintf(all, sizeof all, "%s", line);
  for (char *w = strtok(all, " "); w; w = strtok(NULL, " "))
    word[n++] = w;
  source_init(&s);
  ck_assert_msg(source_open(&s, word, n, &(struct source_options){0}, &err),
                "%s: %s", line, err.message);
  measure_init(&m);
  circuit_measure(source_circuit(&s), &m);
  size_t depth = m.depth_inner;
  measure_clear(&m);
  source_clear(&s);
  return depth;
}

/* A chain of T steps is T times as deep as one, its vote one level more, for
   every size of the problem. */
START_TEST(chains_and_votes_are_as_deep_as_the_formula) {
  for (int n = 4; n <= 64; n *= 2)
    for (int steps = 1; steps <= 9; steps += 4) {
      char line[200];
      snprintf(line, sizeof line,
               "sampler n=%d prior=ramp output=token bits=5 steps=%d", n,
               steps);
      ck_assert_uint_eq(inner_depth(line), 2 * (size_t)steps);
      snprintf(line, sizeof line,
               "vote:sampler n=%d prior=ramp output=token bits=5 steps=%d "
               "replicas=5",
               n, steps);
      ck_assert_uint_eq(inner_depth(line), 2 * (size_t)steps + 1);
    }
}
END_TEST

int main(void) {
  Suite *s = suite_create("diffusion");
  TCase *t = tcase_create("diffusion");
  tcase_set_timeout(t, 300);
  tcase_add_test(t, bounds_are_the_least_steps);
  tcase_add_loop_test(t, distances_fall_to_a_floor, 0,
                      sizeof floors / sizeof *floors);
  tcase_add_loop_test(t, steps_that_are_enough_are_found, 0,
                      sizeof found / sizeof *found);
  tcase_add_test(t, growth_is_what_the_verdict_says);
  tcase_add_test(t, chains_and_votes_are_as_deep_as_the_formula);
  tcase_add_test(t, rounding_in_every_step_adds_up);
  tcase_add_test(t, the_distance_falls_as_1_by_steps);
  suite_add_tcase(s, t);
  return suite_run(s);
}
