/* "depth2:NAME": the truth table of a source in two levels, beside the source
   itself, which says what it means. */
#include "analysis/source_parts.h"
#include "circuit/evaluate.h"
#include "compile/program/lower.h"
#include "compile/program/run.h"
#include "compile/program/truth.h"

#include <stdlib.h>
#include <string.h>

#include <flint/fmpz_vec.h>

#define TABLE_MOST_BITS ((size_t)1 << 30)

/* What was there: owned by the program that takes its place. */
struct original {
  struct program program;
  struct instance instance;
  struct circuit once; // its circuit
  struct truth truth;
};

static void original_free(void *context) {
  struct original *o = context;
  instance_clear(&o->instance);
  program_clear(&o->program);
  circuit_clear(&o->once);
  free(o->truth.at);
  free(o);
}

/* ---- Its meaning ---- */

static void integer_of(fmpz_t x, const bool *bit, const struct bus *bus) {
  fmpz_zero(x);
  for (unsigned i = 0; i < bus->width; i++)
    if (bit[i])
      fmpz_setbit(x, i);
  if (bus->is_signed && bit[bus->width - 1]) {
    fmpz_t range;
    fmpz_init_set_ui(range, 0);
    fmpz_setbit(range, bus->width);
    fmpz_sub(x, x, range);
    fmpz_clear(range);
  }
}

static void answer(const void *context, const bool *in, bool *out) {
  const struct original *o = context;
  size_t ins = o->instance.input_values, outs = o->instance.output_values;
  fmpz *x = _fmpz_vec_init((slong)ins), *y = _fmpz_vec_init((slong)outs);
  fmpz *at = x;
  struct run run;
  for (size_t b = 0; b < o->once.input_buses.n; b++) {
    const struct bus *bus = &o->once.input_buses.at[b];
    for (size_t i = 0; i < bus->values; i++, in += bus->width)
      integer_of(at++, in, bus);
  }
  run_init(&run, &o->instance);
  run_values(&run, x, y);
  run_clear(&run);
  at = y;
  for (size_t b = 0; b < o->once.output_buses.n; b++) {
    const struct bus *bus = &o->once.output_buses.at[b];
    for (size_t i = 0; i < bus->values; i++, at++)
      for (unsigned k = 0; k < bus->width; k++)
        *out++ = fmpz_tstbit(at, k);
  }
  _fmpz_vec_clear(x, (slong)ins);
  _fmpz_vec_clear(y, (slong)outs);
}

/* ---- Its table, by its circuit ---- */

static void fill_block(struct evaluator_block *b, size_t inputs, size_t words,
                       size_t first) {
  memset(b->in, 0, inputs * words * sizeof *b->in);
  for (size_t v = 0; v < words * 64; v++)
    for (size_t i = 0; i < inputs; i++)
      b->in[i * words + v / 64] |= (uint64_t)((first + v) >> i & 1) << v % 64;
}

static void fill_table(struct truth *t, const struct circuit *c) {
  struct evaluator *e = evaluator_new(c, EVALUATE_RUNGS);
  struct evaluator_block *b = evaluator_block_new(e);
  size_t words = evaluator_words(e), all = truth_words(t);
  for (size_t from = 0; from < all; from += words) {
    size_t n = all - from < words ? all - from : words;
    fill_block(b, t->inputs, words, from * 64);
    evaluator_block_run(e, b);
    for (size_t o = 0; o < t->outputs; o++)
      memcpy(t->at + o * all + from, b->out + o * words, n * sizeof *t->at);
  }
  evaluator_block_free(b);
  evaluator_free(e);
}

static bool check_sizes(const struct source *s, struct error *err) {
  if (s->instance.input_bits <= TRUTH_INPUTS)
    return true;
  return error_set(err, 0,
                   "depth2: '%s' has %zu inputs; tables of up to %d are made",
                   s->label, s->instance.input_bits, TRUTH_INPUTS);
}

static bool check_table(const struct original *o, struct error *err) {
  if (o->once.outputs.n << o->once.inputs.n <= TABLE_MOST_BITS)
    return true;
  return error_set(err, 0,
                   "depth2: %zu outputs of %zu inputs are a table of more than "
                   "2^30 bits",
                   o->once.outputs.n, o->once.inputs.n);
}

static void take_original(struct original *o, struct source *s) {
  struct program *p = source_program(s);
  struct error err = {0};
  size_t n = p->sizes.parameters.n;
  long *value = xmalloc((n + 1) * sizeof *value);
  memcpy(value, s->instance.parameter, n * sizeof *value);
  circuit_init(&o->once);
  o->once.max_bytes = s->circuit.max_bytes;
  program_lower(&s->instance, &o->once);
  instance_clear(&s->instance);
  o->program = *p;
  if (!instance_init(&o->instance, &o->program, value, &err))
    BUG("%s", err.message);
  program_init(p);
  free(value);
}

static void make_table(struct original *o) {
  struct truth *t = &o->truth;
  *t = (struct truth){.inputs = o->once.inputs.n,
                      .outputs = o->once.outputs.n,
                      .answer = answer,
                      .context = o};
  t->at = xcalloc(t->outputs * truth_words(t) + 1, sizeof *t->at);
  fill_table(t, &o->once);
}

bool source_wrap_table(struct source *s, struct error *err) {
  if (!check_sizes(s, err))
    return false;
  struct original *o = xcalloc(1, sizeof *o);
  struct program *p = source_program(s);
  take_original(o, s);
  program_own(p, original_free, o);
  if (!check_table(o, err))
    return false;
  make_table(o);
  value_id x = source_file_inputs(p, &o->once);
  for (size_t i = 0; i < p->inputs.n && i < o->program.inputs.n; i++)
    p->inputs.at[i].is_random = o->program.inputs.at[i].is_random;
  source_file_outputs(p, &o->once, program_truth(p, "table", x, &o->truth));
  return instance_init(&s->instance, p, NULL, err);
}
