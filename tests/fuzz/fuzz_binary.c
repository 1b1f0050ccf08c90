#include "circuit/array.h"
#include "circuit/binary.h"
#include "circuit/checksum.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

/* The input is the records; magic, version and checksum are added, as a fuzzer
   would never guess them. */
void fuzz(const uint8_t *data, size_t n) {
  uint8_t *file = xmalloc(n + 17);
  struct checksum s;
  memcpy(file, BINARY_MAGIC "\1", 9);
  if (n)
    memcpy(file + 9, data, n);
  checksum_init(&s);
  checksum_add(&s, file, n + 9);
  for (unsigned i = 0; i < 8; i++)
    file[n + 9 + i] = (uint8_t)(checksum_value(&s) >> 8 * i);
  fuzz_reader(file, n + 17, binary_read);
  free(file);
}
