/* The bad score against Rule 110, by neighbourhoods looked up. */
#include "circuit/evaluate.h"
#include "circuit/vectors.h"
#include "tests/analysis/diffusions.h"
#include "tests/suite.h"

#include <stdio.h>

/* The token of each row by the circuit, and by neighbourhoods looked up. */
struct rows {
  struct vectors all; // first, for vectors_fill()
  size_t cells;
  long steps;
};

static bool token_of(uint64_t row, size_t cells, long steps) {
  bool now[64], next[64];
  for (size_t c = 0; c < cells; c++)
    now[c] = row >> c & 1;
  for (long t = 0; t < steps; t++) {
    for (size_t c = 0; c < cells; c++)
      next[c] = 110 >> (4 * now[(c + cells - 1) % cells] + 2 * now[c] +
                        now[(c + 1) % cells]) &
                1;
    memcpy(now, next, sizeof now);
  }
  return now[0];
}

/* The share of inputs whose first cell changes, of rows written out. */
START_TEST(rule_110_never_settles) {
  struct diffusion k;
  enum {
    CELLS = 9
  };
  find_diffusion(&k, "badscore n=9", 1, 20, NULL);
  for (size_t i = 0; i < k.points.n; i++) {
    unsigned long changed = 0;
    mpq_t want;
    for (uint64_t row = 0; row < 1U << CELLS; row++)
      changed += token_of(row, CELLS, k.points.at[i].steps) !=
                 token_of(row, CELLS, k.points.at[i].steps + 1);
    mpq_init(want);
    mpq_set_ui(want, changed, 1UL << CELLS);
    mpq_canonicalize(want);
    ck_assert(mpq_equal(want, k.points.at[i].tv));
    ck_assert(changed);
    ck_assert_uint_eq(k.points.at[i].size.depth_inner,
                      (size_t)k.points.at[i].steps);
    mpq_clear(want);
  }
  ck_assert(!k.applies && k.premise[3].holds == PREMISE_NO);
  ck_assert_str_eq(k.premise[3].name, "score accurate");
  diffusion_clear(&k);
}
END_TEST

static bool take_rows(void *context, uint64_t first, size_t count, size_t words,
                      const uint64_t *in, const uint64_t *out) {
  const struct rows *k = context;
  for (size_t v = 0; v < count; v++)
    if ((out[v / 64] >> v % 64 & 1) != token_of(first + v, k->cells, k->steps))
      return false;
  (void)in;
  (void)words;
  return true;
}

START_TEST(the_bad_score_is_rule_110) {
  for (size_t cells = 3; cells <= 11; cells += 4)
    for (long steps = 0; steps++ < 12;) {
      char n[20], t[30];
      struct source s;
      struct error err = {0};
      snprintf(n, sizeof n, "n=%zu", cells);
      snprintf(t, sizeof t, "steps=%ld", steps);
      source_init(&s);
      ck_assert(source_open(&s, (const char *const[]){"badscore", n, t}, 3,
                            &(struct source_options){0}, &err));
      const struct circuit *c = source_circuit(&s);
      struct rows k = {.cells = cells, .steps = steps};
      vectors_init(&k.all, c, VECTORS_EXHAUSTIVE, 0);
      struct evaluator *e = evaluator_new(c, EVALUATE_RUNGS);
      struct evaluator_job job = {vectors_fill, take_rows, &k, false};
      ck_assert_uint_eq(evaluator_run(e, UINT64_C(1) << cells, 0, &job),
                        UINT64_C(1) << cells);
      evaluator_free(e);
      vectors_clear(&k.all);
      source_clear(&s);
    }
}
END_TEST

int main(void) {
  Suite *s = suite_create("diffusion bad");
  TCase *t = tcase_create("diffusion bad");
  tcase_set_timeout(t, 300);
  tcase_add_test(t, the_bad_score_is_rule_110);
  tcase_add_test(t, rule_110_never_settles);
  suite_add_tcase(s, t);
  return suite_run(s);
}
