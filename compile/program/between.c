/* between: sums over the positions between two, [n, e] to [n, n, e]: element
   (i, j) is the sum of rows j + 1..i, and 0 where j >= i. Depth 0, no gates. */
#include "compile/program/attention.h"
#include "compile/program/fold.h"
#include "compile/program/operation.h"

#include <assert.h>

static void run_between(struct reading *r, const struct step *s) {
  const struct shape_of *shape = step_shape(r, s);
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  size_t n = shape->at[0], e = shape->at[2];
  for (size_t i = 0; i < n; i++)
    for (size_t j = n; j-- > 0;)
      for (size_t k = 0; k < e; k++) {
        fmpz *to = y + (i * n + j) * e + k;
        if (j >= i)
          fmpz_zero(to);
        else
          fmpz_add(to, to + e, x + (j + 1) * e + k);
      }
}

static void lower_between(struct reading *r, const struct step *s) {
  const struct shape_of *shape = step_shape(r, s);
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  size_t n = shape->at[0], e = shape->at[2];
  for (size_t i = 0; i < n; i++)
    for (size_t j = n; j-- > 0;)
      for (size_t k = 0; k < e; k++) {
        struct number *to = y + (i * n + j) * e + k;
        if (j >= i)
          number_set_si(to, 0);
        else
          number_add(r->c, to, to + e, x + (j + 1) * e + k);
      }
}

static void certify_between(struct proof *k, const struct step *s) {
  const struct fact *x = proof_operand(k, s, 0);
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  formula_size(k->f, n, program_dims(k->p, program_operand(k->p, s, 0)).at[0]);
  fmpz_mpoly_mul(n, n, x->most, k->f->ring);
  proof_deeper(k, s, 0, 0);
  if (x->is_bounded)
    proof_bound(k, s, 0, n);
  fmpz_mpoly_clear(n, k->f->ring);
}

/* Positions are told apart; what is beside them need not be. */
static bool check_between(const struct instance *in, const struct step *s,
                          struct error *err) {
  size_id n =
      program_dims(in->program, program_operand(in->program, s, 0)).at[0];
  return !fold_axis(in, n) ||
         error_set(err, 0, "'%s' (%s) cannot be counted without making it",
                   s->name, s->operation->name);
}

static const struct op between = {.name = "between",
                                  .run = run_between,
                                  .lower = lower_between,
                                  .certify = certify_between,
                                  .check = check_between,
                                  .is_free = true,
                                  .folds = true};

value_id program_between(struct program *p, const char *name, value_id x) {
  struct dims d = program_dims(p, x);
  assert(d.rank == 2);
  return program_step(p, &between, name, &x, 1,
                      (struct dims){3, {d.at[0], d.at[0], d.at[1]}}, NULL);
}
