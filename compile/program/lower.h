/* lower.h - the circuit of a program

   Equal to what the program means (run.h) on every input, bit for bit. Gates
   that no output reads are not in it, nor are rungs that no reader's table
   distinguishes. Its buses are the program's inputs and outputs; each output
   has the width that its port says, or the fewest bits that hold its range.
   A bit of an output that is neither an input nor a gate is one more gate, of
   the operation OPERATION_OUTPUTS. */
#ifndef LOWER_H
#define LOWER_H

#include "compile/program/instance.h"

/* Into an initialised, empty circuit. Its max_bytes holds from the start. */
void program_lower(const struct instance *in, struct circuit *c);

#endif
