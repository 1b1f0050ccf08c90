/* gram: products of all pairs along the last axis, [.., m] to [.., m(m + 1)/2],
   (0, 0), (0, 1), (1, 1), (0, 2), ...: each is made once for all that read it.
   Depth 1, number_mul()'s gates for each pair. */
#include "compile/arithmetic.h"
#include "compile/program/attention.h"
#include "compile/program/fold.h"
#include "compile/program/operation.h"

#include <assert.h>

static size_t length_of(const struct reading *r, const struct step *s) {
  const struct shape_of *x = reading_shape(r, step_operand(r, s, 0));
  return x->at[x->rank - 1];
}

static void run_gram(struct reading *r, const struct step *s) {
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  size_t m = length_of(r, s), rows = step_shape(r, s)->n / (m * (m + 1) / 2);
  for (size_t row = 0; row < rows; row++, x += m)
    for (size_t b = 0; b < m; b++)
      for (size_t a = 0; a <= b; a++)
        fmpz_mul(y++, x + a, x + b);
}

static void lower_gram(struct reading *r, const struct step *s) {
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  size_t m = length_of(r, s), rows = step_shape(r, s)->n / (m * (m + 1) / 2);
  size_t j = 0;
  for (size_t row = 0; row < rows; row++, x += m)
    for (size_t b = 0; b < m; b++)
      for (size_t a = 0; a <= b; a++) {
        reading_at(r, step_result(r, s), j);
        number_mul(r->c, y + j++, x + a, x + b);
      }
}

/* Places along the last axis are told apart. */
static bool check_gram(const struct instance *in, const struct step *s,
                       struct error *err) {
  struct dims d = program_dims(in->program, program_operand(in->program, s, 0));
  return !fold_axis(in, d.at[d.rank - 1]) ||
         error_set(err, 0, "'%s' (%s) cannot be counted without making it",
                   s->name, s->operation->name);
}

static void certify_gram(struct proof *k, const struct step *s) {
  const struct fact *x = proof_operand(k, s, 0);
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  proof_deeper(k, s, 0, x->is_constant ? 0 : 1);
  if (proof_product_gates(k, n, x, x))
    proof_add_gates(k, s, 0, n);
  else
    proof_no_gates_known(k);
  fmpz_mpoly_mul(n, x->most, x->most, k->f->ring);
  if (x->is_bounded)
    proof_bound(k, s, 0, n);
  fmpz_mpoly_clear(n, k->f->ring);
}

static const struct op gram = {.name = "gram",
                               .run = run_gram,
                               .lower = lower_gram,
                               .certify = certify_gram,
                               .check = check_gram,
                               .folds = true};

value_id program_gram(struct program *p, const char *name, value_id x,
                      size_t m) {
  struct dims d = program_dims(p, x);
  assert(d.rank && m);
  d.at[d.rank - 1] = size_si(&p->sizes, (long)(m * (m + 1) / 2));
  return program_step(p, &gram, name, &x, 1, d, NULL);
}
