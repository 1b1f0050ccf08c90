/* values.h, against every gate written out */
#include "circuit/values.h"
#include "tests/circuit/plan.h"
#include "tests/naive.h"
#include "tests/suite.h"

#include <limits.h>
#include <stdlib.h>

#include <check.h>

static void draw_inputs(bool *input, size_t n, uint64_t *seed) {
  for (size_t i = 0; i < n; i++)
    input[i] = plan_draw(seed, 2);
}

static void compare_sum(const struct circuit *c, const struct naive *n,
                        ladder_id l, const bool *value) {
  mpz_t sum, expected;
  mpz_inits(sum, expected, NULL);
  for (size_t i = 0; i < n->sums.at[l].wires.n; i++)
    if (value[n->sums.at[l].wires.at[i].bit])
      mpz_add(expected, expected, n->sums.at[l].wires.at[i].weight);
  circuit_sum(sum, c, l, value);
  ck_assert(!mpz_cmp(sum, expected));
  mpz_clears(sum, expected, NULL);
}

static void compare_sources(const struct circuit *c, const bool *value) {
  mpz_t got, expected;
  mpz_inits(got, expected, NULL);
  for (size_t i = 0; i < c->wires.n; i++) {
    circuit_source_value(got, c, c->wires.at[i].source, value);
    naive_source(expected, c, c->wires.at[i].source, value);
    ck_assert(!mpz_cmp(got, expected));
  }
  mpz_clears(got, expected, NULL);
}

static void compare_values(const struct circuit *c, const struct naive *n,
                           const bool *input) {
  bool *expected = naive_values(n, input),
       *value = xmalloc(c->bits.n * sizeof *value);
  circuit_values(c, input, value);
  ck_assert_mem_eq(value, expected, c->bits.n * sizeof *value);
  for (ladder_id l = 0; l < c->ladders.n; l++)
    compare_sum(c, n, l, value);
  compare_sources(c, value);
  free(expected);
  free(value);
}

static void go_round(int round) {
  struct plan p;
  struct circuit c;
  struct naive n;
  plan_random(&p, (uint64_t)round, (size_t)(round % 50));
  circuit_init(&c);
  plan_build(&p, &c);
  naive_init(&n, &c);
  bool *input = xmalloc(p.inputs * sizeof *input);
  for (int vector = 0; vector < 8; vector++) {
    draw_inputs(input, p.inputs, &p.seed);
    compare_values(&c, &n, input);
  }
  free(input);
  naive_clear(&n);
  circuit_clear(&c);
  plan_clear(&p);
}

START_TEST(values_and_sums_are_those_of_all_gates_written_out) {
  for (int round = _i; round < rounds(); round += ROUNDS)
    go_round(round);
}
END_TEST

/* Sums that leave a word on their way, and come back, in either direction. */
START_TEST(sums_are_exact_around_the_ends_of_a_word) {
  static const long ends[] = {LONG_MAX, LONG_MIN, 1, -1, LONG_MAX, LONG_MIN};
  struct circuit c;
  struct naive n;
  circuit_init(&c);
  bit_id x[6];
  for (int i = 0; i < 6; i++)
    x[i] = circuit_add_input(&c);
  for (int first = 0; first < 6; first++) {
    for (int i = 0; i < 6; i++)
      circuit_add_wire_si(&c, x[i], ends[(first + i) % 6]);
    bit_id b = circuit_add_ladder(
        &c,
        (integer_id[]){integers_add_si(&c.integers, LONG_MIN),
                       integers_add_si(&c.integers, -1),
                       integers_add_si(&c.integers, 0),
                       integers_add_si(&c.integers, LONG_MAX)},
        4);
    integer_id end = integers_add_si(&c.integers, ends[first]);
    source_id view =
        circuit_view(&c, c.bits.at[b].ladder, (integer_id[]){end, end, 3, end});
    circuit_add_wire_si(&c, view, 1);
    circuit_add_wire_si(&c, view, LONG_MIN);
    circuit_add_gate_si(&c, LONG_MAX);
  }
  naive_init(&n, &c);
  for (unsigned v = 0; v < 64; v++) {
    bool input[6];
    for (int i = 0; i < 6; i++)
      input[i] = v >> i & 1;
    compare_values(&c, &n, input);
  }
  naive_clear(&n);
  circuit_clear(&c);
}
END_TEST

int main(void) {
  Suite *s = suite_create("values");
  TCase *all = tcase_create("all");
  tcase_add_test(all, sums_are_exact_around_the_ends_of_a_word);
  tcase_add_loop_test(all, values_and_sums_are_those_of_all_gates_written_out,
                      0, ROUNDS);
  tcase_set_timeout(all, 60);
  suite_add_tcase(s, all);
  return suite_run(s);
}
