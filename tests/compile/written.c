#include "tests/compile/written.h"
#include "compile/program/reading.h"
#include "tests/compile/scene.h"

#include <check.h>

struct program p;

static void square(mpz_t y, const mpz_t x, const void *context) {
  (void)context;
  mpz_mul(y, x, x);
}

const struct function squares = {square, NULL, false};

void setup(void) {
  program_init(&p);
}

void teardown(void) {
  program_clear(&p);
}

void again(void) {
  teardown();
  setup();
}

size_id si(long value) {
  return size_si(&p.sizes, value);
}

struct dims cube(long a, long b, long c) {
  return (struct dims){3, {si(a), si(b), si(c)}};
}

struct dims row(long n) {
  return vector(si(n));
}

value_id input(struct dims dims, long width, bool is_signed) {
  return program_input(&p, "x", dims, si(width), is_signed);
}

void output(value_id v) {
  program_output(&p, "y", v);
}

struct trial judge(void (*expected)(const void *context, const long *in,
                                    long *out),
                   const void *context, size_t depth, size_t gates) {
  struct trial t = trial_judge(&p, NULL, expected, context);
  ck_assert_uint_eq(t.depth, depth);
  ck_assert_uint_eq(t.gates, gates);
  return t;
}

/* Element j of input i, of bits that are made for it. */
static void make_input(struct reading *r, size_t i, size_t j) {
  const struct port *port = &p.inputs.at[i];
  struct number *x = reading_tensor(r, port->value)->number + j;
  mpz_t weight;
  mpz_init(weight);
  for (size_t k = 0; k < r->in->input_width[i]; k++) {
    mpz_set_si(weight, 1L << k);
    if (port->is_signed && k + 1 == r->in->input_width[i])
      mpz_neg(weight, weight);
    number_push_source(r->c, x, circuit_add_input(r->c), weight);
  }
  mpz_clear(weight);
}

void costs(value_id v, size_t depth, size_t gates) {
  struct instance in;
  struct circuit c;
  struct reading r;
  ck_assert(instance_init(&in, &p, NULL, &(struct error){0}));
  circuit_init(&c);
  reading_init(&r, &in, READING_LOWER, &c);
  for (size_t i = 0; i < p.inputs.n; i++)
    for (size_t j = 0; j < in.shape[p.inputs.at[i].value].n; j++)
      make_input(&r, i, j);
  reading_block(&r, 0);
  const struct number *y = r.tensor[v].number;
  ck_assert_uint_eq(number_depth(&c, y, in.shape[v].n), depth);
  ck_assert_uint_eq(number_gates(&c, y, in.shape[v].n), gates);
  reading_clear(&r);
  circuit_clear(&c);
  instance_clear(&in);
}
