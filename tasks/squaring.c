/* x squared T times modulo m, one after the other: the puzzle that is meant to
   take its time (Rivest, Shamir and Wagner 1996). Of a modulus of a few bits
   all T squarings are one table: only a large one makes the puzzle. */
#include "circuit/error.h"
#include "tasks/task.h"

#include <flint/fmpz_vec.h>

enum {
  MODULUS,
  SQUARINGS,
  METHOD
};
enum {
  STEPS,
  TABLE
};
enum {
  MOST_TABLE = 16 // bits of m
};
static const char *const methods[] = {"steps", "table"};

/* Bits of x, and of the result. */
static size_t residue_bits(const fmpz *value) {
  fmpz_t most;
  fmpz_init(most);
  fmpz_sub_ui(most, value + MODULUS, 1);
  size_t bits = fmpz_bits(most);
  fmpz_clear(most);
  return bits;
}

/* ---- Squarings: with a y of w bits is y^2 the sum of (2^(i + j) mod m) over
   all pairs of bits that are 1. This is not reduced any further, but is one of
   w bits again for a w not much above those of m. Depth 2: the bits of a sum,
   an AND for each pair. ---- */

/* at[..] = 2^(i + j) mod m for i = j, twice that for i < j, a row of j's for
   each i; their sum. */
static void find_weights(fmpz *at, fmpz_t sum, size_t w, const fmpz_t m) {
  fmpz *power = _fmpz_vec_init((slong)(2 * w)); // of 2, modulo m
  fmpz_one(power);
  for (size_t k = 1; k < 2 * w; k++) {
    fmpz_mul_2exp(power + k, power + k - 1, 1);
    fmpz_mod(power + k, power + k, m);
  }
  fmpz_zero(sum);
  for (size_t i = 0; i < w; i++)
    for (size_t j = i; j < w; j++, at++) {
      fmpz_mul_2exp(at, power + i + j, i < j);
      fmpz_add(sum, sum, at);
    }
  _fmpz_vec_clear(power, (slong)(2 * w));
}

static size_t pairs_of(size_t w) {
  return w * (w + 1) / 2;
}

/* The least w, from the bits of x on, that holds every sum. */
static size_t find_width(const fmpz *value) {
  size_t w = residue_bits(value);
  fmpz_t sum;
  fmpz_init(sum);
  for (bool fits = false; !fits; w += !fits) {
    fmpz *at = _fmpz_vec_init((slong)pairs_of(w));
    find_weights(at, sum, w, value + MODULUS);
    fits = fmpz_bits(sum) <= w;
    _fmpz_vec_clear(at, (slong)pairs_of(w));
  }
  fmpz_clear(sum);
  return w;
}

/* The square of what has these bits. */
static value_id square(struct program *p, value_id bits, size_t w,
                       const fmpz *weight) {
  size_t pairs = pairs_of(w), n = 0;
  uint32_t *left = xcalloc(pairs, sizeof *left);
  uint32_t *right = xcalloc(pairs, sizeof *right);
  for (uint32_t i = 0; i < w; i++)
    for (uint32_t j = i; j < w; j++) {
      left[n] = i;
      right[n++] = j;
    }
  struct dims dims = vector(size_si(&p->sizes, (long)pairs));
  value_id sum =
      program_add(p, "pairs", program_pick(p, "left", bits, dims, left, pairs),
                  program_pick(p, "right", bits, dims, right, pairs));
  value_id both = program_at_least(p, "both", sum, size_si(&p->sizes, 2));
  free(left);
  free(right);
  value_id one = program_linear(p, "sum", both, 1, pairs, weight, NULL);
  return program_reshape(p, "square", one, scalar());
}

/* The bits of x, and zeros up to w. */
static value_id extend(struct program *p, value_id x, size_t w,
                       const fmpz *value) {
  size_id more = size_si(&p->sizes, (long)(w - residue_bits(value)));
  value_id places = program_places(p, "places", more);
  value_id both[] = {
      x, program_combine(p, "zeros", &places, (const long[]){0}, 1, 0)};
  return program_concat(p, "extended", both, 2, 0);
}

/* Rounds go from bits to bits; what the last one makes is needed as a sum. */
static value_id square_by_steps(struct program *p, value_id x, size_id rounds,
                                const fmpz *value) {
  size_t w = find_width(value), pairs = pairs_of(w);
  size_id width = size_si(&p->sizes, (long)w);
  fmpz *weight = _fmpz_vec_init((slong)pairs);
  fmpz_t sum;
  fmpz_init(sum);
  find_weights(weight, sum, w, value + MODULUS);
  value_id carried[] = {program_pack(p, "x", x), extend(p, x, w, value)};
  value_id result[2];
  struct composition c;
  program_begin_loop(p, &c, "squaring", carried, 2, 0, rounds);
  result[0] = square(p, c.argument[1], w, weight);
  result[1] = program_bits(p, "bits", result[0], width);
  program_end(p, &c, result, 2, result);
  fmpz_clear(sum);
  _fmpz_vec_clear(weight, (slong)pairs);
  return program_remainder_by(p, "remainder", result[0], width, value + MODULUS,
                              3);
}

/* ---- A table: depth 1, as functions of one number are free ---- */

static void residue(mpz_t y, const mpz_t x, const void *m) {
  mpz_fdiv_r_ui(y, x, *(const unsigned long *)m);
}

static void square_modulo(mpz_t y, const mpz_t x, const void *m) {
  mpz_mul(y, x, x);
  mpz_fdiv_r_ui(y, y, *(const unsigned long *)m);
}

static value_id square_by_table(struct program *p, value_id x, size_id rounds,
                                const fmpz *value) {
  unsigned long *m = program_alloc(p, 1, sizeof *m);
  *m = fmpz_get_ui(value + MODULUS);
  const struct function first = {residue, m, false},
                        next = {square_modulo, m, false};
  long most = (long)*m - 1;
  x = program_apply_bounded(p, "residue", x, &first, 1, most);
  struct composition c;
  program_begin_loop(p, &c, "squaring", &x, 1, 0, rounds);
  value_id y =
      program_apply_bounded(p, "square", c.argument[0], &next, 1, most);
  program_end(p, &c, &y, 1, &y);
  return program_bits(p, "bits", y,
                      size_si(&p->sizes, (long)residue_bits(value)));
}

/* ---- The task ---- */

static void build(struct program *p, const fmpz *value) {
  size_id rounds = family_size(p, &task_squaring, SQUARINGS);
  size_id bits = size_si(&p->sizes, (long)residue_bits(value));
  value_id y =
      value[METHOD] == TABLE
          ? square_by_table(p, program_input(p, "x", scalar(), bits, false),
                            rounds, value)
          : square_by_steps(p, program_input_bits(p, "x", scalar(), bits),
                            rounds, value);
  program_output_bits(p, "y", y);
}

static bool check(const fmpz *value, struct error *err) {
  double w = (double)residue_bits(value), steps = (double)value[SQUARINGS];
  if (value[METHOD] == TABLE && w > MOST_TABLE) {
    char *m = fmpz_get_str(NULL, 10, value + MODULUS);
    error_set(err, 0, "m=%s: method=table needs m up to %ld", m,
              1L << MOST_TABLE);
    flint_free(m);
    return false;
  }
  if (value[METHOD] == TABLE)
    return true;
  return task_check_wires((w + 16) * (w + 16) * (w + 16) * steps, err);
}

/* 2^T is an exponent like any other. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  fmpz_t e;
  fmpz_init(e);
  fmpz_one_2exp(e, (ulong)value[SQUARINGS]);
  fmpz_powm(out, in, e, value + MODULUS);
  fmpz_clear(e);
}

const struct family task_squaring = {
    .name = "squaring",
    .about = "y = x^(2^T) mod m, by T squarings",
    .formula = "steps: inner depth 2T + 1; table: inner depth 1, fewer than 2m "
               "gates, for any T",
    .parameters = {{.name = "m",
                    .about = "modulus; x has the bits of m - 1",
                    .standard = 323,
                    .least = 2,
                    .most = 512,
                    .is_long = true},
                   {"T", "squarings", 4, 1, 100000, .is_size = true},
                   {.name = "method",
                    .about = "one after the other, or a table of all, for m up "
                             "to 65536",
                    .most = TABLE,
                    .choices = methods}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity =
        {.class = "in P",
         .says = "no way with less depth than about T is known where the "
                 "factors of m are not; with them, an exponent below m does",
         .status = "conditional",
         .source = "Rivest, Shamir and Wagner 1996"},
};
