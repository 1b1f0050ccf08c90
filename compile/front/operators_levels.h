/* operators_levels.h - between the files of quantised operators */
#ifndef OPERATORS_LEVELS_H
#define OPERATORS_LEVELS_H

#include "compile/front/operators.h"

/* Levels of a type of 8 or 16 bits; false with an error if it is another, or a
   number is wrong. The scale is that of an input. */
bool levels_quantiser(struct operator_call *n, size_t input, double scale,
                      double zero, enum onnx_type type, struct quantiser *q);
/* The same for what is dequantised. */
bool levels_check_scale(struct operator_call *n, size_t input, double scale);

#endif
