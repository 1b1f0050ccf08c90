/* log.h - the logarithm of an integer of any size */
#ifndef LOG_H
#define LOG_H

#include <math.h>

#include <gmp.h>

/* The natural one of z > 0; of 0 it is 0. */
static inline double log_z(const mpz_t z) {
  long e;
  double d = mpz_get_d_2exp(&e, z);
  return d > 0 ? log(d) + (double)e * log(2) : 0;
}

#endif
