/* tc0 eval: values of the outputs, level by level if wanted, or vectors a
   second. */
#include "analysis/check.h"
#include "circuit/measure.h"
#include "circuit/values.h"
#include "circuit/vectors.h"
#include "tools/eval_rows.h"
#include "tools/limits.h"
#include "tools/name_text.h"
#include "tools/open.h"
#include "tools/values_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <omp.h>

#include <flint/fmpz_vec.h>

/* ---- Values of inputs ---- */

static bool read_inputs(const struct circuit *c, const struct arguments *a,
                        fmpz *z, struct error *err) {
  size_t n = bus_values(c->input_buses.at, c->input_buses.n);
  bool *is_set = xcalloc(n, sizeof *is_set);
  bool ok = true;
  for (size_t i = 0; ok && i < a->settings.n; i++)
    if (!strcmp(a->settings.at[i].name, "set"))
      ok = values_set(z, is_set, c->input_buses.at, c->input_buses.n,
                      a->settings.at[i].value, err);
  const struct bus *bus = c->input_buses.at;
  for (size_t i = 0, v = 0; ok && i < c->input_buses.n; i++)
    for (size_t j = 0; ok && j < bus[i].values; j++, v++)
      if (!is_set[v])
        ok = error_set(err, 0, "input '%s' has no value: --set %s=INTEGER%s",
                       bus[i].name, bus[i].name,
                       bus[i].values > 1 ? ",INTEGER,..." : "");
  free(is_set);
  return ok;
}

/* ---- The trace ---- */

/* Ladders of gates by depth, those of one depth in order. The caller frees
   it. */
static ladder_id *sort_ladders(const struct circuit *c, const uint32_t *depth,
                               size_t *n) {
  uint32_t deepest = 0;
  for (ladder_id l = 0; l < c->ladders.n; l++)
    deepest = depth[l] > deepest ? depth[l] : deepest;
  size_t *place = xcalloc((size_t)deepest + 2, sizeof *place);
  for (ladder_id l = 0; l < c->ladders.n; l++)
    if (circuit_is_gate(c, c->ladders.at[l].first_bit))
      place[depth[l] + 1]++;
  for (uint32_t d = 0; d <= deepest; d++)
    place[d + 1] += place[d];
  *n = place[deepest + 1];
  ladder_id *sorted = xmalloc((*n + 1) * sizeof *sorted);
  for (ladder_id l = 0; l < c->ladders.n; l++)
    if (circuit_is_gate(c, c->ladders.at[l].first_bit))
      sorted[place[depth[l]]++] = l;
  free(place);
  return sorted;
}

struct traced {
  bit_id bit; // the first
  size_t rungs, level;
  const char *name; // of the bit; or NULL
  const struct operation *operation;
};

static struct traced trace_ladder(const struct circuit *c, ladder_id l,
                                  const bool *value, mpz_t sum) {
  bit_id b = c->ladders.at[l].first_bit, end = circuit_end_bit(c, l);
  struct traced t = {b, end - b, 0, circuit_bit_name(c, b),
                     circuit_operation(c, l)};
  for (bit_id i = b; i < end; i++)
    t.level += value[i];
  circuit_sum(sum, c, l, value);
  return t;
}

static void print_traced(const struct traced *t, const mpz_t sum) {
  char *name = name_visible(t->name ? t->name : "");
  char *operation = name_visible(t->operation ? t->operation->name : "-");
  gmp_printf("  $%u%s%s  %s  sum %Zd, level %zu of %zu\n", (unsigned)t->bit,
             *name ? " " : "", name, operation, sum, t->level, t->rungs);
  free(operation);
  free(name);
}

static void add_traced(struct document *item, const struct traced *t,
                       uint32_t depth, const mpz_t sum) {
  document_count(item, "depth", depth);
  document_count(item, "bit", t->bit);
  document_text(item, "name", t->name ? t->name : "");
  document_text(item, "operation", t->operation ? t->operation->name : "");
  document_digits(item, "sum", sum);
  document_count(item, "level", t->level);
  document_count(item, "rungs", t->rungs);
}

/* Into d, or on standard output if d is NULL. */
static void trace(const struct circuit *c, const bool *value,
                  struct document *d) {
  struct document *list = d ? document_list(d, "trace") : NULL;
  uint32_t *depth = circuit_ladder_depths(c);
  size_t n;
  ladder_id *ladder = sort_ladders(c, depth, &n);
  mpz_t sum;
  mpz_init(sum);
  for (size_t i = 0; i < n; i++) {
    uint32_t at = depth[ladder[i]];
    struct traced t = trace_ladder(c, ladder[i], value, sum);
    if (!d && (!i || depth[ladder[i - 1]] != at))
      printf("depth %u\n", (unsigned)at);
    if (d)
      add_traced(document_item(list), &t, at, sum);
    else
      print_traced(&t, sum);
  }
  mpz_clear(sum);
  free(ladder);
  free(depth);
}

/* ---- Values of outputs ---- */

static void print_values(const struct circuit *c, const struct arguments *a,
                         const char *label, const fmpz *in) {
  bool *value = xmalloc(c->bits.n * sizeof *value);
  size_t n = bus_values(c->output_buses.at, c->output_buses.n);
  fmpz *out = _fmpz_vec_init((slong)n);
  eval_row(c, in, value, out);
  if (has_option(a, "json")) {
    struct document *d = document_new();
    document_text(d, "source", label);
    values_document(d, "inputs", in, c->input_buses.at, c->input_buses.n);
    values_document(d, "outputs", out, c->output_buses.at, c->output_buses.n);
    if (has_option(a, "trace"))
      trace(c, value, d);
    document_print(d, stdout);
  } else {
    if (has_option(a, "trace"))
      trace(c, value, NULL);
    values_print(stdout, out, c->output_buses.at, c->output_buses.n);
  }
  _fmpz_vec_clear(out, (slong)n);
  free(value);
}

static bool evaluate_values(const struct circuit *c, const struct arguments *a,
                            const char *label, struct error *err) {
  size_t n = bus_values(c->input_buses.at, c->input_buses.n);
  fmpz *in = _fmpz_vec_init((slong)n);
  bool ok = read_inputs(c, a, in, err);
  if (ok)
    print_values(c, a, label, in);
  _fmpz_vec_clear(in, (slong)n);
  return ok;
}

/* ---- Vectors a second ---- */

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Taking adds all outputs up, so that none of the work can be left out. */
struct rate {
  struct vectors vectors;
  size_t outputs;
  uint64_t sum;
};

static bool take(void *context, uint64_t first, size_t count, size_t words,
                 const uint64_t *in, const uint64_t *out) {
  struct rate *r = context;
  uint64_t sum = 0;
  (void)first, (void)count, (void)in;
  for (size_t i = 0; i < r->outputs * words; i++)
    sum += out[i];
#pragma omp atomic
  r->sum += sum;
  return true;
}

static double median_of(const double x[3]) {
  double lo = fmin(x[0], x[1]), hi = fmax(x[0], x[1]);
  return fmax(lo, fmin(hi, x[2]));
}

static void print_rate(const struct circuit *c, const struct arguments *a,
                       const char *label, enum evaluation how, uint64_t n) {
  struct rate r = {.outputs = c->outputs.n};
  vectors_init(&r.vectors, c, VECTORS_RANDOM, limits_seed());
  struct evaluator *e = evaluator_new(c, how);
  struct evaluator_job job = {vectors_fill, take, &r, false};
  double took[3];
  for (int i = 0; i < 3; i++) {
    double from = seconds();
    evaluator_run(e, n, 0, &job);
    took[i] = seconds() - from;
  }
  double median = median_of(took);
  const char *method = how == EVALUATE_RUNGS ? "rungs" : "ladders";
  if (has_option(a, "json")) {
    struct document *d = document_new();
    document_text(d, "source", label);
    document_text(d, "method", method);
    document_digits_ui(d, "vectors", n);
    document_count(d, "threads", (size_t)omp_get_max_threads());
    document_real(d, "seconds", median);
    document_real(d, "vectors_a_second", (double)n / median);
    document_print(d, stdout);
  } else {
    char *text = name_visible(label);
    printf("%s: %.4g vectors a second (%llu random vectors in %.4f s, %s, %d "
           "thread%s)\n",
           text, (double)n / median, (unsigned long long)n, median, method,
           omp_get_max_threads(), omp_get_max_threads() > 1 ? "s" : "");
    free(text);
  }
  evaluator_free(e);
  vectors_clear(&r.vectors);
}

static int run(const struct arguments *a) {
  struct source s;
  struct error err = {0};
  enum evaluation how;
  uint64_t vectors = 1 << 20;
  if (!option_method(a, &how, &err) ||
      !option_count(a, "vectors", 1, (uint64_t)1 << 40, true, &vectors, &err))
    return report(&err);
  if (has_option(a, "input") && has_option(a, "json")) {
    error_set(&err, 0, "rows are printed as CSV; --json is for --set");
    return report(&err);
  }
  bool ok = open_source(&s, a);
  if (ok && has_option(a, "rate")) {
    print_rate(make_circuit(&s, a), a, s.label, how, vectors);
  } else if (ok) {
    const char *rows = option_value(a, "input");
    const struct circuit *c = make_circuit(&s, a);
    ok = rows ? eval_rows(&s, c, rows, &err)
              : evaluate_values(c, a, s.label, &err);
    if (!ok)
      report(&err);
  }
  source_clear(&s);
  return ok ? STATUS_YES : STATUS_BAD;
}

const struct command command_eval = {
    .name = "eval",
    .arguments = "SOURCE [key=value ...] --set BUS=INTEGER ...",
    .help = "values of the outputs, or vectors a second",
    .about =
        "Integers are decimal, 0x or 0b; a bus of several values takes them "
        "with commas\nbetween, as one digit each without them ('.' is 0), or "
        "one by one as x0=, x1=, ...\n--trace shows each ladder's sum and how "
        "many of its rungs fire. -i takes rows of\ninputs, for models real "
        "numbers that they quantise themselves, and prints rows of\noutputs. "
        "--rate measures: the median of three runs on random vectors, random\n"
        "numbers included.",
    .options =
        (const struct option[]){
            {"set", 's', "BUS=INTEGER", "value of an input, once for each"},
            {"input", 'i', "FILE",
             "rows of inputs, CSV; prints rows of outputs"},
            {"trace", 0, NULL, "print sums and levels, by depth"},
            {"rate", 0, NULL, "measure vectors a second"},
            {"vectors", 0, "N", "how many to measure with; default 1M"},
            {"method", 0, "rungs|ladders", "how to evaluate; default rungs"},
            {0},
        },
    .examples =
        (const struct example[]){
            {"eval add n=8 --set x=200 --set y=100", "s=300\n"},
            {"eval rule n=8 steps=1 --set x=0b00010000", "y=48\n"},
            {"eval sudoku size=4 rounds=3 --set puzzle=1......3..2....4",
             "grid=1,3,4,2,4,2,1,3,3,4,2,1,2,1,3,4\nsolved=1\nvalid=1\n"},
            {"eval examples/adder2.tc --set x=3 --set y=2 --trace", NULL},
            {"eval examples/digits-int8/model.onnx -i "
             "examples/digits-int8/test.csv",
             NULL},
            {"eval majority n=1001 --rate", NULL},
            {0},
        },
    .takes_source = true,
    .run = run,
};
