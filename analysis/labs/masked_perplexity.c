#include "analysis/labs/words.h"

enum {
  PARITY,
  PERMUTATIONS,
  SUDOKU,
  MOST_CELLS = 16
};

static const struct {
  const char *label, *line;
  long cells;
} data[] = {
    {"even parity, 8 bits", "masked data=parity n=8", 8},
    {"permutations of 5", "masked data=permutations n=5", 5},
    {"4x4 sudoku", "masked data=sudoku order=far", MOST_CELLS},
};

/* After each number of rounds, from 1; in a quick run of powers of two. */
static bool add(struct lab_run *r, size_t i, struct words *w,
                struct error *err) {
  exhibit_curve(&r->e, data[i].label);
  for (long steps = 1; steps <= data[i].cells; steps++, w++) {
    lab_progress(r, (uint64_t)steps, (uint64_t)data[i].cells);
    if (r->is_quick && i == SUDOKU && steps & (steps - 1))
      continue;
    if (!words_find(w, r, data[i].line, steps, err))
      return false;
    exhibit_row(&r->e, "%s|%ld|%.6g|%.4f|%.4f|%zu", data[i].label, steps,
                w->legal, w->perplexity, w->least, w->depth);
    exhibit_point(&r->e, (double)steps / (double)data[i].cells,
                  w->perplexity / w->least);
  }
  return true;
}

/* Half of the rounds, and all, of words with many small relations. */
static void find_settled(struct lab_run *r, const struct words *w) {
  const struct words *half = &w[MOST_CELLS / 2 - 1], *all = &w[MOST_CELLS - 1];
  exhibit_finding(&r->e,
                  half->perplexity < 1.02 * all->perplexity &&
                      w->perplexity > 2 * all->perplexity,
                  "sudoku: perplexity falls from %.3f to %.3f in half of the "
                  "rounds, and to %.3f in all, at twice the depth",
                  w->perplexity, half->perplexity, all->perplexity);
  exhibit_finding(&r->e,
                  w[3].perplexity < 1.15 * all->perplexity && w[3].legal < 0.5,
                  "sudoku: after 4 rounds perplexity is %.3f, and yet only "
                  "%.3f of the grids are legal",
                  w[3].perplexity, w[3].legal);
}

/* Of words with one relation of all cells. */
static void find_blind(struct lab_run *r, const struct words *w) {
  bool is_half = true;
  for (int i = 0; i < 7; i++)
    is_half = is_half && w[i].legal == 0.5;
  exhibit_finding(&r->e,
                  is_half && w[7].legal == 1 &&
                      w->perplexity < 1.1 * w[7].perplexity,
                  "parity: half of the words are wrong until the last of 8 "
                  "rounds, and perplexity goes from %.3f to %.3f alone",
                  w->perplexity, w[7].perplexity);
}

static bool run(struct lab_run *r, struct error *err) {
  struct words w[MOST_CELLS];
  exhibit_table(&r->e, "perplexity of a cell after so many rounds",
                "data|rounds|legal|perplexity|least|depth");
  exhibit_panel(&r->e, "perplexity against rounds", "rounds / cells",
                "perplexity / that of the data");
  if (!add(r, PARITY, w, err))
    return false;
  find_blind(r, w);
  if (!add(r, PERMUTATIONS, w, err))
    return false;
  if (!add(r, SUDOKU, w, err))
    return false;
  find_settled(r, w);
  return true;
}

const struct lab lab_masked_perplexity = {
    .name = "masked-perplexity",
    .title = "perplexity settles in few rounds, and says little of relations",
    .claim = "Masked diffusion of text has nearly the perplexity of 1024 steps "
             "after 32: more steps hardly improve it.",
    .source = "Austin et al. 2021; Liu 2025",
    .shows = "With exact marginals perplexity falls to near its least in a "
             "few rounds where relations are small and many, and says little "
             "of a relation among all cells, which needs them one by one. It "
             "is computed here from the exact law of what comes out, for words "
             "of 5 to 16 cells, and not for text.",
    .run = run,
};
