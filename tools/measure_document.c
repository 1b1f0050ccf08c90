#include "tools/measure_document.h"
#include "tools/name_text.h"

#include <stddef.h>

/* The measures of every report, in its order. */
static const struct field {
  const char *key;
  size_t offset;
  bool is_digits; // an mpz_t, else a size_t
} fields[] = {
    {"inputs", offsetof(struct measure, inputs), false},
    {"outputs", offsetof(struct measure, outputs), false},
    {"depth", offsetof(struct measure, depth), false},
    {"depth_inner", offsetof(struct measure, depth_inner), false},
    {"gates", offsetof(struct measure, gates), true},
    {"gates_inner", offsetof(struct measure, gates_inner), true},
    {"wires", offsetof(struct measure, wires), true},
    {"wires_shared", offsetof(struct measure, wires_shared), true},
    {"wires_stored", offsetof(struct measure, wires_stored), true},
    {"weight", offsetof(struct measure, weight), true},
    {"weight_bits", offsetof(struct measure, weight_bits), false},
    {"fan_in", offsetof(struct measure, fan_in), false},
};

enum {
  FIELDS = sizeof fields / sizeof *fields
};

static const void *field_of(const struct measure *m, const struct field *f) {
  return (const char *)m + f->offset;
}

void measure_document(struct document *d, const char *source,
                      const struct measure *m) {
  document_text(d, "source", source);
  measure_fields(d, m);
}

void measure_fields(struct document *d, const struct measure *m) {
  for (int i = 0; i < FIELDS; i++) {
    const void *value = field_of(m, &fields[i]);
    if (fields[i].is_digits)
      document_digits(d, fields[i].key, value);
    else
      document_count(d, fields[i].key, *(const size_t *)value);
  }
}

void measure_csv(FILE *out, const char *source, const struct measure *m) {
  fputs("source", out);
  for (int i = 0; i < FIELDS; i++)
    fprintf(out, ",%s", fields[i].key);
  fputc('\n', out);
  name_csv(out, source);
  for (int i = 0; i < FIELDS; i++) {
    const void *value = field_of(m, &fields[i]);
    if (fields[i].is_digits)
      gmp_fprintf(out, ",%Zd", value);
    else
      fprintf(out, ",%zu", *(const size_t *)value);
  }
  fputc('\n', out);
}
