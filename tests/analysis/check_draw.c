/* Inputs at random: in their ranges, rows of tables where integers choose them,
   and enough to calibrate on. */
#include "analysis/source_parts.h"
#include "tests/compile/front/subject.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <check.h>

enum {
  ROWS = 200
};

/* Reads a file of it. */
static bool open_sketch(struct source *s, const struct sketch *k,
                        const char *calibrate, struct error *err) {
  char path[] = "/tmp/check_draw_XXXXXX";
  int file = mkstemp(path);
  size_t n;
  uint8_t *bytes = sketch_bytes(k, &n);
  struct source_options o = {.calibrate = calibrate};
  ck_assert(file >= 0 && write(file, bytes, n) == (ssize_t)n);
  source_init(s);
  bool ok = source_open(s, (const char *const[]){path, "range=3"}, 2, &o, err);
  close(file);
  unlink(path);
  free(bytes);
  return ok;
}

/* y = rows of a table at i, by 2 x, whose mean square divides them. */
static void say_model(struct sketch *k, enum onnx_type type) {
  static const float table[] = {1, -2, 0.5f, 4, -1, 3};
  static const long axes[] = {-1};
  say_input(k, "x", ONNX_FLOAT, "1 2");
  say_input(k, "i", type, "1");
  say_floats(k, "w", "3 2", table, 6);
  say_longs(k, "axes", ONNX_INT64, "1", axes, 1);
  say_node(k, "Mul", "x x", "xx", "");
  say_node(k, "ReduceSum", "xx axes", "s", "");
}

START_TEST(rows_are_of_ranges_and_tables) {
  struct sketch k = {0};
  struct source s;
  struct error err = {0};
  double in[3], least[3] = {0}, most[3] = {0};
  uint64_t seed = 1;
  say_model(&k, ONNX_INT64);
  say_node(&k, "Gather", "w i", "g", "");
  say_node(&k, "Add", "s g", "y", "");
  say_output(&k, "y");
  ck_assert_msg(open_sketch(&s, &k, NULL, &err), "%s", err.message);
  for (size_t row = 0; row < ROWS; row++) {
    ck_assert(source_draw_row(&s.model, 3, row, &seed, in, &err));
    for (int i = 0; i < 3; i++) {
      least[i] = row && least[i] < in[i] ? least[i] : in[i];
      most[i] = row && most[i] > in[i] ? most[i] : in[i];
    }
    ck_assert(in[2] == 0 || in[2] == 1 || in[2] == 2);
  }
  ck_assert(least[0] == -3 && most[0] == 3 && least[1] == -3 && most[1] == 3);
  ck_assert(least[2] == 0 && most[2] == 2);
  ck_assert_uint_eq(source_vectors(&s, 1000), 1000);
  for (size_t row = 0; row < ROWS; row++) {
    source_draw_levels(&s.model, &seed, in);
    ck_assert(in[0] >= -3 && in[0] <= 3 && in[2] >= 0 && in[2] <= 2);
  }
  source_clear(&s);
}
END_TEST

/* A divisor that intervals let be 0 is not, on data. */
START_TEST(random_rows_are_enough_to_calibrate_on) {
  struct sketch k = {0};
  struct source s;
  struct error err = {0};
  say_model(&k, ONNX_INT64);
  say_node(&k, "Gather", "w i", "g", "");
  say_node(&k, "Sqrt", "s", "r", "");
  say_node(&k, "Add", "r r", "d", "");
  say_node(&k, "Div", "g d", "y", "");
  say_output(&k, "y");
  ck_assert(!open_sketch(&s, &k, NULL, &err));
  ck_assert_str_eq(err.message, "node 5 (Div): its divisor can be 0: "
                                "calibrate, or clip it");
  source_clear(&s);
  ck_assert_msg(open_sketch(&s, &k, "random", &err), "%s", err.message);
  ck_assert_double_eq(s.model.inputs.at[0].range.lo, -3);
  ck_assert_double_eq(s.model.inputs.at[0].range.hi, 3);
  ck_assert_double_eq(s.model.inputs.at[1].range.hi, 2);
  source_clear(&s);
}
END_TEST

START_TEST(integers_of_which_nothing_is_known_are_refused) {
  struct sketch k = {0};
  struct source s;
  struct error err = {0};
  say_model(&k, _i ? ONNX_INT64 : ONNX_INT8);
  say_node(&k, "Cast", "i", "g", "attribute{name:'to' type:2 i:1}");
  say_node(&k, "Add", "s g", "y", "");
  say_output(&k, "y");
  bool ok = open_sketch(&s, &k, "random", &err);
  ck_assert(ok == !_i);
  if (_i)
    ck_assert_str_eq(err.message,
                     "--calibrate random: which integers input 'i' has is not "
                     "known: bind it, or calibrate on data");
  else
    ck_assert_double_eq(s.model.inputs.at[1].range.lo, -128);
  source_clear(&s);
}
END_TEST

/* A split into 2^16 tensors, of which one is read. */
START_TEST(what_takes_long_is_compared_less_often) {
  static const long third[] = {3};
  struct sketch k = {0};
  struct source s;
  struct error err = {0};
  say_input(&k, "x", ONNX_FLOAT, "65536");
  say_longs(&k, "third", ONNX_INT64, "", third, 1);
  say_node(&k, "SplitToSequence", "x", "s", "");
  say_node(&k, "SequenceAt", "s third", "y", "");
  say_output(&k, "y");
  ck_assert_msg(open_sketch(&s, &k, NULL, &err), "%s", err.message);
  size_t n = source_vectors(&s, 1000);
  double difference;
  ck_assert_msg(n >= 10 && n < 500, "%zu", n);
  ck_assert(source_difference(&s, n, 1, &difference));
  ck_assert_double_le(difference, s.model.outputs.at[0].error);
  source_clear(&s);
}
END_TEST

int main(void) {
  Suite *s = suite_create("inputs at random");
  TCase *t = tcase_create("draw");
  tcase_add_test(t, rows_are_of_ranges_and_tables);
  tcase_add_test(t, random_rows_are_enough_to_calibrate_on);
  tcase_add_loop_test(t, integers_of_which_nothing_is_known_are_refused, 0, 2);
  tcase_add_test(t, what_takes_long_is_compared_less_often);
  tcase_set_timeout(t, 60);
  suite_add_tcase(s, t);
  return suite_run(s);
}
