#include "analysis/diffusion_parts.h"
#include "circuit/measure.h"
#include "compile/models/models.h"

#include <string.h>

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

bool diffusion_find_learned(struct diffusion *k,
                            const struct diffusion_plan *plan, struct source *s,
                            struct error *err) {
  const double most = 2e8;
  double walks = (double)plan->trained;
  struct learned l;
  k->kind = DIFFUSION_LEARNED;
  for (size_t i = 0; i < plan->n_steps; i++) {
    diffusion_add_point(k, plan->steps[i]);
    walks += (double)plan->steps[i];
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

bool diffusion_open_learned(struct source *s,
                            const struct diffusion_plan *plan) {
  struct error ignored = {0};
  source_init(s);
  return !strchr(plan->word[0], ':') && !family_find(models, plan->word[0]) &&
         source_open(s, plan->word, plan->words, &plan->options, &ignored) &&
         s->kind == SOURCE_MODEL && learned_suits(&s->model);
}
