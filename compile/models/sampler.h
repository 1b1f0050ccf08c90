/* sampler.h - the arithmetic of a diffusion's chain on a lattice, exactly

   The data are points, and noise is added to them until nothing else is left;
   a chain of `steps` steps goes back from noise to data, by the angles of
   posterior.h, theta(t) = t / (steps + 1) * pi / 2 for t = steps, ..., 1. With
   c, s = cos, sin theta(t) and c', s' = cos, sin theta(t - 1), step t is

     x' = a x + b E[x_0 | x] + r z                 z normal
     ddpm: a = c s'^2 / (c' s^2)                   b = (c'^2 - c^2) / (c' s^2)
           r = s' / s * sqrt(1 - c^2 / c'^2)
     ode:  a = s' / s    b = c' - a c    r = 0

   Step 1 ends at E[x_0 | x], without noise.

   On the lattice every coordinate is an integer of `bits` bits, a cell, for
   cell * 8 / 2^bits. Tables hold M = 2^guard (a x + b E[x_0 | x]), in cells,
   and Z = 2^guard r z, where z is one of 2^random quantiles; both rounded to
   the nearest, half to even (MPFR). A step is

     x' = (M + Z) / 2^guard      rounded alike, and clipped to `bits` bits

   The chain starts at the cells next to 2^start quantiles, as if all were lost
   by then. So all of it is integers, and how likely a cell is, a multiple of a
   power of two.

   With an input of n bits the weights of the points are as given, or in reverse
   order: two classes, 1 and 0. The class is the majority of the bits, or what
   n rounds of Rule 110 make of the first, in a loop. */
#ifndef SAMPLER_H
#define SAMPLER_H

#include "compile/models/posterior.h"
#include "compile/models/quantiles.h"

#include <stdbool.h>

#include <flint/fmpz.h>

enum {
  SAMPLER_MOST_STEPS = 4096
};

struct sampler {
  long d;       // coordinates
  bool is_ring; // they are looked at together; else each by itself
  bool is_ode, has_tokens;
  bool is_looped; // what finds the class
  unsigned bits, guard, random, start;
  long n;               // bits of input, or 0
  size_t cells, states; // 2^bits, and what one posterior looks at
  unsigned together;    // coordinates of a state
  unsigned classes;
  struct points points[2]; // of a class
  struct quantiles of_start, of_noise;
};

/* Of model_sampler's parameters, checked. */
void sampler_init(struct sampler *s, const fmpz *value);
void sampler_clear(struct sampler *s);
/* The points of class 0; false if two are in one cell. */
bool sampler_points(struct points *p, const fmpz *value);

/* The cell of x at which the chain starts. */
long sampler_start(const struct sampler *s, size_t i);

/* The tables of one step. */
struct sampler_step {
  long *mean;  // [class][coordinate of a state][state]
  long *noise; // [2^random]; NULL: none
};
void sampler_step_init(struct sampler_step *k, const struct sampler *s,
                       long steps, long t);
void sampler_step_clear(struct sampler_step *k);
long sampler_mean(const struct sampler *s, const struct sampler_step *k,
                  unsigned class, unsigned j, size_t state);

/* x / 2^guard to the nearest cell, half to even; and the cell after a step.
 */
long sampler_round(const struct sampler *s, long x);
long sampler_move(const struct sampler *s, long mean, long noise);
/* A state of cells x[together], and back. */
size_t sampler_state(const struct sampler *s, const long *x);
void sampler_cells(const struct sampler *s, size_t state, long *x);
/* The point next to a state, the first of equals. */
size_t sampler_token(const struct sampler *s, size_t state);

#endif
