/* Integers for tensors of a flow, and how they are turned into others. */
#include "compile/front/levels.h"
#include "circuit/scan.h"
#include "compile/front/flow_parts.h"
#include "compile/program/operations.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>

#include <flint/fmpz_vec.h>

/* ---- Messages and memory ---- */

struct meaning *levels_get(struct levels *l, flow_id x) {
  assert(l->of[x].is_known);
  return &l->of[x];
}

/* Levels are often made where elements have moved since; no move computed
   them. */
const char *levels_name(const struct levels *l, flow_id x) {
  flow_id from = x;
  while (flow_get(l->f, from)->kind == FLOW_MOVE &&
         flow_get(l->f, from)->n == 1)
    from = flow_operand(l->f, from, 0);
  return flow_get(l->f, flow_get(l->f, from)->node ? from : x)->name;
}

bool levels_error(struct levels *l, flow_id x, const char *format, ...) {
  const struct flow_node *node = flow_get(l->f, x);
  char text[300];
  va_list args;
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  if (node->node)
    return error_set(l->err, 0, "%s: %s", onnx_show_node(node->node).text,
                     text);
  return *node->name ? error_set(l->err, 0, "%s: %s", node->name, text)
                     : error_set(l->err, 0, "%s", text);
}

void levels_note(struct levels *l, const char *format, ...) {
  char *text = xmalloc(300);
  va_list args;
  va_start(args, format);
  vsnprintf(text, 300, format, args);
  va_end(args);
  array_push(&l->m->notes, text);
}

struct dims levels_dims(struct levels *l, const struct lengths *s) {
  size_t last = lengths_last(s);
  size_id n = size_si(&l->p->sizes, (long)last);
  if (!s->rank)
    return scalar();
  return s->rank == 1
             ? vector(n)
             : matrix(size_si(&l->p->sizes, (long)(last ? s->n / last : 0)), n);
}

struct integer_list {
  fmpz *at;
  size_t n;
};

static void clear_integers(void *context) {
  struct integer_list *z = context;
  _fmpz_vec_clear(z->at, (slong)z->n);
}

fmpz *levels_integers(struct levels *l, size_t n) {
  struct integer_list *z = program_alloc(l->p, 1, sizeof *z);
  *z = (struct integer_list){_fmpz_vec_init((slong)n), n};
  program_own(l->p, clear_integers, z);
  return z->at;
}

struct meaning levels_new(struct levels *l, flow_id x, value_id v,
                          bool is_exact) {
  const struct lengths *shape = flow_shape(l->f, x);
  return (struct meaning){.is_known = true,
                          .value = v,
                          .shape = *shape,
                          .lo = levels_integers(l, shape->n),
                          .hi = levels_integers(l, shape->n),
                          .from = -INFINITY,
                          .to = INFINITY,
                          .curve = curve_identity(is_exact)};
}

const double *levels_keep(struct levels *l, const double *at, size_t n) {
  double *kept = program_alloc(l->p, n, sizeof *kept);
  memcpy(kept, at, n * sizeof *kept);
  return kept;
}

bool levels_scaled(struct levels *l, struct meaning *x, double scale) {
  return curve_with(&x->curve, SCALAR_MUL, ONNX_FLOAT,
                    levels_keep(l, &scale, 1), 1, false);
}

static void set_scale(struct levels *l, struct meaning *x, bool is_exact,
                      double scale) {
  x->curve = curve_identity(is_exact);
  if (scale != 1)
    levels_scaled(l, x, scale);
}

/* ---- Intervals ---- */

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

/* What element i stands for, if `is_seen` where data say that it is. */
static struct interval span_of(const struct meaning *x, size_t i,
                               bool is_seen) {
  struct interval s = {fmpz_get_d(x->lo + i), fmpz_get_d(x->hi + i), x->error};
  if (is_seen)
    s = levels_interval(x, i);
  return curve_span(&x->curve, i, s.lo, s.hi, x->error);
}

double levels_error_of(const struct meaning *x) {
  double error = 0;
  for (size_t i = 0; i < x->shape.n; i++) {
    double e = span_of(x, i, true).error;
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
      struct interval s = span_of(x, i, true);
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

enum {
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
  STEP_BITS = 16 // of functions, as NUMBER_MAX_TABLE
#else
  STEP_BITS = 26
#endif
};

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

/* ---- Functions of the integers ---- */

/* The value with `last` as the length of its last axis. */
static value_id view(struct levels *l, const struct meaning *x, size_t last) {
  struct lengths s = {.rank = 2, .at = {x->shape.n / last, last}};
  s.n = x->shape.n;
  struct dims to = levels_dims(l, &s), from = program_dims(l->p, x->value);
  if (from.rank && from.at[from.rank - 1] == to.at[1])
    return x->value;
  return program_reshape(l->p, "", x->value, to);
}

static value_id shaped(struct levels *l, value_id v,
                       const struct lengths *shape) {
  struct dims to = levels_dims(l, shape), from = program_dims(l->p, v);
  bool same =
      from.rank == to.rank && !memcmp(from.at, to.at, to.rank * sizeof *to.at);
  return same ? v : program_reshape(l->p, "", v, to);
}

value_id levels_value(struct levels *l, const struct meaning *m) {
  return shaped(l, m->value, &m->shape);
}

/* Of a function that rises or falls from its ends. */
static void set_ends(const struct meaning *x, const struct function *f,
                     size_t i, struct meaning *y) {
  mpz_t q, end[2];
  mpz_inits(q, end[0], end[1], NULL);
  for (int k = 0; k < 2; k++) {
    fmpz_get_mpz(q, k ? x->hi + i : x->lo + i);
    f->call(end[k], q, f->context);
  }
  bool flips = mpz_cmp(end[0], end[1]) > 0;
  fmpz_set_mpz(y->lo + i, end[flips]);
  fmpz_set_mpz(y->hi + i, end[!flips]);
  mpz_clears(q, end[0], end[1], NULL);
}

static void set_clamped(fmpz_t z, double v, int64_t lo, int64_t hi) {
  if (v <= (double)lo || isnan(v))
    fmpz_set_si(z, lo);
  else if (v >= (double)hi)
    fmpz_set_si(z, hi);
  else
    fmpz_set_d(z, v);
}

/* Else from the interval of the curve, one level wider. */
static void set_interval(const struct meaning *x, size_t i, double scale,
                         double zero, int64_t lo, int64_t hi,
                         struct meaning *y) {
  struct interval s = span_of(x, i, false);
  set_clamped(y->lo + i, floor(s.lo / scale) + zero - 1, lo, hi);
  set_clamped(y->hi + i,
              isnan(s.hi) ? (double)hi : ceil(s.hi / scale) + zero + 1, lo, hi);
}

static void find_intervals(const struct meaning *x, const struct function *f,
                           size_t n, double scale, double zero, int64_t lo,
                           int64_t hi, struct meaning *y) {
  for (size_t i = 0; i < x->shape.n; i++)
    if (f[i % n].is_monotone || fmpz_equal(x->lo + i, x->hi + i))
      set_ends(x, &f[i % n], i, y);
    else
      set_interval(x, i, scale, zero, lo, hi, y);
}

/* A function that turns is looked at everywhere. */
static bool check_values(struct levels *l, flow_id id, const struct meaning *x,
                         const struct function *f, size_t n) {
  bool is_monotone = true;
  for (size_t i = 0; i < n; i++)
    is_monotone &= f[i].is_monotone;
  return is_monotone || levels_fit(x, STEP_BITS - 4) ||
         levels_error(l, id,
                      "a function that rises and falls of integers of "
                      "more than 22 bits");
}

/* A gate for each step. */
static bool check_steps(struct levels *l, flow_id id, const struct meaning *x,
                        const struct meaning *y) {
  return levels_fit(x, STEP_BITS) || levels_fit(y, STEP_BITS) ||
         levels_error(l, id, "a function that would have more than 2^%d steps",
                      STEP_BITS);
}

/* y's integers are f of x's. */
static bool apply(struct levels *l, flow_id id, const struct meaning *x,
                  const struct quantiser *to, struct meaning *y) {
  size_t n = x->shape.n ? curve_period(&x->curve) : 1;
  struct function *f = xmalloc(n * sizeof *f);
  int64_t least, most;
  mpz_t lo, hi;
  mpz_inits(lo, hi, NULL);
  levels_bounds(x, lo, hi);
  curve_functions(l->p, &x->curve, n, lo, hi, to, f);
  bool ok = check_values(l, id, x, f, n);
  onnx_type_range(flow_get(l->f, id)->type, &least, &most);
  *y = levels_new(l, id, 0, to == NULL);
  y->shape = x->shape;
  if (ok && to)
    find_intervals(x, f, n, (double)to->scale, (double)to->zero, to->lo, to->hi,
                   y);
  else if (ok)
    find_intervals(x, f, n, 1, 0, least, most, y);
  ok = ok && check_steps(l, id, x, y);
  if (ok)
    y->value =
        shaped(l, program_apply(l->p, levels_name(l, id), view(l, x, n), f, n),
               &x->shape);
  y->is_free = true;
  mpz_clears(lo, hi, NULL);
  free(f);
  return ok;
}

/* No float32 on the way is infinite. */
static bool check_finite(struct levels *l, flow_id id,
                         const struct meaning *x) {
  bool ok = true;
  mpz_t q;
  mpz_init(q);
  for (size_t i = 0; ok && !x->curve.is_exact && i < x->shape.n; i++)
    for (int end = 0; ok && end < 2; end++) {
      fmpz_get_mpz(q, end ? x->hi + i : x->lo + i);
      ok = curve_is_finite(&x->curve, i, q);
    }
  mpz_clear(q);
  return ok ||
         levels_error(l, id, "its real numbers can pass those of float32");
}

/* Half a level at most, and nothing where all are 0. */
static double rounding(const struct meaning *x) {
  for (size_t i = 0; i < x->shape.n; i++) {
    struct interval s = span_of(x, i, false);
    if (!(s.lo == 0 && s.hi == 0))
      return 0.5;
  }
  return 0;
}

bool levels_apply(struct levels *l, flow_id x, const struct meaning *from,
                  const struct quantiser *to, struct meaning *r) {
  double error = levels_error_of(from);
  bool is_file = !from->curve.is_exact && error == 0;
  if (!check_finite(l, x, from) || !apply(l, x, from, to, r))
    return false;
  r->error = is_file ? 0 : error / (double)to->scale + rounding(from);
  return true;
}

/* ---- Levels made here ---- */

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
         levels_error(l, x, "the range of its values cannot be held");
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
  set_scale(l, &made, true, scale);
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
    set_scale(l, kept, true, (double)to.scale);
    levels_see(l, x, (double)to.scale, kept);
  }
  *r = *kept;
  return true;
}

/* ---- Sums ---- */

bool levels_common_unit(const double *scale, long *factor, double *unit) {
  double ratio = scale[0] / scale[1], x = ratio;
  double p[2] = {1, 0}, q[2] = {0, 1}; // convergents of the continued fraction
  for (int i = 0; i < 64; i++) {
    double a = floor(x), next[2] = {a * p[0] + p[1], a * q[0] + q[1]};
    p[1] = p[0], q[1] = q[0];
    p[0] = next[0], q[0] = next[1];
    if (!(p[0] < 0x1p40) || !(q[0] < 0x1p40))
      return false;
    if (fabs(p[0] / q[0] - ratio) <= ratio * 0x1p-50)
      break;
    x = 1 / (x - a);
  }
  factor[0] = (long)p[0];
  factor[1] = (long)q[0];
  *unit = scale[1] / q[0];
  return factor[0] > 0;
}

/* lo += factor * the end of a that makes it least; hi the greatest. */
static void add_interval(fmpz_t lo, fmpz_t hi, const fmpz_t a, const fmpz_t b,
                         long factor) {
  fmpz_addmul_si(lo, factor < 0 ? b : a, factor);
  fmpz_addmul_si(hi, factor < 0 ? a : b, factor);
}

void levels_combine(struct levels *l, flow_id x, const struct meaning *const *a,
                    const long *factor, size_t n, const fmpz *constant,
                    struct meaning *r) {
  value_id operand[3];
  long weight[3];
  struct lengths shape = a[0]->shape;
  *r = levels_new(l, x, 0, true);
  r->shape = shape;
  r->is_free = n == 1 && a[0]->is_free;
  assert(n <= 2 && r->shape.n == flow_shape(l->f, x)->n);
  for (size_t k = 0; k < n; k++) {
    operand[k] = shaped(l, a[k]->value, &shape);
    weight[k] = factor[k];
    r->error += fabs((double)factor[k]) * a[k]->error;
    for (size_t i = 0; i < shape.n; i++)
      add_interval(r->lo + i, r->hi + i, a[k]->lo + i, a[k]->hi + i, factor[k]);
  }
  if (constant) {
    operand[n] =
        program_constant(l->p, "", levels_dims(l, &shape), constant, shape.n);
    weight[n++] = 1;
    for (size_t i = 0; i < shape.n; i++)
      add_interval(r->lo + i, r->hi + i, constant + i, constant + i, 1);
  }
  r->value = program_combine(l->p, levels_name(l, x), operand, weight, n, 0);
}

/* z = round(x / unit); infinite x become large, as in masks. */
static void set_rounded(fmpz_t z, double x, double unit, double *error) {
  double q = x / unit;
  if (!(fabs(q) < 0x1p80)) {
    fmpz_one(z);
    fmpz_mul_2exp(z, z, 80);
    if (q < 0)
      fmpz_neg(z, z);
    return;
  }
  fmpz_set_d(z, rint(q));
  *error = fmax(*error, fabs(x - rint(q) * unit));
}

fmpz *levels_constant(struct levels *l, const struct flow_node *c, double scale,
                      double *error) {
  fmpz *at = levels_integers(l, c->shape.n);
  *error = 0;
  for (size_t i = 0; i < c->shape.n; i++)
    set_rounded(at + i, c->at[i], scale, error);
  return at;
}

/* factor * q + offset as a number: a unit that divides the factor, in which the
   offsets are rounded, unless they are whole multiples of one. */
static void with_offsets(struct levels *l, flow_id x, const struct meaning *m,
                         double factor, struct meaning *r, double *scale) {
  double size = fabs(factor), error;
  fmpz *at = levels_integers(l, m->shape.n);
  long parts = 1;
  for (;; parts *= 2) {
    error = 0;
    for (size_t i = 0; i < m->shape.n; i++)
      set_rounded(at + i, curve_offset(&m->curve, i), size / (double)parts,
                  &error);
    if (error == 0 || parts == 1L << 12)
      break;
  }
  long weight = factor < 0 ? -parts : parts;
  levels_combine(l, x, &m, &weight, 1, at, r);
  *scale = size / (double)parts;
  r->error += error / *scale;
}

static bool has_offsets(const struct meaning *m) {
  size_t n = curve_period(&m->curve);
  for (size_t i = 0; i < n; i++)
    if (curve_offset(&m->curve, i) != 0)
      return true;
  return false;
}

bool levels_number_of(struct levels *l, flow_id x, const struct meaning *m,
                      struct meaning *r, double *scale) {
  struct meaning from = *m;
  const struct meaning *a = &from;
  double factor;
  bool is_exact = m->curve.is_exact;
  if (!curve_is_affine(&m->curve, &factor))
    return false;
  *scale = fabs(factor);
  if (has_offsets(m))
    with_offsets(l, x, &from, factor, r, scale);
  else if (factor < 0)
    levels_combine(l, x, &a, (long[]){-1}, 1, NULL, r);
  else
    *r = from;
  set_scale(l, r, is_exact, *scale);
  return true;
}

bool levels_as_number(struct levels *l, flow_id x, struct meaning *r,
                      double *scale) {
  if (!flow_is_real(l->f, x)) {
    *scale = 1;
    return levels_as_integers(l, x, r);
  }
  if (!levels_number_of(l, x, levels_get(l, x), r, scale)) {
    struct meaning levels;
    if (!levels_to_levels(l, x, &levels))
      return false;
    levels_number_of(l, x, &levels, r, scale);
  }
  levels_see(l, x, *scale, r);
  return true;
}

bool levels_as_levels(struct levels *l, flow_id x, bool is_free,
                      struct meaning *r, double *scale) {
  const struct meaning *m = levels_get(l, x);
  double factor;
  if (!flow_is_real(l->f, x))
    return levels_as_number(l, x, r, scale);
  if (curve_is_affine(&m->curve, &factor) && factor > 0 && !has_offsets(m) &&
      levels_fit(m, l->o->bits) && (m->is_free || !is_free))
    return levels_as_number(l, x, r, scale);
  return levels_to_levels(l, x, r) && curve_is_scale(&r->curve, scale);
}

/* ---- Integers ---- */

bool levels_wrap(struct levels *l, flow_id x, struct meaning *r) {
  int64_t lo, hi;
  enum onnx_type type = flow_get(l->f, x)->type;
  onnx_type_range(type, &lo, &hi);
  for (size_t i = 0; i < r->shape.n; i++)
    if (fmpz_cmp_si(r->lo + i, lo) < 0 || fmpz_cmp_si(r->hi + i, hi) > 0)
      return curve_unary(&r->curve, SCALAR_TRUNC, type) ||
             levels_error(l, x, "too many functions in a row");
  return true;
}

/* The lowest bits of integers of any size. */
static void wrap_bits(struct levels *l, flow_id x, struct meaning *r) {
  enum onnx_type type = flow_get(l->f, x)->type;
  unsigned width = onnx_type_width(type);
  int64_t lo, hi;
  fmpz *w = levels_integers(l, width);
  for (unsigned k = 0; k < width; k++)
    fmpz_one_2exp(w + k, k);
  if (onnx_type_is_signed(type))
    fmpz_neg(w + width - 1, w + width - 1);
  size_id n = size_si(&l->p->sizes, (long)width);
  value_id bits = program_bits(l->p, levels_name(l, x), r->value, n);
  value_id y = program_linear(l->p, levels_name(l, x), bits, 1, width, w, NULL);
  onnx_type_range(type, &lo, &hi);
  struct lengths shape = r->shape;
  *r = levels_new(l, x, shaped(l, y, &shape), false);
  for (size_t i = 0; i < shape.n; i++) {
    fmpz_set_si(r->lo + i, lo);
    fmpz_set_si(r->hi + i, hi);
  }
}

/* factor * q + offset, both whole, then modulo 2^width: without a table. */
static bool affine_integers(struct levels *l, flow_id x,
                            const struct meaning *m, struct meaning *r) {
  struct meaning from = *m;
  double factor, error = 0;
  enum onnx_type type = flow_get(l->f, x)->type;
  while (from.curve.n) {
    const struct curve_step *s = &from.curve.step[from.curve.n - 1];
    if (s->op != SCALAR_TRUNC || s->type != type)
      break;
    from.curve.n--;
  }
  for (unsigned k = 0; k < from.curve.n; k++)
    if (!onnx_type_is_integer(from.curve.step[k].type) ||
        from.curve.step[k].op == SCALAR_DIV)
      return false;
  if (!curve_is_affine(&from.curve, &factor) || factor != rint(factor) ||
      fabs(factor) > 0x1p52)
    return false;
  long weight = (long)factor;
  fmpz *at = levels_integers(l, m->shape.n);
  for (size_t i = 0; i < m->shape.n; i++)
    set_rounded(at + i, curve_offset(&from.curve, i), 1, &error);
  const struct meaning *a = &from;
  levels_combine(l, x, &a, &weight, 1, at, r);
  r->curve = curve_identity(false);
  struct meaning checked = *r;
  if (!levels_wrap(l, x, &checked))
    return false;
  if (checked.curve.n)
    wrap_bits(l, x, r);
  return true;
}

bool levels_as_integers(struct levels *l, flow_id x, struct meaning *r) {
  struct meaning *m = levels_get(l, x);
  if (!m->curve.n) {
    *r = *m;
    return true;
  }
  if (!affine_integers(l, x, m, r)) {
    double error = m->curve.is_exact ? ceil(levels_error_of(m)) : 0;
    if (!apply(l, x, m, NULL, r))
      return false;
    r->curve = curve_identity(false);
    r->error = error;
  }
  *m = *r; // for all who ask
  return true;
}

/* ---- Inputs ---- */

bool levels_make_input(struct levels *l, flow_id x, const struct quantiser *to,
                       enum onnx_type base) {
  const struct flow_node *node = flow_get(l->f, x);
  struct model_port *port = &l->m->inputs.at[node->port];
  bool is_file = base != ONNX_UNDEFINED;
  unsigned width = is_file ? onnx_type_width(base) : l->o->bits;
  struct meaning m = levels_new(l, x, 0, !is_file);
  port->place = l->p->inputs.n;
  port->levels = *to;
  m.value = program_input(l->p, port->name, levels_dims(l, &node->shape),
                          size_si(&l->p->sizes, (long)width), to->lo < 0);
  m.is_free = true;
  m.base = base;
  m.error = is_file || !port->is_real ? 0 : 0.5;
  for (size_t i = 0; i < node->shape.n; i++) {
    fmpz_set_si(m.lo + i, to->lo);
    fmpz_set_si(m.hi + i, to->hi);
  }
  double zero = (double)to->zero, scale = (double)to->scale;
  if (port->is_real && zero != 0)
    curve_with(&m.curve, SCALAR_SUB, ONNX_INT32, levels_keep(l, &zero, 1), 1,
               false);
  if (port->is_real)
    levels_scaled(l, &m, scale);
  l->of[x] = m;
  if (port->is_real)
    levels_note(l,
                "the circuit's input %s is the model's input quantised: "
                "round(x / %.9g) + %ld, from %ld to %ld",
                port->name, (double)to->scale, to->zero, to->lo, to->hi);
  return true;
}

/* The levels that the file quantises x to, if it does, perhaps after moving its
   elements. */
static const struct flow_node *find_quantise(const struct flow *f, flow_id x) {
  for (flow_id y = x + 1; y < f->nodes.n; y++) {
    const struct flow_node *node = f->nodes.at[y];
    if (!node->n || f->lists.at[node->first] != x)
      continue;
    if (node->kind == FLOW_QUANTISE && node->levels == 1)
      return node;
    const struct flow_node *next =
        node->kind == FLOW_MOVE && node->n == 1 ? find_quantise(f, y) : NULL;
    if (next)
      return next;
  }
  return NULL;
}

static bool read_input(struct levels *l, flow_id x) {
  const struct flow_node *node = flow_get(l->f, x);
  struct model_port *port = &l->m->inputs.at[node->port];
  struct model_range r = {-l->o->range, l->o->range};
  struct quantiser to;
  if (!port->is_real) {
    levels_make_input(l, x, &port->levels, node->type);
    if (l->o->ranges && isfinite(l->o->ranges[x].lo)) {
      l->of[x].from = l->o->ranges[x].lo;
      l->of[x].to = l->o->ranges[x].hi;
    }
    return true;
  }
  const struct flow_node *by = find_quantise(l->f, x);
  if (by)
    return levels_make_input(l, x, by->to, by->type);
  if (l->o->ranges && isfinite(l->o->ranges[x].lo))
    r = l->o->ranges[x];
  return levels_of_range(l, x, r, &to) &&
         levels_make_input(l, x, &to, ONNX_UNDEFINED);
}

/* ---- All nodes ---- */

static bool read_kind(struct levels *l, flow_id x) {
  switch (flow_get(l->f, x)->kind) {
  case FLOW_INPUT:
    return read_input(l, x);
  case FLOW_CONSTANT:
    return true;
  case FLOW_MOVE:
    return levels_move(l, x);
  case FLOW_SCALAR:
    return levels_scalar(l, x);
  case FLOW_CAST:
    return levels_cast(l, x);
  case FLOW_QUANTISE:
    return levels_quantise(l, x);
  case FLOW_LINEAR:
    return levels_linear(l, x);
  case FLOW_SUM:
    return levels_sum(l, x);
  case FLOW_GREATEST:
    return levels_greatest(l, x);
  case FLOW_ARGMAX:
    return levels_argmax(l, x);
  case FLOW_LOOK_UP:
    return levels_look_up(l, x);
  }
  BUG("a node of kind %d", flow_get(l->f, x)->kind);
}

static bool read_node(struct levels *l, flow_id x) {
  double scale;
  struct meaning *m = &l->of[x];
  if (!read_kind(l, x))
    return false;
  if (m->is_known && m->curve.n && curve_is_scale(&m->curve, &scale))
    levels_see(l, x, scale, m);
  return true;
}

/* Nodes that nothing reads have no part in the program. */
static bool *find_read(const struct flow *f, const struct model *m) {
  bool *is_read = xcalloc(f->nodes.n + 1, sizeof *is_read);
  for (size_t i = 0; i < m->outputs.n; i++)
    is_read[m->outputs.at[i].flow] = true;
  for (flow_id x = (flow_id)f->nodes.n; x-- > 0;) {
    is_read[x] |= f->nodes.at[x]->kind == FLOW_INPUT;
    for (size_t k = 0; is_read[x] && k < f->nodes.at[x]->n; k++)
      is_read[flow_operand(f, x, k)] = true;
  }
  return is_read;
}

bool levels_of_flow(struct levels *l) {
  bool ok = true, *is_read = find_read(l->f, l->m);
  l->of = xcalloc(l->f->nodes.n + 1, sizeof *l->of);
  l->kept = xcalloc(l->f->nodes.n + 1, sizeof *l->kept);
  for (flow_id x = 0; ok && x < l->f->nodes.n; x++)
    ok = !is_read[x] || read_node(l, x);
  free(is_read);
  return ok;
}
