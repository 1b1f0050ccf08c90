/* Blocks whose norms are exact: norm, matrix, bias and activation are rounded
   once. c = A z with z numbers of one ladder each, and 1, so squares of rows of
   W c are sums of products of pairs of z. */
#include "compile/models/block_parts.h"

#include <assert.h>

#include <flint/fmpz_mat.h>
#include <flint/fmpz_vec.h>

void block_draw(struct transformer *b, fmpz_mat_t to, long rows, long columns) {
  struct matrix w = weights_matrix(b->weights, (size_t)rows, (size_t)columns);
  for (slong i = 0; i < rows; i++)
    for (slong j = 0; j < columns; j++)
      fmpz_set(fmpz_mat_entry(to, i, j),
               w.at + (size_t)i % w.rows * w.columns + (size_t)j % w.columns);
}

/* Row a^T b of the products of pairs of z, as gram orders them. */
static void set_products(fmpz *to, const fmpz_mat_t w, slong row, slong m,
                         bool is_added) {
  fmpz_t p;
  fmpz_init(p);
  for (slong j = 0; j < m; j++)
    for (slong i = 0; i <= j; i++, to++) {
      fmpz_mul(p, fmpz_mat_entry(w, row, i), fmpz_mat_entry(w, row, j));
      if (i < j)
        fmpz_mul_2exp(p, p, 1);
      if (is_added)
        fmpz_add(to, to, p);
      else
        fmpz_set(to, p);
    }
  fmpz_clear(p);
}

/* a holds what is normalised: a z; mean taken away, products made. */
static void exact_init(struct exact *e, struct transformer *b, value_id z,
                       const fmpz_mat_t a, const char *name) {
  slong d = b->width, m = fmpz_mat_ncols(a), pairs = m * (m + 1) / 2;
  struct program *p = b->p;
  size_id one = size_si(&p->sizes, 1);
  fmpz_t sum;
  fmpz_init(sum);
  *e = (struct exact){.b = b, .z = z};
  fmpz_mat_init(e->c, d, m);
  for (slong j = 0; j < m; j++) {
    fmpz_zero(sum);
    for (slong i = 0; i < d && b->has_mean; i++)
      fmpz_add(sum, sum, fmpz_mat_entry(a, i, j));
    for (slong i = 0; i < d; i++) {
      fmpz *c = fmpz_mat_entry(e->c, i, j);
      fmpz_mul_si(c, fmpz_mat_entry(a, i, j), b->has_mean ? d : 1);
      fmpz_sub(c, c, sum);
    }
  }
  fmpz *w = _fmpz_vec_init(pairs);
  for (slong i = 0; i < d; i++)
    set_products(w, e->c, i, m, true);
  e->gram = program_gram(p, block_name(b, name), z, (size_t)m);
  fmpz_one(sum);
  value_id v = program_linear(p, "V", e->gram, 1, (size_t)pairs, w, sum);
  e->v = program_reshape(p, "V", v, matrix(b->n, one));
  _fmpz_vec_clear(w, pairs);
  fmpz_clear(sum);
}

static void exact_clear(struct exact *e) {
  fmpz_mat_clear(e->c);
}

/* W c, V, the square of W c, and its sign. */
static void add_forms(struct exact *e, const char *name, const fmpz_mat_t w,
                      value_id x[4]) {
  struct program *p = e->b->p;
  slong m = fmpz_mat_ncols(e->c), pairs = m * (m + 1) / 2,
        rows = fmpz_mat_nrows(w);
  char sign[64];
  fmpz_mat_t u;
  fmpz_mat_init(u, rows, m);
  fmpz_mat_mul(u, w, e->c);
  fmpz *square = _fmpz_vec_init(rows * pairs), *flat = _fmpz_vec_init(rows * m);
  for (slong i = 0; i < rows; i++) {
    set_products(square + i * pairs, u, i, m, false);
    for (slong j = 0; j < m; j++)
      fmpz_set(flat + i * m + j, fmpz_mat_entry(u, i, j));
  }
  x[0] = program_linear_matrix(p, "W c", e->z, size_si(&p->sizes, rows),
                               &(struct matrix){(size_t)rows, (size_t)m, flat},
                               NULL);
  x[1] = e->v;
  x[2] = program_linear(p, "square", e->gram, (size_t)rows, (size_t)pairs,
                        square, NULL);
  snprintf(sign, sizeof sign, "%s.sign", name);
  x[3] =
      program_at_least(p, block_name(e->b, sign), x[0], size_si(&p->sizes, 0));
  _fmpz_vec_clear(square, rows * pairs);
  _fmpz_vec_clear(flat, rows * m);
  fmpz_mat_clear(u);
}

/* Activations W c for rows of W, [n, rows]; bias may be NULL. */
static value_id project(struct exact *e, const char *name, const fmpz_mat_t w,
                        unsigned long shift, enum activation act,
                        const fmpz *bias) {
  struct transformer *b = e->b;
  long most = 1L << (b->bits - 1);
  value_id x[4];
  mpz_t gain, divisor;
  mpz_init_set_si(gain, b->width);
  mpz_mul_2exp(gain, gain, 2 * (b->bits - 3));
  mpz_init_set_ui(divisor, 1);
  long *table = xmalloc(2 * (size_t)most * sizeof *table);
  activation_table(table, act, b->bits);
  struct normal f = {.gain = gain,
                     .divisor = divisor,
                     .shift = shift,
                     .lo = -most,
                     .hi = most - 1,
                     .table = table};
  add_forms(e, name, w, x);
  value_id y =
      program_normal_square(b->p, block_name(b, name), x[0], x[1], x[2], x[3],
                            &f, bias, bias ? (size_t)fmpz_mat_nrows(w) : 0);
  free(table);
  mpz_clears(gain, divisor, NULL);
  return y;
}

value_id block_exact_rows(struct exact *e, const char *name, long rows,
                          enum activation act) {
  struct transformer *b = e->b;
  unsigned long shift = block_shift(b, b->width);
  struct matrix shape = {(size_t)rows, 1, NULL};
  fmpz_mat_t w;
  fmpz_mat_init(w, rows, b->width);
  block_draw(b, w, rows, b->width);
  const fmpz *bias =
      block_has_bias(b) ? weights_bias(b->weights, &shape, 1L << shift) : NULL;
  value_id y = project(e, name, w, shift, act, bias);
  fmpz_mat_clear(w);
  return y;
}

/* c itself, normalised. */
static value_id add_norm(struct exact *e, const char *name) {
  fmpz_mat_t w;
  fmpz_mat_init(w, e->b->width, e->b->width);
  fmpz_mat_one(w);
  value_id y = project(e, name, w, 0, ACTIVATION_NONE, NULL);
  fmpz_mat_clear(w);
  return program_reshape(e->b->p, "norm", y, matrix(e->b->n, e->b->d));
}

/* Values side by side along the last axis, and a last 1. */
static value_id with_one(struct transformer *b, const value_id *x, size_t n) {
  struct program *p = b->p;
  value_id all[3];
  size_id one = size_si(&p->sizes, 1);
  value_id first =
      program_slice(p, "first", x[0], 1, size_si(&p->sizes, 0), one);
  for (size_t i = 0; i < n; i++)
    all[i] = x[i];
  all[n] = program_combine(p, "one", &first, (long[]){0}, 1, 1);
  return program_concat(p, "z", all, n + 1, 1);
}

static value_id attend(struct exact *e, value_id in) {
  struct transformer *b = e->b;
  if (b->scores == SCORES_BILINEAR)
    return block_bilinear(e, in);
  long narrow = b->width / b->heads * b->kv_heads;
  value_id q = block_exact_rows(e, "q", b->width, ACTIVATION_NONE);
  value_id k = block_exact_rows(e, "k", narrow, ACTIVATION_NONE);
  value_id v = block_exact_rows(e, "v", narrow, ACTIVATION_NONE);
  struct dims all = {4, {b->n, b->kv, b->group, b->dh}};
  struct dims few = {3, {b->n, b->kv, b->dh}};
  return block_attention(b, program_reshape(b->p, "heads", q, all),
                         program_reshape(b->p, "heads", k, few),
                         program_reshape(b->p, "heads", v, few));
}

/* W x + bias, raised by 2^lift, and added to columns [from..) of a and to the
   column of 1, so that the next norm reads it. */
static value_id add_sums(struct transformer *b, value_id x, long columns,
                         unsigned long lift, fmpz_mat_t a, slong from) {
  slong d = b->width, last = fmpz_mat_ncols(a) - 1;
  fmpz_mat_t w;
  fmpz_mat_init(w, d, columns);
  block_draw(b, w, d, columns);
  fmpz_mat_scalar_mul_2exp(w, w, lift);
  struct matrix shape = {(size_t)d, 1, NULL};
  const fmpz *bias =
      block_has_bias(b)
          ? weights_bias(b->weights, &shape, 1L << block_shift(b, columns))
          : NULL;
  fmpz *flat = _fmpz_vec_init(d * columns), *raised = _fmpz_vec_init(d);
  for (slong i = 0; i < d; i++) {
    if (bias)
      fmpz_mul_2exp(raised + i, bias + i, lift);
    fmpz_add(fmpz_mat_entry(a, i, last), fmpz_mat_entry(a, i, last),
             raised + i);
    for (slong j = 0; j < columns; j++) {
      fmpz_set(flat + i * columns + j, fmpz_mat_entry(w, i, j));
      if (from >= 0)
        fmpz_set(fmpz_mat_entry(a, i, from + j), fmpz_mat_entry(w, i, j));
    }
  }
  value_id y = program_linear_matrix(
      b->p, "W x", x, b->d, &(struct matrix){(size_t)d, (size_t)columns, flat},
      raised);
  _fmpz_vec_clear(flat, d * columns);
  _fmpz_vec_clear(raised, d);
  fmpz_mat_clear(w);
  return y;
}

/* a = 2^scale * identity in its first columns. */
static void set_scale(const struct transformer *b, fmpz_mat_t a) {
  for (slong i = 0; i < b->width; i++) {
    fmpz_one(fmpz_mat_entry(a, i, i));
    fmpz_mul_2exp(fmpz_mat_entry(a, i, i), fmpz_mat_entry(a, i, i), b->scale);
  }
}

/* The second half up to its sums, of the norm that it reads. */
static value_id add_hidden(struct exact *e, fmpz_mat_t a) {
  struct transformer *b = e->b;
  value_id h = block_exact_rows(e, "ff", b->hidden, ACTIVATION_GELU);
  return add_sums(b, h, b->hidden, b->scale - block_hidden_scale(b), a, -1);
}

/* The same after the first half, 2^scale skip + a part of `o`, whose columns of
   a follow those of the skip. */
static value_id add_second(struct transformer *b, value_id sum, value_id skip,
                           value_id o, fmpz_mat_t a) {
  struct exact e;
  exact_init(&e, b, with_one(b, (value_id[]){skip, o}, 2), a, "norm 2");
  skip = b->kind == BLOCK_BERT ? add_norm(&e, "skip 2")
                               : block_round(b, "skip 2", sum);
  value_id y = block_add_up(b, skip, add_hidden(&e, a));
  exact_clear(&e);
  return y;
}

value_id block_exact(struct transformer *b, value_id x) {
  struct exact e;
  fmpz_mat_t a, both;
  slong d = b->width;
  fmpz_mat_init(a, d, d + 1);
  fmpz_mat_init(both, d, 2 * d + 1);
  set_scale(b, a);
  set_scale(b, both);
  value_id in = x == b->raised ? b->activations : block_round(b, "skip 1", x);
  exact_init(&e, b, with_one(b, &in, 1), a, "norm 1");
  value_id skip = b->kind == BLOCK_BERT ? add_norm(&e, "skip 1") : in;
  value_id o = attend(&e, in);
  value_id sum =
      add_sums(b, o, d, b->scale - block_attention_scale(b), both, d);
  sum = block_add_up(b, skip, sum);
  value_id y = b->kind == BLOCK_GPTJ
                   ? program_add(b->p, "residual", sum, add_hidden(&e, a))
                   : add_second(b, sum, skip, o, both);
  exact_clear(&e);
  fmpz_mat_clear(a);
  fmpz_mat_clear(both);
  return y;
}
