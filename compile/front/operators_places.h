/* operators_places.h - indices of elements, between gathering and scattering */
#ifndef OPERATORS_PLACES_H
#define OPERATORS_PLACES_H

#include "compile/front/operators.h"

/* Inputs 0 and 1, the second of indices; false with an error. */
bool places_inputs(struct operator_call *n, flow_id *x, flow_id *index);
/* Indices have the rank of the data, and no axis is longer but one. */
bool places_check(struct operator_call *n, const struct lengths *s,
                  const struct lengths *index, size_t axis);
/* [x == i] for each i < length, and [x == i - length] as indices < 0 count from
   the end: a new last axis, of bool. */
flow_id places_one_hot(struct flow *f, flow_id x, size_t length);
/* Where each of constant indices is in data of a shape, along an axis; the
   caller frees them. NULL with an error. */
uint32_t *places_of_elements(struct operator_call *n, const struct flow_node *c,
                             const struct lengths *s, size_t axis);

/* Data [batches.., rows.., columns..], indices [batches.., count.., size]. */
struct tuples {
  size_t batches, count; // tuples, of each batch
  size_t size;           // of a tuple
  size_t rows, columns;  // of each batch's data
  size_t dims[FLOW_MAX_RANK];
};

bool tuples_read(struct operator_call *n, const struct lengths *s,
                 const struct lengths *index, int64_t batch_dims,
                 struct tuples *t);
/* The row of each, of int64 [batches, count]: the sum of indices times strides,
   and of a stride times a length where an index is < 0. */
flow_id tuples_rows(struct operator_call *n, flow_id index,
                    const struct tuples *t);

#endif
