/* lab.h - the paper's claims as experiments

   A lab is one file with one constant and its name in LABS. It computes all it
   says in its run, from circuits that are made or counted and from exact laws,
   and its findings say whether the claim is borne out.

     struct lab_run r = {.options = options};
     if (!lab_amdahl.run(&r, &err)) ...
     ... r.e.findings ...
     exhibit_clear(&r.e); // in either case */
#ifndef LAB_H
#define LAB_H

#include "analysis/gauge.h"
#include "analysis/labs/exhibit.h"

/* Sorted; lab_NAME is in labs/NAME.c. */
#define LABS(X)              \
  X(amdahl)                  \
  X(derandomize)             \
  X(diffusion_distil)        \
  X(diffusion_plateau)       \
  X(look_ahead)              \
  X(macro_micro)             \
  X(mamba_two_meanings)      \
  X(masked_perplexity)       \
  X(mlp_width_or_depth)      \
  X(one_ball_five_balls)     \
  X(rl_depth)                \
  X(rnn_cot_loop_lines)      \
  X(rule110_irreducible)     \
  X(s5_or_cyclic)            \
  X(sudoku_order)            \
  X(transformer_flat)        \
  X(universal_approximation) \
  X(vote_or_think)

struct lab_run {
  struct exhibit e;
  struct source_options options; // of the sources that it opens
  bool is_quick; // small sizes, in a second: for tests, and for a first look
  void (*progress)(uint64_t done, uint64_t all); // or NULL
};

struct lab {
  const char *name;   // "transformer-flat"
  const char *title;  // a line, lower case, no full stop
  const char *claim;  // a sentence: what the paper or its field says
  const char *source; // where
  const char *shows;  // two sentences: what the numbers show, and what not
  /* False only if a source cannot be opened or measured: a claim that is not
     borne out is a finding that does not hold. */
  bool (*run)(struct lab_run *r, struct error *err);
};

#define LAB_DECLARE(name) extern const struct lab lab_##name;
LABS(LAB_DECLARE)
#undef LAB_DECLARE

extern const struct lab *const lab_list[]; // NULL after the last
/* NULL if there is none of that name. */
const struct lab *lab_find(const char *name);

/* "of `all`, so many are done", for whoever waits. */
void lab_progress(const struct lab_run *r, uint64_t done, uint64_t all);

#endif
