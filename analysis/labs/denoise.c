#include "analysis/labs/denoise.h"

#include <string.h>

enum {
  MOST_WORDS = 12
};

static void ignore(uint64_t done, uint64_t all) {
  (void)done;
  (void)all;
}

bool denoise(struct diffusion *k, const struct lab_run *r, const char *line,
             const long *steps, size_t n, struct error *err) {
  static const unsigned long of[] = {10, 20, 100};
  const char *word[MOST_WORDS];
  char *text = xstrdup(line), *rest = NULL;
  mpq_t epsilon[3];
  for (size_t i = 0; i < 3; i++) {
    mpq_init(epsilon[i]);
    mpq_set_ui(epsilon[i], 1, of[i]);
  }
  struct diffusion_plan plan = {
      .word = word,
      .options = r->options,
      .steps = steps,
      .n_steps = n,
      .epsilon = (const mpq_t *)epsilon,
      .n_epsilon = 3,
      .c = 1,
      .progress = r->progress ? r->progress : ignore,
  };
  for (char *w = strtok_r(text, " ", &rest); w && plan.words < MOST_WORDS;
       w = strtok_r(NULL, " ", &rest))
    word[plan.words++] = w;
  bool ok = diffusion_init(k, &plan, err);
  for (size_t i = 0; i < 3; i++)
    mpq_clear(epsilon[i]);
  free(text);
  return ok;
}
