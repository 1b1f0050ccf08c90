/* arithmetic.h: depth and gates of each construction are those of the formula
   in its comment, exactly, and those that the literature or our own trials
   state. Figures with physical outputs count the output gates. */
#include "compile/arithmetic.h"
#include "tests/compile/scene.h"
#include "tests/suite.h"

#include <stdlib.h>

#include <check.h>

/* ---- Operands ---- */

/* r = sum of weight 2^i (1 if `unary`) of n new inputs. */
static void make_bus(struct circuit *c, struct number *r, long n, bool unary) {
  struct number bit;
  mpz_t w;
  mpz_init(w);
  number_init(&bit);
  number_set_si(r, 0);
  for (long i = 0; i < n; i++) {
    number_set_bit(c, &bit, circuit_add_input(c));
    mpz_set_ui(w, 1);
    if (!unary)
      mpz_mul_2exp(w, w, (unsigned long)i);
    number_push(c, r, &bit, w);
  }
  number_settle(c, r);
  number_clear(&bit);
  mpz_clear(w);
}

/* The same in two's complement. */
static void make_signed_bus(struct circuit *c, struct number *r, long n) {
  struct number top;
  number_init(&top);
  make_bus(c, r, n - 1, false);
  number_set_bit(c, &top, circuit_add_input(c));
  number_addmul_si(c, r, &top, -(1L << (n - 1)));
  number_clear(&top);
}

static void identity(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_set(y, x);
}

/* A ladder of the values 0..rungs, over new inputs. */
static void make_ladder(struct circuit *c, struct number *r, long rungs) {
  make_bus(c, r, rungs, true);
  number_apply(c, r, r, &(struct function){identity, NULL, true});
}

static size_t gates_made(const struct circuit *c) {
  return c->bits.n - c->inputs.n - 2;
}

/* What the circuit would have, were r[0..n) its outputs; and that nothing was
   made for nothing. */
static void claim(const struct circuit *c, const struct number *r, size_t n,
                  size_t depth, size_t gates) {
  ck_assert_uint_eq(number_gates(c, r, n), gates);
  ck_assert_uint_eq(gates_made(c), gates);
  ck_assert_uint_eq(number_depth(c, r, n), depth);
  ck_assert_uint_eq(number_idle_gates(c, r, n), 0);
  for (size_t i = 0; i < n; i++)
    number_check(c, &r[i]);
}

static void make_physical(struct circuit *c, struct number *r, size_t n) {
  for (size_t i = 0; i < n; i++)
    number_set_bit(c, &r[i], number_physical(c, &r[i]));
}

/* ---- Bits ---- */

/* Muroga 1959, Minnick 1961. */
START_TEST(parity_takes_half_n_plus_1_gates) {
  struct circuit c;
  struct number x, parity;
  circuit_init(&c);
  number_init(&x);
  number_init(&parity);
  make_bus(&c, &x, _i, true);
  number_bits(&c, &parity, &x, 1);
  make_physical(&c, &parity, 1);
  claim(&c, &parity, 1, _i > 1 ? 2 : 0, _i > 1 ? (size_t)_i / 2 + 1 : 0);
  number_clear(&x);
  number_clear(&parity);
  circuit_clear(&c);
}
END_TEST

/* Ramos and Bohorquez 1999. */
START_TEST(adding_n_bits_takes_2n_gates) {
  struct circuit c;
  size_t n = (size_t)_i;
  struct number *x = numbers_new(3), *sum = numbers_new(n + 1);
  circuit_init(&c);
  make_bus(&c, &x[0], _i, false);
  make_bus(&c, &x[1], _i, false);
  number_add(&c, &x[2], &x[0], &x[1]);
  number_bits(&c, sum, &x[2], (unsigned)n + 1);
  claim(&c, sum, n + 1, 1, n);
  make_physical(&c, sum, n + 1);
  claim(&c, sum, n + 1, 2, 2 * n);
  numbers_free(x, 3);
  numbers_free(sum, n + 1);
  circuit_clear(&c);
}
END_TEST

static void judge_weights(const struct circuit *c, unsigned long most) {
  struct naive n;
  naive_init(&n, c);
  for (size_t i = 0; i < n.sums.n; i++)
    for (size_t j = 0; j < n.sums.at[i].wires.n; j++)
      ck_assert_int_le(mpz_cmpabs_ui(n.sums.at[i].wires.at[j].weight, most), 0);
  naive_clear(&n);
}

/* Vassiliadis, Cotofana and Bertels 1996: blocks of b columns, weights up to
   2^(b-1), but 2 in the last gates. */
START_TEST(adding_with_short_weights_takes_a_gate_for_each_earlier_block) {
  size_t n = (size_t)_i;
  for (size_t b = 1; b <= n + 1; b++) {
    struct circuit c;
    struct number *x = numbers_new(3), *sum = numbers_new(n + 1);
    size_t gates = n;
    mpz_t weight;
    mpz_init_set_ui(weight, (1UL << b) - 1);
    circuit_init(&c);
    make_bus(&c, &x[0], _i, false);
    make_bus(&c, &x[1], _i, false);
    number_add(&c, &x[2], &x[0], &x[1]);
    number_bits_lookahead(&c, sum, &x[2], (unsigned)n + 1, weight);
    for (size_t k = 0; k < n; k++)
      gates += k / b + (k / b > 0 && k % b > 0);
    claim(&c, sum, n + 1, n > b ? 2 : 1, gates);
    make_physical(&c, sum, n + 1);
    judge_weights(&c, b > 1 ? 1UL << (b - 1) : 2);
    numbers_free(x, 3);
    numbers_free(sum, n + 1);
    mpz_clear(weight);
    circuit_clear(&c);
  }
}
END_TEST

/* Long runs of columns that pass a carry on: a + b = 2^n - 1 - 2^i + 2^j. */
START_TEST(a_carry_is_looked_for_through_all_blocks) {
  const long n = 24;
  struct circuit c;
  struct number *x = numbers_new(3), *sum = numbers_new((size_t)n + 1);
  struct naive v;
  mpz_t weight, y;
  mpz_init_set_ui(weight, 1UL << _i);
  mpz_init(y);
  circuit_init(&c);
  make_bus(&c, &x[0], n, false);
  make_bus(&c, &x[1], n, false);
  number_add(&c, &x[2], &x[0], &x[1]);
  number_bits_lookahead(&c, sum, &x[2], (unsigned)n + 1, weight);
  naive_init(&v, &c);
  for (long i = 0; i <= n; i++)
    for (long j = 0; j < n; j++) {
      unsigned long a = ((1UL << n) - 1) ^ (i < n ? 1UL << i : 0);
      unsigned long pattern = 0x5a6c39UL & a, other = (a ^ pattern) | 1UL << j;
      bool in[48];
      for (long k = 0; k < n; k++) {
        in[k] = pattern >> k & 1;
        in[n + k] = other >> k & 1;
      }
      bool *bit = naive_values(&v, in);
      for (long k = 0; k <= n; k++) {
        number_value(y, &c, &sum[k], bit);
        ck_assert(!mpz_cmp_ui(y, (pattern + other) >> k & 1));
      }
      free(bit);
    }
  naive_clear(&v);
  numbers_free(x, 3);
  numbers_free(sum, (size_t)n + 1);
  mpz_clears(weight, y, NULL);
  circuit_clear(&c);
}
END_TEST

/* A borrow for each bit, as a - b = a + (2^n - 1 - b) + 1 - 2^n. */
START_TEST(subtracting_n_bits_takes_one_gate_more) {
  struct circuit c;
  size_t n = (size_t)_i;
  struct number *x = numbers_new(3), *bit = numbers_new(n + 1);
  circuit_init(&c);
  make_bus(&c, &x[0], _i, false);
  make_bus(&c, &x[1], _i, false);
  number_sub(&c, &x[2], &x[0], &x[1]);
  number_bits(&c, bit, &x[2], (unsigned)n + 1);
  claim(&c, bit, n + 1, 1, n);
  make_physical(&c, bit, n + 1);
  claim(&c, bit, n + 1, 2, 2 * n + 1);
  numbers_free(x, 3);
  numbers_free(bit, n + 1);
  circuit_clear(&c);
}
END_TEST

static size_t bit_length(size_t n) {
  size_t length = 0;
  for (; n; n >>= 1)
    length++;
  return length;
}

static const struct {
  long m, n;
  size_t carries; // as the trial found
} sums[] = {{4, 4, 11}, {8, 8, 52}, {16, 16, 229}, {32, 32, 966},
            {3, 5, 0},  {5, 3, 0},  {7, 1, 0},     {9, 2, 0},
            {2, 7, 0},  {20, 3, 0}, {1, 6, 0}};

/* Siu and Roychowdhury 1994. */
START_TEST(iterated_addition_takes_its_carries_and_outputs) {
  struct circuit c;
  long m = sums[_i].m, n = sums[_i].n;
  struct number x, sum;
  circuit_init(&c);
  number_init(&x);
  number_init(&sum);
  for (long i = 0; i < m; i++) {
    make_bus(&c, &x, n, false);
    number_push_si(&c, &sum, &x, 1);
  }
  number_settle(&c, &sum);
  size_t carries = 0, width = number_width(&sum), last = 0;
  for (long k = 1; k <= n; k++) {
    last = (size_t)(m - ((m + (1L << k) - 1) >> k));
    carries += last;
  }
  ck_assert(!sums[_i].carries || sums[_i].carries == carries);
  struct number *bit = numbers_new(width);
  number_bits(&c, bit, &sum, (unsigned)width);
  claim(&c, bit, width, m > 1, carries);
  make_physical(&c, bit, width);
  claim(&c, bit, width, m > 1 ? 2 : 0,
        m > 1 ? carries + (size_t)n + bit_length(last) - 1 : 0);
  numbers_free(bit, width);
  number_clear(&x);
  number_clear(&sum);
  circuit_clear(&c);
}
END_TEST

START_TEST(bits_of_buses_and_ladders_are_free) {
  struct circuit c;
  struct number x, *bit = numbers_new(5);
  circuit_init(&c);
  number_init(&x);
  if (_i == 0)
    make_bus(&c, &x, 5, false);
  else if (_i == 1)
    make_signed_bus(&c, &x, 5);
  else
    make_ladder(&c, &x, 25);
  if (_i == 3)
    number_add_si(&x, &x, -10);
  number_bits(&c, bit, &x, 5);
  claim(&c, bit, 5, _i > 1, _i > 1 ? 25 : 0);
  for (size_t i = 0; i < 5; i++)
    ck_assert_uint_le(bit[i].terms.n, 1);
  numbers_free(bit, 5);
  number_clear(&x);
  circuit_clear(&c);
}
END_TEST

/* ---- Products ---- */

/* Siu and Roychowdhury 1994 for the depth. */
START_TEST(multiplying_n_bits_takes_2nn_plus_n_minus_2_gates) {
  static const int sizes[] = {2, 3, 4, 5, 7, 8, 16, 32, 64};
  struct circuit c;
  size_t n = (size_t)sizes[_i], width = 2 * n;
  struct number *x = numbers_new(3), *bit = numbers_new(width);
  circuit_init(&c);
  make_bus(&c, &x[0], (long)n, false);
  make_bus(&c, &x[1], (long)n, false);
  number_mul(&c, &x[2], &x[0], &x[1]);
  claim(&c, &x[2], 1, 1, n * n);
  ck_assert_uint_eq(number_width(&x[2]), width);
  number_bits(&c, bit, &x[2], (unsigned)width);
  make_physical(&c, bit, width);
  claim(&c, bit, width, 3, 2 * n * n + n - 2);
  numbers_free(x, 3);
  numbers_free(bit, width);
  circuit_clear(&c);
}
END_TEST

START_TEST(products_of_ladders_are_ands_of_their_bits) {
  struct circuit c;
  for (unsigned p = 1; p <= 4; p++)
    for (unsigned q = 1; q <= 4; q++) {
      struct number *x = numbers_new(3);
      circuit_init(&c);
      make_ladder(&c, &x[0], (1L << p) - 1);
      make_ladder(&c, &x[1], (1L << q) - 1);
      size_t before = gates_made(&c);
      number_mul(&c, &x[2], &x[0], &x[1]);
      ck_assert_uint_eq(gates_made(&c) - before, p * q);
      claim(&c, &x[2], 1, p > 1 || q > 1 ? 2 : 1, before + p * q);
      numbers_free(x, 3);
      circuit_clear(&c);
    }
}
END_TEST

START_TEST(a_ladder_of_few_rungs_multiplies_by_rungs) {
  // 0, 5, 6: three bits with different tables, but two rungs
  struct circuit c;
  struct number *x = numbers_new(3), t;
  circuit_init(&c);
  number_init(&t);
  make_ladder(&c, &x[0], 2);
  number_at_least_si(&c, &t, &x[0], 1);
  number_addmul_si(&c, &x[0], &t, 4);
  make_bus(&c, &x[1], 3, false);
  number_mul(&c, &x[2], &x[0], &x[1]);
  claim(&c, &x[2], 1, 2, 2 + 2 * 3);
  number_clear(&t);
  numbers_free(x, 3);
  circuit_clear(&c);
}
END_TEST

START_TEST(squares_share_their_pairs) {
  struct circuit c;
  size_t p = (size_t)_i;
  struct number *x = numbers_new(5);
  circuit_init(&c);
  make_bus(&c, &x[0], _i, false);
  make_signed_bus(&c, &x[1], _i);
  number_mul(&c, &x[2], &x[0], &x[0]);
  claim(&c, &x[2], 1, p > 1, p * (p - 1) / 2);
  number_add(&c, &x[3], &x[0], &x[1]); // (x0 + x1)(x0 - x1) = x0^2 - x1^2
  number_sub(&c, &x[4], &x[0], &x[1]);
  number_mul(&c, &x[2], &x[3], &x[4]);
  ck_assert_uint_eq(gates_made(&c), 3 * p * (p - 1) / 2);
  numbers_free(x, 5);
  circuit_clear(&c);
}
END_TEST

/* The 2^(p+2) - 7 of a trial is 4M - 3 for M = 2^p - 1: of the 4M places in
   the two ranges three do not change floor(z^2 / 4). */
START_TEST(quarter_squares_take_4M_minus_3_gates) {
  struct circuit c;
  size_t m = (size_t)_i;
  struct number *x = numbers_new(3);
  circuit_init(&c);
  make_bus(&c, &x[0], _i, true);
  make_bus(&c, &x[1], _i, true);
  number_mul(&c, &x[2], &x[0], &x[1]);
  claim(&c, &x[2], 1, 1, 4 * m < m * m ? 4 * m - 3 : m * m);
  circuit_clear(&c);
  circuit_init(&c);
  make_bus(&c, &x[0], _i, true);
  number_mul(&c, &x[2], &x[0], &x[0]);
  claim(&c, &x[2], 1, m > 1, m < m * (m - 1) / 2 ? m : m * (m - 1) / 2);
  numbers_free(x, 3);
  circuit_clear(&c);
}
END_TEST

/* ---- Comparisons ---- */

START_TEST(a_comparison_with_a_condition_is_one_gate) {
  struct circuit c;
  struct number *x = numbers_new(3);
  mpz_t t;
  mpz_init_set_ui(t, 11);
  circuit_init(&c);
  make_bus(&c, &x[0], 5, false);
  make_bus(&c, &x[1], 1, false);
  number_at_least_and(&c, &x[2], &x[0], t, &x[1]);
  claim(&c, &x[2], 1, 1, 1);
  mpz_set_si(t, -1); // x is always above
  number_at_least_and(&c, &x[2], &x[0], t, &x[1]);
  ck_assert_uint_eq(gates_made(&c), 1);
  ck_assert_uint_eq(number_depth(&c, &x[2], 1), 0);
  numbers_free(x, 3);
  mpz_clear(t);
  circuit_clear(&c);
}
END_TEST

START_TEST(a_quotient_takes_m_gates) {
  struct circuit c;
  unsigned long m = (unsigned long)_i;
  for (int kind = 0; kind < 4; kind++) {
    struct number *x = numbers_new(3);
    circuit_init(&c);
    make_bus(&c, &x[0], 8, false);
    make_bus(&c, &x[1], 4, false);
    number_add_si(&x[1], &x[1], 1);
    if (kind & 2)
      number_set_si(&x[1], 5);
    number_divide(&c, &x[2], &x[0], &x[1], m, kind & 1);
    claim(&c, &x[2], 1, m > 0, m);
    ck_assert_int_eq(mpz_get_si(x[2].hi), (long)m);
    ck_assert(mpz_sgn(x[2].lo) == 0);
    ck_assert(!(kind & 2) || x[2].terms.n <= 1);
    numbers_free(x, 3);
    circuit_clear(&c);
  }
}
END_TEST

START_TEST(normalising_takes_a_gate_for_each_level) {
  struct circuit c;
  struct number *x = numbers_new(3);
  mpz_t g;
  mpz_init_set_ui(g, 400);
  circuit_init(&c);
  make_ladder(&c, &x[0], 15);
  number_add_si(&x[0], &x[0], -7);
  make_bus(&c, &x[1], 6, false);
  number_add_si(&x[1], &x[1], 1);
  number_normalise(&c, &x[2], &x[0], &x[1], g, -_i, _i + 1);
  claim(&c, &x[2], 1, 2, 15 + 2 * (size_t)_i + 1);
  ck_assert_int_eq(mpz_get_si(x[2].lo), -_i);
  ck_assert_int_eq(mpz_get_si(x[2].hi), _i + 1);
  numbers_free(x, 3);
  mpz_clear(g);
  circuit_clear(&c);
}
END_TEST

/* Alon and Bruck 1994 for the comparisons. */
START_TEST(a_maximum_takes_a_gate_for_each_pair_and_bit) {
  struct circuit c;
  size_t m = (size_t)_i, p = 4, bits = m * p;
  struct number *x = numbers_new(m), *r = numbers_new(m);
  const struct number **at = xcalloc(m, sizeof *at);
  for (int kind = 0; kind < 3; kind++) {
    circuit_init(&c);
    for (size_t i = 0; i < m; i++) {
      at[i] = &x[i];
      if (kind && i % 2)
        make_signed_bus(&c, &x[i], (long)p);
      else
        make_bus(&c, &x[i], (long)p, false);
      if (kind == 2 && i == 2)
        number_add_si(&x[i], &x[i], -3); // a constant of its own: one gate
    }
    number_max(&c, r, at, m);
    claim(&c, r, 1, m > 1 ? 2 : 0,
          m > 1 ? m * (m - 1) / 2 + bits + (kind == 2 && m > 2) : 0);
    ck_assert_int_eq(mpz_get_si(r->hi), 15);
    ck_assert_int_eq(mpz_get_si(r->lo), 0);
    circuit_clear(&c);
    circuit_init(&c);
    for (size_t i = 0; i < m; i++)
      make_bus(&c, &x[i], (long)p, false);
    number_argmax(&c, r, at, m);
    claim(&c, r, m, m > 2 ? 2 : m > 1,
          m > 2   ? m * (m - 1) / 2 + m
          : m > 1 ? 1
                  : 0);
    circuit_clear(&c);
  }
  free(at);
  numbers_free(x, m);
  numbers_free(r, m);
}
END_TEST

/* The greatest is known to be 0..15, but is a sum of m * 4 ANDs: the carry into
   bit k takes whichever is fewer, and that out of bit 3 nothing. */
START_TEST(known_ranges_save_carries) {
  struct circuit c;
  size_t m = (size_t)_i, gates = 0;
  struct number *x = numbers_new(m), best, *bit = numbers_new(4);
  const struct number **at = xcalloc(m, sizeof *at);
  circuit_init(&c);
  number_init(&best);
  for (size_t i = 0; i < m; i++) {
    at[i] = &x[i];
    make_bus(&c, &x[i], 4, false);
  }
  number_max(&c, &best, at, m);
  size_t before = gates_made(&c);
  number_bits(&c, bit, &best, 4);
  for (size_t k = 1; k <= 4; k++) {
    size_t of_sum = m * ((1U << k) - 1) >> k, of_range = 15 >> k;
    gates += of_sum < of_range ? of_sum : of_range;
  }
  claim(&c, bit, 4, 3, before + gates);
  free(at);
  numbers_free(x, m);
  numbers_free(bit, 4);
  number_clear(&best);
  circuit_clear(&c);
}
END_TEST

/* ---- Staircases ---- */

/* Steps at squares, so of no even spacing; and four on either side that a
   number of 25 bits always passes or never. Each up, or every other one. */
static void make_steps(struct staircase *s, unsigned long levels,
                       bool alternate) {
  mpz_t t;
  mpz_init(t);
  staircase_init(s);
  for (long i = -3; i <= 0; i++) {
    mpz_set_si(t, i);
    staircase_push_si(s, t, alternate && s->stairs.n % 2 ? -1 : 1);
  }
  for (unsigned long i = 1; i < levels; i++) {
    mpz_set_ui(t, i * i);
    staircase_push_si(s, t, alternate && s->stairs.n % 2 ? -1 : 1);
  }
  for (unsigned long i = 0; i < 4; i++) {
    mpz_set_ui(t, (1UL << 25) + i);
    staircase_push_si(s, t, alternate && s->stairs.n % 2 ? -1 : 1);
  }
  mpz_clear(t);
}

/* Siu, Roychowdhury and Kailath 1991; 6, 30 and 126 gates for 16, 256 and 4096
   levels instead of 15, 255 and 4095; 63 for parity of 1024 bits. */
START_TEST(two_levels_take_twice_the_root_of_the_steps) {
  static const struct {
    unsigned long levels;
    size_t gates; // as the trial found
  } row[] = {{16, 6}, {256, 30}, {4096, 126}, {1025, 63}, {2, 0},  {3, 0},
             {4, 0},  {5, 0},    {10, 0},     {17, 0},    {40, 0}, {100, 0}};
  unsigned long levels = row[_i].levels;
  size_t gates = levels - 1;
  for (size_t inside = 1; inside < levels; inside++)
    if (inside + (levels - 1) / (inside + 1) < gates)
      gates = inside + (levels - 1) / (inside + 1);
  ck_assert(!row[_i].gates || row[_i].gates == gates);
  ck_assert((gates + 1) * (gates + 1) <= 4 * (levels - 1) + 1);
  for (int alternate = 0; alternate < 2; alternate++) {
    struct circuit c;
    struct staircase s;
    struct number x, r;
    circuit_init(&c);
    number_init(&x);
    number_init(&r);
    make_bus(&c, &x, 25, false);
    make_steps(&s, levels, alternate);
    number_staircase_blocks(&c, &r, &x, &s);
    claim(&c, &r, 1, levels > 3 ? 2 : 1, gates);
    number_clear(&r);
    circuit_clear(&c);
    circuit_init(&c);
    number_init(&r);
    make_bus(&c, &x, 25, false);
    number_staircase(&c, &r, &x, &s);
    claim(&c, &r, 1, 1, levels - 1);
    staircase_clear(&s);
    number_clear(&x);
    number_clear(&r);
    circuit_clear(&c);
  }
}
END_TEST

/* 65535 steps up, and for a valley as many down before: 2 (2^8 - 1) gates each,
   which end in one ladder if they are evenly spaced, or in 8 bits, of which the
   highest is among them. */
START_TEST(long_staircases_take_few_gates_in_several_levels) {
  enum shape {
    EVEN,
    UNEVEN,
    VALLEY
  } shape = (enum shape)(_i % 3);
  unsigned levels = 2 + (unsigned)_i / 3;
  size_t sides = shape == VALLEY ? 2 : 1;
  bool has_bits = levels == 3 && shape != EVEN;
  struct circuit c;
  struct staircase s;
  struct split_staircase split;
  struct number x, r;
  mpz_t t;
  mpz_init(t);
  staircase_init(&s);
  for (long i = shape == VALLEY ? -65535 : 1; i < 65536; i++) {
    mpz_set_si(t, i * (shape == EVEN ? 512 : 700 + labs(i) / 100));
    mpz_add_ui(t, t, 1U << 30);
    if (i)
      staircase_push_si(&s, t, i < 0 ? -1 : 1);
  }
  circuit_init(&c);
  number_init(&x);
  number_init(&r);
  make_bus(&c, &x, 31, false);
  split_staircase_init(&split, &s, x.lo, x.hi, levels);
  number_staircase_split(&c, &r, &x, &split);
  claim(&c, &r, 1, has_bits ? 3 : 2, sides * 510 + (has_bits ? sides * 7 : 0));
  ck_assert_uint_eq(r.terms.n, shape == EVEN ? 2
                               : has_bits    ? 1 + 8 * sides
                                             : 1 + 255 * sides);
  ck_assert_int_eq(mpz_get_si(r.hi) - mpz_get_si(r.lo), 65535);
  split_staircase_clear(&split);
  staircase_clear(&s);
  number_clear(&x);
  number_clear(&r);
  circuit_clear(&c);
  mpz_clear(t);
}
END_TEST

/* Minnick 1961. */
START_TEST(a_gate_of_s_changes_takes_half_s_plus_1) {
  for (unsigned long levels = 1; levels < 40; levels++) {
    struct circuit c;
    struct staircase s;
    struct number x, r;
    circuit_init(&c);
    number_init(&x);
    number_init(&r);
    make_bus(&c, &x, 25, false);
    make_steps(&s, levels, true);
    number_staircase_gate(&c, &r, &x, &s);
    claim(&c, &r, 1, levels > 2 ? 2 : levels - 1,
          levels > 1 ? (levels - 1) / 2 + 1 : 0);
    staircase_clear(&s);
    number_clear(&x);
    number_clear(&r);
    circuit_clear(&c);
  }
}
END_TEST

/* Kautz 1961 for base 2. 44, 22, 16 and 10 gates instead of 512. */
START_TEST(digits_take_radix_minus_1_gates_each) {
  static const struct {
    unsigned levels, digits;
    size_t gates;
  } row[] = {{1, 1, 512}, {2, 2, 44}, {3, 3, 22}, {4, 4, 16},
             {5, 5, 13},  {8, 8, 10}, {9, 8, 10}, {99, 8, 10}};
  struct circuit c;
  struct number x, r;
  unsigned long radix[99];
  mpz_t unit;
  mpz_init_set_ui(unit, 2);
  circuit_init(&c);
  number_init(&x);
  number_init(&r);
  make_bus(&c, &x, 1024, true);
  unsigned digits = digits_choose(radix, row[_i].levels, 512);
  ck_assert_uint_eq(digits, row[_i].digits);
  number_digits(&c, &r, &x, unit, radix, digits);
  claim(&c, &r, 1, digits, row[_i].gates);
  number_addmul_si(&c, &x, &r, -2);
  number_bound_si(&x, 0, 1);
  make_physical(&c, &x, 1); // parity of 1024 bits
  claim(&c, &x, 1, digits + 1, row[_i].gates + 1);
  number_clear(&r);
  circuit_clear(&c);
  circuit_init(&c);
  number_init(&r);
  make_bus(&c, &x, 1024, true);
  number_parity(&c, &r, &x, row[_i].levels);
  claim(&c, &r, 1, digits, row[_i].gates);
  number_clear(&x);
  number_clear(&r);
  mpz_clear(unit);
  circuit_clear(&c);
}
END_TEST

/* The gates of the best radices, by trying all for the lowest digit. */
static unsigned long fewest(unsigned digits, unsigned long most) {
  unsigned long best = most;
  for (unsigned long radix = 1; digits > 1 && radix <= most + 1; radix++) {
    unsigned long gates = radix - 1 + fewest(digits - 1, most / radix);
    best = gates < best ? gates : best;
  }
  return best;
}

START_TEST(no_other_radices_take_fewer_gates) {
  unsigned long radix[8];
  for (unsigned digits = 1; digits <= 4; digits++) {
    unsigned n = digits_choose(radix, digits, (unsigned long)_i);
    unsigned long gates = 0, below = 1;
    for (unsigned i = 0; i + 1 < n; i++) {
      gates += radix[i] - 1;
      below *= radix[i];
    }
    ck_assert_uint_lt((unsigned long)_i, below * radix[n - 1]);
    ck_assert_uint_eq(gates + (unsigned long)_i / below,
                      fewest(digits, (unsigned long)_i));
    ck_assert(n == 1 || fewest(n - 1, (unsigned long)_i) >
                            fewest(digits, (unsigned long)_i));
  }
}
END_TEST

int main(void) {
  Suite *s = suite_create("claims");
  TCase *bits = tcase_create("bits"), *products = tcase_create("products"),
        *orders = tcase_create("orders"), *stairs = tcase_create("stairs");
  TCase *all[] = {bits, products, orders, stairs};
  tcase_add_loop_test(bits, parity_takes_half_n_plus_1_gates, 1, 41);
  tcase_add_loop_test(bits, adding_n_bits_takes_2n_gates, 1, 33);
  tcase_add_loop_test(
      bits, adding_with_short_weights_takes_a_gate_for_each_earlier_block, 1,
      20);
  tcase_add_loop_test(bits, a_carry_is_looked_for_through_all_blocks, 0, 6);
  tcase_add_loop_test(bits, subtracting_n_bits_takes_one_gate_more, 1, 33);
  tcase_add_loop_test(bits, iterated_addition_takes_its_carries_and_outputs, 0,
                      11);
  tcase_add_loop_test(bits, bits_of_buses_and_ladders_are_free, 0, 4);
  tcase_add_loop_test(products,
                      multiplying_n_bits_takes_2nn_plus_n_minus_2_gates, 0,
                      is_full_run() ? 9 : 8);
  tcase_add_test(products, products_of_ladders_are_ands_of_their_bits);
  tcase_add_test(products, a_ladder_of_few_rungs_multiplies_by_rungs);
  tcase_add_loop_test(products, squares_share_their_pairs, 2, 9);
  tcase_add_loop_test(products, quarter_squares_take_4M_minus_3_gates, 1, 20);
  tcase_add_test(orders, a_comparison_with_a_condition_is_one_gate);
  tcase_add_loop_test(orders, a_quotient_takes_m_gates, 0, 12);
  tcase_add_loop_test(orders, normalising_takes_a_gate_for_each_level, 0, 8);
  tcase_add_loop_test(orders, a_maximum_takes_a_gate_for_each_pair_and_bit, 1,
                      8);
  tcase_add_loop_test(orders, known_ranges_save_carries, 2, 12);
  tcase_add_loop_test(stairs, long_staircases_take_few_gates_in_several_levels,
                      0, 6);
  tcase_add_loop_test(stairs, two_levels_take_twice_the_root_of_the_steps, 0,
                      12);
  tcase_add_test(stairs, a_gate_of_s_changes_takes_half_s_plus_1);
  tcase_add_loop_test(stairs, digits_take_radix_minus_1_gates_each, 0, 8);
  tcase_add_loop_test(stairs, no_other_radices_take_fewer_gates, 1, 80);
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    tcase_set_timeout(all[i], 60);
    suite_add_tcase(s, all[i]);
  }
  return suite_run(s);
}
