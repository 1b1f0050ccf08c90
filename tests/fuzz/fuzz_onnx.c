#include "compile/front/model.h"
#include "compile/program/lower.h"
#include "tests/compile/front/walk.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void check_error(const struct error *err) {
  if (!err->message[0] || strchr(err->message, '\n'))
    abort();
}

/* A program in which no tensor is large, nor all of them together. */
static bool is_small(const struct instance *in) {
  size_t all = in->input_bits;
  for (size_t v = 0; v < in->program->values.n; v++)
    all += in->shape[v].n;
  return all < 400;
}

static void read_circuit(const uint8_t *data, size_t n) {
  const struct model_options o = {.bits = 4, .range = 1};
  struct model m;
  struct instance in;
  struct circuit c;
  struct error err = {0};
  circuit_init(&c);
  if (!model_read_bytes(&m, data, n, &o, &err)) {
    check_error(&err);
  } else {
    if (!instance_init(&in, &m.program, NULL, &err))
      check_error(&err);
    else if (is_small(&in))
      program_lower(&in, &c);
    instance_clear(&in);
  }
  circuit_clear(&c);
  model_clear(&m);
}

/* The bytes as a model, as a circuit of it and as a tensor. What is accepted
   must keep the promises of onnx.h, and become a circuit if it is small. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
  struct onnx_model m;
  struct onnx_tensor t;
  struct error err = {0};
  if (onnx_read_bytes(&m, data, n, &err))
    walk_model(&m);
  else
    check_error(&err);
  onnx_clear(&m);
  read_circuit(data, n);
  if (onnx_tensor_read_bytes(&t, data, n, &err))
    walk_tensor(&t);
  else
    check_error(&err);
  onnx_tensor_clear(&t);
  return 0;
}
