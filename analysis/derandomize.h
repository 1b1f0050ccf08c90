/* derandomize.h - seeds for replicas whose majority is right for every input

   By the method of conditional expectations (Raghavan 1988; Spencer 1987): each
   replica gets the seed for which the sum over all inputs of the probability
   that the majority errs, if the seeds still to come were drawn, is least.
   Where that sum is below 1 before the first, it is in the end, when it is the
   number of wrong inputs: so k of vote_replicas_union() always do, and far
   fewer are tried first. Seeds are taken from all, or from DERANDOMIZE_SEEDS
   drawn ones.

     struct derandomizing d;
     if (!derandomize(&d, &source, &chances, 0, &err)) ...
     ... d.k, d.seed[i] ...
     derandomizing_clear(&d);

   Cost  k * seeds * inputs for each k tried. */
#ifndef DERANDOMIZE_H
#define DERANDOMIZE_H

#include "analysis/chances.h"

#define DERANDOMIZE_SEEDS 4096

struct derandomizing {
  unsigned long k;     // replicas, odd
  unsigned long bound; // that the union bound asks for
  uint64_t *seed;      // [k]
};

/* replicas = 0: the least odd k for which this finds seeds; else that many. An
   error if an input is wrong for half of the seeds or more, or so many replicas
   are not enough. */
bool derandomize(struct derandomizing *d, struct source *s,
                 const struct chances *chances, unsigned long replicas,
                 struct error *err);
/* The random inputs of "vote:" of the same source with d->k replicas become
   these seeds; its circuit must not have been made. */
bool derandomizing_wire(const struct derandomizing *d, struct source *voted,
                        struct error *err);
/* Inputs for which the circuit, which has no random ones, is not right. */
uint64_t derandomizing_check(const struct circuit *c,
                             const struct chances *chances);
void derandomizing_clear(struct derandomizing *d);

#endif
