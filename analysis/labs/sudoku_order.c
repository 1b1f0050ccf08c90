#include "analysis/labs/words.h"
#include "compile/program/run.h"

enum {
  CELLS = 81,
  MOST_ROUNDS = 40
};

/* ---- 4x4: all grids, exactly ---- */

static const struct {
  const char *label, *line;
} order[] = {
    {"by place", "masked data=sudoku order=rows"},
    {"far apart", "masked data=sudoku order=far"},
    {"most confident first", "masked data=sudoku order=confident"},
};

static bool add_order(struct lab_run *r, size_t i, struct words *w,
                      struct error *err) {
  static const long rounds[] = {1, 2, 4, 8, 16};
  exhibit_curve(&r->e, order[i].label);
  for (size_t k = 0; k < 5; k++) {
    lab_progress(r, 5 * i + k, 15);
    if (!words_find(&w[k], r, order[i].line, rounds[k], err))
      return false;
    exhibit_row(&r->e, "%s|%ld|%.6g|%zu", order[i].label, rounds[k], w[k].legal,
                w[k].depth);
    exhibit_point(&r->e, (double)rounds[k], w[k].legal);
  }
  return true;
}

static bool all_grids(struct lab_run *r, struct error *err) {
  struct words w[3][5];
  size_t orders = r->is_quick ? 2 : 3;
  exhibit_table(&r->e, "4x4 grids by masked diffusion with exact marginals",
                "order|rounds|share of legal grids|inner depth");
  exhibit_panel(&r->e, "legal 4x4 grids against rounds", "rounds",
                "share of legal grids");
  for (size_t i = 0; i < orders; i++)
    if (!add_order(r, i, w[i], err))
      return false;
  exhibit_finding(&r->e, w[0][0].legal < 1e-6,
                  "all 16 cells at once: %.3g of the grids are legal",
                  w[0][0].legal);
  exhibit_finding(&r->e, w[0][4].legal == 1 && w[1][4].legal == 1,
                  "one cell after the other: all are, at depth %zu instead of "
                  "%zu",
                  w[0][4].depth, w[0][0].depth);
  exhibit_finding(&r->e, w[1][3].legal == 1 && w[0][3].legal < 0.1,
                  "two at a time: all if they are far apart, %.4f if they are "
                  "neighbours: which cells come together matters",
                  w[0][3].legal);
  return true;
}

/* ---- 9x9: rounds of singles ---- */

/* Without blanks among peers; from Wikipedia, "Sudoku"; drawn at random, and
   changed while it took more rounds: each with one solution. */
static const struct {
  const char *label, *cells;
} puzzle[] = {
    {"independent blanks",
     "53467.912.72195348198342.6785.76142342685379.713.248569.15372842874196.5"
     "3452.6179"},
    {"newspaper puzzle",
     "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5"
     "....8..79"},
    {"chained blanks",
     ".34......6.......8...3..5..8.97.1....2..537.....92.....6......4.....9..5"
     "...2..179"},
};

/* Cells that are blank after so many rounds. */
static bool find_blanks(const struct lab_run *r, const char *text, long rounds,
                        size_t *blanks, struct error *err) {
  struct gauge g;
  bool ok = gauge_open(&g, &r->options, err, "sudoku rounds=%ld", rounds);
  if (ok) {
    struct run run;
    fmpz in[CELLS], out[CELLS + 2] = {0};
    for (size_t i = 0; i < CELLS; i++)
      in[i] = text[i] == '.' ? 0 : text[i] - '0';
    run_init(&run, &g.s.instance);
    run_values(&run, in, out);
    run_clear(&run);
    *blanks = 0;
    for (size_t i = 0; i < CELLS; i++)
      *blanks += !out[i];
  }
  gauge_clear(&g);
  return ok;
}

/* *rounds: until nothing is blank. */
static bool solve(struct lab_run *r, size_t i, long *rounds,
                  struct error *err) {
  size_t first = 0, blanks = 1;
  exhibit_curve(&r->e, puzzle[i].label);
  for (*rounds = 0; blanks && *rounds <= MOST_ROUNDS; ++*rounds) {
    if (!find_blanks(r, puzzle[i].cells, *rounds, &blanks, err))
      return false;
    first = *rounds ? first : blanks;
    exhibit_point(&r->e, (double)*rounds, (double)blanks);
  }
  --*rounds;
  exhibit_row(&r->e, "%s|%zu|%ld|%zu|%ld", puzzle[i].label, first, *rounds,
              blanks, 2 * *rounds + 1);
  return true;
}

static bool some_puzzles(struct lab_run *r, struct error *err) {
  long rounds[3];
  exhibit_table(&r->e, "9x9 puzzles by rounds of singles",
                "puzzle|blanks|rounds|blanks left|inner depth");
  exhibit_panel(&r->e, "9x9 cells that are blank", "rounds of singles",
                "blank cells");
  for (size_t i = 0; i < 3; i++)
    if (!solve(r, i, &rounds[i], err))
      return false;
  exhibit_finding(&r->e, rounds[0] == 1 && rounds[1] <= 6,
                  "blanks that do not touch are filled in %ld round, a "
                  "newspaper's puzzle in %ld",
                  rounds[0], rounds[1]);
  exhibit_finding(&r->e, rounds[2] >= 3 * rounds[1],
                  "chained blanks take %ld rounds: each waits for the one "
                  "before it",
                  rounds[2]);
  return true;
}

static bool run(struct lab_run *r, struct error *err) {
  return all_grids(r, err) && some_puzzles(r, err);
}

const struct lab lab_sudoku_order = {
    .name = "sudoku-order",
    .title = "which cells are filled together decides what comes out",
    .claim = "A denoiser that fills a sudoku all at once fails where blanks "
             "depend on each other; most confident first, cell by cell, it "
             "succeeds.",
    .source = "Wewer et al. 2025; Liu et al. 2025",
    .shows = "The serial steps are those of the puzzle: cells that know of "
             "each other have to come one after the other, and others may come "
             "together. Of one size there are finitely many grids, so this is "
             "about dependent rounds and no statement about a class.",
    .run = run,
};
