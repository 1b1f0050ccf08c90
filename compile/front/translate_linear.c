/* MatMul, Gemm, MatMulInteger, QLinearMatMul: a constant matrix times a vector,
   which is free, and for QLinearMatMul one ladder for each element. */
#include "compile/front/quantise.h"
#include "compile/front/translate.h"
#include "compile/program/operations.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include <flint/fmpz_vec.h>

/* A matrix of integers as program_linear() takes it, and a bias. */
struct weights {
  size_t rows, columns; // outputs, inputs
  fmpz *at, *bias;
};

static void weights_init(struct weights *w, size_t rows, size_t columns) {
  *w = (struct weights){rows, columns, _fmpz_vec_init((slong)(rows * columns)),
                        _fmpz_vec_init((slong)rows)};
}

static void weights_clear(struct weights *w) {
  _fmpz_vec_clear(w->at, (slong)(w->rows * w->columns));
  _fmpz_vec_clear(w->bias, (slong)w->rows);
}

/* x times b along x's last axis: their shapes fit, and b is constant. */
static bool check_matrix(struct translation *t, const struct meaning *x,
                         const struct meaning *b, bool is_transposed) {
  if (!x || x->kind == MEANING_CONSTANT)
    return translate_error(t, "its first input must not be constant");
  if (b->shape.rank != 2 || !x->shape.rank ||
      b->shape.at[is_transposed] != old_lengths_last(&x->shape))
    return translate_error(t,
                           "a matrix of %zu rows does not fit vectors of %zu",
                           b->shape.rank == 2 ? b->shape.at[is_transposed] : 0,
                           old_lengths_last(&x->shape));
  return true;
}

static bool find_shape(struct translation *t, const struct meaning *x,
                       const struct weights *w, struct lengths *shape) {
  size_t at[SHAPE_MAX];
  memcpy(at, x->shape.at, sizeof at);
  at[x->shape.rank - 1] = w->rows;
  if (!w->columns || !w->rows)
    return translate_error(t, "an empty matrix");
  return (old_lengths_set(shape, at, x->shape.rank) &&
          shape->n <= ((size_t)1 << 30) / w->columns) ||
         translate_error(t, "more than 2^24 sums, or 2^30 products");
}

/* out = the sums; the interval of each from those of x. */
static bool multiply(struct translation *t, const struct meaning *x,
                     const struct weights *w, struct meaning *out) {
  *out = (struct meaning){.kind = MEANING_INTEGER, .type = ONNX_INT32};
  if (!find_shape(t, x, w, &out->shape))
    return false;
  interval_fill(t, out, 0, 0);
  for (size_t j = 0; j < out->shape.n; j++) {
    size_t row = j % w->rows, first = j / w->rows * w->columns;
    fmpz_set(out->lo + j, w->bias + row);
    fmpz_set(out->hi + j, w->bias + row);
    for (size_t i = 0; i < w->columns; i++) {
      const fmpz *v = w->at + row * w->columns + i;
      bool flips = fmpz_sgn(v) < 0;
      fmpz_addmul(out->lo + j, v, (flips ? x->hi : x->lo) + first + i);
      fmpz_addmul(out->hi + j, v, (flips ? x->lo : x->hi) + first + i);
    }
  }
  out->value = program_linear(&t->m->program, translate_name(t), x->value,
                              w->rows, w->columns, w->at, w->bias);
  return true;
}

/* Accumulators of the runtime have 32 bits. */
static bool check_accumulator(struct translation *t, const struct meaning *x) {
  for (size_t i = 0; i < x->shape.n; i++)
    if (fmpz_cmp_si(x->lo + i, INT32_MIN) < 0 ||
        fmpz_cmp_si(x->hi + i, INT32_MAX) > 0)
      return translate_error(t, "its sums can pass 32 bits");
  return true;
}

/* The sums are to be those of (x - zero): their biases change. */
static void subtract_zero(struct weights *w, long zero) {
  fmpz_t z;
  fmpz_init_set_si(z, zero);
  for (size_t j = 0; zero && j < w->rows; j++)
    for (size_t i = 0; i < w->columns; i++)
      fmpz_submul(w->bias + j, w->at + j * w->columns + i, z);
  fmpz_clear(z);
}

/* ---- Integers ---- */

/* Zero points of b: none, one, or one for each column. */
static bool read_zeros(struct translation *t, const struct meaning *zero,
                       size_t rows, long *at) {
  if (zero && zero->shape.n != 1 && zero->shape.n != rows)
    return translate_error(t, "zero points must be one, or one for each "
                              "column");
  for (size_t i = 0; i < rows; i++)
    at[i] = zero ? (long)zero->constant.at[zero->shape.n == 1 ? 0 : i] : 0;
  return true;
}

/* Sums of (a - zero_a) * (b - zero_b). */
static bool multiply_integers(struct translation *t, const struct meaning *a,
                              const struct meaning *b,
                              const struct meaning *zero_a,
                              const struct meaning *zero_b,
                              struct meaning *out) {
  if (!check_matrix(t, a, b, false))
    return false;
  if (a->kind != MEANING_INTEGER)
    return translate_error(t, "its inputs must be integers");
  if (zero_a && zero_a->shape.n != 1)
    return translate_error(t, "the first input must have one zero point");
  struct weights w;
  weights_init(&w, b->shape.at[1], b->shape.at[0]);
  long *zero = xcalloc(w.rows, sizeof *zero);
  bool ok = read_zeros(t, zero_b, w.rows, zero);
  for (size_t j = 0; ok && j < w.rows; j++)
    for (size_t i = 0; i < w.columns; i++)
      fmpz_set_si(w.at + j * w.columns + i,
                  (long)b->constant.at[i * w.rows + j] - zero[j]);
  if (zero_a)
    subtract_zero(&w, (long)zero_a->constant.at[0]);
  ok = ok && multiply(t, a, &w, out) && check_accumulator(t, out);
  free(zero);
  weights_clear(&w);
  return ok;
}

static bool matmul_integer(struct translation *t, struct meaning *out) {
  const struct meaning *b, *zero_a, *zero_b;
  return translate_integers(t, 1, true, "the matrix", &b) &&
         translate_integers(t, 2, false, "the first zero point", &zero_a) &&
         translate_integers(t, 3, false, "the second zero point", &zero_b) &&
         multiply_integers(t, translate_input(t, 0), b, zero_a, zero_b, out);
}

/* The multipliers (s_a * s_b) / s_y in float32, one or one for each column. */
static bool append_multipliers(struct translation *t, struct meaning *x,
                               float a, const struct meaning *b,
                               const struct quantiser *y) {
  size_t n = b->shape.n;
  float *m = xmalloc((n + 1) * sizeof *m);
  bool ok = true;
  for (size_t i = 0; ok && i < n; i++) {
    struct requantiser r;
    ok = requantiser_init(&r, translate_name(t), a, (float)b->constant.at[i], y,
                          t->err);
    m[i] = ok ? r.multiplier : 0;
  }
  ok = ok && chain_append(&t->m->program, &x->chain, CHAIN_MUL, m, n);
  free(m);
  return ok;
}

static bool qlinear_matmul(struct translation *t, struct meaning *out) {
  const struct meaning *b, *scale_b, *zero_b, *zero_a;
  struct quantiser a, y;
  enum onnx_type type_a, type_y;
  struct meaning sum;
  if (!levels_of_inputs(t, 1, &a, &type_a) ||
      !levels_of_inputs(t, 6, &y, &type_y) ||
      !translate_integers(t, 2, true, "the first zero point", &zero_a) ||
      !translate_integers(t, 3, true, "the matrix", &b) ||
      !translate_constant(t, 4, true, "the scale of the matrix", &scale_b) ||
      !translate_integers(t, 5, true, "its zero point", &zero_b) ||
      !multiply_integers(t, translate_input(t, 0), b, zero_a, zero_b, &sum))
    return false;
  if (scale_b->shape.n != 1 && scale_b->shape.n != b->shape.at[1])
    return translate_error(t, "scales of the matrix must be one, or one for "
                              "each column");
  sum.chain = (struct chain){0};
  if (!append_multipliers(t, &sum, a.scale, scale_b, &y))
    return false;
  y.scale = 1; // the sums come in units of it
  bool ok = translate_apply(t, translate_name(t), &sum, &y, out);
  out->type = type_y;
  return ok;
}

/* ---- Real numbers ---- */

struct affine { // alpha * x * B + beta * C
  const struct meaning *b, *c;
  float alpha, beta;
  bool is_transposed;
};

static size_t affine_rows(const struct affine *f) {
  return f->b->shape.at[!f->is_transposed];
}

static size_t affine_columns(const struct affine *f) {
  return f->b->shape.at[f->is_transposed];
}

/* Where the constant has the weight of input i for output j. */
static size_t matrix_place(const struct affine *f, size_t j, size_t i) {
  size_t width = f->b->shape.at[1];
  return f->is_transposed ? j * width + i : i * width + j;
}

static bool check_finite(struct translation *t, const struct meaning *c,
                         const char *what) {
  for (size_t i = 0; c && i < c->shape.n; i++)
    if (!isfinite(c->constant.at[i]))
      return translate_error(t, "element %zu of the %s is not finite", i, what);
  return true;
}

static bool check_affine(struct translation *t, const struct affine *f) {
  const struct meaning *c = f->c;
  size_t rows = affine_rows(f);
  if (c && c->shape.n != 1 &&
      (c->shape.n != rows || old_lengths_last(&c->shape) != rows))
    return translate_error(t, "a bias of %zu elements for %zu outputs",
                           c->shape.n, rows);
  return check_finite(t, f->b, "matrix") && check_finite(t, c, "bias");
}

/* round(x / unit), half to even; x and unit are finite. */
static void set_rounded(fmpz_t z, double x, double unit) {
  fmpz_set_d(z, rint(x / unit));
}

/* The bias of output j in units of `unit`: its own level, if it has that scale.
 */
static void set_bias(struct weights *w, const struct affine *f, float unit,
                     size_t j) {
  if (!f->c)
    return;
  const struct constant *c = &f->c->constant;
  size_t i = f->c->shape.n == 1 ? 0 : j;
  if (c->level && f->beta == 1 && c->scale[c->scales == 1 ? 0 : i] == unit)
    fmpz_set_si(w->bias + j, c->level[i]);
  else
    set_rounded(w->bias + j, (double)f->beta * c->at[i], (double)unit);
}

/* The matrix was dequantised, by outputs if not all at once, and x is levels
   times a scale: sums of products of levels, as fused kernels have them. */
static bool is_of_levels(const struct affine *f, const struct meaning *x,
                         float *scale) {
  const struct constant *b = &f->b->constant;
  return b->level && (b->scales == 1 || b->axis == !f->is_transposed) &&
         !x->chain.is_exact && chain_is_scale(&x->chain, scale) &&
         f->alpha == 1 && f->beta == 1;
}

static bool multiply_levels(struct translation *t, const struct meaning *x,
                            const struct affine *f, float scale,
                            struct meaning *out) {
  const struct constant *b = &f->b->constant;
  struct weights w;
  size_t n = b->scales;
  bool ok = true;
  float *unit = xmalloc(n * sizeof *unit);
  weights_init(&w, affine_rows(f), affine_columns(f));
  for (size_t k = 0; k < n; k++) {
    unit[k] = scale * b->scale[k];
    if (ok && (!isfinite(unit[k]) || !(unit[k] > 0)))
      ok = translate_error(t, "the scale of its sums is %g", (double)unit[k]);
  }
  for (size_t j = 0; ok && j < w.rows; j++) {
    set_bias(&w, f, unit[n == 1 ? 0 : j], j);
    for (size_t i = 0; i < w.columns; i++)
      fmpz_set_si(w.at + j * w.columns + i, b->level[matrix_place(f, j, i)]);
  }
  subtract_zero(&w, x->chain.zero);
  ok = ok && multiply(t, x, &w, out) && check_accumulator(t, out);
  out->kind = MEANING_REAL;
  out->is_sum = true;
  ok = ok && chain_append(&t->m->program, &out->chain, CHAIN_MUL, unit, n);
  weights_clear(&w);
  free(unit);
  return ok;
}

/* A matrix of real numbers is quantised: one power of two as its scale. */
static float find_unit(const struct translation *t, const struct affine *f) {
  double most = 0;
  for (size_t i = 0; i < f->b->shape.n; i++)
    most = fmax(most, fabs((double)f->alpha * f->b->constant.at[i]));
  return translate_scale(most, (double)((1L << (t->o->bits - 1)) - 1));
}

static bool multiply_reals(struct translation *t, const struct meaning *real,
                           const struct affine *f, struct meaning *out) {
  struct meaning x;
  struct weights w;
  float scale;
  t->m->is_exact = false;
  if (!translate_as_levels(t, real, onnx_input(t->g, t->node, 0), &x, &scale))
    return false;
  float unit = find_unit(t, f), product = unit * scale;
  if (!(unit > 0) || !(product > 0) || !isfinite(product))
    return translate_error(t, "the scale of its sums is %g", (double)product);
  weights_init(&w, affine_rows(f), affine_columns(f));
  for (size_t j = 0; j < w.rows; j++) {
    set_bias(&w, f, product, j);
    for (size_t i = 0; i < w.columns; i++)
      set_rounded(w.at + j * w.columns + i,
                  (double)f->alpha * f->b->constant.at[matrix_place(f, j, i)],
                  (double)unit);
  }
  subtract_zero(&w, x.chain.zero);
  bool ok = multiply(t, &x, &w, out);
  weights_clear(&w);
  out->kind = MEANING_REAL;
  out->chain = (struct chain){.is_exact = true};
  return ok &&
         chain_append(&t->m->program, &out->chain, CHAIN_MUL, &product, 1);
}

static bool multiply_affine(struct translation *t, const struct affine *f,
                            struct meaning *out) {
  const struct meaning *given = translate_input(t, 0);
  struct meaning x;
  float scale;
  if (!check_matrix(t, given, f->b, f->is_transposed) || !check_affine(t, f) ||
      !translate_as_real(t, given, &x))
    return false;
  return is_of_levels(f, &x, &scale) ? multiply_levels(t, &x, f, scale, out)
                                     : multiply_reals(t, &x, f, out);
}

static bool matmul(struct translation *t, struct meaning *out) {
  struct affine f = {.alpha = 1, .beta = 1};
  return translate_constant(t, 1, true, "the matrix", &f.b) &&
         multiply_affine(t, &f, out);
}

static bool gemm(struct translation *t, struct meaning *out) {
  struct affine f = {.alpha = 1, .beta = 1};
  int64_t transposed_a = 0, transposed_b = 0;
  if (!onnx_get_float(t->g, t->node, "alpha", &f.alpha, t->err) ||
      !onnx_get_float(t->g, t->node, "beta", &f.beta, t->err) ||
      !onnx_get_int(t->g, t->node, "transA", &transposed_a, t->err) ||
      !onnx_get_int(t->g, t->node, "transB", &transposed_b, t->err) ||
      !translate_constant(t, 1, true, "the matrix", &f.b) ||
      !translate_constant(t, 2, false, "the bias", &f.c))
    return false;
  if (transposed_a)
    return translate_error(t, "transA is not supported");
  if (!isfinite(f.alpha) || !isfinite(f.beta))
    return translate_error(t, "alpha or beta is not finite");
  f.is_transposed = transposed_b;
  return multiply_affine(t, &f, out);
}

const struct translator linear_translators[] = {
    {{"Gemm", "constant matrix and bias, transA = 0"}, gemm},
    {{"MatMul", "the second input constant"}, matmul},
    {{"MatMulInteger", "the second input constant"}, matmul_integer},
    {{"QLinearMatMul", "the second input constant; scales of it also by "
                       "column"},
     qlinear_matmul},
    {{NULL, NULL}, NULL},
};
