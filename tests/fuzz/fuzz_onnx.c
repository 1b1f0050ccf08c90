#include "compile/front/onnx.h"
#include "tests/compile/front/walk.h"
#include "tests/fuzz/fuzz.h"

/* The bytes as a model and as a tensor. What is accepted must keep the promises
   of onnx.h. */
void fuzz(const uint8_t *data, size_t n) {
  struct onnx_model m;
  struct onnx_tensor t;
  struct error err = {0};
  if (onnx_read_bytes(&m, data, n, &err))
    walk_model(&m);
  else
    fuzz_check_error(&err);
  onnx_clear(&m);
  if (onnx_tensor_read_bytes(&t, data, n, &err))
    walk_tensor(&t);
  else
    fuzz_check_error(&err);
  onnx_tensor_clear(&t);
}
