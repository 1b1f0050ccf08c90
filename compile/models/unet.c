/* unet: an image to one of the same size, by two resolutions, quantised.
     a = f(convolve(x))                at full size
     b = f(convolve(a made smaller))   at half: twice the channels
     y = convolve(b made larger, a)    at full size; as channels side by side
   An image is made smaller by the mean of each 2 by 2 places, or by a
   convolution at every other place (down=stride), and larger by repeating each
   place; none of these has gates. A convolution of images side by side is the
   sum of one of each, which is how it is written. Depth 3, at most 2^bits - 1
   gates an element. */
#include "compile/models/layers.h"
#include "compile/models/models.h"

enum {
  H,
  W,
  IN,
  CHANNELS,
  KERNEL,
  DOWN,
  BITS,
  ACTIVATION,
  WEIGHTS
};

struct unet {
  struct layers l;
  const fmpz *value;
  size_id h, w;
  struct channels in, channels, inner;
};

static value_id quantise(struct unet *m, const char *name, value_id y,
                         struct channels in, unsigned long more_shift) {
  unsigned long shift = layers_shift(&m->l, in, m->value[KERNEL]) + more_shift;
  return model_quantise(m->l.p, name, y, shift,
                        (enum activation)(m->value[ACTIVATION] + 1), m->l.bits);
}

/* The convolution at half the size. */
static value_id add_inner(struct unet *m, value_id x) {
  bool is_mean = m->value[DOWN] == 0;
  if (is_mean)
    x = program_pool(m->l.p, "means", x, POOL_SUM, 2, 2);
  x = layers_convolve(&m->l, "sums", x, m->channels, m->inner, m->value[KERNEL],
                      is_mean ? 1 : 2);
  return quantise(m, "down", x, m->channels, is_mean ? 2 : 0);
}

/* [channels, h / 2, w / 2] to [channels, h, w]: each place becomes four, by
   adding a 2 by 2 block of zeros to it. */
static value_id repeat(struct unet *m, value_id x) {
  static const fmpz zeros[4];
  struct program *p = m->l.p;
  struct dims d = program_dims(p, x);
  size_id one = size_si(&p->sizes, 1), two = size_si(&p->sizes, 2);
  struct dims apart = {5, {d.at[0], d.at[1], one, d.at[2], one}};
  struct dims block = {5, {one, one, two, one, two}};
  struct dims all = {3, {d.at[0], m->h, m->w}};
  value_id z = program_constant(p, "zeros", block, zeros, 4);
  x = program_add(p, "repeat", program_reshape(p, "apart", x, apart), z);
  return program_reshape(p, "up", x, all);
}

static void build(struct program *p, const fmpz *value) {
  struct unet m = {.value = value};
  layers_init(&m.l, p, (enum weights_kind)value[WEIGHTS],
              (unsigned)value[BITS]);
  m.h = layers_size(&m.l, &model_unet, H, value[H]);
  m.w = layers_size(&m.l, &model_unet, W, value[W]);
  m.in = layers_channels(&m.l, &model_unet, IN, value[IN]);
  m.channels = layers_channels(&m.l, &model_unet, CHANNELS, value[CHANNELS]);
  m.inner = layers_twice(&m.l, m.channels);
  long kernel = value[KERNEL];
  value_id x = layers_image(&m.l, m.in, m.h, m.w);
  x = layers_convolve(&m.l, "sums", x, m.in, m.channels, kernel, 1);
  value_id a = quantise(&m, "full", x, m.in, 0);
  value_id b = repeat(&m, add_inner(&m, a));
  b = layers_convolve(&m.l, "sums up", b, m.inner, m.in, kernel, 1);
  a = layers_convolve(&m.l, "sums skip", a, m.channels, m.in, kernel, 1);
  struct channels both = {.n = m.inner.n + m.channels.n};
  x = model_quantise(p, "up", program_add(p, "side by side", b, a),
                     layers_shift(&m.l, both, kernel), ACTIVATION_NONE,
                     m.l.bits);
  program_output(p, "y", x);
  layers_clear(&m.l);
}

static bool check(const fmpz *value, struct error *err) {
  double kernel = (double)value[KERNEL], channels = (double)value[CHANNELS];
  double weights = kernel * kernel *
                   (4 * channels * (double)value[IN] + 2 * channels * channels);
  if (value[H] % 2 || value[W] % 2)
    return error_set(err, 0, "h=%ld, w=%ld: even numbers are needed, to halve",
                     value[H], value[W]);
  return layers_check_kernel(&value[KERNEL], err) &&
         (value[WEIGHTS] == WEIGHTS_GENERIC ||
          layers_check_weights(weights, err));
}

static const char *const downs[] = {"average", "stride"};

const struct family model_unet = {
    .name = "unet",
    .about = "an image to an image, by two resolutions, quantised",
    .formula = "depth 4, at most 2^bits - 1 gates an element, and bits more of "
               "each output",
    .parameters =
        {{"h", "rows of the image, even", 8, 2, 4096, .is_size = true},
         {"w", "columns of the image, even", 8, 2, 4096, .is_size = true},
         {"in", "channels of the images", 1, 1, 65536, .is_size = true},
         {"channels", "at full size; twice as many at half", 4, 1, 65536,
          .is_size = true},
         {"kernel", "rows and columns of a window, odd", 3, 1, 31,
          .is_size = false},
         {"down", "how an image is made smaller", 0, 0, 1, .choices = downs},
         {"bits", "of weights and activations", 4, 2, 16, .is_size = false},
         {"activation", "of layers but the last", 0, 0, 4,
          .choices = layers_activations},
         {"weights", "each drawn, or a pattern for all sizes", 0, 0, 1,
          .choices = layers_weights}},
    .check = check,
    .build = build,
};
