/* Truth tables in two levels: the same function, and a gate for each place
   where it changes, counted here. */
#include "analysis/source.h"
#include "circuit/measure.h"
#include "circuit/values.h"
#include "compile/program/certify.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

static void open_line(struct source *s, const char *prefix, const char *line) {
  char text[300], *rest = NULL;
  const char *word[10];
  size_t n = 0;
  struct error err = {0};
  const struct source_options options = {.seed = 1};
  snprintf(text, sizeof text, "%s%s", prefix, line);
  for (char *at = strtok_r(text, " ", &rest); at;
       at = strtok_r(NULL, " ", &rest))
    word[n++] = at;
  source_init(s);
  ck_assert_msg(source_open(s, word, n, &options, &err), "%s: %s", line,
                err.message);
}

/* The outputs where the inputs are the bits of x. */
static void take_outputs(const struct circuit *c, size_t x, bool *out) {
  bool in[20], *value = xmalloc(c->bits.n);
  for (size_t i = 0; i < c->inputs.n; i++)
    in[i] = x >> i & 1;
  circuit_values(c, in, value);
  for (size_t i = 0; i < c->outputs.n; i++)
    out[i] = value[c->outputs.at[i]];
  free(value);
}

enum {
  MOST_OUTPUTS = 64
};

/* How often some output changes as x counts up. */
static size_t compare(const struct circuit *one, const struct circuit *two) {
  bool old[MOST_OUTPUTS], a[MOST_OUTPUTS], b[MOST_OUTPUTS];
  size_t n = 0, m = one->outputs.n;
  ck_assert_uint_eq(one->inputs.n, two->inputs.n);
  ck_assert_uint_eq(m, two->outputs.n);
  ck_assert(m <= MOST_OUTPUTS);
  for (size_t x = 0; x < (size_t)1 << one->inputs.n; x++) {
    take_outputs(one, x, a);
    take_outputs(two, x, b);
    ck_assert_mem_eq(a, b, m);
    n += x && memcmp(a, old, m);
    memcpy(old, a, m);
  }
  return n;
}

static const struct {
  const char *line;
  long gates; // -1: no number known beforehand
} rows[] = {
    {"parity n=1", 0},
    {"parity n=8", 170}, // (2^9 - 2)/3: an odd number of trailing zeros
    {"majority n=7", -1},
    {"add n=4", 255}, // every sum is another one than the one before
    {"multiply n=4", -1},
    {"compare n=5", -1},
    {"sort m=3 n=3", -1},
    {"squaring m=15 T=2", -1},
    {"rule number=110 n=9 steps=3", -1},
    {"chain:rule n=6 steps=1 times=2", -1},
    {"fingerprint n=3", -1},
    {"mlp d=2 ff=2 out=2 bits=3 layers=2", -1},
    {SOURCE_TREE "/examples/adder2.tc", 15},
};

START_TEST(a_table_is_two_levels_and_a_gate_for_each_change) {
  struct source one, two;
  struct measure m;
  struct certificate k;
  struct error err = {0};
  open_line(&one, "", rows[_i].line);
  open_line(&two, "depth2:", rows[_i].line);
  size_t places = compare(source_circuit(&one), source_circuit(&two));
  if (rows[_i].gates >= 0)
    ck_assert_int_eq((long)(source_circuit(&one)->inputs.n > 1 ? places : 0),
                     rows[_i].gates);
  measure_init(&m);
  circuit_measure(source_circuit(&two), &m);
  ck_assert_uint_le(m.depth, 2);
  ck_assert_uint_le(m.depth_inner, 1);
  if (source_circuit(&one)->inputs.n > 1)
    ck_assert_uint_eq(mpz_get_ui(m.gates_inner), places);
  ck_assert(program_certify(&k, two.instance.program, NULL, &err));
  ck_assert_str_eq(k.depth, "1");
  certificate_clear(&k);
  measure_clear(&m);
  source_clear(&one);
  source_clear(&two);
}
END_TEST

START_TEST(more_inputs_than_twenty_are_refused) {
  static const char *const word[] = {"depth2:parity", "n=21"};
  const struct source_options options = {.seed = 1};
  struct error err = {0};
  struct source s;
  source_init(&s);
  ck_assert(!source_open(&s, word, 2, &options, &err));
  ck_assert_str_eq(err.message, "depth2: 'depth2:parity n=21' has 21 inputs; "
                                "tables of up to 20 are made");
  source_clear(&s);
}
END_TEST

int main(void) {
  Suite *s = suite_create("depth2");
  TCase *depth2 = tcase_create("depth2");
  tcase_set_timeout(depth2, 60);
  tcase_add_loop_test(depth2, a_table_is_two_levels_and_a_gate_for_each_change,
                      0, sizeof rows / sizeof *rows);
  tcase_add_test(depth2, more_inputs_than_twenty_are_refused);
  suite_add_tcase(s, depth2);
  return suite_run(s);
}
