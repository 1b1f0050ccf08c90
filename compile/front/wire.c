#include "compile/front/wire.h"

#include <assert.h>
#include <string.h>

struct wire {
  const uint8_t *bytes;
  size_t at;
  const struct wire_schema *schema;
  struct error *err;
  unsigned depth;
};

enum {
  TYPE_VARINT = 0,
  TYPE_FIXED64 = 1,
  TYPE_BYTES = 2,
  TYPE_FIXED32 = 5
};

enum {
  MAX_NUMBER = 10, // bytes
  MAX_TAG = 5      // and of a length
};

/* Bytes of seven bits, of which the last has no eighth. */
static bool read_varint(struct wire *w, size_t end, unsigned most,
                        uint64_t *value) {
  size_t first = w->at;
  *value = 0;
  for (unsigned i = 0; i < most; i++) {
    if (w->at == end)
      return error_set(w->err, 0, "byte %zu: a number is cut off", first);
    uint8_t byte = w->bytes[w->at++];
    *value |= (uint64_t)(byte & 0x7f) << 7 * i;
    if (!(byte & 0x80))
      return true;
  }
  return error_set(w->err, 0, "byte %zu: a number has more than %u bytes",
                   first, most);
}

static bool skip(struct wire *w, size_t end, uint64_t n,
                 const struct wire_field *f) {
  if (n > end - w->at)
    return error_set(
        w->err, 0, "byte %zu: %s%s%s needs %llu byte%s, but %s %zu", w->at,
        f->name ? "'" : "", f->name ? f->name : "a field", f->name ? "'" : "",
        (unsigned long long)n, n == 1 ? "" : "s",
        w->depth == 1 ? "the file has only" : "the message around it has only",
        end - w->at);
  w->at += (size_t)n;
  return true;
}

/* Numbers without tags between them. */
static bool check_packed(struct wire *w, size_t end,
                         const struct wire_field *f) {
  size_t first = w->at, unit = f->kind == WIRE_FIXED32 ? 4 : 8;
  uint64_t value;
  if (f->kind == WIRE_VARINT) {
    while (w->at < end)
      if (!read_varint(w, end, MAX_NUMBER, &value))
        return false;
    return true;
  }
  w->at = end;
  return (end - first) % unit == 0 ||
         error_set(w->err, 0,
                   "byte %zu: '%s' has %zu bytes, which is no multiple of %zu",
                   first, f->name, end - first, unit);
}

static bool check_message(struct wire *w, size_t end, const void *message);

static bool check_nested(struct wire *w, size_t end, const void *message) {
  if (w->depth == WIRE_MAX_DEPTH)
    return error_set(w->err, 0,
                     "byte %zu: messages are nested more than %d deep", w->at,
                     WIRE_MAX_DEPTH);
  w->depth++;
  bool ok = check_message(w, end, message);
  w->depth--;
  return ok;
}

static bool check_bytes(struct wire *w, size_t end,
                        const struct wire_field *f) {
  uint64_t n;
  if (!read_varint(w, end, MAX_TAG, &n))
    return false;
  size_t first = w->at;
  if (!skip(w, end, n, f))
    return false;
  end = w->at;
  w->at = first;
  if (f->kind == WIRE_MESSAGE)
    return check_nested(w, end, f->message);
  if (f->kind != WIRE_UNKNOWN && f->kind < WIRE_BYTES)
    return check_packed(w, end, f);
  w->at = end;
  const uint8_t *nul =
      f->kind == WIRE_STRING ? memchr(w->bytes + first, 0, end - first) : NULL;
  return !nul || error_set(w->err, 0, "byte %zu: a NUL in the text of '%s'",
                           (size_t)(nul - w->bytes), f->name);
}

static bool suits(const struct wire_field *f, unsigned type) {
  switch (f->kind) {
  case WIRE_UNKNOWN:
    return true;
  case WIRE_VARINT:
    return type == TYPE_VARINT || (type == TYPE_BYTES && f->is_repeated);
  case WIRE_FIXED32:
    return type == TYPE_FIXED32 || (type == TYPE_BYTES && f->is_repeated);
  case WIRE_FIXED64:
    return type == TYPE_FIXED64 || (type == TYPE_BYTES && f->is_repeated);
  default:
    return type == TYPE_BYTES;
  }
}

static bool check_value(struct wire *w, size_t end, unsigned type,
                        const struct wire_field *f) {
  uint64_t value;
  switch (type) {
  case TYPE_VARINT:
    return read_varint(w, end, MAX_NUMBER, &value);
  case TYPE_FIXED32:
    return skip(w, end, 4, f);
  case TYPE_FIXED64:
    return skip(w, end, 8, f);
  default:
    return check_bytes(w, end, f);
  }
}

/* One field; `seen` has a bit for each message that may come once. */
static bool check_field(struct wire *w, size_t end, const void *message,
                        uint64_t *seen) {
  size_t first = w->at;
  uint64_t tag;
  if (!read_varint(w, end, MAX_TAG, &tag))
    return false;
  unsigned type = tag & 7;
  bool is_known = type == TYPE_VARINT || type == TYPE_FIXED32 ||
                  type == TYPE_FIXED64 || type == TYPE_BYTES;
  if (tag >> 32 || tag < 8 || !is_known)
    return error_set(w->err, 0, "byte %zu: this is no field", first);
  struct wire_field f = w->schema->field(message, (uint32_t)(tag >> 3));
  if (!suits(&f, type))
    return error_set(w->err, 0, "byte %zu: '%s' is of another type", first,
                     f.name);
  if (f.kind == WIRE_MESSAGE && !f.is_repeated) {
    assert(f.place < 64);
    if (*seen >> f.place & 1)
      return error_set(w->err, 0, "byte %zu: '%s' comes a second time", first,
                       f.name);
    *seen |= UINT64_C(1) << f.place;
  }
  return check_value(w, end, type, &f);
}

static bool check_message(struct wire *w, size_t end, const void *message) {
  uint64_t seen = 0;
  while (w->at < end)
    if (!check_field(w, end, message, &seen))
      return false;
  return true;
}

bool wire_check(const uint8_t *bytes, size_t n,
                const struct wire_schema *schema, const void *message,
                struct error *err) {
  struct wire w = {.bytes = bytes, .schema = schema, .err = err, .depth = 1};
  return check_message(&w, n, message);
}
