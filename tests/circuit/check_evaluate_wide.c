/* evaluate_ladders.c where sums have many words, against naive.c */
#include "circuit/evaluate.h"
#include "circuit/evaluate_parts.h"
#include "circuit/evaluate_steps.h"
#include "tests/circuit/plan.h"
#include "tests/naive.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

enum {
  INPUTS = 3 * 8 + 2 * 20 + 70,
  FIRST = 7,   // ladders of few bits, with views
  SECOND = 5,  // of many, which read them
  MOST = 400,  // rungs
  VECTORS = 24 // whose sums are thresholds
};

struct layers {
  struct circuit c;
  uint64_t seed;
  source_id views[FIRST + SECOND];
  size_t n_views;
  bool vectors[VECTORS][INPUTS];
};

/* Up to so many bits, and a sign. */
static void draw_big(mpz_t z, uint64_t *seed, unsigned bits) {
  mpz_set_ui(z, 0);
  for (unsigned i = 0; i < bits; i += 8) {
    mpz_mul_2exp(z, z, 8);
    mpz_add_ui(z, z, plan_draw(seed, 256));
  }
  mpz_fdiv_r_2exp(z, z, bits);
  mpz_add_ui(z, z, 1);
  if (plan_draw(seed, 2))
    mpz_neg(z, z);
}

static const unsigned sizes[] = {1, 3, 7, 15, 40, 64, 130, 200};

static void add_view(struct layers *x, size_t rungs) {
  struct circuit *c = &x->c;
  unsigned bits = sizes[plan_draw(&x->seed, 8)];
  mp_bitcnt_t zeros = plan_draw(&x->seed, 3) ? 0 : plan_draw(&x->seed, 80);
  integer_id steps[MOST];
  mpz_t z;
  mpz_init(z);
  for (size_t i = 0; i < rungs; i++) {
    draw_big(z, &x->seed, bits);
    mpz_mul_2exp(z, z, zeros);
    steps[i] = integers_add(&c->integers, z);
  }
  x->views[x->n_views++] = circuit_view(c, (ladder_id)c->ladders.n - 1, steps);
  mpz_clear(z);
}

static void add_first(struct layers *x) {
  static const size_t rungs[] = {2, 3, 5, 16, 255, 256, 300, MOST};
  struct circuit *c = &x->c;
  size_t n = rungs[plan_draw(&x->seed, 8)];
  integer_id t[MOST];
  for (size_t i = 0; i < 24; i++)
    circuit_add_wire_si(c, c->inputs.at[i],
                        ((long)plan_draw(&x->seed, 3) - 1) * (1L << i % 8));
  for (size_t i = 0; i < n; i++)
    t[i] = integers_add_si(&c->integers, (long)(i * 900 / n) - 450);
  circuit_add_ladder(c, t, n);
  add_view(x, n);
}

/* A sum that is read, with its value for each of the vectors. */
struct sum {
  struct layers *x;
  bool *value[VECTORS];
  mpz_t of[VECTORS];
};

static void add_wire(struct sum *s, source_id from, mpz_srcptr weight) {
  mpz_t y;
  mpz_init(y);
  circuit_add_wire(&s->x->c, from, weight);
  for (size_t v = 0; v < VECTORS; v++) {
    naive_source(y, &s->x->c, from, s->value[v]);
    mpz_addmul(s->of[v], y, weight);
  }
  mpz_clear(y);
}

/* Integers as wide as their bus, each bit with its power of two. */
static void add_inputs(struct sum *s, size_t first, unsigned width,
                       bool is_signed, mpz_srcptr unit) {
  mpz_t w;
  mpz_init_set(w, unit);
  for (unsigned j = 0; j < width; j++) {
    if (is_signed && j + 1 == width)
      mpz_neg(w, w);
    add_wire(s, s->x->c.inputs.at[first + j], w);
    mpz_mul_2exp(w, w, 1);
  }
  mpz_clear(w);
}

static void read_all(struct sum *s) {
  struct layers *x = s->x;
  unsigned bits = sizes[plan_draw(&x->seed, 8)];
  mp_bitcnt_t zeros = plan_draw(&x->seed, 3) ? 0 : plan_draw(&x->seed, 40);
  mpz_t w;
  mpz_init(w);
  for (size_t i = 0; i < 30; i++) {
    size_t kind = plan_draw(&x->seed, 12), which = plan_draw(&x->seed, 2);
    draw_big(w, &x->seed, bits);
    mpz_mul_2exp(w, w, zeros);
    if (kind < 6)
      add_wire(s, x->views[plan_draw(&x->seed, x->n_views)], w);
    else if (kind < 9)
      add_wire(s, (source_id)plan_draw(&x->seed, x->c.bits.n), w);
    else if (kind == 9 && i < 10)
      add_inputs(s, 8 * which, 8, false, w);
    else if (kind == 10 && i < 10)
      add_inputs(s, 24 + 20 * which, 20, true, w);
    else if (kind == 11 && i < 10)
      add_inputs(s, 64, 70, true, w);
  }
  mpz_clear(w);
}

static int compare(const void *a, const void *b) {
  return mpz_cmp((mpz_srcptr)a, (mpz_srcptr)b);
}

/* At the sums of the vectors and one above, or all rounded to 2^zeros. */
static size_t find_thresholds(struct sum *s, integer_id *t) {
  uint64_t *seed = &s->x->seed;
  mp_bitcnt_t zeros = plan_draw(seed, 3) ? 0 : plan_draw(seed, 150);
  size_t n = 0, most = plan_draw(seed, 4) ? VECTORS : 1 + plan_draw(seed, 4);
  for (size_t v = 0; v < VECTORS; v++) {
    mpz_fdiv_q_2exp(s->of[v], s->of[v], zeros);
    mpz_mul_2exp(s->of[v], s->of[v], zeros);
    mpz_add_ui(s->of[v], s->of[v], zeros ? 0 : plan_draw(seed, 2));
  }
  qsort(s->of, VECTORS, sizeof s->of[0], compare);
  for (size_t v = 0; v < VECTORS && n < most; v++)
    if (!v || mpz_cmp(s->of[v], s->of[v - 1]))
      t[n++] = integers_add(&s->x->c.integers, s->of[v]);
  return n;
}

static void add_second(struct layers *x) {
  struct naive naive;
  struct sum s = {.x = x};
  integer_id t[VECTORS];
  naive_init(&naive, &x->c);
  for (size_t v = 0; v < VECTORS; v++) {
    s.value[v] = naive_values(&naive, x->vectors[v]);
    mpz_init(s.of[v]);
  }
  read_all(&s);
  size_t n = find_thresholds(&s, t);
  bit_id first = circuit_add_ladder(&x->c, t, n);
  for (size_t i = 0; i < n; i++)
    circuit_add_output(&x->c, first + (bit_id)i);
  add_view(x, n);
  for (size_t v = 0; v < VECTORS; v++) {
    free(s.value[v]);
    mpz_clear(s.of[v]);
  }
  naive_clear(&naive);
}

static void layers_init(struct layers *x, uint64_t seed) {
  *x = (struct layers){.seed = seed};
  circuit_init(&x->c);
  for (int i = 0; i < INPUTS; i++)
    circuit_add_input(&x->c);
  for (size_t v = 0; v < VECTORS; v++)
    for (size_t i = 0; i < INPUTS; i++)
      x->vectors[v][i] = v < 2 ? v : plan_draw(&x->seed, 2);
  circuit_add_input_bus(&x->c, "a", 3, 8, false);
  circuit_add_input_bus(&x->c, "b", 2, 20, true);
  circuit_add_input_bus(&x->c, "d", 1, 70, true);
  for (int i = 0; i < FIRST; i++)
    add_first(x);
  for (int i = 0; i < SECOND; i++)
    add_second(x);
}

static void check_vectors(const struct layers *x, struct evaluator *e,
                          bool *const *value) {
  struct evaluator_block *b = evaluator_block_new(e);
  size_t words = evaluator_words(e);
  for (size_t v = 0; v < 64 * words; v++)
    for (size_t i = 0; i < INPUTS; i++)
      b->in[i * words + v / 64] |= (uint64_t)x->vectors[v * 7 % VECTORS][i]
                                   << v % 64;
  evaluator_block_run(e, b);
  for (size_t v = 0; v < 64 * words; v++)
    for (size_t o = 0; o < x->c.outputs.n; o++)
      if ((b->out[o * words + v / 64] >> v % 64 & 1) !=
          value[v * 7 % VECTORS][x->c.outputs.at[o]])
        ck_abort_msg("vector %zu, output %zu, vectors of %u bytes", v, o,
                     e->vector_bytes);
  evaluator_block_free(b);
}

START_TEST(sums_of_many_words_are_right_at_their_thresholds) {
  for (int round = _i; round < rounds() / 4; round += ROUNDS / 4) {
    struct layers x;
    struct naive naive;
    bool *value[VECTORS];
    layers_init(&x, 9000 + (uint64_t)round);
    naive_init(&naive, &x.c);
    for (size_t v = 0; v < VECTORS; v++)
      value[v] = naive_values(&naive, x.vectors[v]);
    struct evaluator *e = evaluator_new(&x.c, EVALUATE_LADDERS);
    for (unsigned bytes = steps_widest(); bytes >= 16; bytes /= 2) {
      e->vector_bytes = bytes;
      check_vectors(&x, e, value);
    }
    evaluator_free(e);
    for (size_t v = 0; v < VECTORS; v++)
      free(value[v]);
    naive_clear(&naive);
    circuit_clear(&x.c);
  }
}
END_TEST

/* So many that 32 bits do not hold one digit's share of the sum. */
START_TEST(a_sum_of_seventy_thousand_bytes_is_exact) {
  enum {
    VALUES = 70000
  };
  struct circuit c;
  mpz_t w, t;
  mpz_init(w);
  mpz_init(t);
  circuit_init(&c);
  for (size_t i = 0; i < 8 * VALUES; i++)
    circuit_add_input(&c);
  circuit_add_input_bus(&c, "x", VALUES, 8, false);
  for (size_t i = 0; i < 8 * VALUES; i++) {
    mpz_set_ui(w, 1);
    mpz_mul_2exp(w, w, 39 + i % 8);
    circuit_add_wire(&c, c.inputs.at[i], w);
    mpz_add(t, t, w);
  }
  circuit_add_wire_si(&c, c.inputs.at[0], 1); // or all are divided by 2^39
  circuit_add_output(&c, circuit_add_gate(&c, t));
  struct evaluator *e = evaluator_new(&c, EVALUATE_LADDERS);
  struct evaluator_block *b = evaluator_block_new(e);
  size_t words = evaluator_words(e);
  memset(b->in, 0xff, c.inputs.n * words * sizeof *b->in);
  b->in[(8 * VALUES - 8) * words] = 1; // the lowest bit of the last byte
  for (unsigned bytes = steps_widest(); bytes >= 16; bytes /= 2) {
    e->vector_bytes = bytes;
    evaluator_block_run(e, b);
    ck_assert_uint_eq(b->out[0], 1);
    ck_assert_uint_eq(b->out[1], UINT64_MAX);
  }
  evaluator_block_free(b);
  evaluator_free(e);
  mpz_clear(w);
  mpz_clear(t);
  circuit_clear(&c);
}
END_TEST

int main(void) {
  Suite *s = suite_create("evaluate_wide");
  TCase *t = tcase_create("wide");
  tcase_set_timeout(t, 120);
  tcase_add_loop_test(t, sums_of_many_words_are_right_at_their_thresholds, 0,
                      ROUNDS / 4);
  tcase_add_test(t, a_sum_of_seventy_thousand_bytes_is_exact);
  suite_add_tcase(s, t);
  return suite_run(s);
}
