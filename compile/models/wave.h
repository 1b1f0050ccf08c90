/* wave.h - a time as sines and cosines of many lengths

   Element i of the first half of n is sin(t / 10000^(i / half)), that of the
   second half the cosine, times `most`, to the nearest integer. Depth 1, at
   most 2^tbits - 1 gates an element; free where t is one ladder. */
#ifndef WAVE_H
#define WAVE_H

#include "compile/program/operations.h"

/* [n] of t [1], of `tbits` bits. */
value_id wave_embedding(struct program *p, value_id t, size_t n, unsigned tbits,
                        long most);

#endif
