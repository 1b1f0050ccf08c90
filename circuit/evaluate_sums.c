#include "circuit/evaluate_sums.h"

#include <string.h>

/* All of this is compiled into one function for each kind of vectors. */
#define INLINE static inline __attribute__((always_inline))

/* Values in lanes [0..SUM_LANES), whatever their size. */

INLINE void *lanes_of(uint64_t *memory, struct sum_value v) {
  return memory + v.place;
}

/* Bits to integers; the wrapped sum of powers of two is right in any type. */
#define EXPAND(name, type)                                             \
  INLINE void name(const uint64_t *in, uint32_t width, bool is_signed, \
                   type *restrict to) {                                \
    for (size_t w = 0; w < SUM_WORDS; w++, to += 64) {                 \
      u##type at[64] = {0};                                            \
      for (uint32_t j = 0; j < width; j++) {                           \
        uint64_t word = in[j * SUM_WORDS + w];                         \
        u##type unit = (u##type)((u##type)1 << j);                     \
        if (is_signed && j + 1 == width)                               \
          unit = (u##type) - unit;                                     \
        for (size_t i = 0; i < 64; i++)                                \
          at[i] = (u##type)(at[i] + (word >> i & 1) * unit);           \
      }                                                                \
      for (size_t i = 0; i < 64; i++)                                  \
        to[i] = (type)at[i];                                           \
    }                                                                  \
  }
EXPAND(expand_8, int8_t)
EXPAND(expand_16, int16_t)
EXPAND(expand_32, int32_t)
EXPAND(expand_64, int64_t)

INLINE void expand(uint64_t *memory, const struct sum_expand *x) {
  const uint64_t *in = memory + (size_t)x->first * SUM_WORDS;
  void *to = lanes_of(memory, x->to);
  if (x->to.size == 0)
    expand_8(in, x->width, x->is_signed, to);
  else if (x->to.size == 1)
    expand_16(in, x->width, x->is_signed, to);
  else if (x->to.size == 2)
    expand_32(in, x->width, x->is_signed, to);
  else
    expand_64(in, x->width, x->is_signed, to);
}

static int64_t get_lane(uint64_t *memory, struct sum_value v, size_t i) {
  const void *at = lanes_of(memory, v);
  switch (v.size) {
  case 0:
    return ((const int8_t *)at)[i];
  case 1:
    return ((const int16_t *)at)[i];
  case 2:
    return ((const int32_t *)at)[i];
  default:
    return ((const int64_t *)at)[i];
  }
}

/* Sums in 32 and in 64 bits: no partial sum is out of range. */

#define ADD(name, sum_type, lane_type)                                  \
  INLINE void name(sum_type *restrict sum, const lane_type *restrict x, \
                   sum_type weight) {                                   \
    for (size_t i = 0; i < SUM_LANES; i++)                              \
      sum[i] += weight * (sum_type)x[i];                                \
  }
ADD(add_32_8, int32_t, int8_t)
ADD(add_32_16, int32_t, int16_t)
ADD(add_32_32, int32_t, int32_t)
ADD(add_64_8, int64_t, int8_t)
ADD(add_64_16, int64_t, int16_t)
ADD(add_64_32, int64_t, int32_t)
ADD(add_64_64, int64_t, int64_t)

INLINE void add_32(uint64_t *memory, int32_t *sum, const struct sum_term *t) {
  const void *x = lanes_of(memory, t->from);
  int32_t w = (int32_t)t->weight;
  if (t->from.size == 0)
    add_32_8(sum, x, w);
  else if (t->from.size == 1)
    add_32_16(sum, x, w);
  else
    add_32_32(sum, x, w);
}

INLINE void add_64(uint64_t *memory, int64_t *sum, const struct sum_term *t) {
  const void *x = lanes_of(memory, t->from);
  if (t->from.size == 0)
    add_64_8(sum, x, t->weight);
  else if (t->from.size == 1)
    add_64_16(sum, x, t->weight);
  else if (t->from.size == 2)
    add_64_32(sum, x, t->weight);
  else
    add_64_64(sum, x, t->weight);
}

/* Levels */

/* Look-ups one by one: instructions that gather are slower than that. */
#define ALONE(x) __asm__("" : "+r"(x))

#define FIND(name, type)                                               \
  INLINE void name(uint32_t *restrict level, const type *restrict sum, \
                   const int64_t *restrict threshold,                  \
                   const uint32_t *restrict base,                      \
                   const struct sum_search *s) {                       \
    type lo = (type)s->lo, hi = (type)s->hi;                           \
    unsigned shift = s->shift;                                         \
    for (size_t i = 0; i < SUM_LANES; i++) {                           \
      type x = sum[i] < lo ? lo : sum[i];                              \
      x = x > hi ? hi : x;                                             \
      level[i] = (uint32_t)((uint64_t)(x - lo) >> shift);              \
    }                                                                  \
    for (size_t i = 0; i < SUM_LANES; i++) {                           \
      uint32_t l = base[level[i]];                                     \
      ALONE(l);                                                        \
      for (unsigned k = s->most; k; k--)                               \
        l += sum[i] >= threshold[l];                                   \
      level[i] = l;                                                    \
    }                                                                  \
  }
FIND(find_32, int32_t)
FIND(find_64, int64_t)

/* Wide sums, in two's complement free of signs: they start high enough. */

static void add_wide(const struct sums *s, uint64_t *memory, mp_limb_t *sum,
                     size_t limbs, const struct sum_term *t) {
  const struct sum_wide *w = &s->wide.at[t->weight];
  const mp_limb_t *weight = s->limbs.at + w->first;
  for (size_t i = 0; i < SUM_LANES; i++, sum += limbs) {
    int64_t x = get_lane(memory, t->from, i);
    mp_limb_t size = x < 0 ? -(mp_limb_t)x : (mp_limb_t)x, carry;
    if (!x)
      continue;
    if ((x < 0) == w->is_negative) {
      carry = mpn_addmul_1(sum, weight, w->n, size);
      if (w->n < limbs)
        mpn_add_1(sum + w->n, sum + w->n, (mp_size_t)(limbs - w->n), carry);
    } else {
      carry = mpn_submul_1(sum, weight, w->n, size);
      if (w->n < limbs)
        mpn_sub_1(sum + w->n, sum + w->n, (mp_size_t)(limbs - w->n), carry);
    }
  }
}

static void find_wide(uint32_t *level, const mp_limb_t *sum, size_t limbs,
                      const mp_limb_t *threshold, uint32_t rungs) {
  for (size_t i = 0; i < SUM_LANES; i++, sum += limbs) {
    uint32_t low = 0, high = rungs;
    while (low < high) {
      uint32_t middle = low + (high - low) / 2;
      if (mpn_cmp(sum, threshold + middle * limbs, (mp_size_t)limbs) >= 0)
        low = middle + 1;
      else
        high = middle;
    }
    level[i] = low;
  }
}

/* Results */

#define LOOK_UP(name, type)                                           \
  INLINE void name(type *restrict to, const uint32_t *restrict level, \
                   const int64_t *restrict entry) {                   \
    for (size_t i = 0; i < SUM_LANES; i++) {                          \
      uint32_t l = level[i];                                          \
      ALONE(l);                                                       \
      to[i] = (type)entry[l];                                         \
    }                                                                 \
  }
LOOK_UP(look_up_8, int8_t)
LOOK_UP(look_up_16, int16_t)
LOOK_UP(look_up_32, int32_t)
LOOK_UP(look_up_64, int64_t)

INLINE void look_up(uint64_t *memory, struct sum_value to,
                    const uint32_t *level, const int64_t *entry) {
  void *at = lanes_of(memory, to);
  if (to.size == 0)
    look_up_8(at, level, entry);
  else if (to.size == 1)
    look_up_16(at, level, entry);
  else if (to.size == 2)
    look_up_32(at, level, entry);
  else
    look_up_64(at, level, entry);
}

INLINE void put_output(uint64_t *out, const uint32_t *level, uint32_t rung) {
  for (size_t w = 0; w < SUM_WORDS; w++, level += 64) {
    uint64_t word = 0;
    for (size_t i = 0; i < 64; i++)
      word |= (uint64_t)(level[i] >= rung) << i;
    out[w] = word;
  }
}

static void copy_outputs(const struct sums *s, uint64_t *memory) {
  uint64_t *out = memory + s->e.inputs * SUM_WORDS;
  for (size_t i = 0; i < s->copies.n; i++) {
    uint32_t from = s->copies.at[i].input;
    uint64_t *to = out + s->copies.at[i].output * SUM_WORDS;
    if (from >= SUM_ONE)
      memset(to, from == SUM_ONE ? 0xff : 0, 8 * SUM_WORDS);
    else
      memcpy(to, memory + from * SUM_WORDS, 8 * SUM_WORDS);
  }
}

/* Where the parts of the next step begin. */
struct cursor {
  size_t expand, term, table, output, threshold;
};

INLINE void find_levels(const struct sums *s, uint64_t *memory,
                        const struct sum_step *step, const struct cursor *at) {
  uint64_t *sum = memory + s->sum_place;
  uint32_t *level = (uint32_t *)(void *)(memory + s->level_place);
  size_t bytes = step->kind == SUM_32 ? 4 : 8;
  if (step->kind == SUM_WIDE) {
    for (size_t i = 0; i < SUM_LANES; i++)
      memcpy(sum + i * step->limbs, s->limbs.at + step->start,
             step->limbs * sizeof(mp_limb_t));
    for (size_t i = at->term; i < step->terms; i++)
      add_wide(s, memory, sum, step->limbs, &s->terms.at[i]);
    find_wide(level, sum, step->limbs, s->limbs.at + step->search.base,
              step->rungs);
    return;
  }
  memset(sum, 0, bytes * SUM_LANES);
  const int64_t *threshold = s->thresholds.at + at->threshold;
  const uint32_t *base = s->bases.at + step->search.base;
  if (step->kind == SUM_32) {
    for (size_t i = at->term; i < step->terms; i++)
      add_32(memory, (int32_t *)(void *)sum, &s->terms.at[i]);
    find_32(level, (int32_t *)(void *)sum, threshold, base, &step->search);
  } else {
    for (size_t i = at->term; i < step->terms; i++)
      add_64(memory, (int64_t *)(void *)sum, &s->terms.at[i]);
    find_64(level, (int64_t *)(void *)sum, threshold, base, &step->search);
  }
}

INLINE void run_step(const struct sums *s, uint64_t *memory,
                     const struct sum_step *step, struct cursor *at) {
  const uint32_t *level = (uint32_t *)(void *)(memory + s->level_place);
  uint64_t *out = memory + s->e.inputs * SUM_WORDS;
  for (; at->expand < step->expands; at->expand++)
    expand(memory, &s->expands.at[at->expand]);
  find_levels(s, memory, step, at);
  for (; at->table < step->tables; at->table++)
    look_up(memory, s->tables.at[at->table].to, level,
            s->entries.at + s->tables.at[at->table].first);
  for (; at->output < step->outputs; at->output++)
    put_output(out + s->outputs.at[at->output].output * SUM_WORDS, level,
               s->outputs.at[at->output].rung);
  at->term = step->terms;
  at->threshold = step->thresholds;
}

INLINE void run_steps(const struct sums *s, uint64_t *memory) {
  struct cursor at = {0};
  for (size_t i = 0; i < s->steps.n; i++)
    run_step(s, memory, &s->steps.at[i], &at);
}

static void run_any(const struct sums *s, uint64_t *memory) {
  run_steps(s, memory);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void run_avx2(const struct sums *s,
                                                     uint64_t *memory) {
  run_steps(s, memory);
}

__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))) static void
run_avx512(const struct sums *s, uint64_t *memory) {
  run_steps(s, memory);
}

static bool has_avx512(void) {
  return __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}
#endif

void sums_run(const struct evaluator *e, uint64_t *memory) {
  const struct sums *s = (const struct sums *)e;
#if defined(__x86_64__)
  if (has_avx512() && e->vector_bytes >= 64)
    run_avx512(s, memory);
  else if (e->vector_bytes >= 32)
    run_avx2(s, memory);
  else
#endif
    run_any(s, memory);
  copy_outputs(s, memory);
}
