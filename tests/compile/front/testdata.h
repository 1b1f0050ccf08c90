/* testdata.h - a recorded case: a model, the tensors that it was given, and
   those that it made

   A case is a folder with model.onnx and test_data_set_0/{input,output}_K.pb.
   Some of its inputs are the circuit's; the others are bound, as constants. */
#ifndef TESTDATA_H
#define TESTDATA_H

#include "compile/front/onnx.h"

#define TESTDATA_PORTS 32

struct testdata {
  char path[600]; // of model.onnx
  struct onnx_model onnx;
  struct onnx_tensor in[TESTDATA_PORTS], out[TESTDATA_PORTS];
  size_t inputs, outputs; // that were recorded
};

/* False if the case is not one that the project can have: opset below 7, values
   that are no tensors, types but float32, int8, uint8, int32, int64 and bool;
   or if it cannot be read, with a message. */
bool testdata_read(struct testdata *t, const char *folder, struct error *err);
void testdata_clear(struct testdata *t);

/* The k-th attempt to choose inputs that are bound, of [inputs]; false if there
   are no more. First none, then the last 1, 2, ..., then all but 1, 2, ...,
   then all. */
bool testdata_bind(const struct testdata *t, size_t k, bool *is_bound);

#endif
