#include "analysis/labs/denoise.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
  EPSILON, // of denoise_epsilon, for T*
  MOST_POINTS = 16
};

enum {
  OF_INPUT, // the first two have the same data
  OF_RULE,
  OF_VALUE,
  COARSE,
  SOURCES
};

static const struct {
  const char *label, *line;
} source[SOURCES] = {
    {"token, by a majority of n bits",
     "sampler n=8 prior=ramp points=4 bits=7 random=8 guard=8 output=token"},
    {"token, by n loops of Rule 110",
     "sampler n=8 input=rule110 prior=ramp points=4 bits=7 random=8 guard=8 "
     "output=token"},
    {"value, four points", "sampler points=4 bits=7 random=8 guard=8"},
    {"token, six points of a ring",
     "sampler data=ring points=6 bits=5 random=6 output=token"},
};
static const char bad[] = "badscore n=12";

static void add_rows(struct lab_run *r, const char *label,
                     const struct diffusion *k) {
  for (size_t i = 0; i < k->points.n; i++) {
    const struct diffusion_point *p = &k->points.at[i];
    exhibit_row(&r->e, "%s|%ld|%.4g|%zu|%.5g", label, p->steps,
                mpq_get_d(p->tv), p->size.depth_inner,
                mpz_get_d(p->size.gates_inner));
  }
}

/* What Li and Yan bound it by, where that says something. */
static void draw_bounds(struct lab_run *r, long most) {
  exhibit_curve(&r->e, "what is asked for")->is_dashed = true;
  exhibit_point(&r->e, 1, denoise_epsilon[EPSILON]);
  exhibit_point(&r->e, (double)most, denoise_epsilon[EPSILON]);
  exhibit_curve(&r->e, "(log T)^3 / T, if below 1")->is_dashed = true;
  for (double t = 128; t <= 32768; t *= 2)
    exhibit_point(&r->e, t, pow(log(t), 3) / t);
}

/* ---- Findings ---- */

static void find_crossing(struct lab_run *r, const char *label,
                          const struct diffusion *k) {
  long enough = denoise_enough(k, EPSILON);
  double bound = k->targets.at[EPSILON].bound;
  exhibit_finding(&r->e, enough && (double)enough < bound,
                  "%s: at most %g from T* = %ld on, to the last T tried, %ld; "
                  "the bound with c = 1 asks for %.0f",
                  label, denoise_epsilon[EPSILON], enough,
                  array_last(&k->points).steps, bound);
}

/* Whether T* and, if asked, depth there are the same for all n. */
static bool is_flat(const struct diffusion *k, bool of_depth) {
  const struct diffusion_growth *g = k->growth.at;
  for (size_t i = 0; i < k->growth.n; i++)
    if (!g[i].t_star || g[i].t_star != g->t_star ||
        (of_depth && g[i].size.depth_inner != g->size.depth_inner))
      return false;
  return k->growth.n > 1;
}

static void find_growth(struct lab_run *r, const struct diffusion *k,
                        const struct diffusion *looped) {
  const struct diffusion_growth *a = k->growth.at, *b = looped->growth.at;
  const struct diffusion_growth *end = &array_last(&looped->growth);
  exhibit_finding(&r->e, is_flat(k, true) && k->applies,
                  "majority: T* = %ld and inner depth %zu for n = %ld to %ld; "
                  "for all sizes at most %s (proved)",
                  a->t_star, a->size.depth_inner, a->n,
                  array_last(&k->growth).n, k->depth ? k->depth : "unknown");
  exhibit_finding(&r->e,
                  is_flat(looped, false) && !looped->applies &&
                      end->size.depth_inner > b->size.depth_inner,
                  "Rule 110: T* is %ld as well, and yet inner depth grows from "
                  "%zu to %zu: what reads the input is not of constant depth "
                  "here, and the theorem does not apply",
                  b->t_star, b->size.depth_inner, end->size.depth_inner);
}

static void find_floor(struct lab_run *r, const struct diffusion *k) {
  const struct diffusion_point *last = &array_last(&k->points);
  exhibit_finding(&r->e, k->best < last->steps,
                  "ring, coarse lattice: the distance is least at T = %ld, "
                  "%.3g, and %.3g at %ld: rounding in every step adds up",
                  k->best, mpq_get_d(k->floor), mpq_get_d(last->tv),
                  last->steps);
}

static bool add_bad(struct lab_run *r, const long *steps, size_t n,
                    struct error *err) {
  struct diffusion k;
  bool ok = denoise(&k, r, bad, steps, n, err);
  if (ok) {
    add_rows(r, "bad score", &k);
    denoise_curve(r, "bad score: changed by one step more", &k);
    exhibit_finding(&r->e, mpq_get_d(k.floor) > 0.25,
                    "bad score: after T = 1 to %ld steps one more changes the "
                    "answer of %.3g of all inputs or more: it has not settled",
                    steps[n - 1], mpq_get_d(k.floor));
  }
  diffusion_clear(&k);
  return ok;
}

/* ---- All of it ---- */

static void add_growth(struct lab_run *r, const struct diffusion *k) {
  exhibit_table(&r->e, "circuits of T* steps for problems of other sizes",
                "source|n|T*|inner depth|inner gates");
  exhibit_panel(&r->e, "inner depth at T* against the problem's size",
                "bits of input n", "inner depth")
      ->is_log_x = true;
  for (int i = OF_INPUT; i <= OF_RULE; i++) {
    exhibit_curve(&r->e, source[i].label);
    for (size_t j = 0; j < k[i].growth.n; j++) {
      const struct diffusion_growth *g = &k[i].growth.at[j];
      exhibit_row(&r->e, "%s|%ld|%ld|%zu|%.5g", source[i].label, g->n,
                  g->t_star, g->size.depth_inner,
                  mpz_get_d(g->size.gates_inner));
      exhibit_point(&r->e, (double)g->n, (double)g->size.depth_inner);
    }
  }
  find_growth(r, &k[OF_INPUT], &k[OF_RULE]);
}

static void add_enough(struct lab_run *r, const struct diffusion *k) {
  exhibit_table(&r->e, "steps T* that are enough, by the exact distance",
                "source|for 0.05|0.1|0.01|by the bound, 0.05");
  for (int i = 0; i < SOURCES; i++) {
    char enough[3][24];
    for (size_t e = 0; e < 3; e++)
      if (denoise_enough(&k[i], e))
        snprintf(enough[e], sizeof *enough, "%ld", denoise_enough(&k[i], e));
      else
        strcpy(enough[e], "-");
    exhibit_row(&r->e, "%s|%s|%s|%s|%.0f", source[i].label, enough[0],
                enough[1], enough[2], k[i].targets.at[EPSILON].bound);
  }
}

static void add_distances(struct lab_run *r) {
  exhibit_table(&r->e, "distance to the data, exactly",
                "source|T|distance|inner depth|inner gates");
  struct exhibit_panel *p = exhibit_panel(
      &r->e, "total variation distance against steps", "steps T", "distance");
  p->is_log_x = p->is_log_y = true;
}

static void report(struct lab_run *r, const struct diffusion *k) {
  add_enough(r, k);
  add_distances(r);
  for (int i = 0; i < SOURCES; i++) {
    add_rows(r, source[i].label, &k[i]);
    if (i != OF_RULE) { // has the same distances
      denoise_curve(r, source[i].label, &k[i]);
      find_crossing(r, source[i].label, &k[i]);
    }
  }
  draw_bounds(r, array_last(&k->points).steps);
  if (!r->is_quick)
    find_floor(r, &k[COARSE]);
}

static bool run(struct lab_run *r, struct error *err) {
  struct diffusion k[SOURCES];
  long steps[MOST_POINTS], most = r->is_quick ? 32 : 256;
  size_t n = 0;
  int opened = 0;
  bool ok = true;
  for (long t = 1; t <= most; t *= 2)
    steps[n++] = t;
  while (ok && opened < SOURCES) {
    ok = denoise(&k[opened], r, source[opened].line, steps, n, err);
    opened++;
  }
  if (ok)
    report(r, k);
  ok = ok && add_bad(r, steps, n, err);
  if (ok)
    add_growth(r, k);
  while (opened)
    diffusion_clear(&k[--opened]);
  return ok;
}

const struct lab lab_diffusion_plateau = {
    .name = "diffusion-plateau",
    .title = "so many steps of a diffusion are enough, whatever the size",
    .claim = "A diffusion comes as near to its data as is asked for in a "
             "number of steps that does not grow with the problem, so with a "
             "backbone of constant depth it is in non-uniform TC0.",
    .source = "Liu et al. 2025, Theorem 4.1; Li and Yan 2025",
    .shows = "With an exact score of a few points distances fall below epsilon "
             "and stay there, so that more steps buy depth and no more than "
             "epsilon; a score of no data does not settle. It is about data of "
             "one or two dimensions on a lattice; that the quality of images "
             "settles after some hundred steps (Nichol and Dhariwal 2021) is "
             "measured elsewhere.",
    .run = run,
};
