/* flow_parts.h - between the files of flow.h */
#ifndef FLOW_PARTS_H
#define FLOW_PARTS_H

#include "compile/front/flow.h"

/* A node of n operands, or what it is, if all are constants. */
flow_id flow_add(struct flow *f, struct flow_node node, const flow_id *x,
                 size_t n);
/* Else an error. */
bool flow_have_one_type(struct flow *f, flow_id a, flow_id b);
/* y[shape.n] = the node's elements in real numbers, from those of its operands,
   of which operand i has n[i]. Not for inputs and constants. False if one is
   not defined. */
bool flow_evaluate(const struct flow_node *node, const double *const *operand,
                   const size_t *n, double *y);
/* A constant that moves elements of x: what of its levels moves along. */
void flow_move_levels(struct flow *f, struct flow_node *node,
                      const struct flow_node *x);
/* The place along an axis of element i. */
size_t lengths_along(const struct lengths *s, size_t axis, size_t i);
/* Integers of 2^width, as the type has them. */
int64_t flow_wrap(enum onnx_type type, int64_t x);

#endif
