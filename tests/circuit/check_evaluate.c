/* evaluate.c and both evaluators, against naive.c */
#include "circuit/evaluate.h"
#include "circuit/evaluate_parts.h"
#include "circuit/evaluate_steps.h"
#include "circuit/vectors.h"
#include "tests/circuit/plan.h"
#include "tests/naive.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

/* A block of mixed vectors through an evaluator; returns the lanes of outputs,
   which the caller frees. */
static uint64_t *outputs_of(const struct circuit *c, enum evaluation how,
                            uint64_t seed, size_t *words) {
  struct evaluator *e = evaluator_new(c, how);
  struct evaluator_block *b = evaluator_block_new(e);
  struct vectors v;
  *words = evaluator_words(e);
  vectors_init(&v, c, VECTORS_MIXED, seed);
  vectors_fill(&v, 0, 64 * *words, *words, b->in);
  for (int again = 0; again < 2; again++)
    evaluator_block_run(e, b);
  size_t n = c->outputs.n * *words * sizeof(uint64_t);
  uint64_t *out = memcpy(xmalloc(n), b->out, n);
  vectors_clear(&v);
  evaluator_block_free(b);
  evaluator_free(e);
  return out;
}

/* The same as naive.c says for `lanes` vectors of the first 512. */
static void check_naive(const struct circuit *c, enum evaluation how,
                        uint64_t seed, size_t lanes) {
  struct naive naive;
  struct vectors v;
  size_t words;
  uint64_t *out = outputs_of(c, how, seed, &words);
  uint64_t *in = xcalloc(c->inputs.n * 8, sizeof *in);
  bool *input = xcalloc(c->inputs.n, sizeof *input);
  vectors_init(&v, c, VECTORS_MIXED, seed);
  vectors_fill(&v, 0, 512, 8, in);
  naive_init(&naive, c);
  for (size_t i = 0; i < lanes; i++) {
    size_t lane = i * 509 % 512;
    for (size_t j = 0; j < c->inputs.n; j++)
      input[j] = in[8 * j + lane / 64] >> lane % 64 & 1;
    bool *value = naive_values(&naive, input);
    for (size_t o = 0; o < c->outputs.n; o++)
      ck_assert_msg((out[o * words + lane / 64] >> lane % 64 & 1) ==
                        value[c->outputs.at[o]],
                    "seed %lu, way %d, lane %zu, output %zu",
                    (unsigned long)seed, (int)how, lane, o);
    free(value);
  }
  naive_clear(&naive);
  vectors_clear(&v);
  free(input);
  free(in);
  free(out);
}

static void check_both(const struct circuit *c, uint64_t seed, size_t lanes) {
  check_naive(c, EVALUATE_RUNGS, seed, lanes);
  check_naive(c, EVALUATE_LADDERS, seed, lanes);
}

START_TEST(random_circuits_have_the_values_that_their_definition_gives) {
  for (int seed = _i; seed < rounds(); seed += ROUNDS) {
    struct plan p;
    struct circuit c;
    circuit_init(&c);
    plan_random(&p, 1 + (uint64_t)seed, 3 + (size_t)seed % 60);
    plan_build(&p, &c);
    for (bit_id b = 0; b < c.bits.n && seed % 3; b++)
      circuit_add_output(&c, b);
    check_both(&c, (uint64_t)seed, 6);
    circuit_clear(&c);
    plan_clear(&p);
  }
}
END_TEST

/* Layers of ladders of small and middling weights, whose sums and tables are
   like those of networks: where carries and tables have work to do. */
static long draw_weight(uint64_t *seed, int kind) {
  long size = (long)plan_draw(seed, 1000);
  switch (kind) {
  case 0:
    size = 1;
    break;
  case 1:
    size = 1L << size % 9;
    break;
  case 2:
    size = size % 128;
    break;
  default:
    size = size * 4194301;
  }
  return plan_draw(seed, 2) ? size : -size;
}

static void add_random_ladder(struct circuit *c, uint64_t *seed, size_t fan_in,
                              int kind, size_t rungs) {
  long most = 0, least = 0, before = LONG_MIN;
  ARRAY(integer_id) thresholds = {0};
  for (size_t i = 0; i < fan_in; i++) {
    source_id s = (source_id)plan_draw(seed, c->bits.n);
    long w = draw_weight(seed, kind), scale = 1;
    if (c->views.n && plan_draw(seed, 3) == 0) {
      s = SOURCE_VIEW | (source_id)plan_draw(seed, c->views.n);
      scale = 20;
    }
    circuit_add_wire_si(c, s, w);
    *(w > 0 ? &most : &least) += w * scale;
  }
  for (size_t i = 0; i < rungs; i++) {
    long t = least + (most - least) / (long)(rungs + 1) * (long)(i + 1) +
             (long)plan_draw(seed, 2);
    if (t > before)
      array_push(&thresholds, integers_add_si(&c->integers, t));
    before = t > before ? t : before;
  }
  circuit_add_ladder(c, thresholds.at, thresholds.n);
  ARRAY(integer_id) steps = {0};
  for (size_t i = 0; i < thresholds.n; i++)
    array_push(&steps,
               integers_add_si(&c->integers, (long)plan_draw(seed, 5) - 2));
  if (thresholds.n > 1)
    circuit_view(c, (ladder_id)c->ladders.n - 1, steps.at);
  array_clear(&steps);
  array_clear(&thresholds);
}

static void random_layers(struct circuit *c, uint64_t seed) {
  static const size_t fans[] = {1, 2, 3, 4, 5, 7, 8, 9, 17, 64, 200, 700};
  static const size_t rungs[] = {1, 1, 2, 3, 16, 255};
  size_t n = 4 + plan_draw(&seed, 60);
  circuit_init(c);
  for (size_t i = 0; i < n; i++)
    circuit_add_input(c);
  circuit_add_input_bus(c, "x", n / 4, 4, seed % 2);
  for (size_t i = 0; i < 20; i++)
    add_random_ladder(c, &seed, fans[plan_draw(&seed, 12)],
                      (int)plan_draw(&seed, 4), rungs[plan_draw(&seed, 6)]);
  for (bit_id b = 0; b < c->bits.n; b++)
    if (b < 300 || plan_draw(&seed, 8) == 0)
      circuit_add_output(c, b);
}

START_TEST(layers_of_ladders_have_the_values_that_their_definition_gives) {
  for (int seed = _i; seed < rounds() / 4; seed += ROUNDS / 4) {
    struct circuit c;
    random_layers(&c, 77 + (uint64_t)seed);
    check_both(&c, (uint64_t)seed, 6);
    circuit_clear(&c);
  }
}
END_TEST

START_TEST(vectors_of_all_widths_give_the_same) {
  for (uint64_t seed = 2; seed <= 21; seed++) {
    struct circuit c;
    random_layers(&c, seed);
    struct evaluator *e =
        evaluator_new(&c, seed % 2 ? EVALUATE_RUNGS : EVALUATE_LADDERS);
    size_t n = c.outputs.n * evaluator_words(e) * sizeof(uint64_t);
    uint64_t *before = NULL;
    for (unsigned bytes = steps_widest(); bytes >= 16; bytes /= 2) {
      struct evaluator_block *b = evaluator_block_new(e);
      struct vectors v;
      vectors_init(&v, &c, VECTORS_MIXED, seed);
      vectors_fill(&v, 0, 0, evaluator_words(e), b->in);
      e->vector_bytes = bytes;
      evaluator_block_run(e, b);
      if (before)
        ck_assert_mem_eq(before, b->out, n);
      before = before ? before : memcpy(xmalloc(n), b->out, n);
      vectors_clear(&v);
      evaluator_block_free(b);
    }
    free(before);
    evaluator_free(e);
    circuit_clear(&c);
  }
}
END_TEST

/* Sums of integers of buses, a wire for each bit; now and then one bit's weight
   is wrong, or missing, or the bit is read twice. */
static void sums_of_integers(struct circuit *c, uint64_t seed) {
  enum {
    VALUES = 6,
    WIDTH = 7
  };
  circuit_init(c);
  for (int i = 0; i < 2 * VALUES * WIDTH; i++) {
    circuit_add_input(c);
    if (i == VALUES * WIDTH - 1)
      circuit_add_input_bus(c, "s", VALUES, WIDTH, true);
  }
  circuit_add_input_bus(c, "u", VALUES, WIDTH, false);
  for (int k = 0; k < 30; k++) {
    size_t odd = plan_draw(&seed, 8 * VALUES * WIDTH);
    long unit = 1 << plan_draw(&seed, 20);
    for (size_t i = 0; i < 2 * VALUES * WIDTH; i++) {
      if (i % WIDTH == 0)
        unit = (long)plan_draw(&seed, 9) * (unit | 1) % 999983 - 20;
      long w = unit * (1L << i % WIDTH);
      if (i < VALUES * WIDTH && i % WIDTH == WIDTH - 1)
        w = -w;
      if (i == odd)
        w = plan_draw(&seed, 2) ? 0 : -w;
      circuit_add_wire_si(c, c->inputs.at[i], w);
      if (i == odd / 2)
        circuit_add_wire_si(c, c->inputs.at[i], w);
    }
    integer_id t[] = {integers_add_si(&c->integers, unit - 999),
                      integers_add_si(&c->integers, unit)};
    circuit_add_ladder(c, t, 2);
  }
  for (bit_id b = 2 * VALUES * WIDTH + 2; b < c->bits.n; b++)
    circuit_add_output(c, b);
}

START_TEST(sums_of_integers_of_buses_have_the_values_of_their_definition) {
  for (int seed = _i; seed < rounds() / 4; seed += ROUNDS / 4) {
    struct circuit c;
    sums_of_integers(&c, 3000 + (uint64_t)seed);
    check_both(&c, (uint64_t)seed, 6);
    circuit_clear(&c);
  }
}
END_TEST

/* Sums of which each contains the one before or an earlier one, over the same
   inputs in order; some are gates, some have no rung that can change. */
static void growing_sums(struct circuit *c, uint64_t seed) {
  enum {
    INPUTS = 120
  };
  integer_id weight[INPUTS];
  circuit_init(c);
  for (int i = 0; i < INPUTS; i++)
    circuit_add_input(c);
  size_t kind = plan_draw(&seed, 4);
  for (unsigned i = 0; i < INPUTS; i++) {
    mpz_t w;
    mpz_init_set_si(w, kind == 3 ? 1 : draw_weight(&seed, (int)kind));
    if (kind == 3) // columns, as in a product
      mpz_mul_2exp(w, w, i / 10 * 7);
    weight[i] = integers_add(&c->integers, w);
    mpz_clear(w);
  }
  for (size_t n = 20; n <= INPUTS; n += 1 + plan_draw(&seed, 20)) {
    for (size_t i = 0; i < n; i++)
      circuit_add_wire_id(c, c->inputs.at[i], weight[i]);
    if (plan_draw(&seed, 2))
      circuit_add_wire_si(c, (bit_id)c->bits.n - 1, 5);
    integer_id t[5];
    size_t rungs = 1 + plan_draw(&seed, 5);
    for (size_t i = 0; i < rungs; i++) {
      mpz_t z;
      mpz_init_set_si(z, (long)i * 3 - (long)plan_draw(&seed, 3));
      mpz_mul_2exp(z, z, kind == 3 ? n / 10 * 7 - plan_draw(&seed, 7) : 3);
      if (rungs == 1 && plan_draw(&seed, 4) == 0)
        mpz_setbit(z, 200);
      t[i] = integers_add(&c->integers, z);
      rungs =
          i && integers_compare(&c->integers, t[i - 1], t[i]) >= 0 ? i : rungs;
      mpz_clear(z);
    }
    circuit_add_ladder(c, t, rungs);
  }
  for (bit_id b = INPUTS + 2; b < c->bits.n; b++)
    circuit_add_output(c, b);
}

START_TEST(sums_that_contain_others_have_the_values_of_their_definition) {
  for (int seed = _i; seed < rounds() / 4; seed += ROUNDS / 4) {
    struct circuit c;
    growing_sums(&c, 1000 + (uint64_t)seed);
    check_both(&c, (uint64_t)seed, 6);
    circuit_clear(&c);
  }
}
END_TEST

/* The same circuit with all weights and thresholds times 2^shift. */
static void scale(struct circuit *to, const struct circuit *c,
                  mp_bitcnt_t shift) {
  struct integer_scratch s;
  mpz_t z;
  mpz_init(z);
  circuit_init(to);
  for (ladder_id l = 1; l < c->ladders.n; l++) {
    bit_id first = c->ladders.at[l].first_bit;
    ARRAY(integer_id) t = {0};
    for (bit_id b = first; b < circuit_end_bit(c, l); b++)
      if (!circuit_is_input(c, b)) {
        mpz_mul_2exp(z, integers_get(&c->integers, c->bits.at[b].threshold, &s),
                     shift);
        array_push(&t, integers_add(&to->integers, z));
      }
    for (size_t i = c->ladders.at[l].first_wire; i < circuit_end_wire(c, l);
         i++) {
      source_id source = c->wires.at[i].source;
      if (source & SOURCE_VIEW) {
        ladder_id from = circuit_source_ladder(c, source);
        ARRAY(integer_id) steps = {0};
        for (size_t j = 0; j < circuit_rungs(c, from); j++)
          array_push(
              &steps,
              integers_add(&to->integers,
                           integers_get(&c->integers,
                                        circuit_view_steps(c, source)[j], &s)));
        source = circuit_view(to, from, steps.at);
        array_clear(&steps);
      }
      mpz_mul_2exp(z, integers_get(&c->integers, c->wires.at[i].weight, &s),
                   shift);
      circuit_add_wire(to, source, z);
    }
    if (t.n)
      circuit_add_ladder(to, t.at, t.n);
    else
      circuit_add_input(to);
    array_clear(&t);
  }
  for (size_t i = 0; i < c->outputs.n; i++)
    circuit_add_output(to, c->outputs.at[i]);
  mpz_clear(z);
}

START_TEST(weights_and_thresholds_times_a_power_of_two_change_nothing) {
  static const mp_bitcnt_t shifts[] = {1, 31, 33, 64, 100};
  for (int seed = _i; seed < rounds() / 4; seed += ROUNDS / 4)
    for (enum evaluation how = EVALUATE_RUNGS; how <= EVALUATE_LADDERS; how++) {
      struct circuit c, scaled;
      size_t n, m;
      random_layers(&c, 5 + (uint64_t)seed);
      c.input_buses.n = (free(c.input_buses.at[0].name), 0);
      scale(&scaled, &c, shifts[seed % 5]);
      uint64_t *a = outputs_of(&c, how, (uint64_t)seed, &n);
      uint64_t *b = outputs_of(&scaled, how, (uint64_t)seed, &m);
      ck_assert_uint_eq(n, m);
      ck_assert_mem_eq(a, b, c.outputs.n * n * sizeof *a);
      free(a);
      free(b);
      circuit_clear(&c);
      circuit_clear(&scaled);
    }
}
END_TEST

START_TEST(comparing_numbers_of_two_hundred_bits_takes_exact_sums) {
  struct circuit c;
  mpz_t w;
  mpz_init_set_ui(w, 1);
  circuit_init(&c);
  for (int i = 0; i < 400; i++)
    circuit_add_input(&c);
  circuit_add_input_bus(&c, "xy", 2, 200, false);
  for (unsigned i = 0; i < 200; i++) {
    circuit_add_wire(&c, c.inputs.at[i], w);
    mpz_neg(w, w);
    circuit_add_wire(&c, c.inputs.at[200 + i], w);
    mpz_mul_si(w, w, -2);
  }
  circuit_add_ladder(&c, (integer_id[]){0, 1}, 2);
  circuit_add_output(&c, (bit_id)c.bits.n - 2);
  circuit_add_output(&c, (bit_id)c.bits.n - 1);
  check_both(&c, 3, 200);
  mpz_clear(w);
  circuit_clear(&c);
}
END_TEST

/* What a run saw, put together in a way that does not depend on order. */
struct sums {
  struct vectors vectors;
  uint64_t fail; // vector at which to give up
  uint64_t total, taken;
  uint64_t next; // in an ordered run
};

static bool take(void *context, uint64_t first, size_t count, size_t words,
                 const uint64_t *in, const uint64_t *out) {
  struct sums *s = context;
  uint64_t total = 0;
  for (size_t i = 0; i < count; i++)
    total += (out[i / 64] >> i % 64 & 1) * (first + i + 1) +
             (in[words + i / 64] >> i % 64 & 1);
#pragma omp atomic
  s->total += total;
#pragma omp atomic
  s->taken += count;
  return s->fail >= first + count; // all from there on give up
}

static bool take_next(void *context, uint64_t first, size_t count, size_t words,
                      const uint64_t *in, const uint64_t *out) {
  struct sums *s = context;
  ck_assert_uint_eq(s->next, first);
  s->next += count;
  return take(context, first, count, words, in, out);
}

START_TEST(one_and_two_threads_give_the_same_in_any_order_and_in_order) {
  struct circuit c;
  random_layers(&c, 99);
  c.outputs.at[0] = (bit_id)c.bits.n - 1;
  for (enum evaluation how = EVALUATE_RUNGS; how <= EVALUATE_LADDERS; how++) {
    struct evaluator *e = evaluator_new(&c, how);
    uint64_t n = 100 * 64 * evaluator_words(e) + 77, total = 0;
    for (int threads = 1; threads <= 3; threads++)
      for (int ordered = 0; ordered < 2; ordered++) {
        struct sums s = {.fail = UINT64_MAX};
        vectors_init(&s.vectors, &c, VECTORS_MIXED, 1);
        struct evaluator_job job = {vectors_fill, ordered ? take_next : take,
                                    &s, ordered};
        ck_assert_uint_eq(evaluator_run(e, n, threads, &job), n);
        ck_assert_uint_eq(s.taken, n);
        if (total)
          ck_assert_uint_eq(total, s.total);
        total = s.total;
        s.fail = n / 2, s.next = 0, s.taken = 0;
        uint64_t block = 64 * evaluator_words(e), end = n / 2 / block * block;
        ck_assert_uint_eq(evaluator_run(e, n, threads, &job), end);
        ck_assert(s.taken >= end + block);
        ck_assert(!ordered || s.taken == end + block);
        vectors_clear(&s.vectors);
      }
    evaluator_free(e);
  }
  circuit_clear(&c);
}
END_TEST

START_TEST(a_run_of_no_vectors_and_a_circuit_without_bits_are_fine) {
  struct circuit c;
  circuit_init(&c);
  circuit_add_output(&c, BIT_ONE);
  circuit_add_output(&c, BIT_ZERO);
  check_both(&c, 1, 3);
  for (enum evaluation how = EVALUATE_RUNGS; how <= EVALUATE_LADDERS; how++) {
    struct evaluator *e = evaluator_new(&c, how);
    struct sums s = {.fail = 0};
    struct evaluator_job job = {vectors_fill, take, &s, false};
    ck_assert_uint_eq(evaluator_run(e, 0, 2, &job), 0);
    ck_assert_uint_eq(s.taken, 0);
    evaluator_free(e);
  }
  circuit_clear(&c);
}
END_TEST

int main(void) {
  Suite *s = suite_create("evaluate");
  TCase *random = tcase_create("random");
  tcase_set_timeout(random, 120);
  tcase_add_loop_test(
      random, random_circuits_have_the_values_that_their_definition_gives, 0,
      ROUNDS);
  tcase_add_loop_test(
      random, layers_of_ladders_have_the_values_that_their_definition_gives, 0,
      ROUNDS / 4);
  tcase_add_loop_test(
      random, sums_that_contain_others_have_the_values_of_their_definition, 0,
      ROUNDS / 4);
  tcase_add_loop_test(
      random, sums_of_integers_of_buses_have_the_values_of_their_definition, 0,
      ROUNDS / 4);
  tcase_add_loop_test(
      random, weights_and_thresholds_times_a_power_of_two_change_nothing, 0,
      ROUNDS / 4);
  suite_add_tcase(s, random);
  TCase *corners = tcase_create("corners");
  tcase_set_timeout(corners, 120);
  tcase_add_test(corners,
                 comparing_numbers_of_two_hundred_bits_takes_exact_sums);
  tcase_add_test(corners, vectors_of_all_widths_give_the_same);
  tcase_add_test(corners,
                 one_and_two_threads_give_the_same_in_any_order_and_in_order);
  tcase_add_test(corners,
                 a_run_of_no_vectors_and_a_circuit_without_bits_are_fine);
  suite_add_tcase(s, corners);
  return suite_run(s);
}
