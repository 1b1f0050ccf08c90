/* linear: a matrix of constants times the last axis. Depth 0, no gates: the
   next gate's sum absorbs it. */
#include "compile/program/operations.h"
#include "compile/program/sum_parts.h"
#include "compile/summands.h"

#include <assert.h>

static const fmpz nothing = 0;

struct linear {
  struct matrix weight;
  const fmpz *bias;             // (weight.rows); or NULL
  const fmpz *most, *most_bias; // the greatest |weight|, |bias|; or NULL
};

static const fmpz *bias_of(const struct linear *d, size_t row) {
  return d->bias ? d->bias + row % d->weight.rows : &nothing;
}

static const fmpz *row_of(const struct linear *d, size_t row) {
  return d->weight.at + row % d->weight.rows * d->weight.columns;
}

static size_t columns_of(const struct reading *r, const struct step *s) {
  const struct shape_of *x = reading_shape(r, step_operand(r, s, 0));
  return x->at[x->rank - 1];
}

static size_t rows_of(const struct reading *r, const struct step *s) {
  return step_shape(r, s)->at[step_shape(r, s)->rank - 1];
}

static void run_linear(struct reading *r, const struct step *s) {
  const struct linear *d = s->detail;
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  size_t rows = rows_of(r, s), columns = columns_of(r, s);
  size_t period = d->weight.columns;
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    const fmpz *from = x + j / rows * columns;
    fmpz_set(y + j, bias_of(d, j % rows));
    for (size_t i = 0; i < columns; i += period)
      sum_row(y + j, row_of(d, j % rows), from + i,
              period < columns - i ? period : columns - i);
  }
}

/* x[i] = all that element i of a row of operand 0 stands for. */
static void read_row(struct reading *r, const struct step *s, struct number *x,
                     const struct number *from, size_t columns) {
  value_id v = step_operand(r, s, 0);
  unsigned axis = reading_shape(r, v)->rank - 1;
  mpz_t one;
  mpz_init_set_ui(one, 1);
  for (size_t i = 0; i < columns; i++) {
    number_set_si(&x[i], 0);
    reading_push(r, &x[i], from + i, one, v, axis, i, 0);
  }
  mpz_clear(one);
}

static void lower_row(struct reading *r, const struct linear *d,
                      struct number *y, size_t rows, const struct summands *x) {
  mpz_t bias, *weight = xmalloc(x->n * sizeof *weight);
  mpz_init(bias);
  for (size_t i = 0; i < x->n; i++)
    mpz_init(weight[i]);
  for (size_t j = 0; j < rows; j++) {
    for (size_t i = 0; i < x->n; i++)
      fmpz_get_mpz(weight[i], row_of(d, j) + i % d->weight.columns);
    fmpz_get_mpz(bias, bias_of(d, j));
    summands_linear(r->c, y + j, x, (const mpz_t *)weight, bias);
  }
  for (size_t i = 0; i < x->n; i++)
    mpz_clear(weight[i]);
  mpz_clear(bias);
  free(weight);
}

static void lower_linear(struct reading *r, const struct step *s) {
  size_t rows = rows_of(r, s), columns = columns_of(r, s);
  const struct number *from = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  struct number *x = numbers_new(columns);
  const struct number **each = xmalloc(columns * sizeof *each);
  for (size_t i = 0; i < columns; i++)
    each[i] = &x[i];
  for (size_t j = 0; j < step_shape(r, s)->n; j += rows) {
    struct summands all;
    read_row(r, s, x, from + j / rows * columns, columns);
    summands_init(&all, r->c, each, columns);
    lower_row(r, s->detail, y + j, rows, &all);
    summands_clear(&all);
  }
  free(each);
  numbers_free(x, columns);
}

static void certify_linear(struct proof *k, const struct step *s) {
  const struct linear *d = s->detail;
  certify_row(k, s, d->most, d->most_bias);
}

static const struct op linear = {.keeps_index = true,
                                 .name = "linear",
                                 .certify = certify_linear,
                                 .folds = true,
                                 .run = run_linear,
                                 .lower = lower_linear,
                                 .is_free = true};

value_id program_linear_matrix(struct program *p, const char *name, value_id x,
                               size_id rows, const struct matrix *weight,
                               const fmpz *bias) {
  struct linear *detail = program_alloc(p, 1, sizeof *detail);
  struct dims dims = program_dims(p, x);
  size_t n = weight->rows * weight->columns;
  assert(dims.rank);
  dims.at[dims.rank - 1] = rows;
  *detail = (struct linear){
      .weight = {weight->rows, weight->columns,
                 program_keep_integers(p, weight->at, n)},
      .bias = bias ? program_keep_integers(p, bias, weight->rows) : NULL,
      .most = program_keep_most(p, weight->at, n),
      .most_bias = bias ? program_keep_most(p, bias, weight->rows) : NULL,
  };
  return program_step(p, &linear, name, &x, 1, dims, detail);
}

value_id program_linear(struct program *p, const char *name, value_id x,
                        size_t rows, size_t columns, const fmpz *weight,
                        const fmpz *bias) {
  struct dims dims = program_dims(p, x);
  assert(dims.rank &&
         dims.at[dims.rank - 1] == size_si(&p->sizes, (long)columns));
  (void)dims;
  return program_linear_matrix(p, name, x, size_si(&p->sizes, (long)rows),
                               &(struct matrix){rows, columns, weight}, bias);
}
