/* measures.h - what is run, counted and proved against what is made

   All fail the test, with `name`, unless they agree. */
#ifndef MEASURES_H
#define MEASURES_H

#include "analysis/source.h"
#include "circuit/measure.h"

/* All are the same. */
void measures_compare(const char *name, const struct measure *made,
                      const struct measure *counted);
/* The circuit has its program's outputs, on so many vectors. */
void measures_check_outputs(struct source *s, const char *name,
                            uint64_t vectors);
/* made = the circuit's, initialised; it is what is counted. */
void measures_check_count(struct source *s, const char *name,
                          struct measure *made);
/* It is no deeper than is proved, and has no more gates, if that is known. */
struct measures_proof {
  bool is_constant, has_gates;
  long depth; // as proved
};
struct measures_proof measures_check_proof(const struct source *s,
                                           const char *name,
                                           const struct measure *made);

#endif
