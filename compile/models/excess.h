/* excess.h - what the weight of an expert has above 1

   Of scores of `bits` bits, activations: z - 1 for z at least 1, and the
   nearest integer to most * exp(s), with most = 2^(bits - 1) - 1 and s the
   score less the greatest there is. A function of one ladder, so free. */
#ifndef EXCESS_H
#define EXCESS_H

#include "compile/program/operations.h"

value_id excess_of_scores(struct program *p, value_id scores, unsigned bits);

#endif
