#include "circuit/checksum.h"

void checksum_init(struct checksum *s) {
  s->state = ~UINT64_C(0);
  for (unsigned i = 0; i < 256; i++) {
    uint64_t v = i;
    for (int k = 0; k < 8; k++)
      v = v & 1 ? v >> 1 ^ UINT64_C(0xc96c5795d7870f42) : v >> 1;
    s->table[0][i] = v;
  }
  for (unsigned k = 1; k < 8; k++)
    for (unsigned i = 0; i < 256; i++) {
      uint64_t v = s->table[k - 1][i];
      s->table[k][i] = s->table[0][v & 0xff] ^ v >> 8;
    }
}

void checksum_add(struct checksum *s, const void *bytes, size_t n) {
  const unsigned char *p = bytes;
  uint64_t v = s->state;
  for (; n >= 8; p += 8, n -= 8) {
    uint64_t next = 0;
    for (unsigned k = 0; k < 8; k++)
      next ^= s->table[7 - k][(v >> 8 * k & 0xff) ^ p[k]];
    v = next;
  }
  for (; n; p++, n--)
    v = s->table[0][(v ^ *p) & 0xff] ^ v >> 8;
  s->state = v;
}

uint64_t checksum_value(const struct checksum *s) {
  return ~s->state;
}
