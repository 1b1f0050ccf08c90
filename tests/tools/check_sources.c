/* The circuits of the first sources, made, written, read back and compared with
   the tasks' own answers by both evaluators: on all inputs where there are at
   most 2^24 in the long run, else on 100,000 random and extreme ones; a million
   with TEST_ROUNDS=all, and what takes minutes there; fewer in the quick run.
 */
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
  enum {
    QUICK,     // in every run
    LONG,      // in the long run
    HEAVY,     // ladder by ladder only, and few vectors but in the whole run
    EXHAUSTIVE // all inputs, ladder by ladder, in the whole run only
  } run;
} sources[] = {
    {"sampler bits=4 start=4 random=2 steps=5", "--max-depth 6", QUICK},
    {"sampler bits=5 start=4 random=4 steps=6", "--max-depth 7", LONG},
    {"badscore n=16 steps=16", "--max-depth 17", QUICK},
    {"masked data=permutations n=4 random=4 steps=2", "--max-depth 5", QUICK},
    {"parity n=10", "--max-depth 2 --max-gates 6", QUICK},
    {"parity n=24", "--max-depth 2 --max-gates 13", LONG},
    {"parity n=1024", "--max-depth 2 --max-gates 513", QUICK},
    {"parity n=1024 depth=3", "--max-depth 3 --max-gates 45", QUICK},
    {"parity n=1024 depth=4", "--max-depth 4 --max-gates 23", QUICK},
    {"parity n=1024 depth=5", "--max-depth 5 --max-gates 17", QUICK},
    {"parity n=1024 depth=10", "--max-depth 9 --max-gates 11", QUICK},
    {"parity n=24 depth=4", "--max-depth 4 --max-gates 6", LONG},
    {"symmetric n=10 table=0x2d3", "--max-depth 2 --max-gates 4", QUICK},
    {"symmetric n=24 table=0x1555555", "--max-depth 2 --max-gates 13", LONG},
    {"symmetric n=24 table=0x1555555 depth=3", "--max-depth 3 --max-gates 9",
     LONG},
    {"symmetric n=16 table=0x15555 depth=3", "--max-depth 3 --max-gates 8",
     QUICK},
    {"symmetric n=300 depth=3", "--max-depth 2 --max-gates 5", QUICK},
    {"depth2:parity n=10", "--max-depth 2 --max-gates 683", QUICK},
    {"depth2:multiply n=6", "--max-depth 2 --max-gates 4043", QUICK},
    {"depth2:chain:rule n=9 steps=1 times=7", "--max-depth 2 --max-gates 512",
     QUICK},
    {"chain:depth2:rule n=9 steps=1 times=7", "--max-depth 8", QUICK},
    {"vote:depth2:fingerprint n=3 replicas=3", "--max-depth 2", QUICK},
    {"depth2:parity n=16", "--max-depth 2 --max-gates 43691", LONG},
    {"majority n=11", "--max-depth 1 --max-gates 1", QUICK},
    {"majority n=24", "--max-depth 1 --max-gates 1", LONG},
    {"majority n=1001", "--max-depth 1 --max-gates 1", QUICK},
    {"compare n=5", "--max-depth 1 --max-gates 1", QUICK},
    {"compare n=12", "--max-depth 1 --max-gates 1", LONG},
    {"compare n=200", "--max-depth 1 --max-gates 1 --max-weight-bits 200",
     QUICK},
    {"add n=6", "--max-depth 2 --max-gates 12", QUICK},
    {"add n=12", "--max-depth 2 --max-gates 24", LONG},
    {"add n=60", "--max-depth 2 --max-gates 120", QUICK},
    {"add n=6 weights=poly", "--max-depth 3 --max-weight-bits 3", QUICK},
    {"add n=12 weights=poly", "--max-depth 3 --max-weight-bits 4", LONG},
    {"add n=60 weights=poly",
     "--max-depth 3 --max-gates 436 --max-weight-bits 6", QUICK},
    {"multiply n=5 weights=poly",
     "--max-depth 4 --max-gates 75 --max-weight-bits 6", QUICK},
    {"multiply n=12 weights=poly",
     "--max-depth 4 --max-gates 493 --max-weight-bits 9", LONG},
    {"multiply n=32 weights=poly",
     "--max-depth 4 --max-gates 3432 --max-weight-bits 12", QUICK},
    {"multiply n=4", "--max-depth 3 --max-gates 34", QUICK},
    {"multiply n=8", "--max-depth 3 --max-gates 134", QUICK},
    {"multiply n=12", "--max-depth 3 --max-gates 298", LONG},
    {"multiply n=16", "--max-depth 3 --max-gates 526", QUICK},
    {"multiply n=32", "--max-depth 3 --max-gates 2078", QUICK},
    {"exp bits=8 out=8", "--max-depth 2 --max-gates 265", QUICK},
    {"exp bits=12 out=20", "--max-depth 2 --max-gates 4117", LONG},
    {"log bits=8 out=6", "--max-depth 2 --max-gates 266", QUICK},
    {"log bits=12 out=20", "--max-depth 2 --max-gates 4120", LONG},
    {"sqrt bits=8 out=10", "--max-depth 2 --max-gates 265", QUICK},
    {"sqrt bits=14 out=7", "--max-depth 2 --max-gates 135", QUICK},
    {"reciprocal bits=8 out=2", "--max-depth 2 --max-gates 266", QUICK},
    {"reciprocal bits=12 out=9", "--max-depth 2 --max-gates 4117", LONG},
    {"max m=3 n=4", "--max-depth 3 --max-gates 19", QUICK},
    {"max m=4 n=6", "--max-depth 3 --max-gates 36", LONG},
    {"max m=16 n=8", "--max-depth 3 --max-gates 256", QUICK},
    {"argmax m=3 n=4", "--max-depth 2 --max-gates 5", QUICK},
    {"argmax m=6 n=4", "--max-depth 3 --max-gates 23", LONG},
    {"argmax m=16 n=8", "--max-depth 3 --max-gates 139", QUICK},
    {"sort m=3 n=4", "--max-depth 3 --max-gates 39", QUICK},
    {"sort m=5 n=4", "--max-depth 3 --max-gates 110", LONG},
    {"sort m=8 n=8", "--max-depth 3 --max-gates 540", QUICK},
    {"sort m=12 n=2", "--max-depth 3 --max-gates 84", LONG},
    {"sort m=8 n=2", "--max-depth 3 --max-gates 56", QUICK},
    {"median m=3 n=4", "--max-depth 3 --max-gates 31", QUICK},
    {"median m=6 n=4", "--max-depth 3 --max-gates 67", LONG},
    {"median m=9 n=12", "--max-depth 3 --max-gates 264", QUICK},
    {"square n=10", "--max-depth 3 --max-gates 107", QUICK},
    {"square n=24", "--max-depth 3 --max-gates 597", LONG},
    {"square n=60", "--max-depth 3 --max-gates 3657", QUICK},
    {"sum m=3 n=4", "--max-depth 2 --max-gates 12", QUICK},
    {"sum m=4 n=6", "--max-depth 2 --max-gates 24", LONG},
    {"sum m=8 n=8", "--max-depth 2 --max-gates 62", QUICK},
    {"sum m=30 n=40", "--max-depth 2", QUICK},
    {"divide n=6", "--max-depth 3 --max-gates 26", QUICK},
    {"divide n=8", "--max-depth 3 --max-gates 55", QUICK},
    {"divide n=8 depth=2", "--max-depth 2 --max-gates 262", QUICK},
    {"divide n=12", "--max-depth 3 --max-gates 225", LONG},
    {"divide n=12 depth=2", "--max-depth 2 --max-gates 4106", EXHAUSTIVE},
    {"divide n=12 depth=4", "--max-depth 4 --max-gates 127", LONG},
    {"divide n=12 depth=12", "--max-depth 12 --max-gates 78", LONG},
    {"divide n=16", "--max-depth 3 --max-gates 899", HEAVY},
    {"divide n=32 depth=4", "--max-depth 4 --max-gates 17399", HEAVY},
    {"divide n=32 depth=5", "--max-depth 5 --max-gates 5283", HEAVY},
    {"divide n=32 depth=9", "--max-depth 9 --max-gates 1093", HEAVY},
    {"divide n=4 method=poly", "--max-depth 3 --max-gates 172", QUICK},
    {"divide n=6 method=poly", "--max-depth 3 --max-gates 725", QUICK},
    {"divide n=8 method=poly", "--max-depth 3 --max-gates 2922", LONG},
    {"divide n=16 method=poly", "--max-depth 3 --max-gates 156380", HEAVY},
    {"divide n=12 method=poly", "--max-depth 3 --max-gates 43677", EXHAUSTIVE},
    {"divide n=16 m=10", "--max-depth 2 --max-gates 64", QUICK},
    {"divide n=24 m=1000", "--max-depth 2", LONG},
    {"divide n=64 m=1000000007", "--max-depth 2 --max-gates 312", QUICK},
    {"remainder n=6", "--max-depth 3 --max-gates 147", QUICK},
    {"remainder n=8", "--max-depth 3 --max-gates 546", QUICK},
    {"remainder n=12 depth=4", "--max-depth 4 --max-gates 632", EXHAUSTIVE},
    {"remainder n=16 depth=5", "--max-depth 5 --max-gates 1226", HEAVY},
    {"remainder n=5 method=poly", "--max-depth 4 --max-gates 1214", QUICK},
    {"remainder n=8 method=poly", "--max-depth 4", LONG},
    {"remainder n=16 m=10", "--max-depth 3 --max-gates 70", QUICK},
    {"remainder n=16 m=1000 depth=2", "--max-depth 2 --max-gates 1985", QUICK},
    {"remainder n=24 m=1000", "--max-depth 3", EXHAUSTIVE},
    {"root n=12", "--max-depth 3 --max-gates 18", QUICK},
    {"root n=16", "--max-depth 3 --max-gates 36", QUICK},
    {"root n=16 depth=2", "--max-depth 2 --max-gates 262", QUICK},
    {"root n=24", "--max-depth 3 --max-gates 136", EXHAUSTIVE},
    {"root n=32", "--max-depth 3 --max-gates 524", HEAVY},
    {"product m=3 n=4", "--max-depth 4 --max-gates 413", QUICK},
    {"product m=4 n=4", "--max-depth 4 --max-gates 796", QUICK},
    {"product m=4 n=4 depth=5", "--max-depth 5 --max-gates 347", QUICK},
    {"product m=2 n=8", "--max-depth 4 --max-gates 988", LONG},
    {"product m=3 n=8", "--max-depth 4", EXHAUSTIVE},
    {"product m=6 n=6", "--max-depth 4 --max-gates 3948", HEAVY},
    {"product m=8 n=8", "--max-depth 4 --max-gates 13841", HEAVY},
    {"product m=8 n=8 depth=5", "--max-depth 5 --max-gates 6185", HEAVY},
    {"product m=12 n=12", "--max-depth 4 --max-gates 115683", HEAVY},
    {"power n=8 e=2", "--max-depth 3 --max-gates 69", QUICK},
    {"power n=16 e=2", "--max-depth 3 --max-gates 269", QUICK},
    {"power n=16 e=3", "--max-depth 3 --max-gates 2278", HEAVY},
    {"power n=24 e=2", "--max-depth 3", EXHAUSTIVE},
    {"power n=8 e=3 method=residues", "--max-depth 3 --max-gates 2278", QUICK},
    {"power n=8 e=8 method=table", "--max-depth 2 --max-gates 318", QUICK},
    {"dag kind=story", "--max-depth 5 --max-gates 189", LONG},
    {"dag kind=sums", "--max-depth 2 --max-gates 56", QUICK},
    {"dag kind=products", "--max-depth 33 --max-gates 499", QUICK},
    {"dag n=40 graph=7", "--max-depth 6 --max-gates 1637", QUICK},
    {"digits", "--max-depth 3 --max-gates 58", QUICK},
    {"pattern", "--max-depth 1 --max-gates 36", QUICK},
    {"pattern w=5 h=4", "--max-depth 1 --max-gates 6", LONG},
    {"pattern given=input", "--max-depth 2 --max-gates 360", QUICK},
    {"pattern find=best given=input", "--max-depth 4 --max-gates 995", QUICK},
    {"pattern w=40 h=30 tw=6 th=5 template=0x1f8c63f errors=4",
     "--max-depth 1 --max-gates 910", QUICK},
    {"tent T=5", "--max-depth 6 --max-gates 6", QUICK},
    {"tent T=11", "--max-depth 12 --max-gates 12", LONG},
    {"tent T=64", "--max-depth 65 --max-gates 65", QUICK},
    {"tent T=11 method=flat", "--max-depth 2 --max-gates 1025", LONG},
    {"tent T=64 method=bits", "--max-depth 2 --max-gates 3", QUICK},
    {"rule number=110 n=12 steps=7", "--max-depth 8 --max-gates 180", QUICK},
    {"rule number=110 n=24 steps=2", "--max-depth 3 --max-gates 120", LONG},
    {"rule number=110 n=60 steps=9", "--max-depth 10 --max-gates 1140", QUICK},
    {"rule number=30 n=60 steps=9", "--max-depth 10", QUICK},
    {"word n=8", "--max-depth 4 --max-gates 900", QUICK},
    {"word group=a5 n=9 method=serial", "--max-depth 9", QUICK},
    {"word group=s3 n=2", "--max-depth 2 --max-gates 36", QUICK},
    {"word group=s3 n=40 method=table", "--max-depth 4", LONG},
    {"word group=z m=6 n=8 method=table", "--max-depth 2 --max-gates 59",
     EXHAUSTIVE},
    {"word group=z m=5 n=4", "--max-depth 3 --max-gates 39", QUICK},
    {"cvp n=2 g=3", "--max-depth 7 --max-gates 40", LONG},
    {"cvp n=4 g=20", "--max-depth 41", QUICK},
    {"formula n=8", "--max-depth 3 --max-gates 7", QUICK},
    {"formula n=12", "--max-depth 4 --max-gates 11", EXHAUSTIVE},
    {"formula n=500", "--max-depth 9 --max-gates 499", QUICK},
    {"reach n=4", "--max-depth 4 --max-gates 72", LONG},
    {"reach n=12", "--max-depth 8 --max-gates 5808", QUICK},
    {"matmul k=2 n=2 p=2", "--max-depth 3 --max-gates 68", LONG},
    {"matmul k=5 n=2 p=3", "--max-depth 7", HEAVY},
    {"matmul k=6 n=3 kind=boolean", "--max-depth 6 --max-gates 180", QUICK},
    {"paths n=3 p=2", "--max-depth 3 --max-gates 60", LONG},
    {"paths n=8 p=6", "--max-depth 7", HEAVY},
    {"squaring m=323 T=4", "--max-depth 10 --max-gates 1465", QUICK},
    {"squaring m=323 T=1000 method=table", "--max-depth 2 --max-gates 496",
     QUICK},
    {"squaring m=1000003 T=2", "--max-depth 6", LONG},
    {"squaring m=4294967297 T=8", "--max-depth 18", HEAVY},
    {"do1 w=2 layers=2", "--max-depth 7 --max-gates 24", QUICK},
    {"do1 w=6 layers=9", "--max-depth 21", QUICK},
    {"game n=2 plies=4", "--max-depth 5 --max-gates 35", QUICK},
    {"game plies=9", "--max-depth 10 --max-gates 5544", LONG},
    {"game n=4 plies=3", "--max-depth 5 --max-gates 1363", QUICK},
    {"mdp w=3 h=3 bits=1 sweeps=4", "--max-depth 10", QUICK},
    {"mdp w=4 h=5 bits=3", "--max-depth 14", QUICK},
    {"sudoku size=4 rounds=4", "--max-depth 11 --max-gates 1554", QUICK},
    {"sudoku rounds=8", "--max-depth 19 --max-gates 31025", HEAVY},
    {"tag n=10 steps=6", "--max-depth 9", QUICK},
    {"tag system=post n=24 steps=20", "--max-depth 23", QUICK},
    {"turing machine=busybeaver5 n=16 steps=20", "--max-depth 21", QUICK},
    {"turing machine=minsky n=10 steps=6", "--max-depth 8", LONG},
    {"rule number=110 n=12 steps=7 merge=3", "--max-depth 4 --max-gates 420",
     QUICK},
    {"rule number=110 n=24 steps=6 merge=3", "--max-depth 3 --max-gates 792",
     LONG},
    {"rule number=90 n=24 steps=7 method=shortcut",
     "--max-depth 2 --max-gates 120", LONG},
    {"rule number=150 n=60 steps=1000 method=shortcut", "--max-depth 2", QUICK},
    {"life w=4 h=3 steps=5", "--max-depth 6 --max-gates 132", QUICK},
    {"life w=5 h=4 steps=3", "--max-depth 4 --max-gates 140", LONG},
    {"life w=16 h=12 steps=6", "--max-depth 7 --max-gates 2496", QUICK},
    {"bbm w=4 h=4 steps=6", "--max-depth 7 --max-gates 208", QUICK},
    {"bbm w=6 h=4 steps=5", "--max-depth 6 --max-gates 264", LONG},
    {"bbm w=16 h=16 steps=9", "--max-depth 10 --max-gates 4864", QUICK},
    {"ball length=9 bits=8 time=1000000", "--max-depth 2 --max-gates 57",
     QUICK},
    {"ball length=1000 bits=14 time=123456789", "--max-depth 2", LONG},
    {"ball length=9 bits=4 clock=4", "--max-depth 3 --max-gates 106", QUICK},
    {"ball length=50 bits=9 clock=9", "--max-depth 3", LONG},
    {"balls1d k=2 bits=3 speed=3 time=5", "--max-depth 3 --max-gates 39",
     QUICK},
    {"balls1d k=3 bits=3 speed=4 time=9", "--max-depth 3", LONG},
    {"balls1d k=2 bits=3 speed=3 time=5 walls=yes",
     "--max-depth 4 --max-gates 57", QUICK},
    {"balls1d k=3 bits=3 speed=4 time=1000 walls=yes", "--max-depth 4", LONG},
    {"balls1d k=12 bits=8 speed=6", "--max-depth 3", HEAVY},
    {"balls2d k=2 steps=3 bits=2 speed=2 diameter=2", "--max-depth 13", QUICK},
    {"balls2d k=2 steps=2 bits=3 speed=3 diameter=3", "--max-depth 9", LONG},
    {"balls2d", "--max-depth 33 --max-gates 8000", HEAVY},
    {"gas k=2 bits=3 area=3", "--max-depth 3 --max-gates 58", QUICK},
    {"gas k=2 bits=5 area=7", "--max-depth 3", LONG},
    {"gas k=50 bits=8", "--max-depth 3", HEAVY},
};

/* Where not all inputs are tried. */
static int most_vectors(void) {
  return is_whole_run() ? 1000000 : is_full_run() ? 100000 : 2000;
}

static void must(const char *line) {
  char text[4096];
  int status = tool_run(line, text, sizeof text);
  ck_assert_msg(status == 0, "tc0 %s: status %d\n%s", line, status, text);
}

/* Rung by rung through text, ladder by ladder through the compact file. */
START_TEST(a_circuit_read_back_gives_the_answers) {
  char line[400];
  bool is_heavy = sources[_i].run >= HEAVY;
  if ((sources[_i].run > QUICK && !is_full_run()) ||
      (sources[_i].run == EXHAUSTIVE && !is_whole_run()))
    return;
  int vectors = is_heavy && !is_whole_run() ? 2000 : most_vectors();
  bool is_once = is_heavy || (sources[_i].run == LONG && !is_whole_run());
  for (int binary = is_once; binary < 2; binary++) {
    const char *file = binary ? "c.tcb" : "c.tc";
    snprintf(line, sizeof line, "build %s -o %s", sources[_i].source, file);
    must(line);
    snprintf(line, sizeof line,
             "check %s --circuit %s --method %s --vectors %d %s",
             sources[_i].source, file, binary ? "ladders" : "rungs", vectors,
             sources[_i].limits);
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
  ck_assert_int_eq(system("echo 1......3..2....4 >grid.csv"), 0);
  ck_assert_int_eq(tool_run("eval sudoku size=4 rounds=3 -i grid.csv | tail -1",
                            text, sizeof text),
                   0);
  ck_assert_str_eq(text, "1,3,4,2,4,2,1,3,3,4,2,1,2,1,3,4,1,1\n");
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
    {"examples/iris/model.onnx", NULL, "--max-depth 70"},
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
             source, basis, methods[i], most_vectors(), limits);
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
  tcase_set_timeout(t, 3600);
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
