/* normal: a number over the root of another, with a bias, a scale and a table,
   element by element. Depth 1, a gate for each place where the table changes:
   number_normal(). */
#include "compile/program/attention.h"
#include "compile/program/operation.h"

#include <string.h>

struct normal_step {
  struct normal f; // with its own gain, divisor and table
  mpz_t gain, divisor;
  mpz_t *bias;
  size_t biases;
};

static void clear_normal(void *context) {
  struct normal_step *d = context;
  for (size_t i = 0; i < d->biases; i++)
    mpz_clear(d->bias[i]);
  mpz_clears(d->gain, d->divisor, NULL);
}

/* That of element j. */
static struct normal normal_at(const struct normal_step *d,
                               const struct shape_of *u, size_t j) {
  struct normal f = d->f;
  f.bias = d->biases ? d->bias[j % u->at[u->rank - 1] % d->biases] : NULL;
  return f;
}

static void run_normal(struct reading *r, const struct step *s) {
  const struct normal_step *d = s->detail;
  value_id u = step_operand(r, s, 0), v = step_operand(r, s, 1);
  const struct shape_of *shape = step_shape(r, s);
  fmpz *y = r->tensor[step_result(r, s)].whole;
  mpz_t x, z;
  mpz_inits(x, z, NULL);
  for (size_t j = 0; j < shape->n; j++) {
    struct normal f = normal_at(d, shape, j);
    size_t k = broadcast_index(shape, reading_shape(r, v), j);
    fmpz_get_mpz(x, r->tensor[u].whole + j);
    fmpz_get_mpz(z, r->tensor[v].whole + k);
    fmpz_set_si(y + j, normal_value(&f, x, z));
  }
  mpz_clears(x, z, NULL);
}

static void lower_normal(struct reading *r, const struct step *s) {
  const struct normal_step *d = s->detail;
  value_id u = step_operand(r, s, 0), v = step_operand(r, s, 1);
  const struct shape_of *shape = step_shape(r, s);
  struct number *y = r->tensor[step_result(r, s)].number;
  for (size_t j = 0; j < shape->n; j++) {
    struct normal f = normal_at(d, shape, j);
    size_t k = broadcast_index(shape, reading_shape(r, v), j);
    reading_at(r, step_result(r, s), j);
    number_normal(r->c, y + j, r->tensor[u].number + j, r->tensor[v].number + k,
                  &f);
  }
}

static void certify_normal(struct proof *k, const struct step *s) {
  const struct normal_step *d = s->detail;
  const long *table = d->f.table;
  long changes = d->f.hi - d->f.lo, most = 0;
  for (long a = d->f.lo; a <= d->f.hi; a++) {
    long y = table ? table[a - d->f.lo] : a;
    most = labs(y) > most ? labs(y) : most;
    if (table && a > d->f.lo)
      changes -= y == table[a - 1 - d->f.lo];
  }
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  fmpz_mpoly_set_si(n, changes, k->f->ring);
  proof_deeper(k, s, 0, 1);
  proof_add_gates(k, s, 0, n);
  proof_ladder(k, s, 0, n);
  proof_bound_si(k, s, 0, most);
  fmpz_mpoly_clear(n, k->f->ring);
}

static const struct op normal_op = {.name = "normal",
                                    .run = run_normal,
                                    .lower = lower_normal,
                                    .certify = certify_normal,
                                    .needs_ladder = true,
                                    .folds = true};

/* ---- From the square of u, and its sign ---- */

/* r = x, of which sums of terms do not tell that it is a square, or 1 more. */
static void at_least(struct number *r, const struct number *x,
                     unsigned long lo) {
  mpz_t least;
  mpz_init_set_ui(least, lo);
  number_set(r, x);
  number_bound(r, least, x->hi);
  mpz_clear(least);
}

/* Operands are u, v, u^2 and [u >= 0]; u itself is not read by the circuit. */
static void lower_normal_square(struct reading *r, const struct step *s) {
  const struct normal_step *d = s->detail;
  value_id v = step_operand(r, s, 1);
  const struct shape_of *shape = step_shape(r, s);
  struct number *y = r->tensor[step_result(r, s)].number, sum, square;
  number_init(&sum);
  number_init(&square);
  for (size_t j = 0; j < shape->n; j++) {
    struct normal f = normal_at(d, shape, j);
    size_t k = broadcast_index(shape, reading_shape(r, v), j);
    reading_at(r, step_result(r, s), j);
    at_least(&sum, r->tensor[v].number + k, 1);
    at_least(&square, r->tensor[step_operand(r, s, 2)].number + j, 0);
    number_normal_square(r->c, y + j, &square,
                         r->tensor[step_operand(r, s, 3)].number + j, &sum, &f);
  }
  number_clear(&sum);
  number_clear(&square);
}

static const struct op normal_square = {.name = "normal",
                                        .run = run_normal,
                                        .lower = lower_normal_square,
                                        .certify = certify_normal,
                                        .folds = true};

static value_id add_normal(struct program *p, const struct op *op,
                           const char *name, const value_id *x, size_t operands,
                           const struct normal *f, const fmpz *bias,
                           size_t biases) {
  struct normal_step *d = program_alloc(p, 1, sizeof *d);
  size_t n = (size_t)(f->hi - f->lo + 1);
  *d = (struct normal_step){.f = *f,
                            .bias = program_alloc(p, biases, sizeof *d->bias),
                            .biases = biases};
  mpz_init_set(d->gain, f->gain);
  mpz_init_set(d->divisor, f->divisor);
  for (size_t i = 0; i < biases; i++) {
    mpz_init(d->bias[i]);
    fmpz_get_mpz(d->bias[i], bias + i);
  }
  program_own(p, clear_normal, d);
  d->f.gain = d->gain;
  d->f.divisor = d->divisor;
  if (f->table) {
    long *table = program_alloc(p, n, sizeof *table);
    memcpy(table, f->table, n * sizeof *table);
    d->f.table = table;
  }
  return program_step(p, op, name, x, operands, program_dims(p, x[0]), d);
}

value_id program_normal(struct program *p, const char *name, value_id u,
                        value_id v, const struct normal *f, const fmpz *bias,
                        size_t biases) {
  value_id x[] = {u, v};
  return add_normal(p, &normal_op, name, x, 2, f, bias, biases);
}

value_id program_normal_square(struct program *p, const char *name, value_id u,
                               value_id v, value_id square, value_id sign,
                               const struct normal *f, const fmpz *bias,
                               size_t biases) {
  value_id x[] = {u, v, square, sign};
  return add_normal(p, &normal_square, name, x, 4, f, bias, biases);
}
