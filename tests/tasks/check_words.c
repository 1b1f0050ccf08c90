/* Words, circuits, formulas, graphs and matrices as inputs: depth and gates by
   formula, and answers that are known from elsewhere. */
#include "circuit/measure.h"
#include "tests/suite.h"
#include "tests/tasks/task_case.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <flint/fmpz_vec.h>

/* ---- Depth and gates ---- */

static size_t log2_up(long n) {
  size_t log = 0;
  while (1L << log < n)
    log++;
  return log;
}

/* Inner gates in so many levels; outputs that are gates of their own. */
static void with_outputs(struct task_case *k, size_t depth, size_t gates,
                         size_t outputs) {
  k->depth_inner = depth;
  k->gates_inner = gates;
  k->depth = depth + (outputs > 0);
  k->gates = gates + outputs;
}

static void word_costs(struct task_case *k) {
  enum {
    S3 = 2,
    TREE = 1,
    TABLE = 2
  };
  size_t n = (size_t)k->value[2], side = k->value[0] == S3 ? 3 : 5;
  size_t square = side * side;
  if (k->value[3] == TABLE)
    with_outputs(k, 3, n * n + 9 * n + n / 2 + 1, n > 1 ? 9 : 8);
  else
    with_outputs(k, k->value[3] == TREE ? log2_up((long)n) : n - 1,
                 square * side * (n - 1), n > 1 ? square : 0);
}

static void cvp_costs(struct task_case *k) {
  size_t n = (size_t)k->value[0], g = (size_t)k->value[1], gates = 0;
  for (size_t i = 0; i < g; i++)
    gates += 4 * (n + i) + 1;
  with_outputs(k, 2 * g, gates, 1);
}

static void formula_costs(struct task_case *k) {
  with_outputs(k, log2_up(k->value[0]), (size_t)k->value[0] - 1, 0);
}

static void reach_costs(struct task_case *k) {
  size_t n = (size_t)k->value[0], rounds = log2_up((long)n - 1);
  with_outputs(k, 2 * rounds, rounds * n * (n - 1) * (n - 1), 0);
}

static void boolean_costs(struct task_case *k) {
  size_t m = (size_t)k->value[0] - 1, n = (size_t)k->value[1];
  with_outputs(k, 2 * (k->value[4] ? log2_up((long)m + 1) : m),
               m * n * n * (n + 1), 0);
}

/* Carries into column j: what n products of the lower columns add up to. The
   highest bit is a gate already, and so is the lowest of one product. */
static void two_matrices_cost(struct task_case *k) {
  size_t n = (size_t)k->value[1], p = (size_t)k->value[2];
  size_t entry = n * p * p, lower = 0;
  for (size_t j = 1; j < 2 * p; j++) {
    size_t pairs = j <= p ? j : 2 * p - j; // in column j - 1
    lower += pairs << (j - 1);
    entry += n * lower >> j;
  }
  size_t bits = log2_up((long)(n * ((1UL << p) - 1) * ((1UL << p) - 1)) + 1);
  with_outputs(k, 2, n * n * entry, n * n * (bits - 1 - (n == 1)));
}

/* Of n sums two are the same edge, and have no carries; the later one of them
   is never the first of the least. */
static void paths_costs(struct task_case *k) {
  size_t n = (size_t)k->value[0], p = (size_t)k->value[1];
  size_t rounds = log2_up((long)n - 1);
  size_t path = p == 1   ? n - 1 // edges are compared with 0 for nothing
                : p == 2 ? 3 * (n + 1)
                         : n * (n - 1) / 2 - 1 + (n - 2) * p + (n - 1) * p;
  with_outputs(k, 2 * rounds, rounds * n * (n - 1) * path,
               rounds ? n * (n - 1) * p : 0);
}

static const struct task_formula formulas[] = {
    {"word", {0, 6, 8, 1}, word_costs}, // 875 gates in depth 3
    {"word", {0, 6, 1, 1}, word_costs},
    {"word", {0, 6, 2, 1}, word_costs},
    {"word", {0, 6, 3, 1}, word_costs},
    {"word", {0, 6, 64, 1}, word_costs},
    {"word", {1, 6, 9, 1}, word_costs},
    {"word", {0, 6, 1, 0}, word_costs},
    {"word", {0, 6, 9, 0}, word_costs},
    {"word", {1, 6, 5, 0}, word_costs},
    {"word", {2, 6, 3, 0}, word_costs},
    {"word", {2, 6, 4, 1}, word_costs},
    {"word", {2, 6, 1, 2}, word_costs},
    {"word", {2, 6, 2, 2}, word_costs},
    {"word", {2, 6, 9, 2}, word_costs},
    {"word", {2, 6, 64, 2}, word_costs},
    {"cvp", {1, 1}, cvp_costs},
    {"cvp", {2, 2}, cvp_costs},
    {"cvp", {1, 6}, cvp_costs},
    {"cvp", {5, 12}, cvp_costs},
    {"formula", {2}, formula_costs},
    {"formula", {3}, formula_costs},
    {"formula", {6}, formula_costs},
    {"formula", {128}, formula_costs},
    {"formula", {1000}, formula_costs},
    {"reach", {1}, reach_costs},
    {"reach", {2}, reach_costs},
    {"reach", {3}, reach_costs},
    {"reach", {4}, reach_costs},
    {"reach", {10}, reach_costs},
    {"reach", {17}, reach_costs},
    {"matmul", {1, 3, 2, 1, 1}, boolean_costs},
    {"matmul", {2, 2, 9, 1, 1}, boolean_costs},
    {"matmul", {5, 2, 3, 1, 1}, boolean_costs},
    {"matmul", {5, 2, 3, 1, 0}, boolean_costs},
    {"matmul", {8, 5, 1, 1, 1}, boolean_costs},
    {"matmul", {2, 1, 2, 0, 1}, two_matrices_cost},
    {"matmul", {2, 2, 2, 0, 0}, two_matrices_cost},
    {"matmul", {2, 3, 4, 0, 1}, two_matrices_cost},
    {"matmul", {2, 5, 3, 0, 1}, two_matrices_cost},
    {"paths", {1, 4}, paths_costs},
    {"paths", {2, 3}, paths_costs},
    {"paths", {3, 2}, paths_costs},
    {"paths", {4, 1}, paths_costs},
    {"paths", {9, 2}, paths_costs},
    {"paths", {5, 4}, paths_costs},
    {"paths", {7, 5}, paths_costs},
};

static const struct task_row cases[] = {
    {"word", {3, 2, 1, 2}, 0, 0, 0, 0},
    {"word", {3, 2, 12, 2}, 2, 13, 1, 12},
    {"word", {3, 8, 5, 2}, 2, 38, 1, 35},
    {"word", {3, 6, 3, 1}, 3, 29, 2, 26},
    {"word", {3, 5, 4, 1}, 3, 39, 2, 36},
    {"word", {3, 7, 4, 0}, 4, 43, 3, 40},
    {"word", {3, 1024, 2, 2}, 2, 2056, 1, 2046},
    {"matmul", {1, 2, 3, 0, 1}, 0, 0, 0, 0},
    {"matmul", {4, 2, 2, 0, 1}, 5, 520, 4, 480},
    {"matmul", {5, 2, 2, 0, 0}, 9, 764, 8, 712},
    {"matmul", {8, 2, 2, 0, 1}, 7, 2936, 6, 2848},
    {"squaring", {323, 1, 0}, 4, 130, 3, 122},
    {"squaring", {323, 2, 0}, 6, 430, 5, 422},
    {"squaring", {5, 4, 0}, 10, 107, 9, 105},
    {"squaring", {4294967297, 4, 0}, 10, 35007, 9, 34975},
    {"squaring", {323, 1000, 1}, 2, 496, 1, 487},
    {"squaring", {7, 5, 1}, 2, 9, 1, 6},
    {"squaring", {65521, 16, 1}, 2, 65536, 1, 65520},
};

enum {
  CASES = sizeof cases / sizeof *cases,
  FORMULAS = sizeof formulas / sizeof *formulas
};

START_TEST(run_circuit_and_reference_agree) {
  struct task_case k = task_case_find(cases, CASES, formulas, _i);
  task_case_agrees(&k);
}
END_TEST

START_TEST(depth_and_gates_are_those_of_the_formula) {
  struct task_case k = task_case_find(cases, CASES, formulas, _i);
  task_case_costs(&k);
}
END_TEST

/* ---- What is known from elsewhere ---- */

/* Run, circuit and reference of these inputs, which are judged by each other:
   the outputs are t->answer. */
static void evaluate(struct trial *t, const struct family *task,
                     const fmpz *value, const fmpz *in) {
  bool *bit = calloc(t->c.inputs.n + 1, sizeof *bit), *to = bit;
  for (size_t i = 0; i < t->c.input_buses.n; i++) {
    const struct bus *bus = &t->c.input_buses.at[i];
    for (size_t j = 0; j < bus->values; j++, in++)
      for (size_t k = 0; k < bus->width; k++)
        *to++ = fmpz_tstbit(in, k);
  }
  trial_judge(t, task, value, bit);
  free(bit);
}

/* A permutation of 1..d as a word of digits, "23451", and the other way. */
static void put_letter(fmpz *in, const char *letter, size_t d) {
  for (size_t i = 0; i < d; i++)
    fmpz_one_2exp(in + i, (ulong)(letter[i] - '1'));
}

static void take_letter(char *letter, const fmpz *out, size_t d) {
  for (size_t i = 0; i < d; i++)
    letter[i] = (char)('1' + fmpz_flog_ui(out + i, 2));
  letter[d] = '\0';
}

static const struct {
  int group;
  const char *word, *product; // the first letter is done first
} products[] = {
    {0, "2134513245", "31245"}, // (1 2)(2 3) = (1 3 2)
    // a commutator of 5-cycles is one: Barrington 1989, Lemma 1 and Theorem 1:
    // (12345)(13542)(54321)(24531) = (13254)
    {0, "23451315245123424153", "35214"},
    {0, "2345123451234512345123451", "12345"},      // of order 5
    {0, "21453214532145321453", "12453"},           // (1 2)(3 4 5) four times
    {0, "214532145321453214532145321453", "12345"}, // of order 6
    {1, "2314523145", "31245"},                     // a 3-cycle twice
    {2, "213132213", "321"}, // conjugated: (1 2)(2 3)(1 2) = (1 3)
    {2, "132213132", "321"}, // the braid relation
    {2, "231231231", "123"}, // of order 3
    {2, "213231213", "312"}, // a reflection turns a rotation around
    {2, "213132", "312"},    // the group is not abelian
    {2, "132213", "231"},
};

static void word_of(struct trial *t, const fmpz *value, const char *word,
                    char *product) {
  size_t d = value[0] == 2 ? 3 : 5, n = (size_t)value[2];
  fmpz *in = _fmpz_vec_init((slong)(n * d));
  for (size_t i = 0; i < n; i++)
    put_letter(in + i * d, word + i * d, d);
  evaluate(t, &task_word, value, in);
  take_letter(product, t->answer, d);
  _fmpz_vec_clear(in, (slong)(n * d));
}

START_TEST(products_of_permutations_are_those_known) {
  char product[6];
  size_t d = products[_i].group == 2 ? 3 : 5;
  for (long method = 0; method < (d == 3 ? 3 : 2); method++) {
    const fmpz value[] = {products[_i].group, 6,
                          (slong)(strlen(products[_i].word) / d), method};
    struct trial t;
    trial_init(&t, &task_word, value);
    word_of(&t, value, products[_i].word, product);
    ck_assert_str_eq(product, products[_i].product);
    trial_clear(&t);
  }
}
END_TEST

/* All products of two generators, as words of digits in the order found. */
static size_t close_under(const fmpz *value, const char *const *generator,
                          char (*found)[6]) {
  struct trial t;
  char word[16];
  size_t n = 1, d = strlen(generator[0]);
  memcpy(found[0], "12345", d);
  found[0][d] = '\0';
  trial_init(&t, &task_word, value);
  for (size_t i = 0; i < n; i++)
    for (size_t k = 0; k < 2; k++) {
      size_t j = 0;
      memcpy(word, found[i], d);
      memcpy(word + d, generator[k], d + 1);
      word_of(&t, value, word, found[n]);
      while (strcmp(found[j], found[n]))
        j++;
      n += j == n;
      ck_assert_uint_le(n, 120);
    }
  trial_clear(&t);
  return n;
}

START_TEST(groups_have_as_many_elements_as_their_order) {
  static const struct {
    long group, method;
    const char *generator[2];
    size_t order;
  } row[] = {
      {0, 1, {"21345", "23451"}, 120}, // (1 2) and (1 2 3 4 5) make S5
      {0, 0, {"23145", "23451"}, 60},  // (1 2 3) and (1 2 3 4 5) make A5,
      {1, 1, {"23145", "23451"}, 60},  // whose letters keep its promise
      {0, 1, {"23451", "15432"}, 10},  // a pentagon's
      {2, 2, {"213", "231"}, 6},       {2, 0, {"231", "312"}, 3},
  };
  static char found[121][6];
  const fmpz value[] = {row[_i].group, 6, 2, row[_i].method};
  ck_assert_uint_eq(close_under(value, row[_i].generator, found),
                    row[_i].order);
}
END_TEST

/* Sums, differences and carries from NAND gates: the textbook's exclusive or of
   4, and full adder of 9. Wires 0..2 are a, b and c. */
static void judge_nands(const long (*gate)[2], size_t n, size_t gates,
                        unsigned (*f)(unsigned)) {
  const fmpz value[] = {(slong)n, (slong)gates};
  struct trial t;
  fmpz *in = _fmpz_vec_init(1 + 2 * (slong)gates);
  for (size_t i = 0; i < 2 * gates; i++)
    fmpz_set_si(in + 1 + i, gate[i % gates][i / gates]);
  trial_init(&t, &task_cvp, value);
  for (unsigned x = 0; x < 1U << n; x++) {
    fmpz_set_ui(in, x);
    evaluate(&t, &task_cvp, value, in);
    ck_assert_int_eq(fmpz_get_si(t.answer), f(x));
  }
  trial_clear(&t);
  _fmpz_vec_clear(in, 1 + 2 * (slong)gates);
}

static unsigned is_odd(unsigned x) {
  return (unsigned)__builtin_popcount(x) & 1;
}

static unsigned is_most(unsigned x) {
  return __builtin_popcount(x) >= 2;
}

START_TEST(circuits_of_nand_gates_do_what_they_are_for) {
  static const long exclusive[][2] = {{0, 1}, {0, 2}, {1, 2}, {3, 4}};
  static const long sum[][2] = {{0, 1}, {0, 3}, {1, 3}, {4, 5},
                                {6, 2}, {6, 7}, {2, 7}, {8, 9}};
  static const long carry[][2] = {{0, 1}, {0, 3}, {1, 3},
                                  {4, 5}, {6, 2}, {3, 7}};
  judge_nands(exclusive, 2, 4, is_odd);
  judge_nands(sum, 3, 8, is_odd);
  judge_nands(carry, 3, 6, is_most);
}
END_TEST

static unsigned always(unsigned x) {
  (void)x;
  return 1;
}

/* Of itself, of a later one, and of one that is not there: NAND of 0s. */
START_TEST(wires_that_are_not_there_are_0) {
  static const long strange[][2] = {{2, 2}, {3, 2}, {4, 7}};
  judge_nands(strange, 2, 3, always);
}
END_TEST

/* ab or c(a or b) from leaves a a b b c c a b. */
START_TEST(a_formula_of_three_is_their_majority) {
  static const int leaf[] = {0, 0, 1, 1, 2, 2, 0, 1};
  const fmpz value[] = {8};
  struct trial t;
  fmpz in[2] = {0};
  fmpz_set_ui(in + 1, 1U << 3 | 1U << 6);
  trial_init(&t, &task_formula, value);
  for (unsigned x = 0; x < 8; x++) {
    fmpz_zero(in);
    for (unsigned i = 0; i < 8; i++)
      if (x >> leaf[i] & 1)
        fmpz_setbit(in, i);
    evaluate(&t, &task_formula, value, in);
    ck_assert_int_eq(fmpz_get_si(t.answer), is_most(x));
  }
  trial_clear(&t);
}
END_TEST

/* A knight goes from any square of a board to any other, but not to or from the
   middle of three by three. */
START_TEST(a_knight_reaches_what_it_does) {
  for (long side = 3; side <= 4; side++) {
    const fmpz value[] = {side * side};
    struct trial t;
    fmpz in[16] = {0};
    for (long i = 0; i < value[0]; i++)
      for (long j = 0; j < value[0]; j++)
        if (labs((i / side - j / side) * (i % side - j % side)) == 2)
          fmpz_setbit(in + i, (ulong)j);
    trial_init(&t, &task_reach, value);
    evaluate(&t, &task_reach, value, in);
    for (long i = 0; i < value[0]; i++)
      ck_assert_uint_eq(fmpz_get_ui(t.answer + i), side == 4 ? 0xffff
                                                   : i == 4  ? 0x10
                                                             : 0x1ef);
    trial_clear(&t);
  }
}
END_TEST

/* Powers of (1 1; 1 0) have Fibonacci's numbers, 610, 987 and 1597 at 16. */
START_TEST(powers_of_a_matrix_are_fibonaccis) {
  for (long method = 0; method < 2; method++) {
    const fmpz value[] = {16, 2, 1, 0, method};
    struct trial t;
    fmpz in[64];
    for (int i = 0; i < 64; i++)
      in[i] = i % 4 != 3;
    trial_init(&t, &task_matmul, value);
    evaluate(&t, &task_matmul, value, in);
    ck_assert_int_eq(fmpz_get_si(t.answer), 1597);
    ck_assert_int_eq(fmpz_get_si(t.answer + 1), 987);
    ck_assert_int_eq(fmpz_get_si(t.answer + 2), 987);
    ck_assert_int_eq(fmpz_get_si(t.answer + 3), 610);
    trial_clear(&t);
  }
}
END_TEST

/* The six towns of Wikipedia's "Dijkstra's algorithm", in both directions. */
START_TEST(the_shortest_paths_of_a_known_graph_are_found) {
  static const int road[][3] = {{1, 2, 7},  {1, 3, 9},  {1, 6, 14},
                                {2, 3, 10}, {2, 4, 15}, {3, 4, 11},
                                {3, 6, 2},  {4, 5, 6},  {5, 6, 9}};
  static const int from_1[] = {0, 7, 9, 20, 20, 11};
  const fmpz value[] = {6, 5};
  struct trial t;
  fmpz in[36];
  for (int i = 0; i < 36; i++)
    in[i] = 31; // no road
  for (size_t i = 0; i < sizeof road / sizeof *road; i++) {
    int a = road[i][0] - 1, b = road[i][1] - 1;
    in[6 * a + b] = in[6 * b + a] = road[i][2];
  }
  trial_init(&t, &task_paths, value);
  evaluate(&t, &task_paths, value, in);
  for (int i = 0; i < 6; i++)
    ck_assert_int_eq(fmpz_get_si(t.answer + i), from_1[i]);
  trial_clear(&t);
}
END_TEST

/* 641 divides 2^32 + 1 (Euler 1732). 3^((F - 1) / 2) is -1 modulo a Fermat
   number F > 3 if and only if F is prime (Pepin 1877): 65537 is; of F = 2^32 +
   1 the residue is 10324303. */
START_TEST(squares_of_squares_are_known_modulo_fermat_numbers) {
  static const struct {
    fmpz m, rounds, method, x, y;
  } row[] = {
      {641, 5, 0, 2, 640},
      {641, 5, 1, 2, 640},
      {257, 7, 0, 3, 256},
      {257, 7, 1, 3, 256},
      {65537, 15, 0, 3, 65536},
      {4294967297, 31, 0, 3, 10324303},
      {4294967297, 5, 0, 2, 4294967296},
      {7, 5, 1, 3, 2}, // 3, 2, 4, 2, 4, 2
      {7, 1000, 1, 3, 4},
  };
  const fmpz value[] = {row[_i].m, row[_i].rounds, row[_i].method};
  struct trial t;
  trial_init(&t, &task_squaring, value);
  evaluate(&t, &task_squaring, value, &row[_i].x);
  ck_assert(fmpz_equal(t.answer, &row[_i].y));
  trial_clear(&t);
}
END_TEST

/* Who knows the factors of 323 = 17 * 19 need not take T steps: x^144 = 1. */
START_TEST(factors_are_a_way_around) {
  const fmpz value[] = {323, 1000, 1};
  struct trial t;
  fmpz_t e, y, m;
  fmpz_init_set_ui(m, 144);
  fmpz_init_set_ui(e, 2);
  fmpz_init(y);
  fmpz_powm_ui(e, e, 1000, m);
  fmpz_set_ui(m, 323);
  trial_init(&t, &task_squaring, value);
  for (fmpz x = 1; x < 323; x++) {
    if (x % 17 == 0 || x % 19 == 0)
      continue;
    evaluate(&t, &task_squaring, value, &x);
    fmpz_powm(y, &x, e, m);
    ck_assert(fmpz_equal(t.answer, y));
  }
  trial_clear(&t);
  fmpz_clear(e);
  fmpz_clear(y);
  fmpz_clear(m);
}
END_TEST

/* What is drawn keeps the promise, and some of it is not alike. */
START_TEST(words_that_are_drawn_are_of_the_group) {
  uint64_t random = 7;
  for (long group = 0; group < 4; group++) {
    const fmpz value[] = {group, 6, 5, 1};
    fmpz in[25] = {0}, first[25] = {0};
    bool varies = false;
    for (int i = 0; i < 200; i++) {
      task_word.draw(value, &random, in);
      ck_assert(task_word.promise.keeps(value, in));
      varies |= i > 0 && !_fmpz_vec_equal(in, first, 5);
      _fmpz_vec_set(first, in, 25);
    }
    ck_assert(varies);
  }
  const fmpz odd[] = {2, 1, 4, 8, 16}, twice[] = {1, 1, 4, 8, 16};
  const fmpz s5[] = {0, 6, 1, 1}, a5[] = {1, 6, 1, 1};
  ck_assert(task_word.promise.keeps(s5, odd));
  ck_assert(!task_word.promise.keeps(a5, odd));
  ck_assert(!task_word.promise.keeps(s5, twice));
}
END_TEST

int main(void) {
  const int n = CASES + FORMULAS;
  Suite *s = suite_create("words");
  TCase *agree = tcase_create("agree"), *known = tcase_create("known");
  tcase_set_timeout(agree, 120);
  tcase_set_timeout(known, 120);
  tcase_add_loop_test(agree, run_circuit_and_reference_agree, 0, n);
  tcase_add_loop_test(agree, depth_and_gates_are_those_of_the_formula, 0, n);
  tcase_add_loop_test(known, products_of_permutations_are_those_known, 0,
                      sizeof products / sizeof *products);
  tcase_add_loop_test(known, groups_have_as_many_elements_as_their_order, 0, 6);
  tcase_add_test(known, words_that_are_drawn_are_of_the_group);
  tcase_add_test(known, circuits_of_nand_gates_do_what_they_are_for);
  tcase_add_test(known, wires_that_are_not_there_are_0);
  tcase_add_test(known, a_formula_of_three_is_their_majority);
  tcase_add_test(known, a_knight_reaches_what_it_does);
  tcase_add_test(known, powers_of_a_matrix_are_fibonaccis);
  tcase_add_test(known, the_shortest_paths_of_a_known_graph_are_found);
  tcase_add_loop_test(known, squares_of_squares_are_known_modulo_fermat_numbers,
                      0, 9);
  tcase_add_test(known, factors_are_a_way_around);
  suite_add_tcase(s, agree);
  suite_add_tcase(s, known);
  return suite_run(s);
}
