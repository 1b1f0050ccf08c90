#include "tasks/fixed.h"

#include <mpfr.h>

struct fixed {
  enum fixed_kind kind;
  long bits, out;
};

static void evaluate(mpfr_t y, enum fixed_kind kind, const mpfr_t x,
                     mpfr_rnd_t to) {
  switch (kind) {
  case FIXED_EXP:
    mpfr_exp(y, x, to);
    break;
  case FIXED_LOG:
    mpfr_log(y, x, to);
    break;
  case FIXED_SQRT:
    mpfr_sqrt(y, x, to);
    break;
  case FIXED_RECIPROCAL:
    mpfr_ui_div(y, 1, x, to);
    break;
  }
}

/* Bounds from both sides that round to the same integer, by more and more
   digits. Ties are exact: none of these functions is halfway elsewhere. */
static void round_value(mpz_t y, const mpz_t x, const struct fixed *f) {
  mpfr_t at, lo, hi;
  mpz_t other;
  mpz_init(other);
  mpfr_init2(at, f->bits + 1);
  mpfr_set_z_2exp(at, x, -f->bits, MPFR_RNDN); // exact
  mpfr_inits2(f->bits + f->out + 32, lo, hi, (mpfr_ptr)NULL);
  do {
    mpfr_prec_t precision = 2 * mpfr_get_prec(lo);
    mpfr_set_prec(lo, precision);
    mpfr_set_prec(hi, precision);
    evaluate(lo, f->kind, at, MPFR_RNDD);
    evaluate(hi, f->kind, at, MPFR_RNDU);
    mpfr_mul_2si(lo, lo, f->out, MPFR_RNDN);
    mpfr_mul_2si(hi, hi, f->out, MPFR_RNDN);
    mpfr_get_z(y, lo, MPFR_RNDN); // half to even
    mpfr_get_z(other, hi, MPFR_RNDN);
  } while (mpz_cmp(y, other));
  mpfr_clears(at, lo, hi, (mpfr_ptr)NULL);
  mpz_clear(other);
}

static void call(mpz_t y, const mpz_t x, const void *context) {
  const struct fixed *f = context;
  if (mpz_sgn(x) || f->kind == FIXED_EXP || f->kind == FIXED_SQRT) {
    round_value(y, x, f);
    return;
  }
  mpz_t one;
  mpz_init_set_ui(one, 1);
  round_value(y, one, f);
  if (f->kind == FIXED_LOG) { // -2^w, the highest that is not above y
    mpz_com(y, y);
    size_t width = mpz_sgn(y) ? mpz_sizeinbase(y, 2) : 0;
    mpz_mul_2exp(y, one, width);
    mpz_neg(y, y);
  } else {
    mpz_mul_2exp(y, one, mpz_sizeinbase(y, 2));
    mpz_sub_ui(y, y, 1);
  }
  mpz_clear(one);
}

void fixed_build(struct program *p, enum fixed_kind kind, const fmpz *value) {
  struct fixed *f = program_alloc(p, 1, sizeof *f);
  *f = (struct fixed){kind, value[0], value[1]};
  value_id x =
      program_input(p, "x", scalar(), size_si(&p->sizes, f->bits), false);
  program_output(
      p, "y",
      program_apply(p, "function", x, &(struct function){call, f, true}, 1));
}

void fixed_round(fmpz_t y, const fmpz_t n, ulong shift) {
  fmpz_t half, rest;
  if (!shift) {
    fmpz_set(y, n);
    return;
  }
  fmpz_init_set_ui(half, 1);
  fmpz_init(rest);
  fmpz_mul_2exp(half, half, shift - 1);
  fmpz_fdiv_r_2exp(rest, n, shift);
  fmpz_fdiv_q_2exp(y, n, shift);
  int order = fmpz_cmp(rest, half);
  if (order > 0 || (order == 0 && fmpz_is_odd(y)))
    fmpz_add_ui(y, y, 1);
  fmpz_clear(half);
  fmpz_clear(rest);
}

void fixed_round_between(fmpz_t y, const fmpz *value, const fmpz_t x,
                         fixed_bounds *bounds) {
  ulong bits = (ulong)value[0], point = (ulong)value[1], precision = point;
  fmpz_t hi;
  fmpz_init(hi);
  do {
    precision += 32;
    bounds(y, hi, x, bits, precision);
    fixed_round(y, y, precision - point);
    fixed_round(hi, hi, precision - point);
  } while (!fmpz_equal(y, hi));
  fmpz_clear(hi);
}
