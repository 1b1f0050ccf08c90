/* product: of all integers along the last axis. Depth 3 or 4, physically one
   more; gates as number_product() in powers.h. */
#include "circuit/error.h"
#include "compile/powers.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

#include <assert.h>
#include <math.h>

struct product {
  unsigned depth;
};

static size_t axis_length(const struct instance *in, const struct step *s) {
  const struct shape_of *x = &in->shape[program_operand(in->program, s, 0)];
  return x->at[x->rank - 1];
}

static void run_product(struct reading *r, const struct step *s) {
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  size_t m = axis_length(r->in, s), width = step_width(r, s);
  fmpz_t q;
  fmpz_init(q);
  for (size_t j = 0; j * width < step_shape(r, s)->n; j++) {
    fmpz_one(q);
    for (size_t i = 0; i < m; i++)
      fmpz_mul(q, q, x + j * m + i);
    step_put_bits(r, s, j, q);
  }
  fmpz_clear(q);
}

static void lower_product(struct reading *r, const struct step *s) {
  const struct product *d = s->detail;
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  size_t m = axis_length(r->in, s), width = step_width(r, s);
  const struct number **row = xmalloc(m * sizeof *row);
  for (size_t j = 0; j * width < step_shape(r, s)->n; j++) {
    struct number *y = step_bits(r, s, j);
    for (size_t i = 0; i < m; i++)
      row[i] = x + j * m + i;
    unsigned needed = product_width(row, m);
    number_product(r->c, y, needed, row, m, d->depth > 4);
    for (size_t k = needed; k < width; k++)
      number_set_si(y + k, 0);
  }
  free(row);
}

/* Primes up to some p for a product of 2^bits, and a table entry for each rung
   of their sums of logarithms and each bit: not more than 2^28. */
static bool check_product(const struct instance *in, const struct step *s,
                          struct error *err) {
  const struct shape_of *y = &in->shape[program_result(in->program, s, 0)];
  double m = (double)axis_length(in, s), bits = (double)y->at[y->rank - 1];
  double p = 1.4 * bits + 10, entries = bits * m * p * p / (2 * log(p));
  return entries <= 0x1p28 ||
         error_limit(err,
                     "%s: a product of %g bits takes about %.1g table entries; "
                     "at most %.1g are made",
                     s->name, bits, entries, 0x1p28);
}

/* Of the gates only the order is known. */
static void certify_product(struct proof *k, const struct step *s) {
  const struct product *d = s->detail;
  proof_integer_bits(k, s, (long)d->depth - 1);
}

static const struct op product = {.certify = certify_product,
                                  .name = "product",
                                  .reads_bits = true,
                                  .run = run_product,
                                  .lower = lower_product,
                                  .check = check_product};

value_id program_product(struct program *p, const char *name, value_id x,
                         size_id n, unsigned depth) {
  struct product *detail = program_alloc(p, 1, sizeof *detail);
  struct dims dims = program_dims(p, x);
  assert(dims.rank);
  detail->depth = depth;
  size_id m = dims.at[dims.rank - 1];
  dims.at[dims.rank - 1] = size_mul(&p->sizes, n, m);
  return program_step(p, &product, name, &x, 1, dims, detail);
}
