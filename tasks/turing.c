/* Turing machines on a ring of cells. A step is one level: each cell reads its
   symbol and what head has come to it, and one step needs the one before, as
   far as anybody knows. So depth is time here, and no wider circuit is less
   deep, unless TC0 = P.

   With m symbols a cell is the number symbol + m * head, where head is 0 where
   there is none, 1 for state A and so on; one ladder has it, and all that the
   next cells are made of are functions of that: the symbol, and what head
   stays, goes right or goes left. A head that has halted stays. */
#include "circuit/error.h"
#include "circuit/random.h"
#include "tasks/task.h"

#include <stdlib.h>
#include <string.h>

/* For each state, in order, and each symbol what is written, where the head
   goes and in which state, Z for halting. Blank cells are 0. */
static const struct machine {
  const char *name, *table;
  long symbols, states;
} machines[] = {
    // Rado 1962; Lin and Rado 1965: most ones, and most steps, of 3 states
    {"busybeaver2", "1RB1LB_1LA1RZ", 2, 2},
    {"busybeaver3", "1RB1RZ_1LB0RC_1LC1LA", 2, 3},
    {"mostones3", "1RB1RZ_0RC1RB_1LC1LA", 2, 3},
    // Brady 1983; Marxen and Buntrock 1990
    {"busybeaver4", "1RB1LB_1LA0LC_1RZ1LD_1RD0RA", 2, 4},
    {"busybeaver5", "1RB1LC_1RC1RB_1RD0LE_1LA1LD_1RZ0LA", 2, 5},
    // Wolfram 2002, his number 596440; weakly universal: Smith 2007
    {"wolfram", "1RB2LA1LA_2LA2RB0RA", 3, 2},
    // Minsky 1967, section 14.8: universal; 2 and 3 stand for his y and A
    {"minsky",
     "0LA1LB0LA1LA_2RB3RB0LA2RF_0RZ3LC2LC1LD_2RE1LG2LD1LD_2LC3RE2RE1RE_"
     "3LC3RF2RF1RF_2RF1RG0RG0RB",
     4, 7},
};

enum {
  MACHINES = sizeof machines / sizeof *machines,
  MOST_ROWS = 4 * 9 // cells that differ, of minsky
};

static const char *const names[MACHINES] = {
    "busybeaver2", "busybeaver3", "mostones3", "busybeaver4",
    "busybeaver5", "wolfram",     "minsky"};

struct rule {
  long write;
  bool is_right;
  long next; // 1 for A, states + 1 for Z
};

/* Of states 1, 2, ... that have not halted. */
static struct rule rule_of(const struct machine *m, long state, long symbol) {
  const char *text = m->table + (state - 1) * (3 * m->symbols + 1) + 3 * symbol;
  return (struct rule){text[0] - '0', text[1] == 'R',
                       text[2] == 'Z' ? m->states + 1 : text[2] - 'A' + 1};
}

/* What becomes of a cell, as functions of it. */
enum column {
  SYMBOL,
  STAYS, // the head that does
  RIGHT,
  LEFT,
  MOVES,  // [a head goes away from here]
  HALTED, // [the head here has halted, or does now]
  COLUMNS
};

static void row_of(const struct machine *m, long cell, fmpz *row) {
  long head = cell / m->symbols, symbol = cell % m->symbols;
  for (int i = 0; i < COLUMNS; i++)
    row[i] = 0;
  row[SYMBOL] = symbol;
  row[HALTED] = head > m->states;
  if (head == 0 || head > m->states) {
    row[STAYS] = head;
    return;
  }
  struct rule r = rule_of(m, head, symbol);
  row[SYMBOL] = r.write;
  row[r.is_right ? RIGHT : LEFT] = r.next;
  row[MOVES] = 1;
  row[HALTED] = r.next > m->states;
}

/* A ladder of the cell, (cells), where neighbours of which the same becomes are
   one, and the columns of it, (cells, COLUMNS). */
static value_id columns_of(struct program *p, const struct machine *m,
                           value_id cell) {
  fmpz row[MOST_ROWS * COLUMNS];
  long place[MOST_ROWS], n = m->symbols * (m->states + 2), rows = 0;
  for (long i = 0; i < n; i++, rows++) {
    row_of(m, i, row + rows * COLUMNS);
    if (rows && !memcmp(row + rows * COLUMNS, row + (rows - 1) * COLUMNS,
                        COLUMNS * sizeof *row))
      rows--;
    place[i] = rows;
  }
  value_id ladder = program_table(p, "cells", cell, place, (size_t)n, 0);
  struct matrix all = {(size_t)rows, COLUMNS, row};
  return program_look_up(p, "next", ladder, &all, (size_t)rows,
                         size_si(&p->sizes, COLUMNS));
}

static value_id column_of(struct program *p, const char *name, value_id columns,
                          enum column which, size_id n) {
  value_id x = program_slice(p, name, columns, 1, size_si(&p->sizes, which),
                             size_si(&p->sizes, 1));
  return program_reshape(p, name, x, vector(n));
}

struct tape {
  value_id symbol, head, halted;
};

/* Also [the head moves]. */
static value_id step_of(struct program *p, const struct machine *m,
                        struct tape *t, size_id n) {
  const long weight[] = {1, m->symbols};
  value_id cell = program_combine(p, "cells", (value_id[]){t->symbol, t->head},
                                  weight, 2, 0);
  value_id next = columns_of(p, m, cell);
  value_id right = column_of(p, "right", next, RIGHT, n);
  value_id left = column_of(p, "left", next, LEFT, n);
  const long one[] = {1, 1, 1};
  value_id head[] = {column_of(p, "stays", next, STAYS, n),
                     program_roll(p, "from the left", right, -1),
                     program_roll(p, "from the right", left, 1)};
  t->symbol = column_of(p, "symbols", next, SYMBOL, n);
  t->head = program_combine(p, "head", head, one, 3, 0);
  t->halted = program_sum(p, "halted", column_of(p, "halted", next, HALTED, n));
  return program_sum(p, "moves", column_of(p, "moves", next, MOVES, n));
}

/* State A in the middle cell, or right of the middle. */
static value_id first_head(struct program *p, value_id tape, size_id n) {
  const fmpz one = 1;
  const long nothing = 0;
  struct sizes *s = &p->sizes;
  size_id before = size_div(s, n, size_si(s, 2));
  size_id after = size_sub(s, size_sub(s, n, before), size_si(s, 1));
  value_id none = program_combine(p, "no head", &tape, &nothing, 1, 0);
  value_id part[] = {
      program_slice(p, "before", none, 0, size_si(s, 0), before),
      program_constant(p, "A", vector(size_si(s, 1)), &one, 1),
      program_slice(p, "after", none, 0, size_si(s, 0), after),
  };
  return program_reshape(p, "head", program_concat(p, "head", part, 3, 0),
                         vector(n));
}

/* Integers that are no symbol are blanks, at one level more. */
static value_id first_tape(struct program *p, const struct machine *m,
                           size_id n) {
  static const long symbol[] = {0, 1, 2, 0};
  value_id tape = program_input(
      p, "tape", vector(n), size_si(&p->sizes, m->symbols > 2 ? 2 : 1), false);
  return m->symbols == 3 ? program_table(p, "symbols", tape, symbol, 4, 0)
                         : tape;
}

static void put_out(struct program *p, const struct tape *t, value_id moves) {
  value_id marks =
      program_at_least(p, "not blank", t->symbol, size_si(&p->sizes, 1));
  program_output(p, "tape", t->symbol);
  program_output(p, "head", t->head);
  program_output(p, "halted", t->halted);
  program_output(p, "moves", program_sum(p, "moves", moves));
  program_output(p, "marks", program_sum(p, "marks", marks));
}

static void build(struct program *p, const fmpz *value) {
  const struct machine *m = &machines[value[0]];
  const fmpz zero = 0;
  size_id n = family_size(p, &task_turing, 1),
          steps = family_size(p, &task_turing, 2);
  struct composition l;
  value_id tape = first_tape(p, m, n);
  value_id carried[] = {tape, first_head(p, tape, n),
                        program_constant(p, "halted", scalar(), &zero, 1)};
  program_begin_loop(p, &l, "step", carried, 3, 0, steps);
  struct tape t = {l.argument[0], l.argument[1], l.argument[2]};
  value_id moves = step_of(p, m, &t, n), y[4];
  program_end(p, &l, (value_id[]){t.symbol, t.head, t.halted, moves}, 4, y);
  put_out(p, &(struct tape){y[0], y[1], y[2]}, y[3]);
}

static bool check(const fmpz *value, struct error *err) {
  const struct machine *m = &machines[value[0]];
  double reached = (double)(value[1] < 2 * value[2] ? value[1] : 2 * value[2]);
  double rungs = (double)(m->symbols * (m->states + 2));
  return task_check_wires(reached * (double)value[2] * rungs * 4 * rungs, err);
}

/* ---- The answer: one head on a tape, until it halts ---- */

static void answer(const fmpz *value, const fmpz *in, fmpz *out) {
  const struct machine *m = &machines[value[0]];
  long n = value[1], at = n / 2, state = 1, moves = 0;
  for (long i = 0; i < n; i++) {
    out[i] = in[i] < m->symbols ? in[i] : 0;
    out[n + i] = 0;
  }
  while (state <= m->states && moves < value[2]) {
    struct rule r = rule_of(m, state, out[at]);
    out[at] = r.write;
    at = (at + (r.is_right ? 1 : n - 1)) % n;
    state = r.next;
    moves++;
  }
  out[n + at] = state;
  out[2 * n] = state > m->states;
  out[2 * n + 1] = moves;
  out[2 * n + 2] = 0;
  for (long i = 0; i < n; i++)
    out[2 * n + 2] += out[i] != 0;
}

/* Mostly blank tapes with some written cells beside the head. */
static void draw(const fmpz *value, uint64_t *random, fmpz *in) {
  long n = value[1], symbols = machines[value[0]].symbols;
  uint64_t written = random_below(random, (uint64_t)n + 1);
  for (long i = 0; i < n; i++)
    in[i] = 0;
  for (uint64_t k = 0; k < written; k++)
    in[((uint64_t)n / 2 + k) % (uint64_t)n] =
        (long)random_below(random, (uint64_t)symbols);
}

const struct family task_turing = {
    .name = "turing",
    .about = "a Turing machine on a ring of cells, after some steps",
    .formula = "inner depth at most steps, plus one for wolfram; at most as "
               "many gates a cell and step as there are cells that differ",
    .parameters = {{"machine", "its table of rules", 3, 0, MACHINES - 1,
                    .is_size = false, .choices = names},
                   {"n", "cells; the head begins at number n/2", 16, 1, 100000,
                    .is_size = true},
                   {"steps", "steps", 8, 1, 1000000, .is_size = true}},
    .check = check,
    .build = build,
    .answer = answer,
    .complexity =
        {.class = "P-complete",
         .says =
             "for machine=minsky, which simulates any machine in polynomial "
             "time, and as many steps as cells, so it has no constant depth "
             "unless TC0 = P",
         .status = "conditional",
         .source = "Woods and Neary 2006"},
    .draw = draw,
};
