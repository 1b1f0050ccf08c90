#include "analysis/diffusion_parts.h"
#include "analysis/masked_law.h"
#include "compile/models/models.h"

#include <string.h>

/* ---- Laws ---- */

void laws_init(struct laws *l, const struct source *s,
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
bool laws_check(const struct sampler *s, const struct diffusion_plan *plan,
                struct error *err) {
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

void laws_clear(struct laws *l) {
  for (size_t i = 0; i < l->n; i++)
    law_clear(&l->at[i]);
  free(l->at);
  sampler_clear(&l->sampler);
}

void laws_distance(mpq_t tv, const struct laws *l, size_t i, long d) {
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

static uint32_t rule110(uint32_t x, unsigned n) {
  uint32_t all = (UINT32_C(1) << n) - 1;
  uint32_t left = (x << 1 | x >> (n - 1)) & all; // of value i, value i - 1
  uint32_t right = x >> 1 | (x & 1) << (n - 1);
  return (x | right) & ~(left & x & right);
}

void diffusion_find_changes(struct diffusion *k, unsigned n) {
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

void diffusion_find_words(struct diffusion *k, const struct source *s) {
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
