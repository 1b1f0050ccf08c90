#include "tools/document.h"
#include "circuit/array.h"
#include "circuit/error.h"
#include "tools/name_text.h"
#include "tools/rational.h"

#include <math.h>
#include <string.h>

#include <jansson.h>

/* A struct document is jansson's json_t. */
static json_t *json(struct document *d) {
  return (json_t *)d;
}

/* The key as UTF-8; with its place in the object if it is taken, as buses may
   share a name. New. */
static char *free_key(struct document *d, const char *key) {
  char *name = name_utf8(key);
  size_t place = json_object_size(json(d)) + 1;
  for (; json_object_get(json(d), name); place++) {
    char *utf8 = name_utf8(key);
    size_t room = strlen(utf8) + 24;
    free(name);
    name = xmalloc(room);
    snprintf(name, room, "%s_%zu", utf8, place);
    free(utf8);
  }
  return name;
}

static struct document *set(struct document *d, const char *key,
                            json_t *value) {
  char *name = free_key(d, key);
  if (!value || json_object_set_new(json(d), name, value))
    die("out of memory in a report");
  free(name);
  return (struct document *)value;
}

static struct document *append(struct document *list, json_t *value) {
  if (!value || json_array_append_new(json(list), value))
    die("out of memory in a report");
  return (struct document *)value;
}

static json_t *text_value(const char *text) {
  char *utf8 = name_utf8(text);
  json_t *value = json_string(utf8);
  free(utf8);
  return value;
}

struct document *document_new(void) {
  json_t *root = json_object();
  if (!root)
    die("out of memory in a report");
  set((struct document *)root, "schema", json_integer(1));
  return (struct document *)root;
}

void document_print(struct document *d, FILE *out) {
  json_dumpf(json(d), out, JSON_INDENT(2));
  fputc('\n', out);
  document_free(d);
}

void document_free(struct document *d) {
  json_decref(json(d));
}

void document_text(struct document *d, const char *key, const char *text) {
  set(d, key, text_value(text));
}

void document_count(struct document *d, const char *key, size_t n) {
  set(d, key, json_integer((json_int_t)n));
}

void document_whole(struct document *d, const char *key, long n) {
  set(d, key, json_integer(n));
}

void document_real(struct document *d, const char *key, double x) {
  set(d, key, isfinite(x) ? json_real(x) : json_null());
}

void document_bool(struct document *d, const char *key, bool b) {
  set(d, key, json_boolean(b));
}

void document_null(struct document *d, const char *key) {
  set(d, key, json_null());
}

void document_digits(struct document *d, const char *key, const mpz_t z) {
  char *text = xmalloc(mpz_sizeinbase(z, 10) + 2);
  mpz_get_str(text, 10, z);
  set(d, key, json_string(text));
  free(text);
}

void document_rational(struct document *d, const char *key, const mpq_t q) {
  char *text = xmalloc(mpz_sizeinbase(mpq_numref(q), 10) +
                       mpz_sizeinbase(mpq_denref(q), 10) + 4);
  char approx[100];
  gmp_sprintf(text, "%Zd/%Zd", mpq_numref(q), mpq_denref(q));
  document_text(d, key, text);
  snprintf(approx, sizeof approx, "%s_approx", key);
  document_real(d, approx, rational_double(q));
  free(text);
}

void document_digits_ui(struct document *d, const char *key, size_t n) {
  char text[32];
  snprintf(text, sizeof text, "%zu", n);
  set(d, key, json_string(text));
}

struct document *document_object(struct document *d, const char *key) {
  return set(d, key, json_object());
}

struct document *document_list(struct document *d, const char *key) {
  return set(d, key, json_array());
}

struct document *document_item(struct document *list) {
  return append(list, json_object());
}

struct document *document_row(struct document *list) {
  return append(list, json_array());
}

void document_add_text(struct document *list, const char *text) {
  append(list, text_value(text));
}

void document_add_count(struct document *list, size_t n) {
  append(list, json_integer((json_int_t)n));
}
