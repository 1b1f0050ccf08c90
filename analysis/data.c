#include "analysis/data.h"
#include "analysis/check.h"
#include "compile/front/csv.h"
#include "compile/front/onnx.h"
#include "compile/program/run.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <flint/fmpz_vec.h>

static size_t count_values(const struct model_port *port, size_t n) {
  size_t values = 0;
  for (size_t i = 0; i < n; i++)
    values += port[i].n;
  return values;
}

size_t model_inputs(const struct model *m) {
  return count_values(m->inputs.at, m->inputs.n);
}

size_t model_outputs(const struct model *m) {
  return count_values(m->outputs.at, m->outputs.n);
}

void data_clear(struct data *d) {
  for (size_t i = 0; i < d->rows.n; i++) {
    free(d->rows.at[i].in);
    free(d->rows.at[i].out);
  }
  for (size_t i = 0; i < d->files.n; i++)
    free(d->files.at[i]);
  array_clear(&d->rows);
  array_clear(&d->files);
}

static struct data_row *add_row(struct data *d, const struct model *m) {
  struct data_row row = {.predicted = -1};
  row.in = xcalloc(model_inputs(m), sizeof *row.in);
  row.out = xcalloc(model_outputs(m), sizeof *row.out);
  for (size_t i = 0; i < model_outputs(m); i++)
    row.out[i] = NAN;
  array_push(&d->rows, row);
  return &array_last(&d->rows);
}

/* folder/name, kept with the data. */
static const char *keep_path(struct data *d, const char *folder,
                             const char *name) {
  size_t n = strlen(folder) + strlen(name) + 2;
  char *path = xmalloc(n);
  snprintf(path, n, "%s%s%s", folder, *name ? "/" : "", name);
  array_push(&d->files, path);
  return path;
}

/* What is wrong with an input's value, as the end of a sentence; or NULL. The
   bounds of int64 are no doubles: 2^63 is the first beyond them. */
static const char *wrong_value(const struct model_port *port, double x) {
  if (isnan(x))
    return "is not a number";
  if (port->is_real)
    return NULL;
  if (x != rint(x))
    return "is not a whole number";
  return x >= (double)port->levels.lo && x <= (double)port->levels.hi &&
                 x < 0x1p63
             ? NULL
             : "is out of its type's range";
}

static bool check_inputs(const struct model *m, const double *in, size_t line,
                         struct error *err) {
  for (size_t i = 0; i < m->inputs.n; i++)
    for (size_t k = 0; k < m->inputs.at[i].n; k++, in++) {
      const char *wrong = wrong_value(&m->inputs.at[i], *in);
      if (wrong)
        return error_set(err, line, "element %zu of input '%s', %g, %s", k,
                         m->inputs.at[i].name, *in, wrong);
    }
  return true;
}

/* ---- CSV ---- */

static bool read_cells(struct csv *csv, const struct model *m,
                       struct data_row *row) {
  size_t inputs = model_inputs(m);
  for (size_t i = 0; i < inputs; i++)
    if (!csv_double(csv, i, &row->in[i]))
      return false;
  if (!check_inputs(m, row->in, csv->scan.line, csv->err))
    return false;
  for (size_t i = 0; i < model_outputs(m); i++)
    if (csv_text(csv, inputs + i) && !csv_double(csv, inputs + i, &row->out[i]))
      return false;
  const char *predicted = csv_predicted(csv);
  char *end;
  if (!predicted)
    return true;
  row->predicted = strtol(predicted, &end, 10);
  return (end != predicted && !*end) ||
         error_set(csv->err, csv->scan.line, "torch_pred '%.40s' is no index",
                   predicted);
}

static bool read_csv(struct data *d, const struct model *m, const char *path,
                     struct error *err) {
  size_t n = m->inputs.n + m->outputs.n;
  const char *alias = m->inputs.n == 1 ? "x" : NULL; // as in data of others
  struct csv_bus *bus = xcalloc(n, sizeof *bus);
  for (size_t i = 0; i < n; i++) {
    bool is_input = i < m->inputs.n;
    const struct model_port *port =
        is_input ? &m->inputs.at[i] : &m->outputs.at[i - m->inputs.n];
    bus[i] = (struct csv_bus){.name = port->name,
                              .values = port->n,
                              .is_optional = !is_input,
                              .alias = is_input ? alias : NULL};
  }
  struct csv csv;
  bool end = false, ok = csv_open(&csv, path, bus, n, err);
  while (ok && (ok = csv_next(&csv, &end)) && !end)
    ok = read_cells(&csv, m, add_row(d, m));
  csv_close(&csv);
  free(bus);
  return ok;
}

/* ---- Tensors ---- */

/* Rows [from..) take their part of the tensor at `path`; as many rows as it has
   are made for the first input. */
static bool read_tensor(struct data *d, const struct model *m,
                        const struct model_port *port, size_t offset,
                        bool is_input, size_t from, const char *path,
                        struct error *err) {
  struct onnx_tensor tensor;
  err->file = path;
  if (!onnx_tensor_read(&tensor, path, err)) {
    onnx_tensor_clear(&tensor);
    return false;
  }
  size_t rows = port->n ? tensor.n / port->n : 0;
  bool is_first = is_input && offset == 0;
  bool ok = rows && rows * port->n == tensor.n &&
            (is_first || rows == d->rows.n - from);
  if (!ok)
    error_set(
        err, 0, "%zu elements for '%s', which has %zu in each of %zu rows",
        tensor.n, port->name, port->n, is_first ? (size_t)1 : d->rows.n - from);
  for (size_t i = 0; ok && i < rows; i++) {
    struct data_row *row = is_first ? add_row(d, m) : &d->rows.at[from + i];
    double *at = (is_input ? row->in : row->out) + offset;
    for (size_t k = 0; k < port->n; k++)
      at[k] = onnx_double(&tensor, i * port->n + k);
  }
  onnx_tensor_clear(&tensor);
  if (ok)
    err->file = NULL;
  return ok;
}

static bool exists(const char *path) {
  struct stat s;
  return !stat(path, &s);
}

static bool read_ports(struct data *d, const struct model *m, bool is_input,
                       size_t from, const char *folder, struct error *err) {
  size_t n = is_input ? m->inputs.n : m->outputs.n;
  for (size_t i = 0, offset = 0; i < n; i++) {
    const struct model_port *port =
        is_input ? &m->inputs.at[i] : &m->outputs.at[i];
    char name[40];
    snprintf(name, sizeof name, "%s_%zu.pb", is_input ? "input" : "output",
             port->file);
    const char *path = keep_path(d, folder, name);
    if ((is_input || exists(path)) &&
        !read_tensor(d, m, port, offset, is_input, from, path, err))
      return false;
    offset += port->n;
  }
  return true;
}

static bool read_set(struct data *d, const struct model *m, const char *folder,
                     struct error *err) {
  size_t from = d->rows.n;
  if (!read_ports(d, m, true, from, folder, err) ||
      !read_ports(d, m, false, from, folder, err))
    return false;
  err->file = folder;
  for (size_t i = from; i < d->rows.n; i++)
    if (!check_inputs(m, d->rows.at[i].in, 0, err))
      return false;
  err->file = NULL;
  return true;
}

static int is_set(const struct dirent *e) {
  return !strncmp(e->d_name, "test_data_set_", 14);
}

static bool read_folder(struct data *d, const struct model *m, const char *path,
                        struct error *err) {
  struct dirent **entry = NULL;
  int n = scandir(path, &entry, is_set, alphasort);
  bool ok = true;
  for (int i = 0; i < n; i++) {
    ok = ok && read_set(d, m, keep_path(d, path, entry[i]->d_name), err);
    free(entry[i]);
  }
  free(entry);
  return ok && (n > 0 || read_set(d, m, path, err));
}

bool data_read(struct data *d, const struct model *m, const char *path,
               struct error *err) {
  struct stat s;
  path = keep_path(d, path, "");
  if (!stat(path, &s) && S_ISDIR(s.st_mode))
    return read_folder(d, m, path, err);
  return read_csv(d, m, path, err);
}

/* ---- Comparing ---- */

void data_quantise(const struct model *m, const double *in, fmpz *z) {
  for (size_t i = 0; i < m->inputs.n; i++)
    for (size_t k = 0; k < m->inputs.at[i].n; k++, in++, z++)
      if (m->inputs.at[i].is_real)
        fmpz_set_si(z, model_level(&m->inputs.at[i], *in));
      else
        fmpz_set_d(z, *in);
}

struct comparison {
  const struct circuit *c;
  const struct model *m;
  const struct data *d;
  struct data_verdict *v;
  fmpz *out;
  double *real;
};

static void fill(const void *context, uint64_t first, size_t count,
                 size_t words, uint64_t *in) {
  const struct comparison *k = context;
  size_t n = model_inputs(k->m);
  fmpz *z = _fmpz_vec_init((slong)n);
  memset(in, 0, k->c->inputs.n * words * sizeof *in);
  for (size_t i = 0; i < count; i++) {
    data_quantise(k->m, k->d->rows.at[first + i].in, z);
    lanes_split(z, k->c->input_buses.at, k->c->input_buses.n, in, words, i);
  }
  _fmpz_vec_clear(z, (slong)n);
}

static bool same_value(struct comparison *k, const struct model_port *port,
                       double got, double expected) {
  if (isnan(expected))
    return true;
  k->v->values++;
  if (!port->is_real)
    return got == expected;
  if (k->m->is_exact)
    return (float)got == (float)expected;
  k->v->has_difference = true;
  k->v->difference = fmax(k->v->difference, fabs(got - expected));
  return true;
}

/* Of the first output, and of a sequence its last element. */
static bool same_prediction(struct comparison *k, long predicted) {
  const struct model_port *port = &k->m->outputs.at[0];
  size_t n = lengths_last(flow_shape(&k->m->flow, port->flow)), best = 0;
  const double *row = k->real + port->n - n;
  for (size_t i = 1; i < n; i++)
    if (row[i] > row[best])
      best = i;
  k->v->predictions++;
  return predicted == (n == 1 ? lrint(row[0]) : (long)best);
}

static bool same_row(struct comparison *k, const struct data_row *row) {
  bool ok = true;
  mpz_t q;
  mpz_init(q);
  for (size_t i = 0, j = 0; i < k->m->outputs.n; i++) {
    const struct model_port *port = &k->m->outputs.at[i];
    for (size_t e = 0; e < port->n; e++, j++) {
      fmpz_get_mpz(q, k->out + j);
      k->real[j] = port->is_real ? model_real(port, e, q) : mpz_get_d(q);
      ok &= same_value(k, port, k->real[j], row->out[j]);
    }
  }
  mpz_clear(q);
  return ok & (row->predicted < 0 || same_prediction(k, row->predicted));
}

static void begin(struct comparison *k, struct data_verdict *v,
                  const struct model *m, const struct data *d) {
  size_t n = model_outputs(m);
  *v = (struct data_verdict){.rows = d->rows.n};
  *k = (struct comparison){.m = m, .d = d, .v = v};
  k->out = _fmpz_vec_init((slong)n);
  k->real = xcalloc(n + 1, sizeof *k->real);
}

static void end(struct comparison *k) {
  free(k->real);
  _fmpz_vec_clear(k->out, (slong)model_outputs(k->m));
}

static void note_row(struct comparison *k, size_t row) {
  if (!same_row(k, &k->d->rows.at[row]) && !k->v->mismatches++)
    k->v->first = row;
}

static bool take(void *context, uint64_t first, size_t count, size_t words,
                 const uint64_t *in, const uint64_t *out) {
  struct comparison *k = context;
  (void)in;
  for (size_t i = 0; i < count; i++) {
    lanes_join(k->out, k->c->output_buses.at, k->c->output_buses.n, out, words,
               i);
    note_row(k, first + i);
  }
  return true;
}

void check_data(struct data_verdict *v, const struct circuit *c,
                const struct model *m, const struct data *d,
                enum evaluation how) {
  struct comparison k;
  begin(&k, v, m, d);
  k.c = c;
  struct evaluator *e = evaluator_new(c, how);
  struct evaluator_job job = {fill, take, &k, true};
  evaluator_run(e, d->rows.n, 0, &job);
  evaluator_free(e);
  end(&k);
}

void check_data_run(struct data_verdict *v, const struct instance *in,
                    const struct model *m, const struct data *d) {
  size_t n = model_inputs(m);
  struct comparison k;
  struct run run;
  fmpz *z = _fmpz_vec_init((slong)n);
  begin(&k, v, m, d);
  run_init(&run, in);
  for (size_t row = 0; row < d->rows.n; row++) {
    data_quantise(m, d->rows.at[row].in, z);
    run_values(&run, z, k.out);
    note_row(&k, row);
  }
  run_clear(&run);
  _fmpz_vec_clear(z, (slong)n);
  end(&k);
}
