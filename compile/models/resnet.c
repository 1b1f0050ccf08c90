/* resnet: a convolution, then blocks of two convolutions with a residual around
   them, then the mean over all places and a matrix, quantised. A block is
     y = f(convolve(x)), x + convolve(y) rounded once and put through f,
   where x is added to the sums, 2^shift times, before they are divided: so it
   costs no level. The depth is 2 a block and 1 each for the first convolution
   and the classifier, 2 * blocks + 2; at most 2^bits - 1 gates an element. */
#include "compile/models/layers.h"
#include "compile/models/models.h"

enum {
  H,
  W,
  IN,
  CHANNELS,
  KERNEL,
  BLOCKS,
  CLASSES,
  BITS,
  ACTIVATION,
  WEIGHTS
};

struct resnet {
  struct layers l;
  const fmpz *value;
  struct channels channels;
};

/* Through a convolution, plus `residual` unless it is NULL. */
static value_id add_layer(struct resnet *m, const char *name, value_id x,
                          struct channels in, const value_id *residual) {
  long kernel = m->value[KERNEL];
  unsigned long shift = layers_shift(&m->l, in, kernel);
  value_id y = layers_convolve(&m->l, "sums", x, in, m->channels, kernel, 1);
  if (residual)
    y = program_combine(m->l.p, "residual", (value_id[]){*residual, y},
                        (long[]){1L << shift, 1}, 2, 0);
  return model_quantise(m->l.p, name, y, shift,
                        (enum activation)(m->value[ACTIVATION] + 1), m->l.bits);
}

/* Block i, or any if i is 0. */
static value_id add_block(struct resnet *m, value_id x, long i) {
  char first[64] = "first", second[64] = "second";
  if (i) {
    snprintf(first, sizeof first, "block %ld first", i);
    snprintf(second, sizeof second, "block %ld second", i);
  }
  value_id y = add_layer(m, first, x, m->channels, NULL);
  return add_layer(m, second, y, m->channels, &x);
}

/* All alike, or each with its own weights. */
static value_id add_blocks(struct resnet *m, value_id x) {
  if (m->l.weights.kind == WEIGHTS_GENERIC) {
    struct composition loop;
    size_id blocks = family_size(m->l.p, &model_resnet, BLOCKS);
    program_begin_loop(m->l.p, &loop, "block", &x, 1, 0, blocks);
    value_id y = add_block(m, loop.argument[0], 0);
    program_end(m->l.p, &loop, &y, 1, &x);
    return x;
  }
  for (long i = 1; i <= m->value[BLOCKS]; i++)
    x = add_block(m, x, i);
  return x;
}

static void build(struct program *p, const fmpz *value) {
  struct resnet m = {.value = value};
  layers_init(&m.l, p, (enum weights_kind)value[WEIGHTS],
              (unsigned)value[BITS]);
  size_id h = layers_size(&m.l, &model_resnet, H, value[H]);
  size_id w = layers_size(&m.l, &model_resnet, W, value[W]);
  struct channels in = layers_channels(&m.l, &model_resnet, IN, value[IN]);
  m.channels = layers_channels(&m.l, &model_resnet, CHANNELS, value[CHANNELS]);
  struct channels classes =
      layers_channels(&m.l, &model_resnet, CLASSES, value[CLASSES]);
  value_id x = layers_image(&m.l, in, h, w);
  x = add_layer(&m, "convolution", x, in, NULL);
  x = add_blocks(&m, x);
  x = layers_classify(&m.l, x, m.channels, classes, value[H] * value[W]);
  program_output(p, "y", x);
  layers_clear(&m.l);
}

static bool check(const fmpz *value, struct error *err) {
  double kernel = (double)value[KERNEL], channels = (double)value[CHANNELS];
  double layers = 2 * (double)value[BLOCKS] * channels + (double)value[IN];
  double weights =
      channels * (kernel * kernel * layers + (double)value[CLASSES]);
  return layers_check_kernel(&value[KERNEL], err) &&
         (value[WEIGHTS] == WEIGHTS_GENERIC ||
          layers_check_weights(weights, err));
}

const struct family model_resnet = {
    .name = "resnet",
    .about = "blocks of two convolutions and a residual, quantised",
    .formula = "depth 2*blocks + 3, at most 2^bits - 1 gates an element, and "
               "bits more of each output",
    .parameters =
        {{"h", "rows of the image", 8, 1, 4096, .is_size = true},
         {"w", "columns of the image", 8, 1, 4096, .is_size = true},
         {"in", "channels of the image", 1, 1, 65536, .is_size = true},
         {"channels", "of each layer", 4, 1, 65536, .is_size = true},
         {"kernel", "rows and columns of a window, odd", 3, 1, 31,
          .is_size = false},
         {"blocks", "of two convolutions", 2, 0, 1000, .is_size = true},
         {"classes", "outputs", 10, 1, 65536, .is_size = true},
         {"bits", "of weights and activations", 4, 2, 16, .is_size = false},
         {"activation", "of layers", 0, 0, 4, .choices = layers_activations},
         {"weights", "each drawn, or a pattern for all sizes", 0, 0, 1,
          .choices = layers_weights}},
    .check = check,
    .build = build,
};
