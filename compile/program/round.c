/* round: an integer scaled, rounded to an integer or to a short mantissa, and
   clipped. Depth 1, a gate for each value but the lowest that x can reach; free
   where x reads one ladder, or where nothing has to be rounded. */
#include "compile/program/attention.h"
#include "compile/program/operation.h"

#include <assert.h>

/* The next number of `mantissa` bits after x >= 0. */
static long next(unsigned mantissa, long x) {
  long step = 1;
  if (mantissa)
    while (x / step >> mantissa)
      step *= 2;
  return x + step;
}

long rounding_ceil(unsigned mantissa, long x) {
  long step = 1;
  if (mantissa)
    while (((x + step - 1) / step * step) / step > 1L << mantissa)
      step *= 2;
  return (x + step - 1) / step * step;
}

/* ---- run ---- */

/* y = y to `mantissa` bits; room for the size of it. */
static void shorten(fmpz_t y, unsigned mantissa, fmpz_t size) {
  fmpz_abs(size, y);
  slong extra = (slong)fmpz_bits(size) - (slong)mantissa;
  if (extra <= 0)
    return;
  bool is_negative = fmpz_sgn(y) < 0;
  fmpz_one(y);
  fmpz_mul_2exp(y, y, (ulong)extra - 1);
  fmpz_add(y, y, size);
  fmpz_fdiv_q_2exp(y, y, (ulong)extra);
  fmpz_mul_2exp(y, y, (ulong)extra);
  if (is_negative)
    fmpz_neg(y, y);
}

static void run_round(struct reading *r, const struct step *s) {
  const struct rounding *f = s->detail;
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  fmpz_t divisor, room;
  fmpz_init_set_si(divisor, f->divisor);
  fmpz_init(room);
  fmpz_mul_2exp(divisor, divisor, 1);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    fmpz_mul_si(y + j, x + j, f->multiplier);
    fmpz_mul_2exp(y + j, y + j, 1);
    fmpz_add_si(y + j, y + j, f->divisor);
    fmpz_fdiv_q(y + j, y + j, divisor);
    if (f->mantissa)
      shorten(y + j, f->mantissa, room);
    if (fmpz_cmp_si(y + j, f->lo) < 0)
      fmpz_set_si(y + j, f->lo);
    if (fmpz_cmp_si(y + j, f->hi) > 0)
      fmpz_set_si(y + j, f->hi);
  }
  fmpz_clear(divisor);
  fmpz_clear(room);
}

/* ---- lower ---- */

/* t = the least x whose multiple rounds to k or more:
   2 multiplier x + divisor >= 2 divisor k. */
static void find_threshold(mpz_t t, const struct rounding *f, long k,
                           mpz_t room) {
  mpz_set_si(t, k);
  mpz_mul_2exp(t, t, 1);
  mpz_sub_ui(t, t, 1);
  mpz_mul_si(t, t, f->divisor);
  mpz_set_si(room, f->multiplier);
  mpz_mul_2exp(room, room, 1);
  mpz_cdiv_q(t, t, room);
}

/* Where x steps over values, their stairs are one. */
static void push_stair(struct staircase *s, const mpz_t t, long step) {
  struct stair *last = s->stairs.n ? &array_last(&s->stairs) : NULL;
  if (last && !mpz_cmp(last->threshold, t))
    mpz_add_ui(last->step, last->step, (unsigned long)step);
  else
    staircase_push_si(s, t, step);
}

/* The stairs that x' = from + step, from + 2 step, ..., to are: half away from
   0, so that a negative x leaves its value just above the middle. They are
   evenly spaced where the divisor is in whole multiples. */
static void push_stairs(struct staircase *s, const struct rounding *f,
                        long from, long to, long step) {
  long half = from >= 0 ? (step + 1) / 2 : step / 2 + 1;
  long spacing = f->divisor % f->multiplier ? 0 : f->divisor / f->multiplier;
  mpz_t t, room, gap, height;
  if (from >= to)
    return;
  mpz_inits(t, room, gap, NULL);
  mpz_init_set_si(height, step);
  if (spacing) {
    find_threshold(t, f, from + half, room);
    mpz_set_si(gap, spacing);
    mpz_mul_si(gap, gap, step);
    staircase_push_run(s, t, height, gap, (size_t)((to - from) / step));
  }
  for (; !spacing && from < to; from += step) {
    find_threshold(t, f, from + half, room);
    push_stair(s, t, step);
  }
  mpz_clears(t, room, gap, height, NULL);
}

/* The end of those values of `mantissa` bits, at most `most`, that go on from
   x >= 0 in equal steps. */
static long octave(unsigned mantissa, long x, long most, long *step) {
  *step = next(mantissa, x) - x;
  if (!mantissa)
    return most;
  long end = *step << mantissa;
  return end < most ? end : most;
}

/* A stair for each value, from one to the next: those below 0 mirrored. */
static void make_stairs(struct staircase *s, const struct rounding *f) {
  struct run {
    long from, to, step;
  };
  ARRAY(struct run) below = {0};
  long step;
  mpz_set_si(s->start, f->lo);
  for (long x = 0, to; f->mantissa && x < -f->lo; x = to) {
    to = octave(f->mantissa, x, -f->lo, &step);
    array_push(&below, (struct run){-to, -x, step});
  }
  while (below.n) {
    struct run r = below.at[--below.n];
    push_stairs(s, f, r.from, r.to, r.step);
  }
  for (long x = f->mantissa ? 0 : f->lo, to; x < f->hi; x = to) {
    to = octave(f->mantissa, x, f->hi, &step);
    push_stairs(s, f, x, to, step);
  }
  array_clear(&below);
}

/* Whether x / divisor is an integer already, within lo..hi, because all parts
   of x are multiples; r = it then. */
static bool divide_exactly(struct circuit *c, struct number *r,
                           const struct number *x, const struct rounding *f) {
  struct integer_scratch s;
  unsigned long divisor = (unsigned long)f->divisor;
  mpz_t w;
  if (f->multiplier != 1 || f->mantissa ||
      !mpz_divisible_ui_p(x->constant, divisor))
    return false;
  for (size_t i = 0; i < x->terms.n; i++)
    if (!mpz_divisible_ui_p(
            integers_get(&c->integers, x->terms.at[i].weight, &s), divisor))
      return false;
  mpz_init(w);
  mpz_cdiv_q_ui(w, x->lo, divisor);
  bool fits = mpz_cmp_si(w, f->lo) >= 0;
  mpz_fdiv_q_ui(w, x->hi, divisor);
  fits = fits && mpz_cmp_si(w, f->hi) <= 0;
  if (fits) {
    number_set(r, x);
    for (size_t i = 0; i < x->terms.n; i++) {
      mpz_divexact_ui(w, integers_get(&c->integers, x->terms.at[i].weight, &s),
                      divisor);
      r->terms.at[i].weight = integers_add(&c->integers, w);
    }
    mpz_divexact_ui(r->constant, r->constant, divisor);
    mpz_cdiv_q_ui(r->lo, r->lo, divisor);
    mpz_fdiv_q_ui(r->hi, r->hi, divisor);
  }
  mpz_clear(w);
  return fits;
}

/* Evenly spaced values, 2^bits of them: 0 if they are not. */
static unsigned even_bits(const struct rounding *f) {
  unsigned long values = (unsigned long)(f->hi - f->lo) + 1;
  bool is_power = values > 1 && !(values & (values - 1));
  return f->mantissa || !is_power ? 0 : (unsigned)__builtin_ctzl(values);
}

/* multiplier x >= divisor k - divisor / 2 for k = lo + 1, ..., hi. */
static void round_evenly(struct circuit *c, struct number *r,
                         const struct number *x, const struct rounding *f,
                         unsigned levels) {
  mpz_t first, unit;
  mpz_init_set_si(unit, f->divisor);
  mpz_init_set_si(first, f->lo + 1);
  mpz_mul(first, first, unit);
  mpz_sub_ui(first, first, (unsigned long)f->divisor / 2);
  number_mul_si(c, r, x, f->multiplier);
  number_evenly(c, r, r, first, unit, even_bits(f), levels);
  number_add_si(r, r, f->lo);
  mpz_clears(first, unit, NULL);
}

static unsigned most_levels(const struct step *s) {
  unsigned bits = even_bits(s->detail);
  return bits ? bits : 1;
}

static void lower_round(struct reading *r, const struct step *s) {
  const struct rounding *f = s->detail;
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  unsigned levels = step_levels(r, s);
  struct staircase stairs;
  staircase_init(&stairs);
  make_stairs(&stairs, f);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    reading_at(r, step_result(r, s), j);
    if (divide_exactly(r->c, y + j, x + j, f))
      continue;
    if (levels > 1 && !number_is_free(r->c, x + j))
      round_evenly(r->c, y + j, x + j, f, levels);
    else
      number_staircase(r->c, y + j, x + j, &stairs);
  }
  staircase_clear(&stairs);
}

static void certify_round(struct proof *k, const struct step *s) {
  const struct rounding *f = s->detail;
  struct staircase stairs;
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  staircase_init(&stairs);
  make_stairs(&stairs, f);
  unsigned levels = proof_levels(k, s);
  fmpz_mpoly_set_si(n,
                    levels > 1 ? (slong)evenly_gates(even_bits(f), levels)
                               : (slong)staircase_count(&stairs),
                    k->f->ring);
  proof_function(k, s, n);
  proof_bound_si(k, s, 0, -f->lo > f->hi ? -f->lo : f->hi);
  staircase_clear(&stairs);
  fmpz_mpoly_clear(n, k->f->ring);
}

static const struct op round_op = {.keeps_index = true,
                                   .name = "round",
                                   .run = run_round,
                                   .lower = lower_round,
                                   .most_levels = most_levels,
                                   .certify = certify_round,
                                   .folds = true};

value_id program_round(struct program *p, const char *name, value_id x,
                       const struct rounding *f) {
  struct rounding *detail = program_alloc(p, 1, sizeof *detail);
  assert(f->multiplier >= 1 && f->divisor >= 1 && f->lo <= f->hi);
  assert(!f->mantissa || (f->lo <= 0 && 0 <= f->hi));
  *detail = *f;
  return program_step(p, &round_op, name, &x, 1, program_dims(p, x), detail);
}
