#include "tests/tasks/task_case.h"
#include "circuit/measure.h"
#include "circuit/random.h"
#include "circuit/values.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <flint/fmpz_vec.h>

void trial_init(struct trial *t, const struct family *task, const fmpz *value) {
  struct error err = {0};
  long size[FAMILY_MAX_PARAMETERS];
  size_t n = 0;
  for (size_t i = 0; task->parameters[i].name; i++)
    if (task->parameters[i].is_size)
      size[n++] = value[i];
  program_init(&t->p);
  task->build(&t->p, value);
  ck_assert_uint_eq(t->p.sizes.parameters.n, n);
  ck_assert_msg(instance_init(&t->in, &t->p, size, &err), "%s", err.message);
  run_init(&t->run, &t->in);
  circuit_init(&t->c);
  program_lower(&t->in, &t->c);
  t->input = _fmpz_vec_init((slong)t->in.input_values);
  t->answer = _fmpz_vec_init((slong)t->in.output_values);
  t->output = _fmpz_vec_init((slong)t->in.output_values);
}

void trial_clear(struct trial *t) {
  _fmpz_vec_clear(t->input, (slong)t->in.input_values);
  _fmpz_vec_clear(t->answer, (slong)t->in.output_values);
  _fmpz_vec_clear(t->output, (slong)t->in.output_values);
  circuit_clear(&t->c);
  run_clear(&t->run);
  instance_clear(&t->in);
  program_clear(&t->p);
}

/* z -= 2^k. */
static void subtract_power(fmpz *z, size_t k) {
  fmpz_t power;
  fmpz_init_set_ui(power, 1);
  fmpz_mul_2exp(power, power, k);
  fmpz_sub(z, z, power);
  fmpz_clear(power);
}

/* The integers of the buses, from bits. */
static void join(fmpz *z, const struct bus *bus, size_t buses,
                 const bit_id *bits, const bool *value) {
  for (size_t i = 0; i < buses; i++)
    for (size_t j = 0; j < bus[i].values; j++, z++) {
      fmpz_zero(z);
      for (size_t k = 0; k < bus[i].width; k++) {
        bool bit = value[bits[bus[i].first_bit + j * bus[i].width + k]];
        if (bit && k + 1 == bus[i].width && bus[i].is_signed)
          subtract_power(z, k);
        else if (bit)
          fmpz_setbit(z, k);
      }
    }
}

void trial_judge(struct trial *t, const struct family *task, const fmpz *value,
                 const bool *bit) {
  bool *of = malloc(t->c.bits.n * sizeof *of);
  circuit_values(&t->c, bit, of);
  join(t->input, t->c.input_buses.at, t->c.input_buses.n, t->c.inputs.at, of);
  if (task->promise.text && !task->promise.keeps(value, t->input)) {
    free(of);
    return;
  }
  task->answer(value, t->input, t->answer);
  run_values(&t->run, t->input, t->output);
  ck_assert(_fmpz_vec_equal(t->output, t->answer, (slong)t->in.output_values));
  join(t->output, t->c.output_buses.at, t->c.output_buses.n, t->c.outputs.at,
       of);
  ck_assert(_fmpz_vec_equal(t->output, t->answer, (slong)t->in.output_values));
  free(of);
}

/* The other way round. */
static void split(const fmpz *z, const struct bus *bus, size_t buses,
                  bool *bit) {
  for (size_t i = 0; i < buses; i++)
    for (size_t j = 0; j < bus[i].values; j++, z++)
      for (size_t k = 0; k < bus[i].width; k++)
        bit[bus[i].first_bit + j * bus[i].width + k] = fmpz_tstbit(z, k);
}

void trial_judge_integers(struct trial *t, const struct family *task,
                          const fmpz *value, const fmpz *input) {
  bool *bit = calloc(t->c.inputs.n + 1, sizeof *bit);
  split(input, t->c.input_buses.at, t->c.input_buses.n, bit);
  trial_judge(t, task, value, bit);
  free(bit);
}

/* All inputs in turn where there are few bits; else extreme, sparse, dense and
   even ones. */
static bool input_bit(size_t n, size_t v, size_t i, uint64_t *random) {
  if (n <= 12)
    return v >> i & 1;
  if (v < 2)
    return v;
  uint64_t z = random_below(random, 64);
  return z >= (v % 3 == 0 ? 32u : v % 3 == 1 ? 1u : 63u);
}

struct task_case task_case_find(const struct task_row *row, int rows,
                                const struct task_formula *formula, int i) {
  struct task_case k = {.task =
                            i < rows ? row[i].task : formula[i - rows].task};
  memcpy(k.value, i < rows ? row[i].value : formula[i - rows].value,
         sizeof k.value);
  if (i >= rows) {
    formula[i - rows].costs(&k);
    return k;
  }
  k.depth = row[i].depth;
  k.gates = row[i].gates;
  k.depth_inner = row[i].depth_inner;
  k.gates_inner = row[i].gates_inner;
  return k;
}

void task_case_agrees(const struct task_case *k) {
  const struct family *task = task_find(k->task);
  struct trial t;
  trial_init(&t, task, k->value);
  size_t n = t.c.inputs.n;
  bool *bit = calloc(n + 1, sizeof *bit);
  uint64_t random = 1;
  for (size_t v = 0; v < (n <= 12 ? (size_t)1 << n : 300); v++) {
    for (size_t i = 0; i < n; i++)
      bit[i] = input_bit(n, v, i, &random);
    if (n > 12 && task->draw && v % 4) {
      task->draw(k->value, &random, t.input);
      split(t.input, t.c.input_buses.at, t.c.input_buses.n, bit);
    }
    trial_judge(&t, task, k->value, bit);
  }
  free(bit);
  trial_clear(&t);
}

void task_case_costs(const struct task_case *k) {
  struct trial t;
  struct measure m;
  trial_init(&t, task_find(k->task), k->value);
  measure_init(&m);
  circuit_measure(&t.c, &m);
  ck_assert_uint_eq(m.depth, k->depth);
  ck_assert_uint_eq(m.depth_inner, k->depth_inner);
  ck_assert_uint_eq(mpz_get_ui(m.gates), k->gates);
  ck_assert_uint_eq(mpz_get_ui(m.gates_inner), k->gates_inner);
  ck_assert(!k->weight_bits || m.weight_bits <= k->weight_bits);
  measure_clear(&m);
  trial_clear(&t);
}
