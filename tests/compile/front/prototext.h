/* prototext.h - protocol buffers as text, for tables of tests

     struct proto b = prototext(&onnx__tensor_proto__descriptor,
                                "dims:[2 1] data_type:1 raw_data:'\\0\\x80'");

   A field is name:value or name{fields}, a value an integer, a float or a
   'text' with escapes as in C, a list [value value]. Lists are packed where
   the schema says so. A number may stand for a name; 99:5 is then a varint and
   99:'x' bytes, whatever the schema says. The bytes are written without help
   of protobuf-c, which only lends its list of names. */
#ifndef PROTOTEXT_H
#define PROTOTEXT_H

#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

struct proto {
  uint8_t *at;
  size_t n, cap;
};

/* The caller frees at. Check fails where the text is wrong. */
struct proto prototext(const ProtobufCMessageDescriptor *d, const char *text);

void proto_varint(struct proto *b, uint64_t value);
/* A field of bytes around what b holds. */
void proto_wrap(struct proto *b, uint32_t number);

#endif
