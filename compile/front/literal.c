#include "compile/front/literal.h"
#include "circuit/scan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_sign(const char *p) {
  return p + (*p == '-' || *p == '+');
}

static const char *skip_digits(const char *p) {
  return p + strspn(p, "0123456789");
}

static bool has_prefix(const char *p, char base) {
  return *p == '0' && (p[1] | 32) == base;
}

const char *literal_integer(mpz_t z, const char *text) {
  static const char *const too_long = "has more than 2^20 bits";
  const char *p = skip_sign(text);
  int base = has_prefix(p, 'x') ? 16 : has_prefix(p, 'b') ? 2 : 10;
  p += base == 10 ? 0 : 2;
  size_t n = strspn(p, base == 16  ? "0123456789abcdefABCDEF"
                       : base == 2 ? "01"
                                   : "0123456789");
  if (!n || p[n])
    return "is no integer";
  for (; n > 1 && *p == '0'; p++)
    n--;
  size_t most = base == 16  ? SCAN_MAX_BITS / 4
                : base == 2 ? SCAN_MAX_BITS
                            : SCAN_MAX_BITS * 30103 / 100000 + 2;
  if (n > most)
    return too_long;
  mpz_set_str(z, p, base);
  if (*text == '-')
    mpz_neg(z, z);
  return mpz_sizeinbase(z, 2) > SCAN_MAX_BITS ? too_long : NULL;
}

/* sign digits . digits e sign digits; digits on one side of the point at
   least. What strtod() takes beyond that, names and hexadecimal, is refused. */
static bool is_decimal(const char *text) {
  const char *first = skip_sign(text), *p = skip_digits(first);
  bool has_digits = p > first;
  if (*p == '.') {
    first = p + 1;
    p = skip_digits(first);
    has_digits |= p > first;
  }
  if (has_digits && (*p | 32) == 'e') {
    first = skip_sign(p + 1);
    p = skip_digits(first);
    has_digits = p > first;
  }
  return has_digits && !*p;
}

const char *literal_double(double *d, const char *text) {
  if (!is_decimal(text))
    return "is no decimal number";
  *d = strtod(text, NULL);
  return isfinite(*d) ? NULL : "is beyond the range of a double";
}
