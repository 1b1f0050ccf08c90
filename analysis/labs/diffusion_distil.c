#include "analysis/labs/denoise.h"

enum {
  MOST_STEPS = 4
};

static const struct {
  const char *label, *line;
} source[] = {
    {"1 value of two points", "sampler d=1"},
    {"4 values", "sampler d=4"},
    {"16 values", "sampler d=16"},
    {"a token of four, n = 8", "sampler points=4 n=8 prior=ramp output=token"},
    {"4x4 sudoku, far apart", "masked order=far"},
};

/* distance[i]: after i + 1 steps. */
static bool add(struct lab_run *r, size_t i, double *distance,
                struct error *err) {
  static const long steps[] = {1, 2, 3, 4};
  struct diffusion k;
  bool ok = denoise(&k, r, source[i].line, steps, MOST_STEPS, err);
  if (ok) {
    exhibit_curve(&r->e, source[i].label);
    for (size_t t = 0; t < MOST_STEPS; t++) {
      distance[t] = mpq_get_d(k.points.at[t].tv);
      exhibit_point(&r->e, (double)steps[t], distance[t]);
    }
    exhibit_row(&r->e, "%s|%.4g|%.4g|%.4g|%.4g|%zu", source[i].label,
                distance[0], distance[1], distance[2], distance[3],
                k.points.at[3].size.depth_inner);
  }
  diffusion_clear(&k);
  return ok;
}

static bool run(struct lab_run *r, struct error *err) {
  double distance[5][MOST_STEPS];
  exhibit_table(&r->e, "exact distance to the data after 1 to 4 steps",
                "data|T = 1|2|3|4|depth at 4");
  exhibit_panel(&r->e, "distance after few steps", "steps T",
                "total variation distance");
  for (size_t i = 0; i < sizeof source / sizeof *source; i++) {
    lab_progress(r, i, 5);
    if (!add(r, i, distance[i], err))
      return false;
  }
  exhibit_finding(&r->e, distance[0][3] < 0.1 && distance[3][3] < 0.12,
                  "one value is within %.3f after 4 steps, one token within "
                  "%.3f",
                  distance[0][3], distance[3][3]);
  exhibit_finding(&r->e,
                  distance[1][3] > 2 * distance[0][3] &&
                      distance[2][3] > 2 * distance[1][3],
                  "but 4 values together are %.3f away, and 16 are %.3f: "
                  "dimension is what steps grow with",
                  distance[1][3], distance[2][3]);
  exhibit_finding(&r->e, distance[4][3] > 0.5,
                  "and 16 cells that depend on each other are %.3f away",
                  distance[4][3]);
  return true;
}

const struct lab lab_diffusion_distil = {
    .name = "diffusion-distil",
    .title = "one to four steps: enough for one value, not for many",
    .claim = "Images are made in one to four steps by distilled diffusions: "
             "what they compute is shallow.",
    .source = "Liu 2025; Luo et al. 2023",
    .shows = "Steps are not distilled here but fewer, with the exact score, "
             "and that is enough for a result of few values. A distance is of "
             "the joint law of all values; judges of images do not look at "
             "that.",
    .run = run,
};
