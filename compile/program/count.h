/* count.h - depth and size of a program's circuit, without making it

   Exactly what measure.h says of the circuit that lower makes, for any sizes:
   the instance is folded (fold.h), so that indices of an axis that may be
   exchanged are one, and the same code that lowers it makes a folded circuit.

     struct count count;
     if (!program_count(&count, &p, value, &err)) ...
     gmp_printf("%Zd gates\n", count.m.gates);
     count_clear(&count); // in either case

   A program that exchanges nothing is lowered whole. Rows that go with keys are
   taken to be alike; the circuits of a row that reads most keys of its class
   and of one that reads fewest show whether they are, or the class is cut.

   Errors   an operation that cannot be folded, by name. */
#ifndef COUNT_H
#define COUNT_H

#include "circuit/folding.h"
#include "compile/program/fold.h"

struct count {
  struct measure m;
  struct operation_measures operations;
  struct circuit c; // folded; operations borrow from it
  struct folding folding;
};

/* With steps made in so many levels (instance.h), or NULL. */
bool program_count(struct count *count, const struct program *p,
                   const long *value, const unsigned char *levels,
                   struct error *err);
void count_clear(struct count *count);

#endif
