/* Model files: their options, calibration, and how far quantised ones are from
   real numbers. */
#include "analysis/data.h"
#include "analysis/source_parts.h"
#include "compile/front/flow_run.h"
#include "compile/program/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <flint/fmpz_vec.h>

/* "n=" and the like: a length, if it is that. */
static bool is_length(const char *word, const char *key, long *to, bool *ok,
                      struct error *err) {
  size_t n = strlen(key);
  char *end;
  if (strncmp(word, key, n) != 0 || word[n] != '=')
    return false;
  *to = strtol(word + n + 1, &end, 10);
  *ok = (word[n + 1] >= '0' && word[n + 1] <= '9' && !*end && *to >= 1 &&
         *to <= 1L << 26) ||
        error_set(err, 0, "'%s': %s must be from 1 to 2^26", word, key);
  return true;
}

static bool set_option(struct model_options *o, const char *word,
                       struct error *err) {
  char *end = NULL;
  bool ok;
  if (is_length(word, "n", &o->length, &ok, err) ||
      is_length(word, "steps", &o->steps, &ok, err) ||
      is_length(word, "targets", &o->targets, &ok, err))
    return ok;
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
  if (!strcmp(word, "outputs=whole") || !strcmp(word, "outputs=rounded")) {
    o->has_whole_outputs = word[8] == 'w';
    return true;
  }
  if (!strncmp(word, "outputs=", 8))
    return error_set(err, 0, "'%s': outputs must be whole or rounded", word);
  return error_set(
      err, 0,
      "a model has no parameter '%s'; it has bits=, range=, n= "
      "(lengths that it leaves open), steps= (rounds of its loops, where an "
      "input says them), targets= (of a decoder beside an encoder), "
      "outputs=rounded|whole",
      word);
}

/* The least and greatest of each value over all rows. */
static void widen(struct model_range *range, const double *x, size_t n,
                  bool is_first) {
  if (is_first)
    *range = (struct model_range){INFINITY, -INFINITY};
  for (size_t i = 0; i < n; i++)
    if (isfinite(x[i])) {
      range->lo = fmin(range->lo, x[i]);
      range->hi = fmax(range->hi, x[i]);
    }
}

static bool widen_by_row(const struct model *m, struct flow_run *r,
                         const double *in, size_t row,
                         struct model_range *range, struct error *err) {
  if (!flow_run_values(r, in))
    return error_set(err, 0, "--calibrate: row %zu divides by 0", row);
  for (size_t x = 0; x < m->flow.nodes.n; x++)
    widen(&range[x], r->at[x], m->flow.nodes.at[x]->shape.n, row == 0);
  return true;
}

static bool ranges_of_data(const struct model *m, const char *path,
                           struct flow_run *r, struct model_range *range,
                           struct error *err) {
  struct data d = {0};
  bool ok = data_read(&d, m, path, err);
  for (size_t row = 0; ok && row < d.rows.n; row++)
    ok = widen_by_row(m, r, d.rows.at[row].in, row, range, err);
  if (ok && !d.rows.n)
    ok = error_set(err, 0, "--calibrate: '%s' has no rows", path);
  if (err->file) // it goes with the data
    err->file = path;
  data_clear(&d);
  return ok;
}

enum {
  RANDOM_ROWS = 200
};

static bool ranges_of_random(const struct model *m, double most,
                             struct flow_run *r, struct model_range *range,
                             struct error *err) {
  uint64_t seed = 1;
  bool ok = true;
  double *in = xcalloc(model_inputs(m) + 1, sizeof *in);
  for (size_t row = 0; ok && row < RANDOM_ROWS; row++)
    ok = source_draw_row(m, most, row, &seed, in, err) &&
         widen_by_row(m, r, in, row, range, err);
  free(in);
  return ok;
}

static bool find_ranges(const struct model *m, const char *path, double most,
                        struct model_range *range, struct error *err) {
  struct flow_run r;
  flow_run_init(&r, &m->flow);
  bool ok = strcmp(path, "random") ? ranges_of_data(m, path, &r, range, err)
                                   : ranges_of_random(m, most, &r, range, err);
  flow_run_clear(&r);
  return ok;
}

static bool translate(struct source *s, const char *path, const char *data,
                      struct model_options *o, struct error *err) {
  struct model_range *range =
      data ? xcalloc(s->model.flow.nodes.n + 1, sizeof *range) : NULL;
  bool ok = !data || find_ranges(&s->model, data, o->range, range, err);
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

/* ---- Lengths and inputs that the command line gives ---- */

/* NAME=VALUE in two: the name ends with the text, which is copied. */
static char *split_setting(const char *text, const char **value) {
  const char *equals = strchr(text, '=');
  if (!equals || equals == text || !equals[1])
    return NULL;
  char *name = xstrdup(text);
  name[equals - text] = 0;
  *value = equals + 1;
  return name;
}

static bool read_dimension(const char *text, struct model_dimension *d,
                           struct error *err) {
  const char *value;
  char *end, *name = split_setting(text, &value);
  d->name = name;
  d->value = name ? strtol(value, &end, 10) : 0;
  return (name && !*end && d->value >= 1 && d->value <= 1L << 26) ||
         error_set(err, 0, "--dim %s: must be NAME=N, a length from 1 to 2^26",
                   text);
}

static bool read_bound(struct source *s, const char *text,
                       struct model_bound *b, struct error *err) {
  const char *path;
  struct onnx_tensor tensor;
  b->name = split_setting(text, &path);
  if (!b->name)
    return error_set(err, 0, "--bind %s: must be INPUT=FILE.pb", text);
  bool ok = onnx_tensor_read(&tensor, path, err);
  array_push(&s->bound, tensor);
  return ok;
}

/* To be freed, in any case. */
static bool read_settings(struct source *s, const struct source_options *from,
                          struct model_options *o, struct error *err) {
  struct model_dimension *dim = xcalloc(from->n_dim + 1, sizeof *dim);
  struct model_bound *bound = xcalloc(from->n_bind + 1, sizeof *bound);
  bool ok = true;
  o->dimensions = dim;
  o->bound = bound;
  for (size_t i = 0; ok && i < from->n_dim; i++)
    ok = read_dimension(from->dim[o->n_dimensions++], &dim[i], err);
  for (size_t i = 0; ok && i < from->n_bind; i++)
    ok = read_bound(s, from->bind[o->n_bound++], &bound[i], err);
  for (size_t i = 0; ok && i < o->n_bound; i++)
    bound[i].tensor = &s->bound.at[i];
  return ok;
}

static void free_settings(struct model_options *o) {
  for (size_t i = 0; i < o->n_dimensions; i++)
    free((void *)(uintptr_t)o->dimensions[i].name);
  for (size_t i = 0; i < o->n_bound; i++)
    free((void *)(uintptr_t)o->bound[i].name);
  free((void *)(uintptr_t)o->dimensions);
  free((void *)(uintptr_t)o->bound);
}

/* ---- Safetensors ---- */

static bool ends_with(const char *text, const char *end) {
  size_t n = strlen(text), m = strlen(end);
  return n >= m && !strcmp(text + n - m, end);
}

/* The length of a header below 2^32, and the header. */
static bool has_header(const char *path) {
  unsigned char byte[9] = {0};
  FILE *f = fopen(path, "rb");
  size_t n = f ? fread(byte, 1, sizeof byte, f) : 0;
  if (f)
    fclose(f);
  return n == sizeof byte && byte[8] == '{' && !byte[4] && !byte[5] &&
         !byte[6] && !byte[7];
}

bool source_is_checkpoint(const char *path) {
  struct stat st;
  if (stat(path, &st))
    return false;
  return S_ISDIR(st.st_mode) ||
         (S_ISREG(st.st_mode) &&
          (ends_with(path, ".safetensors") ||
           ends_with(path, ".safetensors.index.json") || has_header(path)));
}

static bool load_checkpoint(struct source *s, const char *path,
                            const struct source_options *options,
                            const struct model_options *o, struct error *err) {
  if (o->steps)
    return error_set(err, 0, "steps=: only an ONNX model has them");
  if (options->n_dim || options->n_bind)
    return error_set(err, 0, "--%s needs an ONNX model",
                     options->n_dim ? "dim" : "bind");
  return model_load_checkpoint(&s->model, path, o, err);
}

static bool load_model(struct source *s, const char *path,
                       const struct source_options *options,
                       struct model_options *o, struct error *err) {
  if (o->targets)
    return error_set(err, 0,
                     "targets=: only an encoder-decoder in safetensors has "
                     "them");
  return read_settings(s, options, o, err) &&
         (model_load(&s->model, path, o, err) || explain_model(path, err));
}

static bool open_model(struct source *s, const char *path,
                       const struct source_options *options,
                       struct model_options *o, struct error *err) {
  bool ok = source_is_checkpoint(path)
                ? load_checkpoint(s, path, options, o, err)
                : load_model(s, path, options, o, err);
  return ok && translate(s, path, options->calibrate, o, err);
}

bool source_open_model(struct source *s, const char *const *word, size_t n,
                       const struct source_options *options,
                       struct error *err) {
  struct model_options o = {.bits = 8, .range = 1};
  for (size_t i = 1; i < n; i++)
    if (!set_option(&o, word[i], err))
      return false;
  s->kind = SOURCE_MODEL;
  s->has_model = true;
  bool ok = open_model(s, word[0], options, &o, err);
  free_settings(&o);
  return ok && instance_init(&s->instance, &s->model.program, NULL, err);
}

/* Of the real outputs y stands for, from those in real numbers. */
static double difference(const struct model *m, const struct flow_run *r,
                         const fmpz *y) {
  double most = 0;
  mpz_t q;
  mpz_init(q);
  for (size_t i = 0; i < m->outputs.n; i++) {
    const struct model_port *port = &m->outputs.at[i];
    for (size_t k = 0; k < port->n; k++, y++) {
      fmpz_get_mpz(q, y);
      if (port->is_real)
        most = fmax(most, fabs(model_real(port, k, q) - r->at[port->flow][k]));
    }
  }
  mpz_clear(q);
  return most;
}

bool source_difference(const struct source *s, size_t vectors, uint64_t seed,
                       double *greatest) {
  const struct model *m = &s->model;
  struct flow_run r;
  if (s->kind != SOURCE_MODEL || m->is_exact)
    return false;
  bool ok = true;
  flow_run_init(&r, &m->flow);
  size_t inputs = model_inputs(m), outputs = model_outputs(m);
  double *in = xcalloc(inputs, sizeof *in);
  fmpz *z = _fmpz_vec_init((slong)inputs), *y = _fmpz_vec_init((slong)outputs);
  struct run run;
  run_init(&run, &s->instance);
  *greatest = 0;
  for (size_t v = 0; ok && v < vectors; v++) {
    source_draw_levels(m, &seed, in);
    data_quantise(m, in, z);
    run_values(&run, z, y);
    ok = flow_run_values(&r, in);
    *greatest = fmax(*greatest, difference(m, &r, y));
  }
  run_clear(&run);
  _fmpz_vec_clear(z, (slong)inputs);
  _fmpz_vec_clear(y, (slong)outputs);
  free(in);
  flow_run_clear(&r);
  return ok;
}
