/* rule_form.h - some steps of an elementary cellular automaton as a table of
   one weighted sum of cells

   The cell after k steps is a function of 2k + 1 cells. It is a table of their
   sum with powers of two as weights; other weights, under which sums fall
   together where the function agrees, often have fewer changes in the table,
   and each change is a gate. */
#ifndef RULE_FORM_H
#define RULE_FORM_H

#include <stddef.h>

enum {
  RULE_MOST_MERGED = 6,
  RULE_MOST_CELLS = 2 * RULE_MOST_MERGED + 1
};

struct rule_form {
  size_t cells;                 // 2k + 1
  long weight[RULE_MOST_CELLS]; // the rightmost cell's first
  long least;                   // the sum at table[0]
  size_t n;                     // values
  long *table;                  // the cell after the steps
  size_t changes;               // between neighbours in the table
};

/* The form of k steps of a rule with the fewest changes found: of all weights
   up to 4 where k = 1; else at most 2^(2k + 1) - 1. */
void rule_form_init(struct rule_form *f, long number, unsigned steps);
void rule_form_clear(struct rule_form *f);

#endif
