#include "analysis/diffusion.h"
#include "analysis/diffusion_parts.h"
#include "analysis/masked_law.h"
#include "circuit/measure.h"
#include "compile/models/models.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- Sources for a number of steps and a size ---- */

static bool is_about(const char *word, const char *parameter) {
  size_t n = strlen(parameter);
  return !strncmp(word, parameter, n) && word[n] == '=';
}

static bool has_steps(const struct family *f) {
  return f == &model_sampler || f == &model_badscore || f == &model_masked;
}

/* With steps=, or as a chain of times=; and with parameter `size`, unless that
   is NULL, set to n. */
static bool open_source(struct source *s, const struct diffusion_plan *plan,
                        long steps, const char *size, long n,
                        struct error *err) {
  const struct family *f = family_find(models, plan->word[0]);
  const char **word = xmalloc((plan->words + 3) * sizeof *word);
  char steps_word[40], size_word[80], name[512];
  size_t words = 0;
  snprintf(name, sizeof name, "chain:%s", plan->word[0]);
  snprintf(steps_word, sizeof steps_word, "%s=%ld",
           has_steps(f) ? "steps" : "times", steps);
  word[words++] = has_steps(f) ? plan->word[0] : name;
  for (size_t i = 1; i < plan->words; i++)
    if (!size || !is_about(plan->word[i], size))
      word[words++] = plan->word[i];
  if (size) {
    snprintf(size_word, sizeof size_word, "%s=%ld", size, n);
    word[words++] = size_word;
  }
  word[words++] = steps_word;
  source_init(s);
  bool ok = source_open(s, word, words, &plan->options, err);
  free(word);
  return ok;
}

/* ---- Circuits ---- */

static void size_init(struct diffusion_size *z) {
  *z = (struct diffusion_size){0};
  mpz_inits(z->gates, z->gates_inner, NULL);
}

static void size_clear(struct diffusion_size *z) {
  mpz_clears(z->gates, z->gates_inner, NULL);
}

static bool find_size(struct diffusion_size *z,
                      const struct diffusion_plan *plan, long steps,
                      const char *size, long n, struct error *err) {
  struct source s;
  struct measure m;
  bool ok = open_source(&s, plan, steps, size, n, err);
  if (ok) {
    measure_init(&m);
    circuit_measure(source_circuit(&s), &m);
    z->depth = m.depth;
    z->depth_inner = m.depth_inner;
    mpz_set(z->gates, m.gates);
    mpz_set(z->gates_inner, m.gates_inner);
    measure_clear(&m);
  }
  source_clear(&s);
  return ok;
}

/* ---- Distances ---- */

/* Laws of all numbers of steps, for each class of inputs. */
struct laws {
  struct sampler sampler;
  struct law *at; // [n_steps][classes]
  size_t n;
};

static void laws_init(struct laws *l, const struct source *s,
                      const struct diffusion_plan *plan) {
  sampler_init(&l->sampler, s->value);
  size_t classes = l->sampler.classes, done = 0;
  l->n = plan->n_steps * classes;
  l->at = xmalloc(l->n * sizeof *l->at);
#pragma omp parallel for schedule(dynamic)
  for (size_t i = l->n; i > 0; i--) { // the longest first
    law_init(&l->at[i - 1], &l->sampler, plan->steps[(i - 1) / classes],
             (unsigned)((i - 1) % classes));
#pragma omp critical(laws_progress)
    plan->progress(++done, l->n);
  }
}

/* Rounds of the innermost loops: what takes minutes is refused. */
static bool check_laws(const struct sampler *s,
                       const struct diffusion_plan *plan, struct error *err) {
  const double most = 2e10;
  double draws = (double)(1UL << s->random), cells = (double)s->cells;
  double pairs = draws < cells ? draws : cells; // of cells, of a ring
  double each = (double)s->states * s->classes *
                (draws + 64 * (double)s->points[0].n + 200 +
                 (s->is_ring ? 4 * pairs * pairs : 0));
  double work = 0;
  for (size_t i = 0; i < plan->n_steps; i++)
    work += each * (double)plan->steps[i];
  return work <= most ||
         error_set(err, 0,
                   "%.2g table entries and draws, of which at most %.0g are "
                   "tried: fewer --steps, as 1..64*2, or less of bits=, "
                   "random= or points= would do",
                   work, most);
}

static void laws_clear(struct laws *l) {
  for (size_t i = 0; i < l->n; i++)
    law_clear(&l->at[i]);
  free(l->at);
  sampler_clear(&l->sampler);
}

/* The greatest of all classes of d values. */
static void laws_distance(mpq_t tv, const struct laws *l, size_t i, long d) {
  mpq_t one;
  mpq_init(one);
  mpq_set_ui(tv, 0, 1);
  for (unsigned c = 0; c < l->sampler.classes; c++) {
    law_distance(one, &l->at[i * l->sampler.classes + c], &l->sampler, c, d);
    if (mpq_cmp(one, tv) > 0)
      mpq_set(tv, one);
  }
  mpq_clear(one);
}

/* ---- What one more step of Rule 110 changes ---- */

enum {
  BAD_MOST_N = 16 // rows of all values are tried
};

static uint32_t rule110(uint32_t x, unsigned n) {
  uint32_t all = (UINT32_C(1) << n) - 1;
  uint32_t left = (x << 1 | x >> (n - 1)) & all; // of value i, value i - 1
  uint32_t right = x >> 1 | (x & 1) << (n - 1);
  return (x | right) & ~(left & x & right);
}

/* Of all inputs the share whose token is another one after one step more. */
static void find_changes(struct diffusion *k, unsigned n) {
  size_t rows = (size_t)1 << n, changed = 0;
  uint32_t *x = xmalloc(rows * sizeof *x);
  long t = 0;
  for (size_t r = 0; r < rows; r++)
    x[r] = (uint32_t)r;
  for (size_t i = 0; i < k->points.n; i++) {
    for (; t <= k->points.at[i].steps; t++) {
      changed = 0;
      for (size_t r = 0; r < rows; r++) {
        uint32_t next = rule110(x[r], n);
        changed += (next ^ x[r]) & 1;
        x[r] = next;
      }
    }
    mpq_set_ui(k->points.at[i].tv, changed, rows);
    mpq_canonicalize(k->points.at[i].tv);
    k->points.at[i].has_tv = true;
  }
  free(x);
}

/* ---- Words ---- */

/* Of data and orders that are the source's. */
static void find_words(struct diffusion *k, const struct source *s) {
  fmpz value[FAMILY_MAX_PARAMETERS];
  memcpy(value, s->value, sizeof value); // small integers
  for (size_t i = 0; i < k->points.n; i++) {
    struct diffusion_point *p = &k->points.at[i];
    struct masked m;
    struct masked_law l;
    value[MASKED_STEPS] = p->steps;
    masked_init(&m, value);
    masked_law_init(&l, &m);
    masked_law_distance(p->tv, &l);
    masked_law_legal(p->legal, &l);
    p->has_tv = p->has_legal = true;
    masked_law_clear(&l);
    masked_clear(&m);
  }
}

/* ---- Steps ---- */

static bool find_points(struct diffusion *k, const struct diffusion_plan *plan,
                        struct error *err) {
  for (size_t i = 0; i < plan->n_steps; i++) {
    struct diffusion_point p = {.steps = plan->steps[i]};
    mpq_inits(p.tv, p.legal, NULL);
    size_init(&p.size);
    array_push(&k->points, p);
    if (!find_size(&array_last(&k->points).size, plan, p.steps, NULL, 0, err))
      return false;
    plan->progress(i + 1, plan->n_steps);
  }
  return true;
}

/* Of n distances: from which on all are at most epsilon; if the last is not,
   the first that is, and *above the next that is not; else n. */
static size_t first_near(const struct diffusion_point *p, size_t n,
                         const mpq_t epsilon, size_t *above) {
  size_t i = n;
  *above = n;
  while (i > 0 && p[i - 1].has_tv && mpq_cmp(p[i - 1].tv, epsilon) <= 0)
    i--;
  if (i < n)
    return i;
  for (i = 0; i < n && (!p[i].has_tv || mpq_cmp(p[i].tv, epsilon) > 0);)
    i++;
  for (*above = i; *above < n && mpq_cmp(p[*above].tv, epsilon) <= 0;)
    ++*above;
  return i;
}

static void find_targets(struct diffusion *k, const struct diffusion_plan *plan,
                         double d) {
  const struct diffusion_point *p = k->points.at;
  size_t n = k->points.n, above;
  for (size_t e = 0; e < plan->n_epsilon; e++) {
    size_t i = first_near(p, n, plan->epsilon[e], &above);
    array_push(&k->targets, (struct diffusion_target){
                                .t_star = i < n ? p[i].steps : 0,
                                .above_again = above < n ? p[above].steps : 0,
                                .bound = diffusion_bound(
                                    plan->c, d, mpq_get_d(plan->epsilon[e]))});
  }
}

static void find_floor(struct diffusion *k) {
  for (size_t i = 0; i < k->points.n; i++) {
    const struct diffusion_point *p = &k->points.at[i];
    if (p->has_tv && (!k->best || mpq_cmp(p->tv, k->floor) < 0)) {
      k->best = p->steps;
      mpq_set(k->floor, p->tv);
    }
  }
}

/* It is less than at half as many steps. */
static bool is_falling(const struct diffusion *k) {
  size_t n = k->points.n, half = 0;
  const struct diffusion_point *p = k->points.at;
  while (half + 1 < n && 2 * p[half + 1].steps <= p[n - 1].steps)
    half++;
  return half + 1 < n && mpq_cmp(p[n - 1].tv, p[half].tv) < 0;
}

/* A line through the logarithms: from an eighth of the best number of steps up
   to it, where the floor is to be taken off, or of all where none is seen. */
static void find_slope(struct diffusion *k) {
  k->is_falling = k->best && is_falling(k);
  long last = k->is_falling ? array_last(&k->points).steps : k->best;
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  double floor = k->is_falling ? 0 : mpq_get_d(k->floor);
  for (size_t i = 0; i < k->points.n; i++) {
    const struct diffusion_point *p = &k->points.at[i];
    double above = mpq_get_d(p->tv) - floor;
    if (!p->has_tv || p->steps < last / 8 || p->steps > last || above <= 0)
      continue;
    double a = log((double)p->steps), b = log(above);
    k->slope_from = n > 0 ? k->slope_from : p->steps;
    k->slope_to = p->steps;
    n++;
    x += a;
    y += b;
    xx += a * a;
    xy += a * b;
  }
  k->has_slope = n >= 3;
  if (k->has_slope)
    k->slope = -(n * xy - x * y) / (n * xx - x * x);
}

double diffusion_bound(double c, double d, double epsilon) {
  double least = exp(3), most = 1e18; // it falls from e^3 on
  if (c * d * 27 / least <= epsilon)
    return 1;
  for (int i = 0; i < 200; i++) {
    double middle = (least + most) / 2;
    if (c * d * pow(log(middle), 3) / middle > epsilon)
      least = middle;
    else
      most = middle;
  }
  return ceil(most);
}

/* ---- Sizes ---- */

static bool has_parameter(const struct source *s, const char *name) {
  for (size_t i = 0; s->family && s->family->parameters[i].name; i++)
    if (!strcmp(s->family->parameters[i].name, name))
      return s->family->parameters[i].is_size;
  return false;
}

static long value_of(const struct source *s, const char *name) {
  for (size_t i = 0; s->family && s->family->parameters[i].name; i++)
    if (!strcmp(s->family->parameters[i].name, name))
      return fmpz_get_si(&s->value[i]);
  return 0;
}

/* T* and the last distance of d values, for the first epsilon. */
static void grow_distance(struct diffusion_growth *g, const struct laws *l,
                          const struct diffusion_plan *plan, long d) {
  size_t n = plan->n_steps, above;
  struct diffusion_point *p = xcalloc(n, sizeof *p);
  for (size_t i = 0; i < n; i++) {
    mpq_init(p[i].tv);
    laws_distance(p[i].tv, l, i, d);
    p[i].has_tv = true;
  }
  size_t near = first_near(p, n, plan->epsilon[0], &above);
  g->t_star = near < n ? plan->steps[near] : 0;
  g->has_tv = true;
  mpq_set(g->tv, p[n - 1].tv);
  for (size_t i = 0; i < n; i++)
    mpq_clear(p[i].tv);
  free(p);
}

static bool add_growth(struct diffusion *k, const struct diffusion_plan *plan,
                       const struct laws *l, long n, long d,
                       struct error *err) {
  struct diffusion_growth g = {.n = n};
  mpq_init(g.tv);
  size_init(&g.size);
  if (l && law_compositions(&l->sampler, d) <= 1e5)
    grow_distance(&g, l, plan, d);
  g.steps = g.t_star ? g.t_star : plan->steps[plan->n_steps - 1];
  bool ok = find_size(&g.size, plan, g.steps, k->size, n, err);
  array_push(&k->growth, g);
  return ok;
}

static bool find_growth(struct diffusion *k, const struct diffusion_plan *plan,
                        const struct source *s, const struct laws *l,
                        struct error *err) {
  bool is_d = !strcmp(k->size, "d");
  if (!has_parameter(s, k->size))
    return !plan->size ||
           error_set(err, 0, "--size %s: '%s' has no size of that name",
                     plan->size, plan->word[0]);
  if (!is_d && !value_of(s, k->size))
    return true; // no input
  for (long n = is_d ? 1 : 4; n <= 64; n *= 2) {
    long d = is_d ? n : l ? l->sampler.d : 1;
    if (!add_growth(k, plan, l, n, d, err))
      return false;
    plan->progress((uint64_t)n, 64);
  }
  return true;
}

/* ---- Models that predict noise ---- */

/* Each step is the model's circuit and one level, in which x and the noise are
   added up and rounded. That is a formula: no circuit is made. */
static void find_learned_sizes(struct diffusion *k, struct source *s) {
  const struct model_port *x = &s->model.inputs.at[0];
  struct measure m;
  measure_init(&m);
  circuit_measure(source_circuit(s), &m);
  mpz_add_ui(m.gates_inner, m.gates_inner,
             x->n * (size_t)(x->levels.hi - x->levels.lo));
  for (size_t i = 0; i < k->points.n; i++) {
    struct diffusion_point *p = &k->points.at[i];
    p->size.depth_inner = (size_t)p->steps * (m.depth_inner + 1);
    p->size.depth = p->size.depth_inner + 1;
    mpz_mul_si(p->size.gates_inner, m.gates_inner, p->steps);
    mpz_add_ui(p->size.gates, p->size.gates_inner,
               x->n * FLINT_BIT_COUNT((ulong)(x->levels.hi - x->levels.lo)));
  }
  measure_clear(&m);
}

/* Steps at which the distance is surely small enough, to the end. */
static void find_learned_targets(struct diffusion *k,
                                 const struct diffusion_plan *plan, double d) {
  for (size_t e = 0; e < plan->n_epsilon; e++) {
    double epsilon = mpq_get_d(plan->epsilon[e]);
    struct diffusion_target t = {.bound = diffusion_bound(plan->c, d, epsilon)};
    for (size_t i = k->points.n;
         i > 0 && k->points.at[i - 1].sample.high <= epsilon; i--)
      t.t_star = k->points.at[i - 1].steps;
    array_push(&k->targets, t);
  }
}

static bool sample_all(struct diffusion *k, const struct diffusion_plan *plan,
                       const struct learned *l, struct error *err) {
  struct learned_counts all, some;
  bool ok = learned_sample(&all, l, l->trained, 0);
  for (size_t i = 0; ok && i < k->points.n; i++) {
    struct diffusion_point *p = &k->points.at[i];
    ok = learned_sample(&some, l, p->steps, i + 1);
    p->sample = learned_compare(l, &some, &all);
    p->has_sample = true;
    plan->progress(i + 1, k->points.n);
  }
  return ok || error_set(err, 0, "'%s' has no value for some x", plan->word[0]);
}

static bool find_learned(struct diffusion *k, const struct diffusion_plan *plan,
                         struct source *s, struct error *err) {
  const double most = 2e8;
  double walks = (double)plan->trained;
  struct learned l;
  k->kind = DIFFUSION_LEARNED;
  for (size_t i = 0; i < plan->n_steps; i++) {
    struct diffusion_point p = {.steps = plan->steps[i]};
    mpq_inits(p.tv, p.legal, NULL);
    size_init(&p.size);
    array_push(&k->points, p);
    walks += (double)p.steps;
  }
  if (array_last(&k->points).steps > plan->trained)
    return error_set(err, 0, "--steps %ld: at most the %ld of --trained",
                     array_last(&k->points).steps, plan->trained);
  if (walks * (double)plan->samples > most)
    return error_set(err, 0,
                     "%.2g steps of samples, of which at most %.0g are tried: "
                     "fewer --steps or --samples would do",
                     walks * (double)plan->samples, most);
  learned_init(&l, &s->model, plan->trained, plan->samples, plan->options.seed);
  bool ok = sample_all(k, plan, &l, err);
  if (ok) {
    find_learned_sizes(k, s);
    find_learned_targets(k, plan, (double)l.d);
    diffusion_judge(k, plan, s, NULL);
  }
  learned_clear(&l);
  return ok;
}

/* A model file that could be one. */
static bool open_learned(struct source *s, const struct diffusion_plan *plan) {
  struct error ignored = {0};
  source_init(s);
  return !strchr(plan->word[0], ':') && !family_find(models, plan->word[0]) &&
         source_open(s, plan->word, plan->words, &plan->options, &ignored) &&
         s->kind == SOURCE_MODEL && learned_suits(&s->model);
}

/* ---- All of it ---- */

static bool find_all(struct diffusion *k, const struct diffusion_plan *plan,
                     const struct source *s, struct laws *l,
                     struct error *err) {
  long d = l ? l->sampler.d : 1;
  if (l && law_compositions(&l->sampler, d) > 1e5)
    return error_set(err, 0, "d=%ld: too many results of %zu points each", d,
                     l->sampler.points[0].n);
  if (!find_points(k, plan, err))
    return false;
  for (size_t i = 0; l && i < k->points.n; i++) {
    laws_distance(k->points.at[i].tv, l, i, d);
    k->points.at[i].has_tv = true;
  }
  if (k->kind == DIFFUSION_BAD && value_of(s, "n") <= BAD_MOST_N)
    find_changes(k, (unsigned)value_of(s, "n"));
  if (k->kind == DIFFUSION_MASKED)
    find_words(k, s);
  find_floor(k);
  find_slope(k);
  find_targets(k, plan, (double)d * (l ? l->sampler.together : 1));
  if (!find_growth(k, plan, s, l, err))
    return false;
  diffusion_judge(k, plan, s, l ? &l->sampler : NULL);
  return true;
}

static bool find_with_laws(struct diffusion *k,
                           const struct diffusion_plan *plan,
                           const struct source *s, struct error *err) {
  struct sampler sampler;
  struct laws l;
  sampler_init(&sampler, s->value);
  bool ok = check_laws(&sampler, plan, err);
  sampler_clear(&sampler);
  if (!ok)
    return false;
  laws_init(&l, s, plan);
  ok = find_all(k, plan, s, &l, err);
  laws_clear(&l);
  return ok;
}

static enum diffusion_kind kind_of(const struct source *s) {
  return s->family == &model_sampler    ? DIFFUSION_SAMPLER
         : s->family == &model_badscore ? DIFFUSION_BAD
         : s->family == &model_masked   ? DIFFUSION_MASKED
                                        : DIFFUSION_OTHER;
}

/* A chain of which circuits are made. */
static bool find_chain(struct diffusion *k, const struct diffusion_plan *plan,
                       struct error *err) {
  struct source s;
  bool ok = open_source(&s, plan, plan->steps[plan->n_steps - 1], NULL, 0, err);
  if (ok) {
    k->kind = kind_of(&s);
    ok = k->kind == DIFFUSION_SAMPLER ? find_with_laws(k, plan, &s, err)
                                      : find_all(k, plan, &s, NULL, err);
  }
  source_clear(&s);
  return ok;
}

bool diffusion_init(struct diffusion *k, const struct diffusion_plan *plan,
                    struct error *err) {
  struct source s;
  *k = (struct diffusion){.size = plan->size ? plan->size : "n"};
  mpq_init(k->floor);
  for (size_t i = 1; i < plan->words; i++)
    if (is_about(plan->word[i], "steps") &&
        has_steps(family_find(models, plan->word[0])))
      return error_set(err, 0, "'%s': --steps says how many steps to try",
                       plan->word[i]);
  bool ok = open_learned(&s, plan) ? find_learned(k, plan, &s, err)
                                   : find_chain(k, plan, err);
  source_clear(&s);
  return ok;
}

void diffusion_clear(struct diffusion *k) {
  for (size_t i = 0; i < k->points.n; i++) {
    mpq_clears(k->points.at[i].tv, k->points.at[i].legal, NULL);
    size_clear(&k->points.at[i].size);
  }
  for (size_t i = 0; i < k->growth.n; i++) {
    mpq_clear(k->growth.at[i].tv);
    size_clear(&k->growth.at[i].size);
  }
  for (size_t i = 0; i < PREMISES; i++)
    free(k->premise[i].because);
  array_clear(&k->points);
  array_clear(&k->targets);
  array_clear(&k->growth);
  mpq_clear(k->floor);
  free(k->depth);
}
