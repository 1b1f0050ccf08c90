#include "analysis/budget.h"
#include "analysis/labs/lab.h"

static const struct {
  const char *label, *line, *quick;
} solver[] = {
    {"S5 word", "word group=s5 n=8", "word group=s5 n=6"},
    {"Rule 110", "rule number=110 n=16 steps=8", "rule number=110 n=8 steps=4"},
    {"arithmetic", "dag kind=products n=8 bits=2",
     "dag kind=products n=4 bits=2"},
};

static void row(struct lab_run *r, const char *label,
                const struct budget_split *s, bool has_guess) {
  double vote = mpq_get_d(has_guess ? s->vote : s->cut);
  exhibit_row(&r->e, "%s|%ld|%ld|%.6g|%.6g", label, s->chains, s->steps,
              mpq_get_d(s->cut), vote);
  exhibit_point(&r->e, (double)s->steps, vote);
}

static bool add(struct lab_run *r, size_t i, struct error *err) {
  struct gauge g;
  struct budget b = {0};
  bool ok = gauge_open(&g, &r->options, err, "%s",
                       r->is_quick ? solver[i].quick : solver[i].line) &&
            budget_init(&b, &g.s, 0, err);
  if (ok) {
    double best = 0, whole = mpq_get_d(b.splits.at[0].cut);
    exhibit_curve(&r->e, solver[i].label);
    for (size_t k = b.splits.n; k-- > 0;) {
      const struct budget_split *s = &b.splits.at[k];
      double most = mpq_get_d(b.has_guess ? s->limit : s->cut);
      row(r, solver[i].label, s, b.has_guess);
      best = k && most > best ? most : best;
    }
    exhibit_finding(&r->e, whole == 1 && best < 1,
                    "%s: one chain of %ld steps is right always; of shorter "
                    "ones no vote is right more often than %.4g",
                    solver[i].label, b.needed, best);
  }
  budget_clear(&b);
  gauge_clear(&g);
  return ok;
}

static bool run(struct lab_run *r, struct error *err) {
  exhibit_table(&r->e, "as many steps, as chains of c and a vote",
                "solver|chains|steps c|cut off|guessed, and a vote");
  exhibit_panel(&r->e, "accuracy of the vote against steps of a chain",
                "steps of each chain", "share of inputs that are right");
  for (size_t i = 0; i < sizeof solver / sizeof *solver; i++)
    if (!add(r, i, err))
      return false;
  return true;
}

const struct lab lab_vote_or_think = {
    .name = "vote-or-think",
    .title = "one long chain of thought against a vote of short ones",
    .claim = "At the same number of tokens one longer chain of thought beats a "
             "majority of shorter ones.",
    .source = "Aggarwal and Welleck 2025; Muennighoff et al. 2025; Liu et al. "
              "2025",
    .shows = "A chain that is too short does not know what it has not read, "
             "and a vote of such chains ends at the likeliest answer to what "
             "they have. Chains here are exact solvers, which need all of "
             "their steps; of models that err in each step this says nothing, "
             "and there votes help.",
    .run = run,
};
