/* cnn: layers of convolutions, then the mean over all places and a matrix,
   quantised. A convolution, its batch norm, activation and requantising are one
   level (layers.h), and at most 2^bits - 1 gates an element; the classifier is
   one. Pools, 2 by 2 after each layer, have the levels of pool.c: 2 of
   pool=max, 1 of pool=flat, none of pool=average. So the depth is
   layers * (1 + levels of a pool) + 1. */
#include "compile/models/layers.h"
#include "compile/models/models.h"

enum {
  H,
  W,
  IN,
  CHANNELS,
  KERNEL,
  LAYERS,
  POOL,
  CLASSES,
  BITS,
  ACTIVATION,
  WEIGHTS
};

enum {
  POOL_NONE = POOL_SUM + 1,
  FLAT_BITS = 10 // at most: each value has a gate, and a table
};

struct cnn {
  struct layers l;
  const fmpz *value;
  struct channels in, channels;
};

static unsigned long halvings(const fmpz *value) {
  return value[POOL] == POOL_NONE ? 0 : (unsigned long)value[LAYERS];
}

/* What a pool adds up is divided with the next layer's sums. */
static unsigned long pooled_shift(const fmpz *value) {
  return value[POOL] == POOL_SUM ? 2 : 0;
}

static value_id add_layer(struct cnn *m, const char *name, value_id x,
                          struct channels in, unsigned long more_shift) {
  long kernel = m->value[KERNEL];
  value_id y = layers_convolve(&m->l, "sums", x, in, m->channels, kernel, 1);
  y = model_quantise(m->l.p, name, y,
                     layers_shift(&m->l, in, kernel) + more_shift,
                     (enum activation)(m->value[ACTIVATION] + 1), m->l.bits);
  return m->value[POOL] == POOL_NONE
             ? y
             : program_pool(m->l.p, "pool", y, (enum pool)m->value[POOL], 2, 2);
}

/* Layers after the first: all alike, or each with its own weights. */
static value_id add_layers(struct cnn *m, value_id x) {
  struct program *p = m->l.p;
  if (m->l.weights.kind == WEIGHTS_GENERIC && m->value[POOL] == POOL_NONE) {
    struct composition loop;
    size_id layers = family_size(p, &model_cnn, LAYERS);
    size_id rounds = size_sub(&p->sizes, layers, size_si(&p->sizes, 1));
    program_begin_loop(p, &loop, "layer", &x, 1, 0, rounds);
    value_id y = add_layer(m, "convolution", loop.argument[0], m->channels, 0);
    program_end(p, &loop, &y, 1, &x);
    return x;
  }
  for (long i = 1; i < m->value[LAYERS]; i++) {
    char name[64];
    snprintf(name, sizeof name, "convolution %ld", i + 1);
    x = add_layer(m, name, x, m->channels, pooled_shift(m->value));
  }
  return x;
}

static void build(struct program *p, const fmpz *value) {
  struct cnn m = {.value = value};
  layers_init(&m.l, p, (enum weights_kind)value[WEIGHTS],
              (unsigned)value[BITS]);
  size_id h = layers_size(&m.l, &model_cnn, H, value[H]);
  size_id w = layers_size(&m.l, &model_cnn, W, value[W]);
  m.in = layers_channels(&m.l, &model_cnn, IN, value[IN]);
  m.channels = layers_channels(&m.l, &model_cnn, CHANNELS, value[CHANNELS]);
  struct channels classes =
      layers_channels(&m.l, &model_cnn, CLASSES, value[CLASSES]);
  value_id x = layers_image(&m.l, m.in, h, w);
  x = add_layer(&m, "convolution 1", x, m.in, 0);
  x = add_layers(&m, x);
  long area = (value[H] >> halvings(value)) * (value[W] >> halvings(value));
  if (value[POOL] == POOL_SUM)
    area *= 4;
  program_output(p, "y", layers_classify(&m.l, x, m.channels, classes, area));
  layers_clear(&m.l);
}

static bool check(const fmpz *value, struct error *err) {
  double places = (double)value[KERNEL] * (double)value[KERNEL];
  double each = (double)value[CHANNELS] * places;
  double hidden = (double)(value[LAYERS] - 1) * (double)value[CHANNELS];
  double out = (double)value[CHANNELS] * (double)value[CLASSES];
  unsigned long n = halvings(value);
  if (value[POOL] == POOL_FLAT && value[BITS] > FLAT_BITS)
    return error_set(err, 0, "bits=%ld: pool=flat takes at most %d",
                     value[BITS], FLAT_BITS);
  if (n > 30 || value[H] >> n == 0 || value[W] >> n == 0)
    return error_set(err, 0,
                     "layers=%lu: pools halve h=%ld and w=%ld so often that "
                     "nothing is left",
                     n, value[H], value[W]);
  return layers_check_kernel(&value[KERNEL], err) &&
         (value[WEIGHTS] == WEIGHTS_GENERIC ||
          layers_check_weights(each * ((double)value[IN] + hidden) + out, err));
}

static const char *const pools[] = {"max", "flat", "average", "none"};

const struct family model_cnn = {
    .name = "cnn",
    .about = "convolutions with pools, then a classifier, quantised",
    .formula = "depth layers*(1 + levels of a pool) + 2: max 2, flat 1, others "
               "0; at most 2^bits - 1 gates an element, and the pools'",
    .parameters =
        {{"h", "rows of the image", 8, 1, 4096, .is_size = true},
         {"w", "columns of the image", 8, 1, 4096, .is_size = true},
         {"in", "channels of the image", 1, 1, 65536, .is_size = true},
         {"channels", "of each layer", 4, 1, 65536, .is_size = true},
         {"kernel", "rows and columns of a window, odd", 3, 1, 31,
          .is_size = false},
         {"layers", "convolutions", 2, 1, 1000, .is_size = true},
         {"pool", "2 by 2, after each layer", 0, 0, 3, .choices = pools},
         {"classes", "outputs", 10, 1, 65536, .is_size = true},
         {"bits", "of weights and activations", 4, 2, 16, .is_size = false},
         {"activation", "of layers", 0, 0, 4, .choices = layers_activations},
         {"weights", "each drawn, or a pattern for all sizes", 0, 0, 1,
          .choices = layers_weights}},
    .check = check,
    .build = build,
};
