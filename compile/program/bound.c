/* How often functions change, and how large they become: for certify.h. */
#include "compile/program/certify.h"

enum {
  TABULATED = 1 << 16 // most values at which a function is looked at
};

void function_bound_init(struct function_bound *b, const struct fact *x,
                         const struct formulas *f) {
  *b = (struct function_bound){.is_known = true};
  fmpz_init(b->changes);
  fmpz_init(b->most);
  fmpz_init(b->least);
  fmpz_init(b->reach);
  b->has_reach = x->is_bounded && fmpz_mpoly_is_fmpz(x->most, f->ring);
  if (b->has_reach)
    fmpz_mpoly_get_fmpz(b->reach, x->most, f->ring);
  if (b->has_reach && !x->is_natural)
    fmpz_neg(b->least, b->reach);
}

void function_bound_clear(struct function_bound *b) {
  fmpz_clear(b->changes);
  fmpz_clear(b->most);
  fmpz_clear(b->least);
  fmpz_clear(b->reach);
}

static void call(fmpz_t y, const fmpz_t x, const struct function *f) {
  mpz_t in, out;
  mpz_inits(in, out, NULL);
  fmpz_get_mpz(in, x);
  f->call(out, in, f->context);
  fmpz_set_mpz(y, out);
  mpz_clears(in, out, NULL);
}

static void keep_most(fmpz_t most, const fmpz_t y) {
  if (fmpz_cmpabs(most, y) < 0)
    fmpz_abs(most, y);
}

static void add_monotone(struct function_bound *b, const struct function *f,
                         fmpz_t changes) {
  fmpz_t lo, hi;
  fmpz_init(lo), fmpz_init(hi);
  call(hi, b->reach, f);
  call(lo, b->least, f);
  keep_most(b->most, lo);
  keep_most(b->most, hi);
  fmpz_sub(changes, hi, lo);
  fmpz_abs(changes, changes);
  fmpz_clear(lo), fmpz_clear(hi);
}

static void add_table(struct function_bound *b, const struct function *f,
                      fmpz_t changes) {
  fmpz_t x, y, last;
  fmpz_init(x), fmpz_init(y), fmpz_init(last);
  fmpz_set(x, b->least);
  call(last, x, f);
  keep_most(b->most, last);
  for (; fmpz_cmp(x, b->reach) < 0; fmpz_set(last, y)) {
    fmpz_add_ui(x, x, 1);
    call(y, x, f);
    keep_most(b->most, y);
    fmpz_add_ui(changes, changes, !fmpz_equal(y, last));
  }
  fmpz_clear(x), fmpz_clear(y), fmpz_clear(last);
}

void function_bound_add(struct function_bound *b, const struct function *f,
                        long most) {
  fmpz_t changes, promised;
  fmpz_init(changes);
  fmpz_init(promised);
  if (f->is_monotone && b->has_reach) {
    add_monotone(b, f, changes);
  } else if (f->is_monotone && most) {
    fmpz_set_si(promised, most);
    keep_most(b->most, promised);
    fmpz_mul_2exp(changes, promised, 1);
  } else if (b->has_reach && fmpz_cmp_si(b->reach, TABULATED) <= 0) {
    add_table(b, f, changes);
  } else {
    b->is_known = false;
  }
  if (fmpz_cmp(b->changes, changes) < 0)
    fmpz_set(b->changes, changes);
  fmpz_clear(changes);
  fmpz_clear(promised);
}
