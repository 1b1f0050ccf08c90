/* Each task: run, circuit and reference agree; depth and gates are those of
   its formula. */
#include "circuit/measure.h"
#include "tests/suite.h"
#include "tests/tasks/task_case.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <flint/fmpz_vec.h>

/* Inner gates, of some depth, and outputs that are gates of their own. */
static void with_outputs(struct task_case *k, size_t depth, size_t gates,
                         size_t outputs) {
  k->depth_inner = depth;
  k->gates_inner = gates;
  k->depth = depth + (outputs > 0);
  k->gates = gates + outputs;
}

/* The least sum of R - 1 over `digits` radices R with a product above `most`:
   the gates of the lowest digit, and those of the digits above. */
static size_t digit_gates(long digits, long most) {
  size_t best = (size_t)most;
  for (long radix = 1; digits > 1 && radix <= most + 1; radix++) {
    size_t gates = (size_t)radix - 1 + digit_gates(digits - 1, most / radix);
    best = gates < best ? gates : best;
  }
  return best;
}

static void parity_costs(struct task_case *k) {
  long most = k->value[0] / 2, depth = 1;
  while (digit_gates(depth, most) > digit_gates(k->value[1] - 1, most))
    depth++;
  with_outputs(k, (size_t)depth, digit_gates(depth, most), 1);
}

static const struct task_row cases[] = {
    {"parity", {1, 2}, 0, 0, 0, 0},
    {"parity", {2, 2}, 2, 2, 1, 1},
    {"parity", {7, 2}, 2, 4, 1, 3},
    {"parity", {12, 2}, 2, 7, 1, 6},
    {"parity", {1024, 2}, 2, 513, 1, 512},
    {"parity", {1024, 3}, 3, 45, 2, 44},
    {"parity", {1024, 4}, 4, 23, 3, 22},
    {"parity", {1024, 5}, 5, 17, 4, 16},
    {"parity", {1024, 10}, 9, 11, 8, 10},
    {"parity", {1024, 1000000}, 9, 11, 8, 10},
    {"parity", {1, 3}, 0, 0, 0, 0},
    {"majority", {1}, 0, 0, 0, 0},
    {"majority", {2}, 1, 1, 1, 1},
    {"majority", {9}, 1, 1, 1, 1},
    {"majority", {1001}, 1, 1, 1, 1},
    {"compare", {1}, 1, 1, 1, 1},
    {"compare", {6}, 1, 1, 1, 1},
    {"compare", {200}, 1, 1, 1, 1},
    {"add", {1}, 2, 2, 1, 1},
    {"add", {6}, 2, 12, 1, 6},
    {"add", {64}, 2, 128, 1, 64},
    {"add", {1, 1}, 2, 2, 1, 1},
    {"add", {2, 1}, 2, 4, 1, 2},
    {"add", {64, 1}, 3, 438, 2, 373},
    {"multiply", {1, 1}, 1, 1, 1, 1},
    {"multiply", {2, 1}, 3, 8, 2, 6},
    {"multiply", {8, 1}, 4, 200, 3, 185},
    {"multiply", {1}, 1, 1, 1, 1},
    {"multiply", {2}, 3, 8, 2, 6},
    {"multiply", {4}, 3, 34, 2, 28},
    {"multiply", {8}, 3, 134, 2, 120},
    {"multiply", {16}, 3, 526, 2, 496},
    {"multiply", {32}, 3, 2078, 2, 2016},
    {"sum", {3, 4}, 2, 12, 1, 7},
    {"sum", {4, 4}, 2, 16, 1, 11},
    {"sum", {8, 8}, 2, 62, 1, 52},
    {"max", {8, 8}, 3, 100, 2, 92},
    {"max", {16, 8}, 3, 256, 2, 248},
    {"sort", {3, 4}, 3, 39, 2, 27},
    {"sort", {4, 4}, 3, 70, 2, 54},
    {"sort", {8, 8}, 3, 540, 2, 476},
    {"square", {8}, 3, 69, 2, 56},
    {"square", {16}, 3, 269, 2, 240},
    {"divide", {8, 0, 0, 0}, 3, 55, 2, 49},
    {"divide", {8, 0, 0, 2}, 2, 262, 1, 255},
    {"divide", {16, 0, 0, 3}, 3, 899, 2, 885},
    {"divide", {16, 0, 0, 5}, 5, 229, 4, 217},
    {"divide", {1, 0, 1, 3}, 2, 2, 1, 1},
    {"divide", {2, 0, 1, 3}, 3, 6, 2, 4},
    {"divide", {5, 0, 1, 3}, 3, 179, 2, 174},
    {"divide", {6, 0, 1, 0}, 3, 564, 2, 558},
    {"divide", {8, 0, 1, 0}, 3, 2174, 2, 2166},
    {"divide", {8, 3}, 2, 22, 1, 16},
    {"divide", {8, 13}, 2, 12, 1, 8},
    {"divide", {8, 100}, 2, 3, 1, 2},
    {"divide", {16, 10}, 2, 64, 1, 52},
    {"divide", {16, 1000}, 2, 14, 1, 8},
    {"divide", {32, 65521}, 2, 43, 1, 27},
    {"divide", {8, 1}, 0, 0, 0, 0},
    {"divide", {8, 32}, 0, 0, 0, 0},
    {"divide", {4, 99}, 0, 0, 0, 0},
    {"remainder", {4, 0, 0, 0}, 3, 33, 2, 30},
    {"remainder", {8, 0, 0, 3}, 3, 528, 2, 521},
    {"remainder", {8, 0, 0, 4}, 4, 129, 3, 122},
    {"remainder", {16, 0, 0, 5}, 5, 831, 4, 816},
    {"remainder", {5, 0, 1, 4}, 4, 308, 3, 304},
    {"remainder", {8, 3, 0, 2}, 2, 10, 1, 8},
    {"remainder", {8, 100, 0, 2}, 2, 122, 1, 115},
    {"remainder", {16, 10, 0, 2}, 2, 49, 1, 45},
    {"remainder", {16, 10, 0, 3}, 3, 12, 2, 10},
    {"remainder", {8, 64, 0, 3}, 0, 0, 0, 0},
    {"remainder", {8, 1, 0, 2}, 0, 0, 0, 0},
    {"root", {1, 3}, 0, 0, 0, 0},
    {"root", {2, 2}, 1, 1, 1, 1},
    {"root", {4, 3}, 2, 2, 2, 2},
    {"root", {6, 3}, 2, 5, 2, 4},
    {"root", {12, 2}, 2, 68, 1, 63},
    {"root", {12, 3}, 3, 18, 2, 14},
    {"root", {16, 3}, 3, 36, 2, 30},
    {"root", {13, 3}, 3, 23, 2, 18},
    {"product", {1, 9, 4}, 0, 0, 0, 0},
    {"product", {3, 1, 4}, 2, 2, 1, 1},
    {"product", {2, 2, 4}, 4, 30, 3, 26},
    {"product", {2, 2, 5}, 5, 24, 4, 21},
    {"product", {3, 4, 4}, 4, 374, 3, 362},
    {"product", {4, 4, 4}, 4, 633, 3, 617},
    {"product", {4, 4, 5}, 5, 327, 4, 312},
    {"power", {8, 1, 0}, 0, 0, 0, 0},
    {"power", {2, 2, 0}, 3, 3, 2, 2},
    {"power", {4, 2, 0}, 3, 17, 2, 12},
    {"power", {8, 2, 0}, 3, 69, 2, 56},
    {"power", {8, 3, 0}, 3, 306, 2, 286},
    {"power", {8, 3, 1}, 3, 594, 2, 570},
    {"power", {8, 3, 2}, 2, 278, 1, 255},
    {"power", {16, 2, 0}, 3, 269, 2, 240},
    {"fingerprint", {1, 1}, 2, 3, 1, 2},
    {"fingerprint", {4, 1}, 3, 11, 3, 11},
    {"fingerprint", {4, 2}, 3, 21, 3, 21},
    {"fingerprint", {7, 3}, 3, 52, 3, 52},
    {"fingerprint", {4, 1, 1}, 3, 12, 3, 12},
    {"fingerprint", {4, 2, 31}, 3, 22, 3, 22},
    {"rule", {110, 8, 1, 0, 1}, 2, 24, 1, 16},
    {"rule", {110, 9, 5, 0, 1}, 6, 99, 5, 90},
    {"rule", {110, 24, 20, 0, 1}, 21, 984, 20, 960},
    {"rule", {30, 8, 3, 0, 1}, 4, 56, 3, 48},
    {"rule", {150, 10, 4, 0, 1}, 5, 130, 4, 120},
    {"rule", {110, 7, 0, 0, 1}, 0, 0, 0, 0},
    {"rule", {0, 7, 3, 0, 1}, 0, 0, 0, 0},
    {"rule", {51, 7, 1, 0, 1}, 1, 7, 0, 0},
    {"rule", {232, 11, 2, 0, 1}, 2, 22, 2, 22},
};

static void symmetric_costs(struct task_case *k) {
  size_t c = 0, root = 1;
  for (long i = 1; i <= k->value[0]; i++)
    c += (k->value[1] >> i & 1) != (k->value[1] >> (i - 1) & 1);
  while ((root + 1) * (root + 1) <= 4 * c + 1)
    root++;
  if (k->value[2] == 3 && root < c / 2 + 1)
    with_outputs(k, 2, root - 1, 1);
  else
    with_outputs(k, c > 1 ? 2 : c, c ? c / 2 + 1 : 0, 0);
  if (k->value[0] == 1 && k->value[1] == 1) // not x: no gate as a number
    with_outputs(k, 0, 0, 1);
}

/* Carries that m numbers leave in column k. */
static size_t carries(size_t m, size_t k) {
  return m - ((m - 1) >> k) - 1;
}

static void sum_costs(struct task_case *k) {
  size_t m = (size_t)k->value[0], n = (size_t)k->value[1], gates = 0, top = 0;
  for (size_t i = 1; i <= n; i++)
    gates += carries(m, i);
  while (carries(m, n) >> top)
    top++;
  if (m > 1)
    with_outputs(k, 1, gates, n + top - 1);
}

static void square_costs(struct task_case *k) {
  size_t n = (size_t)k->value[0];
  if (n > 1)
    with_outputs(k, 2, n * n - n, 2 * n - 3);
}

/* By comparisons with `rungs` gates for each bit, or by counting if that is
   fewer. */
static void order_costs(struct task_case *k, size_t rungs, size_t places) {
  size_t m = (size_t)k->value[0], n = (size_t)k->value[1];
  size_t pairs = m * (m - 1) / 2 + m * n * rungs;
  size_t values = n < 20 ? (1U << n) - 1 : 1UL << 40;
  size_t counts = (n > 1 ? m * values : 0) + places * values;
  if (m > 1 && counts + places * (n - 1) < pairs + places * n)
    with_outputs(k, n > 1 ? 2 : 1, counts, places * (n - 1));
  else if (m > 1)
    with_outputs(k, 2, pairs, places * n);
}

static void max_costs(struct task_case *k) {
  order_costs(k, 1, 1);
}

static void median_costs(struct task_case *k) {
  order_costs(k, k->value[0] > 2 ? 2 : 1, 1);
}

static void sort_costs(struct task_case *k) {
  order_costs(k, (size_t)k->value[0] - 1, (size_t)k->value[0]);
}

static void argmax_costs(struct task_case *k) {
  size_t m = (size_t)k->value[0], shared = 0;
  bool pairs = k->value[1] > 1;
  for (size_t bit = 0; m >> bit; bit++) {
    size_t have = 0;
    for (size_t i = 0; i < m; i++)
      have += i >> bit & 1;
    shared += have > 1;
  }
  if (m == 2)
    with_outputs(k, 1, 1, 0);
  else if (m > 2)
    with_outputs(k, 1 + pairs, (pairs ? m * (m - 1) / 2 : 0) + m - 1, shared);
}

/* Steps of the function, as the answer has it, and bits that change more than
   once from 0 to 1. */
static void fixed_costs(struct task_case *k) {
  const struct family *task = task_find(k->task);
  size_t steps = 0, outputs = 0, rises[128] = {0}, falls[128] = {0}, width;
  fmpz_t x, y, last;
  fmpz_init(x);
  fmpz_init(y);
  fmpz_init(last);
  task->answer(k->value, x, last);
  width = fmpz_sgn(last) < 0 ? fmpz_bits(last) : 128; // the lowest has 1000...
  for (long i = 1; i < 1L << k->value[0]; i++) {
    fmpz_set_si(x, i);
    task->answer(k->value, x, y);
    steps += !fmpz_equal(y, last);
    for (size_t j = 0; j < width; j++) {
      rises[j] += fmpz_tstbit(y, j) > fmpz_tstbit(last, j);
      falls[j] += fmpz_tstbit(y, j) < fmpz_tstbit(last, j);
    }
    fmpz_set(last, y);
  }
  for (size_t j = 0; j < width; j++)
    outputs += rises[j] > 1 || falls[j] > 0;
  if (k->value[0] > 1)
    with_outputs(k, 1, steps, outputs);
  else
    with_outputs(k, 0, 0, outputs);
  fmpz_clear(x);
  fmpz_clear(y);
  fmpz_clear(last);
}

static size_t bit_length(size_t x) {
  size_t n = 0;
  while (x >> n)
    n++;
  return n;
}

/* weights=poly, n >= 3. */
static void add_costs(struct task_case *k) {
  size_t n = (size_t)k->value[0], b = bit_length(n), gates = n;
  for (size_t i = 0; i < n; i++)
    gates += i / b + (i / b > 0 && i % b > 0);
  with_outputs(k, 2, gates, n + 1);
  k->weight_bits = b;
}

/* Pairs of bits in columns [from..to) of a product, in units of 2^from. */
static size_t pairs_in(size_t n, size_t from, size_t to) {
  size_t sum = 0;
  for (size_t j = from; j < to; j++)
    sum += (j < n ? j + 1 : 2 * n - 1 - j) << (j - from);
  return sum;
}

/* weights=poly, n >= 3. */
static void multiply_costs(struct task_case *k) {
  size_t n = (size_t)k->value[0], gates = n * n, v = bit_length(n - 2);
  size_t b = bit_length(2 * n * n) - v;
  for (size_t i = 1; i < 2 * n; i++) {
    size_t begin = (i - 1) / b * b, from = begin > v ? begin - v : 0;
    size_t sum = pairs_in(n, from, i);
    gates += sum >> (i - from);
    if (begin > v)
      gates += ((sum + ((size_t)1 << v)) >> (i - from)) + begin / b - (b == v);
    if (i % b == 0 && i > v && i < 2 * n - 1)
      gates += pairs_in(n, i - v, i) >> v;
  }
  with_outputs(k, 3, gates, 2 * n - 1);
  k->weight_bits = bit_length(2 * n * n);
}

/* The fewest gates for the w lowest bits of a quotient in some levels, the
   lengths of digits tried from 1 on; `length` gets them, 0 after the last. */
static size_t best_digits(size_t n, size_t w, size_t levels, size_t *length) {
  size_t best = SIZE_MAX, tried[64];
  length[0] = 0;
  for (size_t h = 1; h <= w; h++) {
    size_t rest = w - h, gates = ((size_t)1 << h) - 1 + h - 1;
    if (!levels && w > 1)
      break;
    for (size_t b = 1; rest && b < (size_t)1 << h; b++)
      for (size_t j = 0; b << (rest + j) < (size_t)1 << n; j++)
        gates++;
    size_t after =
        rest ? best_digits(n, rest, levels ? levels - 1 : 0, tried + 1) : 0;
    if (!rest)
      tried[1] = 0;
    if (after == SIZE_MAX || gates + after >= best)
      continue;
    best = gates + after;
    tried[0] = h;
    memcpy(length, tried, sizeof tried - (n - w) * sizeof *tried);
  }
  return best;
}

static void divide_costs(struct task_case *k) {
  size_t n = (size_t)k->value[0], length[65], outputs = 0;
  k->gates = best_digits(n, n, (size_t)k->value[3] - 1, length);
  for (size_t i = 0; length[i]; i++) {
    outputs += length[i] - 1;
    k->depth_inner = i + 1;
    if (k->depth < i + 1 + (length[i] > 1))
      k->depth = i + 1 + (length[i] > 1);
  }
  k->gates_inner = k->gates - outputs;
}

/* What a formula says for these parameters. */
static const struct task_formula formulas[] = {
    {"parity", {2, 9}, parity_costs},
    {"parity", {3, 3}, parity_costs},
    {"parity", {8, 3}, parity_costs},
    {"parity", {11, 4}, parity_costs},
    {"parity", {12, 5}, parity_costs},
    {"parity", {100, 4}, parity_costs},
    {"parity", {301, 5}, parity_costs},
    {"parity", {63, 6}, parity_costs},
    {"symmetric", {1, 0, 2}, symmetric_costs},
    {"symmetric", {1, 1, 2}, symmetric_costs},
    {"symmetric", {5, 63, 3}, symmetric_costs},
    {"symmetric", {7, 15, 2}, symmetric_costs},
    {"symmetric", {7, 240, 3}, symmetric_costs},
    {"symmetric", {9, 18, 3}, symmetric_costs},
    {"symmetric", {8, 341, 2}, symmetric_costs},
    {"symmetric", {8, 341, 3}, symmetric_costs},
    {"symmetric", {12, 2730, 3}, symmetric_costs},
    {"symmetric", {12, 5461, 3}, symmetric_costs},
    {"symmetric", {12, 6321, 3}, symmetric_costs},
    {"symmetric", {40, 0x155a95a5a5a, 3}, symmetric_costs},
    {"symmetric", {60, 0x1555555555555555, 3}, symmetric_costs},
    {"symmetric", {14, 0x2aaa, 3}, symmetric_costs},
    {"symmetric", {14, 0x5555, 3}, symmetric_costs},
    {"symmetric", {13, 0x1555, 3}, symmetric_costs},
    {"sum", {1, 5}, sum_costs},
    {"sum", {2, 1}, sum_costs},
    {"sum", {3, 1}, sum_costs},
    {"sum", {12, 1}, sum_costs},
    {"sum", {5, 2}, sum_costs},
    {"sum", {4, 3}, sum_costs},
    {"sum", {7, 9}, sum_costs},
    {"sum", {16, 16}, sum_costs},
    {"square", {1}, square_costs},
    {"square", {2}, square_costs},
    {"square", {3}, square_costs},
    {"square", {4}, square_costs},
    {"square", {9}, square_costs},
    {"square", {12}, square_costs},
    {"square", {40}, square_costs},
    {"max", {1, 5}, max_costs},
    {"max", {6, 1}, max_costs},
    {"max", {2, 2}, max_costs},
    {"max", {2, 6}, max_costs},
    {"max", {4, 3}, max_costs},
    {"max", {6, 2}, max_costs},
    {"max", {3, 60}, max_costs},
    {"max", {9, 7}, max_costs},
    {"argmax", {1, 5}, argmax_costs},
    {"argmax", {2, 1}, argmax_costs},
    {"argmax", {2, 6}, argmax_costs},
    {"argmax", {8, 1}, argmax_costs},
    {"argmax", {3, 4}, argmax_costs},
    {"argmax", {4, 3}, argmax_costs},
    {"argmax", {6, 2}, argmax_costs},
    {"argmax", {9, 7}, argmax_costs},
    {"argmax", {17, 5}, argmax_costs},
    {"sort", {1, 5}, sort_costs},
    {"sort", {2, 1}, sort_costs},
    {"sort", {12, 1}, sort_costs},
    {"sort", {2, 6}, sort_costs},
    {"sort", {3, 4}, sort_costs},
    {"sort", {4, 3}, sort_costs},
    {"sort", {6, 2}, sort_costs},
    {"sort", {5, 20}, sort_costs},
    {"sort", {9, 3}, sort_costs},
    {"median", {1, 5}, median_costs},
    {"median", {2, 6}, median_costs},
    {"median", {12, 1}, median_costs},
    {"median", {3, 4}, median_costs},
    {"median", {4, 3}, median_costs},
    {"median", {5, 2}, median_costs},
    {"median", {6, 2}, median_costs},
    {"median", {8, 9}, median_costs},
    {"exp", {1, 3}, fixed_costs},
    {"exp", {2, 0}, fixed_costs},
    {"exp", {6, 3}, fixed_costs},
    {"exp", {8, 8}, fixed_costs},
    {"exp", {7, 64}, fixed_costs},
    {"log", {1, 3}, fixed_costs},
    {"log", {2, 0}, fixed_costs},
    {"log", {6, 3}, fixed_costs},
    {"log", {8, 8}, fixed_costs},
    {"log", {7, 64}, fixed_costs},
    {"sqrt", {1, 3}, fixed_costs},
    {"sqrt", {2, 0}, fixed_costs},
    {"sqrt", {6, 3}, fixed_costs},
    {"sqrt", {11, 4}, fixed_costs},
    {"sqrt", {7, 64}, fixed_costs},
    {"reciprocal", {1, 3}, fixed_costs},
    {"reciprocal", {2, 0}, fixed_costs},
    {"reciprocal", {6, 3}, fixed_costs},
    {"reciprocal", {8, 0}, fixed_costs},
    {"reciprocal", {7, 64}, fixed_costs},
    {"divide", {1, 0, 0, 2}, divide_costs},
    {"divide", {2, 0, 0, 3}, divide_costs},
    {"divide", {3, 0, 0, 3}, divide_costs},
    {"divide", {4, 0, 0, 3}, divide_costs},
    {"divide", {6, 0, 0, 4}, divide_costs},
    {"divide", {7, 0, 0, 7}, divide_costs},
    {"divide", {9, 0, 0, 4}, divide_costs},
    {"divide", {10, 0, 0, 20}, divide_costs},
    {"divide", {11, 0, 0, 2}, divide_costs},
    {"divide", {12, 0, 0, 3}, divide_costs},
    {"divide", {13, 0, 0, 6}, divide_costs},
    {"add", {3, 1}, add_costs},
    {"add", {4, 1}, add_costs},
    {"add", {5, 1}, add_costs},
    {"add", {6, 1}, add_costs},
    {"add", {16, 1}, add_costs},
    {"add", {100, 1}, add_costs},
    {"multiply", {3, 1}, multiply_costs},
    {"multiply", {4, 1}, multiply_costs},
    {"multiply", {5, 1}, multiply_costs},
    {"multiply", {6, 1}, multiply_costs},
    {"multiply", {10, 1}, multiply_costs},
    {"multiply", {16, 1}, multiply_costs},
    {"multiply", {24, 1}, multiply_costs},
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

/* From tables of these functions: sqrt 2, e^(1/2), log 2 and 1/3 to 30 bits and
   more, ties, and what stands for values that are not there. */
START_TEST(known_values_of_functions_are_answered) {
  static const struct {
    const char *task;
    fmpz value[2], x;
    const char *y;
  } row[] = {
      {"exp", {1, 40}, 1, "1812788208096"},
      {"exp", {8, 8}, 0, "256"},
      {"log", {1, 40}, 1, "-762123384786"},
      {"log", {8, 8}, 0, "-2048"},
      {"log", {1, 0}, 1, "-1"},
      {"sqrt", {1, 40}, 1, "777472127994"},
      {"sqrt", {8, 4}, 1, "1"},
      {"sqrt", {4, 1}, 1, "0"}, // a half
      {"sqrt", {4, 1}, 9, "2"}, // one and a half
      {"sqrt", {2, 0}, 1, "0"}, // a half
      {"reciprocal", {8, 1}, 3, "171"},
      {"reciprocal", {2, 0}, 0, "7"},
      {"reciprocal", {3, 1}, 5, "3"},
  };
  fmpz_t y, want;
  fmpz_init(y);
  fmpz_init(want);
  for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
    task_find(row[i].task)->answer(row[i].value, &row[i].x, y);
    fmpz_set_str(want, row[i].y, 10);
    ck_assert_msg(fmpz_equal(y, want), "row %zu: %s", i,
                  fmpz_get_str(NULL, 10, y));
  }
  fmpz_clear(y);
  fmpz_clear(want);
}
END_TEST

/* Issue: at most 3 gates a cell and step for all rules. */
START_TEST(every_rule_takes_at_most_three_gates_a_cell_and_step) {
  const fmpz value[] = {_i, 5, 2, 0, 1};
  struct trial t;
  struct measure m;
  bool bit[5];
  trial_init(&t, &task_rule, value);
  measure_init(&m);
  circuit_measure(&t.c, &m);
  ck_assert_uint_le(mpz_get_ui(m.gates_inner), 3 * 5 * 2);
  for (unsigned v = 0; v < 32; v++) {
    for (unsigned i = 0; i < 5; i++)
      bit[i] = v >> i & 1;
    trial_judge(&t, &task_rule, value, bit);
  }
  measure_clear(&m);
  trial_clear(&t);
}
END_TEST

START_TEST(tasks_are_listed_by_name_with_standard_values_in_range) {
  for (size_t i = 0; tasks[i]; i++) {
    ck_assert_ptr_eq(task_find(tasks[i]->name), tasks[i]);
    ck_assert(!i || strcmp(tasks[i - 1]->name, tasks[i]->name) < 0);
    const struct complexity *c = &tasks[i]->complexity;
    ck_assert(c->class && c->says && c->source);
    ck_assert(!strcmp(c->status, "proved") ||
              !strcmp(c->status, "conditional"));
    ck_assert(!tasks[i]->promise.text ||
              (tasks[i]->promise.keeps && tasks[i]->draw));
    for (const struct family_parameter *q = tasks[i]->parameters; q->name; q++)
      ck_assert(q->least <= q->standard && q->standard <= q->most);
  }
  ck_assert_ptr_null(task_find("nothing"));
}
END_TEST

int main(void) {
  const int n = CASES + FORMULAS;
  Suite *s = suite_create("tasks");
  TCase *agree = tcase_create("agree"), *claims = tcase_create("claims");
  tcase_set_timeout(agree, 120);
  tcase_add_loop_test(agree, run_circuit_and_reference_agree, 0, n);
  tcase_add_test(agree, tasks_are_listed_by_name_with_standard_values_in_range);
  tcase_add_test(claims, known_values_of_functions_are_answered);
  tcase_add_loop_test(claims, depth_and_gates_are_those_of_the_formula, 0, n);
  tcase_add_loop_test(
      claims, every_rule_takes_at_most_three_gates_a_cell_and_step, 0, 256);
  suite_add_tcase(s, agree);
  suite_add_tcase(s, claims);
  return suite_run(s);
}
