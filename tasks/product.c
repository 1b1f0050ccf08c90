#include "tasks/task.h"

/* Discrete logarithms modulo primes, their sums, Chinese remainders (Siu and
   Roychowdhury 1994). With primes p_1, ..., p_k, whose product is more than
   2^(2mn+1), at most
     m * min(2^n - 1, sum of the rungs of x mod p) + sum of (m(p-2) + 1)
       + k(mn + 1) + mn
   gates in depth 4: O(N^6 / log N) for m = n = N. In depth 5 the primes need
   half as many bits. compile/powers.h has the constructions. */
static void build(struct program *p, const fmpz *value) {
  size_id m = family_size(p, &task_product, 0);
  size_id n = family_size(p, &task_product, 1);
  value_id x = program_input(p, "x", vector(m), n, false);
  program_output_bits(p, "p",
                      program_product(p, "product", x, n, (unsigned)value[2]));
}

/* One factor after the other, each multiplication by shifts and additions. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz_t sum;
  fmpz_init(sum);
  fmpz_one(out);
  for (slong i = 0; i < value[0]; i++) {
    fmpz_zero(sum);
    for (slong k = value[1]; k-- > 0;) {
      fmpz_add(sum, sum, sum);
      if (fmpz_tstbit(in + i, (ulong)k))
        fmpz_add(sum, sum, out);
    }
    fmpz_swap(out, sum);
  }
  fmpz_clear(sum);
}

const struct family task_product = {
    .name = "product",
    .about = "p = x_1 * ... * x_m",
    .formula = "depth 4, O(N^6 / log N) gates for m = n = N; depth 5, fewer",
    .parameters = {{"m", "integers", 4, 1, 1000, .is_size = true},
                   {"n", "bits of each", 4, 1, 1000, .is_size = true},
                   {"depth", "of physical bits", 4, 4, 5, .is_size = false}},
    .build = build,
    .answer = answer,
    .complexity =
        {.class = "in TC0",
         .says = "uniformly so, though it multiplies m numbers and not two",
         .status = "proved",
         .source = "Hesse, Allender and Barrington 2002"},
};
