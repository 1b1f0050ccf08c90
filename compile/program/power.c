/* power: x^e for a constant e. Depth 2, or 1 by a table, physically one more;
   gates as in powers.h. */
#include "circuit/error.h"
#include "compile/powers.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

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

/* Monomials of at most e of n bits, or values of n bits. */
static bool check_power(const struct instance *in, const struct step *s,
                        struct error *err) {
  const struct power *d = s->detail;
  long n = instance_size(in, d->n);
  mpz_t gates, some;
  mpz_inits(gates, some, NULL);
  for (unsigned long k = 1; k <= d->e && k <= (unsigned long)n; k++) {
    mpz_bin_uiui(some, (unsigned long)n, k);
    mpz_add(gates, gates, some);
  }
  if (d->how == POWER_TABLE)
    mpz_setbit(gates, (mp_bitcnt_t)n);
  bool ok = d->how == POWER_RESIDUES || mpz_sizeinbase(gates, 2) <= 25;
  if (!ok)
    error_limit(err, "%s: about 2^%zu gates; use method=residues", s->name,
                mpz_sizeinbase(gates, 2) - 1);
  mpz_clears(gates, some, NULL);
  return ok;
}

static const struct op power = {.name = "power",
                                .run = run_power,
                                .lower = lower_power,
                                .check = check_power};

value_id program_power(struct program *p, const char *name, value_id x,
                       size_id n, unsigned long e, enum power_method how) {
  struct power *detail = program_alloc(p, 1, sizeof *detail);
  struct dims dims = program_dims(p, x);
  *detail = (struct power){e, n, how};
  dims.at[dims.rank++] = size_mul(&p->sizes, n, size_si(&p->sizes, (long)e));
  return program_step(p, &power, name, &x, 1, dims, detail);
}
