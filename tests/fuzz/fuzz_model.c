#include "compile/front/model.h"
#include "compile/program/lower.h"
#include "tests/fuzz/fuzz.h"

/* A program in which no tensor is large, nor all of them together. */
static bool is_small(const struct instance *in) {
  size_t all = in->input_bits;
  for (size_t v = 0; v < in->program->values.n; v++)
    all += in->shape[v].n;
  return all < 400;
}

/* The bytes as an ONNX model of which a program is made; and a circuit, if it
   is small. */
void fuzz(const uint8_t *data, size_t n) {
  const struct model_options o = {.bits = 4, .range = 1};
  struct model m;
  struct instance in;
  struct circuit c;
  struct error err = {0};
  circuit_init(&c);
  if (!model_read_bytes(&m, data, n, &o, &err)) {
    fuzz_check_error(&err);
  } else {
    if (!instance_init(&in, &m.program, NULL, &err))
      fuzz_check_error(&err);
    else if (is_small(&in))
      program_lower(&in, &c);
    instance_clear(&in);
  }
  circuit_clear(&c);
  model_clear(&m);
}
