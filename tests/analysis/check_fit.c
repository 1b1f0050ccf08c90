/* Formulas of points that plain functions give. */
#include "analysis/surface.h"
#include "tests/suite.h"

#include <flint/fmpz_vec.h>

static long ceil_log(long n) {
  long k = 0, power = 1;
  for (; power < n; power *= 2)
    k++;
  return k;
}

static void constant(fmpz_t y, long n) {
  (void)n;
  fmpz_set_si(y, 7);
}
static void nothing(fmpz_t y, long n) {
  (void)n;
  fmpz_zero(y);
}
static void line(fmpz_t y, long n) {
  fmpz_set_si(y, 3 * n - 1);
}
static void pairs(fmpz_t y, long n) {
  fmpz_set_si(y, n * (n - 1) / 2);
}
static void quintic(fmpz_t y, long n) {
  fmpz_set_si(y, n * n * n * n * n - 4 * n * n + 2);
}
static void logarithm(fmpz_t y, long n) {
  fmpz_set_si(y, 2 * ceil_log(n) + 1);
}
static void n_logs(fmpz_t y, long n) {
  fmpz_set_si(y, n * ceil_log(n));
}
static void halves(fmpz_t y, long n) {
  fmpz_set_si(y, n / 2 + 1);
}
static void power_of_two(fmpz_t y, long n) {
  fmpz_one(y);
  fmpz_mul_2exp(y, y, (ulong)n);
  fmpz_sub_ui(y, y, 1);
}
static void small_are_unlike(fmpz_t y, long n) {
  fmpz_set_si(y, n < 3 ? 1 : n * n);
}
static void deceives(fmpz_t y, long n) { // constant until it is not
  fmpz_set_si(y, n <= 40 ? 5 : n - 35);
}
static void square_root(fmpz_t y, long n) {
  fmpz_set_si(y, n);
  fmpz_sqrt(y, y);
}

static const struct {
  void (*f)(fmpz_t y, long n);
  long first, last;
  enum fit_growth growth;
  unsigned degree;
  long from;
  const char *formula;
} rows[] = {
    {constant, 4, 20, FIT_CONSTANT, 0, 4, "7"},
    {nothing, 1, 9, FIT_CONSTANT, 0, 1, "0"},
    {line, 4, 20, FIT_LINEAR, 1, 4, "3*n - 1"},
    {pairs, 2, 12, FIT_POLYNOMIAL, 2, 2, "1/2*n^2 - 1/2*n"},
    {quintic, 2, 12, FIT_POLYNOMIAL, 5, 2, "n^5 - 4*n^2 + 2"},
    {logarithm, 2, 64, FIT_LOGARITHMIC, 0, 2, "2*ceil(log2(n)) + 1"},
    {n_logs, 2, 64, FIT_POLYNOMIAL, 1, 2, "n*ceil(log2(n))"},
    {halves, 2, 20, FIT_LINEAR, 1, 2, "1/2*n - 1/2*[n mod 2 = 1] + 1"},
    {power_of_two, 2, 20, FIT_OTHER, 0, 2, "2^n - 1"},
    {small_are_unlike, 1, 12, FIT_POLYNOMIAL, 2, 3, "n^2"},
    {deceives, 4, 64, FIT_NONE, 0, 0, NULL},
    {square_root, 4, 64, FIT_NONE, 0, 0, NULL},
    {line, 4, 7, FIT_NONE, 0, 0, NULL}, // two would do, but not two to spare
};

START_TEST(a_formula_is_found_or_none) {
  size_t points = (size_t)(rows[_i].last - rows[_i].first + 1);
  long *n = malloc(points * sizeof *n);
  fmpz *y = _fmpz_vec_init((slong)points);
  struct fit f;
  for (size_t i = 0; i < points; i++) {
    n[i] = rows[_i].first + (long)i;
    rows[_i].f(y + i, n[i]);
  }
  ck_assert_int_eq(fit_find(&f, "n", n, y, points), rows[_i].formula != NULL);
  ck_assert_pstr_eq(f.formula, rows[_i].formula);
  ck_assert_int_eq(f.growth, rows[_i].growth);
  ck_assert_uint_eq(f.degree, rows[_i].degree);
  ck_assert_int_eq(f.from, rows[_i].from);
  ck_assert(!f.formula || f.points >= f.terms + FIT_SPARE);
  fit_clear(&f);
  free(n);
  _fmpz_vec_clear(y, (slong)points);
}
END_TEST

/* ---- In two parameters ---- */

static long product(long n, long m) {
  return 3 * n * n * m - n * ceil_log(m) + 7;
}
static long halves_of_both(long n, long m) {
  return n * (n - 1) / 2 * m - m;
}
static long almost(long n, long m) {
  return n * m + (n == 6 && m == 7);
}
static long exponential(long n, long m) {
  return n * (1L << m);
}

static const struct {
  long (*f)(long n, long m);
  const char *formula; // NULL: none
} surfaces[] = {
    {product, "3*n^2*m - n*ceil(log2(m)) + 7"},
    {halves_of_both, "1/2*n^2*m - 1/2*n*m - m"},
    {almost, NULL},
    {exponential, NULL},
};

START_TEST(a_surface_goes_through_all_points_or_is_none) {
  enum {
    SIDE = 9
  };
  static const char *const name[] = {"n", "m"};
  long at[SIDE * SIDE][2];
  struct surface f;
  fmpz *y = _fmpz_vec_init(SIDE * SIDE);
  for (long i = 0; i < SIDE * SIDE; i++) {
    at[i][0] = 2 + i / SIDE;
    at[i][1] = 3 + i % SIDE;
    fmpz_set_si(y + i, surfaces[_i].f(at[i][0], at[i][1]));
  }
  ck_assert(surface_find(&f, name, at, y, SIDE * SIDE) ==
            (surfaces[_i].formula != NULL));
  ck_assert_pstr_eq(f.formula, surfaces[_i].formula);
  surface_clear(&f);
  _fmpz_vec_clear(y, SIDE * SIDE);
}
END_TEST

int main(void) {
  Suite *s = suite_create("fit");
  TCase *fit = tcase_create("fit");
  tcase_set_timeout(fit, 60);
  tcase_add_loop_test(fit, a_formula_is_found_or_none, 0,
                      sizeof rows / sizeof *rows);
  tcase_add_loop_test(fit, a_surface_goes_through_all_points_or_is_none, 0,
                      sizeof surfaces / sizeof *surfaces);
  suite_add_tcase(s, fit);
  return suite_run(s);
}
