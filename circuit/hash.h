/* hash.h - find an equal element of an array that stores each only once

   The table holds numbers of elements; the caller keeps the elements and says
   which of them are equal. Zero bytes are an empty table. */
#ifndef HASH_H
#define HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hash {
  struct hash_slot {
    uint32_t id;  // number of an element, plus one; 0 if the slot is free
    uint32_t tag; // the element's hash, to compare before the element
  } * slots;
  size_t size; // 0 or a power of two
  size_t used;
};

#define HASH_NONE UINT32_MAX

/* The element that `same` accepts among those of this hash, or HASH_NONE. */
uint32_t hash_find(const struct hash *h, uint32_t tag,
                   bool (*same)(const void *context, uint32_t id),
                   const void *context);
/* Add an element that is not in the table. Amortised O(1). */
void hash_add(struct hash *h, uint32_t tag, uint32_t id);
void hash_clear(struct hash *h);

/* A well mixed hash of n bytes. */
uint32_t hash_bytes(const void *bytes, size_t n);

#endif
