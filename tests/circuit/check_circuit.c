/* circuit.c: building, and integers.c under it */
#include "circuit/circuit.h"
#include "tests/suite.h"

#include <limits.h>
#include <stdlib.h>

#include <check.h>

START_TEST(integers_come_back_whole_and_equal_ones_share_an_id) {
  static const char *const text[] = {"0",
                                     "1",
                                     "-1",
                                     "1073741823",
                                     "-1073741824",
                                     "1073741824",
                                     "-1073741825",
                                     "9223372036854775807",
                                     "-9223372036854775808",
                                     "9223372036854775808",
                                     "-340282366920938463463374607431768211456",
                                     "340282366920938463463374607431768211456"};
  enum {
    N = sizeof text / sizeof *text
  };
  struct integers t = {0};
  integer_id id[N];
  mpz_t z;
  mpz_init(z);
  for (int i = 0; i < N; i++) {
    mpz_set_str(z, text[i], 10);
    id[i] = integers_add(&t, z);
    ck_assert_int_eq(integer_is_small(id[i]), i < 5);
  }
  for (int i = 0; i < N; i++) {
    struct integer_scratch s;
    long v;
    mpz_set_str(z, text[i], 10);
    ck_assert_int_eq(mpz_cmp(z, integers_get(&t, id[i], &s)), 0);
    ck_assert_uint_eq(integers_add(&t, z), id[i]);
    ck_assert_int_eq(integers_sign(&t, id[i]), mpz_sgn(z));
    ck_assert_int_eq(integers_get_si(&t, id[i], &v), mpz_fits_slong_p(z) != 0);
    for (int j = 0; j < N; j++) {
      mpz_t y;
      mpz_init_set_str(y, text[j], 10);
      ck_assert_int_eq(integers_compare(&t, id[i], id[j]) > 0,
                       mpz_cmp(z, y) > 0);
      mpz_clear(y);
    }
  }
  mpz_clear(z);
  integers_clear(&t);
}
END_TEST

START_TEST(equal_views_are_one_and_a_trivial_one_is_its_bit) {
  struct circuit c;
  circuit_init(&c);
  bit_id x = circuit_add_input(&c), y = circuit_add_input(&c);
  circuit_add_wire_si(&c, x, 1);
  circuit_add_wire_si(&c, y, 1);
  bit_id rung = circuit_add_ladder(&c, (integer_id[]){1, 2}, 2);
  ladder_id l = c.bits.at[rung].ladder;
  source_id a = circuit_view(&c, l, (integer_id[]){1, 1});
  source_id b = circuit_view(&c, l, (integer_id[]){1, 2});
  ck_assert_uint_eq(circuit_view(&c, l, (integer_id[]){1, 1}), a);
  ck_assert_uint_ne(a, b);
  ck_assert_uint_eq(circuit_source_ladder(&c, b), l);
  ck_assert_uint_eq(circuit_view(&c, c.bits.at[x].ladder, (integer_id[]){1}),
                    x);
  circuit_clear(&c);
}
END_TEST

START_TEST(ladders_know_their_wires_rungs_and_operations) {
  struct circuit c;
  circuit_init(&c);
  bit_id x = circuit_add_input(&c);
  circuit_begin_operation(&c, "first", "linear");
  circuit_add_wire_si(&c, x, 5);
  circuit_add_wire_si(&c, BIT_ONE, -3);
  bit_id g = circuit_add_gate_si(&c, 2);
  circuit_begin_operation(&c, "second", "compare");
  circuit_add_wire_si(&c, g, LONG_MIN);
  bit_id h = circuit_add_ladder(&c, (integer_id[]){0, 1, 7}, 3);
  ladder_id lg = c.bits.at[g].ladder, lh = c.bits.at[h].ladder;
  circuit_name_bit(&c, h, "top");
  ck_assert_uint_eq(circuit_end_wire(&c, lg) - c.ladders.at[lg].first_wire, 2);
  ck_assert_uint_eq(circuit_end_wire(&c, lh) - c.ladders.at[lh].first_wire, 1);
  ck_assert_uint_eq(circuit_rungs(&c, lh), 3);
  ck_assert_str_eq(circuit_operation(&c, lg)->name, "first");
  ck_assert_str_eq(circuit_operation(&c, lh)->kind, "compare");
  ck_assert_ptr_null(circuit_operation(&c, c.bits.at[x].ladder));
  ck_assert_str_eq(circuit_bit_name(&c, h), "top");
  ck_assert_ptr_null(circuit_bit_name(&c, g));
  ck_assert(circuit_is_input(&c, x) && !circuit_is_gate(&c, BIT_ONE) &&
            circuit_is_gate(&c, h + 2));
  circuit_clear(&c);
}
END_TEST

int main(void) {
  Suite *s = suite_create("circuit");
  TCase *corners = tcase_create("corners");
  tcase_add_test(corners, integers_come_back_whole_and_equal_ones_share_an_id);
  tcase_add_test(corners, equal_views_are_one_and_a_trivial_one_is_its_bit);
  tcase_add_test(corners, ladders_know_their_wires_rungs_and_operations);
  suite_add_tcase(s, corners);
  return suite_run(s);
}
