#include "compile/front/json.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static size_t read; // so that reading is not optimised away

/* As deep as the reader lets it be. */
static void walk(const struct json *v) {
  int64_t z;
  double x;
  bool b;
  read += json_to_bool(v, &b) && b;
  if (json_to_integer(v, &z) && !json_to_real(v, &x))
    abort();
  read += json_text(v) ? strlen(json_text(v)) : 0;
  if (json_kind(v) == JSON_KIND_LIST)
    for (size_t i = 0; i < json_size(v); i++)
      walk(json_at(v, i));
  size_t members = 0;
  for (struct json_member m = json_first(v); m.key; m = json_next(v, m)) {
    if (json_find(v, m.key) != m.value)
      abort();
    members++;
    walk(m.value);
  }
  if (json_kind(v) == JSON_KIND_OBJECT && members != json_size(v))
    abort();
}

void fuzz(const uint8_t *data, size_t n) {
  struct json *root;
  struct error err = {0};
  if (json_read_bytes(&root, data, n, SIZE_MAX, &err))
    walk(root);
  else
    fuzz_check_error(&err);
  json_free(root);
}
