#include "analysis/labs/lab.h"
#include "compile/program/run.h"

enum {
  SIDE = 3,
  CELLS = SIDE * SIDE,
  POSITIONS = 19683 // 3^CELLS
};

/* Boards of 0, 1 and 2 with as many 1 as 2 and an empty cell; false for other
   numbers. */
static bool board_of(uint32_t number, fmpz *board) {
  int stones[3] = {0};
  for (size_t i = 0; i < CELLS; i++, number /= 3) {
    board[i] = number % 3;
    stones[number % 3]++;
  }
  return stones[0] && stones[1] == stones[2];
}

/* What a look-ahead says of all positions. */
struct looked {
  size_t depth;
  double gates;
  uint16_t moves[POSITIONS]; // empty cells that win, as far as is seen
};

static bool look(struct looked *l, const struct lab_run *r, long plies,
                 struct error *err) {
  struct gauge g;
  bool ok =
      gauge_find(&g, &r->options, err, "game n=%d plies=%ld", SIDE, plies);
  if (ok) {
    struct run run;
    run_init(&run, &g.s.instance);
    l->depth = g.m->depth_inner;
    l->gates = gauge_gates(&g);
    for (uint32_t i = 0; i < POSITIONS; i++) {
      fmpz board[CELLS], out[CELLS + 1] = {0};
      l->moves[i] = 0;
      if (!board_of(i, board))
        continue;
      run_values(&run, board, out);
      for (size_t c = 0; c < CELLS; c++)
        l->moves[i] |= (uint16_t)((out[c] && !board[c]) << c);
    }
    run_clear(&run);
  }
  gauge_clear(&g);
  return ok;
}

/* Of positions that are won: the share in which a move that wins is found; at
   random, the share of moves that win. */
static double found(const struct looked *l, const struct looked *all) {
  size_t won = 0, known = 0;
  for (size_t i = 0; i < POSITIONS; i++)
    if (all->moves[i]) {
      won++;
      known += (l->moves[i] & all->moves[i]) != 0;
    }
  return (double)known / (double)won;
}

static double at_random(const struct looked *all, size_t *won) {
  double sum = 0;
  *won = 0;
  for (uint32_t i = 0; i < POSITIONS; i++) {
    fmpz board[CELLS];
    size_t wins = 0, empty = 0;
    if (!all->moves[i])
      continue;
    board_of(i, board);
    for (size_t c = 0; c < CELLS; c++) {
      wins += all->moves[i] >> c & 1;
      empty += !board[c];
    }
    ++*won;
    sum += (double)wins / (double)empty;
  }
  return sum / (double)*won;
}

static bool run(struct lab_run *r, struct error *err) {
  static struct looked all, some;
  size_t won;
  double before, share = 0;
  bool rises = true;
  if (!look(&all, r, CELLS, err))
    return false;
  exhibit_table(&r->e, "Hex on 3 by 3: positions that are won",
                "plies|inner depth|inner gates|winning move found");
  exhibit_panel(&r->e, "winning moves found", "plies looked ahead",
                "share of won positions");
  exhibit_curve(&r->e, "all positions that are won");
  before = at_random(&all, &won);
  exhibit_row(&r->e, "a move at random|0|0|%.4f", before);
  exhibit_point(&r->e, 0, before);
  for (long plies = 1; plies <= CELLS; plies += 2) {
    lab_progress(r, (uint64_t)plies, CELLS);
    if (!look(&some, r, plies, err))
      return false;
    share = found(&some, &all);
    rises = rises && (share > before || share == 1);
    before = share;
    exhibit_row(&r->e, "%ld|%zu|%.0f|%.4f", plies, some.depth, some.gates,
                share);
    exhibit_point(&r->e, (double)plies, share);
  }
  exhibit_finding(&r->e, rises && share == 1,
                  "of %zu won positions each two plies more solve more, and %d "
                  "solve all",
                  won, CELLS);
  return true;
}

const struct lab lab_look_ahead = {
    .name = "look-ahead",
    .title = "looking ahead finds moves that a policy alone does not",
    .claim = "A policy network alone plays Hex worse than one with tree "
             "search, and more search plays better.",
    .source = "Villalobos and Atkinson 2023; Liu et al. 2025",
    .shows = "Exact look-ahead stands here for the search that samples, which "
             "it is the limit of: two levels for two plies, and a tree of "
             "gates that grows with them. A board of one size is finitely many "
             "positions, which some circuit of constant depth has in a table; "
             "the problem on boards of all sizes is PSPACE-complete (Reisch "
             "1981).",
    .run = run,
};
