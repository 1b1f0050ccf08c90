#include "tasks/fixed.h"

/* Add weight * atanh(num / den), for num / den <= 1/3, to bounds in units of
   2^-precision: sum of z^(2k+1) / (2k+1). What is left out from a power on is
   below 9/8 of that power. */
static void add_series(fmpz_t lo, fmpz_t hi, ulong weight, const fmpz_t num,
                       const fmpz_t den, ulong precision) {
  fmpz_t low, high, part;
  fmpz_init(low);
  fmpz_init(high);
  fmpz_init(part);
  fmpz_mul_2exp(part, num, precision);
  fmpz_fdiv_q(low, part, den);
  fmpz_cdiv_q(high, part, den);
  for (ulong k = 1; fmpz_cmp_si(high, 1) > 0; k += 2) {
    fmpz_fdiv_q_ui(part, low, k);
    fmpz_addmul_ui(lo, part, weight);
    fmpz_cdiv_q_ui(part, high, k);
    fmpz_addmul_ui(hi, part, weight);
    for (int i = 0; i < 2; i++) {
      fmpz_mul(low, low, num);
      fmpz_fdiv_q(low, low, den);
      fmpz_mul(high, high, num);
      fmpz_cdiv_q(high, high, den);
    }
  }
  fmpz_addmul_ui(hi, high, 2 * weight);
  fmpz_clear(low);
  fmpz_clear(high);
  fmpz_clear(part);
}

/* -log(x / 2^bits) = 2 atanh((2^e - x) / (2^e + x)) + 2(bits - e) atanh(1/3),
   for x of e bits, as log 2 = 2 atanh(1/3). */
static void bound_log(fmpz_t lo, fmpz_t hi, const fmpz_t x, ulong bits,
                      ulong precision) {
  fmpz_t num, den, one;
  fmpz_init(num);
  fmpz_init(den);
  fmpz_init_set_ui(one, 1);
  fmpz_zero(lo);
  fmpz_zero(hi);
  fmpz_mul_2exp(den, one, fmpz_bits(x));
  fmpz_sub(num, den, x);
  fmpz_add(den, den, x);
  add_series(lo, hi, 2, num, den, precision);
  fmpz_set_ui(den, 3);
  add_series(lo, hi, 2 * (bits - fmpz_bits(x)), one, den, precision);
  fmpz_clear(num);
  fmpz_clear(den);
  fmpz_clear(one);
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz_t x, lo;
  fmpz_init_set(x, in);
  fmpz_init(lo);
  if (fmpz_is_zero(in))
    fmpz_one(x);
  fixed_round_between(out, value, x, bound_log);
  if (fmpz_is_zero(in)) { // the lowest integer of as many bits: 2^w >= lo
    fmpz_set(lo, out);
    fmpz_one(out);
    while (fmpz_cmp(out, lo) < 0)
      fmpz_mul_2exp(out, out, 1);
  }
  fmpz_neg(out, out);
  fmpz_clear(x);
  fmpz_clear(lo);
}

static void build(struct program *p, const fmpz *value) {
  fixed_build(p, FIXED_LOG, value);
}

const struct family task_log = {
    .name = "log",
    .about =
        "the natural logarithm of a fraction x, correctly rounded; of 0 the "
        "lowest integer",
    .formula = FIXED_FORMULA,
    .parameters = FIXED_PARAMETERS,
    .build = build,
    .answer = answer,
    .complexity = FIXED_SERIES,
};
