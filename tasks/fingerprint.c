#include "tasks/task.h"

/* Equality of x and y by random parities (Freivalds 1977): row j of a random
   matrix is r_j, ..., r_(j + n - 1), and e = 1 if the parities of r_(j + i)
   (x_i + y_i) over i are 0 for all rows. Rows that are windows of one string
   are as good as independent ones for this (Toeplitz matrices; Krawczyk 1994):
   of unequal x and y all parities are 0 with probability 2^-rows exactly. What
   it shows: a vote makes the error small, and some choice of r, wired in,
   leaves none (Adleman 1978).

   That errs for unequal ones only. With doubt, five coins are tossed, and e is
   0 too where their number is below it: with q = doubt/32, equal ones err with
   probability q and unequal ones with (1 - q) / 2^rows, so that errors of both
   kinds, or any size below a half, can be had.

   Depth 3. r (x + y) modulo 2 is 1 where 2r + x + y is
   3: two gates; floor(n/2) for a parity; one for the coins, if there is doubt;
   and one that says whether none is 1. */

#define COINS 5

/* 1 where the number of the coins is below doubt. */
static value_id build_doubt(struct program *p, long doubt) {
  long is_below[1 << COINS];
  for (long i = 0; i < 1 << COINS; i++)
    is_below[i] = i < doubt;
  size_id width = size_si(&p->sizes, COINS);
  value_id coins = program_input(p, "coins", scalar(), width, false);
  program_mark_random(p);
  return program_table(p, "doubt", coins, is_below, 1 << COINS, 0);
}

static void build(struct program *p, const fmpz *value) {
  static const long is_odd[] = {0, 0, 0, 1, 0};
  size_id n = family_size(p, &task_fingerprint, 0);
  size_id one = size_si(&p->sizes, 1), rows = size_si(&p->sizes, value[1]);
  size_id length = size_sub(&p->sizes, size_add(&p->sizes, n, rows), one);
  value_id x = program_input_bits(p, "x", scalar(), n);
  value_id y = program_input_bits(p, "y", scalar(), n);
  value_id r = program_input_bits(p, "r", scalar(), length), even = x;
  program_mark_random(p);
  for (long j = 0; j < value[1]; j++) {
    value_id row = program_slice(p, "row", r, 0, size_si(&p->sizes, j), n);
    value_id of[] = {row, x, y};
    value_id s = program_combine(p, "row, x, y", of, (long[]){2, 1, 1}, 3, 0);
    s = program_table(p, "differences", s, is_odd, 5, 0);
    value_id odd = program_parity(p, "parity", program_sum(p, "ones", s), one);
    even = j ? program_sub(p, "rows", even, odd)
             : program_combine(p, "rows", &odd, (long[]){-1}, 1, 0);
  }
  if (value[2])
    even = program_sub(p, "no doubt", even, build_doubt(p, value[2]));
  size_id zero = size_si(&p->sizes, 0);
  program_output_width(p, "e", program_at_least(p, "equal", even, zero), one,
                       false);
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz_t differences, row;
  fmpz_init(differences);
  fmpz_init(row);
  fmpz_xor(differences, in, in + 1);
  fmpz_set_si(out, !value[2] || fmpz_cmp_si(in + 3, value[2]) >= 0);
  for (long j = 0; j < value[1]; j++) {
    fmpz_fdiv_q_2exp(row, in + 2, (ulong)j);
    fmpz_and(row, row, differences);
    if (fmpz_popcnt(row) % 2)
      fmpz_zero(out);
  }
  fmpz_clear(row);
  fmpz_clear(differences);
}

static void goal(const fmpz *value, const fmpz *in, fmpz *out) {
  (void)value;
  fmpz_set_si(out, fmpz_equal(in, in + 1));
}

const struct family task_fingerprint = {
    .name = "fingerprint",
    .about = "are x and y equal? by random parities r, with error 2^-rows",
    .formula = "n >= 2: depth 3, rows * (2n + floor(n/2)) + 1 gates, one more "
               "if doubt > 0",
    .parameters = {{"n", "bits of x and of y", 4, 1, 100000, .is_size = true},
                   {"rows", "parities", 2, 1, 64, .is_size = false},
                   {"doubt", "of 32: how often unequal, whatever x and y", 0, 0,
                    31, .is_size = false}},
    .build = build,
    .answer = answer,
    .goal = goal,
    .complexity = {.class = "in AC0",
                   .says = "equality takes two gates without random bits; the "
                           "point is the error, which votes make small",
                   .status = "proved",
                   .source = "Freivalds 1977; Adleman 1978"},
};
