#include "analysis/derandomize.h"
#include "analysis/chances.h"
#include "analysis/labs/lab.h"
#include "analysis/vote.h"

enum {
  MOST_REPLICAS = 101
};

/* ---- The error of a vote ---- */

static void draw_errors(struct lab_run *r, const mpq_t one) {
  mpq_t error;
  bool is_below = true;
  double exact = 1, hoeffding = 1;
  mpq_init(error);
  exhibit_panel(&r->e, "errors of a majority, for one of 1/4", "replicas k",
                "error")
      ->is_log_y = true;
  exhibit_curve(&r->e, "exact");
  for (unsigned long k = 1; k <= MOST_REPLICAS; k += 4) {
    vote_error(error, one, k);
    exact = mpq_get_d(error);
    hoeffding = vote_hoeffding(one, k);
    is_below = is_below && exact <= hoeffding;
    exhibit_point(&r->e, (double)k, exact);
  }
  exhibit_curve(&r->e, "Hoeffding's bound")->is_dashed = true;
  for (unsigned long k = 1; k <= MOST_REPLICAS; k += 4)
    exhibit_point(&r->e, (double)k, vote_hoeffding(one, k));
  exhibit_finding(&r->e, is_below,
                  "the error of a vote of %d is %.3g, by Hoeffding's bound at "
                  "most %.3g",
                  MOST_REPLICAS, exact, hoeffding);
  mpq_clear(error);
}

/* ---- Seeds ---- */

struct wired {
  const struct chances *chances;
  struct derandomizing d;
  size_t depth, one; // inner, of all and of a replica
  uint64_t wrong;
};

static bool wire(struct wired *w, struct lab_run *r, long n,
                 struct error *err) {
  struct gauge voted;
  bool ok = gauge_open(&voted, &r->options, err,
                       "vote:fingerprint n=%ld replicas=%lu", n, w->d.k) &&
            derandomizing_wire(&w->d, &voted.s, err);
  if (ok) {
    struct measure m;
    const struct circuit *c = source_circuit(&voted.s);
    measure_init(&m);
    circuit_measure(c, &m);
    w->depth = m.depth;
    w->wrong = derandomizing_check(c, w->chances);
    measure_clear(&m);
  }
  gauge_clear(&voted);
  return ok;
}

static void report(struct lab_run *r, long n, const struct wired *w) {
  const struct chances *k = w->chances;
  exhibit_row(&r->e, "%ld|2^%u|2^%u|%lu|%lu|%zu|%zu|%llu", n, k->inputs,
              k->seeds, w->d.bound, w->d.k, w->one, w->depth,
              (unsigned long long)w->wrong);
  exhibit_finding(&r->e, !w->wrong && w->depth <= w->one + 1,
                  "n = %ld: %lu seeds are right for all 2^%u inputs, where the "
                  "union bound asks for %lu; depth %zu, a replica's is %zu",
                  n, w->d.k, k->inputs, w->d.bound, w->depth, w->one);
}

static bool add(struct lab_run *r, long n, struct error *err) {
  struct gauge g;
  struct chances k = {0};
  struct wired w = {.chances = &k};
  bool ok = gauge_find(&g, &r->options, err, "fingerprint n=%ld", n) &&
            chances_find(&k, &g.s, r->progress, err) &&
            derandomize(&w.d, &g.s, &k, 0, err);
  if (ok) {
    mpq_t one;
    mpq_init(one);
    w.one = g.m->depth_inner;
    mpq_set_ui(one, chances_wrong(&k, chances_worst(&k)), 1UL << k.seeds);
    mpq_canonicalize(one);
    ok = wire(&w, r, n, err);
    if (ok)
      report(r, n, &w);
    if (ok && n == 4)
      draw_errors(r, one);
    mpq_clear(one);
  }
  derandomizing_clear(&w.d);
  chances_clear(&k);
  gauge_clear(&g);
  return ok;
}

static bool run(struct lab_run *r, struct error *err) {
  exhibit_table(&r->e, "equality by random parities, without the random bits",
                "n|inputs|seeds|union bound|found|replica|depth|wrong");
  for (long n = 4; n <= (r->is_quick ? 4 : 8); n += 2)
    if (!add(r, n, err))
      return false;
  return true;
}

const struct lab lab_derandomize = {
    .name = "derandomize",
    .title = "some seeds are right for every input, and are wired in",
    .claim = "A vote of replicas errs so rarely that some seeds are right for "
             "all inputs of a length: so random bits give non-uniform TC0 "
             "nothing.",
    .source = "Adleman 1978; Liu et al. 2025, Theorem 4.1",
    .shows = "Seeds are found by conditional expectations, wired in, and "
             "checked on every input; far fewer do than the union bound asks "
             "for. They are found for each length by itself, which is what "
             "makes the class non-uniform.",
    .run = run,
};
