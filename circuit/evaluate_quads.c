#include "circuit/evaluate_quads.h"

#if defined(__x86_64__)
#  include <immintrin.h>
#endif

/* Plain */

static void add_quad(const uint32_t *restrict quad, uint32_t weights,
                     int32_t *restrict sum) {
  uint32_t w[4];
  for (int j = 0; j < 4; j++)
    w[j] = (uint32_t)(int8_t)(weights >> 8 * j);
  for (size_t i = 0; i < SUM_LANES; i++) {
    uint32_t x = quad[i];
    sum[i] =
        (int32_t)((uint32_t)sum[i] + w[0] * (x & 255) + w[1] * (x >> 8 & 255) +
                  w[2] * (x >> 16 & 255) + w[3] * (x >> 24));
  }
}

static void add_plain(const uint64_t *memory, const uint32_t *quads,
                      const uint32_t *weights, size_t n, size_t steps,
                      const int32_t *start, int32_t *sums) {
  for (size_t r = 0; r < steps; r++, sums += SUM_LANES) {
    for (size_t i = 0; i < SUM_LANES; i++)
      sums[i] = start[r];
    for (size_t q = 0; q < n; q++)
      if (weights[SUM_GROUP * q + r])
        add_quad((const uint32_t *)(const void *)(memory + quads[q]),
                 weights[SUM_GROUP * q + r], sums);
  }
}

static void look_up_plain(uint8_t *to, const uint8_t *level,
                          const uint8_t *table) {
  for (size_t i = 0; i < SUM_LANES; i++)
    to[i] = table[level[i]];
}

#if defined(__x86_64__)
#  define INLINE static inline __attribute__((always_inline))

/* Bytes 0 and 2, then 1 and 3, as pairs of 16 bits. */
#  define AVX2 __attribute__((target("avx2")))

enum {
  AVX2_LANES = 8,
  AVX2_STRIP = 2 // vectors at once
};

INLINE AVX2 void strip_avx2(const uint64_t *memory, const uint32_t *quads,
                            const uint32_t *weights, size_t n, size_t steps,
                            const int32_t *start, int32_t *sums, size_t at) {
  const __m256i low = _mm256_set1_epi32(0x00ff00ff);
  __m256i sum[SUM_GROUP][AVX2_STRIP];
  for (size_t r = 0; r < steps; r++)
    for (size_t v = 0; v < AVX2_STRIP; v++)
      sum[r][v] = _mm256_set1_epi32(start[r]);
  for (size_t q = 0; q < n; q++, weights += SUM_GROUP) {
    const int32_t *x = (const int32_t *)(const void *)(memory + quads[q]) + at;
    __m256i even[AVX2_STRIP], odd[AVX2_STRIP];
    for (size_t v = 0; v < AVX2_STRIP; v++) {
      odd[v] = _mm256_loadu_si256((const void *)(x + v * AVX2_LANES));
      even[v] = _mm256_and_si256(odd[v], low);
      odd[v] = _mm256_srli_epi16(odd[v], 8);
    }
    for (size_t r = 0; r < steps; r++) {
      __m256i w = _mm256_set1_epi32((int32_t)weights[r]);
      __m256i w_odd = _mm256_srai_epi16(w, 8);
      w = _mm256_srai_epi16(_mm256_slli_epi16(w, 8), 8);
      for (size_t v = 0; v < AVX2_STRIP; v++)
        sum[r][v] = _mm256_add_epi32(
            sum[r][v], _mm256_add_epi32(_mm256_madd_epi16(even[v], w),
                                        _mm256_madd_epi16(odd[v], w_odd)));
    }
  }
  for (size_t r = 0; r < steps; r++)
    for (size_t v = 0; v < AVX2_STRIP; v++)
      _mm256_storeu_si256((void *)(sums + r * SUM_LANES + at + v * AVX2_LANES),
                          sum[r][v]);
}

AVX2 static void add_avx2(const uint64_t *memory, const uint32_t *quads,
                          const uint32_t *weights, size_t n, size_t steps,
                          const int32_t *start, int32_t *sums) {
  for (size_t at = 0; at < SUM_LANES; at += AVX2_LANES * AVX2_STRIP)
    if (steps == 1)
      strip_avx2(memory, quads, weights, n, 1, start, sums, at);
    else
      strip_avx2(memory, quads, weights, n, SUM_GROUP, start, sums, at);
}

#  define VNNI __attribute__((target("avx512f,avx512vnni")))

enum {
  VNNI_LANES = 16,
  VNNI_STRIP = 4
};

INLINE VNNI void strip_vnni(const uint64_t *memory, const uint32_t *quads,
                            const uint32_t *weights, size_t n, size_t steps,
                            const int32_t *start, int32_t *sums, size_t at) {
  __m512i sum[SUM_GROUP][VNNI_STRIP];
  for (size_t r = 0; r < steps; r++)
    for (size_t v = 0; v < VNNI_STRIP; v++)
      sum[r][v] = _mm512_set1_epi32(start[r]);
  for (size_t q = 0; q < n; q++, weights += SUM_GROUP) {
    const int32_t *quad =
        (const int32_t *)(const void *)(memory + quads[q]) + at;
    __m512i x[VNNI_STRIP];
    for (size_t v = 0; v < VNNI_STRIP; v++)
      x[v] = _mm512_loadu_si512((const void *)(quad + v * VNNI_LANES));
    for (size_t r = 0; r < steps; r++) {
      __m512i w = _mm512_set1_epi32((int32_t)weights[r]);
      for (size_t v = 0; v < VNNI_STRIP; v++)
        sum[r][v] = _mm512_dpbusd_epi32(sum[r][v], x[v], w);
    }
  }
  for (size_t r = 0; r < steps; r++)
    for (size_t v = 0; v < VNNI_STRIP; v++)
      _mm512_storeu_si512((void *)(sums + r * SUM_LANES + at + v * VNNI_LANES),
                          sum[r][v]);
}

VNNI static void add_vnni(const uint64_t *memory, const uint32_t *quads,
                          const uint32_t *weights, size_t n, size_t steps,
                          const int32_t *start, int32_t *sums) {
  for (size_t at = 0; at < SUM_LANES; at += VNNI_LANES * VNNI_STRIP)
    if (steps == 1)
      strip_vnni(memory, quads, weights, n, 1, start, sums, at);
    else
      strip_vnni(memory, quads, weights, n, SUM_GROUP, start, sums, at);
}

/* An instruction looks up in 128 bytes; the level's top bit chooses. */
__attribute__((target("avx512f,avx512bw,avx512vbmi"))) static void
look_up_vbmi(uint8_t *to, const uint8_t *level, const uint8_t *table) {
  __m512i t[4];
  for (int i = 0; i < 4; i++)
    t[i] = _mm512_loadu_si512((const void *)(table + 64 * i));
  for (size_t i = 0; i < SUM_LANES; i += 64) {
    __m512i at = _mm512_loadu_si512((const void *)(level + i));
    __m512i low = _mm512_permutex2var_epi8(t[0], at, t[1]);
    __m512i high = _mm512_permutex2var_epi8(t[2], at, t[3]);
    _mm512_storeu_si512(
        (void *)(to + i),
        _mm512_mask_blend_epi8(_mm512_movepi8_mask(at), low, high));
  }
}
#endif

struct quads quads_find(unsigned vector_bytes) {
  struct quads q = {add_plain, look_up_plain};
#if defined(__x86_64__)
  if (vector_bytes >= 32 && __builtin_cpu_supports("avx2"))
    q.add = add_avx2;
  if (vector_bytes >= 64 && __builtin_cpu_supports("avx512vnni"))
    q.add = add_vnni;
  if (vector_bytes >= 64 && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vbmi"))
    q.look_up = look_up_vbmi;
#endif
  (void)vector_bytes;
  return q;
}
