/* argmax: the place of the greatest along the last axis, of length m; the
   first among equals. Depth 2, m(m-1)/2 gates for the comparisons and m - 1
   for the one-hot result: place 0 needs none, as nothing reads it. Of two, the
   comparison is the result: depth 1, one gate. */
#include "compile/arithmetic.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

#include <assert.h>

static size_t axis_length(const struct reading *r, const struct step *s) {
  const struct shape_of *shape = reading_shape(r, step_operand(r, s, 0));
  return shape->at[shape->rank - 1];
}

static void run_argmax(struct reading *r, const struct step *s) {
  size_t m = axis_length(r, s);
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    size_t best = 0;
    for (size_t i = 1; i < m; i++)
      if (fmpz_cmp(x + j * m + i, x + j * m + best) > 0)
        best = i;
    fmpz_set_ui(y + j, best);
  }
}

static void lower_argmax(struct reading *r, const struct step *s) {
  size_t m = axis_length(r, s);
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  struct number *is_best = numbers_new(m);
  const struct number **row = xmalloc(m * sizeof *row);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    for (size_t i = 0; i < m; i++)
      row[i] = x + j * m + i;
    number_argmax(r->c, is_best, row, m);
    number_set_si(y + j, 0);
    for (size_t i = 1; i < m; i++)
      number_push_si(r->c, y + j, &is_best[i], (long)i);
    number_settle(r->c, y + j);
    number_bound_si(y + j, 0, (long)m - 1);
  }
  free(row);
  numbers_free(is_best, m);
}

static const struct op argmax = {
    .name = "argmax", .run = run_argmax, .lower = lower_argmax};

value_id program_argmax(struct program *p, const char *name, value_id x) {
  struct dims dims = program_dims(p, x);
  assert(dims.rank);
  dims.at[--dims.rank] = 0;
  return program_step(p, &argmax, name, &x, 1, dims, NULL);
}
