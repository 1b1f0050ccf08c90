#include "analysis/source.h"
#include "analysis/data.h"
#include "circuit/file.h"
#include "compile/front/real.h"
#include "compile/program/lower.h"
#include "compile/program/run.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <flint/fmpz_vec.h>

void source_init(struct source *s) {
  memset(s, 0, sizeof *s);
  circuit_init(&s->circuit);
  circuit_init(&s->converted);
  program_init(&s->program);
}

void source_clear(struct source *s) {
  free(s->label);
  circuit_clear(&s->circuit);
  circuit_clear(&s->converted);
  instance_clear(&s->instance);
  program_clear(&s->program);
  for (size_t i = 0; i < TASK_MAX_PARAMETERS; i++)
    fmpz_clear(&s->value[i]);
  if (s->kind == SOURCE_MODEL)
    model_clear(&s->model);
}

/* As on the command line: "add n=8 --basis and-or". */
static char *join(const char *const *word, size_t n, enum basis basis) {
  static const char option[] = " --basis ";
  size_t length = 1 + sizeof option + strlen(basis_names[basis]);
  for (size_t i = 0; i < n; i++)
    length += strlen(word[i]) + 1;
  char *text = xmalloc(length), *at = text;
  for (size_t i = 0; i < n; i++)
    at = stpcpy(stpcpy(at, i ? " " : ""), word[i]);
  if (basis != BASIS_THRESHOLD)
    stpcpy(stpcpy(at, option), basis_names[basis]);
  return text;
}

/* ---- Parameters of tasks ---- */

static bool list_parameters(const struct task *t, const char *word,
                            struct error *err) {
  char list[256] = "";
  for (size_t i = 0, n = 0; t->parameters[i].name && n < sizeof list; i++)
    n += (size_t)snprintf(list + n, sizeof list - n, "%s%s=", i ? ", " : "",
                          t->parameters[i].name);
  return error_set(err, 0, "'%s' has no parameter '%s'; it has %s", t->name,
                   word, list);
}

/* Decimal, 0x or 0b. */
static bool parse_integer(fmpz_t z, const char *text) {
  const char *digit = text + (*text == '-');
  mpz_t v;
  size_t prefix = *digit == '0' && strchr("xXbB", digit[1]) && digit[1] ? 2 : 0;
  if (!isxdigit((unsigned char)digit[prefix]) || (!prefix && *digit > '9'))
    return false;
  mpz_init(v);
  bool ok = !mpz_set_str(v, text, *digit == '0' && digit[1] ? 0 : 10);
  fmpz_set_mpz(z, v);
  mpz_clear(v);
  return ok;
}

static bool parse_value(fmpz_t z, const struct task_parameter *q,
                        const char *text) {
  for (long i = 0; q->choices && i <= q->most; i++)
    if (!strcmp(q->choices[i], text)) {
      fmpz_set_si(z, i);
      return true;
    }
  return !q->choices && parse_integer(z, text) &&
         fmpz_cmp_si(z, q->least) >= 0 &&
         (q->is_long ? fmpz_bits(z) <= (flint_bitcnt_t)q->most
                     : fmpz_cmp_si(z, q->most) <= 0);
}

static bool explain_value(const struct task_parameter *q, const char *word,
                          struct error *err) {
  char list[256] = "";
  if (q->is_long)
    return error_set(err, 0,
                     "'%s': %s must be a whole number from %ld on, of at most "
                     "%ld bits",
                     word, q->name, q->least, q->most);
  if (!q->choices)
    return error_set(err, 0, "'%s': %s must be a whole number from %ld to %ld",
                     word, q->name, q->least, q->most);
  for (long i = 0, n = 0; i <= q->most && n < (long)sizeof list; i++)
    n += snprintf(list + n, sizeof list - (size_t)n, "%s%s",
                  !i             ? ""
                  : i == q->most ? " or "
                                 : ", ",
                  q->choices[i]);
  return error_set(err, 0, "'%s': %s must be %s", word, q->name, list);
}

static bool set_parameter(struct source *s, const char *word,
                          struct error *err) {
  const char *equals = strchr(word, '=');
  size_t i = 0, n = equals ? (size_t)(equals - word) : 0;
  const struct task_parameter *q = s->task->parameters;
  while (q[i].name && (strlen(q[i].name) != n || memcmp(q[i].name, word, n)))
    i++;
  if (!equals || !q[i].name)
    return list_parameters(s->task, word, err);
  if (s->is_set[i])
    return error_set(err, 0, "'%s': %s was set before", word, q[i].name);
  s->is_set[i] = true;
  return parse_value(&s->value[i], &q[i], equals + 1) ||
         explain_value(&q[i], word, err);
}

static bool open_task(struct source *s, const char *const *word, size_t n,
                      struct error *err) {
  const struct task_parameter *q = s->task->parameters;
  long size[TASK_MAX_PARAMETERS];
  for (size_t i = 0; q[i].name; i++)
    fmpz_set_si(&s->value[i], q[i].standard);
  for (size_t i = 0; i < n; i++)
    if (!set_parameter(s, word[i], err))
      return false;
  if (s->task->check && !s->task->check(s->value, err))
    return false;
  s->task->build(&s->program, s->value);
  for (size_t i = 0; i < s->program.sizes.parameters.n; i++)
    for (size_t j = 0; q[j].name; j++)
      if (!strcmp(q[j].name, s->program.sizes.parameters.at[i].name))
        size[i] = s->value[j];
  return instance_init(&s->instance, &s->program, size, err);
}

/* ---- Models ---- */

static bool set_option(struct model_options *o, const char *word,
                       struct error *err) {
  char *end = NULL;
  if (!strncmp(word, "bits=", 5)) {
    long v = strtol(word + 5, &end, 10);
    if (word[5] < '0' || word[5] > '9' || *end || v < 2 || v > 16)
      return error_set(err, 0, "'%s': bits must be from 2 to 16", word);
    o->bits = (unsigned)v;
    return true;
  }
  if (!strncmp(word, "range=", 6)) {
    o->range = strtod(word + 6, &end);
    if (end == word + 6 || *end || !(o->range > 0) || o->range > 1e30)
      return error_set(err, 0, "'%s': range must be a positive number", word);
    return true;
  }
  return error_set(err, 0,
                   "a model has no parameter '%s'; it has bits=, range=", word);
}

/* The least and greatest of each value over all rows. */
static bool find_ranges(const struct model *m, const char *path,
                        struct model_range *range, struct error *err) {
  struct data d = {0};
  struct real_run r;
  bool ok = real_run_init(&r, m) ||
            error_set(err, 0,
                      "--calibrate: the model has operators on "
                      "integers, which need none");
  ok = ok && data_read(&d, m, path, err);
  for (size_t row = 0; ok && row < d.rows.n; row++) {
    real_run_values(&r, d.rows.at[row].in);
    for (size_t v = 0; v < m->onnx.graph.values.n; v++)
      for (size_t i = 0; i < m->values[v].n; i++) {
        if (row + i == 0)
          range[v] = (struct model_range){r.at[v][0], r.at[v][0]};
        range[v].lo = fmin(range[v].lo, r.at[v][i]);
        range[v].hi = fmax(range[v].hi, r.at[v][i]);
      }
  }
  if (ok && !d.rows.n)
    ok = error_set(err, 0, "--calibrate: '%s' has no rows", path);
  if (err->file) // it goes with the data
    err->file = path;
  real_run_clear(&r);
  data_clear(&d);
  return ok;
}

static bool calibrate(struct source *s, const char *path, const char *data,
                      struct model_options *o, struct error *err) {
  struct model_range *range =
      xcalloc(s->model.onnx.graph.values.n, sizeof *range);
  bool ok = find_ranges(&s->model, data, range, err);
  if (ok) {
    o->ranges = range;
    err->file = path;
    ok = model_translate(&s->model, o, err);
  }
  if (ok)
    err->file = NULL;
  free(range);
  return ok;
}

/* A file that is not called a model may have been meant as a circuit. */
static bool explain_model(const char *path, struct error *err) {
  const char *end = strrchr(path, '.');
  char why[sizeof err->message];
  if (end && !strcmp(end, ".onnx"))
    return false;
  memcpy(why, err->message, sizeof why);
  return error_set(err, 0,
                   "neither a circuit, which begins with the line 'circuit 1', "
                   "nor an ONNX model: %.250s",
                   why);
}

static bool open_model(struct source *s, const char *const *word, size_t n,
                       const struct source_options *options,
                       struct error *err) {
  struct model_options o = {.bits = 8, .range = 1};
  for (size_t i = 1; i < n; i++)
    if (!set_option(&o, word[i], err))
      return false;
  s->kind = SOURCE_MODEL;
  if (!model_read(&s->model, word[0], &o, err))
    return explain_model(word[0], err);
  if ((options->calibrate && !s->model.is_exact &&
       !calibrate(s, word[0], options->calibrate, &o, err)))
    return false;
  return instance_init(&s->instance, &s->model.program, NULL, err);
}

/* Integers, and real numbers in the middle of random levels. */
static void draw_inputs(const struct model *m, uint64_t *seed, double *in) {
  for (size_t i = 0; i < m->inputs.n; i++) {
    const struct quantiser *l = &m->inputs.at[i].levels;
    uint64_t span = (uint64_t)l->hi - (uint64_t)l->lo; // 2^64 - 1 of int64
    for (size_t k = 0; k < m->inputs.at[i].n; k++) {
      *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
      uint64_t drawn = *seed >> 33;
      long q = l->lo + (long)(span < UINT32_MAX ? drawn % (span + 1) : drawn);
      *in++ = (double)(q - l->zero) * (double)l->scale;
    }
  }
}

/* Of the real outputs y stands for, from those in real numbers. */
static double difference(const struct real_run *r, const fmpz *y) {
  const struct model *m = r->m;
  double most = 0;
  mpz_t q;
  mpz_init(q);
  for (size_t i = 0; i < m->outputs.n; i++) {
    const struct model_port *port = &m->outputs.at[i];
    for (size_t k = 0; k < port->n; k++, y++) {
      fmpz_get_mpz(q, y);
      if (port->is_real)
        most = fmax(most, fabs(model_real(port, k, q) - r->at[port->value][k]));
    }
  }
  mpz_clear(q);
  return most;
}

bool source_difference(const struct source *s, size_t vectors, uint64_t seed,
                       double *greatest) {
  const struct model *m = &s->model;
  struct real_run r;
  if (s->kind != SOURCE_MODEL || m->is_exact)
    return false;
  bool ok = real_run_init(&r, m);
  size_t inputs = model_inputs(m), outputs = model_outputs(m);
  double *in = xcalloc(inputs, sizeof *in);
  fmpz *z = _fmpz_vec_init((slong)inputs), *y = _fmpz_vec_init((slong)outputs);
  struct run run;
  run_init(&run, &s->instance);
  *greatest = 0;
  for (size_t v = 0; ok && v < vectors; v++) {
    draw_inputs(m, &seed, in);
    data_quantise(m, in, z);
    run_values(&run, z, y);
    real_run_values(&r, in);
    *greatest = fmax(*greatest, difference(&r, y));
  }
  run_clear(&run);
  _fmpz_vec_clear(z, (slong)inputs);
  _fmpz_vec_clear(y, (slong)outputs);
  free(in);
  real_run_clear(&r);
  return ok;
}

/* ---- Files ---- */

/* Circuits begin with a word, a comment or 0x89; anything else is a model. What
   can be read only once, such as a pipe, is a circuit. */
static bool is_model(const char *path) {
  struct stat st;
  bool is_regular = !stat(path, &st) && S_ISREG(st.st_mode);
  FILE *f = is_regular ? fopen(path, "rb") : NULL;
  int ch = f ? getc(f) : EOF;
  if (f)
    fclose(f);
  return ch != EOF && ch != 0x89 && !strchr("c# \t\r\n", ch);
}

static bool open_file(struct source *s, const char *const *word, size_t n,
                      struct error *err) {
  bool is_path = strpbrk(word[0], "/.") || !strcmp(word[0], "-");
  if (!is_path && access(word[0], F_OK))
    return error_set(err, 0,
                     "'%s' is neither a task nor a file; 'tc0 list' has the "
                     "tasks",
                     word[0]);
  if (n > 1)
    return error_set(err, 0, "a circuit file has no parameter '%s'", word[1]);
  s->is_made = true;
  err->file = word[0];
  bool ok = circuit_read_file(&s->circuit, word[0], err);
  if (ok)
    err->file = NULL;
  return ok;
}

bool source_open(struct source *s, const char *const *word, size_t n,
                 const struct source_options *options, struct error *err) {
  s->label = join(word, n, options->basis);
  s->basis = options->basis;
  s->converted.max_bytes = options->max_bytes;
  s->circuit.max_bytes = options->max_bytes;
  s->task = task_find(word[0]);
  s->kind = s->task ? SOURCE_TASK : SOURCE_FILE;
  if (!s->task && is_model(word[0]))
    return open_model(s, word, n, options, err);
  if (options->calibrate)
    return error_set(err, 0, "--calibrate needs a float model");
  return s->task ? open_task(s, word + 1, n - 1, err)
                 : open_file(s, word, n, err);
}

const struct circuit *source_original(struct source *s) {
  if (!s->is_made)
    program_lower(&s->instance, &s->circuit);
  s->is_made = true;
  return &s->circuit;
}

const struct circuit *source_circuit(struct source *s) {
  struct error err = {0};
  const struct circuit *c = source_original(s);
  if (s->basis == BASIS_THRESHOLD)
    return c;
  if (!s->is_converted && !basis_convert(&s->converted, c, s->basis, &err))
    die("%s", err.message);
  s->is_converted = true;
  return &s->converted;
}

bool source_has_program(const struct source *s) {
  return s->kind != SOURCE_FILE;
}
