/* bits_lookahead: bits with short weights. number_bits_lookahead() has the
   gates. */
#include "compile/arithmetic.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

static void lower_lookahead(struct reading *r, const struct step *s) {
  size_t width = step_width(r, s);
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
                                    .run = run_bits,
                                    .lower = lower_lookahead,
                                    .check = check_lookahead};

value_id program_bits_lookahead(struct program *p, const char *name, value_id x,
                                size_id width, size_id weight) {
  size_id *detail = program_alloc(p, 1, sizeof *detail);
  *detail = weight;
  return program_step(p, &lookahead, name, &x, 1,
                      dims_of_bits(program_dims(p, x), width), detail);
}
