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
    make(r->c, y + j, x + j, &stairs);
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

static const struct op blocks = {
    .name = "apply_blocks", .run = run_apply, .lower = lower_blocks};
static const struct op gate = {
    .name = "apply_gate", .run = run_apply, .lower = lower_gate};

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
