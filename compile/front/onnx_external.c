/* Data of tensors that are in files beside the model. */
#include "circuit/scan.h"
#include "compile/front/onnx_build.h"

#include <string.h>

struct place {
  const struct onnx_place *p;
  const struct onnx_tensor *t;
  struct error *err;
};

static bool fail(const struct place *x, const char *what) {
  return error_set(x->err, 0, "the data of %s are in another file, but %s",
                   onnx_show_tensor(x->t->name).text, what);
}

/* Decimal digits, below 2^63. */
static bool read_number(const struct place *x, const char *name,
                        const char *text, size_t *n) {
  char what[100];
  *n = 0;
  for (const char *p = text; *p; p++) {
    if (*p < '0' || *p > '9' || *n > (INT64_MAX - 9) / 10)
      *n = SIZE_MAX;
    if (*n == SIZE_MAX)
      break;
    *n = 10 * *n + (size_t)(*p - '0');
  }
  snprintf(what, sizeof what, "'%s' is no %s in bytes",
           show_text(text, strlen(text)).text, name);
  return (*text && *n != SIZE_MAX) || fail(x, what);
}

static bool check_place(const struct place *x, size_t size, size_t *offset) {
  size_t needs = onnx_tensor_bytes(x->t), length = needs;
  char what[200];
  *offset = 0;
  if (x->p->offset && !read_number(x, "offset", x->p->offset, offset))
    return false;
  if (x->p->length && !read_number(x, "length", x->p->length, &length))
    return false;
  snprintf(what, sizeof what, "it needs %zu bytes, not %zu", needs, length);
  if (length != needs)
    return fail(x, what);
  snprintf(what, sizeof what, "'%s' has %zu bytes, not %zu from byte %zu on",
           show_text(x->p->file, strlen(x->p->file)).text, size, needs,
           *offset);
  return (*offset <= size && needs <= size - *offset) || fail(x, what);
}

bool onnx_read_place(struct onnx_model *m, const char *path,
                     const struct onnx_place *place, struct onnx_tensor *t,
                     struct error *err) {
  const struct place x = {place, t, err};
  size_t offset;
  if (!place->file)
    return fail(&x, "it is not said which");
  if (!path)
    return fail(&x, "there are none beside what is read");
  const struct mapped *f = beside_find(&m->files, path, place->file, err);
  if (!f || !check_place(&x, f->n, &offset))
    return false;
  t->storage = STORED_RAW;
  t->data = t->n ? f->at + offset : NULL;
  return true;
}
