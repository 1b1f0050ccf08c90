/* least: the bits of the least of m sums of integers that come as bits. Depth
   2: a gate for each pair of sums and the carries of each sum at the same time,
   m(m-1)/2 + m * carries; then m for each bit. One operand has no carries. */
#include "circuit/array.h"
#include "compile/arithmetic.h"
#include "compile/arithmetic_parts.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

#include <assert.h>

/* The shape that all operands are broadcast to: [.., m, width]. */
static struct shape_of whole_shape(const struct reading *r,
                                   const struct step *s) {
  struct shape_of big = {0};
  for (size_t i = 0; i < s->operands; i++) {
    const struct shape_of *x = reading_shape(r, step_operand(r, s, i));
    if (x->rank > big.rank)
      big = *x;
  }
  big.n = 1;
  for (unsigned k = 0; k < big.rank; k++) {
    for (size_t i = 0; i < s->operands; i++) {
      const struct shape_of *x = reading_shape(r, step_operand(r, s, i));
      if (k < x->rank && big.at[big.rank - 1 - k] == 1)
        big.at[big.rank - 1 - k] = x->at[x->rank - 1 - k];
    }
    big.n *= big.at[big.rank - 1 - k];
  }
  return big;
}

/* Sums to choose from, and bits of each integer. */
static size_t sums_of(const struct shape_of *big) {
  return big->at[big->rank - 2];
}

static size_t bits_of(const struct shape_of *big) {
  return big->at[big->rank - 1];
}

/* ---- run ---- */

static void run_sum(fmpz_t sum, const struct reading *r, const struct step *s,
                    const struct shape_of *big, size_t from) {
  fmpz_t bit;
  fmpz_init(bit);
  fmpz_zero(sum);
  for (size_t i = 0; i < s->operands; i++) {
    value_id v = step_operand(r, s, i);
    for (size_t k = 0; k < bits_of(big); k++) {
      size_t at = broadcast_index(big, reading_shape(r, v), from + k);
      fmpz_mul_2exp(bit, r->tensor[v].whole + at, k);
      fmpz_add(sum, sum, bit);
    }
  }
  fmpz_clear(bit);
}

static void run_least(struct reading *r, const struct step *s) {
  struct shape_of big = whole_shape(r, s);
  size_t m = sums_of(&big), width = bits_of(&big);
  fmpz_t sum, least;
  fmpz_init(sum);
  fmpz_init(least);
  for (size_t j = 0; j < step_shape(r, s)->n; j += step_width(r, s)) {
    size_t row = j / step_width(r, s) * m;
    run_sum(least, r, s, &big, row * width);
    for (size_t i = 1; i < m; i++) {
      run_sum(sum, r, s, &big, (row + i) * width);
      if (fmpz_cmp(sum, least) < 0)
        fmpz_set(least, sum);
    }
    step_put_bits(r, s, j / step_width(r, s), least);
  }
  fmpz_clear(sum);
  fmpz_clear(least);
}

/* ---- lower ---- */

/* The sums of one row. */
struct row {
  size_t m, width;
  struct number *minus; // [m]: of which the greatest is looked for
  struct number *bit;   // [m][width]
  mpz_t least;          // the least sum is no more
};

static void row_init(struct row *w, size_t m, size_t width) {
  *w = (struct row){.m = m, .width = width};
  w->minus = numbers_new(m);
  w->bit = numbers_new(m * width);
  mpz_init(w->least);
}

static void row_clear(struct row *w) {
  numbers_free(w->minus, w->m);
  numbers_free(w->bit, w->m * w->width);
  mpz_clear(w->least);
}

/* Sum i of the row, of forms whose weights are 2^0, 2^1, ... in turn: `bits` of
   them. Constant ones go together, to have no carries. */
static void make_sum(struct circuit *c, struct row *w, size_t i,
                     const struct number *const *form, size_t forms,
                     size_t bits) {
  struct number rest, *varies = numbers_new(forms);
  mpz_t *weight = xcalloc(forms, sizeof *weight), most;
  size_t n = 0;
  number_init(&rest);
  mpz_init(most);
  for (size_t k = 0; k < forms; k++) {
    mpz_init(weight[n]);
    mpz_setbit(weight[n], k % bits);
    if (!number_is_constant(form[k])) {
      mpz_add(most, most, weight[n]);
      number_set(&varies[n++], form[k]);
      continue;
    }
    if (mpz_sgn(form[k]->constant))
      number_add_z(&rest, &rest, weight[n]);
    mpz_clear(weight[n]);
  }
  mpz_add(most, most, rest.constant);
  number_bits_of_forms(c, w->bit + i * w->width, (unsigned)w->width, &rest,
                       varies, (const mpz_t *)weight, n, most);
  number_push_si(c, &w->minus[i], &rest, -1);
  for (size_t k = 0; k < n; k++) {
    mpz_neg(weight[k], weight[k]);
    number_push(c, &w->minus[i], &varies[k], weight[k]);
    mpz_clear(weight[k]);
  }
  number_settle(c, &w->minus[i]);
  if (i == 0 || mpz_cmp(most, w->least) < 0)
    mpz_set(w->least, most);
  number_clear(&rest);
  numbers_free(varies, forms);
  free(weight);
  mpz_clear(most);
}

/* The bits of all operands' integers whose sum begins at `from` of the whole
   shape. */
static void find_forms(const struct reading *r, const struct step *s,
                       const struct shape_of *big, size_t from,
                       const struct number **form) {
  for (size_t i = 0; i < s->operands; i++) {
    value_id v = step_operand(r, s, i);
    for (size_t k = 0; k < bits_of(big); k++)
      *form++ = r->tensor[v].number +
                broadcast_index(big, reading_shape(r, v), from + k);
  }
}

/* to[0..w->width) = the bits of the sum that no other is below. */
static void select_least(struct circuit *c, const struct row *w,
                         struct number *to) {
  const struct number **x = xcalloc(w->m, sizeof *x);
  struct number *wins, gate;
  mpz_t all;
  mpz_init_set_ui(all, w->m - 1);
  number_init(&gate);
  for (size_t i = 0; i < w->m; i++)
    x[i] = &w->minus[i];
  wins = number_compare_all(c, x, w->m);
  size_t needed = mpz_sgn(w->least) ? mpz_sizeinbase(w->least, 2) : 0;
  for (size_t k = 0; k < w->width; k++) {
    number_set_si(&to[k], 0);
    for (size_t i = 0; k < needed && i < w->m; i++) {
      number_at_least_and(c, &gate, &wins[i], all, &w->bit[i * w->width + k]);
      number_push_si(c, &to[k], &gate, 1);
    }
    number_settle(c, &to[k]);
    number_bound_si(&to[k], 0, k < needed);
  }
  numbers_free(wins, w->m);
  number_clear(&gate);
  mpz_clear(all);
  free(x);
}

static void lower_least(struct reading *r, const struct step *s) {
  struct shape_of big = whole_shape(r, s);
  size_t m = sums_of(&big), bits = bits_of(&big), forms = bits * s->operands;
  size_t width = step_width(r, s);
  const struct number **form = xcalloc(forms, sizeof *form);
  for (size_t j = 0; j < step_shape(r, s)->n / width; j++) {
    struct row w;
    row_init(&w, m, width);
    for (size_t i = 0; i < m; i++) {
      find_forms(r, s, &big, (j * m + i) * bits, form);
      make_sum(r->c, &w, i, form, forms, bits);
    }
    select_least(r->c, &w, step_bits(r, s, j));
    row_clear(&w);
  }
  free(form);
}

static void certify_least(struct proof *k, const struct step *s) {
  proof_deeper(k, s, 0, 2);
  proof_bound_si(k, s, 0, 1);
  proof_no_gates_known(k);
}

static bool check_least(const struct instance *in, const struct step *s,
                        struct error *err) {
  for (size_t i = 0; i < s->operands; i++) {
    const struct shape_of *x = &in->shape[program_operand(in->program, s, i)];
    if (!x->n)
      return error_set(err, 0, "%s: the least of none", s->name);
  }
  return true;
}

static const struct op least = {.name = "least",
                                .reads_bits = true,
                                .run = run_least,
                                .lower = lower_least,
                                .certify = certify_least,
                                .check = check_least};

value_id program_least_bits(struct program *p, const char *name,
                            const value_id *x, size_t n) {
  struct dims dims = broadcast_dims(p, x, n);
  struct sizes *t = &p->sizes;
  assert(dims.rank >= 2 && n >= 1);
  dims.rank--;
  dims.at[dims.rank - 1] =
      size_add(t, dims.at[dims.rank], size_log2(t, size_si(t, (long)n)));
  return program_step(p, &least, name, x, n, dims, NULL);
}
