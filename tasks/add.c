#include "tasks/task.h"

enum {
  EXPONENTIAL,
  POLY
};

static const char *const weights[] = {"exponential", "poly"};

/* The sum is a number already. Its bits: a carry gate into each column, then
   one gate for each bit but the last, which is the last carry (Ramos and
   Bohorquez 1999).

   With weights of at most n, blocks of b = bitlength(n) columns. In each, gates
   say for column k whether the columns of its block below it leave a carry, and
   would with one more, but for the first block and the first column; for each
   earlier block another says that a carry comes from there; and n + 1 bits.
   For k = qb + r in 0..n-1: n + sum of (q + [q > 0 and r > 0]) + n + 1, which
   is n^2 / (2 log2 n) or so (Vassiliadis, Cotofana and Bertels 1996). */
static void build(struct program *p, const fmpz *value) {
  size_id n = family_size(p, &task_add, 0), one = size_si(&p->sizes, 1);
  value_id x = program_input(p, "x", scalar(), n, false);
  value_id y = program_input(p, "y", scalar(), n, false);
  value_id sum = program_add(p, "sum", x, y);
  if (value[1] == EXPONENTIAL)
    program_output(p, "s", sum);
  else
    program_output_bits(p, "s",
                        program_bits_lookahead(p, "carries", sum,
                                               size_add(&p->sizes, n, one), n));
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  (void)value;
  fmpz_add(out, in, in + 1);
}

const struct family task_add = {
    .name = "add",
    .about = "s = x + y",
    .formula =
        "depth 2, 2n gates; weights=poly, n >= 3: depth 3, weights up to "
        "n, with b = bitlength(n) and k = qb + r for k in 0..n-1: 2n + 1 "
        "+ sum of (q + [q > 0 and r > 0]) gates",
    .parameters = {{"n", "bits of x and of y", 8, 1, 10000, .is_size = true},
                   {.name = "weights",
                    .about = "up to 2^(n-1), or n",
                    .most = POLY,
                    .choices = weights}},
    .build = build,
    .answer = answer,
    .complexity = {.class = "in AC0",
                   .says = "carries are an OR of ANDs, so no threshold gate is "
                           "needed for constant depth",
                   .status = "proved",
                   .source = "Chandra, Fortune and Lipton 1985"},
};
