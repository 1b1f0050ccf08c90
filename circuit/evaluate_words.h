/* evaluate_words.h - integers of several words in each lane

   Word j of lane i is word[SUM_LANES * j + i], of 32 bits, the lowest first, in
   two's complement. They come from four sums a word, one for each of its bytes,
   which are carried on here.

   For evaluate_sums.c, which compiles it for several kinds of machines. */
#ifndef EVALUATE_WORDS_H
#define EVALUATE_WORDS_H

#include "circuit/evaluate_sums.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORDS_INLINE static inline __attribute__((always_inline))

enum {
  WORDS_MOST_KEY = (1 << 30) - 1 // greater than any threshold's
};

/* Add four sums of less than 2^30, each 256 times the one before, and a carry,
   which becomes that to the next word. */
WORDS_INLINE void words_add(uint32_t *restrict word,
                            const int32_t *restrict sums,
                            int32_t *restrict carry) {
  const int32_t *a = sums, *b = a + SUM_LANES, *c = b + SUM_LANES,
                *d = c + SUM_LANES;
  for (size_t i = 0; i < SUM_LANES; i++) { // >> is rounded down
    uint32_t before = word[i];
    int32_t t = carry[i] + a[i] + (int32_t)(before & 255);
    uint32_t after = (uint32_t)t & 255;
    t = (t >> 8) + b[i] + (int32_t)(before >> 8 & 255);
    after |= ((uint32_t)t & 255) << 8;
    t = (t >> 8) + c[i] + (int32_t)(before >> 16 & 255);
    after |= ((uint32_t)t & 255) << 16;
    t = (t >> 8) + d[i] + (int32_t)(before >> 24);
    word[i] = after | (uint32_t)t << 24;
    carry[i] = t >> 8;
  }
}

/* Each integer >> shift; -1 if it is negative, at most WORDS_MOST_KEY. */
WORDS_INLINE void words_key(int32_t *restrict key,
                            const uint32_t *restrict word, size_t n,
                            unsigned shift) {
  const uint32_t *low = word + shift / 32 * SUM_LANES;
  const uint32_t *top = word + (n - 1) * SUM_LANES;
  unsigned r = shift % 32;
  _Alignas(64) uint32_t over[SUM_LANES]; // what is beyond 32 bits
  for (size_t i = 0; i < SUM_LANES; i++)
    over[i] = 0, key[i] = (int32_t)(low[i] >> r);
  if (low != top)
    for (size_t i = 0; i < SUM_LANES; i++) {
      uint32_t next = low[SUM_LANES + i];
      over[i] = next >> r;
      key[i] |= (int32_t)(next << 1 << (31 - r));
    }
  for (const uint32_t *w = low + SUM_LANES; w < top; w += SUM_LANES)
    for (size_t i = 0; i < SUM_LANES; i++)
      over[i] |= w[SUM_LANES + i];
  for (size_t i = 0; i < SUM_LANES; i++) {
    over[i] |= (uint32_t)key[i] >> 30;
    key[i] = over[i] ? WORDS_MOST_KEY : key[i];
    key[i] = top[i] >> 31 ? -1 : key[i];
  }
}

/* Is lane `lane`, not negative, at least t? */
static inline bool words_reach(const uint32_t *lane, const uint32_t *t,
                               size_t n) {
  while (--n && lane[n * SUM_LANES] == t[n])
    continue;
  return lane[n * SUM_LANES] >= t[n];
}

/* Of levels that count thresholds whose key is reached, take back those that
   the whole integer does not reach. */
static inline void words_refine(uint32_t *level, const int32_t *key,
                                const int64_t *key_of, const uint32_t *word,
                                const uint32_t *threshold, size_t n) {
  for (size_t i = 0; i < SUM_LANES; i++) {
    uint32_t high = level[i], low = high - 1;
    if (!high || key_of[low] != key[i])
      continue;
    if (low && key_of[low - 1] == key[i])
      low = 0; // there are several
    while (low < high) {
      uint32_t middle = low + (high - low) / 2;
      if (words_reach(word + i, threshold + middle * n, n))
        low = middle + 1;
      else
        high = middle;
    }
    level[i] = low;
  }
}

#endif
