#include "tools/diffusion_report.h"
#include "tools/plot.h"
#include "tools/rational.h"

#include <stdio.h>

/* Points and levels of a picture. */
struct curves {
  size_t n;
  double *x, *tv, *depth; // of one block
  double ends[2], level[DIFFUSION_MOST_EPSILONS][2];
  char label[DIFFUSION_MOST_EPSILONS][32];
  struct plot_line line[DIFFUSION_MOST_EPSILONS + 1];
};

static void curves_init(struct curves *c, const struct diffusion *k,
                        const struct diffusion_request *q) {
  size_t n = k->points.n;
  *c = (struct curves){.n = n, .x = xmalloc(3 * n * sizeof *c->x)};
  c->tv = c->x + n;
  c->depth = c->tv + n;
  for (size_t i = 0; i < n; i++) {
    const struct diffusion_point *p = &k->points.at[i];
    c->x[i] = (double)p->steps;
    c->tv[i] = p->has_sample ? p->sample.sampled : rational_double(p->tv);
    c->depth[i] = (double)p->size.depth_inner;
  }
  c->ends[0] = c->x[0];
  c->ends[1] = c->x[n - 1];
  for (size_t e = 0; e < q->epsilons; e++) {
    double epsilon = rational_double(q->epsilon[e]);
    snprintf(c->label[e], sizeof c->label[e], "epsilon %g", epsilon);
    c->level[e][0] = c->level[e][1] = epsilon;
    c->line[e + 1] =
        (struct plot_line){c->label[e], c->ends, c->level[e], 2, true};
  }
}

bool diffusion_draw(const struct diffusion *k,
                    const struct diffusion_request *q, const char *path,
                    struct error *err) {
  static const char *const titles[] = {
      [DIFFUSION_SAMPLER] = "total variation distance to the data",
      [DIFFUSION_BAD] = "changed by one step more",
      [DIFFUSION_MASKED] = "total variation distance to the data",
      [DIFFUSION_LEARNED] = "sampled distance to all steps",
      [DIFFUSION_OTHER] = ""};
  struct curves c;
  char title[200];
  bool is_bad = k->kind == DIFFUSION_BAD;
  bool is_there = k->kind == DIFFUSION_LEARNED || k->best;
  curves_init(&c, k, q);
  diffusion_join_words(q, title, sizeof title);
  c.line[0] = (struct plot_line){is_bad ? "share of inputs" : "distance", c.x,
                                 c.tv, c.n, false};
  const struct plot_line deep = {"inner depth", c.x, c.depth, c.n, false};
  const struct plot_panel panel[] = {
      {titles[k->kind], "steps T", c.line[0].label, true, !is_bad, c.line,
       is_bad ? 1 : q->epsilons + 1},
      {"depth of the unrolled chain", "steps T", "inner depth", false, false,
       &deep, 1},
  };
  bool ok = plot_write(path, title, panel + !is_there, 1U + is_there, err);
  free(c.x);
  return ok;
}
