/* Sums, greatest elements and places of them, and rows of tables. */
#include "compile/front/levels.h"
#include "compile/program/operations.h"

#include <math.h>

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
