/* How likely each result of a diffusion is against all seeds of the circuit,
   and distances against sums over all results. */
#include "circuit/evaluate.h"
#include "circuit/vectors.h"
#include "tests/analysis/diffusions.h"
#include "tests/suite.h"

#include <stdio.h>

#include <flint/fmpz_vec.h>

/* Vectors whose first inputs, no random ones, are as they were given. */
struct seeds {
  struct vectors all;
  size_t given, words_each;
  const bool *bit;
  size_t outputs;
  uint64_t *count; // of each value of all outputs, one after the other
};

static void fill(const void *context, uint64_t first, size_t count,
                 size_t words, uint64_t *in) {
  const struct seeds *k = context;
  vectors_fill(&k->all, first, count, words, in + k->given * words);
  for (size_t i = 0; i < k->given; i++)
    for (size_t w = 0; w < words; w++)
      in[i * words + w] = k->bit[i] ? ~UINT64_C(0) : 0;
}

static bool take(void *context, uint64_t first, size_t count, size_t words,
                 const uint64_t *in, const uint64_t *out) {
  struct seeds *k = context;
  for (size_t v = 0; v < count; v++) {
    size_t value = 0;
    for (size_t i = 0; i < k->outputs; i++)
      value |= (size_t)(out[i * words + v / 64] >> v % 64 & 1) << i;
    k->count[value]++;
  }
  (void)first;
  (void)in;
  return true;
}

/* How many seeds give each value of the outputs. */
static uint64_t *enumerate(struct opened *o, const bool *prefix) {
  const struct circuit *c = source_circuit(&o->s);
  size_t given = (size_t)o->sampler.n, random = c->inputs.n - given;
  struct seeds k = {.given = given, .bit = prefix, .outputs = c->outputs.n};
  k.count = xcalloc((size_t)1 << k.outputs, sizeof *k.count);
  vectors_init(&k.all, c, VECTORS_EXHAUSTIVE, 0);
  k.all.inputs = random;
  struct evaluator *e = evaluator_new(c, EVALUATE_RUNGS);
  struct evaluator_job job = {fill, take, &k, true};
  evaluator_run(e, UINT64_C(1) << random, 0, &job);
  evaluator_free(e);
  vectors_clear(&k.all);
  return k.count;
}

/* The outputs' bits when the result is this one. */
static size_t code_of(const struct sampler *s, size_t result) {
  long x[POSTERIOR_MOST_D];
  size_t code = 0;
  if (s->has_tokens)
    return result;
  sampler_cells(s, result, x);
  for (unsigned j = s->together; j-- > 0;)
    code = code << s->bits | ((size_t)x[j] & (s->cells - 1));
  return code;
}

/* The same but for a factor: seeds that are not looked at. */
static void compare_law(struct opened *o, const uint64_t *count, size_t codes,
                        unsigned class) {
  struct law l;
  fmpz_t seeds, all;
  fmpz_init(seeds);
  fmpz_init(all);
  law_init(&l, &o->sampler, o->steps, class);
  size_t seen = 0;
  for (size_t i = 0; i < l.n; i++) {
    size_t code = code_of(&o->sampler, i);
    uint64_t n = code < codes ? count[code] : 0;
    fmpz_set_ui(seeds, n);
    fmpz_add(all, all, l.count + i);
    ck_assert_msg(fmpz_equal(seeds, l.count + i), "%s: result %zu of %lu seeds",
                  o->s.label, i, (unsigned long)n);
    seen += n != 0;
  }
  ck_assert_uint_ge(seen, 1);
  fmpz_sub_ui(all, all, 1);
  ck_assert_uint_eq(fmpz_bits(all), l.bits); // they add up to a power of two
  law_clear(&l);
  fmpz_clear(seeds);
  fmpz_clear(all);
}

static const struct {
  const char *line;
  const char *prefix[2]; // an input of class 0 and one of class 1
  long step_bits, first_bits;
} enumerated[] = {
    {"bits=4 start=4 random=1", {NULL}, 1, 4},
    {"bits=4 start=4 random=2 points=3 prior=ramp guard=2", {NULL}, 2, 4},
    {"bits=6 start=6 random=4 points=5 output=token prior=ramp", {NULL}, 4, 6},
    {"bits=5 start=12 method=ode points=3 prior=ramp", {NULL}, 1, 12},
    {"bits=4 data=ring start=3 random=2 points=5 guard=3 prior=ramp",
     {NULL},
     4,
     6},
    {"bits=4 start=4 random=2 prior=ramp n=5 output=token",
     {"11000", "01101"},
     2,
     4},
    {"bits=4 start=4 random=2 prior=ramp n=6 points=3 input=rule110",
     {"000111", "000110"},
     2,
     4},
};

/* One round of Rule 110, looked up by neighbourhood, as many times as there are
   cells, on a ring. */
static bool rule110_class(const char *bits) {
  size_t n = strlen(bits);
  bool now[64], next[64];
  for (size_t i = 0; i < n; i++)
    now[i] = bits[i] == '1';
  for (size_t round = 0; round < n; round++) {
    for (size_t i = 0; i < n; i++)
      next[i] =
          110 >> (4 * now[(i + n - 1) % n] + 2 * now[i] + now[(i + 1) % n]) & 1;
    memcpy(now, next, sizeof now);
  }
  return now[0];
}

static unsigned class_of(const struct sampler *s, const char *bits) {
  size_t ones = 0;
  for (const char *b = bits; *b; b++)
    ones += *b == '1';
  return s->is_looped ? rule110_class(bits) : 2 * ones > strlen(bits);
}

static void check_law(struct opened *o, const char *prefix) {
  bool bit[64] = {false};
  for (size_t i = 0; prefix && prefix[i]; i++)
    bit[i] = prefix[i] == '1';
  uint64_t *count = enumerate(o, bit);
  compare_law(o, count, (size_t)1 << source_circuit(&o->s)->outputs.n,
              prefix ? class_of(&o->sampler, prefix) : 0);
  free(count);
}

/* For every number of steps with at most so many random bits. */
START_TEST(laws_are_those_of_all_seeds) {
  long most = is_full_run() && !_i ? 26 : is_short_run() ? 13 : 17;
  for (long steps = 1;; steps++) {
    struct opened o;
    long bits =
        enumerated[_i].first_bits + (steps - 1) * enumerated[_i].step_bits;
    if (bits > most || steps > 64)
      break;
    open_sampler(&o, enumerated[_i].line, steps);
    check_law(&o, enumerated[_i].prefix[0]);
    if (enumerated[_i].prefix[1])
      check_law(&o, enumerated[_i].prefix[1]);
    close_sampler(&o);
  }
}
END_TEST

/* ---- Distances ---- */

/* Half the sum of |data - chain| over all results of d values, each a power of
   the law's. */
static void distance_by_sums(mpq_t tv, const struct law *l,
                             const struct sampler *s, long d) {
  fmpz *weight = _fmpz_vec_init((slong)l->n);
  mpq_t p, q, part;
  mpz_t all;
  long weights = 0;
  mpq_inits(p, q, part, NULL);
  mpz_init_set_ui(all, 1);
  mpz_mul_2exp(all, all, l->bits);
  mpq_set_ui(tv, 0, 1);
  law_target(weight, l->n, s, 0);
  for (size_t i = 0; i < l->n; i++)
    weights += fmpz_get_si(weight + i);
  size_t results = 1;
  for (long j = 0; j < d; j++)
    results *= l->n;
  for (size_t r = 0; r < results; r++) {
    mpq_set_ui(p, 1, 1);
    mpq_set_ui(q, 1, 1);
    for (size_t j = 0, rest = r; j < (size_t)d; j++, rest /= l->n) {
      fmpz_get_mpz(mpq_numref(part), l->count + rest % l->n);
      mpz_set(mpq_denref(part), all);
      mpq_canonicalize(part);
      mpq_mul(p, p, part);
      mpq_set_si(part, fmpz_get_si(weight + rest % l->n),
                 (unsigned long)weights);
      mpq_canonicalize(part);
      mpq_mul(q, q, part);
    }
    mpq_sub(part, p, q);
    mpq_abs(part, part);
    mpq_div_2exp(part, part, 1);
    mpq_add(tv, tv, part);
  }
  mpz_clear(all);
  mpq_clears(p, q, part, NULL);
  _fmpz_vec_clear(weight, (slong)l->n);
}

static const struct {
  const char *line;
  long steps, d;
} distances[] = {
    {"bits=4 start=3 random=2", 3, 1},
    {"bits=4 start=3 random=2 points=3 prior=ramp", 2, 3},
    {"bits=6 start=5 random=2 points=4 prior=ramp output=token", 4, 4},
    {"data=ring bits=4 start=3 random=2 points=4 prior=ramp", 2, 1},
    {"bits=3 start=5 random=3", 5, 5},
};

START_TEST(distances_are_sums_over_all_results) {
  struct opened o;
  struct law l;
  mpq_t tv, want;
  mpq_inits(tv, want, NULL);
  open_sampler(&o, distances[_i].line, distances[_i].steps);
  law_init(&l, &o.sampler, o.steps, 0);
  law_distance(tv, &l, &o.sampler, 0, distances[_i].d);
  distance_by_sums(want, &l, &o.sampler, distances[_i].d);
  ck_assert_msg(mpq_equal(tv, want), "%s: %g, not %g", o.s.label, mpq_get_d(tv),
                mpq_get_d(want));
  law_clear(&l);
  close_sampler(&o);
  mpq_clears(tv, want, NULL);
}
END_TEST

int main(void) {
  Suite *s = suite_create("diffusion laws");
  TCase *t = tcase_create("diffusion laws");
  tcase_set_timeout(t, 300);
  tcase_add_loop_test(t, laws_are_those_of_all_seeds, 0,
                      sizeof enumerated / sizeof *enumerated);
  tcase_add_loop_test(t, distances_are_sums_over_all_results, 0,
                      sizeof distances / sizeof *distances);
  suite_add_tcase(s, t);
  return suite_run(s);
}
