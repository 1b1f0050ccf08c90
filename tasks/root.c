#include "tasks/task.h"

/* In depth 2 a rung [x >= b^2] for each b < 2^(n/2), and outputs for all bits
   but the highest. In depth 3 two digits of the root, of half its bits each;
   with b bits of the root in all, h = ceil(b/2) and l = floor(b/2) of them:
   2^h + 2^l - 2 gates, and h + l - 2 outputs if n is even. compile/division.h
   has the constructions. */
static void build(struct program *p, const fmpz *value) {
  size_id n = family_size(p, &task_root, 0);
  value_id x = program_input(p, "x", scalar(), n, false);
  program_output_bits(p, "r",
                      program_root(p, "root", x, n, (unsigned)value[1]));
}

/* The bits of the root from the top: each is 1 where the square still fits. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz_t square;
  fmpz_init(square);
  fmpz_zero(out);
  for (slong i = (value[0] + 1) / 2; i-- > 0;) {
    fmpz_setbit(out, (ulong)i);
    fmpz_mul(square, out, out);
    if (fmpz_cmp(square, in) > 0)
      fmpz_clrbit(out, (ulong)i);
  }
  fmpz_clear(square);
}

const struct family task_root = {
    .name = "root",
    .about = "r = the square root of x, rounded down",
    .formula = "n even, n >= 8: depth 2, 2^(n/2) + n/2 - 2 gates; depth 3, "
               "about 2 * 2^(n/4)",
    .parameters = {{"n", "bits of x", 16, 1, 100, .is_size = true},
                   {"depth", "of physical bits", 3, 2, 3, .is_size = false}},
    .build = build,
    .answer = answer,
    .complexity = {.class = "in TC0",
                   .says =
                       "the integer square root reduces to division and powers",
                   .status = "proved",
                   .source = "Hesse, Allender and Barrington 2002"},
};
