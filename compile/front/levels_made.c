/* Levels made here: a power of two as scale for each tensor. */
#include "compile/front/levels.h"

#include <math.h>

double levels_scale(double reach, long most) {
  int e = 0;
  if (!(reach > 0))
    return 1;
  frexp(reach / (double)most, &e); // reach / most < 2^e
  return ldexp(1, ldexp((double)most, e - 1) >= reach ? e - 1 : e);
}

bool levels_of_range(struct levels *l, flow_id x, struct model_range r,
                     struct quantiser *to) {
  bool is_signed = r.lo < 0;
  unsigned bits = l->o->bits;
  long most = (1L << (bits - is_signed)) - 1;
  double reach = fmax(fabs(r.lo), fabs(r.hi));
  *to = (struct quantiser){.lo = is_signed ? -(1L << (bits - 1)) : 0,
                           .hi = most,
                           .scale = (float)levels_scale(reach, most)};
  l->m->is_exact = false;
  return (isfinite(to->scale) && to->scale > 0) ||
         levels_error(l, x,
                      "the range of its values cannot be held: calibrate, or "
                      "give a smaller range");
}

static bool has_constants(const struct meaning *m) {
  for (size_t i = 0; i < m->shape.n; i++)
    if (fmpz_equal(m->lo + i, m->hi + i))
      return true;
  return false;
}

/* Why a curve is not bounded, where a constant of the file is the reason. */
static const double *odd_constant(const struct curve *c) {
  for (unsigned k = 0; k < c->n; k++)
    for (size_t i = 0; i < c->step[k].n; i++)
      if (!isfinite(c->step[k].at[i]))
        return &c->step[k].at[i];
  return NULL;
}

static bool not_bounded(struct levels *l, flow_id x, const struct meaning *m) {
  const double *odd = odd_constant(&m->curve);
  return odd ? levels_error(
                   l, x, "its values are not bounded: a constant is %g", *odd)
             : levels_error(l, x,
                            "its values are not bounded: calibrate, or give a "
                            "smaller range");
}

/* Where data say what range a node has, or else intervals do: so also where
   some elements are constant, such as those that a mask hides, as they may be
   far from the others. */
static bool find_range(struct levels *l, flow_id x, const struct meaning *m,
                       struct model_range *r) {
  if (l->o->ranges && isfinite(l->o->ranges[x].lo) && !has_constants(m)) {
    *r = l->o->ranges[x];
    return true;
  }
  return levels_range(m, r) || not_bounded(l, x, m);
}

/* The first steps of the curve that rise or fall, alone, and no later step
   reads what is before their last. */
static unsigned find_prefix(const struct curve *c) {
  unsigned k = 0;
  double factor;
  for (unsigned n = 1; n <= c->n; n++) {
    struct curve prefix = *c;
    bool ok = true;
    prefix.n = n;
    for (unsigned i = n; i < c->n; i++)
      for (int j = 0; j < 2; j++)
        ok &= c->step[i].operand[j] == CURVE_CONSTANT ||
              c->step[i].operand[j] >= (int)n;
    if (!curve_is_affine(&prefix, &factor))
      break;
    if (ok)
      k = n;
  }
  return k;
}

/* A curve that turns over many integers: of those that data show, if they are
   few, else levels of the first part of it; the rest is free then. */
static bool split(struct levels *l, flow_id x, struct meaning *m) {
  struct meaning first = *m, made;
  struct curve rest = m->curve;
  struct model_range r;
  struct quantiser to;
  unsigned k = find_prefix(&m->curve);
  first.curve.n = k;
  if (m->to - m->from <= QUANTISE_MAX && m->from >= -QUANTISE_MAX &&
      m->to <= QUANTISE_MAX) { // integers that data show
    first.curve.n = k = 0;
    r = (struct model_range){m->from, m->to};
    to = (struct quantiser){1, 0, (long)m->from, (long)m->to};
  } else if (!levels_range(&first, &r) || !levels_of_range(l, x, r, &to)) {
    return not_bounded(l, x, m);
  }
  if (!levels_apply(l, x, &first, &to, &made))
    return false;
  double scale = (double)to.scale;
  levels_set_scale(l, &made, true, scale);
  made.from = floor(r.lo / scale - made.error);
  made.to = ceil(r.hi / scale + made.error);
  unsigned base = made.curve.n;
  for (unsigned i = k; i < rest.n; i++) {
    struct curve_step s = rest.step[i];
    for (int j = 0; j < 2; j++)
      if (s.operand[j] != CURVE_CONSTANT)
        s.operand[j] = (signed char)(s.operand[j] - (int)k + (int)base);
    if (made.curve.n == CURVE_STEPS)
      return levels_error(l, x, "too many functions in a row");
    made.curve.step[made.curve.n++] = s;
  }
  *m = made;
  return true;
}

static bool turns(const struct meaning *m) {
  mpz_t lo, hi;
  mpz_inits(lo, hi, NULL);
  levels_bounds(m, lo, hi);
  bool is_one = true;
  size_t n = curve_period(&m->curve);
  for (size_t i = 0; is_one && i < n && i < m->shape.n; i++)
    is_one = curve_direction(&m->curve, i, mpz_get_d(lo), mpz_get_d(hi));
  mpz_clears(lo, hi, NULL);
  return !is_one;
}

void levels_cap_error(struct levels *l, flow_id x, double scale,
                      struct meaning *r) {
  const struct model_range *seen = l->o->ranges ? &l->o->ranges[x] : NULL;
  if (!seen || !isfinite(seen->lo) || has_constants(r))
    return;
  mpz_t lo, hi;
  mpz_inits(lo, hi, NULL);
  levels_bounds(r, lo, hi);
  r->error = fmin(r->error, fmax(seen->hi / scale - mpz_get_d(lo),
                                 mpz_get_d(hi) - seen->lo / scale));
  mpz_clears(lo, hi, NULL);
}

bool levels_to_levels(struct levels *l, flow_id x, struct meaning *r) {
  struct meaning *kept = &l->kept[x];
  if (!kept->is_known) {
    struct meaning *m = levels_get(l, x);
    struct quantiser to;
    struct model_range range;
    if (!levels_fit(m, m->is_free ? 22 : 16) && turns(m) && !split(l, x, m))
      return false;
    if (!find_range(l, x, m, &range) || !levels_of_range(l, x, range, &to) ||
        !levels_apply(l, x, m, &to, kept))
      return false;
    levels_set_scale(l, kept, true, (double)to.scale);
    levels_cap_error(l, x, (double)to.scale, kept);
    levels_see(l, x, (double)to.scale, kept);
  }
  *r = *kept;
  return true;
}
