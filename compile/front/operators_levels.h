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

/* 0..255 from the least to the greatest element of reals x, 0 among them: y and
   zero are of uint8. */
struct dynamic_levels {
  flow_id y, scale, zero;
};
struct dynamic_levels levels_dynamic(struct flow *f, flow_id x);

#endif
