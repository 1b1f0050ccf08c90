/* wrap.h - a program as one step of a longer one

   chain    the program again and again, each time on what came out before
   vote     the program on the same inputs many times, and what most say

   Random inputs (program_input_random()) are other ones each time: they get a
   first axis. Both change the program itself: instances of it are of no use
   afterwards. `once` is the circuit of the program as it is, whose buses say
   what suits what; where something does not, the program stays as it is.

   Depth  of a chain: that of the program in each round; of a vote: one level
          more than the program. */
#ifndef WRAP_H
#define WRAP_H

#include "circuit/circuit.h"
#include "circuit/error.h"
#include "compile/program/program.h"

#include <flint/fmpz.h>

#define VOTE_MAX_WIDTH 10

/* Output i becomes input i of those that are not random, as a number; further
   inputs are the same in all rounds. */
bool program_chain(struct program *p, const struct circuit *once,
                   size_id rounds, struct error *err);

/* Of outputs that are bits the majority of each: 1 if more than half are. Of
   integers, of 2 to VOTE_MAX_WIDTH bits, the one that most replicas give, the
   least of equals. */
bool program_vote(struct program *p, const struct circuit *once,
                  size_id replicas, struct error *err);

/* Input i becomes a constant, of n integers, or bits if it is of bits: those of
   its value. */
void program_wire(struct program *p, size_t input, const fmpz *at, size_t n);

#endif
