/* Schedules of random circuits beside one that puts gates into steps one by
   one, and Brent's bounds as fractions. */
#include "analysis/schedule.h"
#include "circuit/measure.h"
#include "tests/circuit/plan.h"
#include "tests/suite.h"

/* Gates in the order of their depth, each in the first step that has a
   processor left and is after all gates of lower depth. */
static size_t place_gates(const struct circuit *c, size_t processors) {
  uint32_t *depth = circuit_depths(c);
  size_t step = 0, free_ones = 0, gates = 1;
  for (uint32_t d = 1; gates; d++, free_ones = 0) {
    gates = 0;
    for (bit_id b = 0; b < c->bits.n; b++) {
      if (!circuit_is_gate(c, b) || (depth[b] ? depth[b] : 1) != d)
        continue;
      gates++;
      if (!free_ones) {
        step++;
        free_ones = processors;
      }
      free_ones--;
    }
  }
  free(depth);
  return step;
}

START_TEST(steps_are_between_the_bounds) {
  struct plan p;
  struct circuit c;
  struct schedule s;
  struct measure m;
  plan_random(&p, (uint64_t)_i, 1 + (size_t)_i % 50);
  circuit_init(&c);
  plan_build(&p, &c);
  schedule_init(&s, &c);
  measure_init(&m);
  circuit_measure(&c, &m);
  ck_assert_uint_eq(s.work, mpz_get_ui(m.gates));
  ck_assert_uint_ge(s.span, m.depth); // gates that no output reads count, too
  for (size_t k = 1; k < 40; k += k / 3 + 1) {
    size_t steps = schedule_steps(&s, k);
    ck_assert_uint_eq(steps, place_gates(&c, k));
    ck_assert_uint_ge(steps * k, s.work);
    ck_assert_uint_ge(steps, s.span);
    ck_assert_uint_le(steps * k, s.span * k + s.work - s.span);
    ck_assert_uint_le(schedule_least(&s, k), steps);
    ck_assert_uint_ge(schedule_most(&s, k), steps);
    ck_assert(schedule_amdahl(&s, k) <= (double)k * (1 + 1e-12));
  }
  ck_assert_uint_eq(schedule_steps(&s, 1), s.work);
  ck_assert_uint_eq(schedule_steps(&s, s.width + !s.width), s.span);
  if (s.width > 1)
    ck_assert_uint_gt(schedule_steps(&s, s.width - 1), s.span);
  measure_clear(&m);
  schedule_clear(&s);
  circuit_clear(&c);
  plan_clear(&p);
}
END_TEST

int main(void) {
  Suite *s = suite_create("schedule");
  TCase *schedule = tcase_create("schedule");
  tcase_add_loop_test(schedule, steps_are_between_the_bounds, 0, 200);
  suite_add_tcase(s, schedule);
  return suite_run(s);
}
