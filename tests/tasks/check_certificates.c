/* Certificates of all tasks, for parameters that are drawn: the circuit is no
   deeper and has no more gates than is proved from a program that was built for
   other sizes. */
#include "circuit/measure.h"
#include "circuit/random.h"
#include "compile/program/certify.h"
#include "tests/suite.h"
#include "tests/tasks/task_case.h"

#include <string.h>

#include <check.h>

enum {
  MOST_SIZE = 8
};

/* A value near its least or its standard one. */
static long draw_value(const struct family_parameter *q, uint64_t *random) {
  if (q->choices)
    return (long)random_below(random, (uint64_t)q->most + 1);
  long from = random_below(random, 3) || q->is_long ? q->least : q->standard;
  long value = from + (long)random_below(random, MOST_SIZE);
  return value <= q->most ? value : q->most;
}

/* Parameters that suit each other, and `larger` ones with other sizes. */
static bool draw_values(const struct family *task, uint64_t *random,
                        fmpz *value, fmpz *larger) {
  struct error err = {0};
  for (size_t i = 0; task->parameters[i].name; i++) {
    const struct family_parameter *q = &task->parameters[i];
    value[i] = larger[i] = draw_value(q, random);
    if (q->is_size && larger[i] + MOST_SIZE <= q->most)
      larger[i] += (long)random_below(random, MOST_SIZE);
  }
  return !task->check ||
         (task->check(value, &err) && task->check(larger, &err));
}

static void take_sizes(long *size, const struct family *task,
                       const fmpz *value) {
  for (size_t i = 0; task->parameters[i].name; i++)
    if (task->parameters[i].is_size)
      *size++ = value[i];
}

/* The circuit of these sizes is within the certificate, if there is one. */
static void compare(const struct family *task, const struct program *p,
                    const struct certificate *k, const long *size) {
  struct instance in;
  struct error err = {0};
  struct circuit c;
  struct measure m;
  fmpz_t most, made;
  if (!instance_init(&in, p, size, &err)) {
    instance_clear(&in);
    return;
  }
  fmpz_init(most), fmpz_init(made);
  circuit_init(&c);
  program_lower(&in, &c);
  measure_init(&m);
  circuit_measure(&c, &m);
  ck_assert(formula_value(&k->formulas, most, k->of_depth, size));
  ck_assert_msg(fmpz_cmp_ui(most, m.depth_inner) >= 0, "%s: %s, but depth %zu",
                task->name, k->depth, m.depth_inner);
  ck_assert(formula_value(&k->formulas, most, k->of_gates, size));
  fmpz_set_mpz(made, m.gates_inner);
  ck_assert_msg(!k->gates || fmpz_cmp(most, made) >= 0, "%s: %s, but %zu gates",
                task->name, k->gates, (size_t)fmpz_get_ui(made));
  measure_clear(&m);
  circuit_clear(&c);
  instance_clear(&in);
  fmpz_clear(most), fmpz_clear(made);
}

START_TEST(circuits_are_within_the_certificates_of_their_tasks) {
  size_t n = 0;
  uint64_t random = (uint64_t)_i;
  fmpz value[FAMILY_MAX_PARAMETERS], larger[FAMILY_MAX_PARAMETERS];
  long size[FAMILY_MAX_PARAMETERS];
  struct error err = {0};
  while (tasks[n])
    n++;
  const struct family *task = tasks[(size_t)_i % n];
  while (!draw_values(task, &random, value, larger))
    ;
  struct program p;
  struct certificate k;
  program_init(&p);
  task->build(&p, larger);
  ck_assert_msg(program_certify(&k, &p, NULL, &err), "%s", err.message);
  take_sizes(size, task, value);
  compare(task, &p, &k, size);
  certificate_clear(&k);
  program_clear(&p);
}
END_TEST

/* What is proved of gates, and whether circuits of the parameters have as many;
   NULL: no polynomial, or none that is known. */
static const struct {
  const char *task;
  fmpz value[FAMILY_MAX_PARAMETERS];
  const char *gates;
  bool is_reached;
} known[] = {
    {"add", {12}, "n+1", false},
    {"compare", {12}, "1", true},
    {"divide", {12, 0, 0, 3}, NULL, false},
    {"divide", {12, 10}, "n^2-1", false},
    {"majority", {12}, "1", true},
    {"max", {5, 6}, "m^2+m*n-m+n", false},
    {"multiply", {6}, "3*n^2-n-1", false},
    {"parity", {12, 2}, "n-1", false},
    {"pattern", {9, 8, 3, 2}, "w*h-w-2*h+2", true},
    {"product", {3, 3, 4}, NULL, false},
    {"remainder", {12, 10, 0, 2}, "5*n", false},
    {"remainder", {12, 10, 0, 3}, "n^2+8*n+3", false},
    {"root", {12, 3}, NULL, false},
    {"rule", {110, 9, 4, 0, 1}, "2*n*steps", true},
    {"sort", {4, 5}, "m^2*n+m^2-m", false},
    {"sum", {5, 6}, "m*n+m-n-1", false},
    {"tent", {9}, "T+1", true},
};

START_TEST(gates_are_bounded_by_these_polynomials) {
  const struct family *task = task_find(known[_i].task);
  struct trial t;
  struct measure m;
  struct certificate k;
  struct error err = {0};
  fmpz_t most;
  fmpz_init(most);
  trial_init(&t, task, known[_i].value);
  measure_init(&m);
  circuit_measure(&t.c, &m);
  ck_assert(program_certify(&k, &t.p, NULL, &err));
  ck_assert_int_eq(!k.gates, !known[_i].gates);
  if (k.gates) {
    ck_assert_str_eq(k.gates, known[_i].gates);
    ck_assert(formula_value(&k.formulas, most, k.of_gates, t.in.parameter));
    ck_assert_int_ge(fmpz_get_si(most), (long)mpz_get_ui(m.gates_inner));
    ck_assert(!known[_i].is_reached ||
              fmpz_equal_ui(most, mpz_get_ui(m.gates_inner)));
  }
  certificate_clear(&k);
  measure_clear(&m);
  trial_clear(&t);
  fmpz_clear(most);
}
END_TEST

int main(void) {
  Suite *s = suite_create("certificates");
  TCase *all = tcase_create("all");
  tcase_set_timeout(all, 120);
  tcase_add_loop_test(all, circuits_are_within_the_certificates_of_their_tasks,
                      0,
                      is_whole_run()   ? 20000
                      : is_full_run()  ? 5000
                      : is_short_run() ? 60
                                       : 500);
  tcase_add_loop_test(all, gates_are_bounded_by_these_polynomials, 0,
                      sizeof known / sizeof *known);
  suite_add_tcase(s, all);
  return suite_run(s);
}
