/* model.h: lengths and rounds that a file leaves open, and what gives them. */
#include "compile/front/flow_run.h"
#include "compile/front/model.h"
#include "compile/front/onnx.pb-c.h"

#include "tests/compile/front/prototext.h"
#include "tests/suite.h"

#include <stdio.h>

#include <check.h>

#define NODE(op, in, out) "node{op_type:'" op "' " in " output:'" out "'} "
#define INPUT(name, type, dims)                                           \
  "input{name:'" name "' type{tensor_type{elem_type:" type " shape{" dims \
  "}}}} "
#define FLOATS(name, dims) INPUT(name, "1", dims)
#define ROUNDS INPUT("m", "7", "")
#define NAMED(name) "dim{dim_param:'" name "'} "
#define OPEN "dim{} "

/* Twice x, each round. */
#define LOOP(count, condition, given)                                  \
  "node{op_type:'Loop' input:'" count "' input:'" given "' input:'x' " \
  "output:'y' attribute{name:'body' type:5 g{" condition NODE(         \
      "Add", "input:'v' input:'v'",                                    \
      "w") "input{name:'i'} input{name:'c'} "                          \
           "input{name:'v'} output{name:'d'} output{name:'w'}}}} "
#define ALWAYS NODE("Identity", "input:'c'", "d")
/* i + 1 < m: m rounds. */
#define WHILE                                               \
  "initializer{name:'one' data_type:7 int64_data:1} " NODE( \
      "Add", "input:'i' input:'one'", "next")               \
      NODE("Less", "input:'next' input:'m'", "d")
#define YES "initializer{name:'yes' data_type:9 int32_data:1} "
#define X FLOATS("x", "dim{dim_value:1} ")

static bool read_graph(struct model *m, const char *graph,
                       const struct model_options *o, struct error *err) {
  char *text;
  size_t n;
  FILE *out = open_memstream(&text, &n);
  fprintf(out,
          "ir_version:8 opset_import{version:13} graph{%s output{name:'y'}}",
          graph);
  fclose(out);
  struct proto b = prototext(&onnx__model_proto__descriptor, text);
  bool ok = model_read_bytes(m, b.at, b.n, o, err);
  free(b.at);
  free(text);
  return ok;
}

/* ---- Lengths ---- */

#define PAIR \
  NODE("Concat", "input:'x' input:'z' attribute{name:'axis' type:2 i:0}", "y")

static const struct {
  const char *graph;
  long length;
  struct model_dimension dim;
  size_t n; // elements of y
} lengths[] = {
    {FLOATS("x", OPEN OPEN) NODE("Relu", "input:'x'", "y"), 5, {0}, 5},
    {FLOATS("x", OPEN OPEN) NODE("Relu", "input:'x'", "y"), 5, {"x[1]", 3}, 3},
    {FLOATS("x", OPEN OPEN) NODE("Relu", "input:'x'", "y"), 5, {"x[0]", 2}, 10},
    {FLOATS("x", NAMED("N") NAMED("T")) NODE("Relu", "input:'x'", "y"),
     5,
     {"T", 4},
     4},
    {FLOATS("x", NAMED("N") NAMED("T")) NODE("Relu", "input:'x'", "y"),
     5,
     {"x[1]", 4},
     4},
    // the first of x is a batch, which the second of z is by its name
    {FLOATS("x", NAMED("N") NAMED("T"))
         FLOATS("z", "dim{dim_value:2} " NAMED("N"))
             NODE("MatMul", "input:'z' input:'x'", "y"),
     5,
     {0},
     10},
    {FLOATS("x", NAMED("N") NAMED("T"))
         FLOATS("z", "dim{dim_value:2} " NAMED("N"))
             NODE("MatMul", "input:'z' input:'x'", "y"),
     5,
     {"N", 3},
     10},
    {FLOATS("x", NAMED("N")) FLOATS("z", "dim{dim_value:2}") PAIR, 5, {0}, 3},
};

START_TEST(open_lengths_are_those_that_are_given) {
  struct model_options o = {.bits = 4,
                            .range = 1,
                            .length = lengths[_i].length,
                            .dimensions = &lengths[_i].dim,
                            .n_dimensions = lengths[_i].dim.name != NULL};
  struct error err = {0};
  struct model m;
  ck_assert_msg(read_graph(&m, lengths[_i].graph, &o, &err), "%s", err.message);
  ck_assert_uint_eq(m.outputs.at[0].n, lengths[_i].n);
  model_clear(&m);
}
END_TEST

/* ---- Rounds ---- */

static const struct {
  const char *graph;
  long steps;
  double y; // of x = 0.5
} rounds[] = {
    {ROUNDS X LOOP("m", ALWAYS, ""), 1, 1},
    {ROUNDS X LOOP("m", ALWAYS, ""), 3, 4},
    {INPUT("m", "6", "dim{dim_value:1} ") X
     "node{op_type:'Cast' input:'m' output:'k' attribute{name:'to' type:2 "
     "i:7}} " NODE("Squeeze", "input:'k'", "l") LOOP("l", ALWAYS, ""),
     2, 2},
    {ROUNDS X YES LOOP("", WHILE, "yes"), 3, 4},
    // as many as m has elements, whatever they are
    {INPUT("m", "7", "dim{dim_value:1} ") X NODE("Size", "input:'m'", "k")
         LOOP("k", ALWAYS, ""),
     0, 1},
};

START_TEST(a_loop_has_as_many_rounds_as_steps_says) {
  struct model_options o = {.bits = 4, .range = 1, .steps = rounds[_i].steps};
  double x[] = {rounds[_i].steps ? 0.5 : 7, 0.5}; // m is an input of the last
  struct error err = {0};
  struct flow_run r;
  struct model m;
  ck_assert_msg(read_graph(&m, rounds[_i].graph, &o, &err), "%s", err.message);
  ck_assert_uint_eq(m.inputs.n, rounds[_i].steps ? 1 : 2);
  flow_run_init(&r, &m.flow);
  ck_assert(flow_run_values(&r, x));
  ck_assert_double_eq(r.at[m.outputs.at[0].flow][0], rounds[_i].y);
  flow_run_clear(&r);
  model_clear(&m);
}
END_TEST

static const struct {
  const char *graph;
  long steps;
  const char *message;
} wrong[] = {
    {ROUNDS X LOOP("m", ALWAYS, ""), 0,
     "how many rounds a loop has depends on input 'm': give it with "
     "steps=VALUE, or bind it"},
    {ROUNDS X YES LOOP("", WHILE, "yes"), 0,
     "how many rounds a loop has depends on input 'm': give it with "
     "steps=VALUE, or bind it"},
    {X NODE("Relu", "input:'x'", "y"), 3,
     "steps=: no loop has as many rounds as an input says"},
    {ROUNDS X NODE("Add", "input:'m' input:'m'", "k")
         NODE("Relu", "input:'x'", "y"),
     3, "steps=: no loop has as many rounds as an input says"},
    {ROUNDS INPUT("k", "7", "") X NODE("Add", "input:'m' input:'k'", "l")
         LOOP("l", ALWAYS, ""),
     3,
     "how many rounds loops have depends on inputs 'm' and 'k': bind all but "
     "one"},
    {INPUT("m", "3", "") X
     "node{op_type:'Cast' input:'m' output:'k' attribute{name:'to' type:2 "
     "i:7}} " LOOP("k", ALWAYS, ""),
     300, "input 'm' cannot be 300"},
    {INPUT("m", "7", "dim{dim_value:2} ") X LOOP("m", ALWAYS, ""), 3,
     "steps=: no loop has as many rounds as an input says"},
    {INPUT("m", "7", "dim{dim_value:2} ") X LOOP("m", ALWAYS, ""), 0,
     "node 0 (Loop): its trip count must be a constant: bind input 'm'"},
};

START_TEST(steps_that_no_loop_has_are_refused) {
  struct model_options o = {.bits = 4, .range = 1, .steps = wrong[_i].steps};
  struct error err = {0};
  struct model m;
  ck_assert(!read_graph(&m, wrong[_i].graph, &o, &err));
  ck_assert_str_eq(err.message, wrong[_i].message);
  model_clear(&m);
}
END_TEST

int main(void) {
  Suite *s = suite_create("what files leave open");
  TCase *t = tcase_create("open");
  tcase_add_loop_test(t, open_lengths_are_those_that_are_given, 0,
                      sizeof lengths / sizeof *lengths);
  tcase_add_loop_test(t, a_loop_has_as_many_rounds_as_steps_says, 0,
                      sizeof rounds / sizeof *rounds);
  tcase_add_loop_test(t, steps_that_no_loop_has_are_refused, 0,
                      sizeof wrong / sizeof *wrong);
  suite_add_tcase(s, t);
  return suite_run(s);
}
