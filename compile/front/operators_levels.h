/* operators_levels.h - between the files of quantised operators */
#ifndef OPERATORS_LEVELS_H
#define OPERATORS_LEVELS_H

#include "compile/front/operators.h"

/* Levels of a type of 8 or 16 bits; false with an error if it is another, or a
   number is wrong. */
bool levels_quantiser(struct operator_call *n, double scale, double zero,
                      enum onnx_type type, struct quantiser *q);

#endif
