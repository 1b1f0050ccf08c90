/* binary.h - circuits as a compact file with a checksum

   circuit/FORMAT describes it. Reading what was written gives the same circuit
   to the last number: views, shapes and long integers keep their places.

   Cost   O(size). The reader holds the whole file, so that nothing in it is
          believed before its checksum was seen to match. */
#ifndef BINARY_H
#define BINARY_H

#include "circuit/circuit.h"
#include "circuit/error.h"

#include <stdbool.h>
#include <stdio.h>

#define BINARY_MAGIC "\x89tcb\r\n\x1a\n" // 8 bytes
#define BINARY_MAGIC_BYTES 8

/* Into a circuit that was initialised and is empty. On failure it holds what
   was read so far, and the message names the byte. */
bool binary_read(struct circuit *c, FILE *in, struct error *err);

/* False if `out` failed; errno says how. The circuit has no wires that wait
   for their ladder. */
bool binary_write(const struct circuit *c, FILE *out);

#endif
