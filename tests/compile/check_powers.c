/* powers.h against multiplication by GMP; gates by formulas that count what the
   constructions need, from outside. */
#include "compile/powers.h"
#include "tests/compile/operands.h"
#include "tests/compile/scene.h"
#include "tests/suite.h"

#include <stdlib.h>

#include <check.h>

/* ---- Products ---- */

static void product_agrees(struct operands *o, const struct number *r,
                           unsigned n) {
  mpz_t want, got;
  mpz_init_set_ui(want, 1);
  mpz_init(got);
  for (size_t i = 0; i < o->n; i++)
    mpz_mul(want, want, o->at[i]);
  operands_bits(got, o, r, n);
  ck_assert_msg(!mpz_cmp(want, got), "%lu, not %lu", mpz_get_ui(got),
                mpz_get_ui(want));
  mpz_clears(want, got, NULL);
}

static const unsigned shapes[][5] = {
    // widths, 0 after the last
    {1},          {4},    {1, 1},    {2, 2}, {3, 1, 2},
    {2, 2, 2, 2}, {4, 4}, {3, 3, 3}, {5, 3},
};
enum {
  SHAPES = sizeof shapes / sizeof *shapes
};

START_TEST(every_product_is_found_in_depth_three_or_four) {
  bool by_rank = _i >= SHAPES;
  const unsigned *width = shapes[_i % SHAPES];
  struct operands o;
  const struct number *x[5];
  size_t m = 0;
  for (; width[m]; m++)
    ;
  operands_init(&o, width, m);
  for (size_t i = 0; i < m; i++)
    x[i] = &o.x[i];
  unsigned n = product_width(x, m);
  struct number *r = numbers_new(n);
  number_product(&o.c, r, n, x, m, by_rank);
  ck_assert_uint_le(number_depth(&o.c, r, n), by_rank ? 4 : 3);
  for (uint64_t v = 0; v < (uint64_t)1 << o.bits; v++) {
    operands_set(&o, v);
    product_agrees(&o, r, n);
  }
  numbers_free(r, n);
  operands_clear(&o);
}
END_TEST

/* Ladders from..to have every one of their levels on some input. */
static void every_level_occurs(struct operands *o, ladder_id from,
                               ladder_id to) {
  size_t first = o->c.ladders.at[from].first_bit, levels = 0, seen = 0;
  bool *is_seen = xcalloc(2 * o->c.bits.n, sizeof *is_seen);
  for (uint64_t v = 0; v < (uint64_t)1 << o->bits; v++) {
    operands_set(o, v);
    for (ladder_id l = from; l < to; l++) {
      size_t level = 0, bit = o->c.ladders.at[l].first_bit;
      while (level < circuit_rungs(&o->c, l) && o->value[bit + level])
        level++;
      is_seen[bit - first + (l - from) + level] = true;
    }
  }
  for (ladder_id l = from; l < to; l++)
    levels += circuit_rungs(&o->c, l) + 1;
  for (size_t i = 0; i < levels; i++)
    seen += is_seen[i];
  ck_assert_uint_eq(seen, levels);
  free(is_seen);
}

/* The ladders of depth 1 and 2, which are made before those of depth 3. */
START_TEST(no_rung_of_a_residue_or_a_logarithm_is_idle) {
  struct operands o;
  const struct number *x[2];
  operands_init(&o, (unsigned[]){7, 3}, 2); // residues; one ladder
  for (int i = 0; i < 2; i++)
    x[i] = &o.x[i];
  struct number *r = numbers_new(10);
  ladder_id from = (ladder_id)o.c.ladders.n;
  number_product(&o.c, r, 10, x, 2, false);
  ladder_id to = from;
  size_t depth = 0, *of = xcalloc(o.c.ladders.n, sizeof *of);
  for (ladder_id l = from; l < o.c.ladders.n; l++) {
    for (size_t w = o.c.ladders.at[l].first_wire; w < circuit_end_wire(&o.c, l);
         w++) {
      ladder_id read = circuit_source_ladder(&o.c, o.c.wires.at[w].source);
      of[l] = of[read] + 1 > of[l] ? of[read] + 1 : of[l];
    }
    depth = of[l] > depth ? of[l] : depth;
    to = of[l] <= 2 ? l + 1 : to;
  }
  ck_assert_uint_eq(depth, 3);
  ck_assert_uint_gt(to - from, 6);
  every_level_occurs(&o, from, to);
  free(of);
  numbers_free(r, 10);
  operands_clear(&o);
}
END_TEST

/* Factors that are 0, 1, or extreme; and residue 0 for every prime in turn. */
START_TEST(long_products_are_found) {
  struct operands o;
  const struct number *x[4];
  gmp_randstate_t random;
  gmp_randinit_default(random);
  gmp_randseed_ui(random, (unsigned long)_i);
  operands_init(&o, (unsigned[]){7, 6, 8, 5}, 4);
  for (int i = 0; i < 4; i++)
    x[i] = &o.x[i];
  unsigned n = product_width(x, 4);
  ck_assert_uint_eq(n, 26);
  struct number *r = numbers_new(n);
  number_product(&o.c, r, n, x, 4, _i % 2);
  for (int round = 0; round < (is_full_run() ? 20000 : 300); round++) {
    operands_draw(&o, random);
    product_agrees(&o, r, n);
  }
  numbers_free(r, n);
  operands_clear(&o);
  gmp_randclear(random);
}
END_TEST

/* ---- Powers ---- */

enum {
  MONOMIALS,
  RESIDUES,
  TABLE
};

static void make_power(struct operands *o, struct number *r, unsigned n,
                       unsigned long e, int how) {
  (how == MONOMIALS  ? number_power_monomials
   : how == RESIDUES ? number_power_residues
                     : number_power_table)(&o->c, r, n, &o->x[0], e);
}

START_TEST(every_power_is_found) {
  int how = _i % 3;
  unsigned width = 1 + (unsigned)_i / 3 % 6;
  unsigned long e = 1 + (unsigned long)_i / 18 % 5;
  unsigned n = width * (unsigned)e;
  struct operands o;
  struct number *r = numbers_new(n);
  mpz_t want, got;
  mpz_inits(want, got, NULL);
  operands_init(&o, &width, 1);
  make_power(&o, r, n, e, how);
  ck_assert_uint_le(number_depth(&o.c, r, n), how == TABLE ? 1 : 2);
  for (uint64_t v = 0; v < 1u << width; v++) {
    operands_set(&o, v);
    mpz_ui_pow_ui(want, v, e);
    operands_bits(got, &o, r, n);
    ck_assert(!mpz_cmp(want, got));
  }
  mpz_clears(want, got, NULL);
  numbers_free(r, n);
  operands_clear(&o);
}
END_TEST

/* The sum of w mod 2^k over all monomials of x^e, divided by 2^k, is the
   greatest carry into column k; w counts how often the monomial's bits and no
   others are those that e factors take, which is said of ordered choices. */
static void count_choices(mpz_t *weight, unsigned n, unsigned left,
                          unsigned set, unsigned long shift) {
  if (!left) {
    mpz_t one;
    mpz_init_set_ui(one, 1);
    mpz_mul_2exp(one, one, shift);
    mpz_add(weight[set], weight[set], one);
    mpz_clear(one);
    return;
  }
  for (unsigned i = 0; i < n; i++)
    count_choices(weight, n, left - 1, set | 1u << i, shift + i);
}

static size_t formula(unsigned n, unsigned e) {
  mpz_t *weight = xcalloc((size_t)1 << n, sizeof *weight), sum, part;
  size_t gates = 0;
  mpz_inits(sum, part, NULL);
  for (unsigned set = 0; set < 1u << n; set++)
    mpz_init(weight[set]);
  count_choices(weight, n, e, 0, 0);
  for (unsigned set = 1; set < 1u << n; set++)
    gates += mpz_sgn(weight[set]) && __builtin_popcount(set) > 1;
  for (unsigned k = 1; k < n * e; k++) { // beyond, carries would be too large
    mpz_set_ui(sum, 0);
    for (unsigned set = 1; set < 1u << n; set++) {
      mpz_fdiv_r_2exp(part, weight[set], k);
      mpz_add(sum, sum, part);
    }
    mpz_fdiv_q_2exp(sum, sum, k);
    gates += mpz_get_ui(sum);
  }
  for (unsigned set = 0; set < 1u << n; set++)
    mpz_clear(weight[set]);
  free(weight);
  mpz_clears(sum, part, NULL);
  return gates;
}

START_TEST(monomials_take_their_formula) {
  for (unsigned e = 2; e <= 4; e++)
    for (unsigned width = 2; width <= 6; width++) {
      struct operands o;
      unsigned n = width * e;
      struct number *r = numbers_new(n);
      operands_init(&o, &width, 1);
      number_power_monomials(&o.c, r, n, &o.x[0], e);
      ck_assert_uint_eq(number_gates(&o.c, r, n), formula(width, e));
      numbers_free(r, n);
      operands_clear(&o);
    }
}
END_TEST

START_TEST(a_table_takes_a_gate_for_each_value_but_one) {
  for (unsigned width = 2; width <= 8; width++) {
    struct operands o;
    struct number *r = numbers_new(3 * width);
    operands_init(&o, &width, 1);
    number_power_table(&o.c, r, 3 * width, &o.x[0], 3);
    ck_assert_uint_eq(number_gates(&o.c, r, 3 * width), (1u << width) - 1);
    numbers_free(r, 3 * width);
    operands_clear(&o);
  }
}
END_TEST

int main(void) {
  Suite *s = suite_create("powers");
  TCase *t = tcase_create("powers");
  tcase_set_timeout(t, 600);
  tcase_add_loop_test(t, every_product_is_found_in_depth_three_or_four, 0,
                      2 * SHAPES);
  tcase_add_test(t, no_rung_of_a_residue_or_a_logarithm_is_idle);
  tcase_add_loop_test(t, long_products_are_found, 0, 2);
  tcase_add_loop_test(t, every_power_is_found, 0, 90);
  tcase_add_test(t, monomials_take_their_formula);
  tcase_add_test(t, a_table_takes_a_gate_for_each_value_but_one);
  suite_add_tcase(s, t);
  return suite_run(s);
}
