#include "tests/fuzz/fuzz.h"
#include "circuit/binary.h"
#include "circuit/text.h"
#include "tests/fuzz/memory.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  memory_watch(n);
  fuzz(data, n);
  memory_unwatch();
  return 0;
}

void fuzz_check_error(const struct error *err) {
  if (!err->message[0] || strchr(err->message, '\n'))
    abort();
}

typedef bool reader(struct circuit *c, FILE *in, struct error *err);
typedef bool writer(const struct circuit *c, FILE *out);

static bool read_bytes(struct circuit *c, reader *read, const void *bytes,
                       size_t n) {
  struct error err = {0};
  void *copy = xmalloc(n); // fmemopen() wants it writable, and not empty
  FILE *in = fmemopen(memcpy(copy, bytes, n), n, "rb");
  circuit_init(c);
  bool ok = read(c, in, &err);
  fclose(in);
  free(copy);
  if (!ok)
    fuzz_check_error(&err);
  return ok;
}

static char *write_bytes(const struct circuit *c, writer *write, size_t *n) {
  char *bytes;
  FILE *out = open_memstream(&bytes, n);
  bool ok = write(c, out);
  fclose(out);
  if (!ok)
    abort();
  return bytes;
}

static void go_round(const struct circuit *c, reader *read, writer *write) {
  struct circuit d;
  size_t n, m;
  char *first = write_bytes(c, write, &n);
  if (!read_bytes(&d, read, first, n))
    abort();
  char *second = write_bytes(&d, write, &m);
  if (n != m || memcmp(first, second, n))
    abort();
  free(first);
  free(second);
  circuit_clear(&d);
}

void fuzz_reader(const uint8_t *data, size_t n, reader *read) {
  struct circuit c;
  if (!n)
    return;
  if (read_bytes(&c, read, data, n)) {
    go_round(&c, text_read, text_write);
    go_round(&c, binary_read, binary_write);
  }
  circuit_clear(&c);
}
