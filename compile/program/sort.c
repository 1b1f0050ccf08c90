/* sorted_bits: the bits of integers at some places in ascending order.
   number_sorted_bits() has the gates. */
#include "compile/arithmetic.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

#include <assert.h>

#include <flint/fmpz_vec.h>

static void run_sorted(struct reading *r, const struct step *s) {
  value_id bits = step_operand(r, s, 0);
  const struct shape_of *from = reading_shape(r, bits);
  const struct shape_of *shape = step_shape(r, s);
  size_t m = from->at[0], n = from->at[1];
  size_t first = (size_t)instance_size(r->in, *(const size_id *)s->detail);
  const fmpz *bit = r->tensor[bits].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  fmpz *x = _fmpz_vec_init((slong)m);
  for (size_t i = 0; i < m * n; i++)
    if (!fmpz_is_zero(bit + i))
      fmpz_setbit(x + i / n, i % n);
  _fmpz_vec_sort(x, (slong)m);
  for (size_t i = 0; i < shape->n; i++)
    fmpz_set_si(y + i, fmpz_tstbit(x + first + i / n, i % n));
  _fmpz_vec_clear(x, (slong)m);
}

static void lower_sorted(struct reading *r, const struct step *s) {
  value_id bits = step_operand(r, s, 0);
  const struct shape_of *from = reading_shape(r, bits);
  number_sorted_bits(r->c, r->tensor[step_result(r, s)].number,
                     r->tensor[bits].number, from->at[0], from->at[1],
                     (size_t)instance_size(r->in, *(const size_id *)s->detail),
                     step_shape(r, s)->at[0]);
}

static bool check_sorted(const struct instance *in, const struct step *s,
                         struct error *err) {
  const struct shape_of *x = &in->shape[program_operand(in->program, s, 0)];
  const struct shape_of *y = &in->shape[program_result(in->program, s, 0)];
  long from;
  return instance_find_size(in, *(const size_id *)s->detail, 0, &from, err) &&
         ((x->at[1] >= 1 && y->at[0] <= x->at[0] &&
           (size_t)from <= x->at[0] - y->at[0]) ||
          error_set(err, 0, "%s: places that are not there", s->name));
}

static void certify_sorted(struct proof *k, const struct step *s) {
  proof_deeper(k, s, 0, 2);
  proof_bound_si(k, s, 0, 1);
  proof_no_gates_known(k);
}

static const struct op sorted = {.name = "sorted_bits",
                                 .certify = certify_sorted,
                                 .run = run_sorted,
                                 .lower = lower_sorted,
                                 .check = check_sorted};

value_id program_sorted_bits(struct program *p, const char *name, value_id bits,
                             size_id from, size_id places) {
  size_id *detail = program_alloc(p, 1, sizeof *detail);
  struct dims dims = program_dims(p, bits);
  assert(dims.rank == 2);
  *detail = from;
  dims.at[0] = places;
  return program_step(p, &sorted, name, &bits, 1, dims, detail);
}
