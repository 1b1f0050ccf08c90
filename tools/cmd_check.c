/* tc0 check: does a circuit compute what its source means? */
#include "analysis/check.h"
#include "analysis/data.h"
#include "circuit/basis.h"
#include "circuit/file.h"
#include "circuit/measure.h"
#include "tools/limits.h"
#include "tools/name_text.h"
#include "tools/open.h"
#include "tools/progress.h"
#include "tools/rational.h"
#include "tools/values_text.h"

#include <stdio.h>
#include <string.h>

/* ---- Limits on measures ---- */

struct limit {
  const char *name; // of the option
  mpz_t limit, value;
  bool is_given, ok;
};

enum {
  LIMITS = 4
};

static bool read_limits(const struct arguments *a, struct limit *limit,
                        struct error *err) {
  static const char *const names[LIMITS] = {"max-depth", "max-gates",
                                            "max-wires", "max-weight-bits"};
  for (int i = 0; i < LIMITS; i++) {
    const char *text = option_value(a, names[i]);
    limit[i] = (struct limit){.name = names[i], .is_given = text, .ok = true};
    mpz_inits(limit[i].limit, limit[i].value, NULL);
    if (text && (text[0] < '0' || text[0] > '9' ||
                 mpz_set_str(limit[i].limit, text, 10)))
      return error_set(err, 0, "--%s %s: must be a whole number", names[i],
                       text);
  }
  return true;
}

static bool judge_limits(const struct circuit *c, struct limit *limit) {
  struct measure m;
  bool ok = true;
  measure_init(&m);
  circuit_measure(c, &m);
  mpz_set_ui(limit[0].value, m.depth);
  mpz_set(limit[1].value, m.gates);
  mpz_set(limit[2].value, m.wires);
  mpz_set_ui(limit[3].value, m.weight_bits);
  measure_clear(&m);
  for (int i = 0; i < LIMITS; i++) {
    limit[i].ok =
        !limit[i].is_given || mpz_cmp(limit[i].value, limit[i].limit) <= 0;
    ok &= limit[i].ok;
  }
  return ok;
}

static bool any_limit(const struct limit *limit) {
  bool any = false;
  for (int i = 0; i < LIMITS; i++)
    any |= limit[i].is_given;
  return any;
}

static void clear_limits(struct limit *limit) {
  for (int i = 0; i < LIMITS; i++)
    mpz_clears(limit[i].limit, limit[i].value, NULL);
}

/* ---- Reports ---- */

struct outcome {
  const struct source *s;
  const struct circuit *c;
  struct verdict verdict;
  struct data_verdict on_data;
  struct limit limit[LIMITS];
  bool is_compared, has_data, ok;
};

static const char *method_of(const struct outcome *o) {
  return o->has_data                ? "data"
         : o->verdict.is_exhaustive ? "exhaustive"
                                    : "random";
}

/* Of all inputs; null where it is not known. */
static void add_share(struct document *d, const struct verdict *v) {
  mpq_t share;
  if (v->has_promise && !v->has_share) {
    document_null(d, "promise_share");
    document_null(d, "promise_share_approx");
    return;
  }
  mpq_init(share);
  mpq_set_ui(share, 1, 1);
  if (v->has_promise)
    fmpq_get_mpq(share, v->share);
  document_rational(d, "promise_share", share);
  mpq_clear(share);
}

static void print_json(const struct outcome *o) {
  const struct circuit *c = o->c;
  const struct verdict *v = &o->verdict;
  struct document *d = document_new();
  document_text(d, "source", o->s->label);
  document_bool(d, "ok", o->ok);
  if (o->is_compared || o->has_data)
    document_text(d, "method", method_of(o));
  else
    document_null(d, "method");
  document_digits_ui(d, "vectors", o->has_data ? o->on_data.rows : v->vectors);
  document_digits_ui(d, "mismatches",
                     o->has_data ? o->on_data.mismatches : v->mismatches);
  if (o->has_data) {
    document_count(d, "values_compared", o->on_data.values);
    document_count(d, "predictions_compared", o->on_data.predictions);
    if (o->on_data.has_difference)
      document_real(d, "greatest_difference", o->on_data.difference);
    else
      document_null(d, "greatest_difference");
  }
  add_share(d, v);
  if (v->input) {
    struct document *x = document_object(d, "counter_example");
    values_document(x, "inputs", v->input, c->input_buses.at, c->input_buses.n);
    values_document(x, "expected", v->expected, c->output_buses.at,
                    c->output_buses.n);
    values_document(x, "got", v->got, c->output_buses.at, c->output_buses.n);
  } else {
    document_null(d, "counter_example");
  }
  struct document *list = document_list(d, "limits");
  for (int i = 0; i < LIMITS; i++) {
    if (!o->limit[i].is_given)
      continue;
    struct document *item = document_item(list);
    document_text(item, "name", o->limit[i].name);
    document_digits(item, "limit", o->limit[i].limit);
    document_digits(item, "value", o->limit[i].value);
    document_bool(item, "ok", o->limit[i].ok);
  }
  document_print(d, stdout);
}

static void print_data(const struct outcome *o) {
  const struct data_verdict *v = &o->on_data;
  printf("%zu of %zu rows differ (%zu values and %zu predictions "
         "compared)\n",
         v->mismatches, v->rows, v->values, v->predictions);
  if (v->mismatches)
    printf("row %zu is the first\n", v->first + 1);
  if (v->has_difference)
    printf("real outputs differ by at most %.6g from the recorded ones\n",
           v->difference);
}

static void print_comparison(const struct verdict *v) {
  printf("%llu of %llu vectors differ (%s%s", (unsigned long long)v->mismatches,
         (unsigned long long)v->vectors,
         v->is_exhaustive ? "all inputs" : "random and extreme inputs",
         v->has_promise ? " that keep the promise" : "");
  if (v->has_share) {
    mpq_t share;
    mpq_init(share);
    fmpq_get_mpq(share, v->share);
    printf(", %.3g of all", rational_double(share));
    mpq_clear(share);
  }
  puts(")");
}

static void print_text(const struct outcome *o) {
  const struct circuit *c = o->c;
  const struct verdict *v = &o->verdict;
  if (o->has_data || o->is_compared) {
    char *label = name_visible(o->s->label);
    printf("%s: ", label);
    free(label);
  }
  if (o->has_data)
    print_data(o);
  if (o->is_compared)
    print_comparison(v);
  if (v->input) {
    puts("for");
    values_print(stdout, v->input, c->input_buses.at, c->input_buses.n);
    puts("expected");
    values_print(stdout, v->expected, c->output_buses.at, c->output_buses.n);
    puts("got");
    values_print(stdout, v->got, c->output_buses.at, c->output_buses.n);
  }
  for (int i = 0; i < LIMITS; i++)
    if (o->limit[i].is_given)
      gmp_printf("%s: %Zd, limit %Zd: %s\n", o->limit[i].name + 4,
                 o->limit[i].value, o->limit[i].limit,
                 o->limit[i].ok ? "ok" : "exceeded");
}

/* ---- The command ---- */

static bool find_how(const struct arguments *a, struct checking *how,
                     struct error *err) {
  *how = (struct checking){
      .vectors = 1000000, .seed = limits_seed(), .progress = progress_update};
  if (!option_method(a, &how->evaluation, err))
    return false;
  return option_count(a, "vectors", 1, (uint64_t)1 << 40, true, &how->vectors,
                      err);
}

/* A circuit of a file, in the basis that was asked for. */
static bool read_other(struct circuit *other, const char *path,
                       struct source *s, struct error *err) {
  struct circuit read;
  source_original(s); // has the buses
  if (s->basis == BASIS_THRESHOLD)
    return circuit_read_file(other, path, err) && check_fits(other, s, err);
  circuit_init(&read);
  read.max_bytes = limits_memory();
  bool ok = circuit_read_file(&read, path, err) && check_fits(&read, s, err);
  if (ok && !basis_convert(other, &read, s->basis, err))
    die("%s", err->message);
  circuit_clear(&read);
  return ok;
}

/* The circuit to check: the source's own, or another from a file. */
static bool find_circuit(struct outcome *o, const struct arguments *a,
                         struct source *s, struct circuit *other,
                         struct error *err) {
  const char *path = option_value(a, "circuit");
  if (!path) {
    o->c = make_circuit(s, a);
    return true;
  }
  if (!source_has_program(s))
    return error_set(err, 0,
                     "a circuit file has no meaning to compare with; "
                     "'--circuit' needs a task or a model");
  err->file = path;
  if (!read_other(other, path, s, err))
    return false;
  err->file = NULL;
  o->c = other;
  return true;
}

static bool check_on_data(struct outcome *o, const struct source *s,
                          const char *path, const struct checking *how,
                          struct error *err) {
  struct data d = {0};
  if (s->kind != SOURCE_MODEL)
    return error_set(err, 0, "--data needs a model");
  bool ok = data_read(&d, &s->model, path, err);
  if (ok && !d.rows.n)
    ok = error_set(err, 0, "'%s' has no rows", path);
  if (ok)
    check_data(&o->on_data, o->c, &s->model, &d, how->evaluation);
  if (ok && !o->on_data.values && !o->on_data.predictions)
    ok = error_set(err, 0,
                   "there are inputs only, so nothing to compare with: add "
                   "columns of outputs, or torch_pred");
  if (err->file) // it goes with the data
    err->file = path;
  data_clear(&d);
  o->has_data = true;
  o->ok &= !o->on_data.mismatches;
  return ok;
}

/* With what the source means, or, if it is a circuit file that was converted,
   with the circuit in the file. */
static void compare(struct outcome *o, struct source *s,
                    const struct checking *how) {
  struct reference ref;
  if (!source_has_program(s)) {
    check_same(&o->verdict, o->c, source_original(s), how);
    return;
  }
  reference_init(&ref, s);
  check_circuit(&o->verdict, o->c, &ref, how);
  reference_clear(&ref);
}

static bool check(struct outcome *o, const struct arguments *a,
                  struct source *s, struct circuit *other, struct error *err) {
  struct checking how;
  if (!find_how(a, &how, err) || !find_circuit(o, a, s, other, err))
    return false;
  bool has_meaning = source_has_program(s) || s->basis != BASIS_THRESHOLD;
  if (!has_meaning && !any_limit(o->limit))
    return error_set(err, 0,
                     "a circuit file has no meaning to compare with; "
                     "give limits, as --max-depth 3, or check it with "
                     "'tc0 check SOURCE --circuit FILE'");
  o->ok = judge_limits(o->c, o->limit);
  if (has_option(a, "data"))
    return check_on_data(o, s, option_value(a, "data"), &how, err);
  o->is_compared = has_meaning;
  if (!o->is_compared)
    return true;
  progress_begin(a, "checking");
  compare(o, s, &how);
  progress_end();
  o->ok &= !o->verdict.mismatches;
  return true;
}

/* The status after the source was opened. */
static int check_source(struct outcome *o, const struct arguments *a,
                        struct source *s) {
  struct circuit other;
  struct error err = {0};
  circuit_init(&other);
  other.max_bytes = limits_memory();
  int status;
  if (!check(o, a, s, &other, &err)) {
    status = report(&err);
  } else {
    (has_option(a, "json") ? print_json : print_text)(o);
    status = o->ok ? STATUS_YES : STATUS_NO;
  }
  verdict_clear(&o->verdict);
  circuit_clear(&other);
  return status;
}

static int run(const struct arguments *a) {
  struct source s;
  struct error err = {0};
  struct outcome o = {.s = &s};
  int status = STATUS_BAD;
  if (!read_limits(a, o.limit, &err)) {
    status = report(&err);
  } else {
    if (open_source(&s, a))
      status = check_source(&o, a, &s);
    source_clear(&s);
  }
  clear_limits(o.limit);
  return status;
}

const struct command command_check = {
    .name = "check",
    .arguments = "SOURCE [key=value ...]",
    .help = "compare the circuit with what the source means",
    .about =
        "A task's circuit is compared with an answer that shares nothing with "
        "it, a model's\nwith what its program means: on all inputs up to 24 "
        "input bits, else on random and\nextreme ones. --circuit checks a "
        "circuit file against the source. --data compares\na model's circuit "
        "with recorded rows: a CSV file, or a folder of input_K.pb and\n"
        "output_K.pb. Exit status 1 if anything differs or a limit is "
        "exceeded.",
    .options =
        (const struct option[]){
            {"circuit", 0, "FILE", "check this circuit against the source"},
            {"data", 0, "PATH", "compare with recorded rows: FILE.csv or DIR"},
            {"vectors", 0, "N",
             "where not all inputs are tried; default "
             "1000000"},
            {"method", 0, "rungs|ladders", "how to evaluate; default rungs"},
            {"max-depth", 0, "N", "fail if the circuit is deeper"},
            {"max-gates", 0, "N", "fail if it has more gates"},
            {"max-wires", 0, "N", "fail if it has more wires"},
            {"max-weight-bits", 0, "N", "fail if a weight is longer"},
            {0},
        },
    .examples =
        (const struct example[]){
            {"check add n=8 --max-depth 2",
             "add n=8: 0 of 65536 vectors differ (all inputs)\n"
             "depth: 2, limit 2: ok\n"},
            {"check examples/digits-int8/model.onnx --data "
             "examples/digits-int8/test.csv",
             "examples/digits-int8/model.onnx: 0 of 360 rows differ (3600 "
             "values and 360 predictions compared)\n"},
            {"check multiply n=32 --vectors 100000 --method ladders", NULL},
            {0},
        },
    .takes_source = true,
    .run = run,
};
