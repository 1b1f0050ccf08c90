/* parity: the lowest bit of each element, in at most `levels` levels.
   number_parity() has the gates. */
#include "compile/arithmetic.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

#include <limits.h>

static void run_parity(struct reading *r, const struct step *s) {
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  for (size_t j = 0; j < step_shape(r, s)->n; j++)
    fmpz_set_si(y + j, fmpz_is_odd(x + j));
}

static void lower_parity(struct reading *r, const struct step *s) {
  long levels = instance_size(r->in, *(const size_id *)s->detail);
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  for (size_t j = 0; j < step_shape(r, s)->n; j++)
    number_parity(r->c, y + j, x + j,
                  levels < UINT_MAX ? (unsigned)levels : UINT_MAX);
}

static bool check_parity(const struct instance *in, const struct step *s,
                         struct error *err) {
  long levels;
  return instance_find_size(in, *(const size_id *)s->detail, 1, &levels, err);
}

/* At most one of the lowest bits of a group is 1, so they and a constant add up
   to one more than carries; half as many gates for one level, fewer for more.
 */
static void certify_parity(struct proof *k, const struct step *s) {
  const struct fact *x = proof_operand(k, s, 0);
  bool is_free = x->is_ladder || x->is_constant;
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  if (!is_free)
    formula_size(k->f, n, *(const size_id *)s->detail);
  proof_deeper_by(k, s, 0, n);
  if (is_free)
    proof_ladder(k, s, 0, x->rungs);
  else if (proof_carries(k, n, x))
    proof_add_gates(k, s, 0, n);
  else
    proof_no_gates_known(k);
  proof_bits_only(k, s, 0);
  fmpz_mpoly_clear(n, k->f->ring);
}

static const struct op parity = {.keeps_index = true,
                                 .name = "parity",
                                 .run = run_parity,
                                 .lower = lower_parity,
                                 .certify = certify_parity,
                                 .check = check_parity};

value_id program_parity(struct program *p, const char *name, value_id x,
                        size_id levels) {
  size_id *detail = program_alloc(p, 1, sizeof *detail);
  *detail = levels;
  return program_step(p, &parity, name, &x, 1, program_dims(p, x), detail);
}
