/* mixture: experts, of which a router chooses `top` for a token of d values,
   quantised.
     scores = round(R x + r)              one for each expert
     chosen = the `top` greatest scores, the first among equals
     y_e = round(W_e f(V_e x + v) + w)    expert e, two layers
     mix=equal      the mean of y_e over those chosen, rounded
     mix=softmax    the sum of z_e y_e over that of z_e, rounded, where z_e is
                    at least 1 and the nearest integer to most * exp(s), with
                    most = 2^(bits - 1) - 1 and s = score / 2^(bits - 3) less
   its greatest value Depth 5: scores in one level, chosen in two more, in which
   experts and the products z_e y_e are ready as well, one for AND with chosen,
   a 0/1 gate, and one for the mean. So a mixture costs the depth of its router;
   chosen takes m(m-1)/2 + m gates of m experts, and experts run whether chosen
   or not. */
#include "compile/models/excess.h"
#include "compile/models/layers.h"
#include "compile/models/models.h"
#include "compile/program/attention.h"

enum {
  D,
  FF,
  EXPERTS,
  TOP,
  MIX,
  BITS,
  ACTIVATION,
  WEIGHTS
};

struct mixture {
  struct layers l;
  const fmpz *value;
  struct channels d, ff;
  size_id experts;
  bool is_softmax;
};

static value_id quantise(struct mixture *m, const char *name, value_id y,
                         struct channels in, enum activation f) {
  return model_quantise(m->l.p, name, y, layers_shift(&m->l, in, 1), f,
                        m->l.bits);
}

/* ---- Experts ---- */

/* What it adds to the sum over experts; `excess` is of no meaning for
   mix=equal. */
static value_id add_expert(struct mixture *m, value_id x, value_id chosen,
                           value_id excess) {
  struct program *p = m->l.p;
  value_id h = layers_linear(&m->l, "sums in", x, m->d, m->ff);
  h = quantise(m, "hidden", h, m->d,
               (enum activation)(m->value[ACTIVATION] + 1));
  value_id y = layers_linear(&m->l, "sums out", h, m->ff, m->d);
  y = quantise(m, "expert", y, m->ff, ACTIVATION_NONE);
  if (m->is_softmax) {
    value_id z = program_combine(p, "weight", &excess, (long[]){1}, 1, 1);
    y = program_multiply(p, "weighted", y, z);
  }
  return program_multiply(p, "gated", y, chosen);
}

/* [experts, d], all alike. */
static value_id add_alike(struct mixture *m, value_id x, value_id chosen,
                          value_id excess) {
  struct composition map;
  value_id all;
  program_begin_map(m->l.p, &map, "expert", (value_id[]){chosen, excess}, 2,
                    m->experts);
  value_id y = add_expert(m, x, map.argument[0], map.argument[1]);
  program_end(m->l.p, &map, &y, 1, &all);
  return all;
}

/* [experts, d], each with its own weights. */
static value_id add_each(struct mixture *m, value_id x, value_id chosen,
                         value_id excess) {
  struct program *p = m->l.p;
  size_id one = size_si(&p->sizes, 1);
  size_t n = (size_t)m->value[EXPERTS];
  value_id *y = xcalloc(n, sizeof *y);
  for (size_t i = 0; i < n; i++) {
    size_id at = size_si(&p->sizes, (long)i);
    value_id of_chosen = program_slice(p, "chosen", chosen, 0, at, one);
    value_id of_excess = program_slice(p, "excess", excess, 0, at, one);
    y[i] = add_expert(m, x, of_chosen, of_excess);
    y[i] = program_reshape(p, "row", y[i], matrix(one, m->d.size));
  }
  value_id all = program_concat(p, "experts", y, n, 0);
  free(y);
  return all;
}

/* ---- The mean ---- */

/* z is top and what the chosen ones have above 1, so that it is known to be
   at least 1. */
static value_id add_mean(struct mixture *m, value_id all, value_id chosen,
                         value_id excess) {
  static const unsigned order[] = {1, 0};
  struct program *p = m->l.p;
  long most = m->l.weights.most, top = m->value[TOP];
  size_id one = size_si(&p->sizes, 1);
  value_id u =
      program_sum(p, "sum", program_transpose(p, "columns", all, order));
  if (!m->is_softmax)
    return program_round(p, "mean", u,
                         &(struct rounding){1, top, 0, -most - 1, most});
  value_id z = program_multiply(p, "gated excess", excess, chosen);
  z = program_sum(p, "weights", z);
  z = program_combine(p, "weights", &z, (long[]){1}, 1, top);
  u = program_reshape(p, "above", u, matrix(one, m->d.size));
  z = program_reshape(p, "below", z, matrix(one, one));
  return program_mix(p, "mean", u, z, -most - 1, most);
}

static void build(struct program *p, const fmpz *value) {
  struct mixture m = {.value = value, .is_softmax = value[MIX] == 1};
  layers_init(&m.l, p, (enum weights_kind)value[WEIGHTS],
              (unsigned)value[BITS]);
  m.d = layers_channels(&m.l, &model_mixture, D, value[D]);
  m.ff = layers_channels(&m.l, &model_mixture, FF, value[FF]);
  m.experts = layers_size(&m.l, &model_mixture, EXPERTS, value[EXPERTS]);
  struct channels experts = {m.experts, value[EXPERTS]};
  value_id x = program_input(p, "x", vector(m.d.size),
                             size_si(&p->sizes, m.l.bits), true);
  value_id scores = layers_linear(&m.l, "router", x, m.d, experts);
  scores = quantise(&m, "scores", scores, m.d, ACTIVATION_NONE);
  value_id chosen = program_top_k(p, "chosen", scores, (size_t)value[TOP]);
  value_id excess =
      m.is_softmax ? excess_of_scores(p, scores, m.l.bits) : chosen;
  value_id all = m.l.weights.kind == WEIGHTS_GENERIC
                     ? add_alike(&m, x, chosen, excess)
                     : add_each(&m, x, chosen, excess);
  program_output(p, "y", add_mean(&m, all, chosen, excess));
  layers_clear(&m.l);
}

static bool check(const fmpz *value, struct error *err) {
  double d = (double)value[D], experts = (double)value[EXPERTS];
  if (value[TOP] > value[EXPERTS])
    return error_set(err, 0, "top=%ld: at most experts=%ld can be chosen",
                     value[TOP], value[EXPERTS]);
  return value[WEIGHTS] == WEIGHTS_GENERIC ||
         layers_check_weights(experts * d * (1 + 2 * (double)value[FF]), err);
}

static const char *const mixes[] = {"equal", "softmax"};

const struct family model_mixture = {
    .name = "mixture",
    .about = "a top-k mixture of experts on one token, quantised",
    .formula = "depth 6; m(m-1)/2 + m gates to choose among m experts, at most "
               "2^bits - 1 a neuron, and the products of mix=softmax",
    .parameters =
        {{"d", "values of the token", 8, 1, 65536, .is_size = true},
         {"ff", "neurons of an expert", 16, 1, 65536, .is_size = true},
         {"experts", "to choose among", 4, 1, 1024, .is_size = true},
         {"top", "how many are chosen", 2, 1, 1024, .is_size = false},
         {"mix", "a mean of the chosen, or weighted by scores", 0, 0, 1,
          .choices = mixes},
         {"bits", "of weights and activations", 4, 2, 16, .is_size = false},
         {"activation", "of experts", 2, 0, 4, .choices = layers_activations},
         {"weights", "each drawn, or a pattern for all sizes", 0, 0, 1,
          .choices = layers_weights}},
    .check = check,
    .build = build,
};
