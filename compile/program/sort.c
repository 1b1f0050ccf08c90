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

/* t = places of from..from + places but 0 and m, at most: one each for m
   elements and n bits is a gate. */
static void count_places(struct proof *k, const struct step *s,
                         fmpz_mpoly_t t) {
  struct dims x = program_dims(k->p, program_operand(k->p, s, 0));
  size_id first = *(const size_id *)s->detail;
  fmpz_mpoly_t from, m;
  fmpz_mpoly_init(from, k->f->ring);
  fmpz_mpoly_init(m, k->f->ring);
  formula_size(k->f, from, first);
  formula_size(k->f, m, x.at[0]);
  formula_size(k->f, t, program_dims(k->p, program_result(k->p, s, 0)).at[0]);
  bool has_first = fmpz_mpoly_is_zero(from, k->f->ring);
  fmpz_mpoly_add(from, from, t, k->f->ring);
  bool has_last = fmpz_mpoly_equal(from, m, k->f->ring);
  fmpz_mpoly_add_si(t, t, 1 - has_first - has_last, k->f->ring);
  fmpz_mpoly_clear(from, k->f->ring);
  fmpz_mpoly_clear(m, k->f->ring);
}

/* By comparisons m(m - 1)/2 and m n gates for each such place; where values are
   counted there are fewer, with those of the outputs, places * n at most. */
static void certify_sorted(struct proof *k, const struct step *s) {
  struct dims x = program_dims(k->p, program_operand(k->p, s, 0));
  fmpz_mpoly_t t, m;
  fmpz_mpoly_init(t, k->f->ring);
  fmpz_mpoly_init(m, k->f->ring);
  count_places(k, s, t);
  proof_deeper(k, s, 0, proof_last_length(k, s, 0) == 1 ? 1 : 2);
  proof_bits_only(k, s, 0);
  proof_add_gates_of(k, program_operand(k->p, s, 0), t);
  fmpz_mpoly_set_si(t, 1, k->f->ring);
  proof_add_gates(k, s, 0, t);
  formula_size(k->f, m, x.at[0]);
  fmpz_mpoly_sub_si(t, m, 1, k->f->ring);
  fmpz_mpoly_mul(t, t, m, k->f->ring);
  proof_add_gates_once(k, t);
  fmpz_mpoly_clear(t, k->f->ring);
  fmpz_mpoly_clear(m, k->f->ring);
}

static const struct op sorted = {.name = "sorted_bits",
                                 .reads_bits = true,
                                 .run = run_sorted,
                                 .lower = lower_sorted,
                                 .certify = certify_sorted,
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
