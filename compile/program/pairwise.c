/* multiply: a * b, element by element. Depth 1; number_mul() has the gates: an
   AND for each pair of bits, or quarter squares where these are fewer. */
#include "compile/arithmetic.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

static void run_multiply(struct reading *r, const struct step *s) {
  value_id a = step_operand(r, s, 0), b = step_operand(r, s, 1);
  const struct shape_of *shape = step_shape(r, s);
  fmpz *y = r->tensor[step_result(r, s)].whole;
  for (size_t j = 0; j < shape->n; j++)
    fmpz_mul(
        y + j,
        r->tensor[a].whole + broadcast_index(shape, reading_shape(r, a), j),
        r->tensor[b].whole + broadcast_index(shape, reading_shape(r, b), j));
}

static void lower_multiply(struct reading *r, const struct step *s) {
  value_id a = step_operand(r, s, 0), b = step_operand(r, s, 1);
  const struct shape_of *shape = step_shape(r, s);
  struct number *y = r->tensor[step_result(r, s)].number;
  for (size_t j = 0; j < shape->n; j++) {
    reading_at(r, step_result(r, s), j);
    number_mul(
        r->c, y + j,
        r->tensor[a].number + broadcast_index(shape, reading_shape(r, a), j),
        r->tensor[b].number + broadcast_index(shape, reading_shape(r, b), j));
  }
}

/* A group for each bit of one and each group of the other. Quarter squares have
   two views and a constant; where these are fewer gates there are more groups
   than that. */
static void multiply_groups(struct proof *k, struct fact *y,
                            const struct fact *a, const struct fact *b) {
  fmpz_mpoly_t other;
  if (a->has_offset || b->has_offset)
    return;
  fmpz_mpoly_init(other, k->f->ring);
  y->has_groups = y->has_parts = true;
  y->has_offset = false;
  fmpz_mpoly_mul(y->parts, a->parts, b->parts, k->f->ring);
  fmpz_mpoly_add(y->group_bits, a->group_bits, b->group_bits, k->f->ring);
  fmpz_mpoly_mul(y->groups, a->parts, b->groups, k->f->ring);
  fmpz_mpoly_mul(other, a->groups, b->parts, k->f->ring);
  if (formula_is_at_most(k->f, other, y->groups))
    fmpz_mpoly_set(y->groups, other, k->f->ring);
  fmpz_mpoly_clear(other, k->f->ring);
}

static void certify_multiply(struct proof *k, const struct step *s) {
  const struct fact *a = proof_operand(k, s, 0), *b = proof_operand(k, s, 1);
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  bool is_free = a->is_constant || b->is_constant;
  bool is_natural = a->is_natural && b->is_natural;
  slong p = proof_terms(k, a), q = proof_terms(k, b);
  proof_deeper(k, s, 0, is_free ? 0 : 1);
  if (p && q) // pairs, and where there are constants each of a or b
    proof_result(k, s, 0)->terms = (p + 1) * (q + 1);
  if (proof_product_gates(k, n, a, b)) {
    proof_add_gates(k, s, 0, n);
  } else if (!is_free) {
    proof_no_gates_known(k);
  }
  if (!is_free && a->has_parts && b->has_parts)
    multiply_groups(k, proof_result(k, s, 0), a, b);
  fmpz_mpoly_mul(n, a->most, b->most, k->f->ring);
  proof_result(k, s, 0)->is_natural = is_natural;
  if (a->is_bounded && b->is_bounded)
    proof_bound(k, s, 0, n);
  fmpz_mpoly_clear(n, k->f->ring);
}

static const struct op multiply = {.keeps_index = true,
                                   .name = "multiply",
                                   .run = run_multiply,
                                   .lower = lower_multiply,
                                   .certify = certify_multiply,
                                   .folds = true};

value_id program_multiply(struct program *p, const char *name, value_id a,
                          value_id b) {
  value_id x[] = {a, b};
  return program_step(p, &multiply, name, x, 2, broadcast_dims(p, x, 2), NULL);
}
