/* quotient_by, remainder_by: of an integer by a constant. The quotient has
   depth 1, physically 2, the remainder that or one more: division.h. */
#include "circuit/error.h"
#include "compile/arithmetic.h"
#include "compile/division.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"
#include "compile/residue.h"

struct quotient_by {
  fmpz_t m;
  unsigned depth; // 0: the quotient
};

static void clear(void *detail) {
  fmpz_clear(((struct quotient_by *)detail)->m);
}

static void run_by(struct reading *r, const struct step *s) {
  const struct quotient_by *d = s->detail;
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  size_t n = reading_shape(r, step_operand(r, s, 0))->n;
  fmpz_t q;
  fmpz_init(q);
  for (size_t j = 0; j < n; j++) {
    if (fmpz_is_zero(d->m) && !d->depth)
      fmpz_set_si(q, -1);
    else if (fmpz_is_zero(d->m))
      fmpz_set(q, x + j);
    else if (d->depth)
      fmpz_fdiv_r(q, x + j, d->m);
    else
      fmpz_fdiv_q(q, x + j, d->m);
    step_put_bits(r, s, j, q);
  }
  fmpz_clear(q);
}

static void lower_by(struct reading *r, const struct step *s) {
  const struct quotient_by *d = s->detail;
  value_id operand = step_operand(r, s, 0);
  const struct number *x = r->tensor[operand].number;
  unsigned width = (unsigned)step_width(r, s);
  mpz_t m;
  mpz_init(m);
  fmpz_get_mpz(m, d->m);
  for (size_t j = 0; j < reading_shape(r, operand)->n; j++) {
    struct number *y = step_bits(r, s, j);
    unsigned n = number_width(x + j);
    if (!d->depth)
      number_quotient_constant(r->c, y, width, x + j, m);
    else if (!mpz_sgn(m))
      number_bits(r->c, y, x + j, width);
    else if (d->depth == 2)
      number_remainder_ladder(r->c, y, width, x + j, (uint32_t)mpz_get_ui(m));
    else
      number_remainder_constant(r->c, y, width, n, x + j, m);
  }
  mpz_clear(m);
}

static bool check_by(const struct instance *in, const struct step *s,
                     struct error *err) {
  const struct quotient_by *d = s->detail;
  (void)in;
  return d->depth != 2 || fmpz_cmp_ui(d->m, RESIDUE_MAX) < 0 ||
         error_limit(err,
                     "%s: one ladder for a modulus of more than %d; use "
                     "depth=3",
                     s->name, RESIDUE_MAX - 1);
}

/* Of x of so many bits below 2^w. x / m: into each of n + 1 columns fewer
   carries than x has bits. One ladder of x mod m: each bit times some a is at
   most m/2 modulo m. In two levels the quotient's, n = w, and for each bit of
   the remainder as many as there are bits of x and columns. */
static void count_gates(struct proof *k, const struct step *s, fmpz_mpoly_t n) {
  const struct quotient_by *d = s->detail;
  const struct fact *x = proof_operand(k, s, 0);
  struct dims y = program_dims(k->p, program_result(k->p, s, 0));
  fmpz_mpoly_t columns, width, more;
  fmpz_mpoly_init(columns, k->f->ring);
  fmpz_mpoly_init(width, k->f->ring);
  fmpz_mpoly_init(more, k->f->ring);
  formula_size(k->f, width, y.at[y.rank - 1]);
  fmpz_mpoly_add_si(columns, d->depth ? x->group_bits : width, 1, k->f->ring);
  fmpz_mpoly_sub_si(n, x->parts, 1, k->f->ring);
  fmpz_mpoly_mul(n, n, columns, k->f->ring);
  if (d->depth == 2)
    fmpz_mpoly_scalar_mul_si(n, x->parts, (slong)fmpz_get_ui(d->m) / 2,
                             k->f->ring);
  fmpz_mpoly_add(more, x->parts, columns, k->f->ring);
  fmpz_mpoly_mul(more, more, width, k->f->ring);
  if (d->depth == 3)
    fmpz_mpoly_add(n, n, more, k->f->ring);
  fmpz_mpoly_clear(columns, k->f->ring);
  fmpz_mpoly_clear(width, k->f->ring);
  fmpz_mpoly_clear(more, k->f->ring);
}

static bool has_bound(struct proof *k, const struct step *s) {
  const struct quotient_by *d = s->detail;
  const struct fact *x = proof_operand(k, s, 0);
  return x->has_parts && !x->has_offset && !(d->depth && fmpz_is_zero(d->m)) &&
         (d->depth < 3 || fmpz_mpoly_is_one(x->groups, k->f->ring));
}

static void certify_by(struct proof *k, const struct step *s) {
  const struct quotient_by *d = s->detail;
  const struct fact *x = proof_operand(k, s, 0);
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  bool is_constant = x->is_constant, is_known = has_bound(k, s);
  if (is_known)
    count_gates(k, s, n);
  proof_deeper(k, s, 0, is_constant ? 0 : d->depth == 3 ? 2 : 1);
  proof_bits_only(k, s, 0);
  if (is_known)
    proof_add_gates_of(k, program_operand(k->p, s, 0), n);
  else if (!is_constant)
    proof_no_gates_known(k);
  fmpz_mpoly_clear(n, k->f->ring);
}

static const struct op quotient_by = {.name = "quotient",
                                      .reads_bits = true,
                                      .run = run_by,
                                      .lower = lower_by,
                                      .certify = certify_by,
                                      .check = check_by};
static const struct op remainder_by = {.name = "remainder",
                                       .reads_bits = true,
                                       .run = run_by,
                                       .lower = lower_by,
                                       .certify = certify_by,
                                       .check = check_by};

static value_id add_step(struct program *p, const struct op *op,
                         const char *name, value_id x, size_id width,
                         const fmpz_t m, unsigned depth) {
  struct quotient_by *detail = program_alloc(p, 1, sizeof *detail);
  fmpz_init_set(detail->m, m);
  program_own(p, clear, detail);
  detail->depth = depth;
  struct dims dims = dims_of_bits(program_dims(p, x), width);
  return program_step(p, op, name, &x, 1, dims, detail);
}

value_id program_quotient_by(struct program *p, const char *name, value_id x,
                             size_id n, const fmpz_t m) {
  return add_step(p, &quotient_by, name, x, n, m, 0);
}

value_id program_remainder_by(struct program *p, const char *name, value_id x,
                              size_id n, const fmpz_t m, unsigned depth) {
  fmpz_t last;
  fmpz_init(last);
  fmpz_sub_ui(last, m, 1);
  size_id width = fmpz_is_zero(m)  ? n
                  : fmpz_is_one(m) ? size_si(&p->sizes, 1)
                                   : size_si(&p->sizes, (long)fmpz_bits(last));
  fmpz_clear(last);
  return add_step(p, &remainder_by, name, x, width, m, depth);
}
