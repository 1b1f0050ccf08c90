#include "analysis/labs/lab.h"
#include "analysis/schedule.h"

enum {
  MOST_DOUBLINGS = 20
};

static const struct {
  const char *label, *line, *quick;
} source[] = {
    {"one transformer block", "transformer layers=1 d=8 heads=2 n=16",
     "transformer layers=1 d=4 heads=1 n=4"},
    {"Rule 110", "rule number=110 n=256 steps=256",
     "rule number=110 n=16 steps=16"},
    {"recurrent network", "rnn d=4 ff=4 n=256", "rnn d=4 ff=4 n=16"},
    {"S5 word, a tree", "word group=s5 n=256 method=tree",
     "word group=s5 n=16 method=tree"},
};

static double speedup(const struct schedule *s, size_t processors) {
  return (double)s->work / (double)schedule_steps(s, processors);
}

/* A row, a curve, and whether schedules are between Brent's bounds. */
static void add(struct lab_run *r, const char *label,
                const struct schedule *s) {
  double limit = (double)s->work / (double)s->span;
  bool is_between = true;
  exhibit_curve(&r->e, label);
  for (int i = 0; i <= MOST_DOUBLINGS; i++) {
    size_t p = (size_t)1 << i, steps = schedule_steps(s, p);
    is_between = is_between && schedule_least(s, p) <= steps &&
                 steps <= schedule_most(s, p);
    exhibit_point(&r->e, (double)p, speedup(s, p));
  }
  exhibit_row(&r->e, "%s|%zu|%zu|%.4g|%zu|%.3g|%.3g", label, s->work, s->span,
              limit, s->width, speedup(s, 64), speedup(s, 4096));
  exhibit_finding(&r->e, is_between,
                  "%s: steps are between Brent's bounds for P = 1, 2, 4, ..., "
                  "2^20",
                  label);
  exhibit_finding(&r->e, schedule_steps(s, s->width) == s->span,
                  "%s: from %zu processors on, more do not help: %zu steps "
                  "follow one after the other",
                  label, s->width, s->span);
}

static bool run(struct lab_run *r, struct error *err) {
  size_t sources = sizeof source / sizeof *source;
  exhibit_table(&r->e, "a gate a step on each of P processors",
                "source|work|span|work / span|most at once|speedup, P = 64|P = "
                "4096");
  struct exhibit_panel *p = exhibit_panel(&r->e, "speedup against processors",
                                          "processors P", "speedup");
  p->is_log_x = p->is_log_y = true;
  for (size_t i = 0; i < sources; i++) {
    struct gauge g;
    lab_progress(r, i, sources);
    bool ok = gauge_open(&g, &r->options, err, "%s",
                         r->is_quick ? source[i].quick : source[i].line);
    if (ok) {
      struct schedule s;
      schedule_init(&s, source_circuit(&g.s));
      add(r, source[i].label, &s);
      schedule_clear(&s);
    }
    gauge_clear(&g);
    if (!ok)
      return false;
  }
  return true;
}

const struct lab lab_amdahl = {
    .name = "amdahl",
    .title = "processors do not replace steps that follow one another",
    .claim = "Hardware that does more at once does not shorten work whose "
             "steps depend on one another.",
    .source = "Liu et al. 2025; Amdahl 1967; Brent 1974",
    .shows = "Speedup ends at work / span: high for what is wide and shallow, "
             "and low for what is a chain. This is of the circuits as they are "
             "made here; another circuit of the same function may be "
             "shallower.",
    .run = run,
};
