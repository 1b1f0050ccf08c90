/* denoise.h - a diffusion that a line names, in labs

     struct diffusion k;
     bool ok = denoise(&k, r, "sampler d=4", steps, n, err);
     diffusion_clear(&k); // in either case */
#ifndef DENOISE_H
#define DENOISE_H

#include "analysis/diffusion.h"
#include "analysis/labs/lab.h"

/* The line without steps=, at these numbers of them, ascending; for epsilon
   0.1, 0.05 and 0.01. */
bool denoise(struct diffusion *k, const struct lab_run *r, const char *line,
             const long *steps, size_t n, struct error *err);

#endif
