/* Hex, looked ahead. Who moves joins the first row to the last, by stones next
   to each other: a cell has six neighbours, two of them up right and down left.
   A look-ahead is a tree of ORs (one of my moves) and ANDs (all of the other's
   replies), a level for each ply: more plies are deeper, not only wider, and
   win where fewer see nothing.

   Another stone never harms in Hex, so a move to a taken cell may be thought
   of as a pass and need not be forbidden. So positions are told apart by the
   cells that both have chosen, in any order; and at the end it only matters
   which ones the mover has: they are joined if along some path each cell is
   theirs or, where it was chosen, not the other's. */
#include "circuit/error.h"
#include "circuit/random.h"
#include "tasks/task.h"

#include <stdlib.h>

enum {
  MOST_SIDE = 4,
  MOST_CELLS = MOST_SIDE * MOST_SIDE,
  MOST_PATHS = 1024,
  FAR = 99,      // cells to the last row, where it is out of reach
  MOST_PLIES = 7 // of the largest board; others are looked ahead to their end
};

/* ---- The board ---- */

static bool are_neighbours(long n, long a, long b) {
  long rows = b / n - a / n, columns = b % n - a % n;
  return (rows || columns) && labs(rows) <= 1 && labs(columns) <= 1 &&
         rows != columns;
}

struct paths {
  long n;
  size_t paths;
  uint32_t at[MOST_PATHS]; // sets of cells
};

/* Paths go on from `last` to cells that are next to no cell before it. */
static void extend(struct paths *q, uint32_t path, uint32_t beside, long last) {
  uint32_t next = 0;
  for (long c = 0; c < q->n * q->n; c++)
    if (are_neighbours(q->n, last, c))
      next |= 1U << c;
  if (last / q->n == q->n - 1) {
    if (q->paths == MOST_PATHS)
      BUG("more than %d paths", MOST_PATHS);
    q->at[q->paths++] = path;
    return;
  }
  for (long c = q->n; c < q->n * q->n; c++)
    if ((next & ~beside & ~path) >> c & 1)
      extend(q, path | 1U << c, beside | next, c);
}

/* All without a shorter one within: only their ends are in the outer rows. */
static void paths_init(struct paths *q, long n) {
  *q = (struct paths){.n = n};
  for (long c = 0; c < n; c++)
    extend(q, 1U << c, 0, c);
}

/* ---- Positions: what the mover and the other have chosen ---- */

struct positions {
  size_t n;
  uint32_t *key; // ascending: the mover's cells << 16 | the other's
  value_id value;
};

static bool is_position(uint32_t own, uint32_t other, int owns, int others) {
  return !(own & other) && __builtin_popcount(own) == owns &&
         __builtin_popcount(other) == others;
}

static void positions_init(struct positions *q, long cells, int owns,
                           int others) {
  uint32_t end = 1U << cells;
  *q = (struct positions){0};
  for (int pass = 0; pass < 2; pass++) { // to count, and to keep
    if (pass)
      q->key = xmalloc((q->n + 1) * sizeof *q->key);
    q->n = 0;
    for (uint32_t own = 0; own < end; own++)
      for (uint32_t other = 0; __builtin_popcount(own) == owns && other < end;
           other++)
        if (is_position(own, other, owns, others)) {
          if (pass)
            q->key[q->n] = own << 16 | other;
          q->n++;
        }
  }
}

static uint32_t position_find(const struct positions *q, uint32_t key) {
  size_t from = 0, to = q->n;
  while (to - from > 1) {
    size_t middle = from + (to - from) / 2;
    if (q->key[middle] <= key)
      from = middle;
    else
      to = middle;
  }
  return (uint32_t)from;
}

/* ---- Gates ---- */

/* Row i of y: [at least `least` of x's elements from[i * columns], ...]. */
static value_id gates_of(struct program *p, const char *name, value_id x,
                         const uint32_t *from, size_t rows, size_t columns,
                         size_t least) {
  struct dims dims =
      matrix(size_si(&p->sizes, (long)rows), size_si(&p->sizes, (long)columns));
  value_id picked = program_pick(p, name, x, dims, from, rows * columns);
  return program_at_least(p, name, program_sum(p, name, picked),
                          size_si(&p->sizes, (long)least));
}

/* Of a cell that is 0 where it is empty, 1 of the mover, 2 or 3 of the other:
   1 - its low bit; 1 - its high bit, which is [not the other's]; the low bit
   minus the high one, which is 1 where it is the mover's, and less else. Last a
   1. */
enum literal {
  LOW_IS_0,
  HIGH_IS_0,
  IS_OWN,
  LITERALS
};

static value_id literals_of(struct program *p, long cells) {
  static const fmpz weight[] = {-1, 0, 0, -1, 1, -1}, bias[] = {1, 1, 0},
                    one = 1;
  value_id x = program_input_bits(p, "board", vector(size_si(&p->sizes, cells)),
                                  size_si(&p->sizes, 2));
  value_id of_cell = program_linear(p, "cells", x, LITERALS, 2, weight, bias);
  value_id part[] = {
      program_reshape(p, "cells", of_cell,
                      vector(size_si(&p->sizes, LITERALS * cells))),
      program_constant(p, "one", vector(size_si(&p->sizes, 1)), &one, 1)};
  return program_concat(p, "cells", part, 2, 0);
}

static uint32_t literal(long cell, enum literal which) {
  return (uint32_t)(cell * LITERALS + which);
}

/* [each cell of the path is the mover's, or of `chosen` and not the other's],
   for all paths and all chosen cells of them: gate `first[path] + set`, where a
   set has a bit for each cell of the path in order. */
struct path_gates {
  size_t gates, first[MOST_PATHS];
  value_id value;
};

/* The bits of x at those of `mask`, side by side. */
static uint32_t squeeze(uint32_t x, uint32_t mask) {
  uint32_t y = 0;
  for (int i = 0; mask; mask &= mask - 1, i++)
    if (x & mask & -mask)
      y |= 1U << i;
  return y;
}

static void put_path(uint32_t *from, const struct paths *q, uint32_t path,
                     uint32_t set) {
  long cells = q->n * q->n;
  for (long c = 0, i = 0; c < cells; c++) {
    from[c] = (uint32_t)(LITERALS * cells);
    if (path >> c & 1)
      from[c] = literal(c, set >> i++ & 1 ? HIGH_IS_0 : IS_OWN);
  }
}

static void path_gates_init(struct path_gates *g, struct program *p,
                            const struct paths *q, value_id literals) {
  size_t cells = (size_t)(q->n * q->n);
  g->gates = 0;
  for (size_t i = 0; i < q->paths; i++) {
    g->first[i] = g->gates;
    g->gates += (size_t)1 << __builtin_popcount(q->at[i]);
  }
  uint32_t *from = xmalloc(g->gates * cells * sizeof *from), *to = from;
  for (size_t i = 0; i < q->paths; i++)
    for (uint32_t set = 0; !(set >> __builtin_popcount(q->at[i])); set++) {
      put_path(to, q, q->at[i], set);
      to += cells;
    }
  g->value = gates_of(p, "paths", literals, from, g->gates, cells, cells);
  free(from);
}

/* [the mover's cells and the chosen ones join], for each row of chosen ones. */
static value_id joined(struct program *p, const struct paths *q,
                       const struct path_gates *g,
                       const struct positions *chosen) {
  uint32_t *from = xmalloc(chosen->n * q->paths * sizeof *from), *to = from;
  for (size_t j = 0; j < chosen->n; j++)
    for (size_t i = 0; i < q->paths; i++)
      *to++ = (uint32_t)g->first[i] + squeeze(chosen->key[j] >> 16, q->at[i]);
  value_id y = gates_of(p, "joined", g->value, from, chosen->n, q->paths, 1);
  free(from);
  return y;
}

/* ---- The tree, from the last ply on ---- */

/* Positions after each choice of `q`: of the mover's cells, or the other's,
   where the last ones are told apart by the mover's only. */
static size_t choices(const struct positions *q, const struct positions *after,
                      long cells, bool is_own, bool is_last, uint32_t *from) {
  size_t n = 0;
  for (size_t j = 0; j < q->n; j++)
    for (long c = 0; c < cells; c++) {
      uint32_t own = q->key[j] >> 16, other = q->key[j] & 0xffff;
      if ((own | other) >> c & 1)
        continue;
      own |= is_own ? 1U << c : 0;
      other = is_last ? 0 : is_own ? other : other | 1U << c;
      from[n++] = position_find(after, own << 16 | other);
    }
  return n / q->n; // of each
}

/* q becomes the positions of one ply before: of owns and others chosen. */
static void ply_before(struct program *p, struct positions *q, long cells,
                       int owns, int others, bool is_own, bool is_last) {
  struct positions before;
  positions_init(&before, cells, owns, others);
  uint32_t *from = xmalloc(before.n * (size_t)cells * sizeof *from);
  size_t each = choices(&before, q, cells, is_own, is_last, from);
  before.value = gates_of(p, is_own ? "some move" : "all replies", q->value,
                          from, before.n, each, is_own ? 1 : each);
  free(from);
  free(q->key);
  *q = before;
}

/* [the cell is empty, and to move there wins], of values after a move, or, with
   replies, after each reply. */
static value_id moves_of(struct program *p, const struct positions *q,
                         value_id literals, long cells, bool has_replies) {
  size_t each = has_replies ? (size_t)cells - 1 : 1, columns = each + 2;
  uint32_t *from = xmalloc((size_t)cells * columns * sizeof *from), *to = from;
  for (long c = 0; c < cells; c++) {
    uint32_t own = 1U << c << 16;
    for (long reply = 0; reply < cells; reply++)
      if (has_replies && reply != c)
        *to++ = position_find(q, own | 1U << reply);
    if (!has_replies)
      *to++ = position_find(q, own);
    *to++ = (uint32_t)q->n + literal(c, LOW_IS_0);
    *to++ = (uint32_t)q->n + literal(c, HIGH_IS_0);
  }
  value_id both =
      program_concat(p, "moves", (value_id[]){q->value, literals}, 2, 0);
  value_id y =
      gates_of(p, "moves", both, from, (size_t)cells, columns, columns);
  free(from);
  return y;
}

/* [some move wins, or stones join as they are]. */
static value_id win_of(struct program *p, const struct paths *q,
                       const struct path_gates *g, value_id moves) {
  uint32_t from[MOST_PATHS];
  for (size_t i = 0; i < q->paths; i++)
    from[i] = (uint32_t)g->first[i];
  value_id joined =
      program_pick(p, "joined", g->value,
                   vector(size_si(&p->sizes, (long)q->paths)), from, q->paths);
  value_id some = program_add(p, "win", program_sum(p, "moves", moves),
                              program_sum(p, "joined", joined));
  return program_at_least(p, "win", some, size_si(&p->sizes, 1));
}

/* The mover's last moves are what counts: a reply to them changes nothing. */
static int own_moves(const fmpz *value) {
  long cells = value[0] * value[0];
  long plies = value[1] < cells ? value[1] : cells;
  return (int)((plies + 1) / 2);
}

static void build(struct program *p, const fmpz *value) {
  int own = own_moves(value);
  long cells = value[0] * value[0];
  struct paths q;
  struct path_gates g;
  struct positions after;
  paths_init(&q, value[0]);
  value_id literals = literals_of(p, cells);
  path_gates_init(&g, p, &q, literals);
  positions_init(&after, cells, own, 0);
  after.value = joined(p, &q, &g, &after);
  for (int i = own - 1; i > 0; i--) {
    ply_before(p, &after, cells, i, i, true, i == own - 1);
    if (i > 1)
      ply_before(p, &after, cells, i, i - 1, false, false);
  }
  value_id moves = moves_of(p, &after, literals, cells, own > 1);
  program_output(p, "moves", moves);
  program_output(p, "win", win_of(p, &q, &g, moves));
  free(after.key);
}

static bool check(const fmpz *value, struct error *err) {
  return value[0] < MOST_SIDE || value[1] <= MOST_PLIES ||
         error_limit(err, "plies=%ld: at most %d are looked ahead for n=%d",
                     value[1], MOST_PLIES, MOST_SIDE);
}

/* ---- The answer: moves are tried on a board, to no purpose where too many
   cells are missing ---- */

/* Sets of cells: bit c is cell c. */
struct game {
  long n;
  uint32_t all, first_column, last_column, first_row, last_row;
};

static void game_init(struct game *g, long n) {
  uint32_t column = 0;
  for (long row = 0; row < n; row++)
    column |= 1U << row * n;
  *g = (struct game){.n = n,
                     .all = (1U << n * n) - 1,
                     .first_column = column,
                     .last_column = column << (n - 1),
                     .first_row = (1U << n) - 1};
  g->last_row = g->first_row << n * (n - 1);
}

static uint32_t beside(const struct game *g, uint32_t x) {
  uint32_t not_first = x & ~g->first_column, not_last = x & ~g->last_column;
  return (not_first >> 1 | not_last << 1 | x >> g->n | x << g->n |
          not_first << (g->n - 1) | not_last >> (g->n - 1)) &
         g->all;
}

/* With all of `own` that is joined to it. */
static uint32_t spread(const struct game *g, uint32_t x, uint32_t own) {
  uint32_t before;
  do {
    before = x;
    x |= beside(g, x) & own;
  } while (x != before);
  return x;
}

/* The fewest empty cells that would join the mover's rows; FAR: none do. */
static int missing(const struct game *g, uint32_t own, uint32_t other) {
  uint32_t reached = spread(g, g->first_row & own, own);
  for (int taken = 0;; taken++) {
    if (reached & g->last_row)
      return taken;
    uint32_t next = reached | ((beside(g, reached) | g->first_row) & ~other);
    next = spread(g, next, own);
    if (next == reached)
      return FAR;
    reached = next;
  }
}

/* Whether the mover, who has so many moves left and is to move or not, joins
   whatever the other does. */
static bool forces(const struct game *g, uint32_t own, uint32_t other,
                   int moves, bool is_own) {
  int left = missing(g, own, other);
  if (left == 0 || left > moves)
    return left == 0;
  if (is_own && left == 1) // that cell
    return true;
  bool found = !is_own;
  for (uint32_t c = 1; found != is_own && c <= g->all; c <<= 1)
    if (!((own | other) & c))
      found = is_own ? forces(g, own | c, other, moves - 1, false)
                     : forces(g, own, other | c, moves, true);
  return found;
}

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  struct game g;
  uint32_t own = 0, other = 0;
  int moves = own_moves(value);
  long cells = value[0] * value[0];
  game_init(&g, value[0]);
  for (long c = 0; c < cells; c++) {
    own |= (uint32_t)(in[c] == 1) << c;
    other |= (uint32_t)(in[c] > 1) << c;
  }
  out[cells] = missing(&g, own, other) == 0;
  for (long c = 0; c < cells; c++) {
    uint32_t cell = 1U << c;
    out[c] = !((own | other) & cell) &&
             forces(&g, own | cell, other, moves - 1, false);
    out[cells] = out[cells] || out[c];
  }
}

/* As many stones of both, or one more of the other. */
static void draw(const fmpz *value, uint64_t *random, fmpz *in) {
  uint64_t cells = (uint64_t)(value[0] * value[0]);
  uint64_t stones = random_below(random, cells + 1);
  for (uint64_t c = 0; c < cells; c++)
    in[c] = 0;
  for (uint64_t i = 0; i < stones; i++) {
    uint64_t c = random_below(random, cells);
    while (in[c])
      c = (c + 1) % cells;
    in[c] = i % 2 ? 1 : 2;
  }
}

const struct family task_game = {
    .name = "game",
    .about =
        "Hex, looked ahead: moves of 1, who joins top to bottom, that beat 2",
    .formula = "depth plies + 2, or 4 for plies=1, where plies is odd; of even "
               "ones the last changes nothing; to the end of the game n^2 + 1, "
               "as the last cell is no choice; a gate for each choice of cells "
               "by both, in any order",
    .parameters = {{"n", "cells in a row", 3, 2, MOST_SIDE, .is_size = false},
                   {"plies", "moves of both", 3, 1, MOST_CELLS,
                    .is_size = false}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity = {.class = "PSPACE-complete",
                   .says = "on boards of any size, looked ahead to the end",
                   .status = "proved",
                   .source = "Reisch 1981"},
    .draw = draw,
};
