/* examples/: the circuits by hand do what their comments say */
#include "circuit/file.h"
#include "tests/naive.h"
#include "tests/suite.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

/* From the inputs, the first in bit 0, to the outputs likewise. */
static unsigned majority(unsigned in) {
  return (in & 1) + (in >> 1 & 1) + (in >> 2) > 1;
}

static unsigned adder(unsigned in) {
  return (in & 3) + (in >> 2);
}

static unsigned committee(unsigned in) {
  unsigned people = 0;
  for (int i = 0; i < 5; i++)
    people += in >> i & 1;
  unsigned votes = people + (in & 1);
  unsigned passed = votes > 3, tie = votes == 3;
  unsigned unanimous = people == 0 || people == 5;
  return passed | tie << 1 | unanimous << 2 | people % 2 << 3;
}

static const struct {
  const char *path;
  unsigned (*meaning)(unsigned in);
  size_t inputs, outputs, depth, gates;
} examples[] = {
    {EXAMPLES "/adder2.tc", adder, 4, 3, 2, 8},
    {EXAMPLES "/homework.tc", committee, 5, 4, 2, 9},
    {EXAMPLES "/majority3.tc", majority, 3, 1, 1, 1},
};
#define EXAMPLES_N (sizeof examples / sizeof *examples)

static void read_example(struct circuit *c, int i) {
  struct error err = {0};
  circuit_init(c);
  ck_assert_msg(circuit_read_file(c, examples[i].path, &err), "%s:%zu: %s",
                err.file, err.line, err.message);
  ck_assert_uint_eq(c->inputs.n, examples[i].inputs);
  ck_assert_uint_eq(c->outputs.n, examples[i].outputs);
}

START_TEST(every_circuit_is_tested_here) {
  glob_t found;
  ck_assert_int_eq(glob(EXAMPLES "/*.tc", 0, NULL, &found), 0);
  ck_assert_uint_eq(found.gl_pathc, EXAMPLES_N);
  for (size_t i = 0; i < EXAMPLES_N; i++)
    ck_assert_str_eq(found.gl_pathv[i], examples[i].path);
  globfree(&found);
}
END_TEST

START_TEST(outputs_are_what_the_comments_say) {
  struct circuit c;
  struct naive n;
  read_example(&c, _i);
  naive_init(&n, &c);
  for (unsigned in = 0; in < 1u << c.inputs.n; in++) {
    bool input[8];
    unsigned out = 0;
    for (size_t k = 0; k < c.inputs.n; k++)
      input[k] = in >> k & 1;
    bool *value = naive_values(&n, input);
    for (size_t k = 0; k < c.outputs.n; k++)
      out |= (unsigned)value[c.outputs.at[k]] << k;
    ck_assert_msg(out == examples[_i].meaning(in), "%u gives %u", in, out);
    free(value);
  }
  naive_clear(&n);
  circuit_clear(&c);
}
END_TEST

START_TEST(depth_and_gates_are_as_claimed) {
  struct circuit c;
  struct naive n;
  size_t most = 0;
  read_example(&c, _i);
  naive_init(&n, &c);
  size_t *depth = naive_depths(&n);
  for (size_t k = 0; k < c.outputs.n; k++)
    if (most < depth[c.outputs.at[k]])
      most = depth[c.outputs.at[k]];
  ck_assert_uint_eq(most, examples[_i].depth);
  ck_assert_uint_eq(naive_live_gates(&n, c.outputs.at, c.outputs.n),
                    examples[_i].gates);
  ck_assert_uint_eq(c.bits.n, 2 + c.inputs.n + examples[_i].gates);
  free(depth);
  naive_clear(&n);
  circuit_clear(&c);
}
END_TEST

int main(void) {
  Suite *s = suite_create("examples");
  TCase *claims = tcase_create("claims");
  tcase_add_test(claims, every_circuit_is_tested_here);
  tcase_add_loop_test(claims, outputs_are_what_the_comments_say, 0, EXAMPLES_N);
  tcase_add_loop_test(claims, depth_and_gates_are_as_claimed, 0, EXAMPLES_N);
  suite_add_tcase(s, claims);
  return suite_run(s);
}
