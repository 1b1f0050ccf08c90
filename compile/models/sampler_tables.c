#include "circuit/array.h"
#include "compile/models/sampler.h"
#include "compile/models/sampler_parts.h"

#include <math.h>

/* ---- Points ---- */

/* From -1 to 1, which are cells / 8 cells each; half away from 0. */
static long on_line(long m, long points, long unit) {
  long at = unit * (2 * m - points + 1), parts = points - 1;
  return points == 1 ? 0
         : at < 0    ? -((-2 * at + parts) / (2 * parts))
                     : (2 * at + parts) / (2 * parts);
}

/* On the circle around 0 of radius 1, anticlockwise from (1, 0). */
static void on_ring(long *at, long m, long points, long unit) {
  double angle = 2 * acos(-1) * (double)m / (double)points;
  at[0] = lround(cos(angle) * (double)unit * (1 - 1e-9)); // half to 0
  at[1] = lround(sin(angle) * (double)unit * (1 - 1e-9));
}

static bool is_repeated(const struct points *p, size_t m) {
  bool is = false;
  for (size_t i = 0; i < m; i++)
    is |= p->at[i][0] == p->at[m][0] && p->at[i][1] == p->at[m][1];
  return is;
}

bool sampler_points(struct points *p, const fmpz *value) {
  bool is_ring = value[SAMPLER_DATA] == DATA_RING, ok = true;
  long n = value[SAMPLER_POINTS], unit = (1L << value[SAMPLER_BITS]) / 8;
  *p = (struct points){.n = (size_t)n, .d = is_ring ? 2 : 1};
  for (long m = 0; m < n; m++) {
    if (is_ring)
      on_ring(p->at[m], m, n, unit);
    else
      p->at[m][0] = on_line(m, n, unit);
    p->weight[m] = value[SAMPLER_PRIOR] == PRIOR_RAMP ? m + 1 : 1;
    ok &= !is_repeated(p, (size_t)m);
  }
  return ok;
}

/* ---- All that does not depend on steps ---- */

void sampler_init(struct sampler *s, const fmpz *value) {
  *s = (struct sampler){.d = value[SAMPLER_D],
                        .is_ring = value[SAMPLER_DATA] == DATA_RING,
                        .is_ode = value[SAMPLER_METHOD] == METHOD_ODE,
                        .is_looped = value[SAMPLER_INPUT] == INPUT_RULE110,
                        .has_tokens = value[SAMPLER_OUTPUT] == OUTPUT_TOKEN,
                        .bits = (unsigned)value[SAMPLER_BITS],
                        .guard = (unsigned)value[SAMPLER_GUARD],
                        .random = (unsigned)value[SAMPLER_RANDOM],
                        .start = (unsigned)value[SAMPLER_START],
                        .n = value[SAMPLER_N],
                        .cells = (size_t)1 << value[SAMPLER_BITS]};
  s->together = s->is_ring ? 2 : 1;
  s->states = s->is_ring ? s->cells * s->cells : s->cells;
  s->classes = s->n ? 2 : 1;
  sampler_points(&s->points[0], value);
  s->points[1] = s->points[0];
  size_t m = s->points[0].n;
  for (size_t i = 0; s->n && i < m; i++) // class 1 is as given
    s->points[0].weight[i] = s->points[1].weight[m - 1 - i];
  quantiles_init(&s->of_start, s->start);
  quantiles_init(&s->of_noise, s->random);
}

void sampler_clear(struct sampler *s) {
  quantiles_clear(&s->of_start);
  quantiles_clear(&s->of_noise);
}

static long clip(const struct sampler *s, long x) {
  long most = (long)s->cells / 2 - 1;
  return x > most ? most : x < -most - 1 ? -most - 1 : x;
}

long sampler_start(const struct sampler *s, size_t i) {
  mpfr_t scale;
  mpfr_init2(scale, QUANTILES_PRECISION);
  mpfr_set_ui(scale, s->cells / 8, MPFR_RNDN);
  long x = quantiles_round(&s->of_start, i, scale);
  mpfr_clear(scale);
  return clip(s, x);
}

long sampler_round(const struct sampler *s, long x) {
  if (!s->guard)
    return clip(s, x);
  long down = x >> s->guard, half = 1L << (s->guard - 1);
  long rest = x - down * 2 * half;
  return clip(s, down + (rest > half || (rest == half && down & 1)));
}

long sampler_move(const struct sampler *s, long mean, long noise) {
  return sampler_round(s, mean + noise);
}

size_t sampler_state(const struct sampler *s, const long *x) {
  size_t state = 0;
  for (unsigned j = s->together; j-- > 0;)
    state = state * s->cells + (size_t)(x[j] + (long)s->cells / 2);
  return state;
}

void sampler_cells(const struct sampler *s, size_t state, long *x) {
  for (unsigned j = 0; j < s->together; j++, state /= s->cells)
    x[j] = (long)(state % s->cells) - (long)s->cells / 2;
}

size_t sampler_token(const struct sampler *s, size_t state) {
  long x[POSTERIOR_MOST_D], nearest = -1;
  size_t token = 0;
  sampler_cells(s, state, x);
  for (size_t m = 0; m < s->points[0].n; m++) {
    long far = 0;
    for (unsigned j = 0; j < s->together; j++) {
      long off = x[j] - s->points[0].at[m][j];
      far += off * off;
    }
    if (nearest < 0 || far < nearest) {
      nearest = far;
      token = m;
    }
  }
  return token;
}

/* ---- Steps ---- */

/* Cosine and sine of t / (steps + 1) of a quarter turn. */
static void turn(mpfr_t cos, mpfr_t sin, long t, long steps) {
  mpfr_t angle;
  mpfr_init2(angle, POSTERIOR_PRECISION);
  mpfr_const_pi(angle, MPFR_RNDN);
  mpfr_mul_si(angle, angle, t, MPFR_RNDN);
  mpfr_div_si(angle, angle, 2 * (steps + 1), MPFR_RNDN);
  mpfr_sin_cos(sin, cos, angle, MPFR_RNDN);
  mpfr_clear(angle);
}

/* r = (cos'^2 - cos^2) / cos'^2, the share of its signal that a step loses. */
static void find_loss(mpfr_t r, mpfr_srcptr cos, mpfr_srcptr next) {
  mpfr_div(r, cos, next, MPFR_RNDN);
  mpfr_sqr(r, r, MPFR_RNDN);
  mpfr_ui_sub(r, 1, r, MPFR_RNDN);
}

/* a and b; `noise` is r. */
static void find_ddpm(struct posterior_step *k, mpfr_t noise, mpfr_srcptr cos,
                      mpfr_srcptr sin) { // of theta'
  mpfr_div(k->a, sin, k->sin, MPFR_RNDN);
  find_loss(noise, k->cos, cos);
  mpfr_div(k->b, noise, k->sin, MPFR_RNDN);
  mpfr_div(k->b, k->b, k->sin, MPFR_RNDN);
  mpfr_mul(k->b, k->b, cos, MPFR_RNDN);
  mpfr_sqrt(noise, noise, MPFR_RNDN);
  mpfr_mul(noise, noise, k->a, MPFR_RNDN);
  mpfr_sqr(k->a, k->a, MPFR_RNDN);
  mpfr_mul(k->a, k->a, k->cos, MPFR_RNDN);
  mpfr_div(k->a, k->a, cos, MPFR_RNDN);
}

static void find_ode(struct posterior_step *k, mpfr_srcptr cos,
                     mpfr_srcptr sin) {
  mpfr_div(k->a, sin, k->sin, MPFR_RNDN);
  mpfr_mul(k->b, k->a, k->cos, MPFR_RNDN);
  mpfr_sub(k->b, cos, k->b, MPFR_RNDN);
}

static void tabulate(struct sampler_step *k, const struct sampler *s,
                     const struct posterior_step *step) {
  size_t n = s->together * s->states;
  k->mean = xmalloc(s->classes * n * sizeof *k->mean);
  for (unsigned c = 0; c < s->classes; c++)
    posterior_round(k->mean + c * n, &s->points[c], step, s->cells, s->guard);
}

static void tabulate_noise(struct sampler_step *k, const struct sampler *s,
                           mpfr_t noise) {
  size_t n = (size_t)1 << s->random;
  k->noise = xmalloc(n * sizeof *k->noise);
  mpfr_mul_ui(noise, noise, s->cells / 8, MPFR_RNDN);
  mpfr_mul_2ui(noise, noise, s->guard, MPFR_RNDN);
  for (size_t i = 0; i < n; i++)
    k->noise[i] = quantiles_round(&s->of_noise, i, noise);
}

void sampler_step_init(struct sampler_step *k, const struct sampler *s,
                       long steps, long t) {
  struct posterior_step step;
  mpfr_t cos, sin, noise;
  mpfr_inits2(POSTERIOR_PRECISION, step.cos, step.sin, step.a, step.b, cos, sin,
              noise, (mpfr_ptr)0);
  *k = (struct sampler_step){NULL, NULL};
  turn(step.cos, step.sin, t, steps);
  turn(cos, sin, t - 1, steps);
  if (s->is_ode)
    find_ode(&step, cos, sin);
  else
    find_ddpm(&step, noise, cos, sin);
  tabulate(k, s, &step);
  if (!s->is_ode && t > 1)
    tabulate_noise(k, s, noise);
  mpfr_clears(step.cos, step.sin, step.a, step.b, cos, sin, noise, (mpfr_ptr)0);
}

void sampler_step_clear(struct sampler_step *k) {
  free(k->mean);
  free(k->noise);
}

long sampler_mean(const struct sampler *s, const struct sampler_step *k,
                  unsigned class, unsigned j, size_t state) {
  return k->mean[(class * s->together + j) * s->states + state];
}
