#include "circuit/evaluate_sums.h"
#include "circuit/evaluate_lanes.h"
#include "circuit/evaluate_quads.h"

#include <string.h>

/* All of this is compiled into one function for each kind of vectors. */
#define INLINE static inline __attribute__((always_inline))

/* Values, in lanes [0..SUM_LANES), whatever their size. */

INLINE void *lanes_of(uint64_t *memory, struct sum_value v) {
  return memory + v.place;
}

/* Write bytes into their byte of a quad. */
INLINE void put_bytes(uint64_t *memory, struct sum_value to,
                      const uint8_t *restrict from) {
  uint32_t *restrict quad = lanes_of(memory, to);
  uint32_t shift = 8u * to.byte, keep = ~(UINT32_C(255) << shift);
  for (size_t i = 0; i < SUM_LANES; i++)
    quad[i] = (quad[i] & keep) | (uint32_t)from[i] << shift;
}

static int64_t get_lane(uint64_t *memory, struct sum_value v, size_t i) {
  const void *at = lanes_of(memory, v);
  switch (v.size) {
  case 0:
    return v.lo + (int64_t)(((const uint32_t *)at)[i] >> 8 * v.byte & 255);
  case 1:
    return ((const int16_t *)at)[i];
  case 2:
    return ((const int32_t *)at)[i];
  default:
    return ((const int64_t *)at)[i];
  }
}

/* Inputs */

#define EXPAND(name, type)                                                     \
  INLINE void name(type *restrict to, uint32_t j, const uint8_t *restrict x) { \
    for (size_t i = 0; i < SUM_LANES; i++)                                     \
      to[i] = (type)((j ? (u##type)to[i] : 0) |                                \
                     (u##type)((u##type)x[i] << 8 * j));                       \
  }
EXPAND(expand_16, int16_t)
EXPAND(expand_32, int32_t)
EXPAND(expand_64, int64_t)

INLINE void expand(uint64_t *memory, const struct sum_expand *x) {
  _Alignas(64) uint8_t byte[SUM_LANES];
  const uint64_t *in = memory + (size_t)x->first * SUM_WORDS;
  void *to = lanes_of(memory, x->to);
  for (uint32_t j = 0; j < 1u << x->to.size; j++) {
    lanes_from_bits(in, x->width, x->is_signed, 8 * j, byte);
    if (x->to.size == 1)
      expand_16(to, j, byte);
    else if (x->to.size == 2)
      expand_32(to, j, byte);
    else if (x->to.size == 3)
      expand_64(to, j, byte);
  }
  if (x->to.size)
    return;
  for (size_t i = 0; i < SUM_LANES; i++)
    byte[i] = (uint8_t)(byte[i] - (uint8_t)x->to.lo);
  put_bytes(memory, x->to, byte);
}

/* Sums in 32 and in 64 bits: the whole is in range, and what is added first
   wraps around. */

#define ADD(name, type, lane_type)                                        \
  INLINE void name(type *restrict sum, const lane_type *restrict x,       \
                   type weight) {                                         \
    for (size_t i = 0; i < SUM_LANES; i++)                                \
      sum[i] = (type)((u##type)sum[i] + (u##type)weight * (u##type)x[i]); \
  }
ADD(add_32_16, int32_t, int16_t)
ADD(add_32_32, int32_t, int32_t)
ADD(add_64_16, int64_t, int16_t)
ADD(add_64_32, int64_t, int32_t)
ADD(add_64_64, int64_t, int64_t)

#define ADD_BYTE(name, type)                                          \
  INLINE void name(type *restrict sum, const uint32_t *restrict quad, \
                   unsigned byte, type weight) {                      \
    for (size_t i = 0; i < SUM_LANES; i++)                            \
      sum[i] = (type)((u##type)sum[i] +                               \
                      (u##type)weight * (quad[i] >> 8 * byte & 255)); \
  }
ADD_BYTE(add_32_8, int32_t)
ADD_BYTE(add_64_8, int64_t)

INLINE void add_32(uint64_t *memory, int32_t *sum, const struct sum_term *t) {
  const void *x = lanes_of(memory, t->from);
  int32_t w = (int32_t)t->weight;
  if (t->from.size == 0)
    add_32_8(sum, x, t->from.byte, w);
  else if (t->from.size == 1)
    add_32_16(sum, x, w);
  else
    add_32_32(sum, x, w);
}

INLINE void add_64(uint64_t *memory, int64_t *sum, const struct sum_term *t) {
  const void *x = lanes_of(memory, t->from);
  if (t->from.size == 0)
    add_64_8(sum, x, t->from.byte, t->weight);
  else if (t->from.size == 1)
    add_64_16(sum, x, t->weight);
  else if (t->from.size == 2)
    add_64_32(sum, x, t->weight);
  else
    add_64_64(sum, x, t->weight);
}

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

/* Levels */

/* Look-ups one by one: instructions that gather are slower than that. */
#define ALONE(x) __asm__("" : "+r"(x))

#define FIND(suffix, type)                                                    \
  INLINE void find_count_##suffix(uint32_t *restrict level,                   \
                                  const type *restrict sum,                   \
                                  const int64_t *threshold, uint32_t rungs) { \
    type t = rungs ? (type)threshold[0] : 0;                                  \
    for (size_t i = 0; i < SUM_LANES; i++)                                    \
      level[i] = rungs && sum[i] >= t;                                        \
    for (uint32_t k = 1; k < rungs; k++) {                                    \
      t = (type)threshold[k];                                                 \
      for (size_t i = 0; i < SUM_LANES; i++)                                  \
        level[i] += sum[i] >= t;                                              \
    }                                                                         \
  }                                                                           \
  INLINE void find_bucket_##suffix(                                           \
      uint32_t *restrict level, const type *restrict sum,                     \
      const int64_t *restrict threshold, const uint32_t *restrict base,       \
      const struct sum_search *s) {                                           \
    type lo = (type)s->lo, hi = (type)s->hi;                                  \
    unsigned shift = s->shift;                                                \
    for (size_t i = 0; i < SUM_LANES; i++) {                                  \
      type x = sum[i] < lo ? lo : sum[i];                                     \
      x = x > hi ? hi : x;                                                    \
      level[i] = (uint32_t)((uint64_t)(x - lo) >> shift);                     \
    }                                                                         \
    for (size_t i = 0; i < SUM_LANES; i++) {                                  \
      uint32_t l = base[level[i]];                                            \
      ALONE(l);                                                               \
      for (unsigned k = s->most; k; k--)                                      \
        l += sum[i] >= threshold[l];                                          \
      level[i] = l;                                                           \
    }                                                                         \
  }
FIND(32, int32_t)
FIND(64, int64_t)

INLINE void find_line(uint32_t *restrict level, const int32_t *restrict sum,
                      const struct sum_search *s) {
  int32_t lo = (int32_t)s->lo, hi = (int32_t)s->hi, add = s->add;
  int shift = (int)s->shift;
  float factor = s->factor;
  for (size_t i = 0; i < SUM_LANES; i++) {
    int32_t x = sum[i] < lo ? lo : sum[i];
    x = x > hi ? hi : x;
    level[i] = (uint32_t)sum_line(x - lo, shift, add, factor);
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
LOOK_UP(look_up_8, uint8_t)
LOOK_UP(look_up_16, int16_t)
LOOK_UP(look_up_32, int32_t)
LOOK_UP(look_up_64, int64_t)

#define LINE(name, type)                                                      \
  INLINE void name(type *restrict to, const uint32_t *restrict level,         \
                   const struct sum_table *t) {                               \
    for (size_t i = 0; i < SUM_LANES; i++)                                    \
      to[i] =                                                                 \
          (type)((u##type)t->offset + (u##type)t->slope * (u##type)level[i]); \
  }
LINE(line_16, int16_t)
LINE(line_32, int32_t)
LINE(line_64, int64_t)

/* Levels, as words, and their lowest bytes. */
struct levels {
  _Alignas(64) uint32_t word[SUM_LANES];
  _Alignas(64) uint8_t byte[SUM_LANES];
};

INLINE void make_byte(const struct sums *s, const struct quads *q,
                      uint64_t *memory, const struct sum_table *t,
                      const struct levels *l) {
  _Alignas(64) uint8_t byte[SUM_LANES];
  if (t->is_line)
    for (size_t i = 0; i < SUM_LANES; i++)
      byte[i] = (uint8_t)((uint8_t)t->offset + (uint8_t)t->slope * l->byte[i]);
  else if (t->is_small)
    q->look_up(byte, l->byte, s->bytes.at + t->first);
  else
    look_up_8(byte, l->word, s->entries.at + t->first);
  put_bytes(memory, t->to, byte);
}

INLINE void make_value(const struct sums *s, uint64_t *memory,
                       const struct sum_table *t, const uint32_t *level) {
  void *at = lanes_of(memory, t->to);
  const int64_t *entry = s->entries.at + t->first;
  if (t->to.size == 1 && t->is_line)
    line_16(at, level, t);
  else if (t->to.size == 1)
    look_up_16(at, level, entry);
  else if (t->to.size == 2 && t->is_line)
    line_32(at, level, t);
  else if (t->to.size == 2)
    look_up_32(at, level, entry);
  else if (t->is_line)
    line_64(at, level, t);
  else
    look_up_64(at, level, entry);
}

INLINE void put_output(uint64_t *out, const struct levels *l, bool is_small,
                       uint32_t rung) {
  _Alignas(64) uint8_t is[SUM_LANES];
  if (is_small && rung < 256)
    for (size_t i = 0; i < SUM_LANES; i++)
      is[i] = l->byte[i] >= (uint8_t)rung ? 255 : 0;
  else
    for (size_t i = 0; i < SUM_LANES; i++)
      is[i] = l->word[i] >= rung ? 255 : 0;
  lanes_to_bit(is, out);
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

/* Steps */

/* Where the parts of the next step begin. */
struct cursor {
  size_t step, expand, quad, term, table, output, threshold;
};

INLINE void find_levels(const struct sums *s, const struct sum_step *step,
                        const void *sum, const struct cursor *at,
                        uint32_t *level) {
  const int64_t *threshold = s->thresholds.at + at->threshold;
  const uint32_t *base = s->bases.at + step->search.base;
  if (step->kind == SUM_WIDE)
    find_wide(level, sum, step->limbs, s->limbs.at + step->search.base,
              step->rungs);
  else if (step->kind == SUM_32 && step->search.how == FIND_COUNT)
    find_count_32(level, sum, threshold, step->rungs);
  else if (step->kind == SUM_32 && step->search.how == FIND_LINE)
    find_line(level, sum, &step->search);
  else if (step->kind == SUM_32)
    find_bucket_32(level, sum, threshold, base, &step->search);
  else if (step->search.how == FIND_COUNT)
    find_count_64(level, sum, threshold, step->rungs);
  else
    find_bucket_64(level, sum, threshold, base, &step->search);
}

INLINE void make_results(const struct sums *s, const struct quads *q,
                         uint64_t *memory, const struct sum_step *step,
                         const void *sum, struct cursor *at) {
  struct levels l;
  uint64_t *out = memory + s->e.inputs * SUM_WORDS;
  find_levels(s, step, sum, at, l.word);
  for (size_t i = 0; i < SUM_LANES; i++)
    l.byte[i] = (uint8_t)l.word[i];
  for (; at->table < step->tables; at->table++) {
    const struct sum_table *t = &s->tables.at[at->table];
    if (t->to.size == 0)
      make_byte(s, q, memory, t, &l);
    else
      make_value(s, memory, t, l.word);
  }
  for (; at->output < step->outputs; at->output++)
    put_output(out + s->outputs.at[at->output].output * SUM_WORDS, &l,
               step->rungs < 256, s->outputs.at[at->output].rung);
  at->threshold = step->thresholds;
}

INLINE void add_terms(const struct sums *s, uint64_t *memory,
                      const struct sum_step *step, void *sum,
                      struct cursor *at) {
  if (step->kind == SUM_WIDE)
    for (size_t i = 0; i < SUM_LANES; i++)
      memcpy((uint64_t *)sum + i * step->limbs, s->limbs.at + step->wide_start,
             step->limbs * sizeof(mp_limb_t));
  else if (step->kind == SUM_64)
    for (size_t i = 0; i < SUM_LANES; i++)
      ((int64_t *)sum)[i] = step->start;
  for (; at->term < step->terms; at->term++) {
    const struct sum_term *t = &s->terms.at[at->term];
    if (step->kind == SUM_32)
      add_32(memory, sum, t);
    else if (step->kind == SUM_64)
      add_64(memory, sum, t);
    else
      add_wide(s, memory, sum, step->limbs, t);
  }
}

INLINE void run_group(const struct sums *s, const struct quads *q,
                      uint64_t *memory, const struct sum_group *g,
                      struct cursor *at) {
  const struct sum_step *step = s->steps.at + at->step;
  int32_t *sum = (int32_t *)(void *)(memory + s->sum_place);
  int32_t start[SUM_GROUP] = {0};
  size_t n = g->steps - at->step;
  for (; at->expand < g->expands; at->expand++)
    expand(memory, &s->expands.at[at->expand]);
  for (size_t r = 0; r < n; r++)
    start[r] = (int32_t)step[r].start;
  if (step->kind == SUM_32)
    q->add(memory, s->quads.at + at->quad, s->weights.at + SUM_GROUP * at->quad,
           g->quads - at->quad, n, start, sum);
  for (size_t r = 0; r < n; r++)
    add_terms(s, memory, &step[r], sum + r * SUM_LANES, at);
  for (size_t r = 0; r < n; r++)
    make_results(s, q, memory, &step[r], sum + r * SUM_LANES, at);
  at->step = g->steps;
  at->quad = g->quads;
}

INLINE void run_groups(const struct sums *s, const struct quads *q,
                       uint64_t *memory) {
  struct cursor at = {0};
  for (size_t i = 0; i < s->groups.n; i++)
    run_group(s, q, memory, &s->groups.at[i], &at);
}

static void run_any(const struct sums *s, const struct quads *q,
                    uint64_t *memory) {
  run_groups(s, q, memory);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void
run_avx2(const struct sums *s, const struct quads *q, uint64_t *memory) {
  run_groups(s, q, memory);
}

__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))) static void
run_avx512(const struct sums *s, const struct quads *q, uint64_t *memory) {
  run_groups(s, q, memory);
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
  struct quads q = quads_find(e->vector_bytes);
#if defined(__x86_64__)
  if (has_avx512() && e->vector_bytes >= 64)
    run_avx512(s, &q, memory);
  else if (e->vector_bytes >= 32)
    run_avx2(s, &q, memory);
  else
#endif
    run_any(s, &q, memory);
  copy_outputs(s, memory);
}
