/* Chains, votes and circuits as steps, beside plain loops over what one step,
   one replica or the circuit gives. */
#include "circuit/measure.h"
#include "circuit/values.h"
#include "compile/program/certify.h"
#include "compile/program/lower.h"
#include "compile/program/operations.h"
#include "compile/program/run.h"
#include "compile/program/wrap.h"
#include "tasks/task.h"
#include "tests/circuit/plan.h"
#include "tests/suite.h"

#include <flint/fmpz_vec.h>

/* A program, and its circuit for some sizes. */
struct made {
  struct program p;
  struct instance in;
  struct circuit c;
};

static void make(struct made *m, const long *size) {
  struct error err = {0};
  ck_assert_msg(instance_init(&m->in, &m->p, size, &err), "%s", err.message);
  circuit_init(&m->c);
  program_lower(&m->in, &m->c);
}

static void unmake(struct made *m) {
  circuit_clear(&m->c);
  instance_clear(&m->in);
}

static size_t inner_depth(const struct circuit *c) {
  struct measure m;
  measure_init(&m);
  circuit_measure(c, &m);
  size_t depth = m.depth_inner;
  measure_clear(&m);
  return depth;
}

/* The integer of bits [from..from + n) of a vector. */
static long part(size_t vector, size_t from, size_t n) {
  return (long)(vector >> from & (((size_t)1 << n) - 1));
}

static long signed_part(size_t vector, size_t from, size_t n) {
  long x = part(vector, from, n);
  return x < 1L << (n - 1) ? x : x - (1L << n);
}

/* Run and circuit give `expected` where input bit i is bit i of the vector. */
static void judge(struct made *m, size_t vector, const fmpz *in,
                  const fmpz *expected) {
  size_t n = m->in.output_values;
  fmpz *out = _fmpz_vec_init((slong)n);
  struct run run;
  run_init(&run, &m->in);
  run_values(&run, in, out);
  ck_assert(_fmpz_vec_equal(out, expected, (slong)n));
  run_clear(&run);
  bool bit[24], *value = malloc(m->c.bits.n * sizeof *value);
  for (size_t i = 0; i < m->c.inputs.n; i++)
    bit[i] = vector >> i & 1;
  circuit_values(&m->c, bit, value);
  for (size_t i = 0, at = 0; i < m->c.output_buses.n; i++)
    for (size_t j = 0; j < m->c.output_buses.at[i].width; j++, at++)
      ck_assert_int_eq(value[m->c.outputs.at[at]],
                       fmpz_tstbit(&expected[i], j));
  free(value);
  _fmpz_vec_clear(out, (slong)n);
}

/* ---- Chains ---- */

/* x of three bits, signed, r of two that is drawn and `by`, the same in all
   steps: the next x is x + r - by, kept within -4..3. */
static long clip(long x) {
  return x < -4 ? -4 : x > 3 ? 3 : x;
}

static void build_walk(struct program *p) {
  static const long kept[] = {-4, -3, -2, -1, 0, 1, 2, 3};
  size_id two = size_si(&p->sizes, 2), three = size_si(&p->sizes, 3);
  value_id r = program_input(p, "r", scalar(), two, false);
  program_mark_random(p);
  value_id x = program_input(p, "x", scalar(), three, true);
  value_id by = program_input(p, "by", scalar(), two, false);
  value_id of[] = {x, r, by};
  value_id y = program_combine(p, "sum", of, (long[]){1, 1, -1}, 3, 0);
  y = program_table(p, "kept", y, kept, 8, -4);
  program_output_width(p, "y", y, three, true);
}

static size_id rounds_of(struct program *p) {
  return size_parameter(&p->sizes, "times", 1, 0, 100);
}

START_TEST(a_chain_is_one_step_after_the_other) {
  const long times = _i;
  struct error err = {0};
  struct made m, once;
  program_init(&m.p);
  build_walk(&m.p);
  make(&m, NULL);
  once = m;
  ck_assert(program_chain(&m.p, &once.c, rounds_of(&m.p), &err));
  once.in.program = NULL;
  circuit_clear(&once.c);
  instance_clear(&once.in);
  make(&m, &times);
  ck_assert_uint_eq(m.p.inputs.n, 3);
  ck_assert_str_eq(m.p.inputs.at[1].name, "x");
  ck_assert_uint_eq(inner_depth(&m.c), (size_t)times);
  size_t bits = 5 + 2 * (size_t)times;
  for (size_t v = 0; v < (size_t)1 << bits; v++) {
    fmpz in[8] = {0};
    long x = signed_part(v, bits - 5, 3), by = part(v, bits - 2, 2);
    in[times] = x;
    in[times + 1] = by;
    for (long t = 0; t < times; t++) {
      in[t] = part(v, 2 * (size_t)t, 2);
      x = clip(x + in[t] - by);
    }
    judge(&m, v, in, &x);
  }
  unmake(&m);
  program_clear(&m.p);
}
END_TEST

/* Bits as they are, several steps in a loop of their own. */
START_TEST(a_chain_of_a_task_answers_as_the_task_does) {
  const fmpz value[] = {30, 6, 2, 0, 1}, all[] = {30, 6, 2 * (fmpz)_i, 0, 1};
  struct error err = {0};
  struct made m;
  program_init(&m.p);
  task_rule.build(&m.p, value);
  make(&m, (long[]){6, 2});
  struct made once = m;
  ck_assert(program_chain(&m.p, &once.c, rounds_of(&m.p), &err));
  unmake(&once);
  make(&m, (long[]){6, 2, _i});
  ck_assert_uint_eq(inner_depth(&m.c), 2 * (size_t)_i);
  for (fmpz x = 0; x < 64; x++) {
    fmpz y;
    fmpz_init(&y);
    task_rule.answer(all, &x, &y);
    judge(&m, (size_t)x, &x, &y);
  }
  struct certificate k;
  ck_assert(program_certify(&k, &m.p, NULL, &err));
  ck_assert_str_eq(k.depth, "steps*times");
  certificate_clear(&k);
  unmake(&m);
  program_clear(&m.p);
}
END_TEST

START_TEST(a_chain_whose_ends_do_not_fit_is_refused) {
  struct error err = {0};
  struct made m;
  program_init(&m.p);
  task_square.build(&m.p, (fmpz[]){4});
  make(&m, (long[]){4});
  size_t steps = m.p.steps.n;
  ck_assert(!program_chain(&m.p, &m.c, rounds_of(&m.p), &err));
  ck_assert_str_eq(err.message, "chain: 'y', 1 values of 8 bits, cannot become "
                                "'x', 1 of 4");
  ck_assert_uint_eq(m.p.steps.n, steps);
  ck_assert_uint_eq(m.p.inputs.n, 1);
  ck_assert(!program_vote(&m.p, &m.c, rounds_of(&m.p), &err));
  ck_assert_str_eq(err.message,
                   "vote: no input is random, so all replicas agree");
  unmake(&m);
  program_clear(&m.p);
}
END_TEST

/* ---- Votes ---- */

START_TEST(most_replicas_decide) {
  enum {
    K = 3,
    N = 2
  };
  const fmpz value[] = {N, 1, 0};
  struct error err = {0};
  struct made m;
  program_init(&m.p);
  task_fingerprint.build(&m.p, value);
  make(&m, (long[]){N});
  struct made once = m;
  ck_assert(program_vote(&m.p, &once.c, rounds_of(&m.p), &err));
  unmake(&once);
  make(&m, (long[]){N, K});
  ck_assert_uint_eq(inner_depth(&m.c), 4);
  for (size_t v = 0; v < 1 << (2 * N + K * N); v++) {
    fmpz in[2 + K], of[3], vote = 0, e = 0;
    for (size_t i = 0; i < 2 + K; i++)
      in[i] = part(v, N * i, N);
    for (size_t k = 0; k < K; k++) {
      of[0] = in[0];
      of[1] = in[1];
      of[2] = in[2 + k];
      task_fingerprint.answer(value, of, &e);
      vote += e;
    }
    vote = vote > K / 2;
    judge(&m, v, in, &vote);
  }
  unmake(&m);
  program_clear(&m.p);
}
END_TEST

/* Of integers the one that is there most often, the least of equals. */
static long most_frequent(const long *y, size_t n) {
  long best = 0, most = 0;
  for (long v = 0; v < 4; v++) {
    long count = 0;
    for (size_t i = 0; i < n; i++)
      count += y[i] == v;
    if (count > most) {
      most = count;
      best = v;
    }
  }
  return best;
}

START_TEST(replicas_of_integers_elect_one) {
  enum {
    K = 5
  };
  static const long table[] = {2, 0, 3, 1, 1, 2};
  struct error err = {0};
  struct made m;
  program_init(&m.p);
  size_id two = size_si(&m.p.sizes, 2);
  value_id x[] = {program_input(&m.p, "x", scalar(), two, false),
                  program_input(&m.p, "r", scalar(), two, false)};
  program_mark_random(&m.p);
  value_id sum = program_combine(&m.p, "sum", x, (long[]){1, 1}, 2, 0);
  program_output(&m.p, "y", program_table(&m.p, "y", sum, table, 6, 0));
  make(&m, NULL);
  struct made once = m;
  ck_assert(program_vote(&m.p, &once.c, rounds_of(&m.p), &err));
  unmake(&once);
  make(&m, (long[]){K});
  for (size_t v = 0; v < 1 << (2 + 2 * K); v++) {
    fmpz in[1 + K], y[K];
    in[0] = part(v, 0, 2);
    for (size_t k = 0; k < K; k++) {
      in[1 + k] = part(v, 2 + 2 * k, 2);
      long at = in[0] + in[1 + k];
      y[k] = table[at < 6 ? at : 5];
    }
    fmpz elected = most_frequent(y, K);
    judge(&m, v, in, &elected);
  }
  unmake(&m);
  program_clear(&m.p);
}
END_TEST

/* ---- Circuits as steps ---- */

START_TEST(an_embedded_circuit_gives_what_it_gives) {
  for (uint64_t seed = 0; seed < 20; seed++) {
    struct plan plan;
    struct circuit c;
    struct made m;
    uint64_t random = seed + 77;
    plan_random(&plan, 20 * (uint64_t)_i + seed, 1 + seed);
    circuit_init(&c);
    plan_build(&plan, &c);
    program_init(&m.p);
    size_id n = size_si(&m.p.sizes, (long)c.inputs.n);
    value_id x =
        program_input_bits(&m.p, "x", vector(n), size_si(&m.p.sizes, 1));
    value_id y =
        program_embed(&m.p, "c", program_reshape(&m.p, "x", x, vector(n)), &c);
    n = size_si(&m.p.sizes, (long)c.outputs.n);
    program_output_bits(
        &m.p, "y",
        program_reshape(&m.p, "y", y, matrix(n, size_si(&m.p.sizes, 1))));
    make(&m, NULL);
    struct run run;
    run_init(&run, &m.in);
    bool *bit = calloc(c.inputs.n + 1, sizeof *bit);
    bool *value = calloc(c.bits.n, sizeof *value);
    bool *own = calloc(m.c.bits.n, sizeof *own);
    fmpz *in = _fmpz_vec_init((slong)c.inputs.n);
    fmpz *out = _fmpz_vec_init((slong)c.outputs.n);
    for (int round = 0; round < 40; round++) {
      for (size_t i = 0; i < c.inputs.n; i++)
        in[i] = bit[i] = plan_draw(&random, 2);
      circuit_values(&c, bit, value);
      circuit_values(&m.c, bit, own);
      run_values(&run, in, out);
      for (size_t i = 0; i < c.outputs.n; i++) {
        ck_assert_int_eq(value[c.outputs.at[i]], own[m.c.outputs.at[i]]);
        ck_assert_int_eq(value[c.outputs.at[i]], out[i]);
      }
    }
    _fmpz_vec_clear(in, (slong)c.inputs.n);
    _fmpz_vec_clear(out, (slong)c.outputs.n);
    free(bit);
    free(value);
    free(own);
    run_clear(&run);
    unmake(&m);
    program_clear(&m.p);
    circuit_clear(&c);
    plan_clear(&plan);
  }
}
END_TEST

int main(void) {
  Suite *s = suite_create("wrap");
  TCase *wrap = tcase_create("wrap");
  tcase_set_timeout(wrap, 60);
  tcase_add_loop_test(wrap, a_chain_is_one_step_after_the_other, 0, 5);
  tcase_add_loop_test(wrap, a_chain_of_a_task_answers_as_the_task_does, 0, 5);
  tcase_add_test(wrap, a_chain_whose_ends_do_not_fit_is_refused);
  tcase_add_test(wrap, most_replicas_decide);
  tcase_add_test(wrap, replicas_of_integers_elect_one);
  tcase_add_loop_test(wrap, an_embedded_circuit_gives_what_it_gives, 0, 10);
  suite_add_tcase(s, wrap);
  return suite_run(s);
}
