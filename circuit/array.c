#include "circuit/array.h"
#include "circuit/error.h"

#include <stdint.h>
#include <string.h>

void *array_grow(void *at, size_t *cap, size_t n, size_t size) {
  size_t room = *cap < 8 ? 8 : *cap;
  while (room < n)
    room += room / 2 + 8;
  if (room > SIZE_MAX / size)
    die("an array of %zu elements is too large", n);
  at = realloc(at, room * size);
  if (!at)
    die("out of memory at %zu bytes", room * size);
  *cap = room;
  return at;
}

void *xmalloc(size_t size) {
  void *p = malloc(size ? size : 1);
  if (!p)
    die("out of memory at %zu bytes", size);
  return p;
}

void *xcalloc(size_t n, size_t size) {
  void *p = calloc(n ? n : 1, size ? size : 1);
  if (!p)
    die("out of memory at %zu times %zu bytes", n, size);
  return p;
}

char *xstrdup(const char *text) {
  size_t n = strlen(text) + 1;
  return memcpy(xmalloc(n), text, n);
}
