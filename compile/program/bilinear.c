/* bilinear: forms on pairs of positions, y[i, j, h] = sum over a, b of
   weight[h][a][b] x[i, a] x[j, b]. Depth 1, an AND for each pair of a bit of
   x[i, a] and one of x[j, b] that any form reads: p^2 m^2 for numbers of p
   bits, which all forms share. Numbers of x are free, or of input bits. */
#include "compile/program/fold.h"
#include "compile/program/operation.h"
#include "compile/program/pairs.h"
#include "compile/program/sum_parts.h"

#include <assert.h>

struct bilinear {
  size_t m, forms;
  const fmpz *weight; // [forms][m][m]
  const fmpz *sum;    // [forms]: of |weight|
  slong read;         // pairs a, b with a weight that is not 0
  enum pairs pairs;
};

static const fmpz *weight_of(const struct bilinear *d, size_t form, size_t a,
                             size_t b) {
  return d->weight + (form * d->m + a) * d->m + b;
}

static bool is_read(const struct bilinear *d, size_t a, size_t b) {
  for (size_t h = 0; h < d->forms; h++)
    if (!fmpz_is_zero(weight_of(d, h, a, b)))
      return true;
  return false;
}

static bool reads(const struct reading *r, const struct step *s, size_t i,
                  size_t j) {
  const struct bilinear *d = s->detail;
  struct dims dims = program_dims(r->in->program, step_operand(r, s, 0));
  return pairs_is_read(r, d->pairs, dims.at[0], i, j);
}

/* ---- run ---- */

/* to[a] = sum over b of weight[a][b] x[b]. */
static void multiply_key(const struct bilinear *d, fmpz *to, size_t form,
                         const fmpz *x) {
  for (size_t a = 0; a < d->m; a++) {
    fmpz_zero(to + a);
    sum_row(to + a, weight_of(d, form, a, 0), x, d->m);
  }
}

static void run_bilinear(struct reading *r, const struct step *s) {
  const struct bilinear *d = s->detail;
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  size_t n = step_shape(r, s)->at[0];
  fmpz *of_key = xcalloc(d->m, sizeof *of_key);
  for (size_t j = 0; j < n; j++)
    for (size_t h = 0; h < d->forms; h++) {
      multiply_key(d, of_key, h, x + j * d->m);
      for (size_t i = 0; i < n; i++) {
        fmpz *to = y + (i * n + j) * d->forms + h;
        fmpz_zero(to);
        if (reads(r, s, i, j))
          sum_row(to, of_key, x + i * d->m, d->m);
      }
    }
  for (size_t a = 0; a < d->m; a++)
    fmpz_clear(of_key + a);
  free(of_key);
}

/* ---- lower ---- */

/* Bits of all numbers of x, two's complement. */
struct bits {
  struct number *at; // [n][m][width]
  unsigned *width;   // [n][m]
  bool *is_signed;   // [n][m]
  size_t n, most;
};

static void bits_init(struct reading *r, const struct step *s, struct bits *b) {
  value_id v = step_operand(r, s, 0);
  const struct number *x = r->tensor[v].number;
  *b = (struct bits){.n = reading_shape(r, v)->n};
  b->width = xcalloc(b->n, sizeof *b->width);
  b->is_signed = xcalloc(b->n, sizeof *b->is_signed);
  for (size_t i = 0; i < b->n; i++) {
    b->width[i] = number_width(x + i);
    b->is_signed[i] = mpz_sgn(x[i].lo) < 0;
    b->most = b->width[i] > b->most ? b->width[i] : b->most;
  }
  b->at = numbers_new(b->n * b->most);
  for (size_t i = 0; i < b->n; i++) {
    reading_at(r, v, i);
    number_bits(r->c, b->at + i * b->most, x + i, b->width[i]);
  }
}

static void bits_clear(struct bits *b) {
  numbers_free(b->at, b->n * b->most);
  free(b->width);
  free(b->is_signed);
}

/* both = the bit of row i AND that of key j; 0 or a bit where one of them is
   always the same. */
static void make_and(struct reading *r, const struct step *s,
                     struct number *both, const struct number *of_row,
                     const struct number *of_key, size_t i, size_t j) {
  const struct bilinear *d = s->detail;
  value_id v = step_operand(r, s, 0);
  mpz_t one;
  mpz_init_set_ui(one, 1);
  number_set_si(both, 0);
  if (number_is_constant(of_row)) {
    pairs_push_key(r, d->pairs, both, of_key, of_row->constant, v, i, j);
    number_settle(r->c, both);
  } else if (number_is_constant(of_key)) {
    number_push(r->c, both, of_row, of_key->constant);
  } else {
    number_push(r->c, both, of_row, one);
    pairs_push_key(r, d->pairs, both, of_key, one, v, i, j);
    number_settle(r->c, both);
    number_at_least_si(r->c, both, both, 2);
  }
  mpz_clear(one);
}

/* y[form] += weight 2^shift both, or minus that. */
static void push_forms(struct reading *r, const struct bilinear *d,
                       struct number *y, const struct number *both, size_t a,
                       size_t b, unsigned long shift, bool is_minus) {
  mpz_t w;
  mpz_init(w);
  for (size_t h = 0; h < d->forms; h++) {
    fmpz_get_mpz(w, weight_of(d, h, a, b));
    mpz_mul_2exp(w, w, shift);
    if (is_minus)
      mpz_neg(w, w);
    number_push(r->c, y + h, both, w);
  }
  mpz_clear(w);
}

/* y[form] += weight[a][b] x[i, a] x[j, b]. */
static void push_product(struct reading *r, const struct step *s,
                         struct number *y, const struct bits *bits, size_t i,
                         size_t a, size_t j, size_t b) {
  const struct bilinear *d = s->detail;
  size_t u = i * d->m + a, v = j * d->m + b;
  struct number both;
  number_init(&both);
  for (unsigned k = 0; k < bits->width[u]; k++)
    for (unsigned l = 0; l < bits->width[v]; l++) {
      bool is_minus = (bits->is_signed[u] && k + 1 == bits->width[u]) !=
                      (bits->is_signed[v] && l + 1 == bits->width[v]);
      make_and(r, s, &both, bits->at + u * bits->most + k,
               bits->at + v * bits->most + l, i, j);
      push_forms(r, d, y, &both, a, b, k + l, is_minus);
    }
  number_clear(&both);
}

/* |y[form]| <= the sum of |weights| times `most`. */
static void settle_forms(struct reading *r, const struct bilinear *d,
                         struct number *y, const mpz_t most) {
  mpz_t lo, hi;
  mpz_inits(lo, hi, NULL);
  for (size_t h = 0; h < d->forms; h++) {
    number_settle(r->c, y + h);
    fmpz_get_mpz(hi, d->sum + h);
    mpz_mul(hi, hi, most);
    mpz_neg(lo, hi);
    number_bound(y + h, lo, hi);
  }
  mpz_clears(lo, hi, NULL);
}

/* The greatest product of two numbers of x. */
static void find_most(mpz_t most, const struct number *x, size_t n) {
  mpz_t size;
  mpz_init(size);
  for (size_t i = 0; i < n; i++) {
    mpz_abs(size, x[i].lo);
    if (mpz_cmpabs(x[i].hi, size) > 0)
      mpz_abs(size, x[i].hi);
    if (mpz_cmp(size, most) > 0)
      mpz_set(most, size);
  }
  mpz_mul(most, most, most);
  mpz_clear(size);
}

static void lower_bilinear(struct reading *r, const struct step *s) {
  const struct bilinear *d = s->detail;
  struct number *y = r->tensor[step_result(r, s)].number;
  size_t n = step_shape(r, s)->at[0];
  struct bits bits;
  mpz_t most;
  mpz_init(most);
  find_most(most, r->tensor[step_operand(r, s, 0)].number, n * d->m);
  bits_init(r, s, &bits);
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < n; j++, y += d->forms) {
      for (size_t h = 0; h < d->forms; h++)
        number_set_si(y + h, 0);
      if (!reads(r, s, i, j))
        continue;
      reading_at(r, step_result(r, s), (i * n + j) * d->forms);
      for (size_t a = 0; a < d->m; a++)
        for (size_t b = 0; b < d->m; b++)
          if (is_read(d, a, b))
            push_product(r, s, y, &bits, i, a, j, b);
      settle_forms(r, d, y, most);
    }
  bits_clear(&bits);
  mpz_clear(most);
}

/* ---- certify ---- */

/* A pair of positions has p^2 gates for each a, b. */
static void add_gates(struct proof *k, const struct step *s,
                      const struct bilinear *d) {
  const struct fact *x = proof_operand(k, s, 0);
  struct dims dims = program_dims(k->p, program_result(k->p, s, 0));
  fmpz_mpoly_t n, each;
  fmpz_mpoly_init(n, k->f->ring);
  fmpz_mpoly_init(each, k->f->ring);
  if (!proof_product_gates(k, each, x, x))
    proof_no_gates_known(k);
  fmpz_mpoly_scalar_mul_si(each, each, d->read, k->f->ring);
  for (unsigned axis = 0; axis < 2; axis++) {
    formula_size(k->f, n, dims.at[axis]);
    fmpz_mpoly_mul(each, each, n, k->f->ring);
  }
  fmpz_mpoly_mul(each, each, k->times, k->f->ring);
  fmpz_mpoly_add(k->gates, k->gates, each, k->f->ring);
  fmpz_mpoly_clear(n, k->f->ring);
  fmpz_mpoly_clear(each, k->f->ring);
}

static void certify_bilinear(struct proof *k, const struct step *s) {
  const struct bilinear *d = s->detail;
  const struct fact *x = proof_operand(k, s, 0);
  const fmpz *most = d->sum;
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  proof_deeper(k, s, 0, x->is_constant ? 0 : 1);
  add_gates(k, s, d);
  for (size_t h = 1; h < d->forms; h++)
    if (fmpz_cmp(most, d->sum + h) < 0)
      most = d->sum + h;
  fmpz_mpoly_mul(n, x->most, x->most, k->f->ring);
  fmpz_mpoly_scalar_mul_fmpz(n, n, most, k->f->ring);
  if (x->is_bounded)
    proof_bound(k, s, 0, n);
  fmpz_mpoly_clear(n, k->f->ring);
}

/* Places along the last axis are told apart. */
static bool check_bilinear(const struct instance *in, const struct step *s,
                           struct error *err) {
  struct dims d = program_dims(in->program, program_operand(in->program, s, 0));
  return !fold_axis(in, d.at[1]) ||
         error_set(err, 0, "'%s' (%s) cannot be counted without making it",
                   s->name, s->operation->name);
}

static const struct op bilinear = {.name = "bilinear",
                                   .run = run_bilinear,
                                   .lower = lower_bilinear,
                                   .certify = certify_bilinear,
                                   .check = check_bilinear,
                                   .folds = true};

static void find_sums(struct bilinear *d, struct program *p) {
  size_t n = d->m * d->m;
  fmpz *sum = xcalloc(d->forms, sizeof *sum);
  fmpz_t size;
  fmpz_init(size);
  for (size_t i = 0; i < d->forms * n; i++) {
    fmpz_abs(size, d->weight + i);
    fmpz_add(sum + i / n, sum + i / n, size);
  }
  for (size_t i = 0; i < n; i++)
    d->read += is_read(d, i / d->m, i % d->m);
  d->sum = program_keep_integers(p, sum, d->forms);
  for (size_t h = 0; h < d->forms; h++)
    fmpz_clear(sum + h);
  fmpz_clear(size);
  free(sum);
}

value_id program_bilinear(struct program *p, const char *name, value_id x,
                          size_id keys, const fmpz *weight, size_t m,
                          size_t forms, enum pairs pairs) {
  struct bilinear *d = program_alloc(p, 1, sizeof *d);
  struct dims dims = program_dims(p, x);
  assert(dims.rank == 2 && forms && pairs != PAIRS_OWN);
  *d = (struct bilinear){
      .m = m,
      .forms = forms,
      .weight = program_keep_integers(p, weight, forms * m * m),
      .pairs = pairs,
  };
  find_sums(d, p);
  return program_step(
      p, &bilinear, name, &x, 1,
      (struct dims){3, {dims.at[0], keys, size_si(&p->sizes, (long)forms)}}, d);
}
