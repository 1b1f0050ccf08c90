#include "tasks/box.h"
#include "tasks/task.h"

#include <flint/fmpq_vec.h>

/* k equal balls on a line, or between walls, after a time. Two that collide
   exchange their velocities, which is as if they went through each other with
   exchanged names; so however many collisions there are, the balls are where
   free ones would be, in order: a sort (Jepsen 1965). It looks as serial as
   balls in the plane, where collisions compute, and is in TC0. */

enum {
  BALLS,
  BITS,
  SPEED,
  TIME,
  WALLS
};

/* Bits of two's complement for x + v T on a line. */
static long line_bits(const fmpz *value) {
  long bits = value[BITS];
  long lowest = value[TIME] << (value[SPEED] - 1);
  long highest =
      (1L << bits) - 1 + value[TIME] * ((1L << (value[SPEED] - 1)) - 1);
  while (lowest > 1L << bits || highest >= 1L << bits)
    bits++;
  return bits + 1;
}

/* Balls on a line are sorted by x + v T + 2^(n - 1) >= 0. */
static void build_line(struct program *p, const fmpz *value, size_id balls,
                       value_id x, value_id v) {
  struct sizes *s = &p->sizes;
  long n = line_bits(value);
  size_id zero = size_si(s, 0), one = size_si(s, 1), low = size_si(s, n - 1);
  value_id flight = program_combine(p, "flight", (value_id[]){x, v},
                                    (long[]){1, value[TIME]}, 2, 1L << (n - 1));
  value_id bits = program_sorted_bits(
      p, "order", program_bits(p, "bits", flight, size_si(s, n)), zero, balls);
  value_id top = program_slice(p, "sign", bits, 1, low, one);
  const value_id part[] = {
      program_slice(p, "bits", bits, 1, zero, low),
      program_combine(p, "sign", &top, (long[]){-1}, 1, 1)};
  program_output_bits_signed(p, "y", program_concat(p, "y", part, 2, 1));
}

/* Between walls each place is a table of x + v T modulo twice the length. */
static void build_box(struct program *p, const fmpz *value, size_id balls,
                      value_id x, value_id v_bits) {
  long length = (1L << value[BITS]) - 1, least = 0, most = length;
  size_t n = (size_t)value[SPEED];
  fmpz *weight = flint_calloc(n, sizeof *weight);
  for (size_t i = 0; i < n; i++) {
    fmpz_set_si(weight + i, value[TIME] << i);
    if (i + 1 == n)
      fmpz_neg(weight + i, weight + i);
    fmpz_set_si(weight + i, box_weight(weight + i, length));
    *(weight[i] < 0 ? &least : &most) += weight[i];
  }
  value_id way = program_linear(p, "way", v_bits, 1, n, weight, NULL);
  flint_free(weight);
  way = program_reshape(p, "way", way, vector(balls));
  value_id place = box_place(p, "place", program_add(p, "flight", x, way),
                             length, least, most);
  value_id bits =
      program_bits(p, "bits", place, size_si(&p->sizes, value[BITS]));
  program_output_bits(
      p, "y",
      program_sorted_bits(p, "order", bits, size_si(&p->sizes, 0), balls));
}

static void build(struct program *p, const fmpz *value) {
  size_id balls = family_size(p, &task_balls1d, BALLS);
  size_id bits = size_si(&p->sizes, value[BITS]);
  size_id speed = size_si(&p->sizes, value[SPEED]);
  value_id x = program_input(p, "x", vector(balls), bits, false);
  if (value[WALLS])
    build_box(p, value, balls, x,
              program_input_bits_signed(p, "v", vector(balls), speed));
  else
    build_line(p, value, balls, x,
               program_input(p, "v", vector(balls), speed, true));
}

static bool check(const fmpz *value, struct error *err) {
  double tables = (double)value[BALLS] * (double)(value[SPEED] + 2) *
                  (double)(1L << value[BITS]);
  if (value[WALLS] && !task_check_wires(tables, err))
    return false;
  return task_check_pairs(value[BALLS],
                          value[WALLS] ? value[BITS] : line_bits(value), err);
}

/* ---- The answer: collision by collision, at rational times ---- */

struct flight {
  slong n;
  fmpq *at;     // (n) ascending; who is left of another stays there
  slong *speed; // (n)
  slong length; // 0: no walls
};

/* Balls as they are placed, each to the right of those that are not beyond it.
 */
static void place_balls(struct flight *f, const fmpz *in) {
  for (slong i = 0; i < f->n; i++) {
    slong j = i;
    for (; j > 0 && fmpz_cmp(fmpq_numref(f->at + j - 1), in + i) > 0; j--) {
      fmpq_swap(f->at + j, f->at + j - 1);
      f->speed[j] = f->speed[j - 1];
    }
    fmpq_set_fmpz(f->at + j, in + i);
    f->speed[j] = fmpz_get_si(in + f->n + i);
  }
}

/* When place i of 0..n, between ball i - 1 and ball i, has a collision; ends
   are walls. False if it has none. */
static bool find_time(fmpq_t t, const struct flight *f, slong i) {
  bool left = i == 0, right = i == f->n;
  slong nearing = (left ? 0 : f->speed[i - 1]) - (right ? 0 : f->speed[i]);
  if (nearing <= 0 || ((left || right) && !f->length))
    return false;
  if (right)
    fmpq_set_si(t, f->length, 1);
  else
    fmpq_set(t, f->at + i);
  if (!left)
    fmpq_sub(t, t, f->at + i - 1);
  fmpq_t by;
  fmpq_init(by);
  fmpq_set_si(by, nearing, 1);
  fmpq_div(t, t, by);
  fmpq_clear(by);
  return true;
}

static void collide(const struct flight *f, slong i) {
  slong left = i ? f->speed[i - 1] : 0;
  if (i == 0) {
    f->speed[0] = -f->speed[0];
  } else if (i == f->n) {
    f->speed[i - 1] = -left;
  } else {
    f->speed[i - 1] = f->speed[i];
    f->speed[i] = left;
  }
}

static void fly(const struct flight *f, const fmpq_t t) {
  for (slong i = 0; i < f->n; i++) {
    fmpq_t way;
    fmpq_init(way);
    fmpq_set_si(way, f->speed[i], 1);
    fmpq_mul(way, way, t);
    fmpq_add(f->at + i, f->at + i, way);
    fmpq_clear(way);
  }
}

/* Up to the next collision, or for as long as is left. */
static void fly_on(const struct flight *f, fmpq_t left) {
  slong next = -1;
  fmpq_t t, first;
  fmpq_init(t);
  fmpq_init(first);
  fmpq_set(first, left);
  for (slong i = 0; i <= f->n; i++)
    if (find_time(t, f, i) && fmpq_cmp(t, first) < 0) {
      fmpq_set(first, t);
      next = i;
    }
  fly(f, first);
  fmpq_sub(left, left, first);
  if (next >= 0)
    collide(f, next);
  fmpq_clear(t);
  fmpq_clear(first);
}

/* Between walls all is as it was after twice the length, as each speed is a
   whole number. */
static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  slong n = value[BALLS], length = (1L << value[BITS]) - 1;
  struct flight f = {n, _fmpq_vec_init(n),
                     flint_calloc((size_t)n, sizeof(slong)),
                     value[WALLS] ? length : 0};
  fmpq_t left;
  fmpq_init(left);
  fmpq_set_si(left, value[WALLS] ? value[TIME] % (2 * length) : value[TIME], 1);
  place_balls(&f, in);
  while (fmpq_sgn(left) > 0)
    fly_on(&f, left);
  for (slong i = 0; i < n; i++)
    fmpz_set(out + i, fmpq_numref(f.at + i));
  fmpq_clear(left);
  _fmpq_vec_clear(f.at, n);
  flint_free(f.speed);
}

static const char *const walls[] = {"no", "yes"};

const struct family task_balls1d = {
    .name = "balls1d",
    .about = "k equal balls on a line after a time, their collisions elastic",
    .formula =
        "inner depth 2 on a line, at most 3 between walls, whatever the time "
        "and the number of collisions; k(k - 1)/2 comparisons and k - 1 gates "
        "for each bit of a ball, or counting, as sort; between walls at most "
        "(speed + 2) 2^bits a ball besides",
    .parameters =
        {{"k", "balls", 4, 1, 1000, .is_size = true},
         {"bits", "of positions; walls are at 0 and 2^bits - 1", 5, 1, 16,
          .is_size = false},
         {"speed", "bits of velocities, signed", 4, 1, 12, .is_size = false},
         {"time", "until when", 20, 0, 1000000000, .is_size = false},
         {.name = "walls", .about = "a box", .most = 1, .choices = walls}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity = {.class = "TC0-complete",
                   .says = "it is sorting, for any number of collisions",
                   .status = "proved",
                   .source = "Chandra, Stockmeyer and Vishkin 1984"},
};
