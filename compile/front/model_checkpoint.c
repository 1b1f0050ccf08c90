/* A checkpoint's flow, and its ports. */
#include "compile/front/checkpoint.h"
#include "compile/front/model.h"

#include <string.h>

static void add_input(struct model *m, const struct checkpoint_port *from) {
  const struct flow_node *x = flow_get(&m->flow, from->flow);
  struct model_port in = {.name = xstrdup(from->name),
                          .type = x->type,
                          .file = m->inputs.n,
                          .flow = from->flow,
                          .n = x->shape.n,
                          .levels = {.scale = 1, .hi = from->most},
                          .is_real = x->type == ONNX_FLOAT};
  array_push(&m->inputs, in);
}

static void add_output(struct model *m, const struct checkpoint_port *from) {
  const struct flow_node *y = flow_get(&m->flow, from->flow);
  struct model_port out = {.name = xstrdup(from->name),
                           .type = y->type,
                           .file = m->outputs.n,
                           .flow = from->flow,
                           .n = y->shape.n,
                           .is_real = true};
  array_push(&m->outputs, out);
}

bool model_load_checkpoint(struct model *m, const char *path,
                           const struct model_options *o, struct error *err) {
  struct checkpoint k;
  model_init(m, err);
  bool ok = checkpoint_open(&k, path, err);
  if (ok)
    err->file = path;
  ok = ok && checkpoint_build(&k, &m->flow, o->length, o->targets);
  for (size_t i = 0; ok && i < k.inputs.n; i++)
    add_input(m, &k.inputs.at[i]);
  for (size_t i = 0; ok && i < k.outputs.n; i++)
    add_output(m, &k.outputs.at[i]);
  checkpoint_clear(&k);
  return ok;
}
