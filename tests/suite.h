/* suite.h - what every program of tests ends with, and how long it is to run

   TEST_ROUNDS=full in the environment asks for the long run, TEST_ROUNDS=all
   for what takes hours besides; TEST_ROUNDS=short for one under the sanitizers,
   in which the same is done on fewer vectors. */
#ifndef SUITE_H
#define SUITE_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

static inline bool is_whole_run(void) {
  const char *text = getenv("TEST_ROUNDS");
  return text && !strcmp(text, "all");
}

static inline bool is_full_run(void) {
  const char *text = getenv("TEST_ROUNDS");
  return is_whole_run() || (text && !strcmp(text, "full"));
}

static inline bool is_short_run(void) {
  const char *text = getenv("TEST_ROUNDS");
  return text && !strcmp(text, "short");
}

/* Rows of a loop that a short run does not do: all but each fourth. */
static inline bool is_left_out(int row) {
  return is_short_run() && row % 4;
}

/* Run it and free it; the exit status of the program. */
static inline int suite_run(Suite *s) {
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#endif
