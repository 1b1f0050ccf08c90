/* Votes and derandomisation beside plain counting: of seeds one by one, of
   replicas by adding one more, of inputs by the task's own words. */
#include "analysis/derandomize.h"
#include "analysis/vote.h"
#include "circuit/measure.h"
#include "circuit/values.h"
#include "tests/suite.h"

#include <stdio.h>

#include <flint/fmpz.h>

static void open_words(struct source *s, const char *const *word, size_t n) {
  const struct source_options options = {.seed = 1};
  struct error err = {0};
  source_init(s);
  ck_assert_msg(source_open(s, word, n, &options, &err), "%s", err.message);
}

static void open_line(struct source *s, const char *name, const char *a,
                      const char *b, const char *c) {
  const char *word[] = {name, a, b, c};
  open_words(s, word, (size_t)(1 + !!a + !!b + !!c));
}

/* ---- Chances ---- */

START_TEST(each_seed_of_each_input_is_counted) {
  const long n = 3, rows = 1 + _i;
  char text[20];
  struct source s;
  struct chances k;
  struct error err = {0};
  snprintf(text, sizeof text, "rows=%ld", rows);
  open_line(&s, "fingerprint", "n=3", text, NULL);
  ck_assert(chances_find(&k, &s, NULL, &err));
  ck_assert_uint_eq(k.inputs, 6);
  ck_assert_uint_eq(k.seeds, (unsigned)(n + rows - 1));
  ck_assert_uint_eq(k.outputs, 1);
  ck_assert(k.has_goal);
  for (uint64_t x = 0; x < 64; x++) {
    uint64_t says_equal = 0;
    for (long r = 0; r < 1L << k.seeds; r++) {
      fmpz in[] = {(fmpz)(x & 7), (fmpz)(x >> 3), r}, e = 0;
      s.family->answer(s.value, in, &e);
      says_equal += (uint64_t)e;
    }
    bool is_equal = (x & 7) == x >> 3;
    ck_assert_uint_eq(k.count[2 * x + 1], says_equal);
    ck_assert_uint_eq(k.count[2 * x] + says_equal, 1U << k.seeds);
    ck_assert_uint_eq(k.goal[x], is_equal);
    ck_assert_uint_eq(chances_wrong(&k, x),
                      is_equal ? 0 : 1U << (k.seeds - (unsigned)rows));
  }
  ck_assert_uint_eq(chances_worst(&k), 1);
  chances_clear(&k);
  source_clear(&s);
}
END_TEST

/* With doubt equal ones err for the coins below it, of 32, and unequal ones for
   one in 2^rows of the others. */
START_TEST(doubt_errs_on_both_sides) {
  static const char *const words[] = {"doubt=6", "doubt=16", "doubt=31"};
  static const uint64_t doubt[] = {6, 16, 31};
  const unsigned n = 4;
  for (unsigned rows = 1; rows <= 3; rows++) {
    char text[20];
    struct source s;
    struct chances k;
    struct error err = {0};
    snprintf(text, sizeof text, "rows=%u", rows);
    open_line(&s, "fingerprint", "n=4", text, words[_i]);
    ck_assert(chances_find(&k, &s, NULL, &err));
    ck_assert_uint_eq(k.seeds, n + rows - 1 + 5);
    for (uint64_t x = 0; x < 256; x++)
      ck_assert_uint_eq(chances_wrong(&k, x),
                        (x & 15) == x >> 4 ? doubt[_i] << (n + rows - 1)
                                           : (32 - doubt[_i]) << (n - 1));
    chances_clear(&k);
    source_clear(&s);
  }
}
END_TEST

/* Without a task the most frequent output is right: x + y for a random y of 2
   bits gives each of four values once, so the least. */
START_TEST(what_most_seeds_give_is_right_where_no_task_says_it) {
  static const char *const random[] = {"y"};
  const char *word[] = {"add", "n=2"};
  const struct source_options options = {.random = random, .n_random = 1};
  struct source s;
  struct chances k;
  struct error err = {0};
  source_init(&s);
  ck_assert(source_open(&s, word, 2, &options, &err));
  ck_assert(chances_find(&k, &s, NULL, &err));
  ck_assert(!k.has_goal);
  for (uint64_t x = 0; x < 4; x++) {
    ck_assert_uint_eq(k.goal[x], x);
    ck_assert_uint_eq(chances_wrong(&k, x), 3);
    for (uint64_t y = 0; y < 8; y++)
      ck_assert_uint_eq(k.count[8 * x + y], y >= x && y < x + 4);
  }
  chances_clear(&k);
  source_clear(&s);
}
END_TEST

static const struct {
  const char *line[4], *message;
} wrong[] = {
    {{"add", "n=3"}, "no input is random; --random NAME says which are"},
    {{"fingerprint", "n=26"},
     "2^27 seeds; at most 2^26 are tried one by one: take fewer random bits, "
     "or "
     "draw some with 'vote --samples'"},
    {{"fingerprint", "n=12"},
     "24 input, 13 random and 1 output bits; at most 36 of inputs and random "
     "ones, 24 of inputs and outputs can be tried one by one"},
};

START_TEST(what_cannot_be_tried_is_refused) {
  struct source s;
  struct chances k;
  struct error err = {0};
  open_line(&s, wrong[_i].line[0], wrong[_i].line[1], NULL, NULL);
  ck_assert(!chances_find(&k, &s, NULL, &err));
  ck_assert_str_eq(err.message, wrong[_i].message);
  chances_clear(&k);
  source_clear(&s);
}
END_TEST

/* Of n bits equal ones are drawn with probability 2^-n, which never err; in
   19 of 20 samples the interval has the error, here in all. */
START_TEST(samples_are_near_the_error) {
  struct source s;
  struct sample one, again;
  struct error err = {0};
  open_line(&s, "fingerprint", "n=20", "rows=3", NULL);
  for (uint64_t seed = 1; seed < 5; seed++) {
    ck_assert(sample_find(&one, &s, 20000, seed, &err));
    ck_assert(one.least < 0.125 && 0.125 < one.most);
    ck_assert(one.most - one.least < 0.01);
    ck_assert(sample_find(&again, &s, 20000, seed, &err));
    ck_assert_uint_eq(one.wrong, again.wrong);
  }
  source_clear(&s);
  open_line(&s, "add", NULL, NULL, NULL);
  ck_assert(!sample_find(&one, &s, 10, 1, &err));
  ck_assert_str_eq(err.message,
                   "sampling needs a task that says what is right");
  source_clear(&s);
}
END_TEST

/* ---- Errors of majorities ---- */

/* Of k replicas, by how many of them are wrong, adding one at a time. */
static void count_wrong(mpq_t r, const mpq_t p, unsigned k) {
  mpq_t chance[60], q, part;
  mpq_inits(q, part, NULL);
  mpq_set_ui(q, 1, 1);
  mpq_sub(q, q, p);
  for (unsigned j = 0; j <= k; j++)
    mpq_init(chance[j]);
  mpq_set_ui(chance[0], 1, 1);
  for (unsigned i = 0; i < k; i++)
    for (unsigned j = k + 1; j-- > 0;) {
      mpq_mul(chance[j], chance[j], q);
      mpq_set_ui(part, 0, 1);
      if (j)
        mpq_mul(part, chance[j - 1], p);
      mpq_add(chance[j], chance[j], part);
    }
  mpq_set_ui(r, 0, 1);
  for (unsigned j = 0; j <= k; j++) {
    if (2 * j > k)
      mpq_add(r, r, chance[j]);
    mpq_clear(chance[j]);
  }
  mpq_clears(q, part, NULL);
}

START_TEST(errors_are_those_of_adding_replicas) {
  mpq_t p, r, expected;
  mpq_inits(p, r, expected, NULL);
  for (unsigned long a = 0; a <= 7; a++)
    for (unsigned k = 1; k < 56; k += 2) {
      mpq_set_ui(p, a, 7);
      mpq_canonicalize(p);
      vote_error(r, p, k);
      count_wrong(expected, p, k);
      ck_assert(mpq_equal(r, expected));
      ck_assert(2 * a >= 7 || mpq_get_d(r) <= vote_hoeffding(p, k));
    }
  mpq_clears(p, r, expected, NULL);
}
END_TEST

START_TEST(the_fewest_replicas_are_found) {
  mpq_t p, bound, r;
  mpq_inits(p, bound, r, NULL);
  for (unsigned long a = 1; a < 10; a += 2)
    for (unsigned long n = 1; n < 60; n = 2 * n + 1) {
      mpq_set_ui(p, a, 22);
      mpq_set_ui(bound, 1, 1);
      mpq_div_2exp(bound, bound, n);
      unsigned long k = vote_replicas(p, bound);
      ck_assert_uint_eq(k % 2, 1);
      vote_error(r, p, k);
      ck_assert(mpq_cmp(r, bound) <= 0);
      ck_assert_uint_le(k, vote_replicas_hoeffding(p, bound));
      if (k > 1) {
        vote_error(r, p, k - 2);
        ck_assert(mpq_cmp(r, bound) > 0);
      }
    }
  mpq_set_ui(p, 499, 1000);
  mpq_set_ui(bound, 1, 1000000);
  ck_assert_uint_eq(vote_replicas(p, bound), 0); // more than the limit
  mpq_clears(p, bound, r, NULL);
}
END_TEST

/* k > n ln 2 / (2 (1/2 - p)^2), an odd number. */
START_TEST(the_union_bound_asks_for_so_many) {
  static const struct {
    unsigned tenths, n;
    unsigned long k;
  } row[] = {{2, 8, 31}, {4, 8, 279}, {2, 16, 63}, {4, 16, 555}, {3, 8, 71}};
  mpq_t p;
  mpq_init(p);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    mpq_set_ui(p, row[i].tenths, 10);
    mpq_canonicalize(p);
    ck_assert_uint_eq(vote_replicas_union(p, row[i].n), row[i].k);
    mpz_t power, one;
    mpz_init(power);
    mpz_init_set_ui(one, 1);
    mpz_ui_pow_ui(power, 2, row[i].n);
    ck_assert(vote_hoeffding(p, row[i].k) * mpz_get_d(power) < 1);
    mpz_clears(power, one, NULL);
  }
  mpq_clear(p);
}
END_TEST

/* All seeds of three replicas, one by one. */
START_TEST(a_vote_errs_as_often_as_is_said) {
  struct source s, voted;
  struct chances one, three;
  struct error err = {0};
  mpq_t p, r, got;
  mpq_inits(p, r, got, NULL);
  open_line(&s, "fingerprint", "n=2", NULL, NULL);
  open_line(&voted, "vote:fingerprint", "n=2", "replicas=3", NULL);
  ck_assert(chances_find(&one, &s, NULL, &err));
  ck_assert(chances_find(&three, &voted, NULL, &err));
  ck_assert_uint_eq(three.seeds, 3 * one.seeds);
  for (uint64_t x = 0; x < 16; x++) {
    mpq_set_ui(p, chances_wrong(&one, x), 1);
    mpq_div_2exp(p, p, one.seeds);
    mpq_set_ui(got, chances_wrong(&three, x), 1);
    mpq_div_2exp(got, got, three.seeds);
    vote_error(r, p, 3);
    ck_assert(mpq_equal(r, got));
  }
  chances_clear(&one);
  chances_clear(&three);
  source_clear(&s);
  source_clear(&voted);
  mpq_clears(p, r, got, NULL);
}
END_TEST

/* ---- Derandomisation ---- */

/* Errors are 1/4 without doubt, and 0.20 or 0.39 with it. */
static const struct {
  const char *word[4];
  size_t bits;
  unsigned long most, bound; // seeds: found, and by the union bound
  enum {
    QUICK,
    LONG,
    FULL
  } run;
} sizes[] = {
    {{"fingerprint", "n=2"}, 4, 3, 23, QUICK},
    {{"fingerprint", "n=4"}, 8, 9, 45, QUICK},
    {{"fingerprint", "n=6"}, 12, 15, 67, QUICK},
    {{"fingerprint", "n=4", "doubt=6"}, 8, 9, 33, QUICK},
    {{"fingerprint", "n=4", "rows=1", "doubt=7"}, 8, 15, 233, QUICK},
    {{"fingerprint", "n=6", "doubt=6"}, 12, 11, 49, QUICK},
    {{"fingerprint", "n=6", "rows=1", "doubt=7"}, 12, 21, 349, QUICK},
    {{"fingerprint", "n=8"}, 16, 25, 89, LONG},
    {{"fingerprint", "n=8", "doubt=6"}, 16, 15, 63, LONG},
    {{"fingerprint", "n=8", "rows=1", "doubt=7"}, 16, 25, 465, FULL},
};

static void open_voted(struct source *s, const char *const *of,
                       unsigned long k) {
  char replicas[40];
  const char *word[5] = {"vote:fingerprint"};
  size_t n = 1;
  for (; n < 4 && of[n]; n++)
    word[n] = of[n];
  snprintf(replicas, sizeof replicas, "replicas=%lu", k);
  word[n++] = replicas;
  open_words(s, word, n);
}

static size_t inner_depth(const struct circuit *c) {
  struct measure m;
  measure_init(&m);
  circuit_measure(c, &m);
  size_t depth = m.depth_inner;
  measure_clear(&m);
  return depth;
}

START_TEST(seeds_are_right_for_all_inputs) {
  const char *const *word = sizes[_i].word;
  struct source s, voted;
  struct chances k;
  struct derandomizing d;
  struct error err = {0};
  if (sizes[_i].run > (is_full_run() ? FULL : is_short_run() ? QUICK : LONG))
    return;
  open_line(&s, word[0], word[1], word[2], word[3]);
  ck_assert(chances_find(&k, &s, NULL, &err));
  ck_assert(derandomize(&d, &s, &k, 0, &err));
  ck_assert_uint_eq(d.k % 2, 1);
  ck_assert_uint_le(d.k, sizes[_i].most);
  ck_assert_uint_eq(d.bound, sizes[_i].bound);
  open_voted(&voted, word, d.k);
  ck_assert(derandomizing_wire(&d, &voted, &err));
  const struct circuit *c = source_circuit(&voted);
  ck_assert_uint_eq(c->inputs.n, sizes[_i].bits);
  ck_assert_uint_le(inner_depth(c), inner_depth(source_circuit(&s)) + 1);
  ck_assert_uint_eq(derandomizing_check(c, &k), 0);
  bool bit[16], *value = malloc(c->bits.n * sizeof *value);
  size_t half = sizes[_i].bits / 2, step = half > 6 ? 61 : 1;
  for (size_t x = 0; x < (size_t)1 << sizes[_i].bits; x += step) {
    for (size_t i = 0; i < sizes[_i].bits; i++)
      bit[i] = x >> i & 1;
    circuit_values(c, bit, value);
    ck_assert_int_eq(value[c->outputs.at[0]],
                     x >> half == (x & (((size_t)1 << half) - 1)));
  }
  free(value);
  derandomizing_clear(&d);
  chances_clear(&k);
  source_clear(&s);
  source_clear(&voted);
}
END_TEST

START_TEST(too_few_replicas_and_an_error_of_a_half_are_refused) {
  struct source s;
  struct chances k;
  struct derandomizing d;
  struct error err = {0};
  open_line(&s, "fingerprint", "n=6", NULL, NULL);
  ck_assert(chances_find(&k, &s, NULL, &err));
  ck_assert(!derandomize(&d, &s, &k, 1, &err));
  ck_assert_str_eq(err.message, "1 replicas are not enough for all inputs; the "
                                "union bound asks for 67");
  derandomizing_clear(&d);
  chances_clear(&k);
  source_clear(&s);
  open_line(&s, "fingerprint", "n=4", "rows=1", NULL);
  ck_assert(chances_find(&k, &s, NULL, &err));
  ck_assert(!derandomize(&d, &s, &k, 0, &err));
  ck_assert_str_eq(
      err.message,
      "input 1 is wrong for 8 of 2^4 seeds, half or more: no vote "
      "makes that right; the source must be right more often than not");
  derandomizing_clear(&d);
  chances_clear(&k);
  source_clear(&s);
}
END_TEST

int main(void) {
  Suite *s = suite_create("vote");
  TCase *vote = tcase_create("vote");
  const int n = sizeof sizes / sizeof *sizes;
  tcase_set_timeout(vote, 120);
  tcase_add_loop_test(vote, each_seed_of_each_input_is_counted, 0, 5);
  tcase_add_loop_test(vote, doubt_errs_on_both_sides, 0, 3);
  tcase_add_test(vote, what_most_seeds_give_is_right_where_no_task_says_it);
  tcase_add_loop_test(vote, what_cannot_be_tried_is_refused, 0, 3);
  tcase_add_test(vote, samples_are_near_the_error);
  tcase_add_test(vote, errors_are_those_of_adding_replicas);
  tcase_add_test(vote, the_fewest_replicas_are_found);
  tcase_add_test(vote, the_union_bound_asks_for_so_many);
  tcase_add_test(vote, a_vote_errs_as_often_as_is_said);
  tcase_add_loop_test(vote, seeds_are_right_for_all_inputs, 0, n);
  tcase_add_test(vote, too_few_replicas_and_an_error_of_a_half_are_refused);
  suite_add_tcase(s, vote);
  return suite_run(s);
}
