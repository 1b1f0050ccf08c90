#include "circuit/evaluate_sums.h"
#include "circuit/evaluate_lanes.h"
#include "circuit/evaluate_quads.h"
#include "circuit/evaluate_words.h"

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

/* Inputs */

#define EXPAND(name, type)                                                     \
  INLINE void name(type *restrict to, uint32_t j, const uint8_t *restrict x) { \
    for (size_t i = 0; i < SUM_LANES; i++)                                     \
      to[i] = (type)((j ? (u##type)to[i] : 0) |                                \
                     (u##type)((u##type)x[i] << 8 * j));                       \
  }
EXPAND(expand_16, int16_t)
EXPAND(expand_32, int32_t)

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
  }
  if (x->to.size)
    return;
  for (size_t i = 0; i < SUM_LANES; i++)
    byte[i] = (uint8_t)(byte[i] - (uint8_t)x->to.lo);
  put_bytes(memory, x->to, byte);
}

/* Sums of 32 bits: the whole is in range, and what is added first wraps
   around. */

#define ADD(name, lane_type)                                               \
  INLINE void name(int32_t *restrict sum, const lane_type *restrict x,     \
                   int32_t weight) {                                       \
    for (size_t i = 0; i < SUM_LANES; i++)                                 \
      sum[i] =                                                             \
          (int32_t)((uint32_t)sum[i] + (uint32_t)weight * (uint32_t)x[i]); \
  }
ADD(add_32_16, int16_t)
ADD(add_32_32, int32_t)

INLINE void add_32_8(int32_t *restrict sum, const uint32_t *restrict quad,
                     unsigned byte, int32_t weight) {
  for (size_t i = 0; i < SUM_LANES; i++)
    sum[i] = (int32_t)((uint32_t)sum[i] +
                       (uint32_t)weight * (quad[i] >> 8 * byte & 255));
}

INLINE void add_32(uint64_t *memory, int32_t *sum, const struct sum_term *t) {
  const void *x = lanes_of(memory, t->from);
  int32_t w = t->weight;
  if (t->from.size == 0)
    add_32_8(sum, x, t->from.byte, w);
  else if (t->from.size == 1)
    add_32_16(sum, x, w);
  else
    add_32_32(sum, x, w);
}

/* Levels */

/* Look-ups one by one: instructions that gather are slower than that. */
#define ALONE(x) __asm__("" : "+r"(x))

INLINE void find_count(uint32_t *restrict level, const int32_t *restrict sum,
                       const int64_t *threshold, uint32_t rungs) {
  int32_t t = rungs ? (int32_t)threshold[0] : 0;
  for (size_t i = 0; i < SUM_LANES; i++)
    level[i] = rungs && sum[i] >= t;
  for (uint32_t k = 1; k < rungs; k++) {
    t = (int32_t)threshold[k];
    for (size_t i = 0; i < SUM_LANES; i++)
      level[i] += sum[i] >= t;
  }
}

INLINE void find_bucket(uint32_t *restrict level, const int32_t *restrict sum,
                        const int64_t *restrict threshold,
                        const uint32_t *restrict base,
                        const struct sum_search *s) {
  int32_t lo = (int32_t)s->lo, hi = (int32_t)s->hi;
  unsigned shift = s->shift;
  for (size_t i = 0; i < SUM_LANES; i++) {
    int32_t x = sum[i] < lo ? lo : sum[i];
    x = x > hi ? hi : x;
    level[i] = (uint32_t)(x - lo) >> shift;
  }
  for (size_t i = 0; i < SUM_LANES; i++) {
    uint32_t l = base[level[i]];
    ALONE(l);
    for (unsigned k = s->most; k; k--)
      l += sum[i] >= threshold[l];
    level[i] = l;
  }
}

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

#define LOOK_UP(name, type, entry_type)                               \
  INLINE void name(type *restrict to, const uint32_t *restrict level, \
                   const entry_type *restrict entry) {                \
    for (size_t i = 0; i < SUM_LANES; i++) {                          \
      uint32_t l = level[i];                                          \
      ALONE(l);                                                       \
      to[i] = (type)entry[l];                                         \
    }                                                                 \
  }
LOOK_UP(look_up_8, uint8_t, uint8_t)
LOOK_UP(look_up_16, int16_t, int32_t)
LOOK_UP(look_up_32, int32_t, int32_t)

#define LINE(name, type)                                                      \
  INLINE void name(type *restrict to, const uint32_t *restrict level,         \
                   const struct sum_table *t) {                               \
    for (size_t i = 0; i < SUM_LANES; i++)                                    \
      to[i] =                                                                 \
          (type)((u##type)t->offset + (u##type)t->slope * (u##type)level[i]); \
  }
LINE(line_16, int16_t)
LINE(line_32, int32_t)

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
    look_up_8(byte, l->word, s->bytes.at + t->first);
  put_bytes(memory, t->to, byte);
}

INLINE void make_value(const struct sums *s, uint64_t *memory,
                       const struct sum_table *t, const uint32_t *level) {
  void *at = lanes_of(memory, t->to);
  const int32_t *entry = s->entries.at + t->first;
  if (t->to.size == 1 && t->is_line)
    line_16(at, level, t);
  else if (t->to.size == 1)
    look_up_16(at, level, entry);
  else if (t->is_line)
    line_32(at, level, t);
  else
    look_up_32(at, level, entry);
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
                        const int32_t *sum, const struct cursor *at,
                        uint32_t *level) {
  const int64_t *threshold = s->thresholds.at + at->threshold;
  if (step->search.how == FIND_COUNT)
    find_count(level, sum, threshold, step->rungs);
  else if (step->search.how == FIND_LINE)
    find_line(level, sum, &step->search);
  else
    find_bucket(level, sum, threshold, s->bases.at + step->search.base,
                &step->search);
  if (step->kind != SUM_WIDE)
    return;
  const struct sum_wide *w = &s->wide.at[step->wide];
  if (!w->is_exact)
    words_refine(level, sum, threshold,
                 (const uint32_t *)sum + SUM_GROUP * SUM_LANES,
                 s->words.at + w->thresholds, w->words);
}

INLINE void make_results(const struct sums *s, const struct quads *q,
                         uint64_t *memory, const struct sum_step *step,
                         const int32_t *sum, struct cursor *at) {
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

/* Up to SUM_GROUP sums of 32 bits. */
INLINE void add_up(const struct sums *s, const struct quads *q,
                   uint64_t *memory, const struct sum_group *g,
                   const struct sum_step *step, int32_t *sum,
                   struct cursor *at) {
  size_t n = g->steps - at->step;
  int32_t start[SUM_GROUP] = {0};
  for (size_t r = 0; r < n; r++)
    start[r] = step[r].start;
  q->add(memory, s->quads.at + at->quad, s->weights.at + SUM_GROUP * at->quad,
         g->quads - at->quad, n, start, sum);
  for (size_t r = 0; r < n; r++)
    for (; at->term < step[r].terms; at->term++)
      add_32(memory, sum + r * SUM_LANES, &s->terms.at[at->term]);
}

/* A wide sum, of which the key is left where a sum of 32 bits would be. */
INLINE void add_up_wide(const struct sums *s, const struct quads *q,
                        uint64_t *memory, const struct sum_wide *w,
                        int32_t *sum, size_t quad) {
  static const int32_t zero[SUM_GROUP];
  _Alignas(64) int32_t carry[SUM_LANES];
  uint32_t *word = (uint32_t *)sum + SUM_GROUP * SUM_LANES;
  const size_t *end = s->parts.at + w->parts;
  for (size_t j = 0; j < w->words; j++)
    for (size_t i = 0; i < SUM_LANES; i++)
      word[j * SUM_LANES + i] = s->words.at[w->start + j];
  for (uint32_t pass = 0; pass < w->passes; pass++) {
    memset(carry, 0, sizeof carry);
    for (size_t j = 0; j < w->words; j++, quad = *end++) {
      q->add(memory, s->quads.at + quad, s->weights.at + SUM_GROUP * quad,
             *end - quad, SUM_GROUP, zero, sum);
      words_add(word + j * SUM_LANES, sum, carry);
    }
  }
  words_key(sum, word, w->words, w->shift);
}

INLINE void run_group(const struct sums *s, const struct quads *q,
                      uint64_t *memory, const struct sum_group *g,
                      struct cursor *at) {
  const struct sum_step *step = s->steps.at + at->step;
  int32_t *sum = (int32_t *)(void *)(memory + s->sum_place);
  for (; at->expand < g->expands; at->expand++)
    expand(memory, &s->expands.at[at->expand]);
  if (step->kind == SUM_32)
    add_up(s, q, memory, g, step, sum, at);
  else
    add_up_wide(s, q, memory, &s->wide.at[step->wide], sum, at->quad);
  for (size_t r = 0; at->step < g->steps; r++, at->step++)
    make_results(s, q, memory, &step[r], sum + r * SUM_LANES, at);
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
