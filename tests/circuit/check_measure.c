/* measure.h, against every gate written out */
#include "circuit/measure.h"
#include "tests/circuit/plan.h"
#include "tests/naive.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

struct subject {
  struct plan plan;
  struct circuit c;
  struct naive n;
};

/* Every third has gates that are marked, in one or more places. */
static void draw(struct subject *s, uint64_t seed) {
  plan_random(&s->plan, seed, (size_t)(seed % 50));
  for (size_t i = 0; i < s->plan.operations.n; i++)
    if (seed % 3 == 0 && plan_draw(&s->plan.seed, 2))
      s->plan.operations.at[i].name = OPERATION_OUTPUTS;
  circuit_init(&s->c);
  plan_build(&s->plan, &s->c);
  naive_init(&s->n, &s->c);
}

static void discard(struct subject *s) {
  naive_clear(&s->n);
  circuit_clear(&s->c);
  plan_clear(&s->plan);
}

/* Plans say before which ladder operations begin; the last one counts. */
static const struct plan_word *operation_of(const struct plan *p, size_t bit) {
  size_t ladder = 0;
  const struct plan_word *found = NULL;
  while (p->ladders.at[ladder].first_bit + p->ladders.at[ladder].rungs <= bit)
    ladder++;
  for (size_t i = 0; i < p->operations.n; i++)
    if (p->operations.at[i].at <= ladder)
      found = &p->operations.at[i];
  return found;
}

static bool *new_set(const struct subject *s, bool value) {
  bool *set = xcalloc(s->n.gates.n, sizeof *set);
  memset(set, value, s->n.gates.n);
  return set;
}

static bool *inner(const struct subject *s) {
  bool *set = new_set(s, true);
  for (size_t b = 0; b < s->n.gates.n; b++) {
    const struct plan_word *o = operation_of(&s->plan, b);
    set[b] = !o || strcmp(o->name, OPERATION_OUTPUTS) != 0;
  }
  return set;
}

static size_t depth_of(const struct subject *s, const bool *counted) {
  size_t *depth = naive_depths_of(&s->n, counted), most = 0;
  for (size_t i = 0; i < s->plan.outputs.n; i++)
    if (most < depth[s->plan.outputs.at[i]])
      most = depth[s->plan.outputs.at[i]];
  free(depth);
  return most;
}

/* Sums, each once, of ladders that have gates. */
static size_t shared(const struct subject *s, size_t *ladders) {
  size_t wires = *ladders = 0;
  for (size_t l = 1; l < s->plan.ladders.n; l++)
    if (!s->plan.ladders.at[l].is_input) {
      wires += s->n.sums.at[l].wires.n;
      ++*ladders;
    }
  return wires;
}

static void compare_measures(const struct subject *s) {
  struct measure m;
  struct naive_measure all, some;
  bool *every = new_set(s, true), *unmarked = inner(s);
  size_t ladders, wires_shared = shared(s, &ladders);
  measure_init(&m);
  circuit_measure(&s->c, &m);
  circuit_measure(&s->c, &m); // starts again
  naive_measure(&s->n, every, &all);
  naive_measure(&s->n, unmarked, &some);
  ck_assert_uint_eq(m.inputs, s->plan.inputs);
  ck_assert_uint_eq(m.outputs, s->plan.outputs.n);
  ck_assert_uint_eq(m.ladders, ladders);
  ck_assert_uint_eq(m.depth, depth_of(s, NULL));
  ck_assert_uint_eq(m.depth_inner, depth_of(s, unmarked));
  ck_assert(!mpz_cmp_ui(m.gates, all.gates));
  ck_assert(!mpz_cmp_ui(m.gates_inner, some.gates));
  ck_assert(!mpz_cmp_ui(m.wires, all.wires));
  ck_assert(!mpz_cmp_ui(m.wires_shared, wires_shared));
  ck_assert(!mpz_cmp_ui(m.wires_stored, s->plan.wires.n));
  ck_assert(!mpz_cmp(m.weight, all.weight));
  ck_assert_uint_eq(m.weight_bits, all.weight_bits);
  ck_assert_uint_eq(m.fan_in, all.fan_in);
  mpz_clears(all.weight, some.weight, NULL);
  measure_clear(&m);
  free(every);
  free(unmarked);
}

static void compare_operation(const struct subject *s,
                              const struct operation_measure *o) {
  struct naive_measure m;
  bool *which = new_set(s, false);
  for (size_t b = 0; b < s->n.gates.n; b++) {
    const struct plan_word *w = operation_of(&s->plan, b);
    which[b] = !strcmp(w ? w->name : "", o->name) &&
               !strcmp(w ? w->kind : "", o->kind);
  }
  naive_measure(&s->n, which, &m);
  ck_assert(!mpz_cmp_ui(o->gates, m.gates));
  ck_assert(!mpz_cmp_ui(o->wires, m.wires));
  ck_assert_uint_eq(o->depth_from, m.depth_from);
  ck_assert_uint_eq(o->depth_to, m.depth_to);
  ck_assert_uint_eq(o->fan_in, m.fan_in);
  ck_assert_uint_eq(o->weight_bits, m.weight_bits);
  mpz_clear(m.weight);
  free(which);
}

static void compare_operations(const struct subject *s) {
  struct operation_measures m = {0};
  struct measure all;
  mpz_t gates;
  mpz_init(gates);
  measure_init(&all);
  circuit_measure(&s->c, &all);
  circuit_measure_operations(&s->c, &m);
  circuit_measure_operations(&s->c, &m); // starts again
  for (size_t i = 0; i < m.all.n; i++) {
    const struct operation_measure *o = &m.all.at[i];
    compare_operation(s, o);
    mpz_add(gates, gates, o->gates);
    for (size_t j = 0; j < i; j++)
      ck_assert(strcmp(m.all.at[j].name, o->name) ||
                strcmp(m.all.at[j].kind, o->kind));
  }
  ck_assert(!mpz_cmp(gates, all.gates)); // so none is missing
  ck_assert_uint_eq(m.place.n, s->plan.operations.n);
  for (size_t k = 0; k < m.place.n; k++) {
    const struct operation_measure *o = &m.all.at[m.place.at[k]];
    ck_assert_uint_lt(m.place.at[k], m.all.n);
    ck_assert_str_eq(o->name, s->plan.operations.at[k].name);
    ck_assert_str_eq(o->kind, s->plan.operations.at[k].kind);
  }
  operation_measures_clear(&m);
  measure_clear(&all);
  mpz_clear(gates);
}

static void compare_depths(const struct subject *s) {
  uint32_t *got = circuit_depths(&s->c), *ladder = circuit_ladder_depths(&s->c);
  size_t *depth = naive_depths(&s->n);
  for (size_t b = 0; b < s->n.gates.n; b++) {
    ck_assert_uint_eq(got[b], depth[b]);
    ck_assert_uint_eq(ladder[s->n.gates.at[b].sum], depth[b]);
  }
  free(got);
  free(ladder);
  free(depth);
}

/* The place of n by powers of two. */
static size_t power(size_t n) {
  size_t place = 0;
  while (n >= (size_t)1 << place)
    place++;
  return place;
}

static size_t take(struct histogram *h, size_t place) {
  ck_assert_uint_lt(place, h->count.n);
  return h->count.at[place]--;
}

static void is_used_up(const struct histogram *h) {
  for (size_t i = 0; i < h->count.n; i++)
    ck_assert_uint_eq(h->count.at[i], 0);
}

/* Take each gate out of where it belongs; none may be missing or left. */
static void compare_histograms(const struct subject *s) {
  struct histograms h = {0};
  size_t *depth = naive_depths(&s->n);
  circuit_histograms(&s->c, &h);
  for (size_t b = 0; b < s->n.gates.n; b++) {
    struct naive_measure m;
    bool *which = new_set(s, false);
    which[b] = true;
    naive_measure(&s->n, which, &m);
    if (m.gates) {
      ck_assert_uint_gt(take(&h.depth, depth[b]), 0);
      ck_assert_uint_gt(take(&h.fan_in, power(m.fan_in)), 0);
      ck_assert_uint_gt(take(&h.weight_bits, m.weight_bits), 0);
    }
    mpz_clear(m.weight);
    free(which);
  }
  for (size_t l = 1; l < s->plan.ladders.n; l++)
    if (!s->plan.ladders.at[l].is_input)
      ck_assert_uint_gt(take(&h.rungs, power(s->plan.ladders.at[l].rungs)), 0);
  is_used_up(&h.depth);
  is_used_up(&h.fan_in);
  is_used_up(&h.weight_bits);
  is_used_up(&h.rungs);
  histograms_clear(&h);
  free(depth);
}

static void on_random_circuits(int i, void (*compare)(const struct subject *)) {
  for (int round = i; round < rounds(); round += ROUNDS) {
    struct subject s;
    draw(&s, (uint64_t)round);
    compare(&s);
    discard(&s);
  }
}

START_TEST(measures_are_those_of_all_gates_written_out) {
  on_random_circuits(_i, compare_measures);
}
END_TEST

START_TEST(each_operation_has_the_measures_of_its_gates) {
  on_random_circuits(_i, compare_operations);
}
END_TEST

START_TEST(depths_are_those_of_all_gates_written_out) {
  on_random_circuits(_i, compare_depths);
}
END_TEST

START_TEST(histograms_hold_each_gate_once) {
  on_random_circuits(_i, compare_histograms);
}
END_TEST

static void is_number(const mpz_t z, const char *decimal) {
  char *text = mpz_get_str(NULL, 10, z);
  ck_assert_str_eq(text, decimal);
  free(text);
}

/* 2^20 rungs, each read twice by each of 2^20 others: two wires for 2^41. */
START_TEST(views_are_counted_without_writing_them_out) {
  enum {
    N = 1 << 20
  };
  struct circuit c;
  struct measure m;
  integer_id *threshold = xmalloc(N * sizeof *threshold),
             *step = xmalloc(N * sizeof *step);
  circuit_init(&c);
  measure_init(&m);
  bit_id x = circuit_add_input(&c);
  for (integer_id i = 0; i < N; i++) {
    threshold[i] = i;
    step[i] = integers_add_si(&c.integers, i % 2 ? -3 : 5);
  }
  circuit_add_wire_si(&c, x, N);
  bit_id a = circuit_add_ladder(&c, threshold, N);
  source_id view = circuit_view(&c, c.bits.at[a].ladder, step);
  circuit_add_wire_si(&c, view, 7);
  circuit_add_wire_si(&c, view, -(1L << 60)); // the sum passes 2^64
  bit_id b = circuit_add_ladder(&c, threshold, N);
  circuit_add_output(&c, b);
  circuit_measure(&c, &m);
  ck_assert_uint_eq(m.depth, 2);
  ck_assert_uint_eq(m.fan_in, 2 * N);
  ck_assert_uint_eq(m.weight_bits, 63); // 5 * 2^60
  is_number(m.gates, "2097152");
  is_number(m.wires, "2199024304128");  // 2^20 + 2^41
  is_number(m.wires_shared, "2097153"); // 1 + 2^21
  is_number(m.wires_stored, "3");
  // 2^20 rungs of 2^20; and of 2^19 * (3 + 5) * (7 + 2^60)
  is_number(m.weight, "5070602400912917637872650027008");
  measure_clear(&m);
  circuit_clear(&c);
  free(threshold);
  free(step);
}
END_TEST

/* Sums of weights close to 2^64, and to what one short product may be. */
START_TEST(weights_add_up_beyond_a_word) {
  enum {
    N = 40
  };
  struct circuit c;
  struct measure m;
  mpz_t weight;
  mpz_init(weight);
  circuit_init(&c);
  measure_init(&m);
  bit_id x = circuit_add_input(&c);
  circuit_add_wire_si(&c, x, 1);
  bit_id a = circuit_add_ladder(&c, (integer_id[]){0, 1}, 2);
  integer_id s = integers_add_si(&c.integers, INTEGER_SMALL_MAX);
  source_id view = circuit_view(&c, c.bits.at[a].ladder, (integer_id[]){0, s});
  for (int i = 0; i < N; i++)
    circuit_add_wire_si(&c, view, -INTEGER_SMALL_MAX - 1);
  circuit_add_output(&c, circuit_add_gate_si(&c, 1));
  circuit_measure(&c, &m);
  mpz_set_ui(weight, (1UL << 30) - 1);
  mpz_mul_2exp(weight, weight, 30);
  mpz_mul_ui(weight, weight, N);
  mpz_add_ui(weight, weight, 2);
  ck_assert(!mpz_cmp(m.weight, weight));
  ck_assert_uint_eq(m.weight_bits, 60);
  measure_clear(&m);
  circuit_clear(&c);
  mpz_clear(weight);
}
END_TEST

START_TEST(a_circuit_without_gates_measures_nothing) {
  struct circuit c;
  struct measure m;
  struct operation_measures o = {0};
  struct histograms h = {0};
  circuit_init(&c);
  measure_init(&m);
  circuit_add_output(&c, circuit_add_input(&c));
  circuit_add_output(&c, BIT_ONE);
  circuit_measure(&c, &m);
  ck_assert(m.inputs == 1 && m.outputs == 2 && !m.depth && !m.depth_inner);
  ck_assert(!m.fan_in && !m.weight_bits && !m.ladders);
  ck_assert(!mpz_sgn(m.gates) && !mpz_sgn(m.wires) && !mpz_sgn(m.weight));
  circuit_measure_operations(&c, &o);
  circuit_histograms(&c, &h);
  ck_assert(!o.all.n && !h.depth.count.n && !h.rungs.count.n);
  measure_clear(&m);
  circuit_clear(&c);
}
END_TEST

int main(void) {
  Suite *s = suite_create("measure");
  TCase *corners = tcase_create("corners"), *random = tcase_create("random");
  tcase_add_test(corners, views_are_counted_without_writing_them_out);
  tcase_add_test(corners, weights_add_up_beyond_a_word);
  tcase_add_test(corners, a_circuit_without_gates_measures_nothing);
  tcase_add_loop_test(random, measures_are_those_of_all_gates_written_out, 0,
                      ROUNDS);
  tcase_add_loop_test(random, each_operation_has_the_measures_of_its_gates, 0,
                      ROUNDS);
  tcase_add_loop_test(random, depths_are_those_of_all_gates_written_out, 0,
                      ROUNDS);
  tcase_add_loop_test(random, histograms_hold_each_gate_once, 0, ROUNDS);
  tcase_set_timeout(corners, 60);
  tcase_set_timeout(random, 60);
  suite_add_tcase(s, corners);
  suite_add_tcase(s, random);
  return suite_run(s);
}
