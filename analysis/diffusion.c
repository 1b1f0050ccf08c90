#include "analysis/diffusion.h"
#include "analysis/diffusion_parts.h"
#include "circuit/measure.h"
#include "compile/models/models.h"

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

/* ---- Steps ---- */

void diffusion_add_point(struct diffusion *k, long steps) {
  struct diffusion_point p = {.steps = steps};
  mpq_inits(p.tv, p.legal, NULL);
  size_init(&p.size);
  array_push(&k->points, p);
}

static bool find_points(struct diffusion *k, const struct diffusion_plan *plan,
                        struct error *err) {
  for (size_t i = 0; i < plan->n_steps; i++) {
    diffusion_add_point(k, plan->steps[i]);
    if (!find_size(&array_last(&k->points).size, plan, plan->steps[i], NULL, 0,
                   err))
      return false;
    plan->progress(i + 1, plan->n_steps);
  }
  return true;
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
  size_t near = diffusion_near(p, n, plan->epsilon[0], &above);
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
  if (k->kind == DIFFUSION_BAD && value_of(s, "n") <= DIFFUSION_BAD_MOST_N)
    diffusion_find_changes(k, (unsigned)value_of(s, "n"));
  if (k->kind == DIFFUSION_MASKED)
    diffusion_find_words(k, s);
  diffusion_find_floor(k);
  diffusion_find_slope(k);
  diffusion_find_targets(k, plan, (double)d * (l ? l->sampler.together : 1));
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
  bool ok = laws_check(&sampler, plan, err);
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
  bool ok = diffusion_open_learned(&s, plan)
                ? diffusion_find_learned(k, plan, &s, err)
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
