/* prune.h, against every gate written out */
#include "circuit/binary.h"
#include "circuit/prune.h"
#include "tests/circuit/plan.h"
#include "tests/naive.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

/* A plan's circuit before and after, and which bits are left of it. */
struct pair {
  struct plan p;
  struct circuit old, c;
  struct naive before, after;
  bool *live;      // [old bit]: read by an output, an input or a constant
  bit_id *renamed; // [old bit]: live ones before it
  bit_id bits;     // live ones
};

static void pair_init(struct pair *t, int round) {
  plan_random(&t->p, (uint64_t)round, (size_t)(round % 50));
  circuit_init(&t->old);
  circuit_init(&t->c);
  plan_build(&t->p, &t->old);
  plan_build(&t->p, &t->c);
  circuit_prune(&t->c);
  naive_init(&t->before, &t->old);
  naive_init(&t->after, &t->c);
  t->live = naive_live(&t->before, t->old.outputs.at, t->old.outputs.n);
  t->renamed = xmalloc(t->old.bits.n * sizeof *t->renamed);
  t->bits = 0;
  for (bit_id b = 0; b < t->old.bits.n; b++) {
    t->live[b] |= !naive_is_gate(&t->before, b);
    t->renamed[b] = t->bits;
    t->bits += t->live[b];
  }
}

static void pair_clear(struct pair *t) {
  free(t->live);
  free(t->renamed);
  naive_clear(&t->before);
  naive_clear(&t->after);
  circuit_clear(&t->old);
  circuit_clear(&t->c);
  plan_clear(&t->p);
}

/* ---- Gates and wires ---- */

static void same_gate(const struct pair *t, bit_id old) {
  const struct naive_gate *g = &t->before.gates.at[old],
                          *h = &t->after.gates.at[t->renamed[old]];
  const struct naive_sum *s = &t->before.sums.at[g->sum],
                         *u = &t->after.sums.at[h->sum];
  ck_assert_int_eq(g->is_input, h->is_input);
  ck_assert(!mpz_cmp(g->threshold, h->threshold));
  ck_assert_uint_eq(s->wires.n, u->wires.n);
  for (size_t i = 0; i < s->wires.n; i++) {
    ck_assert_uint_eq(t->renamed[s->wires.at[i].bit], u->wires.at[i].bit);
    ck_assert(!mpz_cmp(s->wires.at[i].weight, u->wires.at[i].weight));
  }
}

static void same_ladders(const struct pair *t) {
  ladder_id last = 0, n = 0;
  for (bit_id b = 0; b < t->old.bits.n; b++)
    if (t->live[b]) {
      n += n == 0 || t->old.bits.at[b].ladder != last;
      last = t->old.bits.at[b].ladder;
      ck_assert_uint_eq(t->c.bits.at[t->renamed[b]].ladder, n - 1);
    }
  ck_assert_uint_eq(t->c.ladders.n, n);
}

static void same_ports(const struct pair *t) {
  ck_assert_uint_eq(t->c.inputs.n, t->old.inputs.n);
  ck_assert_uint_eq(t->c.outputs.n, t->old.outputs.n);
  for (size_t i = 0; i < t->old.inputs.n; i++)
    ck_assert_uint_eq(t->c.inputs.at[i], t->renamed[t->old.inputs.at[i]]);
  for (size_t i = 0; i < t->old.outputs.n; i++)
    ck_assert_uint_eq(t->c.outputs.at[i], t->renamed[t->old.outputs.at[i]]);
}

static void same_circuit(struct pair *t) {
  ck_assert_uint_eq(t->c.bits.n, t->bits);
  for (bit_id b = 0; b < t->old.bits.n; b++)
    if (t->live[b])
      same_gate(t, b);
  same_ladders(t);
  same_ports(t);
}

/* ---- Values ---- */

static void same_values(struct pair *t) {
  size_t n = t->p.inputs, vectors = n <= 7 ? (size_t)1 << n : 100;
  bool *input = xmalloc(n * sizeof *input);
  for (size_t v = 0; v < vectors; v++) {
    for (size_t i = 0; i < n; i++)
      input[i] = n <= 7 ? v >> i & 1 : plan_draw(&t->p.seed, 2);
    bool *x = naive_values(&t->before, input),
         *y = naive_values(&t->after, input);
    for (size_t i = 0; i < t->old.outputs.n; i++)
      ck_assert_int_eq(x[t->old.outputs.at[i]], y[t->c.outputs.at[i]]);
    free(x);
    free(y);
  }
  free(input);
}

/* ---- Names ---- */

static void same_buses(const struct bus *a, const struct bus *b, size_t n) {
  for (size_t i = 0; i < n; i++) {
    ck_assert_str_eq(a[i].name, b[i].name);
    ck_assert_uint_eq(a[i].values, b[i].values);
    ck_assert_uint_eq(a[i].width, b[i].width);
    ck_assert_int_eq(a[i].is_signed, b[i].is_signed);
    ck_assert_uint_eq(a[i].first_bit, b[i].first_bit);
  }
}

static void same_names(struct pair *t) {
  const struct circuit *a = &t->old, *b = &t->c;
  size_t n = 0;
  for (size_t i = 0; i < a->names.n; i++)
    if (t->live[a->names.at[i].bit]) {
      ck_assert_uint_lt(n, b->names.n);
      ck_assert_uint_eq(b->names.at[n].bit, t->renamed[a->names.at[i].bit]);
      ck_assert_str_eq(b->names.at[n++].name, a->names.at[i].name);
    }
  ck_assert_uint_eq(b->names.n, n);
  ck_assert_uint_eq(a->input_buses.n, b->input_buses.n);
  ck_assert_uint_eq(a->output_buses.n, b->output_buses.n);
  same_buses(a->input_buses.at, b->input_buses.at, a->input_buses.n);
  same_buses(a->output_buses.at, b->output_buses.at, a->output_buses.n);
}

/* Operations have no numbers that last: they are the same if one after the
   other has its name and kind, and what is left of its ladders. */
static void same_operations(struct pair *t) {
  const struct operation *old = NULL, *new = NULL;
  size_t n = 0;
  for (bit_id b = 0; b < t->old.bits.n; b++) {
    if (!t->live[b])
      continue;
    const struct operation *o =
        circuit_operation(&t->old, t->old.bits.at[b].ladder);
    const struct operation *p =
        circuit_operation(&t->c, t->c.bits.at[t->renamed[b]].ladder);
    ck_assert_int_eq(!o, !p);
    ck_assert_int_eq(o == old, p == new);
    n += o != old;
    old = o;
    new = p;
    if (o) {
      ck_assert_str_eq(o->name, p->name);
      ck_assert_str_eq(o->kind, p->kind);
    }
  }
  ck_assert_uint_eq(t->c.operations.n, n);
}

/* ---- Tables ---- */

static void check_views(struct pair *t) {
  struct circuit *c = &t->c;
  size_t views = c->views.n, shapes = c->shapes.n;
  bool *read = xcalloc(views, sizeof *read);
  for (size_t i = 0; i < c->wires.n; i++)
    if (c->wires.at[i].source & SOURCE_VIEW)
      read[c->wires.at[i].source & ~SOURCE_VIEW] = true;
  for (uint32_t i = 0; i < views; i++) {
    const struct view *v = &c->views.at[i];
    const struct shape *s = &c->shapes.at[v->shape];
    integer_id steps[8];
    ck_assert(read[i]);
    ck_assert_uint_lt(v->ladder, c->ladders.n);
    ck_assert_uint_eq(s->n, circuit_rungs(c, v->ladder));
    memcpy(steps, c->steps.at + s->first_step, s->n * sizeof *steps);
    ck_assert_uint_eq(circuit_view(c, v->ladder, steps), SOURCE_VIEW | i);
  }
  free(read);
  ck_assert_uint_eq(c->views.n, views);
  ck_assert_uint_eq(c->shapes.n, shapes);
}

static void use(const struct circuit *c, bool *used, integer_id id) {
  if (integer_is_small(id) || id == THRESHOLD_INPUT)
    return;
  ck_assert_uint_lt(id & ~INTEGER_LONG, c->integers.longs.n);
  used[id & ~INTEGER_LONG] = true;
}

/* All long integers are used, and found again. */
static void check_integers(struct pair *t) {
  struct circuit *c = &t->c;
  size_t n = c->integers.longs.n, limbs = 0;
  bool *used = xcalloc(n, sizeof *used);
  for (size_t i = 0; i < c->bits.n; i++)
    use(c, used, c->bits.at[i].threshold);
  for (size_t i = 0; i < c->wires.n; i++)
    use(c, used, c->wires.at[i].weight);
  for (size_t i = 0; i < c->steps.n; i++)
    use(c, used, c->steps.at[i]);
  for (size_t i = 0; i < c->shapes.n; i++) {
    use(c, used, c->shapes.at[i].lo);
    use(c, used, c->shapes.at[i].hi);
  }
  for (uint32_t i = 0; i < n; i++) {
    struct integer_scratch scratch;
    mpz_t z;
    ck_assert(used[i]);
    mpz_init_set(z, integers_get(&c->integers, INTEGER_LONG | i, &scratch));
    ck_assert_uint_eq(integers_add(&c->integers, z), INTEGER_LONG | i);
    limbs += mpz_size(z);
    mpz_clear(z);
  }
  ck_assert_uint_eq(c->integers.limbs.n, limbs);
  free(used);
}

/* ---- The tests ---- */

static void each_round(int i, void (*check)(struct pair *)) {
  for (int round = i; round < rounds(); round += ROUNDS) {
    struct pair t;
    pair_init(&t, round);
    check(&t);
    pair_clear(&t);
  }
}

START_TEST(the_gates_that_outputs_read_are_left_and_no_others) {
  each_round(_i, same_circuit);
}
END_TEST

START_TEST(outputs_keep_their_values) {
  each_round(_i, same_values);
}
END_TEST

START_TEST(buses_and_names_of_what_is_left_stay) {
  each_round(_i, same_names);
}
END_TEST

START_TEST(gates_come_from_the_operations_they_came_from) {
  each_round(_i, same_operations);
}
END_TEST

START_TEST(views_have_a_step_for_each_rung_left_and_equal_ones_are_one) {
  each_round(_i, check_views);
}
END_TEST

START_TEST(long_integers_that_nothing_uses_are_gone) {
  each_round(_i, check_integers);
}
END_TEST

static void prune_again(struct pair *t) {
  struct bytes once = bytes_of(&t->c, binary_write);
  circuit_prune(&t->c);
  struct bytes twice = bytes_of(&t->c, binary_write);
  ck_assert_uint_eq(once.n, twice.n);
  ck_assert_mem_eq(once.at, twice.at, once.n);
  free(once.at);
  free(twice.at);
}

START_TEST(pruning_again_changes_no_byte) {
  each_round(_i, prune_again);
}
END_TEST

static mpz_srcptr long_number(mpz_t z, unsigned long bit) {
  mpz_set_ui(z, 1);
  mpz_mul_2exp(z, z, bit);
  return z;
}

/* Names, operations, long integers, a table, a sum that reads a bit twice. */
static void build_with_nothing_dead(struct circuit *c) {
  mpz_t z;
  mpz_init(z);
  bit_id x = circuit_add_input(c), y = circuit_add_input(c);
  circuit_add_input_bus(c, "x", 1, 2, false);
  circuit_begin_operation(c, "first", "a");
  circuit_add_wire(c, x, long_number(z, 90));
  circuit_add_wire_si(c, y, 3);
  bit_id b = circuit_add_ladder(
      c, (integer_id[]){1, 3, integers_add(&c->integers, long_number(z, 80))},
      3);
  circuit_begin_operation(c, "second", "b");
  integer_id steps[] = {2, integers_add(&c->integers, long_number(z, 70)), 5};
  source_id v = circuit_view(c, c->bits.at[b].ladder, steps);
  circuit_add_wire_si(c, v, 1);
  circuit_add_wire_si(c, x, 1);
  circuit_add_wire_si(c, x, -3);
  circuit_add_wire_si(c, BIT_ONE, 1);
  bit_id d = circuit_add_gate(c, long_number(z, 75));
  circuit_name_bit(c, x, "one");
  circuit_name_bit(c, d, "two");
  circuit_add_output(c, d);
  circuit_add_output(c, y);
  circuit_add_output_bus(c, "y", 2, 1, false);
  mpz_clear(z);
}

START_TEST(a_circuit_with_nothing_dead_stays_the_same_to_the_byte) {
  struct circuit c;
  circuit_init(&c);
  build_with_nothing_dead(&c);
  struct bytes before = bytes_of(&c, binary_write);
  circuit_prune(&c);
  struct bytes after = bytes_of(&c, binary_write);
  ck_assert_uint_eq(before.n, after.n);
  ck_assert_mem_eq(before.at, after.at, before.n);
  free(before.at);
  free(after.at);
  circuit_clear(&c);
}
END_TEST

START_TEST(wires_that_cannot_change_a_sum_keep_nothing_alive) {
  struct circuit c;
  circuit_init(&c);
  bit_id x = circuit_add_input(&c);
  circuit_add_wire_si(&c, x, 4);
  bit_id b = circuit_add_ladder(&c, (integer_id[]){1, 2, 3, 4}, 4);
  ladder_id l = c.bits.at[b].ladder;
  circuit_add_wire_si(&c, circuit_view(&c, l, (integer_id[]){0, 0, 0, 0}), 1);
  circuit_add_wire_si(&c, circuit_view(&c, l, (integer_id[]){1, 0, 0, 0}), 0);
  circuit_add_wire_si(&c, b + 1, 0);
  circuit_add_wire_si(&c, circuit_view(&c, l, (integer_id[]){0, 0, 0, 1}), 7);
  circuit_add_output(&c, circuit_add_gate_si(&c, 7));
  circuit_prune(&c);
  ck_assert_uint_eq(c.bits.n, 2 + 1 + 2);
  ck_assert_uint_eq(c.wires.n, 1 + 1);
  ck_assert_uint_eq(c.wires.at[1].source, 3);
  ck_assert_uint_eq(c.views.n, 0);
  circuit_clear(&c);
}
END_TEST

START_TEST(a_circuit_without_outputs_keeps_its_inputs_only) {
  struct circuit c;
  circuit_init(&c);
  build_with_nothing_dead(&c);
  c.outputs.n = 0;
  circuit_prune(&c);
  ck_assert_uint_eq(c.bits.n, 4);
  ck_assert_uint_eq(c.inputs.n, 2);
  ck_assert_uint_eq(c.wires.n + c.views.n + c.shapes.n + c.steps.n, 0);
  ck_assert_uint_eq(c.operations.n + c.integers.longs.n, 0);
  ck_assert_uint_eq(c.names.n, 1);
  circuit_clear(&c);
  circuit_init(&c);
  circuit_prune(&c);
  ck_assert_uint_eq(c.bits.n, 2);
  circuit_clear(&c);
}
END_TEST

int main(void) {
  Suite *s = suite_create("prune");
  TCase *all = tcase_create("all");
  tcase_add_test(all, a_circuit_with_nothing_dead_stays_the_same_to_the_byte);
  tcase_add_test(all, wires_that_cannot_change_a_sum_keep_nothing_alive);
  tcase_add_test(all, a_circuit_without_outputs_keeps_its_inputs_only);
  const TTest *const rounds_of[] = {
      the_gates_that_outputs_read_are_left_and_no_others,
      outputs_keep_their_values,
      buses_and_names_of_what_is_left_stay,
      gates_come_from_the_operations_they_came_from,
      views_have_a_step_for_each_rung_left_and_equal_ones_are_one,
      long_integers_that_nothing_uses_are_gone,
      pruning_again_changes_no_byte};
  for (size_t i = 0; i < sizeof rounds_of / sizeof *rounds_of; i++)
    tcase_add_loop_test(all, rounds_of[i], 0, ROUNDS);
  tcase_set_timeout(all, 60);
  suite_add_tcase(s, all);
  return suite_run(s);
}
