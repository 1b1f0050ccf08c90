/* literal.h - numbers as people write them

     if ((wrong = literal_integer(z, "-0x1f")))
       ... "'-0x1f' <wrong>" ...

   Both return NULL, or what is wrong with the text as the end of a sentence.
   Nothing may come before or after the number, not even blanks. */
#ifndef LITERAL_H
#define LITERAL_H

#include <stdio.h>

#include <gmp.h>

/* Decimal, 0x or 0b, with a sign or without, of at most 2^20 bits. O(n log^2 n)
   for n digits. */
const char *literal_integer(mpz_t z, const char *text);

/* Decimal, perhaps with a point and an exponent; rounded to nearest. Finite
   only. */
const char *literal_double(double *d, const char *text);

#endif
