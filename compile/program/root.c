/* root: the integer square root. Depth 1 or 2, physically one more; gates as
   number_root() in division.h. */
#include "circuit/error.h"
#include "compile/division.h"
#include "compile/program/operation.h"
#include "compile/program/operations.h"

struct root {
  size_id n;
  unsigned depth;
};

static void run_root(struct reading *r, const struct step *s) {
  const fmpz *x = r->tensor[step_operand(r, s, 0)].whole;
  size_t n = reading_shape(r, step_operand(r, s, 0))->n;
  fmpz_t q;
  fmpz_init(q);
  for (size_t j = 0; j < n; j++) {
    fmpz_sqrt(q, x + j);
    step_put_bits(r, s, j, q);
  }
  fmpz_clear(q);
}

static void lower_root(struct reading *r, const struct step *s) {
  const struct root *d = s->detail;
  unsigned n = (unsigned)instance_size(r->in, d->n);
  const struct number *x = r->tensor[step_operand(r, s, 0)].number;
  for (size_t j = 0; j < reading_shape(r, step_operand(r, s, 0))->n; j++)
    number_root(r->c, step_bits(r, s, j), n, x + j, d->depth > 2);
}

/* 2^(n/2) rungs, or 2^(n/4) gates that each read a table of as many entries. */
static bool check_root(const struct instance *in, const struct step *s,
                       struct error *err) {
  const struct root *d = s->detail;
  long n = instance_size(in, d->n), most = d->depth > 2 ? 50 : 40;
  return n <= most ||
         error_limit(err,
                     "%s: %ld bits in depth %u take about 2^%ld gates; at "
                     "most %ld bits are made",
                     s->name, n, d->depth, d->depth > 2 ? n / 4 + 1 : n / 2,
                     most);
}

/* Of n bits about 2^(n/2) or 2^(n/4) gates. */
static void certify_root(struct proof *k, const struct step *s) {
  const struct root *d = s->detail;
  proof_integer_bits(k, s, (long)d->depth - 1);
}

static const struct op root = {.name = "root",
                               .reads_bits = true,
                               .run = run_root,
                               .lower = lower_root,
                               .certify = certify_root,
                               .check = check_root};

value_id program_root(struct program *p, const char *name, value_id x,
                      size_id n, unsigned depth) {
  struct root *detail = program_alloc(p, 1, sizeof *detail);
  size_id up = size_add(&p->sizes, n, size_si(&p->sizes, 1));
  *detail = (struct root){n, depth};
  struct dims dims = dims_of_bits(
      program_dims(p, x), size_div(&p->sizes, up, size_si(&p->sizes, 2)));
  return program_step(p, &root, name, &x, 1, dims, detail);
}
