/* json.h - read JSON that may be hostile

     struct json *root;
     int64_t layers;
     if (!json_read_file(&root, "config.json", 1 << 20, err))
       return false; // err->line is 3: "'}' expected near 'x'"
     const struct json *v = json_find(root, "num_hidden_layers");
     if (v && json_to_integer(v, &layers)) ...
     for (struct json_member m = json_first(root); m.key; m = json_next(root,
   m))
       ... m.key, m.value, in the order of the file ...
     json_free(root);

   It is stricter than many readers: a key that comes twice in an object,
   Infinity and NaN, text that is not UTF-8 or has a NUL, integers outside of 64
   bits, and anything after the value are errors, as is a root that is neither
   an object nor a list.

   Ownership  values belong to the root, and live until json_free().
   Errors     err->line is set, if a line is to blame.
   Cost       time O(bytes); json_find() and json_next() O(1). Memory at most 2
              bytes for a byte of the file and 320 for each of its values, of
              which it may have so many that all is below 64 MiB and 64 times
              the file; the stack for lists and objects nested at most 2048
              deep. */
#ifndef JSON_H
#define JSON_H

#include "circuit/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json; // a value

enum json_kind {
  JSON_KIND_NULL,
  JSON_KIND_BOOL,
  JSON_KIND_INTEGER,
  JSON_KIND_REAL,
  JSON_KIND_TEXT,
  JSON_KIND_LIST,
  JSON_KIND_OBJECT
};

/* "null", "a boolean", "an integer", ... */
extern const char *const json_kind_names[];

/* At most `limit` bytes. *root is NULL if it fails. */
bool json_read_bytes(struct json **root, const uint8_t *bytes, size_t n,
                     size_t limit, struct error *err);
/* err->file is the path, which must outlive err; "-" is standard input. */
bool json_read_file(struct json **root, const char *path, size_t limit,
                    struct error *err);
/* NULL is fine. */
void json_free(struct json *root);

enum json_kind json_kind(const struct json *v);

/* False, and nothing set, if it is something else. An integer is real, too. */
bool json_to_bool(const struct json *v, bool *b);
bool json_to_integer(const struct json *v, int64_t *z);
bool json_to_real(const struct json *v, double *x);
/* UTF-8; NULL if it is no text. */
const char *json_text(const struct json *v);

/* Elements of a list, members of an object, and 0 of others. */
size_t json_size(const struct json *v);
const struct json *json_at(const struct json *list, size_t i);
/* NULL if there is none, or no object. */
const struct json *json_find(const struct json *object, const char *key);

struct json_member {
  const char *key; // NULL after the last
  const struct json *value;
  void *place;
};

/* Nothing has no members. */
struct json_member json_first(const struct json *object);
struct json_member json_next(const struct json *object, struct json_member m);

#endif
