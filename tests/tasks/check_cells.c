/* Cellular automata, balls and a gas: run, circuit and reference agree, depth
   and gates are those of the formulas, and all know published runs. */
#include "circuit/measure.h"
#include "tests/suite.h"
#include "tests/tasks/task_case.h"

#include <stdlib.h>
#include <string.h>

#include <flint/fmpz_vec.h>

static const struct task_case cases[] = {
    // rule: number, n, steps, method, merge
    {"rule", {110, 9, 8, 0, 2}, 5, 261, 4, 252, 0},
    {"rule", {110, 9, 7, 0, 3}, 4, 315, 3, 306, 0},
    {"rule", {110, 10, 5, 0, 3}, 3, 240, 2, 230, 0},
    {"rule", {110, 11, 8, 0, 4}, 3, 1133, 2, 1122, 0},
    {"rule", {110, 12, 10, 0, 5}, 3, 3420, 2, 3408, 0},
    {"rule", {110, 13, 12, 0, 6}, 3, 9685, 2, 9672, 0},
    {"rule", {30, 9, 6, 0, 2}, 4, 144, 3, 135, 0},
    {"rule", {30, 9, 3, 0, 3}, 2, 135, 1, 126, 0},
    {"rule", {90, 9, 4, 0, 4}, 2, 27, 1, 18, 0},
    {"rule", {45, 3, 17, 0, 5}, 5, 1545, 4, 1542, 0},
    {"rule", {90, 12, 7, 1, 1}, 2, 36, 1, 24, 0},
    {"rule", {90, 40, 7, 1, 1}, 2, 200, 1, 160, 0},
    {"rule", {150, 40, 7, 1, 1}, 2, 240, 1, 200, 0},
    {"rule", {105, 11, 64, 1, 1}, 2, 22, 1, 11, 0},
    {"rule", {60, 30, 16, 1, 1}, 2, 60, 1, 30, 0},
    {"rule", {195, 12, 1000, 1, 1}, 2, 24, 1, 12, 0},
    {"rule", {102, 10, 3, 1, 1}, 2, 30, 1, 20, 0},
    {"rule", {153, 10, 6, 1, 1}, 2, 30, 1, 20, 0},
    {"rule", {165, 12, 9, 1, 1}, 2, 36, 1, 24, 0},
    {"rule", {170, 12, 999, 1, 1}, 0, 0, 0, 0, 0},
    {"rule", {85, 12, 999, 1, 1}, 1, 12, 0, 0, 0},
    {"rule", {255, 12, 3, 1, 1}, 0, 0, 0, 0, 0},
    {"rule", {255, 12, 0, 1, 1}, 0, 0, 0, 0, 0},
    {"rule", {0, 12, 3, 1, 1}, 0, 0, 0, 0, 0},
    // life: w, h, steps
    {"life", {3, 4, 1}, 2, 36, 1, 24, 0},
    {"life", {4, 3, 5}, 6, 132, 5, 120, 0},
    {"life", {7, 5, 0}, 0, 0, 0, 0, 0},
    {"life", {9, 12, 3}, 4, 756, 3, 648, 0},
    {"life", {1, 1, 2}, 0, 0, 0, 0, 0},
    {"life", {2, 5, 2}, 3, 50, 2, 40, 0},
    // bbm: w, h, steps
    {"bbm", {2, 2, 1}, 2, 12, 1, 8, 0},
    {"bbm", {2, 6, 5}, 6, 132, 5, 120, 0},
    {"bbm", {6, 2, 4}, 5, 108, 4, 96, 0},
    {"bbm", {4, 6, 0}, 0, 0, 0, 0, 0},
    {"bbm", {10, 8, 7}, 8, 1200, 7, 1120, 0},
    // ball: length, bits of v, time, bits of t
    {"ball", {1, 1, 0}, 0, 0, 0, 0, 0},
    {"ball", {1, 3, 5}, 2, 3, 1, 2, 0},
    {"ball", {5, 4, 7}, 2, 23, 1, 20, 0},
    {"ball", {20, 5, 100}, 2, 56, 1, 51, 0},
    {"ball", {20, 5, 1000000000000000000}, 2, 36, 1, 31, 0},
    {"ball", {100, 40, 12345}, 2, 2499, 1, 2492, 0},
    {"ball", {9, 4, 0, 4}, 3, 106, 2, 102, 0},
    // balls1d: k, bits, speed, time, walls
    {"balls1d", {2, 3, 3, 5}, 3, 39, 2, 27, 0},
    {"balls1d", {3, 2, 3, 7}, 3, 84, 2, 66, 0},
    {"balls1d", {4, 5, 4, 20}, 3, 186, 2, 150, 0},
    {"balls1d", {3, 2, 3, 7, 1}, 4, 45, 3, 39, 0},
    {"balls1d", {4, 1, 2, 1, 1}, 2, 12, 2, 12, 0},
    {"balls1d", {4, 5, 4, 1000, 1}, 4, 434, 3, 414, 0},
    {"balls1d", {9, 4, 3, 11}, 3, 711, 2, 648, 0},
    {"balls1d", {5, 6, 5, 0}, 3, 185, 2, 150, 0},
    // balls2d: k, steps, bits, speed, diameter
    {"balls2d", {1, 0, 3, 2, 1}, 0, 0, 0, 0, 0},
    {"balls2d", {2, 1, 2, 1, 2}, 5, 76, 4, 64, 0},
    {"balls2d", {1, 2, 2, 2, 1}, 3, 64, 2, 54, 0},
    // gas: k, bits, area
    {"gas", {1, 1, 1}, 2, 3, 1, 2, 0},
    {"gas", {2, 3, 3}, 3, 58, 2, 41, 0},
    {"gas", {3, 2, 1}, 3, 46, 2, 31, 0},
    {"gas", {8, 4, 64}, 3, 280, 2, 253, 0},
};

/* Inner gates by the formula; at most one more for each output bit. */
static void check_discs(const struct trial *t, const fmpz *v) {
  long pairs = v[0] * (v[0] - 1) * (v[4] + v[3] + 4);
  long moves = v[0] * ((1L << v[2]) - 1 + 3 * (1L << v[3]));
  struct measure m;
  measure_init(&m);
  circuit_measure(&t->c, &m);
  ck_assert_uint_eq(m.depth_inner, 4 * (size_t)v[1]);
  ck_assert_uint_eq(m.depth, m.depth_inner + 1);
  ck_assert_uint_eq(mpz_get_ui(m.gates_inner),
                    2 * (size_t)(v[1] * (pairs + moves)));
  ck_assert_uint_le(mpz_get_ui(m.gates),
                    mpz_get_ui(m.gates_inner) + t->c.outputs.n);
  measure_clear(&m);
}

static const struct {
  fmpz value[FAMILY_MAX_PARAMETERS];
} discs[] = {
    // k, steps, bits, speed, diameter
    {{5, 1, 5, 3, 4}},  {{5, 8, 5, 3, 4}}, {{2, 3, 3, 3, 2}},
    {{3, 2, 4, 2, 14}}, {{9, 4, 6, 1, 7}},
};

START_TEST(discs_agree_and_cost_what_the_formula_says) {
  struct task_case k = {.task = "balls2d"};
  memcpy(k.value, discs[_i].value, sizeof k.value);
  task_case_agrees(&k);
  struct trial t;
  trial_init(&t, &task_balls2d, k.value);
  check_discs(&t, k.value);
  trial_clear(&t);
}
END_TEST

START_TEST(run_circuit_and_reference_agree) {
  task_case_agrees(&cases[_i]);
}
END_TEST

START_TEST(depth_and_gates_are_those_of_the_formula) {
  task_case_costs(&cases[_i]);
}
END_TEST

/* ---- rule: rows that are published, from a single cell ---- */

static const struct {
  long number;
  const char *row[9]; // the row after 0, 1, 2, ... steps
} published[] = {
    // OEIS A070950
    {30,
     {"1", "111", "11001", "1101111", "110010001", "11011110111",
      "1100100001001", "110111100111111", "11001000111000001"}},
    // OEIS A070887, with the cells to the right, which are 0
    {110,
     {"1", "110", "11100", "1101000", "111110000", "11000100000",
      "1110011000000", "110101110000000", "11111110100000000"}},
    // OEIS A070886: Pascal's triangle modulo 2, with a 0 between
    {90,
     {"1", "101", "10001", "1010101", "100000001", "10100000101",
      "1000100010001", "101010101010101", "10000000000000001"}},
    // OEIS A071036
    {150,
     {"1", "111", "10101", "1101011", "100010001", "11101110111",
      "1010001000101", "110110111011011", "10000000100000001"}},
};

/* A single cell in the middle of 2 steps + 3; the row in the middle. */
static void check_row(long number, long steps, long method, long merge,
                      const char *row) {
  fmpz value[FAMILY_MAX_PARAMETERS] = {number, 2 * steps + 3, steps, method,
                                       merge};
  struct trial t;
  fmpz_t x, y;
  fmpz_init(x);
  fmpz_init(y);
  trial_init(&t, &task_rule, value);
  fmpz_setbit(x, (ulong)steps + 1);
  trial_judge_integers(&t, &task_rule, value, x);
  fmpz_set_str(y, row, 2);
  fmpz_mul_2exp(y, y, 1);
  ck_assert_msg(fmpz_equal(y, t.answer), "rule %ld after %ld", number, steps);
  trial_clear(&t);
  fmpz_clear(x);
  fmpz_clear(y);
}

START_TEST(rules_make_the_published_rows) {
  for (long steps = 0; steps < 9; steps++) {
    const char *row = published[_i].row[steps];
    for (long merge = 1; merge <= 4; merge++)
      check_row(published[_i].number, steps, 0, merge, row);
    if (published[_i].number % 60 == 30 && published[_i].number > 30)
      check_row(published[_i].number, steps, 1, 1, row);
  }
}
END_TEST

/* OEIS A051023 */
START_TEST(rule_30_makes_the_published_column) {
  static const char column[] = "11011100110001011001001110101110";
  for (long steps = 0; steps < 32; steps += 1 + steps / 4) {
    fmpz value[FAMILY_MAX_PARAMETERS] = {30, 65, steps, 0, 1 + steps % 3};
    struct trial t;
    fmpz_t x;
    fmpz_init(x);
    trial_init(&t, &task_rule, value);
    fmpz_setbit(x, 32);
    trial_judge_integers(&t, &task_rule, value, x);
    ck_assert_int_eq(fmpz_tstbit(t.answer, 32), column[steps] - '0');
    trial_clear(&t);
    fmpz_clear(x);
  }
}
END_TEST

/* Modulo 2 (x + 1/x)^512 = x^512 + x^-512. */
START_TEST(rule_90_knows_how_to_square) {
  fmpz value[FAMILY_MAX_PARAMETERS] = {90, 1500, 512, 1, 1};
  struct trial t;
  fmpz_t x;
  fmpz_init(x);
  trial_init(&t, &task_rule, value);
  fmpz_setbit(x, 700);
  trial_judge_integers(&t, &task_rule, value, x);
  fmpz_zero(x);
  fmpz_setbit(x, 700 - 512);
  fmpz_setbit(x, 700 + 512);
  ck_assert(fmpz_equal(t.answer, x));
  trial_clear(&t);
  fmpz_clear(x);
}
END_TEST

/* Two and three steps at a time, and what is left over. */
START_TEST(every_rule_may_be_merged) {
  for (int merge = 2; merge <= 3; merge++)
    for (int steps = 3; steps <= 5; steps++) {
      struct task_case k = {.task = "rule", .value = {_i, 7, steps, 0, merge}};
      task_case_agrees(&k);
    }
}
END_TEST

START_TEST(every_additive_rule_has_its_shortcut) {
  struct error err = {0};
  fmpz value[FAMILY_MAX_PARAMETERS] = {_i, 9, 0, 1, 1};
  if (!task_rule.check(value, &err))
    return;
  for (int steps = 0; steps <= 20; steps += 1 + steps / 4) {
    struct task_case k = {.task = "rule", .value = {_i, 9, steps, 1, 1}};
    task_case_agrees(&k);
  }
}
END_TEST

/* A million steps as one parity, against a million steps. */
START_TEST(shortcuts_end_where_steps_do) {
  static const long numbers[] = {60, 90, 105, 150, 195};
  fmpz value[FAMILY_MAX_PARAMETERS] = {numbers[_i], 13, 1000000, 1, 1};
  struct trial t;
  fmpz_t x;
  fmpz_init_set_ui(x, 0x1a57);
  trial_init(&t, &task_rule, value);
  trial_judge_integers(&t, &task_rule, value, x);
  trial_clear(&t);
  fmpz_clear(x);
}
END_TEST

/* ---- life and bbm: runs that are known ---- */

enum {
  GRID = 16
};

struct picture {
  const char *task;
  slong w, h, steps;
  const char *before, *after; // rows one after the other
};

static void read_picture(fmpz *row, const char *text, slong w, slong h) {
  ck_assert_uint_eq(strlen(text), (size_t)(w * h));
  for (slong j = 0; j < h; j++) {
    fmpz_zero(row + j);
    for (slong i = 0; i < w; i++)
      if (text[j * w + i] == '*')
        fmpz_setbit(row + j, (ulong)i);
  }
}

/* The rows `x` become. */
static void run_grid(const char *name, const fmpz *value, const fmpz *x,
                     fmpz *y) {
  const struct family *task = task_find(name);
  struct trial t;
  trial_init(&t, task, value);
  trial_judge_integers(&t, task, value, x);
  _fmpz_vec_set(y, t.answer, value[1]);
  trial_clear(&t);
}

static const struct picture pictures[] = {
    // a block stays
    {"life", 4, 4, 3, ".....**..**.....", ".....**..**....."},
    // a blinker blinks
    {"life", 5, 5, 1, ".......*....*....*.......", "...........***..........."},
    {"life", 5, 5, 2, ".......*....*....*.......", ".......*....*....*......."},
    // a glider glides by (1, 1) in 4 steps, and around
    {"life", 6, 6, 4, ".*......*...***.....................",
     "........*......*...***.............."},
    {"life", 6, 6, 24, ".*......*...***.....................",
     ".*......*...***....................."},
    // a beehive stays
    {"life", 6, 5, 2, ".........**...*..*...**.......",
     ".........**...*..*...**......."},
    // balls alone go straight on
    {"bbm", 6, 6, 3, "*...................................",
     ".....................*.............."},
    {"bbm", 6, 6, 3, "...........................*........",
     "......*............................."},
    {"bbm", 6, 6, 2, "...*................................",
     ".............*......................"},
    // two side by side stay in the block, and part in the next
    {"bbm", 4, 4, 1, "**..............", "**.............."},
    {"bbm", 4, 4, 2, "**..............", "..............**"},
    // four in a block, which nothing else is near
    {"bbm", 6, 6, 1, "**....**............................",
     "**....**............................"},
};

START_TEST(pictures_become_those_that_are_known) {
  const struct picture *k = &pictures[_i];
  fmpz value[FAMILY_MAX_PARAMETERS] = {k->w, k->h, k->steps};
  fmpz x[GRID] = {0}, y[GRID] = {0};
  read_picture(x, k->before, k->w, k->h);
  run_grid(k->task, value, x, y);
  read_picture(x, k->after, k->w, k->h);
  ck_assert(_fmpz_vec_equal(x, y, k->h));
}
END_TEST

static slong population(const fmpz *row, slong h) {
  slong n = 0;
  for (slong j = 0; j < h; j++)
    n += (slong)fmpz_popcnt(row + j);
  return n;
}

/* The R-pentomino's cells by generation, counted on an unlimited plane; the
   last one is published with 116 cells, when it comes to rest (LifeWiki). */
START_TEST(the_r_pentomino_grows_as_it_is_known_to) {
  static const struct {
    slong steps, cells;
  } known[] = {{0, 5},   {1, 6},   {2, 7},   {3, 9},     {4, 8},     {5, 9},
               {6, 12},  {7, 11},  {8, 18},  {9, 11},    {10, 11},   {11, 10},
               {12, 13}, {13, 16}, {39, 36}, {821, 319}, {1103, 116}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    bool is_far = known[i].steps > 100, is_made = known[i].steps < 10;
    slong n = is_far ? 640 : is_made ? 24 : 80;
    if (is_far && !is_full_run())
      return;
    fmpz value[FAMILY_MAX_PARAMETERS] = {n, n, known[i].steps};
    fmpz *x = _fmpz_vec_init(n), *y = _fmpz_vec_init(n);
    for (int j = 0; j < 3; j++) {
      fmpz_set_ui(x + n / 2 + j, (ulong[]){6, 3, 2}[j]);
      fmpz_mul_2exp(x + n / 2 + j, x + n / 2 + j, (ulong)n / 2);
    }
    if (is_made)
      run_grid("life", value, x, y);
    else
      task_life.answer(value, x, y);
    ck_assert_int_eq(population(y, n), known[i].cells);
    _fmpz_vec_clear(x, n);
    _fmpz_vec_clear(y, n);
  }
}
END_TEST

/* A ball from the upper left and one from the lower right: where both come they
   leave to the sides, so a ball is there iff a AND b, and one goes straight on
   iff it is alone. */
START_TEST(balls_that_meet_make_gates) {
  const fmpz value[FAMILY_MAX_PARAMETERS] = {12, 12, 5};
  for (int ab = 0; ab < 4; ab++) {
    bool a = ab & 1, b = ab >> 1;
    fmpz x[12] = {0}, y[12] = {0};
    fmpz_set_si(x, a);
    fmpz_set_si(x + 5, b << 5);
    run_grid("bbm", value, x, y);
    ck_assert_int_eq(fmpz_tstbit(y, 5), a && b);
    ck_assert_int_eq(fmpz_tstbit(y + 5, 0), a && b);
    ck_assert_int_eq(fmpz_tstbit(y + 5, 5), a && !b);
    ck_assert_int_eq(fmpz_tstbit(y, 0), b && !a);
    ck_assert_int_eq(population(y, 12), a + b);
  }
}
END_TEST

/* A block's step undoes itself, so an odd number of steps does, too. */
START_TEST(balls_stay_and_may_be_sent_back) {
  const fmpz value[FAMILY_MAX_PARAMETERS] = {8, 10, 9};
  fmpz x[10] = {0}, y[10] = {0}, z[10] = {0};
  for (int j = 0; j < 10; j++)
    fmpz_set_si(x + j, (_i * 37 + j * j * 11 + j * 5) % 256);
  run_grid("bbm", value, x, y);
  ck_assert(!_fmpz_vec_equal(x, y, 10));
  ck_assert_int_eq(population(x, 10), population(y, 10));
  run_grid("bbm", value, y, z);
  ck_assert(_fmpz_vec_equal(x, z, 10));
}
END_TEST

/* Second by second, v unit steps in each: all positions and velocities. */
START_TEST(a_ball_is_where_it_goes_step_by_step) {
  enum {
    LENGTH = 6,
    BITS = 3,
    MOST = 30
  };
  for (long v = -4; v < 4; v++)
    for (long x = 0; x <= LENGTH; x++) {
      long at = x, way = v < 0 ? -1 : 1;
      for (long t = 0; t <= MOST; t++) {
        fmpz value[FAMILY_MAX_PARAMETERS] = {LENGTH, BITS, t, 0};
        fmpz in[3] = {x, v, t}, out = 0;
        task_ball.answer(value, in, &out);
        ck_assert_int_eq(out, at);
        value[3] = 5;
        task_ball.answer(value, in, &out);
        ck_assert_int_eq(out, at);
        for (long i = 0; i < labs(v); i++) {
          way = at == 0 && way < 0 ? 1 : at == LENGTH && way > 0 ? -1 : way;
          at += way;
        }
      }
    }
}
END_TEST

/* Three balls of a cradle pass on what they have; two from both sides send one
   in the middle nowhere; walls send back. */
START_TEST(balls_on_a_line_are_where_they_must_be) {
  static const struct {
    fmpz value[FAMILY_MAX_PARAMETERS], in[6], out[3];
  } known[] = {
      {{3, 5, 4, 10}, {0, 10, 20, 3, 0, 0}, {10, 20, 30}},
      {{3, 5, 4, 4}, {20, 10, 0, -3, 0, 3}, {8, 10, 12}},
      {{3, 5, 4, 9}, {20, 10, 0, -3, 0, 3}, {-7, 10, 27}},
      {{3, 5, 4, 3}, {5, 5, 5, -1, 0, 1}, {2, 5, 8}},
      {{2, 5, 4, 1}, {0, 1, 7, -8}, {-7, 7}}, // they meet at 1/15
      {{3, 5, 4, 10, 1}, {0, 10, 20, 3, 0, 0}, {10, 20, 30}},
      {{3, 5, 4, 11, 1}, {0, 10, 20, 3, 0, 0}, {10, 20, 29}},
      {{3, 5, 4, 31, 1}, {0, 10, 20, 3, 0, 0}, {10, 20, 31}},
      {{1, 3, 3, 5, 1}, {6, 3}, {7}},
      {{2, 1, 2, 1, 1}, {0, 1, 1, -1}, {0, 1}},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    struct trial t;
    trial_init(&t, &task_balls1d, known[i].value);
    trial_judge_integers(&t, &task_balls1d, known[i].value, known[i].in);
    ck_assert_msg(_fmpz_vec_equal(t.answer, known[i].out, known[i].value[0]),
                  "row %zu", i);
    trial_clear(&t);
  }
}
END_TEST

/* Discs x, y, vx, vy that are followed by hand. */
struct followed {
  fmpz value[FAMILY_MAX_PARAMETERS], in[12], out[12];
};

static const struct followed followed[] = {
    // head-on: at 5 and 7 they touch, and turn round
    {{2, 4, 4, 2, 2}, {2, 10, 3, 3, 1, -1, 0, 0}, {4, 8, 3, 3, -1, 1, 0, 0}},
    // they pass at the side of each other
    {{2, 4, 4, 2, 2}, {2, 10, 3, 6, 1, -1, 0, 0}, {6, 6, 3, 6, 1, -1, 0, 0}},
    // the line of centres is nearer to x, so vy stays
    {{2, 1, 4, 3, 3}, {4, 6, 5, 6, 2, -1, -1, 1}, {3, 8, 4, 7, -1, 2, -1, 1}},
    // on a diagonal all is exchanged
    {{2, 1, 4, 3, 3}, {4, 6, 5, 7, 2, -1, 1, -2}, {3, 8, 3, 8, -1, 2, -2, 1}},
    // with a disc on either side nothing is exchanged
    {{3, 1, 4, 2, 2},
     {4, 6, 8, 3, 3, 3, 1, 0, -1, 0, 0, 0},
     {5, 6, 7, 3, 3, 3, 1, 0, -1, 0, 0, 0}},
    // one passes its speed on to a row, as it comes near
    {{3, 6, 4, 2, 2},
     {0, 5, 9, 3, 3, 3, 1, 0, 0, 0, 0, 0},
     {3, 7, 10, 3, 3, 3, 0, 0, 1, 0, 0, 0}},
    // a corner
    {{1, 3, 3, 3, 1}, {1, 6, -4, 3}, {3, 1, -4, 3}},
};

START_TEST(discs_go_where_they_were_followed) {
  const struct followed *k = &followed[_i];
  struct trial t;
  trial_init(&t, &task_balls2d, k->value);
  trial_judge_integers(&t, &task_balls2d, k->value, k->in);
  ck_assert(_fmpz_vec_equal(t.answer, k->out, 4 * k->value[0]));
  trial_clear(&t);
}
END_TEST

/* Of all discs the sum of vx^2 and of vy^2, as whatever comes together. */
START_TEST(discs_keep_their_energy) {
  const fmpz value[FAMILY_MAX_PARAMETERS] = {7, 25, 5, 4, 6};
  struct trial t;
  uint64_t random = 1;
  trial_init(&t, &task_balls2d, value);
  for (int v = 0; v < 20; v++) {
    fmpz in[28] = {0}, energy[2][2] = {{0}};
    task_balls2d.draw(value, &random, in);
    trial_judge_integers(&t, &task_balls2d, value, in);
    for (int i = 0; i < 14; i++) {
      energy[0][i / 7] += in[14 + i] * in[14 + i];
      energy[1][i / 7] += t.answer[14 + i] * t.answer[14 + i];
    }
    ck_assert_int_eq(energy[0][0], energy[1][0]);
    ck_assert_int_eq(energy[0][1], energy[1][1]);
  }
  trial_clear(&t);
}
END_TEST

/* Energy, px, py and pressure by hand. */
START_TEST(a_gas_has_the_state_that_its_law_says) {
  static const struct {
    slong k, bits, area, v[6], state[4];
  } known[] = {
      {1, 4, 5, {3, 4}, {25, 3, 4, 2}},         // 25 / 10
      {2, 4, 5, {3, -3, 1, -1}, {20, 0, 0, 2}}, // at rest as a whole
      {3, 4, 2, {-8, -8, -8, 0, 0, 7}, {241, -24, 7, 60}},
      {3, 3, 100, {1, 1, 1, 1, 1, 1}, {6, 3, 3, 0}},
  };
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    fmpz value[FAMILY_MAX_PARAMETERS] = {known[i].k, known[i].bits,
                                         known[i].area};
    struct trial t;
    trial_init(&t, &task_gas, value);
    trial_judge_integers(&t, &task_gas, value, known[i].v);
    ck_assert(_fmpz_vec_equal(t.answer, known[i].state, 4));
    trial_clear(&t);
  }
}
END_TEST

int main(void) {
  const int n = sizeof cases / sizeof *cases;
  Suite *s = suite_create("cells");
  TCase *agree = tcase_create("agree"), *known = tcase_create("known");
  tcase_set_timeout(agree, 120);
  tcase_set_timeout(known, 120);
  tcase_add_loop_test(agree, run_circuit_and_reference_agree, 0, n);
  tcase_add_loop_test(agree, depth_and_gates_are_those_of_the_formula, 0, n);
  tcase_add_loop_test(agree, every_rule_may_be_merged, 0, 256);
  tcase_add_loop_test(agree, every_additive_rule_has_its_shortcut, 0, 256);
  tcase_add_loop_test(known, rules_make_the_published_rows, 0,
                      sizeof published / sizeof *published);
  tcase_add_test(known, rule_30_makes_the_published_column);
  tcase_add_test(known, rule_90_knows_how_to_square);
  tcase_add_loop_test(known, shortcuts_end_where_steps_do, 0, 5);
  tcase_add_loop_test(known, pictures_become_those_that_are_known, 0,
                      sizeof pictures / sizeof *pictures);
  tcase_add_test(known, the_r_pentomino_grows_as_it_is_known_to);
  tcase_add_test(known, balls_that_meet_make_gates);
  tcase_add_loop_test(known, balls_stay_and_may_be_sent_back, 0, 5);
  tcase_add_test(known, a_ball_is_where_it_goes_step_by_step);
  tcase_add_test(known, balls_on_a_line_are_where_they_must_be);
  tcase_add_loop_test(agree, discs_agree_and_cost_what_the_formula_says, 0,
                      sizeof discs / sizeof *discs);
  tcase_add_loop_test(known, discs_go_where_they_were_followed, 0,
                      sizeof followed / sizeof *followed);
  tcase_add_test(known, discs_keep_their_energy);
  tcase_add_test(known, a_gas_has_the_state_that_its_law_says);
  suite_add_tcase(s, agree);
  suite_add_tcase(s, known);
  return suite_run(s);
}
