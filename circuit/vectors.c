#include "circuit/vectors.h"
#include "circuit/random.h"

#include <string.h>

enum {
  GROUP = 8,  // words that one random sequence makes at a time: 512 vectors
  SKIPPED = 8 // first numbers of a sequence, which are not mixed well
};

/* Each integer of a bus, and each input outside of all, gets a number. */
void vectors_init(struct vectors *v, const struct circuit *c,
                  enum vectors_kind kind, uint64_t seed) {
  *v = (struct vectors){kind, seed, c->inputs.n, NULL};
  v->places = xcalloc(c->inputs.n, sizeof *v->places);
  uint32_t value = 0;
  for (size_t i = 0; i < c->inputs.n; i++)
    v->places[i] = (struct vectors_place){value++, 0, 1};
  for (size_t i = 0; i < c->input_buses.n; i++) {
    const struct bus *b = &c->input_buses.at[i];
    for (size_t j = 0; j < b->values * b->width; j++)
      v->places[b->first_bit + j] = (struct vectors_place){
          value + (uint32_t)(j / b->width), (uint32_t)(j % b->width), b->width};
    value += (uint32_t)b->values;
  }
}

void vectors_clear(struct vectors *v) {
  free(v->places);
  *v = (struct vectors){0};
}

static uint64_t mix3(uint64_t a, uint64_t b, uint64_t c) {
  return random_mix(random_mix(random_mix(a) ^ b) ^ c);
}

/* Eight generators sfc64 (Doty-Humphrey's PractRand) side by side. */
typedef uint64_t eight __attribute__((vector_size(8 * GROUP)));

struct generator {
  eight a, b, c;
};

/* One input after the other; for the vectors of several machines. */
#define DRAW(attribute, name)                                          \
  attribute static void name(const struct generator *g, size_t inputs, \
                             size_t words, uint64_t *in) {             \
    eight a = g->a, b = g->b, c = g->c;                                \
    for (size_t i = 0; i < inputs + SKIPPED; i++) {                    \
      eight r = a + b + i;                                             \
      a = b ^ (b >> 11);                                               \
      b = c + (c << 3);                                                \
      c = ((c << 24) | (c >> 40)) + r;                                 \
      if (i >= SKIPPED)                                                \
        memcpy(in + (i - SKIPPED) * words, &r, sizeof r);              \
    }                                                                  \
  }

DRAW(, draw_any)
#ifdef __x86_64__
DRAW(__attribute__((target("avx2"))), draw_avx2)
DRAW(__attribute__((target("avx512f"))), draw_avx512)
#endif

static void fill_random(const struct vectors *v, uint64_t group, size_t words,
                        uint64_t *in) {
  struct generator g;
  for (size_t i = 0; i < GROUP; i++) {
    g.a[i] = mix3(v->seed, group, i);
    g.b[i] = mix3(v->seed, group, i + GROUP);
    g.c[i] = v->seed;
  }
#ifdef __x86_64__
  if (__builtin_cpu_supports("avx512f"))
    draw_avx512(&g, v->inputs, words, in);
  else if (__builtin_cpu_supports("avx2"))
    draw_avx2(&g, v->inputs, words, in);
  else
#endif
    draw_any(&g, v->inputs, words, in);
}

uint64_t vectors_exhaustive(uint64_t number, size_t input) {
  static const uint64_t low[] = {
      UINT64_C(0xaaaaaaaaaaaaaaaa), UINT64_C(0xcccccccccccccccc),
      UINT64_C(0xf0f0f0f0f0f0f0f0), UINT64_C(0xff00ff00ff00ff00),
      UINT64_C(0xffff0000ffff0000), UINT64_C(0xffffffff00000000)};
  if (input < 6)
    return low[input];
  return input < 64 && number >> (input - 6) & 1 ? UINT64_MAX : 0;
}

/* Extreme vectors, a word of 64 at a time */

/* Bit `at` of eight special integers of `width` bits, each in one of eight
   lanes, the number of which a lane has in binary in n2, n1, n0. */
static uint64_t special_word(const struct vectors_place *at, uint64_t n2,
                             uint64_t n1, uint64_t n0, uint64_t random) {
  bool is_top = at->bit + 1 == at->width, is_odd = at->bit & 1;
  uint64_t zero = ~n2 & ~n1, one = ~n2 & n1, alternate = n2 & ~n1;
  uint64_t word = zero & n0;                  // 0 and all ones
  word |= one & ~n0 & -(uint64_t)!at->bit;    // 1
  word |= one & n0 & -(uint64_t)is_top;       // least in two's complement
  word |= alternate & (is_odd ? n0 : ~n0);    // 0101 and 1010
  word |= n2 & n1 & ~n0 & -(uint64_t)!is_top; // greatest in two's complement
  return word | (n2 & n1 & n0 & random);
}

/* `shared` lanes have the same integer in all values. */
static uint64_t integers_word(const struct vectors *v, uint64_t key, size_t i,
                              uint64_t shared) {
  const struct vectors_place *at = &v->places[i];
  uint64_t n[3];
  for (uint64_t j = 0; j < 3; j++)
    n[j] = (mix3(key, j, at->value) & ~shared) | (mix3(key, j, 0) & shared);
  uint64_t random =
      (mix3(key, 8 + i, 3) & ~shared) | (mix3(key, at->bit, 4) & shared);
  return special_word(at, n[2], n[1], n[0], random);
}

/* Lane k is unlike the others in input from + k, if there is one. */
static uint64_t one_hot_word(uint64_t from, size_t i) {
  return from <= i && i - from < 64 ? (uint64_t)1 << (i - from) : 0;
}

/* Word `number` of its kind; in runs over it all inputs have their turn of
   being unlike the others. */
static uint64_t extreme_word(const struct vectors *v, uint64_t number,
                             size_t i) {
  uint64_t part = number / 4 % ((v->inputs + 63) / 64 + 1);
  uint64_t from = part * 64; // beyond the last: no input is unlike
  switch (number % 4) {
  case 0:
    return one_hot_word(from, i);
  case 1:
    return ~one_hot_word(from, i);
  case 2:
    return integers_word(v, random_mix(v->seed ^ random_mix(number)), i, 0);
  default:
    return integers_word(v, random_mix(v->seed ^ random_mix(number)), i,
                         UINT64_C(0xffffffff));
  }
}

static void fill_group(const struct vectors *v, uint64_t group, size_t words,
                       uint64_t *in) {
  if (v->kind == VECTORS_RANDOM || v->kind == VECTORS_MIXED)
    fill_random(v, group, words, in);
  for (size_t w = 0; w < GROUP; w++) {
    uint64_t number = group * GROUP + w;
    if (v->kind == VECTORS_EXHAUSTIVE)
      for (size_t i = 0; i < v->inputs; i++)
        in[i * words + w] = vectors_exhaustive(number, i);
    else if (v->kind == VECTORS_EXTREME)
      for (size_t i = 0; i < v->inputs; i++)
        in[i * words + w] = extreme_word(v, number, i);
    else if (v->kind == VECTORS_MIXED && number % 4 == 0)
      for (size_t i = 0; i < v->inputs; i++)
        in[i * words + w] = extreme_word(v, number / 4, i);
  }
}

void vectors_fill(const void *context, uint64_t first, size_t count,
                  size_t words, uint64_t *in) {
  const struct vectors *v = context;
  (void)count;
  for (size_t w = 0; w < words; w += GROUP)
    fill_group(v, (first / 64 + w) / GROUP, words, in + w);
}
