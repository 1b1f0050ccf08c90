/* layers.h - what models have in common: layers, of images or of vectors

     struct layers l;
     layers_init(&l, p, WEIGHTS_RANDOM, bits);
     struct channels in = layers_channels(&l, &model_cnn, IN, value[IN]);
     y = layers_convolve(&l, "sums", x, in, out, 3, 1);
     y = model_quantise(p, "y", y, layers_shift(&l, in, 3), f, bits);
     layers_clear(&l);

   Kernels are odd, and images have zeros around them, so that they keep their
   size. Weights and biases are those after batch norms are folded into them: a
   factor and a term for each channel are no steps of their own.

   Weights that are generic repeat along channels; those of one place of the
   window are their own. */
#ifndef LAYERS_H
#define LAYERS_H

#include "circuit/error.h"
#include "compile/models/quantise.h"
#include "compile/models/weights.h"
#include "compile/program/family.h"
#include "compile/program/images.h"

#define LAYERS_MAX_WEIGHTS (1L << 26) // of one model, where each is drawn

extern const char *const layers_activations[]; // as enum activation, from relu
extern const char *const layers_weights[];     // as enum weights_kind

struct layers {
  struct program *p;
  struct weights weights;
  unsigned bits;
};

void layers_init(struct layers *l, struct program *p, enum weights_kind kind,
                 unsigned bits);
void layers_clear(struct layers *l);

/* Parameter i of f as a size, if weights are generic; else its value. */
size_id layers_size(struct layers *l, const struct family *f, size_t i,
                    long value);
/* Channels: a size and the value it has. The same, and besides they may be
   exchanged. */
struct channels {
  size_id size;
  long n;
};
struct channels layers_channels(struct layers *l, const struct family *f,
                                size_t i, long value);
struct channels layers_twice(struct layers *l, struct channels c);

/* An input [in, h, w], signed. */
value_id layers_image(struct layers *l, struct channels in, size_id h,
                      size_id w);
/* Sums with weights and a bias, to be divided by 2^layers_shift(). */
value_id layers_convolve(struct layers *l, const char *name, value_id x,
                         struct channels in, struct channels out, long kernel,
                         size_t stride);
value_id layers_linear(struct layers *l, const char *name, value_id x,
                       struct channels in, struct channels out);
unsigned long layers_shift(const struct layers *l, struct channels in,
                           long kernel);
/* The mean over all of about `area` places [in, h, w], a matrix and
   requantised: one level. */
value_id layers_classify(struct layers *l, value_id x, struct channels in,
                         struct channels classes, long area);

/* For a family's check. */
bool layers_check_kernel(const fmpz *kernel, struct error *err);
/* Of `weights` weights in all, as a double so that it cannot overflow. */
bool layers_check_weights(double weights, struct error *err);

#endif
