#include "tests/compile/front/spoil.h"
#include "tests/compile/front/walk.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

static size_t draw(uint64_t *seed, size_t n) {
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  return (size_t)(*seed >> 33) % n;
}

/* In memory of just n bytes, so that the sanitizer sees every step beyond. */
static void read_spoilt(const uint8_t *bytes, size_t n) {
  struct onnx_model m;
  struct error err = {0};
  if (onnx_read_bytes(&m, bytes, n, &err))
    walk_model(&m);
  else
    ck_assert(err.message[0] && !strchr(err.message, '\n'));
  onnx_clear(&m);
}

static void cut(const uint8_t *model, size_t n, uint64_t *seed,
                reader_of_spoilt *reader) {
  size_t k = draw(seed, n);
  uint8_t *copy = malloc(k ? k : 1);
  memcpy(copy, model, k);
  reader(copy, k);
  free(copy);
}

static void flip(const uint8_t *model, size_t n, uint64_t *seed,
                 reader_of_spoilt *reader) {
  uint8_t *copy = malloc(n);
  memcpy(copy, model, n);
  for (size_t k = 1 + draw(seed, 4); k; k--)
    copy[draw(seed, n)] ^= (uint8_t)(1 << draw(seed, 8));
  reader(copy, n);
  free(copy);
}

void spoil_each(const uint8_t *model, size_t n, int loop,
                reader_of_spoilt *reader) {
  int rounds = is_full_run() ? 20000 : 2000;
  for (int i = loop; i < rounds; i += SPOIL_LOOPS) {
    uint64_t seed = (uint64_t)i;
    cut(model, n, &seed, reader);
    flip(model, n, &seed, reader);
  }
}

void spoil_all(const uint8_t *model, size_t n, int loop) {
  spoil_each(model, n, loop, read_spoilt);
}
