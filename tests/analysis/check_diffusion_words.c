/* Words that a masked diffusion gives: the legal ones by their definitions, and
   how likely each is against all seeds of the circuit. */
#include "analysis/masked_law.h"
#include "analysis/source.h"
#include "circuit/evaluate.h"
#include "circuit/vectors.h"
#include "compile/models/models.h"
#include "tests/suite.h"

#include <stdio.h>

#include <flint/fmpz_vec.h>

/* Legal, by looking at groups of cells that hold each value once. */
static bool is_legal(const fmpz *value, const uint8_t *word, size_t cells) {
  static const size_t groups[][4] = {
      {0, 1, 2, 3},  {4, 5, 6, 7},  {8, 9, 10, 11}, {12, 13, 14, 15},
      {0, 4, 8, 12}, {1, 5, 9, 13}, {2, 6, 10, 14}, {3, 7, 11, 15},
      {0, 1, 4, 5},  {2, 3, 6, 7},  {8, 9, 12, 13}, {10, 11, 14, 15}};
  unsigned seen = 0, parity = 0;
  for (size_t g = 0; value[MASKED_DATA] == MASKED_SUDOKU && g < 12; g++) {
    seen = 0;
    for (size_t i = 0; i < 4; i++)
      seen |= 1U << word[groups[g][i]];
    if (seen != 15)
      return false;
  }
  if (value[MASKED_DATA] == MASKED_SUDOKU)
    return true;
  mpz_t table;
  mpz_init(table);
  fmpz_get_mpz(table, &value[MASKED_TABLE]);
  unsigned long place = 0;
  for (size_t i = 0; i < cells; i++) {
    seen |= 1U << word[i];
    parity ^= word[i];
    place += (unsigned long)word[i] << i;
  }
  bool is_listed = mpz_tstbit(table, place);
  mpz_clear(table);
  if (value[MASKED_DATA] == MASKED_WORDS)
    return is_listed;
  return value[MASKED_DATA] == MASKED_PARITY ? !parity
                                             : seen == (1U << cells) - 1;
}

static const struct {
  const char *line;
  size_t words;
  long steps;
} wordy[] = {
    {"data=permutations n=3 random=4", 6, 3},
    {"data=permutations n=4 random=3 order=far", 24, 4},
    {"data=permutations n=5 random=2", 120, 5},
    {"data=parity n=6 random=2 order=far", 32, 6},
    {"data=parity n=9 random=1", 256, 9},
    {"data=words n=4 random=3", 2, 4},
    {"data=words n=5 table=0x80010a48 random=3 order=far", 6, 5},
    {"data=words n=6 table=0x1000000000000001 random=2 order=confident", 2, 6},
    {"data=permutations n=3 random=3 order=confident", 6, 3},
    {"data=permutations n=4 random=2 order=confident", 24, 4},
    {"data=parity n=6 random=2 order=confident", 32, 6},
    {"data=sudoku random=1 order=confident", 288, 8},
    {"data=sudoku random=1", 288, 16},
    {"data=sudoku random=1 order=far", 288, 16},
};

static void open_masked(struct source *s, const char *line, long steps) {
  const char *word[32];
  char number[32], all[256];
  size_t n = 0;
  struct error err = {0};
  snprintf(all, sizeof all, "masked %s", line);
  snprintf(number, sizeof number, "steps=%ld", steps);
  for (char *w = strtok(all, " "); w; w = strtok(NULL, " "))
    word[n++] = w;
  word[n++] = number;
  source_init(s);
  ck_assert_msg(source_open(s, word, n, &(struct source_options){0}, &err),
                "%s: %s", line, err.message);
}

START_TEST(words_are_the_legal_ones) {
  struct source s;
  struct masked m;
  open_masked(&s, wordy[_i].line, 1);
  masked_init(&m, s.value);
  ck_assert_uint_eq(m.words, wordy[_i].words);
  for (size_t w = 0; w < m.words; w++) {
    const uint8_t *word = m.letters.at + w * m.cells;
    ck_assert(is_legal(s.value, word, m.cells));
    ck_assert(!w || memcmp(word - m.cells, word, m.cells) < 0); // no two alike
  }
  masked_clear(&m);
  source_clear(&s);
}
END_TEST

/* Seeds that give each legal word, and all others. */
struct word_seeds {
  struct vectors all;
  const struct masked *m;
  const struct circuit *c;
  uint64_t *count; // [words]
  uint64_t illegal;
};

static void fill_words(const void *context, uint64_t first, size_t count,
                       size_t words, uint64_t *in) {
  const struct word_seeds *k = context;
  vectors_fill(&k->all, first, count, words, in);
}

static bool take_words(void *context, uint64_t first, size_t count,
                       size_t words, const uint64_t *in, const uint64_t *out) {
  struct word_seeds *k = context;
  const struct bus *bus = &k->c->output_buses.at[0];
  for (size_t v = 0; v < count; v++) {
    uint8_t word[MASKED_MOST_CELLS] = {0};
    for (size_t i = 0; i < k->c->outputs.n; i++)
      word[i / bus->width] |=
          (uint8_t)((out[i * words + v / 64] >> v % 64 & 1) << i % bus->width);
    size_t w = 0;
    while (w < k->m->words &&
           memcmp(word, k->m->letters.at + w * k->m->cells, k->m->cells))
      w++;
    if (w < k->m->words)
      k->count[w]++;
    else
      k->illegal++;
  }
  (void)first;
  (void)in;
  return true;
}

/* Half the sum of |words * count - seeds| over all words, and of illegal ones
   what there are. */
static void check_word_distance(const mpq_t tv, const struct word_seeds *k,
                                uint64_t seeds) {
  uint64_t n = k->m->words, sum = n * k->illegal;
  mpq_t want;
  for (size_t w = 0; w < n; w++)
    sum += n * k->count[w] > seeds ? n * k->count[w] - seeds
                                   : seeds - n * k->count[w];
  mpq_init(want);
  mpq_set_ui(want, sum, 2 * n * seeds);
  mpq_canonicalize(want);
  ck_assert(mpq_equal(want, tv));
  mpq_clear(want);
}

static void check_words(const char *line, long steps) {
  struct source s;
  struct masked m;
  struct masked_law l;
  open_masked(&s, line, steps);
  masked_init(&m, s.value);
  masked_law_init(&l, &m);
  struct word_seeds k = {.m = &m, .c = source_circuit(&s)};
  k.count = xcalloc(m.words, sizeof *k.count);
  vectors_init(&k.all, k.c, VECTORS_EXHAUSTIVE, 0);
  struct evaluator *e = evaluator_new(k.c, EVALUATE_RUNGS);
  struct evaluator_job job = {fill_words, take_words, &k, true};
  ck_assert_uint_eq(k.c->inputs.n, l.bits);
  evaluator_run(e, UINT64_C(1) << l.bits, 0, &job);
  evaluator_free(e);
  uint64_t legal = 0;
  for (size_t w = 0; w < m.words; w++) {
    ck_assert_msg(fmpz_equal_ui(l.count + w, k.count[w]), "%s: word %zu of %lu",
                  s.label, w, (unsigned long)k.count[w]);
    legal += k.count[w];
  }
  mpq_t share;
  mpq_init(share);
  masked_law_distance(share, &l);
  check_word_distance(share, &k, legal + k.illegal);
  masked_law_legal(share, &l);
  ck_assert(k.illegal == 0 || (size_t)steps < m.cells);
  ck_assert_int_eq(mpq_cmp_ui(share, legal, legal + k.illegal), 0);
  mpq_clear(share);
  vectors_clear(&k.all);
  free(k.count);
  masked_law_clear(&l);
  masked_clear(&m);
  source_clear(&s);
}

START_TEST(words_are_as_likely_as_of_all_seeds) {
  bool is_confident = strstr(wordy[_i].line, "confident");
  bool is_sudoku = wordy[_i].words == 288;
  long cells = is_sudoku ? 16 : wordy[_i].steps;
  for (long steps = 1; steps <= wordy[_i].steps; steps++)
    if ((!is_confident || cells % steps == 0) &&
        (!is_short_run() || wordy[_i].words < 200 || steps % 5 == 1))
      check_words(wordy[_i].line, steps);
}
END_TEST

/* Shares of legal grids: the figures of a trial by sampling, and what must be.
 */
static const struct {
  const char *line;
  long steps;
  double least, most;
} shares[] = {{"order=rows", 16, 1, 1},      {"order=far", 16, 1, 1},
              {"order=far", 8, 1, 1},        {"order=rows", 8, 0.06, 0.14},
              {"order=far", 4, 0.38, 0.58},  {"order=rows", 1, 6.7e-8, 6.71e-8},
              {"data=parity n=9", 9, 1, 1},  {"data=parity n=9", 8, 0.5, 0.5},
              {"data=permutations", 4, 1, 1}};

START_TEST(shares_of_legal_words) {
  struct source s;
  struct masked m;
  struct masked_law l;
  mpq_t share;
  open_masked(&s, shares[_i].line, shares[_i].steps);
  masked_init(&m, s.value);
  masked_law_init(&l, &m);
  mpq_init(share);
  masked_law_legal(share, &l);
  double legal = mpq_get_d(share);
  ck_assert_msg(shares[_i].least <= legal && legal <= shares[_i].most, "%s: %g",
                s.label, legal);
  mpq_clear(share);
  masked_law_clear(&l);
  masked_clear(&m);
  source_clear(&s);
}
END_TEST

int main(void) {
  Suite *s = suite_create("diffusion words");
  TCase *t = tcase_create("diffusion words");
  tcase_set_timeout(t, 300);
  tcase_add_loop_test(t, words_are_the_legal_ones, 0,
                      sizeof wordy / sizeof *wordy);
  tcase_add_loop_test(t, words_are_as_likely_as_of_all_seeds, 0,
                      sizeof wordy / sizeof *wordy);
  tcase_add_loop_test(t, shares_of_legal_words, 0,
                      sizeof shares / sizeof *shares);
  suite_add_tcase(s, t);
  return suite_run(s);
}
