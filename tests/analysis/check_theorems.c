/* theorems.h: what its rows say, as far as it can be computed */
#include "analysis/theorems.h"
#include "tasks/task.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

#include <check.h>

static void build(const struct theorem *t, long n, struct theorem_built *b) {
  struct error err = {0};
  ck_assert_msg(theorem_build(t, n, 0, b, &err), "%s, n=%ld: %s", t->name, n,
                err.message);
}

static bool begins_with_a_task(const char *source) {
  char name[32];
  snprintf(name, sizeof name, "%.*s", (int)strcspn(source, " "), source);
  return task_find(name);
}

START_TEST(every_row_is_a_task_and_is_built_for_every_n) {
  for (long n = THEOREM_LEAST_N; n <= THEOREM_MOST_N; n++)
    for (const struct theorem *t = theorems; t->name; t++) {
      struct theorem_built b;
      if (n > 10 && !is_full_run())
        continue;
      build(t, n, &b);
      ck_assert_msg(begins_with_a_task(b.source), "%s", b.source);
      ck_assert_ptr_null(strpbrk(b.source, "NHT"));
      ck_assert_uint_gt(b.measure.inputs, 0);
      theorem_built_clear(&b);
    }
}
END_TEST

START_TEST(rows_are_in_the_order_of_their_names) {
  for (const struct theorem *t = theorems; t[1].name; t++)
    ck_assert_str_lt(t[0].name, t[1].name);
}
END_TEST

/* ---- What is claimed ---- */

START_TEST(a_claim_has_a_status_and_a_source_and_nothing_else_has) {
  for (const struct theorem *t = theorems; t->name; t++) {
    const unsigned *depth = t->published.depth;
    bool is_bound = t->bound.status != BOUND_NONE;
    ck_assert_int_lt(t->bound.status, BOUND_STATUSES);
    ck_assert_ptr_nonnull(bound_status_names[t->bound.status]);
    ck_assert_msg(is_bound == !!t->bound.statement, "%s", t->name);
    ck_assert_msg(is_bound == !!t->bound.source, "%s", t->name);
    ck_assert_msg(is_bound || !t->bound.unknown, "%s", t->name);
    ck_assert_msg(t->published.source || !(depth[0] || depth[1]), "%s",
                  t->name);
    ck_assert_msg(depth[WEIGHTS_EXPONENTIAL] <= depth[WEIGHTS_POLYNOMIAL], "%s",
                  t->name);
  }
}
END_TEST

/* Read by whoever wrote the row, for what the row says. */
static const char *const sources[] = {
    "Alon and Bruck 1994",
    "Hajnal, Maass, Pudlak, Szegedy and Turan 1993",
    "Impagliazzo, Paturi and Saks 1997",
    "Minnick 1961",
    "Ramos and Bohorquez 1999",
    "Reif and Tate 1992, to within 2^(-n^c)",
    "Siu and Bruck",
    "Siu and Roychowdhury 1994",
    "Siu, Bruck, Kailath and Hofmeister 1993",
    "Siu, Roychowdhury and Kailath 1991",
    "by definition",
    "no gate is x1 xor x2: w1, w2 >= t > 0 give w1 + w2 >= t",
};

static void check_source(const char *name, const char *text) {
  while (text && *text) {
    size_t n = strcspn(text, ";"), i = 0;
    while (i < sizeof sources / sizeof *sources &&
           (strlen(sources[i]) != n || strncmp(text, sources[i], n)))
      i++;
    ck_assert_msg(i < sizeof sources / sizeof *sources, "%s: %.*s", name,
                  (int)n, text);
    text += n + strspn(text + n, "; ");
  }
}

START_TEST(only_sources_that_were_read_are_quoted) {
  for (const struct theorem *t = theorems; t->name; t++) {
    check_source(t->name, t->published.source);
    check_source(t->name, t->bound.source);
  }
}
END_TEST

/* Bit 3 of 1, 3, 5, 7 squared and cubed. */
START_TEST(powers_of_odd_integers_have_a_parity_among_their_bits) {
  for (unsigned x = 1; x < 8; x += 2) {
    unsigned odd = (x >> 1 ^ x >> 2) & 1;
    ck_assert_uint_eq(x * x >> 3 & 1, odd);
    ck_assert_uint_eq(x * x * x >> 3 & 1, odd);
  }
}
END_TEST

/* In blocks of k bits, 2^k > n, block n - 1 of the product of x's bits in order
   and y's in reverse is the number of places where both are 1. */
START_TEST(inner_product_is_a_bit_of_a_product) {
  enum {
    N = 5,
    K = 3
  };
  for (unsigned x = 0; x < 1 << N; x++)
    for (unsigned y = 0; y < 1 << N; y++) {
      uint64_t a = 0, b = 0;
      for (unsigned i = 0; i < N; i++) {
        a |= (uint64_t)(x >> i & 1) << K * i;
        b |= (uint64_t)(y >> i & 1) << K * (N - 1 - i);
      }
      ck_assert_uint_eq(a * b >> K * (N - 1) & 1,
                        (unsigned)__builtin_parity(x & y));
    }
}
END_TEST

/* ---- What is measured ---- */

/* The two that have less depth in the literature. */
static bool may_be_deeper(const struct theorem *t) {
  return !strcmp(t->name, "addition, polynomial weights") ||
         !strcmp(t->name, "multiplication, polynomial weights");
}

START_TEST(no_circuit_is_deeper_than_published_for_its_weights_but_two) {
  for (const struct theorem *t = theorems; t->name; t++) {
    unsigned depth = theorem_published(t, t->built.weights);
    struct theorem_built b;
    build(t, is_full_run() ? 16 : 10, &b);
    ck_assert_msg((depth && b.measure.depth > depth) == may_be_deeper(t),
                  "%s: depth %zu, published %u", t->name, b.measure.depth,
                  depth);
    theorem_built_clear(&b);
  }
}
END_TEST

/* Those that are called polynomial are below 2n^2, the others at least 2^(n-1):
   for n = 12 at most 9 bits, and at least 12. */
START_TEST(weights_grow_as_the_row_says) {
  for (const struct theorem *t = theorems; t->name; t++) {
    struct theorem_built b;
    build(t, 12, &b);
    size_t bits = b.measure.weight_bits;
    ck_assert_msg(t->built.weights == WEIGHTS_POLYNOMIAL ? bits <= 9
                                                         : bits >= 12,
                  "%s: %zu bits", t->name, bits);
    theorem_built_clear(&b);
  }
}
END_TEST

static const struct {
  const char *source;
  size_t depth;
  unsigned long gates;
} figures[] = {
    {"add n=8", 2, 16},
    {"add n=8 weights=poly", 3, 24},
    {"compare n=8", 1, 1},
    {"divide n=8", 3, 55},
    {"divide n=8 method=poly", 3, 2174},
    {"majority n=8", 1, 1},
    {"max m=8 n=8", 3, 100},
    {"multiply n=8", 3, 134},
    {"multiply n=8 weights=poly", 4, 200},
    {"parity n=8", 2, 5},
    {"power n=8 e=3", 3, 306},
    {"product m=4 n=4", 4, 633},
    {"root n=8", 3, 8},
    {"sort m=8 n=8", 3, 540},
    {"square n=8", 3, 69},
    {"sum m=8 n=8", 2, 62},
    {"symmetric n=8 table=341", 2, 5},
};

START_TEST(the_circuits_have_the_depth_and_gates_of_their_formulas) {
  const struct theorem *t;
  struct theorem_built b;
  for (t = theorems; t->name; t++) {
    build(t, 8, &b);
    if (!strcmp(b.source, figures[_i].source))
      break;
    theorem_built_clear(&b);
  }
  ck_assert_msg(t->name, "no row has '%s'", figures[_i].source);
  ck_assert_uint_eq(b.measure.depth, figures[_i].depth);
  ck_assert_uint_eq(mpz_get_ui(b.measure.gates), figures[_i].gates);
  theorem_built_clear(&b);
}
END_TEST

int main(void) {
  Suite *s = suite_create("theorems");
  TCase *t = tcase_create("theorems");
  tcase_set_timeout(t, 300);
  tcase_add_test(t, every_row_is_a_task_and_is_built_for_every_n);
  tcase_add_test(t, rows_are_in_the_order_of_their_names);
  tcase_add_test(t, a_claim_has_a_status_and_a_source_and_nothing_else_has);
  tcase_add_test(t, only_sources_that_were_read_are_quoted);
  tcase_add_test(t, powers_of_odd_integers_have_a_parity_among_their_bits);
  tcase_add_test(t, inner_product_is_a_bit_of_a_product);
  tcase_add_test(t,
                 no_circuit_is_deeper_than_published_for_its_weights_but_two);
  tcase_add_test(t, weights_grow_as_the_row_says);
  tcase_add_loop_test(t,
                      the_circuits_have_the_depth_and_gates_of_their_formulas,
                      0, sizeof figures / sizeof *figures);
  suite_add_tcase(s, t);
  return suite_run(s);
}
