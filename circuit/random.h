/* random.h - numbers drawn from a seed, the same on every machine

     uint64_t state = seed;
     uint64_t die = 1 + random_below(&state, 6);

   Any seed does, and nearby ones give unlike numbers: SplitMix64 (Steele, Lea
   and Flood 2014). Not for secrets. */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdint.h>

/* A number without a pattern, for each x another. */
static inline uint64_t random_mix(uint64_t x) {
  x += UINT64_C(0x9e3779b97f4a7c15);
  x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
  return x ^ (x >> 31);
}

/* Of [0..n), n >= 1; for n far below 2^64 hardly uneven. */
static inline uint64_t random_below(uint64_t *state, uint64_t n) {
  uint64_t x = random_mix(*state);
  *state += UINT64_C(0x9e3779b97f4a7c15);
  return x % n;
}

#endif
