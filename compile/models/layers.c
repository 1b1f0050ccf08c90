#include "compile/models/layers.h"

const char *const layers_activations[] = {"relu", "gelu", "silu", "tanh",
                                          "sigmoid"};
const char *const layers_weights[] = {"random", "generic"};

void layers_init(struct layers *l, struct program *p, enum weights_kind kind,
                 unsigned bits) {
  *l = (struct layers){.p = p, .bits = bits};
  weights_init(&l->weights, p->seed, kind, bits);
}

void layers_clear(struct layers *l) {
  weights_clear(&l->weights);
}

size_id layers_size(struct layers *l, const struct family *f, size_t i,
                    long value) {
  return l->weights.kind == WEIGHTS_GENERIC ? family_size(l->p, f, i)
                                            : size_si(&l->p->sizes, value);
}

struct channels layers_channels(struct layers *l, const struct family *f,
                                size_t i, long value) {
  struct channels c = {layers_size(l, f, i, value), value};
  if (l->weights.kind == WEIGHTS_GENERIC)
    program_exchange(l->p, c.size, WEIGHTS_PERIOD);
  return c;
}

struct channels layers_twice(struct layers *l, struct channels c) {
  struct sizes *t = &l->p->sizes;
  struct channels twice = {size_mul(t, size_si(t, 2), c.size), 2 * c.n};
  if (l->weights.kind == WEIGHTS_GENERIC)
    program_exchange(l->p, twice.size, WEIGHTS_PERIOD);
  return twice;
}

value_id layers_image(struct layers *l, struct channels in, size_id h,
                      size_id w) {
  struct dims dims = {3, {in.size, h, w}};
  return program_input(l->p, "x", dims, size_si(&l->p->sizes, l->bits), true);
}

/* ---- Sums ---- */

/* Generic weights of each place of a window, with signs in turn, as a kernel:
   [period, period, places]. */
static fmpz *weave(struct weights *w, size_t places) {
  size_t n = WEIGHTS_PERIOD * WEIGHTS_PERIOD;
  fmpz *at = xcalloc(n * places, sizeof *at);
  for (size_t i = 0; i < places; i++) {
    struct matrix m = weights_matrix(w, WEIGHTS_PERIOD, WEIGHTS_PERIOD);
    for (size_t j = 0; j < n; j++)
      at[j * places + i] = i % 2 ? -m.at[j] : m.at[j]; // small integers
  }
  return at;
}

unsigned long layers_shift(const struct layers *l, struct channels in,
                           long kernel) {
  return model_shift((size_t)(in.n * kernel * kernel), l->bits);
}

value_id layers_convolve(struct layers *l, const char *name, value_id x,
                         struct channels in, struct channels out, long kernel,
                         size_t stride) {
  size_t size = (size_t)kernel, places = size * size;
  bool is_generic = l->weights.kind == WEIGHTS_GENERIC;
  fmpz *woven = is_generic ? weave(&l->weights, places) : NULL;
  struct matrix m =
      is_generic
          ? (struct matrix){WEIGHTS_PERIOD, WEIGHTS_PERIOD, woven}
          : weights_matrix(&l->weights, (size_t)out.n, (size_t)in.n * places);
  struct kernel k = {.out = m.rows,
                     .in = is_generic ? m.columns : (size_t)in.n,
                     .size = size,
                     .stride = stride,
                     .padding = size / 2,
                     .at = m.at};
  const fmpz *bias =
      weights_bias(&l->weights, &m, 1L << layers_shift(l, in, kernel));
  value_id y = program_convolution(l->p, name, x, out.size, &k, bias);
  free(woven);
  return y;
}

value_id layers_linear(struct layers *l, const char *name, value_id x,
                       struct channels in, struct channels out) {
  struct matrix m = weights_matrix(&l->weights, (size_t)out.n, (size_t)in.n);
  const fmpz *bias =
      weights_bias(&l->weights, &m, 1L << layers_shift(l, in, 1));
  return program_linear_matrix(l->p, name, x, out.size, &m, bias);
}

/* The least power of two that is no less than n is 2^this. */
static unsigned long power_above(long n) {
  unsigned long k = 0;
  while (1L << k < n)
    k++;
  return k;
}

value_id layers_classify(struct layers *l, value_id x, struct channels in,
                         struct channels classes, long area) {
  struct dims d = program_dims(l->p, x);
  struct dims flat = matrix(d.at[0], size_mul(&l->p->sizes, d.at[1], d.at[2]));
  x = program_reshape(l->p, "channels", x, flat);
  x = program_sum(l->p, "mean", x);
  x = layers_linear(l, "sums", x, in, classes);
  return model_quantise(l->p, "classes", x,
                        layers_shift(l, in, 1) + power_above(area),
                        ACTIVATION_NONE, l->bits);
}

/* ---- What may be ---- */

bool layers_check_kernel(const fmpz *kernel, struct error *err) {
  return fmpz_is_odd(kernel) ||
         error_set(err, 0,
                   "kernel=%ld: an odd number is needed, so that images "
                   "keep their size",
                   fmpz_get_si(kernel));
}

bool layers_check_weights(double weights, struct error *err) {
  return weights <= (double)LAYERS_MAX_WEIGHTS ||
         error_set(err, 0,
                   "%.3g weights are to be drawn, more than %ld; smaller "
                   "layers, or weights=generic",
                   weights, LAYERS_MAX_WEIGHTS);
}
