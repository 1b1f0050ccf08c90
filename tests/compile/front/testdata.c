#include "tests/compile/front/testdata.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is_plain(enum onnx_type type) {
  return type == ONNX_FLOAT || type == ONNX_INT8 || type == ONNX_UINT8 ||
         type == ONNX_INT32 || type == ONNX_INT64 || type == ONNX_BOOL;
}

/* As many as there are files. */
static bool read_tensors(const char *folder, const char *what,
                         struct onnx_tensor *t, size_t *n, struct error *err) {
  char path[700];
  for (*n = 0; *n < TESTDATA_PORTS; ++*n) {
    snprintf(path, sizeof path, "%s/test_data_set_0/%s_%zu.pb", folder, what,
             *n);
    if (access(path, R_OK))
      return true;
    if (!onnx_tensor_read(&t[*n], path, err))
      return false;
  }
  return true;
}

static bool has_plain_ports(const struct testdata *t) {
  const struct onnx_graph *g = &t->onnx.graph;
  bool ok = onnx_opset(&t->onnx.opsets, "") >= 7;
  for (size_t i = 0; i < g->inputs.n; i++)
    ok &= is_plain(g->inputs.at[i].type);
  for (size_t i = 0; i < g->outputs.n; i++)
    ok &= is_plain(g->outputs.at[i].type);
  for (size_t i = 0; i < g->initializers.n; i++)
    ok &= is_plain(g->initializers.at[i].type);
  return ok;
}

bool testdata_read(struct testdata *t, const char *folder, struct error *err) {
  memset(t, 0, sizeof *t);
  snprintf(t->path, sizeof t->path, "%s/model.onnx", folder);
  return onnx_read(&t->onnx, t->path, err) &&
         (has_plain_ports(t) || error_set(err, 0, "types or opset")) &&
         read_tensors(folder, "input", t->in, &t->inputs, err) &&
         read_tensors(folder, "output", t->out, &t->outputs, err) &&
         (t->inputs == t->onnx.graph.inputs.n ||
          error_set(err, 0, "%zu inputs recorded of %zu", t->inputs,
                    t->onnx.graph.inputs.n));
}

void testdata_clear(struct testdata *t) {
  for (size_t i = 0; i < TESTDATA_PORTS; i++) {
    onnx_tensor_clear(&t->in[i]);
    onnx_tensor_clear(&t->out[i]);
  }
  onnx_clear(&t->onnx);
}

bool testdata_bind(const struct testdata *t, size_t k, bool *is_bound) {
  size_t n = t->inputs, last = n < 2 ? n : 2 * n - 1;
  for (size_t i = 0; i < n; i++)
    is_bound[i] = k < n ? i >= n - k : k == last || i != k - n + 1;
  return k <= last && (n || !k);
}
