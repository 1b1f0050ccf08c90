#include "tasks/fixed.h"

/* 2^(bits + out) / x. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz_t power, rest;
  fmpz_init_set_ui(power, 1);
  fmpz_init(rest);
  fmpz_mul_2exp(power, power, (ulong)(value[0] + value[1]));
  if (fmpz_is_zero(in)) {
    fmpz_mul_ui(out, power, 2);
    fmpz_sub_ui(out, out, 1);
  } else {
    fmpz_fdiv_qr(out, rest, power, in);
    fmpz_mul_ui(rest, rest, 2);
    int order = fmpz_cmp(rest, in);
    fmpz_add_ui(out, out, order > 0 || (order == 0 && fmpz_is_odd(out)));
  }
  fmpz_clear(power);
  fmpz_clear(rest);
}

static void build(struct program *p, const fmpz *value) {
  fixed_build(p, FIXED_RECIPROCAL, value);
}

const struct family task_reciprocal = {
    .name = "reciprocal",
    .about = "1/x of a fraction x, correctly rounded; of 0 all ones",
    .formula = FIXED_FORMULA,
    .parameters = FIXED_PARAMETERS,
    .build = build,
    .answer = answer,
    .complexity = {.class = "in TC0",
                   .says = "as division",
                   .status = "proved",
                   .source = "Hesse, Allender and Barrington 2002"},
};
