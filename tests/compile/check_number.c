/* number.c: linear forms and functions of a number.

   The circuit that a number makes is small, so its value is found here gate by
   gate from the definition in circuit.h. */
#include "compile/number.h"

#include <stdlib.h>

#include <check.h>

/* Values of all bits when input i is bit i of `inputs`. */
static void evaluate(const struct circuit *c, unsigned inputs, bool *value);

/* Value of a source when the bits have these values. */
static void source_value(mpz_t y, const struct circuit *c, source_id s,
                         const bool *value) {
  struct integer_scratch scratch;
  mpz_set_ui(y, 0);
  if (!(s & SOURCE_VIEW)) {
    mpz_set_ui(y, value[s]);
    return;
  }
  ladder_id l = circuit_source_ladder(c, s);
  for (size_t i = 0; i < circuit_rungs(c, l); i++)
    if (value[c->ladders.at[l].first_bit + i])
      mpz_add(
          y, y,
          integers_get(&c->integers, circuit_view_steps(c, s)[i], &scratch));
}

static void evaluate(const struct circuit *c, unsigned inputs, bool *value) {
  struct integer_scratch scratch;
  size_t next_input = 0;
  mpz_t sum, y;
  mpz_inits(sum, y, NULL);
  for (ladder_id l = 0; l < c->ladders.n; l++) {
    mpz_set_ui(sum, 0);
    for (size_t w = c->ladders.at[l].first_wire; w < circuit_end_wire(c, l);
         w++) {
      source_value(y, c, c->wires.at[w].source, value);
      mpz_addmul(sum, y,
                 integers_get(&c->integers, c->wires.at[w].weight, &scratch));
    }
    for (bit_id b = c->ladders.at[l].first_bit; b < circuit_end_bit(c, l); b++)
      value[b] =
          circuit_is_input(c, b)
              ? inputs >> next_input++ & 1
              : mpz_cmp(sum, integers_get(&c->integers, c->bits.at[b].threshold,
                                          &scratch)) >= 0;
  }
  mpz_clears(sum, y, NULL);
}

static long number_value(const struct circuit *c, const struct number *x,
                         const bool *value) {
  struct integer_scratch scratch;
  mpz_t sum, y;
  mpz_init_set(sum, x->constant);
  mpz_init(y);
  for (size_t i = 0; i < x->terms.n; i++) {
    source_value(y, c, x->terms.at[i].source, value);
    mpz_addmul(sum, y,
               integers_get(&c->integers, x->terms.at[i].weight, &scratch));
  }
  ck_assert(mpz_cmp(sum, x->lo) >= 0 && mpz_cmp(sum, x->hi) <= 0);
  long v = mpz_get_si(sum);
  mpz_clears(sum, y, NULL);
  return v;
}

/* 6 input bits with weights drawn from the seed, as a number and a formula. */
enum {
  INPUTS = 6
};
struct form {
  long weight[INPUTS], constant;
};

static struct form draw_form(unsigned seed) {
  struct form f;
  srand(seed);
  for (int i = 0; i < INPUTS; i++)
    f.weight[i] = rand() % 15 - 7;
  f.constant = rand() % 9 - 4;
  return f;
}

static long form_value(const struct form *f, unsigned inputs) {
  long v = f->constant;
  for (int i = 0; i < INPUTS; i++)
    v += (inputs >> i & 1) * f->weight[i];
  return v;
}

static void make_form(struct circuit *c, struct number *r,
                      const struct form *f) {
  struct number bit;
  number_init(&bit);
  number_set_si(r, f->constant);
  for (int i = 0; i < INPUTS; i++) {
    number_set_bit(c, &bit, c->inputs.at[i]);
    number_addmul_si(c, r, &bit, f->weight[i]);
  }
  number_clear(&bit);
}

static void fold(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_mul(y, x, x);
  mpz_fdiv_r_ui(y, y, 11);
  mpz_sub_ui(y, y, 5);
}

static void third(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_fdiv_q_ui(y, x, 3);
  mpz_neg(y, y);
}

static long long_of(const struct function *f, long x) {
  mpz_t z, y;
  mpz_init_set_si(z, x);
  mpz_init(y);
  f->call(y, z, f->context);
  long v = mpz_get_si(y);
  mpz_clears(z, y, NULL);
  return v;
}

START_TEST(functions_of_forms_agree_with_plain_arithmetic) {
  struct function square = {fold, NULL, false}, down = {third, NULL, true};
  struct form f = draw_form((unsigned)_i);
  struct circuit c;
  struct number x, y, z, w;
  circuit_init(&c);
  number_init(&x);
  number_init(&y);
  number_init(&z);
  number_init(&w);
  for (int i = 0; i < INPUTS; i++)
    circuit_add_input(&c);
  make_form(&c, &x, &f);
  number_apply(&c, &y, &x, &square);
  size_t bits = c.bits.n;
  number_apply(&c, &z, &y, &down); // y is one ladder: free
  ck_assert(x.terms.n <= 1 || c.bits.n == bits);
  number_apply(&c, &w, &x, &down);
  number_addmul_si(&c, &w, &y, -3); // two ladders
  number_at_least_si(&c, &w, &w, 2);
  bool *value = calloc(c.bits.n, 1);
  for (unsigned in = 0; in < 1u << INPUTS; in++) {
    long v = form_value(&f, in);
    evaluate(&c, in, value);
    ck_assert_int_eq(number_value(&c, &x, value), v);
    ck_assert_int_eq(number_value(&c, &y, value), long_of(&square, v));
    ck_assert_int_eq(number_value(&c, &z, value),
                     long_of(&down, long_of(&square, v)));
    ck_assert_int_eq(number_value(&c, &w, value),
                     long_of(&down, v) - 3 * long_of(&square, v) >= 2);
  }
  free(value);
  number_clear(&x);
  number_clear(&y);
  number_clear(&z);
  number_clear(&w);
  circuit_clear(&c);
}
END_TEST

int main(void) {
  Suite *s = suite_create("number");
  TCase *naive = tcase_create("naive");
  tcase_add_loop_test(naive, functions_of_forms_agree_with_plain_arithmetic, 0,
                      200);
  suite_add_tcase(s, naive);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  int failed = srunner_ntests_failed(r);
  srunner_free(r);
  return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
