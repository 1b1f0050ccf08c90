/* Sums of elements with constant weights, in each reading. */
#include "compile/program/sum_parts.h"

#include <flint/fmpz_vec.h>

static const fmpz one = 1;

/* Integers that a program owns. */
struct integers_of {
  fmpz *at;
  slong n;
};

static void clear_integers(void *context) {
  struct integers_of *z = context;
  _fmpz_vec_clear(z->at, z->n);
}

const fmpz *program_keep_integers(struct program *p, const fmpz *at, size_t n) {
  struct integers_of *z = program_alloc(p, 1, sizeof *z);
  *z = (struct integers_of){_fmpz_vec_init((slong)n), (slong)n};
  _fmpz_vec_set(z->at, at, z->n);
  program_own(p, clear_integers, z);
  return z->at;
}

/* The greatest |integer| of n; 0 of none. */
const fmpz *program_keep_most(struct program *p, const fmpz *at, size_t n) {
  fmpz_t most;
  fmpz_init(most);
  for (size_t i = 0; i < n; i++)
    if (fmpz_cmpabs(most, at + i) < 0)
      fmpz_abs(most, at + i);
  const fmpz *kept = program_keep_integers(p, most, 1);
  fmpz_clear(most);
  return kept;
}

/* ---- Sums, in each reading ---- */

/* y += a * b. Small integers are one word each, and most sums stay small. */
void sum_product(fmpz *y, const fmpz *a, const fmpz *b) {
  slong product, sum;
  if (!COEFF_IS_MPZ(*a) && !COEFF_IS_MPZ(*b) && !COEFF_IS_MPZ(*y) &&
      !__builtin_mul_overflow(*a, *b, &product) &&
      !__builtin_add_overflow(*y, product, &sum) && COEFF_MIN <= sum &&
      sum <= COEFF_MAX)
    *y = sum;
  else
    fmpz_addmul(y, a, b);
}

/* y += sum of weight[i] * x[i]; without weights, of x[i]. What fits in a word
   is summed there, beside y. */
void sum_row(fmpz *y, const fmpz *weight, const fmpz *x, size_t n) {
  slong sum = 0, product, next;
  for (size_t i = 0; i < n; i++) {
    const fmpz *w = weight ? weight + i : &one;
    if (!COEFF_IS_MPZ(*w) && !COEFF_IS_MPZ(x[i]) &&
        !__builtin_mul_overflow(*w, x[i], &product) &&
        !__builtin_add_overflow(sum, product, &next))
      sum = next;
    else
      fmpz_addmul(y, w, x + i);
  }
  fmpz_add_si(y, y, sum);
}

void sum_init(struct sum *sum, struct reading *r) {
  *sum = (struct sum){.r = r};
  mpz_init(sum->weight);
}

void sum_clear(struct sum *sum) {
  mpz_clear(sum->weight);
}

void sum_begin(struct sum *sum, struct number *y, const fmpz *constant) {
  sum->y = y;
  fmpz_get_mpz(sum->weight, constant);
  number_set_z(y, sum->weight);
}

void sum_add(struct sum *sum, const fmpz *weight, const struct number *x) {
  fmpz_get_mpz(sum->weight, weight);
  number_push(sum->r->c, sum->y, x, sum->weight);
}

void sum_add_along(struct sum *sum, const fmpz *weight, const struct number *x,
                   value_id v, unsigned axis, size_t i) {
  fmpz_get_mpz(sum->weight, weight);
  reading_push(sum->r, sum->y, x, sum->weight, v, axis, i, sum->row);
}

void sum_add_copies(struct sum *sum, const fmpz *weight, const struct number *x,
                    value_id v, size_t i) {
  sum_add_along(sum, weight, x, v, reading_shape(sum->r, v)->rank - 1, i);
}

void sum_end(struct sum *sum) {
  number_settle(sum->r->c, sum->y);
}

void certify_sums(struct proof *k, const struct step *s, unsigned axis,
                  size_t times, const fmpz *weight, const fmpz *bias) {
  const struct fact *x = proof_operand(k, s, 0);
  struct dims d = program_dims(k->p, program_operand(k->p, s, 0));
  fmpz_mpoly_t most;
  fmpz_mpoly_init(most, k->f->ring);
  formula_size(k->f, most, d.at[axis]);
  fmpz_mpoly_scalar_mul_ui(most, most, times, k->f->ring);
  fmpz_mpoly_mul(most, most, x->most, k->f->ring);
  fmpz_mpoly_scalar_mul_fmpz(most, most, weight, k->f->ring);
  if (bias)
    fmpz_mpoly_add_fmpz(most, most, bias, k->f->ring);
  bool is_zero = fmpz_is_zero(weight);
  proof_deeper(k, s, 0, 0);
  if (x->is_bounded || is_zero)
    proof_bound(k, s, 0, most);
  proof_result(k, s, 0)->is_ladder = x->is_constant || is_zero;
  fmpz_mpoly_clear(most, k->f->ring);
}

void certify_row(struct proof *k, const struct step *s, const fmpz *weight,
                 const fmpz *bias) {
  unsigned rank = program_dims(k->p, program_operand(k->p, s, 0)).rank;
  certify_sums(k, s, rank - 1, 1, weight, bias);
}
