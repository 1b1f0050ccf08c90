#include "analysis/labs/sweep.h"
#include "compile/program/run.h"

#include <flint/fmpz_vec.h>

enum {
  DISCS = 5, // of two positions and two velocities each
  VALUES = 4 * DISCS,
  SIDE = 64,
  STEPS = 48
};

/* Where discs are along x after `steps`, as a row of the picture. */
static bool draw_row(struct lab_run *r, unsigned char *row, long steps,
                     struct error *err) {
  struct gauge g;
  bool ok =
      gauge_open(&g, &r->options, err,
                 "balls2d k=%d bits=6 diameter=6 steps=%ld", DISCS, steps);
  if (ok) {
    struct run run;
    uint64_t random = r->options.seed;
    fmpz *in = _fmpz_vec_init(VALUES), *out = _fmpz_vec_init(VALUES);
    g.s.family->draw(g.s.value, &random, in);
    run_init(&run, &g.s.instance);
    run_values(&run, in, out);
    for (size_t i = 0; i < DISCS; i++)
      row[fmpz_get_ui(out + i)] = 1;
    run_clear(&run);
    _fmpz_vec_clear(in, VALUES);
    _fmpz_vec_clear(out, VALUES);
  }
  gauge_clear(&g);
  return ok;
}

static bool draw(struct lab_run *r, struct error *err) {
  unsigned char *at =
      exhibit_cells(&r->e, "Five discs along x, time downwards", SIDE, STEPS);
  for (long t = 0; t < STEPS; t++)
    if (!draw_row(r, at + t * SIDE, t, err))
      return false;
  return true;
}

/* After a time that nobody would follow step by step. */
static bool look_far(struct lab_run *r, const struct sweep *s,
                     struct error *err) {
  static const long far = 1000000000;
  struct gauge g;
  bool ok = gauge_find(&g, &r->options, err, "%s time=%ld", s->line, far);
  if (ok)
    exhibit_finding(&r->e, g.m->depth_inner == s->depth[0],
                    "%s: inner depth %zu for time = %ld, too", s->label,
                    g.m->depth_inner, far);
  gauge_clear(&g);
  return ok;
}

static bool run(struct lab_run *r, struct error *err) {
  static const long time[] = {1, 2, 4, 8, 16, 32, 64};
  struct sweep one = {.label = "one ball",
                      .line = "ball length=20 bits=5",
                      .key = "time",
                      .at = time,
                      .n = r->is_quick ? 4 : 7};
  struct sweep line = one, disc = one;
  line.label = "five balls on a line";
  line.line = "balls1d k=5";
  disc.label = "five discs in a box";
  disc.line = "balls2d k=5";
  disc.key = "steps";
  sweep_table(r, "where balls are after some time", "time");
  exhibit_panel(&r->e, "depth against time", "time", "inner depth");
  if (!sweep_run(r, &one, err) || !sweep_run(r, &line, err) ||
      !sweep_run(r, &disc, err))
    return false;
  sweep_find_flat(r, &one,
                  ": a product and a remainder, however often it "
                  "bounces");
  sweep_find_flat(r, &line, ": collisions exchange names, so they are a sort");
  sweep_find_line(r, &disc, "step");
  return look_far(r, &one, err) && look_far(r, &line, err) && draw(r, err);
}

const struct lab lab_one_ball_five_balls = {
    .name = "one-ball-five-balls",
    .title = "one ball has a closed form, and five are simulated",
    .claim = "Where one ball in a box is after a time has a formula; five that "
             "collide have to be followed, collision by collision.",
    .source = "Liu et al. 2025; Fredkin and Toffoli 1982",
    .shows = "Not the number of balls makes the difference: on a line any "
             "number of them is a sort. In the plane no constant depth is "
             "known, and balls that start at chosen places compute what any "
             "circuit does.",
    .run = run,
};
