/* The cases that the authors of ONNX publish for runtimes: Debian's package
   libonnx-testdata, where it is installed. */
#include "analysis/strategy.h"
#include "circuit/circuit.h"
#include "circuit/measure.h"
#include "circuit/values.h"
#include "compile/front/flow_run.h"
#include "compile/front/model.h"
#include "compile/front/operators.h"
#include "compile/program/lower.h"
#include "compile/program/run.h"
#include "tests/compile/front/testdata.h"
#include "tests/suite.h"

#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <flint/fmpz_vec.h>

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
    a->flow.name = g->values.at[g->inputs.at[i].value].name;
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

/* With how many cases have the recorded outputs in real numbers, at least. */
static const struct suite {
  const char *name;
  size_t passed;
} suites[] = {{"node", 728},
              {"pytorch-converted", 2},
              {"pytorch-operator", 0}, // of opset 6
              {"simple", 7}};

START_TEST(operators_mean_what_was_recorded) {
  const char *data = getenv("ONNX_TESTDATA"), *only = getenv("ONNX_CASE");
  char folder[500];
  size_t passed = 0, failed = 0, constant = 0; // of inputs that are all bound
  snprintf(folder, sizeof folder, "%s/%s",
           data ? data : "/usr/share/libonnx-testdata/data", suites[_i].name);
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
        passed += !bound || bound < t.inputs;
        constant += bound && bound == t.inputs;
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
  printf("%s: %zu passed, %zu of constants, %zu failed\n", suites[_i].name,
         passed, constant, failed);
  if (n < 0)
    printf("skipped: no %s\n", folder);
  else if (!only)
    ck_assert_uint_ge(passed, suites[_i].passed);
}
END_TEST

/* ---- Circuits ---- */

enum {
  BITS = 16,
  SECONDS = 30,    // of a processor
  MEMORY = 6 << 10 // MiB of a process
};
static const double most_error = 0x1p-10; // of an output's range

enum verdict {
  REFUSED, // not supported, too large, or not as exact as is asked
  WRONG,
  PASSED,
  CONSTANT, // its outputs depend on no input
  VERDICTS
};
static const char *const verdicts[] = {"refused", "WRONG", "pass", "constant"};

struct report {
  enum verdict verdict;
  size_t bits, depth;
  char variable[100];  // the inputs that are not bound
  bool has_first;      // the first input, mostly the data, is among them
  double gates, error; // greatest announced error over range
  char message[300];
};

struct trial {
  struct model m;
  struct instance in;
  struct model_bound bound[TESTDATA_PORTS];
  struct model_dimension dim[TESTDATA_PORTS * 4];
  struct model_options o;
  double *values; // of all inputs that are not bound
};

static void options_init(struct trial *k, const struct testdata *t,
                         const bool *is_bound) {
  const struct onnx_graph *g = &t->onnx.graph;
  k->o = (struct model_options){.bits = BITS,
                                .range = 1,
                                .has_whole_outputs = true,
                                .dimensions = k->dim,
                                .bound = k->bound};
  for (size_t i = 0; i < t->inputs; i++) {
    const struct onnx_port *p = &g->inputs.at[i];
    if (is_bound[i])
      k->bound[k->o.n_bound++] =
          (struct model_bound){g->values.at[p->value].name, &t->in[i]};
    for (size_t d = 0; d < p->rank && p->has_shape; d++)
      if (p->dims[d].size < 0 && p->dims[d].name && k->o.n_dimensions < 100)
        k->dim[k->o.n_dimensions++] =
            (struct model_dimension){p->dims[d].name, (long)t->in[i].dims[d]};
  }
}

static void take_values(struct trial *k, const struct testdata *t) {
  size_t n = 0;
  for (size_t i = 0; i < k->m.inputs.n; i++)
    n += k->m.inputs.at[i].n;
  k->values = xmalloc((n + 1) * sizeof *k->values);
  for (size_t i = n = 0; i < k->m.inputs.n; i++) {
    const struct onnx_tensor *from = &t->in[k->m.inputs.at[i].file];
    ck_assert_uint_eq(from->n, k->m.inputs.at[i].n);
    for (size_t j = 0; j < from->n; j++)
      k->values[n++] = onnx_double(from, j);
  }
}

/* The ranges that the recorded inputs give. */
static bool calibrate(struct trial *k, struct model_range *range,
                      struct error *err) {
  struct flow_run r;
  flow_run_init(&r, &k->m.flow);
  bool ok = flow_run_values(&r, k->values) || error_set(err, 0, "not defined");
  for (size_t x = 0; ok && x < k->m.flow.nodes.n; x++) {
    range[x] = (struct model_range){INFINITY, -INFINITY};
    for (size_t i = 0; i < k->m.flow.nodes.at[x]->shape.n; i++)
      if (isfinite(r.at[x][i])) {
        range[x].lo = fmin(range[x].lo, r.at[x][i]);
        range[x].hi = fmax(range[x].hi, r.at[x][i]);
      }
  }
  flow_run_clear(&r);
  return ok;
}

static bool within(double got, double expected, double error) {
  return fabs(got - expected) <= error + 4e-6 * (fabs(expected) + 1e-3);
}

static bool compare_outputs(const struct trial *k, const struct testdata *t,
                            const struct model_range *range, const fmpz *y,
                            struct report *r) {
  mpz_t q;
  bool ok = true;
  mpz_init(q);
  for (size_t i = 0; ok && i < k->m.outputs.n && i < t->outputs; i++) {
    const struct model_port *out = &k->m.outputs.at[i];
    const struct model_range *of = &range[out->flow];
    double reach = fmax(of->hi, 0) - fmin(of->lo, 0);
    if (out->is_real && out->error > 0)
      r->error = fmax(r->error, reach > 0 ? out->error / reach : INFINITY);
    ok = out->n == t->out[i].n;
    for (size_t j = 0; ok && j < out->n; j++, y++) {
      double expected = onnx_double(&t->out[i], j);
      fmpz_get_mpz(q, y);
      double got = out->is_real ? model_real(out, j, q) : mpz_get_d(q);
      if (!out->is_real && got != expected && (out->error > 0 || out->stepped))
        r->error = INFINITY; // a real number came too near a step
      else if (out->is_real ? !within(got, expected, out->error)
                            : got != expected)
        ok = false, snprintf(r->message, sizeof r->message,
                             "output %zu[%zu]: %g, not %g, announced %g", i, j,
                             got, expected, out->error);
    }
  }
  mpz_clear(q);
  return ok;
}

/* The circuit of the recorded inputs has the bits that run says. */
static bool same_bits(const struct trial *k, const fmpz *x, const fmpz *y,
                      struct report *r) {
  struct circuit c;
  struct measure m;
  bool ok = true;
  circuit_init(&c);
  c.max_bytes = (size_t)MEMORY << 20;
  program_lower(&k->in, &c);
  measure_init(&m);
  circuit_measure(&c, &m);
  r->bits = c.inputs.n;
  r->depth = m.depth;
  r->gates = mpz_get_d(m.gates);
  bool *bit = xcalloc(c.inputs.n + 1, sizeof *bit);
  bool *value = xcalloc(c.bits.n + 1, sizeof *value);
  size_t n = 0;
  for (size_t i = 0; i < c.input_buses.n; i++)
    for (size_t j = 0; j < c.input_buses.at[i].values; j++, x++)
      for (size_t b = 0; b < c.input_buses.at[i].width; b++)
        bit[n++] = fmpz_tstbit(x, b);
  circuit_values(&c, bit, value);
  for (size_t i = n = 0; i < c.output_buses.n; i++)
    for (size_t j = 0; j < c.output_buses.at[i].values; j++, y++)
      for (size_t b = 0; b < c.output_buses.at[i].width; b++, n++)
        ok &= value[c.outputs.at[n]] == fmpz_tstbit(y, b);
  free(bit);
  free(value);
  measure_clear(&m);
  circuit_clear(&c);
  if (!ok)
    snprintf(r->message, sizeof r->message, "the circuit is not its program");
  return ok;
}

static bool has_finite_inputs(const struct trial *k) {
  size_t n = 0;
  for (size_t i = 0; i < k->m.inputs.n; i++)
    for (size_t j = 0; j < k->m.inputs.at[i].n; j++, n++)
      if (!isfinite(k->values[n]))
        return false;
  return true;
}

static bool is_constant(const struct trial *k) {
  bool ok = true;
  for (size_t i = 0; i < k->m.outputs.n; i++)
    ok &= flow_is_constant(&k->m.flow, k->m.outputs.at[i].flow);
  return ok;
}

static void judge(struct trial *k, const struct testdata *t,
                  const struct model_range *range, struct report *r) {
  fmpz *x = _fmpz_vec_init((slong)k->in.input_values + 1);
  fmpz *y = _fmpz_vec_init((slong)k->in.output_values + 1);
  struct run run;
  size_t n = 0;
  for (size_t i = 0; i < k->m.inputs.n; i++)
    for (size_t j = 0; j < k->m.inputs.at[i].n; j++, n++)
      if (k->m.inputs.at[i].is_real)
        fmpz_set_si(x + n, model_level(&k->m.inputs.at[i], k->values[n]));
      else
        fmpz_set_d(x + n, k->values[n]);
  run_init(&run, &k->in);
  run_values(&run, x, y);
  run_clear(&run);
  r->verdict = WRONG;
  bool is_right = compare_outputs(k, t, range, y, r);
  if (r->error > most_error) {
    r->verdict = REFUSED;
    snprintf(r->message, sizeof r->message, "announced error %g of the range",
             r->error);
  } else if (is_right && same_bits(k, x, y, r)) {
    r->verdict = PASSED;
  }
  _fmpz_vec_clear(x, (slong)k->in.input_values + 1);
  _fmpz_vec_clear(y, (slong)k->in.output_values + 1);
}

/* In a process of its own, as a circuit that is too large ends it. */
static void try_circuit(const struct testdata *t, const bool *is_bound,
                        struct report *r) {
  struct trial k = {.values = NULL};
  struct error err = {0};
  options_init(&k, t, is_bound);
  if (!model_load(&k.m, t->path, &k.o, &err)) {
    snprintf(r->message, sizeof r->message, "%.290s", err.message);
    return;
  }
  struct model_range *range = xcalloc(k.m.flow.nodes.n + 1, sizeof *range);
  take_values(&k, t);
  if (!has_finite_inputs(&k)) {
    snprintf(r->message, sizeof r->message, "an input is not finite");
    return;
  }
  k.o.ranges = range;
  if (is_constant(&k)) {
    r->verdict = CONSTANT;
    return;
  }
  struct strategy split;
  if (!calibrate(&k, range, &err) || !model_translate(&k.m, &k.o, &err) ||
      !instance_init(&k.in, &k.m.program, NULL, &err) ||
      !strategy_find(&split, &k.in, STRATEGY_SPLIT, &err)) {
    snprintf(r->message, sizeof r->message, "%.290s", err.message);
    return;
  }
  k.in.levels = split.levels;
  judge(&k, t, range, r);
}

static void run_apart(const struct testdata *t, const bool *is_bound,
                      struct report *r) {
  int end[2], status = 0;
  *r = (struct report){.verdict = REFUSED};
  ck_assert(!pipe(end));
  fflush(stdout);
  pid_t child = fork();
  if (!child) {
    setrlimit(RLIMIT_CPU, &(struct rlimit){SECONDS, SECONDS + 1});
    setrlimit(RLIMIT_AS,
              &(struct rlimit){(rlim_t)MEMORY << 20, (rlim_t)MEMORY << 20});
    try_circuit(t, is_bound, r);
    ssize_t n = write(end[1], r, sizeof *r);
    _exit(n == sizeof *r ? 0 : 1);
  }
  close(end[1]);
  if (read(end[0], r, sizeof *r) != sizeof *r)
    snprintf(r->message, sizeof r->message, "no verdict");
  close(end[0]);
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
    snprintf(r->message, sizeof r->message, "more than %d s", SECONDS);
  else if (WIFSIGNALED(status))
    r->verdict = WRONG,
    snprintf(r->message, sizeof r->message, "signal %d", WTERMSIG(status));
  else if (WEXITSTATUS(status))
    snprintf(r->message, sizeof r->message, "status %d", WEXITSTATUS(status));
}

static void name_variable(const struct testdata *t, const bool *is_bound,
                          struct report *r) {
  const struct onnx_graph *g = &t->onnx.graph;
  size_t n = 0;
  r->has_first = t->inputs && !is_bound[0];
  for (size_t i = 0; i < t->inputs && n < sizeof r->variable; i++)
    if (!is_bound[i])
      n += (size_t)snprintf(r->variable + n, sizeof r->variable - n, " %s",
                            g->values.at[g->inputs.at[i].value].name);
}

static void circuit_case(const struct testdata *t, struct report *r) {
  bool is_bound[TESTDATA_PORTS];
  struct report first = {0};
  for (size_t k = 0; testdata_bind(t, k, is_bound); k++) {
    run_apart(t, is_bound, r);
    name_variable(t, is_bound, r);
    if (k == 0)
      first = *r;
    if (r->verdict != REFUSED)
      return;
    if (getenv("ONNX_CASE"))
      printf("  attempt %zu: %s\n", k, r->message);
  }
  *r = first;
}

/* All take an hour, only where that is asked for; under the sanitizers none. */
static bool is_drawn(int i) {
  return is_whole_run() || getenv("ONNX_CASE") ||
         (!is_short_run() && i % 48 == 5);
}

START_TEST(circuits_have_the_recorded_outputs) {
  const char *data = getenv("ONNX_TESTDATA"), *only = getenv("ONNX_CASE");
  char folder[500];
  size_t count[VERDICTS] = {0}, of_first = 0;
  snprintf(folder, sizeof folder, "%s/%s",
           data ? data : "/usr/share/libonnx-testdata/data", suites[_i].name);
  struct dirent **entry;
  int n = scandir(folder, &entry, NULL, alphasort);
  for (int i = 0; i < n; i++) {
    char path[800];
    struct testdata t;
    struct error err = {0};
    struct report r = {0};
    snprintf(path, sizeof path, "%s/%s", folder, entry[i]->d_name);
    if (entry[i]->d_name[0] != '.' && is_drawn(i) &&
        (!only || strstr(entry[i]->d_name, only))) {
      if (testdata_read(&t, path, &err)) {
        circuit_case(&t, &r);
        count[r.verdict]++;
        of_first += r.verdict == PASSED && r.has_first;
        printf("%-8s %-60s %zu bits of%s, depth %zu, %.0f gates, "
               "error 2^%.1f %s\n",
               verdicts[r.verdict], entry[i]->d_name, r.bits, r.variable,
               r.depth, r.gates, log2(r.error), r.message);
      }
      testdata_clear(&t);
    }
    free(entry[i]);
  }
  if (n >= 0)
    free(entry);
  printf("%s: %zu pass, %zu of them with their first input variable, "
         "%zu refused, %zu wrong, %zu of constants\n",
         suites[_i].name, count[PASSED], of_first, count[REFUSED], count[WRONG],
         count[CONSTANT]);
  ck_assert_uint_eq(count[WRONG], 0);
  if (is_whole_run() && !only && n > 0 && !strcmp(suites[_i].name, "node"))
    ck_assert_uint_ge(of_first, 640);
}
END_TEST

int main(void) {
  Suite *s = suite_create("testdata");
  TCase *cases = tcase_create("real"), *circuits = tcase_create("circuits");
  size_t n = sizeof suites / sizeof *suites;
  tcase_set_timeout(cases, 600);
  tcase_set_timeout(circuits, 3600);
  tcase_add_loop_test(cases, operators_mean_what_was_recorded, 0, (int)n);
  tcase_add_loop_test(circuits, circuits_have_the_recorded_outputs, 0, (int)n);
  suite_add_tcase(s, cases);
  suite_add_tcase(s, circuits);
  return suite_run(s);
}
