#include "analysis/labs/sweep.h"

static bool run(struct lab_run *r, struct error *err) {
  static const long length[] = {4, 8, 16, 32, 64, 128};
  size_t n = r->is_quick ? 3 : 6;
  struct sweep closed = {.label = "closed form, rounded once",
                         .line = "mamba meaning=closed weights=generic",
                         .key = "n",
                         .at = length,
                         .n = n};
  struct sweep stepwise = {.label = "rounded after every step",
                           .line = "mamba meaning=stepwise weights=generic",
                           .key = "n",
                           .at = length,
                           .n = n};
  sweep_table(r, "a layer of a selective state space", "n");
  exhibit_panel(&r->e, "depth against length", "tokens n", "inner depth");
  if (!sweep_run(r, &closed, err) || !sweep_run(r, &stepwise, err))
    return false;
  sweep_find_flat(r, &closed, "");
  sweep_find_line(r, &stepwise, "token");
  exhibit_finding(&r->e, closed.gates[n - 1] > stepwise.gates[n - 1],
                  "the price at n = %ld: %.4g gates instead of %.4g",
                  length[n - 1], closed.gates[n - 1], stepwise.gates[n - 1]);
  return true;
}

const struct lab lab_mamba_two_meanings = {
    .name = "mamba-two-meanings",
    .title = "a state space is flat or a line, as its rounding says",
    .claim = "State-space models look recurrent and are parallel: their "
             "linear recurrence is a sum, so they are in TC0 like "
             "transformers.",
    .source = "Merrill, Petty and Sabharwal 2024; Liu et al. 2025",
    .shows = "Which one it is follows from where numbers are rounded: once, "
             "after the sum of all steps, or after each step as a loop on a "
             "processor does. The second is a line here, which is an upper "
             "bound: tables of a step could be composed in pairs, in "
             "logarithmic depth.",
    .run = run,
};
