#include "analysis/labs/sweep.h"
#include "compile/program/run.h"

#include <stdio.h>

enum {
  WIDTH = 79,
  STEPS = 60,
  MOST_MERGE = 6
};

/* The space-time picture of one cell, by steps of the program; a state's
   highest bit is the leftmost cell. */
static bool draw(struct lab_run *r, int number, ulong cell, size_t rows,
                 struct error *err) {
  struct gauge g;
  char title[60];
  bool ok = gauge_open(&g, &r->options, err, "rule number=%d n=%d steps=1",
                       number, WIDTH);
  snprintf(title, sizeof title, "Rule %d, time downwards", number);
  if (ok) {
    unsigned char *at = exhibit_cells(&r->e, title, WIDTH, rows);
    struct run run;
    fmpz_t row;
    fmpz_init(row);
    fmpz_setbit(row, cell);
    run_init(&run, &g.s.instance);
    for (size_t t = 0; t < rows; t++) {
      for (size_t i = 0; i < WIDTH; i++)
        at[t * WIDTH + i] = (unsigned char)fmpz_tstbit(row, WIDTH - 1 - i);
      run_values(&run, row, row);
    }
    run_clear(&run);
    fmpz_clear(row);
  }
  gauge_clear(&g);
  return ok;
}

/* As many steps in fewer levels. */
static bool merge(struct lab_run *r, struct error *err) {
  long most = r->is_quick ? 4 : MOST_MERGE;
  double gates[MOST_MERGE + 1] = {0};
  bool is_divided = true, is_dearer = true;
  exhibit_table(&r->e, "60 steps of Rule 110 on 64 cells, k in each level",
                "k|inner depth|inner gates|a cell and level");
  exhibit_panel(&r->e, "gates against depth", "inner depth", "inner gates")
      ->is_log_y = true;
  exhibit_curve(&r->e, "k = 1, 2, 3, ... steps in a level");
  for (long k = 1; k <= most; k++) {
    struct gauge g;
    bool ok = STEPS % k ||
              gauge_find(&g, &r->options, err,
                         "rule number=110 n=64 steps=%d merge=%ld", STEPS, k);
    if (STEPS % k)
      continue;
    if (ok) {
      size_t depth = g.m->depth_inner;
      gates[k] = gauge_gates(&g);
      is_divided = is_divided && depth == (size_t)(STEPS / k);
      is_dearer = is_dearer && (k == 1 || gates[k] > gates[k - 1]);
      exhibit_row(&r->e, "%ld|%zu|%.0f|%.4g", k, depth, gates[k],
                  gates[k] / 64 / (double)depth);
      exhibit_point(&r->e, (double)depth, gates[k]);
    }
    gauge_clear(&g);
    if (!ok)
      return false;
  }
  exhibit_finding(&r->e, is_divided && is_dearer,
                  "k steps in a level divide depth by k, and gates grow from "
                  "%.0f for k = 1 to %.0f for k = %ld",
                  gates[1], gates[most], most);
  return true;
}

static bool against_steps(struct lab_run *r, struct error *err) {
  static const long steps[] = {3, 5, 11, 21, 43, 85};
  struct sweep universal = {.label = "Rule 110",
                            .line = "rule number=110 n=63",
                            .key = "steps",
                            .at = steps,
                            .n = r->is_quick ? 4 : 6};
  struct sweep additive = universal;
  additive.label = "Rule 90, sums of cells";
  additive.line = "rule number=90 n=63 method=shortcut";
  sweep_table(r, "depth against steps, 63 cells", "steps");
  exhibit_panel(&r->e, "depth against steps", "steps", "inner depth");
  if (!sweep_run(r, &universal, err) || !sweep_run(r, &additive, err))
    return false;
  sweep_find_line(r, &universal, "step");
  sweep_find_flat(r, &additive, "");
  return true;
}

static bool run(struct lab_run *r, struct error *err) {
  return merge(r, err) && against_steps(r, err) && draw(r, 110, 0, 60, err) &&
         draw(r, 90, WIDTH / 2, WIDTH / 2 + 1, err); // not around the ring
}

const struct lab lab_rule110_irreducible = {
    .name = "rule110-irreducible",
    .title = "an automaton that is followed, and one that is foretold",
    .claim = "Rule 110 has no shortcut: what it does after many steps is found "
             "by doing them.",
    .source = "Neary and Woods 2006; Wolfram 1985; Liu et al. 2025",
    .shows = "Gates bought with 2^(2k+1) in place of depth save a factor of k: "
             "in polynomial size one of about log n. Rule 110 is P-complete, "
             "so constant depth for it would give TC0 = P (conditional); Rule "
             "90 is additive and has constant depth.",
    .run = run,
};
