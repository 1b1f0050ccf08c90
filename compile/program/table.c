/* table: a table of a number, or of it divided by a power of two and rounded:
   what a quantised layer ends with. In reports it is called apply. Depth 1, one
   gate for each place where the table changes; free where the number reads one
   ladder, unless it is to have gates of its own. */
#include "compile/arithmetic.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

#include <assert.h>
#include <string.h>

struct table {
  unsigned long shift;
  long least;
  size_t n;
  bool is_own; // it has gates even where x reads one ladder
  long at[];
};

/* The place in the table of x / 2^shift, rounded, half up. */
static size_t table_place(const struct table *t, const fmpz *x) {
  if (!COEFF_IS_MPZ(*x) && t->shift < 62) { // one word, of at most 62 bits
    slong half = t->shift ? WORD(1) << (t->shift - 1) : 0;
    slong v = (*x + half) >> t->shift;
    size_t i = (size_t)v - (size_t)t->least;
    return v <= t->least ? 0 : i < t->n ? i : t->n - 1;
  }
  fmpz_t from;
  fmpz_init(from);
  if (t->shift)
    fmpz_setbit(from, t->shift - 1);
  fmpz_add(from, from, x);
  fmpz_fdiv_q_2exp(from, from, t->shift);
  fmpz_sub_si(from, from, t->least);
  size_t i = fmpz_sgn(from) <= 0               ? 0
             : fmpz_cmp_ui(from, t->n - 1) < 0 ? fmpz_get_ui(from)
                                               : t->n - 1;
  fmpz_clear(from);
  return i;
}

static void run_table(struct reading *r, const struct step *s) {
  const struct table *t = s->detail;
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  size_t n = step_shape(r, s)->n;
  for (size_t j = 0; j < n; j++)
    fmpz_set_si(y + j, t->at[table_place(t, x + j)]);
}

static void call_table(mpz_t y, const mpz_t x, const void *table) {
  const struct table *t = table;
  fmpz_t at;
  fmpz_init(at);
  fmpz_set_mpz(at, x);
  mpz_set_si(y, t->at[table_place(t, at)]);
  fmpz_clear(at);
}

/* A stair at each place where the table changes, made once for all elements: x
   / 2^s is rounded to v or more where x >= 2^s v - 2^(s - 1). */
static void table_stairs(struct staircase *stairs, const struct table *t) {
  mpz_t threshold, unit, step, before;
  mpz_init_set_si(threshold, t->least);
  mpz_init_set_ui(unit, 1);
  mpz_inits(step, before, NULL);
  mpz_mul_2exp(threshold, threshold, t->shift);
  mpz_mul_2exp(unit, unit, t->shift);
  mpz_fdiv_q_2exp(step, unit, 1);
  mpz_sub(threshold, threshold, step); // step is 0 without a shift
  mpz_set_si(stairs->start, t->at[0]);
  for (size_t i = 1; i < t->n; i++) {
    mpz_add(threshold, threshold, unit);
    mpz_set_si(before, t->at[i - 1]);
    mpz_set_si(step, t->at[i]);
    mpz_sub(step, step, before);
    staircase_push(stairs, threshold, step);
  }
  mpz_clears(threshold, unit, step, before, NULL);
}

/* The steps are 2^bits - 1 of 1, one after the other from place *from on; or 0.
 */
static unsigned even_bits(const struct table *t, size_t *from) {
  size_t n = 1;
  for (*from = 1; *from < t->n && t->at[*from] == t->at[0];)
    ++*from;
  while (*from + n <= t->n && t->at[*from + n - 1] == t->at[0] + (long)n)
    n++; // steps of 1, and 1
  for (size_t i = *from + n - 1; i < t->n; i++)
    if (t->at[i] != t->at[i - 1])
      return 0;
  return n > 1 && !(n & (n - 1)) ? (unsigned)__builtin_ctzl(n) : 0;
}

static unsigned most_levels(const struct step *s) {
  size_t from;
  unsigned bits = even_bits(s->detail, &from);
  return bits ? bits : 1;
}

static void table_evenly(struct circuit *c, struct number *r,
                         const struct number *x, const struct table *t,
                         unsigned levels) {
  size_t from;
  unsigned bits = even_bits(t, &from);
  mpz_t first, unit;
  mpz_init_set_si(first, t->least + (long)from);
  mpz_init_set_ui(unit, 1);
  mpz_mul_2exp(unit, unit, t->shift);
  mpz_mul(first, first, unit);
  if (t->shift)
    mpz_sub_ui(first, first, 1UL << (t->shift - 1));
  number_evenly(c, r, x, first, unit, bits, levels);
  number_add_si(r, r, t->at[0]);
  mpz_clears(first, unit, NULL);
}

/* A gate for each stair, though x is free. */
static void table_gates(struct circuit *c, struct number *r,
                        const struct number *x, const struct staircase *s) {
  struct number sum;
  number_init(&sum);
  number_set_z(&sum, s->start);
  for (size_t i = 0; i < s->stairs.n; i++)
    number_push_gate(c, &sum, x, s->stairs.at[i].threshold,
                     mpz_get_si(s->stairs.at[i].step));
  number_settle(c, &sum);
  number_set(r, &sum);
  number_clear(&sum);
}

static void lower_table(struct reading *r, const struct step *s) {
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  const struct function f = {call_table, s->detail, false};
  bool is_own = ((const struct table *)s->detail)->is_own;
  unsigned levels = step_levels(r, s);
  struct staircase stairs;
  staircase_init(&stairs);
  table_stairs(&stairs, s->detail);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    reading_at(r, step_result(r, s), j);
    if (is_own && number_is_free(r->c, &x[j]))
      table_gates(r->c, y + j, x + j, &stairs);
    else if (number_is_ladder(r->c, &x[j])) // no more values than it has levels
      number_apply(r->c, y + j, x + j, &f);
    else if (levels > 1 && !number_is_free(r->c, &x[j]))
      table_evenly(r->c, y + j, x + j, s->detail, levels);
    else
      number_staircase(r->c, y + j, x + j, &stairs);
  }
  staircase_clear(&stairs);
}

static void certify_table(struct proof *k, const struct step *s) {
  const struct table *t = s->detail;
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  slong changes = 0, most = 0;
  for (size_t i = 0; i < t->n; i++) {
    changes += i && t->at[i] != t->at[i - 1];
    most = labs(t->at[i]) > most ? labs(t->at[i]) : most;
  }
  size_t from;
  unsigned levels = proof_levels(k, s), bits = even_bits(t, &from);
  fmpz_mpoly_set_si(n, levels > 1 ? (slong)evenly_gates(bits, levels) : changes,
                    k->f->ring);
  proof_function(k, s, n);
  if (t->is_own && proof_operand(k, s, 0)->is_ladder) {
    proof_deeper(k, s, 0, 1);
    proof_add_gates(k, s, 0, n);
    proof_ladder(k, s, 0, n);
  }
  proof_bound_si(k, s, 0, most);
  fmpz_mpoly_clear(n, k->f->ring);
}

static const struct op table_of = {.keeps_index = true,
                                   .name = "apply",
                                   .run = run_table,
                                   .lower = lower_table,
                                   .most_levels = most_levels,
                                   .certify = certify_table,
                                   .folds = true};

static value_id add_table(struct program *p, const char *name, value_id x,
                          unsigned long shift, const long *table, size_t n,
                          long least, bool is_own) {
  struct table *t = program_alloc(p, 1, sizeof *t + n * sizeof t->at[0]);
  assert(n >= 1);
  *t = (struct table){.shift = shift, .least = least, .n = n, .is_own = is_own};
  memcpy(t->at, table, n * sizeof *table);
  return program_step(p, &table_of, name, &x, 1, program_dims(p, x), t);
}

value_id program_table_shift(struct program *p, const char *name, value_id x,
                             unsigned long shift, const long *table, size_t n,
                             long least) {
  return add_table(p, name, x, shift, table, n, least, false);
}

value_id program_table_own(struct program *p, const char *name, value_id x,
                           unsigned long shift, const long *table, size_t n,
                           long least) {
  return add_table(p, name, x, shift, table, n, least, true);
}

value_id program_table(struct program *p, const char *name, value_id x,
                       const long *table, size_t n, long least) {
  return program_table_shift(p, name, x, 0, table, n, least);
}
