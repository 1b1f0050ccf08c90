#include "analysis/labs/denoise.h"

#include <string.h>

enum {
  MOST_WORDS = 12
};

const double denoise_epsilon[] = {0.05, 0.1, 0.01};

static void ignore(uint64_t done, uint64_t all) {
  (void)done;
  (void)all;
}

bool denoise(struct diffusion *k, const struct lab_run *r, const char *line,
             const long *steps, size_t n, struct error *err) {
  static const unsigned long of[] = {20, 10, 100};
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
  if (!ok)
    err->file = NULL; // of the words, which go
  for (size_t i = 0; i < 3; i++)
    mpq_clear(epsilon[i]);
  free(text);
  return ok;
}

const struct diffusion_point *denoise_point(const struct diffusion *k,
                                            long steps) {
  for (size_t i = 0; i < k->points.n; i++)
    if (k->points.at[i].steps == steps)
      return &k->points.at[i];
  BUG("%ld steps were not tried", steps);
}

double denoise_distance(const struct diffusion *k, long steps) {
  return mpq_get_d(denoise_point(k, steps)->tv);
}

long denoise_enough(const struct diffusion *k, size_t i) {
  return k->targets.at[i].above_again ? 0 : k->targets.at[i].t_star;
}

void denoise_curve(struct lab_run *r, const char *label,
                   const struct diffusion *k) {
  exhibit_curve(&r->e, label);
  for (size_t i = 0; i < k->points.n; i++)
    exhibit_point(&r->e, (double)k->points.at[i].steps,
                  mpq_get_d(k->points.at[i].tv));
}
