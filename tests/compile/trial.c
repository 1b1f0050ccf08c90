#include "tests/compile/trial.h"
#include "circuit/binary.h"
#include "circuit/measure.h"
#include "circuit/prune.h"
#include "circuit/values.h"
#include "compile/program/lower.h"
#include "compile/program/run.h"
#include "tests/naive.h"

#include <stdlib.h>

#include <check.h>
#include <flint/fmpz_vec.h>

struct scales {
  const struct program *p;
  struct instance in;
  struct run run;
  struct circuit c;
  bool *bit, *value;
  long *input, *expected;
  fmpz *given, *got;
};

static void scales_init(struct scales *t, const struct program *p,
                        const long *parameter) {
  struct error err = {0};
  *t = (struct scales){.p = p};
  ck_assert_msg(instance_init(&t->in, p, parameter, &err), "%s", err.message);
  run_init(&t->run, &t->in);
  circuit_init(&t->c);
  program_lower(&t->in, &t->c);
  t->bit = xcalloc(t->in.input_bits, sizeof *t->bit);
  t->value = xcalloc(t->c.bits.n, sizeof *t->value);
  t->input = xcalloc(t->in.input_values, sizeof *t->input);
  t->expected = xcalloc(t->in.output_values, sizeof *t->expected);
  t->given = _fmpz_vec_init((slong)t->in.input_values);
  t->got = _fmpz_vec_init((slong)t->in.output_values);
}

static void scales_clear(struct scales *t) {
  free(t->bit);
  free(t->value);
  free(t->input);
  free(t->expected);
  _fmpz_vec_clear(t->given, (slong)t->in.input_values);
  _fmpz_vec_clear(t->got, (slong)t->in.output_values);
  circuit_clear(&t->c);
  run_clear(&t->run);
  instance_clear(&t->in);
}

/* ---- One input ---- */

static long of_bits(const bool *bit, size_t width, bool is_signed) {
  long v = 0;
  for (size_t k = 0; k < width; k++)
    if (bit[k])
      v += is_signed && k + 1 == width ? -(1L << k) : 1L << k;
  return v;
}

/* Bits of all ports, one after the other, as integers. */
static void read_inputs(struct scales *t) {
  size_t bit = 0, value = 0;
  for (size_t i = 0; i < t->p->inputs.n; i++) {
    const struct port *port = &t->p->inputs.at[i];
    for (size_t j = 0; j < t->in.shape[port->value].n; j++) {
      t->input[value] =
          of_bits(t->bit + bit, t->in.input_width[i], port->is_signed);
      fmpz_set_si(t->given + value, t->input[value]);
      bit += t->in.input_width[i];
      value++;
    }
  }
}

/* Check writes to a file for every assertion: only where it fails. */
static void judge(const char *who, size_t i, long got, long expected) {
  if (got != expected)
    ck_abort_msg("%s: output %zu is %ld, not %ld", who, i, got, expected);
}

static void judge_run(struct scales *t) {
  run_values(&t->run, t->given, t->got);
  for (size_t i = 0; i < t->in.output_values; i++)
    judge("run", i, fmpz_get_si(t->got + i), t->expected[i]);
}

static void judge_circuit(struct scales *t) {
  size_t value = 0;
  bool bits[64];
  circuit_values(&t->c, t->bit, t->value);
  for (size_t i = 0; i < t->c.output_buses.n; i++) {
    const struct bus *b = &t->c.output_buses.at[i];
    for (size_t j = 0; j < b->values; j++, value++) {
      for (size_t k = 0; k < b->width; k++)
        bits[k] = t->value[t->c.outputs.at[b->first_bit + j * b->width + k]];
      judge("circuit", value, of_bits(bits, b->width, b->is_signed),
            t->expected[value]);
    }
  }
}

/* ---- The circuit ---- */

static void check_ports(const struct scales *t) {
  const struct circuit *c = &t->c;
  size_t bit = 0;
  ck_assert_uint_eq(c->input_buses.n, t->p->inputs.n);
  ck_assert_uint_eq(c->output_buses.n, t->p->outputs.n);
  for (size_t i = 0; i < t->p->inputs.n; i++) {
    const struct port *port = &t->p->inputs.at[i];
    const struct bus *b = &c->input_buses.at[i];
    ck_assert_str_eq(b->name, port->name);
    ck_assert_uint_eq(b->first_bit, bit);
    ck_assert_uint_eq(b->width, t->in.input_width[i]);
    ck_assert_int_eq(b->is_signed, port->is_signed);
    ck_assert_uint_eq(b->values, t->in.shape[port->value].n);
    bit += b->values * b->width;
  }
  for (size_t i = 0; i < t->p->outputs.n; i++) {
    const struct port *port = &t->p->outputs.at[i];
    const struct bus *b = &c->output_buses.at[i];
    ck_assert_str_eq(b->name, port->name);
    ck_assert_uint_eq(b->values, t->in.shape[port->value].n);
    ck_assert_uint_le(b->width, 64);
    if (t->in.output_width[i]) {
      ck_assert_uint_eq(b->width, t->in.output_width[i]);
      ck_assert_int_eq(b->is_signed, port->is_signed);
    }
  }
}

/* Gates that go both ways, as far as ranges can tell, and are all read. */
static void check_gates(struct scales *t) {
  struct circuit *c = &t->c;
  struct naive n;
  naive_init(&n, c);
  size_t gates = c->bits.n - 2 - c->inputs.n, bits = c->bits.n,
         wires = c->wires.n, views = c->views.n;
  ck_assert_uint_eq(naive_live_gates(&n, c->outputs.at, c->outputs.n), gates);
  ck_assert_uint_eq(naive_idle_gates(&n, c->outputs.at, c->outputs.n), 0);
  naive_clear(&n);
  circuit_prune(c);
  ck_assert_uint_eq(c->bits.n, bits);
  ck_assert_uint_eq(c->wires.n, wires);
  ck_assert_uint_eq(c->views.n, views);
}

static struct trial measure_trial(const struct circuit *c) {
  struct measure m;
  measure_init(&m);
  circuit_measure(c, &m);
  struct trial t = {.depth = m.depth_inner,
                    .gates = mpz_get_ui(m.gates_inner),
                    .depth_physical = m.depth,
                    .gates_physical = mpz_get_ui(m.gates),
                    .wires = mpz_get_ui(m.wires)};
  measure_clear(&m);
  return t;
}

/* ---- All inputs ---- */

static uint64_t draw(uint64_t *seed) {
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  return *seed ^= *seed << 17;
}

static bool input_bit(size_t bits, size_t v, size_t i, uint64_t *seed) {
  if (bits <= TRIAL_BITS)
    return v >> i & 1;
  return v < 2 ? v : draw(seed) >> 40 & 1;
}

struct trial trial_judge(const struct program *p, const long *parameter,
                         void (*expected)(const void *context, const long *in,
                                          long *out),
                         const void *context) {
  struct scales t;
  scales_init(&t, p, parameter);
  check_ports(&t);
  check_gates(&t);
  size_t bits = t.in.input_bits;
  uint64_t seed = 88172645463325252u;
  for (size_t v = 0; v < (bits <= TRIAL_BITS ? (size_t)1 << bits : 500); v++) {
    for (size_t i = 0; i < bits; i++)
      t.bit[i] = input_bit(bits, v, i, &seed);
    read_inputs(&t);
    expected(context, t.input, t.expected);
    judge_run(&t);
    judge_circuit(&t);
  }
  struct trial result = measure_trial(&t.c);
  scales_clear(&t);
  return result;
}

const char *trial_refuse(const struct program *p, const long *parameter) {
  static struct error err;
  struct instance in;
  bool ok = instance_init(&in, p, parameter, &err);
  instance_clear(&in);
  return ok ? NULL : err.message;
}
