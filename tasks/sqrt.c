#include "tasks/fixed.h"

/* The greatest s with s / 2 <= y, bit by bit: s^2 2^bits <= x 2^(2 out + 2). An
   odd s is halfway, or above. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  ulong bits = (ulong)value[0], point = (ulong)value[1];
  fmpz_t s, square, limit;
  int order = 0;
  fmpz_init(s);
  fmpz_init(square);
  fmpz_init(limit);
  fmpz_mul_2exp(limit, in, 2 * point + 2);
  for (ulong k = point + 2; k-- > 0;) {
    fmpz_setbit(s, k);
    fmpz_mul(square, s, s);
    fmpz_mul_2exp(square, square, bits);
    int too_much = fmpz_cmp(square, limit);
    if (too_much > 0)
      fmpz_clrbit(s, k);
    else
      order = too_much; // 0: s / 2 is y
  }
  bool up = fmpz_is_odd(s) && (order < 0 || fmpz_tstbit(s, 1));
  fmpz_fdiv_q_2exp(out, s, 1);
  fmpz_add_ui(out, out, up);
  fmpz_clear(s);
  fmpz_clear(square);
  fmpz_clear(limit);
}

static void build(struct program *p, const fmpz *value) {
  fixed_build(p, FIXED_SQRT, value);
}

const struct family task_sqrt = {
    .name = "sqrt",
    .about = "the square root of a fraction x, correctly rounded",
    .formula = FIXED_FORMULA,
    .parameters = FIXED_PARAMETERS,
    .build = build,
    .answer = answer,
    .complexity = FIXED_SERIES,
};
