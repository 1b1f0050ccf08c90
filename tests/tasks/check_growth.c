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
  LOG_LESS, // ceil(log2(n - 1))
  LINEAR,   // n
  ODD       // the greatest odd number up to n
};

/* Inner depth is slope * growth(n) + more from `from` to `to`.

   Of game no formula is certified: a ply is a level of its own, with as many
   positions as there are choices before it, which is no round of a loop; and a
   board has a last ply. So each board has a certificate of each number of plies
   that is a number, and the row is from the first ply to the end of the game.
 */
static const struct {
  const char *task;
  fmpz value[FAMILY_MAX_PARAMETERS];
  const char *parameter;
  long from, to;
  enum growth growth;
  long slope, more;
  const char *certificate; // the depth that is proved
  long above;              // by which it is more than that at `to`
} rows[] = {
    {"add", {0}, "n", 2, 130, CONSTANT, 0, 1, "1", 0},
    {"add", {0, 1}, "n", 3, 130, CONSTANT, 0, 2, "2", 0},
    {"ball", {20, 5, 0}, "time", 1, 70, CONSTANT, 0, 1, "1", 0},
    {"ball", {0, 5, 99}, "length", 2, 70, CONSTANT, 0, 1, "1", 0},
    {"ball", {9, 0, 0, 6}, "bits", 2, 40, CONSTANT, 0, 2, "2", 0},
    {"balls1d", {0, 4, 3, 9}, "k", 2, 70, CONSTANT, 0, 2, "3", 1},
    {"balls1d", {0, 4, 3, 9, 1}, "k", 8, 70, CONSTANT, 0, 2, "3", 1},
    {"balls1d", {4, 5, 4}, "time", 1, 70, CONSTANT, 0, 2, "3", 1},
    {"balls1d", {4, 5, 4, 0, 1}, "time", 1, 70, CONSTANT, 0, 3, "3", 0},
    {"balls2d", {3, 0, 4, 2, 2}, "steps", 1, 66, LINEAR, 4, 0, "4*steps+1", 1},
    {"balls2d", {0, 2, 4, 2, 2}, "k", 2, 64, CONSTANT, 0, 8, "4*steps+1", 1},
    {"bbm", {4, 6, 0}, "steps", 1, 70, LINEAR, 1, 0, "steps", 0},
    {"compare", {0}, "n", 1, 130, CONSTANT, 0, 1, "1", 0},
    {"cvp", {3, 0}, "g", 1, 70, LINEAR, 2, 0, "2*g", 0},
    {"cvp", {0, 3}, "n", 1, 70, CONSTANT, 0, 6, "2*g", 0},
    {"dag", {0, 4, 0}, "n", 1, 200, CONSTANT, 0, 1, "1", 0},
    {"dag", {0, 3, 1}, "n", 1, 70, LINEAR, 2, 0, "2*n", 0},
    {"dag", {0, 4, 3}, "n", 1, 64, CONSTANT, 0, 4, "9", 5},
    {"divide", {0, 0, 1, 3}, "n", 2, 12, CONSTANT, 0, 2, "2", 0},
    {"do1", {3, 0}, "layers", 2, 64, LINEAR, 2, 2, "2*layers+2", 0},
    {"do1", {0, 3}, "w", 2, 64, CONSTANT, 0, 8, "2*layers+2", 0},
    {"fingerprint", {0, 2}, "n", 2, 130, CONSTANT, 0, 3, "3", 0},
    {"fingerprint", {0, 1, 9}, "n", 2, 130, CONSTANT, 0, 3, "3", 0},
    {"formula", {0}, "n", 2, 300, LOG, 1, 0, "ceil(log2(n))", 0},
    {"game", {2, 0}, "plies", 3, 4, ODD, 1, 2, "5", 0},
    {"game", {3, 0}, "plies", 3, 8, ODD, 1, 2, "9", 0},
    {"game", {3, 0}, "plies", 9, 16, CONSTANT, 0, 10, "11", 1},
    {"game", {4, 0}, "plies", 3, 7, ODD, 1, 2, "9", 0},
    {"game", {0, 3}, "n", 2, 4, CONSTANT, 0, 5, "5", 0},
    {"gas", {0, 4, 64}, "k", 2, 130, CONSTANT, 0, 2, "2", 0},
    {"life", {5, 4, 0}, "steps", 1, 70, LINEAR, 1, 0, "steps", 0},
    {"life", {0, 4, 3}, "w", 2, 70, CONSTANT, 0, 3, "steps", 0},
    {"matmul", {0, 1, 2, 0, 1}, "k", 1, 64, LOG, 2, 0, "2*ceil(log2(k))", 0},
    {"matmul", {0, 1, 2, 0, 0}, "k", 1, 64, LINEAR, 2, -2, "2*k-2", 0},
    {"matmul", {0, 2, 1, 1, 1}, "k", 1, 300, LOG, 2, 0, "2*ceil(log2(k))", 0},
    {"matmul",
     {2, 0, 1, 1, 1},
     "n",
     2,
     64,
     CONSTANT,
     0,
     2,
     "2*ceil(log2(k))",
     0},
    {"max", {0, 4}, "m", 2, 100, CONSTANT, 0, 2, "2", 0},
    {"mdp", {3, 3, 1, 0}, "sweeps", 2, 64, LINEAR, 2, 1, "3*sweeps", 63},
    {"mdp", {0, 3, 2, 4}, "w", 3, 70, CONSTANT, 0, 9, "3*sweeps", 3},
    {"multiply", {0}, "n", 2, 70, CONSTANT, 0, 2, "2", 0},
    {"parity", {0, 2}, "n", 2, 130, CONSTANT, 0, 1, "depth-1", 0},
    {"paths", {0, 3}, "n", 2, 17, LOG_LESS, 2, 0, "2*ceil(log2(n-1))", 0},
    {"paths", {0, 1}, "n", 2, 65, LOG_LESS, 2, 0, "2*ceil(log2(n-1))", 0},
    {"paths", {4, 0}, "p", 1, 70, CONSTANT, 0, 4, "2*ceil(log2(n-1))", 0},
    {"pattern", {0, 7, 3, 3, 1, 186}, "w", 3, 100, CONSTANT, 0, 1, "1", 0},
    {"pattern", {4, 0, 2, 3, 1, 9, 1}, "h", 3, 70, CONSTANT, 0, 2, "2", 0},
    {"pattern", {0, 4, 3, 3, 1, 186, 0, 1}, "w", 5, 65, CONSTANT, 0, 2, "2", 0},
    {"pattern", {0, 4, 3, 3, 1, 0, 1, 1}, "w", 5, 65, CONSTANT, 0, 3, "3", 0},
    {"reach", {0}, "n", 2, 64, LOG_LESS, 2, 0, "2*ceil(log2(n-1))", 0},
    {"rule", {110, 7, 0, 0, 1}, "steps", 1, 70, LINEAR, 1, 0, "steps", 0},
    {"rule", {110, 0, 3, 0, 1}, "n", 3, 70, CONSTANT, 0, 3, "steps", 0},
    {"rule", {90, 40, 0, 1, 1}, "steps", 1, 70, CONSTANT, 0, 1, "1", 0},
    {"rule", {150, 0, 3, 1, 1}, "n", 7, 70, CONSTANT, 0, 1, "1", 0},
    {"sort", {0, 8}, "m", 3, 70, CONSTANT, 0, 2, "2", 0},
    {"squaring", {323, 0, 0}, "T", 1, 64, LINEAR, 2, 1, "2*T+1", 0},
    {"squaring", {323, 0, 1}, "T", 1, 200, CONSTANT, 0, 1, "1", 0},
    {"sudoku", {0, 0}, "rounds", 0, 64, LINEAR, 2, 3, "2*rounds+3", 0},
    {"sum", {0, 8}, "m", 2, 130, CONSTANT, 0, 1, "1", 0},
    {"tag", {0, 12, 0}, "steps", 1, 64, LINEAR, 1, 2, "steps+2", 0},
    {"tag", {1, 0, 4}, "n", 8, 90, CONSTANT, 0, 6, "steps+2", 0},
    {"tent", {0, 0}, "T", 1, 130, LINEAR, 1, 1, "T+1", 0},
    {"tent", {0, 1}, "T", 2, 18, CONSTANT, 0, 2, "2", 0},
    {"tent", {0, 2}, "T", 1, 130, CONSTANT, 0, 2, "2", 0},
    {"turing", {3, 16, 0}, "steps", 2, 70, LINEAR, 1, 0, "steps", 0},
    {"turing", {3, 0, 5}, "n", 4, 90, CONSTANT, 0, 5, "steps", 0},
    {"turing", {6, 16, 0}, "steps", 1, 64, LINEAR, 1, 1, "steps+1", 0},
    {"word", {0, 6, 0, 0}, "n", 1, 70, LINEAR, 1, -1, "n-1", 0},
    {"word", {0, 6, 0, 1}, "n", 1, 130, LOG, 1, 0, "ceil(log2(n))", 0},
    {"word", {1, 6, 0, 1}, "n", 1, 70, LOG, 1, 0, "ceil(log2(n))", 0},
    {"word", {2, 6, 0, 1}, "n", 1, 70, LOG, 1, 0, "ceil(log2(n))", 0},
    {"word", {2, 6, 0, 2}, "n", 1, 130, CONSTANT, 0, 3, "3", 0},
    {"word", {3, 6, 0, 1}, "n", 2, 70, LOG, 1, 0, "ceil(log2(n))+1", 1},
    {"word", {3, 6, 0, 2}, "n", 1, 130, CONSTANT, 0, 1, "1", 0},
};

static long growth_of(enum growth g, long n) {
  long log = 0;
  long m = g == LOG_LESS ? n - 1 : n;
  while (m > 1L << log)
    log++;
  if (g == ODD)
    return n - (n + 1) % 2;
  return g == CONSTANT ? 0 : g == LINEAR ? n : log;
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

enum {
  SHORT = 16 // the last one under the sanitizers
};

START_TEST(depth_is_measured_as_it_grows) {
  const struct family *task = task_find(rows[_i].task);
  fmpz value[FAMILY_MAX_PARAMETERS];
  memcpy(value, rows[_i].value, sizeof value);
  size_t place = parameter_place(task, rows[_i].parameter);
  long n = rows[_i].from, last = rows[_i].to;
  if (is_short_run() && last > SHORT)
    last = SHORT;
  while (n <= last) {
    value[place] = n;
    ck_assert_msg(measured_depth(task, value) ==
                      (size_t)(rows[_i].slope * growth_of(rows[_i].growth, n) +
                               rows[_i].more),
                  "%s %s=%ld: depth %zu", task->name, rows[_i].parameter, n,
                  measured_depth(task, value));
    bool is_last = n == last;
    n += n < 9 ? 1 : n / 2; // beside and between powers of 2
    if (n > last && !is_last)
      n = last;
  }
}
END_TEST

/* The sizes among the parameters, as instance_init() has them. */
static void take_sizes(long *size, const struct family *task,
                       const fmpz *value) {
  for (size_t i = 0; task->parameters[i].name; i++)
    if (task->parameters[i].is_size)
      *size++ = value[i];
}

START_TEST(depth_is_certified_for_all) {
  const struct family *task = task_find(rows[_i].task);
  fmpz value[FAMILY_MAX_PARAMETERS];
  long size[FAMILY_MAX_PARAMETERS];
  struct program p;
  struct certificate k;
  struct error err = {0};
  fmpz_t depth;
  fmpz_init(depth);
  memcpy(value, rows[_i].value, sizeof value);
  value[parameter_place(task, rows[_i].parameter)] = rows[_i].to;
  take_sizes(size, task, value);
  program_init(&p);
  task->build(&p, value);
  ck_assert_msg(program_certify(&k, &p, NULL, &err), "%s: %s", task->name,
                err.message);
  ck_assert_str_eq(k.depth, rows[_i].certificate);
  ck_assert(formula_value(&k.formulas, depth, k.of_depth, size));
  ck_assert_int_eq(fmpz_get_si(depth) - rows[_i].above,
                   rows[_i].slope * growth_of(rows[_i].growth, rows[_i].to) +
                       rows[_i].more);
  certificate_clear(&k);
  program_clear(&p);
  fmpz_clear(depth);
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
