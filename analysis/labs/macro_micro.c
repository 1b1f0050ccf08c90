#include "analysis/labs/sweep.h"

static bool run(struct lab_run *r, struct error *err) {
  static const long many[] = {2, 4, 8, 16, 32, 64};
  size_t n = r->is_quick ? 3 : 6;
  struct sweep macro = {.label = "energy, flow, pressure",
                        .line = "gas",
                        .key = "k",
                        .at = many,
                        .n = n};
  struct sweep micro = {.label = "positions of 4 discs",
                        .line = "balls2d k=4",
                        .key = "steps",
                        .at = many,
                        .n = n};
  sweep_table(r, "macrostate of k particles, microstate after k steps", "k");
  exhibit_panel(&r->e, "depth of what is asked", "particles, or steps",
                "inner depth");
  if (!sweep_run(r, &macro, err) || !sweep_run(r, &micro, err))
    return false;
  sweep_find_flat(r, &macro, "");
  sweep_find_line(r, &micro, "step");
  return true;
}

const struct lab lab_macro_micro = {
    .name = "macro-micro",
    .title = "temperature and pressure are shallow, positions are not",
    .claim = "A serial question may have a parallel one in its place: not "
             "where each particle is, but how warm the gas.",
    .source = "Liu et al. 2025",
    .shows = "Energy, flow and pressure are sums over particles as they are "
             "now, and elastic collisions keep energy. The microstate is "
             "followed step by step, as no shallow circuit for it is known; "
             "this does not prove that there is none.",
    .run = run,
};
