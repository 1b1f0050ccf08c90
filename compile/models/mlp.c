/* mlp: layers of a matrix and an activation, quantised. Each layer rounds,
   clips and activates its sums in one level, so L layers have depth L, and a
   neuron at most 2^bits - 1 gates. */
#include "compile/models/models.h"
#include "compile/models/quantise.h"
#include "compile/models/weights.h"

enum {
  LAYERS,
  INPUTS,
  HIDDEN,
  OUTPUTS,
  BITS,
  ACTIVATION,
  WEIGHTS
};

struct mlp {
  struct program *p;
  const fmpz *value;
  struct weights weights;
  unsigned bits;
};

/* Parameter i as a size: of generic weights any, else its value. */
static size_id size_of(struct mlp *m, size_t i) {
  return m->weights.kind == WEIGHTS_GENERIC
             ? family_size(m->p, &model_mlp, i)
             : size_si(&m->p->sizes, m->value[i]);
}

/* From `columns` numbers to `rows`, each a size and the value it has. */
static value_id add_layer(struct mlp *m, const char *name, value_id x,
                          size_id rows, long height, long width,
                          enum activation f) {
  struct matrix w = weights_matrix(&m->weights, (size_t)height, (size_t)width);
  unsigned long shift = model_shift((size_t)width, m->bits);
  const fmpz *bias = weights_bias(&m->weights, &w, 1L << shift);
  value_id y = program_linear_matrix(m->p, "sums", x, rows, &w, bias);
  return model_quantise(m->p, name, y, shift, f, m->bits);
}

static value_id add_hidden(struct mlp *m, const char *name, value_id x,
                           size_id hidden) {
  return add_layer(m, name, x, hidden, m->value[HIDDEN], m->value[HIDDEN],
                   (enum activation)(m->value[ACTIVATION] + 1));
}

/* Hidden layers after the first: all alike, or each with its own weights. */
static value_id add_layers(struct mlp *m, value_id x, size_id hidden) {
  if (m->weights.kind == WEIGHTS_GENERIC) {
    struct sizes *t = &m->p->sizes;
    size_id rounds = size_sub(t, size_of(m, LAYERS), size_si(t, 2));
    struct composition loop;
    program_begin_loop(m->p, &loop, "layer", &x, 1, 0, rounds);
    value_id y = add_hidden(m, "hidden", loop.argument[0], hidden);
    program_end(m->p, &loop, &y, 1, &x);
    return x;
  }
  for (long i = 2; i < m->value[LAYERS]; i++) {
    char name[64];
    snprintf(name, sizeof name, "hidden %ld", i);
    x = add_hidden(m, name, x, hidden);
  }
  return x;
}

static void build(struct program *p, const fmpz *value) {
  struct mlp m = {.p = p, .value = value, .bits = (unsigned)value[BITS]};
  weights_init(&m.weights, p->seed, (enum weights_kind)value[WEIGHTS], m.bits);
  size_id inputs = size_of(&m, INPUTS), hidden = size_of(&m, HIDDEN);
  size_id outputs = size_of(&m, OUTPUTS);
  if (m.weights.kind == WEIGHTS_GENERIC) {
    program_exchange(p, inputs, WEIGHTS_PERIOD);
    program_exchange(p, hidden, WEIGHTS_PERIOD);
    program_exchange(p, outputs, WEIGHTS_PERIOD);
  }
  value_id x =
      program_input(p, "x", vector(inputs), size_si(&p->sizes, m.bits), true);
  x = add_layer(&m, "hidden 1", x, hidden, value[HIDDEN], value[INPUTS],
                (enum activation)(value[ACTIVATION] + 1));
  x = add_layers(&m, x, hidden);
  x = add_layer(&m, "output", x, outputs, value[OUTPUTS], value[HIDDEN],
                ACTIVATION_NONE);
  program_output(p, "y", x);
  weights_clear(&m.weights);
}

static const char *const activations[] = {"relu", "gelu", "silu", "tanh",
                                          "sigmoid"};
static const char *const weights[] = {"random", "generic"};

const struct family model_mlp = {
    .name = "mlp",
    .about = "layers of a matrix and an activation, quantised",
    .formula = "depth layers + 1, at most 2^bits - 1 gates a neuron, and bits "
               "more of each output",
    .parameters = {{"layers", "layers of weights", 2, 2, 1000, .is_size = true},
                   {"d", "inputs", 16, 1, 100000, .is_size = true},
                   {"ff", "neurons of a hidden layer", 16, 1, 100000,
                    .is_size = true},
                   {"out", "outputs", 10, 1, 100000, .is_size = true},
                   {"bits", "of weights and activations", 8, 2, 16,
                    .is_size = false},
                   {.name = "activation",
                    .about = "of hidden layers",
                    .standard = 0,
                    .most = 4,
                    .choices = activations},
                   {.name = "weights",
                    .about = "each drawn, or a pattern for all sizes",
                    .standard = 0,
                    .most = 1,
                    .choices = weights}},
    .build = build,
};
