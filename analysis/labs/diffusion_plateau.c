#include "analysis/labs/denoise.h"

static const struct {
  const char *label, *line;
} denoiser[] = {
    {"two points", "sampler"},
    {"a ring of two", "sampler data=ring"},
    {"a token, for n bits", "sampler n=8 prior=ramp output=token"},
};

static void add_curve(struct lab_run *r, const char *label,
                      const struct diffusion *k) {
  exhibit_curve(&r->e, label);
  for (size_t i = 0; i < k->points.n; i++)
    exhibit_point(&r->e, (double)k->points.at[i].steps,
                  mpq_get_d(k->points.at[i].tv));
}

static void add_row(struct lab_run *r, const char *label,
                    const struct diffusion *k) {
  const struct diffusion_target *t = k->targets.at;
  const struct diffusion_point *last = &array_last(&k->points);
  exhibit_row(&r->e, "%s|%ld|%ld|%ld|%.0f|%.3g", label, t[0].t_star,
              t[1].t_star, t[2].t_star, t[1].bound, mpq_get_d(last->tv));
  exhibit_finding(&r->e, t[1].t_star && (double)t[1].t_star < t[1].bound / 100,
                  "%s: %ld steps are within 0.05 of the data, where the bound "
                  "with c = 1 asks for %.0f",
                  label, t[1].t_star, t[1].bound);
}

/* Problems of n = 4 to 64 bits. */
static void find_sizes(struct lab_run *r, const struct diffusion *k) {
  bool is_flat = k->growth.n > 1;
  exhibit_panel(&r->e, "depth at T* against the problem's size", "bits n",
                "inner depth");
  exhibit_curve(&r->e, "T* steps, for epsilon = 0.1");
  for (size_t i = 0; i < k->growth.n; i++) {
    const struct diffusion_growth *g = &k->growth.at[i];
    exhibit_point(&r->e, (double)g->n, (double)g->size.depth_inner);
    is_flat = is_flat && g->t_star == k->growth.at[0].t_star &&
              g->size.depth_inner == k->growth.at[0].size.depth_inner;
  }
  exhibit_finding(&r->e, is_flat && k->applies,
                  "for a problem of n = 4 to 64 bits T* = %ld and inner depth "
                  "%zu do not change, and each premise of the theorem holds",
                  k->growth.at[0].t_star, k->growth.at[0].size.depth_inner);
}

static bool good(struct lab_run *r, const long *steps, size_t n,
                 struct error *err) {
  exhibit_table(&r->e, "steps that are enough, by the exact distance",
                "data|T*, 0.1|0.05|0.01|bound, 0.05|last distance");
  struct exhibit_panel *p =
      exhibit_panel(&r->e, "distance to the data against steps", "steps T",
                    "total variation distance");
  p->is_log_x = p->is_log_y = true;
  for (size_t i = 0; i < 3; i++) {
    struct diffusion k;
    bool ok = denoise(&k, r, denoiser[i].line, steps, n, err);
    if (ok) {
      add_curve(r, denoiser[i].label, &k);
      add_row(r, denoiser[i].label, &k);
    }
    if (ok && i == 2) {
      exhibit_curve(&r->e, "epsilon = 0.05")->is_dashed = true;
      exhibit_point(&r->e, 1, 0.05);
      exhibit_point(&r->e, (double)steps[n - 1], 0.05);
      find_sizes(r, &k);
    }
    diffusion_clear(&k);
    if (!ok)
      return false;
  }
  return true;
}

/* Rule 110 for a score: what one more step changes. */
static bool bad(struct lab_run *r, const long *steps, size_t n,
                struct error *err) {
  struct diffusion k;
  bool ok = denoise(&k, r, "badscore n=10", steps, n, err);
  if (ok) {
    double last = mpq_get_d(array_last(&k.points).tv);
    exhibit_panel(&r->e, "a bad score: results that one more step changes",
                  "steps T", "share of results");
    add_curve(r, "Rule 110 for a score", &k);
    exhibit_finding(&r->e, last > 0.2 && !k.applies,
                    "bad diffusion: after %ld steps one more still changes "
                    "%.3g of the results, and the theorem does not apply",
                    steps[n - 1], last);
  }
  diffusion_clear(&k);
  return ok;
}

static bool run(struct lab_run *r, struct error *err) {
  static const long steps[] = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};
  size_t n = r->is_quick ? 8 : 12;
  return good(r, steps, n, err) && bad(r, steps, n, err);
}

const struct lab lab_diffusion_plateau = {
    .name = "diffusion-plateau",
    .title = "a diffusion needs few steps, however large the problem",
    .claim = "With an accurate score the number of steps that a diffusion "
             "needs does not grow with the problem, so constant depth stays "
             "constant.",
    .source = "Liu et al. 2025, Theorem 4.1; Li and Yan 2025",
    .shows = "Distances are exact rationals by dynamic programming over a "
             "lattice, and depth need not grow after T*, which the bound puts "
             "far too high. A score that is wrong does not settle, and then "
             "nothing follows: its chain is as deep as its steps.",
    .run = run,
};
