/* tc0 inspect: a table by operation. */
#include "circuit/measure.h"
#include "compile/program/certify.h"
#include "tools/architecture_report.h"
#include "tools/growth_report.h"
#include "tools/ledger.h"
#include "tools/limits.h"
#include "tools/measure_document.h"
#include "tools/measuring.h"
#include "tools/name_text.h"
#include "tools/open.h"
#include "tools/totals.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
  DIFFERENCE_VECTORS = 1000
};

struct report {
  const struct source *s;
  struct measuring size;
  const char *strategy; // or NULL
  struct strategy pareto;
  bool has_pareto;
  struct certificate certificate;
  bool is_certified;
  struct error why_not;
  double difference; // of a float model's outputs
  bool has_difference, is_calibrated;
  struct totals totals;
};

/* One level each is what depth is without what it relaxes. */
static const char *strategy_of(const struct report *r) {
  return r->strategy ? r->strategy : "depth";
}

/* ---- Notes ---- */

/* What else must hold where real numbers are rounded or compared. */
static const char *steps_text(const struct model_port *out, char text[300]) {
  *text = '\0';
  if (out->stepped && out->stepped->node)
    snprintf(text, 300, " and on their side of the steps of %s",
             onnx_show_node(out->stepped->node).text);
  else if (out->stepped)
    snprintf(text, 300, " and on their side of all steps");
  return text;
}

/* How far outputs of real numbers are from the model's. */
static void print_errors(const struct report *r) {
  const struct model *m = &r->s->model;
  char text[300];
  for (size_t i = 0; i < m->outputs.n && !m->is_exact; i++) {
    const struct model_port *out = &m->outputs.at[i];
    char *name = name_visible(out->name);
    double range = out->range.hi - out->range.lo;
    if (out->is_real && isfinite(out->error) && out->error < range)
      printf("output %s: at most %.3g from the model's, of a range of %.3g, as "
             "long as values stay in the %s ranges%s\n",
             name, out->error, range,
             r->is_calibrated ? "calibrated" : "inputs'",
             steps_text(out, text));
    else if (!out->is_real && out->stepped)
      printf("output %s: the model's, as long as values stay in the %s "
             "ranges%s\n",
             name, r->is_calibrated ? "calibrated" : "inputs'",
             steps_text(out, text));
    else if (out->is_real)
      printf("output %s: how far it can be from the model's is not known, but "
             "for its range of %.3g; %s may help\n",
             name, range, r->is_calibrated ? "more bits=" : "--calibrate");
    free(name);
  }
}

static void add_outputs(const struct model *m, struct document *d) {
  struct document *list = document_list(d, "model_outputs");
  for (size_t i = 0; i < m->outputs.n; i++) {
    const struct model_port *out = &m->outputs.at[i];
    struct document *item = document_item(list);
    document_text(item, "name", out->name);
    document_bool(item, "real", out->is_real);
    document_bool(item, "stepped", out->stepped);
    if (!out->is_real)
      continue;
    document_real(item, "error", out->error);
    document_real(item, "least", out->range.lo);
    document_real(item, "most", out->range.hi);
  }
}

static void print_notes(const struct report *r) {
  if (r->s->kind != SOURCE_MODEL)
    return;
  puts(r->s->model.is_exact
           ? "integer model: the circuit's outputs are ONNX Runtime's"
           : "float model: quantised here, powers of two as scales");
  if (r->has_difference)
    printf("greatest difference from the float outputs on %zu random inputs: "
           "%.6g\n",
           source_vectors(r->s, DIFFERENCE_VECTORS), r->difference);
  print_errors(r);
  for (size_t i = 0; i < r->s->model.notes.n; i++) {
    char *note = name_visible(r->s->model.notes.at[i]);
    puts(note);
    free(note);
  }
}

static void add_notes(const struct report *r, struct document *d) {
  if (r->s->kind != SOURCE_MODEL)
    return;
  document_bool(d, "exact", r->s->model.is_exact);
  if (r->has_difference)
    document_real(d, "greatest_difference", r->difference);
  add_outputs(&r->s->model, d);
  struct document *notes = document_list(d, "notes");
  for (size_t i = 0; i < r->s->model.notes.n; i++)
    document_add_text(notes, r->s->model.notes.at[i]);
}

/* ---- Depth for gates ---- */

/* The last point of each depth has the fewest gates. */
static bool is_last(const struct strategy *s, size_t i) {
  return i + 1 == s->points.n ||
         s->points.at[i + 1].depth > s->points.at[i].depth;
}

static void print_pareto(const struct report *r) {
  if (!r->has_pareto)
    return;
  puts(
      "depth for gates, inner, the best found by changing one step at a time:");
  for (size_t i = 0; i < r->pareto.points.n; i++) {
    const struct strategy_point *p = &r->pareto.points.at[i];
    if (is_last(&r->pareto, i))
      gmp_printf("  depth %4zu  gates %Zd  wires %Zd\n", p->depth, p->gates,
                 p->wires);
  }
}

static void add_pareto(const struct report *r, struct document *d) {
  struct document *list = r->has_pareto ? document_list(d, "pareto") : NULL;
  for (size_t i = 0; i < r->pareto.points.n; i++) {
    const struct strategy_point *p = &r->pareto.points.at[i];
    if (!is_last(&r->pareto, i))
      continue;
    struct document *item = document_item(list);
    document_count(item, "depth", p->depth);
    document_digits(item, "gates", p->gates);
    document_digits(item, "wires", p->wires);
  }
}

/* ---- For all values of the parameters ---- */

static bool has_parameters(const struct source *s) {
  return source_has_program(s) && s->instance.program->sizes.parameters.n;
}

static void certify(struct report *r) {
  if (has_parameters(r->s))
    r->is_certified = program_certify(&r->certificate, r->s->instance.program,
                                      r->s->instance.levels, &r->why_not);
}

/* Those that are not fixed by the program. */
static size_t free_parameters(const struct sizes *t, const char **name) {
  size_t n = 0;
  for (size_t i = 0; i < t->parameters.n; i++)
    if (t->parameters.at[i].least < t->parameters.at[i].most)
      name[n++] = t->parameters.at[i].name;
  return n;
}

static void print_parameters(const struct sizes *t) {
  const char *name[FAMILY_MAX_PARAMETERS];
  size_t n = free_parameters(t, name);
  for (size_t i = 0; i < n; i++)
    printf("%s%s", !i ? "for every " : i + 1 < n ? ", " : " and ", name[i]);
  if (n)
    printf(": ");
}

static void print_certificate(const struct report *r) {
  if (!has_parameters(r->s))
    return;
  if (!r->is_certified) {
    printf("no certificate: %s\n", r->why_not.message);
    return;
  }
  print_parameters(&r->s->instance.program->sizes);
  printf("inner depth at most %s%s; ", r->certificate.depth,
         r->certificate.is_constant ? ", constant" : "");
  if (r->certificate.gates)
    printf("gates at most %s; ", r->certificate.gates);
  puts("proved");
}

static void add_certificate(const struct report *r, struct document *d) {
  if (!r->is_certified)
    return;
  struct document *c = document_object(d, "certificate");
  document_text(c, "depth", r->certificate.depth);
  document_bool(c, "constant", r->certificate.is_constant);
  if (r->certificate.gates)
    document_text(c, "gates", r->certificate.gates);
  document_bool(c, "proved", true);
}

static void print_json(const struct report *r) {
  struct document *d = document_new();
  measure_document(d, r->s->label, &r->size.m);
  document_text(d, "strategy", strategy_of(r));
  document_text(d, "method", measuring_names[r->size.method]);
  document_digits(d, "work", r->size.m.gates);
  document_count(d, "span", r->size.m.depth);
  struct document *list = document_list(d, "operations");
  for (size_t i = 0; i < r->size.operations.all.n; i++) {
    const struct operation_measure *o = &r->size.operations.all.at[i];
    struct document *item = document_item(list);
    document_text(item, "name", o->name);
    document_text(item, "kind", o->kind);
    if (strcmp(r->totals.by, "kind"))
      document_text(item, r->totals.by, r->totals.name[i]);
    document_count(item, "depth_from", o->depth_from);
    document_count(item, "depth_to", o->depth_to);
    document_digits(item, "gates", o->gates);
    document_digits(item, "wires", o->wires);
    document_count(item, "fan_in", o->fan_in);
    document_count(item, "weight_bits", o->weight_bits);
  }
  totals_add(&r->totals, r->size.m.gates, d);
  add_certificate(r, d);
  growth_add(r->s, r->is_certified ? &r->certificate : NULL, d);
  ledger_add(r->s, &r->size.m, &r->size.operations, d);
  add_pareto(r, d);
  architecture_add(r->s, d);
  add_notes(r, d);
  document_print(d, stdout);
}

static double share(const mpz_t part, const mpz_t whole) {
  return mpz_sgn(whole) ? 100 * mpz_get_d(part) / mpz_get_d(whole) : 0;
}

enum {
  LEAST_WIDTH = 24,
  MOST_WIDTH = 48
};

/* Of the column of names. */
static int name_width(const struct report *r) {
  size_t most = LEAST_WIDTH;
  for (size_t i = 0; i < r->size.operations.all.n; i++) {
    size_t n = strlen(r->size.operations.all.at[i].name);
    if (n > most)
      most = n < MOST_WIDTH ? n : MOST_WIDTH;
  }
  return (int)most;
}

static void print_table(const struct report *r) {
  int width = name_width(r);
  printf("%-*s %-10s %9s %12s %6s %14s %8s %6s\n", width, "operation", "kind",
         "depth", "gates", "share", "wires", "fan-in", "bits");
  for (size_t i = 0; i < r->size.operations.all.n; i++) {
    const struct operation_measure *o = &r->size.operations.all.at[i];
    char depth[48];
    char *name = name_visible(o->name), *kind = name_visible(o->kind);
    snprintf(depth, sizeof depth,
             o->depth_from == o->depth_to ? "%zu" : "%zu-%zu", o->depth_from,
             o->depth_to);
    gmp_printf("%-*s %-10s %9s %12Zd %5.1f%% %14Zd %8zu %6zu\n", width,
               *name ? name : "-", *kind ? kind : "-", depth, o->gates,
               share(o->gates, r->size.m.gates), o->wires, o->fan_in,
               o->weight_bits);
    free(name);
    free(kind);
  }
  totals_print(&r->totals, r->size.m.gates);
  char *label = name_visible(r->s->label);
  printf("\n%s\n", label);
  free(label);
  gmp_printf("depth %zu (inner %zu), gates %Zd (inner %Zd), wires %Zd (shared "
             "%Zd, stored %Zd)\n",
             r->size.m.depth, r->size.m.depth_inner, r->size.m.gates,
             r->size.m.gates_inner, r->size.m.wires, r->size.m.wires_shared,
             r->size.m.wires_stored);
  gmp_printf("inputs %zu, outputs %zu, fan-in %zu, weight bits %zu; work %Zd "
             "one by one, span %zu in parallel\n",
             r->size.m.inputs, r->size.m.outputs, r->size.m.fan_in,
             r->size.m.weight_bits, r->size.m.gates, r->size.m.depth);
  printf("%s, strategy %s\n",
         r->size.method == METHOD_MADE ? "made gate by gate"
                                       : "counted without being made",
         strategy_of(r));
  print_certificate(r);
  growth_print(r->s, r->is_certified ? &r->certificate : NULL);
  ledger_print(r->s, &r->size.m, &r->size.operations);
  print_pareto(r);
  architecture_print(r->s);
  print_notes(r);
}

static void print_csv(const struct report *r) {
  puts("name,kind,depth_from,depth_to,gates,wires,fan_in,weight_bits");
  for (size_t i = 0; i < r->size.operations.all.n; i++) {
    const struct operation_measure *o = &r->size.operations.all.at[i];
    name_csv(stdout, o->name);
    putchar(',');
    name_csv(stdout, o->kind);
    gmp_printf(",%zu,%zu,%Zd,%Zd,%zu,%zu\n", o->depth_from, o->depth_to,
               o->gates, o->wires, o->fan_in, o->weight_bits);
  }
}

static bool find_pareto(struct report *r, const struct arguments *a,
                        struct error *err) {
  r->has_pareto = has_option(a, "pareto");
  if (!r->has_pareto)
    return true;
  if (!source_has_program(r->s))
    return error_set(err, 0, "--pareto: a circuit file is as it is");
  return strategy_find(&r->pareto, &r->s->instance, STRATEGY_SIZE, err);
}

static void report_clear(struct report *r) {
  strategy_clear(&r->pareto);
  if (has_parameters(r->s))
    certificate_clear(&r->certificate);
  measuring_clear(&r->size);
}

static void print(struct report *r, const struct arguments *a) {
  if (has_option(a, "json"))
    print_json(r);
  else if (has_option(a, "csv"))
    print_csv(r);
  else
    print_table(r);
}

static int run(const struct arguments *a) {
  struct source s;
  struct error err = {0};
  enum measuring_method how;
  struct report r = {.s = &s, .is_calibrated = option_value(a, "calibrate")};
  bool ok = open_source(&s, a);
  if (ok) {
    r.strategy = option_value(a, "strategy");
    ok = measuring_option(a, &how, &err) && find_pareto(&r, a, &err) &&
         measuring_find(&r.size, &s, a, how, &err);
    if (!ok)
      report(&err);
  }
  if (ok) {
    r.has_difference =
        source_difference(&s, source_vectors(&s, DIFFERENCE_VECTORS),
                          limits_seed(), &r.difference);
    certify(&r);
    totals_init(&r.totals, &s, &r.size.operations);
    print(&r, a);
    totals_clear(&r.totals);
    report_clear(&r);
  }
  source_clear(&s);
  return ok ? STATUS_YES : STATUS_BAD;
}

const struct command command_inspect = {
    .name = "inspect",
    .arguments = "SOURCE [key=value ...]",
    .help = "depth and gates by operation",
    .about =
        "For each operation: where its gates lie in depth, how many they "
        "are, their wires,\nthe most wires into a gate and the bits of "
        "the longest weight. 'outputs' are\nthe gates made only so that "
        "an output is a bit. Work is the number of gates,\nspan the "
        "depth. What is too large to be made is counted without that: "
        "the\nfigures are the same.\n\nTotals are by operator of an ONNX file, "
        "by part of "
        "an architecture, else by\nkind if there are many operations. Growth "
        "names each parameter and how the proved\nbounds grow with "
        "it.\n\nModel files have parameters: bits=8 "
        "and range=1, of levels and of inputs of\nreal numbers; n=, of "
        "lengths that the file leaves open and --dim does not name;\n"
        "steps=, of an input that says how many rounds a loop has;\n"
        "outputs=rounded or whole. Of outputs of real numbers it is said "
        "how far they can\nbe from the model's.",
    .options =
        (const struct option[]){
            {"csv", 0, NULL, "print a header and a row for each operation"},
            {"method", 0, "HOW", "auto, made or counted"},
            {"pareto", 0, NULL, "list depths with the fewest gates found"},
            {0},
        },
    .examples =
        (const struct example[]){
            {"inspect rule number=110 n=16 steps=4", NULL},
            {"inspect multiply n=8 --json", NULL},
            {"inspect examples/digits-int8/model.onnx", NULL},
            {"inspect examples/configs/gpt2.json n=1024", NULL},
            {0},
        },
    .takes_source = true,
    .run = run,
};
