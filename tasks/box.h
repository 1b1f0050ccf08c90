/* box.h - a ball between two walls, unfolded

   Mirrored at its walls the box 0..L is a circle of length 2L, on which a ball
   goes straight on. Where it is at time T is a function of x + v T mod 2L, for
   which weights of bits matter modulo 2L only. */
#ifndef BOX_H
#define BOX_H

#include "compile/program/operations.h"

/* w modulo 2 * length, in (-length..length]. */
long box_weight(const fmpz_t w, long length);
/* The place in the box 0..length of x, known to be in [least..most]. Depth 1, a
   gate for each value but one. */
value_id box_place(struct program *p, const char *name, value_id x, long length,
                   long least, long most);

#endif
