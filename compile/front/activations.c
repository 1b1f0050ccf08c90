#include "compile/front/activations.h"

#include <string.h>
#include <strings.h>

static const struct activation activations[] = {
    {"Tanh", SCALAR_TANH, false, false, true, false, 0, 0},
    {"Sigmoid", SCALAR_SIGMOID, false, false, true, true, 0, 0},
    {"Relu", SCALAR_MAX, false, false, false, false, 0, 0},
    {"Affine", SCALARS, true, true, false, false, 1, 0},
    {"LeakyRelu", SCALAR_LEAKY, true, false, false, false, 0.01, 0},
    {"ThresholdedRelu", SCALARS, true, false, false, false, 1, 0},
    {"ScaledTanh", SCALARS, true, true, false, false, 1, 1},
    {"HardSigmoid", SCALARS, true, true, true, true, 0.2, 0.5},
    {"Elu", SCALAR_ELU, true, false, false, false, 1, 0},
    {"Softsign", SCALAR_SOFTSIGN, false, false, true, false, 0, 0},
    {"Softplus", SCALAR_SOFTPLUS, false, false, false, false, 0, 0},
};

static flow_id affine(struct flow *f, flow_id x, double a, double b) {
  return flow_with(f, SCALAR_ADD, flow_with(f, SCALAR_MUL, x, a), b);
}

flow_id activation_limit(struct flow *f, flow_id x, double lo, double hi) {
  return flow_with(f, SCALAR_MIN, flow_with(f, SCALAR_MAX, x, lo), hi);
}

flow_id activation(struct flow *f, const struct activation *a, flow_id x) {
  if (x == FLOW_NONE)
    return x;
  if (a->scalar != SCALARS)
    return scalar_is_binary(a->scalar) ? flow_with(f, a->scalar, x, a->alpha)
                                       : flow_unary(f, a->scalar, x);
  switch (a->name[0]) {
  case 'A':
    return affine(f, x, a->alpha, a->beta);
  case 'H':
    return activation_limit(f, affine(f, x, a->alpha, a->beta), 0, 1);
  case 'S':
    x = flow_unary(f, SCALAR_TANH, flow_with(f, SCALAR_MUL, x, a->beta));
    return flow_with(f, SCALAR_MUL, x, a->alpha);
  default: { // x where it is at least alpha
    flow_id c = flow_with(f, SCALAR_AT_LEAST, x, a->alpha);
    return flow_binary(f, SCALAR_MUL, x, flow_cast(f, flow_get(f, x)->type, c));
  }
  }
}

static const struct activation *find_activation(const char *name, size_t n) {
  for (size_t i = 0; i < sizeof activations / sizeof *activations; i++)
    if (strlen(activations[i].name) == n &&
        !strncasecmp(activations[i].name, name, n))
      return &activations[i];
  return NULL;
}

/* Alphas and betas are consumed in the order of activations. */
bool activations_read(struct operator_call *n, size_t each, size_t directions,
                      bool has_gates, struct activation *to) {
  const struct onnx_attribute *names =
      onnx_attribute(n->scope->graph, n->node, "activations");
  const float *alpha, *beta;
  size_t alphas = call_floats(n, "activation_alpha", &alpha);
  size_t betas = call_floats(n, "activation_beta", &beta), i = 0, j = 0;
  if (names &&
      (names->type != ATTRIBUTE_STRINGS || names->n != each * directions))
    return flow_error(n->f, "attribute 'activations' is not a list of %zu",
                      each * directions),
           false;
  for (size_t k = 0; k < each * directions; k++) {
    bool is_gate = has_gates && k % each == 0;
    const struct activation *a =
        names ? find_activation(names->strings[k].at, names->strings[k].n)
              : &activations[is_gate];
    if (!a)
      return flow_error(n->f, "activation %zu is not known", k), false;
    to[k] = *a;
    if (a->has_alpha && i < alphas)
      to[k].alpha = (double)alpha[i++];
    if (a->has_beta && j < betas)
      to[k].beta = (double)beta[j++];
  }
  return true;
}
