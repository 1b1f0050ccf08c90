/* Integers for real numbers: of inputs, and of what layers compute. */
#include "compile/front/quantise.h"
#include "compile/front/translate.h"
#include "compile/program/operations.h"

#include <limits.h>
#include <math.h>
#include <string.h>

bool levels_of_type(enum onnx_type type, long *lo, long *hi, unsigned *width) {
  static const struct {
    enum onnx_type type;
    unsigned width;
    bool is_signed;
  } types[] = {{ONNX_UINT8, 8, false},   {ONNX_INT8, 8, true},
               {ONNX_UINT16, 16, false}, {ONNX_INT16, 16, true},
               {ONNX_INT32, 32, true},   {ONNX_INT64, 64, true},
               {ONNX_BOOL, 1, false},    {ONNX_UINT32, 32, false}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (types[i].type == type) {
      unsigned w = types[i].width;
      *width = w;
      *lo = !types[i].is_signed ? 0 : w == 64 ? LONG_MIN : -(1L << (w - 1));
      *hi = w == 64 ? LONG_MAX : (1L << (w - types[i].is_signed)) - 1;
      return true;
    }
  return false;
}

bool levels_of_inputs(struct translation *t, size_t i, struct quantiser *to,
                      enum onnx_type *type) {
  const struct meaning *scale, *zero;
  unsigned width;
  if (!translate_constant(t, i, true, "the scale", &scale) ||
      !translate_integers(t, i + 1, false, "the zero point", &zero))
    return false;
  if (scale->shape.n != 1 || (zero && zero->shape.n != 1))
    return translate_error(t, "activations must have one scale and one zero "
                              "point for the tensor");
  *type = zero ? zero->type : ONNX_UINT8;
  if (!levels_of_type(*type, &to->lo, &to->hi, &width) || width > 16)
    return translate_error(t, "zero point of type %s", onnx_type_name(*type));
  const char *name = t->g->values.at[onnx_input(t->g, t->node, i)].name;
  return quantiser_init(to, name, (float)scale->constant.at[0],
                        zero ? (long)zero->constant.at[0] : 0, to->lo, to->hi,
                        t->err);
}

void interval_fill(struct translation *t, struct meaning *x, long lo, long hi) {
  x->lo = translate_integers_alloc(t, x->shape.n);
  x->hi = translate_integers_alloc(t, x->shape.n);
  for (size_t i = 0; i < x->shape.n; i++) {
    fmpz_set_si(x->lo + i, lo);
    fmpz_set_si(x->hi + i, hi);
  }
}

/* ---- Levels of `bits` bits ---- */

/* The interval of the real numbers, from those of their integers. */
static struct model_range real_range(const struct meaning *x) {
  struct model_range r = {INFINITY, -INFINITY};
  mpz_t q;
  mpz_init(q);
  for (size_t i = 0; i < x->shape.n; i++)
    for (int end = 0; end < 2; end++) {
      fmpz_get_mpz(q, end ? x->hi + i : x->lo + i);
      double v = chain_value(&x->chain, i % old_lengths_last(&x->shape), q);
      r.lo = fmin(r.lo, v);
      r.hi = fmax(r.hi, v);
    }
  mpz_clear(q);
  return r;
}

bool translate_check_finite(struct translation *t, const struct meaning *x) {
  bool ok = true;
  mpz_t q;
  mpz_init(q);
  for (size_t i = 0; ok && i < x->shape.n; i++)
    for (int end = 0; ok && end < 2; end++) {
      fmpz_get_mpz(q, end ? x->hi + i : x->lo + i);
      ok = chain_is_finite(&x->chain, i % old_lengths_last(&x->shape), q);
    }
  mpz_clear(q);
  return ok || translate_error(t, "its real numbers can pass those of float32");
}

float translate_scale(double most, double steps) {
  int e = 0;
  if (!(most > 0))
    return 1;
  frexp(most / steps, &e); // most / steps < 2^e
  if (ldexp(steps, e - 1) >= most)
    e--;
  return (float)ldexp(1, e);
}

/* A power of two as scale. */
static bool levels_of_range(struct translation *t, struct model_range r,
                            value_id v, struct quantiser *to) {
  bool is_signed = r.lo < 0;
  unsigned bits = t->o->bits;
  long most = (1L << (bits - is_signed)) - 1;
  *to =
      (struct quantiser){.lo = is_signed ? -(1L << (bits - 1)) : 0, .hi = most};
  to->scale = translate_scale(fmax(fabs(r.lo), fabs(r.hi)), (double)most);
  t->m->is_exact = false;
  return (isfinite(to->scale) && to->scale > 0) ||
         error_set(t->err, 0, "the range of '%s' cannot be held",
                   t->g->values.at[v].name);
}

/* ---- Inputs ---- */

static bool same_levels(const struct quantiser *a, const struct quantiser *b) {
  return a->scale == b->scale && a->zero == b->zero && a->lo == b->lo &&
         a->hi == b->hi;
}

static void make_input(struct translation *t, const struct meaning *x,
                       const struct quantiser *to, enum onnx_type type) {
  struct model_port *port = &t->m->inputs.at[x->port];
  const struct lengths *shape = &t->of[port->value].shape;
  struct program *p = &t->m->program;
  unsigned width = t->o->bits;
  long lo, hi;
  if (type != ONNX_FLOAT)
    levels_of_type(type, &lo, &hi, &width);
  struct meaning made = {
      .kind = MEANING_INTEGER, .shape = *shape, .type = type};
  port->place = p->inputs.n;
  made.value = program_input(p, port->name, translate_dims(t, shape),
                             size_si(&p->sizes, (long)width), to->lo < 0);
  interval_fill(t, &made, to->lo, to->hi);
  port->levels = *to;
  t->quantised[x->port] = made;
  translate_note(t,
                 "the circuit's input %s is the model's input quantised: "
                 "round(x / %.9g) + %ld, from %ld to %ld",
                 port->name, (double)to->scale, to->zero, to->lo, to->hi);
}

bool translate_quantise_input(struct translation *t, const struct meaning *x,
                              const struct quantiser *to, enum onnx_type type,
                              struct meaning *r) {
  const struct model_port *port = &t->m->inputs.at[x->port];
  if (t->quantised[x->port].kind == MEANING_NONE)
    make_input(t, x, to, type);
  else if (!same_levels(&port->levels, to))
    return translate_error(t, "input '%s' is quantised in two ways",
                           port->name);
  *r = t->quantised[x->port];
  if (memcmp(&r->shape, &x->shape, sizeof r->shape))
    r->value = program_reshape(&t->m->program, port->name, r->value,
                               translate_dims(t, &x->shape));
  r->shape = x->shape;
  return true;
}

bool translate_as_real(struct translation *t, const struct meaning *x,
                       struct meaning *r) {
  struct quantiser to;
  if (x->kind == MEANING_REAL) {
    *r = *x;
    return true;
  }
  if (x->kind != MEANING_INPUT)
    return translate_error(t, "its input must be of real numbers");
  const struct model_port *port = &t->m->inputs.at[x->port];
  struct model_range range = {-t->o->range, t->o->range};
  if (t->o->ranges)
    range = t->o->ranges[port->value];
  if (t->quantised[x->port].kind != MEANING_NONE)
    to = port->levels;
  else if (!levels_of_range(t, range, port->value, &to))
    return false;
  if (!translate_quantise_input(t, x, &to, ONNX_FLOAT, r))
    return false;
  r->kind = MEANING_REAL;
  r->chain = (struct chain){.is_exact = true, .zero = to.zero};
  return chain_append(&t->m->program, &r->chain, CHAIN_MUL, &to.scale, 1);
}

/* ---- What layers compute ---- */

/* The interval of f of each integer: f is monotone. */
static void apply_ends(struct translation *t, const struct meaning *x,
                       const struct function *f, size_t n, struct meaning *y) {
  mpz_t q, end[2];
  mpz_inits(q, end[0], end[1], NULL);
  interval_fill(t, y, 0, 0);
  for (size_t i = 0; i < x->shape.n; i++) {
    for (int k = 0; k < 2; k++) {
      fmpz_get_mpz(q, k ? x->hi + i : x->lo + i);
      f[i % n].call(end[k], q, f[i % n].context);
    }
    bool flips = mpz_cmp(end[0], end[1]) > 0;
    fmpz_set_mpz(y->lo + i, end[flips]);
    fmpz_set_mpz(y->hi + i, end[!flips]);
  }
  mpz_clears(q, end[0], end[1], NULL);
}

bool translate_apply(struct translation *t, const char *name,
                     const struct meaning *x, const struct quantiser *to,
                     struct meaning *r) {
  struct program *p = &t->m->program;
  size_t n = 1;
  if (!translate_check_finite(t, x))
    return false;
  for (size_t k = 0; k < x->chain.n; k++)
    if (x->chain.link[k].n > n)
      n = x->chain.link[k].n;
  struct function *f = xmalloc(n * sizeof *f);
  for (size_t i = 0; i < n; i++)
    f[i] = chain_function(p, &x->chain, i, to);
  struct meaning y = {.kind = MEANING_INTEGER, .shape = x->shape};
  y.value = program_apply(p, name, x->value, f, n);
  apply_ends(t, x, f, n, &y);
  free(f);
  *r = y;
  return true;
}

static bool fits_bits(const struct translation *t, const struct meaning *x) {
  bool ok = true;
  fmpz_t width;
  fmpz_init(width);
  for (size_t i = 0; ok && i < x->shape.n; i++) {
    fmpz_sub(width, x->hi + i, x->lo + i);
    ok = fmpz_bits(width) <= t->o->bits;
  }
  fmpz_clear(width);
  return ok;
}

bool translate_to_levels(struct translation *t, const struct meaning *x,
                         value_id v, struct meaning *r) {
  struct meaning *kept = &t->levels[v];
  if (kept->kind == MEANING_NONE) {
    struct quantiser to;
    struct model_range range = t->o->ranges ? t->o->ranges[v] : real_range(x);
    if (!levels_of_range(t, range, v, &to) ||
        !translate_apply(t, t->g->values.at[v].name, x, &to, kept))
      return false;
    kept->kind = MEANING_REAL;
    kept->chain = (struct chain){.is_exact = true};
    chain_append(&t->m->program, &kept->chain, CHAIN_MUL, &to.scale, 1);
  }
  *r = *kept;
  return true;
}

bool translate_as_levels(struct translation *t, const struct meaning *x,
                         value_id v, struct meaning *r, float *scale) {
  *r = *x;
  return (chain_is_scale(&x->chain, scale) && fits_bits(t, x)) ||
         (translate_to_levels(t, x, v, r) && chain_is_scale(&r->chain, scale));
}
