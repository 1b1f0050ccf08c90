/* mix: weighted means, the sum over keys of gated values over that of weights,
   exactly rounded. Depth 1, hi - lo gates an element: number_ratio(). */
#include "compile/program/attention.h"
#include "compile/program/operation.h"

#include <assert.h>

struct mix {
  long lo, hi;
};

/* Where the terms of element j of the result are: the first of u and of z, and
   how far the next of u is; z's are side by side. */
struct terms {
  size_t u, z, stride, n;
  size_t row; // along its axis
};

static struct terms terms_at(const struct reading *r, const struct step *s,
                             size_t j) {
  const struct shape_of *u = reading_shape(r, step_operand(r, s, 0));
  size_t values = u->at[u->rank - 1], keys = u->at[u->rank - 2];
  size_t row = j / values;
  return (struct terms){row * keys * values + j % values, row * keys, values,
                        keys, u->rank < 3 ? 0 : row % u->at[u->rank - 3]};
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
  const fmpz *u = r->tensor[step_operand(r, s, 0)].whole;
  const fmpz *z = r->tensor[step_operand(r, s, 1)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  fmpz_t above, below;
  fmpz_init(above);
  fmpz_init(below);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    struct terms t = terms_at(r, s, j);
    fmpz_zero(above);
    fmpz_zero(below);
    for (size_t i = 0; i < t.n; i++) {
      fmpz_add(above, above, u + t.u + i * t.stride);
      fmpz_add(below, below, z + t.z + i);
    }
    round_ratio(y + j, above, below, s->detail);
  }
  fmpz_clear(above);
  fmpz_clear(below);
}

static void lower_mix(struct reading *r, const struct step *s) {
  const struct mix *d = s->detail;
  const struct number *u = r->tensor[step_operand(r, s, 0)].number;
  const struct number *z = r->tensor[step_operand(r, s, 1)].number;
  struct number *y = r->tensor[step_result(r, s)].number, above, below;
  unsigned axis = reading_shape(r, step_operand(r, s, 0))->rank - 2;
  mpz_t one;
  mpz_init_set_ui(one, 1);
  number_init(&above);
  number_init(&below);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    struct terms t = terms_at(r, s, j);
    number_set_si(&above, 0);
    number_set_si(&below, 0);
    for (size_t i = 0; i < t.n; i++) {
      reading_push(r, &above, u + t.u + i * t.stride, one,
                   step_operand(r, s, 0), axis, i, t.row);
      reading_push(r, &below, z + t.z + i, one, step_operand(r, s, 1), axis, i,
                   t.row);
    }
    reading_at(r, step_result(r, s), j);
    number_settle(r->c, &above);
    number_settle(r->c, &below);
    number_ratio(r->c, y + j, &above, &below, d->lo, d->hi);
  }
  number_clear(&above);
  number_clear(&below);
  mpz_clear(one);
}

static void certify_mix(struct proof *k, const struct step *s) {
  const struct mix *d = s->detail;
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  fmpz_mpoly_set_si(n, d->hi - d->lo, k->f->ring);
  proof_deeper(k, s, 0, 1);
  proof_add_gates(k, s, 0, n);
  proof_ladder(k, s, 0, n);
  proof_bound_si(k, s, 0, -d->lo > d->hi ? -d->lo : d->hi);
  fmpz_mpoly_clear(n, k->f->ring);
}

static const struct op mix = {.name = "mix",
                              .run = run_mix,
                              .lower = lower_mix,
                              .certify = certify_mix,
                              .folds = true};

value_id program_mix(struct program *p, const char *name, value_id u,
                     value_id z, long lo, long hi) {
  value_id x[] = {u, z};
  struct mix *d = program_alloc(p, 1, sizeof *d);
  struct dims dims = program_dims(p, u);
  assert(dims.rank >= 2 && lo <= hi);
  dims.at[dims.rank - 2] = dims.at[dims.rank - 1];
  dims.at[--dims.rank] = 0;
  *d = (struct mix){lo, hi};
  return program_step(p, &mix, name, x, 2, dims, d);
}
