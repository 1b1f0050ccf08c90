#include "tasks/division.h"

const char *const division_methods[] = {"digits", "poly"};

unsigned division_depth(const fmpz *value) {
  return value[DIVISION_DEPTH] ? (unsigned)value[DIVISION_DEPTH] : 3;
}

void division_by_hand(const fmpz *value, const fmpz *in, fmpz_t quotient,
                      fmpz_t rest) {
  const fmpz *m = value + DIVISION_M, *y = fmpz_is_zero(m) ? in + 1 : m;
  fmpz_zero(quotient);
  fmpz_zero(rest);
  for (slong i = value[DIVISION_N]; i-- > 0;) {
    fmpz_add(rest, rest, rest);
    fmpz_add_si(rest, rest, fmpz_tstbit(in, (ulong)i));
    if (fmpz_cmp(rest, y) >= 0) { // always, if y is 0
      fmpz_sub(rest, rest, y);
      fmpz_setbit(quotient, (ulong)i);
    }
  }
}
