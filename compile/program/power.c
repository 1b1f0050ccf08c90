/* power: x^e for a constant e. Depth 2, or 1 by a table, physically one more;
   gates as in powers.h. */
#include "circuit/error.h"
#include "compile/powers.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

#include <math.h>

struct power {
  unsigned long e;
  size_id n;
  enum power_method how;
};

static void run_power(struct reading *r, const struct step *s) {
  const struct power *d = s->detail;
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  size_t n = reading_shape(r, step_operand(r, s, 0))->n;
  fmpz_t q;
  fmpz_init(q);
  for (size_t j = 0; j < n; j++) {
    fmpz_pow_ui(q, x + j, d->e);
    step_put_bits(r, s, j, q);
  }
  fmpz_clear(q);
}

static void lower_power(struct reading *r, const struct step *s) {
  static void (*const method[])(struct circuit *, struct number *, unsigned,
                                const struct number *, unsigned long) = {
      [POWER_MONOMIALS] = number_power_monomials,
      [POWER_RESIDUES] = number_power_residues,
      [POWER_TABLE] = number_power_table,
  };
  const struct power *d = s->detail;
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  for (size_t j = 0; j < reading_shape(r, step_operand(r, s, 0))->n; j++)
    method[d->how](r->c, step_bits(r, s, j), (unsigned)step_width(r, s), x + j,
                   d->e);
}

enum {
  MOST_STEPS_BITS = 26 // 2^26 table entries or bits of monomials: some seconds
};

/* A table entry for each bit of the result and each rung of a residue. */
static bool check_residues(const struct step *s, double n, double e,
                           struct error *err) {
  double bits = n * e, entries = 0.3 * n * bits * bits * bits / log(bits + 2);
  return e <= 1 || entries <= ldexp(1, MOST_STEPS_BITS + 2) ||
         error_limit(err,
                     "%s: a power of %g bits takes about %.1g table entries; "
                     "at most %.1g are made",
                     s->name, bits, entries, ldexp(1, MOST_STEPS_BITS + 2));
}

/* For each monomial of at most e of n bits, or each of 2^n values, a step for
   each bit of the result. */
static bool check_power(const struct instance *in, const struct step *s,
                        struct error *err) {
  const struct power *d = s->detail;
  unsigned long n = (unsigned long)instance_size(in, d->n);
  mpz_t gates, some;
  if (d->how == POWER_RESIDUES)
    return check_residues(s, (double)n, (double)d->e, err);
  mpz_inits(gates, some, NULL);
  for (unsigned long k = 1; k <= d->e && k <= n; k++) {
    mpz_bin_uiui(some, n, k);
    mpz_add(gates, gates, some);
  }
  if (d->how == POWER_TABLE) {
    mpz_set_ui(gates, 0);
    mpz_setbit(gates, n);
  }
  size_t bits = mpz_sizeinbase(gates, 2);
  mpz_mul_ui(gates, gates, n * d->e);
  bool ok = mpz_sizeinbase(gates, 2) <= MOST_STEPS_BITS;
  if (!ok)
    error_limit(err,
                "%s: more than 2^%zu gates; method=residues may take fewer",
                s->name, bits - 1);
  mpz_clears(gates, some, NULL);
  return ok;
}

/* A table has 2^n gates; of the others only the order is known. */
static void certify_power(struct proof *k, const struct step *s) {
  const struct power *d = s->detail;
  proof_integer_bits(k, s, d->how == POWER_TABLE ? 1 : 2);
}

static const struct op power = {.certify = certify_power,
                                .name = "power",
                                .reads_bits = true,
                                .run = run_power,
                                .lower = lower_power,
                                .check = check_power};

value_id program_power(struct program *p, const char *name, value_id x,
                       size_id n, unsigned long e, enum power_method how) {
  struct power *detail = program_alloc(p, 1, sizeof *detail);
  *detail = (struct power){e, n, how};
  struct dims dims = dims_of_bits(
      program_dims(p, x), size_mul(&p->sizes, n, size_si(&p->sizes, (long)e)));
  return program_step(p, &power, name, &x, 1, dims, detail);
}
