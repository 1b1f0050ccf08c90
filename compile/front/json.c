#include "compile/front/json.h"
#include "compile/front/slurp.h"

#include <string.h>

#include <jansson.h>

const char *const json_kind_names[] = {
    "null", "a boolean", "an integer", "a real number",
    "text", "a list",    "an object"};

/* A struct json is jansson's json_t. */
static const json_t *value_of(const struct json *v) {
  return (const json_t *)v;
}

static const struct json *of_value(const json_t *v) {
  return (const struct json *)v;
}

/* ---- Reading ---- */

/* A value begins the file, a list or an object, or follows a comma; there are
   at most as many as that. What is between quotation marks does not count. */
static size_t most_values(const uint8_t *bytes, size_t n) {
  size_t values = 1;
  bool in_text = false;
  for (size_t i = 0; i < n; i++) {
    if (bytes[i] == '"')
      in_text = !in_text;
    else if (in_text)
      i += bytes[i] == '\\';
    else
      values += bytes[i] == ',' || bytes[i] == '[' || bytes[i] == '{';
  }
  return values;
}

static bool begins(const uint8_t *bytes, size_t n, const char *word) {
  return n >= strlen(word) && !memcmp(bytes, word, strlen(word));
}

/* The word that ends, or after a minus begins, before byte `at` is a number of
   Python's JSON, but of no other: it, or NULL. */
static const char *find_infinite(const uint8_t *bytes, size_t n, size_t at) {
  static const char *const words[] = {"Infinity", "NaN"};
  for (size_t i = 0; i < 2; i++) {
    size_t length = strlen(words[i]);
    if ((at >= length && at <= n &&
         begins(bytes + at - length, length, words[i])) ||
        (at >= 1 && at <= n && bytes[at - 1] == '-' &&
         begins(bytes + at, n - at, words[i])))
      return words[i];
  }
  return NULL;
}

/* jansson quotes what is in the file, line ends and all. */
static bool refuse(const json_error_t *e, const uint8_t *bytes, size_t n,
                   struct error *err) {
  size_t line = e->line > 0 ? (size_t)e->line : 0;
  const char *word = find_infinite(bytes, n, (size_t)e->position);
  if (json_error_code(e) == json_error_out_of_memory)
    die("out of memory in a JSON file");
  if (word)
    return error_set(err, line,
                     "%s is no JSON, though Python writes it: put null, or a "
                     "number such as 1e300, in its place",
                     word);
  error_set(err, line, "no JSON: %s", e->text);
  return error_in_one_line(err);
}

/* At 320 bytes for each they take 64 MiB and 62 times the file. */
static size_t max_values(size_t n) {
  return (62 * n + (64 << 20)) / 320;
}

bool json_read_bytes(struct json **root, const uint8_t *bytes, size_t n,
                     size_t limit, struct error *err) {
  json_error_t e;
  *root = NULL;
  if (n > limit)
    return error_set(err, 0, "the file has more than %zu bytes", limit);
  if (most_values(bytes, n) > max_values(n))
    return error_set(err, 0,
                     "the file has more than %zu values in its %zu bytes",
                     max_values(n), n);
  *root = (struct json *)json_loadb(n ? (const char *)bytes : "", n,
                                    JSON_REJECT_DUPLICATES, &e);
  return *root || refuse(&e, bytes, n, err);
}

bool json_read_file(struct json **root, const char *path, size_t limit,
                    struct error *err) {
  struct slurp s = {0};
  *root = NULL;
  bool ok = slurp_file(&s, path, limit, err) &&
            json_read_bytes(root, s.at, s.n, limit, err);
  array_clear(&s);
  return ok;
}

void json_free(struct json *root) {
  json_decref((json_t *)root);
}

/* ---- Values ---- */

enum json_kind json_kind(const struct json *v) {
  switch (json_typeof(value_of(v))) {
  case JSON_TRUE:
  case JSON_FALSE:
    return JSON_KIND_BOOL;
  case JSON_INTEGER:
    return JSON_KIND_INTEGER;
  case JSON_REAL:
    return JSON_KIND_REAL;
  case JSON_STRING:
    return JSON_KIND_TEXT;
  case JSON_ARRAY:
    return JSON_KIND_LIST;
  case JSON_OBJECT:
    return JSON_KIND_OBJECT;
  case JSON_NULL:
    break;
  }
  return JSON_KIND_NULL;
}

bool json_to_bool(const struct json *v, bool *b) {
  if (!json_is_boolean(value_of(v)))
    return false;
  *b = json_is_true(value_of(v));
  return true;
}

bool json_to_integer(const struct json *v, int64_t *z) {
  if (!json_is_integer(value_of(v)))
    return false;
  *z = json_integer_value(value_of(v));
  return true;
}

bool json_to_real(const struct json *v, double *x) {
  if (!json_is_number(value_of(v)))
    return false;
  *x = json_number_value(value_of(v));
  return true;
}

const char *json_text(const struct json *v) {
  return json_string_value(value_of(v));
}

size_t json_size(const struct json *v) {
  return json_is_array(value_of(v)) ? json_array_size(value_of(v))
                                    : json_object_size(value_of(v));
}

const struct json *json_at(const struct json *list, size_t i) {
  return of_value(json_array_get(value_of(list), i));
}

const struct json *json_find(const struct json *object, const char *key) {
  return of_value(json_object_get(value_of(object), key));
}

static struct json_member member_at(void *place) {
  return place ? (struct json_member){json_object_iter_key(place),
                                      of_value(json_object_iter_value(place)),
                                      place}
               : (struct json_member){NULL, NULL, NULL};
}

/* jansson wants what it iterates over not const, but does not change it. */
static json_t *iterated(const struct json *object) {
  return (json_t *)(uintptr_t)object;
}

struct json_member json_first(const struct json *object) {
  return member_at(json_object_iter(iterated(object)));
}

struct json_member json_next(const struct json *object, struct json_member m) {
  return member_at(json_object_iter_next(iterated(object), m.place));
}
