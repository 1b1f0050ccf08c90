/* Classes of families: those that are made to deceive, of which all points say
   one thing and the structure of the program another. */
#include "analysis/class.h"
#include "analysis/fit.h"
#include "circuit/measure.h"
#include "compile/program/operations.h"
#include "tests/suite.h"

#include <string.h>

#include <check.h>
#include <flint/fmpz_vec.h>

/* One level, and then so many more. */
static void build(struct program *p,
                  size_id (*rounds)(struct sizes *, size_id)) {
  struct sizes *t = &p->sizes;
  struct composition l;
  size_id n = size_parameter(t, "n", 4, 1, 100000), one = size_si(t, 1);
  value_id x = program_input(p, "x", vector(n), one, false), y;
  y = program_add(p, "pair", x, program_roll(p, "next", x, 1));
  y = program_at_least(p, "first", y, one);
  program_begin_loop(p, &l, "step", &y, 1, 0, rounds(t, n));
  value_id s = program_add(p, "pair", l.argument[0],
                           program_roll(p, "next", l.argument[0], 1));
  s = program_at_least(p, "or", s, one);
  program_end(p, &l, &s, 1, &y);
  program_output(p, "y", y);
}

static size_id none(struct sizes *t, size_id n) {
  (void)n;
  return size_si(t, 0);
}

/* 0 up to n = 40. */
static size_id late(struct sizes *t, size_id n) {
  return size_div(t, n, size_si(t, 41));
}

static size_id later_by_n(struct sizes *t, size_id n) {
  return size_mul(t, late(t, n), n);
}

static size_id late_logarithm(struct sizes *t, size_id n) {
  return size_log2(t, late(t, n));
}

static size_id late_square(struct sizes *t, size_id n) {
  return size_mul(t, late_logarithm(t, n), late_logarithm(t, n));
}

static const struct {
  size_id (*rounds)(struct sizes *, size_id);
  const char *class, *depth;
  enum class_growth how;
  size_t later; // depth at n = 200
} rows[] = {
    {none, "TC0", "1", CLASS_CONSTANT, 1},
    {late, "none", "floor(n/41)+1", CLASS_LINEAR, 5},
    {later_by_n, "none", "n*floor(n/41)+1", CLASS_OTHER, 801},
    {late_logarithm, "TC1", "ceil(log2(floor(n/41)))+1", CLASS_POLYLOG, 3},
    {late_square, "TC2", "ceil(log2(floor(n/41)))^2+1", CLASS_POLYLOG, 5},
};

static void open_at(struct source *s, int row, long n) {
  struct error err = {0};
  source_init(s);
  build(&s->program, rows[row].rounds);
  ck_assert_msg(instance_init(&s->instance, &s->program, &n, &err), "%s",
                err.message);
}

static size_t depth_at(int row, long n) {
  struct source s;
  struct measure m;
  open_at(&s, row, n);
  measure_init(&m);
  circuit_measure(source_circuit(&s), &m);
  size_t depth = m.depth_inner;
  measure_clear(&m);
  source_clear(&s);
  return depth;
}

enum {
  FROM = 4,
  TO = 40,
  POINTS = TO - FROM + 1
};

/* What 'tc0 growth n=4..40' would say of its points. */
static void fit_points(struct fit *f, int row) {
  long n[POINTS];
  fmpz *y = _fmpz_vec_init(POINTS);
  for (long i = 0; i < POINTS; i++) {
    n[i] = FROM + i;
    fmpz_set_ui(y + i, depth_at(row, n[i]));
  }
  ck_assert(fit_find(f, "n", n, y, POINTS));
  _fmpz_vec_clear(y, POINTS);
}

START_TEST(points_that_are_constant_certify_nothing) {
  struct fit f;
  struct source s;
  struct family_class k;
  fit_points(&f, _i);
  ck_assert_int_eq(f.growth, FIT_CONSTANT);
  ck_assert_str_eq(f.formula, "1");
  fit_clear(&f);
  open_at(&s, _i, TO);
  class_find(&k, &s, "n");
  ck_assert(k.is_proved);
  ck_assert_str_eq(k.class, rows[_i].class);
  ck_assert_str_eq(k.depth, rows[_i].depth);
  ck_assert_int_eq(k.how, rows[_i].how);
  ck_assert_uint_eq(depth_at(_i, 200), rows[_i].later);
  class_clear(&k);
  source_clear(&s);
}
END_TEST

static void open_line(struct source *s, const char *name, const char *more) {
  struct error err = {0};
  const struct source_options options = {0};
  const char *word[] = {name, more};
  source_init(s);
  ck_assert_msg(source_open(s, word, more ? 2 : 1, &options, &err), "%s",
                err.message);
}

static const struct {
  const char *source, *more, *parameter;
  const char *class;
  const char *precision, *weights; // each a part of the sentence; NULL: none
} premises[] = {
    {"majority", NULL, "n", "TC0", "strings of n bits", "at most n"},
    {"add", NULL, "n", "TC0", "grows, as integers have n bits", "up to 2^n"},
    {"compare", NULL, "n", "TC0", "grows", "up to 2^n"},
    {"sort", NULL, "m", "TC0", "held as m grows", "up to 2^n"},
    {"multiply", NULL, "n", "TC0", "grows", "up to 2^n"},
    {"transformer", "bits=4", "n", "TC0", "held at bits=4", "polynomial"},
    {"rnn", NULL, "n", "none", "held at bits=4", "polynomial"},
    {"word", "method=tree", "n", "TC1", "bits", "polynomial"},
    {"word", NULL, "method", "none", NULL, NULL},
};

START_TEST(premises_say_what_a_class_rests_on) {
  struct source s;
  struct family_class k;
  open_line(&s, premises[_i].source, premises[_i].more);
  class_find(&k, &s, premises[_i].parameter);
  ck_assert_str_eq(k.class, premises[_i].class);
  ck_assert_int_eq(k.is_proved, premises[_i].precision != NULL);
  ck_assert_uint_eq(k.premises, k.is_proved ? 4 : 0);
  if (k.is_proved) {
    ck_assert_msg(strstr(k.premise[0].says, premises[_i].precision), "%s",
                  k.premise[0].says);
    ck_assert_msg(strstr(k.premise[1].says, premises[_i].weights), "%s",
                  k.premise[1].says);
    ck_assert_ptr_nonnull(k.below);
  } else
    ck_assert_ptr_nonnull(strstr(k.because, "a program of its own"));
  class_clear(&k);
  source_clear(&s);
}
END_TEST

int main(void) {
  Suite *s = suite_create("class");
  TCase *class = tcase_create("class");
  tcase_set_timeout(class, 60);
  tcase_add_loop_test(class, points_that_are_constant_certify_nothing, 0,
                      sizeof rows / sizeof *rows);
  tcase_add_loop_test(class, premises_say_what_a_class_rests_on, 0,
                      sizeof premises / sizeof *premises);
  suite_add_tcase(s, class);
  return suite_run(s);
}
