#include "tools/rational.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mpfr.h>

enum {
  MOST_DIGITS = 100, // of a decimal
  MOST_POWER = 10000,
  SHORT = 20 // digits of a fraction that is printed
};

static bool parse_power(mpq_t q, const char *text) {
  char *end;
  if (strncmp(text, "2^-", 3) || !isdigit((unsigned char)text[3]))
    return false;
  unsigned long n = strtoul(text + 3, &end, 10);
  if (*end || n > MOST_POWER)
    return false;
  mpq_set_ui(q, 1, 1);
  mpq_div_2exp(q, q, n);
  return true;
}

static bool parse_decimal(mpq_t q, const char *text) {
  char digits[MOST_DIGITS + 2];
  size_t n = strlen(text), point = strcspn(text, ".");
  if (n > MOST_DIGITS || point == n || n == 1 ||
      strspn(text, "0123456789.") != n)
    return false;
  memcpy(digits, text, point);
  strcpy(digits + point, text + point + 1);
  if (mpz_set_str(mpq_numref(q), digits, 10))
    return false; // a second point
  mpz_ui_pow_ui(mpq_denref(q), 10, n - point - 1);
  mpq_canonicalize(q);
  return true;
}

static bool parse_fraction(mpq_t q, const char *text) {
  size_t n = strlen(text);
  if (n > MOST_DIGITS || strspn(text, "0123456789/") != n ||
      mpq_set_str(q, text, 10) || !mpz_sgn(mpq_denref(q)))
    return false;
  mpq_canonicalize(q);
  return true;
}

bool option_rational(const struct arguments *a, const char *name, mpq_t q,
                     struct error *err) {
  const char *text = option_value(a, name);
  if (!text)
    return true;
  bool ok =
      parse_power(q, text) || parse_decimal(q, text) || parse_fraction(q, text);
  if (ok && mpq_sgn(q) > 0 && mpq_cmp_ui(q, 1, 1) < 0)
    return true;
  return error_set(err, 0,
                   "--%s %s: must be above 0 and below 1, as 1/8, 0.05 or "
                   "2^-20",
                   name, text);
}

double rational_double(const mpq_t q) {
  mpfr_t x;
  mpfr_init2(x, 53);
  mpfr_set_q(x, q, MPFR_RNDN);
  double d = mpfr_get_d(x, MPFR_RNDN);
  mpfr_clear(x);
  return d;
}

void rational_print(const mpq_t q) {
  if (mpz_sizeinbase(mpq_denref(q), 10) <= SHORT)
    gmp_printf("%Qd = ", q);
  double d = rational_double(q);
  if (d > 0 || !mpq_sgn(q)) {
    printf("%.4g", d);
    return;
  }
  long num, den; // below what a double holds
  mpz_get_d_2exp(&num, mpq_numref(q));
  mpz_get_d_2exp(&den, mpq_denref(q));
  printf("about 2^%ld", num - den);
}
