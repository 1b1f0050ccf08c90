#include "tests/analysis/diffusions.h"
#include "tests/suite.h"

#include <stdio.h>

void open_sampler(struct opened *o, const char *line, long steps) {
  const char *word[32];
  char number[32], all[256];
  size_t n = 0;
  struct error err = {0};
  snprintf(all, sizeof all, "sampler %s", line);
  snprintf(number, sizeof number, "steps=%ld", steps);
  for (char *w = strtok(all, " "); w; w = strtok(NULL, " "))
    word[n++] = w;
  word[n++] = number;
  source_init(&o->s);
  ck_assert_msg(source_open(&o->s, word, n, &(struct source_options){0}, &err),
                "%s: %s", line, err.message);
  sampler_init(&o->sampler, o->s.value);
  o->steps = steps;
}

void close_sampler(struct opened *o) {
  sampler_clear(&o->sampler);
  source_clear(&o->s);
}

static void no_progress(uint64_t done, uint64_t all) {
  (void)done;
  (void)all;
}

void find_diffusion(struct diffusion *k, const char *line, long from, long to,
                    const char *size) {
  static const char *const epsilon[] = {"1/10", "1/20", "1/100"};
  const char *word[32];
  char all[256];
  size_t n = 0;
  long steps[64];
  mpq_t e[3];
  struct error err = {0};
  snprintf(all, sizeof all, "%s", line);
  for (char *w = strtok(all, " "); w; w = strtok(NULL, " "))
    word[n++] = w;
  for (long t = from; t <= to; t++)
    steps[t - from] = t;
  for (int i = 0; i < 3; i++) {
    mpq_init(e[i]);
    mpq_set_str(e[i], epsilon[i], 10);
  }
  const struct diffusion_plan plan = {.word = word,
                                      .words = n,
                                      .steps = steps,
                                      .n_steps = (size_t)(to - from + 1),
                                      .epsilon = (const mpq_t *)e,
                                      .n_epsilon = 3,
                                      .c = 1,
                                      .size = size,
                                      .progress = no_progress};
  ck_assert_msg(diffusion_init(k, &plan, &err), "%s: %s", line, err.message);
  for (int i = 0; i < 3; i++)
    mpq_clear(e[i]);
}
