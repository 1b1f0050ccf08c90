#include "tasks/task.h"

static const char *const methods[] = {"monomials", "residues", "table"};

/* Monomials: a gate for each set of 2 to e bits of x, one for each carry, one
   for each output but the lowest: n^2 + n - 3 gates for e = 2 and n >= 4.
   Residues: polynomially many gates in n*e; a table: 2^n - 1 and outputs.
   compile/powers.h has the constructions. */
static void build(struct program *p, const fmpz *value) {
  size_id n = family_size(p, &task_power, 0);
  value_id x = program_input(p, "x", scalar(), n, false);
  value_id y = program_power(p, "power", x, n, (unsigned long)value[1],
                             (enum power_method)value[2]);
  program_output_bits(p, "p", y);
}

/* One factor after the other. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz_one(out);
  for (slong i = 0; i < value[1]; i++)
    fmpz_mul(out, out, in);
}

const struct family task_power = {
    .name = "power",
    .about = "p = x^e",
    .formula =
        "n >= 2: depth 3; monomials: n^2 + n - 3 gates for e = 2, n >= 4, "
        "and O(n^e); residues: O(n * (n*e)^2); table: depth 2, at most "
        "2^n + n*e",
    .parameters = {{"n", "bits of x", 8, 1, 1000, .is_size = true},
                   {"e", "the exponent", 2, 1, 1000, .is_size = false},
                   {.name = "method",
                    .about = "what is made of x",
                    .most = 2,
                    .choices = methods}},
    .build = build,
    .answer = answer,
    .complexity = {.class = "in TC0",
                   .says = "for a constant exponent; of 2 or more not in depth "
                           "2 with polynomial weights and size",
                   .status = "proved",
                   .source = "Siu and Roychowdhury 1994; Sherstov 2007"},
};
