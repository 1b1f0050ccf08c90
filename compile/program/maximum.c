/* maximum: the greatest along the last axis, of length m. Depth 1 where each
   element is one ladder, of at most 1024 values: for each value v but the least
   [some element >= v], one gate (number_max_flat()). Else, or in two levels,
   m(m-1)/2 comparisons and a gate for each bit of each element (number_max()).
 */
#include "compile/arithmetic.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

#include <assert.h>

static size_t axis_length(const struct reading *r, const struct step *s) {
  const struct shape_of *shape = reading_shape(r, step_operand(r, s, 0));
  return shape->at[shape->rank - 1];
}

static void run_maximum(struct reading *r, const struct step *s) {
  size_t m = axis_length(r, s);
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    fmpz_set(y + j, x + j * m);
    for (size_t i = 1; i < m; i++)
      if (fmpz_cmp(y + j, x + j * m + i) < 0)
        fmpz_set(y + j, x + j * m + i);
  }
}

enum {
  FLAT_VALUES = 1024 // beyond, a gate for each is too many for one level less
};

static bool is_flat(const struct reading *r, const struct step *s,
                    const struct number *x, size_t m) {
  bool ok = step_levels(r, s) < 2;
  mpz_t values;
  mpz_init(values);
  for (size_t i = 0; ok && i < m; i++) {
    mpz_sub(values, x[i].hi, x[i].lo);
    ok = mpz_cmp_ui(values, FLAT_VALUES) <= 0 &&
         (number_is_free(r->c, x + i) || number_is_constant(x + i));
  }
  mpz_clear(values);
  return ok;
}

static void lower_maximum(struct reading *r, const struct step *s) {
  size_t m = axis_length(r, s);
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  const struct number **row = xcalloc(m, sizeof *row);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    for (size_t i = 0; i < m; i++)
      row[i] = x + j * m + i;
    if (is_flat(r, s, x + j * m, m))
      number_max_flat(r->c, y + j, row, m);
    else
      number_max(r->c, y + j, row, m);
  }
  free(row);
}

static unsigned most_levels(const struct step *s) {
  (void)s;
  return 2;
}

static void certify_maximum(struct proof *k, const struct step *s) {
  const struct fact *x = proof_operand(k, s, 0);
  proof_deeper(k, s, 0, x->is_constant ? 0 : 2);
  if (x->is_bounded)
    proof_bound(k, s, 0, x->most);
  proof_no_gates_known(k);
}

static const struct op maximum = {.name = "maximum",
                                  .run = run_maximum,
                                  .lower = lower_maximum,
                                  .most_levels = most_levels,
                                  .certify = certify_maximum};

value_id program_maximum(struct program *p, const char *name, value_id x) {
  struct dims dims = program_dims(p, x);
  assert(dims.rank);
  dims.rank--;
  return program_step(p, &maximum, name, &x, 1, dims, NULL);
}
