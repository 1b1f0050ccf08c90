/* Growth: formulas that are known beforehand, classes that are proved, and
   points that are what 'stats' says. */
#include "tests/suite.h"
#include "tests/tools/tool.h"

#include <stdio.h>

#include <check.h>
#include <jansson.h>

static json_t *parsed(const char *line) {
  static char text[1 << 22];
  json_error_t e;
  ck_assert_msg(tool_run(line, text, sizeof text) == 0, "tc0 %s", line);
  json_t *j = json_loads(text, 0, &e);
  ck_assert_msg(j, "tc0 %s: %s", line, e.text);
  return j;
}

static const char *text_of(const json_t *j, const char *key) {
  return json_string_value(json_object_get(j, key));
}

static const struct {
  const char *line;
  const char *depth, *depth_growth, *gates; // NULL: no formula
  const char *class, *proved;               // of depth; NULL: no certificate
} rows[] = {
    {"rule n=9 steps=1..8", "steps", "linear", "18*steps", "none", "steps"},
    {"rule steps=2 n=3..10", "2", "constant", "4*n", "TC0", "steps"},
    {"multiply n=4..12", "2", "constant", "2*n^2 - n", "TC0", "2"},
    {"compare n=2..9", "1", "constant", "1", "TC0", "1"},
    {"sort n=6 m=4..9", "2", "constant", "13/2*m^2 - 13/2*m", "TC0", "2"},
    {"rnn n=2..8", "n", "linear", "32*n", "none", "n"},
    {"lstm d=2 n=2..7", "4*n + 1", "linear", NULL, "none", "4*n+1"},
    {"transformer d=2 heads=1 bits=3 n=2..9", "8", "constant", NULL, "TC0",
     "8"},
    {"chain:rule n=5 steps=1 times=1..7", "times", "linear", "10*times", "none",
     "steps*times"},
    {"vote:fingerprint n=3 replicas=1..11+2", "4", "constant",
     "15*replicas + 1", "TC0", "4"},
};

START_TEST(growth_is_as_is_known) {
  char line[300];
  snprintf(line, sizeof line, "growth %s --json", rows[_i].line);
  json_t *j = parsed(line);
  json_t *depth = json_object_get(j, "depth");
  json_t *c = json_object_get(j, "certificate");
  ck_assert_pstr_eq(text_of(depth, "formula"), rows[_i].depth);
  ck_assert_str_eq(text_of(depth, "growth"), rows[_i].depth_growth);
  if (rows[_i].gates)
    ck_assert_pstr_eq(text_of(json_object_get(j, "gates"), "formula"),
                      rows[_i].gates);
  ck_assert_int_eq(json_is_true(json_object_get(c, "proved")),
                   rows[_i].proved != NULL);
  ck_assert_pstr_eq(text_of(c, "depth"), rows[_i].proved);
  ck_assert_str_eq(text_of(c, "class"),
                   rows[_i].class ? rows[_i].class : "none");
  json_decref(j);
}
END_TEST

/* Made and counted, one by one and as pairs. */
START_TEST(points_are_those_of_single_circuits) {
  json_t *pairs = parsed("growth transformer d=2 heads=1 bits=3 n=2,4 "
                         "layers=1..2 --method counted --json");
  json_t *points = json_object_get(pairs, "points");
  ck_assert_uint_eq(json_array_size(points), 4);
  for (size_t i = 0; i < 4; i++) {
    char line[200];
    json_t *p = json_array_get(points, i);
    snprintf(line, sizeof line,
             "inspect transformer d=2 heads=1 bits=3 n=%d layers=%d --method "
             "made --json",
             i < 2 ? 2 : 4, 1 + (int)i % 2);
    json_t *single = parsed(line);
    ck_assert_str_eq(text_of(p, "method"), "counted");
    ck_assert_int_eq(json_integer_value(json_object_get(p, "n")),
                     i < 2 ? 2 : 4);
    for (int k = 0; k < 6; k++) {
      static const char *const key[] = {"depth", "depth_inner",
                                        "gates", "gates_inner",
                                        "wires", "weight_bits"};
      ck_assert_msg(json_equal(json_object_get(p, key[k]),
                               json_object_get(single, key[k])),
                    "%s of %s", key[k], line);
    }
    json_decref(single);
  }
  json_decref(pairs);
}
END_TEST

int main(void) {
  Suite *s = suite_create("growth");
  TCase *growth = tcase_create("growth");
  tcase_add_checked_fixture(growth, tool_enter, tool_leave);
  tcase_set_timeout(growth, 120);
  tcase_add_loop_test(growth, growth_is_as_is_known, 0,
                      sizeof rows / sizeof *rows);
  tcase_add_test(growth, points_are_those_of_single_circuits);
  suite_add_tcase(s, growth);
  return suite_run(s);
}
