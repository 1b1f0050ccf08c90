/* denoise.h - a diffusion that a line names, in labs

     struct diffusion k;
     bool ok = denoise(&k, r, "sampler d=4", steps, n, err);
     diffusion_clear(&k); // in either case */
#ifndef DENOISE_H
#define DENOISE_H

#include "analysis/diffusion.h"
#include "analysis/labs/lab.h"

/* 0.05, 0.1 and 0.01; the first is that of growth and premises. */
extern const double denoise_epsilon[3];

/* The line without steps=, at these numbers of them, ascending; for each
   epsilon. */
bool denoise(struct diffusion *k, const struct lab_run *r, const char *line,
             const long *steps, size_t n, struct error *err);

/* Of a number of steps that was asked for. */
const struct diffusion_point *denoise_point(const struct diffusion *k,
                                            long steps);
double denoise_distance(const struct diffusion *k, long steps);

/* From so many steps on it is within epsilon i, to the last that was tried; 0:
   it is not. */
long denoise_enough(const struct diffusion *k, size_t i);

/* Distance against steps, in the last panel. */
void denoise_curve(struct lab_run *r, const char *label,
                   const struct diffusion *k);

#endif
