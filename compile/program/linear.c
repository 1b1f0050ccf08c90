/* constant, combine, sum, linear, pack: sums of elements with constant
   weights. Depth 0, no gates: the next gate's sum absorbs them. */
#include "compile/program/operation.h"
#include "compile/program/operations.h"

#include <assert.h>

#include <flint/fmpz_vec.h>

/* Integers that a program owns. */
struct integers_of {
  fmpz *at;
  slong n;
};

static void clear_integers(void *context) {
  struct integers_of *z = context;
  _fmpz_vec_clear(z->at, z->n);
}

static const fmpz *keep_integers(struct program *p, const fmpz *at, size_t n) {
  struct integers_of *z = program_alloc(p, 1, sizeof *z);
  *z = (struct integers_of){_fmpz_vec_init((slong)n), (slong)n};
  _fmpz_vec_set(z->at, at, z->n);
  program_own(p, clear_integers, z);
  return z->at;
}

/* A sum under way, in either reading. */
struct sum {
  struct reading *r;
  value_id y;
  size_t j;
  mpz_t weight;
};

static void begin_sum(struct sum *sum, size_t j, const fmpz *constant) {
  sum->j = j;
  if (sum->r->kind == READING_RUN) {
    fmpz_set(sum->r->tensor[sum->y].whole + j, constant);
  } else {
    fmpz_get_mpz(sum->weight, constant);
    number_set_z(sum->r->tensor[sum->y].number + j, sum->weight);
  }
}

/* += weight * element i of x. */
static void add_term(struct sum *sum, const fmpz *weight, value_id x,
                     size_t i) {
  const union tensor *from = &sum->r->tensor[x], *to = &sum->r->tensor[sum->y];
  if (sum->r->kind == READING_RUN) {
    fmpz_addmul(to->whole + sum->j, weight, from->whole + i);
  } else if (!fmpz_is_zero(weight)) {
    fmpz_get_mpz(sum->weight, weight);
    number_push(sum->r->c, to->number + sum->j, from->number + i, sum->weight);
  }
}

static void end_sum(struct sum *sum) {
  if (sum->r->kind != READING_RUN)
    number_settle(sum->r->c, sum->r->tensor[sum->y].number + sum->j);
}

static void sum_init(struct sum *sum, struct reading *r, const struct step *s) {
  *sum = (struct sum){.r = r, .y = step_result(r, s)};
  mpz_init(sum->weight);
}

static void sum_clear(struct sum *sum) {
  mpz_clear(sum->weight);
}

static const fmpz nothing = 0, one = 1;

/* ---- constant ---- */

static void every_constant(struct reading *r, const struct step *s) {
  const fmpz *at = s->detail;
  struct sum sum;
  sum_init(&sum, r, s);
  for (size_t j = 0; j < step_shape(r, s)->n; j++)
    begin_sum(&sum, j, at + j);
  sum_clear(&sum);
}

static const struct op constant_op = {.name = "constant",
                                      .every = every_constant};

value_id program_constant(struct program *p, const char *name, struct dims dims,
                          const fmpz *at, size_t n) {
  return program_step(p, &constant_op, name, NULL, 0, dims,
                      keep_integers(p, at, n));
}

/* ---- combine ---- */

/* detail: the constant, then a weight for each operand */
static void every_combine(struct reading *r, const struct step *s) {
  const fmpz *weight = s->detail;
  const struct shape_of *shape = step_shape(r, s);
  struct sum sum;
  sum_init(&sum, r, s);
  for (size_t j = 0; j < shape->n; j++) {
    begin_sum(&sum, j, weight);
    for (size_t i = 0; i < s->operands; i++) {
      value_id x = step_operand(r, s, i);
      add_term(&sum, weight + 1 + i, x,
               broadcast_index(shape, reading_shape(r, x), j));
    }
    end_sum(&sum);
  }
  sum_clear(&sum);
}

static const struct op combine = {.name = "combine", .every = every_combine};

value_id program_combine(struct program *p, const char *name, const value_id *x,
                         const long *weight, size_t n, long constant) {
  fmpz *detail = _fmpz_vec_init((slong)n + 1);
  fmpz_set_si(detail, constant);
  for (size_t i = 0; i < n; i++)
    fmpz_set_si(detail + 1 + i, weight[i]);
  const fmpz *kept = keep_integers(p, detail, n + 1);
  _fmpz_vec_clear(detail, (slong)n + 1);
  return program_step(p, &combine, name, x, n, broadcast_dims(p, x, n), kept);
}

value_id program_add(struct program *p, const char *name, value_id a,
                     value_id b) {
  return program_combine(p, name, (value_id[]){a, b}, (long[]){1, 1}, 2, 0);
}

value_id program_sub(struct program *p, const char *name, value_id a,
                     value_id b) {
  return program_combine(p, name, (value_id[]){a, b}, (long[]){1, -1}, 2, 0);
}

/* ---- sum and pack: along the last axis ---- */

static struct dims without_last(const struct program *p, value_id x) {
  struct dims dims = program_dims(p, x);
  assert(dims.rank);
  dims.at[--dims.rank] = 0;
  return dims;
}

static size_t last_length(const struct reading *r, value_id x) {
  const struct shape_of *shape = reading_shape(r, x);
  return shape->at[shape->rank - 1];
}

static void every_sum(struct reading *r, const struct step *s) {
  value_id x = step_operand(r, s, 0);
  size_t n = last_length(r, x);
  struct sum sum;
  sum_init(&sum, r, s);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    begin_sum(&sum, j, &nothing);
    for (size_t i = 0; i < n; i++)
      add_term(&sum, &one, x, j * n + i);
    end_sum(&sum);
  }
  sum_clear(&sum);
}

static const struct op sum_of = {.name = "sum", .every = every_sum};

value_id program_sum(struct program *p, const char *name, value_id x) {
  return program_step(p, &sum_of, name, &x, 1, without_last(p, x), NULL);
}

static void every_pack(struct reading *r, const struct step *s) {
  value_id x = step_operand(r, s, 0);
  size_t n = last_length(r, x);
  fmpz_t weight;
  fmpz_init(weight);
  struct sum sum;
  sum_init(&sum, r, s);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    begin_sum(&sum, j, &nothing);
    fmpz_one(weight);
    for (size_t i = 0; i < n; i++) {
      add_term(&sum, weight, x, j * n + i);
      fmpz_mul_2exp(weight, weight, 1);
    }
    end_sum(&sum);
  }
  sum_clear(&sum);
  fmpz_clear(weight);
}

static const struct op pack = {.name = "pack", .every = every_pack};

value_id program_pack(struct program *p, const char *name, value_id bits) {
  return program_step(p, &pack, name, &bits, 1, without_last(p, bits), NULL);
}

/* ---- linear ---- */

struct linear {
  size_t rows, columns;
  const fmpz *weight; // (rows, columns)
  const fmpz *bias;   // (rows); or NULL
};

static void every_linear(struct reading *r, const struct step *s) {
  const struct linear *d = s->detail;
  value_id x = step_operand(r, s, 0);
  struct sum sum;
  sum_init(&sum, r, s);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    size_t row = j % d->rows, first = j / d->rows * d->columns;
    begin_sum(&sum, j, d->bias ? d->bias + row : &nothing);
    for (size_t i = 0; i < d->columns; i++)
      add_term(&sum, d->weight + row * d->columns + i, x, first + i);
    end_sum(&sum);
  }
  sum_clear(&sum);
}

static const struct op linear = {.name = "linear", .every = every_linear};

value_id program_linear(struct program *p, const char *name, value_id x,
                        size_t rows, size_t columns, const fmpz *weight,
                        const fmpz *bias) {
  struct linear *detail = program_alloc(p, 1, sizeof *detail);
  struct dims dims = program_dims(p, x);
  assert(dims.rank &&
         dims.at[dims.rank - 1] == size_si(&p->sizes, (long)columns));
  dims.at[dims.rank - 1] = size_si(&p->sizes, (long)rows);
  *detail = (struct linear){
      .rows = rows,
      .columns = columns,
      .weight = keep_integers(p, weight, rows * columns),
      .bias = bias ? keep_integers(p, bias, rows) : NULL,
  };
  return program_step(p, &linear, name, &x, 1, dims, detail);
}
