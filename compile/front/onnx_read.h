/* onnx_read.h - from a protocol buffer to the structure of onnx.h: what the
   files that read it share

   Nothing but these, onnx.c and onnx_read_*.c, includes protobuf-c or what it
   generates. What is read points into the message, which its owner keeps. */
#ifndef ONNX_READ_H
#define ONNX_READ_H

#include "circuit/scan.h"
#include "compile/front/onnx.pb-c.h"
#include "compile/front/onnx_build.h"

#include <string.h>

struct onnx_reader {
  struct onnx_model *m;
  const char *path;                    // NULL if there are no files beside it
  ARRAY(const char *) undefined;       // names that are used, each once
  const struct onnx_opsets *from;      // of the graph that is read
  const Onnx__FunctionProto *function; // that it is in; or NULL
  struct error *err;
};

/* A message of n bytes, to be released; NULL with a message. A few bytes can
   ask for a hundred times as many; what is asked for is limited, not only what
   is in use at a time. */
ProtobufCMessage *onnx_unpack(const ProtobufCMessageDescriptor *d,
                              const uint8_t *bytes, size_t n,
                              struct error *err);
/* NULL is left alone. */
void onnx_release(void *message);

/* Each is false with a message. */
bool onnx_read_tensor(struct onnx_reader *r, const Onnx__TensorProto *p,
                      const char *name, struct onnx_tensor *t);
bool onnx_read_graph(struct onnx_reader *r, struct onnx_graph *g,
                     const Onnx__GraphProto *p);
bool onnx_read_nodes(struct onnx_reader *r, struct onnx_graph *g,
                     Onnx__NodeProto *const *p, size_t n);
bool onnx_add_initializer(struct onnx_reader *r, struct onnx_graph *g,
                          const struct onnx_tensor *t);
/* A value of a name that the graph does not have yet. */
bool onnx_define(struct onnx_reader *r, struct onnx_graph *g, const char *name,
                 enum onnx_value_kind kind, size_t at, value_id *v);
/* The value of that name, of this graph or one around it; where there is none,
   one is defined in the outermost graph, so that it is listed once. */
value_id onnx_resolve(struct onnx_reader *r, struct onnx_graph *g,
                      const char *name);

/* Texts that a message leaves out are empty. */
static inline const char *text_of(const char *text) {
  return text ? text : "";
}

static inline const char *domain_of(const char *domain) {
  domain = text_of(domain);
  return strcmp(domain, "ai.onnx") ? domain : "";
}

static inline struct shown show(const char *name) {
  return show_text(name, strlen(name));
}

#endif
