/* formula.h - polynomials in the parameters of a program

   What certify derives is a polynomial with exact integers, in the parameters
   and in the sizes that are none themselves, floor(a/b) and ceil(log2(a)).

     struct formulas f;
     formulas_init(&f, &p);
     fmpz_mpoly_t n;
     fmpz_mpoly_init(n, f.ring);
     formula_size(&f, n, size);
     char *text = formula_text(&f, n); // "7*layers+1"; free() it

   Sizes are taken to be at least 0, parameters to be in their ranges. */
#ifndef FORMULA_H
#define FORMULA_H

#include "compile/program/program.h"

#include <flint/fmpz_mpoly.h>

struct formulas {
  const struct program *program;
  fmpz_mpoly_ctx_t ring;  // parameters in their order, then what is opaque
  ARRAY(size_id) opaque;  // sizes
  ARRAY(char *) variable; // how they are written
};

void formulas_init(struct formulas *f, const struct program *p);
void formulas_clear(struct formulas *f);

void formula_size(const struct formulas *f, fmpz_mpoly_t r, size_id s);
/* a <= b for all parameters: true only if b - a, written in what parameters
   are above their least values, has no negative coefficient. */
bool formula_is_at_most(const struct formulas *f, const fmpz_mpoly_t a,
                        const fmpz_mpoly_t b);
bool formula_is_at_least_0(const struct formulas *f, const fmpz_mpoly_t a);
/* r = the greater, where that is known, else their sum; both are >= 0. */
void formula_max(const struct formulas *f, fmpz_mpoly_t r, const fmpz_mpoly_t a,
                 const fmpz_mpoly_t b);
/* The caller frees it. */
char *formula_text(const struct formulas *f, const fmpz_mpoly_t a);
/* How a, which is at least 0, grows at most with one parameter, others held:
   its greatest powers without factors, "n^2" or "n+ceil(log2(n))"; "1" if not
   at all. The caller frees it. */
char *formula_growth(const struct formulas *f, const fmpz_mpoly_t a,
                     size_t parameter);
/* Whether that is at most a power of its logarithm: *logs is the power, 0 if a
   does not grow at all. */
bool formula_is_polylog(const struct formulas *f, const fmpz_mpoly_t a,
                        size_t parameter, unsigned long *logs);
/* For values of the parameters; false if a size has none. */
bool formula_value(const struct formulas *f, fmpz_t value, const fmpz_mpoly_t a,
                   const long *parameter);

#endif
