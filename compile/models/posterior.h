/* posterior.h - data that are points, and what is expected of them under noise

   Points m with weights w_m are the data x_0. Noise leaves of them, at an angle
   theta from 0 (nothing is lost) to pi/2 (all is),
     x = cos(theta) x_0 + sin(theta) z      z normal, coordinates independent
   What is expected of x_0 for a given x is a mean of the points, each weighted
   by w_m e^(score m): attention, with the points as keys and values, and
     score m = (cos <x, m> - cos^2 <m, m> / 2) / sin^2

   Words and units
     cell     of a lattice: an integer, unit * cell is the real number. */
#ifndef POSTERIOR_H
#define POSTERIOR_H

#include <stddef.h>
#include <stdio.h>

#include <mpfr.h>

enum {
  POSTERIOR_MOST_POINTS = 64,
  POSTERIOR_MOST_D = 2, // coordinates that are looked at together
  POSTERIOR_PRECISION = 256
};

struct points {
  size_t n;                                         // points
  unsigned d;                                       // coordinates
  long at[POSTERIOR_MOST_POINTS][POSTERIOR_MOST_D]; // cells
  long weight[POSTERIOR_MOST_POINTS];               // at least 1
};

/* Where a step of the way back to the data goes: a x + b E[x_0 | x]. */
struct posterior_step {
  mpfr_t cos, sin; // of theta
  mpfr_t a, b;
};

/* y[j * cells^d + state] = the nearest integer, half to even, to 2^guard
   times coordinate j of it, in cells, for every state: coordinate j of x is
   state / cells^j % cells - cells / 2. The unit is 8 / cells, so that x is from
   -4 to 4. */
void posterior_round(long *y, const struct points *p,
                     const struct posterior_step *step, size_t cells,
                     unsigned guard);

#endif
