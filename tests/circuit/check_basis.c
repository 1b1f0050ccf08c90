/* basis.h, against every gate written out */
#include "circuit/basis.h"
#include "circuit/measure.h"
#include "circuit/values.h"
#include "tests/circuit/plan.h"
#include "tests/naive.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

/* ---- Circuits ---- */

/* Weights, steps and thresholds of a few bits; ladders, views, constants, bits
   that are read twice. */
static long draw_small(uint64_t *seed) {
  static const size_t most[] = {2, 2, 2, 4, 10, 40};
  long v = (long)plan_draw(seed, most[plan_draw(seed, 6)]);
  return plan_draw(seed, 2) ? -v : v;
}

static void draw_wire(struct circuit *c, uint64_t *seed) {
  source_id s = (source_id)plan_draw(seed, c->bits.n);
  if (plan_draw(seed, 3) == 0) {
    ladder_id l = (ladder_id)plan_draw(seed, c->ladders.n);
    integer_id steps[8];
    for (size_t i = 0; i < circuit_rungs(c, l); i++)
      steps[i] = integers_add_si(&c->integers, draw_small(seed));
    s = circuit_view(c, l, steps);
  }
  circuit_add_wire_si(c, s, plan_draw(seed, 3) ? draw_small(seed) : 1);
}

static void draw_ladder(struct circuit *c, uint64_t *seed) {
  size_t rungs = plan_draw(seed, 2) ? 1 : 1 + plan_draw(seed, 6);
  integer_id thresholds[8];
  long t = draw_small(seed);
  for (size_t n = plan_draw(seed, 9); n; n--)
    draw_wire(c, seed);
  for (size_t i = 0; i < rungs; i++, t += 1 + (long)plan_draw(seed, 4))
    thresholds[i] = integers_add_si(&c->integers, t);
  circuit_add_ladder(c, thresholds, rungs);
}

static void draw_circuit(struct circuit *c, uint64_t seed) {
  seed = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15);
  for (size_t n = 1 + plan_draw(&seed, 8); n; n--)
    circuit_add_input(c);
  circuit_add_input_bus(c, "x", 1, (unsigned)c->inputs.n, false);
  for (size_t n = plan_draw(&seed, 12); n; n--)
    draw_ladder(c, &seed);
  for (size_t n = 1 + plan_draw(&seed, 9); n; n--)
    circuit_add_output(
        c, (bit_id)(c->bits.n - 1 - plan_draw(&seed, c->bits.n > 9 ? 9 : 3)));
  circuit_add_output_bus(c, "y", 1, (unsigned)c->outputs.n, true);
}

/* A circuit, what became of it, and both written out. */
struct pair {
  struct circuit old, c;
  struct naive before, after;
};

static void pair_convert(struct pair *t, enum basis basis) {
  struct error err = {0};
  circuit_init(&t->c);
  ck_assert_msg(basis_convert(&t->c, &t->old, basis, &err), "%s", err.message);
  naive_init(&t->before, &t->old);
  naive_init(&t->after, &t->c);
}

static void pair_clear(struct pair *t) {
  naive_clear(&t->before);
  naive_clear(&t->after);
  circuit_clear(&t->old);
  circuit_clear(&t->c);
}

/* ---- Values ---- */

static void same_outputs(const struct pair *t, const bool *input) {
  bool *x = naive_values(&t->before, input);
  bool *y = naive_values(&t->after, input);
  bool *z = xmalloc(t->c.bits.n * sizeof *z);
  circuit_values(&t->c, input, z);
  for (size_t i = 0; i < t->old.outputs.n; i++) {
    ck_assert_int_eq(x[t->old.outputs.at[i]], y[t->c.outputs.at[i]]);
    ck_assert_int_eq(x[t->old.outputs.at[i]], z[t->c.outputs.at[i]]);
  }
  free(x);
  free(y);
  free(z);
}

static void same_values(struct pair *t) {
  size_t n = t->old.inputs.n, vectors = n <= 8 ? (size_t)1 << n : 200;
  bool *input = xmalloc(n * sizeof *input);
  uint64_t seed = 1;
  ck_assert_uint_eq(t->c.inputs.n, n);
  ck_assert_uint_eq(t->c.outputs.n, t->old.outputs.n);
  for (size_t v = 0; v < vectors; v++) {
    for (size_t i = 0; i < n; i++)
      input[i] = n <= 8 ? v >> i & 1 : plan_draw(&seed, 2);
    same_outputs(t, input);
  }
  free(input);
}

/* ---- Structure ---- */

static size_t count_negative(const struct naive_sum *s) {
  size_t n = 0;
  for (size_t i = 0; i < s->wires.n; i++) {
    ck_assert(!mpz_cmpabs_ui(s->wires.at[i].weight, 1));
    n += mpz_sgn(s->wires.at[i].weight) < 0;
  }
  return n;
}

static void check_majority_gates(struct pair *t) {
  mpz_t wires, made;
  mpz_init(wires);
  mpz_init(made);
  for (size_t b = 0; b < t->after.gates.n; b++) {
    const struct naive_gate *g = &t->after.gates.at[b];
    const struct naive_sum *s = &t->after.sums.at[g->sum];
    if (!naive_is_gate(&t->after, b))
      continue;
    long k = (long)s->wires.n, negative = (long)count_negative(s);
    ck_assert_int_ge(k, 1);
    ck_assert_int_eq(mpz_get_si(g->threshold), k / 2 + 1 - negative);
    mpz_add_ui(made, made, s->wires.n);
  }
  basis_majority_wires(wires, &t->old);
  ck_assert(!mpz_cmp(wires, made));
  mpz_clear(wires);
  mpz_clear(made);
}

/* What each gate is of: literals 2 * bit + (weight is -1), and which gate. */
struct logic_gate {
  size_t a, b;
  bool is_or;
};

static int compare_gates(const void *a, const void *b) {
  const struct logic_gate *p = a, *q = b;
  if (p->a != q->a)
    return p->a < q->a ? -1 : 1;
  if (p->b != q->b)
    return p->b < q->b ? -1 : 1;
  return p->is_or - q->is_or;
}

static size_t literal_at(const struct naive_sum *s, size_t i) {
  return 2 * s->wires.at[i].bit + (mpz_sgn(s->wires.at[i].weight) < 0);
}

static struct logic_gate logic_gate(const struct pair *t, size_t b) {
  const struct naive_gate *g = &t->after.gates.at[b];
  const struct naive_sum *s = &t->after.sums.at[g->sum];
  long negative = (long)count_negative(s), at = mpz_get_si(g->threshold);
  if (s->wires.n == 1) { // the complement of an input
    ck_assert_int_eq(negative, 1);
    ck_assert_int_eq(at, 0);
    ck_assert(!naive_is_gate(&t->after, s->wires.at[0].bit));
    return (struct logic_gate){literal_at(s, 0), literal_at(s, 0), false};
  }
  ck_assert_uint_eq(s->wires.n, 2);
  ck_assert(at == 2 - negative || at == 1 - negative);
  size_t p = literal_at(s, 0), q = literal_at(s, 1);
  ck_assert_uint_ge(p / 2, 2); // no constants
  ck_assert_uint_ge(q / 2, 2);
  ck_assert_uint_ne(p / 2, q / 2);
  return (struct logic_gate){p < q ? p : q, p < q ? q : p, at == 1 - negative};
}

static void check_logic_gates(struct pair *t) {
  struct logic_gate *gates = xmalloc(t->after.gates.n * sizeof *gates);
  size_t n = 0;
  for (size_t b = 0; b < t->after.gates.n; b++)
    if (naive_is_gate(&t->after, b))
      gates[n++] = logic_gate(t, b);
  qsort(gates, n, sizeof *gates, compare_gates);
  for (size_t i = 1; i < n; i++)
    ck_assert_int_ne(compare_gates(&gates[i - 1], &gates[i]), 0);
  ck_assert_uint_eq(
      n, naive_live_gates(&t->after, t->c.outputs.at, t->c.outputs.n));
  free(gates);
}

/* Not deeper; as deep where the range of no sum decides a gate. */
static void check_depths(struct pair *t) {
  size_t *before = naive_depths(&t->before), *after = naive_depths(&t->after);
  size_t gates = 0, made = 0;
  for (size_t b = 0; b < t->before.gates.n; b++)
    gates += naive_is_gate(&t->before, b);
  for (size_t b = 0; b < t->after.gates.n; b++)
    made += naive_is_gate(&t->after, b);
  ck_assert_uint_le(made, gates);
  for (size_t i = 0; i < t->old.outputs.n; i++) {
    size_t p = before[t->old.outputs.at[i]], q = after[t->c.outputs.at[i]];
    if (made == gates)
      ck_assert_uint_eq(p, q);
    else
      ck_assert_uint_le(q, p);
  }
  free(before);
  free(after);
}

/* ---- Buses, names and operations ---- */

static void same_buses(const struct bus *a, const struct bus *b, size_t n) {
  for (size_t i = 0; i < n; i++) {
    ck_assert_str_eq(a[i].name, b[i].name);
    ck_assert_uint_eq(a[i].values, b[i].values);
    ck_assert_uint_eq(a[i].width, b[i].width);
    ck_assert_int_eq(a[i].is_signed, b[i].is_signed);
    ck_assert_uint_eq(a[i].first_bit, b[i].first_bit);
  }
}

static void check_buses(struct pair *t) {
  ck_assert_uint_eq(t->old.input_buses.n, t->c.input_buses.n);
  ck_assert_uint_eq(t->old.output_buses.n, t->c.output_buses.n);
  same_buses(t->old.input_buses.at, t->c.input_buses.at, t->c.input_buses.n);
  same_buses(t->old.output_buses.at, t->c.output_buses.at, t->c.output_buses.n);
  for (size_t i = 0; i < t->old.inputs.n; i++) {
    const char *name = circuit_bit_name(&t->old, t->old.inputs.at[i]);
    const char *now = circuit_bit_name(&t->c, t->c.inputs.at[i]);
    ck_assert(!name || now);
    ck_assert(!name || !strcmp(name, now));
  }
}

/* Some bit of that name in the old circuit has the value of this one. */
static bool has_value(const struct pair *t, const struct bit_name *n,
                      const bool *x, const bool *y) {
  for (size_t i = 0; i < t->old.names.n; i++)
    if (!strcmp(t->old.names.at[i].name, n->name) &&
        x[t->old.names.at[i].bit] == y[n->bit])
      return true;
  return false;
}

static void check_names(struct pair *t) {
  bool *input = xcalloc(t->old.inputs.n, sizeof *input);
  uint64_t seed = 1;
  for (int v = 0; v < 20; v++) {
    for (size_t i = 0; i < t->old.inputs.n; i++)
      input[i] = plan_draw(&seed, 2);
    bool *x = naive_values(&t->before, input);
    bool *y = naive_values(&t->after, input);
    for (size_t i = 0; i < t->c.names.n; i++)
      ck_assert(has_value(t, &t->c.names.at[i], x, y));
    free(x);
    free(y);
  }
  free(input);
}

/* ---- Rounds ---- */

static void each_round(int i, enum basis basis, void (*check)(struct pair *)) {
  for (int round = i; round < rounds(); round += ROUNDS) {
    struct pair t;
    circuit_init(&t.old);
    draw_circuit(&t.old, (uint64_t)round);
    pair_convert(&t, basis);
    check(&t);
    pair_clear(&t);
  }
}

START_TEST(majority_gates_give_the_same_outputs) {
  each_round(_i, BASIS_MAJORITY, same_values);
}
END_TEST

START_TEST(majority_gates_fire_if_more_than_half_of_their_literals_do) {
  each_round(_i, BASIS_MAJORITY, check_majority_gates);
}
END_TEST

START_TEST(majority_gates_are_as_deep_as_those_they_replace) {
  each_round(_i, BASIS_MAJORITY, check_depths);
}
END_TEST

START_TEST(and_or_gates_give_the_same_outputs) {
  each_round(_i, BASIS_AND_OR, same_values);
}
END_TEST

START_TEST(and_or_gates_are_ands_or_ors_of_two_literals_each_once_and_read) {
  each_round(_i, BASIS_AND_OR, check_logic_gates);
}
END_TEST

/* Plans have integers of 700 bits, odd names and buses. */
static void check_plan(struct pair *t) {
  same_values(t);
  check_logic_gates(t);
  check_buses(t);
  check_names(t);
}

static void check_plan_majority(struct pair *t) {
  struct error err = {0};
  circuit_init(&t->c);
  t->c.max_bytes = (size_t)1 << 20;
  if (basis_majority(&t->c, &t->old, &err)) {
    ck_assert_uint_le(circuit_bytes(&t->c), t->c.max_bytes + (1 << 16));
    naive_init(&t->before, &t->old);
    naive_init(&t->after, &t->c);
    same_values(t);
    check_majority_gates(t);
    check_buses(t);
    check_names(t);
    naive_clear(&t->before);
    naive_clear(&t->after);
  } else {
    ck_assert_ptr_nonnull(strstr(err.message, " wires, more than"));
    ck_assert_uint_eq(t->c.bits.n, 2);
  }
  circuit_clear(&t->c);
}

START_TEST(plans_with_any_names_and_integers_are_converted_or_refused) {
  for (int round = _i; round < rounds(); round += ROUNDS) {
    struct plan p;
    struct pair t;
    plan_random(&p, (uint64_t)round, (size_t)(round % 40));
    circuit_init(&t.old);
    plan_build(&p, &t.old);
    check_plan_majority(&t);
    pair_convert(&t, BASIS_AND_OR);
    check_plan(&t);
    pair_clear(&t);
    plan_clear(&p);
  }
}
END_TEST

/* ---- Functions of a level ---- */

static size_t log_up(size_t n) {
  size_t k = 0;
  while ((size_t)1 << k < n)
    k++;
  return k;
}

/* How many of the inputs are 1, as a ladder's level. */
static ladder_id add_count(struct circuit *c, size_t inputs) {
  integer_id thresholds[16];
  for (size_t i = 0; i < inputs; i++)
    circuit_add_input(c);
  for (size_t i = 0; i < inputs; i++) {
    circuit_add_wire_si(c, c->inputs.at[i], 1);
    thresholds[i] = integers_add_si(&c->integers, (long)i + 1);
  }
  bit_id first = circuit_add_ladder(c, thresholds, inputs);
  return c->bits.at[first].ladder;
}

static void draw_steps(struct circuit *c, uint64_t *seed, integer_id *steps,
                       size_t n) {
  size_t sort = plan_draw(seed, 4);
  for (size_t i = 0; i < n; i++) {
    long step = sort == 0   ? 1
                : sort == 1 ? (i % 2 ? -1 : 1)
                : sort == 2 ? (long)plan_draw(seed, 3)
                            : (long)plan_draw(seed, 200) - 100;
    steps[i] = integers_add_si(&c->integers, step);
  }
}

/* [multiples of functions of one level + some input >= t]. */
static void add_function(struct circuit *c, ladder_id l, uint64_t *seed) {
  integer_id steps[16];
  long weight = (long)plan_draw(seed, 40) - 20;
  for (size_t k = 1 + plan_draw(seed, 2); k; k--) {
    draw_steps(c, seed, steps, circuit_rungs(c, l));
    circuit_add_wire_si(c, circuit_view(c, l, steps), weight);
  }
  circuit_add_wire_si(c, c->inputs.at[0], (long)plan_draw(seed, 9) - 4);
  circuit_add_output(c,
                     circuit_add_gate_si(c, weight * (long)plan_draw(seed, 9) +
                                                (long)plan_draw(seed, 2)));
}

START_TEST(functions_of_a_level_are_added_up_by_their_digits) {
  for (int round = _i; round < rounds(); round += ROUNDS) {
    struct pair t;
    uint64_t seed = ((uint64_t)round + 1) * UINT64_C(0x9e3779b97f4a7c15);
    circuit_init(&t.old);
    ladder_id l = add_count(&t.old, 2 + plan_draw(&seed, 7));
    for (int i = 0; i < 6; i++)
      add_function(&t.old, l, &seed);
    pair_convert(&t, BASIS_AND_OR);
    same_values(&t);
    check_logic_gates(&t);
    pair_clear(&t);
  }
}
END_TEST

/* A function with a step up, then down, and so on is an OR of ANDs. */
START_TEST(parity_of_a_level_is_a_tree_over_its_rungs) {
  for (size_t n = 2; n <= 16; n++) {
    struct measure before, after;
    struct circuit c, d;
    struct error err = {0};
    integer_id steps[16];
    circuit_init(&c);
    ladder_id l = add_count(&c, n);
    for (size_t i = 0; i < n; i++) {
      steps[i] = integers_add_si(&c.integers, i % 2 ? -1 : 1);
      circuit_add_output(&c, c.ladders.at[l].first_bit + (bit_id)i);
    }
    for (int i = 0; i < 2; i++) {
      circuit_init(&d);
      ck_assert(basis_and_or(&d, &c, &err));
      measure_init(i ? &after : &before);
      circuit_measure(&d, i ? &after : &before);
      circuit_clear(&d);
      circuit_add_wire_si(&c, circuit_view(&c, l, steps), 3);
      circuit_add_output(&c, circuit_add_gate_si(&c, 2));
    }
    size_t runs = (n + 1) / 2, more = runs - 1 + n / 2;
    mpz_add_ui(before.gates, before.gates, more);
    ck_assert(!mpz_cmp(before.gates, after.gates));
    ck_assert_uint_le(after.depth, before.depth + 1 + log_up(runs));
    measure_clear(&before);
    measure_clear(&after);
    circuit_clear(&c);
  }
}
END_TEST

/* ---- Single gates ---- */

/* [sum of weight(i) * x_i >= t] of k inputs, and as many rungs from t on. */
static void one_ladder(struct circuit *c, size_t k, size_t rungs, const mpz_t t,
                       void (*weight)(mpz_t w, size_t i)) {
  integer_id *thresholds = xmalloc(rungs * sizeof *thresholds);
  mpz_t z;
  mpz_init(z);
  circuit_init(c);
  for (size_t i = 0; i < k; i++)
    circuit_add_input(c);
  for (size_t i = 0; i < k; i++) {
    weight(z, i);
    circuit_add_wire(c, c->inputs.at[i], z);
  }
  for (size_t i = 0; i < rungs; i++) {
    mpz_add_ui(z, t, i);
    thresholds[i] = integers_add(&c->integers, z);
  }
  bit_id b = circuit_add_ladder(c, thresholds, rungs);
  for (size_t i = 0; i < rungs; i++)
    circuit_add_output(c, b + (bit_id)i);
  mpz_clear(z);
  free(thresholds);
}

static void one(mpz_t w, size_t i) {
  (void)i;
  mpz_set_ui(w, 1);
}

static void minus_one_or_one(mpz_t w, size_t i) {
  mpz_set_si(w, i % 3 ? 1 : -1);
}

static void power(mpz_t w, size_t i) {
  mpz_set_ui(w, 0);
  mpz_setbit(w, i);
}

static void alternating_power(mpz_t w, size_t i) { // as compare does
  power(w, i / 2);
  if (i % 2)
    mpz_neg(w, w);
}

static void two_powers(mpz_t w, size_t i) {
  mpz_set_ui(w, 0);
  mpz_setbit(w, (i % 16) * 8);
  mpz_setbit(w, (i % 16) * 8 + 1 + i % 7);
}

static void mixed(mpz_t w, size_t i) { // 20 bits
  mpz_set_ui(w, (i * 2654435761u + 12345) % 1048576);
  if (i % 5 == 0)
    mpz_neg(w, w);
}

static void all_ones(mpz_t w, size_t i) { // fewer digits with a -1
  mpz_set_ui(w, 0);
  mpz_setbit(w, 3 + i % 20);
  mpz_sub_ui(w, w, 1);
}

static void measure_ladder(struct measure *m, struct circuit *c) {
  struct circuit d;
  struct error err = {0};
  circuit_init(&d);
  ck_assert(basis_and_or(&d, c, &err));
  measure_init(m);
  circuit_measure(&d, m);
  circuit_clear(&d);
  circuit_clear(c);
}

START_TEST(an_and_or_an_or_of_many_is_a_balanced_tree) {
  static void (*const weights[])(mpz_t, size_t) = {one, minus_one_or_one};
  mpz_t t;
  mpz_init(t);
  for (size_t k = 2; k < 200; k++)
    for (size_t i = 0; i < 4; i++) {
      struct circuit c;
      struct measure m;
      long negative = i / 2 ? (long)(k + 2) / 3 : 0;
      mpz_set_si(t, (i % 2 ? 1 : (long)k) - negative);
      one_ladder(&c, k, 1, t, weights[i / 2]);
      measure_ladder(&m, &c);
      ck_assert_uint_eq(m.depth, log_up(k));
      ck_assert(!mpz_cmp_ui(m.gates, k - 1));
      measure_clear(&m);
    }
  mpz_clear(t);
}
END_TEST

START_TEST(a_gate_of_one_wire_costs_nothing_but_where_an_output_is_negated) {
  struct circuit c, d;
  struct error err = {0};
  struct measure m;
  circuit_init(&c);
  circuit_init(&d);
  bit_id x = circuit_add_input(&c), y = circuit_add_input(&c);
  circuit_add_wire_si(&c, x, 7);
  bit_id p = circuit_add_gate_si(&c, 3); // x
  circuit_add_wire_si(&c, p, -2);
  bit_id q = circuit_add_gate_si(&c, -1); // not x
  circuit_add_wire_si(&c, q, 1);
  circuit_add_wire_si(&c, y, 1);
  bit_id r = circuit_add_gate_si(&c, 2); // y and not x
  circuit_add_output(&c, p);
  circuit_add_output(&c, q);
  circuit_add_output(&c, r);
  ck_assert(basis_and_or(&d, &c, &err));
  measure_init(&m);
  circuit_measure(&d, &m);
  ck_assert_uint_eq(d.outputs.at[0], d.inputs.at[0]);
  ck_assert(!mpz_cmp_ui(m.gates, 2));
  ck_assert(!mpz_cmp_ui(m.gates_inner, 1)); // the complement is marked
  ck_assert_uint_eq(m.depth, 1);
  measure_clear(&m);
  circuit_clear(&c);
  circuit_clear(&d);
}
END_TEST

START_TEST(an_output_that_is_negated_twice_is_the_first_again) {
  struct pair t;
  circuit_init(&t.old);
  bit_id x = circuit_add_input(&t.old), y = circuit_add_input(&t.old);
  bit_id b[4];
  for (int i = 0; i < 4; i++) {
    circuit_add_wire_si(&t.old, i ? b[i - 1] : x, i ? -1 : 1);
    if (!i)
      circuit_add_wire_si(&t.old, y, 1);
    b[i] = circuit_add_gate_si(&t.old, i ? 0 : 2);
    circuit_add_output(&t.old, b[i]);
  }
  pair_convert(&t, BASIS_AND_OR);
  same_values(&t);
  check_logic_gates(&t);
  ck_assert_uint_eq(t.c.bits.n, 2 + 2 + 2);
  pair_clear(&t);
}
END_TEST

static const struct {
  void (*weight)(mpz_t, size_t);
  size_t most; // wires
} families[] = {
    {one, 3000},       {minus_one_or_one, 1000}, {power, 300},
    {two_powers, 300}, {alternating_power, 600}, {mixed, 1000},
    {all_ones, 500},
};

/* In the middle of the range of the sum. */
static void middle(mpz_t t, size_t k, void (*weight)(mpz_t, size_t)) {
  mpz_t w;
  mpz_init(w);
  mpz_set_ui(t, 0);
  for (size_t i = 0; i < k; i++) {
    weight(w, i);
    mpz_add(t, t, w);
  }
  mpz_fdiv_q_2exp(t, t, 1);
  mpz_clear(w);
}

/* What the weights of some of the k wires add up to; which, are in `input`. */
static void some(mpz_t t, bool *input, size_t k, uint64_t *seed,
                 void (*weight)(mpz_t, size_t)) {
  mpz_t w;
  mpz_init(w);
  mpz_set_ui(t, 0);
  for (size_t i = 0; i < k; i++) {
    weight(w, i);
    input[i] = plan_draw(seed, 2);
    if (input[i])
      mpz_add(t, t, w);
  }
  mpz_clear(w);
}

/* The thresholds are those where the sum just reaches one and misses the
   next. */
START_TEST(wide_sums_are_compared_with_their_very_values) {
  uint64_t seed = (uint64_t)_i + 1;
  for (size_t k = 3; k < 100; k += 1 + plan_draw(&seed, k))
    for (size_t rungs = 1; rungs <= 2; rungs++) {
      struct pair t;
      bool *input = xmalloc(k * sizeof *input);
      mpz_t z;
      mpz_init(z);
      some(z, input, k, &seed, families[_i].weight);
      one_ladder(&t.old, k, rungs, z, families[_i].weight);
      pair_convert(&t, BASIS_AND_OR);
      check_logic_gates(&t);
      for (int v = 0; v < 20; v++) {
        same_outputs(&t, input);
        some(z, input, k, &seed, families[_i].weight);
      }
      pair_clear(&t);
      mpz_clear(z);
      free(input);
    }
}
END_TEST

/* Of the sum of |weight|. */
static size_t total_bits(size_t k, void (*weight)(mpz_t, size_t)) {
  mpz_t total, w;
  mpz_init(total);
  mpz_init(w);
  for (size_t i = 0; i < k; i++) {
    weight(w, i);
    mpz_abs(w, w);
    mpz_add(total, total, w);
  }
  size_t bits = mpz_sizeinbase(total, 2);
  mpz_clear(total);
  mpz_clear(w);
  return bits;
}

START_TEST(a_ladder_is_as_deep_as_the_logarithms_of_its_wires_and_weights) {
  for (size_t f = 0; f < sizeof families / sizeof *families; f++)
    for (size_t k = 3; k <= families[f].most; k += k / 3 + 1)
      for (size_t rungs = 1; rungs <= 3; rungs += 2) {
        struct circuit c;
        struct measure m;
        mpz_t t;
        mpz_init(t);
        middle(t, k, families[f].weight);
        one_ladder(&c, k, rungs, t, families[f].weight);
        measure_ladder(&m, &c);
        size_t bits = total_bits(k, families[f].weight);
        ck_assert_uint_le(m.depth, 5 * log_up(k) + 2 * log_up(bits) + 4);
        mpz_set_ui(t, k * bits + rungs * 6 * bits);
        mpz_mul_ui(t, t, 3);
        ck_assert(mpz_cmp(m.gates, t) <= 0);
        measure_clear(&m);
        mpz_clear(t);
      }
}
END_TEST

START_TEST(what_needs_too_much_memory_is_refused_with_a_message) {
  struct circuit c, d;
  struct error err = {0};
  mpz_t t;
  mpz_init(t);
  middle(t, 300, power);
  one_ladder(&c, 300, 1, t, power);
  circuit_init(&d);
  ck_assert(!basis_majority(&d, &c, &err));
  ck_assert_str_eq(err.message,
                   "majority gates would need a number of 91 digits of wires, "
                   "more than the memory allows: weights have up to 300 bits");
  ck_assert_uint_eq(d.bits.n, 2);
  d.max_bytes = 10000;
  ck_assert(!basis_and_or(&d, &c, &err));
  ck_assert_ptr_nonnull(
      strstr(err.message, "AND and OR gates would need more"));
  ck_assert_uint_le(circuit_bytes(&d), 10000);
  circuit_clear(&d);
  circuit_clear(&c);
  mpz_clear(t);
}
END_TEST

int main(void) {
  Suite *s = suite_create("basis");
  TCase *all = tcase_create("all");
  tcase_add_test(all, an_and_or_an_or_of_many_is_a_balanced_tree);
  tcase_add_test(
      all, a_gate_of_one_wire_costs_nothing_but_where_an_output_is_negated);
  tcase_add_test(all, parity_of_a_level_is_a_tree_over_its_rungs);
  tcase_add_test(all, an_output_that_is_negated_twice_is_the_first_again);
  tcase_add_test(
      all, a_ladder_is_as_deep_as_the_logarithms_of_its_wires_and_weights);
  tcase_add_test(all, what_needs_too_much_memory_is_refused_with_a_message);
  tcase_add_loop_test(all, wide_sums_are_compared_with_their_very_values, 0,
                      sizeof families / sizeof *families);
  const TTest *const rounds_of[] = {
      majority_gates_give_the_same_outputs,
      majority_gates_fire_if_more_than_half_of_their_literals_do,
      majority_gates_are_as_deep_as_those_they_replace,
      and_or_gates_give_the_same_outputs,
      and_or_gates_are_ands_or_ors_of_two_literals_each_once_and_read,
      plans_with_any_names_and_integers_are_converted_or_refused,
      functions_of_a_level_are_added_up_by_their_digits,
  };
  for (size_t i = 0; i < sizeof rounds_of / sizeof *rounds_of; i++)
    tcase_add_loop_test(all, rounds_of[i], 0, ROUNDS);
  tcase_set_timeout(all, 60);
  suite_add_tcase(s, all);
  return suite_run(s);
}
