/* evaluate_ladders.c and what it makes: levels at their thresholds, and tables
   of many entries, against integers compared one by one */
#include "circuit/evaluate.h"
#include "circuit/evaluate_parts.h"
#include "circuit/evaluate_steps.h"
#include "tests/circuit/plan.h"
#include "tests/suite.h"

#include <stdlib.h>

#include <check.h>

enum {
  MOST = 600, // rungs
  READERS = 3
};

/* A ladder of one integer x, a view of it that READERS gates read, and a gate
   that reads a bit of it. */
struct row {
  struct circuit c;
  unsigned width;
  bool is_signed;
  long weight, least, most; // of x
  size_t n;
  long threshold[MOST], step[MOST];
  long reader[READERS]; // thresholds of the view
  size_t bit;           // rung that the last gate reads
};

static const size_t counts[] = {1, 5, 12, 13, 40, 255, 256, 257, MOST};

/* What requantising gives is evenly spaced but for rounding; so is all but one
   threshold of the next kind. The others are no lines: drawn, ever farther
   apart, one after the other, and evenly spaced beyond what the sum reaches. */
static long draw_threshold(uint64_t *seed, int kind, size_t i, size_t n,
                           size_t odd, double size) {
  double at = ((double)i + 0.5) / (double)n;
  switch (kind) {
  case 0:
    return (long)(size * at);
  case 1:
    return (long)(size * at) + (i == odd ? 2 : 0);
  case 2:
    return (long)(size * ((double)i + (double)plan_draw(seed, 1000) / 1000) /
                  (double)n);
  case 3:
    return (long)(size * at * at);
  case 4:
    return (long)(size / 2) + (long)i;
  default:
    return (long)(size * (3 * at - 1));
  }
}

static void draw_row(struct row *r, uint64_t *seed) {
  static const long weights[] = {1, 3, 8, 250, 1L << 36, 999999999};
  r->width = 6 + (unsigned)plan_draw(seed, 19);
  r->is_signed = plan_draw(seed, 2);
  r->weight = weights[plan_draw(seed, 6)] * (plan_draw(seed, 2) ? 1 : -1);
  r->least = r->is_signed ? -(1L << (r->width - 1)) : 0;
  r->most = r->least + (1L << r->width) - 1;
  long a = r->weight * r->least, b = r->weight * r->most;
  size_t n = counts[plan_draw(seed, 9)], odd = plan_draw(seed, n);
  int kind = (int)plan_draw(seed, 6);
  r->n = 0;
  for (size_t i = 0; i < n; i++) {
    long t = (a < b ? a : b) +
             draw_threshold(seed, kind, i, n, odd, (double)labs(b - a));
    if (!r->n || t > r->threshold[r->n - 1])
      r->threshold[r->n++] = t;
  }
  size_t steps = plan_draw(seed, 8);
  for (size_t i = 0; i < r->n; i++) {
    long drawn = (long)plan_draw(seed, 3) - 1;
    long far = i % 4 == 1 || i % 4 == 2 ? 1L << 62 : -(1L << 62);
    long each[] = {1, -1, 3, drawn, drawn * 1000, drawn * 9999999, i == 0, far};
    r->step[i] = each[steps];
  }
  r->bit = plan_draw(seed, r->n);
}

static void build_row(struct row *r) {
  ARRAY(integer_id) id = {0};
  long total = 0;
  circuit_init(&r->c);
  for (unsigned j = 0; j < r->width; j++)
    circuit_add_input(&r->c);
  circuit_add_input_bus(&r->c, "x", 1, r->width, r->is_signed);
  for (unsigned j = 0; j < r->width; j++)
    circuit_add_wire_si(&r->c, r->c.inputs.at[j],
                        r->is_signed && j == r->width - 1
                            ? -r->weight * (1L << j)
                            : r->weight * (1L << j));
  for (size_t i = 0; i < r->n; i++)
    array_push(&id, integers_add_si(&r->c.integers, r->threshold[i]));
  bit_id first = circuit_add_ladder(&r->c, id.at, r->n);
  for (size_t i = 0; i < r->n; i++) {
    total += r->step[i];
    id.at[i] = integers_add_si(&r->c.integers, r->step[i]);
    circuit_add_output(&r->c, first + (bit_id)i);
  }
  source_id view = circuit_view(&r->c, (ladder_id)r->c.ladders.n - 1, id.at);
  for (int i = 0; i < READERS; i++) {
    r->reader[i] = total / (i + 2) + i;
    circuit_add_wire_si(&r->c, view, 1);
    circuit_add_output(&r->c, circuit_add_gate_si(&r->c, r->reader[i]));
  }
  circuit_add_wire_si(&r->c, first + (bit_id)r->bit, -1);
  circuit_add_output(&r->c, circuit_add_gate_si(&r->c, 0));
  array_clear(&id);
}

/* An x whose sum is at a threshold, or next to it. */
static long draw_x(const struct row *r, uint64_t *seed) {
  long t = r->threshold[plan_draw(seed, r->n)];
  long x = t / r->weight + (long)plan_draw(seed, 3) - 1;
  return x < r->least ? r->least : x > r->most ? r->most : x;
}

static void check_row(const struct row *r, long x, const uint64_t *out,
                      size_t words, size_t lane) {
  long sum = r->weight * x, value = 0;
  size_t o = 0;
#define BIT (out[o++ * words + lane / 64] >> lane % 64 & 1)
  for (size_t i = 0; i < r->n; i++) {
    bool is = sum >= r->threshold[i];
    if (BIT != is)
      ck_abort_msg("rung %zu of %zu at %ld", i, r->n, sum);
    value += is ? r->step[i] : 0;
  }
  for (size_t i = 0; i < READERS; i++)
    if (BIT != (value >= r->reader[i]))
      ck_abort_msg("a view that is %ld", value);
  if (BIT != (sum < r->threshold[r->bit]))
    ck_abort_msg("the bit of rung %zu at %ld", r->bit, sum);
#undef BIT
}

static void run_row(const struct row *r, struct evaluator *e, uint64_t *seed) {
  struct evaluator_block *b = evaluator_block_new(e);
  size_t words = evaluator_words(e);
  long *x = xcalloc(64 * words, sizeof *x);
  for (size_t i = 0; i < 64 * words; i++) {
    x[i] = draw_x(r, seed);
    for (unsigned j = 0; j < r->width; j++)
      b->in[j * words + i / 64] |= (uint64_t)(x[i] >> j & 1) << i % 64;
  }
  evaluator_block_run(e, b);
  for (size_t i = 0; i < 64 * words; i++)
    check_row(r, x[i], b->out, words, i);
  free(x);
  evaluator_block_free(b);
}

START_TEST(levels_are_right_at_thresholds_and_next_to_them) {
  for (int round = _i; round < rounds(); round += ROUNDS) {
    struct row r;
    uint64_t seed = 500 + (uint64_t)round;
    draw_row(&r, &seed);
    build_row(&r);
    for (enum evaluation how = EVALUATE_RUNGS; how <= EVALUATE_LADDERS; how++) {
      struct evaluator *e = evaluator_new(&r.c, how);
      for (unsigned bytes = steps_widest(); bytes >= 16; bytes /= 2) {
        e->vector_bytes = bytes;
        run_row(&r, e, &seed);
      }
      evaluator_free(e);
    }
    circuit_clear(&r.c);
  }
}
END_TEST

int main(void) {
  Suite *s = suite_create("evaluate_ladders");
  TCase *t = tcase_create("rows");
  tcase_set_timeout(t, 120);
  tcase_add_loop_test(t, levels_are_right_at_thresholds_and_next_to_them, 0,
                      ROUNDS);
  suite_add_tcase(s, t);
  return suite_run(s);
}
