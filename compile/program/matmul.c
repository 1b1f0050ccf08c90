/* matmul: products of two tensors of activations, summed along their last axes.
   Depth 1, number_mul()'s gates for each pair: p*q ANDs for one-ladder numbers
   of p and q bits. */
#include "compile/program/attention.h"
#include "compile/program/operation.h"

#include <assert.h>

/* The axes in front of the last two. */
static struct shape_of leading(const struct shape_of *x) {
  struct shape_of y = *x;
  y.rank -= 2;
  y.n = 1;
  for (unsigned i = 0; i < y.rank; i++)
    y.n *= y.at[i];
  return y;
}

/* Element j of the result is the sum over [0..n) of a[from_a + i] * b[from_b +
   i]; of none if it is masked. */
struct contraction {
  size_t from_a, from_b, n;
};

static struct contraction contraction_at(const struct reading *r,
                                         const struct step *s, size_t j) {
  const struct shape_of *shape = step_shape(r, s);
  const struct shape_of *a = reading_shape(r, step_operand(r, s, 0)),
                        *b = reading_shape(r, step_operand(r, s, 1));
  struct shape_of all = leading(shape), of_a = leading(a), of_b = leading(b);
  size_t rows = shape->at[shape->rank - 2],
         columns = shape->at[shape->rank - 1];
  size_t column = j % columns, row = j / columns % rows;
  size_t outer = j / columns / rows, n = a->at[a->rank - 1];
  size_t at_a = broadcast_index(&all, &of_a, outer) * rows + row;
  size_t at_b = broadcast_index(&all, &of_b, outer) * columns + column;
  bool is_masked = *(const bool *)s->detail && column > row;
  return (struct contraction){at_a * n, at_b * n, is_masked ? 0 : n};
}

static void run_matmul(struct reading *r, const struct step *s) {
  const fmpz *a = r->tensor[step_operand(r, s, 0)].whole;
  const fmpz *b = r->tensor[step_operand(r, s, 1)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    struct contraction k = contraction_at(r, s, j);
    fmpz_zero(y + j);
    for (size_t i = 0; i < k.n; i++)
      fmpz_addmul(y + j, a + k.from_a + i, b + k.from_b + i);
  }
}

static void lower_matmul(struct reading *r, const struct step *s) {
  const struct number *a = r->tensor[step_operand(r, s, 0)].number;
  const struct number *b = r->tensor[step_operand(r, s, 1)].number;
  struct number *y = r->tensor[step_result(r, s)].number, product;
  value_id v = step_operand(r, s, 0);
  unsigned axis = reading_shape(r, v)->rank - 1;
  mpz_t one;
  mpz_init_set_ui(one, 1);
  number_init(&product);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    struct contraction k = contraction_at(r, s, j);
    number_set_si(y + j, 0);
    for (size_t i = 0; i < k.n; i++) {
      reading_at(r, step_result(r, s), j);
      reading_at_also(r, v, axis, i);
      number_mul(r->c, &product, a + k.from_a + i, b + k.from_b + i);
      reading_push(r, y + j, &product, one, v, axis, i, 0);
    }
    number_settle(r->c, y + j);
  }
  number_clear(&product);
  mpz_clear(one);
}

static bool check_matmul(const struct instance *in, const struct step *s,
                         struct error *err) {
  const struct shape_of *a = &in->shape[program_operand(in->program, s, 0)];
  const struct shape_of *b = &in->shape[program_operand(in->program, s, 1)];
  size_t n = a->at[a->rank - 1], m = b->at[b->rank - 1];
  return n == m || error_set(err, 0, "%s: rows of %zu and of %zu integers",
                             s->name, n, m);
}

static void certify_matmul(struct proof *k, const struct step *s) {
  const struct fact *a = proof_operand(k, s, 0), *b = proof_operand(k, s, 1);
  struct dims d = program_dims(k->p, program_operand(k->p, s, 0));
  fmpz_mpoly_t terms, gates;
  fmpz_mpoly_init(terms, k->f->ring);
  fmpz_mpoly_init(gates, k->f->ring);
  formula_size(k->f, terms, d.at[d.rank - 1]);
  bool is_free = a->is_constant || b->is_constant;
  proof_deeper(k, s, 0, is_free ? 0 : 1);
  if (proof_product_gates(k, gates, a, b)) {
    fmpz_mpoly_mul(gates, gates, terms, k->f->ring);
    proof_add_gates(k, s, 0, gates);
  } else if (!is_free) {
    proof_no_gates_known(k);
  }
  fmpz_mpoly_mul(gates, a->most, b->most, k->f->ring);
  fmpz_mpoly_mul(gates, gates, terms, k->f->ring);
  if (a->is_bounded && b->is_bounded)
    proof_bound(k, s, 0, gates);
  fmpz_mpoly_clear(terms, k->f->ring);
  fmpz_mpoly_clear(gates, k->f->ring);
}

static const struct op matmul = {.name = "matmul",
                                 .certify = certify_matmul,
                                 .folds = true,
                                 .run = run_matmul,
                                 .lower = lower_matmul,
                                 .check = check_matmul};

/* The dims of a and b combined, with the last axis of each as it says. */
static struct dims dims_of_product(struct program *p, value_id a, value_id b) {
  struct dims x = program_dims(p, a), y = program_dims(p, b), r = {0};
  assert(x.rank >= 2 && y.rank >= 2);
  size_id one = size_si(&p->sizes, 1);
  r.rank = x.rank > y.rank ? x.rank : y.rank;
  for (unsigned i = 3; i <= r.rank; i++) {
    size_id u = i <= x.rank ? x.at[x.rank - i] : one;
    size_id v = i <= y.rank ? y.at[y.rank - i] : one;
    assert(u == v || u == one || v == one);
    r.at[r.rank - i] = u == one ? v : u;
  }
  r.at[r.rank - 2] = x.at[x.rank - 2];
  r.at[r.rank - 1] = y.at[y.rank - 2];
  return r;
}

value_id program_matmul(struct program *p, const char *name, value_id a,
                        value_id b, bool is_causal) {
  value_id x[] = {a, b};
  bool *detail = program_alloc(p, 1, sizeof *detail);
  *detail = is_causal;
  return program_step(p, &matmul, name, x, 2, dims_of_product(p, a, b), detail);
}
