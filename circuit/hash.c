#include "circuit/hash.h"
#include "circuit/array.h"

#include <string.h>

uint32_t hash_find(const struct hash *h, uint32_t tag,
                   bool (*same)(const void *context, uint32_t id),
                   const void *context) {
  if (!h->size)
    return HASH_NONE;
  for (size_t i = tag & (h->size - 1); h->slots[i].id;
       i = (i + 1) & (h->size - 1))
    if (h->slots[i].tag == tag && same(context, h->slots[i].id - 1))
      return h->slots[i].id - 1;
  return HASH_NONE;
}

static void place(struct hash *h, struct hash_slot slot) {
  size_t i = slot.tag & (h->size - 1);
  while (h->slots[i].id)
    i = (i + 1) & (h->size - 1);
  h->slots[i] = slot;
}

void hash_add(struct hash *h, uint32_t tag, uint32_t id) {
  if (h->used * 2 >= h->size) {
    struct hash old = *h;
    h->size = old.size ? old.size * 2 : 16;
    h->slots = xcalloc(h->size, sizeof *h->slots);
    for (size_t i = 0; i < old.size; i++)
      if (old.slots[i].id)
        place(h, old.slots[i]);
    free(old.slots);
  }
  place(h, (struct hash_slot){id + 1, tag});
  h->used++;
}

void hash_clear(struct hash *h) {
  free(h->slots);
  *h = (struct hash){0};
}

uint32_t hash_bytes(const void *bytes, size_t n) {
  const unsigned char *p = bytes;
  uint64_t h = 0x9e3779b97f4a7c15u ^ n, word;
  for (; n >= 8; p += 8, n -= 8) {
    memcpy(&word, p, 8);
    h = (h ^ word) * 0xbf58476d1ce4e5b9u;
    h ^= h >> 29;
  }
  for (; n; p++, n--)
    h = (h ^ *p) * 0x94d049bb133111ebu;
  h ^= h >> 32;
  h *= 0xbf58476d1ce4e5b9u;
  return (uint32_t)(h >> 32);
}
