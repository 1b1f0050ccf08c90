/* diffusion_parts.h - between the files of diffusion.h */
#ifndef DIFFUSION_PARTS_H
#define DIFFUSION_PARTS_H

#include "analysis/diffusion.h"
#include "analysis/law.h"

enum {
  DIFFUSION_BAD_MOST_N = 16 // rows of all values are tried
};

/* Laws of all numbers of steps, for each class of inputs. */
struct laws {
  struct sampler sampler;
  struct law *at; // [n_steps][classes]
  size_t n;
};

/* An error if that would take minutes. */
bool laws_check(const struct sampler *s, const struct diffusion_plan *plan,
                struct error *err);
void laws_init(struct laws *l, const struct source *s,
               const struct diffusion_plan *plan);
void laws_clear(struct laws *l);
/* At plan->steps[i], the greatest of all classes of d values. */
void laws_distance(mpq_t tv, const struct laws *l, size_t i, long d);

/* ---- Of the points, whose steps are set ---- */

void diffusion_add_point(struct diffusion *k, long steps);
/* Of all inputs the share whose token is another one after one step more. */
void diffusion_find_changes(struct diffusion *k, unsigned n);
/* Distances and legal words, of data and orders that are the source's. */
void diffusion_find_words(struct diffusion *k, const struct source *s);

/* ---- From the points' distances ---- */

/* Of n distances: from which on all are at most epsilon; if the last is not,
   the first that is, and *above the next that is not; else n. */
size_t diffusion_near(const struct diffusion_point *p, size_t n,
                      const mpq_t epsilon, size_t *above);
void diffusion_find_targets(struct diffusion *k,
                            const struct diffusion_plan *plan, double d);
void diffusion_find_floor(struct diffusion *k);
void diffusion_find_slope(struct diffusion *k);

/* ---- Models that predict noise ---- */

/* A model file that could be one; s is to be cleared in either case. */
bool diffusion_open_learned(struct source *s,
                            const struct diffusion_plan *plan);
bool diffusion_find_learned(struct diffusion *k,
                            const struct diffusion_plan *plan, struct source *s,
                            struct error *err);

/* The premises of the theorem, from what was found: `s` is the source at the
   most steps, `sampler` NULL if it is none. */
void diffusion_judge(struct diffusion *k, const struct diffusion_plan *plan,
                     const struct source *s, const struct sampler *sampler);

#endif
