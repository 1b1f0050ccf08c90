#include "analysis/labs/denoise.h"
#include "analysis/labs/sweep.h"

#include <stdio.h>

enum {
  MOST_STEPS = 4,
  ENOUGH = 16, // steps, for d values
  MOST_LINE = 80
};

static const struct {
  const char *label, *line;
} source[] = {
    {"1 value of two points", "sampler d=1"},
    {"4 values", "sampler d=4"},
    {"16 values", "sampler d=16"},
    {"a token of four, n = 8", "sampler points=4 n=8 prior=ramp output=token"},
    {"4x4 sudoku, far apart", "masked order=far"},
    {"8 bits, even parity", "masked data=parity n=8"},
    {"4 bits, any", "masked data=words n=4 table=0xffff"},
};

enum {
  SOURCES = sizeof source / sizeof *source
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

static bool few(struct lab_run *r, struct error *err) {
  double distance[SOURCES][MOST_STEPS];
  exhibit_table(&r->e, "exact distance to the data after 1 to 4 steps",
                "data|T = 1|2|3|4|depth at 4");
  exhibit_panel(&r->e, "distance after few steps", "steps T",
                "total variation distance");
  for (size_t i = 0; i < SOURCES; i++) {
    lab_progress(r, i, SOURCES);
    if (!add(r, i, distance[i], err))
      return false;
  }
  exhibit_finding(&r->e, distance[0][3] < 0.1 && distance[3][3] < 0.12,
                  "one value is within %.3f after 4 steps, one token within "
                  "%.3f",
                  distance[0][3], distance[3][3]);
  exhibit_finding(&r->e, distance[6][0] < 0.05,
                  "cells that do not depend on each other take one step: then "
                  "they are %.3g away",
                  distance[6][0]);
  exhibit_finding(&r->e,
                  distance[1][3] > 2 * distance[0][3] &&
                      distance[2][3] > 2 * distance[1][3],
                  "4 values together are %.3f away after 4, and 16 are %.3f",
                  distance[1][3], distance[2][3]);
  exhibit_finding(&r->e, distance[4][3] > 0.25 && distance[5][3] > 0.25,
                  "cells that depend on each other are far: 16 of a sudoku "
                  "%.3f, 8 bits of even parity %.3f",
                  distance[4][3], distance[5][3]);
  return true;
}

/* ---- Steps against size ---- */

/* T* for a source with `key` = n, of steps 1 to `most`; and whether all before
   the last bring nothing. */
struct enough {
  long steps; // 0: none
  size_t depth;
  bool is_last_alone;
};

static bool find_enough(struct enough *t, struct lab_run *r, const char *line,
                        long n, long most, struct error *err) {
  long steps[ENOUGH];
  char of_n[MOST_LINE];
  struct diffusion k;
  for (long i = 0; i < most; i++)
    steps[i] = i + 1;
  snprintf(of_n, sizeof of_n, "%s=%ld", line, n);
  bool ok = denoise(&k, r, of_n, steps, (size_t)most, err);
  if (ok) {
    t->steps = denoise_enough(&k, 0);
    t->depth = denoise_point(&k, t->steps ? t->steps : most)->size.depth_inner;
    t->is_last_alone = t->steps == most;
    for (long i = 1; i < most; i++)
      t->is_last_alone = t->is_last_alone &&
                         denoise_distance(&k, i) == denoise_distance(&k, 1);
  }
  diffusion_clear(&k);
  return ok;
}

static void add_enough(struct lab_run *r, const char *label, long n,
                       const struct enough *t) {
  exhibit_row(&r->e, "%s|%ld|%ld|%zu", label, n, t->steps, t->depth);
  exhibit_point(&r->e, (double)n, (double)t->steps);
}

static bool values(struct lab_run *r, struct error *err) {
  long most = r->is_quick ? 12 : ENOUGH;
  struct enough t = {0}, one = {0};
  exhibit_curve(&r->e, "values of two points each");
  for (long d = 1; d <= 16; d *= 2) {
    if (!find_enough(&t, r, "sampler d", d, most, err))
      return false;
    add_enough(r, "values", d, &t);
    one = d == 1 ? t : one;
  }
  exhibit_finding(&r->e, one.steps && t.steps > one.steps && t.steps < most,
                  "%ld steps are enough for one value, %ld for 16 that do not "
                  "depend on each other",
                  one.steps, t.steps);
  return true;
}

/* *depth of the longest words. */
static bool bits(struct lab_run *r, long most, size_t *depth,
                 struct error *err) {
  bool is_chain = true;
  exhibit_curve(&r->e, "bits of even parity");
  for (long n = 2; n <= most; n++) {
    struct enough t = {0};
    if (!find_enough(&t, r, "masked data=parity n", n, n, err))
      return false;
    add_enough(r, "bits", n, &t);
    is_chain = is_chain && t.is_last_alone;
    *depth = t.depth;
  }
  exhibit_finding(&r->e, is_chain,
                  "%ld bits of even parity take %ld, as 2 take 2, and no step "
                  "before the last comes nearer: of bits that come together "
                  "none knows of the other",
                  most, most);
  return true;
}

/* All bits but one at random, and their parity, which one level makes a bit. */
static bool shortcut(struct lab_run *r, long n, size_t chain,
                     struct error *err) {
  size_t depth;
  bool is_constant;
  if (!sweep_one(r, "parity", "n", n - 1, &depth, &is_constant, err))
    return false;
  exhibit_finding(&r->e, is_constant && depth + 1 < chain,
                  "and yet %ld random bits and their parity are such a word, "
                  "at depth %zu instead of %zu, and the same for every n "
                  "(proved)",
                  n - 1, depth + 1, chain);
  return true;
}

static bool run(struct lab_run *r, struct error *err) {
  long most = r->is_quick ? 6 : 9;
  size_t depth = 0;
  if (!few(r, err))
    return false;
  exhibit_table(&r->e, "steps T* that are enough, within 0.05",
                "data|how many|T*|inner depth at T*");
  exhibit_panel(&r->e, "steps that are enough", "values, or bits", "T*");
  return values(r, err) && bits(r, most, &depth, err) &&
         shortcut(r, most, depth, err);
}

const struct lab lab_diffusion_distil = {
    .name = "diffusion-distil",
    .title = "one to four steps: enough for one value, not for many",
    .claim = "Images are made in one to four steps by distilled diffusions: "
             "what they compute is shallow.",
    .source = "Liu 2025; Luo et al. 2023",
    .shows = "Nothing is distilled here: these are chains of fewer steps, with "
             "the exact score or marginals, and few are enough for few values "
             "or for such as do not depend on each other. Where they do, steps "
             "are what this kind of chain needs and no bound on what a "
             "distilled network needs, which may be any function of its noise; "
             "and distances are of the joint law, at which judges of images do "
             "not look.",
    .run = run,
};
