#include "compile/models/excess.h"

#include <mpfr.h>

/* z - 1 for each score. */
static long excess(long score, long most, unsigned bits) {
  mpfr_t x;
  mpfr_init2(x, 200);
  mpfr_set_si_2exp(x, score - most, 3 - (long)bits, MPFR_RNDN);
  mpfr_exp(x, x, MPFR_RNDN);
  mpfr_mul_si(x, x, most, MPFR_RNDN);
  mpfr_rint(x, x, MPFR_RNDN);
  long z = mpfr_get_si(x, MPFR_RNDN);
  mpfr_clear(x);
  return z > 1 ? z - 1 : 0;
}

value_id excess_of_scores(struct program *p, value_id scores, unsigned bits) {
  long least = -(1L << (bits - 1));
  size_t n = (size_t)1 << bits;
  long *table = xmalloc(n * sizeof *table);
  for (size_t i = 0; i < n; i++)
    table[i] = excess(least + (long)i, -least - 1, bits);
  value_id z = program_table(p, "excess", scores, table, n, least);
  free(table);
  return z;
}
