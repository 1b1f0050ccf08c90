/* text.h - circuits as text, for people and for other programs

   circuit/FORMAT describes the text. Reading what was written gives the same
   circuit: ladders, sums in order, thresholds, inputs, outputs, buses,
   operations and names. Views are the same functions of the same ladders, but
   are numbered anew, and those that no sum reads are left out.

   Cost   O(size of the file) and of the circuit, and for numbers of many
          digits GMP's conversion. Memory beside the circuit: the longest line
          and a few words for each named signal. */
#ifndef TEXT_H
#define TEXT_H

#include "circuit/circuit.h"
#include "circuit/error.h"

#include <stdbool.h>
#include <stdio.h>

/* Most input bits that one may ask for in a file: a few bytes do, and each
   takes 20 in memory. */
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
#  define FILE_MAX_INPUTS ((size_t)1 << 10)
#else
#  define FILE_MAX_INPUTS ((size_t)1 << 21)
#endif

/* Into a circuit that was initialised and is empty. On failure it holds what
   was read so far, and err has message and line. */
bool text_read(struct circuit *c, FILE *in, struct error *err);

/* False if `out` failed; errno says how. The circuit has no wires that wait
   for their ladder. */
bool text_write(const struct circuit *c, FILE *out);

/* The words that begin a statement and cannot be names unless quoted. */
bool text_is_reserved(const char *name, size_t n);

#endif
