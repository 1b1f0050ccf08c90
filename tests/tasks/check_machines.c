/* Puzzles, machines, words, worlds and games, step by step: circuits and
   references agree, depth and gates are those of the formulas, and both do what
   is published. */
#include "circuit/values.h"
#include "tests/suite.h"
#include "tests/tasks/task_case.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <flint/fmpz_vec.h>

/* ---- A task, asked about inputs that are written down ---- */

/* The bits of integers from `z` on, bus by bus. */
static bool *bits_of(const struct circuit *c, const fmpz *z) {
  bool *bit = calloc(c->inputs.n + 1, sizeof *bit);
  for (size_t i = 0; i < c->input_buses.n; i++) {
    const struct bus *bus = &c->input_buses.at[i];
    for (size_t j = 0; j < bus->values; j++, z++)
      for (size_t k = 0; k < bus->width; k++)
        bit[bus->first_bit + j * bus->width + k] = fmpz_tstbit(z, k);
  }
  return bit;
}

/* t->output is what the circuit, the program and the answer say of t->input. */
static void ask(struct trial *t, const struct task_case *k) {
  bool *bit = bits_of(&t->c, t->input);
  trial_judge(t, task_find(k->task), k->value, bit);
  free(bit);
}

/* Characters become integers: a digit itself, others 0. */
static void write_digits(fmpz *z, const char *text) {
  for (; *text; text++)
    fmpz_set_si(z++, '0' <= *text && *text <= '9' ? *text - '0' : 0);
}

static void expect_digits(const fmpz *z, const char *text) {
  for (size_t i = 0; text[i]; i++)
    ck_assert_msg(fmpz_get_si(z + i) == text[i] - '0',
                  "place %zu is %ld, not %c", i, fmpz_get_si(z + i), text[i]);
}

/* ---- Depth and gates ---- */

static const struct task_case cases[] = {
    {.task = "sudoku", .value = {0, 0}},
    {.task = "sudoku", .value = {0, 1}},
    {.task = "sudoku", .value = {0, 3}},
    {.task = "sudoku", .value = {0, 12}},
    {.task = "sudoku", .value = {1, 1}},
    {.task = "sudoku", .value = {1, 2}},
    {"do1", {1, 1}, 2, 3, 2, 3, 0},
    {"do1", {1, 3}, 8, 11, 7, 10, 0},
    {"do1", {2, 2}, 7, 24, 6, 23, 0},
    {"do1", {4, 4}, 11, 152, 10, 150, 0},
    {"do1", {3, 7}, 17, 159, 16, 157, 0},
    {"game", {2, 1}, 4, 18, 4, 18, 0},
    {"game", {2, 4}, 5, 35, 5, 35, 0},
    {"game", {3, 3}, 5, 212, 5, 212, 0},
    {"game", {3, 6}, 7, 1294, 7, 1294, 0},
    {"game", {3, 9}, 10, 5544, 10, 5544, 0},
    {"game", {4, 3}, 5, 1363, 5, 1363, 0},
    {"mdp", {1, 1, 2, 3}, 6, 30, 5, 27, 0},
    {"mdp", {2, 2, 1, 3}, 8, 61, 7, 56, 0},
    {"mdp", {4, 4, 2, 6}, 14, 1957, 13, 1876, 0},
    {"mdp", {5, 3, 3, 4}, 10, 1887, 9, 1814, 0},
    {"tag", {0, 4, 0}, 3, 20, 2, 14, 0},
    {"tag", {0, 8, 3}, 6, 150, 5, 137, 0},
    {"tag", {0, 16, 8}, 11, 577, 10, 554, 0},
    {"tag", {1, 9, 5}, 8, 167, 7, 153, 0},
    {"turing", {0, 5, 2}, 3, 25, 2, 16, 0},
    {"turing", {1, 1, 3}, 1, 3, 0, 0, 0},
    {"turing", {3, 7, 5}, 6, 165, 5, 135, 0},
    {"turing", {4, 40, 30}, 31, 5669, 30, 5531, 0},
    {"turing", {5, 9, 12}, 14, 872, 13, 824, 0},
    {"turing", {6, 8, 9}, 11, 908, 10, 866, 0},
};

/* Clues, rounds, of which the first has a ladder for each cell, the digits,
   whether they are solved and valid. */
static void sudoku_costs(struct task_case *k) {
  size_t n = k->value[0] ? 9 : 4, rounds = (size_t)k->value[1];
  size_t cells = n * n, clues = cells * (n + 1);
  size_t steps = rounds ? 5 * n * cells * rounds - n * cells : 0;
  size_t digits = rounds ? cells * (n + 1) : 0; // no clue: a function of clues
  k->depth_inner = 2 * rounds + 3;
  k->gates_inner = clues + steps + digits + 1 + 8 * cells + 1;
  if (!rounds)
    k->gates_inner -= 2 * cells; // a cell's candidates are one ladder
  k->depth = k->depth_inner;
  k->gates = k->gates_inner + cells * (n == 9 ? 4 : 3);
}

static const struct {
  const char *task;
  void (*costs)(struct task_case *k);
} formulas[] = {
    {"sudoku", sudoku_costs},
};

START_TEST(a_task_costs_what_its_formula_says) {
  struct task_case k = cases[_i];
  for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++)
    if (!strcmp(formulas[i].task, k.task))
      formulas[i].costs(&k);
  task_case_costs(&k);
}
END_TEST

START_TEST(run_circuit_and_answer_agree) {
  task_case_agrees(&cases[_i]);
}
END_TEST

/* ---- sudoku ---- */

/* Solutions are found with as many rounds, and not with one less. */
static const struct {
  const char *puzzle, *solution;
  long rounds; // 0: not by singles
} puzzles[] = {
    // Wikipedia, "Sudoku"
    {"53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5."
     ".."
     ".8..79",
     "5346789126721953481983425678597614234268537917139248569615372842874196353"
     "4"
     "5286179",
     5},
    // Project Euler 96, the first grid
    {"0030206009003050010018064000081029007000000080067082000026095008002030090"
     "05"
     "010300",
     "4839216579673458212518764935481329767295641381367982453726895148142537696"
     "9"
     "5417382",
     5},
    // Inkala 2012
    {"8..........36......7..9.2...5...7.......457.....1...3...1....68..85...1.."
     "9."
     "...4..",
     "8127536499436821756754912831542378963698457212871695345219743684385269177"
     "9"
     "6318452",
     0},
    // the first's solution, with clues chosen to make a chain of many rounds
    {"...6......721.........4.....5.....2....8..7.1..39.4..696.5...842...1....."
     ".5.....9",
     "5346789126721953481983425678597614234268537917139248569615372842874196353"
     "45286179",
     26},
    // by hand
    {"1......3..2....4", "1342421334212134", 3},
};

static void expect_solved(long size, long rounds, const char *puzzle,
                          const char *solution, bool is_solved) {
  struct task_case k = {.task = "sudoku", .value = {size, rounds}};
  size_t cells = strlen(puzzle);
  struct trial t;
  trial_init(&t, task_find("sudoku"), k.value);
  write_digits(t.input, puzzle);
  ask(&t, &k);
  for (size_t i = 0; i < cells; i++) // what is found is right
    ck_assert(!t.output[i] || t.output[i] == solution[i] - '0');
  if (is_solved)
    expect_digits(t.output, solution);
  ck_assert_int_eq(t.output[cells], is_solved);
  ck_assert_int_eq(t.output[cells + 1], is_solved);
  trial_clear(&t);
}

START_TEST(published_puzzles_are_solved_in_rounds) {
  const char *puzzle = puzzles[_i].puzzle, *solution = puzzles[_i].solution;
  long rounds = puzzles[_i].rounds, size = strlen(puzzle) == 81;
  expect_solved(size, rounds ? rounds : 12, puzzle, solution, rounds);
  if (rounds)
    expect_solved(size, rounds - 1, puzzle, solution, false);
  expect_solved(size, 0, solution, solution, true);
}
END_TEST

START_TEST(a_full_grid_with_equal_peers_is_not_valid) {
  struct task_case k = {.task = "sudoku", .value = {0, 0}};
  struct trial t;
  trial_init(&t, task_find("sudoku"), k.value);
  write_digits(t.input, "1234123412341234");
  ask(&t, &k);
  ck_assert_int_eq(t.output[16], 1);
  ck_assert_int_eq(t.output[17], 0);
  trial_clear(&t);
}
END_TEST

/* ---- turing ---- */

enum {
  BB2,
  BB3,
  MOST3,
  BB4,
  BB5,
  WOLFRAM,
  MINSKY
};

/* From a blank tape each halts with that step. */
static const struct {
  long machine, n, moves, marks;
} halting[] = {
    {BB2, 9, 6, 4},     // Rado 1962
    {BB3, 20, 21, 5},   // Lin and Rado 1965
    {MOST3, 16, 14, 6}, // Rado 1962
    {BB4, 32, 107, 13}, // Brady 1983
};

static void expect_halt(long machine, long n, long steps, long moves,
                        long marks) {
  struct task_case k = {.task = "turing", .value = {machine, n, steps}};
  struct trial t;
  trial_init(&t, task_find("turing"), k.value);
  ask(&t, &k);
  ck_assert_int_eq(t.output[2 * n], steps >= moves);
  ck_assert_int_eq(t.output[2 * n + 1], steps < moves ? steps : moves);
  if (steps >= moves)
    ck_assert_int_eq(t.output[2 * n + 2], marks);
  trial_clear(&t);
}

START_TEST(busy_beavers_halt_when_they_are_known_to) {
  long moves = halting[_i].moves;
  for (long steps = moves - 1; steps < moves + 3; steps++)
    expect_halt(halting[_i].machine, halting[_i].n, steps, moves,
                halting[_i].marks);
}
END_TEST

/* Marxen and Buntrock 1990: 47,176,870 steps, 4098 ones; too many for a
   circuit, not for the answer that it is compared with. */
START_TEST(the_answer_knows_the_fifth_busy_beaver) {
  enum {
    CELLS = 32768
  };
  fmpz value[FAMILY_MAX_PARAMETERS] = {BB5, CELLS, 47176870};
  fmpz *in = _fmpz_vec_init(CELLS), *out = _fmpz_vec_init(2 * CELLS + 3);
  task_find("turing")->answer(value, in, out);
  ck_assert_int_eq(out[2 * CELLS], 1);
  ck_assert_int_eq(out[2 * CELLS + 1], 47176870);
  ck_assert_int_eq(out[2 * CELLS + 2], 4098);
  _fmpz_vec_clear(in, CELLS);
  _fmpz_vec_clear(out, 2 * CELLS + 3);
}
END_TEST

/* Wolfram's numbering (A New Kind of Science, p. 761, and TuringMachine of his
   language): digits of base 2sk, the first for the first state and the highest
   colour; each is 2k * state + 2 * colour + [right]. */
static void wolfram_step(long number, long s, long k, long *cell, long n,
                         long *state, long *at) {
  long place = (s - 1 - *state) * k + cell[*at];
  while (place-- > 0)
    number /= 2 * s * k;
  long digit = number % (2 * s * k);
  *state = digit / (2 * k) % s;
  cell[*at] = digit / 2 % k;
  *at = (*at + (digit % 2 ? 1 : n - 1)) % n;
}

START_TEST(wolfram_is_the_machine_of_his_number) {
  enum {
    CELLS = 12
  };
  struct task_case k = {.task = "turing", .value = {WOLFRAM, CELLS, 25}};
  struct trial t;
  trial_init(&t, task_find("turing"), k.value);
  long cell[CELLS], state = 0, at = CELLS / 2;
  for (long i = 0; i < CELLS; i++)
    t.input[i] = cell[i] = (i * i + _i) % 3;
  ask(&t, &k);
  for (int i = 0; i < 25; i++)
    wolfram_step(596440, 2, 3, cell, CELLS, &state, &at);
  for (long i = 0; i < CELLS; i++) {
    ck_assert_int_eq(t.output[i], cell[i]);
    ck_assert_int_eq(t.output[CELLS + i], i == at ? state + 1 : 0);
  }
  trial_clear(&t);
}
END_TEST

/* Minsky 1967, p. 280: a2 a2 a2, where a2 gives a2 a3, becomes a2 a2 a3, then
   a3 a2 a3. The word is yyAyyAyy, behind the rules; 'y' and 'A' are 2 and 3. */
#define RULES "110101110000010011011"

static const struct {
  long steps;
  const char *word;
} minsky[] = {
    {0, RULES "yyAyyAyy"},
    {372, RULES "000000yyAyyAyyyy"},
    {896, RULES "000000000000yyyyAyyAyyyy"},
};

enum {
  MINSKY_CELLS = 64,
  MINSKY_FIRST = MINSKY_CELLS / 2 - (int)sizeof RULES + 1 // the head is on a y
};

static void write_word(fmpz *z, const char *word) {
  for (size_t i = 0; word[i]; i++)
    z[MINSKY_FIRST + i] = word[i] == 'y'   ? 2
                          : word[i] == 'A' ? 3
                                           : word[i] - '0';
}

START_TEST(minsky_s_machine_rewrites_his_words) {
  fmpz value[FAMILY_MAX_PARAMETERS] = {MINSKY, MINSKY_CELLS, minsky[_i].steps};
  fmpz in[MINSKY_CELLS] = {0}, out[2 * MINSKY_CELLS + 3],
       word[MINSKY_CELLS] = {0};
  write_word(in, minsky[0].word);
  write_word(word, minsky[_i].word);
  task_find("turing")->answer(value, in, out);
  ck_assert(_fmpz_vec_equal(out, word, MINSKY_CELLS));
}
END_TEST

START_TEST(minsky_s_machine_does_so_as_a_circuit) {
  struct task_case k = {.task = "turing",
                        .value = {MINSKY, MINSKY_CELLS, minsky[1].steps}};
  fmpz word[MINSKY_CELLS] = {0};
  struct trial t;
  trial_init(&t, task_find("turing"), k.value);
  write_word(t.input, minsky[0].word);
  write_word(word, minsky[1].word);
  ask(&t, &k);
  ck_assert(_fmpz_vec_equal(t.output, word, MINSKY_CELLS));
  trial_clear(&t);
}
END_TEST

/* ---- tag ---- */

/* Wikipedia, "Tag system", after De Mol 2008: from 3. */
static const char *const collatz[] = {
    "aaa",      "abc",      "cbc",      "caaa",    "aaaaa",    "aaabc",
    "abcbc",    "cbcbc",    "cbcaaa",   "caaaaaa", "aaaaaaaa", "aaaaaabc",
    "aaaabcbc", "aabcbcbc", "bcbcbcbc", "bcbcbca", "bcbcaa",   "bcaaa",
    "aaaa",     "aabc",     "bcbc",     "bca",     "aa",       "bc",
    "a",        "a",        "a"};

static void write_letters(fmpz *z, const char *text) {
  for (; *text; text++)
    *z++ = *text - 'a' + 1;
}

START_TEST(collatz_from_three_is_as_published) {
  struct task_case k = {.task = "tag", .value = {0, 9, _i}};
  fmpz word[9] = {0};
  struct trial t;
  trial_init(&t, task_find("tag"), k.value);
  write_letters(t.input, collatz[0]);
  write_letters(word, collatz[_i]);
  ask(&t, &k);
  ck_assert(_fmpz_vec_equal(t.output, word, 9));
  ck_assert_int_eq(t.output[9], (long)strlen(collatz[_i]));
  trial_clear(&t);
}
END_TEST

/* n letters a become T(n): n/2, or (3n + 1)/2 if n is odd, when as many steps
   are done as it has letters, rounded up: first to bc, then to a or aaa. */
START_TEST(collatz_has_the_numbers_of_its_problem) {
  long n = _i, odd = n % 2, next = odd ? (3 * n + 1) / 2 : n / 2;
  struct task_case k = {.task = "tag", .value = {0, 32, 0}};
  k.value[2] = (n + 1) / 2 + (odd ? (n + 1) / 2 : n / 2);
  struct trial t;
  trial_init(&t, task_find("tag"), k.value);
  for (long i = 0; i < n; i++)
    t.input[i] = 1;
  ask(&t, &k);
  for (long i = 0; i < 32; i++)
    ck_assert_int_eq(t.output[i], i < next);
  trial_clear(&t);
}
END_TEST

START_TEST(what_is_longer_than_the_cells_is_lost) {
  struct task_case k = {.task = "tag", .value = {0, 4, 1}};
  struct trial t;
  trial_init(&t, task_find("tag"), k.value);
  write_letters(t.input, "cbab");
  ask(&t, &k); // caaa would be abaaa
  fmpz word[] = {1, 2, 1, 1};
  ck_assert(_fmpz_vec_equal(t.output, word, 4));
  trial_clear(&t);
}
END_TEST

/* ---- mdp ---- */

/* Sutton and Barto 1998, the maze of Dyna: 14 moves from S to G. */
static const char dyna[] = ".......#G"
                           "..#....#."
                           "S.#....#."
                           "..#......"
                           ".....#..."
                           ".........";

enum {
  DYNA_WIDTH = 9,
  DYNA = sizeof dyna - 1,
  DYNA_MOVES = 14
};

static void enter_dyna(struct trial *t, struct task_case *k, long sweeps) {
  *k = (struct task_case){.task = "mdp",
                          .value = {DYNA_WIDTH, DYNA / DYNA_WIDTH, 1, sweeps}};
  trial_init(t, task_find("mdp"), k->value);
  for (long i = 0; i < DYNA; i++) {
    t->input[i] = dyna[i] == 'G';
    t->input[DYNA + i] = dyna[i] == '#';
  }
  ask(t, k);
}

START_TEST(as_many_sweeps_as_moves_see_the_goal) {
  struct task_case k;
  struct trial t;
  long sweeps = DYNA_MOVES + _i, start = strchr(dyna, 'S') - dyna;
  enter_dyna(&t, &k, sweeps);
  ck_assert_int_eq(t.output[start], _i);
  trial_clear(&t);
}
END_TEST

START_TEST(greedy_moves_take_the_shortest_way) {
  static const long by[] = {0, -DYNA_WIDTH, 1, DYNA_WIDTH, -1};
  struct task_case k;
  struct trial t;
  enter_dyna(&t, &k, DYNA_MOVES + 1);
  long at = strchr(dyna, 'S') - dyna, moves = 0;
  for (; dyna[at] != 'G'; moves++) {
    ck_assert(dyna[at] != '#' && moves < DYNA_MOVES);
    at += by[t.output[DYNA + at]];
  }
  ck_assert_int_eq(moves, DYNA_MOVES);
  ck_assert_int_eq(t.output[DYNA + at], 0);
  trial_clear(&t);
}
END_TEST

/* By hand: from the first cell 0 + 1 + 3 + 3. */
START_TEST(a_walk_chooses_among_rewards) {
  struct task_case k = {.task = "mdp", .value = {4, 1, 2, 4}};
  struct trial t;
  trial_init(&t, task_find("mdp"), k.value);
  write_digits(t.input, "0130");
  ask(&t, &k);
  const fmpz value[] = {7, 10, 12, 9};
  ck_assert(_fmpz_vec_equal(t.output, value, 4));
  expect_digits(t.output + 4, "2204");
  trial_clear(&t);
}
END_TEST

/* ---- do1 ---- */

/* Gates of a layer as letters for wires, and '&' or '|' before them. */
struct layer {
  const char *gate[8];
};

static void write_layers(fmpz *in, size_t w, const struct layer *layer,
                         size_t layers) {
  fmpz *wires = in + 1 + layers;
  for (size_t t = 0; t < layers; t++)
    for (size_t i = 0; i < w && layer[t].gate[i]; i++) {
      const char *text = layer[t].gate[i];
      if (*text++ == '&')
        fmpz_setbit(in + 1 + t, i);
      for (; *text; text++)
        fmpz_setbit(wires + t * w + i, (ulong)(*text - 'a'));
    }
}

/* x as a, b, c, d and their complements e, f, g, h: a xor b and c xor d, with
   complements, then the xor of these, and its complement. */
static const struct layer parity_of_4[] = {
    {{"&af", "&be", "&ab", "&ef", "&ch", "&dg", "&cd", "&gh"}},
    {{"|ab", "|cd", "|ef", "|gh"}},
    {{"&ad", "&bc", "&ac", "&bd"}},
    {{"|ab", "|cd"}},
};

START_TEST(layers_of_an_input_make_parity) {
  struct task_case k = {.task = "do1", .value = {8, 4}};
  struct trial t;
  trial_init(&t, task_find("do1"), k.value);
  t.input[0] = _i | (15 - _i) << 4;
  write_layers(t.input, 8, parity_of_4, 4);
  ask(&t, &k);
  ck_assert_int_eq(t.output[0], __builtin_parity((unsigned)_i) ? 1 : 2);
  ck_assert_int_eq(t.output[1], 4);
  trial_clear(&t);
}
END_TEST

/* A 1 and a 0 that move on: as far as both are not met by an AND; a gate
   without wires is none. */
static const struct layer dying[] = {{{"|a", "&b"}},
                                     {{"&a", "|b"}},
                                     {{"|ab", "|b"}},
                                     {{"&ab", "&", "|"}},
                                     {{"|abc", "&b"}}};

START_TEST(ones_die_where_an_and_lacks_one) {
  struct task_case k = {.task = "do1", .value = {3, 5}};
  struct trial t;
  trial_init(&t, task_find("do1"), k.value);
  write_layers(t.input, 3, dying, 5);
  for (long x = 0; x < 4; x++) {
    t.input[0] = x;
    ask(&t, &k);
    static const long deepest[] = {0, 3, 5, 5};
    ck_assert_int_eq(t.output[1], deepest[x]);
    ck_assert_int_eq(t.output[0], deepest[x] == 5 ? 1 : 0);
  }
  trial_clear(&t);
}
END_TEST

/* ---- game ---- */

/* Moves that win on an empty board, looked ahead to the end: the mover wins
   (Nash 1949), in the centre for one, but not in the acute corner a1, nor, from
   3 cells in a row on, in b1 beside it (Beck, Bleicher and Crowe 1969; b1 by
   Beck too, as HexWiki has it). The board is the same turned by half. */
static const struct {
  long n, plies;
  const char *moves; // + wins, - loses, * is for the answer to say
} openings[] = {
    {2, 4, "-++-"},
    {3, 9, "--**+**--"},
};

START_TEST(known_openings_win_or_lose) {
  struct task_case k = {.task = "game",
                        .value = {openings[_i].n, openings[_i].plies}};
  size_t cells = strlen(openings[_i].moves);
  struct trial t;
  trial_init(&t, task_find("game"), k.value);
  ask(&t, &k);
  for (size_t c = 0; c < cells; c++) {
    char known = openings[_i].moves[c];
    ck_assert(known == '*' || t.output[c] == (known == '+'));
    ck_assert_int_eq(t.output[c], t.output[cells - 1 - c]);
  }
  ck_assert_int_eq(t.output[cells], 1);
  trial_clear(&t);
}
END_TEST

/* Hex has no draws: of a full board one of both joins. Of the other's stones
   that is seen on the board with rows for columns and colours exchanged. */
START_TEST(a_full_board_is_joined_by_one) {
  struct task_case k = {.task = "game", .value = {3, 1}};
  struct trial t;
  bool win[2];
  trial_init(&t, task_find("game"), k.value);
  for (long board = 0; board < 512; board++) {
    for (long side = 0; side < 2; side++) {
      for (long c = 0; c < 9; c++) {
        long from = side ? c % 3 * 3 + c / 3 : c;
        t.input[c] = (board >> from & 1) == side ? 1 : 2;
      }
      ask(&t, &k);
      win[side] = t.output[9];
    }
    ck_assert(win[0] != win[1]);
  }
  trial_clear(&t);
}
END_TEST

/* What is seen to win is seen two plies deeper, too; and on the empty board
   more and more is. */
START_TEST(play_gets_better_with_plies) {
  long seen[10] = {0};
  for (long plies = 1; plies <= 9; plies += 2) {
    struct task_case k = {.task = "game", .value = {3, plies}};
    struct trial t;
    trial_init(&t, task_find("game"), k.value);
    ask(&t, &k);
    for (long c = 0; c < 9; c++)
      seen[plies] += t.output[c];
    trial_clear(&t);
  }
  ck_assert(!seen[3] && seen[5] && seen[5] < seen[7] && seen[7] < seen[9]);
}
END_TEST

/* By hand: two stones are joined by two cells between them, so any move wins,
   seen from three plies; from one, only those two do. */
static const struct {
  long plies;
  const char *moves;
} bridge[] = {{1, "000011000"}, {3, "110011100"}};

START_TEST(a_bridge_joins) {
  struct task_case k = {.task = "game", .value = {3, bridge[_i].plies}};
  struct trial t;
  trial_init(&t, task_find("game"), k.value);
  write_digits(t.input, "001"
                        "200"
                        "012");
  ask(&t, &k);
  expect_digits(t.output, bridge[_i].moves);
  ck_assert_int_eq(t.output[9], 1);
  trial_clear(&t);
}
END_TEST

#define LENGTH(array) (int)(sizeof(array) / sizeof *(array))

int main(void) {
  Suite *s = suite_create("machines");
  TCase *t = tcase_create("machines");
  tcase_set_timeout(t, 120);
  tcase_add_loop_test(t, a_task_costs_what_its_formula_says, 0, LENGTH(cases));
  tcase_add_loop_test(t, run_circuit_and_answer_agree, 0, LENGTH(cases));
  tcase_add_loop_test(t, published_puzzles_are_solved_in_rounds, 0,
                      LENGTH(puzzles));
  tcase_add_test(t, a_full_grid_with_equal_peers_is_not_valid);
  tcase_add_loop_test(t, busy_beavers_halt_when_they_are_known_to, 0,
                      LENGTH(halting));
  tcase_add_test(t, the_answer_knows_the_fifth_busy_beaver);
  tcase_add_loop_test(t, wolfram_is_the_machine_of_his_number, 0, 6);
  tcase_add_loop_test(t, minsky_s_machine_rewrites_his_words, 0,
                      LENGTH(minsky));
  tcase_add_test(t, minsky_s_machine_does_so_as_a_circuit);
  tcase_add_loop_test(t, collatz_from_three_is_as_published, 0,
                      LENGTH(collatz));
  tcase_add_loop_test(t, collatz_has_the_numbers_of_its_problem, 2, 20);
  tcase_add_test(t, what_is_longer_than_the_cells_is_lost);
  tcase_add_loop_test(t, as_many_sweeps_as_moves_see_the_goal, 0, 4);
  tcase_add_test(t, greedy_moves_take_the_shortest_way);
  tcase_add_test(t, a_walk_chooses_among_rewards);
  tcase_add_loop_test(t, layers_of_an_input_make_parity, 0, 16);
  tcase_add_test(t, ones_die_where_an_and_lacks_one);
  tcase_add_loop_test(t, known_openings_win_or_lose, 0, LENGTH(openings));
  tcase_add_test(t, a_full_board_is_joined_by_one);
  tcase_add_test(t, play_gets_better_with_plies);
  tcase_add_loop_test(t, a_bridge_joins, 0, LENGTH(bridge));
  suite_add_tcase(s, t);
  return suite_run(s);
}
