/* pool: what a window has, one number for each place of it.

   POOL_MAX   depth 2: number_max() of the m = window^2 elements, m(m-1)/2 gates
              and one for each of their bits.
   POOL_FLAT  depth 1 where each element is one ladder, else 2: for each value v
              but the least [some element >= v], one gate; and where an element
              is not one ladder, a gate for each value of it besides.
   POOL_SUM   depth 0, no gates. */
#include "compile/arithmetic.h"
#include "compile/program/image_parts.h"
#include "compile/program/images.h"
#include "compile/program/sum_parts.h"

#include <assert.h>

static const fmpz nothing = 0, one = 1;

struct pool_of {
  struct window window;
  size_t n; // elements of a window
  enum pool kind;
};

/* Where the elements of the window of element j are. */
static void read_window(size_t *from, const struct reading *r,
                        const struct step *s, size_t j) {
  const struct pool_of *d = s->detail;
  const struct shape_of *y = step_shape(r, s);
  const struct shape_of *x = reading_shape(r, step_operand(r, s, 0));
  struct window_place *at = xcalloc(d->n, sizeof *at);
  size_t n = window_read(at, &d->window, y, x, j);
  assert(n == d->n); // no padding
  for (size_t i = 0; i < n; i++)
    from[i] = j / (y->at[1] * y->at[2]) * x->at[1] * x->at[2] + at[i].element;
  free(at);
}

static void run_pool(struct reading *r, const struct step *s) {
  const struct pool_of *d = s->detail;
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  size_t *from = xcalloc(d->n, sizeof *from);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    read_window(from, r, s, j);
    fmpz_set(y + j, x + from[0]);
    for (size_t i = 1; i < d->n; i++)
      if (d->kind == POOL_SUM)
        fmpz_add(y + j, y + j, x + from[i]);
      else if (fmpz_cmp(y + j, x + from[i]) < 0)
        fmpz_set(y + j, x + from[i]);
  }
  free(from);
}

static void add_up(struct reading *r, struct number *y,
                   const struct number *const *x, size_t n) {
  struct sum sum;
  sum_init(&sum, r);
  sum_begin(&sum, y, &nothing);
  for (size_t i = 0; i < n; i++)
    sum_add(&sum, &one, x[i]);
  sum_end(&sum);
  sum_clear(&sum);
}

static void lower_pool(struct reading *r, const struct step *s) {
  const struct pool_of *d = s->detail;
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  const struct number **row = xcalloc(d->n, sizeof *row);
  size_t *from = xcalloc(d->n, sizeof *from);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    read_window(from, r, s, j);
    for (size_t i = 0; i < d->n; i++)
      row[i] = x + from[i];
    reading_at(r, step_result(r, s), j);
    if (d->kind == POOL_SUM)
      add_up(r, y + j, row, d->n);
    else if (d->kind == POOL_MAX)
      number_max(r->c, y + j, row, d->n);
    else
      number_max_flat(r->c, y + j, row, d->n);
  }
  free(from);
  free(row);
}

static void certify_max(struct proof *k, const struct step *s) {
  const struct pool_of *d = s->detail;
  const struct fact *x = proof_operand(k, s, 0);
  bool is_flat = d->kind == POOL_FLAT, is_ladder = x->is_ladder;
  slong m = (slong)d->n;
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  proof_deeper(k, s, 0, x->is_constant ? 0 : is_flat && is_ladder ? 1 : 2);
  fmpz_mpoly_scalar_mul_si(n, x->most, 2, k->f->ring);
  if (is_flat)
    proof_ladder(k, s, 0, n);
  if (is_flat && !is_ladder)
    fmpz_mpoly_scalar_mul_si(n, n, m + 1, k->f->ring);
  if (x->is_bounded && is_flat) {
    proof_add_gates(k, s, 0, n);
  } else if (proof_bits(k, n, x)) {
    fmpz_mpoly_add_si(n, n, 1, k->f->ring); // another constant
    fmpz_mpoly_scalar_mul_si(n, n, m, k->f->ring);
    fmpz_mpoly_add_si(n, n, m * (m - 1) / 2, k->f->ring);
    proof_add_gates(k, s, 0, n);
  } else {
    proof_no_gates_known(k);
  }
  if (x->is_bounded)
    proof_bound(k, s, 0, x->most);
  fmpz_mpoly_clear(n, k->f->ring);
}

static void certify_pool(struct proof *k, const struct step *s) {
  const struct pool_of *d = s->detail;
  const struct fact *x = proof_operand(k, s, 0);
  fmpz_mpoly_t most;
  if (d->kind != POOL_SUM) {
    certify_max(k, s);
    return;
  }
  fmpz_mpoly_init(most, k->f->ring);
  fmpz_mpoly_scalar_mul_ui(most, x->most, d->n, k->f->ring);
  proof_deeper(k, s, 0, 0);
  if (x->is_bounded)
    proof_bound(k, s, 0, most);
  proof_result(k, s, 0)->is_ladder = x->is_constant;
  fmpz_mpoly_clear(most, k->f->ring);
}

static bool check_pool(const struct instance *in, const struct step *s,
                       struct error *err) {
  return window_check(in, s, &((const struct pool_of *)s->detail)->window, err);
}

static const struct op pool = {.name = "pool",
                               .certify = certify_pool,
                               .folds = true,
                               .run = run_pool,
                               .lower = lower_pool,
                               .check = check_pool};

value_id program_pool(struct program *p, const char *name, value_id x,
                      enum pool kind, size_t window, size_t stride) {
  struct pool_of *d = program_alloc(p, 1, sizeof *d);
  struct dims dims = program_dims(p, x);
  assert(dims.rank == 3 && window && stride);
  *d = (struct pool_of){{window, stride, 0}, window * window, kind};
  for (unsigned i = 1; i < 3; i++)
    dims.at[i] = window_places(&p->sizes, &d->window, dims.at[i]);
  return program_step(p, &pool, name, &x, 1, dims, d);
}
