/* The cases that the authors of ONNX publish for runtimes: Debian's package
   libonnx-testdata, where it is installed. */
#include "compile/front/flow_run.h"
#include "compile/front/operators.h"
#include "tests/compile/front/testdata.h"
#include "tests/suite.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* In real numbers: as far as float32 can be from them. */
static bool is_near(double got, double expected, bool is_real) {
  if (isnan(expected) || isinf(expected))
    return isnan(expected) ? isnan(got) : got == expected;
  return is_real ? fabs(got - expected) <= 1e-5 + 1e-3 * fabs(expected)
                 : got == expected;
}

struct attempt {
  struct flow flow;
  struct scope scope;
  double *in;
};

static void attempt_init(struct attempt *a, const struct testdata *t,
                         const bool *is_bound, struct error *err) {
  const struct onnx_graph *g = &t->onnx.graph;
  size_t n = 0;
  flow_init(&a->flow, err);
  a->scope = (struct scope){.graph = g};
  a->scope.value = xmalloc((g->values.n + 1) * sizeof(flow_id));
  for (size_t v = 0; v < g->values.n; v++)
    a->scope.value[v] = FLOW_NONE;
  for (size_t i = 0; i < t->inputs; i++)
    n += t->in[i].n;
  a->in = xmalloc((n + 1) * sizeof(double));
  for (size_t i = n = 0; i < t->inputs; i++) {
    struct lengths shape;
    size_t at[ONNX_MAX_RANK];
    for (size_t k = 0; k < t->in[i].rank; k++)
      at[k] = (size_t)t->in[i].dims[k];
    if (!lengths_set(&shape, at, t->in[i].rank))
      continue;
    a->scope.value[g->inputs.at[i].value] =
        is_bound[i] ? operators_tensor(&a->flow, &t->in[i])
                    : flow_input(&a->flow, t->in[i].type, &shape, i);
    for (size_t k = 0; !is_bound[i] && k < t->in[i].n; k++)
      a->in[n++] = onnx_double(&t->in[i], k);
  }
}

static void attempt_clear(struct attempt *a) {
  flow_clear(&a->flow);
  free(a->scope.value);
  free(a->in);
}

static bool compare(const struct testdata *t, const struct attempt *a,
                    struct error *err) {
  struct flow_run r;
  flow_run_init(&r, &a->flow);
  bool ok = flow_run_values(&r, a->in) || error_set(err, 0, "not defined");
  for (size_t i = 0; ok && i < t->outputs; i++) {
    flow_id y = a->scope.value[t->onnx.graph.outputs.at[i].value];
    const struct flow_node *node = flow_get(&a->flow, y);
    bool is_real = flow_is_real(&a->flow, y);
    if (node->shape.n != t->out[i].n || node->type != t->out[i].type)
      ok = error_set(err, 0, "output %zu: %zu elements of %s, not %zu of %s", i,
                     node->shape.n, onnx_type_name(node->type), t->out[i].n,
                     onnx_type_name(t->out[i].type));
    for (size_t k = 0; ok && k < t->out[i].n; k++) {
      double expected = onnx_double(&t->out[i], k);
      if (!is_near(r.at[y][k], expected, is_real))
        ok = error_set(err, 0, "output %zu[%zu]: %g, not %g", i, k, r.at[y][k],
                       expected);
    }
  }
  flow_run_clear(&r);
  return ok;
}

static bool run_case(const struct testdata *t, struct error *err,
                     size_t *bound) {
  bool is_bound[TESTDATA_PORTS], ok = false;
  struct error first = {0};
  for (size_t k = 0; !ok && testdata_bind(t, k, is_bound); k++) {
    struct attempt a;
    *err = (struct error){0};
    attempt_init(&a, t, is_bound, err);
    ok = operators_check(&t->onnx, err) &&
         operators_build(&a.flow, &t->onnx, &a.scope) && compare(t, &a, err);
    attempt_clear(&a);
    *bound = 0;
    for (size_t i = 0; i < t->inputs; i++)
      *bound += is_bound[i];
    if (k == 0)
      first = *err;
  }
  if (!ok)
    *err = first;
  return ok;
}

static const char *const suites[] = {"node", "pytorch-converted",
                                     "pytorch-operator", "simple"};

START_TEST(operators_mean_what_was_recorded) {
  const char *data = getenv("ONNX_TESTDATA"), *only = getenv("ONNX_CASE");
  char folder[500];
  size_t passed = 0, failed = 0;
  snprintf(folder, sizeof folder, "%s/%s",
           data ? data : "/usr/share/libonnx-testdata/data", suites[_i]);
  struct dirent **entry;
  int n = scandir(folder, &entry, NULL, alphasort);
  for (int i = 0; i < n; i++) {
    char path[800];
    struct testdata t;
    struct error err = {0};
    size_t bound = 0;
    snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
    if (entry[i]->d_name[0] != '.' &&
        (!only || strstr(entry[i]->d_name, only))) {
      if (!testdata_read(&t, path, &err)) {
        if (only)
          printf("skip %s: %s\n", entry[i]->d_name, err.message);
      } else if (run_case(&t, &err, &bound)) {
        passed++;
        if (only)
          printf("pass %s (%zu of %zu inputs bound)\n", entry[i]->d_name, bound,
                 t.inputs);
      } else {
        failed++;
        printf("FAIL %s: %s\n", entry[i]->d_name, err.message);
      }
      testdata_clear(&t);
    }
    free(entry[i]);
  }
  if (n >= 0)
    free(entry);
  printf("%s: %zu passed, %zu failed\n", suites[_i], passed, failed);
}
END_TEST

int main(void) {
  Suite *s = suite_create("testdata");
  TCase *cases = tcase_create("real");
  tcase_set_timeout(cases, 600);
  tcase_add_loop_test(cases, operators_mean_what_was_recorded, 0,
                      sizeof suites / sizeof *suites);
  suite_add_tcase(s, cases);
  return suite_run(s);
}
