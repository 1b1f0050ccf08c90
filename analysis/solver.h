/* solver.h - a task solved step by step, as a table of what each step does

   A step is the task's own answer for one step (family.h): of a word one
   letter, of an automaton one round, of a chain of products one factor. A token
   is a step.

     word                  states are products so far, letters are read
     rule                  states are rows; nothing is read after the start
     dag kind=products     states are products so far, factors are read */
#ifndef SOLVER_H
#define SOLVER_H

#include "analysis/source.h"

enum {
  SOLVER_MOST_STATES = 1 << 16, // if nothing is read
  SOLVER_MOST_STEPS = 4096,
  SOLVER_MOST_READ = 128, // states and letters of others
  SOLVER_MOST_TOKENS = 32
};

struct solver {
  size_t states, letters; // letters: 1 if nothing is read
  long steps;             // that it needs
  size_t starts;          // it starts in state 0, ..., starts - 1, as often
  uint32_t *next;         // [state * letters + letter]
  uint32_t *answer;       // [state]
};

/* An error if the source is no such task, or has too many states or steps. */
bool solver_init(struct solver *v, const struct source *s, struct error *err);
void solver_clear(struct solver *v);

#endif
