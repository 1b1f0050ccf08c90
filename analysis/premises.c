/* The premises of the theorem about diffusions, each with its reason. */
#include "analysis/diffusion_parts.h"
#include "compile/models/models.h"
#include "compile/program/certify.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
  CHAIN,
  BACKBONE,
  DIMENSION,
  SCORE,
  ROUNDING,
  TOKEN,
  ERROR_OF_ONE
};

static const struct {
  const char *name, *unknown;
} texts[PREMISES] = {
    {"Gaussian score-based chain",
     "whether so few steps are enough for another chain"},
    {"backbone of constant depth",
     "whether another backbone, of constant depth, has the same score"},
    {"dimension fixed",
     "whether a number of steps that does not grow would be enough"},
    {"score accurate", "what any number of its steps computes"},
    {"rounding bounded", "whether a finer lattice comes as near as that"},
    {"single output token", "whether many tokens can be right together"},
    {"error bounded away from 1/2",
     "whether votes would make what comes out right"},
};

__attribute__((format(printf, 4, 5))) static void say(struct diffusion *k,
                                                      int i,
                                                      enum premise_holds holds,
                                                      const char *format, ...) {
  char text[512];
  va_list more;
  va_start(more, format);
  vsnprintf(text, sizeof text, format, more);
  va_end(more);
  free(k->premise[i].because);
  k->premise[i] = (struct premise){texts[i].name, holds, xmalloc(sizeof text),
                                   texts[i].unknown};
  memcpy(k->premise[i].because, text, sizeof text);
}

/* ---- Depth, by the certificate ---- */

/* The depth that is proved is one of steps alone. */
static bool depends_on_steps_only(const struct certificate *c,
                                  const struct program *p, const char *steps) {
  const struct sizes *t = &p->sizes;
  for (slong v = 0; v < fmpz_mpoly_ctx_nvars(c->formulas.ring); v++) {
    bool is_steps =
        (size_t)v < t->parameters.n && !strcmp(t->parameters.at[v].name, steps);
    if (!is_steps && fmpz_mpoly_degree_si(c->of_depth, v, c->formulas.ring) > 0)
      return false;
  }
  return true;
}

static void judge_backbone(struct diffusion *k, const struct source *s) {
  struct certificate c;
  struct error err = {0};
  if (k->kind == DIFFUSION_MASKED) {
    say(k, BACKBONE, PREMISE_NO,
        "two levels a round, but a gate for each legal word, whose number need "
        "not be polynomial");
    return;
  }
  if (!source_has_program(s)) {
    say(k, BACKBONE, PREMISE_NO, "a circuit is no family: no depth is proved");
    return;
  }
  const struct instance *in = &s->instance;
  if (!program_certify(&c, in->program, in->levels, &err)) {
    say(k, BACKBONE, PREMISE_NO, "no depth is proved: %s", err.message);
    return;
  }
  k->depth = strdup(c.depth);
  bool is_constant = depends_on_steps_only(
      &c, in->program, k->kind == DIFFUSION_OTHER ? "times" : "steps");
  if (k->kind == DIFFUSION_LEARNED && is_constant)
    say(k, BACKBONE, PREMISE_YES,
        "inner depth at most %s (proved), and the model has no size that it "
        "could grow with",
        c.depth);
  else
    say(k, BACKBONE, is_constant ? PREMISE_YES : PREMISE_NO,
        "inner depth at most %s for all sizes (proved)%s", c.depth,
        is_constant ? ", so constant for a step"
                    : ", which grows with more than the steps");
  certificate_clear(&c);
}

/* ---- What is there to be judged ---- */

static void judge_chain(struct diffusion *k, const struct sampler *s) {
  if (k->kind == DIFFUSION_OTHER)
    say(k, CHAIN, PREMISE_NO, "nothing says that its steps follow a score");
  else if (k->kind == DIFFUSION_MASKED)
    say(k, CHAIN, PREMISE_NO,
        "cells are unmasked, not freed of Gaussian noise: that the theorem "
        "holds for it, too, is a conjecture");
  else if (k->kind == DIFFUSION_LEARNED)
    say(k, CHAIN, PREMISE_YES,
        "a model that predicts the noise in x, with Gaussian noise in each "
        "step");
  else if (s && s->is_ode)
    say(k, CHAIN, PREMISE_YES,
        "the flow of Gaussian noise (Li and Yan have the chain with noise; for "
        "the flow see arXiv 2501.12982)");
  else
    say(k, CHAIN, PREMISE_YES,
        k->kind == DIFFUSION_BAD ? "x' = x + s(x), as a step of the flow"
                                 : "noise of a normal distribution, its "
                                   "quantiles, in each step");
}

static void judge_dimension(struct diffusion *k, const struct sampler *s) {
  if (k->kind == DIFFUSION_OTHER)
    say(k, DIMENSION, PREMISE_NOT_ASKED, "it is no diffusion");
  else if (k->kind == DIFFUSION_LEARNED)
    say(k, DIMENSION, PREMISE_YES, "that of the model's x");
  else if (k->kind == DIFFUSION_MASKED)
    say(k, DIMENSION, PREMISE_NO, "as many cells as the problem has");
  else if (k->kind == DIFFUSION_BAD)
    say(k, DIMENSION, PREMISE_NO, "n values for a problem of size n");
  else if (!strcmp(k->size, "d"))
    say(k, DIMENSION, PREMISE_NO, "d values for a problem of size d");
  else
    say(k, DIMENSION, PREMISE_YES, "%ld, whatever the size of the problem",
        s->d * (long)s->together);
}

static void judge_score(struct diffusion *k, const struct sampler *s) {
  if (k->kind == DIFFUSION_OTHER)
    say(k, SCORE, PREMISE_NOT_ASKED, "it has none");
  else if (k->kind == DIFFUSION_LEARNED)
    say(k, SCORE, PREMISE_NO,
        "it was learned: how far it is from the score of its data is not "
        "known, and the bound has that error as a term");
  else if (k->kind == DIFFUSION_MASKED)
    say(k, SCORE, PREMISE_YES,
        "exact marginals of each cell, given those that were unmasked");
  else if (k->kind == DIFFUSION_BAD && k->points.n &&
           array_last(&k->points).has_tv)
    say(k, SCORE, PREMISE_NO,
        "it is Rule 110 and not the score of any data: after %ld steps one "
        "more still changes the token of %.3g of all inputs",
        array_last(&k->points).steps, mpq_get_d(array_last(&k->points).tv));
  else if (k->kind == DIFFUSION_BAD)
    say(k, SCORE, PREMISE_NO, "it is Rule 110 and not the score of any data");
  else
    say(k, SCORE, PREMISE_YES,
        "the exact posterior mean, correctly rounded to 2^-%u of a cell",
        s->guard);
}

static void judge_rounding(struct diffusion *k,
                           const struct diffusion_plan *plan) {
  double epsilon = mpq_get_d(plan->epsilon[0]);
  if (k->kind == DIFFUSION_LEARNED) {
    say(k, ROUNDING, PREMISE_NOT_ASKED, "sampled in floating point");
    return;
  }
  if (k->kind != DIFFUSION_SAMPLER) {
    say(k, ROUNDING, PREMISE_NOT_ASKED, "there are no data to be near to");
    return;
  }
  const struct diffusion_target *t = &k->targets.at[0];
  if (!t->t_star)
    say(k, ROUNDING, PREMISE_NO,
        "the distance is never %g or less: %.3g at best, at T = %ld", epsilon,
        mpq_get_d(k->floor), k->best);
  else if (t->above_again)
    say(k, ROUNDING, PREMISE_NO,
        "rounding in every step adds up: at most %g at T = %ld, but not at %ld",
        epsilon, t->t_star, t->above_again);
  else
    say(k, ROUNDING, PREMISE_YES,
        "the distance is at most %g from T = %ld on, up to the %ld tried "
        "(exact)",
        epsilon, t->t_star, array_last(&k->points).steps);
}

static void judge_token(struct diffusion *k, const struct sampler *s) {
  if (k->kind == DIFFUSION_OTHER)
    say(k, TOKEN, PREMISE_NOT_ASKED, "it is no diffusion");
  else if (k->kind == DIFFUSION_MASKED)
    say(k, TOKEN, PREMISE_NO,
        "all cells come out, and those of a round do not know of each other");
  else if (s && (s->d > 1 || !strcmp(k->size, "d")))
    say(k, TOKEN, PREMISE_NO, "d values come out, each to be right");
  else
    say(k, TOKEN, PREMISE_YES, "one comes out");
}

/* The least margin of both classes, where the distance is within epsilon. */
static void judge_error(struct diffusion *k, const struct sampler *s) {
  mpq_t margin, least;
  if (!s || !s->n) {
    say(k, ERROR_OF_ONE, PREMISE_NOT_ASKED,
        s ? "there is no input that it should answer: n= and prior=ramp give "
            "one"
          : "it is not known what would be right");
    return;
  }
  long steps = k->targets.at[0].t_star ? k->targets.at[0].t_star : k->best;
  mpq_inits(margin, least, NULL);
  for (unsigned c = 0; c < s->classes; c++) {
    struct law l;
    law_init(&l, s, steps, c);
    law_margin(margin, &l, s, c);
    if (!c || mpq_cmp(margin, least) < 0)
      mpq_set(least, margin);
    law_clear(&l);
  }
  say(k, ERROR_OF_ONE, mpq_sgn(least) > 0 ? PREMISE_YES : PREMISE_NO,
      "the right token is likelier than any other by %.4g at T = %ld (exact)",
      mpq_get_d(least), steps);
  mpq_clears(margin, least, NULL);
}

void diffusion_judge(struct diffusion *k, const struct diffusion_plan *plan,
                     const struct source *s, const struct sampler *sampler) {
  judge_chain(k, sampler);
  judge_backbone(k, s);
  judge_dimension(k, sampler);
  judge_score(k, sampler);
  judge_rounding(k, plan);
  judge_token(k, sampler);
  judge_error(k, sampler);
  k->applies = true;
  for (int i = 0; i < PREMISES; i++)
    k->applies &= k->premise[i].holds == PREMISE_YES;
}
