/* look_up: rows of a matrix of constants, as a new last axis. Depth 0, no
   gates, of numbers of one ladder; else a function of one number for each
   element. */
#include "compile/arithmetic.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"
#include "compile/program/sum_parts.h"

struct look_up {
  struct matrix m;
  const fmpz *most; // the greatest |entry|
  size_t n;         // rows, of which those of m repeat
};

/* Of the row that x says: one column. */
struct column {
  const struct look_up *d;
  size_t column;
};

static const fmpz *entry(const struct look_up *d, size_t row, size_t column) {
  return d->m.at + row % d->m.rows * d->m.columns + column % d->m.columns;
}

static size_t row_of(const struct look_up *d, const mpz_t x) {
  return mpz_sgn(x) <= 0                ? 0
         : mpz_cmp_ui(x, d->n - 1) >= 0 ? d->n - 1
                                        : mpz_get_ui(x);
}

static void call_column(mpz_t y, const mpz_t x, const void *context) {
  const struct column *c = context;
  fmpz_get_mpz(y, entry(c->d, row_of(c->d, x), c->column));
}

static size_t columns_of(const struct reading *r, const struct step *s) {
  return step_shape(r, s)->at[step_shape(r, s)->rank - 1];
}

static void run_look_up(struct reading *r, const struct step *s) {
  const struct look_up *d = s->detail;
  size_t columns = columns_of(r, s);
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  mpz_t at;
  mpz_init(at);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    fmpz_get_mpz(at, x + j / columns);
    fmpz_set(y + j, entry(d, row_of(d, at), j % columns));
  }
  mpz_clear(at);
}

static void lower_look_up(struct reading *r, const struct step *s) {
  size_t columns = columns_of(r, s);
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    struct column c = {s->detail, j % columns};
    const struct function f = {call_column, &c, false};
    reading_at(r, step_result(r, s), j);
    number_apply(r->c, y + j, x + j / columns, &f);
  }
}

static void certify_look_up(struct proof *k, const struct step *s) {
  const struct look_up *d = s->detail;
  fmpz_mpoly_t most;
  fmpz_mpoly_init(most, k->f->ring);
  fmpz_mpoly_set_fmpz(most, d->most, k->f->ring);
  proof_function(k, s, NULL);
  proof_bound(k, s, 0, most);
  fmpz_mpoly_clear(most, k->f->ring);
}

static const struct op look_up = {.name = "look_up",
                                  .run = run_look_up,
                                  .lower = lower_look_up,
                                  .needs_ladder = true,
                                  .certify = certify_look_up,
                                  .folds = true};

value_id program_look_up(struct program *p, const char *name, value_id x,
                         const struct matrix *m, size_t n, size_id columns) {
  struct look_up *d = program_alloc(p, 1, sizeof *d);
  size_t entries = m->rows * m->columns;
  struct dims dims = program_dims(p, x);
  *d = (struct look_up){
      .m = {m->rows, m->columns, program_keep_integers(p, m->at, entries)},
      .most = program_keep_most(p, m->at, entries),
      .n = n};
  dims.at[dims.rank++] = columns;
  return program_step(p, &look_up, name, &x, 1, dims, d);
}
