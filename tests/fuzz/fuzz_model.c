#include "circuit/hash.h"
#include "circuit/values.h"
#include "compile/front/model.h"
#include "compile/program/lower.h"
#include "compile/program/run.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/memory.h"

#include <stdlib.h>

#include <flint/fmpz_vec.h>

/* A program in which no tensor is large, nor all of them together; nor are its
   inputs, as a function of 16 bits has 2^16 steps. */
static bool is_small(const struct instance *in) {
  size_t all = 0;
  for (size_t v = 0; v < in->program->values.n; v++)
    all += in->shape[v].n;
  return all < 300 && in->input_bits <= 12 * in->input_values;
}

static void subtract_power(fmpz *x, size_t bits) {
  fmpz_t power;
  fmpz_init(power);
  fmpz_one_2exp(power, bits);
  fmpz_sub(x, x, power);
  fmpz_clear(power);
}

/* Random bits for all inputs, and the integers that they are. */
static void draw(const struct circuit *c, uint32_t seed, bool *bit, fmpz *x) {
  for (size_t i = 0; i < c->input_buses.n; i++) {
    const struct bus *bus = &c->input_buses.at[i];
    for (size_t j = 0; j < bus->values; j++, x++) {
      fmpz_zero(x);
      for (size_t k = 0; k < bus->width; k++, bit++) {
        seed = seed * 1664525 + 1013904223;
        *bit = seed >> 31;
        if (*bit)
          fmpz_setbit(x, k);
      }
      if (bus->is_signed && bus->width && bit[-1])
        subtract_power(x, bus->width);
    }
  }
}

static void expect_outputs(const struct circuit *c, const bool *value,
                           const fmpz *y) {
  const struct bus *bus = c->output_buses.at;
  size_t n = 0;
  for (size_t i = 0; i < c->output_buses.n; i++)
    for (size_t j = 0; j < bus[i].values; j++, y++)
      for (size_t k = 0; k < bus[i].width; k++, n++)
        if (value[c->outputs.at[n]] != fmpz_tstbit(y, k))
          abort();
}

/* What the program means is what the circuit computes. */
static void compare(const struct instance *in, const struct circuit *c,
                    uint32_t seed) {
  struct run run;
  fmpz *x = _fmpz_vec_init((slong)in->input_values + 1);
  fmpz *y = _fmpz_vec_init((slong)in->output_values + 1);
  bool *bit = xcalloc(c->inputs.n + 1, sizeof *bit);
  bool *value = xcalloc(c->bits.n + 1, sizeof *value);
  run_init(&run, in);
  for (uint32_t round = 0; round < 4; round++) {
    draw(c, seed + round, bit, x);
    run_values(&run, x, y);
    circuit_values(c, bit, value);
    expect_outputs(c, value, y);
  }
  run_clear(&run);
  free(value);
  free(bit);
  _fmpz_vec_clear(y, (slong)in->output_values + 1);
  _fmpz_vec_clear(x, (slong)in->input_values + 1);
}

/* The bytes as an ONNX model of which a program is made; and a circuit, if it
   is small. */
void fuzz(const uint8_t *data, size_t n) {
  const struct model_options o = {.bits = 4, .range = 1, .length = 2};
  struct model m;
  struct instance in;
  struct circuit c;
  struct error err = {0};
  circuit_init(&c);
  if (!model_read_bytes(&m, data, n, &o, &err)) {
    fuzz_check_error(&err);
  } else {
    if (!instance_init(&in, &m.program, NULL, &err)) {
      fuzz_check_error(&err);
    } else if (is_small(&in)) {
      memory_unwatch(); // the limit is for readers: few bytes say much to do
      program_lower(&in, &c);
      compare(&in, &c, hash_bytes(data, n));
    }
    instance_clear(&in);
  }
  circuit_clear(&c);
  model_clear(&m);
}
