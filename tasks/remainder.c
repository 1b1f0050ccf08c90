#include "tasks/division.h"

/* By another integer: digits of the quotient, of which only products with y
   are made, and carries, in depth 3 about 2^(n+1), in depth 4 about
   7 * 2^(n/2), and fewer below; poly takes O(n^6 / log n) gates in depth 4. By
   a constant m: in depth 2 one ladder of at most about n*m/4 rungs, in depth 3
   fewer than n^2 gates. compile/division.h has the constructions. */
static void build(struct program *p, const fmpz *value) {
  size_id n = family_size(p, &task_remainder, DIVISION_N);
  value_id x = program_input(p, "x", scalar(), n, false);
  value_id r;
  if (fmpz_is_zero(value + DIVISION_M)) {
    value_id y = program_input(p, "y", scalar(), n, false);
    r = program_remainder(
        p, "remainder", x, y, n,
        value[DIVISION_METHOD] == DIVISION_POLY ? 0 : division_depth(value));
  } else {
    r = program_remainder_by(p, "remainder", x, n, value + DIVISION_M,
                             division_depth(value));
  }
  program_output_bits(p, "r", r);
}

static bool check(const fmpz *value, struct error *err) {
  slong depth = value[DIVISION_DEPTH];
  if (depth == 1)
    return error_set(err, 0, "depth=1: a remainder has at least depth 2");
  if (!fmpz_is_zero(value + DIVISION_M))
    return depth <= 3 ||
           error_set(err, 0,
                     "depth=%ld: a remainder by a constant has depth 2 or 3",
                     depth);
  if (value[DIVISION_METHOD] == DIVISION_POLY && depth && depth != 4)
    return error_set(err, 0, "depth=%ld: method=poly has depth 4", depth);
  return depth != 2 ||
         error_set(err, 0, "depth=2: digits take at least depth 3");
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz_t quotient;
  fmpz_init(quotient);
  division_by_hand(value, in, quotient, out);
  fmpz_clear(quotient);
}

const struct family task_remainder = {
    .name = "remainder",
    .about = "r = x mod y; x if y is 0",
    .formula = "digits: depth 3, about 2^(n+1) gates; depth 4, about 7 * "
               "2^(n/2); poly: depth 4, O(n^6 / log n); by a constant m: depth "
               "2, at most about n*m/4, or depth 3, at most n^2",
    .parameters = DIVISION_PARAMETERS,
    .check = check,
    .build = build,
    .answer = answer,
    .complexity = {.class = "in TC0",
                   .says = "as division",
                   .status = "proved",
                   .source = "Hesse, Allender and Barrington 2002"},
};
