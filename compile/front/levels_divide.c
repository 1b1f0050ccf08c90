/* Quotients of two tensors that vary. */
#include "compile/front/levels.h"
#include "compile/program/attention.h"
#include "compile/program/operations.h"

#include <math.h>

/* Whether all of z are above 0, 1; below it, -1. */
static int sign_of(const struct meaning *z) {
  bool is_above = true, is_below = true;
  for (size_t i = 0; i < z->shape.n; i++) {
    is_above &= fmpz_sgn(z->lo + i) > 0;
    is_below &= fmpz_sgn(z->hi + i) < 0;
  }
  return is_above - is_below;
}

/* What a builder knows of it, before its elements were moved. */
static double known_least(const struct flow *f, flow_id x) {
  while (flow_get(f, x)->kind == FLOW_MOVE && flow_get(f, x)->n == 1)
    x = flow_operand(f, x, 0);
  return flow_get(f, x)->least;
}

/* What a builder knows of the divisor, one of whose terms is at least that, so
   rounded down it is of the levels, too. Below 1 it may have been rounded to
   0. */
static void raise_least(struct meaning *z, double least) {
  for (size_t i = 0; least >= 1 && least < 0x1p62 && i < z->shape.n; i++)
    if (fmpz_cmp_si(z->lo + i, (long)floor(least)) < 0)
      fmpz_set_si(z->lo + i, (long)floor(least));
}

/* A builder or data say that it is above 0, so its levels are. */
static bool clip_divisor(struct levels *l, flow_id b, struct meaning *z,
                         double *scale) {
  struct quantiser to;
  struct model_range range;
  if (l->o->ranges && isfinite(l->o->ranges[b].lo))
    range = l->o->ranges[b];
  else if (!levels_range(levels_get(l, b), &range))
    return levels_error(l, b, "its values are not bounded: calibrate");
  range.lo = fmax(range.lo, 0);
  if (!levels_of_range(l, b, range, &to))
    return false;
  to.lo = (long)fmax(1, floor(known_least(l->f, b) / (double)to.scale));
  if (!levels_apply(l, b, levels_get(l, b), &to, z))
    return false;
  *scale = (double)to.scale;
  levels_see(l, b, *scale, z);
  return true;
}

/* As a divisor that is above 0, or below. */
static bool as_divisor(struct levels *l, flow_id x, flow_id b,
                       struct meaning *z, double *scale, int *sign) {
  if (!levels_as_number(l, b, z, scale))
    return false;
  double least = known_least(l->f, b);
  raise_least(z, least / *scale);
  *sign = sign_of(z);
  if (*sign)
    return true;
  *sign = 1;
  if (least > 0 || (l->o->ranges && l->o->ranges[b].lo > 0))
    return clip_divisor(l, b, z, scale);
  return levels_error(l, x, "its divisor can be 0: calibrate, or clip it");
}

static struct interval real_span(const struct meaning *m, double scale) {
  struct interval s = {INFINITY, -INFINITY, m->error * scale};
  for (size_t i = 0; i < m->shape.n; i++) {
    struct interval x = levels_interval(m, i);
    s.lo = fmin(s.lo, x.lo * scale);
    s.hi = fmax(s.hi, x.hi * scale);
  }
  return s;
}

/* The exact ratio of integers, rounded once: program_mix() of rows of one
   key. */
static struct meaning quotient(struct levels *l, flow_id x,
                               const struct meaning *u, const struct meaning *z,
                               const struct quantiser *to) {
  size_id n = size_si(&l->p->sizes, (long)u->shape.n);
  size_id one = size_si(&l->p->sizes, 1);
  struct dims dims = {.rank = 3, .at = {n, one, one}};
  value_id up = program_reshape(l->p, "", u->value, dims);
  value_id down = program_reshape(l->p, "", z->value, dims);
  value_id y =
      program_mix_in_levels(l->p, levels_name(l, x), up, down, to->lo, to->hi);
  y = program_reshape(l->p, "", y, levels_dims(l, &u->shape));
  struct meaning r = levels_new(l, x, y, true);
  for (size_t i = 0; i < r.shape.n; i++) {
    fmpz_set_si(r.lo + i, to->lo);
    fmpz_set_si(r.hi + i, to->hi);
  }
  return r;
}

bool levels_divide(struct levels *l, flow_id x) {
  flow_id a = flow_operand(l->f, x, 0), b = flow_operand(l->f, x, 1);
  struct meaning u, z, r;
  double scale[2], unit, both[2];
  long factor[2];
  int sign;
  struct quantiser to;
  if (!flow_is_real(l->f, x))
    return levels_error(l, x, "integers are divided by constants only");
  if (!levels_as_number(l, a, &u, &scale[0]))
    return false;
  if (!as_divisor(l, x, b, &z, &scale[1], &sign))
    return false;
  if (sign < 0) {
    levels_times(l, x, &u, -1);
    levels_times(l, x, &z, -1);
  }
  struct interval above = real_span(&u, scale[0]),
                  below = real_span(&z, scale[1]);
  struct interval q = scalar_span(SCALAR_DIV, above, below);
  struct model_range range = {q.lo, q.hi};
  if (l->o->ranges && isfinite(l->o->ranges[x].lo))
    range = l->o->ranges[x];
  if (!levels_of_range(l, x, range, &to))
    return false;
  both[0] = scale[0], both[1] = scale[1] * (double)to.scale;
  if (!levels_common_unit(both, factor, &unit))
    return levels_error(l, x, "its scales do not fit each other: calibrate");
  levels_times(l, x, &u, factor[0]);
  levels_times(l, x, &z, factor[1]);
  r = quotient(l, x, &u, &z, &to);
  unit = (double)to.scale;
  r.is_free = true;
  r.error = q.error / unit + 0.5;
  levels_cap_error(l, x, unit, &r);
  levels_scaled(l, &r, unit);
  l->of[x] = r;
  return true;
}
