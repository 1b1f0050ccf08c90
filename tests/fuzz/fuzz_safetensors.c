#include "compile/front/safetensors.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static double sum; // so that reading is not optimised away

static void walk(const struct safetensors *s) {
  for (size_t i = 0; i < s->tensors.n; i++) {
    const struct safetensor *t = &s->tensors.at[i];
    size_t n = 1;
    for (size_t k = 0; k < t->rank; k++)
      n *= t->dims[k];
    if (n != t->n || safetensors_find(s, t->name) != t)
      abort();
    for (size_t k = 0; k < n; k++)
      sum += safetensor_double(t, k);
  }
}

/* The input is a line, which is the header, and data: the length is put before
   it, as a fuzzer would not often guess it. If there is no line, it is a file.
 */
void fuzz(const uint8_t *data, size_t n) {
  const uint8_t *end = n ? memchr(data, '\n', n) : NULL;
  size_t length = end ? (size_t)(end - data) : 0;
  uint8_t *file = xmalloc(n + 8);
  struct safetensors s;
  struct error err = {0};
  for (unsigned i = 0; i < 8 && end; i++)
    file[i] = (uint8_t)(length >> 8 * i);
  if (n)
    memcpy(file + (end ? 8 : 0), data, n);
  if (safetensors_read_bytes(&s, file, end ? n + 8 : n, &err))
    walk(&s);
  else
    fuzz_check_error(&err);
  safetensors_clear(&s);
  free(file);
}
