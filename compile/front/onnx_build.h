/* onnx_build.h - what the files that read models share */
#ifndef ONNX_BUILD_H
#define ONNX_BUILD_H

#include "compile/front/onnx.h"

/* The value of that name is not there yet. */
value_id onnx_add_value(struct onnx_graph *g, const char *name,
                        enum onnx_value_kind kind, size_t at);

/* Bring the nodes into an order in which all values are made before they are
   used, the file's own where it is one. Fails on a cycle. O(nodes + uses). */
bool onnx_sort(struct onnx_graph *g, struct error *err);

void onnx_graph_clear(struct onnx_graph *g);

/* Where the elements of a type are if they are not raw. */
enum onnx_storage onnx_type_storage(enum onnx_type type);

/* Elements that are no value of the tensor's type, or beyond 2^63 - 1. */
bool onnx_check_elements(const struct onnx_tensor *t, struct error *err);

/* "tensor 'w'", or "the tensor" if it has no name. */
struct onnx_shown onnx_show_tensor(const char *name);

#endif
