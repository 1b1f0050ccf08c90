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

static const struct op multiply = {.name = "multiply",
                                   .run = run_multiply,
                                   .lower = lower_multiply,
                                   .folds = true};

value_id program_multiply(struct program *p, const char *name, value_id a,
                          value_id b) {
  value_id x[] = {a, b};
  return program_step(p, &multiply, name, x, 2, broadcast_dims(p, x, 2), NULL);
}
