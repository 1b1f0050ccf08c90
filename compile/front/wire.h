/* wire.h - check a protocol buffer before anything is allocated for it

   protobuf-c unpacks messages by recursion without a limit, reports a broken
   one without a place, and copies everything that was merged so far whenever
   a message that may come once comes again. So every file passes here first:
   afterwards its messages are nested at most WIRE_MAX_DEPTH deep, no message
   that may come once comes twice, and unpacking fails for want of memory
   only.

     if (!wire_check(bytes, n, &schema, "the root message", err))
       return false; // "byte 77: 'raw_data' needs 4000 bytes, but ..."

   What the messages and fields are is asked of the schema, so that nothing
   here depends on a library or a format.

   Errors   err->message begins with "byte N: ", N counting from 0.
   Cost     O(bytes), no memory; the stack grows with the depth alone. */
#ifndef WIRE_H
#define WIRE_H

#include "circuit/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_MAX_DEPTH 100 // as Google's library; the outermost counts as 1

enum wire_kind {
  WIRE_UNKNOWN, // skipped, whatever it is
  WIRE_VARINT,
  WIRE_FIXED32,
  WIRE_FIXED64,
  WIRE_BYTES,
  WIRE_STRING, // bytes without a NUL
  WIRE_MESSAGE
};

struct wire_field {
  enum wire_kind kind;
  bool is_repeated;
  const char *name;
  unsigned place;      // among the fields of its message
  const void *message; // what is in it, if it is one
};

struct wire_schema {
  /* The field of that number; its kind is WIRE_UNKNOWN if there is none. */
  struct wire_field (*field)(const void *message, uint32_t number);
};

bool wire_check(const uint8_t *bytes, size_t n,
                const struct wire_schema *schema, const void *message,
                struct error *err);

#endif
