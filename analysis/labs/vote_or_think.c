#include "analysis/budget.h"
#include "analysis/labs/sweep.h"

enum {
  S5,
  Z4,
  PRODUCTS,
  RULE,
  TASKS
};

/* As many steps as are needed; a chain of fewer is the task of that length. */
static const struct {
  const char *label, *line, *length;
  long steps, quick;
} task[TASKS] = {
    {"S5 word", "word group=s5 method=serial", "n", 24, 6},
    {"Z4 word", "word group=z m=4 method=serial", "n", 24, 12},
    {"rounded products", "dag kind=products bits=4", "n", 12, 12},
    {"Rule 110", "rule number=110 n=12", "steps", 16, 12},
};

/* What is right after a vote, or without one if nothing is drawn. */
static double vote_of(const struct budget *b, const struct budget_split *p) {
  return mpq_get_d(b->has_guess ? p->vote : p->cut);
}

/* Depth of one chain: all chains go side by side, and their vote is not
   counted. */
static bool add_row(struct lab_run *r, size_t i, const struct budget *b,
                    const struct budget_split *p, struct error *err) {
  struct gauge g;
  bool ok = gauge_find(&g, &r->options, err, "%s %s=%ld", task[i].line,
                       task[i].length, p->steps);
  if (ok && b->has_guess)
    exhibit_row(&r->e, "%s|%ld|%ld|%zu|%.4g|%.4g|%.4g|%.4g", task[i].label,
                p->chains, p->steps, g.m->depth_inner, mpq_get_d(p->cut),
                mpq_get_d(p->guess), mpq_get_d(p->vote), mpq_get_d(p->limit));
  else if (ok)
    exhibit_row(&r->e, "%s|%ld|%ld|%zu|%.4g|-|-|-", task[i].label, p->chains,
                p->steps, g.m->depth_inner, mpq_get_d(p->cut));
  if (ok)
    exhibit_point(&r->e, (double)p->chains, vote_of(b, p));
  gauge_clear(&g);
  return ok;
}

/* ---- Findings ---- */

/* One chain is always right, and no vote is. */
static void find_one(struct lab_run *r, size_t i, const struct budget *b) {
  double most = 0;
  for (size_t j = 1; j < b->splits.n; j++)
    if (vote_of(b, &b->splits.at[j]) > most)
      most = vote_of(b, &b->splits.at[j]);
  exhibit_finding(&r->e, !mpq_cmp_ui(b->splits.at[0].cut, 1, 1) && most < 1,
                  "%s: one chain of %ld steps is always right, several shorter "
                  "ones and a vote in %.4g of all cases at most",
                  task[i].label, b->tokens, most);
}

/* A word of a group that is not read to its end could be anything. */
static void find_blind(struct lab_run *r, size_t i, const struct budget *b) {
  const struct budget_split *p = &b->splits.at[1];
  bool is_all = true;
  for (size_t j = 1; j < b->splits.n; j++)
    is_all = is_all && mpq_equal(b->splits.at[j].vote, p->guess) &&
             mpq_equal(b->splits.at[j].limit, p->guess);
  exhibit_finding(&r->e, is_all,
                  "%s: unless all is read, a vote is as good as one guess, "
                  "%.4g, whatever the split",
                  task[i].label, mpq_get_d(p->guess));
}

/* A vote is better than a guess and ends at the likeliest answer. */
static void find_limit(struct lab_run *r, size_t i, const struct budget *b) {
  const struct budget_split *last = &array_last(&b->splits);
  bool is_between = true;
  for (size_t j = 1; j < b->splits.n; j++) {
    const struct budget_split *p = &b->splits.at[j];
    is_between = is_between && mpq_cmp(p->guess, p->vote) <= 0 &&
                 mpq_cmp(p->vote, p->limit) <= 0;
  }
  exhibit_finding(&r->e,
                  is_between && mpq_cmp(last->guess, last->vote) < 0 &&
                      mpq_cmp_ui(last->limit, 1, 1) < 0,
                  "%s: a vote of %ld raises %.4g to %.4g, and no vote comes "
                  "above %.4g, the likeliest answer",
                  task[i].label, last->chains, mpq_get_d(last->guess),
                  mpq_get_d(last->vote), mpq_get_d(last->limit));
}

static void find_all(struct lab_run *r, size_t i, const struct budget *b) {
  find_one(r, i, b);
  if (i == PRODUCTS)
    find_limit(r, i, b);
  else if (b->has_guess)
    find_blind(r, i, b);
}

/* ---- All of it ---- */

static bool add(struct lab_run *r, size_t i, struct error *err) {
  struct gauge g;
  struct budget b = {0};
  bool ok =
      gauge_open(&g, &r->options, err, "%s %s=%ld", task[i].line,
                 task[i].length, r->is_quick ? task[i].quick : task[i].steps) &&
      budget_init(&b, &g.s, 0, err);
  exhibit_curve(&r->e, task[i].label);
  for (size_t j = 0; ok && j < b.splits.n; j++)
    ok = add_row(r, i, &b, &b.splits.at[j], err);
  if (ok)
    find_all(r, i, &b);
  budget_clear(&b);
  gauge_clear(&g);
  return ok;
}

/* What is no statement about chains: all letters at once. */
static bool shortcut(struct lab_run *r, struct error *err) {
  size_t depth;
  bool is_constant;
  long n = r->is_quick ? task[Z4].quick : task[Z4].steps;
  if (!sweep_one(r, "word group=z m=4 method=table", "n", n, &depth,
                 &is_constant, err))
    return false;
  exhibit_finding(&r->e, is_constant && depth < (size_t)n - 1,
                  "Z4 word: and yet a circuit of inner depth %zu reads all %ld "
                  "letters at once, and so for every n (proved)",
                  depth, n);
  return true;
}

static bool run(struct lab_run *r, struct error *err) {
  exhibit_table(&r->e, "the same number of steps, split in chains",
                "task|chains|steps|depth|cut off|guess|vote|likeliest");
  exhibit_panel(&r->e, "right answers after a vote", "chains", "share")
      ->is_log_x = true;
  for (size_t i = 0; i < TASKS; i++) {
    lab_progress(r, i, TASKS);
    if (!add(r, i, err))
      return false;
  }
  return shortcut(r, err);
}

const struct lab lab_vote_or_think = {
    .name = "vote-or-think",
    .title = "one long chain of thought against a vote of short ones",
    .claim = "At the same number of tokens one longer chain of thought beats a "
             "majority of shorter ones.",
    .source = "Aggarwal and Welleck 2025; Muennighoff et al. 2025; Liu et al. "
              "2025",
    .shows = "A chain that is cut off does not know what it has not read, and "
             "a vote of such chains ends at the likeliest answer to what they "
             "have, though a circuit may read all at once, as for Z4. "
             "Chains here are exact solvers, which need all of their steps; of "
             "models that err in each step this says nothing, and there votes "
             "help.",
    .run = run,
};
