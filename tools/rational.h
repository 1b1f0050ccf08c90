/* rational.h - exact numbers on command lines and in reports */
#ifndef RATIONAL_H
#define RATIONAL_H

#include "tools/command.h"

#include <gmp.h>

/* The value of an option: "1/8", "0.05" or "2^-20", of 0 < q < 1; unless it is
   absent, and q stays. */
bool option_rational(const struct arguments *a, const char *name, mpq_t q,
                     struct error *err);
/* To nearest, where mpq_get_d() rounds towards 0. */
double rational_double(const mpq_t q);
/* "3/16 = 0.1875", or the decimal alone where the fraction is long. */
void rational_print(const mpq_t q);

#endif
