/* checksum.h - CRC-64 as in xz (ECMA-182, bits reversed)

   Finds every change of up to 64 neighbouring bits, and others but for one in
   2^64. The nine characters 123456789 give 995dc9bbdf1939fa. */
#ifndef CHECKSUM_H
#define CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

struct checksum {
  uint64_t state;
  uint64_t table[8][256]; // of a byte that is followed by 0 to 7 others
};

void checksum_init(struct checksum *s);
void checksum_add(struct checksum *s, const void *bytes, size_t n);
uint64_t checksum_value(const struct checksum *s);

#endif
