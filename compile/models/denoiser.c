/* denoiser: what one step of a diffusion applies to x, d values, at time t, an
   integer of tbits bits. With clipping to `bits` bits in every rounding,
     e = embed(t)                        sines and cosines, a table of t
     h = f(A x + B e + a), then layers - 1 of f(A h + a)
     noise = round(W h + b)              each divided by a power of two before
     y = round(x - step * noise / 16)
   Element i of the first half of e is sin(t / 10000^(i / half)), that of the
   second half the cosine, times 2^(bits - 1) - 1. Depth: one level for e, one
   for each layer, one for the noise and one for y, so layers + 3; at most
   2^tbits - 1 gates an element of e, and 2^bits - 1 of each other. */
#include "compile/models/layers.h"
#include "compile/models/models.h"
#include "compile/models/wave.h"
#include "compile/program/attention.h"

enum {
  D,
  EMBED,
  TBITS,
  FF,
  LAYERS,
  STEP,
  BITS,
  ACTIVATION,
  WEIGHTS
};

enum {
  STEPS_OF_1 = 16
};

struct denoiser {
  struct layers l;
  const fmpz *value;
  struct channels d, ff;
};

/* ---- Layers ---- */

static value_id quantise(struct denoiser *m, const char *name, value_id y,
                         long terms, enum activation f) {
  return model_quantise(m->l.p, name, y, model_shift((size_t)terms, m->l.bits),
                        f, m->l.bits);
}

static value_id add_first(struct denoiser *m, value_id x, value_id e) {
  struct channels embed = {.n = m->value[EMBED]};
  x = layers_linear(&m->l, "sums of x", x, m->d, m->ff);
  e = layers_linear(&m->l, "sums of t", e, embed, m->ff);
  return quantise(m, "hidden 1", program_add(m->l.p, "sums", x, e),
                  m->d.n + embed.n,
                  (enum activation)(m->value[ACTIVATION] + 1));
}

static value_id add_hidden(struct denoiser *m, const char *name, value_id h) {
  h = layers_linear(&m->l, "sums", h, m->ff, m->ff);
  return quantise(m, name, h, m->ff.n,
                  (enum activation)(m->value[ACTIVATION] + 1));
}

/* All alike, or each with its own weights. */
static value_id add_layers(struct denoiser *m, value_id h) {
  struct program *p = m->l.p;
  if (m->l.weights.kind == WEIGHTS_GENERIC) {
    struct composition loop;
    size_id layers = family_size(p, &model_denoiser, LAYERS);
    size_id rounds = size_sub(&p->sizes, layers, size_si(&p->sizes, 1));
    program_begin_loop(p, &loop, "layer", &h, 1, 0, rounds);
    value_id y = add_hidden(m, "hidden", loop.argument[0]);
    program_end(p, &loop, &y, 1, &h);
    return h;
  }
  for (long i = 2; i <= m->value[LAYERS]; i++) {
    char name[64];
    snprintf(name, sizeof name, "hidden %ld", i);
    h = add_hidden(m, name, h);
  }
  return h;
}

static void build(struct program *p, const fmpz *value) {
  struct denoiser m = {.value = value};
  layers_init(&m.l, p, (enum weights_kind)value[WEIGHTS],
              (unsigned)value[BITS]);
  m.d = layers_channels(&m.l, &model_denoiser, D, value[D]);
  m.ff = layers_channels(&m.l, &model_denoiser, FF, value[FF]);
  size_id bits = size_si(&p->sizes, m.l.bits);
  value_id x = program_input(p, "x", vector(m.d.size), bits, true);
  value_id t = program_input(p, "t", vector(size_si(&p->sizes, 1)),
                             size_si(&p->sizes, value[TBITS]), false);
  value_id e = wave_embedding(p, t, (size_t)value[EMBED],
                              (unsigned)value[TBITS], m.l.weights.most);
  value_id h = add_first(&m, x, e);
  h = layers_linear(&m.l, "sums", add_layers(&m, h), m.ff, m.d);
  value_id noise = quantise(&m, "noise", h, m.ff.n, ACTIVATION_NONE);
  value_id y = program_combine(p, "difference", (value_id[]){x, noise},
                               (long[]){STEPS_OF_1, -value[STEP]}, 2, 0);
  long most = m.l.weights.most;
  struct rounding f = {1, STEPS_OF_1, 0, -most - 1, most};
  program_output(p, "y", program_round(p, "denoised", y, &f));
  layers_clear(&m.l);
}

static bool check(const fmpz *value, struct error *err) {
  double ff = (double)value[FF], hidden = (double)(value[LAYERS] - 1) * ff;
  double ends = 2 * (double)value[D] + (double)value[EMBED];
  return value[WEIGHTS] == WEIGHTS_GENERIC ||
         layers_check_weights(ff * (ends + hidden), err);
}

const struct family model_denoiser = {
    .name = "denoiser",
    .about = "one step of a diffusion: predicts noise and subtracts it",
    .formula = "depth layers + 4, at most 2^bits - 1 gates an element, and "
               "2^tbits - 1 of the embedding",
    .parameters =
        {{"d", "values", 8, 1, 65536, .is_size = true},
         {"embed", "elements of the embedding of t", 4, 1, 1024,
          .is_size = false},
         {"tbits", "of the time step", 4, 2, 10, .is_size = false},
         {"ff", "neurons of a hidden layer", 16, 1, 65536, .is_size = true},
         {"layers", "hidden ones", 2, 1, 1000, .is_size = true},
         {"step", "of the noise, in 16ths", 4, 1, 16, .is_size = false},
         {"bits", "of weights and activations", 4, 2, 16, .is_size = false},
         {"activation", "of hidden layers", 2, 0, 4,
          .choices = layers_activations},
         {"weights", "each drawn, or a pattern for all sizes", 0, 0, 1,
          .choices = layers_weights}},
    .check = check,
    .build = build,
};
