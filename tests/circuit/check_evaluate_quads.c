/* evaluate_quads.c, with vectors of all widths */
#include "circuit/evaluate_quads.h"
#include "circuit/evaluate_steps.h"
#include "tests/circuit/plan.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

enum {
  PLACES = 5, // quads in memory; one may be read twice
  MOST = 12,  // and that are read
  WORDS = SUM_LANES / 2
};

struct case_ {
  uint64_t memory[PLACES * WORDS];
  uint32_t places[MOST], weights[SUM_GROUP * MOST];
  int32_t start[SUM_GROUP];
};

/* In some all bytes are the same extreme. */
static void draw_case(struct case_ *c, uint64_t *seed) {
  int same = (int)plan_draw(seed, 6), extreme = plan_draw(seed, 2) ? 127 : 128;
  uint8_t *byte = (uint8_t *)c->memory, *weight = (uint8_t *)c->weights;
  for (size_t i = 0; i < sizeof c->memory; i++)
    byte[i] = (uint8_t)(same ? plan_draw(seed, 256) : 255);
  for (size_t i = 0; i < sizeof c->weights; i++)
    weight[i] = (uint8_t)(same ? (int)plan_draw(seed, 256) : extreme);
  for (size_t i = 0; i < MOST; i++)
    c->places[i] = (uint32_t)(plan_draw(seed, PLACES) * WORDS);
  for (size_t i = 0; i < SUM_GROUP; i++)
    c->start[i] = (int32_t)plan_draw(seed, 1 << 30) - (1 << 29);
}

/* Lane i of step r. */
static int32_t sum_of(const struct case_ *c, size_t n, size_t r, size_t i) {
  int64_t sum = c->start[r];
  for (size_t q = 0; q < n; q++)
    for (size_t j = 0; j < 4; j++) {
      uint32_t lane;
      memcpy(&lane, (const char *)&c->memory[c->places[q]] + 4 * i, 4);
      int64_t x = lane >> 8 * j & 255;
      int64_t w = c->weights[SUM_GROUP * q + r] >> 8 * j & 255;
      sum += x * (w > 127 ? w - 256 : w);
    }
  return (int32_t)sum;
}

START_TEST(sums_of_quads_are_those_of_their_bytes_one_by_one) {
  static struct case_ c;
  static int32_t sums[SUM_GROUP * SUM_LANES];
  uint64_t seed = 1 + (uint64_t)_i;
  draw_case(&c, &seed);
  size_t n = plan_draw(&seed, MOST + 1), steps = 1 + plan_draw(&seed, 4);
  for (size_t r = steps; r < SUM_GROUP; r++)
    for (size_t q = 0; q < n; q++)
      c.weights[SUM_GROUP * q + r] = 0;
  for (unsigned bytes = steps_widest(); bytes >= 16; bytes /= 2) {
    memset(sums, 0x55, sizeof sums);
    quads_find(bytes).add(c.memory, c.places, c.weights, n, steps, c.start,
                          sums);
    for (size_t r = 0; r < steps; r++)
      for (size_t i = 0; i < SUM_LANES; i++)
        if (sums[r * SUM_LANES + i] != sum_of(&c, n, r, i))
          ck_abort_msg("vectors of %u bytes, sum %zu of %zu, lane %zu", bytes,
                       r, steps, i);
  }
}
END_TEST

START_TEST(a_level_of_a_byte_finds_its_entry) {
  uint64_t seed = 5;
  uint8_t table[256], level[SUM_LANES], to[SUM_LANES];
  for (size_t i = 0; i < 256; i++)
    table[i] = (uint8_t)plan_draw(&seed, 256);
  for (size_t i = 0; i < SUM_LANES; i++)
    level[i] = (uint8_t)(i * 77);
  for (unsigned bytes = steps_widest(); bytes >= 16; bytes /= 2) {
    memset(to, 0, sizeof to);
    quads_find(bytes).look_up(to, level, table);
    for (size_t i = 0; i < SUM_LANES; i++)
      ck_assert_uint_eq(to[i], table[level[i]]);
  }
}
END_TEST

int main(void) {
  Suite *s = suite_create("evaluate_quads");
  TCase *t = tcase_create("quads");
  tcase_add_loop_test(t, sums_of_quads_are_those_of_their_bytes_one_by_one, 0,
                      60);
  tcase_add_test(t, a_level_of_a_byte_finds_its_entry);
  suite_add_tcase(s, t);
  return suite_run(s);
}
