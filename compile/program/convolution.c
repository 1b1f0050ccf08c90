/* convolution: a window of constants over an image. Depth 0, no gates: the next
   gate's sum absorbs it. Zeros around the image make no wires. */
#include "compile/program/image_parts.h"
#include "compile/program/images.h"
#include "compile/program/sum_parts.h"

#include <assert.h>

static const fmpz nothing = 0;

struct convolution {
  struct kernel k;
  struct window window;
  const fmpz *bias;             // (k.out); or NULL
  const fmpz *most, *most_bias; // the greatest |weight|, |bias|; or NULL
};

/* One element of the result: its channel, and where its window is. */
struct patch {
  const struct convolution *d;
  size_t o, channels, area; // of the operand
  struct window_place *at;
  size_t n;
};

static void patch_init(struct patch *w, const struct reading *r,
                       const struct step *s) {
  const struct shape_of *x = reading_shape(r, step_operand(r, s, 0));
  *w = (struct patch){
      .d = s->detail, .channels = x->at[0], .area = x->at[1] * x->at[2]};
  w->at = xcalloc(w->d->k.size * w->d->k.size, sizeof *w->at);
}

static void patch_move(struct patch *w, const struct reading *r,
                       const struct step *s, size_t j) {
  const struct shape_of *y = step_shape(r, s);
  const struct shape_of *x = reading_shape(r, step_operand(r, s, 0));
  w->o = j / (y->at[1] * y->at[2]);
  w->n = window_read(w->at, &w->d->window, y, x, j);
}

static const fmpz *patch_bias(const struct patch *w) {
  return w->d->bias ? w->d->bias + w->o % w->d->k.out : &nothing;
}

/* The weights of channel i. */
static const fmpz *patch_weights(const struct patch *w, size_t i) {
  const struct kernel *k = &w->d->k;
  return k->at + (w->o % k->out * k->in + i % k->in) * k->size * k->size;
}

static void run_convolution(struct reading *r, const struct step *s) {
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  struct patch w;
  patch_init(&w, r, s);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    patch_move(&w, r, s, j);
    fmpz_set(y + j, patch_bias(&w));
    for (size_t i = 0; i < w.channels; i++)
      for (size_t k = 0; k < w.n; k++)
        sum_product(y + j, patch_weights(&w, i) + w.at[k].weight,
                    x + i * w.area + w.at[k].element);
  }
  free(w.at);
}

static void lower_convolution(struct reading *r, const struct step *s) {
  value_id v = step_operand(r, s, 0);
  const struct number *x = r->tensor[v].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  struct patch w;
  struct sum sum;
  patch_init(&w, r, s);
  sum_init(&sum, r);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    patch_move(&w, r, s, j);
    sum_begin(&sum, y + j, patch_bias(&w));
    for (size_t i = 0; i < w.channels; i++)
      for (size_t k = 0; k < w.n; k++)
        sum_add_along(&sum, patch_weights(&w, i) + w.at[k].weight,
                      x + i * w.area + w.at[k].element, v, 0, i);
    sum_end(&sum);
  }
  sum_clear(&sum);
  free(w.at);
}

static void certify_convolution(struct proof *k, const struct step *s) {
  const struct convolution *d = s->detail;
  certify_sums(k, s, 0, d->k.size * d->k.size, d->most, d->most_bias);
}

static bool check_convolution(const struct instance *in, const struct step *s,
                              struct error *err) {
  return window_check(in, s, &((const struct convolution *)s->detail)->window,
                      err);
}

static const struct op convolution = {.name = "convolution",
                                      .certify = certify_convolution,
                                      .folds = true,
                                      .run = run_convolution,
                                      .lower = lower_convolution,
                                      .check = check_convolution,
                                      .is_free = true};

value_id program_convolution(struct program *p, const char *name, value_id x,
                             size_id channels, const struct kernel *k,
                             const fmpz *bias) {
  struct convolution *d = program_alloc(p, 1, sizeof *d);
  struct dims dims = program_dims(p, x);
  size_t n = k->out * k->in * k->size * k->size;
  assert(dims.rank == 3 && n && k->stride);
  *d = (struct convolution){
      .k = *k,
      .window = {k->size, k->stride, k->padding},
      .bias = bias ? program_keep_integers(p, bias, k->out) : NULL,
      .most = program_keep_most(p, k->at, n),
      .most_bias = bias ? program_keep_most(p, bias, k->out) : NULL};
  d->k.at = program_keep_integers(p, k->at, n);
  dims.at[0] = channels;
  for (unsigned i = 1; i < 3; i++)
    dims.at[i] = window_places(&p->sizes, &d->window, dims.at[i]);
  return program_step(p, &convolution, name, &x, 1, dims, d);
}
