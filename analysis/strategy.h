/* strategy.h - the same program in more levels and fewer gates

   Steps whose operation has most_levels, such as functions of one number, can
   be made in several levels, each finding some bits of the value. Which are, is
   decided by counting:

     depth     in more than one level only where the whole does not get deeper
     balanced  then, again and again, where gates and wires fall most for a
               level, up to 3/2 of the least depth
     size      the same without a limit, as long as gates fall

   or without:

     split     all of them in three levels, or as many as they have: for what
   has so many gates in one that nobody would count them

     struct strategy s;
     if (!strategy_find(&s, &instance, STRATEGY_BALANCED, &err)) ...
     instance.levels = s.levels;
     strategy_clear(&s);

   A program that cannot be counted is made for each choice that is tried, so
   its circuit must fit. Cost   a count for each site and each level it may
   have, each time one is taken. */
#ifndef STRATEGY_H
#define STRATEGY_H

#include "circuit/error.h"
#include "compile/program/instance.h"

enum strategy_kind {
  STRATEGY_DEPTH,
  STRATEGY_BALANCED,
  STRATEGY_SIZE,
  STRATEGY_SPLIT,
  STRATEGIES
};

extern const char *const strategy_names[STRATEGIES];

struct strategy_point { // inner depth and gates, on the way
  size_t depth;
  mpz_t gates, wires;
};

struct strategy {
  unsigned char *levels;               // [step_id] of the program
  size_t n;                            // steps
  ARRAY(struct strategy_point) points; // none has more gates than one before it
};

bool strategy_find(struct strategy *s, const struct instance *in,
                   enum strategy_kind kind, struct error *err);
void strategy_clear(struct strategy *s);

#endif
