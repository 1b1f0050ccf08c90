/* truth: bits of a truth table in two levels, one of them for what reads it.
   The inputs are a number x = sum of 2^i x_i; one ladder [x >= t] has a rung
   for each place t where an output changes, and each output is a sum of rungs,
   1 and -1 in turn. Depth 1, at most 2^inputs - 1 gates, for any function; a
   gate more for an output that must be a bit. */
#include "compile/program/truth.h"
#include "compile/number.h"
#include "compile/program/operation.h"

struct truth_step {
  const struct truth *t;
  ARRAY(uint32_t) places;
};

static void clear_step(void *context) {
  struct truth_step *d = context;
  array_clear(&d->places);
}

size_t truth_words(const struct truth *t) {
  return t->inputs < 6 ? 1 : (size_t)1 << (t->inputs - 6);
}

static bool has(const struct truth *t, size_t output, size_t x) {
  return t->at[output * truth_words(t) + x / 64] >> x % 64 & 1;
}

static bool changes(const struct truth *t, size_t output, size_t x) {
  return has(t, output, x) != has(t, output, x - 1);
}

static void run_truth(struct reading *r, const struct step *s) {
  const struct truth *t = ((const struct truth_step *)s->detail)->t;
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  bool *bits = xmalloc(t->inputs + t->outputs + 1);
  for (size_t i = 0; i < t->inputs; i++)
    bits[i] = !fmpz_is_zero(x + i);
  t->answer(t->context, bits, bits + t->inputs);
  for (size_t o = 0; o < t->outputs; o++)
    fmpz_set_ui(y + o, bits[t->inputs + o]);
  free(bits);
}

/* level = how many of the places are at most x. */
static void put_level(struct circuit *c, struct number *level,
                      const struct number *bit, const struct truth_step *d) {
  struct number x;
  struct staircase s;
  mpz_t power;
  number_init(&x);
  staircase_init(&s);
  mpz_init_set_ui(power, 1);
  for (size_t i = 0; i < d->t->inputs; i++) {
    number_push(c, &x, &bit[i], power);
    mpz_mul_2exp(power, power, 1);
  }
  number_settle(c, &x);
  for (size_t i = 0; i < d->places.n; i++) {
    mpz_set_ui(power, d->places.at[i]);
    staircase_push_si(&s, power, 1);
  }
  number_staircase(c, level, &x, &s);
  mpz_clear(power);
  staircase_clear(&s);
  number_clear(&x);
}

static void put_output(struct circuit *c, struct number *y,
                       const struct number *level, const struct truth_step *d,
                       size_t output) {
  struct staircase s;
  mpz_t threshold;
  staircase_init(&s);
  mpz_init(threshold);
  mpz_set_ui(s.start, has(d->t, output, 0));
  for (size_t i = 0; i < d->places.n; i++) {
    size_t x = d->places.at[i];
    mpz_set_ui(threshold, i + 1);
    if (changes(d->t, output, x))
      staircase_push_si(&s, threshold, has(d->t, output, x) ? 1 : -1);
  }
  number_staircase(c, y, level, &s);
  mpz_clear(threshold);
  staircase_clear(&s);
}

static void lower_truth(struct reading *r, const struct step *s) {
  const struct truth_step *d = s->detail;
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number level;
  number_init(&level);
  put_level(r->c, &level, x, d);
  for (size_t o = 0; o < d->t->outputs; o++)
    put_output(r->c, &r->tensor[step_result(r, s)].number[o], &level, d, o);
  number_clear(&level);
}

static void certify_truth(struct proof *k, const struct step *s) {
  const struct truth_step *d = s->detail;
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  fmpz_mpoly_set_si(n, (slong)d->places.n, k->f->ring);
  proof_deeper(k, s, 0, 1);
  proof_ladder(k, s, 0, n);
  proof_bits_only(k, s, 0);
  proof_add_gates_once(k, n);
  fmpz_mpoly_clear(n, k->f->ring);
}

static const struct op truth_op = {.name = "truth table",
                                   .run = run_truth,
                                   .lower = lower_truth,
                                   .reads_bits = true,
                                   .certify = certify_truth};

static void find_places(struct truth_step *d) {
  size_t vectors = (size_t)1 << d->t->inputs;
  for (size_t x = 1; x < vectors; x++) {
    bool is_place = false;
    for (size_t o = 0; !is_place && o < d->t->outputs; o++)
      is_place = changes(d->t, o, x);
    if (is_place)
      array_push(&d->places, (uint32_t)x);
  }
}

value_id program_truth(struct program *p, const char *name, value_id x,
                       const struct truth *t) {
  struct truth_step *d = program_alloc(p, 1, sizeof *d);
  d->t = t;
  find_places(d);
  program_own(p, clear_step, d);
  return program_step(p, &truth_op, name, &x, 1,
                      vector(size_si(&p->sizes, (long)t->outputs)), d);
}
