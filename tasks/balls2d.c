#include "circuit/array.h"
#include "circuit/random.h"
#include "tasks/box.h"
#include "tasks/task.h"

#include <math.h>
#include <stdlib.h>

/* k equal discs in a square box, step by step, in whole numbers:

   1. Discs i and j whose centres are at most `diameter` apart touch. Where they
      also near each other along x, and their centres are no less apart along x
      than along y, they collide along x; so along y, and maybe along both. The
      line of centres is thus rounded to an axis or, halfway, to a diagonal.
   2. Along each axis discs that collide with one other, which collides with no
      third, exchange their velocities on it. So energy and momentum are kept.
   3. Each moves by its velocity, and at the walls 0 and 2^bits - 1 it and its
      velocity are mirrored.

   One ball in one dimension has a closed form (ball), and so have many there
   (balls1d); here who collides next depends on all collisions before, and depth
   grows with the steps, as far as anybody knows. */

enum {
  BALLS,
  STEPS,
  BITS,
  SPEED,
  DIAMETER,
  SPEED_MOST = 10,
  DIAMETER_MOST = 1000
};

struct plan {
  struct program *p;
  size_id balls, one, width; // of a code
  long bits, speed;          // of a position; of a velocity that is an input
  long most;                 // |velocity|; its code is velocity + most
  long diameter;
};

/* Of each axis: where discs are, and the bits of codes of velocities. */
struct state {
  value_id place, velocity; // (balls), (balls, width)
};

/* What pairs (i, j) are like along an axis. */
struct pairs {
  value_id ahead; // of i is j by so much, from 0 to diameter + 1
  value_id nears; // is i faster than j?
};

static value_id as_rows(const struct plan *a, value_id x) {
  return program_reshape(a->p, "i", x, matrix(a->balls, a->one));
}

static value_id exchange(const struct plan *a, value_id pairs) {
  static const unsigned order[] = {1, 0, 2};
  return program_transpose(a->p, "j, i", pairs, order);
}

/* b_j - b_i of each pair. */
static value_id subtract(const struct plan *a, const char *name, value_id b) {
  return program_sub(a->p, name, b, as_rows(a, b));
}

/* Bits of codes as numbers. */
static value_id read_code(const struct plan *a, value_id bits, long bias) {
  fmpz weight[SPEED_MOST + 1], from = bias;
  for (long i = 0; i <= a->speed; i++)
    weight[i] = 1L << i;
  value_id code = program_linear(a->p, "velocity", bits, 1,
                                 (size_t)a->speed + 1, weight, &from);
  return program_reshape(a->p, "velocity", code, vector(a->balls));
}

static struct pairs compare(const struct plan *a, const struct state *s) {
  long table[DIAMETER_MOST + 2];
  for (long i = 0; i <= a->diameter + 1; i++)
    table[i] = i;
  value_id way = subtract(a, "ahead", s->place);
  value_id slower = subtract(a, "nearing", read_code(a, s->velocity, 0));
  slower = program_combine(a->p, "nearing", &slower, (long[]){-1}, 1, 0);
  return (struct pairs){
      program_table(a->p, "ahead", way, table, (size_t)a->diameter + 2, 0),
      program_at_least(a->p, "nearing", slower, a->one)};
}

/* Those that collide, of which j is ahead of i along an axis by e: [g(e) -
   |across| + B nears >= B], where discs that are e apart touch if they are at
   most g(e) apart across. */
static value_id find_ahead(const struct plan *a, const struct pairs *along,
                           const struct pairs *across) {
  long table[DIAMETER_MOST + 2], d = a->diameter;
  for (long e = 0; e <= d + 1; e++) {
    table[e] = e >= 1 && e <= d ? 0 : -1;
    while (table[e] >= 0 && table[e] < e &&
           e * e + (table[e] + 1) * (table[e] + 1) <= d * d)
      table[e]++;
  }
  const value_id sum[] = {
      program_table(a->p, "reach", along->ahead, table, (size_t)d + 2, 0),
      across->ahead, exchange(a, across->ahead), along->nears};
  return program_at_least(
      a->p, "collide",
      program_combine(a->p, "collide", sum, (long[]){1, -1, -1, d + 1}, 4, 0),
      size_si(&a->p->sizes, d + 1));
}

/* Bits of codes after collisions. Of r_i collisions of i, [3 c_ij - r_i - r_j +
   b_j >= 2] is whether i and j have each other alone, and bit b_j is 1, which i
   gets and j loses. */
static value_id collide(const struct plan *a, value_id ahead, value_id bits) {
  static const unsigned last[] = {0, 2, 1};
  struct program *p = a->p;
  struct dims of_pair = {.rank = 3, .at = {a->balls, a->balls, a->one}};
  struct dims of_i = {.rank = 3, .at = {a->balls, a->one, a->one}};
  value_id pair = program_add(p, "collide", ahead, exchange(a, ahead));
  value_id count = program_sum(p, "collisions", pair);
  const value_id sum[] = {
      program_reshape(p, "collide", pair, of_pair),
      program_reshape(p, "collisions", count, of_i),
      program_reshape(p, "collisions", count, matrix(a->balls, a->one)), bits};
  value_id gets = program_at_least(
      p, "exchange",
      program_combine(p, "exchange", sum, (long[]){3, -1, -1, 1}, 4, 0),
      size_si(&p->sizes, 2));
  value_id change = program_sub(p, "exchange", gets, exchange(a, gets));
  change = program_transpose(p, "exchange", change, last);
  return program_add(p, "velocity", bits, program_sum(p, "exchange", change));
}

/* Codes of velocities after a move from place x: a table of x + side * code. */
static value_id mirror(const struct plan *a, value_id place, value_id code) {
  long side = 1L << a->bits, codes = 2 * a->most + 1;
  long *table = xmalloc((size_t)(side * codes) * sizeof *table);
  for (long i = 0; i < side * codes; i++) {
    long to = i % side + i / side - a->most;
    table[i] = to < 0 || to >= side ? codes - 1 - i / side : i / side;
  }
  value_id sum = program_combine(a->p, "move", (value_id[]){place, code},
                                 (long[]){1, side}, 2, 0);
  value_id next =
      program_table(a->p, "mirror", sum, table, (size_t)(side * codes), 0);
  free(table);
  return program_bits(a->p, "velocity", next, a->width);
}

static struct state move(const struct plan *a, value_id place, value_id bits) {
  long length = (1L << a->bits) - 1;
  value_id to = program_add(a->p, "move", place, read_code(a, bits, -a->most));
  return (struct state){
      box_place(a->p, "place", to, length, -a->most, length + a->most),
      mirror(a, place, read_code(a, bits, 0))};
}

/* Bits of velocity + 2^(speed - 1): the sign is turned. */
static value_id input_velocity(const struct plan *a, const char *name) {
  struct program *p = a->p;
  size_id low = size_si(&p->sizes, a->speed - 1), zero = size_si(&p->sizes, 0);
  value_id v = program_input_bits_signed(p, name, vector(a->balls),
                                         size_si(&p->sizes, a->speed));
  value_id sign = program_slice(p, "sign", v, 1, low, a->one);
  const value_id part[] = {
      program_slice(p, "velocity", v, 1, zero, low),
      program_combine(p, "sign", &sign, (long[]){-1}, 1, 1),
      program_combine(p, "sign", &sign, (long[]){0}, 1, 0)};
  return program_concat(p, "velocity", part, 3, 1);
}

static void add_step(const struct plan *a, struct state *axis) {
  struct pairs pairs[2];
  value_id bits[2];
  for (int i = 0; i < 2; i++)
    pairs[i] = compare(a, &axis[i]);
  for (int i = 0; i < 2; i++)
    bits[i] =
        collide(a, find_ahead(a, &pairs[i], &pairs[1 - i]), axis[i].velocity);
  for (int i = 0; i < 2; i++)
    axis[i] = move(a, axis[i].place, bits[i]);
}

static struct plan make_plan(struct program *p, const fmpz *value) {
  return (struct plan){.p = p,
                       .balls = family_size(p, &task_balls2d, BALLS),
                       .one = size_si(&p->sizes, 1),
                       .width = size_si(&p->sizes, value[SPEED] + 1),
                       .bits = value[BITS],
                       .speed = value[SPEED],
                       .most = 1L << (value[SPEED] - 1),
                       .diameter = value[DIAMETER]};
}

static void build(struct program *p, const fmpz *value) {
  static const char *const places[] = {"x", "y"}, *const speeds[] = {"vx",
                                                                     "vy"};
  struct plan a = make_plan(p, value);
  size_id steps = family_size(p, &task_balls2d, STEPS);
  struct state axis[2];
  for (int i = 0; i < 2; i++)
    axis[i].place = program_input(p, places[i], vector(a.balls),
                                  size_si(&p->sizes, a.bits), false);
  for (int i = 0; i < 2; i++)
    axis[i].velocity = input_velocity(&a, speeds[i]);
  value_id all[4] = {axis[0].place, axis[1].place, axis[0].velocity,
                     axis[1].velocity};
  struct composition l;
  program_begin_loop(p, &l, "step", all, 4, 0, steps);
  for (int i = 0; i < 2; i++)
    axis[i] = (struct state){l.argument[i], l.argument[2 + i]};
  add_step(&a, axis);
  value_id next[4] = {axis[0].place, axis[1].place, axis[0].velocity,
                      axis[1].velocity};
  program_end(p, &l, next, 4, all);
  for (int i = 0; i < 2; i++)
    program_output_width(p, places[i], all[i], size_si(&p->sizes, a.bits),
                         false);
  for (int i = 0; i < 2; i++)
    program_output_width(p, speeds[i], read_code(&a, all[2 + i], -a.most),
                         a.width, true);
}

static bool check(const fmpz *value, struct error *err) {
  double k = (double)value[BALLS], speed = (double)value[SPEED];
  double tables = exp2((double)value[BITS]) + exp2(speed + 3);
  if (value[SPEED] > value[BITS])
    return error_set(err, 0, "speed=%ld: must be at most bits=%ld",
                     value[SPEED], value[BITS]);
  return task_check_wires(
      2 * (double)value[STEPS] *
          (k * k * (6 * k * (speed + 1) + 6 * (double)value[DIAMETER]) +
           k * tables),
      err);
}

/* ---- The answer: disc by disc ---- */

struct disc {
  long at[2], speed[2];
  long partner[2]; // the last it collides with along each axis
  int collisions[2];
};

/* Whether they collide along this axis. */
static bool is_collision(const struct disc *a, const struct disc *b, int axis,
                         long diameter) {
  long way = b->at[axis] - a->at[axis];
  long across = b->at[1 - axis] - a->at[1 - axis];
  long speed = b->speed[axis] - a->speed[axis];
  return way * way + across * across <= diameter * diameter &&
         labs(way) >= labs(across) && way * speed < 0;
}

static void find_collisions(struct disc *disc, long n, long diameter) {
  for (long i = 0; i < n; i++)
    for (int axis = 0; axis < 2; axis++) {
      disc[i].collisions[axis] = 0;
      for (long j = 0; j < n; j++)
        if (is_collision(&disc[i], &disc[j], axis, diameter)) {
          disc[i].collisions[axis]++;
          disc[i].partner[axis] = j;
        }
    }
}

static void exchange_speeds(struct disc *disc, long n) {
  for (long i = 0; i < n; i++)
    for (int axis = 0; axis < 2; axis++) {
      struct disc *a = &disc[i], *b = &disc[a->partner[axis]];
      if (a < b && a->collisions[axis] == 1 && b->collisions[axis] == 1) {
        long speed = a->speed[axis];
        a->speed[axis] = b->speed[axis];
        b->speed[axis] = speed;
      }
    }
}

static void move_disc(struct disc *a, int axis, long length) {
  a->at[axis] += a->speed[axis];
  if (a->at[axis] >= 0 && a->at[axis] <= length)
    return;
  a->at[axis] = (a->at[axis] < 0 ? 0 : 2 * length) - a->at[axis];
  a->speed[axis] = -a->speed[axis];
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  long n = value[BALLS], length = (1L << value[BITS]) - 1;
  struct disc *disc = xcalloc((size_t)n, sizeof *disc);
  for (long i = 0; i < 2 * n; i++) {
    disc[i % n].at[i / n] = in[i];
    disc[i % n].speed[i / n] = in[2 * n + i];
  }
  for (long t = 0; t < value[STEPS]; t++) {
    find_collisions(disc, n, value[DIAMETER]);
    exchange_speeds(disc, n);
    for (long i = 0; i < 2 * n; i++)
      move_disc(&disc[i % n], i / n > 0, length);
  }
  for (long i = 0; i < 2 * n; i++) {
    fmpz_set_si(out + i, disc[i % n].at[i / n]);
    fmpz_set_si(out + 2 * n + i, disc[i % n].speed[i / n]);
  }
  free(disc);
}

/* A crowd in a corner. */
static void draw(const fmpz *value, uint64_t *random, fmpz *in) {
  uint64_t side = 1UL << value[BITS], crowd = 3 * (uint64_t)value[DIAMETER];
  long most = 1L << (value[SPEED] - 1);
  for (long i = 0; i < 2 * value[BALLS]; i++) {
    fmpz_set_ui(in + i, random_below(random, crowd < side ? crowd : side));
    fmpz_set_si(in + 2 * value[BALLS] + i,
                (long)random_below(random, 2 * (uint64_t)most) - most);
  }
}

const struct family task_balls2d = {
    .name = "balls2d",
    .about = "k discs in a square box, their collisions elastic, step by step",
    .formula = "inner depth 4 steps; k >= 2: in each step and along each axis "
               "k(k - 1) "
               "(diameter + speed + 4) gates for pairs and k (2^bits - 1 + 3 * "
               "2^speed) for moves; at most one more for each output bit",
    .parameters = {{"k", "discs", 5, 1, 1000, .is_size = true},
                   {"steps", "of time", 8, 0, 1000000, .is_size = true},
                   {"bits", "of positions; walls are at 0 and 2^bits - 1", 5, 1,
                    12, .is_size = false},
                   {"speed", "bits of velocities, signed; at most `bits`", 3, 1,
                    SPEED_MOST, .is_size = false},
                   {"diameter", "of a disc: within it centres collide", 4, 1,
                    DIAMETER_MOST, .is_size = false}},
    .check = check,
    .build = build,
    .answer = answer,
    .draw = draw,
    .complexity =
        {.class = "in P",
         .says = "no constant depth is known: balls of a billiard in the plane "
                 "that start at chosen places compute what any circuit does",
         .status = "proved",
         .source = "Fredkin and Toffoli 1982"},
};
