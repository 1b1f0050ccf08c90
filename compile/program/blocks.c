/* apply_blocks, apply_gate: functions of one number that change by 1, element
   by element, in two levels for fewer gates. number_staircase_blocks() and
   number_staircase_gate() have the gates. Free where the number reads one
   ladder. */
#include "compile/arithmetic.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

static void run_apply(struct reading *r, const struct step *s) {
  const struct function *f = s->detail;
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  fmpz *y = r->tensor[step_result(r, s)].whole;
  mpz_t argument, result;
  mpz_inits(argument, result, NULL);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    fmpz_get_mpz(argument, x + j);
    f->call(result, argument, f->context);
    fmpz_set_mpz(y + j, result);
  }
  mpz_clears(argument, result, NULL);
}

/* The least and the greatest value of a staircase. */
static void find_range(const struct staircase *s, mpz_t lo, mpz_t hi) {
  mpz_t at;
  mpz_init_set(at, s->start);
  mpz_set(lo, at);
  mpz_set(hi, at);
  for (size_t i = 0; i < s->stairs.n; i++) {
    mpz_add(at, at, s->stairs.at[i].step);
    if (mpz_cmp(at, lo) < 0)
      mpz_set(lo, at);
    if (mpz_cmp(at, hi) > 0)
      mpz_set(hi, at);
  }
  mpz_clear(at);
}

static void lower_with(struct reading *r, const struct step *s,
                       void (*make)(struct circuit *, struct number *,
                                    const struct number *,
                                    const struct staircase *)) {
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  struct number *y = r->tensor[step_result(r, s)].number;
  mpz_t lo, hi;
  mpz_inits(lo, hi, NULL);
  for (size_t j = 0; j < step_shape(r, s)->n; j++) {
    struct staircase stairs;
    staircase_init(&stairs);
    staircase_of(&stairs, s->detail, x[j].lo, x[j].hi);
    (number_is_free(r->c, x + j) ? number_staircase : make)(r->c, y + j, x + j,
                                                            &stairs);
    find_range(&stairs, lo, hi);
    number_bound(y + j, lo, hi);
    staircase_clear(&stairs);
  }
  mpz_clears(lo, hi, NULL);
}

static void lower_blocks(struct reading *r, const struct step *s) {
  lower_with(r, s, number_staircase_blocks);
}

static void lower_gate(struct reading *r, const struct step *s) {
  lower_with(r, s, number_staircase_gate);
}

/* n = the changes of f at most: those that it has, or as many as values. */
static bool find_changes(struct proof *k, const struct step *s,
                         struct function_bound *b, fmpz_mpoly_t n) {
  const struct fact *x = proof_operand(k, s, 0);
  function_bound_init(b, x, k->f);
  function_bound_add(b, s->detail, 0);
  if (b->is_known)
    fmpz_mpoly_set_fmpz(n, b->changes, k->f->ring);
  else
    fmpz_mpoly_scalar_mul_si(n, x->most, x->is_natural ? 1 : 2, k->f->ring);
  return b->is_known || x->is_bounded;
}

/* Gates for so many changes at most, as a number, or a polynomial. */
static void count_blocks(fmpz_t n) {
  fmpz_mul_2exp(n, n, 2);
  fmpz_add_ui(n, n, 1);
  fmpz_sqrt(n, n);
  fmpz_sub_ui(n, n, 1);
}

static void count_gate(fmpz_t n) {
  fmpz_fdiv_q_2exp(n, n, 1);
  fmpz_add_ui(n, n, 1);
}

/* Two levels, and of these gates at most; or one more than a change. */
static void certify_with(struct proof *k, const struct step *s,
                         void (*count)(fmpz_t n)) {
  const struct fact *x = proof_operand(k, s, 0);
  struct function_bound b;
  fmpz_mpoly_t n;
  fmpz_mpoly_init(n, k->f->ring);
  bool is_known = find_changes(k, s, &b, n);
  bool is_free = x->is_ladder || x->is_constant;
  proof_deeper(k, s, 0, is_free ? 0 : 2);
  if (is_free)
    proof_ladder(k, s, 0, x->rungs);
  if (b.is_known) {
    count(b.changes);
    fmpz_mpoly_set_fmpz(n, b.changes, k->f->ring);
  } else {
    fmpz_mpoly_add_si(n, n, 1, k->f->ring);
  }
  if (!is_free && is_known)
    proof_add_gates(k, s, 0, n);
  else if (!is_free)
    proof_no_gates_known(k);
  fmpz_mpoly_set_fmpz(n, b.most, k->f->ring);
  if (b.is_known)
    proof_bound(k, s, 0, n);
  fmpz_mpoly_clear(n, k->f->ring);
  function_bound_clear(&b);
}

static void certify_blocks(struct proof *k, const struct step *s) {
  certify_with(k, s, count_blocks);
}

/* A bit. */
static void certify_gate(struct proof *k, const struct step *s) {
  const struct fact *x = proof_operand(k, s, 0);
  bool is_free = x->is_ladder || x->is_constant;
  fmpz_mpoly_t one;
  fmpz_mpoly_init(one, k->f->ring);
  fmpz_mpoly_set_si(one, 1, k->f->ring);
  certify_with(k, s, count_gate);
  proof_bits_only(k, s, 0);
  if (!is_free)
    proof_ladder(k, s, 0, one);
  fmpz_mpoly_clear(one, k->f->ring);
}

static const struct op blocks = {.name = "apply_blocks",
                                 .run = run_apply,
                                 .lower = lower_blocks,
                                 .certify = certify_blocks};
static const struct op gate = {.name = "apply_gate",
                               .run = run_apply,
                               .lower = lower_gate,
                               .certify = certify_gate};

static value_id step(struct program *p, const struct op *op, const char *name,
                     value_id x, const struct function *f) {
  struct function *detail = program_alloc(p, 1, sizeof *detail);
  *detail = *f;
  return program_step(p, op, name, &x, 1, program_dims(p, x), detail);
}

value_id program_apply_blocks(struct program *p, const char *name, value_id x,
                              const struct function *f) {
  return step(p, &blocks, name, x, f);
}

value_id program_apply_gate(struct program *p, const char *name, value_id x,
                            const struct function *f) {
  return step(p, &gate, name, x, f);
}
