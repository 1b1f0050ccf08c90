#include "circuit/text.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  fuzz_reader(data, n, text_read);
  return 0;
}
