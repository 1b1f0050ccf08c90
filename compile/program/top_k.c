/* top_k: which are the k greatest along the last axis, of length m. Depth 2: a
   gate for each pair, [x_i >= x_j], m(m-1)/2 together, and one for each
   element, [it beats at least m - k]. Free where k >= m, and depth 1 where m
   is 2. */
#include "compile/arithmetic.h"
#include "compile/program/fold.h"
#include "compile/program/images.h"
#include "compile/program/operation.h"

#include <assert.h>

static size_t row_length(const struct reading *r, const struct step *s) {
  const struct shape_of *shape = step_shape(r, s);
  return shape->at[shape->rank - 1];
}

/* y = [fewer than k of the others come before it]. */
static void choose(fmpz *y, const fmpz *x, size_t m, size_t k) {
  for (size_t i = 0; i < m; i++) {
    size_t before = 0;
    for (size_t j = 0; j < m; j++) {
      int order = fmpz_cmp(x + j, x + i);
      before += order > 0 || (order == 0 && j < i);
    }
    fmpz_set_si(y + i, before < k);
  }
}

static void run_top_k(struct reading *r, const struct step *s) {
  size_t m = row_length(r, s), k = *(const size_t *)s->detail;
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  for (size_t j = 0; j < step_shape(r, s)->n; j += m)
    choose(y + j, x + j, m, k);
}

static void lower_top_k(struct reading *r, const struct step *s) {
  size_t m = row_length(r, s), k = *(const size_t *)s->detail;
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  const struct number **row = xcalloc(m, sizeof *row);
  for (size_t j = 0; j < step_shape(r, s)->n; j += m) {
    for (size_t i = 0; i < m; i++)
      row[i] = x + j + i;
    reading_at(r, step_result(r, s), j);
    number_top_k(r->c, y + j, row, m, k);
  }
  free(row);
}

/* (m + 1) / 2 for each of m elements, rounded up. */
static void certify_top_k(struct proof *k, const struct step *s) {
  const struct fact *x = proof_operand(k, s, 0);
  struct dims d = program_dims(k->p, program_operand(k->p, s, 0));
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  formula_size(k->f, n, d.at[d.rank - 1]);
  proof_deeper(k, s, 0, x->is_constant ? 0 : 2);
  fmpz_mpoly_add_si(n, n, 1, k->f->ring);
  proof_add_gates(k, s, 0, n);
  fmpz_mpoly_set_si(n, 1, k->f->ring);
  proof_ladder(k, s, 0, n);
  proof_bound(k, s, 0, n);
  fmpz_mpoly_clear(n, k->f->ring);
}

/* What is compared must not be folded. */
static bool check_top_k(const struct instance *in, const struct step *s,
                        struct error *err) {
  struct dims d = program_dims(in->program, program_operand(in->program, s, 0));
  return !fold_axis(in, d.at[d.rank - 1]) ||
         error_set(err, 0, "'%s' (top_k) cannot be counted without making it",
                   s->name);
}

static const struct op top_k = {.name = "top_k",
                                .folds = true,
                                .check = check_top_k,
                                .run = run_top_k,
                                .lower = lower_top_k,
                                .certify = certify_top_k};

value_id program_top_k(struct program *p, const char *name, value_id x,
                       size_t k) {
  size_t *detail = program_alloc(p, 1, sizeof *detail);
  struct dims dims = program_dims(p, x);
  assert(dims.rank);
  *detail = k;
  return program_step(p, &top_k, name, &x, 1, dims, detail);
}
