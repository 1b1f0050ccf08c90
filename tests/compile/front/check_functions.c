/* Functions of a model: what calls of them are, and what is refused */
#include "compile/front/flow_run.h"
#include "compile/front/model.h"
#include "compile/front/onnx.pb-c.h"
#include "compile/program/run.h"

#include "tests/compile/front/prototext.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

#include <check.h>
#include <flint/fmpz_vec.h>

#define NODE(op, in, out) "node{op_type:'" op "' " in " output:'" out "'} "
#define CALL(name, in, out) \
  "node{op_type:'" name "' domain:'my' " in " " out "} "
#define FUNCTION(name, ports, nodes)                                      \
  "functions{name:'" name "' domain:'my' opset_import{version:13} " ports \
  " " nodes "} "
#define THEN(graph) "attribute{name:'then_branch' type:5 g{" graph "}} "
#define ELSE(graph) "attribute{name:'else_branch' type:5 g{" graph "}} "
#define PLACE(name, i) \
  "initializer{name:'" name "' data_type:7 int64_data:" i "} "
/* c: is the first element of x above `than`? Of the shape of the places. */
#define SIGN(than, places)                                     \
  PLACE("i", "0")                                              \
  "initializer{name:'one' data_type:7 dims:1 int64_data:0} "   \
  "initializer{name:'k' data_type:3 int32_data:" than          \
  "} " NODE("Gather", "input:'x' input:'" places "'", "first") \
      NODE("Less", "input:'k' input:'first'", "c")
#define INPUT(name)   \
  "input{name:'" name \
  "' type{tensor_type{elem_type:3 shape{dim{dim_value:2}}}}} "

enum {
  MOST = 4
};

static const long inputs[] = {3, -2, 10, 20};

static bool read_model(struct model *m, const char *functions,
                       const char *graph, struct error *err) {
  const struct model_options o = {.bits = 8, .range = 1};
  char *text;
  size_t n;
  FILE *out = open_memstream(&text, &n);
  fprintf(out,
          "ir_version:8 opset_import{version:13} opset_import{domain:'my' "
          "version:1} %s graph{" INPUT("x") INPUT("z") "%s output{name:'y'}}",
          functions, graph);
  fclose(out);
  struct proto b = prototext(&onnx__model_proto__descriptor, text);
  bool ok = model_read_bytes(m, b.at, b.n, &o, err);
  free(b.at);
  free(text);
  return ok;
}

/* ---- What calls are ---- */

static const struct {
  const char *functions, *graph;
  long y[MOST];
} rows[] = {
#include "tests/compile/front/functions_rows.h"
};

static void expect_real(const struct model *m, const long *y) {
  double in[4];
  struct flow_run r;
  for (size_t i = 0; i < 4; i++)
    in[i] = (double)inputs[i];
  flow_run_init(&r, &m->flow);
  ck_assert(flow_run_values(&r, in));
  for (size_t i = 0; i < m->outputs.at[0].n; i++)
    ck_assert(r.at[m->outputs.at[0].flow][i] == (double)y[i]);
  flow_run_clear(&r);
}

static void expect_integers(const struct model *m, const long *y) {
  struct error err = {0};
  struct instance in;
  struct run run;
  fmpz *x = _fmpz_vec_init(4), *found = _fmpz_vec_init(MOST);
  ck_assert(instance_init(&in, &m->program, NULL, &err));
  run_init(&run, &in);
  for (size_t i = 0; i < 4; i++)
    fmpz_set_si(x + i, inputs[i]);
  run_values(&run, x, found);
  for (size_t i = 0; i < m->outputs.at[0].n; i++)
    ck_assert_int_eq(fmpz_get_si(found + i), y[i]);
  run_clear(&run);
  instance_clear(&in);
  _fmpz_vec_clear(x, 4);
  _fmpz_vec_clear(found, MOST);
}

static size_t length_of(const long *y) {
  size_t n = MOST;
  while (n > 1 && !y[n - 1])
    n--;
  return n;
}

START_TEST(calls_are_what_functions_make) {
  struct error err = {0};
  struct model m;
  bool ok = read_model(&m, rows[_i].functions, rows[_i].graph, &err);
  ck_assert_msg(ok, "%s: %s", rows[_i].functions, err.message);
  ck_assert_uint_eq(m.outputs.at[0].n, length_of(rows[_i].y));
  expect_real(&m, rows[_i].y);
  expect_integers(&m, rows[_i].y);
  model_clear(&m);
}
END_TEST

/* ---- What is refused ---- */

static const struct {
  const char *functions, *graph, *message;
} wrong[] = {
#include "tests/compile/front/functions_wrong.h"
};

static void expect_error(const char *functions, const char *graph,
                         const char *message) {
  struct error err = {0};
  struct model m;
  ck_assert_msg(!read_model(&m, functions, graph, &err), "%s", functions);
  ck_assert_str_eq(err.message, message);
  model_clear(&m);
}

START_TEST(what_is_wrong_is_said) {
  expect_error(wrong[_i].functions, wrong[_i].graph, wrong[_i].message);
}
END_TEST

/* F0 .. F<n>, each of which calls the one before it `calls` times. */
static char *tower(int n, int calls) {
  char *text;
  size_t size;
  FILE *out = open_memstream(&text, &size);
  fputs(FUNCTION("F0", "input:'v0' output:'v0'", ""), out);
  for (int i = 1; i <= n; i++) {
    fprintf(out, "functions{name:'F%d' domain:'my' input:'v0' output:'v%d' ", i,
            calls);
    for (int k = 0; k < calls; k++)
      fprintf(out, "node{op_type:'F%d' domain:'my' input:'v%d' output:'v%d'} ",
              i - 1, k, k + 1);
    fputs("} ", out);
  }
  fclose(out);
  return text;
}

START_TEST(towers_of_functions_are_refused_in_time) {
  char *deep = tower(40, 1), *wide = tower(29, 2);
  expect_error(deep, CALL("F40", "input:'x'", "output:'y'"),
               "node 0 (F8) of function 'F9': it is too deep in others");
  expect_error(wide, CALL("F29", "input:'x'", "output:'y'"),
               "node 1 (F0) of function 'F1': the model has too many elements, "
               "or takes too many steps");
  free(deep);
  free(wide);
}
END_TEST

START_TEST(many_attributes_are_refused) {
  char *text;
  size_t n;
  FILE *out = open_memstream(&text, &n);
  fputs("functions{name:'F' ", out);
  for (int i = 0; i < 257; i++)
    fprintf(out, "attribute:'a%d' ", i);
  fputs("output:'b'} ", out);
  fclose(out);
  expect_error(text, "",
               "function 'F': it has 257 attributes; at most 256 may be");
  free(text);
}
END_TEST

#define LENGTH(a) (int)(sizeof(a) / sizeof *(a))

int main(void) {
  Suite *s = suite_create("functions");
  TCase *calls = tcase_create("calls"), *errors = tcase_create("errors");
  tcase_set_timeout(errors, 60);
  tcase_add_loop_test(calls, calls_are_what_functions_make, 0, LENGTH(rows));
  tcase_add_loop_test(errors, what_is_wrong_is_said, 0, LENGTH(wrong));
  tcase_add_test(errors, towers_of_functions_are_refused_in_time);
  tcase_add_test(errors, many_attributes_are_refused);
  suite_add_tcase(s, calls);
  suite_add_tcase(s, errors);
  return suite_run(s);
}
