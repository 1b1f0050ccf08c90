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

/* With at most c carries into a column there are for each column and element
   2(c + 1) stairs for the carry and for the one that passes, c for that from
   below a block, and a gate for each block before: 3c + 2 + width. */
static void certify_lookahead(struct proof *k, const struct step *s) {
  const struct fact *x = proof_operand(k, s, 0);
  struct dims d = program_dims(k->p, program_result(k->p, s, 0));
  bool is_free = x->is_ladder || x->is_constant;
  fmpz_mpoly_t n, width;
  fmpz_mpoly_init(n, k->f->ring);
  fmpz_mpoly_init(width, k->f->ring);
  formula_size(k->f, width, d.at[d.rank - 1]);
  bool is_known = proof_carries(k, n, x);
  fmpz_mpoly_scalar_mul_si(n, n, 3, k->f->ring);
  fmpz_mpoly_add_si(n, n, 2, k->f->ring);
  fmpz_mpoly_add(n, n, width, k->f->ring);
  proof_deeper(k, s, 0, is_free ? 0 : 2);
  proof_bits_only(k, s, 0);
  if (is_free)
    proof_ladder(k, s, 0, x->rungs);
  else if (is_known)
    proof_add_gates(k, s, 0, n);
  else
    proof_no_gates_known(k);
  fmpz_mpoly_clear(n, k->f->ring);
  fmpz_mpoly_clear(width, k->f->ring);
}

static const struct op lookahead = {.name = "bits_lookahead",
                                    .reads_bits = true,
                                    .run = run_bits,
                                    .lower = lower_lookahead,
                                    .certify = certify_lookahead,
                                    .check = check_lookahead};

value_id program_bits_lookahead(struct program *p, const char *name, value_id x,
                                size_id width, size_id weight) {
  size_id *detail = program_alloc(p, 1, sizeof *detail);
  *detail = weight;
  return program_step(p, &lookahead, name, &x, 1,
                      dims_of_bits(program_dims(p, x), width), detail);
}
