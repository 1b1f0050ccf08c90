/* vectors.c */
#include "circuit/vectors.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

/* Two signed integers of 5 bits, one unsigned of 7, and 100 inputs alone. */
static void make_circuit(struct circuit *c) {
  circuit_init(c);
  for (int i = 0; i < 10; i++)
    circuit_add_input(c);
  circuit_add_input_bus(c, "x", 2, 5, true);
  for (int i = 0; i < 7; i++)
    circuit_add_input(c);
  circuit_add_input_bus(c, "y", 1, 7, false);
  for (int i = 0; i < 100; i++)
    circuit_add_input(c);
}

enum {
  INPUTS = 117,
  WORDS = 512 // 32,768 vectors
};

static uint64_t *fill(enum vectors_kind kind, uint64_t seed, uint64_t first,
                      size_t words) {
  struct circuit c;
  struct vectors v;
  make_circuit(&c);
  vectors_init(&v, &c, kind, seed);
  uint64_t *in = xmalloc(INPUTS * words * sizeof *in);
  vectors_fill(&v, first, 64 * words, words, in);
  vectors_clear(&v);
  circuit_clear(&c);
  return in;
}

static bool bit_at(const uint64_t *in, size_t input, size_t vector) {
  return in[input * WORDS + vector / 64] >> vector % 64 & 1;
}

static unsigned integer_at(const uint64_t *in, size_t first, size_t width,
                           size_t vector) {
  unsigned x = 0;
  for (size_t j = 0; j < width; j++)
    x |= (unsigned)bit_at(in, first + j, vector) << j;
  return x;
}

START_TEST(a_vector_depends_on_its_number_and_seed_only) {
  enum vectors_kind kind = (enum vectors_kind)_i;
  uint64_t *all = fill(kind, 7, 0, WORDS);
  for (size_t words = 8; words <= 32; words *= 2)
    for (size_t w = 0; w < WORDS; w += words) {
      uint64_t *part = fill(kind, 7, 64 * w, words);
      for (size_t i = 0; i < INPUTS; i++)
        ck_assert_mem_eq(part + i * words, all + i * WORDS + w,
                         words * sizeof *part);
      free(part);
    }
  uint64_t *other = fill(kind, 8, 0, WORDS);
  ck_assert_int_eq(!memcmp(all, other, INPUTS * WORDS * sizeof *all),
                   kind == VECTORS_EXHAUSTIVE);
  free(other);
  free(all);
}
END_TEST

START_TEST(exhaustive_vectors_count_in_binary) {
  uint64_t first = UINT64_C(0xfedcba9876540000);
  uint64_t *in = fill(VECTORS_EXHAUSTIVE, 0, first, WORDS);
  for (size_t i = 0; i < INPUTS; i++)
    for (size_t v = 0; v < 64 * WORDS; v += 7)
      ck_assert_int_eq(bit_at(in, i, v), i < 64 && (first + v) >> i & 1);
  free(in);
}
END_TEST

/* Each input, each pair of neighbours and each pair of inputs and of vectors
   agree about half of the time: six standard deviations. */
START_TEST(random_bits_are_fair_and_independent) {
  uint64_t *in = fill(VECTORS_RANDOM, 5, 0, WORDS);
  for (size_t i = 0; i < INPUTS; i++)
    for (size_t j = 0; j <= i; j++) {
      int n = 0;
      for (size_t w = 0; w < WORDS; w++)
        n += __builtin_popcountll(in[i * WORDS + w] ^
                                  (i == j ? 0 : in[j * WORDS + w]));
      ck_assert_int_lt(abs(n - 32 * WORDS), 6 * 91);
    }
  for (size_t w = 1; w < WORDS; w++) {
    int n = 0;
    for (size_t i = 0; i < INPUTS; i++)
      n += __builtin_popcountll(in[i * WORDS + w] ^ in[i * WORDS + w - 1]);
    ck_assert_int_lt(abs(n - 32 * INPUTS), 6 * 44);
  }
  free(in);
}
END_TEST

START_TEST(extreme_vectors_hold_every_end_in_all_combinations) {
  static const unsigned special[] = {0, 1, 31, 16, 15, 21, 10};
  uint64_t *in = fill(VECTORS_EXTREME, 5, 0, WORDS);
  bool hot[INPUTS] = {false}, cold[INPUTS] = {false};
  int seen[32][32] = {{0}};
  bool none = false, all = false;
  for (size_t v = 0; v < 64 * WORDS; v++) {
    size_t ones = 0, one = 0, zero = 0;
    seen[integer_at(in, 0, 5, v)][integer_at(in, 5, 5, v)]++;
    for (size_t i = 0; i < INPUTS; i++) {
      ones += bit_at(in, i, v);
      *(bit_at(in, i, v) ? &one : &zero) = i;
    }
    none |= ones == 0;
    all |= ones == INPUTS;
    hot[one] |= ones == 1;
    cold[zero] |= ones == INPUTS - 1;
  }
  ck_assert(none && all);
  for (size_t i = 0; i < INPUTS; i++)
    ck_assert(hot[i] && cold[i]);
  for (size_t i = 0; i < 7; i++)
    for (size_t j = 0; j < 7; j++)
      ck_assert_int_gt(seen[special[i]][special[j]], 50);
  for (size_t i = 0; i < 32; i++)
    ck_assert(seen[i][i]);
  free(in);
}
END_TEST

START_TEST(mixed_vectors_are_one_part_extreme_and_three_random) {
  uint64_t *mixed = fill(VECTORS_MIXED, 5, 0, WORDS);
  uint64_t *random = fill(VECTORS_RANDOM, 5, 0, WORDS);
  uint64_t *extreme = fill(VECTORS_EXTREME, 5, 0, WORDS);
  for (size_t i = 0; i < INPUTS * WORDS; i++) {
    size_t w = i % WORDS, start = i - w;
    ck_assert_uint_eq(mixed[i], w % 4 ? random[i] : extreme[start + w / 4]);
  }
  free(mixed);
  free(random);
  free(extreme);
}
END_TEST

int main(void) {
  Suite *s = suite_create("vectors");
  TCase *t = tcase_create("vectors");
  tcase_add_loop_test(t, a_vector_depends_on_its_number_and_seed_only, 0, 4);
  tcase_add_test(t, exhaustive_vectors_count_in_binary);
  tcase_add_test(t, random_bits_are_fair_and_independent);
  tcase_add_test(t, extreme_vectors_hold_every_end_in_all_combinations);
  tcase_add_test(t, mixed_vectors_are_one_part_extreme_and_three_random);
  suite_add_tcase(s, t);
  return suite_run(s);
}
