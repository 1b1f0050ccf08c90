/* rounds.h - whether the rounds of a loop make the same, one after the other

   What a round makes depends on the numbers that it is given. If these read
   ladders of the round before as those given to that one did of the round
   before it, with the same tables, weights and ranges, both make the same, and
   so does every round after them.

     struct rounds *same = rounds_new(r, s, carried);
     ... // a round, whose ladders begin at `from`
     rounds_add(same, from);
     if (rounds_are_same(same)) ...
     rounds_free(same); */
#ifndef ROUNDS_H
#define ROUNDS_H

#include "compile/program/reading.h"

struct rounds;

/* Of loop step s, whose first results are carried on. */
struct rounds *rounds_new(struct reading *r, const struct step *s,
                          size_t carried);
void rounds_free(struct rounds *k);
/* Ladders from `from` on are the round's. */
void rounds_add(struct rounds *k, ladder_id from);
/* Of the last two rounds added. */
bool rounds_are_same(const struct rounds *k);

#endif
