#include "tools/vote_plot.h"
#include "analysis/vote.h"
#include "tools/plot.h"
#include "tools/rational.h"

enum {
  LEAST_REPLICAS = 51, // drawn at least
  MOST_POINTS = 64
};

struct points {
  size_t n;
  double k[MOST_POINTS], exact[MOST_POINTS], hoeffding[MOST_POINTS];
};

/* 1 and further odd numbers, equally far from each other; up to `most`, which
   is odd, or not quite. */
static void find_points(struct points *t, const mpq_t one, unsigned long most) {
  unsigned long step = 2 * ((most / 2 + MOST_POINTS - 2) / (MOST_POINTS - 1));
  mpq_t error;
  mpq_init(error);
  t->n = 0;
  for (unsigned long k = 1; k <= most; k += step, t->n++) {
    vote_error(error, one, k);
    t->k[t->n] = (double)k;
    t->exact[t->n] = rational_double(error);
    t->hoeffding[t->n] = vote_hoeffding(one, k);
  }
  mpq_clear(error);
}

bool vote_plot_write(const struct vote_plot *v, struct error *err) {
  struct points t;
  unsigned long most = v->replicas;
  find_points(&t, v->one, most < LEAST_REPLICAS ? LEAST_REPLICAS : most);
  double bound = rational_double(v->bound);
  const double ends[] = {1, t.k[t.n - 1]}, level[] = {bound, bound};
  const struct plot_line line[] = {
      {v->is_sampled ? "majority, of a sampled error" : "majority, exact", t.k,
       t.exact, t.n, false},
      {"Hoeffding's bound", t.k, t.hoeffding, t.n, true},
      {"asked for", ends, level, 2, true}};
  const struct plot_panel panel = {"error of a majority of k replicas",
                                   "replicas k",
                                   "error",
                                   false,
                                   true,
                                   line,
                                   bound > 0 ? 3 : 2};
  return plot_write(v->path, v->title, &panel, 1, err);
}
