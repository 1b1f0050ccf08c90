#include "compile/front/checkpoint.h"
#include "compile/front/config.h"
#include "compile/front/flow_run.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

/* Runs are of what is there: few nodes, with few elements each. */
enum {
  MOST_RUN = 1 << 18
};

static void run(const struct checkpoint *k, const struct flow *f) {
  size_t inputs = 0, elements = 0;
  struct flow_run r;
  for (size_t i = 0; i < k->inputs.n; i++)
    inputs += flow_shape(f, k->inputs.at[i].flow)->n;
  for (size_t i = 0; i < f->nodes.n; i++)
    elements += f->nodes.at[i]->shape.n;
  if (!k->inputs.n || !k->outputs.n)
    abort();
  if (elements > MOST_RUN)
    return;
  double *in = xcalloc(inputs + 1, sizeof *in);
  flow_run_init(&r, f);
  flow_run_values(&r, in);
  flow_run_clear(&r);
  free(in);
}

static void build(struct checkpoint *k) {
  struct flow f;
  struct error err = {0};
  bool is_second = k->a.kind == ARCHITECTURE_ENCODER_DECODER;
  flow_init(&f, &err);
  if (checkpoint_build(k, &f, k->a.kind == ARCHITECTURE_DENOISER ? 0 : 3,
                       is_second ? 2 : 0))
    run(k, &f);
  else
    fuzz_check_error(&err);
  flow_clear(&f);
}

/* The length of a header and its newline, which a fuzzer would not often guess,
   goes before it. */
static void read(const struct json *config, const uint8_t *data, size_t n) {
  const uint8_t *end = n ? memchr(data, '\n', n) : NULL;
  size_t length = end ? (size_t)(end - data) + 1 : 0;
  uint8_t *file = xmalloc(n + 8);
  struct checkpoint k;
  struct error err = {0};
  for (unsigned i = 0; i < 8; i++)
    file[i] = (uint8_t)(length >> 8 * i);
  if (n)
    memcpy(file + 8, data, n);
  if (checkpoint_read(&k, config, file, n + 8, &err))
    build(&k);
  else
    fuzz_check_error(&err);
  checkpoint_clear(&k);
  free(file);
}

/* Lines: the config, the header of the weights, and their data. */
void fuzz(const uint8_t *data, size_t n) {
  const uint8_t *end = n ? memchr(data, '\n', n) : NULL;
  size_t length = end ? (size_t)(end - data) : n;
  struct json *root;
  struct error err = {0};
  if (json_read_bytes(&root, data, length, CONFIG_MAX_BYTES, &err))
    read(root, data + length + !!end, n - length - !!end);
  else
    fuzz_check_error(&err);
  json_free(root);
}
