/* Blocks whose norms are exact: norm, matrix, bias and activation are rounded
   once. c = A z with z numbers of one ladder each, and 1, so squares of rows of
   W c are sums of products of pairs of z. */
#include "compile/models/block_parts.h"

#include <assert.h>

#include <flint/fmpz_mat.h>
#include <flint/fmpz_vec.h>

struct exact {
  struct transformer *b;
  value_id z;    // [n, m], the last one 1
  value_id gram; // its products
  value_id v;    // sum of c^2, + 1: [n, 1]
  fmpz_mat_t c;  // (d, m): c = C z
};

/* Matrices of weights as the program has them. */
static void draw(struct transformer *b, fmpz_mat_t to, long rows,
                 long columns) {
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
    for (slong i = 0; i < d && block_has_mean(b); i++)
      fmpz_add(sum, sum, fmpz_mat_entry(a, i, j));
    for (slong i = 0; i < d; i++) {
      fmpz *c = fmpz_mat_entry(e->c, i, j);
      fmpz_mul_si(c, fmpz_mat_entry(a, i, j), block_has_mean(b) ? d : 1);
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

/* A row of the model for each of `rows`, [n, rows]. */
static value_id add_rows(struct exact *e, const char *name, long rows,
                         enum activation act) {
  struct transformer *b = e->b;
  struct program *p = b->p;
  slong m = fmpz_mat_ncols(e->c), pairs = m * (m + 1) / 2;
  long most = 1L << (b->bits - 1);
  unsigned long shift = block_shift(b, b->width);
  fmpz_mat_t w, u;
  fmpz_mat_init(w, rows, b->width);
  fmpz_mat_init(u, rows, m);
  draw(b, w, rows, b->width);
  struct matrix shape = {(size_t)rows, 1, NULL};
  const fmpz *bias =
      block_has_bias(b) ? weights_bias(b->weights, &shape, 1L << shift) : NULL;
  fmpz_mat_mul(u, w, e->c);
  fmpz *square = _fmpz_vec_init(rows * pairs), *flat = _fmpz_vec_init(rows * m);
  for (slong i = 0; i < rows; i++) {
    set_products(square + i * pairs, u, i, m, false);
    for (slong j = 0; j < m; j++)
      fmpz_set(flat + i * m + j, fmpz_mat_entry(u, i, j));
  }
  value_id x = program_linear_matrix(
      p, "W c", e->z, size_si(&p->sizes, rows),
      &(struct matrix){(size_t)rows, (size_t)m, flat}, NULL);
  value_id x2 = program_linear(p, "square", e->gram, (size_t)rows,
                               (size_t)pairs, square, NULL);
  char sign[64];
  snprintf(sign, sizeof sign, "%s.sign", name);
  value_id s =
      program_at_least(p, block_name(b, sign), x, size_si(&p->sizes, 0));
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
  value_id y = program_normal_square(p, block_name(b, name), x, e->v, x2, s, &f,
                                     bias, bias ? (size_t)rows : 0);
  free(table);
  mpz_clears(gain, divisor, NULL);
  _fmpz_vec_clear(square, rows * pairs);
  _fmpz_vec_clear(flat, rows * m);
  fmpz_mat_clear(w);
  fmpz_mat_clear(u);
  return y;
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

static value_id attend(struct exact *e) {
  struct transformer *b = e->b;
  long narrow = b->width / b->heads * b->kv_heads;
  value_id q = add_rows(e, "q", b->width, ACTIVATION_NONE);
  value_id k = add_rows(e, "k", narrow, ACTIVATION_NONE);
  value_id v = add_rows(e, "v", narrow, ACTIVATION_NONE);
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
  draw(b, w, d, columns);
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

value_id block_exact(struct transformer *b, value_id x) {
  struct exact e;
  fmpz_mat_t a;
  slong d = b->width;
  assert(b->kind == BLOCK_GPT2);
  fmpz_mat_init(a, d, d + 1);
  set_scale(b, a);
  value_id in = block_round(b, "skip 1", x); // free for activations
  exact_init(&e, b, with_one(b, &in, 1), a, "norm 1");
  fmpz_mat_clear(a);
  fmpz_mat_init(a, d, 2 * d + 1);
  set_scale(b, a);
  value_id o = attend(&e);
  value_id sum = add_sums(b, o, d, b->scale - block_attention_scale(b), a, d);
  sum = block_add_up(b, in, sum);
  exact_clear(&e);
  exact_init(&e, b, with_one(b, (value_id[]){in, o}, 2), a, "norm 2");
  value_id skip = block_round(b, "skip 2", sum);
  value_id h = add_rows(&e, "ff", b->hidden, ACTIVATION_GELU);
  value_id y =
      add_sums(b, h, b->hidden, b->scale - block_hidden_scale(b), a, -1);
  exact_clear(&e);
  fmpz_mat_clear(a);
  return block_add_up(b, skip, y);
}
