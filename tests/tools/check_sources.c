/* The circuits of the first sources, made, written, read back and compared with
   the tasks' own answers by both evaluators: on all inputs where there are at
   most 2^24, else on a million random and extreme ones, in the long run; fewer
   in the quick one. */
#include "tests/suite.h"
#include "tests/tools/tool.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

static const struct {
  const char *source;
  const char *limits; // what must hold
  bool is_quick;
} sources[] = {
    {"parity n=10", "--max-depth 2 --max-gates 6", true},
    {"parity n=24", "--max-depth 2 --max-gates 13", false},
    {"parity n=1024", "--max-depth 2 --max-gates 513", true},
    {"parity n=1024 depth=3", "--max-depth 3 --max-gates 45", true},
    {"parity n=1024 depth=4", "--max-depth 4 --max-gates 23", true},
    {"parity n=1024 depth=5", "--max-depth 5 --max-gates 17", true},
    {"parity n=1024 depth=10", "--max-depth 9 --max-gates 11", true},
    {"parity n=24 depth=4", "--max-depth 4 --max-gates 6", false},
    {"symmetric n=10 table=0x2d3", "--max-depth 2 --max-gates 4", true},
    {"symmetric n=24 table=0x1555555", "--max-depth 2 --max-gates 13", false},
    {"symmetric n=24 table=0x1555555 depth=3", "--max-depth 3 --max-gates 9",
     true},
    {"symmetric n=300 depth=3", "--max-depth 2 --max-gates 5", true},
    {"majority n=11", "--max-depth 1 --max-gates 1", true},
    {"majority n=24", "--max-depth 1 --max-gates 1", false},
    {"majority n=1001", "--max-depth 1 --max-gates 1", true},
    {"compare n=5", "--max-depth 1 --max-gates 1", true},
    {"compare n=12", "--max-depth 1 --max-gates 1", false},
    {"compare n=200", "--max-depth 1 --max-gates 1 --max-weight-bits 200",
     true},
    {"add n=6", "--max-depth 2 --max-gates 12", true},
    {"add n=12", "--max-depth 2 --max-gates 24", false},
    {"add n=60", "--max-depth 2 --max-gates 120", true},
    {"add n=6 weights=poly", "--max-depth 3 --max-weight-bits 3", true},
    {"add n=12 weights=poly", "--max-depth 3 --max-weight-bits 4", false},
    {"add n=60 weights=poly",
     "--max-depth 3 --max-gates 436 --max-weight-bits 6", true},
    {"multiply n=5 weights=poly",
     "--max-depth 4 --max-gates 75 --max-weight-bits 6", true},
    {"multiply n=12 weights=poly",
     "--max-depth 4 --max-gates 493 --max-weight-bits 9", false},
    {"multiply n=32 weights=poly",
     "--max-depth 4 --max-gates 3432 --max-weight-bits 12", true},
    {"multiply n=4", "--max-depth 3 --max-gates 34", true},
    {"multiply n=8", "--max-depth 3 --max-gates 134", true},
    {"multiply n=12", "--max-depth 3 --max-gates 298", false},
    {"multiply n=16", "--max-depth 3 --max-gates 526", true},
    {"multiply n=32", "--max-depth 3 --max-gates 2078", true},
    {"exp bits=8 out=8", "--max-depth 2 --max-gates 265", true},
    {"exp bits=12 out=20", "--max-depth 2 --max-gates 4117", false},
    {"log bits=8 out=6", "--max-depth 2 --max-gates 266", true},
    {"log bits=12 out=20", "--max-depth 2 --max-gates 4120", false},
    {"sqrt bits=8 out=10", "--max-depth 2 --max-gates 265", true},
    {"sqrt bits=14 out=7", "--max-depth 2 --max-gates 135", true},
    {"reciprocal bits=8 out=2", "--max-depth 2 --max-gates 266", true},
    {"reciprocal bits=12 out=9", "--max-depth 2 --max-gates 4117", false},
    {"max m=3 n=4", "--max-depth 3 --max-gates 19", true},
    {"max m=4 n=6", "--max-depth 3 --max-gates 36", false},
    {"max m=16 n=8", "--max-depth 3 --max-gates 256", true},
    {"argmax m=3 n=4", "--max-depth 2 --max-gates 5", true},
    {"argmax m=6 n=4", "--max-depth 3 --max-gates 22", false},
    {"argmax m=16 n=8", "--max-depth 3 --max-gates 139", true},
    {"sort m=3 n=4", "--max-depth 3 --max-gates 39", true},
    {"sort m=5 n=4", "--max-depth 3 --max-gates 110", false},
    {"sort m=8 n=8", "--max-depth 3 --max-gates 540", true},
    {"sort m=12 n=2", "--max-depth 3 --max-gates 84", true},
    {"median m=3 n=4", "--max-depth 3 --max-gates 31", true},
    {"median m=6 n=4", "--max-depth 3 --max-gates 67", false},
    {"median m=9 n=12", "--max-depth 3 --max-gates 264", true},
    {"square n=10", "--max-depth 3 --max-gates 107", true},
    {"square n=24", "--max-depth 3 --max-gates 597", false},
    {"square n=60", "--max-depth 3 --max-gates 3657", true},
    {"sum m=3 n=4", "--max-depth 2 --max-gates 12", true},
    {"sum m=4 n=6", "--max-depth 2 --max-gates 24", false},
    {"sum m=8 n=8", "--max-depth 2 --max-gates 62", true},
    {"sum m=30 n=40", "--max-depth 2", true},
    {"divide n=6", "--max-depth 3 --max-gates 26", true},
    {"divide n=8", "--max-depth 3 --max-gates 55", true},
    {"divide n=8 depth=2", "--max-depth 2 --max-gates 262", true},
    {"divide n=12", "--max-depth 3 --max-gates 225", false},
    {"divide n=12 depth=2", "--max-depth 2 --max-gates 4106", false},
    {"divide n=12 depth=4", "--max-depth 4 --max-gates 127", false},
    {"divide n=12 depth=12", "--max-depth 12 --max-gates 78", false},
    {"divide n=16", "--max-depth 3 --max-gates 899", true},
    {"divide n=32 depth=4", "--max-depth 4 --max-gates 17399", false},
    {"divide n=32 depth=5", "--max-depth 5 --max-gates 5283", false},
    {"divide n=32 depth=9", "--max-depth 9 --max-gates 1093", true},
    {"divide n=4 method=poly", "--max-depth 3 --max-gates 172", true},
    {"divide n=6 method=poly", "--max-depth 3 --max-gates 725", true},
    {"divide n=8 method=poly", "--max-depth 3 --max-gates 2922", false},
    {"divide n=12 method=poly", "--max-depth 3 --max-gates 43677", false},
    {"divide n=16 m=10", "--max-depth 2 --max-gates 64", true},
    {"divide n=24 m=1000", "--max-depth 2", false},
    {"divide n=64 m=1000000007", "--max-depth 2 --max-gates 312", true},
    {"remainder n=6", "--max-depth 3 --max-gates 147", true},
    {"remainder n=8", "--max-depth 3 --max-gates 546", true},
    {"remainder n=12 depth=4", "--max-depth 4 --max-gates 632", false},
    {"remainder n=16 depth=5", "--max-depth 5 --max-gates 1226", true},
    {"remainder n=5 method=poly", "--max-depth 4 --max-gates 1214", true},
    {"remainder n=8 method=poly", "--max-depth 4", false},
    {"remainder n=16 m=10", "--max-depth 3 --max-gates 70", true},
    {"remainder n=16 m=1000 depth=2", "--max-depth 2 --max-gates 1985", true},
    {"remainder n=24 m=1000", "--max-depth 3", false},
    {"root n=12", "--max-depth 3 --max-gates 18", true},
    {"root n=16", "--max-depth 3 --max-gates 36", true},
    {"root n=16 depth=2", "--max-depth 2 --max-gates 262", true},
    {"root n=24", "--max-depth 3 --max-gates 136", false},
    {"root n=32", "--max-depth 3 --max-gates 524", false},
    {"product m=3 n=4", "--max-depth 4 --max-gates 413", true},
    {"product m=4 n=4", "--max-depth 4 --max-gates 796", true},
    {"product m=4 n=4 depth=5", "--max-depth 5 --max-gates 347", true},
    {"product m=2 n=8", "--max-depth 4 --max-gates 988", false},
    {"product m=3 n=8", "--max-depth 4", false},
    {"product m=6 n=6", "--max-depth 4 --max-gates 3948", false},
    {"product m=8 n=8", "--max-depth 4 --max-gates 13841", false},
    {"product m=8 n=8 depth=5", "--max-depth 5 --max-gates 6185", false},
    {"product m=12 n=12", "--max-depth 4 --max-gates 115683", false},
    {"power n=8 e=2", "--max-depth 3 --max-gates 69", true},
    {"power n=16 e=2", "--max-depth 3 --max-gates 269", true},
    {"power n=16 e=3", "--max-depth 3 --max-gates 2278", false},
    {"power n=24 e=2", "--max-depth 3", false},
    {"power n=8 e=3 method=residues", "--max-depth 3 --max-gates 2278", true},
    {"power n=8 e=8 method=table", "--max-depth 2 --max-gates 318", true},
    {"rule number=110 n=12 steps=7", "--max-depth 8 --max-gates 180", true},
    {"rule number=110 n=24 steps=2", "--max-depth 3 --max-gates 120", false},
    {"rule number=110 n=60 steps=9", "--max-depth 10 --max-gates 1140", true},
    {"rule number=30 n=60 steps=9", "--max-depth 10", true},
};

static void must(const char *line) {
  char text[4096];
  int status = tool_run(line, text, sizeof text);
  ck_assert_msg(status == 0, "tc0 %s: status %d\n%s", line, status, text);
}

/* Rung by rung through text, ladder by ladder through the compact file. */
START_TEST(a_circuit_read_back_gives_the_answers) {
  char line[400];
  if (!is_full_run() && !sources[_i].is_quick)
    return;
  for (int binary = 0; binary < 2; binary++) {
    const char *file = binary ? "c.tcb" : "c.tc";
    snprintf(line, sizeof line, "build %s -o %s", sources[_i].source, file);
    must(line);
    snprintf(line, sizeof line,
             "check %s --circuit %s --method %s --vectors %d %s",
             sources[_i].source, file, binary ? "ladders" : "rungs",
             is_full_run() ? 1000000 : 2000, sources[_i].limits);
    must(line);
  }
}
END_TEST

START_TEST(a_wrong_circuit_is_found_out) {
  char text[4096];
  must("build add n=4 -o c.tc");
  ck_assert_int_eq(system("sed -i 's/>= 4$/>= 5/' c.tc"), 0);
  ck_assert_int_eq(tool_run("check add n=4 --circuit c.tc", text, sizeof text),
                   1);
  ck_assert_ptr_nonnull(strstr(text, "expected\ns="));
}
END_TEST

START_TEST(rows_of_inputs_give_rows_of_outputs) {
  char text[4096];
  ck_assert_int_eq(system("printf 'y,x\\n4,3\\n0x37,200\\n' >rows.csv"), 0);
  ck_assert_int_eq(tool_run("eval add n=8 -i rows.csv", text, sizeof text), 0);
  ck_assert_str_eq(text, "\"s\"\n7\n255\n");
  ck_assert_int_eq(tool_run("eval examples/xor/model.onnx -i "
                            "examples/xor/test.csv | sed 's/,.*//'",
                            text, sizeof text),
                   0);
  ck_assert_str_eq(text, "\"y\"\n0\n1\n1\n0\n");
}
END_TEST

static const struct {
  const char *source;
  const char *majority, *and_or; // what must hold; NULL: not tried
} based[] = {
    {"parity n=10", "--max-depth 2 --max-gates 6", ""},
    {"parity n=1024", "--max-depth 2 --max-gates 513", "--max-depth 68"},
    {"add n=8", "--max-depth 2 --max-gates 16", "--max-depth 10"},
    {"add n=200", NULL, "--max-depth 22"},
    {"multiply n=4", "--max-depth 3 --max-gates 34", ""},
    {"multiply n=16", NULL, "--max-depth 43 --max-gates 7854"},
    {"majority n=11", "--max-depth 1 --max-wires 11", "--max-depth 14"},
    {"majority n=1001", "--max-depth 1 --max-wires 1001", ""},
    {"compare n=5", "--max-depth 1 --max-gates 1", "--max-depth 9"},
    {"compare n=200", NULL, "--max-depth 20 --max-gates 1600"},
    {"rule number=110 n=12 steps=7", "--max-depth 8 --max-gates 180",
     "--max-depth 21 --max-gates 329"},
    {"examples/iris/model.onnx", NULL, "--max-depth 67"},
    {"examples/xor/model.onnx", "--max-depth 3", ""},
    {"examples/adder2.tc", "--max-depth 2", ""},
    {"examples/homework.tc", "", ""},
};

static void check_basis(const char *source, const char *basis,
                        const char *limits) {
  static const char *const methods[] = {"rungs", "ladders"};
  char line[400];
  for (int i = 0; limits && i < 2; i++) {
    snprintf(line, sizeof line,
             "check %s --basis %s --method %s --vectors %d --max-weight-bits 1 "
             "%s",
             source, basis, methods[i], is_full_run() ? 1000000 : 2000, limits);
    must(line);
  }
}

START_TEST(a_circuit_in_another_basis_gives_the_same_answers) {
  check_basis(based[_i].source, "majority", based[_i].majority);
  check_basis(based[_i].source, "and-or", based[_i].and_or);
}
END_TEST

/* A file that was built is checked as any circuit is, and is a source. */
START_TEST(a_circuit_in_another_basis_may_be_written_and_converted_again) {
  must("build add n=6 --basis and-or -o c.tc");
  must("check add n=6 --circuit c.tc --max-weight-bits 1");
  must("build c.tc --basis majority -o d.tcb");
  must("check add n=6 --circuit d.tcb --max-weight-bits 1");
  must("check add n=6 --circuit d.tcb --basis and-or");
  must("check d.tcb --basis and-or");
  must("eval c.tc --basis majority --set x=3 --set y=4 --trace >trace");
  must("dot c.tc --basis majority -o c.dot");
}
END_TEST

int main(void) {
  Suite *s = suite_create("sources");
  TCase *t = tcase_create("files");
  tcase_add_checked_fixture(t, tool_enter, tool_leave);
  tcase_set_timeout(t, 600);
  tcase_add_loop_test(t, a_circuit_read_back_gives_the_answers, 0,
                      sizeof sources / sizeof *sources);
  tcase_add_test(t, a_wrong_circuit_is_found_out);
  tcase_add_loop_test(t, a_circuit_in_another_basis_gives_the_same_answers, 0,
                      sizeof based / sizeof *based);
  tcase_add_test(t,
                 a_circuit_in_another_basis_may_be_written_and_converted_again);
  tcase_add_test(t, rows_of_inputs_give_rows_of_outputs);
  suite_add_tcase(s, t);
  return suite_run(s);
}
