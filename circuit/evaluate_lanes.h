/* evaluate_lanes.h - bits of lanes to integers of lanes, and back

   Bit j of 512 lanes is a vector of eight words, in which byte k of word w has
   lanes 64w + 8k and up. Eight such vectors are turned about in words of 8 by 8
   bytes, and then of 8 by 8 bits, so that each byte becomes a lane's integer:
   that of lane 64w + 8k + i is byte i of word w of vector k. No byte has to
   move between words, which is why lanes are in this order.

   For evaluate_sums.c, which compiles it for several kinds of machines. */
#ifndef EVALUATE_LANES_H
#define EVALUATE_LANES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t lanes __attribute__((vector_size(64), may_alias));

#define LANES_INLINE static inline __attribute__((always_inline))

/* Exchange the high parts of words of *a with the low parts of *b, the parts
   being those that the mask, shifted up or not, shows. */
LANES_INLINE void lanes_exchange(lanes *a, lanes *b, int shift, uint64_t mask) {
  lanes t = ((*a >> shift) ^ *b) & mask;
  *b ^= t;
  *a ^= t << shift;
}

/* Byte k of a[j] becomes byte j of a[k]. */
LANES_INLINE void lanes_turn_bytes(lanes a[8]) {
  for (int j = 0; j < 4; j++)
    lanes_exchange(&a[j], &a[j + 4], 32, 0x00000000ffffffff);
  for (int j = 0; j < 8; j += j % 4 ? 3 : 1)
    lanes_exchange(&a[j], &a[j + 2], 16, 0x0000ffff0000ffff);
  for (int j = 0; j < 8; j += 2)
    lanes_exchange(&a[j], &a[j + 1], 8, 0x00ff00ff00ff00ff);
}

/* Bit i of byte j becomes bit j of byte i. */
LANES_INLINE void lanes_turn_bits(lanes *x) {
  lanes t = (*x ^ (*x >> 7)) & 0x00aa00aa00aa00aa;
  *x ^= t ^ (t << 7);
  t = (*x ^ (*x >> 14)) & 0x0000cccc0000cccc;
  *x ^= t ^ (t << 14);
  t = (*x ^ (*x >> 28)) & 0x00000000f0f0f0f0;
  *x ^= t ^ (t << 28);
}

/* Bits [from..from + 8) of the integers whose bits are at `in`, eight words
   each; those beyond `width` are 0, or the sign. */
LANES_INLINE void lanes_from_bits(const uint64_t *in, uint32_t width,
                                  bool is_signed, uint32_t from,
                                  uint8_t *restrict to) {
  lanes a[8], beyond = {0};
  if (is_signed)
    beyond = ((const lanes *)(const void *)in)[width - 1];
  for (uint32_t j = 0; j < 8; j++)
    a[j] =
        from + j < width ? ((const lanes *)(const void *)in)[from + j] : beyond;
  lanes_turn_bytes(a);
  for (int k = 0; k < 8; k++) {
    lanes_turn_bits(&a[k]);
    ((lanes *)(void *)to)[k] = a[k];
  }
}

/* One bit of each lane, from bytes that are 0 or 0xff. */
LANES_INLINE void lanes_to_bit(const uint8_t *restrict from, uint64_t *out) {
  lanes bits = {0};
  for (int k = 0; k < 8; k++) {
    lanes x = ((const lanes *)(const void *)from)[k] & 0x8040201008040201;
    x |= x >> 32;
    x |= x >> 16;
    x |= x >> 8;
    bits |= (x & 0xff) << (8 * k);
  }
  *(lanes *)(void *)out = bits;
}

#endif
