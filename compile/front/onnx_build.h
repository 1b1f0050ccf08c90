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

/* Of its raw data, and of a list that is not raw. */
size_t onnx_tensor_bytes(const struct onnx_tensor *t);
size_t onnx_tensor_entries(const struct onnx_tensor *t);

/* Where in another file the data of a tensor are; NULL where it is not said. */
struct onnx_place {
  const char *file, *offset, *length;
};

/* Of a model's tensor whose type and shape are known, into t->data. `path` is
   the model's, NULL if it has none. */
bool onnx_read_place(struct onnx_model *m, const char *path,
                     const struct onnx_place *place, struct onnx_tensor *t,
                     struct error *err);

/* Elements that are no value of the tensor's type, or beyond 2^63 - 1. */
bool onnx_check_elements(const struct onnx_tensor *t, struct error *err);

/* "tensor 'w'", or "the tensor" if it has no name. */
struct onnx_shown onnx_show_tensor(const char *name);

#endif
