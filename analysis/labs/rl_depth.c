#include "analysis/labs/lab.h"
#include "circuit/random.h"
#include "compile/program/run.h"
#include "tasks/task.h"

enum {
  SIDE = 6,
  CELLS = SIDE * SIDE,
  BITS = 4,    // of the world's rewards
  HORIZON = 12 // cells of a walk
};

/* What is planned with: rewards of fewer bits, walks of fewer cells. */
struct plan {
  long bits, sweeps;
  double gates, right; // share of open cells whose move is a best one
  size_t depth;
  struct gauge g;
  struct run run;
};

/* Upper bits of rewards, and the walls as they are. */
static void look(struct plan *p, const fmpz *world, fmpz *out) {
  fmpz in[2 * CELLS];
  for (size_t i = 0; i < CELLS; i++) {
    in[i] = world[i] >> (BITS - p->bits);
    in[CELLS + i] = world[CELLS + i];
  }
  run_values(&p->run, in, out);
}

/* Where move 0 is to stay, then up, right, down, left. */
static fmpz value_after(const fmpz *value, size_t cell, fmpz move) {
  static const long step[] = {0, -SIDE, 1, SIDE, -1};
  return value[(size_t)((long)cell + step[move])];
}

/* Adds the cells of a world in which the move of a plan is as good as that of
   the whole horizon; the open ones. */
static size_t compare(struct plan *p, const fmpz *world, const fmpz *best) {
  fmpz out[2 * CELLS] = {0};
  size_t open = 0;
  look(p, world, out);
  for (size_t i = 0; i < CELLS; i++) {
    if (world[CELLS + i])
      continue;
    open++;
    p->right += value_after(best, i, out[CELLS + i]) ==
                value_after(best, i, best[CELLS + i]);
  }
  return open;
}

static bool open_plan(struct plan *p, const struct lab_run *r,
                      struct error *err) {
  bool ok =
      gauge_open(&p->g, &r->options, err, "mdp w=%d h=%d bits=%ld sweeps=%ld",
                 SIDE, SIDE, p->bits, p->sweeps);
  if (ok)
    run_init(&p->run, &p->g.s.instance);
  else
    gauge_clear(&p->g);
  return ok;
}

static void measure_plan(struct plan *p) {
  gauge_measure(&p->g);
  p->gates = gauge_gates(&p->g);
  p->depth = p->g.m->depth_inner;
}

static void close_plan(struct plan *p) {
  run_clear(&p->run);
  gauge_clear(&p->g);
}

/* All on the same worlds. */
static void try_plans(struct lab_run *r, struct plan *p, size_t plans,
                      struct plan *whole) {
  uint64_t random = r->options.seed;
  size_t worlds = r->is_quick ? 50 : 1000, open = 0;
  for (size_t w = 0; w < worlds; w++) {
    fmpz world[2 * CELLS], best[2 * CELLS] = {0};
    lab_progress(r, w, worlds);
    task_mdp.draw(whole->g.s.value, &random, world);
    look(whole, world, best);
    for (size_t i = 0; i < plans; i++) {
      size_t cells = compare(&p[i], world, best);
      open += i ? 0 : cells;
    }
  }
  for (size_t i = 0; i < plans; i++)
    p[i].right /= (double)open;
}

static void report(struct lab_run *r, const struct plan *p, size_t plans) {
  exhibit_panel(&r->e, "best moves against gates", "gates", "share of cells")
      ->is_log_x = true;
  for (size_t i = 0; i < plans; i++) {
    if (!i || p[i].bits != p[i - 1].bits)
      exhibit_curve(&r->e, p[i].bits == 1   ? "1 bit of rewards"
                           : p[i].bits == 2 ? "2 bits"
                                            : "4 bits");
    exhibit_row(&r->e, "%ld|%ld|%zu|%.0f|%.4f", p[i].bits, p[i].sweeps,
                p[i].depth, p[i].gates, p[i].right);
    exhibit_point(&r->e, p[i].gates, p[i].right);
  }
}

/* Of plans with at most so many gates and fewer bits, the most that are right.
 */
static const struct plan *deeper(const struct plan *p, size_t plans,
                                 const struct plan *wide) {
  const struct plan *best = NULL;
  for (size_t i = 0; i < plans; i++)
    if (p[i].gates <= wide->gates && p[i].depth > wide->depth &&
        (!best || p[i].right > best->right))
      best = &p[i];
  return best;
}

static void find(struct lab_run *r, const struct plan *p, size_t plans) {
  for (size_t i = 0; i < plans; i++) {
    const struct plan *deep = deeper(p, plans, &p[i]);
    if (p[i].bits != BITS || !deep || p[i].sweeps > 4)
      continue;
    exhibit_finding(&r->e, deep->right > p[i].right,
                    "%.0f gates at depth %zu, in all bits, find %.1f %% of the "
                    "best moves; %.0f at depth %zu, in %ld bit%s, %.1f %%",
                    p[i].gates, p[i].depth, 100 * p[i].right, deep->gates,
                    deep->depth, deep->bits, deep->bits == 1 ? "" : "s",
                    100 * deep->right);
  }
}

static bool run(struct lab_run *r, struct error *err) {
  static const long bits[] = {1, 2, 4}, sweeps[] = {1, 2, 3, 4, 6, 8, 12};
  enum {
    PLANS = 21
  };
  struct plan p[PLANS] = {{0}};
  struct plan whole = {.bits = BITS, .sweeps = HORIZON};
  size_t plans = 0, each = r->is_quick ? 4 : 7;
  bool ok = open_plan(&whole, r, err);
  for (; ok && plans < 3 * each; plans += ok) {
    p[plans].bits = bits[plans / each];
    p[plans].sweeps = sweeps[plans % each];
    ok = open_plan(&p[plans], r, err);
    if (ok)
      measure_plan(&p[plans]);
  }
  if (ok) {
    exhibit_table(&r->e, "moves that are best for a walk of 12 cells",
                  "bits|sweeps|inner depth|inner gates|best moves");
    try_plans(r, p, plans, &whole);
    report(r, p, plans);
    find(r, p, plans);
    close_plan(&whole);
  }
  for (size_t i = 0; i < plans; i++)
    close_plan(&p[i]);
  return ok;
}

const struct lab lab_rl_depth = {
    .name = "rl-depth",
    .title = "planning: deeper does more than wider, gate for gate",
    .claim = "For control that needs foresight deeper networks do better than "
             "wider ones of the same size.",
    .source = "Wang et al. 2025; Liu et al. 2025",
    .shows = "Worlds are drawn: a grid of 6 by 6 with walls and few rewards of "
             "4 bits, and of the best moves for a walk of 12 cells so many are "
             "found. Gates for more sweeps see farther, those for more bits "
             "see finer; Wang et al. measured it on one task, Humanoid, and "
             "this is one family of tasks, too.",
    .run = run,
};
