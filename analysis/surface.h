/* surface.h - an exact formula in two parameters for points

     struct surface f;
     if (surface_find(&f, (const char *[]){"n", "m"}, at, y, points))
       puts(f.formula); // "1/2*m^2 + n*m^2"
     surface_clear(&f); // in either case

   Sums of products of powers of both, up to SURFACE_POWER, and of at most the
   first power of their logarithms, ceil(log2(n)), those of few terms first. As
   of fit.h: it passes through all points, has FIT_SPARE fewer terms than there
   are points, and fewer for each parameter than that has values. It is read off
   points, and no proof. */
#ifndef SURFACE_H
#define SURFACE_H

#include "analysis/fit.h"

enum {
  SURFACE_POWER = 3,
  SURFACE_POINTS = 4000 // of more, no formula is sought
};

struct surface {
  char *formula; // NULL: none was found
  size_t terms;  // points needed to find it
};

bool surface_find(struct surface *f, const char *const name[2], long (*at)[2],
                  const fmpz *y, size_t points);
void surface_clear(struct surface *f);

#endif
