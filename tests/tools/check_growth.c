/* Growth: formulas that are known beforehand, classes that are proved, and
   points that are what 'stats' says. */
#include "tests/suite.h"
#include "tests/tools/tool.h"

#include <stdio.h>
#include <string.h>

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
    {"word method=tree n=1..33", "ceil(log2(n))", "logarithmic", NULL, "TC1",
     "ceil(log2(n))"},
    {"cot d=2 n=2 tokens=1..6", "9*tokens", "linear", NULL, "none", "9*tokens"},
    {"looped d=2 n=2 loops=1..6", "7*loops + 1", "linear", NULL, "none",
     "7*loops+1"},
    {"rule n=9 steps=1..6 --method counted", "steps", "linear", "18*steps",
     "none", "steps"},
    {"examples/llama-repeat bits=3 n=2..6 --calibrate random", "20", "constant",
     NULL, NULL, NULL},
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

/* tasks/sort.c: m(m-1)/2 + m(m-1)n gates, and one for each bit; for smaller n
   another one has fewer. */
START_TEST(gates_of_sort_are_the_polynomial_of_its_comment) {
  json_t *j = parsed("growth sort n=4..7 m=3..6 --json");
  json_t *points = json_object_get(j, "points"), *p;
  size_t i;
  ck_assert_uint_eq(json_array_size(points), 16);
  json_array_foreach(points, i, p) {
    long n = (long)json_integer_value(json_object_get(p, "n"));
    long m = (long)json_integer_value(json_object_get(p, "m"));
    char text[30];
    snprintf(text, sizeof text, "%ld", m * (m - 1) / 2 + m * (m - 1) * n);
    ck_assert_str_eq(text_of(p, "gates_inner"), text);
    snprintf(text, sizeof text, "%ld",
             m * (m - 1) / 2 + m * (m - 1) * n + m * n);
    ck_assert_str_eq(text_of(p, "gates"), text);
  }
  json_decref(j);
}
END_TEST

static const struct {
  const char *line, *depth, *gates; // formulas in both; NULL: none
  const char *second;               // its class as the second grows
} surfaces[] = {
    {"rule n=5..9 steps=1..5", "steps", "2*n*steps", "none"},
    {"sort n=5..9 m=3..7", "2", "n*m^2 - n*m + 1/2*m^2 - 1/2*m", "TC0"},
};

/* Of a line the formula is that of both where the second has its value. */
START_TEST(a_surface_has_formulas_in_both) {
  char line[300];
  snprintf(line, sizeof line, "growth %s --json", surfaces[_i].line);
  json_t *j = parsed(line), *s = json_object_get(j, "surface");
  ck_assert_pstr_eq(text_of(s, "depth"), surfaces[_i].depth);
  ck_assert_pstr_eq(text_of(s, "gates"), surfaces[_i].gates);
  ck_assert_str_eq(text_of(json_object_get(j, "second_certificate"), "class"),
                   surfaces[_i].second);
  json_t *last =
      json_array_get(json_object_get(j, "lines"),
                     json_array_size(json_object_get(j, "lines")) - 1);
  ck_assert_str_eq(text_of(json_object_get(last, "gates"), "formula"),
                   _i ? "42*n + 21" : "10*n");
  json_decref(j);
}
END_TEST

START_TEST(a_circuit_file_has_no_certificate) {
  json_t *j = parsed("growth examples/adder2.tc --json");
  json_t *c = json_object_get(j, "certificate");
  ck_assert_str_eq(text_of(c, "class"), "none");
  ck_assert(json_is_false(json_object_get(c, "proved")));
  ck_assert_ptr_nonnull(strstr(text_of(c, "because"), "it is one circuit"));
  ck_assert_uint_eq(json_array_size(json_object_get(j, "points")), 0);
  json_decref(j);
}
END_TEST

/* ---- Work that goes on ---- */

static void shell(const char *command) {
  char text[1 << 16];
  ck_assert_msg(tool_shell(command, text, sizeof text) == 0, "%s: %s", command,
                text);
}

/* Whatever is left of the file, the end is the same. */
START_TEST(work_that_was_stopped_goes_on) {
  static const char line[] = "rule n=5..7 steps=1..4 --resume points.csv";
  char whole[1 << 14], text[1 << 14], command[300];
  snprintf(command, sizeof command, "growth %s", line);
  ck_assert_int_eq(tool_run(command, whole, sizeof whole), 0);
  shell("cp points.csv whole.csv");
  for (int cut = 1; cut < 450; cut += 23) {
    char shorten[100];
    snprintf(shorten, sizeof shorten, "head -c -%d whole.csv > points.csv",
             cut);
    shell(shorten);
    ck_assert_int_eq(tool_run(command, text, sizeof text), 0);
    ck_assert_str_eq(text, whole);
    shell("cmp points.csv whole.csv");
  }
}
END_TEST

/* A file that says 99 is believed: so what is there is not measured again. */
START_TEST(points_that_are_there_are_not_measured) {
  char text[1 << 14];
  shell(PROGRAM " growth rule n=5..7 --resume p.csv");
  shell("sed -i s/^6,.*/6,99,98,97,96,95,94,made/ p.csv");
  ck_assert_int_eq(
      tool_run("growth rule n=6..8 --csv --resume p.csv", text, sizeof text),
      0);
  ck_assert_ptr_nonnull(strstr(text, "\n6,99,98,97,96,95,94,made\n7,"));
  shell("test `wc -l < p.csv` = 6"); // 2 lines, and n = 5..8
}
END_TEST

static const struct {
  const char *spoil; // what is done to p.csv
  const char *line, *says;
} refused[] = {
    {"true", "rule n=5..7 steps=3", "p.csv:1: these points are of something"},
    {"true", "rule number=30 n=5..7", "p.csv:1: these points are of something"},
    {"true", "rule n=5 steps=1..3", "p.csv:1: these points are of something"},
    {"true", "rule n=5..7 --basis majority", "p.csv:1: these points are of"},
    {"true", "rule n=5..7 --method made", "p.csv:1: these points are of"},
    {"true", "rule n=5..7 --strategy size", "p.csv:1: these points are of"},
    {"true", "rule n=5..7 --seed 2", "p.csv:1: these points are of"},
    {"sed -i '1s/tc0 [0-9.]*/tc0 0.0/' p.csv", "rule n=5..7",
     "p.csv:1: these points are of"},
    {"sed -i 2s/depth/deep/ p.csv", "rule n=5..7", "p.csv:2: these points"},
    {"sed -i 4s/,/,-/ p.csv", "rule n=5..7", "p.csv:4: no line of points"},
    {"sed -i 4s/made/auto/ p.csv", "rule n=5..7", "p.csv:4: no line"},
    {"sed -i '4s/$/,1/' p.csv", "rule n=5..7", "p.csv:4: no line"},
    {"sed -i 3s/.*/99999999999999999999,1,1,1,1,1,1,made/ p.csv", "rule n=5..7",
     "p.csv:3: no line"},
    {"echo >> p.csv", "rule n=5..7", "p.csv:6: no line"},
    {"printf '8,1\\0,1\\n' >> p.csv", "rule n=5..7", "p.csv:6: no line"},
    {"head -c 1000000 /dev/zero > p.csv", "rule n=5..7", "p.csv:1: no line"},
    {"printf hello > p.csv", "rule n=5..7", "p.csv:1: no line"},
    {"rm p.csv; mkdir p.csv", "rule n=5..7", "p.csv: is no regular file"},
    {"rm p.csv; mkfifo p.csv", "rule n=5..7", "p.csv: is no regular file"},
    {"rm p.csv; ln -s none/x p.csv", "rule n=5..7", "p.csv: cannot open"},
};

START_TEST(what_is_no_record_is_refused_and_stays) {
  char command[400], text[1000];
  shell(PROGRAM " growth rule n=5..7 --resume p.csv");
  shell(refused[_i].spoil);
  shell("test ! -f p.csv || cp p.csv before");
  snprintf(command, sizeof command, "growth %s --resume p.csv 2>&1",
           refused[_i].line);
  ck_assert_int_eq(tool_run(command, text, sizeof text), 2);
  ck_assert_msg(strstr(text, refused[_i].says), "%s", text);
  ck_assert_ptr_eq(strchr(text, '\n'), strrchr(text, '\n'));
  shell("test ! -f p.csv || cmp p.csv before");
}
END_TEST

START_TEST(a_picture_has_depth_and_gates) {
  char text[1 << 14];
  if (tool_shell("command -v gnuplot", text, sizeof text))
    return;
  shell(PROGRAM " growth rule n=5..9 steps=1..3 --plot p.svg");
  shell("grep -q 'steps = 2' p.svg && grep -q 'inner gates' p.svg");
  shell(PROGRAM " growth parity n=2..64*2 --plot p.svg > out 2>&1");
  shell("! grep -i warning out");
  shell("grep -q '<svg' p.svg && ! grep -q steps p.svg");
}
END_TEST

int main(void) {
  Suite *s = suite_create("growth");
  TCase *growth = tcase_create("growth");
  tcase_add_checked_fixture(growth, tool_enter, tool_leave);
  tcase_set_timeout(growth, 120);
  tcase_add_loop_test(growth, growth_is_as_is_known, 0,
                      sizeof rows / sizeof *rows);
  tcase_add_test(growth, gates_of_sort_are_the_polynomial_of_its_comment);
  tcase_add_loop_test(growth, a_surface_has_formulas_in_both, 0,
                      sizeof surfaces / sizeof *surfaces);
  tcase_add_test(growth, a_circuit_file_has_no_certificate);
  tcase_add_test(growth, work_that_was_stopped_goes_on);
  tcase_add_test(growth, points_that_are_there_are_not_measured);
  tcase_add_loop_test(growth, what_is_no_record_is_refused_and_stays, 0,
                      sizeof refused / sizeof *refused);
  tcase_add_test(growth, a_picture_has_depth_and_gates);
  tcase_add_test(growth, points_are_those_of_single_circuits);
  suite_add_tcase(s, growth);
  return suite_run(s);
}
