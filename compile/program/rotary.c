/* rotary: pairs of elements turned by an angle that grows with the position, in
   integer weights. Depth 0, no gates. */
#include "compile/program/attention.h"
#include "compile/program/fold.h"
#include "compile/program/operation.h"

#include <assert.h>
#include <mpfr.h>

enum {
  ROTARY_BITS = 6 // weights are cosines and sines times 2^6
};

/* 2^6 cos or sin of position * 10000^(-2 pair / n), to the nearest. */
static long turn(size_t position, size_t pair, size_t n, bool is_sine) {
  mpfr_t angle, exponent;
  mpfr_inits2(128, angle, exponent, (mpfr_ptr)NULL);
  mpfr_set_ui(exponent, 2 * pair, MPFR_RNDN);
  mpfr_div_ui(exponent, exponent, n, MPFR_RNDN);
  mpfr_ui_pow(angle, 10000, exponent, MPFR_RNDN);
  mpfr_ui_div(angle, position, angle, MPFR_RNDN);
  if (is_sine)
    mpfr_sin(angle, angle, MPFR_RNDN);
  else
    mpfr_cos(angle, angle, MPFR_RNDN);
  mpfr_mul_2ui(angle, angle, ROTARY_BITS, MPFR_RNDN);
  long y = mpfr_get_si(angle, MPFR_RNDN);
  mpfr_clears(angle, exponent, (mpfr_ptr)NULL);
  return y;
}

struct rotary {
  size_t positions, pairs;
  long *cosine, *sine; // (positions, pairs)
};

/* Element j of the result is own * x[j] + others * x[other]. A last element
   without a partner only gets the scale. */
struct turned {
  size_t other;
  long own, others;
};

static struct turned turned_at(const struct rotary *d,
                               const struct shape_of *shape, size_t j) {
  size_t n = shape->at[shape->rank - 1], i = j % n, half = n / 2;
  size_t position = j / (shape->n / shape->at[0]);
  if (i >= 2 * half)
    return (struct turned){j, 1L << ROTARY_BITS, 0};
  bool is_first = i < half;
  assert(position < d->positions && half <= d->pairs);
  size_t at = position * d->pairs + (is_first ? i : i - half);
  return (struct turned){is_first ? j + half : j - half, d->cosine[at],
                         is_first ? -d->sine[at] : d->sine[at]};
}

static void run_rotary(struct reading *r, const struct step *s) {
  const struct shape_of *shape = step_shape(r, s);
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  fmpz_t w;
  fmpz_init(w);
  for (size_t j = 0; j < shape->n; j++) {
    struct turned t = turned_at(s->detail, shape, j);
    fmpz_mul_si(y + j, x + j, t.own);
    fmpz_mul_si(w, x + t.other, t.others);
    fmpz_add(y + j, y + j, w);
  }
  fmpz_clear(w);
}

static void lower_rotary(struct reading *r, const struct step *s) {
  const struct shape_of *shape = step_shape(r, s);
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  for (size_t j = 0; j < shape->n; j++) {
    struct turned t = turned_at(s->detail, shape, j);
    number_set_si(y + j, 0);
    number_push_si(r->c, y + j, x + j, t.own);
    number_push_si(r->c, y + j, x + t.other, t.others);
    number_settle(r->c, y + j);
  }
}

/* A cosine and a sine times 2^6 are at most that. */
static void certify_rotary(struct proof *k, const struct step *s) {
  const struct fact *x = proof_operand(k, s, 0);
  fmpz_mpoly_t most;
  fmpz_mpoly_init(most, k->f->ring);
  proof_deeper(k, s, 0, 0);
  fmpz_mpoly_scalar_mul_si(most, x->most, 2L << ROTARY_BITS, k->f->ring);
  if (x->is_bounded)
    proof_bound(k, s, 0, most);
  fmpz_mpoly_clear(most, k->f->ring);
}

/* Positions, and places of a row, are turned each by its own angle. */
static bool check_rotary(const struct instance *in, const struct step *s,
                         struct error *err) {
  value_id v = program_result(in->program, s, 0);
  const struct dims *d = &in->program->values.at[v].dims;
  for (unsigned i = 0; i < d->rank; i += d->rank - 1)
    if (in->shape[v].at[i] < (size_t)instance_size(in, d->at[i]))
      return error_set(err, 0, "'%s' (%s) cannot be counted without making it",
                       s->name, s->operation->name);
  return true;
}

static const struct op rotary = {.name = "rotary",
                                 .certify = certify_rotary,
                                 .run = run_rotary,
                                 .lower = lower_rotary,
                                 .check = check_rotary,
                                 .folds = true,
                                 .is_free = true};

value_id program_rotary(struct program *p, const char *name, value_id x,
                        size_t positions, size_t width) {
  struct rotary *d = program_alloc(p, 1, sizeof *d);
  size_t pairs = width / 2, n = positions * pairs;
  assert(program_dims(p, x).rank >= 2);
  *d = (struct rotary){positions, pairs, program_alloc(p, n, sizeof *d->cosine),
                       program_alloc(p, n, sizeof *d->sine)};
  for (size_t i = 0; i < n; i++) {
    d->cosine[i] = turn(i / pairs, i % pairs, 2 * pairs, false);
    d->sine[i] = turn(i / pairs, i % pairs, 2 * pairs, true);
  }
  return program_step(p, &rotary, name, &x, 1, program_dims(p, x), d);
}
