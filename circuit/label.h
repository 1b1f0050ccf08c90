/* label.h - what to call bits, for people

   As circuit/FORMAT writes them: a bit of a bus is x[3], or v[1][3] if the bus
   has several values, or x if it has one bit; a gate has its name, or is a
   place of its ladder, carry[2], or has the number of its first bit, $17.
   Names are as they were given, whatever bytes they hold. */
#ifndef LABEL_H
#define LABEL_H

#include "circuit/circuit.h"

#define LABEL_NO_BUS SIZE_MAX

/* The first bus that has input, or output, i; or LABEL_NO_BUS. O(buses). */
size_t circuit_input_bus(const struct circuit *c, size_t i);
size_t circuit_output_bus(const struct circuit *c, size_t i);
/* The place of an input bit in c->inputs. O(log inputs). */
size_t circuit_input_number(const struct circuit *c, bit_id b);

/* Each new: the caller frees it. O(buses). */
char *circuit_label(const struct circuit *c, bit_id b);
/* Of output i: of its bus, or "output 3". */
char *circuit_output_label(const struct circuit *c, size_t i);

/* The outputs [*first..*first + *n) that are called so: a whole bus, v; a value
   of one, v[1]; or a bit, x[3] or v[1][3]. False, and neither is
   set, if there are none. */
bool circuit_find_output(const struct circuit *c, const char *label,
                         size_t *first, size_t *n);

#endif
