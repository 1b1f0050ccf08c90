/* Weighted means whose weights fall with the distance from the greatest score
   of a row, as scores are: maximum=yes. Exact ones are 4 levels, 2 for weights;
   with softmax=tables 8: t, its greatest, weights, the reciprocal of their sum,
   products of both, a, products with values, the mean. */
#include "compile/models/block_parts.h"

#include <mpfr.h>

#include <flint/fmpz_vec.h>

/* ---- Exact ---- */

/* The weight of a score, in units of 2^(-2(p - 3)) / sqrt(dh) nats, that is D
   below is (2^p - 1) e^(-D), rounded: f->at[i] from f->distance[i] on. */
static void find_fall(const struct transformer *b, long *distance, long *at,
                      struct fall *f) {
  long most = (1L << b->bits) - 1;
  mpfr_t unit, reach;
  mpfr_inits2(256, unit, reach, (mpfr_ptr)NULL);
  mpfr_set_ui(unit, (unsigned long)(b->width / b->heads), MPFR_RNDN);
  mpfr_sqrt(unit, unit, MPFR_RNDN);
  mpfr_mul_2ui(unit, unit, 2 * (b->bits - 3), MPFR_RNDN);
  *f = (struct fall){.n = 1, .distance = distance, .at = at};
  distance[0] = 0;
  at[0] = most;
  for (long v = most; v > 0; v--) { // below v from ln(most / (v - 1/2)) on
    mpfr_set_ui(reach, 2 * (unsigned long)most, MPFR_RNDN);
    mpfr_div_ui(reach, reach, 2 * (unsigned long)v - 1, MPFR_RNDN);
    mpfr_log(reach, reach, MPFR_RNDN);
    mpfr_mul(reach, reach, unit, MPFR_RNDN);
    long from = mpfr_get_si(reach, MPFR_RNDD) + 1;
    f->n += from != distance[f->n - 1];
    distance[f->n - 1] = from;
    at[f->n - 1] = v - 1;
  }
  mpfr_clears(unit, reach, (mpfr_ptr)NULL);
}

/* [kv, group, n, keys, 1] */
static value_id as_keys(struct transformer *b, value_id x) {
  size_id one = size_si(&b->p->sizes, 1);
  return program_reshape(
      b->p, "keys", x, (struct dims){5, {b->kv, b->group, b->n, b->keys, one}});
}

value_id block_mix_exact(struct transformer *b, value_id q, value_id s,
                         value_id v) {
  struct program *p = b->p;
  struct fall f;
  long most = 1L << (b->bits - 1);
  long *distance = xcalloc((size_t)1 << b->bits, sizeof *distance);
  long *at = xcalloc((size_t)1 << b->bits, sizeof *at);
  find_fall(b, distance, at, &f);
  value_id e =
      program_below(p, block_name(b, "weights"), s, q, &f, b->is_causal);
  free(distance);
  free(at);
  e = as_keys(b, e);
  value_id u = program_multiply(p, block_name(b, "values"), e, v);
  return program_mix(p, block_name(b, "mix"), u, e, -most, most - 1);
}

/* ---- Tables everywhere ---- */

/* 2^2p / z, rounded, half up, for z >= 2^p - 1, which is the weight of the
   greatest. */
static void call_reciprocal(mpz_t y, const mpz_t z, const void *context) {
  unsigned long p = *(const unsigned *)context;
  mpz_t by;
  mpz_init_set_ui(by, (1UL << p) - 1);
  if (mpz_cmp(z, by) > 0)
    mpz_set(by, z);
  mpz_set_ui(y, 0);
  mpz_setbit(y, 2 * p + 1);
  mpz_add(y, y, by);
  mpz_mul_2exp(by, by, 1);
  mpz_fdiv_q(y, y, by);
  mpz_clear(by);
}

static value_id add_reciprocal(struct transformer *b, value_id e) {
  struct program *p = b->p;
  size_id one = size_si(&p->sizes, 1);
  unsigned *bits = program_alloc(p, 1, sizeof *bits);
  *bits = b->bits;
  e = program_reshape(p, "row", e,
                      (struct dims){4, {b->kv, b->group, b->n, b->keys}});
  value_id r = program_apply_bounded(
      p, block_name(b, "reciprocal"), program_sum(p, "sum", e),
      &(struct function){call_reciprocal, bits, true}, 1, (2L << b->bits));
  return program_reshape(p, "reciprocal", r,
                         (struct dims){5, {b->kv, b->group, b->n, one, one}});
}

/* Weights of t by what it is below the greatest, `falls` of them. */
static value_id add_weights(struct transformer *b, value_id t,
                            const fmpz *falls) {
  struct program *p = b->p;
  long n = 1L << b->score_bits;
  fmpz *at = _fmpz_vec_init(n);
  for (long i = 0; i < n; i++)
    fmpz_set(at + i, falls + n - 1 - i);
  struct score_table f = {
      .least = 1 - n, .n = (size_t)n, .at = at, .is_plain = true};
  value_id m = program_greatest(p, block_name(b, "greatest"), t, b->is_causal);
  value_id below = as_keys(b, program_sub(p, "below", t, m));
  value_id e =
      program_weigh(p, block_name(b, "weights"), below, NULL, &f, b->is_causal);
  _fmpz_vec_clear(at, n);
  return e;
}

/* t, one ladder each even where scores need no rounding. */
static value_id add_rounded(struct transformer *b, value_id s,
                            unsigned long shift) {
  long n = 1L << b->score_bits, *at = xmalloc((size_t)n * sizeof *at);
  for (long i = 0; i < n; i++)
    at[i] = i - n / 2;
  value_id t = program_table_shift(b->p, block_name(b, "t"), s, shift, at,
                                   (size_t)n, -n / 2);
  free(at);
  return t;
}

value_id block_mix_tables(struct transformer *b, value_id s, value_id v,
                          const struct score_table *f) {
  struct program *p = b->p;
  long unit = 1L << b->bits;
  value_id t = add_rounded(b, s, f->shift);
  value_id e = add_weights(b, t, f->at), r = add_reciprocal(b, e);
  value_id a = program_multiply(p, block_name(b, "shares"), e, r);
  a = program_round(p, block_name(b, "a"), a,
                    &(struct rounding){
                        .multiplier = 1, .divisor = unit, .lo = 0, .hi = unit});
  value_id u = program_multiply(p, block_name(b, "values"), a, v);
  u = program_transpose(p, "values", u, (unsigned[]){0, 1, 2, 4, 3});
  return model_quantise(p, block_name(b, "mix"), program_sum(p, "sum", u),
                        b->bits, ACTIVATION_NONE, b->bits);
}
