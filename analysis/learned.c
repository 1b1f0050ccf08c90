#include "analysis/learned.h"
#include "circuit/array.h"
#include "circuit/random.h"
#include "compile/front/flow_run.h"

#include <math.h>

bool learned_suits(const struct model *m) {
  return m->inputs.n == 2 && m->outputs.n == 1 && m->inputs.at[0].is_real &&
         !m->inputs.at[1].is_real && m->inputs.at[1].n == 1 &&
         m->outputs.at[0].is_real && m->inputs.at[0].n >= 1 &&
         m->inputs.at[0].n <= LEARNED_MOST_D &&
         m->outputs.at[0].n == m->inputs.at[0].n;
}

void learned_init(struct learned *l, const struct model *m, long trained,
                  size_t samples, uint64_t seed) {
  double left = 1, more = 1000 / (double)trained;
  *l = (struct learned){m,       m->inputs.at[0].n,
                        trained, samples,
                        seed,    xmalloc((size_t)trained * sizeof *l->left)};
  for (long t = 0; t < trained; t++) {
    double part = trained > 1 ? (double)t / (double)(trained - 1) : 0;
    double beta = more * (0.0001 + part * (0.02 - 0.0001));
    left *= 1 - (beta < 0.999 ? beta : 0.999);
    l->left[t] = left;
  }
}

void learned_clear(struct learned *l) {
  free(l->left);
}

/* ---- Samples ---- */

/* Of (0, 1]. */
static double uniform(uint64_t *state) {
  return ((double)random_below(state, UINT64_C(1) << 53) + 1) * 0x1p-53;
}

static double normal(uint64_t *state) {
  double radius = sqrt(-2 * log(uniform(state)));
  return radius * cos(2 * acos(-1) * uniform(state));
}

/* From step t to one of which `after` of the signal is left: the mean of what
   x was then, given the noise in it, and noise again unless nothing is lost. */
static void step_back(const struct learned *l, double *x, const double *noise,
                      long t, double after, uint64_t *state) {
  double left = l->left[t], kept = left / after, lost = 1 - kept;
  double spread = sqrt((1 - after) / (1 - left) * lost);
  for (size_t j = 0; j < l->d; j++) {
    double data = (x[j] - sqrt(1 - left) * noise[j]) / sqrt(left);
    x[j] = (sqrt(after) * lost * data + sqrt(kept) * (1 - after) * x[j]) /
           (1 - left);
    if (after < 1)
      x[j] += spread * normal(state);
  }
}

/* The number of the i-th step of some, of i = 0 on the last in time. */
static long step_number(const struct learned *l, long steps, long i) {
  return (2 * (i + 1) * l->trained + steps) / (2 * steps) - 1;
}

static bool walk(const struct learned *l, struct flow_run *r, long steps,
                 uint64_t *state, double *x) {
  double in[LEARNED_MOST_D + 1];
  for (size_t j = 0; j < l->d; j++)
    x[j] = normal(state);
  for (long i = steps - 1; i >= 0; i--) {
    long t = step_number(l, steps, i);
    double after = i ? l->left[step_number(l, steps, i - 1)] : 1;
    for (size_t j = 0; j < l->d; j++)
      in[j] = x[j];
    in[l->d] = (double)t;
    if (!flow_run_values(r, in))
      return false;
    step_back(l, x, r->at[l->m->outputs.at[0].flow], t, after, state);
  }
  return true;
}

static size_t cell_of(const struct learned *l, const double *x) {
  size_t cell = 0;
  for (size_t j = 0; j < l->d; j++) {
    double at = floor(x[j]) + LEARNED_CELLS / 2;
    size_t k = !(at > 0)             ? 0 // what is no number, too
               : at >= LEARNED_CELLS ? LEARNED_CELLS - 1
                                     : (size_t)at;
    cell = cell * LEARNED_CELLS + k;
  }
  return cell;
}

bool learned_sample(struct learned_counts *n, const struct learned *l,
                    long steps, uint64_t which) {
  bool ok = true;
  *n = (struct learned_counts){{0}};
#pragma omp parallel
  {
    struct flow_run r;
    flow_run_init(&r, &l->m->flow);
#pragma omp for
    for (size_t s = 0; s < l->samples; s++) {
      double x[LEARNED_MOST_D];
      uint64_t state = random_mix(l->seed ^ random_mix(which << 32 ^ s));
      bool is_there = walk(l, &r, steps, &state, x);
#pragma omp critical(learned_counts)
      {
        ok &= is_there;
        n->at[is_there ? cell_of(l, x) : 0]++;
      }
    }
    flow_run_clear(&r);
  }
  return ok;
}

/* Each of 2 n samples moves the distance by at most 1 / n, so it is further
   than e from its mean with probability 2 exp(-n e^2) at most; the mean is at
   least the true distance, and at most that and sqrt(cells / n), which is what
   two laws' samples have from the laws themselves. */
struct learned_distance learned_compare(const struct learned *l,
                                        const struct learned_counts *a,
                                        const struct learned_counts *b) {
  size_t cells = 1, apart = 0;
  double n = (double)l->samples, e = sqrt(log(2 / 0.05) / n);
  for (size_t j = 0; j < l->d; j++)
    cells *= LEARNED_CELLS;
  for (size_t i = 0; i < cells; i++)
    apart += a->at[i] > b->at[i] ? a->at[i] - b->at[i] : b->at[i] - a->at[i];
  double tv = (double)apart / (2 * n);
  return (struct learned_distance){
      tv, fmax(0, tv - e - sqrt((double)cells / n)), fmin(1, tv + e)};
}
