/* bits_lookahead: bits with short weights. number_bits_lookahead() has the
   gates. */
#include "compile/arithmetic.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

#include <assert.h>

static size_t bits_width(const struct reading *r, const struct step *s) {
  const struct shape_of *shape = step_shape(r, s);
  return shape->at[shape->rank - 1];
}

static void run_lookahead(struct reading *r, const struct step *s) {
  size_t width = bits_width(r, s);
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  for (size_t j = 0; j < step_shape(r, s)->n; j++)
    fmpz_set_si(y + j, fmpz_tstbit(x + j / width, j % width));
}

static void lower_lookahead(struct reading *r, const struct step *s) {
  size_t width = bits_width(r, s);
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  mpz_t weight;
  mpz_init_set_si(weight, instance_size(r->in, *(const size_id *)s->detail));
  for (size_t j = 0; width && j < step_shape(r, s)->n; j += width)
    number_bits_lookahead(r->c, y + j, x + j / width, (unsigned)width, weight);
  mpz_clear(weight);
}

static bool check_lookahead(const struct instance *in, const struct step *s,
                            struct error *err) {
  long weight;
  return instance_find_size(in, *(const size_id *)s->detail, 1, &weight, err);
}

static const struct op lookahead = {.name = "bits_lookahead",
                                    .run = run_lookahead,
                                    .lower = lower_lookahead,
                                    .check = check_lookahead};

value_id program_bits_lookahead(struct program *p, const char *name, value_id x,
                                size_id width, size_id weight) {
  size_id *detail = program_alloc(p, 1, sizeof *detail);
  struct dims dims = program_dims(p, x);
  assert(dims.rank < SHAPE_MAX);
  *detail = weight;
  dims.at[dims.rank++] = width;
  return program_step(p, &lookahead, name, &x, 1, dims, detail);
}
