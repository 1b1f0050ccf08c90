/* budget.h - the same number of steps as one chain, or as several and a vote

   A budget of B tokens is B/c chains of c steps each, and the answer most of
   them give, the least of equals. All inputs are as likely. A chain that has
   fewer steps than it needs has not read the rest of its input, and answers

     cut      what it has so far, as if nothing followed. All chains say the
              same, so that a vote changes nothing; or
     guess    what comes out if the rest, drawn evenly with random bits of its
              own, is what follows. That is a draw from how likely each answer
              is, given what was read, and no answer that knows no more is right
              more often than the likeliest one: that is where a vote of many
              ends.

   Exact, over all inputs and all random bits.

     struct budget b;
     if (!budget_init(&b, &source, tokens, &err)) ...
     ... b.splits.at[i].cut ...
     budget_clear(&b);  // in either case */
#ifndef BUDGET_H
#define BUDGET_H

#include "analysis/solver.h"

#include <gmp.h>

struct budget_split {
  long steps, chains; // steps * chains = tokens
  mpq_t cut;
  mpq_t guess, vote, limit; // one chain; all of them; the likeliest answer
};

struct budget {
  long needed, tokens;
  bool has_guess;                    // something is read as it goes
  ARRAY(struct budget_split) splits; // from one chain on
};

/* tokens = 0: as many as are needed. */
bool budget_init(struct budget *b, const struct source *s, long tokens,
                 struct error *err);
void budget_clear(struct budget *b);

#endif
