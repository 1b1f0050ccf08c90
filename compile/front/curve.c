/* Curves: made, moved, and known as intervals. Their values are in
   curve_values.c. */
#include "compile/front/curve.h"
#include "compile/front/curve_parts.h"
#include "compile/front/flow_parts.h"

#include <math.h>
#include <string.h>

struct curve curve_identity(bool is_exact) {
  struct curve c;
  c.is_exact = is_exact;
  c.n = 0;
  return c;
}

static bool push(struct curve *c, struct curve_step step) {
  if (c->n == CURVE_STEPS)
    return false;
  c->step[c->n++] = step;
  return true;
}

bool curve_unary(struct curve *c, enum scalar op, enum onnx_type type) {
  return push(c, (struct curve_step){
                     .op = op,
                     .type = type,
                     .operand = {(signed char)c->n, (signed char)c->n}});
}

bool curve_with(struct curve *c, enum scalar op, enum onnx_type type,
                const double *at, size_t n, bool is_first) {
  signed char last = (signed char)c->n;
  struct curve_step step = {.op = op, .type = type, .at = at, .n = n};
  step.operand[0] = is_first ? CURVE_CONSTANT : last;
  step.operand[1] = is_first ? last : CURVE_CONSTANT;
  return push(c, step);
}

/* Steps are equal if they do the same to the same constants. */
static bool same_step(const struct curve_step *a, const struct curve_step *b) {
  bool same = a->op == b->op && a->type == b->type && a->n == b->n &&
              a->operand[0] == b->operand[0] && a->operand[1] == b->operand[1];
  return same &&
         (a->at == b->at || !memcmp(a->at, b->at, a->n * sizeof *a->at));
}

/* The register where c has the step, which it has already or not. */
static bool add_step(struct curve *c, const struct curve_step *step,
                     signed char *at) {
  for (unsigned k = 0; k < c->n; k++)
    if (same_step(&c->step[k], step)) {
      *at = (signed char)(k + 1);
      return true;
    }
  *at = (signed char)(c->n + 1);
  return push(c, *step);
}

bool curve_join(struct curve *c, const struct curve *a, const struct curve *b,
                enum scalar op, enum onnx_type type) {
  signed char to[CURVE_STEPS + 1] = {0};
  struct curve joined = *a;
  for (unsigned k = 0; k < b->n; k++) {
    struct curve_step step = b->step[k];
    for (int i = 0; i < 2; i++)
      if (step.operand[i] != CURVE_CONSTANT)
        step.operand[i] = to[step.operand[i]];
    if (!add_step(&joined, &step, &to[k + 1]))
      return false;
  }
  struct curve_step last = {.op = op, .type = type};
  last.operand[0] = (signed char)a->n;
  last.operand[1] = to[b->n];
  *c = joined;
  return push(c, last);
}

size_t curve_period(const struct curve *c) {
  size_t n = 1;
  for (unsigned k = 0; k < c->n; k++)
    if (c->step[k].n > n)
      n = c->step[k].n;
  return n;
}

struct curve curve_move(struct program *p, const struct curve *c, size_t n,
                        const uint32_t *map) {
  struct curve moved = *c;
  for (unsigned k = 0; k < c->n; k++) {
    struct curve_step *s = &moved.step[k];
    if (s->n <= 1 || !map)
      continue;
    double *at = program_alloc(p, n, sizeof *at);
    for (size_t i = 0; i < n; i++)
      at[i] = c->step[k].at[map[i] % s->n];
    s->at = at;
    s->n = n;
  }
  return moved;
}

/* ---- Affine ones ---- */

static bool is_one_constant(const struct curve_step *s) {
  return s->n == 1 && isfinite(s->at[0]);
}

static bool reads_last(const struct curve_step *s, unsigned k) {
  return (s->operand[0] == (int)k || s->operand[0] == CURVE_CONSTANT) &&
         (s->operand[1] == (int)k || s->operand[1] == CURVE_CONSTANT);
}

bool curve_is_affine(const struct curve *c, double *factor) {
  *factor = 1;
  for (unsigned k = 0; k < c->n; k++) {
    const struct curve_step *s = &c->step[k];
    if (!reads_last(s, k))
      return false;
    if (s->op == SCALAR_NEG)
      *factor = -*factor;
    else if (s->op == SCALAR_MUL && s->n && is_one_constant(s))
      *factor *= s->at[0];
    else if (s->op == SCALAR_DIV && s->n && s->operand[1] == CURVE_CONSTANT &&
             is_one_constant(s))
      *factor /= s->at[0];
    else if (s->op == SCALAR_SUB && s->n)
      *factor *= s->operand[0] == CURVE_CONSTANT ? -1 : 1;
    else if (s->op != SCALAR_ADD || !s->n)
      return false;
  }
  return isfinite(*factor) && *factor != 0;
}

bool curve_is_linear(const struct curve *c) {
  for (unsigned k = 0; k < c->n; k++) {
    const struct curve_step *s = &c->step[k];
    bool is_known = s->op == SCALAR_ADD || s->op == SCALAR_SUB ||
                    s->op == SCALAR_MUL || s->op == SCALAR_NEG ||
                    (s->op == SCALAR_DIV && s->operand[1] == CURVE_CONSTANT);
    if (!is_known || !reads_last(s, k) || (s->op != SCALAR_NEG && !s->n))
      return false;
  }
  return true;
}

double curve_offset(const struct curve *c, size_t place) {
  return curve_span(c, place, 0, 0, 0).lo;
}

bool curve_is_scale(const struct curve *c, double *factor) {
  for (unsigned k = 0; k < c->n; k++)
    if (c->step[k].op == SCALAR_ADD || c->step[k].op == SCALAR_SUB)
      return false;
  return curve_is_affine(c, factor) && *factor > 0;
}

/* ---- Intervals ---- */

static struct interval constant_span(const struct curve_step *s, size_t place) {
  double v = s->at[place % s->n];
  return (struct interval){v, v, 0};
}

/* Rounding of doubles, where the result is not exact: libm is right to some
   units in the last place. */
static double rounding(const struct curve_step *s, double a, double b,
                       double y) {
  bool is_exact = false;
  switch (s->op) {
  case SCALAR_ADD:
    is_exact = y - a == b && y - b == a;
    break;
  case SCALAR_SUB:
    is_exact = a - y == b && y + b == a;
    break;
  case SCALAR_MUL:
    is_exact = fma(a, b, -y) == 0;
    break;
  case SCALAR_DIV:
    is_exact = fma(y, b, -a) == 0;
    break;
  default:
    is_exact = s->op == SCALAR_MAX || s->op == SCALAR_MIN ||
               s->op == SCALAR_NEG || s->op == SCALAR_ABS ||
               (scalar_jumps(s->op) && s->op != SCALAR_MOD);
  }
  return is_exact ? 0 : fabs(y) * 0x1p-49 + 0x1p-1060;
}

/* Integers wrap around; where that may happen all of the type is possible. */
static struct interval wrapped(enum onnx_type type, struct interval y) {
  int64_t lo, hi;
  onnx_type_range(type, &lo, &hi);
  y.error = 0;
  if (y.lo >= (double)lo && y.hi <= (double)hi)
    return y;
  if (y.lo == y.hi && fabs(y.lo) < 0x1p62) {
    y.lo = y.hi = (double)flow_wrap(type, (int64_t)y.lo);
    return y;
  }
  return (struct interval){(double)lo, (double)hi, 0};
}

void curve_registers(const struct curve *c, size_t place, struct interval base,
                     struct interval *at) {
  at[0] = base;
  for (unsigned k = 0; k < c->n; k++) {
    const struct curve_step *s = &c->step[k];
    struct interval x[2];
    for (int i = 0; i < 2; i++)
      x[i] = s->operand[i] == CURVE_CONSTANT ? constant_span(s, place)
                                             : at[s->operand[i]];
    struct interval y = scalar_span(s->op, x[0], x[1]);
    bool is_whole = onnx_type_is_integer(s->type);
    if (s->op == SCALAR_MUL && s->operand[0] == s->operand[1])
      y = scalar_span(SCALAR_POW, x[0], (struct interval){2, 2, 0});
    if (s->op == SCALAR_DIV && is_whole)
      y = (struct interval){trunc(y.lo), trunc(y.hi), 0};
    if (is_whole)
      y = wrapped(s->type, y);
    else if (y.lo == y.hi)
      y.error += rounding(s, x[0].lo, x[1].lo, y.lo);
    at[k + 1] = y;
  }
}

struct interval curve_span(const struct curve *c, size_t place, double lo,
                           double hi, double error) {
  struct interval at[CURVE_STEPS + 1];
  curve_registers(c, place, (struct interval){lo, hi, error}, at);
  return at[c->n];
}

/* What a step does in the direction of register x, whose own is given. */
static int step_direction(const struct curve_step *s, const int *direction,
                          const struct interval *x) {
  int sum[2] = {0, 0};
  for (unsigned i = 0; i < 2; i++) {
    if (s->operand[i] == CURVE_CONSTANT)
      continue;
    sum[i] = direction[s->operand[i]] * scalar_direction(s->op, i, x[0], x[1]);
    if (!sum[i] || !scalar_is_binary(s->op))
      return sum[i];
  }
  if (!sum[0] || !sum[1])
    return sum[0] + sum[1];
  return sum[0] == sum[1] ? sum[0] : 0;
}

/* A step of integers that may wrap around has none. */
int curve_direction(const struct curve *c, size_t place, double lo, double hi) {
  struct interval at[CURVE_STEPS + 1];
  int direction[CURVE_STEPS + 1] = {1};
  curve_registers(c, place, (struct interval){lo, hi, 0}, at);
  for (unsigned k = 0; k < c->n; k++) {
    const struct curve_step *s = &c->step[k];
    struct interval x[2];
    for (int i = 0; i < 2; i++)
      x[i] = s->operand[i] == CURVE_CONSTANT ? constant_span(s, place)
                                             : at[s->operand[i]];
    direction[k + 1] = step_direction(s, direction, x);
    struct interval y = scalar_span(s->op, x[0], x[1]);
    int64_t least, most;
    onnx_type_range(s->type, &least, &most);
    if (onnx_type_is_integer(s->type) &&
        !(y.lo >= (double)least && y.hi <= (double)most))
      direction[k + 1] = 0;
    if (isnan(y.lo) || isnan(y.hi))
      direction[k + 1] = 0;
  }
  return direction[c->n];
}
