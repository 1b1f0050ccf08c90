/* Each lab at small sizes: it runs, all its findings hold, and its numbers are
   those of formulas from elsewhere. */
#include "analysis/labs/lab.h"
#include "tasks/task.h"
#include "tests/suite.h"

#include <math.h>

/* A cell of a table, below the heads. */
static const char *cell(const struct exhibit *e, size_t table, size_t row,
                        size_t column) {
  ck_assert_uint_lt(table, e->tables.n);
  const struct exhibit_table *t = &e->tables.at[table];
  size_t at = (row + 1) * t->columns + column;
  ck_assert_uint_lt(at, t->cells.n);
  return t->cells.at[at];
}

static size_t rows(const struct exhibit *e, size_t table) {
  ck_assert_uint_lt(table, e->tables.n);
  const struct exhibit_table *t = &e->tables.at[table];
  return t->cells.n / t->columns - 1;
}

static double number(const struct exhibit *e, size_t table, size_t row,
                     size_t column) {
  char *end;
  const char *text = cell(e, table, row, column);
  double x = strtod(text, &end);
  ck_assert_msg(end != text, "'%s' is no number", text);
  return x;
}

START_TEST(names_are_sorted_and_texts_are_there) {
  for (size_t i = 0; lab_list[i]; i++) {
    const struct lab *lab = lab_list[i];
    ck_assert(!i || strcmp(lab_list[i - 1]->name, lab->name) < 0);
    ck_assert_ptr_eq(lab_find(lab->name), lab);
    ck_assert(*lab->title && *lab->claim && *lab->source && *lab->shows);
  }
  ck_assert_ptr_null(lab_find("no-such"));
}
END_TEST

/* 7, 8, 7 and 5 levels a block, and one for the first. */
static void transformers_are_flat(const struct exhibit *e) {
  static const double depth[] = {15, 17, 15, 11};
  size_t n = rows(e, 0) / 4;
  ck_assert_uint_ge(n, 5);
  for (size_t i = 0; i < 4 * n; i++)
    ck_assert_double_eq(number(e, 0, i, 2), depth[i / n]);
}

/* 2 n gates a step: a wide enough machine needs as many steps as the rule. */
static void speedup_ends_at_work_by_span(const struct exhibit *e) {
  ck_assert_str_eq(cell(e, 0, 1, 0), "Rule 110");
  ck_assert_double_eq(number(e, 0, 1, 1), 2 * 16 * 16 + 16);
  ck_assert_double_eq(number(e, 0, 1, 2), 17);
  ck_assert_double_eq_tol(number(e, 0, 1, 6), 528 / 17.0, 0.1);
}

/* So many findings are of all values of a parameter. */
static void expect_proved(const struct exhibit *e, size_t n) {
  size_t proved = 0;
  for (size_t i = 0; i < e->findings.n; i++)
    proved += strstr(e->findings.at[i].text, "(proved)") != NULL;
  ck_assert_uint_eq(proved, n);
}

/* Depth is slope * steps + above, of sources one after the other. */
static void expect_lines(const struct exhibit *e, const long (*line)[2],
                         size_t sources) {
  size_t n = rows(e, 0) / sources;
  ck_assert_uint_ge(n, 3);
  ck_assert_uint_eq(rows(e, 0), n * sources);
  for (size_t i = 0; i < n * sources; i++) {
    const long *of = line[i / n];
    double steps = number(e, 0, i, 1);
    ck_assert_double_eq(number(e, 0, i, 2),
                        (double)of[0] * steps + (double)of[1]);
  }
}

static void recurrence_is_a_line(const struct exhibit *e) {
  static const long line[][2] = {{1, 0}, {4, 1}, {5, -2},
                                 {7, 1}, {8, 1}, {9, 0}};
  expect_lines(e, line, 6);
  expect_proved(e, 6);
}

static void a_state_space_is_flat_or_a_line(const struct exhibit *e) {
  static const long line[][2] = {{0, 7}, {2, 3}};
  expect_lines(e, line, 2);
}

/* Row t is where the task's answer, disc by disc, has them. */
static void expect_discs(const struct exhibit_cells *c, size_t t) {
  const fmpz value[] = {5, (slong)t, 6, 3, 6}; // as parameters of balls2d
  const struct family *f = task_find("balls2d");
  uint64_t random = 1;
  fmpz in[20] = {0}, out[20] = {0};
  f->draw(value, &random, in);
  f->answer(value, in, out);
  for (size_t x = 0; x < c->columns; x++) {
    bool is_there = false;
    for (size_t i = 0; i < 5; i++)
      is_there = is_there || out[i] == (slong)x;
    ck_assert_uint_eq(c->at[t * c->columns + x], is_there);
  }
}

static void discs_are_a_line(const struct exhibit *e) {
  static const long line[][2] = {{0, 1}, {0, 2}, {4, 0}};
  expect_lines(e, line, 3);
  ck_assert_uint_eq(e->cells.n, 1);
  for (size_t t = 0; t < e->cells.at[0].rows; t++)
    expect_discs(&e->cells.at[0], t);
}

static void a_macrostate_is_flat(const struct exhibit *e) {
  static const long line[][2] = {{0, 2}, {4, 0}};
  expect_lines(e, line, 2);
  expect_proved(e, 2);
}

/* T + 1, 2^(T-1) + 1 and 3 gates. */
static void sawteeth_cost_width_or_depth(const struct exhibit *e) {
  size_t n = rows(e, 0) / 3;
  ck_assert_uint_eq(n, 7);
  for (size_t i = 0; i < n; i++) {
    double T = number(e, 0, i, 1);
    ck_assert_double_eq(number(e, 0, i, 3), T + 1);
    ck_assert_double_eq(number(e, 0, n + i, 3), exp2(T - 1) + 1);
    ck_assert_double_eq(number(e, 0, 2 * n + i, 3), 3);
  }
}

/* 288 grids; 6.7e-8, 0.0947 and 0.42 were found by another program, too. */
static void sudoku_needs_one_cell_after_the_other(const struct exhibit *e) {
  static const double legal[] = {
      6.70552e-08, 1.71661e-05, 0.00439453, 0.0947342, 1,
      6.70552e-08, 0.00293541,  0.421875,   1,         1};
  for (size_t i = 0; i < 10; i++)
    ck_assert_double_eq_tol(number(e, 0, i, 2), legal[i], 1e-5 * legal[i]);
  ck_assert_double_eq(number(e, 1, 0, 2), 1);
  ck_assert_double_eq(number(e, 1, 1, 2), 5); // as published_puzzles_are_...
  ck_assert_double_eq(number(e, 1, 2, 2), 28);
}

/* 2 a bit for uniform bits, and the data's own at the end. */
static void perplexity_is_that_of_the_law(const struct exhibit *e) {
  for (size_t i = 0; i < 8; i++)
    ck_assert_double_eq_tol(number(e, 0, i, 3), exp2(i < 7 ? 1 : 7 / 8.0),
                            1e-4);
  ck_assert_double_eq_tol(number(e, 0, rows(e, 0) - 1, 3), pow(288, 1 / 16.0),
                          1e-4);
  ck_assert_double_eq_tol(number(e, 0, 13, 3), pow(4, 1), 1e-4);
}

/* As 'derandomize fingerprint n=4': the seeds are checked there. */
static void seeds_are_fewer_than_the_union_bound(const struct exhibit *e) {
  ck_assert_double_eq(number(e, 0, 0, 3), 45);
  ck_assert_double_lt(number(e, 0, 0, 4), 45);
  ck_assert_double_eq(number(e, 0, 0, 6), number(e, 0, 0, 5) + 1);
  ck_assert_str_eq(cell(e, 0, 0, 7), "0");
}

/* Without look-ahead a move joins the sides or nothing is seen. */
static void look_ahead_finds_what_wins(const struct exhibit *e) {
  ck_assert_uint_eq(rows(e, 0), 6);
  for (size_t i = 1; i < rows(e, 0); i++)
    ck_assert_double_ge(number(e, 0, i, 3), number(e, 0, i - 1, 3));
  ck_assert_double_eq(number(e, 0, 5, 3), 1);
  ck_assert_double_eq(number(e, 0, 3, 1), 7); // plies + 2
}

/* Walks of more cells are never worse on average, and depth is 2 sweeps + 1. */
static void planning_gets_better_with_depth(const struct exhibit *e) {
  for (size_t i = 0; i < rows(e, 0); i++) {
    ck_assert_double_le(number(e, 0, i, 2), 2 * number(e, 0, i, 1) + 1);
    if (number(e, 0, i, 1) > 1)
      ck_assert_double_gt(number(e, 0, i, 4), number(e, 0, i - 1, 4));
  }
  for (size_t i = 0, each = rows(e, 0) / 3; i < each; i++) // 1, 2 and 4 bits
    for (size_t bits = 0; bits < 2; bits++)
      ck_assert_double_lt(number(e, 0, bits * each + i, 4),
                          number(e, 0, (bits + 1) * each + i, 4));
}

/* ceil(log2 n) twice, 3, 1 and n - 1. */
static void products_are_as_deep_as_their_group(const struct exhibit *e) {
  size_t n = rows(e, 0) / 5;
  ck_assert_uint_eq(n, 4);
  for (size_t i = 0; i < n; i++) {
    ck_assert_double_eq(number(e, 0, i, 2), (double)i + 1); // n = 2^(i + 1)
    ck_assert_double_eq(number(e, 0, n + i, 2), (double)i + 1);
    ck_assert_double_eq(number(e, 0, 2 * n + i, 2), 3);
    ck_assert_double_eq(number(e, 0, 3 * n + i, 2), 1);
    ck_assert_double_eq(number(e, 0, 4 * n + i, 2), exp2((double)i + 1) - 1);
  }
  expect_proved(e, 5);
}

/* The rows of rule W by its table: bit 4 l + 2 c + r of W. */
static void expect_rule(const struct exhibit_cells *c, unsigned number) {
  size_t w = c->columns;
  for (size_t t = 1; t < c->rows; t++)
    for (size_t i = 0; i < w; i++) {
      const unsigned char *row = &c->at[(t - 1) * w];
      unsigned left = row[(i + w - 1) % w], right = row[(i + 1) % w];
      ck_assert_uint_eq(c->at[t * w + i],
                        number >> (4 * left + 2 * row[i] + right) & 1);
    }
}

/* 2, 7, 16, 51 gates a cell and level for k = 1..4; one level for rule 90. */
static void rule_110_is_merged_and_drawn(const struct exhibit *e) {
  static const double gates[] = {2, 7, 16, 51};
  for (size_t i = 0; i < 4; i++) {
    ck_assert_double_eq(number(e, 0, i, 1), 60.0 / (double)(i + 1));
    ck_assert_double_eq(number(e, 0, i, 3), gates[i]);
    ck_assert_double_eq(number(e, 1, i, 1), number(e, 1, i, 2));
    ck_assert_double_eq(number(e, 1, 4 + i, 2), 1);
  }
  ck_assert_uint_eq(e->cells.n, 2);
  ck_assert_uint_eq(e->cells.at[0].at[e->cells.at[0].columns - 1], 1);
  expect_rule(&e->cells.at[0], 110);
  expect_rule(&e->cells.at[1], 90);
}

static unsigned call_majority(unsigned x, unsigned n) {
  return 2 * (unsigned)__builtin_popcount(x) > n;
}

static unsigned call_parity(unsigned x, unsigned n) {
  (void)n;
  return (unsigned)__builtin_parity(x);
}

static unsigned call_add(unsigned x, unsigned n) {
  return (x >> n / 2) + (x & ((1U << n / 2) - 1));
}

static unsigned call_multiply(unsigned x, unsigned n) {
  return (x >> n / 2) * (x & ((1U << n / 2) - 1));
}

/* Rounds of Rule 110 on a ring of n; to the left is the higher bit. */
static unsigned rule110(unsigned row, unsigned n, int rounds) {
  for (int t = 0; t < rounds; t++) {
    unsigned next = 0;
    for (unsigned i = 0; i < n; i++) {
      unsigned left = row >> (i + 1) % n & 1,
               right = row >> (i + n - 1) % n & 1;
      next |= (110U >> (4 * left + 2 * (row >> i & 1) + right) & 1) << i;
    }
    row = next;
  }
  return row;
}

static unsigned call_rule(unsigned x, unsigned n) {
  return rule110(x, n, 4);
}

static const struct {
  const char *name;
  unsigned (*call)(unsigned x, unsigned n);
} tabled[] = {{"majority", call_majority},
              {"parity", call_parity},
              {"add", call_add},
              {"multiply", call_multiply},
              {"Rule 110, 4 steps", call_rule}};

/* One wherever a result is not that of the inputs before, and one for each
   output that is not one of these. */
static unsigned table_gates(unsigned (*call)(unsigned x, unsigned n),
                            unsigned n) {
  unsigned gates = 0, changes[32] = {0};
  for (unsigned x = 1; x < 1U << n; x++) {
    unsigned other = call(x, n) ^ call(x - 1, n);
    gates += other != 0;
    for (unsigned i = 0; i < 32; i++)
      changes[i] += other >> i & 1;
  }
  for (unsigned i = 0; i < 32; i++)
    gates += changes[i] > 1;
  return gates;
}

static void tables_are_exponential(const struct exhibit *e) {
  size_t at = 0, each = rows(e, 0) / 5;
  ck_assert_uint_ge(each, 3);
  for (size_t i = 0; i < rows(e, 0); i++) {
    at += strcmp(cell(e, 0, i, 0), tabled[at].name) != 0;
    ck_assert_uint_lt(at, 5);
    ck_assert_str_eq(cell(e, 0, i, 0), tabled[at].name);
    ck_assert_double_eq(number(e, 0, i, 4), 2);
    ck_assert_double_eq(
        number(e, 0, i, 5),
        table_gates(tabled[at].call, (unsigned)number(e, 0, i, 1)));
  }
  ck_assert_uint_eq(at, 4);
}

/* The share of rows of which cell 0 changes between these rounds. */
static double changed(unsigned n, int from, int to) {
  size_t rows_changed = 0;
  for (unsigned row = 0; row < 1U << n; row++) {
    unsigned x = rule110(row, n, from);
    rows_changed += (rule110(x, n, to - from) ^ x) & 1;
  }
  return (double)rows_changed / (double)(1U << n);
}

enum {
  PRODUCTS = 16 // values of a product, in units of 1/8
};

/* p[y] after so many factors from 0 to 15/8, rounded half up. */
static void multiply(double *p, int factors) {
  for (; factors > 0; factors--) {
    double to[PRODUCTS] = {0};
    for (int y = 0; y < PRODUCTS; y++)
      for (int f = 0; f < PRODUCTS; f++)
        to[(int)fmin(floor(y * f / 8.0 + 0.5), 15)] += p[y] / PRODUCTS;
    memcpy(p, to, sizeof to);
  }
}

/* Of 12 factors c are read: how often what there is so far is right, a guess,
   and the likeliest answer. */
static void read_some(int c, double *cut, double *guess, double *likeliest) {
  double read[PRODUCTS];
  for (int y = 0; y < PRODUCTS; y++)
    read[y] = 1.0 / PRODUCTS;
  multiply(read, c);
  *cut = *guess = *likeliest = 0;
  for (int x = 0; x < PRODUCTS; x++) {
    double end[PRODUCTS] = {0}, most = 0;
    end[x] = 1;
    multiply(end, 12 - c);
    *cut += read[x] * end[x];
    for (int y = 0; y < PRODUCTS; y++) {
      *guess += read[x] * end[y] * end[y];
      most = fmax(most, end[y]);
    }
    *likeliest += read[x] * most;
  }
}

static void expect_products(const struct exhibit *e, size_t row) {
  double cut, guess, likeliest, vote = number(e, 0, row, 6);
  read_some((int)number(e, 0, row, 2), &cut, &guess, &likeliest);
  ck_assert_double_eq_tol(number(e, 0, row, 4), cut, 1e-4);
  ck_assert_double_eq_tol(number(e, 0, row, 5), guess, 1e-4);
  ck_assert_double_eq_tol(number(e, 0, row, 7), likeliest, 1e-4);
  ck_assert(number(e, 0, row, 2) == 12 || (guess < vote && vote < likeliest));
}

/* What is not read leaves 120 products or 4 sums, all as likely. */
static void a_vote_does_not_know_what_was_not_read(const struct exhibit *e) {
  size_t whole = 0;
  for (size_t i = 0; i < rows(e, 0); i++) {
    const char *task = cell(e, 0, i, 0);
    bool is_whole = !strcmp(cell(e, 0, i, 1), "1");
    whole += is_whole;
    if (!strcmp(task, "Rule 110")) {
      int steps = (int)number(e, 0, i, 2);
      ck_assert_double_eq_tol(number(e, 0, i, 4), 1 - changed(12, steps, 12),
                              1e-4);
      ck_assert_double_eq(number(e, 0, i, 3), steps);
      continue;
    }
    if (*task == 'r') {
      expect_products(e, i);
      continue;
    }
    for (size_t column = 4; column < 8; column++)
      ck_assert_double_eq_tol(number(e, 0, i, column),
                              is_whole       ? 1
                              : *task == 'S' ? 1 / 120.0
                                             : 0.25,
                              1e-6);
  }
  ck_assert_uint_eq(whole, 4);
}

/* The z below which a normal one is with probability p. */
static double quantile(double p) {
  double lo = -9, hi = 9;
  for (int i = 0; i < 100; i++) {
    double middle = (lo + hi) / 2;
    if (erfc(-middle / sqrt(2)) / 2 < p)
      lo = middle;
    else
      hi = middle;
  }
  return lo;
}

/* Which of four points is next to what is expected of the data when half of
   the variance is noise: in cells of 1/16. */
static size_t token_of(double x) {
  static const double at[] = {-16, -5, 5, 16};
  double above = 0, below = 0;
  size_t best = 0;
  for (size_t m = 0; m < 4; m++) {
    double far = (x - at[m] * sqrt(0.5)) / 16;
    double share = (double)(m + 1) * exp(-far * far);
    above += share * at[m];
    below += share;
  }
  for (size_t m = 1; m < 4; m++)
    if (fabs(above / below - at[m]) < fabs(above / below - at[best]))
      best = m;
  return best;
}

/* One step from each of 256 quantiles, to tokens that are as 1, 2, 3, 4. */
static double one_step(void) {
  double count[4] = {0}, tv = 0;
  for (int i = 0; i < 256; i++)
    count[token_of(nearbyint(16 * quantile((2 * i + 1) / 512.0)))]++;
  for (size_t m = 0; m < 4; m++)
    tv += fabs(count[m] / 256 - (double)(m + 1) / 10) / 2;
  return tv;
}

/* Two levels a step where there is a class, one for a value; n - 1 more of
   Rule 110, which is beside the first step. */
static void few_steps_are_enough(const struct exhibit *e) {
  size_t n = rows(e, 1) / 5;
  ck_assert_uint_ge(n, 6);
  ck_assert_double_eq_tol(number(e, 1, 0, 2), one_step(), 1e-4);
  for (size_t i = 0; i < n; i++) {
    double T = exp2((double)i);
    ck_assert_double_eq(number(e, 1, i, 3), 2 * T);
    ck_assert_double_eq(number(e, 1, n + i, 3), 2 * T + 7);
    ck_assert_double_eq(number(e, 1, n + i, 2), number(e, 1, i, 2));
    ck_assert_double_eq(number(e, 1, 2 * n + i, 3), T);
    ck_assert_double_eq_tol(number(e, 1, 4 * n + i, 2),
                            changed(12, (int)T, (int)T + 1), 1e-4);
  }
  for (size_t i = 0; i < 5; i++) {
    double T = number(e, 2, i, 2), bits = number(e, 2, i, 1);
    ck_assert_double_eq(T, number(e, 0, 0, 1));
    ck_assert_double_eq(number(e, 2, i, 3), 2 * T);
    ck_assert_double_eq(number(e, 2, 5 + i, 3), 2 * T + bits - 1);
  }
}

/* 4 independent values are 1 - (1 - tv)^4 apart at most. */
static void more_values_are_further_away(const struct exhibit *e) {
  ck_assert_double_eq_tol(number(e, 0, 0, 1), 49 / 64.0, 1e-4);
  for (size_t t = 1; t <= 4; t++) {
    double one = number(e, 0, 0, t), four = number(e, 0, 1, t);
    ck_assert_double_ge(four, one);
    ck_assert_double_le(four, 1 - pow(1 - one, 4) + 1e-3);
    ck_assert_double_ge(number(e, 0, 2, t), four);
    ck_assert_double_eq(number(e, 0, 5, t), 0.5); // are of odd parity
    ck_assert_double_eq(number(e, 0, 6, t), 0);
  }
  size_t n = rows(e, 1);
  ck_assert_uint_eq(n, 10);
  for (size_t i = 5; i < n; i++) // one step a bit
    ck_assert_double_eq(number(e, 1, i, 2), number(e, 1, i, 1));
  for (size_t i = 1; i < 5; i++)
    ck_assert_double_le(number(e, 1, i - 1, 2), number(e, 1, i, 2));
}

static const struct {
  const char *name;
  void (*check)(const struct exhibit *e);
} numbers[] = {
    {"amdahl", speedup_ends_at_work_by_span},
    {"derandomize", seeds_are_fewer_than_the_union_bound},
    {"diffusion-distil", more_values_are_further_away},
    {"diffusion-plateau", few_steps_are_enough},
    {"look-ahead", look_ahead_finds_what_wins},
    {"macro-micro", a_macrostate_is_flat},
    {"mamba-two-meanings", a_state_space_is_flat_or_a_line},
    {"masked-perplexity", perplexity_is_that_of_the_law},
    {"mlp-width-or-depth", sawteeth_cost_width_or_depth},
    {"one-ball-five-balls", discs_are_a_line},
    {"rl-depth", planning_gets_better_with_depth},
    {"rnn-cot-loop-lines", recurrence_is_a_line},
    {"rule110-irreducible", rule_110_is_merged_and_drawn},
    {"s5-or-cyclic", products_are_as_deep_as_their_group},
    {"sudoku-order", sudoku_needs_one_cell_after_the_other},
    {"transformer-flat", transformers_are_flat},
    {"universal-approximation", tables_are_exponential},
    {"vote-or-think", a_vote_does_not_know_what_was_not_read},
};

START_TEST(every_lab_bears_out_its_claim) {
  const struct lab *lab = lab_list[_i];
  struct lab_run r = {.is_quick = true, .options.seed = 1};
  struct error err = {0};
  size_t row = 0;
  while (strcmp(numbers[row].name, lab->name))
    ck_assert_msg(++row < sizeof numbers / sizeof *numbers,
                  "no numbers of '%s' are checked", lab->name);
  ck_assert_msg(lab->run(&r, &err), "%s: %s", lab->name, err.message);
  ck_assert(r.e.findings.n && r.e.tables.n && r.e.panels.n + r.e.cells.n);
  for (size_t i = 0; i < r.e.findings.n; i++)
    ck_assert_msg(r.e.findings.at[i].holds, "%s: no: %s", lab->name,
                  r.e.findings.at[i].text);
  numbers[row].check(&r.e);
  exhibit_clear(&r.e);
}
END_TEST

int main(void) {
  size_t n = 0;
  while (lab_list[n])
    n++;
  Suite *s = suite_create("labs");
  TCase *all = tcase_create("all");
  tcase_set_timeout(all, 60);
  tcase_add_loop_test(all, every_lab_bears_out_its_claim, 0, (int)n);
  tcase_add_test(all, names_are_sorted_and_texts_are_there);
  suite_add_tcase(s, all);
  return suite_run(s);
}
