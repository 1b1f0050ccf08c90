/* instance.h - a program whose parameters have values

   Every length is a number now. All readings start from an instance.

     struct instance in;
     if (!instance_init(&in, &p, value, &err)) ...
     instance_clear(&in);

   Ownership  borrows the program, copies the values.
   Errors     a parameter outside of its range, a length that is negative or
              does not fit, lengths that do not suit an operation, more than
              INSTANCE_MAX integers in one value. */
#ifndef INSTANCE_H
#define INSTANCE_H

#include "circuit/error.h"
#include "compile/program/program.h"

#define INSTANCE_MAX (1L << 60) // circuits have fewer; counts may not

struct shape_of {
  unsigned rank;
  size_t at[SHAPE_MAX];
  size_t n; // product of the lengths
};

struct fold;

struct instance {
  const struct program *program;
  struct fold *fold; // of fold.h, if axes are shortened; or NULL
  /* In how many levels each step is made (strategy); borrowed; NULL: one. */
  const unsigned char *levels; // [step_id], from 1 on
  long *parameter;             // of program->sizes.parameters
  struct shape_of *shape;      // [value_id]
  size_t *first_dead;          // [step_id], and one more: in `dead`
  value_id *dead;              // after its step, nothing reads the value
  size_t *input_width;         // of program->inputs
  size_t *output_width;        // of program->outputs; 0 if it is to be found
  size_t input_values, output_values; // integers in all ports together
  size_t input_bits;
};

bool instance_init(struct instance *in, const struct program *p,
                   const long *value, struct error *err);
void instance_clear(struct instance *in);

/* Integers of a port, each of `width` bits. */
size_t instance_integers(const struct instance *in, const struct port *port,
                         size_t width);
/* The value of a size if it is at least `least`; an error else. */
bool instance_find_size(const struct instance *in, size_id s, long least,
                        long *value, struct error *err);
/* The value of a size of the program; a size without one is a bug here, since
   instance_init() looked at all of them. */
long instance_size(const struct instance *in, size_id s);

#endif
