#include "analysis/labs/sweep.h"

static const struct {
  const char *label, *line, *key, *of;
} model[] = {
    {"rnn", "rnn weights=generic", "n", "step"},
    {"lstm", "lstm weights=generic", "n", "step"},
    {"gru", "lstm cell=gru weights=generic", "n", "step"},
    {"looped gpt2", "looped block=gpt2 weights=generic", "loops", "loop"},
    {"looped llama", "looped block=llama weights=generic", "loops", "loop"},
    {"chain of thought", "cot block=gpt2 weights=generic", "tokens", "token"},
};

static bool run(struct lab_run *r, struct error *err) {
  static const long steps[] = {4, 8, 16, 32, 64};
  size_t models = sizeof model / sizeof *model;
  sweep_table(r, "more and more steps", "steps");
  exhibit_panel(&r->e, "depth against steps", "steps, loops or tokens",
                "inner depth");
  for (size_t i = 0; i < models; i++) {
    struct sweep s = {.label = model[i].label,
                      .line = model[i].line,
                      .key = model[i].key,
                      .at = steps,
                      .n = r->is_quick ? 3 : 5};
    lab_progress(r, i, models);
    if (!sweep_run(r, &s, err))
      return false;
    sweep_find_line(r, &s, model[i].of);
  }
  return true;
}

const struct lab lab_rnn_cot_loop_lines = {
    .name = "rnn-cot-loop-lines",
    .title = "recurrence, loops and chains of thought grow deep",
    .claim = "Recurrent networks, looped transformers and chains of thought "
             "compute in series: their depth grows with each step.",
    .source = "Liu et al. 2025; Merrill and Sabharwal 2024",
    .shows = "Depth is a line in the steps, with the levels of one step as its "
             "slope: room for serial work that constant depth has not. That a "
             "deep model uses its depth is another matter; what chains of "
             "thought of polynomial length can do is exactly P (Merrill and "
             "Sabharwal 2024).",
    .run = run,
};
