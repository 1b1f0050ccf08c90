/* How depth grows with a parameter: measured on circuits that are made, from
   small to at least 64, and as it is certified from the program for all. */
#include "circuit/measure.h"
#include "compile/program/certify.h"
#include "tests/suite.h"
#include "tests/tasks/task_case.h"

#include <string.h>

enum growth {
  CONSTANT, // 0
  LOG,      // ceil(log2 n)
  LINEAR    // n
};

/* Inner depth is slope * growth(n) + more from `from` to `to`. */
static const struct {
  const char *task;
  fmpz value[FAMILY_MAX_PARAMETERS];
  const char *parameter;
  long from, to;
  enum growth growth;
  long slope, more;
  const char *certificate; // the depth that is proved; NULL: none is
} rows[] = {
    {"add", {0}, "n", 2, 130, CONSTANT, 0, 1, "1"},
    {"add", {0, 1}, "n", 3, 130, CONSTANT, 0, 2, NULL},
    {"compare", {0}, "n", 1, 130, CONSTANT, 0, 1, "1"},
    {"divide", {0, 0, 1, 3}, "n", 2, 12, CONSTANT, 0, 2, NULL},
    {"fingerprint", {0, 2}, "n", 2, 130, CONSTANT, 0, 3, NULL},
    {"max", {0, 4}, "m", 2, 100, CONSTANT, 0, 2, NULL},
    {"multiply", {0}, "n", 2, 70, CONSTANT, 0, 2, "2"},
    {"parity", {0, 2}, "n", 2, 130, CONSTANT, 0, 1, "depth"},
    {"rule", {110, 7, 0}, "steps", 1, 70, LINEAR, 1, 0, "steps"},
    {"rule", {110, 0, 3}, "n", 3, 70, CONSTANT, 0, 3, "steps"},
    {"sort", {0, 8}, "m", 3, 70, CONSTANT, 0, 2, NULL},
    {"sum", {0, 8}, "m", 2, 130, CONSTANT, 0, 1, "1"},
};

static long growth_of(enum growth g, long n) {
  long log = 0;
  while (n > 1L << log)
    log++;
  return g == CONSTANT ? 0 : g == LOG ? log : n;
}

static size_t parameter_place(const struct family *task, const char *name) {
  for (size_t i = 0; task->parameters[i].name; i++)
    if (!strcmp(task->parameters[i].name, name))
      return i;
  ck_abort_msg("%s has no %s", task->name, name);
}

static size_t measured_depth(const struct family *task, const fmpz *value) {
  struct trial t;
  struct measure m;
  trial_init(&t, task, value);
  measure_init(&m);
  circuit_measure(&t.c, &m);
  size_t depth = m.depth_inner;
  measure_clear(&m);
  trial_clear(&t);
  return depth;
}

START_TEST(depth_is_measured_as_it_grows) {
  const struct family *task = task_find(rows[_i].task);
  fmpz value[FAMILY_MAX_PARAMETERS];
  memcpy(value, rows[_i].value, sizeof value);
  size_t place = parameter_place(task, rows[_i].parameter);
  long n = rows[_i].from;
  while (n <= rows[_i].to) {
    value[place] = n;
    ck_assert_msg(measured_depth(task, value) ==
                      (size_t)(rows[_i].slope * growth_of(rows[_i].growth, n) +
                               rows[_i].more),
                  "%s %s=%ld: depth %zu", task->name, rows[_i].parameter, n,
                  measured_depth(task, value));
    bool is_last = n == rows[_i].to;
    n += n < 9 ? 1 : n / 2; // beside and between powers of 2
    if (n > rows[_i].to && !is_last)
      n = rows[_i].to;
  }
}
END_TEST

START_TEST(depth_is_certified_for_all) {
  const struct family *task = task_find(rows[_i].task);
  fmpz value[FAMILY_MAX_PARAMETERS];
  struct program p;
  struct certificate k;
  struct error err = {0};
  memcpy(value, rows[_i].value, sizeof value);
  value[parameter_place(task, rows[_i].parameter)] = rows[_i].to;
  program_init(&p);
  task->build(&p, value);
  bool ok = program_certify(&k, &p, NULL, &err);
  ck_assert_msg(ok == !!rows[_i].certificate, "%s: %s", task->name,
                ok ? k.depth : err.message);
  if (ok) {
    ck_assert_str_eq(k.depth, rows[_i].certificate);
    certificate_clear(&k);
  }
  program_clear(&p);
}
END_TEST

int main(void) {
  const int n = sizeof rows / sizeof *rows;
  Suite *s = suite_create("growth");
  TCase *growth = tcase_create("growth");
  tcase_set_timeout(growth, 120);
  tcase_add_loop_test(growth, depth_is_measured_as_it_grows, 0, n);
  tcase_add_loop_test(growth, depth_is_certified_for_all, 0, n);
  suite_add_tcase(s, growth);
  return suite_run(s);
}
