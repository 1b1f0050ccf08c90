/* mix: weighted means, the sum over keys of gated values over that of weights,
   exactly rounded. Depth 1, hi - lo gates an element: number_ratio(). In
   levels, of 2^8 values or more, also depth 3 or 4 and far fewer gates:
   number_ratio_split(), which multiplies, so it is not for folded sums. */
#include "compile/program/attention.h"
#include "compile/program/operation.h"

#include <assert.h>

struct mix {
  long lo, hi;
};

/* Where the terms of element j of the result are in a part: the first of u and
   of z, and how far the next of u is; z's are side by side. */
struct terms {
  value_id u_id, z_id;
  size_t u, z, stride, n;
  size_t row; // along its axis
};

static struct terms terms_at(const struct reading *r, const struct step *s,
                             size_t part, size_t j) {
  value_id of_u = step_operand(r, s, 2 * part);
  const struct shape_of *u = reading_shape(r, of_u);
  size_t values = u->at[u->rank - 1], keys = u->at[u->rank - 2];
  size_t row = j / values;
  return (struct terms){.u_id = of_u,
                        .z_id = step_operand(r, s, 2 * part + 1),
                        .u = row * keys * values + j % values,
                        .z = row * keys,
                        .stride = values,
                        .n = keys,
                        .row = u->rank < 3 ? 0 : row % u->at[u->rank - 3]};
}

static void round_ratio(fmpz_t y, const fmpz_t u, const fmpz_t z,
                        const struct mix *d) {
  fmpz_t twice;
  fmpz_init(twice);
  fmpz_mul_2exp(y, u, 1);
  fmpz_add(y, y, z);
  fmpz_mul_2exp(twice, z, 1);
  fmpz_fdiv_q(y, y, twice);
  if (fmpz_cmp_si(y, d->lo) < 0)
    fmpz_set_si(y, d->lo);
  if (fmpz_cmp_si(y, d->hi) > 0)
    fmpz_set_si(y, d->hi);
  fmpz_clear(twice);
}

static void run_mix(struct reading *r, const struct step *s) {
  fmpz *y = r->tensor[step_result(r, s)].whole;
  fmpz_t above, below;
  fmpz_init(above);
  fmpz_init(below);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    fmpz_zero(above);
    fmpz_zero(below);
    for (size_t part = 0; part < s->operands / 2; part++) {
      struct terms t = terms_at(r, s, part, j);
      for (size_t i = 0; i < t.n; i++) {
        fmpz_add(above, above, r->tensor[t.u_id].whole + t.u + i * t.stride);
        fmpz_add(below, below, r->tensor[t.z_id].whole + t.z + i);
      }
    }
    round_ratio(y + j, above, below, s->detail);
  }
  fmpz_clear(above);
  fmpz_clear(below);
}

/* It is at least 1, which its terms may not tell. */
static void bound_below(struct number *x) {
  mpz_t one;
  mpz_init_set_ui(one, 1);
  number_bound(x, one, x->hi);
  mpz_clear(one);
}

static void push_terms(struct reading *r, const struct terms *t,
                       struct number *above, struct number *below) {
  unsigned axis = reading_shape(r, t->u_id)->rank - 2;
  mpz_t one;
  mpz_init_set_ui(one, 1);
  for (size_t i = 0; i < t->n; i++) {
    reading_push(r, above, r->tensor[t->u_id].number + t->u + i * t->stride,
                 one, t->u_id, axis, i, t->row);
    reading_push(r, below, r->tensor[t->z_id].number + t->z + i, one, t->z_id,
                 axis, i, t->row);
  }
  mpz_clear(one);
}

/* 2^bits values; 0 if they are not, or few. */
static unsigned even_bits(const struct mix *d) {
  unsigned long n = (unsigned long)(d->hi - d->lo) + 1;
  return n < 256 || (n & (n - 1)) ? 0 : (unsigned)__builtin_ctzl(n);
}

static unsigned most_levels(const struct step *s) {
  return even_bits(s->detail) ? 3 : 1;
}

static void lower_mix(struct reading *r, const struct step *s) {
  const struct mix *d = s->detail;
  struct number *y = r->tensor[step_result(r, s)].number, above, below;
  number_init(&above);
  number_init(&below);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    number_set_si(&above, 0);
    number_set_si(&below, 0);
    for (size_t part = 0; part < s->operands / 2; part++) {
      struct terms t = terms_at(r, s, part, j);
      push_terms(r, &t, &above, &below);
    }
    reading_at(r, step_result(r, s), j);
    number_settle(r->c, &above);
    number_settle(r->c, &below);
    bound_below(&below);
    if (step_levels(r, s) > 1 && !number_is_constant(&below))
      number_ratio_split(r->c, y + j, &above, &below, d->lo, even_bits(d),
                         step_levels(r, s) > 2);
    else
      number_ratio(r->c, y + j, &above, &below, d->lo, d->hi);
  }
  number_clear(&above);
  number_clear(&below);
}

static void certify_mix(struct proof *k, const struct step *s) {
  const struct mix *d = s->detail;
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  fmpz_mpoly_set_si(n, d->hi - d->lo, k->f->ring);
  unsigned levels = proof_levels(k, s);
  proof_deeper(k, s, 0, levels > 1 ? levels + 1 : 1);
  if (levels > 1) {
    proof_no_gates_known(k);
  } else {
    proof_add_gates(k, s, 0, n);
    proof_ladder(k, s, 0, n);
  }
  proof_bound_si(k, s, 0, -d->lo > d->hi ? -d->lo : d->hi);
  fmpz_mpoly_clear(n, k->f->ring);
}

static const struct op mix = {.name = "mix",
                              .run = run_mix,
                              .lower = lower_mix,
                              .certify = certify_mix,
                              .folds = true};

static const struct op mix_in_levels = {.name = "mix",
                                        .run = run_mix,
                                        .lower = lower_mix,
                                        .most_levels = most_levels,
                                        .certify = certify_mix};

static value_id add_mix(struct program *p, const struct op *op,
                        const char *name, const value_id (*part)[2], size_t n,
                        long lo, long hi) {
  struct mix *d = program_alloc(p, 1, sizeof *d);
  struct dims dims = program_dims(p, part[0][0]);
  assert(dims.rank >= 2 && lo <= hi);
  dims.at[dims.rank - 2] = dims.at[dims.rank - 1];
  dims.at[--dims.rank] = 0;
  *d = (struct mix){lo, hi};
  return program_step(p, op, name, part[0], 2 * n, dims, d);
}

value_id program_mix_parts(struct program *p, const char *name,
                           const value_id (*part)[2], size_t n, long lo,
                           long hi) {
  return add_mix(p, &mix, name, part, n, lo, hi);
}

value_id program_mix(struct program *p, const char *name, value_id u,
                     value_id z, long lo, long hi) {
  const value_id part[][2] = {{u, z}};
  return add_mix(p, &mix, name, part, 1, lo, hi);
}

value_id program_mix_in_levels(struct program *p, const char *name, value_id u,
                               value_id z, long lo, long hi) {
  const value_id part[][2] = {{u, z}};
  return add_mix(p, &mix_in_levels, name, part, 1, lo, hi);
}
