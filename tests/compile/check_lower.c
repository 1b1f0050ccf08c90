/* lower.h: what is made, and what is not */
#include "compile/program/lower.h"
#include "tests/compile/trial.h"
#include "tests/compile/written.h"
#include "tests/suite.h"

#include <stdlib.h>

#include <check.h>

/* ---- Inputs and outputs ---- */

/* As it is, its sign, and twice it. */
static void signs(const void *context, const long *in, long *out) {
  (void)context;
  out[0] = in[0];
  out[1] = in[0] >= 0;
  out[2] = -in[0];
}

START_TEST(the_top_bit_of_a_signed_input_counts_negative) {
  for (long width = 1; width <= 5; width++) {
    value_id x = input(scalar(), width, true);
    output(x);
    output(program_at_least(&p, "sign", x, si(0)));
    output(program_combine(&p, "minus", &x, (long[]){-1}, 1, 0));
    trial_judge(&p, NULL, signs, NULL);
    again();
  }
}
END_TEST

/* x in -4..3: as an output it takes 3 bits, x + 4 no sign, -x - 1 as x. */
static void shifted(const void *context, const long *in, long *out) {
  (void)context;
  out[0] = in[0];
  out[1] = in[0] + 4;
  out[2] = in[0];
  out[3] = in[0] + 4;
  out[4] = 0;
  out[5] = 7;
}

START_TEST(outputs_have_the_width_they_need_or_say) {
  static const unsigned width[] = {3, 3, 6, 5, 1, 9};
  static const bool is_signed[] = {true, false, true, true, false, false};
  value_id x = input(scalar(), 3, true);
  value_id up = program_combine(&p, "up", &x, (long[]){1}, 1, 4);
  value_id zero = program_constant(&p, "zero", scalar(), (fmpz[]){0}, 1);
  value_id seven = program_constant(&p, "seven", scalar(), (fmpz[]){7}, 1);
  output(x);
  output(up);
  program_output_width(&p, "y", x, si(6), true);
  program_output_width(&p, "y", up, si(5), true);
  output(zero);
  program_output_width(&p, "y", seven, si(9), false);
  trial_judge(&p, NULL, shifted, NULL);
  struct instance in;
  struct circuit c;
  ck_assert(instance_init(&in, &p, NULL, &(struct error){0}));
  circuit_init(&c);
  program_lower(&in, &c);
  for (int i = 0; i < 6; i++) {
    ck_assert_uint_eq(c.output_buses.at[i].width, width[i]);
    ck_assert_int_eq(c.output_buses.at[i].is_signed, is_signed[i]);
  }
  circuit_clear(&c);
  instance_clear(&in);
}
END_TEST

static void zero_and_below(const void *context, const long *in, long *out) {
  (void)context;
  out[0] = 0;
  out[1] = -in[0];
}

START_TEST(zero_and_minus_one_fit_in_one_signed_bit) {
  value_id x = input(scalar(), 1, false);
  value_id zero = program_constant(&p, "zero", scalar(), (fmpz[]){0}, 1);
  program_output_width(&p, "y", zero, si(1), true);
  program_output_width(&p, "y",
                       program_combine(&p, "minus", &x, (long[]){-1}, 1, 0),
                       si(1), true);
  judge(zero_and_below, NULL, 0, 0);
}
END_TEST

/* Inputs and gates are bits as they are; x and not x are one gate more. */
static void negated(const void *context, const long *in, long *out) {
  (void)context;
  out[0] = in[0];
  out[1] = 1 - in[0];
  out[2] = 5;
}

START_TEST(only_bits_that_are_no_wire_take_a_gate_for_the_output) {
  value_id x = input(scalar(), 1, false);
  output(x);
  output(program_combine(&p, "not", &x, (long[]){-1}, 1, 1));
  output(program_constant(&p, "five", scalar(), (fmpz[]){5}, 1));
  struct trial t = judge(negated, NULL, 0, 0);
  ck_assert_uint_eq(t.depth_physical, 1);
  ck_assert_uint_eq(t.gates_physical, 1);
}
END_TEST

/* ---- What is made (design: "What is made") ---- */

static void is_three(const void *context, const long *in, long *out) {
  (void)context;
  out[0] = in[0] + in[1] >= 3;
}

/* Of the seven places where x changes, this reader tells two apart. */
START_TEST(rungs_that_no_reader_tells_apart_are_not_made) {
  value_id x[] = {input(scalar(), 2, false), input(scalar(), 2, false)};
  long identity[] = {0, 1, 2, 3, 4, 5, 6};
  value_id sum = program_add(&p, "sum", x[0], x[1]);
  value_id y = program_table(&p, "table", sum, identity, 7, 0);
  output(program_at_least(&p, "three", y, si(3)));
  judge(is_three, NULL, 1, 1);
}
END_TEST

static void constants(const void *context, const long *in, long *out) {
  (void)context, (void)in;
  out[0] = 1;
  out[1] = 0;
}

START_TEST(gates_that_can_go_only_one_way_are_not_made) {
  value_id x = program_sum(&p, "sum", input(row(3), 2, false));
  output(program_at_least(&p, "always", x, si(0)));
  output(program_at_least(&p, "never", x, si(10)));
  judge(constants, NULL, 0, 0);
}
END_TEST

static void both_the_same(const void *context, const long *in, long *out) {
  (void)context;
  out[0] = out[1] = out[2] = in[0] + in[1] >= 3;
}

/* The same step written twice is made twice; one read twice, once. */
START_TEST(only_the_same_ladder_is_shared) {
  value_id x[] = {input(scalar(), 2, false), input(scalar(), 2, false)};
  value_id sum = program_add(&p, "sum", x[0], x[1]);
  value_id once = program_at_least(&p, "once", sum, si(3));
  output(once);
  output(program_at_least(&p, "again", sum, si(3)));
  output(once);
  judge(both_the_same, NULL, 1, 2);
}
END_TEST

static void first_only(const void *context, const long *in, long *out) {
  (void)context;
  out[0] = in[0] >= 1;
}

START_TEST(gates_that_no_output_reads_are_not_made) {
  value_id x = input(row(2), 2, false);
  value_id bits = program_at_least(&p, "bits", x, si(1));
  program_argmax(&p, "unread", x);
  output(program_linear(&p, "weight 0", bits, 1, 2, (fmpz[]){1, 0}, NULL));
  judge(first_only, NULL, 1, 1);
}
END_TEST

int main(void) {
  Suite *s = suite_create("lower");
  TCase *all = tcase_create("all");
  const TTest *const tests[] = {
      the_top_bit_of_a_signed_input_counts_negative,
      outputs_have_the_width_they_need_or_say,
      zero_and_minus_one_fit_in_one_signed_bit,
      only_bits_that_are_no_wire_take_a_gate_for_the_output,
      rungs_that_no_reader_tells_apart_are_not_made,
      gates_that_can_go_only_one_way_are_not_made,
      only_the_same_ladder_is_shared,
      gates_that_no_output_reads_are_not_made};
  tcase_add_checked_fixture(all, setup, teardown);
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
    tcase_add_test(all, tests[i]);
  tcase_set_timeout(all, 60);
  suite_add_tcase(s, all);
  return suite_run(s);
}
