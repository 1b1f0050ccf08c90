/* fit.h - an exact formula for points

     struct fit f;
     if (fit_find(&f, "n", n, y, points))
       puts(f.formula); // "1/2*n^2 - 1/2*n"
     fit_clear(&f);     // in either case

   Sums of powers of n, of L = ceil(log2(n)), products of both, 2^n, and n mod
   q, with rational coefficients, are tried, those of few terms first. One that
   passes through all points is taken if it has FIT_SPARE fewer terms than there
   are points: so it was not made for them alone. It is read off points, and no
   proof of anything.

   Small n are often unlike the others: up to a third of the points, the first,
   are left out where no formula goes through all. */
#ifndef FIT_H
#define FIT_H

#include <stdbool.h>
#include <stddef.h>

#include <flint/fmpz.h>

#define FIT_SPARE 3 // points, at least, beyond those that a formula needs

enum fit_growth {
  FIT_CONSTANT,
  FIT_LOGARITHMIC, // a polynomial in L
  FIT_LINEAR,
  FIT_POLYNOMIAL, // of degree >= 2, or with logarithms or residues
  FIT_OTHER,      // exponential
  FIT_NONE
};

/* "constant", ... */
extern const char *const fit_growth_names[];

struct fit {
  enum fit_growth growth;
  unsigned degree; // the greatest power of n
  char *formula;   // NULL: none was found
  long from;       // it holds from here on
  size_t terms;    // points needed to find it
  size_t points;   // through which it goes
};

/* n ascending. */
bool fit_find(struct fit *f, const char *name, const long *n, const fmpz *y,
              size_t points);
void fit_clear(struct fit *f);

#endif
