#include "analysis/labs/sweep.h"

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
  return true;
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
