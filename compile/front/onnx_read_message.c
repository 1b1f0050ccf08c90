/* Messages of protocol buffers, within limits of depth and memory. */
#include "compile/front/onnx_read.h"
#include "compile/front/wire.h"

static enum wire_kind kind_of(ProtobufCType type) {
  switch (type) {
  case PROTOBUF_C_TYPE_FLOAT:
  case PROTOBUF_C_TYPE_FIXED32:
  case PROTOBUF_C_TYPE_SFIXED32:
    return WIRE_FIXED32;
  case PROTOBUF_C_TYPE_DOUBLE:
  case PROTOBUF_C_TYPE_FIXED64:
  case PROTOBUF_C_TYPE_SFIXED64:
    return WIRE_FIXED64;
  case PROTOBUF_C_TYPE_STRING:
    return WIRE_STRING;
  case PROTOBUF_C_TYPE_BYTES:
    return WIRE_BYTES;
  case PROTOBUF_C_TYPE_MESSAGE:
    return WIRE_MESSAGE;
  default:
    return WIRE_VARINT;
  }
}

static struct wire_field find_field(const void *message, uint32_t number) {
  const ProtobufCMessageDescriptor *d = message;
  const ProtobufCFieldDescriptor *f =
      protobuf_c_message_descriptor_get_field(d, number);
  if (!f)
    return (struct wire_field){.kind = WIRE_UNKNOWN};
  return (struct wire_field){.kind = kind_of(f->type),
                             .is_repeated =
                                 f->label == PROTOBUF_C_LABEL_REPEATED,
                             .name = f->name,
                             .place = (unsigned)(f - d->fields),
                             .message = f->descriptor};
}

enum {
  MALLOC_OVERHEAD = 16
};

struct budget {
  size_t left;
};

static size_t most_memory(size_t n) {
  return ONNX_MEMORY + 16 * n;
}

/* With what malloc() keeps beside n bytes. */
static void *take(void *context, size_t n) {
  struct budget *b = context;
  if (n > b->left || b->left - n < MALLOC_OVERHEAD)
    return NULL;
  b->left -= n + MALLOC_OVERHEAD;
  return xmalloc(n);
}

static void give_back(void *context, void *p) {
  (void)context;
  free(p);
}

ProtobufCMessage *onnx_unpack(const ProtobufCMessageDescriptor *d,
                              const uint8_t *bytes, size_t n,
                              struct error *err) {
  static const struct wire_schema schema = {find_field};
  struct budget b = {most_memory(n)};
  ProtobufCAllocator allocator = {take, give_back, &b};
  if (n > ONNX_MAX_BYTES) {
    error_set(err, 0, "the file has more than %zu bytes", ONNX_MAX_BYTES);
    return NULL;
  }
  if (!wire_check(bytes, n, &schema, d, err))
    return NULL;
  ProtobufCMessage *m = protobuf_c_message_unpack(d, &allocator, n, bytes);
  if (!m)
    error_set(err, 0, "unpacking its %zu bytes takes more than %zu others", n,
              most_memory(n));
  return m;
}

void onnx_release(void *message) {
  if (message)
    protobuf_c_message_free_unpacked(message, NULL);
}
