/* argmax, argmax_hot, argmax_bits: the place of the greatest along the last
   axis, of length m; the first among equals. Depth 2, m(m-1)/2 gates for the
   comparisons and m
   - 1 for the one-hot result: place 0 needs none, as nothing reads it. Of two,
   the comparison is the result: depth 1, one gate; of m numbers that are 0 or
   1, m - 1 gates at depth 1. The bits are sums over the places that have them.
 */
#include "compile/arithmetic.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

#include <assert.h>

static size_t axis_length(const struct reading *r, const struct step *s) {
  const struct shape_of *shape = reading_shape(r, step_operand(r, s, 0));
  return shape->at[shape->rank - 1];
}

static size_t find_greatest(const fmpz *x, size_t m) {
  size_t best = 0;
  for (size_t i = 1; i < m; i++)
    if (fmpz_cmp(x + i, x + best) > 0)
      best = i;
  return best;
}

static void run_argmax(struct reading *r, const struct step *s) {
  size_t m = axis_length(r, s);
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  for (size_t j = 0; j < step_shape(r, s)->n; j++)
    fmpz_set_ui(y + j, find_greatest(x + j * m, m));
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

static void run_argmax_bits(struct reading *r, const struct step *s) {
  size_t m = axis_length(r, s), rank = step_shape(r, s)->rank;
  size_t width = step_shape(r, s)->at[rank - 1];
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  for (size_t j = 0; j < step_shape(r, s)->n; j++)
    fmpz_set_ui(y + j, find_greatest(x + j / width * m, m) >> j % width & 1);
}

/* y[0..width) = the bits of the place that is_best says, one of m. */
static void bits_of_place(struct circuit *c, struct number *y, size_t width,
                          const struct number *is_best, size_t m) {
  for (size_t k = 0; k < width; k++) {
    number_set_si(&y[k], 0);
    for (size_t i = 1; i < m; i++)
      if (i >> k & 1)
        number_push_si(c, &y[k], &is_best[i], 1);
    number_settle(c, &y[k]);
    number_bound_si(&y[k], 0, 1);
  }
}

static void lower_argmax_bits(struct reading *r, const struct step *s) {
  size_t m = axis_length(r, s), rank = step_shape(r, s)->rank;
  size_t width = step_shape(r, s)->at[rank - 1];
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  struct number *is_best = numbers_new(m);
  const struct number **row = xmalloc(m * sizeof *row);
  for (size_t j = 0; j < step_shape(r, s)->n; j += width) {
    for (size_t i = 0; i < m; i++)
      row[i] = x + j / width * m + i;
    number_argmax(r->c, is_best, row, m);
    bits_of_place(r->c, y + j, width, is_best, m);
  }
  free(row);
  numbers_free(is_best, m);
}

static bool check_argmax_bits(const struct instance *in, const struct step *s,
                              struct error *err) {
  const struct shape_of *x = &in->shape[program_operand(in->program, s, 0)];
  return x->at[x->rank - 1] >= 1 ||
         error_set(err, 0, "%s: the greatest of none", s->name);
}

/* ---- One-hot ---- */

static void run_argmax_hot(struct reading *r, const struct step *s) {
  size_t m = axis_length(r, s);
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  for (size_t j = 0; j < step_shape(r, s)->n; j++)
    fmpz_set_ui(y + j, find_greatest(x + j / m * m, m) == j % m);
}

static void lower_argmax_hot(struct reading *r, const struct step *s) {
  size_t m = axis_length(r, s);
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  const struct number **row = xmalloc(m * sizeof *row);
  for (size_t j = 0; j < step_shape(r, s)->n; j += m) {
    for (size_t i = 0; i < m; i++)
      row[i] = x + j + i;
    number_argmax(r->c, y + j, row, m);
  }
  free(row);
}

/* n = m(m - 1)/2 + m for each row; of a length that is a size, m^2. */
static void count_row(struct proof *k, const struct step *s, fmpz_mpoly_t n) {
  struct dims d = program_dims(k->p, program_operand(k->p, s, 0));
  long m = proof_last_length(k, s, 0);
  fmpz_mpoly_t length;
  fmpz_mpoly_init(length, k->f->ring);
  fmpz_mpoly_set_si(n, m ? m * (m + 1) / 2 : 1, k->f->ring);
  for (unsigned i = 0; i < d.rank; i++) {
    formula_size(k->f, length, d.at[i]);
    if (!m || i + 1 < d.rank)
      fmpz_mpoly_mul(n, n, length, k->f->ring);
  }
  if (!m)
    fmpz_mpoly_mul(n, n, length, k->f->ring);
  fmpz_mpoly_clear(length, k->f->ring);
}

static void certify_argmax_hot(struct proof *k, const struct step *s) {
  long m = proof_last_length(k, s, 0);
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  count_row(k, s, n);
  proof_deeper(k, s, 0, m == 1 || m == 2 ? m - 1 : 2);
  proof_add_gates_once(k, n);
  fmpz_mpoly_set_si(n, 1, k->f->ring);
  proof_ladder(k, s, 0, n);
  proof_bits_only(k, s, 0);
  fmpz_mpoly_clear(n, k->f->ring);
}

static const struct op argmax_hot = {.name = "argmax",
                                     .run = run_argmax_hot,
                                     .lower = lower_argmax_hot,
                                     .certify = certify_argmax_hot};

value_id program_argmax_hot(struct program *p, const char *name, value_id x) {
  assert(program_dims(p, x).rank);
  return program_step(p, &argmax_hot, name, &x, 1, program_dims(p, x), NULL);
}

/* ---- The place ---- */

/* The same gates; sums of them. */
static void certify_argmax_bits(struct proof *k, const struct step *s) {
  struct fact *y = proof_result(k, s, 0);
  certify_argmax_hot(k, s);
  y->is_ladder = y->has_groups = proof_last_length(k, s, 0) == 2;
}

static void certify_argmax(struct proof *k, const struct step *s) {
  struct dims d = program_dims(k->p, program_operand(k->p, s, 0));
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  formula_size(k->f, n, d.at[d.rank - 1]);
  certify_argmax_bits(k, s);
  proof_bound(k, s, 0, n);
  fmpz_mpoly_clear(n, k->f->ring);
}

static const struct op argmax = {.name = "argmax",
                                 .run = run_argmax,
                                 .lower = lower_argmax,
                                 .certify = certify_argmax};

static const struct op argmax_bits = {.name = "argmax_bits",
                                      .run = run_argmax_bits,
                                      .lower = lower_argmax_bits,
                                      .certify = certify_argmax_bits,
                                      .check = check_argmax_bits};

value_id program_argmax(struct program *p, const char *name, value_id x) {
  struct dims dims = program_dims(p, x);
  assert(dims.rank);
  dims.at[--dims.rank] = 0;
  return program_step(p, &argmax, name, &x, 1, dims, NULL);
}

value_id program_argmax_bits(struct program *p, const char *name, value_id x) {
  struct sizes *t = &p->sizes;
  struct dims dims = program_dims(p, x);
  assert(dims.rank);
  size_id m = dims.at[dims.rank - 1];
  dims.at[dims.rank - 1] = // one bit if m is 1
      size_add(t, size_log2(t, m), size_div(t, size_si(t, 1), m));
  return program_step(p, &argmax_bits, name, &x, 1, dims, NULL);
}
