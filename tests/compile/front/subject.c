#include "tests/compile/front/subject.h"
#include "circuit/values.h"
#include "compile/front/onnx.pb-c.h"
#include "compile/program/lower.h"
#include "tests/compile/front/prototext.h"
#include "tests/suite.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <flint/fmpz_vec.h>

const struct model_options standard = {.bits = 8, .range = 1};

/* ---- Text ---- */

void say(struct sketch *k, const char *format, ...) {
  va_list args;
  va_start(args, format);
  k->n +=
      (size_t)vsnprintf(k->text + k->n, sizeof k->text - k->n, format, args);
  va_end(args);
  ck_assert_uint_lt(k->n, sizeof k->text);
}

static void say_words(struct sketch *k, const char *before, const char *words,
                      const char *after) {
  for (const char *p = words; *p;) {
    size_t n = strcspn(p, " ");
    say(k, "%s%.*s%s", before, (int)n, p, after);
    p += n + (p[n] == ' ');
  }
}

void say_input(struct sketch *k, const char *name, enum onnx_type type,
               const char *dims) {
  say(k, "input{name:'%s' type{tensor_type{elem_type:%d shape{", name,
      (int)type);
  for (const char *p = dims; *p;) {
    size_t n = strcspn(p, " ");
    if (*p == '?')
      say(k, "dim{dim_param:'N'}");
    else
      say(k, "dim{dim_value:%.*s}", (int)n, p);
    p += n + (p[n] == ' ');
  }
  say(k, "}}}} ");
}

void say_output(struct sketch *k, const char *name) {
  say(k, "output{name:'%s'} ", name);
}

void say_node(struct sketch *k, const char *op, const char *inputs,
              const char *output, const char *attributes) {
  say(k, "node{op_type:'%s' ", op);
  for (const char *p = inputs; *p;) {
    size_t n = strcspn(p, " ");
    say(k, "input:'%.*s' ", *p == '-' ? 0 : (int)n, p);
    p += n + (p[n] == ' ');
  }
  say(k, "output:'%s' %s} ", output, attributes);
}

void say_floats(struct sketch *k, const char *name, const char *dims,
                const float *at, size_t n) {
  say(k, "initializer{name:'%s' data_type:1 ", name);
  say_words(k, "dims:", dims, " ");
  say(k, "float_data:[");
  for (size_t i = 0; i < n; i++)
    say(k, "%.9g ", (double)at[i]);
  say(k, "]} ");
}

void say_longs(struct sketch *k, const char *name, enum onnx_type type,
               const char *dims, const long *at, size_t n) {
  say(k, "initializer{name:'%s' data_type:%d ", name, (int)type);
  say_words(k, "dims:", dims, " ");
  say(k, type == ONNX_INT64 ? "int64_data:[" : "int32_data:[");
  for (size_t i = 0; i < n; i++)
    say(k, "%ld ", at[i]);
  say(k, "]} ");
}

void say_float(struct sketch *k, const char *name, float value) {
  say_floats(k, name, "", &value, 1);
}

void say_long(struct sketch *k, const char *name, enum onnx_type type,
              long value) {
  say_longs(k, name, type, "", &value, 1);
}

uint8_t *sketch_bytes(const struct sketch *k, size_t *n) {
  char *text = xmalloc(k->n + 200);
  sprintf(text, "ir_version:8 opset_import{domain:'' version:%d} graph{%s}",
          k->opset ? k->opset : 13, k->text);
  struct proto b = prototext(&onnx__model_proto__descriptor, text);
  free(text);
  *n = b.n;
  return b.at;
}

/* ---- Subjects ---- */

static void make(struct subject *s) {
  struct error err = {0};
  ck_assert_msg(instance_init(&s->in, &s->m.program, NULL, &err), "%s",
                err.message);
  circuit_init(&s->c);
  program_lower(&s->in, &s->c);
  measure_init(&s->measure);
  circuit_measure(&s->c, &s->measure);
}

static void unmake(struct subject *s) {
  measure_clear(&s->measure);
  circuit_clear(&s->c);
  instance_clear(&s->in);
}

void subject_init(struct subject *s, const struct sketch *k,
                  const struct model_options *o) {
  struct error err = {0};
  size_t n;
  uint8_t *bytes = sketch_bytes(k, &n);
  bool ok = model_read_bytes(&s->m, bytes, n, o ? o : &standard, &err);
  ck_assert_msg(ok, "%s\n%s", err.message, k->text);
  free(bytes);
  make(s);
}

void subject_again(struct subject *s, const struct model_options *o) {
  unmake(s);
  subject_make(s, o);
}

void subject_make(struct subject *s, const struct model_options *o) {
  struct error err = {0};
  ck_assert_msg(model_translate(&s->m, o, &err), "%s", err.message);
  make(s);
}

void subject_clear(struct subject *s) {
  unmake(s);
  model_clear(&s->m);
}

static void split(const struct bus *bus, size_t n, const long *x, bool *bit) {
  for (size_t i = 0; i < n; i++)
    for (size_t j = 0; j < bus[i].values; j++, x++)
      for (size_t k = 0; k < bus[i].width; k++)
        *bit++ = (unsigned long)*x >> k & 1;
}

static void expect_bits(const struct subject *s, const bool *value,
                        const long *y) {
  const struct bus *bus = s->c.output_buses.at;
  size_t o = 0;
  for (size_t i = 0; i < s->c.output_buses.n; i++)
    for (size_t j = 0; j < bus[i].values; j++, y++)
      for (size_t k = 0; k < bus[i].width; k++, o++)
        ck_assert_msg(value[s->c.outputs.at[o]] == ((unsigned long)*y >> k & 1),
                      "bit %zu of value %zu of %s, which is %ld", k, j,
                      bus[i].name, *y);
  ck_assert_uint_eq(o, s->c.outputs.n);
}

static void expect_run(struct run *run, const struct subject *s, const long *x,
                       const long *y) {
  size_t inputs = s->in.input_values, outputs = s->in.output_values;
  fmpz *in = _fmpz_vec_init((slong)inputs),
       *out = _fmpz_vec_init((slong)outputs);
  for (size_t i = 0; i < inputs; i++)
    fmpz_set_si(in + i, x[i]);
  run_values(run, in, out);
  for (size_t i = 0; i < outputs; i++)
    ck_assert_msg(fmpz_get_si(out + i) == y[i], "output %zu is %ld, not %ld", i,
                  fmpz_get_si(out + i), y[i]);
  _fmpz_vec_clear(in, (slong)inputs);
  _fmpz_vec_clear(out, (slong)outputs);
}

/* Rounds 0 and 1 are all least and all greatest; then random ones, every
   second of which takes ends of the range only. */
static void draw(const struct subject *s, struct dice *d, int round, long *x) {
  for (size_t i = 0; i < s->m.inputs.n; i++) {
    const struct quantiser *l = &s->m.inputs.at[i].levels;
    for (size_t j = 0; j < s->m.inputs.at[i].n; j++)
      *x++ = round == 0   ? l->lo
             : round == 1 ? l->hi
             : round % 2  ? (dice_long(d, 0, 1) ? l->lo : l->hi)
                          : dice_long(d, l->lo, l->hi);
  }
}

static void compare(struct subject *s, answer_of *answer, const void *context,
                    int rounds, bool has_circuit) {
  struct dice d = {1};
  struct run run;
  long *x = xcalloc(s->in.input_values, sizeof *x);
  long *y = xcalloc(s->in.output_values, sizeof *y);
  bool *bit = xcalloc(s->c.inputs.n, sizeof *bit);
  bool *value = xcalloc(s->c.bits.n, sizeof *value);
  run_init(&run, &s->in);
  for (int round = 0; round < rounds; round++) {
    draw(s, &d, round, x);
    answer(x, y, context);
    expect_run(&run, s, x, y);
    if (!has_circuit)
      continue;
    split(s->c.input_buses.at, s->c.input_buses.n, x, bit);
    circuit_values(&s->c, bit, value);
    expect_bits(s, value, y);
  }
  run_clear(&run);
  free(value);
  free(bit);
  free(y);
  free(x);
}

void subject_compare(struct subject *s, answer_of *answer, const void *context,
                     int rounds) {
  compare(s, answer, context, rounds, true);
}

void subject_run(struct subject *s, answer_of *answer, const void *context,
                 int rounds) {
  compare(s, answer, context, rounds, false);
}

/* ---- Numbers ---- */

long dice_long(struct dice *d, long lo, long hi) {
  d->seed = d->seed * 6364136223846793005u + 1442695040888963407u;
  return lo + (long)((d->seed >> 33) % ((unsigned long)(hi - lo) + 1));
}

float dice_float(struct dice *d, float lo, float hi) {
  return lo + (hi - lo) * (float)dice_long(d, 0, 1 << 20) / (1 << 20);
}

int subject_rounds(void) {
  return is_full_run() ? 300 : 100;
}
