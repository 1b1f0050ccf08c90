/* curve_parts.h - between the files of curve.h */
#ifndef CURVE_PARTS_H
#define CURVE_PARTS_H

#include "compile/front/curve.h"

/* at[0..c->n] = the registers, where the integer is in `base`. */
void curve_registers(const struct curve *c, size_t place, struct interval base,
                     struct interval *at);

#endif
