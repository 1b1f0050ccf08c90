#include "tasks/division.h"

/* By another integer: digits take 2^n + n - 2 gates in depth 2, about
   3.5 * 2^(n/2) in depth 3, the record, and n(n+1)/2 in depth n, and between
   the fewest of all cuts into digits; poly takes O(n^6 / log n) gates in depth
   3, by Chinese remainders. By a constant m: fewer than n^2 gates in depth 2.
   compile/division.h has the constructions. */
static void build(struct program *p, const fmpz *value) {
  size_id n = family_size(p, &task_divide, DIVISION_N);
  value_id x = program_input(p, "x", scalar(), n, false);
  value_id q;
  if (fmpz_is_zero(value + DIVISION_M)) {
    value_id y = program_input(p, "y", scalar(), n, false);
    q = program_quotient(
        p, "quotient", x, y, n,
        value[DIVISION_METHOD] == DIVISION_POLY ? 0 : division_depth(value));
  } else {
    q = program_quotient_by(p, "quotient", x, n, value + DIVISION_M);
  }
  program_output_bits(p, "q", q);
}

static bool check(const fmpz *value, struct error *err) {
  slong depth = value[DIVISION_DEPTH];
  if (depth == 1)
    return error_set(err, 0, "depth=1: a quotient has at least depth 2");
  if (!fmpz_is_zero(value + DIVISION_M) && depth && depth != 2)
    return error_set(err, 0, "depth=%ld: a quotient by a constant has depth 2",
                     depth);
  if (fmpz_is_zero(value + DIVISION_M) &&
      value[DIVISION_METHOD] == DIVISION_POLY && depth && depth != 3)
    return error_set(err, 0, "depth=%ld: method=poly has depth 3", depth);
  return true;
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz_t rest;
  fmpz_init(rest);
  division_by_hand(value, in, out, rest);
  fmpz_clear(rest);
}

const struct family task_divide = {
    .name = "divide",
    .about = "q = x / y rounded down; all ones if y is 0",
    .formula = "digits: depth 2, 2^n + n - 2 gates; depth 3, about 3.5 * "
               "2^(n/2); depth n, n(n+1)/2; poly: depth 3, O(n^6 / log n); by "
               "a constant: depth 2, at most n^2",
    .parameters = DIVISION_PARAMETERS,
    .check = check,
    .build = build,
    .answer = answer,
    .complexity =
        {.class = "in TC0",
         .says = "uniformly so; not in depth 2 with polynomial weights and "
                 "size, so depth 3 is the least",
         .status = "proved",
         .source = "Hesse, Allender and Barrington 2002; Hajnal et al. 1993"},
};
