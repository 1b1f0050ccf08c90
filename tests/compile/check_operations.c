/* Each operation alone: its meaning, its depth and its gates */
#include "compile/program/run.h"
#include "tests/compile/trial.h"
#include "tests/compile/written.h"
#include "tests/suite.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <flint/fmpz_vec.h>

static void nothing(const void *context, const long *in, long *out) {
  (void)context, (void)in, (void)out;
}

/* As many as the context says. */
static void copied(const void *n, const long *in, long *out) {
  memcpy(out, in, *(const size_t *)n * sizeof *out);
}

/* ---- Moving elements ---- */

struct roll {
  long n, by;
};

static void rolled(const void *context, const long *in, long *out) {
  const struct roll *r = context;
  for (long i = 0; i < 2 * r->n; i++) { // two rows
    long to = (i % r->n + r->by % r->n + r->n) % r->n;
    out[i] = in[i / r->n * r->n + to];
  }
}

START_TEST(roll_goes_around_in_either_direction_by_any_amount) {
  static const long by[] = {0,  1,  -1, 2,   -2,      3,        4,
                            -5, 17, -9, 100, -100000, LONG_MAX, LONG_MIN};
  for (size_t k = 0; k < sizeof by / sizeof *by; k++)
    for (long n = 1; n <= 4; n++) {
      value_id x = input(matrix(si(2), si(n)), 1, false);
      output(program_roll(&p, "roll", x, by[k]));
      judge(rolled, &(struct roll){n, by[k]}, 0, 0);
      again();
    }
}
END_TEST

static void transposed(const void *order, const long *in, long *out) {
  const unsigned *o = order;
  const size_t from[] = {2, 2, 3}, to[] = {from[o[0]], from[o[1]], from[o[2]]};
  size_t i[3];
  for (i[0] = 0; i[0] < 2; i[0]++)
    for (i[1] = 0; i[1] < 2; i[1]++)
      for (i[2] = 0; i[2] < 3; i[2]++)
        out[(i[o[0]] * to[1] + i[o[1]]) * to[2] + i[o[2]]] =
            in[(i[0] * 2 + i[1]) * 3 + i[2]];
}

START_TEST(transpose_puts_three_axes_in_any_order) {
  static const unsigned order[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                       {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  for (int k = 0; k < 6; k++) {
    value_id x = input(cube(2, 2, 3), 1, false);
    output(program_transpose(&p, "transpose", x, order[k]));
    judge(transposed, order[k], 0, 0);
    again();
  }
}
END_TEST

START_TEST(slices_side_by_side_are_the_tensor_again) {
  static const long length[] = {2, 2, 3};
  for (unsigned axis = 0; axis < 3; axis++)
    for (long a = 0; a <= length[axis]; a++) {
      value_id x = input(cube(2, 2, 3), 1, false);
      value_id part[] = {
          program_slice(&p, "first", x, axis, si(0), si(a)),
          program_slice(&p, "last", x, axis, si(a), si(length[axis] - a))};
      value_id y = program_concat(&p, "both", part, 2, axis);
      output(program_reshape(&p, "flat", y, row(12)));
      judge(copied, &(size_t){12}, 0, 0);
      again();
    }
}
END_TEST

/* ---- Operations on no elements, and on one ---- */

/* Every operation on x of n integers, in two rows if it is to be a matrix. */
static void operate_on(value_id x, struct dims dims) {
  static const unsigned order[] = {0, 1};
  unsigned last = dims.rank - 1;
  value_id pair[] = {x, x};
  output(program_reshape(&p, "reshape", x, dims));
  output(program_transpose(&p, "transpose", x, order));
  output(program_roll(&p, "roll", x, 1));
  output(program_slice(&p, "slice", x, last, si(0), dims.at[last]));
  output(program_concat(&p, "concat", &x, 1, last));
  output(program_combine(&p, "combine", pair, (long[]){3, -2}, 2, 0));
  output(program_apply(&p, "apply", x, &squares, 1));
  output(program_table(&p, "table", x, (long[]){0, 1}, 2, 0));
  output(program_multiply(&p, "multiply", x, x));
  output(program_at_least(&p, "at_least", x, si(1)));
  output(program_reshape(&p, "flat", program_bits(&p, "bits", x, si(1)), dims));
  output(program_sum(&p, "sum", x));
  output(program_pack(&p, "pack", x));
  output(program_linear(&p, "linear", x, 1, 1, (fmpz[]){1}, NULL));
}

/* For a row of one bit all of them are the bit itself; argmax is 0. */
static void the_bit(const void *context, const long *in, long *out) {
  (void)context;
  for (int i = 0; i < 14; i++)
    out[i] = in[0];
  out[14] = 0;
}

START_TEST(every_operation_takes_one_element) {
  value_id x = input(row(1), 1, false);
  operate_on(x, row(1));
  output(program_argmax(&p, "argmax", x));
  judge(the_bit, NULL, 0, 0);
}
END_TEST

/* Those along the last axis give 0 for each row of none. */
static void zeros(const void *context, const long *in, long *out) {
  (void)context, (void)in;
  for (int i = 0; i < 6; i++)
    out[i] = 0;
}

START_TEST(every_operation_takes_no_elements) {
  value_id x = input(matrix(si(2), si(0)), 1, false);
  value_id y = program_slice(&p, "none", x, 0, si(0), si(0));
  output(program_sum(&p, "sum", x));
  output(program_pack(&p, "pack", x));
  output(program_argmax(&p, "argmax", x));
  output(program_argmax(&p, "argmax", y));
  output(program_sum(&p, "sum", y));
  output(program_roll(&p, "roll", x, 1));
  output(program_multiply(&p, "multiply", x, x));
  output(program_apply(&p, "apply", x, &squares, 1));
  output(program_bits(&p, "bits", x, si(3)));
  output(program_transpose(&p, "transpose", x, (unsigned[]){1, 0}));
  output(program_concat(&p, "concat", (value_id[]){x, x}, 2, 1));
  output(program_at_least(&p, "at_least", x, si(1)));
  output(program_linear(&p, "linear", y, 2, 0, NULL, NULL));
  judge(zeros, NULL, 0, 0);
}
END_TEST

START_TEST(bits_may_be_none) {
  output(program_bits(&p, "bits", input(row(2), 2, true), si(0)));
  judge(nothing, NULL, 0, 0);
}
END_TEST

/* ---- Functions ---- */

struct clamped {
  long least;
  size_t n;
};

static const long clamp_table[] = {3, -2, 3, 3, 0, 1, -7, 8, 5};

static void clamped(const void *context, const long *in, long *out) {
  const struct clamped *k = context;
  long last = (long)k->n - 1, i; // of a sum of two that is in -8..14
  long x = in[0] + in[1];
  i = k->least < -100 ? last : k->least > 100 ? 0 : x - k->least;
  out[0] = clamp_table[i < 0 ? 0 : i > last ? last : i];
}

START_TEST(a_table_holds_its_first_and_last_value_beyond_its_ends) {
  static const long least[] = {-20, -9, -8, -3, 0,        2,
                               13,  14, 15, 30, LONG_MAX, LONG_MIN};
  for (size_t k = 0; k < sizeof least / sizeof *least; k++)
    for (size_t n = 1; n <= 9; n++) {
      value_id a = input(scalar(), 4, true), b = input(scalar(), 3, false);
      value_id x = program_add(&p, "sum", a, b);
      output(program_table(&p, "table", x, clamp_table, n, least[k]));
      trial_judge(&p, NULL, clamped, &(struct clamped){least[k], n});
      again();
    }
}
END_TEST

START_TEST(a_table_takes_a_gate_for_each_change_however_wide_its_number) {
  value_id a = input(scalar(), 40, true), b = input(scalar(), 3, false);
  value_id y = program_table(&p, "table", program_add(&p, "sum", a, b),
                             clamp_table, 9, -4);
  output(y);
  costs(y, 1, 7);
  trial_judge(&p, NULL, clamped, &(struct clamped){-4, 9});
}
END_TEST

/* Rows 0..4 of three columns, of a pattern of 3 rows and 2. */
static const fmpz pattern[] = {4, -1, 0, 2, 7, -5};

static void looked_up(const void *context, const long *in, long *out) {
  (void)context;
  long x = in[0] + in[1], row = x < 0 ? 0 : x > 4 ? 4 : x;
  for (long j = 0; j < 3; j++)
    out[j] = pattern[row % 3 * 2 + j % 2];
}

/* A ladder of 4 gates; without it a row has 4 changes in each column. */
START_TEST(rows_are_looked_up_for_nothing_from_a_ladder) {
  for (int has_ladder = 0; has_ladder < 2; has_ladder++) {
    value_id a = input(scalar(), 4, true), b = input(scalar(), 3, false);
    value_id x = program_add(&p, "sum", a, b);
    if (has_ladder)
      x = program_table(&p, "token", x, (long[]){0, 1, 2, 3, 4}, 5, 0);
    value_id y = program_look_up(&p, "rows", x, &(struct matrix){3, 2, pattern},
                                 5, si(3));
    output(y);
    costs(y, 1, has_ladder ? 4 : 12);
    trial_judge(&p, NULL, looked_up, NULL);
    again();
  }
}
END_TEST

/* Another function for each place along the last axis. */
static void both_functions(const void *context, const long *in, long *out) {
  (void)context;
  for (int i = 0; i < 4; i++)
    out[i] = i % 2 ? (in[i] + 2) * (in[i] + 2) : in[i] / 2;
}

static void half(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_fdiv_q_2exp(y, x, 1);
}

static void shifted_square(mpz_t y, const mpz_t x, const void *by) {
  mpz_add_ui(y, x, *(const unsigned long *)by);
  mpz_mul(y, y, y);
}

/* x in 0..7, of three ladders: its half changes 3 times, the square 7 times. */
START_TEST(apply_takes_a_gate_for_each_change_of_each_function) {
  static const unsigned long two = 2;
  const struct function f[] = {{half, NULL, true},
                               {shifted_square, &two, false}};
  value_id x = input(matrix(si(2), si(2)), 3, false);
  value_id y = program_apply(&p, "apply", x, f, 2);
  output(y);
  costs(y, 1, 2 * (3 + 7));
  trial_judge(&p, NULL, both_functions, NULL);
}
END_TEST

static void at_least_all(const void *t, const long *in, long *out) {
  for (int i = 0; i < 3; i++)
    out[i] = in[i] >= *(const long *)t;
}

START_TEST(at_least_takes_a_gate_an_element_if_it_can_go_either_way) {
  for (long t = -10; t <= 9; t++) {
    output(program_at_least(&p, "at_least", input(row(3), 4, true), si(t)));
    judge(at_least_all, &t, t > -8 && t <= 7, t > -8 && t <= 7 ? 3 : 0);
    again();
  }
}
END_TEST

/* Whether the sum of twelve bits of two's complement is in 3k + 1 or 3k + 2. */
static void not_third(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_set_ui(y, mpz_divisible_ui_p(x, 3) ? 0 : 1);
}

static void not_thirds(const void *context, const long *in, long *out) {
  (void)context;
  long ones = 0;
  for (int i = 0; i < 12; i++)
    ones += in[i];
  out[0] = ones % 3 != 0;
}

/* Eight changes: two between blocks and two inside of them; as one gate, four
   of them move its threshold. */
START_TEST(functions_of_0_and_1_take_fewer_gates_in_two_levels) {
  const struct function f = {not_third, NULL, false};
  for (int gate = 0; gate < 2; gate++) {
    value_id x = program_sum(&p, "sum", input(row(12), 1, true));
    value_id y = gate ? program_apply_gate(&p, "gate", x, &f)
                      : program_apply_blocks(&p, "blocks", x, &f);
    output(y);
    costs(y, 2, gate ? 5 : 4);
    trial_judge(&p, NULL, not_thirds, NULL);
    again();
  }
}
END_TEST

static void bits_of_sum(const void *context, const long *in, long *out) {
  (void)context;
  for (int k = 0; k < 6; k++)
    out[k] = (in[0] + in[1] + in[2] + in[3]) >> k & 1;
}

/* Four numbers of 3 bits: columns of 4 and carries up to 3, from 2 below each
   block of 2. */
START_TEST(bits_may_be_looked_ahead) {
  value_id x = program_sum(&p, "sum", input(row(4), 3, false));
  output(program_bits_lookahead(&p, "bits", x, si(6), si(8)));
  struct trial t = trial_judge(&p, NULL, bits_of_sum, NULL);
  ck_assert_uint_le(t.depth, 2);
  again();
  x = program_sum(&p, "sum", input(row(4), 3, false));
  output(program_bits_lookahead(&p, "bits", x, si(6), si(0)));
  ck_assert_ptr_nonnull(trial_refuse(&p, NULL));
}
END_TEST

static void odd(const void *context, const long *in, long *out) {
  (void)context;
  long ones = 0;
  for (int i = 0; i < 12; i++)
    ones += in[i];
  out[0] = ones % 2 != 0;
}

/* Six pairs of twelve bits, counted by one digit, by radices 3 and 3, by 2, 2
   and 2; the bits are of two's complement, 0 or -1. */
START_TEST(parity_takes_fewer_gates_in_more_levels) {
  static const size_t gates[] = {6, 4, 3, 3};
  for (long levels = 1; levels <= 4; levels++) {
    value_id x = input(row(12), 1, true);
    value_id y =
        program_parity(&p, "parity", program_sum(&p, "sum", x), si(levels));
    output(y);
    costs(y, levels < 3 ? (size_t)levels : 3, gates[levels - 1]);
    trial_judge(&p, NULL, odd, NULL);
    again();
  }
  output(program_parity(&p, "parity", input(row(2), 1, false), si(0)));
  ck_assert_ptr_nonnull(trial_refuse(&p, NULL));
}
END_TEST

static void wide_and_narrow(const void *context, const long *in, long *out) {
  (void)context;
  long x = in[0] + in[1];
  for (int k = 0; k < 9; k++)
    out[k] = (x + 512) >> k & 1;
  for (int k = 0; k < 4; k++)
    out[9 + k] = (x + 512) >> k & 1;
}

START_TEST(bits_beyond_those_needed_are_free) {
  value_id x[] = {input(scalar(), 3, true), input(scalar(), 2, false)};
  value_id sum = program_add(&p, "sum", x[0], x[1]), // in -4..6
      y = program_bits(&p, "nine", sum, si(9)),
           z = program_bits(&p, "four", sum, si(4));
  output(y);
  output(z);
  struct trial t = trial_judge(&p, NULL, wide_and_narrow, NULL);
  ck_assert_uint_eq(t.depth, 1);
  again();
  x[0] = input(scalar(), 3, true);
  y = program_bits(&p, "nine", x[0], si(9));
  output(y);
  costs(y, 0, 0);
}
END_TEST

/* ---- Functions of several numbers ---- */

static void product(const void *context, const long *in, long *out) {
  (void)context;
  out[0] = in[0] * in[1];
}

START_TEST(multiply_takes_an_and_for_each_pair_of_bits) {
  for (long a = 1; a <= 4; a++)
    for (long b = 1; b <= 4; b++)
      for (int sign = 0; sign < 4; sign++) {
        value_id x = input(scalar(), a, sign & 1),
                 y = input(scalar(), b, sign & 2),
                 z = program_multiply(&p, "product", x, y);
        output(z);
        costs(z, 1, (size_t)(a * b));
        trial_judge(&p, NULL, product, NULL);
        again();
      }
}
END_TEST

static void first_greatest(const void *m, const long *in, long *out) {
  size_t n = *(const size_t *)m;
  for (size_t i = 0; i < n; i++) {
    size_t beaten = 0;
    for (size_t j = 0; j < n; j++)
      beaten += j < i ? in[i] > in[j] : in[i] >= in[j];
    if (beaten == n)
      out[0] = (long)i;
  }
}

START_TEST(argmax_is_the_first_of_equals_at_the_gates_it_says) {
  for (size_t m = 1; m <= 6; m++) {
    value_id x = input(row((long)m), 2, true),
             y = program_argmax(&p, "argmax", x);
    output(y);
    if (m <= 2)
      costs(y, m - 1, m - 1);
    else
      costs(y, 2, m * (m - 1) / 2 + m - 1);
    trial_judge(&p, NULL, first_greatest, &m);
    again();
  }
}
END_TEST

/* ---- Integers beyond a word ---- */

enum {
  WIDE = 6
};

/* Around the ends of the integers that FLINT keeps in one word, of a long, and
   beyond; in turns, so that long ones follow short ones in one place. Three
   that are one word each can have a sum that is not. */
static void wide_input(fmpz *x, int turn) {
  static const unsigned bits[WIDE] = {62, 61, 63, 62, 0, 99};
  for (int i = 0; i < WIDE; i++) {
    fmpz_one(x + i);
    fmpz_mul_2exp(x + i, x + i, bits[(i + turn) % WIDE]);
    fmpz_sub_si(x + i, x + i, (i + turn / WIDE) % 3 - 1);
    if ((i + turn / 2) % 3 == 0)
      fmpz_neg(x + i, x + i);
  }
}

static const long wide_table[] = {5, 6, 7, 8};

/* Where 2^62 is table place 2. */
static long wide_place(const fmpz *x) {
  for (long i = 1; i < 4; i++)
    if (fmpz_cmp_si(x, (1L << 62) - 2 + i) < 0)
      return wide_table[i - 1];
  return wide_table[3];
}

/* Each output again, by one multiplication and one addition at a time. */
static void judge_wide(const fmpz *x, const fmpz *weight, const fmpz *out) {
  fmpz sum[4];
  fmpz_t t;
  fmpz_init(t);
  for (int k = 0; k < 4; k++)
    fmpz_init(sum + k);
  for (int i = 0; i < WIDE; i++) {
    fmpz_add(sum, sum, x + i);
    fmpz_mul_2exp(t, x + i, (ulong)i);
    fmpz_add(sum + 1, sum + 1, t);
    fmpz_mul(t, weight + i, x + i);
    fmpz_add(sum + 2, sum + 2, t);
    fmpz_mul_si(sum + 3, x + i, (1L << 40) + 1);
    fmpz_sub_si(sum + 3, sum + 3, 7);
    ck_assert(fmpz_equal(out + 3 + i, sum + 3));
    fmpz_mul_si(sum + 3, x + i, 3);
    ck_assert(fmpz_equal(out + 3 + WIDE + i, sum + 3));
    ck_assert(fmpz_equal(out + 3 + 2 * WIDE + i, x + (i + 1) % WIDE));
    ck_assert(fmpz_equal_si(out + 3 + 3 * WIDE + i, wide_place(x + i)));
    fmpz_add_si(sum + 3, x + i, 3);
    ck_assert(fmpz_equal(out + 3 + 4 * WIDE + i, sum + 3));
  }
  for (int k = 0; k < 3; k++)
    ck_assert(fmpz_equal(out + k, sum + k));
  for (int k = 0; k < 4; k++)
    fmpz_clear(sum + k);
  fmpz_clear(t);
}

/* What is carried is written to again while it is read. */
static value_id three_more(value_id x) {
  struct composition l;
  program_begin_loop(&p, &l, "count", &x, 1, 0, si(3));
  value_id y = program_combine(&p, "next", l.argument, (long[]){1}, 1, 1);
  program_end(&p, &l, &y, 1, &y);
  return y;
}

START_TEST(run_is_exact_beyond_a_word) {
  fmpz *x = _fmpz_vec_init(WIDE), *weight = _fmpz_vec_init(WIDE),
       *out = _fmpz_vec_init(3 + 5 * WIDE);
  struct instance in;
  struct run run;
  wide_input(weight, 3);
  value_id v = input(row(WIDE), 101, true);
  output(program_sum(&p, "sum", v));
  output(program_pack(&p, "pack", v));
  output(program_linear(&p, "linear", v, 1, WIDE, weight, NULL));
  output(program_combine(&p, "combine", &v, (long[]){(1L << 40) + 1}, 1, -7));
  output(
      program_combine(&p, "thrice", (value_id[]){v, v}, (long[]){2, 1}, 2, 0));
  output(program_roll(&p, "roll", v, 1));
  output(program_table(&p, "table", v, wide_table, 4, (1L << 62) - 2));
  output(three_more(v));
  ck_assert(instance_init(&in, &p, NULL, &(struct error){0}));
  run_init(&run, &in);
  for (int turn = 0; turn < 6 * WIDE; turn++) {
    wide_input(x, turn);
    run_values(&run, x, out);
    judge_wide(x, weight, out);
  }
  run_clear(&run);
  instance_clear(&in);
  _fmpz_vec_clear(x, WIDE);
  _fmpz_vec_clear(weight, WIDE);
  _fmpz_vec_clear(out, 3 + 5 * WIDE);
}
END_TEST

/* Bits of the first greatest of n numbers. */
static void bits_of_greatest(const void *m, const long *in, long *out) {
  long place = 0;
  first_greatest(m, in, &place);
  for (size_t k = 0; k == 0 || *(const size_t *)m > (size_t)1 << k; k++)
    out[k] = place >> k & 1;
}

/* The bits have no gates of their own: they are sums over places. */
START_TEST(argmax_has_its_place_in_bits) {
  for (size_t m = 1; m <= 5; m++)
    for (int width = 1; width <= 2; width++) {
      value_id x = input(row((long)m), width, false),
               y = program_argmax_bits(&p, "argmax", x);
      output(y);
      costs(y, m > 2 && width > 1 ? 2 : m > 1,
            m > 2 && width > 1 ? m * (m - 1) / 2 + m - 1 : m - 1);
      trial_judge(&p, NULL, bits_of_greatest, &m);
      again();
    }
}
END_TEST

struct order {
  size_t m, n, from, places;
};

static void sorted(const void *context, const long *in, long *out) {
  const struct order *o = context;
  for (size_t i = 0; i < o->m; i++) { // place = how many are before it
    long x[8] = {0};
    size_t place = 0;
    for (size_t j = 0; j < o->m; j++)
      for (size_t k = 0; k < o->n; k++)
        x[j] += in[j * o->n + k] << k;
    for (size_t j = 0; j < o->m; j++)
      place += x[j] < x[i] || (x[j] == x[i] && j < i);
    if (place >= o->from && place < o->from + o->places)
      for (size_t k = 0; k < o->n; k++)
        out[(place - o->from) * o->n + k] = x[i] >> k & 1;
  }
}

/* Gates by comparisons and by counting; which is made, with outputs. */
static void judge_order(const struct order *o) {
  size_t rungs = 0, values = (1U << o->n) - 1;
  for (size_t place = o->from; place <= o->from + o->places; place++)
    rungs += place > 0 && place < o->m;
  size_t pairs = o->m * (o->m - 1) / 2 + o->m * o->n * rungs;
  size_t counts = (o->n > 1 ? o->m * values : 0) + o->places * values;
  bool counted = counts + o->places * (o->n - 1) < pairs + o->places * o->n;
  value_id x = input(matrix(si((long)o->m), si((long)o->n)), 1, false);
  value_id y = program_sorted_bits(&p, "sorted", x, si((long)o->from),
                                   si((long)o->places));
  output(y);
  if (o->m == 1)
    costs(y, 0, 0);
  else
    costs(y, counted && o->n == 1 ? 1 : 2, counted ? counts : pairs);
  trial_judge(&p, NULL, sorted, o);
  again();
}

START_TEST(places_in_order_take_the_gates_they_say) {
  for (size_t n = 1; n <= 4; n++)
    for (size_t m = 1; m * n <= 8; m++)
      for (size_t from = 0; from < m; from++)
        for (size_t places = 1; from + places <= m; places++)
          judge_order(&(struct order){m, n, from, places});
  value_id x = input(matrix(si(3), si(2)), 1, false);
  output(program_sorted_bits(&p, "sorted", x, si(2), si(2)));
  ck_assert_ptr_nonnull(trial_refuse(&p, NULL));
}
END_TEST

/* Rows of m sums of n integers each; the second of two is the same for all
   rows. */
struct sums {
  size_t rows, m, n, width;
};

static void least_of_sums(const void *context, const long *in, long *out) {
  const struct sums *o = context;
  size_t w = o->width;
  const long *second = in + o->rows * o->m * w;
  for (size_t i = 0; i < o->rows; i++) {
    long least = LONG_MAX;
    for (size_t j = 0; j < o->m; j++) {
      long sum = 0;
      for (size_t k = 0; k < w; k++)
        sum += (in[(i * o->m + j) * w + k] + (o->n > 1 ? second[j * w + k] : 0))
               << k;
      least = sum < least ? sum : least;
    }
    for (size_t k = 0; k < w + o->n - 1; k++)
      *out++ = least >> k & 1;
  }
}

static void judge_least(const struct sums *o) {
  long rows = (long)o->rows, m = (long)o->m, w = (long)o->width;
  value_id x[] = {input(cube(rows, m, w), 1, false), 0};
  if (o->n > 1)
    x[1] = input(matrix(si(m), si(w)), 1, false);
  value_id least = program_least_bits(&p, "least", x, o->n);
  value_id y =
      program_reshape(&p, "flat", least, row(rows * (w + (long)o->n - 1)));
  output(y);
  size_t carries = o->n > 1 ? o->width : 0, bits = o->width + (o->n > 1);
  if (o->m == 1)
    costs(y, o->n > 1, o->rows * carries);
  else
    costs(y, 2,
          o->rows * (o->m * (o->m - 1) / 2 + o->m * carries + o->m * bits));
  trial_judge(&p, NULL, least_of_sums, o);
  again();
}

START_TEST(the_least_of_sums_takes_the_gates_it_says) {
  for (size_t rows = 1; rows <= 2; rows++)
    for (size_t n = 1; n <= 2; n++)
      for (size_t m = 1; m <= 3; m++)
        for (size_t width = 1; width <= 3; width++)
          judge_least(&(struct sums){rows, m, n, width});
  value_id none = input(matrix(si(0), si(2)), 1, false);
  output(program_least_bits(&p, "least", &none, 1));
  ck_assert_ptr_nonnull(trial_refuse(&p, NULL));
}
END_TEST

static void counted(const void *context, const long *in, long *out) {
  for (long i = 0; i < *(const long *)context; i++)
    out[i] = i + in[0];
}

START_TEST(places_are_constants) {
  for (long n = 0; n <= 5; n++) {
    value_id places = program_places(&p, "places", si(n));
    value_id y = program_add(&p, "y", places, input(row(1), 1, false));
    output(y);
    costs(y, 0, 0);
    trial_judge(&p, NULL, counted, &n);
    again();
  }
}
END_TEST

int main(void) {
  Suite *s = suite_create("operations");
  TCase *all = tcase_create("all");
  const TTest *const tests[] = {
      roll_goes_around_in_either_direction_by_any_amount,
      transpose_puts_three_axes_in_any_order,
      slices_side_by_side_are_the_tensor_again,
      every_operation_takes_one_element,
      every_operation_takes_no_elements,
      bits_may_be_none,
      bits_beyond_those_needed_are_free,
      parity_takes_fewer_gates_in_more_levels,
      bits_may_be_looked_ahead,
      functions_of_0_and_1_take_fewer_gates_in_two_levels,
      a_table_holds_its_first_and_last_value_beyond_its_ends,
      rows_are_looked_up_for_nothing_from_a_ladder,
      a_table_takes_a_gate_for_each_change_however_wide_its_number,
      apply_takes_a_gate_for_each_change_of_each_function,
      at_least_takes_a_gate_an_element_if_it_can_go_either_way,
      multiply_takes_an_and_for_each_pair_of_bits,
      argmax_is_the_first_of_equals_at_the_gates_it_says,
      run_is_exact_beyond_a_word,
      argmax_has_its_place_in_bits,
      places_in_order_take_the_gates_they_say,
      the_least_of_sums_takes_the_gates_it_says,
      places_are_constants};
  tcase_add_checked_fixture(all, setup, teardown);
  for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
    tcase_add_test(all, tests[i]);
  tcase_set_timeout(all, 60);
  suite_add_tcase(s, all);
  return suite_run(s);
}
