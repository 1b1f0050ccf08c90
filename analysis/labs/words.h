/* words.h - masked diffusions in labs: what so many rounds give, exactly */
#ifndef WORDS_H
#define WORDS_H

#include "analysis/labs/lab.h"

struct words {
  size_t cells, depth; // inner
  double legal;        // the share of legal words
  double perplexity;   // of a cell: 2^(cross entropy / cells)
  double least;        // that of the data: words^(1 / cells)
};

/* "masked data=..." with steps=. */
bool words_find(struct words *w, const struct lab_run *r, const char *line,
                long steps, struct error *err);

#endif
