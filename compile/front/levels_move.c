/* Elements that move. */
#include "compile/front/levels.h"
#include "compile/program/operations.h"

#include <math.h>

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
