#include "circuit/put.h"
#include "circuit/array.h"

#include <string.h>

#include <gmp.h>

void put_init(struct put *o, FILE *out) {
  o->out = out;
  o->failed = false;
  o->sum = NULL;
  o->n = 0;
}

void put_flush(struct put *o) {
  if (o->sum)
    checksum_add(o->sum, o->at, o->n);
  if (!o->failed && fwrite(o->at, 1, o->n, o->out) != o->n)
    o->failed = true;
  o->n = 0;
}

bool put_end(struct put *o) {
  put_flush(o);
  return !o->failed && !ferror(o->out);
}

void put_bytes(struct put *o, const void *bytes, size_t n) {
  const char *p = bytes;
  while (n) {
    if (o->n == sizeof o->at)
      put_flush(o);
    size_t room = sizeof o->at - o->n, part = n < room ? n : room;
    memcpy(o->at + o->n, p, part);
    o->n += part;
    p += part;
    n -= part;
  }
}

void put_text(struct put *o, const char *text) {
  put_bytes(o, text, strlen(text));
}

void put_unsigned(struct put *o, uint64_t value) {
  char digits[20];
  size_t at = sizeof digits;
  do
    digits[--at] = (char)('0' + value % 10);
  while (value /= 10);
  put_bytes(o, digits + at, sizeof digits - at);
}

void put_long(struct put *o, long value) {
  if (value < 0)
    put_char(o, '-');
  put_unsigned(o, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void put_magnitude(struct put *o, const struct integers *t, integer_id id) {
  if (integer_is_small(id)) {
    put_unsigned(o, (uint64_t)labs(integer_small(id)));
    return;
  }
  struct integer_scratch scratch;
  mpz_srcptr z = integers_get(t, id, &scratch);
  char *text = xmalloc(mpz_sizeinbase(z, 10) + 2);
  mpz_get_str(text, 10, z);
  put_text(o, text + (*text == '-'));
  free(text);
}

void put_integer(struct put *o, const struct integers *t, integer_id id) {
  if (integers_sign(t, id) < 0)
    put_char(o, '-');
  put_magnitude(o, t, id);
}

void put_varint(struct put *o, uint64_t value) {
  for (; value > 0x7f; value >>= 7)
    put_char(o, (char)(0x80 | (value & 0x7f)));
  put_char(o, (char)value);
}

void put_folded(struct put *o, int64_t value) {
  put_varint(o, fold(value));
}
