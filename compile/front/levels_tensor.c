/* Elements that move, and what is done along the last axis. */
#include "compile/front/levels.h"
#include "compile/program/operations.h"

#include <math.h>
#include <string.h>

/* ---- Moves ---- */

static void move_intervals(const struct meaning *from, const uint32_t *map,
                           struct meaning *to) {
  for (size_t i = 0; i < to->shape.n; i++) {
    size_t k = map ? map[i] : i;
    fmpz_set(to->lo + i, from->lo + k);
    fmpz_set(to->hi + i, from->hi + k);
  }
}

/* One tensor keeps what it stands for. */
static bool move_one(struct levels *l, flow_id x) {
  const struct flow_node *node = flow_get(l->f, x);
  struct meaning m = *levels_get(l, flow_operand(l->f, x, 0));
  if (node->map) {
    struct meaning to = m;
    to.shape = node->shape;
    to.lo = levels_integers(l, node->shape.n);
    to.hi = levels_integers(l, node->shape.n);
    to.curve = curve_move(l->p, &m.curve, node->shape.n, node->map);
    to.value =
        program_pick(l->p, levels_name(l, x), m.value,
                     levels_dims(l, &node->shape), node->map, node->shape.n);
    move_intervals(&m, node->map, &to);
    m = to;
  }
  m.shape = node->shape;
  l->of[x] = m;
  return true;
}

/* Several become integers in a common unit. */
struct parts {
  struct meaning *m; // [operands]
  double *scale;     // 0 of constants
  double unit;
};

static bool find_unit(struct levels *l, flow_id x, struct parts *k) {
  const struct flow_node *node = flow_get(l->f, x);
  long factor[2];
  k->unit = 0;
  for (size_t i = 0; i < node->n; i++) {
    flow_id a = flow_operand(l->f, x, i);
    if (flow_is_constant(l->f, a))
      continue;
    if (!levels_as_number(l, a, &k->m[i], &k->scale[i]))
      return false;
    double both[] = {k->scale[i], k->unit};
    if (k->unit == 0)
      k->unit = k->scale[i];
    else if (!levels_common_unit(both, factor, &k->unit))
      return levels_error(l, x,
                          "the scales %g and %g of its inputs do not fit "
                          "each other",
                          both[0], both[1]);
  }
  return true;
}

/* Part i as a vector in units; its intervals go to `all` from `place` on. */
static value_id add_part(struct levels *l, flow_id x, struct parts *k, size_t i,
                         struct meaning *all, size_t place) {
  flow_id a = flow_operand(l->f, x, i);
  const struct lengths *s = flow_shape(l->f, a);
  struct dims dims = vector(size_si(&l->p->sizes, (long)s->n));
  struct meaning m;
  if (flow_is_constant(l->f, a)) {
    double error;
    fmpz *at = levels_constant(l, flow_get(l->f, a), k->unit, &error);
    for (size_t j = 0; j < s->n; j++) {
      fmpz_set(all->lo + place + j, at + j);
      fmpz_set(all->hi + place + j, at + j);
    }
    all->error = fmax(all->error, error / k->unit);
    return program_constant(l->p, "", dims, at, s->n);
  }
  long factor = lrint(k->scale[i] / k->unit);
  const struct meaning *from = &k->m[i];
  if (factor != 1)
    levels_combine(l, a, &from, &factor, 1, NULL, &m);
  else
    m = *from;
  for (size_t j = 0; j < s->n; j++) {
    fmpz_set(all->lo + place + j, m.lo + j);
    fmpz_set(all->hi + place + j, m.hi + j);
  }
  all->error = fmax(all->error, m.error);
  all->is_free &= m.is_free;
  all->curve.is_exact &= from->curve.is_exact;
  return program_reshape(l->p, "", m.value, dims);
}

static bool move_parts(struct levels *l, flow_id x, struct parts *k,
                       value_id *part) {
  const struct flow_node *node = flow_get(l->f, x);
  size_t n = 0, place = 0;
  if (!find_unit(l, x, k))
    return false;
  for (size_t i = 0; i < node->n; i++)
    n += flow_shape(l->f, flow_operand(l->f, x, i))->n;
  struct meaning all = {.shape = {.rank = 1, .at = {n}, .n = n},
                        .lo = levels_integers(l, n),
                        .hi = levels_integers(l, n),
                        .is_free = true,
                        .from = -INFINITY,
                        .to = INFINITY,
                        .curve = curve_identity(true)};
  for (size_t i = 0; i < node->n; i++) {
    part[i] = add_part(l, x, k, i, &all, place);
    place += flow_shape(l->f, flow_operand(l->f, x, i))->n;
  }
  value_id joined = program_concat(l->p, "", part, node->n, 0);
  struct meaning r = levels_new(l, x,
                                program_pick(l->p, levels_name(l, x), joined,
                                             levels_dims(l, &node->shape),
                                             node->map, node->shape.n),
                                all.curve.is_exact);
  move_intervals(&all, node->map, &r);
  r.error = all.error;
  r.is_free = all.is_free;
  if (flow_is_real(l->f, x))
    levels_scaled(l, &r, k->unit);
  else
    r.curve.is_exact = false;
  l->of[x] = r;
  return true;
}

bool levels_move(struct levels *l, flow_id x) {
  size_t n = flow_get(l->f, x)->n;
  if (n == 1)
    return move_one(l, x);
  struct parts k = {.m = xcalloc(n, sizeof *k.m),
                    .scale = xcalloc(n, sizeof *k.scale)};
  value_id *part = xmalloc(n * sizeof *part);
  bool ok = move_parts(l, x, &k, part);
  free(k.m);
  free(k.scale);
  free(part);
  return ok;
}

/* ---- Matrices ---- */

struct weights {
  size_t rows, columns;
  fmpz *at, *bias;
  double *lost; // [rows * columns]: of each, in units of its own
};

static void weights_init(struct levels *l, struct weights *w,
                         const struct lengths *s) {
  w->rows = s->at[0];
  w->columns = s->at[1];
  w->at = levels_integers(l, s->n);
  w->bias = levels_integers(l, w->rows);
  w->lost = xcalloc(s->n + 1, sizeof *w->lost);
}

/* r = w x + bias, for rows of x. */
static void multiply_rows(struct levels *l, flow_id x, const struct meaning *m,
                          const struct weights *w, struct meaning *r) {
  *r = levels_new(l, x, 0, m->curve.is_exact);
  r->value = program_linear(l->p, levels_name(l, x), levels_value(l, m),
                            w->rows, w->columns, w->at, w->bias);
  for (size_t i = 0; i < r->shape.n; i++) {
    size_t row = i % w->rows, from = i / w->rows * w->columns;
    double error = 0;
    fmpz_set(r->lo + i, w->bias + row);
    fmpz_set(r->hi + i, w->bias + row);
    for (size_t k = 0; k < w->columns; k++) {
      const fmpz *by = w->at + row * w->columns + k;
      const fmpz *lo = m->lo + from + k, *hi = m->hi + from + k;
      fmpz_addmul(r->lo + i, by, fmpz_sgn(by) < 0 ? hi : lo);
      fmpz_addmul(r->hi + i, by, fmpz_sgn(by) < 0 ? lo : hi);
      struct interval seen = levels_interval(m, from + k);
      double most = fmax(fabs(seen.lo), fabs(seen.hi));
      error += fabs(fmpz_get_d(by)) * m->error +
               w->lost[row * w->columns + k] * (most + m->error);
    }
    r->error = fmax(r->error, error);
  }
}

/* Sums of products of levels, of a matrix that was dequantised, as fused
   kernels have them: m stands for scale * (integer - zero). */
static bool is_of_levels(const struct meaning *m, const struct flow_node *w,
                         double *scale, long *zero) {
  const struct dequantised *d = &w->levels_of;
  double factor;
  if (!d->level || m->curve.is_exact || !curve_is_affine(&m->curve, &factor) ||
      factor < 0 || m->curve.n > 2 || (d->scales != 1 && d->axis != 0))
    return false;
  *scale = factor;
  *zero = 0;
  const struct curve_step *s = &m->curve.step[0];
  if (m->curve.n == 0 || (m->curve.n == 1 && s->op == SCALAR_MUL))
    return true;
  *zero = s->n == 1 ? (long)s->at[0] : 0;
  return s->op == SCALAR_SUB && s->operand[1] == CURVE_CONSTANT && s->n == 1 &&
         onnx_type_is_integer(s->type) && m->curve.step[1].op == SCALAR_MUL;
}

static bool multiply_levels(struct levels *l, flow_id x,
                            const struct meaning *m, const struct flow_node *c,
                            double scale, long zero, struct meaning *r) {
  const struct dequantised *d = &c->levels_of;
  struct weights w;
  weights_init(l, &w, &c->shape);
  for (size_t i = 0; i < c->shape.n; i++) {
    fmpz_set_si(w.at + i, d->level[i]);
    fmpz_submul_si(w.bias + i / w.columns, w.at + i, zero);
  }
  multiply_rows(l, x, m, &w, r);
  free(w.lost);
  double *unit = program_alloc(l->p, d->scales, sizeof *unit);
  for (size_t k = 0; k < d->scales; k++) {
    unit[k] = (double)((float)scale * d->scale[k]);
    if (!isfinite(unit[k]) || !(unit[k] > 0))
      return levels_error(l, x, "the scale of its sums is %g", unit[k]);
  }
  r->is_sum = true;
  r->base = ONNX_INT32;
  r->curve = curve_identity(false);
  return curve_with(&r->curve, SCALAR_MUL, ONNX_FLOAT, unit, d->scales, false);
}

enum {
  GUARD = 4 // bits that weights have beyond those of activations: no gate
            // depends on how long a weight is
};

/* The least power of two with which levels hold a row; 0 if all of it is 0. */
static bool row_scale(struct levels *l, flow_id x, const double *row, size_t n,
                      double *scale) {
  double most = 0;
  for (size_t k = 0; k < n; k++) {
    if (!isfinite(row[k]))
      return levels_error(l, x, "its matrix has an element that is %g", row[k]);
    most = fmax(most, fabs(row[k]));
  }
  *scale =
      most > 0 ? levels_scale(most, (1L << (l->o->bits + GUARD - 1)) - 1) : 0;
  return true;
}

/* Weights of real numbers are quantised: levels times a power of two for each
   row, in the least of these as their unit. */
static bool quantise_rows(struct levels *l, flow_id x,
                          const struct flow_node *c, struct weights *w,
                          double *unit) {
  double *scale = xmalloc((w->rows + 1) * sizeof *scale);
  bool ok = true;
  *unit = INFINITY;
  for (size_t r = 0; ok && r < w->rows; r++) {
    ok = row_scale(l, x, c->at + r * w->columns, w->columns, &scale[r]);
    if (ok && scale[r] > 0)
      *unit = fmin(*unit, scale[r]);
  }
  *unit = isfinite(*unit) ? *unit : 1;
  l->m->is_exact = false;
  for (size_t i = 0; ok && i < c->shape.n; i++) {
    double s = scale[i / w->columns];
    double q = s > 0 ? c->at[i] / s : 0, by = s > 0 ? s / *unit : 1;
    ok = by < 0x1p100 || levels_error(l, x, "its rows are too far apart");
    if (ok)
      fmpz_set_d(w->at + i, rint(q) * by);
    w->lost[i] = fabs(q - rint(q)) * by;
  }
  free(scale);
  return ok;
}

static bool multiply_reals(struct levels *l, flow_id x,
                           const struct flow_node *c, struct meaning *r) {
  struct meaning m;
  struct weights w;
  double scale, unit;
  if (!levels_as_levels(l, flow_operand(l->f, x, 0), false, &m, &scale))
    return false;
  weights_init(l, &w, &c->shape);
  bool ok = quantise_rows(l, x, c, &w, &unit);
  if (ok)
    multiply_rows(l, x, &m, &w, r);
  free(w.lost);
  unit *= scale;
  r->curve = curve_identity(true);
  return ok && levels_scaled(l, r, unit);
}

static bool multiply_integers(struct levels *l, flow_id x,
                              const struct flow_node *c, struct meaning *r) {
  struct meaning m;
  struct weights w;
  if (!levels_as_integers(l, flow_operand(l->f, x, 0), &m))
    return false;
  weights_init(l, &w, &c->shape);
  for (size_t i = 0; i < c->shape.n; i++)
    fmpz_set_d(w.at + i, c->at[i]);
  multiply_rows(l, x, &m, &w, r);
  free(w.lost);
  r->base = flow_get(l->f, x)->type;
  return levels_wrap(l, x, r);
}

/* The accumulator of a runtime has 32 bits. */
static bool check_accumulator(struct levels *l, flow_id x,
                              const struct meaning *r) {
  for (size_t i = 0; i < r->shape.n; i++)
    if (fmpz_cmp_si(r->lo + i, INT32_MIN) < 0 ||
        fmpz_cmp_si(r->hi + i, INT32_MAX) > 0)
      return levels_error(l, x, "its sums can pass 32 bits");
  return true;
}

bool levels_linear(struct levels *l, flow_id x) {
  const struct flow_node *c = flow_get(l->f, flow_operand(l->f, x, 1));
  const struct meaning *m = levels_get(l, flow_operand(l->f, x, 0));
  struct meaning r;
  double scale;
  long zero;
  if (!flow_is_real(l->f, x)) {
    if (!multiply_integers(l, x, c, &r))
      return false;
  } else if (is_of_levels(m, c, &scale, &zero)) {
    if (!multiply_levels(l, x, m, c, scale, zero, &r) ||
        !check_accumulator(l, x, &r))
      return false;
  } else if (!multiply_reals(l, x, c, &r)) {
    return false;
  }
  l->of[x] = r;
  return true;
}

/* ---- Sums, greatest elements, places of them ---- */

static void set_curve(struct levels *l, flow_id x, double scale,
                      struct meaning *r) {
  if (flow_is_real(l->f, x))
    levels_scaled(l, r, scale);
  else
    r->curve.is_exact = false;
}

static size_t row_length(const struct levels *l, flow_id x) {
  return lengths_last(flow_shape(l->f, flow_operand(l->f, x, 0)));
}

bool levels_sum(struct levels *l, flow_id x) {
  struct meaning m, r;
  double scale;
  size_t n = row_length(l, x);
  if (!levels_as_number(l, flow_operand(l->f, x, 0), &m, &scale))
    return false;
  value_id y = program_sum(l->p, levels_name(l, x), levels_value(l, &m));
  r = levels_new(l, x, y, m.curve.is_exact);
  for (size_t i = 0; i < m.shape.n; i++) {
    fmpz_add(r.lo + i / n, r.lo + i / n, m.lo + i);
    fmpz_add(r.hi + i / n, r.hi + i / n, m.hi + i);
  }
  r.error = m.error * (double)n;
  r.is_free = m.is_free && n == 1;
  set_curve(l, x, scale, &r);
  if (!flow_is_real(l->f, x) && !levels_wrap(l, x, &r))
    return false;
  l->of[x] = r;
  return true;
}

/* Constants that are never the greatest of their row have another's place: what
   masks hide has no gates. */
static value_id without_hidden(struct levels *l, flow_id x, struct meaning *m) {
  size_t n = row_length(l, x);
  uint32_t *map = xmalloc((m->shape.n + 1) * sizeof *map);
  bool any = false;
  for (size_t i = 0; i < m->shape.n; i++) {
    size_t row = i / n * n, most = row;
    for (size_t k = row + 1; k < row + n; k++)
      if (fmpz_cmp(m->lo + k, m->lo + most) > 0)
        most = k;
    bool is_hidden = i != most && fmpz_equal(m->lo + i, m->hi + i) &&
                     fmpz_cmp(m->hi + i, m->lo + most) <= 0;
    map[i] = (uint32_t)(is_hidden ? most : i);
    any |= is_hidden;
  }
  value_id v = levels_value(l, m);
  if (any)
    v = program_pick(l->p, levels_name(l, x), v, program_dims(l->p, v), map,
                     m->shape.n);
  free(map);
  return v;
}

/* Of the numbers themselves, so that one of them less the greatest is 0. */
bool levels_greatest(struct levels *l, flow_id x) {
  struct meaning m, r;
  double scale;
  size_t n = row_length(l, x);
  if (!levels_as_number(l, flow_operand(l->f, x, 0), &m, &scale))
    return false;
  r = levels_new(l, x, 0, m.curve.is_exact);
  r.value = program_maximum(l->p, levels_name(l, x), without_hidden(l, x, &m));
  for (size_t i = 0; i < m.shape.n; i++) {
    fmpz *lo = r.lo + i / n, *hi = r.hi + i / n;
    if (i % n == 0 || fmpz_cmp(m.lo + i, lo) > 0)
      fmpz_set(lo, m.lo + i);
    if (i % n == 0 || fmpz_cmp(m.hi + i, hi) > 0)
      fmpz_set(hi, m.hi + i);
  }
  r.error = m.error;
  r.base = m.base;
  r.is_free = n == 1 && m.is_free;
  set_curve(l, x, scale, &r);
  l->of[x] = r;
  return true;
}

enum {
  ORDER_MAX = 1 << 22 // steps of all functions into the order of float32
};

static bool check_steps(struct levels *l, flow_id x, const struct meaning *m) {
  double steps = 0;
  for (size_t i = 0; i < m->shape.n; i++)
    steps += fmpz_get_d(m->hi + i) - fmpz_get_d(m->lo + i);
  return steps <= ORDER_MAX ||
         levels_error(l, x,
                      "its float32 inputs can have more than 2^22 "
                      "values; quantise them first");
}

/* Integers in the order of a: its own, or levels, or the order of float32. */
static bool in_order(struct levels *l, flow_id x, struct meaning *r) {
  flow_id a = flow_operand(l->f, x, 0);
  struct meaning *m = levels_get(l, a);
  double scale;
  if (!flow_is_real(l->f, a))
    return levels_as_integers(l, a, r);
  if (m->curve.is_exact)
    return levels_as_number(l, a, r, &scale);
  mpz_t lo, hi;
  mpz_inits(lo, hi, NULL);
  levels_bounds(m, lo, hi);
  bool keeps = curve_keeps_order(&m->curve, lo, hi), ok = true;
  *r = *m;
  if (!keeps && (ok = check_steps(l, x, m))) {
    size_t n = curve_period(&m->curve);
    struct function *f = xmalloc(n * sizeof *f);
    struct lengths two = {.rank = 2, .at = {m->shape.n / n, n}};
    two.n = m->shape.n;
    curve_orders(l->p, &m->curve, n, lo, hi, f);
    value_id v = program_reshape(l->p, "", m->value, levels_dims(l, &two));
    r->value = program_apply(l->p, levels_name(l, x), v, f, n);
    free(f);
  }
  mpz_clears(lo, hi, NULL);
  return ok;
}

bool levels_argmax(struct levels *l, flow_id x) {
  struct meaning m, r;
  size_t n = row_length(l, x);
  const struct flow_node *node = flow_get(l->f, x);
  if (!in_order(l, x, &m))
    return false;
  if (node->has_order && flow_get(l->f, node->order)->node)
    levels_note(l, "%s is left out: ArgMax of it is ArgMax of its input",
                onnx_show_node(flow_get(l->f, node->order)->node).text);
  r = levels_new(l, x, 0, false);
  r.value = program_argmax(l->p, levels_name(l, x), levels_value(l, &m));
  for (size_t i = 0; i < r.shape.n; i++)
    fmpz_set_si(r.hi + i, (long)n - 1);
  l->of[x] = r;
  return true;
}

/* ---- Tables ---- */

/* Clipped to [0..n), in one ladder, of which all columns are functions. */
static value_id as_ladder(struct levels *l, flow_id x, value_id v, size_t n) {
  long *at = xmalloc(n * sizeof *at);
  for (size_t i = 0; i < n; i++)
    at[i] = (long)i;
  v = program_table(l->p, levels_name(l, x), v, at, n, 0);
  free(at);
  return v;
}

/* The places in one ladder each, of n values: rows from the end stand below 0,
   so there the table has all rows twice. */
static value_id places(struct levels *l, flow_id x, const struct meaning *m,
                       size_t rows, size_t *n) {
  struct meaning moved = *m;
  bool has_negative = false;
  for (size_t i = 0; i < m->shape.n; i++)
    has_negative |= fmpz_sgn(m->lo + i) < 0;
  if (has_negative) {
    fmpz *by = levels_integers(l, m->shape.n);
    for (size_t i = 0; i < m->shape.n; i++)
      fmpz_set_ui(by + i, rows);
    levels_combine(l, flow_operand(l->f, x, 0), &m, (long[]){1}, 1, by, &moved);
  }
  *n = has_negative ? 2 * rows : rows;
  struct lengths flat = {.rank = 1, .at = {m->shape.n}, .n = m->shape.n};
  value_id v = program_reshape(l->p, "", moved.value, levels_dims(l, &flat));
  return as_ladder(l, x, v, *n);
}

/* Integer i of r is one of a column of the table. */
static void set_columns(struct meaning *r, const fmpz *table, size_t rows,
                        size_t columns) {
  for (size_t i = 0; i < r->shape.n; i++)
    for (size_t k = 0; k < rows; k++) {
      const fmpz *v = table + k * columns + i % columns;
      if (!k || fmpz_cmp(v, r->lo + i) < 0)
        fmpz_set(r->lo + i, v);
      if (!k || fmpz_cmp(v, r->hi + i) > 0)
        fmpz_set(r->hi + i, v);
    }
}

bool levels_look_up(struct levels *l, flow_id x) {
  const struct flow_node *c = flow_get(l->f, flow_operand(l->f, x, 1));
  struct meaning m, r;
  struct model_range range = {0, 0};
  struct quantiser to = {.scale = 1};
  size_t rows = c->shape.at[0], columns = c->shape.at[1], n;
  bool is_real = flow_is_real(l->f, x);
  double error;
  if (!levels_as_integers(l, flow_operand(l->f, x, 0), &m))
    return false;
  for (size_t i = 0; i < c->shape.n; i++) {
    range.lo = fmin(range.lo, c->at[i]);
    range.hi = fmax(range.hi, c->at[i]);
  }
  if (is_real && !levels_of_range(l, x, range, &to))
    return false;
  fmpz *one = levels_constant(l, c, (double)to.scale, &error);
  fmpz *at = levels_integers(l, 2 * c->shape.n);
  for (size_t i = 0; i < 2 * c->shape.n; i++)
    fmpz_set(at + i, one + i % c->shape.n);
  value_id place = places(l, x, &m, rows, &n);
  r = levels_new(l, x, 0, is_real);
  r.value = program_look_up(l->p, levels_name(l, x), place,
                            &(struct matrix){n, columns, at}, n,
                            size_si(&l->p->sizes, (long)columns));
  set_columns(&r, one, rows, columns);
  r.error = error / (double)to.scale;
  r.is_free = true;
  set_curve(l, x, (double)to.scale, &r);
  l->of[x] = r;
  return true;
}
