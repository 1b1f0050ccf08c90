/* run.h - what a program means, in plain integers

   It never looks at a circuit.

     struct run run;
     run_init(&run, &instance);
     run_values(&run, in, out); // as often as wanted
     run_clear(&run);

   in and out hold the integers of all inputs (outputs), one after the other in
   the order of the program, each in row-major order.
   Threads  a run each. */
#ifndef RUN_H
#define RUN_H

#include "compile/program/reading.h"

struct run {
  struct reading reading;
};

void run_init(struct run *run, const struct instance *in);
void run_clear(struct run *run);
/* in[0..instance->input_values), each within its width, and out[0..
   output_values). */
void run_values(struct run *run, const fmpz *in, fmpz *out);

#endif
