#include "analysis/labs/words.h"
#include "analysis/masked_law.h"

#include <math.h>

/* Infinite if a word of the data never comes. */
static double perplexity(const struct masked_law *l, size_t cells) {
  double sum = 0;
  for (size_t i = 0; i < l->n; i++) {
    if (fmpz_is_zero(&l->count[i]))
      return INFINITY;
    sum += (double)l->bits - fmpz_dlog(&l->count[i]) / log(2);
  }
  return exp2(sum / (double)l->n / (double)cells);
}

static void find_law(struct words *w, const struct source *s) {
  struct masked m;
  struct masked_law l;
  mpq_t legal;
  mpq_init(legal);
  masked_init(&m, s->value);
  masked_law_init(&l, &m);
  masked_law_legal(legal, &l);
  w->legal = mpq_get_d(legal);
  w->cells = m.cells;
  w->perplexity = perplexity(&l, m.cells);
  w->least = exp2(log2((double)m.words) / (double)m.cells);
  masked_law_clear(&l);
  masked_clear(&m);
  mpq_clear(legal);
}

bool words_find(struct words *w, const struct lab_run *r, const char *line,
                long steps, struct error *err) {
  struct gauge g;
  bool ok = gauge_find(&g, &r->options, err, "%s steps=%ld", line, steps);
  if (ok) {
    w->depth = g.m->depth_inner;
    find_law(w, &g.s);
  }
  gauge_clear(&g);
  return ok;
}
