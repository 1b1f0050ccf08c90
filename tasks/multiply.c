#include "tasks/task.h"

enum {
  EXPONENTIAL,
  POLY
};

static const char *const weights[] = {"exponential", "poly"};

/* An AND for each pair of bits, the carries of all columns, the bits of the
   result; the lowest and the highest bit are single gates already (Siu and
   Roychowdhury 1994).

   With weights of at most 2n^2 the columns are cut into blocks, with carries
   that number_bits_lookahead() looks ahead: it counts those from one block and
   the v columns below, v = ceil(log2(n-1)), twice, and there is a gate for each
   column and earlier block. With h_j pairs in column j, S(i,k) for the sum of
   2^(j-i) h_j over i <= j < k, b = 1 + floor(log2(2n^2)) - v, and L the
   multiple of b at k - 1 or below it, n^2 + 2n gates, and for k in 1..2n-1: if
   L <= v floor(S(0,k) / 2^k), else, with i = L - v, floor(S(i,k) / 2^(k-i)) +
   floor((S(i,k) + 2^v) / 2^(k-i)), and one for each block before, from the
   first whose end is above v; for each L in v+1..2n-2: floor(S(L-v,L) / 2^v);
   without bit 0, and the top bit if it is one gate. */
static void build(struct program *p, const fmpz *value) {
  struct sizes *t = &p->sizes;
  size_id n = family_size(p, &task_multiply, 0), two = size_si(t, 2);
  value_id x = program_input(p, "x", scalar(), n, false);
  value_id y = program_input(p, "y", scalar(), n, false);
  value_id product = program_multiply(p, "product", x, y);
  if (value[1] == EXPONENTIAL)
    program_output(p, "p", product);
  else
    program_output_bits(
        p, "p",
        program_bits_lookahead(p, "carries", product, size_mul(t, two, n),
                               size_mul(t, two, size_mul(t, n, n))));
}

static bool check(const fmpz *value, struct error *err) {
  double n = (double)value[0];
  return task_check_wires(n * n * n, err);
}

/* Long multiplication: shifted copies of y added up. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz_t shifted;
  fmpz_init_set(shifted, in + 1);
  fmpz_zero(out);
  for (long i = 0; i < value[0]; i++) {
    if (fmpz_tstbit(in, (ulong)i))
      fmpz_add(out, out, shifted);
    fmpz_add(shifted, shifted, shifted);
  }
  fmpz_clear(shifted);
}

const struct family task_multiply = {
    .name = "multiply",
    .about = "p = x * y",
    .formula =
        "n >= 2: depth 3, 2n^2 + n - 2 gates; n = 1: depth 1, 1 gate; "
        "weights=poly, n >= 3: depth 4, weights up to 2n^2, about 3.3n^2 "
        "gates: 200, 850 at n = 8, 16 (the sum is in tasks/multiply.c)",
    .parameters = {{"n", "bits of x and of y", 8, 1, 4096, .is_size = true},
                   {.name = "weights",
                    .about = "up to 2^(2n-2), or 2n^2",
                    .most = POLY,
                    .choices = weights}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity =
        {.class = "TC0-complete",
         .says = "majority reduces to it; not in depth 2 with polynomial "
                 "weights and size, so depth 3 is the least",
         .status = "proved",
         .source = "Chandra, Stockmeyer and Vishkin 1984; Hajnal et al. 1993"},
};
