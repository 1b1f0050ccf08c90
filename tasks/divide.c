#include "tasks/task.h"

enum {
  N,
  M,
  METHOD,
  DEPTH
};
enum {
  DIGITS,
  POLY
};
static const char *const methods[] = {"digits", "poly"};

/* By another integer: digits take 2^n + n - 2 gates in depth 2, about
   3.5 * 2^(n/2) in depth 3, the record, and n(n+1)/2 in depth n, and between
   the fewest of all cuts into digits; poly takes O(n^6 / log n) gates in depth
   3, by Chinese remainders. By a constant m: fewer than n^2 gates in depth 2.
   compile/division.h has the constructions. */
static void build(struct program *p, const fmpz *value) {
  size_id n = task_size(p, &task_divide, N);
  value_id x = program_input(p, "x", scalar(), n, false);
  value_id q;
  if (fmpz_is_zero(value + M)) {
    unsigned depth = value[DEPTH] ? (unsigned)value[DEPTH] : 3;
    value_id y = program_input(p, "y", scalar(), n, false);
    q = program_quotient(p, "quotient", x, y, n,
                         value[METHOD] == POLY ? 0 : depth);
  } else {
    q = program_quotient_by(p, "quotient", x, n, value + M);
  }
  program_output_bits(p, "q", q);
}

static bool check(const fmpz *value, struct error *err) {
  slong depth = value[DEPTH];
  if (depth == 1)
    return error_set(err, 0, "depth=1: a quotient has at least depth 2");
  if (!fmpz_is_zero(value + M) && depth && depth != 2)
    return error_set(err, 0, "depth=%ld: a quotient by a constant has depth 2",
                     depth);
  if (fmpz_is_zero(value + M) && value[METHOD] == POLY && depth && depth != 3)
    return error_set(err, 0, "depth=%ld: method=poly has depth 3", depth);
  return true;
}

/* Long division, bit by bit. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  const fmpz *y = fmpz_is_zero(value + M) ? in + 1 : value + M;
  fmpz_t rest;
  fmpz_init(rest);
  fmpz_zero(out);
  for (slong i = value[N]; i-- > 0;) {
    fmpz_add(rest, rest, rest);
    fmpz_add_si(rest, rest, fmpz_tstbit(in, (ulong)i));
    if (fmpz_cmp(rest, y) >= 0) { // always, if y is 0
      fmpz_sub(rest, rest, y);
      fmpz_setbit(out, (ulong)i);
    }
  }
  fmpz_clear(rest);
}

const struct task task_divide = {
    .name = "divide",
    .about = "q = x / y rounded down; all ones if y is 0",
    .formula = "digits: depth 2, 2^n + n - 2 gates; depth 3, about 3.5 * "
               "2^(n/2); depth n, n(n+1)/2; poly: depth 3, O(n^6 / log n); by "
               "a constant: depth 2, at most n^2",
    .parameters = {{"n", "bits of x and of y", 8, 1, 256, .is_size = true},
                   {.name = "m",
                    .about = "divide by this and not by an input y, unless 0",
                    .most = 4096,
                    .is_long = true},
                   {.name = "method",
                    .about = "of division by y",
                    .most = 1,
                    .choices = methods},
                   {.name = "depth",
                    .about = "of digits; 0 is 3",
                    .most = 256}},
    .check = check,
    .build = build,
    .answer = answer,
};
