#include "tasks/box.h"
#include "tasks/task.h"

#include <flint/fmpz_vec.h>

/* One ball in a box 0..length with elastic walls, after a time T: any number of
   bounces is one table of x + v T mod 2L, so depth does not depend on T, nor do
   gates grow with it, and a T that is an input adds the products of its bits
   and those of v. A position beyond the wall at `length` is that of the mirror
   image of a ball, which moves the other way. */

enum {
  LENGTH,
  BITS,
  TIME,
  CLOCK
};

static long position_bits(const fmpz *value) {
  return (long)FLINT_BIT_COUNT((ulong)value[LENGTH]);
}

/* The terms of x + v T: bits of x, then those of v, each with all bits of T if
   that is an input. */
static size_t count_terms(const fmpz *value) {
  long each = value[CLOCK] ? value[CLOCK] : 1;
  return (size_t)(position_bits(value) + value[BITS] * each);
}

static void find_weights(fmpz *weight, const fmpz *value) {
  long positions = position_bits(value), clock = value[CLOCK];
  size_t n = count_terms(value);
  for (long i = 0; i < (long)n; i++) {
    long at = i - positions, each = clock ? clock : 1;
    fmpz_t w;
    fmpz_init_set_si(w, i < positions || clock ? 1 : value[TIME]);
    fmpz_mul_2exp(w, w, (ulong)(i < positions ? i : at / each + at % each));
    if (i >= positions && at / each == value[BITS] - 1)
      fmpz_neg(w, w); // two's complement
    fmpz_set_si(weight + i, box_weight(w, value[LENGTH]));
    fmpz_clear(w);
  }
}

/* [a AND b] for each bit of v and each of t. */
static value_id add_products(struct program *p, value_id v, value_id t,
                             size_id bits, size_id clock) {
  size_id one = size_si(&p->sizes, 1);
  v = program_reshape(p, "v", v, matrix(bits, one));
  value_id both = program_add(p, "v t", v, t);
  return program_reshape(
      p, "v t", program_at_least(p, "v t", both, size_si(&p->sizes, 2)),
      vector(size_mul(&p->sizes, bits, clock)));
}

static void build(struct program *p, const fmpz *value) {
  struct sizes *s = &p->sizes;
  size_id bits = size_si(s, value[BITS]), clock = size_si(s, value[CLOCK]);
  value_id term[2] = {
      program_input_bits(p, "x", scalar(), size_si(s, position_bits(value))),
      program_input_bits_signed(p, "v", scalar(), bits)};
  if (value[CLOCK])
    term[1] = add_products(
        p, term[1], program_input_bits(p, "t", scalar(), clock), bits, clock);
  size_t n = count_terms(value);
  fmpz *weight = _fmpz_vec_init((slong)n);
  find_weights(weight, value);
  long least = 0, most = 0;
  for (size_t i = 0; i < n; i++)
    *(weight[i] < 0 ? &least : &most) += weight[i];
  value_id sum = program_linear(
      p, "flight", program_concat(p, "terms", term, 2, 0), 1, n, weight, NULL);
  _fmpz_vec_clear(weight, (slong)n);
  program_output(p, "y",
                 box_place(p, "place",
                           program_reshape(p, "flight", sum, scalar()),
                           value[LENGTH], least, most));
}

static bool check(const fmpz *value, struct error *err) {
  double places = (double)value[LENGTH] * (double)count_terms(value);
  return places <= 1 << 22 ||
         error_limit(err, "a table of about %.2g places; at most %d are made",
                     places, 1 << 22);
}

/* It goes its way, unit by unit, but for whole rounds from wall to wall and
   back. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  slong length = value[LENGTH], at = in[0], step = fmpz_sgn(in + 1);
  fmpz_t way, round;
  fmpz_init_set_si(round, 2 * length);
  fmpz_init(way);
  fmpz_abs(way, in + 1);
  fmpz_mul(way, way, value[CLOCK] ? in + 2 : value + TIME);
  fmpz_mod(way, way, round);
  if (at > length) {
    at = 2 * length - at;
    step = -step;
  }
  for (slong left = fmpz_get_si(way); left > 0; left--) {
    if (at + step < 0 || at + step > length)
      step = -step;
    at += step;
  }
  fmpz_set_si(out, at);
  fmpz_clear(way);
  fmpz_clear(round);
}

const struct family task_ball = {
    .name = "ball",
    .about = "where one ball in a box is after a time, its walls elastic",
    .formula =
        "inner depth 1 whatever the time, at most (bits + 2) length gates; "
        "clock=c: inner depth 2, bits c gates more and (bits c + 2) length; "
        "one more for each output",
    .parameters = {{"length", "of the box", 20, 1, 10000, .is_size = false},
                   {"bits", "of the velocity, signed", 5, 1, 60,
                    .is_size = false},
                   {"time", "until when", 100, 0, 1000000000000000000,
                    .is_size = false},
                   {"clock", "bits of the time as an input t, or 0", 0, 0, 60,
                    .is_size = false}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity = {.class = "in TC0",
                   .says = "a product and a remainder, however many bounces",
                   .status = "proved",
                   .source = "Hesse, Allender and Barrington 2002"},
};
