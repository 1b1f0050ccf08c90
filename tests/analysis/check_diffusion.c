/* Chains of a diffusion: their tables against textbook formulas in floating
   point, how likely each result is against all seeds of the circuit, and
   distances against sums over all results. */
#include "analysis/diffusion.h"
#include "analysis/law.h"
#include "analysis/learned.h"
#include "analysis/masked_law.h"
#include "analysis/source.h"
#include "circuit/evaluate.h"
#include "circuit/measure.h"
#include "circuit/vectors.h"
#include "compile/models/models.h"
#include "tests/suite.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include <flint/fmpz_vec.h>

/* ---- Sources ---- */

struct opened {
  struct source s;
  struct sampler sampler;
  long steps;
};

static void open_sampler(struct opened *o, const char *line, long steps) {
  const char *word[32];
  char number[32], all[256];
  size_t n = 0;
  struct error err = {0};
  snprintf(all, sizeof all, "sampler %s", line);
  snprintf(number, sizeof number, "steps=%ld", steps);
  for (char *w = strtok(all, " "); w; w = strtok(NULL, " "))
    word[n++] = w;
  word[n++] = number;
  source_init(&o->s);
  ck_assert_msg(source_open(&o->s, word, n, &(struct source_options){0}, &err),
                "%s: %s", line, err.message);
  sampler_init(&o->sampler, o->s.value);
  o->steps = steps;
}

static void close_sampler(struct opened *o) {
  sampler_clear(&o->sampler);
  source_clear(&o->s);
}

/* ---- Tables, by the formulas of textbooks ---- */

/* The z below which a normal one is with probability p. */
static long double quantile(long double p) {
  long double lo = -12, hi = 12;
  for (int i = 0; i < 200; i++) {
    long double middle = (lo + hi) / 2;
    if (0.5L * erfcl(-middle / sqrtl(2)) < p)
      lo = middle;
    else
      hi = middle;
  }
  return lo;
}

/* Noise that is added from one step to the next, as beta, and the share of the
   signal that is left after all of it, as alpha bar (Ho, Jain and Abbeel 2020).
 */
struct schedule {
  long double beta, left, left_before;
};

static struct schedule schedule_of(long steps, long t) {
  long double turn = acosl(-1) / 2 / (long double)(steps + 1);
  struct schedule k;
  k.left = powl(cosl(turn * (long double)t), 2);
  k.left_before = powl(cosl(turn * (long double)(t - 1)), 2);
  k.beta = 1 - k.left / k.left_before;
  return k;
}

/* What is expected of the data at x, by Bayes' rule from the densities. */
static long double expected(const struct opened *o, unsigned class, unsigned j,
                            const long *x, long double left) {
  const struct points *p = &o->sampler.points[class];
  long double unit = 8 / (long double)o->sampler.cells, most = -INFINITY;
  long double density[POSTERIOR_MOST_POINTS], above = 0, below = 0;
  for (size_t m = 0; m < p->n; m++) {
    long double far = 0;
    for (unsigned i = 0; i < p->d; i++)
      far += powl(
          unit * ((long double)x[i] - sqrtl(left) * (long double)p->at[m][i]),
          2);
    density[m] = logl((long double)p->weight[m]) - far / (2 * (1 - left));
    most = fmaxl(most, density[m]);
  }
  for (size_t m = 0; m < p->n; m++) {
    long double share = expl(density[m] - most);
    above += share * (long double)p->at[m][j];
    below += share;
  }
  return above / below;
}

static long double mean_of(const struct opened *o, unsigned class, unsigned j,
                           const long *x, const struct schedule *k) {
  long double alpha = 1 - k->beta, at = (long double)x[j];
  long double data = expected(o, class, j, x, k->left);
  if (o->sampler.is_ode) { // the noise is what is no data, and stays
    long double noise = (at - sqrtl(k->left) * data) / sqrtl(1 - k->left);
    return sqrtl(k->left_before) * data + sqrtl(1 - k->left_before) * noise;
  }
  return sqrtl(k->left_before) * k->beta / (1 - k->left) * data +
         sqrtl(alpha) * (1 - k->left_before) / (1 - k->left) * at;
}

static void check_near(const struct opened *o, const char *what, long table,
                       long double real) {
  real *= (long double)(1L << o->sampler.guard);
  ck_assert_msg(fabsl((long double)table - real) <= 0.5L + 1e-9L,
                "%s: %s is %ld, not %Lg", o->s.label, what, table, real);
}

static void check_step(const struct opened *o, long t) {
  const struct sampler *s = &o->sampler;
  struct schedule k = schedule_of(o->steps, t);
  struct sampler_step step;
  sampler_step_init(&step, s, o->steps, t);
  for (size_t i = 0; i < s->states; i++) {
    long x[2] = {(long)(i % s->cells) - (long)s->cells / 2,
                 (long)(i / s->cells) - (long)s->cells / 2};
    for (unsigned class = 0; class < s->classes; class ++)
      for (unsigned j = 0; j < s->together; j++)
        check_near(o, "a mean", sampler_mean(s, &step, class, j, i),
                   mean_of(o, class, j, x, &k));
  }
  ck_assert(!step.noise == (t == 1 || s->is_ode));
  long double variance =
      (1 - k.left_before) / (1 - k.left) * k.beta; // of the posterior
  for (size_t i = 0; step.noise && i < (size_t)1 << s->random; i++)
    check_near(o, "noise", step.noise[i],
               sqrtl(variance) * (long double)s->cells / 8 *
                   quantile((long double)(2 * i + 1) /
                            (long double)(2UL << s->random)));
  sampler_step_clear(&step);
}

static const char *const tabulated[] = {
    "bits=3 guard=0 random=1",
    "bits=6 points=5 prior=ramp random=4",
    "bits=10 guard=12 random=9",
    "bits=8 method=ode points=3 guard=6",
    "data=ring bits=4 points=6 prior=ramp guard=5 random=3",
    "data=ring bits=5 points=4 method=ode",
    "bits=7 n=3 prior=ramp points=4 guard=2",
};

START_TEST(tables_are_the_textbooks) {
  static const long steps[] = {1, 2, 5, 40};
  for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
    struct opened o;
    open_sampler(&o, tabulated[_i], steps[i]);
    for (long t = 1; t <= steps[i]; t++)
      check_step(&o, t);
    close_sampler(&o);
  }
}
END_TEST

/* Each cell is the next one, and what is half way goes to an even one. */
START_TEST(a_step_rounds_half_to_even_and_clips) {
  struct opened o;
  open_sampler(&o, "bits=4 guard=3", 1);
  for (long x = -200; x <= 200; x++) {
    long want = -8;
    for (long cell = -8; cell <= 7; cell++) {
      long now = labs(8 * cell - x), best = labs(8 * want - x);
      if (now < best || (now == best && cell % 2 == 0))
        want = cell;
    }
    ck_assert_int_eq(sampler_move(&o.sampler, x - 5, 5), want);
  }
  close_sampler(&o);
}
END_TEST

/* ---- All seeds of the circuit ---- */

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

/* ---- Words ---- */

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

/* ---- A model that predicts noise ---- */

/* Shares of cells by 40000 samples in numpy, of chains written there. */
static const struct {
  long steps;
  size_t cell;
  double share;
} moons[] = {{1, 5, 0.128},    {1, 35, 0.374},   {1, 30, 0.098},
             {5, 21, 0.432},   {5, 15, 0.197},   {5, 20, 0.139},
             {100, 15, 0.266}, {100, 21, 0.201}, {100, 26, 0.182}};

START_TEST(moons_are_sampled) {
  struct source s;
  struct error err = {0};
  struct learned l;
  struct learned_counts n[3];
  static const long steps[] = {1, 5, 100};
  char path[1000];
  snprintf(path, sizeof path, "%s/onnx/diffusion_moons_op17/model.onnx",
           getenv("TEST_DATA") ? getenv("TEST_DATA") : "");
  if (!getenv("TEST_DATA") || access(path, R_OK)) {
    printf("skipped: no diffusion_moons_op17\n");
    return;
  }
  source_init(&s);
  ck_assert_msg(source_open(&s, (const char *const[]){path}, 1,
                            &(struct source_options){0}, &err),
                "%s", err.message);
  ck_assert(learned_suits(&s.model));
  learned_init(&l, &s.model, 100, 8192, 1);
  for (int i = 0; i < 3; i++)
    ck_assert(learned_sample(&n[i], &l, steps[i], (uint64_t)i));
  for (size_t i = 0; i < sizeof moons / sizeof *moons; i++) {
    int k = moons[i].steps == 1 ? 0 : moons[i].steps == 5 ? 1 : 2;
    double share = (double)n[k].at[moons[i].cell] / 8192;
    ck_assert_msg(fabs(share - moons[i].share) < 0.025, "%ld steps: %g, not %g",
                  moons[i].steps, share, moons[i].share);
  }
  learned_clear(&l);
  source_clear(&s);
}
END_TEST

/* Ends of the interval by their formula, where laws are known. */
START_TEST(intervals_hold_for_what_is_known) {
  struct learned l = {.d = 2, .samples = 3600};
  struct learned_counts a = {{[3] = 3600}}, b = {{[3] = 1800, [9] = 1800}};
  struct learned_distance x = learned_compare(&l, &a, &a);
  double e = sqrt(log(40) / 3600);
  ck_assert(x.sampled == 0 && x.low == 0 && fabs(x.high - e) < 1e-12);
  x = learned_compare(&l, &a, &b);
  ck_assert(x.sampled == 0.5 && fabs(x.high - 0.5 - e) < 1e-12);
  ck_assert(fabs(x.low - (0.5 - e - 0.1)) < 1e-12); // 36 cells of 3600
}
END_TEST

/* ---- What follows ---- */

static void no_progress(uint64_t done, uint64_t all) {
  (void)done;
  (void)all;
}

/* Steps from..to, a distance of at most a tenth, a twentieth, a hundredth. */
static void find_diffusion(struct diffusion *k, const char *line, long from,
                           long to, const char *size) {
  static const char *const epsilon[] = {"1/10", "1/20", "1/100"};
  const char *word[32];
  char all[256];
  size_t n = 0;
  long steps[64];
  mpq_t e[3];
  struct error err = {0};
  snprintf(all, sizeof all, "%s", line);
  for (char *w = strtok(all, " "); w; w = strtok(NULL, " "))
    word[n++] = w;
  for (long t = from; t <= to; t++)
    steps[t - from] = t;
  for (int i = 0; i < 3; i++) {
    mpq_init(e[i]);
    mpq_set_str(e[i], epsilon[i], 10);
  }
  const struct diffusion_plan plan = {.word = word,
                                      .words = n,
                                      .steps = steps,
                                      .n_steps = (size_t)(to - from + 1),
                                      .epsilon = (const mpq_t *)e,
                                      .n_epsilon = 3,
                                      .c = 1,
                                      .size = size,
                                      .progress = no_progress};
  ck_assert_msg(diffusion_init(k, &plan, &err), "%s: %s", line, err.message);
  for (int i = 0; i < 3; i++)
    mpq_clear(e[i]);
}

/* c d (log T)^3 / T: figures of theory, and on both sides of its answer. */
START_TEST(bounds_are_the_least_steps) {
  static const double d[] = {1, 1, 8, 2}, epsilon[] = {0.1, 0.05, 0.1, 0.3};
  ck_assert(diffusion_bound(1, 1, 0.1) == 6910);
  ck_assert(diffusion_bound(1, 1, 0.05) == 19182);
  ck_assert(diffusion_bound(1, 8, 0.1) == 130831);
  ck_assert(diffusion_bound(0.01, 1, 0.1) == 1);
  for (int i = 0; i < 4; i++) {
    double t = diffusion_bound(1, d[i], epsilon[i]);
    ck_assert(d[i] * pow(log(t), 3) / t <= epsilon[i]);
    ck_assert(d[i] * pow(log(t - 1), 3) / (t - 1) > epsilon[i]);
  }
}
END_TEST

/* The first steps from which on the distance stays within each epsilon, found
   from the points; the depth of each chain; and that sizes change no depth. */
static void check_found(const struct diffusion *k, size_t levels) {
  static const double epsilon[] = {0.1, 0.05, 0.01};
  for (size_t i = 0; i < k->points.n; i++) {
    const struct diffusion_point *p = &k->points.at[i];
    ck_assert_uint_eq(p->size.depth_inner, levels * (size_t)p->steps);
    ck_assert(mpq_cmp(k->floor, p->tv) <= 0);
  }
  for (size_t e = 0; e < 3; e++) {
    long t_star = 0;
    for (size_t i = k->points.n; i-- > 0;) {
      if (mpq_get_d(k->points.at[i].tv) > epsilon[e])
        break;
      t_star = k->points.at[i].steps;
    }
    if (t_star)
      ck_assert_int_eq(k->targets.at[e].t_star, t_star);
    ck_assert(t_star || !k->targets.at[e].t_star ||
              k->targets.at[e].above_again);
  }
}

static const struct {
  const char *line, *size;
  long steps;
  size_t levels;
  long t_star[3];
  const char *fails; // the first premise that does; NULL: none
  bool applies;
} found[] = {
    {"sampler bits=6", NULL, 24, 1, {4, 5, 7}, NULL, false},
    {"sampler n=8 prior=ramp output=token bits=8 guard=8 random=8",
     NULL,
     40,
     2,
     {1, 2, 19},
     NULL,
     true},
    {"sampler bits=7 points=5 prior=ramp guard=8",
     NULL,
     40,
     1,
     {15, 25, 0},
     NULL,
     false},
    {"sampler bits=4", NULL, 24, 1, {12, 0, 0}, NULL, false},
    {"sampler bits=3", NULL, 24, 1, {0, 0, 0}, "rounding bounded", false},
    {"sampler bits=6", "d", 24, 1, {4, 5, 7}, "dimension fixed", false},
};

START_TEST(steps_that_are_enough_are_found) {
  struct diffusion k;
  find_diffusion(&k, found[_i].line, 1, found[_i].steps, found[_i].size);
  check_found(&k, found[_i].levels);
  for (int e = 0; e < 3; e++)
    ck_assert_msg(k.targets.at[e].t_star == found[_i].t_star[e], "%s: T* = %ld",
                  found[_i].line, k.targets.at[e].t_star);
  ck_assert_int_eq(k.applies, found[_i].applies);
  const char *fails = NULL;
  for (int i = PREMISES - 1; i >= 0; i--)
    if (k.premise[i].holds == PREMISE_NO)
      fails = k.premise[i].name;
  ck_assert_msg(!fails == !found[_i].fails, "%s: %s", found[_i].line,
                fails ? fails : "nothing fails");
  if (fails)
    ck_assert_str_eq(fails, found[_i].fails);
  diffusion_clear(&k);
}
END_TEST

/* Depth is flat in n where the backbone is; not where it loops; T* grows with d
   where that is the size. */
START_TEST(growth_is_what_the_verdict_says) {
  struct diffusion k;
  find_diffusion(&k, "sampler n=4 prior=ramp output=token", 1, 6, NULL);
  ck_assert_uint_eq(k.growth.n, 5);
  for (size_t i = 0; i < 5; i++)
    ck_assert_uint_eq(k.growth.at[i].size.depth_inner,
                      2 * (size_t)k.growth.at[i].steps);
  diffusion_clear(&k);
  find_diffusion(&k, "sampler n=4 prior=ramp input=rule110", 1, 6, NULL);
  ck_assert_str_eq(k.premise[1].name, "backbone of constant depth");
  ck_assert(k.premise[1].holds == PREMISE_NO && !k.applies);
  for (size_t i = 1; i < 5; i++)
    ck_assert_uint_eq(k.growth.at[i].size.depth_inner -
                          k.growth.at[i - 1].size.depth_inner,
                      (size_t)(k.growth.at[i].n - k.growth.at[i - 1].n));
  diffusion_clear(&k);
  find_diffusion(&k, "sampler", 1, 24, "d");
  for (size_t i = 1; i < k.growth.n; i++)
    ck_assert_int_ge(k.growth.at[i].t_star, k.growth.at[i - 1].t_star);
  ck_assert_int_gt(array_last(&k.growth).t_star, k.growth.at[0].t_star);
  diffusion_clear(&k);
}
END_TEST

/* A coarse lattice comes near and drifts away again; a finer one, or bits that
   are kept until a step is rounded, come nearer. */
static double distance_at(const char *line, long steps) {
  struct opened o;
  struct law l;
  mpq_t tv;
  mpq_init(tv);
  open_sampler(&o, line, steps);
  law_init(&l, &o.sampler, steps, 0);
  law_distance(tv, &l, &o.sampler, 0, 1);
  double distance = mpq_get_d(tv);
  law_clear(&l);
  close_sampler(&o);
  mpq_clear(tv);
  return distance;
}

START_TEST(rounding_in_every_step_adds_up) {
  double coarse = distance_at("bits=4", 32);
  ck_assert(coarse > 0.05 && coarse < 0.15);
  ck_assert(distance_at("bits=4", 256) > 1.5 * coarse);
  ck_assert(distance_at("bits=6", 32) < 0.001);
  ck_assert(distance_at("bits=8", 32) < 0.00001);
  const char *few = "bits=6 points=3 prior=ramp guard=0";
  const char *many = "bits=6 points=3 prior=ramp guard=8";
  ck_assert(distance_at(few, 128) > 0.15);
  ck_assert(distance_at(many, 128) < 0.01);
}
END_TEST

/* Above the floor it is 1 / T, but for logarithms: from 32 to 128 steps a
   quarter, or nearly. */
START_TEST(the_distance_falls_as_1_by_steps) {
  const char *line = "bits=8 guard=10 random=8 prior=ramp";
  double at[] = {distance_at(line, 32), distance_at(line, 64),
                 distance_at(line, 128)};
  for (int i = 0; i < 2; i++)
    ck_assert(at[i] / at[i + 1] > 1.5 && at[i] / at[i + 1] < 2.5);
}
END_TEST

static size_t inner_depth(const char *line) {
  const char *word[32];
  char all[256];
  size_t n = 0;
  struct source s;
  struct measure m;
  struct error err = {0};
  snprintf(all, sizeof all, "%s", line);
  for (char *w = strtok(all, " "); w; w = strtok(NULL, " "))
    word[n++] = w;
  source_init(&s);
  ck_assert_msg(source_open(&s, word, n, &(struct source_options){0}, &err),
                "%s: %s", line, err.message);
  measure_init(&m);
  circuit_measure(source_circuit(&s), &m);
  size_t depth = m.depth_inner;
  measure_clear(&m);
  source_clear(&s);
  return depth;
}

/* A chain of T steps is T times as deep as one, its vote one level more, for
   every size of the problem. */
START_TEST(chains_and_votes_are_as_deep_as_the_formula) {
  for (int n = 4; n <= 64; n *= 2)
    for (int steps = 1; steps <= 9; steps += 4) {
      char line[200];
      snprintf(line, sizeof line,
               "sampler n=%d prior=ramp output=token bits=5 steps=%d", n,
               steps);
      ck_assert_uint_eq(inner_depth(line), 2 * (size_t)steps);
      snprintf(line, sizeof line,
               "vote:sampler n=%d prior=ramp output=token bits=5 steps=%d "
               "replicas=5",
               n, steps);
      ck_assert_uint_eq(inner_depth(line), 2 * (size_t)steps + 1);
    }
}
END_TEST

/* The token of each row by the circuit, and by neighbourhoods looked up. */
struct rows {
  struct vectors all; // first, for vectors_fill()
  size_t cells;
  long steps;
};

static bool token_of(uint64_t row, size_t cells, long steps) {
  bool now[64], next[64];
  for (size_t c = 0; c < cells; c++)
    now[c] = row >> c & 1;
  for (long t = 0; t < steps; t++) {
    for (size_t c = 0; c < cells; c++)
      next[c] = 110 >> (4 * now[(c + cells - 1) % cells] + 2 * now[c] +
                        now[(c + 1) % cells]) &
                1;
    memcpy(now, next, sizeof now);
  }
  return now[0];
}

/* The share of inputs whose first cell changes, of rows written out. */
START_TEST(rule_110_never_settles) {
  struct diffusion k;
  enum {
    CELLS = 9
  };
  find_diffusion(&k, "badscore n=9", 1, 20, NULL);
  for (size_t i = 0; i < k.points.n; i++) {
    unsigned long changed = 0;
    mpq_t want;
    for (uint64_t row = 0; row < 1U << CELLS; row++)
      changed += token_of(row, CELLS, k.points.at[i].steps) !=
                 token_of(row, CELLS, k.points.at[i].steps + 1);
    mpq_init(want);
    mpq_set_ui(want, changed, 1UL << CELLS);
    mpq_canonicalize(want);
    ck_assert(mpq_equal(want, k.points.at[i].tv));
    ck_assert(changed);
    ck_assert_uint_eq(k.points.at[i].size.depth_inner,
                      (size_t)k.points.at[i].steps);
    mpq_clear(want);
  }
  ck_assert(!k.applies && k.premise[3].holds == PREMISE_NO);
  ck_assert_str_eq(k.premise[3].name, "score accurate");
  diffusion_clear(&k);
}
END_TEST

static bool take_rows(void *context, uint64_t first, size_t count, size_t words,
                      const uint64_t *in, const uint64_t *out) {
  const struct rows *k = context;
  for (size_t v = 0; v < count; v++)
    if ((out[v / 64] >> v % 64 & 1) != token_of(first + v, k->cells, k->steps))
      return false;
  (void)in;
  (void)words;
  return true;
}

START_TEST(the_bad_score_is_rule_110) {
  for (size_t cells = 3; cells <= 11; cells += 4)
    for (long steps = 0; steps++ < 12;) {
      char n[20], t[30];
      struct source s;
      struct error err = {0};
      snprintf(n, sizeof n, "n=%zu", cells);
      snprintf(t, sizeof t, "steps=%ld", steps);
      source_init(&s);
      ck_assert(source_open(&s, (const char *const[]){"badscore", n, t}, 3,
                            &(struct source_options){0}, &err));
      const struct circuit *c = source_circuit(&s);
      struct rows k = {.cells = cells, .steps = steps};
      vectors_init(&k.all, c, VECTORS_EXHAUSTIVE, 0);
      struct evaluator *e = evaluator_new(c, EVALUATE_RUNGS);
      struct evaluator_job job = {vectors_fill, take_rows, &k, false};
      ck_assert_uint_eq(evaluator_run(e, UINT64_C(1) << cells, 0, &job),
                        UINT64_C(1) << cells);
      evaluator_free(e);
      vectors_clear(&k.all);
      source_clear(&s);
    }
}
END_TEST

int main(void) {
  Suite *s = suite_create("diffusion");
  TCase *t = tcase_create("diffusion");
  tcase_set_timeout(t, 300);
  tcase_add_loop_test(t, tables_are_the_textbooks, 0,
                      sizeof tabulated / sizeof *tabulated);
  tcase_add_test(t, a_step_rounds_half_to_even_and_clips);
  tcase_add_loop_test(t, laws_are_those_of_all_seeds, 0,
                      sizeof enumerated / sizeof *enumerated);
  tcase_add_loop_test(t, distances_are_sums_over_all_results, 0,
                      sizeof distances / sizeof *distances);
  tcase_add_loop_test(t, words_are_the_legal_ones, 0,
                      sizeof wordy / sizeof *wordy);
  tcase_add_loop_test(t, words_are_as_likely_as_of_all_seeds, 0,
                      sizeof wordy / sizeof *wordy);
  tcase_add_loop_test(t, shares_of_legal_words, 0,
                      sizeof shares / sizeof *shares);
  tcase_add_test(t, moons_are_sampled);
  tcase_add_test(t, intervals_hold_for_what_is_known);
  tcase_add_test(t, bounds_are_the_least_steps);
  tcase_add_loop_test(t, steps_that_are_enough_are_found, 0,
                      sizeof found / sizeof *found);
  tcase_add_test(t, growth_is_what_the_verdict_says);
  tcase_add_test(t, chains_and_votes_are_as_deep_as_the_formula);
  tcase_add_test(t, rounding_in_every_step_adds_up);
  tcase_add_test(t, the_distance_falls_as_1_by_steps);
  tcase_add_test(t, the_bad_score_is_rule_110);
  tcase_add_test(t, rule_110_never_settles);
  suite_add_tcase(s, t);
  return suite_run(s);
}
