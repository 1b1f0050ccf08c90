#include "analysis/labs/sweep.h"

#include <stdio.h>

static const struct {
  const char *label, *line;
} model[] = {
    {"gpt2", "transformer block=gpt2 layers=2 d=8 heads=2 weights=generic"},
    {"llama", "transformer block=llama layers=2 d=8 heads=2 weights=generic"},
    {"bert", "transformer block=bert layers=2 d=8 heads=2 weights=generic"},
    {"gptj", "transformer block=gptj layers=2 d=8 heads=2 weights=generic"},
};

static bool run(struct lab_run *r, struct error *err) {
  long length[SWEEP_MOST];
  size_t n = 0, models = sizeof model / sizeof *model;
  for (long at = 4; at <= (r->is_quick ? 64 : 1 << 20); at *= 2)
    length[n++] = at;
  sweep_table(r, "two blocks at each length", "n");
  exhibit_panel(&r->e, "depth against length", "tokens n", "inner depth")
      ->is_log_x = true;
  for (size_t i = 0; i < models; i++) {
    struct sweep s = {.label = model[i].label,
                      .line = model[i].line,
                      .key = "n",
                      .at = length,
                      .n = n};
    lab_progress(r, i, models);
    if (!sweep_run(r, &s, err))
      return false;
    char gates[100];
    snprintf(gates, sizeof gates, "; gates grow from %.4g to %.4g", s.gates[0],
             s.gates[n - 1]);
    sweep_find_flat(r, &s, gates);
  }
  return true;
}

const struct lab lab_transformer_flat = {
    .name = "transformer-flat",
    .title = "a transformer's depth does not grow with its input",
    .claim = "A transformer of so many layers is a circuit of constant depth "
             "and polynomial size, however long its input.",
    .source = "Merrill and Sabharwal 2023; Liu et al. 2025",
    .shows = "Each block adds the same few levels at every length, and only "
             "gates grow, as n^2. Numbers keep their bits as n grows; with "
             "bits that grow as log n the depth is the same, and weights stay "
             "polynomial.",
    .run = run,
};
