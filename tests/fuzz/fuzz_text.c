#include "circuit/text.h"
#include "tests/fuzz/fuzz.h"

void fuzz(const uint8_t *data, size_t n) {
  fuzz_reader(data, n, text_read);
}
