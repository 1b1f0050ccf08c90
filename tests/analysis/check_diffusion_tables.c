/* Tables of a diffusion's steps against textbook formulas in floating point. */
#include "tests/analysis/diffusions.h"
#include "tests/suite.h"

#include <math.h>
#include <stdio.h>

/* The z below which a normal one is with probability p. */
static long double quantile(long double p) {
  long double lo = -12, hi = 12;
  for (int i = 0; i < 200; i++) {
    long double middle = (lo + hi) / 2;
    if (0.5L * erfcl(-middle / sqrtl(2)) < p)
      lo = middle;
    else
      hi = middle;
  }
  return lo;
}

/* Noise that is added from one step to the next, as beta, and the share of the
   signal that is left after all of it, as alpha bar (Ho, Jain and Abbeel 2020).
 */
struct schedule {
  long double beta, left, left_before;
};

static struct schedule schedule_of(long steps, long t) {
  long double turn = acosl(-1) / 2 / (long double)(steps + 1);
  struct schedule k;
  k.left = powl(cosl(turn * (long double)t), 2);
  k.left_before = powl(cosl(turn * (long double)(t - 1)), 2);
  k.beta = 1 - k.left / k.left_before;
  return k;
}

/* What is expected of the data at x, by Bayes' rule from the densities. */
static long double expected(const struct opened *o, unsigned class, unsigned j,
                            const long *x, long double left) {
  const struct points *p = &o->sampler.points[class];
  long double unit = 8 / (long double)o->sampler.cells, most = -INFINITY;
  long double density[POSTERIOR_MOST_POINTS], above = 0, below = 0;
  for (size_t m = 0; m < p->n; m++) {
    long double far = 0;
    for (unsigned i = 0; i < p->d; i++)
      far += powl(
          unit * ((long double)x[i] - sqrtl(left) * (long double)p->at[m][i]),
          2);
    density[m] = logl((long double)p->weight[m]) - far / (2 * (1 - left));
    most = fmaxl(most, density[m]);
  }
  for (size_t m = 0; m < p->n; m++) {
    long double share = expl(density[m] - most);
    above += share * (long double)p->at[m][j];
    below += share;
  }
  return above / below;
}

static long double mean_of(const struct opened *o, unsigned class, unsigned j,
                           const long *x, const struct schedule *k) {
  long double alpha = 1 - k->beta, at = (long double)x[j];
  long double data = expected(o, class, j, x, k->left);
  if (o->sampler.is_ode) { // the noise is what is no data, and stays
    long double noise = (at - sqrtl(k->left) * data) / sqrtl(1 - k->left);
    return sqrtl(k->left_before) * data + sqrtl(1 - k->left_before) * noise;
  }
  return sqrtl(k->left_before) * k->beta / (1 - k->left) * data +
         sqrtl(alpha) * (1 - k->left_before) / (1 - k->left) * at;
}

static void check_near(const struct opened *o, const char *what, long table,
                       long double real) {
  real *= (long double)(1L << o->sampler.guard);
  ck_assert_msg(fabsl((long double)table - real) <= 0.5L + 1e-9L,
                "%s: %s is %ld, not %Lg", o->s.label, what, table, real);
}

static void check_step(const struct opened *o, long t) {
  const struct sampler *s = &o->sampler;
  struct schedule k = schedule_of(o->steps, t);
  struct sampler_step step;
  sampler_step_init(&step, s, o->steps, t);
  for (size_t i = 0; i < s->states; i++) {
    long x[2] = {(long)(i % s->cells) - (long)s->cells / 2,
                 (long)(i / s->cells) - (long)s->cells / 2};
    for (unsigned class = 0; class < s->classes; class ++)
      for (unsigned j = 0; j < s->together; j++)
        check_near(o, "a mean", sampler_mean(s, &step, class, j, i),
                   mean_of(o, class, j, x, &k));
  }
  ck_assert(!step.noise == (t == 1 || s->is_ode));
  long double variance =
      (1 - k.left_before) / (1 - k.left) * k.beta; // of the posterior
  for (size_t i = 0; step.noise && i < (size_t)1 << s->random; i++)
    check_near(o, "noise", step.noise[i],
               sqrtl(variance) * (long double)s->cells / 8 *
                   quantile((long double)(2 * i + 1) /
                            (long double)(2UL << s->random)));
  sampler_step_clear(&step);
}

static const char *const tabulated[] = {
    "bits=3 guard=0 random=1",
    "bits=6 points=5 prior=ramp random=4",
    "bits=10 guard=12 random=9",
    "bits=8 method=ode points=3 guard=6",
    "data=ring bits=4 points=6 prior=ramp guard=5 random=3",
    "data=ring bits=5 points=4 method=ode",
    "bits=7 n=3 prior=ramp points=4 guard=2",
};

START_TEST(tables_are_the_textbooks) {
  static const long steps[] = {1, 2, 5, 40};
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    struct opened o;
    open_sampler(&o, tabulated[_i], steps[i]);
    for (long t = 1; t <= steps[i]; t++)
      check_step(&o, t);
    close_sampler(&o);
  }
}
END_TEST

/* Each cell is the next one, and what is half way goes to an even one. */
START_TEST(a_step_rounds_half_to_even_and_clips) {
  struct opened o;
  open_sampler(&o, "bits=4 guard=3", 1);
  for (long x = -200; x <= 200; x++) {
    long want = -8;
    for (long cell = -8; cell <= 7; cell++) {
      long now = labs(8 * cell - x), best = labs(8 * want - x);
      if (now < best || (now == best && cell % 2 == 0))
        want = cell;
    }
    ck_assert_int_eq(sampler_move(&o.sampler, x - 5, 5), want);
  }
  close_sampler(&o);
}
END_TEST

int main(void) {
  Suite *s = suite_create("diffusion tables");
  TCase *t = tcase_create("diffusion tables");
  tcase_set_timeout(t, 300);
  tcase_add_loop_test(t, tables_are_the_textbooks, 0,
                      sizeof tabulated / sizeof *tabulated);
  tcase_add_test(t, a_step_rounds_half_to_even_and_clips);
  suite_add_tcase(s, t);
  return suite_run(s);
}
