/* mamba.h - what layers with a selective state space have in common

   Positions are told apart, so they are not folded: counting takes n^2. */
#ifndef MAMBA_H
#define MAMBA_H

#include "compile/models/weights.h"

struct mamba {
  struct program *p;
  struct weights weights;
  unsigned bits;
  long channels, states;
  size_id n, d, state;
  bool is_stepwise; // not in closed form: another function (mamba.c)
};

/* The softplus of sums / 2^shift, rounded, in quarters. */
value_id mamba_softplus(struct mamba *m, value_id sums, unsigned long shift);
/* Sums over states of C h, [n, d], where h decays with delta [n, d] and takes
   products of u [n, d] and B; both B and C are [n, state]. */
value_id mamba_scan(struct mamba *m, value_id delta, value_id u, value_id b,
                    value_id c);

#endif
