/* learned.h - a diffusion whose noise a model predicts, by sampling

   The model was trained with `trained` steps of noise, as Ho, Jain and Abbeel
   (2020) have it: of 1000 steps, beta goes evenly from 0.0001 to 0.02; of fewer
   it is as many times larger. It gets x and the number of a step from 0 on, and
   gives the noise in x. A chain of fewer steps takes some of them, evenly.

   There is no data to compare with, so the distance is to the chain of all
   steps, over cells of length 1, by samples: with probability 0.95 it is in an
   interval, which holds for any two laws (McDiarmid's inequality).

   All of it is in doubles, as the model's file has it. */
#ifndef LEARNED_H
#define LEARNED_H

#include "compile/front/model.h"

enum {
  LEARNED_MOST_D = 2,
  LEARNED_CELLS = 6 // of each coordinate, from -3 to 3, and beyond
};

struct learned {
  const struct model *m;
  size_t d;
  long trained;
  size_t samples;
  uint64_t seed;
  double *left; // [trained]: of the signal after so many steps and one
};

/* It takes at most LEARNED_MOST_D real numbers and one integer, and gives as
   many real numbers. */
bool learned_suits(const struct model *m);
void learned_init(struct learned *l, const struct model *m, long trained,
                  size_t samples, uint64_t seed);
void learned_clear(struct learned *l);

struct learned_counts {
  size_t at[LEARNED_CELLS * LEARNED_CELLS];
};
/* Samples of a chain of so many steps, of 1..trained; `which` numbers samples
   that are independent. False if the model has no value somewhere. */
bool learned_sample(struct learned_counts *n, const struct learned *l,
                    long steps, uint64_t which);

struct learned_distance {
  double sampled, low, high;
};
struct learned_distance learned_compare(const struct learned *l,
                                        const struct learned_counts *a,
                                        const struct learned_counts *b);

#endif
