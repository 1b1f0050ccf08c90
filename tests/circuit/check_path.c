/* path.h, against every gate written out */
#include "circuit/path.h"
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
  size_t *depth;
  size_t most; // greatest depth of an output
};

static void draw(struct subject *s, uint64_t seed) {
  plan_random(&s->plan, seed, (size_t)(seed % 50));
  circuit_init(&s->c);
  plan_build(&s->plan, &s->c);
  naive_init(&s->n, &s->c);
  s->depth = naive_depths(&s->n);
  s->most = 0;
  for (size_t i = 0; i < s->plan.outputs.n; i++)
    if (s->depth[s->plan.outputs.at[i]] > s->most)
      s->most = s->depth[s->plan.outputs.at[i]];
}

static void discard(struct subject *s) {
  free(s->depth);
  naive_clear(&s->n);
  circuit_clear(&s->c);
  plan_clear(&s->plan);
}

static bool is_output(const struct subject *s, size_t bit) {
  for (size_t i = 0; i < s->plan.outputs.n; i++)
    if (s->plan.outputs.at[i] == bit)
      return true;
  return false;
}

static bool reads(const struct subject *s, size_t bit, size_t source) {
  const struct naive_sum *sum = &s->n.sums.at[s->n.gates.at[bit].sum];
  for (size_t i = 0; i < sum->wires.n; i++)
    if (sum->wires.at[i].bit == source)
      return true;
  return false;
}

static bool ladder_reads(const struct subject *s, size_t l, size_t from) {
  const struct naive_sum *sum = &s->n.sums.at[l];
  for (size_t i = 0; i < sum->wires.n; i++)
    if (s->n.gates.at[sum->wires.at[i].bit].sum == from)
      return true;
  return false;
}

/* Different longest paths, by ladders, from the inputs on; saturates. */
static size_t count_paths(const struct subject *s) {
  size_t n = s->n.sums.n, total = 0, limit = 1000;
  size_t *paths = xcalloc(n, sizeof *paths);
  bool *ends = xcalloc(n, sizeof *ends);
  for (size_t b = 0; b < s->n.gates.n; b++)
    ends[s->n.gates.at[b].sum] |= is_output(s, b) && s->depth[b] == s->most;
  for (size_t l = 0; l < n; l++) {
    size_t depth = s->depth[s->plan.ladders.at[l].first_bit];
    paths[l] = depth == 1; // wherever it starts
    for (size_t k = 0; depth > 1 && k < l; k++)
      if (s->depth[s->plan.ladders.at[k].first_bit] + 1 == depth &&
          ladder_reads(s, l, k))
        paths[l] += paths[k];
    if (paths[l] > limit)
      paths[l] = limit;
    total += ends[l] ? paths[l] : 0;
  }
  free(paths);
  free(ends);
  return s->most ? total : s->plan.outputs.n > 0;
}

static void is_longest(const struct subject *s, const struct path *p) {
  ck_assert_uint_eq(p->n, s->most + 1);
  ck_assert(is_output(s, p->bits[p->n - 1]));
  for (size_t i = 0; i < p->n; i++)
    ck_assert_uint_eq(s->depth[p->bits[i]], i);
  for (size_t i = 1; i < p->n; i++)
    ck_assert(reads(s, p->bits[i], p->bits[i - 1]));
}

/* The first bit from the output on that differs. */
static bool is_before(const struct path *a, const struct path *b) {
  size_t i = a->n - 1;
  while (i && a->bits[i] == b->bits[i])
    i--;
  return i && a->bits[i] < b->bits[i];
}

/* No bit of a path can be replaced by a lower one of its ladder or, at the
   beginning, by a lower one at all that is not a constant. */
static void is_lowest(const struct subject *s, const struct path *p) {
  for (size_t i = 0; i + 1 < p->n; i++)
    for (size_t b = i ? 0 : BIT_ONE + 1; b < p->bits[i]; b++)
      ck_assert(!reads(s, p->bits[i + 1], b) || s->depth[b] != i ||
                (i && s->n.gates.at[b].sum != s->n.gates.at[p->bits[i]].sum));
  if (p->n > 1 && p->bits[0] <= BIT_ONE)
    for (size_t b = BIT_ONE + 1; b < s->n.gates.n; b++)
      ck_assert(!reads(s, p->bits[1], b) || s->depth[b]);
}

static void compare_paths(const struct subject *s) {
  struct paths p = {0};
  size_t most[] = {0, 1, 5, 300};
  size_t all = count_paths(s);
  for (int i = 0; i < 4; i++) {
    circuit_paths(&s->c, most[i], &p);
    ck_assert_uint_eq(p.all.n, all < most[i] ? all : most[i]);
    for (size_t k = 0; k < p.all.n; k++) {
      is_longest(s, &p.all.at[k]);
      is_lowest(s, &p.all.at[k]);
      ck_assert(!k || is_before(&p.all.at[k - 1], &p.all.at[k]));
    }
  }
  paths_clear(&p);
}

static bool is_among(const bit_id *bits, size_t n, size_t bit) {
  for (size_t i = 0; i < n; i++)
    if (bits[i] == bit)
      return true;
  return false;
}

static void slacks_of_first(const struct subject *s, size_t outputs) {
  size_t n = s->n.gates.n, most = 0;
  uint32_t *slack = circuit_slacks(&s->c, s->c.outputs.at, outputs);
  long *after = xcalloc(n, sizeof *after); // gates after each bit, or -1
  for (size_t b = n; b-- > 0;) {
    after[b] = is_among(s->c.outputs.at, outputs, b) ? 0 : -1;
    if (!after[b] && most < s->depth[b])
      most = s->depth[b];
    for (size_t r = b + 1; r < n; r++)
      if (after[r] >= 0 && after[r] >= after[b] && reads(s, r, b))
        after[b] = after[r] + 1;
  }
  for (size_t b = 0; b < n; b++)
    if (after[b] < 0)
      ck_assert_uint_eq(slack[b], SLACK_NONE);
    else
      ck_assert_uint_eq(slack[b], most - s->depth[b] - (size_t)after[b]);
  free(slack);
  free(after);
}

/* For all outputs and for the first one alone. */
static void compare_slacks(const struct subject *s) {
  slacks_of_first(s, s->plan.outputs.n);
  if (s->plan.outputs.n)
    slacks_of_first(s, 1);
}

static void on_random_circuits(int i, void (*compare)(const struct subject *)) {
  for (int round = i; round < rounds(); round += ROUNDS) {
    struct subject s;
    draw(&s, (uint64_t)round);
    compare(&s);
    discard(&s);
  }
}

START_TEST(paths_are_longest_different_in_order_and_all) {
  on_random_circuits(_i, compare_paths);
}
END_TEST

START_TEST(slack_is_what_the_longest_path_through_a_bit_lacks) {
  on_random_circuits(_i, compare_slacks);
}
END_TEST

/* Two ways at each of 100 places: 2^100 paths, of which a few are asked for. */
START_TEST(few_of_very_many_paths_are_found_at_once) {
  struct circuit c;
  struct paths p = {0};
  circuit_init(&c);
  bit_id a = circuit_add_input(&c), b = a;
  for (int i = 0; i < 100; i++) {
    bit_id next[2];
    for (int k = 0; k < 2; k++) {
      circuit_add_wire_si(&c, a, 1);
      circuit_add_wire_si(&c, b, 1);
      next[k] = circuit_add_gate_si(&c, 1 + k);
    }
    a = next[0];
    b = next[1];
  }
  circuit_add_output(&c, b);
  circuit_paths(&c, 1000, &p);
  ck_assert_uint_eq(p.all.n, 1000);
  ck_assert_uint_eq(p.all.at[999].n, 101);
  // 999 in binary, the ladder next to the input lowest: 0 for a, 1 for b
  for (unsigned i = 1; i < 100; i++)
    ck_assert_uint_eq(p.all.at[999].bits[i],
                      1 + 2 * i + (i < 11 ? 999 >> (i - 1) & 1 : 0));
  paths_clear(&p);
  circuit_clear(&c);
}
END_TEST

int main(void) {
  Suite *s = suite_create("path");
  TCase *all = tcase_create("all");
  tcase_add_test(all, few_of_very_many_paths_are_found_at_once);
  tcase_add_loop_test(all, paths_are_longest_different_in_order_and_all, 0,
                      ROUNDS);
  tcase_add_loop_test(all, slack_is_what_the_longest_path_through_a_bit_lacks,
                      0, ROUNDS);
  tcase_set_timeout(all, 60);
  suite_add_tcase(s, all);
  return suite_run(s);
}
