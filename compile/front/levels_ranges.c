/* Where the integers of a tensor are, and what they stand for. */
#include "compile/front/levels.h"

#include <math.h>

struct interval levels_interval(const struct meaning *x, size_t i) {
  struct interval s = {fmpz_get_d(x->lo + i), fmpz_get_d(x->hi + i), x->error};
  s.lo = fmin(fmax(s.lo, x->from), s.hi);
  s.hi = fmax(fmin(s.hi, x->to), s.lo);
  return s;
}

void levels_see(struct levels *l, flow_id x, double scale, struct meaning *r) {
  const struct model_range *seen = l->o->ranges ? &l->o->ranges[x] : NULL;
  if (!seen || !isfinite(seen->lo) || !flow_is_real(l->f, x))
    return;
  r->from = floor(seen->lo / scale - r->error);
  r->to = ceil(seen->hi / scale + r->error);
}

struct interval levels_span(const struct meaning *x, size_t i, bool is_seen) {
  struct interval s = {fmpz_get_d(x->lo + i), fmpz_get_d(x->hi + i), x->error};
  if (is_seen)
    s = levels_interval(x, i);
  return curve_span(&x->curve, i, s.lo, s.hi, x->error);
}

double levels_error_of(const struct meaning *x) {
  double error = 0;
  for (size_t i = 0; i < x->shape.n; i++) {
    double e = levels_span(x, i, true).error;
    error = isnan(e) ? INFINITY : fmax(error, e);
  }
  return error;
}

/* Elements that are constant have no part in it, unless all are. */
bool levels_range(const struct meaning *x, struct model_range *r) {
  for (int constants = 0; constants < 2; constants++) {
    *r = (struct model_range){INFINITY, -INFINITY};
    for (size_t i = 0; i < x->shape.n; i++) {
      if (!constants && fmpz_equal(x->lo + i, x->hi + i))
        continue;
      struct interval s = levels_span(x, i, true);
      if (!isfinite(s.lo) || !isfinite(s.hi))
        return false;
      r->lo = fmin(r->lo, s.lo);
      r->hi = fmax(r->hi, s.hi);
    }
    if (r->lo <= r->hi)
      return true;
  }
  *r = (struct model_range){0, 0};
  return true;
}

void levels_bounds(const struct meaning *x, mpz_t lo, mpz_t hi) {
  size_t least = 0, most = 0;
  for (size_t i = 1; i < x->shape.n; i++) {
    if (fmpz_cmp(x->lo + i, x->lo + least) < 0)
      least = i;
    if (fmpz_cmp(x->hi + i, x->hi + most) > 0)
      most = i;
  }
  mpz_set_si(lo, 0);
  mpz_set_si(hi, 0);
  if (x->shape.n) {
    fmpz_get_mpz(lo, x->lo + least);
    fmpz_get_mpz(hi, x->hi + most);
  }
}

bool levels_fit(const struct meaning *x, unsigned bits) {
  bool ok = true;
  fmpz_t width;
  fmpz_init(width);
  for (size_t i = 0; ok && i < x->shape.n; i++) {
    fmpz_sub(width, x->hi + i, x->lo + i);
    ok = fmpz_bits(width) <= bits;
  }
  fmpz_clear(width);
  return ok;
}
