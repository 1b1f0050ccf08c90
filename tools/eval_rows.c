#include "tools/eval_rows.h"
#include "analysis/check.h"
#include "analysis/data.h"
#include "circuit/values.h"
#include "compile/front/csv.h"
#include "tools/name_text.h"
#include "tools/values_text.h"

#include <stdio.h>
#include <string.h>

#include <flint/fmpz_vec.h>

void eval_row(const struct circuit *c, const fmpz *in, bool *value, fmpz *out) {
  bool *bit = xcalloc(c->inputs.n, sizeof *bit);
  uint64_t *lanes = xcalloc(c->inputs.n + c->outputs.n, sizeof *lanes);
  lanes_split(in, c->input_buses.at, c->input_buses.n, lanes, 1, 0);
  for (size_t i = 0; i < c->inputs.n; i++)
    bit[i] = lanes[i];
  circuit_values(c, bit, value);
  for (size_t i = 0; i < c->outputs.n; i++)
    lanes[i] = value[c->outputs.at[i]];
  lanes_join(out, c->output_buses.at, c->output_buses.n, lanes, 1, 0);
  free(lanes);
  free(bit);
}

static void print_header(const struct circuit *c) {
  for (size_t i = 0, k = 0; i < c->output_buses.n; i++) {
    const struct bus *bus = &c->output_buses.at[i];
    for (size_t j = 0; j < bus->values; j++, k++) {
      char *name = xmalloc(strlen(bus->name) + 24);
      sprintf(name, "%s", bus->name);
      if (bus->values > 1)
        sprintf(name + strlen(name), "%zu", j);
      fputs(k ? "," : "", stdout);
      name_csv(stdout, name);
      free(name);
    }
  }
  putchar('\n');
}

/* Integers, and for the real outputs of a model what they stand for. */
static void print_row(const struct source *s, const struct circuit *c,
                      const fmpz *in, fmpz *out) {
  bool *value = xmalloc(c->bits.n * sizeof *value);
  eval_row(c, in, value, out);
  free(value);
  mpz_t q;
  mpz_init(q);
  for (size_t i = 0, k = 0; i < c->output_buses.n; i++) {
    const struct model_port *port =
        s->kind == SOURCE_MODEL ? &s->model.outputs.at[i] : NULL;
    for (size_t j = 0; j < c->output_buses.at[i].values; j++, k++) {
      fmpz_get_mpz(q, out + k);
      fputs(k ? "," : "", stdout);
      if (port && port->is_real)
        printf("%.9g", model_real(port, j, q));
      else
        gmp_printf("%Zd", q);
    }
  }
  putchar('\n');
  mpz_clear(q);
}

static bool read_integers(struct csv *csv, const struct circuit *c, fmpz *in) {
  mpz_t z;
  bool ok = true;
  mpz_init(z);
  for (size_t i = 0, k = 0; ok && i < c->input_buses.n; i++) {
    const struct bus *bus = &c->input_buses.at[i];
    for (size_t j = 0; ok && j < bus->values; j++, k++) {
      ok = csv_integer(csv, k, z);
      if (!ok)
        break;
      fmpz_set_mpz(in + k, z);
      ok = value_fits(in + k, bus) ||
           error_set(csv->err, csv->scan.line, "%s does not fit %u bits%s",
                     csv_text(csv, k), bus->width,
                     bus->is_signed ? ", signed" : "");
    }
  }
  mpz_clear(z);
  return ok;
}

static bool integer_rows(const struct source *s, const struct circuit *c,
                         const char *path, fmpz *in, fmpz *out,
                         struct error *err) {
  struct csv_bus *bus = xcalloc(c->input_buses.n, sizeof *bus);
  for (size_t i = 0; i < c->input_buses.n; i++)
    bus[i] = (struct csv_bus){.name = c->input_buses.at[i].name,
                              .values = c->input_buses.at[i].values};
  struct csv csv;
  bool end = false, ok = csv_open(&csv, path, bus, c->input_buses.n, err);
  while (ok && (ok = csv_next(&csv, &end)) && !end) {
    ok = read_integers(&csv, c, in);
    if (!ok)
      break;
    print_row(s, c, in, out);
  }
  csv_close(&csv);
  free(bus);
  return ok;
}

static bool model_rows(const struct source *s, const struct circuit *c,
                       const char *path, fmpz *in, fmpz *out,
                       struct error *err) {
  struct data d = {0};
  bool ok = data_read(&d, &s->model, path, err);
  for (size_t i = 0; ok && i < d.rows.n; i++) {
    data_quantise(&s->model, d.rows.at[i].in, in);
    print_row(s, c, in, out);
  }
  if (err->file) // it goes with the data
    err->file = path;
  data_clear(&d);
  return ok;
}

bool eval_rows(const struct source *s, const struct circuit *c,
               const char *path, struct error *err) {
  size_t inputs = bus_values(c->input_buses.at, c->input_buses.n);
  size_t outputs = bus_values(c->output_buses.at, c->output_buses.n);
  fmpz *in = _fmpz_vec_init((slong)inputs);
  fmpz *out = _fmpz_vec_init((slong)outputs);
  print_header(c);
  bool ok = s->kind == SOURCE_MODEL ? model_rows(s, c, path, in, out, err)
                                    : integer_rows(s, c, path, in, out, err);
  _fmpz_vec_clear(in, (slong)inputs);
  _fmpz_vec_clear(out, (slong)outputs);
  return ok;
}
