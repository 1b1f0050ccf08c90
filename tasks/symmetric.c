#include "tasks/task.h"

/* A function of the number of ones: bit k of the table is its value for k ones.
   Every other change of it is a gate [ones >= a]; the output is a gate
   [ones >= t] for which these move t: floor(c/2) + 1 gates for c changes
   (Minnick 1961). A sum of c gates is the same function for a next layer, at
   depth 1. With one level more, blocks of changes have the gates inside of them
   in common, and the output is one more: floor(sqrt(4c + 1)) gates, which are
   fewer from c = 14 on (Siu, Roychowdhury and Kailath 1991). */

static void clear_table(void *table) {
  mpz_clear(table);
}

static void look_up(mpz_t y, const mpz_t x, const void *table) {
  mpz_set_ui(y, (ulong)mpz_tstbit((mpz_srcptr)table, mpz_get_ui(x)));
}

static long count_changes(const fmpz *table, long n) {
  long changes = 0;
  for (long i = 0; i < n; i++)
    changes += fmpz_tstbit(table, (ulong)i) != fmpz_tstbit(table, (ulong)i + 1);
  return changes;
}

static void build(struct program *p, const fmpz *value) {
  size_id n = family_size(p, &task_symmetric, 0);
  __mpz_struct *table = program_alloc(p, 1, sizeof *table);
  mpz_init(table);
  program_own(p, clear_table, table);
  fmpz_get_mpz(table, &value[1]);
  const struct function f = {look_up, table, false};
  long c = count_changes(&value[1], value[0]), gates = c / 2 + 1;
  bool few = value[2] == 2 || 4 * c + 1 >= gates * gates;
  value_id x = program_input_bits(p, "x", scalar(), n);
  value_id ones = program_sum(p, "ones", x);
  program_output(p, "y",
                 few ? program_apply_gate(p, "table", ones, &f)
                     : program_apply_blocks(p, "table", ones, &f));
}

static bool check(const fmpz *value, struct error *err) {
  return fmpz_bits(&value[1]) <= (ulong)value[0] + 1 ||
         error_set(err, 0, "table has bits above n = %ld", value[0]);
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  long ones = 0;
  for (long i = 0; i < value[0]; i++)
    ones += fmpz_tstbit(in, (ulong)i);
  fmpz_set_si(out, fmpz_tstbit(&value[1], (ulong)ones));
}

const struct family task_symmetric = {
    .name = "symmetric",
    .about = "any function of the number of ones in x, by a table",
    .formula = "with c changes in the table: depth 2, floor(c/2) + 1 gates "
               "(c = 1: depth 1; c = 0: none); depth=3: floor(sqrt(4c + 1)) "
               "gates if c >= 14",
    .parameters = {{"n", "bits of x", 8, 1, 20000, .is_size = true},
                   {.name = "table",
                    .about = "bit k is the value for k ones",
                    .standard = 341,
                    .least = 0,
                    .most = 20001,
                    .is_long = true},
                   {"depth", "at most; 3 saves gates", 2, 2, 3,
                    .is_size = false}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity =
        {.class = "in TC0",
         .says = "a sum of the inputs and a table, depth 2 for every table",
         .status = "proved",
         .source = "Siu, Roychowdhury and Kailath 1991"},
};
