/* What transformer blocks are made of: numbers on every input of small scenes,
   operations on every input of small tensors */
#include "compile/program/attention.h"
#include "compile/program/operations.h"
#include "tests/compile/operands.h"
#include "tests/compile/scene.h"
#include "tests/compile/trial.h"
#include "tests/compile/written.h"
#include "tests/suite.h"

#include <math.h>
#include <stdlib.h>

#include <check.h>

static int rounds(int quick) {
  return is_full_run() ? 50 * quick : quick;
}

static long floor_div(long a, long b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0));
}

static long clip(long x, long lo, long hi) {
  return x < lo ? lo : x > hi ? hi : x;
}

/* ---- Numbers ---- */

static const int remainder_table = 6;

static void gated(mpz_t *y, const long *x, const void *context) {
  mpz_set_si(y[0], x[1] >= *(const long *)context
                       ? scene_table(remainder_table, x[0])
                       : 0);
}

START_TEST(a_staircase_where_a_bit_allows_it_agrees) {
  struct scene s;
  struct number r, b;
  struct staircase stairs;
  struct function f = scene_function(&remainder_table);
  long t = _i % 11 - 5;
  mpz_t lo, hi;
  scene_init(&s, (unsigned)_i);
  number_init(&r);
  number_init(&b);
  staircase_init(&stairs);
  mpz_init_set_si(lo, mpz_get_si(s.x[0].lo) - 3);
  mpz_init_set_si(hi, mpz_get_si(s.x[0].hi) + 3);
  staircase_of(&stairs, &f, lo, hi); // stairs that x cannot reach besides
  number_at_least_si(&s.c, &b, &s.x[1], t);
  number_staircase_and(&s.c, &r, &s.x[0], &stairs, &b);
  scene_judge(&s, &r, 1, gated, &t);
  staircase_clear(&stairs);
  mpz_clears(lo, hi, NULL);
  number_clear(&r);
  number_clear(&b);
  scene_clear(&s);
}
END_TEST

/* x0 / (x1 - least + 1), half up: that of twice it, halved once more. */
static void ratio(mpz_t *y, const long *x, const void *context) {
  long z = x[1] - *(const long *)context + 1;
  mpz_set_si(y[0], clip(floor_div(floor_div(2 * x[0], z) + 1, 2), -4, 3));
}

START_TEST(ratios_agree) {
  struct scene s;
  struct number r, z;
  scene_init(&s, (unsigned)_i);
  number_init(&r);
  number_init(&z);
  long least = mpz_get_si(s.x[1].lo);
  number_add_si(&z, &s.x[1], 1 - least);
  if (_i % 3 && !number_is_constant(&z))
    number_ratio_split(&s.c, &r, &s.x[0], &z, -4, 3, _i % 3 == 2);
  else
    number_ratio(&s.c, &r, &s.x[0], &z, -4, 3);
  scene_judge(&s, &r, 1, ratio, &least);
  number_clear(&r);
  number_clear(&z);
  scene_clear(&s);
}
END_TEST

struct normal_case {
  long gain, divisor, bias, shift, lo, hi, least;
  int operand;
  const long *table;
};

static long root(long x) {
  long r = 0;
  while ((r + 1) * (r + 1) <= x)
    r++;
  return r;
}

/* Twice sqrt(gain / divisor) u / sqrt(v), rounded down, and then all else: what
   is compared with integers may be rounded down first. */
static long normal_of(const struct normal_case *k, long u, long v) {
  long square = 4 * k->gain * u * u, by = k->divisor * v;
  long twice = root(square / by);
  if (u < 0)
    twice = -twice - (twice * twice * by < square);
  long q = floor_div(twice + 2 * k->bias + (1L << k->shift), 2L << k->shift);
  q = clip(q, k->lo, k->hi);
  return k->table ? k->table[q - k->lo] : q;
}

static void normals(mpz_t *y, const long *x, const void *context) {
  const struct normal_case *k = context;
  mpz_set_si(y[0], normal_of(k, x[k->operand], x[1] - k->least + 1));
}

static const long some_table[] = {0, 0, -1, -1, 0, 2, 2, 3};

static struct normal_case draw_case(int i) {
  return (struct normal_case){.gain = 1 + i % 5 * 7,
                              .divisor = 1 + i % 3,
                              .bias = i % 9 - 4,
                              .shift = i % 4,
                              .lo = -4,
                              .hi = 3,
                              .table = i % 2 ? some_table : NULL};
}

/* The case as the compiler has it; gain, divisor and bias are in z[0..3). */
static struct normal normal_for(const struct normal_case *k, mpz_t *z) {
  mpz_init_set_si(z[0], k->gain);
  mpz_init_set_si(z[1], k->divisor);
  mpz_init_set_si(z[2], k->bias);
  return (struct normal){
      z[0],  z[1],    k->bias ? z[2] : NULL, (unsigned long)k->shift, k->lo,
      k->hi, k->table};
}

static size_t changes(const long *table, size_t n) {
  size_t k = 0;
  for (size_t i = 1; i < n; i++)
    k += !table || table[i] != table[i - 1];
  return k;
}

START_TEST(normals_of_one_ladder_and_of_squares_agree) {
  struct scene s;
  struct number r, v, square, sign;
  mpz_t z[3];
  scene_init(&s, (unsigned)_i / 2);
  struct normal_case k = draw_case(_i / 2);
  struct normal f = normal_for(&k, z);
  k.least = mpz_get_si(s.x[1].lo);
  number_init(&r);
  number_init(&v);
  number_init(&square);
  number_init(&sign);
  number_add_si(&v, &s.x[1], 1 - k.least);
  for (int i = 2; i < SCENE_OPERANDS; i++)
    if (_i % 2 == 0 && s.x[i].terms.n <= 1)
      k.operand = i;
  if (_i % 2) {
    number_mul(&s.c, &square, &s.x[0], &s.x[0]);
    number_at_least_si(&s.c, &sign, &s.x[0], 0);
    number_normal_square(&s.c, &r, &square, &sign, &v, &f);
  } else if (s.x[k.operand].terms.n <= 1) {
    number_normal(&s.c, &r, &s.x[k.operand], &v, &f);
  }
  if (_i % 2 || s.x[k.operand].terms.n <= 1) // else there is no operand
    scene_judge(&s, &r, 1, normals, &k);
  ck_assert_uint_le(r.terms.n, changes(k.table, 8));
  number_clear(&r);
  number_clear(&v);
  number_clear(&square);
  number_clear(&sign);
  for (int i = 0; i < 3; i++)
    mpz_clear(z[i]);
  scene_clear(&s);
}
END_TEST

static long value_of(const struct normal *f, long u, long v) {
  mpz_t x, z;
  mpz_init_set_si(x, u);
  mpz_init_set_si(z, v);
  long y = normal_value(f, x, z);
  mpz_clears(x, z, NULL);
  return y;
}

/* Beyond the reach nothing changes, whatever v is; just inside, something. */
START_TEST(the_reach_of_a_normal_is_the_least_there_is) {
  enum {
    MOST = 30
  };
  struct normal_case k = draw_case(_i);
  mpz_t z[3], low, high, most;
  struct normal f = normal_for(&k, z);
  mpz_inits(low, high, NULL);
  mpz_init_set_si(most, MOST);
  normal_reach(low, high, &f, most);
  long below = mpz_get_si(low), above = mpz_get_si(high);
  for (long v = 1; v <= MOST; v++)
    for (long u = 0; u < 100; u++) {
      ck_assert_int_eq(normal_of(&k, above + u, v), value_of(&f, above + u, v));
      ck_assert_int_eq(value_of(&f, above + u, v), value_of(&f, above, 1));
      ck_assert_int_eq(value_of(&f, -below - u, v), value_of(&f, -below, 1));
    }
  if (above > 0)
    ck_assert_int_ne(value_of(&f, above - 1, MOST), value_of(&f, above, MOST));
  if (below > 0)
    ck_assert_int_ne(value_of(&f, 1 - below, MOST), value_of(&f, -below, MOST));
  mpz_clears(low, high, most, NULL);
  for (int i = 0; i < 3; i++)
    mpz_clear(z[i]);
}
END_TEST

/* r = (2x - 7) / (z + 1), a chain, is of 3 bits; w, less 3, has its own. */
START_TEST(a_chain_times_input_bits_is_an_and_for_each_pair_of_bits) {
  struct operands o;
  struct number u, z, r, w, product;
  mpz_t got;
  operands_init(&o, (unsigned[]){3, 2, 3}, 3);
  mpz_init(got);
  number_init(&u);
  number_init(&z);
  number_init(&r);
  number_init(&w);
  number_init(&product);
  number_mul_si(&o.c, &u, &o.x[0], 2);
  number_add_si(&u, &u, -7);
  number_add_si(&z, &o.x[1], 1);
  number_ratio(&o.c, &r, &u, &z, -4, 3);
  ck_assert(r.is_chain);
  size_t before = number_gates(&o.c, &r, 1);
  number_add_si(&w, &o.x[2], -3);
  number_mul(&o.c, &product, _i ? &w : &r, _i ? &r : &w);
  ck_assert_uint_eq(number_gates(&o.c, &product, 1), before + 3 * 3);
  for (uint64_t v = 0; v < (uint64_t)1 << o.bits; v++) {
    operands_set(&o, v);
    operands_value(got, &o, &product);
    long x = 2 * mpz_get_si(o.at[0]) - 7, y = mpz_get_si(o.at[1]) + 1;
    long q = clip(floor_div(2 * x + y, 2 * y), -4, 3);
    ck_assert_int_eq(mpz_get_si(got), q * (mpz_get_si(o.at[2]) - 3));
  }
  number_clear(&u);
  number_clear(&z);
  number_clear(&r);
  number_clear(&w);
  number_clear(&product);
  mpz_clear(got);
  operands_clear(&o);
}
END_TEST

/* ---- round ---- */

/* Whether x has at most so many bits between its first and its last 1. */
static bool is_short(unsigned mantissa, long x) {
  x = labs(x);
  while (x && x % 2 == 0)
    x /= 2;
  return !mantissa || x < 1L << mantissa;
}

/* The short one that is nearest to z, of two the one farther from 0. */
static long nearest_short(unsigned mantissa, long z) {
  long best = 0;
  for (long away = 0;; away++)
    for (int sign = 1; sign >= -1; sign -= 2) {
      best = z + (z < 0 ? -sign : sign) * away;
      if (is_short(mantissa, best))
        return best;
    }
}

static long rounded(const struct rounding *f, long x) {
  long z = floor_div(2 * f->multiplier * x + f->divisor, 2 * f->divisor);
  return clip(nearest_short(f->mantissa, z), f->lo, f->hi);
}

static void rounded_ones(const void *f, const long *in, long *out) {
  out[0] = rounded(f, in[0]);
}

START_TEST(round_takes_a_gate_for_each_value_but_one) {
  static const struct rounding all[] = {
      {1, 1, 0, -100, 77}, {1, 4, 0, -8, 7},     {3, 7, 0, -1000, 1000},
      {2, 5, 0, 3, 9},     {1, 1, 1, -512, 512}, {1, 1, 2, -512, 512},
      {1, 3, 2, -48, 96},  {5, 3, 3, -896, 896}, {1, 1, 4, 0, 480},
      {1, 2, 3, -0, 0},    {7, 1, 2, -3072, 24}, {1, 1, 5, -20, 352},
      {1, 8, 0, -64, 63},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    size_t values = 0;
    for (long x = -512; x < 512; x++)
      values += x == -512 || rounded(&all[i], x) != rounded(&all[i], x - 1);
    value_id x = input(scalar(), 10, true);
    value_id y = program_round(&p, "round", x, &all[i]);
    bool is_whole = all[i].multiplier == 1 && all[i].divisor == 1 &&
                    !all[i].mantissa && all[i].lo <= -512 && all[i].hi >= 511;
    output(y);
    costs(y, values > 1 && !is_whole, is_whole ? 0 : values - 1);
    trial_judge(&p, NULL, rounded_ones, &all[i]);
    again();
  }
}
END_TEST

START_TEST(the_least_short_number_above_is_found) {
  for (unsigned mantissa = 0; mantissa <= 5; mantissa++)
    for (long x = 0; x < 300; x++) {
      long y = rounding_ceil(mantissa, x);
      ck_assert(y >= x && is_short(mantissa, y));
      for (long z = x; z < y; z++)
        ck_assert(!is_short(mantissa, z));
    }
}
END_TEST

static void copied_one(const void *context, const long *in, long *out) {
  (void)context;
  out[0] = in[0];
}

START_TEST(what_is_a_multiple_in_all_its_parts_is_divided_for_nothing) {
  value_id x = input(scalar(), 6, true);
  value_id y = program_combine(&p, "scaled", &x, (long[]){12}, 1, 0);
  y = program_round(&p, "round", y, &(struct rounding){1, 12, 0, -32, 31});
  output(y);
  costs(y, 0, 0);
  trial_judge(&p, NULL, copied_one, NULL);
}
END_TEST

/* ---- normal ---- */

/* u of two places along a row of two, v = 1 + the sum of squares. */
static void normals_in_rows(const void *context, const long *in, long *out) {
  static const long bias[] = {2, -3};
  struct normal_case k = *(const struct normal_case *)context;
  for (int i = 0; i < 4; i++) {
    long a = in[i / 2 * 2], b = in[i / 2 * 2 + 1];
    k.bias = bias[i % 2];
    out[i] = normal_of(&k, clip(in[i], -2, 3), a * a + b * b + 1);
  }
}

START_TEST(normal_takes_a_gate_for_each_change_of_its_table) {
  for (int i = 0; i < 8; i++) {
    struct normal_case k = draw_case(i + 1);
    mpz_t z[3];
    struct normal f = normal_for(&k, z);
    struct rounding narrow = {1, 1, 0, -2, 3};
    k.shift = (long)(f.shift = 1);
    value_id x = input(matrix(si(2), si(2)), 3, true);
    value_id u = program_round(&p, "u", x, &narrow), one = si(1);
    value_id v = program_sum(&p, "v", program_multiply(&p, "squares", x, x));
    v = program_combine(&p, "v + 1", &v, (long[]){1}, 1, 1);
    v = program_reshape(&p, "column", v, matrix(si(2), one));
    output(program_normal(&p, "normal", u, v, &f, (fmpz[]){2, -3}, 2));
    struct trial t = trial_judge(&p, NULL, normals_in_rows, &k);
    ck_assert_uint_le(t.depth, 2);
    ck_assert_uint_le(t.gates, 4 * (changes(k.table, 8) + 5) + 4 * 3);
    again();
    for (int j = 0; j < 3; j++)
      mpz_clear(z[j]);
  }
}
END_TEST

/* ---- matmul ---- */

static void product_of_rows(const void *causal, const long *in, long *out) {
  const long *a = in, *b = in + 4; // [2, 2] and [3, 2]
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 3; j++)
      out[3 * i + j] = *(const bool *)causal && j > i
                           ? 0
                           : a[2 * i] * b[2 * j] + a[2 * i + 1] * b[2 * j + 1];
}

START_TEST(matmul_takes_an_and_for_each_pair_of_bits_that_is_not_masked) {
  for (int i = 0; i < 4; i++) {
    bool is_causal = i % 2, is_wide = i / 2; // in bits: 10, or 26
    value_id a = input(matrix(si(2), si(2)), is_wide ? 2 : 1, is_wide);
    value_id b = input(matrix(si(3), si(2)), is_wide ? 3 : 1, is_wide);
    value_id y = program_matmul(&p, "matmul", a, b, is_causal);
    output(y);
    costs(y, 1, (is_causal ? 3U : 6U) * 2 * (is_wide ? 6 : 1));
    trial_judge(&p, NULL, product_of_rows, &is_causal);
    again();
  }
}
END_TEST

/* a [2, 2, 1, 2] and b [2, 1, 1, 2]: b repeats along the second axis. */
static void product_of_groups(const void *context, const long *in, long *out) {
  (void)context;
  for (int i = 0; i < 4; i++) {
    const long *a = in + 2 * i, *b = in + 8 + i / 2 * 2;
    out[i] = a[0] * b[0] + a[1] * b[1];
  }
}

START_TEST(matmul_repeats_the_axes_in_front) {
  value_id a = input((struct dims){4, {si(2), si(2), si(1), si(2)}}, 1, false);
  value_id b = input((struct dims){4, {si(2), si(1), si(1), si(2)}}, 1, false);
  value_id y = program_matmul(&p, "matmul", a, b, false);
  output(y);
  costs(y, 1, 8);
  trial_judge(&p, NULL, product_of_groups, NULL);
}
END_TEST

/* ---- weigh and mix ---- */

struct attention_case {
  long shift, least, n;
  bool is_causal;
};

static const fmpz weights[] = {1, 3, 3, 9, 40};

static long weight_of(const struct attention_case *k, long score) {
  long half = k->shift ? 1L << (k->shift - 1) : 0;
  long t = floor_div(score + half, 1L << k->shift) - k->least;
  return weights[clip(t, 0, k->n - 1)];
}

/* Scores [2, 2] of 4 bits, values [2, 1] of 2: 12 bits. */
static void attended(const void *context, const long *in, long *out) {
  const struct attention_case *k = context;
  for (int i = 0; i < 2; i++) {
    long above = 0, below = 0;
    for (int j = 0; j < (k->is_causal ? i + 1 : 2); j++) {
      long w = k->is_causal && i == 0 ? 1 : weight_of(k, in[2 * i + j]);
      above += w * in[4 + j];
      below += w;
    }
    long twice = floor_div(2 * above, below);
    out[i] = floor_div(twice + 1, 2);
  }
}

static size_t stairs_of(const struct attention_case *k) {
  size_t n = 0;
  for (long score = -7; score <= 7; score++)
    n += weight_of(k, score) != weight_of(k, score - 1);
  return n;
}

/* Ladders of the scores alone, and of each of two bits of the value. */
START_TEST(attention_takes_a_ladder_for_a_score_and_for_each_bit_of_a_value) {
  static const struct attention_case all[] = {
      {0, -2, 5, false}, {1, -2, 5, false}, {1, 0, 4, true},
      {2, -3, 5, true},  {0, 0, 1, false},  {3, -1, 2, false},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    const struct attention_case *k = &all[i];
    struct score_table f = {.shift = (unsigned long)k->shift,
                            .least = k->least,
                            .n = (size_t)k->n,
                            .at = weights};
    value_id s = input(cube(2, 2, 1), 4, true);
    value_id v = input(matrix(si(2), si(1)), 2, true);
    value_id z = program_weigh(&p, "weights", s, NULL, &f, k->is_causal);
    value_id u = program_weigh(&p, "gated", s, &v, &f, k->is_causal);
    size_t scores = k->is_causal ? 2 : 4, stairs = stairs_of(k);
    output(program_mix(&p, "mix", u, z, -2, 1));
    struct trial t = trial_judge(&p, NULL, attended, k);
    ck_assert_uint_eq(t.depth, stairs ? 2 : 1);
    ck_assert_uint_eq(t.gates, scores * 3 * stairs + (k->is_causal ? 3 : 6));
    again();
  }
}
END_TEST

/* ---- Pairs of positions ---- */

static const fmpz forms[] = {3, -1, 2, 5, 0, 4, 0, -7};

static bool is_read(enum pairs pairs, int row, int key) {
  return pairs == PAIRS_OWN || key < row ||
         (pairs == PAIRS_OTHERS && key > row);
}

/* x [3, 2] to [3, 3, 2]. */
static void forms_of_rows(const void *pairs, const long *x, long *out) {
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      for (int h = 0; h < 2; h++) {
        const fmpz *w = forms + 4 * h;
        const long *a = x + 2 * i, *b = x + 2 * j;
        out[6 * i + 2 * j + h] = is_read(*(const enum pairs *)pairs, i, j)
                                     ? a[0] * (w[0] * b[0] + w[1] * b[1]) +
                                           a[1] * (w[2] * b[0] + w[3] * b[1])
                                     : 0;
      }
}

START_TEST(bilinear_forms_share_an_and_for_each_pair_of_bits) {
  static const enum pairs all[] = {PAIRS_EARLIER, PAIRS_OTHERS};
  for (int i = 0; i < 4; i++) {
    const enum pairs *pairs = &all[i % 2];
    value_id x = input(matrix(si(3), si(2)), 2, i / 2);
    value_id y = program_bilinear(&p, "forms", x, si(3), forms, 2, 2, *pairs);
    output(y);
    costs(y, 1, (i % 2 ? 6 : 3) * 4 * 4);
    trial_judge(&p, NULL, forms_of_rows, pairs);
    again();
  }
}
END_TEST

static const fmpz log_thresholds[] = {1, 3, 3, 4},
                  log_weights[] = {0, 0, 2, 3, 5, 9, 9, 30};

static long log_weight_of(long score, long logs) {
  long level = 0, sign = score < 0 ? -1 : 1;
  for (int b = 0; b < 4; b++)
    level += score && 2 * sign * score - logs >= log_thresholds[b];
  return log_weights[4 + clip(sign * level, -4, 3)];
}

/* Scores [2, keys, 1] of 4 bits, halved, logs [2, 1], values [keys, 1] of 2:
   the sums over keys of weights, and with values. */
static void weighed_by_logs(const void *context, const long *in, long *out) {
  enum pairs pairs = *(const enum pairs *)context;
  int keys = pairs == PAIRS_OWN ? 1 : 2;
  const long *logs = in + 2 * keys, *v = logs + 2;
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < keys; j++) {
      long log = logs[i] + logs[keys == 1 ? i : j],
           score = clip(floor_div(in[keys * i + j] + 1, 2), -4, 3);
      long w = is_read(pairs, i, j) ? log_weight_of(score, log) : 0;
      out[keys * i + j] = w;
      out[keys * (2 + i) + j] = w * v[j];
    }
}

/* Four places where the table changes; a score is a ladder of 7 rungs before.
 */
START_TEST(logarithms_take_a_ladder_for_a_score_and_for_each_bit_of_a_value) {
  static const enum pairs all[] = {PAIRS_OWN, PAIRS_EARLIER, PAIRS_OTHERS};
  const struct log_table f = {
      .half = 4, .threshold = log_thresholds, .at = log_weights};
  for (int i = 0; i < 3; i++) {
    const enum pairs *pairs = &all[i];
    long keys = i ? 2 : 1;
    size_t read = i == 1 ? 1 : 2;
    value_id s = input(cube(2, keys, 1), 4, true);
    value_id logs = input(matrix(si(2), si(1)), i ? 1 : 2, false);
    value_id v = input(matrix(si(keys), si(1)), 2, true);
    s = program_round(&p, "ladder", s, &(struct rounding){1, 2, 0, -4, 3});
    value_id z = program_weigh_logs(&p, "z", s, logs, NULL, &f, *pairs);
    value_id u = program_weigh_logs(&p, "u", s, logs, &v, &f, *pairs);
    value_id y[] = {z, u};
    value_id all_of = program_concat(&p, "y", y, 2, 0);
    output(all_of);
    costs(all_of, 2, read * (7 + 4 * 3));
    trial_judge(&p, NULL, weighed_by_logs, pairs);
    again();
  }
}
END_TEST

/* ---- greatest and below ---- */

struct maximum_case {
  long rows, keys;
  bool is_causal;
  struct fall f;
};

static long greatest_of(const struct maximum_case *k, const long *in, long i) {
  long most = in[k->keys * i];
  for (long j = 1; j < k->keys && (!k->is_causal || j <= i); j++)
    most = in[k->keys * i + j] > most ? in[k->keys * i + j] : most;
  return most;
}

static void greatest_ones(const void *context, const long *in, long *out) {
  const struct maximum_case *k = context;
  for (long i = 0; i < k->rows; i++)
    out[i] = greatest_of(k, in, i);
}

static void below_ones(const void *context, const long *in, long *out) {
  const struct maximum_case *k = context;
  for (long i = 0; i < k->rows; i++)
    for (long j = 0; j < k->keys; j++) {
      long distance = greatest_of(k, in, i) - in[k->keys * i + j];
      long *y = &out[k->keys * i + j];
      *y = 0;
      for (size_t l = 0; l < k->f.n && (!k->is_causal || j <= i); l++)
        if (distance >= k->f.distance[l])
          *y = k->f.at[l];
    }
}

START_TEST(greatest_takes_a_gate_for_each_value_but_the_least) {
  static const long same[] = {-2, -1, 0, 1};
  struct maximum_case k = {.rows = 2, .keys = 3};
  value_id x = input(matrix(si(2), si(3)), 2, true);
  value_id y = program_greatest(&p, "greatest",
                                program_table(&p, "x", x, same, 4, -2), false);
  output(y);
  costs(y, 2, 6 * 3 + 2 * 3);
  trial_judge(&p, NULL, greatest_ones, &k);
  again();
  k = (struct maximum_case){.rows = 3, .keys = 3, .is_causal = true};
  x = input(matrix(si(3), si(3)), 1, false);
  y = program_greatest(&p, "greatest", x, true);
  output(y);
  costs(y, 1, 2); // a row of one key reads that
  trial_judge(&p, NULL, greatest_ones, &k);
}
END_TEST

START_TEST(below_takes_a_gate_for_each_other_key_and_distance_and_an_or) {
  static const long distance[] = {0, 1, 3}, at[] = {9, 4, 1};
  static const struct {
    struct maximum_case k;
    unsigned bits;
    size_t depth, gates;
  } all[] = {
      {{2, 3, false, {3, distance, at}}, 2, 2, 6 * (2 * 2 + 2)},
      {{3, 3, true, {3, distance, at}}, 2, 2, 2 * 2 + 3 * (2 * 2 + 2)},
      {{1, 4, false, {3, distance, at}}, 3, 2, 4 * (3 * 2 + 2)},
      {{2, 2, false, {3, distance, at}}, 3, 1, 4 * 2},
      {{3, 1, true, {3, distance, at}}, 2, 0, 0},
      {{2, 3, false, {1, distance, at}}, 2, 0, 0},
  };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    const struct maximum_case *k = &all[i].k;
    value_id x = input(matrix(si(k->rows), si(k->keys)), all[i].bits, true);
    value_id y = program_below(&p, "below", x, x, &k->f, k->is_causal);
    output(y);
    costs(y, all[i].depth, all[i].gates);
    trial_judge(&p, NULL, below_ones, k);
    again();
  }
}
END_TEST

START_TEST(a_table_of_its_own_takes_gates_of_one_ladder) {
  static const long same[] = {-2, -1, 0, 1};
  struct maximum_case k = {.rows = 2, .keys = 1};
  value_id x = input(matrix(si(2), si(1)), 2, true);
  x = program_table(&p, "x", x, same, 4, -2);
  value_id y = program_table_own(&p, "own", x, 0, same, 4, -2);
  output(y);
  costs(y, 2, 2 * 3 + 2 * 3);
  trial_judge(&p, NULL, greatest_ones, &k); // of one key
}
END_TEST

/* ---- rotary ---- */

static void turned(const void *context, const long *in, long *out) {
  (void)context;
  for (int i = 0; i < 2; i++)
    for (int j = 0; j < 2; j++) {
      double angle = i * pow(10000, -2.0 * j / 4);
      long a = in[5 * i + j], b = in[5 * i + 2 + j];
      out[5 * i + j] =
          lround(64 * cos(angle)) * a - lround(64 * sin(angle)) * b;
      out[5 * i + 2 + j] =
          lround(64 * sin(angle)) * a + lround(64 * cos(angle)) * b;
      out[5 * i + 4] = 64 * in[5 * i + 4];
    }
}

START_TEST(rotary_turns_pairs_by_their_position_for_nothing) {
  value_id x = input(matrix(si(2), si(5)), 3, true);
  value_id y = program_rotary(&p, "rotary", x, 2, 5);
  output(y);
  costs(y, 0, 0);
  trial_judge(&p, NULL, turned, NULL);
}
END_TEST

int main(void) {
  Suite *s = suite_create("attention");
  TCase *numbers = tcase_create("numbers");
  tcase_set_timeout(numbers, 0);
  tcase_add_loop_test(numbers, a_staircase_where_a_bit_allows_it_agrees, 0,
                      rounds(60));
  tcase_add_loop_test(numbers, ratios_agree, 0, rounds(120));
  tcase_add_loop_test(numbers, normals_of_one_ladder_and_of_squares_agree, 0,
                      rounds(120));
  tcase_add_loop_test(numbers, the_reach_of_a_normal_is_the_least_there_is, 0,
                      180);
  tcase_add_loop_test(
      numbers, a_chain_times_input_bits_is_an_and_for_each_pair_of_bits, 0, 2);
  suite_add_tcase(s, numbers);
  TCase *operations = tcase_create("operations");
  tcase_set_timeout(operations, 0);
  tcase_add_checked_fixture(operations, setup, teardown);
  tcase_add_test(operations, round_takes_a_gate_for_each_value_but_one);
  tcase_add_test(operations, the_least_short_number_above_is_found);
  tcase_add_test(operations,
                 what_is_a_multiple_in_all_its_parts_is_divided_for_nothing);
  tcase_add_test(operations, normal_takes_a_gate_for_each_change_of_its_table);
  tcase_add_test(operations,
                 matmul_takes_an_and_for_each_pair_of_bits_that_is_not_masked);
  tcase_add_test(operations, matmul_repeats_the_axes_in_front);
  tcase_add_test(
      operations,
      attention_takes_a_ladder_for_a_score_and_for_each_bit_of_a_value);
  tcase_add_test(operations, bilinear_forms_share_an_and_for_each_pair_of_bits);
  tcase_add_test(
      operations,
      logarithms_take_a_ladder_for_a_score_and_for_each_bit_of_a_value);
  tcase_add_test(operations, rotary_turns_pairs_by_their_position_for_nothing);
  tcase_add_test(operations,
                 greatest_takes_a_gate_for_each_value_but_the_least);
  tcase_add_test(operations,
                 below_takes_a_gate_for_each_other_key_and_distance_and_an_or);
  tcase_add_test(operations, a_table_of_its_own_takes_gates_of_one_ladder);
  suite_add_tcase(s, operations);
  return suite_run(s);
}
