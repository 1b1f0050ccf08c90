/* arithmetic.c against plain arithmetic: every input of small scenes, and
   random and extreme inputs of long numbers. What the functions cost is in
   check_claims.c. */
#include "compile/arithmetic.h"
#include "tests/compile/scene.h"
#include "tests/suite.h"

#include <stdlib.h>

#include <check.h>

static int rounds(int quick) {
  return is_full_run() ? 50 * quick : quick;
}

/* ---- Every input of small scenes ---- */

static void bits_of_x0(mpz_t *y, const long *x, const void *context) {
  const unsigned *n = context;
  for (unsigned i = 0; i < *n; i++)
    mpz_set_si(y[i], x[0] >> i & 1); // gcc and clang shift the sign in
}

static void same_value(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_set(y, x);
}

START_TEST(bits_agree) {
  struct scene s;
  scene_init(&s, (unsigned)_i / 3);
  unsigned width = number_width(&s.x[0]), n = width;
  if (_i % 3 == 1)
    n = width > 1 ? width / 2 : 1; // the lowest only
  if (_i % 3 == 2)
    n = width + 2;
  struct number *r = numbers_new(n);
  number_bits(&s.c, r, &s.x[0], n);
  for (unsigned i = 0; i < n; i++)
    ck_assert(mpz_sgn(r[i].lo) >= 0 && mpz_cmp_ui(r[i].hi, 1) <= 0);
  ck_assert_uint_le(number_depth(&s.c, r, n),
                    number_depth(&s.c, &s.x[0], 1) + 1);
  scene_judge(&s, r, n, bits_of_x0, &n);
  numbers_free(r, n);
  scene_clear(&s);
}
END_TEST

static void bits_above_least(mpz_t *y, const long *x, const void *context) {
  const long *k = context; // width, least
  for (long i = 0; i < k[0]; i++)
    mpz_set_si(y[i], (x[0] - k[1]) >> i & 1);
}

/* Blocks of one column and more, whatever the columns hold. */
START_TEST(bits_looked_ahead_agree) {
  struct scene s;
  struct number x;
  mpz_t weight;
  scene_init(&s, (unsigned)_i / 3);
  mpz_init(weight);
  number_init(&x);
  mpz_neg(weight, s.x[0].lo);
  number_add_z(&x, &s.x[0], weight);
  mpz_set_ui(weight, 1UL << _i % 3 * 2);
  long k[] = {(long)number_width(&x) + _i % 2, mpz_get_si(s.x[0].lo)};
  struct number *r = numbers_new((size_t)k[0]);
  number_bits_lookahead(&s.c, r, &x, (unsigned)k[0], weight);
  ck_assert_uint_le(number_depth(&s.c, r, (size_t)k[0]),
                    number_depth(&s.c, &x, 1) + 2);
  scene_judge(&s, r, (size_t)k[0], bits_above_least, k);
  numbers_free(r, (size_t)k[0]);
  number_clear(&x);
  mpz_clear(weight);
  scene_clear(&s);
}
END_TEST

/* A ladder of 0..3 on three inputs, and a fourth input of weight 2 or -2: sums
   of powers of two that overlap, and of such that do not (weight 4, -4). */
START_TEST(bits_of_a_ladder_beside_a_bit_agree) {
  static const long weights[] = {2, -2, 4, -4};
  struct circuit c;
  struct number x, b, *r = numbers_new(4);
  mpz_t value;
  circuit_init(&c);
  number_init(&x);
  number_init(&b);
  mpz_init(value);
  for (int i = 0; i < 3; i++) {
    number_set_bit(&c, &b, circuit_add_input(&c));
    number_addmul_si(&c, &x, &b, 1);
  }
  number_apply(&c, &x, &x, &(struct function){same_value, NULL, true});
  number_set_bit(&c, &b, circuit_add_input(&c));
  number_addmul_si(&c, &x, &b, weights[_i]);
  number_bits(&c, r, &x, 4);
  struct naive n;
  naive_init(&n, &c);
  for (unsigned v = 0; v < 16; v++) {
    bool in[4] = {v & 1, v & 2, v & 4, v & 8};
    long y = in[0] + in[1] + in[2] + (in[3] ? weights[_i] : 0);
    bool *bit = naive_values(&n, in);
    for (unsigned k = 0; k < 4; k++) {
      number_value(value, &c, &r[k], bit);
      ck_assert_int_eq(mpz_get_si(value), y >> k & 1);
    }
    free(bit);
  }
  naive_clear(&n);
  mpz_clear(value);
  number_clear(&x);
  number_clear(&b);
  numbers_free(r, 4);
  circuit_clear(&c);
}
END_TEST

static void products(mpz_t *y, const long *x, const void *context) {
  (void)context;
  mpz_set_si(y[0], x[0] * x[1]);
  mpz_set_si(y[1], x[0] * x[0]);
  mpz_set_si(y[2], (x[1] - x[2]) * (x[1] + x[2]));
  mpz_set_si(y[3], x[3] * (x[0] * x[1]));
}

START_TEST(products_agree) {
  struct scene s;
  scene_init(&s, (unsigned)_i);
  struct number *r = numbers_new(4), sum;
  number_init(&sum);
  number_mul(&s.c, &r[0], &s.x[0], &s.x[1]);
  number_mul(&s.c, &r[1], &s.x[0], &s.x[0]);
  number_sub(&s.c, &r[2], &s.x[1], &s.x[2]);
  number_add(&s.c, &sum, &s.x[1], &s.x[2]);
  number_mul(&s.c, &r[2], &r[2], &sum); // the result is an operand
  number_mul(&s.c, &r[3], &s.x[3], &r[0]);
  ck_assert(mpz_sgn(r[1].lo) >= 0);
  size_t depth = number_depth(&s.c, s.x, SCENE_OPERANDS);
  ck_assert_uint_le(number_depth(&s.c, r, 3), depth + 1);
  ck_assert_uint_le(number_depth(&s.c, &r[3], 1), depth + 2);
  scene_judge(&s, r, 4, products, NULL);
  number_clear(&sum);
  numbers_free(r, 4);
  scene_clear(&s);
}
END_TEST

/* Conditions on x[0] for 0/1 numbers on x[1]. */
static void conjunctions(mpz_t *y, const long *x, const void *context) {
  (void)context;
  for (long t = -3; t <= 3; t++)
    mpz_set_si(y[t + 3], x[0] >= 3 * t && x[1] >= 1);
  mpz_set_si(y[7], x[0] >= 2); // AND 1
  mpz_set_si(y[8], 0);         // AND 0
  mpz_set_si(y[9], x[0] >= -1 && x[0] < 2);
}

START_TEST(comparisons_with_a_condition_agree) {
  struct scene s;
  mpz_t t;
  scene_init(&s, (unsigned)_i);
  struct number *r = numbers_new(10), b;
  mpz_init(t);
  number_init(&b);
  for (int i = 0; i < 10; i++) {
    mpz_set_si(t, i < 7 ? 3 * (i - 3) : i == 9 ? -1 : 2);
    if (i < 7)
      number_at_least_si(&s.c, &b, &s.x[1], 1);
    else
      number_set_si(&b, i == 7);
    if (i == 9) { // the condition reads what x reads
      number_at_least_si(&s.c, &b, &s.x[0], 2);
      number_mul_si(&s.c, &b, &b, -1);
      number_add_si(&b, &b, 1);
    }
    size_t bits = s.c.bits.n;
    number_at_least_and(&s.c, &r[i], &s.x[0], t, &b);
    ck_assert_uint_le(s.c.bits.n - bits, 1);
  }
  scene_judge(&s, r, 10, conjunctions, NULL);
  number_clear(&b);
  numbers_free(r, 10);
  mpz_clear(t);
  scene_clear(&s);
}
END_TEST

/* u / z rounded to the nearest, half to even, without fractions. */
static long divide(long u, long z, bool to_nearest, long m) {
  long q = u < 0 ? -((-u + z - 1) / z) : u / z, twice = 2 * (u - q * z);
  if (to_nearest && (twice > z || (twice == z && q % 2)))
    q++;
  return q < 0 ? 0 : q > m ? m : q;
}

enum {
  MOST_QUOTIENT = 6
};

/* The divisor is x[1] above its least value, plus 1. */
static void quotients(mpz_t *y, const long *x, const void *context) {
  long z = x[1] - *(const long *)context + 1;
  mpz_set_si(y[0], divide(x[0], z, false, MOST_QUOTIENT));
  mpz_set_si(y[1], divide(x[0], z, true, MOST_QUOTIENT));
  mpz_set_si(y[2], divide(x[0], 3, false, MOST_QUOTIENT));
  mpz_set_si(y[3], divide(x[0], 6, true, MOST_QUOTIENT));
  mpz_set_si(y[4], divide(z, z, true, MOST_QUOTIENT));
}

START_TEST(quotients_agree) {
  struct scene s;
  scene_init(&s, (unsigned)_i);
  struct number *r = numbers_new(5), z, constant;
  long least = mpz_get_si(s.x[1].lo);
  number_init(&z);
  number_init(&constant);
  number_add_si(&z, &s.x[1], 1 - least);
  number_divide(&s.c, &r[0], &s.x[0], &z, MOST_QUOTIENT, false);
  number_divide(&s.c, &r[1], &s.x[0], &z, MOST_QUOTIENT, true);
  number_set_si(&constant, 3);
  number_divide(&s.c, &r[2], &s.x[0], &constant, MOST_QUOTIENT, false);
  ck_assert_uint_le(r[2].terms.n, 1);
  number_set_si(&constant, 6);
  number_divide(&s.c, &r[3], &s.x[0], &constant, MOST_QUOTIENT, true);
  ck_assert_uint_le(r[3].terms.n, 1);
  number_divide(&s.c, &r[4], &z, &z, MOST_QUOTIENT, true);
  ck_assert(number_is_constant(&r[4]));
  scene_judge(&s, r, 5, quotients, &least);
  number_clear(&z);
  number_clear(&constant);
  numbers_free(r, 5);
  scene_clear(&s);
}
END_TEST

/* The a of [lo..hi] with (a - 1/2) sqrt(v) <= sqrt(g) u < (a + 1/2) sqrt(v),
   by floating point: v is small, so the nearest miss is far away. */
static long normalise(long u, long v, long g, long lo, long hi) {
  long best = lo;
  for (long a = lo + 1; a <= hi; a++) {
    // 2 sqrt(g) u >= (2a - 1) sqrt(v), squared where both have one sign
    long left = u, right = 2 * a - 1;
    bool holds = left >= 0 && right < 0   ? true
                 : left < 0 && right >= 0 ? false
                 : left >= 0 ? 4 * g * left * left >= right * right * v
                             : 4 * g * left * left <= right * right * v;
    if (holds)
      best = a;
  }
  return best;
}

static void norms(mpz_t *y, const long *x, const void *context) {
  const long *k = context; // least x[1], form, g
  mpz_set_si(y[0], normalise(x[k[1]], x[1] - k[0] + 1, k[2], -4, 3));
}

START_TEST(normalised_values_agree) {
  struct scene s;
  scene_init(&s, (unsigned)_i);
  long k[] = {mpz_get_si(s.x[1].lo), 0, 1 + _i % 7};
  for (int i = 2; i < SCENE_OPERANDS; i++)
    if (s.x[i].terms.n <= 1)
      k[1] = i;
  if (s.x[k[1]].terms.n <= 1) { // else the scene has no operand for this
    struct number r, v;
    mpz_t g;
    mpz_init_set_si(g, k[2]);
    number_init(&r);
    number_init(&v);
    number_add_si(&v, &s.x[1], 1 - k[0]);
    number_normalise(&s.c, &r, &s.x[k[1]], &v, g, -4, 3);
    scene_judge(&s, &r, 1, norms, k);
    number_clear(&r);
    number_clear(&v);
    mpz_clear(g);
  }
  scene_clear(&s);
}
END_TEST

static void greatest(mpz_t *y, const long *x, const void *context) {
  const size_t *m = context;
  size_t best = 0;
  for (size_t i = 1; i < *m; i++)
    if (x[i] > x[best])
      best = i;
  mpz_set_si(y[0], x[best]);
  for (size_t i = 0; i < *m; i++)
    mpz_set_si(y[1 + i], i == best);
}

START_TEST(maxima_agree) {
  struct scene s;
  scene_init(&s, (unsigned)_i);
  const struct number *x[SCENE_OPERANDS];
  for (int i = 0; i < SCENE_OPERANDS; i++)
    x[i] = &s.x[i];
  for (size_t m = 1; m <= SCENE_OPERANDS; m++) {
    struct number *r = numbers_new(1 + m);
    number_max(&s.c, &r[0], x, m);
    number_argmax(&s.c, &r[1], x, m);
    scene_judge(&s, r, 1 + m, greatest, &m);
    ck_assert_uint_le(number_depth(&s.c, r, 1 + m),
                      number_depth(&s.c, s.x, m) + 2);
    numbers_free(r, 1 + m);
  }
  scene_clear(&s);
}
END_TEST

static void bits_of_greatest(mpz_t *y, const long *x, const void *context) {
  const unsigned *n = context;
  long best = x[0];
  for (int i = 1; i < SCENE_OPERANDS; i++)
    best = x[i] > best ? x[i] : best;
  for (unsigned i = 0; i < *n; i++)
    mpz_set_si(y[i], best >> i & 1);
}

/* A maximum's range is known to be narrower than its ANDs could sum to, so
   some carries come from the number itself. */
START_TEST(bits_of_numbers_of_known_range_agree) {
  struct scene s;
  scene_init(&s, (unsigned)_i);
  const struct number *x[SCENE_OPERANDS];
  struct number best, *r = numbers_new(SCENE_RESULTS);
  number_init(&best);
  for (int i = 0; i < SCENE_OPERANDS; i++)
    x[i] = &s.x[i];
  number_max(&s.c, &best, x, SCENE_OPERANDS);
  unsigned width = number_width(&best);
  number_bits(&s.c, r, &best, width);
  scene_judge(&s, r, width, bits_of_greatest, &width);
  number_clear(&best);
  numbers_free(r, SCENE_RESULTS);
  scene_clear(&s);
}
END_TEST

struct stairs {
  long start, threshold[24], step[24];
  int n;
};

static void stair_count(mpz_t *y, const long *x, const void *context) {
  const struct stairs *s = context;
  long at = s->start;
  for (int i = 0; i < s->n; i++)
    if (x[0] >= s->threshold[i])
      at += s->step[i];
  mpz_set_si(y[0], at);
}

/* All steps up, all down, or in turn. */
START_TEST(staircases_in_blocks_agree) {
  struct scene s;
  struct stairs k = {.start = 5, .n = _i % 24};
  struct staircase stair;
  mpz_t t;
  scene_init(&s, (unsigned)_i);
  mpz_init(t);
  staircase_init(&stair);
  mpz_set_si(stair.start, 5);
  for (long i = 0, at = -20; i < k.n; i++) {
    at += 1 + rand() % 4;
    k.threshold[i] = at;
    k.step[i] = _i / 24 % 3 == 0 ? 1 : _i / 24 % 3 == 1 || i % 2 ? -1 : 1;
    mpz_set_si(t, at);
    staircase_push_si(&stair, t, k.step[i]);
  }
  struct number r;
  number_init(&r);
  number_staircase_blocks(&s.c, &r, &s.x[0], &stair);
  ck_assert_uint_le(number_depth(&s.c, &r, 1),
                    number_depth(&s.c, &s.x[0], 1) + 2);
  scene_judge(&s, &r, 1, stair_count, &k);
  number_clear(&r);
  staircase_clear(&stair);
  mpz_clear(t);
  scene_clear(&s);
}
END_TEST

/* Steps of any size, up and down: gently, steeply, all one way. */
START_TEST(staircases_in_several_levels_agree) {
  static const long most[][2] = {{1, 1}, {-3, 3}, {-1, 2}, {1, 9}, {-4, -1}};
  struct scene s;
  struct stairs k = {.start = -2, .n = 1 + _i % 24};
  struct staircase stair;
  struct split_staircase split;
  unsigned levels = 1 + (unsigned)_i % 3;
  const long *step = most[_i % 5];
  mpz_t t;
  scene_init(&s, (unsigned)_i);
  mpz_init(t);
  staircase_init(&stair);
  mpz_set_si(stair.start, k.start);
  for (long i = 0, at = -30; i < k.n; i++) {
    at += 1 + (_i % 2 ? 0 : rand() % 4);
    k.threshold[i] = at;
    k.step[i] = step[0] + rand() % (step[1] - step[0] + 1);
    mpz_set_si(t, at);
    staircase_push_si(&stair, t, k.step[i]);
  }
  struct number r;
  number_init(&r);
  split_staircase_init(&split, &stair, s.x[0].lo, s.x[0].hi, levels);
  number_staircase_split(&s.c, &r, &s.x[0], &split);
  ck_assert_uint_le(number_depth(&s.c, &r, 1),
                    number_depth(&s.c, &s.x[0], 1) + levels);
  ck_assert_uint_le(number_gates(&s.c, &r, 1),
                    number_gates(&s.c, &s.x[0], 1) + (size_t)k.n);
  scene_judge(&s, &r, 1, stair_count, &k);
  number_clear(&r);
  split_staircase_clear(&split);
  staircase_clear(&stair);
  mpz_clear(t);
  scene_clear(&s);
}
END_TEST

/* Up and down in turn, from 0 or from 1. */
START_TEST(staircases_as_one_gate_agree) {
  struct scene s;
  struct stairs k = {.n = _i % 12};
  struct staircase stair;
  mpz_t t;
  scene_init(&s, (unsigned)_i);
  mpz_init(t);
  staircase_init(&stair);
  k.start = _i / 12 % 2;
  mpz_set_si(stair.start, k.start);
  for (long i = 0, at = -12; i < k.n; i++) {
    at += 1 + rand() % 4;
    k.threshold[i] = at;
    k.step[i] = (i + k.start) % 2 ? -1 : 1;
    mpz_set_si(t, at);
    staircase_push_si(&stair, t, k.step[i]);
  }
  struct number r;
  bit_id bit;
  number_init(&r);
  number_staircase_gate(&s.c, &r, &s.x[0], &stair);
  ck_assert(s.x[0].terms.n < 2 || number_is_bit(&s.c, &r, &bit));
  scene_judge(&s, &r, 1, stair_count, &k);
  number_clear(&r);
  staircase_clear(&stair);
  mpz_clear(t);
  scene_clear(&s);
}
END_TEST

struct place {
  long least, unit;
};

static void floors(mpz_t *y, const long *x, const void *context) {
  const struct place *k = context;
  mpz_set_si(y[0], (x[0] - k->least) / k->unit);
}

START_TEST(digits_of_mixed_radices_agree) {
  struct scene s;
  scene_init(&s, (unsigned)_i);
  // leave a positive least value now and then: it is no lower bound of a rest
  struct place k = {mpz_get_si(s.x[0].lo) - (_i % 3 ? 0 : 7), 1 + _i % 4};
  unsigned long radix[64], top = (unsigned long)k.unit;
  unsigned digits = 0;
  struct number r, x;
  mpz_t unit;
  mpz_init_set_si(unit, k.unit);
  number_init(&r);
  number_init(&x);
  number_add_si(&x, &s.x[0], -k.least);
  while (mpz_cmp_ui(x.hi, top) >= 0) {
    radix[digits] = 2 + (unsigned long)rand() % 4;
    top *= radix[digits++];
  }
  number_digits(&s.c, &r, &x, unit, radix, digits);
  ck_assert_uint_le(number_depth(&s.c, &r, 1),
                    number_depth(&s.c, &x, 1) + digits);
  scene_judge(&s, &r, 1, floors, &k);
  number_clear(&r);
  number_clear(&x);
  mpz_clear(unit);
  scene_clear(&s);
}
END_TEST

static void lowest_bit(mpz_t *y, const long *x, const void *context) {
  (void)context;
  for (int i = 0; i < 4; i++)
    mpz_set_si(y[i], x[0] & 1);
}

START_TEST(parities_agree_at_every_depth) {
  struct scene s;
  scene_init(&s, (unsigned)_i);
  struct number *r = numbers_new(4);
  size_t depth = number_depth(&s.c, &s.x[0], 1);
  for (unsigned levels = 1; levels <= 4; levels++) {
    struct number *y = &r[levels - 1];
    number_parity(&s.c, y, &s.x[0], levels);
    ck_assert(mpz_sgn(y->lo) >= 0 && mpz_cmp_ui(y->hi, 1) <= 0);
    ck_assert_uint_le(number_depth(&s.c, y, 1), depth + levels);
  }
  scene_judge(&s, r, 4, lowest_bit, NULL);
  numbers_free(r, 4);
  scene_clear(&s);
}
END_TEST

static void flags(mpz_t *y, const long *x, const void *context) {
  (void)context;
  mpz_set_si(y[0], x[0] >= 1);
  mpz_set_si(y[1], x[0] < 1);
  mpz_set_si(y[2], x[0] & 1);
}

START_TEST(physical_bits_agree) {
  struct scene s;
  scene_init(&s, (unsigned)_i);
  struct number *r = numbers_new(3);
  number_at_least_si(&s.c, &r[0], &s.x[0], 1);
  number_mul_si(&s.c, &r[1], &r[0], -1);
  number_add_si(&r[1], &r[1], 1);
  number_bits(&s.c, &r[2], &s.x[0], 1);
  for (int i = 0; i < 3; i++) {
    bit_id was, b, bits = (bit_id)s.c.bits.n;
    bool is_bit = number_is_bit(&s.c, &r[i], &was);
    b = number_physical(&s.c, &r[i]);
    ck_assert(is_bit ? b == was && s.c.bits.n == bits : b == bits);
    number_set_bit(&s.c, &r[i], b);
  }
  scene_judge(&s, r, 3, flags, NULL);
  numbers_free(r, 3);
  scene_clear(&s);
}
END_TEST

/* ---- Long numbers ---- */

enum {
  WIDTH = 40
};

/* Two buses of two's complement and what is made of them. */
struct long_scene {
  struct circuit c;
  gmp_randstate_t random;
  struct number x[2];
  struct naive naive;
  mpz_t value[2];
  bool *bit;
};

static void long_init(struct long_scene *s, int seed) {
  struct number bit;
  circuit_init(&s->c);
  gmp_randinit_default(s->random);
  gmp_randseed_ui(s->random, (unsigned long)seed);
  number_init(&bit);
  for (int k = 0; k < 2; k++) {
    mpz_init(s->value[k]);
    number_init(&s->x[k]);
    for (long i = 0; i < WIDTH; i++) {
      long w = 1L << i;
      number_set_bit(&s->c, &bit, circuit_add_input(&s->c));
      number_push_si(&s->c, &s->x[k], &bit, i == WIDTH - 1 ? -w : w);
    }
    number_settle(&s->c, &s->x[k]);
  }
  number_clear(&bit);
}

static void long_clear(struct long_scene *s) {
  for (int k = 0; k < 2; k++) {
    mpz_clear(s->value[k]);
    number_clear(&s->x[k]);
  }
  gmp_randclear(s->random);
  circuit_clear(&s->c);
}

/* Corners first: least, -1, 0, 1, greatest; then long runs of equal bits. */
static void long_draw(struct long_scene *s, int round) {
  static const long corner[] = {-(1L << (WIDTH - 1)), -1, 0, 1,
                                (1L << (WIDTH - 1)) - 1};
  bool input[2 * WIDTH];
  for (int k = 0; k < 2; k++) {
    int row = k ? round / 5 : round % 5;
    if (round < 25) {
      mpz_set_si(s->value[k], corner[row]);
    } else {
      mpz_rrandomb(s->value[k], s->random, WIDTH);
      mpz_sub_ui(s->value[k], s->value[k], 1UL << (WIDTH - 1));
    }
    for (unsigned i = 0; i < WIDTH; i++)
      input[WIDTH * k + (int)i] = mpz_tstbit(s->value[k], i);
  }
  if (round == 25) // a tie
    for (int i = 0; i < WIDTH; i++)
      input[WIDTH + i] = input[i];
  if (round == 25)
    mpz_set(s->value[1], s->value[0]);
  s->bit = naive_values(&s->naive, input);
}

static void expect(struct long_scene *s, const struct number *r,
                   const mpz_t want) {
  mpz_t got;
  mpz_init(got);
  number_value(got, &s->c, r, s->bit);
  ck_assert(!mpz_cmp(got, want));
  ck_assert(mpz_cmp(r->lo, got) <= 0 && mpz_cmp(got, r->hi) <= 0);
  mpz_clear(got);
}

START_TEST(long_sums_products_and_orders_agree) {
  struct long_scene s;
  long_init(&s, _i);
  struct number *bit = numbers_new(WIDTH + 1), *product = numbers_new(1);
  struct number *best = numbers_new(3), difference;
  mpz_t want;
  mpz_init(want);
  number_init(&difference);
  number_sub(&s.c, &difference, &s.x[0], &s.x[1]);
  number_bits(&s.c, bit, &difference, WIDTH + 1);
  number_mul(&s.c, product, &s.x[0], &s.x[1]);
  const struct number *x[] = {&s.x[0], &s.x[1]};
  number_max(&s.c, &best[0], x, 2);
  number_argmax(&s.c, &best[1], x, 2);
  naive_init(&s.naive, &s.c);
  for (int round = 0; round < 60; round++) {
    long_draw(&s, round);
    mpz_mul(want, s.value[0], s.value[1]);
    expect(&s, product, want);
    bool first = mpz_cmp(s.value[0], s.value[1]) >= 0;
    expect(&s, &best[0], s.value[first ? 0 : 1]);
    mpz_set_ui(want, first);
    expect(&s, &best[1], want);
    mpz_ui_sub(want, 1, want);
    expect(&s, &best[2], want);
    mpz_sub(s.value[0], s.value[0], s.value[1]);
    for (unsigned i = 0; i <= WIDTH; i++) {
      mpz_set_ui(want, (unsigned long)mpz_tstbit(s.value[0], i));
      expect(&s, &bit[i], want);
    }
    free(s.bit);
  }
  naive_clear(&s.naive);
  numbers_free(bit, WIDTH + 1);
  numbers_free(product, 1);
  numbers_free(best, 3);
  number_clear(&difference);
  mpz_clear(want);
  long_clear(&s);
}
END_TEST

/* q of u = q*z + rest that is drawn near the steps of the quotient. */
START_TEST(long_quotients_agree_at_their_steps) {
  struct long_scene s;
  long_init(&s, _i);
  struct number *r = numbers_new(3);
  mpz_t want, unit;
  mpz_init(want);
  mpz_init_set_ui(unit, 1);
  mpz_mul_2exp(unit, unit, WIDTH - 4);
  number_bound_si(&s.x[1], 1, 1L << (WIDTH - 1));
  number_divide(&s.c, &r[0], &s.x[0], &s.x[1], 9, false);
  number_divide(&s.c, &r[1], &s.x[0], &s.x[1], 9, true);
  number_bound_si(&s.x[0], 0, 1L << (WIDTH - 1));
  number_digits(&s.c, &r[2], &s.x[0], unit, (unsigned long[]){2, 2, 2}, 3);
  naive_init(&s.naive, &s.c);
  for (long round = 0; round < 200; round++) {
    bool input[2 * WIDTH];
    long z = 1 + (long)gmp_urandomb_ui(s.random, WIDTH - 6);
    long u = (round % 20) * z / 2 + round / 20 % 3 - 1;
    if (round % 7 == 0)
      u = (round / 7 % 8 << (WIDTH - 4)) - (round % 2);
    if (u < 0)
      u = 0;
    for (int i = 0; i < WIDTH; i++) {
      input[i] = u >> i & 1;
      input[WIDTH + i] = z >> i & 1;
    }
    s.bit = naive_values(&s.naive, input);
    for (int k = 0; k < 2; k++) {
      mpz_set_si(want, divide(u, z, k, 9));
      expect(&s, &r[k], want);
    }
    mpz_set_si(want, u >> (WIDTH - 4));
    expect(&s, &r[2], want);
    free(s.bit);
  }
  naive_clear(&s.naive);
  numbers_free(r, 3);
  mpz_clears(want, unit, NULL);
  long_clear(&s);
}
END_TEST

int main(void) {
  Suite *s = suite_create("arithmetic");
  TCase *naive = tcase_create("naive"), *large = tcase_create("large");
  tcase_set_timeout(naive, 60);
  tcase_set_timeout(large, 60);
  tcase_add_loop_test(naive, bits_agree, 0, rounds(150));
  tcase_add_loop_test(naive, bits_looked_ahead_agree, 0, rounds(150));
  tcase_add_loop_test(naive, bits_of_a_ladder_beside_a_bit_agree, 0, 4);
  tcase_add_loop_test(naive, products_agree, 0, rounds(40));
  tcase_add_loop_test(naive, comparisons_with_a_condition_agree, 0, rounds(30));
  tcase_add_loop_test(naive, quotients_agree, 0, rounds(40));
  tcase_add_loop_test(naive, normalised_values_agree, 0, rounds(50));
  tcase_add_loop_test(naive, maxima_agree, 0, rounds(20));
  tcase_add_loop_test(naive, bits_of_numbers_of_known_range_agree, 0,
                      rounds(20));
  tcase_add_loop_test(naive, staircases_in_blocks_agree, 0, rounds(144));
  tcase_add_loop_test(naive, staircases_in_several_levels_agree, 0,
                      rounds(360));
  tcase_add_loop_test(naive, staircases_as_one_gate_agree, 0, rounds(96));
  tcase_add_loop_test(naive, digits_of_mixed_radices_agree, 0, rounds(50));
  tcase_add_loop_test(naive, parities_agree_at_every_depth, 0, rounds(50));
  tcase_add_loop_test(naive, physical_bits_agree, 0, rounds(30));
  tcase_add_loop_test(large, long_sums_products_and_orders_agree, 0, rounds(1));
  tcase_add_loop_test(large, long_quotients_agree_at_their_steps, 0, rounds(2));
  suite_add_tcase(s, naive);
  suite_add_tcase(s, large);
  return suite_run(s);
}
