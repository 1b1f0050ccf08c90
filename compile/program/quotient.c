/* quotient, remainder: of two integers. Depth and gates are in division.h; with
   physical bits the quotient has depth d + 1 for d digits, the remainder d + 2,
   and by Chinese remainders 3 and 4. */
#include "circuit/error.h"
#include "compile/division.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

struct quotient {
  unsigned depth; // 0: by Chinese remainders
  bool is_remainder;
};

static void run_quotient(struct reading *r, const struct step *s) {
  const struct quotient *d = s->detail;
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  const fmpz *y = r->tensor[step_operand(r, s, 1)].whole;
  size_t n = reading_shape(r, step_operand(r, s, 0))->n;
  fmpz_t q, all;
  fmpz_init(q);
  fmpz_init_set_ui(all, 1);
  fmpz_mul_2exp(all, all, step_width(r, s));
  fmpz_sub_ui(all, all, 1);
  for (size_t j = 0; j < n; j++) {
    if (fmpz_is_zero(y + j))
      fmpz_set(q, d->is_remainder ? x + j : all);
    else if (d->is_remainder)
      fmpz_fdiv_r(q, x + j, y + j);
    else
      fmpz_fdiv_q(q, x + j, y + j);
    step_put_bits(r, s, j, q);
  }
  fmpz_clear(q);
  fmpz_clear(all);
}

static void lower_one(struct circuit *c, struct number *bits,
                      const struct number *x, const struct number *y,
                      unsigned n, const struct quotient *how) {
  struct division_plan d;
  division_plan_init(&d);
  if (how->depth)
    division_plan_make(&d, n, how->depth, how->is_remainder);
  if (how->depth && how->is_remainder)
    number_remainder_digits(c, bits, x, y, &d);
  else if (how->depth)
    number_quotient_digits(c, bits, x, y, &d);
  else if (how->is_remainder)
    number_remainder_poly(c, bits, n, x, y);
  else
    number_quotient_poly(c, bits, n, x, y);
  division_plan_clear(&d);
}

static void lower_quotient(struct reading *r, const struct step *s) {
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  const struct number *y = r->tensor[step_operand(r, s, 1)].number;
  size_t n = reading_shape(r, step_operand(r, s, 0))->n;
  for (size_t j = 0; j < n; j++)
    lower_one(r->c, step_bits(r, s, j), x + j, y + j,
              (unsigned)step_width(r, s), s->detail);
}

enum {
  MOST_POLY_BITS = 32,      // 2.6 million gates, 1 GB
  MOST_POLY_REMAINDER = 20, // a million
  MOST_WIRE_BITS = 31       // 2^31 wires, 16 GiB
};

/* Few digits take exponentially many gates: said before any are made. */
static bool check_digits(const struct step *s, unsigned n,
                         const struct quotient *how, struct error *err) {
  struct division_plan d;
  division_plan_init(&d);
  division_plan_make(&d, n, how->depth, how->is_remainder);
  size_t bits = mpz_sizeinbase(d.wires, 2);
  division_plan_clear(&d);
  return bits <= MOST_WIRE_BITS ||
         error_limit(err, "%s: %u bits in depth %u take about 2^%zu wires%s",
                     s->name, n, how->depth, bits - 1,
                     how->depth < n ? "; use more depth" : "");
}

static bool check_quotient(const struct instance *in, const struct step *s,
                           struct error *err) {
  const struct quotient *how = s->detail;
  const struct shape_of *shape = &in->shape[program_result(in->program, s, 0)];
  unsigned n = (unsigned)shape->at[shape->rank - 1];
  if (how->depth)
    return !n || check_digits(s, n, how, err);
  int most = how->is_remainder ? MOST_POLY_REMAINDER : MOST_POLY_BITS;
  return n <= (unsigned)most ||
         error_limit(err,
                     "%s: %u bits by Chinese remainders; at most %d are "
                     "made",
                     s->name, n, most);
}

/* Digits take exponentially many gates where there are fewer than bits; of
   Chinese remainders only the order is known. The last digit of a quotient may
   be one bit, which is an output as it is: it is as deep as outputs are. */
static void certify_quotient(struct proof *k, const struct step *s) {
  const struct quotient *how = s->detail;
  proof_integer_bits(k, s,
                     how->depth ? (long)how->depth - how->is_remainder
                                : 2 + how->is_remainder);
}

static const struct op quotient_op = {.certify = certify_quotient,
                                      .name = "quotient",
                                      .reads_bits = true,
                                      .run = run_quotient,
                                      .lower = lower_quotient,
                                      .check = check_quotient};
static const struct op remainder_op = {.certify = certify_quotient,
                                       .name = "remainder",
                                       .reads_bits = true,
                                       .run = run_quotient,
                                       .lower = lower_quotient,
                                       .check = check_quotient};

static value_id add_step(struct program *p, const char *name, value_id x,
                         value_id y, size_id n, struct quotient how) {
  struct quotient *detail = program_alloc(p, 1, sizeof *detail);
  value_id operand[] = {x, y};
  *detail = how;
  struct dims dims = dims_of_bits(program_dims(p, x), n);
  return program_step(p, how.is_remainder ? &remainder_op : &quotient_op, name,
                      operand, 2, dims, detail);
}

value_id program_quotient(struct program *p, const char *name, value_id x,
                          value_id y, size_id n, unsigned depth) {
  return add_step(p, name, x, y, n, (struct quotient){depth, false});
}

value_id program_remainder(struct program *p, const char *name, value_id x,
                           value_id y, size_id n, unsigned depth) {
  return add_step(p, name, x, y, n, (struct quotient){depth, true});
}
