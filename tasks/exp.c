#include "tasks/fixed.h"

/* sum of v^k / k!, v = x / 2^bits, in units of 2^-precision: between lo and hi.
   What is left out after a term is below that term, as v < 1. */
static void sum_series(fmpz_t lo, fmpz_t hi, const fmpz_t x, ulong bits,
                       ulong precision) {
  fmpz_t low, high, divisor;
  fmpz_init_set_ui(low, 1);
  fmpz_init(high);
  fmpz_init(divisor);
  fmpz_mul_2exp(low, low, precision);
  fmpz_set(high, low);
  fmpz_set(lo, low);
  fmpz_set(hi, low);
  for (ulong k = 1; k == 1 || fmpz_cmp_si(high, 1) > 0; k++) {
    fmpz_set_ui(divisor, k);
    fmpz_mul_2exp(divisor, divisor, bits);
    fmpz_mul(low, low, x);
    fmpz_fdiv_q(low, low, divisor);
    fmpz_mul(high, high, x);
    fmpz_cdiv_q(high, high, divisor);
    fmpz_add(lo, lo, low);
    fmpz_add(hi, hi, high);
  }
  fmpz_add(hi, hi, high);
  fmpz_clear(low);
  fmpz_clear(high);
  fmpz_clear(divisor);
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fixed_round_between(out, value, in, sum_series);
}

static void build(struct program *p, const fmpz *value) {
  fixed_build(p, FIXED_EXP, value);
}

const struct family task_exp = {
    .name = "exp",
    .about = "e^x of a fraction x, correctly rounded",
    .formula = FIXED_FORMULA,
    .parameters = FIXED_PARAMETERS,
    .build = build,
    .answer = answer,
    .complexity = FIXED_SERIES,
};
