/* Chains that are cut off, beside all inputs and all guesses one by one, each
   answered whole by the task. */
#include "analysis/budget.h"
#include "analysis/plurality.h"
#include "tests/suite.h"

#include <string.h>

static void open_source_of(struct source *s, const char *const *word) {
  const struct source_options options = {.seed = 1};
  struct error err = {0};
  size_t n = 0;
  while (n < 5 && word[n])
    n++;
  source_init(s);
  ck_assert_msg(source_open(s, word, n, &options, &err), "%s", err.message);
}

/* ---- Votes ---- */

static unsigned long power(unsigned long x, unsigned long n) {
  return n ? x * power(x, n - 1) : 1;
}

/* The most frequent of a[0..k), the least of equals. */
static uint64_t winner(const uint64_t *a, size_t k) {
  size_t best = 0, most = 0;
  for (size_t i = 0; i < k; i++) {
    size_t n = 0;
    for (size_t j = 0; j < k; j++)
      n += a[j] == a[i];
    if (n > most || (n == most && a[i] < a[best])) {
      most = n;
      best = i;
    }
  }
  return a[best];
}

/* Four answers with different weights, one of which is never given. */
START_TEST(a_plurality_wins_as_often_as_is_counted) {
  static const unsigned long weight[] = {2, 5, 0, 3};
  const size_t m = 4, k = (size_t)_i;
  mpz_t w[4], wins[4];
  for (size_t y = 0; y < m; y++) {
    mpz_init_set_ui(w[y], weight[y]);
    mpz_init(wins[y]);
  }
  unsigned long expected[4] = {0};
  for (unsigned long code = 0; code < power(m, k); code++) {
    uint64_t a[7];
    unsigned long product = 1;
    for (size_t i = 0, c = code; i < k; i++, c /= m) {
      a[i] = c % m;
      product *= weight[a[i]];
    }
    expected[winner(a, k)] += product;
  }
  plurality(wins, w, m, k);
  for (size_t y = 0; y < m; y++) {
    ck_assert_uint_eq(mpz_get_ui(wins[y]), expected[y]);
    mpz_clears(w[y], wins[y], NULL);
  }
}
END_TEST

/* ---- Splits ---- */

static const struct example {
  const char *word[5];
  long tokens;
  unsigned long letters;
  size_t integers; // of a letter
  size_t length;   // which parameter
  size_t start;    // letters before the first step
} example[] = {
    {{"dag", "kind=products", "n=3", "bits=2"}, 3, 4, 1, 0, 1},
    {{"dag", "kind=products", "n=2", "bits=3"}, 2, 8, 1, 0, 1},
    {{"dag", "kind=products", "n=3", "bits=2"}, 4, 4, 1, 0, 1},
    {{"word", "group=z", "m=3", "n=4"}, 2, 4, 1, 2, 0},
    {{"word", "group=z", "m=5", "n=2"}, 4, 8, 1, 2, 0},
    {{"word", "group=s3", "n=2"}, 2, 6, 3, 2, 0},
    {{"word", "group=s3", "n=3"}, 2, 6, 3, 2, 0},
};

static void put_letter(fmpz *in, const struct example *e, unsigned long i) {
  static const int to[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                               {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  if (e->integers == 1)
    in[0] = (fmpz)i;
  else
    for (int j = 0; j < 3; j++)
      in[j] = 1L << to[i][j];
}

/* What the task says of so many letters, as one number. */
static uint64_t answer(const struct source *s, const struct example *e,
                       const unsigned long *letter, size_t steps) {
  fmpz in[24], out[5] = {0}, value[FAMILY_MAX_PARAMETERS];
  memcpy(value, s->value, sizeof value);
  value[e->length] = (fmpz)steps;
  for (size_t i = 0; i < steps + e->start; i++)
    put_letter(in + e->integers * i, e, letter[i]);
  s->family->answer(value, in, out);
  uint64_t y = 0;
  for (size_t i = 0; i < e->integers; i++)
    y = y << 8 | (uint64_t)out[i];
  return y;
}

static void write_letters(unsigned long *letter, unsigned long code, size_t n,
                          unsigned long letters) {
  for (size_t i = 0; i < n; i++, code /= letters)
    letter[i] = code % letters;
}

struct tally {
  unsigned long inputs, guesses; // of each input
  unsigned long cut, guess, vote;
};

/* Of one input, whose first letters stay: all guesses of k chains. */
static void tally_guesses(struct tally *t, const struct source *s,
                          const struct example *e, unsigned long *letter,
                          uint64_t truth, size_t steps, size_t read, size_t k) {
  size_t left = steps + e->start - read;
  unsigned long one = power(e->letters, left);
  uint64_t *said = malloc(one * sizeof *said), a[4];
  for (unsigned long code = 0; code < one; code++) {
    write_letters(letter + read, code, left, e->letters);
    said[code] = answer(s, e, letter, steps);
  }
  t->guesses = power(one, k);
  for (unsigned long code = 0; code < t->guesses; code++) {
    for (size_t j = 0, c = code; j < k; j++, c /= one)
      a[j] = said[c % one];
    t->guess += a[0] == truth;
    t->vote += winner(a, k) == truth;
  }
  free(said);
}

static void tally_inputs(struct tally *t, const struct source *s,
                         const struct example *e, size_t steps, size_t c,
                         size_t k) {
  unsigned long letter[8];
  size_t length = steps + e->start;
  *t = (struct tally){.inputs = power(e->letters, length)};
  for (unsigned long code = 0; code < t->inputs; code++) {
    write_letters(letter, code, length, e->letters);
    uint64_t truth = answer(s, e, letter, steps);
    t->cut += answer(s, e, letter, c) == truth;
    tally_guesses(t, s, e, letter, truth, steps, c + e->start, k);
  }
}

static void judge(const mpq_t q, unsigned long right, unsigned long all) {
  mpq_t expected;
  mpq_init(expected);
  mpq_set_ui(expected, right, all);
  mpq_canonicalize(expected);
  ck_assert(mpq_equal(q, expected));
  mpq_clear(expected);
}

START_TEST(splits_are_right_as_often_as_is_counted) {
  const struct example *e = &example[_i];
  struct source s;
  struct budget b;
  struct error err = {0};
  open_source_of(&s, e->word);
  ck_assert_msg(budget_init(&b, &s, e->tokens, &err), "%s", err.message);
  ck_assert(b.has_guess);
  for (size_t i = 0; i < b.splits.n; i++) {
    const struct budget_split *p = &b.splits.at[i];
    struct tally t;
    ck_assert_int_eq(p->steps * p->chains, e->tokens);
    if (p->steps >= b.needed)
      t = (struct tally){1, 1, 1, 1, 1};
    else
      tally_inputs(&t, &s, e, (size_t)b.needed, (size_t)p->steps,
                   (size_t)p->chains);
    judge(p->cut, t.cut, t.inputs);
    judge(p->guess, t.guess, t.inputs * t.guesses);
    judge(p->vote, t.vote, t.inputs * t.guesses);
    ck_assert(mpq_cmp(p->vote, p->limit) <= 0);
  }
  budget_clear(&b);
  source_clear(&s);
}
END_TEST

/* Cell 3, which is as good as any other, of rows of 9. */
START_TEST(automata_are_cut_as_they_are) {
  static const char *const word[] = {"rule", "n=9", "steps=6", NULL};
  struct source s;
  struct budget b;
  struct error err = {0};
  open_source_of(&s, word);
  ck_assert(budget_init(&b, &s, 0, &err));
  ck_assert(!b.has_guess);
  ck_assert_uint_eq(b.splits.n, 4);
  for (size_t i = 0; i < b.splits.n; i++) {
    fmpz early[FAMILY_MAX_PARAMETERS];
    unsigned long same = 0;
    memcpy(early, s.value, sizeof early);
    early[2] = b.splits.at[i].steps;
    for (fmpz x = 0; x < 512; x++) {
      fmpz end = 0, cut = 0;
      s.family->answer(s.value, &x, &end);
      s.family->answer(early, &x, &cut);
      same += (cut >> 3 & 1) == (end >> 3 & 1);
    }
    judge(b.splits.at[i].cut, same, 512);
  }
  budget_clear(&b);
  source_clear(&s);
}
END_TEST

/* What is not read makes the product any element, as often. */
START_TEST(words_are_guesses_until_all_is_read) {
  static const struct {
    const char *word[5];
    unsigned long order;
  } row[] = {{{"word", "group=s5", "n=12"}, 120},
             {{"word", "group=a5", "n=6"}, 60},
             {{"word", "group=s3", "n=16"}, 6}};
  struct source s;
  struct budget b;
  struct error err = {0};
  open_source_of(&s, row[_i].word);
  ck_assert(budget_init(&b, &s, 0, &err));
  for (size_t i = 0; i < b.splits.n; i++) {
    const struct budget_split *p = &b.splits.at[i];
    unsigned long all = i ? row[_i].order : 1;
    judge(p->cut, 1, all);
    judge(p->guess, 1, all);
    judge(p->vote, 1, all);
    judge(p->limit, 1, all);
  }
  budget_clear(&b);
  source_clear(&s);
}
END_TEST

static const struct {
  const char *word[5];
  long tokens;
  const char *message;
} wrong[] = {
    {{"majority"},
     0,
     "a budget is for what is solved step by step: word, rule or dag "
     "kind=products"},
    {{"dag", "kind=sums"},
     0,
     "of dag only kind=products goes one number at a time"},
    {{"rule", "n=17"}, 0, "n=17: at most 16 cells, for all rows are tried"},
    {{"rule", "n=4", "steps=0"},
     0,
     "no steps are needed: there is nothing to split"},
    {{"word", "n=33"}, 0, "33 steps; at most 32 of what reads as it goes"},
    {{"word", "group=z", "m=129"}, 0, "129 states; at most 128"},
    {{"word", "n=4"}, 33, "33 tokens; at most 32"},
};

START_TEST(what_has_no_budget_is_refused) {
  struct source s;
  struct budget b;
  struct error err = {0};
  open_source_of(&s, wrong[_i].word);
  ck_assert(!budget_init(&b, &s, wrong[_i].tokens, &err));
  ck_assert_str_eq(err.message, wrong[_i].message);
  budget_clear(&b);
  source_clear(&s);
}
END_TEST

int main(void) {
  Suite *s = suite_create("budget");
  TCase *t = tcase_create("budget");
  tcase_add_loop_test(t, a_plurality_wins_as_often_as_is_counted, 1, 8);
  tcase_add_loop_test(t, splits_are_right_as_often_as_is_counted, 0,
                      sizeof example / sizeof *example);
  tcase_add_test(t, automata_are_cut_as_they_are);
  tcase_add_loop_test(t, words_are_guesses_until_all_is_read, 0, 3);
  tcase_add_loop_test(t, what_has_no_budget_is_refused, 0,
                      sizeof wrong / sizeof *wrong);
  suite_add_tcase(s, t);
  return suite_run(s);
}
